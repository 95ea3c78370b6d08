// libmicrohttpd's callbacks; starting and stopping.
#include <arpa/inet.h>
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "web/server.h"

enum {
    BODY_BUFFER_BYTES = 16 * 1024,
    LISTEN_BACKLOG = 511,
    IO_THREADS = 4,
    HANDLERS_DEFAULT = 8,
};

// ---- libmicrohttpd's calls

static void *on_target(void *context, const char *target, struct MHD_Connection *connection) {
    struct web *w = context;
    struct request_inside *x = calloc(1, sizeof *x);
    if (!x) abort();
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    x->link = info ? info->socket_context : NULL;
    x->connection = connection;
    atomic_fetch_add(&w->requests, 1);
    x->raw_target = text_copy(&x->arena, text_of(target));
    x->q = (struct request){
        .arena = &x->arena, .web = w, .app = w->config.app, .env = w->config.env, .inside = x};
    x->q.target = x->raw_target;
    x->r = (struct response){.status = 200, .media = T("text/html; charset=utf-8"), .body.arena = &x->arena};
    return x;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data, size_t *data_n,
                                  void **state) {
    struct request_inside *x = *state;
    (void)context, (void)connection, (void)url, (void)version;
    if (!x->is_started) return exchange_start(x, method);
    if (*data_n) {
        size_t n = *data_n;
        *data_n = 0;
        return x->is_answered ? MHD_YES : exchange_body(x, data, n);
    }
    return x->is_answered ? MHD_YES : exchange_finish(x);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why) {
    struct web *w = context;
    struct request_inside *x = *state;
    (void)connection, (void)why;
    if (!x) return;
    if (x->body) body_abort(x->body);
    if (x->r.stream.close) x->r.stream.close(x->r.stream.context);
    connections_allow(
        w->connections, x->link,
        (int)(or_else(w->config.idle_s, CONNECTION_IDLE_S) + or_else(w->config.header_s, REQUEST_HEADER_S)));
    arena_free(&x->arena);
    free(x);
    *state = NULL;
    atomic_fetch_sub(&w->requests, 1);
}

static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code) {
    struct web *w = context;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (code == MHD_CONNECTION_NOTIFY_STARTED && info)
        *socket_context = connections_add(w->connections, info->connect_fd,
                                          (int)or_else(w->config.header_s, REQUEST_HEADER_S));
    if (code == MHD_CONNECTION_NOTIFY_CLOSED && *socket_context)
        connections_remove(w->connections, *socket_context);
}

// Paths are decoded by our own parser, which knows of NUL and UTF-8.
static size_t on_unescape(void *context, struct MHD_Connection *connection, char *s) {
    (void)context, (void)connection;
    return strlen(s);
}

// ---- start and stop

static struct template_source source_of(struct arena *a, const struct embedded *file) {
    struct text name = text_of(file->name);
    if (text_ends(name, T(".html"))) name.n -= 5;
    return (struct template_source){text_c(a, name), {(const char *)file->p, file->n}};
}

static enum status load_templates(struct web *w, const struct page_template *const *pages, size_t page_count,
                                  struct problem *p) {
    struct {
        struct template_source *items;
        size_t count, capacity;
    } sources = {0};
    for (size_t i = 0; i < WEB_TEMPLATES.count; i++)
        *ARENA_PUSH(&w->arena, &sources) = source_of(&w->arena, &WEB_TEMPLATES.files[i]);
    for (const struct template_source *s = w->config.templates; s && s->name; s++)
        *ARENA_PUSH(&w->arena, &sources) = *s;
    struct template_world world = {sources.items,    sources.count,  pages,     page_count,
                                   &PAGE_STATE_VIEW, assets_address, w->assets, {{NULL}, 0}};
    texts_add(&world.texts, w->texts.catalog);
    return templates_compile(&world, &w->templates, p);
}

static enum status load_pages(struct web *w, struct problem *p) {
    struct {
        const struct page_template **items;
        size_t count, capacity;
    } pages = {0};
    struct {
        const struct route **items;
        size_t count, capacity;
    } routes = {0};
    *ARENA_PUSH(&w->arena, &pages) = &TROUBLE_PAGE;
    for (const struct page_module *const *m = w->config.modules; m && *m; m++) {
        for (const struct page_template *const *t = (*m)->templates; t && *t; t++)
            *ARENA_PUSH(&w->arena, &pages) = *t;
        for (const struct route *r = (*m)->routes; r && r->path; r++) {
            assert(r->path[0] == '/' && r->handle && r->method);
            *ARENA_PUSH(&w->arena, &routes) = r;
        }
    }
    w->routes = routes.items;
    w->route_count = routes.count;
    w->metrics = metrics_new(w->routes, w->route_count);
    w->started_us = env_monotonic_us(w->config.env);
    return load_templates(w, pages.items, pages.count, p);
}

static bool address_of(const struct web *w, struct sockaddr_storage *to, socklen_t *size) {
    struct sockaddr_in *four = (struct sockaddr_in *)to;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)to;
    const char *address = w->config.address ? w->config.address : "127.0.0.1";
    *to = (struct sockaddr_storage){0};
    if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(w->config.port);
        *size = sizeof *four;
        return true;
    }
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(w->config.port);
    *size = sizeof *six;
    return inet_pton(AF_INET6, address, &six->sin6_addr) == 1;
}

static bool note_port(struct web *w, int fd) {
    struct sockaddr_storage at = {0};
    socklen_t size = sizeof at;
    if (getsockname(fd, (struct sockaddr *)&at, &size) != 0) return false;
    w->port = ntohs(at.ss_family == AF_INET ? ((struct sockaddr_in *)&at)->sin_port
                                            : ((struct sockaddr_in6 *)&at)->sin6_port);
    return true;
}

// Somebody else opened it and keeps it open: connections wait there while one server follows the other.
static enum status listen_on_given(struct web *w, int *fd) {
    int is_listening = 0;
    socklen_t size = sizeof is_listening;
    *fd = fcntl(w->config.listen_fd, F_DUPFD_CLOEXEC, 0);
    if (*fd < 0) return STATUS_IO;
    bool ok = getsockopt(*fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &size) == 0 && is_listening &&
              fcntl(*fd, F_SETFL, O_NONBLOCK) == 0 && note_port(w, *fd);
    if (ok) return STATUS_OK;
    close(*fd);
    return STATUS_INVALID;
}

// A listening socket, and the port that it got.
static enum status listen_on(struct web *w, int *fd) {
    struct sockaddr_storage at;
    socklen_t size;
    int yes = 1;
    if (w->config.listen_fd) return listen_on_given(w, fd);
    if (!address_of(w, &at, &size)) return STATUS_INVALID;
    *fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0) return STATUS_IO;
    bool ok = setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
              bind(*fd, (struct sockaddr *)&at, size) == 0 && listen(*fd, LISTEN_BACKLOG) == 0;
    if (!ok) {
        close(*fd);
        return STATUS_IO;
    }
    return note_port(w, *fd) ? STATUS_OK : STATUS_IO;
}

static enum status serve(struct web *w, int fd) {
    w->handlers = handlers_new(w->config.env, (int)or_else(w->config.threads, HANDLERS_DEFAULT));
    w->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, w,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)IO_THREADS,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
        or_else(w->config.idle_s, CONNECTION_IDLE_S), MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)HEADER_BYTES_MAX + BODY_BUFFER_BYTES, MHD_OPTION_URI_LOG_CALLBACK, on_target, w,
        MHD_OPTION_UNESCAPE_CALLBACK, on_unescape, w, MHD_OPTION_NOTIFY_COMPLETED, on_completed, w,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, w, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (!w->daemon) close(fd);
    return w->daemon ? STATUS_OK : STATUS_IO;
}

static void name_origin(struct web *w) {
    struct text origin = w->config.origin;
    if (origin.n) {
        assert(origin.n < sizeof w->origin);
        snprintf(w->origin, sizeof w->origin, TEXT_FMT, TEXT_ARG(origin));
    } else {
        snprintf(w->origin, sizeof w->origin, "http://localhost:%u", w->port);
        snprintf(w->port_origin, sizeof w->port_origin, "http://127.0.0.1:%u", w->port);
    }
}

enum status web_start(const struct web_config *config, struct web **out, struct problem *p) {
    struct web *w = *out = calloc(1, sizeof *w);
    if (!w) abort();
    const struct rate_limits *rates = config->rates ? config->rates : &RATE_LIMITS_DEFAULT;
    struct text style = {0};
    w->config = *config;
    w->listen_fd = -1;
    w->is_https = text_starts(config->origin, T("https://"));
    w->assets = assets_new(&WEB_ASSETS);
    w->address_rate = rate_new(config->env, rates->address, RATE_COUNT);
    w->account_rate = rate_new(config->env, rates->account, RATE_COUNT);
    w->connections = connections_new();
    enum status st = page_texts_read(&WEB_TEXTS, config->is_strict, &w->texts, p);
    for (size_t i = 0; !st && i < catalog_languages(w->texts.catalog); i++)
        w->language_names[i] = page_language_name(&w->arena, catalog_language(w->texts.catalog, i));
    if (!st) st = load_pages(w, p);
    if (assets_address(w->assets, T("app.css"), &style)) w->style_ltr = text_c(&w->arena, style);
    if (assets_address(w->assets, T("app-rtl.css"), &style)) w->style_rtl = text_c(&w->arena, style);
    int fd = -1;
    if (!st) st = listen_on(w, &fd);
    if (st) return st;
    name_origin(w);
    return serve(w, fd);
}

uint16_t web_port(const struct web *w) {
    return w->port;
}

void web_set_pack_texts(struct web *w, const struct catalog *pack) {
    atomic_store(&w->pack_texts, pack);
}

// Nobody new comes in; who is inside is served. A connection that was accepted a moment ago has its request
// under way. True when all that was begun is done.
static bool drain(struct web *w) {
    const struct env *env = w->config.env;
    uint64_t until = env_monotonic_us(env) + (uint64_t)or_else(w->config.stop_s, STOP_S) * 1000000;
    uint64_t quiet_since = env_monotonic_us(env);
    atomic_store(&w->is_stopping, true);
    w->listen_fd = MHD_quiesce_daemon(w->daemon); // from here on it is ours to close
    bool is_own = !w->config.listen_fd && w->listen_fd >= 0;
    if (is_own) shutdown(w->listen_fd, SHUT_RDWR); // who comes now is refused at once, not kept waiting
    for (uint64_t now = quiet_since; now < until; now = env_monotonic_us(env)) {
        if (atomic_load(&w->requests)) quiet_since = now;
        int quiet_ms = connections_count(w->connections) ? STOP_QUIET_MS : STOP_EMPTY_MS;
        if (now - quiet_since > (uint64_t)quiet_ms * 1000) return true;
        usleep(10 * 1000);
    }
    return false;
}

void web_stop(struct web *w) {
    if (!w) return;
    bool is_late = w->daemon && !drain(w);
    if (is_late) log_line(LOG_WARNING, "web.stop", "unfinished=%d", atomic_load(&w->requests));
    handlers_stop(w->handlers, is_late); // libmicrohttpd must not be stopped while a connection is suspended
    if (w->daemon) MHD_stop_daemon(w->daemon);
    if (w->listen_fd >= 0) close(w->listen_fd); // not before: a thread may still look at it
    handlers_free(w->handlers);
    connections_free(w->connections);
    metrics_free(w->metrics);
    templates_free(w->templates);
    assets_free(w->assets);
    rate_free(w->address_rate);
    rate_free(w->account_rate);
    arena_free(&w->texts.arena);
    arena_free(&w->arena);
    free(w);
}
