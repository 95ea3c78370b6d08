// replay - how long a changed rule takes over all stored cases.
//
//     replay DIR [DECISION [ROUNDS]]      default suggest_track, 5 rounds
//
// Opens the authority in DIR for reading only. The old version is the law in force there, the new one has one
// more country in its list of safe countries of origin, so that many cases change.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority.h"
#include "base/log.h"
#include "cases/replay.h"

enum { ROUNDS_MAX = 15 };

static const char FILE_NAME[] = "decisions/suggest_track.dmn", FROM[] = "\"BGD\", ",
                  TO[] = "\"BGD\", \"SYR\", ";

static struct pack *pack_of(struct arena *a, const struct pack_files *files) {
    struct problem p = {0};
    struct pack *pack;
    enum status st = pack_read(a, files, &pack, &p);
    if (st) bench_stop("pack", st, &p);
    return pack;
}

static struct pack *changed(struct arena *a, struct pack_files files) {
    size_t at;
    files.items = arena_copy(a, files.items, files.count * sizeof *files.items);
    for (size_t i = 0; i < files.count; i++) {
        struct text old = text_of_bytes(files.items[i].content);
        if (!text_eq(files.items[i].name, text_of(FILE_NAME)) || !text_find(old, text_of(FROM), &at))
            continue;
        files.items[i].content = bytes_of(
            TEXT_JOIN(a, text_slice(old, 0, at), text_of(TO), text_slice(old, at + sizeof FROM - 1, old.n)));
        return pack_of(a, &files);
    }
    bench_stop("the list of safe countries of origin", STATUS_NOT_FOUND, NULL);
}

int main(int argc, char **argv) {
    double seconds[ROUNDS_MAX];
    struct arena a = {0};
    struct problem p = {0};
    struct pack_files files;
    struct house h;
    struct replay_result r = {0};
    int rounds = argc > 3 ? atoi(argv[3]) : BENCH_ROUNDS;
    if (argc < 2 || rounds < 1 || rounds > ROUNDS_MAX) return 2;
    struct settings settings = {.data = argv[1], .log = "bench.example/log", .zone = "UTC"};
    log_level_set(LOG_ERROR);
    enum status st = house_open(env_real(), &settings, HOUSE_READ, &h, &p);
    if (!st) st = replay_stored_files(h.store, T(""), &a, &files);
    if (st) bench_stop("open", st, &p);
    struct pack *before = pack_of(&a, &files), *after = changed(&a, files);
    for (int i = 0; i < rounds; i++) {
        struct replay_question q = {before,       after,      text_of(argc > 2 ? argv[2] : "suggest_track"),
                                    REPLAY_TODAY, REPLAY_ALL, env_now(env_real()),
                                    T("UTC"),     0,          false};
        st = replay_run(h.store, &q, NULL, &a, &r, &p);
        if (st) bench_stop("replay", st, &p);
        seconds[i] = r.seconds;
    }
    double median = bench_median(seconds, rounds);
    printf("%lld cases, %lld changed, %lld different facts: %.2f s (%.2f to %.2f in %d rounds), %.0f cases a "
           "second\n",
           (long long)r.cases, (long long)r.changed, (long long)r.evaluated, median, seconds[0],
           seconds[rounds - 1], rounds, (double)r.cases / median);
    pack_release(before);
    pack_release(after);
    house_close(&h);
    arena_free(&a);
    return 0;
}
