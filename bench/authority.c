#include "authority.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

enum { SYNCS = 200, SEED = 1 };

static const struct sql SOME_CASE =
    SQL("bench_case", "select case_id from case_file where case_id >= :from and officer_id = :officer"
                      " and is_draft = 0 order by case_id limit 1");
static const struct sql LAST_CASE =
    SQL("bench_last", "select coalesce(max(case_id), 0) from case_file where officer_id <> 0");
static const struct sql AN_OFFICER =
    SQL("bench_officer", "select officer_id from case_file where officer_id <> 0 and is_draft = 0 and "
                         "is_closed = 0 group by officer_id order by count(*) desc limit 1");

_Noreturn void bench_stop(const char *what, enum status st, const struct problem *p) {
    fprintf(stderr, "bench: %s: %s %s\n", what, status_name(st), p && p->rule ? p->rule : "");
    exit(1);
}

static struct settings settings_of(const char *data, const char *url) {
    return (struct settings){.data = data,
                             .db = url,
                             .db_schema = url ? "ostia_bench" : NULL,
                             .authority = "Bench",
                             .site = "http://localhost",
                             .zone = "UTC",
                             .log = "bench.example/log",
                             .listen = "",
                             .proxy = "no"};
}

static void show_progress(const char *what, int64_t done, int64_t all) {
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%s %lld of %lld", what, (long long)done, (long long)all);
}

static void make(const char *data, const char *url, int64_t cases, int64_t carried) {
    struct settings s = settings_of(data, url);
    struct env_fixed world;
    struct house h;
    struct arena a = {0};
    struct problem p = {0};
    struct demo_report report;
    struct demo_options o = {.cases = cases - carried,
                             .carried = carried,
                             .seed = SEED,
                             .until = {2026, 11, 20},
                             .documents_max = 1,
                             .progress = show_progress};
    struct moment begin = {date_to_days(date_add_days(o.until, -DEMO_DAYS - 1)) * 86400000};
    env_fixed(&world, begin, SEED);
    fprintf(stderr, "making %lld cases in %s, once\n", (long long)cases, data);
    enum status st = house_open(&world.env, &s, HOUSE_CREATE, &h, &p);
    if (!st) st = settings_keep(&s);
    if (!st) st = house_load_pack(&h, "packs/eu-asylum", &a, &p);
    if (!st) st = demo_make(h.cases, h.access, &world, &o, &a, &report, &p);
    if (st) bench_stop("demonstration", st, &p);
    if (report.failed) bench_stop("a command of the demonstration", STATUS_INVALID, &report.first_failure);
    house_close(&h);
    arena_free(&a);
    fprintf(stderr, "%s%.0f commands and %.0f cases a second\n", isatty(STDERR_FILENO) ? "\r\033[K" : "",
            (double)report.commands * 1e6 / (double)report.command_us,
            (double)report.cases * 1e6 / (double)report.command_us);
}

void authority_make(const char *data, const char *url, int64_t cases, int64_t carried) {
    char done[4096];
    struct stat info;
    snprintf(done, sizeof done, "%s/complete", data);
    log_level_set(LOG_ERROR);
    if (stat(done, &info) == 0) return;
    make(data, url, cases, carried);
    close(open(done, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
}

static void choose_officer(struct authority *b) {
    struct db *db;
    int64_t account = 0;
    struct staff_row row;
    enum status st = store_reader(b->house.store, &db);
    if (!st) st = DB_INT(db, &account, &AN_OFFICER);
    if (!st) st = DB_INT(db, &b->last_case, &LAST_CASE);
    if (!st) st = access_staff_one(db, account, &b->arena, &row);
    if (st) bench_stop("officer", st, NULL);
    store_reader_release(b->house.store, db);
    b->officer = (struct actor){.account = account,
                                .kind = ACTOR_STAFF,
                                .unit = row.unit,
                                .role_count = row.role_count,
                                .language = T("en"),
                                .second_factor = true};
    memcpy(b->officer.roles, row.roles, sizeof row.roles);
}

void authority_open(struct authority *b, const char *data, const char *url) {
    struct problem p = {0};
    *b = (struct authority){.settings = settings_of(data, url)};
    log_level_set(LOG_ERROR);
    enum status st = house_open(env_real(), &b->settings, HOUSE_WRITE, &b->house, &p);
    if (st) bench_stop("open", st, &p);
    choose_officer(b);
}

void authority_close(struct authority *b) {
    house_close(&b->house);
    arena_free(&b->arena);
}

int64_t authority_case(struct authority *b) {
    struct db *db;
    int64_t found = 0;
    b->dice = b->dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    int64_t from = (int64_t)((b->dice >> 16) % (uint64_t)b->last_case);
    enum status st = store_reader(b->house.store, &db);
    if (st) bench_stop("reader", st, NULL);
    st = DB_INT(db, &found, &SOME_CASE, V_INT(from), V_INT(b->officer.account));
    if (st) st = DB_INT(db, &found, &SOME_CASE, V_INT(0), V_INT(b->officer.account));
    if (st) bench_stop("a case", st, NULL);
    store_reader_release(b->house.store, db);
    return found;
}

static int by_size(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

double bench_median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, by_size);
    return values[count / 2];
}

double bench_syncs(const char *folder) {
    char path[4096], byte = 'x';
    snprintf(path, sizeof path, "%s/sync-test", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return 0;
    uint64_t from = env_monotonic_us(env_real());
    for (int i = 0; i < SYNCS; i++)
        if (pwrite(fd, &byte, 1, i * 512) != 1 || fdatasync(fd) != 0) break;
    double seconds = (double)(env_monotonic_us(env_real()) - from) / 1e6;
    close(fd);
    unlink(path);
    return SYNCS / seconds;
}
