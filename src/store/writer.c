#include <assert.h>
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "store/internal.h"

// The thread that owns the only writing connection, and the queue in front of it.
//
// When the last batch had many jobs, their senders are likely to be back in a moment: the writer waits for as
// many, but no longer than LINGER_US, which is less than one sync of a fast disk.
enum { LINGER_US = 100, IDLE_MS = 1000 };

static int smaller(int wanted, int most) {
    return wanted > 0 && wanted < most ? wanted : most;
}

static struct timespec in_us(long us) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += us * 1000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

// With the mutex held. False when `us` passed first.
static bool wait_for_jobs(struct writer *w, int wanted, long us) {
    struct timespec until = in_us(us);
    w->wanted = wanted;
    int rc = 0;
    while (w->queued < wanted && !w->is_closing && rc == 0)
        rc = pthread_cond_timedwait(&w->arrived, &w->mutex, &until);
    return w->queued >= wanted;
}

static void *writer_main(void *arg) {
    struct store *s = arg;
    struct writer *w = &s->writer;
    for (;;) {
        pthread_mutex_lock(&w->mutex);
        bool has_work = w->queued > 0 || wait_for_jobs(w, 1, IDLE_MS * 1000);
        if (has_work && w->queued < w->last_batch) (void)wait_for_jobs(w, w->last_batch, LINGER_US);
        bool is_over = w->is_closing && w->queued == 0;
        w->stats.seen_us = env_monotonic_us(&s->env);
        pthread_mutex_unlock(&w->mutex);
        if (is_over) return NULL;
        if (has_work) batch_run(s);
        if (s->engine->tidy) s->engine->tidy(s, !has_work);
    }
}

enum status writer_start(struct store *s, const struct store_options *options) {
    struct writer *w = &s->writer;
    w->queue_max = smaller(options->queue_max, STORE_QUEUE_MAX);
    w->batch_max = smaller(options->batch_max, STORE_BATCH_MAX);
    w->stats.seen_us = env_monotonic_us(&s->env);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->arrived, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&w->mutex, NULL);
    w->is_running = w->is_by_hand = options->by_hand;
    if (w->is_by_hand) return STATUS_OK;
    sigset_t all, before; // signals are for the program's main thread
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&w->thread, NULL, writer_main, s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    w->is_running = rc == 0;
    return rc == 0 ? STATUS_OK : STATUS_BUSY;
}

bool store_turn(struct store *s) {
    struct writer *w = &s->writer;
    if (!w->is_by_hand) return false;
    bool has_work = w->queued > 0;
    w->is_in_turn = true;
    if (has_work) batch_run(s);
    if (s->engine->tidy) s->engine->tidy(s, !has_work);
    w->is_in_turn = false;
    return has_work;
}

void writer_stop(struct store *s) {
    struct writer *w = &s->writer;
    if (!w->is_running) return;
    pthread_mutex_lock(&w->mutex);
    w->is_closing = true;
    pthread_cond_signal(&w->arrived);
    pthread_mutex_unlock(&w->mutex);
    while (store_turn(s)) {
    }
    if (!w->is_by_hand) pthread_join(w->thread, NULL);
    w->is_running = false;
    pthread_cond_destroy(&w->arrived);
    pthread_mutex_destroy(&w->mutex);
}

bool store_is_writer_thread(const struct store *s) {
    const struct writer *w = &s->writer;
    return w->is_by_hand ? w->is_in_turn : w->is_running && pthread_equal(w->thread, pthread_self());
}

static enum status enqueue(struct store *s, struct job *j) {
    struct writer *w = &s->writer;
    assert(w->is_running); // a store opened read-only has no writer
    pthread_mutex_lock(&w->mutex);
    assert(!w->is_closing || store_is_writer_thread(s));
    bool is_full = w->queued >= w->queue_max;
    if (!is_full) {
        if (w->last)
            w->last->next = j;
        else
            w->first = j;
        w->last = j;
        w->queued++;
        if (w->queued == w->wanted) pthread_cond_signal(&w->arrived);
    }
    pthread_mutex_unlock(&w->mutex);
    return is_full ? STATUS_BUSY : STATUS_OK;
}

struct job *writer_take(struct writer *w) {
    pthread_mutex_lock(&w->mutex);
    struct job *j = w->first;
    if (j) {
        w->first = j->next;
        if (!w->first) w->last = NULL;
        w->queued--;
    }
    w->wanted = 0; // awake: nobody needs to call
    pthread_mutex_unlock(&w->mutex);
    if (j) j->next = NULL;
    return j;
}

void job_answer(struct job *j, enum status status) {
    if (j->waiter) {
        j->status = status;
        sem_post(j->waiter); // from here on the job is gone: it was on the sender's stack
        return;
    }
    j->done(j->arg, status);
    free(j);
}

static enum status write_and_wait(struct store *s, store_job_fn *fn, void *arg, bool can_repeat) {
    assert(!store_is_writer_thread(s)); // it would wait for itself
    sem_t answered;
    sem_init(&answered, 0, 0);
    struct job j = {.fn = fn, .arg = arg, .waiter = &answered, .can_repeat = can_repeat};
    enum status st = enqueue(s, &j);
    if (!st) {
        while (s->writer.is_by_hand && s->writer.queued > 0) (void)store_turn(s);
        while (sem_wait(&answered) != 0 && errno == EINTR) {
        }
        st = j.status;
    }
    sem_destroy(&answered);
    return st;
}

enum status store_write(struct store *s, store_job_fn *fn, void *arg) {
    return write_and_wait(s, fn, arg, false);
}

enum status store_write_repeatable(struct store *s, store_job_fn *fn, void *arg) {
    return write_and_wait(s, fn, arg, true);
}

static enum status write_later(struct store *s, const struct job *job) {
    struct job *j = malloc(sizeof *j);
    if (!j) abort();
    *j = *job;
    enum status st = enqueue(s, j);
    if (st) free(j);
    return st;
}

enum status store_write_async(struct store *s, store_job_fn *fn, void *arg, store_done_fn *done) {
    return write_later(s, &(struct job){.fn = fn, .arg = arg, .done = done});
}

enum status store_write_async_repeatable(struct store *s, store_job_fn *fn, void *arg, store_done_fn *done) {
    return write_later(s, &(struct job){.fn = fn, .arg = arg, .done = done, .can_repeat = true});
}

void store_hooks_set(struct store *s, const struct store_hooks *hooks) {
    struct writer *w = &s->writer;
    pthread_mutex_lock(&w->mutex); // the writer has not looked yet: its first look is behind this mutex
    assert(!w->hooks.context && !w->hooks.after_job && !w->hooks.before_commit && !w->hooks.after_batch &&
           !w->hooks.others_wrote);
    assert(w->stats.batches == 0);
    w->hooks = *hooks;
    pthread_mutex_unlock(&w->mutex);
}

struct store_stats store_stats(struct store *s) {
    struct writer *w = &s->writer;
    if (!w->is_running) return (struct store_stats){0};
    pthread_mutex_lock(&w->mutex);
    struct store_stats stats = w->stats;
    stats.queued = w->queued;
    pthread_mutex_unlock(&w->mutex);
    return stats;
}
