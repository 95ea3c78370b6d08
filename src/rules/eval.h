// eval.h - what an evaluation carries along: budget, scopes, diagnostics.
#pragma once
#include "rules/ast.h"
#include "rules/value.h"

enum { EVAL_DEPTH_MAX = 1200 }; // C recursion; one level takes less than a kilobyte of stack

struct eval {
    struct arena *arena;
    const struct feel_now *now;
    struct feel_diagnostics *diagnostics; // may be NULL
    const struct node *site;              // where we are, for diagnostics
    int64_t steps;                        // left; comparing values may take it below zero
    size_t memory_end;                    // arena->used may not pass it
    int depth;
    bool exhausted; // a limit was reached: everything is null from here on
    void *host;     // of native nodes: the run of a DMN model
};

// Names bound at one level; the innermost first.
struct scope {
    const struct scope *up;
    const struct feel_entry *entries;
    size_t count;
};

struct eval eval_new(struct arena *a, const struct feel_now *now, struct feel_diagnostics *d);
struct feel_value eval_node(struct eval *e, const struct scope *s, const struct node *n);
// Null, with the reason. `key` is a text key; `detail` says what was found.
struct feel_value eval_null(struct eval *e, const char *key, struct text detail);
struct feel_value eval_null_c(struct eval *e, const char *key, const char *detail);
bool eval_steps_end(struct eval *e, size_t count); // what eval_steps does at the limit
// Takes `count` steps off the budget; false when it is used up.
static inline bool eval_steps(struct eval *e, size_t count) {
    if (e->exhausted || (int64_t)count > e->steps || e->arena->used > e->memory_end)
        return eval_steps_end(e, count);
    e->steps -= (int64_t)count;
    return true;
}
// Asks before a large allocation; false, and exhausted, when it is too much.
bool eval_room(struct eval *e, size_t bytes);

struct feel_value eval_binary(struct eval *e, enum node_kind k, const struct feel_value *a,
                              const struct feel_value *b);
struct feel_value eval_negate(struct eval *e, const struct feel_value *v);
// The part `name` of a value: entry, or year, time offset, start included ...
struct feel_value eval_part(struct eval *e, const struct feel_value *v, struct text name);
// One positive unary test: is `v` the value, among the values, or inside the range `test`?
enum feel_truth eval_matches(struct eval *e, const struct feel_value *v, const struct feel_value *test);
// All tests of a cell against `v`.
enum feel_truth eval_tests(struct eval *e, const struct scope *s, const struct node *tests,
                           const struct feel_value *v);

struct feel_value eval_filter(struct eval *e, const struct scope *s, const struct node *n);
struct feel_value eval_for(struct eval *e, const struct scope *s, const struct node *n);
struct feel_value eval_quantified(struct eval *e, const struct scope *s, const struct node *n);
// The items a loop runs over: a list, or the whole numbers or days of a range. Null when it is neither.
bool eval_domain(struct eval *e, const struct feel_value *v, struct feel_list *out);

// ---- functions ----

// A built-in (builtin), one defined in an expression (node, closure), or one that DMN brings (native).
struct feel_function {
    const struct builtin *builtin;
    const struct node *node; // NODE_FUNCTION
    const struct scope *closure;
    struct text name;
};
struct feel_value eval_call(struct eval *e, const struct scope *s, const struct node *n);
// Calls any function with values in order; for sort, list replace and the like.
struct feel_value eval_apply(struct eval *e, const struct feel_function *f, const struct feel_value *args,
                             size_t count);
size_t function_param_count(const struct feel_function *f);

// A list being built within the limits.
struct list_builder {
    struct feel_value *items;
    size_t count, capacity;
};
bool list_add(struct eval *e, struct list_builder *l, struct feel_value v); // false when a limit is reached
static inline struct feel_value list_done(const struct list_builder *l) {
    return feel_list_of(l->items, l->count);
}
