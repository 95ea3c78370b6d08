// throughput.c - counting: where cases wait, and how long stays took that ended in a time.
//
// A stay is a row of `task` (user tasks) or of `process_stay` (all else that waits, and ends). The database
// counts by step and whole hours, so what comes here is a few thousand lines for any number of cases, and the
// middle one and the one at 90 % are found exactly: rounding down keeps the order.
#include "cases/throughput_inside.h"

#include <stdlib.h>

#define HOUR "3600000"
#define OF_CASES                                                                                           \
    " and c.procedure = :procedure and (:version = 0 or c.pack_version = :version_is) and (:unit = '' or " \
    "c.unit = "                                                                                            \
    ":unit_is) and c.is_draft = 0 group by s.process, s.element, 3"
// The stays lead and each finds its case: with a join, SQLite may begin with the cases, of which there are
// more. Served by task_by_done, then case_file's key.
static const struct sql TASKS_NOW = SQL(
    "throughput_tasks_now",
    "select s.process, s.element, (:now - s.opened_at) / " HOUR
    ", count(*), count(case when c.due_at <= :late "
    "then 1 end) from task s cross join case_file c where c.case_id = s.case_id and s.done_at = 0" OF_CASES);
static const struct sql TASKS_DONE =
    SQL("throughput_tasks_done",
        "select s.process, s.element, (s.done_at - s.opened_at) / " HOUR
        ", count(*) from task s cross join case_file "
        "c where c.case_id = s.case_id and s.done_at >= :from and s.done_at < :to" OF_CASES);
// Served by process_stay_by_left, then case_file's key.
static const struct sql STAYS_NOW =
    SQL("throughput_stays_now", "select s.process, s.element, (:now - s.entered_at) / " HOUR
                                ", count(*), count(case when c.due_at <= :late then 1 "
                                "end) from process_stay s cross join case_file c where c.case_id = s.case_id "
                                "and s.left_at = 0 and s.kind > 1" OF_CASES);
static const struct sql STAYS_DONE =
    SQL("throughput_stays_done", "select s.process, s.element, (s.left_at - s.entered_at) / " HOUR
                                 ", count(*) from process_stay s cross join "
                                 "case_file c where c.case_id = s.case_id and s.left_at >= :from and "
                                 "s.left_at < :to and s.kind > 1" OF_CASES);

// So many stays of so many hours at one step.
struct heap {
    int step;
    int64_t hours, count;
};
struct heaps {
    struct heap *items;
    size_t count, capacity;
};
struct counting {
    struct db *db;
    const struct throughput_question *q;
    struct text own_process; // of these cases
    struct moment now;
    const struct zone *zone;
    struct arena *arena;  // of the result
    struct arena scratch; // of the heaps
    struct throughput *out;
    const atomic_bool *stop;
};

// Number of a step; -1: there are too many.
static int step_of(struct counting *c, struct text process, struct text element) {
    if (!process.n) process = c->own_process;
    for (size_t i = 0; i < c->out->count; i++)
        if (text_eq(c->out->items[i].element, element) && text_eq(c->out->items[i].process, process))
            return (int)i;
    if (c->out->count >= THROUGHPUT_STEPS_MAX) return -1;
    *ARENA_PUSH(c->arena, c->out) = (struct throughput_step){.process = text_copy(c->arena, process),
                                                             .element = text_copy(c->arena, element)};
    return (int)c->out->count - 1;
}

static enum status add_heaps(struct counting *c, const struct sql *sql, struct value first,
                             struct value second, bool is_now, struct heaps *heaps) {
    struct rows r;
    struct text unit = c->q->unit.p ? c->q->unit : T("");
    enum status st =
        DB_QUERY(c->db, &r, sql, first, second, V_TEXT(c->q->procedure), V_INT(c->q->pack_version),
                 V_INT(c->q->pack_version), V_TEXT(unit), V_TEXT(unit));
    while (!st && rows_next(&r)) {
        int step = step_of(c, row_text(&r, 0), row_text(&r, 1));
        if (step < 0) {
            st = STATUS_TOO_LARGE;
            break;
        }
        *ARENA_PUSH(&c->scratch, heaps) = (struct heap){step, row_int(&r, 2), row_int(&r, 3)};
        if (is_now) c->out->items[step].late += row_int(&r, 4);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static int by_step_and_hours(const void *x, const void *y) {
    const struct heap *a = x, *b = y;
    if (a->step != b->step) return a->step < b->step ? -1 : 1;
    return a->hours < b->hours ? -1 : a->hours > b->hours;
}

// The hours that at least `percent` of 100 stays do not exceed; `h` has those of one step, shortest first.
static int64_t hours_at(const struct heap *h, size_t n, int64_t all, int64_t percent) {
    int64_t wanted = (all * percent + 99) / 100, seen = 0;
    for (size_t i = 0; i < n; i++)
        if ((seen += h[i].count) >= wanted) return h[i].hours;
    return n ? h[n - 1].hours : 0;
}

static void sum_up(struct counting *c, struct heaps *all, bool is_now) {
    if (all->count) qsort(all->items, all->count, sizeof *all->items, by_step_and_hours);
    for (size_t from = 0, to; from < all->count; from = to) {
        const struct heap *h = &all->items[from];
        struct throughput_step *s = &c->out->items[h->step];
        int64_t sum = 0;
        for (to = from; to < all->count && all->items[to].step == h->step; to++) sum += all->items[to].count;
        size_t n = to - from;
        if (is_now) {
            s->waiting = sum;
            s->longest_hours = h[n - 1].hours;
            s->median_hours = hours_at(h, n, sum, 50);
        } else if (sum < THROUGHPUT_SMALL) {
            s->is_few = true;
        } else {
            s->finished = sum;
            s->finished_median_hours = hours_at(h, n, sum, 50);
            s->finished_90_hours = hours_at(h, n, sum, 90);
        }
    }
}

static enum status count_now(struct counting *c) {
    struct heaps h = {0};
    struct value now = V_INT(c->now.ms);
    enum status st = add_heaps(c, &TASKS_NOW, now, now, true, &h);
    if (!st) st = add_heaps(c, &STAYS_NOW, now, now, true, &h);
    if (!st) sum_up(c, &h, true);
    return st;
}

static enum status count_finished(struct counting *c) {
    struct heaps h = {0};
    struct value from = V_INT(zone_moment(c->zone, c->q->from, 0).ms);
    struct value to = V_INT(zone_moment(c->zone, date_add_days(c->q->to, 1), 0).ms);
    enum status st = add_heaps(c, &TASKS_DONE, from, to, false, &h);
    if (!st) st = add_heaps(c, &STAYS_DONE, from, to, false, &h);
    if (!st) sum_up(c, &h, false);
    return st;
}

enum status throughput_count(struct cases *cases, const struct throughput_question *q,
                             const atomic_bool *stop, struct arena *a, struct throughput *out) {
    struct store *s = journal_store(cases->journal);
    struct counting c = {.stop = stop,
                         .q = q,
                         .arena = a,
                         .out = out,
                         .zone = cases->zone,
                         .now = env_now(journal_env(cases->journal))};
    const struct pack *pack = cases_pack_for(cases, q->procedure);
    *out = (struct throughput){.counted_at = c.now};
    if (!pack) return STATUS_NOT_FOUND;
    c.own_process = pack_procedure(pack);
    enum status st = store_reader(s, &c.db);
    if (st) return st;
    st = db_begin_read(c.db);
    bool is_begun = !st;
    if (!st) st = count_now(&c);
    if (!st) st = count_finished(&c);
    if (is_begun) db_end_read(c.db);
    store_reader_release(s, c.db);
    arena_free(&c.scratch);
    return st;
}
