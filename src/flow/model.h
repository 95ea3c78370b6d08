// model.h - the model as the engine walks it. Only for files of this room.
#pragma once
#include <libxml/tree.h>

#include "flow/flow.h"

struct ints {
    int *items;
    size_t count, capacity;
};

// One event definition of an event (10.4.5).
struct definition {
    enum flow_event event;
    struct text name, key; // as in struct flow_element
    enum flow_timer_kind timer_kind;
    struct text timer, condition;
    struct text activity_ref; // compensation: activityRef as written
    int activity;             // ... its node, -1 = all of the scope
    bool wait;                // ... waitForCompletion
};
struct definitions {
    struct definition *items;
    size_t count, capacity;
};

// What an instance of a multi-instance activity throws when it completes (10.2.8, behavior).
enum when { WHEN_EACH, WHEN_FIRST, WHEN_HOLDS };
struct thrown {
    enum when when;
    struct text condition;
    struct definition what;
};
struct throws {
    struct thrown *items;
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
    int64_t loop_max; // 0 = no limit of its own
    struct throws throws;
    struct definitions definitions; // of an event or receive task
    int start_quantity, completion_quantity;
    bool for_compensation;
    enum flow_kind
        does;    // of a call activity that calls a global task of this file: that kind; otherwise its own
    int handler; // boundary compensation event: its activity, otherwise -1
    bool instantiate, parallel; // receive task, event-based gateway: starts a process; waits for all events
    struct text activation;     // complex gateway: activationCondition
    struct text completion;     // ad hoc: completionCondition
    bool sequential, keep_remaining; // ad hoc: ordering; not cancelRemainingInstances
    const xmlNode *xml;              // only while reading
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
    struct flow_pairs data;
};

static inline const struct node *node_at(const struct flow_model *m, int index) {
    return &m->nodes.items[index];
}
static inline bool is_activity(enum flow_kind k) {
    return (k >= FLOW_TASK && k <= FLOW_SUB_PROCESS) || k == FLOW_TRANSACTION || k == FLOW_AD_HOC;
}
static inline bool has_inside(enum flow_kind k) { // runs as a scope whose owner is the token at it
    return k == FLOW_SUB_PROCESS || k == FLOW_TRANSACTION || k == FLOW_AD_HOC;
}
static inline bool is_start_quantity(const struct node *n) {
    return is_activity(n->e.kind) && n->start_quantity > 1;
}
static inline bool is_gateway(enum flow_kind k) {
    return k >= FLOW_EXCLUSIVE && k <= FLOW_COMPLEX;
}
static inline bool is_feel(struct text t) {
    return t.n > 1 && t.p[0] == '=';
}
const struct ints *starts_of(const struct flow_model *m, int element); // -1 = the process
const struct ints *event_subs_of(const struct flow_model *m, int element);
bool has_definition(const struct node *n, enum flow_event event);
int boundary_with(const struct flow_model *m, int activity, enum flow_event event); // -1 = none
int handler_of(const struct flow_model *m, int activity);       // for compensation, -1 = none
int undoing_event_sub(const struct flow_model *m, int element); // started by compensation, -1 = none
bool begins_alone(const struct node *n, int parent); // starts although nothing leads to it (13.2.4)
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
    const xmlNode *root;    // definitions
    const xmlNode *process; // that is read
    struct {
        struct named *items; // every id of the document, sorted
        size_t count, capacity;
    } ids;
    struct flow_model *model;
    bool executable;   // the process that is read
    bool profile;      // the file is for an engine that delivers messages by name (zeebe, camunda)
    enum status later; // the first thing that is only missing, said when nothing is wrong
    struct problem later_why;
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
    RULE_ESCALATION_MISSING,
    RULE_CODE_MISSING,
    RULE_EVENT_CONDITION,
    RULE_COMPENSATION_HANDLER,
    RULE_COMPENSATION_FLOW,
    RULE_COMPENSATION_ACTIVITY,
    RULE_CANCEL_PLACE,
    RULE_AD_HOC_EVENT,
    RULE_AD_HOC_EMPTY,
    RULE_INSTANTIATE,
    RULE_EXPRESSION_INFORMAL,
    RULE_EXPRESSION_BOOLEAN,
    RULE_OPERATION_MISSING,
    RULE_OPERATION_DATA,
    RULE_RESOURCE_BINDING,
    RULE_CALLED_DATA,
    RULE_COLLECTION,
    RULE_DATA_SET,
    RULE_DATA_ASSOCIATION,
    RULE_DATA_STATE,
    RULE_DATA_ITEM,
    RULE_SUB_DATA,
    RULE_EVENT_DATA,
    RULE_ELEMENT_PLACE,
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
// What is missing, not wrong: said when the whole process has nothing wrong. Always STATUS_OK.
enum status refuse_later(struct reader *r, enum rule rule, const xmlNode *at, struct text detail);
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
const xmlNode *next_bpmn(const xmlNode *x, const xmlNode *top, bool down);
enum status check_data(struct reader *r, const xmlNode *x);       // check_data.c
enum status check_item(struct reader *r, const xmlNode *x);       // check_item.c
enum status check_expression(struct reader *r, const xmlNode *x); // check_words.c
enum status check_expressions(struct reader *r);
const xmlNode *item_of(struct reader *r, const xmlNode *x); // its itemDefinition, NULL when it has none
bool same_item(struct reader *r, const xmlNode *a, const xmlNode *b);
bool is_media_type(struct text t);
bool is_flow_node(const xmlNode *x);
enum status read_scope(struct reader *r, const xmlNode *x, int parent, int depth); // read.c
enum status read_flows(struct reader *r, const xmlNode *x);
enum status read_activity(struct reader *r, const xmlNode *x, struct node *n); // activity.c
enum status read_event(struct reader *r, const xmlNode *x, struct node *n);    // event.c
enum status read_thrown(struct reader *r, const xmlNode *x, const struct node *n, struct definition *out);
void show_definition(struct node *n); // the only or first definition, in the public element
enum status check_timer(struct reader *r, const struct node *n, const struct definition *d); // timer.c
void read_associations(struct reader *r, const xmlNode *x, struct flow_element *e);          // data.c
void read_data(struct reader *r, const xmlNode *process);
enum status read_extensions(struct reader *r, const xmlNode *x, struct flow_element *e); // zeebe.c
struct text message_key(struct reader *r, const xmlNode *message);
void read_collection(struct reader *r, const xmlNode *loop, struct flow_element *e);
enum status check_flows(struct reader *r);                             // check_flows.c
enum status check_message_flow(struct reader *r, const xmlNode *flow); // check_messages.c
enum status check_nodes(struct reader *r);                             // check_nodes.c
enum status check_undo(struct reader *r);                              // check_undo.c
