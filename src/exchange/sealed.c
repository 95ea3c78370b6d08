// sealed.c - sealing an event to its channel, and opening it.
#include "exchange/sealed.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/cbor.h"
#include "store/keys.h"

// ---- our own keys

void own_key_make(const struct key *seed, uint32_t number, struct own_key *out) {
    uint8_t public_key[32];
    struct key sign = key_derive(seed, T("ostia exchange: signing")),
               open = key_derive(seed, T("ostia exchange: sealing"));
    out->number = number;
    crypto_sign_seed_keypair(public_key, out->signing, sign.b);
    crypto_box_seed_keypair(out->sealing, out->opening, open.b);
    key_wipe(&sign);
    key_wipe(&open);
}

enum status own_key_load(struct store *s, uint32_t number, struct own_key *out) {
    char name[KEY_NAME_MAX];
    struct key seed;
    snprintf(name, sizeof name, "exchange-%u", number);
    enum status st = keys_named(s, name, &seed);
    if (!st) own_key_make(&seed, number, out);
    key_wipe(&seed);
    return st;
}

const struct own_key *own_key_of(const struct own *o, uint32_t number) {
    for (size_t i = 0; i < o->count; i++)
        if (o->keys[i].number == number) return &o->keys[i];
    return NULL;
}

bool channel_has_member(const struct channel_ground *g, uint32_t code) {
    for (size_t i = 0; i < g->member_count; i++)
        if (g->members[i] == code) return true;
    return false;
}

// ---- numbers as bytes, most significant first

static void put_4(uint8_t *p, uint32_t n) {
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(n >> (24 - 8 * i));
}

static uint32_t get_4(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

struct channel_tag channel_tag(const struct channel_id *channel, uint32_t epoch, uint32_t sender) {
    static const char NAME[] = "ostia exchange: tag";
    uint8_t in[sizeof NAME + CHANNEL_BYTES + 8];
    struct channel_tag tag;
    memcpy(in, NAME, sizeof NAME);
    memcpy(in + sizeof NAME, channel->b, CHANNEL_BYTES);
    put_4(in + sizeof NAME + CHANNEL_BYTES, epoch);
    put_4(in + sizeof NAME + CHANNEL_BYTES + 4, sender);
    struct hash h = hash_of((struct bytes){in, sizeof in});
    memcpy(tag.b, h.b, sizeof tag.b);
    return tag;
}

// ---- the usual suite

static void slots_begin(const struct env *e, struct slot_key *once) {
    uint8_t seed[32];
    env_random(e, seed, sizeof seed);
    crypto_box_seed_keypair(once->public_key, once->secret, seed);
    sodium_memzero(seed, sizeof seed);
}

// As crypto_box_seal writes it, but with the randomness of our env: one that is replayed is the same.
static void slot_seal(const struct slot_key *once, const uint8_t to[32], struct bytes plain,
                      uint8_t *sealed) {
    uint8_t nonce[crypto_box_NONCEBYTES]; // of both keys: another one for each reader
    crypto_generichash_state h;
    memcpy(sealed, once->public_key, 32);
    crypto_generichash_init(&h, NULL, 0, sizeof nonce);
    crypto_generichash_update(&h, sealed, 32);
    crypto_generichash_update(&h, to, 32);
    crypto_generichash_final(&h, nonce, sizeof nonce);
    if (crypto_box_easy(sealed + 32, plain.p, plain.n, nonce, to, once->secret) != 0)
        memset(sealed, 0, plain.n + crypto_box_SEALBYTES); // a key of no use: nobody can open it
}

static bool slot_open(const struct own_key *own, struct bytes sealed, uint8_t *plain) {
    return crypto_box_seal_open(plain, sealed.p, sealed.n, own->sealing, own->opening) == 0;
}

static void sign(const struct own_key *own, struct bytes what, uint8_t signature[SIGNATURE_BYTES]) {
    crypto_sign_detached(signature, NULL, what.p, what.n, own->signing);
}

static bool verify(const uint8_t signing[32], struct bytes what, const uint8_t *signature) {
    return crypto_sign_verify_detached(signature, what.p, what.n, signing) == 0;
}

static const struct seal_suite SUITES[] = {
    {"x25519-xsalsa20poly1305,hmac-sha256,xchacha20poly1305,ed25519", crypto_box_SEALBYTES, slots_begin,
     slot_seal, slot_open, seal, unseal, sign, verify},
};

const struct seal_suite *seal_suite_named(struct text name) {
    for (size_t i = 0; i < sizeof SUITES / sizeof *SUITES; i++)
        if (text_eq(name, text_of(SUITES[i].name))) return &SUITES[i];
    return NULL;
}

const struct seal_suite *seal_suite_usual(void) {
    return &SUITES[0];
}

// ---- what is sealed to what

// The body opens with the content key and the case key only.
static struct key body_key(const struct key *case_key, const struct key *content_key) {
    static const char NAME[] = "ostia exchange: body";
    uint8_t in[sizeof NAME + KEY_BYTES];
    struct key k;
    memcpy(in, NAME, sizeof NAME);
    memcpy(in + sizeof NAME, content_key->b, KEY_BYTES);
    struct hash h = hash_keyed(case_key, (struct bytes){in, sizeof in});
    memcpy(k.b, h.b, KEY_BYTES);
    sodium_memzero(in, sizeof in);
    return k;
}

enum { CONTEXT_BYTES = 16 + 4 + 4 };
static struct bytes body_context(const struct channel_tag *tag, uint32_t seq, uint32_t sender,
                                 uint8_t out[CONTEXT_BYTES]) {
    memcpy(out, tag->b, 16);
    put_4(out + 16, seq);
    put_4(out + 20, sender);
    return (struct bytes){out, CONTEXT_BYTES};
}

// A signature is over the number of its key too, so that nobody can say that it was another one.
static struct bytes signature_input(struct arena *a, uint32_t key, struct bytes signed_part) {
    static const char NAME[] = "ostia exchange: message";
    uint8_t *in = arena_alloc(a, sizeof NAME + 4 + signed_part.n);
    memcpy(in, NAME, sizeof NAME);
    put_4(in + sizeof NAME, key);
    memcpy(in + sizeof NAME + 4, signed_part.p, signed_part.n);
    return (struct bytes){in, sizeof NAME + 4 + signed_part.n};
}

static struct bytes sign_message(const struct seal_suite *suite, const struct own_key *key,
                                 struct bytes signed_part, struct arena *a) {
    uint8_t signature[SIGNATURE_BYTES];
    suite->sign(key, signature_input(a, key->number, signed_part), signature);
    struct out o = {.arena = a};
    cbor_array(&o, 3);
    cbor_bytes(&o, signed_part);
    cbor_int(&o, key->number);
    cbor_bytes(&o, (struct bytes){signature, sizeof signature});
    return bytes_of(out_done(&o));
}

// ---- making

static bool is_in(const uint32_t *list, size_t count, uint32_t code) {
    for (size_t i = 0; i < count; i++)
        if (list[i] == code) return true;
    return false;
}

static struct bytes slot_for(const struct sealing *s, const struct seal_suite *suite,
                             const struct slot_key *once, uint32_t code, const struct member_key *key,
                             const struct key *content_key, struct arena *a) {
    uint8_t plain[SLOT_PLAIN_BYTES] = {0};
    bool is_reader = code == s->own->code || is_in(s->to, s->to_count, code);
    memcpy(plain, s->ground->channel.b, CHANNEL_BYTES);
    put_4(plain + CHANNEL_BYTES, s->ground->epoch);
    plain[CHANNEL_BYTES + 4] = is_reader;
    if (is_reader) memcpy(plain + CHANNEL_BYTES + 5, content_key->b, KEY_BYTES);
    uint8_t *sealed = arena_alloc(a, sizeof plain + suite->slot_extra);
    suite->slot_seal(once, key->sealing, (struct bytes){plain, sizeof plain}, sealed);
    sodium_memzero(plain, sizeof plain);
    return (struct bytes){sealed, SLOT_PLAIN_BYTES + suite->slot_extra};
}

static enum status put_slots(const struct sealing *s, const struct seal_suite *suite,
                             const struct key *content_key, struct arena *a, struct out *o) {
    enum status st = STATUS_OK;
    struct slot_key once;
    suite->slots_begin(s->env, &once);
    cbor_array(o, s->ground->member_count);
    for (size_t i = 0; i < s->ground->member_count && !st; i++) {
        const struct member *m = member_of(s->members, s->ground->members[i]);
        const struct member_key *key = m ? member_key_at(m, s->now) : NULL;
        st = key ? STATUS_OK : STATUS_NOT_FOUND;
        if (st) break;
        cbor_array(o, 3);
        cbor_int(o, m->code);
        cbor_int(o, key->number);
        cbor_bytes(o, slot_for(s, suite, &once, m->code, key, content_key, a));
    }
    sodium_memzero(&once, sizeof once);
    return st;
}

static struct bytes padded(struct arena *a, struct bytes event) {
    size_t n = 0, room = event.n + SEALED_BODY_STEP;
    uint8_t *p = arena_alloc(a, room);
    memcpy(p, event.p, event.n);
    if (sodium_pad(&n, p, event.n, SEALED_BODY_STEP, room) != 0) return event;
    return (struct bytes){p, n};
}

static const struct own_key *key_now(const struct own *own, const struct members *members,
                                     struct moment now) {
    const struct member *m = member_of(members, own->code);
    const struct member_key *k = m ? member_key_at(m, now) : NULL;
    return k ? own_key_of(own, k->number) : NULL;
}

enum status sealed_make(const struct sealing *s, struct bytes event, struct arena *a, struct bytes *message) {
    const struct seal_suite *suite = seal_suite_usual();
    const struct own_key *own = key_now(s->own, s->members, s->now);
    struct channel_tag tag = channel_tag(&s->ground->channel, s->ground->epoch, s->own->code);
    struct key content_key = key_random(s->env), k = body_key(&s->ground->key, &content_key);
    uint8_t context[CONTEXT_BYTES];
    struct out o = {.arena = a};
    cbor_array(&o, 8);
    cbor_int(&o, 1);
    cbor_text(&o, text_of(suite->name));
    cbor_bytes(&o, (struct bytes){tag.b, sizeof tag.b});
    cbor_int(&o, s->seq);
    cbor_int(&o, s->own->code);
    cbor_bytes(&o, hash_bytes(&s->before));
    enum status st = own ? put_slots(s, suite, &content_key, a, &o) : STATUS_NOT_FOUND;
    cbor_bytes(&o, suite->body_seal(a, s->env, &k, padded(a, event),
                                    body_context(&tag, s->seq, s->own->code, context)));
    key_wipe(&content_key);
    key_wipe(&k);
    if (!st) *message = sign_message(suite, own, bytes_of(out_done(&o)), a);
    return st;
}

enum status sealed_sign_again(const struct sealed *s, const struct own_key *key, struct arena *a,
                              struct bytes *message) {
    if (!s->suite) return STATUS_UNSUPPORTED;
    *message = sign_message(s->suite, key, s->signed_part, a);
    return STATUS_OK;
}

// ---- reading

static bool next_int(struct cbor_reader *r, uint32_t *out) {
    struct cbor_item item;
    if (cbor_next(r, &item) || item.kind != CBOR_INT) return false;
    if (item.integer < 1 || item.integer > UINT32_MAX) return false;
    *out = (uint32_t)item.integer;
    return true;
}

static bool next_bytes(struct cbor_reader *r, size_t n, struct bytes *out) { // n 0: any length
    struct cbor_item item;
    if (cbor_next(r, &item) || item.kind != CBOR_BYTES || (n && item.bytes.n != n)) return false;
    *out = item.bytes;
    return true;
}

static bool next_array(struct cbor_reader *r, int64_t min, int64_t max, int64_t *count) {
    struct cbor_item item;
    if (cbor_next(r, &item) || item.kind != CBOR_ARRAY) return false;
    *count = item.integer;
    return item.integer >= min && item.integer <= max;
}

static bool read_slots(struct cbor_reader *r, struct sealed *out) {
    int64_t count, three;
    if (!next_array(r, 2, CHANNEL_MEMBERS_MAX, &count)) return false;
    for (int64_t i = 0; i < count; i++) {
        struct sealed_slot *slot = &out->slots[i];
        if (!next_array(r, 3, 3, &three) || !next_int(r, &slot->code) || !next_int(r, &slot->key) ||
            !next_bytes(r, 0, &slot->sealed))
            return false;
        if (i && slot->code <= slot[-1].code) return false;
    }
    out->slot_count = (size_t)count;
    return true;
}

static bool read_signed_part(struct sealed *out) {
    struct cbor_reader r = cbor_reader(out->signed_part);
    struct cbor_item suite;
    struct bytes tag, before;
    int64_t eight;
    uint32_t version;
    if (!cbor_check(out->signed_part) || !next_array(&r, 8, 8, &eight) || !next_int(&r, &version))
        return false;
    if (version != 1 || cbor_next(&r, &suite) || suite.kind != CBOR_TEXT) return false;
    out->suite = seal_suite_named(suite.text);
    if (!next_bytes(&r, sizeof out->tag.b, &tag) || !next_int(&r, &out->seq) || !next_int(&r, &out->sender) ||
        !next_bytes(&r, HASH_BYTES, &before) || !read_slots(&r, out) || !next_bytes(&r, 0, &out->body))
        return false;
    memcpy(out->tag.b, tag.p, sizeof out->tag.b);
    memcpy(out->before.b, before.p, HASH_BYTES);
    return true;
}

enum status sealed_read(struct bytes in, struct sealed *out) {
    struct cbor_reader r = cbor_reader(in);
    int64_t three;
    *out = (struct sealed){0};
    if (in.n > SEALED_BYTES_MAX) return STATUS_TOO_LARGE;
    if (!cbor_check(in) || !next_array(&r, 3, 3, &three) || !next_bytes(&r, 0, &out->signed_part))
        return STATUS_INVALID;
    if (!next_int(&r, &out->key) || !next_bytes(&r, SIGNATURE_BYTES, &out->signature)) return STATUS_INVALID;
    if (!read_signed_part(out)) return STATUS_INVALID;
    out->hash = hash_of(out->signed_part);
    return STATUS_OK;
}

enum status sealed_verify(const struct sealed *s, const struct members *members, struct moment at) {
    if (!s->suite) return STATUS_UNSUPPORTED;
    const struct member *m = member_of(members, s->sender);
    const struct member_key *k = m && member_is_active(m, at) ? member_key_of(m, s->key) : NULL;
    if (!k) return STATUS_NOT_FOUND;
    if (member_key_state(k, at) != MEMBER_KEY_GOOD) return STATUS_EXPIRED;
    struct arena a = {0};
    bool ok = s->suite->verify(k->signing, signature_input(&a, s->key, s->signed_part), s->signature.p);
    arena_free(&a);
    return ok ? STATUS_OK : STATUS_CORRUPT;
}

// ---- opening

static const struct sealed_slot *slot_of(const struct sealed *s, uint32_t code) {
    for (size_t i = 0; i < s->slot_count; i++)
        if (s->slots[i].code == code) return &s->slots[i];
    return NULL;
}

enum status sealed_slot_open(const struct sealed *s, const struct own *own, struct slot_content *out) {
    const struct sealed_slot *slot = slot_of(s, own->code);
    uint8_t plain[SLOT_PLAIN_BYTES];
    if (!slot) return STATUS_NOT_FOUND;
    if (!s->suite) return STATUS_UNSUPPORTED;
    const struct own_key *key = own_key_of(own, slot->key);
    if (!key || slot->sealed.n != sizeof plain + s->suite->slot_extra) return STATUS_CORRUPT;
    if (!s->suite->slot_open(key, slot->sealed, plain)) return STATUS_CORRUPT;
    memcpy(out->channel.b, plain, CHANNEL_BYTES);
    out->epoch = get_4(plain + CHANNEL_BYTES);
    out->is_reader = plain[CHANNEL_BYTES + 4] == 1;
    memcpy(out->content_key.b, plain + CHANNEL_BYTES + 5, KEY_BYTES);
    sodium_memzero(plain, sizeof plain);
    return STATUS_OK;
}

enum status sealed_opening(const struct sealed *s, const struct slot_content *slot,
                           const struct key *case_key, struct key *out) {
    if (!slot->is_reader || s->body.n < SEAL_EXTRA_BYTES) return STATUS_CORRUPT;
    struct key k = body_key(case_key, &slot->content_key);
    *out = seal_opening(&k, s->body);
    key_wipe(&k);
    return STATUS_OK;
}

enum status sealed_open(const struct sealed *s, const struct slot_content *slot, const struct key *case_key,
                        struct arena *a, struct bytes *event) {
    uint8_t context[CONTEXT_BYTES];
    struct bytes plain;
    if (!slot->is_reader || !s->suite) return STATUS_CORRUPT;
    struct key k = body_key(case_key, &slot->content_key);
    enum status st =
        s->suite->body_open(a, &k, s->body, body_context(&s->tag, s->seq, s->sender, context), &plain);
    key_wipe(&k);
    if (st) return st;
    if (sodium_unpad(&event->n, plain.p, plain.n, SEALED_BODY_STEP) != 0) return STATUS_CORRUPT;
    event->p = plain.p;
    return STATUS_OK;
}
