// effects.c - telling the host what happened, and what went wrong at a token.
#include "flow/run.h"

#include <assert.h>

enum { RULE_MAX = 100, DETAIL_MAX = 1000 }; // bytes kept of an incident

const char *flow_effect_name(enum flow_effect_kind k) {
    static const char *const NAMES[FLOW_EFFECT_COUNT] = {
        [FLOW_ENTERED] = "entered",
        [FLOW_LEFT] = "left",
        [FLOW_INTERRUPTED] = "interrupted",
        [FLOW_TAKEN] = "taken",
        [FLOW_TASK_OPENED] = "task_opened",
        [FLOW_TASK_CLOSED] = "task_closed",
        [FLOW_TASK_CANCELLED] = "task_cancelled",
        [FLOW_SERVICE_CALLED] = "service_called",
        [FLOW_DECISION_CALLED] = "decision_called",
        [FLOW_SCRIPT_CALLED] = "script_called",
        [FLOW_PROCESS_CALLED] = "process_called",
        [FLOW_CALL_CANCELLED] = "call_cancelled",
        [FLOW_TIMER_SET] = "timer_set",
        [FLOW_TIMER_CANCELLED] = "timer_cancelled",
        [FLOW_TIMER_FIRED] = "timer_fired",
        [FLOW_MESSAGE_AWAITED] = "message_awaited",
        [FLOW_MESSAGE_UNAWAITED] = "message_unawaited",
        [FLOW_MESSAGE_TAKEN] = "message_taken",
        [FLOW_SIGNAL_AWAITED] = "signal_awaited",
        [FLOW_SIGNAL_UNAWAITED] = "signal_unawaited",
        [FLOW_SIGNAL_TAKEN] = "signal_taken",
        [FLOW_CONDITION_AWAITED] = "condition_awaited",
        [FLOW_CONDITION_UNAWAITED] = "condition_unawaited",
        [FLOW_CONDITION_HELD] = "condition_held",
        [FLOW_MESSAGE_SENT] = "message_sent",
        [FLOW_SIGNAL_SENT] = "signal_sent",
        [FLOW_ERROR_THROWN] = "error_thrown",
        [FLOW_ESCALATED] = "escalated",
        [FLOW_COMPENSATED] = "compensated",
        [FLOW_INCIDENT] = "incident",
        [FLOW_INCIDENT_CLOSED] = "incident_closed",
        [FLOW_ENDED] = "ended",
    };
    assert(k < FLOW_EFFECT_COUNT);
    return NAMES[k];
}

struct flow_effect *flow_emit(struct run *r, enum flow_effect_kind kind, int64_t id, int element) {
    struct flow_effect *e = ARENA_PUSH(r->arena, &r->effects);
    *e = (struct flow_effect){.kind = kind, .id = id, .index = element};
    if (element >= 0) e->element = flow_element(r->model, element);
    return e;
}

void emit_token(struct run *r, enum flow_effect_kind kind, const struct flow_token *t) {
    flow_emit(r, kind, t->id, t->element)->instance = t->instance;
}

void emit_taken(struct run *r, int flow) {
    const struct edge *e = &r->model->edges.items[flow];
    flow_emit(r, FLOW_TAKEN, 0, e->target)->name = e->id;
}

struct flow_at at_token(struct run *r, int64_t token) {
    const struct flow_token *t = token_by_id(r, token);
    assert(t);
    const struct node *n = node_at(r->model, t->element);
    struct flow_at at = {.element = &n->e, .token = t->id, .instance = t->instance, .state = &r->state};
    if (n->loop) {
        const struct flow_scope *s = scope_by_id(r, t->instance ? t->scope : owner_scope(r, token));
        if (s && s->repeated) at.total = s->total, at.started = s->started, at.completed = s->completed;
    }
    if (n->e.kind != FLOW_COMPLEX) return at;
    at.waiting_for_start = !t->step;
    for (size_t i = 0; i < r->state.tokens.count; i++) {
        const struct flow_token *o = &r->state.tokens.items[i];
        at.arrived += o->phase == FLOW_ARRIVED && o->scope == t->scope && o->element == t->element;
    }
    return at;
}

// What the host says is cut between characters; bytes that are no text are left out, so that the state can be
// stored.
static struct text storable(struct arena *a, struct text t, size_t max) {
    size_t n = t.n < max ? t.n : max;
    while (n && n < t.n && ((unsigned char)t.p[n] & 0xC0) == 0x80) n--;
    t = text_slice(t, 0, n);
    return text_is_utf8(t) ? text_copy(a, t) : T("");
}

void stuck(struct run *r, int64_t token, struct text rule, struct text detail, bool leaving) {
    struct flow_token *t = token_by_id(r, token);
    assert(t);
    t->phase = FLOW_STUCK;
    t->leaving = leaving;
    struct flow_incident i = {token, storable(r->arena, rule, RULE_MAX),
                              storable(r->arena, detail, DETAIL_MAX)};
    *ARENA_PUSH(r->arena, &r->state.incidents) = i;
    struct flow_effect *e = flow_emit(r, FLOW_INCIDENT, token, t->element);
    e->instance = t->instance, e->name = i.rule, e->detail = i.detail;
}

void incident_close(struct run *r, int64_t token) {
    size_t kept = 0, count = r->state.incidents.count;
    struct flow_incident *items = r->state.incidents.items;
    for (size_t i = 0; i < count; i++) {
        if (items[i].token == token) {
            const struct flow_token *t = token_by_id(r, token);
            flow_emit(r, FLOW_INCIDENT_CLOSED, token, t ? t->element : -1)->name = items[i].rule;
        } else {
            items[kept++] = items[i];
        }
    }
    r->state.incidents.count = kept;
}

// The disk or the database failed, or the host is overloaded: nothing about the model is wrong, so nothing
// changes.
bool is_machine_trouble(enum status st) {
    return st == STATUS_STORE || st == STATUS_IO || st == STATUS_FULL || st == STATUS_UNCERTAIN ||
           st == STATUS_BUSY;
}

bool host_went_well(struct run *r, enum status st, int64_t token, const struct problem *p,
                    const char *otherwise, bool leaving) {
    if (!st) return true;
    if (is_machine_trouble(st)) {
        r->status = st;
        if (r->problem) *r->problem = *p;
        return false;
    }
    struct text rule = text_of(p->rule ? p->rule : otherwise);
    struct text detail = p->args[0].name ? p->args[0].value : text_of(status_name(st));
    stuck(r, token, rule, detail, leaving);
    return false;
}
