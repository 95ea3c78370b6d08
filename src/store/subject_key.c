#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "store/internal.h"
#include "store/keys.h"

static const struct sql INSERT =
    SQL("subject_key_create", "insert into subject_key (subject, wrapped) values (:subject, :wrapped)");
static const struct sql PUT =
    SQL("subject_key_put", "insert into subject_key (subject, wrapped) values (:subject, :wrapped)"
                           " on conflict (subject) do nothing");
static const struct sql SELECT =
    SQL("subject_key_get", "select wrapped from subject_key where subject = :subject");
static const struct sql DELETE =
    SQL("subject_key_delete", "delete from subject_key where subject = :subject");

// ---- the cache ----
//
// A reader may look at an old snapshot in which an erased key is still there; it must not put that key back.
// So every change that erases or undoes raises the epoch, and a key found is kept only if the epoch is still
// that of the snapshot. The writer sees the newest state and always keeps; what it kept in a job that is
// undone is forgotten (batch.c).

static struct key_slot *slot(struct keys *k, int64_t subject) {
    return &k->cache[((uint64_t)subject * 0x9E3779B97F4A7C15u) >> 52];
}
_Static_assert(SUBJECT_CACHE_MAX == 1 << 12, "slot() takes the top 12 bits");

static bool cache_get(struct keys *k, int64_t subject, struct key *out, uint64_t *epoch) {
    pthread_mutex_lock(&k->mutex);
    struct key_slot *at = slot(k, subject);
    bool is_hit = at->is_used && at->subject == subject;
    if (is_hit) *out = at->key;
    *epoch = k->epoch;
    pthread_mutex_unlock(&k->mutex);
    return is_hit;
}

static void cache_put(struct db *db, int64_t subject, const struct key *key, uint64_t epoch) {
    struct keys *k = &db->store->keys;
    pthread_mutex_lock(&k->mutex);
    if (db->is_writer || epoch == k->epoch) *slot(k, subject) = (struct key_slot){subject, *key, true};
    pthread_mutex_unlock(&k->mutex);
}

static void cache_drop(struct keys *k, int64_t subject) {
    pthread_mutex_lock(&k->mutex);
    struct key_slot *at = slot(k, subject);
    if (at->subject == subject) sodium_memzero(at, sizeof *at);
    k->epoch++;
    pthread_mutex_unlock(&k->mutex);
}

void subject_keys_forget(struct store *s) {
    struct keys *k = &s->keys;
    if (!k->cache) return; // a store of tables only
    pthread_mutex_lock(&k->mutex);
    sodium_memzero(k->cache, SUBJECT_CACHE_MAX * sizeof *k->cache);
    k->epoch++;
    pthread_mutex_unlock(&k->mutex);
}

// ---- the table ----

// The subject is authenticated with the key, so that rows cannot be swapped.
static struct bytes context_of(uint8_t into[8], int64_t subject) {
    for (int i = 0; i < 8; i++) into[i] = (uint8_t)((uint64_t)subject >> (56 - 8 * i));
    return (struct bytes){into, 8};
}

enum status subject_key_create(struct db *tx, int64_t subject, struct key *out) {
    assert(tx->is_in_job);
    struct store *s = tx->store;
    struct arena a = {0};
    uint8_t context[8];
    *out = key_random(&s->env);
    struct bytes wrapped =
        seal(&a, &s->env, &s->keys.wrapping, (struct bytes){out->b, KEY_BYTES}, context_of(context, subject));
    enum status st = DB_RUN(tx, &INSERT, V_INT(subject), V_BYTES(wrapped));
    arena_free(&a);
    if (st) {
        key_wipe(out);
        return st;
    }
    tx->keys_changed = true;
    cache_put(tx, subject, out, 0);
    return STATUS_OK;
}

static enum status unwrap(struct store *s, int64_t subject, struct bytes wrapped, struct key *out) {
    struct arena a = {0};
    struct bytes plain = {0};
    uint8_t context[8];
    enum status st = unseal(&a, &s->keys.wrapping, wrapped, context_of(context, subject), &plain);
    if (!st && plain.n != KEY_BYTES) st = STATUS_CORRUPT;
    if (!st) memcpy(out->b, plain.p, KEY_BYTES);
    if (plain.n) sodium_memzero((void *)plain.p, plain.n);
    arena_free(&a);
    return st;
}

enum status subject_key_get(struct db *db, int64_t subject, struct key *out) {
    struct store *s = db->store;
    uint64_t epoch;
    if (cache_get(&s->keys, subject, out, &epoch)) return STATUS_OK;
    if (db->is_in_snapshot) epoch = db->keys_epoch;
    struct rows r;
    enum status st = DB_ONE(db, &r, &SELECT, V_INT(subject));
    if (!st) st = unwrap(s, subject, row_bytes(&r, 0), out);
    enum status end = rows_end(&r);
    if (!st) st = end;
    if (!st) cache_put(db, subject, out, epoch);
    return st;
}

enum status subject_key_delete(struct db *tx, int64_t subject) {
    assert(tx->is_in_job);
    enum status st = DB_RUN(tx, &DELETE, V_INT(subject));
    if (st) return st;
    if (db_changed(tx) == 0) return STATUS_NOT_FOUND;
    tx->keys_changed = true;
    db_erases(tx, "subject_key");
    erased_note(tx->store, subject);
    cache_drop(&tx->store->keys, subject);
    return STATUS_OK;
}

enum status subject_key_wrapped(struct db *db, int64_t subject, struct arena *a, struct bytes *wrapped) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &SELECT, V_INT(subject));
    if (!st) *wrapped = bytes_copy(a, row_bytes(&r, 0));
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status subject_key_put(struct db *tx, int64_t subject, struct bytes wrapped) {
    assert(tx->is_in_job);
    return DB_RUN(tx, &PUT, V_INT(subject), V_BYTES(wrapped));
}
