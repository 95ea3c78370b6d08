#include "world.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"

struct world *world_now;

// SplitMix64 (Steele, Lea and Flood, 2014), public domain algorithm.
uint64_t chance_number(struct world *w, uint64_t below) {
    uint64_t z = w->chance += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (z ^ z >> 31) % below;
}

bool chance_is(struct world *w, int in_million) {
    return in_million > 0 && chance_number(w, 1000000) < (uint64_t)in_million;
}

void world_say(struct world *w, const char *format, ...) {
    if (!w->is_verbose) return;
    va_list args;
    va_start(args, format);
    printf("%8lld  ", (long long)w->steps);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
}

static int32_t slow_us(struct world *w) {
    return (int32_t)chance_number(w, chance_number(w, 4) ? 20000 : 3000000);
}

int world_step(struct world *w, enum fault fault, const char *what, const char *path) {
    if (!w->is_on) return EIO;
    w->monotonic_us += 20;
    if (w->is_calm) return 0;
    w->steps++;
    if (w->steps == w->cut_at) {
        w->is_on = false;
        world_say(w, "the power is cut: %s %s", what, path);
        return EIO;
    }
    if (chance_is(w, w->per_million[FAULT_SLOW])) {
        w->faults[FAULT_SLOW]++;
        w->monotonic_us += (uint64_t)slow_us(w);
    }
    bool fails = chance_is(w, w->per_million[fault]);
    w->faults[fault] += fails;
    world_say(w, "%s %s%s", what, path, fails ? ": fails" : "");
    return fails ? EIO : 0;
}

// ---- what the program gets

static struct moment now(void *context) {
    return ((struct world *)context)->drawn.at;
}

static uint64_t monotonic_us(void *context) {
    return ((struct world *)context)->monotonic_us += 10;
}

static void random_bytes(void *context, void *bytes, size_t count) {
    struct world *w = context;
    w->drawn.env.random(w->drawn.env.context, bytes, count);
}

static enum status status_now(int result) {
    if (result >= 0) return STATUS_OK;
    return errno == ENOSPC ? STATUS_FULL : errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
}

static enum status file_sync(void *context, int fd) {
    struct world *w = context;
    enum status st = status_now(sim_sync(w, fd));
    return w->planted == PLANTED_SYNC_IGNORED && w->is_on ? STATUS_OK : st;
}

static const char *folder_of(const char *path, char *into) {
    snprintf(into, SIM_PATH_MAX, "%s", path);
    *strrchr(into, '/') = 0;
    return into;
}

static enum status file_rename(void *context, const char *from, const char *to) {
    struct world *w = context;
    char folder[SIM_PATH_MAX];
    enum status st = status_now(sim_rename(w, from, to));
    if (st || w->planted == PLANTED_FOLDER_NOT_SYNCED) return st;
    return status_now(sim_disk_calls.sync_folder(w, folder_of(to, folder)));
}

static enum status file_remove(void *context, const char *path) {
    return status_now(sim_remove(context, path));
}

void world_open(struct world *w, uint64_t seed, const struct sim_disk *disk) {
    *w = (struct world){.chance = seed * 0x2545F4914F6CDD1Du + 1, .is_on = true, .monotonic_us = 1000000};
    (void)env_fixed(&w->drawn, (struct moment){INT64_C(1795255200000)}, seed); // 2026-11-21T10:00Z
    w->env = (struct env){.context = w,
                          .now = now,
                          .monotonic_us = monotonic_us,
                          .random = random_bytes,
                          .file_sync = file_sync,
                          .file_rename = file_rename,
                          .file_remove = file_remove,
                          .disk = &sim_disk_calls,
                          .sqlite_vfs = "ostia_sim"};
    w->disk = disk ? sim_disk_copy(disk) : sim_disk_new();
    world_now = w;
}

void world_close(struct world *w) {
    sim_disk_free(w->disk);
    if (world_now == w) world_now = NULL;
}

void world_restart(struct world *w) {
    sim_disk_power_cut(w);
    w->is_on = true;
    w->cut_at = 0;
}
