// entry.c - one entry out of its tables, with the layers of what was said of it.
#include "registers/internal.h"

static const struct sql ENTRY =
    SQL("register_entry", "select " ENTRY_COLUMNS " from register_entry e where e.entry_id = :entry");
// Known ones in the order in which they became known, which is that of the layers.
static const struct sql LAYERS = SQL(
    "register_layers",
    "select version_id, kind, state, from_on, until_on, recorded_at, known_at, known_seq, by_id,"
    " confirmed_by, unit, purpose, law, is_mistake, reason, refusal, authority, method, evidence, confidence,"
    " answers from register_version where entry_id = :entry"
    " order by case when known_seq = 0 then 1 else 0 end, known_seq, version_id limit :limit");
static const struct sql OWNER =
    SQL("register_owner",
        "select account_id, officer_id, person_id, is_draft from case_file where case_id = :case");

static struct date day_in(struct rows *q, int column) {
    struct date d;
    return date_parse(row_text(q, column), &d) == STATUS_OK ? d : (struct date){0};
}

static struct text copy_in(struct rows *q, int column, struct arena *a) {
    return text_copy(a, row_text(q, column));
}

static enum status answers_in(struct rows *q, int column, struct arena *a, struct answers *out) {
    *out = (struct answers){.arena = a};
    struct bytes b = bytes_copy(a, row_bytes(q, column));
    return b.n ? answers_decode(a, b, out) : STATUS_OK;
}

enum status entry_row_read(struct rows *q, struct arena *a, struct entry *e) {
    *e = (struct entry){.entry = row_int(q, 0),
                        .version = row_int(q, 1),
                        .register_id = copy_in(q, 2, a),
                        .reference = copy_in(q, 3, a),
                        .state = copy_in(q, 4, a),
                        .unit = copy_in(q, 5, a),
                        .recorded = {row_int(q, 6)},
                        .changed = {row_int(q, 7)},
                        .ended = day_in(q, 8),
                        .person = row_int(q, 10),
                        .person_case = row_int(q, 11),
                        .case_id = row_int(q, 12),
                        .due = day_in(q, 13),
                        .due_rule = copy_in(q, 14, a),
                        .due_then = copy_in(q, 15, a),
                        .review = day_in(q, 16),
                        .waiting = row_int(q, 17),
                        .waits_of = row_int(q, 18),
                        .faults = row_int(q, 19),
                        .import = row_int(q, 20),
                        .import_row = row_int(q, 21)};
    return answers_in(q, 9, a, &e->answers);
}

bool entry_counts(const struct registers *r, const struct entry *e) {
    if (text_eq(e->state, T("current"))) return true;
    struct date today = zone_date(r->zone, env_now(journal_env(r->journal)));
    return text_eq(e->state, T("ended")) && e->ended.year && date_cmp(e->ended, today) > 0;
}

enum status entry_load(struct db *db, int64_t entry, struct arena *a, struct entry *out) {
    struct rows q;
    enum status st = DB_ONE(db, &q, &ENTRY, V_INT(entry));
    if (!st) st = entry_row_read(&q, a, out);
    enum status end = rows_end(&q);
    return st ? st : end;
}

static enum status read_layer(struct rows *q, struct arena *a, struct layer *l) {
    *l = (struct layer){
        .version = row_int(q, 0),
        .kind = copy_in(q, 1, a),
        .state = copy_in(q, 2, a),
        .from = day_in(q, 3),
        .until = day_in(q, 4),
        .recorded = {row_int(q, 5)},
        .known = {row_int(q, 6)},
        .known_seq = row_int(q, 7),
        .by = row_int(q, 8),
        .confirmed_by = row_int(q, 9),
        .unit = copy_in(q, 10, a),
        .purpose = copy_in(q, 11, a),
        .law = copy_in(q, 12, a),
        .is_mistake = row_int(q, 13) != 0,
        .reason = copy_in(q, 14, a),
        .refusal = copy_in(q, 15, a),
        .source = {copy_in(q, 16, a), copy_in(q, 17, a), copy_in(q, 18, a), copy_in(q, 19, a)}};
    return answers_in(q, 20, a, &l->answers);
}

enum status entry_load_layers(struct db *db, struct arena *a, struct entry *e) {
    struct rows q;
    enum status st = DB_QUERY(db, &q, &LAYERS, V_INT(e->entry), V_INT(REGISTER_VERSIONS_MAX));
    while (!st && rows_next(&q)) st = read_layer(&q, a, ARENA_PUSH(a, &e->layers));
    enum status end = rows_end(&q);
    return st ? st : end;
}

// From its first day to the day before `until`.
bool layer_covers(const struct layer *l, struct date day) {
    return l->from.year && date_cmp(l->from, day) <= 0 && (!l->until.year || date_cmp(day, l->until) < 0);
}

const struct layer *entry_as_of(const struct entry *e, struct date day, struct moment known) {
    for (size_t i = e->layers.count; i-- > 0;) {
        const struct layer *l = &e->layers.items[i];
        bool counts = text_eq(l->state, T("known")) && !text_eq(l->kind, T("reviewed"));
        if (counts && l->known.ms <= known.ms && layer_covers(l, day)) return l;
    }
    return NULL;
}

enum status entry_relation(struct db *db, const struct entry *e, const struct actor *actor,
                           struct text *out) {
    struct rows q;
    *out = T("none");
    bool is_unit = actor->kind == ACTOR_STAFF && e->unit.n && text_eq(e->unit, actor->unit);
    if (is_unit) *out = T("unit");
    int64_t cases[] = {e->person_case, e->case_id};
    for (int i = 0; i < 2 && actor->account; i++) {
        if (!cases[i] || (i && cases[1] == cases[0])) continue;
        enum status st = DB_ONE(db, &q, &OWNER, V_INT(cases[i]));
        bool is_theirs = !st && row_int(&q, 0) == actor->account && row_int(&q, 2) == e->person && e->person;
        bool is_officer = !st && row_int(&q, 1) == actor->account && !row_int(&q, 3);
        enum status end = rows_end(&q);
        if (st && st != STATUS_NOT_FOUND) return st;
        if (end) return end;
        if (is_theirs) return *out = T("self"), STATUS_OK;
        if (is_officer) return *out = T("assigned"), STATUS_OK;
    }
    return STATUS_OK;
}

int64_t entry_age_years(const struct registers *r, const struct entry *e, struct moment now) {
    return date_age_years(zone_date(r->zone, e->recorded), zone_date(r->zone, now));
}
