// restore.c - a backup back into a new folder: proved whole before it is used, and whoever was erased since
// is erased again.
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ostia/archive.h"
#include "ostia/house.h"
#include "store/keys.h"

struct restore {
    struct arena arena;
    struct settings settings;
    struct archive_reader *in;
    struct file_path database; // until all is proved
    struct hash database_hash;
    char manifest[FILE_SMALL_MAX];
    size_t manifest_n;
    int64_t files, erased;
    struct house house;
};

// ---- files

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

// Where a file goes; false for a name that no backup has.
static bool place(struct restore *r, struct text name, struct file_path *path) {
    const char *data = r->settings.data, *inside = text_c(&r->arena, name);
    if (text_eq(name, T("ostia.db")))
        *path = r->database;
    else if (text_eq(name, T("ostia.conf")) || is_key_name(name) || is_blob_name(name))
        *path = file_path(data, inside, NULL);
    else
        return false;
    return true;
}

static enum status make_shard(struct restore *r, struct text name) {
    if (!is_blob_name(name)) return STATUS_OK;
    struct file_path shard = file_path(r->settings.data, "blobs", text_c(&r->arena, text_slice(name, 6, 8)));
    return mkdir(shard.c, 0700) == 0 || errno == EEXIST ? STATUS_OK : file_status(errno);
}

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

static enum status take_file(struct restore *r, struct text name, int64_t size) {
    struct file_path path;
    struct hash hash;
    if (!place(r, name, &path)) return STATUS_CORRUPT;
    enum status st = make_shard(r, name);
    if (st) return st;
    // A key or setting that the operator has put there stays.
    bool may_replace = is_blob_name(name) || text_eq(name, T("ostia.db"));
    int fd =
        open(path.c, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (may_replace ? O_TRUNC : O_EXCL), 0600);
    if (fd < 0 && (may_replace || errno != EEXIST)) return file_status(errno);
    st = copy_out(r, fd, size, &hash);
    if (fd >= 0 && close(fd) != 0 && !st) st = file_status(errno);
    if (st) return st;
    r->files++;
    if (text_eq(name, T("ostia.db"))) r->database_hash = hash;
    if (!is_blob_name(name)) return STATUS_OK;
    struct text hex = hex_encode(&r->arena, (struct bytes){hash.b, HASH_BYTES});
    return text_eq(hex, text_slice(name, 9, name.n)) ? STATUS_OK : STATUS_CORRUPT;
}

static enum status take_all(struct restore *r) {
    char name[ARCHIVE_NAME_MAX + 1];
    int64_t size;
    enum status st;
    while (!(st = archive_next(r->in, name, &size))) {
        bool is_manifest = !strcmp(name, "manifest");
        if (is_manifest && (r->manifest_n || size >= (int64_t)sizeof r->manifest)) return STATUS_CORRUPT;
        if (is_manifest) r->manifest_n = (size_t)size;
        st = is_manifest ? archive_read(r->in, r->manifest, (size_t)size) : take_file(r, text_of(name), size);
        if (st) return st;
    }
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static struct text manifest_line(const struct restore *r, struct text name) {
    struct text rest = {r->manifest, r->manifest_n}, line;
    while (text_cut(&rest, '\n', &line) && !text_eq(line, T("checkpoint")))
        if (text_starts(line, name)) return text_slice(line, name.n, line.n);
    return (struct text){0};
}

static enum status check_manifest(struct restore *r) {
    int64_t files;
    struct text hex = hex_encode(&r->arena, (struct bytes){r->database_hash.b, HASH_BYTES});
    bool fits = text_eq(manifest_line(r, T("database ")), hex) &&
                text_int(manifest_line(r, T("files ")), &files) && files == r->files;
    return fits ? STATUS_OK : STATUS_CORRUPT;
}

// ---- the folder

static enum status prepare(struct restore *r, struct problem *p) {
    struct file_path database = file_path(r->settings.data, "ostia.db", NULL);
    struct file_path keys = file_path(r->settings.data, "keys", NULL);
    struct file_path master = file_path(keys.c, "master.key", NULL);
    struct file_path blobs = file_path(r->settings.data, "blobs", NULL);
    r->database = file_path(r->settings.data, "ostia.db.restored", NULL);
    if (access(database.c, F_OK) == 0) return problem(p, "data", "in_place", "problem.restore.in_place");
    bool has_master = access(master.c, F_OK) == 0;
    if (!has_master && !archive_has_master(r->in))
        return problem(p, "data", "no_master", "problem.restore.no_master");
    if (has_master && archive_has_master(r->in))
        return problem(p, "data", "two_masters", "problem.restore.two_masters");
    enum status st = file_make_folder(env_real(), r->settings.data);
    if (!st) st = file_make_folder(env_real(), keys.c);
    return st ? st : file_make_folder(env_real(), blobs.c);
}

// One sync for all files: a hundred thousand of them would take an hour.
static enum status put_in_place(struct restore *r) {
    struct file_path database = file_path(r->settings.data, "ostia.db", NULL);
    int fd = open(r->settings.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum status st = fd < 0 || syncfs(fd) != 0 ? STATUS_IO : STATUS_OK;
    if (fd >= 0) close(fd);
    return st ? st : env_real()->file_rename(NULL, r->database.c, database.c);
}

// ---- whoever was erased since

struct erasing {
    struct restore *restore;
    int64_t subject;
};

static enum status erase(struct write *w, void *argument, struct problem *p) {
    struct erasing *e = argument;
    struct key k;
    (void)p;
    enum status st = subject_key_get(w->db, e->subject, &k);
    if (st == STATUS_NOT_FOUND) return STATUS_OK; // erased before the backup, or came after it
    key_wipe(&k);
    if (!st) st = write_subject_erase(w, 0, e->subject);
    e->restore->erased += !st;
    return st;
}

static enum status erase_one(void *argument, int64_t subject) {
    struct erasing e = {argument, subject};
    return journal_write(e.restore->house.journal, erase, &e, &e.restore->arena, NULL);
}

static enum status read_one(void *argument, int64_t subject) {
    (void)argument, (void)subject;
    return STATUS_OK;
}

// The list itself is kept in the new folder: the next restore needs it too.
static enum status keep_list(struct restore *r, const char *from) {
    uint8_t block[ARCHIVE_CHUNK_BYTES];
    struct file_path path = file_path(r->settings.data, "erased", NULL);
    int in = open(from, O_RDONLY | O_CLOEXEC), out = -1;
    size_t got = sizeof block;
    enum status st = in < 0 ? file_status(errno) : STATUS_OK;
    if (!st && access(path.c, F_OK) == 0) { // it is that file
        close(in);
        return STATUS_OK;
    }
    if (!st) out = open(path.c, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
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

static enum status erase_again(struct restore *r, const char *list, struct problem *p) {
    enum status st = house_open(env_real(), &r->settings, HOUSE_LOG, &r->house, p);
    if (st) return st;
    st = erased_each(r->house.store, list, read_one, NULL); // the whole list before the first of them
    if (!st) st = keep_list(r, list);
    if (!st) st = erased_each(r->house.store, list, erase_one, r);
    house_close(&r->house);
    if (st) { // nobody may start a server on it
        struct file_path database = file_path(r->settings.data, "ostia.db", NULL);
        (void)env_real()->file_rename(NULL, database.c, r->database.c);
        (void)problem(p, "erased", "erased", "problem.restore.erased");
        problem_arg(p, "file", text_of(list));
    }
    return st;
}

// ---- the whole

// Another subcommand on the same folder; its first option is --data.
static int then(const char *name, const char *data) {
    const struct subcommand *s = SUBCOMMANDS;
    while (strcmp(s->name, name) != 0) s++;
    struct call c = {.command = s, .values = {data}};
    return s->run(&c);
}

static enum status restore(struct restore *r, const struct call *c, const struct archive_lock *lock,
                           struct problem *p) {
    enum status st = archive_open(c->arguments[0], lock, &r->in);
    if (st == STATUS_INVALID || st == STATUS_UNSUPPORTED)
        return problem(p, "passphrase", "lock", "problem.backup.lock");
    if (!st) st = prepare(r, p);
    if (!st) st = take_all(r);
    if (!st) st = check_manifest(r);
    if (!st) st = put_in_place(r);
    if (st && r->database.c[0]) (void)unlink(r->database.c);
    if (st == STATUS_CORRUPT) return problem(p, "file", "damaged", "problem.restore.damaged");
    if (!st && call_has(c, "erased")) st = erase_again(r, call_option(c, "erased"), p);
    return st;
}

int restore_run(const struct call *c) {
    static struct restore r; // its manifest is large for a stack
    struct problem p = {0};
    struct archive_lock lock;
    int exit_code = EXIT_USAGE;
    if (!backup_lock(c, &lock) || !settings_read(c, &r.arena, &r.settings, stderr)) goto done;
    crypto_start();
    enum status st = restore(&r, c, &lock, &p);
    exit_code = st ? say_problem(stderr, st, &p) : EXIT_DONE;
    if (!exit_code)
        printf("%lld files are back, %lld people are erased again\n", (long long)r.files,
               (long long)r.erased);
    fflush(stdout);
    // Tables may still tell what the log has forgotten.
    if (!exit_code && r.erased) exit_code = then("rebuild", r.settings.data);
    if (!exit_code) exit_code = then("verify", r.settings.data);
    archive_close(r.in);
done:
    arena_free(&r.arena);
    return exit_code;
}
