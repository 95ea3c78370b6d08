// commands.c - what can be done to a case, field by field: from these lines follow the reader, the limits and
// the documentation. The names are those of access.json (cases_command_about).
#include "api/table.h"

#define IN struct command
#define F(name_, at_, kind_, ...) \
    { .name = name_, .kind = kind_, .at = offsetof(IN, at_), __VA_ARGS__ }
#define TEXT(name_, at_, max_, say, ex) \
    F(name_, at_, API_TEXT, .max = max_, .is_required = true, .about = say, .example = ex)
#define MAYBE(name_, at_, max_, say, ex) F(name_, at_, API_TEXT, .max = max_, .about = say, .example = ex)
#define ID(name_, at_, say) F(name_, at_, API_ID, .min = 1, .is_required = true, .about = say, .example = "1")
#define FLAG(name_, at_, say) F(name_, at_, API_BOOL, .is_required = true, .about = say, .example = "true")
#define END \
    { 0 }
#define FIELDS(name, ...) static const struct api_field name[] = {__VA_ARGS__, END}

enum { WORD_MAX = 64, PLACE_MAX = 300, NOTE_MAX = 2000 }; // as the commands themselves have it

// Of an act of the person that staff enter, by the names that its problems have (cases/counter.c).
#define HOW_IT_CAME                                                                                          \
    F("received_on", paper.on, API_DATE,                                                                     \
      .about = "day from which it counts. These four: only when staff enter what came on paper or was said", \
      .example = "\"2026-12-01\""),                                                                          \
        MAYBE("received_by", paper.by, WORD_MAX, "code of the list `received_by`", "\"counter\""),           \
        F("paper", paper.document, API_ID, .min = 1, .about = "the scanned paper, a document of this case",  \
          .example = "1"),                                                                                   \
        MAYBE("late_reason", paper.reason, REASONS_BYTES_MAX,                                                \
              "needed when it came late, or lay long before it was entered", "\"It lay in the mail room.\"")

FIELDS(SAVE_ANSWERS,
       MAYBE("section", save_answers.section, WORD_MAX,
             "of the form `application`; left out while it is a draft: the whole form", "\"needs\""),
       F("answers", save_answers.answers, API_ANSWERS, .is_required = true, .about = "nested as the form is",
         .example = "{\"urgent_help\": \"no\"}"),
       MAYBE("reason", save_answers.reason, REASONS_BYTES_MAX, "needed after the application was made",
             "\"The person showed a passport.\""));
FIELDS(REMOVE_DOCUMENT, ID("document", remove_document.document, "of this case, while it is a draft"));
FIELDS(SUBMIT, MAYBE("notice_version", submit_application.notice_version, 40,
                     "version of the information sheet that was shown", "\"1\""));
FIELDS(WITHDRAW,
       MAYBE("reason", withdraw_application.reason, MESSAGE_BYTES_MAX, "in the person's words",
             "\"I go back to my family.\""),
       HOW_IT_CAME);
FIELDS(ANSWER_REQUEST, ID("request", answer_request.request, "an open one: this is all I have"), HOW_IT_CAME);
FIELDS(OPEN_LETTER, ID("letter", open_letter.letter, "that the person opened"));
FIELDS(LODGE_APPEAL,
       MAYBE("grounds", lodge_appeal.grounds, REASONS_BYTES_MAX, "why the decision is wrong",
             "\"The court at home has sentenced me.\""),
       F("asks_to_stay", lodge_appeal.asks_to_stay, API_BOOL, .about = "until the court has decided",
         .example = "true"),
       HOW_IT_CAME);
FIELDS(CHOOSE_CHANNEL,
       F("channel", choose_channel.channel, API_TEXT, .words = "online|paper", .is_required = true,
         .about = "how the person gets letters", .example = "\"paper\""));
FIELDS(REPORT_ERROR, TEXT("what", report_error.what, PLACE_MAX, "is wrong", "\"My birth year\""),
       TEXT("correction", report_error.correction, MESSAGE_BYTES_MAX, "what is right", "\"1990\""),
       HOW_IT_CAME);
FIELDS(ASK_RIGHT, TEXT("right", ask_right.right, WORD_MAX, "code of the list `right`", "\"access\""),
       MAYBE("words", ask_right.words, MESSAGE_BYTES_MAX, "what the person wants", "\"All that you have.\""),
       HOW_IT_CAME);
FIELDS(RECEIVE_LETTER,
       TEXT("body", receive_letter.body, MESSAGE_BYTES_MAX, "what it says", "\"We have moved.\""),
       HOW_IT_CAME);
FIELDS(SEND_MESSAGE, TEXT("body", send_message.body, MESSAGE_BYTES_MAX, "plain text",
                          "\"Please bring your passport to the interview.\""));
FIELDS(READ_MESSAGE, ID("message", read_message.message, "of this case"));
FIELDS(ASSIGN,
       F("officer", assign_case.officer, API_ID, .is_required = true,
         .about = "account (see Staff); 0 puts the case back into the queue", .example = "0"),
       MAYBE("reason", assign_case.reason, NOTE_MAX, "for colleagues", "\"speaks the language\""));
#undef IN
#define IN struct finding_override
FIELDS(OVERRIDE_FIELDS, TEXT("code", code, 40, "of the finding", "\"BIRTH_FUTURE\""),
       MAYBE("reason", reason, NOTE_MAX, "why it does not matter", "\"The document says so.\""));
static const struct api_shape OVERRIDE = {"Override", sizeof(struct finding_override), OVERRIDE_FIELDS,
                                          "A finding of the plausibility rules that was looked at."};
#undef IN
#define IN struct command
FIELDS(REGISTER,
       F("made_on", register_application.made_on, API_DATE, .is_required = true,
         .about = "day of the first wish, to any authority", .example = "\"2026-11-20\""),
       TEXT("made_at_place", register_application.made_at_place, PLACE_MAX, "where that was",
            "\"Harbour police\""),
       FLAG("identity_checked", register_application.identity_checked, "somebody has seen the person"),
       F("overrides", register_application.overrides, API_OBJECTS,
         .count_at = offsetof(IN, register_application.override_count), .max = OVERRIDES_MAX,
         .shape = &OVERRIDE, .about = "findings that do not matter", .example = "[]"));
FIELDS(COMPLETENESS, FLAG("is_complete", check_completeness.is_complete, "nothing is missing"),
       F("missing", check_completeness.missing, API_TEXTS,
         .count_at = offsetof(IN, check_completeness.missing_count), .max = MISSING_MAX,
         .each_max = PLACE_MAX, .about = "codes of the list `document`", .example = "[]"));
FIELDS(REQUEST_DOCUMENT,
       TEXT("kind", request_document.kind, WORD_MAX, "code of the list `document`", "\"passport\""),
       TEXT("explanation", request_document.explanation, MESSAGE_BYTES_MAX, "what and why, in plain words",
            "\"Please show us your passport, every page.\""));
FIELDS(BOOK,
       F("starts", book_interview.starts, API_MOMENT, .is_required = true, .about = "UTC",
         .example = "\"2026-12-01T09:00:00Z\""),
       F("minutes", book_interview.minutes, API_SMALL, .min = 1, .max = 24 * 60, .is_required = true,
         .about = "how long", .example = "180"),
       TEXT("place", book_interview.place, PLACE_MAX, "where", "\"Room 3, Harbour Road 1\""),
       MAYBE("interpreter", book_interview.interpreter, 200, "who", "\"I. Interpreter\""),
       TEXT("language", book_interview.language, WORD_MAX, "code of the list `language`", "\"fas\""),
       F("is_remote", book_interview.is_remote, API_BOOL, .about = "by video", .example = "false"),
       MAYBE("remote_reason", book_interview.remote_reason, NOTE_MAX, "a video interview must be justified",
             "\"\""));
FIELDS(CANCEL, ID("appointment", cancel_interview.appointment, "a planned one"),
       TEXT("reason", cancel_interview.reason, NOTE_MAX, "for the file", "\"The interpreter is ill.\""));
FIELDS(HOLD, ID("appointment", hold_interview.appointment, "a planned one"),
       FLAG("was_held", hold_interview.was_held, "false: the person did not come"),
       MAYBE("record", hold_interview.record, RECORD_BYTES_MAX, "what was said",
             "\"The applicant worked at the harbour for six years and described the strike in detail.\""),
       MAYBE("present", hold_interview.present, NOTE_MAX, "who was there", "\"Applicant, interpreter\""),
       MAYBE("absence_reason", hold_interview.absence_reason, NOTE_MAX, "if it is known", "\"\""));
FIELDS(READ_BACK,
       FLAG("is_confirmed", read_back_interview.is_confirmed, "the person says that the record is right"),
       MAYBE("corrections", read_back_interview.corrections, RECORD_BYTES_MAX, "of the person", "\"\""),
       MAYBE("refusal_reason", read_back_interview.refusal_reason, 4000, "why it was not confirmed", "\"\""));
FIELDS(PROPOSE,
       TEXT("outcome", propose_decision.outcome, WORD_MAX, "code of the list `outcome`", "\"refugee\""),
       TEXT("facts", propose_decision.facts, REASONS_BYTES_MAX, "found", "\"...\""),
       TEXT("evidence", propose_decision.evidence, REASONS_BYTES_MAX, "weighed", "\"...\""),
       TEXT("assessment", propose_decision.assessment, REASONS_BYTES_MAX, "of the claim", "\"...\""),
       TEXT("legal_basis", propose_decision.legal_basis, 2000, "articles", "\"Art. 4\""),
       MAYBE("suggestion_view", propose_decision.suggestion_view, 4000,
             "what the officer says to the rules' suggestion", "\"followed\""));
FIELDS(SIGN, ID("decision", sign_decision.decision, "a proposed one"));
FIELDS(RETURN, ID("decision", return_decision.decision, "a proposed one"),
       TEXT("reason", return_decision.reason, REASONS_BYTES_MAX, "what to look at again", "\"...\""));
FIELDS(NOTIFICATION, ID("letter", record_notification.letter, "on paper"),
       F("on", record_notification.on, API_DATE, .is_required = true, .about = "a whole day",
         .example = "\"2026-12-01\""),
       TEXT("how", record_notification.how, 200, "handed over, by post ...", "\"handed_over\""));
FIELDS(OUTCOME,
       TEXT("outcome", record_appeal_outcome.outcome, WORD_MAX, "code of the list `appeal_outcome`",
            "\"dismissed\""),
       TEXT("reasons", record_appeal_outcome.reasons, REASONS_BYTES_MAX, "of the court", "\"...\""),
       MAYBE("court_number", record_appeal_outcome.court_number, 100, "of the court", "\"A 12/2026\""));
FIELDS(NOTE, TEXT("body", add_note.body, MESSAGE_BYTES_MAX, "plain text, for colleagues",
                  "\"The person asked for an interpreter for Dari.\""));
FIELDS(FILE_NUMBER, TEXT("number", add_file_number.number, 100, "as written there", "\"SE 2019/4711\""),
       TEXT("origin", add_file_number.origin, 100, "which system or state", "\"SWE\""));
FIELDS(EXTEND, ID("clock", extend_deadline.clock, "a running one"),
       TEXT("ground", extend_deadline.ground, WORD_MAX, "of the pack", "\"complex\""),
       TEXT("reason", extend_deadline.reason, REASONS_BYTES_MAX, "for the file", "\"...\""));
FIELDS(SUSPEND, ID("clock", suspend_deadline.clock, "a running one"),
       TEXT("reason", suspend_deadline.reason, REASONS_BYTES_MAX, "for the file",
            "\"The person is in hospital.\""));
FIELDS(RESUME, ID("clock", resume_deadline.clock, "a suspended one"));
FIELDS(SET_CHANNEL,
       F("channel", set_channel.channel, API_TEXT, .words = "online|paper", .is_required = true,
         .about = "how the person gets letters", .example = "\"paper\""),
       MAYBE("rule", set_channel.rule, WORD_MAX, "code of the list `channel_rule`", "\"asked\""),
       TEXT("reason", set_channel.reason, REASONS_BYTES_MAX, "for the file", "\"Asked at the counter.\""));
FIELDS(ANSWER_ERROR, ID("report", answer_error.report, "an open one"),
       FLAG("corrected", answer_error.corrected, "the datum was changed"),
       TEXT("answer", answer_error.answer, MESSAGE_BYTES_MAX, "to the person", "\"We have corrected it.\""));
FIELDS(ANSWER_RIGHT, ID("request", answer_right.request, "an open one (see CaseFile.rights)"),
       TEXT("answer", answer_right.answer, MESSAGE_BYTES_MAX, "to the person",
            "\"The copy lies in your account.\""));
FIELDS(STEP, TEXT("step", record_step.step, WORD_MAX, "code of the list `step`", "\"eurodac_sent\""),
       F("on", record_step.on, API_DATE, .is_required = true, .about = "day on which it was done",
         .example = "\"2026-11-23\""));
FIELDS(RETRY, ID("step", retry_step.step, "that waits (see CaseFile.incidents)"));
FIELDS(TRACK, TEXT("track", choose_track.track, WORD_MAX, "code of the list `track`", "\"accelerated\""),
       TEXT("reason", choose_track.reason, REASONS_BYTES_MAX, "for the file", "\"Art. 42 applies.\""));
FIELDS(COMPLETE_TASK, ID("task", complete_task.task, "an open one (see CaseFile.tasks) that you may do"),
       F("answers", complete_task.answers, API_ANSWERS,
         .about = "to its form, nested as the form is (see Form); left out when it has none",
         .example = "{\"is_complete\": \"yes\"}"),
       HOW_IT_CAME);
FIELDS(DELIVER_MESSAGE,
       TEXT("name", deliver_message.name, WORD_MAX,
            "of the message that the case waits for (see CaseFile.awaited)", "\"card_produced\""),
       MAYBE("key", deliver_message.key, 200, "which of several, where the process tells them apart", "\"\""),
       F("answers", deliver_message.answers, API_ANSWERS,
         .about = "to the form of the same name, where the pack has one", .example = "{}"));
FIELDS(ERASE, TEXT("ground", erase_person.ground, WORD_MAX, "a word", "\"retention_ended\""));
#undef IN

const struct api_command API_COMMANDS[] = {
    {COMMAND_SAVE_ANSWERS, "Save the answers of one section, or of a draft's whole form", SAVE_ANSWERS},
    {COMMAND_REMOVE_DOCUMENT, "Take a document back, while the application is a draft", REMOVE_DOCUMENT},
    {COMMAND_SUBMIT_APPLICATION, "Make the application", SUBMIT},
    {COMMAND_WITHDRAW_APPLICATION, "Withdraw the application", WITHDRAW},
    {COMMAND_ANSWER_REQUEST, "Say that a request for documents is answered", ANSWER_REQUEST},
    {COMMAND_OPEN_LETTER, "Record that the person opened a letter", OPEN_LETTER},
    {COMMAND_LODGE_APPEAL, "Appeal against the decision", LODGE_APPEAL},
    {COMMAND_CHOOSE_CHANNEL, "Choose how letters come", CHOOSE_CHANNEL},
    {COMMAND_REPORT_ERROR, "Report that a datum is wrong", REPORT_ERROR},
    {COMMAND_ASK_RIGHT, "Ask for all data, or for a look by a person", ASK_RIGHT},
    {COMMAND_RECEIVE_LETTER, "Enter a letter of the person's that came on paper", RECEIVE_LETTER},
    {COMMAND_SEND_MESSAGE, "Send a message", SEND_MESSAGE},
    {COMMAND_READ_MESSAGE, "Record that a message was read", READ_MESSAGE},
    {COMMAND_ASSIGN_CASE, "Assign the case", ASSIGN},
    {COMMAND_REGISTER_APPLICATION, "Register the application", REGISTER},
    {COMMAND_CHECK_COMPLETENESS, "Say whether the application is complete", COMPLETENESS},
    {COMMAND_REQUEST_DOCUMENT, "Ask the person for a document", REQUEST_DOCUMENT},
    {COMMAND_BOOK_INTERVIEW, "Book an interview", BOOK},
    {COMMAND_CANCEL_INTERVIEW, "Cancel an interview", CANCEL},
    {COMMAND_HOLD_INTERVIEW, "Record an interview, or that the person did not come", HOLD},
    {COMMAND_READ_BACK_INTERVIEW, "Record what the person said to the record", READ_BACK},
    {COMMAND_PROPOSE_DECISION, "Propose a decision", PROPOSE},
    {COMMAND_SIGN_DECISION, "Sign a decision", SIGN},
    {COMMAND_RETURN_DECISION, "Return a proposal", RETURN},
    {COMMAND_RECORD_NOTIFICATION, "Record that a letter reached the person", NOTIFICATION},
    {COMMAND_RECORD_APPEAL_OUTCOME, "Record what the court decided", OUTCOME},
    {COMMAND_ADD_NOTE, "Add an internal note", NOTE},
    {COMMAND_ADD_FILE_NUMBER, "Add a number of another system", FILE_NUMBER},
    {COMMAND_EXTEND_DEADLINE, "Extend a time limit", EXTEND},
    {COMMAND_SUSPEND_DEADLINE, "Suspend a time limit", SUSPEND},
    {COMMAND_RESUME_DEADLINE, "Resume a time limit", RESUME},
    {COMMAND_SET_CHANNEL, "Set how letters come", SET_CHANNEL},
    {COMMAND_ANSWER_ERROR, "Answer a report of a wrong datum", ANSWER_ERROR},
    {COMMAND_ANSWER_RIGHT, "Answer what the person asked by right", ANSWER_RIGHT},
    {COMMAND_RECORD_STEP, "Record that a duty was fulfilled", STEP},
    {COMMAND_CHOOSE_TRACK, "Choose the track of the procedure", TRACK},
    {COMMAND_RETRY_STEP, "Let a step that could not be done be tried again", RETRY},
    {COMMAND_COMPLETE_TASK, "Do a task of the process", COMPLETE_TASK},
    {COMMAND_DELIVER_MESSAGE, "Deliver a message that the case waits for", DELIVER_MESSAGE},
    {COMMAND_ERASE_PERSON, "Erase the person", ERASE},
    {0},
};
const size_t API_COMMAND_COUNT = sizeof API_COMMANDS / sizeof *API_COMMANDS - 1;
