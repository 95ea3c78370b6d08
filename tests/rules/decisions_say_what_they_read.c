// What a decision reads of its input is found without evaluating it: every way to a value is on the list.
#include "check.h"
#include "rules/dmn.h"

static struct dmn_reads reads_of(struct arena *a, const char *inputs, const char *logic, const char *more) {
    const struct dmn_model *m;
    struct dmn_reads r;
    struct problem p = {0};
    struct text xml = text_printf(
        a,
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"m\" namespace=\"n\">"
        "<itemDefinition name=\"t\"><itemComponent name=\"x\"><typeRef>string</typeRef></itemComponent>"
        "</itemDefinition>"
        "<itemDefinition name=\"past\"><typeRef>date</typeRef>"
        "<allowedValues><text>&lt;= today()</text></allowedValues></itemDefinition>"
        "<inputData id=\"c\" name=\"case\"><variable name=\"case\"%s/></inputData>"
        "<inputData id=\"an\" name=\"answers\"><variable name=\"answers\"/></inputData>"
        "<decision id=\"d\" name=\"d\"><variable name=\"d\"/>"
        "<informationRequirement><requiredInput href=\"#c\"/></informationRequirement>"
        "<informationRequirement><requiredInput href=\"#an\"/></informationRequirement>"
        "%s</decision>%s</definitions>",
        inputs, logic, more);
    enum status st = dmn_read(a, xml, &m, &p);
    if (st) print_message("# %s line %lld\n", p.rule ? p.rule : "", (long long)p.line);
    assert_int_equal(st, STATUS_OK);
    assert_ok(dmn_reads(m, T("d"), a, &r));
    return r;
}

static struct dmn_reads reads(struct arena *a, const char *expression) {
    struct text logic = text_printf(a, "<literalExpression><text>%s</text></literalExpression>", expression);
    return reads_of(a, "", text_c(a, logic), "");
}

static bool only(const struct dmn_reads *r, const char *input, const char *member) {
    return dmn_reads_member(r, text_of(input), text_of(member)) &&
           !dmn_reads_member(r, text_of(input), T("something else"));
}

static void members_are_named(void **state) {
    (void)state;
    struct arena a = {0};
    struct dmn_reads r = reads(&a, "if case.age &gt; 17 then answers.family[1].name else null");
    assert_true(only(&r, "case", "age"));
    assert_true(only(&r, "answers", "family"));
    assert_false(r.reads_clock);
    r = reads(&a, "some f in answers.family satisfies f.age &lt; case.limit");
    assert_true(only(&r, "answers", "family") && only(&r, "case", "limit"));
    r = reads(&a, "1 + 1");
    assert_false(dmn_reads_input(&r, T("case")) || dmn_reads_input(&r, T("answers")));
    arena_free(&a);
}

// What is handed on as a whole may be read anywhere.
static void what_is_handed_on_counts_as_whole(void **state) {
    (void)state;
    static const char *const WAYS[] = {"get value(case, \"age\")",         "{x: case}.x.age",
                                       "(function(y) y.age)(case)",        "[case][1].age",
                                       "for k in [case] return k",         "case",
                                       "context put(case, \"b\", 1).age",  "case[age &gt; 1]",
                                       "(if true then case else null).age"};
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++) {
        struct arena a = {0};
        struct dmn_reads r = reads(&a, WAYS[i]);
        if (!dmn_reads_member(&r, T("case"), T("something else"))) fail_msg("%s", WAYS[i]);
        arena_free(&a);
    }
}

static void the_clock_may_hide_in_a_type(void **state) {
    (void)state;
    struct arena a = {0};
    assert_true(reads_of(&a, " typeRef=\"past\"", "<literalExpression><text>1</text></literalExpression>", "")
                    .reads_clock);
    assert_true(
        reads_of(&a, "", "<literalExpression typeRef=\"past\"><text>case.x</text></literalExpression>", "")
            .reads_clock);
    assert_false(reads_of(&a, " typeRef=\"t\"", "<literalExpression><text>1</text></literalExpression>", "")
                     .reads_clock);
    arena_free(&a);
}

static void tables_and_required_decisions_are_looked_into(void **state) {
    (void)state;
    struct arena a = {0};
    struct dmn_reads r = reads_of(
        &a, "",
        "<informationRequirement><requiredDecision href=\"#e\"/></informationRequirement>"
        "<decisionTable><input><inputExpression><text>case.one</text></inputExpression></input>"
        "<output><defaultOutputEntry><text>case.four</text></defaultOutputEntry></output>"
        "<rule><inputEntry><text>&gt; answers.two</text></inputEntry><outputEntry><text>case.three</text>"
        "</outputEntry></rule></decisionTable>",
        "<decision id=\"e\" name=\"e\"><variable name=\"e\"/>"
        "<informationRequirement><requiredInput href=\"#c\"/></informationRequirement>"
        "<literalExpression><text>case.five = today()</text></literalExpression></decision>"
        "<decision id=\"f\" name=\"f\"><variable name=\"f\"/>"
        "<informationRequirement><requiredInput href=\"#c\"/></informationRequirement>"
        "<literalExpression><text>case.six</text></literalExpression></decision>");
    static const char *const READ[] = {"one", "three", "four", "five"};
    for (size_t i = 0; i < sizeof READ / sizeof *READ; i++) assert_true(only(&r, "case", READ[i]));
    assert_true(only(&r, "answers", "two"));
    assert_true(r.reads_clock);
    assert_false(dmn_reads_member(&r, T("case"), T("six"))); // of a decision that is not asked
    assert_true(dmn_reads_input(&r, T("e")));                // its result could be given
    arena_free(&a);
}

// A declared type is checked on all of the value, so all of it is read.
static void typed_input_is_read_as_a_whole(void **state) {
    (void)state;
    struct arena a = {0};
    struct dmn_reads r =
        reads_of(&a, " typeRef=\"t\"", "<literalExpression><text>case.x</text></literalExpression>", "");
    assert_true(dmn_reads_member(&r, T("case"), T("something else")));
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(members_are_named),
                                       cmocka_unit_test(what_is_handed_on_counts_as_whole),
                                       cmocka_unit_test(the_clock_may_hide_in_a_type),
                                       cmocka_unit_test(tables_and_required_decisions_are_looked_into),
                                       cmocka_unit_test(typed_input_is_read_as_a_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
