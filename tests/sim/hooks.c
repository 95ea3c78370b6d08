// hooks.c - watches what reaches a commit: the only way to know exactly what may be there after a power cut.
#include <sodium.h>

#include "sim.h"

static const struct sql EVENTS = SQL("sim_events", "select bytes from event where seq > :after order by seq");

static uint64_t short_hash(struct bytes b) {
    static const unsigned char KEY[crypto_shorthash_KEYBYTES] = {1};
    uint64_t h = 0;
    crypto_shorthash((unsigned char *)&h, b.p, b.n, KEY);
    return h;
}

enum status events_seen(struct db *db, int64_t after, struct arena *a, struct batch_seen *list) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &EVENTS, V_INT(after));
    while (!st && rows_next(&r)) *ARENA_PUSH(a, list) = short_hash(row_bytes(&r, 0));
    enum status end = rows_end(&r);
    return st ? st : end;
}

static void after_job(void *context, bool is_kept) {
    struct history *h = context;
    h->hooks.after_job(h->hooks.context, is_kept);
}

static enum status before_commit(void *context, struct db *tx) {
    struct history *h = context;
    enum status st = h->hooks.before_commit(h->hooks.context, tx);
    if (st) return st;
    h->candidate = (struct batch_seen){0};
    h->world.is_calm = true;
    st = events_seen(tx, (int64_t)h->log.count, &h->arena, &h->candidate);
    h->world.is_calm = false;
    h->has_candidate = !st;
    return st;
}

// A commit that succeeds overwrites what a failed one before it may have left in the write-ahead log.
static void after_batch(void *context, bool is_committed) {
    struct history *h = context;
    h->hooks.after_batch(h->hooks.context, is_committed);
    world_say(&h->world, "batch of %zu events after %zu: %s", h->has_candidate ? h->candidate.count : 0,
              h->log.count, is_committed ? "committed" : "not committed");
    if (is_committed) {
        for (size_t i = 0; i < h->candidate.count; i++)
            *ARENA_PUSH(&h->arena, &h->log) = h->candidate.items[i];
        h->unresolved.count = 0;
    } else if (h->has_candidate) {
        *ARENA_PUSH(&h->arena, &h->unresolved) = h->candidate;
    }
    h->has_candidate = false;
}

void hooks_watch(struct history *h) {
    struct store_hooks *hooks = &h->rooms.store->writer.hooks;
    h->hooks = *hooks;
    *hooks = (struct store_hooks){h, after_job, before_commit, after_batch};
}
