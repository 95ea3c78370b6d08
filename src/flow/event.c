// event.c - reading events: what they wait for or throw.
#include "base/xml.h"
#include "flow/model.h"

// Which definition may stand at which event (10.4.2 to 10.4.4).
static const struct allowed {
    const char *name;
    enum flow_event event;
    bool start, end, catching, throwing, boundary;
} ALLOWED[] = {
    {"messageEventDefinition", FLOW_MESSAGE, true, true, true, true, true},
    {"timerEventDefinition", FLOW_TIMER, true, false, true, false, true},
    {"signalEventDefinition", FLOW_SIGNAL, true, true, true, true, true},
    {"errorEventDefinition", FLOW_ERROR, true, true, false, false, true},
    {"terminateEventDefinition", FLOW_TERMINATE, false, true, false, false, false},
    {"linkEventDefinition", FLOW_LINK, false, false, true, true, false},
    {"conditionalEventDefinition", FLOW_CONDITIONAL, true, false, true, false, true},
    {"escalationEventDefinition", FLOW_ESCALATION, true, true, false, true, true},
    {"compensateEventDefinition", FLOW_COMPENSATION, true, true, false, true, true},
    {"cancelEventDefinition", FLOW_CANCEL, false, true, false, false, true},
};

static const struct allowed *allowed_of(const xmlNode *x) {
    for (size_t i = 0; i < sizeof ALLOWED / sizeof *ALLOWED; i++)
        if (is_bpmn(x, ALLOWED[i].name)) return &ALLOWED[i];
    return NULL;
}

static bool may_stand(const struct allowed *d, enum flow_kind k) {
    switch (k) {
    case FLOW_START_EVENT: return d->start;
    case FLOW_END_EVENT: return d->end;
    case FLOW_CATCH_EVENT: return d->catching;
    case FLOW_THROW_EVENT: return d->throwing;
    default: return d->boundary;
    }
}

static bool throws(enum flow_kind k) { // a task throws for its instances (10.2.8)
    return k == FLOW_THROW_EVENT || k == FLOW_END_EVENT || is_activity(k);
}

static struct text name_or_id(struct reader *r, const xmlNode *x, const char *attribute) {
    struct text name = xml_attribute(r->arena, x, NULL, attribute);
    return name.n ? name : xml_attribute(r->arena, x, NULL, "id");
}

static const xmlNode *referred(struct reader *r, const xmlNode *definition, const char *attribute) {
    struct text ref = xml_attribute(r->arena, definition, NULL, attribute);
    return ref.n ? find_id(r, ref) : NULL;
}

static enum status read_timer(struct reader *r, const xmlNode *x, const struct node *n,
                              struct definition *d) {
    static const char *const NAMES[] = {
        [FLOW_DATE] = "timeDate", [FLOW_DURATION] = "timeDuration", [FLOW_CYCLE] = "timeCycle"};
    int found = 0;
    for (int i = 0; i < 3; i++) {
        const xmlNode *t = child_of(x, NAMES[i]);
        if (!t) continue;
        found++;
        d->timer_kind = (enum flow_timer_kind)i;
        d->timer = text_trim(xml_content(r->arena, t));
    }
    if (found != 1 || !d->timer.n) return refuse_xml(r, RULE_TIMER_ONE, n->xml, T(""));
    return check_timer(r, n, d);
}

static enum status read_message(struct reader *r, const xmlNode *x, const struct node *n,
                                struct definition *d) {
    const xmlNode *ref = referred(r, x, "messageRef");
    if (!ref && throws(n->e.kind) && n->e.type.n) return STATUS_OK;
    if (!ref) return refuse_later(r, RULE_MESSAGE_MISSING, n->xml, T(""));
    bool named = r->profile || n->e.type.n || child_of(x, "operationRef");
    if (!named && r->executable && !is_activity(n->e.kind))
        (void)refuse_later(r, RULE_OPERATION_MISSING, n->xml, T(""));
    d->name = name_or_id(r, ref, "name");
    d->key = message_key(r, ref);
    return STATUS_OK;
}

static enum status read_condition(struct reader *r, const xmlNode *x, const struct node *n,
                                  struct definition *d) {
    const xmlNode *c = child_of(x, "condition");
    if (c) d->condition = text_trim(xml_content(r->arena, c));
    return d->condition.n || !r->executable ? STATUS_OK : refuse_xml(r, RULE_EVENT_CONDITION, n->xml, T(""));
}

// Who throws in an executable process must say the code (10.4.5).
static enum status read_code(struct reader *r, const xmlNode *ref, const struct node *n,
                             const char *attribute, struct definition *d) {
    if (!ref) return STATUS_OK;
    d->name = name_or_id(r, ref, attribute);
    bool coded = xml_attribute(r->arena, ref, NULL, attribute).n > 0;
    if (coded || !throws(n->e.kind) || !r->executable) return STATUS_OK;
    return refuse_later(r, RULE_CODE_MISSING, n->xml, xml_id(r, ref));
}

// What the definition refers to. Without errorRef or escalationRef a catching event catches every one.
static enum status read_meaning(struct reader *r, const xmlNode *x, const struct node *n,
                                struct definition *d) {
    const xmlNode *ref;
    switch (d->event) {
    case FLOW_TIMER: return read_timer(r, x, n, d);
    case FLOW_MESSAGE: return read_message(r, x, n, d);
    case FLOW_CONDITIONAL: return read_condition(r, x, n, d);
    case FLOW_SIGNAL:
        ref = referred(r, x, "signalRef");
        if (!ref) return refuse_later(r, RULE_SIGNAL_MISSING, n->xml, T(""));
        d->name = name_or_id(r, ref, "name");
        return STATUS_OK;
    case FLOW_ERROR:
        ref = referred(r, x, "errorRef");
        if (!ref && throws(n->e.kind)) return refuse_later(r, RULE_ERROR_MISSING, n->xml, T(""));
        return read_code(r, ref, n, "errorCode", d);
    case FLOW_ESCALATION:
        ref = referred(r, x, "escalationRef");
        if (!ref && throws(n->e.kind)) return refuse_later(r, RULE_ESCALATION_MISSING, n->xml, T(""));
        return read_code(r, ref, n, "escalationCode", d);
    case FLOW_COMPENSATION:
        d->activity_ref = xml_attribute(r->arena, x, NULL, "activityRef");
        d->wait = flag(r, x, "waitForCompletion", true);
        return STATUS_OK;
    case FLOW_LINK:
        d->name = xml_attribute(r->arena, x, NULL, "name");
        return d->name.n ? STATUS_OK : refuse_xml(r, RULE_LINK_NAME, n->xml, T(""));
    default: return STATUS_OK;
    }
}

enum status read_thrown(struct reader *r, const xmlNode *x, const struct node *n, struct definition *out) {
    const struct allowed *a = allowed_of(x);
    if (!a || !a->throwing || a->event == FLOW_LINK)
        return refuse_xml(r, RULE_EVENT_DEFINITION, n->xml, text_of((const char *)x->name));
    *out = (struct definition){.event = a->event, .activity = -1};
    return read_meaning(r, x, n, out);
}

static enum status read_definition(struct reader *r, const xmlNode *x, const struct allowed *a,
                                   struct node *n) {
    struct definition d = {.event = a->event, .activity = -1};
    if (!may_stand(a, n->e.kind)) return refuse_xml(r, RULE_EVENT_DEFINITION, n->xml, text_of(a->name));
    if (n->definitions.count >= FLOW_DEFINITIONS_MAX) return refuse_xml(r, RULE_TOO_MANY, n->xml, T(""));
    enum status st = read_meaning(r, x, n, &d);
    if (!st) *ARENA_PUSH(r->arena, &n->definitions) = d;
    return st;
}

// Each definition, inside the event or referred to by eventDefinitionRef (10.4.1).
static enum status read_definitions(struct reader *r, const xmlNode *x, struct node *n) {
    for (const xmlNode *c = xml_child(x); c; c = xml_next(c)) {
        const xmlNode *definition = c;
        if (is_bpmn(c, "eventDefinitionRef")) definition = find_id(r, text_trim(xml_content(r->arena, c)));
        const struct allowed *a = definition ? allowed_of(definition) : NULL;
        enum status st = a ? read_definition(r, definition, a, n) : STATUS_OK;
        if (st) return st;
    }
    return STATUS_OK;
}

// What ends the token or its scope is thrown after everything else.
static bool is_last(enum flow_event e) {
    return e == FLOW_ERROR || e == FLOW_TERMINATE || e == FLOW_CANCEL || e == FLOW_LINK;
}

static void last_ones_last(struct definitions *d) {
    for (size_t i = 1; i < d->count; i++)
        for (size_t k = i; k > 0 && is_last(d->items[k - 1].event) && !is_last(d->items[k].event); k--) {
            struct definition swap = d->items[k];
            d->items[k] = d->items[k - 1], d->items[k - 1] = swap;
        }
}

void show_definition(struct node *n) {
    const struct definition *d = n->definitions.items;
    if (!n->definitions.count) return;
    n->e.event = n->definitions.count > 1 ? FLOW_MULTIPLE : d->event;
    n->e.event_name = d->name, n->e.correlation_key = d->key;
    n->e.timer_kind = d->timer_kind, n->e.timer = d->timer, n->e.condition = d->condition;
}

// An error or escalation is gone when it was not caught at once, so it cannot be one of several to wait for.
static enum status check_all(struct reader *r, const struct node *n) {
    for (size_t i = 0; i < n->definitions.count; i++) {
        enum flow_event e = n->definitions.items[i].event;
        if (e != FLOW_MESSAGE && e != FLOW_TIMER && e != FLOW_SIGNAL && e != FLOW_CONDITIONAL)
            return refuse_xml(r, RULE_EVENT_UNSUPPORTED, n->xml, T("parallel multiple event"));
    }
    return STATUS_OK;
}

enum status read_event(struct reader *r, const xmlNode *x, struct node *n) {
    enum flow_kind k = n->e.kind;
    n->e.interrupting = flag(r, x, k == FLOW_BOUNDARY_EVENT ? "cancelActivity" : "isInterrupting", true);
    enum status st = read_definitions(r, x, n);
    if (st) return st;
    if (n->definitions.count > 1 && has_definition(n, FLOW_LINK)) // a link is a way, nothing else beside it
        return refuse_xml(r, RULE_EVENT_DEFINITION, x, T("linkEventDefinition"));
    if (throws(k)) last_ones_last(&n->definitions);
    show_definition(n);
    n->e.all = n->definitions.count > 1 && !throws(k) && flag(r, x, "parallelMultiple", false);
    bool needs_one = k == FLOW_CATCH_EVENT || k == FLOW_BOUNDARY_EVENT;
    if (!n->definitions.count && needs_one) return refuse_xml(r, RULE_EVENT_NO_DEFINITION, x, T(""));
    return n->e.all ? check_all(r, n) : STATUS_OK;
}
