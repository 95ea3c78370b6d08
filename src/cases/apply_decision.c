// apply_decision.c - events of interviews, decisions and appeals.
#include "cases/internal.h"

static const struct sql APPOINTMENT_INSERT =
    SQL("appointment_insert",
        "insert into appointment (appointment_id, case_id, kind, starts_at, minutes, place, interpreter,"
        " language, is_remote, remote_reason, state) values (:appointment, :case, 'interview', :starts,"
        " :minutes, :place, :interpreter, :language, :remote, :reason, 'planned')");
static const struct sql APPOINTMENT_STATE =
    SQL("appointment_state", "update appointment set state = :state where appointment_id = :appointment");
static const struct sql INTERVIEW_INSERT =
    SQL("interview_insert",
        "insert into interview (interview_id, case_id, by_id, record, present, corrections, refusal_reason,"
        " held_at, read_back_at, is_confirmed) values (:interview, :case, :by, :record, :present, '', '',"
        " :at, 0, 0)");
static const struct sql INTERVIEW_READ_BACK = SQL(
    "interview_read_back", "update interview set corrections = :corrections, refusal_reason = :refusal,"
                           " read_back_at = :at, is_confirmed = :confirmed where interview_id = :interview");
static const struct sql DECISION_INSERT =
    SQL("decision_insert",
        "insert into decision (decision_id, case_id, outcome, facts, evidence, assessment, legal_basis,"
        " suggestion, suggestion_view, state, is_adverse, proposed_by, proposed_at, signed_by, signed_at,"
        " returned_by, return_reason, notified_at, appeal_until) values (:decision, :case, :outcome, :facts,"
        " :evidence, :assessment, :basis, :suggestion, :view, 'proposed', :adverse, :by, :at, 0, 0, 0, '',"
        " 0, 0)");
static const struct sql DECISION_SIGN = SQL(
    "decision_sign",
    "update decision set state = 'signed', signed_by = :by, signed_at = :at where decision_id = :decision");
static const struct sql DECISION_RETURN = SQL(
    "decision_return", "update decision set state = 'returned', returned_by = :by, return_reason = :reason"
                       " where decision_id = :decision");
static const struct sql CASE_DECIDED =
    SQL("case_decided", "update case_file set decided_at = :at where case_id = :case");
static const struct sql APPEAL_INSERT =
    SQL("appeal_insert",
        "insert into appeal (appeal_id, case_id, decision_id, grounds, asks_to_stay, outcome, reasons,"
        " court_number, lodged_at, decided_at) values (:appeal, :case, :decision, :grounds, :stay, '', '',"
        " '', :at, 0)");
static const struct sql APPEAL_DECIDE =
    SQL("appeal_decide", "update appeal set outcome = :outcome, reasons = :reasons, court_number = :number,"
                         " decided_at = :at where appeal_id = :appeal");

enum status apply_interview_booked(struct db *db, const struct event *e) {
    enum status st =
        DB_RUN(db, &APPOINTMENT_INSERT, V_INT(event_int(e, "appointment")), V_INT(e->stream),
               V_INT(event_int(e, "starts")), V_INT(event_int(e, "minutes")), V_TEXT(event_text(e, "place")),
               V_TEXT(event_text(e, "interpreter")), V_TEXT(event_text(e, "language")),
               V_INT(event_bool(e, "is_remote")), V_TEXT(event_text(e, "remote_reason")));
    return st ? st : case_touch(e);
}

static enum status appointment_becomes(struct db *db, const struct event *e, struct text state) {
    enum status st = DB_RUN(db, &APPOINTMENT_STATE, V_TEXT(state), V_INT(event_int(e, "appointment")));
    return st ? st : case_touch(e);
}

enum status apply_interview_cancelled(struct db *db, const struct event *e) {
    return appointment_becomes(db, e, T("cancelled"));
}

enum status apply_interview_missed(struct db *db, const struct event *e) {
    return appointment_becomes(db, e, T("missed"));
}

enum status apply_interview_held(struct db *db, const struct event *e) {
    enum status st =
        DB_RUN(db, &INTERVIEW_INSERT, V_INT(event_int(e, "interview")), V_INT(e->stream), V_INT(e->actor),
               V_TEXT(event_text(e, "record")), V_TEXT(event_text(e, "present")), V_INT(e->at.ms));
    return st ? st : appointment_becomes(db, e, T("held"));
}

enum status apply_interview_read_back(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &INTERVIEW_READ_BACK, V_TEXT(event_text(e, "corrections")),
                            V_TEXT(event_text(e, "refusal_reason")), V_INT(e->at.ms),
                            V_INT(event_bool(e, "confirmed")), V_INT(event_int(e, "interview")));
    return st ? st : case_touch(e);
}

enum status apply_decision_proposed(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &DECISION_INSERT, V_INT(event_int(e, "decision")), V_INT(e->stream),
                            V_TEXT(event_text(e, "outcome")), V_TEXT(event_text(e, "facts")),
                            V_TEXT(event_text(e, "evidence")), V_TEXT(event_text(e, "assessment")),
                            V_TEXT(event_text(e, "legal_basis")), V_TEXT(event_text(e, "suggestion")),
                            V_TEXT(event_text(e, "suggestion_view")), V_INT(event_int(e, "is_adverse")),
                            V_INT(e->actor), V_INT(e->at.ms));
    return st ? st : case_touch(e);
}

enum status apply_decision_signed(struct db *db, const struct event *e) {
    enum status st =
        DB_RUN(db, &DECISION_SIGN, V_INT(e->actor), V_INT(e->at.ms), V_INT(event_int(e, "decision")));
    if (!st) st = DB_RUN(db, &CASE_DECIDED, V_INT(e->at.ms), V_INT(e->stream));
    return st ? st : case_touch(e);
}

enum status apply_decision_returned(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &DECISION_RETURN, V_INT(e->actor), V_TEXT(event_text(e, "reason")),
                            V_INT(event_int(e, "decision")));
    return st ? st : case_touch(e);
}

enum status apply_appeal_lodged(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &APPEAL_INSERT, V_INT(event_int(e, "appeal")), V_INT(e->stream),
                            V_INT(event_int(e, "decision")), V_TEXT(event_text(e, "grounds")),
                            V_INT(event_bool(e, "asks_to_stay")), V_INT(event_received(e).ms));
    return st ? st : case_touch(e);
}

enum status apply_appeal_decided(struct db *db, const struct event *e) {
    enum status st =
        DB_RUN(db, &APPEAL_DECIDE, V_TEXT(event_text(e, "outcome")), V_TEXT(event_text(e, "reasons")),
               V_TEXT(event_text(e, "court_number")), V_INT(e->at.ms), V_INT(event_int(e, "appeal")));
    return st ? st : case_touch(e);
}
