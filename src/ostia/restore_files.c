// restore_files.c - the files of a backup, to where they belong in the new folder.
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "ostia/restore.h"
#include "store/blob.h"

// ---- names

static bool is_key_name(struct text name) {
    if (!text_starts(name, T("keys/")) || !text_ends(name, T(".key"))) return false;
    struct text middle = text_slice(name, 5, name.n - 4);
    for (size_t i = 0; i < middle.n; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", middle.p[i])) return false;
    return middle.n > 0;
}

// "blobs/ab/abcd..."
static bool is_blob_name(struct text name) {
    if (!text_starts(name, T("blobs/")) || name.n != 9 + 2 * HASH_BYTES || name.p[8] != '/') return false;
    for (size_t i = 9; i < name.n; i++)
        if (!strchr("0123456789abcdef", name.p[i])) return false;
    return memcmp(name.p + 6, name.p + 9, 2) == 0;
}

static enum status make_shard(struct restore *r, struct text name) {
    struct file_path shard = file_path(r->settings.data, "blobs", text_c(&r->arena, text_slice(name, 6, 8)));
    return mkdir(shard.c, 0700) == 0 || errno == EEXIST ? STATUS_OK : file_status(errno);
}

// ---- settings

// All lines but those that say where the database and its increments were: the copy must never write there.
static enum status write_settings(struct restore *r, int fd, struct text all) {
    struct text line;
    enum status st = STATUS_OK;
    while (!st && text_cut(&all, '\n', &line)) {
        struct text rest = text_trim(line), name;
        text_cut(&rest, ' ', &name);
        if (!line.n || text_eq(name, T("db")) || text_eq(name, T("db-schema")) ||
            text_eq(name, T("backup-to")))
            continue;
        struct text whole = TEXT_JOIN(&r->arena, line, T("\n"));
        st = stream_write(fd, whole.p, whole.n);
    }
    return st;
}

// Settings that the operator has put there stay.
static enum status take_settings(struct restore *r, int64_t size) {
    static char all[SETTINGS_BYTES_MAX];
    struct file_path path = file_path(r->settings.data, "ostia.conf", NULL);
    if (size >= (int64_t)sizeof all) return STATUS_CORRUPT;
    enum status st = archive_read(r->in, all, (size_t)size);
    if (st) return st;
    int fd = open(path.c, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_EXCL, 0600);
    if (fd < 0) return errno == EEXIST ? STATUS_OK : file_status(errno);
    st = write_settings(r, fd, (struct text){all, (size_t)size});
    return close(fd) != 0 && !st ? file_status(errno) : st;
}

// ---- keys and documents

static enum status copy_out(struct restore *r, int fd, int64_t size, struct hash *hash) {
    uint8_t block[ARCHIVE_CHUNK_BYTES];
    crypto_hash_sha256_state sum;
    enum status st = STATUS_OK;
    crypto_hash_sha256_init(&sum);
    while (size > 0 && !st) {
        size_t n = size < (int64_t)sizeof block ? (size_t)size : sizeof block;
        st = archive_read(r->in, block, n);
        crypto_hash_sha256_update(&sum, block, st ? 0 : n);
        if (!st && fd >= 0) st = stream_write(fd, block, n);
        size -= (int64_t)n;
    }
    crypto_hash_sha256_final(&sum, hash->b);
    return st;
}

// A key that the operator has put there stays.
static enum status take_file(struct restore *r, struct text name, int64_t size, struct hash *hash) {
    struct file_path path = file_path(r->settings.data, text_c(&r->arena, name), NULL);
    int how = is_blob_name(name) ? O_TRUNC : O_EXCL;
    int fd = open(path.c, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | how, 0600);
    if (fd < 0 && (how == O_TRUNC || errno != EEXIST)) return file_status(errno);
    enum status st = copy_out(r, fd, size, hash);
    return fd >= 0 && close(fd) != 0 && !st ? file_status(errno) : st;
}

static enum status move_to_database(struct restore *r, struct text name, const struct hash *hash) {
    struct file_path path = file_path(r->settings.data, text_c(&r->arena, name), NULL);
    enum status st = blob_import(r->house.store, hash, path.c);
    return !st && unlink(path.c) != 0 ? file_status(errno) : st;
}

enum status restore_file(struct restore *r, struct text name, int64_t size) {
    struct hash hash;
    r->files++;
    if (text_eq(name, T("ostia.conf"))) return take_settings(r, size);
    if (is_key_name(name)) return take_file(r, name, size, &hash);
    if (!is_blob_name(name)) return STATUS_CORRUPT;
    enum status st = make_shard(r, name);
    if (!st) st = take_file(r, name, size, &hash);
    if (st) return st;
    struct text hex = hex_encode(&r->arena, (struct bytes){hash.b, HASH_BYTES});
    if (!text_eq(hex, text_slice(name, 9, name.n))) return STATUS_CORRUPT;
    return blobs_are_in_database(r->house.store) ? move_to_database(r, name, &hash) : STATUS_OK;
}

// ---- the folder

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where) {
    (void)info, (void)kind, (void)where;
    return remove(path);
}

void restore_clean(struct restore *r) {
    struct file_path building = file_path(r->settings.data, RESTORE_BUILDING, NULL);
    nftw(building.c, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static enum status make_building(struct restore *r) {
    struct file_path building = file_path(r->settings.data, RESTORE_BUILDING, NULL);
    struct file_path keys = file_path(building.c, "keys", NULL), blobs = file_path(building.c, "blobs", NULL);
    restore_clean(r); // of one that was stopped
    enum status st = file_make_folder(env_real(), building.c);
    if (!st && (symlink("../keys", keys.c) != 0 || symlink("../blobs", blobs.c) != 0)) st = STATUS_IO;
    return st;
}

enum status restore_prepare(struct restore *r, struct problem *p) {
    struct file_path database = file_path(r->settings.data, "ostia.db", NULL);
    struct file_path keys = file_path(r->settings.data, "keys", NULL);
    struct file_path master = file_path(keys.c, "master.key", NULL);
    struct file_path blobs = file_path(r->settings.data, "blobs", NULL);
    if (access(database.c, F_OK) == 0) return problem(p, "data", "in_place", "problem.restore.in_place");
    bool has_master = access(master.c, F_OK) == 0;
    if (!has_master && !archive_has_master(r->in))
        return problem(p, "data", "no_master", "problem.restore.no_master");
    if (has_master && archive_has_master(r->in))
        return problem(p, "data", "two_masters", "problem.restore.two_masters");
    enum status st = file_make_folder(env_real(), r->settings.data);
    if (!st) st = file_make_folder(env_real(), keys.c);
    if (!st) st = file_make_folder(env_real(), blobs.c);
    return st ? st : make_building(r);
}

enum status restore_copy_file(const char *from, const char *to) {
    uint8_t block[ARCHIVE_CHUNK_BYTES];
    int in = open(from, O_RDONLY | O_CLOEXEC), out = -1;
    size_t got = sizeof block;
    enum status st = in < 0 ? file_status(errno) : STATUS_OK;
    if (!st) out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (!st && out < 0) st = file_status(errno);
    while (!st && got == sizeof block) {
        st = stream_read(in, block, sizeof block, &got);
        if (!st) st = stream_write(out, block, got);
    }
    if (!st && fsync(out) != 0) st = file_status(errno);
    if (in >= 0) close(in);
    if (out >= 0) close(out);
    return st;
}

static enum status move(struct restore *r, const char *name) {
    struct file_path from = file_path(r->settings.data, RESTORE_BUILDING, name),
                     to = file_path(r->settings.data, name, NULL);
    return access(from.c, F_OK) == 0 ? env_real()->file_rename(NULL, from.c, to.c) : STATUS_OK;
}

// One sync for all files: a hundred thousand of them would take an hour. The list of the erased first: a
// database without it would be believed. Where the database is, is said last.
enum status restore_put_in_place(struct restore *r) {
    int fd = open(r->settings.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum status st = fd < 0 || syncfs(fd) != 0 ? STATUS_IO : STATUS_OK;
    if (fd >= 0) close(fd);
    if (!st) st = move(r, "erased");
    if (!st) st = move(r, "ostia.db");
    if (!st && call_option(r->call, "db"))
        st = settings_move(&r->settings, r->settings.db, r->settings.db_schema);
    return st;
}
