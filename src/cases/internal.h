// internal.h - what the files of cases/ share; nobody else includes it.
#pragma once
#include <pthread.h>
#include <stdatomic.h>

#include "cases/cases.h"
#include "flow/flow.h"
#include "identity/identity.h"
#include "pack/exchange_steps.h"
#include "rules/feel.h"

enum { INCIDENT_RULE_MAX = 60 };           // the longest rule of ours has 30
#define DUE_NONE INT64_C(9007199254740991) // sorts after every moment, and is exact in JSON

// ---- when the clock brings something (due.c) ----

enum { DUE_SOURCES = 2 }; // clocks of the law, timers of processes
struct due_place {
    int64_t due, case_id, id;
};
struct due {
    pthread_mutex_t lock;             // guards what follows
    int64_t next;                     // nothing new is due before
    struct due_place at[DUE_SOURCES]; // how far the pass has come: what is left before it has failed
    int64_t pass_at, again_ms;        // when the next pass begins, and how long after one with failures
    bool has_failed;
    uint64_t others_seen; // of journal_others; the clock's thread only
};
void due_open(struct cases *c);
void due_close(struct cases *c);
// Something will be due then. After the commit that made it so.
void due_note(struct cases *c, int64_t due);
// tick.c: it is not the case's fault but that of the disk or the database, and the next one will fail as
// well.
bool has_store_stopped(enum status st);
// What tick.c does in its turn: begins a round (false: nothing is due), went on, came to the end, was
// stopped.
bool due_begin(struct cases *c, int64_t now, struct due_place at[DUE_SOURCES], bool *is_new_pass);
void due_went_on(struct cases *c, const struct due_place from[DUE_SOURCES],
                 const struct due_place to[DUE_SOURCES], bool has_failed);
void due_ended(struct cases *c, int64_t now, int64_t next);
void due_stopped(struct cases *c, int64_t now);

// ---- packs in force (packs.c) ----

struct pack_entry {
    int64_t version;
    struct pack *pack;
    struct access_policy *policy;
    struct arena arena; // the policy's
    struct texts texts;
};
// One version of each procedure, in the order in which their ids were first loaded.
struct pack_entries {
    const struct pack_entry *items[PROCEDURES_MAX];
    size_t count;
};
enum { PACKS_MAX = 64, EXPRESSIONS_MAX = PACKS_MAX * 128 }; // a process has some 20 of them

struct cases {
    struct journal *journal;
    struct arena names;
    struct text authority, site;
    const struct zone *zone;
    struct text zone_name;
    struct pack *read_before; // or NULL
    struct pack_signers signers;
    void (*watch)(void *context, const struct flow_model *model, const struct flow_effect *effect);
    void *watch_context;
    enum status (*tell)(void *context, struct db *tx, const struct case_told *told);
    void *tell_context;
    atomic_llong packs_read_until; // all versions up to this one were read from the database
    pthread_mutex_t loading;       // one pack is put into force at a time
    pthread_rwlock_t lock;         // guards what follows
    struct pack_entry *packs[PACKS_MAX];
    size_t pack_count;
    struct {
        struct moment from, until; // of the day
        size_t pack_count;         // then
        struct pack_entries of;    // each procedure's
    } today;
    struct {
        const char *source;
        const struct feel_expression *compiled;
    } expressions[EXPRESSIONS_MAX];
    struct arena expression_arena;
    struct migration_room *migrations; // the one that an officer started (migrate_jobs.c)
    struct due due;
    struct replay_room *replays;        // runs of officers (replay_jobs.c)
    struct throughput_room *throughput; // what was counted last (throughput_room.c)
    struct key letter_key;              // signs QR tokens, hashes letter codes
};

const struct pack_entry *packs_newest(struct cases *c); // loaded last, of any procedure
const struct pack_entry *packs_newest_of(struct cases *c, struct text procedure);
// The version of a procedure that is valid on a day, and today (also for drafts). Without a procedure that
// which was loaded first. NULL when there is none.
const struct pack_entry *packs_on(struct cases *c, struct text procedure, struct date on);
const struct pack_entry *packs_now(struct cases *c, struct text procedure);
struct pack_entries packs_today(struct cases *c); // of every procedure
const struct pack_entry *packs_find(struct cases *c, int64_t version);
enum status packs_load_all(struct cases *c, struct problem *p);
void packs_free(struct cases *c);
// cases_load_pack, and what is decided and written with it in the same transaction: `add` adds its events, or
// refuses the whole.
struct pack_addition {
    enum status (*add)(struct write *w, void *context, int64_t pack_version, struct events *out,
                       struct problem *p);
    void *context;
};
enum status packs_put(struct cases *c, int64_t actor, const struct pack_files *files,
                      const struct pack_addition *addition, struct arena *a, struct problem *p);
// The purpose as the pack knows it, else "unknown": what somebody typed never reaches the log.
struct text purpose_word(const struct pack_entry *e, struct text purpose);
// What is about no single case (the law, counts, waiting steps): may the actor, by this version's policy? A
// refusal is recorded. `e` NULL: there is no law yet. `p` may be NULL.
enum status entry_allows(struct cases *c, const struct pack_entry *e, const struct actor *actor,
                         const struct access_question *q, struct problem *p);
// What pages and commands call the examination, each procedure calls by its own word (pack.json "purpose").
#define PURPOSE_EXAMINATION T("asylum_examination")
struct text purpose_in(const struct pack_entry *e, struct text purpose);
// An expression of a model, compiled once; `source` must live as long as `c` (texts of a pack do).
enum status expression_find(struct cases *c, struct text source, const struct feel_expression **out,
                            struct problem *p);

// ---- the state of one case, as commands need it (state.c) ----

struct decide;

enum {
    LOAD_PROCESS = 1,
    LOAD_CLOCKS = 2,
    LOAD_ANSWERS = 4,
    LOAD_DECISION = 8,
    LOAD_PERSONS = 16,
    LOAD_REQUESTS = 32,
    LOAD_DOCUMENTS = 64,
    LOAD_RIGHTS = 128,
    LOAD_GIVEN = 256, // answers of tasks and messages
    LOAD_VARIABLES = 512,
};

struct clock_state_row {
    int64_t clock_id, about;
    struct text rule, owner;
    struct clock clock;
    int warned;
    bool is_open;
};
struct request_row {
    int64_t id;
    struct text kind, state;
    struct moment asked, due;
};
struct document_row {
    int64_t id, request;
    struct text kind, scan;
    bool is_removed;
    int64_t by;
};
struct right_row {
    int64_t id;
    struct text kind;
};
struct decision_row {
    int64_t id, proposed_by;
    struct text outcome, state;
    bool is_adverse;
    struct moment appeal_until;
};

// What was answered to the form of a task or message.
struct given_row {
    struct text name; // element of the task, name of the message
    struct text form;
    struct answers answers;
};
struct given_list {
    struct given_row *items;
    size_t count, capacity;
};
// A value that the process keeps: of the case (token 0), or of one token and what runs inside it.
struct variable_row {
    int64_t token;
    struct text name;
    struct feel_value value;
    bool is_changed, is_gone;
};
// A process that a call activity waits for. The case's own process is call 0.
struct called_process {
    int64_t call;   // token of the call activity
    int64_t caller; // the call where that token is
    const struct flow_model *model;
    struct flow_state state;
    bool is_changed, is_over;
};

struct case_state {
    int64_t case_id, version, pack_version, person, account, officer;
    unsigned loaded;       // LOAD_*
    struct text procedure; // id of the pack
    struct text case_no, unit, status, task, track, language, channel, channel_rule, phrase, sections;
    struct text family_name, given_names, birth, nationality;
    bool is_draft, is_closed, is_erased, is_vulnerable, is_minor;
    struct moment made_at, registered_at, lodged_at, decided_at, notified_at;
    struct text made_on;
    // as loaded
    const struct flow_model *model;
    struct flow_state process;
    bool has_process;
    struct {
        struct called_process *items;
        size_t count, capacity;
    } calls;
    struct given_list tasks, messages; // what was answered; the last of each name
    struct {
        struct variable_row *items;
        size_t count, capacity;
    } variables;
    struct {
        struct clock_state_row *items;
        size_t count, capacity;
    } clocks;
    struct {
        struct request_row *items;
        size_t count, capacity;
    } requests;
    struct {
        struct document_row *items;
        size_t count, capacity;
    } documents;
    struct {
        struct right_row *items;
        size_t count, capacity;
    } rights; // asked for and not answered
    struct {
        struct person_view *items;
        size_t count, capacity;
    } persons;
    struct answers answers;         // all sections together
    struct feel_value answers_feel; // the same for rules, made when first needed
    bool has_answers_feel;
    struct decision_row decision; // the newest; id 0 = none
    int64_t appeal;               // open appeal, 0 = none
    int64_t appealed;             // decision of the newest appeal
    int64_t interview;            // newest
    bool interview_confirmed;
    int64_t appointment; // planned one, 0 = none
    struct moment appointment_at;
    struct text appeal_outcome;
};
enum status state_load(struct db *db, int64_t case_id, struct arena *a, struct case_state *out);
// The parts named by LOAD_*, into a state that was loaded.
enum status state_load_parts(struct db *db, const struct pack *pack, unsigned parts, struct arena *a,
                             struct case_state *s, struct problem *p);
// The row of that name, made when there is none.
struct given_row *given_of(struct arena *a, struct given_list *list, struct text name);
// The parts that were not loaded before.
enum status state_need(struct decide *d, unsigned parts);
struct case_owner state_owner(const struct case_state *s);
enum status answers_load(struct db *db, int64_t case_id, struct arena *a, struct answers *out);

// ---- deciding ----

// What a decide function sees. It reads nothing else, and adds events to `out`.
struct decide {
    struct cases *cases;
    const struct pack *pack;
    const struct pack_entry *entry;
    const struct actor *actor;
    const struct command *command;
    struct case_state *s;
    struct moment now;
    struct moment received; // from when the act counts: now, or the day on which its paper was received
    struct arena *arena;
    struct write *write; // only for write_id, write_counter and new subjects
    struct events *out;
    struct problem *problem;
    struct command_result *result;
    class_set visible; // what the actor may read of the case
    // facts of this command that the process's expressions see, set by decide functions before the process
    // moves
    struct {
        bool is_complete, is_returned, is_withdrawn, was_held;
        struct text appeal_outcome;
    } fact;
    struct {
        struct case_told *items;
        size_t count, capacity;
    } told;                  // to other authorities, when it is done
    bool has_moved;          // a process did, and asked all conditions that it waits for
    struct feel_value facts; // of the last expression
    int64_t due;             // the earliest moment at which a clock or timer of this command wakes
};
typedef enum status decide_fn(struct decide *d);

struct command_rule {
    const char *name; // also the action in access.json and the process's "command" property
    decide_fn *decide;
    const char *purpose; // when the command brings none
    const char *attribute_class;
    unsigned load;
    bool compares;  // refuses when the case changed since `seen`
    bool by_system; // the system itself does it, without access rows
    bool by_person; // only a named human does it, never a client of the API
    bool begins;    // there is no case before it
};
extern const struct command_rule COMMAND_RULES[COMMAND_COUNT];

decide_fn decide_start_application, decide_save_answers, decide_submit_application,
    decide_withdraw_application;
decide_fn decide_add_document, decide_remove_document, decide_document_scanned, decide_document_derived;
decide_fn decide_answer_request, decide_request_document;
decide_fn decide_open_letter, decide_letter_rendered, decide_record_notification;
decide_fn decide_lodge_appeal, decide_record_appeal_outcome;
decide_fn decide_choose_channel, decide_set_channel;
decide_fn decide_report_error, decide_answer_error, decide_send_message, decide_read_message;
decide_fn decide_assign_case, decide_add_note, decide_add_file_number, decide_erase_person;
decide_fn decide_register_application, decide_check_completeness;
decide_fn decide_book_interview, decide_cancel_interview, decide_hold_interview, decide_read_back_interview;
decide_fn decide_propose_decision, decide_sign_decision, decide_return_decision;
decide_fn decide_extend_deadline, decide_suspend_deadline, decide_resume_deadline;
decide_fn decide_timer_due, decide_clock_passed, decide_receive_letter;
decide_fn decide_retry_step, decide_migrate_case;
decide_fn decide_carry_over_case;
decide_fn decide_open_case, decide_complete_task, decide_deliver_message, decide_hear_event;
decide_fn decide_ask_right, decide_answer_right, decide_record_step, decide_choose_track;

// A message with checked answers goes to the process that waits for it. STATUS_INVALID: none does, or it does
// not fit its form.
enum status message_take(struct decide *d, struct text name, struct text key, struct answers *given);

// What decide_application.c has for other ways into a case.
enum status application_begin(struct decide *d, struct text language,
                              struct text phrase);             // with a new subject
void application_number(struct decide *d, struct text notice); // it is an application, and has a number
void file_number_emit(struct decide *d, struct text number, struct text origin, struct text key);
enum status answers_save_all(struct decide *d, const struct form *form, const struct answers *given);

// A new event in this case's stream, sealed for its applicant.
struct event_draft *case_emit(struct decide *d, const struct event_type *type);
int64_t case_new_id(struct decide *d);
void case_due(struct decide *d, int64_t at); // the clock is to bring something then
// May the actor do this as well? For commands whose right depends on what they are about; refusals are
// recorded.
enum status command_may(struct decide *d, const char *action, const char *attribute_class);
// What binds a person is decided by somebody with a name: STATUS_REFUSED for a system.
enum status want_named_person(struct decide *d);
bool is_person(const struct decide *d);         // the applicant or who acts for them
struct date case_today(const struct decide *d); // in the authority's zone
// Checks a text from a person: present when `min` > 0, valid UTF-8, not too long. Trimmed in *t.
enum status want_text(struct decide *d, const char *field, struct text *t, size_t min, size_t max);
// Checks a code of one of the pack's lists. What goes into the open part of an event is a code, never
// somebody's words.
enum status want_code(struct decide *d, const char *field, const char *list, struct text code);
enum status want_language(struct decide *d, struct text language); // the form of a BCP 47 tag

// pack_choice.c: goes over to the version of the law for that day, when the newer of both says that it is
// this day that counts. The case stays where it is when it cannot go on there.
void pack_fix(struct decide *d); // a draft is made: from now on it keeps the version that it has
enum status pack_follow(struct decide *d, enum pack_choice by, struct date on);

// paper.c: acts of the person that staff enter.
// Where an act of the person begins: sets d->received. `earliest` is what it answers, `due` the end of its
// period (ms 0: it has none).
enum status paper_receive(struct decide *d, struct moment earliest, struct moment due);
// Noon of a day that somebody names for something past: not in the future, not before `earliest`.
enum status want_past_day(struct decide *d, const char *field, struct date on, struct moment earliest,
                          struct moment *at);
// Says in the event how it came, when staff entered it.
void paper_note(struct decide *d, struct event_draft *e);
struct moment event_received(const struct event *e); // when it counts from

// process.c: the BPMN process of the case. Each adds the events of what follows.
enum status process_start(struct decide *d);
// The open task that this command completes, STATUS_INVALID (rule "not_now") when the process is not there.
enum status process_command(struct decide *d, const char *command);
bool process_waits_for(struct decide *d, const char *command);
enum status process_message(struct decide *d, const char *name); // nothing happens when nobody waits for it
bool process_waits_message(const struct decide *d, const char *name);  // with any key
bool process_awaits_message(const struct decide *d, struct text name); // without one
// Takes the message also after the end, where the process has a start event for it.
enum status process_message_late(struct decide *d, const char *name);
// From outside: STATUS_NOT_FOUND when nothing waits for that name and key, and nothing starts with it.
enum status process_deliver(struct decide *d, struct text name, struct text key);
// Property `roles` of the element that would take it: who may bring it in. Empty: whoever may deliver
// messages.
struct text process_message_roles(const struct decide *d, struct text name, struct text key);
bool has_one_of_roles(const struct actor *actor, struct text roles); // names, comma-separated
// Has any process of the pack an event or receive task for a message of that name? So no other name is
// written into the log.
bool process_knows_message(const struct decide *d, struct text name);
enum status process_timer(struct decide *d, int64_t timer);
enum status process_clock_moved(struct decide *d);
// After each command: documents, answers or the track may be others now, so conditions that are awaited are
// asked again, unless the process moved and has asked them.
enum status process_facts_changed(struct decide *d);
// An open user task, wherever it is.
struct open_task {
    int64_t call; // of which process, 0 = the case's own
    struct flow_at at;
    struct text process; // id
};
bool process_task(const struct decide *d, int64_t task, struct open_task *out);
// It is done; or ended with a BPMN error or an escalation (codes, empty = none).
enum status process_task_done(struct decide *d, int64_t task, struct text error, struct text escalation);
// The command that completes a task: property "command", else "complete_task".
struct text task_command(const struct flow_element *e);
// Roles that may do it, comma-separated, as they are now: an expression is evaluated.
enum status task_groups(struct decide *d, const struct open_task *task, struct text *out);
bool groups_have(struct text groups, struct text role);

// What one command makes the processes of a case do, until all wait: effects of every process that moved.
struct process_effect {
    struct flow_effect of;
    int64_t call; // in which process
};
struct moving {
    struct decide *d;
    struct {
        struct process_effect *items;
        size_t count, capacity;
    } effects;
    size_t triggers;
    int64_t done;         // the task that the command completes
    bool has_clock_moved; // a step suspended or resumed one
};
struct process_trigger {
    enum {
        PROCESS_START,
        PROCESS_START_BY_MESSAGE,
        PROCESS_TASK_DONE,
        PROCESS_ERROR,
        PROCESS_ESCALATION,
        PROCESS_TIMER,
        PROCESS_TIMER_MOVE,
        PROCESS_MESSAGE,
        PROCESS_SIGNAL,
        PROCESS_FACTS,
        PROCESS_CANCEL,
        PROCESS_RETRY,
        PROCESS_MIGRATE, // its model in the case is the new one already
    } kind;
    int64_t id;            // of the task, timer or stuck step
    struct text name, key; // of the message or signal; code of the error or escalation
    struct moment due;
    const struct flow_model *old; // of a migration
    const struct flow_move *moves;
    size_t move_count;
    struct flow_report *report;
};
// process_calls.c: gives a trigger to one process (call 0: the case's own), and to others what follows.
enum status process_trigger(struct moving *m, int64_t call, const struct process_trigger *t);
// NULL: there is no such call (0 is not one).
struct called_process *process_called(const struct case_state *s, int64_t call);
const struct flow_model *process_model(const struct case_state *s, int64_t call);
struct flow_state *process_state(struct case_state *s, int64_t call);

// process_host.c: what flow/ asks of us, for the process of one call.
struct process_host {
    struct moving *m;
    int64_t call;
    struct flow_host host;
};
void process_host(struct process_host *out, struct moving *m, int64_t call);
enum status process_timer_due(struct process_host *h, const struct flow_at *at, enum flow_timer_kind kind,
                              struct text expression, struct flow_due *out, struct problem *p);

// A text of the model, or what its expression gives when it begins with "=".
enum status process_text(struct process_host *h, const struct flow_at *at, struct text source,
                         struct text *out, struct problem *p);
// A correlation key as the state of a process holds it.
struct text process_key(const struct decide *d, struct text key);

// process_effects.c: the events of what happened.
enum status process_timers_follow(struct moving *m); // to where the clocks are now
enum status process_follow(struct moving *m);
// process_stays.c: where tokens came to stand, and what they passed and left.
void process_stays(struct moving *m, struct event_draft *e);
// When the case reached "made", "registered", "lodged", "decided", "notified"; else now.
struct moment clock_trigger(const struct decide *d, struct text from);

// telling.c: what other authorities are told, when a process moved, a letter lies there, a step was recorded;
// and all of it, after the command's events.
enum status told_of_process(struct moving *m);
enum status told_of_letter(struct decide *d, struct text letter, const struct hash *digest);
enum status told_of_step(struct decide *d, struct text step);
enum status told_hand_over(struct decide *d);

// variables.c
// The things that the instances of a repeated activity are for, kept at its token as they were when it began.
#define VARIABLE_ITEMS T("#items")
// Those that an expression at this place sees, put over `facts`; names of facts stay. `at` may be NULL.
void variables_put(struct case_state *s, int64_t call, const struct flow_at *at, struct arena *a,
                   struct feel_value *facts);
void variable_set(struct decide *d, int64_t token, struct text name, struct feel_value value);
struct feel_value variable_get(const struct case_state *s, int64_t token, struct text name);
// The event with those that changed, without those whose token is gone.
enum status variables_emit(struct decide *d);

// facts.c: what expressions and decisions see.
// For an expression of the process, with the answers only when it names them; NULL when they cannot be read.
const struct feel_value *facts_of(struct decide *d, struct text expression);
// The same at one place of a process, with the variables that are seen there.
const struct feel_value *facts_at(struct decide *d, struct text expression, int64_t call,
                                  const struct flow_at *at);
// For a decision table: everything. Reads the answers when the command did not need them before.
enum status facts_for_rules(struct decide *d, struct feel_value *out);
struct feel_now feel_now_of(struct cases *c, struct moment at);
enum status facts_build(struct cases *c, const struct pack *pack, struct case_state *s, struct moment now,
                        struct arena *a, struct feel_value *out);
// What there is, by name. No members: the pack says which there are.
enum {
    FACT_CASE = 1,
    FACT_APPLICANT = 2,
    FACT_DECISION = 4,
    FACT_DEADLINE = 8,
    FACT_ANSWERS = 16,
    FACT_DOCUMENTS = 32,
    FACT_FLAGS = 64,
    FACT_TASK = 128,
    FACT_MESSAGE = 256,
    FACTS_ALL = 511,
    FACT_MEMBERS_MAX = 12,
};
struct fact_name {
    const char *name;
    unsigned fact;
    const char *members[FACT_MEMBERS_MAX];
};
extern const struct fact_name FACT_NAMES[];
extern const size_t FACT_NAME_COUNT;
// Only those of `wanted`; of the state it needs what they are made of.
struct feel_value facts_some(const struct zone *zone, const struct pack *pack, struct case_state *s,
                             struct moment now, unsigned wanted, struct arena *a);

// clocks.c
enum status clock_start(struct decide *d, struct text rule, struct moment trigger, int64_t about,
                        struct moment *due);
enum status clock_start_by_trigger(struct decide *d, struct text trigger, int64_t about, struct moment *due);
void clock_stop(struct decide *d, struct clock_state_row *row);
void clock_stop_about(struct decide *d, int64_t about);
// Clocks of that rule, or with "decision_*" of all that begin so, stand still or go on; those that the law
// lets.
enum status clocks_pause(struct decide *d, struct text name, bool is_paused);
void clock_stop_trigger(struct decide *d, struct text trigger);
// ---- clocks that start by themselves: rules with "met_by"
// The case has reached `trigger` at this moment: starts those whose "when" holds.
enum status clocks_begin(struct decide *d, const char *trigger, struct moment at);
// The act was done: stops what it fulfils. Says how many clocks waited for it.
size_t clocks_meet(struct decide *d, struct text act);
// Facts changed: what no longer holds stops, what holds now starts at the trigger that is past.
enum status clocks_review(struct decide *d);
// The case is over, and with it what it owed by itself.
void clocks_end(struct decide *d);
// As if the paper had been entered on the day it came: what it meets may have lapsed in between.
enum status clock_meet(struct decide *d, struct text rule, int64_t about);
struct clock_state_row *clock_running(struct decide *d, struct text rule);
struct bytes clock_encode(struct arena *a, const struct clock *c);
enum status clock_decode(struct bytes b, struct clock *c);
const struct deadline_rule *clock_rule(const struct pack *pack, struct text rule, const struct clock *c,
                                       const struct zone *z);

// persons.c: from the answers of the form to persons and the header of the case.
enum status persons_record(struct decide *d);
// A file number as it is searched: letters and digits only, so that "SE 2019/4711" finds "se-2019-4711".
struct text number_key(struct arena *a, struct text number);

// letters.c
enum status letter_make(struct decide *d, struct text template, struct text language, int64_t decision,
                        int64_t about, int64_t *letter);
// The same for letters of our own commands: nothing when the pack has none of that name.
enum status letter_make_if(struct decide *d, struct text template, int64_t about, int64_t *letter);
struct text letter_code_hash(struct cases *c, struct arena *a, struct text code);
struct text letter_token(struct cases *c, struct arena *a, struct text code, struct date issued,
                         struct text kind);

// incidents.c
struct case_file;
enum status incidents_of_case(struct db *db, const struct pack *pack, int64_t case_id, struct arena *a,
                              struct case_file *out);

// migrate_jobs.c
struct migrate_case;
struct migration_order;
struct migration_room *migration_room_new(void);
void migration_room_free(struct migration_room *r); // stops what runs
// Is it an order that can be given? What its commands say.
enum status migration_want(struct cases *c, const struct migration_order *order, struct arena *a,
                           struct migrate_case *out, struct problem *p);

// replay_jobs.c
struct replay_room *replay_room_new(void);
void replay_room_free(struct replay_room *r); // stops what runs

// throughput_room.c
struct throughput_room *throughput_room_new(struct cases *c);
void throughput_room_free(struct throughput_room *r);

// channel.c
enum status channel_by_rules(struct decide *d, struct text before);
enum status channel_rule_now(struct decide *d, struct text *rule);
enum status channel_print_letter(struct decide *d, int64_t letter);

// access for reading
struct case_owner {
    int64_t account, officer;
    struct text unit;
    bool is_draft;
};
// "self", "assigned", "unit" or "none". A draft with an account is nobody's but its owner's.
struct text relation_of(const struct actor *actor, const struct case_owner *o);

// ---- event types (events.c names them, apply_*.c apply them) ----

// clang-format off
#define CASE_EVENTS(X)                                                                                   \
    X(application_started) X(answers_saved) X(persons_recorded) X(application_made)                      \
    X(application_withdrawn) X(document_added) X(document_removed) X(document_scanned)                   \
    X(document_derived) X(process_moved) X(clock_started) X(clock_changed) X(rules_suggested)            \
    X(application_registered) X(completeness_checked) X(document_requested) X(request_closed)            \
    X(interview_booked) X(interview_cancelled) X(interview_held) X(interview_missed)                     \
    X(interview_read_back) X(decision_proposed) X(decision_signed) X(decision_returned)                  \
    X(letter_made) X(letter_printed) X(letter_rendered) X(letter_opened) X(letter_delivered)             \
    X(message_sent) X(message_read) X(note_added) X(case_assigned) X(file_number_added) X(channel_set)   \
    X(appeal_lodged) X(appeal_decided) X(error_reported) X(error_answered) X(person_erased)              \
    X(right_asked) X(right_answered) X(step_recorded) X(track_chosen)                                     \
    X(task_completed) X(message_delivered) X(variables_set)                                              \
    X(incident_opened) X(incident_closed) X(case_migrated)                                                 \
    X(document_checked) X(document_checks_ended) X(case_carried_over) X(view_saved) X(view_deleted) X(pack_loaded) X(pack_chosen)   \
    X(pack_draft_made) X(pack_draft_saved) X(pack_draft_added) X(pack_draft_removed)                     \
    X(pack_draft_restored) X(pack_draft_followed) X(pack_draft_dropped) X(pack_draft_asked)              \
    X(pack_draft_signed) X(pack_draft_returned) X(pack_draft_released)
// clang-format on
#define DECLARE_EVENT(name)                      \
    extern const struct event_type EVENT_##name; \
    event_apply_fn apply_##name;
CASE_EVENTS(DECLARE_EVENT)
#undef DECLARE_EVENT

// Tells the applicant that there is news, by the outbox: nothing personal is in the message (R-PH-02).
enum status case_news(struct db *db, const struct event *e, const char *kind);

// Marks the case as changed by this event: version and time; and: its nearest end may be another now. Both
// are written once, after the last event of the command.
enum status case_touch(const struct event *e);
enum status case_touched(const struct event *e); // it has written version and time with what else it wrote
enum status case_clocks_moved(const struct event *e);
