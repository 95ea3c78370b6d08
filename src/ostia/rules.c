// rules.c - FEEL expressions and decisions from the command line.
#include <string.h>

#include "base/xml.h"
#include "ostia/command.h"
#include "ostia/rules_file.h"
#include "ostia/rules_models.h"

static enum status read_context(struct arena *a, struct text content, struct feel_value *out,
                                struct problem *p) {
    json_t *value;
    if (text_starts(text_trim(content), T("<"))) return feel_from_xml(a, content, out, p);
    enum status st = json_read(content, XML_BYTES_MAX, &value, p);
    if (st) return st;
    st = feel_from_json(a, value, out);
    json_decref(value);
    return st;
}

// The values of names: --input, in JSON. False when it cannot be read; that is said.
static bool read_input(struct arena *a, const struct call *c, struct feel_value *out) {
    struct text content;
    struct problem p = {0};
    *out = feel_empty_context();
    if (!call_has(c, "input")) return true;
    const char *path = call_option(c, "input");
    if (!rules_read_file(a, strcmp(path, "-") ? path : "/dev/stdin", &content)) return false;
    enum status st = read_context(a, content, out, &p);
    if (st) say_problem(stderr, st, &p);
    return !st;
}

static bool read_clock(const struct call *c, struct feel_now *now) {
    *now =
        (struct feel_now){env_now(env_real()), call_has(c, "zone") ? text_of(call_option(c, "zone")) : T("")};
    if (!call_has(c, "at") || !moment_parse(text_of(call_option(c, "at")), &now->at)) return true;
    fprintf(stderr, "ostia: --at is no moment like 2026-11-21T08:00:00Z\n");
    return false;
}

// ---- a decision ----

static void list_decisions(const struct dmn_model *m) {
    size_t count;
    const struct dmn_node_info *nodes = dmn_nodes(m, &count);
    fprintf(stderr, "ostia: say with --decision which of these:\n");
    for (size_t i = 0; i < count; i++)
        if (nodes[i].kind == DMN_DECISION || nodes[i].kind == DMN_SERVICE)
            fprintf(stderr, "  " TEXT_FMT "\n", TEXT_ARG(nodes[i].name));
}

// A misspelt name would be null, and nobody would know.
static void say_unknown_input(const struct dmn_model *m, const struct feel_value *input) {
    for (size_t i = 0; input->kind == FEEL_CONTEXT && i < input->context.count; i++) {
        struct text name = input->context.entries[i].key;
        if (!dmn_knows_input(m, name))
            fprintf(stderr, "ostia: the model has no input \"" TEXT_FMT "\"; it is ignored\n",
                    TEXT_ARG(name));
    }
}

static struct text sentence_of(const void *context, const char *text_key) {
    struct problem p = {.text_key = text_key};
    return say_sentence((struct arena *)context, &p);
}

static void print_value(struct arena *a, const struct call *c, const struct feel_value *v,
                        const struct dmn_trace *t) {
    struct out o = {.arena = a};
    struct json_out j = {.out = &o};
    if (call_has(c, "trace"))
        dmn_trace_json(&j, t);
    else if (call_has(c, "explain"))
        dmn_trace_text(&o, t, sentence_of, a);
    else
        out_text(&o, feel_print_literal(a, v));
    struct text said = text_trim(out_done(&o));
    printf(TEXT_FMT "\n", TEXT_ARG(said));
}

// What failed on the way is said even where no trace was asked for.
static void say_diagnostics(struct arena *a, const struct dmn_trace *t) {
    for (size_t i = 0; i < t->count; i++)
        for (size_t k = 0; k < t->items[i].diagnostic_count; k++) {
            struct out o = {.arena = a};
            dmn_diagnostic_text(&o, &t->items[i].diagnostics[k], sentence_of, a);
            fprintf(stderr, "ostia: " TEXT_FMT "\n", TEXT_ARG(out_done(&o)));
        }
}

static int eval_model(struct arena *a, const struct call *c, const struct feel_value *given,
                      const struct feel_now *now) {
    struct rules_model models[ARGUMENTS_MAX] = {0};
    struct dmn_trace trace = {0};
    struct problem p = {0};
    struct feel_value input, value;
    for (int i = 0; i < c->argument_count; i++) models[i].path = c->arguments[i];
    rules_read_models(a, models, (size_t)c->argument_count, false);
    for (int i = 0; i < c->argument_count; i++)
        if (!models[i].model) return rules_say(&models[i]), EXIT_WRONG;
    const struct dmn_model *m = models[0].model;
    if (!call_has(c, "decision")) return list_decisions(m), EXIT_USAGE;
    struct text decision = text_of(call_option(c, "decision"));
    say_unknown_input(m, given);
    enum status st = dmn_read_input(m, now, a, given, &input, &p);
    if (!st) st = dmn_evaluate(m, decision, &input, now, a, &value, &trace);
    if (st == STATUS_NOT_FOUND) {
        fprintf(stderr, "ostia: the model has no decision \"" TEXT_FMT "\"\n", TEXT_ARG(decision));
        return list_decisions(m), EXIT_WRONG;
    }
    if (st) return say_problem(stderr, st, &p);
    print_value(a, c, &value, &trace);
    if (!call_has(c, "trace") && !call_has(c, "explain")) say_diagnostics(a, &trace);
    return EXIT_DONE;
}

// ---- an expression ----

static int eval_text(struct arena *a, const struct call *c, const struct feel_value *context,
                     const struct feel_now *now) {
    const struct feel_expression *e;
    struct feel_diagnostics d = {0};
    struct feel_value value;
    struct problem p = {0};
    enum status st = feel_parse(a, text_of(c->arguments[0]), FEEL_EXPRESSION, NULL, &e, &p);
    if (!st) st = feel_eval(e, context, now, a, &value, &d);
    for (size_t i = 0; i < d.count; i++) {
        struct out o = {.arena = a};
        dmn_diagnostic_text(&o, &(struct dmn_diagnostic){.what = d.items[i]}, sentence_of, a);
        fprintf(stderr, "ostia: " TEXT_FMT "\n", TEXT_ARG(out_done(&o)));
    }
    if (st) return say_problem(stderr, st, &p);
    printf(TEXT_FMT "\n", TEXT_ARG(feel_print_literal(a, &value)));
    return EXIT_DONE;
}

int rules_eval_run(const struct call *c) {
    struct arena a = {0};
    struct feel_value input;
    struct feel_now now;
    bool is_model = call_has(c, "decision") || text_ends(text_of(c->arguments[0]), T(".dmn"));
    int code = EXIT_WRONG;
    if (!is_model && c->argument_count > 1) {
        fprintf(stderr,
                "ostia rules eval: one expression, or a model (FILE.dmn) and those that it imports\n");
        code = EXIT_USAGE;
    } else if (read_clock(c, &now) && read_input(&a, c, &input)) {
        code = is_model ? eval_model(&a, c, &input, &now) : eval_text(&a, c, &input, &now);
    }
    arena_free(&a);
    return code;
}
