#include "ostia/increments.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/log.h"
#include "web/metrics.h"

enum {
    STEP_MS = 1000,          // what is acknowledged is backed up at most this later, and the time to write it
    SAY_AGAIN_US = 60000000, // a failure that lasts is said once a minute
    RUN_FILES = 600,         // then one file takes their place: a folder of a year must stay readable
};

struct increments {
    struct house *house;
    const char *folder;
    int step_ms;
    size_t run_files;
    struct archive_lock lock;
    struct arena arena;
    int lock_fd; // -1: another server has the folder, or it cannot be opened
    struct increment_span span;
    // Files of this server that one file will replace, and where the first of them begins.
    struct increment run[RUN_FILES];
    size_t run_count;
    struct increment_span run_span;
    bool is_failing;
    uint64_t said_us;
    pthread_t thread;
    pthread_mutex_t mutex; // guards what follows
    pthread_cond_t stopped;
    bool is_stopping, is_ours;
    int64_t written, failed;
    uint64_t good_us; // when all was backed up
};

// ---- the folder

static enum status remove_unfinished(void *argument, const char *name) {
    struct increments *i = argument;
    struct file_path path = file_path(i->folder, name, NULL);
    if (text_starts(text_of(name), T("events-")) && text_ends(text_of(name), T(".ostia.new")))
        return env_real()->file_remove(NULL, path.c);
    return STATUS_OK;
}

static enum status lock_folder(struct increments *i) {
    struct file_path path = file_path(i->folder, "lock", NULL);
    enum status st = file_make_folder(env_real(), i->folder);
    int fd = st ? -1 : open(path.c, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (st || fd < 0) return st ? st : file_status(errno);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return STATUS_BUSY;
    }
    i->lock_fd = fd;
    return STATUS_OK;
}

static const struct increment *last_of(const struct increment_list *list) {
    const struct increment *last = NULL;
    for (size_t n = 0; n < list->count; n++) {
        const struct increment *x = &list->items[n];
        if (!last || x->last > last->last || (x->last == last->last && x->at.ms > last->at.ms)) last = x;
    }
    return last;
}

// Is the folder's last file of this log? Not, when the authority was restored to an earlier moment.
static enum status check_log(struct increments *i, const struct increment *last) {
    struct db *db;
    struct hash root;
    enum status st = store_reader(i->house->store, &db);
    if (st) return st;
    st = journal_root(db, last->last, &root);
    store_reader_release(i->house->store, db);
    if (st == STATUS_CORRUPT || st == STATUS_NOT_FOUND || (!st && increment_root(&root) != last->root))
        return STATUS_CONFLICT;
    return st;
}

static enum status begin_at_end(struct increments *i) {
    struct db *db;
    i->span = (struct increment_span){.since = env_now(i->house->env)};
    enum status st = store_reader(i->house->store, &db);
    if (st) return st;
    st = journal_size(db, &i->span.after);
    store_reader_release(i->house->store, db);
    return st;
}

// Goes on behind the last file, whoever wrote it.
static enum status find_place(struct increments *i) {
    struct arena a = {0};
    struct increment_list list = {0};
    enum status st = file_each(env_real(), i->folder, remove_unfinished, i);
    if (!st) st = increment_list(i->folder, &a, &list);
    const struct increment *last = st ? NULL : last_of(&list);
    if (!st && !last) {
        st = begin_at_end(i);
        log_line(LOG_WARNING, "backup.new_folder", "after=%lld", (long long)i->span.after);
    }
    if (!st && last) st = check_log(i, last);
    if (!st && last) {
        i->span = (struct increment_span){.after = last->last, .since = last->at, .has_previous = true};
        st = increment_hash(i->folder, last, &i->span.previous);
    }
    i->run_count = 0;
    arena_free(&a);
    if (!st) log_line(LOG_INFO, "backup.begins", "after=%lld", (long long)i->span.after);
    return st;
}

static void leave_folder(struct increments *i) {
    if (i->lock_fd >= 0) close(i->lock_fd);
    i->lock_fd = -1;
}

static enum status enter_folder(struct increments *i) {
    if (i->lock_fd >= 0) return STATUS_OK;
    enum status st = lock_folder(i);
    if (st) return st;
    st = find_place(i);
    if (st) leave_folder(i);
    return st == STATUS_BUSY ? STATUS_IO : st; // busy is only the folder
}

// ---- one round

static struct increment_span span_after(const struct increment *made, const struct hash *hash) {
    return (struct increment_span){made->last, made->at, *hash, true};
}

// One file for all of the run. When it cannot be written they stay, and are just as good.
static void merge_run(struct increments *i) {
    struct increment made;
    struct hash hash;
    char name[INCREMENT_NAME_MAX];
    bool fits = i->span.after - i->run_span.after <= INCREMENT_EVENTS_MAX;
    enum status st =
        fits ? increment_write(i->house, i->folder, &i->lock, &i->run_span, &made, &hash) : STATUS_OK;
    if (fits && !st) {
        i->span = span_after(&made, &hash);
        for (size_t n = 0; n < i->run_count; n++) {
            increment_print(&i->run[n], name);
            struct file_path path = file_path(i->folder, name, NULL);
            (void)unlink(path.c); // one that stays is passed over
        }
    }
    i->run_count = 0;
}

// `is_full`: there is more than a file may hold.
static enum status write_one(struct increments *i, bool *is_full) {
    struct increment made;
    struct hash hash;
    enum status st = increment_write(i->house, i->folder, &i->lock, &i->span, &made, &hash);
    if (st) return st;
    *is_full = made.last - i->span.after == INCREMENT_EVENTS_MAX;
    if (!i->run_count) i->run_span = i->span;
    i->run[i->run_count++] = made;
    i->span = span_after(&made, &hash);
    if (i->run_count == i->run_files) merge_run(i);
    pthread_mutex_lock(&i->mutex);
    i->written++;
    pthread_mutex_unlock(&i->mutex);
    return STATUS_OK;
}

static void note(struct increments *i, bool is_ours, enum status st) {
    uint64_t now = env_monotonic_us(env_real());
    bool is_good = !st;
    pthread_mutex_lock(&i->mutex);
    i->is_ours = is_ours;
    i->failed += !is_good;
    if (is_good) i->good_us = now;
    pthread_mutex_unlock(&i->mutex);
    if (!is_good && (!i->is_failing || now - i->said_us >= SAY_AGAIN_US)) {
        log_line(LOG_ERROR, st == STATUS_CONFLICT ? "backup.other_log" : "backup.failed", "status=\"%s\"",
                 status_name(st));
        i->said_us = now;
    }
    if (is_good && i->is_failing)
        log_line(LOG_INFO, "backup.goes_on", "after=%lld", (long long)i->span.after);
    i->is_failing = !is_good;
}

static void run_round(struct increments *i) {
    enum status st = enter_folder(i);
    bool is_ours = st != STATUS_BUSY, is_full = true;
    while (!st && is_full) st = write_one(i, &is_full);
    if (st == STATUS_CONFLICT) leave_folder(i); // looked at anew, once somebody has put it right
    note(i, is_ours, st == STATUS_NOT_FOUND || !is_ours ? STATUS_OK : st);
}

// ---- the thread

// False when the server stops.
static bool wait_a_step(struct increments *i) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += i->step_ms / 1000;
    until.tv_nsec += i->step_ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
    int timed_out = 0;
    pthread_mutex_lock(&i->mutex);
    while (!i->is_stopping && !timed_out)
        timed_out = pthread_cond_timedwait(&i->stopped, &i->mutex, &until) == ETIMEDOUT;
    bool goes_on = !i->is_stopping;
    pthread_mutex_unlock(&i->mutex);
    return goes_on;
}

static void *run(void *argument) {
    do run_round(argument);
    while (wait_a_step(argument));
    run_round(argument);
    return NULL;
}

enum status increments_start(struct house *h, const struct increments_options *o, struct increments **out,
                             struct problem *p) {
    struct archive_lock lock = {.key_file = o->key_file};
    if (!o->key_file || archive_check_lock(&lock))
        return problem(p, "backup-key", "key", "problem.settings.backup_key");
    struct increments *i = calloc(1, sizeof *i);
    if (!i) abort();
    i->house = h;
    i->folder = text_c(&i->arena, text_of(o->folder));
    i->lock.key_file = text_c(&i->arena, text_of(o->key_file));
    i->step_ms = o->step_ms ? o->step_ms : STEP_MS;
    i->run_files = o->run_files && o->run_files < RUN_FILES ? (size_t)o->run_files : RUN_FILES;
    i->lock_fd = -1;
    i->good_us = env_monotonic_us(env_real());
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&i->stopped, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&i->mutex, NULL);
    if (pthread_create(&i->thread, NULL, run, i) != 0) abort();
    *out = i;
    return STATUS_OK;
}

void increments_stop(struct increments *i) {
    if (!i) return;
    pthread_mutex_lock(&i->mutex);
    i->is_stopping = true;
    pthread_cond_broadcast(&i->stopped);
    pthread_mutex_unlock(&i->mutex);
    pthread_join(i->thread, NULL);
    leave_folder(i);
    pthread_cond_destroy(&i->stopped);
    pthread_mutex_destroy(&i->mutex);
    arena_free(&i->arena);
    free(i);
}

void increments_metrics(void *argument, struct out *o) {
    struct increments *i = argument;
    pthread_mutex_lock(&i->mutex);
    int64_t written = i->written, failed = i->failed;
    int64_t behind = (int64_t)((env_monotonic_us(env_real()) - i->good_us) / 1000000);
    bool is_ours = i->is_ours;
    pthread_mutex_unlock(&i->mutex);
    metrics_one(o, "ostia_backup_increments_total", "counter", "Files written into the folder of increments.",
                written);
    metrics_one(o, "ostia_backup_failed_total", "counter",
                "Rounds in which an increment could not be written.", failed);
    if (is_ours) // else another server writes them, and tells
        metrics_one(o, "ostia_backup_behind_seconds", "gauge", "Since when not all is backed up.", behind);
}
