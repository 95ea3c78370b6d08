// start.c - how an instance begins (BPMN 10.4.2, 10.5.6, 13.2).
#include "flow/run.h"

// The definition that this trigger is; -1 = none of them.
static int matching(const struct node *n, const struct flow_trigger *by) {
    for (size_t i = 0; i < n->definitions.count; i++) {
        const struct definition *d = &n->definitions.items[i];
        if (d->event != by->kind) continue;
        bool by_id = by->kind == FLOW_TIMER || by->kind == FLOW_CONDITIONAL;
        if (by_id ? !by->name.n || text_eq(n->e.id, by->name) : text_eq(d->name, by->name)) return (int)i;
    }
    return -1;
}

// Where the trigger starts the process.
struct place {
    int element, definition;
    int gateway; // instantiating event-based gateway that leads there, -1 = none
};

static bool at_start_event(const struct flow_model *m, const struct flow_trigger *by, struct place *out) {
    for (size_t i = 0; i < m->starts.count; i++) {
        const struct node *n = node_at(m, m->starts.items[i]);
        int definition = matching(n, by);
        if (by->kind == FLOW_NONE ? n->definitions.count > 0 : definition < 0) continue;
        *out = (struct place){m->starts.items[i], definition, -1};
        return true;
    }
    return false;
}

static bool at_other(const struct flow_model *m, const struct flow_trigger *by, struct place *out) {
    for (size_t i = 0; i < m->nodes.count; i++) {
        const struct node *n = node_at(m, (int)i);
        if (n->e.parent >= 0 || !n->instantiate) continue;
        *out = (struct place){(int)i, matching(n, by), -1};
        if (out->definition >= 0) return true;
        for (size_t k = 0; k < n->out.count && n->e.kind == FLOW_EVENT_BASED; k++) {
            int to = m->edges.items[n->out.items[k]].target;
            *out = (struct place){to, matching(node_at(m, to), by), (int)i};
            if (out->definition >= 0) return true;
        }
    }
    return false;
}

static bool find_place(const struct flow_model *m, const struct flow_trigger *by, struct place *out) {
    if (at_start_event(m, by, out)) return true;
    if (by->kind != FLOW_NONE) return at_other(m, by, out);
    *out = (struct place){-1, -1, -1};
    return !m->starts.count;
}

// The event has happened already: its token waits for it and gets it at once. Of a parallel multiple start
// event the other definitions are still awaited.
static void start_at_event(struct run *r, const struct place *at) {
    int64_t id = spawn(r, 0, at->element, -1, 0);
    if (!id) return;
    struct flow_token *t = token_by_id(r, id);
    t->phase = FLOW_WAITING;
    emit_token(r, FLOW_ENTERED, t);
    if (!flow_element(r->model, at->element)->all)
        finish(r, id);
    else if (arm(r, id, 0, at->element))
        happened(r, wait_of_definition(r, id, at->element, at->definition));
}

// 10.5.6: the first event starts the instance, the others of a parallel gateway must follow.
static void await_others(struct run *r, const struct place *at) {
    const struct node *gateway = node_at(r->model, at->gateway);
    for (size_t i = 0; i < gateway->out.count && gateway->parallel; i++) {
        int to = r->model->edges.items[gateway->out.items[i]].target;
        if (to != at->element) spawn(r, 0, to, -1, 0);
    }
}

static void start_at(struct run *r, const struct place *at) {
    if (at->element < 0) {
        scope_begin(r, 0);
        return;
    }
    if (at->gateway >= 0) await_others(r, at);
    if (at->definition < 0 || flow_element(r->model, at->element)->kind == FLOW_START_EVENT) {
        if (at->definition < 0 || !flow_element(r->model, at->element)->all) {
            spawn(r, 0, at->element, -1, 0);
            return;
        }
    }
    start_at_event(r, at);
}

enum status flow_start(const struct flow_engine *e, const struct flow_trigger *by, struct flow_state *state,
                       struct flow_effects *effects, struct problem *p) {
    struct place at;
    if (state->scopes.count || (state->ended && by->kind == FLOW_NONE)) {
        (void)problem(p, "", "flow_started", "problem.flow.started");
        return STATUS_CONFLICT;
    }
    if (!find_place(e->model, by, &at))
        return not_found(p, "flow_no_such_start", "problem.flow.no_such_start");
    struct run r = run_begin(e, state, p);
    if (!r.state.next_id) r.state.next_id = 1;
    r.state.ended = false;
    *ARENA_PUSH(e->arena, &r.state.scopes) = (struct flow_scope){.element = -1};
    if (arm_event_subs(&r, 0)) start_at(&r, &at);
    return run_commit(&r, state, effects);
}
