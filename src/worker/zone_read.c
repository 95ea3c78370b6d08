// Letters of a line, by tesseract. The fillers are painted over first: an engine that was taught words takes
// a row of them for K or X, and then counts wrong.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tesseract/capi.h>

#include "base/log.h"
#include "worker/zone.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
enum { LETTER_PX = 40, BORDER_PX = 14 }; // tesseract reads letters of 30 to 40 pixels best

// What may stand in each column, by format: L letters, D digits, M both (9303-4 to 9303-7); the sex is read
// with the letters of the country before it. A column that may hold only digits is read with digits alone, so
// that 0 is no O there.
static const struct {
    int columns;
    const char *line[ZONE_LINES];
} KINDS[] = {
    {44, {"LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL", "MMMMMMMMMDLLLDDDDDDDLDDDDDDDMMMMMMMMMMMMMMMM"}},
    {36, {"LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL", "MMMMMMMMMDLLLDDDDDDDLDDDDDDDMMMMMMMM"}},
    {30,
     {"LLLLLMMMMMMMMMDMMMMMMMMMMMMMMM", "DDDDDDDLDDDDDDDLLLMMMMMMMMMMMD", "LLLLLLLLLLLLLLLLLLLLLLLLLLLLLL"}},
};
static const struct {
    char kind;
    const char *may;
} MAY[] = {{'L', LETTERS}, {'D', DIGITS}, {'M', LETTERS DIGITS}};

static TessBaseAPI *engine; // loaded before the process is sealed, used by its children

void zone_prepare(void) {
    engine = TessBaseAPICreate();
    if (engine && TessBaseAPIInit3(engine, NULL, "eng") != 0) {
        TessBaseAPIDelete(engine);
        engine = NULL;
    }
    if (!engine) {
        log_line(LOG_WARNING, "worker.no_tesseract", "zones on pictures are not read");
        return;
    }
    TessBaseAPISetVariable(engine, "load_system_dawg", "0");
    TessBaseAPISetVariable(engine, "load_freq_dawg", "0");
}

bool zone_has_engine(void) {
    return engine != NULL;
}

// The whole line in gray, its paper even, letters of LETTER_PX, and the scale.
static PIX *line_picture(const struct zone_found *f, const struct zone_line *l, double *scale) {
    int above = l->h / 4, x = l->x + (int)(l->first - l->pitch);
    BOX *box = boxCreate(x < 0 ? 0 : x, l->y - above < 0 ? 0 : l->y - above,
                         (int)((l->columns + 1) * l->pitch), l->h + 2 * above);
    PIX *cut = pixClipRectangle(f->gray, box, NULL), *calm = cut ? pixMedianFilter(cut, 3, 3) : NULL;
    boxDestroy(&box);
    *scale = (double)LETTER_PX / l->h;
    PIX *scaled = calm ? pixScale(calm, (float)*scale, (float)*scale) : NULL;
    PIX *even = scaled ? pixContrastNorm(NULL, scaled, LETTER_PX * 2, LETTER_PX * 2, 40, 2, 2) : NULL;
    pixDestroy(&cut), pixDestroy(&calm);
    if (!even) return scaled;
    pixDestroy(&scaled);
    return even;
}

struct reading_line {
    const struct zone_line *line;
    PIX *picture;
    double scale;
    int x; // where on the found picture `picture` begins
};

// Some cells side by side, as if they were a word.
static PIX *word_of(const struct reading_line *r, const int *cells, int count) {
    int wide = (int)lround(r->line->pitch * r->scale), high = pixGetHeight(r->picture);
    PIX *p = pixCreate(wide * count + 2 * BORDER_PX, high + 2 * BORDER_PX, 8);
    if (!p) return NULL;
    pixSetAll(p);
    for (int i = 0; i < count; i++) {
        double from = (r->line->x + r->line->first + (cells[i] - 0.5) * r->line->pitch - r->x) * r->scale;
        pixRasterop(p, BORDER_PX + i * wide, BORDER_PX, wide, high, PIX_SRC, r->picture, (int)lround(from),
                    0);
    }
    return p;
}

// What tesseract reads there, without spaces; how many letters, of which at most `most` are in `out`.
static int read_picture(PIX *p, const char *may, int most, char *out) {
    int n = 0;
    if (!p) return 0;
    TessBaseAPISetVariable(engine, "tessedit_char_whitelist", may);
    TessBaseAPISetPageSegMode(engine, most == 1 ? PSM_SINGLE_CHAR : PSM_SINGLE_LINE);
    TessBaseAPISetImage2(engine, p);
    TessBaseAPISetSourceResolution(engine, 300);
    char *text = TessBaseAPIGetUTF8Text(engine);
    for (const char *c = text; c && *c; c++)
        if (strchr(may, *c)) {
            if (n < most) out[n] = *c;
            n++;
        }
    TessDeleteText(text);
    TessBaseAPIClear(engine);
    return n;
}

// When the engine sees another number of letters than there are cells, each half is read alone.
static void read_cells(const struct reading_line *r, const int *cells, int count, const char *may,
                       char *out) {
    char word[ZONE_COLUMNS];
    PIX *p = word_of(r, cells, count);
    int n = read_picture(p, may, count, word);
    pixDestroy(&p);
    if (n == count) {
        for (int i = 0; i < count; i++) out[cells[i]] = word[i];
    } else if (count > 1) {
        read_cells(r, cells, count / 2, may, out);
        read_cells(r, cells + count / 2, count - count / 2, may, out);
    }
}

static const char *kinds_of(int columns, int number) {
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (KINDS[i].columns == columns) return KINDS[i].line[number];
    return NULL;
}

void zone_read_line(const struct zone_found *f, int number, char *out) {
    const struct zone_line *l = &f->line[number];
    const char *kinds = kinds_of(l->columns, number);
    struct reading_line r = {.line = l, .x = l->x + (int)(l->first - l->pitch)};
    if (r.x < 0) r.x = 0;
    memset(out, '<', (size_t)l->columns);
    r.picture = line_picture(f, l, &r.scale);
    for (size_t k = 0; r.picture && kinds && k < sizeof MAY / sizeof *MAY; k++) {
        int cells[ZONE_COLUMNS], count = 0;
        for (int i = 0; i < l->columns; i++)
            if (kinds[i] == MAY[k].kind && !l->filler[i]) cells[count++] = i;
        if (count) read_cells(&r, cells, count, MAY[k].may, out);
    }
    pixDestroy(&r.picture);
}
