// wait.c - timers, messages and signals: awaiting them, no longer awaiting them, and what happens when they
// come.
#include "flow/run.h"

#include <assert.h>
#include <string.h>

static const struct flow_wait *wait_by_id(const struct run *r, int64_t id) {
    for (size_t i = 0; i < r->state.waits.count; i++)
        if (r->state.waits.items[i].id == id) return &r->state.waits.items[i];
    return NULL;
}

static void emit_wait(struct run *r, const struct flow_wait *w, enum flow_effect_kind timer,
                      enum flow_effect_kind message, enum flow_effect_kind signal) {
    enum flow_effect_kind kind = w->kind == FLOW_TIMER ? timer : w->kind == FLOW_MESSAGE ? message : signal;
    struct flow_effect *e = flow_emit(r, kind, w->id, w->element);
    e->due = w->due, e->name = w->name, e->key = w->key;
}

static void wait_remove(struct run *r, int64_t id) {
    size_t kept = 0;
    for (size_t i = 0; i < r->state.waits.count; i++)
        if (r->state.waits.items[i].id != id) r->state.waits.items[kept++] = r->state.waits.items[i];
    r->state.waits.count = kept;
}

static struct flow_at at_wait(struct run *r, int64_t token, int element) {
    const struct flow_token *t = token ? token_by_id(r, token) : NULL;
    return (struct flow_at){flow_element(r->model, element), token, t ? t->instance : 0};
}

static enum status ask_timer(struct run *r, struct flow_wait *w, struct problem *p) {
    const struct flow_element *e = flow_element(r->model, w->element);
    if (!r->host->timer) return problem(p, "", "flow_host_timer", "problem.flow.host_timer");
    struct flow_at at = at_wait(r, w->token, w->element);
    struct flow_due due = {0};
    enum status st = r->host->timer(r->host->ctx, &at, e->timer_kind, e->timer, w->fired, &due, p);
    w->due = due.at;
    w->repeats = e->timer_kind == FLOW_CYCLE ? due.repeats : 0;
    return st;
}

static enum status ask_key(struct run *r, struct flow_wait *w, struct problem *p) {
    const struct flow_element *e = flow_element(r->model, w->element);
    if (!e->correlation_key.n) return STATUS_OK;
    if (!r->host->key) return problem(p, "", "flow_host_key", "problem.flow.host_key");
    struct flow_at at = at_wait(r, w->token, w->element);
    struct text key = {0};
    enum status st = r->host->key(r->host->ctx, &at, e->correlation_key, &key, p);
    if (!st && (key.n > FLOW_ID_MAX || !text_is_utf8(key)))
        st = problem(p, "", "flow_key_bad", "problem.flow.key_bad");
    if (!st) w->key = text_copy(r->arena, key);
    return st;
}

// Without a token to be stuck at (an event sub-process of the process itself) the trigger fails.
static bool arm_failed(struct run *r, int64_t token, int64_t scope, enum status st, const struct problem *p) {
    if (!token) token = scope_by_id(r, scope)->owner;
    if (token) {
        bool unused = host_went_well(r, st, token, p, "flow_event_failed", false);
        (void)unused;
        if (!r->status) disarm_token(r, token);
    } else {
        r->status = st;
        if (r->problem) *r->problem = *p;
    }
    return false;
}

bool arm(struct run *r, int64_t token, int64_t scope, int element) {
    const struct flow_element *e = flow_element(r->model, element);
    struct flow_wait w = {
        .token = token, .scope = scope, .element = element, .kind = e->event, .name = e->event_name};
    struct problem p = {0};
    enum status st = STATUS_OK;
    if (r->status) return false;
    if (e->event == FLOW_ERROR) return true;
    if (r->state.waits.count >= FLOW_TOKENS_MAX) {
        abort_run(r, STATUS_TOO_LARGE, "flow_too_many_tokens", "problem.flow.too_many_tokens");
        return false;
    }
    if (e->event == FLOW_TIMER) st = ask_timer(r, &w, &p);
    if (e->event == FLOW_MESSAGE) st = ask_key(r, &w, &p);
    if (st) return arm_failed(r, token, scope, st, &p);
    w.id = r->state.next_id++;
    *ARENA_PUSH(r->arena, &r->state.waits) = w;
    emit_wait(r, &w, FLOW_TIMER_SET, FLOW_MESSAGE_AWAITED, FLOW_SIGNAL_AWAITED);
    return true;
}

bool arm_event_subs(struct run *r, int64_t scope) {
    const struct ints *subs = event_subs_of(r->model, scope_by_id(r, scope)->element);
    for (size_t i = 0; i < subs->count; i++)
        if (!arm(r, 0, scope, node_at(r->model, subs->items[i])->starts.items[0])) return false;
    return true;
}

// Ends every wait of one token, or (token 0) of the event sub-processes of one scope.
static void disarm(struct run *r, int64_t token, int64_t scope) {
    size_t kept = 0;
    for (size_t i = 0; i < r->state.waits.count; i++) {
        struct flow_wait w = r->state.waits.items[i];
        bool hit = token ? w.token == token : w.token == 0 && w.scope == scope;
        if (hit)
            emit_wait(r, &w, FLOW_TIMER_CANCELLED, FLOW_MESSAGE_UNAWAITED, FLOW_SIGNAL_UNAWAITED);
        else
            r->state.waits.items[kept++] = w;
    }
    r->state.waits.count = kept;
}

void disarm_token(struct run *r, int64_t token) {
    disarm(r, token, 0);
}
void disarm_scope(struct run *r, int64_t scope) {
    disarm(r, 0, scope);
}

// A non-interrupting event may come again, a timer only if it is a cycle with repeats left.
static void keep_waiting(struct run *r, const struct flow_wait *w) {
    if (w->kind != FLOW_TIMER) return;
    int index = 0;
    while (r->state.waits.items[index].id != w->id) index++;
    struct flow_wait next = *w;
    next.fired++;
    if (w->repeats == 0) {
        wait_remove(r, w->id);
        return;
    }
    struct problem p = {0};
    enum status st = ask_timer(r, &next, &p);
    if (st) {
        r->status = st;
        if (r->problem) *r->problem = p;
        return;
    }
    r->state.waits.items[index] = next;
    emit_wait(r, &next, FLOW_TIMER_SET, FLOW_TIMER_SET, FLOW_TIMER_SET);
}

static void boundary_happened(struct run *r, const struct flow_wait *w, bool interrupting) {
    if (interrupting) {
        wait_remove(r, w->id);
        interrupt_at(r, w->token, w->element);
        return;
    }
    keep_waiting(r, w);
    spawn(r, w->scope, w->element, -1, 0);
}

static void start_happened(struct run *r, const struct flow_wait *w, bool interrupting) {
    if (interrupting)
        wait_remove(r, w->id);
    else
        keep_waiting(r, w);
    if (!r->status) event_sub_begin(r, w->scope, w->element, interrupting);
}

// The first event after an event-based gateway decides the way: the token goes on from that event.
static void gateway_decided(struct run *r, const struct flow_wait *w) {
    disarm_token(r, w->token);
    struct flow_token *t = token_by_id(r, w->token);
    emit_token(r, FLOW_LEFT, t);
    t->element = w->element;
    emit_token(r, FLOW_ENTERED, t);
}

void happened(struct run *r, int64_t wait) {
    const struct flow_wait *found = wait_by_id(r, wait);
    assert(found);
    struct flow_wait w = *found;
    const struct flow_element *e = flow_element(r->model, w.element);
    emit_wait(r, &w, FLOW_TIMER_FIRED, FLOW_MESSAGE_TAKEN, FLOW_SIGNAL_TAKEN);
    if (e->kind == FLOW_BOUNDARY_EVENT) {
        boundary_happened(r, &w, e->interrupting);
    } else if (e->kind == FLOW_START_EVENT) {
        start_happened(r, &w, e->interrupting);
    } else {
        wait_remove(r, w.id);
        if (token_by_id(r, w.token)->element != w.element) gateway_decided(r, &w);
        finish(r, w.token);
    }
}

void signal_offer(struct run *r, struct text name, int *taken) {
    size_t count = r->state.waits.count, n = 0;
    int64_t *ids = ARENA_ARRAY(r->arena, int64_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct flow_wait *w = &r->state.waits.items[i];
        if (w->kind == FLOW_SIGNAL && text_eq(w->name, name)) ids[n++] = w->id;
    }
    for (size_t i = 0; i < n && !r->status; i++) {
        if (!wait_by_id(r, ids[i])) continue;
        happened(r, ids[i]);
        ++*taken;
    }
}
