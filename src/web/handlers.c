// Handlers do not run on the threads that talk to browsers: one that waits, for the disk, a password's hash
// or a mail server, would hold up every connection of its thread. Two lanes, each with its own threads and a
// bounded queue: what costs much before anybody is known (signing in) waits behind its like only, so that a
// flood of passwords leaves the house open for those who are inside.
#include <stdlib.h>

#include "web/server.h"

enum { LANES = 2, SIGN_IN_THREADS = 4, WAIT_US_MAX = 20 * 1000 * 1000 };

struct lane {
    pthread_cond_t arrived;
    struct request_inside *first, *last;
    int queued, thread_count;
};

struct handlers {
    const struct env *env;
    pthread_mutex_t lock; // over the lanes and is_stopping
    bool is_stopping, is_late;
    struct lane lanes[LANES];
    pthread_t threads[HANDLERS_MAX + SIGN_IN_THREADS];
    int thread_count;
};

struct thread_start {
    struct handlers *handlers;
    struct lane *lane;
};

static struct lane *lane_of(struct handlers *h, const struct request_inside *x) {
    return &h->lanes[x->route->rate == RATE_SIGN_IN && x->q.method != GET];
}

// NULL when the server stops and nothing is left to do.
static struct request_inside *take(struct handlers *h, struct lane *l) {
    pthread_mutex_lock(&h->lock);
    while (!l->first && !h->is_stopping) pthread_cond_wait(&l->arrived, &h->lock);
    struct request_inside *x = l->first;
    if (x && h->is_late) x->refusal = 503;
    if (x) {
        l->first = x->next;
        if (!l->first) l->last = NULL;
        l->queued--;
    }
    pthread_mutex_unlock(&h->lock);
    return x;
}

static void *work(void *argument) {
    struct thread_start s = *(struct thread_start *)argument;
    free(argument);
    for (struct request_inside *x; (x = take(s.handlers, s.lane));) {
        // Whoever has waited so long has given up or asked again: the work would be for nobody.
        if (env_monotonic_us(s.handlers->env) - x->queued_us > WAIT_US_MAX) x->refusal = 503;
        exchange_work(x);
        MHD_resume_connection(x->connection); // from here on the request is libmicrohttpd's again
    }
    return NULL;
}

static void start(struct handlers *h, struct lane *l, int count) {
    pthread_cond_init(&l->arrived, NULL);
    for (int i = 0; i < count; i++) {
        struct thread_start *s = malloc(sizeof *s);
        if (!s) abort();
        *s = (struct thread_start){h, l};
        if (pthread_create(&h->threads[h->thread_count++], NULL, work, s)) abort();
    }
}

struct handlers *handlers_new(const struct env *env, int threads) {
    struct handlers *h = calloc(1, sizeof *h);
    if (!h) abort();
    h->env = env;
    pthread_mutex_init(&h->lock, NULL);
    start(h, &h->lanes[0], threads < HANDLERS_MAX ? threads : HANDLERS_MAX);
    start(h, &h->lanes[1], SIGN_IN_THREADS);
    return h;
}

void handlers_stop(struct handlers *h, bool is_late) {
    if (!h) return;
    pthread_mutex_lock(&h->lock);
    h->is_stopping = true;
    h->is_late = is_late;
    for (int i = 0; i < LANES; i++) pthread_cond_broadcast(&h->lanes[i].arrived);
    pthread_mutex_unlock(&h->lock);
    for (int i = 0; i < h->thread_count; i++) pthread_join(h->threads[i], NULL);
    h->thread_count = 0;
}

void handlers_free(struct handlers *h) {
    if (!h) return;
    for (int i = 0; i < LANES; i++) pthread_cond_destroy(&h->lanes[i].arrived);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

// The connection is suspended before anybody can resume it, and not when nobody would.
enum status handlers_give(struct handlers *h, struct request_inside *x) {
    struct lane *l = lane_of(h, x);
    enum status st = STATUS_OK;
    x->queued_us = env_monotonic_us(h->env);
    x->next = NULL;
    pthread_mutex_lock(&h->lock);
    if (h->is_stopping)
        st = STATUS_UNSUPPORTED;
    else if (l->queued >= HANDLER_QUEUE_MAX)
        st = STATUS_BUSY;
    if (!st) {
        MHD_suspend_connection(x->connection);
        if (l->last)
            l->last->next = x;
        else
            l->first = x;
        l->last = x;
        l->queued++;
        pthread_cond_signal(&l->arrived);
    }
    pthread_mutex_unlock(&h->lock);
    return st;
}
