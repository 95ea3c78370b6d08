// identity_law.h - how identities are compared, as a pack says it (identity.json), and how often that errs.
#pragma once
#include "base/problem.h"
#include "identity/compare.h"

enum { IDENTITY_MEASURED_MAX = 40, IDENTITY_SEARCHES_MAX = 100 };

// What was measured at one agreement of names: parts of 1 of pairs that differ and were said to agree, and of
// pairs that agree and were not said to.
struct identity_measured {
    double agreement, false_matches, missed;
};
// What was measured of searches for whole identities, from one score on.
struct identity_searched {
    struct text asked;  // what was other than on file: "same", "name_only", "birth_slip" ...
    double score;       // from which somebody is a hit
    double false_hits;  // other persons among them, for each search
    double missed;      // part of 1 of searches that do not find the person
    double missed_most; // upper end of its 95 % interval
};
struct identity_law {
    struct compare_rules rules;
    struct text measured_on; // which pairs, and when
    struct identity_measured measured[IDENTITY_MEASURED_MAX];
    size_t measured_count;
    double searched_persons; // among how many; 0: not measured
    struct text searched_on; // who they are, and when
    struct identity_searched searched[IDENTITY_SEARCHES_MAX];
    size_t searched_count;
};
// What was measured of searches in which `asked` was other than on file, at the highest score that is not
// above `score`; NULL when nothing was.
const struct identity_searched *identity_law_searched(const struct identity_law *law, struct text asked,
                                                      double score);
// `a` must outlive it. What the file does not say is as in COMPARE_RULES. Problem: rule, field = JSON path.
enum status identity_law_read(struct arena *a, struct text json, struct identity_law **out,
                              struct problem *p);
