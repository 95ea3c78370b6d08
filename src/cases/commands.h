// commands.h - everything that can be done to a case, each as a plain struct.
//
// A command says what somebody wants. Who they are comes with it as struct actor; what happens is decided in
// decide_*.c and recorded as events. Texts must live until cases_do() returns.
#pragma once
#include "base/date.h"
#include "base/text.h"
#include "store/blob.h"

enum {
    SECTION_BYTES_MAX = 64 * 1024,     // answers of one section of the form, as CBOR
    WHOLE_FORM_BYTES_MAX = 256 * 1024, // of the whole form: no more than four sections are that long
    MESSAGE_BYTES_MAX = 20 * 1000,     // about ten printed pages
    TASK_BYTES_MAX = 400 * 1000,       // answers of one task or message: as much as a record of a full day
    RECORD_BYTES_MAX = 400 * 1000,     // an interview record of a full day
    REASONS_BYTES_MAX = 100 * 1000,    // each part of the reasons
    OVERRIDES_MAX = 32,                // plausibility findings overridden at registration
    MISSING_MAX = 32,                  // missing things named at the completeness check
    DOCUMENT_BYTES_MAX = 20 * 1024 * 1024,
    DOCUMENTS_PER_CASE_MAX = 500,
};

enum command_kind {
    // the applicant, or a helper at the counter in the applicant's presence
    COMMAND_START_APPLICATION,
    COMMAND_SAVE_ANSWERS,
    COMMAND_ADD_DOCUMENT,
    COMMAND_REMOVE_DOCUMENT,
    COMMAND_SUBMIT_APPLICATION,
    COMMAND_WITHDRAW_APPLICATION,
    COMMAND_ANSWER_REQUEST,
    COMMAND_OPEN_LETTER,
    COMMAND_LODGE_APPEAL,
    COMMAND_CHOOSE_CHANNEL,
    COMMAND_REPORT_ERROR,
    COMMAND_ASK_RIGHT,
    COMMAND_RECEIVE_LETTER, // only entered by staff: online it is a message
    // a file of the former system, closed there
    COMMAND_CARRY_OVER_CASE,
    // both sides
    COMMAND_SEND_MESSAGE,
    COMMAND_READ_MESSAGE,
    // officers
    COMMAND_ASSIGN_CASE,
    COMMAND_REGISTER_APPLICATION,
    COMMAND_CHECK_COMPLETENESS,
    COMMAND_REQUEST_DOCUMENT,
    COMMAND_BOOK_INTERVIEW,
    COMMAND_CANCEL_INTERVIEW,
    COMMAND_HOLD_INTERVIEW,
    COMMAND_READ_BACK_INTERVIEW,
    COMMAND_PROPOSE_DECISION,
    COMMAND_SIGN_DECISION,
    COMMAND_RETURN_DECISION,
    COMMAND_RECORD_NOTIFICATION,
    COMMAND_RECORD_APPEAL_OUTCOME,
    COMMAND_ADD_NOTE,
    COMMAND_ADD_FILE_NUMBER,
    COMMAND_EXTEND_DEADLINE,
    COMMAND_SUSPEND_DEADLINE,
    COMMAND_RESUME_DEADLINE,
    COMMAND_SET_CHANNEL,
    COMMAND_ANSWER_ERROR,
    COMMAND_ANSWER_RIGHT,
    COMMAND_RECORD_STEP,
    COMMAND_CHOOSE_TRACK,
    COMMAND_RETRY_STEP,   // operators too
    COMMAND_MIGRATE_CASE, // policy officers
    COMMAND_ERASE_PERSON,
    // the system itself
    COMMAND_TIMER_DUE,
    COMMAND_CLOCK_PASSED,
    COMMAND_DOCUMENT_SCANNED,
    COMMAND_DOCUMENT_DERIVED,
    COMMAND_LETTER_RENDERED,
    // any procedure: what the pack's process asks for
    COMMAND_OPEN_CASE,
    COMMAND_COMPLETE_TASK,
    COMMAND_DELIVER_MESSAGE,
    COMMAND_HEAR_EVENT, // system
    COMMAND_COUNT
};

// Answers to one section of the application form (pack: forms/application.form), as flat CBOR map path ->
// text. Without a section, while it is a draft: to as many as there are, as they come from a paper form or
// from another system; a section without an answer stays as it was.
struct save_answers {
    struct text section;
    struct bytes answers;
    struct text reason; // needed from an officer who corrects after submission
};
struct start_application {
    struct text language;  // of the person, BCP 47
    struct text phrase;    // chosen by the person, shown in our messages (R-PH-02); may be empty
    struct text procedure; // id of its pack, "eu-asylum"; empty: the one that was loaded first
};
// Begins and submits in one step: a case that staff or a program open, at the counter or for another
// authority. Nothing of it stays when the form is not complete.
struct open_case {
    struct text procedure; // as above
    struct text language;  // of the person, BCP 47
    struct bytes answers;  // of the form "application", as in save_answers
};
// A user task of the process without the property "command". Answers are those of the task's form, as in
// save_answers; empty when it has none.
struct complete_task {
    int64_t task;
    struct bytes answers;
};
// A message that the process waits for, from outside: BPMN message by name and correlation key. Answers are
// those of forms/NAME.form when the pack has it.
struct deliver_message {
    struct text name, key; // key may be empty
    struct bytes answers;
};
// Another authority told it of this case (numbers as in pack/exchange_law.h). Nothing happens when no process
// waits for it.
struct hear_event {
    uint16_t type, code;                 // code 0: none
    uint16_t answers_type, answers_code; // of the event that it answers; 0: none
    struct moment at, due;               // due: the day's first moment in UTC; ms 0: none
};
struct add_document {
    struct text kind;  // code of codes/documents
    struct text title; // file name as uploaded, cleaned
    struct text media; // sniffed, not as claimed
    struct blob_info blob;
    int64_t request;   // the document request it answers, or 0
    int64_t made_with; // 0, or the document it was derived from
};
struct remove_document {
    int64_t document;
};
struct submit_application {
    struct text notice_version;
}; // the information sheet that was shown
struct withdraw_application {
    struct text reason;
};
struct answer_request {
    int64_t request;
}; // "this is all I have"
struct open_letter {
    int64_t letter;
};
struct lodge_appeal {
    struct text grounds;
    bool asks_to_stay;
};
struct choose_channel {
    struct text channel;
}; // "online" or "paper"
struct report_error {
    struct text what, correction;
}; // "this is wrong" on a datum
struct answer_error {
    int64_t report;
    bool corrected;
    struct text answer;
};

struct ask_right {
    struct text right; // code of codes/right
    struct text words; // what the person wants; may be empty
};
struct answer_right {
    int64_t request;
    struct text answer;
};
struct record_step {
    struct text step; // code of codes/step: a deadline names it as what fulfils it
    struct date on;
};
struct choose_track {
    struct text track, reason; // code of codes/track; the rules only suggest
};
struct receive_letter {
    struct text body; // what it says
};

// What the former system knows of a case that is closed there. It is found and read here, and nothing more
// happens to it by itself. Old files have gaps: what is there must be right, what is missing may be missing.
struct carry_over_case {
    struct text origin, number; // that system, and the file's number in it: together they come once
    struct text language;       // of the person, BCP 47
    struct bytes answers;       // of the form "application", as in save_answers
    struct date made_on, lodged_on, decided_on, closed_on; // the two in the middle may be unknown
    struct text outcome;                                   // code of codes/outcome; empty: without a decision
};

struct send_message {
    struct text body;
};
struct read_message {
    int64_t message;
};

struct assign_case {
    int64_t officer;
    struct text reason;
}; // 0 puts it back into the queue
struct finding_override {
    struct text code, reason;
};
struct register_application {
    struct date made_on; // when the wish was first expressed, to any authority
    struct text made_at_place;
    bool identity_checked;
    struct finding_override overrides[OVERRIDES_MAX];
    size_t override_count;
};
struct check_completeness {
    bool is_complete;
    struct text missing[MISSING_MAX];
    size_t missing_count;
};
struct request_document {
    struct text kind, explanation;
};
struct book_interview {
    struct moment starts;
    int minutes;
    struct text place, interpreter, language;
    bool is_remote;
    struct text remote_reason; // a video interview must be justified
};
struct cancel_interview {
    int64_t appointment;
    struct text reason;
};
struct hold_interview {
    int64_t appointment;
    struct text record, present;
    bool was_held; // false: the person did not come
    struct text absence_reason;
};
struct read_back_interview {
    bool is_confirmed;
    struct text corrections, refusal_reason;
};
struct propose_decision {
    struct text outcome; // code of codes/outcomes
    struct text facts, evidence, assessment, legal_basis;
    struct text suggestion_view; // officer on the rules' suggestion: "followed", "ignored", with a reason
};
struct sign_decision {
    int64_t decision;
};
struct return_decision {
    int64_t decision;
    struct text reason;
};
struct record_notification {
    int64_t letter;
    struct date on;
    struct text how;
}; // paper handed over or delivered
struct record_appeal_outcome {
    struct text outcome, reasons, court_number;
};
struct add_note {
    struct text body;
};
struct add_file_number {
    struct text number, origin;
}; // old system's, or another state's
struct extend_deadline {
    int64_t clock;
    struct text ground, reason;
};
struct suspend_deadline {
    int64_t clock;
    struct text reason;
};
struct resume_deadline {
    int64_t clock;
};
struct set_channel {
    struct text channel, rule, reason;
};
struct erase_person {
    struct text ground;
}; // a word: "retention_ended"

struct timer_due {
    int64_t timer;
};
// A step that could not be done is tried again (incidents.h).
struct retry_step {
    int64_t step;
};
// The case goes over to another version of its pack (migrate.h).
struct element_move {
    struct text from, to; // ids; `to` empty gives up what waits there
};
struct migrate_case {
    int64_t from, to; // versions; from 0: whichever it has
    const struct element_move *moves;
    size_t move_count;
    bool is_try; // everything is decided, nothing is kept
};
struct clock_passed {
    int64_t clock;
};
struct document_scanned {
    int64_t document;
    struct text result, name;
}; // "clean", "infected", "not_scanned"
struct document_derived {
    int64_t document;
    struct blob_info thumbnail, text;
};
struct letter_rendered {
    int64_t letter;
    struct blob_info blob;
    int pages;
};

// What came on paper, or was said at the counter, and is entered by staff for the person (R-CH-01). It has
// the same effect as in the account and counts from the day on which it was received.
struct paper_receipt {
    struct date on;
    struct text by;     // code of codes/received_by
    int64_t document;   // the paper itself, as a document of the file; 0: none was scanned
    struct text reason; // needed when it came late, or lay long before it was entered
};

struct command {
    enum command_kind kind;
    int64_t case_id;            // 0 only for those that begin a case
    int64_t seen;               // version of the case that the person was looking at; 0 = do not compare
    struct text purpose;        // of the pack's access.json; empty takes the command's usual one
    struct paper_receipt paper; // of an act of the person that staff enter; unused when the person does it
    union {
        struct start_application start_application;
        struct save_answers save_answers;
        struct add_document add_document;
        struct remove_document remove_document;
        struct submit_application submit_application;
        struct withdraw_application withdraw_application;
        struct answer_request answer_request;
        struct open_letter open_letter;
        struct lodge_appeal lodge_appeal;
        struct choose_channel choose_channel;
        struct report_error report_error;
        struct answer_error answer_error;
        struct ask_right ask_right;
        struct answer_right answer_right;
        struct record_step record_step;
        struct choose_track choose_track;
        struct receive_letter receive_letter;
        struct carry_over_case carry_over_case;
        struct send_message send_message;
        struct read_message read_message;
        struct assign_case assign_case;
        struct register_application register_application;
        struct check_completeness check_completeness;
        struct request_document request_document;
        struct book_interview book_interview;
        struct cancel_interview cancel_interview;
        struct hold_interview hold_interview;
        struct read_back_interview read_back_interview;
        struct propose_decision propose_decision;
        struct sign_decision sign_decision;
        struct return_decision return_decision;
        struct record_notification record_notification;
        struct record_appeal_outcome record_appeal_outcome;
        struct add_note add_note;
        struct add_file_number add_file_number;
        struct extend_deadline extend_deadline;
        struct suspend_deadline suspend_deadline;
        struct resume_deadline resume_deadline;
        struct set_channel set_channel;
        struct erase_person erase_person;
        struct timer_due timer_due;
        struct retry_step retry_step;
        struct migrate_case migrate_case;
        struct clock_passed clock_passed;
        struct document_scanned document_scanned;
        struct document_derived document_derived;
        struct letter_rendered letter_rendered;
        struct open_case open_case;
        struct complete_task complete_task;
        struct deliver_message deliver_message;
        struct hear_event hear_event;
    };
};

// What a command made, for the page that follows it.
struct command_result {
    int64_t case_id;
    int64_t made;    // id of the document, message, letter, decision ... that came into being, or 0
    int64_t version; // of the case afterwards
    struct text case_no;
    struct text code; // tracking code after submission: shown once, never stored in clear
    // After STATUS_CONFLICT: who changed the case in the meantime, when, and with which command's event.
    struct {
        struct text event; // event type name; its label is text key "event.<name>"
        struct moment at;
        int64_t actor;
    } changed[8];
    size_t changed_count;
};
