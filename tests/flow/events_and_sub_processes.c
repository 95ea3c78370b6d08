// Timers, messages, signals and errors; what they interrupt, and what goes on.
#include "walk.h"

#define MESSAGES                                                                                         \
    "<message id='m1' name='letter'/><message id='m2' name='payment'><extensionElements>"                \
    "<zeebe:subscription correlationKey='=case_7'/></extensionElements></message>"                       \
    "<signal id='s1' name='alarm'/><error id='e1' name='No stamp' errorCode='NO_STAMP'/><error id='e2' " \
    "errorCode='OTHER'/>"
#define ON(ref) "<messageEventDefinition messageRef='" ref "'/>"
#define ALARM "<signalEventDefinition signalRef='s1'/>"
#define ERR(ref) "<errorEventDefinition errorRef='" ref "'/>"
#define CATCH(id, d) "<intermediateCatchEvent id='" id "'>" d "</intermediateCatchEvent>"
#define THROW(id, d) "<intermediateThrowEvent id='" id "'>" d "</intermediateThrowEvent>"
#define BOUND(id, to, cancel, d) \
    "<boundaryEvent id='" id "' attachedToRef='" to "' cancelActivity='" cancel "'>" d "</boundaryEvent>"
#define M(inside) DEFS(MESSAGES PROCESS(inside))

static void a_timer_survives_a_restart(void **unused) {
    (void)unused;
    struct walk w = {.now = {1000}};
    walk_open(&w, M(START F("start", "wait") CATCH("wait", AFTER("PT1H")) F("wait", "a") USER("a")
                        F("a", "end") END("end")));
    start(&w);
    assert_text(effects_of(&w, FLOW_TIMER_SET), "wait");
    restart(&w);
    assert_int_equal(w.state.waits.items[0].due.ms, 3601000);
    struct flow_engine e = walk_engine(&w);
    assert_ok(
        flow_timer_move(&e, &w.state, wait_at(&w, "wait"), (struct moment){-5}, &w.effects, &w.problem));
    restart(&w);
    assert_int_equal(w.state.waits.items[0].due.ms, -5);
    timer(&w, "wait");
    assert_text(where(&w), "a");
    assert_status(flow_timer_due(&e, &w.state, 2, &w.effects, &w.problem), STATUS_NOT_FOUND);
    walk_close(&w);
}

static void a_message_finds_its_wait_by_name_and_key(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, M(START F("start", "wait") CATCH("wait", ON("m2"))
                        F("wait", "r") "<receiveTask id='r' messageRef='m1'/>" F("r", "end") END("end")));
    start(&w);
    struct flow_engine e = walk_engine(&w);
    assert_status(flow_message(&e, &w.state, T("payment"), T("case_8"), &w.effects, &w.problem),
                  STATUS_NOT_FOUND);
    assert_status(flow_message(&e, &w.state, T("letter"), T("case_7"), &w.effects, &w.problem),
                  STATUS_NOT_FOUND);
    message_key(&w, "payment", "case_7");
    assert_text(where(&w), "r");
    message_key(&w, "letter", "anything");
    assert_text(where(&w), "ended");
    walk_close(&w);
}

static void start_by_message_or_plainly(void **unused) {
    (void)unused;
    const char *model = M(START F("start", "a") "<startEvent id='by_letter'>" ON("m1") "</startEvent>" F(
        "by_letter", "b") USER("a") USER("b") F("a", "end") F("b", "end") END("end"));
    struct walk w = {0};
    walk_open(&w, model);
    start(&w);
    assert_text(where(&w), "a");
    walk_close(&w);
    struct walk v = {0};
    walk_open(&v, model);
    struct flow_engine e = walk_engine(&v);
    struct flow_trigger by = {FLOW_MESSAGE, T("payment")};
    assert_status(flow_start(&e, &by, &v.state, &v.effects, &v.problem), STATUS_NOT_FOUND);
    start_by(&v, FLOW_MESSAGE, "letter");
    assert_text(where(&v), "b");
    walk_close(&v);
}

static void the_first_event_decides(void **unused) {
    (void)unused;
    const char *model = M(START F("start", "g") "<eventBasedGateway id='g'/>" F("g", "late") F("g", "came")
                              CATCH("late", AFTER("P1D")) CATCH("came", ON("m1")) F("late", "a")
                                  F("came", "b") USER("a") USER("b") F("a", "end") F("b", "end") END("end"));
    struct walk w = {0};
    walk_open(&w, model);
    start(&w);
    assert_text(where(&w), "g");
    message(&w, "letter");
    assert_text(where(&w), "b");
    assert_text(effects_of(&w, FLOW_TIMER_CANCELLED), "late");
    assert_text(effects_of(&w, FLOW_LEFT), "g came");
    walk_close(&w);
    struct walk v = {0};
    walk_open(&v, model);
    start(&v);
    timer(&v, "late");
    assert_text(where(&v), "a");
    assert_text(effects_of(&v, FLOW_MESSAGE_UNAWAITED), "came");
    assert_int_equal(v.state.waits.count, 0);
    walk_close(&v);
}

static void a_boundary_timer_takes_the_task_away(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, M(START F("start", "a") USER("a") BOUND("lapse", "a", "true", AFTER("PT1H"))
                        BOUND("paid", "a", "true", ON("m1")) F("a", "end") F("lapse", "b") F("paid", "b")
                            USER("b") F("b", "end") END("end")));
    start(&w);
    timer(&w, "lapse");
    assert_text(where(&w), "b");
    assert_text(effects_of(&w, FLOW_TASK_CANCELLED), "a");
    assert_text(effects_of(&w, FLOW_INTERRUPTED), "a");
    assert_text(effects_of(&w, FLOW_MESSAGE_UNAWAITED), "paid");
    walk_close(&w);
}

static void a_done_task_cancels_its_boundary_events(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, M(START F("start", "a") USER("a") BOUND("lapse", "a", "true", AFTER("PT1H")) F("a", "end")
                        F("lapse", "end") END("end")));
    start(&w);
    done(&w, "a");
    assert_text(effects_of(&w, FLOW_TIMER_CANCELLED), "lapse");
    assert_text(where(&w), "ended");
    walk_close(&w);
}

static void a_reminder_leaves_the_task_open(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, M(START F("start", "a") USER("a")
                        BOUND("remind", "a", "false",
                              "<timerEventDefinition><timeCycle "
                              "xsi:type='tFormalExpression'>R3/PT1H</timeCycle></timerEventDefinition>")
                            BOUND("note", "a", "false", ON("m1")) F("a", "end")
                                F("remind", "r") "<serviceTask id='r'/>" F("r", "e_end") END("e_end")
                                    F("note", "n") USER("n") F("n", "e_end") END("end")));
    start(&w);
    timer(&w, "remind");
    timer(&w, "remind");
    assert_int_equal(w.state.waits.items[0].fired, 2);
    assert_text(where(&w), "a");
    timer(&w, "remind");
    assert_int_equal(wait_at(&w, "remind"), 0);
    assert_string_equal(w.log, "r r r");
    message(&w, "letter");
    message(&w, "letter");
    assert_text(where(&w), "a n n");
    done(&w, "a");
    assert_text(where(&w), "n n");
    done(&w, "n");
    done(&w, "n");
    assert_text(where(&w), "ended");
    walk_close(&w);
}

#define SUB(id, inside) "<subProcess id='" id "'>" inside "</subProcess>"
#define IN_SUB                                                                                               \
    "<startEvent id='s_start'/>" F("s_start", "s_split") "<parallelGateway id='s_split'/>" F("s_split", "x") \
        F("s_split", "y") USER("x") USER("y") F("x", "s_end") F("y", "s_end") END("s_end")

static void a_sub_process_ends_when_all_in_it_has_ended(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, M(START F("start", "sub") SUB("sub", IN_SUB) F("sub", "end") END("end")));
    start(&w);
    assert_text(where(&w), "sub x y");
    assert_true(flow_is_at(&w.state, flow_find(w.model, T("sub"))));
    done(&w, "x");
    done(&w, "y");
    assert_text(where(&w), "ended");
    walk_close(&w);
}

static void interrupting_a_sub_process_clears_it(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, M(START F("start", "sub") SUB("sub", IN_SUB) BOUND("lapse", "sub", "true", AFTER("PT1H"))
                        F("sub", "end") F("lapse", "b") USER("b") F("b", "end") END("end")));
    start(&w);
    done(&w, "x");
    timer(&w, "lapse");
    assert_text(where(&w), "b");
    assert_text(effects_of(&w, FLOW_TASK_CANCELLED), "y");
    assert_text(effects_of(&w, FLOW_INTERRUPTED), "y sub");
    assert_int_equal(w.state.scopes.count, 1);
    walk_close(&w);
}

#define EVENT_SUB(id, inter, d)                                                                            \
    "<subProcess id='" id "' triggeredByEvent='true'><startEvent id='" id "_start' isInterrupting='" inter \
    "'>" d "</startEvent>" F(id "_start", id "_task") USER(id "_task") F(id "_task", id "_end")            \
        END(id "_end") "</subProcess>"

static void withdrawal_stops_everything_else(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, M(START F("start", "sub") SUB("sub", IN_SUB) F("sub", "end") END("end")
                        EVENT_SUB("withdraw", "true", ON("m1")) EVENT_SUB("note", "false", ALARM)));
    start(&w);
    sig(&w, "alarm");
    assert_text(where(&w), "sub x y note_task");
    message(&w, "letter");
    assert_text(where(&w), "withdraw_task");
    assert_int_equal(w.state.waits.count, 0);
    done(&w, "withdraw_task");
    assert_text(where(&w), "ended");
    walk_close(&w);
}

static void a_note_runs_beside_and_is_waited_for(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, M(START F("start", "a") USER("a") F("a", "end") END("end")
                        EVENT_SUB("note", "false", ON("m1")) EVENT_SUB("late", "true", AFTER("P1D"))));
    start(&w);
    message(&w, "letter");
    message(&w, "letter");
    done(&w, "a");
    assert_text(where(&w), "note_task note_task");
    done(&w, "note_task");
    timer(&w, "late_start");
    assert_text(where(&w), "late_task");
    done(&w, "late_task");
    assert_text(where(&w), "ended");
    walk_close(&w);
}

static void errors_find_the_innermost_catcher(void **unused) {
    (void)unused;
    const char *model = M(
        START F("start", "sub")
            SUB("sub", "<startEvent id='s_start'/>" F("s_start", "s") "<serviceTask id='s'/>" F("s", "s_end")
                           END("s_end") EVENT_SUB("inner", "true", ERR("e2")))
                BOUND("no_stamp", "sub", "true", ERR("e1"))
                    BOUND("any", "sub", "true", "<errorEventDefinition/>") F("sub", "end") F("no_stamp", "a")
                        F("any", "b") USER("a") USER("b") F("a", "end") F("b", "end") END("end"));
    static const char *const CASES[][2] = {{"NO_STAMP", "a"}, {"OTHER", "sub inner_task"}, {"STRANGE", "b"}};
    for (int i = 0; i < 3; i++) {
        struct walk w = {.answer = CASES[i][0]};
        walk_open(&w, model);
        start(&w);
        assert_text(where(&w), CASES[i][1]);
        restart(&w);
        walk_close(&w);
    }
}

static void an_error_nobody_catches_is_an_incident(void **unused) {
    (void)unused;
    struct walk w = {.answer = "STRANGE"};
    walk_open(&w, M(START F("start", "s") "<serviceTask id='s'/>" F("s", "u") BOUND(
                      "b", "s", "true", ERR("e1")) F("b", "end") USER("u") BOUND("c", "u", "true", ERR("e1"))
                        F("c", "end") F("u", "e") "<endEvent id='e'>" ERR("e2") "</endEvent>" END("end")));
    start(&w);
    assert_text(where(&w), "s!");
    assert_true(stuck_with(&w, "flow_error_not_caught"));
    w.answer = "done";
    retry(&w, "s");
    error_at(&w, "u", "NO_IDEA");
    assert_text(where(&w), "u!");
    assert_text(effects_of(&w, FLOW_TASK_CANCELLED), "u");
    retry(&w, "u");
    assert_text(effects_of(&w, FLOW_TASK_OPENED), "u");
    done(&w, "u");
    assert_text(where(&w), "e!");
    walk_close(&w);
    struct walk v = {0};
    walk_open(&v, M(START F("start", "u") USER("u") BOUND("c", "u", "true", ERR("e1")) F("c", "end")
                        F("u", "end") END("end")));
    start(&v);
    error_at(&v, "u", "NO_STAMP");
    assert_text(where(&v), "ended");
    walk_close(&v);
}

static void a_service_may_answer_later_or_fail(void **unused) {
    (void)unused;
    struct walk w = {.answer = "later"};
    walk_open(
        &w,
        M(START F("start",
                  "s") "<serviceTask id='s'><extensionElements><zeebe:taskDefinition "
                       "type='print'/><zeebe:taskHeaders>"
                       "<zeebe:header key='letter' "
                       "value='decision'/></zeebe:taskHeaders></extensionElements></serviceTask>" BOUND(
                           "lapse", "s", "true", AFTER("PT1H")) F("lapse", "end")
                           F("s", "d") "<businessRuleTask id='d'><extensionElements><zeebe:calledDecision "
                                       "decisionId='track' resultVariable='t'/>"
                                       "</extensionElements></businessRuleTask>" F("d", "end") END("end")));
    const struct flow_element *s = flow_element(w.model, flow_find(w.model, T("s")));
    assert_text(s->type, "print");
    assert_text(s->headers.items[0].name, "letter");
    assert_text(s->headers.items[0].value, "decision");
    assert_text(flow_element(w.model, flow_find(w.model, T("d")))->decision, "track");
    start(&w);
    assert_text(where(&w), "s");
    struct flow_engine e = walk_engine(&w);
    assert_ok(flow_failed(&e, &w.state, token_at(&w, "s"), T("paper out"), &w.effects, &w.problem));
    assert_true(stuck_with(&w, "flow_work_failed"));
    restart(&w);
    assert_int_equal(w.state.waits.count, 1);
    w.answer = "failed";
    retry(&w, "s");
    assert_text(w.state.incidents.items[0].detail, "printer on fire");
    w.answer = "later";
    retry(&w, "s");
    w.answer = "done";
    done(&w, "s");
    assert_text(where(&w), "ended");
    assert_string_equal(w.log, "s s s d");
    walk_close(&w);
}

static void a_stuck_timer_is_set_again(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, M(START F("start", "a") USER("a") BOUND("ok", "a", "true", AFTER("PT1H"))
                        BOUND("bad", "a", "true", AFTER("=broken")) F("ok", "end") F("bad", "end")
                            F("a", "end") END("end")));
    start(&w);
    assert_text(where(&w), "a!");
    assert_int_equal(w.state.waits.count, 0);
    w.facts = "mended";
    retry(&w, "a");
    assert_int_equal(w.state.waits.count, 2);
    assert_text(effects_of(&w, FLOW_TASK_OPENED), "a");
    walk_close(&w);
}

static void throwing(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, M(START F("start", "split") "<parallelGateway id='split'/>" F("split", "wait")
                        F("split", "a") CATCH("wait", ALARM) F("wait", "b") USER("b") USER("a") F("a", "tell")
                            THROW("tell", ON("m1")) F("tell", "ring") THROW("ring", ALARM) F("ring", "jump")
                                THROW("jump", "<linkEventDefinition name='L'/>")
                                    CATCH("land", "<linkEventDefinition name='L'/>") F("land", "c") USER("c")
                                        F("c", "e") F("b", "e") "<endEvent id='e'>" ON("m2") "</endEvent>"));
    start(&w);
    done(&w, "a");
    assert_text(where(&w), "b c");
    assert_text(effects_of(&w, FLOW_MESSAGE_SENT), "tell");
    assert_text(effects_of(&w, FLOW_SIGNAL_SENT), "ring");
    done(&w, "c");
    done(&w, "b");
    assert_text(where(&w), "ended");
    walk_close(&w);
}

static void terminate_ends_its_level(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(
        &w, M(START F("start", "sub") SUB(
                "sub",
                "<startEvent id='s_start'/>" F("s_start", "s_split") "<parallelGateway id='s_split'/>" F(
                    "s_split", "x") F("s_split", "y") USER("x") USER("y") F("x", "kill")
                    F("y", "s_end") "<endEvent id='kill'><terminateEventDefinition/></endEvent>" END("s_end"))
                  F("sub", "b") USER("b") F("b", "end") END("end")));
    start(&w);
    done(&w, "x");
    assert_text(where(&w), "b");
    assert_text(effects_of(&w, FLOW_TASK_CANCELLED), "y");
    walk_close(&w);
}

static void calling_a_process_waits_for_it(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, M(START F("start", "c") "<callActivity id='c'><extensionElements><zeebe:calledElement "
                                          "processId='other'/></extensionElements></callActivity>" F(
                                              "c", "end") END("end")));
    start(&w);
    assert_text(effects_of(&w, FLOW_PROCESS_CALLED), "c");
    done(&w, "c");
    assert_text(where(&w), "ended");
    walk_close(&w);
}

#define MANY(kind, more)                                                                                   \
    "<multiInstanceLoopCharacteristics isSequential='" kind "'><loopCardinality>=n</loopCardinality>" more \
    "</multiInstanceLoopCharacteristics>"

static void many_at_once_and_one_by_one(void **unused) {
    (void)unused;
    struct walk w = {.count = 3};
    walk_open(&w, M(START F("start", "a") "<userTask id='a'>" MANY("false", "") "</userTask>" BOUND(
                      "l", "a", "true", AFTER("PT1H")) F("l", "end")
                        F("a", "b") "<userTask id='b'>" MANY(
                            "true",
                            "<completionCondition>=enough</completionCondition>") "</userTask>" F("b", "end")
                            END("end")));
    start(&w);
    assert_text(where(&w), "a a a a");
    done(&w, "a");
    done(&w, "a");
    assert_text(where(&w), "a a");
    done(&w, "a");
    assert_text(where(&w), "b b");
    done(&w, "b");
    assert_int_equal(w.state.tokens.items[1].instance, 2);
    w.facts = "enough";
    done(&w, "b");
    assert_text(where(&w), "ended");
    walk_close(&w);
    struct walk v = {.count = -1};
    walk_open(&v, M(START F("start", "a") "<userTask id='a'>" MANY("false", "") "</userTask>" BOUND(
                      "l", "a", "true", AFTER("PT1H")) F("l", "end") F("a", "end") END("end")));
    start(&v);
    assert_true(stuck_with(&v, "flow_instance_count"));
    v.count = 2;
    retry(&v, "a");
    timer(&v, "l");
    assert_text(where(&v), "ended");
    walk_close(&v);
    struct walk u = {.count = 0};
    walk_open(&u, M(START F("start", "a") "<userTask id='a'>" MANY("false", "") "</userTask>" F("a", "end")
                        END("end")));
    start(&u);
    assert_text(where(&u), "ended");
    walk_close(&u);
}

static void loops_test_before_or_after(void **unused) {
    (void)unused;
    struct walk w = {.facts = "again"};
    walk_open(
        &w,
        M(START F(
            "start",
            "a") "<userTask id='a'><standardLoopCharacteristics><loopCondition>=again</loopCondition>"
                 "</standardLoopCharacteristics></userTask>" F(
                     "a",
                     "b") "<userTask id='b'><standardLoopCharacteristics testBefore='true' loopMaximum='2'>"
                          "<loopCondition>=more</loopCondition></standardLoopCharacteristics></userTask>" F(
                              "b", "end") END("end")));
    start(&w);
    done(&w, "a");
    assert_text(where(&w), "a a");
    w.facts = "more";
    done(&w, "a");
    done(&w, "b");
    done(&w, "b");
    assert_text(where(&w), "ended");
    walk_close(&w);
}

static void a_case_can_be_cancelled(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, M(START F("start", "sub") SUB("sub", IN_SUB) F("sub", "end") END("end")
                        EVENT_SUB("note", "false", ON("m1"))));
    start(&w);
    message(&w, "letter");
    restart(&w);
    struct flow_engine e = walk_engine(&w);
    assert_ok(flow_cancel(&e, &w.state, &w.effects, &w.problem));
    assert_text(effects_of(&w, FLOW_TASK_CANCELLED), "x y note_task");
    restart(&w);
    assert_text(where(&w), "ended");
    assert_status(flow_cancel(&e, &w.state, &w.effects, &w.problem), STATUS_NOT_FOUND);
    walk_close(&w);
}

static void a_state_of_another_model_is_refused(void **unused) {
    (void)unused;
    struct walk w = {0}, v = {0}, u = {0};
    walk_open(&w, M(START F("start", "a") USER("a") F("a", "end") END("end")));
    walk_open(&v, M(START F("start", "b") USER("b") F("b", "end") END("end")));
    walk_open(&u, M(START F("start", "a") "<scriptTask id='a'/>" F("a", "end") END("end")));
    start(&w);
    struct bytes b = flow_state_write(w.model, &w.state, &w.arena);
    struct flow_state s;
    assert_status(flow_state_read(v.model, b, &v.arena, &s, &v.problem), STATUS_INVALID);
    assert_string_equal(v.problem.rule, "flow_element_unknown");
    assert_text(v.problem.args[0].value, "a");
    assert_status(flow_state_read(u.model, b, &u.arena, &s, &u.problem), STATUS_INVALID);
    for (size_t n = 0; n < b.n; n++) // any cut is noticed
        assert_status(flow_state_read(w.model, (struct bytes){b.p, n}, &w.arena, &s, NULL), STATUS_CORRUPT);
    walk_close(&w), walk_close(&v), walk_close(&u);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_timer_survives_a_restart),
        cmocka_unit_test(a_message_finds_its_wait_by_name_and_key),
        cmocka_unit_test(start_by_message_or_plainly),
        cmocka_unit_test(the_first_event_decides),
        cmocka_unit_test(a_boundary_timer_takes_the_task_away),
        cmocka_unit_test(a_done_task_cancels_its_boundary_events),
        cmocka_unit_test(a_reminder_leaves_the_task_open),
        cmocka_unit_test(a_sub_process_ends_when_all_in_it_has_ended),
        cmocka_unit_test(interrupting_a_sub_process_clears_it),
        cmocka_unit_test(withdrawal_stops_everything_else),
        cmocka_unit_test(a_note_runs_beside_and_is_waited_for),
        cmocka_unit_test(errors_find_the_innermost_catcher),
        cmocka_unit_test(an_error_nobody_catches_is_an_incident),
        cmocka_unit_test(a_service_may_answer_later_or_fail),
        cmocka_unit_test(a_stuck_timer_is_set_again),
        cmocka_unit_test(throwing),
        cmocka_unit_test(terminate_ends_its_level),
        cmocka_unit_test(calling_a_process_waits_for_it),
        cmocka_unit_test(many_at_once_and_one_by_one),
        cmocka_unit_test(loops_test_before_or_after),
        cmocka_unit_test(a_case_can_be_cancelled),
        cmocka_unit_test(a_state_of_another_model_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
