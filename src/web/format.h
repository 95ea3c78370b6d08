// format.h - numbers, sizes, dates and times as people of a language write them (ICU; formatters are kept per
// thread).
//
// Persian shows the Solar Hijri date with the Gregorian one behind it. All answers live in `a`.
#pragma once
#include "base/date.h"

struct text format_int(struct arena *a, struct text language, int64_t value);
struct text format_decimal(struct arena *a, struct text language,
                           double value);                                      // two places at most: "19.11"
struct text format_size(struct arena *a, struct text language, int64_t bytes); // "2.3 MB"
struct text format_date(struct arena *a, struct text language,
                        struct date d); // partial dates as far as known
struct text format_moment(struct arena *a, struct text language, const struct zone *z, struct moment m);
