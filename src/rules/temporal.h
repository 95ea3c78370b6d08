// temporal.h - dates, times, zones and durations of FEEL: text, arithmetic, comparison
// (DMN 1.5, 10.3.2.3.4-8).
#pragma once
#include "rules/feel.h"

enum { YEAR_MAX = 999999999, SECONDS_PER_DAY = 86400, NANOS = 1000000000, OFFSET_MAX_S = 18 * 3600 };

bool temporal_date_is_valid(int64_t year, int64_t month, int64_t day);
int64_t temporal_days(struct feel_date d); // since 1970-01-01
bool temporal_date_from_days(int64_t days, struct feel_date *out);
bool temporal_add_months(struct feel_date d, int64_t months, struct feel_date *out);
int temporal_weekday(struct feel_date d); // 1 = Monday

// Text to values. False when it is not one.
bool temporal_parse_date(struct text t, struct feel_date *out);
bool temporal_parse_time(struct arena *a, struct text t, struct feel_time *out);
bool temporal_parse_date_time(struct arena *a, struct text t,
                              struct feel_date_time *out); // a date is midnight
bool temporal_parse_duration(struct text t, struct feel_value *out);
// What @"..." means.
bool temporal_parse(struct arena *a, struct text t, struct feel_value *out);
bool temporal_zone(struct arena *a, struct text name,
                   const struct feel_zone **out); // Z, +hh:mm[:ss], IANA name

void temporal_print(struct out *o, const struct feel_value *v); // any of the five kinds

// Seconds since 1970-01-01T00:00:00Z of a date and time; local ones as if in UTC.
int64_t temporal_seconds(const struct feel_date_time *dt);
struct feel_date_time temporal_from_seconds(int64_t seconds, int32_t nano, const struct feel_zone *zone,
                                            bool *ok);
// Offset from UTC on that day and time; for a time alone, on 1 January 2000.
int32_t temporal_offset(const struct feel_zone *zone, const struct feel_date *d, const struct feel_time *t);
struct feel_date_time temporal_now(struct arena *a, const struct feel_now *now);

// -1, 0, 1. When one has a zone and the other none, the other takes the same offset (table 54). Values are
// whole seconds (10.3.2.3.4 and 5), so fractions do not count.
int temporal_cmp_time(const struct feel_time *a, const struct feel_time *b);
int temporal_cmp_date_time(const struct feel_date_time *a, const struct feel_date_time *b);
bool temporal_same_zone(const struct feel_zone *a, const struct feel_zone *b);

struct feel_days_duration temporal_duration(int64_t second, int64_t nano); // with signs made alike
