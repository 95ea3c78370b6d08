// planted.c - known mistakes between the store and SQLite, to show that the simulator finds them.
//
// The linker puts these in the place of SQLite's functions (--wrap); without a planted mistake they only pass
// on.
#include <sqlite3.h>
#include <string.h>

#include "sim.h"

enum planted planted_now;

int __real_sqlite3_step(sqlite3_stmt *s);
int __real_sqlite3_exec(sqlite3 *db, const char *sql, int (*fn)(void *, int, char **, char **), void *arg,
                        char **error);
int __real_sqlite3_get_autocommit(sqlite3 *db);
int __real_sqlite3_close(sqlite3 *db);
int __wrap_sqlite3_step(sqlite3_stmt *s);
int __wrap_sqlite3_exec(sqlite3 *db, const char *sql, int (*fn)(void *, int, char **, char **), void *arg,
                        char **error);
int __wrap_sqlite3_get_autocommit(sqlite3 *db);
int __wrap_sqlite3_close(sqlite3 *db);

static sqlite3 *uncommitted; // answered early: its commit comes with whatever is done next

static void commit_late(sqlite3 *db) {
    if (uncommitted != db) return;
    uncommitted = NULL;
    __real_sqlite3_exec(db, "commit", NULL, NULL, NULL);
    if (!__real_sqlite3_get_autocommit(db)) __real_sqlite3_exec(db, "rollback", NULL, NULL, NULL);
}

int __wrap_sqlite3_step(sqlite3_stmt *s) {
    const char *sql = planted_now ? sqlite3_sql(s) : NULL;
    commit_late(sqlite3_db_handle(s));
    if (planted_now == PLANTED_EARLY_ANSWER && sql && !strcmp(sql, "commit") &&
        !sqlite3_db_readonly(sqlite3_db_handle(s), "main")) {
        uncommitted = sqlite3_db_handle(s);
        return SQLITE_DONE;
    }
    if (planted_now == PLANTED_SAVEPOINT_KEPT && sql && !strcmp(sql, "rollback to job")) return SQLITE_DONE;
    return __real_sqlite3_step(s);
}

int __wrap_sqlite3_exec(sqlite3 *db, const char *sql, int (*fn)(void *, int, char **, char **), void *arg,
                        char **error) {
    commit_late(db);
    int rc = __real_sqlite3_exec(db, sql, fn, arg, error);
    if (rc == SQLITE_OK && planted_now == PLANTED_NO_SYNC && strstr(sql, "synchronous"))
        rc = __real_sqlite3_exec(db, "pragma synchronous = off", NULL, NULL, NULL);
    return rc;
}

int __wrap_sqlite3_get_autocommit(sqlite3 *db) {
    return uncommitted == db ? 1 : __real_sqlite3_get_autocommit(db);
}

int __wrap_sqlite3_close(sqlite3 *db) {
    commit_late(db);
    return __real_sqlite3_close(db);
}
