// xroad_client.c - one call of a service, through our security server.
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/taken.h"
#include "exchange/xroad_inside.h"

enum { HEADERS_KEPT = 32 };

struct xroad {
    struct arena arena;
    const struct xroad_options *options;
    const struct env *env;
    const char *ca, *certificate, *key;
};

static void curl_once(void) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) abort();
}

enum status xroad_open(const struct xroad_options *o, const struct env *env, struct xroad **out) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, curl_once);
    struct xroad *x = calloc(1, sizeof *x);
    if (!x) abort();
    x->options = o;
    x->env = env;
    x->ca = o->ca.n ? text_c(&x->arena, o->ca) : NULL;
    x->certificate = o->certificate.n ? text_c(&x->arena, o->certificate) : NULL;
    x->key = o->key.n ? text_c(&x->arena, o->key) : NULL;
    *out = x;
    return STATUS_OK;
}

void xroad_close(struct xroad *x) {
    if (!x) return;
    arena_free(&x->arena);
    free(x);
}

const struct xroad_options *xroad_settings(const struct xroad *x) {
    return x->options;
}

// ---- what goes out

// A random UUID (RFC 9562, 5.4): two security servers and two logs keep the message under it.
static struct text new_id(struct arena *a, const struct env *env) {
    uint8_t b[16];
    env_random(env, b, sizeof b);
    b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
    b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
    struct out o = {.arena = a};
    for (size_t i = 0; i < sizeof b; i++)
        out_printf(&o, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", b[i]);
    return out_done(&o);
}

// An answer as it comes in.
struct coming {
    struct arena *arena;
    struct xroad_header headers[HEADERS_KEPT];
    size_t header_count;
    struct text media;
    struct taken body;
};

static size_t take_header(char *p, size_t size, size_t n, void *context) {
    struct coming *c = context;
    struct text line = {p, size * n}, name;
    if (text_starts(line, T("HTTP/"))) { // what came before was "100 Continue"
        c->header_count = 0;
        return line.n;
    }
    if (!text_cut(&line, ':', &name) || !line.p) return size * n;
    if (text_eq_nocase(name, T("Content-Type"))) c->media = text_copy(c->arena, text_trim(line));
    bool is_ours = name.n > 7 && text_eq_nocase(text_slice(name, 0, 7), T("X-Road-"));
    if (is_ours && c->header_count == HEADERS_KEPT) return 0; // curl ends the transfer
    if (is_ours)
        c->headers[c->header_count++] =
            (struct xroad_header){text_copy(c->arena, name), text_copy(c->arena, text_trim(line))};
    return size * n;
}

static void add_header(struct curl_slist **list, struct arena *a, struct text name, struct text value) {
    if (!value.n) return;
    struct curl_slist *longer = curl_slist_append(*list, text_c(a, TEXT_JOIN(a, name, T(": "), value)));
    if (!longer) abort();
    *list = longer;
}

static struct curl_slist *headers_of(struct xroad *x, const struct xroad_call *call, struct text id,
                                     struct arena *a) {
    struct curl_slist *list = NULL;
    if (call->service) {
        add_header(&list, a, T("X-Road-Client"), xroad_id_print(a, &x->options->client));
        add_header(&list, a, T("X-Road-Id"), id);
        add_header(&list, a, T("X-Road-UserId"), call->user_id);
        add_header(&list, a, T("X-Road-Issue"), call->issue);
        if (call->represented)
            add_header(&list, a, T("X-Road-Represented-Party"), xroad_id_print(a, call->represented));
    }
    add_header(&list, a, T("Accept"), T("application/json, application/octet-stream"));
    if (call->is_post)
        add_header(&list, a, T("Content-Type"), call->media.n ? call->media : T("application/json"));
    struct curl_slist *longer = curl_slist_append(list, "Expect:"); // no waiting for "100 Continue"
    if (!longer) abort();
    return longer;
}

static void set_up(CURL *c, const struct xroad *x, const char *url, const struct curl_slist *headers,
                   const struct xroad_call *call, struct coming *in) {
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, in);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, taken_add);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &in->body);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)x->options->timeout_ms);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L); // PR-REST 4.4
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(c, CURLOPT_PROXY,
                     ""); // the security server is near; no setting of the machine leads away
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    if (x->ca) {
        curl_easy_setopt(c, CURLOPT_CAINFO, x->ca);
        curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
    }
    if (x->certificate) curl_easy_setopt(c, CURLOPT_SSLCERT, x->certificate);
    if (x->key) curl_easy_setopt(c, CURLOPT_SSLKEY, x->key);
    if (!call->is_post) return;
    curl_easy_setopt(c, CURLOPT_POST, 1L);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.n);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, call->body.n ? (const char *)call->body.p : "");
}

// ---- what came back

static enum status fail(struct xroad_error *e, enum status st, const char *type, struct text message) {
    if (!e->type.n) *e = (struct xroad_error){.type = text_of(type), .message = message};
    return st;
}

static enum status trouble(struct arena *a, CURLcode code, const struct coming *in, struct xroad_error *e) {
    struct text words = text_copy(a, text_of(curl_easy_strerror(code)));
    if (in->body.is_too_long) return fail(e, STATUS_TOO_LARGE, "Ostia.TooLong", T("The answer is too long"));
    if (code == CURLE_OPERATION_TIMEDOUT) return fail(e, STATUS_IO, "Ostia.Timeout", words);
    bool is_cut = code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING ||
                  code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_WRITE_ERROR;
    return fail(e, STATUS_IO, is_cut ? "Ostia.Cut" : "Ostia.Unreachable", words);
}

// Errors of X-Road itself. That of the client's side, and "you may not", stay so until people change
// something; the rest may pass.
static enum status refused(struct arena *a, struct text header, struct text body, unsigned status,
                           struct xroad_error *e) {
    size_t at;
    if (xroad_error_read(a, body, e)) *e = (struct xroad_error){.type = header};
    e->status = status;
    bool is_final = text_starts(e->type, T("Client.")) || text_find(e->type, T("AccessDenied"), &at) ||
                    text_find(e->type, T("UnknownService"), &at) ||
                    text_find(e->type, T("UnknownMember"), &at);
    return is_final ? STATUS_REFUSED : STATUS_BUSY;
}

// An answer is to what was asked, by us, of that service; it carries the hash of the request.
static enum status check(const struct xroad *x, const struct xroad_call *call, struct arena *a,
                         const struct coming *in, struct xroad_answer *out) {
    struct xroad_message m;
    struct xroad_error e;
    if (xroad_answer_read(a, in->headers, in->header_count, &m, &e))
        return fail(&out->error, STATUS_CORRUPT, "Ostia.BadAnswer", e.message);
    if (m.error.n) return refused(a, m.error, out_done(&in->body.out), out->status, &out->error);
    if (!m.client.member.n || !xroad_id_eq(&m.client, &x->options->client) || !m.has_service ||
        !xroad_id_eq(&m.service, call->service) || !text_eq(m.id, out->id) || !m.request_hash.n)
        return fail(&out->error, STATUS_CORRUPT, "Ostia.BadAnswer",
                    T("The answer is not to this request: its X-Road headers differ or are missing"));
    out->request_id = m.request_id;
    out->request_hash = m.request_hash;
    return STATUS_OK;
}

static bool is_line(struct text t) { // may stand in a header or address
    for (size_t i = 0; i < t.n; i++)
        if ((unsigned char)t.p[i] < ' ' || t.p[i] == 0x7f) return false;
    return true;
}

enum status xroad_fetch(struct xroad *x, const struct xroad_call *call, struct text url, struct arena *a,
                        struct xroad_answer *out) {
    struct coming in = {
        .arena = a,
        .body = {.out = {.arena = a}, .max = call->answer_max ? call->answer_max : XROAD_ANSWER_MAX}};
    long http = 0;
    *out = (struct xroad_answer){.id = new_id(a, x->env)};
    if (url.n > XROAD_URL_MAX || !is_line(url) || call->user_id.n > XROAD_WORD_MAX ||
        !is_line(call->user_id) || call->issue.n > XROAD_WORD_MAX || !is_line(call->issue) ||
        !is_line(call->media))
        return fail(&out->error, STATUS_INVALID, "Client.BadRequest",
                    T("Address or headers are too long, or have characters that cannot stand there"));
    CURL *c = curl_easy_init();
    if (!c) return STATUS_BUSY;
    struct curl_slist *headers = headers_of(x, call, out->id, a);
    set_up(c, x, text_c(a, url), headers, call, &in);
    CURLcode code = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &http);
    curl_easy_cleanup(c);
    curl_slist_free_all(headers);
    out->status = (unsigned)http;
    out->media = in.media;
    out->body = bytes_of(out_done(&in.body.out));
    if (code != CURLE_OK) return trouble(a, code, &in, &out->error);
    return call->service ? check(x, call, a, &in, out) : STATUS_OK;
}

enum status xroad_ask(struct xroad *x, const struct xroad_call *call, struct arena *a,
                      struct xroad_answer *out) {
    struct text url =
        TEXT_JOIN(a, x->options->server, T("/r1/"), xroad_id_print(a, call->service), call->rest);
    return xroad_fetch(x, call, url, a, out);
}

// ---- parcels

static enum status send_parcel(void *context, const struct member *to, struct bytes message, struct arena *a,
                               struct bytes *answer) {
    struct xroad *x = context;
    const struct xroad_peer *peer = xroad_peer_of(x->options, to->code);
    struct xroad_answer got;
    if (!peer) return STATUS_NOT_FOUND;
    struct xroad_call call = {.service = &peer->service,
                              .rest = T("/parcels"),
                              .is_post = true,
                              .media = T("application/octet-stream"),
                              .body = message,
                              .answer_max = PARCEL_ANSWER_MAX};
    enum status st = xroad_ask(x, &call, a, &got);
    if (st) return st;
    if (got.status == 429 || got.status == 503) return STATUS_BUSY;
    if (got.status != 200) return got.status >= 400 && got.status < 500 ? STATUS_REFUSED : STATUS_IO;
    *answer = got.body;
    return STATUS_OK;
}

struct carrier xroad_carrier(struct xroad *x) {
    return (struct carrier){.context = x, .send = send_parcel};
}
