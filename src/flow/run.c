// run.c - tokens and scopes: how a token is born, leaves an element, and how a scope completes.
#include "flow/run.h"

#include <assert.h>
#include <string.h>

void abort_run(struct run *r, enum status st, const char *rule, const char *text_key) {
    if (r->status) return;
    (void)problem(r->problem, "", rule, text_key);
    r->status = st;
}

struct flow_token *token_by_id(struct run *r, int64_t id) {
    for (size_t i = 0; i < r->state.tokens.count; i++)
        if (r->state.tokens.items[i].id == id) return &r->state.tokens.items[i];
    return NULL;
}

struct flow_scope *scope_by_id(struct run *r, int64_t id) {
    for (size_t i = 0; i < r->state.scopes.count; i++)
        if (r->state.scopes.items[i].id == id) return &r->state.scopes.items[i];
    return NULL;
}

int64_t spawn(struct run *r, int64_t scope, int element, int flow, int instance) {
    if (r->status) return 0;
    if (r->state.tokens.count >= FLOW_TOKENS_MAX) {
        abort_run(r, STATUS_TOO_LARGE, "flow_too_many_tokens", "problem.flow.too_many_tokens");
        return 0;
    }
    struct flow_token t = {
        .id = r->state.next_id++, .scope = scope, .element = element, .flow = flow, .instance = instance};
    *ARENA_PUSH(r->arena, &r->state.tokens) = t;
    return t.id;
}

void token_remove(struct run *r, int64_t id) {
    struct flow_token *t = token_by_id(r, id);
    assert(t);
    struct flow_token *end = r->state.tokens.items + --r->state.tokens.count;
    memmove(t, t + 1, (size_t)((char *)end - (char *)t));
}

int64_t scope_open(struct run *r, int64_t parent, int64_t owner, int element) {
    if (r->status) return 0;
    if (r->state.scopes.count >= FLOW_TOKENS_MAX) {
        abort_run(r, STATUS_TOO_LARGE, "flow_too_many_tokens", "problem.flow.too_many_tokens");
        return 0;
    }
    struct flow_scope s = {.id = r->state.next_id++, .parent = parent, .owner = owner, .element = element};
    *ARENA_PUSH(r->arena, &r->state.scopes) = s;
    return s.id;
}

void scope_remove(struct run *r, int64_t id) {
    struct flow_scope *s = scope_by_id(r, id);
    assert(s);
    forget(r, id);
    struct flow_scope *end = r->state.scopes.items + --r->state.scopes.count;
    memmove(s, s + 1, (size_t)((char *)end - (char *)s));
}

void scope_begin(struct run *r, int64_t scope) {
    int element = scope_by_id(r, scope)->element;
    const struct ints *starts = starts_of(r->model, element);
    if (element >= 0 && node_at(r->model, element)->e.kind == FLOW_AD_HOC) {
        ad_hoc_begin(r, scope);
        return;
    }
    for (size_t i = 0; i < starts->count; i++) spawn(r, scope, starts->items[i], -1, 0);
    for (size_t i = 0; !starts->count && i < r->model->nodes.count; i++)
        if (begins_alone(node_at(r->model, (int)i), element)) spawn(r, scope, (int)i, -1, 0);
    if (!r->status) scope_check(r, scope); // a sub-process may be empty
}

static bool is_empty(struct run *r, int64_t scope) {
    for (size_t i = 0; i < r->state.tokens.count; i++)
        if (r->state.tokens.items[i].scope == scope) return false;
    for (size_t i = 0; i < r->state.scopes.count; i++) {
        const struct flow_scope *s = &r->state.scopes.items[i];
        if (s->id != scope && s->parent == scope && s->owner == 0) return false;
    }
    return true;
}

static bool is_ad_hoc(const struct run *r, const struct flow_scope *s) {
    return s->element >= 0 && !s->undoing && node_at(r->model, s->element)->e.kind == FLOW_AD_HOC;
}

void scope_check(struct run *r, int64_t scope) {
    const struct flow_scope *found = scope_by_id(r, scope);
    if (r->status || !found || found->repeated || !is_empty(r, scope)) return;
    struct flow_scope s = *found;
    if (s.undoing) {
        undo_next(r, scope);
        return;
    }
    if (is_ad_hoc(r, &s) && ad_hoc_goes_on(r, scope)) return;
    disarm_scope(r, scope);
    if (s.owner) completed(r, s.owner, scope);
    bool undone = s.element >= 0 && !s.owner && scope_by_id(r, s.parent)->undoing;
    if (!s.owner && s.element >= 0 && !undone) hand_over(r, scope, s.parent);
    scope_remove(r, scope);
    if (s.element < 0) {
        r->state.ended = true;
        flow_emit(r, FLOW_ENDED, 0, -1);
    } else if (s.owner) {
        finish(r, s.owner);
    } else { // an event sub-process
        flow_emit(r, FLOW_LEFT, s.id, s.element);
        scope_check(r, s.parent);
    }
}

int64_t owner_scope(const struct run *r, int64_t token) {
    for (size_t i = 0; i < r->state.scopes.count; i++)
        if (r->state.scopes.items[i].owner == token) return r->state.scopes.items[i].id;
    return 0;
}

void finish(struct run *r, int64_t token) {
    const struct flow_token *t = token_by_id(r, token);
    enum flow_kind k = node_at(r->model, t->element)->e.kind;
    disarm_token(r, token);
    if (is_activity(k) && !has_inside(k)) completed(r, token, 0);
    if (!r->status) depart(r, token);
}

void work_done(struct run *r, int64_t token) {
    enum flow_kind k = node_at(r->model, token_by_id(r, token)->element)->e.kind;
    if (k == FLOW_THROW_EVENT || k == FLOW_END_EVENT)
        thrown(r, token);
    else
        finish(r, token);
}

static bool condition_holds(struct run *r, int64_t token, int flow, bool *holds) {
    if (!r->host->condition) {
        stuck(r, token, T("flow_host_condition"), T(""), true);
        return false;
    }
    struct problem p = {0};
    struct flow_at at = at_token(r, token);
    struct text condition = r->model->edges.items[flow].condition;
    enum status st = r->host->condition(r->host->ctx, &at, condition, holds, &p);
    return host_went_well(r, st, token, &p, "flow_condition_failed", true);
}

// The ways out to take. False: aborted or stuck. `flows` has room for all ways out. At the reset of a complex
// gateway only those with a condition that holds (10.5.5).
bool choose(struct run *r, int64_t token, const struct node *n, int *flows, size_t *count) {
    bool first_only = n->e.kind == FLOW_EXCLUSIVE, ignore = n->e.kind == FLOW_PARALLEL;
    bool reset = n->e.kind == FLOW_COMPLEX && token_by_id(r, token)->step;
    bool asked = false, held = false;
    *count = 0;
    for (size_t i = 0; i < n->out.count; i++) {
        int flow = n->out.items[i];
        if (flow == n->default_flow) continue;
        bool take = !reset;
        if (r->model->edges.items[flow].conditional && !ignore) {
            if (!condition_holds(r, token, flow, &take)) return false;
            asked = true, held |= take;
        }
        if (take) flows[(*count)++] = flow;
        if (take && first_only) return true;
    }
    if (reset) return true;
    // 8.3.13: the default flow is taken when no condition of the others holds, even beside unconditional
    // ones.
    if (n->default_flow >= 0 && !held) flows[(*count)++] = n->default_flow;
    if (*count || !asked) return true;
    stuck(r, token, T("flow_no_way_out"), T(""), true); // 13.4.2, 13.4.3: an exception
    return false;
}

void leave(struct run *r, int64_t token, const int *flows, size_t count) {
    struct flow_token t = *token_by_id(r, token);
    const struct node *n = node_at(r->model, t.element);
    int times = is_activity(n->e.kind) ? n->completion_quantity : 1; // 10.2: tokens on each way out
    emit_token(r, FLOW_LEFT, &t);
    token_remove(r, token);
    for (size_t i = 0; i < count; i++) {
        emit_taken(r, flows[i]);
        for (int k = 0; k < times; k++)
            spawn(r, t.scope, r->model->edges.items[flows[i]].target, flows[i], 0);
    }
    if (!count) scope_check(r, t.scope);
}

void depart(struct run *r, int64_t token) {
    if (r->status) return;
    struct flow_token *t = token_by_id(r, token);
    assert(t);
    t->phase = FLOW_WAITING;
    t->leaving = true;
    const struct node *n = node_at(r->model, t->element);
    bool is_instance = t->instance && n->loop;
    if ((!n->loop || is_instance) && !map_data(r, token, true)) return;
    if (is_instance && scope_by_id(r, t->scope)->repeated) {
        (void)repeat_next(r, token);
        return;
    }
    int *flows = ARENA_ARRAY(r->arena, int, n->out.count + 1);
    size_t count;
    bool complete = false;
    int64_t scope = t->scope;
    if (!choose(r, token, n, flows, &count) || !ad_hoc_asks(r, token, &complete)) return;
    if (complete) scope_by_id(r, scope)->completed = 1;
    if (!complete || node_at(r->model, scope_by_id(r, scope)->element)->keep_remaining) {
        leave(r, token, flows, count);
        return;
    }
    emit_token(r, FLOW_LEFT, token_by_id(r, token));
    token_remove(r, token);
    ad_hoc_complete(r, scope);
}

static bool sends_signal(const struct run *r, const struct flow_token *t) {
    enum flow_kind k = node_at(r->model, t->element)->e.kind;
    return (k == FLOW_THROW_EVENT || k == FLOW_END_EVENT) &&
           has_definition(node_at(r->model, t->element), FLOW_SIGNAL);
}

// Of what happens at the same time, those that begin to listen come before those that send a signal: only who
// listens hears it.
static int64_t first_ready(const struct run *r) {
    int64_t sender = 0;
    for (size_t i = 0; i < r->state.tokens.count; i++) {
        const struct flow_token *t = &r->state.tokens.items[i];
        if (t->phase != FLOW_READY) continue;
        if (!sends_signal(r, t)) return t->id;
        if (!sender) sender = t->id;
    }
    return sender;
}

void run_to_rest(struct run *r) {
    while (!r->status) {
        if (++r->steps > FLOW_STEPS_MAX) {
            abort_run(r, STATUS_TOO_LARGE, "flow_endless", "problem.flow.endless");
            return;
        }
        if (condition_happens(r, false)) continue;
        int64_t token = first_ready(r);
        if (token)
            enter(r, token);
        else if (!inclusive_joins(r) && !complex_resets(r) && !condition_happens(r, true))
            return;
    }
}
