// source_file.c - the file that names the remote sources.
#include <jansson.h>
#include <string.h>

#include "search/source_inside.h"
#include "store/file.h"

static const char *member(struct arena *a, const json_t *o, const char *name) {
    const char *v = json_string_value(json_object_get(o, name));
    return v && strlen(v) <= SOURCE_WORDS_MAX ? text_c(a, text_of(v)) : "";
}

static bool is_safe_url(const char *url) {
    struct text t = text_of(url);
    return text_starts(t, T("https://")) || text_starts(t, T("http://127.0.0.1:")) ||
           text_starts(t, T("http://[::1]:"));
}

// The secret stands in a file of its own, so that the file of sources may be shown.
static enum status read_secret(struct arena *a, const struct env *env, const char *path,
                               struct http_source *h, struct problem *p) {
    struct bytes file;
    if (!*path || !env || file_read_small(env, a, path, &file))
        return problem(p, "secret_file", "source_secret", "problem.source.secret");
    h->secret = text_c(a, text_trim(text_of_bytes(file)));
    h->tokens = source_tokens_new(a);
    return STATUS_OK;
}

static enum status read_way(struct arena *a, const struct env *env, const json_t *o, struct http_source *h,
                            struct problem *p) {
    const char *token = member(a, o, "token"), *ca = member(a, o, "ca");
    *h = (struct http_source){.url = member(a, o, "url"),
                              .ca = *ca ? ca : NULL,
                              .token = *token ? token : NULL,
                              .token_url = member(a, o, "token_url"),
                              .client = member(a, o, "client")};
    if (!is_safe_url(h->url)) return problem(p, "url", "source_url", "problem.source.url");
    if (h->token) return STATUS_OK;
    if (!*h->client) return problem(p, "token", "source_token", "problem.source.token");
    if (!is_safe_url(h->token_url)) return problem(p, "token_url", "source_url", "problem.source.url");
    return read_secret(a, env, member(a, o, "secret_file"), h, p);
}

static enum status read_one(struct arena *a, const struct env *env, const json_t *o, struct remote *s,
                            struct problem *p) {
    struct http_source *h = ARENA_ARRAY(a, struct http_source, 1);
    json_int_t ms = json_integer_value(json_object_get(o, "timeout_ms"));
    *s = (struct remote){.name = text_of(member(a, o, "name")),
                         .purpose = text_of(member(a, o, "purpose")),
                         .ground = text_of(member(a, o, "ground")),
                         .timeout_ms = (int)ms,
                         .lookups = text_of(member(a, o, "lookups")),
                         .ask = source_http_ask,
                         .context = h};
    if (!s->name.n) return problem(p, "name", "source_name", "problem.source.name");
    if (!s->ground.n) return problem(p, "ground", "source_ground", "problem.source.ground");
    json_int_t code = json_integer_value(json_object_get(o, "code"));
    if (s->lookups.n && !is_safe_url(s->lookups.p))
        return problem(p, "lookups", "source_url", "problem.source.url");
    if (s->lookups.n && (code < 1 || code > UINT32_MAX))
        return problem(p, "code", "source_code", "problem.source.code");
    s->code = (uint32_t)code;
    if (ms < 50 || ms > SOURCE_MS_MAX)
        return problem(p, "timeout_ms", "source_timeout", "problem.source.timeout");
    return read_way(a, env, o, h, p);
}

enum status sources_read(struct arena *a, const struct env *env, struct text json, struct sources *out,
                         struct problem *p) {
    json_error_t e;
    json_t *o = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, &e), *list = json_object_get(o, "sources");
    enum status st = STATUS_OK;
    *out = (struct sources){0};
    if (!json_is_array(list) || json_array_size(list) > SOURCES_MAX)
        st = problem(p, "sources", "sources", "problem.source.file");
    for (size_t i = 0; !st && i < json_array_size(list); i++)
        st = read_one(a, env, json_array_get(list, i), &out->items[out->count++], p);
    json_decref(o);
    return st;
}
