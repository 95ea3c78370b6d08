// date.h - days of the (proleptic Gregorian) calendar, partly known dates, and clock times in a zone.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/moment.h"
#include "base/text.h"

// A day. month or day 0 means unknown (then day is 0 as well); year 0 means the whole date is unknown.
struct date {
    int year, month, day;
};

bool date_is_full(struct date d);
bool date_is_valid(struct date d); // partial dates included; years 1 to 9999
bool date_eq(struct date a, struct date b);
int date_cmp(struct date a, struct date b); // full dates only
int days_in_month(int year, int month);

// Days since 1970-01-01 and back (Howard Hinnant, "chrono-compatible low-level date algorithms", 2013).
int64_t date_to_days(struct date d);
struct date date_from_days(int64_t days);
int date_weekday(struct date d); // 1 = Monday ... 7 = Sunday (ISO 8601)
struct date date_add_days(struct date d, int64_t days);
// Same day number in the later month, or that month's last day (Reg. 1182/71 Art. 3(2)(c)).
struct date date_add_months(struct date d, int64_t months);
// Full years between; for a partial birth date the youngest age it can mean (unknown month or day = the
// last).
int date_age_years(struct date birth, struct date today);

// ISO 8601: "2026", "2026-11" or "2026-11-21"; "" is the unknown date. STATUS_INVALID otherwise.
enum status date_parse(struct text t, struct date *out);
struct text date_print(struct arena *a, struct date d);

// "2026-11-21T08:05:09Z" and, with milliseconds, "...09.123Z".
struct text moment_print(struct arena *a, struct moment m);
enum status moment_parse(struct text t, struct moment *out);

// A time zone by IANA name. Owned by a table inside; never freed. STATUS_NOT_FOUND for unknown names.
struct zone;
enum status zone_find(struct text name, const struct zone **out);
// The day, and the minute of the day, in the zone at that moment.
struct date zone_date(const struct zone *z, struct moment m);
int zone_minute(const struct zone *z, struct moment m);
// The moment when the clock in the zone shows that minute (0 to 1440) of that day; in the hour skipped by
// summer time the moment after the gap, in the repeated hour the first one.
struct moment zone_moment(const struct zone *z, struct date d, int minute_of_day);
