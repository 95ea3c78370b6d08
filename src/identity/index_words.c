// The words of an index: each once, whatever it is in the names of how many people.
#include "identity/index_words.h"

#include <stdlib.h>
#include <string.h>

#include "identity/alike.h"
#include "identity/index_memory.h"

struct index_words *index_words_new(void) {
    struct index_words *w = memory_zeroed(1, sizeof *w);
    w->exact_size = 1024;
    w->exact = memory_zeroed(w->exact_size, sizeof *w->exact);
    trie_open(&w->trie);
    w->kept = index_kept_new();
    return w;
}

void index_words_free(struct index_words *w) {
    if (!w) return;
    free(w->words);
    free(w->weights);
    free(w->letters);
    free(w->exact);
    trie_close(&w->trie);
    index_kept_free(w->kept);
    free(w);
}

size_t index_words_count(const struct index_words *w) {
    return w->count;
}

size_t index_words_bytes(const struct index_words *w) {
    return sizeof *w + w->capacity * sizeof *w->words + w->weights_capacity + w->letters_capacity +
           w->exact_size * sizeof *w->exact + trie_bytes(&w->trie) + index_kept_bytes(w->kept);
}

bool index_word_finds(const struct prepared_token *t) {
    return t->length > 1 && t->kind != TOKEN_INITIAL && t->kind != TOKEN_TITLE && t->kind != TOKEN_LEGAL;
}

static size_t all_letters(const struct prepared_token *t) {
    return (size_t)t->length + t->native_length;
}

uint32_t index_token_hash(const struct prepared_token *t, const uint8_t *letters) {
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < all_letters(t); i++) h = (h ^ letters[i]) * 16777619u;
    return ((h ^ t->kind) * 16777619u ^ t->script) * 2654435761u;
}

static bool is_word(const struct index_words *w, uint32_t i, const struct prepared_token *t,
                    const uint8_t *letters) {
    const struct index_word *x = &w->words[i];
    return x->token.length == t->length && x->token.native_length == t->native_length &&
           x->token.script == t->script && x->token.kind == t->kind &&
           !((x->token.flags ^ t->flags) & TOKEN_NO_VOWELS) &&
           !memcmp(w->letters + x->letters_at, letters, all_letters(t));
}

static uint32_t *exact_place(const struct index_words *w, const struct prepared_token *t,
                             const uint8_t *letters) {
    size_t i = index_token_hash(t, letters) & (w->exact_size - 1);
    while (w->exact[i] && !is_word(w, w->exact[i] - 1, t, letters)) i = (i + 1) & (w->exact_size - 1);
    return &w->exact[i];
}

static void grow_exact(struct index_words *w) {
    if (w->count * 2 < w->exact_size) return;
    free(w->exact);
    w->exact_size *= 2;
    w->exact = memory_zeroed(w->exact_size, sizeof *w->exact);
    for (uint32_t i = 0; i < w->count; i++)
        *exact_place(w, &w->words[i].token, w->letters + w->words[i].letters_at) = i + 1;
}

static void add_both_ways(struct index_trie *t, enum trie_root root, struct text letters, uint32_t id) {
    char backwards[TRIE_DEPTH_MAX];
    trie_add(t, root, letters, id);
    trie_add(t, TRIE_BACKWARDS + root, trie_backwards(letters, backwards), id);
}

static void add_to_trie(struct index_words *w, const struct prepared_token *t, const uint8_t *letters,
                        uint32_t id) {
    struct text latin = {(const char *)letters, t->length},
                native = {(const char *)letters + t->length, t->native_length};
    enum graphemes_script s;
    add_both_ways(&w->trie, t->flags & TOKEN_NO_VOWELS ? TRIE_NO_VOWELS : TRIE_LETTERS, latin, id);
    if (t->word && t->kind == TOKEN_NAME) {
        uint8_t group[2] = {(uint8_t)(t->word >> 8), (uint8_t)t->word};
        trie_add(&w->trie, TRIE_GROUP, (struct text){(const char *)group, 2}, id);
    }
    if (!token_graphemes(t, &s)) return;
    add_both_ways(&w->trie, TRIE_NATIVE + s, native, id);
    struct text bare = without_article(s, native);
    if (bare.n < native.n) add_both_ways(&w->trie, TRIE_NATIVE + s, bare, id);
}

bool index_words_join(const struct prepared_token *x, const struct prepared_token *y, const uint8_t *letters,
                      struct prepared_token *t, uint8_t out[TOKEN_LETTERS_MAX]) {
    if ((size_t)x->length + y->length > TOKEN_LETTERS_MAX) return false;
    *t = *x;
    t->length = (uint8_t)(x->length + y->length);
    t->letters |= y->letters;
    t->at = t->native_length = 0;
    t->sound = t->word = 0;
    t->flags |= y->flags;
    memcpy(out, letters + x->at, x->length);
    memcpy(out + x->length, letters + y->at, y->length);
    return true;
}

uint32_t index_words_add(struct index_words *w, const struct prepared_token *t, const uint8_t *letters) {
    uint32_t *place = exact_place(w, t, letters);
    if (*place) return *place - 1;
    uint32_t id = (uint32_t)w->count;
    w->words = memory_grow(w->words, w->count + 1, &w->capacity, sizeof *w->words);
    w->weights = memory_grow(w->weights, w->count + 1, &w->weights_capacity, sizeof *w->weights);
    w->weights[w->count] = t->weight;
    w->letters = memory_grow(w->letters, w->letters_count + all_letters(t), &w->letters_capacity, 1);
    struct index_word *x = &w->words[w->count++];
    *x = (struct index_word){*t, (uint32_t)w->letters_count};
    x->token.at = 0;
    memcpy(w->letters + w->letters_count, letters, all_letters(t));
    w->letters_count += all_letters(t);
    *place = id + 1;
    add_to_trie(w, t, letters, id);
    grow_exact(w);
    return id;
}
