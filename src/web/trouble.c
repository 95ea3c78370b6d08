// Error pages: what went wrong, and the way out, in the person's language; RFC 9457 for programs.
#include "base/json.h"
#include "web/server.h"

struct trouble_view {
    const char *title_key, *text_key;
    struct text detail;  // what the room below said
    struct text sign_in; // address, when signing in would help
    struct text retry;   // address of the same page, when trying again would help
    int wait_s;
};
VIEW(TROUBLE_VIEW, VIEW_C(struct trouble_view, title_key), VIEW_C(struct trouble_view, text_key),
     VIEW_TEXT(struct trouble_view, detail), VIEW_TEXT(struct trouble_view, sign_in),
     VIEW_TEXT(struct trouble_view, retry), VIEW_INT(struct trouble_view, wait_s));
const struct page_template TROUBLE_PAGE = {"trouble", &TROUBLE_VIEW};

static const struct {
    unsigned status;
    const char *title_key, *text_key;
} TROUBLES[] = {
    {400, "trouble.400.title", "trouble.400.text"}, {401, "trouble.401.title", "trouble.401.text"},
    {403, "trouble.403.title", "trouble.403.text"}, {404, "trouble.404.title", "trouble.404.text"},
    {405, "trouble.405.title", "trouble.405.text"}, {409, "trouble.409.title", "trouble.409.text"},
    {410, "trouble.410.title", "trouble.410.text"}, {413, "trouble.413.title", "trouble.413.text"},
    {414, "trouble.400.title", "trouble.400.text"}, {415, "trouble.415.title", "trouble.415.text"},
    {422, "trouble.422.title", "trouble.422.text"}, {429, "trouble.429.title", "trouble.429.text"},
    {431, "trouble.400.title", "trouble.400.text"}, {500, "trouble.500.title", "trouble.500.text"},
    {503, "trouble.503.title", "trouble.503.text"}, {507, "trouble.507.title", "trouble.507.text"},
};

unsigned trouble_status(enum status st) {
    switch (st) {
    case STATUS_OK: return 200;
    case STATUS_INVALID: return 422;
    case STATUS_REFUSED: return 403;
    case STATUS_NOT_FOUND: return 404;
    case STATUS_CONFLICT: return 409;
    case STATUS_TOO_LARGE: return 413;
    case STATUS_EXPIRED: return 410;
    case STATUS_UNSUPPORTED: return 415;
    case STATUS_BUSY: return 503;
    case STATUS_FULL: return 507; // shown as 503: reading goes on, writing is paused
    default: return 500;
    }
}

static struct text detail_of(struct request *q, const struct problem *p) {
    size_t n = 0;
    if (!p->text_key) return (struct text){0};
    while (n < PROBLEM_ARGS_MAX && p->args[n].name) n++;
    return page_text(q, p->text_key, p->args, n);
}

static void show_json(struct request *q, struct response *r, unsigned status, const struct trouble_view *v) {
    struct json_out j = {.out = &r->body};
    r->media = T("application/problem+json");
    json_begin_object(&j);
    json_key(&j, "type");
    json_put_text(&j, T("about:blank"));
    json_key(&j, "title");
    json_put_text(&j, page_text(q, v->title_key, NULL, 0));
    json_key(&j, "status");
    json_put_int(&j, status);
    json_key(&j, "detail");
    json_put_text(&j, v->detail.n ? v->detail : page_text(q, v->text_key, NULL, 0));
    if (r->problem.rule) {
        json_key(&j, "field");
        json_put_text(&j, text_of(r->problem.field));
        json_key(&j, "rule");
        json_put_text(&j, text_of(r->problem.rule));
    }
    json_end_object(&j);
}

static struct text sign_in_address(struct request *q) {
    struct out o = {.arena = q->arena};
    out_c(&o, "/sign-in?next=");
    struct text path = q->method == GET ? q->path : T("/");
    for (size_t i = 0; i < path.n; i++) {
        unsigned char c = (unsigned char)path.p[i];
        bool is_plain = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '/' ||
                        c == '-' || c == '_';
        if (is_plain)
            out_byte(&o, (char)c);
        else
            out_printf(&o, "%%%02X", c);
    }
    return out_done(&o);
}

void trouble_show(struct request *q, struct response *r, unsigned status) {
    struct trouble_view v = {"trouble.500.title", "trouble.500.text", detail_of(q, &r->problem), {0}, {0},
                             q->inside->wait_s};
    for (size_t i = 0; i < sizeof TROUBLES / sizeof *TROUBLES; i++) {
        if (TROUBLES[i].status != status) continue;
        v.title_key = TROUBLES[i].title_key;
        v.text_key = TROUBLES[i].text_key;
    }
    if (status == 401) v.sign_in = sign_in_address(q);
    if (q->method == GET && (status >= 500 || status == 429)) v.retry = q->path;
    r->status = status == 507 ? 503 : status;
    r->cache = CACHE_NEVER;
    r->body = (struct out){.arena = q->arena};
    r->constant = (struct bytes){0};
    if (r->stream.close) r->stream.close(r->stream.context);
    r->stream = (struct body_stream){0};
    if (status == 429) response_header(q, r, "Retry-After", text_printf(q->arena, "%d", v.wait_s));
    if (status == 503 || status == 507) response_header(q, r, "Retry-After", T("30"));
    if (q->web->config.tell_trouble && q->web->config.tell_trouble(q, r)) return;
    if (status == 401) response_header(q, r, "WWW-Authenticate", T("Session"));
    q->problem_count = 0;
    if (q->wants_json)
        show_json(q, r, status, &v);
    else if (page_show(q, r, &TROUBLE_PAGE, &v))
        out_c(&r->body, "Ostia cannot show this page.");
}
