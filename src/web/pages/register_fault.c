// register_fault.c - somebody says that an entry is wrong, and somebody answers within the time for it.
#include "web/pages.h"
#include "web/pages/register.h"

#define V struct fault_line
static const struct view_field LINE_FIELDS[] = {VIEW_TEXT(V, what),
                                                VIEW_TEXT(V, answer),
                                                VIEW_TEXT(V, by),
                                                VIEW_TEXT(V, answered_by),
                                                VIEW_TEXT(V, outcome),
                                                VIEW_TEXT(V, light),
                                                VIEW_TEXT(V, answer_href),
                                                VIEW_TEXT(V, href),
                                                VIEW_TEXT(V, reference),
                                                VIEW_TEXT(V, register_title),
                                                VIEW_MOMENT(V, at),
                                                VIEW_MOMENT(V, answered),
                                                VIEW_DATE(V, due),
                                                VIEW_INT(V, days),
                                                VIEW_BOOL(V, is_open),
                                                VIEW_BOOL(V, is_today),
                                                {0}};
const struct view FAULT_LINE_VIEW = {"fault_line", LINE_FIELDS};
#undef V

enum { SOON_DAYS = 3, WATCH_DAYS = 10 }; // as the lights of the work list

static const char *light_of(int64_t days) {
    return days < 0 ? "overdue" : days <= SOON_DAYS ? "soon" : days <= WATCH_DAYS ? "watch" : "ok";
}

static struct fault_line line_of(struct request *q, const struct register_page *p, const struct entry_view *e,
                                 const struct entry_fault *f) {
    struct fault_line l = {.id = f->fault,
                           .what = f->body,
                           .answer = f->answer,
                           .by = f->by_name,
                           .answered_by = f->answered_by_name,
                           .at = f->reported,
                           .answered = f->answered,
                           .is_open = text_eq(f->state, T("open"))};
    if (f->outcome.n)
        l.outcome =
            page_text_or(q, TEXT_JOIN(q->arena, T("register.fault.outcome."), f->outcome), f->outcome);
    l.due = page_last_day(q, f->due);
    int64_t days = date_to_days(l.due) - date_to_days(zone_date(page_app(q)->zone, q->now));
    l.light = text_of(light_of(days));
    l.is_today = days == 0;
    l.days = (int)(days < 0 ? -days : days);
    if (l.is_open && e->may[REGISTER_REVIEW])
        l.answer_href =
            register_entry_href(q, p, e->head.entry,
                                text_c(q->arena, text_printf(q->arena, "/faults/%lld", (long long)f->fault)));
    return l;
}

void register_faults(struct request *q, const struct register_page *p, const struct entry_view *e,
                     struct fault_lines *out) {
    for (size_t i = 0; i < e->faults.count; i++)
        *ARENA_PUSH(q->arena, out) = line_of(q, p, e, &e->faults.items[i]);
}

// ---- the page: to report one, to answer one

struct fault_view {
    struct register_head head;
    const char *title_key, *lead_key;
    struct text reference, action, back_href, typed;
    struct fault_line fault;
    struct options outcomes;
    bool is_answer;
};
#define V struct fault_view
VIEW(FAULT_VIEW, VIEW_STRUCT(V, head, &REGISTER_HEAD_VIEW), VIEW_C(V, title_key), VIEW_C(V, lead_key),
     VIEW_TEXT(V, reference), VIEW_TEXT(V, action), VIEW_TEXT(V, back_href), VIEW_TEXT(V, typed),
     VIEW_STRUCT(V, fault, &FAULT_LINE_VIEW), VIEW_LIST(V, outcomes, &OPTION_VIEW), VIEW_BOOL(V, is_answer));
#undef V
static const struct page_template FAULT = {"register_fault", &FAULT_VIEW};

static const char *const OUTCOMES[] = {"corrected", "not_wrong", "erased", "passed_on"};

static void fill_outcomes(struct request *q, struct fault_view *v) {
    for (size_t i = 0; i < sizeof OUTCOMES / sizeof *OUTCOMES; i++) {
        struct text value = text_of(OUTCOMES[i]);
        *ARENA_PUSH(q->arena, &v->outcomes) = (struct option){
            .value = value,
            .label_key = text_c(q->arena, TEXT_JOIN(q->arena, T("register.fault.outcome."), value)),
            .is_chosen = text_eq(form_text(q, "outcome"), value)};
    }
}

static const struct entry_fault *fault_of(const struct request *q, const struct entry_view *e) {
    int64_t id;
    for (size_t i = 0; request_param_id(q, "fault", &id) && i < e->faults.count; i++)
        if (e->faults.items[i].fault == id) return &e->faults.items[i];
    return NULL;
}

static enum status show(struct request *q, struct response *r, const struct register_page *p,
                        const struct entry_view *e) {
    const struct entry_fault *f = fault_of(q, e);
    struct fault_view v = {.head = p->head,
                           .reference = e->head.reference,
                           .back_href = register_entry_href(q, p, e->head.entry, ""),
                           .action = register_entry_href(q, p, e->head.entry, "/fault"),
                           .title_key = "register.fault",
                           .lead_key = "register.fault.lead",
                           .typed = form_text(q, "act-reason")};
    if (f) {
        v.is_answer = true;
        v.title_key = "register.fault.answer";
        v.lead_key = "register.fault.answer.lead";
        v.fault = line_of(q, p, e, f);
        v.action = v.fault.answer_href;
        fill_outcomes(q, &v);
    }
    return page_show(q, r, &FAULT, &v);
}

static enum status fault_page(struct request *q, struct response *r) {
    struct register_page p;
    struct entry_view e;
    enum status st = register_entry_open(q, r, &p, &e);
    if (st) return st;
    if (request_param(q, "fault").n && !fault_of(q, &e)) return STATUS_NOT_FOUND;
    return show(q, r, &p, &e);
}

static enum status fault_take(struct request *q, struct response *r) {
    struct register_page p;
    struct entry_view e;
    struct register_done done;
    enum status st = register_entry_open(q, r, &p, &e);
    if (st) return st;
    const struct entry_fault *f = fault_of(q, &e);
    if (request_param(q, "fault").n && !f) return STATUS_NOT_FOUND;
    struct register_act act = {.kind = f ? ACT_ANSWER_FAULT : ACT_REPORT_FAULT,
                               .look = p.look,
                               .entry = e.head.entry,
                               .fault = f ? f->fault : 0,
                               .reason = form_text(q, "act-reason"),
                               .outcome = form_text(q, "outcome")};
    st = register_do(q, r, &act, &done);
    if (st == STATUS_INVALID) return show(q, r, &p, &e);
    if (st) return st;
    response_notice(q, r, f ? "notice.register.answered" : "notice.register.reported");
    return response_redirect(q, r, register_entry_href(q, &p, e.head.entry, ""));
}

static const struct route ROUTES[] = {
    {GET, "/registers/:register/:entry/fault", fault_page, NEEDS(STAFF)},
    {POST, "/registers/:register/:entry/fault", fault_take, NEEDS(STAFF), RATE_WRITE},
    {GET, "/registers/:register/:entry/faults/:fault", fault_page, NEEDS(STAFF)},
    {POST, "/registers/:register/:entry/faults/:fault", fault_take, NEEDS(STAFF), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&FAULT, NULL};
const struct page_module REGISTER_FAULT_PAGES = {ROUTES, TEMPLATES};
