// restore.c - empty tables for a backup to be put back into. Opened afterwards, the service first deletes
// again what the list of deletions names.
#include "privacy/inside.h"

static const struct sql ANYTHING = SQL(
    "privacy_anything", "select (select count(*) from privacy_case) + (select count(*) from privacy_evidence)"
                        " + (select count(*) from privacy_receipt) + (select count(*) from privacy_state)");

static enum status check_empty(struct store *store, struct problem *p) {
    struct db *db;
    int64_t count = 0;
    enum status st = store_reader(store, &db);
    if (st) return st;
    st = DB_INT(db, &count, &ANYTHING);
    store_reader_release(store, db);
    if (st || !count) return st;
    (void)problem(p, "privacy", "in_place", "problem.privacy.in_place");
    return STATUS_CONFLICT;
}

enum status privacy_open_empty(const struct env *env, const struct privacy_options *o, struct store **out,
                               struct problem *p) {
    enum status st = privacy_store_open(env, o, out, p);
    if (!st) st = check_empty(*out, p);
    if (!st) return STATUS_OK;
    store_close(*out);
    *out = NULL;
    return st;
}
