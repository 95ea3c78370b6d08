// Public holidays: rules in a file, written out once as a sorted list of days.
#include <stdlib.h>

#include "pack/deadline.h"
#include "pack/reading.h"

enum { CALENDAR_YEARS_MAX = 100, WORKING_SEARCH_MAX = 400 };

struct holiday {
    int64_t day;
    struct text name;
};
struct calendar {
    struct text id;
    const struct zone *zone;
    bool rests[8]; // by ISO weekday
    int first_year, last_year;
    struct holiday *items;
    size_t count, capacity;
};

// Anonymous Gregorian algorithm (Nature, 1876; Meeus, Astronomical Algorithms, 1991, chapter 8).
struct date easter(int year) {
    int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, f = (b + 8) / 25;
    int g = (b - f + 1) / 3, h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4;
    int l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 22 * l) / 451;
    int n = h + l - 7 * m + 114;
    return (struct date){year, n / 31, n % 31 + 1};
}

// Meeus' Julian algorithm; then the days between the two calendars in that century.
struct date easter_orthodox(int year) {
    int a = year % 4, b = year % 7, c = year % 19, d = (19 * c + 15) % 30, e = (2 * a + 4 * b - d + 34) % 7;
    int n = d + e + 114;
    struct date julian = {year, n / 31, n % 31 + 1};
    return date_add_days(julian, year / 100 - year / 400 - 2);
}

static struct date nth_weekday(int year, int month, int weekday, int nth) {
    if (nth > 0) {
        struct date first = {year, month, 1};
        int ahead = (weekday - date_weekday(first) + 7) % 7;
        return date_add_days(first, ahead + 7 * (nth - 1));
    }
    struct date last = {year, month, days_in_month(year, month)};
    int back = (date_weekday(last) - weekday + 7) % 7;
    return date_add_days(last, -back + 7 * (nth + 1));
}

struct holiday_rule {
    struct text name;
    struct date once;
    int64_t month, day, weekday, nth, easter_offset, from, to;
    bool by_easter, is_orthodox;
};

static bool in_year(const struct holiday_rule *h, int year, struct date *out) {
    if ((h->from && year < h->from) || (h->to && year > h->to)) return false;
    if (h->once.year) return *out = h->once, year == h->once.year;
    if (h->by_easter) {
        *out = date_add_days(h->is_orthodox ? easter_orthodox(year) : easter(year), h->easter_offset);
        return true;
    }
    if (h->weekday) return *out = nth_weekday(year, (int)h->month, (int)h->weekday, (int)h->nth), true;
    *out = (struct date){year, (int)h->month, (int)h->day};
    return date_is_valid(*out); // 29 February in common years
}

static enum status read_rule(const struct reading *r, const json_t *j, struct holiday_rule *h) {
    static const char *const KNOWN[] = {
        "name", "date", "month", "day", "weekday", "nth", "easter", "orthodox_easter", "from", "to", NULL};
    *h = (struct holiday_rule){.nth = 1};
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_need_text(r, j, "name", &h->name);
    if (!st) st = reading_date(r, j, "date", &h->once);
    if (!st) st = reading_int(r, j, "month", 1, 12, &h->month);
    if (!st) st = reading_int(r, j, "day", 1, 31, &h->day);
    if (!st) st = reading_int(r, j, "weekday", 1, 7, &h->weekday);
    if (!st) st = reading_int(r, j, "nth", -4, 4, &h->nth);
    if (!st) st = reading_int(r, j, "from", 1, 9999, &h->from);
    if (!st) st = reading_int(r, j, "to", 1, 9999, &h->to);
    h->is_orthodox = json_object_get(j, "orthodox_easter") != NULL;
    h->by_easter = h->is_orthodox || json_object_get(j, "easter");
    if (!st)
        st = reading_int(r, j, h->is_orthodox ? "orthodox_easter" : "easter", -100, 100, &h->easter_offset);
    if (st) return st;
    bool fixed = h->month && (h->day || (h->weekday && h->nth));
    if ((h->once.year != 0) + h->by_easter + fixed != 1)
        return reading_fail(r, NULL, "holiday_rule", h->name);
    return STATUS_OK;
}

static int by_day(const void *a, const void *b) {
    const struct holiday *x = a, *y = b;
    return (x->day > y->day) - (x->day < y->day);
}

static enum status write_out(const struct reading *r, struct calendar *c, const struct holiday_rule *h) {
    for (int year = c->first_year; year <= c->last_year; year++) {
        struct date d;
        if (!in_year(h, year, &d)) continue;
        if (c->count == CALENDAR_DATES_MAX) return reading_fail(r, NULL, "too_many", T("2000"));
        *ARENA_PUSH(r->a, c) = (struct holiday){date_to_days(d), h->name};
    }
    return STATUS_OK;
}

static enum status read_holidays(const struct reading *r, const json_t *j, struct calendar *c) {
    json_t *list, *item;
    size_t i;
    enum status st = reading_array(r, j, "holidays", CALENDAR_RULES_MAX, &list);
    if (st) return st;
    if (!list) return reading_fail(r, NULL, "member_missing", T("holidays"));
    struct reading at = reading_member(r, "holidays");
    json_array_foreach(list, i, item) {
        struct reading here = reading_item(&at, i);
        struct holiday_rule h;
        st = read_rule(&here, item, &h);
        if (!st) st = write_out(&here, c, &h);
        if (st) return st;
    }
    if (c->count) qsort(c->items, c->count, sizeof *c->items, by_day);
    return STATUS_OK;
}

static enum status read_rest_days(const struct reading *r, const json_t *j, struct calendar *c) {
    json_t *list, *item;
    size_t i;
    enum status st = reading_array(r, j, "rest_days", 6, &list);
    if (st) return st;
    json_array_foreach(list, i, item) {
        int64_t day = json_is_integer(item) ? json_integer_value(item) : 0;
        if (day < 1 || day > 7) return reading_fail(r, "rest_days", "value_range", T("1-7"));
        c->rests[day] = true;
    }
    for (int day = 1; day <= 7; day++)
        if (!c->rests[day]) return STATUS_OK;
    return reading_fail(r, "rest_days", "value_range", T("7")); // no working day at all
}

static enum status read_calendar(const struct reading *r, const json_t *j, struct calendar *c) {
    static const char *const KNOWN[] = {"id",        "title",    "zone",   "rest_days", "first_year",
                                        "last_year", "holidays", "source", NULL};
    struct text zone;
    int64_t first = 0, last = 0;
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_need_text(r, j, "id", &c->id);
    if (!st) st = reading_need_text(r, j, "zone", &zone);
    if (!st) st = reading_int(r, j, "first_year", 1900, 2500, &first);
    if (!st) st = reading_int(r, j, "last_year", 1900, 2500, &last);
    if (!st) st = read_rest_days(r, j, c);
    if (st) return st;
    if (zone_find(zone, &c->zone) != STATUS_OK) return reading_fail(r, "zone", "value_unknown", zone);
    if (!first || last < first || last - first >= CALENDAR_YEARS_MAX)
        return reading_fail(r, "last_year", "value_range", T("100"));
    c->first_year = (int)first;
    c->last_year = (int)last;
    return read_holidays(r, j, c);
}

enum status calendar_read(struct arena *a, struct text json, struct calendar **out, struct problem *p) {
    json_t *j;
    *out = NULL;
    enum status st = json_read(json, CALENDAR_BYTES_MAX, &j, p);
    if (st) return st;
    struct calendar *c = ARENA_NEW(a, struct calendar);
    struct reading r = {a, p, T("")};
    st = read_calendar(&r, j, c);
    json_decref(j);
    if (!st) *out = c;
    return st;
}

struct text calendar_id(const struct calendar *c) {
    return c->id;
}

const struct zone *calendar_zone(const struct calendar *c) {
    return c->zone;
}

bool calendar_covers(const struct calendar *c, int year) {
    return year >= c->first_year && year <= c->last_year;
}

struct text calendar_holiday(const struct calendar *c, struct date d) {
    struct holiday wanted = {.day = date_to_days(d)};
    const struct holiday *h =
        c->count ? bsearch(&wanted, c->items, c->count, sizeof *c->items, by_day) : NULL;
    return h ? h->name : (struct text){0};
}

bool calendar_is_working(const struct calendar *c, struct date d) {
    return !c->rests[date_weekday(d)] && calendar_holiday(c, d).n == 0;
}

struct date calendar_next_working(const struct calendar *c, struct date d) {
    // A year of holidays in a row cannot be meant; the bound keeps a foolish file from stopping us.
    for (int i = 0; i < WORKING_SEARCH_MAX && !calendar_is_working(c, d); i++) d = date_add_days(d, 1);
    return d;
}

struct date calendar_add_working(const struct calendar *c, struct date d, int64_t count) {
    for (int64_t i = 0; i < count; i++) d = calendar_next_working(c, date_add_days(d, 1));
    return d;
}

int64_t calendar_working_between(const struct calendar *c, struct date from, struct date to) {
    int64_t count = 0;
    for (int64_t day = date_to_days(from) + 1, last = date_to_days(to); day <= last; day++)
        count += calendar_is_working(c, date_from_days(day));
    return count;
}
