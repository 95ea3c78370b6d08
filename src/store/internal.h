// internal.h - what the files of store/ share. Not for other rooms.
#pragma once
#include <pthread.h>
#include <stdatomic.h>

#include "base/crypto.h"
#include "store/file.h"
#include "store/store.h"
#include "store/tables.h"

// What differs between the engines. SQLite: sqlite_*.c, PostgreSQL: pg_*.c; all else of the store is the same
// for both. Every function answers by db_failed(), so that a failure spoils its job.
enum db_mode { DB_WRITER, DB_READER };
struct engine {
    bool is_shared; // several servers may have the database open: they take turns, and the folder is not
                    // locked
    // Is the database there, with our tables? NULL `p` is allowed, as everywhere.
    enum status (*exists)(struct store *s, bool *is_there, struct problem *p);
    enum status (*make)(struct store *s); // what must be there before the first connection that writes
    enum status (*open)(struct store *s, enum db_mode mode, struct db **out, struct problem *p);
    void (*close)(struct db *db);
    enum status (*script)(struct db *db, const char *sql, const char *name); // several statements, no values
    enum status (*has_table)(struct db *db, const char *table, bool *is_there);
    // A transaction that writes: begin waits for other writers. commit may find out what became of a commit
    // whose answer was lost.
    enum status (*begin)(struct db *db);
    enum status (*commit)(struct db *db);
    enum status (*rollback)(struct db *db); // runs also when the job is spoiled
    bool (*is_in_transaction)(struct db *db);
    // Of a batch: has another server written since our last one? NULL where there can be none.
    enum status (*take_turn)(struct db *db, bool *others_wrote);
    const struct sql *begin_read, *end_read;
    const struct sql *catalogue; // see tables.c
    // Statements. run may only be sent; settle waits until all that was sent is answered (NULL: nothing
    // waits).
    enum status (*run)(struct db *db, const struct sql *sql, const struct value *args, size_t count);
    enum status (*settle)(struct db *db);
    int64_t (*changed)(struct db *db);
    enum status (*query)(struct db *db, struct rows *rows, const struct sql *sql, const struct value *args,
                         size_t count);
    bool (*next)(struct rows *rows);
    void (*end)(struct rows *rows);
    int64_t (*row_int)(struct rows *rows, int column);
    struct bytes (*row_bytes)(struct rows *rows, int column);
    bool (*row_is_null)(struct rows *rows, int column);
    // After each batch, and once a second when there is none.
    void (*tidy)(struct store *s, bool is_idle);
};
extern const struct engine SQLITE_ENGINE, POSTGRESQL_ENGINE;

enum { STATEMENTS_MAX = 4096 }; // distinct statements of the whole program; more means a sql is not static

// What a connection has prepared: open addressing by the address of the sql.
struct prepared {
    const struct sql *sql;
    const char *text; // a sql that is not in static storage was changed when this differs
    void *statement;
};
struct prepared_list {
    struct prepared *slots;
    size_t slot_count, count;
};
struct prepared *prepared_find(struct prepared_list *l, const struct sql *sql); // statement NULL: to be made

// What every connection has; an engine's own struct begins with it.
struct db {
    const struct engine *engine;
    struct store *store;
    struct prepared_list prepared;
    int open_rows;
    enum status spoiled; // the first failure of this job
    bool is_writer, is_in_job, is_in_snapshot;
    bool has_written;    // in this job
    bool is_in_batch;    // the job is one of a batch, not a migration
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
    bool can_repeat; // needs no savepoint
};

struct erased {
    int64_t *items;
    size_t count, capacity;
};

enum { ERASED_FROM_MAX = 8 }; // tables with keys in them: of a room one or two

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
    int last_batch;    // only the writer thread, from here on
    bool keys_deleted; // in this batch, or rows of such tables:
    const char *erased_from[ERASED_FROM_MAX];
    struct erased erased; // in this batch
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
    const struct engine *engine;
    char *dir, *url, *schema; // url and schema NULL: SQLite in dir
    char *file;               // SQLite's, in dir
    bool is_read_only, is_fleeting, only_tables;
    int lock_fd;
    struct writer writer;
    struct readers readers;
    struct keys keys;
    pthread_mutex_t tables_mutex; // guards what follows
    struct tables tables;
    struct arena tables_arena;
    atomic_uint_fast64_t temp_files;
    atomic_bool
        shard_is_durable[256]; // folders of documents that were made or synced since the store was opened
};

// db.c
enum status db_failed(struct db *db, enum status st); // notes what spoils the job; answers st
enum status db_open(struct store *s, enum db_mode mode, struct db **out, struct problem *p);
void db_close(struct db *db);
// migrate.c
enum status migrate(struct db *db, const struct store_options *options, struct problem *p);
// writer.c
enum status writer_start(struct store *s, const struct store_options *options);
void writer_stop(struct store *s);
// batch.c
enum status batch_prepare(struct db *db);
void batch_run(struct store *s);
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
// erased.c
void erased_note(struct store *s, int64_t subject); // in a job
void erased_keep(struct store *s);                  // the batch is durable
// blob_write.c
enum status blobs_open(struct store *s); // makes folders, removes temporary files of a crash

extern const struct migrations STORE_MIGRATIONS;
