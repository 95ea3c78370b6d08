// crash.c - a program that does commands in several threads is killed at random moments, again and again.
//
//     crash ROUNDS PACK       prints TAP; tools/crash runs 300 rounds
//
// Every command that was acknowledged is there afterwards, every document too, and the whole log verifies.
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "ostia/house.h"

enum { THREADS = 6, ALIVE_MS_MAX = 350, READY = -1 };

// What a thread says after each acknowledged command: smaller than PIPE_BUF, so never torn.
struct said {
    int64_t case_id;
    int64_t version;  // of the case after the command; READY: the rooms are open
    int64_t document; // added by the command, or 0
};

static struct settings settings(const char *dir) {
    return (struct settings){.data = dir,
                             .authority = "Crash test",
                             .site = "http://localhost",
                             .zone = "UTC",
                             .log = "crash.example/log",
                             .listen = "",
                             .proxy = "no"};
}

// ---- the program that is killed

struct hand {
    struct house *house;
    struct actor actor;
    int pipe;
    pthread_t thread;
};

static void die(const char *what, enum status st, const struct problem *p) {
    fprintf(stderr, "# %s: %s %s\n", what, status_name(st), p && p->rule ? p->rule : "");
    _exit(3);
}

static struct command_result do_one(struct hand *h, const struct command *c, struct arena *a) {
    struct command_result r;
    struct problem p;
    enum status st = cases_do(h->house->cases, &h->actor, c, a, &r, &p);
    if (st) die("command", st, &p);
    return r;
}

static void say(struct hand *h, const struct command_result *r, int64_t document) {
    struct said s = {r->case_id, r->version, document};
    if (write(h->pipe, &s, sizeof s) != sizeof s) _exit(4);
}

static void add_document(struct hand *h, int64_t case_id, struct arena *a) {
    struct key k;
    struct blob_writer *w = NULL;
    struct problem p;
    uint8_t content[3000];
    struct command c = {.kind = COMMAND_ADD_DOCUMENT, .case_id = case_id};
    env_random(env_real(), content, sizeof content);
    enum status st = cases_upload_key(h->house->cases, &h->actor, case_id, &k, &p);
    if (!st) st = blob_create(h->house->store, &k, DOCUMENT_BYTES_MAX, &w);
    if (!st) st = blob_write(w, (struct bytes){content, sizeof content});
    if (!st) st = blob_finish(&w, &c.add_document.blob);
    if (st) die("document", st, NULL);
    c.add_document.kind = T("passport");
    c.add_document.title = T("passport.pdf");
    c.add_document.media = T("application/pdf");
    struct command_result r = do_one(h, &c, a);
    say(h, &r, r.made);
}

static void *work(void *argument) {
    struct hand *h = argument;
    for (int turn = 0;; turn++) {
        struct arena a = {0};
        struct answers names = {.arena = &a};
        struct command start = {.kind = COMMAND_START_APPLICATION,
                                .start_application = {T("en"), T("blue door")}};
        struct command_result r = do_one(h, &start, &a);
        say(h, &r, 0);
        if (answers_set(&names, T("family_name"), T("Tester")) ||
            answers_set(&names, T("given_names"), T("Ada")))
            _exit(5);
        struct command save = {
            .kind = COMMAND_SAVE_ANSWERS,
            .case_id = r.case_id,
            .save_answers = {.section = T("names"), .answers = answers_encode(&a, &names)}};
        for (int i = 0; i < 4; i++) {
            r = do_one(h, &save, &a);
            say(h, &r, 0);
        }
        if (turn % 8 == 0) add_document(h, r.case_id, &a);
        arena_free(&a);
    }
    return NULL;
}

static void live(const char *dir, const char *pack, int pipe) {
    static struct hand hands[THREADS];
    static struct house house;
    struct settings s = settings(dir);
    struct problem p = {0};
    struct arena a = {0};
    log_level_set(LOG_ERROR);
    enum status st = house_open(env_real(), &s, HOUSE_CREATE, &house, &p);
    if (!st) st = house_load_pack(&house, pack, &a, &p);
    if (st) die("start", st, &p);
    struct said ready = {.version = READY};
    if (write(pipe, &ready, sizeof ready) != sizeof ready) _exit(4);
    for (int i = 0; i < THREADS; i++) {
        hands[i] = (struct hand){
            &house,
            {.account = 1000000000 + i, .kind = ACTOR_APPLICANT, .roles = {T("applicant")}, .role_count = 1},
            pipe,
            0};
        pthread_create(&hands[i].thread, NULL, work, &hands[i]);
    }
    for (;;) pause();
}

// ---- the one who kills it and looks afterwards

struct acknowledged {
    struct said *items;
    size_t count, capacity;
};

static void read_said(int pipe, struct arena *a, struct acknowledged *all) {
    struct said s;
    while (read(pipe, &s, sizeof s) == sizeof s)
        if (s.version != READY) *ARENA_PUSH(a, all) = s;
}

// Kills it some time after its first word.
static bool run_and_kill(const char *dir, const char *pack, int alive_ms, struct arena *a,
                         struct acknowledged *all) {
    int ends[2], how;
    if (pipe(ends) != 0) return false;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        live(dir, pack, ends[1]);
    }
    close(ends[1]);
    struct pollfd first = {.fd = ends[0], .events = POLLIN};
    bool started = pid > 0 && poll(&first, 1, 60000) == 1;
    if (started) {
        // The pipe must not fill up meanwhile, or its threads would wait instead of work.
        for (uint64_t until = env_monotonic_us(env_real()) + (uint64_t)alive_ms * 1000;
             env_monotonic_us(env_real()) < until;) {
            struct said s;
            if (poll(&first, 1, 1) == 1 && read(ends[0], &s, sizeof s) == sizeof s && s.version != READY)
                *ARENA_PUSH(a, all) = s;
        }
    }
    if (pid > 0) {
        kill(pid, SIGKILL);
        read_said(ends[0], a, all);
        waitpid(pid, &how, 0);
    }
    close(ends[0]);
    return started && WIFSIGNALED(how);
}

static const struct sql VERSION = SQL("crash_version", "select version from case_file where case_id = :case");
static const struct sql DOCUMENT =
    SQL("crash_document", "select blob from document where document_id = :document");

static bool document_is_there(struct house *h, struct db *db, int64_t document) {
    struct rows r;
    struct hash name = {0};
    enum status st = DB_ONE(db, &r, &DOCUMENT, V_INT(document));
    if (!st && row_bytes(&r, 0).n == HASH_BYTES) memcpy(name.b, row_bytes(&r, 0).p, HASH_BYTES);
    enum status end = rows_end(&r);
    return !st && !end && !blob_verify(h->store, &name);
}

static int count_missing(struct house *h, struct db *db, const struct acknowledged *all) {
    int missing = 0;
    for (size_t i = 0; i < all->count; i++) {
        int64_t version = 0;
        const struct said *s = &all->items[i];
        bool is_there = !DB_INT(db, &version, &VERSION, V_INT(s->case_id)) && version >= s->version &&
                        (!s->document || document_is_there(h, db, s->document));
        if (!is_there && !missing++)
            printf("# missing: case %lld version %lld\n", (long long)s->case_id, (long long)s->version);
    }
    return missing;
}

// Opening with the lock recovers what the last life left behind, as a restarted server does.
static bool look(const char *dir, const struct acknowledged *all, struct arena *a) {
    struct settings s = settings(dir);
    struct house h;
    struct db *db;
    struct problem p = {0};
    struct text finding = T("");
    int missing = -1;
    enum status st = house_open(env_real(), &s, HOUSE_LOG, &h, &p);
    if (st) {
        printf("# the folder cannot be opened: %s %s\n", status_name(st), p.rule ? p.rule : "");
        return false;
    }
    st = store_reader(h.store, &db);
    if (!st) {
        missing = count_missing(&h, db, all);
        st = journal_verify(h.journal, db, a, NULL, &finding);
        if (st) printf("# " TEXT_FMT "\n", TEXT_ARG(finding));
        store_reader_release(h.store, db);
    }
    house_close(&h);
    return !st && missing == 0;
}

int main(int argc, char **argv) {
    char dir[] = "/tmp/ostia-crash-XXXXXX", command[64];
    int rounds = argc > 1 ? atoi(argv[1]) : 20, failed = 0;
    const char *pack = argc > 2 ? argv[2] : "packs/eu-asylum";
    struct arena kept = {0};
    struct acknowledged all = {0};
    if (rounds < 1 || !mkdtemp(dir)) return 2;
    log_level_set(LOG_ERROR);
    printf("1..%d\n", rounds);
    for (int i = 1; i <= rounds; i++) {
        struct arena a = {0};
        uint32_t chance;
        size_t before = all.count;
        env_random(env_real(), &chance, sizeof chance);
        bool good = run_and_kill(dir, pack, (int)(chance % ALIVE_MS_MAX), &kept, &all) && look(dir, &all, &a);
        printf("%s %d - killed after %zu acknowledged commands, %zu in all\n", good ? "ok" : "not ok", i,
               all.count - before, all.count);
        fflush(stdout);
        failed += !good;
        arena_free(&a);
    }
    arena_free(&kept);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command) != 0 || failed || !all.count;
}
