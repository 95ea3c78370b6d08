// views.h - what reading functions return: plain structs in the caller's arena, ready to be shown.
#pragma once
#include "base/date.h"
#include "base/text.h"
#include "rules/dmn.h"

// ---- lists ----

struct work_row {
    int64_t case_id;
    int64_t version;
    int64_t pack_version;
    struct text procedure; // id of the pack
    struct text case_no;
    struct text name;        // family, given, as the person writes it
    struct text latin_name;  // in Latin letters, given before family
    struct text nationality; // code of codes/countries
    struct date birth;
    struct text status; // word of procedures.md 0.3, "IN_CHECK"
    struct text task;   // element id of the first open task, "check_completeness"; empty = none
    struct text track;
    struct text language;
    int64_t officer; // account, 0 = nobody
    struct text officer_name;
    struct moment made_at, changed_at;
    struct moment due;    // most urgent running clock; ms 0 = none
    struct text due_kind; // deadline id
    struct text light;    // "overdue", "soon", "watch", "ok", "none"
    bool is_vulnerable, is_minor, is_paper, has_unread;
};
struct work_list {
    struct work_row *rows;
    size_t count;
    struct text next; // cursor of the next page; empty at the end
    int64_t total;    // counted up to WORK_COUNT_MAX
    bool total_is_capped;
};
enum { WORK_PAGE_MAX = 200, WORK_COUNT_MAX = 1000, EXPORT_ROWS_MAX = 100 * 1000 };

enum work_order { ORDER_DUE, ORDER_NEWEST, ORDER_OLDEST, ORDER_CHANGED };
// Empty texts and zeros mean "any".
struct work_filter {
    int64_t officer; // -1 = unassigned
    struct text procedure, unit, status, task, nationality, track, language, light;
    struct text search; // name or number
    bool only_vulnerable, only_minor, only_paper, only_unread, include_closed;
    enum work_order order;
    struct text after; // cursor
    size_t limit;      // at most WORK_PAGE_MAX
};
struct saved_view {
    int64_t id;
    int64_t owner;
    struct text name, query; // the query string of the work list
    bool is_shared;
};
struct officer_load {
    int64_t officer;
    struct text name, unit;
    int64_t open, overdue, soon, unread, done_30_days;
};
struct officer_load_list {
    struct officer_load *rows; // rows[0] is "nobody"
    size_t count;
    struct work_row *late; // most overdue first, at most 100
    size_t late_count;
};

// ---- the file of one case ----

struct person_view {
    int64_t person;
    struct text role; // "applicant", "spouse", "child", ...
    struct text family_name, given_names, latin_name, mrz_name;
    struct text original_name, script;
    struct date birth;
    struct text birth_place, sex, nationalities, civil_status;
    bool is_stateless;
};
struct document_view {
    int64_t document;
    struct text kind, title, media, sha256, scan, by_name;
    int64_t size, request;
    struct moment at;
    bool is_removed, has_thumbnail, has_text;
};
struct task_view {
    int64_t task;
    struct text element;
    struct text name_key; // text key "flow.<process>.<element>"
    struct text name;     // as the diagram has it, for packs without that text
    struct text command;  // "complete_task", or the special one that completes it
    struct text group;    // roles that may do it, comma-separated; "applicant": the person
    struct text form;     // forms/ID.form; empty: nothing is asked
    bool may_do;          // this actor, for the purpose of this reading, and the process waits for it
    bool is_for_person;   // the person does it on the own pages; staff with a paper_receipt
    int64_t officer;
    struct text officer_name;
    struct moment opened, due, done; // ms 0 = not yet
};
struct clock_view {
    int64_t clock;
    struct text deadline, article, mark, state, light, owner; // owner: "authority" or "person"
    struct text effect;                                       // text key of what silence means
    struct moment starts, due, ended;
    int percent; // of the time that has passed, 0 to 100
    bool can_extend, can_suspend;
};
struct message_view {
    int64_t message;
    bool from_person;
    struct text by_name, body;
    struct moment at, read_at;
};
struct note_view {
    int64_t note;
    struct text by_name, body;
    struct moment at;
};
struct letter_view {
    int64_t letter;
    struct text kind, language, channel, code, sha256, title;
    struct moment issued, opened, delivered;
    bool is_valid, is_rendered, needs_printing;
    int64_t size;
};
struct appointment_view {
    int64_t appointment;
    struct text kind, place, interpreter, language, state,
        remote_reason; // state: planned, held, missed, cancelled
    struct moment starts;
    int minutes;
    bool is_remote;
};
struct request_view {
    int64_t request;
    struct text kind, explanation, state;
    struct moment asked, due;
};
struct decision_view {
    int64_t decision;
    struct text outcome, facts, evidence, assessment, legal_basis, suggestion, suggestion_view;
    struct text proposed_by, signed_by, returned_by, return_reason,
        state; // proposed, returned, signed, notified
    int64_t proposer;
    struct moment proposed, decided, notified, appeal_until;
    bool is_adverse, needs_second;
};
struct interview_view {
    int64_t interview;
    struct text record, present, corrections, refusal_reason, by_name;
    struct moment held, read_back;
    bool is_confirmed;
};
struct appeal_view {
    int64_t appeal;
    struct text grounds, outcome, reasons, court_number;
    struct moment lodged, decided;
    bool asks_to_stay;
};
struct error_view {
    int64_t report;
    struct text what, correction, answer, state;
    struct moment at, due;
};
struct right_view {
    int64_t request;
    struct text kind, words, answer, state; // kind: code of codes/right; state: open, answered
    struct moment at, answered;
};
struct file_number_view {
    struct text number, origin;
};
// One line of the timeline. Its sentence is text key "event.<event>"; detail is data (a code, a title).
struct timeline_item {
    int64_t seq;
    struct text event, by_name, detail;
    struct moment at;
    struct date received;    // of a paper that staff entered; year 0: it was none
    struct text received_by; // code of codes/received_by
    int64_t paper;           // the document, or 0
    bool is_by_person, is_by_system;
};
// A step of a process of the case, in the order of its model. Its name is text `name_key`, else `name` as
// drawn.
struct process_step {
    struct text process, element, name, name_key, lane;
    struct text kind;  // the standard's name: "userTask"
    struct text state; // "done", "now", "stuck"; "" = not reached
    struct moment at;  // done: when it was left last
};
// A step that could not be done and waits until it is tried again.
struct waiting_step {
    int64_t step;
    struct text element, name, rule;
    struct moment at;
};
// What a token, or the case at any time, waits for: "timer", "message", "signal", "condition".
struct process_wait {
    struct text element, name, name_key, kind;
    struct text awaited; // name of the message or signal
    struct moment due;   // of a timer
};
// Where a process stands now.
struct process_token {
    int64_t token;
    struct text process, element, name, name_key, lane;
    struct text state;   // "task", "event", "answer" (of a service), "call", "join", "stuck"
    struct text group;   // who may do the task: roles, comma-separated
    struct text rule;    // stuck: why, "flow_no_way_out"
    struct moment since; // ms 0: not known
    struct process_wait *waits;
    size_t wait_count;
};
// A process of the case with its model: its own first, then those that it called.
struct process_view {
    struct text process, bpmn;
};
// A message from outside that the process waits for; deliver_message brings it in.
struct awaited_view {
    int64_t wait;     // of the process
    bool may_deliver; // this actor, for the purpose of this reading
    bool at_any_time; // nothing stands still for it: it begins something beside the rest
    struct text name;
    struct text key;  // the case's number; empty: any will do, unless it needs another one
    bool needs_key;   // that whoever sends the message knows
    struct text form; // forms/ID.form of its answers; empty: it has none
    struct text element, element_name, name_key; // where it waits; text key "flow.<process>.<element>"
};
struct trace_view {
    struct text who, unit, purpose, what;
    struct moment at;
    bool was_refused, was_reasoned;
};

#define VIEW_LIST_OF(type)      \
    struct {                    \
        struct type *items;     \
        size_t count, capacity; \
    }

struct case_file {
    struct work_row head;
    struct text channel, channel_rule, phrase;
    struct text procedure; // id of the pack, "eu-asylum"
    struct text process;   // id of its main process, "asylum"
    int64_t pack_version;
    struct moment registered_at, lodged_at, decided_at, notified_at, closed_at;
    struct text made_on, made_at_place;
    struct text relation; // of the reader to the case: "self", "assigned", "unit", "none"
    struct text hidden;   // attribute classes that were left out, comma-separated
    VIEW_LIST_OF(person_view) persons;
    VIEW_LIST_OF(document_view) documents;
    VIEW_LIST_OF(task_view) tasks; // open first
    VIEW_LIST_OF(clock_view) clocks;
    VIEW_LIST_OF(message_view) messages;
    VIEW_LIST_OF(note_view) notes;
    VIEW_LIST_OF(letter_view) letters;
    VIEW_LIST_OF(appointment_view) appointments;
    VIEW_LIST_OF(request_view) requests;
    VIEW_LIST_OF(decision_view) decisions;
    VIEW_LIST_OF(interview_view) interviews;
    VIEW_LIST_OF(appeal_view) appeals;
    VIEW_LIST_OF(error_view) errors;
    VIEW_LIST_OF(right_view) rights;
    VIEW_LIST_OF(file_number_view) numbers;
    VIEW_LIST_OF(timeline_item) timeline; // newest first, at most 500
    VIEW_LIST_OF(process_view) processes;
    VIEW_LIST_OF(process_step) steps;
    VIEW_LIST_OF(waiting_step) incidents; // for staff only
    VIEW_LIST_OF(process_token) tokens;
    VIEW_LIST_OF(process_wait) at_any_time; // what may come wherever the tokens are: a withdrawal
    VIEW_LIST_OF(awaited_view) awaited;     // for staff; without those that our own commands send
    VIEW_LIST_OF(trace_view) traces;        // newest first, at most 200
    struct text sections_done;              // codes of form sections with answers, comma-separated
};

// What the rules suggest. `codes` are the outputs as text; `findings` of plausibility carry a severity.
struct suggestion_item {
    struct text code, severity, field, text_key, article;
};
struct suggestion {
    struct text value;                   // single output, "regular"
    VIEW_LIST_OF(suggestion_item) items; // of collecting tables
    struct dmn_trace trace;
};

// ---- for anybody ----

enum letter_validity { LETTER_UNKNOWN, LETTER_VALID, LETTER_REPLACED, LETTER_EXPIRED };
struct letter_check {
    enum letter_validity validity;
    struct text kind;
    struct date issued;
};
struct tracked_case {
    struct text status;
    struct moment since, due;
    struct text other_authority;
};
