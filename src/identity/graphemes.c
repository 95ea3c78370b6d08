#include "identity/graphemes.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

enum {
    SLOTS = 8192, // of the pieces of one script; twice as many as there are pieces at least
    LETTERS = 26,
    LATIN_SLOTS = LETTERS + LETTERS * LETTERS + LETTERS * LETTERS * LETTERS,
    UNSEEN = 17 * GRAPHEMES_BIT, // a letter for one that it never stood for
    UNSEEN_ALONE = 14 * GRAPHEMES_BIT
};

// The pieces of one script, found by their letters. What is asked most often has a table of its own.
struct model {
    uint32_t key[SLOTS];
    uint16_t cost[SLOTS];
    uint16_t one[256][LETTERS]; // one letter for one
    uint16_t none[256];         // a letter that is not written
    uint16_t extra[LETTERS];    // a Latin letter for nothing
    uint32_t begins[256];       // Latin letters that begin a longer piece for this letter
    uint8_t pairs[256];         // this letter begins a piece of two
    // probabilities of a piece's one side, whatever the other is
    float native_one[256], native_two[SLOTS];
    uint16_t native_two_key[SLOTS];
    float latin[LATIN_SLOTS];
    // the most likely writing of a piece's one side for the other: cost, 0 when none was learnt
    uint16_t latin_best[LATIN_SLOTS], native_one_best[256], native_two_best[SLOTS];
};
static struct model *models[GRAPHEMES_SCRIPT_COUNT];
static pthread_once_t loaded = PTHREAD_ONCE_INIT;

static unsigned latin_id(const char *p, size_t n) {
    unsigned id = 0;
    for (size_t i = 0; i < n; i++) id = id * (LETTERS + 1) + (unsigned)(p[i] - 'a' + 1);
    return id; // 15 bits
}
static size_t latin_slot(const char *p, size_t n) {
    size_t x = (size_t)(p[0] - 'a');
    if (n == 1) return x;
    size_t y = x * LETTERS + (size_t)(p[1] - 'a');
    if (n == 2) return LETTERS + y;
    return LETTERS + LETTERS * LETTERS + y * LETTERS + (size_t)(p[2] - 'a');
}
static uint32_t key_of(uint8_t first, uint8_t second, unsigned latin) {
    return (uint32_t)first << 23 | (uint32_t)second << 15 | latin;
}
static size_t slot_of(const struct model *m, uint32_t key) {
    size_t at = (key * 2654435761u) >> 19; // 13 bits
    while (m->key[at] && m->key[at] != key) at = (at + 1) % SLOTS;
    return at;
}
static size_t pair_slot(const struct model *m, uint16_t key) {
    size_t at = (key * 2654435761u) >> 19;
    while (m->native_two_key[at] && m->native_two_key[at] != key) at = (at + 1) % SLOTS;
    return at;
}

static void add_piece(struct model *m, const struct grapheme_piece *g) {
    size_t n = strnlen(g->latin, 3);
    float p = (float)exp2(-(double)g->cost / GRAPHEMES_BIT);
    uint8_t x = g->native[0], y = g->native[1];
    if (n) m->latin[latin_slot(g->latin, n)] += p;
    if (!x) {
        m->extra[g->latin[0] - 'a'] = g->cost;
        return;
    }
    if (y) {
        uint16_t pair = (uint16_t)(x << 8 | y);
        size_t at = pair_slot(m, pair);
        m->native_two_key[at] = pair;
        m->native_two[at] += p;
        m->pairs[x] = 1;
    } else {
        m->native_one[x] += p;
        if (n == 0) m->none[x] = g->cost;
        if (n == 1) m->one[x][g->latin[0] - 'a'] = g->cost;
        if (n > 1) m->begins[x] |= 1u << (g->latin[0] - 'a');
    }
    if (!y && n < 2) return;
    size_t at = slot_of(m, key_of(x, y, latin_id(g->latin, n)));
    m->key[at] = key_of(x, y, latin_id(g->latin, n));
    m->cost[at] = g->cost;
}

static void fill_unseen(struct model *m) {
    float rare = (float)exp2(-(double)UNSEEN_ALONE / GRAPHEMES_BIT);
    for (size_t x = 0; x < 256; x++) {
        if (!m->none[x]) m->none[x] = UNSEEN_ALONE;
        m->native_one[x] += rare;
        for (size_t y = 0; y < LETTERS; y++)
            if (!m->one[x][y]) m->one[x][y] = UNSEEN;
    }
    for (size_t y = 0; y < LETTERS; y++) {
        if (!m->extra[y]) m->extra[y] = UNSEEN_ALONE;
        m->latin[y] += rare;
    }
}

static void keep_best(uint16_t *best, double cost) {
    uint16_t c = (uint16_t)(cost > 1 ? cost : 1);
    if (!*best || c < *best) *best = c;
}

// What each side of a piece costs when the other side is known.
static void add_best(struct model *m, const struct grapheme_piece *g) {
    size_t n = strnlen(g->latin, 3);
    uint8_t x = g->native[0], y = g->native[1];
    size_t pair = x && y ? pair_slot(m, (uint16_t)(x << 8 | y)) : 0;
    double native = !x ? 1 : (double)(y ? m->native_two[pair] : m->native_one[x]);
    double latin = n ? (double)m->latin[latin_slot(g->latin, n)] : 1;
    if (n) keep_best(&m->latin_best[latin_slot(g->latin, n)], g->cost + log2(native) * GRAPHEMES_BIT);
    if (x)
        keep_best(y ? &m->native_two_best[pair] : &m->native_one_best[x],
                  g->cost + log2(latin) * GRAPHEMES_BIT);
}

static void load(void) {
    static struct model all[GRAPHEMES_SCRIPT_COUNT];
    for (int s = 0; s < GRAPHEMES_SCRIPT_COUNT; s++) {
        for (size_t i = 0; i < GRAPHEME_TABLES[s].count; i++)
            add_piece(&all[s], &GRAPHEME_TABLES[s].piece[i]);
        for (size_t i = 0; i < GRAPHEME_TABLES[s].count; i++) add_best(&all[s], &GRAPHEME_TABLES[s].piece[i]);
        fill_unseen(&all[s]);
        models[s] = &all[s];
    }
}

static const struct model *model_of(enum graphemes_script s) {
    pthread_once(&loaded, load);
    return models[s];
}

static struct text bounded(struct text t) {
    return text_slice(t, 0, GRAPHEMES_LETTERS_MAX);
}

static int lookup(const struct model *m, uint8_t x, uint8_t y, const char *latin, size_t n) {
    uint32_t key = key_of(x, y, latin_id(latin, n));
    size_t at = slot_of(m, key);
    return m->key[at] ? m->cost[at] : GRAPHEMES_NEVER;
}

static int least(int a, int b) {
    return a < b ? a : b;
}

// Best way to come to letter i there and j here. Rows are native letters: two of them are looked back to.
static int best_into(const struct model *m, const uint8_t *x, size_t i, const char *y, size_t j,
                     const int *before, const int *last, const int *row) {
    uint8_t c = x[i - 1];
    int best = last[j] + m->none[c];
    if (j) best = least(best, row[j - 1] + m->extra[y[j - 1] - 'a']);
    if (j) best = least(best, last[j - 1] + m->one[c][y[j - 1] - 'a']);
    for (size_t n = 2; n <= 3 && n <= j; n++)
        if (m->begins[c] & 1u << (y[j - n] - 'a'))
            best = least(best, last[j - n] + lookup(m, c, 0, y + j - n, n));
    if (i < 2 || !m->pairs[x[i - 2]]) return best;
    for (size_t n = 1; n <= 3 && n <= j; n++)
        if (before[j - n] < best) best = least(best, before[j - n] + lookup(m, x[i - 2], c, y + j - n, n));
    return best;
}

int graphemes_cost(enum graphemes_script s, struct text native, struct text latin, int bound) {
    const struct model *m = model_of(s);
    native = bounded(native), latin = bounded(latin);
    int rows[3][GRAPHEMES_LETTERS_MAX + 1], *before = rows[0], *last = rows[1], *row = rows[2];
    last[0] = 0;
    for (size_t j = 1; j <= latin.n; j++)
        last[j] = last[j - 1] + m->extra[latin.p[j - 1] - 'a'], before[j] = 0;
    for (size_t i = 1; i <= native.n; i++) {
        int lowest = GRAPHEMES_NEVER;
        for (size_t j = 0; j <= latin.n; j++) {
            row[j] = best_into(m, (const uint8_t *)native.p, i, latin.p, j, before, last, row);
            lowest = least(lowest, row[j]);
        }
        if (lowest > bound) return lowest;
        int *spare = before;
        before = last, last = row, row = spare;
    }
    return last[latin.n];
}

static int cost_of(double p) {
    return (int)(-log2(p) * GRAPHEMES_BIT);
}

int graphemes_native_cost(enum graphemes_script s, struct text native) {
    const struct model *m = model_of(s);
    native = bounded(native);
    double p[GRAPHEMES_LETTERS_MAX + 1] = {1};
    for (size_t i = 1; i <= native.n; i++) {
        const uint8_t *x = (const uint8_t *)native.p + i - 1;
        p[i] = p[i - 1] * (double)m->native_one[*x];
        if (i < 2 || !m->pairs[x[-1]]) continue;
        size_t at = pair_slot(m, (uint16_t)(x[-1] << 8 | *x));
        if (m->native_two_key[at]) p[i] += p[i - 2] * (double)m->native_two[at];
    }
    return cost_of(p[native.n]);
}

int graphemes_latin_cost(enum graphemes_script s, struct text latin) {
    const struct model *m = model_of(s);
    latin = bounded(latin);
    double p[GRAPHEMES_LETTERS_MAX + 1] = {1};
    for (size_t j = 1; j <= latin.n; j++)
        for (size_t n = 1; n <= 3 && n <= j; n++)
            p[j] += p[j - n] * (double)m->latin[latin_slot(latin.p + j - n, n)];
    return cost_of(p[latin.n]);
}

// ---- single pieces

int graphemes_piece(enum graphemes_script s, struct text native, struct text latin) {
    const struct model *m = model_of(s);
    if (!native.n) return latin.n == 1 ? m->extra[latin.p[0] - 'a'] : GRAPHEMES_NEVER;
    uint8_t first = (uint8_t)native.p[0], second = native.n > 1 ? (uint8_t)native.p[1] : 0;
    if (native.n > 1)
        return latin.n && m->pairs[first] ? lookup(m, first, second, latin.p, latin.n) : GRAPHEMES_NEVER;
    if (!latin.n) return m->none[first];
    if (latin.n == 1) return m->one[first][latin.p[0] - 'a'];
    return m->begins[first] & 1u << (latin.p[0] - 'a') ? lookup(m, first, 0, latin.p, latin.n)
                                                       : GRAPHEMES_NEVER;
}

float graphemes_share(enum graphemes_script s, struct text piece, bool is_latin) {
    const struct model *m = model_of(s);
    if (is_latin) return m->latin[latin_slot(piece.p, piece.n)];
    const uint8_t *x = (const uint8_t *)piece.p;
    if (piece.n == 1) return m->native_one[*x];
    size_t at = pair_slot(m, (uint16_t)(x[0] << 8 | x[1]));
    return m->pairs[*x] && m->native_two_key[at] ? m->native_two[at] : 0;
}

int graphemes_least(enum graphemes_script s, struct text piece, bool is_latin) {
    const struct model *m = model_of(s);
    const uint8_t *x = (const uint8_t *)piece.p;
    int cost = 0;
    if (is_latin)
        cost = m->latin_best[latin_slot(piece.p, piece.n)];
    else if (piece.n == 1)
        cost = m->native_one_best[*x];
    else if (m->pairs[*x])
        cost = m->native_two_best[pair_slot(m, (uint16_t)(x[0] << 8 | x[1]))];
    return cost ? cost : GRAPHEMES_NEVER;
}
