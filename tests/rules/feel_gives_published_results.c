// Published expressions with their results (see feel/SOURCE.md beside the data). Some are that
// implementation's own choice against the standard, so a floor is asserted instead of all.
#include "../check.h"
#include "base/json.h"
#include "rules/feel.h"

enum { FLOOR = 444, LINE_MAX_BYTES = 64 * 1024 };

static bool near(double a, double b) {
    double d = a - b, size = b < 0 ? -b : b;
    return (d < 0 ? -d : d) <= 1e-8 * (size > 1 ? size : 1);
}

static bool same(const json_t *a, const json_t *b) {
    if (json_is_number(a) && json_is_number(b)) return near(json_number_value(a), json_number_value(b));
    if (json_is_array(a) && json_is_array(b)) {
        if (json_array_size(a) != json_array_size(b)) return false;
        for (size_t i = 0; i < json_array_size(a); i++)
            if (!same(json_array_get(a, i), json_array_get(b, i))) return false;
        return true;
    }
    return json_equal(a, b);
}

static bool passes(struct arena *a, const json_t *line) {
    const struct feel_expression *x;
    struct problem p = {0};
    struct feel_value v = feel_null();
    struct feel_now now = {{1795000000000}, T("Europe/Paris")};
    struct text source = json_text(line, "expr", T(""));
    struct out o = {.arena = a};
    struct json_out j = {.out = &o};
    json_t *got = NULL;
    if (!feel_parse(a, source, FEEL_EXPRESSION, NULL, &x, &p)) {
        struct feel_value context = feel_empty_context();
        if (feel_eval(x, &context, &now, a, &v, NULL)) return false;
    }
    feel_to_json(&j, &v);
    if (json_read(out_done(&o), LINE_MAX_BYTES, &got, NULL)) return false;
    bool ok = same(got, json_object_get(line, "expected"));
    if (!ok && getenv("SHOW"))
        print_message("# expected other than " TEXT_FMT ": " TEXT_FMT "\n", TEXT_ARG(out_done(&o)),
                      TEXT_ARG(source));
    json_decref(got);
    return ok;
}

static void published_expressions_give_their_results(void **state) {
    (void)state;
    static char line[LINE_MAX_BYTES];
    const char *path = data_path("feel/feelin_expr_open.jsonl");
    if (!path) skip_no_data();
    FILE *f = fopen(path, "r");
    int passed = 0, total = 0;
    while (fgets(line, sizeof line, f)) {
        struct arena a = {0};
        json_t *j;
        assert_ok(json_read(text_of(line), sizeof line, &j, NULL));
        total++;
        passed += passes(&a, j);
        json_decref(j);
        arena_free(&a);
    }
    fclose(f);
    print_message("# %d of %d\n", passed, total);
    assert_true(passed >= FLOOR);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(published_expressions_give_their_results)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
