#include "base/env.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/disk.h"

static struct moment real_now(void *context) {
    (void)context;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (struct moment){(int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000};
}

static uint64_t real_monotonic_us(void *context) {
    (void)context;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void real_random(void *context, void *bytes, size_t count) {
    (void)context;
    randombytes_buf(bytes, count);
}

static enum status from_errno(int error) {
    if (error == ENOSPC || error == EDQUOT) return STATUS_FULL;
    return error == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
}

static enum status real_sync(void *context, int fd) {
    (void)context;
    return fdatasync(fd) == 0 ? STATUS_OK : from_errno(errno);
}

static enum status sync_folder_of(const char *path) {
    char copy[4096];
    if (strlen(path) >= sizeof copy) return STATUS_TOO_LARGE;
    strcpy(copy, path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return from_errno(errno);
    enum status st = fsync(fd) == 0 ? STATUS_OK : from_errno(errno);
    close(fd);
    return st;
}

static enum status real_rename(void *context, const char *from, const char *to) {
    (void)context;
    if (rename(from, to) != 0) return from_errno(errno);
    return sync_folder_of(to);
}

static enum status real_remove(void *context, const char *path) {
    (void)context;
    return unlink(path) == 0 ? STATUS_OK : from_errno(errno);
}

struct env *env_real(void) {
    static struct env real = {
        .now = real_now,
        .monotonic_us = real_monotonic_us,
        .random = real_random,
        .file_sync = real_sync,
        .file_rename = real_rename,
        .file_remove = real_remove,
        .disk = &disk_real,
    };
    return &real;
}

struct moment env_now(const struct env *e) {
    return e->now(e->context);
}

uint64_t env_monotonic_us(const struct env *e) {
    return e->monotonic_us(e->context);
}

void env_random(const struct env *e, void *bytes, size_t count) {
    e->random(e->context, bytes, count);
}

static struct moment fixed_now(void *context) {
    return ((struct env_fixed *)context)->at;
}

// xoshiro256** (Blackman and Vigna, 2018), public domain algorithm.
static uint64_t next_random(uint64_t s[4]) {
    uint64_t result = s[1] * 5;
    result = (result << 7 | result >> 57) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = s[3] << 45 | s[3] >> 19;
    return result;
}

static void fixed_random(void *context, void *bytes, size_t count) {
    struct env_fixed *f = context;
    for (uint8_t *p = bytes; count;) {
        uint64_t r = next_random(f->seed);
        size_t n = count < sizeof r ? count : sizeof r;
        memcpy(p, &r, n);
        p += n;
        count -= n;
    }
}

struct env *env_fixed(struct env_fixed *storage, struct moment at, uint64_t seed) {
    *storage = (struct env_fixed){.env = *env_real(), .at = at};
    storage->env.context = storage;
    storage->env.now = fixed_now;
    storage->env.random = fixed_random;
    for (int i = 0; i < 4; i++) { // SplitMix64 fills the state, so that seed 0 works too
        seed += 0x9E3779B97F4A7C15u;
        uint64_t z = seed;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
        z = (z ^ z >> 27) * 0x94D049BB133111EBu;
        storage->seed[i] = z ^ z >> 31;
    }
    return &storage->env;
}
