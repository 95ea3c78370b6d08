// backup.c - everything of one moment in one sealed file, beside running servers; the same for both engines.
#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include "ostia/archive_blob.h"
#include "ostia/house.h"
#include "ostia/program.h"
#include "ostia/snapshot.h"

// Documents that are erased have an empty name.
static const struct sql NAMED_BLOBS =
    SQL("backup_blobs",
        "select blob from document union select thumbnail from document where thumbnail is not null"
        " union select words from document where words is not null"
        " union select blob from letter where blob is not null");

struct backup {
    struct arena arena;
    struct settings settings;
    struct house house;
    struct db *db;
    struct archive_writer *out;
    int64_t events, rows, files, bytes;
    struct moment at;
    struct text checkpoint;
    struct {
        struct hash *items;
        size_t count, capacity;
    } blobs; // that the tables name
    bool with_keys;
    const char *missing; // what could not be read
};

static enum status add(struct backup *b, const char *name, const char *path, struct hash *hash) {
    int64_t size = 0;
    enum status st = archive_add(b->out, name, path, hash, &size);
    if (st && st != STATUS_FULL) b->missing = text_c(&b->arena, text_of(name));
    b->files += !st;
    b->bytes += size;
    return st;
}

static enum status add_settings(struct backup *b) {
    struct file_path path = file_path(b->settings.data, "ostia.conf", NULL);
    struct hash hash;
    return access(path.c, F_OK) == 0 ? add(b, "ostia.conf", path.c, &hash) : STATUS_OK;
}

// All keys but the master key are sealed by it, so they may go along.
static enum status add_keys(struct backup *b) {
    struct file_path folder = file_path(b->settings.data, "keys", NULL);
    struct hash hash;
    DIR *d = opendir(folder.c);
    enum status st = d ? STATUS_OK : STATUS_IO;
    for (struct dirent *e; d && !st && (e = readdir(d));) {
        if (!text_ends(text_of(e->d_name), T(".key"))) continue;
        if (!strcmp(e->d_name, "master.key") && !b->with_keys) continue;
        struct file_path path = file_path(folder.c, e->d_name, NULL),
                         name = file_path("keys", e->d_name, NULL);
        st = add(b, name.c, path.c, &hash);
    }
    if (d) closedir(d);
    return st;
}

static enum status add_blob(struct backup *b, const struct hash *name) {
    struct file_path inside;
    int64_t size;
    enum status st = archive_add_blob(b->out, &b->house, name, &inside, &size);
    if (st && st != STATUS_FULL) b->missing = text_c(&b->arena, text_of(inside.c));
    b->files += !st;
    b->bytes += size;
    return st;
}

static enum status add_blobs(struct backup *b) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < b->blobs.count && !st; i++) st = add_blob(b, &b->blobs.items[i]);
    return st;
}

static enum status list_blobs(struct backup *b) {
    struct rows r;
    enum status st = DB_QUERY(b->db, &r, &NAMED_BLOBS);
    while (!st && rows_next(&r)) {
        struct bytes name = row_bytes(&r, 0);
        if (!name.n) continue; // erased
        if (name.n != HASH_BYTES) st = STATUS_CORRUPT;
        if (!st) memcpy(ARENA_PUSH(&b->arena, &b->blobs)->b, name.p, HASH_BYTES);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status read_end(struct backup *b) {
    b->at = env_now(env_real());
    enum status st = journal_size(b->db, &b->events);
    if (!st) st = journal_checkpoint(b->house.journal, b->db, &b->arena, &b->checkpoint);
    return st == STATUS_NOT_FOUND ? STATUS_OK : st; // nothing has happened yet
}

// All tables at one moment, beside running servers. Documents never change, so they can follow.
static enum status add_tables(struct backup *b) {
    enum status st = db_begin_read(b->db);
    if (st) return st;
    st = read_end(b);
    if (!st) st = snapshot_write(b->out, b->db, &b->rows);
    if (!st) st = list_blobs(b);
    db_end_read(b->db);
    return st;
}

static enum status add_manifest(struct backup *b) {
    struct text manifest = text_printf(
        &b->arena,
        "program %s\nat %lld\nevents %lld\nrows %lld\nfiles %lld\nbytes %lld\ncheckpoint\n" TEXT_FMT,
        OSTIA_VERSION, (long long)b->at.ms, (long long)b->events, (long long)b->rows, (long long)b->files,
        (long long)b->bytes, TEXT_ARG(b->checkpoint));
    return archive_add_bytes(b->out, "manifest", bytes_of(manifest));
}

static enum status write_all(struct backup *b, const char *to, const struct archive_lock *lock,
                             struct problem *p) {
    enum status st = archive_create(to, lock, b->with_keys, &b->out);
    if (st == STATUS_INVALID) return problem(p, "passphrase", "lock", "problem.backup.lock");
    if (!st) st = add_settings(b);
    if (!st) st = add_keys(b);
    if (!st) st = add_tables(b);
    if (!st) st = add_blobs(b);
    if (!st) st = add_manifest(b);
    if (!st) st = archive_finish(&b->out, NULL);
    if (st && b->missing) {
        (void)problem(p, "data", "file", "problem.backup.file");
        problem_arg(p, "file", text_of(b->missing));
    }
    return st;
}

bool backup_lock(const struct call *c, struct archive_lock *lock) {
    *lock = (struct archive_lock){call_option(c, "passphrase"), call_option(c, "key")};
    if (!lock->passphrase_file != !lock->key_file) return true;
    fprintf(stderr, "ostia %s: give either --passphrase FILE or --key FILE\n", c->command->name);
    return false;
}

int backup_run(const struct call *c) {
    struct backup b = {.with_keys = call_has(c, "with-keys")};
    struct problem p = {0};
    struct archive_lock lock;
    int exit_code = EXIT_USAGE;
    if (!call_option(c, "to")) {
        fprintf(stderr, "ostia backup: needs --to FILE\n");
        return EXIT_USAGE;
    }
    if (!backup_lock(c, &lock) || !settings_read(c, &b.arena, &b.settings, stderr)) goto done;
    crypto_start();
    enum status st = house_open(env_real(), &b.settings, HOUSE_READ, &b.house, &p);
    if (!st) st = store_reader(b.house.store, &b.db);
    if (!st) st = write_all(&b, call_option(c, "to"), &lock, &p);
    exit_code = st ? say_problem(stderr, st, &p) : EXIT_DONE;
    if (!st)
        printf("%lld events, %lld rows, %lld files\n", (long long)b.events, (long long)b.rows,
               (long long)b.files);
    archive_abandon(&b.out);
    if (b.db) store_reader_release(b.house.store, b.db);
    if (b.house.store) house_close(&b.house);
done:
    arena_free(&b.arena);
    return exit_code;
}

int backup_key_run(const struct call *c) {
    struct problem p = {0};
    crypto_start();
    enum status st = archive_make_key(c->arguments[0]);
    if (st == STATUS_CONFLICT) (void)problem(&p, "file", "exists", "problem.backup.key_exists");
    if (st) return say_problem(stderr, st, &p);
    printf("%s opens backups: keep it away from this machine. %s.pub makes them.\n", c->arguments[0],
           c->arguments[0]);
    return EXIT_DONE;
}
