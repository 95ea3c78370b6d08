// Every rule of the standard that a model can break is found, and the problem names the element.
#include "walk.h"

#define M(inside) MODEL(START inside END("end"))
#define EVENTS(a, b)                                                                    \
    "<intermediateCatchEvent id='" a "'>" AFTER("P1D") "</intermediateCatchEvent>"      \
                                                       "<intermediateCatchEvent id='" b \
                                                       "'>" AFTER("P2D") "</intermediateCatchEvent>"
#define LINE F("start", "a") USER("a") F("a", "end")
#define SUBP(more) F("start", "s") "<subProcess id='s'" more "</subProcess>" F("s", "end")
#define TIMER(inside)                                              \
    F("start", "c")                                                \
    "<intermediateCatchEvent id='c'><timerEventDefinition>" inside \
    "</timerEventDefinition></intermediateCatchEvent>" F("c", "end")
#define EVENT(tag, attributes, inside) "<" tag " id='e' " attributes ">" inside "</" tag ">"

static const struct broken {
    const char *xml, *rule, *element;
    enum status status;
} MODELS[] = {
    {"<process/>", "flow_root", NULL, STATUS_INVALID},
    {"<definitions/>", "flow_namespace", NULL, STATUS_INVALID},
    {"<definitions", "xml_syntax", "", STATUS_INVALID},
    {"<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><definitions>&x;</definitions>", "xml_doctype",
     "", STATUS_INVALID},
    {DEFS(""), "flow_process_unknown", "", STATUS_INVALID},
    {MODEL(""), "flow_process_empty", "p", STATUS_INVALID},
    {M(LINE "<task/>"), "flow_id_missing", NULL, STATUS_INVALID},
    {M(LINE USER("a")), "flow_id_duplicate", "a", STATUS_INVALID},
    {M(LINE "<implicitThrowEvent id='t'/>"), "flow_element_unsupported", "t", STATUS_UNSUPPORTED},
    {M(LINE "<choreographyTask id='t'/>"), "flow_element_place", "t", STATUS_INVALID},
    {M(LINE F("a", "x") "<endEvent id='x'><cancelEventDefinition/></endEvent>"), "flow_cancel_place", "x",
     STATUS_INVALID},
    {M(LINE "<boundaryEvent id='x' attachedToRef='a'><cancelEventDefinition/></boundaryEvent>" F("x", "end")),
     "flow_cancel_place", "x", STATUS_INVALID},
    {M(LINE "<boundaryEvent id='x' attachedToRef='a'><compensateEventDefinition/></boundaryEvent>"),
     "flow_compensation_handler", "x", STATUS_INVALID},
    {M(LINE
       "<boundaryEvent id='x' attachedToRef='a'><compensateEventDefinition/></boundaryEvent>" F("x", "end")),
     "flow_compensation_flow", "x", STATUS_INVALID},
    {M(LINE "<userTask id='h' isForCompensation='true'/>"), "flow_compensation_handler", "h", STATUS_INVALID},
    {M(LINE F("a", "x") "<endEvent id='x'><compensateEventDefinition activityRef='start'/></endEvent>"),
     "flow_reference_kind", "compensateEventDefinition (line 1)", STATUS_INVALID},
    {M(F("start", "h") "<adHocSubProcess id='h'/>" F("h", "end")), "flow_ad_hoc_empty", "h", STATUS_INVALID},
    {M(F("start", "h") "<adHocSubProcess id='h'>" USER("a") "<startEvent id='x'/>" F(
         "x", "a") "</adHocSubProcess>" F("h", "end")),
     "flow_ad_hoc_event", "x", STATUS_INVALID},
    {DEFS("<error id='er'/>" PROCESS(START LINE F(
         "a", "x") "<endEvent id='x'><errorEventDefinition errorRef='er'/></endEvent>" END("end"))),
     "flow_code_missing", "x", STATUS_INVALID},
    {M(F("start", "a") F("a", "a") "<receiveTask id='a' instantiate='true'/>" F("a", "end")),
     "flow_instantiate", "a", STATUS_INVALID},
    {M(LINE F("a", "x") "<endEvent id='x'><escalationEventDefinition/></endEvent>"),
     "flow_escalation_missing", "x", STATUS_INVALID},
    {M(LINE F("a", "g") "<eventBasedGateway id='g' instantiate='true'/>" F("g", "c") F("g", "d")
           EVENTS("c", "d") F("c", "end") F("d", "end")),
     "flow_instantiate", "c", STATUS_INVALID},
    {M(LINE F("a", "g") "<eventBasedGateway id='g' eventGatewayType='Parallel'/>" F("g", "c") F("g", "d")
           EVENTS("c", "d") F("c", "end") F("d", "end")),
     "flow_instantiate", "g", STATUS_INVALID},
    {M(LINE "<collaboration id='x'/>"), "flow_element_unknown", "x", STATUS_INVALID},
    {M(F("start", "b") LINE), "flow_end_missing", "start_b", STATUS_INVALID},
    {M(LINE "<sequenceFlow id='f' sourceRef='a'/>"), "flow_end_missing", "f", STATUS_INVALID},
    {M(F("a", "start") LINE), "flow_to_start", "start", STATUS_INVALID},
    {M(F("end", "a") LINE), "flow_from_end", "end", STATUS_INVALID},
    {M(F("start", "t") SUBP("><task id='t'/>")), "flow_crosses", "start_t", STATUS_INVALID},
    {M(LINE USER("b")), "flow_no_incoming", "b", STATUS_INVALID},
    {M(LINE F("a", "b") USER("b")), "flow_no_outgoing", "b", STATUS_INVALID},
    {MODEL(START F("start", "a") USER("a")), "flow_start_without_end", "p", STATUS_INVALID},
    {MODEL(USER("a") F("a", "end") END("end")), "flow_end_without_start", "p", STATUS_INVALID},
    {M(LINE "<sequenceFlow id='f' sourceRef='a' targetRef='end'><conditionExpression> "
            "</conditionExpression></sequenceFlow>"),
     "flow_condition_empty", "f", STATUS_INVALID},
    {M(IF("start", "a", "x") USER("a") F("a", "end")), "flow_condition_source", "start_a", STATUS_INVALID},
    {M(F("start", "a") USER("a") IF("a", "end", "x")), "flow_condition_alone", "a_end", STATUS_INVALID},
    {M(F("start", "g") "<exclusiveGateway id='g'/>" F("g", "end") IF("g", "a", "x") USER("a") F("a", "end")),
     "flow_condition_missing", "g_end", STATUS_INVALID},
    {M(F("start", "g") "<exclusiveGateway id='g' default='start_g'/>" F("g", "end")), "flow_default_unknown",
     "g", STATUS_INVALID},
    {M(F("start", "g") "<exclusiveGateway id='g' default='g_end'/>" IF("g", "end", "x") IF("g", "a", "x")
           USER("a") F("a", "end")),
     "flow_default_condition", "g_end", STATUS_INVALID},
    {M(F("start", "g") "<parallelGateway id='g' default='g_end'/>" F("g", "end")), "flow_default_source", "g",
     STATUS_INVALID},
    {M(F("start", "g") "<parallelGateway id='g' gatewayDirection='Converging'/>" F("g", "end")),
     "flow_gateway_direction", "g", STATUS_INVALID},
    {M(F("start", "g") "<parallelGateway id='g' gatewayDirection='Sideways'/>" F("g", "end")), "flow_value",
     "g", STATUS_INVALID},
    {M(LINE "<startEvent id='s2'/>" F("s2", "a")), "flow_start_ambiguous", "s2", STATUS_INVALID},
    {M(SUBP("><startEvent "
            "id='i'><timerEventDefinition><timeDuration "
            "xsi:type='tFormalExpression'>P1D</timeDuration></timerEventDefinition></"
            "startEvent>" F("i", "j") END("j"))),
     "flow_start_trigger", "i", STATUS_INVALID},
    {M(LINE "<subProcess id='s' triggeredByEvent='true'><startEvent id='i'/>" F("i", "j")
           END("j") "</subProcess>"),
     "flow_event_sub_start", "s", STATUS_INVALID},
    {M(LINE F("a", "s") "<subProcess id='s' triggeredByEvent='true'/>"), "flow_at_event_sub", "s",
     STATUS_INVALID},
    {M(LINE "<boundaryEvent id='e' attachedToRef='a' "
            "cancelActivity='false'><errorEventDefinition/></boundaryEvent>" F("e", "end")),
     "flow_not_interrupting", "e", STATUS_INVALID},
    {M(LINE
       "<boundaryEvent id='e' attachedToRef='gone'><errorEventDefinition/></boundaryEvent>" F("e", "end")),
     "flow_reference_unknown", "e", STATUS_INVALID},
    {M(LINE
       "<boundaryEvent id='e' attachedToRef='start'><errorEventDefinition/></boundaryEvent>" F("e", "end")),
     "flow_boundary_host", "e", STATUS_INVALID},
    {M(LINE "<boundaryEvent id='e'><errorEventDefinition/></boundaryEvent>" F("e", "end")),
     "flow_attribute_missing", "e", STATUS_INVALID},
    {M(LINE "<boundaryEvent id='e' attachedToRef='a'><errorEventDefinition/></boundaryEvent>"),
     "flow_no_outgoing", "e", STATUS_INVALID},
    {M(LINE F("a", "e") "<boundaryEvent id='e' attachedToRef='a'><errorEventDefinition/></boundaryEvent>" F(
         "e", "end")),
     "flow_to_boundary", "e", STATUS_INVALID},
    {M(F("start", "e") EVENT("intermediateCatchEvent", "", "<errorEventDefinition/>") F("e", "end")),
     "flow_event_definition", "e", STATUS_INVALID},
    {M(F("start", "e") EVENT("intermediateCatchEvent", "", "") F("e", "end")), "flow_event_no_definition",
     "e", STATUS_INVALID},
    {M(F("start", "e") EVENT("intermediateCatchEvent", "", "<conditionalEventDefinition/>") F("e", "end")),
     "flow_event_condition", "e", STATUS_INVALID},
    {M(F("start", "e") EVENT("intermediateCatchEvent", "", "<messageEventDefinition/>") F("e", "end")),
     "flow_message_missing", "e", STATUS_INVALID},
    {M(F("start", "e") EVENT("intermediateCatchEvent", "", "<messageEventDefinition messageRef='gone'/>")
           F("e", "end")),
     "flow_reference_unknown", NULL, STATUS_INVALID},
    {M(F("start", "e") EVENT("intermediateCatchEvent", "", "<messageEventDefinition messageRef='start'/>")
           F("e", "end")),
     "flow_reference_kind", NULL, STATUS_INVALID},
    {M(F("start", "e") EVENT("intermediateThrowEvent", "", "<signalEventDefinition/>") F("e", "end")),
     "flow_signal_missing", "e", STATUS_INVALID},
    {M(LINE F("a", "e") EVENT("endEvent", "", "<errorEventDefinition/>")), "flow_error_missing", "e",
     STATUS_INVALID},
    {M(TIMER("")), "flow_timer_one", "c", STATUS_INVALID},
    {M(TIMER("<timeDate xsi:type='tFormalExpression'>2026-01-01</timeDate><timeCycle "
             "xsi:type='tFormalExpression'>R/P1D</timeCycle>")),
     "flow_timer_one", "c", STATUS_INVALID},
    {M(TIMER("<timeDuration xsi:type='tFormalExpression'>1 day</timeDuration>")), "flow_timer_format", "c",
     STATUS_INVALID},
    {M(TIMER("<timeDuration xsi:type='tFormalExpression'>PT</timeDuration>")), "flow_timer_format", "c",
     STATUS_INVALID},
    {M(TIMER("<timeDuration xsi:type='tFormalExpression'>P1M1Y</timeDuration>")), "flow_timer_format", "c",
     STATUS_INVALID},
    {M(TIMER("<timeDate xsi:type='tFormalExpression'>2026-13-01</timeDate>")), "flow_timer_format", "c",
     STATUS_INVALID},
    {M(TIMER("<timeCycle xsi:type='tFormalExpression'>P1D</timeCycle>")), "flow_timer_format", "c",
     STATUS_INVALID},
    {M(F("start", "e") EVENT("intermediateThrowEvent", "", "<linkEventDefinition/>")), "flow_link_name", "e",
     STATUS_INVALID},
    {M(LINE F("a", "e") EVENT("intermediateThrowEvent", "", "<linkEventDefinition name='L'/>")),
     "flow_link_target", "e", STATUS_INVALID},
    {M(LINE F("a", "e") EVENT("intermediateThrowEvent", "",
                              "<linkEventDefinition name='L'/><linkEventDefinition name='L'/>")),
     "flow_event_definition", "e", STATUS_INVALID},
    {M(F("start", "g") "<eventBasedGateway id='g'/>" F("g", "a") F("g", "b") USER("a") USER("b") F("a", "end")
           F("b", "end")),
     "flow_event_gateway_target", "a", STATUS_INVALID},
    {M(F("start", "g") "<eventBasedGateway id='g'/>" F("g", "e")
           EVENT("intermediateCatchEvent", "", AFTER("P1D")) F("e", "end")),
     "flow_event_gateway_few", "g", STATUS_INVALID},
    {M(LINE "<subProcess id='s'><standardLoopCharacteristics "
            "loopMaximum='2'/><multiInstanceLoopCharacteristics/></subProcess>" F("a", "s") F("s", "end")),
     "flow_loop_two", "s", STATUS_INVALID},
    {M(F("start", "a") "<userTask id='a'><multiInstanceLoopCharacteristics/></userTask>" F("a", "end")),
     "flow_loop_count", "a", STATUS_INVALID},
    {M(F("start", "a") "<userTask id='a' completionQuantity='0'/>" F("a", "end")), "flow_value", "a",
     STATUS_INVALID},
    {M(F("start", "a") "<userTask id='a' isForCompensation='true'/>" F("a", "end")), "flow_compensation_flow",
     "a", STATUS_INVALID},
    {M(F("start", "a") "<callActivity id='a'/>" F("a", "end")), "flow_called_missing", "a", STATUS_INVALID},
    {M(F("start", "a") "<userTask "
                       "id='a'><extensionElements><zeebe:taskListeners/></extensionElements></userTask>" F(
                           "a", "end")),
     "flow_extension_unsupported", "a", STATUS_UNSUPPORTED},
    {M(F("start", "a") "<userTask id='a'><incoming>start_a</incoming></userTask>" F("a", "end")),
     "flow_listed", NULL, STATUS_INVALID},
    {M(F("start", "a") "<userTask id='a'><outgoing>start_a</outgoing></userTask>" F("a", "end")),
     "flow_listed", "start", STATUS_INVALID},
    {DEFS("<process id='p' isExecutable='true' processType='Public'>" START F("start", "end")
              END("end") "</process>"),
     "flow_public_executable", "p", STATUS_INVALID},
    {DEFS("<collaboration id='c'><participant id='q' processRef='p'/><messageFlow id='m' sourceRef='q' "
          "targetRef='a'/></collaboration>" PROCESS(START LINE END("end"))),
     "flow_message_flow_pool", "m", STATUS_INVALID},
    {DEFS("<collaboration id='c'><participant id='q'/><messageFlow id='m' sourceRef='q' "
          "targetRef='end'/></collaboration>" PROCESS(START LINE END("end"))),
     "flow_message_flow_end", "m", STATUS_INVALID},
    {DEFS("<collaboration id='c'><participant id='q'><participantMultiplicity "
          "maximum='0'/></participant></collaboration>" PROCESS(START LINE END("end"))),
     "flow_value", NULL, STATUS_INVALID},
    // a broken executable process beside the one to run is found, too
    {DEFS(
         PROCESS(START LINE END("end")) "<process id='q' isExecutable='true'><startEvent id='x'/></process>"),
     "flow_no_outgoing", "x", STATUS_INVALID},
};

static void each_rule(void **unused) {
    (void)unused;
    for (size_t i = 0; i < sizeof MODELS / sizeof *MODELS; i++) {
        struct arena a = {0};
        const struct flow_model *m;
        struct problem p = {0};
        enum status st = flow_read(&a, text_of(MODELS[i].xml), T("p"), &m, &p);
        if (st != MODELS[i].status)
            fail_msg("%s: %s (%s)", MODELS[i].rule, status_name(st), p.rule ? p.rule : "");
        assert_string_equal(p.rule, MODELS[i].rule);
        if (MODELS[i].element && *MODELS[i].element) assert_string_equal(p.field, MODELS[i].element);
        assert_null(m);
        arena_free(&a);
    }
}

static void the_message_names_element_section_and_line(void **unused) {
    (void)unused;
    struct arena a = {0};
    const struct flow_model *m;
    struct problem p = {0};
    assert_status(
        flow_read(&a,
                  text_of("<definitions " NS
                          ">\n<process id='p'>\n<task id='t'/>\n<task id='t'/></process></definitions>"),
                  T(""), &m, &p),
        STATUS_INVALID);
    assert_string_equal(p.text_key, "problem.flow.id_duplicate");
    assert_text(p.args[0].value, "t");
    assert_string_equal(p.args[1].name, "section");
    assert_text(p.args[1].value, "8.2.1");
    assert_int_equal(p.line >= 3 && p.line <= 4, 1);
    arena_free(&a);
}

static void sub_processes_may_not_nest_without_end(void **unused) {
    (void)unused;
    struct arena a = {0};
    struct out o = {.arena = &a};
    out_c(&o, "<definitions " NS "><process id='p' isExecutable='true'>");
    for (int i = 0; i < 40; i++) out_printf(&o, "<subProcess id='s%d'>", i);
    for (int i = 0; i < 40; i++) out_c(&o, "</subProcess>");
    out_c(&o, "</process></definitions>");
    const struct flow_model *m;
    struct problem p = {0};
    assert_status(flow_read(&a, out_done(&o), T(""), &m, &p), STATUS_TOO_LARGE);
    assert_string_equal(p.rule, "flow_too_deep");
    arena_free(&a);
}

static void huge_models_are_refused(void **unused) {
    (void)unused;
    struct arena a = {0};
    struct out o = {.arena = &a};
    out_c(&o, "<definitions " NS "><process id='p' isExecutable='true'>");
    for (int i = 0; i <= FLOW_ELEMENTS_MAX; i++) out_printf(&o, "<task id='t%d'/>", i);
    out_c(&o, "</process></definitions>");
    const struct flow_model *m;
    struct problem p = {0};
    assert_status(flow_read(&a, out_done(&o), T(""), &m, &p), STATUS_TOO_LARGE);
    assert_string_equal(p.rule, "flow_too_many");
    assert_status(flow_read(&a, (struct text){o.p, FLOW_XML_MAX + 1}, T(""), &m, &p), STATUS_TOO_LARGE);
    arena_free(&a);
}

static void good_timers_are_read(void **unused) {
    (void)unused;
    static const char *const GOOD[] = {
        "<timeDuration xsi:type='tFormalExpression'>P1Y2M3DT4H5M6.5S</timeDuration>",
        "<timeDuration xsi:type='tFormalExpression'>P2W</timeDuration>",
        "<timeDuration xsi:type='tFormalExpression'>PT0.5S</timeDuration>",
        "<timeDate xsi:type='tFormalExpression'>2026-11-21T08:00:00Z</timeDate>",
        "<timeDate xsi:type='tFormalExpression'>2026-11-21T08:00:00+01:00</timeDate>",
        "<timeDate>=deadline.appeal.due</timeDate>",
        "<timeCycle xsi:type='tFormalExpression'>R/PT1H</timeCycle>",
        "<timeCycle xsi:type='tFormalExpression'>R5/2026-01-01T00:00:00Z/P1D</timeCycle>",
    };
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        struct walk w = {0};
        char xml[2000];
        snprintf(xml, sizeof xml, "%s%s%s",
                 "<definitions " NS "><process id='p' isExecutable='true'>" START F(
                     "start", "c") "<intermediateCatchEvent id='c'><timerEventDefinition>",
                 GOOD[i],
                 "</timerEventDefinition></intermediateCatchEvent>" F("c", "end")
                     END("end") "</process></definitions>");
        walk_open(&w, xml);
        walk_close(&w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule),
        cmocka_unit_test(the_message_names_element_section_and_line),
        cmocka_unit_test(sub_processes_may_not_nest_without_end),
        cmocka_unit_test(huge_models_are_refused),
        cmocka_unit_test(good_timers_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
