// Words that are alike are found by what stays when a letter or two are left out (deletion neighbourhoods:
// Mor and Fraenkel 1982, Bocek et al. 2007): of their letters with all vowels as one, or, when one of the two
// comes from a script that leaves vowels out, of their consonants.
#include "identity/index_words.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "identity/alike.h"
#include "identity/index_memory.h"

enum {
    PATTERN_MAX = 10,     // letters that count; longer words agree in these or not at all
    TWO_DELETED_FROM = 7, // letters from which two may differ
    TWO_CONSONANTS_FROM = 5,
    KEYS_MAX = 3 * (1 + PATTERN_MAX + PATTERN_MAX * (PATTERN_MAX - 1) / 2) + 4,
};

struct word {
    struct prepared_token token;
    uint32_t letters_at;
};
struct near_word {
    uint32_t word, letters; // those of its token
};
// Beside the letters: that vowels are left out, and how long the word is.
static const uint32_t NO_VOWELS = 1u << 31;
enum { LENGTH_SHIFT = 27, LENGTH_MAX = 15 };
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
    struct index_kept *kept;
};
static struct index_kept *kept_new(void);
static void kept_free(struct index_kept *k);

struct index_words *index_words_new(void) {
    struct index_words *w = memory_zeroed(1, sizeof *w);
    w->exact_size = 1024;
    w->exact = memory_zeroed(w->exact_size, sizeof *w->exact);
    w->key_size = 4096;
    w->keys = memory_zeroed(w->key_size, sizeof *w->keys);
    w->kept = kept_new();
    return w;
}

void index_words_free(struct index_words *w) {
    if (!w) return;
    free(w->words);
    free(w->letters);
    free(w->exact);
    free(w->keys);
    free(w->near);
    kept_free(w->kept);
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

// Letters that are written for one another as one; 0 for what is written or left out at will.
static char sound_class(uint8_t c) {
    static const char CLASS[] = "apktafk.ajklmnapkrstaffkas"; // of a to z
    if (c >= 'a' && c <= 'z') return CLASS[c - 'a'];
    return (char)c;
}

// The letters, doubled ones once, all vowels as 'a'; without them when `consonants`.
static size_t pattern(const uint8_t *p, size_t n, bool consonants, char *out) {
    size_t count = 0;
    char last = 0;
    for (size_t i = 0; i < n && count < PATTERN_MAX; i++) {
        char c = sound_class(p[i]);
        if (c == '.') continue;
        if (c != last && !(consonants && c == 'a')) out[count++] = c;
        last = c;
    }
    return count;
}

static uint32_t hash_bytes(uint32_t h, const void *p, size_t n) {
    const uint8_t *b = p;
    for (size_t i = 0; i < n; i++) h = (h ^ b[i]) * 16777619u;
    return h;
}

enum key_kind { KEY_LETTERS = 1, KEY_CONSONANTS, KEY_SHORT, KEY_SPARSE, KEY_HEAD, KEY_TAIL, KEY_NICKNAME };

struct keys {
    uint32_t key[KEYS_MAX];
    size_t count;
};

static void add_key(struct keys *k, enum key_kind kind, const void *p, size_t n) {
    uint8_t first = (uint8_t)kind;
    uint32_t key = hash_bytes(hash_bytes(2166136261u, &first, 1), p, n) | 1;
    for (size_t i = 0; i < k->count; i++)
        if (k->key[i] == key) return;
    k->key[k->count++] = key;
}

static void add_without(struct keys *k, enum key_kind kind, const char *s, size_t n, size_t i, size_t j) {
    char rest[PATTERN_MAX];
    size_t count = 0;
    for (size_t c = 0; c < n; c++)
        if (c != i && c != j) rest[count++] = s[c];
    add_key(k, kind, rest, count);
}

static void add_shortened(struct keys *k, enum key_kind kind, const char *s, size_t n) {
    for (size_t i = 0; n > 1 && i < n; i++) add_without(k, kind, s, n, i, n);
    size_t two_from = kind == KEY_LETTERS ? TWO_DELETED_FROM : TWO_CONSONANTS_FROM;
    for (size_t i = 0; n >= two_from && i < n; i++)
        for (size_t j = i + 1; j < n; j++) add_without(k, kind, s, n, i, j);
}

// Keys of one word, to be found by or to look up. Words with vowels and words without find each other, and
// the latter themselves, by consonants; words with vowels are found among their like by all letters, which
// are fewer.
static void keys_of(const struct prepared_token *t, const uint8_t *letters, bool to_look_up, struct keys *k) {
    char s[PATTERN_MAX], c[PATTERN_MAX];
    size_t n = pattern(letters, t->length, false, s), m = pattern(letters, t->length, true, c);
    bool sparse = t->flags & TOKEN_NO_VOWELS;
    k->count = 0;
    if (t->word && t->kind == TOKEN_NAME) add_key(k, KEY_NICKNAME, &t->word, sizeof t->word);
    add_key(k, KEY_CONSONANTS, c, m);
    if (!sparse) {
        add_key(k, KEY_LETTERS, s, n);
        add_shortened(k, KEY_LETTERS, s, n);
    }
    if (sparse || to_look_up) {
        add_shortened(k, KEY_SPARSE, c, m);
        add_key(k, KEY_SPARSE, c, m);
    }
    if (sparse == to_look_up) { // with vowels, to be found by words without
        add_shortened(k, KEY_SHORT, c, m);
        add_key(k, KEY_SHORT, c, m);
    }
    if (m < 2) { // hardly more than vowels
        size_t part = t->length < 3 ? t->length : 3;
        add_key(k, KEY_HEAD, letters, part);
        add_key(k, KEY_TAIL, letters + t->length - part, part);
    }
}

// Only the key of all letters.
static void whole_key(const struct prepared_token *t, const uint8_t *letters, struct keys *k) {
    char s[PATTERN_MAX];
    k->count = 0;
    add_key(k, KEY_CONSONANTS, s, pattern(letters, t->length, true, s));
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

static uint32_t near_letters(const struct prepared_token *t) {
    uint32_t length = t->length < LENGTH_MAX ? t->length : LENGTH_MAX;
    return t->letters | length << LENGTH_SHIFT | (t->flags & TOKEN_NO_VOWELS ? NO_VOWELS : 0);
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
    w->near[k->at + k->count++] = (struct near_word){word, near_letters(t)};
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
    struct keys k;
    keys_of(t, letters, false, &k);
    for (size_t i = 0; i < k.count; i++) add_near(w, k.key[i], id);
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

// Letters that only one side has cannot be made good, nor can many that are missing: most words are set aside
// by this alone.
static bool may_be_alike(uint32_t mine, uint32_t theirs) {
    enum { LETTERS = (1u << LENGTH_SHIFT) - 1 };
    unsigned n = mine >> LENGTH_SHIFT & LENGTH_MAX, m = theirs >> LENGTH_SHIFT & LENGTH_MAX;
    unsigned longer = n > m ? n : m, shorter = n > m ? m : n;
    if ((mine | theirs) & NO_VOWELS) {
        if (shorter * 3 < longer) return false;
        mine |= VOWELS, theirs |= VOWELS;
    } else if (shorter * 5 < longer * 3) {
        return false;
    }
    unsigned a = (unsigned)__builtin_popcount(mine & ~theirs & LETTERS);
    unsigned b = (unsigned)__builtin_popcount(theirs & ~mine & LETTERS);
    return (a > b ? a : b) * 5 <= longer * 4;
}

static void add_similar(const struct index_words *w, uint32_t word, const struct prepared_token *t,
                        const uint8_t *letters, int least, struct arena *a, struct similar_words *out) {
    const struct word *x = &w->words[word];
    unsigned how = 0;
    int alike = tokens_alike(letters, t, w->letters + x->letters_at, &x->token, &how);
    if (alike >= least) *ARENA_PUSH(a, out) = (struct similar_word){word, (uint8_t)alike};
}

static void find_similar(const struct index_words *w, const struct prepared_token *t, const uint8_t *letters,
                         int least, bool same_consonants, struct arena *a, struct similar_words *out) {
    uint64_t *seen = ARENA_ARRAY(a, uint64_t, w->count / 64 + 1);
    uint32_t mine = near_letters(t);
    struct keys keys;
    if (same_consonants)
        whole_key(t, letters, &keys);
    else
        keys_of(t, letters, true, &keys);
    for (size_t i = 0; i < keys.count; i++) {
        const struct near_key *k = key_place(w->keys, w->key_size, keys.key[i]);
        for (uint32_t j = 0; j < k->count; j++) {
            struct near_word n = w->near[k->at + j];
            if (!may_be_alike(mine, n.letters)) continue;
            uint64_t bit = (uint64_t)1 << (n.word & 63);
            if (seen[n.word >> 6] & bit) continue;
            seen[n.word >> 6] |= bit;
            add_similar(w, n.word, t, letters, least, a, out);
        }
    }
}

static int by_alike(const void *a, const void *b) {
    const struct similar_word *x = a, *y = b;
    if (x->alike != y->alike) return x->alike > y->alike ? -1 : 1;
    return x->word < y->word ? -1 : x->word > y->word;
}

static void sort_similar(struct similar_words *s) {
    if (s->count) qsort(s->items, s->count, sizeof *s->items, by_alike);
}

void index_words_same_consonants(const struct index_words *w, const struct prepared_token *t,
                                 const uint8_t *letters, int least, struct arena *a,
                                 struct similar_words *out) {
    struct prepared_token mine = *t;
    mine.at = 0;
    find_similar(w, &mine, letters, least, true, a, out);
}

// ---- kept

// What was found for the words asked for last: names of people repeat. Words that came since are looked at
// when it is asked for again.
enum { KEPT = 32768, STRIPES = 64, SINCE_MAX = 200 };
struct kept {
    struct prepared_token token;
    uint8_t *letters;
    struct similar_word *items;
    size_t count, words; // how many words there were
};
struct index_kept {
    pthread_mutex_t lock[STRIPES];
    struct kept *places[KEPT];
};

static struct index_kept *kept_new(void) {
    struct index_kept *k = memory_zeroed(1, sizeof *k);
    for (size_t i = 0; i < STRIPES; i++) pthread_mutex_init(&k->lock[i], NULL);
    return k;
}

static void kept_free(struct index_kept *k) {
    for (size_t i = 0; i < KEPT; i++) {
        if (k->places[i]) free(k->places[i]->items), free(k->places[i]->letters);
        free(k->places[i]);
    }
    for (size_t i = 0; i < STRIPES; i++) pthread_mutex_destroy(&k->lock[i]);
    free(k);
}

static bool is_kept(const struct kept *k, const struct prepared_token *t, const uint8_t *letters) {
    struct prepared_token mine = *t;
    mine.at = k->token.at;
    return !memcmp(&mine, &k->token, sizeof mine) &&
           !memcmp(k->letters, letters, (size_t)t->length + t->native_length);
}

// What is kept for this word, copied to `a`; false when nothing is, or when it is too old.
static bool take_kept(const struct index_words *w, struct kept **place, const struct prepared_token *t,
                      const uint8_t *letters, struct arena *a, struct similar_words *out, size_t *words) {
    const struct kept *k = *place;
    if (!k || !is_kept(k, t, letters) || w->count - k->words > SINCE_MAX) return false;
    out->items = arena_copy(a, k->items, k->count * sizeof *k->items);
    out->count = out->capacity = k->count;
    *words = k->words;
    return true;
}

static void keep(const struct index_words *w, struct kept **place, const struct prepared_token *t,
                 const uint8_t *letters, const struct similar_words *s) {
    if (!*place) *place = memory_zeroed(1, sizeof **place);
    struct kept *k = *place;
    size_t length = (size_t)t->length + t->native_length;
    free(k->items);
    free(k->letters);
    k->token = *t;
    k->letters = memory_zeroed(length, 1);
    memcpy(k->letters, letters, length);
    k->items = memory_zeroed(s->count, sizeof *k->items);
    if (s->count) memcpy(k->items, s->items, s->count * sizeof *k->items);
    k->count = s->count;
    k->words = w->count;
}

void index_words_similar(const struct index_words *w, const struct prepared_token *t, const uint8_t *letters,
                         int least, struct arena *a, struct similar_words *out) {
    struct prepared_token mine = *t;
    mine.at = 0;
    size_t home = exact_hash(t, letters) >> 7 & (KEPT - 1), words = 0;
    pthread_mutex_t *lock = &w->kept->lock[home % STRIPES];
    pthread_mutex_lock(lock);
    bool taken = take_kept(w, &w->kept->places[home], &mine, letters, a, out, &words);
    pthread_mutex_unlock(lock);
    if (taken && words == w->count) return;
    if (taken)
        for (; words < w->count; words++) add_similar(w, (uint32_t)words, &mine, letters, least, a, out);
    else
        find_similar(w, &mine, letters, least, false, a, out);
    sort_similar(out);
    pthread_mutex_lock(lock);
    keep(w, &w->kept->places[home], &mine, letters, out);
    pthread_mutex_unlock(lock);
}
