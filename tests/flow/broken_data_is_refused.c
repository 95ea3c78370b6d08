// Data, messages and expressions that break a rule of the standard, in files without any engine's own
// elements.
#include "check.h"
#include "flow/flow.h"

#define DEFS(inside)                                                                                         \
    "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "                                      \
    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' targetNamespace='urn:test'>" inside               \
    "<resource id='rs' name='r'><resourceParameter id='rp'/></resource><itemDefinition id='one' "            \
    "structureRef='text'/><itemDefinition id='many' structureRef='text' "                                    \
    "isCollection='true'/><itemDefinition id='other' structureRef='number'/><message id='m' itemRef='one'/>" \
    "</definitions>"
#define P(inside) "<process id='p' isExecutable='true'>" inside "</process>"
#define TASK(tag, attributes, inside) DEFS(P("<" tag " id='t' " attributes ">" inside "</" tag ">"))
#define IO(inside) "<ioSpecification>" inside "</ioSpecification>"
#define INPUT(id, item) "<dataInput id='" id "' itemSubjectRef='" item "'/>"
#define SET(id) "<inputSet><dataInputRefs>" id "</dataInputRefs></inputSet><outputSet/>"

static const struct {
    const char *xml, *rule, *element; // rule NULL = good
} MODELS[] = {
    {TASK("task", "", IO(INPUT("i", "one") SET("i"))), NULL, NULL},
    {TASK("task", "", IO(INPUT("i", "one") "<inputSet/><outputSet/>")), "flow_data_set", "i"},
    {TASK("task", "", IO(INPUT("i", "many") SET("i"))), "flow_collection", "i"},
    {TASK("task", "",
          IO(INPUT("i", "one") "<inputSet id='s'><dataInputRefs>i</dataInputRefs>"
                               "<optionalInputRefs>i</optionalInputRefs></inputSet><outputSet/>")),
     NULL, NULL},
    {TASK("task", "",
          IO(INPUT("i", "one") INPUT("k", "one")
                 SET("k") "<inputSet id='s'><dataInputRefs>i</dataInputRefs>"
                          "<optionalInputRefs>k</optionalInputRefs></inputSet>")),
     "flow_data_set", "s"},
    {TASK("task", "", IO("<inputSet/>")), "flow_data_set", "ioSpecification (line 1)"},
    {TASK("callActivity", "calledElement='nobody'", ""), "flow_reference_unknown", "t"},
    {TASK("callActivity", "calledElement='m'", ""), "flow_reference_kind", "t"},
    {DEFS(P("<startEvent id='s'/><exclusiveGateway id='g'/><endEvent id='e'/>"
            "<sequenceFlow id='f' sourceRef='s' targetRef='g'/><sequenceFlow id='h' sourceRef='g' "
            "targetRef='e'/>")),
     "flow_gateway_direction", "g"},
    {TASK("subProcess", "", IO(INPUT("i", "one") SET("i")) "<task id='k'/>"), "flow_sub_data", "t"},
    {TASK("sendTask", "messageRef='m'", IO(INPUT("i", "one") SET("i"))), NULL, NULL},
    {TASK("sendTask", "messageRef='m'", IO(INPUT("i", "other") SET("i"))), "flow_operation_data", "t"},
    {TASK("task", "", "<performer id='r'><resourceParameterBinding parameterRef='rp'/></performer>"),
     "flow_resource_binding", "r"},
    {DEFS(P("<dataObject id='d' itemSubjectRef='other'/><task id='t'>" IO(INPUT("i", "one") SET(
         "i")) "<dataInputAssociation id='x'><sourceRef>d</sourceRef><targetRef>i</targetRef>"
               "</dataInputAssociation></task>")),
     "flow_data_association", "x"},
    {DEFS(P("<task id='t'/><dataObject id='d'><dataState name='new'/></dataObject>")), "flow_data_state",
     "d"},
    {DEFS("<property id='x'/>" P("<task id='t'/>")), "flow_element_place", "x"},
    {TASK("task", "",
          "<multiInstanceLoopCharacteristics><loopCardinality>three</loopCardinality>"
          "</multiInstanceLoopCharacteristics>"),
     "flow_expression_informal", "t"},
    {TASK("task", "",
          "<multiInstanceLoopCharacteristics><loopCardinality>=3</loopCardinality>"
          "</multiInstanceLoopCharacteristics>"),
     NULL, NULL},
    {TASK("task", "",
          "<standardLoopCharacteristics><loopCondition>7</loopCondition>"
          "</standardLoopCharacteristics>"),
     "flow_expression_boolean", "t"},
    {TASK("task", "",
          IO(INPUT("i", "one")
                 SET("i")) "<multiInstanceLoopCharacteristics>"
                           "<loopDataInputRef>i</loopDataInputRef></multiInstanceLoopCharacteristics>"),
     "flow_data_item", "t"},
    {DEFS(P("<startEvent id='s'><messageEventDefinition messageRef='m'/></startEvent><endEvent id='e'/>"
            "<sequenceFlow id='f' sourceRef='s' targetRef='e'/>")),
     "flow_operation_missing", "s"},
    {DEFS(P("<startEvent id='s'><dataOutput id='o' itemSubjectRef='other'/>"
            "<messageEventDefinition messageRef='m'/></startEvent><endEvent id='e'/>"
            "<sequenceFlow id='f' sourceRef='s' targetRef='e'/>")),
     "flow_event_data", "s"},
};

static void each_rule(void **unused) {
    (void)unused;
    for (size_t i = 0; i < sizeof MODELS / sizeof *MODELS; i++) {
        struct arena a = {0};
        const struct flow_model *m;
        struct problem p = {0};
        enum status st = flow_read(&a, text_of(MODELS[i].xml), T("p"), &m, &p);
        if ((st != STATUS_OK) != (MODELS[i].rule != NULL))
            fail_msg("model %zu: %s (%s at %s)", i, status_name(st), p.rule ? p.rule : "",
                     p.field ? p.field : "");
        if (MODELS[i].rule) assert_string_equal(p.rule, MODELS[i].rule);
        if (MODELS[i].rule) assert_string_equal(p.field, MODELS[i].element);
        arena_free(&a);
    }
}

// What is called has an input, the call has none.
static void a_call_fits_what_it_calls(void **unused) {
    (void)unused;
    struct arena a = {0};
    const struct flow_model *m;
    struct problem p = {0};
    const char *xml = DEFS(P("<callActivity id='t' calledElement='q'/>") "<process id='q'>" IO(
        INPUT("i", "one") SET("i")) "<task id='k'/></process>");
    assert_status(flow_read(&a, text_of(xml), T("p"), &m, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "flow_called_data");
    assert_string_equal(p.field, "t");
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule),
        cmocka_unit_test(a_call_fits_what_it_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
