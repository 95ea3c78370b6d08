#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/sqlite.h"

// The write-ahead log must not grow without bound, and must not keep what was erased.

enum { RENEW_BYTES = 256 * 1024 };

// When a sync has failed, a kernel may go on showing bytes that are not on the disk, and call later syncs
// good. A log that is only seen would be copied into the database; a power cut then brings the older log
// back, over the newer database. Written once more the bytes count as new, and their sync means what it says.
enum status sqlite_log_renew(struct store *s) {
    const struct env *env = &s->env;
    struct file_path path = file_path(s->dir, s->file, NULL);
    strcat(path.c, "-wal"); // a database's own name has a few letters
    int fd;
    enum status st = file_open(env, path.c, O_RDWR, &fd);
    if (st) return st == STATUS_NOT_FOUND ? STATUS_OK : st;
    uint8_t *part = malloc(RENEW_BYTES);
    if (!part) abort();
    size_t n = 0;
    int64_t at = 0;
    do {
        st = file_read_at(env, fd, part, RENEW_BYTES, at, &n);
        if (!st) st = file_write_at(env, fd, part, n, at);
        at += (int64_t)n;
    } while (!st && n == RENEW_BYTES);
    if (!st) st = env->file_sync(env->context, fd);
    free(part);
    file_close(env, fd);
    return st;
}

// Pages of 4 KiB. SOFT: copy into the database file, which is cheap and waits for nobody. HARD: readers with
// old snapshots have kept the log from starting over; wait for them a little.
enum { WAL_SOFT = 4096, WAL_IDLE = 64, WAL_HARD = 16 * WAL_SOFT, WAL_STEP = 1024, WAL_HARD_WAIT_MS = 50 };

static void checkpoint(struct writer *w, struct sqlite_db *d, int mode, int wait_ms) {
    int in_log = 0, copied = 0;
    sqlite3_busy_timeout(d->sqlite, wait_ms);
    int rc = sqlite3_wal_checkpoint_v2(d->sqlite, NULL, mode, &in_log, &copied);
    sqlite3_busy_timeout(d->sqlite, 5000);
    if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY) (void)sqlite_failed(&d->db, rc, "checkpoint");
    bool is_all = rc == SQLITE_OK && in_log == copied;
    d->checkpoint_at = is_all ? WAL_SOFT : d->wal_pages + WAL_STEP;
    if (is_all) d->wal_pages = 0; // the next write starts the log over
    if (is_all && mode == SQLITE_CHECKPOINT_TRUNCATE) d->wal_holds_erased = false;
    pthread_mutex_lock(&w->mutex);
    w->stats.checkpoints++;
    pthread_mutex_unlock(&w->mutex);
}

void sqlite_tidy(struct store *s, bool is_idle) {
    struct writer *w = &s->writer;
    struct sqlite_db *d = sqlite_of(w->db);
    d->wal_holds_erased |= w->keys_deleted;
    if (d->wal_holds_erased && (is_idle || w->keys_deleted)) {
        w->keys_deleted = false; // tried once at once, then when idle
        checkpoint(w, d, SQLITE_CHECKPOINT_TRUNCATE, 0);
    } else if (d->wal_pages >= WAL_HARD && d->wal_pages >= d->checkpoint_at) {
        log_line(LOG_WARNING, "store.wal_large", "pages=%d", d->wal_pages);
        checkpoint(w, d, SQLITE_CHECKPOINT_RESTART, WAL_HARD_WAIT_MS);
    } else if ((d->wal_pages >= WAL_SOFT && d->wal_pages >= d->checkpoint_at) ||
               (is_idle && d->wal_pages >= WAL_IDLE)) {
        checkpoint(w, d, SQLITE_CHECKPOINT_PASSIVE, 0);
    }
    pthread_mutex_lock(&w->mutex);
    w->stats.wal_pages = d->wal_pages;
    pthread_mutex_unlock(&w->mutex);
}

static int note_pages(void *context, sqlite3 *sqlite, const char *schema, int pages) {
    (void)sqlite;
    (void)schema;
    ((struct sqlite_db *)context)->wal_pages = pages;
    return SQLITE_OK;
}

void sqlite_log_watch(struct db *db) {
    sqlite3_wal_hook(sqlite_of(db)->sqlite, note_pages, db);
}
