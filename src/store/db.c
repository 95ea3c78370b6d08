#include <assert.h>
#include <string.h>

#include "store/internal.h"

// The calls of store.h on a connection: the rules that hold for both engines, then the engine.

struct value value_int_or_null(int64_t n) {
    return n ? V_INT(n) : V_NULL;
}

struct value value_text_or_null(struct text t) {
    return t.n ? V_TEXT(t) : V_NULL;
}

void db_erases(struct db *tx, const char *table) {
    struct writer *w = &tx->store->writer;
    assert(tx->is_in_job);
    w->keys_deleted = true;
    int i = 0;
    while (i < ERASED_FROM_MAX && w->erased_from[i] && strcmp(w->erased_from[i], table) != 0) i++;
    assert(i < ERASED_FROM_MAX);
    w->erased_from[i] = table;
}

struct store *db_store(const struct db *db) {
    return db->store;
}

enum status db_failed(struct db *db, enum status st) {
    if (st && db->is_in_job && !db->spoiled) db->spoiled = st;
    return st;
}

enum status db_open(struct store *s, enum db_mode mode, struct db **out, struct problem *p) {
    return s->engine->open(s, mode, out, p);
}

void db_close(struct db *db) {
    if (!db) return;
    assert(db->open_rows == 0);
    db->engine->close(db);
}

// ---- statements

static enum status may_start(const struct db *db) {
    assert(!db->is_writer || db->is_in_job); // the writer's connection is for jobs
    return db->spoiled;
}

enum status db_run(struct db *db, const struct sql *sql, const struct value *args, size_t count) {
    enum status st = may_start(db);
    db->has_written = true;
    return st ? st : db->engine->run(db, sql, args, count);
}

int64_t db_changed(struct db *db) {
    return db->engine->changed(db);
}

enum status db_query(struct db *db, struct rows *rows, const struct sql *sql, const struct value *args,
                     size_t count) {
    *rows = (struct rows){.db = db};
    rows->status = may_start(db);
    if (!rows->status) rows->status = db->engine->query(db, rows, sql, args, count);
    return rows->status;
}

bool rows_next(struct rows *rows) {
    rows->on_row = rows->statement && !rows->status && rows->db->engine->next(rows);
    if (!rows->on_row && rows->statement) (void)rows_end(rows);
    return rows->on_row;
}

enum status rows_end(struct rows *rows) {
    if (rows->statement) rows->db->engine->end(rows);
    rows->statement = NULL;
    rows->on_row = false;
    return rows->status;
}

enum status db_one(struct db *db, struct rows *rows, const struct sql *sql, const struct value *args,
                   size_t count) {
    enum status st = db_query(db, rows, sql, args, count);
    if (st || rows_next(rows)) return st;
    return rows->status ? rows->status : STATUS_NOT_FOUND;
}

enum status db_int(struct db *db, int64_t *out, const struct sql *sql, const struct value *args,
                   size_t count) {
    struct rows rows;
    enum status st = db_one(db, &rows, sql, args, count);
    if (!st) *out = row_int(&rows, 0);
    enum status end = rows_end(&rows);
    return st ? st : end;
}

// ---- rows

int64_t row_int(struct rows *rows, int column) {
    assert(rows->on_row);
    return rows->db->engine->row_int(rows, column);
}

struct text row_text(struct rows *rows, int column) {
    return text_of_bytes(row_bytes(rows, column));
}

struct bytes row_bytes(struct rows *rows, int column) {
    assert(rows->on_row);
    return rows->db->engine->row_bytes(rows, column);
}

bool row_is_null(struct rows *rows, int column) {
    assert(rows->on_row);
    return rows->db->engine->row_is_null(rows, column);
}
