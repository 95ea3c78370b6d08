#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/tiles.h"

// The hashes of one tile level from the start of its last stored tile to the right edge: the partial tile,
// and whatever was added since the last flush.
struct edge {
    struct hash *hashes;
    size_t count, capacity;
    uint64_t first;   // number, within the level, of hashes[0]; a multiple of LEDGER_TILE_WIDTH
    uint64_t flushed; // how many hashes of the level the storage has
};

struct ledger {
    struct ledger_storage storage;
    uint64_t size, flushed_size;
    struct edge edges[LEDGER_LEVELS];
    // peaks[h] is the root of the last perfect subtree of 2^h leaves when bit h of size is set, else
    // meaningless. Together the peaks cover the tree from left (highest) to right.
    struct hash peaks[64];
};

static uint64_t level_count(uint64_t size, int level) {
    return size >> (TILE_HEIGHT * level);
}

static void edge_push(struct edge *e, const struct hash *h) {
    if (e->count == e->capacity) {
        e->capacity = e->capacity ? e->capacity * 2 : LEDGER_TILE_WIDTH;
        e->hashes = realloc(e->hashes, e->capacity * sizeof *e->hashes);
        assert(e->hashes);
    }
    e->hashes[e->count++] = *h;
}

// Fills the edge of `level` for a tree of `size` leaves from the stored tile.
static enum status edge_load(struct ledger *l, struct tile_reader *r, int level) {
    struct edge *e = &l->edges[level];
    uint64_t total = level_count(l->size, level);
    size_t partial = total % LEDGER_TILE_WIDTH;
    e->count = 0;
    e->first = total - partial;
    e->flushed = total;
    if (partial == 0) return STATUS_OK;
    const uint8_t *hashes;
    enum status st = tiles_hashes(r, level, e->first, partial, &hashes);
    if (st) return st;
    for (size_t i = 0; i < partial; i++) {
        struct hash h;
        memcpy(h.b, hashes + i * HASH_BYTES, HASH_BYTES);
        edge_push(e, &h);
    }
    return STATUS_OK;
}

// Computes the peaks below height `under` again from the edges in memory. The peak of height h ends where the
// lower bits of size begin, and its 2^(h mod 8) hashes are in one tile: the one its level's edge starts with,
// or a later one.
static void peaks_from_edges(struct ledger *l, int under) {
    for (int h = 0; h < under; h++) {
        if (!(l->size >> h & 1)) continue;
        const struct edge *e = &l->edges[h / TILE_HEIGHT];
        int inside = h % TILE_HEIGHT;
        size_t width = (size_t)1 << inside;
        uint64_t first = (l->size >> h << inside) - width;
        assert(first >= e->first && first - e->first + width <= e->count);
        struct hash row[LEDGER_TILE_WIDTH / 2];
        memcpy(row, e->hashes + (first - e->first), width * sizeof *row);
        for (; width > 1; width /= 2)
            for (size_t i = 0; i < width / 2; i++) row[i] = ledger_node_hash(&row[2 * i], &row[2 * i + 1]);
        l->peaks[h] = row[0];
    }
}

static enum status load(struct ledger *l, uint64_t size) {
    struct arena a = {0};
    struct tile_reader r = {.storage = &l->storage, .arena = &a};
    l->size = l->flushed_size = size;
    enum status st = STATUS_OK;
    for (int level = 0; level < LEDGER_LEVELS && !st; level++) st = edge_load(l, &r, level);
    if (!st) peaks_from_edges(l, 64);
    arena_free(&a);
    return st;
}

enum status ledger_open(const struct ledger_storage *storage, uint64_t size, struct ledger **out) {
    struct ledger *l = calloc(1, sizeof *l);
    assert(l);
    l->storage = *storage;
    enum status st = load(l, size);
    if (st) {
        ledger_close(l);
        return st;
    }
    *out = l;
    return STATUS_OK;
}

void ledger_close(struct ledger *l) {
    if (!l) return;
    for (int level = 0; level < LEDGER_LEVELS; level++) free(l->edges[level].hashes);
    free(l);
}

enum status ledger_append_hash(struct ledger *l, const struct hash *leaf_hash, uint64_t *index) {
    if (l->size - l->flushed_size >= LEDGER_UNFLUSHED_MAX) return STATUS_BUSY;
    assert(l->size < UINT64_MAX);
    struct hash h = *leaf_hash;
    edge_push(&l->edges[0], &h);
    int height = 0;
    for (; l->size >> height & 1; height++) { // as many as adding 1 to size carries: one on average
        h = ledger_node_hash(&l->peaks[height], &h);
        if ((height + 1) % TILE_HEIGHT == 0 && height + 1 < 64)
            edge_push(&l->edges[(height + 1) / TILE_HEIGHT], &h);
    }
    l->peaks[height] = h;
    if (index) *index = l->size;
    l->size++;
    return STATUS_OK;
}

enum status ledger_append(struct ledger *l, struct bytes leaf, uint64_t *index) {
    struct hash h = ledger_leaf_hash(leaf);
    return ledger_append_hash(l, &h, index);
}

uint64_t ledger_size(const struct ledger *l) {
    return l->size;
}

uint64_t ledger_flushed_size(const struct ledger *l) {
    return l->flushed_size;
}

struct hash ledger_root(const struct ledger *l) {
    if (l->size == 0) return ledger_empty_root();
    int h = __builtin_ctzll(l->size);
    struct hash root = l->peaks[h];
    for (h++; h < 64; h++)
        if (l->size >> h & 1) root = ledger_node_hash(&l->peaks[h], &root);
    return root;
}

// Writes the tiles of one level that have hashes which the storage lacks.
static enum status edge_write(const struct ledger *l, int level) {
    const struct edge *e = &l->edges[level];
    uint64_t end = e->first + e->count;
    if (e->flushed == end) return STATUS_OK;
    for (uint64_t tile = e->flushed / LEDGER_TILE_WIDTH; tile * LEDGER_TILE_WIDTH < end; tile++) {
        uint64_t from = tile * LEDGER_TILE_WIDTH;
        size_t count = end - from < LEDGER_TILE_WIDTH ? (size_t)(end - from) : LEDGER_TILE_WIDTH;
        struct bytes hashes = {e->hashes[from - e->first].b, count * HASH_BYTES};
        enum status st = l->storage.write_tile(l->storage.context, level, tile, hashes);
        if (st) return st;
    }
    return STATUS_OK;
}

// Keeps only the partial tile in memory.
static void edge_trim(struct edge *e) {
    uint64_t end = e->first + e->count;
    size_t partial = end % LEDGER_TILE_WIDTH;
    memmove(e->hashes, e->hashes + (e->count - partial), partial * sizeof *e->hashes);
    e->first = end - partial;
    e->count = partial;
    e->flushed = end;
}

enum status ledger_flush(struct ledger *l) {
    for (int level = 0; level < LEDGER_LEVELS; level++) {
        enum status st = edge_write(l, level);
        if (st) return st;
    }
    for (int level = 0; level < LEDGER_LEVELS; level++)
        if (l->edges[level].count) edge_trim(&l->edges[level]);
    l->flushed_size = l->size;
    return STATUS_OK;
}

enum status ledger_rollback_to(struct ledger *l, uint64_t size) {
    assert(size <= l->size);
    if (size == l->size) return STATUS_OK;
    if (size < l->flushed_size) return load(l, size);
    int changed = 64 - __builtin_clzll(size ^ l->size); // peaks above the highest changed bit are the same
    l->size = size;
    for (int level = 0; level < LEDGER_LEVELS; level++) {
        struct edge *e = &l->edges[level];
        e->count = (size_t)(level_count(size, level) - e->first);
    }
    peaks_from_edges(l, changed);
    return STATUS_OK;
}
