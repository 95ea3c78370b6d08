// check_messages.c - message flows of a collaboration (BPMN 7.5.2, 9.3, 10.4): from one pool to another, and
// only at elements that send or receive.
#include "base/xml.h"
#include "flow/model.h"

#include <string.h>

static bool is_named(const xmlNode *x, const char *name) {
    return strcmp((const char *)x->name, name) == 0;
}

// The pool or process to which an end of a message flow belongs; NULL when that cannot be told from this
// file.
static const xmlNode *pool_of(struct reader *r, const xmlNode *x) {
    if (is_named(x, "participant")) {
        struct text process = xml_attribute(r->arena, x, NULL, "processRef");
        return process.n ? find_id(r, process) : x;
    }
    while (x && !is_named(x, "process"))
        x = x->parent && x->parent->type == XML_ELEMENT_NODE ? x->parent : NULL;
    return x;
}

static bool has_message(struct reader *r, const xmlNode *event) {
    if (child_of(event, "messageEventDefinition")) return true;
    for (const xmlNode *c = xml_child(event); c; c = xml_next(c)) {
        if (!is_bpmn(c, "eventDefinitionRef")) continue;
        const xmlNode *d = find_id(r, text_trim(xml_content(r->arena, c)));
        if (d && is_named(d, "messageEventDefinition")) return true;
    }
    return false;
}

static bool may_send(struct reader *r, const xmlNode *x) {
    if (is_named(x, "endEvent") || is_named(x, "intermediateThrowEvent")) return has_message(r, x);
    if (is_named(x, "startEvent") || is_named(x, "intermediateCatchEvent") || is_named(x, "boundaryEvent"))
        return false;
    return !text_ends(text_of((const char *)x->name), T("Gateway")) && !is_named(x, "receiveTask");
}

static bool may_receive(struct reader *r, const xmlNode *x) {
    if (is_named(x, "startEvent") || is_named(x, "intermediateCatchEvent") || is_named(x, "boundaryEvent"))
        return has_message(r, x);
    if (is_named(x, "endEvent") || is_named(x, "intermediateThrowEvent")) return false;
    return !text_ends(text_of((const char *)x->name), T("Gateway")) && !is_named(x, "sendTask");
}

enum status check_message_flow(struct reader *r, const xmlNode *flow) {
    const xmlNode *from = find_id(r, xml_attribute(r->arena, flow, NULL, "sourceRef"));
    const xmlNode *to = find_id(r, xml_attribute(r->arena, flow, NULL, "targetRef"));
    if (!from || !to) return STATUS_OK; // in another file
    const xmlNode *pool = pool_of(r, from);
    if (pool && pool == pool_of(r, to)) return refuse_xml(r, RULE_MESSAGE_FLOW_POOL, flow, T(""));
    if (!may_send(r, from)) return refuse_xml(r, RULE_MESSAGE_FLOW_END, flow, xml_id(r, from));
    if (!may_receive(r, to)) return refuse_xml(r, RULE_MESSAGE_FLOW_END, flow, xml_id(r, to));
    return STATUS_OK;
}
