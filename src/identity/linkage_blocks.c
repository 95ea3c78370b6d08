// Which pairs are compared: rows that share a key that is rare enough, or two keys.
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "identity/linkage_inside.h"

enum {
    KEYS_MAX = 2 * LINKAGE_FIELDS_MAX,
    SAMPLE_ROWS = 20000, // by which it is reckoned how many pairs a rule gives
    CHUNK = 8192,        // rows that a thread takes at a time
};
// Pairs that one rule may give: 25 a row; in a small file more, since they cost a second or two.
static const double PAIRS_A_ROW = 25, PAIRS_A_ROW_SMALL = 200, PAIRS_SMALL = 1e7;
// Weights are learned from the rarest keys: where strangers are many, those who share a name or a town would
// be taken for the same person.
static const double LEARN_A_ROW = 20;
static const double BLOCK_MAX = 300; // rows of one key, where 25 pairs a row are: more cost their square

static double pairs_max(const struct linkage *l) {
    double n = (double)l->rows;
    return fmax(PAIRS_A_ROW * n, fmin(PAIRS_SMALL, PAIRS_A_ROW_SMALL * n));
}

static size_t block_max(const struct linkage *l) {
    return (size_t)(BLOCK_MAX * sqrt(pairs_max(l) / (PAIRS_A_ROW * (double)l->rows)));
}

// ---- keys

// Keys are the values of the fields, and sounds of names after them.
static uint32_t key_of(const struct linkage *l, size_t key, uint32_t row) {
    const struct linkage_values *v = &l->values[key % l->fields];
    uint32_t value = v->of_row[row];
    return key < l->fields ? value : value ? v->sound[value] : 0;
}

static uint32_t rule_hash(const struct linkage *l, const struct linkage_rule *r, uint32_t row) {
    uint32_t x = key_of(l, r->key[0], row), y = key_of(l, r->key[1], row);
    if (!x || !y) return 0;
    uint64_t h = ((uint64_t)x << 32 | y) * 0x9E3779B97F4A7C15u;
    return (uint32_t)((h ^ h >> 29) * 0xBF58476D1CE4E5B9u >> 32) | 1;
}

struct hashed {
    uint32_t hash, row;
};

// By hash, rows of one in their order (radix sort, eleven bits at a time).
static void sort_hashed(struct hashed *h, struct hashed *other, size_t n) {
    enum { BITS = 11, PLACES = 1 << BITS };
    for (unsigned shift = 0; shift < 32; shift += BITS) {
        size_t at[PLACES + 1] = {0};
        for (size_t i = 0; i < n; i++) at[(h[i].hash >> shift & (PLACES - 1)) + 1]++;
        for (size_t k = 0; k < PLACES; k++) at[k + 1] += at[k];
        for (size_t i = 0; i < n; i++) other[at[h[i].hash >> shift & (PLACES - 1)]++] = h[i];
        memcpy(h, other, n * sizeof *h);
    }
}

// ---- rules

static double count_pairs(const struct linkage *l, const struct linkage_rule *r, struct hashed *h) {
    size_t step = l->rows > SAMPLE_ROWS ? l->rows / SAMPLE_ROWS : 1, n = 0;
    for (size_t i = 0; i < l->rows; i += step) {
        uint32_t hash = rule_hash(l, r, (uint32_t)i);
        if (hash) h[n++] = (struct hashed){hash, (uint32_t)i};
    }
    sort_hashed(h, h + 2 * SAMPLE_ROWS + 2, n);
    double pairs = 0;
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i; j < n && h[j].hash == h[i].hash; j++) {
        }
        pairs += (double)(j - i) * (double)(j - i - 1) / 2;
    }
    return pairs * (double)step * (double)step;
}

static void add_rule(struct linkage *l, struct linkage_rule r) {
    if (l->rule_count < RULES_MAX && r.pairs > 0 && r.pairs <= pairs_max(l)) l->rules[l->rule_count++] = r;
}

static int by_pairs(const void *a, const void *b) {
    const struct linkage_rule *x = a, *y = b;
    if (x->pairs != y->pairs) return x->pairs < y->pairs ? -1 : 1;
    return x->key[0] < y->key[0] ? -1 : x->key[0] > y->key[0];
}

// Keys that are rare enough alone; pairs of the others. The rarest first.
void linkage_choose_rules(struct linkage *l) {
    struct hashed *h = malloc((4 * SAMPLE_ROWS + 4) * sizeof *h);
    struct linkage_rule all[KEYS_MAX * KEYS_MAX];
    bool alone[KEYS_MAX] = {0}, is_key[KEYS_MAX] = {0};
    size_t count = 0;
    if (!h) abort();
    for (size_t k = 0; k < 2 * l->fields; k++) {
        is_key[k] = k < l->fields || l->values[k - l->fields].kind == LINKAGE_NAME;
        struct linkage_rule r = {{k, k}, 0};
        r.pairs = is_key[k] ? count_pairs(l, &r, h) : 0;
        alone[k] = r.pairs > 0 && r.pairs <= pairs_max(l);
        if (alone[k]) add_rule(l, r);
    }
    for (size_t k = 0; k < 2 * l->fields; k++)
        for (size_t j = k + 1; j < 2 * l->fields; j++) {
            if (!is_key[k] || !is_key[j] || alone[k] || alone[j] || k % l->fields == j % l->fields) continue;
            struct linkage_rule r = {{k, j}, 0};
            r.pairs = count_pairs(l, &r, h);
            all[count++] = r;
        }
    qsort(all, count, sizeof *all, by_pairs);
    for (size_t i = 0; i < count; i++) add_rule(l, all[i]);
    qsort(l->rules, l->rule_count, sizeof *l->rules, by_pairs);
    double sum = 0;
    while (l->learn_rules < l->rule_count &&
           (!l->learn_rules || sum + l->rules[l->learn_rules].pairs <= LEARN_A_ROW * (double)l->rows))
        sum += l->rules[l->learn_rules++].pairs;
    free(h);
}

// ---- blocks

// Rows of blocks of more than one row that are not too large, in order of their hash.
static void make_order(struct linkage *l, size_t r, struct hashed *h, struct hashed *other) {
    size_t n = 0, kept = 0;
    for (uint32_t i = 0; i < l->rows; i++) {
        uint32_t hash = rule_hash(l, &l->rules[r], i);
        if (hash) h[n++] = (struct hashed){hash, i};
    }
    sort_hashed(h, other, n);
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i; j < n && h[j].hash == h[i].hash; j++) {
        }
        if (j - i < 2 || j - i > block_max(l)) continue;
        for (size_t k = i; k < j; k++) {
            l->hash[h[k].row * l->rule_count + r] = h[k].hash;
            h[kept++] = h[k];
        }
    }
    l->order[r] = ARENA_ARRAY(&l->arena, uint32_t, kept + 1);
    l->ordered[r] = kept;
    for (size_t k = 0; k < kept; k++) l->order[r][k] = h[k].row;
}

void linkage_make_blocks(struct linkage *l) {
    struct hashed *h = malloc((2 * l->rows + 2) * sizeof *h);
    l->hash = ARENA_ARRAY(&l->arena, uint32_t, l->rows * l->rule_count);
    if (!h) abort();
    for (size_t r = 0; r < l->rule_count; r++) make_order(l, r, h, h + l->rows + 1);
    free(h);
}

// ---- each pair once

struct walk {
    pthread_t thread;
    unsigned number;
    struct linkage *l;
    const char *stage;
    size_t rules, every;
    void (*see)(void *context, unsigned thread, uint32_t x, uint32_t y);
    void *context;
};

static bool is_found_before(const uint32_t *x, const uint32_t *y, size_t rule) {
    for (size_t r = 0; r < rule; r++)
        if (x[r] && x[r] == y[r]) return true;
    return false;
}

static void walk_block(const struct walk *w, size_t rule, const uint32_t *row, size_t n) {
    const struct linkage *l = w->l;
    for (size_t i = 1; i < n; i++) {
        const uint32_t *x = l->hash + row[i] * l->rule_count;
        for (size_t k = 0; k < i; k++) {
            if (l->two_files && (row[k] < l->left_rows) == (row[i] < l->left_rows)) continue;
            if (is_found_before(x, l->hash + row[k] * l->rule_count, rule)) continue;
            w->see(w->context, w->number, row[k], row[i]);
        }
    }
}

static uint32_t hash_at(const struct linkage *l, size_t rule, size_t i) {
    return l->hash[l->order[rule][i] * l->rule_count + rule];
}

// Blocks that begin within the chunk.
static void walk_chunk(const struct walk *w, size_t rule, size_t from, size_t to) {
    const struct linkage *l = w->l;
    size_t end = l->ordered[rule];
    while (from && from < end && hash_at(l, rule, from) == hash_at(l, rule, from - 1)) from++;
    for (size_t i = from, j; i < to && i < end; i = j) {
        uint32_t hash = hash_at(l, rule, i);
        for (j = i; j < end && hash_at(l, rule, j) == hash; j++) {
        }
        if ((hash >> 4) % w->every == 0) walk_block(w, rule, l->order[rule] + i, j - i);
    }
}

static void *walk(void *context) {
    const struct walk *w = context;
    const struct linkage *l = w->l;
    size_t chunk = 0, done = 0, all = 0;
    for (size_t r = 0; r < w->rules; r++) all += l->ordered[r];
    for (size_t r = 0; r < w->rules; r++) {
        for (size_t at = 0; at < l->ordered[r]; at += CHUNK, chunk++)
            if (chunk % l->options.threads == w->number) {
                walk_chunk(w, r, at, at + CHUNK);
                if (w->number == 0 && l->options.tell)
                    l->options.tell(l->options.context, w->stage, (double)(done + at) / (double)all);
            }
        done += l->ordered[r];
    }
    return NULL;
}

// Chunks are dealt out in turn, so that the same threads give the same result.
void linkage_each_pair(struct linkage *l, const char *stage, size_t rules, size_t every,
                       void (*see)(void *context, unsigned thread, uint32_t x, uint32_t y), void *context) {
    struct walk w[LINKAGE_THREADS_MAX] = {0};
    unsigned threads = l->options.threads, started = 1;
    for (unsigned i = 0; i < threads; i++) w[i] = (struct walk){0, i, l, stage, rules, every, see, context};
    while (started < threads && !pthread_create(&w[started].thread, NULL, walk, &w[started])) started++;
    walk(&w[0]);
    for (unsigned i = started; i < threads; i++) walk(&w[i]); // no more threads to be had
    for (unsigned i = 1; i < started; i++) pthread_join(w[i].thread, NULL);
}
