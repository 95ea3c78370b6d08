// event.c - reading events: what they wait for or throw.
#include "base/date.h"
#include "base/xml.h"
#include "flow/model.h"

#include <string.h>

// Which definition may stand at which event (10.4.2 to 10.4.4), and which ones come later.
static const struct definition {
    const char *name;
    enum flow_event event;
    bool start, end, catching, throwing, boundary;
} DEFINITIONS[] = {
    {"messageEventDefinition", FLOW_MESSAGE, true, true, true, true, true},
    {"timerEventDefinition", FLOW_TIMER, true, false, true, false, true},
    {"signalEventDefinition", FLOW_SIGNAL, true, true, true, true, true},
    {"errorEventDefinition", FLOW_ERROR, true, true, false, false, true},
    {"terminateEventDefinition", FLOW_TERMINATE, false, true, false, false, false},
    {"linkEventDefinition", FLOW_LINK, false, false, true, true, false},
    {"conditionalEventDefinition", FLOW_NONE, true, false, true, false, true},
    {"escalationEventDefinition", FLOW_NONE, true, true, false, true, true},
    {"compensateEventDefinition", FLOW_NONE, true, true, false, true, true},
    {"cancelEventDefinition", FLOW_NONE, false, true, false, false, true},
};

static const struct definition *definition_of(const xmlNode *x) {
    for (size_t i = 0; i < sizeof DEFINITIONS / sizeof *DEFINITIONS; i++)
        if (is_bpmn(x, DEFINITIONS[i].name)) return &DEFINITIONS[i];
    return NULL;
}

static bool allowed(const struct definition *d, enum flow_kind k) {
    switch (k) {
    case FLOW_START_EVENT: return d->start;
    case FLOW_END_EVENT: return d->end;
    case FLOW_CATCH_EVENT: return d->catching;
    case FLOW_THROW_EVENT: return d->throwing;
    default: return d->boundary;
    }
}

static struct text name_or_id(struct reader *r, const xmlNode *x, const char *attribute) {
    struct text name = xml_attribute(r->arena, x, NULL, attribute);
    return name.n ? name : xml_attribute(r->arena, x, NULL, "id");
}

static const xmlNode *referred(struct reader *r, const xmlNode *definition, const char *attribute) {
    struct text ref = xml_attribute(r->arena, definition, NULL, attribute);
    return ref.n ? find_id(r, ref) : NULL;
}

static enum status read_timer(struct reader *r, const xmlNode *x, struct node *n) {
    static const char *const NAMES[] = {
        [FLOW_DATE] = "timeDate", [FLOW_DURATION] = "timeDuration", [FLOW_CYCLE] = "timeCycle"};
    int found = 0;
    for (int i = 0; i < 3; i++) {
        const xmlNode *t = child_of(x, NAMES[i]);
        if (!t) continue;
        found++;
        n->e.timer_kind = (enum flow_timer_kind)i;
        n->e.timer = text_trim(xml_content(r->arena, t));
    }
    if (found != 1 || !n->e.timer.n) return refuse_xml(r, RULE_TIMER_ONE, n->xml, T(""));
    return check_timer(r, n);
}

static enum status read_definition(struct reader *r, const xmlNode *x, const struct definition *d,
                                   struct node *n) {
    struct flow_element *e = &n->e;
    if (!allowed(d, e->kind)) return refuse_xml(r, RULE_EVENT_DEFINITION, n->xml, text_of(d->name));
    if (d->event == FLOW_NONE) return refuse_xml(r, RULE_EVENT_UNSUPPORTED, n->xml, text_of(d->name));
    e->event = d->event;
    const xmlNode *ref;
    switch (d->event) {
    case FLOW_TIMER: return read_timer(r, x, n);
    case FLOW_MESSAGE:
        ref = referred(r, x, "messageRef");
        bool throws = e->kind == FLOW_THROW_EVENT || e->kind == FLOW_END_EVENT;
        if (!ref) return throws && e->type.n ? STATUS_OK : refuse_xml(r, RULE_MESSAGE_MISSING, n->xml, T(""));
        e->event_name = name_or_id(r, ref, "name");
        e->correlation_key = message_key(r, ref);
        return STATUS_OK;
    case FLOW_SIGNAL:
        ref = referred(r, x, "signalRef");
        if (!ref) return refuse_xml(r, RULE_SIGNAL_MISSING, n->xml, T(""));
        e->event_name = name_or_id(r, ref, "name");
        return STATUS_OK;
    case FLOW_ERROR: // without errorRef a catching event catches every error
        ref = referred(r, x, "errorRef");
        if (!ref && e->kind == FLOW_END_EVENT) return refuse_xml(r, RULE_ERROR_MISSING, n->xml, T(""));
        if (ref) e->event_name = name_or_id(r, ref, "errorCode");
        return STATUS_OK;
    case FLOW_LINK:
        e->event_name = xml_attribute(r->arena, x, NULL, "name");
        return e->event_name.n ? STATUS_OK : refuse_xml(r, RULE_LINK_NAME, n->xml, T(""));
    default: return STATUS_OK;
    }
}

// Calls read_definition for each definition, inside the event or referred to by eventDefinitionRef (10.4.1).
static enum status read_definitions(struct reader *r, const xmlNode *x, struct node *n, int *count) {
    for (const xmlNode *c = xml_child(x); c; c = xml_next(c)) {
        const xmlNode *definition = c;
        if (is_bpmn(c, "eventDefinitionRef")) definition = find_id(r, text_trim(xml_content(r->arena, c)));
        const struct definition *d = definition ? definition_of(definition) : NULL;
        if (!d) continue;
        if (++*count > 1) return refuse_xml(r, RULE_EVENT_UNSUPPORTED, x, T("second event definition"));
        enum status st = read_definition(r, definition, d, n);
        if (st) return st;
    }
    return STATUS_OK;
}

enum status read_event(struct reader *r, const xmlNode *x, struct node *n) {
    const char *name = n->e.kind == FLOW_BOUNDARY_EVENT ? "cancelActivity" : "isInterrupting";
    n->e.interrupting = flag(r, x, name, true);
    if (flag(r, x, "parallelMultiple", false))
        return refuse_xml(r, RULE_EVENT_UNSUPPORTED, x, T("parallel multiple event"));
    int count = 0;
    enum status st = read_definitions(r, x, n, &count);
    if (st) return st;
    bool needs_one = n->e.kind == FLOW_CATCH_EVENT || n->e.kind == FLOW_BOUNDARY_EVENT;
    return count == 0 && needs_one ? refuse_xml(r, RULE_EVENT_NO_DEFINITION, x, T("")) : STATUS_OK;
}

static bool digits(struct text *t) {
    size_t n = 0;
    while (n < t->n && t->p[n] >= '0' && t->p[n] <= '9') n++;
    *t = text_slice(*t, n, t->n);
    return n > 0;
}

// ISO 8601 duration: P, then numbers with units in this order, time units after T; at least one.
static bool is_duration(struct text t) {
    static const char UNITS[] = "YMWDTHMS";
    enum { TIME = 4, END = 8 };
    size_t at = 0;
    if (t.n < 3 || t.p[0] != 'P') return false;
    for (t = text_slice(t, 1, t.n); t.n; t = text_slice(t, 1, t.n)) {
        if (t.p[0] == 'T') {
            if (at > TIME) return false;
            at = TIME + 1, t = text_slice(t, 1, t.n);
        }
        if (!digits(&t)) return false;
        bool fraction = t.n && t.p[0] == '.';
        if (fraction) {
            t = text_slice(t, 1, t.n);
            if (!digits(&t)) return false;
        }
        size_t end = at <= TIME ? TIME : END;
        while (at < end && t.n && UNITS[at] != t.p[0]) at++;
        if (!t.n || at == end || (fraction && t.p[0] != 'S')) return false;
        at++;
    }
    return true;
}

static bool is_moment(struct text t) {
    struct moment m;
    struct date d;
    if (moment_parse(t, &m) == STATUS_OK) return true;
    if (date_parse(t, &d) == STATUS_OK && date_is_full(d)) return true;
    return t.n > 11 && t.p[10] == 'T' && date_parse(text_slice(t, 0, 10), &d) == STATUS_OK &&
           date_is_full(d) && t.p[11] >= '0' && t.p[11] <= '2';
}

// R or R5, then / and a duration, or start/duration.
static bool is_cycle(struct text t) {
    if (!t.n || t.p[0] != 'R') return false;
    t = text_slice(t, 1, t.n);
    digits(&t);
    if (!t.n || t.p[0] != '/') return false;
    t = text_slice(t, 1, t.n);
    struct text rest = t, first;
    if (!text_cut(&rest, '/', &first)) return false;
    return rest.p ? is_moment(first) && is_duration(rest) : is_duration(first);
}

enum status check_timer(struct reader *r, const struct node *n) {
    struct text t = n->e.timer;
    if (is_feel(t)) return STATUS_OK;
    bool good = n->e.timer_kind == FLOW_DATE       ? is_moment(t)
                : n->e.timer_kind == FLOW_DURATION ? is_duration(t)
                                                   : is_cycle(t);
    return good ? STATUS_OK : refuse_xml(r, RULE_TIMER_FORMAT, n->xml, t);
}
