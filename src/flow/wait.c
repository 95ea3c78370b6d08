// wait.c - timers, messages, signals and conditions: awaiting them, no longer awaiting them, and what happens
// when they come.
#include "flow/run.h"

#include <assert.h>
#include <string.h>

static const struct flow_wait *wait_by_id(const struct run *r, int64_t id) {
    for (size_t i = 0; i < r->state.waits.count; i++)
        if (r->state.waits.items[i].id == id) return &r->state.waits.items[i];
    return NULL;
}

enum news { AWAITED, UNAWAITED, CAME };

static void emit_wait(struct run *r, const struct flow_wait *w, enum news news) {
    static const enum flow_effect_kind KINDS[][3] = {
        [FLOW_MESSAGE] = {FLOW_MESSAGE_AWAITED, FLOW_MESSAGE_UNAWAITED, FLOW_MESSAGE_TAKEN},
        [FLOW_TIMER] = {FLOW_TIMER_SET, FLOW_TIMER_CANCELLED, FLOW_TIMER_FIRED},
        [FLOW_SIGNAL] = {FLOW_SIGNAL_AWAITED, FLOW_SIGNAL_UNAWAITED, FLOW_SIGNAL_TAKEN},
        [FLOW_CONDITIONAL] = {FLOW_CONDITION_AWAITED, FLOW_CONDITION_UNAWAITED, FLOW_CONDITION_HELD},
    };
    struct flow_effect *e = flow_emit(r, KINDS[w->kind][news], w->id, w->element);
    e->due = w->due, e->name = w->name, e->key = w->key;
}

static const struct definition *definition_of(const struct run *r, const struct flow_wait *w) {
    return &node_at(r->model, w->element)->definitions.items[w->definition];
}

static void wait_remove(struct run *r, int64_t id) {
    size_t kept = 0;
    for (size_t i = 0; i < r->state.waits.count; i++)
        if (r->state.waits.items[i].id != id) r->state.waits.items[kept++] = r->state.waits.items[i];
    r->state.waits.count = kept;
}

static struct flow_at at_wait(struct run *r, int64_t token, int element) {
    const struct flow_token *t = token ? token_by_id(r, token) : NULL;
    return (struct flow_at){.element = flow_element(r->model, element),
                            .token = token,
                            .instance = t ? t->instance : 0,
                            .state = &r->state};
}

static enum status ask_timer(struct run *r, struct flow_wait *w, struct problem *p) {
    const struct definition *d = definition_of(r, w);
    if (!r->host->timer) return problem(p, "", "flow_host_timer", "problem.flow.host_timer");
    struct flow_at at = at_wait(r, w->token, w->element);
    struct flow_due due = {0};
    enum status st = r->host->timer(r->host->ctx, &at, d->timer_kind, d->timer, w->fired, &due, p);
    w->due = due.at;
    w->repeats = d->timer_kind == FLOW_CYCLE ? due.repeats : 0;
    return st;
}

static enum status ask_key(struct run *r, struct flow_wait *w, struct problem *p) {
    const struct definition *d = definition_of(r, w);
    if (!d->key.n) return STATUS_OK;
    if (!r->host->key) return problem(p, "", "flow_host_key", "problem.flow.host_key");
    struct flow_at at = at_wait(r, w->token, w->element);
    struct text key = {0};
    enum status st = r->host->key(r->host->ctx, &at, d->key, &key, p);
    if (!st && (key.n > FLOW_ID_MAX || !text_is_utf8(key)))
        st = problem(p, "", "flow_key_bad", "problem.flow.key_bad");
    if (!st) w->key = text_copy(r->arena, key);
    return st;
}

// The event comes when the condition begins to hold, not as long as it does (10.4.5).
static enum status ask_condition(struct run *r, struct flow_wait *w, struct problem *p) {
    bool holds = false;
    if (!r->host->condition) return problem(p, "", "flow_host_condition", "problem.flow.host_condition");
    struct flow_at at = at_wait(r, w->token, w->element);
    enum status st = r->host->condition(r->host->ctx, &at, definition_of(r, w)->condition, &holds, p);
    if (!st) w->repeats = holds && !w->fired, w->fired = holds;
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

static bool arm_definition(struct run *r, int64_t token, int64_t scope, int element, int definition) {
    const struct definition *d = &node_at(r->model, element)->definitions.items[definition];
    struct flow_wait w = {.token = token, .scope = scope, .element = element, .definition = definition};
    struct problem p = {0};
    enum status st = STATUS_OK;
    w.kind = d->event, w.name = d->name;
    if (r->state.waits.count >= FLOW_TOKENS_MAX) {
        abort_run(r, STATUS_TOO_LARGE, "flow_too_many_tokens", "problem.flow.too_many_tokens");
        return false;
    }
    if (d->event == FLOW_TIMER) st = ask_timer(r, &w, &p);
    if (d->event == FLOW_MESSAGE) st = ask_key(r, &w, &p);
    if (d->event == FLOW_CONDITIONAL) st = ask_condition(r, &w, &p);
    if (st) return arm_failed(r, token, scope, st, &p);
    w.id = r->state.next_id++;
    *ARENA_PUSH(r->arena, &r->state.waits) = w;
    emit_wait(r, &w, AWAITED);
    return true;
}

static bool is_awaited(enum flow_event e) { // others are looked for when they are thrown
    return e == FLOW_TIMER || e == FLOW_MESSAGE || e == FLOW_SIGNAL || e == FLOW_CONDITIONAL;
}

bool arm(struct run *r, int64_t token, int64_t scope, int element) {
    const struct node *n = node_at(r->model, element);
    for (size_t i = 0; i < n->definitions.count; i++) {
        if (r->status) return false;
        if (is_awaited(n->definitions.items[i].event) && !arm_definition(r, token, scope, element, (int)i))
            return false;
    }
    return !r->status;
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
            emit_wait(r, &w, UNAWAITED);
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

// All definitions of a parallel multiple event have come: it may come again.
static void wait_anew(struct run *r, const struct flow_wait *w) {
    wait_remove(r, w->id);
    (void)arm(r, w->token, w->scope, w->element);
}

// A non-interrupting event may come again, a timer only if it is a cycle with repeats left.
static void keep_waiting(struct run *r, const struct flow_wait *w) {
    if (flow_element(r->model, w->element)->all) {
        wait_anew(r, w);
        return;
    }
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
    emit_wait(r, &next, AWAITED);
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
    const struct ints *out = &node_at(r->model, t->element)->out;
    for (size_t i = 0; i < out->count; i++)
        if (r->model->edges.items[out->items[i]].target == w->element) emit_taken(r, out->items[i]);
    t->element = w->element;
    emit_token(r, FLOW_ENTERED, t);
}

// Does a parallel multiple event still wait for another of its definitions?
static bool more_to_come(const struct run *r, const struct flow_wait *w) {
    if (!flow_element(r->model, w->element)->all) return false;
    for (size_t i = 0; i < r->state.waits.count; i++) {
        const struct flow_wait *o = &r->state.waits.items[i];
        if (o->id != w->id && o->token == w->token && o->scope == w->scope && o->element == w->element)
            return true;
    }
    return false;
}

void happened(struct run *r, int64_t wait) {
    const struct flow_wait *found = wait_by_id(r, wait);
    assert(found);
    struct flow_wait w = *found;
    const struct flow_element *e = flow_element(r->model, w.element);
    emit_wait(r, &w, CAME);
    if (more_to_come(r, &w)) {
        wait_remove(r, w.id);
    } else if (e->kind == FLOW_BOUNDARY_EVENT) {
        boundary_happened(r, &w, e->interrupting);
    } else if (e->kind == FLOW_START_EVENT && !w.token) {
        start_happened(r, &w, e->interrupting);
    } else {
        wait_remove(r, w.id);
        if (token_by_id(r, w.token)->element != w.element) gateway_decided(r, &w);
        finish(r, w.token);
    }
}

int64_t wait_of_definition(const struct run *r, int64_t token, int element, int definition) {
    for (size_t i = 0; i < r->state.waits.count; i++) {
        const struct flow_wait *w = &r->state.waits.items[i];
        if (w->token == token && w->element == element && w->definition == definition) return w->id;
    }
    return 0;
}

// A condition that cannot be told now does not hold now; whether it can be told at all was seen when its
// event was armed.
bool condition_happens(struct run *r, bool ask) {
    for (size_t i = 0; i < r->state.waits.count && !r->status; i++) {
        struct flow_wait *w = &r->state.waits.items[i];
        struct problem p = {0};
        if (w->kind != FLOW_CONDITIONAL) continue;
        if (ask && !w->repeats) {
            enum status st = ask_condition(r, w, &p);
            if (is_machine_trouble(st)) {
                r->status = st;
                if (r->problem) *r->problem = p;
                return false;
            }
            if (st) w->fired = 0;
        }
        if (!w->repeats) continue;
        w->repeats = 0;
        happened(r, w->id);
        return true;
    }
    return false;
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
