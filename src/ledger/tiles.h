// tiles.h - inside ledger/: the hash of any part of a stored tree.
#pragma once
#include "ledger/ledger.h"

enum { TILE_HEIGHT = 8 }; // a full tile is a subtree of 2^8 hashes

// Reads tiles and remembers those of one computation, so that none is read twice.
struct tile_reader {
    const struct ledger_storage *storage;
    struct arena *arena;
    struct tile_read *items;
    size_t count, capacity;
};
struct tile_read {
    int level;
    uint64_t index;
    struct bytes hashes;
};

// `count` hashes from number `first` of a tile level; they lie in one tile. STATUS_CORRUPT when the tile is
// missing or too short.
enum status tiles_hashes(struct tile_reader *r, int level, uint64_t first, size_t count,
                         const uint8_t **hashes);
// Root of the perfect subtree number `index` among those of 2^height leaves.
enum status tiles_perfect(struct tile_reader *r, int height, uint64_t index, struct hash *root);
// Root of the leaves [start, end), start < end, where start is a multiple of a power of two >= end - start.
enum status tiles_range(struct tile_reader *r, uint64_t start, uint64_t end, struct hash *root);

// The largest power of two smaller than `n` (n > 1): where RFC 6962 splits a tree.
uint64_t tree_split(uint64_t n);
