// mrz_layout.h - where each field lies in each format, inside this room.
#pragma once
#include "identity/mrz.h"

struct mrz_place {
    enum mrz_field field;
    int line, from, to; // columns from 0, `to` exclusive
    int check;          // column of the check digit on the same line, -1 = none
};

struct mrz_span {
    int line, from, to;
};

struct mrz_layout {
    const char *word;
    int lines, columns;
    struct mrz_place place[MRZ_FIELD_COUNT]; // indexed by field; to == 0 when the format lacks it
    struct mrz_span composite[5];            // to == 0 ends it
    bool long_number;                        // a longer document number runs on in the optional field
    const char *codes;                       // first letters of the document code
};

const struct mrz_layout *mrz_layout(enum mrz_format f);

// The place's characters in the lines.
struct text mrz_at(const struct mrz_layout *l, struct text const *line, enum mrz_field f);

// The check digit that the composite must have; asserts that the format has one.
char mrz_composite_digit(const struct mrz_layout *l, const struct text *line);
