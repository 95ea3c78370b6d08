// Compensation, transactions, escalation, conditions, several events at once, complex gateways, ad-hoc
// sub-processes, quantities of tokens, instances that throw, and processes that an event-based gateway
// starts.
#include "walk.h"

#define SERVICE(id) "<serviceTask id='" id "'/>"
#define UNDO(task)                                           \
    "<boundaryEvent id='undo_" task "' attachedToRef='" task \
    "'><compensateEventDefinition/></boundaryEvent>"         \
    "<userTask id='un_" task "' isForCompensation='true'/>"  \
    "<association id='as_" task "' sourceRef='undo_" task "' targetRef='un_" task "'/>"
#define THROWS(id, definition) "<intermediateThrowEvent id='" id "'>" definition "</intermediateThrowEvent>"
#define CATCHES(id, more, definition) \
    "<intermediateCatchEvent id='" id "' " more ">" definition "</intermediateCatchEvent>"
#define ENDS(id, definition) "<endEvent id='" id "'>" definition "</endEvent>"
#define WORDS                                                                                              \
    "<signal id='s1' name='one'/><signal id='s2' name='two'/><escalation id='esc' escalationCode='late'/>" \
    "<message id='m1' name='first'/><message id='m2' name='second'/><error id='er' errorCode='E'/>"
#define WITH_WORDS(inside) DEFS(WORDS PROCESS(inside))
#define IS(place) assert_text(where(&w), place)

static void what_was_done_is_undone_last_first(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, MODEL(START F("start", "a") SERVICE("a") F("a", "b") SERVICE("b") F("b", "t")
                            THROWS("t", "<compensateEventDefinition/>") F("t", "after") USER("after")
                                F("after", "end") END("end") UNDO("a") UNDO("b")));
    start(&w);
    IS("t un_b");
    done(&w, "un_b");
    IS("t un_a");
    done(&w, "un_a");
    IS("after");
    walk_close(&w);
}

static void one_activity_can_be_meant(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, MODEL(START F("start", "a") SERVICE("a") F("a", "b") SERVICE("b") F("b", "t")
                            ENDS("t", "<compensateEventDefinition activityRef='a'/>") UNDO("a") UNDO("b")));
    start(&w);
    assert_int_equal(token_at(&w, "un_b"), 0);
    done(&w, "un_a");
    IS("ended");
    walk_close(&w);
}

// A completed sub-process without a handler is undone by undoing what is in it.
static void a_sub_process_is_undone_from_inside(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, MODEL(START F("start", "sub") "<subProcess id='sub'>" SERVICE("a")
                            UNDO("a") "</subProcess>" F("sub", "t")
                                ENDS("t", "<compensateEventDefinition waitForCompletion='false'/>")));
    start(&w);
    assert_int_equal(w.state.done.count, 0);
    assert_true(token_at(&w, "un_a") != 0);
    assert_int_equal(token_at(&w, "t"), 0);
    done(&w, "un_a");
    IS("ended");
    walk_close(&w);
}

static void a_sub_process_may_undo_itself(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, MODEL(START F("start", "sub") "<subProcess id='sub'>" SERVICE("a") UNDO(
                      "a") "<subProcess id='es' triggeredByEvent='true'><startEvent id='es1'>"
                           "<compensateEventDefinition/></startEvent>" F("es1", "es2") USER("es2")
                               F("es2", "es3") END("es3") "</subProcess></subProcess>" F("sub", "t")
                                   ENDS("t", "<compensateEventDefinition/>")));
    start(&w);
    assert_true(token_at(&w, "es2") != 0);
    assert_int_equal(token_at(&w, "un_a"), 0);
    done(&w, "es2");
    IS("ended");
    walk_close(&w);
}

static void a_cancelled_transaction_undoes_all_and_goes_on_at_its_border(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(
        &w, MODEL(START F("start", "tx") "<transaction id='tx'><startEvent id='i'/>" F("i", "a") SERVICE("a")
                      F("a", "q") USER("q") F("q", "no") ENDS("no", "<cancelEventDefinition/>")
                          UNDO("a") "</transaction>" F(
                              "tx", "end") "<boundaryEvent id='b' attachedToRef='tx'><cancelEventDefinition/>"
                                           "</boundaryEvent>" F("b", "sorry") USER("sorry") F("sorry", "end")
                                               END("end")));
    start(&w);
    done(&w, "q");
    IS("tx un_a");
    done(&w, "un_a");
    IS("sorry");
    done(&w, "sorry");
    IS("ended");
    walk_close(&w);
}

// The handler of a completed transaction has nothing to cancel any more.
static void a_complete_transaction_is_not_cancelled(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, MODEL(START F("start", "tx") "<transaction id='tx'>" SERVICE(
                      "a") "<subProcess id='es' triggeredByEvent='true'><startEvent id='es1'>"
                           "<compensateEventDefinition/></startEvent>" F("es1", "es2") ENDS(
                               "es2", "<cancelEventDefinition/>") "</subProcess></transaction>" F("tx", "t")
                               ENDS("t", "<compensateEventDefinition/>")));
    start(&w);
    assert_text(effects_of(&w, FLOW_COMPENSATED), "tx");
    IS("ended");
    walk_close(&w);
}

static void an_escalation_may_leave_the_work_running(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, WITH_WORDS(
                      START F("start", "sub") "<subProcess id='sub'><startEvent id='i'/>" F("i", "t")
                          THROWS("t", "<escalationEventDefinition escalationRef='esc'/>") F("t", "q")
                              USER("q") F("q", "j") END("j") "</subProcess>" F("sub", "end") END(
                                  "end") "<boundaryEvent id='b' attachedToRef='sub' cancelActivity='false'>"
                                         "<escalationEventDefinition escalationRef='esc'/></boundaryEvent>" F(
                                             "b", "boss") USER("boss") F("boss", "end")));
    start(&w);
    IS("sub q boss");
    done(&w, "q");
    IS("boss");
    done(&w, "boss");
    IS("ended");
    walk_close(&w);
}

static void an_escalation_that_nobody_catches_harms_nobody(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w,
              WITH_WORDS(START F("start", "t") THROWS("t", "<escalationEventDefinition escalationRef='esc'/>")
                             F("t", "q") USER("q") F("q", "end") END("end")));
    start(&w);
    IS("q");
    struct flow_engine e = walk_engine(&w);
    assert_ok(flow_escalation(&e, &w.state, token_at(&w, "q"), T("other"), &w.effects, &w.problem));
    IS("q");
    walk_close(&w);
}

static void a_condition_comes_when_it_begins_to_hold(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(
        &w, MODEL(START F("start", "a") USER("a") F("a", "end") END(
                "end") "<boundaryEvent id='b' attachedToRef='a' cancelActivity='false'>"
                       "<conditionalEventDefinition><condition>=late</condition></conditionalEventDefinition>"
                       "</boundaryEvent>" F("b", "remind") SERVICE("remind") F("remind", "end")));
    start(&w);
    struct flow_engine e = walk_engine(&w);
    const char *facts[] = {"", "late", "late", "", "late"};
    for (int i = 0; i < 5; i++) {
        restart(&w);
        w.facts = facts[i];
        assert_ok(flow_facts_changed(&e, &w.state, &w.effects, &w.problem));
    }
    assert_string_equal(w.log, "remind remind");
    IS("a");
    walk_close(&w);
}

static void one_of_several_events_or_all_of_them(void **unused) {
    (void)unused;
    for (int all = 0; all < 2; all++) {
        struct walk w = {0};
        const char *xml =
            all ? WITH_WORDS(START F("start", "c")
                                 CATCHES("c", "parallelMultiple='true'",
                                         "<signalEventDefinition signalRef='s1'/><messageEventDefinition "
                                         "messageRef='m1'/>") F("c", "end") END("end"))
                : WITH_WORDS(START F("start", "c")
                                 CATCHES("c", "",
                                         "<signalEventDefinition signalRef='s1'/><messageEventDefinition "
                                         "messageRef='m1'/>") F("c", "end") END("end"));
        walk_open(&w, xml);
        start(&w);
        assert_int_equal(w.state.waits.count, 2);
        message(&w, "first");
        assert_text(where(&w), all ? "c" : "ended");
        if (all) sig(&w, "one");
        IS("ended");
        walk_close(&w);
    }
}

static void several_things_are_thrown_in_order(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, WITH_WORDS(START F("start", "t") ENDS(
                      "t", "<terminateEventDefinition/><signalEventDefinition signalRef='s1'/>"
                           "<messageEventDefinition messageRef='m1'/>") F("start", "q") USER("q")
                                 F("q", "end") END("end")));
    start(&w);
    assert_text(effects_of(&w, FLOW_SIGNAL_SENT), "t");
    assert_text(effects_of(&w, FLOW_MESSAGE_SENT), "t");
    IS("ended");
    walk_close(&w);
}

#define TWO_OF_THREE                                                                                      \
    MODEL(START F("start", "par") "<parallelGateway id='par'/>" F("par", "a") F("par", "b") F("par", "c") \
              USER("a") USER("b") USER("c") F("a", "g") F("b", "g")                                       \
                  F("c", "g") "<complexGateway id='g'><activationCondition>"                              \
                              "=two</activationCondition></complexGateway>" F("g", "after")               \
                                  IF("g", "late", "again") USER("after") USER("late") F("after", "end")   \
                                      F("late", "end") END("end"))

static enum status two_have_come(void *ctx, const struct flow_at *at, struct text e, bool *out,
                                 struct problem *p) {
    (void)ctx, (void)p;
    *out = text_eq(e, T("=two")) ? at->arrived >= 2 : !at->waiting_for_start;
    return STATUS_OK;
}

static void a_complex_gateway_is_activated_and_reset(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, TWO_OF_THREE);
    w.host.condition = two_have_come;
    start(&w);
    done(&w, "a");
    IS("b c g");
    done(&w, "c");
    assert_true(token_at(&w, "after") && token_at(&w, "b"));
    assert_int_equal(token_at(&w, "late"), 0);
    done(&w, "b");
    IS("after late");
    walk_close(&w);
}

static void ad_hoc_one_after_the_other_until_it_is_complete(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w,
              MODEL(START F("start", "h") "<adHocSubProcess id='h' ordering='Sequential'>" USER("a") USER(
                  "b") "<completionCondition>=enough</completionCondition></adHocSubProcess>" F("h", "end")
                        END("end")));
    start(&w);
    IS("h a");
    done(&w, "a");
    IS("h b");
    done(&w, "b");
    IS("h");
    struct flow_engine e = walk_engine(&w);
    int a = flow_find(w.model, T("a")), b = flow_find(w.model, T("b"));
    assert_ok(flow_begin(&e, &w.state, token_at(&w, "h") ? 0 : w.state.tokens.items[0].id, a, &w.effects,
                         &w.problem));
    assert_status(flow_begin(&e, &w.state, w.state.tokens.items[0].id, b, &w.effects, &w.problem),
                  STATUS_CONFLICT);
    w.facts = "enough";
    done(&w, "a");
    IS("ended");
    walk_close(&w);
}

static void ad_hoc_completion_takes_the_rest_away(void **unused) {
    (void)unused;
    struct walk w = {.facts = "enough"};
    walk_open(&w,
              MODEL(START F("start", "h") "<adHocSubProcess id='h'>" USER("a") USER(
                  "b") "<completionCondition>=enough</completionCondition></adHocSubProcess>" F("h", "end")
                        END("end")));
    start(&w);
    IS("h a b");
    done(&w, "b");
    assert_text(effects_of(&w, FLOW_TASK_CANCELLED), "a");
    IS("ended");
    walk_close(&w);
}

static void tokens_are_counted(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, MODEL(START F("start", "a") "<serviceTask id='a' completionQuantity='3'/>" F(
                      "a", "b") "<userTask id='b' startQuantity='2'/>" F("b", "end") END("end")));
    start(&w);
    IS("b b");
    assert_int_equal(flow_open_tasks(w.model, &w.state, NULL, 0), 1);
    done(&w, "b");
    IS("b"); // one token waits for another that cannot come: the process does not end (10.2)
    walk_close(&w);
}

static void an_instance_throws_when_it_completes(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w,
              DEFS(WORDS "<signalEventDefinition id='sd' signalRef='s1'/>" PROCESS(
                  START F("start", "a") "<userTask id='a'><multiInstanceLoopCharacteristics behavior='One' "
                                        "oneBehaviorEventRef='sd'><loopCardinality>=3</loopCardinality>"
                                        "</multiInstanceLoopCharacteristics></userTask>" F("a", "end")
                                            END("end") "<boundaryEvent id='b' attachedToRef='a' "
                                                       "cancelActivity='false'><signalEventDefinition "
                                                       "signalRef='s1'/></boundaryEvent>" F("b", "first")
                                                           SERVICE("first") F("first", "end"))));
    w.count = 3;
    start(&w);
    for (int i = 0; i < 3; i++) done(&w, "a");
    assert_string_equal(w.log, "first");
    IS("ended");
    walk_close(&w);
}

static void a_gateway_starts_the_process(void **unused) {
    (void)unused;
    for (int parallel = 0; parallel < 2; parallel++) {
        struct walk w = {0};
        struct text xml = text_printf(
            &w.arena, "%s",
            WITH_WORDS("<eventBasedGateway id='g' instantiate='true' eventGatewayType='Exclusive'/>" F(
                "g", "c") F("g", "d") CATCHES("c", "", "<messageEventDefinition messageRef='m1'/>")
                           CATCHES("d", "", "<messageEventDefinition messageRef='m2'/>") F("c", "a")
                               F("d", "a") USER("a") F("a", "end") END("end")));
        char *type = strstr((char *)(uintptr_t)xml.p, "Exclusive");
        if (parallel) memcpy(type, "Parallel'", 9), type[9] = ' ';
        walk_open(&w, xml.p);
        start_by(&w, FLOW_MESSAGE, "second");
        assert_text(where(&w), parallel ? "c a" : "a");
        if (parallel) message(&w, "first");
        while (token_at(&w, "a")) done(&w, "a");
        IS("ended");
        walk_close(&w);
    }
}

static enum status map(void *ctx, const struct flow_at *at, bool out, struct problem *p) {
    struct walk *w = ctx;
    size_t n = strlen(w->log);
    const struct flow_pairs *pairs = out ? &at->element->outputs : &at->element->inputs;
    (void)p;
    snprintf(w->log + n, sizeof w->log - n, "%s" TEXT_FMT "<-" TEXT_FMT, n ? " " : "",
             TEXT_ARG(pairs->items[0].name), TEXT_ARG(pairs->items[0].value));
    return STATUS_OK;
}

static void the_host_maps_what_goes_in_and_out(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, MODEL(START F(
                      "start",
                      "a") "<userTask id='a'><extensionElements><zeebe:ioMapping><zeebe:input "
                           "source='=x' target='y'/><zeebe:output source='=z' target='u'/></zeebe:ioMapping>"
                           "</extensionElements></userTask>" F("a", "end") END("end")));
    start(&w);
    assert_true(stuck_with(&w, "flow_host_map"));
    w.host.map = map;
    retry(&w, "a");
    done(&w, "a");
    assert_string_equal(w.log, "y<-=x u<-=z");
    IS("ended");
    walk_close(&w);
}

static void a_global_task_is_done_where_it_is_called(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, DEFS("<globalScriptTask id='g'><script>=1</script></globalScriptTask>" PROCESS(START F(
                      "start", "a") "<callActivity id='a' calledElement='g'/>" F("a", "end") END("end"))));
    start(&w);
    assert_string_equal(w.log, "a");
    assert_text(flow_element(w.model, flow_find(w.model, T("a")))->script, "=1");
    assert_text(where(&w), "ended");
    walk_close(&w);
}

static void a_message_is_correlated_as_the_process_subscribes(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, DEFS(WORDS "<correlationProperty id='number'><correlationPropertyRetrievalExpression "
                             "messageRef='m1'><messagePath>=number</messagePath>"
                             "</correlationPropertyRetrievalExpression></correlationProperty>"
                             "<collaboration id='co'><correlationKey id='k'><correlationPropertyRef>number"
                             "</correlationPropertyRef></correlationKey></collaboration>" PROCESS(
                                 START F("start", "c") CATCHES(
                                     "c", "", "<messageEventDefinition messageRef='m1'/>") F("c", "end")
                                     END("end") "<correlationSubscription correlationKeyRef='k'>"
                                                "<correlationPropertyBinding "
                                                "correlationPropertyRef='number'><dataPath>=A-17</dataPath>"
                                                "</correlationPropertyBinding></correlationSubscription>")));
    start(&w);
    struct flow_engine e = walk_engine(&w);
    assert_status(flow_message(&e, &w.state, T("first"), T("A-18"), &w.effects, &w.problem),
                  STATUS_NOT_FOUND);
    message_key(&w, "first", "A-17");
    assert_text(where(&w), "ended");
    walk_close(&w);
}

static void what_instances_are_about_is_told(void **unused) {
    (void)unused;
    struct walk w = {.count = 2};
    walk_open(&w,
              MODEL(START F("start",
                            "a") "<userTask id='a'><multiInstanceLoopCharacteristics><extensionElements>"
                                 "<zeebe:loopCharacteristics inputCollection='=people' inputElement='person' "
                                 "outputCollection='answers' outputElement='=answer'/></extensionElements>"
                                 "</multiInstanceLoopCharacteristics></userTask>" F("a", "end") END("end")));
    const struct flow_element *a = flow_element(w.model, flow_find(w.model, T("a")));
    assert_text(a->collection, "=people");
    assert_text(a->item, "person");
    assert_text(a->results, "answers");
    assert_text(a->result_item, "=answer");
    start(&w);
    assert_int_equal(flow_open_tasks(w.model, &w.state, NULL, 0), 2);
    walk_close(&w);
}

static void who_does_it_is_read_from_roles(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, DEFS("<resource id='res' name='clerks'/>" PROCESS(START F(
                      "start", "a") "<userTask id='a'><humanPerformer><resourceAssignmentExpression>"
                                    "<formalExpression>=officer</formalExpression>"
                                    "</resourceAssignmentExpression></humanPerformer><potentialOwner>"
                                    "<resourceRef>res</resourceRef></potentialOwner></userTask>" F("a", "end")
                                                                        END("end"))));
    const struct flow_element *a = flow_element(w.model, flow_find(w.model, T("a")));
    assert_text(a->groups, "clerks");
    assert_text(a->assignee, "=officer");
    walk_close(&w);
}

static void data_associations_are_told_to_the_host(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(
        &w,
        MODEL(START F(
            "start",
            "a") "<dataObject id='file' name='The file'/><dataObjectReference id='r' dataObjectRef='file'/>"
                 "<userTask id='a'><ioSpecification><dataInput id='i' name='paper'/><inputSet>"
                 "<dataInputRefs>i</dataInputRefs></inputSet><outputSet/></ioSpecification>"
                 "<dataInputAssociation><sourceRef>r</sourceRef><targetRef>i</targetRef>"
                 "</dataInputAssociation></userTask>" F("a", "end") END("end")));
    assert_int_equal(flow_data(w.model).count, 1);
    assert_text(flow_data(w.model).items[0].name, "file");
    w.host.map = map;
    start(&w);
    assert_string_equal(w.log, "paper<-file");
    walk_close(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_done_is_undone_last_first),
        cmocka_unit_test(one_activity_can_be_meant),
        cmocka_unit_test(a_sub_process_is_undone_from_inside),
        cmocka_unit_test(a_sub_process_may_undo_itself),
        cmocka_unit_test(a_cancelled_transaction_undoes_all_and_goes_on_at_its_border),
        cmocka_unit_test(a_complete_transaction_is_not_cancelled),
        cmocka_unit_test(an_escalation_may_leave_the_work_running),
        cmocka_unit_test(an_escalation_that_nobody_catches_harms_nobody),
        cmocka_unit_test(a_condition_comes_when_it_begins_to_hold),
        cmocka_unit_test(one_of_several_events_or_all_of_them),
        cmocka_unit_test(several_things_are_thrown_in_order),
        cmocka_unit_test(a_complex_gateway_is_activated_and_reset),
        cmocka_unit_test(ad_hoc_one_after_the_other_until_it_is_complete),
        cmocka_unit_test(ad_hoc_completion_takes_the_rest_away),
        cmocka_unit_test(tokens_are_counted),
        cmocka_unit_test(an_instance_throws_when_it_completes),
        cmocka_unit_test(a_gateway_starts_the_process),
        cmocka_unit_test(a_global_task_is_done_where_it_is_called),
        cmocka_unit_test(a_message_is_correlated_as_the_process_subscribes),
        cmocka_unit_test(what_instances_are_about_is_told),
        cmocka_unit_test(who_does_it_is_read_from_roles),
        cmocka_unit_test(data_associations_are_told_to_the_host),
        cmocka_unit_test(the_host_maps_what_goes_in_and_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
