// What policy teams ask before a table is used: does it answer for everybody, only once, and is each rule
// needed?
#include "../check.h"
#include "rules/dmn_check.h"

static struct arena arena;

#define HEAD                                                                                     \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' name='m' "                \
    "namespace='urn:m'><itemDefinition name='tKind'><typeRef>string</typeRef><allowedValues>"    \
    "<text>\"a\", \"b\"</text></allowedValues></itemDefinition>"                                 \
    "<itemDefinition name='tPerson'><itemComponent name='age'><typeRef>number</typeRef>"         \
    "</itemComponent></itemDefinition>"                                                          \
    "<inputData id='i' name='x'><variable name='x'/></inputData>"                                \
    "<inputData id='p' name='person'><variable name='person' typeRef='tPerson'/></inputData>"    \
    "<businessKnowledgeModel id='k' name='twice'><encapsulatedLogic><formalParameter name='n'/>" \
    "<literalExpression><text>n * 2</text></literalExpression></encapsulatedLogic>"              \
    "</businessKnowledgeModel>"
#define TAIL "</definitions>"

// A table: its policy, columns as "label:type" and rules as "cell | cell | result", one a line.
static struct text table(const char *policy, const char *columns, const char *rules) {
    struct out o = {.arena = &arena};
    struct text left = text_of(columns), one, label;
    out_printf(&o,
               HEAD "<decision id='d' name='t'><informationRequirement><requiredInput href='#i'/>"
                    "</informationRequirement><decisionTable hitPolicy='%s'>",
               policy);
    while (text_cut(&left, ' ', &one)) {
        text_cut(&one, ':', &label);
        out_printf(&o,
                   "<input label='%.*s'><inputExpression typeRef='%.*s'><text>x.%.*s</text></inputExpression>"
                   "</input>",
                   TEXT_ARG(label), TEXT_ARG(one), TEXT_ARG(label));
    }
    out_c(&o, "<output name='r' label='Result'/>");
    left = text_of(rules);
    while (text_cut(&left, '\n', &one)) {
        struct text cell;
        out_c(&o, "\n<rule>");
        while (text_cut(&one, '|', &cell)) {
            const char *element = one.p ? "inputEntry" : "outputEntry";
            out_printf(&o, "<%s><text><![CDATA[%.*s]]></text></%s>", element, TEXT_ARG(cell), element);
        }
        out_c(&o, "</rule>");
    }
    out_c(&o, "</decisionTable></decision>" TAIL);
    return out_done(&o);
}

static const struct dmn_model *model_of(struct text xml) {
    const struct dmn_model *m;
    struct problem p = {0};
    if (dmn_read(&arena, xml, &m, &p))
        fail_msg("%s, line %d, %.*s", p.rule, (int)p.line, TEXT_ARG(p.args[0].value));
    return m;
}

// Everything that is found, a line each, without line numbers.
static struct text findings(struct text xml) {
    struct dmn_findings f = {0};
    struct out o = {.arena = &arena};
    dmn_check(model_of(xml), &arena, &f);
    for (size_t i = 0; i < f.count; i++) {
        f.items[i].line = 0;
        if (i) out_byte(&o, '\n');
        dmn_finding_text(&o, &f.items[i]);
    }
    return out_done(&o);
}

static void expect(struct text xml, const char *wanted) {
    assert_text(findings(xml), wanted);
}

static struct text text_replace(struct text in, const char *old, const char *new) {
    size_t at;
    assert_true(text_find(in, text_of(old), &at));
    return TEXT_JOIN(&arena, text_slice(in, 0, at), text_of(new), text_slice(in, at + strlen(old), in.n));
}

static void gaps_come_with_an_example(void **state) {
    (void)state;
    expect(table("UNIQUE", "age:number", "< 18|1\n[18..65)|2\n>= 65|3"), "");
    expect(table("UNIQUE", "age:number", "< 18|1\n[18..65)|2\n> 65|3"),
           "t: no rule for age 65; for example age = 65");
    expect(table("FIRST", "age:number", "<= 17|1\n>= 18|2"),
           "t: no rule for age (17..18); for example age = 17.5");
    expect(table("UNIQUE", "kind:string", "\"a\"|1\n\"b\"|2"),
           "t: no rule for kind not(\"a\", \"b\"); for example kind = \"something else\"");
    expect(table("UNIQUE", "kind:tKind", "\"a\"|1\n\"b\"|2"), "");
    expect(table("UNIQUE", "kind:string", "\"a\"|1\nnot(\"a\")|2"), "");
    expect(table("UNIQUE", "is:boolean age:number", "true|-|1\nfalse|< 5|2"),
           "t: no rule for is false and age >= 5; for example is = false, age = 5");
    expect(table("UNIQUE", "on:date", "<= date(\"2026-06-11\")|1\n>= date(\"2026-06-12\")|2"), "");
    expect(table("UNIQUE", "on:date", "< @\"2026-06-11\"|1\n> @\"2026-06-12\"|2"),
           "t: no rule for on [@\"2026-06-11\"..@\"2026-06-12\"]; for example on = @\"2026-06-11\"");
    expect(table("UNIQUE", "age:number", "null|0\n< 18|1\n>= 18|2"), "");
    expect(table("COLLECT", "age:number", "< 18|1"), "");
}

// The column says "string"; which strings there are stands in the data type of what it names.
static void the_data_type_says_what_can_be(void **state) {
    (void)state;
    const char *xml =
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' name='m' namespace='urn:m'>"
        "<itemDefinition name='tP'><itemComponent name='kind'><typeRef>string</typeRef><allowedValues>"
        "<text>\"a\", \"b\", \"c\"</text></allowedValues></itemComponent></itemDefinition>"
        "<inputData id='i' name='p'><variable name='p' typeRef='tP'/></inputData><decision id='d' name='t'>"
        "<informationRequirement><requiredInput href='#i'/></informationRequirement><decisionTable>"
        "<input label='Kind'><inputExpression typeRef='string'><text>p.kind</text></inputExpression></input>"
        "<output name='r'/><rule><inputEntry><text>\"a\"</text></inputEntry><outputEntry><text>1</text>"
        "</outputEntry></rule><rule><inputEntry><text>\"b\"</text></inputEntry><outputEntry><text>2</text>"
        "</outputEntry></rule></decisionTable></decision></definitions>";
    expect(text_of(xml), "t: no rule for Kind \"c\"; for example Kind = \"c\"");
}

static void overlaps_are_told_under_unique_and_any(void **state) {
    (void)state;
    expect(table("UNIQUE", "age:number", "<= 18|1\n>= 18|2"),
           "t, rule 1: rule 2 matches too, but the hit policy is UNIQUE; for example age = 18");
    expect(table("ANY", "age:number", "<= 18|1\n>= 18|1"), "");
    expect(table("ANY", "age:number", "<= 18|1\n>= 18|2"),
           "t, rule 1: rule 2 matches too, with another result, but the hit policy is ANY; for example age = "
           "18");
    expect(table("FIRST", "age:number", "<= 18|1\n>= 18|2"), "");
}

static void rules_that_are_never_taken_are_named(void **state) {
    (void)state;
    expect(table("FIRST", "age:number", "< 18|1\n-|2\n> 60|3"),
           "t, rule 3: is never taken, before it always comes rule 2");
    expect(table("FIRST", "age:number kind:tKind", "< 18|-|1\n-|\"a\"|2\n>= 18|\"b\"|3\n-|-|4"),
           "t, rule 4: is never taken, before it always comes one of rules 1, 2, 3");
    expect(table("FIRST", "age:number", "x.limit|1\n-|2\n> 1|3"),
           "t, age: depends on more than constants, gaps and overlaps leave it out: rules 1\n"
           "t, rule 3: is never taken, before it always comes rule 2");
    expect(
        text_replace(table("PRIORITY", "age:number", "-|\"no\"\n> 1|\"no\"\n> 2|\"yes\""),
                     "<output name='r' label='Result'/>",
                     "<output name='r'><outputValues><text>\"yes\", \"no\"</text></outputValues></output>"),
        "t, rule 2: is never taken, before it always comes rule 1");
    expect(table("UNIQUE", "kind:tKind", "\"a\", \"b\"|1\n\"c\"|2"),
           "t, rule 2, kind: can never match: \"c\" holds nothing that the column allows");
}

static void cells_must_fit_their_column(void **state) {
    (void)state;
    expect(table("COLLECT", "age:number", "\"old\"|1"),
           "t, rule 1, age: wrong type: the column is of type number, the cell tests for \"old\", a string\n"
           "t, rule 1, age: can never match: \"old\" holds nothing that the column allows");
    expect(table("UNIQUE", "kinds:list", "[\"a\"]|1\n\"b\"|2"),
           "t, kinds: depends on more than constants, gaps and overlaps leave it out: rules 1, 2");
    expect(table("COLLECT", "age:number", "x.limit|1"),
           "t, age: depends on more than constants, gaps and overlaps leave it out: rules 1");
}

#define DECISION(needs, text)                                                  \
    T(HEAD "<decision id='d' name='t'>" needs "<literalExpression><text>" text \
           "</text></literalExpression></decision>" TAIL)
#define NEEDS_X "<informationRequirement><requiredInput href='#i'/></informationRequirement>"
#define NEEDS_PERSON "<informationRequirement><requiredInput href='#p'/></informationRequirement>"
#define NEEDS_TWICE "<knowledgeRequirement><requiredKnowledge href='#k'/></knowledgeRequirement>"

static void names_must_be_known(void **state) {
    (void)state;
    expect(DECISION(NEEDS_X, "x + 1"), "");
    expect(DECISION("", "x + 1"), "t: uses \"x\" without requiring it");
    expect(DECISION(NEEDS_X, "y + 1"), "t: nothing is called \"y\"");
    expect(DECISION(NEEDS_PERSON, "person.age"), "");
    expect(DECISION(NEEDS_PERSON, "person.agee"), "t: there is no part agee in tPerson");
    expect(DECISION(NEEDS_X, "for a in x return a + partial[1]"), "");
    expect(DECISION(NEEDS_X, "x[item > 3 and colour = 1]"), "");
    expect(DECISION(NEEDS_X, "{a: 1, b: a + x, c: function(n) n + b}"), "");
    expect(DECISION(NEEDS_X, "some a in x satisfies a = b"), "t: nothing is called \"b\"");
}

static void types_must_be_declared(void **state) {
    (void)state;
    expect(T(HEAD
             "<decision id='d' name='t'><variable name='t' typeRef='tKnd'/><literalExpression><text>1</text>"
             "</literalExpression></decision>" TAIL),
           "t: there is no type tKnd");
    expect(T(HEAD "<decision id='d' name='t'><variable name='t' typeRef='feel:Any'/><literalExpression>"
                  "<text>1</text></literalExpression></decision>" TAIL),
           "");
}

static void calls_must_be_possible(void **state) {
    (void)state;
    expect(DECISION(NEEDS_TWICE, "twice(1)"), "");
    expect(DECISION(NEEDS_TWICE, "twice(1, 2)"), "t: wrong arguments: twice takes 1, not 2");
    expect(DECISION("", "substring(\"abc\", 2)"), "");
    expect(DECISION("", "substring(\"abc\")"),
           "t: wrong arguments: substring takes (string, start position, length)");
    expect(DECISION("", "substring(12, 2)"),
           "t: wrong type: substring takes (string, start position, length)");
    expect(DECISION("", "sum(1, 2, 3) + max([1, 2]) + count([])"), "");
    expect(DECISION("", "date(year: 2026, month: 1, day: 2)"), "");
}

// ---- the same question asked of the engine: for every point that the cells can tell apart ----

static uint64_t seed;
static int dice(int sides) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int)((seed >> 33) % (uint64_t)sides);
}

enum { POINTS = 4, GRID = 2 * POINTS + 3, COLUMNS = 3 }; // also below and above all points

static void random_cell(struct out *o) {
    int a = dice(POINTS), b = a + dice(POINTS - a);
    switch (dice(6)) {
    case 0: out_c(o, "-"); break;
    case 1: out_printf(o, "%c%d..%d%c", dice(2) ? '[' : '(', a, b + 1, dice(2) ? ']' : ')'); break;
    case 2: out_printf(o, "%s %d", dice(2) ? "<" : "<=", a); break;
    case 3: out_printf(o, "%s %d", dice(2) ? ">" : ">=", a); break;
    case 4: out_printf(o, "not(%d, > %d)", a, b); break;
    default: out_printf(o, "%d, %d", a, b); break;
    }
}

static struct feel_value at_point(const struct dmn_model *m, const int point[COLUMNS], struct arena *a,
                                  struct dmn_trace *trace) {
    struct feel_value x = feel_empty_context(), input = feel_empty_context(), v;
    static const char *const NAMES[COLUMNS] = {"a", "b", "c"};
    for (int c = 0; c < COLUMNS; c++) { // points, and halfway between them
        struct text half = text_printf(a, "%d", point[c] * 5 - 5);
        struct feel_value tenth = feel_number_of(TEXT_JOIN(a, half, T("e-1")));
        feel_put(a, &x, text_of(NAMES[c]), tenth);
    }
    feel_put(a, &input, T("x"), x);
    assert_ok(dmn_evaluate(m, T("t"), &input, NULL, a, &v, trace));
    return v;
}

static size_t count_kind(const struct dmn_findings *f, enum dmn_finding_kind k) {
    size_t count = 0;
    for (size_t i = 0; i < f->count; i++) count += f->items[i].kind == k;
    return count;
}

// The example of a gap, "a = 1, b = 2", must be one.
static void example_is_a_gap(const struct dmn_model *m, struct text example) {
    struct out o = {.arena = &arena};
    const struct feel_expression *e;
    struct feel_value x, v, input = feel_empty_context();
    struct dmn_trace trace = {0};
    for (size_t i = 0; i < example.n; i++) out_byte(&o, example.p[i] == '=' ? ':' : example.p[i]);
    assert_ok(
        feel_parse(&arena, TEXT_JOIN(&arena, T("{"), out_done(&o), T("}")), FEEL_EXPRESSION, NULL, &e, NULL));
    assert_ok(feel_eval(e, NULL, NULL, &arena, &x, NULL));
    feel_put(&arena, &input, T("x"), x);
    assert_ok(dmn_evaluate(m, T("t"), &input, NULL, &arena, &v, &trace));
    assert_int_equal(trace.items[trace.count - 1].rule_count, 0);
}

static void one_table(const char *policy) {
    struct out rules = {.arena = &arena};
    int count = 1 + dice(7);
    bool taken[8] = {false}, gap = false, overlap = false;
    for (int i = 0; i < count; i++) {
        if (i) out_byte(&rules, '\n');
        for (int c = 0; c < COLUMNS; c++) {
            random_cell(&rules);
            out_byte(&rules, '|');
        }
        out_printf(&rules, "%d", i);
    }
    struct text xml = table(policy, "a:number b:number c:number", text_c(&arena, out_done(&rules)));
    const struct dmn_model *m = model_of(xml);
    for (int p = 0; p < GRID * GRID * GRID; p++) {
        int point[COLUMNS] = {p % GRID, p / GRID % GRID, p / GRID / GRID};
        struct arena a = {0};
        struct dmn_trace trace = {0};
        at_point(m, point, &a, &trace);
        const struct dmn_step *s = &trace.items[trace.count - 1];
        gap |= s->rule_count == 0;
        overlap |= s->rule_count > 1;
        if (s->rule_count) taken[s->rules[0].index - 1] = true;
        arena_free(&a);
    }
    struct dmn_findings f = {0};
    dmn_check(m, &arena, &f);
    size_t never = 0;
    for (int i = 0; i < count; i++) never += !taken[i];
    const char *all = text_c(&arena, out_done(&rules));
    bool is_first = strcmp(policy, "FIRST") == 0;
    if ((count_kind(&f, DMN_GAP) > 0) != gap) fail_msg("gap %d\n%s", gap, all);
    if (!is_first && (count_kind(&f, DMN_OVERLAP) > 0) != overlap) fail_msg("overlap %d\n%s", overlap, all);
    size_t said = count_kind(&f, DMN_UNREACHABLE);
    for (size_t i = 0; i < f.count; i++)
        if (f.items[i].kind == DMN_GAP) example_is_a_gap(m, f.items[i].example);
    // A rule of which a cell is empty, like (2..2), is told by its cell.
    bool has_never[8] = {false};
    for (size_t i = 0; i < f.count; i++)
        if (f.items[i].kind == DMN_NEVER) has_never[f.items[i].rule - 1] = true;
    for (int i = 0; i < count; i++) said += has_never[i];
    if (is_first && said != never) fail_msg("never %zu, said %zu\n%s", never, said, all);
}

// Below, at, between and above all points: what the engine answers there is what the check says.
static void the_check_agrees_with_the_engine(void **state) {
    (void)state;
    for (seed = 1; seed != 0 && seed < 150; seed++) {
        uint64_t kept = seed;
        one_table(kept % 2 ? "UNIQUE" : "FIRST");
        arena_reset(&arena);
        seed = kept;
    }
}

static const char *third_cell(int i) {
    if (i == 0) return "< 1";
    return i == 9 ? ">= 9" : text_c(&arena, text_printf(&arena, "[%d..%d)", i, i + 1));
}

// Sixteen thousand rules, as a tariff has them.
static void large_tables_are_checked(void **state) {
    (void)state;
    struct out rules = {.arena = &arena};
    struct dmn_findings f = {0};
    enum { SIDE = 40, ROWS = 16000 };
    for (int i = 0; i < ROWS; i++)
        out_printf(&rules, "%s[%d..%d)|[%d..%d)|%s|1", i ? "\n" : "", i % SIDE, i % SIDE + 1, i / SIDE % SIDE,
                   i / SIDE % SIDE + 1, third_cell(i / SIDE / SIDE));
    dmn_check(model_of(table("UNIQUE", "a:number b:number c:number", text_c(&arena, out_done(&rules)))),
              &arena, &f);
    assert_int_equal(f.count, 2);
    assert_int_equal(f.items[0].kind, DMN_GAP);
    assert_text(f.items[0].what, "a < 0, >= 40");
    assert_text(f.items[1].what, "a [0..40) and b < 0, >= 40");
}

static int tear_down(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(gaps_come_with_an_example, tear_down),
        cmocka_unit_test_teardown(the_data_type_says_what_can_be, tear_down),
        cmocka_unit_test_teardown(overlaps_are_told_under_unique_and_any, tear_down),
        cmocka_unit_test_teardown(rules_that_are_never_taken_are_named, tear_down),
        cmocka_unit_test_teardown(cells_must_fit_their_column, tear_down),
        cmocka_unit_test_teardown(names_must_be_known, tear_down),
        cmocka_unit_test_teardown(types_must_be_declared, tear_down),
        cmocka_unit_test_teardown(calls_must_be_possible, tear_down),
        cmocka_unit_test_teardown(the_check_agrees_with_the_engine, tear_down),
        cmocka_unit_test_teardown(large_tables_are_checked, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
