// limit_store.c - the copy of the limits in the store: a restart forgives nobody.
//
// One row a slot of the memory, so that strangers can make no more than LIMIT_SLOTS of them. Changes gather
// while one job is under way, so that they cannot fill the writer's queue either. A row tells nothing: its
// key is a keyed hash, the same for names of accounts and of nobody.
#include "access/limit.h"

static const struct sql LIMIT_ALL =
    SQL("limit_all", "select slot, limit_key, failures, last_at, until_at, halved_at from sign_in_limit");
// Both served by the primary key of sign_in_limit.
static const struct sql LIMIT_PUT = SQL(
    "limit_put", "insert into sign_in_limit (slot, limit_key, failures, last_at, until_at, halved_at)"
                 " values (:slot, :key, :failures, :last, :until, :halved) on conflict (slot) do update set"
                 " limit_key = excluded.limit_key, failures = excluded.failures, last_at = excluded.last_at,"
                 " until_at = excluded.until_at, halved_at = excluded.halved_at");
static const struct sql LIMIT_DROP = SQL("limit_drop", "delete from sign_in_limit where slot = :slot");

static struct limit_entry *entry_at(struct limits *l, size_t slot) {
    return &l->sets[slot / LIMIT_WAYS][slot % LIMIT_WAYS];
}

// ---- writing ----

static void note_slot(struct limits *l, size_t slot) {
    if (l->is_changed[slot]) return;
    l->is_changed[slot] = true;
    l->changed[l->changed_count++] = (uint16_t)slot;
}

void limits_note(struct limits *l, const struct limit_entry *e) {
    if (l->store) note_slot(l, (size_t)(e - &l->sets[0][0]));
}

static size_t take_changed(struct limits *l, struct limit_entry *copies) {
    pthread_mutex_lock(&l->mutex);
    for (l->saving_count = 0; l->changed_count && l->saving_count < LIMIT_SAVES_MAX;) {
        uint16_t slot = l->changed[--l->changed_count];
        l->is_changed[slot] = false;
        copies[l->saving_count] = *entry_at(l, slot);
        l->saving[l->saving_count++] = slot;
    }
    size_t count = l->saving_count;
    pthread_mutex_unlock(&l->mutex);
    return count;
}

static enum status save(struct db *tx, void *arg) {
    struct limits *l = arg;
    struct limit_entry copies[LIMIT_SAVES_MAX];
    size_t count = take_changed(l, copies);
    enum status st = STATUS_OK;
    for (size_t i = 0; i < count && !st; i++) {
        const struct limit_entry *e = &copies[i];
        st = e->key ? DB_RUN(tx, &LIMIT_PUT, V_INT(l->saving[i]), V_INT((int64_t)e->key), V_INT(e->failures),
                             V_INT(e->last_ms), V_INT(e->until_ms), V_INT(e->halved_ms))
                    : DB_RUN(tx, &LIMIT_DROP, V_INT(l->saving[i]));
    }
    return st;
}

static void save_done(void *arg, enum status status) {
    struct limits *l = arg;
    pthread_mutex_lock(&l->mutex);
    // A disk that is full keeps nothing: they wait for the next change. Memory still counts.
    for (size_t i = 0; status && i < l->saving_count; i++) note_slot(l, l->saving[i]);
    l->saving_count = 0;
    l->is_saving =
        !status && l->changed_count && store_write_async(l->store, save, l, save_done) == STATUS_OK;
    if (!l->is_saving) pthread_cond_broadcast(&l->saved);
    pthread_mutex_unlock(&l->mutex);
}

void limits_save(struct limits *l) {
    pthread_mutex_lock(&l->mutex);
    bool is_mine = l->store && !l->is_saving && l->changed_count;
    if (is_mine) l->is_saving = true;
    pthread_mutex_unlock(&l->mutex);
    if (!is_mine || store_write_async(l->store, save, l, save_done) == STATUS_OK) return;
    pthread_mutex_lock(&l->mutex);
    l->is_saving = false;
    pthread_cond_broadcast(&l->saved);
    pthread_mutex_unlock(&l->mutex);
}

void limits_settle(struct limits *l) {
    limits_save(l);
    pthread_mutex_lock(&l->mutex);
    while (l->is_saving) pthread_cond_wait(&l->saved, &l->mutex);
    pthread_mutex_unlock(&l->mutex);
}

// ---- reading ----

static void put_back(struct limits *l, struct rows *r) {
    int64_t slot = row_int(r, 0);
    struct limit_entry e = {.key = (uint64_t)row_int(r, 1),
                            .failures = (int)row_int(r, 2),
                            .last_ms = row_int(r, 3),
                            .until_ms = row_int(r, 4),
                            .halved_ms = row_int(r, 5)};
    bool is_sound = slot >= 0 && slot < LIMIT_SLOTS && e.key && e.failures > 0 &&
                    e.failures <= LIMIT_FAILURES_MAX && (int64_t)(e.key % LIMIT_SETS) == slot / LIMIT_WAYS;
    if (is_sound) *entry_at(l, (size_t)slot) = e;
}

enum status limits_keep(struct limits *l, struct store *s, const struct key *secret) {
    struct db *db;
    struct rows r;
    enum status st = store_reader(s, &db);
    if (st) return st;
    l->secret = *secret;
    st = DB_QUERY(db, &r, &LIMIT_ALL);
    while (!st && rows_next(&r)) put_back(l, &r);
    enum status end = rows_end(&r);
    store_reader_release(s, db);
    l->store = s;
    return st ? st : end;
}
