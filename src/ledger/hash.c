#include <sodium.h>
#include <string.h>

#include "ledger/ledger.h"

// RFC 6962, 2.1: the first byte keeps leaves and nodes apart.
struct hash ledger_leaf_hash(struct bytes leaf) {
    static const uint8_t LEAF = 0x00;
    crypto_hash_sha256_state state;
    struct hash h;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, &LEAF, 1);
    crypto_hash_sha256_update(&state, leaf.p, leaf.n);
    crypto_hash_sha256_final(&state, h.b);
    return h;
}

struct hash ledger_node_hash(const struct hash *left, const struct hash *right) {
    uint8_t node[1 + 2 * HASH_BYTES] = {0x01};
    struct hash h;
    memcpy(node + 1, left->b, HASH_BYTES);
    memcpy(node + 1 + HASH_BYTES, right->b, HASH_BYTES);
    crypto_hash_sha256(h.b, node, sizeof node);
    return h;
}

struct hash ledger_empty_root(void) {
    return hash_of((struct bytes){0});
}
