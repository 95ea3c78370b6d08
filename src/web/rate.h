// rate.h - token buckets per key with bounded memory: who asks too often waits.
#pragma once
#include "base/env.h"
#include "base/status.h"

struct rate;

// burst 0: no limit.
struct rate_limit {
    double per_minute; // tokens that come back
    int burst;         // tokens at most
};

enum { RATE_BUCKETS = 1 << 16 }; // 1 MB; when a set of eight is full, the one unused longest is forgotten

struct rate *rate_new(const struct env *env, const struct rate_limit *limits, int class_count);
void rate_free(struct rate *r);
// Takes one token of the bucket `key` (a keyed hash of address or account) in `class`. STATUS_BUSY when there
// is none; *wait_s says when the next one comes. Thread-safe.
enum status rate_take(struct rate *r, int class, uint64_t key, int *wait_s);
