// disk.h - the simulated disk: what programs see, what would survive a power cut, and what lies between.
//
// A file has bytes as they are seen, bytes that are safe, and the changes since the last sync. When the power
// is cut, the seed decides for every such change: lost, kept, or torn (at sectors of 512 bytes or at any
// byte), in order or not. Names are the same: making, moving and removing one is safe when its folder was
// synced; before that it may or may not have happened. What was synced stays. Bytes beside a write are never
// damaged (SQLite calls this powersafe overwrite and relies on it as we do).
#pragma once
#include <sys/stat.h>

#include "base/disk.h"
#include "world.h"

#define SIM_PATH_MAX 256

struct lock_state { // of SQLite's locks on a database file
    int shared;
    const void *reserved, *pending, *exclusive; // by whom
};
enum { SHM_LOCKS = 8, SHM_REGIONS_MAX = 64 };
struct shm {
    int users, region_count;
    void *regions[SHM_REGIONS_MAX];
    int shared[SHM_LOCKS];
    const void *exclusive[SHM_LOCKS];
};

struct bytes_kept {
    int users;
    int64_t size, capacity;
    uint8_t *p;
};
struct change {
    bool is_resize;
    int64_t at, size; // at: where it writes; the new size when it resizes
    uint8_t *p;
};
struct inode {
    struct inode *next;
    bool is_folder, is_locked;
    int names, opened;
    struct bytes_kept *seen, *safe;
    struct change *changes;
    size_t count, capacity;
    struct lock_state lock;
    struct shm *shm;
};
struct name {
    char path[SIM_PATH_MAX];
    struct inode *inode;
};
struct names {
    struct name *items;
    size_t count, capacity;
};
enum name_change_kind { NAME_MADE, NAME_MOVED, NAME_REMOVED };
struct name_change {
    enum name_change_kind kind;
    char path[SIM_PATH_MAX], to[SIM_PATH_MAX];
    struct inode *inode;
};
enum { SIM_FILES_MAX = 256, SIM_FD_FIRST = 5000 };

struct sim_disk {
    struct inode *inodes;
    struct names seen, safe;
    struct name_change *changes;
    size_t count, capacity;
    struct inode *files[SIM_FILES_MAX]; // open ones by descriptor
    char opened_as[SIM_FILES_MAX][SIM_PATH_MAX];
    int64_t bytes_max; // the disk is full beyond it
};

struct sim_disk *sim_disk_new(void);
// The same content, all of it safe. `from` must be at rest: nothing open.
struct sim_disk *sim_disk_copy(const struct sim_disk *from);
void sim_disk_free(struct sim_disk *d);
void sim_disk_power_cut(struct world *w); // what survives is what is seen from now on
struct hash sim_disk_digest(const struct sim_disk *d);
int64_t sim_disk_used(const struct sim_disk *d);
int sim_disk_open_files(const struct sim_disk *d);
struct inode *sim_disk_find(const struct sim_disk *d, const char *path);
struct inode *sim_disk_inode(struct world *w, int fd);

// Steps of the disk: -1 and errno. The table is what struct env gets.
extern const struct disk sim_disk_calls;
int sim_sync(struct world *w, int fd);
int sim_rename(struct world *w, const char *from, const char *to);
int sim_remove(struct world *w, const char *path);
