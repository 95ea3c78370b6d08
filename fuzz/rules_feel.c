// Hostile FEEL: parsed and evaluated as an expression and as unary tests; what is printed must parse again.
#include <stdlib.h>

#include "rules/feel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void evaluate(struct arena *a, struct text source, enum feel_mode mode,
                     const struct feel_value *context) {
    static const struct text VARIABLES[] = {{"a-b", 3}, {"time in transit", 15}, {"list", 4}},
                             MEMBERS[] = {{"x + y", 5}};
    struct feel_names names = {VARIABLES, 3, MEMBERS, 1};
    struct feel_now now = {{1795219200000}, {"Europe/Paris", 12}};
    struct feel_diagnostics d;
    const struct feel_expression *x;
    struct problem p = {0};
    struct feel_value v, again;
    struct out o = {.arena = a};
    struct json_out j = {.out = &o};
    if (feel_parse(a, source, mode, &names, &x, &p)) return;
    if (feel_eval(x, context, &now, a, &v, &d)) return;
    feel_to_json(&j, &v);
    struct text printed = feel_print_literal(a, &v);
    if (printed.n > FEEL_SOURCE_MAX / 4) return;
    const struct feel_expression *y;
    if (feel_parse(a, printed, FEEL_EXPRESSION, NULL, &y, NULL)) return;
    if (feel_eval(y, NULL, &now, a, &again, NULL)) return;
    bool simple = v.kind == FEEL_NUMBER || v.kind == FEEL_STRING || v.kind == FEEL_DAYS_DURATION ||
                  v.kind == FEEL_MONTHS_DURATION;
    if (simple && feel_equal(&v, &again) != FEEL_TRUE) abort(); // printing loses nothing
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct feel_value context = feel_empty_context(),
                      items[] = {feel_int(1), feel_string(T("two")), feel_null()};
    struct text source = {(const char *)data, size};
    feel_put(&a, &context, T("list"), feel_list_of(items, 3));
    feel_put(&a, &context, T("a-b"), feel_int(7));
    feel_put(&a, &context, T("?"), feel_int(3));
    evaluate(&a, source, FEEL_EXPRESSION, &context);
    evaluate(&a, source, FEEL_UNARY_TESTS, &context);
    arena_free(&a);
    return 0;
}
