// limit.c - mistakes at a door are counted; after a few free ones each makes the next wait longer.
//
// Bounded, in memory, with a copy in the store (limit_store.c). Sets of eight by a secret hash, so that
// nobody can choose whom to push out; in a full set the one who may go on first is forgotten.
#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "access/limit.h"

enum { MINUTE_MS = 60 * 1000 };

struct limit_rule {
    const char *space;
    int free;         // mistakes without a wait
    int64_t first_ms; // the wait after the next one; doubles each time
    int64_t most_ms;
    int64_t halve_ms; // half of the mistakes are forgotten after this time ...
    bool is_shared; // an address, of many people: forgotten also while more come; a name: only without a new
                    // one
};
// A camp or an office has one address for all: a source may err more often than a name, and forgets while in
// use.
static const struct limit_rule RULES[] = {
    {"name", 3, 2000, 15 * MINUTE_MS, 60 * MINUTE_MS, false},
    // The same for a browser that has signed in to this account: what strangers do does not count here.
    {"known", 3, 2000, 15 * MINUTE_MS, 60 * MINUTE_MS, false},
    // A printed code has 78 bits: who guesses gets nowhere, so who has one waits a minute at most.
    {"printed", 100, 2000, MINUTE_MS, 60 * MINUTE_MS, false},
    {"second", 3, 2000, 15 * MINUTE_MS, 60 * MINUTE_MS, false},
    {"source", 30, 1000, 5 * MINUTE_MS, 10 * MINUTE_MS, true},
    {"code", 3, 30 * 1000, 60 * MINUTE_MS, 60 * MINUTE_MS, false},
    {"code_source", 60, 1000, 5 * MINUTE_MS, 10 * MINUTE_MS, true},
    {"tracking", 5, 2000, 15 * MINUTE_MS, 60 * MINUTE_MS, false},
};
static const struct limit_rule OTHER = {"", 5, 2000, 15 * MINUTE_MS, 60 * MINUTE_MS, false};

struct limits *limits_new(const struct env *env) {
    struct limits *l = calloc(1, sizeof *l);
    if (!l) return NULL;
    l->env = env;
    l->secret = key_random(env);
    pthread_mutex_init(&l->mutex, NULL);
    pthread_cond_init(&l->saved, NULL);
    return l;
}

void limits_free(struct limits *l) {
    if (!l) return;
    limits_settle(l);
    pthread_cond_destroy(&l->saved);
    pthread_mutex_destroy(&l->mutex);
    free(l);
}

static const struct limit_rule *rule_of(const char *space) {
    for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++)
        if (strcmp(RULES[i].space, space) == 0) return &RULES[i];
    return &OTHER;
}

// A household, or one attacker, has 2^64 addresses of IPv6: the network counts, not the address.
static struct text network_of(struct text address, uint8_t network[16]) {
    char c[INET6_ADDRSTRLEN];
    if (!address.n || address.n >= sizeof c) return address;
    memcpy(c, address.p, address.n);
    c[address.n] = 0;
    if (inet_pton(AF_INET6, c, network) != 1) return address;
    bool is_mapped = IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)network);
    return text_of_bytes((struct bytes){network, is_mapped ? 16 : 8});
}

static uint64_t number_of(struct limits *l, const char *space, struct text key) {
    uint8_t network[16];
    if (rule_of(space)->is_shared) key = network_of(key, network);
    struct key k = key_derive(&l->secret, text_of(space));
    struct hash h = hash_keyed(&k, bytes_of(key));
    uint64_t n;
    memcpy(&n, h.b, sizeof n);
    return n ? n : 1;
}

static struct limit_entry *find(struct limits *l, uint64_t key) {
    struct limit_entry *set = l->sets[key % LIMIT_SETS];
    for (int i = 0; i < LIMIT_WAYS; i++)
        if (set[i].key == key) return &set[i];
    return NULL;
}

static struct limit_entry *make_room(struct limits *l, uint64_t key) {
    struct limit_entry *set = l->sets[key % LIMIT_SETS], *best = &set[0];
    for (int i = 0; i < LIMIT_WAYS; i++) {
        if (!set[i].key) return &set[i];
        if (set[i].until_ms < best->until_ms ||
            (set[i].until_ms == best->until_ms && set[i].last_ms < best->last_ms))
            best = &set[i];
    }
    return best;
}

static void forget_half(const struct limit_rule *rule, struct limit_entry *e, int64_t now_ms) {
    for (; e->failures > 0 && now_ms - e->halved_ms >= rule->halve_ms; e->halved_ms += rule->halve_ms)
        e->failures /= 2;
    if (!e->failures || !rule->is_shared) e->halved_ms = now_ms;
}

static int64_t wait_of(const char *space, const struct limit_entry *e, int64_t now_ms) {
    if (!e || e->until_ms <= now_ms) return 0;
    int64_t wait = e->until_ms - now_ms, most = rule_of(space)->most_ms;
    return wait < most ? wait : most; // the clock jumped back: nobody waits longer than the longest wait
}

int64_t limits_wait_ms(struct limits *l, const char *space, struct text key) {
    uint64_t n = number_of(l, space, key);
    int64_t now_ms = env_now(l->env).ms;
    pthread_mutex_lock(&l->mutex);
    int64_t wait = wait_of(space, find(l, n), now_ms);
    pthread_mutex_unlock(&l->mutex);
    return wait;
}

static int64_t delay_ms(const struct limit_rule *rule, int failures) {
    if (failures <= rule->free) return 0;
    int64_t delay = rule->first_ms;
    for (int i = rule->free + 1; i < failures && delay < rule->most_ms; i++) delay *= 2;
    return delay < rule->most_ms ? delay : rule->most_ms;
}

// Called with the mutex held: one more mistake.
static void count_mistake(struct limits *l, const char *space, uint64_t key, int64_t now_ms) {
    struct limit_entry *e = find(l, key);
    if (!e) {
        e = make_room(l, key);
        *e = (struct limit_entry){.key = key, .halved_ms = now_ms};
    }
    forget_half(rule_of(space), e, now_ms);
    if (e->failures < LIMIT_FAILURES_MAX) e->failures++;
    e->last_ms = now_ms;
    e->until_ms = now_ms + delay_ms(rule_of(space), e->failures);
    limits_note(l, e);
}

int64_t limits_take(struct limits *l, const char *space, struct text key) {
    uint64_t n = number_of(l, space, key);
    int64_t now_ms = env_now(l->env).ms;
    pthread_mutex_lock(&l->mutex);
    int64_t wait = wait_of(space, find(l, n), now_ms);
    if (!wait) count_mistake(l, space, n, now_ms);
    pthread_mutex_unlock(&l->mutex);
    limits_save(l);
    return wait;
}

void limits_failed(struct limits *l, const char *space, struct text key) {
    uint64_t n = number_of(l, space, key);
    int64_t now_ms = env_now(l->env).ms;
    pthread_mutex_lock(&l->mutex);
    count_mistake(l, space, n, now_ms);
    pthread_mutex_unlock(&l->mutex);
    limits_save(l);
}

int limits_failures(struct limits *l, const char *space, struct text key) {
    uint64_t n = number_of(l, space, key);
    pthread_mutex_lock(&l->mutex);
    struct limit_entry *e = find(l, n);
    int failures = e ? e->failures : 0;
    pthread_mutex_unlock(&l->mutex);
    return failures;
}

void limits_passed(struct limits *l, const char *space, struct text key) {
    uint64_t n = number_of(l, space, key);
    pthread_mutex_lock(&l->mutex);
    struct limit_entry *e = find(l, n);
    if (e) {
        *e = (struct limit_entry){0};
        limits_note(l, e);
    }
    pthread_mutex_unlock(&l->mutex);
    limits_save(l);
}

void limits_sweep(struct limits *l, struct moment now) {
    pthread_mutex_lock(&l->mutex);
    for (int i = 0; i < LIMIT_SLOTS; i++) {
        struct limit_entry *e = &l->sets[i / LIMIT_WAYS][i % LIMIT_WAYS];
        if (!e->key || now.ms - e->last_ms < LIMIT_KEPT_MS) continue;
        *e = (struct limit_entry){0};
        limits_note(l, e);
    }
    pthread_mutex_unlock(&l->mutex);
    limits_save(l);
}

enum status access_limit_ask(struct access *x, const char *space, struct text key, int64_t *wait_ms) {
    *wait_ms = limits_take(x->limits, space, key);
    return *wait_ms ? STATUS_BUSY : STATUS_OK;
}

void access_limit_passed(struct access *x, const char *space, struct text key) {
    limits_passed(x->limits, space, key);
}
