// decide_talk.c - messages, notes, errors reported by the person, numbers, assignment, erasure.
#include "cases/internal.h"

enum status decide_send_message(struct decide *d) {
    struct send_message c = d->command->send_message;
    enum status st = want_text(d, "body", &c.body, 1, MESSAGE_BYTES_MAX);
    if (st) return st;
    if (d->s->is_draft) return problem(d->problem, "", "not_now", "problem.case.draft");
    bool from_person = is_person(d);
    d->result->made = case_new_id(d);
    struct event_draft *e = case_emit(d, &EVENT_message_sent);
    draft_int(e, "message", d->result->made);
    draft_int(e, "account", d->s->account);
    draft_bool(e, "from_person", from_person);
    draft_personal_text(e, "body", c.body);
    if (from_person) return clock_start_by_trigger(d, T("message_received"), d->result->made, NULL);
    clock_stop_trigger(d, T("message_received")); // an answer answers all that came before it
    return STATUS_OK;
}

// A letter of the person is a message of theirs: it waits for an answer from the day it came.
enum status decide_receive_letter(struct decide *d) {
    struct receive_letter c = d->command->receive_letter;
    enum status st = want_text(d, "body", &c.body, 1, MESSAGE_BYTES_MAX);
    if (st) return st;
    if (d->s->is_draft) return problem(d->problem, "", "not_now", "problem.case.draft");
    st = paper_receive(d, d->s->made_at, (struct moment){0});
    if (st) return st;
    d->result->made = case_new_id(d);
    struct event_draft *e = case_emit(d, &EVENT_message_sent);
    draft_int(e, "message", d->result->made);
    draft_int(e, "account", d->s->account);
    draft_bool(e, "from_person", true);
    draft_personal_text(e, "body", c.body);
    paper_note(d, e);
    return clock_start_by_trigger(d, T("message_received"), d->result->made, NULL);
}

static const struct sql MESSAGE =
    SQL("message_one",
        "select from_person, read_at from message where message_id = :message and case_id = :case");

// A message of the person is read by staff, and the other way round; reading one's own says nothing.
enum status decide_read_message(struct decide *d) {
    int64_t message = d->command->read_message.message;
    struct rows r;
    enum status st = DB_ONE(d->write->db, &r, &MESSAGE, V_INT(message), V_INT(d->s->case_id));
    bool is_news = !st && !row_int(&r, 1) && (row_int(&r, 0) != 0) != is_person(d);
    enum status end = rows_end(&r);
    if (st == STATUS_NOT_FOUND)
        return problem(d->problem, "message", "not_found", "problem.message.not_found");
    if (st || end) return st ? st : end;
    if (is_news) draft_int(case_emit(d, &EVENT_message_read), "message", message);
    return STATUS_OK;
}

enum status decide_add_note(struct decide *d) {
    struct add_note c = d->command->add_note;
    enum status st = want_text(d, "body", &c.body, 1, MESSAGE_BYTES_MAX);
    if (st) return st;
    d->result->made = case_new_id(d);
    struct event_draft *e = case_emit(d, &EVENT_note_added);
    draft_int(e, "note", d->result->made);
    draft_personal_text(e, "body", c.body);
    return STATUS_OK;
}

void file_number_emit(struct decide *d, struct text number, struct text origin, struct text key) {
    struct event_draft *e = case_emit(d, &EVENT_file_number_added);
    draft_personal_text(e, "number", number);
    draft_personal_text(e, "origin", origin);
    draft_personal_text(e, "key", key);
}

enum status decide_add_file_number(struct decide *d) {
    struct add_file_number c = d->command->add_file_number;
    enum status st = want_text(d, "number", &c.number, 1, 100);
    if (!st) st = want_text(d, "origin", &c.origin, 1, 100);
    if (st) return st;
    struct text key = number_key(d->arena, c.number);
    if (!key.n) return problem(d->problem, "number", "required", "problem.text.required");
    file_number_emit(d, c.number, c.origin, key);
    return STATUS_OK;
}

enum status decide_assign_case(struct decide *d) {
    struct assign_case c = d->command->assign_case;
    struct staff_row officer = {.unit = d->s->unit};
    enum status st = want_text(d, "reason", &c.reason, 0, 2000);
    if (st) return st;
    if (d->s->is_draft || d->s->is_closed) return problem(d->problem, "", "not_now", "problem.case.closed");
    if (c.officer) {
        st = access_staff_one(d->write->db, c.officer, d->arena, &officer);
        if (st == STATUS_NOT_FOUND || officer.is_closed)
            return problem(d->problem, "officer", "unknown_code", "problem.officer.unknown");
        if (st) return st;
    }
    struct event_draft *e = case_emit(d, &EVENT_case_assigned);
    draft_int(e, "officer", c.officer);
    draft_text(e, "unit", officer.unit);
    draft_personal_text(e, "reason", c.reason);
    return STATUS_OK;
}

enum status decide_report_error(struct decide *d) {
    struct report_error c = d->command->report_error;
    enum status st = want_text(d, "what", &c.what, 1, 300);
    if (!st) st = want_text(d, "correction", &c.correction, 1, MESSAGE_BYTES_MAX);
    if (st) return st;
    if (d->s->is_draft) return problem(d->problem, "", "not_now", "problem.case.draft");
    st = paper_receive(d, d->s->made_at, (struct moment){0});
    if (st) return st;
    d->result->made = case_new_id(d);
    struct event_draft *e = case_emit(d, &EVENT_error_reported);
    draft_int(e, "report", d->result->made);
    draft_personal_text(e, "what", c.what);
    draft_personal_text(e, "correction", c.correction);
    paper_note(d, e);
    return clock_start_by_trigger(d, T("error_reported"), d->result->made, NULL);
}

static const struct sql OPEN_REPORT =
    SQL("error_report_open",
        "select count(*) from error_report where report_id = :report and case_id = :case and state = 'open'");

enum status decide_answer_error(struct decide *d) {
    struct answer_error c = d->command->answer_error;
    enum status st = want_text(d, "answer", &c.answer, 1, MESSAGE_BYTES_MAX);
    int64_t open = 0;
    if (!st) st = DB_INT(d->write->db, &open, &OPEN_REPORT, V_INT(c.report), V_INT(d->s->case_id));
    if (!st && !open) st = problem(d->problem, "report", "report_closed", "problem.report.closed");
    if (st) return st;
    struct event_draft *e = case_emit(d, &EVENT_error_answered);
    draft_int(e, "report", c.report);
    draft_bool(e, "corrected", c.corrected);
    draft_personal_text(e, "answer", c.answer);
    clock_stop_about(d, c.report);
    return STATUS_OK;
}

// "retention_ended": the record of an erasure stays for ever and must hold nobody's words.
static bool is_word(struct text t) {
    bool fits = t.n > 0 && t.n <= 40;
    for (size_t i = 0; fits && i < t.n; i++) fits = (t.p[i] >= 'a' && t.p[i] <= 'z') || t.p[i] == '_';
    return fits;
}

// Crypto-erasure: the subject's key goes last, so that this event's own record is still sealed with nothing.
enum status decide_erase_person(struct decide *d) {
    struct erase_person c = d->command->erase_person;
    if (!is_word(c.ground)) return problem(d->problem, "ground", "malformed", "problem.erase.ground");
    if (!d->s->is_closed && !d->s->is_draft)
        return problem(d->problem, "", "case_open", "problem.erase.open");
    struct event_draft *e = events_add(d->out, &EVENT_person_erased, d->s->case_id, 0);
    draft_int(e, "person", d->s->person);
    draft_text(e, "number_key", number_key(d->arena, d->s->case_no));
    draft_text(e, "ground", c.ground);
    return write_subject_erase(d->write, d->actor->account, d->s->person);
}
