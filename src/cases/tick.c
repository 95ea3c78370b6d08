// tick.c - what the clock brings: process timers that are due and deadlines that change their state.
#include "cases/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

// Served by process_timer_due and clock_wake, from the index alone.
static const struct sql DUE_TIMERS =
    SQL("due_timers", "select due_at, case_id, timer_id from process_timer where due_at <= :now"
                      " and (due_at, case_id, timer_id) > (:due, :case, :timer)"
                      " order by due_at, case_id, timer_id limit :limit");
static const struct sql DUE_CLOCKS =
    SQL("due_clocks", "select wake_at, case_id, clock_id from clock where is_open = 1 and wake_at <= :now"
                      " and (wake_at, case_id, clock_id) > (:wake, :case, :clock)"
                      " order by wake_at, case_id, clock_id limit :limit");
static const struct sql NEXT_TIMER =
    SQL("next_timer", "select due_at from process_timer where due_at > :now order by due_at limit 1");
static const struct sql NEXT_CLOCK = SQL(
    "next_clock", "select wake_at from clock where is_open = 1 and wake_at > :now order by wake_at limit 1");

static const struct source {
    const struct sql *due, *next;
    enum command_kind kind;
} SOURCES[DUE_SOURCES] = {{&DUE_CLOCKS, &NEXT_CLOCK, COMMAND_CLOCK_PASSED},
                          {&DUE_TIMERS, &NEXT_TIMER, COMMAND_TIMER_DUE}};

struct due_item {
    struct due_place place;
    int source;
};
struct due_list {
    struct due_item *items;
    size_t count, capacity;
};
struct round {
    struct due_place from[DUE_SOURCES], to[DUE_SOURCES];
    struct moment now;
    size_t limit, done;
    bool has_failed;
    struct arena arena;
    struct due_list list;
};

static enum status collect_one(struct db *db, struct round *r, int source) {
    const struct due_place *after = &r->from[source];
    struct rows q;
    enum status st = DB_QUERY(db, &q, SOURCES[source].due, V_INT(r->now.ms), V_INT(after->due),
                              V_INT(after->case_id), V_INT(after->id), V_INT((int64_t)r->limit));
    while (!st && rows_next(&q))
        *ARENA_PUSH(&r->arena, &r->list) =
            (struct due_item){{row_int(&q, 0), row_int(&q, 1), row_int(&q, 2)}, source};
    enum status end = rows_end(&q);
    return st ? st : end;
}

static int by_due(const void *x, const void *y) {
    const struct due_item *a = x, *b = y;
    if (a->place.due != b->place.due) return a->place.due < b->place.due ? -1 : 1;
    if (a->source != b->source) return a->source - b->source;
    if (a->place.case_id != b->place.case_id) return a->place.case_id < b->place.case_id ? -1 : 1;
    return a->place.id < b->place.id ? -1 : a->place.id > b->place.id;
}

// The first of both, in order of their moments.
static enum status collect(struct cases *c, struct round *r) {
    struct db *db;
    enum status st = store_reader(journal_store(c->journal), &db);
    if (st) return st;
    for (int i = 0; i < DUE_SOURCES && !st; i++) st = collect_one(db, r, i);
    store_reader_release(journal_store(c->journal), db);
    if (st || !r->list.count) return st;
    qsort(r->list.items, r->list.count, sizeof *r->list.items, by_due);
    if (r->list.count > r->limit) r->list.count = r->limit;
    memcpy(r->to, r->from, sizeof r->to);
    for (size_t i = 0; i < r->list.count; i++) r->to[r->list.items[i].source] = r->list.items[i].place;
    return STATUS_OK;
}

// Another server was faster, a command of the same batch cleared it, or the person was erased: nothing is
// left to do.
static bool is_gone(const struct cases_request *r) {
    const char *rule = r->problem.rule ? r->problem.rule : "";
    return r->status == STATUS_NOT_FOUND || !strcmp(rule, "clock_closed") || !strcmp(rule, "case_erased");
}

bool has_store_stopped(enum status st) {
    return st == STATUS_FULL || st == STATUS_STORE || st == STATUS_UNCERTAIN || st == STATUS_BUSY ||
           st == STATUS_IO;
}

// One case that cannot go on must not hold up the others: it is logged, and tried again in a later pass.
static enum status judge(struct round *r, const struct cases_request *q) {
    r->done += !q->status;
    if (!q->status || is_gone(q)) return STATUS_OK;
    log_line(LOG_WARNING, "cases.tick", "case=%lld status=\"%s\" rule=%s", (long long)q->command->case_id,
             status_name(q->status), q->problem.rule ? q->problem.rule : "");
    if (has_store_stopped(q->status)) return q->status;
    r->has_failed = true;
    return STATUS_OK;
}

static enum status run(struct cases *c, struct round *r) {
    struct actor system = actor_system();
    size_t n = r->list.count;
    struct command *commands = ARENA_ARRAY(&r->arena, struct command, n);
    struct cases_request *requests = ARENA_ARRAY(&r->arena, struct cases_request, n);
    enum status st = STATUS_OK;
    for (size_t i = 0; i < n; i++) {
        const struct due_item *item = &r->list.items[i];
        commands[i] = (struct command){.kind = SOURCES[item->source].kind, .case_id = item->place.case_id};
        if (commands[i].kind == COMMAND_TIMER_DUE)
            commands[i].timer_due.timer = item->place.id;
        else
            commands[i].clock_passed.clock = item->place.id;
        requests[i] = (struct cases_request){.actor = &system, .command = &commands[i], .answer = &r->arena};
    }
    cases_do_each(c, requests, n);
    for (size_t i = 0; i < n; i++) {
        enum status one = judge(r, &requests[i]);
        if (one) st = one;
    }
    return st;
}

static enum status find_next(struct cases *c, struct moment now, int64_t *next) {
    struct db *db;
    *next = DUE_NONE;
    enum status st = store_reader(journal_store(c->journal), &db);
    if (st) return st;
    for (int i = 0; i < DUE_SOURCES && !st; i++) {
        int64_t at = DUE_NONE;
        st = DB_INT(db, &at, SOURCES[i].next, V_INT(now.ms));
        if (st == STATUS_NOT_FOUND) st = STATUS_OK;
        if (at < *next) *next = at;
    }
    store_reader_release(journal_store(c->journal), db);
    return st;
}

static enum status one_round(struct cases *c, struct round *r) {
    int64_t next;
    enum status st = collect(c, r);
    if (!st && r->list.count) {
        st = run(c, r);
        if (!st) due_went_on(c, r->from, r->to, r->has_failed);
    } else if (!st) {
        st = find_next(c, r->now, &next);
        if (!st) due_ended(c, r->now.ms, next);
    }
    if (st) due_stopped(c, r->now.ms);
    arena_free(&r->arena);
    return st;
}

// Another server of the same database may have put a new law into force.
static enum status follow_packs(struct cases *c, bool is_new_pass) {
    struct problem p = {0};
    uint64_t others = journal_others(c->journal);
    bool looks = others != c->due.others_seen || (is_new_pass && store_is_shared(journal_store(c->journal)));
    if (!looks) return STATUS_OK;
    c->due.others_seen = others;
    return packs_load_all(c, &p);
}

enum status cases_tick(struct cases *c, size_t limit, size_t *done) {
    *done = 0;
    for (;;) {
        struct round r = {.now = env_now(journal_env(c->journal)), .limit = limit};
        bool is_new_pass;
        bool is_due = due_begin(c, r.now.ms, r.from, &is_new_pass);
        enum status st = follow_packs(c, is_new_pass);
        if (st && is_due) due_stopped(c, r.now.ms);
        if (st || !is_due) return st;
        st = one_round(c, &r);
        *done = r.done;
        if (st || r.done) return st; // else what was due is gone or failed: there may be more behind it
    }
}
