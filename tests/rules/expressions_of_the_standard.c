// One line for each thing an expression can do that the published cases leave out: expression, result.
#include <pthread.h>

#include "../check.h"
#include "rules/feel.h"

static const struct {
    const char *source, *result;
} CASES[] = {
    // arithmetic
    {"2 ** 3 ** 2", "64"},
    {"-2 ** 2", "4"},
    {"10 / 4", "2.5"},
    {"1 / 3", "0.3333333333333333333333333333333333"},
    {"0.1 + 0.2 = 0.3", "true"},
    {"12.50 * 2", "25"},
    {"1e3 + 1", "1001"},
    {"9999999999999999999999999999999999 + 1", "10000000000000000000000000000000000"},
    {"[1, 2, 3][-1]", "3"},
    {"\"a\" + \"b\"", "ab"},
    // three-valued logic
    {"false and null", "false"},
    {"true and null", "null"},
    {"true or null", "true"},
    {"null or null", "null"},
    {"not(\"x\")", "null"},
    {"[1, \"a\"] = [1, 2]", "null"},
    // dates, times, durations
    {"@\"2024-01-31\" + @\"P1M\"", "2024-02-29"},
    {"@\"2024-02-29\" + @\"P1Y\"", "2025-02-28"},
    {"@\"2024-03-10\" - @\"2024-03-01\"", "P9D"},
    {"@\"2026-03-29T01:30:00@Europe/Paris\" + @\"PT1H\"", "2026-03-29T03:30:00@Europe/Paris"},
    {"@\"23:30:00\" + @\"PT1H\"", "00:30:00"},
    {"@\"P1Y2M\" * 2", "P2Y4M"},
    {"@\"P1D\" / 2", "PT12H"},
    {"@\"P1D\" / @\"PT6H\"", "4"},
    {"-@\"PT1H30M\"", "-PT1H30M"},
    {"@\"2026-11-21\".weekday", "6"},
    {"day of week(@\"2026-11-21\")", "Saturday"},
    {"week of year(@\"2027-01-01\")", "53"},
    {"date and time(\"2024-02-30T10:00:00\")", "null"},
    {"date(\"-0044-03-15\").year", "-44"},
    {"duration(\"PT36H\")", "P1DT12H"},
    {"@\"10:00:00Z\".time offset", "PT0S"},
    {"years and months duration(@\"2020-02-29\", @\"2021-02-28\")", "P11M"},
    {"today()", "2026-11-21"},
    {"now().timezone", "Europe/Brussels"},
    // lists, filters, loops
    {"[{n: 1, w: \"a\"}, {n: 2, w: \"b\"}][n > 1].w", "[\"b\"]"},
    {"[1, 2, 3, 4][item > 2]", "[3, 4]"},
    {"for x in [1, 2], y in [x, x * 10] return x + y", "[2, 11, 4, 22]"},
    {"for i in 1..5 return if i <= 2 then 1 else partial[-1] + partial[-2]", "[1, 1, 2, 3, 5]"},
    {"for i in (1..4) return i", "[2, 3]"},
    {"every x in [] satisfies x > 1", "true"},
    {"some x in [] satisfies x > 1", "false"},
    {"sort([3, 1, 2])", "[1, 2, 3]"},
    {"sort([\"b\", \"a\"], function(x, y) x > y)", "[\"b\", \"a\"]"},
    {"flatten([1, [2, [3]]])", "[1, 2, 3]"},
    {"union([1, 2], [2, 3])", "[1, 2, 3]"},
    {"mode([1, 2, 2, 1])", "[1, 2]"},
    {"insert before([1, 3], 2, 2)", "[1, 2, 3]"},
    {"count([1, null])", "2"},
    // contexts and functions
    {"{a: 1, b: a + 1}.b", "2"},
    {"{add: function(x, y) x + y, r: add(y: 1, x: 2)}.r", "3"},
    {"(function(x: number) x + 1)(\"a\")", "null"},
    {"{n: 3, f: function(x) x + n}.f(1)", "4"},
    {"context put({a: {b: 1}}, [\"a\", \"b\"], 2).a.b", "2"},
    {"context merge([{a: 1}, {a: 2, b: 3}])", "{a: 2, b: 3}"},
    {"get entries({a: 1})[1].key", "a"},
    {"get value({a: {b: 5}}, [\"a\", \"b\"])", "5"},
    // strings and patterns
    {"substring(\"foobar\", 3, 3)", "oba"},
    {"string length(\"\xf0\x9f\x90\x8e"
     "ab\")",
     "3"},
    {"\"\\uD83D\\uDC0E\"", "\xf0\x9f\x90\x8e"},
    {"upper case(\"stra\xc3\x9f"
     "e\")",
     "STRASSE"},
    {"split(\"John Doe\", \"\\s\")", "[\"John\", \"Doe\"]"},
    {"extract(\"references are 1234, 1256, 1378\", \"12[0-9]*\")", "[\"1234\", \"1256\"]"},
    {"replace(\"2026-11-21\", \"(\\d+)-(\\d+)-(\\d+)\", \"$3.$2.$1\")", "21.11.2026"},
    {"replace(\"abc\", \"x*\", \"-\")", "null"},
    {"string join([\"a\", \"b\"], \", \")", "a, b"},
    {"matches(\"foobar\", \"^fo*b\")", "true"},
    // ranges and tests
    {"5 in [1..10]", "true"},
    {"5 in (5..10]", "false"},
    {"5 in (> 1, < 3)", "true"},
    {"overlaps before([1..5], [3..8])", "true"},
    {"during(5, [1..10])", "true"},
    {"[1..10].end included", "true"},
    {"coincides([1..5], [1..5])", "true"},
    // types
    {"[1, 2] instance of list<number>", "true"},
    {"@\"P1M\" instance of years and months duration", "true"},
    {"1 instance of number and true", "true"},
    {"{a: 1} instance of context<a: string>", "false"},
    // numbers to text and back
    {"number(\"1.000,5\", \".\", \",\")", "1000.5"},
    {"decimal(2.5, 0)", "2"},
    {"round half up(2.5, 0)", "3"},
    {"round half down(-2.5, 0)", "-2"},
    {"floor(-1.5)", "-2"},
    {"modulo(-12, 5)", "3"},
    {"sqrt(16)", "4"},
    {"string(1.10)", "1.1"},
    {"string([1, \"a\", null])", "[1, \"a\", null]"},
    // comments and names
    {"1 + /* two */ 2 // three", "3"},
    {"{my long name: 2, b: my long name * 3}.b", "6"},
    {"{time-out: 2, b: time-out + 1}.b", "3"},
};

static const struct feel_now NOW = {{1795219200000}, {"Europe/Brussels", 15}};

static void check_one(struct arena *a, const char *source, const char *result) {
    const struct feel_expression *x;
    struct problem p = {0};
    struct feel_value v;
    if (feel_parse(a, text_of(source), FEEL_EXPRESSION, NULL, &x, &p)) fail_msg("%s: %s", source, p.rule);
    assert_ok(feel_eval(x, NULL, &NOW, a, &v, NULL));
    struct text got = feel_print(a, &v);
    if (!text_eq(got, text_of(result))) fail_msg("%s gives %.*s, wanted %s", source, TEXT_ARG(got), result);
}

static void expressions_give_what_the_standard_says(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct arena a = {0};
        check_one(&a, CASES[i].source, CASES[i].result);
        arena_free(&a);
    }
}

static void literals_print_and_parse_to_the_same_value(void **state) {
    (void)state;
    static const char *const LITERALS[] = {"1.5",
                                           "\"a\\\"b\"",
                                           "@\"2024-02-29\"",
                                           "@\"10:30:00.25+02:00\"",
                                           "[1, [true, null]]",
                                           "{a: 1, \"b c!\": \"x\"}",
                                           "@\"-P1DT2H\"",
                                           "[1..5)",
                                           "@\"2024-02-29T10:00:00@Europe/Paris\""};
    for (size_t i = 0; i < sizeof LITERALS / sizeof *LITERALS; i++) {
        struct arena a = {0};
        const struct feel_expression *x;
        struct feel_value v, w;
        assert_ok(feel_parse(&a, text_of(LITERALS[i]), FEEL_EXPRESSION, NULL, &x, NULL));
        assert_ok(feel_eval(x, NULL, NULL, &a, &v, NULL));
        assert_ok(feel_parse(&a, feel_print_literal(&a, &v), FEEL_EXPRESSION, NULL, &x, NULL));
        assert_ok(feel_eval(x, NULL, NULL, &a, &w, NULL));
        assert_int_equal(feel_equal(&v, &w), FEEL_TRUE);
        arena_free(&a);
    }
}

static void known_names_may_hold_signs_and_key_words(void **state) {
    (void)state;
    struct arena a = {0};
    static const struct text VARIABLES[] = {{"time in transit", 15}, {"out-of-date", 11}, {"a", 1}};
    struct feel_names names = {VARIABLES, 3, NULL, 0};
    struct feel_value context = feel_empty_context(), v;
    const struct feel_expression *x;
    size_t count;
    feel_put(&a, &context, T("time in transit"), feel_int(4));
    feel_put(&a, &context, T("out-of-date"), feel_int(3));
    feel_put(&a, &context, T("a"), feel_int(2));
    assert_ok(
        feel_parse(&a, T("time   in transit * out - of - date - a"), FEEL_EXPRESSION, &names, &x, NULL));
    assert_ok(feel_eval(x, &context, NULL, &a, &v, NULL));
    assert_text(feel_print(&a, &v), "10");
    const struct text *uses = feel_uses(x, &count);
    assert_int_equal(count, 3);
    assert_text(uses[0], "time in transit");
    arena_free(&a);
}

static void cells_of_tables_test_a_value(void **state) {
    (void)state;
    static const struct {
        const char *cell;
        int64_t value;
        bool matches;
    } CELLS[] = {
        {"-", 5, true},
        {"5", 5, true},
        {"< 5", 5, false},
        {"1, 5", 5, true},
        {"[1..4]", 5, false},
        {"not(5, 6)", 5, false},
        {"not([1..3])", 5, true},
        {"? > 4 and ? < 6", 5, true},
        {"odd(?)", 5, true},
        {"even(?)", 5, false},
        {"> 1 + 1", 5, true},
        {"null", 5, false},
        {"[1, 5]", 5, true},
        {"\"5\"", 5, false},
        {"not(? > 4) or ? = 5", 5, true},
        {">= 2, < 1", 5, true},
    };
    for (size_t i = 0; i < sizeof CELLS / sizeof *CELLS; i++) {
        struct arena a = {0};
        const struct feel_expression *x;
        struct feel_value v = feel_int(CELLS[i].value);
        bool matches;
        assert_ok(feel_parse(&a, text_of(CELLS[i].cell), FEEL_UNARY_TESTS, NULL, &x, NULL));
        assert_ok(feel_test(x, &v, NULL, NULL, &a, &matches, NULL));
        if (matches != CELLS[i].matches) fail_msg("%s", CELLS[i].cell);
        arena_free(&a);
    }
}

// 10.3.3, table 70
static void xml_becomes_contexts(void **state) {
    (void)state;
    static const struct {
        const char *xml, *value;
    } DOCUMENTS[] = {
        {"<e/>", "{e: null}"},
        {"<q:e xmlns:q='urn:q'/>", "{e: null}"},
        {"<e>v</e>", "{e: \"v\"}"},
        {"<e><c>1</c><d>2</d><c>3</c></e>", "{e: {c: [\"1\", \"3\"], d: \"2\"}}"},
        {"<e a='v'><c1>v1</c1><cn>v2</cn><cn>v3</cn></e>",
         "{e: {a: \"v\", c1: \"v1\", cn: [\"v2\", \"v3\"]}}"},
        {"<e a='v1'>v2</e>", "{e: {\"@a\": \"v1\", \"$content\": \"v2\"}}"},
        {"<e a=''/>", "{e: {a: \"\"}}"},
        {"<C><E><s>13000</s></E><K><l>gold</l></K><K><l>silver</l></K></C>",
         "{C: {E: {s: \"13000\"}, K: [{l: \"gold\"}, {l: \"silver\"}]}}"},
    };
    for (size_t i = 0; i < sizeof DOCUMENTS / sizeof *DOCUMENTS; i++) {
        struct arena a = {0};
        struct feel_value v;
        assert_ok(feel_from_xml(&a, text_of(DOCUMENTS[i].xml), &v, NULL));
        assert_text(feel_print_literal(&a, &v), DOCUMENTS[i].value);
        arena_free(&a);
    }
    enum { DEEP = FEEL_DEPTH_MAX / 2 + 1 };
    struct arena a = {0};
    struct out deep = {.arena = &a};
    struct feel_value v;
    for (int i = 0; i < DEEP; i++) out_c(&deep, "<e>");
    for (int i = 0; i < DEEP; i++) out_c(&deep, "</e>");
    assert_status(feel_from_xml(&a, out_done(&deep), &v, NULL), STATUS_TOO_LARGE);
    arena_free(&a);
}

// ---- many threads, one expression ----

static const struct feel_expression *shared;

static void *evaluate_often(void *unused) {
    (void)unused;
    struct arena a = {0};
    for (int i = 0; i < 300; i++) {
        struct feel_value v;
        if (feel_eval(shared, NULL, &NOW, &a, &v, NULL) || !text_eq(feel_print(&a, &v), T("2026-11-21 385")))
            return &shared;
        arena_reset(&a);
    }
    arena_free(&a);
    return NULL;
}

static void threads_share_an_expression(void **state) {
    (void)state;
    enum { THREADS = 4 };
    struct arena a = {0};
    pthread_t threads[THREADS];
    void *failed;
    assert_ok(feel_parse(&a, T("string(today()) + \" \" + string(sum(for i in 1..10 return i ** 2))"),
                         FEEL_EXPRESSION, NULL, &shared, NULL));
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, evaluate_often, NULL), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_give_what_the_standard_says),
        cmocka_unit_test(literals_print_and_parse_to_the_same_value),
        cmocka_unit_test(known_names_may_hold_signs_and_key_words),
        cmocka_unit_test(cells_of_tables_test_a_value),
        cmocka_unit_test(xml_becomes_contexts),
        cmocka_unit_test(threads_share_an_expression),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
