// file_proof.c - the proof of a document or letter, for whoever may open it: a file for ostia-verify.
#include "proof/proof.h"
#include "store/blob.h"
#include "web/pages.h"
#include "web/pages/case_page.h"
#include "web/pages/home.h"

static enum status bundle_of(struct request *q, int64_t id, struct text *file) {
    struct journal *j = cases_journal(page_app(q)->cases);
    struct db *db;
    int64_t seq;
    enum status st = store_reader(journal_store(j), &db);
    if (st) return st;
    st = cases_file_event(j, db, id, &seq);
    if (!st) st = proof_bundle(j, db, seq, true, true, q->arena, file);
    store_reader_release(journal_store(j), db);
    return st;
}

// `reader` shows that it may be opened, and is not needed any more.
static enum status answer(struct request *q, struct response *r, int64_t id, struct blob_reader *reader) {
    struct text file;
    blob_close_read(&reader);
    enum status st = bundle_of(q, id, &file);
    if (st) return st;
    response_download(q, r, text_printf(q->arena, "%lld.tlog-proof", (long long)id),
                      T("text/plain; charset=utf-8"), false);
    out_text(&r->body, file);
    return STATUS_OK;
}

static enum status document(struct request *q, struct response *r, const struct look *look) {
    struct document_view d;
    struct blob_reader *reader = NULL;
    int64_t id;
    if (!request_param_id(q, "file", &id)) return STATUS_NOT_FOUND;
    enum status st =
        cases_open_document(page_app(q)->cases, page_actor(q), look, id, q->arena, &d, &reader, &r->problem);
    return st ? st : answer(q, r, id, reader);
}

static enum status letter(struct request *q, struct response *r, const struct look *look) {
    struct letter_view l;
    struct blob_reader *reader = NULL;
    int64_t id;
    if (!request_param_id(q, "file", &id)) return STATUS_NOT_FOUND;
    enum status st =
        cases_open_letter(page_app(q)->cases, page_actor(q), look, id, q->arena, &l, &reader, &r->problem);
    return st ? st : answer(q, r, id, reader);
}

static enum status case_document(struct request *q, struct response *r) {
    int64_t id;
    if (!request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    struct look look = case_look(q, id);
    return document(q, r, &look);
}

static enum status case_letter(struct request *q, struct response *r) {
    int64_t id;
    if (!request_param_id(q, "id", &id)) return STATUS_NOT_FOUND;
    struct look look = case_look(q, id);
    return letter(q, r, &look);
}

static enum status own_document(struct request *q, struct response *r) {
    struct look look = page_look(q, "own_file");
    return document(q, r, &look);
}

// A letter counts as received when the person opens it, so that its proof comes afterwards.
static enum status own_letter(struct request *q, struct response *r) {
    struct look look = page_look(q, "own_file");
    struct case_file f;
    int64_t id, wanted;
    bool is_open = false;
    if (!request_param_id(q, "file", &wanted)) return STATUS_NOT_FOUND;
    enum status st = own_case_open(q, r, &id, &f);
    for (size_t i = 0; !st && i < f.letters.count; i++)
        is_open |= f.letters.items[i].letter == wanted && f.letters.items[i].opened.ms != 0;
    if (st) return st;
    return is_open ? letter(q, r, &look) : STATUS_NOT_FOUND;
}

#define PERSON NEEDS(APPLICANT | REPRESENTATIVE)
static const struct route ROUTES[] = {
    {GET, "/cases/:id/documents/:file/proof", case_document, NEEDS(STAFF)},
    {GET, "/cases/:id/letters/:file/proof", case_letter, NEEDS(STAFF)},
    {GET, "/my/:id/documents/:file/proof", own_document, PERSON},
    {GET, "/my/:id/letters/:file/proof", own_letter, PERSON},
    {0},
};
const struct page_module FILE_PROOF_PAGES = {.routes = ROUTES};
