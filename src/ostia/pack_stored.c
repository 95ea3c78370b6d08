// pack_stored.c - what was loaded: a list, and the files again, byte for byte.
#include "ostia/pack_stored.h"
#include "base/encode.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct sql VERSIONS =
    SQL("pack_versions", "select pack_version, pack, version, signed_by, loaded_at, hash from pack_load"
                         " order by pack_version");
static const struct sql FILES =
    SQL("pack_files", "select files from pack_load where pack_version = :version");
static const struct sql NEWEST =
    SQL("pack_files_newest", "select files from pack_load order by pack_version desc"
                             " limit 1");
static const struct sql BY_HASH = SQL("pack_by_hash", "select pack_version from pack_load where hash = :hash"
                                                      " order by pack_version");
// Reads the whole table: for operators, not for pages.
static const struct sql RUNNING =
    SQL("pack_running", "select count(*) from case_file where pack_version = :version and is_draft = 0"
                        " and is_closed = 0");

enum status stored_packs_open(const struct call *c, struct stored_packs *s, struct problem *p) {
    *s = (struct stored_packs){0};
    if (!settings_read(c, &s->arena, &s->settings, stderr)) return problem(p, "", "settings", "");
    enum status st = house_open(env_real(), &s->settings, HOUSE_READ, &s->house, p);
    if (!st) st = store_reader(s->house.store, &s->db);
    return st ? st : db_begin_read(s->db);
}

void stored_packs_close(struct stored_packs *s) {
    if (s->db) {
        db_end_read(s->db);
        store_reader_release(s->house.store, s->db);
    }
    if (s->house.store) house_close(&s->house);
    arena_free(&s->arena);
}

enum status stored_pack_files(struct stored_packs *s, int64_t number, struct pack_files *out,
                              struct problem *p) {
    struct rows r;
    enum status st =
        number ? DB_ONE(s->db, &r, &FILES, V_INT(number)) : db_query(s->db, &r, &NEWEST, NULL, 0);
    if (!st && !number) st = rows_next(&r) ? STATUS_OK : STATUS_NOT_FOUND;
    if (!st) st = pack_files_decode(&s->arena, bytes_copy(&s->arena, row_bytes(&r, 0)), out);
    enum status end = rows_end(&r);
    if (st == STATUS_NOT_FOUND)
        return problem(p, "version", "version_unknown", "problem.pack.version_unknown");
    return st ? st : end;
}

enum status stored_pack_cases(struct stored_packs *s, const struct pack_files *files, int64_t *count) {
    struct hash h = hash_of(pack_files_encode(&s->arena, files));
    struct {
        int64_t *items;
        size_t count, capacity;
    } versions = {0};
    struct rows r;
    enum status st = DB_QUERY(s->db, &r, &BY_HASH, V_BYTES(hash_bytes(&h)));
    while (!st && rows_next(&r)) *ARENA_PUSH(&s->arena, &versions) = row_int(&r, 0);
    enum status end = rows_end(&r);
    if (!st) st = end;
    *count = 0;
    for (size_t i = 0; i < versions.count && !st; i++) {
        st = DB_ONE(s->db, &r, &RUNNING, V_INT(versions.items[i]));
        if (!st) *count += row_int(&r, 0);
        end = rows_end(&r);
        if (!st) st = end;
    }
    return st;
}

// ---- pack versions

int pack_versions_run(const struct call *c) {
    struct stored_packs s;
    struct problem p = {0};
    struct rows r;
    enum status st = stored_packs_open(c, &s, &p);
    if (!st) {
        st = db_query(s.db, &r, &VERSIONS, NULL, 0);
        while (!st && rows_next(&r)) {
            struct text by = row_text(&r, 3), at = moment_print(&s.arena, (struct moment){row_int(&r, 4)});
            struct text hash = hex_encode(&s.arena, row_bytes(&r, 5));
            printf("%lld " TEXT_FMT " " TEXT_FMT " " TEXT_FMT " " TEXT_FMT "%s" TEXT_FMT "\n",
                   (long long)row_int(&r, 0), TEXT_ARG(row_text(&r, 1)), TEXT_ARG(row_text(&r, 2)),
                   TEXT_ARG(at), TEXT_ARG(text_slice(hash, 0, 16)), by.n ? " signed by " : "", TEXT_ARG(by));
        }
        enum status end = rows_end(&r);
        if (!st) st = end;
    }
    if (st) say_problem(stderr, st, &p);
    stored_packs_close(&s);
    return st ? EXIT_WRONG : EXIT_DONE;
}

// ---- pack export

static enum status write_file(const char *path, struct bytes content) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0) return STATUS_IO;
    enum status st = STATUS_OK;
    for (size_t done = 0; done < content.n && !st;) {
        ssize_t n = write(fd, content.p + done, content.n - done);
        if (n > 0) done += (size_t)n;
        if (n <= 0 && errno != EINTR) st = STATUS_IO;
    }
    return close(fd) == 0 ? st : STATUS_IO;
}

// Names were checked when they were decoded: plain parts, no way out of the folder.
static enum status write_all(struct arena *a, const char *folder, const struct pack_files *files,
                             struct problem *p) {
    if (mkdir(folder, 0755)) return problem(p, folder, "exists", "problem.pack.export_folder");
    for (size_t i = 0; i < files->count; i++) {
        struct text path = TEXT_JOIN(a, text_of(folder), T("/"), files->items[i].name);
        for (size_t k = strlen(folder) + 1; k < path.n; k++)
            if (path.p[k] == '/')
                mkdir(text_c(a, text_slice(path, 0, k)), 0755); // there already, or write fails
        enum status st = write_file(text_c(a, path), files->items[i].content);
        if (st) return problem(p, text_c(a, path), "write", "problem.pack.export_write");
    }
    return STATUS_OK;
}

int pack_export_run(const struct call *c) {
    struct stored_packs s;
    struct problem p = {0};
    struct pack_files files = {0};
    int64_t number;
    if (!call_number(c, "version", 0, 1, INT64_MAX, &number, stderr)) return EXIT_USAGE;
    enum status st = stored_packs_open(c, &s, &p);
    if (!st) st = stored_pack_files(&s, number, &files, &p);
    if (!st) st = write_all(&s.arena, c->arguments[0], &files, &p);
    if (st)
        say_problem(stderr, st, &p);
    else
        printf("%zu files in %s\n", files.count, c->arguments[0]);
    stored_packs_close(&s);
    return st ? EXIT_WRONG : EXIT_DONE;
}
