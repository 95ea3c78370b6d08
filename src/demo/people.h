// people.h - people who do not exist: names put together from syllables and common given names, in several
// scripts.
#pragma once
#include <stdbool.h>

#include "base/date.h"

// A stream of numbers that follows from a seed alone (splitmix64), one for each case.
struct dice {
    uint64_t state;
};
struct dice dice_of(uint64_t seed, uint64_t which);
uint64_t dice_next(struct dice *d);
int dice_range(struct dice *d, int from, int to); // both ends included
bool dice_chance(struct dice *d, int percent);

struct person {
    struct text family, given, family_latin,
        given_latin; // the Latin ones are empty when the others are Latin
    const char *nationality, *language, *tag;
    struct date birth; // partial for some
    bool is_female;
};
// A grown-up, or (rarely) a minor. Texts live in `a` or are constants.
struct person person_new(struct arena *a, struct dice *d, struct date today);
// A child or spouse of the same origin with the same family name.
struct person person_relative(struct dice *d, const struct person *of, bool is_child, struct date today);
