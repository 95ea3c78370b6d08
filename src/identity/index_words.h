// index_words.h - every word of the names in an index, once, and which of them are like another; inside this
// room. Words are only added: they are few beside the persons.
#pragma once
#include "identity/compare.h"
#include "identity/index_trie.h"
#include "identity/tokens.h"

struct index_word {
    struct prepared_token token;
    uint32_t letters_at;
};
struct index_words {
    struct index_word *words;
    uint8_t *weights; // of each word, beside each other
    size_t count, capacity, weights_capacity;
    uint8_t *letters;
    size_t letters_count, letters_capacity;
    uint32_t *exact; // word + 1, open addressing
    size_t exact_size;
    struct index_trie trie;
    struct index_kept *kept; // index_similar.c
};
struct index_words *index_words_new(void);
void index_words_free(struct index_words *w);
size_t index_words_count(const struct index_words *w);
size_t index_words_bytes(const struct index_words *w);

// Whether candidates are found by this word: titles and legal forms find everybody. Particles do, too, but
// one may stand for a name of another script, and they weigh little.
bool index_word_finds(const struct prepared_token *t);
uint32_t index_words_add(struct index_words *w, const struct prepared_token *t, const uint8_t *letters);
// Two words written as one; its letters go to `out`. False: that would be too long.
bool index_words_join(const struct prepared_token *x, const struct prepared_token *y, const uint8_t *letters,
                      struct prepared_token *t, uint8_t out[TOKEN_LETTERS_MAX]);
// The same for tokens that are one word.
uint32_t index_token_hash(const struct prepared_token *t, const uint8_t *letters);

struct similar_word {
    uint32_t word;
    uint8_t alike; // 1 to 100
};
struct similar_words {
    struct similar_word *items;
    size_t count, capacity;
};
enum { WORD_ASKS_MAX = 32 };
struct word_ask {
    struct prepared_token token;
    const uint8_t *letters;     // of this word
    int least;                  // how alike
    bool is_near;               // only by Latin letters: for words that are put together
    struct similar_words found; // the most alike first
};
// Finds the words like each of `count`, up to WORD_ASKS_MAX.
void index_words_ask(const struct index_words *w, struct word_ask *asks, size_t count, struct arena *a);
void index_words_like(const struct index_words *w, struct word_ask *ask, struct arena *a); // one
bool index_words_is_kept(const struct index_words *w, const struct word_ask *ask); // found without looking

struct index_kept *index_kept_new(void);
void index_kept_free(struct index_kept *k);
size_t index_kept_bytes(struct index_kept *k);
