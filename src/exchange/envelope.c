// envelope.c - printing and strictly reading the event between authorities.
#include "exchange/envelope.h"

#include <sodium.h>
#include <string.h>

#include "base/cbor.h"

static const int64_t DAY_MS = 24 * 3600 * INT64_C(1000);
static const int64_t TIME_MIN = INT64_C(1577836800000), TIME_MAX = INT64_C(4102444800000); // 2020 to 2100

// ---- commitments

static void sign_commitment(const struct key *case_key, struct commitment *c) {
    struct key k = key_derive(case_key, T("ostia exchange: form of a commitment"));
    struct hash h = hash_keyed(&k, (struct bytes){c->b, HASH_BYTES});
    memcpy(c->b + HASH_BYTES, h.b, COMMITMENT_BYTES - HASH_BYTES);
    key_wipe(&k);
}

struct commitment commitment_make(const struct key *case_key, const struct hash *digest) {
    struct commitment c;
    struct hash h = hash_keyed(case_key, hash_bytes(digest));
    memcpy(c.b, h.b, HASH_BYTES);
    sign_commitment(case_key, &c);
    return c;
}

bool commitment_is_of(const struct commitment *c, const struct key *case_key, const struct hash *digest) {
    struct commitment same = commitment_make(case_key, digest);
    return !sodium_memcmp(c->b, same.b, COMMITMENT_BYTES);
}

static bool is_commitment(const struct commitment *c, const struct key *case_key) {
    struct commitment again = *c;
    sign_commitment(case_key, &again);
    return !sodium_memcmp(c->b, again.b, COMMITMENT_BYTES);
}

struct event_id envelope_id(struct bytes canonical) {
    struct hash h = hash_of(canonical);
    struct event_id id;
    memcpy(id.b, h.b, EVENT_ID_BYTES);
    return id;
}

// ---- problems: they name field and rule, never what was found there

static enum status fail(struct problem *p, const char *field, const char *rule, const char *text_key) {
    enum status st = problem(p, field, rule, text_key);
    if (p) problem_arg(p, "field", text_of(field));
    return st;
}
#define FAIL(field, rule) fail(p, field, rule, "problem.exchange." rule)

// ---- the fields, one after the other

struct taking {
    const struct envelope_ground *g;
    struct envelope *e;
    struct cbor_reader *r;
    struct cbor_item item;
    unsigned seen;
    int64_t version, type, code;
    struct bytes channel, ref, commit;
};

static enum status take_int(struct taking *t, const char *field, int64_t max, int64_t *out,
                            struct problem *p) {
    if (t->item.kind != CBOR_INT) return FAIL(field, "field_kind");
    if (t->item.integer < 1 || t->item.integer > max) return FAIL(field, "field_kind");
    *out = t->item.integer;
    return STATUS_OK;
}

static enum status take_bytes(struct taking *t, const char *field, size_t n, struct bytes *out,
                              struct problem *p) {
    if (t->item.kind != CBOR_BYTES || t->item.bytes.n != n) return FAIL(field, "field_kind");
    *out = t->item.bytes;
    return STATUS_OK;
}

static enum status take_small(struct taking *t, const char *field, uint32_t *out, struct problem *p) {
    int64_t n = 0;
    enum status st = take_int(t, field, UINT32_MAX, &n, p);
    *out = (uint32_t)n;
    return st;
}

static enum status take_to(struct taking *t, const char *field, struct problem *p) {
    int64_t count = t->item.integer;
    if (t->item.kind != CBOR_ARRAY || count < 1 || count > ENVELOPE_TO_MAX) return FAIL(field, "field_kind");
    for (int64_t i = 0; i < count; i++) {
        if (cbor_next(t->r, &t->item)) return FAIL(field, "malformed");
        enum status st = take_small(t, field, &t->e->to[i], p);
        if (st) return st;
        if (i && t->e->to[i] <= t->e->to[i - 1]) return FAIL(field, "reader_order");
    }
    t->e->to_count = (size_t)count;
    return STATUS_OK;
}

enum field { F_V, F_AT, F_TO, F_DUE, F_REF, F_SEQ, F_CODE, F_TYPE, F_ACTOR, F_COMMIT, F_CHANNEL, F_COUNT };
static const char *const FIELDS[F_COUNT] = {"v",    "at",   "to",    "due",    "ref",    "seq",
                                            "code", "type", "actor", "commit", "channel"};
enum { NEEDED = 1 << F_V | 1 << F_AT | 1 << F_TO | 1 << F_SEQ | 1 << F_TYPE | 1 << F_ACTOR | 1 << F_CHANNEL };

static enum status take_field(struct taking *t, enum field f, struct problem *p) {
    switch (f) {
    case F_V: return take_int(t, "v", UINT8_MAX, &t->version, p);
    case F_AT: return take_int(t, "at", TIME_MAX, &t->e->at.ms, p);
    case F_TO: return take_to(t, "to", p);
    case F_DUE: return take_int(t, "due", TIME_MAX, &t->e->due.ms, p);
    case F_REF: return take_bytes(t, "ref", EVENT_ID_BYTES, &t->ref, p);
    case F_SEQ: return take_small(t, "seq", &t->e->seq, p);
    case F_CODE: return take_int(t, "code", UINT16_MAX, &t->code, p);
    case F_TYPE: return take_int(t, "type", UINT16_MAX, &t->type, p);
    case F_ACTOR: return take_small(t, "actor", &t->e->actor, p);
    case F_COMMIT: return take_bytes(t, "commit", COMMITMENT_BYTES, &t->commit, p);
    default: return take_bytes(t, "channel", CHANNEL_BYTES, &t->channel, p);
    }
}

static enum status take_all(struct taking *t, struct problem *p) {
    if (cbor_next(t->r, &t->item) || t->item.kind != CBOR_MAP) return FAIL("", "malformed");
    for (int64_t pairs = t->item.integer; pairs > 0; pairs--) {
        if (cbor_next(t->r, &t->item) || t->item.kind != CBOR_TEXT) return FAIL("", "malformed");
        int f = 0;
        while (f < F_COUNT && !text_eq(t->item.text, text_of(FIELDS[f]))) f++;
        if (f == F_COUNT) return FAIL("", "field_unknown");
        t->seen |= 1u << f;
        if (cbor_next(t->r, &t->item)) return FAIL(FIELDS[f], "malformed");
        enum status st = take_field(t, (enum field)f, p);
        if (st) return st;
    }
    for (int f = 0; f < F_COUNT; f++)
        if ((NEEDED & 1 << f) && !(t->seen & 1u << f)) return FAIL(FIELDS[f], "field_missing");
    return STATUS_OK;
}

// ---- what the law says

static enum status check_need(enum exchange_need need, bool is_there, const char *field, struct problem *p) {
    if (is_there && need == EXCHANGE_NEVER) return FAIL(field, "not_of_type");
    if (!is_there && need == EXCHANGE_MUST) return FAIL(field, "field_missing");
    return STATUS_OK;
}

static enum status check_type(struct taking *t, struct problem *p) {
    struct envelope *e = t->e;
    e->type = exchange_type_of(t->g->law, (uint16_t)t->type);
    if (!e->type) return FAIL("type", "type_unknown");
    if (e->type->code_count && !t->code) return FAIL("code", "code_missing");
    if (t->code) {
        e->code = exchange_code_of(e->type, (uint16_t)t->code);
        if (!e->code) return FAIL("code", "code_unknown");
    }
    enum status st = check_need(e->type->due, e->due.ms != 0, "due", p);
    if (!st) st = check_need(e->type->ref, t->ref.p != NULL, "ref", p);
    return st ? st : check_need(e->type->commit, t->commit.p != NULL, "commit", p);
}

static enum status check_times(const struct envelope *e, struct problem *p) {
    if (e->at.ms < TIME_MIN || e->at.ms >= TIME_MAX) return FAIL("at", "time_range");
    if (e->at.ms % e->type->at_ms) return FAIL("at", "time_rounding");
    if (!e->due.ms) return STATUS_OK;
    if (e->due.ms < TIME_MIN || e->due.ms >= TIME_MAX) return FAIL("due", "time_range");
    return e->due.ms % DAY_MS ? FAIL("due", "time_rounding") : STATUS_OK;
}

static enum status check_members(const struct envelope_ground *g, const struct envelope *e,
                                 struct problem *p) {
    const struct member *from = member_of(g->members, e->actor);
    if (!from) return FAIL("actor", "sender_unknown");
    if (!(from->roles & e->type->from)) return FAIL("actor", "sender_role");
    for (size_t i = 0; i < e->to_count; i++) {
        const struct member *to = member_of(g->members, e->to[i]);
        if (!to || to == from) return FAIL("to", "reader_unknown");
        if (!(to->roles & e->type->to)) return FAIL("to", "reader_role");
    }
    return STATUS_OK;
}

static enum status check_bytes(struct taking *t, struct problem *p) {
    if (memcmp(t->channel.p, t->g->channel.b, CHANNEL_BYTES) != 0) return FAIL("channel", "channel");
    t->e->channel = t->g->channel;
    t->e->has_ref = t->ref.p != NULL;
    t->e->has_commit = t->commit.p != NULL;
    if (t->e->has_ref) memcpy(t->e->ref.b, t->ref.p, EVENT_ID_BYTES);
    if (!t->e->has_commit) return STATUS_OK;
    memcpy(t->e->commit.b, t->commit.p, COMMITMENT_BYTES);
    return is_commitment(&t->e->commit, t->g->case_key) ? STATUS_OK : FAIL("commit", "commit_form");
}

static enum status check_ref(const struct envelope_ground *g, const struct envelope *e, struct problem *p) {
    if (!e->has_ref || !g->knows) return STATUS_OK;
    enum status st = g->knows(g->context, &e->ref);
    return st == STATUS_NOT_FOUND ? FAIL("ref", "ref_unknown") : st;
}

enum status envelope_read(const struct envelope_ground *g, struct bytes in, struct envelope *out,
                          struct problem *p) {
    struct cbor_reader r = cbor_reader(in);
    struct taking t = {.g = g, .e = out, .r = &r};
    *out = (struct envelope){0};
    if (in.n > ENVELOPE_BYTES_MAX) return (void)FAIL("", "too_large"), STATUS_TOO_LARGE;
    if (!cbor_check(in)) return FAIL("", "malformed");
    enum status st = take_all(&t, p);
    if (!st && t.version != ENVELOPE_VERSION) st = FAIL("v", "version");
    if (!st) st = check_type(&t, p);
    if (!st) st = check_times(out, p);
    if (!st) st = check_members(g, out, p);
    if (!st) st = check_bytes(&t, p);
    return st ? st : check_ref(g, out, p);
}

// ---- printing

static void put_int(struct out *o, const char *name, int64_t n) {
    cbor_text(o, text_of(name));
    cbor_int(o, n);
}

static void put_bytes(struct out *o, const char *name, const uint8_t *p, size_t n) {
    cbor_text(o, text_of(name));
    cbor_bytes(o, (struct bytes){p, n});
}

static void put(struct out *o, const struct envelope *e) {
    cbor_map(o, 7u + (e->due.ms != 0) + e->has_ref + (e->code != NULL) + e->has_commit);
    put_int(o, "v", ENVELOPE_VERSION);
    put_int(o, "at", e->at.ms);
    cbor_text(o, T("to"));
    cbor_array(o, e->to_count);
    for (size_t i = 0; i < e->to_count; i++) cbor_int(o, e->to[i]);
    if (e->due.ms) put_int(o, "due", e->due.ms);
    if (e->has_ref) put_bytes(o, "ref", e->ref.b, EVENT_ID_BYTES);
    put_int(o, "seq", e->seq);
    if (e->code) put_int(o, "code", e->code->number);
    put_int(o, "type", e->type->number);
    put_int(o, "actor", e->actor);
    if (e->has_commit) put_bytes(o, "commit", e->commit.b, COMMITMENT_BYTES);
    put_bytes(o, "channel", e->channel.b, CHANNEL_BYTES);
}

enum status envelope_print(const struct envelope_ground *g, struct envelope *e, struct arena *a,
                           struct bytes *out, struct problem *p) {
    struct out o = {.arena = a};
    struct envelope back;
    e->at.ms -= e->at.ms % e->type->at_ms;
    e->due.ms -= e->due.ms % DAY_MS;
    put(&o, e);
    *out = bytes_of(out_done(&o));
    return envelope_read(g, *out, &back, p);
}
