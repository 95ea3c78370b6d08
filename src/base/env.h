// env.h - the world outside: clock, randomness, durable files. Passed in, so that a simulator can take its
// place.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/moment.h"
#include "base/status.h"

struct disk;

struct env {
    void *context;
    struct moment (*now)(void *context);                      // wall clock; may jump
    uint64_t (*monotonic_us)(void *context);                  // never goes back; for waits and measuring
    void (*random)(void *context, void *bytes, size_t count); // unpredictable in production
    // Disk. `path` is zero-terminated; each answers STATUS_FULL, STATUS_IO or STATUS_NOT_FOUND.
    enum status (*file_sync)(void *context, int fd); // what was written survives a power cut
    enum status (*file_rename)(void *context, const char *from, const char *to); // durable when it returns
    enum status (*file_remove)(void *context, const char *path);
    const struct disk *disk; // the store's files (base/disk.h)
    const char *sqlite_vfs;  // name of the VFS to open databases with, NULL = default
};

// The real world. Has no state; any number of threads may share it.
struct env *env_real(void);

struct moment env_now(const struct env *e);
uint64_t env_monotonic_us(const struct env *e);
void env_random(const struct env *e, void *bytes, size_t count);

// A clock that stands still at `at` until env_fixed_set moves it, with random bytes from a seeded
// generator: for tests, demos and replays. Disk is the real one. `storage` is owned by the caller.
struct env_fixed {
    struct env env;
    struct moment at;
    uint64_t seed[4];
};
struct env *env_fixed(struct env_fixed *storage, struct moment at, uint64_t seed);
