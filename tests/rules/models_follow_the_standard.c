// What DMN 1.5 says of models: one row a rule, with its clause: the body of a model, the decision asked for,
// the input as a context of FEEL, and the result as a literal of FEEL.
#include "../check.h"
#include "rules/dmn.h"

#define TEXT(s) "<text>" s "</text>"
#define LITERAL(s) "<literalExpression>" TEXT(s) "</literalExpression>"
#define TYPED(type, s) "<literalExpression typeRef='" type "'>" TEXT(s) "</literalExpression>"
#define INPUT(name, type) \
    "<inputData id='i-" name "' name='" name "'><variable name='" name "' typeRef='" type "'/></inputData>"
#define NEEDS_INPUT(name) \
    "<informationRequirement><requiredInput href='#i-" name "'/></informationRequirement>"
#define NEEDS_DECISION(name) \
    "<informationRequirement><requiredDecision href='#d-" name "'/></informationRequirement>"
#define NEEDS_KNOWLEDGE(name) \
    "<knowledgeRequirement><requiredKnowledge href='#k-" name "'/></knowledgeRequirement>"
#define DECISION(name, type, needs, logic)                                                                 \
    "<decision id='d-" name "' name='" name "'><variable name='" name "' typeRef='" type "'/>" needs logic \
    "</decision>"
#define KNOWLEDGE(name, type, parameters, body)                                                        \
    "<businessKnowledgeModel id='k-" name "' name='" name "'><variable name='" name "' typeRef='" type \
    "'/><encapsulatedLogic>" parameters body "</encapsulatedLogic></businessKnowledgeModel>"
#define PARAMETER(name, type) "<formalParameter name='" name "' typeRef='" type "'/>"
#define ITEM(name, type, more) \
    "<itemDefinition name='" name "'><typeRef>" type "</typeRef>" more "</itemDefinition>"
#define LIST_ITEM(name, type, more)                                                             \
    "<itemDefinition name='" name "' isCollection='true'><typeRef>" type "</typeRef>" more "</" \
    "itemDefinition>"
#define ALLOWED(s) "<allowedValues>" TEXT(s) "</allowedValues>"
#define CONSTRAINT(s) "<typeConstraint>" TEXT(s) "</typeConstraint>"
#define ENTRY(name, value) "<contextEntry><variable name='" name "'/>" value "</contextEntry>"
#define RESULT(value) "<contextEntry>" value "</contextEntry>"
#define COLUMN(expression) "<input><inputExpression>" TEXT(expression) "</inputExpression></input>"
#define RULE1(test, out) \
    "<rule><inputEntry>" TEXT(test) "</inputEntry><outputEntry>" TEXT(out) "</outputEntry></rule>"
#define RULE2(test, a, b)                                                                                    \
    "<rule><inputEntry>" TEXT(test) "</inputEntry><outputEntry>" TEXT(a) "</outputEntry><outputEntry>" TEXT( \
        b) "</outputEntry></rule>"
#define TABLE(policy, inside) "<decisionTable " policy ">" inside "</decisionTable>"
#define CHILD(name, expression) "<" name ">" expression "</" name ">"

// Two rules match 15, one matches 70, none 90.
#define AGES(policy, output)          \
    INPUT("n", "number")              \
    DECISION(                         \
        "d", "Any", NEEDS_INPUT("n"), \
        TABLE(policy, COLUMN("n") output RULE1("&lt; 18", "10") RULE1("[12..65)", "30") RULE1("70", "30")))
#define PAIRS(policy, outputs)        \
    INPUT("n", "number")              \
    DECISION(                         \
        "d", "Any", NEEDS_INPUT("n"), \
        TABLE(policy, COLUMN("n") outputs RULE2("&lt; 18", "1", "\"b\"") RULE2("[12..65)", "1", "\"a\"")))
#define OUT(values) "<output name='o'>" values "</output>"
#define OUT_VALUES(s) "<outputValues>" TEXT(s) "</outputValues>"
#define OUT_DEFAULT(s) "<defaultOutputEntry>" TEXT(s) "</defaultOutputEntry>"
#define NOTHING ""

static const struct row {
    const char *clause, *body, *decision, *input, *result;
} ROWS[] = {
    // 8.2.11 and 10.3.2.10: hit policies
    {"unique", AGES("", OUT("")), "d", "{n: 10}", "10"},
    {"unique, two hits", AGES("hitPolicy='UNIQUE'", OUT("")), "d", "{n: 15}", "null"},
    {"any, equal", AGES("hitPolicy='ANY'", OUT("")), "d", "{n: 70}", "30"},
    {"any, different", AGES("hitPolicy='ANY'", OUT("")), "d", "{n: 15}", "null"},
    {"first", AGES("hitPolicy='FIRST'", OUT("")), "d", "{n: 15}", "10"},
    {"priority", AGES("hitPolicy='PRIORITY'", OUT(OUT_VALUES("30, 10"))), "d", "{n: 15}", "30"},
    {"output order", AGES("hitPolicy='OUTPUT ORDER'", OUT(OUT_VALUES("30, 10"))), "d", "{n: 15}", "[30, 10]"},
    {"rule order", AGES("hitPolicy='RULE ORDER'", OUT("")), "d", "{n: 15}", "[10, 30]"},
    {"collect", AGES("hitPolicy='COLLECT'", OUT("")), "d", "{n: 15}", "[10, 30]"},
    {"sum", AGES("hitPolicy='COLLECT' aggregation='SUM'", OUT("")), "d", "{n: 15}", "40"},
    {"count", AGES("hitPolicy='COLLECT' aggregation='COUNT'", OUT("")), "d", "{n: 15}", "2"},
    {"min", AGES("hitPolicy='COLLECT' aggregation='MIN'", OUT("")), "d", "{n: 15}", "10"},
    {"max", AGES("hitPolicy='COLLECT' aggregation='MAX'", OUT("")), "d", "{n: 15}", "30"},
    {"sum of what is no number",
     INPUT("n", "number") DECISION("d", "Any", NEEDS_INPUT("n"),
                                   TABLE("hitPolicy='COLLECT' aggregation='SUM'",
                                         COLUMN("n") OUT("") RULE1("-", "\"a\"") RULE1("-", "\"b\""))),
     "d", "{n: 1}", "null"},
    {"no hit", AGES("", OUT("")), "d", "{n: 90}", "null"},
    {"no hit, default", AGES("", OUT(OUT_DEFAULT("5"))), "d", "{n: 90}", "5"},
    {"no hit, priority with default",
     AGES("hitPolicy='PRIORITY'", OUT(OUT_VALUES("30, 10") OUT_DEFAULT("10"))), "d", "{n: 90}", "10"},
    {"no hit, sum", AGES("hitPolicy='COLLECT' aggregation='SUM'", OUT("")), "d", "{n: 90}", "null"},
    {"no hit, count", AGES("hitPolicy='COLLECT' aggregation='COUNT'", OUT("")), "d", "{n: 90}", "0"},
    {"an input of null", AGES("", OUT(OUT_DEFAULT("5"))), "d", "{}", "5"},
    {"compound outputs", PAIRS("hitPolicy='FIRST'", "<output name='x'/><output name='y'/>"), "d", "{n: 15}",
     "{x: 1, y: \"b\"}"},
    {"compound outputs, collected", PAIRS("hitPolicy='COLLECT'", "<output name='x'/><output name='y'/>"), "d",
     "{n: 15}", "[{x: 1, y: \"b\"}, {x: 1, y: \"a\"}]"},
    {"compound outputs by priority",
     PAIRS("hitPolicy='PRIORITY'",
           "<output name='x'>" OUT_VALUES("2, 1") "</output><output name='y'>" OUT_VALUES(
               "\"a\", \"b\"") "</output>"),
     "d", "{n: 15}", "{x: 1, y: \"a\"}"},
    {"compound outputs, default",
     PAIRS("", "<output name='x'>" OUT_DEFAULT("0") "</output><output name='y'>" OUT_DEFAULT(
                   "\"z\"") "</output>"),
     "d", "{n: 90}", "{x: 0, y: \"z\"}"},
    {"input values",
     INPUT("n", "number")
         DECISION("d", "Any", NEEDS_INPUT("n"),
                  TABLE("", "<input><inputExpression>" TEXT("n") "</inputExpression><inputValues>" TEXT(
                                "1, 2") "</inputValues></input>" OUT("") RULE1("-", "9"))),
     "d", "{n: 3}", "null"},
    {"output values",
     INPUT("n", "number") DECISION("d", "Any", NEEDS_INPUT("n"),
                                   TABLE("", COLUMN("n") OUT(OUT_VALUES("1, 2")) RULE1("-", "n"))),
     "d", "{n: 3}", "null"},
    {"an input expression of its own",
     INPUT("n", "number") DECISION("d", "Any", NEEDS_INPUT("n"),
                                   TABLE("", COLUMN("n * 2") OUT("") RULE1("? = n + n", "n + 1"))),
     "d", "{n: 3}", "4"},
    {"no rules", INPUT("n", "number") DECISION("d", "Any", NEEDS_INPUT("n"), TABLE("", COLUMN("n") OUT(""))),
     "d", "{n: 3}", "null"},

    // 10.2.2.4: boxed contexts
    {"context",
     DECISION("d", "Any", NOTHING, CHILD("context", ENTRY("a", LITERAL("1")) ENTRY("b", LITERAL("a + 1")))),
     "d", "{}", "{a: 1, b: 2}"},
    {"context with a result",
     DECISION("d", "Any", NOTHING, CHILD("context", ENTRY("a b", LITERAL("1")) RESULT(LITERAL("a b + 1")))),
     "d", "{}", "2"},
    {"context with a typed entry",
     DECISION("d", "Any", NOTHING,
              CHILD("context", "<contextEntry><variable name='a' typeRef='number'/>" LITERAL(
                                   "\"x\"") "</contextEntry>")),
     "d", "{}", "{a: null}"},

    // 10.2.2.5, 10.2.2.6: boxed lists, relations
    {"list", DECISION("d", "Any", NOTHING, CHILD("list", LITERAL("1") CHILD("list", LITERAL("2")))), "d",
     "{}", "[1, [2]]"},
    {"list with a type",
     LIST_ITEM("t", "number", NOTHING)
         DECISION("d", "Any", NOTHING, "<list typeRef='t'>" LITERAL("1") LITERAL("\"x\"") "</list>"),
     "d", "{}", "null"},
    {"relation",
     DECISION("d", "Any", NOTHING,
              CHILD("relation",
                    "<column name='a'/><column name='b c'/>" CHILD("row", LITERAL("1") LITERAL("2"))
                        CHILD("row", LITERAL("3") LITERAL("4")))),
     "d", "{}", "[{a: 1, b c: 2}, {a: 3, b c: 4}]"},
    {"relation with a typed column",
     DECISION("d", "Any", NOTHING,
              CHILD("relation", "<column name='a' typeRef='number'/>" CHILD("row", LITERAL("\"x\"")))),
     "d", "{}", "[{a: null}]"},

    // 10.2.2.3, 10.2.2.7: invocations, functions
    {"invocation",
     KNOWLEDGE("f", "number", PARAMETER("a", "number") PARAMETER("b", "number"), LITERAL("a - b")) DECISION(
         "d", "Any", NEEDS_KNOWLEDGE("f"),
         CHILD("invocation", LITERAL("f") "<binding><parameter name='b'/>" LITERAL(
                                 "1") "</binding><binding><parameter name='a'/>" LITERAL("5") "</binding>")),
     "d", "{}", "4"},
    {"invocation without one binding",
     KNOWLEDGE("f", "Any", PARAMETER("a", "number") PARAMETER("b", "number"), LITERAL("[a, b]")) DECISION(
         "d", "Any", NEEDS_KNOWLEDGE("f"),
         CHILD("invocation", LITERAL("f") "<binding><parameter name='b'/>" LITERAL("1") "</binding>")),
     "d", "{}", "[null, 1]"},
    {"invocation with an unknown binding",
     KNOWLEDGE("f", "Any", PARAMETER("a", "number"), LITERAL("a")) DECISION(
         "d", "Any", NEEDS_KNOWLEDGE("f"),
         CHILD("invocation", LITERAL("f") "<binding><parameter name='x'/>" LITERAL("1") "</binding>")),
     "d", "{}", "null"},
    {"invocation of a built-in function",
     DECISION("d", "Any", NOTHING,
              CHILD("invocation",
                    LITERAL("abs") "<binding><parameter name='n'/>" LITERAL("-1") "</binding>")),
     "d", "{}", "1"},
    {"an argument of another type",
     KNOWLEDGE("f", "Any", PARAMETER("a", "number"), LITERAL("1"))
         DECISION("d", "Any", NEEDS_KNOWLEDGE("f"), LITERAL("f(\"x\")")),
     "d", "{}", "null"},
    {"a result of another type",
     KNOWLEDGE("f", "string", PARAMETER("a", "number"), LITERAL("a"))
         DECISION("d", "Any", NEEDS_KNOWLEDGE("f"), LITERAL("f(1)")),
     "d", "{}", "null"},
    {"knowledge that calls itself",
     KNOWLEDGE("f", "number", PARAMETER("n", "number"), LITERAL("if n = 0 then 1 else n * f(n - 1)"))
         DECISION("d", "Any", NEEDS_KNOWLEDGE("f"), LITERAL("f(5)")),
     "d", "{}", "120"},
    {"knowledge alone", KNOWLEDGE("f", "number", PARAMETER("a", "number"), LITERAL("a + 1")), "f", "{a: 2}",
     "3"},
    {"a boxed function",
     DECISION("d", "Any", NOTHING,
              CHILD("context",
                    ENTRY("f", CHILD("functionDefinition", PARAMETER("x", "number") LITERAL("x + 1")))
                        RESULT(LITERAL("f(2)")))),
     "d", "{}", "3"},
    {"a function in Java",
     DECISION("d", "Any", NOTHING,
              CHILD("context",
                    ENTRY("f", "<functionDefinition kind='Java'>" PARAMETER("x", "number")
                                   CHILD("context", ENTRY("class", LITERAL("\"java.lang.Math\"")) ENTRY(
                                                        "method signature",
                                                        LITERAL("\"cos(double)\""))) "</functionDefinition>")
                        RESULT(LITERAL("f(2)")))),
     "d", "{}", "null"},
    {"a table in knowledge",
     KNOWLEDGE("f", "string", PARAMETER("a", "number"),
               TABLE("", COLUMN("a") OUT("") RULE1("&lt; 3", "\"few\"") RULE1("&gt;= 3", "\"many\"")))
         DECISION("d", "Any", NEEDS_KNOWLEDGE("f"), LITERAL("[f(1), f(5)]")),
     "d", "{}", "[\"few\", \"many\"]"},

    // 10.2.2.8-10: conditionals, filters, iterators
    {"conditional",
     INPUT("n", "Any")
         DECISION("d", "Any", NEEDS_INPUT("n"),
                  CHILD("conditional", CHILD("if", LITERAL("n > 1")) CHILD("then", LITERAL("\"a\""))
                                           CHILD("else", LITERAL("\"b\"")))),
     "d", "{n: 2}", "\"a\""},
    {"conditional on null",
     INPUT("n", "Any")
         DECISION("d", "Any", NEEDS_INPUT("n"),
                  CHILD("conditional", CHILD("if", LITERAL("n > 1")) CHILD("then", LITERAL("\"a\""))
                                           CHILD("else", LITERAL("\"b\"")))),
     "d", "{}", "\"b\""},
    {"filter",
     DECISION("d", "Any", NOTHING,
              CHILD("filter", CHILD("in", LITERAL("[{a: 1}, {a: 5}]")) CHILD("match", LITERAL("a > 2")))),
     "d", "{}", "[{a: 5}]"},
    {"filter by item",
     DECISION("d", "Any", NOTHING,
              CHILD("filter", CHILD("in", LITERAL("[1, 5]")) CHILD("match", LITERAL("item > 2")))),
     "d", "{}", "[5]"},
    {"for",
     DECISION("d", "Any", NOTHING,
              "<for iteratorVariable='x'>" CHILD("in", LITERAL("[1, 2]"))
                  CHILD("return", LITERAL("x * 2 + count(partial)")) "</for>"),
     "d", "{}", "[2, 5]"},
    {"every",
     DECISION("d", "Any", NOTHING,
              "<every iteratorVariable='x'>" CHILD("in", LITERAL("[1, 2]"))
                  CHILD("satisfies", LITERAL("x > 1")) "</every>"),
     "d", "{}", "false"},
    {"some",
     DECISION("d", "Any", NOTHING,
              "<some iteratorVariable='x'>" CHILD("in", LITERAL("[1, 2]"))
                  CHILD("satisfies", LITERAL("x > 1")) "</some>"),
     "d", "{}", "true"},

    // 7.3.2, 7.3.3: item definitions
    {"allowed values",
     ITEM("t", "string", ALLOWED("\"a\", \"b\"")) INPUT("n", "t")
         DECISION("d", "Any", NEEDS_INPUT("n"), LITERAL("n")),
     "d", "{n: \"c\"}", "null"},
    {"allowed values of a list are of its items",
     LIST_ITEM("t", "string", ALLOWED("\"a\", \"b\"")) INPUT("n", "t")
         DECISION("d", "Any", NEEDS_INPUT("n"), LITERAL("n")),
     "d", "{n: [\"a\", \"b\", \"a\"]}", "[\"a\", \"b\", \"a\"]"},
    {"a type constraint is of the whole list",
     LIST_ITEM("t", "string", CONSTRAINT("count(?) &lt; 3")) INPUT("n", "t")
         DECISION("d", "Any", NEEDS_INPUT("n"), LITERAL("n")),
     "d", "{n: [\"a\", \"b\", \"a\"]}", "null"},
    {"allowed values of the type it is made from hold too",
     ITEM("s", "number", ALLOWED("[0..9]")) ITEM("t", "s", ALLOWED("[5..20]")) INPUT("n", "t")
         DECISION("d", "Any", NEEDS_INPUT("n"), LITERAL("n")),
     "d", "{n: 12}", "null"},
    {"components",
     "<itemDefinition name='t'><itemComponent name='a'><typeRef>number</typeRef></itemComponent>"
     "<itemComponent name='b c'><typeRef>string</typeRef></itemComponent></itemDefinition>" INPUT("n", "t")
         DECISION("d", "Any", NEEDS_INPUT("n"), LITERAL("n.b c")),
     "d", "{n: {a: 1, b c: \"x\", more: 2}}", "\"x\""},
    {"a component of another type",
     "<itemDefinition name='t'><itemComponent "
     "name='a'><typeRef>number</typeRef></itemComponent></itemDefinition>" INPUT("n", "t")
         DECISION("d", "Any", NEEDS_INPUT("n"), LITERAL("n")),
     "d", "{n: {a: \"x\"}}", "null"},
    {"a component that is missing",
     "<itemDefinition name='t'><itemComponent "
     "name='a'><typeRef>number</typeRef></itemComponent></itemDefinition>" DECISION("d", "t", NOTHING,
                                                                                    LITERAL("{b: 1}")),
     "d", "{}", "null"},
    {"a name with signs and key words",
     ITEM("t-fee", "number", ALLOWED("[0..9]")) ITEM("in and out", "string", NOTHING)
         DECISION("d", "Any", NOTHING,
                  LITERAL("[5 instance of t-fee, 50 instance of t-fee, 5 instance of in and out and true]")),
     "d", "{}", "[true, false, false]"},
    {"a function",
     "<itemDefinition name='t'><functionItem outputTypeRef='number'><parameters name='x' "
     "typeRef='number'/></functionItem></itemDefinition>" DECISION("e", "t", NOTHING,
                                                                   LITERAL("function(x: number) x + 1"))
         DECISION("d", "number", NEEDS_DECISION("e"), LITERAL("e(1)")),
     "d", "{}", "2"},

    // 10.3.2.9.4: binding a result to a variable with a type
    {"conforms not", DECISION("d", "number", NOTHING, LITERAL("\"123\"")), "d", "{}", "null"},
    {"from a list of one", DECISION("d", "number", NOTHING, LITERAL("[5]")), "d", "{}", "5"},
    {"to a list of one", LIST_ITEM("t", "number", NOTHING) DECISION("d", "t", NOTHING, LITERAL("5")), "d",
     "{}", "[5]"},
    {"date to date and time", DECISION("d", "date and time", NOTHING, LITERAL("@\"2020-01-01\"")), "d", "{}",
     "@\"2020-01-01T00:00:00Z\""},
    {"an expression with a type", DECISION("d", "Any", NOTHING, TYPED("string", "5")), "d", "{}", "null"},
    {"a conditional with a type",
     DECISION("d", "Any", NOTHING,
              "<conditional typeRef='string'>" CHILD("if", LITERAL("true")) CHILD("then", LITERAL("1"))
                  CHILD("else", LITERAL("2")) "</conditional>"),
     "d", "{}", "null"},

    // 6.3.7, 10.4: requirements and services
    {"a decision of decisions",
     DECISION("a", "number", NOTHING, LITERAL("1"))
         DECISION("b", "number", NEEDS_DECISION("a"), LITERAL("a + 1"))
             DECISION("d", "number", NEEDS_DECISION("a") NEEDS_DECISION("b"), LITERAL("a + b")),
     "d", "{}", "3"},
    {"what is not required is not known",
     DECISION("a", "number", NOTHING, LITERAL("1")) DECISION("d", "number", NOTHING, LITERAL("a")), "d", "{}",
     "null"},
    {"a service with one output",
     INPUT("n", "number") DECISION("a", "number", NEEDS_INPUT("n"),
                                   LITERAL("n + 1")) "<decisionService id='s' name='s'><variable name='s' "
                                                     "typeRef='number'/><outputDecision href='#d-a'/>"
                                                     "<inputData href='#i-n'/></decisionService>",
     "s", "{n: 4}", "5"},
    {"a service with a result of another type",
     DECISION(
         "a",
         "number", NOTHING,
         LITERAL(
             "1")) "<decisionService id='s' name='s'><variable name='s' typeRef='string'/><outputDecision "
                   "href='#d-a'/></decisionService>",
     "s", "{}", "null"},
    {"a service with two outputs and an input decision",
     DECISION("a", "number", NOTHING, LITERAL("1"))
         DECISION("b", "number", NEEDS_DECISION("a"), LITERAL("a + 1")) DECISION(
             "c", "number", NEEDS_DECISION("a"),
             LITERAL("a + 2")) "<decisionService id='s' name='s'><variable name='s'/><outputDecision "
                               "href='#d-b'/>"
                               "<outputDecision href='#d-c'/><inputDecision href='#d-a'/></decisionService>",
     "s", "{a: 10}", "{b: 11, c: 12}"},
    {"a service called from FEEL, by order and by name",
     INPUT("n", "number") DECISION("a", "number", NOTHING, LITERAL("1")) DECISION(
         "b", "number", NEEDS_DECISION("a") NEEDS_INPUT("n"),
         LITERAL(
             "a - n")) "<decisionService id='k-s' name='s'><variable name='s'/><outputDecision href='#d-b'/>"
                       "<inputDecision href='#d-a'/><inputData href='#i-n'/></decisionService>" DECISION(
                           "d", "Any", NEEDS_KNOWLEDGE("s"), LITERAL("[s(1, 10), s(a: 20, n: 2)]")),
     "d", "{}", "[9, 18]"},
    {"a decision without logic", DECISION("d", "Any", NOTHING, NOTHING), "d", "{}", "null"},
    {"an import of something else than a model",
     "<import name='x' namespace='urn:pmml' importType='http://www.dmg.org/PMML-4_2'/>" DECISION(
         "d", "Any", NOTHING, LITERAL("1")),
     "d", "{}", "1"},
};

static struct feel_value value_of(struct arena *a, const char *source) {
    const struct feel_expression *x;
    struct feel_value v;
    assert_ok(feel_parse(a, text_of(source), FEEL_EXPRESSION, NULL, &x, NULL));
    assert_ok(feel_eval(x, NULL, NULL, a, &v, NULL));
    return v;
}

static size_t diagnostics_of(const struct dmn_trace *t) {
    size_t count = 0;
    for (size_t i = 0; i < t->count; i++) count += t->items[i].diagnostic_count;
    return count;
}

// Null without a reason is right only when the model says null: where nothing hit, and without logic.
static bool may_be_silent(const struct row *r) {
    return text_starts(text_of(r->clause), T("no ")) || strcmp(r->result, "null") != 0;
}

static bool holds(const struct row *r, struct text head) {
    struct arena a = {0};
    const struct dmn_model *m;
    struct problem p = {0};
    struct dmn_trace trace = {0};
    struct feel_value v, input = value_of(&a, r->input);
    struct text xml = TEXT_JOIN(&a, head, text_of(r->body), T("</definitions>"));
    bool ok = true;
    if (dmn_read(&a, xml, &m, &p)) {
        print_message("# %s: %s, line %d\n", r->clause, p.rule, (int)p.line);
        ok = false;
    } else {
        assert_ok(dmn_evaluate(m, text_of(r->decision), &input, NULL, &a, &v, &trace));
        struct text got = feel_print_literal(&a, &v);
        bool says_why = may_be_silent(r) || diagnostics_of(&trace) > 0;
        ok = text_eq(got, text_of(r->result)) && says_why;
        if (!ok)
            print_message("# %s: " TEXT_FMT ", wanted %s%s\n", r->clause, TEXT_ARG(got), r->result,
                          says_why ? "" : " with a reason");
    }
    arena_free(&a);
    return ok;
}

#define HEAD(space) "<definitions xmlns='" space "' id='m' name='m' namespace='urn:m'>"

static void every_row_holds(void **state) {
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        failed += !holds(&ROWS[i], T(HEAD("https://www.omg.org/spec/DMN/20230324/MODEL/")));
    if (failed) fail_msg("%d rows", failed);
}

// 7.3: the namespaces of DMN 1.1 to 1.5; types with a prefix, as 1.1 wrote them.
static void every_version_is_read(void **state) {
    (void)state;
    static const char *const HEADS[] = {
        HEAD("http://www.omg.org/spec/DMN/20151101/dmn.xsd"),
        HEAD("http://www.omg.org/spec/DMN/20180521/MODEL/"),
        HEAD("https://www.omg.org/spec/DMN/20191111/MODEL/"),
        HEAD("https://www.omg.org/spec/DMN/20211108/MODEL/"),
        HEAD("https://www.omg.org/spec/DMN/20230324/MODEL/"),
    };
    static const struct row OLD = {
        "a type with a prefix",
        "<itemDefinition name='t'><typeRef>feel:number</typeRef></itemDefinition>" INPUT("n", "feel:string")
            DECISION("d", "m:t", NEEDS_INPUT("n"), LITERAL("n")),
        "d", "{n: \"5\"}", "null"};
    for (size_t i = 0; i < sizeof HEADS / sizeof *HEADS; i++) {
        assert_true(holds(&ROWS[0], text_of(HEADS[i])));
        assert_true(holds(&OLD, text_of(HEADS[i])));
    }
}

// ---- imports ----

#define OTHER                                                                                             \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='o' namespace='urn:o'>" ITEM( \
        "t", "number", ALLOWED("[0..9]")) INPUT("n", "t")                                                 \
        KNOWLEDGE("f", "number", PARAMETER("x", "number"), LITERAL("x * 2"))                              \
            DECISION("a", "number", NEEDS_INPUT("n") NEEDS_KNOWLEDGE("f"),                                \
                     LITERAL("f(n)")) "<decisionService id='k-s' name='s'><variable "                     \
                                      "name='s'/><outputDecision href='#d-a'/>"                           \
                                      "<inputData href='#i-n'/></decisionService></definitions>"
#define IMPORTING(name, logic)                                                                              \
    HEAD("https://www.omg.org/spec/DMN/20230324/MODEL/")                                                    \
    "<import name='" name "' namespace='urn:o' importType='https://www.omg.org/spec/DMN/20230324/MODEL/'/>" \
    "<decision id='d' name='d'><variable name='d'/>"                                                        \
    "<knowledgeRequirement><requiredKnowledge href='urn:o#k-f'/></knowledgeRequirement>"                    \
    "<knowledgeRequirement><requiredKnowledge href='urn:o#k-s'/></knowledgeRequirement>"                    \
    "<informationRequirement><requiredDecision href='urn:o#d-a'/></informationRequirement>" LITERAL(        \
        logic) "</decision></definitions>"

static void import_gives(const char *xml, const char *input, const char *result) {
    struct arena a = {0};
    const struct dmn_model *other, *m;
    struct problem p = {0};
    struct feel_value v, in = value_of(&a, input);
    assert_ok(dmn_read(&a, T(OTHER), &other, NULL));
    struct dmn_read_options o = {.imports = &other, .import_count = 1};
    if (dmn_read_with(&a, text_of(xml), &o, &m, &p)) fail_msg("%s: %s", xml, p.rule);
    assert_ok(dmn_evaluate(m, T("d"), &in, NULL, &a, &v, NULL));
    assert_text(feel_print_literal(&a, &v), result);
    arena_free(&a);
}

// 6.3.3, 10.4: what is imported stands under the import's name, or without one in the model's own names.
static void imported_elements_have_the_name_of_the_import(void **state) {
    (void)state;
    import_gives(IMPORTING("o", "[o.f(2), o.a, o.s(3), o.s(n: 4)]"), "{n: 1}", "[4, 2, 6, 8]");
    import_gives(IMPORTING("o", "[3 instance of o.t, 30 instance of o.t]"), "{n: 1}", "[true, false]");
    import_gives(IMPORTING("", "[f(2), a, s(3), 30 instance of t]"), "{n: 1}", "[4, 2, 6, false]");
}

// 10.4: the input data of an imported model is named I.E, so two models may have their own of the same name.
static void imported_input_has_a_qualified_name(void **state) {
    (void)state;
    import_gives(IMPORTING("o", "o.a"), "{o: {n: 4}}", "8");
    import_gives(IMPORTING("o", "o.a"), "{n: 1, o: {n: 4}}", "8");
    import_gives(IMPORTING("o", "o.a"), "{o: {n: 40}}", "null");
}

static void an_import_of_an_import_is_reached_by_both_names(void **state) {
    (void)state;
    static const char MIDDLE[] =
        "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' namespace='urn:middle'>"
        "<import name='o' namespace='urn:o' importType='https://www.omg.org/spec/DMN/20230324/MODEL/'/>"
        "<decision id='d-b' name='b'><variable name='b'/><informationRequirement><requiredDecision "
        "href='urn:o#d-a'/></informationRequirement>" LITERAL("o.a + 1") "</decision></definitions>";
    static const char LAST[] =
        "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='l' namespace='urn:l'>"
        "<import name='first' namespace='urn:middle' importType='x'/>"
        "<import name='second' namespace='urn:o' importType='x'/>"
        "<decision id='d' name='d'><variable name='d'/><informationRequirement><requiredDecision "
        "href='urn:middle#d-b'/></informationRequirement><informationRequirement><requiredDecision "
        "href='urn:o#d-a'/></informationRequirement>" LITERAL(
            "[first.b, second.a, 30 instance of first.o.t]") "</decision></definitions>";
    struct arena a = {0};
    const struct dmn_model *models[2], *m;
    struct problem p = {0};
    struct dmn_read_options o = {.imports = models, .import_count = 1};
    struct feel_value v, in = value_of(&a, "{first: {o: {n: 2}}, second: {n: 5}}");
    assert_ok(dmn_read(&a, T(OTHER), &models[0], NULL));
    assert_ok(dmn_read_with(&a, text_of(MIDDLE), &o, &models[1], NULL));
    o.import_count = 2;
    if (dmn_read_with(&a, text_of(LAST), &o, &m, &p)) fail_msg("%s", p.rule);
    assert_ok(dmn_evaluate(m, T("d"), &in, NULL, &a, &v, NULL));
    assert_text(feel_print_literal(&a, &v), "[5, 10, false]");
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_holds),
        cmocka_unit_test(every_version_is_read),
        cmocka_unit_test(imported_elements_have_the_name_of_the_import),
        cmocka_unit_test(imported_input_has_a_qualified_name),
        cmocka_unit_test(an_import_of_an_import_is_reached_by_both_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
