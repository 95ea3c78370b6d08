// pending.c - documents and fresh letters that wait for their follow-up. Read for the system itself, so
// without a trace.
#include "cases/reading.h"

static const struct sql TO_SCAN =
    SQL("documents_to_scan",
        "select d.document_id, d.case_id, d.media, d.blob, c.person_id from document d"
        " join case_file c on c.case_id = d.case_id where d.scan = '' and d.document_id > :after"
        " and d.is_removed = 0 and c.is_erased = 0 order by d.document_id limit :limit");
static const struct sql TO_RENDER =
    SQL("letters_to_render",
        "select l.letter_id from letter l join case_file c on c.case_id = l.case_id where l.blob is null"
        " and l.issued_at >= :since and c.is_erased = 0 order by l.issued_at desc, l.letter_id desc"
        " limit :limit");

enum { FRESH_MS = 24 * 3600 * 1000 }; // older letters are set when somebody opens them

static const struct sql PHRASE = SQL("case_phrase", "select phrase from case_file where case_id = :case");

enum status cases_phrase(struct db *db, int64_t case_id, struct arena *a, struct text *phrase) {
    struct rows q;
    *phrase = (struct text){0};
    enum status st = DB_ONE(db, &q, &PHRASE, V_INT(case_id));
    if (!st) *phrase = text_copy(a, row_text(&q, 0));
    enum status end = rows_end(&q);
    return st == STATUS_NOT_FOUND ? end : st ? st : end;
}

struct pending_list {
    struct pending_document *items;
    size_t count, capacity;
};

static void add(struct db *db, struct rows *q, struct arena *a, struct pending_list *list) {
    struct pending_document d = {
        .document = row_int(q, 0), .case_id = row_int(q, 1), .media = text_copy(a, row_text(q, 2))};
    struct bytes blob = row_bytes(q, 3);
    if (blob.n != HASH_BYTES || document_key(db, row_int(q, 4), &d.key)) return; // erased meanwhile
    for (size_t i = 0; i < HASH_BYTES; i++) d.blob.b[i] = blob.p[i];
    *ARENA_PUSH(a, list) = d;
}

enum status cases_pending_documents(struct cases *c, int64_t after, size_t limit, struct arena *a,
                                    struct pending_document **out, size_t *count) {
    struct pending_list list = {0};
    struct db *db;
    struct rows q;
    enum status st = store_reader(journal_store(c->journal), &db);
    if (st) return st;
    st = DB_QUERY(db, &q, &TO_SCAN, V_INT(after), V_INT((int64_t)limit));
    while (!st && rows_next(&q)) add(db, &q, a, &list);
    enum status end = rows_end(&q);
    store_reader_release(journal_store(c->journal), db);
    *out = list.items;
    *count = list.count;
    return st ? st : end;
}

enum status cases_pending_letters(struct cases *c, size_t limit, struct arena *a, int64_t **letters,
                                  size_t *count) {
    struct {
        int64_t *items;
        size_t count, capacity;
    } list = {0};
    struct db *db;
    struct rows q;
    enum status st = store_reader(journal_store(c->journal), &db);
    if (st) return st;
    int64_t since = env_now(journal_env(c->journal)).ms - FRESH_MS;
    st = DB_QUERY(db, &q, &TO_RENDER, V_INT(since), V_INT((int64_t)limit));
    while (!st && rows_next(&q)) *ARENA_PUSH(a, &list) = row_int(&q, 0);
    enum status end = rows_end(&q);
    store_reader_release(journal_store(c->journal), db);
    *letters = list.items;
    *count = list.count;
    return st ? st : end;
}
