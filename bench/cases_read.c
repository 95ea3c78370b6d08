// cases_read - how long the work list and a case file take with many cases.
//
//     cases_read [FOLDER [CASES [CARRIED]]]     default ., 100,000 cases, none of them carried over
//
// Demonstration data is made once in FOLDER/cases-CASES-CARRIED. Both go the whole way that a page goes:
// access check, durable trace, query. Five interleaved rounds; p50 and p99 are medians over the rounds.
// Beside them: how many times a second this disk can sync, for each page syncs once.
#include <stdio.h>
#include <stdlib.h>

#include "authority.h"

enum { CALLS = 200 };
enum { WORK_LIST, CASE_FILE, KINDS };

static void work_list(struct authority *b, struct arena *a) {
    struct look look = {.purpose = T("asylum_examination")};
    struct work_filter filter = {.unit = b->officer.unit, .order = ORDER_DUE, .limit = 25};
    struct work_list list;
    struct problem p;
    enum status st = cases_work_list(b->house.cases, &b->officer, &look, &filter, a, &list, &p);
    if (st || !list.count) bench_stop("work list", st, &p);
}

static void case_file(struct authority *b, struct arena *a, int64_t id) {
    struct look look = {.purpose = T("asylum_examination")};
    struct case_file file;
    struct problem p;
    enum status st = cases_open_file(b->house.cases, &b->officer, &look, id, a, &file, &p);
    if (st) bench_stop("case file", st, &p);
}

static void measure(struct authority *b, int kind, double *p50, double *p99) {
    static double ms[CALLS];
    for (int i = 0; i < CALLS; i++) {
        struct arena a = {0};
        int64_t id = kind == CASE_FILE ? authority_case(b) : 0;
        uint64_t from = env_monotonic_us(env_real());
        if (kind == WORK_LIST)
            work_list(b, &a);
        else
            case_file(b, &a, id);
        ms[i] = (double)(env_monotonic_us(env_real()) - from) / 1000;
        arena_free(&a);
    }
    *p50 = bench_median(ms, CALLS);
    *p99 = ms[CALLS * 99 / 100];
}

int main(int argc, char **argv) {
    static const char *const NAMES[KINDS] = {"work list, 25 rows", "case file"};
    struct authority b;
    const char *folder = argc > 1 ? argv[1] : ".";
    int64_t cases = argc > 2 ? atoll(argv[2]) : 100000, carried = argc > 3 ? atoll(argv[3]) : 0;
    double p50[KINDS][BENCH_ROUNDS], p99[KINDS][BENCH_ROUNDS], syncs[BENCH_ROUNDS];
    char data[4096];
    if (cases < 10 || carried < 0 || carried > cases - 10) return 2;
    snprintf(data, sizeof data, "%s/cases-%lld-%lld", folder, (long long)cases, (long long)carried);
    authority_make(data, NULL, cases, carried);
    authority_open(&b, data, NULL);
    for (int round = 0; round < BENCH_ROUNDS; round++) {
        syncs[round] = bench_syncs(folder);
        for (int kind = 0; kind < KINDS; kind++) measure(&b, kind, &p50[kind][round], &p99[kind][round]);
    }
    printf(
        "%lld cases, %lld of them carried over; %d rounds of %d calls, medians over rounds; this disk syncs "
        "%.0f times a second\n",
        (long long)cases, (long long)carried, BENCH_ROUNDS, CALLS, bench_median(syncs, BENCH_ROUNDS));
    for (int kind = 0; kind < KINDS; kind++)
        printf("%-20s p50 %7.2f ms   p99 %7.2f ms\n", NAMES[kind], bench_median(p50[kind], BENCH_ROUNDS),
               bench_median(p99[kind], BENCH_ROUNDS));
    authority_close(&b);
    return 0;
}
