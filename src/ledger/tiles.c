#include "ledger/tiles.h"

#include <assert.h>
#include <string.h>

uint64_t tree_split(uint64_t n) {
    assert(n > 1);
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

static enum status read_once(struct tile_reader *r, int level, uint64_t index, struct bytes *hashes) {
    for (size_t i = 0; i < r->count; i++)
        if (r->items[i].level == level && r->items[i].index == index) {
            *hashes = r->items[i].hashes;
            return STATUS_OK;
        }
    enum status st = r->storage->read_tile(r->storage->context, level, index, r->arena, hashes);
    if (st == STATUS_NOT_FOUND) return STATUS_CORRUPT; // a tile that must be there
    if (st) return st;
    *ARENA_PUSH(r->arena, r) = (struct tile_read){level, index, *hashes};
    return STATUS_OK;
}

enum status tiles_hashes(struct tile_reader *r, int level, uint64_t first, size_t count,
                         const uint8_t **hashes) {
    size_t at = first % LEDGER_TILE_WIDTH;
    assert(at + count <= LEDGER_TILE_WIDTH);
    struct bytes tile;
    enum status st = read_once(r, level, first / LEDGER_TILE_WIDTH, &tile);
    if (st) return st;
    if (tile.n < (at + count) * HASH_BYTES) return STATUS_CORRUPT;
    *hashes = tile.p + at * HASH_BYTES;
    return STATUS_OK;
}

enum status tiles_perfect(struct tile_reader *r, int height, uint64_t index, struct hash *root) {
    int inside = height % TILE_HEIGHT;
    size_t width = (size_t)1 << inside;
    const uint8_t *hashes;
    enum status st = tiles_hashes(r, height / TILE_HEIGHT, index << inside, width, &hashes);
    if (st) return st;
    struct hash row[LEDGER_TILE_WIDTH / 2];
    memcpy(row, hashes, width * HASH_BYTES);
    for (; width > 1; width /= 2)
        for (size_t i = 0; i < width / 2; i++) row[i] = ledger_node_hash(&row[2 * i], &row[2 * i + 1]);
    *root = row[0];
    return STATUS_OK;
}

enum status tiles_range(struct tile_reader *r, uint64_t start, uint64_t end, struct hash *root) {
    uint64_t n = end - start;
    assert(n > 0);
    if ((n & (n - 1)) == 0) {
        int height = __builtin_ctzll(n);
        return tiles_perfect(r, height, start >> height, root);
    }
    uint64_t k = tree_split(n); // each step halves n, so this goes at most 63 deep
    struct hash left, right;
    enum status st = tiles_range(r, start, start + k, &left);
    if (!st) st = tiles_range(r, start + k, end, &right);
    if (!st) *root = ledger_node_hash(&left, &right);
    return st;
}
