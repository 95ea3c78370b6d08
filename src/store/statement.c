#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/internal.h"

struct value value_int_or_null(int64_t n) {
    return n ? V_INT(n) : V_NULL;
}

struct value value_text_or_null(struct text t) {
    return t.n ? V_TEXT(t) : V_NULL;
}

struct store *db_store(const struct db *db) {
    return db->store;
}

static enum status status_of(struct db *db, int result) {
    int error = sqlite3_system_errno(db->sqlite);
    switch (result & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return STATUS_OK;
    case SQLITE_FULL: return STATUS_FULL;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: return error == ENOSPC || error == EDQUOT ? STATUS_FULL : STATUS_IO;
    case SQLITE_TOOBIG: return STATUS_TOO_LARGE;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return STATUS_CORRUPT;
    case SQLITE_BUSY: return STATUS_BUSY;
    case SQLITE_CONSTRAINT:
        return result == SQLITE_CONSTRAINT_UNIQUE || result == SQLITE_CONSTRAINT_PRIMARYKEY ||
                       result == SQLITE_CONSTRAINT_ROWID
                   ? STATUS_CONFLICT
                   : STATUS_STORE;
    default: return STATUS_STORE;
    }
}

enum status db_status(struct db *db, int result, const char *name) {
    enum status st = status_of(db, result);
    if (!st) return st;
    if (st != STATUS_CONFLICT) // SQLite's message names tables and columns, not values
        log_line(st == STATUS_FULL ? LOG_WARNING : LOG_ERROR, "store.statement",
                 "name=%s code=%d message=\"%s\"", name, result, sqlite3_errmsg(db->sqlite));
    if (db->is_in_job && !db->spoiled) db->spoiled = st;
    return st;
}

// ---- the cache of prepared statements ----

static size_t slot_of(const struct db *db, const struct sql *sql) {
    uint64_t mixed = ((uint64_t)(uintptr_t)sql >> 3) * 0x9E3779B97F4A7C15u; // Fibonacci hashing
    size_t mask = db->statement_slots - 1;
    size_t i = (size_t)(mixed >> 32) & mask;
    while (db->statements[i] && db->statements[i]->sql != sql) i = (i + 1) & mask;
    return i;
}

static void cache_grow(struct db *db) {
    size_t old_slots = db->statement_slots;
    struct statement **old = db->statements;
    db->statement_slots = old_slots ? old_slots * 2 : 256;
    db->statements = calloc(db->statement_slots, sizeof(struct statement *));
    if (!db->statements) abort();
    for (size_t i = 0; i < old_slots; i++)
        if (old[i]) db->statements[slot_of(db, old[i]->sql)] = old[i];
    free(old);
}

static void check_parameters(const struct statement *s) {
    assert(s->parameters <= STORE_ARGS_MAX);
    for (int i = 1; i <= s->parameters; i++) {
        const char *name = sqlite3_bind_parameter_name(s->prepared, i);
        assert(name && name[0] == ':'); // ?, @ and $ are not portable
        (void)name;
    }
}

static enum status prepare(struct db *db, const struct sql *sql, bool is_spare, struct statement **out) {
    sqlite3_stmt *prepared = NULL;
    const char *tail = NULL;
    int rc = sqlite3_prepare_v3(db->sqlite, sql->text, -1, is_spare ? 0 : SQLITE_PREPARE_PERSISTENT,
                                &prepared, &tail);
    if (rc != SQLITE_OK) return db_status(db, rc, sql->name);
    assert(prepared && tail && tail[strspn(tail, " \n\t;")] == 0); // exactly one statement
    struct statement *s = calloc(1, sizeof *s);
    if (!s) abort();
    *s =
        (struct statement){sql, sql->text, prepared, sqlite3_bind_parameter_count(prepared), false, is_spare};
    check_parameters(s);
    *out = s;
    return STATUS_OK;
}

static enum status statement_find(struct db *db, const struct sql *sql, struct statement **out) {
    if ((db->statement_count + 1) * 2 > db->statement_slots) cache_grow(db);
    size_t i = slot_of(db, sql);
    struct statement *s = db->statements[i];
    assert(!s || s->text == sql->text); // a sql that is not in static storage was changed
    if (s && !s->in_use) {
        *out = s;
        return STATUS_OK;
    }
    enum status st = prepare(db, sql, s != NULL, out);
    if (st || s) return st;
    assert(db->statement_count < STATEMENTS_MAX);
    db->statements[i] = *out;
    db->statement_count++;
    return STATUS_OK;
}

static void statement_free(struct statement *s) {
    sqlite3_finalize(s->prepared);
    free(s);
}

void db_statements_free(struct db *db) {
    for (size_t i = 0; i < db->statement_slots; i++)
        if (db->statements[i]) statement_free(db->statements[i]);
    free(db->statements);
    db->statements = NULL;
    db->statement_slots = db->statement_count = 0;
}

// ---- running ----

// `keep` is SQLITE_STATIC when the values live until the statement is reset.
static int bind_one(sqlite3_stmt *p, int at, const struct value *v, sqlite3_destructor_type keep) {
    const void *bytes = v->b.p ? (const void *)v->b.p : ""; // a null pointer would bind null
    switch (v->kind) {
    case VALUE_NULL: return sqlite3_bind_null(p, at);
    case VALUE_INT: return sqlite3_bind_int64(p, at, v->i);
    case VALUE_TEXT: return sqlite3_bind_text64(p, at, bytes, v->b.n, keep, SQLITE_UTF8);
    case VALUE_BYTES: return sqlite3_bind_blob64(p, at, bytes, v->b.n, keep);
    }
    assert(!"unknown kind of value");
    return SQLITE_MISUSE;
}

static enum status start(struct db *db, const struct sql *sql, const struct value *args, size_t count,
                         sqlite3_destructor_type keep, struct statement **out) {
    if (db->spoiled) return db->spoiled;
    assert(!db->is_writer || db->is_in_job); // the writer's connection is for jobs
    enum status st = statement_find(db, sql, out);
    if (st) return st;
    struct statement *s = *out;
    assert(s && count == (size_t)s->parameters);
    s->in_use = true;
    db->open_rows++;
    for (int i = 0; i < s->parameters; i++) {
        int rc = bind_one(s->prepared, i + 1, &args[i], keep);
        if (rc != SQLITE_OK) return db_status(db, rc, sql->name);
    }
    return STATUS_OK;
}

static void finish(struct db *db, struct statement *s) {
    db->open_rows--;
    s->in_use = false;
    if (s->is_spare)
        statement_free(s);
    else
        sqlite3_reset(s->prepared); // its error was reported by the step
}

enum status db_run(struct db *db, const struct sql *sql, const struct value *args, size_t count) {
    struct statement *s = NULL;
    enum status st = start(db, sql, args, count, SQLITE_STATIC, &s);
    if (!st) {
        int rc;
        do rc = sqlite3_step(s->prepared);
        while (rc == SQLITE_ROW);
        if (rc != SQLITE_DONE) st = db_status(db, rc, sql->name);
    }
    if (s) finish(db, s);
    return st;
}

int64_t db_changed(struct db *db) {
    return sqlite3_changes64(db->sqlite);
}

enum status db_query(struct db *db, struct rows *rows, const struct sql *sql, const struct value *args,
                     size_t count) {
    struct statement *s = NULL;
    *rows = (struct rows){.db = db};
    rows->status = start(db, sql, args, count, SQLITE_TRANSIENT, &s);
    if (rows->status && s)
        finish(db, s);
    else
        rows->statement = s;
    return rows->status;
}

bool rows_next(struct rows *rows) {
    struct statement *s = rows->statement;
    rows->on_row = false;
    if (!s || rows->status) return false;
    int rc = sqlite3_step(s->prepared);
    if (rc == SQLITE_ROW) return rows->on_row = true;
    if (rc != SQLITE_DONE) rows->status = db_status(rows->db, rc, s->sql->name);
    finish(rows->db, s);
    rows->statement = NULL;
    return false;
}

enum status rows_end(struct rows *rows) {
    if (rows->statement) finish(rows->db, rows->statement);
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

static sqlite3_stmt *row(struct rows *rows, int column) {
    assert(rows->on_row);
    sqlite3_stmt *prepared = ((struct statement *)rows->statement)->prepared;
    assert(column >= 0 && column < sqlite3_data_count(prepared));
    (void)column;
    return prepared;
}

int64_t row_int(struct rows *rows, int column) {
    return sqlite3_column_int64(row(rows, column), column);
}

struct text row_text(struct rows *rows, int column) {
    return text_of_bytes(row_bytes(rows, column));
}

struct bytes row_bytes(struct rows *rows, int column) {
    sqlite3_stmt *prepared = row(rows, column);
    const uint8_t *p = sqlite3_column_blob(prepared, column); // before the length, as SQLite asks
    return (struct bytes){p, (size_t)sqlite3_column_bytes(prepared, column)};
}

bool row_is_null(struct rows *rows, int column) {
    return sqlite3_column_type(row(rows, column), column) == SQLITE_NULL;
}
