// internal.h - what the files of store/ share. Not for other rooms.
#pragma once
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "base/crypto.h"
#include "store/file.h"
#include "store/store.h"

// A prepared statement of one connection. A spare is a second copy, made while the first is in use.
struct statement {
    const struct sql *sql;
    const char *text;
    sqlite3_stmt *prepared;
    int parameters;
    bool in_use, is_spare;
};

enum { STATEMENTS_MAX = 4096 }; // distinct statements of the whole program; more means a sql is not static

struct db {
    struct store *store;
    sqlite3 *sqlite;
    struct statement **statements; // open addressing by address of the sql
    size_t statement_slots, statement_count;
    int open_rows;
    enum status spoiled; // the first failure of this job
    bool is_writer, is_in_job, is_in_snapshot;
    bool keys_changed;   // this job made or deleted a subject key
    uint64_t keys_epoch; // of the key cache, when this snapshot began
};

struct job {
    struct job *next;
    store_job_fn *fn;
    store_done_fn *done; // NULL: somebody waits on `waiter`
    void *arg;
    void *waiter; // sem_t *
    enum status status;
};

struct writer {
    pthread_t thread;
    bool is_running;
    bool is_by_hand, is_in_turn; // no thread; a turn is on its way
    struct db *db;
    struct store_hooks hooks;
    pthread_mutex_t mutex; // guards what follows, up to stats
    pthread_cond_t arrived;
    struct job *first, *last;
    int queued, wanted; // wanted: wake the writer when so many are queued
    bool is_closing;
    struct store_stats stats;
    int queue_max, batch_max;
    int last_batch; // only the writer thread, from here on
    int wal_pages, checkpoint_at;
    bool keys_deleted;     // in this batch
    bool wal_holds_erased; // the log still holds deleted keys: empty it when readers let us
};

struct readers {
    pthread_mutex_t mutex;
    pthread_cond_t released;
    struct db *all[STORE_READERS_MAX];
    struct db *free[STORE_READERS_MAX]; // the last one used is on top: its cache is warm
    int count, free_count;
};

struct key_slot {
    int64_t subject;
    struct key key;
    bool is_used;
};

struct keys {
    struct key master, wrapping;
    pthread_mutex_t named;  // one thread makes a named key at a time
    pthread_mutex_t mutex;  // guards cache and epoch
    struct key_slot *cache; // direct mapped by subject
    uint64_t epoch;         // grows with every change that a cached key must not outlive
};

struct store {
    struct env env;
    char *dir;
    bool is_read_only;
    int lock_fd;
    struct writer writer;
    struct readers readers;
    struct keys keys;
    atomic_uint_fast64_t temp_files;
    atomic_bool
        shard_is_durable[256]; // folders of documents that were made or synced since the store was opened
};

// statement.c
enum status db_status(struct db *db, int result, const char *name); // maps, and logs what is not expected
void db_statements_free(struct db *db);
// connection.c
enum db_mode { DB_WRITER, DB_READER };
enum status db_open(struct store *s, enum db_mode mode, bool create, struct db **out);
void db_close(struct db *db);
enum status db_script(struct db *db, const char *sql, const char *name);
// migrate.c
enum status migrate(struct db *db, const struct store_options *options, struct problem *p);
// writer.c
enum status writer_start(struct store *s, const struct store_options *options);
void writer_stop(struct store *s);
// batch.c
enum status batch_prepare(struct db *db);
void batch_run(struct store *s);
void writer_checkpoint(struct store *s, bool is_idle);
struct job *writer_take(struct writer *w); // the next job, NULL when none waits
void job_answer(struct job *j, enum status status);
// reader.c
enum status readers_open(struct store *s, int count);
void readers_close(struct store *s);
// keys.c
enum status keys_open(struct store *s, bool may_create, struct problem *p);
void keys_close(struct store *s);
// subject_key.c
void subject_keys_forget(struct store *s);
// blob_write.c
enum status blobs_open(struct store *s); // makes folders, removes temporary files of a crash

extern const struct migrations STORE_MIGRATIONS;
