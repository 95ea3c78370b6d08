// site.h - a small site for the tests of web/: sessions made of nothing, one page of each kind, an upload
// that counts.
#pragma once
#include <arpa/inet.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "web/pages.h"
#include "web/server.h"

// ---- the site

struct counted {
    _Atomic int64_t begun, bytes, ended, complete, closed;
    char first_name[64];
};
static struct counted counted;

static enum status count_begin(struct request *q, struct text field, struct text name, struct text media,
                               void **file) {
    (void)q, (void)field, (void)media;
    counted.begun++;
    snprintf(counted.first_name, sizeof counted.first_name, TEXT_FMT, TEXT_ARG(name));
    *file = &counted;
    return STATUS_OK;
}
static enum status count_bytes(struct request *q, void *file, struct bytes chunk) {
    (void)q, (void)file;
    counted.bytes += (int64_t)chunk.n;
    return STATUS_OK;
}
static enum status count_end(struct request *q, void *file, bool is_complete) {
    (void)q, (void)file;
    counted.ended++;
    counted.complete += is_complete;
    return STATUS_OK;
}
static const struct upload_sink COUNT = {count_begin, count_bytes, count_end, 0};

static enum status site_echo(struct request *q, struct response *r) {
    r->media = T("text/plain; charset=utf-8");
    out_printf(&r->body, "id=" TEXT_FMT " name=[" TEXT_FMT "] fields=%zu account=%llu",
               TEXT_ARG(request_param(q, "id")), TEXT_ARG(form_text(q, "name")), q->form.count,
               (unsigned long long)q->session.account);
    return STATUS_OK;
}
static enum status site_fail(struct request *q, struct response *r) {
    struct text what = request_param(q, "what");
    (void)r;
    if (text_eq(what, T("full"))) return STATUS_FULL;
    if (text_eq(what, T("conflict"))) return STATUS_CONFLICT;
    if (text_eq(what, T("invalid"))) return problem(&r->problem, "street", "required", "problem.required");
    return STATUS_STORE;
}
static enum status stream_read(void *context, uint8_t *to, size_t max, size_t *got) {
    int *left = context;
    *got = (size_t)*left < max ? (size_t)*left : max;
    memset(to, 'x', *got);
    *left -= (int)*got;
    return STATUS_OK;
}
static void stream_close(void *context) {
    counted.closed++;
    free(context);
}
static enum status site_stream(struct request *q, struct response *r) {
    int *left = malloc(sizeof *left);
    *left = 300000;
    response_download(q, r, T("r\u00e9sum\u00e9.pdf"), T("application/pdf"), true);
    r->stream = (struct body_stream){left, stream_read, stream_close, 300000};
    return STATUS_OK;
}

static enum status site_token(struct request *q, struct response *r) {
    r->media = T("text/plain; charset=utf-8");
    out_text(&r->body, guard_csrf_token(q));
    return STATUS_OK;
}
static enum status site_done(struct request *q, struct response *r) {
    response_notice(q, r, "notice.saved");
    return response_redirect(q, r, T("/"));
}

// Careless handlers: they hand on what they were given.
static enum status site_go(struct request *q, struct response *r) {
    return response_redirect(q, r, query_text(q, "to"));
}
static enum status site_show(struct request *q, struct response *r) {
    response_download(q, r, query_text(q, "name"), query_text(q, "media"), true);
    response_header(q, r, "X-Word", query_text(q, "word"));
    out_c(&r->body, "<script>alert(1)</script>");
    return STATUS_OK;
}
static enum status site_client(struct request *q, struct response *r) {
    r->media = T("text/plain; charset=utf-8");
    out_text(&r->body, q->client);
    return STATUS_OK;
}

// ---- one page with every part, and a form that comes back with its mistakes

struct kit_row {
    int64_t id;
    struct text name, status_key;
    struct date due;
    bool is_late;
};
struct kit {
    struct text street;
    struct date_parts birth;
    struct options sexes;
    struct {
        struct kit_row *items;
        size_t count, capacity;
    } rows;
    struct pages pages;
    struct moment now;
};
VIEW(KIT_ROW, VIEW_INT64(struct kit_row, id), VIEW_TEXT(struct kit_row, name),
     VIEW_TEXT(struct kit_row, status_key), VIEW_DATE(struct kit_row, due),
     VIEW_BOOL(struct kit_row, is_late));
VIEW(KIT_VIEW, VIEW_TEXT(struct kit, street), VIEW_STRUCT(struct kit, birth, &DATE_PARTS_VIEW),
     VIEW_LIST(struct kit, sexes, &OPTION_VIEW), VIEW_LIST(struct kit, rows, &KIT_ROW),
     VIEW_STRUCT(struct kit, pages, &PAGES_VIEW), VIEW_MOMENT(struct kit, now));
static const struct page_template KIT = {"kit", &KIT_VIEW};
static struct template_source site_templates[2];

static enum status site_kit(struct request *q, struct response *r) {
    static struct option sexes[] = {
        {.value = {"f", 1}, .label_key = "page.back"},
        {.value = {"m", 1}, .label = {"Label <as text>", 15}, .hint = {"hint", 4}, .is_chosen = true}};
    struct kit v = {.street = form_text(q, "street"), .sexes = {sexes, 2, 2}, .now = q->now};
    struct problem p = {0};
    struct date birth;
    int64_t rows = 3;
    if (form_date(q, "birth", &v.birth, &birth, &p)) page_problem(q, &p);
    if (q->method == POST && !v.street.n) {
        (void)!problem(&p, "street", "required", "problem.required");
        page_problem(q, &p);
    }
    if (query_text(q, "rows").n && !text_int(query_text(q, "rows"), &rows)) return STATUS_INVALID;
    for (int64_t i = 0; i < rows && i < 1000; i++)
        *ARENA_PUSH(q->arena, &v.rows) = (struct kit_row){i + 1, T("Ana \u0627\u0644\u0639\u0644\u064a"),
                                                          T("page.done"), date_from_days(20000 + i), i % 2};
    v.pages = (struct pages){T("/kit?before=1"), T("/kit?after=3")};
    return page_show(q, r, &KIT, &v);
}

static const struct route SITE_ROUTES[] = {
    {GET, "/kit", site_kit, NEEDS(ANYONE)},
    {POST, "/kit", site_kit, NEEDS(ANYONE)},
    {GET, "/things/:id", site_echo, NEEDS(ANYONE)},
    {GET, "/things/new", site_fail, NEEDS(ANYONE)},
    {POST, "/things/:id", site_echo, NEEDS(ANYONE)},
    {GET, "/staff", site_echo, NEEDS(OFFICER | SUPERVISOR)},
    {POST, "/staff", site_echo, NEEDS(OFFICER)},
    {GET, "/fail/:what", site_fail, NEEDS(ANYONE)},
    {POST, "/upload", site_echo, NEEDS(ANYONE), RATE_UPLOAD, &COUNT},
    {POST, "/api", site_echo, NEEDS(ANYONE), .is_api = true},
    {GET, "/stream", site_stream, NEEDS(ANYONE)},
    {GET, "/token", site_token, NEEDS(ANYONE)},
    {POST, "/done", site_done, NEEDS(OFFICER)},
    {GET, "/go", site_go, NEEDS(ANYONE)},
    {GET, "/show", site_show, NEEDS(ANYONE)},
    {GET, "/client", site_client, NEEDS(ANYONE)},
    {GET, "/lookup", site_echo, NEEDS(ANYONE), RATE_LOOKUP},
    {0},
};
static const struct page_template *const SITE_TEMPLATES[] = {&KIT, NULL};
static const struct page_module SITE = {SITE_ROUTES, SITE_TEMPLATES};
static const struct page_module *const SITE_MODULES[] = {&START_PAGES, &HEALTH_PAGES, &SITE, NULL};

// "officer" and "applicant" are session tokens that somebody holds; "half" has no second factor yet; of
// "unread" the database cannot tell now.
static enum status site_find(void *context, struct arena *a, struct text token, struct moment now,
                             struct web_session *out) {
    (void)context, (void)a, (void)now;
    if (text_eq(token, T("officer")))
        *out = (struct web_session){7, OFFICER, T("O. Ficer"), {0}, T("Unit 1"), NULL};
    else if (text_eq(token, T("applicant")))
        *out = (struct web_session){8, APPLICANT, {0}, T("fr"), {0}, NULL};
    else if (text_eq(token, T("half")))
        *out = (struct web_session){9, HALF_SIGNED_IN, {0}, {0}, {0}, NULL};
    else
        return text_eq(token, T("unread")) ? STATUS_IO : STATUS_NOT_FOUND;
    return STATUS_OK;
}
static const struct web_sessions SITE_SESSIONS = {NULL, site_find};

static inline struct web *site_start_with(struct web_config *c, const struct page_module *const *modules) {
    struct web *w = NULL;
    struct problem p = {0};
    crypto_start();
    c->env = c->env ? c->env : env_real();
    static char kit[20000];
    FILE *f = fopen("tests/web/kit.html", "r");
    assert_non_null(f);
    site_templates[0] = (struct template_source){"kit", {kit, fread(kit, 1, sizeof kit, f)}};
    fclose(f);
    c->templates = site_templates;
    c->sessions = &SITE_SESSIONS;
    c->modules = modules;
    c->address = c->address ? c->address : "127.0.0.1";
    enum status st = web_start(c, &w, &p);
    if (st)
        fail_msg("web_start: %s %s:%lld %s " TEXT_FMT, status_name(st), p.field, (long long)p.line, p.rule,
                 TEXT_ARG(p.args[0].value));
    return w;
}

static inline struct web *site_start(struct web_config *c) {
    return site_start_with(c, SITE_MODULES);
}

// ---- a client that says exactly what it is told

struct reply {
    int status;
    char *all; // zero-terminated
    size_t n;
    const char *body;
    size_t body_n;
};

static inline int site_connect(const struct web *w) {
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(web_port(w)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {20, 0};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return fd;
}

static inline bool site_send(int fd, const char *p, size_t n) {
    while (n) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        p += sent;
        n -= (size_t)sent;
    }
    return true;
}

static inline struct reply site_read(int fd) {
    struct reply r = {0};
    size_t room = 1 << 16;
    r.all = malloc(room + 1);
    for (ssize_t got; (got = recv(fd, r.all + r.n, room - r.n, 0)) > 0;) {
        r.n += (size_t)got;
        if (r.n == room) r.all = realloc(r.all, (room *= 2) + 1);
    }
    r.all[r.n] = 0;
    char *end = strstr(r.all, "\r\n\r\n");
    if (end && r.n > 12) {
        r.status = atoi(r.all + 9);
        r.body = end + 4;
        r.body_n = r.n - (size_t)(end + 4 - r.all);
    } else {
        r.body = "";
    }
    close(fd);
    return r;
}

// Sends the text, which is a whole request with "Connection: close", and reads the answer.
static inline struct reply site_ask(const struct web *w, const char *request, size_t n) {
    int fd = site_connect(w);
    site_send(fd, request, n);
    return site_read(fd);
}

// A request from its method, target, further header lines ("A: b\r\n") and body.
static inline struct reply site_say(const struct web *w, const char *method, const char *target,
                                    const char *headers, const char *body) {
    size_t room = strlen(target) + strlen(headers) + strlen(body) + 300;
    char *request = malloc(room);
    int n = snprintf(request, room, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s", method,
                     target, headers);
    if (*body) n += snprintf(request + n, room - (size_t)n, "Content-Length: %zu\r\n", strlen(body));
    n += snprintf(request + n, room - (size_t)n, "\r\n%s", body);
    struct reply r = site_ask(w, request, (size_t)n);
    free(request);
    return r;
}

static inline bool reply_has(const struct reply *r, const char *what) {
    return strstr(r->all, what) != NULL;
}

// The value of the first header or cookie after `before`, up to any of `ends`; static storage, two at a time.
static inline const char *reply_part(const struct reply *r, const char *before, const char *ends) {
    static char parts[2][400];
    static int turn;
    char *to = parts[turn ^= 1];
    const char *at = strstr(r->all, before);
    if (!at) return "";
    at += strlen(before);
    snprintf(to, sizeof parts[0], "%.*s", (int)strcspn(at, ends), at);
    return to;
}

#define assert_reply(reply, wanted)                                                           \
    do {                                                                                      \
        if ((reply).status != (wanted))                                                       \
            fail_msg("status %d, wanted %d:\n%.600s", (reply).status, (wanted), (reply).all); \
    } while (0)
