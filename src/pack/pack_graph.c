// The ways through a process: sequence flows from the file, the rest from the model that was read.
#include "pack/pack_graph.h"

#include "base/xml.h"

#define BPMN "http://www.omg.org/spec/BPMN/20100524/MODEL"

static void read_flow(struct pack_graph *g, const xmlNode *n) {
    struct graph_edge e = {flow_find(g->model, xml_attribute(g->arena, n, NULL, "sourceRef")),
                           flow_find(g->model, xml_attribute(g->arena, n, NULL, "targetRef")),
                           {0}};
    for (const xmlNode *c = xml_child(n); c; c = xml_next(c))
        if (xml_is(c, BPMN, "conditionExpression")) e.condition = text_trim(xml_content(g->arena, c));
    if (e.source >= 0 && e.target >= 0) *ARENA_PUSH(g->arena, g) = e; // not of another process
}

// XML_NODE_DEPTH_MAX bounds the recursion.
static void read_flows(struct pack_graph *g, const xmlNode *parent) {
    for (const xmlNode *n = xml_child(parent); n; n = xml_next(n)) {
        if (xml_is(n, BPMN, "sequenceFlow"))
            read_flow(g, n);
        else
            read_flows(g, n);
    }
}

enum status graph_read(struct arena *a, struct text xml, const struct flow_model *model,
                       struct pack_graph *out) {
    xmlDoc *doc;
    *out = (struct pack_graph){.model = model, .arena = a};
    enum status st = xml_read(xml, &doc, NULL);
    if (st) return st;
    read_flows(out, xmlDocGetRootElement(doc));
    xmlFreeDoc(doc);
    return STATUS_OK;
}

// ---- walking
// -----------------------------------------------------------------------------------------------

struct walk {
    const struct pack_graph *g;
    int *before; // element by which each was reached; NOT_SEEN, or itself for a start
    int *queue;
    size_t head, tail;
    bool is_beside; // what non-interrupting events begin
};
enum { NOT_SEEN = -1 };

static const struct flow_element *element(const struct walk *w, int i) {
    return flow_element(w->g->model, i);
}

static enum flow_kind parent_kind(const struct walk *w, int i) {
    int parent = element(w, i)->parent;
    return parent < 0 ? FLOW_KIND_COUNT : element(w, parent)->kind;
}

static void go(struct walk *w, int from, int to) {
    if (w->before[to] != NOT_SEEN) return;
    w->before[to] = from;
    w->queue[w->tail++] = to;
}

// One of the conditions that all must hold says that nothing was decided against the person.
static bool is_favourable(struct text condition) {
    size_t at;
    if (text_starts(condition, T("="))) condition = text_slice(condition, 1, condition.n);
    if (text_find(condition, T(" or "), &at)) return false;
    for (bool more = true; more;) {
        more = text_find(condition, T(" and "), &at);
        struct text one = more ? text_slice(condition, 0, at) : condition;
        if (text_eq(text_trim(one), T("decision.adverse = false"))) return true;
        if (more) condition = text_slice(condition, at + 5, condition.n);
    }
    return false;
}

static void go_on_flows(struct walk *w, int from, int of) {
    for (size_t i = 0; i < w->g->count; i++)
        if (w->g->items[i].source == of && !is_favourable(w->g->items[i].condition))
            go(w, from, w->g->items[i].target);
}

bool graph_decides_nothing(const struct flow_element *e) {
    return text_eq(flow_property(e, T("decides"), T("")), T("nothing"));
}

static bool is_over(const struct walk *w, int i) {
    const struct flow_element *e = element(w, i);
    if (e->kind != FLOW_END_EVENT || parent_kind(w, i) == FLOW_SUB_PROCESS) return false;
    if (graph_decides_nothing(e)) return false;
    return !w->is_beside || e->event == FLOW_TERMINATE;
}

// What can come after the element was completed.
static void go_on(struct walk *w, int i) {
    const struct flow_element *e = element(w, i);
    if (e->kind == FLOW_END_EVENT) {
        go_on_flows(w, i, e->parent); // of a sub-process, or it would be over
        return;
    }
    if (e->kind != FLOW_SUB_PROCESS) go_on_flows(w, i, i);
    for (int k = 0; k < (int)flow_count(w->g->model); k++) {
        const struct flow_element *other = element(w, k);
        bool begins = e->kind == FLOW_SUB_PROCESS && other->parent == i && other->kind == FLOW_START_EVENT;
        bool is_linked = e->kind == FLOW_THROW_EVENT && e->event == FLOW_LINK && k != i &&
                         other->event == FLOW_LINK && text_eq(other->event_name, e->event_name);
        if (begins || is_linked) go(w, i, k);
    }
}

static void go_on_boundary(struct walk *w, int i) {
    for (int k = 0; k < (int)flow_count(w->g->model); k++)
        if (element(w, k)->attached_to == i && (element(w, k)->interrupting || w->is_beside)) go(w, i, k);
}

static bool is_start(const struct walk *w, int i) {
    const struct flow_element *e = element(w, i);
    bool interrupts = parent_kind(w, i) != FLOW_EVENT_SUB_PROCESS || e->interrupting;
    bool begins = e->kind == FLOW_START_EVENT && parent_kind(w, i) != FLOW_SUB_PROCESS;
    if (w->is_beside) return (begins && !interrupts) || (e->kind == FLOW_BOUNDARY_EVENT && !e->interrupting);
    return begins && interrupts;
}

static struct text way_to(const struct walk *w, int i) {
    struct text way = element(w, i)->id;
    for (; w->before[i] != i; i = w->before[i])
        way = TEXT_JOIN(w->g->arena, element(w, w->before[i])->id, T(" > "), way);
    return way;
}

static bool walk_around(const struct pack *pack, struct walk *w, graph_test *passes, graph_test *excused,
                        struct text *way) {
    int count = (int)flow_count(w->g->model);
    for (int i = 0; i < count; i++) w->before[i] = NOT_SEEN;
    for (int i = 0; i < count; i++)
        if (is_start(w, i) && !(excused && excused(pack, element(w, i)))) go(w, i, i);
    while (w->head < w->tail) {
        int i = w->queue[w->head++];
        if (is_over(w, i)) {
            *way = way_to(w, i);
            return true;
        }
        if (!passes(pack, element(w, i))) go_on(w, i);
        go_on_boundary(w, i);
    }
    return false;
}

bool graph_way_around(const struct pack *pack, const struct pack_graph *g, graph_test *passes,
                      graph_test *excused, struct text *way) {
    size_t count = flow_count(g->model);
    for (int beside = 0; beside < 2; beside++) {
        struct walk w = {.g = g,
                         .before = ARENA_ARRAY(g->arena, int, count + 1),
                         .queue = ARENA_ARRAY(g->arena, int, count + 1),
                         .is_beside = beside};
        if (walk_around(pack, &w, passes, excused, way)) return true;
    }
    return false;
}
