// time.c - the clock jumps: to what is due next, and through it, one moment after the other.
#include "trial/inside.h"

#include "base/log.h"

static const struct sql NEXT_TIMER = SQL("trial_next_timer", "select min(due_at) from process_timer");
static const struct sql NEXT_CLOCK =
    SQL("trial_next_clock", "select min(wake_at) from clock where is_open = 1");
static const struct sql CLOCKS_OPEN = SQL(
    "trial_clocks_open", "select count(*) from clock where is_open = 1 and rule = :rule and due_at > :now");
static const struct sql DUE_TIMER =
    SQL("trial_due_timer",
        "select case_id, timer_id from process_timer where due_at <= :now order by due_at limit 1");
static const struct sql DUE_CLOCK =
    SQL("trial_due_clock", "select case_id, clock_id from clock where is_open = 1 and wake_at <= :now"
                           " order by wake_at limit 1");

enum { TICK_ITEMS = 100 };

static const int64_t AHEAD_MS = INT64_C(86400000) * 366 * TRIAL_AHEAD_YEARS;

// The clock of a trial gets no further, however often it goes on.
static struct moment last_moment(const struct trial *t) {
    return (struct moment){t->began.ms + AHEAD_MS};
}

static enum status earlier(struct db *db, const struct sql *sql, int64_t *ms) {
    int64_t found;
    enum status st = DB_INT(db, &found, sql);
    if (!st && found && (!*ms || found < *ms)) *ms = found;
    return st;
}

enum status time_next(struct trial *t, struct db *db, struct moment *at) {
    *at = (struct moment){0};
    enum status st = earlier(db, &NEXT_TIMER, &at->ms);
    if (!st) st = earlier(db, &NEXT_CLOCK, &at->ms);
    if (st) return st;
    return at->ms && at->ms <= last_moment(t).ms ? STATUS_OK : STATUS_NOT_FOUND;
}

// What stays due after everything was done cannot be done: the command says why.
static enum status stuck(struct trial *t, const struct sql *sql, enum command_kind kind, struct problem *p) {
    struct db *db;
    struct rows r;
    struct command c = {.kind = kind};
    struct actor system = actor_system();
    struct command_result result = {0};
    enum status st = store_reader(t->store, &db);
    if (st) return st;
    st = DB_ONE(db, &r, sql, V_INT(t->world.at.ms));
    int64_t id = st ? 0 : row_int(&r, 1);
    if (!st) c.case_id = row_int(&r, 0);
    enum status end = rows_end(&r);
    store_reader_release(t->store, db);
    if (st || end) return st == STATUS_NOT_FOUND ? STATUS_OK : st ? st : end;
    if (kind == COMMAND_TIMER_DUE)
        c.timer_due.timer = id;
    else
        c.clock_passed.clock = id;
    return trial_command(t, &system, &c, &result, p);
}

// A process that goes round for ever would take the server's time and its disk. `since` is when the call
// began.
static enum status may_go_on(struct trial *t, uint64_t since, int turns, struct problem *p) {
    bool is_long = env_monotonic_us(env_real()) - since > (uint64_t)TRIAL_MS_MAX * 1000;
    if (is_long || turns == TRIAL_JUMPS_MAX) return trial_problem(t, p, "endless", T(""));
    return trial_is_within_bounds(t) ? STATUS_OK : trial_problem(t, p, "full", T(""));
}

static enum status settle(struct trial *t, uint64_t since, struct problem *p) {
    enum status st = STATUS_OK;
    size_t done = 1;
    for (int turns = 0; !st && done; turns++) {
        st = may_go_on(t, since, turns, p);
        if (st) return st;
        trial_forget_maybe(t);
        log_hush(true);
        st = cases_tick(t->cases, TICK_ITEMS, &done);
        log_hush(false);
        if (!st) trial_keep_maybe(t);
    }
    if (!st) st = stuck(t, &DUE_TIMER, COMMAND_TIMER_DUE, p);
    return st ? st : stuck(t, &DUE_CLOCK, COMMAND_CLOCK_PASSED, p);
}

enum status time_settle(struct trial *t, struct problem *p) {
    return settle(t, env_monotonic_us(env_real()), p);
}

static enum status next_moment(struct trial *t, struct moment *at) {
    struct db *db;
    enum status st = store_reader(t->store, &db);
    if (st) return st;
    st = time_next(t, db, at);
    store_reader_release(t->store, db);
    return st;
}

static enum status jump(struct trial *t, struct moment at, uint64_t since, struct problem *p) {
    if (at.ms > t->world.at.ms) t->world.at = at;
    return settle(t, since, p);
}

static enum status go_next(struct trial *t, uint64_t since, struct problem *p) {
    struct moment at;
    enum status st = next_moment(t, &at);
    return st ? st : jump(t, at, since, p);
}

enum status trial_go_next(struct trial *t, struct problem *p) {
    struct moment before = t->world.at;
    enum status st = go_next(t, env_monotonic_us(env_real()), p);
    step_keep_time(t, before);
    return st;
}

static enum status go_on(struct trial *t, struct moment until, struct problem *p) {
    uint64_t since = env_monotonic_us(env_real());
    struct moment at;
    enum status st = STATUS_OK;
    for (int jumps = 0; !st; jumps++) {
        st = may_go_on(t, since, jumps, p);
        if (st) return st;
        st = next_moment(t, &at);
        if (st == STATUS_NOT_FOUND || (!st && at.ms > until.ms)) break;
        if (!st) st = jump(t, at, since, p);
    }
    return st && st != STATUS_NOT_FOUND ? st : jump(t, until, since, p);
}

enum status trial_go_on(struct trial *t, struct moment until, struct problem *p) {
    struct moment before = t->world.at;
    if (until.ms > last_moment(t).ms) return trial_problem(t, p, "day", T(""));
    enum status st = go_on(t, until, p);
    step_keep_time(t, before);
    return st;
}

// A clock that has passed stays open when the duty stays.
static enum status clocks_ahead(struct trial *t, struct text rule, int64_t *count) {
    struct db *db;
    enum status st = store_reader(t->store, &db);
    if (st) return st;
    st = DB_INT(db, count, &CLOCKS_OPEN, V_TEXT(rule), V_INT(t->world.at.ms));
    store_reader_release(t->store, db);
    return st;
}

static enum status is_there(struct trial *t, struct text element, bool *out) {
    struct arena a = {0};
    struct trial_view view;
    enum status st = trial_look(t, &a, &view);
    *out = false;
    for (size_t i = 0; !st && i < view.at.count; i++) *out |= text_eq(view.at.items[i].element, element);
    arena_free(&a);
    return st;
}

static enum status go_until(struct trial *t, struct text name, struct problem *p) {
    uint64_t since = env_monotonic_us(env_real());
    int64_t visits = trial_visits(t, name), ahead = 0;
    bool there;
    enum status st = is_there(t, name, &there);
    if (st || there) return st;
    st = clocks_ahead(t, name, &ahead);
    bool is_clock = ahead > 0;
    for (int jumps = 0; !st; jumps++) {
        st = may_go_on(t, since, jumps, p);
        if (st) return st;
        st = go_next(t, since, p);
        if (st == STATUS_NOT_FOUND) {
            enum status ignored = trial_problem(t, p, "never", name);
            (void)ignored;
        }
        if (!st && trial_visits(t, name) > visits) return STATUS_OK;
        if (!st && is_clock) st = clocks_ahead(t, name, &ahead);
        if (!st && is_clock && !ahead) return STATUS_OK;
    }
    return st;
}

enum status trial_go_until(struct trial *t, struct text name, struct problem *p) {
    struct moment before = t->world.at;
    enum status st = go_until(t, name, p);
    step_keep_time(t, before);
    return st;
}
