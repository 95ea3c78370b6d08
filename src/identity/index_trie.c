// Words by their letters: those that begin alike share a path.
#include "identity/index_trie.h"

#include <stdlib.h>

#include "identity/index_memory.h"

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

// A path of Latin letters may be written for words of each script, a native one for Latin words.
static void set_known(struct index_trie *t, enum trie_root root, struct text letters, const uint32_t *path,
                      size_t from) {
    bool backwards = root >= TRIE_BACKWARDS;
    unsigned base = backwards ? root - TRIE_BACKWARDS : root;
    bool is_latin = base == TRIE_LETTERS;
    if (!is_latin && base < TRIE_NATIVE) return;
    for (unsigned i = 0; i < (is_latin ? GRAPHEMES_SCRIPT_COUNT : 1); i++) {
        int16_t cost[TRIE_DEPTH_MAX];
        trie_written_costs(is_latin ? i : base - TRIE_NATIVE, letters, is_latin, backwards, cost);
        for (size_t k = from; k < letters.n; k++) t->nodes[path[k]].known[i] = cost[k];
    }
}

void trie_add(struct index_trie *t, enum trie_root root, struct text letters, uint32_t word) {
    uint32_t node = root;
    letters = text_slice(letters, 0, TRIE_DEPTH_MAX);
    uint32_t behind[TRIE_DEPTH_MAX + 1] = {0}, path[TRIE_DEPTH_MAX];
    size_t there = letters.n; // so many nodes were there
    for (size_t i = letters.n; i-- > 0;) behind[i] = behind[i + 1] | trie_letter_bit((uint8_t)letters.p[i]);
    for (size_t i = 0; i < letters.n; i++) {
        uint8_t letter = (uint8_t)letters.p[i];
        uint32_t c = child_of(t, node, letter);
        if (!c && i < there) there = i;
        path[i] = node = c ? c : add_child(t, node, letter);
        t->nodes[node].letters |= behind[i];
        if (t->nodes[node].deepest < letters.n) t->nodes[node].deepest = (uint8_t)letters.n;
    }
    if (there < letters.n) set_known(t, root, letters, path, there);
    t->words = memory_grow(t->words, t->word_count + 1, &t->word_capacity, sizeof *t->words);
    t->words[t->word_count++] = (struct trie_word){word, t->nodes[node].words};
    t->nodes[node].words = (uint32_t)t->word_count;
}

struct text trie_backwards(struct text letters, char out[TRIE_DEPTH_MAX]) {
    letters = text_slice(letters, 0, TRIE_DEPTH_MAX);
    for (size_t i = 0; i < letters.n; i++) out[i] = letters.p[letters.n - 1 - i];
    return (struct text){out, letters.n};
}

void trie_take(const struct index_trie *t, uint32_t node, struct arena *a, struct word_list *out) {
    for (uint32_t w = t->nodes[node].words; w; w = t->words[w - 1].next)
        *ARENA_PUSH(a, out) = t->words[w - 1].word;
}

void trie_same(const struct index_trie *t, enum trie_root root, struct text letters, struct arena *a,
               struct word_list *out) {
    uint32_t node = root;
    for (size_t i = 0; i < letters.n; i++)
        if (!(node = child_of(t, node, (uint8_t)letters.p[i]))) return;
    if (letters.n) trie_take(t, node, a, out);
}

// ---- order

// The children of a node beside each other, then what is below each of them. `first` is the first child.
static void pack_children(const struct index_trie *t, uint32_t first, struct trie_node *out, uint32_t parent,
                          uint32_t *count) {
    uint32_t from = *count;
    for (uint32_t c = first; c; c = t->nodes[c].next) out[(*count)++] = t->nodes[c];
    uint32_t to = *count;
    out[parent].child = from;
    for (uint32_t i = from; i < to; i++) {
        out[i].next = i + 1 < to ? i + 1 : 0;
        if (out[i].child) pack_children(t, out[i].child, out, i, count);
    }
}

struct trie_node *trie_pack(const struct index_trie *t) {
    if (t->node_count < t->packed + t->packed / 4 + 4096) return NULL;
    struct trie_node *out = memory_zeroed(t->node_capacity, sizeof *out);
    uint32_t count = TRIE_ROOTS;
    for (uint32_t root = 0; root < TRIE_ROOTS; root++) {
        out[root] = t->nodes[root];
        if (out[root].child) pack_children(t, out[root].child, out, root, &count);
    }
    return out;
}

void trie_take_packed(struct index_trie *t, struct trie_node *nodes) {
    if (!nodes) return;
    free(t->nodes);
    t->nodes = nodes;
    t->packed = t->node_count;
}
