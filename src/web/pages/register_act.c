// register_act.c - what is done with an entry: recorded, corrected, ended, reviewed, erased before its time;
// and the answer of the second person where four eyes are asked for.
#include <string.h>

#include "web/pages.h"
#include "web/pages/register.h"

// A page that does one thing.
struct act_form {
    const char *name; // last part of its address
    enum register_act_kind kind;
    enum register_action action;
    const char *title_key, *lead_key, *button_key, *day_key, *day_hint, *notice;
    bool has_form, asks_mistake, asks_source, asks_reason, asks_until;
};
static const struct act_form FORMS[] = {
    {"new", ACT_RECORD, REGISTER_RECORD, "register.record", "register.record.lead", "register.record.send",
     "register.valid_from", "register.valid_from.hint", "notice.register.recorded", true, false, true, false,
     false},
    {"correct", ACT_CORRECT, REGISTER_RECORD, "register.correct", "register.correct.lead",
     "register.correct.send", "register.valid_from", "register.valid_from.hint", "notice.register.corrected",
     true, true, true, true, true},
    {"end", ACT_END, REGISTER_END, "register.end", "register.end.lead", "register.end.send",
     "register.ends_on", "register.ends_on.hint", "notice.register.ended", false, false, false, true, false},
    {"review", ACT_REVIEW, REGISTER_REVIEW, "register.review.do", "register.review.lead",
     "register.review.send", "register.review.next", "register.review.next.hint", "notice.register.reviewed",
     false, false, false, true, false},
    {"erase", ACT_ERASE, REGISTER_ERASE, "register.erase", "register.erase.lead", "register.erase.send", NULL,
     NULL, "notice.register.erased", false, false, false, true, false},
};

struct act_view {
    struct register_head head;
    const char *title_key, *lead_key, *button_key, *day_key, *day_hint;
    struct text reference, action, back_href, authority, evidence, reason, like, like_href;
    struct date_parts from, until;
    struct options methods, confidences, changes;
    struct whole_form form;
    int64_t seen;
    bool needs_second, has_form, asks_source, asks_reason, asks_until, is_warning;
};
#define V struct act_view
VIEW(ACT_VIEW, VIEW_STRUCT(V, head, &REGISTER_HEAD_VIEW), VIEW_C(V, title_key), VIEW_C(V, lead_key),
     VIEW_C(V, button_key), VIEW_C(V, day_key), VIEW_C(V, day_hint), VIEW_TEXT(V, reference),
     VIEW_TEXT(V, action), VIEW_TEXT(V, back_href), VIEW_TEXT(V, authority), VIEW_TEXT(V, evidence),
     VIEW_TEXT(V, reason), VIEW_TEXT(V, like), VIEW_TEXT(V, like_href),
     VIEW_STRUCT(V, from, &DATE_PARTS_VIEW), VIEW_STRUCT(V, until, &DATE_PARTS_VIEW),
     VIEW_LIST(V, methods, &OPTION_VIEW), VIEW_LIST(V, confidences, &OPTION_VIEW),
     VIEW_LIST(V, changes, &OPTION_VIEW), VIEW_STRUCT(V, form, &WHOLE_FORM_VIEW), VIEW_INT64(V, seen),
     VIEW_BOOL(V, needs_second), VIEW_BOOL(V, has_form), VIEW_BOOL(V, asks_source), VIEW_BOOL(V, asks_reason),
     VIEW_BOOL(V, asks_until), VIEW_BOOL(V, is_warning));
#undef V
static const struct page_template ACT = {"register_act", &ACT_VIEW};

// ---- opening

enum status register_entry_open(struct request *q, struct response *r, struct register_page *p,
                                struct entry_view *e) {
    int64_t id;
    enum status st = register_page_open(q, p);
    if (st) return st;
    if (!request_param_id(q, "entry", &id)) return STATUS_NOT_FOUND;
    st = registers_open_entry(page_app(q)->registers, page_actor(q), &p->look, id, &(struct entry_at){0},
                              q->arena, e, &r->problem);
    if (st) return st;
    return text_eq(e->head.register_id, p->def->id) ? STATUS_OK : STATUS_NOT_FOUND;
}

struct doing {
    struct request *q;
    const struct act_form *form;
    struct register_page page;
    struct entry_view entry; // of all but "new"
    struct act_view view;
};

static enum status begin(struct request *q, struct response *r, struct doing *d) {
    struct text path = q->path, part, last = {0};
    while (path.p && text_cut(&path, '/', &part)) last = part;
    memset(d, 0, sizeof *d);
    d->q = q;
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++)
        if (text_eq(last, text_of(FORMS[i].name))) d->form = &FORMS[i];
    bool is_new = d->form->kind == ACT_RECORD;
    enum status st =
        is_new ? register_page_open(q, &d->page) : register_entry_open(q, r, &d->page, &d->entry);
    if (st) return st;
    bool may = is_new ? register_might(q, &d->page, d->form->action) : d->entry.may[d->form->action];
    if (!may) return STATUS_REFUSED;
    const struct form *asked = d->form->has_form ? register_form_to_write(q, &d->page) : NULL;
    whole_form_begin(q, d->page.pack, asked, NULL, &d->view.form);
    return STATUS_OK;
}

// ---- showing

static void add_code_options(struct request *q, const char *prefix, const char *const *codes,
                             struct text chosen, struct options *out) {
    for (size_t i = 0; codes[i]; i++) {
        struct text value = text_of(codes[i]);
        *ARENA_PUSH(q->arena, out) =
            (struct option){.value = value,
                            .label_key = text_c(q->arena, TEXT_JOIN(q->arena, text_of(prefix), value)),
                            .is_chosen = text_eq(value, chosen)};
    }
}

static void fill_source(struct doing *d) {
    static const char *const METHODS[] = {"document", "declared", "observed", "assessed", "received", NULL};
    static const char *const CONFIDENCES[] = {"high", "medium", "low", NULL};
    struct request *q = d->q;
    struct text method = form_text(q, "act-method");
    d->view.methods = page_code_options(q, "provenance_method", method);
    if (!d->view.methods.count)
        add_code_options(q, "register.source.method.", METHODS, method, &d->view.methods);
    add_code_options(q, "register.source.confidence.", CONFIDENCES, form_text(q, "act-confidence"),
                     &d->view.confidences);
    d->view.authority = form_text(q, "act-authority");
    d->view.evidence = form_text(q, "act-evidence");
}

static enum status show(struct doing *d, struct response *r) {
    static const char *const CHANGES[] = {"changed", "mistake", NULL};
    struct request *q = d->q;
    struct act_view *v = &d->view;
    const struct act_form *f = d->form;
    v->head = d->page.head;
    v->title_key = f->title_key;
    v->lead_key = f->lead_key;
    v->button_key = f->button_key;
    v->day_key = f->day_key;
    v->day_hint = f->day_hint;
    v->has_form = f->has_form;
    v->asks_source = f->asks_source;
    v->asks_reason = f->asks_reason;
    v->asks_until = f->asks_until;
    v->is_warning = f->kind == ACT_ERASE;
    v->needs_second = d->page.def->needs_two[f->action];
    v->reference = d->entry.head.reference;
    v->seen = d->entry.head.version;
    v->action = f->kind == ACT_RECORD
                    ? register_href(q, &d->page, "/new")
                    : register_entry_href(q, &d->page, d->entry.head.entry,
                                          text_c(q->arena, text_printf(q->arena, "/%s", f->name)));
    v->back_href =
        f->kind == ACT_RECORD ? d->page.head.href : register_entry_href(q, &d->page, d->entry.head.entry, "");
    v->reason = form_text(q, "act-reason");
    struct text change = form_text(q, "act-change");
    if (f->asks_mistake)
        add_code_options(q, "register.change.", CHANGES, change.n ? change : T("changed"), &v->changes);
    fill_source(d);
    whole_form_fill(q, &v->form);
    return page_show(q, r, &ACT, v);
}

static enum status act_page(struct request *q, struct response *r) {
    struct doing d;
    enum status st = begin(q, r, &d);
    if (st) return st;
    d.view.form.answers = d.entry.head.answers;
    d.view.form.answers.arena = q->arena;
    if (d.form->has_form) form_prune(d.view.form.form, &d.view.form.answers);
    return show(&d, r);
}

// ---- doing

static bool is_shown_already(const struct request *q, const char *field) {
    for (size_t i = 0; i < q->problem_count; i++)
        if (q->problems[i].field && !strcmp(q->problems[i].field, field)) return true;
    return false;
}

// The room's words for what these pages ask beside the questions of the register.
static const char *own_field(const char *field) {
    static const char *const OWN[][2] = {{"from", "act-from"},
                                         {"until", "act-until"},
                                         {"reason", "act-reason"},
                                         {"authority", "act-authority"},
                                         {"method", "act-method"},
                                         {"evidence", "act-evidence"},
                                         {"confidence", "act-confidence"}};
    for (size_t i = 0; field && i < sizeof OWN / sizeof *OWN; i++)
        if (!strcmp(field, OWN[i][0])) return OWN[i][1];
    return field;
}

enum status register_do(struct request *q, struct response *r, const struct register_act *act,
                        struct register_done *done) {
    struct problem p = {0};
    *done = (struct register_done){0};
    enum status st = registers_do(page_app(q)->registers, page_actor(q), act, NULL, q->arena, done, &p);
    if (st != STATUS_INVALID && st != STATUS_CONFLICT) {
        r->problem = p;
        return st;
    }
    for (size_t i = 0; i < done->problems.count; i++) {
        struct problem one = done->problems.items[i].problem;
        one.field = text_c(q->arena, done->problems.items[i].path);
        if (!is_shown_already(q, one.field)) page_problem(q, &one);
    }
    if (!done->problems.count) {
        p.field = own_field(p.field);
        page_problem(q, &p);
    }
    return STATUS_INVALID;
}

// "issuing_state, number" as the labels of these questions.
static struct text labels_of(struct doing *d, struct text paths) {
    struct out o = {.arena = d->q->arena};
    struct text path;
    while (paths.p && text_cut(&paths, ',', &path)) {
        const struct form_field *f = form_field_at(d->page.def->form, text_trim(path));
        if (o.n) out_c(&o, ", ");
        out_text(&o, f ? register_label(d->q, d->page.pack, f) : path);
    }
    return out_done(&o);
}

// A second entry with the key of another: the one that there is, to look at first.
static void tell_like(struct doing *d) {
    struct problem *p = d->q->problem_count ? &d->q->problems[d->q->problem_count - 1] : NULL;
    int64_t entry;
    if (!p || !p->rule || strcmp(p->rule, "key_taken")) return;
    for (size_t i = 0; i < PROBLEM_ARGS_MAX && p->args[i].name; i++) {
        if (!strcmp(p->args[i].name, "reference")) d->view.like = p->args[i].value;
        if (!strcmp(p->args[i].name, "fields")) p->args[i].value = labels_of(d, p->args[i].value);
    }
    if (d->view.like.n && !registers_entry_of(page_app(d->q)->registers, d->view.like, &entry))
        d->view.like_href = register_entry_href(d->q, &d->page, entry, "");
}

static void read_days(struct doing *d, struct register_act *act) {
    struct problem p = {0};
    if (d->form->day_key && form_date(d->q, "act-from", &d->view.from, &act->from, &p))
        page_problem(d->q, &p);
    if (d->form->asks_until && form_date(d->q, "act-until", &d->view.until, &act->until, &p))
        page_problem(d->q, &p);
    if (date_is_full(act->until)) act->until = date_add_days(act->until, 1); // people say the last day
}

static struct register_act act_of(struct doing *d) {
    struct request *q = d->q;
    struct register_act act = {.kind = d->form->kind,
                               .look = d->page.look,
                               .register_id = d->page.def->id,
                               .entry = d->entry.head.entry,
                               .answers = d->form->has_form ? &d->view.form.answers : NULL,
                               .is_mistake = form_is(q, "act-change", "mistake"),
                               .source = {form_text(q, "act-authority"), form_text(q, "act-method"),
                                          form_text(q, "act-evidence"), form_text(q, "act-confidence")},
                               .reason = form_text(q, "act-reason")};
    if (!text_int(form_text(q, "act-seen"), &act.seen)) act.seen = 0;
    read_days(d, &act);
    return act;
}

// What was wrong from the beginning is put right from the beginning.
static enum status from_the_beginning(struct doing *d, struct response *r, struct register_act *act) {
    struct entry_view e;
    if (act->kind != ACT_CORRECT || !act->is_mistake || act->from.year) return STATUS_OK;
    enum status st = registers_history(page_app(d->q)->registers, page_actor(d->q), &d->page.look, act->entry,
                                       d->q->arena, &e, &r->problem);
    for (size_t i = 0; !st && i < e.versions.count; i++) {
        const struct entry_version *v = &e.versions.items[i];
        bool counts = text_eq(v->kind, T("said")) && text_eq(v->state, T("known"));
        if (counts && (!act->from.year || date_cmp(v->from, act->from) < 0)) act->from = v->from;
    }
    return st;
}

static enum status act_take(struct request *q, struct response *r) {
    struct doing d;
    struct register_done done;
    struct problem p = {0};
    enum status st = begin(q, r, &d);
    if (st) return st;
    bool is_right = whole_form_read(q, &d.view.form);
    if (!is_right && !q->problem_count) return show(&d, r); // a new question, or one more of a list
    struct register_act act = act_of(&d);
    if (d.form->asks_reason && !act.reason.n &&
        problem(&p, "act-reason", "required", "problem.register.reason"))
        page_problem(q, &p);
    if (q->problem_count) return show(&d, r);
    st = from_the_beginning(&d, r, &act);
    if (st) return st;
    if (d.form->has_form) form_prune(d.view.form.form, &d.view.form.answers);
    st = register_do(q, r, &act, &done);
    if (st == STATUS_INVALID) {
        tell_like(&d);
        return show(&d, r);
    }
    if (st) return st;
    response_notice(q, r, done.is_waiting ? "notice.register.waiting" : d.form->notice);
    return response_redirect(q, r, register_entry_href(q, &d.page, done.entry, ""));
}

static const struct route ROUTES[] = {
    {GET, "/registers/:register/new", act_page, NEEDS(STAFF)},
    {POST, "/registers/:register/new", act_take, NEEDS(STAFF), RATE_WRITE},
    {GET, "/registers/:register/:entry/correct", act_page, NEEDS(STAFF)},
    {POST, "/registers/:register/:entry/correct", act_take, NEEDS(STAFF), RATE_WRITE},
    {GET, "/registers/:register/:entry/end", act_page, NEEDS(STAFF)},
    {POST, "/registers/:register/:entry/end", act_take, NEEDS(STAFF), RATE_WRITE},
    {GET, "/registers/:register/:entry/review", act_page, NEEDS(STAFF)},
    {POST, "/registers/:register/:entry/review", act_take, NEEDS(STAFF), RATE_WRITE},
    {GET, "/registers/:register/:entry/erase", act_page, NEEDS(STAFF)},
    {POST, "/registers/:register/:entry/erase", act_take, NEEDS(STAFF), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&ACT, NULL};
const struct page_module REGISTER_ACT_PAGES = {ROUTES, TEMPLATES};
