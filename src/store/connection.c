#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "store/internal.h"

// What every connection gets. trusted_schema off: a tampered file cannot run functions through views or
// triggers. Checkpoints are the writer's business (batch.c). Erased bytes are overwritten in the file
// (secure_delete).
static const char ALWAYS[] =
    "pragma foreign_keys = on; pragma trusted_schema = off; pragma cell_size_check = on;"
    "pragma temp_store = memory; pragma wal_autocheckpoint = 0; pragma busy_timeout = 5000;";
static const char FOR_WRITING[] =
    "pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on;"
    "pragma cache_size = -65536; pragma journal_size_limit = 67108864;";
// Reads go through the page cache of the kernel; 4 GiB of address space at most.
static const char FOR_READING[] =
    "pragma query_only = on; pragma cache_size = -16384; pragma mmap_size = 4294967296;";

static void bound(sqlite3 *h) {
    static const struct {
        int what, most;
    } LIMITS[] = {
        {SQLITE_LIMIT_LENGTH, STORE_VALUE_MAX + 4096}, // a row: one large value and its neighbours
        {SQLITE_LIMIT_SQL_LENGTH, 256 * 1024},         // migrations are our longest texts
        {SQLITE_LIMIT_COLUMN, 200},
        {SQLITE_LIMIT_EXPR_DEPTH, 100},
        {SQLITE_LIMIT_COMPOUND_SELECT, 20},
        {SQLITE_LIMIT_FUNCTION_ARG, 16},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 500},
        {SQLITE_LIMIT_VARIABLE_NUMBER, STORE_ARGS_MAX},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 8},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };
    for (size_t i = 0; i < sizeof LIMITS / sizeof *LIMITS; i++)
        sqlite3_limit(h, LIMITS[i].what, LIMITS[i].most);
    sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(h, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DML, 0, NULL); // "x" is a column, never a string
    sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
}

enum status db_script(struct db *db, const char *sql, const char *name) {
    return db_status(db, sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL), name);
}

enum status db_open(struct store *s, enum db_mode mode, bool create, struct db **out) {
    struct db *db = calloc(1, sizeof *db);
    if (!db) abort();
    db->store = s;
    db->is_writer = mode == DB_WRITER;
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    flags |=
        mode == DB_READER ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
    struct file_path path = file_path(s->dir, "ostia.db", NULL);
    int rc = sqlite3_open_v2(path.c, &db->sqlite, flags, s->env.sqlite_vfs);
    if (!db->sqlite) abort(); // no memory
    enum status st = db_status(db, rc, "open");
    if (!st) bound(db->sqlite);
    if (!st) st = db_script(db, ALWAYS, "open_always");
    if (!st) st = db_script(db, mode == DB_WRITER ? FOR_WRITING : FOR_READING, "open_mode");
    if (st) {
        db_close(db);
        return st;
    }
    *out = db;
    return STATUS_OK;
}

void db_close(struct db *db) {
    if (!db) return;
    assert(db->open_rows == 0);
    db_statements_free(db);
    int rc = sqlite3_close(db->sqlite);
    assert(rc == SQLITE_OK);
    (void)rc;
    free(db);
}
