// rules_speed - decisions and expressions a second, one thread.
//
//     rules_speed table MODEL DECISION INPUTS     evaluations a second, inputs in turn
//     rules_speed compiled FILE                   expressions a second, each parsed once before
//     rules_speed parsed FILE                     the same, each parsed at each call
//     rules_speed values MODEL DECISION INPUTS    the results as JSON, for comparing engines
//     rules_speed results FILE
//
// INPUTS is a JSON list of contexts; FILE a JSON list of {"feel", "context"}.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/xml.h"
#include "rules/dmn.h"

enum { ROUND_US = 700 * 1000, WARM_US = 100 * 1000, EXPRESSIONS_MAX = 200 };

static struct arena kept; // for the whole run

static void stop(const char *what, enum status st) {
    fprintf(stderr, "rules_speed: %s: %s\n", what, status_name(st));
    exit(1);
}

static struct text read_whole(const char *path) {
    FILE *f = fopen(path, "re");
    if (!f) stop(path, STATUS_IO);
    char *bytes = arena_alloc(&kept, XML_BYTES_MAX);
    size_t n = fread(bytes, 1, XML_BYTES_MAX, f);
    fclose(f);
    return (struct text){bytes, n};
}

static json_t *read_json(const char *path) {
    json_t *j;
    enum status st = json_read(read_whole(path), XML_BYTES_MAX, &j, NULL);
    if (st) stop(path, st);
    return j;
}

// ---- decisions ----

struct decision {
    const struct dmn_model *model;
    struct text name;
    struct feel_list inputs;
};

static struct decision read_decision(char **argv) {
    struct decision d = {.name = text_of(argv[1])};
    struct problem p = {0};
    struct feel_value inputs;
    enum status st = dmn_read(&kept, read_whole(argv[0]), &d.model, &p);
    if (!st) st = feel_from_json(&kept, read_json(argv[2]), &inputs);
    if (st) stop(argv[0], st);
    d.inputs = inputs.list;
    return d;
}

static struct feel_value decide(const struct decision *d, size_t turn, struct arena *a) {
    struct feel_value v;
    enum status st =
        dmn_evaluate(d->model, d->name, &d->inputs.items[turn % d->inputs.count], NULL, a, &v, NULL);
    if (st) stop("evaluate", st);
    return v;
}

// ---- expressions ----

struct expressions {
    struct feel_value contexts[EXPRESSIONS_MAX];
    struct text sources[EXPRESSIONS_MAX];
    const struct feel_expression *parsed[EXPRESSIONS_MAX];
    size_t count;
};

static const struct feel_expression *parse(const struct expressions *x, size_t i, struct arena *a) {
    const struct feel_expression *e;
    enum status st = feel_parse(a, x->sources[i], FEEL_EXPRESSION, NULL, &e, NULL);
    if (st) stop(x->sources[i].p, st);
    return e;
}

static void read_expressions(struct expressions *x, const char *path) {
    const json_t *list = read_json(path);
    x->count = json_array_size(list);
    if (x->count == 0 || x->count > EXPRESSIONS_MAX) stop(path, STATUS_INVALID);
    for (size_t i = 0; i < x->count; i++) {
        const json_t *item = json_array_get(list, i);
        x->sources[i] = json_text(item, "feel", T("null"));
        enum status st = feel_from_json(&kept, json_object_get(item, "context"), &x->contexts[i]);
        if (st) stop(path, st);
        x->parsed[i] = parse(x, i, &kept);
    }
}

static struct feel_value evaluate(const struct expressions *x, size_t i, bool parsed, struct arena *a) {
    struct feel_value v;
    enum status st = feel_eval(parsed ? parse(x, i, a) : x->parsed[i], &x->contexts[i], NULL, a, &v, NULL);
    if (st) stop("evaluate", st);
    return v;
}

// ---- measuring ----

static struct decision decision;
static struct expressions expressions;

static void run_table(size_t turn, struct arena *a) {
    decide(&decision, turn, a);
}
static void run_compiled(size_t turn, struct arena *a) {
    evaluate(&expressions, turn % expressions.count, false, a);
}
static void run_parsed(size_t turn, struct arena *a) {
    evaluate(&expressions, turn % expressions.count, true, a);
}

static double rate(void (*run)(size_t turn, struct arena *a), uint64_t for_us) {
    struct arena a = {0};
    uint64_t began = env_monotonic_us(env_real()), now = began;
    size_t turn = 0;
    while (now - began < for_us) {
        for (int i = 0; i < 1000; i++, arena_reset(&a)) run(turn++, &a);
        now = env_monotonic_us(env_real());
    }
    arena_free(&a);
    return (double)turn * 1e6 / (double)(now - began);
}

static void measure(void (*run)(size_t turn, struct arena *a)) {
    rate(run, WARM_US);
    printf("%.0f\n", rate(run, ROUND_US));
}

static void print_list(struct feel_value (*value)(size_t i), size_t count) {
    struct out o = {.arena = &kept};
    struct json_out j = {.out = &o};
    json_begin_array(&j);
    for (size_t i = 0; i < count; i++) {
        struct feel_value v = value(i);
        feel_to_json(&j, &v);
    }
    json_end_array(&j);
    printf(TEXT_FMT "\n", TEXT_ARG(out_done(&o)));
}

static struct feel_value table_value(size_t i) {
    return decide(&decision, i, &kept);
}
static struct feel_value expression_value(size_t i) {
    return evaluate(&expressions, i, false, &kept);
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (argc == 5) decision = read_decision(argv + 2);
    if (argc == 3) read_expressions(&expressions, argv[2]);
    if (argc == 5 && !strcmp(what, "table"))
        measure(run_table);
    else if (argc == 5 && !strcmp(what, "values"))
        print_list(table_value, decision.inputs.count);
    else if (argc == 3 && !strcmp(what, "compiled"))
        measure(run_compiled);
    else if (argc == 3 && !strcmp(what, "parsed"))
        measure(run_parsed);
    else if (argc == 3 && !strcmp(what, "results"))
        print_list(expression_value, expressions.count);
    else
        return 2;
    arena_free(&kept);
    return 0;
}
