// The walk by distance: a row of costs belongs to each letter of the path (Ukkonen 1993; Oflazer 1996). The
// costs are those of letters_distance().
#include "identity/distance.h"
#include "identity/index_row.h"
#include "identity/index_trie.h"

enum { LETTERS = 36 }; // a to z, digits

struct near_walk {
    const struct index_trie *trie;
    struct text word;
    bool more_vowels; // words on the path have vowels that the one asked for leaves out
    size_t shortest, longest, vectors, half;
    int16_t bound[2 * TRIE_DEPTH_MAX + 1]; // by the longer word's length
    int16_t swap[LETTERS][ROW_CELLS], extra[ROW_CELLS], left[ROW_CELLS];
    int16_t most[TRIE_DEPTH_MAX + 1][ROW_CELLS]; // what a cell may cost after so many letters
    int16_t second[ROW_CELLS];                   // out of reach for cells of the second half
    uint64_t letters;                            // of the word
    // Each letter of the word costs something where a branch has none of `same`, and more where it has none
    // of `like` either.
    struct without {
        uint32_t same, like;
        int16_t first, second;
    } without[ROW_CELLS];
    struct row row[TRIE_DEPTH_MAX + 1];
    char path[TRIE_DEPTH_MAX];
    struct arena *a;
    struct word_list *out;
};

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

static unsigned letter_at(char c) {
    return c >= 'a' && c <= 'z' ? (unsigned)(c - 'a') : c >= '0' && c <= '9' ? 26u + (unsigned)(c - '0') : 0;
}

// Letters of the longer of the two words, at most, of those that reach so deep.
static size_t longest_from(const struct near_walk *w, size_t deepest) {
    return larger(w->word.n, deepest < w->longest ? deepest : w->longest);
}

// What the letters of the word from each on cost at least when only these `letters` are left for them.
static void set_lacking(const struct near_walk *w, uint32_t letters, int16_t lacking[ROW_CELLS]) {
    int sum = 0;
    for (size_t j = w->vectors * 8; j-- > w->word.n;) lacking[j] = 0;
    for (size_t j = w->word.n; j-- > 0;) {
        const struct without *x = &w->without[j];
        sum += (x->same & letters ? 0 : x->first) + (x->like & letters ? 0 : x->second);
        lacking[j] = (int16_t)sum;
    }
}

// Whether a word that begins with these `depth` letters can be near enough. The longer it is, the more may
// differ, but each letter that is more costs, too.
static bool can_be_near(const struct near_walk *w, size_t depth, const int16_t *cell, size_t deepest,
                        const int16_t *lacking) {
    row_lanes any = {0};
    if (!w->more_vowels) {
        for (size_t v = 0; v < w->vectors; v++)
            any |= row_load(cell + 8 * v) + row_load(lacking + 8 * v) <= row_load(w->most[depth] + 8 * v);
        return row_any(any);
    }
    size_t length = longest_from(w, deepest);
    for (size_t v = 0; v < w->vectors; v++) {
        row_lanes spare = row_all((int)(length - depth)) - row_load(w->left + 8 * v);
        spare &= spare > row_all(0);
        any |=
            row_load(cell + 8 * v) + row_load(lacking + 8 * v) + spare + spare <= row_all(w->bound[length]);
    }
    return row_any(any);
}

// Whether the first half of the word can be so near that it has no more than half of what may differ.
static bool can_half(const struct near_walk *w, const int16_t *cell, size_t deepest) {
    size_t length = longest_from(w, deepest);
    row_lanes any = {0}, most = row_all(w->bound[length] / 2);
    for (size_t v = 0; v < w->vectors; v++)
        any |= row_load(cell + 8 * v) + row_load(w->second + 8 * v) <= most;
    return row_any(any);
}

// Two letters may have changed places across the middle.
static bool is_near_half(const struct near_walk *w, const int16_t *cell, size_t deepest) {
    size_t length = longest_from(w, deepest);
    int most = w->bound[length] / 2;
    return cell[w->half] <= most || cell[w->half + 1] <= most;
}

static void exchange(const struct near_walk *w, size_t depth, int16_t *cell) {
    if (!(w->letters >> letter_at(w->path[depth]) & 1)) return;
    for (size_t j = 2; j <= w->word.n; j++) {
        if (w->path[depth] != w->word.p[j - 2] || w->path[depth - 1] != w->word.p[j - 1]) continue;
        int16_t c = (int16_t)(w->row[depth - 1].cell[j - 2] + LETTERS_EXCHANGED);
        if (c < cell[j]) cell[j] = c;
    }
}

// The row of a path with one letter more than `depth`.
static int16_t *next_row(struct near_walk *w, size_t depth) {
    const int16_t *last = w->row[depth].cell, *swap = w->swap[letter_at(w->path[depth])];
    int16_t *cell = w->row[depth + 1].cell;
    row_lanes alone = row_all((int)letters_alone((struct text){w->path, depth + 1}, depth, w->more_vowels));
    for (size_t v = 0; v < w->vectors; v++) {
        row_lanes r =
            row_least(row_load(last + 8 * v - 1) + row_load(swap + 8 * v), row_load(last + 8 * v) + alone);
        r = row_least(r, row_all(ROW_NEVER));
        memcpy(cell + 8 * v, &r, sizeof r);
    }
    if (depth) exchange(w, depth, cell);
    row_along(cell, w->extra, w->word.n);
    return cell;
}

// `is_half`: the first half was near.
static void walk(struct near_walk *w, uint32_t node, size_t depth, bool is_half) {
    const struct trie_node *nodes = w->trie->nodes;
    size_t n = w->word.n;
    int16_t lacking[ROW_CELLS];
    uint32_t last = depth ? trie_letter_bit(nodes[node].letter) : 0; // may change places with the next one
    trie_expect(nodes, nodes[node].child);
    for (uint32_t c = nodes[node].child; c; c = nodes[c].next) {
        if (nodes[c].deepest < w->shortest) continue;
        set_lacking(w, nodes[c].letters | last, lacking);
        if (!can_be_near(w, depth, w->row[depth].cell, nodes[c].deepest, lacking)) continue;
        w->path[depth] = (char)nodes[c].letter;
        const int16_t *cell = next_row(w, depth);
        if (!can_be_near(w, depth + 1, cell, nodes[c].deepest, lacking)) continue;
        bool half = is_half || is_near_half(w, cell, nodes[c].deepest);
        if (!half && !can_half(w, cell, nodes[c].deepest)) continue;
        if (half && nodes[c].words && cell[n] <= w->bound[larger(n, depth + 1)])
            trie_take(w->trie, c, w->a, w->out);
        if (nodes[c].child && depth + 1 < w->longest) walk(w, c, depth + 1, half);
    }
}

static void open_costs(struct near_walk *w, bool fewer_vowels) {
    size_t n = w->word.n;
    w->row[0].cell[0] = 0;
    for (size_t i = 0; i < LETTERS; i++) w->swap[i][0] = ROW_NEVER;
    for (size_t j = 1; j < ROW_CELLS; j++) {
        bool there = j <= n;
        w->extra[j] = there ? (int16_t)letters_alone(w->word, j - 1, fewer_vowels) : ROW_NEVER;
        if (there) w->row[0].cell[j] = (int16_t)(w->row[0].cell[j - 1] + w->extra[j]);
        if (there) w->letters |= (uint64_t)1 << letter_at(w->word.p[j - 1]);
        for (size_t i = 0; i < LETTERS; i++)
            w->swap[i][j] = there ? (int16_t)letters_swap(i < 26 ? (char)('a' + i) : (char)('0' + i - 26),
                                                          w->word.p[j - 1])
                                  : ROW_NEVER;
    }
}

static int smaller(int a, int b) {
    return a < b ? a : b;
}

static void open_without(struct near_walk *w) {
    for (size_t j = 0; j < w->word.n; j++) {
        int none = 0, like = w->extra[j + 1]; // what it costs with none that is like it, or the same
        struct without *x = &w->without[j];
        *x = (struct without){0};
        for (size_t i = 0; i < LETTERS; i++) none = w->swap[i][j + 1] > none ? w->swap[i][j + 1] : none;
        none = smaller(none, w->extra[j + 1]);
        for (size_t i = 0; i < LETTERS; i++) {
            int cost = w->swap[i][j + 1];
            uint32_t bit = trie_letter_bit((uint8_t)(i < 26 ? 'a' + i : '0' + i - 26));
            if (!cost) x->same |= bit;
            if (cost < none) x->like |= bit;
            if (cost) like = smaller(like, cost);
        }
        x->first = (int16_t)like, x->second = (int16_t)(none - like);
    }
}

static void open_bounds(struct near_walk *w, unsigned least) {
    size_t n = w->word.n;
    for (size_t i = 0; i <= 2 * TRIE_DEPTH_MAX; i++) w->bound[i] = (int16_t)letters_bound(least, i);
    for (size_t d = 0; d <= TRIE_DEPTH_MAX; d++)
        for (size_t j = 0; j < ROW_CELLS; j++) w->most[d][j] = j > n ? -1 : w->bound[d > j ? n + d - j : n];
    for (size_t j = 0; j < ROW_CELLS; j++) w->left[j] = (int16_t)(j > n ? 0 : n - j);
}

// From the first letter on, or from the last. Short words, and those without vowels, are near to so many in
// one half that it does not help: they are walked once, with no half.
static void walk_from(struct near_walk *w, enum trie_root root, bool fewer_vowels, unsigned least,
                      size_t half) {
    for (size_t d = 0; d <= TRIE_DEPTH_MAX; d++) row_fill(&w->row[d]);
    open_costs(w, fewer_vowels);
    open_bounds(w, least);
    open_without(w);
    w->half = half;
    for (size_t j = 0; j < ROW_CELLS; j++) w->second[j] = j > w->half + 1 ? ROW_NEVER : 0;
    walk(w, root, 0, !half);
}

void trie_near(const struct index_trie *t, enum trie_root root, struct text letters, bool no_vowels,
               unsigned least, struct arena *a, struct word_list *out) {
    bool path_no_vowels = root == TRIE_NO_VOWELS, any = no_vowels || path_no_vowels;
    struct near_walk *w = ARENA_NEW(a, struct near_walk);
    w->trie = t, w->a = a, w->out = out;
    w->word = text_slice(letters, 0, TRIE_DEPTH_MAX);
    w->more_vowels = no_vowels && !path_no_vowels;
    size_t n = w->word.n;
    w->vectors = n / 8 + 1;
    w->shortest = any ? (n + 2) / 3 : (n * 3 + 4) / 5; // as words_alike() wants it
    w->longest = any ? n * 3 : n * 5 / 3;
    if (w->longest > TRIE_DEPTH_MAX) w->longest = TRIE_DEPTH_MAX;
    enum { SHORT = 4 };
    size_t half = any || n <= SHORT ? 0 : n / 2;
    walk_from(w, root, path_no_vowels && !no_vowels, least, half);
    if (!half) return;
    char backwards[TRIE_DEPTH_MAX];
    w->word = trie_backwards(w->word, backwards);
    walk_from(w, TRIE_BACKWARDS + root, path_no_vowels && !no_vowels, least, half);
}
