// pack_diff.h - what one version of a pack changes against another, in the words of the law.
#pragma once
#include "pack/pack_report.h"

enum pack_change { PACK_ADDED, PACK_REMOVED, PACK_CHANGED };
const char *pack_change_name(enum pack_change c); // "added"

// One thing that is new or gone, or one property of a thing that is there in both.
struct pack_difference {
    enum pack_section section;
    enum pack_change change;
    struct text id;          // "lodging", "application.family_name", "fr: form.sex.label"
    struct text name;        // in English: "Lodge the application"
    struct text property;    // "period"; empty when the whole is new or gone
    struct text before, now; // of a thing that is new or gone: its properties in short
    struct text note;        // where the law says so, and from when: "Art. 28(1), from 2026-12-01"
};
struct pack_differences {
    struct pack_difference *items; // by section
    size_t count, capacity;
};

// Rows of decision tables are matched by their conditions, elements of processes and all else by id. Texts
// live in `a`.
void pack_compare(struct arena *a, const struct pack *old, const struct pack *new,
                  struct pack_differences *out);
