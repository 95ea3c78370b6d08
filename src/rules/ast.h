// ast.h - a parsed expression. Boxed expressions and decision tables of DMN become the same nodes.
#pragma once
#include "rules/feel.h"
#include "rules/type.h"

enum node_kind {
    NODE_LITERAL, // value
    NODE_NAME,    // name; builtin when a built-in function has that name
    NODE_PATH,    // a.name
    NODE_FILTER,  // a[b]
    NODE_CALL,    // a(items), named when names != NULL
    NODE_NEGATE,  // -a
    NODE_ADD,     // a + b, and so on
    NODE_SUBTRACT,
    NODE_MULTIPLY,
    NODE_DIVIDE,
    NODE_POWER,
    NODE_EQUAL,
    NODE_NOT_EQUAL,
    NODE_LESS,
    NODE_AT_MOST,
    NODE_MORE,
    NODE_AT_LEAST,
    NODE_AND,
    NODE_OR,
    NODE_BETWEEN,  // a between b and c
    NODE_IN,       // a in (items)
    NODE_INSTANCE, // a instance of type
    NODE_IF,       // if a then b else c
    NODE_FOR,      // for names[i] in items[i] return a
    NODE_SOME,
    NODE_EVERY,
    NODE_LIST,     // [items]
    NODE_CONTEXT,  // {names[i]: items[i]}; an empty last name is the result of a boxed context
    NODE_RANGE,    // a..b with form and closed ends
    NODE_FUNCTION, // function(names[i]: types[i]) a; result type in type
    NODE_TESTS,    // unary tests: items, negated; no items is "-"
    NODE_COERCE,   // a as type: what does not fit is null
    NODE_NATIVE,   // native(eval, scope, node): decision tables and the like
    NODE_KIND_COUNT
};

struct eval;
struct scope;
struct builtin;
struct node;
typedef struct feel_value native_function(struct eval *e, const struct scope *s, const struct node *n);

struct node {
    enum node_kind kind;
    uint32_t line, column;
    uint16_t height;              // longest way to a leaf
    bool low_closed, high_closed; // NODE_RANGE
    bool descending;              // NODE_RANGE: may run down, as in `for i in 4..2`
    bool negated;                 // NODE_TESTS: not(...); NODE_FUNCTION: external
    bool boxed_result;            // NODE_CONTEXT: the last entry is the value of the whole
    bool uses_input;              // of a test, or of one of a cell's: reads `?`
    bool is_constant;             // gives `value` in every scope and without a diagnostic
    enum feel_range_form form;    // NODE_RANGE
    struct text name;
    const struct builtin *builtin;
    const struct node *a, *b, *c;
    const struct node *const *items;
    const struct text *names;
    const struct feel_type *const *types;
    const struct feel_type *type;
    size_t count;
    struct feel_value value; // of a literal, and of what is constant
    native_function *native;
    const void *data; // of native
};

struct feel_expression {
    const struct node *root;
    enum feel_mode mode;
    const struct text *uses;
    size_t use_count;
};

enum { NODE_HEIGHT_MAX = 500 }; // a chain of 500 additions; evaluation recurses by it
