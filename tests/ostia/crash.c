// crash.c - a program that does commands in several threads is killed at random moments, again and again.
//
//     crash ROUNDS PACK       prints TAP; tools/crash runs 300 rounds
//
// Every command that was acknowledged is there afterwards, every document too, and the whole log verifies.
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/log.h"
#include "hands.h"

enum { ALIVE_MS_MAX = 350 };

// ---- the program that is killed

static void live(const char *dir, const char *pack, int pipe) {
    static struct house house;
    struct settings s = settings(dir);
    struct problem p = {0};
    struct arena a = {0};
    log_level_set(LOG_ERROR);
    enum status st = house_open(env_real(), &s, HOUSE_CREATE, &house, &p);
    if (!st) st = house_load_pack(&house, pack, &a, &p);
    if (st) die("start", st, &p);
    start_hands(&house, pipe);
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
