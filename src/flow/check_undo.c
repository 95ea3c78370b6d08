// check_undo.c - rules for compensation, transactions and ad-hoc sub-processes (BPMN 10.2.5, 10.4.3, 10.6).
#include "base/xml.h"
#include "flow/model.h"

// The activity to which the association of a compensation boundary event leads; NULL when there is none.
static const xmlNode *associated(struct reader *r, struct text event) {
    const xmlNode *x = find_id(r, event);
    for (const xmlNode *scope = x ? x->parent : NULL; scope; scope = scope->parent)
        for (const xmlNode *c = xml_child(scope); c; c = xml_next(c)) {
            if (!is_bpmn(c, "association")) continue;
            if (text_eq(xml_attribute(r->arena, c, NULL, "sourceRef"), event))
                return find_id(r, xml_attribute(r->arena, c, NULL, "targetRef"));
        }
    return NULL;
}

// 10.6.1: the event leads by an association, not by a sequence flow, to one activity for compensation.
static enum status find_handler(struct reader *r, int index) {
    struct node *n = &r->model->nodes.items[index];
    if (n->out.count) return refuse_node(r, RULE_COMPENSATION_FLOW, index, T(""));
    const xmlNode *x = associated(r, n->e.id);
    int handler = x ? find_node(r->model, xml_attribute(r->arena, x, NULL, "id")) : -1;
    if (handler < 0 || !node_at(r->model, handler)->for_compensation ||
        node_at(r->model, handler)->e.parent != n->e.parent)
        return refuse_node(r, RULE_COMPENSATION_HANDLER, index, x ? xml_id(r, x) : T(""));
    n->handler = handler;
    return STATUS_OK;
}

// 10.6.1: an activity for compensation stands outside the normal flow.
static enum status check_for_compensation(struct reader *r, int index) {
    const struct node *n = node_at(r->model, index);
    bool led_to = false;
    if (n->in.count || n->out.count) return refuse_node(r, RULE_COMPENSATION_FLOW, index, T(""));
    for (size_t i = 0; i < r->model->nodes.count; i++) led_to |= node_at(r->model, (int)i)->handler == index;
    return led_to ? STATUS_OK : refuse_node(r, RULE_COMPENSATION_HANDLER, index, T(""));
}

static enum status find_compensated(struct reader *r, int index) {
    struct node *n = &r->model->nodes.items[index];
    for (size_t i = 0; i < n->definitions.count; i++) {
        struct definition *d = &n->definitions.items[i];
        if (d->event != FLOW_COMPENSATION || !d->activity_ref.n) continue;
        d->activity = find_node(r->model, d->activity_ref);
        if (d->activity < 0 || !is_activity(node_at(r->model, d->activity)->e.kind))
            return refuse_node(r, RULE_COMPENSATION_ACTIVITY, index, d->activity_ref);
    }
    return STATUS_OK;
}

static bool inside_transaction(const struct flow_model *m, int element) {
    for (int at = node_at(m, element)->e.parent; at >= 0; at = node_at(m, at)->e.parent)
        if (node_at(m, at)->e.kind == FLOW_TRANSACTION) return true;
    return false;
}

// 10.4.3, 10.4.4: cancel only inside a transaction and at its border.
static enum status check_cancel(struct reader *r, int index) {
    const struct flow_element *e = &node_at(r->model, index)->e;
    bool good = e->kind == FLOW_BOUNDARY_EVENT ? node_at(r->model, e->attached_to)->e.kind == FLOW_TRANSACTION
                                               : inside_transaction(r->model, index);
    return good ? STATUS_OK : refuse_node(r, RULE_CANCEL_PLACE, index, T(""));
}

// 10.2.5: an ad-hoc sub-process has activities, and neither start nor end events.
static enum status check_ad_hoc(struct reader *r, int index) {
    bool activity = false;
    for (size_t i = 0; i < r->model->nodes.count; i++) {
        const struct flow_element *e = &node_at(r->model, (int)i)->e;
        if (e->parent != index) continue;
        if (e->kind == FLOW_START_EVENT || e->kind == FLOW_END_EVENT)
            return refuse_node(r, RULE_AD_HOC_EVENT, (int)i, node_at(r->model, index)->e.id);
        activity |= is_activity(e->kind);
    }
    return activity ? STATUS_OK : refuse_node(r, RULE_AD_HOC_EMPTY, index, T(""));
}

static enum status check_one(struct reader *r, int index) {
    const struct node *n = node_at(r->model, index);
    bool boundary = n->e.kind == FLOW_BOUNDARY_EVENT;
    enum status st = STATUS_OK;
    if (n->for_compensation) st = check_for_compensation(r, index);
    if (!st && !boundary && has_definition(n, FLOW_COMPENSATION)) st = find_compensated(r, index);
    if (!st && has_definition(n, FLOW_CANCEL)) st = check_cancel(r, index);
    if (!st && n->e.kind == FLOW_AD_HOC) st = check_ad_hoc(r, index);
    return st;
}

enum status check_undo(struct reader *r) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < r->model->nodes.count && !st; i++) {
        const struct node *n = node_at(r->model, (int)i);
        if (n->e.kind == FLOW_BOUNDARY_EVENT && has_definition(n, FLOW_COMPENSATION))
            st = find_handler(r, (int)i);
    }
    for (size_t i = 0; i < r->model->nodes.count && !st; i++) st = check_one(r, (int)i);
    return st;
}
