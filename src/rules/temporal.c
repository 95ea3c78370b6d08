#include "rules/temporal.h"

#include <string.h>

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

bool temporal_date_is_valid(int64_t year, int64_t month, int64_t day) {
    return year >= -YEAR_MAX && year <= YEAR_MAX && month >= 1 && month <= 12 && day >= 1 &&
           day <= days_in_month((int)year, (int)month);
}

int64_t temporal_days(struct feel_date d) {
    return date_to_days((struct date){d.year, d.month, d.day});
}

bool temporal_date_from_days(int64_t days, struct feel_date *out) {
    enum { DAYS_PER_YEAR_MAX = 366 };
    if (days > (int64_t)YEAR_MAX * DAYS_PER_YEAR_MAX || days < -(int64_t)YEAR_MAX * DAYS_PER_YEAR_MAX)
        return false;
    struct date d = date_from_days(days);
    if (!temporal_date_is_valid(d.year, d.month, d.day)) return false;
    *out = (struct feel_date){d.year, (uint8_t)d.month, (uint8_t)d.day};
    return true;
}

bool temporal_add_months(struct feel_date d, int64_t months, struct feel_date *out) {
    if (months > 12ll * 2 * YEAR_MAX || months < -12ll * 2 * YEAR_MAX) return false;
    int64_t total = (int64_t)d.year * 12 + d.month - 1 + months;
    int64_t year = floor_div(total, 12);
    if (year > YEAR_MAX || year < -YEAR_MAX) return false;
    int month = (int)(total - year * 12) + 1;
    int last = days_in_month((int)year, month);
    *out = (struct feel_date){(int32_t)year, (uint8_t)month, (uint8_t)(d.day < last ? d.day : last)};
    return true;
}

int temporal_weekday(struct feel_date d) {
    return date_weekday((struct date){d.year, d.month, d.day});
}

struct feel_days_duration temporal_duration(int64_t second, int64_t nano) {
    second += nano / NANOS;
    nano %= NANOS;
    if (second > 0 && nano < 0) second--, nano += NANOS;
    if (second < 0 && nano > 0) second++, nano -= NANOS;
    return (struct feel_days_duration){second, (int32_t)nano};
}

bool temporal_same_zone(const struct feel_zone *a, const struct feel_zone *b) {
    if (!a || !b) return a == b;
    return text_eq(a->name, b->name) && (a->zone || a->offset_s == b->offset_s);
}

// What the clocks of the zone show at that moment, as seconds since 1970 of a clock in UTC.
static int64_t clock_at(const struct zone *zone, struct moment m) {
    return date_to_days(zone_date(zone, m)) * SECONDS_PER_DAY + (int64_t)zone_minute(zone, m) * 60;
}

// The zone tables of base/ know the years 1 to 9999; rules beyond repeat with the 400 years of the calendar.
// A time that the clocks skip is read with the offset before the gap, so 02:30 becomes 03:30.
static int32_t zone_offset(const struct zone *zone, struct feel_date d, int32_t second) {
    int year = d.year;
    if (year < 1) year = 2000 + (year % 400);
    if (year > 9990) year = 9600 + (year % 400);
    struct date day = {year, d.month, d.day};
    struct moment m = zone_moment(zone, day, second / 60);
    int64_t local = date_to_days(day) * SECONDS_PER_DAY + second / 60 * 60, utc = floor_div(m.ms, 1000);
    if (clock_at(zone, m) == local) return (int32_t)(local - utc);
    utc -= 60;
    return (int32_t)(clock_at(zone, (struct moment){utc * 1000}) - utc);
}

int32_t temporal_offset(const struct feel_zone *zone, const struct feel_date *d, const struct feel_time *t) {
    if (!zone) return 0;
    if (!zone->zone) return zone->offset_s;
    return zone_offset(zone->zone, d ? *d : (struct feel_date){2000, 1, 1}, t->second);
}

int64_t temporal_seconds(const struct feel_date_time *dt) {
    return temporal_days(dt->date) * SECONDS_PER_DAY + dt->time.second -
           temporal_offset(dt->time.zone, &dt->date, &dt->time);
}

struct feel_date_time temporal_from_seconds(int64_t seconds, int32_t nano, const struct feel_zone *zone,
                                            bool *ok) {
    struct feel_date_time dt = {.time = {.nano = nano, .zone = zone}};
    int64_t local = seconds + (zone && !zone->zone ? zone->offset_s : 0);
    int64_t days = floor_div(local, SECONDS_PER_DAY);
    *ok = temporal_date_from_days(days, &dt.date);
    if (!*ok) return dt;
    dt.time.second = (int32_t)(local - days * SECONDS_PER_DAY);
    if (!zone || !zone->zone || dt.date.year < 2 || dt.date.year > 9998) return dt;
    struct date d = zone_date(zone->zone, (struct moment){seconds * 1000});
    dt.date = (struct feel_date){d.year, (uint8_t)d.month, (uint8_t)d.day};
    int minute = zone_minute(zone->zone, (struct moment){seconds * 1000});
    dt.time.second = minute * 60 + (int32_t)(seconds - floor_div(seconds, 60) * 60);
    return dt;
}

struct feel_date_time temporal_now(struct arena *a, const struct feel_now *now) {
    const struct feel_zone *zone;
    if (now->zone.n == 0 || !temporal_zone(a, now->zone, &zone)) {
        struct feel_zone *utc = ARENA_NEW(a, struct feel_zone);
        zone = utc;
    }
    bool ok;
    int64_t second = floor_div(now->at.ms, 1000);
    int32_t nano = (int32_t)(now->at.ms - second * 1000) * 1000000;
    struct feel_date_time dt = temporal_from_seconds(second, nano, zone, &ok);
    return ok ? dt : (struct feel_date_time){.date = {1970, 1, 1}};
}

static int cmp(int64_t x, int64_t y) {
    return (x > y) - (x < y);
}

int temporal_cmp_time(const struct feel_time *a, const struct feel_time *b) {
    bool both = a->zone && b->zone;
    int64_t x = a->second - (both ? temporal_offset(a->zone, NULL, a) : 0);
    int64_t y = b->second - (both ? temporal_offset(b->zone, NULL, b) : 0);
    return cmp(x, y);
}

int temporal_cmp_date_time(const struct feel_date_time *a, const struct feel_date_time *b) {
    struct feel_date_time x = *a, y = *b;
    if (!x.time.zone || !y.time.zone) x.time.zone = y.time.zone = NULL;
    return cmp(temporal_seconds(&x), temporal_seconds(&y));
}
