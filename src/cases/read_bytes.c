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

// One kind of thing that is kept as a file: where its row is, what is asked before it is read, what its row
// says and whether its bytes may be given.
struct filed {
    const struct sql *sql;
    const char *name, *missing_key;
    enum status (*prepare)(struct reading *r, int64_t id, void *view, struct problem *p); // NULL: nothing
    void (*read)(struct reading *r, struct rows *q, void *view, struct stored *s);
    enum status (*allow)(struct reading *r, void *view, struct problem *p); // NULL: yes
};

// The frame: asks access, leaves the trace, reads the row, opens the bytes.
static enum status open_filed(struct cases *c, const struct filed *kind, const struct actor *actor,
                              const struct look *look, int64_t id, struct arena *a, void *view,
                              struct blob_reader **reader, struct problem *p) {
    struct reading r;
    struct rows q;
    struct stored s = {0};
    *reader = NULL;
    enum status st = locate(c, kind->sql, id, &s.case_id);
    if (st == STATUS_NOT_FOUND) return missing(p, kind->name, kind->missing_key);
    if (!st) st = case_reading_begin(c, actor, look, s.case_id, text_of(kind->name), a, &r, p);
    if (st) return st;
    if (kind->prepare) st = kind->prepare(&r, id, view, p);
    if (!st) {
        st = DB_ONE(r.db, &q, kind->sql, V_INT(id));
        if (!st) kind->read(&r, &q, view, &s);
        enum status end = rows_end(&q);
        if (!st) st = end;
    }
    if (!st && kind->allow) st = kind->allow(&r, view, p);
    if (!st) st = open_blob(&r, &s, reader);
    case_reading_end(&r);
    return st;
}

// ---- documents ----

static void read_document(struct reading *r, struct rows *q, void *view, struct stored *s) {
    struct document_view *v = view;
    struct text *texts[] = {&v->kind, &v->title, &v->media, &v->sha256, &v->scan};
    for (int i = 0; i < 5; i++) *texts[i] = row_copy(r, q, 1 + i);
    v->size = row_int(q, 6);
    v->request = row_int(q, 7);
    v->at.ms = row_int(q, 8);
    v->is_removed = row_int(q, 9) != 0;
    s->blob = bytes_copy(r->arena, row_bytes(q, 10));
    s->person = row_int(q, 11);
}

static enum status allow_document(struct reading *r, void *view, struct problem *p) {
    struct document_view *v = view;
    if (!case_reading_shows(r, document_class(r->entry->pack, v->kind))) return closed(v, sizeof *v, p);
    if (v->is_removed) return missing(p, "document", "problem.document.not_found");
    if (text_eq(v->scan, T("infected")))
        return problem(p, "document", "infected", "problem.document.infected");
    return STATUS_OK;
}

enum status cases_open_document(struct cases *c, const struct actor *actor, const struct look *look,
                                int64_t document, struct arena *a, struct document_view *v,
                                struct blob_reader **reader, struct problem *p) {
    static const struct filed DOCUMENTS = {.sql = &DOCUMENT,
                                           .name = "document",
                                           .missing_key = "problem.document.not_found",
                                           .read = read_document,
                                           .allow = allow_document};
    *v = (struct document_view){.document = document};
    return open_filed(c, &DOCUMENTS, actor, look, document, a, v, reader, p);
}

// ---- letters ----

static void read_letter(struct reading *r, struct rows *q, void *view, struct stored *s) {
    struct letter_view *v = view;
    struct text *texts[] = {&v->kind, &v->language, &v->channel, &v->code, &v->sha256};
    for (int i = 0; i < 5; i++) *texts[i] = row_copy(r, q, 1 + i);
    v->issued.ms = row_int(q, 6);
    v->opened.ms = row_int(q, 7);
    v->delivered.ms = row_int(q, 8);
    v->is_valid = row_int(q, 9) == 0;
    v->size = row_int(q, 10);
    s->blob = bytes_copy(r->arena, row_bytes(q, 11));
    s->person = row_int(q, 12);
    v->is_rendered = s->blob.n != 0;
}

// The PDF is made by a command of its own, so the snapshot of before ends here.
static enum status make_when_needed(struct reading *r, int64_t letter, void *view, struct problem *p) {
    if (!case_reading_shows(r, "decision")) return closed(view, sizeof(struct letter_view), p);
    db_end_read(r->db);
    enum status st = cases_render_letter(r->cases, letter, p);
    enum status begun = db_begin_read(r->db);
    return st ? st : begun;
}

enum status cases_open_letter(struct cases *c, const struct actor *actor, const struct look *look,
                              int64_t letter, struct arena *a, struct letter_view *v,
                              struct blob_reader **reader, struct problem *p) {
    static const struct filed LETTERS = {.sql = &LETTER,
                                         .name = "letter",
                                         .missing_key = "problem.letter.not_found",
                                         .prepare = make_when_needed,
                                         .read = read_letter};
    *v = (struct letter_view){.letter = letter};
    return open_filed(c, &LETTERS, actor, look, letter, a, v, reader, p);
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
                                .purpose = r.look.purpose,
                                .relation = r.relation,
                                .attribute_class = T("identity")};
    st = access_check(r.entry->policy, actor, &q, NULL, p);
    if (!st) st = DB_INT(r.db, &person, &CASE_PERSON, V_INT(case_id));
    if (!st) st = document_key(r.db, person, key);
    case_reading_end(&r);
    arena_free(&a);
    return st;
}
