// pack.c - packs: put into force, or only checked.
#include "ostia/house.h"
#include "ostia/pack_say.h"

static void show_pack(FILE *out, const struct pack *k, const char *what) {
    fprintf(out, "%s " TEXT_FMT " " TEXT_FMT "\n", what, TEXT_ARG(pack_id(k)), TEXT_ARG(pack_version(k)));
}

int pack_load_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    const struct pack *before = cases_pack(h->cases);
    enum status st = house_load_pack(h, c->arguments[0], &a, &p);
    if (st)
        say_problem(out, st, &p);
    else
        show_pack(out, cases_pack(h->cases),
                  cases_pack(h->cases) == before ? "in force already:" : "in force:");
    arena_free(&a);
    return st ? EXIT_WRONG : EXIT_DONE;
}

int pack_check_run(const struct call *c) {
    struct arena a = {0};
    struct problem p = {0};
    struct pack_files files = {0};
    struct pack_report report;
    enum status st = pack_files_from_folder(&a, c->arguments[0], &files, &p);
    if (st) {
        say_problem(stderr, st, &p);
        arena_free(&a);
        return EXIT_WRONG;
    }
    pack_examine(&a, &files, &report);
    if (call_has(c, "json"))
        pack_say_json(stdout, &report);
    else
        pack_say(stdout, &report);
    arena_free(&a);
    return report.broken ? EXIT_WRONG : EXIT_DONE;
}
