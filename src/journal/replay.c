// replay.c - the projections made again from the events, in an empty store.
#include "journal/internal.h"
#include "journal/journal_sql.h"

#include <inttypes.h>

enum { EVENTS_AT_ONCE = 2000 };

struct replay {
    struct journal *from;
    struct db *db; // of the log that is read
    int64_t seq;
    size_t applied;
    struct arena *arena;
    struct text *finding;
};

static enum status apply_row(struct replay *r, struct db *into, struct arena *a, struct later *later,
                             struct rows *row) {
    struct event e;
    struct bytes sealed;
    enum status st = event_decode(r->from, row_bytes(row, 2), &e, &sealed);
    if (!st) st = event_open(r->db, a, &e, sealed);
    e.later = later;
    if (!st && e.type->apply) st = e.type->apply(into, &e);
    if (st)
        *r->finding = text_printf(r->arena, "event %" PRId64 " (%s) cannot be applied: %s", row_int(row, 0),
                                  e.type ? e.type->name : "unknown", status_name(st));
    r->seq = row_int(row, 0);
    r->applied++;
    return st;
}

static enum status apply_some(struct db *into, void *argument) {
    struct replay *r = argument;
    struct arena a = {0}, kept = {0};
    struct later later = {.arena = &kept};
    struct rows row;
    r->applied = 0;
    enum status st = DB_QUERY(r->db, &row, &EVENTS_AFTER, V_INT(r->seq), V_INT(EVENTS_AT_ONCE));
    while (!st && rows_next(&row)) {
        st = apply_row(r, into, &a, &later, &row);
        arena_reset(&a);
    }
    enum status end = rows_end(&row);
    if (!st) st = end;
    if (!st) st = later_run(&later, into);
    arena_free(&kept);
    arena_free(&a);
    return st;
}

enum status journal_replay(struct journal *from, struct db *db, struct store *into,
                           const struct journal_progress *progress, struct text *finding, struct arena *a) {
    struct replay r = {.from = from, .db = db, .arena = a, .finding = finding, .applied = 1};
    int64_t all = 0;
    *finding = T("");
    enum status st = db_begin_read(db);
    if (st) return st;
    st = journal_size(db, &all);
    while (!st && r.applied) {
        st = store_write(into, apply_some, &r);
        if (progress) progress->step(progress->context, r.seq, all);
    }
    db_end_read(db);
    return st;
}
