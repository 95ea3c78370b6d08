// DIR/erased: who was erased, so that an older copy that is put back forgets them again. One sealed record
// each, with the subject's number and nothing else; it is no part of any backup.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
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

static enum status append(struct store *s, struct arena *a, int fd) {
    struct key k = keys_derived(s, T("erased subjects"));
    enum status st = STATUS_OK;
    for (size_t i = 0; i < s->writer.erased.count && !st; i++) {
        uint8_t number[8];
        for (int b = 0; b < 8; b++)
            number[b] = (uint8_t)((uint64_t)s->writer.erased.items[i] >> (56 - 8 * b));
        struct bytes sealed = seal(a, &s->env, &k, (struct bytes){number, 8}, bytes_of(T("erased")));
        st = file_write_all(fd, sealed.p, sealed.n);
    }
    key_wipe(&k);
    return st ? st : s->env.file_sync(s->env.context, fd);
}

// The batch is durable, nobody is answered yet. A record cut by a power loss is cut off before the next one.
void erased_keep(struct store *s) {
    struct arena a = {0};
    struct file_path path = file_path(s->dir, "erased", NULL);
    if (!s->writer.erased.count) return;
    int fd = open(path.c, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    // Servers that share a database share the folder too.
    enum status st = fd < 0 || flock(fd, LOCK_EX) != 0 ? file_status(errno) : STATUS_OK;
    if (!st) {
        off_t end = lseek(fd, 0, SEEK_END);
        end -= end % RECORD_BYTES;
        if (ftruncate(fd, end) != 0 || lseek(fd, end, SEEK_SET) != end) st = file_status(errno);
    }
    if (!st) st = append(s, &a, fd);
    if (!st) st = file_sync_folder(s->dir);
    if (fd >= 0) close(fd);
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
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return file_status(errno);
    struct key k = keys_derived(s, T("erased subjects"));
    enum status st = STATUS_OK;
    for (size_t got = RECORD_BYTES; !st;) {
        int64_t subject;
        st = file_read_all(fd, record, sizeof record, &got);
        if (st || got < RECORD_BYTES) break; // a record that was cut was never answered
        st = read_record(&k, record, &subject);
        if (!st) st = fn(arg, subject);
    }
    key_wipe(&k);
    close(fd);
    return st;
}
