// read_shown.c - entries that a search found, as far as somebody may see them; each leaves a trace of its
// own.
#include "registers/internal.h"

static void add_trace(struct looking *k, int64_t entry, struct text what, struct trace_list *out) {
    if (!entry && out->count) return;
    *ARENA_PUSH(k->arena, out) = (struct access_trace){.case_id = entry,
                                                       .subject = entry,
                                                       .actor = k->actor,
                                                       .purpose = rights_purpose_word(k->g, k->look->purpose),
                                                       .relation = k->relation,
                                                       .what = what};
}

// Who is meant by an entry is seen by who sees its names and births, or, where it names nobody, a number.
static bool shows_who(const struct entry_identity *whole, const struct entry_identity *seen) {
    if (!whole->record.name_count) return seen->record.number_count + seen->plate_count > 0;
    return seen->record.name_count == whole->record.name_count &&
           seen->record.birth_count == whole->record.birth_count;
}

static void show(struct looking *k, const struct entry *e, struct text what, struct entries_shown *out,
                 struct trace_list *traces) {
    struct entry_identity whole, seen;
    class_set found = classes_of(k, k->policy, REGISTER_FIND, k->relation, NULL);
    class_set read = classes_of(k, k->policy, REGISTER_READ, k->relation, NULL);
    if (!(found | read)) return;
    struct entry_shown *x = ARENA_PUSH(k->arena, out);
    *x = (struct entry_shown){.of = k->g->of, .pack = k->g->pack, .may_read = read != 0};
    row_of(k, e, found | read, false, &x->row);
    struct entry told = *e;
    rights_keep(k->g, k->policy, read, &e->answers, k->arena, &told.answers);
    identity_of(k->r, e, k->arena, &whole);
    identity_of(k->r, &told, k->arena, &seen);
    x->shows_who = shows_who(&whole, &seen);
    x->record = seen.record;
    identity_add_plates(&x->record, &seen);
    add_trace(k, what.n ? e->entry : 0, what.n ? what : T("register_entries"), traces);
}

static enum status show_one(struct looking *k, int64_t entry, struct text what, struct entries_shown *out,
                            struct trace_list *traces) {
    struct entry e;
    enum status st = entry_load(k->db, entry, k->arena, &e);
    if (!st && !entry_counts(k->r, &e)) st = STATUS_NOT_FOUND;
    if (!st) st = rights_find(k->r, e.register_id, &k->g, NULL);
    if (st) return st == STATUS_NOT_FOUND ? STATUS_OK : st;
    k->policy = rights_policy(k->g, entry_age_years(k->r, &e, k->now));
    st = entry_relation(k->db, &e, k->actor, &k->relation);
    if (!st) show(k, &e, what, out, traces);
    return st;
}

enum status registers_show(struct registers *r, const struct actor *actor, const struct look *look,
                           const int64_t *entries, size_t count, struct text what, struct arena *a,
                           struct entries_shown *out) {
    struct looking k = {
        .r = r, .actor = actor, .look = look, .arena = a, .now = env_now(journal_env(r->journal))};
    struct trace_list traces = {0};
    struct store *s = journal_store(r->journal);
    *out = (struct entries_shown){0};
    enum status st = store_reader(s, &k.db);
    if (st) return st;
    for (size_t i = 0; i < count && !st; i++) st = show_one(&k, entries[i], what, out, &traces);
    store_reader_release(s, k.db);
    return st ? st : access_record_all(r->journal, &traces);
}
