// From two files, or one, to links: pairs worth comparing, how they agree field by field, what each agreement
// weighs, and from which weight on a pair is a link.
#include "identity/linkage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "identity/linkage_inside.h"

enum {
    RULES_MAX = 24, // ways to find pairs
    KEYS_MAX = 2 * LINKAGE_FIELDS_MAX,
    BLOCK_MAX = 300,     // rows of one key; more say nothing and cost their square
    SAMPLE_ROWS = 20000, // by which it is reckoned how many pairs a rule gives
    RANDOM_PAIRS = 400000,
    ROUNDS = 40, // of expectation maximisation
    GROUP_PAIRS_MAX = 400,
};
static const double PAIRS_A_ROW = 25; // of one rule, at most

struct rule {
    size_t key[2]; // the second may be the first
    double pairs;
};
struct candidate {
    uint32_t left, right, pattern;
};
struct linkage {
    size_t fields, rows, left_rows;
    bool two_files;
    struct linkage_values values[LINKAGE_FIELDS_MAX];
    struct rule rules[RULES_MAX];
    size_t rule_count;
    uint32_t *hash[RULES_MAX]; // of each row; 0: finds nothing
    struct candidate *candidates;
    size_t count, capacity;
    // Patterns of agreement, each once: three bits a field.
    uint64_t *pattern;
    double *pattern_count, *pattern_bits;
    size_t patterns, pattern_capacity, place_size;
    uint32_t *place;
    double m[LINKAGE_FIELDS_MAX][LEVELS], u[LINKAGE_FIELDS_MAX][LEVELS], prior;
    struct arena *a;
};

static double all_pairs(const struct linkage *l) {
    double n = (double)l->rows, left = (double)l->left_rows;
    return l->two_files ? left * (n - left) : n * (n - 1) / 2;
}

// ---- how a pair agrees

static unsigned field_level(const struct linkage *l, size_t f, uint32_t left, uint32_t right) {
    const struct linkage_values *v = &l->values[f];
    uint32_t x = v->of_row[left], y = v->of_row[right];
    if (!x || !y) return LEVEL_UNKNOWN;
    if (x == y) return LEVEL_SAME;
    unsigned level = linkage_level(v->kind, v->text[x], v->text[y]);
    if (v->kind != LINKAGE_NAME || level < LEVEL_DIFFERS) return level;
    for (size_t g = 0; g < l->fields; g++) { // given and family name in each other's field
        const struct linkage_values *w = &l->values[g];
        if (g == f || w->kind != LINKAGE_NAME) continue;
        uint32_t other = w->of_row[right], mine = w->of_row[left];
        if ((other && text_eq(v->text[x], w->text[other])) || (mine && text_eq(w->text[mine], v->text[y])))
            return 3;
    }
    return level;
}

static uint64_t agreement(const struct linkage *l, uint32_t left, uint32_t right) {
    uint64_t p = 0;
    for (size_t f = 0; f < l->fields; f++) p |= (uint64_t)field_level(l, f, left, right) << (3 * f);
    return p;
}

static unsigned level_in(uint64_t pattern, size_t field) {
    return pattern >> (3 * field) & 7;
}

static uint32_t pattern_id(struct linkage *l, uint64_t pattern) {
    if (l->patterns * 2 >= l->place_size) {
        l->place_size = l->place_size ? l->place_size * 2 : 1024;
        l->place = ARENA_ARRAY(l->a, uint32_t, l->place_size);
        for (uint32_t i = 0; i < l->patterns; i++) {
            size_t p = (l->pattern[i] * 0x9E3779B97F4A7C15u >> 20) & (l->place_size - 1);
            while (l->place[p]) p = (p + 1) & (l->place_size - 1);
            l->place[p] = i + 1;
        }
    }
    size_t p = (pattern * 0x9E3779B97F4A7C15u >> 20) & (l->place_size - 1);
    while (l->place[p] && l->pattern[l->place[p] - 1] != pattern) p = (p + 1) & (l->place_size - 1);
    if (!l->place[p]) {
        size_t capacity = l->pattern_capacity;
        l->pattern = arena_grow(l->a, l->pattern, l->patterns, &l->pattern_capacity, sizeof *l->pattern);
        l->pattern_count =
            arena_grow(l->a, l->pattern_count, l->patterns, &capacity, sizeof *l->pattern_count);
        l->pattern[l->patterns] = pattern;
        l->pattern_count[l->patterns] = 0;
        l->place[p] = (uint32_t)++l->patterns;
    }
    return l->place[p] - 1;
}

// ---- which pairs are compared

// Keys are the values of the fields, and sounds of names after them.
static uint32_t key_of(const struct linkage *l, size_t key, uint32_t row) {
    const struct linkage_values *v = &l->values[key % l->fields];
    uint32_t value = v->of_row[row];
    return key < l->fields ? value : value ? v->sound[value] : 0;
}

static uint32_t rule_hash(const struct linkage *l, const struct rule *r, uint32_t row) {
    uint32_t x = key_of(l, r->key[0], row), y = key_of(l, r->key[1], row);
    if (!x || !y) return 0;
    uint64_t h = ((uint64_t)x << 32 | y) * 0x9E3779B97F4A7C15u;
    return (uint32_t)((h ^ h >> 29) * 0xBF58476D1CE4E5B9u >> 32) | 1;
}

struct hashed {
    uint32_t hash, row;
};
static int by_hash(const void *a, const void *b) {
    const struct hashed *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static double count_pairs(const struct linkage *l, const struct rule *r, struct hashed *h) {
    size_t step = l->rows > SAMPLE_ROWS ? l->rows / SAMPLE_ROWS : 1, n = 0;
    for (size_t i = 0; i < l->rows; i += step) {
        uint32_t hash = rule_hash(l, r, (uint32_t)i);
        if (hash) h[n++] = (struct hashed){hash, (uint32_t)i};
    }
    qsort(h, n, sizeof *h, by_hash);
    double pairs = 0;
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i; j < n && h[j].hash == h[i].hash; j++) {
        }
        pairs += (double)(j - i) * (double)(j - i - 1) / 2;
    }
    return pairs * (double)step * (double)step;
}

static void add_rule(struct linkage *l, struct rule r) {
    if (l->rule_count < RULES_MAX && r.pairs > 0 && r.pairs <= PAIRS_A_ROW * (double)l->rows)
        l->rules[l->rule_count++] = r;
}

static int by_pairs(const void *a, const void *b) {
    const struct rule *x = a, *y = b;
    if (x->pairs != y->pairs) return x->pairs < y->pairs ? -1 : 1;
    return x->key[0] < y->key[0] ? -1 : x->key[0] > y->key[0];
}

// Keys that are rare enough alone; pairs of the others.
static void choose_rules(struct linkage *l) {
    struct hashed *h = ARENA_ARRAY(l->a, struct hashed, 2 * SAMPLE_ROWS + 2);
    struct rule all[KEYS_MAX * KEYS_MAX];
    bool alone[KEYS_MAX] = {0}, is_key[KEYS_MAX] = {0};
    size_t count = 0;
    for (size_t k = 0; k < 2 * l->fields; k++) {
        is_key[k] = k < l->fields || l->values[k - l->fields].kind == LINKAGE_NAME;
        struct rule r = {{k, k}, 0};
        r.pairs = is_key[k] ? count_pairs(l, &r, h) : 0;
        alone[k] = r.pairs > 0 && r.pairs <= PAIRS_A_ROW * (double)l->rows;
        if (alone[k]) add_rule(l, r);
    }
    for (size_t k = 0; k < 2 * l->fields; k++)
        for (size_t j = k + 1; j < 2 * l->fields; j++) {
            if (!is_key[k] || !is_key[j] || alone[k] || alone[j] || k % l->fields == j % l->fields) continue;
            struct rule r = {{k, j}, 0};
            r.pairs = count_pairs(l, &r, h);
            all[count++] = r;
        }
    qsort(all, count, sizeof *all, by_pairs);
    for (size_t i = 0; i < count; i++) add_rule(l, all[i]);
}

static bool is_found_before(const struct linkage *l, size_t rule, uint32_t x, uint32_t y) {
    for (size_t r = 0; r < rule; r++)
        if (l->hash[r][x] && l->hash[r][x] == l->hash[r][y]) return true;
    return false;
}

static void add_candidate(struct linkage *l, uint32_t x, uint32_t y) {
    uint32_t p = pattern_id(l, agreement(l, x, y));
    l->pattern_count[p]++;
    unsigned same = 0, known = 0;
    for (size_t f = 0; f < l->fields; f++) {
        unsigned level = level_in(l->pattern[p], f);
        known += level != LEVEL_UNKNOWN;
        same += level < LEVEL_DIFFERS;
    }
    if (same < 2 && known > 2) return; // no link, and there are many of these
    if (l->count == l->capacity) {
        l->capacity = l->capacity ? l->capacity * 2 : 1 << 16;
        struct candidate *more = realloc(l->candidates, l->capacity * sizeof *more);
        if (!more) abort();
        l->candidates = more;
    }
    l->candidates[l->count++] = (struct candidate){x, y, p};
}

static void find_candidates(struct linkage *l) {
    struct hashed *h = malloc((l->rows + 1) * sizeof *h);
    if (!h) abort();
    for (size_t r = 0; r < l->rule_count; r++) {
        l->hash[r] = ARENA_ARRAY(l->a, uint32_t, l->rows);
        size_t n = 0;
        for (uint32_t i = 0; i < l->rows; i++) {
            uint32_t hash = rule_hash(l, &l->rules[r], i);
            if (hash) h[n++] = (struct hashed){hash, i};
        }
        qsort(h, n, sizeof *h, by_hash);
        for (size_t i = 0, j; i < n; i = j) {
            for (j = i; j < n && h[j].hash == h[i].hash; j++) {
            }
            if (j - i > BLOCK_MAX) continue;
            for (size_t x = i; x < j; x++) {
                l->hash[r][h[x].row] = h[x].hash;
                for (size_t y = i; y < x; y++) {
                    bool across = (h[y].row < l->left_rows) != (h[x].row < l->left_rows);
                    if ((!l->two_files || across) && !is_found_before(l, r, h[y].row, h[x].row))
                        add_candidate(l, h[y].row, h[x].row);
                }
            }
        }
    }
    free(h);
}

// ---- what agreement weighs

static uint64_t next_random(uint64_t *state) {
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

// Pairs drawn at random are hardly ever of one person: how often strangers agree.
static void learn_strangers(struct linkage *l) {
    double count[LINKAGE_FIELDS_MAX][LEVELS];
    for (size_t f = 0; f < l->fields; f++)
        for (size_t k = 0; k < LEVELS; k++) count[f][k] = 0.5;
    uint64_t state = 1;
    size_t right_from = l->two_files ? l->left_rows : 0, right_rows = l->rows - right_from;
    for (size_t i = 0; i < RANDOM_PAIRS; i++) {
        uint32_t x = (uint32_t)(next_random(&state) % l->left_rows);
        uint32_t y = (uint32_t)(right_from + next_random(&state) % right_rows);
        if (x == y) continue;
        for (size_t f = 0; f < l->fields; f++) {
            unsigned level = field_level(l, f, x, y);
            if (level < LEVELS) count[f][level]++;
        }
    }
    for (size_t f = 0; f < l->fields; f++) {
        double all = 0;
        for (size_t k = 0; k < LEVELS; k++) all += count[f][k];
        for (size_t k = 0; k < LEVELS; k++) l->u[f][k] = count[f][k] / all;
    }
}

static void weigh_patterns(struct linkage *l) {
    for (size_t i = 0; i < l->patterns; i++) {
        double bits = l->prior;
        for (size_t f = 0; f < l->fields; f++) {
            unsigned level = level_in(l->pattern[i], f);
            if (level < LEVELS) bits += log2(l->m[f][level] / l->u[f][level]);
        }
        l->pattern_bits[i] = bits;
    }
}

static double chance(double bits) {
    return 1 / (1 + exp2(-bits));
}

// Expectation maximisation over the patterns: what pairs of one person agree in, and how many there are.
static void learn_links(struct linkage *l) {
    static const double START[LEVELS] = {0.75, 0.1, 0.05, 0.02, 0.08};
    for (size_t f = 0; f < l->fields; f++) memcpy(l->m[f], START, sizeof START);
    double pairs = all_pairs(l);
    l->prior = log2((double)l->left_rows / 3 / pairs);
    l->pattern_bits = ARENA_ARRAY(l->a, double, l->patterns + 1);
    for (size_t round = 0; round < ROUNDS; round++) {
        weigh_patterns(l);
        double count[LINKAGE_FIELDS_MAX][LEVELS], links = 0;
        for (size_t f = 0; f < l->fields; f++)
            for (size_t k = 0; k < LEVELS; k++) count[f][k] = 0.01;
        for (size_t i = 0; i < l->patterns; i++) {
            double p = chance(l->pattern_bits[i]) * l->pattern_count[i];
            links += p;
            for (size_t f = 0; f < l->fields; f++) {
                unsigned level = level_in(l->pattern[i], f);
                if (level < LEVELS) count[f][level] += p;
            }
        }
        for (size_t f = 0; f < l->fields; f++) {
            double all = 0;
            for (size_t k = 0; k < LEVELS; k++) all += count[f][k];
            for (size_t k = 0; k < LEVELS; k++) l->m[f][k] = count[f][k] / all;
        }
        l->prior = log2((links + 1) / pairs);
    }
    weigh_patterns(l);
}

// What the pattern weighs, and more when what is the same is rare, less when many have it.
static double pair_bits(const struct linkage *l, uint32_t x, uint32_t y, uint64_t pattern, double bits) {
    for (size_t f = 0; f < l->fields; f++) {
        if (level_in(pattern, f) != LEVEL_SAME) continue;
        double share = (double)l->values[f].count[l->values[f].of_row[x]] / (double)l->rows;
        bits += log2(l->u[f][LEVEL_SAME] / share);
    }
    (void)y;
    return bits;
}

// ---- which pairs are links

static int by_bits(const void *a, const void *b) {
    const struct linkage_pair *x = a, *y = b;
    if (x->bits != y->bits) return x->bits > y->bits ? -1 : 1;
    if (x->left != y->left) return x->left < y->left ? -1 : 1;
    return x->right < y->right ? -1 : x->right > y->right;
}

// So many of the surest that precision and recall, as the model expects them, are best together.
static size_t best_count(const struct linkage_pair *p, size_t count, double *expected) {
    double all = 0, sum = 0;
    for (size_t i = 0; i < count; i++) all += chance(p[i].bits);
    size_t best = 0;
    *expected = 0;
    for (size_t i = 0; i < count; i++) {
        sum += chance(p[i].bits);
        double f = 2 * sum / ((double)i + 1 + all);
        if (f > *expected) *expected = f, best = i + 1;
    }
    return best;
}

static size_t one_to_one(struct linkage *l, struct linkage_pair *p, size_t count) {
    bool *used = ARENA_ARRAY(l->a, bool, l->rows);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (used[p[i].left] || used[p[i].right]) continue;
        used[p[i].left] = used[p[i].right] = true;
        p[kept++] = p[i];
    }
    return kept;
}

struct groups {
    uint32_t *first, *next, *size; // members in a ring
};

// Whether two groups are one person on the whole: one strong pair does not outweigh all others.
static bool belong_together(const struct linkage *l, const struct groups *g, uint32_t x, uint32_t y) {
    if ((size_t)g->size[x] * g->size[y] > GROUP_PAIRS_MAX) return false;
    double sum = 0;
    uint32_t i = x;
    do {
        uint32_t j = y;
        do {
            uint64_t pattern = agreement(l, i, j);
            double bits = l->prior;
            for (size_t f = 0; f < l->fields; f++) {
                unsigned level = level_in(pattern, f);
                if (level < LEVELS) bits += log2(l->m[f][level] / l->u[f][level]);
            }
            sum += fmax(-20, fmin(20, pair_bits(l, i, j, pattern, bits)));
            j = g->next[j];
        } while (j != y);
        i = g->next[i];
    } while (i != x);
    return sum > 0;
}

static void make_groups(struct linkage *l, struct linkage_result *out) {
    struct groups g = {ARENA_ARRAY(l->a, uint32_t, l->rows), ARENA_ARRAY(l->a, uint32_t, l->rows),
                       ARENA_ARRAY(l->a, uint32_t, l->rows)};
    for (uint32_t i = 0; i < l->rows; i++) g.first[i] = g.next[i] = i, g.size[i] = 1;
    for (size_t i = 0; i < out->count; i++) {
        uint32_t x = g.first[out->pairs[i].left], y = g.first[out->pairs[i].right];
        if (x == y || !belong_together(l, &g, x, y)) continue;
        uint32_t member = y;
        do {
            g.first[member] = x;
            member = g.next[member];
        } while (member != y);
        g.size[x] += g.size[y];
        uint32_t after = g.next[x];
        g.next[x] = g.next[y];
        g.next[y] = after;
    }
    out->group = g.first;
}

enum status linkage_run(const enum linkage_kind *kinds, size_t fields, const struct linkage_file *left,
                        const struct linkage_file *right, struct arena *a, struct linkage_result *out) {
    *out = (struct linkage_result){0};
    size_t rows = left->rows + (right ? right->rows : 0);
    if (!fields || fields > LINKAGE_FIELDS_MAX || rows > LINKAGE_ROWS_MAX) return STATUS_TOO_LARGE;
    struct linkage *l = ARENA_NEW(a, struct linkage);
    *l =
        (struct linkage){.fields = fields, .rows = rows, .left_rows = left->rows, .two_files = right, .a = a};
    if (!left->rows || (right && !right->rows)) return STATUS_OK;
    for (size_t f = 0; f < fields; f++)
        linkage_values_make(&l->values[f], kinds[f], left, right, f, fields, a);
    choose_rules(l);
    find_candidates(l);
    learn_strangers(l);
    learn_links(l);
    out->pairs = ARENA_ARRAY(a, struct linkage_pair, l->count + 1);
    for (size_t i = 0; i < l->count; i++) {
        const struct candidate *c = &l->candidates[i];
        double bits = pair_bits(l, c->left, c->right, l->pattern[c->pattern], l->pattern_bits[c->pattern]);
        if (bits < -10) continue;
        out->pairs[out->count++] = (struct linkage_pair){c->left, c->right, (float)bits};
    }
    out->candidates = l->count;
    out->rules = l->rule_count;
    free(l->candidates);
    qsort(out->pairs, out->count, sizeof *out->pairs, by_bits);
    if (l->two_files) out->count = one_to_one(l, out->pairs, out->count);
    out->count = best_count(out->pairs, out->count, &out->expected);
    out->threshold = out->count ? out->pairs[out->count - 1].bits : 0;
    if (!l->two_files) make_groups(l, out);
    for (size_t i = 0; l->two_files && i < out->count; i++) out->pairs[i].right -= (uint32_t)l->left_rows;
    return STATUS_OK;
}
