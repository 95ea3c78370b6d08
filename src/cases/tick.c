// tick.c - what the clock brings: process timers that are due and deadlines that change their state.
#include "cases/internal.h"

#include "base/log.h"

static const struct sql DUE_TIMERS =
    SQL("due_timers",
        "select case_id, timer_id from process_timer where due_at <= :now order by due_at limit :limit");
static const struct sql DUE_CLOCKS =
    SQL("due_clocks", "select case_id, clock_id from clock where is_open = 1 and"
                      " wake_at <= :now order by wake_at limit :limit");

struct due_item {
    int64_t case_id, id;
};
struct due_list {
    struct due_item *items;
    size_t count, capacity;
};

static enum status collect(struct cases *c, const struct sql *sql, size_t limit, struct arena *a,
                           struct due_list *list) {
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
static bool has_stopped(const struct cases_request *r) {
    if (r->status)
        log_line(LOG_WARNING, "cases.tick", "case=%lld status=\"%s\" rule=%s", (long long)r->command->case_id,
                 status_name(r->status), r->problem.rule ? r->problem.rule : "");
    return r->status == STATUS_FULL || r->status == STATUS_STORE || r->status == STATUS_UNCERTAIN ||
           r->status == STATUS_BUSY;
}

static enum status run(struct cases *c, enum command_kind kind, const struct due_list *list, struct arena *a,
                       size_t *done) {
    struct actor system = actor_system();
    struct command *commands = ARENA_ARRAY(a, struct command, list->count);
    struct cases_request *requests = ARENA_ARRAY(a, struct cases_request, list->count);
    enum status st = STATUS_OK;
    for (size_t i = 0; i < list->count; i++) {
        commands[i] = (struct command){.kind = kind, .case_id = list->items[i].case_id};
        if (kind == COMMAND_TIMER_DUE)
            commands[i].timer_due.timer = list->items[i].id;
        else
            commands[i].clock_passed.clock = list->items[i].id;
        requests[i] = (struct cases_request){.actor = &system, .command = &commands[i], .answer = a};
    }
    cases_do_each(c, requests, list->count);
    for (size_t i = 0; i < list->count; i++) {
        if (has_stopped(&requests[i])) st = requests[i].status;
        *done += !requests[i].status;
    }
    return st;
}

enum status cases_tick(struct cases *c, size_t limit, size_t *done) {
    static const struct {
        const struct sql *sql;
        enum command_kind kind;
    } SOURCES[] = {{&DUE_CLOCKS, COMMAND_CLOCK_PASSED}, {&DUE_TIMERS, COMMAND_TIMER_DUE}};
    struct problem p = {0};
    enum status st = packs_load_all(c, &p); // another server of the same database may have a new law
    *done = 0;
    for (size_t s = 0; s < 2 && !st; s++) {
        struct arena a = {0};
        struct due_list list = {0};
        st = collect(c, SOURCES[s].sql, limit, &a, &list);
        if (!st && list.count) st = run(c, SOURCES[s].kind, &list, &a, done);
        arena_free(&a);
    }
    return st;
}
