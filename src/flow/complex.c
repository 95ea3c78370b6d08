// complex.c - the complex gateway (BPMN 10.5.5, 13.4.5): activated when its condition holds over the tokens
// that have arrived, then reset when no more can come.
//
// Tokens that counted for the activation stay as FLOW_ARRIVED and `leaving` until the reset: they remember
// the ways in by which the gateway need not wait any more.
#include "flow/run.h"

static bool is_at(const struct flow_token *t, int64_t scope, int element) {
    return t->phase == FLOW_ARRIVED && t->scope == scope && t->element == element;
}

static int64_t counted_by(const struct run *r, int64_t scope, int element, int flow) {
    for (size_t i = 0; i < r->state.tokens.count; i++) {
        const struct flow_token *t = &r->state.tokens.items[i];
        if (is_at(t, scope, element) && t->leaving && t->flow == flow) return t->id;
    }
    return 0;
}

static int64_t fresh_by(const struct run *r, int64_t scope, int element, int flow) {
    for (size_t i = 0; i < r->state.tokens.count; i++) {
        const struct flow_token *t = &r->state.tokens.items[i];
        if (is_at(t, scope, element) && !t->leaving && (flow < 0 || t->flow == flow)) return t->id;
    }
    return 0;
}

static bool awaits_reset(const struct run *r, int64_t scope, int element) {
    for (size_t i = 0; i < r->state.tokens.count; i++)
        if (is_at(&r->state.tokens.items[i], scope, element) && r->state.tokens.items[i].leaving) return true;
    return false;
}

// The token that goes on, made anew: those that came are used up or remembered.
static void go_on(struct run *r, int64_t scope, int element, bool reset) {
    int64_t id = spawn(r, scope, element, -1, 0);
    if (!id) return;
    struct flow_token *t = token_by_id(r, id);
    t->phase = FLOW_WAITING, t->step = reset;
    emit_token(r, FLOW_ENTERED, t);
    finish(r, id);
}

static void activate(struct run *r, int64_t scope, int element) {
    const struct node *n = node_at(r->model, element);
    for (size_t i = 0; i < n->in.count; i++) {
        int64_t token = fresh_by(r, scope, element, n->in.items[i]);
        if (!token) continue;
        if (n->in.count == 1)
            token_remove(r, token);
        else
            token_by_id(r, token)->leaving = true;
    }
    go_on(r, scope, element, false);
}

// Without a condition every token activates it alone and there is nothing to reset.
void complex_arrived(struct run *r, int64_t scope, int element) {
    const struct node *n = node_at(r->model, element);
    int64_t token = fresh_by(r, scope, element, -1);
    if (!token || awaits_reset(r, scope, element)) return;
    if (!n->activation.n) {
        token_remove(r, token);
        go_on(r, scope, element, false);
        return;
    }
    bool holds = false;
    struct problem p = {0};
    if (!r->host->condition) {
        stuck(r, token, T("flow_host_condition"), T(""), false);
        return;
    }
    struct flow_at at = at_token(r, token);
    enum status st = r->host->condition(r->host->ctx, &at, n->activation, &holds, &p);
    if (host_went_well(r, st, token, &p, "flow_condition_failed", false) && holds)
        activate(r, scope, element);
}

static void reset(struct run *r, int64_t scope, int element) {
    const struct node *n = node_at(r->model, element);
    bool conditional = false;
    for (size_t i = 0; i < n->in.count; i++) {
        int64_t token = counted_by(r, scope, element, n->in.items[i]);
        if (!token) token = fresh_by(r, scope, element, n->in.items[i]);
        if (token) token_remove(r, token);
    }
    for (size_t i = 0; i < n->out.count; i++)
        conditional |= r->model->edges.items[n->out.items[i]].conditional;
    if (conditional) go_on(r, scope, element, true);
    if (!r->status) complex_arrived(r, scope, element);
    if (!r->status) scope_check(r, scope);
}

bool complex_resets(struct run *r) {
    for (size_t i = 0; i < r->state.tokens.count; i++) {
        struct flow_token t = r->state.tokens.items[i];
        if (t.phase != FLOW_ARRIVED || !t.leaving || must_wait(r, t.scope, t.element)) continue;
        reset(r, t.scope, t.element);
        return true;
    }
    return false;
}
