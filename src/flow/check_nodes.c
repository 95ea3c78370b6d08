// check_nodes.c - rules for events, sub-processes and links, and that every step is on a way (BPMN 10.2
// to 10.4).
#include "flow/model.h"

static bool starts_by_event(const struct flow_model *m, int element) {
    return element >= 0 && node_at(m, element)->e.kind == FLOW_EVENT_SUB_PROCESS;
}

// 10.4.2: which triggers a start event may have depends on where it stands.
static enum status check_start(struct reader *r, int index) {
    const struct flow_element *e = &node_at(r->model, index)->e;
    if (starts_by_event(r->model, e->parent)) {
        if (has_definition(node_at(r->model, index), FLOW_ERROR) && !e->interrupting)
            return refuse_node(r, RULE_NOT_INTERRUPTING, index, T(""));
        return STATUS_OK;
    }
    if (e->parent >= 0 && e->event != FLOW_NONE)
        return refuse_node(r, RULE_START_TRIGGER, index, T("trigger"));
    static const struct {
        enum flow_event event;
        const char *name;
    } INSIDE[] = {
        {FLOW_ERROR, "error"}, {FLOW_ESCALATION, "escalation"}, {FLOW_COMPENSATION, "compensation"}};
    for (size_t i = 0; i < sizeof INSIDE / sizeof *INSIDE; i++)
        if (has_definition(node_at(r->model, index), INSIDE[i].event))
            return refuse_node(r, RULE_START_TRIGGER, index, text_of(INSIDE[i].name));
    return STATUS_OK;
}

static bool same_trigger(const struct flow_element *a, const struct flow_element *b) {
    if (a->event != b->event) return false;
    return a->event == FLOW_NONE ||
           ((a->event == FLOW_MESSAGE || a->event == FLOW_SIGNAL) && text_eq(a->event_name, b->event_name));
}

static enum status check_starts(struct reader *r, const struct ints *starts) {
    for (size_t i = 0; i < starts->count; i++)
        for (size_t k = 0; k < i; k++)
            if (same_trigger(&node_at(r->model, starts->items[i])->e,
                             &node_at(r->model, starts->items[k])->e))
                return refuse_node(r, RULE_START_AMBIGUOUS, starts->items[i], T(""));
    return STATUS_OK;
}

static enum status check_sub_process(struct reader *r, int index) {
    const struct node *n = node_at(r->model, index);
    if (has_inside(n->e.kind))
        return n->starts.count > 1 ? refuse_node(r, RULE_SUB_START, index, T("")) : STATUS_OK;
    bool one = n->starts.count == 1 && node_at(r->model, n->starts.items[0])->e.event != FLOW_NONE;
    return one ? STATUS_OK : refuse_node(r, RULE_EVENT_SUB_START, index, T(""));
}

// 10.4.5: all throw events of a link lead to the one catch event of that name in the same process level.
static enum status check_link(struct reader *r, int index) {
    struct node *n = &r->model->nodes.items[index];
    bool catches = n->e.kind == FLOW_CATCH_EVENT;
    int targets = 0, sources = 0;
    for (size_t i = 0; i < r->model->nodes.count; i++) {
        const struct flow_element *o = &node_at(r->model, (int)i)->e;
        if (o->event != FLOW_LINK || o->parent != n->e.parent || !text_eq(o->event_name, n->e.event_name))
            continue;
        if (o->kind == FLOW_CATCH_EVENT)
            targets++, n->link_target = (int)i;
        else
            sources++;
    }
    if (catches && n->in.count) return refuse_node(r, RULE_LINK_TARGET, index, T(""));
    if (!catches && n->out.count) return refuse_node(r, RULE_LINK_TARGET, index, T(""));
    return targets == 1 && sources > 0 ? STATUS_OK : refuse_node(r, RULE_LINK_TARGET, index, T(""));
}

static enum status check_boundary(struct reader *r, int index) {
    const struct flow_element *e = &node_at(r->model, index)->e;
    const struct node *n = node_at(r->model, index);
    bool ends = has_definition(n, FLOW_ERROR) || has_definition(n, FLOW_CANCEL);
    return ends && !e->interrupting ? refuse_node(r, RULE_NOT_INTERRUPTING, index, T("")) : STATUS_OK;
}

static bool has_end(const struct flow_model *m, int parent) {
    for (size_t i = 0; i < m->nodes.count; i++)
        if (node_at(m, (int)i)->e.parent == parent && node_at(m, (int)i)->e.kind == FLOW_END_EVENT)
            return true;
    return false;
}

// 10.4.2, 10.4.3: with a start (end) event on the level, every other node needs a way in (out). A boundary
// event, an intermediate event and a gateway always need a way out, except link sources.
static enum status check_connected(struct reader *r, int index) {
    const struct node *n = node_at(r->model, index);
    enum flow_kind k = n->e.kind;
    if (k == FLOW_EVENT_SUB_PROCESS || n->for_compensation) return STATUS_OK;
    bool link = n->e.event == FLOW_LINK;
    bool event = k == FLOW_CATCH_EVENT || k == FLOW_THROW_EVENT;
    bool may_begin = k == FLOW_START_EVENT || k == FLOW_BOUNDARY_EVENT || (link && k == FLOW_CATCH_EVENT) ||
                     (n->instantiate && n->e.parent < 0);
    bool needs_in = starts_of(r->model, n->e.parent)->count || k == FLOW_END_EVENT || event;
    if (!n->in.count && needs_in && !may_begin) return refuse_node(r, RULE_NO_INCOMING, index, T(""));
    bool may_end = k == FLOW_END_EVENT || (link && k == FLOW_THROW_EVENT) || n->handler >= 0;
    bool needs_out =
        k == FLOW_START_EVENT || k == FLOW_BOUNDARY_EVENT || event || has_end(r->model, n->e.parent);
    if (!n->out.count && needs_out && !may_end) return refuse_node(r, RULE_NO_OUTGOING, index, T(""));
    if (is_gateway(k) && n->in.count + n->out.count == 0)
        return refuse_node(r, RULE_NO_OUTGOING, index, T(""));
    return STATUS_OK;
}

// A receive task or event-based gateway that starts the process stands for a start event (10.2.3, 10.5.6).
static bool has_start(const struct flow_model *m, int parent) {
    bool found = starts_of(m, parent)->count;
    for (size_t i = 0; i < m->nodes.count && parent < 0; i++)
        found |= node_at(m, (int)i)->e.parent < 0 && node_at(m, (int)i)->instantiate;
    return found;
}

// 10.4.2, 10.4.3: a level has start and end events, or neither.
static enum status check_pair(struct reader *r, int parent) {
    bool starts = has_start(r->model, parent), ends = has_end(r->model, parent);
    if (starts == ends) return STATUS_OK;
    enum rule rule = starts ? RULE_START_WITHOUT_END : RULE_END_WITHOUT_START;
    return parent < 0 ? refuse(r, rule, r->model->id, 0, T("")) : refuse_node(r, rule, parent, T(""));
}

static enum status check_node(struct reader *r, int index) {
    const struct node *n = node_at(r->model, index);
    enum status st = check_connected(r, index);
    if (st) return st;
    if (n->e.event == FLOW_LINK) return check_link(r, index);
    switch (n->e.kind) {
    case FLOW_START_EVENT: return check_start(r, index);
    case FLOW_BOUNDARY_EVENT: return check_boundary(r, index);
    case FLOW_SUB_PROCESS:
    case FLOW_TRANSACTION:
    case FLOW_AD_HOC:
    case FLOW_EVENT_SUB_PROCESS: st = check_sub_process(r, index); return st ? st : check_pair(r, index);
    default: return STATUS_OK;
    }
}

enum status check_nodes(struct reader *r) {
    enum status st = check_starts(r, &r->model->starts);
    for (size_t i = 0; i < r->model->nodes.count && !st; i++) st = check_node(r, (int)i);
    return st ? st : check_pair(r, -1);
}
