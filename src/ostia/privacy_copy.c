// privacy_copy.c - `ostia privacy backup`: the service's tables in a sealed file of their own.
#include <string.h>

#include "ostia/archive.h"
#include "ostia/privacy.h"
#include "ostia/program.h"
#include "ostia/snapshot.h"

struct copy {
    struct archive_writer *out;
    int64_t rows;
};

static enum status write_tables(struct copy *k, struct store *tables) {
    struct db *db;
    enum status st = store_reader_own(tables, &db);
    if (st) return st;
    st = db_begin_read(db);
    if (!st) {
        st = snapshot_write(k->out, db, &k->rows);
        db_end_read(db);
    }
    store_reader_own_close(db);
    return st;
}

static enum status write_key(struct copy *k, const struct settings *s) {
    struct hash hash;
    int64_t size;
    struct file_path beside = file_path(s->privacy, "privacy.key", NULL);
    return archive_add(k->out, "privacy.key", s->privacy_key ? s->privacy_key : beside.c, &hash, &size);
}

static enum status write_all(struct copy *k, struct house *h, const struct call *c, struct store *tables,
                             const struct archive_lock *lock, struct problem *p) {
    struct arena a = {0};
    bool with_key = call_has(c, "with-key");
    enum status st = archive_create(call_option(c, "to"), lock, with_key, &k->out);
    if (st == STATUS_INVALID) return problem(p, "passphrase", "lock", "problem.backup.lock");
    if (!st && with_key) st = write_key(k, h->settings);
    if (!st) st = write_tables(k, tables);
    if (!st)
        st = archive_add_bytes(k->out, "manifest",
                               bytes_of(text_printf(&a, "program %s\nprivacy 1\nrows %lld\n", OSTIA_VERSION,
                                                    (long long)k->rows)));
    if (!st) st = archive_finish(&k->out, NULL);
    arena_free(&a);
    return st;
}

int privacy_backup_perform(struct house *h, const struct call *c, FILE *out) {
    struct arena a = {0};
    struct problem p = {0};
    struct privacy_reader by;
    struct archive_lock lock = {call_option(c, "passphrase"), call_option(c, "key")};
    struct copy k = {0};
    struct store *tables;
    int exit_code = EXIT_USAGE;
    if (!call_option(c, "to") || !lock.passphrase_file == !lock.key_file) {
        fprintf(out, "ostia privacy backup: needs --to PATH, and either --passphrase FILE or --key FILE\n");
    } else if (privacy_caller(h, c, PRIVACY_FOR_OPERATION, &a, &by, out)) {
        enum status st = privacy_copy(h->privacy, &by, &tables, &p);
        if (!st) st = write_all(&k, h, c, tables, &lock, &p);
        archive_abandon(&k.out);
        exit_code = st ? say_problem(out, st, &p) : EXIT_DONE;
        if (!st)
            fprintf(out, "%lld rows; keep the file deleted of the folder apart from it\n", (long long)k.rows);
    } else {
        exit_code = EXIT_WRONG;
    }
    arena_free(&a);
    return exit_code;
}
