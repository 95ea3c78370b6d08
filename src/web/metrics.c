// Counting needs no lock: each number is an atomic of its own, and a reading may be torn by one request.
#include "web/metrics.h"

#include <arpa/inet.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { CLASSES = 5, BUCKETS = 9 };
static const struct {
    uint64_t us;
    const char *seconds;
} BUCKET[BUCKETS] = {{5000, "0.005"},  {10000, "0.01"},  {25000, "0.025"},
                     {100000, "0.1"},  {250000, "0.25"}, {1000000, "1"},
                     {2500000, "2.5"}, {10000000, "10"}, {UINT64_MAX, "+Inf"}};

struct line {
    const char *method, *route;
    bool is_sign_in;
    atomic_uint_fast64_t answers[CLASSES], refused, too_often, buckets[BUCKETS], us;
};

struct metrics {
    const struct route *const *routes;
    struct line *lines; // one a route, then the others
    size_t route_count;
};

static const char *const METHODS[] = {"", "GET", "POST", "PUT", "PATCH", "DELETE"};

struct metrics *metrics_new(const struct route *const *routes, size_t count) {
    struct metrics *m = calloc(1, sizeof *m);
    struct line *lines = calloc(count + METRICS_OTHER_COUNT, sizeof *lines);
    if (!m || !lines) abort();
    *m = (struct metrics){routes, lines, count};
    for (size_t i = 0; i < count; i++) {
        lines[i].method = METHODS[routes[i]->method];
        lines[i].route = routes[i]->path;
        lines[i].is_sign_in =
            routes[i]->method == POST && text_starts(text_of(routes[i]->path), T("/sign-in"));
    }
    lines[count + METRICS_ASSET].route = "asset";
    lines[count + METRICS_NO_ROUTE].route = "none";
    lines[count + METRICS_ASSET].method = lines[count + METRICS_NO_ROUTE].method = "any";
    return m;
}

void metrics_free(struct metrics *m) {
    if (!m) return;
    free(m->lines);
    free(m);
}

static struct line *line_of(struct metrics *m, const struct route *route, enum metrics_other other) {
    for (size_t i = 0; route && i < m->route_count; i++)
        if (m->routes[i] == route) return &m->lines[i];
    return &m->lines[m->route_count + other];
}

void metrics_count(struct metrics *m, const struct route *route, enum metrics_other other, unsigned status,
                   uint64_t us) {
    struct line *l = line_of(m, route, other);
    size_t bucket = 0;
    if (status < 100 || status >= 100 * (CLASSES + 1)) status = 500;
    while (us > BUCKET[bucket].us) bucket++;
    atomic_fetch_add(&l->answers[status / 100 - 1], 1);
    atomic_fetch_add(&l->buckets[bucket], 1);
    atomic_fetch_add(&l->us, us);
    if (status == 429) atomic_fetch_add(&l->too_often, 1);
    if (status / 100 == 4 && status != 429) atomic_fetch_add(&l->refused, 1);
}

// ---- the text

void metrics_head(struct out *o, const char *name, const char *type, const char *help) {
    out_printf(o, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void metrics_one(struct out *o, const char *name, const char *type, const char *help, int64_t value) {
    metrics_head(o, name, type, help);
    out_printf(o, "%s %lld\n", name, (long long)value);
}

static void write_answers(struct out *o, struct line *l) {
    for (int i = 0; i < CLASSES; i++) {
        uint64_t n = atomic_load(&l->answers[i]);
        if (n)
            out_printf(o, "ostia_http_requests_total{method=\"%s\",route=\"%s\",status=\"%dxx\"} %llu\n",
                       l->method, l->route, i + 1, (unsigned long long)n);
    }
}

// The sum of the buckets is the count, so that both agree in every reading.
static void write_durations(struct out *o, struct line *l) {
    unsigned long long counts[BUCKETS], sum = 0;
    for (int i = 0; i < BUCKETS; i++) counts[i] = sum += atomic_load(&l->buckets[i]);
    if (!sum) return;
    for (int i = 0; i < BUCKETS; i++)
        out_printf(o, "ostia_http_request_seconds_bucket{method=\"%s\",route=\"%s\",le=\"%s\"} %llu\n",
                   l->method, l->route, BUCKET[i].seconds, counts[i]);
    unsigned long long us = atomic_load(&l->us);
    out_printf(o, "ostia_http_request_seconds_sum{method=\"%s\",route=\"%s\"} %llu.%06llu\n", l->method,
               l->route, us / 1000000, us % 1000000);
    out_printf(o, "ostia_http_request_seconds_count{method=\"%s\",route=\"%s\"} %llu\n", l->method, l->route,
               sum);
}

static void write_refusals(struct metrics *m, struct out *o) {
    unsigned long long wrong = 0, often = 0, limited = 0;
    for (size_t i = 0; i < m->route_count + METRICS_OTHER_COUNT; i++) {
        struct line *l = &m->lines[i];
        unsigned long long too_often = atomic_load(&l->too_often);
        limited += too_often;
        if (!l->is_sign_in) continue;
        often += too_often;
        wrong += atomic_load(&l->refused);
    }
    metrics_head(o, "ostia_sign_in_refused_total", "counter", "Forms of signing in that were not accepted.");
    out_printf(o, "ostia_sign_in_refused_total{reason=\"wrong\"} %llu\n", wrong);
    out_printf(o, "ostia_sign_in_refused_total{reason=\"too_often\"} %llu\n", often);
    metrics_one(o, "ostia_http_too_often_total", "counter", "Requests refused by a rate limit.",
                (int64_t)limited);
}

void metrics_write(struct metrics *m, struct out *o) {
    size_t count = m->route_count + METRICS_OTHER_COUNT;
    metrics_head(o, "ostia_http_requests_total", "counter", "Answers by route and class of status.");
    for (size_t i = 0; i < count; i++) write_answers(o, &m->lines[i]);
    metrics_head(o, "ostia_http_request_seconds", "histogram",
                 "From the headers of a request to its answer.");
    for (size_t i = 0; i < count; i++) write_durations(o, &m->lines[i]);
    write_refusals(m, o);
}

// ---- who may read them

bool metrics_may_read(struct text peer, struct text from) {
    if (!peer.n) return false;
    if (text_starts(peer, T("::ffff:"))) peer = text_slice(peer, 7, peer.n); // IPv4 on a socket for both
    return text_starts(peer, T("127.")) || text_eq(peer, T("::1")) || text_eq(peer, from);
}
