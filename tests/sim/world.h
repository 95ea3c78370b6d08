// world.h - everything outside the program, simulated from one seed: disk, power, clock, memory.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypto.h"
#include "base/env.h"

// What may go wrong at a step, each with a chance of its own in a history.
enum fault {
    FAULT_READ,   // a read answers EIO
    FAULT_WRITE,  // a write answers EIO; nothing, a part or all of it may have arrived
    FAULT_SHORT,  // a write takes less than was asked for
    FAULT_SYNC,   // a sync answers EIO, and what was not synced may be gone although later syncs succeed
    FAULT_NAME,   // opening, renaming, removing, making a folder or syncing one answers EIO
    FAULT_SLOW,   // a step takes up to three seconds
    FAULT_MEMORY, // SQLite gets no memory
    FAULT_COUNT
};

// Known mistakes, planted to show that the simulator finds them (planted.c).
enum planted {
    PLANTED_NOTHING,
    PLANTED_NO_SYNC,           // SQLite runs with synchronous = off
    PLANTED_SYNC_IGNORED,      // a failed sync is taken for a good one
    PLANTED_EARLY_ANSWER,      // commands are answered before their commit
    PLANTED_SAVEPOINT_KEPT,    // a failed command is not rolled back
    PLANTED_FOLDER_NOT_SYNCED, // a renamed file's folder is not synced
    PLANTED_COUNT
};

struct sim_disk;

struct world {
    struct env env;         // what the program gets
    struct env_fixed drawn; // its clock and its random bytes
    uint64_t chance;        // decides faults, survivors and the schedule
    uint64_t monotonic_us;
    struct sim_disk *disk;
    bool is_on;            // power: when off, nothing works until world_restart
    int64_t steps, cut_at; // steps of the disk so far; the power goes off at step `cut_at`, 0 = never
    int per_million[FAULT_COUNT];
    int64_t faults[FAULT_COUNT]; // that happened
    bool is_calm;                // no faults while the simulator itself looks
    bool is_verbose;
    enum planted planted;
};

// The world that SQLite's VFS and memory belong to: one at a time in a process.
extern struct world *world_now;

// Registers the VFS "ostia_sim" and the failing memory with SQLite; once, before anything uses SQLite.
void world_start(void);
// A world of its own for `seed`, with a copy of `disk` (NULL: an empty one).
void world_open(struct world *w, uint64_t seed, const struct sim_disk *disk);
void world_close(struct world *w);
// After a power cut, when all files are closed: the disk is what survived, and the power is on again.
void world_restart(struct world *w);

uint64_t chance_number(struct world *w, uint64_t below); // 0 <= n < below
bool chance_is(struct world *w, int in_million);
void world_say(struct world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
// One step of the disk begins. 0, or the errno that it answers.
int world_step(struct world *w, enum fault fault, const char *what, const char *path);
