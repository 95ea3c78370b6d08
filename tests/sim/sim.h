// sim.h - one history: what was asked of the house, what it answered, and what must be true afterwards.
#pragma once
#include <stdio.h>

#include "cases/cases.h"
#include "disk.h"
#include "journal/journal.h"
#include "registers/registers.h"
#include "store/internal.h"
#include "store/keys.h"

// ---- the house under test

struct rooms {
    struct store *store;
    struct journal *journal;
    struct cases *cases;
    struct registers *registers;
};
extern const struct migrations SIM_MIGRATIONS;
extern const struct event_type SIM_WRITTEN;

struct batch_seen { // short hashes of the events of one batch that reached its commit
    uint64_t *items;
    size_t count, capacity;
};

// What all histories of a process share: a disk with an authority on it, and the law as it was read.
struct origin {
    struct sim_disk *disk;
    const struct pack *pack;
    int64_t officer, drafts[2], open_case;
    struct arena arena;
    struct batch_seen log; // its events
};
bool origin_make(struct origin *o, const char *pack_folder);
void origin_free(struct origin *o);

enum status rooms_open(struct world *w, const struct origin *o, int batch_max, struct rooms *out);
void rooms_close(struct rooms *r);
struct store_options rooms_options(const char *dir);

// ---- what was asked and answered

enum heard { HEARD_NOTHING, HEARD_KEPT, HEARD_FAILED, HEARD_UNCERTAIN };
enum item_kind { ITEM_EVENTS, ITEM_PLAIN };

struct item { // one command of the simulator's own
    int64_t token;
    enum item_kind kind;
    enum heard heard;
    int parts;
    bool is_failing; // decides to fail after it has written
    bool makes_subject, erases, has_document;
    int64_t subject; // that it writes about, makes or erases
    size_t body;     // bytes of each part
    struct blob_info document;
    int64_t id, number; // as told to the sender
};
struct kept_case {
    int64_t case_id, version;
};
struct sent_upload {
    char token[32];
    int64_t kept, sent; // bytes: acknowledged, and at most there
    bool is_over;
};

struct history {
    uint64_t seed;
    struct world world;
    const struct origin *origin;
    struct rooms rooms;
    bool is_open;
    struct arena arena;
    struct {
        struct item **items;
        size_t count, capacity;
    } items;
    struct {
        struct kept_case *items;
        size_t count, capacity;
    } cases;
    struct {
        struct hash *items;
        size_t count, capacity;
    } documents; // that blob_finish said are durable
    struct {
        int64_t *items;
        size_t count, capacity;
    } subjects, erased, entries; // acknowledged
    struct sent_upload upload;
    // The log as far as it was acknowledged, and batches since then of which nobody knows.
    struct batch_seen log;
    struct {
        struct batch_seen *items;
        size_t count, capacity;
    } unresolved;
    struct batch_seen candidate;
    bool has_candidate;
    int64_t id_max, number_max; // acknowledged so far
    struct store_hooks hooks;   // of the journal
    int64_t commands, kept, cuts, opened;
    char failure[400]; // the first thing that is wrong; empty when nothing is
};

// Says that something is wrong; the first one counts.
void history_fails(struct history *h, const char *format, ...) __attribute__((format(printf, 2, 3)));

// One history. False: it failed, and h->failure says why.
struct result {
    bool is_good;
    char failure[400];
    struct hash digest; // of the disk at the end, and of what was answered
    int64_t steps, commands, kept, cuts, faults[FAULT_COUNT];
};
struct how {
    enum planted planted;
    bool is_verbose, wants_digest; // a digest costs as much as the history
};
struct result history_run(const struct origin *o, uint64_t seed, const struct how *how);

// work.c: one turn of several senders
void work_turn(struct history *h);
// hooks.c: what reaches a commit
void hooks_watch(struct history *h);
// Adds the events after number `after` to the list, which lives in `a`.
enum status events_seen(struct db *db, int64_t after, struct arena *a, struct batch_seen *list);
// look.c: after opening, everything that must be true; with `replays` also the projections
void look(struct history *h, bool replays);
void registers_turn(struct history *h); // registers.c
void look_at_registers(struct history *h, struct db *db);
void look_between(struct history *h); // after a turn, while the house is open

// planted.c
extern enum planted planted_now;
