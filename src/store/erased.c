// DIR/erased: who was erased, so that an older copy that is put back forgets them again. One sealed record
// each, with the subject's number and nothing else; it is no part of any backup.
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "store/internal.h"
#include "store/keys.h"

enum { RECORD_BYTES = 8 + SEAL_EXTRA_BYTES };

void erased_note(struct store *s, int64_t subject) {
    struct erased *e = &s->writer.erased;
    if (e->count == e->capacity) {
        e->capacity = e->capacity ? 2 * e->capacity : 16;
        e->items = realloc(e->items, e->capacity * sizeof *e->items);
        if (!e->items) abort();
    }
    e->items[e->count++] = subject;
}

static enum status append(struct store *s, struct arena *a, int fd, int64_t at) {
    struct key k = keys_derived(s, T("erased subjects"));
    enum status st = STATUS_OK;
    for (size_t i = 0; i < s->writer.erased.count && !st; i++) {
        uint8_t number[8];
        for (int b = 0; b < 8; b++)
            number[b] = (uint8_t)((uint64_t)s->writer.erased.items[i] >> (56 - 8 * b));
        struct bytes sealed = seal(a, &s->env, &k, (struct bytes){number, 8}, bytes_of(T("erased")));
        st = file_write_at(&s->env, fd, sealed.p, sealed.n, at);
        at += (int64_t)sealed.n;
    }
    key_wipe(&k);
    return st ? st : s->env.file_sync(s->env.context, fd);
}

enum { LOCK_TRIES = 200, LOCK_STEP_US = 10000 };

// Servers that share a database share the folder too, and each holds the list for the time of one record.
static enum status lock_list(const struct env *env, int fd) {
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (env->disk->lock(env->context, fd) == 0) return STATUS_OK;
        usleep(LOCK_STEP_US);
    }
    return STATUS_BUSY;
}

// The batch is durable, nobody is answered yet. A record cut by a power loss is cut off before the next one.
void erased_keep(struct store *s) {
    struct arena a = {0};
    struct file_path path = file_path(s->dir, "erased", NULL);
    if (!s->writer.erased.count) return;
    int fd;
    struct stat info = {0};
    enum status st = file_open(&s->env, path.c, O_RDWR | O_CREAT, &fd);
    if (!st) st = lock_list(&s->env, fd);
    if (!st) st = file_stat(&s->env, fd, &info);
    int64_t end = info.st_size - info.st_size % RECORD_BYTES;
    if (!st) st = file_resize(&s->env, fd, end);
    if (!st) st = append(s, &a, fd, end);
    if (!st) st = file_sync_folder(&s->env, s->dir);
    file_close(&s->env, fd);
    if (st)
        log_line(LOG_ERROR, "store.erased", "count=%zu status=\"%s\"", s->writer.erased.count,
                 status_name(st));
    s->writer.erased.count = 0;
    arena_free(&a);
}

static enum status read_record(const struct key *k, const uint8_t record[RECORD_BYTES], int64_t *subject) {
    struct arena a = {0};
    struct bytes plain;
    enum status st = unseal(&a, k, (struct bytes){record, RECORD_BYTES}, bytes_of(T("erased")), &plain);
    if (!st && plain.n != 8) st = STATUS_CORRUPT;
    uint64_t number = 0;
    for (int b = 0; b < 8 && !st; b++) number = number << 8 | plain.p[b];
    *subject = (int64_t)number;
    arena_free(&a);
    return st;
}

enum status erased_each(struct store *s, const char *path, enum status (*fn)(void *arg, int64_t subject),
                        void *arg) {
    uint8_t record[RECORD_BYTES];
    int fd;
    enum status st = file_open(&s->env, path, O_RDONLY, &fd);
    if (st) return st;
    struct key k = keys_derived(s, T("erased subjects"));
    int64_t at = 0;
    for (size_t got = RECORD_BYTES; !st; at += RECORD_BYTES) {
        int64_t subject;
        st = file_read_at(&s->env, fd, record, sizeof record, at, &got);
        if (st || got < RECORD_BYTES) break; // a record that was cut was never answered
        st = read_record(&k, record, &subject);
        if (!st) st = fn(arg, subject);
    }
    key_wipe(&k);
    file_close(&s->env, fd);
    return st;
}
