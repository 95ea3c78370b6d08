// renew.c - a new service key: all row keys are sealed anew, and the old key goes when backups under it have
// run out. From then on nobody can open what was erased, not even with an old backup and the key file.
#include <sodium.h>
#include <string.h>

#include "base/log.h"
#include "privacy/inside.h"

enum { RENEW_BATCH = 1000 }; // rows a commit

static const struct sql CASES_OLD =
    SQL("privacy_cases_old", "select pseudonym, service_key, wrapped, sealed, is_restricted from privacy_case"
                             " where service_key < :newest order by service_key, pseudonym limit :most");
static const struct sql CASE_REWRAP =
    SQL("privacy_case_rewrap", "update privacy_case set finder = :finder, service_key = :service_key,"
                               " wrapped = :wrapped where pseudonym = :pseudonym");
static const struct sql MAPPINGS_OLD =
    SQL("privacy_mappings_old", "select mapping from privacy_mapping where service_key < :newest"
                                " order by service_key, mapping limit :most");
static const struct sql MAPPING_REWRAP =
    SQL("privacy_mapping_rewrap", "update privacy_mapping set finder = :finder, service_key = :service_key,"
                                  " wrapped = :wrapped where mapping = :mapping");
static const struct sql YEARS_OLD = SQL(
    "privacy_years_old", "select year from privacy_evidence_key where service_key < :newest order by year");
static const struct sql YEAR_REWRAP = SQL(
    "privacy_year_rewrap", "update privacy_evidence_key set service_key = :service_key, wrapped = :wrapped"
                           " where year = :year");
static const struct sql OLDEST =
    SQL("privacy_oldest_key", "select min(k) from (select min(service_key) as k from privacy_case union all"
                              " select min(service_key) from privacy_mapping union all"
                              " select min(service_key) from privacy_evidence_key) t");

// ---- the file

// What stands in the file is newer than what this process knows when another one shares it.
static enum status load(struct privacy *s, struct service_keys *k) {
    return key_file_load(s->env, s->key_file.c, false, k, NULL);
}

static enum status store_keys(struct privacy *s, const struct service_keys *k) {
    enum status st = key_file_write(s->env, s->key_file.c, k);
    if (st) return st;
    pthread_mutex_lock(&s->mutex);
    s->keys = *k;
    pthread_mutex_unlock(&s->mutex);
    return STATUS_OK;
}

struct renewing {
    struct privacy *s;
    const struct privacy_reader *by;
    int keep_days;
    int64_t newest;
    size_t done, keys_erased;
    struct arena arena;
};

// In the writer's turn, so that two servers do not make one each.
static enum status run_add_key(struct db *tx, void *arg) {
    struct renewing *k = arg;
    struct service_keys keys;
    struct moment now = env_now(k->s->env);
    enum status st = load(k->s, &keys);
    if (!st && keys.count == SERVICE_KEYS_MAX) st = STATUS_BUSY;
    if (st) return st;
    int64_t until = now.ms + (int64_t)k->keep_days * 24 * 3600 * 1000;
    for (size_t i = 0; i < keys.count; i++)
        if (!keys.items[i].erase_at.ms || keys.items[i].erase_at.ms > until)
            keys.items[i].erase_at.ms = until;
    struct service_key *fresh = &keys.items[keys.count];
    *fresh =
        (struct service_key){.number = fresh[-1].number + 1, .made_at = now, .root = key_random(k->s->env)};
    fresh->wrapping = key_derive(&fresh->root, T("row keys"));
    keys.count++;
    st = store_keys(k->s, &keys);
    if (!st) st = evidence_add(k->s, tx, k->by, EVIDENCE_KEY_RENEWED, NULL, NULL);
    sodium_memzero(&keys, sizeof keys);
    return st;
}

// ---- the rows

static enum status rewrap_case(struct renewing *k, struct db *tx, const struct service_key *by,
                               const struct case_row *c) {
    struct wrapped_key w;
    struct hash finder = finder_of_own(by, c->own);
    enum status st = row_key_wrap(k->s, &k->arena, &c->key, row_id_bytes(&c->pseudonym), &w);
    return st ? st
              : DB_RUN(tx, &CASE_REWRAP, V_BYTES(hash_bytes(&finder)), V_INT(w.service_key),
                       V_BYTES(w.wrapped), V_BYTES(row_id_bytes(&c->pseudonym)));
}

static enum status rewrap_mapping(struct renewing *k, struct db *tx, const struct service_key *by,
                                  const struct mapping_row *m) {
    struct wrapped_key w;
    struct channel_id name = privacy_erased_name(&m->shown.channel);
    struct hash finder = finder_of_channel(by, &name);
    enum status st = row_key_wrap(k->s, &k->arena, &m->key, row_id_bytes(&m->mapping), &w);
    return st ? st
              : DB_RUN(tx, &MAPPING_REWRAP, V_BYTES(hash_bytes(&finder)), V_INT(w.service_key),
                       V_BYTES(w.wrapped), V_BYTES(row_id_bytes(&m->mapping)));
}

struct ids {
    struct row_id *items;
    size_t count, capacity;
};

static enum status read_ids(struct renewing *k, struct db *tx, const struct sql *sql, struct ids *out) {
    struct rows r;
    enum status st = DB_QUERY(tx, &r, sql, V_INT(k->newest), V_INT(RENEW_BATCH));
    while (!st && rows_next(&r)) {
        if (row_bytes(&r, 0).n != ROW_ID_BYTES) st = STATUS_CORRUPT;
        if (!st) memcpy(ARENA_PUSH(&k->arena, out)->b, row_bytes(&r, 0).p, ROW_ID_BYTES);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status rewrap_cases(struct renewing *k, struct db *tx, const struct service_key *by) {
    struct ids ids = {0};
    enum status st = read_ids(k, tx, &CASES_OLD, &ids);
    for (size_t i = 0; i < ids.count && !st; i++) {
        struct case_row c;
        st = case_by_id(k->s, tx, &ids.items[i], &c);
        if (!st) st = rewrap_case(k, tx, by, &c);
        case_row_wipe(&c);
    }
    k->done += ids.count;
    return st;
}

static enum status rewrap_mappings(struct renewing *k, struct db *tx, const struct service_key *by) {
    struct ids ids = {0};
    enum status st = read_ids(k, tx, &MAPPINGS_OLD, &ids);
    for (size_t i = 0; i < ids.count && !st; i++) {
        struct mapping_row m;
        st = mapping_by_id(k->s, tx, &ids.items[i], &k->arena, &m);
        if (!st) st = rewrap_mapping(k, tx, by, &m);
        mapping_row_wipe(&m);
    }
    k->done += ids.count;
    return st;
}

static enum status rewrap_years(struct renewing *k, struct db *tx) {
    struct rows r;
    struct {
        int64_t *items;
        size_t count, capacity;
    } years = {0};
    enum status st = DB_QUERY(tx, &r, &YEARS_OLD, V_INT(k->newest));
    while (!st && rows_next(&r)) *ARENA_PUSH(&k->arena, &years) = row_int(&r, 0);
    enum status end = rows_end(&r);
    if (!st) st = end;
    for (size_t i = 0; i < years.count && !st; i++) {
        struct key key;
        struct wrapped_key w;
        st = evidence_year_key(k->s, tx, &k->arena, years.items[i], &key);
        if (!st) st = evidence_year_wrap(k->s, &k->arena, years.items[i], &key, &w);
        if (!st)
            st = DB_RUN(tx, &YEAR_REWRAP, V_INT(w.service_key), V_BYTES(w.wrapped), V_INT(years.items[i]));
        key_wipe(&key);
    }
    return st;
}

static enum status run_rewrap(struct db *tx, void *arg) {
    struct renewing *k = arg;
    struct service_key by;
    k->done = 0;
    arena_reset(&k->arena);
    enum status st = service_key_of(k->s, 0, &by);
    k->newest = by.number;
    if (!st) st = rewrap_years(k, tx);
    if (!st) st = rewrap_cases(k, tx, &by);
    if (!st) st = rewrap_mappings(k, tx, &by);
    if (k->done) {
        db_erases(tx, "privacy_case");
        db_erases(tx, "privacy_mapping");
        db_erases(tx, "privacy_evidence_key");
    }
    sodium_memzero(&by, sizeof by);
    return st;
}

enum status service_keys_finish(struct privacy *s) {
    struct renewing k = {.s = s};
    enum status st;
    do {
        st = store_write_repeatable(s->store, run_rewrap, &k);
    } while (!st && k.done);
    arena_free(&k.arena);
    return st;
}

// ---- keys whose time has come

static enum status run_drop_keys(struct db *tx, void *arg) {
    struct renewing *k = arg;
    struct service_keys keys;
    int64_t oldest = 0, now = env_now(k->s->env).ms;
    k->keys_erased = 0;
    enum status st = load(k->s, &keys);
    if (!st) st = DB_INT(tx, &oldest, &OLDEST);
    size_t gone = 0;
    while (!st && gone + 1 < keys.count && keys.items[gone].erase_at.ms &&
           keys.items[gone].erase_at.ms <= now && (!oldest || keys.items[gone].number < oldest))
        gone++;
    if (!st && gone) {
        memmove(keys.items, keys.items + gone, (keys.count - gone) * sizeof *keys.items);
        keys.count -= gone;
        st = store_keys(k->s, &keys);
        if (!st) k->keys_erased = gone;
        log_line(LOG_INFO, "privacy.keys", "erased=%zu status=\"%s\"", gone, status_name(st));
    }
    sodium_memzero(&keys, sizeof keys);
    return st;
}

enum status service_keys_drop(struct privacy *s, size_t *erased) {
    struct renewing k = {.s = s};
    enum status st = store_write(s->store, run_drop_keys, &k);
    *erased = k.keys_erased;
    return st;
}

enum status privacy_renew_key(struct privacy *s, const struct privacy_reader *by, int keep_days,
                              struct problem *p) {
    struct renewing k = {.s = s, .by = by, .keep_days = keep_days};
    size_t erased;
    enum status st = reader_check(s, by, PRIVACY_MAY_KEEP, p);
    if (st) return st;
    if (keep_days < 0 || keep_days > PRIVACY_BACKUP_DAYS_MAX)
        return problem(p, "keep", "keep_days", "problem.privacy.keep_days");
    st = service_keys_finish(s); // of a renewal that was stopped
    if (!st) st = store_write(s->store, run_add_key, &k);
    if (st == STATUS_BUSY) (void)problem(p, "key_file", "keys_full", "problem.privacy.keys_full");
    if (!st) st = service_keys_finish(s);
    return st ? st : service_keys_drop(s, &erased);
}

enum status service_key_is_old(struct privacy *s, bool *is_old) {
    struct service_key newest;
    enum status st = service_key_of(s, 0, &newest);
    *is_old = env_now(s->env).ms - newest.made_at.ms > (int64_t)PRIVACY_SERVICE_KEY_DAYS * 24 * 3600 * 1000;
    sodium_memzero(&newest, sizeof newest);
    return st;
}

enum status service_keys_check(struct privacy *s, struct db *db, struct problem *p) {
    int64_t oldest = 0;
    enum status st = DB_INT(db, &oldest, &OLDEST);
    if (st || !oldest) return st;
    if (oldest >= s->keys.items[0].number) return STATUS_OK;
    (void)problem(p, "key_file", "keys_gone", "problem.privacy.keys_gone");
    return STATUS_CORRUPT;
}
