// Hostile FEEL: parsed and evaluated as an expression and as unary tests; what is printed must parse again,
// and the same expression gives the same value twice. Before a line "--" stands an expression whose context
// the other one sees.
#include <stdlib.h>

#include "rules/feel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct feel_now NOW = {{1795219200000}, {"Europe/Paris", 12}};

static const struct text MEMBERS[] = {{"x + y", 5}, {"time in transit", 15}};

static void print_again(struct arena *a, struct feel_value v) {
    const struct feel_expression *x;
    struct feel_value again;
    struct text printed = feel_print_literal(a, &v);
    if (printed.n > FEEL_SOURCE_MAX / 4) return;
    if (feel_parse(a, printed, FEEL_EXPRESSION, NULL, &x, NULL)) return;
    if (feel_eval(x, NULL, &NOW, a, &again, NULL)) return;
    bool simple = v.kind == FEEL_NUMBER || v.kind == FEEL_STRING || v.kind == FEEL_DATE ||
                  v.kind == FEEL_DATE_TIME || v.kind == FEEL_TIME || v.kind == FEEL_DAYS_DURATION ||
                  v.kind == FEEL_MONTHS_DURATION;
    if (simple && feel_equal(&v, &again) != FEEL_TRUE) abort(); // printing loses nothing
}

static void evaluate(struct arena *a, struct text source, enum feel_mode mode, const struct feel_names *names,
                     const struct feel_value *context) {
    struct feel_diagnostics d, e;
    const struct feel_expression *x;
    struct problem p = {0};
    struct feel_value v, w;
    struct out o = {.arena = a};
    struct json_out j = {.out = &o};
    if (feel_parse(a, source, mode, names, &x, &p)) return;
    if (feel_eval(x, context, &NOW, a, &v, &d)) return;
    feel_to_json(&j, &v);
    print_again(a, v);
    if (feel_eval(x, context, &NOW, a, &w, &e) || !text_eq(feel_print(a, &v), feel_print(a, &w)) ||
        d.count != e.count)
        abort();
}

// What the first part gives, or a few variables of every kind.
static struct feel_value context_of(struct arena *a, struct text source) {
    const struct feel_expression *x;
    struct feel_value v, list = feel_list_of(NULL, 0);
    if (source.n && !feel_parse(a, source, FEEL_EXPRESSION, NULL, &x, NULL) &&
        !feel_eval(x, NULL, &NOW, a, &v, NULL) && v.kind == FEEL_CONTEXT)
        return v;
    v = feel_empty_context();
    feel_append(a, &list, feel_int(1));
    feel_append(a, &list, feel_string(T("two")));
    feel_append(a, &list, feel_null());
    feel_put(a, &v, T("list"), list);
    feel_put(a, &v, T("a-b"), feel_int(7));
    feel_put(a, &v, T("?"), feel_int(3));
    return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct text all = {(const char *)data, size}, first = {0};
    struct feel_names names = {.members = MEMBERS, .member_count = 2};
    size_t at;
    if (text_find(all, T("\n--\n"), &at)) {
        first = text_slice(all, 0, at);
        all = text_slice(all, at + 4, all.n);
    }
    struct feel_value context = context_of(&a, first);
    struct text *variables = ARENA_ARRAY(&a, struct text, context.context.count);
    for (size_t i = 0; i < context.context.count; i++)
        if (context.context.entries[i].key.n) // the parser's caller knows only names that are some
            variables[names.variable_count++] = context.context.entries[i].key;
    names.variables = variables;
    evaluate(&a, all, FEEL_EXPRESSION, &names, &context);
    evaluate(&a, all, FEEL_UNARY_TESTS, &names, &context);
    arena_free(&a);
    return 0;
}
