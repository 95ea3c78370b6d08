// source_http.c - a source over HTTPS: JSON is posted, JSON comes back.
#include <curl/curl.h>
#include <jansson.h>
#include <string.h>

#include "base/json.h"
#include "search/source.h"

struct http_source {
    const char *url, *token, *ca;
};

// ---- what is read

static struct text word(struct arena *a, const json_t *o, const char *name) {
    const json_t *v = json_object_get(o, name);
    if (!json_is_string(v) || json_string_length(v) > SOURCE_WORDS_MAX) return T("");
    struct text t = {json_string_value(v), json_string_length(v)};
    return text_is_utf8(t) ? text_copy(a, t) : T("");
}

static bool read_lines(struct arena *a, const json_t *hits, struct source_answer *out) {
    size_t i;
    json_t *h;
    if (hits && !json_is_array(hits)) return false;
    json_array_foreach(hits, i, h) {
        if (!json_is_object(h)) return false;
        if (out->count == SOURCE_LINES_MAX) break;
        out->lines[out->count++] =
            (struct source_line){word(a, h, "kind"), word(a, h, "reference"), word(a, h, "level")};
    }
    return true;
}

void source_answer_read(struct arena *a, struct text body, struct source_answer *out) {
    json_error_t e;
    *out = (struct source_answer){.state = SOURCE_NO_ANSWER, .why = "unreadable"};
    json_t *o = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, &e);
    struct text said = word(a, o, "answer");
    if (json_is_object(o) && read_lines(a, json_object_get(o, "hits"), out)) {
        if (text_eq(said, T("hit")) && out->count) out->state = SOURCE_HIT, out->why = "";
        if (text_eq(said, T("no_hit")) && !out->count) out->state = SOURCE_NO_HIT, out->why = "";
        if (text_eq(said, T("no_answer"))) out->why = "loading";
    }
    if (out->state == SOURCE_NO_ANSWER) out->count = 0;
    json_decref(o);
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

// ---- the way there

struct body {
    struct out out;
    bool is_too_long;
};

static size_t receive(char *p, size_t size, size_t n, void *context) {
    struct body *b = context;
    if (b->out.n + size * n > SOURCE_BYTES_MAX) return b->is_too_long = true, 0;
    out_text(&b->out, (struct text){p, size * n});
    return size * n;
}

static const char *trouble(CURLcode code, long http, const struct body *b) {
    if (b->is_too_long) return "too_long";
    if (code == CURLE_OPERATION_TIMEDOUT) return "timeout";
    if (code) return "unreachable";
    if (http == 401 || http == 403) return "refused";
    return http == 200 ? NULL : "error";
}

static void set_up(CURL *c, const struct remote *s, const struct curl_slist *headers, const char *body,
                   struct body *b) {
    const struct http_source *h = s->context;
    curl_easy_setopt(c, CURLOPT_URL, h->url);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, b);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)s->timeout_ms);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L); // a token goes to nobody else
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https,http");
    if (h->ca) curl_easy_setopt(c, CURLOPT_CAINFO, h->ca);
}

void source_http_ask(const struct remote *s, const struct search_query *query, struct text purpose,
                     struct arena *a, struct source_answer *out) {
    const struct http_source *h = s->context;
    struct body b = {.out = {.arena = a}};
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    char *body = question(query, purpose, a);
    CURL *c = curl_easy_init();
    *out = (struct source_answer){.state = SOURCE_NO_ANSWER, .why = "busy"};
    headers = curl_slist_append(headers, text_c(a, text_printf(a, "Authorization: Bearer %s", h->token)));
    if (c && body && headers) {
        long http = 0;
        set_up(c, s, headers, body, &b);
        CURLcode code = curl_easy_perform(c);
        curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &http);
        out->why = trouble(code, http, &b);
        if (!out->why) source_answer_read(a, out_done(&b.out), out);
    }
    if (c) curl_easy_cleanup(c);
    curl_slist_free_all(headers);
    free(body);
}

// ---- the file

static bool is_safe_url(struct text url) {
    return text_starts(url, T("https://")) || text_starts(url, T("http://127.0.0.1:")) ||
           text_starts(url, T("http://[::1]:"));
}

static enum status read_one(struct arena *a, const json_t *o, struct remote *s, struct problem *p) {
    struct http_source *h = ARENA_ARRAY(a, struct http_source, 1);
    struct text url = word(a, o, "url"), token = word(a, o, "token"), ca = word(a, o, "ca");
    json_int_t ms = json_integer_value(json_object_get(o, "timeout_ms"));
    *s = (struct remote){.name = word(a, o, "name"),
                         .purpose = word(a, o, "purpose"),
                         .ground = word(a, o, "ground"),
                         .timeout_ms = (int)ms,
                         .ask = source_http_ask,
                         .context = h};
    *h = (struct http_source){text_c(a, url), text_c(a, token), ca.n ? text_c(a, ca) : NULL};
    if (!s->name.n) return problem(p, "name", "source_name", "problem.source.name");
    if (!s->ground.n) return problem(p, "ground", "source_ground", "problem.source.ground");
    if (!is_safe_url(url)) return problem(p, "url", "source_url", "problem.source.url");
    if (ms < 50 || ms > SOURCE_MS_MAX)
        return problem(p, "timeout_ms", "source_timeout", "problem.source.timeout");
    return STATUS_OK;
}

enum status sources_read(struct arena *a, struct text json, struct sources *out, struct problem *p) {
    json_error_t e;
    json_t *o = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, &e), *list = json_object_get(o, "sources");
    enum status st = STATUS_OK;
    *out = (struct sources){0};
    if (!json_is_array(list) || json_array_size(list) > SOURCES_MAX)
        st = problem(p, "sources", "sources", "problem.source.file");
    for (size_t i = 0; !st && i < json_array_size(list); i++)
        st = read_one(a, json_array_get(list, i), &out->items[out->count++], p);
    json_decref(o);
    return st;
}
