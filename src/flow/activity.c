// activity.c - reading tasks, call activities and sub-processes: what they do and how often.
#include "base/xml.h"
#include "flow/model.h"

static enum status expression(struct reader *r, const xmlNode *in, const char *name, struct text *out) {
    const xmlNode *x = child_of(in, name);
    if (!x) return STATUS_OK;
    *out = text_trim(xml_content(r->arena, x));
    return out->n ? STATUS_OK : refuse_xml(r, RULE_EXPRESSION_EMPTY, in, text_of(name));
}

static enum status read_standard_loop(struct reader *r, const xmlNode *x, struct node *n) {
    n->loop = LOOP_STANDARD;
    n->test_before = flag(r, x, "testBefore", false);
    struct text max = xml_attribute(r->arena, x, NULL, "loopMaximum");
    if (max.n && (!text_int(max, &n->loop_max) || n->loop_max < 1))
        return refuse_xml(r, RULE_VALUE, n->xml, T("loopMaximum"));
    enum status st = expression(r, x, "loopCondition", &n->loop_condition);
    if (!st && !n->loop_max && !n->loop_condition.n) st = refuse_xml(r, RULE_LOOP_COUNT, n->xml, T(""));
    return st;
}

static enum status read_multi_instance(struct reader *r, const xmlNode *x, struct node *n) {
    n->loop = flag(r, x, "isSequential", false) ? LOOP_SEQUENTIAL : LOOP_PARALLEL;
    struct text behaviour = xml_attribute(r->arena, x, NULL, "behavior");
    if (behaviour.n && !text_eq(behaviour, T("All")))
        return refuse_xml(r, RULE_ELEMENT_UNSUPPORTED, n->xml,
                          T("multi-instance activity with events of its own"));
    enum status st = expression(r, x, "loopCardinality", &n->loop_count);
    if (!st) st = expression(r, x, "completionCondition", &n->loop_condition);
    if (st) return st;
    if (!n->loop_count.n) n->loop_count = loop_collection(r, x);
    if (!n->loop_count.n) return refuse_xml(r, RULE_LOOP_COUNT, n->xml, T(""));
    return STATUS_OK;
}

static enum status read_loops(struct reader *r, const xmlNode *x, struct node *n) {
    const xmlNode *standard = child_of(x, "standardLoopCharacteristics");
    const xmlNode *multi = child_of(x, "multiInstanceLoopCharacteristics");
    if (standard && multi) return refuse_xml(r, RULE_LOOP_TWO, x, T(""));
    if (standard) return read_standard_loop(r, standard, n);
    if (multi) return read_multi_instance(r, multi, n);
    return STATUS_OK;
}

// startQuantity and completionQuantity (10.2): whole numbers from 1; more than 1 is for later.
static enum status check_quantity(struct reader *r, const xmlNode *x, const char *name) {
    struct text t = xml_attribute(r->arena, x, NULL, name);
    int64_t value = 1;
    if (t.p && (!text_int(t, &value) || value < 1)) return refuse_xml(r, RULE_VALUE, x, text_of(name));
    return value == 1 ? STATUS_OK : refuse_xml(r, RULE_QUANTITY_UNSUPPORTED, x, text_of(name));
}

static enum status read_message_task(struct reader *r, const xmlNode *x, struct node *n) {
    struct text ref = xml_attribute(r->arena, x, NULL, "messageRef");
    const xmlNode *message = ref.n ? find_id(r, ref) : NULL;
    if (n->e.kind == FLOW_SEND_TASK && n->e.type.n && !message) return STATUS_OK;
    if (!message) return refuse_xml(r, RULE_MESSAGE_MISSING, x, T(""));
    n->e.event = FLOW_MESSAGE;
    n->e.event_name = xml_attribute(r->arena, message, NULL, "name");
    if (!n->e.event_name.n) n->e.event_name = xml_attribute(r->arena, message, NULL, "id");
    n->e.correlation_key = message_key(r, message);
    return STATUS_OK;
}

static bool is_media_type(struct text t) {
    size_t slash;
    return !t.p || (text_find(t, T("/"), &slash) && slash > 0 && slash + 1 < t.n);
}

enum status read_activity(struct reader *r, const xmlNode *x, struct node *n) {
    if (flag(r, x, "isForCompensation", false)) return refuse_xml(r, RULE_COMPENSATION_UNSUPPORTED, x, T(""));
    enum status st = check_quantity(r, x, "startQuantity");
    if (!st) st = check_quantity(r, x, "completionQuantity");
    if (!st) st = read_loops(r, x, n);
    if (st) return st;
    switch (n->e.kind) {
    case FLOW_SEND_TASK:
    case FLOW_RECEIVE_TASK: return read_message_task(r, x, n);
    case FLOW_SCRIPT_TASK: // 10.2.3: scriptFormat is a media type
        if (!is_media_type(xml_attribute(r->arena, x, NULL, "scriptFormat")))
            return refuse_xml(r, RULE_VALUE, x, T("scriptFormat"));
        if (!n->e.script.n && child_of(x, "script"))
            n->e.script = text_trim(xml_content(r->arena, child_of(x, "script")));
        return STATUS_OK;
    case FLOW_CALL_ACTIVITY:
        if (!n->e.called.n) n->e.called = xml_attribute(r->arena, x, NULL, "calledElement");
        return n->e.called.n ? STATUS_OK : refuse_xml(r, RULE_CALLED_MISSING, x, T(""));
    default: return STATUS_OK;
    }
}
