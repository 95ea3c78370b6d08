// channels.c - the room at work: its directory, its peers, its threads.
#include "exchange/channels.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "exchange/channels_inside.h"

static void set_defaults(struct channels_options *o) {
    if (o->senders <= 0) o->senders = 4;
    if (o->senders > CHANNELS_SENDERS_MAX) o->senders = CHANNELS_SENDERS_MAX;
    if (o->first_retry_ms <= 0) o->first_retry_ms = 2000;
    if (o->retry_max_ms <= 0) o->retry_max_ms = 10 * 60 * 1000;
    if (o->poll_ms <= 0) o->poll_ms = 1000; // for retries, and what another server has told
    if (o->rate <= 0) o->rate = CHANNELS_RATE;
    if (o->burst <= 0) o->burst = CHANNELS_BURST;
    if (o->waiting_max <= 0) o->waiting_max = CHANNELS_WAITING_MAX;
}

// In the writer thread: whoever seals need not wait for the next look.
static void committed(void *context) {
    struct channels *x = context;
    uint64_t told = channels_told_count;
    if (told != x->told) channels_wake(x);
    x->told = told;
}

enum status channels_open(struct journal *j, const struct channels_options *o, struct channels **out) {
    struct channels *x = calloc(1, sizeof *x);
    assert(x && o->own && o->law && o->book.of_case && o->book.of_channels && o->carrier_for);
    x->journal = j;
    x->store = journal_store(j);
    x->env = journal_env(j);
    x->o = *o;
    set_defaults(&x->o);
    pthread_condattr_t monotonic;
    pthread_mutex_init(&x->lock, NULL);
    pthread_mutex_init(&x->receiving, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&x->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    journal_after_commit(j, committed, x);
    *out = x;
    return STATUS_OK;
}

// ---- the directory

static void unlocked_give(struct directory *d) {
    if (!d || --d->users > 0) return;
    arena_free(&d->arena);
    free(d);
}

static enum status load(const struct channels *x, struct db *db, int64_t version, struct directory **out) {
    struct directory *d = calloc(1, sizeof *d);
    if (!d) return STATUS_BUSY;
    d->version = version;
    d->users = 2; // the room's, and who asked
    enum status st = members_load(db, &d->arena, &d->members);
    if (st) {
        arena_free(&d->arena);
        free(d);
        return st;
    }
    const struct member *us = member_of(&d->members, x->o.own->code);
    if (us && x->o.own_keys) x->o.own_keys(x->o.context, us->key_count);
    d->sees = plausibility_sees(x->o.law, us ? us->roles : 0, &d->arena);
    *out = d;
    return STATUS_OK;
}

enum status directory_take(struct channels *x, struct db *db, struct directory **out) {
    int64_t version;
    enum status st = members_version(db, &version);
    if (st) return st;
    pthread_mutex_lock(&x->lock);
    if (x->directory && x->directory->version == version) {
        x->directory->users++;
        *out = x->directory;
        pthread_mutex_unlock(&x->lock);
        return STATUS_OK;
    }
    pthread_mutex_unlock(&x->lock);
    st = load(x, db, version, out);
    if (st) return st;
    pthread_mutex_lock(&x->lock);
    unlocked_give(x->directory);
    x->directory = *out;
    pthread_mutex_unlock(&x->lock);
    return STATUS_OK;
}

void directory_give(struct channels *x, struct directory *d) {
    pthread_mutex_lock(&x->lock);
    unlocked_give(d);
    pthread_mutex_unlock(&x->lock);
}

enum status directory_now(struct channels *x, struct directory **out) {
    struct db *db;
    enum status st = store_reader(x->store, &db);
    if (st) return st;
    st = directory_take(x, db, out);
    store_reader_release(x->store, db);
    return st;
}

enum status channels_who(void *context, const struct hash *tls, uint32_t *code) {
    struct channels *x = context;
    struct directory *d;
    enum status st = directory_now(x, &d);
    if (st) return st;
    const struct member *m = member_of_tls(&d->members, tls, env_now(x->env));
    *code = m ? m->code : 0;
    directory_give(x, d);
    return m ? STATUS_OK : STATUS_NOT_FOUND;
}

struct peer *peer_of(struct channels *x, uint32_t code) {
    for (size_t i = 0; i < x->peers.count; i++)
        if (x->peers.items[i].code == code) return &x->peers.items[i];
    struct peer *p = ARENA_PUSH(&x->arena, &x->peers);
    *p = (struct peer){.code = code, .tokens = x->o.burst, .filled_us = env_monotonic_us(x->env)};
    return p;
}

// ---- one round

static enum status next_member(struct channels *x, uint32_t *member) {
    uint32_t with_missive = 0, with_message = 0;
    struct db *db;
    enum status st = store_reader(x->store, &db);
    if (st) return st;
    enum status missive = missives_waiting_member(db, *member, &with_missive);
    st = waiting_member(db, *member, &with_message);
    store_reader_release(x->store, db);
    if ((st && st != STATUS_NOT_FOUND) || missive == STATUS_NOT_FOUND) return *member = with_message, st;
    if (missive) return missive;
    *member = st || with_missive < with_message ? with_missive : with_message;
    return STATUS_OK;
}

// The members for whom something waits, one after the other; with threads, each is one thread's at a time.
static enum status deliver_all(struct channels *x, struct channels_round *out) {
    uint32_t member = 0;
    for (;;) {
        enum status st = next_member(x, &member);
        if (st) return st == STATUS_NOT_FOUND ? STATUS_OK : st;
        pthread_mutex_lock(&x->lock);
        struct peer *p = peer_of(x, member);
        bool is_mine = !p->is_sending && p->next_try.ms <= env_now(x->env).ms && !x->is_stopping;
        if (is_mine) p->is_sending = true;
        pthread_mutex_unlock(&x->lock);
        if (!is_mine) continue;
        st = channels_deliver(x, member, out);
        pthread_mutex_lock(&x->lock);
        peer_of(x, member)->is_sending = false;
        pthread_mutex_unlock(&x->lock);
        if (st) return st;
    }
}

enum status channels_round(struct channels *x, struct channels_round *out) {
    *out = (struct channels_round){0};
    enum status st = channels_seal(x, out);
    if (!st) st = deliver_all(x, out);
    return st ? st : channels_hear(x, out);
}

// ---- the threads: the first one seals, the second hears, the others send

static bool pause_until_woken(struct channels *x, uint64_t *seen) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += x->o.poll_ms / 1000;
    until.tv_nsec += x->o.poll_ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) until.tv_sec++, until.tv_nsec -= 1000000000L;
    pthread_mutex_lock(&x->lock);
    while (!x->is_stopping && x->woken == *seen)
        if (pthread_cond_timedwait(&x->changed, &x->lock, &until) == ETIMEDOUT) break;
    *seen = x->woken;
    bool go_on = !x->is_stopping;
    pthread_mutex_unlock(&x->lock);
    return go_on;
}

// Rounds of one kind of work, each time as long as there is some; the others learn of it.
static void work_all(struct channels *x, enum status (*work)(struct channels *x, struct channels_round *r),
                     const char *event) {
    uint64_t seen = 0;
    do {
        struct channels_round r;
        enum status st;
        do {
            r = (struct channels_round){0};
            st = work(x, &r);
            if (r.sealed || r.heard) channels_wake(x);
        } while (!st && (r.sealed > 0 || r.heard > 0) && !x->is_stopping);
        if (st) log_line(LOG_WARNING, event, "status=\"%s\"", status_name(st));
    } while (pause_until_woken(x, &seen));
}

static void *seal_all(void *arg) {
    work_all(arg, channels_seal, "exchange.seal");
    return NULL;
}

static void *hear_all(void *arg) { // a case may tell something then
    work_all(arg, channels_hear, "exchange.hear");
    return NULL;
}

static void *send_all(void *arg) {
    struct channels *x = arg;
    uint64_t seen = 0;
    do {
        struct channels_round r = {0};
        enum status st = deliver_all(x, &r);
        if (st) log_line(LOG_WARNING, "exchange.send", "status=\"%s\"", status_name(st));
    } while (pause_until_woken(x, &seen));
    return NULL;
}

enum status channels_start(struct channels *x) {
    for (int i = 0; i < x->o.senders + 2; i++, x->thread_count++)
        if (pthread_create(&x->threads[i], NULL, i > 1 ? send_all : i ? hear_all : seal_all, x) != 0)
            return STATUS_BUSY;
    return STATUS_OK;
}

void channels_wake(struct channels *x) {
    pthread_mutex_lock(&x->lock);
    x->woken++;
    pthread_cond_broadcast(&x->changed);
    pthread_mutex_unlock(&x->lock);
}

void channels_stop(struct channels *x) {
    if (!x) return;
    journal_after_commit(x->journal, NULL, NULL);
    pthread_mutex_lock(&x->lock);
    x->is_stopping = true;
    pthread_cond_broadcast(&x->changed);
    pthread_mutex_unlock(&x->lock);
    for (int i = 0; i < x->thread_count; i++) pthread_join(x->threads[i], NULL);
    x->thread_count = 0;
}

void channels_close(struct channels *x) {
    if (!x) return;
    channels_stop(x);
    unlocked_give(x->directory);
    arena_free(&x->arena);
    pthread_cond_destroy(&x->changed);
    pthread_mutex_destroy(&x->receiving);
    pthread_mutex_destroy(&x->lock);
    free(x);
}
