// dmn_check.h - what can be said of a model without running it: gaps and overlaps of its tables, rules that
// are never reached, types that do not fit, names that are not known.
#pragma once
#include "rules/dmn.h"

enum {
    DMN_FINDINGS_MAX = 500,                  // of one model; the rest is counted
    DMN_GAPS_MAX = 30,                       // of one table: who reads more?
    DMN_GAP_BOXES_MAX = 2000,                // that are put together to gaps
    DMN_OVERLAPS_MAX = 30,                   // pairs of one table
    DMN_CHECK_STEPS_MAX = 300 * 1000 * 1000, // of one table: a few seconds
};

enum dmn_finding_kind {
    DMN_GAP,                 // no rule for some input, and no default
    DMN_OVERLAP,             // UNIQUE: two rules match
    DMN_CONFLICT,            // ANY: two rules match with different results
    DMN_UNREACHABLE,         // FIRST, PRIORITY: other rules always come before
    DMN_NEVER,               // a cell that no allowed value fits
    DMN_WRONG_TYPE,          // a cell or an argument of another type than its column or function wants
    DMN_NOT_ALLOWED,         // a value outside the allowed values of its column
    DMN_UNKNOWN_NAME,        // nothing has this name
    DMN_UNKNOWN_TYPE,        // a typeRef that nothing declares: it is taken as Any
    DMN_MISSING_REQUIREMENT, // the model has it, but the element does not require it
    DMN_UNKNOWN_PART,        // a type has no such component
    DMN_WRONG_ARGUMENTS,     // too many, too few, or of an unknown name
    DMN_NOT_LOOKED_INTO,     // cells that depend on other values: gaps and overlaps leave them out
    DMN_STOPPED,             // the table is too large to say all
};

struct dmn_finding {
    enum dmn_finding_kind kind;
    struct text element; // decision, knowledge model
    struct text cell;    // column; empty when it is about whole rules
    size_t rule, other;  // from 1; 0 when it is about none
    int64_t line;
    struct text what;    // in FEEL or in words: the region, the name, the value
    struct text example; // input that shows it; empty when there is none
};
struct dmn_findings {
    struct dmn_finding *items;
    size_t count, capacity;
    size_t lost; // beyond DMN_FINDINGS_MAX
};

// Everything that was found, by element and in the order of its rules. Lives in `a` and with the model.
void dmn_check(const struct dmn_model *m, struct arena *a, struct dmn_findings *out);

// "wrong-type", for programs.
const char *dmn_finding_name(enum dmn_finding_kind k);
// Whether the model should not be used as it is: all but what was only not looked into.
bool dmn_finding_is_error(const struct dmn_finding *f);
// One line in English, without its end: "fee: no rule for Age (18..21]; for example Age = 20".
void dmn_finding_text(struct out *o, const struct dmn_finding *f);
// {"kind", "element", "cell", "rule", "other", "line", "what", "example"}
void dmn_finding_json(struct json_out *j, const struct dmn_finding *f);
