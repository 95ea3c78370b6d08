// linkage.h - which records of one file, or of two, are of the same person, learned from the files alone
// (Fellegi and Sunter 1969; expectation maximisation as in Winkler 1988). Knows nothing of what the fields
// mean.
#pragma once
#include "base/text.h"

enum {
    LINKAGE_FIELDS_MAX = 20,     // three bits of a 64 bit pattern each
    LINKAGE_ROWS_MAX = 20000000, // what fits into the memory of a usual server
    LINKAGE_CELL_MAX = 200,      // bytes of a cell that are compared
    LINKAGE_THREADS_MAX = 16,
};
enum linkage_kind {
    LINKAGE_NAME, // of a person: spelling, sound, in another name field
    LINKAGE_DATE, // year, month and day, as ISO 8601 or eight digits; slips of a digit, day and month swapped
    LINKAGE_TEXT, // several words
    LINKAGE_CODE, // the same or not
    LINKAGE_NUMBER // one slip is less than another number
};
bool linkage_kind_of(struct text word, enum linkage_kind *out); // "name", "date", "text", "code", "number"

struct linkage_file {
    size_t rows;
    const struct text *cells; // row by row; empty: not known
};
struct linkage_pair {
    uint32_t left, right; // rows
    float bits;           // log2 of the odds that they are the same
};
struct linkage_options {
    unsigned threads; // 0: one
    double keep;      // bits: pairs below are forgotten on the way; 0: -6
    // Told now and then, from the thread that called: "compare", 0.4. May be NULL.
    void (*tell)(void *context, const char *stage, double share);
    void *context;
};
struct linkage; // what was learned

struct linkage_result {
    struct linkage_pair *pairs; // linked, the surest first
    size_t count;
    uint32_t *group;  // of one file: rows of one person have the number of one of them; else NULL
    double threshold; // bits
    double expected;  // F1 that the model expects of itself
    double compared;  // pairs
    size_t rules;     // ways to find pairs
    struct linkage *learned;
};
// `right` NULL: duplicates within one file, in groups. Else each row is linked to one of the other file at
// most. STATUS_TOO_LARGE beyond the limits above; else linkage_end must follow. The lists of the result are
// in `a`; cells are not needed any more. The same files, options and threads give the same result.
enum status linkage_run(const enum linkage_kind *kinds, size_t fields, const struct linkage_file *left,
                        const struct linkage_file *right, const struct linkage_options *options,
                        struct arena *a, struct linkage_result *out);
void linkage_end(struct linkage_result *r); // forgets what was learned; the lists stay

// Why: of one field of two rows, "same", "near", "alike", "far", "elsewhere" (what one has here, the other
// has in another field), "differs", "unknown" or "repeats" (the field says nothing that others do not), and
// what that weighs in bits. The sum of all fields and linkage_prior is what the pair weighs.
double linkage_field(const struct linkage_result *r, uint32_t left, uint32_t right, size_t field,
                     const char **how);
double linkage_prior(const struct linkage_result *r);
// Their sum, for any two rows.
double linkage_bits(const struct linkage_result *r, uint32_t left, uint32_t right);
