// apply_document.c - events of documents, document requests and letters.
#include "cases/internal.h"

static const struct sql DOCUMENT_INSERT =
    SQL("document_insert",
        "insert into document (document_id, case_id, request_id, kind, title, media, size, blob, sha256,"
        " scan, scan_name, by_id, at, is_removed) values (:document, :case, :request, :kind, :title,"
        " :media, :size, :blob, :sha, '', '', :by, :at, 0)");
static const struct sql DOCUMENT_REMOVE =
    SQL("document_remove", "update document set is_removed = 1 where document_id = :document");
static const struct sql DOCUMENT_SCAN =
    SQL("document_scan", "update document set scan = :scan, scan_name = :name where document_id = :document");
static const struct sql DOCUMENT_DERIVE =
    SQL("document_derive",
        "update document set thumbnail = :thumbnail, words = :words where document_id = :document");
static const struct sql REQUEST_INSERT = SQL(
    "request_insert", "insert into request (request_id, case_id, kind, explanation, state, asked_at, due_at)"
                      " values (:request, :case, :kind, :explanation, 'open', :at, :due)");
static const struct sql REQUEST_CLOSE =
    SQL("request_close", "update request set state = :state where request_id = :request");
static const struct sql LETTER_INSERT =
    SQL("letter_insert",
        "insert into letter (letter_id, case_id, decision_id, kind, language, channel, code, code_hash,"
        " content, sha256, size, issued_at, opened_at, delivered_at, replaced_at, valid_until)"
        " values (:letter, :case, :decision, :kind, :language, :channel, :code, :code_hash, :content, '',"
        " 0, :at, 0, 0, 0, :until)");
static const struct sql LETTER_REPLACE =
    SQL("letter_replace", "update letter set replaced_at = :at where letter_id = :letter");
static const struct sql LETTER_PRINT =
    SQL("letter_print", "update letter set channel = 'paper' where letter_id = :letter");
static const struct sql LETTER_RENDER = SQL(
    "letter_render", "update letter set blob = :blob, sha256 = :sha, size = :size where letter_id = :letter");
static const struct sql LETTER_OPEN =
    SQL("letter_open", "update letter set opened_at = :at where letter_id = :letter and opened_at = 0");
static const struct sql LETTER_DELIVER =
    SQL("letter_deliver", "update letter set delivered_at = :at where letter_id = :letter");
static const struct sql DECISION_NOTIFIED = SQL(
    "decision_notified", "update decision set state = 'notified', notified_at = :at, appeal_until = :until"
                         " where decision_id = :decision");
static const struct sql CASE_NOTIFIED =
    SQL("case_notified", "update case_file set notified_at = :at where case_id = :case");

enum status apply_document_added(struct db *db, const struct event *e) {
    enum status st =
        DB_RUN(db, &DOCUMENT_INSERT, V_INT(event_int(e, "document")), V_INT(e->stream),
               V_INT(event_int(e, "request")), V_TEXT(event_text(e, "kind")), V_TEXT(event_text(e, "title")),
               V_TEXT(event_text(e, "media")), V_INT(event_int(e, "size")), V_BYTES(event_bytes(e, "blob")),
               V_TEXT(event_text(e, "sha256")), V_INT(e->actor), V_INT(e->at.ms));
    return st ? st : case_touch(e);
}

enum status apply_document_removed(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &DOCUMENT_REMOVE, V_INT(event_int(e, "document")));
    return st ? st : case_touch(e);
}

enum status apply_document_scanned(struct db *db, const struct event *e) {
    return DB_RUN(db, &DOCUMENT_SCAN, V_TEXT(event_text(e, "scan")), V_TEXT(event_text(e, "name")),
                  V_INT(event_int(e, "document")));
}

enum status apply_document_derived(struct db *db, const struct event *e) {
    struct bytes thumbnail = event_bytes(e, "thumbnail"), words = event_bytes(e, "words");
    return DB_RUN(db, &DOCUMENT_DERIVE, thumbnail.n ? V_BYTES(thumbnail) : V_NULL,
                  words.n ? V_BYTES(words) : V_NULL, V_INT(event_int(e, "document")));
}

enum status apply_document_requested(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &REQUEST_INSERT, V_INT(event_int(e, "request")), V_INT(e->stream),
                            V_TEXT(event_text(e, "kind")), V_TEXT(event_text(e, "explanation")),
                            V_INT(e->at.ms), V_INT(event_int(e, "due")));
    return st ? st : case_touch(e);
}

enum status apply_request_closed(struct db *db, const struct event *e) {
    enum status st =
        DB_RUN(db, &REQUEST_CLOSE, V_TEXT(event_text(e, "state")), V_INT(event_int(e, "request")));
    return st ? st : case_touch(e);
}

enum status apply_letter_made(struct db *db, const struct event *e) {
    enum status st = STATUS_OK;
    if (event_int(e, "replaces"))
        st = DB_RUN(db, &LETTER_REPLACE, V_INT(e->at.ms), V_INT(event_int(e, "replaces")));
    if (st) return st;
    st = DB_RUN(db, &LETTER_INSERT, V_INT(event_int(e, "letter")), V_INT(e->stream),
                V_INT(event_int(e, "decision")), V_TEXT(event_text(e, "kind")),
                V_TEXT(event_text(e, "language")), V_TEXT(event_text(e, "channel")),
                V_TEXT(event_text(e, "code")), V_TEXT(event_text(e, "code_hash")),
                V_BYTES(event_bytes(e, "content")), V_INT(e->at.ms), V_INT(event_int(e, "valid_until")));
    if (!st) st = case_news(db, e, "mail.letter");
    return st ? st : case_touch(e);
}

// Its own copy in the account stays; `channel` says how it must reach the person.
enum status apply_letter_printed(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &LETTER_PRINT, V_INT(event_int(e, "letter")));
    return st ? st : case_touch(e);
}

enum status apply_letter_rendered(struct db *db, const struct event *e) {
    return DB_RUN(db, &LETTER_RENDER, V_BYTES(event_bytes(e, "blob")), V_TEXT(event_text(e, "sha256")),
                  V_INT(event_int(e, "size")), V_INT(event_int(e, "letter")));
}

enum status apply_letter_opened(struct db *db, const struct event *e) {
    return DB_RUN(db, &LETTER_OPEN, V_INT(e->at.ms), V_INT(event_int(e, "letter")));
}

// Legal notification: from here the person's own clocks run.
enum status apply_letter_delivered(struct db *db, const struct event *e) {
    int64_t at = event_int(e, "delivered_at"), decision = event_int(e, "decision");
    enum status st = DB_RUN(db, &LETTER_DELIVER, V_INT(at), V_INT(event_int(e, "letter")));
    if (st || !decision) return st ? st : case_touch(e);
    st = DB_RUN(db, &DECISION_NOTIFIED, V_INT(at), V_INT(event_int(e, "appeal_until")), V_INT(decision));
    if (!st) st = DB_RUN(db, &CASE_NOTIFIED, V_INT(at), V_INT(e->stream));
    return st ? st : case_touch(e);
}
