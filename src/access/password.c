// password.c - what makes a password good enough, and argon2id with a bound on how many run at once.
//
// NIST SP 800-63B 3.1.1.2: length counts, no composition rules, common ones are refused.
#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "access/internal.h"

static_assert(PASSWORD_HASH_MAX >= crypto_pwhash_STRBYTES);

enum { HASHER_WAIT_S = 5 };

// ---- rules ----

// True when one of the listed pieces ends at `end` and everything before it is made of pieces too.
static bool piece_ends_at(struct text list, const char *p, size_t end, const bool *reached) {
    struct text line;
    while (text_cut(&list, '\n', &line)) {
        if (!line.n || line.p[0] == '#' || line.n > end) continue;
        if (reached[end - line.n] && memcmp(p + end - line.n, line.p, line.n) == 0) return true;
    }
    return false;
}

// True when the password is nothing but listed pieces with digits and signs between them: "Password-2026!".
// Digits alone are not common; is_pattern looks at those.
static bool is_common(struct text list, struct text lower) {
    bool reached[PASSWORD_BYTES_MAX + 1] = {true}, has_letters = false;
    for (size_t end = 1; end <= lower.n; end++) {
        unsigned char c = (unsigned char)lower.p[end - 1];
        bool is_filler = c < 0x80 && !(c >= 'a' && c <= 'z');
        has_letters |= !is_filler;
        reached[end] = (is_filler && reached[end - 1]) || piece_ends_at(list, lower.p, end, reached);
    }
    return has_letters && reached[lower.n];
}

// "aaaaaaaaaaaa", "abcabcabcabc", "123456789012", "abcdefghijkl".
static bool is_pattern(struct text t) {
    for (size_t period = 1; period <= 4; period++) {
        size_t i = period;
        while (i < t.n && t.p[i] == t.p[i - period]) i++;
        if (i == t.n) return true;
    }
    size_t runs = 0;
    for (size_t i = 1; i < t.n; i++) {
        int step = t.p[i] - t.p[i - 1];
        runs += step != 1 && step != -1;
    }
    return runs <= t.n / 8;
}

// The part of a contact that a password must not repeat: before the "@" of an e-mail address.
static bool is_like(struct text lower, struct text like) {
    struct text local = like;
    text_cut(&like, '@', &local);
    size_t at;
    return local.n >= 4 && text_find(lower, local, &at) && lower.n - local.n < 6;
}

enum status password_check(struct text password, struct text like, struct problem *p) {
    char lower[PASSWORD_BYTES_MAX];
    if (password.n > PASSWORD_BYTES_MAX)
        return problem(p, "password", "password_long", "problem.password.long");
    if (!text_is_utf8(password)) return problem(p, "password", "password_text", "problem.password.text");
    if (text_codepoints(password) < PASSWORD_CHARS_MIN) {
        enum status st = problem(p, "password", "password_short", "problem.password.short");
        problem_arg(p, "min", T("12"));
        return st;
    }
    for (size_t i = 0; i < password.n; i++) {
        char c = password.p[i];
        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    struct text low = {lower, password.n};
    const struct embedded *list = &ACCESS_DATA.files[0];
    bool common = is_pattern(low) || is_common((struct text){(const char *)list->p, list->n}, low);
    bool alike = is_like(low, like);
    sodium_memzero(lower, sizeof lower);
    if (common) return problem(p, "password", "password_common", "problem.password.common");
    if (alike) return problem(p, "password", "password_like_name", "problem.password.like_name");
    return STATUS_OK;
}

// ---- argon2id ----

struct hasher {
    unsigned long long passes;
    size_t bytes;
    pthread_mutex_t mutex;
    pthread_cond_t released;
    int free;
    int64_t done; // hashes that were computed
    char nobody[PASSWORD_HASH_MAX]; // hash of random bytes: for accounts that do not exist
};

static enum status acquire(struct hasher *h) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += HASHER_WAIT_S;
    pthread_mutex_lock(&h->mutex);
    int rc = 0;
    while (h->free == 0 && rc == 0) rc = pthread_cond_timedwait(&h->released, &h->mutex, &until);
    bool got = h->free > 0;
    if (got) h->free--;
    pthread_mutex_unlock(&h->mutex);
    return got ? STATUS_OK : STATUS_BUSY;
}

static void release(struct hasher *h) {
    pthread_mutex_lock(&h->mutex);
    h->free++;
    h->done++;
    pthread_cond_signal(&h->released);
    pthread_mutex_unlock(&h->mutex);
}

struct hasher *hasher_new(int passes, size_t bytes, int threads) {
    struct hasher *h = calloc(1, sizeof *h);
    if (!h) return NULL;
    h->passes = passes ? (unsigned long long)passes : crypto_pwhash_OPSLIMIT_INTERACTIVE;
    h->bytes = bytes ? bytes : crypto_pwhash_MEMLIMIT_INTERACTIVE;
    h->free = threads ? threads : 4;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&h->mutex, NULL);
    pthread_cond_init(&h->released, &monotonic);
    pthread_condattr_destroy(&monotonic);
    char random[32];
    randombytes_buf(random, sizeof random);
    if (crypto_pwhash_str(h->nobody, random, sizeof random, h->passes, h->bytes) == 0) return h;
    hasher_free(h);
    return NULL;
}

void hasher_free(struct hasher *h) {
    if (!h) return;
    pthread_cond_destroy(&h->released);
    pthread_mutex_destroy(&h->mutex);
    free(h);
}

int64_t hasher_done(struct hasher *h) {
    pthread_mutex_lock(&h->mutex);
    int64_t done = h->done;
    pthread_mutex_unlock(&h->mutex);
    return done;
}

enum status hasher_hash(struct hasher *h, struct store *s, struct text password,
                        char out[PASSWORD_HASH_MAX]) {
    assert(!store_is_writer_thread(s));
    enum status st = acquire(h);
    if (st) return st;
    int rc = crypto_pwhash_str(out, password.p, password.n, h->passes, h->bytes);
    release(h);
    return rc == 0 ? STATUS_OK : STATUS_BUSY; // it fails only for lack of memory
}

enum status hasher_verify(struct hasher *h, struct store *s, struct text stored, struct text password,
                          bool *fits) {
    assert(!store_is_writer_thread(s));
    *fits = false;
    bool is_somebody = stored.n > 0 && stored.n < PASSWORD_HASH_MAX;
    char hash[PASSWORD_HASH_MAX] = {0};
    if (is_somebody)
        memcpy(hash, stored.p, stored.n);
    else
        memcpy(hash, h->nobody, sizeof hash);
    if (password.n > PASSWORD_BYTES_MAX) password.n = 0;
    enum status st = acquire(h);
    if (st) return st;
    bool equal = crypto_pwhash_str_verify(hash, password.p ? password.p : "", password.n) == 0;
    release(h);
    *fits = equal && is_somebody;
    return STATUS_OK;
}
