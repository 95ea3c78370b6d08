// case_do.c - one way for everything an officer does: show the form, read it, do the command, or say what is
// wrong. What was typed stays, whatever happens.
#include "web/pages/case_do.h"

#include <string.h>

#include "web/pages.h"

static const struct view_field FIELD_FIELDS[] = {VIEW_C(struct do_field, kind),
                                                 VIEW_TEXT(struct do_field, name),
                                                 VIEW_TEXT(struct do_field, label),
                                                 VIEW_TEXT(struct do_field, hint),
                                                 VIEW_TEXT(struct do_field, value),
                                                 VIEW_TEXT(struct do_field, language),
                                                 VIEW_STRUCT(struct do_field, parts, &DATE_PARTS_VIEW),
                                                 VIEW_LIST(struct do_field, options, &OPTION_VIEW),
                                                 VIEW_C(struct do_field, width),
                                                 VIEW_C(struct do_field, rows),
                                                 VIEW_BOOL(struct do_field, is_required),
                                                 VIEW_BOOL(struct do_field, is_partial),
                                                 {0}};
static const struct view FIELD_VIEW = {"do_field", FIELD_FIELDS};
VIEW(FACT_VIEW, VIEW_TEXT(struct do_fact, label), VIEW_TEXT(struct do_fact, value));
VIEW(PART_VIEW, VIEW_TEXT(struct do_part, label), VIEW_TEXT(struct do_part, body));
VIEW(CHANGE_VIEW, VIEW_TEXT(struct do_change, event), VIEW_TEXT(struct do_change, by),
     VIEW_MOMENT(struct do_change, at));
#define PAGE struct do_page
VIEW(DO_VIEW, VIEW_STRUCT(PAGE, frame, &CASE_FRAME_VIEW), VIEW_TEXT(PAGE, title), VIEW_TEXT(PAGE, action),
     VIEW_TEXT(PAGE, back), VIEW_TEXT(PAGE, seen), VIEW_TEXT(PAGE, about), VIEW_C(PAGE, button),
     VIEW_C(PAGE, lead), VIEW_LIST(PAGE, fields, &FIELD_VIEW), VIEW_LIST(PAGE, findings, &RULE_FINDING_VIEW),
     VIEW_LIST(PAGE, facts, &FACT_VIEW), VIEW_LIST(PAGE, parts, &PART_VIEW),
     VIEW_LIST(PAGE, changed, &CHANGE_VIEW), VIEW_LIST(PAGE, letter, &PREVIEW_LINE_VIEW),
     VIEW_C(PAGE, facts_title), VIEW_C(PAGE, parts_title), VIEW_STRUCT(PAGE, rules, &RULE_VIEW),
     VIEW_BOOL(PAGE, has_rules), VIEW_BOOL(PAGE, warns_before_leaving),
     VIEW_STRUCT(PAGE, form, &WHOLE_FORM_VIEW), VIEW_BOOL(PAGE, has_form), VIEW_BOOL(PAGE, is_closed),
     VIEW_TEXT(PAGE, message), VIEW_TEXT(PAGE, message_key));
static const struct page_template DO_PAGE = {"case_do", &DO_VIEW};

static const struct do_form *find_form(struct text name) {
    const struct do_form *const tables[] = {CASE_DO_STEPS, CASE_DO_OTHERS, CASE_DO_PAPERS, CASE_DO_TASKS};
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const struct do_form *f = tables[t]; f->name; f++)
            if (text_eq(name, text_of(f->name))) return f;
    return NULL;
}

static const struct form *pack_form_of(const struct doing *d) {
    return d->form->pack_form ? pack_form(d->page.pack, text_of(d->form->pack_form)) : NULL;
}

static enum status begin(struct request *q, struct response *r, struct doing *d) {
    *d = (struct doing){.q = q, .r = r, .form = find_form(request_param(q, "command"))};
    struct text about = form_text(q, "about").n ? form_text(q, "about") : query_text(q, "about");
    if (!d->form) return STATUS_NOT_FOUND;
    if (about.n && !text_int(about, &d->about)) return STATUS_NOT_FOUND;
    if (d->form->needs_about && d->about < 1) return STATUS_NOT_FOUND;
    enum status st = case_page_open(q, r, "", &d->page);
    if (st || case_page_is_sent(r)) return st;
    struct do_page *v = &d->view;
    v->frame = d->page.frame;
    v->title = TEXT_JOIN(q->arena, T("access.action."), text_of(d->form->name));
    v->action = TEXT_JOIN(q->arena, v->frame.href, T("/do/"), text_of(d->form->name));
    v->back = TEXT_JOIN(q->arena, v->frame.href, d->form->then ? text_of(d->form->then) : T(""));
    v->seen = text_printf(q->arena, "%lld", (long long)v->frame.version);
    v->about = d->about ? text_printf(q->arena, "%lld", (long long)d->about) : (struct text){0};
    v->lead = d->form->lead;
    v->button = d->form->button ? d->form->button : text_c(q->arena, v->title);
    v->warns_before_leaving = d->form->warns_before_leaving;
    const struct form *form = pack_form_of(d);
    for (size_t i = 0; form && i < form->section_count; i++)
        do_fields_of_section(d, &form->sections[i], NULL);
    if (d->form->questions) do_fields_of_questions(d, d->form->questions);
    return d->form->prepare ? d->form->prepare(d) : STATUS_OK;
}

static enum status show(struct doing *d) {
    if (d->view.has_form) whole_form_fill(d->q, &d->view.form);
    return page_show(d->q, d->r, &DO_PAGE, &d->view);
}

static enum status do_page(struct request *q, struct response *r) {
    struct doing d;
    enum status st = begin(q, r, &d);
    return st || case_page_is_sent(r) ? st : show(&d);
}

static bool check_form(struct doing *d) {
    const struct form *form = pack_form_of(d);
    struct answers answers = {.arena = d->q->arena};
    if (d->view.has_form) return whole_form_read(d->q, &d->view.form);
    if (d->q->problem_count) return false;
    if (!form) return true;
    if (do_read_answers(d, &answers)) {
        struct problem p = {0};
        if (problem(&p, "", "too_long", "problem.text.long")) page_problem(d->q, &p);
        return false;
    }
    return do_check(d, form, NULL, &answers);
}

// Somebody else was quicker: what they did is shown, what was typed stays, and the next click counts as
// having seen it.
static enum status show_conflict(struct doing *d, const struct command_result *result) {
    for (size_t i = 0; i < result->changed_count; i++)
        *ARENA_PUSH(d->q->arena, &d->view.changed) =
            (struct do_change){TEXT_JOIN(d->q->arena, T("event."), result->changed[i].event),
                               officer_name(d->q, result->changed[i].actor), result->changed[i].at};
    d->r->status = 409;
    return show(d);
}

static void announce(struct doing *d) {
    char key[80];
    snprintf(key, sizeof key, "notice.case.%s", d->form->notice ? d->form->notice : "saved");
    response_notice(d->q, d->r, key);
}

static enum status do_it(struct request *q, struct response *r) {
    struct doing d;
    struct command_result result;
    struct problem p = {0};
    int64_t seen = 0;
    enum status st = begin(q, r, &d);
    if (st || case_page_is_sent(r)) return st;
    if (d.view.is_closed || !check_form(&d)) return show(&d);
    if (!text_int(form_text(q, "seen"), &seen)) seen = 0;
    d.command = (struct command){.kind = d.form->kind,
                                 .case_id = d.page.frame.id,
                                 .seen = seen,
                                 .purpose = officer_command_purpose(q, d.form->name)};
    d.form->fill(&d);
    st = cases_do(page_app(q)->cases, page_actor(q), &d.command, q->arena, &result, &p);
    if (st == STATUS_CONFLICT) return show_conflict(&d, &result);
    if (st == STATUS_INVALID || (st == STATUS_REFUSED && p.field && p.field[0])) {
        page_problem(q, &p);
        return show(&d);
    }
    r->problem = p;
    if (st) return st;
    announce(&d);
    return response_redirect(q, r, d.view.back);
}

// ---- correcting answers, with a reason ----

static enum status begin_correction(struct request *q, struct response *r, struct doing *d,
                                    const struct form_section **section) {
    struct bytes coded;
    static const struct do_question REASON[] = {
        {"area", "reason", "case.correct.reason", "case.correct.reason.hint", NULL, "3", true}, {0}};
    static const struct do_form CORRECT = {
        .name = "save_answers", .kind = COMMAND_SAVE_ANSWERS, .warns_before_leaving = true};
    *d = (struct doing){.q = q, .r = r, .form = &CORRECT};
    enum status st = case_page_open(q, r, "application", &d->page);
    if (st || case_page_is_sent(r)) return st;
    const struct form *form = pack_form(d->page.pack, T("application"));
    *section = form ? form_section(form, request_param(q, "section")) : NULL;
    if (!*section) return STATUS_NOT_FOUND;
    struct look look = case_look(q, d->page.frame.id);
    st = cases_answers(page_app(q)->cases, page_actor(q), &look, d->page.frame.id, (*section)->id, q->arena,
                       &coded, &r->problem);
    struct answers answers = {.arena = q->arena};
    if (!st && coded.n) st = answers_decode(q->arena, coded, &answers);
    if (st) return st;
    struct do_page *v = &d->view;
    v->frame = d->page.frame;
    v->title = (*section)->title_key;
    v->action = TEXT_JOIN(q->arena, v->frame.href, T("/correct/"), (*section)->id);
    v->back = TEXT_JOIN(q->arena, v->frame.href, T("/application?section="), (*section)->id);
    v->seen = text_printf(q->arena, "%lld", (long long)v->frame.version);
    v->lead = "case.correct.lead";
    v->button = "case.correct.go";
    v->warns_before_leaving = true;
    do_fields_of_section(d, *section, &answers);
    do_fields_of_questions(d, REASON);
    return STATUS_OK;
}

static bool hides_field(const struct doing *d, const struct form_field *f) {
    if (f->attribute_class.n && case_hides(&d->page.file, text_c(d->q->arena, f->attribute_class)))
        return true;
    for (size_t i = 0; i < f->child_count; i++)
        if (hides_field(d, &f->children[i])) return true;
    return false;
}

static bool hides_something(const struct doing *d, const struct form_section *s) {
    for (size_t i = 0; i < s->field_count; i++)
        if (hides_field(d, &s->fields[i])) return true;
    return false;
}

static enum status correct_page(struct request *q, struct response *r) {
    struct doing d;
    const struct form_section *section;
    enum status st = begin_correction(q, r, &d, &section);
    if (st || case_page_is_sent(r)) return st;
    if (hides_something(&d, section)) return STATUS_REFUSED; // what is not shown cannot be corrected
    return show(&d);
}

static void keep_files(const struct answers *old, struct answers *fresh) {
    for (size_t i = 0; i < old->count; i++)
        if (!answers_get(fresh, old->items[i].path).n &&
            text_find(old->items[i].path, T("files"), &(size_t){0}))
            if (answers_set(fresh, old->items[i].path, old->items[i].value)) return;
}

static enum status correct_it(struct request *q, struct response *r) {
    struct doing d;
    const struct form_section *section;
    struct command_result result;
    struct problem p = {0};
    struct bytes coded;
    struct answers answers = {.arena = q->arena}, old = {.arena = q->arena};
    int64_t seen = 0;
    enum status st = begin_correction(q, r, &d, &section);
    if (st || case_page_is_sent(r)) return st;
    if (hides_something(&d, section)) return STATUS_REFUSED;
    struct do_field *reason = do_field_find(&d, "reason");
    struct text why = reason->value;
    reason->value = (struct text){0};
    st = do_read_answers(&d, &answers);
    reason->value = why;
    if (st || !do_check(&d, section->form, section, &answers)) return st ? st : show(&d);
    struct look look = case_look(q, d.page.frame.id);
    st = cases_answers(page_app(q)->cases, page_actor(q), &look, d.page.frame.id, section->id, q->arena,
                       &coded, &r->problem);
    if (!st && coded.n && !answers_decode(q->arena, coded, &old)) keep_files(&old, &answers);
    if (st) return st;
    if (!text_int(form_text(q, "seen"), &seen)) seen = 0;
    struct command c = {.kind = COMMAND_SAVE_ANSWERS,
                        .case_id = d.page.frame.id,
                        .seen = seen,
                        .purpose = officer_command_purpose(q, "save_answers"),
                        .save_answers = {section->id, answers_encode(q->arena, &answers), why}};
    st = cases_do(page_app(q)->cases, page_actor(q), &c, q->arena, &result, &p);
    if (st == STATUS_CONFLICT) return show_conflict(&d, &result);
    if (st == STATUS_INVALID) {
        page_problem(q, &p);
        return show(&d);
    }
    r->problem = p;
    if (st) return st;
    announce(&d);
    return response_redirect(q, r, d.view.back);
}

static const struct route ROUTES[] = {
    {GET, "/cases/:id/do/:command", do_page, NEEDS(STAFF)},
    {POST, "/cases/:id/do/:command", do_it, NEEDS(STAFF), RATE_WRITE, &FILE_OF_FORM},
    {GET, "/cases/:id/correct/:section", correct_page, NEEDS(STAFF)},
    {POST, "/cases/:id/correct/:section", correct_it, NEEDS(STAFF), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&DO_PAGE, NULL};
const struct page_module CASE_DO_PAGES = {ROUTES, TEMPLATES};
