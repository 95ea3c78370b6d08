// distance.h - how far two words are from one another, inside this room. Letters are folded: a to z, 0 to 9.
#pragma once
#include "base/text.h"

enum { DISTANCE_ONE = 20 };         // one letter that has nothing to do with the other
enum { DISTANCE_LETTERS_MAX = 64 }; // longer words are cut

// Which letters a word has, letters that are written for one another as one bit.
uint32_t letters_seen(struct text w);
// How often a word has letters of each kind; letters that stand for one another are of one kind.
typedef uint8_t letter_counts __attribute__((vector_size(16)));
letter_counts letters_count(struct text w);
// letters_distance is at least this.
unsigned letters_least_distance(letter_counts x, letter_counts y);

// A hash of the consonants by sound; 0 when there are fewer than two.
uint32_t letters_sound(struct text w);

// Cost to make one out of the other, in parts of DISTANCE_ONE. Vowels, doubled letters and letters of one
// sound are cheap, so is a swap of neighbours. With `no_vowels` those of `y` may be missing in `x`. Above
// `bound` the result is only known to be above it.
unsigned letters_distance(struct text x, struct text y, bool no_vowels, unsigned bound);

// Of single letters: one for another, and one that only this word has (there at `i`) when the other side
// leaves out vowels or does not.
unsigned letters_swap(char x, char y);
unsigned letters_alone(struct text w, size_t i, bool no_vowels);
enum { LETTERS_EXCHANGED = 14 }; // two neighbours in the other order

// 1 for the same, 0 for what has too little in common: a distance in relation to the longer word.
double letters_likeness(unsigned distance, size_t longer);
// The largest distance that still gives `likeness` of 45 to 100 parts of 100.
unsigned letters_bound(unsigned likeness, size_t longer);
