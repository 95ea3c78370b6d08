// The job: a picture or the first page of a PDF in, the lines of its zone out.
#include <string.h>

#include "worker/zone.h"

enum { SMALL_PX = 1300 }; // smaller pictures are enlarged: a letter needs some 20 pixels

static enum status small_picture(int media, struct bytes file, struct arena *a, struct bytes *png) {
    static worker_job_fn *const JOBS[] = {job_jpeg, job_png, job_pdf_page};
    const int32_t args[2] = {media == WORKER_ZONE_PDF ? 0 : ZONE_PX, ZONE_PX};
    if (media < 0 || media >= (int)(sizeof JOBS / sizeof *JOBS)) return STATUS_UNSUPPORTED;
    return JOBS[media](0, args, file, a, png);
}

static PIX *gray_of(struct bytes png) {
    PIX *p = pixReadMemPng(png.p, png.n), *gray = p ? pixConvertTo8(p, 0) : NULL;
    pixDestroy(&p);
    int longer =
        gray ? (pixGetWidth(gray) > pixGetHeight(gray) ? pixGetWidth(gray) : pixGetHeight(gray)) : ZONE_PX;
    if (longer >= SMALL_PX) return gray;
    float scale = (float)ZONE_PX / (float)longer;
    PIX *large = pixScaleGrayLI(gray, scale, scale);
    pixDestroy(&gray);
    return large;
}

static void read_lines(const struct zone_found *f, struct arena *a, struct bytes *answer) {
    struct out o = {.arena = a};
    char line[ZONE_COLUMNS];
    for (int i = 0; i < f->lines; i++) {
        zone_read_line(f, i, line);
        out_text(&o, (struct text){line, (size_t)f->line[i].columns});
        out_byte(&o, '\n');
    }
    *answer = bytes_of(out_done(&o));
}

// args: kind of file (enum worker_zone_media). As it lies, then upside down, then on either side.
enum status job_zone(uint32_t job, const int32_t args[2], struct bytes file, struct arena *a,
                     struct bytes *answer) {
    (void)job;
    static const int QUARTERS[] = {0, 2, 1, 3};
    struct bytes png;
    if (!zone_has_engine()) return STATUS_UNSUPPORTED;
    enum status st = small_picture(args[0], file, a, &png);
    if (st) return st;
    PIX *gray = gray_of(png);
    if (!gray) return STATUS_CORRUPT;
    st = STATUS_NOT_FOUND;
    for (size_t i = 0; i < sizeof QUARTERS / sizeof *QUARTERS && st; i++) {
        struct zone_found f;
        PIX *turned = pixRotateOrth(gray, QUARTERS[i]);
        if (turned && zone_locate(turned, &f)) {
            read_lines(&f, a, answer);
            st = STATUS_OK;
            zone_found_free(&f);
        }
        pixDestroy(&turned);
    }
    pixDestroy(&gray);
    return st;
}
