// join.c - gateways that wait for more than one token (BPMN 13.4.1, 13.4.3).
#include "flow/run.h"

#include <assert.h>

// The arrived token of this gateway and scope that came by `flow`; 0 when there is none.
int64_t arrived_by(const struct run *r, int64_t scope, int element, int flow) {
    for (size_t i = 0; i < r->state.tokens.count; i++) {
        const struct flow_token *t = &r->state.tokens.items[i];
        if (t->phase == FLOW_ARRIVED && t->scope == scope && t->element == element && t->flow == flow)
            return t->id;
    }
    return 0;
}

// One token of each way in that has one is consumed; the last one goes on.
static void fire(struct run *r, int64_t scope, int element) {
    const struct node *n = node_at(r->model, element);
    int64_t last = 0;
    for (size_t i = 0; i < n->in.count; i++) {
        int64_t token = arrived_by(r, scope, element, n->in.items[i]);
        if (!token) continue;
        if (last) token_remove(r, last);
        last = token;
    }
    assert(last);
    struct flow_token *t = token_by_id(r, last);
    t->flow = -1;
    t->phase = FLOW_WAITING;
    emit_token(r, FLOW_ENTERED, t);
    finish(r, last);
}

// 10.2, startQuantity: so many tokens begin the activity once; all but this one are used up.
static void arrive_at_activity(struct run *r, int64_t token, const struct node *n) {
    struct flow_token t = *token_by_id(r, token);
    int64_t others[FLOW_QUANTITY_MAX];
    int count = 0;
    for (size_t i = 0; i < r->state.tokens.count && count + 1 < n->start_quantity; i++) {
        const struct flow_token *o = &r->state.tokens.items[i];
        if (o->phase == FLOW_ARRIVED && o->scope == t.scope && o->element == t.element && o->id != token)
            others[count++] = o->id;
    }
    if (count + 1 < n->start_quantity) return;
    for (int i = 0; i < count; i++) token_remove(r, others[i]);
    struct flow_token *last = token_by_id(r, token);
    last->flow = -1;
    emit_token(r, FLOW_ENTERED, last);
    begin_work(r, token);
}

void arrive(struct run *r, int64_t token) {
    struct flow_token *t = token_by_id(r, token);
    const struct node *n = node_at(r->model, t->element);
    t->phase = FLOW_ARRIVED;
    if (is_activity(n->e.kind)) {
        arrive_at_activity(r, token, n);
        return;
    }
    if (n->e.kind == FLOW_COMPLEX) {
        complex_arrived(r, t->scope, t->element);
        return;
    }
    if (n->e.kind == FLOW_INCLUSIVE && n->in.count > 1) return; // looked at when everything else rests
    int64_t scope = t->scope;
    int element = t->element;
    for (size_t i = 0; i < n->in.count; i++)
        if (!arrived_by(r, scope, element, n->in.items[i])) return;
    fire(r, scope, element);
}

static void mark_back(int gateway, int node, bool *seen, struct ints *todo, struct arena *a) {
    if (node == gateway || seen[node]) return;
    seen[node] = true;
    *ARENA_PUSH(a, todo) = node;
}

// Marks every node from which a token can come to `flow` without visiting the gateway. Boundary events and
// links are ways, too.
static void mark_sources(const struct flow_model *m, int gateway, int flow, bool *seen,
                         struct arena *scratch) {
    struct ints todo = {0};
    mark_back(gateway, m->edges.items[flow].source, seen, &todo, scratch);
    while (todo.count) {
        int at = todo.items[--todo.count];
        const struct node *n = node_at(m, at);
        for (size_t i = 0; i < n->in.count; i++)
            mark_back(gateway, m->edges.items[n->in.items[i]].source, seen, &todo, scratch);
        if (n->e.attached_to >= 0) mark_back(gateway, n->e.attached_to, seen, &todo, scratch);
        if (n->e.event != FLOW_LINK || n->e.kind != FLOW_CATCH_EVENT) continue;
        for (size_t i = 0; i < m->nodes.count; i++)
            if (node_at(m, (int)i)->e.kind == FLOW_THROW_EVENT && node_at(m, (int)i)->link_target == at)
                mark_back(gateway, (int)i, seen, &todo, scratch);
    }
}

// 13.4.3: the gateway waits while some token of its scope could still come by an empty way in and could not
// come by one that has a token already.
bool must_wait(struct run *r, int64_t scope, int element) {
    struct arena scratch = {0};
    const struct node *n = node_at(r->model, element);
    bool *to_empty = ARENA_ARRAY(&scratch, bool, r->model->nodes.count);
    bool *to_filled = ARENA_ARRAY(&scratch, bool, r->model->nodes.count);
    bool wait = false;
    for (size_t i = 0; i < n->in.count; i++) {
        int flow = n->in.items[i];
        bool *seen = arrived_by(r, scope, element, flow) ? to_filled : to_empty;
        mark_sources(r->model, element, flow, seen, &scratch);
    }
    for (size_t i = 0; i < r->state.tokens.count; i++) {
        const struct flow_token *t = &r->state.tokens.items[i];
        if (t->scope != scope || t->element == element) continue;
        wait |= to_empty[t->element] && !to_filled[t->element];
    }
    arena_free(&scratch);
    return wait;
}

bool inclusive_joins(struct run *r) {
    for (size_t i = 0; i < r->state.tokens.count; i++) {
        struct flow_token t = r->state.tokens.items[i];
        if (t.phase != FLOW_ARRIVED || node_at(r->model, t.element)->e.kind != FLOW_INCLUSIVE) continue;
        if (must_wait(r, t.scope, t.element)) continue;
        fire(r, t.scope, t.element);
        return true;
    }
    return false;
}
