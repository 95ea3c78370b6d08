// restrict.c - a person's right to restriction: the case's channels are read, but no longer written.
#include <string.h>

#include "privacy/inside.h"

static const struct sql RESTRICT =
    SQL("privacy_restrict", "update privacy_case set is_restricted = :flags where pseudonym = :pseudonym");
static const struct sql FLAGS =
    SQL("privacy_restricted", "select is_restricted from privacy_case where pseudonym = :pseudonym");

enum status case_restrict(struct privacy *s, struct db *tx, const struct privacy_reader *by,
                          const struct case_row *c, int64_t flag, bool is_on) {
    struct value pseudonym = V_BYTES(row_id_bytes(&c->pseudonym));
    int64_t flags = 0;
    enum status st = DB_INT(tx, &flags, &FLAGS, pseudonym);
    int64_t after = is_on ? flags | flag : flags & ~flag;
    if (!st) st = DB_RUN(tx, &RESTRICT, V_INT(after), pseudonym);
    return st ? st : evidence_add(s, tx, by, is_on ? EVIDENCE_RESTRICTED : EVIDENCE_FREED, NULL, c);
}

struct restricting {
    struct privacy *s;
    const struct privacy_reader *by;
    int64_t own;
    bool is_on;
};

static enum status tell(struct restricting *k, struct db *tx, const struct mapping_rows *rows) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < rows->count && !st; i++)
        if (rows->items[i].shown.state == PRIVACY_OPEN)
            st = notice_queue_all(k->s, tx, k->is_on ? PRIVACY_NOTICE_RESTRICT : PRIVACY_NOTICE_FREE,
                                  &rows->items[i].shown);
    return st;
}

static enum status run_restrict(struct db *tx, void *arg) {
    struct restricting *k = arg;
    struct arena a = {0};
    struct mapping_rows rows = {0};
    struct case_row c;
    enum status st = case_find(k->s, tx, k->own, &c);
    if (!st) st = case_restrict(k->s, tx, k->by, &c, RESTRICTED_BY_US, k->is_on);
    if (!st) st = mappings_of_case(k->s, tx, &c, &a, &rows);
    if (!st) st = tell(k, tx, &rows);
    for (size_t i = 0; i < rows.count; i++) mapping_row_wipe(&rows.items[i]);
    case_row_wipe(&c);
    arena_free(&a);
    return st;
}

enum status privacy_restrict(struct privacy *s, const struct privacy_reader *by, int64_t own, bool is_on,
                             struct problem *p) {
    struct restricting k = {s, by, own, is_on};
    enum status st = reader_check(s, by, PRIVACY_MAY_MAP, p);
    if (!st) st = store_write_repeatable(s->store, run_restrict, &k);
    if (st == STATUS_NOT_FOUND) (void)problem(p, "own", "unknown", "problem.privacy.unknown");
    return st;
}
