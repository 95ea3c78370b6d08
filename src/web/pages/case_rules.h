// case_rules.h - what the rules suggest, with the trace, as pages show it.
#pragma once
#include "web/pages/case_page.h"

struct rule_value {
    struct text name, value;
};
struct rule_values {
    struct rule_value *items;
    size_t count, capacity;
};
// Why a rule matched: what stood in a column, and what its cell asks for.
struct rule_reason {
    struct text name, value, test;
};
// What could not be worked out: why, what was found, and where in the model.
struct rule_failure {
    struct text key, detail, place;
    int line;
};
struct rule_line {
    int number;
    bool is_chosen;
    struct rule_values outputs, notes;
    struct {
        struct rule_reason *items;
        size_t count, capacity;
    } reasons;
};
struct rule_step {
    struct text name, value;
    struct rule_values inputs;
    struct {
        struct rule_line *items;
        size_t count, capacity;
    } rules;
    struct {
        struct rule_failure *items;
        size_t count, capacity;
    } failures;
    bool is_main, is_table;
};
struct rule_finding {
    struct text code, severity, text_key, article, reason, input; // reason: what was typed to override it
    bool is_stop;
};
struct rule_findings {
    struct rule_finding *items;
    size_t count, capacity;
};
struct rule_view {
    struct text value_key, decision_key;
    struct rule_findings findings;
    struct {
        struct rule_step *items;
        size_t count, capacity;
    } steps;
    bool has_value;
};
extern const struct view RULE_VIEW, RULE_FINDING_VIEW;

// Asks the pack's decision and fills *v.
enum status case_rules(struct request *q, const struct case_page *c, const char *decision,
                       struct rule_view *v, struct problem *p);
