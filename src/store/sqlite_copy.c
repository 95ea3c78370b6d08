// A whole copy of the database of one moment, made beside a running server: SQLite's own backup in a single
// step reads in one transaction, so that the writer goes on and the copy never begins again.
#include <fcntl.h>
#include <unistd.h>

#include "store/copy.h"
#include "store/sqlite.h"

static int copy(sqlite3 *from, sqlite3 *to) {
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
    if (!b) return sqlite3_errcode(to);
    int rc = sqlite3_backup_step(b, -1);
    int end = sqlite3_backup_finish(b);
    return rc == SQLITE_DONE ? end : rc;
}

enum status store_copy(const char *dir, const char *to) {
    sqlite3 *a = NULL, *b = NULL;
    struct file_path path = file_path(dir, "ostia.db", NULL);
    int fd = open(to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return STATUS_IO;
    close(fd);
    int rc = sqlite3_open_v2(path.c, &a, SQLITE_OPEN_READONLY, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_busy_timeout(a, 5000);
    if (rc == SQLITE_OK) rc = sqlite3_open_v2(to, &b, SQLITE_OPEN_READWRITE, NULL);
    if (rc == SQLITE_OK) rc = copy(a, b);
    sqlite3_close(a);
    sqlite3_close(b);
    return rc == SQLITE_OK ? STATUS_OK : rc == SQLITE_FULL ? STATUS_FULL : STATUS_STORE;
}
