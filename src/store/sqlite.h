// sqlite.h - what the files of the SQLite engine share.
#pragma once
#include <sqlite3.h>

#include "store/internal.h"

// A prepared statement of one connection. A spare is a second copy, made while the first is in use.
struct statement {
    const struct sql *sql;
    sqlite3_stmt *prepared;
    int parameters;
    bool in_use, is_spare;
};

struct sqlite_db {
    struct db db; // first
    sqlite3 *sqlite;
    // The writer's: pages in the write-ahead log, and when to copy it next (sqlite_log.c).
    int wal_pages, checkpoint_at;
    bool wal_holds_erased; // the log still holds deleted keys: empty it when readers let us
};
static inline struct sqlite_db *sqlite_of(struct db *db) {
    return (struct sqlite_db *)db;
}

// sqlite_open.c
enum status sqlite_script(struct db *db, const char *sql, const char *name);
// sqlite_statement.c
enum status sqlite_failed(struct db *db, int result, const char *name); // maps, and logs what is not expected
enum status sqlite_run(struct db *db, const struct sql *sql, const struct value *args, size_t count);
int64_t sqlite_changed(struct db *db);
enum status sqlite_query(struct db *db, struct rows *rows, const struct sql *sql, const struct value *args,
                         size_t count);
bool sqlite_next(struct rows *rows);
void sqlite_end(struct rows *rows);
int64_t sqlite_row_int(struct rows *rows, int column);
struct bytes sqlite_row_bytes(struct rows *rows, int column);
bool sqlite_row_is_null(struct rows *rows, int column);
void sqlite_statements_free(struct db *db);
// sqlite_log.c
enum status sqlite_log_renew(struct store *s); // before the writer's connection is opened
void sqlite_log_watch(struct db *db);
void sqlite_tidy(struct store *s, bool is_idle);
