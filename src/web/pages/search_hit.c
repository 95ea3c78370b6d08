// search_hit.c - one hit beside what was asked, feature by feature, for whoever says whether it is that
// person.
#include "identity/identity.h"
#include "web/pages/search.h"
#include "web/pages/work_query.h"

struct hit_page {
    struct text ask, purpose, asked, typed, reason, errs, back_href;
    int64_t record, mark;
    bool shows_who, may_decide;
    struct date_parts until;
    struct record_card card;
    struct {
        struct search_fact *items;
        size_t count, capacity;
    } facts; // all of the entry that may be seen
};
#define V struct hit_page
VIEW(HIT_PAGE, VIEW_TEXT(V, ask), VIEW_TEXT(V, purpose), VIEW_TEXT(V, asked), VIEW_TEXT(V, typed),
     VIEW_TEXT(V, reason), VIEW_TEXT(V, errs), VIEW_TEXT(V, back_href), VIEW_INT64(V, record),
     VIEW_INT64(V, mark), VIEW_BOOL(V, shows_who), VIEW_BOOL(V, may_decide),
     VIEW_STRUCT(V, until, &DATE_PARTS_VIEW), VIEW_STRUCT(V, card, &RECORD_CARD),
     VIEW_LIST(V, facts, &SEARCH_FACT));
#undef V
static const struct page_template HIT = {"search_hit", &HIT_PAGE};

// Source, ground, term, review, contestation, numbers of documents: whatever the register has and lets be
// seen.
static enum status add_facts(struct request *q, const struct look *look, const struct search_hit *h,
                             struct hit_page *v, struct problem *p) {
    struct entry_view e;
    enum status st =
        registers_open_entry(page_app(q)->registers, page_actor(q), look, h->record, NULL, q->arena, &e, p);
    for (size_t i = 0; !st && i < e.head.answers.count; i++) {
        struct answer said = e.head.answers.items[i];
        const struct form_field *f = form_field_at(h->of->form, said.path);
        if (f) *ARENA_PUSH(q->arena, &v->facts) = search_fact_of(q, h->pack, f, said.value);
    }
    return st;
}

// A case is known by its number, which is no number of the person.
static void add_case_number(struct request *q, const struct search_beside *x, struct record_card *c) {
    struct search_feature *last = c->features.count ? &c->features.items[c->features.count - 1] : NULL;
    if (!last || x->hit.kind != SEARCH_CASE || last->right.n || !last->left.n) return;
    struct text asked = identity_search_key(q->arena, last->left);
    last->right = x->hit.reference;
    last->is_known = last->agrees = text_eq(asked, identity_search_key(q->arena, last->right));
    if (last->agrees) last->how_key = T("search.how.same");
}

static enum status show_hit(struct request *q, struct response *r, struct hit_page *v) {
    struct search *s = page_app(q)->search;
    struct search_ask ask = {.look = search_look(q)};
    struct search_beside x;
    enum status st = search_unseal(s, page_actor(q), v->ask, q->arena, &ask.typed);
    if (!st) st = search_beside(s, page_actor(q), &ask, v->record, q->arena, &x, &r->problem);
    if (!st && x.hit.kind == SEARCH_ENTRY && x.hit.may_read)
        st = add_facts(q, &ask.look, &x.hit, v, &r->problem);
    if (st) return st;
    record_card(q, &x.hit, &v->card);
    if (x.hit.is_compared)
        search_features(q, &x.query.record, &x.hit.record_seen, &x.hit.how, true, &v->card);
    add_case_number(q, &x, &v->card);
    if (x.hit.is_compared) v->errs = search_errs(q, &x.query, &x.hit.how);
    v->typed = ask.typed;
    v->purpose = ask.look.purpose;
    v->asked = x.asked;
    v->mark = x.hit.mark;
    v->shows_who = x.hit.shows_who;
    v->may_decide = x.hit.shows_who && search_lets(q, "clear_same");
    v->back_href = search_href(q, "/search", v->ask, v->purpose, 0);
    return page_show(q, r, &HIT, v);
}

static enum status hit_page(struct request *q, struct response *r) {
    struct hit_page v = {.ask = query_text(q, "ask")};
    struct date today = zone_date(page_app(q)->zone, q->now);
    v.until = date_parts_of(q->arena, date_add_days(today, VERDICT_DAYS_MAX));
    bool is_known = page_app(q)->search && text_int(query_text(q, "record"), &v.record);
    return is_known ? show_hit(q, r, &v) : STATUS_NOT_FOUND;
}

static bool read_verdict(struct text word, enum natural_verdict *out) {
    for (int i = 0; i < VERDICT_COUNT; i++)
        if (text_eq(word, text_of(NATURAL_VERDICTS[i]))) return *out = (enum natural_verdict)i, true;
    return false;
}

static enum status hit_do(struct request *q, struct response *r) {
    struct hit_page v = {.ask = form_text(q, "ask"), .reason = form_text(q, "reason")};
    struct natural_command c = {.act = NATURAL_RELEASE,
                                .reason = v.reason,
                                .purpose = search_look(q).purpose,
                                .asked = form_text(q, "asked")};
    struct problem p = {0};
    struct natural_result done;
    if (!page_app(q)->search || !text_int(form_text(q, "record"), &v.record) ||
        !text_int(form_text(q, "mark"), &c.left_mark) || !read_verdict(form_text(q, "verdict"), &c.verdict))
        return STATUS_NOT_FOUND;
    c.record = v.record;
    enum status st = form_date(q, "until", &v.until, &c.until, &p);
    if (!st) st = natural_do(page_app(q)->search, page_actor(q), &c, q->arena, &done, &p);
    if (st == STATUS_INVALID) {
        page_problem(q, &p);
        return show_hit(q, r, &v);
    }
    r->problem = p;
    if (st) return st;
    response_notice(q, r, "notice.search.said");
    return response_redirect(q, r, search_href(q, "/search", v.ask, c.purpose, 0));
}

static const struct route ROUTES[] = {
    {GET, "/search/hit", hit_page, NEEDS(STAFF), RATE_WRITE},
    {POST, "/search/hit", hit_do, NEEDS(STAFF), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&HIT, NULL};
const struct page_module SEARCH_HIT_PAGES = {ROUTES, TEMPLATES};
