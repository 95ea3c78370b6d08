// One letter from struct to bytes: check, lay out, flow, draw, finish.
#include "paper/paper.h"

#include "base/date.h"
#include <cairo-pdf.h>

#include "paper/sheet.h"

static cairo_status_t collect(void *out, const unsigned char *p, unsigned n) {
    out_text(out, (struct text){(const char *)p, n});
    return CAIRO_STATUS_SUCCESS;
}

static cairo_status_t discard(void *nothing, const unsigned char *p, unsigned n) {
    (void)nothing, (void)p, (void)n;
    return CAIRO_STATUS_SUCCESS;
}

static void describe(struct sheet *s, cairo_surface_t *pdf) {
    struct arena *a = s->arena;
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_TITLE, text_c(a, s->paper->title));
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_AUTHOR, text_c(a, s->paper->author));
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATE_DATE,
                                   text_c(a, moment_print(a, s->paper->created)));
}

static enum status draw(struct sheet *s, struct out *bytes) {
    cairo_surface_t *pdf = cairo_pdf_surface_create_for_stream(collect, bytes, PAGE_WIDTH, PAGE_HEIGHT);
    cairo_destroy(s->cr);
    s->cr = cairo_create(pdf);
    describe(s, pdf);
    sheet_draw_pages(s);
    cairo_status_t drawn = cairo_status(s->cr);
    cairo_surface_finish(pdf);
    if (!drawn) drawn = cairo_surface_status(pdf);
    cairo_surface_destroy(pdf);
    return drawn ? STATUS_IO : STATUS_OK;
}

static enum status make(struct sheet *s, struct paper_result *out, struct problem *p) {
    enum status st = sheet_frame_check(s, p);
    if (!st) st = sheet_items_make(s, p);
    if (!st) st = sheet_flow(s, p);
    struct out bytes = {.arena = s->arena};
    if (!st) st = draw(s, &bytes);
    if (!st) st = sheet_finish(s, bytes_of(out_done(&bytes)), &out->pdf);
    out->pages = s->pages;
    return st;
}

enum status paper_make(struct arena *a, const struct paper *paper, struct paper_result *out,
                       struct problem *p) {
    *out = (struct paper_result){0};
    if (paper->block_count > PAPER_BLOCKS_MAX) {
        (void)problem(p, "blocks", "paper_blocks", "problem.paper.blocks");
        return STATUS_TOO_LARGE;
    }
    // Measuring needs a context of the same kind before there is a page.
    cairo_surface_t *scratch = cairo_pdf_surface_create_for_stream(discard, NULL, PAGE_WIDTH, PAGE_HEIGHT);
    struct sheet s = {.arena = a, .paper = paper, .cr = cairo_create(scratch)};
    cairo_surface_destroy(scratch);
    enum status st = make(&s, out, p);
    for (size_t i = 0; i < s.layouts.count; i++) g_object_unref(s.layouts.items[i]);
    cairo_destroy(s.cr);
    return st;
}
