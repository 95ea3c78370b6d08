// Calling functions: built-in ones, those an expression defines, and binding arguments by order or by name.
#include <string.h>

#include "rules/builtin.h"
#include "rules/eval.h"

static bool find(const struct text *names, size_t count, struct text name, size_t *at) {
    for (size_t i = 0; i < count; i++)
        if (text_eq(names[i], name)) return *at = i, true;
    return false;
}

static bool names_known(struct eval *e, const struct node *f, const struct text *names, size_t count) {
    size_t at;
    for (size_t i = 0; i < count; i++) {
        if (!find(f->names, f->count, names[i], &at))
            return eval_null(e, "feel.argument_unknown", names[i]), false;
        if (find(names, i, names[i], &at)) return eval_null(e, "feel.argument_twice", names[i]), false;
    }
    return true;
}

// Arguments by name are put in the order of the parameters; those not supplied are null (10.3.2.13.5). False,
// with a diagnostic, when they do not fit.
static bool in_order(struct eval *e, const struct node *f, const struct feel_value *args,
                     const struct text *names, size_t count, struct feel_entry *out) {
    if (!names && count != f->count) return eval_null(e, "feel.argument_count", f->name), false;
    if (names && !names_known(e, f, names, count)) return false;
    for (size_t i = 0; i < f->count; i++) {
        size_t at = i;
        bool is_given = !names || find(names, count, f->names[i], &at);
        out[i] = (struct feel_entry){f->names[i], is_given ? args[at] : feel_null()};
        if (!type_fit(e, f->types[i], &out[i].value))
            return eval_null(e, "feel.argument_type", f->names[i]), false;
    }
    return true;
}

static struct feel_value call_defined(struct eval *e, const struct feel_function *f,
                                      const struct feel_value *args, const struct text *names, size_t count) {
    const struct node *n = f->node;
    struct feel_entry *entries = ARENA_ARRAY(e->arena, struct feel_entry, n->count);
    if (!in_order(e, n, args, names, count, entries)) return feel_null();
    if (n->negated) return eval_null_c(e, "feel.external_function", "");
    struct scope *s = ARENA_NEW(e->arena, struct scope);
    *s = (struct scope){f->closure, entries, n->count};
    struct feel_value v = eval_node(e, s, n->a);
    if (n->type && !type_fit(e, n->type, &v)) return eval_null(e, "feel.wrong_type", n->name);
    return v;
}

size_t function_param_count(const struct feel_function *f) {
    return f->node ? f->node->count : 1;
}

struct feel_value eval_apply(struct eval *e, const struct feel_function *f, const struct feel_value *args,
                             size_t count) {
    return f->builtin ? builtin_call(e, f->builtin, args, NULL, count)
                      : call_defined(e, f, args, NULL, count);
}

struct feel_value eval_call(struct eval *e, const struct scope *s, const struct node *n) {
    struct feel_value callee = eval_node(e, s, n->a);
    struct feel_value *args = ARENA_ARRAY(e->arena, struct feel_value, n->count);
    for (size_t i = 0; i < n->count; i++) args[i] = eval_node(e, s, n->items[i]);
    e->site = n;
    if (callee.kind != FEEL_FUNCTION)
        return eval_null(e, "feel.no_function",
                         n->a->kind == NODE_NAME ? n->a->name : text_of(feel_kind_name(callee.kind)));
    const struct feel_function *f = callee.function;
    return f->builtin ? builtin_call(e, f->builtin, args, n->names, n->count)
                      : call_defined(e, f, args, n->names, n->count);
}
