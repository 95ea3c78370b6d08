// rebuild.c - the tables made again from the log: compared with those in use, or put in their place.
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ostia/compare_sql.h"
#include "ostia/house.h"

struct rebuilding {
    struct arena arena;
    struct settings settings;
    struct house house;
    struct db *db;
    struct store *fresh;
    const char *folder, *live_file, *fresh_file;
    struct text finding;
    bool only_checks;
};

static void show_progress(void *context, int64_t done, int64_t all) {
    (void)context;
    if (isatty(STDERR_FILENO)) fprintf(stderr, "\r%lld of %lld events", (long long)done, (long long)all);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at) {
    (void)info, (void)kind, (void)at;
    return remove(path);
}

static bool make_folder(struct rebuilding *r) {
    char *name = (char *)text_c(&r->arena, text_printf(&r->arena, "%s/rebuild-XXXXXX", r->settings.data));
    r->folder = mkdtemp(name);
    if (!r->folder) {
        fprintf(stderr, "ostia: no folder can be made in %s\n", r->settings.data);
        return false;
    }
    r->live_file = text_c(&r->arena, text_printf(&r->arena, "%s/ostia.db", r->settings.data));
    r->fresh_file = text_c(&r->arena, text_printf(&r->arena, "%s/ostia.db", r->folder));
    return true;
}

// All events applied to empty tables in the temporary folder.
static enum status replay(struct rebuilding *r, struct problem *p) {
    struct journal_progress progress = {NULL, show_progress};
    enum status st = house_open_empty(env_real(), r->folder, &r->fresh, p);
    if (st) return st;
    st = journal_replay(r->house.journal, r->db, r->fresh, &progress, &r->finding, &r->arena);
    if (isatty(STDERR_FILENO)) fprintf(stderr, "\r\033[K");
    store_close(r->fresh);
    return st;
}

static int finish(struct rebuilding *r, enum status st, const struct problem *p) {
    if (!st) return EXIT_DONE;
    if (!r->finding.n) return say_problem(stderr, st, p);
    printf("WRONG: " TEXT_FMT "\n", TEXT_ARG(r->finding));
    return EXIT_WRONG;
}

static int rebuild(struct rebuilding *r) {
    struct problem p = {0};
    int64_t rows = 0;
    enum status st = replay(r, &p);
    if (!st && r->only_checks)
        st = projections_compare(r->live_file, r->fresh_file, &r->arena, &rows, &r->finding);
    if (!st && r->only_checks) printf("%lld rows are what the log says\n", (long long)rows);
    if (!st && !r->only_checks) {
        st = projections_replace(r->live_file, r->fresh_file, &r->arena, &r->finding);
        if (!st) printf("all tables were made again from the log\n");
    }
    return finish(r, st, &p);
}

int rebuild_run(const struct call *c) {
    struct rebuilding r = {.only_checks = call_has(c, "check")};
    struct problem p = {0};
    int exit_code = EXIT_USAGE;
    if (!settings_read(c, &r.arena, &r.settings, stderr)) goto done;
    enum status st =
        house_open(env_real(), &r.settings, r.only_checks ? HOUSE_READ : HOUSE_LOG, &r.house, &p);
    if (!st) st = store_reader(r.house.store, &r.db);
    if (st)
        exit_code = say_problem(stderr, st, &p);
    else
        exit_code = make_folder(&r) ? rebuild(&r) : EXIT_WRONG;
    if (r.folder) nftw(r.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (r.db) store_reader_release(r.house.store, r.db);
    if (r.house.store) house_close(&r.house);
done:
    arena_free(&r.arena);
    return exit_code;
}
