#include "web/rate.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { SET = 8, SETS = RATE_BUCKETS / SET, STRIPES = 64, CLASSES_MAX = 16 };

struct bucket {
    uint64_t key;   // 0: free
    float tokens;   // at `at_ms`
    uint32_t at_ms; // wraps after 49 days; a bucket that old is full anyway
};

struct rate {
    const struct env *env;
    struct rate_limit limits[CLASSES_MAX];
    int class_count;
    unsigned char secret[crypto_shorthash_KEYBYTES];
    pthread_mutex_t locks[STRIPES];
    struct bucket buckets[RATE_BUCKETS];
};

struct rate *rate_new(const struct env *env, const struct rate_limit *limits, int class_count) {
    struct rate *r = calloc(1, sizeof *r);
    if (!r || class_count > CLASSES_MAX) abort();
    r->env = env;
    memcpy(r->limits, limits, sizeof *limits * (size_t)class_count);
    r->class_count = class_count;
    env_random(env, r->secret, sizeof r->secret);
    for (int i = 0; i < STRIPES; i++) pthread_mutex_init(&r->locks[i], NULL);
    return r;
}

void rate_free(struct rate *r) {
    if (!r) return;
    for (int i = 0; i < STRIPES; i++) pthread_mutex_destroy(&r->locks[i]);
    free(r);
}

static float tokens_now(const struct bucket *b, const struct rate_limit *l, uint32_t now_ms) {
    float tokens = b->tokens + (float)((double)(now_ms - b->at_ms) * l->per_minute / 60000.0);
    return tokens > (float)l->burst ? (float)l->burst : tokens;
}

// The bucket of the key; a new one takes the place of the one that has waited longest.
static struct bucket *bucket_find(struct rate *r, uint64_t key, int burst, uint32_t now_ms) {
    struct bucket *set = &r->buckets[key % SETS * SET], *oldest = set;
    for (int i = 0; i < SET; i++) {
        if (set[i].key == key) return &set[i];
        if (oldest->key && (!set[i].key || now_ms - set[i].at_ms > now_ms - oldest->at_ms)) oldest = &set[i];
    }
    *oldest = (struct bucket){key, (float)burst, now_ms};
    return oldest;
}

enum status rate_take(struct rate *r, int class, uint64_t key, int *wait_s) {
    const struct rate_limit *l = &r->limits[class];
    uint64_t named[2] = {key, (uint64_t) class}, hash;
    if (l->burst <= 0) return STATUS_OK; // no limit for this class
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)named, sizeof named, r->secret);
    if (!hash) hash = 1;
    uint32_t now_ms = (uint32_t)(env_monotonic_us(r->env) / 1000);
    pthread_mutex_t *lock = &r->locks[hash % SETS % STRIPES];
    pthread_mutex_lock(lock);
    struct bucket *b = bucket_find(r, hash, l->burst, now_ms);
    b->tokens = tokens_now(b, l, now_ms);
    b->at_ms = now_ms;
    bool is_allowed = b->tokens >= 1;
    if (is_allowed)
        b->tokens -= 1;
    else if (wait_s)
        *wait_s = (int)((1 - (double)b->tokens) * 60 / l->per_minute) + 1;
    pthread_mutex_unlock(lock);
    return is_allowed ? STATUS_OK : STATUS_BUSY;
}
