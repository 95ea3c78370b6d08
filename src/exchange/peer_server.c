// peer_server.c - the door for parcels over HTTPS (libmicrohttpd, GnuTLS).
#include <arpa/inet.h>
#include <assert.h>
#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "exchange/peer_https.h"

struct peer_server {
    struct peer_server_options o;
    struct arena arena;
    struct MHD_Daemon *daemon;
};

// ---- whose certificate

static enum status pin_of(gnutls_x509_crt_t crt, struct hash *out) {
    gnutls_pubkey_t key = NULL;
    gnutls_datum_t der = {0};
    bool ok = gnutls_pubkey_init(&key) == 0 && gnutls_pubkey_import_x509(key, crt, 0) == 0 &&
              gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &der) == 0;
    if (ok) *out = hash_of((struct bytes){der.data, der.size});
    gnutls_free(der.data);
    if (key) gnutls_pubkey_deinit(key);
    return ok ? STATUS_OK : STATUS_INVALID;
}

static enum status pin_in(const gnutls_datum_t *data, gnutls_x509_crt_fmt_t format, struct hash *out) {
    gnutls_x509_crt_t crt;
    if (gnutls_x509_crt_init(&crt) != 0) return STATUS_BUSY;
    enum status st = gnutls_x509_crt_import(crt, data, format) == 0 ? pin_of(crt, out) : STATUS_INVALID;
    gnutls_x509_crt_deinit(crt);
    return st;
}

enum status peer_certificate_pin(struct bytes certificate, struct hash *out) {
    gnutls_datum_t data = {(unsigned char *)certificate.p, (unsigned)certificate.n};
    enum status st = pin_in(&data, GNUTLS_X509_FMT_PEM, out);
    return st == STATUS_INVALID ? pin_in(&data, GNUTLS_X509_FMT_DER, out) : st;
}

// The handshake has shown that the peer has the key; whose it is, says the directory.
static enum status who_is(const struct peer_server *s, struct MHD_Connection *c, uint32_t *code) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    unsigned count = 0;
    struct hash pin;
    if (!info || !info->tls_session) return STATUS_REFUSED;
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(info->tls_session, &count);
    if (!chain || !count) return STATUS_REFUSED;
    enum status st = pin_in(&chain[0], GNUTLS_X509_FMT_DER, &pin);
    return st ? st : s->o.who(s->o.context, &pin, code);
}

// ---- one request

struct request {
    struct arena arena;
    struct out body;
    uint32_t from;
    unsigned refusal; // HTTP status; 0: none yet
};

static enum MHD_Result answer(struct MHD_Connection *c, unsigned http, struct bytes body) {
    struct MHD_Response *r = MHD_create_response_from_buffer(
        body.n, (void *)(body.n ? body.p : (const uint8_t *)""), MHD_RESPMEM_MUST_COPY);
    if (!r) return MHD_NO;
    if (body.n) MHD_add_response_header(r, "Content-Type", "application/cbor");
    if (http == MHD_HTTP_TOO_MANY_REQUESTS) MHD_add_response_header(r, "Retry-After", "2");
    MHD_add_response_header(r, "Cache-Control", "no-store");
    enum MHD_Result ok = MHD_queue_response(c, http, r);
    MHD_destroy_response(r);
    return ok;
}

// What can be said before the body is read.
static unsigned refusal_of(const struct peer_server *s, struct MHD_Connection *c, const char *url,
                           const char *method, uint32_t *from) {
    if (strcmp(url, PEER_PATH) != 0) return MHD_HTTP_NOT_FOUND;
    if (strcmp(method, "POST") != 0) return MHD_HTTP_METHOD_NOT_ALLOWED;
    return who_is(s, c, from) ? MHD_HTTP_FORBIDDEN : 0;
}

static unsigned http_of(enum status st) {
    switch (st) {
    case STATUS_OK: return MHD_HTTP_OK;
    case STATUS_BUSY: return MHD_HTTP_TOO_MANY_REQUESTS;
    case STATUS_INVALID: return MHD_HTTP_BAD_REQUEST;
    case STATUS_TOO_LARGE: return MHD_HTTP_CONTENT_TOO_LARGE;
    case STATUS_REFUSED: return MHD_HTTP_FORBIDDEN;
    default: return MHD_HTTP_SERVICE_UNAVAILABLE;
    }
}

static enum MHD_Result take(struct peer_server *s, struct MHD_Connection *c, struct request *r) {
    struct bytes out = {0};
    if (r->refusal) return answer(c, r->refusal, out);
    enum status st = s->o.receive(s->o.context, r->from, bytes_of(out_done(&r->body)), &r->arena, &out);
    return answer(c, http_of(st), st ? (struct bytes){0} : out);
}

static enum MHD_Result handle(void *context, struct MHD_Connection *c, const char *url, const char *method,
                              const char *version, const char *data, size_t *n, void **state) {
    struct peer_server *s = context;
    struct request *r = *state;
    (void)version;
    if (!r) {
        *state = r = calloc(1, sizeof *r);
        if (!r) return MHD_NO;
        r->body.arena = &r->arena;
        r->refusal = refusal_of(s, c, url, method, &r->from);
        return MHD_YES;
    }
    if (!*n) return take(s, c, r);
    if (!r->refusal && r->body.n + *n > PARCEL_BYTES_MAX) r->refusal = MHD_HTTP_CONTENT_TOO_LARGE;
    if (!r->refusal) out_text(&r->body, (struct text){data, *n});
    *n = 0;
    return MHD_YES;
}

static void completed(void *context, struct MHD_Connection *c, void **state,
                      enum MHD_RequestTerminationCode why) {
    struct request *r = *state;
    (void)context, (void)c, (void)why;
    if (r) arena_free(&r->arena);
    free(r);
    *state = NULL;
}

// ---- the listener

static void say(void *context, const char *format, va_list list) {
    (void)context, (void)format, (void)list; // what strangers' bytes do to a handshake is no news
}

// STATUS_INVALID: no address of this machine's kinds.
static enum status socket_of(const struct peer_server_options *o, struct sockaddr_storage *out) {
    struct sockaddr_in *four = (struct sockaddr_in *)out;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
    memset(out, 0, sizeof *out);
    if (!o->address || inet_pton(AF_INET, o->address, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons((uint16_t)o->port);
        return STATUS_OK;
    }
    if (inet_pton(AF_INET6, o->address, &six->sin6_addr) != 1) return STATUS_INVALID;
    six->sin6_family = AF_INET6;
    six->sin6_port = htons((uint16_t)o->port);
    return STATUS_OK;
}

enum status peer_server_start(const struct peer_server_options *o, struct peer_server **out) {
    struct peer_server *s = calloc(1, sizeof *s);
    struct sockaddr_storage at;
    struct hash pin;
    assert(s && o->who && o->receive);
    s->o = *o;
    enum status st = socket_of(o, &at);
    if (!st) st = peer_certificate_pin(o->certificate, &pin);
    if (st) return free(s), st;
    unsigned flags = MHD_USE_TLS | MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG;
    if (at.ss_family == AF_INET6) flags |= MHD_USE_IPv6;
    // Trusting our own certificate only makes GnuTLS ask for one; what counts is in who_is.
    const char *certificate = text_c(&s->arena, text_of_bytes(o->certificate));
    s->daemon = MHD_start_daemon(
        flags, (uint16_t)o->port, NULL, NULL, handle, s, MHD_OPTION_EXTERNAL_LOGGER, say, NULL,
        MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&at, MHD_OPTION_HTTPS_MEM_CERT, certificate,
        MHD_OPTION_HTTPS_MEM_KEY, text_c(&s->arena, text_of_bytes(o->key)), MHD_OPTION_HTTPS_MEM_TRUST,
        certificate, MHD_OPTION_HTTPS_PRIORITIES, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2",
        MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)PEER_THREADS,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)PEER_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)PEER_IDLE_S, MHD_OPTION_END);
    if (s->daemon) return *out = s, STATUS_OK;
    arena_free(&s->arena);
    free(s);
    return STATUS_IO;
}

int peer_server_port(const struct peer_server *s) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

void peer_server_stop(struct peer_server *s) {
    if (!s) return;
    MHD_stop_daemon(s->daemon);
    arena_free(&s->arena);
    free(s);
}
