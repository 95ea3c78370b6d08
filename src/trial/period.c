// period.c - "P1M", "-P2DT3H", "2026-10-01": how far the clock of a trial goes.
#include "trial/trial.h"

enum {
    AMOUNT_MAX = 300 * 1000, // of one unit: hours of TRIAL_AHEAD_YEARS
    MONTHS_MAX = 12 * TRIAL_AHEAD_YEARS,
    DAYS_MAX = 366 * TRIAL_AHEAD_YEARS,
};

struct amounts {
    int64_t months, days, ms;
};

static bool take_amount(struct text *t, int64_t *n) {
    size_t digits = 0;
    while (digits < t->n && t->p[digits] >= '0' && t->p[digits] <= '9') digits++;
    bool good = digits && digits < t->n && text_int(text_slice(*t, 0, digits), n) && *n <= AMOUNT_MAX;
    *t = text_slice(*t, digits, t->n);
    return good;
}

static bool add_amount(struct amounts *a, char unit, bool of_time, int64_t n) {
    switch (unit) {
    case 'Y': a->months += 12 * n; return !of_time;
    case 'M':
        if (of_time)
            a->ms += n * 60 * 1000;
        else
            a->months += n;
        return true;
    case 'W': a->days += 7 * n; return !of_time;
    case 'D': a->days += n; return !of_time;
    case 'H': a->ms += n * 60 * 60 * 1000; return of_time;
    case 'S': a->ms += n * 1000; return of_time;
    default: return false;
    }
}

// Units may come again and again, so what counts is the sum.
static bool is_near(const struct amounts *a) {
    return a->months <= MONTHS_MAX && a->days <= DAYS_MAX && a->ms <= INT64_C(86400000) * DAYS_MAX;
}

static bool read_period(struct text t, struct amounts *a) {
    bool of_time = false, any = false;
    if (!text_starts(t, T("P"))) return false;
    t = text_slice(t, 1, t.n);
    while (t.n) {
        int64_t n;
        if (t.p[0] == 'T' && !of_time) {
            of_time = true;
            t = text_slice(t, 1, t.n);
            continue;
        }
        if (!take_amount(&t, &n) || !add_amount(a, t.p[0], of_time, n) || !is_near(a)) return false;
        t = text_slice(t, 1, t.n);
        any = true;
    }
    return any;
}

bool period_end(const struct zone *z, struct moment from, struct text period, struct moment *out) {
    struct date day;
    struct amounts a = {0};
    if (!date_parse(period, &day) && date_is_full(day)) {
        *out = zone_moment(z, day, 0);
        return true;
    }
    bool back = text_starts(period, T("-"));
    if (!read_period(back ? text_slice(period, 1, period.n) : period, &a)) return false;
    int sign = back ? -1 : 1;
    day = date_add_days(date_add_months(zone_date(z, from), sign * a.months), sign * a.days);
    struct moment start_of_minute = zone_moment(z, day, zone_minute(z, from));
    out->ms = start_of_minute.ms + from.ms % 60000 + sign * a.ms;
    return true;
}

// "2026-07-01T09:00:00", seconds may be missing; with a Z it is UTC.
bool local_moment(const struct zone *z, struct text t, struct moment *out) {
    struct text day = t, clock = {0};
    struct date d;
    int64_t hour, minute;
    size_t at;
    if (text_ends(t, T("Z"))) return moment_parse(t, out) == STATUS_OK;
    if (text_find(t, T("T"), &at)) day = text_slice(t, 0, at), clock = text_slice(t, at + 1, t.n);
    if (date_parse(day, &d) || !date_is_full(d) || clock.n < 5 || clock.p[2] != ':') return false;
    if (!text_int(text_slice(clock, 0, 2), &hour) || !text_int(text_slice(clock, 3, 5), &minute))
        return false;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return false;
    *out = zone_moment(z, d, (int)(hour * 60 + minute));
    return true;
}
