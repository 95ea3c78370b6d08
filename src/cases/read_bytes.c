// read_bytes.c - documents and letters as files, and the keys they are sealed with.
#include "cases/letter_content.h"
#include "cases/reading.h"
#include "store/keys.h"

#include <string.h>

static const struct sql DOCUMENT = SQL(
    "document_one",
    "select d.case_id, d.kind, d.title, d.media, d.sha256, d.scan, d.size, d.request_id, d.at, d.is_removed,"
    " d.blob, c.person_id from document d join case_file c on c.case_id = d.case_id"
    " where d.document_id = :document");
static const struct sql LETTER =
    SQL("letter_one",
        "select l.case_id, l.kind, l.language, l.channel, l.code, l.sha256, l.issued_at, l.opened_at,"
        " l.delivered_at, l.replaced_at, l.size, l.blob, c.person_id from letter l"
        " join case_file c on c.case_id = l.case_id where l.letter_id = :letter");
static const struct sql CASE_PERSON =
    SQL("case_person", "select person_id from case_file where case_id = :case");

// Documents of a person are sealed with a key of their own, derived from the person's.
enum status document_key(struct db *db, int64_t person, struct key *out) {
    struct key subject;
    enum status st = subject_key_get(db, person, &subject);
    if (st) return st;
    *out = key_derive(&subject, T("documents"));
    key_wipe(&subject);
    return STATUS_OK;
}

struct stored {
    int64_t case_id, person;
    struct bytes blob;
};

// Which case does it belong to? Needed before access can be asked.
static enum status locate(struct cases *c, const struct sql *sql, int64_t id, int64_t *case_id) {
    struct db *db;
    enum status st = store_reader(journal_store(c->journal), &db);
    if (st) return st;
    st = DB_INT(db, case_id, sql, V_INT(id));
    store_reader_release(journal_store(c->journal), db);
    return st;
}

static enum status open_blob(struct reading *r, const struct stored *s, struct blob_reader **reader) {
    struct hash name;
    struct key k;
    if (s->blob.n != HASH_BYTES) return STATUS_NOT_FOUND;
    for (size_t i = 0; i < HASH_BYTES; i++) name.b[i] = s->blob.p[i];
    enum status st = document_key(r->db, s->person, &k);
    if (!st) st = blob_open_read(journal_store(r->cases->journal), &name, &k, reader);
    key_wipe(&k);
    return st;
}

static enum status missing(struct problem *p, const char *field, const char *text_key) {
    if (p) *p = (struct problem){.field = field, .rule = "not_found", .text_key = text_key};
    return STATUS_NOT_FOUND;
}

// The case may be seen, this part of it not. What was read on the way is forgotten.
static enum status closed(void *view, size_t size, struct problem *p) {
    memset(view, 0, size);
    if (p) *p = (struct problem){.field = "", .rule = "access_class", .text_key = "problem.access.class"};
    return STATUS_REFUSED;
}

static void read_document(struct reading *r, struct rows *q, struct document_view *v, struct stored *s) {
    struct text *texts[] = {&v->kind, &v->title, &v->media, &v->sha256, &v->scan};
    for (int i = 0; i < 5; i++) *texts[i] = row_copy(r, q, 1 + i);
    v->size = row_int(q, 6);
    v->request = row_int(q, 7);
    v->at.ms = row_int(q, 8);
    v->is_removed = row_int(q, 9) != 0;
    s->blob = bytes_copy(r->arena, row_bytes(q, 10));
    s->person = row_int(q, 11);
}

enum status cases_open_document(struct cases *c, const struct actor *actor, const struct look *look,
                                int64_t document, struct arena *a, struct document_view *v,
                                struct blob_reader **reader, struct problem *p) {
    struct reading r;
    struct rows q;
    struct stored s = {0};
    *v = (struct document_view){.document = document};
    *reader = NULL;
    enum status st = locate(c, &DOCUMENT, document, &s.case_id);
    if (st == STATUS_NOT_FOUND) return missing(p, "document", "problem.document.not_found");
    if (!st) st = case_reading_begin(c, actor, look, s.case_id, T("document"), a, &r, p);
    if (st) return st;
    st = DB_ONE(r.db, &q, &DOCUMENT, V_INT(document));
    if (!st) read_document(&r, &q, v, &s);
    enum status end = rows_end(&q);
    if (!st) st = end;
    if (!st && !case_reading_shows(&r, document_class(r.entry->pack, v->kind))) st = closed(v, sizeof *v, p);
    if (!st && v->is_removed) st = missing(p, "document", "problem.document.not_found");
    if (!st && text_eq(v->scan, T("infected")))
        st = problem(p, "document", "infected", "problem.document.infected");
    if (!st) st = open_blob(&r, &s, reader);
    case_reading_end(&r);
    return st;
}

static void read_letter(struct reading *r, struct rows *q, struct letter_view *v, struct stored *s) {
    struct text *texts[] = {&v->kind, &v->language, &v->channel, &v->code, &v->sha256};
    for (int i = 0; i < 5; i++) *texts[i] = row_copy(r, q, 1 + i);
    v->issued.ms = row_int(q, 6);
    v->opened.ms = row_int(q, 7);
    v->delivered.ms = row_int(q, 8);
    v->is_valid = row_int(q, 9) == 0;
    v->size = row_int(q, 10);
    s->blob = bytes_copy(r->arena, row_bytes(q, 11));
    s->person = row_int(q, 12);
}

// The PDF is made by a command of its own, so the snapshot of before ends here.
static enum status make_when_needed(struct reading *r, int64_t letter, struct problem *p) {
    db_end_read(r->db);
    enum status st = cases_render_letter(r->cases, letter, p);
    enum status begun = db_begin_read(r->db);
    return st ? st : begun;
}

enum status cases_open_letter(struct cases *c, const struct actor *actor, const struct look *look,
                              int64_t letter, struct arena *a, struct letter_view *v,
                              struct blob_reader **reader, struct problem *p) {
    struct reading r;
    struct rows q;
    struct stored s = {0};
    *v = (struct letter_view){.letter = letter};
    *reader = NULL;
    enum status st = locate(c, &LETTER, letter, &s.case_id);
    if (st == STATUS_NOT_FOUND) return missing(p, "letter", "problem.letter.not_found");
    if (!st) st = case_reading_begin(c, actor, look, s.case_id, T("letter"), a, &r, p);
    if (st) return st;
    st = case_reading_shows(&r, "decision") ? make_when_needed(&r, letter, p) : closed(v, sizeof *v, p);
    if (st) {
        case_reading_end(&r);
        return st;
    }
    st = DB_ONE(r.db, &q, &LETTER, V_INT(letter));
    if (!st) read_letter(&r, &q, v, &s);
    enum status end = rows_end(&q);
    if (!st) st = end;
    v->is_rendered = s.blob.n != 0;
    if (!st) st = open_blob(&r, &s, reader);
    case_reading_end(&r);
    return st;
}

// People at the registration counter work for another purpose than those who examine.
struct text cases_usual_purpose(const struct actor *actor) {
    if (actor->purpose.n) return actor->purpose;
    if (actor->kind != ACTOR_STAFF) return T("own_file");
    return actor_has_role(actor, T("registrar")) ? T("registration") : T("asylum_examination");
}

enum status cases_upload_key(struct cases *c, const struct actor *actor, int64_t case_id, struct key *key,
                             struct problem *p) {
    struct reading r;
    struct arena a = {0};
    int64_t person;
    struct look look = {.purpose = cases_usual_purpose(actor)};
    enum status st = case_reading_begin(c, actor, &look, case_id, T("upload"), &a, &r, p);
    if (st) {
        arena_free(&a);
        return st;
    }
    struct access_question q = {.action = T("add_document"),
                                .purpose = look.purpose,
                                .relation = r.relation,
                                .attribute_class = T("identity")};
    st = access_check(r.entry->policy, actor, &q, NULL, p);
    if (!st) st = DB_INT(r.db, &person, &CASE_PERSON, V_INT(case_id));
    if (!st) st = document_key(r.db, person, key);
    case_reading_end(&r);
    arena_free(&a);
    return st;
}
