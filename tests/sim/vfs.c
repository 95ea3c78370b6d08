// vfs.c - SQLite's way to the simulated disk, and its memory.
//
// It behaves as SQLite's own unix VFS does where that is part of the promise: a log's folder is synced with
// the first sync of each handle on the log, a file that is there but empty does not "exist", a short write at
// a full disk is SQLITE_FULL and any other failure SQLITE_IOERR. Shared memory is memory, is gone with the
// last connection, and takes room on the disk as the unix one does.
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"

struct sim_file {
    sqlite3_file base;
    struct world *world;
    int fd, level, last_error;
    bool syncs_folder, is_deleted_on_close;
    unsigned shared, exclusive; // of the locks in shared memory
    char path[SIM_PATH_MAX];
};

static int last_error; // errno of the last failure, for sqlite3_system_errno

static int io_error(int code) {
    last_error = errno;
    return code;
}

static struct inode *inode_of(sqlite3_file *f) {
    return sim_disk_inode(((struct sim_file *)f)->world, ((struct sim_file *)f)->fd);
}

// ---- bytes

static int file_read(sqlite3_file *base, void *p, int n, sqlite3_int64 at) {
    struct sim_file *f = (struct sim_file *)base;
    ssize_t got = sim_disk_calls.read(f->world, f->fd, p, (size_t)n, at);
    if (got < 0) return io_error(SQLITE_IOERR_READ);
    if (got == n) return SQLITE_OK;
    memset((char *)p + got, 0, (size_t)(n - got));
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *base, const void *p, int n, sqlite3_int64 at) {
    struct sim_file *f = (struct sim_file *)base;
    for (int done = 0; done < n;) {
        ssize_t put =
            sim_disk_calls.write(f->world, f->fd, (const char *)p + done, (size_t)(n - done), at + done);
        if (put < 0) return errno == ENOSPC ? SQLITE_FULL : io_error(SQLITE_IOERR_WRITE);
        done += (int)put;
    }
    return SQLITE_OK;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size) {
    struct sim_file *f = (struct sim_file *)base;
    if (sim_disk_calls.resize(f->world, f->fd, size) == 0) return SQLITE_OK;
    return io_error(SQLITE_IOERR_TRUNCATE);
}

static void folder_of(const struct sim_file *f, char *folder) {
    snprintf(folder, SIM_PATH_MAX, "%s", f->path);
    *strrchr(folder, '/') = 0;
}

static int file_sync(sqlite3_file *base, int flags) {
    struct sim_file *f = (struct sim_file *)base;
    char folder[SIM_PATH_MAX];
    (void)flags;
    bool is_ignored = f->world->planted == PLANTED_SYNC_IGNORED && f->world->is_on;
    if (sim_sync(f->world, f->fd) != 0) return is_ignored ? SQLITE_OK : io_error(SQLITE_IOERR_FSYNC);
    if (!f->syncs_folder) return SQLITE_OK;
    folder_of(f, folder);
    (void)sim_disk_calls.sync_folder(f->world, folder); // the unix VFS does not look at the answer either
    f->syncs_folder = false;
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    struct stat s;
    struct sim_file *f = (struct sim_file *)base;
    if (sim_disk_calls.stat_file(f->world, f->fd, &s) != 0) return io_error(SQLITE_IOERR_FSTAT);
    *size = s.st_size;
    return SQLITE_OK;
}

// ---- locks on the file

static int file_unlock(sqlite3_file *base, int level) {
    struct sim_file *f = (struct sim_file *)base;
    struct lock_state *l = &inode_of(base)->lock;
    if (f->level <= level) return SQLITE_OK;
    if (l->reserved == f) l->reserved = NULL;
    if (l->pending == f) l->pending = NULL;
    if (l->exclusive == f) l->exclusive = NULL;
    if (level == SQLITE_LOCK_NONE) l->shared--;
    f->level = level;
    return SQLITE_OK;
}

static int lock_shared(struct lock_state *l) {
    if (l->exclusive || l->pending) return SQLITE_BUSY;
    l->shared++;
    return SQLITE_OK;
}

static int lock_more(struct lock_state *l, const void *me, int level) {
    if (l->reserved && l->reserved != me) return SQLITE_BUSY;
    if (level == SQLITE_LOCK_RESERVED) {
        l->reserved = me;
        return SQLITE_OK;
    }
    if (l->pending && l->pending != me) return SQLITE_BUSY;
    l->pending = me;
    if (l->shared > 1) return SQLITE_BUSY;
    l->exclusive = me;
    return SQLITE_OK;
}

static int file_lock(sqlite3_file *base, int level) {
    struct sim_file *f = (struct sim_file *)base;
    if (f->level >= level) return SQLITE_OK;
    struct lock_state *l = &inode_of(base)->lock;
    int rc = level == SQLITE_LOCK_SHARED ? lock_shared(l) : lock_more(l, f, level);
    if (rc == SQLITE_OK) f->level = level;
    if (rc == SQLITE_BUSY && l->pending == f) f->level = SQLITE_LOCK_PENDING;
    return rc;
}

static int file_check_reserved(sqlite3_file *base, int *is_reserved) {
    const struct lock_state *l = &inode_of(base)->lock;
    *is_reserved = l->reserved || l->pending || l->exclusive;
    return SQLITE_OK;
}

// ---- shared memory of the write-ahead log

static int shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **out) {
    struct sim_file *f = (struct sim_file *)base;
    struct inode *i = inode_of(base);
    *out = NULL;
    if (!f->world->is_on) return SQLITE_IOERR_SHMOPEN;
    if (!i->shm) {
        i->shm = calloc(1, sizeof *i->shm);
        if (!i->shm) abort();
    }
    if (!(f->exclusive & 1u << 31)) i->shm->users++;
    f->exclusive |= 1u << 31; // this connection uses it
    if (region >= SHM_REGIONS_MAX) return SQLITE_IOERR_SHMSIZE;
    while (extend && i->shm->region_count <= region) {
        if (sim_disk_calls.room(f->world, f->path) < size) {
            errno = ENOSPC;
            return io_error(SQLITE_IOERR_SHMSIZE);
        }
        void *p = calloc(1, (size_t)size);
        if (!p) abort();
        i->shm->regions[i->shm->region_count++] = p;
    }
    if (region < i->shm->region_count) *out = i->shm->regions[region];
    return SQLITE_OK;
}

static bool lock_is_free(const struct sim_file *f, const struct shm *s, int at, bool wants_exclusive) {
    if (s->exclusive[at] && s->exclusive[at] != f) return false;
    int others = s->shared[at] - ((f->shared & 1u << at) ? 1 : 0);
    return !wants_exclusive || others == 0;
}

static void lock_change(struct sim_file *f, struct shm *s, int at, int flags) {
    unsigned bit = 1u << at;
    bool locks = flags & SQLITE_SHM_LOCK;
    if (flags & SQLITE_SHM_EXCLUSIVE) {
        s->exclusive[at] = locks ? f : NULL;
        f->exclusive = locks ? f->exclusive | bit : f->exclusive & ~bit;
    } else if (locks != ((f->shared & bit) != 0)) {
        s->shared[at] += locks ? 1 : -1;
        f->shared ^= bit;
    }
}

static int shm_lock(sqlite3_file *base, int offset, int n, int flags) {
    struct sim_file *f = (struct sim_file *)base;
    struct shm *s = inode_of(base)->shm;
    for (int at = offset; (flags & SQLITE_SHM_LOCK) && at < offset + n; at++)
        if (!lock_is_free(f, s, at, flags & SQLITE_SHM_EXCLUSIVE)) return SQLITE_BUSY;
    for (int at = offset; at < offset + n; at++) lock_change(f, s, at, flags);
    return SQLITE_OK;
}

static void shm_barrier(sqlite3_file *base) {
    (void)base;
}

static int shm_unmap(sqlite3_file *base, int deletes) {
    struct sim_file *f = (struct sim_file *)base;
    struct inode *i = inode_of(base);
    (void)deletes;
    if (!(f->exclusive & 1u << 31)) return SQLITE_OK;
    for (int at = 0; at < SHM_LOCKS; at++) {
        if (f->shared & 1u << at) i->shm->shared[at]--;
        if (i->shm->exclusive[at] == f) i->shm->exclusive[at] = NULL;
    }
    f->shared = f->exclusive = 0;
    if (--i->shm->users) return SQLITE_OK;
    for (int k = 0; k < i->shm->region_count; k++) free(i->shm->regions[k]);
    free(i->shm);
    i->shm = NULL;
    return SQLITE_OK;
}

// ---- opening

static int file_close(sqlite3_file *base) {
    struct sim_file *f = (struct sim_file *)base;
    shm_unmap(base, 0);
    file_unlock(base, SQLITE_LOCK_NONE);
    sim_disk_calls.close(f->world, f->fd);
    if (f->is_deleted_on_close) (void)sim_remove(f->world, f->path);
    return SQLITE_OK;
}

static int file_control(sqlite3_file *base, int what, void *value) {
    (void)base, (void)what, (void)value;
    return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *base) {
    (void)base;
    return 4096;
}

static int file_characteristics(sqlite3_file *base) {
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods METHODS = {
    .iVersion = 2, // no memory mapping: reads must come here
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out) {
    struct sim_file *f = (struct sim_file *)base;
    static int temporary; // names of temporary files do not matter, they only must differ
    (void)vfs;
    *f = (struct sim_file){.world = world_now, .fd = -1};
    if (path)
        snprintf(f->path, sizeof f->path, "%s", path);
    else
        snprintf(f->path, sizeof f->path, "/sim/temporary-%d", temporary++);
    int how = flags & SQLITE_OPEN_READWRITE ? O_RDWR : O_RDONLY;
    if (flags & SQLITE_OPEN_CREATE) how |= O_CREAT;
    f->fd = sim_disk_calls.open(world_now, f->path, how);
    if (f->fd < 0) return io_error(SQLITE_CANTOPEN);
    f->syncs_folder = flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL);
    f->is_deleted_on_close = flags & SQLITE_OPEN_DELETEONCLOSE;
    f->base.pMethods = &METHODS;
    if (out) *out = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int syncs_folder) {
    struct sim_file f = {.world = world_now};
    char folder[SIM_PATH_MAX];
    (void)vfs;
    snprintf(f.path, sizeof f.path, "%s", path);
    if (sim_remove(world_now, path) != 0)
        return errno == ENOENT ? SQLITE_IOERR_DELETE_NOENT : io_error(SQLITE_IOERR_DELETE);
    if (!syncs_folder) return SQLITE_OK;
    folder_of(&f, folder);
    if (sim_disk_calls.sync_folder(world_now, folder) != 0) return io_error(SQLITE_IOERR_DIR_FSYNC);
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *out) {
    struct stat s;
    (void)vfs;
    *out = 0;
    if (sim_disk_calls.stat_path(world_now, path, &s) != 0)
        return errno == ENOENT ? SQLITE_OK : io_error(SQLITE_IOERR_ACCESS);
    *out = flags != SQLITE_ACCESS_EXISTS || s.st_size > 0;
    return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int n, char *out) {
    (void)vfs;
    snprintf(out, (size_t)n, "%s", path);
    return SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *vfs, int n, char *out) {
    (void)vfs;
    if (world_now)
        env_random(&world_now->env, out, (size_t)n);
    else
        memset(out, 0, (size_t)n);
    return n;
}

static int vfs_sleep(sqlite3_vfs *vfs, int us) {
    (void)vfs;
    world_now->monotonic_us += (uint64_t)us;
    return us;
}

static int vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *out) {
    (void)vfs;
    *out = INT64_C(210866760000000) + (world_now ? env_now(&world_now->env).ms : 0); // Julian day x 86400000
    return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *vfs, int n, char *out) {
    (void)vfs, (void)n, (void)out;
    return last_error;
}

// ---- memory

static sqlite3_mem_methods usual;

static bool memory_fails(void) {
    struct world *w = world_now;
    bool fails = w && !w->is_calm && chance_is(w, w->per_million[FAULT_MEMORY]);
    if (fails) {
        w->faults[FAULT_MEMORY]++;
        world_say(w, "no memory");
    }
    return fails;
}

static void *memory_get(int n) {
    return memory_fails() ? NULL : usual.xMalloc(n);
}

static void *memory_resize(void *p, int n) {
    return memory_fails() ? NULL : usual.xRealloc(p, n);
}

void world_start(void) {
    static sqlite3_vfs vfs = {
        .iVersion = 2,
        .szOsFile = sizeof(struct sim_file),
        .mxPathname = SIM_PATH_MAX,
        .zName = "ostia_sim",
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_random,
        .xSleep = vfs_sleep,
        .xGetLastError = vfs_last_error,
        .xCurrentTimeInt64 = vfs_time,
    };
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual);
    sqlite3_mem_methods ours = usual;
    ours.xMalloc = memory_get;
    ours.xRealloc = memory_resize;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
    // As the store does it, which comes too late when SQLite has started.
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, 4 * 1024 * 1024);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0); // so that every request for memory can fail
    sqlite3_initialize();
    sqlite3_vfs_register(&vfs, 1); // the default: SQLite's own random numbers come from it
}
