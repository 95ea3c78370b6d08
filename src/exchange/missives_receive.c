// missives_receive.c - missives that came: held against the directory, opened, kept or done, and answered.
#include <sodium.h>
#include <string.h>

#include "base/log.h"
#include "exchange/missives_inside.h"

struct arriving {
    struct channels *x;
    const struct directory *d;
    struct bytes bytes;
    struct missive missive;
    enum refusal refusal;
    struct bytes body;
    bool is_known;   // it came before
    bool is_kept;    // an invitation that waits for a person
    bool has_answer; // it answers an invitation of ours
    struct invitation_answer answer;
    struct hash *withdrawn; // invitations of its sender that it ends
    size_t withdrawn_count;
    const struct own_key *key; // that signs the receipt
    struct receipt receipt;
};

// ---- who, and signed by whom

static enum refusal check_missive(const struct arriving *l, uint32_t from, struct moment now) {
    const struct missive *t = &l->missive;
    if (!t->suite) return REFUSED_SUITE;
    if ((from && t->from != from) || t->from == l->x->o.own->code) return REFUSED_SENDER;
    switch (missive_verify(t, &l->d->members, now)) {
    case STATUS_OK: break;
    case STATUS_NOT_FOUND: return member_of(&l->d->members, t->from) ? REFUSED_KEY : REFUSED_SENDER;
    case STATUS_EXPIRED: return REFUSED_KEY;
    default: return REFUSED_SIGNATURE;
    }
    if (t->to != l->x->o.own->code) return REFUSED_NOT_FOR_US;
    return t->at.ms > now.ms + CHANNELS_SKEW_MS ? REFUSED_CLOCK : REFUSED_NOT;
}

static enum status look(struct arriving *l, struct db *db, uint32_t from, struct moment now,
                        struct arena *a) {
    struct missive_item row;
    if (missive_read(l->bytes, &l->missive)) {
        l->refusal = REFUSED_FORM;
        l->missive.hash = hash_of(l->bytes);
        return STATUS_OK;
    }
    l->refusal = check_missive(l, from, now);
    if (l->refusal) return STATUS_OK;
    enum status st = missive_at(db, &l->missive.hash, false, a, &row, NULL);
    l->is_known = !st;
    if (st && st != STATUS_NOT_FOUND) return st;
    if (!l->is_known && missive_open(&l->missive, l->x->o.own, a, &l->body)) l->refusal = REFUSED_NOT_FOR_US;
    return STATUS_OK;
}

// ---- what it says

static enum status is_flood(struct arriving *l, struct db *db) {
    int64_t count;
    enum status st = missives_open_count(db, l->missive.from, &count);
    if (!st && count >= MISSIVES_OPEN_MAX) l->refusal = REFUSED_BUSY;
    l->is_kept = !l->refusal;
    return st;
}

// A new key of a channel that we have is taken at once; whose case a new channel is, a person says.
static enum status take_invitation(struct arriving *l, struct db *db) {
    const struct channel_book *book = &l->x->o.book;
    struct invitation i;
    if (invitation_read(l->body, l->missive.from, l->x->o.own->code, &i)) {
        l->refusal = REFUSED_EVENT;
        return STATUS_OK;
    }
    enum status st = book->renew ? book->renew(book->context, &i) : STATUS_NOT_FOUND;
    invitation_wipe(&i);
    if (st == STATUS_NOT_FOUND) return is_flood(l, db);
    if (st == STATUS_REFUSED || st == STATUS_CONFLICT || st == STATUS_INVALID) {
        l->refusal = REFUSED_MEMBERS;
        return STATUS_OK;
    }
    return st;
}

// Its sender has closed or erased the channel: an invitation to it that nobody has answered says nothing any
// more that anybody may use.
static enum status withdraw(struct arriving *l, struct db *db, const struct privacy_notice *n,
                            struct arena *a) {
    struct invitations_come all;
    bool is_named = n->kind == PRIVACY_NOTICE_DELETED;
    struct channel_id name = is_named ? n->channel : privacy_erased_name(&n->channel);
    if (!is_named && n->kind != PRIVACY_NOTICE_CLOSED) return STATUS_OK;
    enum status st = invitations_open(l->x, db, a, &all);
    l->withdrawn = ARENA_ARRAY(a, struct hash, all.count + 1);
    for (size_t i = 0; i < all.count && !st; i++) {
        struct invitation_come *come = &all.items[i];
        struct channel_id this = privacy_erased_name(&come->invitation.channel);
        if (come->item.member == l->missive.from && !memcmp(&this, &name, sizeof name))
            l->withdrawn[l->withdrawn_count++] = come->item.hash;
        invitation_wipe(&come->invitation);
    }
    return st;
}

// The notice has a signature of its own, of the sender's privacy service; that we know no such channel is no
// fault.
static enum status take_notice(struct arriving *l, struct db *db, struct arena *a) {
    const struct channel_book *book = &l->x->o.book;
    const struct member *m = member_of(&l->d->members, l->missive.from);
    const struct member_key *k = m ? member_key_of(m, l->missive.key) : NULL;
    if (!k || !k->has_privacy) {
        l->refusal = REFUSED_KEY;
        return STATUS_OK;
    }
    enum status st =
        book->notice ? book->notice(book->context, l->missive.from, l->body, k->privacy) : STATUS_BUSY;
    if (st == STATUS_CORRUPT || st == STATUS_REFUSED) l->refusal = REFUSED_EVENT;
    if (l->refusal) return STATUS_OK;
    struct privacy_notice n;
    if (st && st != STATUS_NOT_FOUND) return st;
    return privacy_notice_read(l->body, &n) ? STATUS_OK : withdraw(l, db, &n, a);
}

static enum status take(struct arriving *l, struct db *db, struct arena *a) {
    if (l->refusal || l->is_known) return STATUS_OK;
    switch (l->missive.kind) {
    case MISSIVE_INVITATION: return take_invitation(l, db);
    case MISSIVE_NOTICE: return take_notice(l, db, a);
    case MISSIVE_ANSWER:
        l->has_answer = !invitation_answer_read(l->body, &l->answer);
        if (!l->has_answer) l->refusal = REFUSED_EVENT;
    }
    return STATUS_OK;
}

// ---- into the table and the log

static struct receipt receipt_of(const struct arriving *l, enum refusal why, struct moment at) {
    return (struct receipt){
        .by = l->x->o.own->code, .key = l->key->number, .message = l->missive.hash, .refusal = why, .at = at};
}

// What we said of it before, by the same key while that is ours.
static void answer_again(struct arriving *l, const struct missive_item *row, uint32_t key) {
    const struct own_key *then = own_key_of(l->x->o.own, key);
    if (then) l->key = then;
    l->receipt = receipt_of(l, row->state == MISSIVE_REFUSED ? REFUSED_EVENT : REFUSED_NOT, row->at);
    l->receipt.leaf = row->place - 1;
}

static enum status write_one(struct write *w, void *argument, struct problem *p) {
    struct arriving *l = argument;
    struct missive_item row;
    uint32_t key;
    (void)p;
    enum status st = missive_at(w->db, &l->missive.hash, false, w->arena, &row, &key);
    if (!st) return answer_again(l, &row, key), STATUS_OK;
    if (st != STATUS_NOT_FOUND) return st;
    const struct missive_new fresh = {.hash = l->missive.hash,
                                      .member = l->missive.from,
                                      .key = l->key->number,
                                      .kind = l->missive.kind,
                                      .state = l->refusal ? MISSIVE_REFUSED : MISSIVE_ARRIVED,
                                      .sealed = l->is_kept ? l->bytes : (struct bytes){0}};
    st = missive_put(w, &fresh);
    if (!st && l->has_answer)
        st = missive_answered(w->db, &l->answer.invitation, l->missive.from,
                              l->answer.is_accepted ? MISSIVE_ACCEPTED : MISSIVE_DECLINED, l->answer.reason,
                              w->now);
    for (size_t i = 0; i < l->withdrawn_count && !st; i++)
        st = missive_end(w->db, &l->withdrawn[i], false, MISSIVE_EXPIRED, T(""), w->now);
    l->receipt = receipt_of(l, l->refusal, w->now);
    l->receipt.leaf = w->last - 1;
    return st;
}

static enum status write_it(struct arriving *l, struct moment now, struct arena *a) {
    if (!l->refusal || l->refusal == REFUSED_EVENT)
        return journal_write_repeatable(l->x->journal, write_one, l, a, NULL);
    l->receipt = receipt_of(l, l->refusal, now);
    return STATUS_OK;
}

static enum status receive_one(struct arriving *l, struct db *db, uint32_t from, struct arena *a) {
    struct moment now = env_now(l->x->env);
    enum status st = look(l, db, from, now, a);
    if (!st) st = take(l, db, a);
    if (!st) st = write_it(l, now, a);
    if (l->body.n) sodium_memzero((void *)(uintptr_t)l->body.p, l->body.n);
    if (!st && l->receipt.refusal)
        log_line(LOG_WARNING, "exchange.refuses_missive", "sender=%u reason=\"%s\"", l->missive.from,
                 refusal_name(l->receipt.refusal));
    return st;
}

bool are_missives(const struct bytes *items, size_t count) {
    struct missive l;
    return count && !missive_read(items[0], &l);
}

enum status missives_receive(struct channels *x, const struct directory *d, const struct own_key *key,
                             uint32_t from, const struct bytes *items, size_t count, struct db *db,
                             struct arena *a, struct bytes *answer) {
    struct bytes answers[PARCEL_MESSAGES_MAX];
    for (size_t i = 0; i < count; i++) {
        struct arriving l = {.x = x, .d = d, .bytes = items[i], .key = key};
        enum status st = receive_one(&l, db, from, a);
        if (st) return st;
        answers[i] = receipt_make(&l.receipt, l.key, a);
    }
    *answer = parcel_make(answers, count, a);
    return STATUS_OK;
}
