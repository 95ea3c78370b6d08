#include <png.h>
#include <setjmp.h>
#include <string.h>

#include "worker/picture.h"

struct png {
    png_structp reader;
    png_infop info;
    struct bytes rest;
    struct arena *arena;
    int px;
    struct shrink shrink;
};

static void read_bytes(png_structp reader, png_bytep into, size_t n) {
    struct png *p = png_get_io_ptr(reader);
    if (n > p->rest.n) png_error(reader, "short");
    memcpy(into, p->rest.p, n);
    p->rest.p += n;
    p->rest.n -= n;
}

static void fail(png_structp reader, png_const_charp why) {
    (void)why;
    png_longjmp(reader, 1);
}

static void be_quiet(png_structp reader, png_const_charp what) {
    (void)reader, (void)what;
}

// Lays a row of red, green, blue, alpha on white, in place.
static const uint8_t *on_white(uint8_t *row, int pixels) {
    for (int i = 0; i < pixels; i++) {
        unsigned alpha = row[i * 4 + 3];
        for (int c = 0; c < 3; c++)
            row[i * 3 + c] = (uint8_t)((row[i * 4 + c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
    return row;
}

static void whole(struct png *p, int width, int height) {
    uint8_t **rows = ARENA_ARRAY(p->arena, uint8_t *, height);
    for (int y = 0; y < height; y++) rows[y] = arena_alloc(p->arena, (size_t)width * 4);
    png_read_image(p->reader, rows);
    for (int y = 0; y < height; y++) shrink_row(&p->shrink, on_white(rows[y], width));
}

static void row_by_row(struct png *p, int width, int height) {
    uint8_t *row = arena_alloc(p->arena, (size_t)width * 4);
    for (int y = 0; y < height; y++) {
        png_read_row(p->reader, row, NULL);
        shrink_row(&p->shrink, on_white(row, width));
    }
}

static enum status decode(struct png *p) {
    png_set_read_fn(p->reader, p, read_bytes);
    png_set_user_limits(p->reader, INT32_MAX, INT32_MAX); // picture_size_check decides
    png_set_chunk_malloc_max(p->reader, 4 * 1024 * 1024);
    png_set_chunk_cache_max(p->reader, 64);
    png_read_info(p->reader, p->info);
    int64_t width = png_get_image_width(p->reader, p->info),
            height = png_get_image_height(p->reader, p->info);
    bool is_interlaced = png_get_interlace_type(p->reader, p->info) != PNG_INTERLACE_NONE;
    enum status st =
        picture_size_check(width, height, is_interlaced ? WORKER_WHOLE_PIXELS_MAX : WORKER_PIXELS_MAX);
    if (st) return st;
    png_set_expand(p->reader);
    png_set_strip_16(p->reader);
    png_set_gray_to_rgb(p->reader);
    png_set_add_alpha(p->reader, 0xFF, PNG_FILLER_AFTER);
    if (is_interlaced) png_set_interlace_handling(p->reader);
    png_read_update_info(p->reader, p->info);
    if (png_get_rowbytes(p->reader, p->info) != (size_t)width * 4) return STATUS_CORRUPT;
    shrink_start(&p->shrink, p->arena, (int)width, (int)height, p->px);
    (is_interlaced ? whole : row_by_row)(p, (int)width, (int)height);
    return STATUS_OK;
}

enum status job_png(uint32_t job, const int32_t args[2], struct bytes file, struct arena *a,
                    struct bytes *answer) {
    (void)job;
    struct png *p = ARENA_NEW(a, struct png);
    p->rest = file;
    p->arena = a;
    p->px = args[0];
    p->reader = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, fail, be_quiet);
    if (!p->reader) return STATUS_TOO_LARGE;
    p->info = png_create_info_struct(p->reader);
    enum status st = !p->info || setjmp(png_jmpbuf(p->reader)) ? STATUS_CORRUPT : decode(p);
    png_destroy_read_struct(&p->reader, &p->info, NULL);
    return st ? st : shrink_png(&p->shrink, a, 1, answer);
}
