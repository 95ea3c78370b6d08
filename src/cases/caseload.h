// caseload.h - many cases at once, as rules see them: in order of their id, a query a table and not one a
// case, and of each only what the rules read. For what looks at all files; one file is state.c's.
#pragma once
#include "cases/internal.h"
#include "rules/dmn.h"

enum { CASELOAD_SECTIONS = 12, CASELOAD_KEYS = 64 };

// What is read of every case.
struct caseload_want {
    unsigned facts;                  // FACT_*
    bool parents;                    // whether a parent is in the file of a minor
    bool all_answers;                // else those below these keys, in these sections
    struct text keys[CASELOAD_KEYS]; // "earlier"
    size_t key_count;
    bool all_sections;
    struct text sections[CASELOAD_SECTIONS]; // ends with empty ones
};

// Adds what a decision reads to `want`.
void caseload_want_reads(struct caseload_want *want, const struct dmn_reads *reads);
// Where the answers lie, by the forms of these packs; call it last. A key that one of the forms does not know
// is looked for everywhere.
void caseload_want_sections(struct caseload_want *want, const struct pack *const *packs, size_t count);

struct caseload {
    struct arena *arena; // the caller's, who also empties it
    struct {
        struct case_state *items;
        size_t count, capacity;
    } cases; // drafts and erased ones too
};
// The cases with an id from `from` to `to`, as they are in one moment; only they.
enum status caseload_read(struct db *db, const struct caseload_want *want, int64_t from, int64_t to,
                          struct caseload *out);
