// case_documents.c - the documents of a case: list, viewer without script, the file itself, and upload at the
// counter.
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/encode.h"
#include "intake/intake.h"
#include "web/pages.h"
#include "web/pages/case_page.h"

enum { PICTURE_PX = 1100, THUMBNAIL_PX = 180, PICTURE_PAGES_MAX = 500 };

struct document_line {
    int64_t id, size;
    struct text kind, title, media, sha256, scan, by, href, thumbnail, file;
    struct moment at;
    bool is_removed, is_infected, is_clean;
};
struct documents_page {
    struct case_frame frame;
    struct {
        struct document_line *items;
        size_t count, capacity;
    } documents;
    struct options kinds;
    struct text action, asked, request; // the request that the file answers
    bool can_add;
};
#define DOCUMENT struct document_line
VIEW(DOCUMENT_VIEW, VIEW_INT64(DOCUMENT, id), VIEW_SIZE(DOCUMENT, size), VIEW_TEXT(DOCUMENT, kind),
     VIEW_TEXT(DOCUMENT, title), VIEW_TEXT(DOCUMENT, media), VIEW_TEXT(DOCUMENT, sha256),
     VIEW_TEXT(DOCUMENT, scan), VIEW_TEXT(DOCUMENT, by), VIEW_TEXT(DOCUMENT, href),
     VIEW_TEXT(DOCUMENT, thumbnail), VIEW_TEXT(DOCUMENT, file), VIEW_MOMENT(DOCUMENT, at),
     VIEW_BOOL(DOCUMENT, is_removed), VIEW_BOOL(DOCUMENT, is_infected), VIEW_BOOL(DOCUMENT, is_clean));
#define DOCUMENTS struct documents_page
VIEW(DOCUMENTS_VIEW, VIEW_STRUCT(DOCUMENTS, frame, &CASE_FRAME_VIEW),
     VIEW_LIST(DOCUMENTS, documents, &DOCUMENT_VIEW), VIEW_LIST(DOCUMENTS, kinds, &OPTION_VIEW),
     VIEW_TEXT(DOCUMENTS, action), VIEW_TEXT(DOCUMENTS, asked), VIEW_TEXT(DOCUMENTS, request),
     VIEW_BOOL(DOCUMENTS, can_add));
static const struct page_template DOCUMENTS_PAGE = {"case_documents", &DOCUMENTS_VIEW};

static struct document_line document_line(struct request *q, int64_t case_id, const struct document_view *d) {
    struct text path =
        text_printf(q->arena, "/cases/%lld/documents/%lld", (long long)case_id, (long long)d->document);
    struct text scan = d->scan.n ? d->scan : T("waiting");
    struct document_line l = {.id = d->document,
                              .size = d->size,
                              .kind = page_code_name(q, "document", d->kind),
                              .title = d->title,
                              .media = d->media,
                              .sha256 = d->sha256,
                              .by = d->by_name,
                              .at = d->at,
                              .is_removed = d->is_removed,
                              .href = path,
                              .file = TEXT_JOIN(q->arena, path, T("/file")),
                              .scan = key_of(q->arena, "case.scan.", scan),
                              .is_infected = text_eq(d->scan, T("infected")),
                              .is_clean = text_eq(d->scan, T("clean"))};
    if (!l.is_infected && !l.is_removed) l.thumbnail = TEXT_JOIN(q->arena, path, T("/pages/1?small=yes"));
    return l;
}

// ?request=: a paper that was asked for has come.
static void fill_asked(struct request *q, const struct case_file *f, struct documents_page *v) {
    struct text wanted = form_text(q, "request").n ? form_text(q, "request") : query_text(q, "request");
    for (size_t i = 0; i < f->requests.count; i++) {
        const struct request_view *a = &f->requests.items[i];
        if (!text_eq(wanted, text_printf(q->arena, "%lld", (long long)a->request))) continue;
        v->request = wanted;
        v->asked = page_code_name(q, "document", a->kind);
        if (!form_text(q, "kind").n) v->kinds = page_code_options(q, "document", a->kind);
    }
}

static enum status documents_page(struct request *q, struct response *r) {
    struct case_page c;
    enum status st = case_page_open(q, r, "documents", &c);
    if (st || case_page_is_sent(r)) return st;
    struct documents_page v = {.frame = c.frame,
                               .action = case_path(q, c.frame.id, "/documents"),
                               .kinds = page_code_options(q, "document", form_text(q, "kind"))};
    fill_asked(q, &c.file, &v);
    v.can_add = !c.frame.is_closed && officer_may(q, text_c(q->arena, c.file.relation), "add_document");
    for (size_t i = 0; i < c.file.documents.count; i++)
        *ARENA_PUSH(q->arena, &v.documents) = document_line(q, c.frame.id, &c.file.documents.items[i]);
    return page_show(q, r, &DOCUMENTS_PAGE, &v);
}

// ---- the viewer ----

struct viewer_page {
    struct case_frame frame;
    struct document_line document;
    struct text picture, back;
    struct pages pages;
    int page, count;
    bool has_pictures;
};
#define VIEWER struct viewer_page
VIEW(VIEWER_VIEW, VIEW_STRUCT(VIEWER, frame, &CASE_FRAME_VIEW), VIEW_STRUCT(VIEWER, document, &DOCUMENT_VIEW),
     VIEW_TEXT(VIEWER, picture), VIEW_TEXT(VIEWER, back), VIEW_STRUCT(VIEWER, pages, &PAGES_VIEW),
     VIEW_INT(VIEWER, page), VIEW_INT(VIEWER, count), VIEW_BOOL(VIEWER, has_pictures));
static const struct page_template VIEWER_PAGE = {"case_document", &VIEWER_VIEW};

static const struct document_view *find_document(struct request *q, const struct case_file *f) {
    int64_t id;
    if (!request_param_id(q, "document", &id)) return NULL;
    for (size_t i = 0; i < f->documents.count; i++)
        if (f->documents.items[i].document == id) return &f->documents.items[i];
    return NULL;
}

static struct text page_address(struct request *q, const struct document_line *d, int page) {
    return text_printf(q->arena, TEXT_FMT "?page=%d", TEXT_ARG(d->href), page);
}

static enum status viewer_page(struct request *q, struct response *r) {
    struct case_page c;
    int64_t wanted = 1;
    enum status st = case_page_open(q, r, "documents", &c);
    if (st || case_page_is_sent(r)) return st;
    const struct document_view *d = find_document(q, &c.file);
    if (!d) return STATUS_NOT_FOUND;
    struct viewer_page v = {.frame = c.frame,
                            .document = document_line(q, c.frame.id, d),
                            .back = case_path(q, c.frame.id, "/documents")};
    if (!text_int(query_text(q, "page"), &wanted) || wanted < 1 || wanted > PICTURE_PAGES_MAX) wanted = 1;
    v.page = (int)wanted;
    struct look look = case_look(q, c.frame.id);
    struct bytes png;
    struct problem p = {0};
    // Asks for a small picture of the page: how many pages there are, and whether pictures can be made at
    // all.
    st = v.document.is_infected ? STATUS_UNSUPPORTED
                                : intake_page_picture(page_app(q)->intake, page_actor(q), &look, d->document,
                                                      v.page - 1, THUMBNAIL_PX, q->arena, &png, &v.count, &p);
    v.has_pictures = st == STATUS_OK;
    v.picture = text_printf(q->arena, TEXT_FMT "/pages/%d", TEXT_ARG(v.document.href), v.page);
    if (v.has_pictures && v.page > 1) v.pages.previous = page_address(q, &v.document, v.page - 1);
    if (v.has_pictures && v.page < v.count) v.pages.next = page_address(q, &v.document, v.page + 1);
    return page_show(q, r, &VIEWER_PAGE, &v);
}

static enum status picture(struct request *q, struct response *r) {
    int64_t id, document, page;
    struct bytes png;
    int pages;
    if (!request_param_id(q, "id", &id) || !request_param_id(q, "document", &document) ||
        !request_param_id(q, "page", &page) || page > PICTURE_PAGES_MAX)
        return STATUS_NOT_FOUND;
    struct look look = case_look(q, id);
    int px = text_eq(query_text(q, "small"), T("yes")) ? THUMBNAIL_PX : PICTURE_PX;
    enum status st = intake_page_picture(page_app(q)->intake, page_actor(q), &look, document, (int)page - 1,
                                         px, q->arena, &png, &pages, &r->problem);
    if (st) return st;
    r->media = T("image/png");
    out_text(&r->body, text_of_bytes(png));
    return STATUS_OK;
}

// ---- the file itself ----

static enum status read_blob(void *context, uint8_t *to, size_t max, size_t *got) {
    return blob_read(context, to, max, got);
}
static void close_blob(void *context) {
    struct blob_reader *reader = context;
    blob_close_read(&reader);
}

static enum status document_file(struct request *q, struct response *r) {
    int64_t id, document;
    struct document_view d;
    struct blob_reader *reader;
    if (!request_param_id(q, "id", &id) || !request_param_id(q, "document", &document))
        return STATUS_NOT_FOUND;
    struct look look = case_look(q, id);
    enum status st = cases_open_document(page_app(q)->cases, page_actor(q), &look, document, q->arena, &d,
                                         &reader, &r->problem);
    if (st) return st;
    response_download(q, r, d.title, d.media, false);
    r->stream = (struct body_stream){reader, read_blob, close_blob, d.size};
    return STATUS_OK;
}

// ---- upload at the counter ----

struct counter_upload {
    struct text token, title;
    int64_t received;
    enum status status;
    struct problem problem;
};

static struct upload_about about_of(struct request *q, const struct counter_upload *u) {
    struct upload_about about = {.kind = form_text(q, "kind"), .title = u ? u->title : (struct text){0}};
    if (!request_param_id(q, "id", &about.case_id)) about.case_id = 0;
    if (!text_int(form_text(q, "request"), &about.request)) about.request = 0;
    return about;
}

static struct counter_upload *pending(struct request *q) {
    return q->upload;
}

static enum status upload_begin(struct request *q, struct text field, struct text name, struct text media,
                                void **file) {
    uint8_t random[24];
    (void)media;
    struct counter_upload *u = ARENA_NEW(q->arena, struct counter_upload);
    *file = u;
    if (!text_eq(field, T("file")) || pending(q)) return STATUS_INVALID;
    q->upload = u;
    env_random(q->env, random, sizeof random);
    u->token = hex_encode(q->arena, (struct bytes){random, sizeof random});
    u->title = text_copy(q->arena, name);
    struct upload_about about = about_of(q, u);
    u->status =
        intake_upload_begin(page_app(q)->intake, page_actor(q), &about, u->token, &u->received, &u->problem);
    return STATUS_OK;
}

static enum status upload_bytes(struct request *q, void *file, struct bytes piece) {
    struct counter_upload *u = file;
    if (!u->status)
        u->status = intake_upload_piece(page_app(q)->intake, page_actor(q), u->token, piece, &u->received,
                                        &u->problem);
    return STATUS_OK;
}

static enum status upload_end(struct request *q, void *file, bool is_complete) {
    struct counter_upload *u = file;
    if (is_complete && !u->status) return STATUS_OK;
    if (u->token.n && intake_upload_drop(page_app(q)->intake, page_actor(q), u->token)) return STATUS_OK;
    return STATUS_OK;
}
static const struct upload_sink COUNTER_UPLOAD = {upload_begin, upload_bytes, upload_end, DOCUMENT_BYTES_MAX};

static enum status document_add(struct request *q, struct response *r) {
    struct counter_upload *u = pending(q);
    struct problem p = {0};
    int64_t document;
    struct upload_about about = about_of(q, u);
    enum status st = u ? u->status : problem(&p, "file", "required", "problem.case.file");
    if (u && st) p = u->problem;
    if (!st)
        st = intake_upload_finish(page_app(q)->intake, page_actor(q), &about, u->token, q->arena, &document,
                                  &p);
    if (st == STATUS_INVALID || st == STATUS_TOO_LARGE) {
        page_problem(q, &p);
        return documents_page(q, r);
    }
    r->problem = p;
    if (st) return st;
    response_notice(q, r, "notice.case.document");
    if (about.request) // now: when and how it came
        return response_redirect(q, r,
                                 text_printf(q->arena, "/cases/%lld/do/answer_request?about=%lld&paper=%lld",
                                             (long long)about.case_id, (long long)about.request,
                                             (long long)document));
    return response_redirect(q, r, case_path(q, about.case_id, "/documents"));
}

static const struct route ROUTES[] = {
    {GET, "/cases/:id/documents", documents_page, NEEDS(STAFF)},
    {POST, "/cases/:id/documents", document_add, NEEDS(STAFF), RATE_UPLOAD, &COUNTER_UPLOAD},
    {GET, "/cases/:id/documents/:document", viewer_page, NEEDS(STAFF)},
    {GET, "/cases/:id/documents/:document/pages/:page", picture, NEEDS(STAFF)},
    {GET, "/cases/:id/documents/:document/file", document_file, NEEDS(STAFF)},
    {0},
};
static const struct page_template *const TEMPLATES[] = {&DOCUMENTS_PAGE, &VIEWER_PAGE, NULL};
const struct page_module CASE_DOCUMENT_PAGES = {ROUTES, TEMPLATES};
