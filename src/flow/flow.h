// flow.h - a BPMN 2.0 process engine: a pure function of model, state and trigger. No clock, no input or
// output.
//
// Section numbers are those of the standard, OMG formal/2011-01-03. Extension elements are the `zeebe:` ones
// of the bpmn.io modelers. Expressions (text starting with "=") are never read here: the host evaluates them.
//
//     flow_read(arena, xml, T("asylum"), &model, &problem)          once per model version
//     flow_start(&engine, &trigger, &state, &effects, &problem)     then host stores flow_state_write(...)
//     flow_state_read(...), flow_task_done(&engine, &state, task, &effects, &problem), flow_state_write(...)
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/env.h"
#include "base/problem.h"
#include "base/text.h"

enum {
    FLOW_XML_MAX = 4 * 1024 * 1024,   // bytes of a model; the largest interchange reference model has 0.4 MB
    FLOW_ELEMENTS_MAX = 4000,         // flow nodes of a model
    FLOW_WAYS_MAX = 200,              // sequence flows at one node
    FLOW_DEPTH_MAX = 16,              // sub-processes inside each other
    FLOW_TOKENS_MAX = 500,            // alive at once in one instance, scopes and waits each likewise
    FLOW_STEPS_MAX = 5000,            // elements entered by one trigger; more is a loop that never waits
    FLOW_ID_MAX = 200,                // bytes of an element's id and of a correlation key
    FLOW_STATE_MAX = 2 * 1024 * 1024, // bytes of a stored state: room for all the limits above together
    FLOW_INSTANCES_MAX = 200,         // of one multi-instance activity
    FLOW_DEFINITIONS_MAX = 20,        // event definitions of one event
    FLOW_QUANTITY_MAX = 100,          // startQuantity and completionQuantity of one activity
};

// ---- the model
// ------------------------------------------------------------------------------------------------

struct flow_model; // immutable after flow_read; any number of threads may share it

enum flow_kind {
    FLOW_START_EVENT,
    FLOW_END_EVENT,
    FLOW_CATCH_EVENT,
    FLOW_THROW_EVENT,
    FLOW_BOUNDARY_EVENT,
    FLOW_TASK, // "abstract" task: nothing to do, passes at once
    FLOW_USER_TASK,
    FLOW_MANUAL_TASK,
    FLOW_SERVICE_TASK,
    FLOW_SEND_TASK,
    FLOW_RECEIVE_TASK,
    FLOW_SCRIPT_TASK,
    FLOW_RULE_TASK,
    FLOW_CALL_ACTIVITY,
    FLOW_SUB_PROCESS,
    FLOW_EVENT_SUB_PROCESS,
    FLOW_EXCLUSIVE,
    FLOW_PARALLEL,
    FLOW_INCLUSIVE,
    FLOW_EVENT_BASED,
    FLOW_COMPLEX,
    FLOW_TRANSACTION,
    FLOW_AD_HOC,
    FLOW_KIND_COUNT // stored states hold these numbers: new kinds go to the end
};
const char *flow_kind_name(enum flow_kind k); // the standard's element name, "userTask"

enum flow_event {
    FLOW_NONE,
    FLOW_MESSAGE,
    FLOW_TIMER,
    FLOW_SIGNAL,
    FLOW_ERROR,
    FLOW_TERMINATE,
    FLOW_LINK,
    FLOW_CONDITIONAL,
    FLOW_ESCALATION,
    FLOW_COMPENSATION,
    FLOW_CANCEL,
    FLOW_MULTIPLE, // several definitions: one of them, or with `all` every one of them, must happen
};
enum flow_timer_kind { FLOW_DATE, FLOW_DURATION, FLOW_CYCLE };

struct flow_pair {
    struct text name, value;
};
struct flow_pairs {
    const struct flow_pair *items;
    size_t count;
};

// One flow node, as drawn. Texts live as long as the model. Absent texts are empty.
struct flow_element {
    struct text id, name;
    enum flow_kind kind;
    struct text lane;       // name of the innermost lane; "" without lanes
    int parent;             // index of the enclosing sub-process, -1 at the top
    int attached_to;        // FLOW_BOUNDARY_EVENT: index of the activity; otherwise -1
    enum flow_event event;  // of events; FLOW_MESSAGE for receive and send tasks
    bool interrupting;      // boundary events, start events of event sub-processes
    bool all;               // parallelMultiple
    struct text event_name; // message, signal or link name; error, escalation code ("" catches all)
    struct text condition;  // conditional event
    struct text
        correlation_key; // zeebe:subscription, or dataPath of the correlationSubscription: an expression
    enum flow_timer_kind timer_kind;
    struct text timer; // an expression or ISO 8601
    struct text documentation;
    struct flow_pairs properties; // zeebe:properties
    struct flow_pairs headers;    // zeebe:taskHeaders
    struct text groups;           // zeebe:assignmentDefinition candidateGroups, or potentialOwner, as written
    struct text assignee;         // ... assignee, or humanPerformer or performer
    struct text form;             // zeebe:formDefinition formId (or formKey)
    struct text type;             // zeebe:taskDefinition type
    struct text decision;         // zeebe:calledDecision decisionId
    struct text called;           // zeebe:calledElement processId, or calledElement
    struct text result;           // resultVariable of decision or script
    struct text script;           // zeebe:script expression, or <script>
    struct flow_pairs inputs;     // zeebe:input or dataInputAssociation: name = target, value = source
    struct flow_pairs outputs;    // zeebe:output or dataOutputAssociation, likewise
    struct text collection, item; // multi-instance: one instance for each thing of the collection
    struct text results, result_item; // ... and where the results of the instances go: names, expressions
    bool maps;                        // the inputs and outputs are zeebe:ioMapping: the host must know them
};

// Reads and checks a model; everything is copied to `a`. `process` is the id of the process to run, empty =
// the only executable one (else the first). STATUS_INVALID: a rule of the standard is broken;
// STATUS_UNSUPPORTED: a correct element that this engine cannot run yet; STATUS_TOO_LARGE. `p` then has field
// = element id, rule, line, and args {element}, {section}, {detail}; its texts live in `a`.
enum status flow_read(struct arena *a, struct text xml, struct text process, const struct flow_model **model,
                      struct problem *p);

struct text flow_process_id(const struct flow_model *m);
struct text flow_process_name(const struct flow_model *m);
// Data objects, data stores and properties of the process and its sub-processes: name = id, value = name.
struct flow_pairs flow_data(const struct flow_model *m);
// Flow nodes in document order, index 0 to count - 1: the list shown without script, and what effects refer
// to.
size_t flow_count(const struct flow_model *m);
const struct flow_element *flow_element(const struct flow_model *m, int index);
int flow_find(const struct flow_model *m, struct text id); // -1 when there is none
// Has any event or receive task of it a message of that name?
bool flow_knows_message(const struct flow_model *m, struct text name);
// Value of a zeebe:property; `otherwise` when it is absent.
struct text flow_property(const struct flow_element *e, struct text name, struct text otherwise);

// Sequence flows in document order.
struct flow_way {
    struct text id;
    int source, target;    // elements
    struct text condition; // as written; empty: none
};
size_t flow_ways(const struct flow_model *m);
struct flow_way flow_way(const struct flow_model *m, size_t index);

// ---- the state of one instance
// --------------------------------------------------------------------------------

// Where a token is. Ids are unique in the instance, never reused, and survive flow_state_write / _read.
enum flow_phase {
    FLOW_READY,   // about to enter; never in a stored state
    FLOW_WAITING, // for a task, service, call or event
    FLOW_INSIDE,  // a sub-process, repeated activity or compensation runs in the scope whose owner it is
    FLOW_ARRIVED, // at a joining gateway, or an activity that needs more tokens (startQuantity)
    FLOW_STUCK,   // an incident: see struct flow_incident
};
struct flow_token {
    int64_t id;
    int64_t scope;
    int element; // index in the model
    int flow;    // FLOW_ARRIVED, or stuck at a complex gateway: sequence flow by which it came, otherwise -1
    enum flow_phase phase;
    int instance; // 1, 2, ... in a repeated activity, otherwise 0
    bool armed;   // its boundary events were set
    bool leaving; // the work is done; when FLOW_STUCK, only the way out could not be found. When FLOW_ARRIVED
                  // at a complex gateway: it has counted, the gateway waits for its reset
    int step;     // event with several definitions: the one being thrown. Complex gateway: 1 at its reset
};
// The process (id 0, element -1), a running sub-process, the body of a repeated activity, or the handlers
// that a compensation or cancel event (`element`) set going.
struct flow_scope {
    int64_t id;
    int64_t parent;                // scope
    int64_t owner;                 // token at the sub-process; 0 for the process and for event sub-processes
    int element;                   // -1 for the process
    bool repeated;                 // holds the instances of a multi-instance or loop activity
    bool undoing;                  // holds compensation handlers
    int total, started, completed; // instances; ad hoc: activities to begin, begun, 1 = complete;
                                   // undoing: total 1 = a transaction is cancelled
};
// A timer that runs or a message, signal or condition that is awaited.
struct flow_wait {
    int64_t id;
    int64_t token; // that stands at the event or at the guarded activity; 0 = an event sub-process of `scope`
    int64_t scope;
    int element;           // the event (or receive task) that will happen
    int definition;        // which of the event's definitions, 0 = the first
    enum flow_event kind;  // FLOW_TIMER, FLOW_MESSAGE, FLOW_SIGNAL, FLOW_CONDITIONAL
    struct moment due;     // FLOW_TIMER
    int fired, repeats;    // FLOW_TIMER: times so far; times still to come after the next, -1 without end
                           // FLOW_CONDITIONAL: 1 = held when last asked; 1 = has come, not yet acted on
    struct text name, key; // FLOW_MESSAGE, FLOW_SIGNAL
};
struct flow_incident {
    int64_t token;
    struct text rule;   // "no_flow_taken", "condition_failed", ...
    struct text detail; // for the administrator; no personal data unless the host put it there
};

// A completed activity that can be compensated (BPMN 10.6).
struct flow_done {
    int64_t id;
    int64_t in; // scope in which it completed; of what a completed sub-process did: that one's id
    int element;
    int instance;
};

// Plain data. Zero = not started. All inside belongs to the arena of the call that made it.
struct flow_state {
    int64_t next_id; // 0 = not started
    bool ended;
    struct {
        struct flow_token *items;
        size_t count, capacity;
    } tokens;
    struct {
        struct flow_scope *items;
        size_t count, capacity;
    } scopes;
    struct {
        struct flow_wait *items;
        size_t count, capacity;
    } waits;
    struct {
        struct flow_incident *items;
        size_t count, capacity;
    } incidents;
    struct {
        struct flow_done *items;
        size_t count, capacity;
    } done;
};

// Deterministic CBOR: equal states give equal bytes. A simple waiting instance takes about 100 bytes.
struct bytes flow_state_write(const struct flow_model *m, const struct flow_state *s, struct arena *a);
// STATUS_CORRUPT for other bytes; STATUS_INVALID (rule "flow_element_unknown") when the state stands at an
// element that this model does not have, or that has another kind there.
enum status flow_state_read(const struct flow_model *m, struct bytes b, struct arena *a,
                            struct flow_state *out, struct problem *p);

// ---- what the host does
// ---------------------------------------------------------------------------------------

// Where a callback is asked from.
struct flow_at {
    const struct flow_element *element; // task, event or gateway
    int64_t token;                      // task id
    int instance;                       // of a repeated activity, from 1; 0 otherwise (loopCounter)
    int total, started, completed;      // instances (10.2.8): numberOfInstances and so on
    int arrived;                        // complex gateway: activationCount
    bool waiting_for_start;             // complex gateway (10.5.5)
    const struct flow_state *state;     // as it is at this moment: in which scopes the token is
};
enum flow_outcome {
    FLOW_DONE,   // performed; the flow goes on
    FLOW_LATER,  // the token waits for flow_task_done / flow_error / flow_failed
    FLOW_THROWN, // a BPMN error with `error_code`: caught by a boundary event or event sub-process
    FLOW_FAILED, // did not work: an incident with `detail`
};
struct flow_answer {
    enum flow_outcome outcome;
    struct text error_code, detail;
};
struct flow_due {
    struct moment at;
    int repeats; // FLOW_CYCLE: how often again after this one, -1 without end; otherwise 0
};

// Callbacks may be NULL when the model does not need them (an incident says which one is missing). A callback
// that answers STATUS_STORE, _IO, _FULL or _BUSY aborts the whole trigger: state and effects stay as they
// were. Any other failure becomes an incident at the token, with the problem's rule.
struct flow_host {
    void *ctx;
    // A condition of a sequence flow or loop, as written: with its leading "=".
    enum status (*condition)(void *ctx, const struct flow_at *at, struct text expression, bool *out,
                             struct problem *p);
    // When the timer is due. `fired` = how often this timer has already fired (cycles).
    enum status (*timer)(void *ctx, const struct flow_at *at, enum flow_timer_kind kind,
                         struct text expression, int fired, struct flow_due *out, struct problem *p);
    // A correlation key. Text in the arena of the engine.
    enum status (*key)(void *ctx, const struct flow_at *at, struct text expression, struct text *out,
                       struct problem *p);
    // How many instances (loopCardinality, or the size of zeebe inputCollection).
    enum status (*count)(void *ctx, const struct flow_at *at, struct text expression, int64_t *out,
                         struct problem *p);
    // Service tasks, send tasks, message throw and end events with a zeebe:taskDefinition: at->element->type,
    // headers.
    enum status (*service)(void *ctx, const struct flow_at *at, struct flow_answer *out, struct problem *p);
    // Business rule tasks: at->element->decision; the host stores the answer under at->element->result.
    enum status (*decision)(void *ctx, const struct flow_at *at, struct flow_answer *out, struct problem *p);
    // Script tasks: at->element->script, result.
    enum status (*script)(void *ctx, const struct flow_at *at, struct flow_answer *out, struct problem *p);
    // at->element->inputs before the work, ->outputs (`out`) after it; after each instance of a repeated
    // activity also ->result_item into ->results. Without this callback data associations and results of
    // instances are passed over; zeebe:ioMapping is an incident.
    enum status (*map)(void *ctx, const struct flow_at *at, bool out, struct problem *p);
};

// What happened, in order. The host keeps what it needs: tasks to a work list, timers to a table, history to
// the log.
enum flow_effect_kind {
    FLOW_ENTERED,
    FLOW_LEFT,
    FLOW_INTERRUPTED, // history of an element; id = token (of a scope: its owner)
    FLOW_TAKEN,       // a sequence flow; name = its id, element = where it leads
    FLOW_TASK_OPENED,
    FLOW_TASK_CLOSED,
    FLOW_TASK_CANCELLED, // user and manual tasks; id = task = token
    FLOW_SERVICE_CALLED,
    FLOW_DECISION_CALLED,
    FLOW_SCRIPT_CALLED,  // after the callback; outcome says how it went
    FLOW_PROCESS_CALLED, // call activity: the host starts element->called and, when that
                         // has ended, calls flow_task_done with id
    FLOW_CALL_CANCELLED, // a waiting service, decision, script or process: stop it
    FLOW_TIMER_SET,
    FLOW_TIMER_CANCELLED,
    FLOW_TIMER_FIRED, // id = timer; due
    FLOW_MESSAGE_AWAITED,
    FLOW_MESSAGE_UNAWAITED,
    FLOW_MESSAGE_TAKEN, // id = wait; name, key
    FLOW_SIGNAL_AWAITED,
    FLOW_SIGNAL_UNAWAITED,
    FLOW_SIGNAL_TAKEN,
    FLOW_CONDITION_AWAITED,
    FLOW_CONDITION_UNAWAITED,
    FLOW_CONDITION_HELD, // id = wait
    FLOW_MESSAGE_SENT,
    FLOW_SIGNAL_SENT,  // name; signals were already offered to this instance itself
    FLOW_ERROR_THROWN, // name = error code; not caught when an incident follows
    FLOW_ESCALATED,    // name = escalation code; `caught` says whether the instance itself took it
    FLOW_COMPENSATED,  // the completed activity whose handler begins; id = flow_done
    FLOW_INCIDENT,
    FLOW_INCIDENT_CLOSED, // name = rule, detail
    FLOW_ENDED,           // the instance; nothing follows
    FLOW_EFFECT_COUNT
};
const char *flow_effect_name(enum flow_effect_kind k); // "task_opened"

struct flow_effect {
    enum flow_effect_kind kind;
    int64_t id;
    int index;                          // of element, -1 for FLOW_ENDED
    const struct flow_element *element; // NULL for FLOW_ENDED
    int instance;
    struct moment due;
    struct text name, key, detail;
    enum flow_outcome outcome;
    bool caught;
};
struct flow_effects {
    struct flow_effect *items;
    size_t count, capacity;
};

struct flow_engine {
    const struct flow_model *model;
    const struct flow_host *host;
    struct arena *arena; // of the new state and effects
};

// ---- triggers
// ------------------------------------------------------------------------------------------------- Each one
// moves the instance on until every token waits. `state` is replaced by the new state and effects are
// appended; both stay untouched when the call fails. STATUS_NOT_FOUND: no such task, timer, ... is waiting
// now (already done, or cancelled); `p` says so. STATUS_TOO_LARGE: FLOW_STEPS_MAX or FLOW_TOKENS_MAX was
// reached.

// FLOW_NONE starts at the none start event, FLOW_MESSAGE and FLOW_SIGNAL at the one with that name,
// FLOW_TIMER and FLOW_CONDITIONAL at the start event of that kind (name = element id, or empty for the only
// one). Receive tasks and event-based gateways that instantiate start likewise. An instance that has ended
// goes on at a start event with a trigger, and its ids go on as well. Ids begin at state->next_id when that
// is set: several instances that belong together can share one row of ids.
struct flow_trigger {
    enum flow_event kind;
    struct text name;
};
enum status flow_start(const struct flow_engine *e, const struct flow_trigger *by, struct flow_state *state,
                       struct flow_effects *effects, struct problem *p);
// A user or manual task was done, or what a service, decision, script or called process answered FLOW_LATER
// is there.
enum status flow_task_done(const struct flow_engine *e, struct flow_state *state, int64_t task,
                           struct flow_effects *effects, struct problem *p);
// The timer is due. The caller checks the clock.
enum status flow_timer_due(const struct flow_engine *e, struct flow_state *state, int64_t timer,
                           struct flow_effects *effects, struct problem *p);
// Gives a running timer another moment (a deadline was extended): FLOW_TIMER_SET again, same id.
enum status flow_timer_move(const struct flow_engine *e, struct flow_state *state, int64_t timer,
                            struct moment due, struct flow_effects *effects, struct problem *p);
// A message came. The oldest wait with that name takes it whose key is empty or equal to `key`.
enum status flow_message(const struct flow_engine *e, struct flow_state *state, struct text name,
                         struct text key, struct flow_effects *effects, struct problem *p);
// A signal was broadcast: every wait with that name takes it. STATUS_NOT_FOUND when none does.
enum status flow_signal(const struct flow_engine *e, struct flow_state *state, struct text name,
                        struct flow_effects *effects, struct problem *p);
// The work of a waiting task ended with a BPMN error.
enum status flow_error(const struct flow_engine *e, struct flow_state *state, int64_t task, struct text code,
                       struct flow_effects *effects, struct problem *p);
// The work of a waiting task escalates (10.4.5) and goes on, unless what catches it interrupts the task.
enum status flow_escalation(const struct flow_engine *e, struct flow_state *state, int64_t task,
                            struct text code, struct flow_effects *effects, struct problem *p);
// Facts changed outside: the conditions that are awaited are asked again. (They also are after every
// trigger.)
enum status flow_facts_changed(const struct flow_engine *e, struct flow_state *state,
                               struct flow_effects *effects, struct problem *p);
// Begins an activity of a running ad-hoc sub-process (`token` stands at it) once more. STATUS_CONFLICT while
// another one runs and the ordering is sequential.
enum status flow_begin(const struct flow_engine *e, struct flow_state *state, int64_t token, int element,
                       struct flow_effects *effects, struct problem *p);
// The work of a waiting task failed for technical reasons: an incident.
enum status flow_failed(const struct flow_engine *e, struct flow_state *state, int64_t task,
                        struct text detail, struct flow_effects *effects, struct problem *p);
// Tries the stuck token again from the beginning of its element.
enum status flow_retry(const struct flow_engine *e, struct flow_state *state, int64_t token,
                       struct flow_effects *effects, struct problem *p);
// Ends the instance from outside: everything that waits is cancelled.
enum status flow_cancel(const struct flow_engine *e, struct flow_state *state, struct flow_effects *effects,
                        struct problem *p);

// ---- another version of the model ----

// Where the elements (and sequence flows to joins) of the old model are in the new one, by id; those not
// named keep their id. `to` empty gives up the timers, messages, ... awaited by that event, or the record of
// that completed activity; a token always needs a place.
struct flow_move {
    struct text from, to;
};
// One line of the report: what goes where. In the order tokens, scopes, waits, completed activities, new
// events.
struct flow_moved {
    const char *what;     // "token", "scope", "wait", "done", "new"
    int64_t id;           // of the token, ...; 0 for a new event
    struct text from, to; // element ids
    const char
        *rule; // why it cannot go there: "flow_element_unknown", "flow_migrate_kind", ...; NULL = it can
};
struct flow_report {
    struct flow_moved *items;
    size_t count, capacity;
};

// Moves an instance from the model `old` to the engine's. `state` stays as it is, so a try costs nothing:
// look at the report (and drop `out`), then do the same again. Boundary events and event sub-processes that
// the old model did not have are armed; timers keep their moment. STATUS_INVALID, rule "flow_migrate":
// something cannot be mapped; the report says what and why.
enum status flow_migrate(const struct flow_engine *e, const struct flow_model *old,
                         const struct flow_state *state, const struct flow_move *moves, size_t count,
                         struct flow_state *out, struct flow_effects *effects, struct flow_report *report,
                         struct problem *p);

// ---- the file, losslessly ----

// One change of an attribute (without namespace) of the element with this id; `value` NULL text removes it.
struct flow_edit {
    struct text id, attribute, value;
};
// The file with these changes and everything else kept: diagram interchange, foreign elements and attributes,
// comments, order and namespaces. STATUS_NOT_FOUND, rule "flow_edit_unknown": no element has such an id.
enum status flow_write(struct arena *a, struct text xml, const struct flow_edit *edits, size_t count,
                       struct text *out, struct problem *p);
// A canonical form of everything in the file but prefixes and the way it is quoted: two files hold the same
// when it is equal.
enum status flow_canonical(struct arena *a, struct text xml, struct text *out, struct problem *p);

// The open user and manual tasks, first opened first; writes at most `max` and returns how many there are.
size_t flow_open_tasks(const struct flow_model *m, const struct flow_state *s, struct flow_at *out,
                       size_t max);
// True when a token or a running scope is at the element: for the highlight in the diagram.
bool flow_is_at(const struct flow_state *s, int element);
