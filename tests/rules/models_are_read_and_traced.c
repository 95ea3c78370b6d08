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
                              "false,\"tests\":{\"Age\":\"< 18\"},\"outputs\":{\"fee\":10},"
                              "\"annotations\":{\"article\":\"Art. "
                              "1\"}},{\"index\":2,\"id\":\"r2\",\"chosen\":true,"
                              "\"tests\":{\"Age\":\"[12..65)\"},\"outputs\":{\"fee\":30},"
                              "\"annotations\":{\"article\":\"Art. 2\"}}],\"value\":30,\"diagnostics\":[]}]");
}

static void the_trace_tells_in_words_why(void **state) {
    (void)state;
    struct dmn_trace trace = {0};
    struct out o = {.arena = &arena};
    evaluate(table("hitPolicy='PRIORITY'", "<outputValues><text>30, 10</text></outputValues>"), 15, &trace);
    dmn_trace_text(&o, &trace, NULL, NULL);
    assert_text(
        out_done(&o),
        "fee = 30\n"
        "  Decision table, hit policy PRIORITY.\n"
        "  Age: 15\n"
        "  Rule 1 matched because Age 15 is < 18. Another rule was taken; this one gives fee = 10. (Art. 1)\n"
        "  Rule 2 matched because Age 15 is [12..65). It gives fee = 30. (Art. 2)\n");
    o = (struct out){.arena = &arena};
    trace = (struct dmn_trace){0};
    evaluate(table("", ""), 70, &trace);
    dmn_trace_text(&o, &trace, NULL, NULL);
    size_t at;
    assert_true(text_find(out_done(&o), T("No rule matched."), &at));
}

// In a table, in a knowledge model that the decision calls, and in an expression.
static void what_failed_is_found_in_the_model(void **state) {
    (void)state;
    const struct dmn_model *m;
    struct feel_value v;
    struct dmn_trace trace = {0};
    struct out o = {.arena = &arena};
    struct text xml =
        T(HEAD "<businessKnowledgeModel id='k' name='half'><encapsulatedLogic><formalParameter name='n'/>\n"
               "<literalExpression><text>n / \"two\"</text></literalExpression></encapsulatedLogic>"
               "</businessKnowledgeModel>\n"
               "<decision id='d' name='fee'><knowledgeRequirement><requiredKnowledge "
               "href='#k'/></knowledgeRequirement>"
               "<decisionTable hitPolicy='COLLECT'><input "
               "label='Age'><inputExpression><text>1</text></inputExpression></input>"
               "<output label='Fee'/>\n"
               "<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>half(4)</text></"
               "outputEntry></rule>\n"
               "<rule><inputEntry><text>&lt; \"a\" - "
               "1</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>\n"
               "<rule><inputEntry><text>1</text></inputEntry>\n<outputEntry><text>1 - "
               "\"b\"</text></outputEntry></rule>"
               "</decisionTable></decision>" TAIL);
    assert_ok(dmn_read(&arena, xml, &m, NULL));
    assert_ok(dmn_evaluate(m, T("fee"), NULL, NULL, &arena, &v, &trace));
    const struct dmn_step *s = &trace.items[trace.count - 1];
    assert_int_equal(s->diagnostic_count, 4);
    assert_text(s->diagnostics[0].element, "half");
    assert_int_equal(s->diagnostics[0].rule, 0);
    assert_text(s->diagnostics[1].element, "fee");
    assert_int_equal(s->diagnostics[1].rule, 2);
    assert_text(s->diagnostics[1].cell, "Age");
    assert_int_equal(s->diagnostics[3].rule, 3);
    assert_text(s->diagnostics[3].cell, "Fee");
    assert_text(s->diagnostics[3].model, "model");
    dmn_diagnostic_text(&o, &s->diagnostics[3], NULL, NULL);
    assert_text(out_done(&o), "fee, rule 3, Fee, line 9, column 3: feel.no_arithmetic (number, string)");
}

static struct text argument(const struct problem *p, const char *name) {
    for (int i = 0; i < PROBLEM_ARGS_MAX && p->args[i].name; i++)
        if (!strcmp(p->args[i].name, name)) return p->args[i].value;
    return T("");
}

static void mistakes_in_a_table_name_rule_and_column(void **state) {
    (void)state;
    static const char *const CELLS[] = {"1 +", "(1 + 2"}; // of the second it is known what is missing
    for (size_t i = 0; i < sizeof CELLS / sizeof *CELLS; i++) {
        const struct dmn_model *m;
        struct problem p = {0};
        struct text xml = text_printf(
            &arena,
            HEAD
            "<decision id='d' name='fee'><decisionTable><input label='Age'><inputExpression><text>1</text>"
            "</inputExpression></input><output label='Fee'/><rule><inputEntry><text>-</text></inputEntry>"
            "<outputEntry><text>%s</text></outputEntry></rule></decisionTable></decision>" TAIL,
            CELLS[i]);
        assert_status(dmn_read(&arena, xml, &m, &p), STATUS_INVALID);
        assert_text(argument(&p, "cell"), "rule 1, Fee");
        assert_text(argument(&p, "element"), "fee");
        assert_text(argument(&p, "expected"), i ? ")" : "");
    }
}

// Its input stands under the import's name; its table is traced like one of the model's own.
static void imported_decisions_are_traced_too(void **state) {
    (void)state;
    const struct dmn_model *fees, *m;
    struct feel_value input = feel_empty_context(), own = feel_empty_context(), v;
    struct dmn_trace trace = {0};
    struct problem p = {0};
    assert_ok(dmn_read(&arena, table("", ""), &fees, &p));
    struct text xml =
        T("<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' name='n' namespace='urn:n'>"
          "<import name='fees' namespace='urn:m' importType='x'/><decision id='e' name='double'>"
          "<informationRequirement><requiredDecision href='urn:m#d'/></informationRequirement>"
          "<literalExpression><text>fees.fee * 2</text></literalExpression></decision></definitions>");
    assert_ok(dmn_read_with(&arena, xml, &(struct dmn_read_options){&fees, 1, false}, &m, &p));
    feel_put(&arena, &own, T("age"), feel_int(20));
    feel_put(&arena, &input, T("fees"), own);
    feel_put(&arena, &input, T("age"), feel_int(5));
    feel_put(&arena, &input, T("fee"), feel_int(1)); // a name of this model, and so no result of the other
    assert_ok(dmn_evaluate(m, T("double"), &input, NULL, &arena, &v, &trace));
    assert_text(feel_print(&arena, &v), "60");
    assert_int_equal(trace.count, 2);
    assert_int_equal(trace.items[0].logic, DMN_TABLE);
    assert_int_equal(trace.items[0].rules[0].index, 2);
    assert_int_equal(trace.items[1].logic, DMN_LITERAL);
}

static void a_failed_policy_says_why(void **state) {
    (void)state;
    struct dmn_trace trace = {0};
    evaluate(table("", ""), 15, &trace);
    assert_int_equal(trace.items[0].diagnostic_count, 1);
    assert_string_equal(trace.items[0].diagnostics[0].what.text_key, "dmn.not_unique");
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
    assert_string_equal(trace.items[0].diagnostics[0].what.text_key, "dmn.bad_expression");
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

// What is allowed may depend on the day; a date that is not allowed is still a date.
static void input_is_judged_on_the_day(void **state) {
    (void)state;
    const struct dmn_model *m;
    struct problem p = {0};
    struct feel_now now = {.zone = T("")};
    struct feel_value input = feel_empty_context(), out;
    struct text xml =
        T(HEAD "<itemDefinition name='past'><typeRef>date</typeRef><allowedValues><text>&lt;= today()"
               "</text></allowedValues></itemDefinition><inputData id='b' name='born'><variable "
               "name='born' typeRef='past'/></inputData>" TAIL);
    assert_ok(dmn_read(&arena, xml, &m, &p));
    assert_ok(moment_parse(T("2026-11-26T08:00:00Z"), &now.at));
    feel_put(&arena, &input, T("born"), feel_string(T("2020-01-01")));
    assert_ok(dmn_read_input(m, &now, &arena, &input, &out, &p));
    feel_put(&arena, &input, T("born"), feel_string(T("2027-01-01")));
    assert_status(dmn_read_input(m, &now, &arena, &input, &out, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "dmn_input_not_allowed");
    assert_text(argument(&p, "found"), "@\"2027-01-01\"");
}

// A trace of thousands of hits takes no more than the hits themselves.
static void a_trace_of_many_hits_is_small(void **state) {
    (void)state;
    enum { ROWS = 4000 };
    const struct dmn_model *m;
    struct dmn_trace trace = {0};
    struct feel_value v;
    struct out o = {.arena = &arena};
    out_c(&o, HEAD
          "<decision id='d' name='d'><decisionTable hitPolicy='PRIORITY'><input><inputExpression><text>1"
          "</text></inputExpression></input><output><outputValues><text>2, 1</text></outputValues></output>");
    for (int i = 0; i < ROWS; i++)
        out_printf(
            &o,
            "<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>%d</text></outputEntry></rule>",
            i == ROWS / 2 ? 2 : 1);
    out_c(&o, "</decisionTable></decision>" TAIL);
    assert_ok(dmn_read(&arena, out_done(&o), &m, NULL));
    size_t before = arena.used;
    assert_ok(dmn_evaluate(m, T("d"), NULL, NULL, &arena, &v, &trace));
    assert_true(arena.used - before < 16 * 1024 * 1024);
    assert_text(feel_print_literal(&arena, &v), "2");
    assert_int_equal(trace.items[0].rule_count, ROWS);
    for (size_t i = 0; i < ROWS; i++)
        assert_int_equal(trace.items[0].rules[i].chosen, trace.items[0].rules[i].index == ROWS / 2 + 1);
}

#define PERSON                                                                                     \
    "<itemDefinition name='t'><itemComponent name='born'><typeRef>date</typeRef></itemComponent>"  \
    "<itemComponent name='kind'><typeRef>string</typeRef><allowedValues><text>\"a\", \"b\"</text>" \
    "</allowedValues></itemComponent><itemComponent name='stays' isCollection='true'>"             \
    "<typeRef>days and time duration</typeRef></itemComponent></itemDefinition>"                   \
    "<inputData id='p' name='person'><variable name='person' typeRef='t'/></inputData>"

static enum status read_json(const char *json, struct feel_value *out, struct problem *p) {
    const struct dmn_model *m;
    json_t *value;
    struct feel_value in;
    *p = (struct problem){0};
    assert_ok(dmn_read(&arena, T(HEAD PERSON TAIL), &m, NULL));
    assert_ok(json_read(text_of(json), 10000, &value, NULL));
    assert_ok(feel_from_json(&arena, value, &in));
    json_decref(value);
    return dmn_read_input(m, NULL, &arena, &in, out, p);
}

static void text_of_json_is_what_the_model_declares(void **state) {
    (void)state;
    struct feel_value v;
    struct problem p;
    assert_ok(
        read_json("{\"age\": 17, \"person\": {\"born\": \"2009-02-03\", \"kind\": \"a\", \"stays\": \"P3D\", "
                  "\"more\": \"2009-02-03\"}}",
                  &v, &p));
    assert_text(feel_print_literal(&arena, &v), "{age: 17, person: {born: @\"2009-02-03\", kind: \"a\", "
                                                "stays: [@\"P3D\"], more: \"2009-02-03\"}}");
}

static void refuse_json(const char *json, const char *rule, const char *input) {
    struct feel_value v;
    struct problem p;
    assert_status(read_json(json, &v, &p), STATUS_INVALID);
    assert_string_equal(p.rule, rule);
    assert_text(p.args[0].value, input);
}

static void input_that_does_not_fit_is_named(void **state) {
    (void)state;
    refuse_json("{\"age\": \"17\"}", "dmn_input_type", "age");
    refuse_json("{\"person\": {\"born\": \"soon\"}}", "dmn_input_type", "person.born");
    refuse_json("{\"person\": {\"kind\": \"c\"}}", "dmn_input_not_allowed", "person.kind");
    refuse_json("{\"person\": {\"stays\": [\"P1D\", \"P1M\"]}}", "dmn_input_type", "person.stays[2]");
    refuse_json("{\"person\": 3}", "dmn_input_type", "person");
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
        cmocka_unit_test_teardown(the_trace_tells_in_words_why, tear_down),
        cmocka_unit_test_teardown(what_failed_is_found_in_the_model, tear_down),
        cmocka_unit_test_teardown(mistakes_in_a_table_name_rule_and_column, tear_down),
        cmocka_unit_test_teardown(text_of_json_is_what_the_model_declares, tear_down),
        cmocka_unit_test_teardown(input_that_does_not_fit_is_named, tear_down),
        cmocka_unit_test_teardown(imported_decisions_are_traced_too, tear_down),
        cmocka_unit_test_teardown(a_failed_policy_says_why, tear_down),
        cmocka_unit_test_teardown(mistakes_in_a_model_are_named, tear_down),
        cmocka_unit_test_teardown(other_documents_are_not_models, tear_down),
        cmocka_unit_test_teardown(a_lenient_reader_gives_null_for_what_it_cannot_parse, tear_down),
        cmocka_unit_test_teardown(inputs_are_checked_against_their_type, tear_down),
        cmocka_unit_test_teardown(input_is_judged_on_the_day, tear_down),
        cmocka_unit_test_teardown(a_trace_of_many_hits_is_small, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
