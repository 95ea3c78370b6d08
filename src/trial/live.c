// live.c - places for trials, and whose they are.
#include "trial/live.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct place {
    struct trial_live live;
    int64_t account;
    struct moment used;
    bool is_taken;  // a request works with it
    bool is_ending; // it goes as soon as it is given back
};

struct trials {
    pthread_mutex_t mutex;
    pthread_cond_t given;
    struct place places[TRIALS_MAX];
};

struct trials *trials_new(void) {
    struct trials *all = calloc(1, sizeof *all);
    if (!all) abort();
    pthread_mutex_init(&all->mutex, NULL);
    pthread_cond_init(&all->given, NULL);
    return all;
}

// With the mutex held; the trial itself is closed by the caller, without it.
static struct trial *empty(struct place *p) {
    struct trial *t = p->live.trial;
    arena_free(&p->live.arena);
    p->live = (struct trial_live){0};
    p->account = 0;
    p->is_ending = false;
    return t;
}

void trials_free(struct trials *all) {
    if (!all) return;
    for (size_t i = 0; i < TRIALS_MAX; i++) trial_close(empty(&all->places[i]));
    pthread_mutex_destroy(&all->mutex);
    pthread_cond_destroy(&all->given);
    free(all);
}

// Not to be guessed, and at home in an address: 52 bits.
static int64_t new_id(void) {
    uint64_t n;
    env_random(env_real(), &n, sizeof n);
    return (int64_t)(n >> 12) + 1;
}

static struct place *find(struct trials *all, int64_t account, int64_t id) {
    for (size_t i = 0; i < TRIALS_MAX; i++) {
        struct place *p = &all->places[i];
        if (p->live.trial && !p->is_ending && p->account == account && (!id || p->live.id == id)) return p;
    }
    return NULL;
}

// One that somebody works with ends when it is given back.
static struct trial *end(struct place *p) {
    if (!p->is_taken) return empty(p);
    p->is_ending = true;
    return NULL;
}

static bool is_idle(const struct place *p, struct moment now) {
    return p->live.trial && !p->is_taken && now.ms - p->used.ms > TRIAL_IDLE_MS;
}

void trials_sweep(struct trials *all, struct moment now) {
    struct trial *ended[TRIALS_MAX] = {0};
    pthread_mutex_lock(&all->mutex);
    for (size_t i = 0; i < TRIALS_MAX; i++)
        if (is_idle(&all->places[i], now)) ended[i] = empty(&all->places[i]);
    pthread_mutex_unlock(&all->mutex);
    for (size_t i = 0; i < TRIALS_MAX; i++) trial_close(ended[i]);
}

enum status trials_add(struct trials *all, int64_t account, struct moment now, struct trial *t,
                       struct text of, struct text way_back, int64_t *id) {
    struct place *free_place = NULL;
    trials_sweep(all, now);
    pthread_mutex_lock(&all->mutex);
    struct place *own = find(all, account, 0);
    struct trial *before = own ? end(own) : NULL;
    for (size_t i = 0; i < TRIALS_MAX && !free_place; i++)
        if (!all->places[i].live.trial) free_place = &all->places[i];
    if (free_place) {
        free_place->account = account;
        free_place->used = now;
        free_place->live.id = *id = new_id();
        free_place->live.trial = t;
        free_place->live.of = text_copy(&free_place->live.arena, of);
        free_place->live.way_back = text_copy(&free_place->live.arena, way_back);
    }
    pthread_mutex_unlock(&all->mutex);
    trial_close(before);
    return free_place ? STATUS_OK : STATUS_BUSY;
}

// Who waits holds a thread of the server.
enum status trials_take(struct trials *all, int64_t account, int64_t id, struct moment now,
                        struct trial_live **out) {
    struct timespec until;
    bool is_late = false;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += TRIAL_WAIT_S;
    pthread_mutex_lock(&all->mutex);
    struct place *p = find(all, account, id);
    while (p && p->is_taken && !is_late) {
        is_late = pthread_cond_timedwait(&all->given, &all->mutex, &until) != 0;
        p = find(all, account, id);
    }
    enum status st = !p ? STATUS_NOT_FOUND : p->is_taken ? STATUS_BUSY : STATUS_OK;
    if (!st) {
        p->is_taken = true;
        p->used = now;
        *out = &p->live;
    }
    pthread_mutex_unlock(&all->mutex);
    return st;
}

void trials_give(struct trials *all, struct trial_live *live) {
    struct trial *ended = NULL;
    if (!live) return;
    struct place *p = (struct place *)live; // `live` is its first member
    pthread_mutex_lock(&all->mutex);
    p->is_taken = false;
    if (p->is_ending) ended = empty(p);
    pthread_cond_broadcast(&all->given);
    pthread_mutex_unlock(&all->mutex);
    trial_close(ended);
}

void trials_end(struct trials *all, int64_t account, int64_t id) {
    pthread_mutex_lock(&all->mutex);
    struct place *p = find(all, account, id);
    struct trial *ended = p ? end(p) : NULL;
    pthread_mutex_unlock(&all->mutex);
    trial_close(ended);
}

int64_t trials_of(struct trials *all, int64_t account) {
    pthread_mutex_lock(&all->mutex);
    struct place *p = find(all, account, 0);
    int64_t id = p ? p->live.id : 0;
    pthread_mutex_unlock(&all->mutex);
    return id;
}
