// walk.h - walks a model in a test: a host with scripted facts, and short names for what happens. Before
// every trigger the state is written, read back and written again, so every test also proves that a restart
// loses nothing.
#pragma once
#include "base/cbor.h"
#include "check.h"
#include "flow/flow.h"

#define NS                                                                                                   \
    "xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' " \
    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' targetNamespace='urn:test'"
#define DEFS(inside) "<definitions " NS ">" inside "</definitions>"
#define PROCESS(inside) "<process id='p' isExecutable='true'>" inside "</process>"
#define MODEL(inside) DEFS(PROCESS(inside))
#define F(from, to) "<sequenceFlow id='" from "_" to "' sourceRef='" from "' targetRef='" to "'/>"
#define IF(from, to, c)                                                                                   \
    "<sequenceFlow id='" from "_" to "' sourceRef='" from "' targetRef='" to "'><conditionExpression>=" c \
    "</conditionExpression></sequenceFlow>"
#define START "<startEvent id='start'/>"
#define END(id) "<endEvent id='" id "'/>"
#define USER(id) "<userTask id='" id "'/>"
#define AFTER(time)                                                          \
    "<timerEventDefinition><timeDuration xsi:type='tFormalExpression'>" time \
    "</timeDuration></timerEventDefinition>"

struct walk {
    struct arena arena;
    const struct flow_model *model;
    struct flow_state state;
    struct flow_effects effects; // of all triggers so far
    struct flow_host host;
    struct problem problem;
    const char *facts;  // "paid adult": conditions "=paid" and "=adult" hold, others do not
    const char *answer; // what services answer: "done" (NULL), "later", "failed", or an error code
    struct moment now;
    int64_t count;       // what count expressions give
    char log[4096];      // services, decisions, scripts called
    size_t fired_before; // effects before the last trigger
    size_t largest;      // most bytes of a stored state
};

static bool has_fact(const struct walk *w, struct text name) {
    struct text rest = text_of(w->facts ? w->facts : ""), word;
    while (text_cut(&rest, ' ', &word))
        if (text_eq(word, name)) return true;
    return false;
}

static enum status walk_condition(void *ctx, const struct flow_at *at, struct text e, bool *out,
                                  struct problem *p) {
    (void)at;
    if (text_eq(e, T("=broken"))) return problem(p, "", "feel_broken", "problem.test");
    if (text_eq(e, T("=disk_full"))) return STATUS_IO;
    struct text name = text_slice(e, e.n && e.p[0] == '=', e.n);
    *out = text_eq(name, T("true")) || has_fact(ctx, name);
    return STATUS_OK;
}

// "PT1H" and the like are hours from now, "R2/PT1H" comes three times, "=broken" fails.
static enum status walk_timer(void *ctx, const struct flow_at *at, enum flow_timer_kind kind, struct text e,
                              int fired, struct flow_due *out, struct problem *p) {
    (void)at;
    struct walk *w = ctx;
    if (text_eq(e, T("=broken")) && !has_fact(w, T("mended")))
        return problem(p, "", "feel_broken", "problem.test");
    out->at.ms = w->now.ms + 3600000;
    if (kind == FLOW_CYCLE) out->repeats = 2 - fired;
    return STATUS_OK;
}

static enum status walk_key(void *ctx, const struct flow_at *at, struct text e, struct text *out,
                            struct problem *p) {
    (void)ctx, (void)at, (void)p;
    *out = text_slice(e, 1, e.n);
    return STATUS_OK;
}

static enum status walk_count(void *ctx, const struct flow_at *at, struct text e, int64_t *out,
                              struct problem *p) {
    (void)at, (void)e, (void)p;
    *out = ((struct walk *)ctx)->count;
    return STATUS_OK;
}

static enum status walk_work(void *ctx, const struct flow_at *at, struct flow_answer *out,
                             struct problem *p) {
    (void)p;
    struct walk *w = ctx;
    size_t n = strlen(w->log);
    snprintf(w->log + n, sizeof w->log - n, "%s" TEXT_FMT, n ? " " : "", TEXT_ARG(at->element->id));
    const char *answer = w->answer ? w->answer : "done";
    if (strcmp(answer, "done") == 0)
        out->outcome = FLOW_DONE;
    else if (strcmp(answer, "later") == 0)
        out->outcome = FLOW_LATER;
    else if (strcmp(answer, "failed") == 0)
        *out = (struct flow_answer){.outcome = FLOW_FAILED, .detail = T("printer on fire")};
    else
        *out = (struct flow_answer){.outcome = FLOW_THROWN, .error_code = text_of(answer)};
    return STATUS_OK;
}

static struct flow_engine walk_engine(struct walk *w) {
    return (struct flow_engine){w->model, &w->host, &w->arena};
}

static void walk_open_process(struct walk *w, const char *xml, const char *process) {
    w->host = (struct flow_host){w,          walk_condition, walk_timer, walk_key,
                                 walk_count, walk_work,      walk_work,  walk_work};
    enum status st = flow_read(&w->arena, text_of(xml), text_of(process), &w->model, &w->problem);
    if (st) fail_msg("model refused: %s %s (%s)", w->problem.field, w->problem.rule, status_name(st));
}
static inline void walk_open(struct walk *w, const char *xml) {
    walk_open_process(w, xml, "");
}
static inline void walk_close(struct walk *w) {
    arena_free(&w->arena);
}

static void restart(struct walk *w) {
    struct bytes b = flow_state_write(w->model, &w->state, &w->arena);
    assert_true(cbor_check(b));
    if (b.n > w->largest) w->largest = b.n;
    struct flow_state again = {0};
    if (w->state.next_id) {
        assert_ok(flow_state_read(w->model, b, &w->arena, &again, &w->problem));
        struct bytes c = flow_state_write(w->model, &again, &w->arena);
        assert_int_equal(b.n, c.n);
        assert_memory_equal(b.p, c.p, b.n);
        w->state = again;
    }
    w->fired_before = w->effects.count;
}

static inline void start_by(struct walk *w, enum flow_event kind, const char *name) {
    struct flow_engine e = walk_engine(w);
    struct flow_trigger by = {kind, text_of(name)};
    assert_ok(flow_start(&e, &by, &w->state, &w->effects, &w->problem));
    restart(w);
    w->fired_before = 0;
}
static inline void start(struct walk *w) {
    start_by(w, FLOW_NONE, "");
}

// The token that waits at the element (the first one); 0 = none.
static int64_t token_at(const struct walk *w, const char *id) {
    for (size_t i = 0; i < w->state.tokens.count; i++)
        if (text_eq(flow_element(w->model, w->state.tokens.items[i].element)->id, text_of(id)) &&
            w->state.tokens.items[i].phase != FLOW_INSIDE)
            return w->state.tokens.items[i].id;
    return 0;
}
static int64_t wait_at(const struct walk *w, const char *id) {
    for (size_t i = 0; i < w->state.waits.count; i++)
        if (text_eq(flow_element(w->model, w->state.waits.items[i].element)->id, text_of(id)))
            return w->state.waits.items[i].id;
    return 0;
}

static inline void done(struct walk *w, const char *task) {
    restart(w);
    struct flow_engine e = walk_engine(w);
    if (!token_at(w, task)) fail_msg("nothing waits at %s", task);
    assert_ok(flow_task_done(&e, &w->state, token_at(w, task), &w->effects, &w->problem));
}
static inline void timer(struct walk *w, const char *event) {
    restart(w);
    struct flow_engine e = walk_engine(w);
    if (!wait_at(w, event)) fail_msg("no timer at %s", event);
    assert_ok(flow_timer_due(&e, &w->state, wait_at(w, event), &w->effects, &w->problem));
}
static inline void message_key(struct walk *w, const char *name, const char *key) {
    restart(w);
    struct flow_engine e = walk_engine(w);
    assert_ok(flow_message(&e, &w->state, text_of(name), text_of(key), &w->effects, &w->problem));
}
static inline void message(struct walk *w, const char *name) {
    message_key(w, name, "");
}
static inline void sig(struct walk *w, const char *name) {
    restart(w);
    struct flow_engine e = walk_engine(w);
    assert_ok(flow_signal(&e, &w->state, text_of(name), &w->effects, &w->problem));
}
static inline void error_at(struct walk *w, const char *task, const char *code) {
    restart(w);
    struct flow_engine e = walk_engine(w);
    assert_ok(flow_error(&e, &w->state, token_at(w, task), text_of(code), &w->effects, &w->problem));
}
static inline void retry(struct walk *w, const char *element) {
    restart(w);
    struct flow_engine e = walk_engine(w);
    assert_ok(flow_retry(&e, &w->state, token_at(w, element), &w->effects, &w->problem));
}

// Where the tokens are, oldest first: "check pay"; "ended" when the instance has ended.
static inline struct text where(struct walk *w) {
    struct out o = {.arena = &w->arena};
    if (w->state.ended) return T("ended");
    for (size_t i = 0; i < w->state.tokens.count; i++) {
        if (o.n) out_c(&o, " ");
        out_text(&o, flow_element(w->model, w->state.tokens.items[i].element)->id);
        if (w->state.tokens.items[i].phase == FLOW_STUCK) out_c(&o, "!");
    }
    return out_done(&o);
}

// Elements (by id, in order) of the effects of one kind since the last trigger.
static inline struct text effects_of(struct walk *w, enum flow_effect_kind kind) {
    struct out o = {.arena = &w->arena};
    for (size_t i = w->fired_before; i < w->effects.count; i++) {
        const struct flow_effect *f = &w->effects.items[i];
        if (f->kind != kind) continue;
        if (o.n) out_c(&o, " ");
        out_text(&o, f->element ? f->element->id : T("process"));
    }
    return out_done(&o);
}

static inline bool stuck_with(const struct walk *w, const char *rule) {
    return w->state.incidents.count && text_eq(w->state.incidents.items[0].rule, text_of(rule));
}
