// sim.c - runs histories.
//
//     sim --pack FOLDER --seed S [--verbose]        one history, twice; exit code 0 when it is good both
//     times sim --pack FOLDER --seeds N [--from S]        many, on all cores: "N histories, F failed" sim
//     --pack FOLDER --failed FILE               the seeds in FILE, one a line, words after it are the reason
//     sim --pack FOLDER --planted N                 known mistakes must be found within N seeds each
//
// With --tap the summary is one TAP line.
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim.h"

enum { WORKERS_MAX = 64, SHOWN_MAX = 20 };

static const char *const PLANTED_NAMES[PLANTED_COUNT] = {
    [PLANTED_NO_SYNC] = "synchronous = off",
    [PLANTED_SYNC_IGNORED] = "a failed sync is ignored",
    [PLANTED_EARLY_ANSWER] = "answers come before the commit",
    [PLANTED_SAVEPOINT_KEPT] = "a failed command is not rolled back",
    [PLANTED_FOLDER_NOT_SYNCED] = "the folder of a renamed file is not synced",
};

struct options {
    const char *pack, *failed;
    uint64_t seeds, from, seed;
    int planted, workers;
    bool has_seed, is_verbose, is_tap;
};

// What a worker says where the others can see it, also when it dies.
struct worker {
    pid_t pid;
    uint64_t next, end, running; // seeds: next to begin; the one on its way
    uint64_t done, failed;
    int64_t steps, commands, kept, cuts, faults[FAULT_COUNT];
};
struct board {
    struct worker workers[WORKERS_MAX];
};

static void say_failure(uint64_t seed, const char *what) {
    printf("# seed %" PRIu64 ": %s\n#   ./dev sim --seed %" PRIu64 " --verbose\n", seed, what, seed);
    fflush(stdout);
}

static void count(struct worker *w, const struct result *r) {
    w->done++;
    w->failed += !r->is_good;
    w->steps += r->steps;
    w->commands += r->commands;
    w->kept += r->kept;
    w->cuts += r->cuts;
    for (int f = 0; f < FAULT_COUNT; f++) w->faults[f] += r->faults[f];
}

static void work(const struct origin *o, struct worker *w) {
    while (w->next < w->end) {
        w->running = w->next++;
        struct result r = history_run(o, w->running, &(struct how){0});
        count(w, &r);
        if (!r.is_good && w->failed <= SHOWN_MAX) say_failure(w->running, r.failure);
    }
}

static void start(const struct origin *o, struct worker *w) {
    fflush(NULL);
    pid_t pid = fork();
    if (pid) {
        w->pid = pid;
        return;
    }
    work(o, w);
    fflush(NULL);
    _exit(0);
}

static void show_progress(const struct board *b, int workers, uint64_t all, time_t began) {
    uint64_t done = 0;
    if (!isatty(2)) return;
    for (int i = 0; i < workers; i++) done += b->workers[i].done;
    double seconds = difftime(time(NULL), began);
    fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 ", %.0f a second ", done, all,
            seconds > 0 ? (double)done / seconds : 0);
}

// A worker that dies in a history failed it; another takes over behind that seed.
static bool bury(const struct origin *o, struct board *b, int workers) {
    int how;
    pid_t pid = waitpid(-1, &how, WNOHANG);
    if (pid < 0) return false;
    for (int i = 0; i < workers && pid > 0; i++) {
        struct worker *w = &b->workers[i];
        if (w->pid != pid || (WIFEXITED(how) && WEXITSTATUS(how) == 0)) continue;
        char what[60];
        snprintf(what, sizeof what, "the program died (%s %d)", WIFSIGNALED(how) ? "signal" : "code",
                 WIFSIGNALED(how) ? WTERMSIG(how) : WEXITSTATUS(how));
        say_failure(w->running, what);
        w->done++;
        w->failed++;
        start(o, w);
    }
    return true;
}

static void report(const struct board *b, int workers, double seconds) {
    struct worker all = {0};
    for (int i = 0; i < workers; i++) {
        const struct worker *w = &b->workers[i];
        all.steps += w->steps;
        all.commands += w->commands;
        all.kept += w->kept;
        all.cuts += w->cuts;
        for (int f = 0; f < FAULT_COUNT; f++) all.faults[f] += w->faults[f];
    }
    printf("# %" PRId64 " commands, %" PRId64 " acknowledged, %" PRId64 " steps of the disk, %" PRId64
           " power cuts\n",
           all.commands, all.kept, all.steps, all.cuts);
    printf("# faults: read %" PRId64 ", write %" PRId64 ", short %" PRId64 ", sync %" PRId64 ", name %" PRId64
           ", slow %" PRId64 ", memory %" PRId64 "; %.1f s\n",
           all.faults[FAULT_READ], all.faults[FAULT_WRITE], all.faults[FAULT_SHORT], all.faults[FAULT_SYNC],
           all.faults[FAULT_NAME], all.faults[FAULT_SLOW], all.faults[FAULT_MEMORY], seconds);
}

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int run_many(const struct origin *o, const struct options *opt) {
    struct board *b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (b == MAP_FAILED) return 2;
    int workers = opt->workers;
    uint64_t share = (opt->seeds + (uint64_t)workers - 1) / (uint64_t)workers, failed = 0;
    double began = now_s();
    time_t at = time(NULL);
    for (int i = 0; i < workers; i++) {
        uint64_t from = share * (uint64_t)i, end = from + share;
        b->workers[i].next = opt->from + (from < opt->seeds ? from : opt->seeds);
        b->workers[i].end = opt->from + (end < opt->seeds ? end : opt->seeds);
        start(o, &b->workers[i]);
    }
    while (bury(o, b, workers)) {
        show_progress(b, workers, opt->seeds, at);
        usleep(50000);
    }
    if (isatty(2)) fputc('\n', stderr);
    for (int i = 0; i < workers; i++) failed += b->workers[i].failed;
    report(b, workers, now_s() - began);
    if (opt->is_tap) printf("1..1\n%sok 1 - ", failed ? "not " : "");
    printf("%" PRIu64 " histories, %" PRIu64 " failed\n", opt->seeds, failed);
    return failed ? 1 : 0;
}

// A failing seed is worth nothing unless it fails again: every single seed runs twice.
static bool run_one(const struct origin *o, uint64_t seed, bool is_verbose, char why[400]) {
    struct result a = history_run(o, seed, &(struct how){.is_verbose = is_verbose, .wants_digest = true});
    struct result b = history_run(o, seed, &(struct how){.wants_digest = true});
    bool is_same = hash_eq(&a.digest, &b.digest) && !strcmp(a.failure, b.failure);
    snprintf(why, 400, "%s", is_same ? a.failure : "two runs of this seed differ");
    return a.is_good && is_same;
}

static int run_seed(const struct origin *o, const struct options *opt) {
    char why[400];
    bool is_good = run_one(o, opt->seed, opt->is_verbose, why);
    printf("seed %" PRIu64 ": %s\n", opt->seed, is_good ? "good, and the same twice" : why);
    return is_good ? 0 : 1;
}

static int run_failed(const struct origin *o, const struct options *opt) {
    FILE *f = fopen(opt->failed, "r");
    char line[400], why[400];
    int number = 0, failed = 0;
    if (!f) return 2;
    while (fgets(line, sizeof line, f)) {
        char *reason;
        uint64_t seed = strtoull(line, &reason, 10);
        if (reason == line) continue; // a comment
        reason[strcspn(reason, "\n")] = 0;
        bool is_good = run_one(o, seed, false, why);
        printf("%sok %d - seed %" PRIu64 ":%s\n", is_good ? "" : "not ", ++number, seed, reason);
        if (!is_good) say_failure(seed, why);
        failed += !is_good;
    }
    fclose(f);
    printf("1..%d\n", number);
    return failed ? 1 : 0;
}

// In a process of its own: a planted mistake may also end in an assertion, which is a way to be found.
static bool finds(const struct origin *o, enum planted p, uint64_t seed, char why[400]) {
    int ends[2], how;
    if (pipe(ends) != 0) exit(2);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        struct result r = history_run(o, seed, &(struct how){.planted = p});
        _exit(write(ends[1], r.failure, sizeof r.failure) == sizeof r.failure ? (r.is_good ? 0 : 1) : 2);
    }
    close(ends[1]);
    ssize_t n = read(ends[0], why, 400);
    if (n <= 0) snprintf(why, 400, "the program stopped itself");
    close(ends[0]);
    waitpid(pid, &how, 0);
    return !(WIFEXITED(how) && WEXITSTATUS(how) == 0);
}

static int run_planted(const struct origin *o, const struct options *opt) {
    int failed = 0;
    printf("1..%d\n", PLANTED_COUNT - 1);
    for (int p = 1; p < PLANTED_COUNT; p++) {
        char why[400] = "";
        uint64_t seed = 1;
        while (seed <= (uint64_t)opt->planted && !finds(o, (enum planted)p, seed, why)) seed++;
        bool is_found = seed <= (uint64_t)opt->planted;
        printf("%sok %d - %s: ", is_found ? "" : "not ", p, PLANTED_NAMES[p]);
        if (is_found)
            printf("found by seed %" PRIu64 ", %s\n", seed, why);
        else
            printf("not found in %d seeds\n", opt->planted);
        fflush(stdout);
        failed += !is_found;
    }
    return failed ? 1 : 0;
}

static bool read_options(int argc, char **argv, struct options *o) {
    *o =
        (struct options){.from = 1, .pack = "packs/eu-asylum", .workers = (int)sysconf(_SC_NPROCESSORS_ONLN)};
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (!strcmp(name, "--verbose")) {
            o->is_verbose = true;
            continue;
        }
        if (!strcmp(name, "--tap")) {
            o->is_tap = true;
            continue;
        }
        if (!value) return false;
        i++;
        if (!strcmp(name, "--pack"))
            o->pack = value;
        else if (!strcmp(name, "--failed"))
            o->failed = value;
        else if (!strcmp(name, "--seeds"))
            o->seeds = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--from"))
            o->from = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--seed"))
            o->seed = strtoull(value, NULL, 10), o->has_seed = true;
        else if (!strcmp(name, "--planted"))
            o->planted = atoi(value);
        else if (!strcmp(name, "--workers"))
            o->workers = atoi(value);
        else
            return false;
    }
    if (o->workers < 1) o->workers = 1;
    if (o->workers > WORKERS_MAX) o->workers = WORKERS_MAX;
    return o->has_seed + (o->seeds > 0) + (o->failed != NULL) + (o->planted > 0) == 1;
}

int main(int argc, char **argv) {
    struct options opt;
    struct origin origin;
    if (!read_options(argc, argv, &opt)) {
        fprintf(
            stderr,
            "usage: sim [--pack FOLDER] --seeds N [--from S] [--workers N] [--tap] | --seed S [--verbose] |"
            " --failed FILE | --planted N\n");
        return 2;
    }
    world_start();
    if (!origin_make(&origin, opt.pack)) return 2;
    int code = opt.has_seed  ? run_seed(&origin, &opt)
               : opt.failed  ? run_failed(&origin, &opt)
               : opt.planted ? run_planted(&origin, &opt)
                             : run_many(&origin, &opt);
    origin_free(&origin);
    return code;
}
