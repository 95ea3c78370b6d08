// archive.h - a backup file: named files one after the other, sealed as a stream (libsodium secretstream,
// XChaCha20-Poly1305) in bounded memory. What was cut, changed or moved is noticed.
//
//     8 bytes   "OSTIAK01"
//     1 byte    1: key from a passphrase (Argon2id, salt of 16 bytes follows); 2: key sealed for a recipient
//     (80 bytes follow) 1 byte    1: keys/master.key is in it 24 bytes  secretstream header chunks
//     ARCHIVE_CHUNK_BYTES and 17 each; the last is shorter or empty and final. The first authenticates all
//     above.
//
// Within the chunks: length of a name (1 byte), the name, size (8 bytes, big end first), the bytes; a length
// of 0 ends.
#pragma once
#include "base/crypto.h"
#include "ostia/command.h"
#include "store/file.h"

enum { ARCHIVE_CHUNK_BYTES = 64 * 1024, ARCHIVE_NAME_MAX = 200 };

// One of both: the file that holds a passphrase, or a key of `ostia backup-key` (public to write, secret to
// read).
struct archive_lock {
    const char *passphrase_file, *key_file;
};

// Exactly one of --passphrase and --key must be given; says so. In backup.c.
bool backup_lock(const struct call *c, struct archive_lock *lock);

// Files read and written once from their begin to their end, however large.
enum status stream_write(int fd, const void *p, size_t n);
enum status stream_read(int fd, void *p, size_t n, size_t *got); // up to `n` bytes until the end of the file

struct archive_writer;
// STATUS_INVALID: the lock's file holds no passphrase or key. *out is given to archive_abandon in any case
// but OK of archive_finish.
enum status archive_create(const char *path, const struct archive_lock *lock, bool has_master,
                           struct archive_writer **out);
enum status archive_add(struct archive_writer *w, const char *name, const char *path, struct hash *hash,
                        int64_t *size);
enum status archive_add_bytes(struct archive_writer *w, const char *name, struct bytes b);
// Durable under its name. `hash` (may be NULL): SHA-256 of the file.
enum status archive_finish(struct archive_writer **w, struct hash *hash);
void archive_abandon(struct archive_writer **w);

struct archive_reader;
// STATUS_CORRUPT: no backup, damaged, or another passphrase or key.
enum status archive_open(const char *path, const struct archive_lock *lock, struct archive_reader **out);
bool archive_has_master(const struct archive_reader *r);
// STATUS_NOT_FOUND at the end, when all has been proved to be there.
enum status archive_next(struct archive_reader *r, char name[ARCHIVE_NAME_MAX + 1], int64_t *size);
enum status archive_read(struct archive_reader *r, void *to, size_t n);
void archive_close(struct archive_reader *r);

// Is there a key in its file?
enum status archive_check_lock(const struct archive_lock *lock);

// Writes a new pair: `path` the secret key, `path`.pub the public one. STATUS_CONFLICT when one is there.
enum status archive_make_key(const char *path);
