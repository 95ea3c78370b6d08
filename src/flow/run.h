// run.h - one trigger being worked on. Only for files of this room.
#pragma once
#include "flow/model.h"

// `status` is set once and then nothing moves any more: the caller throws the new state away.
struct run {
    const struct flow_model *model;
    const struct flow_host *host;
    struct arena *arena;
    struct flow_state state;     // the new state
    struct flow_effects effects; // of this trigger
    struct problem *problem;
    enum status status;
    int steps;
};

// trigger.c
struct run run_begin(const struct flow_engine *e, const struct flow_state *state, struct problem *p);
enum status run_commit(struct run *r, struct flow_state *state, struct flow_effects *effects);
enum status not_found(struct problem *p, const char *rule, const char *text_key);

// run.c
int64_t spawn(struct run *r, int64_t scope, int element, int flow,
              int instance); // a ready token; 0 when aborted
struct flow_token *token_by_id(struct run *r,
                               int64_t id); // NULL when gone; valid until the next spawn or removal
struct flow_scope *scope_by_id(struct run *r, int64_t id);
void token_remove(struct run *r, int64_t id);
int64_t scope_open(struct run *r, int64_t parent, int64_t owner, int element); // 0 when aborted
void scope_remove(struct run *r, int64_t id);
void scope_begin(struct run *r,
                 int64_t scope); // tokens at its start events, or at all nodes without a way in
void scope_check(struct run *r, int64_t scope); // completes it when nothing is left in it
void finish(struct run *r, int64_t token);    // the work at the element is done: stop its events, then depart
void work_done(struct run *r, int64_t token); // the same, but an event with more to throw goes on with that
int64_t owner_scope(const struct run *r, int64_t token); // the scope that it owns; 0 = none
void depart(struct run *r, int64_t token);               // take the ways out; stuck when they cannot be found
void leave(struct run *r, int64_t token, const int *flows, size_t count);
bool choose(struct run *r, int64_t token, const struct node *n, int *flows, size_t *count);
void run_to_rest(struct run *r);
void abort_run(struct run *r, enum status st, const char *rule, const char *text_key);

// effects.c
struct flow_effect *flow_emit(struct run *r, enum flow_effect_kind kind, int64_t id, int element);
void emit_token(struct run *r, enum flow_effect_kind kind, const struct flow_token *t);
void emit_taken(struct run *r, int flow);
void stuck(struct run *r, int64_t token, struct text rule, struct text detail, bool leaving);
void incident_close(struct run *r, int64_t token);
// After a callback: true = go on. Otherwise the run is aborted, or the token is stuck with the problem's
// rule.
bool is_machine_trouble(enum status st);
bool host_went_well(struct run *r, enum status st, int64_t token, const struct problem *p,
                    const char *otherwise, bool leaving);
struct flow_at at_token(struct run *r, int64_t token);

// perform.c
void enter(struct run *r, int64_t token);
void begin_work(struct run *r, int64_t token);
bool is_task_kind(enum flow_kind k);                   // waits for flow_task_done
bool map_data(struct run *r, int64_t token, bool out); // false: aborted or stuck

// throw.c
void throw_now(struct run *r, int64_t token); // the definition at which the token's event stands
void thrown(struct run *r, int64_t token);    // ... is done: the next one
void instance_throws(struct run *r, int64_t owner, const struct definition *d);
void send_message(struct run *r, int64_t token, const struct flow_element *e);
void call_service(struct run *r, int64_t token);

// ad_hoc.c
void ad_hoc_begin(struct run *r, int64_t scope);
bool ad_hoc_goes_on(struct run *r, int64_t scope); // nothing runs in it: true when it is not complete
bool ad_hoc_asks(struct run *r, int64_t token, bool *complete); // false: aborted or stuck
void ad_hoc_complete(struct run *r, int64_t scope);

// undo.c
void completed(struct run *r, int64_t token, int64_t inside); // inside = scope of a sub-process, otherwise 0
void forget(struct run *r, int64_t in);                       // what completed in a scope that is gone
void hand_over(struct run *r, int64_t from, int64_t to);
void compensate(struct run *r, int64_t token, const struct definition *d);
void undo_next(struct run *r, int64_t scope);
void cancel_transaction(struct run *r, int64_t token);

// repeat.c
void repeat_begin(struct run *r, int64_t token);
bool repeat_next(struct run *r, int64_t token); // an instance is done: true when it was removed

// wait.c
bool arm(struct run *r, int64_t token, int64_t scope, int element); // false: aborted or stuck
void disarm_token(struct run *r, int64_t token);
void disarm_scope(struct run *r, int64_t scope);
bool arm_event_subs(struct run *r, int64_t scope);
void happened(struct run *r, int64_t wait);
int64_t wait_of_definition(const struct run *r, int64_t token, int element, int definition); // 0 = none
bool condition_happens(struct run *r, bool ask); // true when one did
void signal_offer(struct run *r, struct text name, int *taken);

// interrupt.c
void cancel_token(struct run *r, int64_t token);
void cancel_inside(struct run *r, int64_t scope,
                   int64_t except); // all tokens and event sub-processes of a scope
void interrupt_at(struct run *r, int64_t token, int boundary); // go on at an interrupting boundary event
void event_sub_begin(struct run *r, int64_t scope, int start, bool interrupting);
void throw_error(struct run *r, int64_t token, struct text code);
void escalate(struct run *r, int64_t token, struct text code); // the token may be gone afterwards

// join.c
void arrive(struct run *r, int64_t token);
bool inclusive_joins(struct run *r); // true when one fired
bool must_wait(struct run *r, int64_t scope, int element);
int64_t arrived_by(const struct run *r, int64_t scope, int element, int flow); // 0 = none

// complex.c
void complex_arrived(struct run *r, int64_t scope, int element);
bool complex_resets(struct run *r); // true when one did
