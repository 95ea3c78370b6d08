// missive.c - sealing, signing and opening a missive.
#include "exchange/missive.h"

#include <sodium.h>
#include <string.h>

#include "base/cbor.h"
#include "exchange/receipt.h"

enum { SIGNED_FIELDS = 8, INSIDE_FIELDS = 4 };

static struct bytes signature_input(struct arena *a, uint32_t key, struct bytes signed_part) {
    return signed_input(a, T("ostia exchange: missive"), key, signed_part);
}

static struct bytes sign_missive(const struct seal_suite *suite, const struct own_key *key,
                                 struct bytes signed_part, struct arena *a) {
    uint8_t signature[SIGNATURE_BYTES];
    struct out o = {.arena = a};
    suite->sign(key, signature_input(a, key->number, signed_part), signature);
    cbor_array(&o, 3);
    cbor_bytes(&o, signed_part);
    cbor_int(&o, key->number);
    cbor_bytes(&o, (struct bytes){signature, sizeof signature});
    return bytes_of(out_done(&o));
}

// ---- making

static struct bytes inside(const struct missive_making *m, struct arena *a) {
    struct out o = {.arena = a};
    size_t n = 0;
    cbor_array(&o, INSIDE_FIELDS);
    cbor_int(&o, m->own->code);
    cbor_int(&o, m->to);
    cbor_int(&o, m->kind);
    cbor_bytes(&o, m->body);
    struct text t = out_done(&o);
    size_t room = t.n + SEALED_BODY_STEP;
    uint8_t *p = arena_alloc(a, room);
    memcpy(p, t.p, t.n);
    sodium_memzero((void *)(uintptr_t)t.p, t.n);
    if (sodium_pad(&n, p, t.n, SEALED_BODY_STEP, room) != 0) n = t.n;
    return (struct bytes){p, n};
}

static struct bytes seal_to(const struct missive_making *m, const struct seal_suite *suite,
                            const struct member_key *reader, struct arena *a) {
    struct slot_key once;
    struct bytes plain = inside(m, a);
    uint8_t *sealed = arena_alloc(a, plain.n + suite->slot_extra);
    suite->slots_begin(m->env, &once);
    suite->slot_seal(&once, reader->sealing, plain, sealed);
    sodium_memzero(&once, sizeof once);
    sodium_memzero((void *)(uintptr_t)plain.p, plain.n);
    return (struct bytes){sealed, plain.n + suite->slot_extra};
}

static const struct member_key *key_of(const struct members *list, uint32_t code, struct moment now) {
    const struct member *m = member_of(list, code);
    return m && member_is_active(m, now) ? member_key_at(m, now) : NULL;
}

enum status missive_make(const struct missive_making *m, struct arena *a, struct bytes *out) {
    const struct seal_suite *suite = seal_suite_usual();
    const struct member_key *reader = key_of(m->members, m->to, m->now),
                            *ours = key_of(m->members, m->own->code, m->now);
    const struct own_key *own = ours ? own_key_of(m->own, ours->number) : NULL;
    struct out o = {.arena = a};
    if (!reader || !own) return STATUS_NOT_FOUND;
    if (m->body.n > MISSIVE_BODY_MAX) return STATUS_TOO_LARGE;
    cbor_array(&o, SIGNED_FIELDS);
    cbor_int(&o, 1);
    cbor_text(&o, text_of(suite->name));
    cbor_int(&o, m->own->code);
    cbor_int(&o, m->to);
    cbor_int(&o, reader->number);
    cbor_int(&o, m->kind);
    cbor_int(&o, m->now.ms);
    cbor_bytes(&o, seal_to(m, suite, reader, a));
    *out = sign_missive(suite, own, bytes_of(out_done(&o)), a);
    return STATUS_OK;
}

enum status missive_sign_again(const struct missive *l, const struct own_key *key, struct arena *a,
                               struct bytes *out) {
    if (!l->suite) return STATUS_UNSUPPORTED;
    *out = sign_missive(l->suite, key, l->signed_part, a);
    return STATUS_OK;
}

// ---- reading

static bool next(struct cbor_reader *r, enum cbor_kind kind, struct cbor_item *item) {
    return !cbor_next(r, item) && item->kind == kind;
}

static bool next_code(struct cbor_reader *r, uint32_t *out) {
    struct cbor_item item;
    if (!next(r, CBOR_INT, &item) || item.integer < 1 || item.integer > UINT32_MAX) return false;
    *out = (uint32_t)item.integer;
    return true;
}

static bool read_signed_part(struct missive *out) {
    struct cbor_reader r = cbor_reader(out->signed_part);
    struct cbor_item list, suite, at, sealed;
    uint32_t version, kind;
    if (!cbor_check(out->signed_part) || !next(&r, CBOR_ARRAY, &list) || list.integer != SIGNED_FIELDS)
        return false;
    if (!next_code(&r, &version) || version != 1 || !next(&r, CBOR_TEXT, &suite) ||
        !next_code(&r, &out->from) || !next_code(&r, &out->to) || !next_code(&r, &out->to_key) ||
        !next_code(&r, &kind) || !next(&r, CBOR_INT, &at) || !next(&r, CBOR_BYTES, &sealed))
        return false;
    out->suite = seal_suite_named(suite.text);
    out->kind = (enum missive_kind)kind;
    out->at.ms = at.integer;
    out->sealed = sealed.bytes;
    return kind <= MISSIVE_NOTICE && at.integer >= 0;
}

enum status missive_read(struct bytes in, struct missive *out) {
    struct cbor_reader r = cbor_reader(in);
    struct cbor_item list, part, signature;
    *out = (struct missive){0};
    if (in.n > MISSIVE_BYTES_MAX) return STATUS_TOO_LARGE;
    if (!cbor_check(in) || !next(&r, CBOR_ARRAY, &list) || list.integer != 3) return STATUS_INVALID;
    if (!next(&r, CBOR_BYTES, &part) || !next_code(&r, &out->key) || !next(&r, CBOR_BYTES, &signature))
        return STATUS_INVALID;
    if (signature.bytes.n != SIGNATURE_BYTES) return STATUS_INVALID;
    out->signed_part = part.bytes;
    out->signature = signature.bytes;
    if (!read_signed_part(out)) return STATUS_INVALID;
    out->hash = hash_of(out->signed_part);
    return STATUS_OK;
}

enum status missive_verify(const struct missive *l, const struct members *members, struct moment at) {
    if (!l->suite) return STATUS_UNSUPPORTED;
    const struct member *m = member_of(members, l->from);
    const struct member_key *k = m && member_is_active(m, at) ? member_key_of(m, l->key) : NULL;
    if (!k) return STATUS_NOT_FOUND;
    if (member_key_state(k, at) != MEMBER_KEY_GOOD) return STATUS_EXPIRED;
    struct arena a = {0};
    bool ok = l->suite->verify(k->signing, signature_input(&a, l->key, l->signed_part), l->signature.p);
    arena_free(&a);
    return ok ? STATUS_OK : STATUS_CORRUPT;
}

// ---- opening

static bool read_inside(const struct missive *l, struct bytes plain, struct bytes *body) {
    struct cbor_reader r = cbor_reader(plain);
    struct cbor_item list, item;
    uint32_t from, to, kind;
    if (!cbor_check(plain) || !next(&r, CBOR_ARRAY, &list) || list.integer != INSIDE_FIELDS) return false;
    if (!next_code(&r, &from) || !next_code(&r, &to) || !next_code(&r, &kind) || !next(&r, CBOR_BYTES, &item))
        return false;
    *body = item.bytes;
    return from == l->from && to == l->to && kind == l->kind && body->n <= MISSIVE_BODY_MAX;
}

enum status missive_open(const struct missive *l, const struct own *own, struct arena *a,
                         struct bytes *body) {
    const struct own_key *key = own_key_of(own, l->to_key);
    struct bytes plain;
    if (l->to != own->code) return STATUS_NOT_FOUND;
    if (!l->suite) return STATUS_UNSUPPORTED;
    if (!key || l->sealed.n <= l->suite->slot_extra) return STATUS_CORRUPT;
    uint8_t *p = arena_alloc(a, l->sealed.n - l->suite->slot_extra);
    if (!l->suite->slot_open(key, l->sealed, p)) return STATUS_CORRUPT;
    if (sodium_unpad(&plain.n, p, l->sealed.n - l->suite->slot_extra, SEALED_BODY_STEP) != 0)
        return STATUS_CORRUPT;
    plain.p = p;
    return read_inside(l, plain, body) ? STATUS_OK : STATUS_CORRUPT;
}
