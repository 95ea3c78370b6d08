// stay.h - days of short stays: how many were used on a day, until when somebody may stay, and who stayed too
// long. Pure functions of crossings, the law (stay_law.h) and a day.
//
// Source: Regulation (EU) 2016/399 Art. 6(1) and (2): for each day of stay the window that ends on it is
// looked at; the days of entry and of exit both count; stays under a residence permit or a long-stay visa do
// not.
#pragma once
#include "pack/stay_law.h"

enum {
    STAY_CROSSINGS_MAX = 4000, // of one person: twice a day for five years
    STAY_YEARS_MAX = 12,       // that are looked at; longer ago nothing is kept
};

enum crossing_kind { CROSSING_ENTRY, CROSSING_EXIT };
struct stay_crossing {
    enum crossing_kind kind;
    struct date day;
    struct text state; // whose border; empty: the authority's own state, which counts
    struct text title; // "permit", "long_stay_visa" ...: under which the stay was; empty: none
    int64_t id;        // for the caller
};

// From an entry to an exit. An unknown end has year 0.
struct stay {
    struct date entry, exit;
    struct text state;
    bool counts;       // its title does, and the state did on the day of entry
    bool is_open;      // the last one, without an exit
    bool misses_exit;  // a later entry follows
    bool misses_entry; // an exit without an entry: only its day is known
    int64_t entry_id, exit_id;
};
struct stays {
    struct stay *items;
    size_t count, capacity;
};
// Pairs crossings, in whatever order they come. Those after the first STAY_CROSSINGS_MAX are left out.
void stays_of(const struct stay_law *law, const struct stay_crossing *crossings, size_t count,
              struct arena *a, struct stays *out);

struct stay_answer {
    int64_t used;           // days in the window that ends on the day, with the day itself when there
    int64_t left;           // of the law's days; never below 0
    struct date last_day;   // until when somebody who is there on that day, or enters, may stay without a
                            // break; year 0: not at all
    int64_t days_from_now;  // from the day to last_day, both counted
    struct date next_entry; // when last_day is year 0: the first day on which one may enter
    bool is_inside;         // an open stay that began on or before the day
    bool is_overstay;       // there on that day, and more days were used than the law gives
    struct date over_since; // first day too many of the present stay
    int64_t over_days;      // of the present stay until the day, both counted
    int64_t past_over_days; // of earlier stays, in the years that are looked at
    bool is_uncertain;      // an exit or entry is missing: the count follows the law's rule for it
    struct date exception_until; // an agreement lets nationals stay there until then; year 0: none
    const struct stay_exception *exception;
};
// `nationality` and `state` (where the person is or goes) choose an agreement; both may be empty.
void stay_count(const struct stay_law *law, const struct stays *stays, struct text nationality,
                struct text state, struct date day, struct stay_answer *out);
