// source_token.c - tokens for sources that give them for half an hour and one purpose, such as another Ostia.
#include <jansson.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "search/source_inside.h"

enum {
    PURPOSES_MAX = 8,
    PURPOSE_BYTES = 64,
    TOKEN_BYTES = 2048,
    EARLY_S = 30 /* a clock is never quite right */
};

struct source_tokens {
    pthread_mutex_t lock;
    struct kept {
        char purpose[PURPOSE_BYTES], token[TOKEN_BYTES];
        time_t ends; // CLOCK_MONOTONIC
    } kept[PURPOSES_MAX];
};

struct source_tokens *source_tokens_new(struct arena *a) {
    struct source_tokens *t = ARENA_NEW(a, struct source_tokens);
    pthread_mutex_init(&t->lock, NULL); // holds nothing that would have to be given back
    return t;
}

static time_t now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

static struct kept *find(struct source_tokens *t, struct text purpose) {
    for (int i = 0; i < PURPOSES_MAX; i++)
        if (t->kept[i].ends && text_eq(text_of(t->kept[i].purpose), purpose)) return &t->kept[i];
    return NULL;
}

static bool kept_token(struct source_tokens *t, struct text purpose, struct arena *a, struct text *out) {
    pthread_mutex_lock(&t->lock);
    struct kept *k = find(t, purpose);
    bool is_good = k && k->ends > now_s();
    if (is_good) *out = text_copy(a, text_of(k->token));
    pthread_mutex_unlock(&t->lock);
    return is_good;
}

// In the place of the same purpose, else of the one that ends first.
static void keep(struct source_tokens *t, struct text purpose, struct text token, int64_t seconds) {
    if (purpose.n >= PURPOSE_BYTES || token.n >= TOKEN_BYTES || seconds <= EARLY_S) return;
    pthread_mutex_lock(&t->lock);
    struct kept *k = find(t, purpose);
    if (!k) {
        k = &t->kept[0];
        for (int i = 1; i < PURPOSES_MAX; i++)
            if (t->kept[i].ends < k->ends) k = &t->kept[i];
    }
    memcpy(k->purpose, purpose.p, purpose.n);
    k->purpose[purpose.n] = 0;
    memcpy(k->token, token.p, token.n);
    k->token[token.n] = 0;
    k->ends = now_s() + (time_t)seconds - EARLY_S;
    pthread_mutex_unlock(&t->lock);
}

void source_token_forget(const struct http_source *h, struct text purpose) {
    if (!h->tokens) return;
    pthread_mutex_lock(&h->tokens->lock);
    struct kept *k = find(h->tokens, purpose);
    if (k) k->ends = 0;
    pthread_mutex_unlock(&h->tokens->lock);
}

static const char *read_token(struct text body, struct arena *a, struct text *token, int64_t *seconds) {
    json_error_t e;
    json_t *o = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, &e);
    const char *t = json_string_value(json_object_get(o, "access_token"));
    *seconds = json_integer_value(json_object_get(o, "expires_in"));
    if (t) *token = text_copy(a, text_of(t));
    json_decref(o);
    return t && token->n ? NULL : "unreadable";
}

// In form encoding; NULL: no memory.
static const char *grant(const struct http_source *h, struct text purpose, struct arena *a) {
    char *id = curl_easy_escape(NULL, h->client, 0), *secret = curl_easy_escape(NULL, h->secret, 0);
    char *scope = curl_easy_escape(NULL, text_c(a, purpose), 0);
    const char *body = NULL;
    if (id && secret && scope)
        body =
            text_c(a, text_printf(a, "grant_type=client_credentials&client_id=%s&client_secret=%s&scope=%s",
                                  id, secret, scope));
    curl_free(id);
    curl_free(secret);
    curl_free(scope);
    return body;
}

const char *source_token(const struct http_source *h, struct text purpose, long timeout_ms, struct arena *a,
                         struct text *out) {
    struct taken x = {.out = {.arena = a}};
    int64_t seconds;
    if (h->token) return *out = text_of(h->token), NULL;
    if (kept_token(h->tokens, purpose, a, out)) return NULL;
    const char *body = grant(h, purpose, a);
    if (!body) return "busy";
    const char *why = http_post(h, h->token_url, NULL, body, timeout_ms, &x);
    if (!why) why = read_token(out_done(&x.out), a, out, &seconds);
    if (!why) keep(h->tokens, purpose, *out, seconds);
    return why;
}
