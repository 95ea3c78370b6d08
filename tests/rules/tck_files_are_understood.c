// Test files of the compatibility kit by their schema: every shape of value, every kind of case, and files
// that are wrong.
#include "../check.h"
#include "rules/tck.h"

#define DMN "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' "
#define INPUT(id, type) \
    "<inputData id='" id "' name='" id "'><variable name='" id "' typeRef='" type "'/></inputData>"
#define DECISION(id, needs, text)                                                                          \
    "<decision id='" id "' name='" id "'><variable name='" id "'/>" needs "<literalExpression><text>" text \
    "</text></literalExpression></decision>"
#define NEEDS_INPUT(href) "<informationRequirement><requiredInput href='" href "'/></informationRequirement>"
#define NEEDS_DECISION(href) \
    "<informationRequirement><requiredDecision href='" href "'/></informationRequirement>"
#define TYPES "<itemDefinition name='tDay'><typeRef>date</typeRef></itemDefinition>"

// A model with everything, and three that import each other.
static const char *const MAIN = DMN "name='main' namespace='urn:main'>" TYPES INPUT("day", "tDay")
    INPUT("any", "Any") INPUT("words", "string") DECISION("the day", NEEDS_INPUT("#day"), "day") DECISION(
        "the value", NEEDS_INPUT("#any"), "any") DECISION("the words", NEEDS_INPUT("#words"), "words")
        DECISION("nothing", "", "null") DECISION(
            "empty", "",
            "{}") "<businessKnowledgeModel id='k' name='twice'><encapsulatedLogic>"
                  "<formalParameter name='n' typeRef='number'/><literalExpression><text>n * "
                  "2</text></literalExpression>"
                  "</encapsulatedLogic></businessKnowledgeModel>"
                  "<decisionService id='s1' name='one'><outputDecision href='#the value'/><inputData "
                  "href='#any'/>"
                  "</decisionService><decisionService id='s2' name='two'><outputDecision href='#the value'/>"
                  "<outputDecision href='#nothing'/><inputData href='#any'/></decisionService></definitions>";
static const char *const PERSON = DMN "name='person' namespace='urn:person'>" INPUT("name", "string")
    DECISION("greeting", NEEDS_INPUT("#name"), "\"Hello \" + name") "</definitions>";
static const char *const COUPLE =
    DMN "name='couple' namespace='urn:couple'>"
        "<import name='a' namespace='urn:person' importType='https://www.omg.org/spec/DMN/20191111/MODEL/'/>"
        "<import name='b' namespace='urn:person' "
        "importType='https://www.omg.org/spec/DMN/20191111/MODEL/'/>" INPUT("greeting", "string")
            DECISION("both", NEEDS_DECISION("urn:person#greeting") NEEDS_INPUT("#greeting"),
                     "greeting + \": \" + a.greeting") "</definitions>";

static struct arena arena;
static struct tck_model items[3];
static struct tck_models models = {.items = items};

static void add_model(const char *file, const char *xml) {
    const struct dmn_model *known[3];
    struct problem p = {0};
    for (size_t i = 0; i < models.count; i++) known[i] = items[i].model;
    struct dmn_read_options o = {known, models.count, false};
    struct tck_model *m = &items[models.count];
    m->file = text_of(file);
    if (dmn_read_with(&arena, text_of(xml), &o, &m->model, &p)) fail_msg("%s: %s", file, p.rule);
    models.count++;
}

static int set_up(void **state) {
    (void)state;
    add_model("main.dmn", MAIN);
    add_model("person.dmn", PERSON);
    add_model("deep/couple.dmn", COUPLE);
    return 0;
}

#define HEAD                                                            \
    "<testCases xmlns='http://www.omg.org/spec/DMN/20160719/testcase' " \
    "xmlns:x='http://www.w3.org/2001/XMLSchema' "                       \
    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>"

static struct tck_results run(const char *model, const char *cases) {
    struct tck_results out = {0};
    struct problem p = {0};
    struct text xml = text_printf(&arena, HEAD "<modelName>%s</modelName>%s</testCases>", model, cases);
    assert_ok(tck_run(&arena, xml, &models, NULL, &out, &p));
    return out;
}

static void passes(const char *model, const char *test) {
    struct tck_results r = run(model, test);
    assert_int_equal(r.count, 1);
    if (!r.items[0].passed) fail_msg("%s: %.*s", test, TEXT_ARG(r.items[0].note));
}

static void fails(const char *model, const char *test, const char *note) {
    struct tck_results r = run(model, test);
    size_t at;
    assert_int_equal(r.count, 1);
    assert_false(r.items[0].passed);
    if (!text_find(r.items[0].note, text_of(note), &at)) fail_msg("%.*s", TEXT_ARG(r.items[0].note));
}

#define IN(name, value) "<inputNode name='" name "'>" value "</inputNode>"
#define OUT(name, value) "<resultNode name='" name "'><expected>" value "</expected></resultNode>"
#define CASE(in, out) "<testCase id='1'>" in out "</testCase>"
#define SAME(in, out) CASE(IN("any", in), OUT("the value", out))

static void values_have_every_shape(void **state) {
    (void)state;
    passes("main.dmn",
           SAME("<value xsi:type='x:integer'>+12</value>", "<value xsi:type='x:double'>1.2E1</value>"));
    passes("main.dmn",
           SAME("<value xsi:type='x:boolean'>1</value>", "<value xsi:type='x:boolean'>true</value>"));
    passes("main.dmn",
           SAME("<value xsi:type='x:string'> a\nb </value>", "<value xsi:type='x:string'> a\nb </value>"));
    passes("main.dmn", SAME("<value xsi:type='x:string'/>", "<value xsi:type='x:string'></value>"));
    passes("main.dmn", SAME("<value xsi:nil='1'/>", "<value xsi:nil='true'/>"));
    passes("main.dmn", SAME("<value xsi:type='x:duration'>P1Y</value>",
                            "<value xsi:type='x:yearMonthDuration'>P12M</value>"));
    passes("main.dmn", SAME("<list><item><value>1</value></item><item><list/></item></list>",
                            "<list><item><value>1.0</value></item><item><list></list></item></list>"));
    passes("main.dmn", SAME("<list xsi:nil='true'/>", ""));
    passes("main.dmn",
           SAME("<component name='a'><component name='b'><value>1</value></component></component>",
                "<component name='a'><component name='b'><value>1</value></component></component>"));
    passes("main.dmn", SAME("<component name='a' xsi:nil='true'/>",
                            "<component name='a'><value xsi:nil='true'/></component>"));
    passes("main.dmn", CASE("", OUT("empty", "")));
    passes("main.dmn", CASE("", "<resultNode name='nothing' errorResult='true'/>"));
}

static void values_that_differ_are_told(void **state) {
    (void)state;
    fails("main.dmn", SAME("<value>1</value>", "<value>2</value>"),
          "FAILURE: 'the value' expected='2' but found='1'");
    fails("main.dmn", SAME("<value xsi:type='x:string'>1</value>", "<value>1</value>"), "expected");
    fails("main.dmn",
          SAME("<component name='a'><value>1</value></component>",
               "<component name='b'><value>1</value></component>"),
          "expected");
    fails("main.dmn", SAME("", "<value>1</value>"), "found='null'");
    fails("main.dmn", CASE("", OUT("empty", "<value xsi:nil='true'/>")), "found='{}'");
    fails("main.dmn", CASE("", OUT("nothing", "<value xsi:type='x:date'>yesterday</value>")),
          "is no date: 'yesterday'");
    fails("main.dmn", CASE(IN("any", "<value xsi:type='x:decimal'>many</value>"), ""),
          "input is no decimal: 'many'");
    fails("main.dmn", CASE("", OUT("nobody", "")), "the model has no nobody");
}

// What has no xsi:type is read by the type that the model declares.
static void the_model_says_what_untyped_values_are(void **state) {
    (void)state;
    passes("main.dmn", CASE(IN("day", "<value xsi:type='x:string'>2026-11-26</value>"),
                            OUT("the day", "<value xsi:type='x:date'>2026-11-26</value>")));
    passes("main.dmn",
           CASE(IN("words", "<value>12</value>"), OUT("the words", "<value xsi:type='x:string'>12</value>")));
}

static void services_and_knowledge_models_are_called(void **state) {
    (void)state;
    passes("main.dmn",
           "<testCase type='bkm' invocableName='twice'><inputNode name='n'><value>4</value></inputNode>"
           "<resultNode name='twice'><expected><value>8</value></expected></resultNode></testCase>");
    passes("main.dmn", "<testCase type='decisionService' invocableName='one'>" IN("any", "<value>4</value>")
                           OUT("the value", "<value>4</value>") "</testCase>");
    passes("main.dmn", "<testCase type='decisionService' invocableName='two'>" IN("any", "<value>4</value>")
                           OUT("the value", "<value>4</value>") OUT("nothing", "") "</testCase>");
    fails("main.dmn", "<testCase type='bkm' invocableName='thrice'><resultNode name='x'/></testCase>",
          "thrice");
}

static void input_of_imported_models_stands_under_the_import(void **state) {
    (void)state;
    const char *want = OUT("both", "<value xsi:type='x:string'>mine: Hello Ada</value>");
    passes("couple",
           text_c(&arena, text_printf(&arena, CASE("%s", "%s"),
                                      IN("greeting", "<value>mine</value>")
                                          IN("a", "<component name='name'><value>Ada</value></component>"),
                                      want)));
    passes(
        "couple.dmn",
        text_c(&arena,
               text_printf(&arena, CASE("%s", "%s"),
                           IN("greeting",
                              "<value>mine</value>") "<inputNode name='name' "
                                                     "namespace='urn:person'><value>Ada</value></inputNode>",
                           want)));
    passes("couple.dmn",
           "<testCase><inputNode name='name' namespace='urn:person'><value>Ada</value></inputNode>"
           "<resultNode name='greeting' namespace='urn:person'><expected><value>Hello "
           "Ada</value></expected></resultNode>"
           "</testCase>");
}

static void a_case_without_an_id_is_known_by_its_place(void **state) {
    (void)state;
    struct tck_results r = run("main.dmn", "<testCase id='a'/><testCase/>");
    assert_int_equal(r.count, 2);
    assert_text(r.items[0].id, "a");
    assert_text(r.items[1].id, "2");
}

static void what_cannot_be_read_is_a_result_that_failed(void **state) {
    (void)state;
    struct tck_results out = {0};
    struct problem p = {0};
    fails("lost.dmn", CASE("", ""), "no model lost.dmn");
    assert_status(tck_run(&arena, T("<testCases"), &models, NULL, &out, &p), STATUS_INVALID);
    assert_status(tck_run(&arena, T("<project/>"), &models, NULL, &out, &p), STATUS_UNSUPPORTED);
    assert_int_equal(out.count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_have_every_shape),
        cmocka_unit_test(values_that_differ_are_told),
        cmocka_unit_test(the_model_says_what_untyped_values_are),
        cmocka_unit_test(services_and_knowledge_models_are_called),
        cmocka_unit_test(input_of_imported_models_stands_under_the_import),
        cmocka_unit_test(a_case_without_an_id_is_known_by_its_place),
        cmocka_unit_test(what_cannot_be_read_is_a_result_that_failed),
    };
    int failed = cmocka_run_group_tests(tests, set_up, NULL);
    arena_free(&arena);
    return failed;
}
