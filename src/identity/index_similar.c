// Which words of an index are like one that is asked for, by the same measure as two names are compared, and
// what was asked last: names of people repeat.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "identity/alike.h"
#include "identity/index_memory.h"
#include "identity/index_words.h"

static void add_similar(const struct index_words *w, uint32_t word, const struct prepared_token *t,
                        const uint8_t *letters, int least, struct arena *a, struct similar_words *out) {
    const struct index_word *x = &w->words[word];
    unsigned how = 0;
    int alike = tokens_alike(letters, t, w->letters + x->letters_at, &x->token, &how);
    if (alike >= least) *ARENA_PUSH(a, out) = (struct similar_word){word, (uint8_t)alike};
}

static void add_words(const struct index_words *w, const struct word_list *found,
                      const struct prepared_token *t, const uint8_t *letters, int least, struct arena *a,
                      struct similar_words *out) {
    uint64_t *seen = ARENA_ARRAY(a, uint64_t, w->count / 64 + 1);
    for (size_t i = 0; i < found->count; i++) {
        uint32_t word = found->items[i];
        uint64_t bit = (uint64_t)1 << (word & 63);
        if (seen[word >> 6] & bit) continue;
        seen[word >> 6] |= bit;
        add_similar(w, word, t, letters, least, a, out);
    }
}

// "alhassan" for "hassan", "abdaziz" for "aziz", and the other way round.
static void find_prefixed(const struct index_words *w, struct text latin, struct arena *a,
                          struct word_list *found) {
    static const char *const PREFIXES[] = {"al", "el", "abd"};
    for (size_t i = 0; i < sizeof PREFIXES / sizeof *PREFIXES; i++) {
        struct text prefix = text_of(PREFIXES[i]), longer = TEXT_JOIN(a, prefix, latin), shorter = latin;
        bool has = text_starts(latin, prefix);
        if (has) shorter = text_slice(latin, prefix.n, latin.n);
        for (enum trie_root r = TRIE_LETTERS; r <= TRIE_NO_VOWELS; r++) {
            trie_same(&w->trie, r, longer, a, found);
            if (has) trie_same(&w->trie, r, shorter, a, found);
        }
    }
}

static void find_written(const struct index_words *w, const struct prepared_token *t, struct text latin,
                         struct text native, struct arena *a, struct word_list *found) {
    static const double LEAST_KNOWN = 0.01; // words_alike() is then 46
    enum graphemes_script s;
    if (token_graphemes(t, &s)) {
        trie_written(&w->trie, s, native, false, LEAST_KNOWN, a, found);
        struct text bare = without_article(s, native);
        if (bare.n < native.n) trie_written(&w->trie, s, bare, false, LEAST_KNOWN, a, found);
    } else if (t->script == SCRIPT_LATIN && letters_only(latin)) {
        for (s = 0; s < GRAPHEMES_SCRIPT_COUNT; s++)
            trie_written(&w->trie, s, latin, true, LEAST_KNOWN, a, found);
    }
}

static void find_similar(const struct index_words *w, const struct prepared_token *t, const uint8_t *letters,
                         int least, struct arena *a, struct similar_words *out) {
    enum { LEAST = 45 }; // of letters: what has the same sound, too, is more alike than that
    struct word_list found = {0};
    struct text latin = {(const char *)letters, t->length},
                native = {(const char *)letters + t->length, t->native_length};
    bool no_vowels = t->flags & TOKEN_NO_VOWELS;
    trie_near(&w->trie, TRIE_LETTERS, latin, no_vowels, LEAST, a, &found);
    trie_near(&w->trie, TRIE_NO_VOWELS, latin, no_vowels, LEAST, a, &found);
    find_prefixed(w, latin, a, &found);
    find_written(w, t, latin, native, a, &found);
    if (t->word && t->kind == TOKEN_NAME) {
        uint8_t group[2] = {(uint8_t)(t->word >> 8), (uint8_t)t->word};
        trie_same(&w->trie, TRIE_GROUP, (struct text){(const char *)group, 2}, a, &found);
    }
    add_words(w, &found, t, letters, least, a, out);
}

static void find_near(const struct index_words *w, const struct prepared_token *t, const uint8_t *letters,
                      int least, struct arena *a, struct similar_words *out) {
    struct word_list found = {0};
    for (enum trie_root r = TRIE_LETTERS; r <= TRIE_NO_VOWELS; r++)
        trie_near(&w->trie, r, (struct text){(const char *)letters, t->length}, t->flags & TOKEN_NO_VOWELS,
                  (unsigned)least, a, &found);
    add_words(w, &found, t, letters, least, a, out);
}

static int by_alike(const void *a, const void *b) {
    const struct similar_word *x = a, *y = b;
    if (x->alike != y->alike) return x->alike > y->alike ? -1 : 1;
    return x->word < y->word ? -1 : x->word > y->word;
}

static void sort_similar(struct similar_words *s) {
    if (s->count) qsort(s->items, s->count, sizeof *s->items, by_alike);
}

// ---- kept

// What was found for the words asked for last: names of people repeat. Words that came since are looked at
// when it is asked for again. A stripe that is full forgets others, in turn.
enum { KEPT = 32768, STRIPES = 64, SINCE_MAX = 200, STRIPE_BYTES = 1024 * 1024 };
struct asked {
    struct prepared_token token;
    const uint8_t *letters;
    int least;
    bool is_near; // by Latin letters only
};
struct kept {
    struct asked asked; // with letters of its own
    struct similar_word *items;
    size_t count, words; // how many words there were
};
struct index_kept {
    struct stripe {
        pthread_mutex_t lock;
        size_t bytes, hand; // hand: whose turn it is to be forgotten
    } stripe[STRIPES];
    struct kept *places[KEPT]; // of stripe i: those with i modulo STRIPES
};

struct index_kept *index_kept_new(void) {
    struct index_kept *k = memory_zeroed(1, sizeof *k);
    for (size_t i = 0; i < STRIPES; i++) pthread_mutex_init(&k->stripe[i].lock, NULL);
    return k;
}

static size_t asked_length(const struct asked *q) {
    return (size_t)q->token.length + q->token.native_length;
}

static size_t kept_bytes(const struct kept *k) {
    return sizeof *k + asked_length(&k->asked) + k->count * sizeof *k->items;
}

static void forget(struct stripe *s, struct kept **place) {
    struct kept *k = *place;
    if (!k) return;
    s->bytes -= kept_bytes(k);
    free((void *)k->asked.letters);
    free(k->items);
    free(k);
    *place = NULL;
}

void index_kept_free(struct index_kept *k) {
    for (size_t i = 0; i < KEPT; i++) forget(&k->stripe[i % STRIPES], &k->places[i]);
    for (size_t i = 0; i < STRIPES; i++) pthread_mutex_destroy(&k->stripe[i].lock);
    free(k);
}

size_t index_kept_bytes(struct index_kept *k) {
    size_t n = sizeof *k;
    for (size_t i = 0; i < STRIPES; i++) {
        pthread_mutex_lock(&k->stripe[i].lock);
        n += k->stripe[i].bytes;
        pthread_mutex_unlock(&k->stripe[i].lock);
    }
    return n;
}

static bool is_same(const struct asked *x, const struct asked *y) {
    const struct prepared_token *s = &x->token, *t = &y->token;
    return x->least == y->least && x->is_near == y->is_near && s->length == t->length &&
           s->native_length == t->native_length && s->script == t->script && s->kind == t->kind &&
           s->flags == t->flags && s->word == t->word && !memcmp(x->letters, y->letters, asked_length(x));
}

// What is kept for this word, copied to `a`; false when nothing is, or when it is too old.
static bool take_kept(const struct index_words *w, const struct kept *k, const struct asked *q,
                      struct arena *a, struct similar_words *out, size_t *words) {
    if (!k || !is_same(&k->asked, q) || w->count - k->words > SINCE_MAX) return false;
    out->items = arena_copy(a, k->items, k->count * sizeof *k->items);
    out->count = out->capacity = k->count;
    *words = k->words;
    return true;
}

// Where it is kept, or shall be: one of a few places of the same stripe.
static struct kept **kept_place(struct index_kept *k, size_t home, const struct asked *q) {
    enum { WAYS = 4 };
    struct kept **free_one = NULL;
    for (size_t i = 0; i < WAYS; i++) {
        struct kept **place = &k->places[(home + i * STRIPES) % KEPT];
        if (*place && is_same(&(*place)->asked, q)) return place;
        if (!*place && !free_one) free_one = place;
    }
    return free_one ? free_one : &k->places[home];
}

static void keep(const struct index_words *w, size_t home, const struct asked *q,
                 const struct similar_words *s) {
    struct stripe *stripe = &w->kept->stripe[home % STRIPES];
    struct kept new = {*q, NULL, s->count, w->count}, **place = kept_place(w->kept, home, q);
    forget(stripe, place);
    if (kept_bytes(&new) > STRIPE_BYTES) return;
    for (; stripe->bytes + kept_bytes(&new) > STRIPE_BYTES; stripe->hand++)
        forget(stripe, &w->kept->places[stripe->hand * STRIPES % KEPT + home % STRIPES]);
    uint8_t *letters = memory_zeroed(asked_length(q) + 1, 1);
    memcpy(letters, q->letters, asked_length(q));
    new.asked.letters = letters;
    new.items = memory_zeroed(s->count, sizeof *new.items);
    if (s->count) memcpy(new.items, s->items, s->count * sizeof *new.items);
    *(*place = memory_zeroed(1, sizeof new)) = new;
    stripe->bytes += kept_bytes(&new);
}

static size_t home_of(const struct asked *q) {
    return index_token_hash(&q->token, q->letters) >> 7 & (KEPT - 1);
}

static void find(const struct index_words *w, const struct asked *q, struct arena *a,
                 struct similar_words *out) {
    size_t home = home_of(q), words = 0;
    pthread_mutex_t *lock = &w->kept->stripe[home % STRIPES].lock;
    pthread_mutex_lock(lock);
    bool taken = take_kept(w, *kept_place(w->kept, home, q), q, a, out, &words);
    pthread_mutex_unlock(lock);
    if (taken && words == w->count) return;
    if (taken)
        for (; words < w->count; words++)
            add_similar(w, (uint32_t)words, &q->token, q->letters, q->least, a, out);
    else if (q->is_near)
        find_near(w, &q->token, q->letters, q->least, a, out);
    else
        find_similar(w, &q->token, q->letters, q->least, a, out);
    sort_similar(out);
    pthread_mutex_lock(lock);
    keep(w, home, q, out);
    pthread_mutex_unlock(lock);
}

static struct asked asked_of(const struct word_ask *ask) {
    struct asked q = {ask->token, ask->letters, ask->least, ask->is_near};
    q.token.at = 0;
    q.token.flags &= TOKEN_NO_VOWELS | TOKEN_ACRONYM; // what else it is does not matter here
    return q;
}

void index_words_like(const struct index_words *w, struct word_ask *ask, struct arena *a) {
    struct asked q = asked_of(ask);
    find(w, &q, a, &ask->found);
}

bool index_words_is_kept(const struct index_words *w, const struct word_ask *ask) {
    struct asked q = asked_of(ask);
    size_t home = home_of(&q);
    pthread_mutex_t *lock = &w->kept->stripe[home % STRIPES].lock;
    pthread_mutex_lock(lock);
    const struct kept *k = *kept_place(w->kept, home, &q);
    bool is_kept = k && is_same(&k->asked, &q) && k->words == w->count;
    pthread_mutex_unlock(lock);
    return is_kept;
}
