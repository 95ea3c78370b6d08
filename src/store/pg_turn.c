#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "store/pg.h"

// Several servers share one database and write by turns. A turn is a batch: it holds an advisory lock from
// its begin to its commit, so there is one sequencer of the log at a time. A server that is killed loses its
// connection and with it the lock.

static const struct sql BEGIN = SQL("begin", "begin");
static const struct sql COMMIT = SQL("commit", "commit");
static const struct sql TURN_LOCK =
    SQL("turn_lock", "select pg_advisory_xact_lock(7265, hashtext(current_schema()))");
// Served by the primary key; there are as many rows as servers ran lately.
static const struct sql TURN_LAST =
    SQL("turn_last", "select server, turn from store_server order by turn desc limit 1");
static const struct sql TURN_DONE =
    SQL("turn_done", "insert into store_server (server, turn, at) values (:server, :turn, :at)"
                     " on conflict (server) do update set turn = excluded.turn, at = excluded.at");
static const struct sql TURN_OF = SQL("turn_of", "select turn from store_server where server = :server");
static const struct sql TURN_FORGET =
    SQL("turn_forget", "delete from store_server where at < :old and turn < :turn");

enum {
    BACK_WAIT_MS =
        8000, // how long a batch waits for a database that went away: people would rather wait than type
    BACK_STEP_MS = 200,
    COMMIT_WAIT_MS = 20000, // and for the word on a commit whose answer was lost
    FORGET_AFTER_MS = 24 * 3600 * 1000,
};

static enum status come_back(struct pg_db *d, int64_t wait_ms) {
    const struct env *env = &d->db.store->env;
    uint64_t until = env_monotonic_us(env) + (uint64_t)wait_ms * 1000;
    for (;;) {
        enum status st = pg_connect(d, NULL);
        if (!st || env_monotonic_us(env) >= until) return db_failed(&d->db, st);
        usleep(BACK_STEP_MS * 1000);
    }
}

enum status pg_begin(struct db *db) {
    struct pg_db *d = pg_of(db);
    struct rows r;
    enum status st = pg_is_connected(d) ? STATUS_OK : come_back(d, BACK_WAIT_MS);
    for (int attempt = 0; attempt < 2 && !st; attempt++) {
        st = pg_run(db, &BEGIN, NULL, 0);
        if (!st) st = db_query(db, &r, &TURN_LOCK, NULL, 0);
        if (!st) return rows_end(&r);
        if (attempt || pg_is_connected(d)) break;
        db->spoiled = STATUS_OK; // the connection had gone while nobody used it
        st = come_back(d, BACK_WAIT_MS);
    }
    return st;
}

enum status pg_take_turn(struct db *db, bool *others_wrote) {
    struct pg_db *d = pg_of(db);
    struct rows r;
    int64_t last = 0;
    bool ours = false;
    enum status st = DB_ONE(db, &r, &TURN_LAST);
    if (!st) {
        ours = text_eq(row_text(&r, 0), text_of(d->server));
        last = row_int(&r, 1);
    } else if (st == STATUS_NOT_FOUND) {
        st = STATUS_OK;
    }
    enum status end = rows_end(&r);
    if (!st && !end && last < d->acknowledged) { // another copy of it took over, or an old one was put back
        log_line(LOG_ERROR, "store.behind", "turn=%lld acknowledged=%lld", (long long)last,
                 (long long)d->acknowledged);
        d->acknowledged = last; // said once
    }
    *others_wrote = last != d->turn || (last && !ours);
    d->turn = last;
    return st ? st : end;
}

// Once nobody writes any more, not even our own lost transaction: has the database the turn?
static enum status find_turn(struct pg_db *d, bool *is_there) {
    struct db *db = &d->db;
    int64_t done = 0;
    db->spoiled = STATUS_OK;
    enum status st = pg_begin(db);
    if (!st) st = DB_INT(db, &done, &TURN_OF, V_TEXT(text_of(d->server)));
    if (st == STATUS_NOT_FOUND) st = STATUS_OK;
    *is_there = !st && done == d->turn;
    if (pg_is_in_transaction(db)) (void)pg_rollback(db);
    return st;
}

// The answer to our commit was lost with the connection.
static enum status ask_again(struct pg_db *d) {
    const struct env *env = &d->db.store->env;
    uint64_t until = env_monotonic_us(env) + (uint64_t)COMMIT_WAIT_MS * 1000;
    bool is_there = false;
    enum status st;
    do st = find_turn(d, &is_there);
    while (st && env_monotonic_us(env) < until);
    log_line(LOG_WARNING, "store.commit_asked", "turn=%lld answer=%s", (long long)d->turn,
             st         ? "none"
             : is_there ? "committed"
                        : "not committed");
    return db_failed(&d->db, is_there ? STATUS_OK : st ? STATUS_UNCERTAIN : STATUS_IO);
}

enum status pg_rollback(struct db *db) {
    return pg_script(db, "rollback", "rollback");
}

enum status pg_commit(struct db *db) {
    struct pg_db *d = pg_of(db);
    if (!db->is_in_batch) {
        enum status plain = pg_run(db, &COMMIT, NULL, 0);
        return plain ? plain : pg_settle(db);
    }
    int64_t now = env_now(&db->store->env).ms;
    d->turn++;
    enum status st = DB_RUN(db, &TURN_DONE, V_TEXT(text_of(d->server)), V_INT(d->turn), V_INT(now));
    if (!st && d->turn % 1024 == 0)
        st = DB_RUN(db, &TURN_FORGET, V_INT(now - FORGET_AFTER_MS), V_INT(d->turn));
    if (!st) st = pg_run(db, &COMMIT, NULL, 0);
    if (!st) st = pg_settle(db);
    if (st && !pg_is_connected(d)) st = ask_again(d);
    if (!st) d->acknowledged = d->turn;
    return st;
}

bool pg_is_in_transaction(struct db *db) {
    struct pg_db *d = pg_of(db);
    (void)pg_settle(db); // while answers are awaited, libpq does not know; a failure is noted in the job
    if (!pg_is_connected(d)) return false;
    PGTransactionStatusType t = PQtransactionStatus(d->c);
    return t == PQTRANS_INTRANS || t == PQTRANS_INERROR;
}

// An erased key leaves the table's file when its dead row is swept out.
void pg_tidy(struct store *s, bool is_idle) {
    struct writer *w = &s->writer;
    if (!is_idle || !w->erased_from[0] || !pg_is_connected(pg_of(w->db))) return;
    for (int i = 0; i < ERASED_FROM_MAX && w->erased_from[i]; i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "vacuum %s", w->erased_from[i]);
        (void)pg_script(w->db, sql, "vacuum");
        w->erased_from[i] = NULL;
    }
}
