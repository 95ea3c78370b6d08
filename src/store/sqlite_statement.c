#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/sqlite.h"

static enum status status_of(struct db *db, int result) {
    int error = sqlite3_system_errno(sqlite_of(db)->sqlite);
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

enum status sqlite_failed(struct db *db, int result, const char *name) {
    enum status st = status_of(db, result);
    if (!st) return st;
    if (st != STATUS_CONFLICT) // SQLite's message names tables and columns, not values
        log_line(st == STATUS_FULL ? LOG_WARNING : LOG_ERROR, "store.statement",
                 "name=%s code=%d message=\"%s\"", name, result, sqlite3_errmsg(sqlite_of(db)->sqlite));
    return db_failed(db, st);
}

// ---- preparing

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
    int rc = sqlite3_prepare_v3(sqlite_of(db)->sqlite, sql->text, -1,
                                is_spare ? 0 : SQLITE_PREPARE_PERSISTENT, &prepared, &tail);
    if (rc != SQLITE_OK) return sqlite_failed(db, rc, sql->name);
    assert(prepared && tail && tail[strspn(tail, " \n\t;")] == 0); // exactly one statement
    struct statement *s = calloc(1, sizeof *s);
    if (!s) abort();
    *s = (struct statement){sql, prepared, sqlite3_bind_parameter_count(prepared), false, is_spare};
    check_parameters(s);
    *out = s;
    return STATUS_OK;
}

static enum status statement_find(struct db *db, const struct sql *sql, struct statement **out) {
    struct prepared *p = prepared_find(&db->prepared, sql);
    struct statement *s = p->statement;
    if (s && !s->in_use) {
        *out = s;
        return STATUS_OK;
    }
    enum status st = prepare(db, sql, s != NULL, out);
    if (!st && !s) p->statement = *out;
    return st;
}

static void statement_free(struct statement *s) {
    sqlite3_finalize(s->prepared);
    free(s);
}

void sqlite_statements_free(struct db *db) {
    for (size_t i = 0; i < db->prepared.slot_count; i++)
        if (db->prepared.slots[i].statement) statement_free(db->prepared.slots[i].statement);
    free(db->prepared.slots);
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
    enum status st = statement_find(db, sql, out);
    if (st) return st;
    struct statement *s = *out;
    assert(s && count == (size_t)s->parameters);
    s->in_use = true;
    db->open_rows++;
    for (int i = 0; i < s->parameters; i++) {
        int rc = bind_one(s->prepared, i + 1, &args[i], keep);
        if (rc != SQLITE_OK) return sqlite_failed(db, rc, sql->name);
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

enum status sqlite_run(struct db *db, const struct sql *sql, const struct value *args, size_t count) {
    struct statement *s = NULL;
    enum status st = start(db, sql, args, count, SQLITE_STATIC, &s);
    if (!st) {
        int rc;
        do rc = sqlite3_step(s->prepared);
        while (rc == SQLITE_ROW);
        if (rc != SQLITE_DONE) st = sqlite_failed(db, rc, sql->name);
    }
    if (s) finish(db, s);
    return st;
}

int64_t sqlite_changed(struct db *db) {
    return sqlite3_changes64(sqlite_of(db)->sqlite);
}

enum status sqlite_query(struct db *db, struct rows *rows, const struct sql *sql, const struct value *args,
                         size_t count) {
    struct statement *s = NULL;
    enum status st = start(db, sql, args, count, SQLITE_TRANSIENT, &s);
    if (st && s)
        finish(db, s);
    else
        rows->statement = s;
    return st;
}

bool sqlite_next(struct rows *rows) {
    struct statement *s = rows->statement;
    int rc = sqlite3_step(s->prepared);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) rows->status = sqlite_failed(rows->db, rc, s->sql->name);
    return rc == SQLITE_ROW;
}

void sqlite_end(struct rows *rows) {
    finish(rows->db, rows->statement);
}

static sqlite3_stmt *row(struct rows *rows, int column) {
    sqlite3_stmt *prepared = ((struct statement *)rows->statement)->prepared;
    assert(column >= 0 && column < sqlite3_data_count(prepared));
    (void)column;
    return prepared;
}

int64_t sqlite_row_int(struct rows *rows, int column) {
    return sqlite3_column_int64(row(rows, column), column);
}

struct bytes sqlite_row_bytes(struct rows *rows, int column) {
    sqlite3_stmt *prepared = row(rows, column);
    const uint8_t *p = sqlite3_column_blob(prepared, column); // before the length, as SQLite asks
    return (struct bytes){p, (size_t)sqlite3_column_bytes(prepared, column)};
}

bool sqlite_row_is_null(struct rows *rows, int column) {
    return sqlite3_column_type(row(rows, column), column) == SQLITE_NULL;
}
