// Hostile stored states of one model with every kind of wait: refused, or sound enough to go on with.
#include "flow/flow.h"

#include <stdlib.h>

static const char MODEL[] =
    "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' targetNamespace='urn:x' "
    "xmlns:zeebe='http://camunda.org/schema/zeebe/1.0'><message id='m' name='m'/>"
    "<process id='p' isExecutable='true'><startEvent id='s'/><parallelGateway id='g'/><userTask id='u'>"
    "<multiInstanceLoopCharacteristics><loopCardinality>=3</loopCardinality></"
    "multiInstanceLoopCharacteristics>"
    "</userTask><boundaryEvent id='b' attachedToRef='u' cancelActivity='false'><timerEventDefinition>"
    "<timeCycle>=c</timeCycle></timerEventDefinition></boundaryEvent><subProcess id='q'><startEvent id='t'/>"
    "<userTask id='v'/><endEvent id='w'/>"
    "<sequenceFlow id='f1' sourceRef='t' targetRef='v'/><sequenceFlow id='f2' sourceRef='v' targetRef='w'/>"
    "<subProcess id='r' triggeredByEvent='true'><startEvent id='x' isInterrupting='false'>"
    "<messageEventDefinition messageRef='m'/><conditionalEventDefinition><condition>=c</condition>"
    "</conditionalEventDefinition></startEvent><endEvent id='y'/>"
    "<sequenceFlow id='f3' sourceRef='x' targetRef='y'/></subProcess></subProcess>"
    "<transaction id='tx'><startEvent id='ts'/><userTask id='ta' startQuantity='2' completionQuantity='2'/>"
    "<endEvent id='tc'><compensateEventDefinition/><cancelEventDefinition/></endEvent>"
    "<boundaryEvent id='tb' attachedToRef='ta'><compensateEventDefinition/></boundaryEvent>"
    "<userTask id='th' isForCompensation='true'/><association id='a1' sourceRef='tb' targetRef='th'/>"
    "<sequenceFlow id='f11' sourceRef='ts' targetRef='ta'/><sequenceFlow id='f12' sourceRef='ts' "
    "targetRef='ta'/>"
    "<sequenceFlow id='f13' sourceRef='ta' targetRef='tc'/></transaction>"
    "<boundaryEvent id='tn' attachedToRef='tx'><cancelEventDefinition/></boundaryEvent>"
    "<adHocSubProcess id='ad' ordering='Sequential'><userTask id='a2'/><userTask id='a3'/>"
    "<completionCondition>=c</completionCondition></adHocSubProcess>"
    "<complexGateway id='h'><activationCondition>=c</activationCondition></complexGateway>"
    "<inclusiveGateway id='i'/><endEvent id='e'/><endEvent id='z'/>"
    "<sequenceFlow id='f4' sourceRef='s' targetRef='g'/><sequenceFlow id='f5' sourceRef='g' targetRef='u'/>"
    "<sequenceFlow id='f6' sourceRef='g' targetRef='q'/><sequenceFlow id='f14' sourceRef='g' targetRef='tx'/>"
    "<sequenceFlow id='f15' sourceRef='g' targetRef='ad'/><sequenceFlow id='f7' sourceRef='u' targetRef='h'/>"
    "<sequenceFlow id='f8' sourceRef='q' targetRef='h'/><sequenceFlow id='f9' sourceRef='h' targetRef='i'/>"
    "<sequenceFlow id='f16' sourceRef='tx' targetRef='i'/><sequenceFlow id='f17' sourceRef='ad' "
    "targetRef='i'/>"
    "<sequenceFlow id='f18' sourceRef='i' targetRef='e'/><sequenceFlow id='f19' sourceRef='tn' "
    "targetRef='z'/>"
    "<sequenceFlow id='f10' sourceRef='b' targetRef='z'/></process></definitions>";

static int asked; // conditions hold every other time
static enum status sometimes(void *ctx, const struct flow_at *at, struct text e, bool *out,
                             struct problem *p) {
    (void)ctx, (void)at, (void)e, (void)p;
    *out = ++asked % 2;
    return STATUS_OK;
}

static enum status soon(void *ctx, const struct flow_at *at, enum flow_timer_kind kind, struct text e,
                        int fired, struct flow_due *out, struct problem *p) {
    (void)ctx, (void)at, (void)kind, (void)e, (void)fired, (void)p;
    *out = (struct flow_due){{1}, 1};
    return STATUS_OK;
}

static enum status three(void *ctx, const struct flow_at *at, struct text e, int64_t *out,
                         struct problem *p) {
    (void)ctx, (void)at, (void)e, (void)p;
    *out = 3;
    return STATUS_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct problem p = {0};
    const struct flow_model *m;
    const struct flow_host host = {.timer = soon, .condition = sometimes, .count = three};
    asked = 0;
    struct flow_state s = {0};
    struct flow_effects fx = {0};
    if (flow_read(&a, (struct text){MODEL, sizeof MODEL - 1}, T(""), &m, &p)) abort();
    struct flow_engine e = {m, &host, &a};
    if (flow_state_read(m, (struct bytes){data, size}, &a, &s, &p) == STATUS_OK) {
        bool moved = flow_message(&e, &s, T("m"), T(""), &fx, &p) == STATUS_OK;
        for (size_t i = 0; i < 8 && i < s.waits.count; i++)
            moved |= flow_timer_due(&e, &s, s.waits.items[i].id, &fx, &p) == STATUS_OK;
        for (size_t i = 0; i < 8 && i < s.tokens.count; i++) {
            int64_t token = s.tokens.items[i].id;
            moved |= flow_task_done(&e, &s, token, &fx, &p) == STATUS_OK ||
                     flow_retry(&e, &s, token, &fx, &p) == STATUS_OK ||
                     flow_begin(&e, &s, token, flow_find(m, T("a2")), &fx, &p) == STATUS_OK;
        }
        struct flow_state again;
        if (flow_state_read(m, flow_state_write(m, &s, &a), &a, &again, &p)) abort();
        (void)moved;
    }
    arena_free(&a);
    return 0;
}
