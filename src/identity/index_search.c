// Looking for one identity: by its numbers, then by its names among those whose birth fits best, and so on
// outwards, until nothing that is left can be better than what was found.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "identity/index_seek.h"

enum { NUMBER_LENGTH_MAX = 64 };

static double bits_of(double score) {
    if (score <= 0) return -INFINITY;
    return score >= 1 ? INFINITY : log2(score / (1 - score));
}

// ---- numbers

static void compare_number(struct search *s, const struct index_segment *g, uint32_t hash) {
    size_t from = 0, to = g->number_count;
    if (g->number_at) {
        uint32_t bucket = hash >> (32 - g->number_bits);
        from = g->number_at[bucket], to = g->number_at[bucket + 1];
    }
    for (size_t i = from; i < to; i++) {
        if (g->numbers[i].hash == hash) seek_compare(s, g->known[g->numbers[i].entry].slot);
    }
}

static void find_number(struct search *s, uint32_t hash) {
    for (size_t i = 0; i < s->x->segment_count; i++) compare_number(s, s->x->segments[i], hash);
    compare_number(s, s->x->tail, hash);
}

// The number, and each that differs by one character or by two neighbours in the other order.
static void find_numbers(struct search *s) {
    static const char OTHERS[] = "0123456789ACEFHJKMNPRTUVWXY"; // as number_fold() leaves them
    enum { SHORT = 6 };                                         // of shorter ones one character is too much
    for (size_t i = 0; i < s->query->number_count; i++) {
        const struct prepared_number *n = prepared_numbers(s->query) + i;
        char text[UINT8_MAX + 1];
        number_fold((const char *)prepared_letters(s->query) + n->at, n->length, text);
        if (!n->length || n->length > NUMBER_LENGTH_MAX) continue;
        find_number(s, number_hash(text, n->length));
        for (size_t k = 0; k < n->length && n->length >= SHORT; k++) {
            char was = text[k];
            for (const char *c = OTHERS; *c; c++) {
                text[k] = *c;
                if (*c != was) find_number(s, number_hash(text, n->length));
            }
            text[k] = was;
            if (k + 1 == n->length || text[k + 1] == was) continue;
            text[k] = text[k + 1], text[k + 1] = was;
            find_number(s, number_hash(text, n->length));
            text[k + 1] = text[k], text[k] = was;
        }
    }
}

// ---- the search

static double positive(double x) {
    return x > 0 ? x : 0;
}

// What sex, nationality and place bring at most to an entry of these facts.
static void prepare_facts(struct search *s) {
    const struct compare_weight *sex = &s->rules->weight[FEATURE_SEX],
                                *nation = &s->rules->weight[FEATURE_NATIONALITY];
    const struct prepared_record *q = s->query;
    unsigned mine = q->sex == 'M' ? 1 : q->sex == 'F' ? 2 : 0;
    for (unsigned f = 0; f < 256; f++) {
        double bits = s->place_bits;
        if (mine && f & 3) bits += mine == (f & 3) ? sex->agree : sex->differ;
        bool same = false;
        for (size_t i = 0; i < q->nationality_count; i++)
            same |= segment_nation(prepared_nationalities(q)[i]) == f >> 2;
        if (q->nationality_count && f >> 2)
            bits += same ? fmax(nation->agree, nation->differ) : nation->differ;
        if (q->nationality_count && !(f >> 2)) bits += positive(nation->agree);
        s->facts_bits[f] = (float)bits + 0.001f; // a float may be a little less
    }
}

static void prepare_search(struct search *s, const struct identity_record *query) {
    s->query = identity_prepare(query, s->a);
    struct identity_record light = *query;
    light.name_count = 0;
    light.birth_place = (struct text){0};
    s->light = identity_prepare(&light, s->a);
    const struct compare_weight *w = s->rules->weight;
    if (query->birth_place.n) s->place_bits = positive(w[FEATURE_BIRTH_PLACE].agree);
    s->other_bits = s->place_bits;
    if (query->sex.n) s->other_bits += positive(w[FEATURE_SEX].agree);
    if (query->nationality_count) s->other_bits += positive(w[FEATURE_NATIONALITY].agree);
    prepare_facts(s);
    plan_births(&s->births, query, s->rules, s->a);
}

static void search_locked(struct search *s) {
    s->plans = ARENA_ARRAY(s->a, struct plan, s->query->name_count);
    for (size_t i = 0; i < s->query->name_count; i++) {
        struct plan *p = &s->plans[s->plan_count];
        plan_name(p, s->query, i, s->x->words, s->a);
        s->plan_count += p->count > 0;
    }
    find_numbers(s);
    walk_tail(s);
    walk_births(s);
    walk_words(s);
}

enum status identity_index_search(const struct identity_index *x, const struct identity_record *query,
                                  const struct compare_rules *rules, size_t limit, double score_min,
                                  struct arena *a, struct index_hits *out) {
    *out = (struct index_hits){0};
    if (!limit) return STATUS_OK;
    struct arena own = {0};
    struct search s = {.x = x, .rules = rules, .bits_min = bits_of(score_min), .limit = limit, .a = &own};
    struct index_hits found = {0};
    s.hits = &found;
    prepare_search(&s, query);
    index_lock_to_read(x);
    search_locked(&s);
    index_unlock(x);
    seek_end(&s, a, out);
    arena_free(&own);
    return STATUS_OK;
}
