// data.c - data objects and data associations (BPMN 10.3): read for the host, which keeps the values.
#include "base/xml.h"
#include "flow/model.h"

#include <string.h>

struct pairs {
    struct flow_pair *items;
    size_t count, capacity;
};

static struct text content_of(struct reader *r, const xmlNode *x, const char *child) {
    const xmlNode *c = child_of(x, child);
    return c ? text_trim(xml_content(r->arena, c)) : T("");
}

// A data input or output of an activity has a name of its own; a data object reference stands for its object.
static struct text meant(struct reader *r, struct text id) {
    const xmlNode *x = id.n ? find_id(r, id) : NULL;
    if (!x) return id;
    struct text object = xml_attribute(r->arena, x, NULL, "dataObjectRef");
    if (object.n) return object;
    bool own = is_bpmn(x, "dataInput") || is_bpmn(x, "dataOutput");
    struct text name = own ? xml_attribute(r->arena, x, NULL, "name") : T("");
    return name.n ? name : id;
}

// 10.3.2: assignments say from and to; otherwise the source, or the transformation of it, goes to the target.
static void read_association(struct reader *r, const xmlNode *x, struct pairs *out) {
    bool assigned = false;
    for (const xmlNode *c = xml_child(x); c; c = xml_next(c)) {
        if (!is_bpmn(c, "assignment")) continue;
        *ARENA_PUSH(r->arena, out) = (struct flow_pair){content_of(r, c, "to"), content_of(r, c, "from")};
        assigned = true;
    }
    if (assigned) return;
    struct text source = meant(r, content_of(r, x, "sourceRef")),
                target = meant(r, content_of(r, x, "targetRef"));
    struct text changed = content_of(r, x, "transformation");
    *ARENA_PUSH(r->arena, out) = (struct flow_pair){target, changed.n ? changed : source};
}

void read_associations(struct reader *r, const xmlNode *x, struct flow_element *e) {
    struct pairs in = {0}, out = {0};
    for (const xmlNode *c = xml_child(x); c; c = xml_next(c)) {
        if (is_bpmn(c, "dataInputAssociation")) read_association(r, c, &in);
        if (is_bpmn(c, "dataOutputAssociation")) read_association(r, c, &out);
    }
    if (e->maps) return; // zeebe:ioMapping says it in its own way
    e->inputs = (struct flow_pairs){in.items, in.count};
    e->outputs = (struct flow_pairs){out.items, out.count};
}

static void collect(struct reader *r, const xmlNode *x, struct pairs *out) {
    static const char *const KINDS[] = {"dataObject", "dataStoreReference", "property"};
    for (const xmlNode *c = xml_child(x); c; c = xml_next(c)) {
        for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
            if (is_bpmn(c, KINDS[i]))
                *ARENA_PUSH(r->arena, out) = (struct flow_pair){xml_attribute(r->arena, c, NULL, "id"),
                                                                xml_attribute(r->arena, c, NULL, "name")};
        if (is_bpmn(c, "subProcess") || is_bpmn(c, "transaction") || is_bpmn(c, "adHocSubProcess"))
            collect(r, c, out);
    }
}

void read_data(struct reader *r, const xmlNode *process) {
    struct pairs all = {0};
    collect(r, process, &all);
    r->model->data = (struct flow_pairs){all.items, all.count};
}
