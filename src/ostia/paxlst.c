// paxlst.c - passenger lists of carriers, read and told as JSON, for those who set up a carrier's connection.
#include <errno.h>
#include <string.h>

#include "exchange/edifact_list.h"
#include "ostia/command.h"
#include "pack/text_catalog.h"

// One byte more than is allowed, so that what is too large is seen and told.
static bool read_file(struct arena *a, const char *path, struct text *out) {
    FILE *f = strcmp(path, "-") ? fopen(path, "rb") : stdin;
    char *p = arena_alloc(a, EDIFACT_BYTES_MAX + 1);
    if (f) out->n = fread(p, 1, EDIFACT_BYTES_MAX + 1, f);
    if (!f || ferror(f)) {
        fprintf(stderr, "ostia: %s: %s\n", path, strerror(errno));
        if (f && f != stdin) fclose(f);
        return false;
    }
    out->p = p;
    if (f != stdin) fclose(f);
    return true;
}

struct teller {
    struct arena *arena;
    struct texts texts;
};

static struct text tell(void *context, const struct problem *p) {
    struct teller *t = context;
    return say_with(t->arena, &t->texts, p);
}

static enum status print(struct arena *a, struct text in, bool clean, struct text *out, bool *refused,
                         struct problem *p) {
    struct passenger_lists lists;
    if (clean) return edifact_clean(a, in, out, p);
    enum status st = passenger_lists_read(a, in, &lists, p);
    if (st) return st;
    struct teller t = {.arena = a};
    say_texts(a, &t.texts);
    struct out o = {.arena = a};
    struct json_out j = {.out = &o};
    passenger_lists_json(&j, &lists, tell, &t);
    out_byte(&o, '\n');
    *out = out_done(&o);
    *refused = passenger_lists_are_refused(&lists);
    return STATUS_OK;
}

int paxlst_run(const struct call *c) {
    struct arena a = {0};
    struct text in = {0}, out = {0};
    struct problem p = {0};
    bool refused = false;
    int code = EXIT_WRONG;
    if (read_file(&a, c->arguments[0], &in)) {
        enum status st = print(&a, in, call_has(c, "clean"), &out, &refused, &p);
        code = st ? say_problem(stderr, st, &p) : refused ? EXIT_WRONG : EXIT_DONE;
        fwrite(out.p, 1, out.n, stdout);
    }
    arena_free(&a);
    return code;
}
