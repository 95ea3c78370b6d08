// interrupt.c - cancelling what runs, and going on at a boundary event or event sub-process
// (BPMN 13.5.3, 13.5.4).
#include "flow/run.h"

#include <assert.h>

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
    int64_t inside = owner_scope(r, token);
    if (inside) close_scope(r, inside);
    disarm_token(r, token);
    incident_close(r, token);
    const struct flow_token *t = token_by_id(r, token);
    emit_cancelled_work(r, t);
    bool before_it = t->phase == FLOW_STUCK && t->flow >= 0; // at a gateway that could not be activated
    if (t->phase != FLOW_READY && t->phase != FLOW_ARRIVED && !before_it) emit_token(r, FLOW_INTERRUPTED, t);
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
        if (!sub.undoing) flow_emit(r, FLOW_INTERRUPTED, sub.id, sub.element);
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

// Which definition of the event catches this: one with the code, or (`any`) one without.
static bool catches(const struct node *n, enum flow_event kind, struct text code, bool any) {
    for (size_t i = 0; i < n->definitions.count; i++) {
        const struct definition *d = &n->definitions.items[i];
        if (d->event == kind && (any ? d->name.n == 0 : d->name.n && text_eq(d->name, code))) return true;
    }
    return false;
}

// An event with this code comes before one that catches every code. -1 = none.
static int catching_boundary(const struct flow_model *m, const struct node *n, enum flow_event kind,
                             struct text code) {
    for (int any = 0; any < 2; any++)
        for (size_t i = 0; i < n->boundary.count; i++)
            if (catches(node_at(m, n->boundary.items[i]), kind, code, any)) return n->boundary.items[i];
    return -1;
}

static int catching_start(const struct flow_model *m, int element, enum flow_event kind, struct text code) {
    const struct ints *subs = event_subs_of(m, element);
    for (int any = 0; any < 2; any++)
        for (size_t i = 0; i < subs->count; i++) {
            int start = node_at(m, subs->items[i])->starts.items[0];
            if (catches(node_at(m, start), kind, code, any)) return start;
        }
    return -1;
}

struct catcher {
    int64_t token; // whose activity has the boundary event; 0 = a start event in `scope`
    int64_t scope;
    int event;
};

// 10.4.5, 13.5.3, 13.5.4: the innermost catcher takes it. An event sub-process does not catch what its own
// kind throws.
static bool find_catcher(struct run *r, int64_t token, enum flow_event kind, struct text code,
                         struct catcher *c) {
    for (const struct flow_token *t = token_by_id(r, token);; t = token_by_id(r, c->scope)) {
        const struct node *n = node_at(r->model, t->element);
        const struct flow_scope *s = scope_by_id(r, t->scope);
        c->event = n->loop && t->instance ? -1 : catching_boundary(r->model, n, kind, code);
        c->token = t->id, c->scope = t->scope;
        if (c->event >= 0) return true;
        c->token = 0;
        bool may_start = !s->repeated;
        for (;;) {
            c->scope = s->id;
            c->event = may_start && !s->undoing ? catching_start(r->model, s->element, kind, code) : -1;
            if (c->event >= 0) return true;
            if (s->owner) break;
            if (s->element < 0) return false;
            may_start = s->undoing;
            s = scope_by_id(r, s->parent);
        }
        c->scope = s->owner;
    }
}

void throw_error(struct run *r, int64_t token, struct text code) {
    struct catcher c = {0};
    code = text_copy(r->arena, code);
    emit_token(r, FLOW_ERROR_THROWN, token_by_id(r, token));
    r->effects.items[r->effects.count - 1].name = code;
    if (!find_catcher(r, token, FLOW_ERROR, code, &c))
        stuck(r, token, T("flow_error_not_caught"), code, false);
    else if (c.token)
        interrupt_at(r, c.token, c.event);
    else
        event_sub_begin(r, c.scope, c.event, true);
}

// Nobody has to catch an escalation: the one who threw it goes on (10.4.5).
void escalate(struct run *r, int64_t token, struct text code) {
    struct catcher c = {0};
    code = text_copy(r->arena, code);
    bool caught = find_catcher(r, token, FLOW_ESCALATION, code, &c);
    emit_token(r, FLOW_ESCALATED, token_by_id(r, token));
    struct flow_effect *e = &r->effects.items[r->effects.count - 1];
    e->name = code, e->caught = caught;
    if (!caught) return;
    bool interrupting = flow_element(r->model, c.event)->interrupting;
    if (!c.token)
        event_sub_begin(r, c.scope, c.event, interrupting);
    else if (interrupting)
        interrupt_at(r, c.token, c.event);
    else
        spawn(r, c.scope, c.event, -1, 0);
}
