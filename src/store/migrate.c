#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "store/internal.h"

static const struct sql APPLIED_ALL =
    SQL("migration_applied_all", "select room, number, hash from migration");
static const struct sql APPLIED =
    SQL("migration_applied", "select count(*) from migration where room = :room and number = :number");
static const struct sql RECORD =
    SQL("migration_record",
        "insert into migration (room, number, hash, applied_at) values (:room, :number, :hash, :at)");

static const char TABLE[] =
    "create table migration (room text not null, number integer not null, hash blob not null,"
    " applied_at integer not null, primary key (room, number))";

// Which migration a problem is about, for its message.
static enum status say(struct problem *p, const char *rule, const char *text_key, const char *room,
                       int64_t number) {
    static _Thread_local char room_kept[64], number_kept[24]; // see store_open: valid until the next one
    snprintf(room_kept, sizeof room_kept, "%s", room);
    snprintf(number_kept, sizeof number_kept, "%lld", (long long)number);
    enum status st = problem(p, "", rule, text_key);
    problem_arg(p, "room", text_of(room_kept));
    problem_arg(p, "number", text_of(number_kept));
    return st;
}

static const struct migrations *list_at(const struct store_options *o, size_t i) {
    return i == 0 ? &STORE_MIGRATIONS : o->rooms[i - 1];
}

static const struct migration *find(const struct store_options *o, struct text room, int64_t number) {
    for (size_t i = 0; i <= o->room_count; i++) {
        const struct migrations *list = list_at(o, i);
        for (size_t k = 0; k < list->count; k++)
            if (list->items[k].number == number && text_eq(text_of(list->items[k].room), room))
                return &list->items[k];
    }
    return NULL;
}

static struct hash hash_of_migration(const struct migration *m) {
    return hash_of(bytes_of(text_of(m->sql)));
}

// What the database has must be what this program knows.
static enum status check_applied(struct db *db, const struct store_options *o, struct problem *p) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &APPLIED_ALL);
    while (!st && rows_next(&r)) {
        struct text room = row_text(&r, 0);
        char room_c[64];
        snprintf(room_c, sizeof room_c, TEXT_FMT, TEXT_ARG(room));
        const struct migration *m = find(o, room, row_int(&r, 1));
        if (!m) {
            st = say(p, "migration_newer", "problem.store.migration_newer", room_c, row_int(&r, 1));
            break;
        }
        struct hash expected = hash_of_migration(m);
        struct bytes found = row_bytes(&r, 2);
        if (found.n != HASH_BYTES || memcmp(found.p, expected.b, HASH_BYTES) != 0)
            st = say(p, "migration_changed", "problem.store.migration_changed", m->room, m->number);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status apply(struct db *db, const struct migration *m, struct problem *p) {
    struct hash h = hash_of_migration(m);
    enum status st = db->engine->script(db, m->sql, m->room);
    if (!st)
        st = DB_RUN(db, &RECORD, V_TEXT(text_of(m->room)), V_INT(m->number),
                    V_BYTES(((struct bytes){h.b, HASH_BYTES})), V_INT(env_now(&db->store->env).ms));
    if (st)
        (void)say(p, "migration_failed", "problem.store.migration_failed", m->room, m->number);
    else
        log_line(LOG_INFO, "store.migrated", "room=%s number=%d", m->room, m->number);
    return st;
}

static enum status apply_pending(struct db *db, const struct store_options *o, struct problem *p) {
    for (size_t i = 0; i <= o->room_count; i++) {
        const struct migrations *list = list_at(o, i);
        for (size_t k = 0; k < list->count; k++) {
            const struct migration *m = &list->items[k];
            assert(m->number == (int)k + 1);
            int64_t is_applied = 0;
            enum status st = DB_INT(db, &is_applied, &APPLIED, V_TEXT(text_of(m->room)), V_INT(m->number));
            if (st) return st;
            if (is_applied) continue;
            if (!db->is_writer)
                return say(p, "migration_pending", "problem.store.migration_pending", m->room, m->number);
            st = apply(db, m, p);
            if (st) return st;
        }
    }
    return STATUS_OK;
}

static enum status migrate_inside(struct db *db, const struct store_options *o, struct problem *p) {
    bool is_there = false;
    enum status st = db->engine->has_table(db, "migration", &is_there);
    if (st) return st;
    if (!is_there && !db->is_writer)
        return say(p, "migration_pending", "problem.store.migration_pending", "store", 1);
    if (!is_there) st = db->engine->script(db, TABLE, "migration_table");
    if (!st) st = check_applied(db, o, p);
    return st ? st : apply_pending(db, o, p);
}

// All or nothing: a program that stops half-way leaves the tables as they were.
static enum status migrate_all(struct db *db, const struct store_options *o, struct problem *p) {
    db->is_in_job = true;
    enum status st = db->engine->begin(db);
    if (!st) st = migrate_inside(db, o, p);
    if (!st && db->engine->settle) st = db->engine->settle(db);
    if (!st) st = db->engine->commit(db);
    db->is_in_job = false;
    db->spoiled = STATUS_OK;
    if (st && db->engine->is_in_transaction(db)) (void)db->engine->rollback(db);
    return st;
}

enum status migrate(struct db *db, const struct store_options *o, struct problem *p) {
    return db->is_writer ? migrate_all(db, o, p) : migrate_inside(db, o, p);
}
