// How FEEL writes dates, times, zones and durations, and reads them back.
#include <string.h>

#include "rules/temporal.h"

// Reads up to `most` digits, at least `least`; moves *at.
static bool digits(struct text t, size_t *at, size_t least, size_t most, int64_t *value) {
    size_t from = *at;
    *value = 0;
    while (*at < t.n && *at - from < most && t.p[*at] >= '0' && t.p[*at] <= '9')
        *value = *value * 10 + (t.p[(*at)++] - '0');
    return *at - from >= least;
}

static bool eat(struct text t, size_t *at, char c) {
    if (*at >= t.n || t.p[*at] != c) return false;
    ++*at;
    return true;
}

// XML Schema: at least four digits of the year, and no leading zero in a longer one.
static bool parse_date(struct text t, size_t *at, struct feel_date *out) {
    bool negative = eat(t, at, '-');
    size_t from = *at;
    int64_t year, month, day;
    if (!digits(t, at, 4, 9, &year) || (*at - from > 4 && t.p[from] == '0') || !eat(t, at, '-') ||
        !digits(t, at, 2, 2, &month) || !eat(t, at, '-') || !digits(t, at, 2, 2, &day))
        return false;
    if (negative) year = -year;
    if (!temporal_date_is_valid(year, month, day)) return false;
    *out = (struct feel_date){(int32_t)year, (uint8_t)month, (uint8_t)day};
    return true;
}

static bool parse_offset(struct text t, int32_t *out) {
    size_t at = 0;
    bool negative = eat(t, &at, '-');
    int64_t hour, minute, second = 0;
    if ((!negative && !eat(t, &at, '+')) || !digits(t, &at, 2, 2, &hour) || !eat(t, &at, ':') ||
        !digits(t, &at, 2, 2, &minute))
        return false;
    if (eat(t, &at, ':') && !digits(t, &at, 2, 2, &second)) return false;
    int64_t total = hour * 3600 + minute * 60 + second;
    if (at != t.n || minute > 59 || second > 59 || total > OFFSET_MAX_S) return false;
    *out = (int32_t)(negative ? -total : total);
    return true;
}

bool temporal_zone(struct arena *a, struct text name, const struct feel_zone **out) {
    struct feel_zone z = {0};
    bool is_utc = text_eq(name, T("Z")) || text_eq(name, T("z"));
    if (!is_utc && !parse_offset(name, &z.offset_s)) {
        for (size_t i = 0; i < name.n; i++)
            if ((signed char)name.p[i] <= ' ') return false;
        if (zone_find(name, &z.zone)) return false;
        z.name = text_copy(a, name);
    }
    *out = arena_copy(a, &z, sizeof z);
    return true;
}

static bool is_offset(struct text t) {
    int32_t unused;
    return text_eq(t, T("Z")) || parse_offset(t, &unused);
}

// XML Schema allows a date its time zone; a date of FEEL has none.
bool temporal_parse_date(struct text t, struct feel_date *out) {
    size_t at = 0;
    return parse_date(t, &at, out) && (at == t.n || is_offset(text_slice(t, at, t.n)));
}

static bool parse_fraction(struct text t, size_t *at, int32_t *nano) {
    int64_t value, unit = NANOS;
    *nano = 0;
    if (!eat(t, at, '.')) return true;
    size_t from = *at;
    if (!digits(t, at, 1, 9, &value)) return false;
    for (size_t i = from; i < *at; i++) unit /= 10;
    *nano = (int32_t)(value * unit);
    while (*at < t.n && t.p[*at] >= '0' && t.p[*at] <= '9') ++*at; // finer than a nanosecond
    return true;
}

bool temporal_parse_time(struct arena *a, struct text t, struct feel_time *out) {
    size_t at = 0;
    int64_t hour, minute, second = 0;
    struct feel_time time = {0};
    if (!digits(t, &at, 2, 2, &hour) || !eat(t, &at, ':') || !digits(t, &at, 2, 2, &minute)) return false;
    // ISO 8601 lets the seconds be left out.
    if (eat(t, &at, ':') && (!digits(t, &at, 2, 2, &second) || !parse_fraction(t, &at, &time.nano)))
        return false;
    bool midnight_after = hour == 24 && minute == 0 && second == 0 && time.nano == 0;
    if ((hour > 23 && !midnight_after) || minute > 59 || second > 59) return false;
    time.second = (int32_t)(hour % 24 * 3600 + minute * 60 + second);
    if (at < t.n) {
        bool named = t.p[at] == '@';
        struct text zone = text_slice(t, at + named, t.n);
        if (!temporal_zone(a, zone, &time.zone)) return false;
        if (named && !time.zone->zone) return false;
    }
    *out = time;
    return true;
}

bool temporal_parse_date_time(struct arena *a, struct text t, struct feel_date_time *out) {
    struct feel_date_time dt = {0};
    size_t at = 0;
    if (!parse_date(t, &at, &dt.date)) return false;
    struct text zone = text_slice(t, at, t.n); // "2012-03-07Z": midnight there
    if (zone.n && is_offset(zone)) {
        if (!temporal_zone(a, zone, &dt.time.zone)) return false;
    } else if (at < t.n) {
        if (!eat(t, &at, 'T')) return false;
        struct text time = text_slice(t, at, t.n);
        if (!temporal_parse_time(a, time, &dt.time)) return false;
        if (text_starts(time, T("24:")) && !temporal_date_from_days(temporal_days(dt.date) + 1, &dt.date))
            return false;
    }
    *out = dt;
    return true;
}

enum { DURATION_DIGITS_MAX = 12 };

// One of the designators in `units`, in order: "YM" or "D", then "HMS". Sums up months, or seconds.
static bool duration_parts(struct text t, size_t *at, const char *units, const int64_t *worth, int64_t *total,
                           int32_t *nano, bool *any) {
    const char *allowed = units;
    while (*at < t.n && t.p[*at] != 'T') {
        int64_t value, part;
        if (!digits(t, at, 1, DURATION_DIGITS_MAX, &value)) return false;
        bool fraction = *at < t.n && t.p[*at] == '.';
        if (fraction && (!nano || !parse_fraction(t, at, nano))) return false;
        if (*at >= t.n) return false;
        const char *unit = memchr(allowed, t.p[*at], strlen(allowed));
        if (!unit || (fraction && *unit != 'S')) return false;
        if (__builtin_mul_overflow(value, worth[unit - units], &part) ||
            __builtin_add_overflow(*total, part, total))
            return false;
        allowed = unit + 1;
        *any = true;
        ++*at;
    }
    return true;
}

static bool parse_months(struct text t, size_t at, bool negative, struct feel_value *out) {
    static const int64_t WORTH[] = {12, 1};
    int64_t months = 0;
    bool any = false;
    if (!duration_parts(t, &at, "YM", WORTH, &months, NULL, &any) || !any || at != t.n) return false;
    *out = (struct feel_value){.kind = FEEL_MONTHS_DURATION, .months = negative ? -months : months};
    return true;
}

static bool parse_days(struct text t, size_t at, bool negative, struct feel_value *out) {
    static const int64_t DAY[] = {SECONDS_PER_DAY}, TIME[] = {3600, 60, 1};
    int64_t seconds = 0;
    int32_t nano = 0;
    bool any = false, any_time = false;
    if (!duration_parts(t, &at, "D", DAY, &seconds, NULL, &any)) return false;
    if (eat(t, &at, 'T') && (!duration_parts(t, &at, "HMS", TIME, &seconds, &nano, &any_time) || !any_time))
        return false;
    if (at != t.n || !(any || any_time)) return false;
    *out = (struct feel_value){.kind = FEEL_DAYS_DURATION,
                               .days = {negative ? -seconds : seconds, negative ? -nano : nano}};
    return true;
}

bool temporal_parse_duration(struct text t, struct feel_value *out) {
    size_t at = 0;
    bool negative = eat(t, &at, '-');
    if (!eat(t, &at, 'P')) return false;
    return parse_months(t, at, negative, out) || parse_days(t, at, negative, out);
}

bool temporal_parse(struct arena *a, struct text t, struct feel_value *out) {
    *out = (struct feel_value){.kind = FEEL_DATE};
    if (temporal_parse_date(t, &out->date)) return true;
    out->kind = FEEL_DATE_TIME;
    if (temporal_parse_date_time(a, t, &out->date_time)) return true;
    out->kind = FEEL_TIME;
    if (temporal_parse_time(a, t, &out->time)) return true;
    return temporal_parse_duration(t, out);
}

// ---- printing ----

static void print_date(struct out *o, struct feel_date d) {
    out_printf(o, "%s%04d-%02d-%02d", d.year < 0 ? "-" : "", d.year < 0 ? -d.year : d.year, d.month, d.day);
}

static void print_fraction(struct out *o, int32_t nano) {
    if (!nano) return;
    char fraction[16];
    snprintf(fraction, sizeof fraction, ".%09d", nano < 0 ? -nano : nano);
    size_t n = 10;
    while (fraction[n - 1] == '0') n--;
    out_text(o, (struct text){fraction, n});
}

static void print_zone(struct out *o, const struct feel_zone *z) {
    if (!z) return;
    if (z->zone) {
        out_byte(o, '@');
        out_text(o, z->name);
        return;
    }
    if (!z->offset_s) return out_byte(o, 'Z');
    int32_t s = z->offset_s < 0 ? -z->offset_s : z->offset_s;
    out_printf(o, "%c%02d:%02d", z->offset_s < 0 ? '-' : '+', s / 3600, s / 60 % 60);
    if (s % 60) out_printf(o, ":%02d", s % 60);
}

static void print_time(struct out *o, const struct feel_time *t) {
    out_printf(o, "%02d:%02d:%02d", t->second / 3600, t->second / 60 % 60, t->second % 60);
    print_fraction(o, t->nano);
    print_zone(o, t->zone);
}

static void print_days_duration(struct out *o, struct feel_days_duration d) {
    if (!d.second && !d.nano) return out_c(o, "PT0S");
    uint64_t s = d.second < 0 ? 0 - (uint64_t)d.second : (uint64_t)d.second;
    out_c(o, d.second < 0 || d.nano < 0 ? "-P" : "P");
    uint64_t days = s / SECONDS_PER_DAY, hours = s / 3600 % 24, minutes = s / 60 % 60, seconds = s % 60;
    if (days) out_printf(o, "%lluD", (unsigned long long)days);
    if (hours || minutes || seconds || d.nano) out_byte(o, 'T');
    if (hours) out_printf(o, "%lluH", (unsigned long long)hours);
    if (minutes) out_printf(o, "%lluM", (unsigned long long)minutes);
    if (!seconds && !d.nano) return;
    out_printf(o, "%llu", (unsigned long long)seconds);
    print_fraction(o, d.nano);
    out_byte(o, 'S');
}

static void print_months_duration(struct out *o, int64_t months) {
    if (!months) return out_c(o, "P0M");
    uint64_t m = months < 0 ? 0 - (uint64_t)months : (uint64_t)months;
    out_c(o, months < 0 ? "-P" : "P");
    if (m / 12) out_printf(o, "%lluY", (unsigned long long)(m / 12));
    if (m % 12) out_printf(o, "%lluM", (unsigned long long)(m % 12));
}

void temporal_print(struct out *o, const struct feel_value *v) {
    switch (v->kind) {
    case FEEL_DATE: print_date(o, v->date); break;
    case FEEL_TIME: print_time(o, &v->time); break;
    case FEEL_DATE_TIME:
        print_date(o, v->date_time.date);
        out_byte(o, 'T');
        print_time(o, &v->date_time.time);
        break;
    case FEEL_DAYS_DURATION: print_days_duration(o, v->days); break;
    case FEEL_MONTHS_DURATION: print_months_duration(o, v->months); break;
    default: break;
    }
}
