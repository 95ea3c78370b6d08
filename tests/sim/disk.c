#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECTOR = 512 };

static void *must(void *p) {
    if (!p) abort();
    return p;
}

// ---- bytes, shared until somebody writes

static struct bytes_kept *kept_new(void) {
    struct bytes_kept *b = must(calloc(1, sizeof *b));
    b->users = 1;
    return b;
}

static struct bytes_kept *kept_share(struct bytes_kept *b) {
    b->users++;
    return b;
}

static void kept_drop(struct bytes_kept *b) {
    if (--b->users) return;
    free(b->p);
    free(b);
}

static struct bytes_kept *kept_own(struct bytes_kept **at) {
    struct bytes_kept *b = *at;
    if (b->users == 1) return b;
    struct bytes_kept *copy = kept_new();
    copy->size = copy->capacity = b->size;
    copy->p = must(malloc((size_t)b->size + 1));
    if (b->size) memcpy(copy->p, b->p, (size_t)b->size);
    b->users--;
    return *at = copy;
}

static void kept_resize(struct bytes_kept **at, int64_t size) {
    struct bytes_kept *b = kept_own(at);
    if (size > b->capacity) {
        b->capacity = size + size / 2 + 4096;
        b->p = must(realloc(b->p, (size_t)b->capacity));
    }
    if (size > b->size) memset(b->p + b->size, 0, (size_t)(size - b->size));
    b->size = size;
}

static void kept_write(struct bytes_kept **at, int64_t where, const uint8_t *p, int64_t n) {
    if (where + n > (*at)->size) kept_resize(at, where + n);
    memcpy(kept_own(at)->p + where, p, (size_t)n);
}

// ---- files

static struct inode *inode_new(struct sim_disk *d, bool is_folder) {
    struct inode *i = must(calloc(1, sizeof *i));
    i->is_folder = is_folder;
    i->seen = kept_new();
    i->safe = kept_share(i->seen);
    i->next = d->inodes;
    return d->inodes = i;
}

static void changes_forget(struct inode *i) {
    for (size_t k = 0; k < i->count; k++) free(i->changes[k].p);
    i->count = 0;
}

static void shm_free(struct inode *i) {
    if (!i->shm) return;
    for (int k = 0; k < i->shm->region_count; k++) free(i->shm->regions[k]);
    free(i->shm);
    i->shm = NULL;
}

static void inode_free(struct inode *i) {
    changes_forget(i);
    free(i->changes);
    shm_free(i);
    kept_drop(i->seen);
    kept_drop(i->safe);
    free(i);
}

static struct change *change_add(struct inode *i) {
    if (i->count == i->capacity) {
        i->capacity = i->capacity * 2 + 16;
        i->changes = must(realloc(i->changes, i->capacity * sizeof *i->changes));
    }
    return &i->changes[i->count++];
}

static void inode_write(struct inode *i, int64_t at, const uint8_t *p, int64_t n) {
    if (n <= 0) return;
    struct change *c = change_add(i);
    *c = (struct change){false, at, n, must(malloc((size_t)n))};
    memcpy(c->p, p, (size_t)n);
    kept_write(&i->seen, at, p, n);
}

static void inode_resize(struct inode *i, int64_t size) {
    *change_add(i) = (struct change){true, size, 0, NULL};
    kept_resize(&i->seen, size);
}

static void change_apply(struct inode *i, const struct change *c) {
    if (c->is_resize)
        kept_resize(&i->safe, c->at);
    else
        kept_write(&i->safe, c->at, c->p, c->size);
}

static void inode_sync(struct inode *i) {
    for (size_t k = 0; k < i->count; k++) change_apply(i, &i->changes[k]);
    changes_forget(i);
}

// ---- names

static struct name *name_find(const struct names *n, const char *path) {
    for (size_t i = 0; i < n->count; i++)
        if (!strcmp(n->items[i].path, path)) return &n->items[i];
    return NULL;
}

static void name_put(struct names *n, const char *path, struct inode *inode) {
    struct name *at = name_find(n, path);
    if (!at) {
        if (n->count == n->capacity) {
            n->capacity = n->capacity * 2 + 32;
            n->items = must(realloc(n->items, n->capacity * sizeof *n->items));
        }
        at = &n->items[n->count++];
        snprintf(at->path, sizeof at->path, "%s", path);
    }
    at->inode = inode;
}

static void name_drop(struct names *n, const char *path) {
    struct name *at = name_find(n, path);
    if (at) *at = n->items[--n->count];
}

static bool is_in(const char *folder, const char *path) {
    size_t n = strlen(folder);
    return !strncmp(folder, path, n) && path[n] == '/' && !strchr(path + n + 1, '/');
}

static void names_apply(struct names *n, const struct name_change *c) {
    if (c->kind != NAME_MADE) {
        struct name *from = name_find(n, c->path);
        if (from && from->inode == c->inode) name_drop(n, c->path);
    }
    if (c->kind != NAME_REMOVED) name_put(n, c->kind == NAME_MADE ? c->path : c->to, c->inode);
}

static void name_change(struct sim_disk *d, enum name_change_kind kind, const char *path, const char *to,
                        struct inode *inode) {
    if (d->count == d->capacity) {
        d->capacity = d->capacity * 2 + 16;
        d->changes = must(realloc(d->changes, d->capacity * sizeof *d->changes));
    }
    struct name_change *c = &d->changes[d->count++];
    *c = (struct name_change){.kind = kind, .inode = inode};
    snprintf(c->path, sizeof c->path, "%s", path);
    snprintf(c->to, sizeof c->to, "%s", to);
    struct name *replaced = kind == NAME_MOVED ? name_find(&d->seen, to) : NULL;
    if (replaced) replaced->inode->names--;
    inode->names += kind == NAME_MADE ? 1 : kind == NAME_REMOVED ? -1 : 0;
    names_apply(&d->seen, c);
}

// "a/b/.." is "a", as file_make_folder asks for it.
static const char *plain(const char *path, char *into) {
    snprintf(into, SIM_PATH_MAX, "%s", path);
    size_t n = strlen(into);
    if (n > 3 && !strcmp(into + n - 3, "/..")) {
        into[n - 3] = 0;
        *strrchr(into, '/') = 0;
    }
    return into;
}

struct inode *sim_disk_find(const struct sim_disk *d, const char *path) {
    char into[SIM_PATH_MAX];
    struct name *at = name_find(&d->seen, plain(path, into));
    return at ? at->inode : NULL;
}

// ---- the whole disk

struct sim_disk *sim_disk_new(void) {
    struct sim_disk *d = must(calloc(1, sizeof *d));
    d->bytes_max = INT64_MAX;
    struct inode *root = inode_new(d, true);
    root->names = 1;
    name_put(&d->seen, "/sim", root);
    name_put(&d->safe, "/sim", root);
    return d;
}

struct sim_disk *sim_disk_copy(const struct sim_disk *from) {
    struct sim_disk *d = must(calloc(1, sizeof *d));
    d->bytes_max = INT64_MAX;
    for (size_t i = 0; i < from->seen.count; i++) {
        struct inode *old = from->seen.items[i].inode, *copy = inode_new(d, old->is_folder);
        kept_drop(copy->seen);
        kept_drop(copy->safe);
        copy->seen = kept_share(old->seen);
        copy->safe = kept_share(old->seen);
        copy->names = 1;
        name_put(&d->seen, from->seen.items[i].path, copy);
        name_put(&d->safe, from->seen.items[i].path, copy);
    }
    return d;
}

void sim_disk_free(struct sim_disk *d) {
    if (!d) return;
    for (struct inode *i = d->inodes, *next; i; i = next) {
        next = i->next;
        inode_free(i);
    }
    free(d->seen.items);
    free(d->safe.items);
    free(d->changes);
    free(d);
}

int64_t sim_disk_used(const struct sim_disk *d) {
    int64_t used = 0;
    for (const struct inode *i = d->inodes; i; i = i->next) {
        if (i->names || i->opened) used += i->seen->size;
        if (i->shm) used += (int64_t)i->shm->region_count * 32768;
    }
    return used;
}

int sim_disk_open_files(const struct sim_disk *d) {
    int count = 0;
    for (int i = 0; i < SIM_FILES_MAX; i++) count += d->files[i] != NULL;
    return count;
}

static int by_path(const void *a, const void *b) {
    return strcmp(((const struct name *)a)->path, ((const struct name *)b)->path);
}

struct hash sim_disk_digest(const struct sim_disk *d) {
    struct arena a = {0};
    struct out o = {.arena = &a};
    struct name *sorted = must(malloc((d->seen.count + 1) * sizeof *sorted));
    memcpy(sorted, d->seen.items, d->seen.count * sizeof *sorted);
    qsort(sorted, d->seen.count, sizeof *sorted, by_path);
    for (size_t i = 0; i < d->seen.count; i++) {
        const struct bytes_kept *b = sorted[i].inode->seen;
        out_text(&o, text_of(sorted[i].path));
        struct hash h = hash_of((struct bytes){b->p ? b->p : (const uint8_t *)"", (size_t)b->size});
        out_text(&o, text_of_bytes((struct bytes){h.b, sizeof h.b}));
    }
    struct hash all = hash_of(bytes_of(out_done(&o)));
    free(sorted);
    arena_free(&a);
    return all;
}

// ---- what a power cut leaves

enum survival { ALL_LOST, ALL_KEPT, IN_ORDER, IN_ANY_ORDER, SURVIVALS };

static void tear_sectors(struct world *w, struct inode *i, const struct change *c) {
    for (int64_t at = 0; at < c->size;) {
        int64_t n = SECTOR - (c->at + at) % SECTOR;
        if (n > c->size - at) n = c->size - at;
        if (chance_number(w, 2)) kept_write(&i->safe, c->at + at, c->p + at, n);
        at += n;
    }
}

static void tear_bytes(struct world *w, struct inode *i, const struct change *c) {
    int64_t cut = (int64_t)chance_number(w, (uint64_t)c->size + 1);
    if (chance_number(w, 2))
        kept_write(&i->safe, c->at, c->p, cut);
    else
        kept_write(&i->safe, c->at + cut, c->p + cut, c->size - cut);
}

static void change_survives(struct world *w, struct inode *i, const struct change *c) {
    switch (chance_number(w, c->is_resize ? 2 : 5)) {
    case 0: break;
    case 1:
    case 2: change_apply(i, c); break;
    case 3: tear_sectors(w, i, c); break;
    default: tear_bytes(w, i, c); break;
    }
}

static void shuffle(struct world *w, struct change *list, size_t count) {
    for (size_t k = count; k > 1; k--) {
        size_t other = chance_number(w, k);
        struct change swapped = list[k - 1];
        list[k - 1] = list[other];
        list[other] = swapped;
    }
}

static void inode_after_cut(struct world *w, struct inode *i) {
    enum survival how = i->count ? (enum survival)chance_number(w, SURVIVALS) : ALL_LOST;
    if (how == IN_ANY_ORDER) shuffle(w, i->changes, i->count);
    for (size_t k = 0; k < i->count && how != ALL_LOST; k++) {
        if (how == ALL_KEPT)
            change_apply(i, &i->changes[k]);
        else
            change_survives(w, i, &i->changes[k]);
    }
    changes_forget(i);
    kept_drop(i->seen);
    i->seen = kept_share(i->safe);
    i->is_locked = false;
    i->lock = (struct lock_state){0};
    shm_free(i);
}

// A journaling file system keeps a beginning of what was done to names; POSIX promises not even that.
static void names_after_cut(struct world *w) {
    struct sim_disk *d = w->disk;
    enum survival how = d->count ? (enum survival)chance_number(w, SURVIVALS) : ALL_LOST;
    size_t kept = how == IN_ORDER ? chance_number(w, d->count + 1) : how == ALL_LOST ? 0 : d->count;
    for (size_t k = 0; k < kept; k++)
        if (how != IN_ANY_ORDER || chance_number(w, 2)) names_apply(&d->safe, &d->changes[k]);
    d->count = 0;
}

// A name in a folder that did not survive is gone too.
static void drop_orphans(struct names *n) {
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < n->count; i++) {
            char folder[SIM_PATH_MAX];
            snprintf(folder, sizeof folder, "%s", n->items[i].path);
            *strrchr(folder, '/') = 0;
            if (!folder[0] || name_find(n, folder)) continue;
            n->items[i--] = n->items[--n->count];
            again = true;
        }
    }
}

void sim_disk_power_cut(struct world *w) {
    struct sim_disk *d = w->disk;
    names_after_cut(w);
    drop_orphans(&d->safe);
    for (struct inode *i = d->inodes; i; i = i->next) i->names = 0;
    for (size_t i = 0; i < d->safe.count; i++) d->safe.items[i].inode->names++;
    d->seen.count = 0;
    for (struct inode **at = &d->inodes; *at;) {
        struct inode *i = *at;
        inode_after_cut(w, i);
        if (i->names) {
            at = &i->next;
        } else {
            *at = i->next;
            inode_free(i);
        }
    }
    for (size_t i = 0; i < d->safe.count; i++)
        name_put(&d->seen, d->safe.items[i].path, d->safe.items[i].inode);
}

// ---- the calls

static int fail(int error) {
    errno = error;
    return -1;
}

struct inode *sim_disk_inode(struct world *w, int fd) {
    int slot = fd - SIM_FD_FIRST;
    if (slot < 0 || slot >= SIM_FILES_MAX || !w->disk->files[slot]) abort(); // a descriptor of another world
    return w->disk->files[slot];
}

static const char *name_of(struct world *w, int fd) {
    (void)sim_disk_inode(w, fd);
    return w->disk->opened_as[fd - SIM_FD_FIRST];
}

static int file_slot(struct world *w, struct inode *i, const char *path) {
    for (int slot = 0; slot < SIM_FILES_MAX; slot++) {
        if (w->disk->files[slot]) continue;
        w->disk->files[slot] = i;
        i->opened++;
        snprintf(w->disk->opened_as[slot], SIM_PATH_MAX, "%s", path);
        return SIM_FD_FIRST + slot;
    }
    return fail(EMFILE);
}

static bool folder_is_there(struct world *w, const char *path) {
    char folder[SIM_PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = 0;
    struct inode *i = sim_disk_find(w->disk, folder);
    return i && i->is_folder;
}

static int call_open(void *context, const char *path, int flags) {
    struct world *w = context;
    int error = world_step(w, FAULT_NAME, "open", path);
    if (error) return fail(error);
    struct inode *i = sim_disk_find(w->disk, path);
    if (i && (flags & O_CREAT) && (flags & O_EXCL)) return fail(EEXIST);
    if (!i && (!(flags & O_CREAT) || !folder_is_there(w, path))) return fail(ENOENT);
    if (!i) {
        i = inode_new(w->disk, false);
        name_change(w->disk, NAME_MADE, path, "", i);
    } else if (flags & O_TRUNC) {
        inode_resize(i, 0);
    }
    return file_slot(w, i, path);
}

static int call_close(void *context, int fd) {
    struct world *w = context;
    struct inode *i = sim_disk_inode(w, fd);
    w->disk->files[fd - SIM_FD_FIRST] = NULL;
    i->opened--;
    i->is_locked = false; // only the one who holds it keeps a locked file open
    return 0;
}

static ssize_t call_read(void *context, int fd, void *p, size_t n, int64_t at) {
    struct world *w = context;
    struct inode *i = sim_disk_inode(w, fd);
    int error = world_step(w, FAULT_READ, "read", name_of(w, fd));
    if (error) return fail(error);
    if (at >= i->seen->size) return 0;
    if ((int64_t)n > i->seen->size - at) n = (size_t)(i->seen->size - at);
    memcpy(p, i->seen->p + at, n);
    return (ssize_t)n;
}

static int64_t room(const struct world *w) {
    return w->disk->bytes_max == INT64_MAX ? INT64_MAX : w->disk->bytes_max - sim_disk_used(w->disk);
}

// How much of a write that failed has arrived: nothing, all of it, or a beginning.
static int64_t arrived(struct world *w, size_t n) {
    uint64_t how = chance_number(w, 3);
    return how == 0 ? 0 : how == 1 ? (int64_t)n : (int64_t)chance_number(w, n + 1);
}

static ssize_t call_write(void *context, int fd, const void *p, size_t n, int64_t at) {
    struct world *w = context;
    struct inode *i = sim_disk_inode(w, fd);
    bool was_on = w->is_on;
    int error = world_step(w, FAULT_WRITE, "write", name_of(w, fd));
    if (error) {
        if (was_on) inode_write(i, at, p, arrived(w, n));
        return fail(error);
    }
    int64_t growth = at + (int64_t)n - i->seen->size;
    if (growth > 0 && w->disk->bytes_max != INT64_MAX && growth > room(w)) {
        int64_t fits = (int64_t)n - (growth - room(w));
        if (fits <= 0) return fail(ENOSPC);
        n = (size_t)fits;
    }
    if (n > 1 && !w->is_calm && chance_is(w, w->per_million[FAULT_SHORT])) {
        w->faults[FAULT_SHORT]++;
        n = 1 + chance_number(w, n - 1);
    }
    inode_write(i, at, p, (int64_t)n);
    return (ssize_t)n;
}

static int call_resize(void *context, int fd, int64_t bytes) {
    struct world *w = context;
    struct inode *i = sim_disk_inode(w, fd);
    bool was_on = w->is_on;
    int error = world_step(w, FAULT_WRITE, "resize", name_of(w, fd));
    if (error && was_on && chance_number(w, 2)) inode_resize(i, bytes);
    if (error) return fail(error);
    if (bytes > i->seen->size && bytes - i->seen->size > room(w)) return fail(ENOSPC);
    inode_resize(i, bytes);
    return 0;
}

static int call_lock(void *context, int fd) {
    struct world *w = context;
    struct inode *i = sim_disk_inode(w, fd);
    if (i->is_locked) return fail(EWOULDBLOCK);
    i->is_locked = true;
    return 0;
}

static int stat_of(const struct inode *i, struct stat *out) {
    *out = (struct stat){.st_size = i->seen->size, .st_nlink = (nlink_t)i->names};
    out->st_mode = i->is_folder ? S_IFDIR | 0700 : S_IFREG | 0600;
    return 0;
}

static int call_stat_path(void *context, const char *path, struct stat *out) {
    struct world *w = context;
    int error = world_step(w, FAULT_NAME, "stat", path);
    if (error) return fail(error);
    struct inode *i = sim_disk_find(w->disk, path);
    return i ? stat_of(i, out) : fail(ENOENT);
}

static int call_stat_file(void *context, int fd, struct stat *out) {
    struct world *w = context;
    int error = world_step(w, FAULT_NAME, "stat", name_of(w, fd));
    return error ? fail(error) : stat_of(sim_disk_inode(w, fd), out);
}

static int call_make_folder(void *context, const char *path) {
    struct world *w = context;
    bool was_on = w->is_on;
    int error = world_step(w, FAULT_NAME, "make folder", path);
    bool is_there = sim_disk_find(w->disk, path) != NULL;
    if (error && !(was_on && !w->is_on)) return fail(error);
    if (is_there) return fail(EEXIST);
    if (!folder_is_there(w, path)) return fail(ENOENT);
    name_change(w->disk, NAME_MADE, path, "", inode_new(w->disk, true));
    return error ? fail(error) : 0;
}

static int call_sync_folder(void *context, const char *path) {
    struct world *w = context;
    struct sim_disk *d = w->disk;
    char folder[SIM_PATH_MAX];
    (void)plain(path, folder);
    int error = world_step(w, FAULT_SYNC, "sync folder", folder);
    if (error) return fail(error);
    if (!sim_disk_find(d, folder)) return fail(ENOENT);
    size_t left = 0;
    for (size_t k = 0; k < d->count; k++) {
        const struct name_change *c = &d->changes[k];
        if (is_in(folder, c->kind == NAME_MOVED ? c->to : c->path))
            names_apply(&d->safe, c);
        else
            d->changes[left++] = *c;
    }
    d->count = left;
    return 0;
}

static int call_list(void *context, const char *path, char ***names) {
    struct world *w = context;
    int error = world_step(w, FAULT_NAME, "list", path), count = 0;
    if (error) return fail(error);
    if (!sim_disk_find(w->disk, path)) return fail(ENOENT);
    qsort(w->disk->seen.items, w->disk->seen.count, sizeof *w->disk->seen.items, by_path);
    *names = must(calloc(w->disk->seen.count + 1, sizeof **names));
    for (size_t i = 0; i < w->disk->seen.count; i++) {
        const char *full = w->disk->seen.items[i].path;
        if (is_in(path, full)) (*names)[count++] = must(strdup(strrchr(full, '/') + 1));
    }
    return count;
}

static int64_t call_room(void *context, const char *path) {
    (void)path;
    return room(context);
}

const struct disk sim_disk_calls = {
    .open = call_open,
    .close = call_close,
    .read = call_read,
    .write = call_write,
    .resize = call_resize,
    .allocate = call_resize,
    .lock = call_lock,
    .stat_path = call_stat_path,
    .stat_file = call_stat_file,
    .make_folder = call_make_folder,
    .sync_folder = call_sync_folder,
    .list = call_list,
    .room = call_room,
};

// As Linux does it since "fsyncgate": pages that could not be written count as clean. They are still seen,
// until memory is needed; from then on the old ones are.
static void lose_some(struct world *w, struct inode *i) {
    for (size_t k = 0; k < i->count; k++) change_survives(w, i, &i->changes[k]);
    changes_forget(i);
    if (chance_number(w, 2)) return;
    kept_drop(i->seen);
    i->seen = kept_share(i->safe);
}

int sim_sync(struct world *w, int fd) {
    struct inode *i = sim_disk_inode(w, fd);
    bool was_on = w->is_on;
    int error = world_step(w, FAULT_SYNC, "sync", name_of(w, fd));
    if (error && was_on && w->is_on) lose_some(w, i);
    if (error) return fail(error);
    inode_sync(i);
    return 0;
}

int sim_rename(struct world *w, const char *from, const char *to) {
    bool was_on = w->is_on;
    int error = world_step(w, FAULT_NAME, "rename", from);
    struct inode *i = sim_disk_find(w->disk, from);
    if (error && !(was_on && !w->is_on)) return fail(error);
    if (!i || !folder_is_there(w, to)) return fail(ENOENT);
    name_change(w->disk, NAME_MOVED, from, to, i);
    return error ? fail(error) : 0;
}

int sim_remove(struct world *w, const char *path) {
    bool was_on = w->is_on;
    int error = world_step(w, FAULT_NAME, "remove", path);
    struct inode *i = sim_disk_find(w->disk, path);
    if (error && !(was_on && !w->is_on)) return fail(error);
    if (!i) return fail(ENOENT);
    name_change(w->disk, NAME_REMOVED, path, "", i);
    return error ? fail(error) : 0;
}
