// channels_send.c - from the outbox to our log: what a case tells becomes a sealed message in order.
#include <string.h>

#include "base/cbor.h"
#include "base/log.h"
#include "exchange/channels_inside.h"

static const char KIND[] = "exchange.event";

// ---- telling: a row of the outbox holds codes and a reference to our case, nothing else

enum { TOLD_FIELDS = 7 };

enum status channels_tell(struct db *tx, struct text key, const struct channel_event *e) {
    struct arena a = {0};
    struct out o = {.arena = &a};
    cbor_array(&o, TOLD_FIELDS);
    cbor_int(&o, e->type->number);
    cbor_int(&o, e->code ? e->code->number : 0);
    cbor_int(&o, e->at.ms);
    cbor_int(&o, e->due.ms);
    cbor_bytes(&o, (struct bytes){e->ref ? e->ref->b : (const uint8_t *)"", e->ref ? EVENT_ID_BYTES : 0});
    cbor_bytes(&o,
               (struct bytes){e->digest ? e->digest->b : (const uint8_t *)"", e->digest ? HASH_BYTES : 0});
    cbor_array(&o, e->to_count);
    for (size_t i = 0; i < e->to_count; i++) cbor_int(&o, e->to[i]);
    struct outbox_item item = {
        .key = key, .kind = text_of(KIND), .about = e->own, .payload = bytes_of(out_done(&o)), .due = e->at};
    enum status st = outbox_add(tx, &item);
    arena_free(&a);
    return st;
}

struct told {
    int64_t type, code, at, due;
    struct bytes ref, digest;
    uint32_t to[ENVELOPE_TO_MAX];
    size_t to_count;
};

static bool next_int(struct cbor_reader *r, int64_t *out) {
    struct cbor_item item;
    if (cbor_next(r, &item) || item.kind != CBOR_INT) return false;
    *out = item.integer;
    return true;
}

static bool next_bytes(struct cbor_reader *r, struct bytes *out) {
    struct cbor_item item;
    if (cbor_next(r, &item) || item.kind != CBOR_BYTES) return false;
    *out = item.bytes;
    return true;
}

static bool read_told(struct bytes in, struct told *t) {
    struct cbor_reader r = cbor_reader(in);
    struct cbor_item item;
    *t = (struct told){0};
    if (cbor_next(&r, &item) || item.kind != CBOR_ARRAY || item.integer != TOLD_FIELDS) return false;
    if (!next_int(&r, &t->type) || !next_int(&r, &t->code) || !next_int(&r, &t->at) ||
        !next_int(&r, &t->due) || !next_bytes(&r, &t->ref) || !next_bytes(&r, &t->digest) ||
        cbor_next(&r, &item) || item.kind != CBOR_ARRAY || item.integer > ENVELOPE_TO_MAX)
        return false;
    for (int64_t i = 0, n = item.integer, code; i < n; i++) {
        if (!next_int(&r, &code)) return false;
        t->to[t->to_count++] = (uint32_t)code;
    }
    return true;
}

// ---- one round: items are made ready one after the other, then written in one commit

struct outgoing {
    struct text key;
    struct channels *x;
    struct channel_ground ground;
    struct channel_tag tag;
    uint32_t seq;
    struct hash before, hash;
    struct bytes message, note;
    struct channel_item item;
    struct moment now;
};
struct outgoings {
    struct outgoing *items;
    size_t count, capacity;
};
struct verdict {
    struct text key, why;
    enum outbox_state state; // OUTBOX_WAITING: again at `at`
    struct moment at;
};

static enum status write_verdict(struct db *tx, void *arg) {
    const struct verdict *v = arg;
    if (v->state == OUTBOX_DROPPED) return outbox_dropped(tx, v->key, v->at, v->why);
    if (v->state == OUTBOX_DEAD) return outbox_dead(tx, v->key, v->at, v->why);
    return outbox_failed(tx, v->key, v->at, v->why);
}

// An item that cannot be sent now, or never.
static enum status give_up(struct channels *x, const struct outbox_row *row, enum status why,
                           struct text rule) {
    struct verdict v = {.key = row->item.key, .why = rule, .at = env_now(x->env)};
    int64_t pause = x->o.first_retry_ms;
    for (int i = 0; i < row->attempts && pause < x->o.retry_max_ms; i++) pause *= 2;
    if (why == STATUS_NOT_FOUND)
        v.state = OUTBOX_DROPPED; // the case has no channel: nobody else has a part in it
    else if (why == STATUS_INVALID || why == STATUS_TOO_LARGE)
        v.state = OUTBOX_DEAD; // an operator sees the rule
    else
        v.at.ms += pause;
    if (v.state == OUTBOX_DEAD)
        log_line(LOG_ERROR, "exchange.not_sent", "key=\"" TEXT_FMT "\" rule=\"" TEXT_FMT "\"",
                 TEXT_ARG(row->item.key), TEXT_ARG(rule));
    enum status st = store_write(x->store, write_verdict, &v);
    return st == STATUS_CONFLICT ? STATUS_OK : st;
}

static enum status knows(void *context, const struct event_id *id) {
    const struct channel_items *history = context;
    for (size_t i = 0; i < history->count; i++)
        if (!memcmp(history->items[i].id.b, id->b, EVENT_ID_BYTES)) return STATUS_OK;
    return STATUS_NOT_FOUND;
}

// Place in the row of our messages, those of this round included.
static enum status place_of(struct db *db, const struct outgoings *ready, struct outgoing *o) {
    uint32_t last = 0;
    for (size_t i = ready->count; i-- > 0;) {
        if (memcmp(ready->items[i].tag.b, o->tag.b, sizeof o->tag.b) != 0) continue;
        o->seq = ready->items[i].seq + 1;
        o->before = ready->items[i].hash;
        return STATUS_OK;
    }
    enum status st = message_last(db, &o->tag, &last, &o->before);
    o->seq = last + 1;
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static void history_with(const struct outgoings *ready, const struct channel_ground *g, struct arena *a,
                         struct channel_items *history) {
    for (size_t i = 0; i < ready->count; i++)
        if (!memcmp(ready->items[i].ground.channel.b, g->channel.b, CHANNEL_BYTES))
            *ARENA_PUSH(a, history) = ready->items[i].item;
}

static void readers_of(const struct told *t, const struct channel_ground *g, const struct members *members,
                       struct envelope *e) {
    for (size_t i = 0; i < t->to_count; i++) e->to[e->to_count++] = t->to[i];
    if (t->to_count) return;
    for (size_t i = 0; i < g->member_count && e->to_count < ENVELOPE_TO_MAX; i++) {
        const struct member *m = member_of(members, g->members[i]);
        if (m && m->code != e->actor && (m->roles & e->type->to)) e->to[e->to_count++] = m->code;
    }
}

static struct envelope envelope_of(const struct told *t, const struct exchange_law *law,
                                   const struct outgoing *o, const struct members *members) {
    struct envelope e = {.channel = o->ground.channel,
                         .seq = o->seq,
                         .type = exchange_type_of(law, (uint16_t)t->type),
                         .at = {t->at},
                         .due = {t->due},
                         .actor = o->x->o.own->code};
    if (!e.type) return e;
    if (t->code) e.code = exchange_code_of(e.type, (uint16_t)t->code);
    e.has_ref = t->ref.n == EVENT_ID_BYTES;
    if (e.has_ref) memcpy(e.ref.b, t->ref.p, EVENT_ID_BYTES);
    e.has_commit = t->digest.n == HASH_BYTES;
    if (e.has_commit) {
        struct hash digest;
        memcpy(digest.b, t->digest.p, HASH_BYTES);
        e.commit = commitment_make(&o->ground.key, &digest);
    }
    readers_of(t, &o->ground, members, &e);
    return e;
}

static bool are_members(const struct envelope *e, const struct channel_ground *g) {
    for (size_t i = 0; i < e->to_count; i++)
        if (!channel_has_member(g, e->to[i])) return false;
    return e->to_count > 0;
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
                              .now = o->now};
    struct bytes canonical;
    struct sealed sealed;
    enum status st = envelope_print(&ground, e, a, &canonical, p);
    if (!st) st = sealed_make(&s, canonical, a, &o->message);
    if (st) return st == STATUS_NOT_FOUND ? STATUS_BUSY : st; // a member without a good key: later
    if (sealed_read(o->message, &sealed)) return STATUS_CORRUPT;
    o->hash = sealed.hash;
    o->item = channel_item_of(e, canonical);
    plausibility(x->o.law, &d->sees, history, &o->item, a);
    o->note = note_seal(x->env, &o->ground, &o->tag, o->seq, &o->item, a);
    return STATUS_OK;
}

// `rule` says why not.
static enum status prepare(struct channels *x, struct db *db, const struct directory *d,
                           const struct outbox_row *row, const struct outgoings *ready, struct outgoing *o,
                           struct arena *a, struct text *rule) {
    struct told t;
    struct channel_items history;
    struct problem p = {.rule = "not_now"};
    *o = (struct outgoing){.key = row->item.key, .x = x, .now = env_now(x->env)};
    *rule = T("unreadable");
    if (!read_told(row->item.payload, &t)) return STATUS_INVALID;
    *rule = T("no_channel");
    enum status st = x->o.book.of_case(x->o.book.context, row->item.about, &o->ground);
    if (st) return st;
    *rule = T("queue_full");
    st = check_room(x, db, &o->ground);
    if (st) return st;
    o->tag = channel_tag(&o->ground.channel, o->ground.epoch, x->o.own->code);
    st = place_of(db, ready, o);
    if (!st) st = history_load(x, db, &o->ground, a, &history);
    if (st) return st;
    history_with(ready, &o->ground, a, &history);
    struct envelope e = envelope_of(&t, x->o.law, o, &d->members);
    *rule = T("type_unknown");
    if (!e.type || (t.code && !e.code)) return STATUS_INVALID;
    *rule = T("reader_unknown");
    if (!are_members(&e, &o->ground)) return STATUS_INVALID;
    st = seal_it(x, d, &e, &history, o, a, &p);
    *rule = text_of(p.rule);
    return st;
}

// Another server may have been first: then nothing is written, and the next round looks again.
static enum status write_one(struct write *w, void *argument, struct problem *p) {
    struct outgoing *o = argument;
    uint32_t last = 0;
    struct hash before = {0};
    (void)p;
    enum status st = message_last(w->db, &o->tag, &last, &before);
    if (st && st != STATUS_NOT_FOUND) return st;
    if (last + 1 != o->seq || !hash_eq(&before, &o->before)) return STATUS_CONFLICT;
    st = outbox_sent_blank(w->db, o->key, w->now); // else its case could be told from the leaf's time
    return st ? st : log_sent(w, o->message, o->note);
}

static enum status write_all(struct channels *x, struct outgoings *ready, struct arena *a,
                             struct channels_round *out) {
    struct journal_request *requests = ARENA_ARRAY(a, struct journal_request, ready->count + 1);
    for (size_t i = 0; i < ready->count; i++)
        requests[i] = (struct journal_request){.fn = write_one, .argument = &ready->items[i], .answer = a};
    if (ready->count) journal_write_each(x->journal, requests, ready->count);
    enum status first = STATUS_OK;
    for (size_t i = 0; i < ready->count; i++) {
        out->sealed += !requests[i].status;
        if (requests[i].status && requests[i].status != STATUS_CONFLICT && !first) first = requests[i].status;
        key_wipe(&ready->items[i].ground.key);
    }
    return first;
}

// The next item of a case waits when one before it could not be sent now, so that the order is kept.
static bool is_held(const int64_t *held, size_t count, int64_t own) {
    for (size_t i = 0; i < count; i++)
        if (held[i] == own) return true;
    return false;
}

// One before it, that could not be sent and is not due, holds it as well.
static enum status is_its_turn(struct db *db, const struct outbox_row *row, const struct outgoings *ready,
                               struct arena *a, bool *is_turn) {
    struct text before;
    enum status st = outbox_before(db, T("exchange"), row->item.about, row->item.key, a, &before);
    *is_turn = st == STATUS_NOT_FOUND;
    for (size_t i = 0; i < ready->count && !st && !*is_turn; i++)
        *is_turn = text_eq(ready->items[i].key, before);
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status seal_due(struct channels *x, struct db *db, const struct directory *d,
                            const struct outbox_list *due, struct arena *a, struct channels_round *out) {
    struct outgoings ready = {0};
    int64_t *held = ARENA_ARRAY(a, int64_t, due->count + 1);
    size_t held_count = 0;
    enum status st = STATUS_OK;
    for (size_t i = 0; i < due->count && !st; i++) {
        const struct outbox_row *row = &due->items[i];
        struct outgoing o;
        struct text rule;
        bool is_turn = false;
        if (is_held(held, held_count, row->item.about)) continue;
        st = is_its_turn(db, row, &ready, a, &is_turn);
        if (st || !is_turn) continue;
        enum status why = prepare(x, db, d, row, &ready, &o, a, &rule);
        if (!why) {
            *ARENA_PUSH(a, &ready) = o;
            continue;
        }
        out->failed++;
        if (why != STATUS_NOT_FOUND && why != STATUS_INVALID && why != STATUS_TOO_LARGE)
            held[held_count++] = row->item.about;
        st = give_up(x, row, why, rule);
    }
    enum status written = write_all(x, &ready, a, out);
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
    if (!st && d) st = seal_due(x, db, d, &due, &a, out);
    store_reader_release(x->store, db);
    if (d) directory_give(x, d);
    arena_free(&a);
    return st;
}
