// Words that are alike are found by their consonants: two of them share a key when at most one consonant, or
// two of a long word, differ (deletion neighbourhoods: Mor and Fraenkel 1982, Bocek et al. 2007).
#include "identity/index_words.h"

#include <stdlib.h>
#include <string.h>

#include "identity/alike.h"
#include "identity/index_memory.h"

enum {
    SKELETON_MAX = 12,    // consonants that count; longer words agree in these or not at all
    TWO_DELETED_FROM = 5, // consonants from which two may differ
    KEYS_MAX = 1 + SKELETON_MAX + SKELETON_MAX * (SKELETON_MAX - 1) / 2 + 3,
};

struct word {
    struct prepared_token token;
    uint32_t letters_at;
};
struct near_word {
    uint32_t word, letters; // those of its token
};
static const uint32_t NO_VOWELS = 1u << 31; // among the letters
// Words of one key. A run that is full moves to a place of twice the size.
struct near_key {
    uint32_t key, at, count, capacity;
};
struct index_words {
    struct word *words;
    size_t count, capacity;
    uint8_t *letters;
    size_t letters_count, letters_capacity;
    uint32_t *exact; // word + 1
    size_t exact_size;
    struct near_key *keys;
    size_t key_count, key_size;
    struct near_word *near;
    size_t near_count, near_capacity;
};

struct index_words *index_words_new(void) {
    struct index_words *w = memory_zeroed(1, sizeof *w);
    w->exact_size = 1024;
    w->exact = memory_zeroed(w->exact_size, sizeof *w->exact);
    w->key_size = 4096;
    w->keys = memory_zeroed(w->key_size, sizeof *w->keys);
    return w;
}

void index_words_free(struct index_words *w) {
    if (!w) return;
    free(w->words);
    free(w->letters);
    free(w->exact);
    free(w->keys);
    free(w->near);
    free(w);
}

size_t index_words_count(const struct index_words *w) {
    return w->count;
}

size_t index_words_bytes(const struct index_words *w) {
    return sizeof *w + w->capacity * sizeof *w->words + w->letters_capacity +
           w->exact_size * sizeof *w->exact + w->key_size * sizeof *w->keys +
           w->near_capacity * sizeof *w->near;
}

bool index_word_finds(const struct prepared_token *t) {
    return t->length > 1 && (t->kind == TOKEN_NAME || t->kind == TOKEN_NUMBER || t->kind == TOKEN_TRADE);
}

unsigned index_word_weight(const struct index_words *w, uint32_t word) {
    return w->words[word].token.weight;
}

// ---- keys

// Vowels and what is written or left out at will say nothing.
static char sound_class(uint8_t c) {
    switch (c) {
    case 'q':
    case 'c': return 'k';
    case 'v':
    case 'w': return 'f';
    case 'z': return 's';
    case 'a':
    case 'e':
    case 'i':
    case 'o':
    case 'u':
    case 'y':
    case 'j':
    case 'h': return 0;
    default: return (char)c;
    }
}

// The consonants, doubled ones once.
static size_t skeleton(const uint8_t *p, size_t n, char *out) {
    size_t count = 0;
    for (size_t i = 0; i < n && count < SKELETON_MAX; i++) {
        char c = sound_class(p[i]);
        if (c && (!i || sound_class(p[i - 1]) != c)) out[count++] = c;
    }
    return count;
}

static uint32_t hash_bytes(uint32_t h, const void *p, size_t n) {
    const uint8_t *b = p;
    for (size_t i = 0; i < n; i++) h = (h ^ b[i]) * 16777619u;
    return h;
}

static uint32_t hash_without(const char *s, size_t n, size_t i, size_t j) {
    uint32_t h = 2166136261u;
    for (size_t k = 0; k < n; k++)
        if (k != i && k != j) h = (h ^ (uint8_t)s[k]) * 16777619u;
    return h | 1;
}

static size_t add_key(uint32_t *keys, size_t count, uint32_t key) {
    for (size_t i = 0; i < count; i++)
        if (keys[i] == key) return count;
    keys[count] = key;
    return count + 1;
}

// Keys of one word: its consonants, all but one of them, all but two; of nicknames their group.
static size_t keys_of(const struct prepared_token *t, const uint8_t *letters, uint32_t keys[KEYS_MAX]) {
    char s[SKELETON_MAX];
    size_t n = skeleton(letters, t->length, s), count = 0;
    if (t->word && t->kind == TOKEN_NAME)
        count = add_key(keys, count, hash_bytes(0x4E49434Bu, &t->word, 2) | 1);
    if (n < 2) { // hardly more than vowels
        size_t part = t->length < 3 ? t->length : 3;
        count = add_key(keys, count, hash_bytes(0x48454144u, letters, part) | 1);
        count = add_key(keys, count, hash_bytes(0x5441494Cu, letters + t->length - part, part) | 1);
    }
    if (n) count = add_key(keys, count, hash_without(s, n, n, n));
    for (size_t i = 0; n > 1 && i < n; i++) count = add_key(keys, count, hash_without(s, n, i, n));
    for (size_t i = 0; n >= TWO_DELETED_FROM && i < n; i++)
        for (size_t j = i + 1; j < n; j++) count = add_key(keys, count, hash_without(s, n, i, j));
    return count;
}

static struct near_key *key_place(struct near_key *keys, size_t size, uint32_t key) {
    size_t i = (key * 2654435761u) & (size - 1);
    while (keys[i].key && keys[i].key != key) i = (i + 1) & (size - 1);
    return &keys[i];
}

static void grow_keys(struct index_words *w) {
    if (w->key_count * 10 < w->key_size * 7) return;
    size_t size = w->key_size * 2;
    struct near_key *keys = memory_zeroed(size, sizeof *keys);
    for (size_t i = 0; i < w->key_size; i++)
        if (w->keys[i].key) *key_place(keys, size, w->keys[i].key) = w->keys[i];
    free(w->keys);
    w->keys = keys;
    w->key_size = size;
}

static void add_near(struct index_words *w, uint32_t key, uint32_t word) {
    grow_keys(w);
    struct near_key *k = key_place(w->keys, w->key_size, key);
    if (!k->key) k->key = key, w->key_count++;
    if (k->count == k->capacity) {
        uint32_t capacity = k->capacity ? k->capacity * 2 : 1;
        w->near = memory_grow(w->near, w->near_count + capacity, &w->near_capacity, sizeof *w->near);
        if (k->count) memcpy(w->near + w->near_count, w->near + k->at, k->count * sizeof *w->near);
        k->at = (uint32_t)w->near_count;
        k->capacity = capacity;
        w->near_count += capacity;
    }
    const struct prepared_token *t = &w->words[word].token;
    w->near[k->at + k->count++] =
        (struct near_word){word, t->letters | (t->flags & TOKEN_NO_VOWELS ? NO_VOWELS : 0)};
}

// ---- words

// What makes two tokens the same word of the index.
static uint32_t exact_hash(const struct prepared_token *t, const uint8_t *letters) {
    uint8_t kind[2] = {t->kind, t->flags & TOKEN_NO_VOWELS};
    uint32_t h = hash_bytes(hash_bytes(2166136261u, letters, t->length), kind, sizeof kind);
    return h * 2654435761u;
}

static bool is_word(const struct index_words *w, uint32_t i, const struct prepared_token *t,
                    const uint8_t *letters) {
    const struct word *x = &w->words[i];
    return x->token.length == t->length && x->token.kind == t->kind &&
           !((x->token.flags ^ t->flags) & TOKEN_NO_VOWELS) &&
           !memcmp(w->letters + x->letters_at, letters, t->length);
}

static uint32_t *exact_place(const struct index_words *w, const struct prepared_token *t,
                             const uint8_t *letters) {
    size_t i = exact_hash(t, letters) & (w->exact_size - 1);
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

uint32_t index_words_add(struct index_words *w, const struct prepared_token *t, const uint8_t *letters) {
    uint32_t *place = exact_place(w, t, letters);
    if (*place) return *place - 1;
    uint32_t id = (uint32_t)w->count;
    w->words = memory_grow(w->words, w->count + 1, &w->capacity, sizeof *w->words);
    size_t length = (size_t)t->length + t->native_length;
    w->letters = memory_grow(w->letters, w->letters_count + length, &w->letters_capacity, 1);
    struct word *x = &w->words[w->count++];
    *x = (struct word){*t, (uint32_t)w->letters_count};
    x->token.at = 0;
    memcpy(w->letters + w->letters_count, letters, length);
    w->letters_count += length;
    *place = id + 1;
    uint32_t keys[KEYS_MAX];
    size_t count = keys_of(t, letters, keys);
    for (size_t i = 0; i < count; i++) add_near(w, keys[i], id);
    grow_exact(w);
    return id;
}

bool index_words_find(const struct index_words *w, struct text letters, uint32_t *word) {
    struct prepared_token t = {.length = (uint8_t)letters.n, .kind = TOKEN_NAME};
    uint32_t found = *exact_place(w, &t, (const uint8_t *)letters.p);
    if (found) *word = found - 1;
    return found;
}

// ---- alike

static const uint32_t VOWELS =
    1u << 0 | 1u << ('e' - 'a') | 1u << ('i' - 'a') | 1u << ('o' - 'a') | 1u << ('u' - 'a');

// Letters that only one side has cannot be made good: most words are set aside by this alone.
static bool may_be_alike(const struct prepared_token *t, uint32_t mine, uint32_t theirs) {
    if ((t->flags & TOKEN_NO_VOWELS) || (theirs & NO_VOWELS)) mine |= VOWELS, theirs |= VOWELS;
    theirs &= ~NO_VOWELS;
    unsigned a = (unsigned)__builtin_popcount(mine & ~theirs),
             b = (unsigned)__builtin_popcount(theirs & ~mine);
    return (a > b ? a : b) * 5 <= t->length * 4u;
}

void index_words_similar(const struct index_words *w, const struct prepared_token *t, const uint8_t *letters,
                         int least, struct arena *a, struct similar_words *out) {
    uint64_t *seen = ARENA_ARRAY(a, uint64_t, w->count / 64 + 1);
    struct prepared_token mine = *t;
    mine.at = 0;
    uint32_t keys[KEYS_MAX];
    size_t count = keys_of(t, letters, keys);
    for (size_t i = 0; i < count; i++) {
        const struct near_key *k = key_place(w->keys, w->key_size, keys[i]);
        for (uint32_t j = 0; j < k->count; j++) {
            struct near_word n = w->near[k->at + j];
            uint64_t bit = (uint64_t)1 << (n.word & 63);
            if (seen[n.word >> 6] & bit) continue;
            seen[n.word >> 6] |= bit;
            if (!may_be_alike(t, t->letters, n.letters)) continue;
            const struct word *x = &w->words[n.word];
            unsigned how = 0;
            int alike = tokens_alike(letters, &mine, w->letters + x->letters_at, &x->token, &how);
            if (alike >= least) *ARENA_PUSH(a, out) = (struct similar_word){n.word, (uint8_t)alike};
        }
    }
}
