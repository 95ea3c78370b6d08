// leaf.c - one event as a leaf of the log, for proofs of it alone.
#include "journal/internal.h"
#include "journal/journal_sql.h"

static const struct sql LEAF_READ = SQL("leaf_read", "select bytes from event where seq = :seq");

struct ledger_storage journal_tiles(struct db **db) {
    return tiles_in(db);
}

struct text journal_origin(const struct journal *j) {
    return j->origin;
}

enum status journal_leaf(struct db *db, int64_t seq, struct arena *a, struct bytes *leaf) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &LEAF_READ, V_INT(seq));
    if (!st) *leaf = bytes_copy(a, row_bytes(&r, 0));
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status journal_opening(struct journal *j, struct db *db, struct bytes leaf, struct key *opening) {
    struct event e;
    struct bytes sealed;
    struct key k;
    *opening = (struct key){0};
    enum status st = event_decode(j, leaf, &e, &sealed);
    if (st) return st;
    if (sealed.n < SEAL_EXTRA_BYTES) return STATUS_NOT_FOUND;
    st = subject_key_get(db, e.subject, &k);
    if (st) return st;
    *opening = seal_opening(&k, sealed);
    key_wipe(&k);
    return STATUS_OK;
}
