// limit.c - mistakes at a door are counted; after a few free ones each makes the next wait longer.
//
// In memory and bounded: a restart forgives. Sets of eight by a secret hash, so that nobody can choose whom to push out;
// in a full set the one who may go on first is forgotten.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "access/internal.h"

enum { LIMIT_SETS = 2048, LIMIT_WAYS = 8, HALVE_MS = 60 * 60 * 1000 };

struct limit_rule {
    const char *space;
    int free;              // mistakes without a wait
    int64_t first_ms;      // the wait after the next one; doubles each time
    int64_t most_ms;
};
// Many people share the address of a camp or an office, so a source may err more often than a name.
static const struct limit_rule RULES[] = {
    {"name", 3, 2000, 15 * 60 * 1000},
    {"second", 3, 2000, 15 * 60 * 1000},
    {"source", 30, 1000, 5 * 60 * 1000},
    {"code", 3, 30 * 1000, 60 * 60 * 1000},
    {"code_source", 30, 1000, 5 * 60 * 1000},
    {"tracking", 5, 2000, 15 * 60 * 1000},
};
static const struct limit_rule OTHER = {"", 5, 2000, 15 * 60 * 1000};

struct entry {
    uint64_t key;          // 0: free
    int64_t last_ms, until_ms;
    int failures;
};

struct limits {
    const struct env *env;
    struct key secret;
    pthread_mutex_t mutex;
    struct entry sets[LIMIT_SETS][LIMIT_WAYS];
};

struct limits *limits_new(const struct env *env) {
    struct limits *l = calloc(1, sizeof *l);
    if (!l) return NULL;
    l->env = env;
    l->secret = key_random(env);
    pthread_mutex_init(&l->mutex, NULL);
    return l;
}

void limits_free(struct limits *l) {
    if (!l) return;
    pthread_mutex_destroy(&l->mutex);
    free(l);
}

static const struct limit_rule *rule_of(const char *space) {
    for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++)
        if (strcmp(RULES[i].space, space) == 0) return &RULES[i];
    return &OTHER;
}

static uint64_t number_of(struct limits *l, const char *space, struct text key) {
    struct key k = key_derive(&l->secret, text_of(space));
    struct hash h = hash_keyed(&k, bytes_of(key));
    uint64_t n;
    memcpy(&n, h.b, sizeof n);
    return n ? n : 1;
}

static struct entry *find(struct limits *l, uint64_t key) {
    struct entry *set = l->sets[key % LIMIT_SETS];
    for (int i = 0; i < LIMIT_WAYS; i++)
        if (set[i].key == key) return &set[i];
    return NULL;
}

static struct entry *make_room(struct limits *l, uint64_t key) {
    struct entry *set = l->sets[key % LIMIT_SETS], *best = &set[0];
    for (int i = 0; i < LIMIT_WAYS; i++) {
        if (!set[i].key) return &set[i];
        if (set[i].until_ms < best->until_ms ||
            (set[i].until_ms == best->until_ms && set[i].last_ms < best->last_ms))
            best = &set[i];
    }
    return best;
}

// Half of the mistakes are forgotten with each hour without one.
static void decay(struct entry *e, int64_t now_ms) {
    for (; e->failures > 0 && now_ms - e->last_ms >= HALVE_MS; e->last_ms += HALVE_MS) e->failures /= 2;
}

int64_t limits_wait_ms(struct limits *l, const char *space, struct text key) {
    uint64_t n = number_of(l, space, key);
    int64_t now_ms = env_now(l->env).ms, wait = 0;
    pthread_mutex_lock(&l->mutex);
    struct entry *e = find(l, n);
    if (e && e->until_ms > now_ms) wait = e->until_ms - now_ms;
    // The clock jumped back: nobody waits longer than the longest wait.
    if (wait > rule_of(space)->most_ms) wait = rule_of(space)->most_ms;
    pthread_mutex_unlock(&l->mutex);
    return wait;
}

static int64_t delay_ms(const struct limit_rule *rule, int failures) {
    if (failures <= rule->free) return 0;
    int64_t delay = rule->first_ms;
    for (int i = rule->free + 1; i < failures && delay < rule->most_ms; i++) delay *= 2;
    return delay < rule->most_ms ? delay : rule->most_ms;
}

int limits_failed(struct limits *l, const char *space, struct text key) {
    uint64_t n = number_of(l, space, key);
    int64_t now_ms = env_now(l->env).ms;
    pthread_mutex_lock(&l->mutex);
    struct entry *e = find(l, n);
    if (!e) {
        e = make_room(l, n);
        *e = (struct entry){.key = n, .last_ms = now_ms};
    }
    decay(e, now_ms);
    if (e->failures < 1000) e->failures++;
    e->last_ms = now_ms;
    e->until_ms = now_ms + delay_ms(rule_of(space), e->failures);
    int failures = e->failures;
    pthread_mutex_unlock(&l->mutex);
    return failures;
}

void limits_passed(struct limits *l, const char *space, struct text key) {
    uint64_t n = number_of(l, space, key);
    pthread_mutex_lock(&l->mutex);
    struct entry *e = find(l, n);
    if (e) *e = (struct entry){0};
    pthread_mutex_unlock(&l->mutex);
}

enum status access_limit_ask(struct access *x, const char *space, struct text key, int64_t *wait_ms) {
    *wait_ms = limits_wait_ms(x->limits, space, key);
    return *wait_ms ? STATUS_BUSY : STATUS_OK;
}
void access_limit_failed(struct access *x, const char *space, struct text key) {
    (void)limits_failed(x->limits, space, key);
}
void access_limit_passed(struct access *x, const char *space, struct text key) {
    limits_passed(x->limits, space, key);
}
