// commands.c - what each command takes in a trial: fields of its struct, and what usually stands there, so
// that a walk only says what matters to it. Things of the case are named, never numbered.
#include <stddef.h>
#include <string.h>

#include "trial/inside.h"

#define F(name_, at_, kind_, ...) \
    { .name = name_, .kind = kind_, .at = offsetof(struct command, at_), __VA_ARGS__ }
#define TEXT(name, at, say) F(name, at, TRIAL_TEXT, .otherwise = say)
#define CODE(name, at, list, say) F(name, at, TRIAL_TEXT, .codes = list, .otherwise = say)
#define NEWEST(name, at, what_) F(name, at, TRIAL_NEWEST, .what = what_)
#define FLAG(name, at, say) F(name, at, TRIAL_BOOL, .otherwise = say)
#define FIELDS(name, ...) static const struct trial_field name[] = {__VA_ARGS__, {0}}

static const char RECORD[] =
    "The person told in their own words what had happened, in which order and when. Questions were answered.";
static const char FACTS[] =
    "The person described the events in their order, with places, dates and names, and kept to them.";
static const char EVIDENCE[] =
    "The documents handed in were looked at. They agree with what the person said and with our sources.";
static const char ASSESSMENT[] =
    "Taken together the statements were weighed against the conditions of the law, one after the other.";

// Of an act of the person that staff enter; the code is the first of the pack's list.
#define HOW_IT_CAME                                               \
    F("received_on", paper.on, TRIAL_DATE, .otherwise = "today"), \
        CODE("received_by", paper.by, "received_by", "?"), TEXT("late_reason", paper.reason, NULL)

FIELDS(START, TEXT("language", start_application.language, NULL),
       TEXT("phrase", start_application.phrase, NULL));
FIELDS(SAVE_ANSWERS, TEXT("section", save_answers.section, NULL),
       F("answers", save_answers.answers, TRIAL_ANSWERS),
       TEXT("reason", save_answers.reason, "The person showed a document."));
FIELDS(SUBMIT, TEXT("notice_version", submit_application.notice_version, "1"));
FIELDS(WITHDRAW, TEXT("reason", withdraw_application.reason, "I go back to my family."), HOW_IT_CAME);
FIELDS(ANSWER_REQUEST, NEWEST("request", answer_request.request, "request"), HOW_IT_CAME);
FIELDS(OPEN_LETTER, NEWEST("letter", open_letter.letter, "letter"));
FIELDS(LODGE_APPEAL, TEXT("grounds", lodge_appeal.grounds, "The decision overlooks what I handed in."),
       FLAG("asks_to_stay", lodge_appeal.asks_to_stay, NULL), HOW_IT_CAME);
FIELDS(CHOOSE_CHANNEL, TEXT("channel", choose_channel.channel, "paper"));
FIELDS(REPORT_ERROR, TEXT("what", report_error.what, "My birth year"),
       TEXT("correction", report_error.correction, "1990"), HOW_IT_CAME);
FIELDS(ASK_RIGHT, CODE("right", ask_right.right, "right", "?"), TEXT("words", ask_right.words, NULL),
       HOW_IT_CAME);
FIELDS(RECEIVE_LETTER, TEXT("body", receive_letter.body, "We have moved."), HOW_IT_CAME);
FIELDS(SEND_MESSAGE, TEXT("body", send_message.body, "Is the appointment still the same?"));
FIELDS(READ_MESSAGE, NEWEST("message", read_message.message, "message"));
FIELDS(ASSIGN, F("officer", assign_case.officer, TRIAL_OFFICER, .otherwise = "officer"),
       TEXT("reason", assign_case.reason, NULL));
FIELDS(REGISTER, F("made_on", register_application.made_on, TRIAL_DATE, .otherwise = "today"),
       TEXT("made_at_place", register_application.made_at_place, "Arrival centre"),
       FLAG("identity_checked", register_application.identity_checked, "true"));
FIELDS(COMPLETENESS, FLAG("is_complete", check_completeness.is_complete, "true"),
       F("missing", check_completeness.missing, TRIAL_TEXTS, .codes = "document",
         .count_at = offsetof(struct command, check_completeness.missing_count)));
FIELDS(REQUEST_DOCUMENT, CODE("kind", request_document.kind, "document", "?"),
       TEXT("explanation", request_document.explanation, "Please send a copy, or tell us why you cannot."));
FIELDS(BOOK, F("starts", book_interview.starts, TRIAL_MOMENT, .otherwise = "P7D"),
       F("minutes", book_interview.minutes, TRIAL_NUMBER, .otherwise = "120"),
       TEXT("place", book_interview.place, "Room 1, Harbour Road 1"),
       TEXT("interpreter", book_interview.interpreter, "Sworn interpreter"),
       CODE("language", book_interview.language, "language", "eng"),
       FLAG("is_remote", book_interview.is_remote, NULL),
       TEXT("remote_reason", book_interview.remote_reason, NULL));
FIELDS(CANCEL, NEWEST("appointment", cancel_interview.appointment, "appointment"),
       TEXT("reason", cancel_interview.reason, "The interpreter is ill."));
FIELDS(HOLD, NEWEST("appointment", hold_interview.appointment, "appointment"),
       FLAG("was_held", hold_interview.was_held, "true"), TEXT("record", hold_interview.record, RECORD),
       TEXT("present", hold_interview.present, "Applicant, interpreter"),
       TEXT("absence_reason", hold_interview.absence_reason, NULL));
FIELDS(READ_BACK, FLAG("is_confirmed", read_back_interview.is_confirmed, "true"),
       TEXT("corrections", read_back_interview.corrections, NULL),
       TEXT("refusal_reason", read_back_interview.refusal_reason, NULL));
FIELDS(PROPOSE, CODE("outcome", propose_decision.outcome, "outcome", "?"),
       TEXT("facts", propose_decision.facts, FACTS), TEXT("evidence", propose_decision.evidence, EVIDENCE),
       TEXT("assessment", propose_decision.assessment, ASSESSMENT),
       TEXT("legal_basis", propose_decision.legal_basis, "As the law says"),
       TEXT("suggestion_view", propose_decision.suggestion_view, NULL));
FIELDS(SIGN, NEWEST("decision", sign_decision.decision, "decision"));
FIELDS(RETURN, NEWEST("decision", return_decision.decision, "decision"),
       TEXT("reason", return_decision.reason, "Please say which sources were used."));
FIELDS(NOTIFICATION, NEWEST("letter", record_notification.letter, "letter"),
       F("on", record_notification.on, TRIAL_DATE, .otherwise = "today"),
       TEXT("how", record_notification.how, "handed over at the counter"));
FIELDS(OUTCOME, CODE("outcome", record_appeal_outcome.outcome, "appeal_outcome", "?"),
       TEXT("reasons", record_appeal_outcome.reasons, "The court follows the reasons of the decision."),
       TEXT("court_number", record_appeal_outcome.court_number, "A 12/26"));
FIELDS(NOTE, TEXT("body", add_note.body, "Ask for the same interpreter again."));
FIELDS(FILE_NUMBER, TEXT("number", add_file_number.number, "A 2019/4711"),
       TEXT("origin", add_file_number.origin, "old register"));
FIELDS(EXTEND, F("clock", extend_deadline.clock, TRIAL_CLOCK), TEXT("ground", extend_deadline.ground, NULL),
       TEXT("reason", extend_deadline.reason, "Many questions are open."));
FIELDS(SUSPEND, F("clock", suspend_deadline.clock, TRIAL_CLOCK),
       TEXT("reason", suspend_deadline.reason, "The person is in hospital."));
FIELDS(RESUME, F("clock", resume_deadline.clock, TRIAL_CLOCK));
FIELDS(SET_CHANNEL, TEXT("channel", set_channel.channel, "paper"),
       CODE("rule", set_channel.rule, "channel_rule", "?"),
       TEXT("reason", set_channel.reason, "Asked at the counter."));
FIELDS(ANSWER_ERROR, NEWEST("report", answer_error.report, "error_report"),
       FLAG("corrected", answer_error.corrected, "true"),
       TEXT("answer", answer_error.answer, "We have corrected it."));
FIELDS(ANSWER_RIGHT, NEWEST("request", answer_right.request, "right_request"),
       TEXT("answer", answer_right.answer, "The copy lies in your account."));
FIELDS(STEP, CODE("step", record_step.step, "step", NULL),
       F("on", record_step.on, TRIAL_DATE, .otherwise = "today"));
FIELDS(TRACK, CODE("track", choose_track.track, "track", NULL),
       TEXT("reason", choose_track.reason, "The conditions of this track are met."));

static const struct {
    enum command_kind kind;
    const struct trial_field *fields;
} COMMANDS[] = {
    {COMMAND_START_APPLICATION, START},
    {COMMAND_SAVE_ANSWERS, SAVE_ANSWERS},
    {COMMAND_SUBMIT_APPLICATION, SUBMIT},
    {COMMAND_WITHDRAW_APPLICATION, WITHDRAW},
    {COMMAND_ANSWER_REQUEST, ANSWER_REQUEST},
    {COMMAND_OPEN_LETTER, OPEN_LETTER},
    {COMMAND_LODGE_APPEAL, LODGE_APPEAL},
    {COMMAND_CHOOSE_CHANNEL, CHOOSE_CHANNEL},
    {COMMAND_REPORT_ERROR, REPORT_ERROR},
    {COMMAND_ASK_RIGHT, ASK_RIGHT},
    {COMMAND_RECEIVE_LETTER, RECEIVE_LETTER},
    {COMMAND_SEND_MESSAGE, SEND_MESSAGE},
    {COMMAND_READ_MESSAGE, READ_MESSAGE},
    {COMMAND_ASSIGN_CASE, ASSIGN},
    {COMMAND_REGISTER_APPLICATION, REGISTER},
    {COMMAND_CHECK_COMPLETENESS, COMPLETENESS},
    {COMMAND_REQUEST_DOCUMENT, REQUEST_DOCUMENT},
    {COMMAND_BOOK_INTERVIEW, BOOK},
    {COMMAND_CANCEL_INTERVIEW, CANCEL},
    {COMMAND_HOLD_INTERVIEW, HOLD},
    {COMMAND_READ_BACK_INTERVIEW, READ_BACK},
    {COMMAND_PROPOSE_DECISION, PROPOSE},
    {COMMAND_SIGN_DECISION, SIGN},
    {COMMAND_RETURN_DECISION, RETURN},
    {COMMAND_RECORD_NOTIFICATION, NOTIFICATION},
    {COMMAND_RECORD_APPEAL_OUTCOME, OUTCOME},
    {COMMAND_ADD_NOTE, NOTE},
    {COMMAND_ADD_FILE_NUMBER, FILE_NUMBER},
    {COMMAND_EXTEND_DEADLINE, EXTEND},
    {COMMAND_SUSPEND_DEADLINE, SUSPEND},
    {COMMAND_RESUME_DEADLINE, RESUME},
    {COMMAND_SET_CHANNEL, SET_CHANNEL},
    {COMMAND_ANSWER_ERROR, ANSWER_ERROR},
    {COMMAND_ANSWER_RIGHT, ANSWER_RIGHT},
    {COMMAND_RECORD_STEP, STEP},
    {COMMAND_CHOOSE_TRACK, TRACK},
};
enum { COMMANDS_COUNT = sizeof COMMANDS / sizeof *COMMANDS };

bool command_kind_of(struct text name, enum command_kind *kind) {
    for (size_t i = 0; i < COMMANDS_COUNT; i++) {
        *kind = COMMANDS[i].kind;
        if (text_eq(name, text_of(cases_command_about(*kind).name))) return true;
    }
    return false;
}

const struct trial_field *trial_fields(struct text command) {
    enum command_kind kind;
    if (!command_kind_of(command, &kind)) return NULL;
    for (size_t i = 0; i < COMMANDS_COUNT; i++)
        if (COMMANDS[i].kind == kind) return COMMANDS[i].fields;
    return NULL;
}
