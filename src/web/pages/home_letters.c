// home_letters.c - the person's letters (opening one counts as notified), documents, and their bytes.
#include "web/pages.h"
#include "web/pages/home.h"

static enum status stream_read(void *context, uint8_t *to, size_t max, size_t *got) {
    return blob_read(context, to, max, got);
}

static void stream_close(void *context) {
    struct blob_reader *reader = context;
    blob_close_read(&reader);
}

static void stream_file(struct request *q, struct response *r, struct text name, struct text media,
                        bool is_inline, struct blob_reader *reader) {
    response_download(q, r, name, media, is_inline);
    r->stream = (struct body_stream){reader, stream_read, stream_close, -1};
}

// ---- letters

struct letter_page_view {
    int64_t id, letter;
    struct text title, code;
    struct moment issued, opened;
    bool is_new, is_valid;
};
#define V struct letter_page_view
VIEW(LETTER_VIEW, VIEW_INT64(V, id), VIEW_INT64(V, letter), VIEW_TEXT(V, title), VIEW_TEXT(V, code),
     VIEW_MOMENT(V, issued), VIEW_MOMENT(V, opened), VIEW_BOOL(V, is_new), VIEW_BOOL(V, is_valid));
#undef V
static const struct page_template LETTER = {"home_letter", &LETTER_VIEW};

static const struct letter_view *find_letter(const struct case_file *f, int64_t letter) {
    for (size_t i = 0; i < f->letters.count; i++)
        if (f->letters.items[i].letter == letter) return &f->letters.items[i];
    return NULL;
}

static enum status letter_page(struct request *q, struct response *r) {
    struct letter_page_view v = {0};
    struct case_file f;
    if (!request_param_id(q, "letter", &v.letter)) return STATUS_NOT_FOUND;
    enum status st = own_case_open(q, r, &v.id, &f);
    const struct letter_view *l = st ? NULL : find_letter(&f, v.letter);
    if (!l) return st ? st : STATUS_NOT_FOUND;
    v.title = l->title;
    v.code = l->code;
    v.issued = l->issued;
    v.opened = l->opened;
    v.is_new = !l->opened.ms;
    v.is_valid = l->is_valid;
    return page_show(q, r, &LETTER, &v);
}

static enum status letter_open(struct request *q, struct response *r) {
    struct command c = {.kind = COMMAND_OPEN_LETTER};
    bool is_mistake;
    if (!request_param_id(q, "letter", &c.open_letter.letter)) return STATUS_NOT_FOUND;
    const char *next =
        text_c(q->arena, text_printf(q->arena, "/letters/%lld", (long long)c.open_letter.letter));
    enum status st = own_case_do(q, r, &c, "notice.letter.opened", next, &is_mistake);
    return is_mistake ? STATUS_NOT_FOUND : st;
}

// The PDF itself is only handed out once the letter was opened with the warning in sight.
static enum status letter_file(struct request *q, struct response *r) {
    int64_t id, letter;
    struct case_file f;
    struct letter_view v;
    struct blob_reader *reader = NULL;
    struct problem p = {0};
    struct look look = page_look(q, "own_file");
    if (!request_param_id(q, "letter", &letter)) return STATUS_NOT_FOUND;
    enum status st = own_case_open(q, r, &id, &f);
    const struct letter_view *l = st ? NULL : find_letter(&f, letter);
    if (!l) return st ? st : STATUS_NOT_FOUND;
    bool is_harmless = text_eq(l->kind, T("receipt")) || text_eq(l->kind, T("rights_leaflet"));
    if (!l->opened.ms && !is_harmless)
        return response_redirect(
            q, r, text_printf(q->arena, "/my/%lld/letters/%lld", (long long)id, (long long)letter));
    st = cases_open_letter(page_app(q)->cases, page_actor(q), &look, letter, q->arena, &v, &reader, &p);
    if (st) return r->problem = p, st;
    stream_file(
        q, r,
        text_printf(q->arena, TEXT_FMT "-" TEXT_FMT ".pdf", TEXT_ARG(f.head.case_no), TEXT_ARG(l->kind)),
        T("application/pdf"), !query_text(q, "download").n, reader);
    return STATUS_OK;
}

// ---- documents

struct document_row {
    int64_t id;
    struct text title, kind, scan_key;
    struct moment at;
    int64_t size;
    bool has_thumbnail, is_infected;
};
#define V struct document_row
VIEW(DOCUMENT_ROW, VIEW_INT64(V, id), VIEW_TEXT(V, title), VIEW_TEXT(V, kind), VIEW_TEXT(V, scan_key),
     VIEW_MOMENT(V, at), VIEW_SIZE(V, size), VIEW_BOOL(V, has_thumbnail), VIEW_BOOL(V, is_infected));
#undef V
struct documents_view {
    int64_t id, case_id; // the same: rows have an id of their own
    struct text case_no;
    bool is_closed;
    struct {
        struct document_row *items;
        size_t count, capacity;
    } documents;
};
VIEW(DOCUMENTS_VIEW, VIEW_INT64(struct documents_view, id), VIEW_INT64(struct documents_view, case_id),
     VIEW_TEXT(struct documents_view, case_no), VIEW_BOOL(struct documents_view, is_closed),
     VIEW_LIST(struct documents_view, documents, &DOCUMENT_ROW));
static const struct page_template DOCUMENTS = {"home_documents", &DOCUMENTS_VIEW};

static enum status documents_page(struct request *q, struct response *r) {
    struct documents_view v = {0};
    struct case_file f;
    enum status st = own_case_open(q, r, &v.id, &f);
    if (st) return st;
    v.case_id = v.id;
    v.case_no = f.head.case_no;
    v.is_closed = f.closed_at.ms != 0;
    for (size_t i = 0; i < f.documents.count; i++) {
        const struct document_view *d = &f.documents.items[i];
        if (d->is_removed) continue;
        struct text scan = d->scan.n ? d->scan : T("waiting");
        *ARENA_PUSH(q->arena, &v.documents) =
            (struct document_row){d->document,
                                  d->title,
                                  page_code_name(q, "document", d->kind),
                                  TEXT_JOIN(q->arena, T("documents.scan."), scan),
                                  d->at,
                                  d->size,
                                  d->has_thumbnail,
                                  text_eq(scan, T("infected"))};
    }
    return page_show(q, r, &DOCUMENTS, &v);
}

static enum status document_file(struct request *q, struct response *r) {
    int64_t document;
    struct document_view v;
    struct blob_reader *reader = NULL;
    struct problem p = {0};
    struct look look = page_look(q, "own_file");
    if (!request_param_id(q, "document", &document)) return STATUS_NOT_FOUND;
    enum status st =
        cases_open_document(page_app(q)->cases, page_actor(q), &look, document, q->arena, &v, &reader, &p);
    if (st) return r->problem = p, st;
    stream_file(q, r, v.title, v.media, !query_text(q, "download").n, reader);
    return STATUS_OK;
}

static enum status document_picture(struct request *q, struct response *r) {
    enum { THUMBNAIL_PX = 240 };
    int64_t document;
    int pages;
    struct bytes png;
    struct problem p = {0};
    struct look look = page_look(q, "own_file");
    if (!request_param_id(q, "document", &document)) return STATUS_NOT_FOUND;
    enum status st = intake_page_picture(page_app(q)->intake, page_actor(q), &look, document, 0, THUMBNAIL_PX,
                                         q->arena, &png, &pages, &p);
    if (st) return r->problem = p, st;
    response_download(q, r, T("page.png"), T("image/png"), true);
    out_text(&r->body, text_of_bytes(png));
    return STATUS_OK;
}

#define PERSON NEEDS(APPLICANT | REPRESENTATIVE)
static const struct route ROUTES[] = {
    {GET, "/my/:id/letters/:letter", letter_page, PERSON},
    {POST, "/my/:id/letters/:letter", letter_open, PERSON},
    {GET, "/my/:id/letters/:letter/file", letter_file, PERSON},
    {GET, "/my/:id/documents", documents_page, PERSON},
    {GET, "/my/:id/documents/:document", document_file, PERSON},
    {GET, "/my/:id/documents/:document/picture", document_picture, PERSON},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&LETTER, &DOCUMENTS, NULL};
const struct page_module HOME_LETTER_PAGES = {ROUTES, TEMPLATES};
