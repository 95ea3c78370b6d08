// flow.c - a BPMN model from the command line: check it, run it in memory, see that writing it loses nothing.
#include <string.h>

#include "base/xml.h"
#include "flow/flow.h"
#include "flow/picture.h"
#include "ostia/command.h"
#include "ostia/rules_file.h"
#include "rules/dmn.h"

enum { STEPS_MAX = 1000 }; // tasks done and timers that came in one run: a model that loops is stopped here

// ---- check and roundtrip ----

typedef enum status (*look)(struct arena *a, struct text xml, struct problem *p);

static int each_file(const struct call *c, look f, const char *good, const char *bad) {
    int exit_code = EXIT_DONE;
    for (int i = 0; i < c->argument_count; i++) {
        struct arena a = {0};
        struct problem p = {0};
        struct text xml;
        enum status st = STATUS_IO;
        if (rules_read_file(&a, c->arguments[i], &xml)) {
            st = f(&a, xml, &p);
            if (st) say_problem(stderr, st, &p);
        }
        printf("%s %s", st ? bad : good, c->arguments[i]);
        if (st && p.rule) printf(" %s %s", p.rule, p.field && p.field[0] ? p.field : "-");
        printf("\n");
        if (st) exit_code = EXIT_WRONG;
        arena_free(&a);
    }
    return exit_code;
}

static enum status check_file(struct arena *a, struct text xml, struct problem *p) {
    const struct flow_model *m;
    return flow_read(a, xml, T(""), &m, p);
}

static enum status write_file(struct arena *a, struct text xml, struct problem *p) {
    struct text written = {0}, before = {0}, after = {0};
    enum status st = flow_write(a, xml, NULL, 0, &written, p);
    if (!st) st = flow_canonical(a, xml, &before, p);
    if (!st) st = flow_canonical(a, written, &after, p);
    return !st && !text_eq(before, after) ? STATUS_CORRUPT : st;
}

int flow_check_run(const struct call *c) {
    return each_file(c, check_file, "good ", "wrong");
}
int flow_roundtrip_run(const struct call *c) {
    return each_file(c, write_file, "same     ", "different");
}

int flow_picture_run(const struct call *c) {
    struct arena a = {0};
    struct problem p = {0};
    struct text xml;
    struct flow_picture how = {.title = text_of(c->arguments[0])};
    struct out svg = {.arena = &a};
    size_t drawn = 0;
    enum status st = STATUS_IO;
    if (rules_read_file(&a, c->arguments[0], &xml)) st = flow_picture(&a, xml, &how, &svg, &drawn, &p);
    if (!st && !drawn) st = problem(&p, "", "flow_no_diagram", "problem.flow.no_diagram");
    int exit_code = st ? say_problem(stderr, st, &p) : EXIT_DONE;
    if (!st) printf(TEXT_FMT, TEXT_ARG(out_done(&svg)));
    arena_free(&a);
    return exit_code;
}

// ---- run: a host whose facts are one FEEL context ----

struct play {
    struct arena arena;
    const struct flow_model *model;
    const struct dmn_model *decisions;
    struct flow_state state;
    struct flow_effects effects;
    struct flow_engine engine;
    struct flow_host host;
    struct feel_value data;
    struct feel_now now;
    struct problem problem;
    size_t shown;     // effects printed
    int64_t armed;    // timers set so far: they come in this order
    size_t delivered; // messages sent by the instance and offered to itself: up to this effect
};

static void put(struct play *w, const char *name, struct feel_value v) {
    feel_put(&w->arena, &w->data, text_of(name), v);
}

// The attributes of the standard that an expression may use (BPMN 10.2.8, 10.5.5).
static void put_attributes(struct play *w, const struct flow_at *at) {
    put(w, "loopCounter", feel_int(at->instance));
    put(w, "numberOfInstances", feel_int(at->total));
    put(w, "numberOfActiveInstances", feel_int(at->started - at->completed));
    put(w, "numberOfCompletedInstances", feel_int(at->completed));
    put(w, "activationCount", feel_int(at->arrived));
    put(w, "waitingForStart", feel_boolean(at->waiting_for_start));
}

static enum status evaluate_text(struct play *w, struct text source, struct feel_value *out,
                                 struct problem *p) {
    const struct feel_expression *e;
    source = text_trim(source);
    if (text_starts(source, T("="))) source = text_slice(source, 1, source.n);
    enum status st = feel_parse(&w->arena, source, FEEL_EXPRESSION, NULL, &e, p);
    return st ? st : feel_eval(e, &w->data, &w->now, &w->arena, out, NULL);
}

// The thing of the collection that this instance is about.
static void put_item(struct play *w, const struct flow_at *at) {
    struct feel_value all = feel_null();
    struct problem p = {0};
    const struct flow_element *e = at->element;
    if (!e->item.n || !e->collection.n || at->instance < 1) return;
    if (evaluate_text(w, e->collection, &all, &p) || all.kind != FEEL_LIST) return;
    if ((size_t)at->instance <= all.list.count)
        feel_put(&w->arena, &w->data, e->item, all.list.items[at->instance - 1]);
}

static enum status evaluate(struct play *w, const struct flow_at *at, struct text source,
                            struct feel_value *out, struct problem *p) {
    put_attributes(w, at);
    put_item(w, at);
    return evaluate_text(w, source, out, p);
}

static enum status run_condition(void *ctx, const struct flow_at *at, struct text e, bool *out,
                                 struct problem *p) {
    struct feel_value v = feel_null();
    enum status st = evaluate(ctx, at, e, &v, p);
    *out = feel_is_true(&v);
    return st;
}

// Nobody waits here: a timer comes when nothing else can be done, the first one set first.
static enum status run_timer(void *ctx, const struct flow_at *at, enum flow_timer_kind kind, struct text e,
                             int fired, struct flow_due *out, struct problem *p) {
    struct play *w = ctx;
    struct feel_value v = feel_null();
    enum status st = text_starts(e, T("=")) ? evaluate(w, at, e, &v, p) : STATUS_OK;
    out->at.ms = w->now.at.ms + ++w->armed;
    out->repeats = kind == FLOW_CYCLE && fired < 2; // a cycle is seen twice
    return st;
}

static enum status run_key(void *ctx, const struct flow_at *at, struct text e, struct text *out,
                           struct problem *p) {
    struct play *w = ctx;
    struct feel_value v = feel_null();
    enum status st = evaluate(w, at, e, &v, p);
    *out = feel_print(&w->arena, &v);
    return st;
}

static enum status run_count(void *ctx, const struct flow_at *at, struct text e, int64_t *out,
                             struct problem *p) {
    struct feel_value v = feel_null();
    enum status st = evaluate(ctx, at, e, &v, p);
    if (st) return st;
    if (v.kind == FEEL_LIST)
        *out = (int64_t)v.list.count;
    else if (!feel_to_int(&v, out))
        return problem(p, "", "flow_instance_count", "problem.flow.loop_count");
    return STATUS_OK;
}

static enum status run_service(void *ctx, const struct flow_at *at, struct flow_answer *out,
                               struct problem *p) {
    (void)ctx, (void)at, (void)p;
    out->outcome = FLOW_DONE;
    return STATUS_OK;
}

static void keep_result(struct play *w, struct text name, struct feel_value v) {
    if (name.n) feel_put(&w->arena, &w->data, name, v);
}

static enum status run_decision(void *ctx, const struct flow_at *at, struct flow_answer *out,
                                struct problem *p) {
    struct play *w = ctx;
    struct feel_value v = feel_null();
    struct dmn_trace trace = {0};
    if (!w->decisions) {
        *out = (struct flow_answer){.outcome = FLOW_FAILED, .detail = T("no --decisions")};
        return STATUS_OK;
    }
    enum status st =
        dmn_evaluate(w->decisions, at->element->decision, &w->data, &w->now, &w->arena, &v, &trace);
    if (!st) keep_result(w, at->element->result, v);
    (void)p;
    return st;
}

static enum status run_script(void *ctx, const struct flow_at *at, struct flow_answer *out,
                              struct problem *p) {
    struct feel_value v = feel_null();
    enum status st = evaluate(ctx, at, at->element->script, &v, p);
    if (!st) keep_result(ctx, at->element->result, v);
    (void)out;
    return st;
}

static enum status run_map(void *ctx, const struct flow_at *at, bool out, struct problem *p) {
    struct play *w = ctx;
    const struct flow_pairs *pairs = out ? &at->element->outputs : &at->element->inputs;
    for (size_t i = 0; i < pairs->count && at->element->maps; i++) {
        struct feel_value v = feel_null();
        enum status st = evaluate(w, at, pairs->items[i].value, &v, p);
        if (st) return st;
        keep_result(w, pairs->items[i].name, v);
    }
    return STATUS_OK;
}

static void show(struct play *w) {
    for (; w->shown < w->effects.count; w->shown++) {
        const struct flow_effect *f = &w->effects.items[w->shown];
        printf("%-18s " TEXT_FMT, flow_effect_name(f->kind), TEXT_ARG(f->element ? f->element->id : T("")));
        if (f->instance) printf(" [%d]", f->instance);
        if (f->name.n) printf(" \"" TEXT_FMT "\"", TEXT_ARG(f->name));
        if (f->detail.n) printf(" " TEXT_FMT, TEXT_ARG(f->detail));
        printf("\n");
    }
}

// A message that the instance sent and awaits itself.
static bool deliver(struct play *w) {
    while (w->delivered < w->effects.count) {
        const struct flow_effect *f = &w->effects.items[w->delivered++];
        if (f->kind != FLOW_MESSAGE_SENT) continue;
        if (!flow_message(&w->engine, &w->state, f->name, T(""), &w->effects, &w->problem)) return true;
    }
    return false;
}

static bool do_task(struct play *w) {
    for (size_t i = 0; i < w->state.tokens.count; i++) {
        const struct flow_token *t = &w->state.tokens.items[i];
        if (t->phase == FLOW_WAITING &&
            !flow_task_done(&w->engine, &w->state, t->id, &w->effects, &w->problem))
            return true;
    }
    return false;
}

static bool let_timer_come(struct play *w) {
    const struct flow_wait *first = NULL;
    for (size_t i = 0; i < w->state.waits.count; i++) {
        const struct flow_wait *t = &w->state.waits.items[i];
        if (t->kind == FLOW_TIMER && (!first || t->due.ms < first->due.ms)) first = t;
    }
    return first && !flow_timer_due(&w->engine, &w->state, first->id, &w->effects, &w->problem);
}

static void show_end(struct play *w) {
    for (size_t i = 0; i < w->state.tokens.count; i++) {
        const struct flow_token *t = &w->state.tokens.items[i];
        static const char *const PHASES[] = {"ready", "waits", "inside", "arrived", "stuck"};
        printf("at %s " TEXT_FMT "\n", PHASES[t->phase], TEXT_ARG(flow_element(w->model, t->element)->id));
    }
    struct text data = feel_print_literal(&w->arena, &w->data);
    printf("%s " TEXT_FMT "\n", w->state.ended ? "ended" : "waiting", TEXT_ARG(data));
}

static enum status start(struct play *w) {
    struct flow_trigger by = {.kind = FLOW_NONE};
    enum status st = flow_start(&w->engine, &by, &w->state, &w->effects, &w->problem);
    for (size_t i = 0; st == STATUS_NOT_FOUND && i < flow_count(w->model); i++) {
        const struct flow_element *e = flow_element(w->model, (int)i);
        bool first =
            e->event != FLOW_NONE && e->parent < 0 &&
            (e->kind == FLOW_START_EVENT || e->kind == FLOW_CATCH_EVENT || e->kind == FLOW_RECEIVE_TASK);
        bool by_id = e->event == FLOW_TIMER || e->event == FLOW_CONDITIONAL;
        by = (struct flow_trigger){e->event, by_id ? e->id : e->event_name};
        if (first) st = flow_start(&w->engine, &by, &w->state, &w->effects, &w->problem);
    }
    return st;
}

static int run(struct play *w) {
    w->host = (struct flow_host){w,           run_condition, run_timer,  run_key, run_count,
                                 run_service, run_decision,  run_script, run_map};
    w->engine = (struct flow_engine){w->model, &w->host, &w->arena};
    enum status st = start(w);
    if (st) return say_problem(stderr, st, &w->problem);
    show(w);
    for (int i = 0; i < STEPS_MAX && !w->state.ended; i++) {
        if (!deliver(w) && !do_task(w) && !let_timer_come(w)) break;
        show(w);
    }
    show_end(w);
    return w->state.incidents.count ? EXIT_WRONG : EXIT_DONE;
}

static enum status read_data(struct play *w, struct text json) {
    json_t *value;
    enum status st = json_read(json, XML_BYTES_MAX, &value, &w->problem);
    if (st) return st;
    st = feel_from_json(&w->arena, value, &w->data);
    json_decref(value);
    return st;
}

// JSON itself, or @FILE.
static bool data_text(struct play *w, const char *given, struct text *out) {
    *out = text_of(given);
    return given[0] != '@' || rules_read_file(&w->arena, given + 1, out);
}

int flow_run_run(const struct call *c) {
    struct play w = {.data = feel_empty_context(), .now = {env_now(env_real()), T("")}};
    struct text xml, text;
    enum status st = STATUS_OK;
    int exit_code = EXIT_WRONG;
    bool good = rules_read_file(&w.arena, c->arguments[0], &xml);
    if (good && call_has(c, "data")) {
        good = data_text(&w, call_option(c, "data"), &text);
        if (good) st = read_data(&w, text);
    }
    if (good && !st && call_has(c, "decisions")) {
        good = rules_read_file(&w.arena, call_option(c, "decisions"), &text);
        if (good) st = dmn_read(&w.arena, text, &w.decisions, &w.problem);
    }
    struct text process = call_has(c, "process") ? text_of(call_option(c, "process")) : T("");
    if (good && !st) st = flow_read(&w.arena, xml, process, &w.model, &w.problem);
    if (good && st) say_problem(stderr, st, &w.problem);
    if (good && !st) exit_code = run(&w);
    arena_free(&w.arena);
    return exit_code;
}
