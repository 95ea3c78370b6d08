// undo.c - compensation and the cancelling of transactions (BPMN 10.6, 13.5.5).
//
// Each completed activity that can be compensated leaves a record in its scope. A compensation event takes
// the records it means into a scope of its own and runs their handlers there, the last completed first.
#include "flow/run.h"

#include <string.h>

static struct flow_done *record_by_id(struct run *r, int64_t id) {
    for (size_t i = 0; i < r->state.done.count; i++)
        if (r->state.done.items[i].id == id) return &r->state.done.items[i];
    return NULL;
}

static void record_remove(struct run *r, int64_t id) {
    struct flow_done *d = record_by_id(r, id), *end = r->state.done.items + --r->state.done.count;
    memmove(d, d + 1, (size_t)((char *)end - (char *)d));
}

// The last record inside; 0 = none.
static int64_t last_in(const struct run *r, int64_t in) {
    for (size_t i = r->state.done.count; i > 0; i--)
        if (r->state.done.items[i - 1].in == in) return r->state.done.items[i - 1].id;
    return 0;
}

// Depth is that of the sub-processes in the model.
void forget(struct run *r, int64_t in) {
    for (int64_t id; r->state.done.count && (id = last_in(r, in));) {
        forget(r, id);
        record_remove(r, id);
    }
}

void hand_over(struct run *r, int64_t from, int64_t to) {
    for (size_t i = 0; i < r->state.done.count; i++)
        if (r->state.done.items[i].in == from) r->state.done.items[i].in = to;
}

static bool can_be_undone(struct run *r, const struct flow_token *t, int64_t inside) {
    if (handler_of(r->model, t->element) >= 0) return true;
    return inside && (undoing_event_sub(r->model, t->element) >= 0 || last_in(r, inside));
}

void completed(struct run *r, int64_t token, int64_t inside) {
    const struct flow_token *t = token_by_id(r, token);
    if (node_at(r->model, t->element)->loop && !t->instance) return; // its instances have records
    const struct flow_scope *s = scope_by_id(r, t->scope);
    while (s->repeated) s = scope_by_id(r, s->parent);
    if (s->undoing || !can_be_undone(r, t, inside)) return;
    if (r->state.done.count >= FLOW_TOKENS_MAX) {
        abort_run(r, STATUS_TOO_LARGE, "flow_too_many_tokens", "problem.flow.too_many_tokens");
        return;
    }
    struct flow_done d = {r->state.next_id++, s->id, t->element, t->instance};
    *ARENA_PUSH(r->arena, &r->state.done) = d;
    if (inside) hand_over(r, inside, d.id);
}

static void emit_undone(struct run *r, const struct flow_done *d) {
    flow_emit(r, FLOW_COMPENSATED, d->id, d->element)->instance = d->instance;
}

static void begin_event_sub(struct run *r, int64_t scope, const struct flow_done *d, int sub) {
    int64_t inside = scope_open(r, scope, 0, sub);
    if (!inside) return;
    hand_over(r, d->id, inside);
    flow_emit(r, FLOW_ENTERED, inside, sub);
    if (arm_event_subs(r, inside)) spawn(r, inside, node_at(r->model, sub)->starts.items[0], -1, 0);
}

// A transaction that was cancelled goes on at its cancel event, or not at all (10.2.5).
static void transaction_cancelled(struct run *r, int64_t scope) {
    struct flow_token owner = *token_by_id(r, scope_by_id(r, scope)->owner);
    while (scope_by_id(r, owner.scope)->repeated) owner = *token_by_id(r, scope_by_id(r, owner.scope)->owner);
    int boundary = boundary_with(r->model, owner.element, FLOW_CANCEL);
    if (boundary >= 0) {
        interrupt_at(r, owner.id, boundary);
        return;
    }
    cancel_token(r, owner.id);
    scope_check(r, owner.scope);
}

static void all_undone(struct run *r, int64_t scope) {
    struct flow_scope s = *scope_by_id(r, scope);
    scope_remove(r, scope);
    if (s.owner) {
        token_by_id(r, s.owner)->phase = FLOW_WAITING;
        thrown(r, s.owner);
    } else if (s.total) {
        transaction_cancelled(r, s.parent);
    } else {
        scope_check(r, s.parent);
    }
}

// A completed sub-process without a handler of its own is undone by undoing what it did (default
// compensation).
void undo_next(struct run *r, int64_t scope) {
    for (int64_t id; !r->status && (id = last_in(r, scope));) {
        struct flow_done d = *record_by_id(r, id);
        int handler = handler_of(r->model, d.element);
        int sub =
            has_inside(node_at(r->model, d.element)->e.kind) ? undoing_event_sub(r->model, d.element) : -1;
        record_remove(r, id);
        if (handler < 0 && sub < 0) {
            hand_over(r, id, scope);
            continue;
        }
        emit_undone(r, &d);
        if (handler >= 0) {
            forget(r, id);
            spawn(r, scope, handler, -1, 0);
        } else {
            begin_event_sub(r, scope, &d, sub);
        }
        return;
    }
    if (!r->status) all_undone(r, scope);
}

// Takes what the event means: of its own scope and, from within an event sub-process, of the one around.
static size_t take(struct run *r, const struct flow_scope *s, int activity, int64_t to) {
    size_t taken = 0;
    for (;; s = scope_by_id(r, s->parent)) {
        for (size_t i = 0; i < r->state.done.count; i++) {
            struct flow_done *d = &r->state.done.items[i];
            if (d->in != s->id || (activity >= 0 && d->element != activity)) continue;
            d->in = to;
            taken++;
        }
        if (s->owner || s->element < 0) return taken;
    }
}

void compensate(struct run *r, int64_t token, const struct definition *d) {
    struct flow_token t = *token_by_id(r, token);
    int64_t scope = scope_open(r, t.scope, d->wait ? token : 0, t.element);
    if (!scope) return;
    struct flow_scope *s = scope_by_id(r, scope);
    s->undoing = true;
    (void)take(r, scope_by_id(r, t.scope), d->activity, scope);
    if (d->wait)
        token_by_id(r, token)->phase = FLOW_INSIDE;
    else
        thrown(r, token);
    if (!r->status && scope_by_id(r, scope)) undo_next(r, scope);
}

// What completed in a sub-process that still runs inside the transaction is undone, too.
static void gather(struct run *r, int64_t transaction) {
    for (size_t i = 0; i < r->state.done.count; i++) {
        struct flow_done *d = &r->state.done.items[i];
        const struct flow_scope *s = scope_by_id(r, d->in);
        while (s && s->id != transaction && s->element >= 0) s = scope_by_id(r, s->parent);
        if (s && s->id == transaction) d->in = transaction;
    }
}

void cancel_transaction(struct run *r, int64_t token) {
    struct flow_token t = *token_by_id(r, token);
    const struct flow_scope *s = scope_by_id(r, t.scope);
    while (s->element >= 0 &&
           (s->undoing || s->repeated || node_at(r->model, s->element)->e.kind != FLOW_TRANSACTION))
        s = scope_by_id(r, s->parent);
    if (s->element < 0) { // a handler that undoes a transaction which is complete: nothing to cancel
        thrown(r, token);
        return;
    }
    int64_t transaction = s->id;
    gather(r, transaction);
    emit_token(r, FLOW_LEFT, &t);
    token_remove(r, token);
    cancel_inside(r, transaction, 0);
    disarm_scope(r, transaction);
    int64_t scope = scope_open(r, transaction, 0, t.element);
    if (!scope) return;
    struct flow_scope *undoing = scope_by_id(r, scope);
    undoing->undoing = true, undoing->total = 1;
    hand_over(r, transaction, scope);
    undo_next(r, scope);
}
