// cases_read - how long the work list and a case file take with many cases.
//
//     cases_read [FOLDER [CASES]]     demonstration data is made once in FOLDER/cases-N; default ., 100,000
//     cases
//
// Both go the whole way that a page goes: access check, durable trace, query. Five interleaved rounds; p50
// and p99 are medians over the rounds. Beside them: how many times a second this disk can sync, for each page
// syncs once.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "demo/demo.h"
#include "ostia/house.h"

enum { ROUNDS = 5, CALLS = 200, SYNCS = 200, SEED = 1 };

static const struct sql SOME_CASE =
    SQL("bench_case", "select case_id from case_file where case_id >= :from and officer_id = :officer"
                      " and is_draft = 0 order by case_id limit 1");
static const struct sql LAST_CASE = SQL("bench_last", "select max(case_id) from case_file");
static const struct sql AN_OFFICER =
    SQL("bench_officer", "select officer_id from case_file where officer_id <> 0 group by officer_id order "
                         "by count(*) desc limit 1");

struct bench {
    struct house house;
    struct actor officer;
    int64_t last_case;
    uint64_t dice;
    struct arena arena;
};

static void stop(const char *what, enum status st, const struct problem *p) {
    fprintf(stderr, "cases_read: %s: %s %s\n", what, status_name(st), p && p->rule ? p->rule : "");
    exit(1);
}

// ---- data

static void make_data(struct settings *s, int64_t cases) {
    struct env_fixed world;
    struct house h;
    struct arena a = {0};
    struct problem p = {0};
    struct demo_report report;
    struct demo_options o = {.cases = cases, .seed = SEED, .until = {2026, 11, 20}, .documents_max = 1};
    struct moment begin = {date_to_days(date_add_days(o.until, -DEMO_DAYS - 1)) * 86400000};
    env_fixed(&world, begin, SEED);
    fprintf(stderr, "making %lld cases in %s, once\n", (long long)cases, s->data);
    enum status st = house_open(&world.env, s, HOUSE_CREATE, &h, &p);
    if (!st) st = house_load_pack(&h, "packs/eu-asylum", &a, &p);
    if (!st) st = demo_make(h.cases, h.access, &world, &o, &a, &report, &p);
    if (st) stop("demonstration", st, &p);
    house_close(&h);
    arena_free(&a);
}

static void choose_officer(struct bench *b) {
    struct db *db;
    int64_t account = 0;
    struct staff_row row;
    enum status st = store_reader(b->house.store, &db);
    if (!st) st = DB_INT(db, &account, &AN_OFFICER);
    if (!st) st = DB_INT(db, &b->last_case, &LAST_CASE);
    if (!st) st = access_staff_one(db, account, &b->arena, &row);
    if (st) stop("officer", st, NULL);
    store_reader_release(b->house.store, db);
    b->officer = (struct actor){.account = account,
                                .kind = ACTOR_STAFF,
                                .unit = row.unit,
                                .role_count = row.role_count,
                                .language = T("en"),
                                .second_factor = true};
    memcpy(b->officer.roles, row.roles, sizeof row.roles);
}

// ---- what is measured

static void work_list(struct bench *b, struct arena *a) {
    struct look look = {.purpose = T("asylum_examination")};
    struct work_filter filter = {.unit = b->officer.unit, .order = ORDER_DUE, .limit = 25};
    struct work_list list;
    struct problem p;
    enum status st = cases_work_list(b->house.cases, &b->officer, &look, &filter, a, &list, &p);
    if (st || !list.count) stop("work list", st, &p);
}

static int64_t some_case(struct bench *b) {
    struct db *db;
    int64_t found = 0;
    b->dice = b->dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    int64_t from = (int64_t)((b->dice >> 16) % (uint64_t)b->last_case);
    enum status st = store_reader(b->house.store, &db);
    if (st) stop("reader", st, NULL);
    st = DB_INT(db, &found, &SOME_CASE, V_INT(from), V_INT(b->officer.account));
    if (st) st = DB_INT(db, &found, &SOME_CASE, V_INT(0), V_INT(b->officer.account));
    if (st) stop("a case", st, NULL);
    store_reader_release(b->house.store, db);
    return found;
}

static void case_file(struct bench *b, struct arena *a, int64_t id) {
    struct look look = {.purpose = T("asylum_examination")};
    struct case_file file;
    struct problem p;
    enum status st = cases_open_file(b->house.cases, &b->officer, &look, id, a, &file, &p);
    if (st) stop("case file", st, &p);
}

enum { WORK_LIST, CASE_FILE, KINDS };

static int by_time(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static void measure(struct bench *b, int kind, double *p50, double *p99) {
    static double ms[CALLS];
    for (int i = 0; i < CALLS; i++) {
        struct arena a = {0};
        int64_t id = kind == CASE_FILE ? some_case(b) : 0;
        uint64_t from = env_monotonic_us(env_real());
        if (kind == WORK_LIST)
            work_list(b, &a);
        else
            case_file(b, &a, id);
        ms[i] = (double)(env_monotonic_us(env_real()) - from) / 1000;
        arena_free(&a);
    }
    qsort(ms, CALLS, sizeof *ms, by_time);
    *p50 = ms[CALLS / 2];
    *p99 = ms[CALLS * 99 / 100];
}

static double syncs_a_second(const char *folder) {
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

static double median(double *values) {
    qsort(values, ROUNDS, sizeof *values, by_time);
    return values[ROUNDS / 2];
}

int main(int argc, char **argv) {
    static const char *const NAMES[KINDS] = {"work list, 25 rows", "case file"};
    struct bench b = {0};
    struct problem p = {0};
    struct stat info;
    const char *folder = argc > 1 ? argv[1] : ".";
    int64_t cases = argc > 2 ? atoll(argv[2]) : 100000;
    double p50[KINDS][ROUNDS], p99[KINDS][ROUNDS], syncs[ROUNDS];
    const char *data = text_c(&b.arena, text_printf(&b.arena, "%s/cases-%lld", folder, (long long)cases));
    const char *done = text_c(&b.arena, text_printf(&b.arena, "%s/complete", data));
    struct settings s = {.data = data,
                         .authority = "Bench",
                         .site = "http://localhost",
                         .zone = "UTC",
                         .log = "bench.example/log",
                         .listen = "",
                         .proxy = "no"};
    log_level_set(LOG_ERROR);
    if (cases < 10) return 2;
    if (stat(done, &info) != 0) {
        make_data(&s, cases);
        close(open(done, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    }
    enum status st = house_open(env_real(), &s, HOUSE_WRITE, &b.house, &p);
    if (st) stop("open", st, &p);
    choose_officer(&b);
    for (int round = 0; round < ROUNDS; round++) {
        syncs[round] = syncs_a_second(folder);
        for (int kind = 0; kind < KINDS; kind++) measure(&b, kind, &p50[kind][round], &p99[kind][round]);
    }
    printf("%lld cases, %d rounds of %d calls, medians over rounds; this disk syncs %.0f times a second\n",
           (long long)cases, ROUNDS, CALLS, median(syncs));
    for (int kind = 0; kind < KINDS; kind++)
        printf("%-20s p50 %7.2f ms   p99 %7.2f ms\n", NAMES[kind], median(p50[kind]), median(p99[kind]));
    house_close(&b.house);
    arena_free(&b.arena);
    return 0;
}
