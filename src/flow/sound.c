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
    bool is_instance = in->repeated;
    if (is_instance ? in->element != t->element || !t->instance : n->e.parent != in->element || t->instance)
        return false;
    if (owned_scopes(s, t->id) != (t->phase == FLOW_INSIDE)) return false;
    return incidents_at(s, t->id) == (t->phase == FLOW_STUCK);
}

static bool sound_scope(const struct flow_model *m, const struct flow_state *s, size_t i) {
    const struct flow_scope *c = &s->scopes.items[i];
    if (i == 0) return c->id == 0 && c->parent == 0 && c->owner == 0 && c->element == -1 && !c->repeated;
    const struct flow_scope *parent = scope_of(s, c->parent);
    if (c->id >= s->next_id || c->id <= s->scopes.items[i - 1].id || !parent || parent->id >= c->id ||
        c->element < 0)
        return false;
    const struct node *n = node_at(m, c->element);
    if (!c->owner)
        return n->e.kind == FLOW_EVENT_SUB_PROCESS && !c->repeated && !parent->repeated &&
               n->e.parent == parent->element;
    const struct flow_token *owner = token_of(s, c->owner);
    if (!owner || owner->scope != c->parent || owner->element != c->element || owner->id >= c->id)
        return false;
    bool repeats = n->loop != LOOP_NONE && !owner->instance;
    if (c->repeated != repeats || c->started > c->total || c->completed > c->started) return false;
    return c->repeated || n->e.kind == FLOW_SUB_PROCESS;
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
           (e->kind == FLOW_CATCH_EVENT || e->kind == FLOW_RECEIVE_TASK);
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
    bool empty = !s->scopes.count && !s->tokens.count && !s->waits.count && !s->incidents.count;
    if (lives ? !s->scopes.count || !s->tokens.count : !empty) return false;
    for (size_t i = 0; i < s->scopes.count; i++)
        if (!sound_scope(m, s, i)) return false;
    for (size_t i = 0; i < s->tokens.count; i++)
        if (!sound_token(m, s, i)) return false;
    for (size_t i = 0; i < s->waits.count; i++)
        if (!sound_wait(m, s, i)) return false;
    for (size_t i = 0; i < s->incidents.count; i++)
        if (!token_of(s, s->incidents.items[i].token)) return false;
    return repeated_ones_run(s);
}
