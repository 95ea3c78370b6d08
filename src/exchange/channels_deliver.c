// channels_deliver.c - parcels to one member, and what its signed answers change.
#include <string.h>

#include "base/log.h"
#include "exchange/channels_inside.h"

// Doubled with each try up to the maximum, give or take a quarter: those that failed together do not come
// back together.
int64_t pause_after(const struct channels *x, int attempts) {
    int64_t ms = x->o.first_retry_ms;
    uint32_t random;
    for (int i = 0; i < attempts && ms < x->o.retry_max_ms; i++) ms *= 2;
    if (ms > x->o.retry_max_ms) ms = x->o.retry_max_ms;
    env_random(x->env, &random, sizeof random);
    return ms - ms / 4 + (int64_t)(random % ((uint64_t)ms / 2 + 1));
}

static void peer_failed(struct channels *x, uint32_t member) {
    pthread_mutex_lock(&x->lock);
    struct peer *p = peer_of(x, member);
    p->next_try.ms = env_now(x->env).ms + pause_after(x, p->attempts++);
    pthread_mutex_unlock(&x->lock);
}

static void peer_answered(struct channels *x, uint32_t member) {
    pthread_mutex_lock(&x->lock);
    struct peer *p = peer_of(x, member);
    p->attempts = 0;
    p->next_try.ms = 0;
    pthread_mutex_unlock(&x->lock);
}

// ---- answers

struct outcome {
    struct channels *x;
    uint32_t member;
    struct moment now;
    struct {
        struct receipt receipt;
        struct bytes bytes;
    } items[PARCEL_MESSAGES_MAX];
    size_t count;
};

static enum status apply_answer(struct db *tx, struct outcome *o, const struct receipt *r,
                                struct bytes bytes) {
    struct channel_tag tag;
    uint32_t seq;
    enum status st = message_by_hash(tx, &r->message, &tag, &seq);
    if (st == STATUS_NOT_FOUND) // a missive, or nothing of ours
        return missive_receipted(tx, o->member, r, bytes, o->now, o->x->o.first_retry_ms);
    if (st) return st;
    if (r->refusal == REFUSED_NOT || !refusal_may_pass(r->refusal))
        return delivery_done(tx, o->member, &tag, seq, r->refusal != REFUSED_NOT, o->now, bytes);
    // Asked again from the one that is missing there; otherwise all of the tag that wait wait a while.
    bool is_gap = r->refusal == REFUSED_GAP && r->expected >= 1 && r->expected <= seq;
    return delivery_again(tx, o->member, &tag, is_gap ? r->expected : UINT32_MAX, o->now,
                          is_gap ? 0 : o->x->o.first_retry_ms);
}

static enum status apply_answers(struct db *tx, void *arg) {
    struct outcome *o = arg;
    enum status st = STATUS_OK;
    for (int gaps = 1; gaps >= 0; gaps--) // first: a pause goes before what only follows from its cause
        for (size_t i = 0; i < o->count && !st; i++)
            if ((o->items[i].receipt.refusal == REFUSED_GAP) == gaps)
                st = apply_answer(tx, o, &o->items[i].receipt, o->items[i].bytes);
    return st;
}

static void tell_operators(const struct receipt *r) {
    if (r->refusal == REFUSED_NOT || r->refusal == REFUSED_GAP) return;
    log_line(refusal_may_pass(r->refusal) ? LOG_WARNING : LOG_ERROR, "exchange.refused",
             "by=%u reason=\"%s\"", r->by, refusal_name(r->refusal));
}

enum status channels_answers(struct channels *x, const struct directory *d, uint32_t from,
                             const struct bytes *answers, size_t count, struct channels_round *out) {
    struct outcome o = {.x = x, .member = from, .now = env_now(x->env)};
    for (size_t i = 0; i < count; i++) {
        struct receipt r;
        if (receipt_read(answers[i], &d->members, o.now, &r) || r.by != from) continue; // nobody's word
        tell_operators(&r);
        out->receipts += r.refusal == REFUSED_NOT;
        out->refused += r.refusal != REFUSED_NOT;
        o.items[o.count].receipt = r;
        o.items[o.count++].bytes = answers[i];
    }
    if (!o.count) return STATUS_NOT_FOUND;
    return store_write_repeatable(x->store, apply_answers, &o);
}

// ---- parcels

// Signed anew when our key has changed since, so that a revoked key never leaves.
static enum status fresh(struct channels *x, const struct directory *d, const struct waiting *w,
                         struct arena *a, struct bytes *out) {
    const struct own_key *own = channels_key(x, d, env_now(x->env));
    struct sealed s;
    if (!own) return STATUS_BUSY; // we have no good key now
    enum status st = sealed_read(w->sealed, &s);
    *out = w->sealed;
    return st || s.key == own->number ? st : sealed_sign_again(&s, own, a, out);
}

static enum status make_parcel(struct channels *x, const struct directory *d, const struct waitings *list,
                               struct arena *a, struct bytes *parcel) {
    struct bytes items[PARCEL_MESSAGES_MAX];
    size_t count = 0, bytes = 16;
    for (size_t i = 0; i < list->count; i++) {
        enum status st = fresh(x, d, &list->items[i], a, &items[count]);
        if (st) return st;
        bytes += items[count].n + 8;
        if (bytes > PARCEL_BYTES_MAX) break;
        count++;
    }
    *parcel = parcel_make(items, count, a);
    return STATUS_OK;
}

// A broker has it: the receipt comes as a parcel of its own; if not, it is sent again.
static enum status handed_over(struct channels *x, uint32_t member, const struct waitings *list) {
    struct outcome o = {.x = x, .member = member, .now = env_now(x->env)};
    for (size_t i = 0; i < list->count; i++)
        o.items[o.count++].receipt =
            (struct receipt){.message = list->items[i].hash, .refusal = REFUSED_BUSY};
    return store_write_repeatable(x->store, apply_answers, &o);
}

static enum status send_parcel(struct channels *x, const struct directory *d, uint32_t member,
                               const struct waitings *list, struct arena *a, struct channels_round *out) {
    const struct member *to = member_of(&d->members, member);
    const struct carrier *carrier =
        to && member_is_active(to, env_now(x->env)) ? x->o.carrier_for(x->o.context, to) : NULL;
    struct bytes parcel, answer = {0}, answers[PARCEL_MESSAGES_MAX];
    size_t count;
    if (!carrier) return STATUS_NOT_FOUND;
    enum status st = make_parcel(x, d, list, a, &parcel);
    if (!st) st = carrier->send(carrier->context, to, parcel, a, &answer);
    if (st) return st;
    out->parcels++;
    if (!answer.n) return handed_over(x, member, list);
    st = parcel_read(answer, answers, &count);
    return st ? st : channels_answers(x, d, member, answers, count, out);
}

// Whatever goes wrong with one member is no reason to leave the others: it is tried again later. So is one
// that answers and takes nothing.
enum { PARCELS_IN_VAIN_MAX = 3 };
enum status channels_deliver(struct channels *x, uint32_t member, struct channels_round *out) {
    enum status sent, st = missives_deliver(x, member, out, &sent); // first: an event may need its invitation
    int in_vain = 0;
    for (bool more = true; more && !st && !sent && !x->is_stopping;) {
        struct arena a = {0};
        struct waitings list;
        struct directory *d = NULL;
        struct db *db;
        st = store_reader(x->store, &db);
        if (st) break;
        st = waiting_for(db, member, env_now(x->env), &a, &list);
        if (!st) st = directory_take(x, db, &d);
        store_reader_release(x->store, db);
        more = !st && list.count;
        int taken = out->receipts;
        if (more) sent = send_parcel(x, d, member, &list, &a, out);
        in_vain = out->receipts > taken ? 0 : in_vain + 1;
        if (more && !sent && in_vain == PARCELS_IN_VAIN_MAX) sent = STATUS_BUSY;
        if (more && !sent) peer_answered(x, member);
        if (d) directory_give(x, d);
        arena_free(&a);
    }
    if (sent) {
        out->unreached++;
        log_line(LOG_DEBUG, "exchange.unreached", "member=%u status=\"%s\"", member, status_name(sent));
        peer_failed(x, member);
    }
    return st;
}
