// inside.h - inside border/: the room.
#pragma once
#include "border/border.h"
#include "border/watch.h"

struct border {
    struct journal *journal;
    struct registers *registers;
    const struct zone *zone;
    struct watch watch;
};

struct text entry_said(const struct entry_row *row, const char *path);
struct date day_said(const struct entry_row *row, const char *path); // of a day or a moment; year 0: none
// Crossings as they are counted, from rows of the register.
bool crossing_of(const struct stay_law *law, const struct entry_row *row, struct stay_crossing *out);
