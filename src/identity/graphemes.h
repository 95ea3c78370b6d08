// graphemes.h - how likely a word of another script is written as a word of Latin letters, inside this room.
//
// A word is written piece by piece, each piece (0 to 2 letters there, 0 to 3 here) with its own probability.
// The pieces and their probabilities were learnt from pairs of names (graphemes_data.c says from which and
// how).
#pragma once
#include <stdbool.h>

#include "base/text.h"

enum graphemes_script { GRAPHEMES_ARABIC, GRAPHEMES_HEBREW, GRAPHEMES_CYRILLIC, GRAPHEMES_SCRIPT_COUNT };
enum { GRAPHEMES_BIT = 64 };         // costs are in parts of a bit
enum { GRAPHEMES_LETTERS_MAX = 40 }; // of one word; longer ones are cut
enum { GRAPHEMES_NEVER = 1 << 20 };

// One learnt piece; letters as bytes: native ones are the low byte of the code point (key of identity.h).
struct grapheme_piece {
    uint8_t native[2];
    char latin[3];
    uint16_t cost;
};
struct grapheme_table {
    const struct grapheme_piece *piece;
    size_t count;
};
extern const struct grapheme_table GRAPHEME_TABLES[GRAPHEMES_SCRIPT_COUNT];

// `latin` is a to z only.
// Cost (-log2 of the probability, in parts of a bit) that the two are written for one another; more than
// `bound` when it is more than that.
int graphemes_cost(enum graphemes_script s, struct text native, struct text latin, int bound);
// The same of one of them alone, whatever the other may be. How much the pair says more than chance is
// native_cost + latin_cost - cost.
int graphemes_native_cost(enum graphemes_script s, struct text native);
int graphemes_latin_cost(enum graphemes_script s, struct text latin);

// Of one piece: what it costs, GRAPHEMES_NEVER when it was not learnt; how probable its one side is, whatever
// the other may be; and what that side costs at least when the best stands on the other.
int graphemes_piece(enum graphemes_script s, struct text native, struct text latin);
float graphemes_share(enum graphemes_script s, struct text piece, bool is_latin);
int graphemes_least(enum graphemes_script s, struct text piece, bool is_latin);
enum { GRAPHEMES_NATIVE_MAX = 2, GRAPHEMES_LATIN_MAX = 3 }; // letters of a piece
