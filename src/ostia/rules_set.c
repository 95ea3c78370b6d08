// rules_set.c - changes one cell of a decision table; all else in the file stays byte for byte.
#include <errno.h>
#include <string.h>

#include "ostia/command.h"
#include "ostia/rules_file.h"
#include "ostia/rules_models.h"
#include "rules/dmn_write.h"

static bool write_out(const struct call *c, struct text content) {
    const char *path = call_option(c, "out");
    FILE *f = path ? fopen(path, "we") : stdout;
    bool good = f && fwrite(content.p, 1, content.n, f) == content.n && fflush(f) == 0;
    if (f && path) good = fclose(f) == 0 && good;
    if (!good) fprintf(stderr, "ostia: %s: %s\n", path ? path : "output", strerror(errno));
    return good;
}

// The models behind the first are those that it imports.
static bool read_imports(struct arena *a, const struct call *c, const struct dmn_model **out) {
    struct rules_model models[ARGUMENTS_MAX] = {0};
    size_t count = (size_t)c->argument_count - 1;
    for (size_t i = 0; i < count; i++) models[i].path = c->arguments[i + 1];
    rules_read_models(a, models, count, false);
    for (size_t i = 0; i < count; i++) {
        out[i] = models[i].model;
        if (!out[i]) return rules_say(&models[i]), false;
    }
    return true;
}

int rules_set_run(const struct call *c) {
    struct arena a = {0};
    struct problem p = {0};
    struct text xml, changed;
    const struct dmn_model *imports[ARGUMENTS_MAX];
    struct dmn_read_options o = {imports, (size_t)c->argument_count - 1, false};
    int64_t rule = 0;
    int code = EXIT_USAGE;
    if (!call_has(c, "decision") || !call_has(c, "rule") || !call_has(c, "column") || !call_has(c, "to")) {
        fprintf(stderr, "ostia rules set: needs --decision, --rule, --column and --to\n");
    } else if (call_number(c, "rule", 0, 1, DMN_RULES_MAX, &rule, stderr)) {
        struct dmn_cell cell = {text_of(call_option(c, "decision")), (size_t)rule,
                                text_of(call_option(c, "column"))};
        code = EXIT_WRONG;
        if (rules_read_file(&a, c->arguments[0], &xml) && read_imports(&a, c, imports)) {
            enum status st = dmn_write_cell(&a, xml, &o, &cell, text_of(call_option(c, "to")), &changed, &p);
            if (st)
                say_problem(stderr, st, &p);
            else if (write_out(c, changed))
                code = EXIT_DONE;
        }
    }
    arena_free(&a);
    return code;
}
