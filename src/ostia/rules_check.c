// rules_check.c - checks models of decisions and processes.
#include "flow/flow.h"
#include "ostia/command.h"
#include "ostia/rules_file.h"
#include "ostia/rules_models.h"
#include "rules/dmn_check.h"

static bool check_process(struct arena *a, const char *path) {
    struct rules_model m = {.path = path, .status = STATUS_IO};
    const struct flow_model *process;
    struct text xml;
    if (rules_read_file(a, path, &xml)) m.status = flow_read(a, xml, T(""), &process, &m.problem);
    if (m.status) rules_say(&m);
    return !m.status;
}

// Prints what was found in a model, a line each, or as one JSON object a line. True when nothing is wrong.
static bool check_decisions(struct arena *a, const struct call *c, const struct rules_model *m) {
    struct dmn_findings found = {0};
    bool good = m->model;
    if (!good) rules_say(m);
    if (m->model) dmn_check(m->model, a, &found);
    for (size_t i = 0; i < found.count; i++) {
        struct out o = {.arena = a};
        struct json_out j = {.out = &o};
        good = good && !dmn_finding_is_error(&found.items[i]);
        if (call_has(c, "json"))
            dmn_finding_json(&j, &found.items[i]);
        else
            dmn_finding_text(&o, &found.items[i]);
        if (!call_has(c, "json")) printf("%s: ", m->path);
        printf(TEXT_FMT "\n", TEXT_ARG(out_done(&o)));
    }
    if (found.lost) fprintf(stderr, "%s: %zu findings more\n", m->path, found.lost);
    return good;
}

int rules_check_run(const struct call *c) {
    struct arena a = {0};
    struct rules_model models[ARGUMENTS_MAX] = {0};
    size_t count = 0;
    bool good = true;
    for (int i = 0; i < c->argument_count; i++)
        if (text_ends(text_of(c->arguments[i]), T(".dmn"))) models[count++].path = c->arguments[i];
    rules_read_models(&a, models, count, false);
    count = 0;
    for (int i = 0; i < c->argument_count; i++) {
        bool is_dmn = text_ends(text_of(c->arguments[i]), T(".dmn"));
        bool fine = is_dmn ? check_decisions(&a, c, &models[count++]) : check_process(&a, c->arguments[i]);
        if (!call_has(c, "json")) printf("%s %s\n", fine ? "good " : "wrong", c->arguments[i]);
        good = good && fine;
    }
    arena_free(&a);
    return good ? EXIT_DONE : EXIT_WRONG;
}
