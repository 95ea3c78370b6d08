#include "worker/scan.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

enum { CHUNK_BYTES = 64 * 1024, REPLY_MAX = 1024 };

// One conversation with clamd (clamd(8), INSTREAM): "zINSTREAM\0", chunks with their length before them in
// four bytes, a chunk of no bytes; then one line that ends with a zero byte.
struct talk {
    const struct env *env;
    uint64_t deadline;
    int socket;
};

static bool wait_for(const struct talk *t, short events) {
    for (;;) {
        uint64_t now = env_monotonic_us(t->env);
        if (now >= t->deadline) return false;
        struct pollfd p = {.fd = t->socket, .events = events};
        int ready = poll(&p, 1, (int)((t->deadline - now + 999) / 1000));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
}

static bool connect_to(struct talk *t, int family, const void *address, socklen_t size) {
    int error = 0;
    socklen_t n = sizeof error;
    t->socket = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (t->socket < 0) return false;
    if (connect(t->socket, address, size) == 0) return true;
    return errno == EINPROGRESS && wait_for(t, POLLOUT) &&
           getsockopt(t->socket, SOL_SOCKET, SO_ERROR, &error, &n) == 0 && error == 0;
}

static bool connect_unix(struct talk *t, struct text path) {
    struct sockaddr_un u = {.sun_family = AF_UNIX};
    if (path.n >= sizeof u.sun_path) return false;
    memcpy(u.sun_path, path.p, path.n);
    return connect_to(t, AF_UNIX, &u, sizeof u);
}

// "127.0.0.1:3310", "[::1]:3310", "localhost:3310". Other names are not looked up: that could take any time.
static bool connect_tcp(struct talk *t, struct text address) {
    char host[64], port[8];
    size_t colon = address.n;
    while (colon > 0 && address.p[colon - 1] != ':') colon--;
    if (colon < 2) return false;
    struct text h = text_slice(address, 0, colon - 1), p = text_slice(address, colon, address.n);
    if (text_starts(h, T("[")) && text_ends(h, T("]"))) h = text_slice(h, 1, h.n - 1);
    if (text_eq(h, T("localhost"))) h = T("127.0.0.1");
    if (h.n >= sizeof host || p.n >= sizeof port) return false;
    snprintf(host, sizeof host, TEXT_FMT, TEXT_ARG(h));
    snprintf(port, sizeof port, TEXT_FMT, TEXT_ARG(p));
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(host, port, &hints, &found) != 0) return false;
    bool connected = connect_to(t, found->ai_family, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return connected;
}

static bool send_all(const struct talk *t, const void *data, size_t n) {
    for (const uint8_t *p = data; n > 0;) {
        ssize_t sent = send(t->socket, p, n, MSG_NOSIGNAL);
        if (sent > 0) {
            p += sent;
            n -= (size_t)sent;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!wait_for(t, POLLOUT)) return false;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

static bool send_chunk(const struct talk *t, const uint8_t *data, size_t n) {
    uint32_t length = htonl((uint32_t)n);
    return send_all(t, &length, sizeof length) && send_all(t, data, n);
}

// The line up to its zero byte; whatever came when the scanner closes early. Empty at the deadline.
static struct text read_reply(const struct talk *t, char reply[REPLY_MAX]) {
    size_t n = 0;
    while (n < REPLY_MAX && wait_for(t, POLLIN)) {
        ssize_t got = recv(t->socket, reply + n, REPLY_MAX - n, 0);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got <= 0) return (struct text){reply, n};
        char *zero = memchr(reply + n, 0, (size_t)got);
        n += (size_t)got;
        if (zero) return (struct text){reply, (size_t)(zero - reply)};
    }
    return (struct text){0};
}

// What was found, without anything that does not belong in a log or page.
static struct text clean_name(struct arena *a, struct text name) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < name.n && o.n < SCAN_NAME_MAX; i++)
        out_byte(&o, name.p[i] > ' ' && name.p[i] < 0x7F ? name.p[i] : '_');
    return out_done(&o);
}

static struct scan_result understand(struct arena *a, struct text reply) {
    struct text rest = text_trim(reply);
    struct scan_result r = {.verdict = SCAN_NOT_AVAILABLE};
    if (text_starts(rest, T("stream: "))) rest = text_slice(rest, 8, rest.n);
    if (text_eq(rest, T("OK"))) {
        r.verdict = SCAN_CLEAN;
    } else if (text_ends(rest, T(" FOUND"))) {
        r = (struct scan_result){SCAN_INFECTED, clean_name(a, text_slice(rest, 0, rest.n - 6))};
    } else if (text_ends(rest, T("ERROR"))) {
        r = (struct scan_result){SCAN_REFUSED, clean_name(a, text_trim(text_slice(rest, 0, rest.n - 5)))};
    }
    return r;
}

// The next piece of the file in *piece, which is empty at its end.
typedef enum status next_piece_fn(void *source, struct bytes *piece);

// Sends the file. *heard is false when the scanner stopped listening: it may have said why.
static enum status send_file(const struct talk *t, next_piece_fn *next, void *source, bool *heard) {
    size_t total = 0;
    *heard = send_all(t, "zINSTREAM", 10);
    while (*heard) {
        struct bytes piece;
        enum status st = next(source, &piece);
        if (st) return st;
        total += piece.n;
        if (total > SCAN_FILE_MAX) return STATUS_TOO_LARGE;
        *heard = send_chunk(t, piece.p, piece.n);
        if (piece.n == 0) break;
    }
    return STATUS_OK;
}

static enum status scan(const struct env *env, struct text address, next_piece_fn *next, void *source,
                        int timeout_ms, struct arena *a, struct scan_result *out) {
    struct talk t = {env, env_monotonic_us(env) + (uint64_t)timeout_ms * 1000, -1};
    char reply[REPLY_MAX];
    bool heard;
    *out = (struct scan_result){.verdict = SCAN_NOT_AVAILABLE};
    enum status st = STATUS_OK;
    if (text_starts(address, T("/")) ? connect_unix(&t, address) : connect_tcp(&t, address)) {
        st = send_file(&t, next, source, &heard);
        if (!st) *out = understand(a, read_reply(&t, reply));
        if (!st && !heard && out->verdict == SCAN_CLEAN)
            out->verdict = SCAN_NOT_AVAILABLE; // it saw only a part
    }
    if (t.socket >= 0) close(t.socket);
    if (out->verdict == SCAN_NOT_AVAILABLE && !st)
        log_line(LOG_WARNING, "scan.not_available", "timeout_ms=%d", timeout_ms);
    return st;
}

struct descriptor {
    int fd;
    uint8_t buffer[CHUNK_BYTES];
};

static enum status next_of_descriptor(void *source, struct bytes *piece) {
    struct descriptor *d = source;
    ssize_t n;
    do n = read(d->fd, d->buffer, sizeof d->buffer);
    while (n < 0 && errno == EINTR);
    if (n < 0) return STATUS_IO;
    *piece = (struct bytes){d->buffer, (size_t)n};
    return STATUS_OK;
}

static enum status next_of_bytes(void *source, struct bytes *piece) {
    struct bytes *rest = source;
    *piece = (struct bytes){rest->p, rest->n < CHUNK_BYTES ? rest->n : CHUNK_BYTES};
    rest->p += piece->n;
    rest->n -= piece->n;
    return STATUS_OK;
}

enum status scan_stream(const struct env *env, struct text address, int fd, int timeout_ms, struct arena *a,
                        struct scan_result *out) {
    struct descriptor d = {.fd = fd};
    return scan(env, address, next_of_descriptor, &d, timeout_ms, a, out);
}

enum status scan_bytes(const struct env *env, struct text address, struct bytes file, int timeout_ms,
                       struct arena *a, struct scan_result *out) {
    return scan(env, address, next_of_bytes, &file, timeout_ms, a, out);
}
