// Scans and letters that people upload: their pictures, their text and their type, and files that only
// pretend.
#include <cairo-pdf.h>
#include <fontconfig/fontconfig.h>
#include <linux/landlock.h>
#include <setjmp.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <zlib.h>

#include <jpeglib.h>

#include "../check.h"
#include "base/env.h"
#include "worker/worker.h"

static struct worker_pool *pool;

static int begin(void **state) {
    (void)state;
    return worker_start(env_real(), NULL, &pool) == STATUS_OK ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    worker_stop(pool);
    cairo_debug_reset_static_data();
    FcFini();
    return 0;
}

// ---- files made here ----

static cairo_status_t append(void *context, const unsigned char *data, unsigned int n) {
    out_text(context, (struct text){(const char *)data, n});
    return CAIRO_STATUS_SUCCESS;
}

// A PNG that is red on the left half and blue on the right, half transparent when asked.
static struct bytes make_png(struct arena *a, int width, int height, double alpha) {
    struct out o = {.arena = a};
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height);
    cairo_t *c = cairo_create(s);
    cairo_set_source_rgba(c, 1, 0, 0, alpha);
    cairo_rectangle(c, 0, 0, width / 2.0, height);
    cairo_fill(c);
    cairo_set_source_rgba(c, 0, 0, 1, alpha);
    cairo_rectangle(c, width / 2.0, 0, width / 2.0, height);
    cairo_fill(c);
    cairo_destroy(c);
    cairo_surface_write_to_png_stream(s, append, &o);
    cairo_surface_destroy(s);
    return bytes_of(out_done(&o));
}

// The same as JPEG, with an EXIF orientation when it is not 0.
static struct bytes make_jpeg(struct arena *a, int width, int height, int orientation) {
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    unsigned char *p = NULL;
    unsigned long n = 0;
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &p, &n);
    info.image_width = (unsigned)width;
    info.image_height = (unsigned)height;
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_start_compress(&info, TRUE);
    uint8_t exif[] = {'E', 'x', 'i', 'f', 0,  0, 'M', 'M', 0, 42, 0, 0, 0,
                      8,   0,   1,   1,   18, 0, 3,   0,   0, 0,  1, 0, (uint8_t)orientation,
                      0,   0,   0,   0,   0,  0};
    if (orientation) jpeg_write_marker(&info, JPEG_APP0 + 1, exif, sizeof exif);
    uint8_t *row = arena_alloc(a, (size_t)width * 3);
    for (int x = 0; x < width; x++) row[x * 3 + (x < width / 2 ? 0 : 2)] = 255;
    for (int y = 0; y < height; y++) jpeg_write_scanlines(&info, &row, 1);
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    struct bytes copy = bytes_copy(a, (struct bytes){p, n});
    free(p);
    return copy;
}

static struct bytes make_pdf(struct arena *a, int pages) {
    struct out o = {.arena = a};
    cairo_surface_t *s = cairo_pdf_surface_create_for_stream(append, &o, 595, 842);
    cairo_t *c = cairo_create(s);
    cairo_select_font_face(c, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(c, 40);
    for (int i = 1; i <= pages; i++) {
        char line[64];
        snprintf(line, sizeof line, "Birth certificate \xC3\xA9 %d", i);
        cairo_move_to(c, 50, 100);
        cairo_show_text(c, line);
        cairo_show_page(c);
    }
    cairo_destroy(c);
    cairo_surface_destroy(s);
    return bytes_of(out_done(&o));
}

// ---- looking at the answers ----

static cairo_status_t take(void *context, unsigned char *into, unsigned int n) {
    struct bytes *rest = context;
    if (n > rest->n) return CAIRO_STATUS_READ_ERROR;
    memcpy(into, rest->p, n);
    rest->p += n;
    rest->n -= n;
    return CAIRO_STATUS_SUCCESS;
}

struct picture {
    int width, height;
    uint32_t first, last; // top left, bottom right: 0xRRGGBB
    int dark;             // pixels that are not nearly white
};

static struct picture look_at(struct bytes png) {
    struct picture p = {0};
    cairo_surface_t *s = cairo_image_surface_create_from_png_stream(take, &png);
    assert_int_equal(cairo_surface_status(s), CAIRO_STATUS_SUCCESS);
    p.width = cairo_image_surface_get_width(s);
    p.height = cairo_image_surface_get_height(s);
    const uint8_t *data = cairo_image_surface_get_data(s);
    int stride = cairo_image_surface_get_stride(s);
    for (int y = 0; y < p.height; y++)
        for (int x = 0; x < p.width; x++) {
            uint32_t pixel;
            memcpy(&pixel, data + y * stride + x * 4, 4);
            pixel &= 0xFFFFFF;
            if (x == 0 && y == 0) p.first = pixel;
            p.last = pixel;
            if ((pixel & 0xFF) < 128) p.dark++;
        }
    cairo_surface_destroy(s);
    return p;
}

static bool nearly(uint32_t pixel, uint32_t wanted) {
    for (int shift = 0; shift < 24; shift += 8)
        if (abs((int)(pixel >> shift & 255) - (int)(wanted >> shift & 255)) > 12) return false;
    return true;
}

static struct picture thumbnail(const char *media, struct bytes file, int px) {
    struct arena a = {0};
    struct bytes png;
    assert_ok(worker_thumbnail(pool, text_of(media), WORKER_BYTES(file), px, &a, &png));
    struct picture p = look_at(png);
    arena_free(&a);
    return p;
}

static void a_png_becomes_small(void **state) {
    (void)state;
    struct arena a = {0};
    struct picture p = thumbnail("image/png", make_png(&a, 1000, 500, 1), 200);
    assert_int_equal(p.width, 200);
    assert_int_equal(p.height, 100);
    assert_true(nearly(p.first, 0xFF0000) && nearly(p.last, 0x0000FF));
    p = thumbnail("image/png", make_png(&a, 30, 20, 0.5), 200); // never larger than it was; on white
    assert_int_equal(p.width, 30);
    assert_int_equal(p.height, 20);
    assert_true(nearly(p.first, 0xFF7F7F) && nearly(p.last, 0x7F7FFF));
    arena_free(&a);
}

static void a_jpeg_becomes_small_and_upright(void **state) {
    (void)state;
    static const struct {
        int orientation, width, height;
        bool red_first;
    } CASES[] = {{0, 160, 80, true},  {1, 160, 80, true},  {2, 160, 80, false},
                 {3, 160, 80, false}, {4, 160, 80, true},  {5, 80, 160, true},
                 {6, 80, 160, true},  {7, 80, 160, false}, {8, 80, 160, false}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct arena a = {0};
        struct picture p = thumbnail("image/jpeg", make_jpeg(&a, 1600, 800, CASES[i].orientation), 160);
        assert_int_equal(p.width, CASES[i].width);
        assert_int_equal(p.height, CASES[i].height);
        assert_true(nearly(CASES[i].red_first ? p.first : p.last, 0xFE0000));
        assert_true(nearly(CASES[i].red_first ? p.last : p.first, 0x0000FE));
        arena_free(&a);
    }
}

static void a_pdf_shows_its_pages(void **state) {
    (void)state;
    struct arena a = {0};
    struct bytes pdf = make_pdf(&a, 3), png;
    int pages = 0;
    struct picture p = thumbnail("application/pdf", pdf, 842);
    assert_int_equal(p.width, 595);
    assert_int_equal(p.height, 842);
    assert_true(p.dark > 500); // the words are there
    assert_ok(worker_pdf_pages(pool, WORKER_BYTES(pdf), &pages));
    assert_int_equal(pages, 3);
    assert_ok(worker_pdf_page(pool, WORKER_BYTES(pdf), 2, 421, &a, &png));
    assert_int_equal(look_at(png).height, 421);
    assert_status(worker_pdf_page(pool, WORKER_BYTES(pdf), 3, 421, &a, &png), STATUS_NOT_FOUND);
    arena_free(&a);
}

static void a_pdf_says_its_text(void **state) {
    (void)state;
    struct arena a = {0};
    struct text text;
    assert_ok(worker_pdf_text(pool, WORKER_BYTES(make_pdf(&a, 2)), &a, &text));
    assert_text(text, "Birth certificate \xC3\xA9 1\fBirth certificate \xC3\xA9 2");
    arena_free(&a);
}

// Fonts that a PDF names without bringing them must still be found in the sandbox, where the kernel has
// Landlock: without it the sandbox opens nothing at all.
static void a_pdf_without_its_fonts_is_readable(void **state) {
    (void)state;
    if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < 1) return;
    static const char PDF[] =
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R"
        "/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>>>>>>>endobj\n"
        "4 0 obj<</Length 40>>stream\nBT /F1 30 Tf 10 40 Td (Ostia Ostia) Tj ET\nendstream endobj\n"
        "trailer<</Root 1 0 R>>\n%%EOF\n";
    struct picture p =
        thumbnail("application/pdf", (struct bytes){(const uint8_t *)PDF, sizeof PDF - 1}, 400);
    assert_int_equal(p.width, 400);
    assert_true(p.dark > 300);
}

static void types_are_told(void **state) {
    (void)state;
    struct arena a = {0};
    struct text media;
    assert_ok(worker_sniff(pool, WORKER_BYTES(make_png(&a, 10, 10, 1)), &a, &media));
    assert_text(media, "image/png");
    assert_ok(worker_sniff(pool, WORKER_BYTES(make_jpeg(&a, 10, 10, 0)), &a, &media));
    assert_text(media, "image/jpeg");
    assert_ok(worker_sniff(pool, WORKER_BYTES(make_pdf(&a, 1)), &a, &media));
    assert_text(media, "application/pdf");
    assert_ok(worker_sniff(pool, WORKER_BYTES(bytes_of(T("Just words\n"))), &a, &media));
    assert_text(media, "text/plain");
    FILE *f = tmpfile();
    assert_non_null(f);
    fputs("#!/bin/sh\necho hello\n", f);
    fflush(f);
    assert_ok(worker_sniff(pool, WORKER_FD(fileno(f)), &a, &media));
    assert_text(media, "text/x-shellscript");
    fclose(f);
    arena_free(&a);
}

static void broken_files_are_refused(void **state) {
    (void)state;
    struct arena a = {0};
    struct bytes png = make_png(&a, 300, 300, 1), pdf = make_pdf(&a, 1), jpeg = make_jpeg(&a, 300, 300, 0),
                 out;
    static const char *const MEDIA[] = {"image/png", "image/jpeg", "application/pdf"};
    for (int i = 0; i < 3; i++) {
        struct text media = text_of(MEDIA[i]);
        assert_status(worker_thumbnail(pool, media, WORKER_BYTES(bytes_of(T("nonsense"))), 100, &a, &out),
                      STATUS_CORRUPT);
        assert_status(worker_thumbnail(pool, media, WORKER_BYTES(bytes_of(T(""))), 100, &a, &out),
                      STATUS_CORRUPT);
    }
    assert_status(worker_thumbnail(pool, T("image/png"), WORKER_BYTES(jpeg), 100, &a, &out), STATUS_CORRUPT);
    assert_status(worker_thumbnail(pool, T("image/jpeg"), WORKER_BYTES(pdf), 100, &a, &out), STATUS_CORRUPT);
    assert_status(worker_thumbnail(pool, T("application/pdf"), WORKER_BYTES(png), 100, &a, &out),
                  STATUS_CORRUPT);
    assert_status(worker_thumbnail(pool, T("image/svg+xml"), WORKER_BYTES(png), 100, &a, &out),
                  STATUS_UNSUPPORTED);
    png.n /= 2;
    assert_status(worker_thumbnail(pool, T("image/png"), WORKER_BYTES(png), 100, &a, &out), STATUS_CORRUPT);
    arena_free(&a);
}

// ---- a small file that wants to be very large ----

static void put32(struct out *o, uint32_t n) {
    for (int shift = 24; shift >= 0; shift -= 8) out_byte(o, (char)(n >> shift));
}

static void put_chunk(struct out *o, const char *type, struct bytes data) {
    uLong crc = crc32(crc32(0, (const Bytef *)type, 4), data.p, (uInt)data.n);
    put32(o, (uint32_t)data.n);
    out_c(o, type);
    out_text(o, text_of_bytes(data));
    put32(o, (uint32_t)crc);
}

// A gray PNG of width x height black pixels, 1000 times smaller than they.
static struct bytes make_bomb(struct arena *a, uint32_t width, uint32_t height, bool interlaced) {
    struct out o = {.arena = a}, head = {.arena = a};
    out_text(&o, (struct text){"\x89PNG\r\n\x1A\n", 8});
    put32(&head, width);
    put32(&head, height);
    out_text(&head, (struct text){"\x08\0\0\0", 4});
    out_byte(&head, interlaced);
    put_chunk(&o, "IHDR", bytes_of(out_done(&head)));
    z_stream z = {0};
    static uint8_t zeros[1 << 16], packed[1 << 16];
    struct out body = {.arena = a};
    deflateInit(&z, 9);
    for (uint64_t left = (uint64_t)(width + 1) * height; left > 0;) {
        z.next_in = zeros;
        z.avail_in = left < sizeof zeros ? (uInt)left : sizeof zeros;
        left -= z.avail_in;
        while (z.avail_in > 0 || left == 0) {
            z.next_out = packed;
            z.avail_out = sizeof packed;
            int got = deflate(&z, left ? Z_NO_FLUSH : Z_FINISH);
            out_text(&body, (struct text){(const char *)packed, sizeof packed - z.avail_out});
            if (got == Z_STREAM_END) break;
        }
    }
    deflateEnd(&z);
    put_chunk(&o, "IDAT", bytes_of(out_done(&body)));
    put_chunk(&o, "IEND", (struct bytes){0});
    return bytes_of(out_done(&o));
}

static void bombs_do_not_go_off(void **state) {
    (void)state;
    struct arena a = {0};
    struct bytes out;
    struct bytes large =
        make_bomb(&a, 8000, 8000, false); // 64 million pixels in 64 kB: large, but a scan may be
    assert_true(large.n < 100000);
    assert_ok(worker_thumbnail(pool, T("image/png"), WORKER_BYTES(large), 100, &a, &out));
    struct bytes whole = make_bomb(&a, 8000, 8000, true);
    assert_status(worker_thumbnail(pool, T("image/png"), WORKER_BYTES(whole), 100, &a, &out),
                  STATUS_TOO_LARGE);
    struct bytes bomb = make_bomb(&a, 20000, 20000, false);
    assert_status(worker_thumbnail(pool, T("image/png"), WORKER_BYTES(bomb), 100, &a, &out),
                  STATUS_TOO_LARGE);
    struct bytes jpeg = bytes_copy(&a, make_jpeg(&a, 64, 64, 0));
    for (size_t i = 0; i + 9 < jpeg.n; i++)
        if (jpeg.p[i] == 0xFF && jpeg.p[i + 1] == 0xC0)
            memset((uint8_t *)jpeg.p + i + 5, 0xFF, 4); // 65535 x 65535
    assert_status(worker_thumbnail(pool, T("image/jpeg"), WORKER_BYTES(jpeg), 100, &a, &out), STATUS_CORRUPT);
    assert_int_equal(worker_stats(pool).crashed, 0);
    arena_free(&a);
}

int main(int argc, char **argv) {
    if (worker_is_asked(argc, argv)) return worker_main(NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_png_becomes_small),
        cmocka_unit_test(a_jpeg_becomes_small_and_upright),
        cmocka_unit_test(a_pdf_shows_its_pages),
        cmocka_unit_test(a_pdf_says_its_text),
        cmocka_unit_test(a_pdf_without_its_fonts_is_readable),
        cmocka_unit_test(types_are_told),
        cmocka_unit_test(broken_files_are_refused),
        cmocka_unit_test(bombs_do_not_go_off),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
