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

// Events that instances throw when they complete. None and One without an event of their own throw a signal
// without a name, which nothing can catch, so there is nothing to do.
static enum status read_behaviour(struct reader *r, const xmlNode *x, enum when when, const char *reference,
                                  struct node *n) {
    struct text ref = xml_attribute(r->arena, x, NULL, reference);
    const xmlNode *definition = ref.n ? find_id(r, ref) : NULL;
    struct thrown t = {.when = when};
    if (!definition) return STATUS_OK;
    enum status st = read_thrown(r, definition, n, &t.what);
    if (!st) *ARENA_PUSH(r->arena, &n->throws) = t;
    return st;
}

static enum status read_complex_behaviour(struct reader *r, const xmlNode *x, struct node *n) {
    struct thrown t = {.when = WHEN_HOLDS};
    enum status st = expression(r, x, "condition", &t.condition);
    if (!st && !t.condition.n) st = refuse_xml(r, RULE_EXPRESSION_EMPTY, n->xml, T("condition"));
    const xmlNode *event = child_of(x, "event");
    for (const xmlNode *c = xml_child(event); c && !st; c = xml_next(c)) {
        const xmlNode *d =
            is_bpmn(c, "eventDefinitionRef") ? find_id(r, text_trim(xml_content(r->arena, c))) : c;
        if (!d || !text_ends(text_of((const char *)d->name), T("EventDefinition"))) continue;
        st = read_thrown(r, d, n, &t.what);
        if (!st) *ARENA_PUSH(r->arena, &n->throws) = t;
    }
    return st;
}

static enum status read_behaviours(struct reader *r, const xmlNode *x, struct node *n) {
    struct text behaviour = xml_attribute(r->arena, x, NULL, "behavior");
    if (text_eq(behaviour, T("None"))) return read_behaviour(r, x, WHEN_EACH, "noneBehaviorEventRef", n);
    if (text_eq(behaviour, T("One"))) return read_behaviour(r, x, WHEN_FIRST, "oneBehaviorEventRef", n);
    if (!text_eq(behaviour, T("Complex"))) return STATUS_OK;
    enum status st = STATUS_OK;
    for (const xmlNode *c = xml_child(x); c && !st; c = xml_next(c))
        if (is_bpmn(c, "complexBehaviorDefinition")) st = read_complex_behaviour(r, c, n);
    return st;
}

static enum status read_multi_instance(struct reader *r, const xmlNode *x, struct node *n) {
    n->loop = flag(r, x, "isSequential", false) ? LOOP_SEQUENTIAL : LOOP_PARALLEL;
    enum status st = read_behaviours(r, x, n);
    if (!st) st = expression(r, x, "loopCardinality", &n->loop_count);
    if (!st) st = expression(r, x, "completionCondition", &n->loop_condition);
    if (st) return st;
    read_collection(r, x, &n->e);
    if (!n->loop_count.n) n->loop_count = n->e.collection;
    return n->loop_count.n || !r->executable ? STATUS_OK : refuse_xml(r, RULE_LOOP_COUNT, n->xml, T(""));
}

static enum status read_loops(struct reader *r, const xmlNode *x, struct node *n) {
    const xmlNode *standard = child_of(x, "standardLoopCharacteristics");
    const xmlNode *multi = child_of(x, "multiInstanceLoopCharacteristics");
    if (standard && multi) return refuse_xml(r, RULE_LOOP_TWO, x, T(""));
    if (standard) return read_standard_loop(r, standard, n);
    if (multi) return read_multi_instance(r, multi, n);
    return STATUS_OK;
}

// startQuantity and completionQuantity (10.2): whole numbers from 1.
static enum status read_quantity(struct reader *r, const xmlNode *x, const char *name, int *out) {
    struct text t = xml_attribute(r->arena, x, NULL, name);
    int64_t value = 1;
    if (t.p && (!text_int(t, &value) || value < 1)) return refuse_xml(r, RULE_VALUE, x, text_of(name));
    if (value > FLOW_QUANTITY_MAX) return refuse_xml(r, RULE_TOO_MANY, x, text_of(name));
    *out = (int)value;
    return STATUS_OK;
}

static enum status read_message_task(struct reader *r, const xmlNode *x, struct node *n) {
    struct text ref = xml_attribute(r->arena, x, NULL, "messageRef");
    const xmlNode *message = ref.n ? find_id(r, ref) : NULL;
    n->instantiate = n->e.kind == FLOW_RECEIVE_TASK && flag(r, x, "instantiate", false);
    if (n->e.kind == FLOW_SEND_TASK && n->e.type.n && !message) return STATUS_OK;
    struct definition *d = ARENA_PUSH(r->arena, &n->definitions);
    *d = (struct definition){.event = FLOW_MESSAGE, .activity = -1};
    if (message) d->key = message_key(r, message), d->name = xml_attribute(r->arena, message, NULL, "name");
    if (message && !d->name.n) d->name = xml_attribute(r->arena, message, NULL, "id");
    if (!message) d->name = n->e.id; // 10.2.3: a message may be named; without one it is that of the task
    show_definition(n);
    return STATUS_OK;
}

static enum status read_ad_hoc(struct reader *r, const xmlNode *x, struct node *n) {
    n->sequential = text_eq(xml_attribute(r->arena, x, NULL, "ordering"), T("Sequential"));
    n->keep_remaining = !flag(r, x, "cancelRemainingInstances", true);
    return expression(r, x, "completionCondition", &n->completion);
}

bool is_media_type(struct text t) {
    size_t slash;
    return !t.p || (text_find(t, T("/"), &slash) && slash > 0 && slash + 1 < t.n);
}

// 10.2.1: who may do it, as a resource's name or an expression.
static struct text role_of(struct reader *r, const xmlNode *task, const char *kind) {
    const xmlNode *role = child_of(task, kind);
    const xmlNode *assigned = child_of(role, "resourceAssignmentExpression");
    const xmlNode *ref = child_of(role, "resourceRef");
    const xmlNode *resource = ref ? find_id(r, text_trim(xml_content(r->arena, ref))) : NULL;
    if (assigned) return text_trim(xml_content(r->arena, assigned));
    return resource ? xml_attribute(r->arena, resource, NULL, "name") : T("");
}

// The zeebe assignment comes first.
static void read_roles(struct reader *r, const xmlNode *x, struct node *n) {
    if (!n->e.groups.n) n->e.groups = role_of(r, x, "potentialOwner");
    if (!n->e.assignee.n) n->e.assignee = role_of(r, x, "humanPerformer");
    if (!n->e.assignee.n) n->e.assignee = role_of(r, x, "performer");
}

// 10.2.6: a call of a global task that needs nobody is that task. Others, and processes, are the host's to
// run.
static void read_global_task(struct reader *r, struct node *n) {
    const xmlNode *x = find_id(r, n->e.called);
    if (x && is_bpmn(x, "globalTask")) n->does = FLOW_TASK;
    if (!x || !is_bpmn(x, "globalScriptTask")) return;
    n->does = FLOW_SCRIPT_TASK;
    if (child_of(x, "script")) n->e.script = text_trim(xml_content(r->arena, child_of(x, "script")));
}

enum status read_activity(struct reader *r, const xmlNode *x, struct node *n) {
    n->for_compensation = flag(r, x, "isForCompensation", false);
    enum status st = read_quantity(r, x, "startQuantity", &n->start_quantity);
    if (!st) st = read_quantity(r, x, "completionQuantity", &n->completion_quantity);
    if (!st) st = read_loops(r, x, n);
    if (st) return st;
    read_roles(r, x, n);
    switch (n->e.kind) {
    case FLOW_SEND_TASK:
    case FLOW_RECEIVE_TASK: return read_message_task(r, x, n);
    case FLOW_SCRIPT_TASK: // 10.2.3: scriptFormat is a media type
        if (!is_media_type(xml_attribute(r->arena, x, NULL, "scriptFormat")))
            (void)refuse_later(r, RULE_VALUE, x, T("scriptFormat"));
        if (!n->e.script.n && child_of(x, "script"))
            n->e.script = text_trim(xml_content(r->arena, child_of(x, "script")));
        return STATUS_OK;
    case FLOW_CALL_ACTIVITY:
        if (!n->e.called.n) n->e.called = xml_attribute(r->arena, x, NULL, "calledElement");
        if (!n->e.called.n) return refuse_xml(r, RULE_CALLED_MISSING, x, T(""));
        read_global_task(r, n);
        return STATUS_OK;
    case FLOW_AD_HOC: return read_ad_hoc(r, x, n);
    default: return STATUS_OK;
    }
}
