// What agreement weighs: how often strangers agree, by pairs drawn at random; how often one person's records
// do, by expectation maximisation over the pairs that share a key.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "identity/linkage_inside.h"

enum {
    RANDOM_PAIRS = 400000,
    LEARNT_FROM = 4000000, // pairs; of more, only some blocks are looked at
    ROUNDS = 40,           // of expectation maximisation
};

// Pairs that are believed to be of one person and to agree as in START, for each row: without them a file of
// strangers would teach that those who are most alike are the same.
static const double BELIEVED = 0.02;

// ---- patterns of agreement, each once: three bits a field

struct patterns {
    uint64_t *pattern;
    double *count, *bits;
    size_t n, capacity;
    uint32_t *place;
    size_t size;
};

static size_t place_of(const struct patterns *p, uint64_t pattern) {
    size_t i = (pattern * 0x9E3779B97F4A7C15u >> 20) & (p->size - 1);
    while (p->place[i] && p->pattern[p->place[i] - 1] != pattern) i = (i + 1) & (p->size - 1);
    return i;
}

static void grow(struct patterns *p) {
    p->size = p->size ? p->size * 2 : 1024;
    p->capacity = p->size / 2;
    free(p->place);
    p->place = calloc(p->size, sizeof *p->place);
    p->pattern = realloc(p->pattern, p->capacity * sizeof *p->pattern);
    p->count = realloc(p->count, p->capacity * sizeof *p->count);
    if (!p->place || !p->pattern || !p->count) abort();
    for (uint32_t i = 0; i < p->n; i++) p->place[place_of(p, p->pattern[i])] = i + 1;
}

static void add(struct patterns *p, uint64_t pattern, double count) {
    if (p->n == p->capacity) grow(p);
    size_t i = place_of(p, pattern);
    if (!p->place[i]) {
        p->pattern[p->n] = pattern;
        p->count[p->n] = 0;
        p->place[i] = (uint32_t)++p->n;
    }
    p->count[p->place[i] - 1] += count;
}

static void patterns_free(struct patterns *p) {
    free(p->pattern);
    free(p->count);
    free(p->bits);
    free(p->place);
}

static unsigned level_in(uint64_t pattern, size_t field) {
    return pattern >> (LEVEL_BITS * field) & 7;
}

static uint64_t agreement(const struct linkage *l, uint32_t left, uint32_t right) {
    uint64_t p = 0;
    for (size_t f = 0; f < l->fields; f++)
        p |= (uint64_t)linkage_field_level(l, f, left, right) << (LEVEL_BITS * f);
    return p;
}

struct learning {
    const struct linkage *l;
    struct patterns of[LINKAGE_THREADS_MAX];
};
static void see(void *context, unsigned thread, uint32_t x, uint32_t y) {
    struct learning *c = context;
    add(&c->of[thread], agreement(c->l, x, y), 1);
}

static void gather(struct linkage *l, struct patterns *out) {
    struct learning *c = calloc(1, sizeof *c);
    double pairs = 0;
    if (!c) abort();
    for (size_t r = 0; r < l->learn_rules; r++) pairs += l->rules[r].pairs;
    size_t every = 1 + (size_t)(pairs / LEARNT_FROM);
    c->l = l;
    linkage_each_pair(l, "learn", l->learn_rules, every, see, c);
    *out = c->of[0];
    for (unsigned t = 1; t < l->options.threads; t++) {
        for (size_t i = 0; i < c->of[t].n; i++) add(out, c->of[t].pattern[i], c->of[t].count[i]);
        patterns_free(&c->of[t]);
    }
    for (size_t i = 0; i < out->n; i++) out->count[i] *= (double)every;
    free(c);
}

// ---- strangers

static uint64_t next_random(uint64_t *state) {
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static void to_shares(const double count[LEVELS], double share[LEVELS]) {
    double all = 0;
    for (size_t k = 0; k < LEVELS; k++) all += count[k];
    for (size_t k = 0; k < LEVELS; k++) share[k] = count[k] / all;
}

// Pairs drawn at random are hardly ever of one person.
static void learn_strangers(struct linkage *l) {
    double count[LINKAGE_FIELDS_MAX][LEVELS];
    for (size_t f = 0; f < l->fields; f++)
        for (size_t k = 0; k < LEVELS; k++) count[f][k] = 0.5;
    uint64_t state = 1;
    size_t right_from = l->two_files ? l->left_rows : 0, right_rows = l->rows - right_from;
    double all = linkage_all_pairs(l);
    for (size_t i = 0; i < RANDOM_PAIRS && (double)i < all; i++) {
        uint32_t x = (uint32_t)(next_random(&state) % l->left_rows);
        uint32_t y = (uint32_t)(right_from + next_random(&state) % right_rows);
        for (size_t f = 0; f < l->fields && x != y; f++) {
            unsigned level = linkage_field_level(l, f, x, y);
            if (level < LEVELS) count[f][level]++;
        }
    }
    for (size_t f = 0; f < l->fields; f++) to_shares(count[f], l->u[f]);
}

// ---- one person

static void weigh(const struct linkage *l, struct patterns *p) {
    double weight[LINKAGE_FIELDS_MAX][8] = {0};
    for (size_t f = 0; f < l->fields; f++)
        for (size_t k = 0; k < LEVELS; k++) weight[f][k] = log2(l->m[f][k] / l->u[f][k]);
    for (size_t i = 0; i < p->n; i++) {
        double bits = l->prior;
        for (size_t f = 0; f < l->fields; f++) bits += weight[f][level_in(p->pattern[i], f)];
        p->bits[i] = bits;
    }
}

static bool is_level(enum linkage_kind kind, size_t level) {
    if (level >= LEVELS) return false;
    if (kind == LINKAGE_CODE) return level == LEVEL_SAME || level == LEVEL_DIFFERS;
    return kind != LINKAGE_NUMBER || level != LEVEL_FAR;
}

// What pairs of one person agree in, and how many there are.
static void learn_links(struct linkage *l, struct patterns *p) {
    static const double START[LEVELS] = {0.75, 0.1, 0.05, 0.02, 0.08};
    double pairs = linkage_all_pairs(l);
    double believed = BELIEVED * (double)l->rows;
    for (size_t f = 0; f < l->fields; f++) memcpy(l->m[f], START, sizeof START);
    l->prior = log2((double)l->left_rows / 3 / pairs);
    p->bits = calloc(p->n + 1, sizeof *p->bits);
    if (!p->bits) abort();
    for (size_t round = 0; round < ROUNDS; round++) {
        double count[LINKAGE_FIELDS_MAX][8], links = 0;
        weigh(l, p);
        for (size_t f = 0; f < l->fields; f++)
            for (size_t k = 0; k < 8; k++)
                count[f][k] = 0.01 + (is_level(l->values[f].kind, k) ? believed * START[k] : 0);
        for (size_t i = 0; i < p->n; i++) {
            double chance = p->count[i] / (1 + exp2(-p->bits[i]));
            links += chance;
            for (size_t f = 0; f < l->fields; f++) count[f][level_in(p->pattern[i], f)] += chance;
        }
        for (size_t f = 0; f < l->fields; f++) to_shares(count[f], l->m[f]);
        l->prior = log2((links + 1) / pairs);
    }
}

// ---- what follows

// More when what is the same is rare, less when many have it.
static void weigh_values(struct linkage *l) {
    for (size_t f = 0; f < l->fields; f++)
        for (size_t k = 1; k < l->values[f].values; k++) {
            double share = (double)l->values[f].count[k] / (double)l->rows;
            l->values[f].rare[k] = (float)log2(l->u[f][LEVEL_SAME] / share);
        }
}

// Fields that weigh most when they differ are looked at first, so that most pairs are soon out.
static void weigh_levels(struct linkage *l) {
    for (size_t f = 0; f < l->fields; f++) {
        l->most[f] = -1000;
        for (size_t k = 0; k < LEVELS; k++) {
            l->weight[f][k] = log2(l->m[f][k] / l->u[f][k]);
            if (k != LEVEL_SAME && l->weight[f][k] > l->most[f]) l->most[f] = l->weight[f][k];
        }
        size_t at = f;
        double gap = l->most[f] - l->weight[f][LEVEL_DIFFERS];
        for (; at; at--) {
            size_t g = l->asking[at - 1];
            if (l->most[g] - l->weight[g][LEVEL_DIFFERS] >= gap) break;
            l->asking[at] = g;
        }
        l->asking[at] = f;
    }
}

void linkage_learn(struct linkage *l) {
    struct patterns p = {0};
    gather(l, &p);
    learn_strangers(l);
    learn_links(l, &p);
    patterns_free(&p);
    weigh_values(l);
    weigh_levels(l);
}
