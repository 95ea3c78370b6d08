// verify.c - is everything as it was written: log, proofs, documents, letters.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ostia/house.h"

#include "base/encode.h"

static const struct sql DOCUMENT_BLOBS =
    SQL("verify_document", "select document_id, case_id, blob from document order by document_id");
static const struct sql THUMBNAIL_BLOBS = SQL(
    "verify_thumbnail",
    "select document_id, case_id, thumbnail from document where thumbnail is not null order by document_id");
static const struct sql WORDS_BLOBS =
    SQL("verify_words",
        "select document_id, case_id, words from document where words is not null order by document_id");
static const struct sql LETTER_BLOBS = SQL(
    "verify_letter", "select letter_id, case_id, blob from letter where blob is not null order by letter_id");

static const struct {
    const char *what;
    const struct sql *sql;
} SOURCES[] = {{"document", &DOCUMENT_BLOBS},
               {"thumbnail of document", &THUMBNAIL_BLOBS},
               {"text of document", &WORDS_BLOBS},
               {"letter", &LETTER_BLOBS}};

struct verifying {
    struct arena arena;
    struct settings settings;
    struct house house;
    struct db *db;
    struct {
        struct hash *items;
        size_t count, capacity;
    } names; // of blobs that a case names
    int64_t orphans;
    bool lists_orphans;
};

static void show_progress(void *context, int64_t done, int64_t all) {
    (void)context;
    if (isatty(STDERR_FILENO)) fprintf(stderr, "\r%lld of %lld events", (long long)done, (long long)all);
}

static int wrong(struct verifying *v, struct text finding) {
    (void)v;
    printf("WRONG: " TEXT_FMT "\n", TEXT_ARG(finding));
    return EXIT_WRONG;
}

static int verify_log(struct verifying *v) {
    struct text finding = T("");
    struct journal_progress progress = {NULL, show_progress};
    int64_t events = 0;
    static const struct sql COUNT = SQL("verify_count", "select count(*) from event");
    enum status st = journal_verify(v->house.journal, v->db, &v->arena, &progress, &finding);
    if (isatty(STDERR_FILENO)) fprintf(stderr, "\r\033[K");
    if (st)
        return wrong(v, finding.n ? finding
                                  : text_printf(&v->arena, "the log cannot be read: %s", status_name(st)));
    st = DB_INT(v->db, &events, &COUNT);
    if (st) return wrong(v, text_printf(&v->arena, "the log cannot be counted: %s", status_name(st)));
    printf("log: %lld events, proofs and checkpoint hold\n", (long long)events);
    return EXIT_DONE;
}

static const char *blob_word(enum status st) {
    return st == STATUS_NOT_FOUND ? "its file is missing"
           : st == STATUS_CORRUPT ? "its bytes are not what they were"
                                  : status_name(st);
}

static int verify_row(struct verifying *v, const char *what, struct rows *r) {
    struct bytes name = row_bytes(r, 2);
    struct hash h;
    if (!name.n) return EXIT_DONE; // erased
    if (name.n != HASH_BYTES)
        return wrong(v, text_printf(&v->arena, "%s %lld of case %lld has no proper name", what,
                                    (long long)row_int(r, 0), (long long)row_int(r, 1)));
    memcpy(h.b, name.p, HASH_BYTES);
    *ARENA_PUSH(&v->arena, &v->names) = h;
    enum status st = blob_verify(v->house.store, &h);
    if (!st) return EXIT_DONE;
    return wrong(v, text_printf(&v->arena, "%s %lld of case %lld (blob " TEXT_FMT "): %s", what,
                                (long long)row_int(r, 0), (long long)row_int(r, 1),
                                TEXT_ARG(hex_encode(&v->arena, name)), blob_word(st)));
}

static int verify_source(struct verifying *v, size_t source) {
    struct rows r;
    int exit_code = EXIT_DONE;
    int64_t count = 0;
    enum status st = DB_QUERY(v->db, &r, SOURCES[source].sql);
    while (!st && exit_code == EXIT_DONE && rows_next(&r)) {
        exit_code = verify_row(v, SOURCES[source].what, &r);
        count++;
    }
    enum status end = rows_end(&r);
    if (exit_code) return exit_code;
    if (st || end)
        return wrong(v, text_printf(&v->arena, "%ss cannot be read: %s", SOURCES[source].what,
                                    status_name(st ? st : end)));
    printf("%s: %lld checked\n", SOURCES[source].what, (long long)count);
    return EXIT_DONE;
}

static int by_hash(const void *a, const void *b) {
    return memcmp(a, b, HASH_BYTES);
}

// A document whose case never came to be: the upload was cut between disk and log. Harmless, but not a
// secret.
static enum status count_orphan(void *context, const struct hash *name) {
    struct verifying *v = context;
    if (v->names.count && bsearch(name, v->names.items, v->names.count, sizeof *name, by_hash))
        return STATUS_OK;
    v->orphans++;
    if (v->lists_orphans) {
        struct text hex = hex_encode(&v->arena, (struct bytes){name->b, HASH_BYTES});
        printf("orphan: " TEXT_FMT "\n", TEXT_ARG(hex));
    }
    return STATUS_OK;
}

static int find_orphans(struct verifying *v) {
    if (v->names.count) qsort(v->names.items, v->names.count, sizeof *v->names.items, by_hash);
    enum status st = blob_each(v->house.store, count_orphan, v);
    if (st)
        return wrong(v,
                     text_printf(&v->arena, "the folder of documents cannot be read: %s", status_name(st)));
    if (v->orphans)
        printf("orphans: %lld documents that no case names (cut uploads)\n", (long long)v->orphans);
    return EXIT_DONE;
}

static int verify_all(struct verifying *v) {
    int exit_code = verify_log(v);
    if (exit_code || db_begin_read(v->db)) return EXIT_WRONG;
    for (size_t i = 0; i < sizeof SOURCES / sizeof *SOURCES && !exit_code; i++)
        exit_code = verify_source(v, i);
    if (!exit_code) exit_code = find_orphans(v);
    db_end_read(v->db);
    if (!exit_code) printf("all is as it was written\n");
    return exit_code;
}

int verify_run(const struct call *c) {
    struct verifying v = {.lists_orphans = call_has(c, "orphans")};
    struct problem p = {0};
    int exit_code = EXIT_USAGE;
    if (!settings_read(c, &v.arena, &v.settings, stderr)) goto done;
    enum status st = house_open(env_real(), &v.settings, HOUSE_READ, &v.house, &p);
    if (!st) st = store_reader(v.house.store, &v.db);
    exit_code = st ? say_problem(stderr, st, &p) : verify_all(&v);
    if (v.db) store_reader_release(v.house.store, v.db);
    if (v.house.store) house_close(&v.house);
done:
    arena_free(&v.arena);
    return exit_code;
}
