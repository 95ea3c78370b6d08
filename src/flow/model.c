// model.c - looking things up in a model.
#include "flow/model.h"

#include <assert.h>

struct text flow_process_id(const struct flow_model *m) {
    return m->id;
}
struct text flow_process_name(const struct flow_model *m) {
    return m->name;
}
size_t flow_ways(const struct flow_model *m) {
    return m->edges.count;
}
struct flow_way flow_way(const struct flow_model *m, size_t index) {
    const struct edge *e = &m->edges.items[index];
    return (struct flow_way){e->id, e->source, e->target, e->condition};
}
size_t flow_count(const struct flow_model *m) {
    return m->nodes.count;
}

const struct flow_element *flow_element(const struct flow_model *m, int index) {
    assert(index >= 0 && (size_t)index < m->nodes.count);
    return &m->nodes.items[index].e;
}

struct flow_pairs flow_data(const struct flow_model *m) {
    return m->data;
}

int find_node(const struct flow_model *m, struct text id) {
    for (size_t i = 0; i < m->nodes.count; i++)
        if (text_eq(m->nodes.items[i].e.id, id)) return (int)i;
    return -1;
}

int flow_find(const struct flow_model *m, struct text id) {
    return find_node(m, id);
}

bool flow_knows_message(const struct flow_model *m, struct text name) {
    for (size_t i = 0; i < m->nodes.count; i++) {
        const struct definitions *d = &m->nodes.items[i].definitions;
        bool sends =
            m->nodes.items[i].e.kind == FLOW_END_EVENT || m->nodes.items[i].e.kind == FLOW_THROW_EVENT;
        for (size_t k = 0; k < d->count && !sends; k++)
            if (d->items[k].event == FLOW_MESSAGE && text_eq(d->items[k].name, name)) return true;
    }
    return false;
}

struct text flow_property(const struct flow_element *e, struct text name, struct text otherwise) {
    for (size_t i = 0; i < e->properties.count; i++)
        if (text_eq(e->properties.items[i].name, name)) return e->properties.items[i].value;
    return otherwise;
}

const struct ints *starts_of(const struct flow_model *m, int element) {
    return element < 0 ? &m->starts : &node_at(m, element)->starts;
}

const struct ints *event_subs_of(const struct flow_model *m, int element) {
    return element < 0 ? &m->event_subs : &node_at(m, element)->event_subs;
}

bool has_definition(const struct node *n, enum flow_event event) {
    for (size_t i = 0; i < n->definitions.count; i++)
        if (n->definitions.items[i].event == event) return true;
    return false;
}

int boundary_with(const struct flow_model *m, int activity, enum flow_event event) {
    const struct ints *all = &node_at(m, activity)->boundary;
    for (size_t i = 0; i < all->count; i++)
        if (has_definition(node_at(m, all->items[i]), event)) return all->items[i];
    return -1;
}

int handler_of(const struct flow_model *m, int activity) {
    int boundary = boundary_with(m, activity, FLOW_COMPENSATION);
    return boundary < 0 ? -1 : node_at(m, boundary)->handler;
}

int undoing_event_sub(const struct flow_model *m, int element) {
    const struct ints *subs = event_subs_of(m, element);
    for (size_t i = 0; i < subs->count; i++)
        if (has_definition(node_at(m, node_at(m, subs->items[i])->starts.items[0]), FLOW_COMPENSATION))
            return subs->items[i];
    return -1;
}

bool begins_alone(const struct node *n, int parent) {
    if (n->e.parent != parent || n->in.count || n->for_compensation) return false;
    enum flow_kind k = n->e.kind;
    return k != FLOW_BOUNDARY_EVENT && k != FLOW_EVENT_SUB_PROCESS && n->e.event != FLOW_LINK;
}

size_t flow_open_tasks(const struct flow_model *m, const struct flow_state *s, struct flow_at *out,
                       size_t max) {
    size_t n = 0;
    for (size_t i = 0; i < s->tokens.count; i++) {
        const struct flow_token *t = &s->tokens.items[i];
        const struct flow_element *e = flow_element(m, t->element);
        if (t->phase != FLOW_WAITING || (e->kind != FLOW_USER_TASK && e->kind != FLOW_MANUAL_TASK)) continue;
        if (n < max)
            out[n] = (struct flow_at){.element = e, .token = t->id, .instance = t->instance, .state = s};
        n++;
    }
    return n;
}

bool flow_is_at(const struct flow_state *s, int element) {
    for (size_t i = 0; i < s->tokens.count; i++)
        if (s->tokens.items[i].element == element) return true;
    for (size_t i = 0; i < s->scopes.count; i++)
        if (s->scopes.items[i].element == element) return true;
    return false;
}
