// migrate.c - moving a running instance to another version of its model, by a stated mapping.
#include "flow/run.h"

struct move {
    struct run run; // of the new model
    const struct flow_model *old;
    const struct flow_move *moves;
    size_t count;
    struct flow_report *report;
    struct text refused; // the first element that cannot go
    bool fails;
};

static struct text target(const struct move *m, struct text id) {
    for (size_t i = 0; i < m->count; i++)
        if (text_eq(m->moves[i].from, id)) return m->moves[i].to;
    return id;
}

static struct text old_id(const struct move *m, int element) {
    return element < 0 ? T("") : node_at(m->old, element)->e.id;
}

static int new_place(const struct move *m, int element) {
    struct text id = target(m, old_id(m, element));
    return element < 0 || !id.n ? -1 : find_node(m->run.model, id);
}

static void say(struct move *m, const char *what, int64_t id, int from, const char *rule) {
    struct flow_moved line = {what, id, old_id(m, from), target(m, old_id(m, from)), rule};
    *ARENA_PUSH(m->run.arena, m->report) = line;
    if (!rule || m->fails) return;
    m->fails = true, m->refused = line.from;
}

// Why the old element's tokens cannot stand at the new one; NULL = they can.
static const char *differs(const struct move *m, int from, int to) {
    if (to < 0) return "flow_element_unknown";
    const struct node *a = node_at(m->old, from), *b = node_at(m->run.model, to);
    if (a->e.kind != b->e.kind) return "flow_migrate_kind";
    return a->loop == b->loop ? NULL : "flow_migrate_loop";
}

static const struct flow_scope *old_scope(const struct flow_state *s, int64_t id) {
    for (size_t i = 0; i < s->scopes.count; i++)
        if (s->scopes.items[i].id == id) return &s->scopes.items[i];
    return NULL;
}

static int way(const struct move *m, const struct flow_token *t, int to) {
    struct text id = target(m, m->old->edges.items[t->flow].id);
    const struct node *n = node_at(m->run.model, to);
    for (size_t i = 0; i < n->in.count; i++)
        if (id.n && text_eq(m->run.model->edges.items[n->in.items[i]].id, id)) return n->in.items[i];
    return -1;
}

static void move_token(struct move *m, const struct flow_state *s, struct flow_token *t) {
    int from = t->element, to = new_place(m, from);
    const char *rule = differs(m, from, to);
    const struct flow_scope *in = old_scope(s, t->scope);
    bool inside = in && !in->repeated && !in->undoing;
    if (!rule && inside && in->element >= 0 &&
        node_at(m->run.model, to)->e.parent != new_place(m, in->element))
        rule = "flow_migrate_parent";
    if (!rule && inside && in->element < 0 && node_at(m->run.model, to)->e.parent >= 0)
        rule = "flow_migrate_parent";
    if (!rule && t->flow >= 0) {
        t->flow = way(m, t, to);
        if (t->flow < 0) rule = "flow_migrate_way";
    }
    say(m, "token", t->id, from, rule);
    if (!rule) t->element = to;
}

static void move_scope(struct move *m, struct flow_scope *c) {
    if (c->element < 0) return;
    int to = new_place(m, c->element);
    const char *rule = differs(m, c->element, to);
    say(m, "scope", c->id, c->element, rule);
    if (!rule) c->element = to;
}

// The definition of the same kind: at the same place, or the first.
static int same_definition(const struct move *m, const struct flow_wait *w, int to) {
    const struct definitions *d = &node_at(m->run.model, to)->definitions;
    if ((size_t)w->definition < d->count && d->items[w->definition].event == w->kind) return w->definition;
    for (size_t i = 0; i < d->count; i++)
        if (d->items[i].event == w->kind) return (int)i;
    return -1;
}

static bool given_up(const struct move *m, int element) {
    return !target(m, old_id(m, element)).n;
}

static void emit(struct move *m, const struct flow_wait *w, bool awaited, const struct flow_element *e,
                 int index) {
    static const enum flow_effect_kind KINDS[][2] = {
        [FLOW_MESSAGE] = {FLOW_MESSAGE_UNAWAITED, FLOW_MESSAGE_AWAITED},
        [FLOW_TIMER] = {FLOW_TIMER_CANCELLED, FLOW_TIMER_SET},
        [FLOW_SIGNAL] = {FLOW_SIGNAL_UNAWAITED, FLOW_SIGNAL_AWAITED},
        [FLOW_CONDITIONAL] = {FLOW_CONDITION_UNAWAITED, FLOW_CONDITION_AWAITED},
    };
    struct flow_effect *f = ARENA_PUSH(m->run.arena, &m->run.effects);
    *f = (struct flow_effect){.kind = KINDS[w->kind][awaited], .id = w->id, .index = index, .element = e};
    f->due = w->due, f->name = w->name, f->key = w->key;
}

// False when it is given up.
static bool move_wait(struct move *m, struct flow_wait *w) {
    int from = w->element, to = new_place(m, from);
    const struct flow_element *old = &node_at(m->old, from)->e;
    bool beside = old->kind == FLOW_BOUNDARY_EVENT || (old->kind == FLOW_START_EVENT && !w->token);
    if (beside && given_up(m, from)) {
        say(m, "wait", w->id, from, NULL);
        emit(m, w, false, old, from);
        return false;
    }
    const char *rule = to < 0 ? "flow_element_unknown" : NULL;
    int definition = rule ? -1 : same_definition(m, w, to);
    if (!rule && (definition < 0 || node_at(m->run.model, to)->e.kind != old->kind))
        rule = "flow_migrate_event";
    say(m, "wait", w->id, from, rule);
    if (rule) return true;
    struct text name = node_at(m->run.model, to)->definitions.items[definition].name;
    bool renamed = !text_eq(name, w->name);
    if (renamed) emit(m, w, false, old, from);
    w->element = to, w->definition = definition, w->name = name;
    if (renamed) emit(m, w, true, flow_element(m->run.model, to), to);
    return true;
}

static bool move_done(struct move *m, struct flow_done *d) {
    int from = d->element, to = new_place(m, from);
    bool keeps = !given_up(m, from);
    const char *rule = !keeps ? NULL : differs(m, from, to);
    say(m, "done", d->id, from, rule);
    if (keeps && !rule) d->element = to;
    return keeps;
}

static bool is_new(const struct move *m, int element) {
    for (size_t i = 0; i < m->old->nodes.count; i++)
        if (new_place(m, (int)i) == element) return false;
    return true;
}

static void arm_new(struct move *m, int64_t token, int64_t scope, int event) {
    if (!is_new(m, event) || m->run.status) return;
    struct text id = node_at(m->run.model, event)->e.id;
    *ARENA_PUSH(m->run.arena, m->report) = (struct flow_moved){"new", 0, T(""), id, NULL};
    (void)arm(&m->run, token, scope, event);
}

static void arm_what_is_new(struct move *m) {
    struct run *r = &m->run;
    size_t tokens = r->state.tokens.count, scopes = r->state.scopes.count;
    for (size_t i = 0; i < tokens; i++) {
        struct flow_token t = r->state.tokens.items[i];
        const struct ints *events = &node_at(r->model, t.element)->boundary;
        for (size_t k = 0; t.armed && k < events->count; k++) arm_new(m, t.id, t.scope, events->items[k]);
    }
    for (size_t i = 0; i < scopes; i++) {
        struct flow_scope s = r->state.scopes.items[i];
        if (s.repeated || s.undoing) continue;
        const struct ints *subs = event_subs_of(r->model, s.element);
        for (size_t k = 0; k < subs->count; k++)
            if (is_new(m, subs->items[k]))
                arm_new(m, 0, s.id, node_at(r->model, subs->items[k])->starts.items[0]);
    }
}

static void move_all(struct move *m, const struct flow_state *old) {
    struct flow_state *s = &m->run.state;
    size_t kept = 0;
    for (size_t i = 0; i < s->tokens.count; i++) move_token(m, old, &s->tokens.items[i]);
    for (size_t i = 0; i < s->scopes.count; i++) move_scope(m, &s->scopes.items[i]);
    for (size_t i = 0; i < s->waits.count; i++) {
        struct flow_wait w = s->waits.items[i];
        if (move_wait(m, &w)) s->waits.items[kept++] = w;
    }
    s->waits.count = kept, kept = 0;
    for (size_t i = 0; i < s->done.count; i++) {
        struct flow_done d = s->done.items[i];
        if (move_done(m, &d)) s->done.items[kept++] = d;
    }
    s->done.count = kept;
}

// A join may have fewer ways in than before.
static void look_at_joins_again(struct run *r) {
    for (size_t i = 0; i < r->state.tokens.count; i++) {
        struct flow_token *t = &r->state.tokens.items[i];
        if (t->phase == FLOW_ARRIVED && !t->leaving) t->phase = FLOW_READY;
    }
}

enum status flow_migrate(const struct flow_engine *e, const struct flow_model *old,
                         const struct flow_state *state, const struct flow_move *moves, size_t count,
                         struct flow_state *out, struct flow_effects *effects, struct flow_report *report,
                         struct problem *p) {
    struct move m = {
        .run = run_begin(e, state, p), .old = old, .moves = moves, .count = count, .report = report};
    move_all(&m, state);
    if (!m.fails && !flow_state_is_sound(e->model, &m.run.state))
        m.fails = true, m.refused = flow_process_id(old);
    if (m.fails) {
        enum status st = problem(p, "", "flow_migrate", "problem.flow.migrate");
        problem_arg(p, "element", text_copy(e->arena, m.refused));
        return st;
    }
    if (state->ended || !state->next_id) {
        *out = m.run.state;
        return STATUS_OK;
    }
    arm_what_is_new(&m);
    look_at_joins_again(&m.run);
    return run_commit(&m.run, out, effects);
}
