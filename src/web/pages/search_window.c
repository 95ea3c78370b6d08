// search_window.c - one search over cases, persons, entries and other sources. What is typed is posted and
// stands sealed in the address of the answer, so that the way back works and no log has it.
#include "web/pages/search.h"
#include "web/pages/work_query.h"

struct source_row {
    struct text name, ground, state_key, why_key;
    bool is_silent, has_hit;
    int64_t took_ms;
    struct {
        struct search_fact *items;
        size_t count, capacity;
    } lines;
};
struct file_row {
    struct text href, case_no, status_key;
};
struct window_page {
    struct text typed, errs;
    struct options purposes;
    bool has_asked, has_choice, is_loading, is_cut, is_doubtful, is_alert, has_hit, is_silent, is_none,
        sees_cases, may_compare, may_see_log;
    int64_t open, alerts;
    struct record_cards cards, cleared, begins;
    struct {
        struct source_row *items;
        size_t count, capacity;
    } sources;
    struct {
        struct file_row *items;
        size_t count, capacity;
    } files;
};
#define V struct source_row
VIEW(SOURCE_ROW, VIEW_TEXT(V, name), VIEW_TEXT(V, ground), VIEW_TEXT(V, state_key), VIEW_TEXT(V, why_key),
     VIEW_BOOL(V, is_silent), VIEW_BOOL(V, has_hit), VIEW_INT64(V, took_ms),
     VIEW_LIST(V, lines, &SEARCH_FACT));
#undef V
#define V struct file_row
VIEW(FILE_ROW, VIEW_TEXT(V, href), VIEW_TEXT(V, case_no), VIEW_TEXT(V, status_key));
#undef V
#define V struct window_page
VIEW(WINDOW_PAGE, VIEW_TEXT(V, typed), VIEW_TEXT(V, errs), VIEW_LIST(V, purposes, &OPTION_VIEW),
     VIEW_BOOL(V, has_asked), VIEW_BOOL(V, has_choice), VIEW_BOOL(V, is_loading), VIEW_BOOL(V, is_cut),
     VIEW_BOOL(V, is_doubtful), VIEW_BOOL(V, is_alert), VIEW_BOOL(V, has_hit), VIEW_BOOL(V, is_silent),
     VIEW_BOOL(V, is_none), VIEW_BOOL(V, sees_cases), VIEW_BOOL(V, may_compare), VIEW_BOOL(V, may_see_log),
     VIEW_INT64(V, open), VIEW_INT64(V, alerts), VIEW_LIST(V, cards, &RECORD_CARD),
     VIEW_LIST(V, cleared, &RECORD_CARD), VIEW_LIST(V, begins, &RECORD_CARD),
     VIEW_LIST(V, sources, &SOURCE_ROW), VIEW_LIST(V, files, &FILE_ROW));
#undef V
static const struct page_template WINDOW = {"search_window", &WINDOW_PAGE};

// ---- the answer

static void add_source(struct request *q, struct window_page *v, const struct source_result *x) {
    static const char *const STATES[] = {"search.source.hit", "search.source.no_hit",
                                         "search.source.no_answer"};
    struct source_row *row = ARENA_PUSH(q->arena, &v->sources);
    *row = (struct source_row){.name = x->source->name,
                               .ground = x->source->ground,
                               .state_key = text_of(STATES[x->answer.state]),
                               .is_silent = x->answer.state == SOURCE_NO_ANSWER,
                               .has_hit = x->answer.state == SOURCE_HIT,
                               .took_ms = x->answer.took_ms};
    row->why_key =
        text_printf(q->arena, "search.why.%s", x->answer.why && x->answer.why[0] ? x->answer.why : "error");
    v->is_silent |= row->is_silent;
    v->has_hit |= row->has_hit;
    v->is_alert |= row->has_hit;
    for (size_t i = 0; i < x->answer.count; i++)
        *ARENA_PUSH(q->arena, &row->lines) =
            (struct search_fact){x->answer.lines[i].kind, x->answer.lines[i].reference};
}

static bool may_be_same(const struct search_hit *first, const struct search_hit *h) {
    bool is_one = h->natural.n && text_eq(first->natural, h->natural);
    return h != first && first->shows_who && h->shows_who && !is_one;
}

static void add_card(struct request *q, struct window_page *v, const struct search_answer *answer,
                     struct text ask, struct text purpose, size_t i) {
    const struct search_hit *h = &answer->hits.items[i], *first = &answer->hits.items[0];
    struct record_cards *to = h->is_begin ? &v->begins : h->is_cleared ? &v->cleared : &v->cards;
    struct record_card *c = ARENA_PUSH(q->arena, to);
    record_card(q, h, c);
    if (h->is_compared && !h->is_begin)
        search_features(q, &answer->query.record, &h->record_seen, &h->how, false, c);
    if (!h->is_begin) c->beside_href = search_href(q, "/search/hit", ask, purpose, h->record);
    if (v->may_compare && !h->is_begin && may_be_same(first, h))
        c->same_href = text_printf(q->arena, "/search/pair?left=%lld&right=%lld&purpose=" TEXT_FMT,
                                   (long long)first->record, (long long)h->record, TEXT_ARG(purpose));
    if (!h->is_begin && !h->is_cleared && h->is_watched) v->alerts++;
    if (!v->errs.n && h->is_compared && !h->is_begin && !h->is_cleared)
        v->errs = search_errs(q, &answer->query, &h->how);
}

static void add_file(struct request *q, struct window_page *v, const struct work_row *row) {
    *ARENA_PUSH(q->arena, &v->files) =
        (struct file_row){text_printf(q->arena, "/cases/%lld", (long long)row->case_id), row->case_no,
                          key_of(q->arena, "work.status.", row->status)};
}

static void fill_answer(struct request *q, struct window_page *v, const struct search_answer *answer,
                        struct text ask, struct text purpose) {
    v->has_asked = true;
    v->is_loading = answer->is_loading;
    v->is_cut = answer->is_cut;
    v->is_doubtful = answer->query.zone_is_doubtful;
    v->open = (int64_t)(answer->open + answer->files.count);
    v->has_hit = v->open > 0;
    for (size_t i = 0; i < answer->sources.count; i++) add_source(q, v, &answer->sources.items[i]);
    for (size_t i = 0; i < answer->hits.count; i++) add_card(q, v, answer, ask, purpose, i);
    for (size_t i = 0; i < answer->files.count; i++) add_file(q, v, &answer->files.items[i]);
    v->is_alert |= v->alerts > 0;
    v->is_none = !v->has_hit && !v->is_silent && !v->is_loading;
}

// ---- the page

static enum status begin(struct request *q, struct window_page *v) {
    if (!page_app(q)->search) return STATUS_NOT_FOUND;
    v->purposes = search_purposes(q);
    v->has_choice = v->purposes.count > 1;
    v->sees_cases = search_lets(q, "read");
    v->may_compare = search_lets(q, "propose_same");
    v->may_see_log = search_lets(q, "read_search_log");
    return STATUS_OK;
}

static enum status go(struct request *q, struct response *r, struct text typed) {
    struct text ask = search_seal(page_app(q)->search, page_actor(q), typed, q->arena);
    struct text to = search_href(q, "/search", ask, search_look(q).purpose, 0);
    return response_redirect(q, r, TEXT_JOIN(q->arena, to, T("#answer")));
}

static enum status answer(struct request *q, struct response *r, struct window_page *v, struct text sealed) {
    struct search *s = page_app(q)->search;
    struct search_ask ask = {.look = search_look(q)};
    struct search_answer found = {0};
    struct problem p = {0};
    enum status st = search_unseal(s, page_actor(q), sealed, q->arena, &ask.typed);
    if (st) st = problem(&p, "q", "search_expired", "problem.search.expired");
    v->typed = ask.typed;
    if (!st) st = search_run(s, page_actor(q), &ask, q->arena, &found, &p);
    if (st == STATUS_INVALID) {
        page_problem(q, &p);
        return page_show(q, r, &WINDOW, v);
    }
    r->problem = p;
    if (st) return st;
    fill_answer(q, v, &found, sealed, ask.look.purpose);
    return page_show(q, r, &WINDOW, v);
}

// An address with words of its own (?q=) is left at once for one that does not show them.
static enum status search_page(struct request *q, struct response *r) {
    struct window_page v = {0};
    struct text sealed = query_text(q, "ask"), typed = query_text(q, "q");
    enum status st = begin(q, &v);
    if (st) return st;
    if (!v.purposes.count && v.may_see_log) return response_redirect(q, r, T("/search/log"));
    if (sealed.n) return answer(q, r, &v, sealed);
    return text_trim(typed).n && typed.n <= QUERY_BYTES_MAX ? go(q, r, typed) : page_show(q, r, &WINDOW, &v);
}

static enum status search_ask(struct request *q, struct response *r) {
    struct window_page v = {.typed = form_text(q, "q")};
    struct search_query ignored;
    struct problem p = {0};
    enum status st = begin(q, &v);
    if (st) return st;
    st = query_read(q->arena, v.typed, zone_date(page_app(q)->zone, q->now), &ignored, &p);
    if (!st) return go(q, r, v.typed);
    page_problem(q, &p);
    return page_show(q, r, &WINDOW, &v);
}

static enum status old_page(struct request *q, struct response *r) {
    return response_redirect(q, r, T("/search"));
}

// ---- who searched

struct log_row {
    struct text name, unit, purpose_key, kinds, href;
    struct moment at;
    int64_t sources;
};
struct log_page {
    struct text all_href, next_href;
    struct {
        struct log_row *items;
        size_t count, capacity;
    } rows;
};
#define V struct log_row
VIEW(LOG_ROW, VIEW_TEXT(V, name), VIEW_TEXT(V, unit), VIEW_TEXT(V, purpose_key), VIEW_TEXT(V, kinds),
     VIEW_TEXT(V, href), VIEW_MOMENT(V, at), VIEW_INT64(V, sources));
#undef V
#define V struct log_page
VIEW(LOG_PAGE, VIEW_TEXT(V, all_href), VIEW_TEXT(V, next_href), VIEW_LIST(V, rows, &LOG_ROW));
#undef V
static const struct page_template LOG = {"search_log", &LOG_PAGE};

static struct text kinds_in_words(struct request *q, struct text kinds) {
    struct out o = {.arena = q->arena};
    struct text rest = kinds, one;
    while (text_cut(&rest, ',', &one)) {
        struct text key = TEXT_JOIN(q->arena, T("search.kind."), one);
        out_printf(&o, "%s" TEXT_FMT, o.n ? ", " : "", TEXT_ARG(page_text_or(q, key, one)));
    }
    return out_done(&o);
}

static enum status log_page(struct request *q, struct response *r) {
    struct log_page v = {0};
    struct search_notes notes;
    int64_t before = 0, account = 0;
    struct text purpose =
        actor_has_role(page_actor(q), T("data_protection_officer")) ? T("data_protection") : T("audit");
    if (!page_app(q)->search) return STATUS_NOT_FOUND;
    text_int(query_text(q, "before"), &before);
    bool of_one = text_int(query_text(q, "account"), &account) && account;
    enum status st = search_log(page_app(q)->search, page_actor(q), purpose, before, account, q->arena,
                                &notes, &r->problem);
    if (st) return st;
    for (size_t i = 0; i < notes.count; i++) {
        const struct search_note *n = &notes.items[i];
        *ARENA_PUSH(q->arena, &v.rows) =
            (struct log_row){.name = n->name,
                             .unit = n->unit,
                             .purpose_key = TEXT_JOIN(q->arena, T("access.purpose."), n->purpose),
                             .kinds = kinds_in_words(q, n->kinds),
                             .href = text_printf(q->arena, "/search/log?account=%lld", (long long)n->account),
                             .at = n->at,
                             .sources = n->sources};
    }
    if (of_one) v.all_href = T("/search/log");
    if (notes.count == SEARCH_NOTES_SHOWN)
        v.next_href = text_printf(q->arena, "/search/log?account=%lld&before=%lld", (long long)account,
                                  (long long)notes.items[notes.count - 1].seq);
    return page_show(q, r, &LOG, &v);
}

static const struct route ROUTES[] = {
    {GET, "/search", search_page, NEEDS(STAFF), RATE_WRITE},
    {POST, "/search", search_ask, NEEDS(STAFF), RATE_WRITE},
    {GET, "/search/window", old_page, NEEDS(STAFF)},
    {GET, "/search/log", log_page, NEEDS(STAFF)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&WINDOW, &LOG, NULL};
const struct page_module SEARCH_WINDOW_PAGES = {ROUTES, TEMPLATES};
