// model.c - looking things up in a model.
#include "flow/model.h"

#include <assert.h>

struct text flow_process_id(const struct flow_model *m) {
    return m->id;
}
struct text flow_process_name(const struct flow_model *m) {
    return m->name;
}
size_t flow_count(const struct flow_model *m) {
    return m->nodes.count;
}

const struct flow_element *flow_element(const struct flow_model *m, int index) {
    assert(index >= 0 && (size_t)index < m->nodes.count);
    return &m->nodes.items[index].e;
}

int find_node(const struct flow_model *m, struct text id) {
    for (size_t i = 0; i < m->nodes.count; i++)
        if (text_eq(m->nodes.items[i].e.id, id)) return (int)i;
    return -1;
}

int flow_find(const struct flow_model *m, struct text id) {
    return find_node(m, id);
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
