// file.h - durable small files and folders, for the rooms' own use inside store/.
#pragma once
#include <sys/types.h>

#include "base/arena.h"
#include "base/env.h"
#include "base/text.h"

enum { FILE_PATH_MAX = 4096, FILE_SMALL_MAX = 64 * 1024 };

struct file_path {
    char c[FILE_PATH_MAX];
};

// "a/b/c" of up to three parts (NULL ends it). Longer than FILE_PATH_MAX is an assertion: parts are our own,
// and store_open bounds its folder.
struct file_path file_path(const char *a, const char *b, const char *c);

enum status file_status(int error); // of an errno
// Makes one folder (0700) durably. STATUS_OK when it is there already.
enum status file_make_folder(const char *path);
enum status file_sync_folder(const char *path);
enum status file_write_all(int fd, const void *p, size_t n);
// Up to `n` bytes until the end of the file.
enum status file_read_all(int fd, void *p, size_t n, size_t *got);
// A whole file of at most FILE_SMALL_MAX bytes in `a`. STATUS_NOT_FOUND.
enum status file_read_small(struct arena *a, const char *path, struct bytes *out);
// Replaces or makes a file (mode 0600) all at once: after a power cut it is the old one or the new one.
enum status file_write_small(const struct env *env, const char *path, struct bytes b);
