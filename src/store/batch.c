#include <assert.h>

#include "base/log.h"
#include "store/internal.h"

// One batch: a transaction with a savepoint per job, one commit, one sync, then the answers.

static const struct sql JOB_BEGIN = SQL("job_begin", "savepoint job");
static const struct sql JOB_KEEP = SQL("job_keep", "release job");
static const struct sql JOB_UNDO = SQL("job_undo", "rollback to job");

struct batch {
    struct job *first, *last;
    int count, kept;
    enum status failure; // of the whole batch
};

// All that was sent is answered: the job's failures are known.
static enum status settle(struct db *db) {
    if (db->engine->settle) (void)db_failed(db, db->engine->settle(db));
    return db->spoiled;
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
    enum status sent = settle(db);
    if (!j->status) j->status = sent;
    if (!db->engine->is_in_transaction(db))
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

static enum status commit(struct store *s, struct batch *b) {
    struct db *db = s->writer.db;
    const struct store_hooks *h = &s->writer.hooks;
    db->spoiled = STATUS_OK;
    if (b->kept == 0) return db->engine->rollback(db);
    enum status st = h->before_commit ? h->before_commit(h->context, db) : STATUS_OK;
    assert(db->open_rows == 0);
    if (!st) st = settle(db);
    return st ? st : db->engine->commit(db);
}

static void count_batch(struct writer *w, const struct batch *b) {
    int kept = b->failure ? 0 : b->kept;
    pthread_mutex_lock(&w->mutex);
    w->stats.batches++;
    w->stats.batches_failed += b->failure != STATUS_OK;
    w->stats.jobs_kept += kept;
    w->stats.jobs_failed += b->count - kept;
    if (b->count > w->stats.largest_batch) w->stats.largest_batch = b->count;
    pthread_mutex_unlock(&w->mutex);
}

static void answer_all(struct batch *b) {
    for (struct job *j = b->first, *next; j; j = next) {
        next = j->next;
        job_answer(j, b->failure ? b->failure : j->status);
    }
}

// Begins the transaction. When another server has written since, what this one remembers of the log is old.
static enum status begin(struct store *s) {
    struct db *db = s->writer.db;
    const struct store_hooks *h = &s->writer.hooks;
    bool others_wrote = false;
    enum status st = db->engine->begin(db);
    if (!st && db->engine->take_turn) st = db->engine->take_turn(db, &others_wrote);
    if (!others_wrote) return st;
    subject_keys_forget(s);
    if (h->others_wrote) h->others_wrote(h->context);
    return st;
}

// Undoing must not need memory that is not there: its statements are prepared while nothing is at stake.
enum status batch_prepare(struct db *db) {
    db->is_in_job = true;
    enum status st = db->engine->begin(db);
    if (!st) st = DB_RUN(db, &JOB_BEGIN);
    if (!st) st = undo(db);
    if (!st) st = db->engine->commit(db);
    if (!st) st = db->engine->begin(db);
    if (!st) st = db->engine->rollback(db);
    db->is_in_job = false;
    db->spoiled = STATUS_OK;
    return st;
}

void batch_run(struct store *s) {
    struct writer *w = &s->writer;
    struct db *db = w->db;
    struct batch b = {0};
    w->keys_deleted = false;
    db->is_in_job = db->is_in_batch = true;
    db->spoiled = STATUS_OK;
    b.failure = begin(s);
    jobs_run(s, &b);
    if (!b.failure) b.failure = commit(s, &b);
    db->spoiled = STATUS_OK;
    if (b.failure && db->engine->is_in_transaction(db)) (void)db->engine->rollback(db);
    assert(!db->engine->is_in_transaction(db));
    db->is_in_job = db->is_in_batch = false;
    db->spoiled = STATUS_OK;
    if (b.failure)
        log_line(LOG_WARNING, "store.batch", "jobs=%d failed=\"%s\"", b.count, status_name(b.failure));
    if (b.failure || w->keys_deleted) subject_keys_forget(s);
    if (w->hooks.after_batch) w->hooks.after_batch(w->hooks.context, !b.failure && b.kept > 0);
    w->last_batch = b.count;
    count_batch(w, &b);
    answer_all(&b);
}
