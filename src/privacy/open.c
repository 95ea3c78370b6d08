// open.c - channels are opened: by us, or by another authority that invites us.
#include <stdlib.h>
#include <string.h>

#include "privacy/inside.h"

static int by_code(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

// Ascending, each once, and `extra` (0: nobody) among them.
static bool members_take(const uint32_t *codes, size_t count, uint32_t extra, struct privacy_mapping *m) {
    uint32_t all[PRIVACY_MEMBERS_MAX + 1];
    if (count > PRIVACY_MEMBERS_MAX) return false;
    for (size_t i = 0; i < count; i++) all[i] = codes[i];
    if (extra) all[count++] = extra;
    qsort(all, count, sizeof *all, by_code);
    m->member_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!all[i]) return false;
        if (m->member_count && m->members[m->member_count - 1] == all[i]) continue;
        if (m->member_count == PRIVACY_MEMBERS_MAX) return false;
        m->members[m->member_count++] = all[i];
    }
    return true;
}

bool has_member(const struct privacy_mapping *m, uint32_t code) {
    for (size_t i = 0; i < m->member_count; i++)
        if (m->members[i] == code) return true;
    return false;
}

static enum status check_terms(struct privacy *s, int64_t own, struct date delete_after, struct text ground,
                               struct problem *p) {
    if (own <= 0) return problem(p, "own", "own", "problem.privacy.own");
    if (!date_is_full(delete_after) || !date_is_valid(delete_after))
        return problem(p, "delete_after", "delete_after", "problem.privacy.delete_after");
    int64_t days = date_to_days(delete_after) - date_to_days(today(s));
    if (days < 0 || days > PRIVACY_KEEP_DAYS_MAX)
        return problem(p, "delete_after", "delete_after", "problem.privacy.delete_after");
    if (!ground.n || ground.n > PRIVACY_GROUND_MAX || !text_is_utf8(ground))
        return problem(p, "ground", "ground", "problem.privacy.ground");
    return STATUS_OK;
}

struct opening {
    struct privacy *s;
    const struct privacy_reader *by;
    struct mapping_row row;
    int64_t own;
    struct key key;
    uint32_t epoch;
    enum evidence_act act;
};

static enum status case_take(struct opening *o, struct db *tx) {
    enum status st = case_find(o->s, tx, o->own, &o->row.of);
    return st == STATUS_NOT_FOUND ? case_add(o->s, tx, o->own, &o->row.of) : st;
}

static enum status open_new(struct opening *o, struct db *tx) {
    enum status st = case_take(o, tx);
    if (!st) st = mapping_add(o->s, tx, &o->row);
    if (!st) st = case_key_add(o->s, tx, &o->row, o->epoch, &o->key);
    return st ? st : evidence_add(o->s, tx, o->by, o->act, &o->row, NULL);
}

static enum status too_many(enum status st, struct problem *p) {
    if (st == STATUS_TOO_LARGE) (void)problem(p, "own", "channels", "problem.privacy.channels");
    return st;
}

// ---- by us

static enum status run_create(struct db *tx, void *arg) {
    return open_new(arg, tx);
}

void mapping_draw(struct privacy *s, struct mapping_row *m) {
    env_random(s->env, m->shown.channel.b, CHANNEL_BYTES);
    m->shown.coordinator = s->authority;
    m->shown.state = PRIVACY_OPEN;
    m->shown.opened_at = env_now(s->env);
    m->shown.closed_at = (struct moment){0};
}

enum status privacy_create(struct privacy *s, const struct privacy_reader *by, const struct privacy_new *n,
                           struct privacy_mapping *out, struct problem *p) {
    struct opening o = {
        .s = s, .by = by, .own = n->own, .key = key_random(s->env), .epoch = 1, .act = EVIDENCE_CREATED};
    enum status st = reader_check(s, by, PRIVACY_MAY_MAP, p);
    if (!st) st = check_terms(s, n->own, n->delete_after, n->ground, p);
    if (st) return st;
    if (!members_take(n->members, n->member_count, s->authority, &o.row.shown) ||
        o.row.shown.member_count < 2)
        return problem(p, "members", "members", "problem.privacy.members");
    o.row.shown.delete_after = n->delete_after;
    o.row.shown.ground = n->ground;
    mapping_draw(s, &o.row);
    st = too_many(store_write_repeatable(s->store, run_create, &o), p);
    if (!st) *out = o.row.shown;
    mapping_row_wipe(&o.row);
    key_wipe(&o.key);
    return st;
}

// ---- by another

struct accepting {
    struct opening o;
    const struct privacy_invitation *invitation;
};

// The channel is there already: the same once more, a new key, or a mistake.
static enum status accept_again(struct accepting *k, struct db *tx, struct mapping_row *there) {
    const struct privacy_invitation *i = k->invitation;
    if (there->of.own != k->o.own) return STATUS_CONFLICT;
    enum status st = case_key_of(k->o.s, tx, there, i->epoch);
    if (!st) {
        bool is_same = memcmp(there->shown.key.b, i->key.b, KEY_BYTES) == 0;
        return is_same ? STATUS_OK : STATUS_CONFLICT;
    }
    if (st != STATUS_NOT_FOUND) return st;
    st = case_key_add(k->o.s, tx, there, i->epoch, &i->key);
    return st ? st : evidence_add(k->o.s, tx, k->o.by, EVIDENCE_ROTATED, there, NULL);
}

static enum status run_accept(struct db *tx, void *arg) {
    struct accepting *k = arg;
    struct arena a = {0};
    struct mapping_row there;
    enum status st = mapping_find(k->o.s, tx, &k->invitation->channel, &a, &there);
    if (!st)
        st = accept_again(k, tx, &there);
    else if (st == STATUS_NOT_FOUND)
        st = open_new(&k->o, tx);
    mapping_row_wipe(&there);
    arena_free(&a);
    return st;
}

enum status privacy_accept(struct privacy *s, const struct privacy_reader *by,
                           const struct privacy_invitation *i, int64_t own, struct problem *p) {
    struct accepting k = {
        .o = {.s = s, .by = by, .own = own, .key = i->key, .epoch = i->epoch, .act = EVIDENCE_ACCEPTED},
        .invitation = i};
    struct privacy_mapping *m = &k.o.row.shown;
    enum status st = reader_check(s, by, PRIVACY_MAY_MAP, p);
    if (!st) st = check_terms(s, own, i->delete_after, i->ground, p);
    if (st) return st;
    if (!members_take(i->members, i->member_count, 0, m) || !has_member(m, s->authority) ||
        !has_member(m, i->coordinator) || i->coordinator == s->authority)
        return problem(p, "members", "members", "problem.privacy.members");
    if (!i->epoch) return problem(p, "epoch", "epoch", "problem.privacy.epoch");
    m->channel = i->channel;
    m->coordinator = i->coordinator;
    m->delete_after = i->delete_after;
    m->ground = i->ground;
    m->state = PRIVACY_OPEN;
    m->opened_at = env_now(s->env);
    st = too_many(store_write_repeatable(s->store, run_accept, &k), p);
    if (st == STATUS_CONFLICT) (void)problem(p, "channel", "taken", "problem.privacy.taken");
    mapping_row_wipe(&k.o.row);
    key_wipe(&k.o.key);
    return st;
}
