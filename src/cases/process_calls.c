// process_calls.c - the processes of a case: its own, and those that call activities wait for.
//
// All of them share one row of ids (struct flow_state, next_id), so a task or timer is found by its number
// alone. What one process does to another follows at once: the end, an error or an escalation of a called
// process goes to its caller, a signal to all.
#include "cases/internal.h"

enum {
    CALLS_MAX = FLOW_INSTANCES_MAX, // called processes of one case at once: one for each instance
    TRIGGERS_MAX = 1000, // given to processes by one command: all instances begin and end, and then some;
                         // more is a loop that never waits
};

struct called_process *process_called(const struct case_state *s, int64_t call) {
    for (size_t i = 0; i < s->calls.count; i++)
        if (s->calls.items[i].call == call && !s->calls.items[i].is_over) return &s->calls.items[i];
    return NULL;
}

const struct flow_model *process_model(const struct case_state *s, int64_t call) {
    const struct called_process *c = call ? process_called(s, call) : NULL;
    return c ? c->model : call ? NULL : s->model;
}

struct flow_state *process_state(struct case_state *s, int64_t call) {
    struct called_process *c = call ? process_called(s, call) : NULL;
    return c ? &c->state : call ? NULL : &s->process;
}

static enum status too_many(struct moving *m) {
    (void)problem(m->d->problem, "", "process_too_long", "problem.process.too_long");
    return STATUS_TOO_LARGE;
}

static enum status give(struct moving *m, const struct flow_engine *e, struct flow_state *s,
                        const struct process_trigger *t, struct flow_effects *out) {
    struct problem *p = m->d->problem;
    struct flow_trigger by = {.kind = t->kind == PROCESS_START ? FLOW_NONE : FLOW_MESSAGE, .name = t->name};
    switch (t->kind) {
    case PROCESS_START:
    case PROCESS_START_BY_MESSAGE: return flow_start(e, &by, s, out, p);
    case PROCESS_TASK_DONE: return flow_task_done(e, s, t->id, out, p);
    case PROCESS_ERROR: return flow_error(e, s, t->id, t->name, out, p);
    case PROCESS_ESCALATION: return flow_escalation(e, s, t->id, t->name, out, p);
    case PROCESS_TIMER: return flow_timer_due(e, s, t->id, out, p);
    case PROCESS_TIMER_MOVE: return flow_timer_move(e, s, t->id, t->due, out, p);
    case PROCESS_MESSAGE: return flow_message(e, s, t->name, t->key, out, p);
    case PROCESS_SIGNAL: return flow_signal(e, s, t->name, out, p);
    case PROCESS_FACTS: return flow_facts_changed(e, s, out, p);
    case PROCESS_CANCEL: return flow_cancel(e, s, out, p);
    }
    return STATUS_CORRUPT;
}

static bool is_waiting(const struct flow_state *s, int64_t token) {
    for (size_t i = 0; i < s->tokens.count; i++)
        if (s->tokens.items[i].id == token) return true;
    return false;
}

// Its id may be an expression.
static enum status called_model(struct moving *m, int64_t caller, const struct flow_effect *f,
                                const struct flow_model **out) {
    struct process_host host;
    struct text id = text_trim(f->name);
    struct flow_at at = {.element = f->element, .token = f->id, .state = process_state(m->d->s, caller)};
    process_host(&host, m, caller);
    enum status st = text_starts(id, T("=")) ? process_text(&host, &at, id, &id, m->d->problem) : STATUS_OK;
    *out = st ? NULL : pack_process_with(m->d->pack, id);
    if (st || *out) return st;
    st = problem(m->d->problem, "", "process_unknown", "problem.process.incident");
    problem_arg(m->d->problem, "step", f->element->id);
    return st;
}

static size_t calls_at_once(const struct case_state *s) {
    size_t n = 0;
    for (size_t i = 0; i < s->calls.count; i++) n += !s->calls.items[i].is_over;
    return n;
}

static enum status begin_call(struct moving *m, int64_t caller, const struct flow_effect *f) {
    struct case_state *s = m->d->s;
    const struct flow_model *model;
    const struct flow_state *from = process_state(s, caller);
    if (!from || !is_waiting(from, f->id)) return STATUS_OK; // stopped before it began
    enum status st = called_model(m, caller, f, &model);
    if (st) return st;
    if (calls_at_once(s) >= CALLS_MAX) return too_many(m);
    *ARENA_PUSH(m->d->arena, &s->calls) =
        (struct called_process){.call = f->id, .caller = caller, .model = model, .is_changed = true};
    return process_trigger(m, f->id, &(struct process_trigger){.kind = PROCESS_START});
}

// The caller is asked to stop it: what runs inside ends with it.
static enum status end_call(struct moving *m, int64_t call) {
    if (!process_called(m->d->s, call)) return STATUS_OK;
    return process_trigger(m, call, &(struct process_trigger){.kind = PROCESS_CANCEL});
}

// Nothing happens when nobody there waits for it any more.
static enum status give_if_awaited(struct moving *m, int64_t call, const struct process_trigger *t) {
    struct problem before = *m->d->problem;
    enum status st = process_trigger(m, call, t);
    if (st != STATUS_NOT_FOUND) return st;
    *m->d->problem = before;
    return STATUS_OK;
}

// Without an output mapping the caller takes over what the called process kept, but for what it gave itself.
static void hand_back(struct moving *m, const struct called_process *c) {
    struct case_state *s = m->d->s;
    const struct flow_state *caller = process_state(s, c->caller);
    const struct flow_element *e = NULL;
    for (size_t i = 0; caller && i < caller->tokens.count; i++)
        if (caller->tokens.items[i].id == c->call && !caller->tokens.items[i].instance)
            e = flow_element(process_model(s, c->caller), caller->tokens.items[i].element);
    if (!e || e->outputs.count) return;
    for (size_t i = 0, count = s->variables.count; i < count; i++) {
        struct variable_row v = s->variables.items[i];
        bool is_given = false;
        for (size_t k = 0; k < e->inputs.count; k++) is_given |= text_eq(e->inputs.items[k].name, v.name);
        if (v.token == c->call && !v.is_gone && !is_given) variable_set(m->d, c->caller, v.name, v.value);
    }
}

static enum status tell_caller(struct moving *m, int64_t call, const struct process_trigger *t) {
    struct called_process *c = process_called(m->d->s, call);
    if (!c) return STATUS_OK;
    int64_t caller = c->caller;
    if (t->kind == PROCESS_TASK_DONE) hand_back(m, c);
    if (t->kind != PROCESS_ESCALATION) c->is_over = c->is_changed = true;
    return give_if_awaited(m, caller, t);
}

static enum status broadcast(struct moving *m, int64_t from, struct text name) {
    struct process_trigger t = {.kind = PROCESS_SIGNAL, .name = name};
    enum status st = from && !m->d->s->process.ended ? give_if_awaited(m, 0, &t) : STATUS_OK;
    for (size_t i = 0; i < m->d->s->calls.count && !st; i++) {
        int64_t call = m->d->s->calls.items[i].call;
        if (call != from && process_called(m->d->s, call)) st = give_if_awaited(m, call, &t);
    }
    return st;
}

// An error that nothing in the called process catches is the caller's; there it is caught, or an incident.
static bool is_for_caller(const struct flow_effects *list, size_t i) {
    const struct flow_effect *f = &list->items[i], *next = i + 1 < list->count ? f + 1 : NULL;
    return f->kind == FLOW_ERROR_THROWN && next && next->kind == FLOW_INCIDENT && next->id == f->id;
}

static enum status follows(struct moving *m, int64_t call, const struct flow_effect *f) {
    switch (f->kind) {
    case FLOW_PROCESS_CALLED: return begin_call(m, call, f);
    case FLOW_CALL_CANCELLED: return f->element->kind == FLOW_CALL_ACTIVITY ? end_call(m, f->id) : STATUS_OK;
    case FLOW_SIGNAL_SENT: return broadcast(m, call, f->name);
    case FLOW_ESCALATED:
        if (!call || f->caught) return STATUS_OK;
        return tell_caller(m, call,
                           &(struct process_trigger){PROCESS_ESCALATION, .id = call, .name = f->name});
    case FLOW_ENDED:
        if (!call) return STATUS_OK;
        return tell_caller(m, call, &(struct process_trigger){PROCESS_TASK_DONE, .id = call});
    default: return STATUS_OK;
    }
}

// In the order in which they happened. An error that goes to the caller takes its incident with it.
static enum status all_follow(struct moving *m, int64_t call, const struct flow_effects *list) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < list->count; i++)
        *ARENA_PUSH(m->d->arena, &m->effects) = (struct process_effect){list->items[i], call};
    for (size_t i = 0; i < list->count && !st; i++) st = follows(m, call, &list->items[i]);
    return st;
}

static enum status error_to_caller(struct moving *m, int64_t call, struct flow_effects *list, size_t i) {
    struct process_trigger t = {PROCESS_ERROR, .id = call, .name = list->items[i].name};
    struct flow_effects before = {list->items, i + 1, i + 1};
    enum status st = all_follow(m, call, &before);
    struct called_process *c = process_called(m->d->s, call);
    int64_t caller = c ? c->caller : 0;
    if (st || !c) return st;
    st = process_trigger(m, call, &(struct process_trigger){.kind = PROCESS_CANCEL});
    return st ? st : give_if_awaited(m, caller, &t);
}

// The row of ids goes on through all processes of the case.
static int64_t next_id(const struct case_state *s) {
    int64_t next = s->process.next_id;
    for (size_t i = 0; i < s->calls.count; i++)
        if (s->calls.items[i].state.next_id > next) next = s->calls.items[i].state.next_id;
    return next;
}

enum status process_trigger(struct moving *m, int64_t call, const struct process_trigger *t) {
    struct case_state *s = m->d->s;
    struct flow_state *state = process_state(s, call);
    struct called_process *c = call ? process_called(s, call) : NULL;
    struct flow_effects list = {0};
    struct process_host host;
    if (!state) return STATUS_OK; // it ended meanwhile
    if (++m->triggers > TRIGGERS_MAX) return too_many(m);
    process_host(&host, m, call);
    struct flow_engine engine = {process_model(s, call), &host.host, m->d->arena};
    enum status st = state_need(m->d, LOAD_VARIABLES);
    if (st) return st;
    state->next_id = next_id(s);
    st = give(m, &engine, state, t, &list);
    if (st) return st;
    if (c) c->is_changed = true, c->is_over = t->kind == PROCESS_CANCEL;
    s->process.next_id = next_id(s);
    for (size_t i = 0; call && i < list.count; i++)
        if (is_for_caller(&list, i)) return error_to_caller(m, call, &list, i);
    return all_follow(m, call, &list);
}
