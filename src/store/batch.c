#include <assert.h>

#include "base/log.h"
#include "store/internal.h"

// One batch: a transaction with a savepoint per job, one commit, one sync, then the answers.

static const struct sql BATCH_BEGIN = SQL("batch_begin", "begin immediate");
static const struct sql BATCH_COMMIT = SQL("batch_commit", "commit");
static const struct sql BATCH_ROLLBACK = SQL("batch_rollback", "rollback");
static const struct sql JOB_BEGIN = SQL("job_begin", "savepoint job");
static const struct sql JOB_KEEP = SQL("job_keep", "release job");
static const struct sql JOB_UNDO = SQL("job_undo", "rollback to job");

struct batch {
    struct job *first, *last;
    int count, kept;
    enum status failure; // of the whole batch
};

// False when SQLite rolled the whole transaction back by itself, as it may on a full disk.
static bool transaction_lives(const struct db *db) {
    return !sqlite3_get_autocommit(db->sqlite);
}

static enum status undo(struct db *db) {
    db->spoiled = STATUS_OK;
    enum status st = DB_RUN(db, &JOB_UNDO);
    return st ? st : DB_RUN(db, &JOB_KEEP);
}

// Runs one job in its savepoint; its own answer is left in j->status.
static void job_run(struct store *s, struct batch *b, struct job *j) {
    struct db *db = s->writer.db;
    db->spoiled = STATUS_OK;
    db->keys_changed = false;
    b->failure = DB_RUN(db, &JOB_BEGIN);
    if (b->failure) return;
    j->status = j->fn(db, j->arg);
    assert(db->open_rows == 0); // the job forgot rows_end
    if (!j->status) j->status = db->spoiled;
    if (!transaction_lives(db))
        b->failure = db->spoiled ? db->spoiled : STATUS_STORE;
    else if (j->status)
        b->failure = undo(db);
    else
        b->failure = DB_RUN(db, &JOB_KEEP);
    bool is_kept = !b->failure && !j->status;
    b->kept += is_kept;
    if (db->keys_changed && !is_kept) subject_keys_forget(s);
    if (s->writer.hooks.after_job) s->writer.hooks.after_job(s->writer.hooks.context, is_kept);
}

static void jobs_run(struct store *s, struct batch *b) {
    struct writer *w = &s->writer;
    uint64_t until = env_monotonic_us(&s->env) + STORE_BATCH_US;
    struct job *j;
    do {
        j = writer_take(w);
        if (!j) return;
        if (b->last)
            b->last->next = j;
        else
            b->first = j;
        b->last = j;
        b->count++;
        if (!b->failure) job_run(s, b, j);
    } while (!b->failure && b->count < w->batch_max && env_monotonic_us(&s->env) < until);
}

// Pages of a commit that fails may lie in the log already, and be found there when the store is opened again;
// the next commit that succeeds overwrites them. Only a full disk is certain: the page that ends the commit
// was not written whole.
static enum status commit_now(struct db *db) {
    enum status st = DB_RUN(db, &BATCH_COMMIT);
    return st && sqlite3_extended_errcode(db->sqlite) != SQLITE_FULL ? STATUS_UNCERTAIN : st;
}

static enum status commit(struct store *s, struct batch *b) {
    struct db *db = s->writer.db;
    const struct store_hooks *h = &s->writer.hooks;
    db->spoiled = STATUS_OK;
    if (b->kept == 0) return DB_RUN(db, &BATCH_ROLLBACK);
    enum status st = h->before_commit ? h->before_commit(h->context, db) : STATUS_OK;
    assert(db->open_rows == 0);
    if (!st) st = db->spoiled;
    return st ? st : commit_now(db);
}

static void count_batch(struct writer *w, const struct batch *b) {
    int kept = b->failure ? 0 : b->kept;
    pthread_mutex_lock(&w->mutex);
    w->stats.batches++;
    w->stats.batches_failed += b->failure != STATUS_OK;
    w->stats.jobs_kept += kept;
    w->stats.jobs_failed += b->count - kept;
    if (b->count > w->stats.largest_batch) w->stats.largest_batch = b->count;
    w->stats.wal_pages = w->wal_pages;
    pthread_mutex_unlock(&w->mutex);
}

static void answer_all(struct batch *b) {
    for (struct job *j = b->first, *next; j; j = next) {
        next = j->next;
        job_answer(j, b->failure ? b->failure : j->status);
    }
}

static int note_wal_pages(void *context, sqlite3 *sqlite, const char *schema, int pages) {
    (void)sqlite;
    (void)schema;
    ((struct writer *)context)->wal_pages = pages;
    return SQLITE_OK;
}

// Undoing must not need memory that is not there: its statements are prepared while nothing is at stake.
enum status batch_prepare(struct db *db) {
    static const struct sql *const ALL[] = {&BATCH_BEGIN,  &JOB_BEGIN,   &JOB_UNDO,      &JOB_KEEP,
                                            &BATCH_COMMIT, &BATCH_BEGIN, &BATCH_ROLLBACK};
    enum status st = STATUS_OK;
    db->is_in_job = true;
    for (size_t i = 0; i < sizeof ALL / sizeof *ALL && !st; i++) st = DB_RUN(db, ALL[i]);
    db->is_in_job = false;
    db->spoiled = STATUS_OK;
    return st;
}

void batch_run(struct store *s) {
    struct writer *w = &s->writer;
    struct db *db = w->db;
    struct batch b = {0};
    sqlite3_wal_hook(db->sqlite, note_wal_pages, w);
    w->keys_deleted = false;
    db->is_in_job = true;
    db->spoiled = STATUS_OK;
    b.failure = DB_RUN(db, &BATCH_BEGIN);
    jobs_run(s, &b);
    if (!b.failure) b.failure = commit(s, &b);
    db->spoiled = STATUS_OK;
    if (b.failure && transaction_lives(db)) (void)DB_RUN(db, &BATCH_ROLLBACK);
    assert(!transaction_lives(db));
    db->is_in_job = false;
    db->spoiled = STATUS_OK;
    if (b.failure)
        log_line(LOG_WARNING, "store.batch", "jobs=%d failed=\"%s\"", b.count, status_name(b.failure));
    if (b.failure || w->keys_deleted) subject_keys_forget(s);
    if (w->keys_deleted && !b.failure) w->wal_holds_erased = true;
    if (w->hooks.after_batch) w->hooks.after_batch(w->hooks.context, !b.failure && b.kept > 0);
    w->last_batch = b.count;
    count_batch(w, &b);
    answer_all(&b);
}

// ---- the write-ahead log must not grow without bound ----

// Pages of 4 KiB. SOFT: copy into the database file, which is cheap and waits for nobody. HARD: readers with
// old snapshots have kept the log from starting over; wait for them a little.
enum { WAL_SOFT = 4096, WAL_IDLE = 64, WAL_HARD = 16 * WAL_SOFT, WAL_STEP = 1024, WAL_HARD_WAIT_MS = 50 };

static void checkpoint(struct writer *w, int mode, int wait_ms) {
    int in_log = 0, copied = 0;
    sqlite3_busy_timeout(w->db->sqlite, wait_ms);
    int rc = sqlite3_wal_checkpoint_v2(w->db->sqlite, NULL, mode, &in_log, &copied);
    sqlite3_busy_timeout(w->db->sqlite, 5000);
    if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY) (void)db_status(w->db, rc, "checkpoint");
    bool is_all = rc == SQLITE_OK && in_log == copied;
    w->checkpoint_at = is_all ? WAL_SOFT : w->wal_pages + WAL_STEP;
    if (is_all) w->wal_pages = 0; // the next write starts the log over
    if (is_all && mode == SQLITE_CHECKPOINT_TRUNCATE) w->wal_holds_erased = false;
    pthread_mutex_lock(&w->mutex);
    w->stats.checkpoints++;
    w->stats.wal_pages = w->wal_pages;
    pthread_mutex_unlock(&w->mutex);
}

void writer_checkpoint(struct store *s, bool is_idle) {
    struct writer *w = &s->writer;
    if (w->wal_holds_erased && (is_idle || w->keys_deleted)) {
        w->keys_deleted = false; // tried once at once, then when idle
        checkpoint(w, SQLITE_CHECKPOINT_TRUNCATE, 0);
    } else if (w->wal_pages >= WAL_HARD && w->wal_pages >= w->checkpoint_at) {
        log_line(LOG_WARNING, "store.wal_large", "pages=%d", w->wal_pages);
        checkpoint(w, SQLITE_CHECKPOINT_RESTART, WAL_HARD_WAIT_MS);
    } else if ((w->wal_pages >= WAL_SOFT && w->wal_pages >= w->checkpoint_at) ||
               (is_idle && w->wal_pages >= WAL_IDLE)) {
        checkpoint(w, SQLITE_CHECKPOINT_PASSIVE, 0);
    }
}
