// channels_tell.c - what a case tells, as a row of the outbox: codes and a reference to our case, nothing
// else.
#include <unistd.h>

#include "base/cbor.h"
#include "cases/cases.h"
#include "exchange/channels_inside.h"

static const char KIND[] = "exchange.event";

enum { TOLD_FIELDS = 9 };

_Atomic uint64_t channels_told_count; // by all houses of this program

enum status channels_tell(struct db *tx, struct text key, const struct channel_event *e) {
    struct arena a = {0};
    struct out o = {.arena = &a};
    cbor_array(&o, TOLD_FIELDS);
    cbor_int(&o, e->type->number);
    cbor_int(&o, e->code ? e->code->number : 0);
    cbor_int(&o, e->answers && !e->ref ? e->answers->number : 0);
    cbor_int(&o, e->at.ms);
    cbor_int(&o, e->due.ms);
    cbor_bytes(&o, (struct bytes){e->ref ? e->ref->b : (const uint8_t *)"", e->ref ? EVENT_ID_BYTES : 0});
    cbor_bytes(&o,
               (struct bytes){e->digest ? e->digest->b : (const uint8_t *)"", e->digest ? HASH_BYTES : 0});
    cbor_bytes(&o,
               (struct bytes){e->only ? e->only->b : (const uint8_t *)"", e->only ? sizeof e->only->b : 0});
    cbor_array(&o, e->to_count);
    for (size_t i = 0; i < e->to_count; i++) cbor_int(&o, e->to[i]);
    struct outbox_item item = {
        .key = key, .kind = text_of(KIND), .about = e->own, .payload = bytes_of(out_done(&o)), .due = e->at};
    enum status st = outbox_add(tx, &item);
    channels_told_count++;
    arena_free(&a);
    return st;
}

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

bool told_read(struct bytes in, struct told *t) {
    struct cbor_reader r = cbor_reader(in);
    struct cbor_item item;
    *t = (struct told){0};
    if (cbor_next(&r, &item) || item.kind != CBOR_ARRAY || item.integer != TOLD_FIELDS) return false;
    if (!next_int(&r, &t->type) || !next_int(&r, &t->code) || !next_int(&r, &t->answers) ||
        !next_int(&r, &t->at) || !next_int(&r, &t->due) || !next_bytes(&r, &t->ref) ||
        !next_bytes(&r, &t->digest) || !next_bytes(&r, &t->only) || cbor_next(&r, &item) ||
        item.kind != CBOR_ARRAY || item.integer > ENVELOPE_TO_MAX)
        return false;
    for (int64_t i = 0, n = item.integer, code; i < n; i++) {
        if (!next_int(&r, &code)) return false;
        t->to[t->to_count++] = (uint32_t)code;
    }
    return true;
}

enum status channels_told(void *context, struct db *tx, const struct case_told *told) {
    const struct channel_event e = {.own = told->case_id,
                                    .type = told->type,
                                    .code = told->code,
                                    .at = told->at,
                                    .due = told->due,
                                    .answers = told->answers,
                                    .digest = told->has_digest ? &told->digest : NULL};
    (void)context;
    return channels_tell(tx, told->key, &e);
}

// ---- at once

enum { SEAL_TRIES = 20, SEAL_PAUSE_US = 50 * 1000 };

static enum status is_waiting(struct channels *x, int64_t own, struct text key, bool *out) {
    struct arena a = {0};
    struct text last = {0};
    struct db *db;
    enum status st = store_reader(x->store, &db);
    if (st) return st;
    st = outbox_before(db, T("exchange"), own, TEXT_JOIN(&a, key, T("~")), &a, &last);
    store_reader_release(x->store, db);
    *out = !st && text_eq(last, key);
    arena_free(&a);
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

enum status channels_seal_now(struct channels *x, int64_t own, struct text key) {
    bool waits = true;
    enum status st = STATUS_OK;
    for (int i = 0; i < SEAL_TRIES && waits && !st; i++) {
        struct channels_round round = {0};
        if (i) usleep(SEAL_PAUSE_US);
        st = channels_seal(x, &round);
        if (!st) st = is_waiting(x, own, key, &waits);
    }
    return st ? st : waits ? STATUS_BUSY : STATUS_OK;
}

// ---- what was sent, or was not

// The key that a case makes has the number of its event, and is made once: the row goes whole.
enum status item_sent(struct db *tx, struct text key, struct moment now) {
    return text_starts(key, T("told:")) ? outbox_forget(tx, key) : outbox_sent_blank(tx, key, now);
}

struct over {
    struct text key, why;
    enum outbox_state state;
    struct moment at;
};

static enum status write_over(struct db *tx, void *arg) {
    const struct over *o = arg;
    bool goes_whole = text_starts(o->key, T("told:")) || text_starts(o->key, T("heard:"));
    if (o->state == OUTBOX_DROPPED && goes_whole) return outbox_forget(tx, o->key);
    if (o->state == OUTBOX_DROPPED) return outbox_dropped(tx, o->key, o->at, o->why);
    if (o->state == OUTBOX_DEAD) return outbox_dead(tx, o->key, o->at, o->why);
    return outbox_failed(tx, o->key, o->at, o->why);
}

enum status item_over(struct channels *x, struct text key, enum outbox_state state, int64_t pause_ms,
                      struct text why) {
    struct over o = {key, why, state, env_now(x->env)};
    if (state == OUTBOX_WAITING) o.at.ms += pause_ms;
    enum status st = store_write(x->store, write_over, &o);
    return st == STATUS_CONFLICT ? STATUS_OK : st; // another server was first
}
