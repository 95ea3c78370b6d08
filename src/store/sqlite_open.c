#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/log.h"
#include "store/sqlite.h"

// What every connection gets. trusted_schema off: a tampered file cannot run functions through views or
// triggers. Checkpoints are the writer's business (batch.c). Erased bytes are overwritten in the file
// (secure_delete).
static const char ALWAYS[] =
    "pragma foreign_keys = on; pragma trusted_schema = off; pragma cell_size_check = on;"
    "pragma temp_store = memory; pragma wal_autocheckpoint = 0; pragma busy_timeout = 5000;";
static const char FOR_WRITING[] =
    "pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on;"
    "pragma cache_size = -65536; pragma journal_size_limit = 67108864;";
// No mmap: SQLite drops the whole mapping at each read that follows a commit, and the page faults after it
// cost more than the reads they save (work list through a server, 16 users: 2,168 a second with, 4,560
// without).
static const char FOR_READING[] = "pragma query_only = on; pragma cache_size = -16384;";

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

enum status sqlite_script(struct db *db, const char *sql, const char *name) {
    return sqlite_failed(db, sqlite3_exec(sqlite_of(db)->sqlite, sql, NULL, NULL, NULL), name);
}

static void sqlite_close_db(struct db *db) {
    sqlite_statements_free(db);
    int rc = sqlite3_close(sqlite_of(db)->sqlite);
    assert(rc == SQLITE_OK);
    (void)rc;
    free(db);
}

static void start_library(void) {
    // A job's savepoint keeps old pages in memory up to here before it makes a temporary file.
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, 4 * 1024 * 1024);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    int rc = sqlite3_initialize();
    assert(rc == SQLITE_OK);
    (void)rc;
}

static const struct sql READ_BEGIN = SQL("read_begin", "begin");
static const struct sql COMMIT = SQL("commit", "commit");

// Ending a snapshot must not need memory that is not there, or the reader would see that moment for ever.
static enum status prepare_snapshot(struct db *db) {
    enum status st = sqlite_run(db, &READ_BEGIN, NULL, 0);
    return st ? st : sqlite_run(db, &COMMIT, NULL, 0);
}

static enum status sqlite_open_db(struct store *s, enum db_mode mode, struct db **out, struct problem *p) {
    (void)p;
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_library);
    enum status st = mode == DB_WRITER ? sqlite_log_renew(s) : STATUS_OK;
    if (st) return st;
    struct sqlite_db *d = calloc(1, sizeof *d);
    if (!d) abort();
    struct db *db = &d->db;
    *db = (struct db){.engine = &SQLITE_ENGINE, .store = s, .is_writer = mode == DB_WRITER};
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                (mode == DB_READER ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
    struct file_path path = file_path(s->dir, s->file, NULL);
    int rc = sqlite3_open_v2(path.c, &d->sqlite, flags, s->env.sqlite_vfs);
    if (!d->sqlite) { // no memory: who asked hears it, and others go on
        free(d);
        return STATUS_STORE;
    }
    st = sqlite_failed(db, rc, "open");
    if (!st) bound(d->sqlite);
    if (!st) st = sqlite_script(db, ALWAYS, "open_always");
    if (!st) st = sqlite_script(db, mode == DB_WRITER ? FOR_WRITING : FOR_READING, "open_mode");
    if (!st && mode == DB_WRITER && s->is_fleeting)
        st = sqlite_script(db, "pragma synchronous = off", "open_fleeting");
    // A server that was killed may have left erased keys in its log. On a full disk it must wait: reads go
    // on.
    if (!st && mode == DB_WRITER)
        (void)sqlite_script(db, "pragma wal_checkpoint(truncate)", "open_checkpoint");
    if (!st && mode == DB_READER) st = prepare_snapshot(db);
    if (st) {
        sqlite_close_db(db);
        return st;
    }
    if (mode == DB_WRITER) sqlite_log_watch(db);
    *out = db;
    return STATUS_OK;
}

static enum status sqlite_exists(struct store *s, bool *is_there, struct problem *p) {
    struct stat info;
    struct file_path path = file_path(s->dir, s->file, NULL);
    (void)p;
    *is_there = s->env.disk->stat_path(s->env.context, path.c, &info) == 0 && info.st_size > 0;
    return STATUS_OK;
}

// Made by us, so that nobody else can read it whatever the folder's mode; SQLite gives its log the same mode.
static enum status sqlite_make(struct store *s) {
    struct file_path path = file_path(s->dir, s->file, NULL);
    int fd;
    enum status st = file_open(&s->env, path.c, O_RDWR | O_CREAT, &fd);
    file_close(&s->env, fd);
    return st;
}

static const struct sql TABLE_IS_THERE =
    SQL("table_is_there", "select count(*) from sqlite_schema where type = 'table' and name = :name");

static enum status sqlite_has_table(struct db *db, const char *table, bool *is_there) {
    int64_t count = 0;
    enum status st = DB_INT(db, &count, &TABLE_IS_THERE, V_TEXT(text_of(table)));
    *is_there = count > 0;
    return st;
}

static const struct sql BEGIN = SQL("begin", "begin immediate");
static const struct sql ROLLBACK = SQL("rollback", "rollback");

static const struct sql CATALOGUE =
    SQL("catalogue",
        "select m.name, c.name, lower(c.type), c.pk from sqlite_schema m join pragma_table_info(m.name) c"
        " where m.type = 'table' and m.name not like 'sqlite~_%' escape '~'"
        " order by m.name, c.pk = 0, c.pk, c.cid");

static enum status sqlite_begin(struct db *db) {
    return sqlite_run(db, &BEGIN, NULL, 0);
}
// Pages of a commit that fails may lie in the log already, and be found there when the store is opened again;
// the next commit that succeeds overwrites them. Only a full disk is certain: the page that ends the commit
// was not written whole.
static enum status sqlite_commit(struct db *db) {
    enum status st = sqlite_run(db, &COMMIT, NULL, 0);
    return st && sqlite3_extended_errcode(sqlite_of(db)->sqlite) != SQLITE_FULL ? STATUS_UNCERTAIN : st;
}
static enum status sqlite_rollback(struct db *db) {
    return sqlite_run(db, &ROLLBACK, NULL, 0);
}
// False when SQLite rolled the whole transaction back by itself, as it may on a full disk.
static bool sqlite_is_in_transaction(struct db *db) {
    return !sqlite3_get_autocommit(sqlite_of(db)->sqlite);
}

const struct engine SQLITE_ENGINE = {
    .exists = sqlite_exists,
    .make = sqlite_make,
    .open = sqlite_open_db,
    .close = sqlite_close_db,
    .script = sqlite_script,
    .has_table = sqlite_has_table,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .is_in_transaction = sqlite_is_in_transaction,
    .begin_read = &READ_BEGIN,
    .end_read = &COMMIT,
    .catalogue = &CATALOGUE,
    .run = sqlite_run,
    .changed = sqlite_changed,
    .query = sqlite_query,
    .next = sqlite_next,
    .end = sqlite_end,
    .row_int = sqlite_row_int,
    .row_bytes = sqlite_row_bytes,
    .row_is_null = sqlite_row_is_null,
    .tidy = sqlite_tidy,
};
