#include "base/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int real_open(void *context, const char *path, int flags) {
    (void)context;
    return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static int real_close(void *context, int fd) {
    (void)context;
    return close(fd);
}

static ssize_t real_read(void *context, int fd, void *p, size_t n, int64_t at) {
    (void)context;
    return pread(fd, p, n, at);
}

static ssize_t real_write(void *context, int fd, const void *p, size_t n, int64_t at) {
    (void)context;
    return pwrite(fd, p, n, at);
}

static int real_resize(void *context, int fd, int64_t bytes) {
    (void)context;
    return ftruncate(fd, bytes);
}

static int real_allocate(void *context, int fd, int64_t bytes) {
    (void)context;
    errno = posix_fallocate(fd, 0, bytes);
    return errno ? -1 : 0;
}

static int real_lock(void *context, int fd) {
    (void)context;
    return flock(fd, LOCK_EX | LOCK_NB);
}

static int real_stat_path(void *context, const char *path, struct stat *out) {
    (void)context;
    return stat(path, out);
}

static int real_stat_file(void *context, int fd, struct stat *out) {
    (void)context;
    return fstat(fd, out);
}

static int real_make_folder(void *context, const char *path) {
    (void)context;
    return mkdir(path, 0700);
}

static int real_sync_folder(void *context, const char *path) {
    (void)context;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return -1;
    int rc = fsync(fd), error = errno;
    close(fd);
    errno = error;
    return rc;
}

static int is_name(const struct dirent *e) {
    return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

static int real_list(void *context, const char *path, char ***names) {
    (void)context;
    struct dirent **found = NULL;
    int count = scandir(path, &found, is_name, alphasort);
    if (count < 0) return -1;
    *names = calloc((size_t)count + 1, sizeof **names);
    if (!*names) abort();
    for (int i = 0; i < count; i++) {
        (*names)[i] = strdup(found[i]->d_name);
        if (!(*names)[i]) abort();
        free(found[i]);
    }
    free(found);
    return count;
}

static int64_t real_room(void *context, const char *path) {
    (void)context;
    struct statvfs disk;
    return statvfs(path, &disk) == 0 ? (int64_t)disk.f_bavail * (int64_t)disk.f_frsize : -1;
}

const struct disk disk_real = {
    .open = real_open,
    .close = real_close,
    .read = real_read,
    .write = real_write,
    .resize = real_resize,
    .allocate = real_allocate,
    .lock = real_lock,
    .stat_path = real_stat_path,
    .stat_file = real_stat_file,
    .make_folder = real_make_folder,
    .sync_folder = real_sync_folder,
    .list = real_list,
    .room = real_room,
};
