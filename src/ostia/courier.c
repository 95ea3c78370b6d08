// courier.c - notices, new keys of channels, and invitations that are too old: a thread beside the channels.
#include "ostia/courier.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "exchange/missives.h"
#include "pack/invitation_law.h"

enum {
    LOOK_MS = 2000,            // how long a notice waits before it is a letter
    NOTICES_MAX = 1000,        // of one look
    DAILY_MS = 60 * 60 * 1000, // what is due once a day is looked for each hour
    DAY_MS = 24 * 60 * 60 * 1000,
};

struct courier {
    struct house *house;
    struct channels *channels;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool is_stopping;
};

static const struct privacy_reader READER = {
    .who = T("courier"), .powers = PRIVACY_MAY_MAP, .purpose = PRIVACY_FOR_EXCHANGE};

// ---- notices: they wait in the privacy service until they are letters, which are sent until they arrive

static enum status send_notice(struct courier *c, const struct privacy_outgoing *n) {
    const struct missive_sending s = {.to = n->to, .kind = MISSIVE_NOTICE, .body = n->notice};
    enum status st = missives_send(c->channels, &s, 1, NULL);
    return st ? st : privacy_sent(c->house->privacy, n->number);
}

static enum status send_notices(struct courier *c) {
    struct arena a = {0};
    struct privacy_outgoings list;
    enum status st = privacy_outgoing(c->house->privacy, NOTICES_MAX, &a, &list);
    for (size_t i = 0; i < list.count && !st; i++) {
        st = send_notice(c, &list.items[i]);
        if (st == STATUS_NOT_FOUND) st = STATUS_OK; // it has no good key now: this one waits
    }
    arena_free(&a);
    return st;
}

// ---- a new key of a channel: its members take it without a person

static enum status send_key(struct courier *c, const struct privacy_mapping *m, struct arena *a) {
    struct missive_sending list[PRIVACY_MEMBERS_MAX];
    struct invitation i = invitation_to(m);
    size_t count = 0;
    struct bytes body = invitation_print(&i, a);
    for (size_t k = 0; k < m->member_count; k++)
        if (m->members[k] != m->coordinator)
            list[count++] =
                (struct missive_sending){.to = m->members[k], .kind = MISSIVE_INVITATION, .body = body};
    enum status st = missives_send(c->channels, list, count, NULL);
    memset((void *)(uintptr_t)body.p, 0, body.n);
    invitation_wipe(&i);
    return st;
}

static enum status rotate(struct courier *c, const struct channel_id *channel, struct arena *a) {
    struct privacy_mapping m;
    enum status st = privacy_rotate(c->house->privacy, &READER, channel, a, &m, NULL);
    if (st) return st;
    st = send_key(c, &m, a);
    if (st) log_line(LOG_ERROR, "courier.key_not_sent", "status=\"%s\"", status_name(st));
    privacy_mapping_wipe(&m);
    return st;
}

static enum status rotate_due(struct courier *c) {
    struct arena a = {0};
    struct privacy_mappings due = {0};
    enum status st = privacy_rotation_due(c->house->privacy, &READER, PRIVACY_READ_MAX, &a, &due, NULL);
    for (size_t i = 0; i < due.count && !st; i++) st = rotate(c, &due.items[i].channel, &a);
    for (size_t i = 0; i < due.count; i++) privacy_mapping_wipe(&due.items[i]);
    if (due.count) log_line(LOG_INFO, "courier.keys", "channels=%zu", due.count);
    arena_free(&a);
    return st;
}

static enum status expire(struct courier *c) {
    const struct pack *pack = cases_pack(c->house->cases);
    const struct invitation_law *law = pack ? pack_invitations(pack) : NULL;
    int64_t days = law ? law->answer_days : INVITATION_DAYS, count = 0;
    struct moment before = {env_now(c->house->env).ms - days * DAY_MS};
    enum status st = invitations_expire(c->channels, before, &count);
    if (count) log_line(LOG_INFO, "courier.expired", "invitations=%lld", (long long)count);
    return st;
}

// ---- the thread

static bool wait_a_while(struct courier *c) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LOOK_MS / 1000;
    pthread_mutex_lock(&c->mutex);
    while (!c->is_stopping)
        if (pthread_cond_timedwait(&c->changed, &c->mutex, &until) == ETIMEDOUT) break;
    bool goes_on = !c->is_stopping;
    pthread_mutex_unlock(&c->mutex);
    return goes_on;
}

static void *run(void *argument) {
    struct courier *c = argument;
    int64_t next = 0;
    do {
        enum status st = send_notices(c);
        int64_t now = env_now(c->house->env).ms;
        if (!st && now >= next) {
            st = rotate_due(c);
            if (!st) st = expire(c);
            if (!st) next = now + DAILY_MS;
        }
        if (st) log_line(LOG_WARNING, "courier", "status=\"%s\"", status_name(st));
    } while (wait_a_while(c));
    return NULL;
}

enum status courier_start(struct house *h, struct channels *x, struct courier **out) {
    struct courier *c = calloc(1, sizeof *c);
    pthread_condattr_t monotonic;
    assert(c);
    c->house = h;
    c->channels = x;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&c->mutex, NULL);
    pthread_cond_init(&c->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&c->thread, NULL, run, c) == 0) return *out = c, STATUS_OK;
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->mutex);
    free(c);
    return STATUS_BUSY;
}

void courier_stop(struct courier *c) {
    if (!c) return;
    pthread_mutex_lock(&c->mutex);
    c->is_stopping = true;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->mutex);
    pthread_join(c->thread, NULL);
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->mutex);
    free(c);
}
