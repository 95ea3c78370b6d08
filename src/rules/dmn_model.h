// dmn_model.h - a read model. dmn_read.c: nodes and requirements; dmn_types.c: item definitions; dmn_boxed.c:
// boxed expressions; dmn_table_read.c: tables; dmn_table.c and dmn_eval.c: evaluation; dmn_trace.c: the trace
// as JSON; dmn_trace_text.c: for people; dmn_places.c: where a diagnostic is from; dmn_input.c: JSON as
// input.
#pragma once
#include "base/xml.h"
#include "rules/dmn.h"
#include "rules/dmn_index.h"
#include "rules/eval.h"
#include "rules/parser.h"

struct dmn_node;

struct dmn_requirement {
    const struct dmn_node *node;
    struct text import; // the import's name, empty for this model
};

struct dmn_node {
    struct dmn_node_info info;
    const struct dmn_model *model;
    const struct feel_type *type;
    const struct node *logic; // a decision's; a knowledge model's NODE_FUNCTION; NULL when there is none
    enum dmn_logic logic_kind;
    struct dmn_requirement *requirements; // in document order; of a service: what it takes as input
    size_t requirement_count;
    const struct dmn_node **outputs; // of a service
    size_t output_count;
    const xmlNode *element; // while reading only
    int mark;               // of the search for circles
};

struct dmn_import {
    struct text name, space;
    const struct dmn_model *model;
};

struct named_type {
    struct text name;
    const struct feel_type *type; // NULL until resolved
    const xmlNode *element;
    bool resolving;
};

struct unknown_type { // a typeRef that nothing declares; it is taken as Any
    struct text name, element;
    int64_t line;
};

struct dmn_model {
    struct text name, space;
    struct dmn_node *nodes;
    struct dmn_node_info *infos;
    size_t node_count;
    struct dmn_import *imports;
    size_t import_count;
    struct named_type *types;
    size_t type_count;
    struct {
        struct text *items;
        size_t count, capacity;
    } members; // names of components, for the parser
    struct {
        struct unknown_type *items;
        size_t count, capacity;
    } unknown_types;
};

struct table_input {
    struct text label;
    const struct node *expression;
    const struct node *allowed; // NODE_TESTS or NULL
};
struct table_output {
    struct text name, label; // the label is the name when the model gives none
    const struct feel_type *type;
    const struct node *allowed;   // NODE_TESTS in order of priority, or NULL
    const struct node *otherwise; // default, or NULL
};
struct table_rule {
    struct text id;
    const struct node **tests;   // one for each input
    const struct node **outputs; // one for each output; NULL when empty
    struct text *sources;        // of the tests, as written
    struct text *annotations;
    int64_t line;
};
enum aggregation { AGGREGATE_NONE, AGGREGATE_SUM, AGGREGATE_COUNT, AGGREGATE_MIN, AGGREGATE_MAX };
struct table {
    struct text id, name; // of what holds it
    enum dmn_node_kind owner;
    bool is_whole_logic; // the decision is this table: they share one step
    enum dmn_hit_policy hit;
    enum aggregation aggregation;
    struct table_input *inputs;
    struct table_output *outputs;
    struct table_rule *rules;
    struct text *annotation_names;
    size_t input_count, output_count, rule_count, annotation_count;
    int64_t line;
    const struct table_index *index; // NULL: each rule is tested
};

// ---- reading ----

struct reader {
    struct arena *arena;
    struct dmn_model *model;
    struct problem *problem;
    bool lenient, failed;
    bool scan_tables;
    int64_t index_steps; // left for the indexes of all tables
    struct text holder;  // the element being read, for problems
    struct text cell;    // the cell of a table being read: "rule 3, Age"; empty for none
    struct {
        struct text *items;
        size_t count, capacity;
    } variables; // known where we are
    int depth;
    int filters; // > 0 inside a filter: its items may bring names that nobody knows
};
// Fails with the element's line; returns NULL.
void *dmn_fail(struct reader *r, const xmlNode *at, const char *rule, const char *text_key);
struct text dmn_attribute(struct reader *r, const xmlNode *n, const char *name);
bool dmn_is(const xmlNode *n, const char *local_name); // in the model's namespace
xmlNode *dmn_child(const xmlNode *n, const char *local_name);
xmlNode *dmn_next(const xmlNode *n, const char *local_name); // the next sibling of that name
// Parses the <text> of an element. NULL, failed, or a node that gives null when lenient.
const struct node *dmn_parse(struct reader *r, const xmlNode *element, enum feel_mode mode);
struct text dmn_source(struct reader *r, const xmlNode *element); // its <text>, trimmed
void dmn_bind(struct reader *r, struct text name);

void dmn_types_declare(struct reader *r, const xmlNode *definitions);
void dmn_types_resolve(struct reader *r);
const struct feel_type *dmn_find_type(const void *reader, struct text name); // a type_lookup
const struct feel_type *dmn_type(struct reader *r, struct text reference); // Any when it is unknown or empty
const struct feel_type *dmn_element_type(struct reader *r,
                                         const xmlNode *variable_or_expression); // its typeRef

const struct node *dmn_boxed(struct reader *r, const xmlNode *expression,
                             struct text name); // any boxed expression
const struct node *dmn_function(struct reader *r, const xmlNode *definition,
                                struct text name); // parameters and body
bool dmn_is_expression(const xmlNode *n);
const struct node *dmn_coerced(struct reader *r, const struct node *n, const struct feel_type *t);
const struct node *dmn_table(struct reader *r, const xmlNode *table, struct text name);
struct feel_value table_run(struct eval *e, const struct scope *s, const struct node *n);
struct feel_value service_run(struct eval *e, const struct scope *s, const struct node *n);

// ---- running ----

struct run_value {
    const struct dmn_node *node;
    const struct feel_value *input; // that it was evaluated with
    struct feel_value value;
    bool running;
};
// The input as an imported model sees it, and what of it may be results of its decisions.
struct run_view {
    const struct feel_value *outer, *inner, *given;
    struct text import;
};
struct run {
    struct eval *eval;
    const struct dmn_model *model;  // whose names the input uses
    const struct dmn_node *service; // that is run, or NULL
    const struct feel_value *input;
    const struct feel_value *given; // where results of the model's decisions may be given
    struct dmn_trace *trace;        // or NULL
    struct dmn_step *table;         // step of the table that was just run, taken over by its decision
    unsigned depth;
    struct {
        struct run_value *items;
        size_t count, capacity;
    } values;
    struct {
        struct run_view *items;
        size_t count, capacity;
    } views;
};
void run_add_step(struct run *r, struct dmn_step step);
// Where each diagnostic is from: the element, and in a table the rule and column.
const struct dmn_diagnostic *dmn_places(struct arena *a, const struct dmn_node *n,
                                        const struct feel_diagnostics *d);
// Evaluates one node: a decision, a service, or a knowledge model, which is called with the entries of the
// input as its parameters.
enum status dmn_evaluate_node(const struct dmn_model *m, const struct dmn_node *n,
                              const struct feel_value *input, const struct feel_now *now, struct arena *a,
                              struct feel_value *out, struct dmn_trace *trace);
