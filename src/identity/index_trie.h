// index_trie.h - words by their letters, those that begin alike together: all that are near to one word are
// found in one walk, which leaves a branch as soon as nothing on it can be near; inside this room.
#pragma once
#include "base/arena.h"
#include "identity/graphemes.h"

enum trie_root {
    TRIE_LETTERS,   // Latin letters of words with vowels
    TRIE_NO_VOWELS, // of words from scripts without
    TRIE_GROUP,     // words of one group of nicknames, one sign of Han: two bytes
    TRIE_NATIVE,    // + enum graphemes_script: letters of that script
    TRIE_BACKWARDS = TRIE_NATIVE + GRAPHEMES_SCRIPT_COUNT, // + one of those above: from the last letter on
    TRIE_ROOTS = 2 * TRIE_BACKWARDS
};
enum { TRIE_DEPTH_MAX = GRAPHEMES_LETTERS_MAX };
struct trie_node {
    uint32_t child, next, words;           // words: in trie_word, + 1
    uint32_t letters;                      // trie_letter_bit() of its own and of all that come behind it
    int16_t known[GRAPHEMES_SCRIPT_COUNT]; // trie_written_costs() of its path, for each script that it has
    uint8_t letter, deepest;               // length of the longest word from here on
};
static inline uint32_t trie_letter_bit(uint8_t letter) {
    return (uint32_t)1 << (letter >= 'a' && letter <= 'z' ? letter - 'a' : 26 + letter % 6);
}
// What is below a node and those beside it will be looked at next.
static inline void trie_expect(const struct trie_node *nodes, uint32_t first) {
    for (uint32_t c = first; c; c = nodes[c].next) {
        __builtin_prefetch(&nodes[c + 6]); // most often they lie beside each other
        __builtin_prefetch(&nodes[nodes[c].child]);
    }
}
struct trie_word {
    uint32_t word, next;
};
struct index_trie {
    struct trie_node *nodes;
    size_t node_count, node_capacity, packed; // nodes in good order
    struct trie_word *words;
    size_t word_count, word_capacity;
};
struct word_list {
    uint32_t *items;
    size_t count, capacity;
};

void trie_open(struct index_trie *t);
void trie_close(struct index_trie *t);
size_t trie_bytes(const struct index_trie *t);
void trie_add(struct index_trie *t, enum trie_root root, struct text letters, uint32_t word);

// Those that are asked for together, beside each other: nodes in a new order, to be put in the place of the
// old ones; NULL when that is not worth it. Only who adds may call it.
struct trie_node *trie_pack(const struct index_trie *t);
void trie_take_packed(struct index_trie *t, struct trie_node *nodes);
// The words that end at a node.
void trie_take(const struct index_trie *t, uint32_t node, struct arena *a, struct word_list *out);
// Words with exactly these letters.
void trie_same(const struct index_trie *t, enum trie_root root, struct text letters, struct arena *a,
               struct word_list *out);
// Letters from the last on, at most TRIE_DEPTH_MAX of them. A word that is near as a whole is near in one
// half at least: walks from both ends need not go far where the half that they begin with is not.
struct text trie_backwards(struct text letters, char out[TRIE_DEPTH_MAX]);
// Words whose letters are as near as runs_alike() wants it for `least`. `no_vowels` says it of the word asked
// for.
void trie_near(const struct index_trie *t, enum trie_root root, struct text letters, bool no_vowels,
               unsigned least, struct arena *a, struct word_list *out);
// What each beginning of a path costs alone, whatever is written for it: bits by GRAPHEMES_BIT.
void trie_written_costs(enum graphemes_script s, struct text path, bool is_latin, bool backwards,
                        int16_t cost[TRIE_DEPTH_MAX]);
// Words that may be written for this one, of another script: `least` is the part of what there is to know
// that must be known of one from the other.
void trie_written(const struct index_trie *t, enum graphemes_script s, struct text word, bool is_latin,
                  double least, struct arena *a, struct word_list *out);
