// linkage_inside.h - values and levels of agreement, inside this room.
#pragma once
#include "identity/linkage.h"

enum { LEVEL_SAME = 0, LEVEL_DIFFERS = 4, LEVELS = 5, LEVEL_UNKNOWN = 7 };

// Values of one field, each once. 0 is "not known".
struct linkage_values {
    enum linkage_kind kind;
    struct text *text; // folded
    uint32_t *count, *sound;
    size_t values;
    uint32_t *of_row;
};
void linkage_values_make(struct linkage_values *v, enum linkage_kind kind, const struct linkage_file *left,
                         const struct linkage_file *right, size_t field, size_t fields, struct arena *a);
// How two values that are not the same agree: 1 to LEVEL_DIFFERS.
unsigned linkage_level(enum linkage_kind kind, struct text x, struct text y);
