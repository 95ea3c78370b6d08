// keys.h - the keys of the house: one master key in DIR/keys/, all others sealed by it.
//
// Who has the disk but not DIR/keys/master.key can read nothing personal. Back it up apart from the database.
#pragma once
#include "base/crypto.h"
#include "store/store.h"

enum { KEY_NAME_MAX = 64, SUBJECT_CACHE_MAX = 4096 };

// The key of that name (a-z, 0-9, '-'), made at the first call and kept in DIR/keys/NAME.key, sealed. Where
// several servers share a database and there is no such file, it follows from the master key, which all of
// them have. Safe from several threads. STATUS_CORRUPT when the file does not fit the master key.
enum status keys_named(struct store *s, const char *name, struct key *out);

// A key derived from the master key for one purpose; nothing is stored.
struct key keys_derived(struct store *s, struct text purpose);

// Keys per data subject, in table subject_key, wrapped. Deleting one makes everything sealed with it
// unreadable for ever. create and delete only in a job.
enum status subject_key_create(struct db *tx, int64_t subject, struct key *out); // STATUS_CONFLICT: exists
enum status subject_key_get(struct db *db, int64_t subject,
                            struct key *out);                   // STATUS_NOT_FOUND: erased or never
enum status subject_key_delete(struct db *tx, int64_t subject); // STATUS_NOT_FOUND
// A key as it lies in the table, sealed by the master key, for backups; and put back, unless it is there.
enum status subject_key_wrapped(struct db *db, int64_t subject, struct arena *a, struct bytes *wrapped);
enum status subject_key_put(struct db *tx, int64_t subject, struct bytes wrapped);
// The subjects that the file names whose keys were deleted (DIR/erased of this master key). STATUS_CORRUPT.
enum status erased_each(struct store *s, const char *path, enum status (*fn)(void *arg, int64_t subject),
                        void *arg);
