// security_server.h - a small security server on this machine, for tests: what two of them do between a
// client and a service, and what goes wrong on the way.
#pragma once
#include <ctype.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "exchange/xroad.h"

enum server_mood {
    FAIR,
    SILENT,         // never answers
    CUT,            // half of an answer
    HANGS_UP,       // none
    OTHER_ID,       // the answer to another message
    OTHER_CLIENT,   // ... to somebody else
    OTHER_SERVICE,  // ... of something else
    NO_HASH,        // without evidence
    TWO_IDS,        // X-Road-Id twice
    NO_SERVICE,     // the service cannot be reached
    DENIED,         // we may not
    BAD_REQUEST,    // we did wrong
    ERROR_NO_BODY,  // X-Road-Error alone
    MOVED,          // a redirection
    ENDLESS,        // more than anybody asked for
    SERVICE_FAILS,  // the service itself says 500
    SERVICE_IS_BUSY // the service itself says 503
};

struct security_server {
    pthread_t thread;
    int listener, port;
    enum server_mood mood;
    const struct xroad_options *service; // the other side
    struct text gate;                    // that it shows there
    parcel_receive_fn *receive;
    void *context;
    int asked;
    char path[500], head[4000], body[20000]; // of the last request
    size_t body_n;
};

static inline bool server_header(const struct security_server *s, const char *name, char *out, size_t size) {
    size_t n = strlen(name);
    for (const char *line = s->head; (line = strstr(line, "\r\n")); line += 2) {
        if (strncasecmp(line + 2, name, n) != 0 || line[2 + n] != ':') continue;
        const char *v = line + 3 + n;
        while (*v == ' ') v++;
        snprintf(out, size, "%.*s", (int)strcspn(v, "\r"), v);
        return true;
    }
    return false;
}

static inline bool server_read(struct security_server *s, int fd) {
    char length[40] = "0", method[10];
    size_t n = 0;
    s->head[0] = 0;
    while (n + 1 < sizeof s->head && !strstr(s->head, "\r\n\r\n")) {
        if (read(fd, s->head + n, 1) != 1) return false;
        s->head[++n] = 0;
    }
    if (sscanf(s->head, "%9s %499s", method, s->path) != 2) return false;
    server_header(s, "Content-Length", length, sizeof length);
    size_t wanted = (size_t)atoi(length);
    if (wanted > sizeof s->body) return false;
    for (s->body_n = 0; s->body_n < wanted;) {
        ssize_t got = read(fd, s->body + s->body_n, wanted - s->body_n);
        if (got <= 0) return false;
        s->body_n += (size_t)got;
    }
    return true;
}

// "/r1/EE/GOV/2/reception/ostia/parcels" -> "EE/GOV/2/reception/ostia"
static inline void server_service(const struct security_server *s, char out[500]) {
    const char *p = s->path + 4;
    int parts = 0;
    size_t n = 0;
    for (; p[n] && p[n] != '?'; n++)
        if (p[n] == '/' && ++parts == 5) break;
    snprintf(out, 500, "%.*s", (int)n, p);
}

static inline void server_answer(struct security_server *s, int fd, unsigned status, const char *headers,
                                 const char *media, struct bytes body) {
    char id[300] = "", client[300] = "", service[500];
    server_header(s, "X-Road-Id", id, sizeof id);
    server_header(s, "X-Road-Client", client, sizeof client);
    server_service(s, service);
    if (s->mood == OTHER_ID) id[0] = id[0] == '0' ? '1' : '0';
    if (s->mood == OTHER_CLIENT) strcat(client, "x");
    if (s->mood == OTHER_SERVICE) strcat(service, "x");
    dprintf(fd, "HTTP/1.1 %u Fine\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s", status, media, body.n,
            headers);
    if (!strstr(headers, "X-Road-Error"))
        dprintf(fd, "x-road-id: %s\r\nx-road-client: %s\r\nx-road-service: %s\r\nx-road-request-id: r-1\r\n",
                id, client, service);
    if (!strstr(headers, "X-Road-Error") && s->mood != NO_HASH)
        dprintf(
            fd,
            "x-road-request-hash: 14sEri8SmLNy/DJyTob0ZddAskmdRy5ZUyhbr33iLkaA+gLpWcivUH16fzbuIs7hhs2AnA4l"
            "JDloyIihXMlVQA==\r\n");
    if (s->mood == TWO_IDS) dprintf(fd, "X-Road-Id: %s\r\n", id);
    dprintf(fd, "Connection: close\r\n\r\n");
    size_t n = s->mood == CUT ? body.n / 2 : body.n;
    if (write(fd, body.p, n) != (ssize_t)n) return;
}

static inline void server_error(struct security_server *s, int fd, unsigned status, const char *type,
                                bool body) {
    char header[200], json[400];
    snprintf(header, sizeof header, "X-Road-Error: %s\r\n", type);
    snprintf(json, sizeof json, "{\"type\":\"%s\",\"message\":\"as it is\",\"detail\":\"9bc95b6e\"}", type);
    server_answer(s, fd, status, header, "application/json;charset=utf-8",
                  body ? bytes_of(text_of(json)) : (struct bytes){0});
}

// The lists that it keeps itself.
static inline bool server_meta(struct security_server *s, int fd) {
    const char *body = NULL;
    if (strncmp(s->path, "/listClients", 12) == 0)
        body =
            "{\"member\":[{\"id\":{\"member_class\":\"GOV\",\"member_code\":\"1\",\"object_type\":\"MEMBER\","
            "\"xroad_instance\":\"EE\"},\"name\":\"One\"},{\"id\":{\"member_class\":\"GOV\",\"member_code\":"
            "\"2\","
            "\"object_type\":\"SUBSYSTEM\",\"subsystem_code\":\"reception\",\"xroad_instance\":\"EE\"},"
            "\"name\":"
            "\"Two\"}]}";
    if (strstr(s->path, "/listMethods") || strstr(s->path, "/allowedMethods"))
        body = "{\"service\":[{\"member_class\":\"GOV\",\"member_code\":\"2\",\"object_type\":\"SERVICE\","
               "\"service_code\":\"ostia\",\"service_type\":\"OPENAPI\",\"subsystem_code\":\"reception\","
               "\"xroad_instance\":\"EE\",\"endpoint_list\":[{\"method\":\"POST\",\"path\":\"/parcels\"}]}]}";
    if (body) server_answer(s, fd, 200, "", "application/json", bytes_of(text_of(body)));
    if (!strstr(s->path, "/getOpenAPI?serviceCode=ostia")) return body;
    struct arena a = {0};
    server_answer(s, fd, 200, "", "application/json", bytes_of(xroad_openapi(&a)));
    arena_free(&a);
    return true;
}

// As the security server of the service does it: the headers of the request, and one more.
static inline void server_pass_on(struct security_server *s, int fd) {
    static const char *const NAMES[] = {"X-Road-Client", "X-Road-Id", "X-Road-UserId", "X-Road-Issue"};
    char values[6][500], service[500];
    struct xroad_header headers[6];
    struct arena a = {0};
    struct xroad_reply reply;
    size_t count = 0;
    for (size_t i = 0; i < 4; i++)
        if (server_header(s, NAMES[i], values[i], sizeof values[i]))
            headers[count++] = (struct xroad_header){text_of(NAMES[i]), text_of(values[i])};
    server_service(s, service);
    headers[count++] = (struct xroad_header){T("X-Road-Service"), text_of(service)};
    headers[count++] = (struct xroad_header){T("X-Road-Request-Id"), T("r-1")};
    xroad_serve_parcel(s->service, s->gate, headers, count,
                       (struct bytes){(const uint8_t *)s->body, s->body_n}, s->receive, s->context, &a,
                       &reply);
    server_answer(s, fd, reply.status, "", text_c(&a, reply.media), reply.body);
    arena_free(&a);
}

static inline void server_talk(struct security_server *s, int fd) {
    struct bytes some = bytes_of(T("an answer that nobody will read whole"));
    char c;
    if (!server_read(s, fd)) return;
    s->asked++;
    switch (s->mood) {
    case SILENT:
        while (read(fd, &c, 1) > 0) {
        } // until the other side has had enough
        return;
    case HANGS_UP: return;
    case NO_SERVICE: server_error(s, fd, 500, "Server.ServerProxy.NetworkError", true); return;
    case DENIED: server_error(s, fd, 500, "Server.ServerProxy.AccessDenied", true); return;
    case BAD_REQUEST: server_error(s, fd, 400, "Client.BadRequest", true); return;
    case ERROR_NO_BODY: server_error(s, fd, 500, "Server.ClientProxy.OutdatedGlobalConf", false); return;
    case MOVED: server_answer(s, fd, 302, "Location: http://127.0.0.1:1/\r\n", "text/plain", some); return;
    case ENDLESS: {
        dprintf(fd, "HTTP/1.1 200 Fine\r\n\r\n");
        while (send(fd, s->head, sizeof s->head, MSG_NOSIGNAL) > 0) {
        }
        return;
    }
    case SERVICE_FAILS: server_answer(s, fd, 500, "", "text/plain", some); return;
    case SERVICE_IS_BUSY: server_answer(s, fd, 503, "", "text/plain", some); return;
    default: break;
    }
    if (!server_meta(s, fd)) server_pass_on(s, fd);
}

static inline void *server_run(void *arg) {
    struct security_server *s = arg;
    for (int fd; (fd = accept(s->listener, NULL, NULL)) >= 0;) {
        server_talk(s, fd);
        close(fd);
    }
    return NULL;
}

static inline struct security_server *server_start(void) {
    struct security_server *s = calloc(1, sizeof *s);
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof in;
    if (!s) abort();
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(s->listener, (struct sockaddr *)&in, sizeof in) != 0 || listen(s->listener, 5) != 0) abort();
    getsockname(s->listener, (struct sockaddr *)&in, &n);
    s->port = ntohs(in.sin_port);
    if (pthread_create(&s->thread, NULL, server_run, s) != 0) abort();
    return s;
}

static inline void server_stop(struct security_server *s) {
    shutdown(s->listener, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->listener);
    free(s);
}
