// source_http.c - a source over HTTPS: JSON is posted, JSON comes back.
#include <jansson.h>
#include <stdlib.h>
#include <time.h>

#include "search/source_inside.h"

// ---- the way there

static const char *trouble(CURLcode code, long http, const struct taken *x) {
    if (x->is_too_long) return "too_long";
    if (code == CURLE_OPERATION_TIMEDOUT) return "timeout";
    if (code) return "unreachable";
    if (http == 401 || http == 403) return "refused";
    return http == 200 ? NULL : "error";
}

const char *http_post(const struct http_source *h, const char *url, const struct curl_slist *headers,
                      const char *body, long timeout_ms, struct taken *out) {
    out->max = SOURCE_BYTES_MAX;
    CURL *c = curl_easy_init();
    long http = 0;
    if (!c) return "busy";
    if (timeout_ms < 1) timeout_ms = 1; // 0 would be for ever
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, taken_add);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, out);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L); // a token goes to nobody else
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    if (h->ca) { // these alone are trusted, not those of the machine
        curl_easy_setopt(c, CURLOPT_CAINFO, h->ca);
        curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
    }
    CURLcode code = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &http);
    curl_easy_cleanup(c);
    return trouble(code, http, out);
}

// ---- what is asked

static void member(json_t *o, const char *name, struct text value) {
    if (value.n) json_object_set_new(o, name, json_stringn(value.p, value.n));
}

static char *question(const struct search_query *q, struct text purpose, struct arena *a) {
    json_t *o = json_object();
    member(o, "purpose", purpose);
    member(o, "number", q->number);
    member(o, "name", q->name);
    member(o, "birth", q->birth.year ? date_print(a, q->birth) : T(""));
    char *body = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    return body;
}

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static const char *post(const struct http_source *h, struct text url, const char *json, struct text purpose,
                        int64_t until, struct arena *a, struct text *answer) {
    struct taken x = {.out = {.arena = a}};
    struct text token;
    const char *why = source_token(h, purpose, (long)(until - now_ms()), a, &token);
    if (why) return why;
    struct text bearer = TEXT_JOIN(a, T("Authorization: Bearer "), token);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, text_c(a, bearer));
    why = headers ? http_post(h, text_c(a, url), headers, json, (long)(until - now_ms()), &x) : "busy";
    curl_slist_free_all(headers);
    *answer = out_done(&x.out);
    return why;
}

// A token that is refused may have ended early: the next question asks for another one.
const char *source_post(const struct remote *s, struct text url, struct text purpose, struct text json,
                        struct arena *a, struct text *answer) {
    const struct http_source *h = s->context;
    const char *why = post(h, url, text_c(a, json), purpose, now_ms() + s->timeout_ms, a, answer);
    if (why && text_eq(text_of(why), T("refused"))) source_token_forget(h, purpose);
    return why;
}

void source_http_ask(const struct remote *s, const struct search_query *query, struct text purpose,
                     struct arena *a, struct source_answer *out) {
    const struct http_source *h = s->context;
    char *body = question(query, purpose, a);
    struct text answer = {0};
    const char *why = body ? source_post(s, text_of(h->url), purpose, text_of(body), a, &answer) : "busy";
    if (!why) source_answer_read(a, answer, out);
    if (why) *out = (struct source_answer){.state = SOURCE_NO_ANSWER, .why = why};
    free(body);
}
