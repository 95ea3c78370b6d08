// shapes.c - what answers look like: the structs of cases/views.h, member by member.
#include "api/shape_macros.h"
#include "api/table.h"
#include "web/pages/case_page.h"

// ---- what a command did

#define IN struct command_result
SHAPE(SHAPE_RESULT, "Result", "What a command did.", ID(case_id, "the case"),
      ID(made, "the document, message, letter, request ... that came into being"),
      NUMBER(version, "of the case afterwards; send it back as If-Match"),
      TEXT(case_no, "number for people; empty before the application is made"),
      TEXT(code, "tracking code after the application was made. Shown once: hand it to the person"));
#undef IN

// ---- lists

#define IN struct work_row
INNER(ROW, "WorkRow", "One line about a case.", ID(case_id, "the case"),
      NUMBER(version, "of the case; 0 when the line is closed to you"),
      NUMBER(pack_version, "version of the law that it runs on"), TEXT(procedure, "id of its pack"),
      TEXT(case_no, "number for people"), TEXT(name, "family and given names as the person writes them"),
      TEXT(latin_name, "in Latin letters"), TEXT(nationality, "code of the list `country`"),
      DATE(birth, "may be partial: 1991 or 1991-04"), TEXT(status, "word of the procedure: IN_CHECK"),
      TEXT(task, "first open task; empty when there is none"), TEXT(track, "track of the procedure"),
      TEXT(language, "of the person, BCP 47"), ID(officer, "account; null: nobody"),
      TEXT(officer_name, "name, or public code when you may not see names"),
      MOMENT(made_at, "when the application was made"), MOMENT(changed_at, "last change"),
      MOMENT(due, "end of the most urgent clock"), TEXT(due_kind, "which deadline that is"),
      {AT(light), .kind = API_TEXT, .words = "overdue|soon|watch|ok|none|",
       .about = "how urgent; empty when closed to you"},
      BOOL(is_vulnerable, "has special needs"), BOOL(is_minor, "is under age"),
      BOOL(is_paper, "gets everything on paper"), BOOL(has_unread, "has an unread message"));
#undef IN
#define IN struct work_list
SHAPE(
    SHAPE_WORK_LIST, "WorkList", "A page of cases.",
    {.name = "items", .at = offsetof(IN, rows), .kind = API_LIST, .shape = &ROW, .about = "at most `limit`"},
    TEXT(next, "cursor of the next page; empty at the end"),
    NUMBER(total, "how many in all, counted to 1,000"),
    BOOL(total_is_capped, "there are more than were counted"));
#undef IN
#define IN struct officer_load
INNER(LOAD_ROW, "OfficerLoad", "Open work of one officer.", ID(officer, "account; null: nobody has them"),
      TEXT(name, "of the officer"), TEXT(unit, "office"), NUMBER(open, "cases"),
      NUMBER(overdue, "past their deadline"), NUMBER(soon, "due in three days"),
      NUMBER(unread, "with an unread message"), NUMBER(done_30_days, "tasks done in 30 days"));
#undef IN
#define IN struct officer_load_list
SHAPE(SHAPE_LOAD, "Load", "Open work by officer, and the most overdue cases.",
      {.name = "officers",
       .at = offsetof(IN, rows),
       .kind = API_LIST,
       .shape = &LOAD_ROW,
       .about = "the first line is nobody's"},
      LIST(late, &ROW, "most overdue first, at most 100"));
#undef IN
#define IN struct saved_view
INNER(VIEW_ROW, "SavedView", "A saved filter of the work list.", ID(id, "the view"), ID(owner, "account"),
      TEXT(name, "as its owner calls it"), TEXT(query, "query string of the work list"),
      BOOL(is_shared, "everybody sees it"));
#undef IN
#define IN struct api_views
SHAPE(SHAPE_VIEWS, "SavedViews", "Own and shared views.", LIST(items, &VIEW_ROW, "all of them"));
#undef IN
#define IN struct staff_row
INNER(STAFF_ROW, "Staff", "A member of staff.", ID(account, "for assign_case"), TEXT(name, "for colleagues"),
      TEXT(public_code, "what applicants see"), TEXT(unit, "office"));
#undef IN
#define IN struct staff_list
SHAPE(SHAPE_STAFF, "StaffList", "Staff by name.", LIST(items, &STAFF_ROW, "at most 2,000"));
#undef IN
#define IN struct loaded_pack
INNER(PACK_ROW, "LoadedPack", "A version of the law.", ID(pack_version, "number in the log"),
      TEXT(id, "of the pack"), TEXT(version, "as its authors count"),
      TEXT(signed_by, "name of the key that signed it, empty when none did"),
      MOMENT(loaded_at, "when it was loaded; its own dates say for which cases it counts"));
#undef IN
#define IN struct loaded_pack_list
SHAPE(SHAPE_PACKS, "LoadedPacks", "Versions of the law, newest first.",
      LIST(items, &PACK_ROW, "at most 100"));
#undef IN

// ---- the file of one case

#define IN struct person_view
INNER(PERSON, "Person", "A person of the case.", ID(person, "the person"),
      TEXT(role, "applicant, spouse, child ..."), TEXT(family_name, "as written by the person"),
      TEXT(given_names, "as written by the person"), TEXT(latin_name, "in Latin letters"),
      TEXT(mrz_name, "as a travel document has it (ICAO 9303)"),
      TEXT(original_name, "in the original script"), TEXT(script, "ISO 15924"), DATE(birth, "may be partial"),
      TEXT(birth_place, "as told"), TEXT(sex, "ISO/IEC 5218"), TEXT(nationalities, "codes, with commas"),
      TEXT(civil_status, "code"), BOOL(is_stateless, "has no nationality"));
#undef IN
#define IN struct document_view
INNER(DOCUMENT, "Document", "A document of the file.", ID(document, "the document"),
      TEXT(kind, "code of the list `document`"), TEXT(title, "file name"), TEXT(media, "by content"),
      TEXT(sha256, "of the file, in hexadecimal"), TEXT(scan, "clean, infected, not_scanned; empty: waiting"),
      TEXT(by_name, "who added it; empty: the person"), NUMBER(size, "bytes"),
      ID(request, "request that it answers"), MOMENT(at, "added"), BOOL(is_removed, "taken back"),
      BOOL(has_thumbnail, "a picture was made"), BOOL(has_text, "its words were read"));
#undef IN
#define IN struct task_view
INNER(TASK, "Task", "A task of the process.", ID(task, "the task"), TEXT(element, "of the model"),
      TEXT(name_key, "text key of its name"), TEXT(name, "as the model has it"),
      TEXT(command, "that completes it: complete_task, or one of its own"),
      TEXT(group, "roles that do it, with commas; applicant: the person"),
      TEXT(form, "form that complete_task answers (see Form); empty: nothing is asked"),
      BOOL(may_do, "you may do it now"), BOOL(is_for_person, "the person does it; staff enter it from paper"),
      ID(officer, "account"), TEXT(officer_name, "name"), MOMENT(opened, "since"), MOMENT(due, "until"),
      MOMENT(done, "null: open"));
#undef IN
#define IN struct awaited_view
INNER(AWAITED, "Awaited", "A message from outside that the case waits for.",
      TEXT(name, "for deliver_message"), TEXT(key, "which of several; empty: any"),
      TEXT(form, "form of its answers (see Form); empty: it has none"), TEXT(element, "of the model"),
      TEXT(element_name, "as the model has it"), TEXT(name_key, "text key of its name"));
#undef IN
#define IN struct clock_view
INNER(CLOCK, "Clock", "A time limit of the law.", ID(clock, "the clock"), TEXT(deadline, "of the pack"),
      TEXT(article, "where the law says so"), TEXT(mark, "its binding force"),
      TEXT(state, "running, suspended, met, passed ..."), TEXT(light, "how urgent"),
      TEXT(owner, "authority or person"), TEXT(effect, "text key of what silence means"),
      MOMENT(starts, "from"), MOMENT(due, "first moment after the last day"), MOMENT(ended, "null: runs"),
      SMALL(percent, "of the time that has passed"), BOOL(can_extend, "the law allows it"),
      BOOL(can_suspend, "the law allows it"));
#undef IN
#define IN struct message_view
INNER(MESSAGE, "Message", "A message between person and authority.", ID(message, "the message"),
      BOOL(from_person, "else from the authority"), TEXT(by_name, "who wrote it"), TEXT(body, "plain text"),
      MOMENT(at, "sent"), MOMENT(read_at, "null: unread"));
#undef IN
#define IN struct note_view
INNER(NOTE, "Note", "An internal note.", ID(note, "the note"), TEXT(by_name, "who wrote it"),
      TEXT(body, "plain text"), MOMENT(at, "written"));
#undef IN
#define IN struct letter_view
INNER(LETTER, "Letter", "A letter of the authority.", ID(letter, "the letter"),
      TEXT(kind, "template of the pack"), TEXT(language, "of the letter"), TEXT(channel, "online or paper"),
      TEXT(code, "with which anybody can check it"), TEXT(sha256, "of the PDF"), TEXT(title, "for people"),
      MOMENT(issued, "made"), MOMENT(opened, "by the person"), MOMENT(delivered, "as the law counts it"),
      BOOL(is_valid, "no later letter replaced it"), BOOL(is_rendered, "the PDF is there"),
      BOOL(needs_printing, "waits for the printer"), NUMBER(size, "bytes"));
#undef IN
#define IN struct appointment_view
INNER(APPOINTMENT, "Appointment", "An interview that was booked.", ID(appointment, "the appointment"),
      TEXT(kind, "personal interview"), TEXT(place, "where"), TEXT(interpreter, "who"),
      TEXT(language, "of the interview"), TEXT(state, "planned, held, missed, cancelled"),
      TEXT(remote_reason, "why by video"), MOMENT(starts, "when"), SMALL(minutes, "how long"),
      BOOL(is_remote, "by video"));
#undef IN
#define IN struct request_view
INNER(REQUEST, "DocumentRequest", "Something the authority asked for.", ID(request, "the request"),
      TEXT(kind, "code of the list `document`"), TEXT(explanation, "what and why"),
      TEXT(state, "open, answered, lapsed, withdrawn"), MOMENT(asked, "when"), MOMENT(due, "until"));
#undef IN
#define IN struct decision_view
INNER(DECISION, "Decision", "A decision, proposed or signed.", ID(decision, "the decision"),
      TEXT(outcome, "code of the list `outcome`"), TEXT(facts, "found"), TEXT(evidence, "weighed"),
      TEXT(assessment, "of the claim"), TEXT(legal_basis, "articles"), TEXT(suggestion, "of the rules"),
      TEXT(suggestion_view, "what the officer says to it"), TEXT(proposed_by, "name"),
      TEXT(signed_by, "name of the second person"), TEXT(returned_by, "name"), TEXT(return_reason, "why"),
      TEXT(state, "proposed, returned, signed, notified"), ID(proposer, "account"), MOMENT(proposed, "when"),
      MOMENT(decided, "when it was signed"), MOMENT(notified, "when the person got it"),
      MOMENT(appeal_until, "first moment after the last day"), BOOL(is_adverse, "against the person"),
      BOOL(needs_second, "waits for the second person"));
#undef IN
#define IN struct interview_view
INNER(INTERVIEW, "Interview", "The record of an interview.", ID(interview, "the interview"),
      TEXT(record, "what was said"), TEXT(present, "who was there"), TEXT(corrections, "of the person"),
      TEXT(refusal_reason, "why it was not confirmed"), TEXT(by_name, "who led it"), MOMENT(held, "when"),
      MOMENT(read_back, "to the person"), BOOL(is_confirmed, "by the person"));
#undef IN
#define IN struct appeal_view
INNER(APPEAL, "Appeal", "An appeal.", ID(appeal, "the appeal"), TEXT(grounds, "of the person"),
      TEXT(outcome, "of the court"), TEXT(reasons, "of the court"), TEXT(court_number, "of the court"),
      MOMENT(lodged, "when"), MOMENT(decided, "null: open"),
      BOOL(asks_to_stay, "wants to stay until the court decides"));
#undef IN
#define IN struct error_view
INNER(MISTAKE, "ErrorReport", "The person says that a datum is wrong.", ID(report, "the report"),
      TEXT(what, "is wrong"), TEXT(correction, "what is right"), TEXT(answer, "of the authority"),
      TEXT(state, "open, corrected, kept"), MOMENT(at, "reported"), MOMENT(due, "for the answer"));
#undef IN
#define IN struct right_view
INNER(RIGHT, "RightRequest", "What the person asked by right.", ID(request, "the request"),
      TEXT(kind, "code of the list `right`"), TEXT(words, "of the person"), TEXT(answer, "of the authority"),
      TEXT(state, "open, answered"), MOMENT(at, "asked"), MOMENT(answered, "null: not yet"));
#undef IN
#define IN struct file_number_view
INNER(FILE_NUMBER, "FileNumber", "A number of another system.", TEXT(number, "as written there"),
      TEXT(origin, "which system or state"));
#undef IN
#define IN struct timeline_item
INNER(TIMELINE, "TimelineItem", "Something that happened.", NUMBER(seq, "place in the log"),
      TEXT(event, "its type"), TEXT(by_name, "who did it"), TEXT(detail, "a code or title"),
      MOMENT(at, "when"), DATE(received, "day on which the paper came that staff entered; null: none"),
      TEXT(received_by, "code of the list `received_by`"), ID(paper, "the document of that paper"),
      BOOL(is_by_person, "by the person"), BOOL(is_by_system, "by the clock"));
#undef IN
#define IN struct process_step
INNER(STEP, "ProcessStep", "A step of the process.", TEXT(element, "of the model"),
      TEXT(name, "of the model"), TEXT(lane, "who does it"), TEXT(kind, "of element"),
      {AT(state), .kind = API_TEXT, .words = "done|now|", .about = "empty: not reached"});
#undef IN
#define IN struct waiting_step
INNER(WAITING, "WaitingStep", "A step that could not be done and waits until it is tried again.",
      NUMBER(step, "for the command retry_step"), TEXT(element, "of the model"), TEXT(name, "of the model"),
      TEXT(rule, "what was wrong"), MOMENT(at, "since when"));
#undef IN
#define IN struct trace_view
INNER(TRACE, "Trace", "Somebody looked at the file, or was refused.", TEXT(who, "name or public code"),
      TEXT(unit, "office"), TEXT(purpose, "what for"), TEXT(what, "part of the file, or the command"),
      MOMENT(at, "when"), BOOL(was_refused, "nothing was shown"),
      BOOL(was_reasoned, "only because of a written reason"));
#undef IN
#define IN struct case_file
SHAPE(SHAPE_CASE_FILE, "CaseFile",
      "The file of a case, as far as you may see it; `hidden` names what was left out.",
      INSIDE(head, &ROW, "the line about it"), TEXT(channel, "online or paper"),
      TEXT(channel_rule, "which rule chose it"), TEXT(procedure, "id of its pack"),
      TEXT(process, "id of the main process"), TEXT(phrase, "safety phrase of the person"),
      NUMBER(pack_version, "version of the law that it runs on"), MOMENT(registered_at, "when"),
      MOMENT(lodged_at, "when"), MOMENT(decided_at, "when"), MOMENT(notified_at, "when"),
      MOMENT(closed_at, "when"), TEXT(made_on, "day of the first wish"),
      TEXT(made_at_place, "where that was"), TEXT(relation, "yours to the case: self, assigned, unit, none"),
      TEXT(hidden, "attribute classes that were left out, with commas"),
      LIST(persons, &PERSON, "of the case"), LIST(documents, &DOCUMENT, "of the file"),
      LIST(tasks, &TASK, "open first"), LIST(awaited, &AWAITED, "messages that it waits for"),
      LIST(clocks, &CLOCK, "of the law"), LIST(messages, &MESSAGE, "both ways"),
      LIST(notes, &NOTE, "internal"), LIST(letters, &LETTER, "of the authority"),
      LIST(appointments, &APPOINTMENT, "interviews"), LIST(requests, &REQUEST, "for documents"),
      LIST(decisions, &DECISION, "newest last"), LIST(interviews, &INTERVIEW, "records"),
      LIST(appeals, &APPEAL, "and their outcome"), LIST(errors, &MISTAKE, "reported"),
      LIST(rights, &RIGHT, "what the person asked by right"), LIST(numbers, &FILE_NUMBER, "of other systems"),
      LIST(timeline, &TIMELINE, "newest first, at most 500"), LIST(steps, &STEP, "of the process"),
      LIST(incidents, &WAITING, "steps that wait; for staff"),
      LIST(traces, &TRACE, "newest first, at most 200"),
      TEXT(sections_done, "sections of the form with answers, with commas"));
#undef IN
#define IN struct api_answers
SHAPE(SHAPE_ANSWERS, "Answers", "Answers to the form, nested as the form is.",
      {AT(answers), .kind = API_ANSWERS, .about = "empty when there are none"});
#undef IN
#define IN struct api_form
SHAPE(SHAPE_FORM, "Form", "A form of the pack.", TEXT(id, "of the form"),
      {AT(schema), .kind = API_JSON, .about = "form-js; labels are keys of `texts`"},
      {AT(texts), .kind = API_JSON, .about = "key to words, in the language that was asked for"});
#undef IN
#define IN struct api_procedure
INNER(PROCEDURE, "Procedure", "What can be applied for.", TEXT(id, "of its pack"),
      TEXT(version, "of the pack that is in force today"), TEXT(name, "for people"),
      TEXT(number, "its letters in a case number"), BOOL(by_person, "a person may begin one"),
      BOOL(by_staff, "staff, and programs of theirs, may open one"));
#undef IN
#define IN struct api_procedures
SHAPE(SHAPE_PROCEDURES, "Procedures", "The procedures that are in force.",
      LIST(items, &PROCEDURE, "all of them"));
#undef IN
#define IN struct suggestion_item
INNER(SUGGESTED, "SuggestionItem", "One line of a collecting table.", TEXT(code, "of the line"),
      TEXT(severity, "of a finding"), TEXT(field, "of the form"), TEXT(text_key, "of its sentence"),
      TEXT(article, "of the law"));
#undef IN
#define IN struct api_suggestion
SHAPE(SHAPE_SUGGESTION, "Suggestion", "What the rules suggest now. Never a decision.",
      {.name = "value",
       .at = offsetof(IN, suggestion.value),
       .kind = API_TEXT,
       .about = "of a table with one output"},
      {.name = "items",
       .at = offsetof(IN, suggestion.items),
       .kind = API_LIST,
       .shape = &SUGGESTED,
       .about = "of a collecting table"},
      {AT(trace), .kind = API_JSON,
       .about = "each decision that was evaluated: inputs, rules that matched, value"});
#undef IN

#define IN struct preview_line
INNER(PREVIEW_LINE, "LetterLine", "One block of a letter.",
      {AT(kind), .kind = API_TEXT, .words = "title|heading|text|item|fact|code|rule",
       .about = "a rule stands before the next language; a code is drawn when the letter is made"},
      TEXT(label, "of a fact"), TEXT(text, "plain text"), TEXT(language, "BCP 47"),
      {AT(direction), .kind = API_TEXT, .words = "ltr|rtl|auto", .about = "of its writing"});
#undef IN
#define IN struct preview_lines
SHAPE(SHAPE_LETTER_PREVIEW, "LetterPreview", "The letter that signing a proposal would send.",
      LIST(items, &PREVIEW_LINE, "in their order"));
#undef IN

// ---- for anybody, and about oneself

#define IN struct api_letter_check
SHAPE(SHAPE_LETTER_CHECK, "LetterCheck", "Is a letter genuine, and does it still hold. Nothing else is told.",
      {AT(validity), .kind = API_TEXT, .words = "unknown|valid|replaced|expired", .about = "of the letter"},
      TEXT(kind, "template; empty when unknown"), DATE(issued, "day of the letter"));
#undef IN
#define IN struct api_window_hit
INNER(WINDOW_HIT, "WindowHit", "One hit.", TEXT(kind, "`case`, or the id of the register"),
      TEXT(reference, "number of the case or entry, to ask on with"),
      {AT(level), .kind = API_TEXT, .words = "number|likely|possible", .about = "how sure it is"});
#undef IN
#define IN struct api_window_answer
SHAPE(SHAPE_WINDOW, "WindowAnswer", "Whether something is known.",
      {AT(answer), .kind = API_TEXT, .words = "hit|no_hit|no_answer",
       .about = "no_answer: ask again later, it is not the same as no_hit"},
      LIST(hits, &WINDOW_HIT, "those that nobody cleared before"));
#undef IN
#define IN struct tracked_case
SHAPE(SHAPE_TRACKED, "TrackedCase", "Where a case stands.", TEXT(status, "word of the procedure"),
      MOMENT(since, "when it got there"), MOMENT(due, "next date of the law"),
      TEXT(other_authority, "who has it now; empty: we"));
#undef IN
#define IN struct api_letter_key
SHAPE(SHAPE_LETTER_KEY, "LetterKey", "Checks the QR codes of letters without the network.",
      TEXT(algorithm, "Ed25519"), TEXT(public_key, "32 bytes in base64url"),
      TEXT(token, "form of the QR code's token"), TEXT(signed_part, "which part of it is signed"));
#undef IN
#define IN struct transcription
INNER(TRANSCRIPTION, "Transcription", "A name in Latin letters, and by which rule.",
      TEXT(latin, "for reading"), TEXT(zone, "for the machine-readable zone: A to Z, words parted by <"),
      TEXT(script, "of most letters, ISO 15924"),
      {AT(standard), .kind = API_TEXT, .words = "icao_9303|elot_743|bgn_pcgn|icu",
       .about = "whose rule it is"},
      TEXT(reference, "where it stands"),
      BOOL(is_complete, "false: the script leaves vowels out, the person's own spelling wins"),
      BOOL(is_mixed, "letters of several scripts"));
#undef IN
#define IN struct api_transcriptions
SHAPE(SHAPE_TRANSCRIPTIONS, "Transcriptions", "Names in Latin letters.",
      LIST(items, &TRANSCRIPTION, "in the order of the names"));
#undef IN
#define IN struct api_me
SHAPE(SHAPE_ME, "Me", "Who the token belongs to.", ID(account, "that leaves the traces"),
      TEXT(id, "client_id, or public code of staff"), TEXT(unit, "office"),
      TEXT(purpose, "that the token is for"),
      {AT(kind), .kind = API_TEXT, .words = "staff|representative", .about = "how the client acts"},
      TEXT(roles, "words of access.json, with commas"), BOOL(is_client, "a system, not a person"));
#undef IN
#define IN struct api_token
SHAPE(SHAPE_TOKEN, "Token", "RFC 6749, 5.1.", TEXT(access_token, "send it as Authorization: Bearer ..."),
      TEXT(token_type, "Bearer"), TEXT(scope, "the one purpose that it is for"),
      NUMBER(expires_in, "seconds"));
#undef IN
