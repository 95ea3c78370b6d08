// What a request is and whether it may come in, before a byte of its body is read.
#include <arpa/inet.h>
#include <string.h>

#include "web/parse.h"
#include "web/server.h"

static bool method_of(const char *name, struct request *q) {
    static const struct {
        const char *name;
        enum http_method method;
    } KNOWN[] = {{"GET", GET}, {"HEAD", GET},    {"POST", POST},
                 {"PUT", PUT}, {"PATCH", PATCH}, {"DELETE", DELETE}};
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
        if (strcmp(KNOWN[i].name, name) != 0) continue;
        q->method = KNOWN[i].method;
        q->is_head = i == 1;
        return true;
    }
    q->method = GET;
    return false;
}

// Several X-Forwarded-For lines are one list (RFC 9110, 5.3); some proxies add a line of their own.
static enum MHD_Result last_forwarded(void *context, enum MHD_ValueKind kind, const char *name,
                                      const char *value) {
    struct text *last = context, list = text_of(value), part;
    (void)kind;
    if (!text_eq_nocase(text_of(name), T("X-Forwarded-For"))) return MHD_YES;
    while (list.p && text_cut(&list, ',', &part)) *last = text_trim(part);
    return MHD_YES;
}

struct text request_peer(const struct request *q) {
    char name[INET6_ADDRSTRLEN] = "";
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(q->inside->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *from = info ? info->client_addr : NULL;
    if (from && from->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)from)->sin_addr, name, sizeof name);
    if (from && from->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)from)->sin6_addr, name, sizeof name);
    return text_copy(q->arena, text_of(name));
}

static struct text client_of(struct request *q) {
    struct text last = {0};
    if (q->web->config.is_behind_proxy) // the last entry is our own proxy's word; what stands before it
                                        // anybody can write
        MHD_get_connection_values(q->inside->connection, MHD_HEADER_KIND, last_forwarded, &last);
    uint8_t network[17];
    return last.n && parse_network(last, network) ? text_copy(q->arena, last) : request_peer(q);
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
        q->language =
            parse_accept_language(request_header(q, "Accept-Language"), PAGE_LANGUAGES, PAGE_LANGUAGE_COUNT);
    if (!q->language.n) q->language = PAGE_LANGUAGES[0];
}

// A database that cannot say now who asks has not said that it is nobody.
static void note_session(struct request *q, enum status st) {
    if (st) q->session = (struct web_session){0};
    q->inside->is_blind = st && st != STATUS_NOT_FOUND && st != STATUS_EXPIRED;
}

static void find_session(struct request *q, struct text cookies) {
    struct web *w = q->web;
    q->inside->visit = parse_cookie(cookies, guard_cookie_name(w, q->arena, "visit"));
    q->inside->notice = parse_cookie(cookies, guard_cookie_name(w, q->arena, "notice"));
    q->session_token = parse_cookie(cookies, guard_cookie_name(w, q->arena, "session"));
    if (!q->session_token.n || !w->config.sessions) return;
    note_session(q, w->config.sessions->find(w->config.sessions->context, q->arena, q->session_token, q->now,
                                             &q->session));
}

// A route for programs: a cookie that a browser sends by itself says nothing here.
static void find_bearer(struct request *q) {
    const struct web_sessions *s = q->web->config.sessions;
    struct text header = request_header(q, "Authorization"), scheme;
    q->session = (struct web_session){0};
    q->session_token = (struct text){0};
    q->inside->is_blind = false;
    if (!s || !s->find_bearer || !text_cut(&header, ' ', &scheme) || !text_eq_nocase(scheme, T("Bearer")))
        return;
    note_session(q, s->find_bearer(s->context, q->arena, text_trim(header), q->now, &q->session));
}

bool request_has_body(struct request *q) {
    struct text length = request_header(q, "Content-Length");
    return request_header(q, "Transfer-Encoding").n || (length.n && !text_eq(length, T("0")));
}

int64_t request_body_max(const struct request_inside *x) {
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
    x->q.form = *body_fields(x->body); // what stood before the file, for the sink
    return st;
}

static enum status file_begin(void *context, struct text field, struct text name, struct text media,
                              void **file) {
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
    if (q->method == GET) return request_has_body(q) ? 400 : 0;
    x->is_csrf_checked = x->route->by_token;
    if (!x->is_csrf_checked && guard_origin_check(q)) return 403;
    struct text token = request_header(q, "X-CSRF-Token");
    if (token.n && !x->is_csrf_checked) {
        if (guard_csrf_check(q, token)) return 403;
        x->is_csrf_checked = true;
    }
    if (length.n && (!text_int(length, &bytes) || bytes < 0)) return 400;
    if (length.n && bytes > request_body_max(x)) return 413;
    if (x->route->upload)
        x->files = (struct body_files){x,
                                       file_allow,
                                       file_begin,
                                       file_bytes,
                                       file_end,
                                       x->route->upload->file_bytes_max,
                                       x->route->upload->value_bytes_max};
    enum status st =
        body_new(q->arena, request_header(q, "Content-Type"), x->route->is_api, &x->files, &x->body);
    return st ? (st == STATUS_UNSUPPORTED ? 415 : 400) : 0;
}

static unsigned check_actor(const struct request_inside *x) {
    unsigned needs = x->route->needs, kinds = x->q.session.kinds;
    if (!needs || (kinds & needs)) return 0;
    if (x->is_blind) return 503;
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

// Where this request ends must be said once and plainly: what a proxy in front reads otherwise than we do
// would be a second request of its own (RFC 9112, 6.1, 6.3 and 3.2).
struct framing {
    int lengths, codings, hosts;
    bool is_chunked;
};

static enum MHD_Result count_framing(void *context, enum MHD_ValueKind kind, const char *name,
                                     const char *value) {
    struct framing *f = context;
    struct text header = text_of(name);
    (void)kind;
    f->lengths += text_eq_nocase(header, T("Content-Length"));
    f->hosts += text_eq_nocase(header, T("Host"));
    if (!text_eq_nocase(header, T("Transfer-Encoding"))) return MHD_YES;
    f->codings++;
    f->is_chunked = text_eq_nocase(text_trim(text_of(value)), T("chunked"));
    return MHD_YES;
}

static bool has_clear_end(struct request_inside *x) {
    struct framing f = {0};
    MHD_get_connection_values(x->connection, MHD_HEADER_KIND, count_framing, &f);
    return f.hosts <= 1 && f.lengths + f.codings <= 1 && (!f.codings || f.is_chunked);
}

unsigned request_prepare(struct request_inside *x, const char *method) {
    struct request *q = &x->q;
    struct text cookies = request_header(q, "Cookie"), allow;
    bool is_known = method_of(method, q);
    unsigned bad = target_prepare(x);
    q->client = client_of(q);
    if (!text_starts(q->path, T("/assets/"))) find_session(q, cookies); // they are the same for everybody
    choose_language(q, cookies);
    q->wants_json = parse_prefers(request_header(q, "Accept"), T("application/json"), T("text/html"));
    if (!has_clear_end(x)) {
        x->has_unclear_end = true;
        response_header(q, &x->r, "Connection", T("close"));
        return 400;
    }
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
    if (x->route->by_token) find_bearer(q);
    if (guard_rate(q, rate_of(x), &x->wait_s)) return 429;
    unsigned refused = check_actor(x);
    return refused ? refused : body_prepare(x);
}
