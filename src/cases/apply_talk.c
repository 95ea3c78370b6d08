// apply_talk.c - events of messages, notes, error reports, saved views and packs.
#include "cases/internal.h"

static const struct sql MESSAGE_INSERT =
    SQL("message_insert", "insert into message (message_id, case_id, from_person, by_id, body, at, read_at)"
                          " values (:message, :case, :person, :by, :body, :at, 0)");
static const struct sql MESSAGE_READ =
    SQL("message_read", "update message set read_at = :at where message_id = :message and read_at = 0");
static const struct sql UNREAD = SQL(
    "case_unread", "update case_file set unread = (select count(*) from message m where m.case_id = :case and"
                   " m.from_person = 1 and m.read_at = 0) where case_id = :case");
static const struct sql NOTE_INSERT =
    SQL("note_insert",
        "insert into note (note_id, case_id, by_id, body, at) values (:note, :case, :by, :body, :at)");
static const struct sql ERROR_INSERT =
    SQL("error_insert",
        "insert into error_report (report_id, case_id, what, correction, answer, state, at, answered_at)"
        " values (:report, :case, :what, :correction, '', 'open', :at, 0)");
static const struct sql ERROR_ANSWER =
    SQL("error_answer", "update error_report set answer = :answer, state = :state, answered_at = :at"
                        " where report_id = :report");
static const struct sql RIGHT_INSERT =
    SQL("right_insert",
        "insert into right_request (request_id, case_id, kind, words, answer, state, at,"
        " answered_at, answered_by) values (:request, :case, :kind, :words, '', 'open', :at, 0, 0)");
static const struct sql RIGHT_ANSWER =
    SQL("right_answer", "update right_request set answer = :answer, state = 'answered', answered_at = :at,"
                        " answered_by = :by where request_id = :request");
static const struct sql TRACK_SET =
    SQL("case_track", "update case_file set track = :track where case_id = :case");
static const struct sql VIEW_INSERT =
    SQL("view_insert", "insert into saved_view (view_id, owner_id, name, query, is_shared)"
                       " values (:view, :owner, :name, :query, :shared)");
static const struct sql VIEW_DELETE = SQL("view_delete", "delete from saved_view where view_id = :view");
static const struct sql PACK_INSERT =
    SQL("pack_insert", "insert into pack_load (pack_version, pack, version, hash, list_hash, signed_by, "
                       "files, loaded_at, loaded_by)"
                       " values (:id, :pack, :version, :hash, :list, :signer, :files, :at, :by)");

static enum status count_unread(struct db *db, const struct event *e) {
    return DB_RUN(db, &UNREAD, V_INT(e->stream));
}

enum status apply_message_sent(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &MESSAGE_INSERT, V_INT(event_int(e, "message")), V_INT(e->stream),
                            V_INT(event_bool(e, "from_person")), V_INT(e->actor),
                            V_TEXT(event_text(e, "body")), V_INT(event_received(e).ms));
    if (!st && !event_bool(e, "from_person")) st = case_news(db, e, "mail.message");
    if (!st) st = count_unread(db, e);
    return st ? st : case_touch(e);
}

enum status apply_message_read(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &MESSAGE_READ, V_INT(e->at.ms), V_INT(event_int(e, "message")));
    return st ? st : count_unread(db, e);
}

enum status apply_note_added(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &NOTE_INSERT, V_INT(event_int(e, "note")), V_INT(e->stream), V_INT(e->actor),
                            V_TEXT(event_text(e, "body")), V_INT(e->at.ms));
    return st ? st : case_touch(e);
}

enum status apply_error_reported(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &ERROR_INSERT, V_INT(event_int(e, "report")), V_INT(e->stream),
                            V_TEXT(event_text(e, "what")), V_TEXT(event_text(e, "correction")),
                            V_INT(event_received(e).ms));
    return st ? st : case_touch(e);
}

enum status apply_error_answered(struct db *db, const struct event *e) {
    struct text state = event_bool(e, "corrected") ? T("corrected") : T("refused");
    enum status st = DB_RUN(db, &ERROR_ANSWER, V_TEXT(event_text(e, "answer")), V_TEXT(state),
                            V_INT(e->at.ms), V_INT(event_int(e, "report")));
    return st ? st : case_touch(e);
}

enum status apply_right_asked(struct db *db, const struct event *e) {
    enum status st =
        DB_RUN(db, &RIGHT_INSERT, V_INT(event_int(e, "request")), V_INT(e->stream),
               V_TEXT(event_text(e, "right")), V_TEXT(event_text(e, "words")), V_INT(event_received(e).ms));
    return st ? st : case_touch(e);
}

enum status apply_right_answered(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &RIGHT_ANSWER, V_TEXT(event_text(e, "answer")), V_INT(e->at.ms),
                            V_INT(e->actor), V_INT(event_int(e, "request")));
    if (!st) st = case_news(db, e, "mail.message");
    return st ? st : case_touch(e);
}

enum status apply_step_recorded(struct db *db, const struct event *e) {
    (void)db;
    return case_touch(e);
}

enum status apply_track_chosen(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &TRACK_SET, V_TEXT(event_text(e, "track")), V_INT(e->stream));
    return st ? st : case_touch(e);
}

enum status apply_view_saved(struct db *db, const struct event *e) {
    return DB_RUN(db, &VIEW_INSERT, V_INT(event_int(e, "view")), V_INT(e->actor),
                  V_TEXT(event_text(e, "name")), V_TEXT(event_text(e, "query")),
                  V_INT(event_bool(e, "is_shared")));
}

enum status apply_view_deleted(struct db *db, const struct event *e) {
    return DB_RUN(db, &VIEW_DELETE, V_INT(event_int(e, "view")));
}

enum status apply_pack_loaded(struct db *db, const struct event *e) {
    return DB_RUN(db, &PACK_INSERT, V_INT(event_int(e, "pack_version")), V_TEXT(event_text(e, "pack")),
                  V_TEXT(event_text(e, "version")), V_BYTES(event_bytes(e, "hash")),
                  V_BYTES(event_bytes(e, "list")), V_TEXT(event_text(e, "signed_by")),
                  V_BYTES(event_bytes(e, "files")), V_INT(e->at.ms), V_INT(e->actor));
}
