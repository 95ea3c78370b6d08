// model.h - the model as the engine walks it. Only for files of this room.
#pragma once
#include <libxml/tree.h>

#include "flow/flow.h"

struct ints {
    int *items;
    size_t count, capacity;
};

enum loop { LOOP_NONE, LOOP_STANDARD, LOOP_PARALLEL, LOOP_SEQUENTIAL };

struct edge {
    struct text id;
    int source, target;    // nodes
    struct text condition; // trimmed
    bool conditional;
    int64_t line;
};

struct node {
    struct flow_element e; // first: flow_element() hands it out
    int64_t line;
    struct ints in, out;            // edges
    struct ints boundary;           // of an activity: boundary events
    struct ints starts, event_subs; // of a sub-process: start events, event sub-processes
    int default_flow;               // edge, -1 = none
    int link_target;                // link throw event: its catch event
    enum loop loop;
    struct text loop_condition; // standard loop: go on while; multi-instance: complete early when
    struct text loop_count;     // multi-instance: expression for the number of instances
    bool test_before;
    int64_t loop_max;   // 0 = no limit of its own
    const xmlNode *xml; // only while reading
};

struct nodes {
    struct node *items;
    size_t count, capacity;
};
struct edges {
    struct edge *items;
    size_t count, capacity;
};

struct flow_model {
    struct text id, name;
    struct nodes nodes;
    struct edges edges;
    struct ints starts, event_subs; // of the process itself
};

static inline const struct node *node_at(const struct flow_model *m, int index) {
    return &m->nodes.items[index];
}
static inline bool is_activity(enum flow_kind k) {
    return k >= FLOW_TASK && k <= FLOW_SUB_PROCESS;
}
static inline bool is_gateway(enum flow_kind k) {
    return k >= FLOW_EXCLUSIVE && k <= FLOW_EVENT_BASED;
}
static inline bool is_feel(struct text t) {
    return t.n > 1 && t.p[0] == '=';
}
const struct ints *starts_of(const struct flow_model *m, int element); // -1 = the process
const struct ints *event_subs_of(const struct flow_model *m, int element);
bool flow_state_is_sound(const struct flow_model *m, const struct flow_state *s); // sound.c

// ---- while reading ----

#define BPMN_NS "http://www.omg.org/spec/BPMN/20100524/MODEL"
#define ZEEBE_NS "http://camunda.org/schema/zeebe/1.0"

struct named {
    struct text id;
    const xmlNode *xml;
};
struct reader {
    struct arena *arena;
    struct problem *problem;
    const xmlNode *root; // definitions
    struct {
        struct named *items; // every id of the document, sorted
        size_t count, capacity;
    } ids;
    struct flow_model *model;
};

// The rules that a model can break. rules.c has name, section of the standard and text key of each.
enum rule {
    RULE_ROOT,
    RULE_NAMESPACE,
    RULE_PROCESS_UNKNOWN,
    RULE_PROCESS_EMPTY,
    RULE_TOO_MANY,
    RULE_TOO_DEEP,
    RULE_ID_MISSING,
    RULE_ID_DUPLICATE,
    RULE_REFERENCE_UNKNOWN,
    RULE_REFERENCE_KIND,
    RULE_VALUE,
    RULE_ATTRIBUTE_MISSING,
    RULE_ELEMENT_UNSUPPORTED,
    RULE_ELEMENT_UNKNOWN,
    RULE_EVENT_UNSUPPORTED,
    RULE_EXTENSION_UNSUPPORTED,
    RULE_QUANTITY_UNSUPPORTED,
    RULE_COMPENSATION_UNSUPPORTED,
    RULE_FLOW_END_MISSING,
    RULE_FLOW_CROSSES,
    RULE_FLOW_TO_START,
    RULE_FLOW_FROM_END,
    RULE_FLOW_TO_BOUNDARY,
    RULE_FLOW_AT_EVENT_SUB,
    RULE_NO_INCOMING,
    RULE_NO_OUTGOING,
    RULE_CONDITION_EMPTY,
    RULE_CONDITION_SOURCE,
    RULE_CONDITION_ALONE,
    RULE_CONDITION_MISSING,
    RULE_DEFAULT_UNKNOWN,
    RULE_DEFAULT_CONDITION,
    RULE_DEFAULT_SOURCE,
    RULE_START_AMBIGUOUS,
    RULE_START_TRIGGER,
    RULE_SUB_START,
    RULE_EVENT_SUB_START,
    RULE_NOT_INTERRUPTING,
    RULE_EVENT_DEFINITION,
    RULE_EVENT_NO_DEFINITION,
    RULE_MESSAGE_MISSING,
    RULE_SIGNAL_MISSING,
    RULE_ERROR_MISSING,
    RULE_TIMER_ONE,
    RULE_TIMER_FORMAT,
    RULE_LINK_NAME,
    RULE_LINK_TARGET,
    RULE_BOUNDARY_HOST,
    RULE_GATEWAY_DIRECTION,
    RULE_EVENT_GATEWAY_TARGET,
    RULE_EVENT_GATEWAY_MIX,
    RULE_EVENT_GATEWAY_FEW,
    RULE_EVENT_GATEWAY_IN,
    RULE_START_WITHOUT_END,
    RULE_END_WITHOUT_START,
    RULE_FLOW_LISTED,
    RULE_MESSAGE_FLOW_POOL,
    RULE_MESSAGE_FLOW_END,
    RULE_PUBLIC_EXECUTABLE,
    RULE_LOOP_TWO,
    RULE_LOOP_COUNT,
    RULE_CALLED_MISSING,
    RULE_EXPRESSION_EMPTY,
    RULE_COUNT
};

// Fills the reader's problem and answers the rule's status. `detail` may be empty.
enum status refuse(struct reader *r, enum rule rule, struct text element, int64_t line, struct text detail);
enum status refuse_xml(struct reader *r, enum rule rule, const xmlNode *at, struct text detail);
enum status refuse_node(struct reader *r, enum rule rule, int node, struct text detail);

// The id, or a made-up name such as "sequenceFlow (line 12)".
struct text xml_id(struct reader *r, const xmlNode *x);
const xmlNode *find_id(const struct reader *r,
                       struct text reference); // a prefix is ignored; NULL when absent
int find_node(const struct flow_model *m, struct text id);
bool is_bpmn(const xmlNode *x, const char *name);
bool flag(struct reader *r, const xmlNode *x, const char *name, bool otherwise); // xsd:boolean attribute
const xmlNode *child_of(const xmlNode *x, const char *bpmn_name);

enum status check_document(struct reader *r); // references.c: ids, references, values
enum status read_scope(struct reader *r, const xmlNode *x, int parent, int depth); // read.c
enum status read_flows(struct reader *r, const xmlNode *x);
enum status read_activity(struct reader *r, const xmlNode *x, struct node *n); // activity.c
enum status read_event(struct reader *r, const xmlNode *x, struct node *n);    // event.c
enum status check_timer(struct reader *r, const struct node *n);
enum status read_extensions(struct reader *r, const xmlNode *x, struct flow_element *e); // zeebe.c
struct text message_key(struct reader *r, const xmlNode *message);
struct text loop_collection(struct reader *r, const xmlNode *loop);
enum status check_flows(struct reader *r);                             // check_flows.c
enum status check_message_flow(struct reader *r, const xmlNode *flow); // check_messages.c
enum status check_nodes(struct reader *r);                             // check_nodes.c
