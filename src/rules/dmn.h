// dmn.h - DMN 1.1 to 1.5 models: reading, evaluating a decision, and the trace that shows how it came out.
//
// A model is read once into an arena and never changes, so any number of threads may evaluate it.
#pragma once
#include "rules/feel.h"

enum {
    DMN_NODES_MAX = 5000,  // decisions, inputs, knowledge models and services of one model
    DMN_RULES_MAX = 20000, // rules of one table
    DMN_COLUMNS_MAX = 500, // inputs and outputs of one table
    DMN_TRACE_MAX = 2000,  // steps kept in one trace; the rest is counted
    // Tests made to index the tables of one model: under a second. 16,000 rules with two inputs take one
    // million; columns beyond the limit are tested rule by rule.
    DMN_INDEX_STEPS_MAX = 20 * 1000 * 1000,
};

struct dmn_model;

// Reads a model (at most XML_BYTES_MAX). Every expression is parsed now, so what is wrong is found when the
// pack loads: STATUS_INVALID with field "model", rule, line, and arguments "element" (name or id) and "near".
// STATUS_UNSUPPORTED for another namespace or expression language.
enum status dmn_read(struct arena *a, struct text xml, const struct dmn_model **out, struct problem *p);
// The same for a model with <import>s: every imported namespace must be among `imports`, which live as long.
// With `lenient`, an expression that does not parse becomes one that gives null and says so, as engines of
// the field do.
struct dmn_read_options {
    const struct dmn_model *const *imports;
    size_t import_count;
    bool lenient;
    // Tests the rules of a table one after the other, without an index: what the index is compared with.
    bool scan_tables;
};
enum status dmn_read_with(struct arena *a, struct text xml, const struct dmn_read_options *options,
                          const struct dmn_model **out, struct problem *p);

struct text dmn_name(const struct dmn_model *m);
struct text dmn_namespace(const struct dmn_model *m);

enum dmn_node_kind { DMN_INPUT, DMN_DECISION, DMN_KNOWLEDGE, DMN_SERVICE };

// What a model holds, for lists and checks. `type` is the declared type's name, empty when none.
struct dmn_node_info {
    enum dmn_node_kind kind;
    struct text id, name, type, description;
    int64_t line;
};
// In document order; lives as long as the model.
const struct dmn_node_info *dmn_nodes(const struct dmn_model *m, size_t *count);
// A decision, service or knowledge model by name or id; NULL when there is none.
const struct dmn_node_info *dmn_find(const struct dmn_model *m, struct text id_or_name);

// Input from outside, where dates, times and durations are text: gives each entry the kind that the model
// declares for it. STATUS_INVALID with field "input" and arguments "input" (applicant.birth date), "type" and
// "found" when one does not fit or is not allowed. Missing entries stay missing.
enum status dmn_read_input(const struct dmn_model *m, const struct feel_now *now, struct arena *a,
                           const struct feel_value *in, struct feel_value *out, struct problem *p);
// Whether the model uses an entry of the input that has this name.
bool dmn_knows_input(const struct dmn_model *m, struct text name);

// What a decision and all that it requires may read of its input: "case", "made_on". An empty member stands
// for the whole. Names of required decisions are among them, for their results may be given as well. Never
// less than what is read. Zero-initialise; lives in the arena and the model.
struct dmn_read {
    struct text input, member;
};
struct dmn_reads {
    struct dmn_read *items;
    size_t count, capacity;
    bool reads_clock; // now() or today()
};
// STATUS_NOT_FOUND.
enum status dmn_reads(const struct dmn_model *m, struct text id_or_name, struct arena *a,
                      struct dmn_reads *out);
bool dmn_reads_member(const struct dmn_reads *r, struct text input, struct text member);
bool dmn_reads_input(const struct dmn_reads *r, struct text input); // any of it

// ---- the trace -------------------------------------------------------------------------------------------

enum dmn_logic { DMN_NO_LOGIC, DMN_TABLE, DMN_LITERAL, DMN_BOXED };

enum dmn_hit_policy {
    DMN_UNIQUE,
    DMN_FIRST,
    DMN_PRIORITY,
    DMN_ANY,
    DMN_COLLECT,
    DMN_RULE_ORDER,
    DMN_OUTPUT_ORDER,
};

struct dmn_named_value {
    struct text name;
    struct feel_value value;
};
struct dmn_trace_rule {
    size_t index;             // from 1, as the editors show it
    struct text id;           // empty when the model gives none
    const struct text *tests; // its cells as they are written, one for each input of the step
    const struct dmn_named_value *outputs;
    size_t output_count;
    const struct dmn_named_value *annotations; // strings, named by their column
    size_t annotation_count;
    bool chosen; // false when it matched but the hit policy took another
};
// Why something became null, and where in the model.
struct dmn_diagnostic {
    struct feel_diagnostic what; // line in the model's file; column in the expression
    struct text model, element;  // names of the model and of what holds the expression
    size_t rule;                 // of a table, from 1; 0 when it is no rule's
    struct text cell;            // label or name of the table's column; empty when it is none
};
// One evaluated decision, table inside a knowledge model, or service.
struct dmn_step {
    enum dmn_node_kind kind;
    struct text id, name;
    enum dmn_logic logic;
    enum dmn_hit_policy hit_policy;       // of a table
    const struct dmn_named_value *inputs; // of a table: input expressions; else required inputs and decisions
    size_t input_count;
    const struct dmn_trace_rule *rules; // those that matched, in table order
    size_t rule_count;
    struct feel_value value;
    const struct dmn_diagnostic *diagnostics;
    size_t diagnostic_count;
    unsigned depth; // 0: the decision asked for
};
// Steps in order of completion: what a decision needs comes before it. Zero-initialise.
struct dmn_trace {
    struct dmn_step *items;
    size_t count, capacity;
    size_t lost; // steps beyond DMN_TRACE_MAX
};

// Evaluates a decision, decision service or knowledge model by id or name. `input` is a context of input data
// by name, that of imported models in a context of the import's name; entries that the model does not know
// are ignored, missing ones are null. Results of decisions may be given as well by name, they are then not
// evaluated. `trace` may be NULL. STATUS_NOT_FOUND, STATUS_TOO_LARGE. A decision that fails gives null and a
// diagnostic in its step.
enum status dmn_evaluate(const struct dmn_model *m, struct text id_or_name, const struct feel_value *input,
                         const struct feel_now *now, struct arena *a, struct feel_value *out,
                         struct dmn_trace *trace);

const char *dmn_hit_policy_name(enum dmn_hit_policy h); // "COLLECT"
// [{"id", "name", "kind", "logic", "depth", "hitPolicy", "inputs": {..}, "rules": [{"index", "id", "chosen",
//   "tests": {..}, "outputs": {..}, "annotations": {..}}], "value",
//   "diagnostics": [{"key", "detail", "line", "column", "model", "element", "rule", "cell"}]}]
void dmn_trace_json(struct json_out *j, const struct dmn_trace *t);
// The sentence for the text key of a diagnostic.
typedef struct text dmn_sentence(const void *context, const char *text_key);
// Where it is, what it means and what was found, in one line without its end.
void dmn_diagnostic_text(struct out *o, const struct dmn_diagnostic *d, dmn_sentence *sentence,
                         const void *context);
// The trace for people, in English, from the decision that was asked for down to what it needed:
// "Rule 2 matched because Age 15 is < 18." Without `sentence` diagnostics are named by their key.
void dmn_trace_text(struct out *o, const struct dmn_trace *t, dmn_sentence *sentence, const void *context);
