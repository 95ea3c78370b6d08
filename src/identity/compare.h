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

// How a feature was found to agree:
//   any          "same", "differs", "unknown" (at least one side does not have it)
//   name, place  "order", "spelling", "joined" (one word here, two there), "transliterated", "initial",
//                "nickname", "part" (one side has more names)
//   birth        "part", "day_and_month_swapped", "day_differs", "month_differs", "year_digit", "year_near",
//                "year_same", "year_differs" (day and month are the same)
//   number       "ocr" (characters that look alike), "digit" (one other, or two neighbours changed)
// One feature: how much it agrees (0 to 1), what that weighs, and how it was found.
struct feature_result {
    enum identity_feature feature;
    bool is_known; // both sides have it
    double agreement, bits;
    const char *how;         // word of the closed list below
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

// ---- prepared ----
// What two records are compared by: folded, taken apart into tokens, in one block that may be copied as it is
// and holds no pointer. Made once per record; then a comparison takes one to three microseconds and no
// memory. Size: 40 bytes, for each name 6, for each word of a name 20 and its letters (twice when they are
// not Latin), for each date 4, each nationality 2, each number 8 and its characters. A person with one name
// of three words, a birth date, a nationality and a passport takes near 150 bytes.
enum prepared_script {
    SCRIPT_LATIN,
    SCRIPT_CYRILLIC,
    SCRIPT_ARABIC,
    SCRIPT_HEBREW,
    SCRIPT_HAN,
    SCRIPT_OTHER
};
enum token_kind {
    TOKEN_NAME,
    TOKEN_INITIAL,
    TOKEN_PARTICLE, // article, preposition
    TOKEN_CHILD,    // "bin": the father's name follows
    TOKEN_TITLE,
    TOKEN_LEGAL,  // legal form of an organisation; `word` says which
    TOKEN_TRADE,  // "bank", "holding"
    TOKEN_NUMBER, // `word` is made of its value
};
enum token_flag {
    TOKEN_FAMILY = 1,    // of the family name, where the record tells
    TOKEN_FATHER = 2,    // stands after a TOKEN_CHILD
    TOKEN_NO_VOWELS = 4, // from a script that leaves vowels out
    TOKEN_ACRONYM = 8,   // "J.C.", "BMW"
};
// One word of a name. Its letters are a to z and 0 to 9.
struct prepared_token {
    uint32_t letters; // which letters it has, those that stand for one another as one bit
    uint32_t sound;   // hash of its consonants by sound, 0 for none: fit to find candidates by
    uint16_t at;      // where its letters begin
    uint16_t word;    // group of nicknames, legal form, number, sign of Han
    uint8_t length, native_length;
    uint8_t kind, flags, script, weight; // weight in parts of 100
};
struct prepared_name {
    uint16_t first; // token
    uint8_t count;
    bool is_person, is_organisation; // known to be one; neither when nothing tells
};
struct prepared_number {
    uint32_t issuer; // hash of kind and issuer, 0 unless both are known
    uint16_t at;
    uint8_t length;
};
struct prepared_record {
    uint64_t id;
    uint32_t bytes; // of the whole block
    uint32_t names_at, numbers_at, births_at, nationalities_at, letters_at;
    uint16_t token_count;
    uint8_t name_count, number_count, birth_count, nationality_count;
    bool has_place; // a name more, after the names
    char sex;
};
const struct prepared_record *identity_prepare(const struct identity_record *r, struct arena *a);
// The same for one text, as a record of one name of unknown kind: person, organisation or ship.
const struct prepared_record *identity_prepare_name(struct text name, struct text language, struct arena *a);

// As identity_compare; left and right of the features are empty.
void identity_compare_prepared(const struct prepared_record *left, const struct prepared_record *right,
                               const struct compare_rules *rules, struct comparison *out);
// Their names alone: the best of all pairs.
double identity_compare_prepared_names(const struct prepared_record *left,
                                       const struct prepared_record *right, const char **how);

// How many bits more than chance a name in Arabic, Hebrew or Cyrillic letters says of one in Latin letters,
// and the other way round: what to rank writings of one name by. Their first names only.
double identity_compare_prepared_writings(const struct prepared_record *left,
                                          const struct prepared_record *right);

static inline const struct prepared_token *prepared_tokens(const struct prepared_record *p) {
    return (const struct prepared_token *)(p + 1);
}
static inline const struct prepared_name *prepared_names(const struct prepared_record *p) {
    return (const struct prepared_name *)((const char *)p + p->names_at);
}
static inline const struct prepared_number *prepared_numbers(const struct prepared_record *p) {
    return (const struct prepared_number *)((const char *)p + p->numbers_at);
}
static inline const uint32_t *
prepared_births(const struct prepared_record *p) { // year << 9 | month << 5 | day
    return (const uint32_t *)((const char *)p + p->births_at);
}
static inline const uint16_t *prepared_nationalities(const struct prepared_record *p) { // 5 bits a letter
    return (const uint16_t *)((const char *)p + p->nationalities_at);
}
static inline const uint8_t *prepared_letters(const struct prepared_record *p) {
    return (const uint8_t *)p + p->letters_at;
}
