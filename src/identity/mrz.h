// mrz.h - machine-readable zones of travel documents (ICAO Doc 9303 parts 3 to 7): reading and writing.
#pragma once
#include "base/date.h"
#include "base/problem.h"
#include "base/text.h"

enum { MRZ_INPUT_MAX = 400, MRZ_PROBLEMS_MAX = 24, MRZ_FIXES_MAX = 24 };
enum { MRZ_LINES_MAX = 3, MRZ_LINE_MAX = 44 };

enum mrz_format { MRZ_TD1, MRZ_TD2, MRZ_TD3, MRZ_MRV_A, MRZ_MRV_B, MRZ_FORMAT_COUNT };
struct text mrz_format_word(enum mrz_format f); // "TD1", "MRV-A"

enum mrz_field {
    MRZ_DOCUMENT_CODE, // "P", "ID", "VN"
    MRZ_ISSUER,
    MRZ_NAME,
    MRZ_NUMBER,
    MRZ_NATIONALITY,
    MRZ_BIRTH,
    MRZ_SEX,
    MRZ_EXPIRY,
    MRZ_OPTIONAL,   // TD3: personal number; TD1: upper line
    MRZ_OPTIONAL_2, // TD1 only: middle line
    MRZ_COMPOSITE,  // the check digit over several fields; no value of its own
    MRZ_FIELD_COUNT
};
const char *mrz_field_word(enum mrz_field f); // "number"; the `field` of problems

enum mrz_check {
    MRZ_CHECK_NONE, // this format has no check digit for this field
    MRZ_CHECK_OK,
    MRZ_CHECK_EMPTY, // field and check digit both left out, as 9303 allows
    MRZ_CHECK_WRONG
};

// A character that was read wrongly and that a check digit proves.
struct mrz_fix {
    enum mrz_field field;
    int line, column; // from 1
    char was, now;
};

struct mrz_field_result {
    struct text raw; // characters as they stand after fixes, fillers included
    enum mrz_check check;
};

// What was read. Texts are in the arena. Dates may be partial or unknown (struct date). Countries are as
// printed, fillers stripped ("D" for Germany); see country.h.
struct mrz {
    enum mrz_format format;
    struct text line[MRZ_LINES_MAX];
    struct text document_code, issuer, family, given, number, nationality, optional, optional_2;
    struct date birth, expiry;
    char sex;             // 'F', 'M', or 'X' (unspecified: < in the zone)
    bool name_may_be_cut; // the name field is full to its last character
    bool checks_ok;       // every check digit that the format has is right
    struct mrz_field_result field[MRZ_FIELD_COUNT];
    size_t problem_count, fix_count;
    struct problem problem[MRZ_PROBLEMS_MAX]; // only the first problem_count are set
    struct mrz_fix fix[MRZ_FIXES_MAX];        // only the first fix_count
};

// Reads a zone as a scanner or a person gives it: lower case, spaces, missing or wrong line breaks, « and
// other look-alikes of <. Letters and digits that look alike (O 0, I 1, Z 2, S 5, G 6, B 8) are exchanged
// only in a field whose check digit proves it, and reported in `fix`; one of them, or all
// that look the same. In dates and check digits, which are all digits, the letter is read as its digit and
// the check digit must agree. In countries and names, which are all letters, a digit is read as its letter: a
// country only when that is one, a name with a problem beside it, for nothing proves which letter it is.
// Birth years become the latest year that is not after `today`; expiry years the one nearest to it.
// STATUS_OK: a format was recognised and all fields are filled; `problem` lists what is doubtful (a wrong
// check digit does not hide the rest). STATUS_INVALID with `problem` of *out and *p filled: no format fits.
enum status mrz_read(struct arena *a, struct text input, struct date today, struct mrz *out,
                     struct problem *p);

// What to print. Names may be in any script: they are transliterated (identity.h). `sex` is 'F', 'M' or 'X'.
struct mrz_fields {
    enum mrz_format format;
    struct text document_code, issuer, number, nationality, family, given, language, optional, optional_2;
    struct date birth, expiry;
    char sex;
};

// Writes the lines with check digits, joined by '\n'; names shortened by the rules of 9303-3, 4.6 and the
// long document number rule of 9303-5 (TD1) and 9303-6 (TD2). STATUS_INVALID with the field when something
// does not fit.
enum status mrz_write(struct arena *a, const struct mrz_fields *f, struct text *out, struct problem *p);

// The check digit '0' to '9' of A-Z, 0-9, < by weights 7 3 1 (9303-3, 4.9); asserts on other characters.
char mrz_check_digit(struct text t);
