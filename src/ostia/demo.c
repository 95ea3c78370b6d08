// demo.c - makes a demonstration in a new folder, and tells how to sign in to it.
#include "demo/demo.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ostia/house.h"

enum { CASES_USUAL = 1000 };

static void show_progress(const char *what, int64_t done, int64_t all) {
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%s %lld of %lld", what, (long long)done, (long long)all);
}

static bool read_options(const struct call *c, struct demo_options *o) {
    int64_t seed;
    // Yesterday: what happens today happens after it.
    o->until = date_add_days(date_from_days(env_now(env_real()).ms / 86400000), -1);
    if (!call_number(c, "cases", CASES_USUAL, 0, DEMO_CASES_MAX, &o->cases, stderr)) return false;
    if (!call_number(c, "carried", 0, 0, DEMO_CASES_MAX, &o->carried, stderr)) return false;
    if (!call_number(c, "seed", 1, 0, INT64_MAX, &seed, stderr)) return false;
    o->seed = (uint64_t)seed;
    o->progress = show_progress;
    if (!call_has(c, "until")) return true;
    if (!date_parse(text_of(call_option(c, "until")), &o->until) && date_is_full(o->until)) return true;
    fprintf(stderr, "ostia demo: --until must be a day: 2026-11-21\n");
    return false;
}

// Only a new folder: real cases must never stand between invented ones.
static bool is_new(const char *data) {
    struct arena a = {0};
    struct stat info;
    bool is_there = stat(text_c(&a, text_printf(&a, "%s/ostia.db", data)), &info) == 0;
    arena_free(&a);
    if (is_there) fprintf(stderr, "ostia demo: %s holds an authority already; give another --data\n", data);
    return !is_there;
}

static int show_report(const struct demo_report *r, const char *data) {
    double seconds = (double)r->command_us / 1e6;
    printf("%lld cases, %lld commands in %s: %.0f commands and %.0f cases a second\n", (long long)r->cases,
           (long long)r->commands, data, seconds > 0 ? (double)r->commands / seconds : 0,
           seconds > 0 ? (double)r->cases / seconds : 0);
    if (!r->failed) return EXIT_DONE;
    printf("%lld commands were refused; the first one, of kind %d:\n", (long long)r->failed,
           r->first_failed_kind);
    say_problem(stdout, STATUS_INVALID, &r->first_failure);
    return EXIT_WRONG;
}

// The folder is new, but its database may be another authority's.
static enum status want_empty_log(struct house *h, struct arena *a, struct problem *p) {
    struct db *db;
    struct text note;
    enum status st = store_reader(h->store, &db);
    if (st) return st;
    st = journal_checkpoint(h->journal, db, a, &note);
    store_reader_release(h->store, db);
    if (st == STATUS_NOT_FOUND) return STATUS_OK;
    return st ? st : problem(p, "db", "not_empty", "problem.demo.not_empty");
}

static int make(const struct call *c, struct settings *s, const struct demo_options *o, struct arena *a) {
    struct env_fixed world;
    struct house h;
    struct problem p = {0};
    struct demo_report report = {0};
    const char *pack = call_has(c, "pack") ? call_option(c, "pack") : "packs/eu-asylum";
    struct moment begin = {date_to_days(date_add_days(o->until, -DEMO_DAYS - 1)) * 86400000};
    env_fixed(&world, begin, o->seed);
    enum status st = house_open(&world.env, s, HOUSE_CREATE, &h, &p);
    if (st) return say_problem(stderr, st, &p);
    st = want_empty_log(&h, a, &p);
    if (!st) st = house_load_packs(&h, pack, a, &p);
    struct demo_options here = *o;
    here.registers = h.registers;
    if (!st) st = demo_make(h.cases, h.access, &world, &here, a, &report, &p);
    if (isatty(STDERR_FILENO)) fprintf(stderr, "\r\033[K");
    house_close(&h);
    return st ? say_problem(stderr, st, &p) : show_report(&report, s->data);
}

int demo_run(const struct call *c) {
    struct arena a = {0};
    struct settings s;
    struct demo_options o = {0};
    int exit_code = EXIT_USAGE;
    if (read_options(c, &o) && settings_read(c, &a, &s, stderr))
        exit_code = is_new(s.data) ? make(c, &s, &o, &a) : EXIT_WRONG;
    arena_free(&a);
    return exit_code;
}

int demo_code_run(const struct call *c) {
    struct arena a = {0};
    struct settings s;
    if (!settings_read(c, &a, &s, stderr)) return EXIT_USAGE;
    enum status st =
        demo_show_sign_ins(stdout, env_real(), s.data, NULL, c->argument_count ? c->arguments[0] : NULL);
    if (st) fprintf(stderr, "ostia demo-code: %s holds no such sign-in of a demonstration\n", s.data);
    arena_free(&a);
    return st ? EXIT_WRONG : EXIT_DONE;
}
