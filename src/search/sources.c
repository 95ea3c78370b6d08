// sources.c - all sources at the same time; who is late is told as no answer, and ends by itself.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "search/source.h"

struct source_round;
struct asking {
    struct source_round *round;
    const struct remote *source;
    struct source_answer answer;
    struct arena arena;
    bool is_done, is_refused;
};
// Lives until the last of its threads and whoever waits for them have let go.
struct source_round {
    pthread_mutex_t lock;
    pthread_cond_t answered;
    size_t holders;
    struct arena arena;
    struct search_query query;
    struct text purpose;
    struct timespec began;
    struct asking asks[SOURCES_MAX];
    size_t count;
};

static int64_t ms_since(const struct timespec *t) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - t->tv_sec) * 1000 + (now.tv_nsec - t->tv_nsec) / 1000000;
}

static void let_go(struct source_round *r) {
    pthread_mutex_lock(&r->lock);
    bool last = --r->holders == 0;
    pthread_mutex_unlock(&r->lock);
    if (!last) return;
    for (size_t i = 0; i < r->count; i++) arena_free(&r->asks[i].arena);
    arena_free(&r->arena);
    pthread_cond_destroy(&r->answered);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

static void *ask(void *argument) {
    struct asking *k = argument;
    struct source_round *r = k->round;
    struct source_answer answer = {.state = SOURCE_NO_ANSWER, .why = "error"};
    k->source->ask(k->source, &r->query, r->purpose, &k->arena, &answer);
    pthread_mutex_lock(&r->lock);
    answer.took_ms = ms_since(&r->began);
    k->answer = answer;
    k->is_done = true;
    pthread_cond_broadcast(&r->answered);
    pthread_mutex_unlock(&r->lock);
    let_go(r);
    return NULL;
}

static void copy_record(struct arena *a, struct identity_record *r) {
    for (size_t i = 0; i < r->name_count; i++) {
        struct record_name *n = &r->names[i];
        n->family = text_copy(a, n->family);
        n->given = text_copy(a, n->given);
        n->whole = text_copy(a, n->whole);
    }
    for (size_t i = 0; i < r->number_count; i++) {
        r->numbers[i].kind = text_copy(a, r->numbers[i].kind);
        r->numbers[i].issuer = text_copy(a, r->numbers[i].issuer);
        r->numbers[i].number = text_copy(a, r->numbers[i].number);
    }
    for (size_t i = 0; i < r->nationality_count; i++) r->nationalities[i] = text_copy(a, r->nationalities[i]);
}

static void start(struct source_round *r, const struct remote *s) {
    pthread_t thread;
    pthread_attr_t detached;
    struct asking *k = &r->asks[r->count++];
    *k = (struct asking){.round = r, .source = s, .answer = {.state = SOURCE_NO_ANSWER, .why = "timeout"}};
    if (s->purpose.n && !text_eq(s->purpose, r->purpose)) {
        k->answer.why = "purpose";
        k->is_done = true;
        return;
    }
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    r->holders++;
    if (pthread_create(&thread, &detached, ask, k)) {
        r->holders--;
        k->answer.why = "busy";
        k->is_done = true;
    }
    pthread_attr_destroy(&detached);
}

enum status sources_begin(const struct sources *s, const struct search_query *query, struct text purpose,
                          struct source_round **out) {
    *out = NULL;
    if (!s || !s->count) return STATUS_OK;
    struct source_round *r = calloc(1, sizeof *r);
    pthread_condattr_t monotonic;
    if (!r) return STATUS_FULL;
    pthread_mutex_init(&r->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&r->answered, &monotonic);
    pthread_condattr_destroy(&monotonic);
    clock_gettime(CLOCK_MONOTONIC, &r->began);
    r->holders = 1;
    r->query = *query;
    r->query.number = text_copy(&r->arena, query->number);
    r->query.name = text_copy(&r->arena, query->name);
    r->query.person = r->query.typed = T("");
    copy_record(&r->arena, &r->query.record);
    r->purpose = text_copy(&r->arena, purpose);
    pthread_mutex_lock(&r->lock); // nobody lets go before all have begun
    for (size_t i = 0; i < s->count; i++) start(r, &s->items[i]);
    pthread_mutex_unlock(&r->lock);
    *out = r;
    return STATUS_OK;
}

static void wait_for(struct source_round *r, const struct asking *k) {
    struct timespec until = r->began;
    int ms = k->source->timeout_ms > 0 && k->source->timeout_ms < SOURCE_MS_MAX ? k->source->timeout_ms
                                                                                : SOURCE_MS_MAX;
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
    while (!k->is_done)
        if (pthread_cond_timedwait(&r->answered, &r->lock, &until)) return;
}

void sources_end(struct source_round *r, struct arena *a, struct source_results *out) {
    if (!r) return;
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < r->count; i++) {
        struct asking *k = &r->asks[i];
        wait_for(r, k);
        struct source_result *x = ARENA_PUSH(a, out);
        *x = (struct source_result){.source = k->source,
                                    .answer = {.state = SOURCE_NO_ANSWER, .why = "timeout"}};
        x->answer.took_ms = ms_since(&r->began);
        if (!k->is_done) continue;
        x->answer = k->answer;
        for (size_t n = 0; n < x->answer.count; n++) {
            struct source_line *l = &x->answer.lines[n];
            *l = (struct source_line){text_copy(a, l->kind), text_copy(a, l->reference),
                                      text_copy(a, l->level)};
        }
    }
    pthread_mutex_unlock(&r->lock);
    let_go(r);
}
