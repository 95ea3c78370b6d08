// night.c - what is due each night, and members that have left.
#include <string.h>

#include "privacy/inside.h"

static const struct privacy_reader NIGHT = {T("night"), PRIVACY_MAY_KEEP, PRIVACY_FOR_OPERATION, {"", 0}};

static const struct sql ASKS_DROP =
    SQL("privacy_asks_over", "delete from privacy_ask where (confirmed_at = 0 and ends_at <= :now)"
                             " or (confirmed_at > 0 and until < :today)");
static const struct sql YEARS_DROP =
    SQL("privacy_years_over", "delete from privacy_evidence_key where year < :year");
static const struct sql HELD =
    SQL("privacy_held", "select count(*) from privacy_mapping where delete_after < :today");
static const struct sql MISSING =
    SQL("privacy_missing", "select count(*) from privacy_receipt where erased_on = 0 and authority <> :ours");

struct nightly {
    struct privacy *s;
    struct privacy_night *out;
};

static enum status run_forget(struct db *tx, void *arg) {
    struct nightly *n = arg;
    struct date day = today(n->s);
    enum status st = DB_RUN(tx, &ASKS_DROP, V_INT(env_now(n->s->env).ms), V_INT(date_to_days(day)));
    // A year's names go when the last of its days is ten years old.
    if (!st) st = DB_RUN(tx, &YEARS_DROP, V_INT(day.year - PRIVACY_EVIDENCE_YEARS));
    if (!st) n->out->names_erased = (size_t)db_changed(tx);
    db_erases(tx, "privacy_evidence_key");
    return st;
}

static enum status count(struct nightly *n) {
    struct db *db;
    int64_t held = 0, missing = 0;
    enum status st = store_reader(n->s->store, &db);
    if (st) return st;
    st = DB_INT(db, &held, &HELD, V_INT(date_to_days(today(n->s))));
    if (!st) st = DB_INT(db, &missing, &MISSING, V_INT(n->s->authority));
    store_reader_release(n->s->store, db);
    n->out->held = (size_t)held;
    n->out->receipts_missing = (size_t)missing;
    return st;
}

enum status privacy_night(struct privacy *s, struct privacy_night *out, struct problem *p) {
    struct nightly n = {s, out};
    bool is_old = false;
    *out = (struct privacy_night){0};
    enum status st = store_write_repeatable(s->store, run_forget, &n);
    if (!st) st = privacy_delete_due(s, &NIGHT, SIZE_MAX, &out->deleted, p);
    if (!st) st = service_key_is_old(s, &is_old);
    if (!st) st = is_old ? privacy_renew_key(s, &NIGHT, PRIVACY_BACKUP_DAYS, p) : service_keys_finish(s);
    if (!st) st = service_keys_drop(s, &out->keys_erased);
    return st ? st : count(&n);
}

// ---- rotation of case keys, members that left

static const struct sql OLD_KEYS =
    SQL("privacy_old_keys",
        "select m.mapping from privacy_mapping m where m.state = 1 and not exists (select 1 from"
        " privacy_case_key k where k.mapping = m.mapping and k.made_at > :since) order by m.mapping");
static const struct sql ALL = SQL("privacy_all", "select mapping from privacy_mapping order by mapping");
static const struct sql KEYS_AGE =
    SQL("privacy_keys_age", "update privacy_case_key set made_at = 0 where mapping = :mapping");
static const struct sql RECEIPTS_LEFT =
    SQL("privacy_receipts_left", "update privacy_receipt set erased_on = :day"
                                 " where authority = :authority and erased_on = 0");

static const struct sql OUT_LEFT =
    SQL("privacy_outgoing_left", "delete from privacy_outgoing where recipient = :authority");

struct round {
    struct privacy *s;
    const struct privacy_reader *by;
    size_t most, changed;
    uint32_t authority;
    struct arena *arena;
    struct privacy_mappings *out;
};

struct ids {
    struct row_id *items;
    size_t count, capacity;
};

static enum status read_ids(struct rows *r, struct arena *a, struct ids *out) {
    enum status st = STATUS_OK;
    while (!st && rows_next(r)) {
        if (row_bytes(r, 0).n != ROW_ID_BYTES) st = STATUS_CORRUPT;
        if (!st) memcpy(ARENA_PUSH(a, out)->b, row_bytes(r, 0).p, ROW_ID_BYTES);
    }
    enum status end = rows_end(r);
    return st ? st : end;
}

// Who coordinates is sealed: rows are opened until enough were found.
static enum status run_rotation_due(struct db *tx, void *arg) {
    struct round *k = arg;
    struct rows r;
    struct ids ids = {0};
    int64_t since = env_now(k->s->env).ms - (int64_t)PRIVACY_CASE_KEY_DAYS * 24 * 3600 * 1000;
    k->out->count = 0;
    enum status st = DB_QUERY(tx, &r, &OLD_KEYS, V_INT(since));
    if (!st) st = read_ids(&r, k->arena, &ids);
    for (size_t i = 0; i < ids.count && k->out->count < k->most && !st; i++) {
        struct mapping_row m;
        st = mapping_by_id(k->s, tx, &ids.items[i], k->arena, &m);
        if (!st && m.shown.coordinator == k->s->authority) {
            st = case_key_of(k->s, tx, &m, 0);
            if (!st) st = evidence_add(k->s, tx, k->by, EVIDENCE_LISTED, &m, NULL);
            if (!st) k->out->items[k->out->count++] = m.shown;
        }
        mapping_row_wipe(&m);
    }
    return st;
}

enum status privacy_rotation_due(struct privacy *s, const struct privacy_reader *by, size_t most,
                                 struct arena *a, struct privacy_mappings *out, struct problem *p) {
    struct round k = {.s = s, .by = by, .most = most, .arena = a, .out = out};
    enum status st = reader_check(s, by, PRIVACY_MAY_MAP, p);
    if (!st && most > PRIVACY_READ_MAX) {
        (void)problem(p, "channels", "too_many", "problem.privacy.too_many");
        st = STATUS_TOO_LARGE;
    }
    if (st) return st;
    *out = (struct privacy_mappings){ARENA_ARRAY(a, struct privacy_mapping, most + 1), 0};
    return store_write_repeatable(s->store, run_rotation_due, &k);
}

static bool take_out(struct privacy_mapping *m, uint32_t authority) {
    size_t kept = 0;
    for (size_t i = 0; i < m->member_count; i++)
        if (m->members[i] != authority) m->members[kept++] = m->members[i];
    bool was_there = kept < m->member_count;
    m->member_count = kept;
    return was_there;
}

static enum status run_member_left(struct db *tx, void *arg) {
    struct round *k = arg;
    struct rows r;
    struct ids ids = {0};
    k->changed = 0;
    enum status st = DB_RUN(tx, &RECEIPTS_LEFT, V_INT(date_to_days(today(k->s))), V_INT(k->authority));
    if (!st) st = DB_RUN(tx, &OUT_LEFT, V_INT(k->authority));
    if (!st) st = DB_QUERY(tx, &r, &ALL);
    if (!st) st = read_ids(&r, k->arena, &ids);
    for (size_t i = 0; i < ids.count && !st; i++) {
        struct mapping_row m;
        st = mapping_by_id(k->s, tx, &ids.items[i], k->arena, &m);
        if (!st && take_out(&m.shown, k->authority)) {
            st = mapping_change(k->s, tx, &m);
            if (!st) st = DB_RUN(tx, &KEYS_AGE, V_BYTES(row_id_bytes(&m.mapping)));
            k->changed += !st;
        }
        mapping_row_wipe(&m);
    }
    return st ? st : evidence_add(k->s, tx, k->by, EVIDENCE_MEMBER_LEFT, NULL, NULL);
}

enum status privacy_member_left(struct privacy *s, const struct privacy_reader *by, uint32_t authority,
                                size_t *channels, struct problem *p) {
    struct arena a = {0};
    struct round k = {.s = s, .by = by, .authority = authority, .arena = &a};
    enum status st = reader_check(s, by, PRIVACY_MAY_MAP, p);
    if (!st && (!authority || authority == s->authority))
        st = problem(p, "authority", "authority", "problem.privacy.authority");
    if (!st) st = store_write_repeatable(s->store, run_member_left, &k);
    *channels = k.changed;
    arena_free(&a);
    return st;
}
