// store.h - one facade over the database: statements, rows, one writer with group commit, many readers.
//
// The engine is SQLite in DIR/ostia.db, or PostgreSQL behind the same calls. So for all callers:
//  - SQL is portable: ints, text, bytes and null; booleans are 0 and 1; parameters are :name;
//  - a statement that fails spoils its job: later statements of the job answer the same status and what the
//    job did is undone, whatever it returns. Where a conflict is expected, say `on conflict do
//    nothing` and look at db_changed;
//  - db_run may be sent late (pipeline): its failure can show at the next query or at the end of the job.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/embed.h"
#include "base/env.h"
#include "base/problem.h"
#include "base/status.h"
#include "base/text.h"

// ---- statements and values ----

// One statement, in static storage (its address is the key of the prepared-statement cache).
//     static const struct sql TASK_DONE =
//         SQL("task_done", "update task set done_at = :at where task_id = :task");
struct sql {
    const char *name, *text;
};
#define SQL(name, text) \
    { (name), (text) }

enum value_kind { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BYTES };

struct value {
    enum value_kind kind;
    int64_t i;
    struct bytes b;
};
#define V_NULL ((struct value){.kind = VALUE_NULL})
#define V_INT(n) ((struct value){.kind = VALUE_INT, .i = (n)})
#define V_TEXT(t) ((struct value){.kind = VALUE_TEXT, .b = bytes_of(t)})
#define V_BYTES(x) ((struct value){.kind = VALUE_BYTES, .b = (x)})
// Null instead of 0 (an id that is not set) or of the empty text.
#define V_INT_OR_NULL(n) value_int_or_null(n)
#define V_TEXT_OR_NULL(t) value_text_or_null(t)
struct value value_int_or_null(int64_t n);
struct value value_text_or_null(struct text t);

// One connection: the writer's inside a job, or a reader's. Used by one thread at a time.
struct db;

// A running query; caller's storage, valid from db_query to rows_end. Fields are the store's own.
struct rows {
    struct db *db;
    void *statement;
    enum status status;
    bool on_row;
};

// Arguments are in the order of first appearance of each :name in the text; a wrong count is an assertion.
// Values are read during the call and not kept. STATUS_CONFLICT for a unique or primary key that exists,
// STATUS_FULL, STATUS_IO, STATUS_STORE (logged with the statement's name, never with values).
enum status db_run(struct db *db, const struct sql *sql, const struct value *args, size_t count);
// Followed by rows_end when it succeeded (harmless otherwise). One statement may be open more than once.
enum status db_query(struct db *db, struct rows *rows, const struct sql *sql, const struct value *args,
                     size_t count);
// The first row of a query: STATUS_OK stands on it (then rows_end), STATUS_NOT_FOUND when there is none.
enum status db_one(struct db *db, struct rows *rows, const struct sql *sql, const struct value *args,
                   size_t count);
// First column of the first row as integer. STATUS_NOT_FOUND when there is no row; null reads as 0.
enum status db_int(struct db *db, int64_t *out, const struct sql *sql, const struct value *args,
                   size_t count);
// Rows changed by the last db_run of this connection.
int64_t db_changed(struct db *db);

#define STORE_ARGS_(...)                            \
    (const struct value[]){{0}, ##__VA_ARGS__} + 1, \
        sizeof((const struct value[]){{0}, ##__VA_ARGS__}) / sizeof(struct value) - 1
// DB_RUN(db, &TASK_DONE, V_INT(now.ms), V_INT(task))
#define DB_RUN(db, sql, ...) db_run((db), (sql), STORE_ARGS_(__VA_ARGS__))
#define DB_QUERY(db, rows, sql, ...) db_query((db), (rows), (sql), STORE_ARGS_(__VA_ARGS__))
#define DB_ONE(db, rows, sql, ...) db_one((db), (rows), (sql), STORE_ARGS_(__VA_ARGS__))
#define DB_INT(db, out, sql, ...) db_int((db), (out), (sql), STORE_ARGS_(__VA_ARGS__))

bool rows_next(struct rows *rows);       // false at the end or on error
enum status rows_end(struct rows *rows); // the error if there was one; harmless when called twice
// Columns count from 0; null reads as 0 or empty. Text and bytes are valid until the next rows_next or
// rows_end.
int64_t row_int(struct rows *rows, int column);
struct text row_text(struct rows *rows, int column);
struct bytes row_bytes(struct rows *rows, int column);
bool row_is_null(struct rows *rows, int column);

// ---- opening ----

// One numbered step of a room's tables. Applied once, in order, never changed afterwards. tools/embed makes
// the list from src/ROOM/migrations/NNNN.sql (see src/store/README.md).
struct migration {
    const char *room;
    int number;      // 1, 2, 3 ... without gaps within the room
    const char *sql; // one or more statements
};
struct migrations {
    const struct migration *items;
    size_t count;
};

enum {
    STORE_READERS_MAX = 64,
    STORE_QUEUE_MAX = 4096,             // jobs waiting; the next one is answered STATUS_BUSY
    STORE_BATCH_MAX = 512,              // jobs of one commit
    STORE_BATCH_US = 5000,              // a batch takes no further job after this time
    STORE_VALUE_MAX = 16 * 1024 * 1024, // bytes of one value; documents are blobs, not values
    STORE_ARGS_MAX = 64,                // parameters of one statement
};

struct store_options {
    const char *dir;
    // Where the database is: NULL for SQLite in DIR/ostia.db, or a PostgreSQL address ("postgresql://..."),
    // with documents and keys still in `dir`, which all servers of one database share. `schema` NULL: the
    // user's own.
    const char *url, *schema;
    const char *file;         // of SQLite's database in `dir`; NULL: "ostia.db"
    bool only_tables;         // neither keys nor documents: whoever owns it has keys of his own
    bool create;              // make `dir` and what belongs in it when the database is not there yet
    bool read_only;           // no writer, no lock; migrations must already be applied
    int readers;              // connections for reading, 1 to STORE_READERS_MAX; 0 means 4
    int queue_max, batch_max; // smaller bounds than the named ones; 0 means those
    bool fleeting;            // nothing of it outlives this run: commits are not synced
    bool by_hand;             // no writer thread: store_turn and store_write run the jobs. For simulators.
    // In the order in which rooms may refer to each other's tables; the store's own come before all of them.
    const struct migrations *const *rooms;
    size_t room_count;
};

struct store;

// Opens DIR/ostia.db, DIR/blobs/ and DIR/keys/, applies migrations and starts the writer. `p` says what is
// wrong: another server has the folder, a migration was changed or is newer than this program, the master key
// is missing. Its values stay valid until the next store_open of this thread.
enum status store_open(const struct env *env, const struct store_options *options, struct store **out,
                       struct problem *p);
// Runs what is queued, then stops the writer. All readers must have been released.
void store_close(struct store *s);

const struct env *store_env(const struct store *s);
const char *store_dir(const struct store *s);
bool store_is_shared(const struct store *s); // other servers may write into its database too

// ---- writing ----

// Runs in the writer thread. What it returns other than STATUS_OK rolls its own work back.
typedef enum status store_job_fn(struct db *tx, void *arg);
// Called in the writer thread after the batch is durable or has failed; must be short. May call
// store_write_async, never store_write.
typedef void store_done_fn(void *arg, enum status status);

// Blocks until the job is durable, or did nothing. Answers the job's own status; or STATUS_BUSY when the
// queue is full (the job did not run); or, when the batch failed, what it failed with, the same for every job
// of it. All of these mean that nothing was done, but one: STATUS_UNCERTAIN, when the commit itself failed in
// any other way than by a full disk. Then nothing can be seen of it, but when the store is opened again
// before another commit has succeeded it may be there, all of the batch or nothing. Jobs of one thread run in
// the order in which it submitted them.
enum status store_write(struct store *s, store_job_fn *fn, void *arg);
// The same for a job that may run more than once before it is answered: outside the database it leaves
// nothing that a second run would not make anew. Such jobs have no savepoint each: when one fails after it
// wrote, the batch is rolled back, and all of its jobs run again, now each in a savepoint.
enum status store_write_repeatable(struct store *s, store_job_fn *fn, void *arg);
// STATUS_OK: queued, `done` will be called exactly once. STATUS_BUSY: not queued, `done` is not called.
enum status store_write_async(struct store *s, store_job_fn *fn, void *arg, store_done_fn *done);
enum status store_write_async_repeatable(struct store *s, store_job_fn *fn, void *arg, store_done_fn *done);
bool store_is_writer_thread(const struct store *s);
// Of a store opened by hand, one turn of what is the writer's thread otherwise: runs one batch, in this
// thread; with an empty queue it does what is done when idle. False when nothing was queued, or when there is
// a thread.
bool store_turn(struct store *s);

// What the journal does around jobs and batches. All in the writer thread; each may be NULL.
struct store_hooks {
    void *context;
    // After each job: `kept` is false when what it did is undone.
    void (*after_job)(void *context, bool kept);
    // Once per batch in which a job was kept, inside the transaction; a failure fails the whole batch.
    enum status (*before_commit)(void *context, struct db *tx);
    // Once per batch, before anybody is answered, and before its jobs run again. Not committed: forget
    // everything since the batch began.
    void (*after_batch)(void *context, bool committed);
    // Another server has written into the database since this one's last batch: whatever is remembered of it
    // is old. Before the first job of the batch.
    void (*others_wrote)(void *context);
};
// At most once, before the first write.
void store_hooks_set(struct store *s, const struct store_hooks *hooks);

struct store_stats {
    int64_t jobs_kept, jobs_failed, batches, batches_failed, checkpoints;
    int64_t largest_batch, wal_pages, queued;
    // On the store's monotonic clock: when the writer was last awake, and last refused for want of space (0:
    // never).
    uint64_t seen_us, full_us;
};
struct store_stats store_stats(struct store *s);

// Within a job: rows that it deletes from this table (a name in static storage) held keys or the like, and
// must leave the engine's log and files as soon as no reader needs them.
void db_erases(struct db *tx, const char *table);

// ---- reading ----

// A read-only connection for this thread until store_reader_release. Waits up to 5 seconds for one to become
// free, then STATUS_BUSY. Never waits for the writer.
enum status store_reader(struct store *s, struct db **out);
void store_reader_release(struct store *s, struct db *db);
// A read-only connection beside those, for work that lasts: nobody who waits for a page waits for it. Any
// thread; closed before the store is.
enum status store_reader_own(struct store *s, struct db **out);
void store_reader_own_close(struct db *db); // harmless on NULL
// Between these two, all queries see the same moment of the database. Keep it short: the write-ahead log
// cannot shrink meanwhile. Inside a job both do nothing, for the job's transaction is such a moment already.
enum status db_begin_read(struct db *db);
void db_end_read(struct db *db);

struct store *db_store(const struct db *db);
