// source_inside.h - what the files on sources over HTTPS share.
#pragma once
#include <curl/curl.h>

#include "base/taken.h"
#include "search/source.h"

struct source_tokens; // tokens that were got, until they end
struct http_source {
    const char *url, *ca;
    const char *token;                       // for ever; NULL: got with the secret
    const char *token_url, *client, *secret; // OAuth 2.0, client credentials (RFC 6749, 4.4)
    struct source_tokens *tokens;
};
// What came back, at most SOURCE_BYTES_MAX of it.
// Posts within the time; NULL, or the word of why there is no answer. `out` has its arena.
const char *http_post(const struct http_source *h, const char *url, const struct curl_slist *headers,
                      const char *body, long timeout_ms, struct taken *out);
struct source_tokens *source_tokens_new(struct arena *a);
// A token for that purpose, of an earlier question or a new one. NULL, or why there is none.
const char *source_token(const struct http_source *h, struct text purpose, long timeout_ms, struct arena *a,
                         struct text *out);
void source_token_forget(const struct http_source *h, struct text purpose); // it was refused
