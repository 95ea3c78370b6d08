// pg.h - what the files of the PostgreSQL engine share.
#pragma once
#include <libpq-fe.h>

#include "store/internal.h"

enum {
    PG_VERSION_LEAST = 130000, // libpq's pipeline mode needs no more; tested with 15
    PG_SENT_MAX = 128,         // statements on their way before we look at the answers
    PG_SERVER_BYTES = 16,
};

struct pg_statement {
    const char *sql_name;
    char name[16]; // on the server
    int parameters;
    bool is_there; // prepared on this connection
};

// A connection in pipeline mode. What was sent is answered in order; `sent` says what each answer is about.
struct pg_db {
    struct db db; // first
    PGconn *c;    // NULL: not connected yet, or no longer
    struct {
        struct pg_statement *statement;
        bool prepares; // else runs
    } sent[PG_SENT_MAX];
    int sent_count;
    int64_t changed;
    int names; // given to statements so far
    // The writer's (pg_turn.c):
    char server[2 * PG_SERVER_BYTES + 1]; // of this program's run
    int64_t turn;                         // of the batch that runs, or of the last one
    int64_t acknowledged;                 // the last one of ours: a database that has less has lost it
};
static inline struct pg_db *pg_of(struct db *db) {
    return (struct pg_db *)db;
}

// The rows of one query, all of them.
struct pg_rows {
    PGresult *result;
    int at, count;
};

// pg_sql.c: SQL of the house as PostgreSQL says it; to be freed.
char *pg_statement_text(const char *sql, int *parameters); // :name becomes $1, $2 ...
char *pg_script_text(const char *sql);                     // types of columns

// pg_open.c
enum status pg_connect(struct pg_db *d, struct problem *p); // again, when the connection was lost
bool pg_is_connected(const struct pg_db *d);
enum status pg_script(struct db *db, const char *sql, const char *name);
extern const struct sql PG_READ_BEGIN, PG_READ_END;
// pg_statement.c
enum status pg_failed(struct pg_db *d, const PGresult *r, const char *name); // maps, logs, spoils
enum status pg_run(struct db *db, const struct sql *sql, const struct value *args, size_t count);
enum status pg_settle(struct db *db);
int64_t pg_changed(struct db *db);
enum status pg_query(struct db *db, struct rows *rows, const struct sql *sql, const struct value *args,
                     size_t count);
bool pg_next(struct rows *rows);
void pg_end(struct rows *rows);
int64_t pg_row_int(struct rows *rows, int column);
struct bytes pg_row_bytes(struct rows *rows, int column);
bool pg_row_is_null(struct rows *rows, int column);
// pg_turn.c
enum status pg_begin(struct db *db);
enum status pg_take_turn(struct db *db, bool *others_wrote);
enum status pg_commit(struct db *db);
enum status pg_rollback(struct db *db);
bool pg_is_in_transaction(struct db *db);
void pg_tidy(struct store *s, bool is_idle);
