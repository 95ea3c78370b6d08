// pack.c - packs: put into force, or only checked.
#include "ostia/house.h"
#include "ostia/pack_say.h"
#include "pack/pack_sign.h"
#include "store/file.h"

static void show_pack(FILE *out, const struct pack *k, const char *what) {
    fprintf(out, "%s " TEXT_FMT " " TEXT_FMT "\n", what, TEXT_ARG(pack_id(k)), TEXT_ARG(pack_version(k)));
}

// A version may be loaded before the day from which it counts.
static void show_loaded(FILE *out, struct arena *a, struct house *h, const struct pack *loaded, bool is_new) {
    if (cases_pack_for(h->cases, pack_id(loaded)) == loaded) {
        show_pack(out, loaded, is_new ? "in force:" : "in force already:");
        return;
    }
    struct text from = date_print(a, pack_valid_from(loaded));
    show_pack(out, loaded,
              text_c(a, TEXT_JOIN(a, is_new ? T("in force from ") : T("loaded already, in force from "), from,
                                  T(":"))));
}

int pack_load_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct pack_files files = {0};
    enum status st = pack_files_from_folder(&a, c->arguments[0], &files, &p);
    const struct pack *before = st ? NULL : cases_pack_with(h->cases, &files);
    if (!st) st = cases_load_pack(h->cases, 0, &files, &a, &p);
    const struct pack *loaded = st ? NULL : cases_pack_with(h->cases, &files);
    if (loaded)
        show_loaded(out, &a, h, loaded, loaded != before);
    else
        say_problem(out, st, &p);
    arena_free(&a);
    return st ? EXIT_WRONG : EXIT_DONE;
}

static enum status read_signers(struct arena *a, const char *path, struct pack_signers *out,
                                struct problem *p) {
    struct bytes lines;
    enum status st = file_read_small(env_real(), a, path, &lines);
    if (st) return problem(p, path, "signers", "problem.pack.signers");
    return pack_signers_read(a, text_of_bytes(lines), out, p);
}

int pack_check_run(const struct call *c) {
    struct arena a = {0};
    struct problem p = {0};
    struct pack_files files = {0};
    struct pack_signers signers = {0};
    struct pack_report report = {0};
    enum status st = pack_files_from_folder(&a, c->arguments[0], &files, &p);
    if (!st && call_has(c, "signers")) st = read_signers(&a, call_option(c, "signers"), &signers, &p);
    if (st) {
        say_problem(stderr, st, &p);
        arena_free(&a);
        return EXIT_WRONG;
    }
    pack_examine(&a, &files, &signers, &report);
    if (call_has(c, "json"))
        pack_say_json(stdout, &report);
    else
        pack_say(stdout, &report);
    arena_free(&a);
    return report.broken ? EXIT_WRONG : EXIT_DONE;
}
