// zone.h - inside worker/: the machine-readable zone on a picture of a document. Found by its shape (two or
// three long lines of equal width), cut into cells of equal width (its letters all have one pitch), and read
// by tesseract without its fillers, which are told by their height.
#pragma once
#include <leptonica/allheaders.h>

#include "worker/job.h"

enum {
    ZONE_PX = 1800, // longer side of the picture that is looked at: 300 dpi on a passport's page
    ZONE_LINES = 3, // TD1; the others have two
    ZONE_COLUMNS = 44,
    ZONE_CANDIDATES = 40, // long dark stripes on a picture; a page of print has as many lines
};

struct zone_line {
    int x, y, w, h;      // its box
    int columns;         // 30, 36, 44
    double first, pitch; // middle of the first cell, and from one to the next
    bool filler[ZONE_COLUMNS];
};
struct zone_found {
    PIX *gray, *ink; // upright, 8 bits and 1 bit a pixel
    struct zone_line line[ZONE_LINES];
    int lines;
};

// Finds the lines of the zone, and turns the picture until they are level. False: there are none.
bool zone_locate(PIX *gray, struct zone_found *out);
void zone_found_free(struct zone_found *f);

// Cells of a line, and which of them hold the filler. False: no pitch fits.
bool zone_cells(PIX *ink, struct zone_line *line);

// The text of line `number` from 0, `columns` characters of A-Z, 0-9 and <; < also where nothing could be
// read.
void zone_read_line(const struct zone_found *f, int number, char *out);
