// Two ways through a decision table must be one: with the index, and testing rule by rule. Thousands of
// random tables with every kind of cell and every hit policy give the same values, traces and diagnostics
// both ways.
#include "../check.h"
#include "rules/dmn.h"

enum { TABLES = 1000, INPUTS_PER_TABLE = 12, COLUMNS_MAX = 4 };

static struct arena arena;
static uint64_t seed;

static size_t below(size_t n) { // splitmix64
    uint64_t z = (seed += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return (size_t)((z ^ (z >> 31)) % n);
}
#define PICK(list) ((list)[below(sizeof(list) / sizeof *(list))])

// ---- cells ----

static const char *const NUMBERS[] = {"0",    "1",  "2",   "3",  "2.5",
                                      "2.50", "-1", "1e1", "10", "1000000000000000000000.5"};
static const char *const STRINGS[] = {"\"\"", "\"a\"", "\"b\"", "\"ab\"", "\"é\"", "\"zoo\""};
static const char *const DATES[] = {"@\"2026-01-01\"", "date(\"2026-01-02\")", "@\"2026-01-03\"",
                                    "date(2025, 12, 31)"};
static const char *const DURATIONS[] = {"@\"P1D\"", "duration(\"-PT1S\")", "@\"PT0S\"", "@\"PT0.5S\""};
static const char *const MONTHS[] = {"@\"P1Y\"", "duration(\"P2M\")", "@\"-P1M\""};
static const char *const TIMES[] = {"@\"10:00:00\"", "@\"10:00:00Z\"", "@\"2026-01-01T10:00:00\"",
                                    "@\"2026-01-01T10:00:00+01:00\""};
static const char *const ODD[] = {"null",   "true",     "false",  "[]",
                                  "[1, 2]", "[[1], 2]", "{a: 1}", "[1..3][item > 1]"};
// What reads names, calls functions, reads the input, or fails with a diagnostic.
static const char *const OPEN[] = {"x0",
                                   "> x1",
                                   "[x0..10]",
                                   "? > 2",
                                   "? = x1",
                                   "not(x0)",
                                   "1 + x0",
                                   "1 + \"a\"",
                                   "unknown name",
                                   "? + 1 > \"a\"",
                                   "list contains([1, 2, \"a\"], ?)",
                                   "string length(?) > 1",
                                   "[5..1]",
                                   "> null",
                                   "count(x0) > 0",
                                   "?",
                                   "? in [1..3]",
                                   "not(? > 1, 7)",
                                   "date(\"none\")",
                                   "< date(x1)"};

static const char *value_of_kind(size_t kind) {
    switch (kind) {
    case 0: return PICK(NUMBERS);
    case 1: return PICK(STRINGS);
    case 2: return PICK(DATES);
    case 3: return PICK(DURATIONS);
    case 4: return PICK(MONTHS);
    case 5: return PICK(TIMES);
    default: return PICK(ODD);
    }
}

static struct text one_test(size_t kind) {
    static const char *const SIGNS[] = {"<", "<=", ">", ">=", "=", "!="};
    static const char *const LOW[] = {"[", "(", "]"}, *const HIGH[] = {"]", ")", "["};
    const char *a = value_of_kind(kind), *b = value_of_kind(kind);
    switch (below(6)) {
    case 0:
    case 1: return text_of(a);
    case 2: return text_printf(&arena, "%s %s", PICK(SIGNS), a);
    case 3: return text_printf(&arena, "%s%s..%s%s", PICK(LOW), a, b, PICK(HIGH));
    case 4: return text_printf(&arena, "[%s, %s %s]", a, PICK(SIGNS), b);
    default: return text_printf(&arena, "(%s %s)", PICK(SIGNS), a);
    }
}

// `kind` is the column's; now and then a cell is of another one. `open` in 100 cells are not constant.
static struct text cell(size_t kind, size_t open) {
    if (below(100) < open) return text_of(PICK(OPEN));
    if (below(8) == 0) return T("-");
    if (below(12) == 0) kind = below(7);
    struct out o = {.arena = &arena};
    bool negated = below(5) == 0;
    if (negated) out_c(&o, "not(");
    for (size_t i = 0, count = below(4) ? 1 : 1 + below(4); i < count; i++) {
        if (i) out_c(&o, ", ");
        out_text(&o, one_test(kind));
    }
    if (negated) out_c(&o, ")");
    return out_done(&o);
}

// ---- tables ----

static void put_text(struct out *o, const char *element, struct text t) {
    out_printf(o, "<%s><text><![CDATA[" TEXT_FMT "]]></text></%s>", element, TEXT_ARG(t), element);
}

static void put_inputs(struct out *o, size_t columns, const size_t kinds[]) {
    static const char *const TYPES[] = {"number", "string", "date"};
    for (size_t i = 0; i < columns; i++) {
        bool typed = kinds[i] < 3 && below(3) == 0;
        out_printf(o, "<input><inputExpression%s%s%s><text>%sx%zu</text></inputExpression>",
                   typed ? " typeRef=\"" : "", typed ? TYPES[kinds[i]] : "", typed ? "\"" : "",
                   below(10) ? "" : "1 + ", i);
        if (below(12) == 0) put_text(o, "inputValues", T("not(3, \"b\")"));
        out_c(o, "</input>\n");
    }
}

static void put_outputs(struct out *o, size_t outputs) {
    for (size_t i = 0; i < outputs; i++) {
        out_printf(o, "<output name=\"o%zu\"%s>", i, below(4) ? "" : " typeRef=\"number\"");
        if (below(2)) put_text(o, "outputValues", T("2, 1, \"b\", \"a\""));
        if (below(3) == 0) put_text(o, "defaultOutputEntry", T("0"));
        out_c(o, "</output>\n");
    }
}

static void put_rules(struct out *o, size_t columns, const size_t kinds[], size_t outputs, size_t open) {
    static const char *const RESULTS[] = {"1", "2", "1", "\"a\"", "\"b\"", "null", "x0", "1 + \"a\"", "1.0"};
    size_t rules = below(5) ? 1 + below(30) : 60 + below(150);
    for (size_t r = 0; r < rules; r++) {
        out_printf(o, "<rule id=\"r%zu\">", r + 1);
        for (size_t i = 0; i < columns; i++) put_text(o, "inputEntry", cell(kinds[i], open));
        for (size_t i = 0; i < outputs; i++) put_text(o, "outputEntry", text_of(PICK(RESULTS)));
        out_c(o, "</rule>\n");
    }
}

static struct text table(void) {
    static const char *const POLICIES[] = {"UNIQUE",
                                           "FIRST",
                                           "PRIORITY",
                                           "ANY",
                                           "COLLECT",
                                           "COLLECT\" aggregation=\"SUM",
                                           "COLLECT\" aggregation=\"MIN",
                                           "RULE ORDER",
                                           "OUTPUT ORDER",
                                           "COLLECT\" aggregation=\"COUNT",
                                           "COLLECT\" aggregation=\"MAX"};
    size_t columns = 1 + below(COLUMNS_MAX), outputs = 1 + below(2), kinds[COLUMNS_MAX];
    size_t open = below(2) ? 0 : 1 + below(30);
    for (size_t i = 0; i < COLUMNS_MAX; i++) kinds[i] = below(3) ? below(3) : below(7);
    struct out o = {.arena = &arena};
    out_c(&o,
          "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" name=\"m\" namespace=\"m\">");
    for (size_t i = 0; i < COLUMNS_MAX; i++) out_printf(&o, "<inputData id=\"x%zu\" name=\"x%zu\"/>", i, i);
    out_c(&o, "<decision id=\"d\" name=\"d\">");
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        out_printf(&o, "<informationRequirement><requiredInput href=\"#x%zu\"/></informationRequirement>", i);
    out_printf(&o, "<decisionTable hitPolicy=\"%s\">\n", PICK(POLICIES));
    put_inputs(&o, columns, kinds);
    put_outputs(&o, outputs);
    put_rules(&o, columns, kinds, outputs, open);
    out_c(&o, "</decisionTable></decision></definitions>");
    return out_done(&o);
}

// ---- inputs ----

static struct feel_value value(void) {
    static const char *const MORE[] = {"4",        "2.4999999999999999999",
                                       "-7",       "\"aa\"",
                                       "\"y\"",    "[1]",
                                       "[2, 3]",   "[1..3]",
                                       "(< 3)",    "@\"2026-01-01T00:00:00\"",
                                       "@\"P3D\"", "@\"PT0.25S\"",
                                       "@\"P1M\"", "@\"11:00:00\"",
                                       "{a: 1}"};
    const char *source = below(3) ? value_of_kind(below(3) ? below(3) : below(7)) : PICK(MORE);
    const struct feel_expression *x;
    struct feel_value v;
    assert_ok(feel_parse(&arena, text_of(source), FEEL_EXPRESSION, NULL, &x, NULL));
    assert_ok(feel_eval(x, NULL, NULL, &arena, &v, NULL));
    return v;
}

static struct feel_value context(void) {
    struct feel_value c = feel_empty_context();
    static const char *const NAMES[COLUMNS_MAX] = {"x0", "x1", "x2", "x3"};
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        if (below(20)) feel_put(&arena, &c, text_of(NAMES[i]), value());
    return c;
}

static struct text shown(const struct dmn_model *m, const struct feel_value *input, bool with_trace) {
    struct dmn_trace trace = {0};
    struct feel_value v;
    assert_ok(dmn_evaluate(m, T("d"), input, NULL, &arena, &v, with_trace ? &trace : NULL));
    struct out o = {.arena = &arena};
    struct json_out j = {.out = &o};
    if (with_trace) dmn_trace_json(&j, &trace);
    return TEXT_JOIN(&arena, feel_print_literal(&arena, &v), T("\n"), out_done(&o));
}

static size_t matched, compared; // so that the test cannot become one of empty answers

static void both_ways(struct text xml) {
    const struct dmn_model *indexed, *scanned;
    struct problem p = {0};
    if (dmn_read(&arena, xml, &indexed, &p))
        fail_msg("%s line %d\n" TEXT_FMT, p.rule, (int)p.line, TEXT_ARG(xml));
    assert_ok(dmn_read_with(&arena, xml, &(struct dmn_read_options){.scan_tables = true}, &scanned, &p));
    for (int i = 0; i < INPUTS_PER_TABLE; i++) {
        struct feel_value input = context();
        struct text a = shown(indexed, &input, i % 4), b = shown(scanned, &input, i % 4);
        size_t at;
        compared++;
        matched += text_find(a, T("\"outputs\""), &at);
        if (text_eq(a, b)) continue;
        struct text in = feel_print_literal(&arena, &input);
        fail_msg(TEXT_FMT "\n" TEXT_FMT "\nindexed " TEXT_FMT "\nscanned " TEXT_FMT, TEXT_ARG(xml),
                 TEXT_ARG(in), TEXT_ARG(a), TEXT_ARG(b));
    }
}

static void random_tables_give_the_same_both_ways(void **state) {
    (void)state;
    for (int i = 0; i < TABLES; i++) {
        seed = (uint64_t)i;
        both_ways(table());
        arena_reset(&arena);
    }
    assert_true(matched > compared / 4);
    arena_free(&arena);
}

// So many values that only some sets are kept, and the others are made of them.
static struct text large_table(void) {
    enum { RULES = 4000, VALUES = 100 * 1000 };
    struct out o = {.arena = &arena};
    out_c(&o,
          "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" name=\"m\" namespace=\"m\">"
          "<inputData id=\"x0\" name=\"x0\"/><inputData id=\"x1\" name=\"x1\"/><decision id=\"d\" name=\"d\">"
          "<informationRequirement><requiredInput href=\"#x0\"/></informationRequirement>"
          "<informationRequirement><requiredInput href=\"#x1\"/></informationRequirement>"
          "<decisionTable hitPolicy=\"COLLECT\">"
          "<input><inputExpression><text>x0</text></inputExpression></input>"
          "<input><inputExpression><text>x1</text></inputExpression></input><output name=\"o\"/>\n");
    for (size_t r = 0; r < RULES; r++) {
        size_t a = below(VALUES), wide = below(8) ? 100 : VALUES, b = below(VALUES);
        out_printf(&o, "<rule><inputEntry><text>[%zu..%zu)</text></inputEntry>", a, a + 1 + below(wide));
        out_printf(&o, "<inputEntry><text>%s %zu</text></inputEntry>", below(2) ? "&lt;" : ">=", b);
        out_printf(&o, "<outputEntry><text>%zu</text></outputEntry></rule>\n", r);
    }
    out_c(&o, "</decisionTable></decision></definitions>");
    return out_done(&o);
}

static void large_tables_give_the_same_both_ways(void **state) {
    (void)state;
    seed = 7;
    struct text xml = large_table();
    const struct dmn_model *indexed, *scanned;
    assert_ok(dmn_read(&arena, xml, &indexed, NULL));
    assert_ok(dmn_read_with(&arena, xml, &(struct dmn_read_options){.scan_tables = true}, &scanned, NULL));
    size_t length = 0; // of the numbers of the rules that matched
    for (int i = 0; i < 100; i++) {
        struct feel_value input = feel_empty_context();
        feel_put(&arena, &input, T("x0"), feel_int((int64_t)below(100 * 1000)));
        feel_put(&arena, &input, T("x1"), feel_int((int64_t)below(100 * 1000)));
        struct text a = shown(indexed, &input, false), b = shown(scanned, &input, false);
        if (!text_eq(a, b)) fail_msg("indexed " TEXT_FMT "\nscanned " TEXT_FMT, TEXT_ARG(a), TEXT_ARG(b));
        length += a.n;
    }
    assert_true(length > 100 * 100);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_tables_give_the_same_both_ways),
        cmocka_unit_test(large_tables_give_the_same_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
