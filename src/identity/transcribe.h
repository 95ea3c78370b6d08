// transcribe.h - the one way in which an authority writes names of other scripts in Latin letters, and by
// which rule: whoever asks gets the same answer.
#pragma once
#include "base/problem.h"
#include "base/text.h"

struct transcription {
    struct text latin;     // for reading: "Hryhorii"
    struct text zone;      // for machines: A to Z, words parted by < (identity.h)
    struct text script;    // ISO 15924 of most letters
    struct text standard;  // stable word: "icao_9303", "elot_743", "bgn_pcgn", "icu"; "none" for no letters
    struct text reference; // where the rule stands, as one cites it
    bool is_complete;      // false: the script leaves vowels out, so a person's own spelling always wins
    bool is_mixed;         // letters of several scripts; the standard is that of most of them
};
// `language` is BCP 47 and picks national rules; it may be empty. STATUS_INVALID with the field "name" when
// it is empty, longer than IDENTITY_TEXT_MAX, not UTF-8, or has no letter that can be written.
enum status identity_transcribe(struct arena *a, struct text name, struct text language,
                                struct transcription *out, struct problem *p);
