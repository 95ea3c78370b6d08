// index_seek.h - one search on its way: what it looks for, and the best that it found; inside this room.
#pragma once
#include "identity/index_inside.h"
#include "identity/index_plan.h"

enum { SEEK_COMING = 32 };
struct candidate {
    uint32_t slot;
    double bits; // at most
};
struct search {
    const struct identity_index *x;
    const struct compare_rules *rules;
    const struct prepared_record *query, *light; // light: without names and place
    struct plan *plans;
    size_t plan_count;
    struct plan_births births;
    double place_bits, other_bits; // what the place, and what all but name and birth, can bring
    float facts_bits[256];         // the latter by segment_facts()
    double bits_min;               // from which a hit counts
    size_t limit, compared;
    struct arena *a;
    struct index_hits *hits; // a heap, the worst first; scores are bits until the end
    // Entries of lists whose births and words are on their way from memory.
    struct coming {
        const struct index_segment *segment;
        uint32_t entry;
        double bits, name; // at most, without birth
    } coming[SEEK_COMING];
    size_t coming_count;
    struct candidate *candidates;
    size_t candidate_count;
    uint32_t *seen; // slot + 1, open addressing
    size_t seen_count, seen_size;
};

// ---- index_best.c: what was found

// Until there are `limit` hits what is as good as asked for counts, then only what is better than the worst.
static inline bool seek_is_enough(const struct search *s, double bits) {
    static const double LITTLE = 1e-6; // by which sums in another order differ
    return s->hits->count == s->limit ? bits > s->bits_min + LITTLE : bits + LITTLE >= s->bits_min;
}
// Compares a record with all that is known of it, unless that was done.
void seek_compare(struct search *s, uint32_t slot);
// A record that can have so many bits at most: compared later, the most promising first.
void seek_add(struct search *s, uint32_t slot, double bits);
void seek_compare_added(struct search *s);
// The best first, with scores.
void seek_end(struct search *s, struct arena *a, struct index_hits *out);

// ---- index_walk.c: where they are looked for

void walk_tail(struct search *s);
// Those whose birth is so near, or so few, that each is looked at.
void walk_births(struct search *s);
// The others, by their words.
void walk_words(struct search *s);
