// read.c - from BPMN XML to the model: processes, flow nodes, sequence flows, lanes.
#include "base/xml.h"
#include "flow/model.h"

#include <assert.h>
#include <string.h>

static const struct {
    const char *name;
    enum flow_kind kind;
} KINDS[] = {
    {"startEvent", FLOW_START_EVENT},
    {"endEvent", FLOW_END_EVENT},
    {"intermediateCatchEvent", FLOW_CATCH_EVENT},
    {"intermediateThrowEvent", FLOW_THROW_EVENT},
    {"boundaryEvent", FLOW_BOUNDARY_EVENT},
    {"task", FLOW_TASK},
    {"userTask", FLOW_USER_TASK},
    {"manualTask", FLOW_MANUAL_TASK},
    {"serviceTask", FLOW_SERVICE_TASK},
    {"sendTask", FLOW_SEND_TASK},
    {"receiveTask", FLOW_RECEIVE_TASK},
    {"scriptTask", FLOW_SCRIPT_TASK},
    {"businessRuleTask", FLOW_RULE_TASK},
    {"callActivity", FLOW_CALL_ACTIVITY},
    {"subProcess", FLOW_SUB_PROCESS},
    {"eventSubProcess", FLOW_EVENT_SUB_PROCESS}, // never in XML: a subProcess with triggeredByEvent
    {"exclusiveGateway", FLOW_EXCLUSIVE},
    {"parallelGateway", FLOW_PARALLEL},
    {"inclusiveGateway", FLOW_INCLUSIVE},
    {"eventBasedGateway", FLOW_EVENT_BASED},
    {"complexGateway", FLOW_COMPLEX},
    {"transaction", FLOW_TRANSACTION},
    {"adHocSubProcess", FLOW_AD_HOC},
};

// What may stand in a process or sub-process without being walked by a token.
static const char *const BESIDE[] = {
    "documentation",
    "extensionElements",
    "laneSet",
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
    "property",
    "association",
    "textAnnotation",
    "group",
    "ioSpecification",
    "auditing",
    "monitoring",
    "resourceRole",
    "performer",
    "humanPerformer",
    "potentialOwner",
    "correlationSubscription",
    "supports",
    "supportedInterfaceRef",
    "ioBinding",
    "incoming",
    "outgoing",
    "multiInstanceLoopCharacteristics",
    "standardLoopCharacteristics",
    "dataInputAssociation",
    "dataOutputAssociation",
    "sequenceFlow",
    "artifact",
    "completionCondition",
};

static const char *const LATER[] = {"implicitThrowEvent", "event"};

static bool among(const char *name, const char *const *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, list[i]) == 0) return true;
    return false;
}
#define AMONG(name, list) among((name), (list), sizeof(list) / sizeof *(list))

const char *flow_kind_name(enum flow_kind k) {
    static_assert(sizeof KINDS / sizeof *KINDS == FLOW_KIND_COUNT, "one row a kind");
    assert(k < FLOW_KIND_COUNT && KINDS[k].kind == k);
    return KINDS[k].name;
}

bool is_bpmn(const xmlNode *x, const char *name) {
    return xml_is(x, BPMN_NS, name);
}

const xmlNode *child_of(const xmlNode *x, const char *bpmn_name) {
    for (const xmlNode *c = xml_child(x); c; c = xml_next(c))
        if (is_bpmn(c, bpmn_name)) return c;
    return NULL;
}

bool flag(struct reader *r, const xmlNode *x, const char *name, bool otherwise) {
    struct text t = xml_attribute(r->arena, x, NULL, name);
    if (!t.p) return otherwise;
    return text_eq(t, T("true")) || text_eq(t, T("1"));
}

bool is_flow_node(const xmlNode *x) {
    for (size_t i = 0; i < FLOW_KIND_COUNT; i++)
        if (KINDS[i].kind != FLOW_EVENT_SUB_PROCESS && is_bpmn(x, KINDS[i].name)) return true;
    return false;
}

static bool in_bpmn(const xmlNode *x) {
    return x->ns && x->ns->href && strcmp((const char *)x->ns->href, BPMN_NS) == 0;
}

static bool kind_of(struct reader *r, const xmlNode *x, enum flow_kind *out) {
    for (size_t i = 0; i < FLOW_KIND_COUNT; i++)
        if (KINDS[i].kind != FLOW_EVENT_SUB_PROCESS && strcmp((const char *)x->name, KINDS[i].name) == 0) {
            *out = KINDS[i].kind;
            bool by_event = flag(r, x, "triggeredByEvent", false);
            if (*out == FLOW_SUB_PROCESS && by_event) *out = FLOW_EVENT_SUB_PROCESS;
            return true;
        }
    return false;
}

static struct ints *starts_list(struct flow_model *m, int parent) {
    return parent < 0 ? &m->starts : &m->nodes.items[parent].starts;
}

static void remember_place(struct reader *r, int index) {
    struct flow_model *m = r->model;
    const struct node *n = node_at(m, index);
    int parent = n->e.parent;
    if (n->e.kind == FLOW_START_EVENT) *ARENA_PUSH(r->arena, starts_list(m, parent)) = index;
    if (n->e.kind == FLOW_EVENT_SUB_PROCESS) {
        struct ints *subs = parent < 0 ? &m->event_subs : &m->nodes.items[parent].event_subs;
        *ARENA_PUSH(r->arena, subs) = index;
    }
}

static enum status read_gateway(struct reader *r, const xmlNode *x, struct node *n) {
    n->instantiate = flag(r, x, "instantiate", false);
    n->parallel = text_eq(xml_attribute(r->arena, x, NULL, "eventGatewayType"), T("Parallel"));
    const xmlNode *activation = child_of(x, "activationCondition");
    if (n->e.kind != FLOW_COMPLEX || !activation) return STATUS_OK;
    n->activation = text_trim(xml_content(r->arena, activation));
    return n->activation.n ? STATUS_OK : refuse_xml(r, RULE_EXPRESSION_EMPTY, x, T("activationCondition"));
}

static enum status read_node(struct reader *r, const xmlNode *x, enum flow_kind kind, int parent, int depth) {
    struct flow_model *m = r->model;
    if (m->nodes.count >= FLOW_ELEMENTS_MAX) return refuse_xml(r, RULE_TOO_MANY, x, T(""));
    struct node n = {
        .line = xmlGetLineNo((xmlNode *)x), .default_flow = -1, .link_target = -1, .handler = -1, .xml = x};
    n.e = (struct flow_element){.kind = kind, .parent = parent, .attached_to = -1};
    n.e.id = xml_attribute(r->arena, x, NULL, "id");
    if (!n.e.id.n) return refuse_xml(r, RULE_ID_MISSING, x, T(""));
    if (n.e.id.n > FLOW_ID_MAX) return refuse_xml(r, RULE_VALUE, x, T("id"));
    n.e.name = xml_attribute(r->arena, x, NULL, "name");
    const xmlNode *doc = child_of(x, "documentation");
    if (doc) n.e.documentation = text_trim(xml_content(r->arena, doc));
    n.does = kind;
    enum status st = read_extensions(r, x, &n.e);
    if (!st) read_associations(r, x, &n.e);
    if (!st && kind <= FLOW_BOUNDARY_EVENT) st = read_event(r, x, &n);
    if (!st && is_activity(kind)) st = read_activity(r, x, &n);
    if (!st && is_gateway(kind)) st = read_gateway(r, x, &n);
    if (st) return st;
    int index = (int)m->nodes.count;
    *ARENA_PUSH(r->arena, &m->nodes) = n;
    remember_place(r, index);
    if (has_inside(kind) || kind == FLOW_EVENT_SUB_PROCESS) return read_scope(r, x, index, depth + 1);
    return STATUS_OK;
}

enum status read_scope(struct reader *r, const xmlNode *x, int parent, int depth) {
    if (depth > FLOW_DEPTH_MAX) return refuse_xml(r, RULE_TOO_DEEP, x, T(""));
    for (const xmlNode *c = xml_child(x); c; c = xml_next(c)) {
        if (!in_bpmn(c)) continue;
        const char *name = (const char *)c->name;
        enum flow_kind kind;
        enum status st = STATUS_OK;
        if (kind_of(r, c, &kind))
            st = read_node(r, c, kind, parent, depth);
        else if (AMONG(name, LATER))
            st = refuse_xml(r, RULE_ELEMENT_UNSUPPORTED, c, text_of(name));
        else if (!AMONG(name, BESIDE))
            st = refuse_xml(r, RULE_ELEMENT_UNKNOWN, c, text_of(name));
        if (st) return st;
    }
    return STATUS_OK;
}

static enum status read_flow(struct reader *r, const xmlNode *x) {
    struct flow_model *m = r->model;
    struct edge e = {.id = xml_attribute(r->arena, x, NULL, "id"), .line = xmlGetLineNo((xmlNode *)x)};
    struct text from = xml_attribute(r->arena, x, NULL, "sourceRef");
    struct text to = xml_attribute(r->arena, x, NULL, "targetRef");
    if (e.id.n > FLOW_ID_MAX) return refuse_xml(r, RULE_VALUE, x, T("id"));
    if (!from.n || !to.n) return refuse_xml(r, RULE_FLOW_END_MISSING, x, T(""));
    e.source = find_node(m, from), e.target = find_node(m, to);
    if (e.source < 0 || e.target < 0) {
        bool exists = find_id(r, from) && find_id(r, to);
        bool nodes = exists && is_flow_node(find_id(r, from)) && is_flow_node(find_id(r, to));
        return refuse_xml(r,
                          nodes    ? RULE_FLOW_CROSSES
                          : exists ? RULE_REFERENCE_KIND
                                   : RULE_FLOW_END_MISSING,
                          x, e.source < 0 ? from : to);
    }
    if (r->executable && !flag(r, x, "isImmediate", true))
        return refuse_xml(r, RULE_VALUE, x, T("isImmediate"));
    const xmlNode *condition = child_of(x, "conditionExpression");
    if (condition) {
        e.condition = text_trim(xml_content(r->arena, condition));
        e.conditional = e.condition.n > 0;
        if (!e.condition.n && r->executable) return refuse_xml(r, RULE_CONDITION_EMPTY, x, T(""));
    }
    size_t ways = m->nodes.items[e.source].out.count + m->nodes.items[e.target].in.count;
    if (m->edges.count >= 4 * FLOW_ELEMENTS_MAX || ways >= FLOW_WAYS_MAX)
        return refuse_xml(r, RULE_TOO_MANY, x, T(""));
    int index = (int)m->edges.count;
    *ARENA_PUSH(r->arena, &m->edges) = e;
    *ARENA_PUSH(r->arena, &m->nodes.items[e.source].out) = index;
    *ARENA_PUSH(r->arena, &m->nodes.items[e.target].in) = index;
    return STATUS_OK;
}

// Sequence flows of this scope and of the scopes inside it, after all nodes are known.
enum status read_flows(struct reader *r, const xmlNode *x) {
    for (const xmlNode *c = xml_child(x); c; c = xml_next(c)) {
        enum status st = STATUS_OK;
        if (is_bpmn(c, "sequenceFlow"))
            st = read_flow(r, c);
        else if (is_bpmn(c, "subProcess") || is_bpmn(c, "transaction") || is_bpmn(c, "adHocSubProcess"))
            st = read_flows(r, c);
        if (st) return st;
    }
    return STATUS_OK;
}

// Inner lanes come after outer ones and win. `depth` is bounded by the XML reader.
static void read_lanes(struct reader *r, const xmlNode *set) {
    for (const xmlNode *lane = xml_child(set); lane; lane = xml_next(lane)) {
        if (!is_bpmn(lane, "lane")) continue;
        struct text name = xml_attribute(r->arena, lane, NULL, "name");
        for (const xmlNode *c = xml_child(lane); c; c = xml_next(c)) {
            if (!is_bpmn(c, "flowNodeRef")) continue;
            int node = find_node(r->model, text_trim(xml_content(r->arena, c)));
            if (node >= 0) r->model->nodes.items[node].e.lane = name;
        }
        for (const xmlNode *c = xml_child(lane); c; c = xml_next(c))
            if (is_bpmn(c, "childLaneSet")) read_lanes(r, c);
    }
}

static void lanes(struct reader *r, const xmlNode *process) {
    for (const xmlNode *c = xml_child(process); c; c = xml_next(c))
        if (is_bpmn(c, "laneSet")) read_lanes(r, c);
    struct nodes *nodes = &r->model->nodes;
    for (size_t i = 0; i < nodes->count; i++) { // parents come before their children
        struct flow_element *e = &nodes->items[i].e;
        if (!e->lane.n && e->parent >= 0) e->lane = nodes->items[e->parent].e.lane;
    }
}

static bool is_executable(struct reader *r, const xmlNode *x) {
    return flag(r, x, "isExecutable", false);
}

static enum status read_process(struct reader *r, const xmlNode *x, struct flow_model **out) {
    struct flow_model *m = ARENA_NEW(r->arena, struct flow_model);
    m->id = xml_attribute(r->arena, x, NULL, "id");
    m->name = xml_attribute(r->arena, x, NULL, "name");
    r->model = m;
    r->process = x;
    r->executable = is_executable(r, x);
    r->later = STATUS_OK;
    bool is_public = text_eq(xml_attribute(r->arena, x, NULL, "processType"), T("Public"));
    if (is_public && is_executable(r, x)) return refuse_xml(r, RULE_PUBLIC_EXECUTABLE, x, T(""));
    if (!m->id.n) return refuse_xml(r, RULE_ID_MISSING, x, T(""));
    enum status st = read_scope(r, x, -1, 0);
    if (!st && !m->nodes.count) st = refuse_xml(r, RULE_PROCESS_EMPTY, x, T(""));
    if (!st) st = read_flows(r, x);
    if (!st) lanes(r, x);
    if (!st) read_data(r, x);
    if (!st) st = check_flows(r);
    if (!st) st = check_undo(r);
    if (!st) st = check_nodes(r);
    if (!st && r->later) {
        st = r->later;
        if (r->problem) *r->problem = r->later_why;
    }
    for (size_t i = 0; i < m->nodes.count; i++) m->nodes.items[i].xml = NULL;
    *out = m;
    return st;
}

static const xmlNode *choose_process(struct reader *r, struct text wanted) {
    const xmlNode *first = NULL;
    for (const xmlNode *c = xml_child(r->root); c; c = xml_next(c)) {
        if (!is_bpmn(c, "process")) continue;
        if (wanted.n && text_eq(xml_attribute(r->arena, c, NULL, "id"), wanted)) return c;
        if (wanted.n) continue;
        if (is_executable(r, c)) return c;
        if (!first) first = c;
    }
    return first;
}

// Other executable processes of the file are read too, so that a broken one is found when the file is loaded.
static enum status read_document(struct reader *r, struct text process, struct flow_model **out) {
    if (!xml_is(r->root, NULL, "definitions")) return refuse_xml(r, RULE_ROOT, r->root, T(""));
    if (!is_bpmn(r->root, "definitions")) return refuse_xml(r, RULE_NAMESPACE, r->root, T(""));
    enum status st = check_document(r);
    if (st) return st;
    const xmlNode *chosen = choose_process(r, process);
    if (!chosen) return refuse(r, RULE_PROCESS_UNKNOWN, process, 0, T(""));
    for (const xmlNode *c = xml_child(r->root); c && !st; c = xml_next(c)) {
        struct flow_model *m = NULL;
        if (!is_bpmn(c, "process") || (c != chosen && !is_executable(r, c))) continue;
        st = read_process(r, c, &m);
        if (c == chosen) *out = m;
    }
    return st ? st : check_expressions(r);
}

// Files for these engines correlate messages by name; they have no operations (10.4.5 wants one).
static bool has_profile(const xmlNode *root) {
    static const char *const ENGINES[] = {ZEEBE_NS, "http://camunda.org/schema/1.0/bpmn",
                                          "http://activiti.org/bpmn"};
    for (const xmlNs *ns = root->nsDef; ns; ns = ns->next)
        for (size_t i = 0; i < sizeof ENGINES / sizeof *ENGINES; i++)
            if (ns->href && strcmp((const char *)ns->href, ENGINES[i]) == 0) return true;
    return false;
}

enum status flow_read(struct arena *a, struct text xml, struct text process, const struct flow_model **model,
                      struct problem *p) {
    *model = NULL;
    if (xml.n > FLOW_XML_MAX) {
        (void)problem(p, "", "flow_too_large", "problem.flow.too_large");
        return STATUS_TOO_LARGE;
    }
    xmlDoc *doc;
    enum status st = xml_read(xml, &doc, p);
    if (st) return st;
    struct reader r = {.arena = a, .problem = p, .root = xmlDocGetRootElement(doc)};
    r.profile = has_profile(r.root);
    struct flow_model *m = NULL;
    st = read_document(&r, process, &m);
    xmlFreeDoc(doc);
    if (!st) *model = m;
    return st;
}
