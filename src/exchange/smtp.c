#include <assert.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/transport.h"

struct smtp {
    struct arena arena;
    CURL *curl;
    struct text rest; // of the message that is being sent
};

static void curl_once(void) {
    CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    assert(code == CURLE_OK);
    (void)code;
}

static size_t give(char *into, size_t size, size_t count, void *context) {
    struct smtp *s = context;
    size_t n = size * count < s->rest.n ? size * count : s->rest.n;
    memcpy(into, s->rest.p, n);
    s->rest = text_slice(s->rest, n, s->rest.n);
    return n;
}

static size_t ignore(char *data, size_t size, size_t count, void *context) {
    (void)data, (void)context;
    return size * count;
}

// What the last reply means (RFC 5321, 4.2.1): 5yz is for ever, everything else may pass.
static enum status understand(struct smtp *s, CURLcode code, char error[TRANSPORT_ERROR_MAX]) {
    long reply = 0;
    curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &reply);
    if (code == CURLE_OK) return STATUS_OK;
    bool spoke = code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_RECV_ERROR;
    if (spoke && reply >= 400) {
        snprintf(error, TRANSPORT_ERROR_MAX, "smtp %ld", reply);
        return reply >= 500 && reply < 600 ? STATUS_REFUSED : STATUS_BUSY;
    }
    snprintf(error, TRANSPORT_ERROR_MAX, "curl %d: %s", (int)code, curl_easy_strerror(code));
    return STATUS_IO;
}

static enum status smtp_send(void *context, const struct letter_out *letter,
                             char error[TRANSPORT_ERROR_MAX]) {
    struct smtp *s = context;
    struct arena a = {0};
    struct curl_slist *to =
        curl_slist_append(NULL, text_c(&a, text_printf(&a, "<" TEXT_FMT ">", TEXT_ARG(letter->to))));
    assert(to);
    s->rest = letter->message;
    curl_easy_setopt(s->curl, CURLOPT_MAIL_FROM,
                     text_c(&a, text_printf(&a, "<" TEXT_FMT ">", TEXT_ARG(letter->from))));
    curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(s->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)letter->message.n);
    enum status st = understand(s, curl_easy_perform(s->curl), error);
    curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(to);
    arena_free(&a);
    return st;
}

static void smtp_close(void *context) {
    struct smtp *s = context;
    curl_easy_cleanup(s->curl);
    arena_free(&s->arena);
    free(s);
}

static const char *url_of(struct arena *a, const struct smtp_options *o) {
    bool from_start = o->security == SMTP_TLS_FROM_START;
    int port = o->port ? o->port : from_start ? 465 : 25;
    return text_c(a, text_printf(a, "%s://" TEXT_FMT ":%d/" TEXT_FMT, from_start ? "smtps" : "smtp",
                                 TEXT_ARG(o->host), port,
                                 TEXT_ARG(o->hello))); // curl takes the path for its name in EHLO
}

static void set_security(struct smtp *s, const struct smtp_options *o) {
    bool certain = o->security == SMTP_TLS_REQUIRED || o->security == SMTP_TLS_FROM_START;
    long level = certain ? CURLUSESSL_ALL : o->security == SMTP_PLAIN ? CURLUSESSL_NONE : CURLUSESSL_TRY;
    curl_easy_setopt(s->curl, CURLOPT_USE_SSL, level);
    curl_easy_setopt(s->curl, CURLOPT_SSL_VERIFYPEER, certain ? 1L : 0L);
    curl_easy_setopt(s->curl, CURLOPT_SSL_VERIFYHOST, certain ? 2L : 0L);
    curl_easy_setopt(s->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (o->ca_file.n) curl_easy_setopt(s->curl, CURLOPT_CAINFO, text_c(&s->arena, o->ca_file));
}

enum status transport_smtp(const struct smtp_options *o, struct transport *out) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (o->user.n && o->security == SMTP_TLS_WHEN_OFFERED) return STATUS_INVALID;
    pthread_once(&once, curl_once);
    struct smtp *s = calloc(1, sizeof *s);
    assert(s);
    s->curl = curl_easy_init();
    if (!s->curl) {
        free(s);
        return STATUS_IO;
    }
    long timeout_ms = o->timeout_ms > 0 ? o->timeout_ms : 30000;
    curl_easy_setopt(s->curl, CURLOPT_URL, url_of(&s->arena, o));
    curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(s->curl, CURLOPT_PROXY, ""); // nothing from the environment
    curl_easy_setopt(s->curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(s->curl, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms / 2);
    curl_easy_setopt(s->curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(s->curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(s->curl, CURLOPT_READDATA, s);
    curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, ignore);
    set_security(s, o);
    if (o->user.n) {
        curl_easy_setopt(s->curl, CURLOPT_USERNAME, text_c(&s->arena, o->user));
        curl_easy_setopt(s->curl, CURLOPT_PASSWORD, text_c(&s->arena, o->password));
    }
    *out = (struct transport){s, smtp_send, smtp_close};
    return STATUS_OK;
}
