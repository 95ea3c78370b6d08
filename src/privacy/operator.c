// operator.c - who may work with the service from the command line: a name, powers, and a secret that its
// file holds.
#include <string.h>

#include "privacy/inside.h"

static const struct sql ADD =
    SQL("privacy_operator_add",
        "insert into privacy_operator (name, powers, secret) values (:name, :powers, :secret)");
static const struct sql GET =
    SQL("privacy_operator_get", "select powers, secret from privacy_operator where name = :name");
static const struct sql DROP =
    SQL("privacy_operator_drop", "delete from privacy_operator where name = :name");

enum { POWERS_ALL = 2 * PRIVACY_READS_LEDGER - 1 };

struct operating {
    struct privacy *s;
    struct text name;
    unsigned powers;
    struct hash secret;
};

// The evidence log has the name: who changes operators is whoever has the folder.
static enum status note(struct operating *o, struct db *tx, enum evidence_act act) {
    struct privacy_reader by = {o->name, 0, PRIVACY_FOR_OPERATION, T("")};
    return evidence_add(o->s, tx, &by, act, NULL, NULL);
}

static enum status run_add(struct db *tx, void *arg) {
    struct operating *o = arg;
    struct rows r;
    enum status st = DB_ONE(tx, &r, &GET, V_TEXT(o->name));
    enum status end = rows_end(&r);
    if (!st) return end ? end : STATUS_CONFLICT;
    if (st != STATUS_NOT_FOUND) return st;
    st = DB_RUN(tx, &ADD, V_TEXT(o->name), V_INT(o->powers), V_BYTES(hash_bytes(&o->secret)));
    return st ? st : note(o, tx, EVIDENCE_OPERATOR_ADDED);
}

enum status privacy_operator_add(struct privacy *s, struct text name, unsigned powers, struct key *secret,
                                 struct problem *p) {
    size_t space;
    if (!name.n || name.n > PRIVACY_WHO_MAX || !text_is_utf8(name) || text_find(name, T(" "), &space))
        return problem(p, "name", "operator_name", "problem.privacy.operator_name");
    if (!powers || powers > POWERS_ALL) return problem(p, "may", "powers", "problem.privacy.powers");
    if ((powers & PRIVACY_READS_LEDGER) && powers != PRIVACY_READS_LEDGER) {
        (void)problem(p, "may", "powers_together", "problem.privacy.powers_together");
        return STATUS_REFUSED;
    }
    *secret = key_random(s->env);
    struct operating o = {s, name, powers, hash_of((struct bytes){secret->b, KEY_BYTES})};
    enum status st = store_write_repeatable(s->store, run_add, &o);
    if (st == STATUS_CONFLICT) (void)problem(p, "name", "operator_there", "problem.privacy.operator_there");
    return st;
}

static enum status run_drop(struct db *tx, void *arg) {
    struct operating *o = arg;
    enum status st = DB_RUN(tx, &DROP, V_TEXT(o->name));
    if (!st && !db_changed(tx)) st = STATUS_NOT_FOUND;
    return st ? st : note(o, tx, EVIDENCE_OPERATOR_REMOVED);
}

enum status privacy_operator_remove(struct privacy *s, struct text name, struct problem *p) {
    struct operating o = {.s = s, .name = name};
    enum status st = store_write_repeatable(s->store, run_drop, &o);
    if (st == STATUS_NOT_FOUND)
        (void)problem(p, "name", "operator_unknown", "problem.privacy.operator_unknown");
    return st;
}

enum status privacy_operator_powers(struct privacy *s, struct text name, const struct key *secret,
                                    unsigned *powers, struct problem *p) {
    struct db *db;
    struct rows r;
    struct hash given = hash_of((struct bytes){secret->b, KEY_BYTES}), known = {0};
    enum status st = store_reader(s->store, &db);
    if (st) return st;
    st = DB_ONE(db, &r, &GET, V_TEXT(name));
    if (!st) {
        *powers = (unsigned)row_int(&r, 0);
        if (row_bytes(&r, 1).n == HASH_BYTES) memcpy(known.b, row_bytes(&r, 1).p, HASH_BYTES);
    }
    enum status end = rows_end(&r);
    store_reader_release(s->store, db);
    if (!st) st = end;
    if (!st && !hash_eq(&given, &known)) st = STATUS_NOT_FOUND;
    if (st != STATUS_NOT_FOUND) return st;
    (void)problem(p, "as", "operator_unknown", "problem.privacy.operator_unknown");
    return STATUS_REFUSED;
}
