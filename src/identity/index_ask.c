// Several words that are asked for at once. Looking for a word that was not asked for before takes
// milliseconds, so a second thread takes its part of them.
#include <pthread.h>
#include <stdatomic.h>

#include "identity/index_words.h"

struct asking {
    const struct index_words *words;
    struct word_ask *asks;
    size_t count;
    atomic_size_t next;
};

// Takes one after the other while there are any; `mine` says which it had.
static void ask_some(struct asking *s, struct arena *a, bool *mine) {
    size_t i;
    while ((i = atomic_fetch_add(&s->next, 1)) < s->count) {
        struct word_ask *q = &s->asks[i];
        index_words_like(s->words, q, a);
        if (mine) mine[i] = true;
    }
}

struct second {
    struct asking *asking;
    struct arena arena;
    bool mine[WORD_ASKS_MAX];
};

static void *ask_beside(void *context) {
    struct second *s = context;
    ask_some(s->asking, &s->arena, s->mine);
    return NULL;
}

// What the second thread found, into the arena of the one who asked.
static void take_found(struct second *s, struct arena *a) {
    for (size_t i = 0; i < s->asking->count; i++) {
        struct similar_words *f = &s->asking->asks[i].found;
        if (!s->mine[i]) continue;
        f->items = arena_copy(a, f->items, f->count * sizeof *f->items);
        f->capacity = f->count;
    }
    arena_free(&s->arena);
}

void index_words_ask(const struct index_words *w, struct word_ask *asks, size_t count, struct arena *a) {
    struct asking asking = {.words = w, .asks = asks, .count = count};
    struct second second = {.asking = &asking};
    pthread_t thread;
    size_t new = 0;
    for (size_t i = 0; i < count; i++) new += !index_words_is_kept(w, &asks[i]);
    bool is_started = new > 1 && !pthread_create(&thread, NULL, ask_beside, &second);
    ask_some(&asking, a, NULL);
    if (!is_started) return;
    pthread_join(thread, NULL);
    take_found(&second, a);
}
