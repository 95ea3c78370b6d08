// One request from its headers to its answer: refuse, read the body, let the route's handler work, send.
#include <stdlib.h>

#include "base/log.h"
#include "web/server.h"

enum { STREAM_BLOCK_BYTES = 64 * 1024 };

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
    return MHD_create_response_from_buffer(
        body.n, (void *)(uintptr_t)(body.n ? body.p : (const uint8_t *)""),
        MHD_RESPMEM_PERSISTENT); // the arena is freed after the answer is sent
}

static enum MHD_Result answer(struct request_inside *x) {
    struct response *r = &x->r;
    struct web *w = x->q.web;
    bool is_asset = !x->route && !x->refusal;
    metrics_count(w->metrics, x->route, is_asset ? METRICS_ASSET : METRICS_NO_ROUTE, r->status,
                  env_monotonic_us(w->config.env) - x->started_us);
    struct MHD_Response *m = response_of(r);
    if (!m) return MHD_NO;
    guard_headers(r, m);
    if (atomic_load(&w->is_stopping)) MHD_add_response_header(m, "Connection", "close");
    if (r->status != 304 && r->status != 303 && r->media.n)
        MHD_add_response_header(m, "Content-Type", text_c(&x->arena, r->media));
    x->is_answered = true;
    connections_allow(w->connections, x->link, (int)or_else(w->config.body_s, REQUEST_BODY_S));
    enum MHD_Result ok = MHD_queue_response(x->connection, r->status, m);
    MHD_destroy_response(m);
    return ok;
}

// Any status that a page for people must explain.
static void fail(struct request_inside *x, enum status st) {
    unsigned status = trouble_status(st);
    if (status >= 500)
        log_line(LOG_ERROR, "web.failed", "route=%s status=\"%s\"", x->route ? x->route->path : "-",
                 status_name(st));
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

void exchange_work(struct request_inside *x) {
    x->is_worked = true;
    if (x->refusal) {
        if (x->body) body_abort(x->body);
        trouble_show(&x->q, &x->r, x->refusal);
        return;
    }
    enum status st = handle(x);
    if (st == STATUS_CORRUPT && x->body && x->body->status)
        trouble_show(&x->q, &x->r, 400);
    else if (st)
        fail(x, st);
    log_line(LOG_DEBUG, "web.request", "route=%s status=%u us=%llu", x->route ? x->route->path : "asset",
             x->r.status, (unsigned long long)(env_monotonic_us(x->q.env) - x->started_us));
}

// Assets and refusals cost little and are answered here; a handler may wait.
enum MHD_Result exchange_finish(struct request_inside *x) {
    struct web *w = x->q.web;
    connections_allow(w->connections, x->link, (int)or_else(w->config.body_s, REQUEST_BODY_S));
    if (!x->is_worked && !x->is_given && !x->refusal && x->route) {
        x->is_given = true;
        enum status st = handlers_give(w->handlers, x);
        if (!st) return MHD_YES; // asked again when it is done
        if (st == STATUS_BUSY) x->refusal = 503;
    }
    if (!x->is_worked) exchange_work(x);
    return answer(x);
}

// ---- as the request comes in

// The time that a body may still take grows with what has come of it.
static void body_allow(struct request_inside *x) {
    int most = (int)or_else(x->q.web->config.body_s, REQUEST_BODY_S);
    int64_t spent = (int64_t)((env_monotonic_us(x->q.env) - x->started_us) / 1000000);
    int64_t earned =
        or_else(x->q.web->config.grace_s, BODY_GRACE_S) + x->body_bytes / BODY_BYTES_A_SECOND - spent;
    int64_t left = most - spent < earned ? most - spent : earned;
    connections_allow(x->q.web->connections, x->link, left > 0 ? (int)left : 0);
}

enum MHD_Result exchange_start(struct request_inside *x, const char *method) {
    struct web *w = x->q.web;
    x->is_started = true;
    x->started_us = env_monotonic_us(w->config.env);
    x->q.now = env_now(w->config.env);
    body_allow(x);
    x->refusal = request_prepare(x, method);
    if (x->has_unclear_end) return exchange_finish(x);
    if (!x->refusal || !request_has_body(&x->q)) return MHD_YES;
    // A short unwanted body is read to its end, so that the browser shows the page; a long one is not waited
    // for.
    struct text length = request_header(&x->q, "Content-Length");
    int64_t bytes;
    return length.n && text_int(length, &bytes) && bytes <= FORM_RAW_BYTES_MAX ? MHD_YES : exchange_finish(x);
}

enum MHD_Result exchange_body(struct request_inside *x, const char *data, size_t n) {
    x->body_bytes += (int64_t)n;
    body_allow(x);
    if (x->body_bytes > BODY_BYTES_MAX) return MHD_NO; // ends the connection
    if (x->refusal) return MHD_YES;
    enum status st = STATUS_TOO_LARGE;
    if (x->body && x->body_bytes <= request_body_max(x))
        st = body_feed(x->body, (struct bytes){(const uint8_t *)data, n});
    if (!st) return MHD_YES;
    x->refusal = st == STATUS_INVALID && !x->r.problem.rule ? 400 : trouble_status(st);
    if (x->body) body_abort(x->body);
    return MHD_YES;
}
