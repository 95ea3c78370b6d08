// registers - a list of documents comes into a register as one file, and is looked at.
//
//     registers rows COUNT                the file: CSV of invented documents
//     registers import FOLDER FILE        into a fresh authority there; prints seconds of check and of
//     recording registers look FOLDER               pages and searches of what was brought in, through access
//     and trace
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority.h"
#include "registers/import.h"
#include "registers/retention.h"

enum { CALLS = 60, CASES = 20, CHUNK = 64 * 1024 };

static const struct look KEEPING = {.purpose = {"register_keeping", 16}};

static struct actor keeper(const struct authority *b) {
    struct actor a = b->officer;
    a.roles[0] = T("register_keeper");
    a.role_count = 1;
    return a;
}

static double now_s(void) {
    return (double)env_monotonic_us(env_real()) / 1e6;
}

// ---- the file

static uint32_t dice = 1;
static uint32_t roll(uint32_t sides) {
    dice = dice * 1664525u + 1013904223u;
    return (dice >> 8) % sides;
}

static int rows(int64_t count) {
    static const char *const FIRST[] = {"Ver", "Kar", "Mil", "Haz", "Oko", "Nor", "Sam", "Tes", "Ari", "Bel"};
    static const char *const MIDDLE[] = {"be", "la", "no", "ri", "su", "ta", "mi", "do", "ga", "le"};
    static const char *const LAST[] = {"nko", "ss", "wski", "di", "ian", "for", "man", "rov", "esh", "ez"};
    static const char *const GIVEN[] = {"Olena", "Karim", "Rosa", "Ana", "Petro", "Leyla", "Omar", "Mina"};
    static const char *const STATES[] = {"UKR", "SYR", "AFG", "TUR", "ERI", "SOM", "IRN", "GEO"};
    puts("doc_type,issuing_state,number,family_name,given_names,birth_date,nationality,possession");
    for (int64_t i = 0; i < count; i++) {
        const char *state = STATES[roll(8)];
        printf("P,%s,%s%07lld,%s%s%s,%s,%d-%02d-%02d,%s,%s\n", state, "NA", (long long)i, FIRST[roll(10)],
               MIDDLE[roll(10)], LAST[roll(10)], GIVEN[roll(8)], 1950 + (int)roll(60), 1 + (int)roll(12),
               1 + (int)roll(28), state, i % 500 ? "person" : "lost");
    }
    return 0;
}

// ---- it comes in

static int64_t send(struct authority *b, const char *file) {
    struct actor a = keeper(b);
    struct import_order o = {.look = KEEPING, .register_id = T("idoc"), .name = T("list.csv")};
    struct import_writer *w;
    struct problem p = {0};
    static uint8_t chunk[CHUNK];
    int64_t import = 0;
    FILE *f = fopen(file, "rb");
    if (!f) bench_stop(file, STATUS_NOT_FOUND, NULL);
    enum status st = registers_import_begin(b->house.registers, &a, &o, &w, &p);
    for (size_t n; !st && (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        st = registers_import_write(w, (struct bytes){chunk, n});
    if (!st) st = registers_import_end(&w, &import, &p);
    if (st) bench_stop("import", st, &p);
    fclose(f);
    return import;
}

static struct import_view state_of(struct authority *b, int64_t import) {
    struct actor a = keeper(b);
    struct import_view v;
    struct problem p = {0};
    enum status st = registers_import(b->house.registers, &a, &KEEPING, import, &b->arena, &v, &p);
    if (st) bench_stop("import", st, &p);
    return v;
}

static void work(struct authority *b) {
    bool done;
    enum status st = registers_work(b->house.registers, &done);
    if (st) bench_stop("work", st, NULL);
}

static int import(const char *folder, const char *file) {
    struct authority b;
    authority_make(folder, NULL, CASES, 0);
    authority_open(&b, folder, NULL);
    int64_t id = send(&b, file);
    double begin = now_s();
    work(&b);
    double checked = now_s();
    struct import_view v = state_of(&b, id);
    if (!text_eq(v.state, T("checked")))
        bench_stop("check", STATUS_INVALID, &(struct problem){.rule = text_c(&b.arena, v.reason)});
    double going_on = now_s();
    work(&b);
    double end = now_s();
    if (!text_eq(state_of(&b, id).state, T("done"))) bench_stop("recording", STATUS_INVALID, NULL);
    printf("%.3f %.3f %lld\n", checked - begin, end - going_on, (long long)v.rows);
    authority_close(&b);
    return 0;
}

// ---- it is looked at

static const struct {
    const char *what, *text, *birth, *nationality, *possession, *after;
} LOOKS[] = {
    {"first page", "", "", "", "", ""},
    {"page in the middle", "", "", "", "", "middle"},
    {"one number", "NA0001234", "", "", "", ""},
    {"name and birth year", "Verbenko", "1970", "", "", ""},
    {"common given name", "Olena", "", "", "", ""},
    {"name that nobody has", "Quxzzy", "", "", "", ""},
    {"nationality of an eighth", "", "", "UKR", "", ""},
    {"column, 1 in 500", "", "", "", "lost", ""},
    {"column, nearly all", "", "", "", "person", ""},
};
enum { LOOK_COUNT = sizeof LOOKS / sizeof *LOOKS };

static void look_once(struct authority *b, int which, struct text middle) {
    struct actor a = keeper(b);
    struct arena arena = {0};
    struct entry_filter f = {.register_id = T("idoc"),
                             .text = text_of(LOOKS[which].text),
                             .birth = text_of(LOOKS[which].birth),
                             .nationality = text_of(LOOKS[which].nationality),
                             .after = *LOOKS[which].after ? middle : T("")};
    struct entry_list list;
    struct problem p = {0};
    if (*LOOKS[which].possession) f.column_count = 1;
    f.columns[0].path = T("possession");
    f.columns[0].value = text_of(LOOKS[which].possession);
    enum status st = registers_find(b->house.registers, &a, &KEEPING, &f, &arena, &list, &p);
    if (st) bench_stop(LOOKS[which].what, st, &p);
    arena_free(&arena);
}

static int look(const char *folder) {
    struct authority b;
    struct db *db;
    int64_t middle = 0, count = 0;
    static const struct sql COUNT = SQL("bench_entries", "select count(*) from register_entry");
    static const struct sql MIDDLE =
        SQL("bench_middle", "select (min(entry_id) + max(entry_id)) / 2 from register_entry");
    static double ms[LOOK_COUNT][BENCH_ROUNDS][CALLS];
    double p50[BENCH_ROUNDS], p99[BENCH_ROUNDS];
    authority_open(&b, folder, NULL);
    enum status st = store_reader(b.house.store, &db);
    if (!st) st = DB_INT(db, &middle, &MIDDLE);
    if (!st) st = DB_INT(db, &count, &COUNT);
    if (st) bench_stop("entries", st, NULL);
    store_reader_release(b.house.store, db);
    struct text cursor = text_printf(&b.arena, "%lld", (long long)middle);
    for (int round = 0; round < BENCH_ROUNDS; round++)
        for (int which = 0; which < (int)LOOK_COUNT; which++)
            for (int i = 0; i < CALLS; i++) {
                double begin = now_s();
                look_once(&b, which, cursor);
                ms[which][round][i] = (now_s() - begin) * 1000;
            }
    double syncs = bench_syncs(folder);
    printf("%lld entries; %d rounds of %d calls, medians over rounds; this disk syncs %.0f times a second\n",
           (long long)count, BENCH_ROUNDS, CALLS, syncs);
    for (int which = 0; which < (int)LOOK_COUNT; which++) {
        for (int round = 0; round < BENCH_ROUNDS; round++) {
            p50[round] = bench_median(ms[which][round], CALLS);
            p99[round] = ms[which][round][CALLS * 99 / 100];
        }
        printf("%-26s p50 %7.2f ms   p99 %7.2f ms\n", LOOKS[which].what, bench_median(p50, BENCH_ROUNDS),
               bench_median(p99, BENCH_ROUNDS));
    }
    authority_close(&b);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 3 && !strcmp(argv[1], "rows")) return rows(atoll(argv[2]));
    if (argc == 4 && !strcmp(argv[1], "import")) return import(argv[2], argv[3]);
    if (argc == 3 && !strcmp(argv[1], "look")) return look(argv[2]);
    fprintf(stderr, "registers rows COUNT | import FOLDER FILE | look FOLDER\n");
    return 2;
}
