#include <signal.h>
#include <sys/wait.h>

#include "base/log.h"
#include "fixture.h"

// A child writes from four threads and reports every acknowledged note through a pipe; it is killed at a
// random moment, twenty times over the same folder. Every reported note must be there, and no half-done job.

enum { KILLS = 20, THREADS = 4, ACKNOWLEDGED_MAX = 1000000 };

static const struct sql PAIRS =
    SQL("pairs", "select count(*) from note where id % 2 = 1 and id + 1 not in (select id from note)");
static const struct sql LAST = SQL("last", "select coalesce(max(id), 0) from note");

struct hand {
    struct store *store;
    int64_t next;
    int pipe;
    pthread_t thread;
};

// Two notes in one job: 2n - 1 and 2n.
static enum status add_pair(struct db *tx, void *arg) {
    int64_t n = *(int64_t *)arg;
    enum status st = DB_RUN(tx, &NOTE_ADD, V_INT(2 * n - 1), V_TEXT(T("first of a pair")));
    return st ? st : DB_RUN(tx, &NOTE_ADD, V_INT(2 * n), V_TEXT(T("second of a pair")));
}

static void *write_for_ever(void *arg) {
    struct hand *h = arg;
    for (;; h->next += THREADS) {
        if (store_write(h->store, add_pair, &h->next)) _exit(3);
        if (write(h->pipe, &h->next, sizeof h->next) != sizeof h->next) _exit(4);
    }
    return NULL;
}

static void child(struct fixture *f, int pipe) {
    int64_t last = 0;
    struct db *db;
    log_level_set(LOG_ERROR);
    if (store_open(f->env, &f->options, &f->store, NULL)) _exit(1);
    if (store_reader(f->store, &db) || DB_INT(db, &last, &LAST)) _exit(2);
    store_reader_release(f->store, db);
    static struct hand hands[THREADS];
    for (int i = 0; i < THREADS; i++) {
        hands[i] = (struct hand){f->store, last / 2 + 1 + i, pipe, 0};
        pthread_create(&hands[i].thread, NULL, write_for_ever, &hands[i]);
    }
    for (;;) pause();
}

static int64_t acknowledged[ACKNOWLEDGED_MAX];
static int64_t acknowledged_count;

static void run_and_kill(struct fixture *f, int after_ms) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(ends[0]);
        child(f, ends[1]);
    }
    close(ends[1]);
    int64_t first = acknowledged_count, n;
    bool is_killed = false;
    while (read(ends[0], &n, sizeof n) == sizeof n) {
        assert_true(acknowledged_count < ACKNOWLEDGED_MAX);
        acknowledged[acknowledged_count++] = n;
        if (acknowledged_count == first + 1) usleep((useconds_t)after_ms * 1000);
        if (!is_killed) kill(pid, SIGKILL);
        is_killed = true;
    }
    int how;
    assert_int_equal(waitpid(pid, &how, 0), pid);
    close(ends[0]);
    if (!WIFSIGNALED(how)) fail_msg("child stopped by itself: %d", WEXITSTATUS(how));
    assert_true(acknowledged_count > first);
}

static void every_acknowledged_write_is_there(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    (void)state;
    folder_make(f);
    log_level_set(LOG_ERROR);
    for (int i = 0; i < KILLS; i++) {
        int64_t from = acknowledged_count;
        run_and_kill(f, 7 + i * 13 % 40);
        store_again(f);
        for (int64_t k = i == KILLS - 1 ? 0 : from; k < acknowledged_count; k++) {
            if (!note_is_there(f, 2 * acknowledged[k] - 1) || !note_is_there(f, 2 * acknowledged[k]))
                fail_msg("kill %d: acknowledged pair %lld is missing", i, (long long)acknowledged[k]);
        }
        assert_int_equal(ask(f, &PAIRS, 0, false), 0);
        store_close(f->store);
        f->store = NULL;
    }
    print_message("# %lld acknowledged writes, none missing\n", (long long)acknowledged_count);
    folder_remove(f);
    free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_acknowledged_write_is_there)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
