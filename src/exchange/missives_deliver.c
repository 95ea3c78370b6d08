// missives_deliver.c - parcels of missives to one member.
#include "base/log.h"
#include "exchange/missives_inside.h"

enum { MISSIVES_OF_PARCEL = 20 }; // of MISSIVE_BYTES_MAX: within PARCEL_BYTES_MAX
_Static_assert(MISSIVES_OF_PARCEL * (MISSIVE_BYTES_MAX + 8) < PARCEL_BYTES_MAX, "a parcel holds them");

struct given_up {
    const struct hash *hash;
    struct moment now;
};
static enum status write_given_up(struct db *tx, void *arg) {
    const struct given_up *g = arg;
    return missive_end(tx, g->hash, true, MISSIVE_REFUSED, T(""), g->now);
}

// What is sealed to a key that was revoked since must not leave: who has that key could read it.
static enum status give_up(struct channels *x, const struct missive_item *row) {
    struct given_up g = {&row->hash, env_now(x->env)};
    log_line(LOG_ERROR, "exchange.missive_given_up", "member=%u", row->member);
    return store_write_repeatable(x->store, write_given_up, &g);
}

static bool is_revoked(const struct directory *d, const struct missive *l, struct moment now) {
    const struct member *m = member_of(&d->members, l->to);
    const struct member_key *k = m ? member_key_of(m, l->to_key) : NULL;
    return k && member_key_state(k, now) == MEMBER_KEY_REVOKED;
}

// Signed anew when our key has changed since. *count stays 0 when nothing is left to be sent.
static enum status make_parcel(struct channels *x, const struct directory *d,
                               const struct missive_items *list, struct arena *a, struct bytes *items,
                               struct hash *names, size_t *count) {
    struct moment now = env_now(x->env);
    const struct own_key *own = channels_key(x, d, now);
    *count = 0;
    if (!own) return STATUS_BUSY;
    for (size_t i = 0; i < list->count; i++) {
        struct missive l;
        enum status st = missive_read(list->items[i].sealed, &l);
        if (st || is_revoked(d, &l, now)) {
            st = give_up(x, &list->items[i]);
            if (st) return st;
            continue;
        }
        items[*count] = list->items[i].sealed;
        if (l.key != own->number) st = missive_sign_again(&l, own, a, &items[*count]);
        if (st) return st;
        names[(*count)++] = l.hash;
    }
    return STATUS_OK;
}

struct later {
    struct channels *x;
    uint32_t member;
    const struct hash *names;
    size_t count;
    struct moment now;
};
static enum status write_later(struct db *tx, void *arg) {
    const struct later *l = arg;
    enum status st = STATUS_OK;
    for (size_t i = 0; i < l->count && !st; i++) {
        const struct receipt r = {.message = l->names[i], .refusal = REFUSED_BUSY};
        st = missive_receipted(tx, l->member, &r, (struct bytes){0}, l->now, l->x->o.first_retry_ms);
    }
    return st;
}

static enum status send_parcel(struct channels *x, const struct directory *d, uint32_t member,
                               const struct missive_items *list, struct arena *a, struct channels_round *out) {
    const struct member *to = member_of(&d->members, member);
    const struct carrier *carrier =
        to && member_is_active(to, env_now(x->env)) ? x->o.carrier_for(x->o.context, to) : NULL;
    struct bytes items[MISSIVES_OF_PARCEL], answers[PARCEL_MESSAGES_MAX], answer = {0};
    struct hash names[MISSIVES_OF_PARCEL];
    size_t count, answer_count;
    if (!carrier) return STATUS_NOT_FOUND;
    enum status st = make_parcel(x, d, list, a, items, names, &count);
    if (st || !count) return st;
    st = carrier->send(carrier->context, to, parcel_make(items, count, a), a, &answer);
    if (st) return st;
    out->parcels++;
    if (!answer.n) { // a broker has it: the receipt comes as a parcel of its own; if not, it is sent again
        struct later l = {x, member, names, count, env_now(x->env)};
        return store_write_repeatable(x->store, write_later, &l);
    }
    st = parcel_read(answer, answers, &answer_count);
    return st ? st : channels_answers(x, d, member, answers, answer_count, out);
}

// `sent`: whether the member took them, as channels_deliver sees it. One that answers and takes nothing is
// tried again later.
enum status missives_deliver(struct channels *x, uint32_t member, struct channels_round *out,
                            enum status *sent) {
    enum status st = STATUS_OK;
    *sent = STATUS_OK;
    for (bool more = true; more && !st && !*sent && !x->is_stopping;) {
        struct arena a = {0};
        struct missive_items list;
        struct directory *d = NULL;
        struct db *db;
        int before = out->receipts + out->refused;
        st = store_reader(x->store, &db);
        if (st) break;
        st = missives_waiting(db, member, env_now(x->env), MISSIVES_OF_PARCEL, &a, &list);
        more = !st && list.count;
        if (more) st = directory_take(x, db, &d);
        store_reader_release(x->store, db);
        if (more && !st) *sent = send_parcel(x, d, member, &list, &a, out);
        more = more && out->receipts + out->refused > before;
        if (d) directory_give(x, d);
        arena_free(&a);
    }
    return st;
}
