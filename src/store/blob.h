// blob.h - documents: encrypted (libsodium secretstream, XChaCha20-Poly1305), named by the SHA-256 of their
// ciphertext, in DIR/blobs/ab/abcdef...., or in the database where several servers share it; and uploads that
// resume after a lost connection.
#pragma once
#include "base/crypto.h"
#include "store/store.h"

enum {
    BLOB_CHUNK_BYTES = 64 * 1024,                // plaintext bytes sealed at once
    BLOB_BYTES_MAX = 512 * 1024 * 1024,          // largest document; callers give smaller bounds
    UPLOAD_PIECE_MAX = 8 * 1024 * 1024,          // bytes of one upload_append
    UPLOAD_AGE_MS_MAX = 7 * 24 * 60 * 60 * 1000, // usual age for upload_sweep: a week
};

struct blob_info {
    struct hash name;       // SHA-256 of the stored (encrypted) file: its address, and what goes in the log
    struct hash plain_hash; // SHA-256 of the document itself
    int64_t size;           // bytes of the document
    int64_t stored_size;    // bytes on disk
};

struct blob_writer;

// Starts a document of at most `bytes_max` bytes under `key`. End with blob_finish or blob_abort.
enum status blob_create(struct store *s, const struct key *key, int64_t bytes_max, struct blob_writer **out);
// STATUS_TOO_LARGE (nothing of `b` is kept), STATUS_FULL, STATUS_IO: then only blob_abort makes sense.
enum status blob_write(struct blob_writer *w, struct bytes b);
// Makes the document durable under its name; not in a job. Frees *w and sets it to NULL, also on failure.
enum status blob_finish(struct blob_writer **w, struct blob_info *out);
// Harmless when *w is NULL.
void blob_abort(struct blob_writer **w);

struct blob_reader;

// STATUS_NOT_FOUND; STATUS_CORRUPT when the head is damaged.
enum status blob_open_read(struct store *s, const struct hash *name, const struct key *key,
                           struct blob_reader **out);
// The next bytes, at most `room`; *n is 0 at the end. STATUS_CORRUPT for any flipped, missing, moved or added
// byte, and for the wrong key; bytes given before were genuine. At the end all bytes have been proved to be
// there.
enum status blob_read(struct blob_reader *r, uint8_t *into, size_t room, size_t *n);
void blob_close_read(struct blob_reader **r);
// The whole document in `a`, at most `bytes_max` (STATUS_TOO_LARGE).
enum status blob_read_all(struct store *s, const struct hash *name, const struct key *key, size_t bytes_max,
                          struct arena *a, struct bytes *out);
// The same from an open file instead of the store; `fd` is closed with the reader.
enum status blob_open_fd(int fd, const struct key *key, struct blob_reader **out);

// Compares the file with its name; needs no key. STATUS_NOT_FOUND, STATUS_CORRUPT.
enum status blob_verify(struct store *s, const struct hash *name);
// Puts a document of a store in a folder into a store on a shared database, unless it is there already.
enum status blob_copy(struct store *from, struct store *to, const struct hash *name);
// For backups, where documents are in the database: their bytes as they are stored, to a file and back.
// Elsewhere they are files already (DIR/blobs/ab/abcdef...).
bool blobs_are_in_database(const struct store *s);
enum status blob_export(struct store *s, const struct hash *name, const char *path); // STATUS_NOT_FOUND
enum status blob_import(struct store *s, const struct hash *name, const char *path);
// Durable when it returns. STATUS_NOT_FOUND.
enum status blob_remove(struct store *s, const struct hash *name);
// Every document in the store, in order of name; stops at the first answer other than STATUS_OK.
enum status blob_each(struct store *s, enum status (*fn)(void *arg, const struct hash *name), void *arg);

// ---- resumable uploads ----

// An upload in progress, open in one place at a time. Caller's storage.
struct upload {
    struct store *store;
    int fd;
    int64_t offset, bytes_max; // bytes received so far; the bound
    int64_t end;               // of the file
    struct hash id;
    struct key key;
};

// Opens the upload of that token (random, 16 to 128 bytes, given by the caller; only its hash is on disk), or
// starts it. Each piece is sealed under a key made of the master key and the token. STATUS_BUSY: open
// elsewhere.
enum status upload_open(struct store *s, struct text token, int64_t bytes_max, struct upload *out);
// Adds bytes at `offset`; durable when it returns. STATUS_CONFLICT when u->offset differs: continue from
// there. STATUS_TOO_LARGE beyond the bound or UPLOAD_PIECE_MAX, with nothing kept.
enum status upload_append(struct upload *u, int64_t offset, struct bytes b);
// Turns what was received into a document under `key`, removes the upload and closes it. When it fails the
// upload is closed but kept. Content is checked: STATUS_CORRUPT.
enum status upload_finish(struct upload *u, const struct key *key, struct blob_info *out);
void upload_close(struct upload *u); // keeps it for later
enum status upload_drop(struct upload *u);
// Removes uploads started more than `age_ms` ago that are not open.
enum status upload_sweep(struct store *s, int64_t age_ms, int64_t *removed);
