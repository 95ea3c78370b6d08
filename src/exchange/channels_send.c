// channels_send.c - from the outbox to our log: what a case tells becomes a sealed message in order.
#include <string.h>

#include "base/cbor.h"
#include "base/log.h"
#include "exchange/channels_inside.h"

// ---- one round: items are made ready one after the other, then written in one commit

// One channel's message of an item.
struct outgoing {
    struct channel_ground ground;
    struct channel_tag tag;
    uint32_t seq;
    struct hash before, hash;
    struct bytes message, note;
    struct channel_item item;
    struct channel_tally tally;
};
struct outgoings {
    struct outgoing *items;
    size_t count, capacity;
};
// An item of the outbox with its messages: those from `first` of the round's.
struct ready_item {
    struct text key;
    const struct outgoings *messages;
    size_t first, count;
};
struct ready {
    struct ready_item *items;
    size_t count, capacity;
    struct outgoings messages;
};
// An item that cannot be sent now, or never.
static enum status give_up(struct channels *x, const struct outbox_row *row, enum status why,
                           struct text rule) {
    int64_t pause = x->o.first_retry_ms;
    for (int i = 0; i < row->attempts && pause < x->o.retry_max_ms; i++) pause *= 2;
    bool is_wrong = why == STATUS_INVALID || why == STATUS_TOO_LARGE; // an operator sees the rule
    bool is_nobodys = why == STATUS_NOT_FOUND;                        // nobody else has a part in it
    if (is_wrong)
        log_line(LOG_ERROR, "exchange.not_sent", "key=\"" TEXT_FMT "\" rule=\"" TEXT_FMT "\"",
                 TEXT_ARG(row->item.key), TEXT_ARG(rule));
    return item_over(x, row->item.key,
                     is_nobodys ? OUTBOX_DROPPED
                     : is_wrong ? OUTBOX_DEAD
                                : OUTBOX_WAITING,
                     pause, rule);
}

static enum status knows(void *context, const struct event_id *id) {
    const struct channel_items *history = context;
    for (size_t i = 0; i < history->count; i++)
        if (!memcmp(history->items[i].id.b, id->b, EVENT_ID_BYTES)) return STATUS_OK;
    return STATUS_NOT_FOUND;
}

// Place in the row of our messages, those of this round included.
static enum status place_of(struct db *db, const struct outgoings *before, struct outgoing *o) {
    uint32_t last = 0;
    for (size_t i = before->count; i-- > 0;) {
        if (memcmp(before->items[i].tag.b, o->tag.b, sizeof o->tag.b) != 0) continue;
        o->seq = before->items[i].seq + 1;
        o->before = before->items[i].hash;
        return STATUS_OK;
    }
    enum status st = message_last(db, &o->tag, &last, &o->before);
    o->seq = last + 1;
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static void history_with(const struct outgoings *before, const struct channel_ground *g, struct arena *a,
                         struct channel_items *history) {
    for (size_t i = 0; i < before->count; i++)
        if (!memcmp(before->items[i].ground.channel.b, g->channel.b, CHANNEL_BYTES))
            *ARENA_PUSH(a, history) = before->items[i].item;
}

static void readers_of(const struct told *t, const struct channel_ground *g, const struct members *members,
                       struct envelope *e) {
    for (size_t i = 0; i < t->to_count; i++)
        if (channel_has_member(g, t->to[i])) e->to[e->to_count++] = t->to[i];
    if (t->to_count && e->to_count < t->to_count) e->to_count = 0; // not the channel of all of them
    if (t->to_count) return;
    for (size_t i = 0; i < g->member_count && e->to_count < ENVELOPE_TO_MAX; i++) {
        const struct member *m = member_of(members, g->members[i]);
        if (m && m->code != e->actor && (m->roles & e->type->to)) e->to[e->to_count++] = m->code;
    }
}

static void refer(const struct told *t, const struct channel_items *history, struct envelope *e) {
    e->has_ref = t->ref.n == EVENT_ID_BYTES;
    if (e->has_ref) memcpy(e->ref.b, t->ref.p, EVENT_ID_BYTES);
    for (size_t i = history->count; t->answers && i-- > 0 && !e->has_ref;) {
        e->has_ref = history->items[i].type_number == t->answers;
        if (e->has_ref) e->ref = history->items[i].id;
    }
}

static struct envelope envelope_of(const struct channels *x, const struct told *t, const struct outgoing *o,
                                   const struct channel_items *history, const struct members *members) {
    struct envelope e = {.channel = o->ground.channel,
                         .seq = o->seq,
                         .type = exchange_type_of(x->o.law, (uint16_t)t->type),
                         .at = {t->at},
                         .due = {t->due},
                         .actor = x->o.own->code};
    if (t->code) e.code = exchange_code_of(e.type, (uint16_t)t->code);
    refer(t, history, &e);
    e.has_commit = t->digest.n == HASH_BYTES;
    if (e.has_commit) {
        struct hash digest;
        memcpy(digest.b, t->digest.p, HASH_BYTES);
        e.commit = commitment_make(&o->ground.key, &digest);
    }
    readers_of(t, &o->ground, members, &e);
    return e;
}

static enum status check_room(struct channels *x, struct db *db, const struct channel_ground *g) {
    for (size_t i = 0; i < g->member_count; i++) {
        bool is_full;
        enum status st = waiting_is_full(db, g->members[i], x->o.waiting_max, &is_full);
        if (st || is_full) return st ? st : STATUS_BUSY;
    }
    return STATUS_OK;
}

static enum status seal_it(struct channels *x, const struct directory *d, struct envelope *e,
                           const struct channel_items *history, struct outgoing *o, struct arena *a,
                           struct problem *p) {
    const struct envelope_ground ground = {.law = x->o.law,
                                           .members = &d->members,
                                           .channel = o->ground.channel,
                                           .case_key = &o->ground.key,
                                           .knows = knows,
                                           .context = (void *)history};
    const struct sealing s = {.env = x->env,
                              .own = x->o.own,
                              .members = &d->members,
                              .ground = &o->ground,
                              .to = e->to,
                              .to_count = e->to_count,
                              .seq = o->seq,
                              .before = o->before,
                              .now = env_now(x->env)};
    struct bytes canonical;
    struct sealed sealed;
    enum status st = envelope_print(&ground, e, a, &canonical, p);
    if (!st) st = sealed_make(&s, canonical, a, &o->message);
    if (st) return st == STATUS_NOT_FOUND ? STATUS_BUSY : st; // a member without a good key: later
    if (sealed_read(o->message, &sealed)) return STATUS_CORRUPT;
    o->hash = sealed.hash;
    o->item = channel_item_of(e, canonical);
    plausibility(x->o.law, &d->sees, history, &o->item, a);
    channel_tally_of(history, &o->item, &o->tally);
    o->note = note_seal(x->env, &o->ground, &o->tag, o->seq, &o->item, a);
    return STATUS_OK;
}

// What one round knows.
struct sealing_round {
    struct channels *x;
    struct db *db;
    const struct directory *d;
    struct ready ready;
    struct arena *a;
};

// STATUS_NOT_FOUND: this channel is not told (`rule`: why).
static enum status prepare_on(struct sealing_round *r, const struct told *t, struct outgoing *o,
                              struct text *rule) {
    struct channels *x = r->x;
    struct channel_items history;
    struct problem p = {.rule = "not_now"};
    *rule = T("queue_full");
    enum status st = check_room(x, r->db, &o->ground);
    if (st) return st;
    o->tag = channel_tag(&o->ground.channel, o->ground.epoch, x->o.own->code);
    st = place_of(r->db, &r->ready.messages, o);
    if (!st) st = history_load(x, r->db, &o->ground, r->a, &history);
    if (st) return st;
    history_with(&r->ready.messages, &o->ground, r->a, &history);
    struct envelope e = envelope_of(x, t, o, &history, &r->d->members);
    *rule = T("no_reader");
    if (!e.to_count) return STATUS_NOT_FOUND;
    *rule = T("nothing_to_refer_to");
    if (!e.has_ref && e.type->ref == EXCHANGE_MUST) return STATUS_NOT_FOUND;
    st = seal_it(x, r->d, &e, &history, o, r->a, &p);
    *rule = text_of(p.rule);
    return st;
}

static bool is_meant(const struct channels *x, const struct told *t, const struct channel_ground *g) {
    struct channel_tag tag = channel_tag(&g->channel, g->epoch, x->o.own->code);
    return !t->only.n || (t->only.n == sizeof tag.b && !memcmp(t->only.p, tag.b, sizeof tag.b));
}

// On each channel of the case, or on none yet: the order is kept on all of them.
static enum status prepare_all(struct sealing_round *r, const struct told *t,
                               const struct channel_grounds *grounds, struct text *rule) {
    struct outgoings *messages = &r->ready.messages;
    size_t first = messages->count;
    for (size_t i = 0; i < grounds->count; i++) {
        struct outgoing o = {.ground = grounds->items[i]};
        if (!is_meant(r->x, t, &o.ground)) continue;
        enum status st = prepare_on(r, t, &o, rule);
        if (st == STATUS_NOT_FOUND) continue;
        *ARENA_PUSH(r->a, messages) = o;
        if (!st) continue;
        for (; messages->count > first; messages->count--)
            key_wipe(&messages->items[messages->count - 1].ground.key);
        return st;
    }
    return messages->count > first ? STATUS_OK : STATUS_NOT_FOUND;
}

static enum status prepare(struct sealing_round *r, const struct outbox_row *row, struct text *rule) {
    struct told t;
    struct channels *x = r->x;
    struct channel_grounds *grounds = ARENA_NEW(r->a, struct channel_grounds);
    struct ready_item item = {row->item.key, &r->ready.messages, r->ready.messages.count, 0};
    *rule = T("unreadable");
    if (!told_read(row->item.payload, &t)) return STATUS_INVALID;
    const struct exchange_type *type = exchange_type_of(x->o.law, (uint16_t)t.type);
    const struct member *us = member_of(&r->d->members, x->o.own->code);
    *rule = T("type_unknown");
    if (!type || (t.code && !exchange_code_of(type, (uint16_t)t.code))) return STATUS_INVALID;
    *rule = T("not_ours_to_tell"); // one pack is for authorities of several kinds
    if (us && !(us->roles & type->from)) return STATUS_NOT_FOUND;
    *rule = T("no_channel");
    enum status st = x->o.book.of_case(x->o.book.context, row->item.about, grounds);
    if (!st) st = prepare_all(r, &t, grounds, rule);
    for (size_t i = 0; i < grounds->count; i++) key_wipe(&grounds->items[i].key);
    item.count = r->ready.messages.count - item.first;
    if (!st) *ARENA_PUSH(r->a, &r->ready) = item;
    return st;
}

// Another server may have been first: then nothing is written, and the next round looks again.
static enum status write_message(struct write *w, const struct outgoing *o) {
    uint32_t last = 0;
    struct hash before = {0};
    enum status st = message_last(w->db, &o->tag, &last, &before);
    if (st && st != STATUS_NOT_FOUND) return st;
    if (last + 1 != o->seq || !hash_eq(&before, &o->before)) return STATUS_CONFLICT;
    return log_sent(w, o->message, o->note);
}

static enum status write_item(struct write *w, void *argument, struct problem *p) {
    const struct ready_item *i = argument;
    (void)p;
    enum status st = item_sent(w->db, i->key, w->now); // else its case could be told from the leaf's time
    struct channel_tally tally = {0};
    for (size_t k = 0; k < i->count && !st; k++) {
        const struct outgoing *o = &i->messages->items[i->first + k];
        if (k == 0) tally = o->tally;
        if (k > 0) channel_tally_merge(&tally, &o->tally);
        st = write_message(w, o);
    }
    return st ? st : channel_tally_write(w->db, &tally, w->now);
}

static enum status write_all(struct sealing_round *r, struct channels_round *out) {
    struct ready *ready = &r->ready;
    struct journal_request *requests = ARENA_ARRAY(r->a, struct journal_request, ready->count + 1);
    for (size_t i = 0; i < ready->count; i++)
        requests[i] =
            (struct journal_request){.fn = write_item, .argument = &ready->items[i], .answer = r->a};
    if (ready->count) journal_write_each(r->x->journal, requests, ready->count);
    enum status first = STATUS_OK;
    for (size_t i = 0; i < ready->count; i++) {
        out->sealed += !requests[i].status;
        if (requests[i].status && requests[i].status != STATUS_CONFLICT && !first) first = requests[i].status;
    }
    for (size_t i = 0; i < ready->messages.count; i++) key_wipe(&ready->messages.items[i].ground.key);
    return first;
}

// The next item of a case waits when one before it could not be sent now, so that the order is kept.
static bool is_held(const int64_t *held, size_t count, int64_t own) {
    for (size_t i = 0; i < count; i++)
        if (held[i] == own) return true;
    return false;
}

// One before it, that could not be sent and is not due, holds it as well.
static enum status is_its_turn(struct db *db, const struct outbox_row *row, const struct ready *ready,
                               struct arena *a, bool *is_turn) {
    struct text before;
    enum status st = outbox_before(db, T("exchange"), row->item.about, row->item.key, a, &before);
    *is_turn = st == STATUS_NOT_FOUND;
    for (size_t i = 0; i < ready->count && !st && !*is_turn; i++)
        *is_turn = text_eq(ready->items[i].key, before);
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status seal_due(struct sealing_round *r, const struct outbox_list *due,
                            struct channels_round *out) {
    int64_t *held = ARENA_ARRAY(r->a, int64_t, due->count + 1);
    size_t held_count = 0;
    enum status st = STATUS_OK;
    for (size_t i = 0; i < due->count && !st; i++) {
        const struct outbox_row *row = &due->items[i];
        struct text rule;
        bool is_turn = false;
        if (is_held(held, held_count, row->item.about)) continue;
        st = is_its_turn(r->db, row, &r->ready, r->a, &is_turn);
        if (st || !is_turn) continue;
        enum status why = prepare(r, row, &rule);
        if (!why) continue;
        out->failed++;
        if (why != STATUS_NOT_FOUND && why != STATUS_INVALID && why != STATUS_TOO_LARGE)
            held[held_count++] = row->item.about;
        st = give_up(r->x, row, why, rule);
    }
    enum status written = write_all(r, out);
    return st ? st : written;
}

enum status channels_seal(struct channels *x, struct channels_round *out) {
    struct arena a = {0};
    struct outbox_list due;
    struct directory *d = NULL;
    struct db *db;
    enum status st = store_reader(x->store, &db);
    if (st) return st;
    st = outbox_due(db, T("exchange"), env_now(x->env), CHANNELS_ROUND_MAX, &a, &due);
    if (!st && due.count) st = directory_take(x, db, &d);
    struct sealing_round r = {.x = x, .db = db, .d = d, .a = &a};
    if (!st && d) st = seal_due(&r, &due, out);
    store_reader_release(x->store, db);
    if (d) directory_give(x, d);
    arena_free(&a);
    return st;
}
