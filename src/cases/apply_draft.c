// apply_draft.c - events of drafts of the law.
#include "cases/internal.h"

static const struct sql INSERT =
    SQL("pack_draft_insert",
        "insert into pack_draft (draft_id, pack, made_from, title, state, author_id, made_at, changed_at,"
        " version, valid_from, release_number, past_reason, asked_by, asked_at, pack_version)"
        " values (:draft, :pack, :from, :title, 'open', :author, :at, :at, :seq, '', '', '', 0, 0, 0)");
static const struct sql TOUCH =
    SQL("pack_draft_touch",
        "update pack_draft set state = :state, changed_at = :at, version = :seq where draft_id = :draft");
static const struct sql MOVE =
    SQL("pack_draft_move", "update pack_draft set made_from = :from where draft_id = :draft");
static const struct sql ASK =
    SQL("pack_draft_ask", "update pack_draft set valid_from = :from, release_number = :number, past_reason = "
                          ":reason, asked_by = :by, asked_at = :at where draft_id = :draft");
static const struct sql BECOME =
    SQL("pack_draft_become", "update pack_draft set pack_version = :version where draft_id = :draft");
static const struct sql LOG =
    SQL("pack_draft_log_insert", "insert into pack_draft_log (draft_id, seq, kind, file, by_id, at, reason)"
                                 " values (:draft, :seq, :kind, :file, :by, :at, :reason)");
static const struct sql FILE_PUT =
    SQL("pack_draft_file_put",
        "insert into pack_draft_file (draft_id, name, content, is_removed, revision, saved_by, saved_at)"
        " values (:draft, :name, :content, :removed, :seq, :by, :at) on conflict (draft_id, name) do update"
        " set content = excluded.content, is_removed = excluded.is_removed, revision = excluded.revision,"
        " saved_by = excluded.saved_by, saved_at = excluded.saved_at");
static const struct sql FILE_FORGET =
    SQL("pack_draft_file_forget", "delete from pack_draft_file where draft_id = :draft and name = :name");

static enum status put_file(struct db *db, const struct event *e, struct text name, struct bytes content,
                            bool is_removed) {
    return DB_RUN(db, &FILE_PUT, V_INT(e->stream), V_TEXT(name), V_BYTES(content), V_INT(is_removed),
                  V_INT(e->seq), V_INT(e->actor), V_INT(e->at.ms));
}

static enum status note(struct db *db, const struct event *e, const char *state) {
    enum status st =
        DB_RUN(db, &TOUCH, V_TEXT(text_of(state)), V_INT(e->at.ms), V_INT(e->seq), V_INT(e->stream));
    return st ? st
              : DB_RUN(db, &LOG, V_INT(e->stream), V_INT(e->seq), V_TEXT(text_of(e->type->name)),
                       V_TEXT(event_text(e, "file")), V_INT(e->actor), V_INT(e->at.ms),
                       V_TEXT(event_text(e, "reason")));
}

// Adding and removing files, asking and following change pack.json with them.
static enum status put_manifest(struct db *db, const struct event *e) {
    if (!event_has(e, "manifest")) return STATUS_OK;
    return put_file(db, e, T("pack.json"), event_bytes(e, "manifest"), false);
}

enum status apply_pack_draft_made(struct db *db, const struct event *e) {
    enum status st =
        DB_RUN(db, &INSERT, V_INT(e->stream), V_TEXT(event_text(e, "pack")), V_INT(event_int(e, "made_from")),
               V_TEXT(event_text(e, "title")), V_INT(e->actor), V_INT(e->at.ms), V_INT(e->seq));
    return st ? st : note(db, e, "open");
}

enum status apply_pack_draft_saved(struct db *db, const struct event *e) {
    enum status st = put_file(db, e, event_text(e, "file"), event_bytes(e, "content"), false);
    return st ? st : note(db, e, "open");
}

enum status apply_pack_draft_added(struct db *db, const struct event *e) {
    enum status st = put_file(db, e, event_text(e, "file"), event_bytes(e, "content"), false);
    if (!st) st = put_manifest(db, e);
    return st ? st : note(db, e, "open");
}

// A file that only the draft had is gone without a trace in the copy.
enum status apply_pack_draft_removed(struct db *db, const struct event *e) {
    enum status st = event_bool(e, "was_added")
                         ? DB_RUN(db, &FILE_FORGET, V_INT(e->stream), V_TEXT(event_text(e, "file")))
                         : put_file(db, e, event_text(e, "file"), bytes_of(T("")), true);
    if (!st) st = put_manifest(db, e);
    return st ? st : note(db, e, "open");
}

enum status apply_pack_draft_restored(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &FILE_FORGET, V_INT(e->stream), V_TEXT(event_text(e, "file")));
    if (!st) st = put_manifest(db, e);
    return st ? st : note(db, e, "open");
}

enum status apply_pack_draft_followed(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &MOVE, V_INT(event_int(e, "made_from")), V_INT(e->stream));
    if (!st) st = put_manifest(db, e);
    return st ? st : note(db, e, "open");
}

enum status apply_pack_draft_dropped(struct db *db, const struct event *e) {
    return note(db, e, "dropped");
}

enum status apply_pack_draft_asked(struct db *db, const struct event *e) {
    enum status st =
        DB_RUN(db, &ASK, V_TEXT(event_text(e, "valid_from")), V_TEXT(event_text(e, "number")),
               V_TEXT(event_text(e, "past_reason")), V_INT(e->actor), V_INT(e->at.ms), V_INT(e->stream));
    if (!st) st = put_manifest(db, e);
    return st ? st : note(db, e, "asked");
}

enum status apply_pack_draft_signed(struct db *db, const struct event *e) {
    enum status st = put_file(db, e, T("pack.sig"), event_bytes(e, "content"), false);
    return st ? st : note(db, e, "asked");
}

// What was signed is changed next: the signature is for nothing.
enum status apply_pack_draft_returned(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &FILE_FORGET, V_INT(e->stream), V_TEXT(T("pack.sig")));
    if (!st)
        st = DB_RUN(db, &ASK, V_TEXT(T("")), V_TEXT(T("")), V_TEXT(T("")), V_INT(0), V_INT(0),
                    V_INT(e->stream));
    return st ? st : note(db, e, "open");
}

enum status apply_pack_draft_released(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &BECOME, V_INT(event_int(e, "pack_version")), V_INT(e->stream));
    return st ? st : note(db, e, "released");
}
