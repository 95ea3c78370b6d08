// search_same.c - "could these be the same person?": pairs, proposals of colleagues, natural persons, and
// what is taken back.
#include "web/pages/search.h"

static const char SAME_PATH[] = "/search/same";

static enum status reader(struct request *q, struct db **db) {
    return store_reader(search_store(page_app(q)->search), db);
}
static void release(struct request *q, struct db *db) {
    store_reader_release(search_store(page_app(q)->search), db);
}

// ---- the list

struct pair_line {
    struct text left, right, href;
    int64_t score;
    struct moment offered;
};
struct proposal_line {
    struct text act_key, by, href, state_key, reason, answer, decided_by;
    struct moment at;
    bool is_own, is_asked;
};
struct same_page {
    struct {
        struct pair_line *items;
        size_t count, capacity;
    } pairs;
    struct {
        struct proposal_line *items;
        size_t count, capacity;
    } proposals;
};
#define V struct pair_line
VIEW(PAIR_LINE, VIEW_TEXT(V, left), VIEW_TEXT(V, right), VIEW_TEXT(V, href), VIEW_INT64(V, score),
     VIEW_MOMENT(V, offered));
#undef V
#define V struct proposal_line
VIEW(PROPOSAL_LINE, VIEW_TEXT(V, act_key), VIEW_TEXT(V, by), VIEW_TEXT(V, href), VIEW_TEXT(V, state_key),
     VIEW_TEXT(V, reason), VIEW_TEXT(V, answer), VIEW_TEXT(V, decided_by), VIEW_MOMENT(V, at),
     VIEW_BOOL(V, is_own), VIEW_BOOL(V, is_asked));
#undef V
#define V struct same_page
VIEW(SAME_PAGE, VIEW_LIST(V, pairs, &PAIR_LINE), VIEW_LIST(V, proposals, &PROPOSAL_LINE));
#undef V
static const struct page_template SAME = {"search_same", &SAME_PAGE};

static struct proposal_line line_of(struct request *q, const struct natural_proposal *x) {
    return (struct proposal_line){
        .act_key = text_printf(q->arena, "search.act." TEXT_FMT, TEXT_ARG(x->act)),
        .state_key = text_printf(q->arena, "search.state." TEXT_FMT, TEXT_ARG(x->state)),
        .by = x->proposed_name,
        .reason = x->reason,
        .answer = x->answer,
        .decided_by = x->decided_name,
        .at = x->proposed,
        .is_asked = text_eq(x->state, T("asked")),
        .is_own = x->proposed_by == page_actor(q)->account,
        .href = text_printf(q->arena, "/search/proposal/%lld", (long long)x->proposal)};
}

static struct text shown_name(const struct search_hits *hits, int64_t record) {
    for (size_t i = 0; i < hits->count; i++) {
        const struct search_hit *h = &hits->items[i];
        if (h->record != record) continue;
        return h->kind == SEARCH_CASE && h->is_seen ? h->who.latin_name : h->reference;
    }
    return T("");
}

enum { PAIRS_SHOWN = 25 }; // both of each are looked up with one trace: PERSONS_SHOWN_MAX

// A pair of which the actor may see neither is somebody else's work.
static enum status add_pairs(struct request *q, const struct natural_pairs *pairs, struct same_page *v) {
    int64_t ids[2 * PAIRS_SHOWN];
    struct search_hits hits;
    struct look look = search_look(q);
    size_t n = 0;
    for (size_t i = 0; i < pairs->count; i++)
        ids[n++] = pairs->items[i].left, ids[n++] = pairs->items[i].right;
    enum status st = search_show(page_app(q)->search, page_actor(q), &look, ids, n, T(""), q->arena, &hits);
    for (size_t i = 0; i < pairs->count && !st; i++) {
        const struct natural_pair *x = &pairs->items[i];
        struct text left = shown_name(&hits, x->left), right = shown_name(&hits, x->right);
        if (!left.n || !right.n) continue;
        struct text href = text_printf(q->arena, "/search/pair?left=%lld&right=%lld&purpose=" TEXT_FMT,
                                       (long long)x->left, (long long)x->right, TEXT_ARG(look.purpose));
        *ARENA_PUSH(q->arena, &v->pairs) = (struct pair_line){left, right, href, x->score / 10, x->offered};
    }
    return st;
}

static enum status same_page(struct request *q, struct response *r) {
    struct same_page v = {0};
    struct natural_pairs pairs;
    struct natural_proposals asked;
    struct db *db;
    if (!page_app(q)->search) return STATUS_NOT_FOUND;
    enum status st =
        search_may(page_app(q)->search, page_actor(q), search_look(q).purpose, T("search"), &r->problem);
    if (!st) st = reader(q, &db);
    if (st) return st;
    st = natural_offered(db, PAIRS_SHOWN, q->arena, &pairs);
    if (!st) st = natural_asked(db, q->arena, &asked);
    release(q, db);
    if (!st) st = add_pairs(q, &pairs, &v);
    if (st) return st;
    for (size_t i = 0; i < asked.count; i++)
        *ARENA_PUSH(q->arena, &v.proposals) = line_of(q, &asked.items[i]);
    return page_show(q, r, &SAME, &v);
}

// ---- two side by side

struct pair_page {
    int64_t left, right, left_mark, right_mark;
    struct text purpose, reason, cleared_by, cleared_reason;
    struct moment cleared_at;
    bool is_cleared, has_features;
    struct {
        struct record_card *items;
        size_t count, capacity;
    } cards;
    struct {
        struct search_feature *items;
        size_t count, capacity;
    } features;
};
#define V struct pair_page
VIEW(PAIR_PAGE, VIEW_INT64(V, left), VIEW_INT64(V, right), VIEW_INT64(V, left_mark),
     VIEW_INT64(V, right_mark), VIEW_TEXT(V, purpose), VIEW_TEXT(V, reason), VIEW_TEXT(V, cleared_by),
     VIEW_TEXT(V, cleared_reason), VIEW_MOMENT(V, cleared_at), VIEW_BOOL(V, is_cleared),
     VIEW_BOOL(V, has_features), VIEW_LIST(V, cards, &RECORD_CARD), VIEW_LIST(V, features, &SEARCH_FEATURE));
#undef V
static const struct page_template PAIR = {"search_pair", &PAIR_PAGE};

static enum status what_was_said(struct request *q, struct pair_page *v) {
    struct natural_pair x;
    struct db *db;
    enum status st = reader(q, &db);
    if (st) return st;
    st = natural_pair_read(db, v->left, v->right, q->arena, &x);
    release(q, db);
    if (st) return st == STATUS_NOT_FOUND ? STATUS_OK : st;
    v->is_cleared = text_eq(x.state, T("cleared"));
    v->cleared_by = x.decided_name;
    v->cleared_reason = x.reason;
    v->cleared_at = x.decided;
    return STATUS_OK;
}

static enum status show_pair(struct request *q, struct response *r, struct pair_page *v) {
    struct look look = search_look(q);
    struct search_pair x;
    struct record_card both[2];
    v->purpose = look.purpose;
    enum status st =
        search_compare(page_app(q)->search, page_actor(q), &look, v->left, v->right, q->arena, &x);
    if (!st) st = what_was_said(q, v);
    if (st) return st;
    record_card(q, &x.left, &both[0]);
    record_card(q, &x.right, &both[1]);
    if (x.is_compared) search_features(q, &x.left.record_seen, &x.right.record_seen, &x.how, true, &both[0]);
    v->has_features = both[0].features.count > 0;
    v->features.items = both[0].features.items;
    v->features.count = both[0].features.count;
    v->left_mark = both[0].mark;
    v->right_mark = both[1].mark;
    for (int i = 0; i < 2; i++) *ARENA_PUSH(q->arena, &v->cards) = both[i];
    return page_show(q, r, &PAIR, v);
}

static enum status pair_page(struct request *q, struct response *r) {
    struct pair_page v = {0};
    if (!page_app(q)->search || !text_int(query_text(q, "left"), &v.left) ||
        !text_int(query_text(q, "right"), &v.right))
        return STATUS_NOT_FOUND;
    return show_pair(q, r, &v);
}

static enum status pair_do(struct request *q, struct response *r) {
    struct pair_page v = {.reason = form_text(q, "reason")};
    struct problem p = {0};
    struct natural_result done;
    bool clears = text_eq(form_text(q, "act"), T("clear"));
    if (!page_app(q)->search || !text_int(form_text(q, "left"), &v.left) ||
        !text_int(form_text(q, "right"), &v.right) || !text_int(form_text(q, "left_mark"), &v.left_mark) ||
        !text_int(form_text(q, "right_mark"), &v.right_mark))
        return STATUS_NOT_FOUND;
    struct natural_command c = {.act = clears ? NATURAL_CLEAR : NATURAL_SAME,
                                .reason = v.reason,
                                .purpose = search_look(q).purpose,
                                .record = v.left,
                                .other_record = v.right,
                                .left_mark = v.left_mark,
                                .right_mark = v.right_mark};
    enum status st = natural_do(page_app(q)->search, page_actor(q), &c, q->arena, &done, &p);
    if (st == STATUS_INVALID) {
        page_problem(q, &p);
        return show_pair(q, r, &v);
    }
    r->problem = p;
    if (st) return st;
    response_notice(q, r, clears ? "notice.search.cleared" : "notice.search.proposed");
    return response_redirect(q, r, text_of(SAME_PATH));
}

// ---- one proposal

struct move_row {
    int64_t record;
    struct text name, field;
    bool goes;
};
struct proposal_page {
    struct proposal_line line;
    int64_t proposal;
    struct text reason, purpose, number, person_href;
    bool can_decide;
    struct {
        struct record_card *items;
        size_t count, capacity;
    } cards;
    struct {
        struct move_row *items;
        size_t count, capacity;
    } moves;
};
#define V struct move_row
VIEW(MOVE_ROW, VIEW_INT64(V, record), VIEW_TEXT(V, name), VIEW_TEXT(V, field), VIEW_BOOL(V, goes));
#undef V
#define V struct proposal_page
VIEW(PROPOSAL_PAGE, VIEW_STRUCT(V, line, &PROPOSAL_LINE), VIEW_INT64(V, proposal), VIEW_TEXT(V, reason),
     VIEW_TEXT(V, purpose), VIEW_TEXT(V, number), VIEW_TEXT(V, person_href), VIEW_BOOL(V, can_decide),
     VIEW_LIST(V, cards, &RECORD_CARD), VIEW_LIST(V, moves, &MOVE_ROW));
#undef V
static const struct page_template PROPOSAL = {"search_proposal", &PROPOSAL_PAGE};

static void add_record(struct request *q, int64_t *ids, size_t max, size_t *n, int64_t record) {
    (void)q;
    for (size_t i = 0; i < *n; i++)
        if (ids[i] == record) return;
    if (record && *n < max) ids[(*n)++] = record;
}

static enum status show_proposal(struct request *q, struct response *r, struct text reason) {
    struct proposal_page v = {.reason = reason, .purpose = search_look(q).purpose};
    struct natural_proposal x = {0};
    struct natural_view one = {0}, other = {0};
    struct search_hits hits;
    struct look look = search_look(q);
    struct db *db;
    int64_t ids[PERSONS_SHOWN_MAX];
    size_t n = 0;
    if (!page_app(q)->search || !request_param_id(q, "id", &v.proposal)) return STATUS_NOT_FOUND;
    enum status st = search_may(page_app(q)->search, page_actor(q), look.purpose, T("search"), &r->problem);
    if (!st) st = reader(q, &db);
    if (st) return st;
    st = natural_proposal_read(db, v.proposal, q->arena, &x);
    if (!st) st = natural_read(db, x.natural, q->arena, &one);
    if (!st && x.other) st = natural_read(db, x.other, q->arena, &other);
    release(q, db);
    if (st) return st;
    add_record(q, ids, PERSONS_SHOWN_MAX, &n, x.record);
    for (size_t i = 0; i < other.records.count; i++)
        add_record(q, ids, PERSONS_SHOWN_MAX, &n, other.records.items[i].record);
    for (size_t i = 0; i < one.records.count; i++)
        add_record(q, ids, PERSONS_SHOWN_MAX, &n, one.records.items[i].record);
    st = search_show(page_app(q)->search, page_actor(q), &look, ids, n, T("same_person"), q->arena, &hits);
    if (st) return st;
    for (size_t i = 0; i < hits.count; i++) record_card(q, &hits.items[i], ARENA_PUSH(q->arena, &v.cards));
    for (size_t i = 0; i < x.moves.count; i++)
        *ARENA_PUSH(q->arena, &v.moves) = (struct move_row){
            .name = shown_name(&hits, x.moves.items[i].record), .goes = x.moves.items[i].goes};
    v.line = line_of(q, &x);
    v.can_decide = v.line.is_asked && !v.line.is_own;
    v.number = natural_number_shown(q->arena, one.number);
    v.person_href = TEXT_JOIN(q->arena, T("/search/person/"), one.number);
    return page_show(q, r, &PROPOSAL, &v);
}

static enum status proposal_page(struct request *q, struct response *r) {
    return show_proposal(q, r, T(""));
}

static enum status proposal_do(struct request *q, struct response *r) {
    struct problem p = {0};
    struct natural_result done;
    bool confirms = text_eq(form_text(q, "act"), T("confirm"));
    struct natural_command c = {.act = confirms ? NATURAL_CONFIRM : NATURAL_REFUSE,
                                .reason = form_text(q, "reason"),
                                .purpose = search_look(q).purpose};
    if (!page_app(q)->search || !request_param_id(q, "id", &c.proposal)) return STATUS_NOT_FOUND;
    enum status st = natural_do(page_app(q)->search, page_actor(q), &c, q->arena, &done, &p);
    if (st == STATUS_INVALID || st == STATUS_CONFLICT) {
        page_problem(q, &p);
        return show_proposal(q, r, c.reason);
    }
    r->problem = p;
    if (st) return st;
    response_notice(q, r, confirms ? "notice.search.confirmed" : "notice.search.refused");
    return response_redirect(q, r, text_of(SAME_PATH));
}

// ---- one natural person

struct number_row {
    struct text number, undo_href;
    bool is_used;
};
struct person_record {
    struct record_card card;
    struct text undo_href;
};
struct person_page {
    struct text number;
    struct {
        struct number_row *items;
        size_t count, capacity;
    } numbers;
    struct {
        struct record_card *items;
        size_t count, capacity;
    } cards;
    struct {
        struct proposal_line *items;
        size_t count, capacity;
    } history;
};
#define V struct number_row
VIEW(NUMBER_ROW, VIEW_TEXT(V, number), VIEW_TEXT(V, undo_href), VIEW_BOOL(V, is_used));
#undef V
#define V struct person_page
VIEW(PERSON_PAGE, VIEW_TEXT(V, number), VIEW_LIST(V, numbers, &NUMBER_ROW), VIEW_LIST(V, cards, &RECORD_CARD),
     VIEW_LIST(V, history, &PROPOSAL_LINE));
#undef V
static const struct page_template PERSON = {"search_person", &PERSON_PAGE};

static enum status read_person(struct request *q, struct text number, struct natural_view *v,
                               struct natural_proposals *history) {
    struct db *db;
    int64_t natural;
    enum status st = reader(q, &db);
    if (st) return st;
    st = natural_by_number(db, number, &natural);
    if (!st) st = natural_read(db, natural, q->arena, v);
    if (!st) st = natural_history(db, v, q->arena, history);
    release(q, db);
    return st;
}

static enum status person_page(struct request *q, struct response *r) {
    struct person_page v = {0};
    struct natural_view x = {0};
    struct natural_proposals history = {0};
    struct search_hits hits;
    struct look look = search_look(q);
    struct text number;
    int64_t ids[PERSONS_SHOWN_MAX];
    size_t n = 0;
    if (!page_app(q)->search || natural_number_read(q->arena, request_param(q, "number"), &number))
        return STATUS_NOT_FOUND;
    enum status st = search_may(page_app(q)->search, page_actor(q), look.purpose, T("search"), &r->problem);
    if (!st) st = read_person(q, number, &x, &history);
    for (size_t i = 0; !st && i < x.records.count; i++)
        add_record(q, ids, PERSONS_SHOWN_MAX, &n, x.records.items[i].record);
    if (!st)
        st =
            search_show(page_app(q)->search, page_actor(q), &look, ids, n, T("same_person"), q->arena, &hits);
    if (st) return st;
    v.number = natural_number_shown(q->arena, x.number);
    for (size_t i = 0; i < x.numbers.count; i++) {
        const struct natural_number_view *y = &x.numbers.items[i];
        struct text undo = text_printf(q->arena, "/search/undo?other=%lld", (long long)y->natural);
        *ARENA_PUSH(q->arena, &v.numbers) = (struct number_row){natural_number_shown(q->arena, y->number),
                                                                y->merged_by ? undo : T(""), !y->merged_by};
    }
    for (size_t i = 0; i < hits.count; i++) {
        struct record_card *c = ARENA_PUSH(q->arena, &v.cards);
        record_card(q, &hits.items[i], c);
        c->unlink_href = text_printf(q->arena, "/search/undo?record=%lld", (long long)c->record);
    }
    for (size_t i = 0; i < history.count; i++)
        *ARENA_PUSH(q->arena, &v.history) = line_of(q, &history.items[i]);
    return page_show(q, r, &PERSON, &v);
}

// ---- taking back

struct undo_page {
    int64_t other, record;
    struct text reason, purpose, number;
    struct {
        struct move_row *items;
        size_t count, capacity;
    } moves;
};
#define V struct undo_page
VIEW(UNDO_PAGE, VIEW_INT64(V, other), VIEW_INT64(V, record), VIEW_TEXT(V, reason), VIEW_TEXT(V, purpose),
     VIEW_TEXT(V, number), VIEW_LIST(V, moves, &MOVE_ROW));
#undef V
static const struct page_template UNDO = {"search_undo", &UNDO_PAGE};

static enum status read_after(struct request *q, int64_t other, struct natural_view *after) {
    struct db *db;
    *after = (struct natural_view){0};
    if (!other) return STATUS_OK;
    enum status st = reader(q, &db);
    if (st) return st;
    st = natural_came_after(db, other, q->arena, after);
    release(q, db);
    return st;
}

static enum status show_undo(struct request *q, struct response *r, struct undo_page *v) {
    struct natural_view after;
    struct search_hits hits;
    struct look look = search_look(q);
    int64_t ids[PERSONS_SHOWN_MAX];
    size_t n = 0;
    v->purpose = look.purpose;
    enum status st =
        search_may(page_app(q)->search, page_actor(q), look.purpose, T("propose_same"), &r->problem);
    if (!st) st = read_after(q, v->other, &after);
    for (size_t i = 0; !st && i < after.records.count; i++)
        add_record(q, ids, PERSONS_SHOWN_MAX, &n, after.records.items[i].record);
    if (!st)
        st =
            search_show(page_app(q)->search, page_actor(q), &look, ids, n, T("same_person"), q->arena, &hits);
    if (st) return st;
    for (size_t i = 0; i < after.records.count; i++) {
        int64_t record = after.records.items[i].record;
        *ARENA_PUSH(q->arena, &v->moves) =
            (struct move_row){.record = record,
                              .name = shown_name(&hits, record),
                              .field = text_printf(q->arena, "place_%lld", (long long)record)};
    }
    return page_show(q, r, &UNDO, v);
}

static enum status undo_page(struct request *q, struct response *r) {
    struct undo_page v = {0};
    bool known = text_int(query_text(q, "other"), &v.other) || text_int(query_text(q, "record"), &v.record);
    return known && page_app(q)->search ? show_undo(q, r, &v) : STATUS_NOT_FOUND;
}

static enum status undo_do(struct request *q, struct response *r) {
    struct undo_page v = {.reason = form_text(q, "reason")};
    struct problem p = {0};
    struct natural_view after;
    struct natural_result done;
    struct natural_move moves[NATURAL_MOVES_MAX];
    text_int(form_text(q, "other"), &v.other);
    text_int(form_text(q, "record"), &v.record);
    if (!page_app(q)->search || (!v.other && !v.record)) return STATUS_NOT_FOUND;
    struct natural_command c = {.act = v.other ? NATURAL_UNMERGE : NATURAL_UNLINK,
                                .reason = v.reason,
                                .purpose = search_look(q).purpose,
                                .other = v.other,
                                .record = v.record,
                                .moves = moves};
    enum status st = read_after(q, v.other, &after);
    for (size_t i = 0; !st && i < after.records.count && c.move_count < NATURAL_MOVES_MAX; i++) {
        int64_t record = after.records.items[i].record;
        struct text to =
            form_text(q, text_c(q->arena, text_printf(q->arena, "place_%lld", (long long)record)));
        if (to.n) moves[c.move_count++] = (struct natural_move){record, text_eq(to, T("goes"))};
    }
    if (!st) st = natural_do(page_app(q)->search, page_actor(q), &c, q->arena, &done, &p);
    if (st == STATUS_INVALID) {
        page_problem(q, &p);
        return show_undo(q, r, &v);
    }
    r->problem = p;
    if (st) return st;
    response_notice(q, r, "notice.search.proposed");
    return response_redirect(q, r, text_of(SAME_PATH));
}

static const struct route ROUTES[] = {
    {GET, "/search/same", same_page, NEEDS(STAFF)},
    {GET, "/search/pair", pair_page, NEEDS(STAFF)},
    {POST, "/search/pair", pair_do, NEEDS(STAFF), RATE_WRITE},
    {GET, "/search/proposal/:id", proposal_page, NEEDS(STAFF)},
    {POST, "/search/proposal/:id", proposal_do, NEEDS(STAFF), RATE_WRITE},
    {GET, "/search/person/:number", person_page, NEEDS(STAFF)},
    {GET, "/search/undo", undo_page, NEEDS(STAFF)},
    {POST, "/search/undo", undo_do, NEEDS(STAFF), RATE_WRITE},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&SAME, &PAIR, &PROPOSAL, &PERSON, &UNDO, NULL};
const struct page_module SEARCH_SAME_PAGES = {ROUTES, TEMPLATES};
