// receipt.c - signing and reading answers; parcels.
#include "exchange/receipt.h"

#include <string.h>

#include "base/cbor.h"

static const struct {
    const char *name;
    bool may_pass;
} REFUSALS[REFUSED_COUNT] = {
    [REFUSED_NOT] = {"logged", false},
    [REFUSED_FORM] = {"form", true},
    [REFUSED_SUITE] = {"suite", true},
    [REFUSED_SENDER] = {"sender", true},
    [REFUSED_KEY] = {"key", true},
    [REFUSED_SIGNATURE] = {"signature", true},
    [REFUSED_NOT_FOR_US] = {"not_for_us", true},
    [REFUSED_CHANNEL] = {"channel", true},
    [REFUSED_MEMBERS] = {"members", true},
    [REFUSED_CLOCK] = {"clock", true},
    [REFUSED_GAP] = {"gap", true},
    [REFUSED_FORK] = {"fork", false},
    [REFUSED_BUSY] = {"busy", true},
    [REFUSED_EVENT] = {"event", false},
};

const char *refusal_name(enum refusal r) {
    return r < REFUSED_COUNT ? REFUSALS[r].name : "unknown";
}

bool refusal_may_pass(enum refusal r) {
    return r >= REFUSED_COUNT || REFUSALS[r].may_pass;
}

struct bytes signed_input(struct arena *a, struct text what, uint32_t key, struct bytes signed_part) {
    struct out o = {.arena = a};
    out_text(&o, what);
    out_byte(&o, 0);
    cbor_int(&o, key);
    out_text(&o, text_of_bytes(signed_part));
    return bytes_of(out_done(&o));
}

static struct bytes signature_input(struct arena *a, uint32_t key, struct bytes signed_part) {
    return signed_input(a, T("ostia exchange: receipt"), key, signed_part);
}

struct bytes receipt_make(const struct receipt *r, const struct own_key *key, struct arena *a) {
    const struct seal_suite *suite = seal_suite_usual();
    uint8_t signature[SIGNATURE_BYTES];
    struct out part = {.arena = a}, o = {.arena = a};
    cbor_array(&part, 8);
    cbor_int(&part, 1);
    cbor_text(&part, text_of(suite->name));
    cbor_int(&part, r->by);
    cbor_bytes(&part, hash_bytes(&r->message));
    cbor_int(&part, r->refusal);
    cbor_int(&part, r->leaf);
    cbor_int(&part, r->at.ms);
    cbor_int(&part, r->expected);
    struct bytes signed_part = bytes_of(out_done(&part));
    suite->sign(key, signature_input(a, key->number, signed_part), signature);
    cbor_array(&o, 3);
    cbor_bytes(&o, signed_part);
    cbor_int(&o, key->number);
    cbor_bytes(&o, (struct bytes){signature, sizeof signature});
    return bytes_of(out_done(&o));
}

// ---- reading

static bool next(struct cbor_reader *r, enum cbor_kind kind, struct cbor_item *item) {
    return !cbor_next(r, item) && item->kind == kind;
}

static bool next_int(struct cbor_reader *r, int64_t max, int64_t *out) {
    struct cbor_item item;
    if (!next(r, CBOR_INT, &item) || item.integer < 0 || item.integer > max) return false;
    *out = item.integer;
    return true;
}

static bool read_signed_part(struct bytes in, struct receipt *out, const struct seal_suite **suite) {
    struct cbor_reader r = cbor_reader(in);
    struct cbor_item item;
    int64_t version, by, refusal, expected;
    if (!cbor_check(in) || !next(&r, CBOR_ARRAY, &item) || item.integer != 8) return false;
    if (!next_int(&r, 1, &version) || version != 1 || !next(&r, CBOR_TEXT, &item)) return false;
    *suite = seal_suite_named(item.text);
    if (!next_int(&r, UINT32_MAX, &by) || !next(&r, CBOR_BYTES, &item) || item.bytes.n != HASH_BYTES)
        return false;
    memcpy(out->message.b, item.bytes.p, HASH_BYTES);
    if (!next_int(&r, 1000, &refusal) || !next_int(&r, INT64_MAX, &out->leaf) ||
        !next_int(&r, INT64_MAX, &out->at.ms) || !next_int(&r, UINT32_MAX, &expected))
        return false;
    out->by = (uint32_t)by;
    out->refusal = (enum refusal)refusal;
    out->expected = (uint32_t)expected;
    return true;
}

struct parts {
    struct bytes signed_part, signature;
    const struct seal_suite *suite;
};

static bool take_apart(struct bytes in, struct receipt *out, struct parts *parts) {
    struct cbor_reader r = cbor_reader(in);
    struct cbor_item item, part, signature;
    int64_t key;
    *out = (struct receipt){0};
    if (in.n > RECEIPT_BYTES_MAX || !cbor_check(in) || !next(&r, CBOR_ARRAY, &item) || item.integer != 3)
        return false;
    if (!next(&r, CBOR_BYTES, &part) || !next_int(&r, UINT32_MAX, &key) || !next(&r, CBOR_BYTES, &signature))
        return false;
    out->key = (uint32_t)key;
    parts->signed_part = part.bytes;
    parts->signature = signature.bytes;
    return signature.bytes.n == SIGNATURE_BYTES && read_signed_part(part.bytes, out, &parts->suite);
}

enum status receipt_read(struct bytes in, const struct members *members, struct moment at,
                         struct receipt *out) {
    struct parts parts = {0};
    if (!take_apart(in, out, &parts)) return STATUS_INVALID;
    if (!parts.suite) return STATUS_UNSUPPORTED;
    const struct member *m = member_of(members, out->by);
    const struct member_key *k = m ? member_key_of(m, out->key) : NULL;
    if (!k) return STATUS_NOT_FOUND;
    if (member_key_state(k, at) != MEMBER_KEY_GOOD) return STATUS_EXPIRED;
    struct arena a = {0};
    bool ok =
        parts.suite->verify(k->signing, signature_input(&a, out->key, parts.signed_part), parts.signature.p);
    arena_free(&a);
    return ok ? STATUS_OK : STATUS_CORRUPT;
}

int64_t receipt_leaf(struct bytes in) {
    struct receipt r;
    struct parts parts = {0};
    return take_apart(in, &r, &parts) ? r.leaf : -1;
}

// ---- parcels

struct bytes parcel_make(const struct bytes *items, size_t count, struct arena *a) {
    struct out o = {.arena = a};
    cbor_array(&o, count);
    for (size_t i = 0; i < count; i++) cbor_bytes(&o, items[i]);
    return bytes_of(out_done(&o));
}

enum status parcel_read(struct bytes in, struct bytes items[PARCEL_MESSAGES_MAX], size_t *count) {
    struct cbor_reader r = cbor_reader(in);
    struct cbor_item item;
    *count = 0;
    if (in.n > PARCEL_BYTES_MAX) return STATUS_TOO_LARGE;
    if (!next(&r, CBOR_ARRAY, &item) || item.integer > PARCEL_MESSAGES_MAX) return STATUS_INVALID;
    for (int64_t left = item.integer; left > 0; left--) {
        struct cbor_item one;
        if (!next(&r, CBOR_BYTES, &one)) return STATUS_INVALID;
        items[(*count)++] = one.bytes;
    }
    return cbor_next(&r, &item) || item.kind != CBOR_END ? STATUS_INVALID : STATUS_OK;
}
