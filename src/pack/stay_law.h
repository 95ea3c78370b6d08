// stay_law.h - how long people without a right of residence may stay, as a pack says it (stay.json).
#pragma once
#include "base/date.h"
#include "base/problem.h"
#include "base/text.h"

enum {
    STAY_STATES_MAX = 60,      // there are 29
    STAY_EXCEPTIONS_MAX = 400, // agreements between two states; some 100 are in force
    STAY_WINDOW_MAX = 1000,    // days
    STAY_TITLES_MAX = 40,      // there are three: a permit, a visa for long stays, one for short ones
    STAY_MONTHS_MAX = 120,     // that a document must go on: passports have ten years
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
// An entry of a register that lets somebody stay or enter. The first that fits counts.
struct stay_title {
    struct text register_id;
    const struct text *kinds, *states; // no kinds: all of them
    size_t kind_count, state_count;
    struct text title; // as `not_counted` names it
    struct text class; // of traveller, as crossings are recorded
};
// An entry on a document with one of these words: it must be looked at before anybody crosses with it.
struct stay_report {
    struct text field, refusal; // refusal: the reason that it speaks for
    const struct text *words;
    size_t count;
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
    int64_t document_months; // that a document must be valid after the day of leaving
    struct text document_article;
    struct stay_title *titles;
    size_t title_count;
    struct text class_free, class_other;     // of travellers with free movement, and with no title at all
    struct text refusal_ended, refusal_days; // reasons that an ended document, and used up days, speak for
    const struct text *evidence;             // registers that may explain why nobody was seen leaving
    size_t evidence_count;
    struct stay_report *reports;
    size_t report_count;
};

// Parses stay.json; *out is in `a`. Problem: rule, field = JSON path.
enum status stay_law_read(struct arena *a, struct text in, struct stay_law **out, struct problem *p);
bool stay_counts_in(const struct stay_law *law, struct text state, struct date day);
bool stay_title_counts(const struct stay_law *law, struct text title); // empty: yes
// The title of an entry, by register, kind and state; NULL: none. Whether it is of today is another question.
const struct stay_title *stay_title_of(const struct stay_law *law, struct text register_id, struct text kind,
                                       struct text state);
// Under which title somebody crossed, by the class of traveller that was recorded; empty: none.
struct text stay_title_of_class(const struct stay_law *law, struct text traveller_class);
// NULL: the word is no reason to look at the document.
const struct stay_report *stay_report_of(const struct stay_law *law, struct text field, struct text word);
bool stay_is_free(const struct stay_law *law, struct text nationality);
