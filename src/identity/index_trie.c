// Words by their letters, and the two walks: by distance, and by what stands for what in another script. A row
// of costs belongs to each letter of the path (Ukkonen 1993; Oflazer 1996).
#include "identity/index_trie.h"

#include <math.h>
#include <stdlib.h>

#include "identity/distance.h"
#include "identity/index_memory.h"

enum { DEPTH_MAX = GRAPHEMES_LETTERS_MAX };

void trie_open(struct index_trie *t) {
    *t = (struct index_trie){0};
    t->nodes = memory_grow(NULL, 1024, &t->node_capacity, sizeof *t->nodes);
    t->node_count = TRIE_ROOTS;
    for (size_t i = 0; i < TRIE_ROOTS; i++) t->nodes[i] = (struct trie_node){0};
}

void trie_close(struct index_trie *t) {
    free(t->nodes);
    free(t->words);
}

size_t trie_bytes(const struct index_trie *t) {
    return t->node_capacity * sizeof *t->nodes + t->word_capacity * sizeof *t->words;
}

static uint32_t child_of(const struct index_trie *t, uint32_t node, uint8_t letter) {
    uint32_t c = t->nodes[node].child;
    while (c && t->nodes[c].letter != letter) c = t->nodes[c].next;
    return c;
}

static uint32_t add_child(struct index_trie *t, uint32_t node, uint8_t letter) {
    t->nodes = memory_grow(t->nodes, t->node_count + 1, &t->node_capacity, sizeof *t->nodes);
    uint32_t c = (uint32_t)t->node_count++;
    t->nodes[c] = (struct trie_node){.next = t->nodes[node].child, .letter = letter};
    return t->nodes[node].child = c;
}

void trie_add(struct index_trie *t, enum trie_root root, struct text letters, uint32_t word) {
    uint32_t node = root;
    letters = text_slice(letters, 0, DEPTH_MAX);
    for (size_t i = 0; i < letters.n; i++) {
        uint8_t letter = (uint8_t)letters.p[i];
        uint32_t c = child_of(t, node, letter);
        node = c ? c : add_child(t, node, letter);
        if (t->nodes[node].deepest < letters.n) t->nodes[node].deepest = (uint8_t)letters.n;
    }
    t->words = memory_grow(t->words, t->word_count + 1, &t->word_capacity, sizeof *t->words);
    t->words[t->word_count++] = (struct trie_word){word, t->nodes[node].words};
    t->nodes[node].words = (uint32_t)t->word_count;
}

static void take_words(const struct index_trie *t, uint32_t node, struct arena *a, struct word_list *out) {
    for (uint32_t w = t->nodes[node].words; w; w = t->words[w - 1].next)
        *ARENA_PUSH(a, out) = t->words[w - 1].word;
}

void trie_same(const struct index_trie *t, enum trie_root root, struct text letters, struct arena *a,
               struct word_list *out) {
    uint32_t node = root;
    for (size_t i = 0; i < letters.n; i++)
        if (!(node = child_of(t, node, (uint8_t)letters.p[i]))) return;
    if (letters.n) take_words(t, node, a, out);
}

// ---- by distance

struct near_walk {
    const struct index_trie *trie;
    struct letters_columns columns;
    bool more_vowels; // words on the path have vowels that the one asked for leaves out
    size_t shortest, longest;
    uint16_t bound[2 * DEPTH_MAX + 1]; // by the longer word's length
    uint16_t row[DEPTH_MAX + 1][DISTANCE_LETTERS_MAX + 1];
    char path[DEPTH_MAX];
    struct arena *a;
    struct word_list *out;
};

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

// Whether a word that begins with these `depth` letters can be near enough. The longer it is, the more may
// differ, but each letter that is more costs, too.
static bool can_be_near(const struct near_walk *w, size_t depth, const uint16_t *row, size_t deepest) {
    size_t n = w->columns.y.n;
    if (!w->more_vowels) {
        for (size_t j = 0; j <= n; j++)
            if (row[j] <= w->bound[depth > j ? n + depth - j : n]) return true;
        return false;
    }
    size_t length = larger(n, deepest < w->longest ? deepest : w->longest);
    for (size_t j = 0; j <= n; j++) {
        size_t need = depth + (n - j), spare = length > need ? length - need : 0;
        if (row[j] + 2 * spare <= w->bound[length]) return true;
    }
    return false;
}

static void walk_near(struct near_walk *w, uint32_t node, size_t depth) {
    const struct trie_node *nodes = w->trie->nodes;
    size_t n = w->columns.y.n;
    for (uint32_t c = nodes[node].child; c; c = nodes[c].next) {
        if (nodes[c].deepest < w->shortest) continue;
        w->path[depth] = (char)nodes[c].letter;
        uint16_t *row = w->row[depth + 1];
        (void)letters_row(&w->columns, w->path, depth, w->more_vowels, depth ? w->row[depth - 1] : NULL,
                          w->row[depth], row);
        if (!can_be_near(w, depth + 1, row, nodes[c].deepest)) continue;
        if (nodes[c].words && row[n] <= w->bound[larger(n, depth + 1)])
            take_words(w->trie, c, w->a, w->out);
        if (depth + 1 < w->longest) walk_near(w, c, depth + 1);
    }
}

void trie_near(const struct index_trie *t, enum trie_root root, struct text letters, bool no_vowels,
               unsigned least, struct arena *a, struct word_list *out) {
    bool path_no_vowels = root == TRIE_NO_VOWELS;
    struct near_walk w = {.trie = t, .more_vowels = no_vowels && !path_no_vowels, .a = a, .out = out};
    letters = text_slice(letters, 0, DEPTH_MAX);
    letters_open(&w.columns, letters, path_no_vowels && !no_vowels);
    for (size_t j = 0; j <= letters.n; j++) w.row[0][j] = w.columns.first[j];
    for (size_t i = 0; i <= 2 * DEPTH_MAX; i++) w.bound[i] = (uint16_t)letters_bound(least, i);
    // as is_hopeless() of two words
    size_t n = letters.n;
    bool any = no_vowels || path_no_vowels;
    w.shortest = any ? (n + 2) / 3 : (n * 3 + 4) / 5;
    w.longest = any ? n * 3 : n * 5 / 3;
    if (w.longest > DEPTH_MAX) w.longest = DEPTH_MAX;
    walk_near(&w, root, 0);
}

// ---- by writing

struct written_walk {
    const struct index_trie *trie;
    enum graphemes_script script;
    struct text word;
    bool is_latin;
    double least, known; // what there is to know of the word asked for
    struct graphemes_step step[DEPTH_MAX + 1];
    int best[DEPTH_MAX + 1];
    char path[DEPTH_MAX];
    struct arena *a;
    struct word_list *out;
};

// What the path can still say is at most what there is to know of the rest of the word.
static bool can_be_written(const struct written_walk *w, size_t depth) {
    int best = w->best[depth];
    for (size_t k = 1; k < GRAPHEMES_BACK && k <= depth; k++)
        if (w->best[depth - k] > best) best = w->best[depth - k];
    return best + w->known >= w->least * sqrt(w->known * w->step[depth].cost);
}

static void walk_written(struct written_walk *w, uint32_t node, size_t depth) {
    const struct trie_node *nodes = w->trie->nodes;
    for (uint32_t c = nodes[node].child; c; c = nodes[c].next) {
        if (!w->is_latin && (nodes[c].letter < 'a' || nodes[c].letter > 'z')) continue;
        w->path[depth] = (char)nodes[c].letter;
        w->best[depth + 1] =
            graphemes_go(w->script, w->word, w->is_latin, w->path, depth + 1, w->step);
        if (!can_be_written(w, depth + 1)) continue;
        const struct graphemes_step *s = &w->step[depth + 1];
        double bits = w->known + s->cost - s->row[w->word.n];
        if (nodes[c].words && bits >= w->least * sqrt(w->known * s->cost))
            take_words(w->trie, c, w->a, w->out);
        if (depth + 1 < DEPTH_MAX) walk_written(w, c, depth + 1);
    }
}

void trie_written(const struct index_trie *t, enum graphemes_script s, struct text word, bool is_latin,
                  double least, struct arena *a, struct word_list *out) {
    struct written_walk *w = ARENA_NEW(a, struct written_walk);
    *w = (struct written_walk){.trie = t, .script = s, .is_latin = is_latin, .least = least, .a = a, .out = out};
    w->word = text_slice(word, 0, GRAPHEMES_LETTERS_MAX);
    w->known = is_latin ? graphemes_latin_cost(s, w->word) : graphemes_native_cost(s, w->word);
    graphemes_begin(s, w->word, is_latin, &w->step[0]);
    walk_written(w, is_latin ? TRIE_NATIVE + (uint32_t)s : TRIE_LETTERS, 0);
}
