// pack_report.h - what is right and wrong with a pack, all of it at once, for those who write the law down.
#pragma once
#include "pack/pack_sign.h"

enum pack_section {
    PACK_SECTION_FILES,
    PACK_SECTION_REFERENCES, // articles and the legal acts they are of
    PACK_SECTION_PROCESSES,
    PACK_SECTION_DECISIONS,
    PACK_SECTION_FORMS,
    PACK_SECTION_LETTERS,
    PACK_SECTION_CODES,   // lists and outcomes
    PACK_SECTION_ADVERSE, // ends that are against the person
    PACK_SECTION_TEXTS,
    PACK_SECTION_DEADLINES,
    PACK_SECTION_ACCESS,
    PACK_SECTION_SAFEGUARDS, // fundamental rights, as far as data can tell
    PACK_SECTION_COUNT
};
const char *pack_section_name(enum pack_section s); // "references"

enum pack_verdict {
    PACK_HOLDS,
    PACK_BROKEN,  // `ostia pack check` fails
    PACK_UNKNOWN, // the data of a pack cannot tell
};
const char *pack_verdict_name(enum pack_verdict v); // "holds", "does not hold", "cannot be told"

// `what` as everywhere: field = where ("forms/application"), rule, text key of the sentence and its values.
// The rule of a safeguard is its id, "R-GD-04".
struct pack_finding {
    enum pack_section section;
    enum pack_verdict verdict;
    struct problem what;
};
struct pack_findings {
    struct arena *arena;
    struct pack_finding *items;
    size_t count, capacity;
};

struct pack_report {
    struct text id, version; // as far as pack.json could be read
    struct hash hash;
    struct pack_findings findings; // by section
    size_t broken;                 // findings that do not hold
    bool is_read;                  // every file could be read; else only what is wrong with files is there
};

// Reads and checks like pack_read, but goes on after a mistake. A file that cannot be read gives one finding,
// its first mistake; only when all can be read is there anything to say on how they fit together.
// With signers (may be NULL), a pack that none of them signed is wrong.
void pack_examine(struct arena *a, const struct pack_files *files, const struct pack_signers *signers,
                  struct pack_report *out);
