// restore_increments.c - the files of a folder of increments, in their order, each proved: none is missing,
// swapped or of another log.
#include "base/encode.h"
#include "ostia/restore.h"
#include "ostia/snapshot.h"

// ---- one file

static enum status read_entry(struct restore *r, int64_t size, struct arena *a, struct bytes *entry) {
    if (size > SNAPSHOT_ENTRY_MAX) return STATUS_CORRUPT;
    uint8_t *p = arena_alloc(a, (size_t)size + 1);
    *entry = (struct bytes){p, (size_t)size};
    return archive_read(r->in, p, (size_t)size);
}

// Of an event that is left out.
static enum status skip(struct restore *r, int64_t size) {
    uint8_t block[4096];
    enum status st = STATUS_OK;
    for (; size > 0 && !st; size -= (int64_t)sizeof block)
        st = archive_read(r->in, block, size < (int64_t)sizeof block ? (size_t)size : sizeof block);
    return st;
}

static struct text line_of(struct text all, struct text name) {
    struct text line;
    while (text_cut(&all, '\n', &line))
        if (text_starts(line, name)) return text_slice(line, name.n, line.n);
    return (struct text){0};
}

static enum status read_root(struct restore *r, int64_t size, struct hash *root) {
    struct db *db;
    enum status st = store_reader(r->house.store, &db);
    if (st) return st;
    st = journal_root(db, size, root);
    store_reader_release(r->house.store, db);
    return st;
}

// The file is the one that its name says, follows the one before, and gives the root that the log had.
static enum status check_manifest(struct restore *r, const struct increment *i, struct text all) {
    struct restore_log *l = &r->log;
    struct arena a = {0};
    struct hash root = {0};
    int64_t first = 0, last = 0;
    bool good = text_int(line_of(all, T("first ")), &first) && first == i->first &&
                text_int(line_of(all, T("last ")), &last) && last == i->last && l->read == last;
    struct text previous = line_of(all, T("previous "));
    if (l->has_previous) good &= text_eq(previous, hex_encode(&a, hash_bytes(&l->previous)));
    enum status st = STATUS_OK;
    if (good && l->seq == last) {
        st = read_root(r, last, &root);
        good = text_eq(line_of(all, T("root ")), hex_encode(&a, hash_bytes(&root)));
    }
    arena_free(&a);
    return st ? st : good ? STATUS_OK : STATUS_CORRUPT;
}

struct reading {
    const struct increment *increment;
    struct arena keys_arena;
    struct bytes keys; // the entry before a page of events
    bool has_manifest;
};

static enum status take_small(struct restore *r, struct reading *f, struct text name, struct bytes entry) {
    if (text_eq(name, T("manifest"))) {
        f->has_manifest = true;
        return check_manifest(r, f->increment, text_of_bytes(entry));
    }
    if (!text_eq(name, T("events"))) return restore_rows(r, name, entry);
    enum status st = restore_events(r, entry, f->keys);
    f->keys = (struct bytes){0};
    return st;
}

static enum status take_entry(struct restore *r, struct reading *f, struct text name, int64_t size) {
    struct arena a = {0};
    struct bytes entry;
    if (f->has_manifest) return STATUS_CORRUPT; // it is the last one
    if (text_starts(name, T("blobs/"))) return r->log.has_taken ? restore_file(r, name, size) : skip(r, size);
    if (text_eq(name, T("keys"))) {
        arena_reset(&f->keys_arena);
        return read_entry(r, size, &f->keys_arena, &f->keys);
    }
    enum status st = read_entry(r, size, &a, &entry);
    if (!st) st = take_small(r, f, name, entry);
    arena_free(&a);
    return st;
}

static enum status take_increment(struct restore *r, const char *folder, const struct increment *i) {
    struct reading f = {.increment = i};
    char file[INCREMENT_NAME_MAX], name[ARCHIVE_NAME_MAX + 1];
    int64_t size;
    increment_print(i, file);
    struct file_path path = file_path(folder, file, NULL);
    archive_close(r->in);
    r->log.has_taken = false;
    enum status st = archive_open(path.c, &r->lock, &r->in);
    if (st == STATUS_UNSUPPORTED) st = STATUS_CORRUPT; // locked in another way
    while (!st && !(st = archive_next(r->in, name, &size))) st = take_entry(r, &f, text_of(name), size);
    arena_free(&f.keys_arena);
    if (st == STATUS_NOT_FOUND) st = f.has_manifest ? STATUS_OK : STATUS_CORRUPT;
    if (!st) st = increment_hash(folder, i, &r->log.previous);
    r->log.has_previous = true;
    return st;
}

// ---- the chain

// One file may have taken the place of several, and some of those may still be there.
static bool is_replaced(const struct increment_list *list, const struct increment *x) {
    for (size_t i = 0; i < list->count; i++) {
        const struct increment *y = &list->items[i];
        bool is_longer = y->since.ms < x->since.ms || y->at.ms > x->at.ms;
        if (is_longer && y->since.ms <= x->since.ms && y->at.ms >= x->at.ms) return true;
    }
    return false;
}

// The first file that holds the event behind the backup, or ends with its last one.
static const struct increment *find_first(const struct increment_list *list, int64_t base) {
    const struct increment *found = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const struct increment *x = &list->items[i];
        bool is_at_base = x->first <= base + 1 && x->last >= base;
        if (is_at_base && (!found || x->at.ms < found->at.ms) && !is_replaced(list, x)) found = x;
    }
    return found;
}

static const struct increment *find_next(const struct increment_list *list, const struct increment *before) {
    const struct increment *found = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const struct increment *x = &list->items[i];
        bool follows = x->first == before->last + 1 && x->since.ms == before->at.ms;
        if (follows && (!found || x->at.ms > found->at.ms)) found = x;
    }
    return found;
}

static enum status say_file(struct restore *r, struct problem *p, const char *key,
                            const struct increment *i) {
    char name[INCREMENT_NAME_MAX];
    increment_print(i, name);
    enum status st = problem(p, "increments", "damaged", key);
    problem_arg(p, "file", text_of(text_c(&r->arena, text_of(name))));
    return st;
}

// No file goes on, but there is a later one.
static enum status check_rest(struct restore *r, const struct increment_list *list,
                              const struct increment *end, struct problem *p) {
    for (size_t i = 0; i < list->count; i++) {
        const struct increment *x = &list->items[i];
        if (x->last > r->log.read || (end && x->at.ms > end->at.ms))
            return say_file(r, p, "problem.restore.missing", x);
    }
    return STATUS_OK;
}

// Anything but a bad day here is the file's fault.
static bool is_ours(enum status st) {
    return st == STATUS_FULL || st == STATUS_IO || st == STATUS_STORE || st == STATUS_BUSY ||
           st == STATUS_UNCERTAIN;
}

enum status restore_increments(struct restore *r, const char *folder, struct problem *p) {
    struct increment_list list = {0};
    enum status st = increment_list(folder, &r->arena, &list);
    if (st) return problem(p, "increments", "folder", "problem.restore.increments");
    const struct increment *end = NULL, *next = find_first(&list, r->log.base);
    for (; next; end = next, next = find_next(&list, next)) {
        st = take_increment(r, folder, next);
        if (st == STATUS_UNSUPPORTED) return say_file(r, p, "problem.restore.newer", next);
        if (st) return is_ours(st) ? st : say_file(r, p, "problem.restore.increment", next);
    }
    return check_rest(r, &list, end, p);
}
