// hash.c - the hashes of the tree. Low-level SHA-256 of OpenSSL, which uses the processor's own instructions:
// through EVP a hash of two blocks costs more in calls than in hashing, and libsodium's is 12 times as slow.
#define OPENSSL_SUPPRESS_DEPRECATED // of version 3 on, in favour of EVP
#include "ledger/ledger.h"

#include <openssl/sha.h>
#include <string.h>

// RFC 6962, 2.1: the first byte keeps leaves and nodes apart. The first block is put together here, so that
// the rest is hashed where it lies.
struct hash ledger_leaf_hash(struct bytes leaf) {
    uint8_t first[SHA256_CBLOCK] = {0x00};
    size_t n = leaf.n < sizeof first - 1 ? leaf.n : sizeof first - 1;
    SHA256_CTX state;
    struct hash h;
    if (n) memcpy(first + 1, leaf.p, n);
    SHA256_Init(&state);
    SHA256_Update(&state, first, 1 + n);
    if (leaf.n > n) SHA256_Update(&state, leaf.p + n, leaf.n - n);
    SHA256_Final(h.b, &state);
    return h;
}

// Always 65 bytes, so always two blocks: the padding is known (FIPS 180-4, 5.1.1).
struct hash ledger_node_hash(const struct hash *left, const struct hash *right) {
    enum { BITS = 8 * (1 + 2 * HASH_BYTES) };
    uint8_t blocks[2 * SHA256_CBLOCK] = {0x01};
    SHA256_CTX state;
    struct hash h;
    memcpy(blocks + 1, left->b, HASH_BYTES);
    memcpy(blocks + 1 + HASH_BYTES, right->b, HASH_BYTES);
    blocks[1 + 2 * HASH_BYTES] = 0x80;
    blocks[sizeof blocks - 2] = BITS >> 8;
    blocks[sizeof blocks - 1] = BITS & 0xFF;
    SHA256_Init(&state);
    SHA256_Transform(&state, blocks);
    SHA256_Transform(&state, blocks + SHA256_CBLOCK);
    for (int i = 0; i < 8; i++) {
        h.b[4 * i] = (uint8_t)(state.h[i] >> 24);
        h.b[4 * i + 1] = (uint8_t)(state.h[i] >> 16);
        h.b[4 * i + 2] = (uint8_t)(state.h[i] >> 8);
        h.b[4 * i + 3] = (uint8_t)state.h[i];
    }
    return h;
}

struct hash ledger_empty_root(void) {
    return hash_of((struct bytes){0});
}
