// Decision models as an editor saves them: hit policies, defaults, mistakes that are named, and the trace.
#include "../check.h"
#include "base/json.h"
#include "rules/dmn.h"

#define HEAD                                                                                 \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='m' name='model' " \
    "namespace='urn:m'>\n"                                                                   \
    "<inputData id='i' name='age'><variable name='age' typeRef='number'/></inputData>\n"
#define TAIL "</definitions>"
#define REQUIRE "<informationRequirement><requiredInput href='#i'/></informationRequirement>"

static struct arena arena;

static struct text table(const char *policy, const char *output) {
    return text_printf(
        &arena,
        HEAD
        "<decision id='d' name='fee'><variable name='fee'/>" REQUIRE
        "<decisionTable %s><input label='Age'><inputExpression typeRef='number'><text>age</text>"
        "</inputExpression></input><output name='fee'>%s</output><annotation name='article'/>"
        "<rule id='r1'><inputEntry><text>&lt; "
        "18</text></inputEntry><outputEntry><text>10</text></outputEntry>"
        "<annotationEntry><text>Art. 1</text></annotationEntry></rule>"
        "<rule "
        "id='r2'><inputEntry><text>[12..65)</text></inputEntry><outputEntry><text>30</text></outputEntry>"
        "<annotationEntry><text>Art. 2</text></annotationEntry></rule>"
        "</decisionTable></decision>" TAIL,
        policy, output);
}

static struct feel_value evaluate(struct text xml, int64_t age, struct dmn_trace *trace) {
    const struct dmn_model *m;
    struct problem p = {0};
    struct feel_value input = feel_empty_context(), out;
    if (dmn_read(&arena, xml, &m, &p)) fail_msg("%s, line %d", p.rule, (int)p.line);
    feel_put(&arena, &input, T("age"), feel_int(age));
    assert_ok(dmn_evaluate(m, T("fee"), &input, NULL, &arena, &out, trace));
    return out;
}

static void expect(const char *policy, const char *output, int64_t age, const char *wanted) {
    struct feel_value v = evaluate(table(policy, output), age, NULL);
    assert_text(feel_print(&arena, &v), wanted);
}

static void hit_policies_choose_among_the_rules_that_match(void **state) {
    (void)state;
    const char *ranked = "<outputValues><text>30, 10</text></outputValues>";
    expect("", "", 10, "10");
    expect("hitPolicy='UNIQUE'", "", 15, "null");
    expect("hitPolicy='FIRST'", "", 15, "10");
    expect("hitPolicy='ANY'", "", 15, "null");
    expect("hitPolicy='PRIORITY'", ranked, 15, "30");
    expect("hitPolicy='OUTPUT ORDER'", ranked, 15, "[30, 10]");
    expect("hitPolicy='RULE ORDER'", "", 15, "[10, 30]");
    expect("hitPolicy='COLLECT'", "", 15, "[10, 30]");
    expect("hitPolicy='COLLECT' aggregation='SUM'", "", 15, "40");
    expect("hitPolicy='COLLECT' aggregation='MIN'", "", 15, "10");
    expect("hitPolicy='COLLECT' aggregation='MAX'", "", 15, "30");
    expect("hitPolicy='COLLECT' aggregation='COUNT'", "", 15, "2");
    expect("hitPolicy='COLLECT'", "", 70, "[]");
}

static void without_a_rule_the_default_holds(void **state) {
    (void)state;
    expect("", "", 70, "null");
    expect("", "<defaultOutputEntry><text>5</text></defaultOutputEntry>", 70, "5");
}

static void the_trace_names_rules_and_annotations(void **state) {
    (void)state;
    struct dmn_trace trace = {0};
    struct out o = {.arena = &arena};
    struct json_out j = {.out = &o};
    evaluate(table("hitPolicy='PRIORITY'", "<outputValues><text>30, 10</text></outputValues>"), 15, &trace);
    assert_int_equal(trace.count, 1);
    const struct dmn_step *s = &trace.items[0];
    assert_int_equal(s->rule_count, 2);
    assert_text(s->rules[0].id, "r1");
    assert_false(s->rules[0].chosen);
    assert_true(s->rules[1].chosen);
    assert_int_equal(s->rules[1].index, 2);
    assert_text(s->rules[1].annotations[0].name, "article");
    assert_text(feel_text(&s->rules[1].annotations[0].value), "Art. 2");
    dmn_trace_json(&j, &trace);
    assert_text(out_done(&o), "[{\"id\":\"d\",\"name\":\"fee\",\"kind\":\"decision\",\"logic\":\"table\","
                              "\"depth\":0,\"hitPolicy\":\"PRIORITY\","
                              "\"inputs\":{\"Age\":15},\"rules\":[{\"index\":1,\"id\":\"r1\",\"chosen\":"
                              "false,\"outputs\":{\"fee\":10},"
                              "\"annotations\":{\"article\":\"Art. "
                              "1\"}},{\"index\":2,\"id\":\"r2\",\"chosen\":true,\"outputs\":{\"fee\":30},"
                              "\"annotations\":{\"article\":\"Art. 2\"}}],\"value\":30,\"diagnostics\":[]}]");
}

static void a_failed_policy_says_why(void **state) {
    (void)state;
    struct dmn_trace trace = {0};
    evaluate(table("", ""), 15, &trace);
    assert_int_equal(trace.items[0].diagnostic_count, 1);
    assert_string_equal(trace.items[0].diagnostics[0].text_key, "dmn.not_unique");
}

static void refuse(const char *body, const char *rule) {
    const struct dmn_model *m;
    struct problem p = {0};
    assert_status(dmn_read(&arena, text_printf(&arena, HEAD "%s" TAIL, body), &m, &p), STATUS_INVALID);
    assert_string_equal(p.rule, rule);
    assert_string_equal(p.field, "model");
    assert_true(p.line > 0 || strcmp(rule, "dmn_circle") == 0);
}

static void mistakes_in_a_model_are_named(void **state) {
    (void)state;
    refuse("<decision id='d' name='x'><literalExpression><text>1 +</text></literalExpression></decision>",
           "feel_expression");
    refuse("<decision id='d' name='x'><informationRequirement><requiredInput "
           "href='#no'/></informationRequirement></decision>",
           "dmn_reference");
    refuse("<decision id='d' name='x'><informationRequirement><requiredDecision "
           "href='#e'/></informationRequirement></decision>"
           "<decision id='e' name='y'><informationRequirement><requiredDecision "
           "href='#d'/></informationRequirement></decision>",
           "dmn_circle");
    refuse("<decision id='d' name='x'><decisionTable hitPolicy='BEST'><output/></decisionTable></decision>",
           "dmn_hit_policy");
    refuse("<decision id='d' "
           "name='x'><decisionTable><input><inputExpression><text>1</text></inputExpression></input><output/>"
           "<rule><outputEntry><text>1</text></outputEntry></rule></decisionTable></decision>",
           "dmn_cells");
    refuse("<decision id='d' name='x'><literalExpression "
           "expressionLanguage='urn:groovy'><text>1</text></literalExpression></decision>",
           "dmn_language");
    refuse("<import namespace='urn:other' name='o' importType='x'/>", "dmn_import");
    refuse("<decision id='d'/>", "dmn_name");
}

static void other_documents_are_not_models(void **state) {
    (void)state;
    const struct dmn_model *m;
    struct problem p = {0};
    assert_status(dmn_read(&arena, T("<definitions xmlns='urn:other'/>"), &m, &p), STATUS_UNSUPPORTED);
    assert_status(dmn_read(&arena, T("<definitions"), &m, &p), STATUS_INVALID);
}

static void a_lenient_reader_gives_null_for_what_it_cannot_parse(void **state) {
    (void)state;
    const struct dmn_model *m;
    struct problem p = {0};
    struct feel_value v;
    struct dmn_trace trace = {0};
    struct dmn_read_options o = {.lenient = true};
    struct text xml = T(
        HEAD
        "<decision id='d' name='x'><literalExpression><text>1 +</text></literalExpression></decision>" TAIL);
    assert_ok(dmn_read_with(&arena, xml, &o, &m, &p));
    assert_ok(dmn_evaluate(m, T("d"), NULL, NULL, &arena, &v, &trace));
    assert_int_equal(v.kind, FEEL_NULL);
    assert_string_equal(trace.items[0].diagnostics[0].text_key, "dmn.bad_expression");
}

static void inputs_are_checked_against_their_type(void **state) {
    (void)state;
    const struct dmn_model *m;
    struct problem p = {0};
    struct feel_value input = feel_empty_context(), v;
    struct text xml = T(
        HEAD
        "<itemDefinition name='t_kind'><typeRef>string</typeRef><allowedValues><text>\"a\", "
        "\"b\"</text></allowedValues>"
        "</itemDefinition><inputData id='k' name='kind'><variable name='kind' typeRef='t_kind'/></inputData>"
        "<decision id='d' name='x'><informationRequirement><requiredInput "
        "href='#k'/></informationRequirement>"
        "<literalExpression><text>kind</text></literalExpression></decision>" TAIL);
    if (dmn_read(&arena, xml, &m, &p)) fail_msg("%s", p.rule);
    feel_put(&arena, &input, T("kind"), feel_string(T("b")));
    assert_ok(dmn_evaluate(m, T("d"), &input, NULL, &arena, &v, NULL));
    assert_text(feel_text(&v), "b");
    feel_put(&arena, &input, T("kind"), feel_string(T("c")));
    assert_ok(dmn_evaluate(m, T("d"), &input, NULL, &arena, &v, NULL));
    assert_int_equal(v.kind, FEEL_NULL);
    assert_status(dmn_evaluate(m, T("nobody"), &input, NULL, &arena, &v, NULL), STATUS_NOT_FOUND);
}

static int tear_down(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(hit_policies_choose_among_the_rules_that_match, tear_down),
        cmocka_unit_test_teardown(without_a_rule_the_default_holds, tear_down),
        cmocka_unit_test_teardown(the_trace_names_rules_and_annotations, tear_down),
        cmocka_unit_test_teardown(a_failed_policy_says_why, tear_down),
        cmocka_unit_test_teardown(mistakes_in_a_model_are_named, tear_down),
        cmocka_unit_test_teardown(other_documents_are_not_models, tear_down),
        cmocka_unit_test_teardown(a_lenient_reader_gives_null_for_what_it_cannot_parse, tear_down),
        cmocka_unit_test_teardown(inputs_are_checked_against_their_type, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
