// restore.c - empty tables for a backup to be put back into. Opened afterwards, the service first deletes
// again what the list of deletions names.
#include "privacy/inside.h"

static const struct sql ANYTHING = SQL(
    "privacy_anything", "select (select count(*) from privacy_case) + (select count(*) from privacy_evidence)"
                        " + (select count(*) from privacy_receipt) + (select count(*) from privacy_state)");

enum status tables_are_empty(struct store *store, bool *are_empty) {
    struct db *db;
    int64_t count = 0;
    enum status st = store_reader(store, &db);
    if (st) return st;
    st = DB_INT(db, &count, &ANYTHING);
    store_reader_release(store, db);
    *are_empty = !count;
    return st;
}

struct copying {
    struct privacy *s;
    const struct privacy_reader *by;
};

static enum status run_copy(struct db *tx, void *arg) {
    struct copying *c = arg;
    return evidence_add(c->s, tx, c->by, EVIDENCE_COPIED, NULL, NULL);
}

enum status privacy_copy(struct privacy *s, const struct privacy_reader *by, struct store **tables,
                         struct problem *p) {
    struct copying c = {s, by};
    enum status st = reader_check(s, by, PRIVACY_MAY_KEEP, p);
    if (!st) st = store_write_repeatable(s->store, run_copy, &c);
    if (!st) *tables = s->store;
    return st;
}

enum status privacy_open_empty(const struct env *env, const struct privacy_options *o, struct store **out,
                               struct problem *p) {
    enum status st = privacy_store_open(env, o, out, p);
    bool are_empty = true;
    if (!st) st = tables_are_empty(*out, &are_empty);
    if (!st && are_empty) return STATUS_OK;
    if (!st) {
        (void)problem(p, "privacy", "in_place", "problem.privacy.in_place");
        st = STATUS_CONFLICT;
    }
    store_close(*out);
    *out = NULL;
    return st;
}
