// crypto.h - the few cryptographic operations of the house, named by what they are for.
//
// Sealing is XChaCha20-Poly1305 (libsodium), hashing SHA-256 (FIPS 180-4), signing Ed25519 (RFC 8032).
#pragma once
#include "base/arena.h"
#include "base/env.h"
#include "base/text.h"

enum { KEY_BYTES = 32, HASH_BYTES = 32, SEAL_EXTRA_BYTES = 24 + 16 };

struct key {
    uint8_t b[KEY_BYTES];
};
struct hash {
    uint8_t b[HASH_BYTES];
};

// Must be called once before anything else, from one thread. Asserts that libsodium works.
void crypto_start(void);

struct hash hash_of(struct bytes data);
bool hash_eq(const struct hash *a, const struct hash *b);
static inline struct bytes hash_bytes(const struct hash *h) { // of *h itself
    return (struct bytes){h->b, HASH_BYTES};
}

// HMAC-SHA-256 (RFC 2104).
struct hash hash_keyed(const struct key *k, struct bytes data);

struct key key_random(const struct env *e);
// A key for one purpose derived from `k` (HMAC-SHA-256 of the purpose's name).
struct key key_derive(const struct key *k, struct text purpose);
void key_wipe(struct key *k);

// Nonce, ciphertext and tag: plain.n + SEAL_EXTRA_BYTES bytes in `a`. `context` is authenticated, not stored.
struct bytes seal(struct arena *a, const struct env *e, const struct key *k, struct bytes plain,
                  struct bytes context);
// STATUS_CORRUPT when a byte, the key or the context is not what it was.
enum status unseal(struct arena *a, const struct key *k, struct bytes sealed, struct bytes context,
                   struct bytes *plain);

// The key of one sealed message alone: it opens that message and no other of the same key (HChaCha20 of key
// and nonce, draft-irtf-cfrg-xchacha-03, 2.2). `sealed` has SEAL_EXTRA_BYTES at least, asserted. A message
// could have been made so that two keys open it: an opening shows one meaning, not that there is no other.
struct key seal_opening(const struct key *k, struct bytes sealed);
enum status unseal_opened(struct arena *a, const struct key *opening, struct bytes sealed,
                          struct bytes context, struct bytes *plain);

// A random code of `groups` x 4 letters and digits that nobody mixes up (no 0 O 1 I L U), with dashes:
// 19.6 bits a group. For letters, tracking and recovery.
struct text code_random(struct arena *a, const struct env *e, int groups);
// The same code as typed by a person: upper case, dashes and spaces as they come. Empty text when it
// cannot be a code.
struct text code_normal(struct arena *a, struct text typed);
