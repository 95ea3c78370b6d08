// Looking for one identity: by its numbers, then by its names among those whose birth fits best, and so on
// outwards, until nothing that is left can be better than what was found.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "identity/index_inside.h"
#include "identity/index_plan.h"

enum {
    CANDIDATES_MAX = 4096, // kept before the best of them are compared and the rest is measured anew
    NUMBER_LENGTH_MAX = 64,
};
static const double SLACK = 0.5; // bits by which words alone may reckon too low

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
    double bits_min, name_least;
    size_t limit, compared;
    struct arena *a;
    struct index_hits *hits; // a heap, the worst first
    struct candidate *candidates;
    size_t candidate_count;
    uint32_t *seen; // slot + 1, open addressing
    size_t seen_count, seen_size;
};

static double bits_of(double score) {
    if (score <= 0) return -INFINITY;
    return score >= 1 ? INFINITY : log2(score / (1 - score));
}

// ---- what was found

static bool is_worse(const struct index_hit *x, const struct index_hit *y) {
    return x->score < y->score || (x->score == y->score && x->id > y->id);
}

static void sink(struct index_hit *h, size_t count, size_t i) {
    for (;;) {
        size_t worst = i, left = 2 * i + 1, right = left + 1;
        if (left < count && is_worse(&h[left], &h[worst])) worst = left;
        if (right < count && is_worse(&h[right], &h[worst])) worst = right;
        if (worst == i) return;
        struct index_hit t = h[i];
        h[i] = h[worst], h[worst] = t;
        i = worst;
    }
}

// Scores of the heap are bits until the end.
static void add_hit(struct search *s, uint64_t id, double bits) {
    struct index_hits *h = s->hits;
    struct index_hit hit = {id, bits};
    if (h->count < s->limit) {
        *ARENA_PUSH(s->a, h) = hit;
        for (size_t i = h->count - 1; i && is_worse(&h->items[i], &h->items[(i - 1) / 2]); i = (i - 1) / 2) {
            struct index_hit t = h->items[i];
            h->items[i] = h->items[(i - 1) / 2], h->items[(i - 1) / 2] = t;
        }
    } else if (is_worse(&h->items[0], &hit)) {
        h->items[0] = hit;
        sink(h->items, h->count, 0);
    }
    if (h->count == s->limit && h->items[0].score > s->bits_min) s->bits_min = h->items[0].score;
}

// True when full: then only what is better counts, before that what is as good does.
static bool is_enough(const struct search *s, double bits) {
    return s->hits->count == s->limit ? bits > s->bits_min : bits >= s->bits_min;
}

static uint32_t *seen_place(const struct search *s, uint32_t slot) {
    size_t i = (slot * 2654435761u) & (s->seen_size - 1);
    while (s->seen[i] && s->seen[i] != slot + 1) i = (i + 1) & (s->seen_size - 1);
    return &s->seen[i];
}

// False when it was there already.
static bool see(struct search *s, uint32_t slot) {
    if (s->seen_count * 2 >= s->seen_size) {
        uint32_t *old = s->seen;
        size_t size = s->seen_size;
        s->seen_size = size ? size * 4 : 1024;
        s->seen = ARENA_ARRAY(s->a, uint32_t, s->seen_size);
        for (size_t i = 0; i < size; i++)
            if (old[i]) *seen_place(s, old[i] - 1) = old[i];
    }
    uint32_t *place = seen_place(s, slot);
    if (*place) return false;
    *place = slot + 1;
    s->seen_count++;
    return true;
}

static void compare(struct search *s, const struct prepared_record *r) {
    struct comparison c;
    s->compared++;
    identity_compare_prepared(s->query, r, s->rules, &c);
    if (is_enough(s, c.bits)) add_hit(s, r->id, c.bits);
}

static int by_bits(const void *a, const void *b) {
    const struct candidate *x = a, *y = b;
    if (x->bits != y->bits) return x->bits > y->bits ? -1 : 1;
    return x->slot < y->slot ? -1 : x->slot > y->slot;
}

// Compares the candidates, the most promising first, until those that are left are not good enough.
static void compare_candidates(struct search *s) {
    qsort(s->candidates, s->candidate_count, sizeof *s->candidates, by_bits);
    for (size_t i = 0; i < s->candidate_count && is_enough(s, s->candidates[i].bits); i++) {
        if (s->compared == COMPARED_MAX) {
            s->hits->is_cut = true;
            break;
        }
        if (see(s, s->candidates[i].slot)) compare(s, s->x->records[s->candidates[i].slot]);
    }
    s->candidate_count = 0;
}

// ---- names

static double name_bits(const struct search *s, double alike) {
    const struct compare_weight *w = &s->rules->weight[FEATURE_NAME];
    return w->differ + (w->agree - w->differ) * alike + (alike < 1 ? SLACK : 0);
}

// An entry whose names can bring so many bits: all that is known of it without comparing names.
static void consider_bits(struct search *s, const struct index_segment *g, uint32_t entry, double name) {
    double most = s->rules->prior + name + (double)s->facts_bits[g->facts[entry]];
    if (!is_enough(s, most + s->rules->weight[FEATURE_BIRTH].agree) ||
        !is_enough(s, most + plan_birth_bits(&s->births, g->births[entry])))
        return;
    const struct prepared_record *r = s->x->records[g->slots[entry]];
    if (!r) return;
    struct comparison c;
    identity_compare_prepared(s->light, r, s->rules, &c);
    double bits = c.bits + name + (r->has_place ? s->place_bits : 0);
    if (!is_enough(s, bits)) return;
    s->candidates[s->candidate_count++] = (struct candidate){g->slots[entry], bits};
    if (s->candidate_count == CANDIDATES_MAX) compare_candidates(s);
}

// Names as alike as their words allow.
static void consider(struct search *s, const struct plan *p, const struct index_segment *g, uint32_t entry) {
    double alike = plan_alike(p, s->x->words, g, entry);
    if (alike >= s->name_least) consider_bits(s, g, entry, name_bits(s, alike));
}

// How alike names must be where birth brings so many bits.
static void set_name_least(struct search *s, double birth_bits) {
    const struct compare_weight *w = &s->rules->weight[FEATURE_NAME];
    double missing = s->bits_min - s->rules->prior - birth_bits - s->other_bits - SLACK - w->differ;
    double span = w->agree - w->differ;
    s->name_least = span > 0 ? missing / span : missing > 0 ? 2 : 0;
}

struct mass {
    size_t which, entries;
};
static int by_entries(const void *a, const void *b) {
    const struct mass *x = a, *y = b;
    if (x->entries != y->entries) return x->entries < y->entries ? -1 : 1;
    return x->which < y->which ? -1 : x->which > y->which;
}

// Entries of a word. With `pairs` each stands there with another of its words.
struct walk {
    const struct plan *plan;
    const struct index_segment *segment;
    const struct plan_span *span;
    bool pairs;
};

static double birth_bits(const struct walk *w, uint32_t entry) {
    bool other = w->span->others < w->span->bits && (w->segment->births[entry] & 0x1FF) != w->span->day;
    return other ? w->span->others : w->span->bits;
}

// What a name lacks when its words lack `lost` of their weight, in bits.
static double lost_bits(const struct search *s, const struct plan *p, unsigned lost) {
    const struct compare_weight *w = &s->rules->weight[FEATURE_NAME];
    return lost ? (w->agree - w->differ) * lost / p->total - SLACK : 0;
}

static void walk_entries(struct search *s, const struct walk *w, struct entries e, unsigned lost) {
    enum { AT_ONCE = 2048 }; // then what was found is compared, and less is good enough
    uint32_t last = UINT32_MAX;
    double all = s->rules->prior + s->rules->weight[FEATURE_NAME].agree;
    double alone = all - lost_bits(s, w->plan, lost);
    for (size_t i = 0; i < e.count && s->name_least <= 1 && s->compared < COMPARED_MAX; i++) {
        if (i % AT_ONCE == AT_ONCE - 1) compare_candidates(s), set_name_least(s, w->span->bits);
        uint32_t entry = e.items[i].entry;
        if (entry == last) continue;
        double bits = (double)s->facts_bits[w->segment->facts[entry]];
        if (!is_enough(s, alone + bits + w->span->bits)) continue;
        bits += birth_bits(w, entry);
        if (!is_enough(s, alone + bits)) continue;
        if (w->pairs) {
            const struct plan_match *m = plan_match(w->plan, e.items[i].other);
            unsigned other = m->word ? m->lost : w->plan->unlike_lost;
            if (!is_enough(s, all - lost_bits(s, w->plan, lost + other) + bits)) continue;
        }
        consider(s, w->plan, w->segment, last = entry);
    }
}

// Whether a name can be alike enough when this is what stands for one of its words.
static bool matters(const struct search *s, const struct plan *p, const struct plan_match *m) {
    return p->total * (1 - s->name_least) >= m->lost;
}

// By the lists of the rarest words, leaving out those that alone cannot make a name alike enough (Turtle and
// Flood, 1995).
static void walk_lists(struct search *s, const struct plan *p, const struct index_segment *g, uint32_t from,
                       uint32_t to, const struct plan_span *span) {
    struct mass m[PLAN_WORDS_MAX] = {0};
    for (size_t i = 0; i < p->count; i++) {
        m[i].which = i;
        for (size_t k = 0; k < p->similar[i].count; k++) {
            uint32_t word = p->similar[i].items[k].word;
            if (matters(s, p, plan_match(p, word))) m[i].entries += segment_count(g, word);
        }
    }
    qsort(m, p->count, sizeof *m, by_entries);
    size_t walked = p->count;
    for (unsigned without = 0; walked; walked--) {
        without |= 1u << m[walked - 1].which;
        if (plan_alike_most(p, without) >= s->name_least) break;
    }
    for (size_t i = 0; i < p->count; i++) {
        const struct similar_words *w = &p->similar[m[i].which];
        for (size_t k = 0; k < w->count; k++) {
            uint32_t word = w->items[k].word;
            const struct plan_match *match = plan_match(p, word);
            if (!matters(s, p, match)) continue;
            bool one = (match->which & (match->which - 1)) == 0;
            struct walk walk = {p, g, span, one && p->count > 1};
            if (i < walked) walk_entries(s, &walk, segment_entries(g, word, false, from, to), match->lost);
            walk.pairs = false;
            walk_entries(s, &walk, segment_entries(g, word, true, from, to), match->lost);
        }
    }
}

static void walk_span(struct search *s, const struct index_segment *g, const struct plan_span *span) {
    enum { FEW = 300 }; // entries that are looked at one by one
    set_name_least(s, span->bits);
    if (s->name_least > 1) return;
    uint32_t from = segment_from(g, span->from), to = segment_from(g, span->to);
    double most = s->rules->prior + s->rules->weight[FEATURE_NAME].agree + span->bits;
    for (size_t i = 0; i < s->plan_count && from < to; i++) {
        if (to - from > FEW) walk_lists(s, &s->plans[i], g, from, to, span);
        for (uint32_t e = from; e < to && to - from <= FEW; e++)
            if (is_enough(s, most + (double)s->facts_bits[g->facts[e]])) consider(s, &s->plans[i], g, e);
        compare_candidates(s);
    }
}

static void walk_tail(struct search *s) {
    const struct index_segment *g = s->x->tail;
    set_name_least(s, s->rules->weight[FEATURE_BIRTH].agree);
    for (size_t i = 0; i < s->plan_count; i++)
        for (uint32_t e = 0; e < g->count; e++) consider(s, &s->plans[i], g, e);
    compare_candidates(s);
}

// ---- numbers

static void compare_number(struct search *s, const struct index_segment *g, uint32_t hash) {
    size_t from = 0, to = g->number_count;
    if (g->number_at) {
        uint32_t bucket = hash >> (32 - g->number_bits);
        from = g->number_at[bucket], to = g->number_at[bucket + 1];
    }
    for (size_t i = from; i < to; i++) {
        if (g->numbers[i].hash != hash) continue;
        uint32_t slot = g->slots[g->numbers[i].entry];
        if (s->x->records[slot] && s->compared < COMPARED_MAX && see(s, slot))
            compare(s, s->x->records[slot]);
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
    s->candidates = ARENA_ARRAY(s->a, struct candidate, CANDIDATES_MAX);
}

static int best_first(const void *a, const void *b) {
    return is_worse(a, b) ? 1 : is_worse(b, a) ? -1 : 0;
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
    for (size_t i = 0; i < s->births.count; i++)
        for (size_t k = 0; k < s->x->segment_count; k++) walk_span(s, s->x->segments[k], &s->births.span[i]);
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
    if (found.count) qsort(found.items, found.count, sizeof *found.items, best_first);
    for (size_t i = 0; i < found.count; i++)
        *ARENA_PUSH(a, out) = (struct index_hit){found.items[i].id, 1 / (1 + exp2(-found.items[i].score))};
    out->is_cut = found.is_cut || s.compared == COMPARED_MAX;
    arena_free(&own);
    return STATUS_OK;
}
