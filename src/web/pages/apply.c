// apply.c - the application: what will happen, the start, the list of tasks, checking the answers, sending
// them.
#include "web/pages/apply.h"
#include "web/pages.h"
#include "web/pages/work_query.h"
#include "web/server.h"

// ---- before it begins

struct start_view {
    struct options languages;
    struct text phrase, procedure, title, about;
    int64_t draft; // of this procedure, begun before
    bool is_staff, is_one_of_many;
    struct own_lines own;
};
VIEW(START_VIEW, VIEW_LIST(struct start_view, languages, &OPTION_VIEW), VIEW_TEXT(struct start_view, phrase),
     VIEW_TEXT(struct start_view, procedure), VIEW_TEXT(struct start_view, title),
     VIEW_TEXT(struct start_view, about), VIEW_INT64(struct start_view, draft),
     VIEW_BOOL(struct start_view, is_staff), VIEW_BOOL(struct start_view, is_one_of_many),
     VIEW_LIST(struct start_view, own, &OWN_LINE_VIEW));
static const struct page_template NOTICE = {"apply", &START_VIEW};

struct choice_view {
    struct offers offers;
};
VIEW(CHOICE_VIEW, VIEW_LIST(struct choice_view, offers, &OFFER_VIEW));
static const struct page_template CHOICE = {"apply_choice", &CHOICE_VIEW};

static enum status find_draft(struct request *q, struct text procedure, int64_t *draft) {
    struct work_list own;
    struct problem p = {0};
    enum status st = cases_own(page_app(q)->cases, page_actor(q), q->arena, &own, &p);
    for (size_t i = 0; !st && i < own.count; i++)
        if (!own.rows[i].case_no.n && text_eq(own.rows[i].procedure, procedure)) *draft = own.rows[i].case_id;
    return st;
}

// With one procedure only there is nothing to choose.
static struct text wanted(struct request *q, const struct offers *offers) {
    struct text id = q->method == POST ? form_text(q, "procedure") : query_text(q, "procedure");
    for (size_t i = 0; i < offers->count; i++)
        if (text_eq(offers->items[i].id, id)) return offers->items[i].id;
    return offers->count == 1 ? offers->items[0].id : (struct text){0};
}

static enum status notice_show(struct request *q, struct response *r, struct text procedure, bool is_one) {
    const struct pack *pack = cases_pack_for(page_app(q)->cases, procedure);
    struct start_view v = {
        .phrase = form_text(q, "phrase"), .procedure = procedure, .is_one_of_many = !is_one};
    if (!pack) return STATUS_NOT_FOUND;
    enum status st =
        q->session.kinds & (APPLICANT | REPRESENTATIVE) ? find_draft(q, procedure, &v.draft) : STATUS_OK;
    if (st) return st;
    page_use_pack(q, pack);
    v.title = procedure_name(q, pack);
    v.about = offer_text(q, pack, T("pack.about"));
    v.own = offer_own_lines(q, pack);
    for (size_t i = 0; i < PAGE_LANGUAGE_COUNT; i++)
        *ARENA_PUSH(q->arena, &v.languages) =
            (struct option){.value = PAGE_LANGUAGES[i],
                            .label = language_own_name(q->arena, PAGE_LANGUAGES[i]),
                            .is_chosen = text_eq(PAGE_LANGUAGES[i], q->language)};
    return page_show(q, r, &NOTICE, &v);
}

static enum status notice_page(struct request *q, struct response *r) {
    struct choice_view v = {offers_of(q, false, "/apply?procedure=")};
    struct text procedure = wanted(q, &v.offers);
    return procedure.n ? notice_show(q, r, procedure, v.offers.count == 1) : page_show(q, r, &CHOICE, &v);
}

static enum status start_take(struct request *q, struct response *r) {
    struct command_result result = {0};
    struct problem p = {0};
    struct command c = {
        .kind = COMMAND_START_APPLICATION,
        .start_application = {form_text(q, "language"), form_text(q, "phrase"), form_text(q, "procedure")}};
    if (!form_is(q, "read", "yes")) {
        (void)!problem(&p, "read", "required", "problem.apply.read");
        page_problem(q, &p);
        return notice_page(q, r);
    }
    enum status st = cases_do(page_app(q)->cases, page_actor(q), &c, q->arena, &result, &p);
    if (st == STATUS_INVALID) {
        page_problem(q, &p);
        return notice_page(q, r);
    }
    if (st) {
        r->problem = p;
        return st;
    }
    return response_redirect(q, r, text_printf(q->arena, "/apply/%lld", (long long)result.case_id));
}

// ---- the list of tasks

struct task_row {
    struct text name, title, href;
    const char *status, *colour;
};
VIEW(TASK_ROW, VIEW_TEXT(struct task_row, name), VIEW_TEXT(struct task_row, title),
     VIEW_TEXT(struct task_row, href), VIEW_C(struct task_row, status), VIEW_C(struct task_row, colour));
struct tasks_view {
    int64_t id;
    struct text title; // what it is an application for
    int done, all;
    bool is_ready;
    struct text next;
    struct {
        struct task_row *items;
        size_t count, capacity;
    } tasks;
};
#define V struct tasks_view
VIEW(TASKS_VIEW, VIEW_INT64(V, id), VIEW_TEXT(V, title), VIEW_INT(V, done), VIEW_INT(V, all),
     VIEW_BOOL(V, is_ready), VIEW_TEXT(V, next), VIEW_LIST(V, tasks, &TASK_ROW));
#undef V
static const struct page_template TASKS = {"apply_tasks", &TASKS_VIEW};

static void fill_tasks(struct request *q, const struct draft *d, struct tasks_view *v) {
    static const struct {
        const char *status, *colour;
    } STATES[] = {
        [SECTION_NOT_STARTED] = {"apply.state.new", "blue"},
        [SECTION_INCOMPLETE] = {"apply.state.begun", "yellow"},
        [SECTION_DONE] = {"apply.state.done", NULL},
    };
    v->id = d->id;
    v->title = procedure_name(q, d->pack);
    for (size_t i = 0; i < d->form->section_count; i++) {
        const struct form_section *s = &d->form->sections[i];
        enum section_state state = form_section_state(d->form, s, &d->answers, &d->context);
        if (state == SECTION_NOT_NEEDED) continue;
        v->all++;
        v->done += state == SECTION_DONE;
        *ARENA_PUSH(q->arena, &v->tasks) = (struct task_row){
            s->id, s->title_key,
            text_printf(q->arena, "/apply/%lld/" TEXT_FMT, (long long)d->id, TEXT_ARG(s->id)),
            STATES[state].status, STATES[state].colour};
    }
    v->is_ready = v->done == v->all;
    v->next = draft_next(q, d, NULL);
}

static enum status tasks_page(struct request *q, struct response *r) {
    struct draft d;
    struct tasks_view v = {0};
    enum status st = draft_open(q, r, &d);
    if (st == STATUS_CONFLICT) return draft_sent(q, r, &d);
    if (st) return st;
    fill_tasks(q, &d, &v);
    return page_show(q, r, &TASKS, &v);
}

// ---- check and send

struct check_section {
    struct text title, change;
    bool is_incomplete;
    struct form_rows rows;
};
VIEW(CHECK_SECTION, VIEW_TEXT(struct check_section, title), VIEW_TEXT(struct check_section, change),
     VIEW_BOOL(struct check_section, is_incomplete), VIEW_LIST(struct check_section, rows, &FORM_ROW_VIEW));
struct check_view {
    int64_t id;
    bool is_incomplete;
    struct {
        struct check_section *items;
        size_t count, capacity;
    } sections;
};
VIEW(CHECK_VIEW, VIEW_INT64(struct check_view, id), VIEW_BOOL(struct check_view, is_incomplete),
     VIEW_LIST(struct check_view, sections, &CHECK_SECTION));
static const struct page_template CHECK = {"apply_check", &CHECK_VIEW};

struct receipt_view {
    int64_t id, letter;
    struct text case_no, code;
};
VIEW(RECEIPT_VIEW, VIEW_INT64(struct receipt_view, id), VIEW_INT64(struct receipt_view, letter),
     VIEW_TEXT(struct receipt_view, case_no), VIEW_TEXT(struct receipt_view, code));
static const struct page_template RECEIPT = {"apply_receipt", &RECEIPT_VIEW};

static enum status check_show(struct request *q, struct response *r, const struct draft *d) {
    struct check_view v = {.id = d->id};
    for (size_t i = 0; i < d->form->section_count; i++) {
        const struct form_section *s = &d->form->sections[i];
        enum section_state state = form_section_state(d->form, s, &d->answers, &d->context);
        if (state == SECTION_NOT_NEEDED) continue;
        struct check_section *c = ARENA_PUSH(q->arena, &v.sections);
        c->title = s->title_key;
        c->is_incomplete = state != SECTION_DONE;
        c->change =
            text_printf(q->arena, "/apply/%lld/" TEXT_FMT "?check=1", (long long)d->id, TEXT_ARG(s->id));
        v.is_incomplete |= c->is_incomplete;
        form_page_rows(q, d->pack, s->fields, s->field_count, T(""), &d->answers, &d->file, &c->rows);
    }
    return page_show(q, r, &CHECK, &v);
}

static enum status check_page(struct request *q, struct response *r) {
    struct draft d;
    enum status st = draft_open(q, r, &d);
    if (st == STATUS_CONFLICT) return draft_sent(q, r, &d);
    return st ? st : check_show(q, r, &d);
}

static enum status submit_take(struct request *q, struct response *r) {
    struct draft d;
    struct command_result result = {0};
    struct problem p = {0};
    enum status st = draft_open(q, r, &d);
    if (st == STATUS_CONFLICT) return draft_sent(q, r, &d);
    if (st) return st;
    if (!form_is(q, "declared", "yes")) {
        (void)!problem(&p, "declared", "required", "problem.apply.declare");
        page_problem(q, &p);
        return check_show(q, r, &d);
    }
    // Which information was shown: that of this version, in this language.
    struct text notice = TEXT_JOIN(q->arena, pack_version(d.pack), T("-"), q->language);
    struct command c = {.kind = COMMAND_SUBMIT_APPLICATION, .case_id = d.id, .submit_application = {notice}};
    st = cases_do(page_app(q)->cases, page_actor(q), &c, q->arena, &result, &p);
    if (st == STATUS_INVALID) {
        struct problem whole = {.field = "", .rule = "incomplete", .text_key = "problem.apply.incomplete"};
        page_problem(q, &whole);
        p.field = ""; // its question is on another page
        if (p.text_key) page_problem(q, &p);
        return check_show(q, r, &d);
    }
    if (st) {
        r->problem = p;
        return st;
    }
    struct receipt_view v = {d.id, result.made, result.case_no, result.code};
    return page_show(q, r, &RECEIPT, &v);
}

static const struct route ROUTES[] = {
    {GET, "/apply", notice_page, NEEDS(ANYONE)},
    {POST, "/apply", start_take, NEEDS(APPLICANT | REPRESENTATIVE)},
    {GET, "/apply/:id", tasks_page, NEEDS(APPLICANT | REPRESENTATIVE)},
    {GET, "/apply/:id/check", check_page, NEEDS(APPLICANT | REPRESENTATIVE)},
    {POST, "/apply/:id/check", submit_take, NEEDS(APPLICANT | REPRESENTATIVE)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&CHOICE, &NOTICE, &TASKS, &CHECK, &RECEIPT, NULL};
const struct page_module APPLY_PAGES = {ROUTES, TEMPLATES};
