// Random models of blocks inside blocks, walked at random: after every step the state can be stored and read
// back to the same bytes, cuts and flips of stored bytes never crash, and every walk can be brought to its
// end.
#include "walk.h"

static uint64_t seed;

static uint32_t below(uint32_t n) { // splitmix64
    uint64_t z = seed += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ (z >> 31)) % n);
}

// ---- random models, well-structured, so that they always end ----

struct build {
    struct out o;
    int ids;
};

static void flow(struct build *b, int from, int to) {
    out_printf(&b->o, "<sequenceFlow id='f%d' sourceRef='n%d' targetRef='n%d'/>", ++b->ids, from, to);
}

static int node(struct build *b, const char *tag, const char *inside) {
    out_printf(&b->o, "<%s id='n%d'>%s</%s>", tag, ++b->ids, inside, tag);
    return b->ids;
}

static int block(struct build *b, int from, int depth);

static int split(struct build *b, int from, int depth, const char *tag) {
    int open = node(b, tag, "");
    flow(b, from, open);
    int count = 2 + (int)below(2), last[3];
    for (int i = 0; i < count; i++) last[i] = block(b, open, depth + 1);
    int close = node(b, tag, "");
    for (int i = 0; i < count; i++) flow(b, last[i], close);
    return close;
}

// Like split, with conditions: they hold at random, the default way always exists.
static int choice(struct build *b, int from, int depth, const char *tag) {
    int open = ++b->ids, ways = 2, first[2], last[2];
    out_printf(&b->o, "<%s id='n%d' default='d%d'/>", tag, open, open);
    flow(b, from, open);
    for (int i = 0; i < ways; i++) {
        first[i] = node(b, "task", "");
        last[i] = block(b, first[i], depth + 1);
    }
    out_printf(&b->o, "<sequenceFlow id='d%d' sourceRef='n%d' targetRef='n%d'/>", open, open, first[0]);
    out_printf(&b->o,
               "<sequenceFlow id='c%d' sourceRef='n%d' "
               "targetRef='n%d'><conditionExpression>=maybe</conditionExpression></sequenceFlow>",
               open, open, first[1]);
    int close = node(b, tag, "");
    for (int i = 0; i < ways; i++) flow(b, last[i], close);
    return close;
}

static int sub_process(struct build *b, int from, int depth) {
    int id = ++b->ids;
    flow(b, from, id);
    out_printf(&b->o, "<subProcess id='n%d'>", id);
    if (below(3) == 0)
        out_c(&b->o, "<multiInstanceLoopCharacteristics><loopCardinality "
                     "xsi:type='tFormalExpression'>2</loopCardinality></"
                     "multiInstanceLoopCharacteristics>");
    int start = node(b, "startEvent", ""), last = block(b, start, depth + 1), end = node(b, "endEvent", "");
    flow(b, last, end);
    if (below(2)) {
        out_printf(&b->o,
                   "<subProcess id='n%d' triggeredByEvent='true'><startEvent id='n%d' isInterrupting='%s'>",
                   b->ids + 1, b->ids + 2, below(2) ? "true" : "false");
        out_printf(
            &b->o,
            "<messageEventDefinition messageRef='m'/></startEvent><userTask id='n%d'/><endEvent id='n%d'/>",
            b->ids + 3, b->ids + 4);
        b->ids += 4;
        flow(b, b->ids - 2, b->ids - 1);
        int task = b->ids - 2, done = b->ids - 1;
        flow(b, task, done);
        out_c(&b->o, "</subProcess>");
    }
    out_c(&b->o, "</subProcess>");
    return id;
}

static int guarded_task(struct build *b, int from) {
    int task = node(b, "userTask", "");
    flow(b, from, task);
    out_printf(&b->o, "<boundaryEvent id='n%d' attachedToRef='n%d' cancelActivity='%s'>", ++b->ids, task,
               below(2) ? "true" : "false");
    out_c(&b->o, "<timerEventDefinition><timeDuration "
                 "xsi:type='tFormalExpression'>PT1H</timeDuration></timerEventDefinition></boundaryEvent>");
    int event = b->ids, end = node(b, "endEvent", "");
    flow(b, event, end);
    return task;
}

// A task that can be undone, then perhaps an event that undoes it.
static int undone(struct build *b, int from) {
    int task = node(b, "userTask", "");
    flow(b, from, task);
    out_printf(&b->o,
               "<boundaryEvent id='n%d' attachedToRef='n%d'><compensateEventDefinition/></boundaryEvent>",
               b->ids + 1, task);
    out_printf(&b->o, "<%s id='n%d' isForCompensation='true'/>", below(2) ? "userTask" : "serviceTask",
               b->ids + 2);
    out_printf(&b->o, "<association id='n%d' sourceRef='n%d' targetRef='n%d'/>", b->ids + 3, b->ids + 1,
               b->ids + 2);
    b->ids += 3;
    if (below(2)) return task;
    int event = node(b, "intermediateThrowEvent",
                     below(2) ? "<compensateEventDefinition/>"
                              : "<compensateEventDefinition waitForCompletion='false'/>");
    flow(b, task, event);
    return event;
}

static int transaction(struct build *b, int from, int depth) {
    int id = ++b->ids;
    flow(b, from, id);
    out_printf(&b->o, "<transaction id='n%d'>", id);
    int start = node(b, "startEvent", ""), last = block(b, start, depth + 1), cancel = undone(b, last);
    int end = node(b, "endEvent", below(2) ? "<cancelEventDefinition/>" : "");
    flow(b, cancel, end);
    out_c(&b->o, "</transaction>");
    out_printf(&b->o, "<boundaryEvent id='n%d' attachedToRef='n%d'><cancelEventDefinition/></boundaryEvent>",
               ++b->ids, id);
    int event = b->ids, after = node(b, "endEvent", "");
    flow(b, event, after);
    return id;
}

static int ad_hoc(struct build *b, int from) {
    int id = ++b->ids;
    flow(b, from, id);
    out_printf(&b->o, "<adHocSubProcess id='n%d' ordering='%s' cancelRemainingInstances='%s'>", id,
               below(2) ? "Sequential" : "Parallel", below(2) ? "true" : "false");
    for (int i = 0; i < 3; i++) (void)node(b, below(2) ? "userTask" : "serviceTask", "");
    if (below(2)) out_c(&b->o, "<completionCondition>=maybe</completionCondition>");
    out_c(&b->o, "</adHocSubProcess>");
    return id;
}

// One of two ways is enough, the rest comes for the reset.
static int complex_join(struct build *b, int from, int depth) {
    int open = node(b, "parallelGateway", ""), last[3];
    flow(b, from, open);
    for (int i = 0; i < 3; i++) last[i] = block(b, open, depth + 1);
    int close = node(b, "complexGateway", "<activationCondition>=maybe</activationCondition>");
    for (int i = 0; i < 3; i++) flow(b, last[i], close);
    return close;
}

static int escalating(struct build *b, int from) {
    int event = node(b, "intermediateThrowEvent", "<escalationEventDefinition escalationRef='esc'/>");
    flow(b, from, event);
    int many = node(b, "intermediateCatchEvent",
                    "<messageEventDefinition messageRef='m'/><conditionalEventDefinition><condition>=maybe"
                    "</condition></conditionalEventDefinition>");
    flow(b, event, many);
    int counted = ++b->ids;
    out_printf(&b->o, "<userTask id='n%d' completionQuantity='2'/>", counted);
    flow(b, many, counted);
    int both = ++b->ids;
    out_printf(&b->o, "<userTask id='n%d' startQuantity='2'/>", both);
    flow(b, counted, both);
    return both;
}

static int block(struct build *b, int from, int depth) {
    int at = from;
    for (int length = 1 + (int)below(2); length > 0; length--) {
        uint32_t what = below(depth > 3 ? 4 : 14);
        int next;
        switch (what) {
        case 0:
            next = node(b, "userTask", "");
            flow(b, at, next);
            break;
        case 1:
            next = node(b, "serviceTask", "");
            flow(b, at, next);
            break;
        case 2:
            next = node(b, "intermediateCatchEvent", "<messageEventDefinition messageRef='m'/>");
            flow(b, at, next);
            break;
        case 3: next = guarded_task(b, at); break;
        case 4: next = split(b, at, depth, "parallelGateway"); break;
        case 5: next = choice(b, at, depth, "exclusiveGateway"); break;
        case 6: next = choice(b, at, depth, "inclusiveGateway"); break;
        case 7: next = undone(b, at); break;
        case 8: next = transaction(b, at, depth); break;
        case 9: next = ad_hoc(b, at); break;
        case 10: next = complex_join(b, at, depth); break;
        case 11: next = escalating(b, at); break;
        default: next = sub_process(b, at, depth); break;
        }
        at = next;
    }
    return at;
}

static const char *random_model(struct arena *a) {
    struct build b = {.o = {.arena = a}};
    out_c(&b.o, "<definitions " NS "><message id='m' name='m'/><escalation id='esc' "
                "escalationCode='e'/><process id='p' isExecutable='true'>");
    int start = node(&b, "startEvent", ""), last = block(&b, start, 0), end = node(&b, "endEvent", "");
    flow(&b, last, end);
    out_c(&b.o, "</process></definitions>");
    return text_c(a, out_done(&b.o));
}

// ---- random walks ----

static enum status maybe(void *ctx, const struct flow_at *at, struct text e, bool *out, struct problem *p) {
    (void)ctx, (void)at, (void)e;
    *out = below(2);
    return below(12) ? STATUS_OK : problem(p, "", "feel_broken", "problem.test");
}

static enum status sometimes(void *ctx, const struct flow_at *at, struct flow_answer *out,
                             struct problem *p) {
    (void)ctx, (void)at, (void)p;
    static const enum flow_outcome OUTCOMES[] = {FLOW_DONE, FLOW_DONE, FLOW_LATER, FLOW_FAILED};
    out->outcome = OUTCOMES[below(4)];
    return STATUS_OK;
}

// One trigger for something that is there: a token to finish or retry, a wait to happen.
static void step(struct walk *w) {
    struct flow_engine e = walk_engine(w);
    size_t tokens = w->state.tokens.count, k = below((uint32_t)(tokens + w->state.waits.count));
    enum status st = STATUS_OK;
    if (k < tokens) {
        const struct flow_token *t = &w->state.tokens.items[k];
        if (t->phase == FLOW_STUCK)
            st = flow_retry(&e, &w->state, t->id, &w->effects, &w->problem);
        else
            st = flow_task_done(&e, &w->state, t->id, &w->effects, &w->problem);
    } else if (w->state.waits.items[k - tokens].kind == FLOW_TIMER) {
        st = flow_timer_due(&e, &w->state, w->state.waits.items[k - tokens].id, &w->effects, &w->problem);
    } else if (below(3)) {
        st = flow_message(&e, &w->state, T("m"), T(""), &w->effects, &w->problem);
    }
    assert_true(st == STATUS_OK || st == STATUS_NOT_FOUND || st == STATUS_TOO_LARGE);
}

// What entered is what left, was interrupted or is still there; open tasks are those opened and not closed.
static void effects_agree_with_the_state(struct walk *w) {
    long inside = 0, tasks = 0, waits = 0;
    for (size_t i = 0; i < w->effects.count; i++) {
        enum flow_effect_kind k = w->effects.items[i].kind;
        inside += (k == FLOW_ENTERED) - (k == FLOW_LEFT || k == FLOW_INTERRUPTED);
        tasks += (k == FLOW_TASK_OPENED) - (k == FLOW_TASK_CLOSED || k == FLOW_TASK_CANCELLED);
        waits += (k == FLOW_TIMER_SET || k == FLOW_MESSAGE_AWAITED || k == FLOW_CONDITION_AWAITED) -
                 (k == FLOW_TIMER_CANCELLED || k == FLOW_TIMER_FIRED || k == FLOW_MESSAGE_UNAWAITED ||
                  k == FLOW_CONDITION_UNAWAITED || k == FLOW_CONDITION_HELD);
    }
    for (size_t i = 0; i < w->state.tokens.count; i++) inside -= w->state.tokens.items[i].flow < 0;
    for (size_t i = 0; i < w->state.scopes.count; i++)
        inside -= w->state.scopes.items[i].element >= 0 && !w->state.scopes.items[i].owner &&
                  !w->state.scopes.items[i].undoing;
    for (size_t i = 0; i < w->effects.count;
         i++) // a message that was taken ended its wait, unless it may come again
        waits -= w->effects.items[i].kind == FLOW_MESSAGE_TAKEN &&
                 w->effects.items[i].element->kind != FLOW_START_EVENT;
    for (size_t i = 0; i < w->effects.count; i++)
        waits -= w->effects.items[i].kind == FLOW_MESSAGE_TAKEN &&
                 w->effects.items[i].element->kind == FLOW_START_EVENT &&
                 w->effects.items[i].element->interrupting;
    assert_int_equal(inside, 0);
    assert_int_equal(tasks, (long)flow_open_tasks(w->model, &w->state, NULL, 0));
    assert_int_equal(waits, (long)w->state.waits.count);
}

static void damaged_bytes_never_crash(struct walk *w) {
    struct bytes b = flow_state_write(w->model, &w->state, &w->arena);
    struct text copy = text_copy(&w->arena, text_of_bytes(b));
    uint8_t *at = (uint8_t *)(uintptr_t)copy.p + below((uint32_t)copy.n);
    *at = (uint8_t)below(256);
    struct walk v = *w;
    v.state = (struct flow_state){0};
    if (flow_state_read(w->model, bytes_of(copy), &v.arena, &v.state, NULL) == STATUS_OK)
        for (int i = 0; i < 5 && !v.state.ended && v.state.tokens.count; i++) step(&v);
    *w = (struct walk){.arena = v.arena,
                       .model = w->model,
                       .state = w->state,
                       .effects = w->effects,
                       .host = w->host,
                       .largest = w->largest};
    w->host.ctx = w;
}

static void walks(void **unused) {
    (void)unused;
    int ended = 0, cancelled = 0;
    for (uint64_t round = 1; round <= 400; round++) {
        struct walk w = {0};
        seed = round;
        walk_open(&w, random_model(&w.arena));
        w.host.condition = maybe;
        w.host.service = sometimes;
        start(&w);
        for (int i = 0; i < 60 && !w.state.ended; i++) {
            restart(&w);
            step(&w);
            effects_agree_with_the_state(&w);
            if (below(8) == 0) damaged_bytes_never_crash(&w);
        }
        restart(&w);
        ended += w.state.ended;
        struct flow_engine e = walk_engine(&w);
        if (!w.state.ended) {
            assert_ok(flow_cancel(&e, &w.state, &w.effects, &w.problem));
            cancelled++;
        }
        effects_agree_with_the_state(&w);
        assert_int_equal(w.state.tokens.count + w.state.waits.count + w.state.scopes.count +
                             w.state.incidents.count + w.state.done.count,
                         0);
        walk_close(&w);
    }
    print_message("# %d walks ended by themselves, %d were cancelled\n", ended, cancelled);
    assert_true(ended > 100 && cancelled > 10);
}

// The same seed gives the same bytes: nothing but model, state and answers decides.
static void walks_repeat_exactly(void **unused) {
    (void)unused;
    struct text bytes[2];
    struct walk w[2] = {0};
    for (int i = 0; i < 2; i++) {
        seed = 77;
        walk_open(&w[i], random_model(&w[i].arena));
        w[i].host.condition = maybe;
        w[i].host.service = sometimes;
        start(&w[i]);
        for (int k = 0; k < 8 && !w[i].state.ended; k++) step(&w[i]);
        bytes[i] = text_of_bytes(flow_state_write(w[i].model, &w[i].state, &w[i].arena));
    }
    assert_true(text_eq(bytes[0], bytes[1]));
    walk_close(&w[0]), walk_close(&w[1]);
}

// The largest state that the limits allow can be read back.
static void a_full_state_can_be_read_back(void **unused) {
    (void)unused;
    struct walk w = {.answer = "failed"};
    struct out o = {.arena = &w.arena};
    char id[FLOW_ID_MAX + 1] = {0};
    memset(id, 'x', FLOW_ID_MAX);
    out_c(&o, "<definitions " NS
              "><process id='p' isExecutable='true'><startEvent id='s'/><parallelGateway id='g'/>");
    out_printf(
        &o, "<serviceTask id='%s'/><endEvent id='e'/><sequenceFlow id='a' sourceRef='s' targetRef='g'/>", id);
    for (int i = 0; i < FLOW_WAYS_MAX / 2; i++)
        out_printf(&o, "<sequenceFlow id='f%d' sourceRef='g' targetRef='%s'/>", i, id);
    out_printf(&o, "<sequenceFlow id='z' sourceRef='%s' targetRef='e'/></process></definitions>", id);
    walk_open(&w, text_c(&w.arena, out_done(&o)));
    start(&w);
    assert_int_equal(w.state.incidents.count, FLOW_WAYS_MAX / 2);
    restart(&w);
    walk_close(&w);
}

// A detail is cut between characters, and bytes that are no text do not get into the state.
static void details_of_incidents_stay_text(void **unused) {
    (void)unused;
    struct walk w = {.answer = "later"};
    walk_open(&w, MODEL(START F("start", "s") "<serviceTask id='s'/>" F("s", "end") END("end")));
    start(&w);
    char long_text[3003], bad[] = "\xff\xfe";
    for (int i = 0; i < 3000; i += 3) memcpy(long_text + i, "\xe2\x82\xac", 4);
    const char *details[] = {long_text, bad};
    for (int i = 0; i < 2; i++) {
        struct flow_engine e = walk_engine(&w);
        int64_t s = token_at(&w, "s");
        assert_ok(flow_failed(&e, &w.state, s, text_of(details[i]), &w.effects, &w.problem));
        restart(&w);
        assert_int_equal(w.state.incidents.items[0].detail.n, i == 0 ? 999 : 0);
        retry(&w, "s");
    }
    walk_close(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks),
        cmocka_unit_test(walks_repeat_exactly),
        cmocka_unit_test(details_of_incidents_stay_text),
        cmocka_unit_test(a_full_state_can_be_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
