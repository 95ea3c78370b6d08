// apply_erase.c - erasing a person: what their key sealed is blanked in every table.
//
// On replay the sealed fields read as empty; this leaves exactly the same rows, so that a rebuild of an
// erased case equals the live one. A new personal column must be added here.
#include "cases/internal.h"

static const struct sql STATEMENTS[] = {
    SQL("erase_case",
        "update case_file set family_name = '', given_names = '', latin_name = '', birth = '', sex = '',"
        " nationality = '', phrase = '', made_at_place = '', channel_rule = '', track = '', is_minor = 0, "
        "is_vulnerable "
        "= 0, is_erased = 1"
        " where case_id = :case"),
    SQL("erase_persons", "delete from person where case_id = :case"),
    SQL("erase_numbers", "delete from file_number where case_id = :case"),
    SQL("erase_answers", "delete from answers where case_id = :case"),
    SQL("erase_task_answers", "delete from task_answers where case_id = :case"),
    SQL("erase_message_answers", "delete from message_answers where case_id = :case"),
    SQL("erase_variables", "delete from case_variable where case_id = :case"),
    SQL("erase_documents", "update document set kind = '', title = '', sha256 = '' where case_id = :case"),
    SQL("erase_requests", "update request set kind = '', explanation = '' where case_id = :case"),
    SQL("erase_messages", "update message set body = '' where case_id = :case"),
    SQL("erase_notes", "update note set body = '' where case_id = :case"),
    SQL("erase_appointments", "update appointment set place = '', interpreter = '', remote_reason = ''"
                              " where case_id = :case"),
    SQL("erase_interviews",
        "update interview set record = '', present = '', corrections = '', refusal_reason = ''"
        " where case_id = :case"),
    SQL("erase_decisions",
        "update decision set outcome = '', facts = '', evidence = '', assessment = '', legal_basis = '',"
        " suggestion = '', suggestion_view = '', return_reason = '', is_adverse = 0"
        " where case_id = :case"),
    SQL("erase_appeals", "update appeal set grounds = '', outcome = '', reasons = '', court_number = ''"
                         " where case_id = :case"),
    SQL("erase_rights", "update right_request set words = '', answer = '' where case_id = :case"),
    SQL("erase_errors",
        "update error_report set what = '', correction = '', answer = '' where case_id = :case"),
};

// Only the case's own number finds it from now on.
static const struct sql ERASE_KEYS =
    SQL("erase_keys", "delete from case_key where case_id = :case and key <> :number_key");
static const struct sql ERASE_LETTERS = SQL(
    "erase_letters", "update letter set code = '', content = :nothing, sha256 = '' where case_id = :case");

static const struct sql ERASE_CLOCKS =
    SQL("erase_clocks", "update clock set rule = '', state = :nothing, is_open = 0, wake_at = :never"
                        " where case_id = :case");
static const struct sql ERASE_DUE =
    SQL("erase_due", "update case_file set due_at = :never, due_kind = '' where case_id = :case");

enum status apply_person_erased(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &ERASE_KEYS, V_INT(e->stream), V_TEXT(event_text(e, "number_key")));
    if (!st) st = DB_RUN(db, &ERASE_LETTERS, V_BYTES(bytes_of(T(""))), V_INT(e->stream));
    if (!st) st = DB_RUN(db, &ERASE_CLOCKS, V_BYTES(bytes_of(T(""))), V_INT(DUE_NONE), V_INT(e->stream));
    if (!st) st = DB_RUN(db, &ERASE_DUE, V_INT(DUE_NONE), V_INT(e->stream));
    for (size_t i = 0; i < sizeof STATEMENTS / sizeof *STATEMENTS && !st; i++)
        st = DB_RUN(db, &STATEMENTS[i], V_INT(e->stream));
    if (!st) st = tracking_forget(db, e->stream);
    return st ? st : case_touch(e);
}
