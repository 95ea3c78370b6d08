// The questions that the house asks, and the distrust of their answers: a worker may have been taken over.
#include <assert.h>
#include <string.h>

#include "worker/job.h"

static bool is_media_type(struct text t) {
    size_t slashes = 0;
    if (t.n == 0 || t.n > 100) return false;
    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && !strchr("/.+-_", c)) return false;
        slashes += c == '/';
    }
    return slashes == 1;
}

enum status worker_sniff(struct worker_pool *pool, struct worker_file file, struct arena *a,
                         struct text *media) {
    struct bytes b;
    enum status st = worker_do(pool, WORKER_SNIFF, NULL, file, a, &b);
    if (!st && !is_media_type(text_of_bytes(b))) st = STATUS_CORRUPT;
    if (!st) *media = text_of_bytes(b);
    return st;
}

static enum status ask_png(struct worker_pool *pool, uint32_t job, int first, int second,
                           struct worker_file file, struct arena *a, struct bytes *png) {
    static const uint8_t SIGNATURE[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    struct bytes b;
    enum status st = worker_do(pool, job, (int32_t[2]){first, second}, file, a, &b);
    if (!st && (b.n < sizeof SIGNATURE || memcmp(b.p, SIGNATURE, sizeof SIGNATURE) != 0)) st = STATUS_CORRUPT;
    if (!st) *png = b;
    return st;
}

enum status worker_thumbnail(struct worker_pool *pool, struct text media, struct worker_file file, int max_px,
                             struct arena *a, struct bytes *png) {
    assert(max_px >= 1 && max_px <= WORKER_PX_MAX);
    if (text_eq(media, T("image/jpeg"))) return ask_png(pool, WORKER_THUMBNAIL_JPEG, max_px, 0, file, a, png);
    if (text_eq(media, T("image/png"))) return ask_png(pool, WORKER_THUMBNAIL_PNG, max_px, 0, file, a, png);
    if (text_eq(media, T("application/pdf"))) return ask_png(pool, WORKER_PDF_PAGE, 0, max_px, file, a, png);
    return STATUS_UNSUPPORTED;
}

enum status worker_pdf_page(struct worker_pool *pool, struct worker_file file, int page, int px,
                            struct arena *a, struct bytes *png) {
    assert(page >= 0 && px >= 1 && px <= WORKER_PX_MAX);
    return ask_png(pool, WORKER_PDF_PAGE, page, px, file, a, png);
}

enum status worker_pdf_pages(struct worker_pool *pool, struct worker_file file, int *pages) {
    struct arena a = {0};
    struct bytes b;
    int64_t n = 0;
    enum status st = worker_do(pool, WORKER_PDF_PAGES, NULL, file, &a, &b);
    if (!st && (!text_int(text_of_bytes(b), &n) || n < 0)) st = STATUS_CORRUPT;
    if (!st && n > WORKER_PAGES_MAX) st = STATUS_TOO_LARGE;
    if (!st) *pages = (int)n;
    arena_free(&a);
    return st;
}

enum status worker_pdf_text(struct worker_pool *pool, struct worker_file file, struct arena *a,
                            struct text *text) {
    struct bytes b;
    enum status st = worker_do(pool, WORKER_PDF_TEXT, NULL, file, a, &b);
    if (!st && (b.n > WORKER_TEXT_MAX || !text_is_utf8(text_of_bytes(b)))) st = STATUS_CORRUPT;
    if (!st) *text = text_of_bytes(b);
    return st;
}

static bool is_zone(struct text t) {
    size_t lines = 0;
    if (!t.n || t.n > 3 * 45 || t.p[t.n - 1] != '\n') return false;
    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i];
        lines += c == '\n';
        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '<' && c != '\n') return false;
    }
    return lines == 2 || lines == 3;
}

enum status worker_zone(struct worker_pool *pool, struct text media, struct worker_file file, struct arena *a,
                        struct text *lines) {
    int32_t args[2] = {text_eq(media, T("image/jpeg"))        ? WORKER_ZONE_JPEG
                       : text_eq(media, T("image/png"))       ? WORKER_ZONE_PNG
                       : text_eq(media, T("application/pdf")) ? WORKER_ZONE_PDF
                                                              : -1,
                       0};
    struct bytes b;
    if (args[0] < 0) return STATUS_UNSUPPORTED;
    enum status st = worker_do(pool, WORKER_ZONE, args, file, a, &b);
    if (!st && !is_zone(text_of_bytes(b))) st = STATUS_CORRUPT;
    if (!st) *lines = text_of_bytes(b);
    return st;
}
