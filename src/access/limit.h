// limit.h - inside access/: what limit.c (counting) and limit_store.c (keeping) share.
#pragma once
#include "access/internal.h"

enum {
    LIMIT_SETS = 2048,
    LIMIT_WAYS = 8,
    LIMIT_SLOTS = LIMIT_SETS * LIMIT_WAYS, // also the most rows of the table
    LIMIT_FAILURES_MAX = 1000,
    LIMIT_KEPT_MS = 12 * 60 * 60 * 1000, // of the most mistakes half is forgotten ten times: nothing is left
    LIMIT_SAVES_MAX = 256,               // rows of one job, so that nobody's command waits long behind it
};

struct limit_entry {
    uint64_t key; // 0: free
    int64_t last_ms, until_ms;
    int64_t halved_ms; // since when nothing was forgotten
    int failures;
};

struct limits {
    const struct env *env;
    struct key secret;
    pthread_mutex_t mutex;
    struct limit_entry sets[LIMIT_SETS][LIMIT_WAYS];
    struct store *store; // NULL: memory only
    pthread_cond_t saved;
    bool is_saving; // a job is queued or runs
    uint16_t changed[LIMIT_SLOTS], saving[LIMIT_SAVES_MAX];
    size_t changed_count, saving_count;
    bool is_changed[LIMIT_SLOTS]; // is in `changed`
};

// With the mutex held: this entry must be written.
void limits_note(struct limits *l, const struct limit_entry *e);
// Without it: queues a job when there is something to write and none is under way. Nobody waits for it.
void limits_save(struct limits *l);
// Writes what is left, and waits for it.
void limits_settle(struct limits *l);
