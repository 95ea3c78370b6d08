// index_words.h - every word of the names in an index, once, and which of them are like another; inside this
// room. Words are only added: they are few beside the persons.
#pragma once
#include "identity/compare.h"

struct index_words;
struct index_words *index_words_new(void);
void index_words_free(struct index_words *w);
size_t index_words_count(const struct index_words *w);
size_t index_words_bytes(const struct index_words *w);

// Whether candidates are found by this word: articles, titles and legal forms find everybody.
bool index_word_finds(const struct prepared_token *t);
uint32_t index_words_add(struct index_words *w, const struct prepared_token *t, const uint8_t *letters);
unsigned index_word_weight(const struct index_words *w, uint32_t word);

struct similar_word {
    uint32_t word;
    uint8_t alike; // 1 to 100
};
struct similar_words {
    struct similar_word *items;
    size_t count, capacity;
};
// The words that are at least `least` alike, the most alike first; always ask with the same `least`.
void index_words_similar(const struct index_words *w, const struct prepared_token *t, const uint8_t *letters,
                         int least, struct arena *a, struct similar_words *out);
// Only those with the same consonants in the same order, in no order: for words that are put together.
void index_words_same_consonants(const struct index_words *w, const struct prepared_token *t,
                                 const uint8_t *letters, int least, struct arena *a,
                                 struct similar_words *out);
// The word with exactly these letters, false when there is none.
bool index_words_find(const struct index_words *w, struct text letters, uint32_t *word);
