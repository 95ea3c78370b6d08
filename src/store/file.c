#include "store/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

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

static enum status answer(int64_t result) {
    return result < 0 ? file_status(errno) : STATUS_OK;
}

enum status file_open(const struct env *env, const char *path, int flags, int *fd) {
    *fd = env->disk->open(env->context, path, flags);
    return answer(*fd);
}

void file_close(const struct env *env, int fd) {
    if (fd >= 0) (void)env->disk->close(env->context, fd);
}

enum status file_stat(const struct env *env, int fd, struct stat *out) {
    return answer(env->disk->stat_file(env->context, fd, out));
}

bool file_take(const struct env *env, int fd) {
    struct stat info;
    return env->disk->lock(env->context, fd) == 0 && !file_stat(env, fd, &info) && info.st_nlink > 0;
}

enum status file_resize(const struct env *env, int fd, int64_t bytes) {
    return answer(env->disk->resize(env->context, fd, bytes));
}

enum status file_sync_folder(const struct env *env, const char *path) {
    return answer(env->disk->sync_folder(env->context, path));
}

// A folder that is there may have been made a moment ago, by somebody whose sync has failed or is still to
// come.
enum status file_make_folder(const struct env *env, const char *path) {
    if (env->disk->make_folder(env->context, path) != 0) {
        struct stat s;
        if (errno != EEXIST) return file_status(errno);
        enum status st = answer(env->disk->stat_path(env->context, path, &s));
        if (st || !S_ISDIR(s.st_mode)) return st ? st : STATUS_IO;
    }
    struct file_path parent = file_path(path, "..", NULL);
    return file_sync_folder(env, parent.c);
}

enum status file_write_at(const struct env *env, int fd, const void *p, size_t n, int64_t at) {
    for (const char *from = p; n;) {
        ssize_t written = env->disk->write(env->context, fd, from, n, at);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return file_status(errno);
        from += written;
        at += written;
        n -= (size_t)written;
    }
    return STATUS_OK;
}

enum status file_read_at(const struct env *env, int fd, void *p, size_t n, int64_t at, size_t *got) {
    *got = 0;
    while (*got < n) {
        ssize_t r = env->disk->read(env->context, fd, (char *)p + *got, n - *got, at + (int64_t)*got);
        if (r < 0 && errno == EINTR) continue;
        if (r < 0) return file_status(errno);
        if (r == 0) break;
        *got += (size_t)r;
    }
    return STATUS_OK;
}

enum status file_each(const struct env *env, const char *folder, file_name_fn *fn, void *arg) {
    char **names = NULL;
    int count = env->disk->list(env->context, folder, &names);
    enum status st = answer(count);
    for (int i = 0; i < count; i++) {
        if (!st) st = fn(arg, names[i]);
        free(names[i]);
    }
    free(names);
    return st;
}

enum status file_read_small(const struct env *env, struct arena *a, const char *path, struct bytes *out) {
    int fd;
    enum status st = file_open(env, path, O_RDONLY, &fd);
    if (st) return st;
    uint8_t *p = arena_alloc(a, FILE_SMALL_MAX + 1);
    size_t n = 0;
    st = file_read_at(env, fd, p, FILE_SMALL_MAX + 1, 0, &n);
    file_close(env, fd);
    if (!st && n > FILE_SMALL_MAX) st = STATUS_TOO_LARGE;
    *out = (struct bytes){p, n};
    return st;
}

enum status file_write_small(const struct env *env, const char *path, struct bytes b) {
    struct file_path temp;
    int fd, n = snprintf(temp.c, sizeof temp.c, "%s.new", path);
    assert(n > 0 && (size_t)n < sizeof temp.c);
    (void)n;
    enum status st = env->file_remove(env->context, temp.c); // of a program that was stopped here
    if (!st || st == STATUS_NOT_FOUND) st = file_open(env, temp.c, O_WRONLY | O_CREAT | O_EXCL, &fd);
    if (st) return st;
    st = file_write_at(env, fd, b.p, b.n, 0);
    if (!st) st = env->file_sync(env->context, fd);
    file_close(env, fd);
    if (!st) st = env->file_rename(env->context, temp.c, path);
    if (st) (void)env->file_remove(env->context, temp.c);
    return st;
}
