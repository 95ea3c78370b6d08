// rebuild.c - the tables made again from the log: compared with those in use, or put in their place.
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal/projections.h"
#include "ostia/house.h"

struct rebuilding {
    struct arena arena;
    struct settings settings;
    struct house house;
    struct db *db;
    struct store *fresh;
    const char *folder;
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
    return true;
}

// All events applied to empty tables in the temporary folder.
static enum status replay(struct rebuilding *r, struct problem *p) {
    struct journal_progress progress = {NULL, show_progress};
    enum status st = house_open_empty(env_real(), r->folder, &r->fresh, p);
    if (st) return st;
    st = journal_replay(r->house.journal, r->db, r->fresh, &progress, &r->finding, &r->arena);
    if (isatty(STDERR_FILENO)) fprintf(stderr, "\r\033[K");
    return st;
}

static int finish(struct rebuilding *r, enum status st, const struct problem *p) {
    if (!st) return EXIT_DONE;
    if (!r->finding.n) return say_problem(stderr, st, p);
    printf("WRONG: " TEXT_FMT "\n", TEXT_ARG(r->finding));
    return EXIT_WRONG;
}

static enum status use(struct rebuilding *r) {
    struct db *fresh;
    int64_t rows = 0;
    enum status st = store_reader(r->fresh, &fresh);
    if (st) return st;
    st = r->only_checks ? projections_compare(r->db, fresh, &r->arena, &rows, &r->finding)
                        : projections_replace(r->house.store, fresh, &r->arena, &r->finding);
    store_reader_release(r->fresh, fresh);
    if (st) return st;
    if (r->only_checks)
        printf("%lld rows are what the log says\n", (long long)rows);
    else
        printf("all tables were made again from the log\n");
    return STATUS_OK;
}

static int rebuild(struct rebuilding *r) {
    struct problem p = {0};
    enum status st = replay(r, &p);
    if (!st) st = use(r);
    store_close(r->fresh);
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
