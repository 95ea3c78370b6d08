// copies.c - the log copied elsewhere, byte by byte, and a log that goes on with such copies.
#include "journal/internal.h"
#include "journal/journal_sql.h"

#include <string.h>

#include "base/cbor.h"

enum status journal_copies(struct journal *j, struct db *db, int64_t after_seq, size_t limit, struct arena *a,
                           struct journal_copy **copies, size_t *count) {
    struct rows r;
    *copies = ARENA_ARRAY(a, struct journal_copy, limit + 1);
    *count = 0;
    enum status st = DB_QUERY(db, &r, &EVENTS_AFTER, V_INT(after_seq), V_INT((int64_t)limit));
    while (!st && rows_next(&r)) {
        struct journal_copy *c = &(*copies)[(*count)++];
        struct bytes sealed;
        c->bytes = bytes_copy(a, row_bytes(&r, 2));
        st = event_decode(j, c->bytes, &c->event, &sealed);
        if (!st) st = event_open(db, a, &c->event, sealed);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status journal_copy_read(struct journal *j, struct bytes bytes, struct event *e) {
    struct bytes sealed;
    return cbor_check(bytes) ? event_decode(j, bytes, e, &sealed) : STATUS_CORRUPT;
}

enum status journal_size(struct db *db, int64_t *events) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &EVENT_LAST);
    *events = st ? 0 : row_int(&r, 0);
    enum status end = rows_end(&r);
    return st == STATUS_NOT_FOUND ? STATUS_OK : st ? st : end;
}

enum status journal_root(struct db *db, int64_t size, struct hash *root) {
    struct arena a = {0};
    struct ledger_storage tiles = tiles_in(&db);
    enum status st = ledger_root_at(&tiles, (uint64_t)size, &a, root);
    arena_free(&a);
    return st;
}

struct appending {
    const struct bytes *copies;
    size_t count;
};

static enum status forget_erased(struct write *w, const struct event *e) {
    if (strcmp(e->type->name, "subject_erased") != 0) return STATUS_OK;
    enum status st = subject_key_delete(w->db, event_int(e, "subject"));
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status append_one(struct write *w, struct bytes copy, struct later *later) {
    struct journal *j = w->journal;
    struct event e;
    struct bytes sealed;
    enum status st = cbor_check(copy) ? event_decode(j, copy, &e, &sealed) : STATUS_CORRUPT;
    if (!st && (e.seq != j->last_seq + 1 || e.at.ms < j->last_at.ms)) st = STATUS_CORRUPT;
    if (!st) st = event_open(w->db, w->arena, &e, sealed);
    e.later = later;
    if (!st) st = event_put(w, &e, copy);
    return st ? st : forget_erased(w, &e);
}

static enum status append_all(struct write *w, void *argument, struct problem *p) {
    struct appending *all = argument;
    struct later later = {.arena = w->arena};
    enum status st = STATUS_OK;
    (void)p;
    for (size_t i = 0; i < all->count && !st; i++) st = append_one(w, all->copies[i], &later);
    return st ? st : later_run(&later, w->db);
}

enum status journal_append_copies(struct journal *j, const struct bytes *copies, size_t count) {
    struct appending all = {copies, count};
    return journal_write(j, append_all, &all, NULL, NULL);
}
