// apply_process.c - events of the process, its tasks, stays and timers, and of the law's clocks.
#include "base/cbor.h"
#include "cases/internal.h"

#include <string.h>

static const struct sql PROCESS_SAVE =
    SQL("process_save",
        "insert into process (case_id, state, is_ended) values (:case, :state, :ended)"
        " on conflict (case_id) do update set state = excluded.state, is_ended = excluded.is_ended");
static const struct sql TASK_OPEN = SQL(
    "task_open",
    "insert into task (case_id, task_id, element, command, grp, form, process, opened_at, done_at, done_by)"
    " values (:case, :task, :element, :command, :grp, :form, :process, :at, 0, 0)");
static const struct sql TASK_CLOSE = SQL(
    "task_close", "update task set done_at = :at, done_by = :by where case_id = :case and task_id = :task");
static const struct sql TIMER_SET =
    SQL("timer_set", "insert into process_timer (case_id, timer_id, due_at) values (:case, :timer, :due)"
                     " on conflict (case_id, timer_id) do update set due_at = excluded.due_at");
static const struct sql TIMER_CLEAR =
    SQL("timer_clear", "delete from process_timer where case_id = :case and timer_id = :timer");
// One statement for up to four stays: each row costs less than a statement. A token that is tried again
// enters once more: it stood there all the time.
#define STAY_ROW(n) \
    "(:case" n ", :token" n ", :process" n ", :element" n ", :at" n ", :left" n ", :kind" n ", :cut" n ")"
#define STAY_SQL(name, rows)                                                                             \
    SQL(name,                                                                                            \
        "insert into process_stay (case_id, token, process, element, entered_at, left_at, kind, is_cut)" \
        " values " rows " on conflict (case_id, token, element) do nothing")
enum { STAYS_AT_ONCE = 4, STAY_VALUES = 8 };
static const struct sql STAYS[STAYS_AT_ONCE] = {
    STAY_SQL("process_stay_1", STAY_ROW("1")),
    STAY_SQL("process_stay_2", STAY_ROW("1") ", " STAY_ROW("2")),
    STAY_SQL("process_stay_3", STAY_ROW("1") ", " STAY_ROW("2") ", " STAY_ROW("3")),
    STAY_SQL("process_stay_4", STAY_ROW("1") ", " STAY_ROW("2") ", " STAY_ROW("3") ", " STAY_ROW("4")),
};
static const struct sql STAY_LEFT =
    SQL("process_stay_left", "update process_stay set left_at = :at, is_cut = :cut"
                             " where case_id = :case and token = :token and left_at = 0");
static const struct sql CALL_SAVE =
    SQL("call_save", "insert into process_call (case_id, call_id, caller, process, state) values (:case,"
                     " :call, :caller, :process, :state) on conflict (case_id, call_id) do update set"
                     " state = excluded.state");
static const struct sql CALL_END =
    SQL("call_end", "delete from process_call where case_id = :case and call_id = :call");
static const struct sql CASE_POSITION =
    SQL("case_position",
        "update case_file set status = :status, task = :task, is_closed = :closed, closed_at = :closed_at,"
        " version = :seq, changed_at = :at where case_id = :case");
static const struct sql CLOCK_INSERT =
    SQL("clock_insert",
        "insert into clock (clock_id, case_id, rule, owner, about, is_open, state, due_at, warned, wake_at)"
        " values (:clock, :case, :rule, :owner, :about, 1, :state, :due, 0, :wake)");
static const struct sql CLOCK_UPDATE =
    SQL("clock_update", "update clock set is_open = :open, state = :state, due_at = :due, warned = :warned,"
                        " wake_at = :wake where clock_id = :clock");
// Calls `fn` for each array in a list of arrays of at most 6 values.
enum { ITEM_MAX = 6 };
typedef enum status item_fn(struct db *db, const struct event *e, const struct cbor_item *values);

static enum status next_values(struct cbor_reader *r, struct cbor_item *item, struct cbor_item *values) {
    enum status st = cbor_next(r, item);
    if (!st && (item->kind != CBOR_ARRAY || item->integer > ITEM_MAX)) st = STATUS_CORRUPT;
    for (int64_t k = 0; !st && k < item->integer; k++) st = cbor_next(r, &values[k]);
    return st;
}

static enum status each_item(struct db *db, const struct event *e, const char *field, item_fn *fn) {
    struct bytes list = event_bytes(e, field);
    struct cbor_reader r = cbor_reader(list);
    struct cbor_item head = {0}, item, values[ITEM_MAX];
    enum status st = list.n ? cbor_next(&r, &head) : STATUS_OK;
    for (int64_t i = 0; !st && i < head.integer; i++) {
        st = next_values(&r, &item, values);
        if (!st) st = fn(db, e, values);
    }
    return st;
}

static enum status open_task(struct db *db, const struct event *e, const struct cbor_item *v) {
    return DB_RUN(db, &TASK_OPEN, V_INT(e->stream), V_INT(v[0].integer), V_TEXT(v[1].text), V_TEXT(v[2].text),
                  V_TEXT(v[3].text), V_TEXT(v[4].text), V_TEXT(v[5].text), V_INT(e->at.ms));
}
static enum status cancel_task(struct db *db, const struct event *e, const struct cbor_item *v) {
    return DB_RUN(db, &TASK_CLOSE, V_INT(e->at.ms), V_INT(0), V_INT(e->stream), V_INT(v[0].integer));
}
static enum status close_task(struct db *db, const struct event *e, const struct cbor_item *v) {
    return DB_RUN(db, &TASK_CLOSE, V_INT(e->at.ms), V_INT(e->actor), V_INT(e->stream), V_INT(v[0].integer));
}
static enum status set_timer(struct db *db, const struct event *e, const struct cbor_item *v) {
    return DB_RUN(db, &TIMER_SET, V_INT(e->stream), V_INT(v[0].integer), V_INT(v[1].integer));
}
static enum status clear_timer(struct db *db, const struct event *e, const struct cbor_item *v) {
    return DB_RUN(db, &TIMER_CLEAR, V_INT(e->stream), V_INT(v[0].integer));
}

// The last value of an item: 0 = still there, 1 = left at the same moment, 2 = taken away.
static void stay_row(const struct event *e, const struct cbor_item *v, struct value *row) {
    const struct value values[STAY_VALUES] = {V_INT(e->stream),    V_INT(v[0].integer),
                                              V_TEXT(v[1].text),   V_TEXT(v[2].text),
                                              V_INT(e->at.ms),     V_INT(v[4].integer ? e->at.ms : 0),
                                              V_INT(v[3].integer), V_INT(v[4].integer == 2)};
    memcpy(row, values, sizeof values);
}

static enum status write_stays(struct db *db, struct value (*rows)[STAY_VALUES], size_t count) {
    return count ? db_run(db, &STAYS[count - 1], rows[0], count * STAY_VALUES) : STATUS_OK;
}

static enum status stays(struct db *db, const struct event *e) {
    struct value rows[STAYS_AT_ONCE][STAY_VALUES];
    struct bytes list = event_bytes(e, "stays");
    struct cbor_reader r = cbor_reader(list);
    struct cbor_item head = {0}, item, values[ITEM_MAX];
    size_t count = 0;
    enum status st = list.n ? cbor_next(&r, &head) : STATUS_OK;
    for (int64_t i = 0; !st && i < head.integer; i++) {
        st = next_values(&r, &item, values);
        if (!st) stay_row(e, values, rows[count++]);
        if (st || count < STAYS_AT_ONCE) continue;
        st = write_stays(db, rows, count);
        count = 0;
    }
    return st ? st : write_stays(db, rows, count);
}
static enum status leave_stay(struct db *db, const struct event *e, const struct cbor_item *v) {
    return DB_RUN(db, &STAY_LEFT, V_INT(e->at.ms), V_INT(v[1].integer), V_INT(e->stream),
                  V_INT(v[0].integer));
}

static enum status save_call(struct db *db, const struct event *e, const struct cbor_item *v) {
    return DB_RUN(db, &CALL_SAVE, V_INT(e->stream), V_INT(v[0].integer), V_INT(v[1].integer),
                  V_TEXT(v[2].text), V_BYTES(v[3].bytes));
}
static enum status end_call(struct db *db, const struct event *e, const struct cbor_item *v) {
    return DB_RUN(db, &CALL_END, V_INT(e->stream), V_INT(v[0].integer));
}

enum status apply_process_moved(struct db *db, const struct event *e) {
    bool ended = event_bool(e, "ended");
    enum status st =
        DB_RUN(db, &PROCESS_SAVE, V_INT(e->stream), V_BYTES(event_bytes(e, "state")), V_INT(ended));
    if (!st) st = each_item(db, e, "opened", open_task);
    if (!st) st = each_item(db, e, "closed", close_task);
    if (!st) st = each_item(db, e, "cancelled", cancel_task);
    if (!st) st = each_item(db, e, "calls", save_call);
    if (!st) st = each_item(db, e, "calls_ended", end_call);
    if (!st) st = each_item(db, e, "timers", set_timer);
    if (!st) st = each_item(db, e, "cleared", clear_timer);
    if (!st) st = each_item(db, e, "left", leave_stay);
    if (!st) st = stays(db, e);
    if (!st)
        st = DB_RUN(db, &CASE_POSITION, V_TEXT(event_text(e, "status")), V_TEXT(event_text(e, "task")),
                    V_INT(ended), V_INT(ended ? e->at.ms : 0), V_INT(e->seq), V_INT(e->at.ms),
                    V_INT(e->stream));
    if (!st) st = case_news(db, e, "mail.task"); // only where the person has something to do
    return st ? st : case_touched(e);
}

// ---- incidents, and another version ----

static const struct sql INCIDENT_OPEN =
    SQL("incident_open", "insert into incident (case_id, token_id, element, rule, at)"
                         " values (:case, :token, :element, :rule, :at)"
                         " on conflict (case_id, token_id) do update set element = excluded.element,"
                         " rule = excluded.rule, at = excluded.at");
static const struct sql INCIDENT_CLOSE =
    SQL("incident_close", "delete from incident where case_id = :case and token_id = :token");
static const struct sql TASK_MOVE =
    SQL("task_move", "update task set element = :element, command = :command, grp = :grp, form = :form,"
                     " process = :process"
                     " where case_id = :case and task_id = :task");
static const struct sql CASE_VERSION =
    SQL("case_version", "update case_file set pack_version = :version where case_id = :case");

enum status apply_incident_opened(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &INCIDENT_OPEN, V_INT(e->stream), V_INT(event_int(e, "step")),
                            V_TEXT(event_text(e, "element")), V_TEXT(event_text(e, "rule")), V_INT(e->at.ms));
    return st ? st : case_touch(e);
}

enum status apply_incident_closed(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &INCIDENT_CLOSE, V_INT(e->stream), V_INT(event_int(e, "step")));
    return st ? st : case_touch(e);
}

static enum status move_task(struct db *db, const struct event *e, const struct cbor_item *v) {
    return DB_RUN(db, &TASK_MOVE, V_TEXT(v[1].text), V_TEXT(v[2].text), V_TEXT(v[3].text), V_TEXT(v[4].text),
                  V_TEXT(v[5].text), V_INT(e->stream), V_INT(v[0].integer));
}

static const struct sql STAY_MOVE =
    SQL("stay_move",
        "update process_stay set element = :to where case_id = :case and token = :token and left_at = 0"
        " and not exists (select 1 from process_stay p where p.case_id = :case and p.token = :token"
        " and p.element = :to)");
static const struct sql INCIDENT_MOVE =
    SQL("incident_move", "update incident set element = :to where case_id = :case and token_id = :token");

static enum status move_standing(struct db *db, const struct event *e, const struct cbor_item *v) {
    enum status st = DB_RUN(db, &STAY_MOVE, V_TEXT(v[1].text), V_INT(e->stream), V_INT(v[0].integer));
    return st ? st : DB_RUN(db, &INCIDENT_MOVE, V_TEXT(v[1].text), V_INT(e->stream), V_INT(v[0].integer));
}

enum status apply_case_migrated(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &CASE_VERSION, V_INT(event_int(e, "pack_version")), V_INT(e->stream));
    if (!st) st = each_item(db, e, "tasks", move_task);
    if (!st) st = each_item(db, e, "moved", move_standing);
    return st ? st : case_touch(e);
}

// ---- clocks ----

enum status apply_clock_started(struct db *db, const struct event *e) {
    enum status st =
        DB_RUN(db, &CLOCK_INSERT, V_INT(event_int(e, "clock")), V_INT(e->stream),
               V_TEXT(event_text(e, "rule")), V_TEXT(event_text(e, "owner")), V_INT(event_int(e, "about")),
               V_BYTES(event_bytes(e, "state")), V_INT(event_int(e, "due")), V_INT(event_int(e, "wake")));
    return st ? st : case_clocks_moved(e);
}

enum status apply_clock_changed(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &CLOCK_UPDATE, V_INT(event_bool(e, "open")), V_BYTES(event_bytes(e, "state")),
                            V_INT(event_int(e, "due")), V_INT(event_int(e, "warned")),
                            V_INT(event_int(e, "wake")), V_INT(event_int(e, "clock")));
    return st ? st : case_clocks_moved(e);
}

enum status apply_rules_suggested(struct db *db, const struct event *e) {
    (void)db, (void)e;
    return STATUS_OK;
}
