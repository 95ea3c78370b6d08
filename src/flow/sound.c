// sound.c - does a stored state hang together? What the engine relies on is checked once, when it is read.
#include "flow/model.h"

static const struct flow_token *token_of(const struct flow_state *s, int64_t id) {
    for (size_t i = 0; i < s->tokens.count; i++)
        if (s->tokens.items[i].id == id) return &s->tokens.items[i];
    return NULL;
}

static const struct flow_scope *scope_of(const struct flow_state *s, int64_t id) {
    for (size_t i = 0; i < s->scopes.count; i++)
        if (s->scopes.items[i].id == id) return &s->scopes.items[i];
    return NULL;
}

static int owned_scopes(const struct flow_state *s, int64_t token) {
    int n = 0;
    for (size_t i = 0; i < s->scopes.count; i++) n += s->scopes.items[i].owner == token;
    return n;
}

static int incidents_at(const struct flow_state *s, int64_t token) {
    int n = 0;
    for (size_t i = 0; i < s->incidents.count; i++) n += s->incidents.items[i].token == token;
    return n;
}

// Ids ascend, so they are unique, and an older scope is never inside a younger one.
static bool sound_token(const struct flow_model *m, const struct flow_state *s, size_t i) {
    const struct flow_token *t = &s->tokens.items[i];
    const struct flow_scope *in = scope_of(s, t->scope);
    if (t->id < 1 || t->id >= s->next_id || (i && t->id <= s->tokens.items[i - 1].id)) return false;
    if (!in || (in->id && in->id > t->id)) return false;
    const struct node *n = node_at(m, t->element);
    bool fits = in->repeated  ? in->element == t->element && t->instance
                : in->undoing ? n->for_compensation && !t->instance
                              : n->e.parent == in->element && !t->instance;
    if (!fits) return false;
    if (owned_scopes(s, t->id) != (t->phase == FLOW_INSIDE)) return false;
    return incidents_at(s, t->id) == (t->phase == FLOW_STUCK);
}

// The handlers that a compensation event set going, or a cancelled transaction.
static bool sound_undoing(const struct flow_model *m, const struct flow_scope *c,
                          const struct flow_scope *parent, const struct flow_token *owner) {
    const struct node *n = node_at(m, c->element);
    bool throws = n->e.kind == FLOW_THROW_EVENT || n->e.kind == FLOW_END_EVENT;
    if (!throws || c->repeated || c->started || c->completed || c->total > 1) return false;
    if (c->total)
        return has_definition(n, FLOW_CANCEL) && !c->owner && parent->owner && !parent->repeated &&
               parent->element >= 0 && node_at(m, parent->element)->e.kind == FLOW_TRANSACTION;
    if (!has_definition(n, FLOW_COMPENSATION)) return false;
    if (!c->owner) return !parent->repeated;
    return owner && owner->scope == c->parent && owner->element == c->element && owner->id < c->id;
}

static bool sound_event_sub(const struct flow_model *m, const struct flow_scope *c,
                            const struct flow_scope *parent) {
    const struct node *n = node_at(m, c->element);
    if (n->e.kind != FLOW_EVENT_SUB_PROCESS || c->repeated || parent->repeated) return false;
    if (parent->undoing) return has_definition(node_at(m, n->starts.items[0]), FLOW_COMPENSATION);
    return n->e.parent == parent->element;
}

// Only an ad-hoc sub-process counts: its activities that begin by themselves.
static bool sound_counts(const struct flow_model *m, const struct flow_scope *c) {
    int alone = 0;
    if (node_at(m, c->element)->e.kind != FLOW_AD_HOC) return !c->total && !c->started && !c->completed;
    for (size_t i = 0; i < m->nodes.count; i++) alone += begins_alone(node_at(m, (int)i), c->element);
    return c->total <= alone && c->completed <= 1;
}

static bool sound_scope(const struct flow_model *m, const struct flow_state *s, size_t i) {
    const struct flow_scope *c = &s->scopes.items[i];
    if (i == 0) return c->id == 0 && c->parent == 0 && c->owner == 0 && c->element == -1 && !c->repeated;
    const struct flow_scope *parent = scope_of(s, c->parent);
    if (c->id >= s->next_id || c->id <= s->scopes.items[i - 1].id || !parent || parent->id >= c->id ||
        c->element < 0)
        return false;
    const struct node *n = node_at(m, c->element);
    if (c->undoing) return sound_undoing(m, c, parent, c->owner ? token_of(s, c->owner) : NULL);
    if (!c->owner) return sound_event_sub(m, c, parent);
    const struct flow_token *owner = token_of(s, c->owner);
    if (!owner || owner->scope != c->parent || owner->element != c->element || owner->id >= c->id)
        return false;
    bool repeats = n->loop != LOOP_NONE && !owner->instance;
    if (c->repeated != repeats || c->started > c->total || c->completed > c->started) return false;
    return c->repeated || (has_inside(n->e.kind) && sound_counts(m, c));
}

static bool follows(const struct flow_model *m, const struct node *gateway, int element) {
    for (size_t i = 0; i < gateway->out.count; i++)
        if (m->edges.items[gateway->out.items[i]].target == element) return true;
    return false;
}

static bool sound_wait(const struct flow_model *m, const struct flow_state *s, size_t i) {
    const struct flow_wait *w = &s->waits.items[i];
    const struct flow_scope *scope = scope_of(s, w->scope);
    const struct flow_element *e = flow_element(m, w->element);
    if (w->id < 1 || w->id >= s->next_id || (i && w->id <= s->waits.items[i - 1].id) || !scope) return false;
    if (!w->token) {
        bool of_event_sub = e->parent >= 0 && node_at(m, e->parent)->e.kind == FLOW_EVENT_SUB_PROCESS;
        return e->kind == FLOW_START_EVENT && of_event_sub && !scope->repeated &&
               node_at(m, e->parent)->e.parent == scope->element;
    }
    const struct flow_token *t = token_of(s, w->token);
    if (!t || t->scope != w->scope) return false;
    const struct node *at = node_at(m, t->element);
    if (e->kind == FLOW_BOUNDARY_EVENT) return e->attached_to == t->element;
    if (at->e.kind == FLOW_EVENT_BASED) return t->phase == FLOW_WAITING && follows(m, at, w->element);
    return t->phase == FLOW_WAITING && t->element == w->element &&
           (e->kind == FLOW_CATCH_EVENT || e->kind == FLOW_RECEIVE_TASK || e->kind == FLOW_START_EVENT);
}

// A record is in a scope, or in the record of a sub-process, which completed later.
static bool sound_done(const struct flow_model *m, const struct flow_state *s, size_t i) {
    const struct flow_done *d = &s->done.items[i];
    if (d->id < 1 || d->id >= s->next_id || (i && d->id <= s->done.items[i - 1].id)) return false;
    if (!is_activity(node_at(m, d->element)->e.kind)) return false;
    const struct flow_scope *in = scope_of(s, d->in);
    if (in) return !in->repeated;
    for (size_t k = i + 1; k < s->done.count; k++)
        if (s->done.items[k].id == d->in) return has_inside(node_at(m, s->done.items[k].element)->e.kind);
    return false;
}

static bool repeated_ones_run(const struct flow_state *s) {
    for (size_t i = 0; i < s->scopes.count; i++) {
        int running = 0;
        if (!s->scopes.items[i].repeated) continue;
        for (size_t k = 0; k < s->tokens.count; k++)
            running += s->tokens.items[k].scope == s->scopes.items[i].id;
        if (running != s->scopes.items[i].started - s->scopes.items[i].completed || !running) return false;
    }
    return true;
}

bool flow_state_is_sound(const struct flow_model *m, const struct flow_state *s) {
    bool lives = s->next_id > 0 && !s->ended;
    bool empty =
        !s->scopes.count && !s->tokens.count && !s->waits.count && !s->incidents.count && !s->done.count;
    if (lives ? !s->scopes.count || !s->tokens.count : !empty) return false;
    for (size_t i = 0; i < s->scopes.count; i++)
        if (!sound_scope(m, s, i)) return false;
    for (size_t i = 0; i < s->tokens.count; i++)
        if (!sound_token(m, s, i)) return false;
    for (size_t i = 0; i < s->waits.count; i++)
        if (!sound_wait(m, s, i)) return false;
    for (size_t i = 0; i < s->incidents.count; i++)
        if (!token_of(s, s->incidents.items[i].token)) return false;
    for (size_t i = 0; i < s->done.count; i++)
        if (!sound_done(m, s, i)) return false;
    return repeated_ones_run(s);
}
