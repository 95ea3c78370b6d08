// edifact.h - UN/EDIFACT interchanges (ISO 9735 syntax 1 to 4) as carriers send them: found in the telegram
// or e-mail around them, and read segment by segment.
#pragma once
#include "base/problem.h"
#include "base/text.h"

enum {
    EDIFACT_BYTES_MAX = 16 * 1024 * 1024, // a full A380 with all its bags has 0.4 MB
    EDIFACT_SEGMENT_MAX = 32 * 1024,      // bytes of one; the longest free text of PNRGOV has 999 characters
    EDIFACT_ELEMENTS_MAX = 128,           // in one segment; taxes (TXD) repeat 99 times
    EDIFACT_COMPONENTS_MAX = 512,         // in one segment, over all its elements
    EDIFACT_SEGMENTS_MAX = 500 * 1000,    // in one file
};

// The service string advice (UNA). `release` is 0 when there is none; `repetition` is 0 when not used.
struct edifact_signs {
    char component, element, decimal, release, repetition, terminator;
};

struct edifact_component {
    struct text value; // without release characters
    int repetition;    // from 0
};
struct edifact_element {
    const struct edifact_component *components;
    size_t count;
};

// One segment. `tag` has no spaces; values point into the arena of the reader.
struct edifact_segment {
    struct text tag, raw; // raw: as it was sent, without line breaks and terminator
    struct edifact_element elements[EDIFACT_ELEMENTS_MAX];
    size_t element_count;
    struct edifact_component components[EDIFACT_COMPONENTS_MAX];
    size_t component_count;
};
// Element and component from 0; empty when it was not sent. Of repeated elements the first.
struct text edifact_value(const struct edifact_segment *s, size_t element, size_t component);

enum edifact_read {
    EDIFACT_SEGMENT, // one was read
    EDIFACT_END,     // nothing is left
    EDIFACT_CUT,     // text without a terminator is left: a broken end, or what a mail program added
    EDIFACT_TOO_BIG  // a limit was reached; the segment is passed over
};

enum edifact_advice { EDIFACT_UNA_NONE, EDIFACT_UNA_GOOD, EDIFACT_UNA_BROKEN };

struct edifact {
    struct arena *arena;
    struct text plain; // without control characters, in UTF-8
    size_t at;
    struct edifact_signs signs;
    enum edifact_advice advice;
};

// Takes control characters and line breaks out (Type B telegrams break lines anywhere, also in words) and
// brings the text to UTF-8 by its syntax identifier (UNOC: ISO 8859-1 ...). Copies `in` to the arena.
// STATUS_TOO_LARGE.
enum status edifact_open(struct edifact *r, struct arena *a, struct text in, struct problem *p);
// Goes to the next UNB, over whatever stands before, and learns its signs: from UNA, else the standard ones,
// else those that UNB itself shows. False when there is no further interchange.
bool edifact_find(struct edifact *r);
// The next segment.
enum edifact_read edifact_next(struct edifact *r, struct edifact_segment *s);

// The interchanges of a telegram alone, a segment a line, UNA first when it was there: nothing is changed in
// a segment. STATUS_INVALID when there is no interchange.
enum status edifact_clean(struct arena *a, struct text in, struct text *out, struct problem *p);
