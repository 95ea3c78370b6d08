#include <setjmp.h>
#include <stdio.h>
#include <string.h>
// jpeglib.h wants stdio.h before it
#include <jpeglib.h>

#include "worker/picture.h"

struct jpeg {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    jmp_buf failed;
    struct arena *arena;
    int px, orientation;
    struct shrink shrink;
};

static void fail(j_common_ptr info) {
    longjmp(((struct jpeg *)info->client_data)->failed, 1);
}

static void be_quiet(j_common_ptr info) {
    (void)info;
}

static int find_orientation(const struct jpeg_decompress_struct *info) {
    for (jpeg_saved_marker_ptr m = info->marker_list; m; m = m->next)
        if (m->data_length > 6 && memcmp(m->data, "Exif\0\0", 6) == 0)
            return exif_orientation((struct bytes){m->data + 6, m->data_length - 6});
    return 1;
}

// Adobe writes CMYK inverted, and nobody else writes it.
static void cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, int pixels) {
    for (int i = 0; i < pixels; i++)
        for (int c = 0; c < 3; c++) rgb[i * 3 + c] = (uint8_t)(cmyk[i * 4 + c] * cmyk[i * 4 + 3] / 255);
}

// Lets the decoder drop detail that nobody will see: 1/8, 1/4 or 1/2 of the size, but not below the wanted
// one.
static void choose_scale(struct jpeg *j) {
    unsigned longer = j->info.image_width > j->info.image_height ? j->info.image_width : j->info.image_height;
    j->info.scale_num = 1;
    for (j->info.scale_denom = 8; j->info.scale_denom > 1; j->info.scale_denom /= 2)
        if (longer / j->info.scale_denom >= (unsigned)j->px) break;
}

static enum status decode(struct jpeg *j, struct bytes file) {
    jpeg_create_decompress(&j->info);
    jpeg_save_markers(&j->info, JPEG_APP0 + 1, 0xFFFF);
    jpeg_mem_src(&j->info, file.p, file.n);
    jpeg_read_header(&j->info, TRUE);
    int64_t most = jpeg_has_multiple_scans(&j->info) ? WORKER_WHOLE_PIXELS_MAX : WORKER_PIXELS_MAX;
    enum status st = picture_size_check(j->info.image_width, j->info.image_height, most);
    if (st) return st;
    choose_scale(j);
    bool is_cmyk = j->info.jpeg_color_space == JCS_CMYK || j->info.jpeg_color_space == JCS_YCCK;
    j->info.out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
    j->orientation = find_orientation(&j->info);
    jpeg_start_decompress(&j->info);
    int width = (int)j->info.output_width;
    shrink_start(&j->shrink, j->arena, width, (int)j->info.output_height, j->px);
    uint8_t *row = arena_alloc(j->arena, (size_t)width * 4), *rgb = arena_alloc(j->arena, (size_t)width * 3);
    while (j->info.output_scanline < j->info.output_height) {
        if (jpeg_read_scanlines(&j->info, &row, 1) != 1) return STATUS_CORRUPT;
        if (is_cmyk) cmyk_to_rgb(row, rgb, width);
        shrink_row(&j->shrink, is_cmyk ? rgb : row);
    }
    return STATUS_OK;
}

enum status job_jpeg(uint32_t job, const int32_t args[2], struct bytes file, struct arena *a,
                     struct bytes *answer) {
    (void)job;
    struct jpeg *j = ARENA_NEW(a, struct jpeg);
    if (file.n < 4) return STATUS_CORRUPT;
    j->arena = a;
    j->px = args[0];
    j->info.err = jpeg_std_error(&j->errors);
    j->info.client_data = j;
    j->errors.error_exit = fail;
    j->errors.output_message = be_quiet;
    enum status st = setjmp(j->failed) ? STATUS_CORRUPT : decode(j, file);
    jpeg_destroy_decompress(&j->info);
    return st ? st : shrink_png(&j->shrink, a, j->orientation, answer);
}
