#include <stdatomic.h>

#include "fixture.h"

// A job that holds the writer inside a batch until the test has queued the others behind it.
struct gate {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool is_inside, is_open, is_answered;
    enum status answer;
};

static void gate_turn(struct gate *g, bool *which) {
    pthread_mutex_lock(&g->mutex);
    *which = true;
    pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->mutex);
}

static void gate_wait(struct gate *g, const bool *which) {
    pthread_mutex_lock(&g->mutex);
    while (!*which) pthread_cond_wait(&g->changed, &g->mutex);
    pthread_mutex_unlock(&g->mutex);
}

static enum status stand_in_the_gate(struct db *tx, void *arg) {
    (void)tx;
    struct gate *g = arg;
    gate_turn(g, &g->is_inside);
    gate_wait(g, &g->is_open);
    return STATUS_OK;
}

static void gate_answered(void *arg, enum status status) {
    struct gate *g = arg;
    g->answer = status;
    gate_turn(g, &g->is_answered);
}

static void gate_close(struct fixture *f, struct gate *g) {
    pthread_mutex_init(&g->mutex, NULL);
    pthread_cond_init(&g->changed, NULL);
    assert_ok(store_write_async(f->store, stand_in_the_gate, g, gate_answered));
    gate_wait(g, &g->is_inside);
}

struct pending {
    struct note note;
    bool can_repeat;
    struct store *store;
    enum status answer;
    pthread_t thread;
};

static void *write_pending(void *arg) {
    struct pending *p = arg;
    p->answer = p->can_repeat ? store_write_repeatable(p->store, add_note, &p->note)
                              : store_write(p->store, add_note, &p->note);
    return NULL;
}

// Queues the notes in this order while the writer is held, then lets it go and waits for every answer.
static void write_together(struct fixture *f, struct pending *p, int count) {
    struct gate g = {0};
    gate_close(f, &g);
    for (int i = 0; i < count; i++) {
        p[i].store = f->store;
        pthread_create(&p[i].thread, NULL, write_pending, &p[i]);
        while (store_stats(f->store).queued < i + 1) usleep(100);
    }
    gate_turn(&g, &g.is_open);
    for (int i = 0; i < count; i++) pthread_join(p[i].thread, NULL);
    gate_wait(&g, &g.is_answered);
}

static void a_failing_job_leaves_its_neighbours_alone(void **state) {
    struct fixture *f = *state;
    struct pending p[3] = {{.note = {1}}, {.note = {2, STATUS_REFUSED}}, {.note = {3}}};
    write_together(f, p, 3);
    assert_ok(p[0].answer);
    assert_status(p[1].answer, STATUS_REFUSED);
    assert_ok(p[2].answer);
    assert_true(note_is_there(f, 1));
    assert_false(note_is_there(f, 2));
    assert_true(note_is_there(f, 3));
}

// Three jobs, each of which goes well, fails after it wrote, or writes what cannot be written, in a savepoint
// of its own or without one: all 216 ways give the same answers, and leave the same.
static void every_mixture_of_jobs_ends_the_same(void **state) {
    enum { JOBS = 3, TAKEN = 1, WAYS = 216 };
    struct fixture *f = *state;
    assert_ok(note_write(f, TAKEN));
    int kept = 1;
    for (int way = 0; way < WAYS; way++) {
        struct pending p[JOBS] = {0};
        enum status wanted[JOBS];
        for (int i = 0, rest = way; i < JOBS; i++, rest /= 6) {
            int kind = rest % 3;
            wanted[i] = kind == 0 ? STATUS_OK : kind == 1 ? STATUS_REFUSED : STATUS_CONFLICT;
            p[i].note = (struct note){kind == 2 ? TAKEN : 10 + way * JOBS + i,
                                      kind == 1 ? STATUS_REFUSED : STATUS_OK};
            p[i].can_repeat = rest % 6 / 3;
        }
        write_together(f, p, JOBS);
        for (int i = 0; i < JOBS; i++) {
            if (p[i].answer != wanted[i]) print_message("# way %d, job %d\n", way, i);
            assert_status(p[i].answer, wanted[i]);
            assert_int_equal(note_is_there(f, 10 + way * JOBS + i), wanted[i] == STATUS_OK);
            kept += wanted[i] == STATUS_OK;
        }
    }
    assert_int_equal(notes_count(f), kept);
}

// First used behind a failure, where PostgreSQL does not even prepare it.
static const struct sql NOTE_TOUCH = SQL("note_touch", "update note set body = 'touched' where id = :id");

static enum status touch(struct db *tx, void *arg) {
    return DB_RUN(tx, &NOTE_TOUCH, V_INT(*(int64_t *)arg));
}

static enum status ignore_a_conflict(struct db *tx, void *arg) {
    enum status st = DB_RUN(tx, &NOTE_ADD, V_INT(50), V_NULL);
    if (!st) (void)DB_RUN(tx, &NOTE_ADD, V_INT(50), V_NULL); // wrong: must not be ignored
    *(enum status *)arg = DB_RUN(tx, &NOTE_ADD, V_INT(51), V_NULL);
    (void)DB_RUN(tx, &NOTE_TOUCH, V_INT(50));
    return STATUS_OK;
}

static void a_failed_statement_spoils_its_job(void **state) {
    struct fixture *f = *state;
    enum status later = STATUS_OK;
    assert_status(store_write(f->store, ignore_a_conflict, &later), STATUS_CONFLICT);
    if (!is_on_postgresql())
        assert_status(later, STATUS_CONFLICT); // there the answers come at the end of the job
    assert_int_equal(notes_count(f), 0);
    assert_ok(note_write(f, 50));
    assert_ok(store_write(f->store, touch, &(int64_t){50}));
}

static void what_is_queued_together_is_committed_together(void **state) {
    struct fixture *f = *state;
    enum { MANY = 24 };
    struct pending p[MANY];
    for (int i = 0; i < MANY; i++) p[i] = (struct pending){.note = {i + 1}};
    int64_t before = store_stats(f->store).batches;
    write_together(f, p, MANY);
    for (int i = 0; i < MANY; i++) assert_ok(p[i].answer);
    struct store_stats s = store_stats(f->store);
    assert_true(s.batches - before <= 4); // on a busy machine a batch's 5 ms may pass once or twice
    assert_true(s.largest_batch >= MANY / 2);
    assert_int_equal(notes_count(f), MANY);
}

static struct {
    int64_t ids[64];
    int count;
} seen;

static void note_answered(void *arg, enum status status) {
    if (!status && seen.count < 64)
        seen.ids[seen.count++] = ((struct note *)arg)->id; // the writer thread only
}

static void jobs_of_one_thread_keep_their_order(void **state) {
    struct fixture *f = *state;
    struct note notes[64];
    seen.count = 0;
    for (int i = 0; i < 64; i++) {
        notes[i] = (struct note){.id = 1000 - i};
        assert_ok(store_write_async(f->store, add_note, &notes[i], note_answered));
    }
    assert_ok(note_write(f, 1)); // behind all of them
    assert_int_equal(seen.count, 64);
    for (int i = 0; i < 64; i++) assert_int_equal(seen.ids[i], 1000 - i);
}

static void a_full_queue_says_busy_and_forgets_nothing(void **state) {
    struct fixture *f = *state;
    f->options.queue_max = 4;
    store_again(f);
    struct gate g = {0};
    gate_close(f, &g);
    struct note notes[5];
    seen.count = 0;
    for (int i = 0; i < 5; i++) {
        notes[i] = (struct note){.id = i + 1};
        enum status st = store_write_async(f->store, add_note, &notes[i], note_answered);
        assert_int_equal(st, i < 4 ? STATUS_OK : STATUS_BUSY);
    }
    assert_status(note_write(f, 9), STATUS_BUSY);
    gate_turn(&g, &g.is_open);
    gate_wait(&g, &g.is_answered);
    while (store_stats(f->store).queued) usleep(100);
    assert_ok(note_write(f, 5));
    assert_int_equal(notes_count(f), 5);
}

// ---- hooks ----

struct watch {
    int kept, undone, before, committed, failed;
    enum status answer; // of before_commit
};

static void watch_job(void *context, bool kept) {
    struct watch *w = context;
    w->kept += kept;
    w->undone += !kept;
}

static enum status watch_before(void *context, struct db *tx) {
    struct watch *w = context;
    w->before++;
    enum status st = DB_RUN(tx, &NOTE_ADD, V_INT(7000 + w->before), V_TEXT(T("from the hook")));
    return st ? st : w->answer;
}

static void watch_after(void *context, bool committed) {
    struct watch *w = context;
    w->committed += committed;
    w->failed += !committed;
}

static void hooks_see_every_job_and_batch(void **state) {
    struct fixture *f = *state;
    struct watch w = {0};
    store_hooks_set(f->store, &(struct store_hooks){&w, watch_job, watch_before, watch_after});
    struct pending p[3] = {{.note = {1}}, {.note = {2, STATUS_REFUSED}}, {.note = {3}}};
    write_together(f, p, 3);
    assert_int_equal(w.undone, 1);
    assert_int_equal(w.kept, 3); // the gate is one of them
    assert_true(w.before >= 1 && w.before == w.committed);
    assert_true(note_is_there(f, 7001));
    assert_int_equal(w.failed, 0);
}

static void a_failing_commit_hook_fails_the_whole_batch(void **state) {
    struct fixture *f = *state;
    struct watch w = {.answer = STATUS_IO};
    store_hooks_set(f->store, &(struct store_hooks){&w, watch_job, watch_before, watch_after});
    struct pending p[3] = {{.note = {1}}, {.note = {2, STATUS_REFUSED}}, {.note = {3}}};
    write_together(f, p, 3);
    for (int i = 0; i < 3; i++)
        if (i != 1 || p[i].answer != STATUS_REFUSED) assert_status(p[i].answer, STATUS_IO);
    assert_int_equal(w.committed, 0);
    assert_true(w.failed >= 1);
    assert_int_equal(notes_count(f), 0);
    w.answer = STATUS_OK;
    assert_ok(note_write(f, 1));
    assert_true(note_is_there(f, 1));
}

// ---- many writers ----

enum { THREADS = 16, EACH = 100 };

struct hand {
    struct fixture *fixture;
    int64_t first;
    int missing; // written, answered, and then not visible
    pthread_t thread;
};

static void *write_and_look(void *arg) {
    struct hand *h = arg;
    for (int i = 0; i < EACH; i++) {
        struct note n = {.id = h->first + i};
        struct db *db;
        int64_t there = 0;
        if (store_write(h->fixture->store, add_note, &n) || store_reader(h->fixture->store, &db)) {
            h->missing++;
            continue;
        }
        if (DB_INT(db, &there, &NOTE_HAS, V_INT(n.id)) || there != 1) h->missing++;
        store_reader_release(h->fixture->store, db);
    }
    return NULL;
}

static void sixteen_threads_see_their_own_writes(void **state) {
    struct fixture *f = *state;
    struct hand hands[THREADS];
    for (int i = 0; i < THREADS; i++) {
        hands[i] = (struct hand){.fixture = f, .first = 1 + i * EACH};
        pthread_create(&hands[i].thread, NULL, write_and_look, &hands[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(hands[i].thread, NULL);
        assert_int_equal(hands[i].missing, 0);
    }
    struct store_stats s = store_stats(f->store);
    assert_int_equal(s.jobs_kept, THREADS * EACH);
    assert_true(s.batches < THREADS * EACH);
    store_again(f);
    assert_int_equal(notes_count(f), THREADS * EACH);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_failing_job_leaves_its_neighbours_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(every_mixture_of_jobs_ends_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failed_statement_spoils_its_job, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_queued_together_is_committed_together, setup, teardown),
        cmocka_unit_test_setup_teardown(jobs_of_one_thread_keep_their_order, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_queue_says_busy_and_forgets_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(hooks_see_every_job_and_batch, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failing_commit_hook_fails_the_whole_batch, setup, teardown),
        cmocka_unit_test_setup_teardown(sixteen_threads_see_their_own_writes, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
