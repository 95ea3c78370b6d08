// plural.h - inside pack/: the Plural-Forms expression of gettext, a small subset of C.
#pragma once
#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

struct plural; // compiled

// Parses "nplurals=3; plural=(n%10==1 ? 0 : 1);" (the value of the header). Every result for n from 0 to 1000
// must be below nplurals. STATUS_INVALID, STATUS_TOO_LARGE (nesting, length).
enum status plural_read(struct arena *a, struct text value, struct plural **out);
size_t plural_forms(const struct plural *p);
// Index of the form for n (its absolute value), always below plural_forms().
size_t plural_index(const struct plural *p, int64_t n);
