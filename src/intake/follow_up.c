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

// A scanner that does not answer is asked again later: until then the file waits, unopened.
static enum status scan(struct intake *i, const struct pending_document *d, struct bytes file,
                        struct arena *a, struct document_scanned *out) {
    struct scan_result r = {.verdict = SCAN_REFUSED};
    enum status st = i->scanner.n ? scan_bytes(env_real(), i->scanner, file, SCAN_MS, a, &r) : STATUS_OK;
    if (!st && r.verdict == SCAN_NOT_AVAILABLE) st = STATUS_BUSY;
    *out = (struct document_scanned){.document = d->document,
                                     .name = r.name,
                                     .result = r.verdict == SCAN_CLEAN      ? T("clean")
                                               : r.verdict == SCAN_INFECTED ? T("infected")
                                                                            : T("not_scanned")};
    return st;
}

// What the worker could not open stays without picture and text; the document itself is there.
static enum status derive(struct intake *i, const struct pending_document *d, struct bytes file,
                          struct arena *a, struct document_derived *out) {
    struct bytes png = {0};
    struct text words = {0};
    enum status kept = STATUS_OK;
    *out = (struct document_derived){.document = d->document};
    enum status st = worker_thumbnail(i->workers, d->media, WORKER_BYTES(file), THUMBNAIL_PX, a, &png);
    if (st)
        log_line(LOG_INFO, "intake.no_thumbnail", "document=%lld status=\"%s\"", (long long)d->document,
                 status_name(st));
    else
        kept = keep(i, &d->key, png, &out->thumbnail);
    if (!kept && text_eq(d->media, T("application/pdf")) &&
        !worker_pdf_text(i->workers, WORKER_BYTES(file), a, &words) && words.n)
        kept = keep(i, &d->key, bytes_of(words), &out->text);
    return kept;
}

static void drop(struct intake *i, const struct blob_info *made) {
    if (made->size && blob_remove(i->store, &made->name))
        log_line(LOG_WARNING, "intake.orphan", "size=%lld", (long long)made->size);
}

// Both in one commit: after a crash, or with a lost database, the document still waits, or all is done.
static enum status tell(struct intake *i, int64_t case_id, const struct document_scanned *scanned,
                        const struct document_derived *derived, struct arena *a) {
    struct command found[] = {
        {.kind = COMMAND_DOCUMENT_SCANNED, .case_id = case_id, .document_scanned = *scanned},
        {.kind = COMMAND_DOCUMENT_DERIVED, .case_id = case_id, .document_derived = *derived}};
    struct actor system = actor_system();
    struct command_result result;
    struct problem p;
    size_t count = derived->thumbnail.size || derived->text.size ? 2 : 1;
    return cases_do_together(i->cases, &system, found, count, NULL, a, &result, &p);
}

static enum status follow_document(struct intake *i, const struct pending_document *d) {
    struct arena a = {0};
    struct bytes file;
    struct document_scanned scanned;
    struct document_derived derived = {0};
    enum status st = blob_read_all(i->store, &d->blob, &d->key, DOCUMENT_BYTES_MAX, &a, &file);
    if (!st) st = scan(i, d, file, &a, &scanned);
    if (!st && i->workers && !text_eq(scanned.result, T("infected"))) st = derive(i, d, file, &a, &derived);
    if (!st) st = tell(i, d->case_id, &scanned, &derived, &a);
    if (st && st != STATUS_UNCERTAIN) {
        drop(i, &derived.thumbnail);
        drop(i, &derived.text);
    }
    if (st == STATUS_CONFLICT) st = STATUS_OK; // another server followed it up
    if (st)
        log_line(LOG_WARNING, "intake.follow_up", "document=%lld status=\"%s\"", (long long)d->document,
                 status_name(st));
    arena_free(&a);
    return st;
}

// One after the other, and round and round: what cannot be followed up now holds up nobody behind it.
static enum status follow_documents(struct intake *i, size_t limit, struct arena *a, size_t *done) {
    struct pending_document *documents;
    size_t count = 0;
    enum status scanner = STATUS_OK;
    enum status st = cases_pending_documents(i->cases, i->after, limit, a, &documents, &count);
    if (!st && !count && i->after) st = cases_pending_documents(i->cases, 0, limit, a, &documents, &count);
    if (st) return st;
    int64_t last = count == limit ? documents[count - 1].document : 0;
    for (size_t k = 0; k < count; k++) {
        enum status one = scanner ? scanner : follow_document(i, &documents[k]);
        if (!one) ++*done;
        if (one == STATUS_BUSY && !scanner) { // the rest of this round would wait for the scanner too
            scanner = one;
            last = documents[k].document;
        }
        key_wipe(&documents[k].key);
    }
    i->after = last;
    return scanner;
}

enum status intake_follow_up(struct intake *i, size_t limit, size_t *done) {
    struct arena a = {0};
    int64_t *letters;
    size_t count = 0;
    *done = 0;
    enum status documents = follow_documents(i, limit, &a, done);
    enum status st = cases_pending_letters(i->cases, limit, &a, &letters, &count);
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
    return st ? st : documents;
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
