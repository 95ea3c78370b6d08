// peer_client.c - the carrier over HTTPS (libcurl).
#include <assert.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "base/taken.h"
#include "exchange/peer_https.h"

// A connection is kept for each member; one thread at a time sends to it (carrier.h).
struct line {
    uint32_t code;
    CURL *curl;
};
struct client {
    struct arena arena;
    const char *certificate_file, *key_file, *ca_file;
    int timeout_ms;
    pthread_mutex_t lock; // over lines
    struct {
        struct line *items;
        size_t count, capacity;
    } lines;
};

static CURL *line_to(struct client *c, uint32_t code) {
    CURL *curl = NULL;
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->lines.count && !curl; i++)
        if (c->lines.items[i].code == code) curl = c->lines.items[i].curl;
    if (!curl && (curl = curl_easy_init())) *ARENA_PUSH(&c->arena, &c->lines) = (struct line){code, curl};
    pthread_mutex_unlock(&c->lock);
    return curl;
}

// All keys that are good now, or were named for later: during a rotation both ends change at their own time.
static struct text pins_of(const struct member *to, struct arena *a) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < to->key_count; i++) {
        const struct member_key *k = &to->keys[i];
        if (k->revoked.ms) continue;
        if (o.n) out_byte(&o, ';');
        out_text(&o, T("sha256//"));
        out_text(&o, base64_encode(a, hash_bytes(&k->tls)));
    }
    return out_done(&o);
}

static void set_ours(const struct client *c, CURL *curl) {
    curl_easy_setopt(curl, CURLOPT_SSLCERT, c->certificate_file);
    curl_easy_setopt(curl, CURLOPT_SSLKEY, c->key_file);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)c->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)(c->timeout_ms < 5000 ? c->timeout_ms : 5000));
    // With the pinned key, certificate authorities are a second lock for those who want one.
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, c->ca_file ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, c->ca_file ? 2L : 0L);
    if (!c->ca_file) return;
    curl_easy_setopt(curl, CURLOPT_CAINFO, c->ca_file);
    curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
}

static enum status status_of(CURLcode code, long http) {
    if (code) return STATUS_IO;
    if (http == 429 || http == 503) return STATUS_BUSY;
    return http == 200 ? STATUS_OK : STATUS_REFUSED;
}

static enum status send_parcel(void *context, const struct member *to, struct bytes message, struct arena *a,
                               struct bytes *answer) {
    struct client *c = context;
    struct taken x = {.out = {.arena = a}, .max = PARCEL_ANSWER_MAX};
    struct text pins = pins_of(to, a), url = TEXT_JOIN(a, to->address, T(PEER_PATH));
    CURL *curl = line_to(c, to->code);
    long http = 0;
    if (!curl) return STATUS_BUSY;
    if (!pins.n) return STATUS_REFUSED; // no key of theirs is good
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/cbor");
    headers = curl_slist_append(headers, "Expect:");
    curl_easy_reset(curl); // keeps its connection
    set_ours(c, curl);
    curl_easy_setopt(curl, CURLOPT_URL, text_c(a, url));
    curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, text_c(a, pins));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, (const char *)message.p);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)message.n);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, taken_add);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &x);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
    curl_slist_free_all(headers);
    enum status st = status_of(code, http);
    *answer = bytes_of(out_done(&x.out));
    if (st)
        log_line(LOG_DEBUG, "exchange.https", "member=%u curl=\"%s\" http=%ld", to->code,
                 curl_easy_strerror(code), http);
    return st;
}

static void close_client(void *context) {
    struct client *c = context;
    for (size_t i = 0; i < c->lines.count; i++) curl_easy_cleanup(c->lines.items[i].curl);
    pthread_mutex_destroy(&c->lock);
    arena_free(&c->arena);
    free(c);
}

enum status peer_client(const struct peer_client_options *o, struct carrier *out) {
    struct client *c = calloc(1, sizeof *c);
    assert(c && o->certificate_file && o->key_file);
    c->certificate_file = text_c(&c->arena, text_of(o->certificate_file));
    c->key_file = text_c(&c->arena, text_of(o->key_file));
    c->ca_file = o->ca_file ? text_c(&c->arena, text_of(o->ca_file)) : NULL;
    c->timeout_ms = o->timeout_ms > 0 ? o->timeout_ms : CARRIER_SEND_MS_MAX;
    pthread_mutex_init(&c->lock, NULL);
    *out = (struct carrier){c, send_parcel, close_client};
    return STATUS_OK;
}
