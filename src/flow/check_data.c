// check_data.c - rules for the inputs and outputs of activities and events, their messages and operations
// (BPMN 10.2.1, 10.2.3, 10.2.6, 10.3.1, 10.4.1).
#include "base/xml.h"
#include "flow/model.h"

#include <string.h>

static struct text content(struct reader *r, const xmlNode *x) {
    return text_trim(xml_content(r->arena, x));
}

static int count(const xmlNode *x, const char *name) {
    int n = 0;
    for (const xmlNode *c = xml_child(x); c; c = xml_next(c)) n += is_bpmn(c, name);
    return n;
}

static bool refers(struct reader *r, const xmlNode *set, const char *name, struct text id) {
    for (const xmlNode *c = xml_child(set); c; c = xml_next(c))
        if (is_bpmn(c, name) && text_eq(content(r, c), id)) return true;
    return false;
}

// ---- sets of inputs and outputs ----

struct side {
    const char *data, *set, *refs, *optional, *executing, *partner, *partner_refs, *back_refs;
};
static const struct side IN = {
    "dataInput", "inputSet",      "dataInputRefs", "optionalInputRefs", "whileExecutingInputRefs",
    "outputSet", "outputSetRefs", "inputSetRefs"};
static const struct side OUT = {
    "dataOutput", "outputSet",    "dataOutputRefs", "optionalOutputRefs", "whileExecutingOutputRefs",
    "inputSet",   "inputSetRefs", "outputSetRefs"};

// What is optional, or comes while executing, is among the data of the same set.
static enum status check_parts(struct reader *r, const xmlNode *set, const struct side *side) {
    for (const xmlNode *c = xml_child(set); c; c = xml_next(c)) {
        if (!is_bpmn(c, side->optional) && !is_bpmn(c, side->executing)) continue;
        if (!refers(r, set, side->refs, content(r, c)))
            return refuse_xml(r, RULE_DATA_SET, set, content(r, c));
    }
    return STATUS_OK;
}

// The sets of inputs and outputs that belong together name each other.
static enum status check_partners(struct reader *r, const xmlNode *set, const struct side *side) {
    struct text own = xml_attribute(r->arena, set, NULL, "id");
    for (const xmlNode *c = xml_child(set); c; c = xml_next(c)) {
        const xmlNode *partner = is_bpmn(c, side->partner_refs) ? find_id(r, content(r, c)) : NULL;
        if (partner && !refers(r, partner, side->back_refs, own))
            return refuse_xml(r, RULE_DATA_SET, set, content(r, c));
    }
    return STATUS_OK;
}

static enum status check_side(struct reader *r, const xmlNode *io, const struct side *side) {
    for (const xmlNode *c = xml_child(io); c; c = xml_next(c)) {
        enum status st = STATUS_OK;
        if (is_bpmn(c, side->set)) st = check_parts(r, c, side);
        if (!st && is_bpmn(c, side->set)) st = check_partners(r, c, side);
        if (st) return st;
        if (!is_bpmn(c, side->data)) continue;
        bool used = false;
        for (const xmlNode *s = xml_child(io); s; s = xml_next(s))
            used |= is_bpmn(s, side->set) && refers(r, s, side->refs, xml_attribute(r->arena, c, NULL, "id"));
        if (!used) return refuse_xml(r, RULE_DATA_SET, c, text_of(side->set));
    }
    return STATUS_OK;
}

// ---- messages and operations ----

static const xmlNode *referred(struct reader *r, const xmlNode *x, const char *name) {
    struct text ref = x ? xml_attribute(r->arena, x, NULL, name) : T("");
    return ref.n ? find_id(r, ref) : NULL;
}

static const xmlNode *by_child(struct reader *r, const xmlNode *x, const char *name) {
    const xmlNode *c = x ? child_of(x, name) : NULL;
    return c ? find_id(r, content(r, c)) : NULL;
}

// At most one set with one thing in it, of the same kind as the message.
static enum status check_one(struct reader *r, const xmlNode *task, const struct side *side,
                             const xmlNode *message, bool needed) {
    const xmlNode *io = child_of(task, "ioSpecification");
    int sets = count(io, side->set), data = count(io, side->data);
    const xmlNode *only = io ? child_of(io, side->data) : NULL;
    if (!message) return STATUS_OK;
    bool fits = sets <= 1 && data <= 1 && (!needed || data == 1) &&
                (!only || (item_of(r, only) && same_item(r, item_of(r, only), item_of(r, message))));
    return fits ? STATUS_OK : refuse_xml(r, RULE_OPERATION_DATA, task, text_of(side->data));
}

static enum status check_task(struct reader *r, const xmlNode *x) {
    const xmlNode *operation = referred(r, x, "operationRef"), *message = referred(r, x, "messageRef");
    if (is_bpmn(x, "sendTask") && message) return check_one(r, x, &IN, message, false);
    if (is_bpmn(x, "receiveTask") && message) return check_one(r, x, &OUT, message, false);
    if (!is_bpmn(x, "serviceTask") || !operation) return STATUS_OK;
    enum status st = check_one(r, x, &IN, by_child(r, operation, "inMessageRef"), true);
    return st ? st : check_one(r, x, &OUT, by_child(r, operation, "outMessageRef"), true);
}

// 10.2.6: the binding of a called process or global task to an operation.
static enum status check_binding(struct reader *r, const xmlNode *x) {
    static const char *const SIDES[][2] = {{"inputDataRef", "inMessageRef"},
                                           {"outputDataRef", "outMessageRef"}};
    const xmlNode *operation = referred(r, x, "operationRef");
    for (size_t i = 0; operation && i < 2; i++) {
        const xmlNode *data = referred(r, x, SIDES[i][0]), *message = by_child(r, operation, SIDES[i][1]);
        if (!data || !message || (!is_bpmn(data, "dataInput") && !is_bpmn(data, "dataOutput"))) continue;
        if (!same_item(r, item_of(r, data), item_of(r, message)))
            return refuse_xml(r, RULE_OPERATION_DATA, x->parent, text_of(SIDES[i][0]));
    }
    return STATUS_OK;
}

// ---- call activities, resources, events ----

// 10.2.6: a process or global task. Files for engines that look called processes up by id, and files that
// import others, may name what is elsewhere.
static enum status check_called(struct reader *r, const xmlNode *x) {
    struct text ref = xml_attribute(r->arena, x, NULL, "calledElement");
    const xmlNode *called = ref.n ? find_id(r, ref) : NULL;
    if (!ref.n || r->profile || child_of(r->root, "import")) return STATUS_OK;
    if (!called) return refuse_xml(r, RULE_REFERENCE_UNKNOWN, x, ref);
    struct text kind = text_of((const char *)called->name);
    bool callable = text_eq(kind, T("process")) || text_starts(kind, T("global"));
    return callable ? STATUS_OK : refuse_xml(r, RULE_REFERENCE_KIND, x, ref);
}

// 10.2.6: what calls and what is called have the same inputs and outputs.
static enum status check_call(struct reader *r, const xmlNode *x) {
    const xmlNode *called = referred(r, x, "calledElement");
    const xmlNode *own = child_of(x, "ioSpecification");
    const xmlNode *its = called ? child_of(called, "ioSpecification") : NULL;
    if (!its) return STATUS_OK;
    for (int side = 0; side < 2; side++) {
        const char *name = side ? "dataOutput" : "dataInput";
        if (count(own, name) != count(its, name)) return refuse_xml(r, RULE_CALLED_DATA, x, text_of(name));
        const xmlNode *b = xml_child(its);
        for (const xmlNode *a = xml_child(own); a; a = xml_next(a)) {
            if (!is_bpmn(a, name)) continue;
            while (!is_bpmn(b, name)) b = xml_next(b);
            bool known = item_of(r, a) && item_of(r, b);
            if (known && !same_item(r, item_of(r, a), item_of(r, b)))
                return refuse_xml(r, RULE_CALLED_DATA, x, text_of(name));
            b = xml_next(b);
        }
    }
    return STATUS_OK;
}

// 10.2.1: either a resource with its parameters, or an expression.
static enum status check_role(struct reader *r, const xmlNode *x) {
    bool resource = child_of(x, "resourceRef"), bound = child_of(x, "resourceParameterBinding");
    bool expression = child_of(x, "resourceAssignmentExpression");
    if ((resource && expression) || (bound && !resource))
        return refuse_xml(r, RULE_RESOURCE_BINDING, x, T(""));
    return STATUS_OK;
}

static const xmlNode *carried(struct reader *r, const xmlNode *definition) {
    static const char *const NAMES[] = {"messageRef", "signalRef", "errorRef", "escalationRef"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const xmlNode *x = referred(r, definition, NAMES[i]);
        if (x) return x;
    }
    return NULL;
}

// 10.4.1: an event that carries data has one input or output for each definition, in the same order and of
// the same kind.
static enum status check_event(struct reader *r, const xmlNode *x) {
    const char *name = child_of(x, "dataInput") ? "dataInput" : "dataOutput";
    const xmlNode *data = child_of(x, name);
    int definitions = 0;
    if (!data) return STATUS_OK;
    for (const xmlNode *c = xml_child(x); c; c = xml_next(c)) {
        if (!text_ends(text_of((const char *)c->name), T("EventDefinition"))) continue;
        const xmlNode *what = carried(r, c), *item = item_of(r, what);
        definitions++;
        while (data && !is_bpmn(data, name)) data = xml_next(data);
        if (data && item && !same_item(r, item_of(r, data), item))
            return refuse_xml(r, RULE_EVENT_DATA, x, xml_attribute(r->arena, data, NULL, "id"));
        if (data) data = xml_next(data);
    }
    if (definitions > 1 && count(x, name) != definitions)
        return refuse_xml(r, RULE_EVENT_DATA, x, text_of(name));
    return STATUS_OK;
}

static bool is_role(const xmlNode *x) {
    static const char *const NAMES[] = {"performer", "humanPerformer", "potentialOwner", "resourceRole"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (is_bpmn(x, NAMES[i])) return true;
    return false;
}

enum status check_data(struct reader *r, const xmlNode *x) {
    if (is_bpmn(x, "ioSpecification")) {
        bool sub = is_bpmn(x->parent, "subProcess") || is_bpmn(x->parent, "transaction") ||
                   is_bpmn(x->parent, "adHocSubProcess");
        if (sub && !child_of(x->parent, "multiInstanceLoopCharacteristics"))
            return refuse_xml(r, RULE_SUB_DATA, x->parent, T(""));
        if (!child_of(x, "inputSet")) return refuse_xml(r, RULE_DATA_SET, x, T("inputSet"));
        if (!child_of(x, "outputSet")) return refuse_xml(r, RULE_DATA_SET, x, T("outputSet"));
        enum status st = check_side(r, x, &IN);
        return st ? st : check_side(r, x, &OUT);
    }
    if (is_bpmn(x, "ioBinding")) return check_binding(r, x);
    if (is_bpmn(x, "callActivity")) {
        enum status st = check_called(r, x);
        return st ? st : check_call(r, x);
    }
    if (is_bpmn(x, "operation") && !child_of(x, "inMessageRef"))
        return refuse_xml(r, RULE_ATTRIBUTE_MISSING, x, T("inMessageRef"));
    if (is_role(x)) return check_role(r, x);
    if (text_ends(text_of((const char *)x->name), T("Event"))) return check_event(r, x);
    return check_task(r, x);
}
