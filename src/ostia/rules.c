// rules.c - rules/ and flow/ from the command line: evaluate, check.
#include <string.h>

#include "base/xml.h"
#include "flow/flow.h"
#include "ostia/command.h"
#include "ostia/rules_file.h"
#include "rules/dmn.h"

static enum status read_context(struct arena *a, struct text json, struct feel_value *out,
                                struct problem *p) {
    json_t *value;
    enum status st = json_read(json, XML_BYTES_MAX, &value, p);
    if (st) return st;
    st = feel_from_json(a, value, out);
    json_decref(value);
    return st;
}

static enum status eval_model(struct arena *a, const struct call *c, struct text xml,
                              const struct feel_value *context, const struct feel_now *now,
                              struct feel_value *out, struct problem *p) {
    const struct dmn_model *m;
    struct dmn_trace trace = {0};
    enum status st = dmn_read(a, xml, &m, p);
    if (!st) st = dmn_evaluate(m, text_of(c->arguments[0]), context, now, a, out, &trace);
    if (st == STATUS_NOT_FOUND) fprintf(stderr, "ostia: the model has no decision \"%s\"\n", c->arguments[0]);
    if (st || !call_has(c, "trace")) return st;
    struct out json = {.arena = a};
    struct json_out j = {.out = &json};
    dmn_trace_json(&j, &trace);
    printf(TEXT_FMT "\n", TEXT_ARG(out_done(&json)));
    return st;
}

static enum status eval_text(struct arena *a, const struct call *c, const struct feel_value *context,
                             const struct feel_now *now, struct feel_value *out, struct problem *p) {
    const struct feel_expression *e;
    struct feel_diagnostics d = {0};
    enum status st = feel_parse(a, text_of(c->arguments[0]), FEEL_EXPRESSION, NULL, &e, p);
    if (!st) st = feel_eval(e, context, now, a, out, &d);
    for (size_t i = 0; i < d.count; i++)
        fprintf(stderr, "%lld:%lld %s: " TEXT_FMT "\n", (long long)d.items[i].line,
                (long long)d.items[i].column, d.items[i].text_key, TEXT_ARG(d.items[i].detail));
    return st;
}

int rules_eval_run(const struct call *c) {
    struct arena a = {0};
    struct problem p = {0};
    struct text content;
    struct feel_value context = feel_empty_context(), value = feel_null();
    struct feel_now now = {env_now(env_real()),
                           call_has(c, "zone") ? text_of(call_option(c, "zone")) : T("")};
    bool good = c->argument_count == 1;
    enum status st = STATUS_OK;
    if (!good)
        fprintf(stderr, "ostia rules eval: needs an expression, or the name of a decision with --model\n");
    if (good && call_has(c, "context")) {
        good = rules_read_file(&a, call_option(c, "context"), &content);
        if (good) st = read_context(&a, content, &context, &p);
    }
    if (good && !st && call_has(c, "at")) st = moment_parse(text_of(call_option(c, "at")), &now.at);
    if (good && !st && call_has(c, "model")) {
        good = rules_read_file(&a, call_option(c, "model"), &content);
        if (good) st = eval_model(&a, c, content, &context, &now, &value, &p);
    } else if (good && !st) {
        st = eval_text(&a, c, &context, &now, &value, &p);
    }
    if (good && st) say_problem(stderr, st, &p);
    good = good && !st;
    if (good && !call_has(c, "trace")) printf(TEXT_FMT "\n", TEXT_ARG(feel_print_literal(&a, &value)));
    arena_free(&a);
    return good ? EXIT_DONE : EXIT_WRONG;
}

static enum status check_model(struct arena *a, struct text path, struct text xml, struct problem *p) {
    const struct dmn_model *dmn;
    const struct flow_model *bpmn;
    if (text_ends(path, T(".dmn"))) return dmn_read(a, xml, &dmn, p);
    return flow_read(a, xml, T(""), &bpmn, p);
}

int rules_check_run(const struct call *c) {
    int exit_code = EXIT_DONE;
    for (int i = 0; i < c->argument_count; i++) {
        struct arena a = {0};
        struct problem p = {0};
        struct text xml;
        enum status st = STATUS_IO;
        if (rules_read_file(&a, c->arguments[i], &xml)) {
            st = check_model(&a, text_of(c->arguments[i]), xml, &p);
            if (st) say_problem(stderr, st, &p);
        }
        printf("%s %s\n", st ? "wrong" : "good ", c->arguments[i]);
        if (st) exit_code = EXIT_WRONG;
        arena_free(&a);
    }
    return exit_code;
}
