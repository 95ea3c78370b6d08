// The walk by writing: which words of another script may be written for one, by learnt pieces, as
// graphemes_cost() reckons it.
#include <math.h>

#include "identity/index_row.h"
#include "identity/index_trie.h"

enum { PIECES_MAX = 1024, PIECE_LETTERS_MAX = GRAPHEMES_LATIN_MAX };

// Some letters of the path against each place of the word.
struct piece {
    uint32_t key;
    float share;
    bool fits[PIECE_LETTERS_MAX + 1]; // so many letters of the word
    int16_t cost[PIECE_LETTERS_MAX + 1][ROW_CELLS];
};
struct step {
    struct row row;
    float share; // of the path, whatever the word may be
};
struct written_walk {
    const struct index_trie *trie;
    enum graphemes_script script;
    struct text word;
    bool is_latin; // the word; then the path is native
    size_t path_piece, word_piece, vectors;
    float least;
    int cost; // of the word alone
    // From each letter on: what the rest costs when the best is written for it, and what can be known of it.
    int16_t rest[ROW_CELLS];
    int gain[ROW_CELLS];
    int16_t alone[ROW_CELLS];
    struct step step[TRIE_DEPTH_MAX + 1];
    char path[TRIE_DEPTH_MAX];
    struct piece *pieces[PIECES_MAX]; // open addressing
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

static int cost_alone(const struct written_walk *w, size_t from) {
    struct text rest = text_slice(w->word, from, w->word.n);
    return w->is_latin ? graphemes_latin_cost(w->script, rest) : graphemes_native_cost(w->script, rest);
}

static int16_t piece_cost(const struct written_walk *w, struct text path, struct text word) {
    int cost = w->is_latin ? graphemes_piece(w->script, path, word) : graphemes_piece(w->script, word, path);
    return (int16_t)(cost < ROW_NEVER ? cost : ROW_NEVER);
}

static struct piece *make_piece(struct written_walk *w, uint32_t key, struct text path, float share) {
    struct piece *p = ARENA_NEW(w->a, struct piece);
    p->key = key;
    p->share = share;
    for (size_t k = 0; k <= w->word_piece; k++)
        for (size_t j = 0; j < ROW_CELLS; j++) {
            bool there = j >= k && j <= w->word.n;
            p->cost[k][j] = there ? piece_cost(w, path, text_slice(w->word, j - k, j)) : ROW_NEVER;
            if (p->cost[k][j] < ROW_NEVER) p->fits[k] = true;
        }
    return p;
}

// The last `n` letters of the path, NULL when they are no piece.
static const struct piece *piece_of(struct written_walk *w, size_t depth, size_t n) {
    struct text path = {w->path + depth - n, n};
    uint32_t key = 0;
    for (size_t i = 0; i < n; i++) key = key << 8 | (uint8_t)path.p[i];
    size_t at = (key * 2654435761u) >> 22; // 10 bits
    while (w->pieces[at] && w->pieces[at]->key != key) at = (at + 1) % PIECES_MAX;
    if (w->pieces[at]) return w->pieces[at];
    float share = graphemes_share(w->script, path, !w->is_latin);
    if (share <= 0 || w->piece_count == PIECES_MAX - 1) return NULL;
    w->piece_count++;
    return w->pieces[at] = make_piece(w, key, path, share);
}

// The row of a path of `depth` letters.
static void make_step(struct written_walk *w, size_t depth) {
    struct step *here = &w->step[depth];
    row_lanes r[ROW_CELLS / 8];
    for (size_t v = 0; v < w->vectors; v++) r[v] = row_all(ROW_NEVER);
    here->share = 0;
    for (size_t n = 1; n <= w->path_piece && n <= depth; n++) {
        const struct piece *p = piece_of(w, depth, n);
        if (!p) continue;
        const struct step *from = &w->step[depth - n];
        here->share += from->share * p->share;
        for (size_t k = 0; k <= w->word_piece; k++)
            for (size_t v = 0; p->fits[k] && v < w->vectors; v++)
                r[v] = row_least(r[v], row_load(from->row.cell + 8 * v - k) + row_load(p->cost[k] + 8 * v));
    }
    memcpy(here->row.cell, r, w->vectors * sizeof *r);
    row_along(here->row.cell, w->alone, w->word.n);
}

// Whether some word that goes on from here can be wanted: what the rest of the word can still say is bounded.
static bool can_be_written(const struct written_walk *w, const struct step *s, int path_cost) {
    float both = (float)w->cost * (float)path_cost, least = w->least * sqrtf(both);
    int most = w->cost + path_cost - (int)least;
    row_lanes any = {0};
    for (size_t v = 0; v < w->vectors; v++)
        any |= row_load(s->row.cell + 8 * v) + row_load(w->rest + 8 * v) <= row_all(most);
    if (!row_any(any)) return false;
    for (size_t j = 0; j <= w->word.n; j++) {
        int cost = s->row.cell[j] + w->rest[j];
        float bits = (float)(w->cost + path_cost - cost);
        if (cost <= most &&
            bits * bits >= w->least * w->least * (float)w->cost * (float)(path_cost + w->gain[j]))
            return true;
    }
    return false;
}

static void walk(struct written_walk *w, uint32_t node, size_t depth) {
    const struct trie_node *nodes = w->trie->nodes;
    for (uint32_t c = nodes[node].child; c; c = nodes[c].next) {
        if (!w->is_latin && (nodes[c].letter < 'a' || nodes[c].letter > 'z')) continue;
        w->path[depth] = (char)nodes[c].letter;
        make_step(w, depth + 1);
        const struct step *s = &w->step[depth + 1];
        int path_cost = (int)(-quick_log2(s->share) * GRAPHEMES_BIT);
        if (!can_be_written(w, s, path_cost)) continue;
        float bits = (float)(w->cost + path_cost - s->row.cell[w->word.n]);
        if (nodes[c].words && bits >= w->least * sqrtf((float)w->cost * (float)path_cost))
            trie_take(w->trie, c, w->a, w->out);
        if (nodes[c].child && depth + 1 < TRIE_DEPTH_MAX) walk(w, c, depth + 1);
    }
}

static void open_rest(struct written_walk *w) {
    enum { UNKNOWN = 17 * GRAPHEMES_BIT };
    for (size_t j = w->word.n; j-- > 0;) {
        int best = UNKNOWN + w->rest[j + 1];
        for (size_t n = 1; n <= w->word_piece && j + n <= w->word.n; n++) {
            int cost = graphemes_least(w->script, text_slice(w->word, j, j + n), w->is_latin);
            if (cost + w->rest[j + n] < best) best = cost + w->rest[j + n];
        }
        w->rest[j] = (int16_t)(best < ROW_NEVER ? best : ROW_NEVER);
        int gain = cost_alone(w, j) - w->rest[j];
        w->gain[j] = gain > 0 ? gain : 0;
    }
}

void trie_written(const struct index_trie *t, enum graphemes_script s, struct text word, bool is_latin,
                  double least, struct arena *a, struct word_list *out) {
    struct written_walk *w = ARENA_NEW(a, struct written_walk);
    w->trie = t, w->script = s, w->is_latin = is_latin, w->a = a, w->out = out;
    w->word = text_slice(word, 0, GRAPHEMES_LETTERS_MAX);
    w->least = (float)least;
    w->path_piece = is_latin ? GRAPHEMES_NATIVE_MAX : GRAPHEMES_LATIN_MAX;
    w->word_piece = is_latin ? GRAPHEMES_LATIN_MAX : GRAPHEMES_NATIVE_MAX;
    w->vectors = w->word.n / 8 + 1;
    w->cost = cost_alone(w, 0);
    for (size_t j = w->word.n + 1; j < ROW_CELLS; j++) w->rest[j] = ROW_NEVER;
    open_rest(w);
    for (size_t d = 0; d <= TRIE_DEPTH_MAX; d++) row_fill(&w->step[d].row);
    w->step[0].share = 1;
    w->step[0].row.cell[0] = 0;
    for (size_t j = 1; j <= w->word.n; j++) {
        w->alone[j] = piece_cost(w, (struct text){0}, text_slice(w->word, j - 1, j));
        w->step[0].row.cell[j] = (int16_t)(w->step[0].row.cell[j - 1] + w->alone[j]);
    }
    walk(w, is_latin ? TRIE_NATIVE + (uint32_t)s : TRIE_LETTERS, 0);
}
