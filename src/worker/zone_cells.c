// A line of the zone as cells: OCR-B in a zone has one pitch (9303-3, 4.4), so the number of letters and the
// place of each follow from the line's ends.
#include <math.h>

#include "worker/zone.h"

#define FILLER_STRAY \
    0.19 // of a cell: how far ink lies from the two arms of <, on average; letters have twice that
#define GAP_ENOUGH 2.2 // times as much ink in the cells as between them

// Ink in each column of the box, and its first and last row there.
struct column {
    int ink, top, bottom;
};

static void look(PIX *ink, const struct zone_line *l, struct column *c) {
    for (int x = 0; x < l->w; x++) c[x] = (struct column){0, l->h, -1};
    for (int y = 0; y < l->h; y++) {
        const l_uint32 *row = pixGetData(ink) + (ptrdiff_t)(l->y + y) * pixGetWpl(ink);
        for (int x = 0; x < l->w; x++) {
            if (!GET_DATA_BIT(row, l->x + x)) continue;
            c[x].ink++;
            if (y < c[x].top) c[x].top = y;
            c[x].bottom = y;
        }
    }
}

static double ink_at(const struct column *c, int w, double x, int half) {
    double sum = 0;
    for (int i = (int)lround(x) - half; i <= (int)lround(x) + half; i++)
        if (i >= 0 && i < w) sum += c[i].ink;
    return sum / (2 * half + 1);
}

// How clearly the columns between the cells are whiter than those in them.
static double clearness(const struct column *c, int w, double first, double pitch, int columns) {
    double in = 0, between = 0;
    int half = (int)(pitch / 12);
    for (int i = 0; i < columns; i++) {
        in += ink_at(c, w, first + i * pitch - pitch / 5, half) +
              ink_at(c, w, first + i * pitch + pitch / 5, half);
        if (i) between += 2 * ink_at(c, w, first + (i - 0.5) * pitch, half);
    }
    return in / (between + 1);
}

// The number of columns and the pitch that part the letters best. The first letter is 0.7 to 1 of a cell
// wide.
static double fit(const struct column *c, struct zone_line *l) {
    static const int COLUMNS[] = {44, 36, 30};
    double best = 0;
    for (size_t k = 0; k < sizeof COLUMNS / sizeof *COLUMNS; k++)
        for (double wide = 0.5; wide <= 0.92; wide += 0.03)
            for (double lean = -0.2; lean <= 0.2; lean += 0.05) {
                double pitch = l->w / (COLUMNS[k] - 1 + wide), first = pitch * (wide / 2 + lean);
                double clear = clearness(c, l->w, first, pitch, COLUMNS[k]);
                if (clear <= best) continue;
                best = clear;
                l->columns = COLUMNS[k], l->first = first, l->pitch = pitch;
            }
    return best;
}

// The box of the ink in a cell, within the line's.
static bool glyph_box(const struct column *c, const struct zone_line *l, int i, int box[4]) {
    double middle = l->first + i * l->pitch;
    box[0] = l->w, box[1] = -1, box[2] = l->h, box[3] = -1; // left, right, top, bottom
    for (int x = (int)(middle - 0.46 * l->pitch); x <= (int)(middle + 0.46 * l->pitch); x++) {
        if (x < 0 || x >= l->w || c[x].ink < 2) continue;
        if (x < box[0]) box[0] = x;
        if (x > box[1]) box[1] = x;
        if (c[x].top < box[2]) box[2] = c[x].top;
        if (c[x].bottom > box[3]) box[3] = c[x].bottom;
    }
    return box[1] > box[0] + 2 && box[3] > box[2] + 4;
}

// The filler is two straight arms: at its middle row ink is at the left, at its first and last row at the
// right. How far ink is from there, in parts of its width. K, C and E, for which engines take it, have theirs
// elsewhere.
static double zone_stray(PIX *ink, const struct zone_line *l, const int box[4]) {
    double sum = 0;
    int n = 0, wide = box[1] - box[0], high = box[3] - box[2];
    for (int y = box[2]; y <= box[3]; y++) {
        const l_uint32 *row = pixGetData(ink) + (ptrdiff_t)(l->y + y) * pixGetWpl(ink);
        double arm = fabs(2.0 * (y - box[2]) / high - 1);
        for (int x = box[0]; x <= box[1]; x++) {
            if (!GET_DATA_BIT(row, l->x + x)) continue;
            sum += fabs((double)(x - box[0]) / wide - arm);
            n++;
        }
    }
    return n ? sum / n : 1;
}

bool zone_cells(PIX *ink, struct zone_line *l) {
    struct column c[ZONE_PX * 2];
    if (l->w > ZONE_PX * 2) return false;
    look(ink, l, c);
    if (fit(c, l) < GAP_ENOUGH) return false;
    for (int i = 0; i < l->columns; i++) {
        int box[4];
        l->filler[i] = !glyph_box(c, l, i, box) || zone_stray(ink, l, box) < FILLER_STRAY;
    }
    return true;
}
