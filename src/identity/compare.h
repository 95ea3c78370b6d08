// compare.h - how alike two identities are, feature by feature, in words that a person can check.
#pragma once
#include "base/arena.h"
#include "identity/record.h"

// What is compared. A pack's rules say which of them count and how much.
enum identity_feature {
    FEATURE_NAME,
    FEATURE_BIRTH,
    FEATURE_SEX,
    FEATURE_NATIONALITY,
    FEATURE_BIRTH_PLACE,
    FEATURE_NUMBER,
    FEATURE_COUNT
};
const char *identity_feature_word(enum identity_feature f); // "name", "birth"

// Weights are bits (log2 of a likelihood ratio): `agree` for full agreement, `differ` (negative) for full
// difference; between them it is interpolated. 0 and 0: does not count.
struct compare_weight {
    double agree, differ;
};
struct compare_rules {
    struct compare_weight weight[FEATURE_COUNT];
    double prior;    // bits: how rare a true match is before anything was compared (negative)
    double possible; // score from which people should look
    double likely;   // score from which it is shown first
};
extern const struct compare_rules COMPARE_RULES; // usual ones, measured (docs/quality-identity.md)

// One feature: how much it agrees (0 to 1), what that weighs, and how it was found.
struct feature_result {
    enum identity_feature feature;
    bool is_known; // both sides have it
    double agreement, bits;
    const char *how; // word of a closed list: "same", "transliterated", "spelling", "order", "part",
                     // "nickname", "initial", "day_and_month_swapped", "year_near", "ocr", "differs" ...
    struct text left, right; // what was compared
};
struct comparison {
    double score; // 0 to 1: logistic of the sum of bits and the prior
    double bits;
    struct feature_result features[FEATURE_COUNT];
};
// Never fails: what is too long is cut. Texts of the result live in `a` or in the records.
void identity_compare(const struct identity_record *left, const struct identity_record *right,
                      const struct compare_rules *rules, struct arena *a, struct comparison *out);

// Two names alone: 0 to 1, and how. Any scripts, parts in any order.
double identity_compare_names(struct text left, struct text right, struct arena *a, const char **how);
