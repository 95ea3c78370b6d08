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

static const char *kept(struct arena *a, const char *s) {
    return s ? text_c(a, text_of(s)) : NULL;
}

struct problem problem_copy(struct arena *a, const struct problem *p) {
    struct problem copy = *p;
    copy.field = kept(a, p->field);
    copy.rule = kept(a, p->rule);
    copy.text_key = kept(a, p->text_key);
    for (int i = 0; i < PROBLEM_ARGS_MAX && p->args[i].name; i++) {
        copy.args[i].name = kept(a, p->args[i].name);
        copy.args[i].value = text_copy(a, p->args[i].value);
    }
    return copy;
}
