// mrz_reading.h - a zone being read, inside this room.
#pragma once
#include "identity/look_alike.h"
#include "identity/mrz_layout.h"

struct reading {
    const struct mrz_layout *layout;
    char line[MRZ_LINES_MAX][MRZ_LINE_MAX + 1];
    struct text text[MRZ_LINES_MAX]; // the same lines
    struct mrz *out;
    struct date today;
};

void mrz_complain(struct mrz *m, enum mrz_field f, const char *rule, const char *text_key);
// Puts a character in its place and reports it when it was another.
void mrz_fix(struct reading *r, enum mrz_field f, int line, int column, char now);

// Letters only: names, countries. A digit becomes the letter that it is most often taken for.
char mrz_letter_for(char c);

// Dates and their check digit hold digits only: letters are read as digits when the check digit then agrees.
enum mrz_check mrz_check_digits_only(struct reading *r, const struct mrz_place *p);
// Number and personal number hold letters and digits, so only the check digit can tell: one exchange of
// look-alikes, or of all that look the same, and only when no other would do.
enum mrz_check mrz_check_mixed(struct reading *r, const struct mrz_place *p);
enum mrz_check mrz_check_composite(struct reading *r);
// A country's code that is none, but would be one with letters for the digits in it.
void mrz_correct_country(struct reading *r, enum mrz_field f);
// Digits in a name, which 9303-3 does not allow there. True when there were any.
bool mrz_correct_name(struct reading *r);
