// ledger.h - an append-only Merkle log (RFC 6962, RFC 9162) kept in tiles of 256 hashes.
//
// The tree of hashes is cut into tiles as in C2SP tlog-tiles: level 0 holds leaf hashes, level 1 the roots of
// full level 0 tiles, and so on. Whoever opens a ledger says where tiles are kept. One thread appends; proofs
// need only a storage and a size, so every reader makes them from its own database connection.
#pragma once
#include "base/arena.h"
#include "base/crypto.h"
#include "base/text.h"

enum {
    LEDGER_TILE_WIDTH = 256,                            // hashes in a full tile
    LEDGER_TILE_BYTES = LEDGER_TILE_WIDTH * HASH_BYTES, // 8 KiB
    LEDGER_LEVELS = 8,                                  // 256^8 leaves: more than uint64_t counts
    LEDGER_UNFLUSHED_MAX = 1 << 20,                     // leaves between two flushes: 32 MiB of memory
};

// Where tiles live. A tile is named by level (0 to LEDGER_LEVELS - 1) and index (0, 1, 2 ... from the left).
struct ledger_storage {
    void *context;
    // The hashes of one tile, one after the other, at least as many as were written last; more is fine.
    // STATUS_NOT_FOUND when the tile was never written. The bytes live in `a`.
    enum status (*read_tile)(void *context, int level, uint64_t index, struct arena *a, struct bytes *hashes);
    // Stores the whole present content of a tile (1 to LEDGER_TILE_WIDTH hashes), replacing what was there.
    enum status (*write_tile)(void *context, int level, uint64_t index, struct bytes hashes);
};

// SHA-256(0x00 || leaf), SHA-256(0x01 || left || right), and the root of the tree without leaves.
struct hash ledger_leaf_hash(struct bytes leaf);
struct hash ledger_node_hash(const struct hash *left, const struct hash *right);
struct hash ledger_empty_root(void);

struct ledger; // the right edge of the tree in memory; belongs to one thread

// Opens the log at `size` leaves, reading its right edge from `storage` (copied; its context must outlive the
// ledger). STATUS_CORRUPT when a tile is missing or too short, or what read_tile answered.
enum status ledger_open(const struct ledger_storage *storage, uint64_t size, struct ledger **out);
void ledger_close(struct ledger *l); // forgets what was not flushed; NULL is fine

// Adds a leaf, in memory only, and gives its index from 0 (NULL when not wanted). About one SHA-256 of 65
// bytes beside the leaf's own. STATUS_BUSY after LEDGER_UNFLUSHED_MAX appends without a flush.
enum status ledger_append(struct ledger *l, struct bytes leaf, uint64_t *index);
enum status ledger_append_hash(struct ledger *l, const struct hash *leaf_hash, uint64_t *index);

uint64_t ledger_size(const struct ledger *l);
struct hash ledger_root(const struct ledger *l); // at most 63 hashes; nothing is read

// Writes every tile that changed since the last flush: call it once a batch, inside the database transaction.
// After a failure roll the transaction back and call ledger_rollback_to.
enum status ledger_flush(struct ledger *l);

// Forgets the leaves from index `size` on. Down to the last flushed size nothing is read or written. Below it
// (the transaction of a flush failed: roll it back first) the right edge is read again from the storage.
// `size` is at most ledger_size. STATUS_CORRUPT as ledger_open; then the ledger can only be closed.
enum status ledger_rollback_to(struct ledger *l, uint64_t size);
uint64_t ledger_flushed_size(const struct ledger *l);

// A list of hashes, as RFC 9162 orders them.
enum { PROOF_HASHES_MAX = 128 }; // a tree of 2^64 leaves needs 65
struct proof {
    struct hash *hashes;
    size_t count;
};

// Root of the first `size` leaves, for any size up to the one that was flushed. STATUS_CORRUPT, or what
// read_tile answered. Memory used on the way comes from `a`: a few tiles.
enum status ledger_root_at(const struct ledger_storage *s, uint64_t size, struct arena *a, struct hash *root);

// Proof that leaf `index` is in the tree of `size` leaves (RFC 9162, 2.1.3.1). STATUS_NOT_FOUND if index >=
// size.
enum status ledger_inclusion(const struct ledger_storage *s, uint64_t index, uint64_t size, struct arena *a,
                             struct proof *proof);
// Proof that the tree of `size2` leaves begins with the tree of `size1` (RFC 9162, 2.1.4.1).
// STATUS_NOT_FOUND if size1 is 0 or size1 > size2.
enum status ledger_consistency(const struct ledger_storage *s, uint64_t size1, uint64_t size2,
                               struct arena *a, struct proof *proof);

// Verifiers: STATUS_OK, or STATUS_CORRUPT when the proof does not show what it should. They need no storage.
// Consistency with the tree of no leaves shows nothing and is refused, unless both trees are empty.
enum status proof_check_inclusion(const struct proof *p, uint64_t index, uint64_t size,
                                  const struct hash *leaf_hash, const struct hash *root);
enum status proof_check_consistency(const struct proof *p, uint64_t size1, uint64_t size2,
                                    const struct hash *root1, const struct hash *root2);
// A subtree is [start, end) with start a multiple of the smallest power of two that is >= end - start
// (draft-ietf-plants-merkle-tree-certs, 4.1). An empty subtree is consistent with every tree that reaches it.
enum status proof_check_subtree_inclusion(const struct proof *p, uint64_t index, uint64_t start, uint64_t end,
                                          const struct hash *leaf_hash, const struct hash *subtree_root);
enum status proof_check_subtree_consistency(const struct proof *p, uint64_t start, uint64_t end,
                                            uint64_t size, const struct hash *subtree_root,
                                            const struct hash *root);
