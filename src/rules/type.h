// type.h - FEEL types: of `instance of`, of parameters, and of DMN item definitions.
#pragma once
#include "rules/feel.h"

enum type_kind {
    TYPE_ANY,
    TYPE_NULL,
    TYPE_SIMPLE,
    TYPE_LIST,
    TYPE_CONTEXT,
    TYPE_RANGE,
    TYPE_FUNCTION,
    TYPE_UNKNOWN
};

struct feel_expression;
struct feel_type {
    enum type_kind kind;
    enum feel_kind simple;                // TYPE_SIMPLE
    struct text name;                     // as declared
    const struct feel_type *element;      // of a list or range; result of a function; NULL for any
    const struct text *names;             // members of a context
    const struct feel_type *const *types; // of members, or of a function's parameters
    size_t count;
    const struct feel_expression *allowed;    // allowed values: unary tests, or NULL
    const struct feel_expression *constraint; // type constraint of the whole value, or NULL
    const struct feel_type *base;             // whose allowed values hold too, or NULL
    bool open_params;                         // a function of any parameters
};

extern const struct feel_type TYPE_OF_ANY;

// The built-in type of that name ("date and time"), NULL when there is none.
const struct feel_type *type_builtin(struct text name);
// Names of the built-in types, longest first, for the parser.
const struct text *type_builtin_names(size_t *count);

struct eval;
// True when the value is of the type: instance of.
bool type_has(struct eval *e, const struct feel_type *t, const struct feel_value *v);
// The value made to fit by the implicit conversions of 10.3.2.9.4 (to and from lists of one, date to date and
// time), checked against allowed values. False, with null, when it does not fit.
bool type_fit(struct eval *e, const struct feel_type *t, struct feel_value *v);
// Functions: true when every value of `a` is one of `b`.
bool type_conforms(const struct feel_type *a, const struct feel_type *b);
