// join.c - gateways that wait for more than one token (BPMN 13.4.1, 13.4.3).
#include "flow/run.h"

#include <assert.h>

// The arrived token of this gateway and scope that came by `flow`; 0 when there is none.
static int64_t arrived_by(const struct run *r, int64_t scope, int element, int flow) {
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

void arrive(struct run *r, int64_t token) {
    struct flow_token *t = token_by_id(r, token);
    const struct node *n = node_at(r->model, t->element);
    t->phase = FLOW_ARRIVED;
    if (n->e.kind == FLOW_INCLUSIVE && n->in.count > 1) return; // looked at when everything else rests
    int64_t scope = t->scope;
    int element = t->element;
    for (size_t i = 0; i < n->in.count; i++)
        if (!arrived_by(r, scope, element, n->in.items[i])) return;
    if (n->in.count)
        fire(r, scope, element);
    else
        finish(r, token);
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
static bool must_wait(struct run *r, int64_t scope, int element, struct arena *scratch) {
    const struct node *n = node_at(r->model, element);
    bool *to_empty = ARENA_ARRAY(scratch, bool, r->model->nodes.count);
    bool *to_filled = ARENA_ARRAY(scratch, bool, r->model->nodes.count);
    for (size_t i = 0; i < n->in.count; i++) {
        int flow = n->in.items[i];
        bool *seen = arrived_by(r, scope, element, flow) ? to_filled : to_empty;
        mark_sources(r->model, element, flow, seen, scratch);
    }
    for (size_t i = 0; i < r->state.tokens.count; i++) {
        const struct flow_token *t = &r->state.tokens.items[i];
        if (t->scope != scope || t->element == element) continue;
        if (to_empty[t->element] && !to_filled[t->element]) return true;
    }
    return false;
}

bool inclusive_joins(struct run *r) {
    struct arena scratch = {0};
    bool fired = false;
    for (size_t i = 0; i < r->state.tokens.count && !fired; i++) {
        struct flow_token t = r->state.tokens.items[i];
        if (t.phase != FLOW_ARRIVED || node_at(r->model, t.element)->e.kind != FLOW_INCLUSIVE) continue;
        arena_reset(&scratch);
        if (must_wait(r, t.scope, t.element, &scratch)) continue;
        fire(r, t.scope, t.element);
        fired = true;
    }
    arena_free(&scratch);
    return fired;
}
