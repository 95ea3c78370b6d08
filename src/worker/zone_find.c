// Where on a picture the zone lies.
#include <math.h>
#include <stdlib.h>

#include "worker/zone.h"

enum {
    FILLERS_LEAST = 2,
    INK_HALF_WINDOW = 24, // of the local threshold: wider than a letter, narrower than shadows
    STRIPE_GAP = 36,      // letters nearer than that are one stripe
};
#define INK_FACTOR 0.28f // Sauvola's k: paper and its printed background stay white
#define STRIPE_PART \
    0.30 // of the picture's width: a zone fills a page, and people leave less than two thirds around it
#define STRIPE_FLAT 11.0   // times as wide as high: 30 letters of a card make 20, with blur around them 14
#define LEVEL_ENOUGH 0.004 // radians: a zone of 1,500 px then leans by less than a fifth of a letter
#define LEAN_MAX 0.45      // more is a picture lying on its side

static PIX *ink_of(PIX *gray) {
    PIX *smooth = pixBlockconv(gray, 1, 1), *ink = NULL;
    if (smooth) pixSauvolaBinarizeTiled(smooth, INK_HALF_WINDOW, INK_FACTOR, 1, 1, NULL, &ink);
    pixDestroy(&smooth);
    return ink;
}

static PIX *stripes_of(PIX *ink) {
    PIX *closed = pixCloseBrick(NULL, ink, STRIPE_GAP, 1);
    PIX *clean = closed ? pixOpenBrick(NULL, closed, STRIPE_GAP * 2, 3) : NULL;
    pixDestroy(&closed);
    return clean;
}

// Lean of a stripe by its moments; how much longer than thick it is.
static double lean_of(PIX *p, double *flat) {
    double n = 0, sx = 0, sy = 0, xx = 0, yy = 0, xy = 0;
    int w = pixGetWidth(p), h = pixGetHeight(p);
    for (int y = 0; y < h; y++) {
        const l_uint32 *row = pixGetData(p) + (ptrdiff_t)y * pixGetWpl(p);
        for (int x = 0; x < w; x += 2)
            if (GET_DATA_BIT(row, x))
                n++, sx += x, sy += y, xx += (double)x * x, yy += (double)y * y, xy += (double)x * y;
    }
    *flat = 0;
    if (n < 100) return 0;
    double vx = xx / n - sx / n * sx / n, vy = yy / n - sy / n * sy / n, c = xy / n - sx / n * sy / n;
    double half = (vx + vy) / 2, root = sqrt((vx - vy) * (vx - vy) / 4 + c * c);
    *flat = half - root > 0.01 ? sqrt((half + root) / (half - root)) : 0;
    return 0.5 * atan2(2 * c, vx - vy);
}

// Lean of the longest stripe: most likely a line of the zone, and else another line of print on the same
// page.
static bool lean(PIX *stripes, double *angle) {
    BOXA *boxes = NULL;
    PIXA *parts = NULL;
    double longest = 0;
    boxes = pixConnComp(stripes, &parts, 8);
    for (int i = 0; parts && i < pixaGetCount(parts); i++) {
        int w, h;
        pixaGetBoxGeometry(parts, i, NULL, NULL, &w, &h);
        double length = hypot(w, h), flat, a;
        if (length < STRIPE_PART * pixGetWidth(stripes) || length < longest) continue;
        PIX *p = pixaGetPix(parts, i, L_CLONE);
        a = lean_of(p, &flat);
        pixDestroy(&p);
        if (flat < STRIPE_FLAT || fabs(a) > LEAN_MAX) continue;
        longest = length;
        *angle = a;
    }
    pixaDestroy(&parts);
    boxaDestroy(&boxes);
    return longest > 0;
}

static int from_below(const void *a, const void *b) {
    const struct zone_line *x = a, *y = b;
    return y->y - x->y;
}

static int candidates(PIX *stripes, struct zone_line *out) {
    BOXA *boxes = pixConnCompBB(stripes, 8);
    int n = 0;
    for (int i = 0; boxes && i < boxaGetCount(boxes) && n < ZONE_CANDIDATES; i++) {
        struct zone_line l = {0};
        boxaGetBoxGeometry(boxes, i, &l.x, &l.y, &l.w, &l.h);
        if (l.w >= STRIPE_PART * pixGetWidth(stripes) && l.w >= STRIPE_FLAT * l.h && l.h >= 6) out[n++] = l;
    }
    boxaDestroy(&boxes);
    qsort(out, (size_t)n, sizeof *out, from_below);
    return n;
}

// Lines of one zone begin and end together, and lie two to four heights apart.
static bool belong_together(const struct zone_line *below, const struct zone_line *above) {
    int apart = below->y + below->h / 2 - above->y - above->h / 2, high = (below->h + above->h) / 2;
    double far = 0.05 * below->w;
    return abs(below->x - above->x) < far && abs(below->x + below->w - above->x - above->w) < far &&
           apart > high && apart < 5 * high;
}

// Every zone has fillers, two at least between the names; upside down they point to the other side.
static bool is_upright(const struct zone_found *f) {
    int fillers = 0;
    for (int i = 0; i < f->lines; i++)
        for (int k = 0; k < f->line[i].columns; k++) fillers += f->line[i].filler[k];
    return fillers >= FILLERS_LEAST;
}

// The lowest group of lines whose cells can be told.
static bool choose(struct zone_found *f, struct zone_line *c, int n) {
    for (int i = 0; i < n; i++) {
        int chain[ZONE_LINES] = {i}, length = 1;
        for (int k = i + 1; k < n && length < ZONE_LINES; k++)
            if (belong_together(&c[chain[length - 1]], &c[k])) chain[length++] = k;
        if (length < 2 || !zone_cells(f->ink, &c[i])) continue;
        int wanted = c[i].columns == 30 ? 3 : 2;
        if (length < wanted) continue;
        f->lines = wanted;
        bool all = true;
        for (int k = 0; k < wanted; k++) {
            struct zone_line *l = &f->line[wanted - 1 - k];
            *l = c[chain[k]];
            all = all && zone_cells(f->ink, l) && l->columns == c[i].columns;
        }
        if (all && is_upright(f)) return true;
    }
    return false;
}

void zone_found_free(struct zone_found *f) {
    pixDestroy(&f->gray);
    pixDestroy(&f->ink);
}

static bool find_level(PIX *gray, struct zone_found *out) {
    struct zone_line c[ZONE_CANDIDATES];
    out->gray = pixClone(gray);
    out->ink = ink_of(gray);
    PIX *stripes = out->ink ? stripes_of(out->ink) : NULL;
    int n = stripes ? candidates(stripes, c) : 0;
    pixDestroy(&stripes);
    if (choose(out, c, n)) return true;
    zone_found_free(out);
    return false;
}

bool zone_locate(PIX *gray, struct zone_found *out) {
    double angle = 0;
    PIX *ink = ink_of(gray), *stripes = ink ? stripes_of(ink) : NULL;
    *out = (struct zone_found){0};
    bool any = stripes && lean(stripes, &angle);
    pixDestroy(&ink);
    pixDestroy(&stripes);
    if (!any) return false;
    if (fabs(angle) < LEVEL_ENOUGH) return find_level(gray, out);
    PIX *level = pixRotate(gray, (float)-angle, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, pixGetWidth(gray),
                           pixGetHeight(gray));
    bool found = level && find_level(level, out);
    pixDestroy(&level);
    return found;
}
