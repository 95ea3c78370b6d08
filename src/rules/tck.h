// tck.h - test cases in the format of the DMN Technology Compatibility Kit (testCases.xsd): read, and run
// against models.
#pragma once
#include "rules/dmn.h"

enum {
    TCK_RESULTS_MAX = 1000,    // results or inputs of one case; the kit has at most 30
    TCK_COMPONENTS_MAX = 1000, // components of one value
    TCK_NOTE_MAX = 500,        // bytes of a note; the rest is cut
};

// A model that the cases of a folder may name.
struct tck_model {
    struct text file;              // path, from the folder of the test file
    const struct dmn_model *model; // NULL when it could not be read
    struct text note;              // why not
};
struct tck_models {
    struct tck_model *items;
    size_t count, capacity;
};

struct tck_result {
    struct text id;   // of the case; its place in the file when it has none
    bool passed;      // every result has the value that is expected
    struct text note; // what did not; empty when it passed
};
struct tck_results {
    struct tck_result *items;
    size_t count, capacity;
};

// Runs all cases of a test file, in its order. What cannot be read or evaluated is a result that did not
// pass, with a note; only a file that is no XML gives another status, and STATUS_UNSUPPORTED one that holds
// something else. The results live in `a`.
enum status tck_run(struct arena *a, struct text xml, const struct tck_models *models,
                    const struct feel_now *now, struct tck_results *out, struct problem *p);
