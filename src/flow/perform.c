// perform.c - what happens when a token enters an element (BPMN 13.3 to 13.5).
#include "flow/run.h"

#include <assert.h>

bool is_task_kind(enum flow_kind k) {
    switch (k) {
    case FLOW_USER_TASK:
    case FLOW_MANUAL_TASK:
    case FLOW_SERVICE_TASK:
    case FLOW_SEND_TASK:
    case FLOW_SCRIPT_TASK:
    case FLOW_RULE_TASK:
    case FLOW_CALL_ACTIVITY:
    case FLOW_THROW_EVENT:
    case FLOW_END_EVENT: return true;
    default: return false;
    }
}

typedef enum status (*callback)(void *ctx, const struct flow_at *at, struct flow_answer *out,
                                struct problem *p);

static void call(struct run *r, int64_t token, callback f, enum flow_effect_kind kind) {
    if (!f) {
        stuck(r, token, T("flow_host_work"), text_of(flow_effect_name(kind)), false);
        return;
    }
    struct flow_at at = at_token(r, token);
    struct flow_answer answer = {0};
    struct problem p = {0};
    enum status st = f(r->host->ctx, &at, &answer, &p);
    if (!host_went_well(r, st, token, &p, "flow_work_failed", false)) return;
    struct flow_effect *e = flow_emit(r, kind, token, token_by_id(r, token)->element);
    e->instance = at.instance, e->outcome = answer.outcome;
    switch (answer.outcome) {
    case FLOW_DONE: work_done(r, token); return;
    case FLOW_LATER: return;
    case FLOW_THROWN: throw_error(r, token, answer.error_code); return;
    case FLOW_FAILED: stuck(r, token, T("flow_work_failed"), answer.detail, false); return;
    }
    assert(!"outcome of a host callback");
}

void call_service(struct run *r, int64_t token) {
    call(r, token, r->host->service, FLOW_SERVICE_CALLED);
}

static void enter_sub_process(struct run *r, int64_t token) {
    struct flow_token t = *token_by_id(r, token);
    int64_t scope = scope_open(r, t.scope, token, t.element);
    if (!scope) return;
    if (!arm_event_subs(r, scope)) {
        if (r->status) return;
        disarm_scope(r, scope);
        scope_remove(r, scope);
        return;
    }
    token_by_id(r, token)->phase = FLOW_INSIDE;
    scope_begin(r, scope);
}

static void perform_event_gateway(struct run *r, int64_t token, const struct node *n) {
    int64_t scope = token_by_id(r, token)->scope;
    for (size_t i = 0; i < n->out.count; i++)
        if (!arm(r, token, scope, r->model->edges.items[n->out.items[i]].target)) return;
}

static void perform(struct run *r, int64_t token) {
    const struct flow_token *t = token_by_id(r, token);
    const struct node *n = node_at(r->model, t->element);
    switch (n->does) {
    case FLOW_START_EVENT:
    case FLOW_BOUNDARY_EVENT:
    case FLOW_TASK:
    case FLOW_EXCLUSIVE: finish(r, token); return;
    case FLOW_END_EVENT:
    case FLOW_THROW_EVENT: throw_now(r, token); return;
    case FLOW_CATCH_EVENT:
        if (n->e.event == FLOW_LINK)
            finish(r, token);
        else
            (void)arm(r, token, t->scope, t->element);
        return;
    case FLOW_RECEIVE_TASK: (void)arm(r, token, t->scope, t->element); return;
    case FLOW_USER_TASK:
    case FLOW_MANUAL_TASK: emit_token(r, FLOW_TASK_OPENED, t); return;
    case FLOW_SERVICE_TASK: call_service(r, token); return;
    case FLOW_SEND_TASK: send_message(r, token, &n->e); return;
    case FLOW_SCRIPT_TASK:
        if (n->e.type.n && !n->e.script.n)
            call_service(r, token);
        else
            call(r, token, r->host->script, FLOW_SCRIPT_CALLED);
        return;
    case FLOW_RULE_TASK:
        if (n->e.type.n && !n->e.decision.n)
            call_service(r, token);
        else
            call(r, token, r->host->decision, FLOW_DECISION_CALLED);
        return;
    case FLOW_CALL_ACTIVITY:
        emit_token(r, FLOW_PROCESS_CALLED, t);
        r->effects.items[r->effects.count - 1].name = n->e.called;
        return;
    case FLOW_SUB_PROCESS:
    case FLOW_TRANSACTION:
    case FLOW_AD_HOC: enter_sub_process(r, token); return;
    case FLOW_EVENT_BASED: perform_event_gateway(r, token, n); return;
    case FLOW_PARALLEL:
    case FLOW_INCLUSIVE:
    case FLOW_COMPLEX:
    case FLOW_EVENT_SUB_PROCESS:
    case FLOW_KIND_COUNT: break;
    }
    assert(!"an element that no token enters");
}

static bool arm_boundary(struct run *r, int64_t token) {
    struct flow_token *t = token_by_id(r, token);
    const struct node *n = node_at(r->model, t->element);
    if (t->armed) return true;
    t->armed = true;
    int64_t scope = t->scope;
    for (size_t i = 0; i < n->boundary.count; i++) {
        if (arm(r, token, scope, n->boundary.items[i])) continue;
        if (!r->status) token_by_id(r, token)->armed = false;
        return false;
    }
    return true;
}

bool map_data(struct run *r, int64_t token, bool out) {
    const struct flow_element *e = flow_element(r->model, token_by_id(r, token)->element);
    bool has_result = e->results.n && token_by_id(r, token)->instance;
    if (!(out ? e->outputs.count || has_result : e->inputs.count)) return true;
    if (!r->host->map && !e->maps) return true;
    if (!r->host->map) return stuck(r, token, T("flow_host_map"), T(""), out), false;
    struct problem p = {0};
    struct flow_at at = at_token(r, token);
    enum status st = r->host->map(r->host->ctx, &at, out, &p);
    return host_went_well(r, st, token, &p, "flow_mapping_failed", out);
}

// The element's work from its beginning: on entry, and again when a stuck token is tried again.
void begin_work(struct run *r, int64_t token) {
    struct flow_token *t = token_by_id(r, token);
    const struct node *n = node_at(r->model, t->element);
    if (n->e.kind == FLOW_COMPLEX) { // its activation condition failed
        t->phase = FLOW_ARRIVED;
        complex_arrived(r, t->scope, t->element);
        return;
    }
    t->phase = FLOW_WAITING;
    t->leaving = false;
    bool is_instance = n->loop && t->instance;
    if (is_activity(n->e.kind) && !is_instance && !arm_boundary(r, token)) return;
    if (n->loop && !is_instance)
        repeat_begin(r, token);
    else if (map_data(r, token, false))
        perform(r, token);
}

void enter(struct run *r, int64_t token) {
    struct flow_token *t = token_by_id(r, token);
    const struct node *n = node_at(r->model, t->element);
    enum flow_kind k = n->e.kind;
    bool joins = k == FLOW_PARALLEL || k == FLOW_INCLUSIVE || k == FLOW_COMPLEX || is_start_quantity(n);
    if (joins && t->flow >= 0) {
        arrive(r, token);
        return;
    }
    emit_token(r, FLOW_ENTERED, t);
    if (is_gateway(k) && joins) { // nothing leads to it: it starts
        finish(r, token);
        return;
    }
    t->flow = -1;
    begin_work(r, token);
}
