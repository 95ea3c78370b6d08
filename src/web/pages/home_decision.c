// home_decision.c - the decision with its reasons, how to appeal, and the appeal.
#include "web/pages.h"
#include "web/pages/home.h"

struct decision_page_view {
    int64_t id, letter;
    struct text case_no, outcome, facts, evidence, assessment, legal_basis, signed_by, suggestion_view,
        grounds;
    struct moment decided, notified, appeal_lodged, appeal_decided;
    struct date appeal_until;
    struct text appeal_outcome, appeal_reasons, court_number;
    bool is_adverse, can_appeal, is_late, has_appeal, appeal_suspends, asks_to_stay;
};
#define V struct decision_page_view
VIEW(DECISION_VIEW, VIEW_INT64(V, id), VIEW_INT64(V, letter), VIEW_TEXT(V, case_no), VIEW_TEXT(V, outcome),
     VIEW_TEXT(V, facts), VIEW_TEXT(V, evidence), VIEW_TEXT(V, assessment), VIEW_TEXT(V, legal_basis),
     VIEW_TEXT(V, signed_by), VIEW_TEXT(V, suggestion_view), VIEW_TEXT(V, grounds), VIEW_MOMENT(V, decided),
     VIEW_MOMENT(V, notified), VIEW_DATE(V, appeal_until), VIEW_MOMENT(V, appeal_lodged),
     VIEW_MOMENT(V, appeal_decided), VIEW_TEXT(V, appeal_outcome), VIEW_TEXT(V, appeal_reasons),
     VIEW_TEXT(V, court_number), VIEW_BOOL(V, is_adverse), VIEW_BOOL(V, can_appeal), VIEW_BOOL(V, is_late),
     VIEW_BOOL(V, has_appeal), VIEW_BOOL(V, appeal_suspends), VIEW_BOOL(V, asks_to_stay));
#undef V
static const struct page_template DECISION = {"home_decision", &DECISION_VIEW};

static void fill_appeal(struct request *q, const struct case_file *f, struct decision_page_view *v) {
    v->has_appeal = f->appeals.count > 0;
    v->grounds = form_text(q, "grounds");
    v->asks_to_stay = form_is(q, "asks_to_stay", "yes");
    if (!v->has_appeal) return;
    const struct appeal_view *a = &f->appeals.items[0];
    v->appeal_lodged = a->lodged;
    v->appeal_decided = a->decided;
    v->appeal_outcome = a->outcome.n ? page_code_name(q, "appeal_outcome", a->outcome) : T("");
    v->appeal_reasons = a->reasons;
    v->court_number = a->court_number;
}

static enum status decision_page(struct request *q, struct response *r) {
    struct decision_page_view v = {0};
    struct case_file f;
    struct outcome o = {0};
    enum status st = own_case_open(q, r, &v.id, &f);
    if (st) return st;
    if (!f.decisions.count) return STATUS_NOT_FOUND;
    const struct decision_view *d = &f.decisions.items[0];
    const struct pack *pack = cases_pack_of(page_app(q)->cases, f.pack_version);
    bool is_known = pack && !pack_outcome(pack, d->outcome, &o);
    v.case_no = f.head.case_no;
    v.outcome =
        is_known && o.label_key.n ? page_pack_text(q, o.label_key) : page_code_name(q, "outcome", d->outcome);
    v.facts = d->facts;
    v.evidence = d->evidence;
    v.assessment = d->assessment;
    v.legal_basis = d->legal_basis;
    v.signed_by = d->signed_by;
    v.suggestion_view = d->suggestion_view;
    v.decided = d->decided;
    v.notified = d->notified;
    v.appeal_until = page_last_day(q, d->appeal_until);
    v.is_adverse = d->is_adverse;
    v.appeal_suspends = is_known && o.appeal_suspends;
    bool has_remedy = is_known && o.appeal.n;
    v.is_late = is_over(d->appeal_until, q->now);
    fill_appeal(q, &f, &v);
    v.can_appeal = has_remedy && !v.has_appeal && !f.closed_at.ms;
    for (size_t i = 0; is_known && i < f.letters.count && !v.letter; i++)
        if (text_eq(f.letters.items[i].kind, o.letter)) v.letter = f.letters.items[i].letter;
    return page_show(q, r, &DECISION, &v);
}

static enum status appeal_take(struct request *q, struct response *r) {
    struct command c = {.kind = COMMAND_LODGE_APPEAL,
                        .lodge_appeal = {form_text(q, "grounds"), form_is(q, "asks_to_stay", "yes")}};
    bool is_mistake;
    enum status st = own_case_do(q, r, &c, "notice.appeal", "/decision", &is_mistake);
    return is_mistake ? decision_page(q, r) : st;
}

static const struct route ROUTES[] = {
    {GET, "/my/:id/decision", decision_page, NEEDS(APPLICANT | REPRESENTATIVE)},
    {POST, "/my/:id/decision", appeal_take, NEEDS(APPLICANT | REPRESENTATIVE)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&DECISION, NULL};
const struct page_module HOME_DECISION_PAGES = {ROUTES, TEMPLATES};
