// http.c - the way to a witness: one POST, bounded in time and length.
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/taken.h"
#include "proof/proof.h"

enum { ANSWER_MAX = 64 * 1024 }; // signature lines; 16 post-quantum ones would be more than we trust

static void set_request(CURL *c, const char *url, struct text body, struct curl_slist *headers) {
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_POST, 1L);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.p);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, taken_add);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)PROOF_POST_MS);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
}

// One handle for all requests: connections are kept.
static enum status post(void *context, const char *url, const char *media, struct text body, struct arena *a,
                        int *http_status, struct text *answer) {
    CURL *c = context;
    struct taken x = {.out = {.arena = a}, .max = ANSWER_MAX};
    long http = 0;
    struct curl_slist *headers =
        curl_slist_append(NULL, text_c(a, text_printf(a, "Content-Type: %s", media)));
    if (!headers) return STATUS_BUSY;
    set_request(c, url, body, headers);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &x);
    CURLcode code = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &http);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    if (code != CURLE_OK) return x.is_too_long ? STATUS_TOO_LARGE : STATUS_IO;
    *http_status = (int)http;
    *answer = out_done(&x.out);
    return STATUS_OK;
}

static void close_handle(void *context) {
    curl_easy_cleanup(context);
}

enum status witness_post_http(struct witness_post *out) {
    CURL *c = curl_easy_init();
    if (!c) return STATUS_IO;
    *out = (struct witness_post){c, post, close_handle};
    return STATUS_OK;
}
