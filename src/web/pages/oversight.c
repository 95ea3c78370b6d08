// oversight.c - for whoever watches over the exchange between authorities: rules that messages broke,
// deadlines that passed, authorities that cannot be reached, witnesses. No case, no channel, no person.
#include "web/pages/oversight.h"

#include "web/pages.h"

enum { AGE_WARN_MS = 60 * 60 * 1000 }; // a witness that is an hour behind is asked about

struct mark_line {
    struct text rule;
    int64_t count, this_month;
    bool is_rejected;
};
struct due_line {
    struct text what;
    int64_t awaited, late;
    struct date oldest;
};
struct peer_line {
    struct text name;
    int64_t waiting, attempts;
    struct moment since;
};
struct witness_line {
    struct text name;
    struct moment at;
    int64_t behind; // entries of our log that it has not confirmed
    bool is_late, has_failed, has_never;
};
struct watched_line {
    struct text origin;
    struct moment at;
    int64_t size;
    bool has_forked;
};
struct oversight_view {
    struct {
        struct mark_line *items;
        size_t count, capacity;
    } marks;
    struct {
        struct due_line *items;
        size_t count, capacity;
    } dues;
    struct {
        struct peer_line *items;
        size_t count, capacity;
    } peers;
    struct {
        struct witness_line *items;
        size_t count, capacity;
    } witnesses;
    struct {
        struct watched_line *items;
        size_t count, capacity;
    } watched;
    int64_t members, waiting, tried, dead, log_size;
};
#define V struct mark_line
VIEW(MARK_LINE, VIEW_TEXT(V, rule), VIEW_INT64(V, count), VIEW_INT64(V, this_month),
     VIEW_BOOL(V, is_rejected));
#undef V
#define V struct due_line
VIEW(DUE_LINE, VIEW_TEXT(V, what), VIEW_INT64(V, awaited), VIEW_INT64(V, late), VIEW_DATE(V, oldest));
#undef V
#define V struct peer_line
VIEW(PEER_LINE, VIEW_TEXT(V, name), VIEW_INT64(V, waiting), VIEW_INT64(V, attempts), VIEW_MOMENT(V, since));
#undef V
#define V struct witness_line
VIEW(WITNESS_LINE, VIEW_TEXT(V, name), VIEW_MOMENT(V, at), VIEW_INT64(V, behind), VIEW_BOOL(V, is_late),
     VIEW_BOOL(V, has_failed), VIEW_BOOL(V, has_never));
#undef V
#define V struct watched_line
VIEW(WATCHED_LINE, VIEW_TEXT(V, origin), VIEW_MOMENT(V, at), VIEW_INT64(V, size), VIEW_BOOL(V, has_forked));
#undef V
#define V struct oversight_view
VIEW(OVERSIGHT_VIEW, VIEW_LIST(V, marks, &MARK_LINE), VIEW_LIST(V, dues, &DUE_LINE),
     VIEW_LIST(V, peers, &PEER_LINE), VIEW_LIST(V, witnesses, &WITNESS_LINE),
     VIEW_LIST(V, watched, &WATCHED_LINE), VIEW_INT64(V, members), VIEW_INT64(V, waiting),
     VIEW_INT64(V, tried), VIEW_INT64(V, dead), VIEW_INT64(V, log_size));
#undef V
static const struct page_template OVERSIGHT = {"oversight", &OVERSIGHT_VIEW};

// ---- reading

static enum status may_see(struct request *q, struct text purpose, struct problem *p) {
    bool is_protector = actor_has_role(page_actor(q), T("data_protection_officer"));
    const struct access_question question = {.action = T("see_exchange"),
                                             .purpose = purpose.n      ? purpose
                                                        : is_protector ? T("data_protection")
                                                                       : T("audit"),
                                             .relation = T("none"),
                                             .attribute_class = T("statistics")};
    return cases_may(page_app(q)->cases, page_actor(q), &question, p);
}

static enum status read_all(struct request *q, struct db *db, struct oversight *out) {
    static const struct exchange_law NOTHING;
    const struct pack *pack = cases_pack(page_app(q)->cases);
    const struct exchange_law *law = pack ? pack_exchange(pack) : NULL;
    enum status st = exchange_watch_read(db, law ? law : &NOTHING, zone_date(page_app(q)->zone, q->now),
                                         q->arena, &out->exchange);
    if (!st) st = outbox_count(db, &out->outbox);
    if (!st) st = journal_size(db, &out->log_size);
    if (!st) st = proof_witnesses_read(db, q->arena, &out->witnesses);
    return st ? st : proof_witnessed_logs(db, q->arena, &out->watched);
}

enum status oversight_read(struct request *q, struct text purpose, struct oversight *out, struct problem *p) {
    struct store *s = journal_store(cases_journal(page_app(q)->cases));
    struct db *db;
    *out = (struct oversight){0};
    enum status st = may_see(q, purpose, p);
    if (!st) st = store_reader(s, &db);
    if (st) return st;
    st = read_all(q, db, out);
    store_reader_release(s, db);
    return st;
}

// ---- the page

static struct text words(struct request *q, struct text key) {
    return page_words_of(q, cases_pack(page_app(q)->cases), key);
}

static void fill_exchange(struct request *q, const struct exchange_watch *w, struct oversight_view *v) {
    struct arena *a = q->arena;
    for (size_t i = 0; i < w->marks.count; i++) {
        const struct watch_mark *m = &w->marks.items[i];
        *ARENA_PUSH(a, &v->marks) = (struct mark_line){words(q, TEXT_JOIN(a, T("exchange.rule."), m->rule)),
                                                       m->count, m->this_month, m->mark == CHANNEL_REJECT};
    }
    for (size_t i = 0; i < w->dues.count; i++) {
        const struct watch_due *d = &w->dues.items[i];
        *ARENA_PUSH(a, &v->dues) =
            (struct due_line){words(q, exchange_type_key(a, d->type)), d->awaited, d->late, d->oldest};
    }
    for (size_t i = 0; i < w->peers.count; i++) {
        const struct watch_peer *p = &w->peers.items[i];
        struct text name = p->name.n ? p->name : text_printf(a, "%u", p->code);
        *ARENA_PUSH(a, &v->peers) = (struct peer_line){name, p->waiting, p->attempts, p->since};
    }
    v->members = w->members;
}

static void fill_witnesses(struct request *q, const struct oversight *o, struct oversight_view *v) {
    for (size_t i = 0; i < o->witnesses.count; i++) {
        const struct proof_witness *w = &o->witnesses.items[i];
        int64_t behind = o->log_size - (int64_t)w->size;
        *ARENA_PUSH(q->arena, &v->witnesses) =
            (struct witness_line){.name = w->key.name,
                                  .at = w->cosigned_at,
                                  .behind = behind,
                                  .is_late = behind > 0 && q->now.ms - w->cosigned_at.ms > AGE_WARN_MS,
                                  .has_failed = w->failures > 0,
                                  .has_never = !w->cosigned_at.ms};
    }
    for (size_t i = 0; i < o->watched.count; i++) {
        const struct witnessed_row *w = &o->watched.items[i];
        *ARENA_PUSH(q->arena, &v->watched) =
            (struct watched_line){w->origin, w->at, (int64_t)w->size, w->has_forked};
    }
}

static enum status oversight_page(struct request *q, struct response *r) {
    struct oversight o;
    enum status st = oversight_read(q, T(""), &o, &r->problem);
    if (st) return st;
    struct oversight_view v = {
        .waiting = o.outbox.waiting, .tried = o.outbox.late, .dead = o.outbox.dead, .log_size = o.log_size};
    fill_exchange(q, &o.exchange, &v);
    fill_witnesses(q, &o, &v);
    return page_show(q, r, &OVERSIGHT, &v);
}

static const struct route ROUTES[] = {
    {GET, "/oversight", oversight_page, NEEDS(STAFF)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&OVERSIGHT, NULL};
const struct page_module OVERSIGHT_PAGES = {ROUTES, TEMPLATES};
