// zeebe.c - the extension elements of the bpmn.io modelers (namespace zeebe 1.0).
#include "base/xml.h"
#include "flow/model.h"

#include <string.h>

struct pairs {
    struct flow_pair *items;
    size_t count, capacity;
};

// Extensions that would change what runs, so ignoring them would be wrong.
static const char *const CHANGE_MEANING[] = {"executionListeners", "taskListeners", "adHoc"};

static struct flow_pairs read_pairs(struct reader *r, const xmlNode *x, const char *item, const char *key,
                                    const char *value) {
    struct pairs list = {0};
    for (const xmlNode *c = xml_child(x); c; c = xml_next(c)) {
        if (!xml_is(c, ZEEBE_NS, item)) continue;
        *ARENA_PUSH(r->arena, &list) = (struct flow_pair){xml_attribute(r->arena, c, NULL, key),
                                                          xml_attribute(r->arena, c, NULL, value)};
    }
    return (struct flow_pairs){list.items, list.count};
}

static struct text either(struct text a, struct text b) {
    return a.n ? a : b;
}

static void read_extension(struct reader *r, const xmlNode *x, struct flow_element *e) {
    struct arena *a = r->arena;
    if (xml_is(x, ZEEBE_NS, "properties")) e->properties = read_pairs(r, x, "property", "name", "value");
    if (xml_is(x, ZEEBE_NS, "taskHeaders")) e->headers = read_pairs(r, x, "header", "key", "value");
    if (xml_is(x, ZEEBE_NS, "ioMapping")) {
        e->inputs = read_pairs(r, x, "input", "target", "source");
        e->outputs = read_pairs(r, x, "output", "target", "source");
        e->maps = true;
    }
    if (xml_is(x, ZEEBE_NS, "taskDefinition")) e->type = xml_attribute(a, x, NULL, "type");
    if (xml_is(x, ZEEBE_NS, "calledElement")) e->called = xml_attribute(a, x, NULL, "processId");
    if (xml_is(x, ZEEBE_NS, "formDefinition"))
        e->form = either(xml_attribute(a, x, NULL, "formId"), xml_attribute(a, x, NULL, "formKey"));
    if (xml_is(x, ZEEBE_NS, "assignmentDefinition")) {
        e->groups = xml_attribute(a, x, NULL, "candidateGroups");
        e->assignee = xml_attribute(a, x, NULL, "assignee");
    }
    if (xml_is(x, ZEEBE_NS, "calledDecision")) {
        e->decision = xml_attribute(a, x, NULL, "decisionId");
        e->result = xml_attribute(a, x, NULL, "resultVariable");
    }
    if (xml_is(x, ZEEBE_NS, "script")) {
        e->script = xml_attribute(a, x, NULL, "expression");
        e->result = xml_attribute(a, x, NULL, "resultVariable");
    }
}

enum status read_extensions(struct reader *r, const xmlNode *x, struct flow_element *e) {
    const xmlNode *box = child_of(x, "extensionElements");
    for (const xmlNode *c = xml_child(box); c; c = xml_next(c)) {
        for (size_t i = 0; i < sizeof CHANGE_MEANING / sizeof *CHANGE_MEANING; i++)
            if (xml_is(c, ZEEBE_NS, CHANGE_MEANING[i]))
                return refuse_xml(r, RULE_EXTENSION_UNSUPPORTED, x, text_of(CHANGE_MEANING[i]));
        read_extension(r, c, e);
    }
    return STATUS_OK;
}

static struct text extension_attribute(struct reader *r, const xmlNode *x, const char *element,
                                       const char *name) {
    const xmlNode *box = child_of(x, "extensionElements");
    for (const xmlNode *c = xml_child(box); c; c = xml_next(c))
        if (xml_is(c, ZEEBE_NS, element)) return xml_attribute(r->arena, c, NULL, name);
    return (struct text){0};
}

// 8.3.2: does this property say how to find itself in the message?
static bool is_found_in(struct reader *r, const xmlNode *property, const xmlNode *message) {
    for (const xmlNode *c = xml_child(property); c; c = xml_next(c)) {
        if (!is_bpmn(c, "correlationPropertyRetrievalExpression")) continue;
        if (find_id(r, xml_attribute(r->arena, c, NULL, "messageRef")) == message) return true;
    }
    return false;
}

// 10.1: the process subscribes with what its own data give for the property (dataPath).
static struct text subscribed_key(struct reader *r, const xmlNode *message) {
    for (const xmlNode *s = xml_child(r->process); s; s = xml_next(s))
        for (const xmlNode *b = is_bpmn(s, "correlationSubscription") ? xml_child(s) : NULL; b;
             b = xml_next(b)) {
            struct text ref = xml_attribute(r->arena, b, NULL, "correlationPropertyRef");
            const xmlNode *property = ref.n ? find_id(r, ref) : NULL, *path = child_of(b, "dataPath");
            if (property && path && is_found_in(r, property, message))
                return text_trim(xml_content(r->arena, path));
        }
    return T("");
}

struct text message_key(struct reader *r, const xmlNode *message) {
    struct text own = extension_attribute(r, message, "subscription", "correlationKey");
    return own.n ? own : subscribed_key(r, message);
}

static struct text item_name(struct reader *r, const xmlNode *loop, const char *child) {
    const xmlNode *x = child_of(loop, child);
    struct text name = x ? xml_attribute(r->arena, x, NULL, "name") : T("");
    return x && !name.n ? xml_attribute(r->arena, x, NULL, "id") : name;
}

static struct text content_of(struct reader *r, const xmlNode *x, const char *child) {
    const xmlNode *c = child_of(x, child);
    return c ? text_trim(xml_content(r->arena, c)) : T("");
}

void read_collection(struct reader *r, const xmlNode *loop, struct flow_element *e) {
    static const char ZEEBE[] = "loopCharacteristics";
    e->collection = either(extension_attribute(r, loop, ZEEBE, "inputCollection"),
                           content_of(r, loop, "loopDataInputRef"));
    e->item =
        either(extension_attribute(r, loop, ZEEBE, "inputElement"), item_name(r, loop, "inputDataItem"));
    e->results = either(extension_attribute(r, loop, ZEEBE, "outputCollection"),
                        content_of(r, loop, "loopDataOutputRef"));
    e->result_item =
        either(extension_attribute(r, loop, ZEEBE, "outputElement"), item_name(r, loop, "outputDataItem"));
}
