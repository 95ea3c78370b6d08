#include "exchange/delivery.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"

struct delivery {
    struct store *store;
    struct delivery_options options;
    pthread_t thread;
    pthread_mutex_t lock; // over the two flags
    pthread_cond_t changed;
    bool is_stopping, is_woken;
};

static void set_defaults(struct delivery_options *o) {
    if (o->tries_max <= 0) o->tries_max = 12;
    if (o->first_retry_ms <= 0) o->first_retry_ms = 60 * 1000;
    if (o->retry_max_ms <= 0) o->retry_max_ms = 12 * 3600 * INT64_C(1000);
    if (o->poll_ms <= 0) o->poll_ms = 5000;
}

// ---- what came of one try ----

enum outcome { SENT, FAILED, DEAD, DROPPED };

struct verdict {
    struct text key;
    enum outcome outcome;
    struct moment at; // now, or the next try
    struct text error;
};

static enum status write_verdict(struct db *tx, void *arg) {
    const struct verdict *v = arg;
    switch (v->outcome) {
    case SENT: return outbox_sent(tx, v->key, v->at);
    case DEAD: return outbox_dead(tx, v->key, v->at, v->error);
    case DROPPED: return outbox_dropped(tx, v->key, v->at, v->error);
    default: return outbox_failed(tx, v->key, v->at, v->error);
    }
}

// Doubled with each try up to the maximum, give or take a quarter, so that a thousand mails that failed
// together do not come back together.
static int64_t retry_in_ms(const struct env *env, const struct delivery_options *o, int tries) {
    int64_t ms = o->first_retry_ms;
    for (int i = 1; i < tries && ms < o->retry_max_ms; i++) ms *= 2;
    if (ms > o->retry_max_ms) ms = o->retry_max_ms;
    uint32_t random;
    env_random(env, &random, sizeof random);
    return ms - ms / 4 + (int64_t)(random % ((uint64_t)ms / 2 + 1));
}

static struct verdict judge(struct store *s, const struct delivery_options *o, const struct outbox_row *row,
                            enum status st, struct text error) {
    int tries = row->attempts + 1;
    struct moment now = env_now(store_env(s));
    struct verdict v = {row->item.key, FAILED, now, error};
    if (st == STATUS_OK)
        v.outcome = SENT;
    else if (st == STATUS_NOT_FOUND)
        v.outcome = DROPPED;
    else if (st == STATUS_REFUSED || st == STATUS_INVALID || tries >= o->tries_max)
        v.outcome = DEAD;
    else
        v.at.ms = now.ms + retry_in_ms(store_env(s), o, tries);
    return v;
}

// ---- one item ----

// Asks what the message is. Whatever goes wrong there is a mistake that people can mend, so it is tried
// again.
static enum status resolve_item(struct store *s, const struct delivery_options *o,
                                const struct outbox_item *item, struct arena *a, struct mail *mail) {
    struct db *db;
    enum status st = store_reader(s, &db);
    if (st) return STATUS_BUSY;
    st = o->resolve(o->context, db, item, a, mail);
    store_reader_release(s, db);
    return st && st != STATUS_NOT_FOUND ? STATUS_BUSY : st;
}

// Makes the message and hands it over. `error` gets a short name.
static enum status try_item(struct store *s, const struct delivery_options *o, const struct outbox_row *row,
                            struct arena *a, char error[TRANSPORT_ERROR_MAX]) {
    struct mail mail = {0};
    enum status st = resolve_item(s, o, &row->item, a, &mail);
    snprintf(error, TRANSPORT_ERROR_MAX, "resolve: %s", status_name(st));
    if (st) return st;
    struct letter_out letter = {.from = o->sender.address, .to = mail.to, .id = mail_id(a, row->item.key)};
    st = mail_print(a, &mail, &o->sender, letter.id, env_now(store_env(s)), &letter.message);
    snprintf(error, TRANSPORT_ERROR_MAX, "message: %s", status_name(st));
    if (st) return STATUS_INVALID; // it will not become better
    snprintf(error, TRANSPORT_ERROR_MAX, "transport");
    st = o->transport.send(o->transport.context, &letter, error);
    return st == STATUS_NOT_FOUND || st == STATUS_INVALID ? STATUS_IO
                                                          : st; // those have a meaning of their own here
}

static void count_outcome(struct delivery_round *r, enum outcome outcome) {
    r->sent += outcome == SENT;
    r->failed += outcome == FAILED;
    r->dead += outcome == DEAD;
    r->dropped += outcome == DROPPED;
}

// STATUS_IO when the transport cannot be reached: the others of this round would only wait for the same.
static enum status deliver_item(struct store *s, const struct delivery_options *o,
                                const struct outbox_row *row, struct delivery_round *round) {
    char error[TRANSPORT_ERROR_MAX] = "";
    struct arena a = {0};
    enum status st = try_item(s, o, row, &a, error);
    struct verdict v = judge(s, o, row, st, text_of(error));
    enum status written = store_write(s, write_verdict, &v);
    if (v.outcome != SENT)
        log_line(v.outcome == DEAD      ? LOG_ERROR
                 : v.outcome == DROPPED ? LOG_DEBUG
                                        : LOG_WARNING,
                 "outbox.not_sent", "key=\"" TEXT_FMT "\" try=%d error=\"%s\"", TEXT_ARG(row->item.key),
                 row->attempts + 1, error);
    arena_free(&a);
    if (written && written != STATUS_CONFLICT) return written; // sent again later with the same Message-ID
    count_outcome(round, v.outcome);
    return st == STATUS_IO ? STATUS_IO : STATUS_OK;
}

static enum status take_due(struct store *s, struct arena *a, struct outbox_list *list) {
    struct db *db;
    enum status st = store_reader(s, &db);
    if (st) return st;
    st = outbox_due(db, T("mail"), env_now(store_env(s)), DELIVERY_ROUND_MAX, a, list);
    store_reader_release(s, db);
    return st;
}

static bool stopping(struct delivery *d) {
    if (!d) return false;
    pthread_mutex_lock(&d->lock);
    bool is = d->is_stopping;
    pthread_mutex_unlock(&d->lock);
    return is;
}

static enum status round_of(struct store *s, const struct delivery_options *o, struct delivery *d,
                            struct delivery_round *out) {
    struct arena a = {0};
    struct outbox_list due;
    enum status st = take_due(s, &a, &due);
    for (size_t i = 0; i < due.count && !st && !stopping(d); i++) st = deliver_item(s, o, &due.items[i], out);
    arena_free(&a);
    return st;
}

enum status delivery_round(struct store *s, const struct delivery_options *options,
                           struct delivery_round *out) {
    struct delivery_options o = *options;
    set_defaults(&o);
    *out = (struct delivery_round){0};
    return round_of(s, &o, NULL, out);
}

// ---- the thread ----

// Until something was added, or poll_ms have passed.
static bool pause_until_needed(struct delivery *d) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += d->options.poll_ms / 1000;
    until.tv_nsec += d->options.poll_ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) until.tv_sec++, until.tv_nsec -= 1000000000L;
    pthread_mutex_lock(&d->lock);
    while (!d->is_stopping && !d->is_woken)
        if (pthread_cond_timedwait(&d->changed, &d->lock, &until) == ETIMEDOUT) break;
    d->is_woken = false;
    bool go_on = !d->is_stopping;
    pthread_mutex_unlock(&d->lock);
    return go_on;
}

static void *deliver(void *arg) {
    struct delivery *d = arg;
    do {
        struct delivery_round r;
        enum status st;
        do {
            r = (struct delivery_round){0};
            st = round_of(d->store, &d->options, d, &r);
        } while (!st && r.sent + r.dead + r.dropped > 0 && !stopping(d));
        if (st && st != STATUS_IO) log_line(LOG_WARNING, "outbox.round", "status=\"%s\"", status_name(st));
    } while (pause_until_needed(d));
    return NULL;
}

enum status delivery_start(struct store *s, const struct delivery_options *options, struct delivery **out) {
    struct delivery *d = calloc(1, sizeof *d);
    assert(d && options->transport.send && options->resolve);
    d->store = s;
    d->options = *options;
    set_defaults(&d->options);
    pthread_condattr_t monotonic;
    pthread_mutex_init(&d->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&d->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&d->thread, NULL, deliver, d) != 0) {
        free(d);
        return STATUS_BUSY;
    }
    *out = d;
    return STATUS_OK;
}

static void raise_flag(struct delivery *d, bool *flag) {
    pthread_mutex_lock(&d->lock);
    *flag = true;
    pthread_cond_signal(&d->changed);
    pthread_mutex_unlock(&d->lock);
}

void delivery_wake(struct delivery *d) {
    raise_flag(d, &d->is_woken);
}

void delivery_stop(struct delivery *d) {
    if (!d) return;
    raise_flag(d, &d->is_stopping);
    pthread_join(d->thread, NULL);
    if (d->options.transport.close) d->options.transport.close(d->options.transport.context);
    pthread_cond_destroy(&d->changed);
    pthread_mutex_destroy(&d->lock);
    free(d);
}
