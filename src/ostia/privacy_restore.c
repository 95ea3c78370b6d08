// privacy_restore.c - `ostia privacy restore`: a backup into an empty place; what the list of deletions names
// is erased again before the service opens.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ostia/archive.h"
#include "ostia/privacy.h"
#include "ostia/restore.h"
#include "ostia/snapshot.h"

struct putting_back {
    const struct call *call;
    struct arena arena;
    struct settings settings;
    struct privacy_options options;
    struct archive_reader *in;
    struct store *tables;
    bool was_empty; // so what lies there is ours to remove
    char manifest[4096];
    size_t manifest_n;
    int64_t rows;
};

static struct file_path key_path(const struct putting_back *b) {
    return b->options.key_file ? file_path(b->options.key_file, NULL, NULL)
                               : file_path(b->options.dir, "privacy.key", NULL);
}

// The newest list, or nothing is opened: an old backup without it would bring people back.
static enum status put_list(struct putting_back *b, struct problem *p) {
    const char *given = call_option(b->call, "deleted");
    struct file_path there = file_path(b->options.dir, "deleted", NULL);
    bool is_there = access(there.c, F_OK) == 0;
    if (given && is_there) return problem(p, "deleted", "exists", "problem.privacy.file_there");
    if (!given && !is_there) return problem(p, "deleted", "no_list", "problem.privacy.no_list");
    return given ? restore_copy_file(given, there.c) : STATUS_OK;
}

static enum status take_key(struct putting_back *b, int64_t size, struct problem *p) {
    struct file_path path = key_path(b);
    if (access(path.c, F_OK) == 0) return problem(p, "key_file", "two_keys", "problem.privacy.two_keys");
    if (size <= 0 || size > FILE_SMALL_MAX) return STATUS_CORRUPT;
    uint8_t *bytes = arena_alloc(&b->arena, (size_t)size);
    enum status st = archive_read(b->in, bytes, (size_t)size);
    if (!st) st = file_write_small(env_real(), path.c, (struct bytes){bytes, (size_t)size});
    memset(bytes, 0, (size_t)size);
    return st;
}

static enum status take_rows(struct putting_back *b, struct text table, int64_t size) {
    struct arena a = {0};
    if (size > SNAPSHOT_ENTRY_MAX) return STATUS_CORRUPT;
    uint8_t *entry = arena_alloc(&a, (size_t)size + 1);
    enum status st = archive_read(b->in, entry, (size_t)size);
    if (!st) st = snapshot_take(b->tables, table, (struct bytes){entry, (size_t)size}, &b->rows);
    arena_free(&a);
    return st;
}

static enum status take_entry(struct putting_back *b, struct text name, int64_t size, struct problem *p) {
    if (text_starts(name, T("rows/"))) return take_rows(b, text_slice(name, 5, name.n), size);
    if (text_eq(name, T("privacy.key"))) return take_key(b, size, p);
    if (!text_eq(name, T("manifest")) || b->manifest_n || size >= (int64_t)sizeof b->manifest)
        return STATUS_CORRUPT;
    b->manifest_n = (size_t)size;
    return archive_read(b->in, b->manifest, b->manifest_n);
}

static enum status take_all(struct putting_back *b, struct problem *p) {
    char name[ARCHIVE_NAME_MAX + 1];
    int64_t size;
    enum status st;
    while (!(st = archive_next(b->in, name, &size))) {
        st = take_entry(b, text_of(name), size, p);
        if (st) return st;
    }
    if (st != STATUS_NOT_FOUND) return st;
    struct text rows = text_printf(&b->arena, "\nprivacy 1\nrows %lld\n", (long long)b->rows);
    size_t at;
    return text_find((struct text){b->manifest, b->manifest_n}, rows, &at) ? STATUS_OK : STATUS_CORRUPT;
}

static enum status take_backup(struct putting_back *b, struct problem *p) {
    struct archive_lock lock;
    if (!backup_lock(b->call, &lock)) return problem(p, "passphrase", "lock", "problem.backup.lock");
    enum status st = archive_open(b->call->arguments[0], &lock, &b->in);
    if (st == STATUS_INVALID || st == STATUS_UNSUPPORTED)
        return problem(p, "passphrase", "lock", "problem.backup.lock");
    if (!st) st = privacy_open_empty(env_real(), &b->options, &b->tables, p);
    b->was_empty = !st;
    if (!st) st = put_list(b, p);
    if (!st) st = take_all(b, p);
    store_close(b->tables);
    if (st == STATUS_CORRUPT && !p->text_key) (void)problem(p, "file", "damaged", "problem.privacy.damaged");
    if (st == STATUS_UNSUPPORTED && !p->text_key)
        (void)problem(p, "file", "version", "problem.restore.version");
    return st;
}

// Half a service must not be taken for a whole one.
static void remove_half(struct putting_back *b) {
    static const char *const NAMES[] = {"privacy.db", "privacy.db-wal", "privacy.db-shm"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES && b->was_empty && !b->options.url; i++)
        (void)unlink(file_path(b->options.dir, NAMES[i], NULL).c);
}

static int restore(struct putting_back *b) {
    struct problem p = {0};
    struct privacy *service = NULL;
    struct privacy_audit audit = {0};
    enum status st = house_privacy(&b->settings, true, &b->options, &p);
    if (!st) st = take_backup(b, &p);
    if (st) remove_half(b);
    b->options.create = false;
    if (!st) st = privacy_open(env_real(), &b->options, &service, &p);
    if (!st) st = privacy_audit(service, &audit);
    int exit_code = st ? say_problem(stderr, st, &p) : EXIT_DONE;
    if (!st)
        printf("%lld rows are back, %zu mappings were erased again\n%lld entries of evidence, %s\n",
               (long long)b->rows, privacy_erased_again(service), (long long)audit.entries,
               audit.wrong ? "one is not what it was" : "all fit");
    privacy_close(service);
    return audit.wrong ? EXIT_WRONG : exit_code;
}

int privacy_restore_run(const struct call *c) {
    static struct putting_back b;
    b.call = c;
    crypto_start();
    int exit_code = settings_read(c, &b.arena, &b.settings, stderr) ? restore(&b) : EXIT_USAGE;
    archive_close(b.in);
    arena_free(&b.arena);
    return exit_code;
}
