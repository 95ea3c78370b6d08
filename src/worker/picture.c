#include "worker/picture.h"

#include <assert.h>
#include <string.h>

enum status picture_size_check(int64_t width, int64_t height, int64_t most) {
    if (width < 1 || height < 1) return STATUS_CORRUPT;
    return width > most || height > most || width * height > most ? STATUS_TOO_LARGE : STATUS_OK;
}

void shrink_start(struct shrink *s, struct arena *a, int width, int height, int px) {
    int longer = width > height ? width : height;
    if (px > longer) px = longer;
    *s = (struct shrink){.source_width = width, .source_height = height};
    s->width = (int)((int64_t)width * px / longer);
    s->height = (int)((int64_t)height * px / longer);
    if (s->width < 1) s->width = 1;
    if (s->height < 1) s->height = 1;
    s->sums = ARENA_ARRAY(a, uint64_t, (size_t)s->width * 3);
    s->rgb = arena_alloc(a, (size_t)s->width * (size_t)s->height * 3);
}

static int first_column(const struct shrink *s, int x) {
    return (int)((int64_t)x * s->source_width / s->width);
}

static void finish_target_row(struct shrink *s) {
    uint8_t *out = s->rgb + (size_t)s->target_row * (size_t)s->width * 3;
    for (int x = 0; x < s->width; x++) {
        uint64_t n = (uint64_t)(first_column(s, x + 1) - first_column(s, x)) * (uint64_t)s->rows_in_target;
        for (int c = 0; c < 3; c++) out[x * 3 + c] = (uint8_t)((s->sums[x * 3 + c] + n / 2) / n);
    }
    memset(s->sums, 0, (size_t)s->width * 3 * sizeof *s->sums);
    s->rows_in_target = 0;
    s->target_row++;
}

void shrink_row(struct shrink *s, const uint8_t *rgb) {
    assert(s->row < s->source_height);
    for (int x = 0; x < s->width; x++)
        for (int i = first_column(s, x), end = first_column(s, x + 1); i < end; i++)
            for (int c = 0; c < 3; c++) s->sums[x * 3 + c] += rgb[i * 3 + c];
    s->row++;
    s->rows_in_target++;
    if (s->row == (int)((int64_t)(s->target_row + 1) * s->source_height / s->height)) finish_target_row(s);
}

// Where pixel (x, y) of the upright picture lies in the stored one (EXIF 2.32, tag 274).
static void stored_place(const struct shrink *s, int orientation, int x, int y, int *sx, int *sy) {
    bool turned = orientation >= 5;
    int across = turned ? y : x, down = turned ? x : y;
    bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    *sx = from_right ? s->width - 1 - across : across;
    *sy = from_bottom ? s->height - 1 - down : down;
}

enum status shrink_png(struct shrink *s, struct arena *a, int orientation, struct bytes *png) {
    assert(s->row == s->source_height);
    if (orientation < 1 || orientation > 8) orientation = 1;
    int width = orientation >= 5 ? s->height : s->width, height = orientation >= 5 ? s->width : s->height;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) return STATUS_TOO_LARGE;
    uint8_t *pixels = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            int sx, sy;
            stored_place(s, orientation, x, y, &sx, &sy);
            const uint8_t *from = s->rgb + ((size_t)sy * (size_t)s->width + (size_t)sx) * 3;
            uint32_t pixel = (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2];
            memcpy(pixels + (size_t)y * (size_t)stride + (size_t)x * 4, &pixel, 4);
        }
    cairo_surface_mark_dirty(surface);
    enum status st = surface_png(surface, a, png);
    cairo_surface_destroy(surface);
    return st;
}

static cairo_status_t append(void *context, const unsigned char *data, unsigned int n) {
    struct out *o = context;
    if (o->n + n > WORKER_ANSWER_MAX) return CAIRO_STATUS_WRITE_ERROR;
    out_text(o, (struct text){(const char *)data, n});
    return CAIRO_STATUS_SUCCESS;
}

enum status surface_png(cairo_surface_t *surface, struct arena *a, struct bytes *png) {
    struct out o = {.arena = a};
    if (cairo_surface_write_to_png_stream(surface, append, &o) != CAIRO_STATUS_SUCCESS)
        return STATUS_TOO_LARGE;
    *png = bytes_of(out_done(&o));
    return STATUS_OK;
}

static uint32_t exif_number(const uint8_t *p, int n, bool little) {
    uint32_t value = 0;
    for (int i = 0; i < n; i++) value |= (uint32_t)p[i] << 8 * (little ? i : n - 1 - i);
    return value;
}

// TIFF 6.0: byte order, 42, offset of the first directory; a directory is a count and entries of 12 bytes.
int exif_orientation(struct bytes t) {
    enum { ORIENTATION = 274, SHORT = 3, ENTRIES_MAX = 200 };
    if (t.n < 10 || !(memcmp(t.p, "II*\0", 4) == 0 || memcmp(t.p, "MM\0*", 4) == 0)) return 1;
    bool little = t.p[0] == 'I';
    uint32_t at = exif_number(t.p + 4, 4, little);
    if (at > t.n - 2) return 1;
    uint32_t count = exif_number(t.p + at, 2, little);
    at += 2;
    for (uint32_t i = 0; i < count && i < ENTRIES_MAX && t.n - at >= 12; i++, at += 12) {
        if (exif_number(t.p + at, 2, little) != ORIENTATION) continue;
        uint32_t value = exif_number(t.p + at + 8, 2, little);
        return exif_number(t.p + at + 2, 2, little) == SHORT && value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}
