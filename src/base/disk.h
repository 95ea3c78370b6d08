// disk.h - files and folders as the store uses them: thin, in the manner of POSIX, so that a simulator can
// take their place. Syncing, renaming and removing are in struct env, for more rooms need them.
//
// Each call answers -1 (or less) and sets errno when it fails. `context` is that of the env.
#pragma once
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

struct disk {
    // Files are made with mode 0600, closed on exec, and never opened through a link in the last part of the
    // path.
    int (*open)(void *context, const char *path, int flags);
    int (*close)(void *context, int fd);
    ssize_t (*read)(void *context, int fd, void *p, size_t n, int64_t at);
    ssize_t (*write)(void *context, int fd, const void *p, size_t n, int64_t at);
    int (*resize)(void *context, int fd, int64_t bytes);
    int (*allocate)(void *context, int fd,
                    int64_t bytes);     // takes the room now, so that a later write finds it
    int (*lock)(void *context, int fd); // for us alone, until it is closed; never waits
    int (*stat_path)(void *context, const char *path, struct stat *out);
    int (*stat_file)(void *context, int fd, struct stat *out);
    int (*make_folder)(void *context, const char *path); // mode 0700
    int (*sync_folder)(void *context, const char *path); // names made or renamed in it survive a power cut
    // Names in a folder, in order, without "." and ".."; *names and each of them are freed by the caller.
    int (*list)(void *context, const char *path, char ***names);
    int64_t (*room)(void *context, const char *path); // bytes that are free where `path` is
};

extern const struct disk disk_real;
