// stay_law.h - how long people without a right of residence may stay, as a pack says it (stay.json).
#pragma once
#include "base/date.h"
#include "base/problem.h"
#include "base/text.h"

enum {
    STAY_STATES_MAX = 60,      // there are 29
    STAY_EXCEPTIONS_MAX = 400, // agreements between two states; some 100 are in force
    STAY_WINDOW_MAX = 1000,    // days
};

struct stay_state { // days there count, from and until a day (year 0: always, still)
    struct text state;
    struct date from, until;
};
// An agreement between two states: their nationals may stay `days` more there when the common days are used.
struct stay_exception {
    struct text state, article, mark;
    const struct text *nationalities;
    size_t nationality_count;
    int64_t days;
};
// What is done when nobody saw a person leave before the next entry.
enum missing_exit { MISSING_EXIT_UNTIL_NEXT_ENTRY, MISSING_EXIT_ENTRY_DAY_ONLY };

struct stay_law {
    int64_t days, window; // 90 in any 180
    struct text article, mark;
    enum missing_exit missing_exit;
    int64_t retention_days; // lists of carriers are erased so many days after the arrival
    struct text retention_article;
    struct stay_state *states;
    size_t state_count;
    const struct text *not_counted; // kinds of titles: "permit", "long_stay_visa"
    size_t not_counted_count;
    const struct text *free_nationalities; // the limit is not for them
    size_t free_nationality_count;
    struct stay_exception *exceptions;
    size_t exception_count;
};

// Parses stay.json; *out is in `a`. Problem: rule, field = JSON path.
enum status stay_law_read(struct arena *a, struct text in, struct stay_law **out, struct problem *p);
bool stay_counts_in(const struct stay_law *law, struct text state, struct date day);
bool stay_title_counts(const struct stay_law *law, struct text title); // empty: yes
bool stay_is_free(const struct stay_law *law, struct text nationality);
