// identity_law.h - how identities are compared, as a pack says it (identity.json), and how often that errs.
#pragma once
#include "base/problem.h"
#include "identity/compare.h"

enum { IDENTITY_MEASURED_MAX = 40 };

// What was measured at one agreement of names: parts of 1 of pairs that differ and were said to agree, and of
// pairs that agree and were not said to.
struct identity_measured {
    double agreement, false_matches, missed;
};
struct identity_law {
    struct compare_rules rules;
    struct text measured_on; // which pairs, and when
    struct identity_measured measured[IDENTITY_MEASURED_MAX];
    size_t measured_count;
};
// `a` must outlive it. What the file does not say is as in COMPARE_RULES. Problem: rule, field = JSON path.
enum status identity_law_read(struct arena *a, struct text json, struct identity_law **out,
                              struct problem *p);
