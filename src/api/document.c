// document.c - files in and out, as streams: nothing of them is held in memory but a piece.
#include <sodium.h>
#include <string.h>

#include "api/table.h"

#include "base/encode.h"

enum { PIECE_BYTES = 1024 * 1024 /* each is synced once */, PICTURE_PX_USUAL = 1100 };

// ---- out

static enum status read_blob(void *context, uint8_t *to, size_t max, size_t *got) {
    return blob_read(context, to, max, got);
}
static void close_blob(void *context) {
    struct blob_reader *reader = context;
    blob_close_read(&reader);
}

static enum status send(struct api_call *c, struct text name, struct text media, int64_t size,
                        struct blob_reader *reader) {
    response_download(c->q, c->r, name, media, false);
    c->r->stream = (struct body_stream){reader, read_blob, close_blob, size};
    return STATUS_OK;
}

enum status api_document(struct api_call *c) {
    struct api_question *in = c->in;
    struct document_view d;
    struct blob_reader *reader;
    int64_t id;
    if (!request_param_id(c->q, "document", &id)) return api_fail(c, 404);
    c->look.reason = in->reason;
    enum status st =
        cases_open_document(c->app->cases, c->actor, &c->look, id, c->q->arena, &d, &reader, &c->problem);
    return st ? api_failed(c, st) : send(c, d.title, d.media, d.size, reader);
}

enum status api_letter(struct api_call *c) {
    struct api_question *in = c->in;
    struct letter_view l;
    struct blob_reader *reader;
    int64_t id;
    if (!request_param_id(c->q, "letter", &id)) return api_fail(c, 404);
    c->look.reason = in->reason;
    enum status st =
        cases_open_letter(c->app->cases, c->actor, &c->look, id, c->q->arena, &l, &reader, &c->problem);
    struct text name = text_printf(c->q->arena, TEXT_FMT ".pdf", TEXT_ARG(l.kind));
    return st ? api_failed(c, st) : send(c, name, T("application/pdf"), l.size, reader);
}

enum status api_document_page(struct api_call *c) {
    struct api_question *in = c->in;
    struct bytes png;
    int64_t id, page;
    int pages;
    if (!request_param_id(c->q, "document", &id) || !request_param_id(c->q, "page", &page) ||
        page > INT16_MAX)
        return api_fail(c, 404);
    c->look.reason = in->reason;
    int px = in->px ? (int)in->px : PICTURE_PX_USUAL;
    enum status st = intake_page_picture(c->app->intake, c->actor, &c->look, id, (int)page - 1, px,
                                         c->q->arena, &png, &pages, &c->problem);
    if (st) return api_failed(c, st);
    c->r->media = T("image/png");
    response_header(c->q, c->r, "Pages", text_printf(c->q->arena, "%d", pages));
    out_text(&c->r->body, text_of_bytes(png));
    return STATUS_OK;
}

// ---- in

struct arriving {
    struct text token;
    struct upload_about about;
    int64_t received;
    uint8_t *piece;
    size_t n;
    crypto_hash_sha256_state hash;
    enum status status;
    struct problem problem;
};

static void send_piece(struct request *q, struct arriving *u) {
    if (!u->status && u->n)
        u->status = intake_upload_piece(page_app(q)->intake, page_actor(q), u->token,
                                        (struct bytes){u->piece, u->n}, &u->received, &u->problem);
    u->n = 0;
}

// What is wrong is said by the handler, when all of it has come.
static enum status begin(struct request *q, struct text field, struct text name, struct text media,
                         void **file) {
    uint8_t random[24];
    (void)name, (void)media;
    if (field.n) return STATUS_UNSUPPORTED; // a form: files come as they are
    struct arriving *u = *file = q->upload = ARENA_NEW(q->arena, struct arriving);
    u->piece = arena_alloc(q->arena, PIECE_BYTES);
    env_random(q->env, random, sizeof random);
    u->token = hex_encode(q->arena, (struct bytes){random, sizeof random});
    crypto_hash_sha256_init(&u->hash);
    u->about.kind = query_text(q, "kind");
    if (!request_param_id(q, "case", &u->about.case_id)) u->about.case_id = 0;
    u->status = intake_upload_begin(page_app(q)->intake, page_actor(q), &u->about, u->token, &u->received,
                                    &u->problem);
    return STATUS_OK;
}

static enum status take(struct request *q, void *file, struct bytes b) {
    struct arriving *u = file;
    crypto_hash_sha256_update(&u->hash, b.p, b.n);
    while (b.n) {
        size_t n = PIECE_BYTES - u->n < b.n ? PIECE_BYTES - u->n : b.n;
        memcpy(u->piece + u->n, b.p, n);
        u->n += n;
        b = (struct bytes){b.p + n, b.n - n};
        if (u->n == PIECE_BYTES) send_piece(q, u);
    }
    return STATUS_OK;
}

static void drop(struct request *q, const struct arriving *u) {
    enum status dropped = intake_upload_drop(page_app(q)->intake, page_actor(q), u->token);
    (void)dropped; // swept in a week otherwise
}

static enum status end(struct request *q, void *file, bool is_complete) {
    struct arriving *u = file;
    if (is_complete) send_piece(q, u);
    if (!is_complete || u->status) drop(q, u);
    return STATUS_OK;
}
const struct upload_sink API_DOCUMENT_SINK = {begin, take, end, DOCUMENT_BYTES_MAX};

enum status api_document_add(struct api_call *c) {
    struct api_new_document *in = c->in;
    struct arriving *u = c->q->upload;
    struct api_once once;
    struct hash content;
    int64_t document;
    if (!u) return api_fail(c, 415);
    c->problem = u->problem;
    if (u->status) return api_failed(c, u->status);
    crypto_hash_sha256_final(&u->hash, content.b);
    if (!api_once_begin(c, content, &once)) {
        drop(c->q, u);
        return STATUS_OK;
    }
    u->about.kind = in->kind;
    u->about.title = in->title;
    u->about.request = in->request;
    u->about.around = &once.around;
    enum status st = intake_upload_finish(c->app->intake, c->actor, &u->about, u->token, c->q->arena,
                                          &document, &c->problem);
    return st ? api_failed(c, st) : api_done(c, &once);
}
