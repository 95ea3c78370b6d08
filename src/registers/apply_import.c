// apply_import.c - events of files of entries to tables.
#include "registers/internal.h"

static const struct sql INSERT = SQL(
    "register_import_insert",
    "insert into register_import (import_id, register, name, format, replaces, is_try, source, state, by_id, "
    "unit,"
    " purpose, authority, evidence, received_at, ended_at, blob, file_hash, size, rows_all, wrong, errors, "
    "classes,"
    " confirmed_by, reason) values (:import, :register, :name, :format, :replaces, :try, :source, "
    "'received', :by,"
    " :unit, :purpose, :authority, :evidence, :at, 0, :blob, :hash, :size, 0, 0, :none, :classes, 0, '')");
static const struct sql CHECKED =
    SQL("register_import_checked",
        "update register_import set state = :state, rows_all = :rows, wrong = :wrong,"
        " errors = :errors, ended_at = :ended, reason = :reason where import_id = :import");
static const struct sql ENDED =
    SQL("register_import_ended",
        "update register_import set state = :state, ended_at = :at, name = '', authority = '', evidence = '',"
        " blob = :none, errors = :none where import_id = :import");
static const struct sql UNDONE =
    SQL("register_import_undone",
        "update register_import set state = 'undone', ended_at = :at where import_id = :import");
static const struct sql CONFIRMED = SQL(
    "register_import_confirmed", "update register_import set confirmed_by = :by where import_id = :import");
// Served by register_entry_by_import.
static const struct sql MOVE =
    SQL("register_import_move",
        "update register_entry set state = :after, version = :seq, changed_at = :at, replaced_by = :by, "
        "due_on = case"
        " when :due = '' then due_on else :due end, due_rule = case when :due = '' then due_rule else "
        "'undone' end,"
        " due_then = case when :due = '' then due_then else 'erase' end where import_id = :import and "
        "import_row >="
        " :from and import_row <= :to and state = :before and (:was = 0 or replaced_by = :was)");

static const struct bytes NOTHING = {(const uint8_t *)"", 0};

static struct bytes or_nothing(struct bytes b) {
    return b.n ? b : NOTHING;
}

enum status apply_import_received(struct db *db, const struct event *e) {
    return DB_RUN(
        db, &INSERT, V_INT(e->stream), V_TEXT(event_text(e, "register")), V_TEXT(event_text(e, "name")),
        V_TEXT(event_text(e, "format")), V_INT(event_bool(e, "replaces")), V_INT(event_bool(e, "is_try")),
        V_TEXT(event_text(e, "source")), V_INT(e->actor), V_TEXT(event_text(e, "unit")),
        V_TEXT(event_text(e, "purpose")), V_TEXT(event_text(e, "authority")),
        V_TEXT(event_text(e, "evidence")), V_INT(e->at.ms), V_BYTES(or_nothing(event_bytes(e, "blob"))),
        V_BYTES(or_nothing(event_bytes(e, "file_hash"))), V_INT(event_int(e, "size")), V_BYTES(NOTHING),
        V_TEXT(event_text(e, "classes")));
}

static enum status checked(struct db *db, const struct event *e, struct text state, bool is_over) {
    return DB_RUN(db, &CHECKED, V_TEXT(state), V_INT(event_int(e, "rows")), V_INT(event_int(e, "wrong")),
                  V_BYTES(or_nothing(event_bytes(e, "errors"))), V_INT(is_over ? e->at.ms : 0),
                  V_TEXT(event_text(e, "rule")), V_INT(e->stream));
}

enum status apply_import_checked(struct db *db, const struct event *e) {
    bool is_try = event_bool(e, "is_try");
    return checked(db, e, is_try ? T("tried") : T("checked"), is_try);
}

enum status apply_import_failed(struct db *db, const struct event *e) {
    return checked(db, e, T("failed"), true);
}

// "by": who takes their place; negative: who took it and gives it back.
enum status apply_entries_imported(struct db *db, const struct event *e) {
    int64_t by = event_int(e, "by");
    struct text due = event_text(e, "due");
    return DB_RUN(db, &MOVE, V_TEXT(event_text(e, "after")), V_INT(e->seq), V_INT(e->at.ms),
                  V_INT(by > 0 ? by : 0), V_TEXT(due), V_INT(e->stream), V_INT(event_int(e, "from")),
                  V_INT(event_int(e, "to")), V_TEXT(event_text(e, "before")), V_INT(by < 0 ? -by : 0));
}

enum status apply_import_done(struct db *db, const struct event *e) {
    return DB_RUN(db, &ENDED, V_TEXT(T("done")), V_INT(e->at.ms), V_BYTES(NOTHING), V_INT(e->stream));
}

enum status apply_import_dropped(struct db *db, const struct event *e) {
    return DB_RUN(db, &ENDED, V_TEXT(T("dropped")), V_INT(e->at.ms), V_BYTES(NOTHING), V_INT(e->stream));
}

enum status apply_import_undone(struct db *db, const struct event *e) {
    return DB_RUN(db, &UNDONE, V_INT(e->at.ms), V_INT(e->stream));
}

enum status apply_import_confirmed(struct db *db, const struct event *e) {
    return DB_RUN(db, &CONFIRMED, V_INT(e->actor), V_INT(e->stream));
}
