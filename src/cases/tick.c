// tick.c - what the clock brings: process timers that are due and deadlines that change their state.
#include "cases/internal.h"

#include "base/log.h"

static const struct sql DUE_TIMERS =
    SQL("due_timers", "select case_id, timer_id from process_timer where due_at <= :now order by due_at limit :limit");
static const struct sql DUE_CLOCKS = SQL("due_clocks", "select case_id, clock_id from clock where is_open = 1 and"
                                                       " wake_at <= :now order by wake_at limit :limit");

struct due_item { int64_t case_id, id; };
struct due_list { struct due_item *items; size_t count, capacity; };

static enum status collect(struct cases *c, const struct sql *sql, size_t limit, struct arena *a, struct due_list *list) {
    struct db *db;
    struct rows q;
    struct moment now = env_now(journal_env(c->journal));
    enum status st = store_reader(journal_store(c->journal), &db);
    if (st) return st;
    st = DB_QUERY(db, &q, sql, V_INT(now.ms), V_INT((int64_t)limit));
    while (!st && rows_next(&q)) *ARENA_PUSH(a, list) = (struct due_item){row_int(&q, 0), row_int(&q, 1)};
    enum status end = rows_end(&q);
    store_reader_release(journal_store(c->journal), db);
    return st ? st : end;
}

// One case that cannot go on must not hold up the others: it is logged and stays due.
static enum status run(struct cases *c, enum command_kind kind, const struct due_item *item, size_t *done) {
    struct arena a = {0};
    struct actor system = actor_system();
    struct problem p;
    struct command m = {.kind = kind, .case_id = item->case_id};
    if (kind == COMMAND_TIMER_DUE) m.timer_due.timer = item->id;
    else m.clock_passed.clock = item->id;
    enum status st = cases_do(c, &system, &m, &a, NULL, &p);
    if (!st) ++*done;
    else log_line(LOG_WARNING, "cases.tick", "case=%lld status=\"%s\" rule=%s", (long long)item->case_id, status_name(st),
                  p.rule ? p.rule : "");
    arena_free(&a);
    return st == STATUS_FULL || st == STATUS_STORE || st == STATUS_BUSY ? st : STATUS_OK;
}

enum status cases_tick(struct cases *c, size_t limit, size_t *done) {
    static const struct { const struct sql *sql; enum command_kind kind; } SOURCES[] = {
        {&DUE_CLOCKS, COMMAND_CLOCK_PASSED}, {&DUE_TIMERS, COMMAND_TIMER_DUE}};
    enum status st = STATUS_OK;
    *done = 0;
    for (size_t s = 0; s < 2 && !st; s++) {
        struct arena a = {0};
        struct due_list list = {0};
        st = collect(c, SOURCES[s].sql, limit, &a, &list);
        for (size_t i = 0; i < list.count && !st; i++) st = run(c, SOURCES[s].kind, &list.items[i], done);
        arena_free(&a);
    }
    return st;
}
