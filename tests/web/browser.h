// browser.h - a person's browser without script for tests: cookies, forms with their hidden token, one page
// at a time.
#pragma once
#include <curl/curl.h>
#include <string.h>

#include "check.h"
#include "web/http.h"

struct browser {
    CURL *curl;
    char base[64];
    char *page; // the last answer's body, zero-terminated
    size_t n;
    long status;
    char location[400]; // of a redirect, without the origin
};

static inline size_t browser_take(char *p, size_t size, size_t count, void *context) {
    struct browser *b = context;
    size_t n = size * count;
    b->page = realloc(b->page, b->n + n + 1);
    assert_non_null(b->page);
    memcpy(b->page + b->n, p, n);
    b->n += n;
    b->page[b->n] = 0;
    return n;
}

static inline void browser_open(struct browser *b, const struct web *w) {
    *b = (struct browser){.curl = curl_easy_init()};
    snprintf(b->base, sizeof b->base, "http://localhost:%d", web_port(w));
    curl_easy_setopt(b->curl, CURLOPT_COOKIEFILE, "");
    curl_easy_setopt(b->curl, CURLOPT_WRITEFUNCTION, browser_take);
    curl_easy_setopt(b->curl, CURLOPT_WRITEDATA, b);
    curl_easy_setopt(b->curl, CURLOPT_TIMEOUT, 30L);
}

static inline void browser_close(struct browser *b) {
    curl_easy_cleanup(b->curl);
    free(b->page);
}

static inline void browser_go(struct browser *b, const char *path) {
    char url[1000], *to = NULL;
    snprintf(url, sizeof url, "%s%s", b->base, path);
    curl_easy_setopt(b->curl, CURLOPT_URL, url);
    b->n = 0;
    assert_int_equal(curl_easy_perform(b->curl), CURLE_OK);
    if (!b->page) b->page = calloc(1, 1);
    curl_easy_getinfo(b->curl, CURLINFO_RESPONSE_CODE, &b->status);
    curl_easy_getinfo(b->curl, CURLINFO_REDIRECT_URL, &to);
    snprintf(b->location, sizeof b->location, "%s", to ? to + strlen(b->base) : "");
}

static inline void browser_get(struct browser *b, const char *path) {
    curl_easy_setopt(b->curl, CURLOPT_HTTPGET, 1L);
    browser_go(b, path);
}

static inline bool page_has(const struct browser *b, const char *what) {
    return memmem(b->page, b->n, what, strlen(what)) != NULL;
}

// The text after `before` up to `end` on the page; static storage, four at a time. Empty when it is not
// there.
static inline const char *page_part(const struct browser *b, const char *before, const char *end) {
    static char parts[4][500];
    static int turn;
    char *to = parts[turn = (turn + 1) % 4];
    const char *at = strstr(b->page, before), *stop = at ? strstr(at + strlen(before), end) : NULL;
    to[0] = 0;
    if (stop)
        snprintf(to, sizeof parts[0], "%.*s", (int)(stop - at - (long)strlen(before)), at + strlen(before));
    return to;
}

// Adds "name=value" pairs, escaped, to a form body.
static inline void body_add(struct browser *b, char *body, size_t room, const char *name, const char *value) {
    char *n = curl_easy_escape(b->curl, name, 0), *v = curl_easy_escape(b->curl, value, 0);
    size_t at = strlen(body);
    snprintf(body + at, room - at, "%s%s=%s", at ? "&" : "", n, v);
    curl_free(n);
    curl_free(v);
}

// Sends a form of the page shown now: its hidden token and the questions it asks, and what the person filled
// in.
static inline void browser_send(struct browser *b, const char *path, const char *const fields[][2]) {
    static char body[60000];
    body[0] = 0;
    char csrf[400];
    snprintf(csrf, sizeof csrf, "%s", page_part(b, "name=\"csrf\" value=\"", "\""));
    body_add(b, body, sizeof body, "csrf", csrf);
    static const char *const HIDDEN[] = {"asked", "suggested", "sheet_code"};
    for (size_t i = 0; i < sizeof HIDDEN / sizeof *HIDDEN; i++) {
        char mark[60];
        snprintf(mark, sizeof mark, "type=\"hidden\" name=\"%s\" value=\"", HIDDEN[i]);
        for (const char *at = b->page; (at = strstr(at, mark));) {
            at += strlen(mark);
            char value[300];
            snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "\""), at);
            body_add(b, body, sizeof body, HIDDEN[i], value);
        }
    }
    for (size_t i = 0; fields && fields[i][0]; i++)
        body_add(b, body, sizeof body, fields[i][0], fields[i][1]);
    curl_easy_setopt(b->curl, CURLOPT_COPYPOSTFIELDS, body);
    browser_go(b, path);
}
#define SEND(b, path, ...) \
    browser_send((b), (path), (const char *const[][2]){__VA_ARGS__ __VA_OPT__(, ){NULL, NULL}})

#define assert_page(b, wanted)                                                                             \
    do {                                                                                                   \
        if ((b)->status != (wanted))                                                                       \
            fail_msg("status %ld, wanted %d, location %s:\n%.3000s", (b)->status, (wanted), (b)->location, \
                     strstr((b)->page, "<main") ? strstr((b)->page, "<main") : (b)->page);                 \
    } while (0)
#define assert_shows(b, what)                                                              \
    do {                                                                                   \
        if (!page_has((b), (what)))                                                        \
            fail_msg("page lacks \"%s\":\n%.6000s", (what),                                \
                     strstr((b)->page, "<main") ? strstr((b)->page, "<main") : (b)->page); \
    } while (0)
#define assert_goes(b, where)                      \
    do {                                           \
        assert_page(b, 303);                       \
        assert_string_equal((b)->location, where); \
    } while (0)
