// case_pack.c - which law a case goes by, before it is opened: says nothing about a person, and so needs no
// purpose.
#include "cases/internal.h"

static const struct sql CASE_PACK =
    SQL("case_pack", "select pack_version, procedure, is_draft from case_file where case_id = :case");

const struct pack *cases_pack_of_case(struct cases *c, int64_t case_id) {
    struct db *db;
    struct rows r;
    const struct pack_entry *e = NULL;
    if (store_reader(journal_store(c->journal), &db)) return NULL;
    enum status st = DB_ONE(db, &r, &CASE_PACK, V_INT(case_id));
    if (!st) e = row_int(&r, 2) ? packs_now(c, row_text(&r, 1)) : packs_find(c, row_int(&r, 0));
    enum status end = rows_end(&r);
    store_reader_release(journal_store(c->journal), db);
    return end || !e ? NULL : e->pack;
}
