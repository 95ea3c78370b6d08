// missives.c - missives that we send, and invitations that came.
#include "exchange/missives.h"

#include <string.h>

#include "exchange/missives_inside.h"

struct channel_tag missive_tag(const struct channel_id *channel, uint32_t member) {
    return channel_tag(channel, 0, member); // no message has epoch 0
}

// ---- sending

struct sending {
    const struct missive_sending *list;
    struct bytes *missives;
    size_t count;
    const struct hash *also; // others that are answered with it
    size_t also_count;
    bool is_accepted;
    struct text reason;
};

static enum status write_missives(struct write *w, void *argument, struct problem *p) {
    const struct sending *s = argument;
    enum status st = STATUS_OK;
    (void)p;
    for (size_t i = 0; i < s->count && !st; i++) {
        struct missive l;
        st = missive_read(s->missives[i], &l);
        if (st) break;
        const struct missive_new row = {.hash = l.hash,
                                        .is_ours = true,
                                        .member = l.to,
                                        .kind = l.kind,
                                        .tag = s->list[i].tag,
                                        .sealed = s->missives[i]};
        st = missive_put(w, &row);
    }
    enum missive_state state = s->is_accepted ? MISSIVE_ACCEPTED : MISSIVE_DECLINED;
    for (size_t i = 0; i < s->also_count && !st; i++)
        st = missive_end(w->db, &s->also[i], false, state, s->reason, w->now);
    return st;
}

static enum status make_missives(struct channels *x, struct sending *s, struct arena *a) {
    struct directory *d;
    enum status st = directory_now(x, &d);
    if (st) return st;
    s->missives = ARENA_ARRAY(a, struct bytes, s->count + 1);
    for (size_t i = 0; i < s->count && !st; i++) {
        const struct missive_making m = {.env = x->env,
                                         .own = x->o.own,
                                         .members = &d->members,
                                         .to = s->list[i].to,
                                         .kind = s->list[i].kind,
                                         .body = s->list[i].body,
                                         .now = env_now(x->env)};
        st = missive_make(&m, a, &s->missives[i]);
    }
    directory_give(x, d);
    return st;
}

static enum status send_all(struct channels *x, struct sending *s, struct problem *p) {
    struct arena a = {0};
    enum status st = make_missives(x, s, &a);
    if (st == STATUS_NOT_FOUND) (void)problem(p, "members", "missive_key", "problem.exchange.missive_key");
    if (!st) st = journal_write(x->journal, write_missives, s, &a, p);
    if (!st) channels_wake(x);
    arena_free(&a);
    return st;
}

enum status missives_send(struct channels *x, const struct missive_sending *list, size_t count,
                          struct problem *p) {
    struct sending s = {.list = list, .count = count};
    return send_all(x, &s, p);
}

// ---- invitations that came

static enum status open_one(struct channels *x, const struct missive_item *row, struct arena *a,
                            struct invitation_come *out) {
    struct missive l;
    struct bytes body;
    *out = (struct invitation_come){.item = *row};
    enum status st = missive_read(row->sealed, &l);
    if (!st) st = missive_open(&l, x->o.own, a, &body);
    return st ? st : invitation_read(body, l.from, x->o.own->code, &out->invitation);
}

enum status invitations_open(struct channels *x, struct db *db, struct arena *a,
                             struct invitations_come *out) {
    struct missive_items rows;
    *out = (struct invitations_come){0};
    enum status st = missives_open_rows(db, a, &rows);
    for (size_t i = 0; i < rows.count && !st; i++) {
        struct invitation_come come;
        if (!open_one(x, &rows.items[i], a, &come)) *ARENA_PUSH(a, out) = come;
    }
    return st;
}

enum status invitation_find(struct channels *x, struct db *db, const struct hash *name, struct arena *a,
                            struct invitation_come *out) {
    struct missive_item row;
    enum status st = missive_at(db, name, false, a, &row, NULL);
    if (st) return st;
    if (row.kind != MISSIVE_INVITATION || row.state != MISSIVE_ARRIVED) return STATUS_NOT_FOUND;
    return open_one(x, &row, a, out);
}

// Names of all open invitations of this sender about this channel.
static enum status names_of(struct channels *x, const struct invitation_come *i, struct arena *a,
                            struct sending *s) {
    struct invitations_come all;
    struct db *db;
    enum status st = store_reader(x->store, &db);
    if (st) return st;
    st = invitations_open(x, db, a, &all);
    store_reader_release(x->store, db);
    struct hash *names = ARENA_ARRAY(a, struct hash, all.count + 1);
    bool is_there = false;
    for (size_t k = 0; k < all.count && !st; k++) {
        struct invitation_come *other = &all.items[k];
        bool is_same = other->item.member == i->item.member &&
                       !memcmp(&other->invitation.channel, &i->invitation.channel, CHANNEL_BYTES);
        if (is_same) names[s->also_count++] = other->item.hash;
        is_there = is_there || hash_eq(&other->item.hash, &i->item.hash);
        invitation_wipe(&other->invitation);
    }
    s->also = names;
    return st || is_there ? st : STATUS_NOT_FOUND;
}

enum status invitation_answer(struct channels *x, const struct invitation_come *i, bool is_accepted,
                              struct text reason, struct problem *p) {
    struct arena a = {0};
    struct sending s = {.is_accepted = is_accepted, .reason = reason};
    enum status st = names_of(x, i, &a, &s);
    struct missive_sending *list = ARENA_ARRAY(&a, struct missive_sending, s.also_count + 1);
    for (size_t k = 0; k < s.also_count && !st; k++) {
        const struct invitation_answer said = {s.also[k], is_accepted, reason};
        list[s.count++] = (struct missive_sending){
            .to = i->item.member, .kind = MISSIVE_ANSWER, .body = invitation_answer_print(&said, &a)};
    }
    s.list = list;
    if (!st) st = send_all(x, &s, p);
    arena_free(&a);
    return st;
}

struct expiring {
    struct channels *x;
    struct moment before;
    int64_t count;
};
static enum status run_expire(struct db *tx, void *arg) {
    struct expiring *e = arg;
    return missives_expire(tx, e->before, env_now(e->x->env), &e->count);
}

enum status invitations_expire(struct channels *x, struct moment before, int64_t *count) {
    struct expiring e = {.x = x, .before = before};
    enum status st = store_write_repeatable(x->store, run_expire, &e);
    *count = e.count;
    return st;
}
