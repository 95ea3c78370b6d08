// libmicrohttpd's callbacks, from the first byte of a request to the last of its answer.
#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "web/parse.h"
#include "web/server.h"

enum {
    STREAM_BLOCK_BYTES = 64 * 1024,
    FORM_RAW_BYTES_MAX = 3 * FORM_BODY_BYTES_MAX,  // %XX triples a byte
    BODY_BUFFER_BYTES = 16 * 1024,
    LISTEN_BACKLOG = 511,
    THREADS_DEFAULT = 4,
};

static unsigned or_else(unsigned configured, unsigned otherwise) {
    return configured ? configured : otherwise;
}

// ---- what the request is, before its body

static bool method_of(const char *name, struct request *q) {
    static const struct { const char *name; enum http_method method; } KNOWN[] = {
        {"GET", GET}, {"HEAD", GET}, {"POST", POST}, {"PUT", PUT}, {"PATCH", PATCH}, {"DELETE", DELETE}};
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
        if (strcmp(KNOWN[i].name, name) != 0) continue;
        q->method = KNOWN[i].method;
        q->is_head = i == 1;
        return true;
    }
    q->method = GET;
    return false;
}

static struct text client_of(struct request *q) {
    char name[INET6_ADDRSTRLEN] = "";
    struct text forwarded = request_header(q, "X-Forwarded-For"), part, last = {0};
    if (q->web->config.is_behind_proxy)  // the last entry is our own proxy's word; what stands before it anybody can write
        while (forwarded.p && text_cut(&forwarded, ',', &part)) last = text_trim(part);
    uint8_t network[17];
    if (last.n && parse_network(last, network)) return text_copy(q->arena, last);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(q->inside->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *from = info ? info->client_addr : NULL;
    if (from && from->sa_family == AF_INET) inet_ntop(AF_INET, &((const struct sockaddr_in *)from)->sin_addr, name, sizeof name);
    if (from && from->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)from)->sin6_addr, name, sizeof name);
    return text_copy(q->arena, text_of(name));
}

static bool is_shipped(struct text tag) {
    for (size_t i = 0; i < PAGE_LANGUAGE_COUNT; i++)
        if (text_eq(PAGE_LANGUAGES[i], tag)) return true;
    return false;
}

// ?lang= wins and is remembered; then the cookie, the account's choice, the browser's.
static void choose_language(struct request *q, struct text cookies) {
    struct text asked = query_text(q, "lang"), kept;
    kept = parse_cookie(cookies, guard_cookie_name(q->web, q->arena, "lang"));
    if (is_shipped(asked)) {
        q->language = asked;
        if (!text_eq(asked, kept)) guard_cookie(q, &q->inside->r, "lang", asked, 365 * 24 * 3600);
        return;
    }
    q->language = is_shipped(kept) ? kept : q->session.language;
    if (!is_shipped(q->language))
        q->language = parse_accept_language(request_header(q, "Accept-Language"), PAGE_LANGUAGES, PAGE_LANGUAGE_COUNT);
    if (!q->language.n) q->language = PAGE_LANGUAGES[0];
}

static void find_session(struct request *q, struct text cookies) {
    struct web *w = q->web;
    q->inside->visit = parse_cookie(cookies, guard_cookie_name(w, q->arena, "visit"));
    q->inside->notice = parse_cookie(cookies, guard_cookie_name(w, q->arena, "notice"));
    q->session_token = parse_cookie(cookies, guard_cookie_name(w, q->arena, "session"));
    if (!q->session_token.n || !w->config.sessions) return;
    if (w->config.sessions->find(w->config.sessions->context, q->arena, q->session_token, q->now, &q->session))
        q->session = (struct web_session){0};
}

static bool has_body(struct request *q) {
    struct text length = request_header(q, "Content-Length");
    return request_header(q, "Transfer-Encoding").n || (length.n && !text_eq(length, T("0")));
}

static int64_t body_max(const struct request_inside *x) {
    return x->route && x->route->upload ? BODY_BYTES_MAX : FORM_RAW_BYTES_MAX;
}

// ---- files on their way to the route's sink

static enum status file_allow(void *context) {
    struct request_inside *x = context;
    if (x->is_csrf_checked) return STATUS_OK;
    struct text token = {0};
    size_t at = 0;
    if (!fields_next(body_fields(x->body), "csrf", &at, &token)) token = (struct text){0};
    enum status st = guard_csrf_check(&x->q, token);
    x->is_csrf_checked = !st;
    x->q.form = *body_fields(x->body);  // what stood before the file, for the sink
    return st;
}

static enum status file_begin(void *context, struct text field, struct text name, struct text media, void **file) {
    struct request_inside *x = context;
    return x->route->upload->begin(&x->q, field, name, media, file);
}

static enum status file_bytes(void *context, void *file, struct bytes chunk) {
    struct request_inside *x = context;
    return x->route->upload->bytes(&x->q, file, chunk);
}

static enum status file_end(void *context, void *file, bool is_complete) {
    struct request_inside *x = context;
    return x->route->upload->end(&x->q, file, is_complete);
}

// Status 0, or why the body is not wanted.
static unsigned body_prepare(struct request_inside *x) {
    struct request *q = &x->q;
    struct text length = request_header(q, "Content-Length");
    int64_t bytes;
    if (q->method == GET) return has_body(q) ? 400 : 0;
    if (guard_origin_check(q)) return 403;
    struct text token = request_header(q, "X-CSRF-Token");
    if (token.n) {
        if (guard_csrf_check(q, token)) return 403;
        x->is_csrf_checked = true;
    }
    if (length.n && (!text_int(length, &bytes) || bytes < 0)) return 400;
    if (length.n && bytes > body_max(x)) return 413;
    if (x->route->upload)
        x->files = (struct body_files){x, file_allow, file_begin, file_bytes, file_end, x->route->upload->file_bytes_max};
    enum status st = body_new(q->arena, request_header(q, "Content-Type"), x->route->is_api, &x->files, &x->body);
    return st ? (st == STATUS_UNSUPPORTED ? 415 : 400) : 0;
}

static unsigned check_actor(const struct request_inside *x) {
    unsigned needs = x->route->needs, kinds = x->q.session.kinds;
    if (!needs || (kinds & needs)) return 0;
    return x->q.session.account && !(kinds & HALF_SIGNED_IN) ? 403 : 401;
}

static enum rate_class rate_of(const struct request_inside *x) {
    return x->route->rate == RATE_PAGE && x->q.method != GET ? RATE_WRITE : x->route->rate;
}

static unsigned target_prepare(struct request_inside *x) {
    struct request *q = &x->q;
    struct text query;
    enum status st = parse_target(q->arena, x->raw_target, &q->path, &query);
    if (!st) st = parse_query(q->arena, query, QUERY_FIELDS_MAX, &q->query);
    if (st) q->path = q->target = T("/");
    return !st ? 0 : st == STATUS_TOO_LARGE ? 414 : 400;
}

static unsigned prepare(struct request_inside *x, const char *method) {
    struct request *q = &x->q;
    struct text cookies = request_header(q, "Cookie"), allow;
    bool is_known = method_of(method, q);
    unsigned bad = target_prepare(x);
    q->client = client_of(q);
    find_session(q, cookies);
    choose_language(q, cookies);
    q->wants_json = parse_prefers(request_header(q, "Accept"), T("application/json"), T("text/html"));
    if (bad) return bad;
    if (cookies.n > COOKIE_BYTES_MAX) return 431;
    if (MHD_get_connection_values(x->connection, MHD_HEADER_KIND, NULL, NULL) > HEADERS_MAX) return 431;
    if (text_starts(q->path, T("/assets/")) && q->method == GET && is_known) return 0;
    enum status st = route_find(q->web, q->arena, q->method, q->path, &x->route, &q->params, &allow);
    if (st == STATUS_NOT_FOUND) return 404;
    if (st || !is_known) {
        response_header(q, &x->r, "Allow", allow);
        return 405;
    }
    q->wants_json |= x->route->is_api;
    if (guard_rate(q, rate_of(x), &x->wait_s)) return 429;
    unsigned refused = check_actor(x);
    return refused ? refused : body_prepare(x);
}

// ---- the answer

static ssize_t stream_read(void *context, uint64_t at, char *to, size_t max) {
    struct body_stream *s = context;
    size_t got = 0;
    (void)at;
    if (s->read(s->context, (uint8_t *)to, max, &got)) return MHD_CONTENT_READER_END_WITH_ERROR;
    return got ? (ssize_t)got : MHD_CONTENT_READER_END_OF_STREAM;
}

static void stream_close(void *context) {
    struct body_stream *s = context;
    if (s->close) s->close(s->context);
    free(s);
}

static struct MHD_Response *response_of(struct response *r) {
    if (r->stream.read) {
        struct body_stream *s = malloc(sizeof *s);
        if (!s) abort();
        *s = r->stream;
        r->stream = (struct body_stream){0};
        uint64_t size = s->size < 0 ? MHD_SIZE_UNKNOWN : (uint64_t)s->size;
        return MHD_create_response_from_callback(size, STREAM_BLOCK_BYTES, stream_read, s, stream_close);
    }
    struct bytes body = r->constant.p ? r->constant : bytes_of(out_done(&r->body));
    return MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)(body.n ? body.p : (const uint8_t *)""),
                                           MHD_RESPMEM_PERSISTENT);  // the arena is freed after the answer is sent
}

static enum MHD_Result answer(struct request_inside *x) {
    struct response *r = &x->r;
    struct MHD_Response *m = response_of(r);
    if (!m) return MHD_NO;
    guard_headers(r, m);
    if (r->status != 304 && r->status != 303 && r->media.n)
        MHD_add_response_header(m, "Content-Type", text_c(&x->arena, r->media));
    x->is_answered = true;
    connections_allow(x->q.web->connections, x->link, (int)or_else(x->q.web->config.body_s, REQUEST_BODY_S));
    enum MHD_Result ok = MHD_queue_response(x->connection, r->status, m);
    MHD_destroy_response(m);
    return ok;
}

// Any status that a page for people must explain.
static void fail(struct request_inside *x, enum status st) {
    unsigned status = trouble_status(st);
    if (status >= 500)
        log_line(LOG_ERROR, "web.failed", "route=%s status=\"%s\"", x->route ? x->route->path : "-", status_name(st));
    trouble_show(&x->q, &x->r, status);
}

static enum status handle(struct request_inside *x) {
    struct request *q = &x->q;
    if (!x->route) return assets_answer(q->web->assets, q, &x->r);
    if (x->body) {
        enum status st = body_end(x->body);
        if (st) return st == STATUS_INVALID && !x->r.problem.rule ? STATUS_CORRUPT : st;
        q->form = *body_fields(x->body);
        q->body = body_json(x->body);
        if (!x->is_csrf_checked && (st = guard_csrf_check(q, form_text(q, "csrf")))) return st;
    }
    return x->route->handle(q, &x->r);
}

static enum MHD_Result finish(struct request_inside *x) {
    if (x->refusal) {
        if (x->body) body_abort(x->body);
        trouble_show(&x->q, &x->r, x->refusal);
        return answer(x);
    }
    enum status st = handle(x);
    if (st == STATUS_CORRUPT && x->body && x->body->status) trouble_show(&x->q, &x->r, 400);
    else if (st) fail(x, st);
    log_line(LOG_DEBUG, "web.request", "route=%s status=%u us=%llu", x->route ? x->route->path : "asset", x->r.status,
             (unsigned long long)(env_monotonic_us(x->q.env) - x->started_us));
    return answer(x);
}

// ---- libmicrohttpd's calls

static void *on_target(void *context, const char *target, struct MHD_Connection *connection) {
    struct web *w = context;
    struct request_inside *x = calloc(1, sizeof *x);
    if (!x) abort();
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    x->link = info ? info->socket_context : NULL;
    x->connection = connection;
    x->raw_target = text_copy(&x->arena, text_of(target));
    x->q = (struct request){.arena = &x->arena, .web = w, .app = w->config.app, .env = w->config.env, .inside = x};
    x->q.target = x->raw_target;
    x->r = (struct response){.status = 200, .media = T("text/html; charset=utf-8"), .body.arena = &x->arena};
    return x;
}

static enum MHD_Result start(struct request_inside *x, const char *method) {
    struct web *w = x->q.web;
    x->is_started = true;
    x->started_us = env_monotonic_us(w->config.env);
    x->q.now = env_now(w->config.env);
    connections_allow(w->connections, x->link, (int)or_else(w->config.body_s, REQUEST_BODY_S));
    x->refusal = prepare(x, method);
    if (!x->refusal || !has_body(&x->q)) return MHD_YES;
    // A short unwanted body is read to its end, so that the browser shows the page; a long one is not waited for.
    struct text length = request_header(&x->q, "Content-Length");
    int64_t bytes;
    return length.n && text_int(length, &bytes) && bytes <= FORM_RAW_BYTES_MAX ? MHD_YES : finish(x);
}

static enum MHD_Result take_body(struct request_inside *x, const char *data, size_t n) {
    x->body_bytes += (int64_t)n;
    if (x->body_bytes > BODY_BYTES_MAX) return MHD_NO;  // ends the connection
    if (x->refusal) return MHD_YES;
    enum status st = STATUS_TOO_LARGE;
    if (x->body && x->body_bytes <= body_max(x)) st = body_feed(x->body, (struct bytes){(const uint8_t *)data, n});
    if (!st) return MHD_YES;
    x->refusal = st == STATUS_INVALID && !x->r.problem.rule ? 400 : trouble_status(st);
    if (x->body) body_abort(x->body);
    return MHD_YES;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *data, size_t *data_n, void **state) {
    struct request_inside *x = *state;
    (void)context, (void)connection, (void)url, (void)version;
    if (!x->is_started) return start(x, method);
    if (*data_n) {
        size_t n = *data_n;
        *data_n = 0;
        return x->is_answered ? MHD_YES : take_body(x, data, n);
    }
    return x->is_answered ? MHD_YES : finish(x);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why) {
    struct web *w = context;
    struct request_inside *x = *state;
    (void)connection, (void)why;
    if (!x) return;
    if (x->body) body_abort(x->body);
    if (x->r.stream.close) x->r.stream.close(x->r.stream.context);
    connections_allow(w->connections, x->link,
                      (int)(or_else(w->config.idle_s, CONNECTION_IDLE_S) + or_else(w->config.header_s, REQUEST_HEADER_S)));
    arena_free(&x->arena);
    free(x);
    *state = NULL;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code) {
    struct web *w = context;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (code == MHD_CONNECTION_NOTIFY_STARTED && info)
        *socket_context = connections_add(w->connections, info->connect_fd, (int)or_else(w->config.header_s, REQUEST_HEADER_S));
    if (code == MHD_CONNECTION_NOTIFY_CLOSED && *socket_context) connections_remove(w->connections, *socket_context);
}

// Paths are decoded by our own parser, which knows of NUL and UTF-8.
static size_t on_unescape(void *context, struct MHD_Connection *connection, char *s) {
    (void)context, (void)connection;
    return strlen(s);
}

// ---- start and stop

static enum status load_pages(struct web *w, struct problem *p) {
    struct { const struct page_template **items; size_t count, capacity; } pages = {0};
    struct { const struct route **items; size_t count, capacity; } routes = {0};
    *ARENA_PUSH(&w->arena, &pages) = &TROUBLE_PAGE;
    for (const struct page_module *const *m = w->config.modules; m && *m; m++) {
        for (const struct page_template *const *t = (*m)->templates; t && *t; t++) *ARENA_PUSH(&w->arena, &pages) = *t;
        for (const struct route *r = (*m)->routes; r && r->path; r++) {
            assert(r->path[0] == '/' && r->handle && r->method);
            *ARENA_PUSH(&w->arena, &routes) = r;
        }
    }
    w->routes = routes.items;
    w->route_count = routes.count;
    struct template_source *sources = ARENA_ARRAY(&w->arena, struct template_source, WEB_TEMPLATES.count + 1);
    for (size_t i = 0; i < WEB_TEMPLATES.count; i++) {
        struct text name = text_of(WEB_TEMPLATES.files[i].name);
        sources[i].name = text_c(&w->arena, text_slice(name, 0, name.n - (text_ends(name, T(".html")) ? 5 : 0)));
        sources[i].html = (struct text){(const char *)WEB_TEMPLATES.files[i].p, WEB_TEMPLATES.files[i].n};
    }
    struct template_world world = {sources, WEB_TEMPLATES.count, pages.items, pages.count, &PAGE_STATE_VIEW,
                                   assets_address, w->assets, {{NULL}, 0}};
    texts_add(&world.texts, w->texts.catalog);
    return templates_compile(&world, &w->templates, p);
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

// A listening socket, and the port that it got.
static enum status listen_on(struct web *w, int *fd) {
    struct sockaddr_storage at;
    socklen_t size;
    int yes = 1;
    if (!address_of(w, &at, &size)) return STATUS_INVALID;
    *fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0) return STATUS_IO;
    bool ok = setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 && bind(*fd, (struct sockaddr *)&at, size) == 0 &&
              listen(*fd, LISTEN_BACKLOG) == 0 && getsockname(*fd, (struct sockaddr *)&at, &size) == 0;
    if (!ok) {
        close(*fd);
        return STATUS_IO;
    }
    w->port = ntohs(at.ss_family == AF_INET ? ((struct sockaddr_in *)&at)->sin_port : ((struct sockaddr_in6 *)&at)->sin6_port);
    return STATUS_OK;
}

static enum status serve(struct web *w, int fd) {
    w->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL, on_request, w, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_THREAD_POOL_SIZE, or_else(w->config.threads, THREADS_DEFAULT), MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, or_else(w->config.idle_s, CONNECTION_IDLE_S),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_BYTES_MAX + BODY_BUFFER_BYTES, MHD_OPTION_URI_LOG_CALLBACK,
        on_target, w, MHD_OPTION_UNESCAPE_CALLBACK, on_unescape, w, MHD_OPTION_NOTIFY_COMPLETED, on_completed, w,
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
    w->is_https = text_starts(config->origin, T("https://"));
    w->assets = assets_new(&WEB_ASSETS);
    w->address_rate = rate_new(config->env, rates->address, RATE_COUNT);
    w->account_rate = rate_new(config->env, rates->account, RATE_COUNT);
    w->connections = connections_new();
    enum status st = page_texts_read(&WEB_TEXTS, config->is_strict, &w->texts, p);
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

void web_stop(struct web *w) {
    if (!w) return;
    if (w->daemon) MHD_stop_daemon(w->daemon);
    connections_free(w->connections);
    templates_free(w->templates);
    assets_free(w->assets);
    rate_free(w->address_rate);
    rate_free(w->account_rate);
    arena_free(&w->texts.arena);
    arena_free(&w->arena);
    free(w);
}
