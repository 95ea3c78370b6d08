// list.c - DIR/deleted: the names of mappings that were erased, one record each, for a database that is put
// back.
//
// A record is the name and SHA-256(chain of the record before, name). The database remembers how far it
// followed the list, and the chain there, so another list, or a shorter one, is noticed. The list is written
// before the rows are erased: what was begun is finished at the next opening.
#include <fcntl.h>
#include <string.h>

#include "privacy/inside.h"

static struct hash chain_next(const struct hash *before, const struct row_id *name) {
    uint8_t both[HASH_BYTES + ROW_ID_BYTES];
    memcpy(both, before->b, HASH_BYTES);
    memcpy(both + HASH_BYTES, name->b, ROW_ID_BYTES);
    return hash_of((struct bytes){both, sizeof both});
}

static struct file_path list_path(const struct privacy *s) {
    return file_path(s->dir.c, "deleted", NULL);
}

enum status list_append(struct privacy *s, const struct row_id *names, size_t count, struct list_end *end) {
    struct arena a = {0};
    struct file_path path = list_path(s);
    uint8_t *records = arena_alloc(&a, count * LIST_RECORD_BYTES + 1);
    struct list_end to = *end;
    int fd;
    for (size_t i = 0; i < count; i++, to.count++) {
        to.chain = chain_next(&to.chain, &names[i]);
        memcpy(records + i * LIST_RECORD_BYTES, names[i].b, ROW_ID_BYTES);
        memcpy(records + i * LIST_RECORD_BYTES + ROW_ID_BYTES, to.chain.b, HASH_BYTES);
    }
    int64_t at = end->count * LIST_RECORD_BYTES;
    enum status st = file_open(s->env, path.c, O_RDWR | O_CREAT, &fd);
    if (!st) st = file_resize(s->env, fd, at);
    if (!st) st = file_write_at(s->env, fd, records, count * LIST_RECORD_BYTES, at);
    if (!st) st = s->env->file_sync(s->env->context, fd);
    if (!st) st = file_sync_folder(s->env, s->dir.c);
    file_close(s->env, fd);
    if (!st) *end = to;
    arena_free(&a);
    return st;
}

// Is the record before `end` the one that the database knows?
static enum status check_begin(struct privacy *s, int fd, const struct list_end *end) {
    uint8_t record[LIST_RECORD_BYTES];
    size_t got = 0;
    if (!end->count) return STATUS_OK;
    enum status st =
        file_read_at(s->env, fd, record, sizeof record, (end->count - 1) * LIST_RECORD_BYTES, &got);
    if (st) return st;
    bool fits = got == sizeof record && memcmp(record + ROW_ID_BYTES, end->chain.b, HASH_BYTES) == 0;
    return fits ? STATUS_OK : STATUS_CORRUPT;
}

// A last record that was cut by a power loss was never answered.
static enum status read_on(struct privacy *s, int fd, struct list_end *end, list_fn *fn, void *arg) {
    enum status st = STATUS_OK;
    for (;;) {
        uint8_t record[LIST_RECORD_BYTES];
        struct row_id name;
        size_t got = 0;
        st = file_read_at(s->env, fd, record, sizeof record, end->count * LIST_RECORD_BYTES, &got);
        if (st || got < sizeof record) return st;
        memcpy(name.b, record, ROW_ID_BYTES);
        struct hash chain = chain_next(&end->chain, &name);
        if (memcmp(chain.b, record + ROW_ID_BYTES, HASH_BYTES) != 0) return STATUS_CORRUPT;
        st = fn(arg, &name);
        if (st) return st;
        end->chain = chain;
        end->count++;
    }
}

enum status list_read(struct privacy *s, struct list_end *end, list_fn *fn, void *arg) {
    struct file_path path = list_path(s);
    int fd;
    enum status st = file_open(s->env, path.c, O_RDONLY, &fd);
    if (st == STATUS_NOT_FOUND) return end->count ? STATUS_CORRUPT : STATUS_OK;
    if (!st) st = check_begin(s, fd, end);
    if (!st) st = read_on(s, fd, end, fn, arg);
    file_close(s->env, fd);
    return st;
}
