// follow_up.c - after a document came in: virus scan, thumbnail, text; after a letter was made: its PDF.
#include "base/log.h"
#include "intake/internal.h"
#include "worker/scan.h"

enum { THUMBNAIL_PX = 320, SCAN_MS = 60000 };

static enum status keep(struct intake *i, const struct key *k, struct bytes b, struct blob_info *info) {
    struct blob_writer *w = NULL;
    enum status st = blob_create(i->store, k, DOCUMENT_BYTES_MAX, &w);
    if (!st) st = blob_write(w, b);
    if (!st) st = blob_finish(&w, info);
    blob_abort(&w);
    return st;
}

static enum status tell(struct intake *i, struct command *c, struct arena *a) {
    struct actor system = actor_system();
    struct problem p;
    return cases_do(i->cases, &system, c, a, NULL, &p);
}

static enum status scan(struct intake *i, const struct pending_document *d, struct bytes file,
                        struct arena *a, bool *is_clean) {
    struct scan_result r = {.verdict = SCAN_NOT_AVAILABLE};
    enum status st = i->scanner.n ? scan_bytes(env_real(), i->scanner, file, SCAN_MS, a, &r) : STATUS_OK;
    if (st) return st;
    *is_clean = r.verdict != SCAN_INFECTED;
    struct command c = {.kind = COMMAND_DOCUMENT_SCANNED,
                        .case_id = d->case_id,
                        .document_scanned = {.document = d->document,
                                             .name = r.name,
                                             .result = r.verdict == SCAN_CLEAN      ? T("clean")
                                                       : r.verdict == SCAN_INFECTED ? T("infected")
                                                                                    : T("not_scanned")}};
    return tell(i, &c, a);
}

// What the worker could not open stays without picture and text; the document itself is there.
static enum status derive(struct intake *i, const struct pending_document *d, struct bytes file,
                          struct arena *a) {
    struct command c = {.kind = COMMAND_DOCUMENT_DERIVED,
                        .case_id = d->case_id,
                        .document_derived = {.document = d->document}};
    struct bytes png = {0};
    struct text words = {0};
    enum status st = worker_thumbnail(i->workers, d->media, WORKER_BYTES(file), THUMBNAIL_PX, a, &png);
    if (!st) st = keep(i, &d->key, png, &c.document_derived.thumbnail);
    if (text_eq(d->media, T("application/pdf")) &&
        !worker_pdf_text(i->workers, WORKER_BYTES(file), a, &words) && words.n) {
        enum status kept = keep(i, &d->key, bytes_of(words), &c.document_derived.text);
        if (kept) return kept;
    }
    if (st)
        log_line(LOG_INFO, "intake.no_thumbnail", "document=%lld status=\"%s\"", (long long)d->document,
                 status_name(st));
    return c.document_derived.thumbnail.size || c.document_derived.text.size ? tell(i, &c, a) : STATUS_OK;
}

static enum status follow_document(struct intake *i, const struct pending_document *d) {
    struct arena a = {0};
    struct bytes file;
    bool is_clean = false;
    enum status st = blob_read_all(i->store, &d->blob, &d->key, DOCUMENT_BYTES_MAX, &a, &file);
    if (!st) st = scan(i, d, file, &a, &is_clean);
    if (!st && is_clean && i->workers) st = derive(i, d, file, &a);
    if (st)
        log_line(LOG_WARNING, "intake.follow_up", "document=%lld status=\"%s\"", (long long)d->document,
                 status_name(st));
    arena_free(&a);
    return st;
}

enum status intake_follow_up(struct intake *i, size_t limit, size_t *done) {
    struct arena a = {0};
    struct pending_document *documents;
    int64_t *letters;
    size_t count = 0;
    *done = 0;
    enum status st = cases_pending_documents(i->cases, limit, &a, &documents, &count);
    for (size_t k = 0; k < count && !st; k++) {
        if (!follow_document(i, &documents[k])) ++*done;
        key_wipe(&documents[k].key);
    }
    if (!st) st = cases_pending_letters(i->cases, limit, &a, &letters, &count);
    for (size_t k = 0; k < count && !st; k++) {
        struct problem p = {0};
        enum status rendered = cases_render_letter(i->cases, letters[k], &p);
        if (!rendered)
            ++*done;
        else
            log_line(LOG_WARNING, "intake.letter", "letter=%lld status=\"%s\"", (long long)letters[k],
                     status_name(rendered));
    }
    arena_free(&a);
    return st;
}

enum status intake_page_picture(struct intake *i, const struct actor *actor, const struct look *look,
                                int64_t document, int page, int px, struct arena *a, struct bytes *png,
                                int *pages, struct problem *p) {
    struct document_view v;
    struct blob_reader *r = NULL;
    size_t n = 1, all = 0;
    *pages = 1;
    if (!i->workers) return STATUS_UNSUPPORTED;
    enum status st = cases_open_document(i->cases, actor, look, document, a, &v, &r, p);
    uint8_t *file = st ? NULL : arena_alloc(a, (size_t)v.size + 1);
    while (!st && n) {
        st = blob_read(r, file + all, (size_t)v.size + 1 - all, &n);
        all += n;
    }
    blob_close_read(&r);
    if (st) return st;
    struct worker_file f = WORKER_BYTES(((struct bytes){file, all}));
    if (!text_eq(v.media, T("application/pdf"))) return worker_thumbnail(i->workers, v.media, f, px, a, png);
    st = worker_pdf_pages(i->workers, f, pages);
    return st ? st : worker_pdf_page(i->workers, f, page, px, a, png);
}
