// inside.h - what the files of privacy/ share. Not for other rooms.
#pragma once
#include <pthread.h>

#include "privacy/privacy.h"
#include "store/file.h"
#include "store/store.h"

enum {
    ROW_ID_BYTES = 16,    // pseudonyms and names of mappings
    SERVICE_KEYS_MAX = 8, // in the key file: one that is in use, others until backups under them have run out
};

struct row_id {
    uint8_t b[ROW_ID_BYTES];
};
static inline struct bytes row_id_bytes(const struct row_id *r) {
    return (struct bytes){r->b, ROW_ID_BYTES};
}

struct mapping_row;
struct case_row;

// ---- key_file.c

struct service_key {
    int64_t number;
    struct moment made_at;
    struct moment erase_at;    // 0: in use, or replaced and not yet told when to go
    struct key root, wrapping; // wrapping follows from root
};
struct service_keys {
    struct service_key items[SERVICE_KEYS_MAX]; // the newest last
    size_t count;
    struct key signing_seed;
};
// Reads the file, or makes it. The old bytes are overwritten when it is replaced.
enum status key_file_load(const struct env *env, const char *path, bool may_create, struct service_keys *out,
                          struct problem *p);
enum status key_file_write(const struct env *env, const char *path, const struct service_keys *k);

// ---- room.c

struct privacy {
    const struct env *env;
    struct store *store;
    struct file_path dir, key_file;
    uint32_t authority;
    const struct zone *zone;
    uint8_t public_key[PRIVACY_PUBLIC_KEY_BYTES];
    size_t erased_again;   // while it was opened
    pthread_mutex_t mutex; // guards keys
    struct service_keys keys;
};
enum status privacy_store_open(const struct env *env, const struct privacy_options *o, struct store **out,
                               struct problem *p);
enum status tables_are_empty(struct store *store, bool *are_empty);
struct date today(const struct privacy *s);
// Power, name and ground as they must be. A refusal is written into the evidence log.
enum status reader_check(struct privacy *s, const struct privacy_reader *by, unsigned power,
                         struct problem *p);
bool purpose_goes_on(enum privacy_purpose purpose); // while a case is restricted

// ---- state.c

// A number kept by name; 0 and no bytes when it was never set.
enum status state_get(struct db *db, struct arena *a, struct text name, int64_t *number, struct bytes *bytes);
enum status state_set(struct db *tx, struct text name, int64_t number, struct bytes bytes);
enum status state_next(struct db *tx, struct text name, int64_t *number); // 1, 2, 3 ...

// ---- list.c: the list of deletions, outside of the database and of every backup

enum { LIST_RECORD_BYTES = ROW_ID_BYTES + HASH_BYTES };
struct list_end {
    int64_t count;
    struct hash chain;
};
// Adds names durably behind `end`, which is moved; records that lie behind it are cut off.
enum status list_append(struct privacy *s, const struct row_id *names, size_t count, struct list_end *end);
// Calls `fn` for every name behind `end` and moves it. STATUS_CORRUPT: the list is not the one that `end` is
// of.
typedef enum status list_fn(void *arg, const struct row_id *name);
enum status list_read(struct privacy *s, struct list_end *end, list_fn *fn, void *arg);

// ---- erase.c

// In a job that cannot be repeated: the names go into the list, keys and rows are erased, receipts are left.
enum status erase_mappings(struct privacy *s, struct db *tx, const struct privacy_reader *by,
                           const struct row_id *names, size_t count);
// Erases what the list names behind the point to which this database followed it.
enum status erase_listed(struct privacy *s, struct db *tx, size_t *erased);
enum status case_drop_if_empty(struct privacy *s, struct db *tx, const struct row_id *pseudonym);

// ---- renew.c

enum status service_keys_finish(struct privacy *s);               // row keys that an older key still seals
enum status service_keys_drop(struct privacy *s, size_t *erased); // old keys whose day has come
enum status service_key_is_old(struct privacy *s, bool *is_old);
// STATUS_CORRUPT: rows are sealed by a key that the file no longer has.
enum status service_keys_check(struct privacy *s, struct db *db, struct problem *p);

// ---- ask.c and restrict.c

// Another authority asks for erasure: one person of ours confirms it.
enum status ask_of_member(struct privacy *s, struct db *tx, const struct privacy_reader *by,
                          const struct case_row *c);
enum { RESTRICTED_BY_US = 1, RESTRICTED_BY_MEMBER = 2 }; // one ends without the other
enum status case_restrict(struct privacy *s, struct db *tx, const struct privacy_reader *by,
                          const struct case_row *c, int64_t flag, bool is_on);

// ---- notices.c

// Signs and queues it, to one member or to all others of the channel.
enum status notice_queue(struct privacy *s, struct db *tx, enum privacy_notice_kind kind,
                         const struct channel_id *channel, uint32_t to);
enum status notice_queue_all(struct privacy *s, struct db *tx, enum privacy_notice_kind kind,
                             const struct privacy_mapping *m);
void notice_sign(struct privacy *s, struct privacy_notice *n);
// Of a mapping that is erased now: ours, and one that is missing for each other member when we coordinated.
enum status receipts_leave(struct privacy *s, struct db *tx, const struct privacy_mapping *m);

// ---- open.c

bool has_member(const struct privacy_mapping *m, uint32_t code);
void mapping_draw(struct privacy *s, struct mapping_row *m); // a channel of ours, from now on

// ---- seal.c: the keys of rows and where rows are found

// A copy of one service key, or of the newest (number 0); the file is read again for one that is not known.
enum status service_key_of(struct privacy *s, int64_t number, struct service_key *out);
void service_keys_copy(struct privacy *s, struct service_keys *out);
// Tries the keys of the file, the newest first, until `find` answers other than STATUS_NOT_FOUND.
typedef enum status find_fn(void *arg, const struct service_key *k);
enum status find_by_each_key(struct privacy *s, find_fn *find, void *arg);
// The keyed hash under which a row is found. `kind` keeps hashes of different things apart.
struct hash finder_of(const struct service_key *k, struct text kind, struct bytes what);
struct hash finder_of_own(const struct service_key *k, int64_t own);
// By the name that a receipt has for the channel, so that a mapping is found by both.
struct hash finder_of_channel(const struct service_key *k, const struct channel_id *erased_name);

// A row's own key, sealed by the newest service key; and back.
struct wrapped_key {
    int64_t service_key;
    struct bytes wrapped; // in the arena of the call, or of the row
};
enum status row_key_wrap(struct privacy *s, struct arena *a, const struct key *row_key, struct bytes row,
                         struct wrapped_key *out);
enum status row_key_unwrap(struct privacy *s, const struct wrapped_key *w, struct bytes row, struct key *out);

// ---- mapping.c

// A row of privacy_case, opened.
struct case_row {
    struct row_id pseudonym;
    struct key key;
    int64_t own;
    bool is_restricted;
};
// A row of privacy_mapping, opened, with its case. Wipe it.
struct mapping_row {
    struct row_id mapping;
    struct key key; // of the row
    struct case_row of;
    struct privacy_mapping shown; // without epoch and case key
};
void mapping_row_wipe(struct mapping_row *m);
void case_row_wipe(struct case_row *c);

enum status case_find(struct privacy *s, struct db *db, int64_t own, struct case_row *out);
enum status case_by_id(struct privacy *s, struct db *db, const struct row_id *pseudonym,
                       struct case_row *out);
enum status case_add(struct privacy *s, struct db *tx, int64_t own, struct case_row *out);
enum status mapping_find(struct privacy *s, struct db *db, const struct channel_id *channel, struct arena *a,
                         struct mapping_row *out);
enum status mapping_find_named(struct privacy *s, struct db *db, const struct channel_id *erased_name,
                               struct arena *a, struct mapping_row *out);
enum status mapping_by_id(struct privacy *s, struct db *db, const struct row_id *id, struct arena *a,
                          struct mapping_row *out);
struct mapping_rows {
    struct mapping_row *items;
    size_t count, capacity;
};
// The newest phase first. Wipe each.
enum status mappings_of_case(struct privacy *s, struct db *db, const struct case_row *of, struct arena *a,
                             struct mapping_rows *out);
// Writes shown.channel, members and so on with a new row key; `m->of` is there. Fills mapping and key.
enum status mapping_add(struct privacy *s, struct db *tx, struct mapping_row *m);
// Seals what it says anew; to another case when `of` was changed.
enum status mapping_change(struct privacy *s, struct db *tx, struct mapping_row *m);
// Case keys. epoch 0: the newest; fills shown.epoch and shown.key.
enum status case_key_add(struct privacy *s, struct db *tx, struct mapping_row *m, uint32_t epoch,
                         const struct key *key);
enum status case_key_of(struct privacy *s, struct db *db, struct mapping_row *m, uint32_t epoch);

// ---- evidence.c

enum evidence_act {
    EVIDENCE_CREATED = 1,
    EVIDENCE_ACCEPTED,
    EVIDENCE_READ_CHANNEL,
    EVIDENCE_READ_OWN,
    EVIDENCE_READ_KEY,
    EVIDENCE_LISTED,
    EVIDENCE_RECTIFIED,
    EVIDENCE_CLOSED,
    EVIDENCE_ROTATED,
    EVIDENCE_RESTRICTED,
    EVIDENCE_FREED,
    EVIDENCE_HOLD_ASKED,
    EVIDENCE_HOLD_SET,
    EVIDENCE_RELEASE_ASKED,
    EVIDENCE_RELEASED,
    EVIDENCE_ERASURE_ASKED,
    EVIDENCE_ERASURE_ORDERED,
    EVIDENCE_DELETED,
    EVIDENCE_REFUSED,
    EVIDENCE_AUDITED,
    EVIDENCE_KEY_RENEWED,
    EVIDENCE_MEMBER_LEFT,
    EVIDENCE_OPERATOR_ADDED,
    EVIDENCE_OPERATOR_REMOVED,
    EVIDENCE_COPIED,
    EVIDENCE_ACTS,
};
struct evidence_row {
    int64_t seq;
    struct moment at;
    int64_t act, purpose, year;
    struct bytes reader, about; // sealed
};
struct hash evidence_hash(struct arena *a, const struct evidence_row *e, struct bytes before);
enum status evidence_year_wrap(struct privacy *s, struct arena *a, int64_t year, const struct key *key,
                               struct wrapped_key *out);
// STATUS_NOT_FOUND: erased, or nothing happened that year.
enum status evidence_year_key(struct privacy *s, struct db *db, struct arena *a, int64_t year,
                              struct key *out);
// Who and on which ground, sealed with this year's key; and opened. Empty when that key was erased.
enum status reader_seal(struct privacy *s, struct db *tx, struct arena *a, const struct privacy_reader *by,
                        int64_t *year, struct bytes *sealed);
enum status reader_open(struct privacy *s, struct db *db, struct arena *a, int64_t year, struct bytes sealed,
                        struct text *who, struct text *ground);
// Adds an entry in a job: `m` may be NULL when it is about no mapping, and then `c` when it is about no case.
enum status evidence_add(struct privacy *s, struct db *tx, const struct privacy_reader *by,
                         enum evidence_act act, const struct mapping_row *m, const struct case_row *c);
