#include "base/crypto.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

void crypto_start(void) {
    int ready = sodium_init();
    assert(ready >= 0);
    (void)ready;
}

struct hash hash_of(struct bytes data) {
    struct hash h;
    crypto_hash_sha256(h.b, data.p, data.n);
    return h;
}

bool hash_eq(const struct hash *a, const struct hash *b) {
    return sodium_memcmp(a->b, b->b, HASH_BYTES) == 0;
}

struct hash hash_keyed(const struct key *k, struct bytes data) {
    struct hash h;
    crypto_auth_hmacsha256(h.b, data.p, data.n, k->b);
    return h;
}

struct key key_random(const struct env *e) {
    struct key k;
    env_random(e, k.b, sizeof k.b);
    return k;
}

struct key key_derive(const struct key *k, struct text purpose) {
    struct hash h = hash_keyed(k, bytes_of(purpose));
    struct key derived;
    memcpy(derived.b, h.b, sizeof derived.b);
    return derived;
}

void key_wipe(struct key *k) {
    sodium_memzero(k, sizeof *k);
}

enum { NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES };
_Static_assert(SEAL_EXTRA_BYTES == NONCE_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES, "seal layout");

struct bytes seal(struct arena *a, const struct env *e, const struct key *k, struct bytes plain,
                  struct bytes context) {
    uint8_t *sealed = arena_alloc(a, plain.n + SEAL_EXTRA_BYTES);
    env_random(e, sealed, NONCE_BYTES);
    unsigned long long n = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE_BYTES, &n, plain.p, plain.n, context.p,
                                               context.n, NULL, sealed, k->b);
    return (struct bytes){sealed, NONCE_BYTES + (size_t)n};
}

enum status unseal(struct arena *a, const struct key *k, struct bytes sealed, struct bytes context,
                   struct bytes *plain) {
    if (sealed.n < SEAL_EXTRA_BYTES) return STATUS_CORRUPT;
    uint8_t *p = arena_alloc(a, sealed.n - SEAL_EXTRA_BYTES + 1);
    unsigned long long n = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(p, &n, NULL, sealed.p + NONCE_BYTES,
                                                   sealed.n - NONCE_BYTES, context.p, context.n, sealed.p,
                                                   k->b) != 0)
        return STATUS_CORRUPT;
    *plain = (struct bytes){p, (size_t)n};
    return STATUS_OK;
}

struct key seal_opening(const struct key *k, struct bytes sealed) {
    struct key opening;
    assert(sealed.n >= SEAL_EXTRA_BYTES);
    crypto_core_hchacha20(opening.b, sealed.p, k->b, NULL);
    return opening;
}

enum status unseal_opened(struct arena *a, const struct key *opening, struct bytes sealed,
                          struct bytes context, struct bytes *plain) {
    if (sealed.n < SEAL_EXTRA_BYTES) return STATUS_CORRUPT;
    enum { FIRST = crypto_core_hchacha20_INPUTBYTES };
    uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES] = {0}; // 4 zeroes, then the rest of the nonce
    memcpy(nonce + 4, sealed.p + FIRST, NONCE_BYTES - FIRST);
    uint8_t *p = arena_alloc(a, sealed.n - SEAL_EXTRA_BYTES + 1);
    unsigned long long n = 0;
    if (crypto_aead_chacha20poly1305_ietf_decrypt(p, &n, NULL, sealed.p + NONCE_BYTES, sealed.n - NONCE_BYTES,
                                                  context.p, context.n, nonce, opening->b) != 0)
        return STATUS_CORRUPT;
    *plain = (struct bytes){p, (size_t)n};
    return STATUS_OK;
}

// Thirty symbols: no 0 O, no 1 I L, no U (taken for V).
static const char ALPHABET[] = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

struct text code_random(struct arena *a, const struct env *e, int groups) {
    struct out o = {.arena = a};
    for (int i = 0; i < groups * 4;) {
        uint8_t byte;
        env_random(e, &byte, 1);
        byte &= 31;
        if (byte >= 30) continue; // thirty symbols; drawing again keeps them equally likely
        if (i > 0 && i % 4 == 0) out_byte(&o, '-');
        out_byte(&o, ALPHABET[byte]);
        i++;
    }
    return out_done(&o);
}

struct text code_normal(struct arena *a, struct text typed) {
    enum { TYPED_MAX = 64 };
    struct out o = {.arena = a};
    if (typed.n > TYPED_MAX) return (struct text){0};
    int letters = 0;
    for (size_t i = 0; i < typed.n; i++) {
        char c = typed.p[i];
        if (c == '-' || c == ' ') continue;
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        if (!c || !strchr(ALPHABET, c)) return (struct text){0};
        if (letters > 0 && letters % 4 == 0) out_byte(&o, '-');
        out_byte(&o, c);
        letters++;
    }
    return letters && letters % 4 == 0 ? out_done(&o) : (struct text){0};
}
