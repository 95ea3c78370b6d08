// apply_later.c - columns of the case that follow from all events of a command together, written once.
#include "cases/internal.h"

enum { CHANGED = EVENT_CHANGED, CLOCKS = 2 };

// What the work list counts down: the case's own clocks and what the authority owes; not whether a letter was
// opened. Without any, and while the nearest is suspended: no end and no name. Served by clock_by_case.
#define NEAREST                                                                                            \
    "(due_at, due_kind) = (select x.due, x.kind from (select k.due_at as due, k.rule as kind, k.clock_id " \
    "as id"                                                                                                \
    " from clock k where k.case_id = :case and k.is_open = 1 and (k.about = 0 or k.owner = 'authority')"   \
    " union all select :none, '', 0) as x order by x.due, x.id limit 1)"

static const struct sql CASE_CHANGED =
    SQL("case_changed", "update case_file set version = :seq, changed_at = :at where case_id = :case");
static const struct sql CASE_DUE = SQL("case_due", "update case_file set " NEAREST " where case_id = :case");
static const struct sql CASE_CHANGED_DUE =
    SQL("case_changed_due",
        "update case_file set version = :seq, changed_at = :at, " NEAREST " where case_id = :case");

static enum status settle(struct db *db, int64_t case_id, unsigned what, int64_t seq, struct moment at) {
    if (what == CHANGED) return DB_RUN(db, &CASE_CHANGED, V_INT(seq), V_INT(at.ms), V_INT(case_id));
    if (what == CLOCKS) return DB_RUN(db, &CASE_DUE, V_INT(case_id), V_INT(DUE_NONE));
    return DB_RUN(db, &CASE_CHANGED_DUE, V_INT(seq), V_INT(at.ms), V_INT(case_id), V_INT(DUE_NONE));
}

enum status case_touch(const struct event *e) {
    return event_later(e, settle, CHANGED);
}

enum status case_touched(const struct event *e) {
    return event_written(e, settle, CHANGED);
}

enum status case_clocks_moved(const struct event *e) {
    return event_later(e, settle, CLOCKS);
}
