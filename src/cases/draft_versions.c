// draft_versions.c - the versions of the law, and how many open cases run on each.
#include "cases/draft_inside.h"

static const struct sql VERSIONS =
    SQL("pack_versions",
        "select l.pack_version, l.pack, l.version, l.signed_by, l.loaded_at,"
        " coalesce(a.name, '') from pack_load l left join account a on a.account_id = l.loaded_by"
        " order by l.pack, l.pack_version desc limit 200");
// Served by case_open_version.
static const struct sql OPEN_CASES =
    SQL("pack_open_cases", "select pack_version, count(*) from case_file where is_draft = 0 and is_closed = 0"
                           " group by pack_version");

static enum status count_cases(struct db *db, struct pack_version_list *list) {
    struct rows r;
    enum status st = db_query(db, &r, &OPEN_CASES, NULL, 0);
    while (!st && rows_next(&r))
        for (size_t i = 0; i < list->count; i++)
            if (list->items[i].pack_version == row_int(&r, 0)) list->items[i].open_cases = row_int(&r, 1);
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status read_versions(struct db *db, struct arena *a, struct pack_version_list *out) {
    struct rows r;
    enum status st = db_query(db, &r, &VERSIONS, NULL, 0);
    while (!st && rows_next(&r))
        *ARENA_PUSH(a, out) = (struct pack_version_view){.pack_version = row_int(&r, 0),
                                                         .id = text_copy(a, row_text(&r, 1)),
                                                         .number = text_copy(a, row_text(&r, 2)),
                                                         .signed_by = text_copy(a, row_text(&r, 3)),
                                                         .loaded_by = text_copy(a, row_text(&r, 5)),
                                                         .loaded = {row_int(&r, 4)}};
    enum status end = rows_end(&r);
    return st ? st : end;
}

static void say_validity(struct cases *c, struct pack_version_view *v) {
    const struct pack *pack = cases_pack_of(c, v->pack_version);
    if (!pack) return;
    const struct pack_entry *now = packs_now(c, pack_id(pack));
    v->valid_from = pack_valid_from(pack);
    v->valid_to = pack_valid_to(pack);
    v->is_now = now && now->version == v->pack_version;
}

enum status cases_pack_versions(struct cases *c, struct arena *a, struct pack_version_list *out) {
    struct db *db;
    *out = (struct pack_version_list){0};
    enum status st = store_reader(journal_store(c->journal), &db);
    if (st) return st;
    st = read_versions(db, a, out);
    if (!st) st = count_cases(db, out);
    store_reader_release(journal_store(c->journal), db);
    for (size_t i = 0; !st && i < out->count; i++) say_validity(c, &out->items[i]);
    return st;
}
