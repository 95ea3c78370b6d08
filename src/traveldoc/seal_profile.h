// seal_profile.h - inside traveldoc/: which features a kind of document has, as a table.
#pragma once
#include "traveldoc/seal.h"

enum seal_coding {
    CODING_RAW,
    CODING_C40,
    CODING_ZONE_72, // a zone of two lines of 36, in C40, fillers at its end left out
    CODING_ZONE_88, // of two lines of 44
    CODING_TEXT,    // UTF-8
    CODING_NUMBER,  // one to four bytes, the highest first
    CODING_ENTRIES, // one byte, 0 is any number
    CODING_STAY,    // days, months, years, a byte each
    CODING_DAY,     // YYYYMMDD as text
};

struct seal_part {
    int tag;
    const char *word;
    enum seal_coding coding;
};

struct seal_profile {
    const char *word;
    int definition, type;  // definition + type: 0xFB, 0x06
    const uint8_t *number; // TR-03137-2: 16 bytes of feature 0 choose a profile of an administrative document
    const struct seal_part *parts; // ends with word NULL
};

// By type of document. NULL: unknown.
const struct seal_profile *seal_profile_of(int definition, int type);
// By number, of administrative documents. NULL: unknown.
const struct seal_profile *seal_profile_numbered(struct bytes number);
const struct seal_part *seal_part_of(const struct seal_profile *p, int tag); // NULL: unknown
