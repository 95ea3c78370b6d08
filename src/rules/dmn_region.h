// dmn_region.h - a decision table as boxes: each column is cut into the pieces that its cells can tell apart,
// and a rule is a set of pieces in each column. Exact for cells of constants and ranges.
#pragma once
#include "rules/dmn_check.h"
#include "rules/dmn_model.h"

// Pieces are numbered along the column; a set of them is a list of spans, sorted and apart.
struct span {
    uint32_t from, to; // both included
};
struct spans {
    const struct span *items;
    size_t count;
};
struct spans spans_of(struct arena *a, uint32_t from, uint32_t to);
struct spans spans_both(struct arena *a, struct spans x, struct spans y);    // in x and in y
struct spans spans_without(struct arena *a, struct spans x, struct spans y); // in x and not in y
struct spans spans_either(struct arena *a, struct spans x, struct spans y);
bool spans_meet(struct spans x, struct spans y);
bool spans_hold(struct spans x, struct spans y); // all of y is in x

// ---- columns (dmn_columns.c) ----

struct column {
    struct text label;
    const struct feel_type *type; // declared; Any when it is not
    enum feel_kind kind;          // of its constants; FEEL_NULL when there are none
    struct feel_value *points;    // the constants, sorted
    size_t point_count;
    bool is_plain;        // else its cells cannot be looked into
    bool is_ordered;      // pieces: before, at and after each point; else each point, and anything else
    uint32_t piece_count; // without null, which is the piece after them
    struct spans whole;   // what the input may be
};
struct cell_set {
    struct spans spans;
    bool is_known; // false: it depends on other values, and may be anything
};
// Cuts input `i` of the table by its constants. `declared` is the type of what its expression names.
void column_read(struct arena *a, const struct table *t, size_t i, const struct feel_type *declared,
                 struct column *out);
// The pieces for which the cell matches.
struct cell_set column_cell(struct arena *a, const struct column *c, const struct node *tests);
struct text column_print(struct arena *a, const struct column *c, struct spans s); // in FEEL
struct text column_example(struct arena *a, const struct column *c, struct spans s);
// Evaluates what needs no input and no clock. False for everything else.
bool constant_value(struct arena *a, const struct node *n, struct feel_value *out);

// ---- tables (dmn_region.c) ----

struct rule_box {
    size_t rule; // from 0
    struct spans *sides;
    bool is_known;
};
struct region {
    struct arena *arena;
    size_t column_count;
    const struct rule_box *boxes;
    size_t box_count;
    int64_t steps; // left
};
// Calls `found` with the sides of each box inside `within` that no rule of `rules` covers, until it answers
// false. False when it stopped for lack of steps.
typedef bool region_found(void *context, const struct spans *sides);
bool region_uncovered(struct region *r, const struct spans *within, const uint32_t *rules, size_t count,
                      region_found *found, void *context);

// ---- inside the check ----

struct check {
    struct arena *arena;
    const struct dmn_model *model;
    const struct dmn_node *node;
    struct dmn_findings *out;
};
void check_add(struct check *c, struct dmn_finding f); // the element is filled in
void check_table(struct check *c, const struct table *t);
void check_names(struct check *c); // of c->node
// The type of a name or path in c->node, as far as it is declared; else Any.
const struct feel_type *check_type(struct check *c, const struct node *n);
