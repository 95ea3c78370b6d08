#include <assert.h>

#include "base/log.h"
#include "store/internal.h"

// One batch: a transaction, one commit, one sync, then the answers.
//
// A job that can be repeated runs without a savepoint, and what it sent need not be answered before the next
// one begins. That goes well almost always. When it does not, the batch runs again, each job in a savepoint,
// so that the one that fails fails alone.

static const struct sql JOB_BEGIN = SQL("job_begin", "savepoint job");
static const struct sql JOB_KEEP = SQL("job_keep", "release job");
static const struct sql JOB_UNDO = SQL("job_undo", "rollback to job");

struct batch {
    struct job *first, *last;
    int count, kept;
    enum status failure; // of the whole batch
    bool has_unsettled;  // jobs without a savepoint ran before
    bool must_repeat, is_repeated;
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

// What was sent without a savepoint went wrong: all of it again, or, without the connection, none of it.
static void give_up(struct db *db, struct batch *b, enum status st) {
    if (db->engine->is_in_transaction(db))
        b->must_repeat = true;
    else
        b->failure = st;
}

// In a savepoint: whatever it did is undone when it failed.
static void run_alone(struct db *db, struct batch *b, struct job *j) {
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
}

// Without one: a job that failed before it wrote anything has nothing to undo.
static void run_among_others(struct db *db, struct batch *b, struct job *j) {
    j->status = j->fn(db, j->arg);
    assert(db->open_rows == 0);
    b->has_unsettled = true;
    if (db->spoiled || (j->status && db->has_written))
        give_up(db, b, db->spoiled ? db->spoiled : STATUS_STORE);
}

// Its own answer is left in j->status.
static void job_run(struct store *s, struct batch *b, struct job *j) {
    struct db *db = s->writer.db;
    bool is_alone = b->is_repeated || !j->can_repeat;
    db->spoiled = STATUS_OK;
    // What others sent is answered first: a failure of theirs must not be taken for one of this job.
    enum status others = is_alone && b->has_unsettled ? settle(db) : STATUS_OK;
    if (others) {
        give_up(db, b, others);
        return;
    }
    b->has_unsettled &= !is_alone;
    db->keys_changed = db->has_written = false;
    size_t erased = s->writer.erased.count;
    if (is_alone)
        run_alone(db, b, j);
    else
        run_among_others(db, b, j);
    bool is_kept = !b->failure && !j->status && !b->must_repeat;
    b->kept += is_kept;
    if (!is_kept) s->writer.erased.count = erased;
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
    } while (!b->failure && !b->must_repeat && b->count < w->batch_max && env_monotonic_us(&s->env) < until);
}

static enum status commit(struct store *s, struct batch *b) {
    struct db *db = s->writer.db;
    const struct store_hooks *h = &s->writer.hooks;
    db->spoiled = STATUS_OK;
    if (b->kept == 0) return db->engine->rollback(db);
    enum status st = b->has_unsettled ? settle(db) : STATUS_OK;
    if (st) give_up(db, b, st);
    if (!st && h->before_commit) st = h->before_commit(h->context, db);
    assert(db->open_rows == 0);
    if (!st) st = settle(db);
    return st ? st : db->engine->commit(db);
}

static void count_batch(struct store *s, const struct batch *b) {
    struct writer *w = &s->writer;
    int kept = b->failure ? 0 : b->kept;
    pthread_mutex_lock(&w->mutex);
    w->stats.batches++;
    w->stats.batches_failed += b->failure != STATUS_OK;
    w->stats.jobs_kept += kept;
    w->stats.jobs_failed += b->count - kept;
    if (b->failure == STATUS_FULL) w->stats.full_us = env_monotonic_us(&s->env);
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

// The jobs that were taken, once more.
static void repeat(struct store *s, struct batch *b) {
    struct writer *w = &s->writer;
    w->db->spoiled = STATUS_OK;
    (void)w->db->engine->rollback(w->db);
    w->keys_deleted = false;
    w->erased.count = 0;
    subject_keys_forget(s);
    if (w->hooks.after_batch) w->hooks.after_batch(w->hooks.context, false);
    *b = (struct batch){.first = b->first, .last = b->last, .count = b->count, .is_repeated = true};
    w->db->spoiled = STATUS_OK;
    b->failure = begin(s);
    for (struct job *j = b->first; j && !b->failure; j = j->next) job_run(s, b, j);
    if (!b->failure) b->failure = commit(s, b);
}

void batch_run(struct store *s) {
    struct writer *w = &s->writer;
    struct db *db = w->db;
    struct batch b = {0};
    w->keys_deleted = false;
    w->erased.count = 0;
    db->is_in_job = db->is_in_batch = true;
    db->spoiled = STATUS_OK;
    b.failure = begin(s);
    jobs_run(s, &b);
    if (!b.failure && !b.must_repeat) b.failure = commit(s, &b);
    if (b.must_repeat) repeat(s, &b);
    db->spoiled = STATUS_OK;
    if (b.failure && db->engine->is_in_transaction(db)) (void)db->engine->rollback(db);
    assert(!db->engine->is_in_transaction(db));
    db->is_in_job = db->is_in_batch = false;
    db->spoiled = STATUS_OK;
    if (b.failure)
        log_line(LOG_WARNING, "store.batch", "jobs=%d failed=\"%s\"", b.count, status_name(b.failure));
    if (!b.failure) erased_keep(s);
    if (b.failure || w->keys_deleted) subject_keys_forget(s);
    if (w->hooks.after_batch) w->hooks.after_batch(w->hooks.context, !b.failure && b.kept > 0);
    w->last_batch = b.count;
    count_batch(s, &b);
    answer_all(&b);
}
