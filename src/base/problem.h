// problem.h - a person's mistake: which field, which rule, and the way out. Translated where it is shown.
#pragma once
#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

enum { PROBLEM_ARGS_MAX = 6 }; // a mistake in a cell of a table has 5

// One value for a placeholder of the message ("{max}"). Never a secret, never personal data of another.
struct problem_arg {
    const char *name;
    struct text value;
};

// `field` and `rule` are stable names for programs; `text_key` is the message in the .po files.
// Text values must outlive the problem: constants, or text in the request's arena.
struct problem {
    const char *field; // "birth_date"; "" when it concerns the whole command
    const char *rule;  // "date_in_future"
    const char *text_key;
    int64_t line; // line in a file (pack, model), 0 when it does not apply
    struct problem_arg args[PROBLEM_ARGS_MAX];
};

// Fills `p` (which may be NULL) and answers STATUS_INVALID, so that a check is one line:
//     if (d.year > today.year) return problem(p, "birth_date", "date_in_future", "problem.date.future");
enum status problem(struct problem *p, const char *field, const char *rule, const char *text_key);

// Adds a value for a placeholder; beyond PROBLEM_ARGS_MAX it is an assertion.
void problem_arg(struct problem *p, const char *name, struct text value);

// The same problem with every text copied to `a`, for a reader that outlives the arena it was made in.
struct problem problem_copy(struct arena *a, const struct problem *p);
