// notice.c - what one service tells another, as bytes: [1, kind, channel, authority, day, signature].
#include <sodium.h>
#include <string.h>

#include "base/cbor.h"
#include "privacy/inside.h"

enum { NOTICE_VERSION = 1, NOTICE_ITEMS = 6 };

static void print_said(struct out *o, const struct privacy_notice *n, size_t items) {
    cbor_array(o, items);
    cbor_int(o, NOTICE_VERSION);
    cbor_int(o, n->kind);
    cbor_bytes(o, channel_bytes(&n->channel));
    cbor_int(o, n->authority);
    cbor_int(o, date_to_days(n->day));
}

struct bytes privacy_notice_print(struct arena *a, const struct privacy_notice *n) {
    struct out o = {.arena = a};
    print_said(&o, n, NOTICE_ITEMS);
    cbor_bytes(&o, (struct bytes){n->signature, PRIVACY_SIGNATURE_BYTES});
    return bytes_of(out_done(&o));
}

// Signed are the words, this purpose, and all but the signature.
static struct bytes signed_bytes(struct arena *a, const struct privacy_notice *n) {
    struct out o = {.arena = a};
    out_text(&o, T("ostia privacy notice\n"));
    print_said(&o, n, NOTICE_ITEMS - 1);
    return bytes_of(out_done(&o));
}

void notice_sign(struct privacy *s, struct privacy_notice *n) {
    uint8_t public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    struct arena a = {0};
    struct bytes b = signed_bytes(&a, n);
    pthread_mutex_lock(&s->mutex);
    crypto_sign_seed_keypair(public, secret, s->keys.signing_seed.b);
    pthread_mutex_unlock(&s->mutex);
    crypto_sign_detached(n->signature, NULL, b.p, b.n, secret);
    sodium_memzero(secret, sizeof secret);
    arena_free(&a);
}

enum status privacy_notice_check(const struct privacy_notice *n,
                                 const uint8_t key[PRIVACY_PUBLIC_KEY_BYTES]) {
    struct arena a = {0};
    struct bytes b = signed_bytes(&a, n);
    bool is_good = crypto_sign_verify_detached(n->signature, b.p, b.n, key) == 0;
    arena_free(&a);
    return is_good ? STATUS_OK : STATUS_CORRUPT;
}

static bool next_int(struct cbor_reader *r, int64_t least, int64_t most, int64_t *out) {
    struct cbor_item item;
    if (cbor_next(r, &item) || item.kind != CBOR_INT) return false;
    *out = item.integer;
    return item.integer >= least && item.integer <= most;
}

static bool next_bytes(struct cbor_reader *r, size_t n, uint8_t *out) {
    struct cbor_item item;
    if (cbor_next(r, &item) || item.kind != CBOR_BYTES || item.bytes.n != n) return false;
    memcpy(out, item.bytes.p, n);
    return true;
}

enum status privacy_notice_read(struct bytes b, struct privacy_notice *out) {
    struct cbor_reader r = cbor_reader(b);
    struct cbor_item list;
    int64_t version, kind, authority, day;
    int64_t first = date_to_days((struct date){2000, 1, 1}), last = date_to_days((struct date){9999, 12, 31});
    *out = (struct privacy_notice){0};
    if (b.n > PRIVACY_NOTICE_BYTES_MAX || !cbor_check(b)) return STATUS_CORRUPT;
    if (cbor_next(&r, &list) || list.kind != CBOR_ARRAY || list.integer != NOTICE_ITEMS)
        return STATUS_CORRUPT;
    if (!next_int(&r, NOTICE_VERSION, NOTICE_VERSION, &version) ||
        !next_int(&r, PRIVACY_NOTICE_DELETED, PRIVACY_NOTICE_CLOSED, &kind) ||
        !next_bytes(&r, CHANNEL_BYTES, out->channel.b) || !next_int(&r, 1, UINT32_MAX, &authority) ||
        !next_int(&r, first, last, &day) || !next_bytes(&r, PRIVACY_SIGNATURE_BYTES, out->signature))
        return STATUS_CORRUPT;
    out->kind = (enum privacy_notice_kind)kind;
    out->authority = (uint32_t)authority;
    out->day = date_from_days(day);
    return STATUS_OK;
}
