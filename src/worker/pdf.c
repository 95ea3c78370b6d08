#include <cairo-pdf.h>
#include <math.h>
#include <poppler.h>
#include <string.h>

#include "worker/picture.h"

static enum status pdf_open(struct bytes file, PopplerDocument **out) {
    GError *error = NULL;
    GBytes *bytes = g_bytes_new_static(file.p, file.n);
    *out = poppler_document_new_from_bytes(bytes, NULL, &error);
    g_bytes_unref(bytes);
    if (*out) return STATUS_OK;
    bool encrypted = g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED);
    g_clear_error(&error);
    return encrypted ? STATUS_UNSUPPORTED : STATUS_CORRUPT;
}

static enum status render(PopplerPage *page, int px, struct arena *a, struct bytes *answer) {
    double width, height;
    poppler_page_get_size(page, &width, &height);
    if (!(width > 0 && height > 0 && width < 1e6 && height < 1e6)) return STATUS_CORRUPT;
    double scale = px / fmax(width, height);
    int w = (int)fmax(1, round(width * scale)), h = (int)fmax(1, round(height * scale));
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    cairo_t *c = cairo_create(surface);
    cairo_set_source_rgb(c, 1, 1, 1);
    cairo_paint(c);
    cairo_scale(c, scale, scale);
    poppler_page_render(page, c);
    enum status st =
        cairo_status(c) == CAIRO_STATUS_SUCCESS ? surface_png(surface, a, answer) : STATUS_CORRUPT;
    cairo_destroy(c);
    cairo_surface_destroy(surface);
    return st;
}

// args: page from 0, pixels of the longer side.
enum status job_pdf_page(uint32_t job, const int32_t args[2], struct bytes file, struct arena *a,
                         struct bytes *answer) {
    (void)job;
    PopplerDocument *d;
    enum status st = pdf_open(file, &d);
    if (st) return st;
    PopplerPage *page =
        args[0] < poppler_document_get_n_pages(d) ? poppler_document_get_page(d, args[0]) : NULL;
    st = page ? render(page, args[1], a, answer) : STATUS_NOT_FOUND;
    if (page) g_object_unref(page);
    g_object_unref(d);
    return st;
}

enum status job_pdf_pages(uint32_t job, const int32_t args[2], struct bytes file, struct arena *a,
                          struct bytes *answer) {
    (void)job, (void)args;
    PopplerDocument *d;
    enum status st = pdf_open(file, &d);
    if (st) return st;
    *answer = bytes_of(text_printf(a, "%d", poppler_document_get_n_pages(d)));
    g_object_unref(d);
    return STATUS_OK;
}

// Adds text up to the limit, whole code points only; malformed ones become U+FFFD. False when the limit is
// reached.
static bool add_text(struct out *o, struct text t) {
    for (size_t at = 0; at < t.n;) {
        if (o->n + 4 > WORKER_TEXT_MAX) return false;
        uint32_t c = text_codepoint(t, &at);
        out_codepoint(o, c);
    }
    return true;
}

enum status job_pdf_text(uint32_t job, const int32_t args[2], struct bytes file, struct arena *a,
                         struct bytes *answer) {
    (void)job, (void)args;
    PopplerDocument *d;
    struct out o = {.arena = a};
    enum status st = pdf_open(file, &d);
    if (st) return st;
    int pages = poppler_document_get_n_pages(d);
    bool room = pages <= WORKER_PAGES_MAX;
    if (!room) st = STATUS_TOO_LARGE;
    for (int i = 0; i < pages && room; i++) {
        PopplerPage *page = poppler_document_get_page(d, i);
        char *text = page ? poppler_page_get_text(page) : NULL;
        if (i > 0) room = add_text(&o, T("\f"));
        if (text && room) room = add_text(&o, text_of(text));
        g_free(text);
        if (page) g_object_unref(page);
    }
    g_object_unref(d);
    *answer = bytes_of(out_done(&o));
    return st;
}

static cairo_status_t append(void *context, const unsigned char *data, unsigned int n) {
    out_text(context, (struct text){(const char *)data, n});
    return CAIRO_STATUS_SUCCESS;
}

// Reads a page of our own once, so that fonts and libraries are found before the process is sealed.
void pdf_prepare(void) {
    struct arena a = {0};
    struct out o = {.arena = &a};
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(append, &o, 100, 100);
    cairo_t *c = cairo_create(surface);
    cairo_select_font_face(c, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_move_to(c, 10, 50);
    cairo_show_text(c, "Ostia");
    cairo_destroy(c);
    cairo_surface_destroy(surface);
    struct bytes png, text, pdf = bytes_of(out_done(&o));
    enum status drawn = job_pdf_page(WORKER_PDF_PAGE, (int32_t[2]){0, 50}, pdf, &a, &png);
    enum status read = job_pdf_text(WORKER_PDF_TEXT, (int32_t[2]){0}, pdf, &a, &text);
    (void)drawn, (void)read;
    arena_free(&a);
}
