// index_plan.h - what a search looks for, before it looks: like words, and spans of birth dates; inside this
// room.
#pragma once
#include "identity/index_segment.h"

enum {
    PLAN_UNLIKE = 45,    // words that are less alike are not looked for
    PLAN_WORDS_MAX = 16, // words of one name that find; longer names are found by the first of them
    PLAN_SPANS_MAX = 120 * RECORD_DATES_MAX, // near a hundred for each birth date of a query
};

// A word of an entry that is like words of the query.
struct plan_match {
    uint32_t word;  // + 1; 0: free place
    uint16_t which; // bits: words of the query
    uint8_t alike;
    uint8_t share;  // part of the query's word in hundredths when it is only a piece of it; else 0
    bool is_joined; // it stands for two words of the query
    uint8_t lost;   // of the weight of the query's words, at least
};
// One name of the query.
struct plan {
    size_t count, initials;
    unsigned weight[PLAN_WORDS_MAX], total, initials_weight; // what initials bring at most, beside the total
    struct similar_words similar[PLAN_WORDS_MAX];
    struct plan_match *match;
    size_t match_size; // a power of two
    uint64_t *is_like; // a bit for each word of the index that is like one of the query
    const uint8_t *word_weight;
};
void plan_name(struct plan *p, const struct prepared_record *query, size_t name, const struct index_words *w,
               struct arena *a);

static inline bool plan_is_like(const struct plan *p, uint32_t word) {
    return p->is_like[word >> 6] >> (word & 63) & 1;
}
// What is known of a word that is like one of the query.
const struct plan_match *plan_match(const struct plan *p, uint32_t word);
// How alike the entry's names can be at most, as names_alike() reckons: 0 to 1.
double plan_alike(const struct plan *p, const struct index_segment *s, uint32_t entry);
// The same for an entry of which only the query's words in `which` agree.
double plan_alike_most(const struct plan *p, unsigned which);
// The same for an entry that has one word, and that lacks `lost` of its weight.
double plan_alike_alone(const struct plan *p, const struct plan_match *m);
// How much of its weight the best matched word in `which` may lack in names that are `alike` at least, have
// one of these words and no other words in place of the rest.
double plan_lost_most(const struct plan *p, unsigned which, double alike);

// Births from `from` to before `to`, and what birth weighs there at most: `bits` on the day `day` (month and
// day) of each year, `others` else.
struct plan_span {
    uint32_t from, to;
    double bits, others;
    uint32_t day;
};
struct plan_births {
    struct plan_span span[PLAN_SPANS_MAX]; // the best first
    size_t count;
    double most;
    // For each day of some years which of `bits` it brings at most.
    uint8_t *at;
    float bits[UINT8_MAX + 1];
    size_t bits_count;
    const struct prepared_record *query; // with births only
    const struct compare_rules *rules;
};
void plan_births(struct plan_births *b, const struct identity_record *query,
                 const struct compare_rules *rules, struct arena *a);
enum { PLAN_FIRST = 1850 << 9, PLAN_DAYS = 256 << 9 };
double plan_birth_exact(const struct plan_births *b, uint32_t birth);
static inline double plan_birth_bits(const struct plan_births *b, uint32_t birth) { // at most
    uint32_t day = birth - PLAN_FIRST;
    if (day < PLAN_DAYS) return (double)b->bits[b->at[day]];
    return birth ? plan_birth_exact(b, birth) : 0;
}
