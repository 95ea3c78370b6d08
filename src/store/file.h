// file.h - durable small files and folders, for the rooms' own use inside store/.
#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/disk.h"
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
// Mode 0600, never through a link in the last part of the path. Closed with file_close; -1 is harmless there.
enum status file_open(const struct env *env, const char *path, int flags, int *fd);
void file_close(const struct env *env, int fd);
enum status file_stat(const struct env *env, int fd, struct stat *out);
// Locks it for us alone until it is closed. False when another has it, or its name was removed meanwhile.
bool file_take(const struct env *env, int fd);
enum status file_resize(const struct env *env, int fd, int64_t bytes);
// Makes one folder (0700) durably. STATUS_OK when it is there already, and then it is durable too.
enum status file_make_folder(const struct env *env, const char *path);
enum status file_sync_folder(const struct env *env, const char *path);
enum status file_write_at(const struct env *env, int fd, const void *p, size_t n, int64_t at);
// Up to `n` bytes until the end of the file.
enum status file_read_at(const struct env *env, int fd, void *p, size_t n, int64_t at, size_t *got);
// Calls `fn` for every name in a folder, in order, until one answers other than STATUS_OK.
typedef enum status file_name_fn(void *arg, const char *name);
enum status file_each(const struct env *env, const char *folder, file_name_fn *fn, void *arg);
// A whole file of at most FILE_SMALL_MAX bytes in `a`. STATUS_NOT_FOUND.
enum status file_read_small(const struct env *env, struct arena *a, const char *path, struct bytes *out);
// Replaces or makes a file (mode 0600) all at once: after a power cut it is the old one or the new one.
enum status file_write_small(const struct env *env, const char *path, struct bytes b);
