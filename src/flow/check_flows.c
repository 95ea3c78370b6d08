// check_flows.c - rules for sequence flows: where they may lead, conditions and defaults
// (BPMN 8.3.13, 10.2, 10.5).
#include "base/xml.h"
#include "flow/model.h"

static bool lists(const struct node *n, const char *name, struct text flow) {
    for (const xmlNode *c = xml_child(n->xml); c; c = xml_next(c)) {
        const xmlNode *t = c->children;
        if (!t || t->type != XML_TEXT_NODE || !is_bpmn(c, name)) continue;
        if (text_eq(text_trim(text_of((const char *)t->content)), flow)) return true;
    }
    return false;
}

// incoming and outgoing repeat what the flows say. Many writers leave them out altogether; when they are
// there, they must agree with the flows.
static enum status check_listed(struct reader *r, const struct node *n, bool used) {
    for (const xmlNode *c = xml_child(n->xml); c; c = xml_next(c)) {
        bool in = is_bpmn(c, "incoming");
        if (!in && !is_bpmn(c, "outgoing")) continue;
        struct text id = text_trim(xml_content(r->arena, c));
        const struct ints *flows = in ? &n->in : &n->out;
        bool found = false;
        for (size_t i = 0; i < flows->count; i++)
            found |= text_eq(r->model->edges.items[flows->items[i]].id, id);
        if (!found) return refuse_xml(r, RULE_FLOW_LISTED, n->xml, id);
    }
    for (size_t i = 0; used && i < n->in.count + n->out.count; i++) {
        bool in = i < n->in.count;
        struct text id = r->model->edges.items[in ? n->in.items[i] : n->out.items[i - n->in.count]].id;
        if (!lists(n, in ? "incoming" : "outgoing", id)) return refuse_xml(r, RULE_FLOW_LISTED, n->xml, id);
    }
    return STATUS_OK;
}

static bool uses_lists(const struct flow_model *m) {
    for (size_t i = 0; i < m->nodes.count; i++)
        if (child_of(node_at(m, (int)i)->xml, "incoming") || child_of(node_at(m, (int)i)->xml, "outgoing"))
            return true;
    return false;
}

static enum status check_ends(struct reader *r, const struct edge *e) {
    const struct node *from = node_at(r->model, e->source), *to = node_at(r->model, e->target);
    struct text none = T("");
    if (from->e.kind == FLOW_EVENT_SUB_PROCESS)
        return refuse(r, RULE_FLOW_AT_EVENT_SUB, from->e.id, e->line, none);
    if (to->e.kind == FLOW_EVENT_SUB_PROCESS)
        return refuse(r, RULE_FLOW_AT_EVENT_SUB, to->e.id, e->line, none);
    if (to->e.kind == FLOW_START_EVENT) return refuse(r, RULE_FLOW_TO_START, to->e.id, e->line, none);
    if (from->e.kind == FLOW_END_EVENT) return refuse(r, RULE_FLOW_FROM_END, from->e.id, e->line, none);
    if (to->e.kind == FLOW_BOUNDARY_EVENT) return refuse(r, RULE_FLOW_TO_BOUNDARY, to->e.id, e->line, none);
    if (from->e.parent != to->e.parent) return refuse(r, RULE_FLOW_CROSSES, e->id, e->line, none);
    return STATUS_OK;
}

// 8.3.13: a condition only after an activity or an exclusive or inclusive gateway. After a parallel gateway
// it is ignored (10.5.4).
static enum status check_condition(struct reader *r, const struct edge *e) {
    const struct node *from = node_at(r->model, e->source);
    enum flow_kind k = from->e.kind;
    if (!e->conditional || k == FLOW_PARALLEL) return STATUS_OK;
    if (!is_activity(k) && k != FLOW_EXCLUSIVE && k != FLOW_INCLUSIVE && k != FLOW_COMPLEX)
        return refuse(r, RULE_CONDITION_SOURCE, e->id, e->line, from->e.id);
    if (is_activity(k) && from->out.count == 1)
        return refuse(r, RULE_CONDITION_ALONE, e->id, e->line, from->e.id);
    return STATUS_OK;
}

static enum status find_default(struct reader *r, struct node *n) {
    struct text wanted = xml_attribute(r->arena, n->xml, NULL, "default");
    if (!wanted.n) return STATUS_OK;
    enum flow_kind k = n->e.kind;
    if (!is_activity(k) && k != FLOW_EXCLUSIVE && k != FLOW_INCLUSIVE && k != FLOW_COMPLEX)
        return refuse_xml(r, RULE_DEFAULT_SOURCE, n->xml, wanted);
    for (size_t i = 0; i < n->out.count; i++)
        if (text_eq(r->model->edges.items[n->out.items[i]].id, wanted)) n->default_flow = n->out.items[i];
    if (n->default_flow < 0) return refuse_xml(r, RULE_DEFAULT_UNKNOWN, n->xml, wanted);
    const struct edge *e = &r->model->edges.items[n->default_flow];
    return e->conditional ? refuse(r, RULE_DEFAULT_CONDITION, e->id, e->line, n->e.id) : STATUS_OK;
}

// 10.5.2, 10.5.3: each way out of a splitting gateway has a condition or is the default.
static enum status check_split(struct reader *r, const struct node *n) {
    if ((n->e.kind != FLOW_EXCLUSIVE && n->e.kind != FLOW_INCLUSIVE) || n->out.count < 2) return STATUS_OK;
    if (!r->executable) return STATUS_OK; // a drawing for people may leave it open
    for (size_t i = 0; i < n->out.count; i++) {
        const struct edge *e = &r->model->edges.items[n->out.items[i]];
        if (!e->conditional && n->out.items[i] != n->default_flow)
            return refuse(r, RULE_CONDITION_MISSING, e->id, e->line, n->e.id);
    }
    return STATUS_OK;
}

// 10.5.1. A converging gateway may not split, a diverging one may not merge, a mixed one does both.
static enum status check_direction(struct reader *r, const struct node *n) {
    struct text direction = xml_attribute(r->arena, n->xml, NULL, "gatewayDirection");
    bool merges = n->in.count > 1, splits = n->out.count > 1, good = true;
    if (text_eq(direction, T("Converging"))) good = merges && !splits;
    if (text_eq(direction, T("Diverging"))) good = !merges && splits;
    if (text_eq(direction, T("Mixed"))) good = merges && splits;
    if (!r->profile && r->executable) good &= merges || splits; // it does one of both at least
    return good ? STATUS_OK : refuse_xml(r, RULE_GATEWAY_DIRECTION, n->xml, direction);
}

static bool is_event_target(const struct flow_element *e) {
    if (e->kind == FLOW_RECEIVE_TASK) return true;
    return e->kind == FLOW_CATCH_EVENT && e->event != FLOW_LINK;
}

// 10.2.3, 10.5.6: what starts a process has no way in, except loops back to it; only it may wait for all
// events.
static enum status check_instantiate(struct reader *r, const struct node *n) {
    bool starts = n->instantiate;
    if (!starts && (n->parallel || !n->in.count)) return refuse_xml(r, RULE_INSTANTIATE, n->xml, T(""));
    if (!starts) return STATUS_OK;
    for (size_t i = 0; i < n->out.count; i++) { // only messages can start it
        int to = r->model->edges.items[n->out.items[i]].target;
        if (node_at(r->model, to)->e.event != FLOW_MESSAGE)
            return refuse_node(r, RULE_INSTANTIATE, to, n->e.id);
    }
    return n->in.count || n->e.parent >= 0 ? refuse_xml(r, RULE_INSTANTIATE, n->xml, T("")) : STATUS_OK;
}

// 10.5.6: the first event that happens wins, so each way leads straight to one event that has no other way
// in.
static enum status check_event_gateway(struct reader *r, const struct node *n) {
    if (n->out.count < 2) return refuse_xml(r, RULE_EVENT_GATEWAY_FEW, n->xml, T(""));
    bool tasks = false, messages = false;
    for (size_t i = 0; i < n->out.count; i++) {
        int index = r->model->edges.items[n->out.items[i]].target;
        const struct node *to = node_at(r->model, index);
        if (!is_event_target(&to->e)) return refuse_node(r, RULE_EVENT_GATEWAY_TARGET, index, n->e.id);
        if (to->e.kind == FLOW_RECEIVE_TASK && (to->boundary.count || to->loop))
            return refuse_node(r, RULE_EVENT_GATEWAY_TARGET, index, n->e.id);
        if (to->in.count != 1) return refuse_node(r, RULE_EVENT_GATEWAY_IN, index, n->e.id);
        tasks |= to->e.kind == FLOW_RECEIVE_TASK;
        messages |= to->e.kind == FLOW_CATCH_EVENT && to->e.event == FLOW_MESSAGE;
    }
    if (tasks && messages) return refuse_xml(r, RULE_EVENT_GATEWAY_MIX, n->xml, T(""));
    return check_instantiate(r, n);
}

// Boundary events are looked up here because the gateway rules above need them.
static enum status attach_boundary(struct reader *r, int index) {
    struct node *n = &r->model->nodes.items[index];
    struct text to = xml_attribute(r->arena, n->xml, NULL, "attachedToRef");
    int host = find_node(r->model, to);
    if (host < 0 || !is_activity(node_at(r->model, host)->e.kind) ||
        node_at(r->model, host)->e.parent != n->e.parent)
        return refuse_xml(r, RULE_BOUNDARY_HOST, n->xml, to);
    n->e.attached_to = host;
    *ARENA_PUSH(r->arena, &r->model->nodes.items[host].boundary) = index;
    return STATUS_OK;
}

enum status check_flows(struct reader *r) {
    struct flow_model *m = r->model;
    bool used = uses_lists(m);
    enum status st = STATUS_OK;
    for (size_t i = 0; i < m->nodes.count && !st; i++)
        if (m->nodes.items[i].e.kind == FLOW_BOUNDARY_EVENT) st = attach_boundary(r, (int)i);
    for (size_t i = 0; i < m->edges.count && !st; i++) {
        st = check_ends(r, &m->edges.items[i]);
        if (!st) st = check_condition(r, &m->edges.items[i]);
    }
    for (size_t i = 0; i < m->nodes.count && !st; i++) {
        struct node *n = &m->nodes.items[i];
        st = check_listed(r, n, used);
        if (!st) st = find_default(r, n);
        if (!st && is_gateway(n->e.kind)) st = check_split(r, n);
        if (!st && is_gateway(n->e.kind)) st = check_direction(r, n);
        if (!st && n->e.kind == FLOW_RECEIVE_TASK && n->instantiate && n->in.count)
            st = refuse_xml(r, RULE_INSTANTIATE, n->xml, T("")); // 10.2.3
        if (!st && n->e.kind == FLOW_EVENT_BASED) st = check_event_gateway(r, n);
    }
    return st;
}
