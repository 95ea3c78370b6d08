// A process moves from task to task, splits and merges.
#include "walk.h"

static void one_task_after_the_other(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, MODEL(START F(
                      "start", "check") "<userTask id='check' name='Check the form'><extensionElements>"
                                        "<zeebe:assignmentDefinition candidateGroups='officer,lead' "
                                        "assignee='=x'/><zeebe:formDefinition formId='check_form'/>"
                                        "<zeebe:properties><zeebe:property name='command' "
                                        "value='check_form'/><zeebe:property name='status' value='IN_CHECK'/>"
                                        "</zeebe:properties></extensionElements></userTask>" F(
                                            "check", "sign") "<manualTask id='sign'/>" F("sign", "end")
                                            END("end")));
    start(&w);
    assert_text(where(&w), "check");
    struct flow_at tasks[2];
    assert_int_equal(flow_open_tasks(w.model, &w.state, tasks, 2), 1);
    const struct flow_element *e = tasks[0].element;
    assert_text(e->name, "Check the form");
    assert_text(e->groups, "officer,lead");
    assert_text(e->form, "check_form");
    assert_text(flow_property(e, T("command"), T("")), "check_form");
    assert_text(flow_property(e, T("deadline"), T("none")), "none");
    done(&w, "check");
    assert_text(effects_of(&w, FLOW_TASK_CLOSED), "check");
    assert_text(effects_of(&w, FLOW_TASK_OPENED), "sign");
    assert_true(flow_is_at(&w.state, flow_find(w.model, T("sign"))));
    assert_false(flow_is_at(&w.state, flow_find(w.model, T("check"))));
    done(&w, "sign");
    assert_text(where(&w), "ended");
    assert_true(w.largest < 150);
    walk_close(&w);
}

static void a_task_is_done_once(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, MODEL(START F("start", "a") USER("a") F("a", "b") USER("b") F("b", "end") END("end")));
    start(&w);
    int64_t a = token_at(&w, "a");
    done(&w, "a");
    struct flow_engine e = walk_engine(&w);
    size_t before = w.effects.count;
    assert_status(flow_task_done(&e, &w.state, a, &w.effects, &w.problem), STATUS_NOT_FOUND);
    assert_string_equal(w.problem.rule, "flow_task_not_waiting");
    assert_int_equal(w.effects.count, before);
    assert_text(where(&w), "b");
    struct flow_trigger by = {0};
    assert_status(flow_start(&e, &by, &w.state, &w.effects, &w.problem), STATUS_CONFLICT);
    walk_close(&w);
}

#define XOR                                                                                            \
    MODEL(START F("start", "x") "<exclusiveGateway id='x' default='x_other'/>" IF("x", "first", "one") \
              IF("x", "second", "two") F("x", "other") USER("first") USER("second") USER("other")      \
                  F("first", "y") F("second", "y")                                                     \
                      F("other", "y") "<exclusiveGateway id='y'/>" F("y", "end") END("end"))

static void exclusive_takes_the_first_that_holds(void **unused) {
    (void)unused;
    static const char *const CASES[][2] = {
        {"one", "first"}, {"two", "second"}, {"one two", "first"}, {"", "other"}};
    for (int i = 0; i < 4; i++) {
        struct walk w = {.facts = CASES[i][0]};
        walk_open(&w, XOR);
        start(&w);
        assert_text(where(&w), CASES[i][1]);
        done(&w, CASES[i][1]);
        assert_text(where(&w), "ended");
        walk_close(&w);
    }
}

static void no_way_out_is_an_incident_that_can_be_mended(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, MODEL(START F("start", "a") USER("a")
                            F("a", "x") "<exclusiveGateway id='x'/>" IF("x", "b", "one") IF("x", "c", "two")
                                USER("b") USER("c") F("b", "end") F("c", "end") END("end")));
    start(&w);
    done(&w, "a");
    assert_text(where(&w), "x!");
    assert_true(stuck_with(&w, "flow_no_way_out"));
    w.facts = "two";
    retry(&w, "x");
    assert_text(where(&w), "c");
    assert_int_equal(w.state.incidents.count, 0);
    walk_close(&w);
}

static void a_failed_condition_does_not_repeat_the_task(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, MODEL(START F("start", "s") "<serviceTask id='s'/>" IF("s", "b", "broken") F("s", "c")
                            USER("b") USER("c") F("b", "end") F("c", "end") END("end")));
    start(&w);
    assert_text(where(&w), "s!");
    assert_true(stuck_with(&w, "feel_broken"));
    retry(&w, "s");
    assert_string_equal(w.log, "s");
    walk_close(&w);
}

static void trouble_of_the_machine_changes_nothing(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, MODEL(START F("start", "a") USER("a")
                            F("a", "x") "<exclusiveGateway id='x' default='x_c'/>" IF("x", "b", "disk_full")
                                F("x", "c") USER("b") USER("c") F("b", "end") F("c", "end") END("end")));
    start(&w);
    struct flow_engine e = walk_engine(&w);
    size_t before = w.effects.count;
    assert_status(flow_task_done(&e, &w.state, token_at(&w, "a"), &w.effects, &w.problem), STATUS_IO);
    assert_int_equal(w.effects.count, before);
    assert_text(where(&w), "a");
    walk_close(&w);
}

static void parallel_waits_for_all(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, MODEL(START F("start", "split") "<parallelGateway id='split'/>" F("split", "a")
                            F("split", "b") F("split", "c") USER("a") USER("b") USER("c") F("a", "join")
                                F("b", "join") F("c", "join") "<parallelGateway id='join'/>" F("join", "d")
                                    USER("d") F("d", "end") END("end")));
    start(&w);
    assert_text(where(&w), "a b c");
    done(&w, "b");
    done(&w, "a");
    assert_text(where(&w), "c join join");
    done(&w, "c");
    assert_text(where(&w), "d");
    done(&w, "d");
    assert_text(where(&w), "ended");
    walk_close(&w);
}

#define OR                                                                                                \
    MODEL(START F("start", "split") "<inclusiveGateway id='split' default='split_c'/>" IF(                \
        "split", "a", "one") IF("split", "b", "two") F("split", "c") USER("a") USER("b") USER("c")        \
              F("a", "join") F("b", "join") F("c", "join") "<inclusiveGateway id='join'/>" F("join", "d") \
                  USER("d") F("d", "end") END("end"))

static void inclusive_waits_for_those_that_started(void **unused) {
    (void)unused;
    struct walk w = {.facts = "one two"};
    walk_open(&w, OR);
    start(&w);
    assert_text(where(&w), "a b");
    done(&w, "a");
    assert_text(where(&w), "b join");
    done(&w, "b");
    assert_text(where(&w), "d");
    walk_close(&w);
    struct walk v = {.facts = ""};
    walk_open(&v, OR);
    start(&v);
    assert_text(where(&v), "c");
    done(&v, "c");
    assert_text(where(&v), "d");
    walk_close(&v);
}

// 13.4.3: a token that may still come by another way holds the gateway; one that ended elsewhere releases it.
static void inclusive_is_released_when_the_other_token_goes_elsewhere(void **unused) {
    (void)unused;
    struct walk w = {.facts = "away"};
    walk_open(&w, MODEL(START F("start", "split") "<parallelGateway id='split'/>" F("split", "a") F(
                      "split", "b") USER("a") USER("b") F("a", "join")
                            F("b", "x") "<exclusiveGateway id='x' default='x_join'/>" IF("x", "gone", "away")
                                F("x", "join") END("gone") "<inclusiveGateway id='join'/>" F("join", "d")
                                    USER("d") F("d", "end") END("end")));
    start(&w);
    done(&w, "a");
    assert_text(where(&w), "b join");
    done(&w, "b");
    assert_text(where(&w), "d");
    walk_close(&w);
}

// A loop back through the gateway's own way in does not hold it: the path would visit the gateway.
static void inclusive_in_a_loop_does_not_wait_for_itself(void **unused) {
    (void)unused;
    struct walk w = {.facts = "again"};
    walk_open(&w, MODEL(START F("start", "join") "<inclusiveGateway id='join'/>" F("join", "a") USER("a")
                            F("a", "x") "<exclusiveGateway id='x' default='x_end'/>" IF("x", "join", "again")
                                F("x", "end") END("end")));
    start(&w);
    assert_text(where(&w), "a");
    done(&w, "a");
    assert_text(where(&w), "a");
    w.facts = "";
    done(&w, "a");
    assert_text(where(&w), "ended");
    walk_close(&w);
}

static void conditions_after_a_task_may_all_hold(void **unused) {
    (void)unused;
    struct walk w = {.facts = "one two"};
    walk_open(&w, MODEL(START F("start", "t") "<task id='t' default='t_c'/>" IF("t", "a", "one")
                            IF("t", "b", "two") F("t", "c") USER("a") USER("b") USER("c") F("a", "end")
                                F("b", "end") F("c", "end") END("end")));
    start(&w);
    assert_text(where(&w), "a b");
    done(&w, "a");
    done(&w, "b");
    assert_text(where(&w), "ended");
    walk_close(&w);
}

static void without_start_event_all_that_nothing_leads_to_starts(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, MODEL(USER("a") USER("b") F("a", "c") USER("c")));
    start(&w);
    assert_text(where(&w), "a b");
    done(&w, "a");
    done(&w, "b");
    done(&w, "c");
    assert_text(where(&w), "ended");
    walk_close(&w);
}

static void a_loop_that_never_waits_is_stopped(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, MODEL(START F("start", "x") "<exclusiveGateway id='x' default='x_end'/>" IF(
                      "x", "a", "true") F("x", "end") "<task id='a'/>" F("a", "x") END("end")));
    struct flow_engine e = walk_engine(&w);
    struct flow_trigger by = {0};
    assert_status(flow_start(&e, &by, &w.state, &w.effects, &w.problem), STATUS_TOO_LARGE);
    assert_string_equal(w.problem.rule, "flow_endless");
    assert_int_equal(w.state.next_id, 0);
    walk_close(&w);
}

static void tokens_are_bounded(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, MODEL(START F("start", "x") "<parallelGateway id='g'/>" F(
                      "x", "g") "<exclusiveGateway id='x'/>" F("g", "x") F("g", "a") USER("a") F("a", "end")
                            END("end")));
    struct flow_engine e = walk_engine(&w);
    struct flow_trigger by = {0};
    assert_status(flow_start(&e, &by, &w.state, &w.effects, &w.problem), STATUS_TOO_LARGE);
    assert_string_equal(w.problem.rule, "flow_too_many_tokens");
    walk_close(&w);
}

static void lanes_and_other_namespaces(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(
        &w, MODEL("<x:y xmlns:x='urn:x' id='start'><x:z/></x:y><laneSet id='l'><lane id='l1' "
                  "name='Officer'><flowNodeRef>a</flowNodeRef>"
                  "<childLaneSet id='l2'><lane id='l3' "
                  "name='Second'><flowNodeRef>b</flowNodeRef></lane></childLaneSet></lane></laneSet>" START F(
                      "start", "a") USER("a") F("a", "b") USER("b") F("b", "end") END("end")));
    assert_int_equal(flow_count(w.model), 4);
    assert_text(flow_element(w.model, flow_find(w.model, T("a")))->lane, "Officer");
    assert_text(flow_element(w.model, flow_find(w.model, T("b")))->lane, "Second");
    assert_string_equal(flow_kind_name(flow_element(w.model, 1)->kind), "userTask");
    assert_text(flow_process_id(w.model), "p");
    walk_close(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_task_after_the_other),
        cmocka_unit_test(a_task_is_done_once),
        cmocka_unit_test(exclusive_takes_the_first_that_holds),
        cmocka_unit_test(no_way_out_is_an_incident_that_can_be_mended),
        cmocka_unit_test(a_failed_condition_does_not_repeat_the_task),
        cmocka_unit_test(trouble_of_the_machine_changes_nothing),
        cmocka_unit_test(parallel_waits_for_all),
        cmocka_unit_test(inclusive_waits_for_those_that_started),
        cmocka_unit_test(inclusive_is_released_when_the_other_token_goes_elsewhere),
        cmocka_unit_test(inclusive_in_a_loop_does_not_wait_for_itself),
        cmocka_unit_test(conditions_after_a_task_may_all_hold),
        cmocka_unit_test(without_start_event_all_that_nothing_leads_to_starts),
        cmocka_unit_test(a_loop_that_never_waits_is_stopped),
        cmocka_unit_test(tokens_are_bounded),
        cmocka_unit_test(lanes_and_other_namespaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
