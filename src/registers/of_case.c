// of_case.c - what registers say of the people of a case, until when, and by which law: what stays when the
// case's own record is erased.
#include "registers/internal.h"

static const struct sql OF_CASE = SQL(
    "register_of_case", "select " ENTRY_COLUMNS " from register_entry e where e.case_id = :case and e.state"
                        " in ('current', 'ended', 'waiting') order by e.register, e.entry_id limit :limit");

static const struct register_retention *rule_of(const struct pack_register *g, struct text id) {
    for (size_t i = 0; i < g->retention_count; i++)
        if (text_eq(g->retention[i].id, id)) return &g->retention[i];
    return NULL; // of an older law: the next run of the job says by which it is kept now
}

// Of a register that the actor may not look into, nothing is told: not even that there is an entry.
static enum status add(struct looking *k, const struct entry *e, struct case_entries *out) {
    enum status st = entry_relation(k->db, e, k->actor, &k->relation);
    if (st || rights_find(k->r, e->register_id, &k->g, NULL)) return st;
    k->policy = rights_policy(k->g, entry_age_years(k->r, e, k->now));
    if (!classes_of(k, k->policy, REGISTER_FIND, k->relation, NULL)) return STATUS_OK;
    *ARENA_PUSH(k->arena, out) =
        (struct case_entry){.entry = e->entry,
                            .reference = e->reference,
                            .of = k->g->of,
                            .pack = k->g->pack,
                            .rule = rule_of(k->g->of, e->due_rule),
                            .due = e->due,
                            .review = e->review,
                            .then = e->due_then,
                            .may_read = classes_of(k, k->policy, REGISTER_READ, k->relation, NULL) != 0};
    return STATUS_OK;
}

enum status registers_of_case(struct registers *r, const struct actor *actor, const struct look *look,
                              int64_t case_id, struct arena *a, struct case_entries *out) {
    struct looking k = {
        .r = r, .actor = actor, .look = look, .arena = a, .now = env_now(journal_env(r->journal))};
    struct {
        struct entry *items;
        size_t count, capacity;
    } found = {0};
    struct rows q;
    *out = (struct case_entries){0};
    enum status st = store_reader(journal_store(r->journal), &k.db);
    if (st) return st;
    st = DB_QUERY(k.db, &q, &OF_CASE, V_INT(case_id), V_INT(REGISTER_PAGE_MAX));
    while (!st && rows_next(&q)) st = entry_row_read(&q, a, ARENA_PUSH(a, &found));
    enum status end = rows_end(&q);
    if (!st) st = end;
    for (size_t i = 0; i < found.count && !st; i++) st = add(&k, &found.items[i], out);
    store_reader_release(journal_store(r->journal), k.db);
    if (st || !out->count) return st;
    struct access_trace trace = {.case_id = case_id,
                                 .actor = actor,
                                 .purpose = rights_purpose_word(k.g, look->purpose),
                                 .relation = k.relation,
                                 .what = T("register_entries")};
    return access_record_now(r->journal, &trace);
}
