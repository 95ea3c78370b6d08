#include "ledger/tiles.h"

// Proofs are listed from the leaves up, but found from the root down: filled in backwards.
struct path {
    struct hash hashes[PROOF_HASHES_MAX];
    size_t count;
};

static struct proof reversed(struct arena *a, const struct path *path) {
    struct proof p = {ARENA_ARRAY(a, struct hash, path->count), path->count};
    for (size_t i = 0; i < path->count; i++) p.hashes[i] = path->hashes[path->count - 1 - i];
    return p;
}

enum status ledger_root_at(const struct ledger_storage *s, uint64_t size, struct arena *a,
                           struct hash *root) {
    struct tile_reader r = {.storage = s, .arena = a};
    if (size) return tiles_range(&r, 0, size, root);
    *root = ledger_empty_root();
    return STATUS_OK;
}

// PATH(m, D[n]) of RFC 9162, 2.1.3.1.
enum status ledger_inclusion(const struct ledger_storage *s, uint64_t index, uint64_t size, struct arena *a,
                             struct proof *proof) {
    if (index >= size) return STATUS_NOT_FOUND;
    struct tile_reader r = {.storage = s, .arena = a};
    struct path path = {.count = 0};
    uint64_t start = 0, end = size;
    while (end - start > 1) {
        uint64_t middle = start + tree_split(end - start);
        bool goes_left = index < middle;
        enum status st = goes_left ? tiles_range(&r, middle, end, &path.hashes[path.count++])
                                   : tiles_range(&r, start, middle, &path.hashes[path.count++]);
        if (st) return st;
        *(goes_left ? &end : &start) = middle;
    }
    *proof = reversed(a, &path);
    return STATUS_OK;
}

// SUBPROOF(m, D[n], b) of RFC 9162, 2.1.4.1; b says that [start, end) begins where the old tree does, so that
// its root is known to the verifier once the old tree ends there.
enum status ledger_consistency(const struct ledger_storage *s, uint64_t size1, uint64_t size2,
                               struct arena *a, struct proof *proof) {
    if (size1 == 0 || size1 > size2) return STATUS_NOT_FOUND;
    struct tile_reader r = {.storage = s, .arena = a};
    struct path path = {.count = 0};
    uint64_t start = 0, end = size2;
    enum status st = STATUS_OK;
    while (end != size1) {
        uint64_t middle = start + tree_split(end - start);
        bool goes_left = size1 <= middle;
        st = goes_left ? tiles_range(&r, middle, end, &path.hashes[path.count++])
                       : tiles_range(&r, start, middle, &path.hashes[path.count++]);
        if (st) return st;
        *(goes_left ? &end : &start) = middle;
    }
    if (start > 0) st = tiles_range(&r, start, end, &path.hashes[path.count++]);
    if (!st) *proof = reversed(a, &path);
    return st;
}
