// render.c - the PDF of a letter, made when it is first needed and then kept.
#include "cases/letter_content.h"
#include "cases/reading.h"

static const struct sql TO_RENDER =
    SQL("letter_to_render_one",
        "select l.case_id, l.content, l.code, l.kind, l.issued_at, l.blob is not null, c.person_id,"
        " coalesce(c.case_no, ''), c.pack_version, c.given_names, c.family_name from letter l"
        " join case_file c on c.case_id = l.case_id where l.letter_id = :letter");

struct rendering {
    struct cases *cases;
    struct db *db;
    struct arena arena;
    int64_t letter, case_id, person;
    struct bytes content;
    struct text code, kind, case_no, name;
    struct moment issued;
    bool done;
    const struct pack_entry *entry;
};

static enum status load_letter(struct rendering *r) {
    struct rows q;
    enum status st = DB_ONE(r->db, &q, &TO_RENDER, V_INT(r->letter));
    if (!st) {
        r->case_id = row_int(&q, 0);
        r->content = bytes_copy(&r->arena, row_bytes(&q, 1));
        r->code = text_copy(&r->arena, row_text(&q, 2));
        r->kind = text_copy(&r->arena, row_text(&q, 3));
        r->issued.ms = row_int(&q, 4);
        r->done = row_int(&q, 5) != 0;
        r->person = row_int(&q, 6);
        r->case_no = text_copy(&r->arena, row_text(&q, 7));
        r->entry = packs_find(r->cases, row_int(&q, 8));
        r->name = TEXT_JOIN(&r->arena, row_text(&q, 9), T(" "), row_text(&q, 10));
    }
    enum status end = rows_end(&q);
    return st ? st : end;
}

static enum status typeset(struct rendering *r, struct paper_result *pdf, struct problem *p) {
    struct letter_document m;
    struct arena *a = &r->arena;
    struct cases *c = r->cases;
    enum status st = letter_content_decode(a, r->content, &m);
    if (st) return st;
    int person = m.columns > 1 ? 1 : 0;
    struct date day = zone_date(c->zone, r->issued);
    struct paper paper = {.title = m.title[person],
                          .author = c->authority,
                          .language = m.language[person],
                          .authority = c->authority,
                          .return_line = c->authority,
                          .recipient = {text_trim(r->name)},
                          .recipient_count = text_trim(r->name).n ? 1 : 0,
                          .reference_short = r->case_no,
                          .page_pattern = T("{page} / {pages}"),
                          .created = r->issued};
    struct text language = m.language[person];
    paper.reference[0] = (struct paper_pair){
        texts_get(&r->entry->texts, language, T("letter.fact.case_number"), NULL), r->case_no};
    paper.reference[1] = (struct paper_pair){
        texts_get(&r->entry->texts, language, T("letter.fact.issued_on"), NULL), date_print(a, day)};
    paper.reference_count = 2;
    letter_blocks(a, &m, letter_token(c, a, r->code, day, r->kind), r->code, r->code, &paper);
    return paper_make(a, &paper, pdf, p);
}

static enum status store_pdf(struct rendering *r, const struct paper_result *pdf, struct blob_info *info) {
    struct key k;
    struct blob_writer *w = NULL;
    enum status st = document_key(r->db, r->person, &k);
    if (!st) st = blob_create(journal_store(r->cases->journal), &k, DOCUMENT_BYTES_MAX, &w);
    if (!st) st = blob_write(w, pdf->pdf);
    if (!st) st = blob_finish(&w, info);
    blob_abort(&w);
    key_wipe(&k);
    return st;
}

static enum status render(struct rendering *r, struct problem *p) {
    struct paper_result pdf;
    struct actor system = actor_system();
    struct command m = {.kind = COMMAND_LETTER_RENDERED, .letter_rendered = {.letter = r->letter}};
    enum status st = load_letter(r);
    if (st || r->done) return st;
    st = typeset(r, &pdf, p);
    if (!st) st = store_pdf(r, &pdf, &m.letter_rendered.blob);
    if (st) return st;
    m.case_id = r->case_id;
    m.letter_rendered.pages = pdf.pages;
    struct command_result result;
    st = cases_do(r->cases, &system, &m, &r->arena, &result, p);
    if (st == STATUS_UNCERTAIN || (!st && result.made)) return st; // uncertain: a letter may name it
    enum status removed = blob_remove(journal_store(r->cases->journal), &m.letter_rendered.blob.name);
    return st ? st : removed;
}

enum status cases_render_letter(struct cases *c, int64_t letter, struct problem *p) {
    struct rendering r = {.cases = c, .letter = letter};
    enum status st = store_reader(journal_store(c->journal), &r.db);
    if (st) return st;
    st = render(&r, p);
    store_reader_release(journal_store(c->journal), r.db);
    arena_free(&r.arena);
    return st;
}
