// verify.c - reading the whole log again: is every byte what it was?
#include "journal/internal.h"
#include "journal/journal_sql.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cbor.h"

enum { ROWS_AT_ONCE = 1000 };

struct subjects {
    int64_t *items;
    size_t count, capacity;
};

struct check {
    struct journal *journal;
    struct db *db;
    struct arena *arena; // for the finding and the lists; batches use their own
    struct ledger *tree; // built anew from the events
    struct moment last_at;
    int64_t seq;
    struct subjects locked, erased; // whose key is missing; whose key was erased by an event
    struct text *finding;
};

static enum status corrupt(struct check *c, struct text finding) {
    *c->finding = finding;
    return STATUS_CORRUPT;
}

// Events of one subject come in runs; what is left of doubles is found when the list is sorted.
static void add_subject(struct check *c, struct subjects *s, int64_t subject) {
    if (!s->count || s->items[s->count - 1] != subject) *ARENA_PUSH(c->arena, s) = subject;
}

static int by_number(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

// Tiles made anew are compared with the stored ones instead of being written.
static enum status compare_tile(void *context, int level, uint64_t index, struct bytes hashes) {
    struct check *c = context;
    struct arena a = {0};
    struct bytes stored = {0};
    struct ledger_storage tiles = tiles_in(&c->db);
    enum status st = tiles.read_tile(tiles.context, level, index, &a, &stored);
    size_t at = 0;
    while (!st && at < hashes.n && at + HASH_BYTES <= stored.n &&
           !memcmp(stored.p + at, hashes.p + at, HASH_BYTES))
        at += HASH_BYTES;
    if (st == STATUS_NOT_FOUND) st = STATUS_OK;
    if (!st && at < hashes.n) {
        uint64_t entry = index * LEDGER_TILE_WIDTH + at / HASH_BYTES;
        st = corrupt(
            c, level == 0
                   ? text_printf(c->arena, "event %" PRIu64 ": its bytes do not have the hash in the log",
                                 entry + 1)
                   : text_printf(c->arena, "log tile level %d, hash %" PRIu64 " is not what its events give",
                                 level, entry));
    }
    arena_free(&a);
    return st;
}

static enum status no_tile(void *context, int level, uint64_t index, struct arena *a, struct bytes *hashes) {
    (void)context, (void)level, (void)index, (void)a, (void)hashes;
    return STATUS_NOT_FOUND;
}

static enum status check_event(struct check *c, struct arena *a, int64_t seq, int64_t stream,
                               struct bytes bytes) {
    struct event e;
    struct bytes sealed;
    if (seq != c->seq + 1)
        return corrupt(c, text_printf(c->arena, "event %" PRId64 " is missing", c->seq + 1));
    c->seq = seq;
    enum status st = cbor_check(bytes) ? event_decode(c->journal, bytes, &e, &sealed) : STATUS_CORRUPT;
    if (st == STATUS_UNSUPPORTED)
        return corrupt(c, text_printf(c->arena, "event %" PRId64 ": unknown type", seq));
    if (st || e.seq != seq || e.stream != stream)
        return corrupt(c, text_printf(c->arena, "event %" PRId64 ": its bytes are damaged", seq));
    if (e.at.ms < c->last_at.ms)
        return corrupt(c, text_printf(c->arena, "event %" PRId64 " is dated before the one before it", seq));
    c->last_at = e.at;
    st = event_open(c->db, a, &e, sealed);
    if (st == STATUS_CORRUPT)
        return corrupt(c, text_printf(c->arena, "event %" PRId64 ": its sealed part does not open", seq));
    if (sealed.n && !e.personal.n) add_subject(c, &c->locked, e.subject);
    if (!strcmp(e.type->name, "subject_erased")) add_subject(c, &c->erased, event_int(&e, "subject"));
    return st ? st : ledger_append(c->tree, bytes, NULL);
}

// Compares what was read so far with the tiles. After a finding too: it may only follow from an earlier event
// that was changed, and that one is to be named.
static enum status compare_hashes(struct check *c, enum status found) {
    struct text finding = *c->finding;
    enum status st = !found || found == STATUS_CORRUPT ? ledger_flush(c->tree) : found;
    if (st == STATUS_CORRUPT || !found) return st;
    *c->finding = finding;
    return found;
}

static enum status check_some(struct check *c, size_t *read) {
    struct arena a = {0};
    struct rows r;
    *read = 0;
    enum status st = DB_QUERY(c->db, &r, &EVENTS_AFTER, V_INT(c->seq), V_INT(ROWS_AT_ONCE));
    while (!st && rows_next(&r)) {
        st = check_event(c, &a, row_int(&r, 0), row_int(&r, 1), row_bytes(&r, 2));
        ++*read;
    }
    enum status end = rows_end(&r);
    arena_free(&a);
    if (!st) st = end;
    return compare_hashes(c, st);
}

static enum status check_checkpoint(struct check *c) {
    struct text note;
    struct checkpoint cp;
    struct hash root = ledger_root(c->tree);
    enum status st = journal_checkpoint_open(c->journal, c->db, c->arena, &note, &cp);
    if (st == STATUS_NOT_FOUND && c->seq == 0) return STATUS_OK;
    if (st == STATUS_NOT_FOUND) return corrupt(c, T("the log has no signed checkpoint"));
    if (st) return corrupt(c, T("the checkpoint's signature is not valid"));
    if (cp.size != (uint64_t)c->seq)
        return corrupt(c, text_printf(c->arena,
                                      "the checkpoint speaks of %" PRIu64 " events, there are %" PRId64,
                                      cp.size, c->seq));
    return hash_eq(&cp.root, &root) ? STATUS_OK
                                    : corrupt(c, T("the checkpoint's root is not that of the events"));
}

static enum status check_keys(struct check *c) {
    if (c->erased.count) qsort(c->erased.items, c->erased.count, sizeof *c->erased.items, by_number);
    for (size_t i = 0; i < c->locked.count; i++)
        if (!c->erased.count || !bsearch(&c->locked.items[i], c->erased.items, c->erased.count,
                                         sizeof *c->erased.items, by_number))
            return corrupt(c, text_printf(c->arena,
                                          "the key of subject %" PRId64 " is missing, but was never erased",
                                          c->locked.items[i]));
    return STATUS_OK;
}

enum status journal_verify(struct journal *j, struct db *db, struct arena *a,
                           const struct journal_progress *progress, struct text *finding) {
    struct check c = {.journal = j, .db = db, .arena = a, .finding = finding};
    struct ledger_storage compare = {&c, no_tile, compare_tile};
    struct rows last;
    *finding = T("");
    enum status st = db_begin_read(db);
    if (st) return st;
    st = DB_ONE(db, &last, &EVENT_LAST);
    int64_t all = st ? 0 : row_int(&last, 0);
    st = rows_end(&last);
    if (!st) st = ledger_open(&compare, 0, &c.tree);
    for (size_t read = 1; !st && read;) {
        st = check_some(&c, &read);
        if (progress) progress->step(progress->context, c.seq, all);
    }
    if (!st) st = check_checkpoint(&c);
    if (!st) st = check_keys(&c);
    ledger_close(c.tree);
    db_end_read(db);
    return st;
}
