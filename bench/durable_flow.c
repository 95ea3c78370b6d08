// durable_flow - processes begun and ended a second through the real commands: access, log, proof, tables,
// durable.
//
//     durable_flow one DATA SECONDS [URL]      start, service, end
//     durable_flow ten DATA SECONDS [URL]      ten steps with two user tasks and a timer
//     durable_flow wait DATA COUNT [URL]       COUNT instances that wait for a timer (made once); then how
//     long 10,000
//                                              due ones take, five times, and the memory of this process
//
// DATA is a folder of its own; URL a PostgreSQL database. Each line is one round.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authority.h"
#include "base/log.h"

enum { WAVE = 500, DUE = 10000, ROUND_MS = 2000 };
static const char FOLDER[] = "bench/durable/pack";

struct bench {
    struct settings settings;
    struct env_fixed world;
    struct house house;
    struct actor officer;
    const char *process;
    struct arena kept, wave;
    struct command commands[WAVE];
    struct cases_request requests[WAVE];
    int64_t cases[WAVE], made;
};

static const struct sql ENDED =
    SQL("bench_ended", "select count(*) from case_file c join process p on p.case_id = c.case_id"
                       " where c.is_closed = 1 and p.is_ended = 1");
static const struct sql OPEN_TASK =
    SQL("bench_open_task", "select task_id from task where case_id = :case and done_at = 0");
static const struct sql WAITING = SQL("bench_waiting", "select count(*) from process_timer");

// Small packs of the same files, one for each process.
static void load_pack(struct bench *b, const char *process) {
    struct pack_files files = {0};
    struct problem p = {0};
    struct arena *a = &b->kept;
    const char *manifest = text_c(
        a, text_printf(
               a,
               "{\"id\": \"%s\", \"version\": \"1.0.0\", \"title\": \"word\", \"valid_from\": \"2020-01-01\","
               " \"procedure\": \"%s\", \"official_language\": \"en\", \"calendar\": \"eu\","
               " \"legal_references\": [], \"files\": [\"access.json\", \"calendars/eu.json\", "
               "\"codes/outcome.json\","
               " \"processes/later.bpmn\", \"processes/one.bpmn\", \"processes/ten.bpmn\", "
               "\"processes/wait.bpmn\", \"texts/en.po\"]}",
               process, process));
    enum status st = pack_files_from_folder(a, FOLDER, &files, &p);
    for (size_t i = 0; i < files.count; i++)
        if (text_eq(files.items[i].name, T("pack.json")))
            files.items[i].content = bytes_of(text_of(manifest));
    if (!st) st = cases_load_pack(b->house.cases, 0, &files, a, &p);
    if (st) bench_stop(p.field ? p.field : "pack", st, &p);
}

static void start(struct bench *b, const char *process, const char *data, const char *url) {
    struct problem p = {0};
    b->settings = (struct settings){.data = data,
                                    .db = url,
                                    .db_schema = url ? "ostia_durable" : NULL,
                                    .authority = "Bench",
                                    .site = "http://localhost",
                                    .zone = "UTC",
                                    .log = "bench.example/log",
                                    .listen = "",
                                    .proxy = "no"};
    b->process = process;
    log_level_set(LOG_ERROR);
    env_fixed(&b->world, env_now(env_real()), (uint64_t)getpid());
    enum status st = house_open(&b->world.env, &b->settings, HOUSE_CREATE, &b->house, &p);
    if (st) bench_stop(p.field ? p.field : "open", st, &p);
    load_pack(b, process);
    b->officer = (struct actor){.account = 4711,
                                .kind = ACTOR_STAFF,
                                .unit = T("North"),
                                .roles = {T("officer")},
                                .role_count = 1,
                                .language = T("en"),
                                .second_factor = true};
}

static void send_wave(struct bench *b, size_t count) {
    for (size_t i = 0; i < count; i++)
        b->requests[i] =
            (struct cases_request){.actor = &b->officer, .command = &b->commands[i], .answer = &b->wave};
    cases_do_each(b->house.cases, b->requests, count);
    for (size_t i = 0; i < count; i++)
        if (b->requests[i].status) bench_stop("command", b->requests[i].status, &b->requests[i].problem);
}

static void open_wave(struct bench *b) {
    for (size_t i = 0; i < WAVE; i++)
        b->commands[i] =
            (struct command){.kind = COMMAND_OPEN_CASE,
                             .purpose = T("registration"),
                             .open_case = {.procedure = text_of(b->process), .language = T("en")}};
    send_wave(b, WAVE);
    for (size_t i = 0; i < WAVE; i++) b->cases[i] = b->requests[i].result.case_id;
    b->made += WAVE;
    arena_reset(&b->wave);
}

static int64_t number(struct bench *b, const struct sql *sql, int64_t of, size_t args) {
    struct db *db;
    struct value v = V_INT(of);
    int64_t out = 0;
    enum status st = store_reader(b->house.store, &db);
    if (!st) st = db_int(db, &out, sql, &v, args);
    if (st) bench_stop(sql->name, st, NULL);
    store_reader_release(b->house.store, db);
    return out;
}

// The tasks of all instances of a wave have the same number in their case.
static void complete_wave(struct bench *b) {
    int64_t task = number(b, &OPEN_TASK, b->cases[0], 1);
    for (size_t i = 0; i < WAVE; i++)
        b->commands[i] = (struct command){.kind = COMMAND_COMPLETE_TASK,
                                          .case_id = b->cases[i],
                                          .purpose = T("asylum_examination"),
                                          .complete_task = {.task = task}};
    send_wave(b, WAVE);
    arena_reset(&b->wave);
}

static int64_t tick_all(struct bench *b) {
    int64_t all = 0;
    for (size_t done = 1; done;) {
        enum status st = cases_tick(b->house.cases, 1000, &done);
        if (st) bench_stop("tick", st, NULL);
        all += (int64_t)done;
    }
    return all;
}

static void one(struct bench *b) {
    open_wave(b);
}

static void ten(struct bench *b) {
    open_wave(b);
    complete_wave(b);
    b->world.at.ms += 1000;
    if (tick_all(b) != WAVE) bench_stop("timers", STATUS_INVALID, NULL);
    complete_wave(b);
}

static void measure(struct bench *b, void (*wave)(struct bench *b), int seconds) {
    int64_t before = number(b, &ENDED, 0, 0);
    wave(b); // warm
    for (int round = 0; round * ROUND_MS < seconds * 1000; round++) {
        int64_t made = b->made;
        uint64_t began = env_monotonic_us(env_real()), now = began;
        while (now - began < ROUND_MS * 1000) wave(b), now = env_monotonic_us(env_real());
        printf("%.0f\n", (double)(b->made - made) * 1e6 / (double)(now - began));
        fflush(stdout);
    }
    if (number(b, &ENDED, 0, 0) - before != b->made) bench_stop("not all have ended", STATUS_INVALID, NULL);
}

static long memory_kib(const char *what) {
    char line[256];
    long kib = 0;
    FILE *f = fopen("/proc/self/status", "re");
    while (f && fgets(line, sizeof line, f))
        if (!strncmp(line, what, strlen(what))) kib = atol(line + strlen(what));
    if (f) fclose(f);
    return kib;
}

static void wait_for_timers(struct bench *b, int64_t count) {
    int64_t waiting = number(b, &WAITING, 0, 0);
    if (waiting < count) fprintf(stderr, "making %lld waiting instances\n", (long long)(count - waiting));
    load_pack(b, "later");
    b->process = "later";
    for (; waiting < count; waiting += WAVE) open_wave(b);
    b->process = "wait";
    long before = memory_kib("RssAnon:");
    for (int round = 0; round < BENCH_ROUNDS; round++) {
        for (int i = 0; i < DUE / WAVE; i++) open_wave(b);
        b->world.at.ms += 86400000;
        uint64_t began = env_monotonic_us(env_real());
        int64_t fired = tick_all(b);
        if (fired != DUE) bench_stop("fired", STATUS_INVALID, NULL);
        printf("%.3f s for %d of %lld\n", (double)(env_monotonic_us(env_real()) - began) / 1e6, DUE,
               (long long)(waiting + DUE));
        fflush(stdout);
    }
    printf("memory: %ld KiB anonymous at first, %ld KiB in the end, with %lld waiting\n", before,
           memory_kib("RssAnon:"), (long long)waiting);
}

int main(int argc, char **argv) {
    static struct bench b;
    if (argc < 4) return 2;
    const char *what = argv[1], *url = argc > 4 ? argv[4] : NULL;
    start(&b, what, argv[2], url);
    if (!strcmp(what, "one")) measure(&b, one, atoi(argv[3]));
    if (!strcmp(what, "ten")) measure(&b, ten, atoi(argv[3]));
    if (!strcmp(what, "wait")) wait_for_timers(&b, atoll(argv[3]));
    house_close(&b.house);
    return 0;
}
