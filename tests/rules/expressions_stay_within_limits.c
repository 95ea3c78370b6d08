// A policy team's slip, or somebody's malice, ends with a clear answer and soon.
#include <time.h>

#include "../check.h"
#include "rules/feel.h"

static struct arena arena;

static enum status run(struct text source, struct feel_value *out, struct feel_diagnostics *d) {
    const struct feel_expression *x;
    struct problem p = {0};
    *out = feel_null();
    enum status st = feel_parse(&arena, source, FEEL_EXPRESSION, NULL, &x, &p);
    return st ? st : feel_eval(x, NULL, NULL, &arena, out, d);
}

static struct text repeated(const char *before, const char *each, const char *after, int count) {
    struct out o = {.arena = &arena};
    out_c(&o, before);
    for (int i = 0; i < count; i++) out_c(&o, each);
    out_c(&o, after);
    return out_done(&o);
}

static void too_long_or_too_deep_is_refused_when_read(void **state) {
    (void)state;
    struct feel_value v;
    assert_status(run(repeated("", "1+", "1", FEEL_SOURCE_MAX), &v, NULL), STATUS_TOO_LARGE);
    assert_status(run(repeated("", "(", "1", 5000), &v, NULL), STATUS_INVALID);
    assert_status(run(repeated("", "[", "1", 5000), &v, NULL), STATUS_INVALID);
    assert_status(run(repeated("", "-", "1", 5000), &v, NULL), STATUS_INVALID);
    assert_status(run(repeated("", "1 in (", "1", 5000), &v, NULL), STATUS_INVALID);
    assert_status(run(repeated("", "if true then ", "1", 5000), &v, NULL), STATUS_INVALID);
    assert_status(run(repeated("1", "+1", "", 5000), &v, NULL), STATUS_INVALID);
    assert_ok(run(repeated("1", "+1", "", 300), &v, NULL));
    assert_text(feel_print(&arena, &v), "301");
}

static void loops_end(void **state) {
    (void)state;
    static const char *const HOSTILE[] = {
        "for a in 1..100000, b in 1..100000 return a * b",
        "some a in 1..100000, b in 1..100000 satisfies a < 0",
        "{f: function(x) g(x), r: for i in 1..1000000000 return i}.r",
        "count(for i in 1..1000 return for k in 1..100000 return k)",
        "for i in 1..100 return concatenate(flatten(partial), flatten(partial), [i])",
        "for i in 1..40 return if i = 1 then \"ab\" else partial[-1] + partial[-1] + partial[-1]",
        "matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\", \"^(a+)+$\")",
        "for i in 1..3000 return matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\", \"^(a|a?)+$\")",
        "string(for i in 1..60 return [partial[-1], partial[-1]])",
        "{a: for i in 1..60 return [partial[-1], partial[-1]], b: a + [], c: a = [a]}",
        "{f: function(n) for i in 1..60 return [partial[-1], partial[-1]], c: f(1) = f(2)}",
        "distinct values(for i in 1..100000 return i)",
        "sort(for i in 1..300000 return 300000 - i, function(a, b) a < b)",
    };
    for (size_t i = 0; i < sizeof HOSTILE / sizeof *HOSTILE; i++) {
        struct feel_value v;
        struct feel_diagnostics d;
        clock_t start = clock();
        enum status st = run(text_of(HOSTILE[i]), &v, &d);
        double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        assert_true(st == STATUS_OK || st == STATUS_TOO_LARGE);
        if (st) assert_true(v.kind == FEEL_NULL && d.count > 0);
        if (seconds > 20) fail_msg("%.1f s: %s", seconds, HOSTILE[i]);
        arena_reset(&arena);
    }
}

static void a_function_that_calls_itself_for_ever_ends(void **state) {
    (void)state;
    struct feel_value v;
    struct feel_diagnostics d;
    assert_status(run(T("{f: function(g) g(g)}.f(function(g) g(g))"), &v, &d), STATUS_TOO_LARGE);
    assert_string_equal(d.items[0].text_key, "feel.limit_depth");
}

static void what_is_wrong_is_named_with_its_place(void **state) {
    (void)state;
    const struct feel_expression *x;
    struct problem p = {0};
    assert_status(feel_parse(&arena, T("1 +\n  (2 * "), FEEL_EXPRESSION, NULL, &x, &p), STATUS_INVALID);
    assert_string_equal(p.field, "expression");
    assert_string_equal(p.rule, "feel_expression");
    assert_int_equal(p.line, 2);
    assert_status(feel_parse(&arena, T("if x then 1"), FEEL_EXPRESSION, NULL, &x, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "feel_expected");
    assert_text(p.args[2].value, "else");
    assert_status(feel_parse(&arena, (struct text){"\"\xff\"", 3}, FEEL_EXPRESSION, NULL, &x, &p),
                  STATUS_INVALID);
    assert_string_equal(p.rule, "feel_utf8");
}

static void what_became_null_says_why(void **state) {
    (void)state;
    struct feel_value v;
    struct feel_diagnostics d;
    assert_ok(run(T("1 + \"a\""), &v, &d));
    assert_int_equal(d.count, 1);
    assert_string_equal(d.items[0].text_key, "feel.no_arithmetic");
    assert_text(d.items[0].detail, "number, string");
    assert_int_equal(d.items[0].column, 3);
    assert_ok(run(T("age + 1"), &v, &d));
    assert_string_equal(d.items[0].text_key, "feel.unknown_name");
    assert_text(d.items[0].detail, "age");
    assert_ok(run(T("for i in 1..100 return unknown"), &v, &d));
    assert_int_equal(d.count, FEEL_DIAGNOSTICS_MAX);
    assert_int_equal(d.lost, 100 - FEEL_DIAGNOSTICS_MAX);
}

static int tear_down(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(too_long_or_too_deep_is_refused_when_read, tear_down),
        cmocka_unit_test_teardown(loops_end, tear_down),
        cmocka_unit_test_teardown(a_function_that_calls_itself_for_ever_ends, tear_down),
        cmocka_unit_test_teardown(what_is_wrong_is_named_with_its_place, tear_down),
        cmocka_unit_test_teardown(what_became_null_says_why, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
