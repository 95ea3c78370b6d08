// pack_migrate.c - running cases go over to another version of their pack, from the command line.
#include <string.h>
#include <unistd.h>

#include "cases/migrate.h"
#include "ostia/house.h"
#include "store/file.h"

enum { LOOK_MS = 100, ANSWER_WITHIN_MS = 45 * 1000 }; // before who asked the server gives up (CONTROL_WAIT_S)

static enum status find_version(struct house *h, const struct call *c, const char *option, int64_t *version,
                                struct problem *p) {
    const char *name = call_option(c, option);
    if (!name) return problem(p, option, "required", "problem.migration.version");
    enum status st = migration_version(h->cases, text_of(name), version);
    return st == STATUS_NOT_FOUND ? problem(p, option, "version_unknown", "problem.migration.version") : st;
}

static enum status read_order(struct house *h, const struct call *c, struct arena *a,
                              struct migration_order *o, struct problem *p) {
    struct bytes file = {0};
    *o = (struct migration_order){.is_try = call_has(c, "try")};
    enum status st = find_version(h, c, "from", &o->from, p);
    if (!st) st = find_version(h, c, "to", &o->to, p);
    if (!st && call_has(c, "mapping")) {
        st = file_read_small(env_real(), a, call_option(c, "mapping"), &file);
        if (st) return problem(p, "mapping", "file", "problem.migration.file");
    }
    o->mapping = text_of_bytes(file);
    return st;
}

static void show_reason(FILE *out, const struct migration_reason *r) {
    fprintf(out, "  %lld at " TEXT_FMT ": " TEXT_FMT, (long long)r->count, TEXT_ARG(r->element),
            TEXT_ARG(r->rule));
    for (size_t i = 0; i < r->sample_count; i++)
        fprintf(out, "%s " TEXT_FMT, i ? "," : ":", TEXT_ARG(r->samples[i]));
    fputc('\n', out);
}

static int show(FILE *out, const struct migration_view *v) {
    if (v->is_running) {
        fprintf(out,
                "goes on in the server: %lld of %lld cases. The same command looks again, --stop stops it.\n",
                (long long)v->done, (long long)v->all);
        return EXIT_DONE;
    }
    if (v->has_failed) return say_problem(out, STATUS_INVALID, &v->problem);
    const struct migration_report *r = &v->report;
    fprintf(out, "%s %lld of %lld cases in %.1f s, %lld stay%s\n",
            v->is_try ? "would go:" : "went:", (long long)r->went, (long long)r->cases, (double)r->ms / 1000,
            (long long)r->stayed,
            r->is_stopped ? "; it was stopped and goes on when it is called again" : "");
    for (size_t i = 0; i < r->reasons.count; i++) show_reason(out, &r->reasons.items[i]);
    return r->stayed ? EXIT_WRONG : EXIT_DONE;
}

// In the server's folder it goes on when who asked does not wait any longer; alone it is waited for.
static enum status watch(struct house *h, const struct call *c, struct arena *a, struct migration_view *v,
                         struct problem *p) {
    struct actor system = actor_system();
    enum status st = STATUS_OK;
    for (int64_t waited = 0; !st; waited += LOOK_MS) {
        st = migration_look(h->cases, &system, a, v, p);
        if (st || !v->is_running || (c->is_in_server && waited >= ANSWER_WITHIN_MS)) return st;
        usleep(LOOK_MS * 1000);
    }
    return st;
}

int pack_migrate_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct migration_order o;
    struct migration_view v = {0};
    struct actor system = actor_system();
    enum status st;
    if (call_has(c, "stop")) {
        st = migration_stop(h->cases, &system, &p);
    } else {
        st = read_order(h, c, &a, &o, &p);
        if (!st) st = migration_start(h->cases, &system, &o, &a, &p);
        if (st == STATUS_INVALID && p.rule && !strcmp(p.rule, "migration_busy"))
            st = STATUS_OK; // look at that one
    }
    if (!st) st = watch(h, c, &a, &v, &p);
    int exit_code = st ? say_problem(out, st, &p) : v.is_known ? show(out, &v) : EXIT_DONE;
    arena_free(&a);
    return exit_code;
}
