// The walk by writing: which words of another script may be written for one, by learnt pieces, as
// graphemes_cost() reckons it.
#include <math.h>

#include "identity/alike.h"
#include "identity/index_row.h"
#include "identity/index_trie.h"

enum { PIECE_PLACES = 4096, PIECES_MAX = PIECE_PLACES / 2, PIECE_LETTERS_MAX = GRAPHEMES_LATIN_MAX };

// Some letters of the path against each place of the word.
struct piece {
    uint32_t key;
    bool fits[PIECE_LETTERS_MAX + 1]; // so many letters of the word
    int16_t cost[PIECE_LETTERS_MAX + 1][ROW_CELLS];
};
struct written_walk {
    const struct index_trie *trie;
    enum graphemes_script script;
    struct text word;
    bool is_latin;  // the word; then the path is native
    bool backwards; // both from their last letters on
    size_t path_piece, word_piece, vectors;
    float least;
    int cost;                     // of the word alone
    size_t half;                  // letters of its first half
    int cost_upto[2];             // of them alone, and of them and one more
    int16_t half_rest[ROW_CELLS]; // from each letter on to the half, as `rest`; ROW_NEVER behind it
    // From each letter on: what the rest costs when the best is written for it.
    int16_t rest[ROW_CELLS];
    int16_t alone[ROW_CELLS];
    struct row row[TRIE_DEPTH_MAX + 1];
    char path[TRIE_DEPTH_MAX];
    struct piece *single[UINT8_MAX + 1]; // of one letter; those that were not asked for yet are not known
    bool is_known[UINT8_MAX + 1];
    struct piece *pieces[PIECE_PLACES]; // of several, open addressing
    uint64_t there[PIECE_PLACES / 64];  // a bit for each place that is taken
    size_t piece_count;
    struct arena *a;
    struct word_list *out;
};

// log2 by exponent and a line: 0.09 too low at most.
static float quick_log2(float p) {
    uint32_t bits;
    memcpy(&bits, &p, sizeof bits);
    return (float)bits / (1 << 23) - 127;
}

static struct text forwards(const struct written_walk *w, struct text t, char out[TRIE_DEPTH_MAX]) {
    return w->backwards ? trie_backwards(t, out) : t;
}

static int cost_alone(const struct written_walk *w, size_t from, size_t to) {
    char own[TRIE_DEPTH_MAX];
    struct text part = forwards(w, text_slice(w->word, from, to), own);
    return w->is_latin ? graphemes_latin_cost(w->script, part) : graphemes_native_cost(w->script, part);
}

static int16_t piece_cost(const struct written_walk *w, struct text path, struct text word) {
    char own[TRIE_DEPTH_MAX], other[TRIE_DEPTH_MAX];
    path = forwards(w, path, own), word = forwards(w, word, other);
    int cost = w->is_latin ? graphemes_piece(w->script, path, word) : graphemes_piece(w->script, word, path);
    return (int16_t)(cost < ROW_NEVER ? cost : ROW_NEVER);
}

static uint32_t piece_key(struct text path) {
    uint32_t key = 0;
    for (size_t i = 0; i < path.n; i++) key = key << 8 | (uint8_t)path.p[i];
    return key;
}

static size_t piece_home(uint32_t key) {
    return (key * 2654435761u) >> 20; // 12 bits
}

static struct piece **piece_place(struct written_walk *w, uint32_t key) {
    size_t at = piece_home(key);
    while (w->pieces[at] && w->pieces[at]->key != key) at = (at + 1) % PIECE_PLACES;
    return &w->pieces[at];
}

static struct piece *new_piece(struct written_walk *w, struct text path) {
    struct piece *p = ARENA_NEW(w->a, struct piece);
    p->key = piece_key(path);
    for (size_t k = 0; k <= w->word_piece; k++)
        for (size_t j = 0; j < ROW_CELLS; j++) p->cost[k][j] = ROW_NEVER;
    return p;
}

static struct piece *add_piece(struct written_walk *w, struct text path) {
    struct piece **place = piece_place(w, piece_key(path));
    if (*place || w->piece_count == PIECES_MAX) return *place;
    size_t at = (size_t)(place - w->pieces);
    w->there[at / 64] |= (uint64_t)1 << at % 64;
    w->piece_count++;
    return *place = new_piece(w, path);
}

// The piece for each `k` letters of the word.
static void set_cost(const struct written_walk *w, struct piece *p, struct text path, size_t k) {
    for (size_t j = k; j <= w->word.n && p; j++) {
        int16_t cost = piece_cost(w, path, text_slice(w->word, j - k, j));
        if (cost < p->cost[k][j]) p->cost[k][j] = cost;
        if (cost < ROW_NEVER) p->fits[k] = true;
    }
}

// Pieces of several letters that were learnt for some letters of this word.
static void open_pieces(struct written_walk *w) {
    const struct grapheme_table *t = &GRAPHEME_TABLES[w->script];
    memset(w->pieces, 0, sizeof w->pieces);
    memset(w->there, 0, sizeof w->there);
    memset(w->is_known, 0, sizeof w->is_known);
    w->piece_count = 0;
    for (size_t i = 0; i < t->count; i++) {
        const struct grapheme_piece *g = &t->piece[i];
        struct text latin = {g->latin, strnlen(g->latin, sizeof g->latin)},
                    native = {(const char *)g->native, strnlen((const char *)g->native, sizeof g->native)};
        struct text path = w->is_latin ? native : latin, word = w->is_latin ? latin : native;
        char own[TRIE_DEPTH_MAX], other[TRIE_DEPTH_MAX];
        path = forwards(w, path, own), word = forwards(w, word, other);
        size_t at;
        if (path.n > 1 && word.n && text_find(w->word, word, &at))
            set_cost(w, add_piece(w, path), path, word.n);
    }
}

static float share_of(enum graphemes_script s, struct text path, bool is_latin, bool backwards) {
    char own[TRIE_DEPTH_MAX];
    return graphemes_share(s, backwards ? trie_backwards(path, own) : path, is_latin);
}

// The last letter of the path; NULL when it stands for nothing.
static const struct piece *single_of(struct written_walk *w, struct text path) {
    uint8_t letter = (uint8_t)path.p[0];
    if (w->is_known[letter]) return w->single[letter];
    w->is_known[letter] = true;
    w->single[letter] = NULL;
    if (share_of(w->script, path, !w->is_latin, w->backwards) <= 0) return NULL;
    struct piece *p = w->single[letter] = new_piece(w, path);
    for (size_t k = 0; k <= w->word_piece; k++) set_cost(w, p, path, k);
    return p;
}

// The last letters of the path, NULL when they stand for nothing in this word.
static const struct piece *piece_of(struct written_walk *w, struct text path) {
    if (path.n == 1) return single_of(w, path);
    uint32_t key = piece_key(path);
    size_t at = piece_home(key);
    return w->there[at / 64] >> at % 64 & 1 ? *piece_place(w, key) : NULL;
}

// The row of a path of `depth` letters.
static const int16_t *next_row(struct written_walk *w, size_t depth) {
    row_lanes r[ROW_CELLS / 8];
    for (size_t v = 0; v < w->vectors; v++) r[v] = row_all(ROW_NEVER);
    for (size_t n = 1; n <= w->path_piece && n <= depth; n++) {
        const struct piece *p = piece_of(w, (struct text){w->path + depth - n, n});
        const int16_t *from = w->row[depth - n].cell;
        for (size_t k = 0; p && k <= w->word_piece; k++)
            for (size_t v = 0; p->fits[k] && v < w->vectors; v++)
                r[v] = row_least(r[v], row_load(from + 8 * v - k) + row_load(p->cost[k] + 8 * v));
    }
    int16_t *cell = w->row[depth].cell;
    memcpy(cell, r, w->vectors * sizeof *r);
    row_along(cell, w->alone, w->word.n);
    return cell;
}

// Whether some word that goes on from here can be wanted: what the rest of the word can still say is bounded.
static bool can_be_written(const struct written_walk *w, const int16_t *cell, int path_cost, int least) {
    row_lanes any = {0}, most = row_all(w->cost + path_cost - least);
    for (size_t v = 0; v < w->vectors; v++) any |= row_load(cell + 8 * v) + row_load(w->rest + 8 * v) <= most;
    return row_any(any);
}

// Whether the first half of the word says enough, being half of what must be known at least.
static bool is_half_known(const struct written_walk *w, const int16_t *cell, int path_cost, int least) {
    int first = w->cost_upto[0] + path_cost - cell[w->half],
        second = w->cost_upto[1] + path_cost - cell[w->half + 1]; // a piece may lie across the middle
    return first >= least / 2 || second >= least / 2;
}

// Whether it can still.
static bool can_be_half_known(const struct written_walk *w, const int16_t *cell, int path_cost, int least) {
    row_lanes any = {0}, most = row_all(w->cost_upto[1] + path_cost - least / 2);
    for (size_t v = 0; v < w->vectors; v++)
        any |= row_load(cell + 8 * v) + row_load(w->half_rest + 8 * v) <= most;
    return row_any(any);
}

static void walk(struct written_walk *w, uint32_t node, size_t depth, bool is_half) {
    const struct trie_node *nodes = w->trie->nodes;
    trie_expect(nodes, nodes[node].child);
    for (uint32_t c = nodes[node].child; c; c = nodes[c].next) {
        if (!w->is_latin && (nodes[c].letter < 'a' || nodes[c].letter > 'z')) continue;
        w->path[depth] = (char)nodes[c].letter;
        const int16_t *cell = next_row(w, depth + 1);
        int path_cost = nodes[c].known[w->is_latin ? 0 : w->script],
            least = (int)(w->least *
                          sqrtf((float)w->cost * (float)path_cost)); // that both must say of each other
        if (!can_be_written(w, cell, path_cost, least)) continue;
        bool half = is_half || is_half_known(w, cell, path_cost, least);
        if (!half && !can_be_half_known(w, cell, path_cost, least)) continue;
        if (half && nodes[c].words && w->cost + path_cost - cell[w->word.n] >= least)
            trie_take(w->trie, c, w->a, w->out);
        if (nodes[c].child && depth + 1 < TRIE_DEPTH_MAX) walk(w, c, depth + 1, half);
    }
}

// What the letters from `j` to `end` cost at least when the best is written for them.
static int16_t least_rest(const struct written_walk *w, size_t j, size_t end, const int16_t *rest) {
    enum { UNKNOWN = 17 * GRAPHEMES_BIT };
    int best = UNKNOWN + rest[j + 1];
    char own[TRIE_DEPTH_MAX];
    for (size_t n = 1; n <= w->word_piece && j + n <= end; n++) {
        struct text piece = forwards(w, text_slice(w->word, j, j + n), own);
        int cost = graphemes_least(w->script, piece, w->is_latin);
        if (cost + rest[j + n] < best) best = cost + rest[j + n];
    }
    return (int16_t)(best < ROW_NEVER ? best : ROW_NEVER);
}

static void open_rest(struct written_walk *w) {
    size_t n = w->word.n;
    for (size_t j = 0; j < ROW_CELLS; j++) w->rest[j] = j > n ? ROW_NEVER : 0;
    for (size_t j = n; j-- > 0;) w->rest[j] = least_rest(w, j, n, w->rest);
    w->half = n / 2;
    for (size_t i = 0; i < 2; i++) w->cost_upto[i] = cost_alone(w, 0, w->half + i);
    for (size_t j = 0; j < ROW_CELLS; j++) w->half_rest[j] = j > w->half + 1 ? ROW_NEVER : 0;
    for (size_t j = w->half; j-- > 0;) w->half_rest[j] = least_rest(w, j, w->half + 1, w->half_rest);
}

static void walk_from(struct written_walk *w, enum trie_root root) {
    open_pieces(w);
    w->cost = cost_alone(w, 0, w->word.n);
    open_rest(w);
    for (size_t d = 0; d <= TRIE_DEPTH_MAX; d++) row_fill(&w->row[d]);
    w->row[0].cell[0] = 0;
    for (size_t j = 1; j <= w->word.n; j++) {
        w->alone[j] = piece_cost(w, (struct text){0}, text_slice(w->word, j - 1, j));
        w->row[0].cell[j] = (int16_t)(w->row[0].cell[j - 1] + w->alone[j]);
    }
    walk(w, root, 0, false);
}

void trie_written_costs(enum graphemes_script s, struct text path, bool is_latin, bool backwards,
                        int16_t cost[TRIE_DEPTH_MAX]) {
    size_t longest = is_latin ? GRAPHEMES_LATIN_MAX : GRAPHEMES_NATIVE_MAX;
    float share[TRIE_DEPTH_MAX + 1] = {1};
    for (size_t depth = 1; depth <= path.n; depth++) {
        for (size_t n = 1; n <= longest && n <= depth; n++) {
            struct text piece = text_slice(path, depth - n, depth);
            if (is_latin && !letters_only(piece)) continue;
            share[depth] += share[depth - n] * share_of(s, piece, is_latin, backwards);
        }
        cost[depth - 1] = (int16_t)(-quick_log2(share[depth]) * GRAPHEMES_BIT);
    }
}

void trie_written(const struct index_trie *t, enum graphemes_script s, struct text word, bool is_latin,
                  double least, struct arena *a, struct word_list *out) {
    struct written_walk *w = ARENA_NEW(a, struct written_walk);
    char backwards[TRIE_DEPTH_MAX];
    w->trie = t, w->script = s, w->is_latin = is_latin, w->a = a, w->out = out;
    w->word = text_slice(word, 0, TRIE_DEPTH_MAX);
    w->least = (float)least;
    w->path_piece = is_latin ? GRAPHEMES_NATIVE_MAX : GRAPHEMES_LATIN_MAX;
    w->word_piece = is_latin ? GRAPHEMES_LATIN_MAX : GRAPHEMES_NATIVE_MAX;
    w->vectors = w->word.n / 8 + 1;
    enum trie_root root = is_latin ? TRIE_NATIVE + (uint32_t)s : TRIE_LETTERS;
    walk_from(w, root);
    w->word = trie_backwards(w->word, backwards);
    w->backwards = true;
    walk_from(w, TRIE_BACKWARDS + root);
}
