// One model, one expression, many threads: no locks, and every result is the one that a single thread gets.
#include <pthread.h>

#include "../check.h"
#include "base/xml.h"
#include "rules/dmn.h"

enum { THREADS = 8, TURNS = 4000, CASES = 60 };

static struct arena kept;
static const struct dmn_model *model;
static const struct feel_expression *expression;
static struct feel_value contexts[CASES];
static struct text wanted[CASES];
static size_t wrong[THREADS];

static const char MODEL[] =
    "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" name=\"m\" namespace=\"m\">"
    "<inputData id=\"age\" name=\"age\"/><inputData id=\"way\" name=\"way\"/>"
    "<businessKnowledgeModel id=\"k\" name=\"next year\"><encapsulatedLogic><formalParameter name=\"n\"/>"
    "<literalExpression><text>n + 1</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
    "<decision id=\"lane\" name=\"lane\">"
    "<informationRequirement><requiredInput href=\"#age\"/></informationRequirement>"
    "<informationRequirement><requiredInput href=\"#way\"/></informationRequirement>"
    "<knowledgeRequirement><requiredKnowledge href=\"#k\"/></knowledgeRequirement>"
    "<decisionTable hitPolicy=\"COLLECT\">"
    "<input><inputExpression><text>next year(age)</text></inputExpression></input>"
    "<input><inputExpression><text>way</text></inputExpression></input>"
    "<output name=\"lane\"/>"
    "<rule><inputEntry><text>&lt; 18</text></inputEntry><inputEntry><text>-</text></inputEntry>"
    "<outputEntry><text>\"youth of \" + string(age)</text></outputEntry></rule>"
    "<rule><inputEntry><text>[18..60)</text></inputEntry><inputEntry><text>\"land\", "
    "\"sea\"</text></inputEntry>"
    "<outputEntry><text>matches(way, \"^s\")</text></outputEntry></rule>"
    "<rule><inputEntry><text>? > age</text></inputEntry><inputEntry><text>not(\"air\")</text></inputEntry>"
    "<outputEntry><text>date(\"2026-01-31\") + duration(\"P1M\")</text></outputEntry></rule>"
    "<rule><inputEntry><text>null</text></inputEntry><inputEntry><text>-</text></inputEntry>"
    "<outputEntry><text>1 + way</text></outputEntry></rule>"
    "<rule><inputEntry><text>>= 60</text></inputEntry><inputEntry><text>\"air\"</text></inputEntry>"
    "<outputEntry><text>for i in 1..5 return i * age</text></outputEntry></rule>"
    "</decisionTable></decision></definitions>";

static struct text answer(int i, struct arena *a) {
    struct dmn_trace trace = {0};
    struct feel_value decided, evaluated;
    struct feel_diagnostics d;
    struct feel_now now = {{1795000000000}, T("Europe/Paris")};
    assert_ok(dmn_evaluate(model, T("lane"), &contexts[i], &now, a, &decided, &trace));
    assert_ok(feel_eval(expression, &contexts[i], &now, a, &evaluated, &d));
    struct out o = {.arena = a};
    struct json_out j = {.out = &o};
    dmn_trace_json(&j, &trace);
    out_printf(&o, " %zu ", d.count);
    out_text(&o, feel_print_literal(a, &evaluated));
    return out_done(&o);
}

static void *thread(void *argument) {
    struct arena a = {0};
    size_t *mine = argument, first = (size_t)(mine - wrong);
    for (int turn = 0; turn < TURNS; turn++) {
        int i = (int)((size_t)turn * 7 + first) % CASES;
        *mine += !text_eq(answer(i, &a), wanted[i]);
        arena_reset(&a);
    }
    arena_free(&a);
    return NULL;
}

static void read_all(void) {
    static const char *const WAYS[] = {"land", "sea", "air", ""};
    struct problem p = {0};
    assert_ok(dmn_read(&kept, (struct text){MODEL, sizeof MODEL - 1}, &model, &p));
    assert_ok(feel_parse(&kept,
                         T("{ grown: age >= 18, all: sort([3, age, 1], function(a, b) a < b), "
                           "zone: date and time(\"2026-06-01T10:00:00@Europe/Paris\") > now(), "
                           "found: [{w: way}, {w: \"sea\"}][w = \"sea\"], bad: age + way }"),
                         FEEL_EXPRESSION, NULL, &expression, &p));
    for (int i = 0; i < CASES; i++) {
        contexts[i] = feel_empty_context();
        if (i % 9) feel_put(&kept, &contexts[i], T("age"), feel_int(i * 3 % 80));
        if (i % 11) feel_put(&kept, &contexts[i], T("way"), feel_string(text_of(WAYS[i % 4])));
        wanted[i] = answer(i, &kept);
    }
}

static void threads_get_what_one_gets(void **state) {
    (void)state;
    pthread_t threads[THREADS];
    read_all();
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, thread, &wrong[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(wrong[i], 0);
    }
    arena_free(&kept);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_get_what_one_gets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
