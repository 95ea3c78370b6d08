// builtin.h - the built-in functions of FEEL (DMN 1.5, 10.3.4), one table a subject.
#pragma once
#include "rules/eval.h"

enum { BUILTIN_PARAMS_MAX = 8 };

// Arguments after binding and conversion: one for each parameter, null when it was not given.
typedef struct feel_value builtin_function(struct eval *e, const struct feel_value *args, size_t given);

// `params` lists the parameters by name, each with a letter for its domain after a colon (DOMAINS in
// builtin.c): n number, s string, l list, c context, f function, a anything; d date or date and time, t time;
// e number or string, m number or duration; p, q, u: what date(), time() and duration() convert.
// A capital letter lets null through; `?` after the name: may be left out; `*` first: one list, or any number
// of arguments that make one; `+` first: all further arguments make a list. Forms of one name stand in
// consecutive rows.
struct builtin {
    const char *name;
    const char *params;
    builtin_function *run;
    bool is_conversion; // of text or numbers to points in time and durations: the same each time
    // Filled in when the tables are first used:
    const struct builtin_signature *signature; // `params` taken apart
    struct feel_function function;             // what the name stands for
};

const struct builtin *builtin_find(struct text name); // the first form
// The names that begin with this byte.
const struct text *builtin_names(char first, size_t *count);
// Calls with values in order, or by name when `names` is not NULL.
struct feel_value builtin_call(struct eval *e, const struct builtin *b, const struct feel_value *args,
                               const struct text *names, size_t count);

// The tables; each ends with a row without name.
extern const struct builtin BUILTIN_CONVERSION[], BUILTIN_STRING[], BUILTIN_LIST[], BUILTIN_NUMBER[],
    BUILTIN_TIME[], BUILTIN_RANGE[], BUILTIN_CONTEXT[];
