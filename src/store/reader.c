#include <assert.h>
#include <errno.h>
#include <time.h>

#include "store/internal.h"

enum { READER_WAIT_S = 5, READERS_USUAL = 4 };

// SQLite takes the snapshot at the first read, not at begin.
static const struct sql READ_FIRST = SQL("read_first", "select number from migration limit 1");

enum status readers_open(struct store *s, int count) {
    struct readers *r = &s->readers;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&r->released, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&r->mutex, NULL);
    if (count <= 0) count = READERS_USUAL;
    assert(count <= STORE_READERS_MAX);
    while (r->count < count) {
        enum status st = db_open(s, DB_READER, &r->all[r->count], NULL);
        if (st) return st;
        r->free[r->free_count++] = r->all[r->count++];
    }
    return STATUS_OK;
}

void readers_close(struct store *s) {
    struct readers *r = &s->readers;
    assert(r->free_count == r->count); // somebody still reads
    for (int i = 0; i < r->count; i++) db_close(r->all[i]);
    r->count = r->free_count = 0;
    pthread_cond_destroy(&r->released);
    pthread_mutex_destroy(&r->mutex);
}

enum status store_reader(struct store *s, struct db **out) {
    struct readers *r = &s->readers;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += READER_WAIT_S;
    enum status st = STATUS_OK;
    pthread_mutex_lock(&r->mutex);
    while (r->free_count == 0 && !st)
        if (pthread_cond_timedwait(&r->released, &r->mutex, &until) == ETIMEDOUT) st = STATUS_BUSY;
    if (r->free_count > 0) {
        *out = r->free[--r->free_count];
        st = STATUS_OK;
    }
    pthread_mutex_unlock(&r->mutex);
    return st;
}

void store_reader_release(struct store *s, struct db *db) {
    struct readers *r = &s->readers;
    assert(db->store == s && !db->is_writer);
    assert(db->open_rows == 0 && !db->is_in_snapshot);
    pthread_mutex_lock(&r->mutex);
    assert(r->free_count < r->count);
    r->free[r->free_count++] = db;
    pthread_cond_signal(&r->released);
    pthread_mutex_unlock(&r->mutex);
}

enum status store_reader_own(struct store *s, struct db **out) {
    *out = NULL;
    return db_open(s, DB_READER, out, NULL);
}

void store_reader_own_close(struct db *db) {
    assert(!db || (!db->is_writer && !db->is_in_snapshot));
    db_close(db);
}

enum status db_begin_read(struct db *db) {
    if (db->is_in_job) return STATUS_OK;
    assert(!db->is_writer && !db->is_in_snapshot);
    pthread_mutex_lock(&db->store->keys.mutex);
    db->keys_epoch = db->store->keys.epoch;
    pthread_mutex_unlock(&db->store->keys.mutex);
    enum status st = db_run(db, db->engine->begin_read, NULL, 0);
    if (st) return st;
    db->is_in_snapshot = true;
    int64_t number;
    st = DB_INT(db, &number, &READ_FIRST);
    if (st == STATUS_NOT_FOUND) st = STATUS_OK;
    if (st) db_end_read(db);
    return st;
}

void db_end_read(struct db *db) {
    if (db->is_in_job) return;
    assert(db->is_in_snapshot && db->open_rows == 0);
    db->is_in_snapshot = false;
    (void)db_run(db, db->engine->end_read, NULL, 0); // ends nothing but a snapshot; a failure is in the log
}
