// blob_format.h - how a document lies on disk.
//
//     8 bytes   "OSTIAB01"
//     24 bytes  secretstream header (libsodium, crypto_secretstream_xchacha20poly1305)
//     chunks    BLOB_CHUNK_BYTES of plaintext + 17 each; only the last is shorter, and only it has TAG_FINAL.
//               The first chunk authenticates the 8 bytes as additional data.
#pragma once
#include <sodium.h>

#include "store/blob.h"
#include "store/file.h"

enum {
    BLOB_MAGIC_BYTES = 8,
    BLOB_HEAD_BYTES = BLOB_MAGIC_BYTES + crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    BLOB_SEALED_BYTES = BLOB_CHUNK_BYTES + crypto_secretstream_xchacha20poly1305_ABYTES,
};
static const uint8_t BLOB_MAGIC[BLOB_MAGIC_BYTES] = {'O', 'S', 'T', 'I', 'A', 'B', '0', '1'};
_Static_assert(crypto_secretstream_xchacha20poly1305_KEYBYTES == KEY_BYTES, "key size");

// DIR/blobs/ab/abcd...; `shard` is DIR/blobs/ab and may be NULL.
struct file_path blob_path(struct store *s, const struct hash *name, struct file_path *shard);

// In the database (blob_table.c), where the engine is shared: the same bytes, cut into pieces.
enum { BLOB_PIECE_BYTES = 1024 * 1024 };
// From an open file of `size` bytes. Durable when it returns; not in a job.
enum status blob_table_put(struct store *s, const struct hash *name, int fd, int64_t size);
// One piece; `into` has room for BLOB_PIECE_BYTES. STATUS_NOT_FOUND.
enum status blob_table_get(struct store *s, const struct hash *name, int64_t number, uint8_t *into,
                           size_t *n);
enum status blob_table_remove(struct store *s, const struct hash *name);
enum status blob_table_each(struct store *s, enum status (*fn)(void *arg, const struct hash *name),
                            void *arg);
