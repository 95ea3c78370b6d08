// metrics.h - what this server counts of its requests, and the text format that Prometheus reads. A label
// holds words of the program only (route patterns, methods, classes of status): never a path as it was asked,
// an id or a name.
#pragma once
#include "web/http.h"

struct metrics;

// One line for each route, and two more for what has none.
enum metrics_other { METRICS_ASSET, METRICS_NO_ROUTE, METRICS_OTHER_COUNT };

struct metrics *metrics_new(const struct route *const *routes, size_t count);
void metrics_free(struct metrics *m);
// An answer is ready to be sent. `route` NULL: one of `other`. Any thread.
void metrics_count(struct metrics *m, const struct route *route, enum metrics_other other, unsigned status,
                   uint64_t us);
void metrics_write(struct metrics *m, struct out *o);

// Of a metric without labels: its help, its type ("counter", "gauge") and its value.
void metrics_one(struct out *o, const char *name, const char *type, const char *help, int64_t value);
void metrics_head(struct out *o, const char *name, const char *type, const char *help);

// May this connection's other end read the metrics? Loopback and `from` may.
bool metrics_may_read(struct text peer, struct text from);
