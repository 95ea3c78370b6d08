// memory_tiles.h - tiles kept in memory, with transactions: what a database would do.
#pragma once
#include <stdlib.h>
#include <string.h>

#include "ledger/ledger.h"

enum { MEMORY_TILES_MAX = 600, MEMORY_LEVELS = 3 };

struct memory_tile {
    size_t n;
    uint8_t b[LEDGER_TILE_BYTES];
};
struct memory_tiles {
    struct memory_tile tiles[MEMORY_LEVELS][MEMORY_TILES_MAX];
    int writes, reads;
    int fail_write; // the how-manyth write from now fails; 0 = none
};

static inline enum status memory_read(void *context, int level, uint64_t index, struct arena *a,
                                      struct bytes *out) {
    struct memory_tiles *m = context;
    m->reads++;
    if (level >= MEMORY_LEVELS || index >= MEMORY_TILES_MAX || m->tiles[level][index].n == 0)
        return STATUS_NOT_FOUND;
    *out = bytes_copy(a, (struct bytes){m->tiles[level][index].b, m->tiles[level][index].n});
    return STATUS_OK;
}

static inline enum status memory_write(void *context, int level, uint64_t index, struct bytes hashes) {
    struct memory_tiles *m = context;
    if (m->fail_write && --m->fail_write == 0) return STATUS_FULL;
    if (level >= MEMORY_LEVELS || index >= MEMORY_TILES_MAX || hashes.n > LEDGER_TILE_BYTES) abort();
    m->writes++;
    m->tiles[level][index].n = hashes.n;
    memcpy(m->tiles[level][index].b, hashes.p, hashes.n);
    return STATUS_OK;
}

static inline struct memory_tiles *memory_tiles_new(struct ledger_storage *storage) {
    struct memory_tiles *m = calloc(1, sizeof *m);
    if (!m) abort();
    *storage = (struct ledger_storage){m, memory_read, memory_write};
    return m;
}

// Leaf number i of every test tree.
static inline struct bytes test_leaf(uint64_t i, uint8_t storage[8]) {
    for (int k = 0; k < 8; k++) storage[k] = (uint8_t)(i >> (8 * k));
    return (struct bytes){storage, 1 + i % 8};
}

static inline struct hash test_leaf_hash(uint64_t i) {
    uint8_t b[8];
    return ledger_leaf_hash(test_leaf(i, b));
}

// MTH(D[start:end]) straight from the definition in RFC 9162, 2.1.1.
static inline struct hash naive_root(uint64_t start, uint64_t end) {
    if (start == end) return ledger_empty_root();
    if (end - start == 1) return test_leaf_hash(start);
    uint64_t k = 1;
    while (k * 2 < end - start) k *= 2;
    struct hash left = naive_root(start, start + k), right = naive_root(start + k, end);
    return ledger_node_hash(&left, &right);
}

static inline void append_upto(struct ledger *l, uint64_t size) {
    while (ledger_size(l) < size) {
        uint8_t b[8];
        if (ledger_append(l, test_leaf(ledger_size(l), b), NULL)) abort();
    }
}
