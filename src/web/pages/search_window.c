// search_window.c - the one window: what is typed is posted, so that it stands in no address and no log.
#include "web/pages/search.h"

struct source_row {
    struct text name, ground, state_key, why_key;
    bool is_silent, has_hit;
    int64_t took_ms;
    struct {
        struct search_fact *items;
        size_t count, capacity;
    } lines;
};
struct window_page {
    struct text typed, purpose, reason;
    bool has_asked, is_loading, is_cut, is_doubtful, has_hit, has_cleared, is_silent, is_none;
    int64_t open;
    struct {
        struct record_card *items;
        size_t count, capacity;
    } cards;
    struct {
        struct source_row *items;
        size_t count, capacity;
    } sources;
};
#define V struct search_fact
VIEW(SOURCE_LINE, VIEW_TEXT(V, label), VIEW_TEXT(V, value));
#undef V
#define V struct source_row
VIEW(SOURCE_ROW, VIEW_TEXT(V, name), VIEW_TEXT(V, ground), VIEW_TEXT(V, state_key), VIEW_TEXT(V, why_key),
     VIEW_BOOL(V, is_silent), VIEW_BOOL(V, has_hit), VIEW_INT64(V, took_ms),
     VIEW_LIST(V, lines, &SOURCE_LINE));
#undef V
#define V struct window_page
VIEW(WINDOW_PAGE, VIEW_TEXT(V, typed), VIEW_TEXT(V, purpose), VIEW_TEXT(V, reason), VIEW_BOOL(V, has_asked),
     VIEW_BOOL(V, is_loading), VIEW_BOOL(V, is_cut), VIEW_BOOL(V, is_doubtful), VIEW_BOOL(V, has_hit),
     VIEW_BOOL(V, has_cleared), VIEW_BOOL(V, is_silent), VIEW_BOOL(V, is_none), VIEW_INT64(V, open),
     VIEW_LIST(V, cards, &RECORD_CARD), VIEW_LIST(V, sources, &SOURCE_ROW));
#undef V
static const struct page_template WINDOW = {"search_window", &WINDOW_PAGE};

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
    for (size_t i = 0; i < x->answer.count; i++)
        *ARENA_PUSH(q->arena, &row->lines) =
            (struct search_fact){x->answer.lines[i].kind, x->answer.lines[i].reference};
}

static void add_card(struct request *q, struct window_page *v, const struct search_answer *answer, size_t i) {
    struct record_card *c = ARENA_PUSH(q->arena, &v->cards);
    record_card(q, &answer->hits.items[i], c);
    v->has_cleared |= c->is_cleared;
    if (!c->is_cleared)
        c->release_href = text_printf(
            q->arena, "/search/release?record=%lld&mark=%lld&asked=" TEXT_FMT "&purpose=" TEXT_FMT,
            (long long)c->record, (long long)c->mark, TEXT_ARG(answer->asked), TEXT_ARG(v->purpose));
    const struct search_hit *first = &answer->hits.items[0];
    if (i && c->is_case && c->is_seen && first->kind == SEARCH_CASE && first->is_seen &&
        !(c->natural.n && text_eq(first->natural, answer->hits.items[i].natural)))
        c->same_href = text_printf(q->arena, "/search/pair?left=%lld&right=%lld&purpose=" TEXT_FMT,
                                   (long long)first->record, (long long)c->record, TEXT_ARG(v->purpose));
}

static enum status window_page(struct request *q, struct response *r) {
    struct look look = search_look(q);
    struct window_page v = {.purpose = look.purpose};
    if (!page_app(q)->search) return STATUS_NOT_FOUND;
    return page_show(q, r, &WINDOW, &v);
}

static enum status window_ask(struct request *q, struct response *r) {
    struct search *s = page_app(q)->search;
    struct search_ask ask = {.typed = form_text(q, "q"), .look = search_look(q)};
    struct window_page v = {.typed = ask.typed, .purpose = ask.look.purpose, .reason = ask.look.reason};
    struct search_answer answer = {0};
    struct problem p = {0};
    if (!s) return STATUS_NOT_FOUND;
    enum status st = search_run(s, page_actor(q), &ask, q->arena, &answer, &p);
    if (st == STATUS_INVALID) {
        page_problem(q, &p);
        return page_show(q, r, &WINDOW, &v);
    }
    r->problem = p;
    if (st) return st;
    v.has_asked = true;
    v.is_loading = answer.is_loading;
    v.is_cut = answer.is_cut;
    v.is_doubtful = answer.query.zone_is_doubtful;
    v.open = (int64_t)answer.open;
    v.has_hit = answer.open > 0;
    for (size_t i = 0; i < answer.sources.count; i++) add_source(q, &v, &answer.sources.items[i]);
    for (size_t i = 0; i < answer.hits.count; i++) add_card(q, &v, &answer, i);
    v.is_none = !v.has_hit && !v.is_silent && !v.is_loading;
    return page_show(q, r, &WINDOW, &v);
}

// ---- a false hit

struct release_page {
    struct text asked, purpose, reason;
    int64_t record, mark;
};
#define V struct release_page
VIEW(RELEASE_PAGE, VIEW_TEXT(V, asked), VIEW_TEXT(V, purpose), VIEW_TEXT(V, reason), VIEW_INT64(V, record),
     VIEW_INT64(V, mark));
#undef V
static const struct page_template RELEASE = {"search_release", &RELEASE_PAGE};

static bool read_numbers(struct text record, struct text mark, struct release_page *v) {
    return text_int(record, &v->record) && text_int(mark, &v->mark);
}

static enum status release_page(struct request *q, struct response *r) {
    struct release_page v = {.asked = query_text(q, "asked"), .purpose = search_look(q).purpose};
    if (!read_numbers(query_text(q, "record"), query_text(q, "mark"), &v) || !page_app(q)->search)
        return STATUS_NOT_FOUND;
    return page_show(q, r, &RELEASE, &v);
}

static enum status release_do(struct request *q, struct response *r) {
    struct release_page v = {
        .asked = form_text(q, "asked"), .purpose = search_look(q).purpose, .reason = form_text(q, "reason")};
    struct problem p = {0};
    struct natural_result done;
    if (!read_numbers(form_text(q, "record"), form_text(q, "mark"), &v) || !page_app(q)->search)
        return STATUS_NOT_FOUND;
    struct natural_command c = {.act = NATURAL_RELEASE,
                                .reason = v.reason,
                                .purpose = v.purpose,
                                .record = v.record,
                                .left_mark = v.mark,
                                .asked = v.asked};
    enum status st = natural_do(page_app(q)->search, page_actor(q), &c, q->arena, &done, &p);
    if (st == STATUS_INVALID) {
        page_problem(q, &p);
        return page_show(q, r, &RELEASE, &v);
    }
    r->problem = p;
    if (st) return st;
    response_notice(q, r, "notice.search.released");
    return response_redirect(q, r, T("/search/window"));
}

static const struct route ROUTES[] = {
    {GET, "/search/window", window_page, NEEDS(STAFF)},
    {POST, "/search/window", window_ask, NEEDS(STAFF), RATE_LOOKUP},
    {GET, "/search/release", release_page, NEEDS(STAFF)},
    {POST, "/search/release", release_do, NEEDS(STAFF), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&WINDOW, &RELEASE, NULL};
const struct page_module SEARCH_WINDOW_PAGES = {ROUTES, TEMPLATES};
