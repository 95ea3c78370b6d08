// references.c - what can be said about a file before its processes are walked: ids are unique, references
// lead to an element of the right kind, plain values are in their range.
#include "base/xml.h"
#include "flow/model.h"

#include <stdlib.h>
#include <string.h>

// References as attribute or as content of a child element. `target` NULL = any element; "*x" = name ends
// with x, "~" = holds data, "+" = activity, "!" = flow node, "?" = what a message flow may join.
static const struct reference {
    const char *holder, *name, *target; // holder NULL = any element
    bool child;
} REFERENCES[] = {
    {NULL, "messageRef", "message", false},
    {NULL, "signalRef", "signal", false},
    {NULL, "errorRef", "error", false},
    {NULL, "errorRef", "error", true},
    {NULL, "escalationRef", "escalation", false},
    {NULL, "itemSubjectRef", "itemDefinition", false},
    {"message", "itemRef", "itemDefinition", false},
    {"boundaryEvent", "attachedToRef", "!", false},
    {"compensateEventDefinition", "activityRef", "+", false},
    {NULL, "oneBehaviorEventRef", "*EventDefinition", false},
    {NULL, "noneBehaviorEventRef", "*EventDefinition", false},
    {NULL, "default", "sequenceFlow", false},
    {NULL, "dataObjectRef", "dataObject", false},
    {NULL, "dataStoreRef", "dataStore", false},
    {NULL, "categoryValueRef", "categoryValue", false},
    {"process", "definitionalCollaborationRef", "collaboration", false},
    {"process", "supports", "process", true},
    {"participant", "processRef", "process", false},
    {"participant", "endPointRef", "endPoint", true},
    {"participantAssociation", "innerParticipantRef", "participant", true},
    {"participantAssociation", "outerParticipantRef", "participant", true},
    {"messageFlowAssociation", "innerMessageFlowRef", "messageFlow", false},
    {"messageFlowAssociation", "outerMessageFlowRef", "messageFlow", false},
    {NULL, "participantRef", "participant", true},
    {NULL, "messageFlowRef", "messageFlow", true},
    {NULL, "initiatingParticipantRef", "participant", false},
    {"association", "sourceRef", NULL, false},
    {"association", "targetRef", NULL, false},
    {"messageFlow", "sourceRef", "?", false},
    {"messageFlow", "targetRef", "?", false},
    {"messageFlow", "messageRef", "message", false},
    {"lane", "flowNodeRef", "!", true},
    {NULL, "incoming", "sequenceFlow", true},
    {NULL, "outgoing", "sequenceFlow", true},
    {NULL, "eventDefinitionRef", "*EventDefinition", true},
    {"linkEventDefinition", "source", "linkEventDefinition", true},
    {"linkEventDefinition", "target", "linkEventDefinition", true},
    {NULL, "operationRef", "operation", false},
    {NULL, "operationRef", "operation", true},
    {NULL, "inMessageRef", "message", true},
    {NULL, "outMessageRef", "message", true},
    {NULL, "interfaceRef", "interface", true},
    {NULL, "supportedInterfaceRef", "interface", true},
    {"inputSet", "dataInputRefs", "dataInput", true},
    {"inputSet", "optionalInputRefs", "dataInput", true},
    {"inputSet", "whileExecutingInputRefs", "dataInput", true},
    {"inputSet", "outputSetRefs", "outputSet", true},
    {"outputSet", "dataOutputRefs", "dataOutput", true},
    {"outputSet", "optionalOutputRefs", "dataOutput", true},
    {"outputSet", "whileExecutingOutputRefs", "dataOutput", true},
    {"outputSet", "inputSetRefs", "inputSet", true},
    {NULL, "loopDataInputRef", "~", true},
    {NULL, "loopDataOutputRef", "~", true},
    {"dataInputAssociation", "sourceRef", "~", true},
    {"dataInputAssociation", "targetRef", "~", true},
    {"dataOutputAssociation", "sourceRef", "~", true},
    {"dataOutputAssociation", "targetRef", "~", true},
    {"correlationSubscription", "correlationKeyRef", "correlationKey", false},
    {"correlationPropertyBinding", "correlationPropertyRef", "correlationProperty", false},
    {"correlationKey", "correlationPropertyRef", "correlationProperty", true},
    {NULL, "resourceRef", "resource", true},
    {"resourceParameterBinding", "parameterRef", "resourceParameter", false},
};

// Attributes with a fixed list of values, and attributes that must be there.
static const struct value {
    const char *holder, *name, *allowed;
} VALUES[] = {
    {NULL, "gatewayDirection", "Unspecified Converging Diverging Mixed"},
    {"process", "processType", "None Public Private"},
    {"association", "associationDirection", "None One Both"},
    {"eventBasedGateway", "eventGatewayType", "Exclusive Parallel"},
    {"multiInstanceLoopCharacteristics", "behavior", "None One All Complex"},
    {"itemDefinition", "itemKind", "Information Physical"},
    {NULL, "isExecutable", "true false 1 0"},
    {NULL, "isForCompensation", "true false 1 0"},
    {NULL, "isInterrupting", "true false 1 0"},
    {NULL, "cancelActivity", "true false 1 0"},
    {NULL, "triggeredByEvent", "true false 1 0"},
    {NULL, "isSequential", "true false 1 0"},
    {NULL, "testBefore", "true false 1 0"},
    {NULL, "instantiate", "true false 1 0"},
    {NULL, "parallelMultiple", "true false 1 0"},
    {NULL, "waitForCompletion", "true false 1 0"},
    {NULL, "cancelRemainingInstances", "true false 1 0"},
    {NULL, "isCollection", "true false 1 0"},
    {"adHocSubProcess", "ordering", "Parallel Sequential"},
};
static const struct value NEEDED[] = {
    {"messageFlow", "sourceRef", NULL},
    {"messageFlow", "targetRef", NULL},
    {"association", "sourceRef", NULL},
    {"association", "targetRef", NULL},
    {"boundaryEvent", "attachedToRef", NULL},
    {"definitions", "targetNamespace", NULL},
    {"import", "namespace", NULL},
    {"import", "location", NULL},
    {"import", "importType", NULL},
    {"correlationSubscription", "correlationKeyRef", NULL},
    {"correlationPropertyBinding", "correlationPropertyRef", NULL},
    {"correlationPropertyRetrievalExpression", "messageRef", NULL},
    {"resourceParameterBinding", "parameterRef", NULL},
    {"operation", "name", NULL},
    {"interface", "name", NULL},
    {"resource", "name", NULL},
};

#define EACH(array) (size_t i = 0; i < sizeof(array) / sizeof *(array); i++)

static int by_id(const void *a, const void *b) {
    const struct named *x = a, *y = b;
    return text_cmp(x->id, y->id);
}

const xmlNode *find_id(const struct reader *r, struct text reference) {
    for (size_t i = 0; i < reference.n; i++)
        if (reference.p[i] == ':') reference = text_slice(reference, i + 1, reference.n), i = 0;
    struct named key = {.id = reference};
    struct named *hit = r->ids.count ? bsearch(&key, r->ids.items, r->ids.count, sizeof key, by_id) : NULL;
    return hit ? hit->xml : NULL;
}

// The next element in document order below `top`, foreign namespaces skipped with all they contain.
const xmlNode *next_bpmn(const xmlNode *x, const xmlNode *top, bool down) {
    for (;;) {
        const xmlNode *next = down ? xml_child(x) : NULL;
        while (!next && x != top) {
            next = xml_next(x);
            if (!next) x = x->parent;
        }
        if (!next || next == top) return NULL;
        x = next;
        down = x->ns && x->ns->href && strcmp((const char *)x->ns->href, BPMN_NS) == 0;
        if (down) return x;
    }
}

static enum status collect_ids(struct reader *r) {
    for (const xmlNode *x = r->root; x; x = next_bpmn(x, r->root, true)) {
        struct text id = xml_attribute(r->arena, x, NULL, "id");
        if (id.n) *ARENA_PUSH(r->arena, &r->ids) = (struct named){id, x};
    }
    if (!r->ids.count) return STATUS_OK;
    qsort(r->ids.items, r->ids.count, sizeof *r->ids.items, by_id);
    for (size_t i = 1; i < r->ids.count; i++)
        if (text_eq(r->ids.items[i - 1].id, r->ids.items[i].id))
            return refuse_xml(r, RULE_ID_DUPLICATE, r->ids.items[i].xml, T(""));
    return STATUS_OK;
}

static bool held_by(const xmlNode *x, const char *holder) {
    return !holder || strcmp((const char *)x->name, holder) == 0;
}

static bool has_kind(const xmlNode *x, const char *target) {
    struct text name = text_of((const char *)x->name);
    if (!target) return true;
    if (*target == '!') return is_flow_node(x);
    if (*target == '+')
        return is_flow_node(x) && !text_ends(name, T("Event")) && !text_ends(name, T("Gateway"));
    if (*target == '?')
        return is_flow_node(x) || text_eq(name, T("participant")) || text_eq(name, T("conversation"));
    if (*target == '~')
        return text_starts(name, T("data")) || text_ends(name, T("DataItem")) || text_eq(name, T("property"));
    if (*target == '*') return text_ends(name, text_of(target + 1));
    return strcmp((const char *)x->name, target) == 0;
}

// A prefixed name of another namespace is in another file; we do not follow it.
static bool is_elsewhere(struct reader *r, const xmlNode *x, struct text reference) {
    size_t colon;
    if (!text_find(reference, T(":"), &colon)) return false;
    const char *prefix = text_c(r->arena, text_slice(reference, 0, colon));
    const xmlNs *ns = xmlSearchNs(x->doc, (xmlNode *)x, (const xmlChar *)prefix);
    struct text own = xml_attribute(r->arena, r->root, NULL, "targetNamespace");
    return ns && ns->href && !text_eq(text_of((const char *)ns->href), own);
}

static enum status check_reference(struct reader *r, const xmlNode *x, struct text value,
                                   const struct reference *ref) {
    value = text_trim(value);
    if (!value.p || is_elsewhere(r, x, value)) return STATUS_OK;
    const xmlNode *owner = ref->child ? x->parent : x;
    const xmlNode *target = find_id(r, value);
    if (!target) return refuse_xml(r, RULE_REFERENCE_UNKNOWN, owner, value);
    return has_kind(target, ref->target) ? STATUS_OK : refuse_xml(r, RULE_REFERENCE_KIND, owner, value);
}

static enum status check_references(struct reader *r, const xmlNode *x) {
    enum status st = STATUS_OK;
    for
        EACH(REFERENCES) {
            const struct reference *ref = &REFERENCES[i];
            if (ref->child && strcmp((const char *)x->name, ref->name) == 0 &&
                held_by(x->parent, ref->holder))
                st = check_reference(r, x, xml_content(r->arena, x), ref);
            else if (!ref->child && held_by(x, ref->holder))
                st = check_reference(r, x, xml_attribute(r->arena, x, NULL, ref->name), ref);
            if (st) return st;
        }
    return STATUS_OK;
}

static bool in_list(struct text value, const char *allowed) {
    struct text rest = text_of(allowed), word;
    while (text_cut(&rest, ' ', &word))
        if (text_eq(word, value)) return true;
    return false;
}

static enum status check_values(struct reader *r, const xmlNode *x) {
    for
        EACH(VALUES) {
            if (!held_by(x, VALUES[i].holder)) continue;
            struct text value = xml_attribute(r->arena, x, NULL, VALUES[i].name);
            if (value.p && !in_list(value, VALUES[i].allowed))
                return refuse_xml(r, RULE_VALUE, x, text_of(VALUES[i].name));
        }
    for
        EACH(NEEDED)
    if (held_by(x, NEEDED[i].holder) && !xml_attribute(r->arena, x, NULL, NEEDED[i].name).n)
        return refuse_xml(r, RULE_ATTRIBUTE_MISSING, x, text_of(NEEDED[i].name));
    return STATUS_OK;
}

// 8.3.1: a media type; 10.2.5: a name of the standard or a URI.
static enum status check_forms(struct reader *r, const xmlNode *x) {
    struct text format = xml_attribute(r->arena, x, NULL, "textFormat");
    if (is_bpmn(x, "textAnnotation") && !is_media_type(format))
        return refuse_xml(r, RULE_VALUE, x, T("textFormat"));
    struct text method = xml_attribute(r->arena, x, NULL, "method");
    if (!is_bpmn(x, "transaction") || !method.n || text_starts(method, T("##"))) return STATUS_OK;
    size_t colon;
    bool uri = text_find(method, T(":"), &colon) && colon > 0 && colon + 1 < method.n;
    return uri ? STATUS_OK : refuse_xml(r, RULE_VALUE, x, T("method"));
}

// A process has no parts of a choreography or conversation (7.2).
static enum status check_place(struct reader *r, const xmlNode *x) {
    static const char *const OTHERS = "choreographyTask subChoreography callChoreography callConversation "
                                      "subConversation conversation";
    if (!in_list(text_of((const char *)x->name), OTHERS)) return STATUS_OK;
    for (const xmlNode *at = x->parent; at && at->type == XML_ELEMENT_NODE; at = at->parent)
        if (is_bpmn(at, "process"))
            return refuse_xml(r, RULE_ELEMENT_PLACE, x, text_of((const char *)x->name));
    return STATUS_OK;
}

// What may stand directly in the file (8.2.1).
static enum status check_root(struct reader *r) {
    static const char *const ROOT = "import extension category collaboration correlationProperty dataStore "
                                    "endPoint error escalation globalBusinessRuleTask globalManualTask "
                                    "globalScriptTask globalTask globalUserTask interface itemDefinition "
                                    "message partnerEntity partnerRole process resource signal "
                                    "relationship documentation extensionElements choreography "
                                    "globalChoreographyTask conversation globalConversation rootElement";
    for (const xmlNode *c = xml_child(r->root); c; c = xml_next(c)) {
        struct text name = text_of((const char *)c->name);
        if (!is_bpmn(c, (const char *)c->name) || in_list(name, ROOT) ||
            text_ends(name, T("EventDefinition")))
            continue;
        return refuse_xml(r, RULE_ELEMENT_PLACE, c, name);
    }
    return STATUS_OK;
}

// Participant multiplicity (9.2.1): minimum from 0, maximum from 1 and not below the minimum.
static enum status check_multiplicity(struct reader *r, const xmlNode *x) {
    int64_t min = 0, max = 1;
    struct text t = xml_attribute(r->arena, x, NULL, "minimum");
    if (t.p && (!text_int(t, &min) || min < 0)) return refuse_xml(r, RULE_VALUE, x, T("minimum"));
    t = xml_attribute(r->arena, x, NULL, "maximum");
    if (t.p && (!text_int(t, &max) || max < 1 || max < min))
        return refuse_xml(r, RULE_VALUE, x, T("maximum"));
    return STATUS_OK;
}

enum status check_document(struct reader *r) {
    enum status st = collect_ids(r);
    if (!st) st = check_root(r);
    for (const xmlNode *x = r->root; x && !st; x = next_bpmn(x, r->root, true)) {
        st = check_place(r, x);
        if (!st) st = check_references(r, x);
        if (!st) st = check_values(r, x);
        if (!st && is_bpmn(x, "participantMultiplicity")) st = check_multiplicity(r, x);
        if (!st && is_bpmn(x, "messageFlow")) st = check_message_flow(r, x);
        if (!st) st = check_forms(r, x);
    }
    for (const xmlNode *x = r->root; x && !st; x = next_bpmn(x, r->root, true)) {
        st = check_data(r, x);
        if (!st) st = check_item(r, x);
    }
    return st;
}

enum status check_expressions(struct reader *r) {
    enum status st = STATUS_OK;
    for (const xmlNode *x = r->root; x && !st; x = next_bpmn(x, r->root, true)) st = check_expression(r, x);
    return st;
}
