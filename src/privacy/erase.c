// erase.c - mappings whose day has come are erased: key and rows, for good, with a receipt.
#include <string.h>

#include "base/log.h"
#include "privacy/inside.h"

// Of one case: a hold in effect, or one that still waits for its second person.
#define IS_HELD                                                                          \
    "exists (select 1 from privacy_ask a where a.pseudonym = m.pseudonym and a.wish = 1" \
    " and ((a.confirmed_at > 0 and a.until >= :today) or (a.confirmed_at = 0 and a.ends_at > :now)))"

// Served by privacy_mapping_due and privacy_ask_case.
static const struct sql DUE =
    SQL("privacy_due", "select m.mapping, m.delete_after, case when " IS_HELD " then 1 else 0 end"
                       " from privacy_mapping m where m.delete_after < :today"
                       " order by m.delete_after, m.mapping limit :most");
static const struct sql DUE_FREE =
    SQL("privacy_due_free", "select m.mapping from privacy_mapping m where m.delete_after < :today"
                            " and not " IS_HELD " order by m.delete_after, m.mapping limit :most");
static const struct sql KEYS_DROP =
    SQL("privacy_case_key_drop", "delete from privacy_case_key where mapping = :mapping");
static const struct sql PSEUDONYM_OF =
    SQL("privacy_pseudonym_of", "select pseudonym from privacy_mapping where mapping = :mapping");
static const struct sql MAPPING_DROP =
    SQL("privacy_mapping_drop", "delete from privacy_mapping where mapping = :mapping");
static const struct sql EVIDENCE_FREE =
    SQL("privacy_evidence_free", "update privacy_evidence set subject = null where subject = :subject");
static const struct sql MAPPINGS_LEFT =
    SQL("privacy_mappings_left", "select count(*) from privacy_mapping where pseudonym = :pseudonym");
static const struct sql ASK_DROP =
    SQL("privacy_ask_drop_case", "delete from privacy_ask where pseudonym = :pseudonym");
static const struct sql CASE_DROP =
    SQL("privacy_case_drop", "delete from privacy_case where pseudonym = :pseudonym");

// ---- rows

enum status case_drop_if_empty(struct privacy *s, struct db *tx, const struct row_id *pseudonym) {
    struct value id = V_BYTES(row_id_bytes(pseudonym));
    int64_t left = 0;
    (void)s;
    enum status st = DB_INT(tx, &left, &MAPPINGS_LEFT, id);
    if (st || left) return st;
    st = DB_RUN(tx, &ASK_DROP, id);
    if (!st) st = DB_RUN(tx, &EVIDENCE_FREE, id);
    if (!st) st = DB_RUN(tx, &CASE_DROP, id);
    db_erases(tx, "privacy_case");
    return st;
}

static enum status pseudonym_of(struct db *tx, const struct row_id *mapping, struct row_id *out) {
    struct rows r;
    enum status st = DB_ONE(tx, &r, &PSEUDONYM_OF, V_BYTES(row_id_bytes(mapping)));
    if (!st && row_bytes(&r, 0).n != ROW_ID_BYTES) st = STATUS_CORRUPT;
    if (!st) memcpy(out->b, row_bytes(&r, 0).p, ROW_ID_BYTES);
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status drop(struct privacy *s, struct db *tx, const struct row_id *mapping) {
    struct value id = V_BYTES(row_id_bytes(mapping));
    struct row_id pseudonym;
    enum status st = pseudonym_of(tx, mapping, &pseudonym);
    if (!st) st = DB_RUN(tx, &KEYS_DROP, id);
    if (!st) st = DB_RUN(tx, &EVIDENCE_FREE, id);
    if (!st) st = DB_RUN(tx, &MAPPING_DROP, id);
    db_erases(tx, "privacy_case_key");
    db_erases(tx, "privacy_mapping");
    return st ? st : case_drop_if_empty(s, tx, &pseudonym);
}

static enum status erase_one(struct privacy *s, struct db *tx, const struct row_id *name) {
    struct arena a = {0};
    struct mapping_row m;
    enum status st = mapping_by_id(s, tx, name, &a, &m);
    if (!st) st = receipts_leave(s, tx, &m.shown);
    // Its service key was erased meanwhile: nobody can say any more which channel that was.
    if (st == STATUS_CORRUPT) {
        log_line(LOG_WARNING, "privacy.erase", "status=unreadable");
        st = STATUS_OK;
    }
    if (!st) st = drop(s, tx, name);
    mapping_row_wipe(&m);
    arena_free(&a);
    return st;
}

// ---- the list

static enum status end_of(struct db *tx, struct list_end *end) {
    struct arena a = {0};
    struct bytes chain;
    *end = (struct list_end){0};
    enum status st = state_get(tx, &a, T("list"), &end->count, &chain);
    if (!st && end->count && chain.n != HASH_BYTES) st = STATUS_CORRUPT;
    if (!st && end->count) memcpy(end->chain.b, chain.p, HASH_BYTES);
    arena_free(&a);
    return st;
}

static enum status keep_end(struct db *tx, const struct list_end *end) {
    return state_set(tx, T("list"), end->count, hash_bytes(&end->chain));
}

struct following {
    struct privacy *s;
    struct db *tx;
    size_t erased;
};

static enum status follow_one(void *arg, const struct row_id *name) {
    struct following *f = arg;
    enum status st = erase_one(f->s, f->tx, name);
    f->erased += !st;
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

enum status erase_listed(struct privacy *s, struct db *tx, size_t *erased) {
    struct following f = {s, tx, 0};
    struct list_end end, before;
    enum status st = end_of(tx, &end);
    before = end;
    if (!st) st = list_read(s, &end, follow_one, &f);
    if (!st && end.count != before.count) st = keep_end(tx, &end);
    *erased = f.erased;
    return st;
}

enum status erase_mappings(struct privacy *s, struct db *tx, const struct privacy_reader *by,
                           const struct row_id *names, size_t count) {
    struct list_end end;
    size_t others = 0; // of a server that did not finish
    enum status st = erase_listed(s, tx, &others);
    if (!st) st = end_of(tx, &end);
    if (!st) st = list_append(s, names, count, &end);
    for (size_t i = 0; i < count && !st; i++) {
        st = erase_one(s, tx, &names[i]);
        if (st == STATUS_NOT_FOUND) st = STATUS_OK;
        if (!st) st = evidence_add(s, tx, by, EVIDENCE_DELETED, NULL, NULL);
    }
    return st ? st : keep_end(tx, &end);
}

// ---- what is due

enum status privacy_dues(struct privacy *s, const struct privacy_reader *by, size_t most, struct arena *a,
                         struct privacy_dues *out, struct problem *p) {
    struct db *db;
    struct rows r;
    int64_t day = date_to_days(today(s)), now = env_now(s->env).ms;
    *out = (struct privacy_dues){0};
    enum status st = reader_check(s, by, PRIVACY_MAY_KEEP | PRIVACY_MAY_ERASE | PRIVACY_MAY_AUDIT, p);
    if (!st) st = store_reader(s->store, &db);
    if (st) return st;
    st = DB_QUERY(db, &r, &DUE, V_INT(day), V_INT(now), V_INT((int64_t)most));
    while (!st && rows_next(&r)) {
        struct privacy_due *d = ARENA_PUSH(a, out);
        if (row_bytes(&r, 0).n == sizeof d->mapping)
            memcpy(d->mapping, row_bytes(&r, 0).p, sizeof d->mapping);
        d->delete_after = date_from_days(row_int(&r, 1));
        d->is_held = row_int(&r, 2) != 0;
    }
    enum status end = rows_end(&r);
    store_reader_release(s->store, db);
    return st ? st : end;
}

enum { ERASE_BATCH = 100 }; // a commit each: readings wait for no more than that

struct deleting {
    struct privacy *s;
    const struct privacy_reader *by;
    size_t most, deleted;
};

static enum status run_delete(struct db *tx, void *arg) {
    struct deleting *d = arg;
    struct row_id names[ERASE_BATCH];
    struct rows r;
    size_t count = 0;
    int64_t day = date_to_days(today(d->s)), now = env_now(d->s->env).ms;
    enum status st = DB_QUERY(tx, &r, &DUE_FREE, V_INT(day), V_INT(now), V_INT((int64_t)d->most));
    for (; !st && count < d->most && rows_next(&r); count++) {
        if (row_bytes(&r, 0).n != ROW_ID_BYTES) st = STATUS_CORRUPT;
        if (!st) memcpy(names[count].b, row_bytes(&r, 0).p, ROW_ID_BYTES);
    }
    enum status end = rows_end(&r);
    if (!st) st = end;
    if (!st && count) st = erase_mappings(d->s, tx, d->by, names, count);
    if (!st) d->deleted = count;
    return st;
}

enum status privacy_delete_due(struct privacy *s, const struct privacy_reader *by, size_t most,
                               size_t *deleted, struct problem *p) {
    *deleted = 0;
    enum status st = reader_check(s, by, PRIVACY_MAY_KEEP | PRIVACY_MAY_ERASE, p);
    while (!st && *deleted < most) {
        struct deleting d = {s, by, most - *deleted < ERASE_BATCH ? most - *deleted : ERASE_BATCH, 0};
        st = store_write(s->store, run_delete, &d);
        if (st || !d.deleted) break;
        *deleted += d.deleted;
    }
    return st;
}
