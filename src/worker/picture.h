// picture.h - inside worker/: rows of a large picture in, a small PNG out.
#pragma once
#include <cairo.h>

#include "worker/job.h"

// Averages rows into a picture of at most `px` in its longer side (never larger than the source), so that
// only the small one is ever in memory.
struct shrink {
    int source_width, source_height, width, height;
    int row, target_row, rows_in_target;
    uint64_t *sums; // 3 a column: red, green, blue
    uint8_t *rgb;   // the result
};
void shrink_start(struct shrink *s, struct arena *a, int width, int height, int px);
void shrink_row(struct shrink *s, const uint8_t *rgb); // source_width * 3 bytes; exactly source_height times
// The result as PNG, turned upright by an EXIF orientation of 1 to 8.
enum status shrink_png(struct shrink *s, struct arena *a, int orientation, struct bytes *png);

enum status surface_png(cairo_surface_t *surface, struct arena *a, struct bytes *png);

// The orientation in an EXIF segment (after "Exif\0\0"), 1 when it says none.
int exif_orientation(struct bytes tiff);
// STATUS_TOO_LARGE for more than `most` pixels, STATUS_CORRUPT for none.
enum status picture_size_check(int64_t width, int64_t height, int64_t most);
