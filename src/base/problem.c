#include "base/problem.h"

#include <assert.h>

enum status problem(struct problem *p, const char *field, const char *rule, const char *text_key) {
    if (p) *p = (struct problem){.field = field, .rule = rule, .text_key = text_key};
    return STATUS_INVALID;
}

void problem_arg(struct problem *p, const char *name, struct text value) {
    if (!p) return;
    size_t i = 0;
    while (i < PROBLEM_ARGS_MAX && p->args[i].name) i++;
    assert(i < PROBLEM_ARGS_MAX);
    p->args[i] = (struct problem_arg){name, value};
}
