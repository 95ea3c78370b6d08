// taken.h - what comes in from outside piece by piece, up to a bound.
#pragma once
#include "base/text.h"

struct taken {
    struct out out;
    size_t max; // bytes
    bool is_too_long;
};
// A CURLOPT_WRITEFUNCTION for a struct taken: 0, by which curl ends the transfer, when it would be too long.
static inline size_t taken_add(char *p, size_t size, size_t n, void *taken) {
    struct taken *t = taken;
    size_t more = size * n;
    t->is_too_long |= more > t->max - t->out.n;
    if (t->is_too_long) return 0;
    out_text(&t->out, (struct text){p, more});
    return more;
}
