// Proofs from strangers, with any sizes: the verifiers end, read nothing beyond the proof, and two of them
// agree.
#include <stdlib.h>
#include <string.h>

#include "ledger/ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct hash take_hash(const uint8_t **data, size_t *size) {
    struct hash h = {0};
    size_t n = *size < HASH_BYTES ? *size : HASH_BYTES;
    memcpy(h.b, *data, n);
    *data += n;
    *size -= n;
    return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint64_t n[3];
    struct hash hashes[PROOF_HASHES_MAX];
    if (size < sizeof n) return 0;
    memcpy(n, data, sizeof n);
    data += sizeof n;
    size -= sizeof n;
    struct hash a = take_hash(&data, &size), b = take_hash(&data, &size);
    size_t count = 0;
    while (size > 0 && count < PROOF_HASHES_MAX) hashes[count++] = take_hash(&data, &size);
    struct hash *exact = malloc(count * sizeof *exact + 1); // so that a sanitizer sees the first hash too far
    if (!exact) abort();
    memcpy(exact, hashes, count * sizeof *exact);
    struct proof p = {exact, count};
    enum status whole = proof_check_inclusion(&p, n[0], n[1], &a, &b);
    enum status part = proof_check_subtree_inclusion(&p, n[0], 0, n[1], &a, &b);
    if (whole != part) abort();
    enum status grown = proof_check_consistency(&p, n[0], n[1], &a, &b);
    enum status from_zero = proof_check_subtree_consistency(&p, 0, n[0], n[1], &a, &b);
    if (n[0] > 0 && grown != from_zero) abort();
    if (grown == STATUS_OK && n[0] == n[1] && !hash_eq(&a, &b)) abort();
    enum status any = proof_check_subtree_consistency(&p, n[0], n[1], n[2], &a, &b);
    if (any == STATUS_OK && (n[0] > n[1] || n[1] > n[2])) abort();
    free(exact);
    return 0;
}
