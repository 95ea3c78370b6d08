// repeat.c - standard loops and multi-instance activities (BPMN 10.2.8, 13.3.6, 13.3.7).
//
// The token that came to the activity stays, as owner of a scope in which one token an instance runs.
#include "flow/run.h"

#include <assert.h>

static bool ask(struct run *r, int64_t token, struct text expression, bool *out, bool leaving) {
    struct problem p = {0};
    if (!r->host->condition) return stuck(r, token, T("flow_host_condition"), T(""), leaving), false;
    struct flow_at at = at_token(r, token);
    enum status st = r->host->condition(r->host->ctx, &at, expression, out, &p);
    return host_went_well(r, st, token, &p, "flow_condition_failed", leaving);
}

static bool count_instances(struct run *r, int64_t token, const struct node *n, int *total) {
    int64_t value = 0;
    if (!text_int(n->loop_count, &value)) {
        if (!r->host->count) return stuck(r, token, T("flow_host_count"), T(""), false), false;
        struct problem p = {0};
        struct flow_at at = at_token(r, token);
        enum status st = r->host->count(r->host->ctx, &at, n->loop_count, &value, &p);
        if (!host_went_well(r, st, token, &p, "flow_count_failed", false)) return false;
    }
    if (value < 0 || value > FLOW_INSTANCES_MAX) {
        stuck(r, token, T("flow_instance_count"), text_printf(r->arena, "%lld", (long long)value), false);
        return false;
    }
    *total = (int)value;
    return true;
}

static void start_instance(struct run *r, int64_t scope) {
    struct flow_scope *s = scope_by_id(r, scope);
    int element = s->element, number = ++s->started;
    spawn(r, scope, element, -1, number);
}

static void repeat_end(struct run *r, int64_t scope) {
    int64_t owner = scope_by_id(r, scope)->owner;
    scope_remove(r, scope);
    finish(r, owner);
}

void repeat_begin(struct run *r, int64_t token) {
    struct flow_token t = *token_by_id(r, token);
    const struct node *n = node_at(r->model, t.element);
    int total = 0;
    bool go = true;
    if (n->loop != LOOP_STANDARD && !count_instances(r, token, n, &total)) return;
    if (n->loop == LOOP_STANDARD && n->test_before && n->loop_condition.n &&
        !ask(r, token, n->loop_condition, &go, false))
        return;
    if (n->loop == LOOP_STANDARD)
        total = (int)(n->loop_max > 0 && n->loop_max < FLOW_STEPS_MAX ? n->loop_max : FLOW_STEPS_MAX);
    int64_t scope = scope_open(r, t.scope, token, t.element);
    if (!scope) return;
    struct flow_scope *s = scope_by_id(r, scope);
    s->repeated = true, s->total = go ? total : 0;
    token_by_id(r, token)->phase = FLOW_INSIDE;
    int first = n->loop == LOOP_PARALLEL ? s->total : s->total > 0;
    for (int i = 0; i < first && !r->status; i++) start_instance(r, scope);
    if (!first && !r->status) repeat_end(r, scope);
}

// Standard loop: go on? Multi-instance: stop early? `more` says whether another instance may start.
static bool decide(struct run *r, int64_t token, const struct node *n, bool *more) {
    bool answer = n->loop == LOOP_STANDARD;
    if (n->loop_condition.n && !ask(r, token, n->loop_condition, &answer, true)) return false;
    *more = n->loop == LOOP_STANDARD ? answer : !answer;
    if (!n->loop_condition.n) *more = true;
    return true;
}

// Which events this instance throws, asked before it is gone (10.2.8, behavior).
static bool which_thrown(struct run *r, int64_t token, const struct node *n, bool *which) {
    const struct flow_scope *s = scope_by_id(r, token_by_id(r, token)->scope);
    for (size_t i = 0; i < n->throws.count; i++) {
        const struct thrown *t = &n->throws.items[i];
        which[i] = t->when == WHEN_EACH || (t->when == WHEN_FIRST && s->completed == 0);
        if (t->when == WHEN_HOLDS && !ask(r, token, t->condition, &which[i], true)) return false;
    }
    return true;
}

// False when an event that caught one of them ended the whole activity.
static bool throw_all(struct run *r, int64_t scope, const struct node *n, const bool *which) {
    int64_t owner = scope_by_id(r, scope)->owner;
    for (size_t i = 0; i < n->throws.count && !r->status; i++) {
        if (which[i]) instance_throws(r, owner, &n->throws.items[i].what);
        if (!scope_by_id(r, scope)) return false;
    }
    return !r->status;
}

bool repeat_next(struct run *r, int64_t token) {
    struct flow_token t = *token_by_id(r, token);
    const struct node *n = node_at(r->model, t.element);
    bool more, *which = ARENA_ARRAY(r->arena, bool, n->throws.count + 1);
    if (!decide(r, token, n, &more) || !which_thrown(r, token, n, which)) return false;
    emit_token(r, FLOW_LEFT, &t);
    token_remove(r, token);
    struct flow_scope *s = scope_by_id(r, t.scope);
    assert(s);
    s->completed++;
    if (!throw_all(r, t.scope, n, which)) return true;
    s = scope_by_id(r, t.scope);
    if (!more) cancel_inside(r, t.scope, 0);
    if (!more || s->completed >= s->total)
        repeat_end(r, t.scope);
    else if (n->loop != LOOP_PARALLEL)
        start_instance(r, t.scope);
    return true;
}
