// check_item.c - rules for the kinds of data (BPMN 10.3.1): collections, states, what goes to and fro.
#include "base/xml.h"
#include "flow/model.h"

#include <string.h>

static struct text attribute(struct reader *r, const xmlNode *x, const char *name) {
    return x ? xml_attribute(r->arena, x, NULL, name) : (struct text){0};
}

static const xmlNode *referred(struct reader *r, const xmlNode *x, const char *name) {
    struct text ref = attribute(r, x, name);
    return ref.n ? find_id(r, ref) : NULL;
}

// What an element that holds data refers to; a data object reference has what its object has.
const xmlNode *item_of(struct reader *r, const xmlNode *x) {
    if (x && is_bpmn(x, "dataObjectReference")) x = referred(r, x, "dataObjectRef");
    if (x && is_bpmn(x, "message")) return referred(r, x, "itemRef");
    if (x && !is_bpmn(x, "property") && attribute(r, x, "structureRef").n)
        return referred(r, x, "structureRef");
    return x ? referred(r, x, "itemSubjectRef") : NULL;
}

bool same_item(struct reader *r, const xmlNode *a, const xmlNode *b) {
    if (!a || !b) return a == b;
    struct text one = attribute(r, a, "structureRef"), other = attribute(r, b, "structureRef");
    return a == b || (one.n && text_eq(one, other));
}

// Is it a collection? The element and its item definition must agree.
static enum status check_collection(struct reader *r, const xmlNode *x) {
    const xmlNode *item = referred(r, x, "itemSubjectRef");
    if (!is_bpmn(x, "dataObject") && !is_bpmn(x, "dataInput") && !is_bpmn(x, "dataOutput")) return STATUS_OK;
    if (!item || flag(r, x, "isCollection", false) == flag(r, item, "isCollection", false)) return STATUS_OK;
    return refuse_xml(r, RULE_COLLECTION, x, attribute(r, item, "id"));
}

// A data object has no state of its own, a reference to it has no kind of its own and is named after object
// and state.
static enum status check_state(struct reader *r, const xmlNode *x) {
    const xmlNode *state = child_of(x, "dataState");
    if (is_bpmn(x, "dataObject") && state) return refuse_xml(r, RULE_DATA_STATE, x, T("dataState"));
    if (!is_bpmn(x, "dataObjectReference")) return STATUS_OK;
    if (attribute(r, x, "itemSubjectRef").n) return refuse_xml(r, RULE_DATA_STATE, x, T("itemSubjectRef"));
    struct text object = attribute(r, referred(r, x, "dataObjectRef"), "name");
    struct text name = attribute(r, x, "name"), word = attribute(r, state, "name");
    if (!object.n || !name.n || !word.n) return STATUS_OK;
    struct text wanted = TEXT_JOIN(r->arena, object, T(" ["), word, T("]"));
    return text_eq(name, wanted) ? STATUS_OK : refuse_xml(r, RULE_DATA_STATE, x, wanted);
}

static const xmlNode *target_of(struct reader *r, const xmlNode *association, const char *name) {
    const xmlNode *c = child_of(association, name);
    return c ? find_id(r, text_trim(xml_content(r->arena, c))) : NULL;
}

// Several sources, or another kind of data, need a transformation or assignments.
static enum status check_association(struct reader *r, const xmlNode *x) {
    int sources = 0;
    if (!is_bpmn(x, "dataInputAssociation") && !is_bpmn(x, "dataOutputAssociation")) return STATUS_OK;
    if (!child_of(x, "targetRef")) return refuse_xml(r, RULE_ATTRIBUTE_MISSING, x, T("targetRef"));
    if (child_of(x, "transformation")) return STATUS_OK;
    for (const xmlNode *c = xml_child(x); c; c = xml_next(c)) sources += is_bpmn(c, "sourceRef");
    if (sources > 1) return refuse_xml(r, RULE_DATA_ASSOCIATION, x, T("sourceRef"));
    if (child_of(x, "assignment")) return STATUS_OK;
    const xmlNode *from = item_of(r, target_of(r, x, "sourceRef"));
    const xmlNode *to = item_of(r, target_of(r, x, "targetRef"));
    if (!from || !to || same_item(r, from, to)) return STATUS_OK;
    return refuse_xml(r, RULE_DATA_ASSOCIATION, x, attribute(r, to, "id"));
}

// 10.2.8: the loop takes a collection apart; each instance has one thing of it.
static enum status check_loop_side(struct reader *r, const xmlNode *loop, const char *all, const char *one) {
    const xmlNode *whole = item_of(r, target_of(r, loop, all)), *part = child_of(loop, one);
    const xmlNode *item = part ? referred(r, part, "itemSubjectRef") : NULL;
    if (!child_of(loop, all)) return STATUS_OK;
    if (whole && !flag(r, whole, "isCollection", false))
        return refuse_xml(r, RULE_DATA_ITEM, loop->parent, text_of(all));
    if (!whole || !item) return STATUS_OK;
    struct text a = attribute(r, whole, "structureRef"), b = attribute(r, item, "structureRef");
    if (flag(r, item, "isCollection", false) || !text_eq(a, b))
        return refuse_xml(r, RULE_DATA_ITEM, loop->parent, text_of(one));
    return STATUS_OK;
}

enum status check_item(struct reader *r, const xmlNode *x) {
    enum status st = check_collection(r, x);
    if (!st) st = check_state(r, x);
    if (!st) st = check_association(r, x);
    if (st || !is_bpmn(x, "multiInstanceLoopCharacteristics")) return st;
    st = check_loop_side(r, x, "loopDataInputRef", "inputDataItem");
    return st ? st : check_loop_side(r, x, "loopDataOutputRef", "outputDataItem");
}
