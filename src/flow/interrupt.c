// interrupt.c - cancelling what runs, and going on at a boundary event or event sub-process
// (BPMN 13.5.3, 13.5.4).
#include "flow/run.h"

#include <assert.h>

static int64_t scope_owned_by(const struct run *r, int64_t token) {
    for (size_t i = 0; i < r->state.scopes.count; i++)
        if (r->state.scopes.items[i].owner == token) return r->state.scopes.items[i].id;
    return 0;
}

static void close_scope(struct run *r, int64_t scope) {
    cancel_inside(r, scope, 0);
    disarm_scope(r, scope);
    scope_remove(r, scope);
}

static void emit_cancelled_work(struct run *r, const struct flow_token *t) {
    enum flow_kind k = flow_element(r->model, t->element)->kind;
    if (t->phase != FLOW_WAITING || t->leaving || !is_task_kind(k)) return;
    bool person = k == FLOW_USER_TASK || k == FLOW_MANUAL_TASK;
    emit_token(r, person ? FLOW_TASK_CANCELLED : FLOW_CALL_CANCELLED, t);
}

void cancel_token(struct run *r, int64_t token) {
    int64_t inside = scope_owned_by(r, token);
    if (inside) close_scope(r, inside);
    disarm_token(r, token);
    incident_close(r, token);
    const struct flow_token *t = token_by_id(r, token);
    emit_cancelled_work(r, t);
    if (t->phase != FLOW_READY && t->phase != FLOW_ARRIVED) emit_token(r, FLOW_INTERRUPTED, t);
    token_remove(r, token);
}

static int64_t first_token_in(const struct run *r, int64_t scope, int64_t except) {
    for (size_t i = 0; i < r->state.tokens.count; i++)
        if (r->state.tokens.items[i].scope == scope && r->state.tokens.items[i].id != except)
            return r->state.tokens.items[i].id;
    return 0;
}

static struct flow_scope *first_event_sub_in(struct run *r, int64_t scope) {
    for (size_t i = 0; i < r->state.scopes.count; i++) {
        struct flow_scope *s = &r->state.scopes.items[i];
        if (s->id != scope && s->parent == scope && s->owner == 0) return s;
    }
    return NULL;
}

// Depth is that of the sub-processes in the model.
void cancel_inside(struct run *r, int64_t scope, int64_t except) {
    for (int64_t token; (token = first_token_in(r, scope, except));) cancel_token(r, token);
    for (struct flow_scope *found; (found = first_event_sub_in(r, scope));) {
        struct flow_scope sub = *found;
        close_scope(r, sub.id);
        flow_emit(r, FLOW_INTERRUPTED, sub.id, sub.element);
    }
}

void interrupt_at(struct run *r, int64_t token, int boundary) {
    int64_t scope = token_by_id(r, token)->scope;
    cancel_token(r, token);
    spawn(r, scope, boundary, -1, 0);
}

void event_sub_begin(struct run *r, int64_t scope, int start, bool interrupting) {
    int sub = flow_element(r->model, start)->parent;
    if (interrupting) {
        cancel_inside(r, scope, 0);
        disarm_scope(r, scope);
    }
    int64_t inside = scope_open(r, scope, 0, sub);
    if (!inside) return;
    flow_emit(r, FLOW_ENTERED, inside, sub);
    if (arm_event_subs(r, inside)) spawn(r, inside, start, -1, 0);
}

static bool catches(const struct flow_element *e, struct text code, bool any) {
    if (e->event != FLOW_ERROR) return false;
    return any ? e->event_name.n == 0 : e->event_name.n && text_eq(e->event_name, code);
}

// An event with this code comes before one that catches every error. -1 = none.
static int catching_boundary(const struct flow_model *m, const struct node *n, struct text code) {
    for (int any = 0; any < 2; any++)
        for (size_t i = 0; i < n->boundary.count; i++)
            if (catches(flow_element(m, n->boundary.items[i]), code, any)) return n->boundary.items[i];
    return -1;
}

static int catching_start(const struct flow_model *m, int element, struct text code) {
    const struct ints *subs = event_subs_of(m, element);
    for (int any = 0; any < 2; any++)
        for (size_t i = 0; i < subs->count; i++) {
            int start = node_at(m, subs->items[i])->starts.items[0];
            if (catches(flow_element(m, start), code, any)) return start;
        }
    return -1;
}

// 10.4.5, 13.5.4: the innermost catcher takes it. An event sub-process does not catch what its own kind
// throws.
void throw_error(struct run *r, int64_t token, struct text code) {
    code = text_copy(r->arena, code);
    emit_token(r, FLOW_ERROR_THROWN, token_by_id(r, token));
    r->effects.items[r->effects.count - 1].name = code;
    for (struct flow_token *t = token_by_id(r, token);;) {
        const struct node *n = node_at(r->model, t->element);
        int boundary = n->loop && t->instance ? -1 : catching_boundary(r->model, n, code);
        if (boundary >= 0) {
            interrupt_at(r, t->id, boundary);
            return;
        }
        const struct flow_scope *s = scope_by_id(r, t->scope);
        int start = s->repeated ? -1 : catching_start(r->model, s->element, code);
        if (start >= 0) {
            event_sub_begin(r, s->id, start, true);
            return;
        }
        while (s->owner == 0 && s->element >= 0) s = scope_by_id(r, s->parent);
        if (s->owner == 0) break;
        t = token_by_id(r, s->owner);
    }
    stuck(r, token, T("flow_error_not_caught"), code, false);
}
