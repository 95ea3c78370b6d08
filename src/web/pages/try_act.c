// try_act.c - somebody does something in a trial: a task or message with the pack's form, or any command with
// its fields, by the role that is chosen.
#include <string.h>

#include "web/pages.h"
#include "web/pages/try.h"
#include "web/whole_form.h"

struct act_field {
    const char *kind; // "text", "area", "select", "check"
    struct text name, value, label;
    const char *hint;
    bool is_checked;
    struct options options;
};
struct act_page {
    struct text title, back;
    struct options roles;
    struct whole_form form;
    bool has_form;
    VIEW_LIST_OF(act_field) fields;
};
#define V struct act_field
VIEW(FIELD_VIEW, VIEW_C(V, kind), VIEW_TEXT(V, name), VIEW_TEXT(V, value), VIEW_TEXT(V, label),
     VIEW_C(V, hint), VIEW_BOOL(V, is_checked), VIEW_LIST(V, options, &OPTION_VIEW));
#undef V
#define V struct act_page
VIEW(ACT_VIEW, VIEW_TEXT(V, title), VIEW_TEXT(V, back), VIEW_LIST(V, roles, &OPTION_VIEW),
     VIEW_STRUCT(V, form, &WHOLE_FORM_VIEW), VIEW_BOOL(V, has_form), VIEW_LIST(V, fields, &FIELD_VIEW));
#undef V
static const struct page_template TRY_ACT = {"try_act", &ACT_VIEW};

// What is to be done: a command with fields, or answers to a form.
struct doing {
    struct request *q;
    struct trial_live *live;
    struct trial_act act;
    const struct trial_field *fields;
    struct whole_form form;
    struct text title;
};

// ---- what is asked

static const struct text *words_of(const char *name) {
    static const struct text CHANNELS[] = {{"online", 6}, {"paper", 5}, {0}};
    return !strcmp(name, "channel") ? CHANNELS : NULL;
}

static void add_option(struct request *q, struct act_field *f, struct text value, struct text label) {
    *ARENA_PUSH(q->arena, &f->options) =
        (struct option){.value = value, .label = label, .is_chosen = text_eq(value, f->value)};
}

static void code_options(struct doing *d, const struct trial_field *field, struct act_field *f) {
    const struct code_list *l = pack_codes(trial_pack(d->live->trial), text_of(field->codes));
    f->kind = "select";
    if (l && code_count(l) && text_eq(f->value, T("?"))) f->value = code_at(l, 0)->code;
    for (size_t i = 0; l && i < code_count(l); i++) {
        const struct code *c = code_at(l, i);
        if (!c->until.n) add_option(d->q, f, c->code, code_name(l, c, d->q->language));
    }
}

static void role_options(struct doing *d, struct act_field *f) {
    const struct access_words *roles = &pack_access(trial_pack(d->live->trial))->roles;
    f->kind = "select";
    for (size_t i = 0; i < roles->count; i++)
        add_option(d->q, f, roles->items[i].id, try_role_name(d->q, roles->items[i].id));
}

static void clock_options(struct doing *d, struct act_field *f) {
    struct trial_view view;
    f->kind = "select";
    if (trial_look(d->live->trial, d->q->arena, &view)) return;
    for (size_t i = 0; i < view.clocks.count; i++) {
        struct text key = TEXT_JOIN(d->q->arena, T("deadline."), view.clocks.items[i].rule);
        if (view.clocks.items[i].is_open)
            add_option(d->q, f, view.clocks.items[i].rule,
                       page_text_or(d->q, key, view.clocks.items[i].rule));
    }
}

static void word_options(struct doing *d, const struct text *words, struct act_field *f) {
    f->kind = "select";
    for (; words->n; words++)
        add_option(d->q, f, *words,
                   page_text_or(d->q, TEXT_JOIN(d->q->arena, T("trial.word."), *words), *words));
}

static void shape(struct doing *d, const struct trial_field *field, struct act_field *f) {
    const struct text *words = words_of(field->name);
    f->kind = f->value.n > 60 ? "area" : "text";
    if (field->kind == TRIAL_BOOL) f->kind = "check", f->is_checked = text_eq(f->value, T("true"));
    if (field->kind == TRIAL_DATE) f->hint = "trial.hint.day";
    if (field->kind == TRIAL_MOMENT) f->hint = "trial.hint.moment";
    if (field->kind == TRIAL_TEXTS) f->hint = "trial.hint.codes";
    if (field->kind == TRIAL_OFFICER) role_options(d, f);
    if (field->kind == TRIAL_CLOCK) clock_options(d, f);
    if (field->kind == TRIAL_TEXT && field->codes) code_options(d, field, f);
    if (words) word_options(d, words, f);
}

// The newest of things is always meant here.
static bool is_shown(const struct trial_field *f) {
    return f->kind != TRIAL_NEWEST && f->kind != TRIAL_ANSWERS;
}

static struct text field_label(struct doing *d, const struct trial_field *field) {
    struct text key = TEXT_JOIN(d->q->arena, T("trial.field."), text_of(field->name));
    return page_text_or(d->q, key, text_of(field->name));
}

static void fill_fields(struct doing *d, struct act_page *v) {
    for (const struct trial_field *f = d->fields; f && f->name; f++) {
        if (!is_shown(f)) continue;
        struct act_field *out = ARENA_PUSH(d->q->arena, &v->fields);
        bool is_typed = d->q->method == POST;
        *out = (struct act_field){.name = text_of(f->name),
                                  .value = is_typed ? form_text(d->q, f->name) : text_of(f->otherwise),
                                  .label = field_label(d, f)};
        shape(d, f, out);
        if (is_typed && f->kind == TRIAL_BOOL) out->is_checked = form_has(d->q, f->name);
    }
}

static void fill_roles(struct doing *d, struct act_page *v) {
    const struct access_words *roles = &pack_access(trial_pack(d->live->trial))->roles;
    struct text wanted = form_text(d->q, "as");
    *ARENA_PUSH(d->q->arena, &v->roles) = (struct option){.value = T(""), .label_key = "trial.as.usual"};
    *ARENA_PUSH(d->q->arena, &v->roles) = (struct option){
        .value = T("person"), .label_key = "trial.person", .is_chosen = text_eq(wanted, T("person"))};
    for (size_t i = 0; i < roles->count; i++) {
        struct text role = roles->items[i].id;
        if (text_eq(role, T("applicant")) || text_eq(role, T("public")) || text_eq(role, T("system")))
            continue;
        *ARENA_PUSH(d->q->arena, &v->roles) = (struct option){
            .value = role, .label = try_role_name(d->q, role), .is_chosen = text_eq(wanted, role)};
    }
}

static enum status show(struct doing *d, struct response *r) {
    struct act_page v = {.title = d->title, .back = try_path(d->q, d->live, "")};
    fill_roles(d, &v);
    fill_fields(d, &v);
    whole_form_fill(d->q, &d->form);
    v.form = d->form;
    v.has_form = d->form.form != NULL;
    return page_show(d->q, r, &TRY_ACT, &v);
}

// ---- what was sent

static json_t *json_of_field(struct request *q, const struct trial_field *f) {
    struct text typed = form_text(q, f->name), one;
    int64_t n;
    if (f->kind == TRIAL_BOOL) return json_boolean(form_has(q, f->name));
    if (f->kind == TRIAL_NUMBER && text_int(typed, &n)) return json_integer(n);
    if (f->kind == TRIAL_TEXTS) {
        json_t *list = json_array();
        while (typed.n && text_cut(&typed, ',', &one))
            json_array_append_new(list, json_stringn(text_trim(one).p, text_trim(one).n));
        return list;
    }
    bool may_be_left_out = f->kind != TRIAL_TEXT || f->codes;
    return typed.n || !may_be_left_out ? json_stringn(typed.n ? typed.p : "", typed.n) : NULL;
}

static json_t *json_of_fields(struct request *q, const struct trial_field *fields) {
    json_t *with = json_object();
    for (const struct trial_field *f = fields; f->name; f++) {
        json_t *v = is_shown(f) ? json_of_field(q, f) : NULL;
        if (v) json_object_set_new(with, f->name, v);
    }
    return with;
}

static json_t *json_of_answers(struct doing *d) {
    json_error_t ignored;
    form_prune(d->form.form, &d->form.answers);
    struct text text = answers_json(d->q->arena, &d->form.answers);
    return json_loadb(text.p, text.n, 0, &ignored);
}

static enum status act(struct doing *d, struct response *r) {
    struct problem p = {0};
    if (!whole_form_read(d->q, &d->form)) return show(d, r);
    json_t *with = d->fields ? json_of_fields(d->q, d->fields) : d->form.form ? json_of_answers(d) : NULL;
    d->act.with = with;
    d->act.as = form_text(d->q, "as");
    enum status st = try_do(d->live, &d->act, &p);
    json_decref(with);
    if (!st) return response_redirect(d->q, r, try_path(d->q, d->live, ""));
    if (!p.text_key) return st;
    try_problem(d->q, &p);
    return show(d, r);
}

// ---- by address

static void ask(struct doing *d, struct text form) {
    const struct pack *pack = trial_pack(d->live->trial);
    whole_form_begin(d->q, pack, form.n ? pack_form(pack, form) : NULL, NULL, &d->form);
}

// A task of a special command has that command's fields; any other the form of its element.
static enum status find_task(struct doing *d) {
    struct trial_view view;
    enum status st = trial_look(d->live->trial, d->q->arena, &view);
    for (size_t i = 0; !st && i < view.tasks.count; i++) {
        const struct trial_task *t = &view.tasks.items[i];
        if (!text_eq(t->element, d->act.name)) continue;
        d->fields = trial_fields(t->command);
        if (!d->fields) ask(d, t->form);
        return STATUS_OK;
    }
    return st ? st : STATUS_NOT_FOUND;
}

static enum status find(struct doing *d, enum trial_act_kind kind) {
    struct request *q = d->q;
    d->act = (struct trial_act){.kind = kind, .name = request_param(q, "name")};
    d->title = kind == TRIAL_DO ? try_act_name(q, d->act.name)
               : kind == TRIAL_TASK
                   ? try_element_name(q, d->live->trial, d->act.name)
                   : page_text_or(q, TEXT_JOIN(q->arena, T("message."), d->act.name), d->act.name);
    if (kind == TRIAL_TASK) return find_task(d);
    if (kind == TRIAL_MESSAGE) {
        ask(d, d->act.name);
        return STATUS_OK;
    }
    d->fields = trial_fields(d->act.name);
    return d->fields ? STATUS_OK : STATUS_NOT_FOUND;
}

static enum status with_trial(struct request *q, struct response *r, enum trial_act_kind kind) {
    struct doing d = {.q = q};
    enum status st = try_take(q, r, &d.live);
    if (st || !d.live) return st;
    st = find(&d, kind);
    if (!st) st = q->method == POST ? act(&d, r) : show(&d, r);
    try_give(q, d.live);
    return st;
}

static enum status try_command(struct request *q, struct response *r) {
    return with_trial(q, r, TRIAL_DO);
}
static enum status try_task(struct request *q, struct response *r) {
    return with_trial(q, r, TRIAL_TASK);
}
static enum status try_message(struct request *q, struct response *r) {
    return with_trial(q, r, TRIAL_MESSAGE);
}

static const struct route ROUTES[] = {
    {GET, "/policy/try/:id/do/:name", try_command, NEEDS(POLICY | SUPERVISOR)},
    {POST, "/policy/try/:id/do/:name", try_command, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {GET, "/policy/try/:id/task/:name", try_task, NEEDS(POLICY | SUPERVISOR)},
    {POST, "/policy/try/:id/task/:name", try_task, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {GET, "/policy/try/:id/message/:name", try_message, NEEDS(POLICY | SUPERVISOR)},
    {POST, "/policy/try/:id/message/:name", try_message, NEEDS(POLICY | SUPERVISOR), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&TRY_ACT, NULL};
const struct page_module TRY_ACT_PAGES = {ROUTES, TEMPLATES};
