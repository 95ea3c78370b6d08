#include "store/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct file_path file_path(const char *a, const char *b, const char *c) {
    struct file_path path;
    int n = snprintf(path.c, sizeof path.c, "%s%s%s%s%s", a, b ? "/" : "", b ? b : "", b && c ? "/" : "",
                     b && c ? c : "");
    assert(n > 0 && (size_t)n < sizeof path.c);
    (void)n;
    return path;
}

enum status file_status(int error) {
    if (error == ENOSPC || error == EDQUOT) return STATUS_FULL;
    return error == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
}

enum status file_sync_folder(const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return file_status(errno);
    enum status st = fsync(fd) == 0 ? STATUS_OK : file_status(errno);
    close(fd);
    return st;
}

enum status file_make_folder(const char *path) {
    if (mkdir(path, 0700) != 0) {
        struct stat s;
        if (errno == EEXIST) return stat(path, &s) == 0 && S_ISDIR(s.st_mode) ? STATUS_OK : STATUS_IO;
        return file_status(errno);
    }
    struct file_path parent = file_path(path, "..", NULL);
    return file_sync_folder(parent.c);
}

enum status file_write_all(int fd, const void *p, size_t n) {
    for (const char *at = p; n;) {
        ssize_t written = write(fd, at, n);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return file_status(errno);
        at += written;
        n -= (size_t)written;
    }
    return STATUS_OK;
}

enum status file_read_all(int fd, void *p, size_t n, size_t *got) {
    *got = 0;
    while (*got < n) {
        ssize_t r = read(fd, (char *)p + *got, n - *got);
        if (r < 0 && errno == EINTR) continue;
        if (r < 0) return file_status(errno);
        if (r == 0) break;
        *got += (size_t)r;
    }
    return STATUS_OK;
}

enum status file_read_small(struct arena *a, const char *path, struct bytes *out) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return file_status(errno);
    uint8_t *p = arena_alloc(a, FILE_SMALL_MAX + 1);
    size_t n = 0;
    enum status st = file_read_all(fd, p, FILE_SMALL_MAX + 1, &n);
    close(fd);
    if (!st && n > FILE_SMALL_MAX) st = STATUS_TOO_LARGE;
    *out = (struct bytes){p, n};
    return st;
}

enum status file_write_small(const struct env *env, const char *path, struct bytes b) {
    struct file_path temp;
    int n = snprintf(temp.c, sizeof temp.c, "%s.new", path);
    assert(n > 0 && (size_t)n < sizeof temp.c);
    (void)n;
    int fd = open(temp.c, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return file_status(errno);
    enum status st = fchmod(fd, 0600) == 0 ? STATUS_OK : file_status(errno);
    if (!st) st = file_write_all(fd, b.p, b.n);
    if (!st) st = env->file_sync(env->context, fd);
    close(fd);
    if (!st) st = env->file_rename(env->context, temp.c, path);
    if (st) (void)env->file_remove(env->context, temp.c);
    return st;
}
