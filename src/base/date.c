#include "base/date.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

enum { MS_PER_DAY = 86400000, MINUTES_PER_DAY = 1440, MS_PER_MINUTE = 60000 };

bool date_is_full(struct date d) {
    return d.year && d.month && d.day;
}

static bool is_leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int days_in_month(int year, int month) {
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : DAYS[month - 1];
}

bool date_is_valid(struct date d) {
    if (d.year == 0) return d.month == 0 && d.day == 0;
    if (d.year < 1 || d.year > 9999 || d.month < 0 || d.month > 12 || d.day < 0) return false;
    if (d.month == 0) return d.day == 0;
    return d.day <= days_in_month(d.year, d.month);
}

bool date_eq(struct date a, struct date b) {
    return a.year == b.year && a.month == b.month && a.day == b.day;
}

int date_cmp(struct date a, struct date b) {
    int64_t x = date_to_days(a), y = date_to_days(b);
    return (x > y) - (x < y);
}

int64_t date_to_days(struct date d) {
    int64_t y = d.year - (d.month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct date date_from_days(int64_t days) {
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    int month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    return (struct date){(int)(year_of_era + era * 400) + (month <= 2), month,
                         (int)(day_of_year - (153 * shifted + 2) / 5 + 1)};
}

int date_weekday(struct date d) {
    int64_t days = date_to_days(d);
    return (int)(((days + 3) % 7 + 7) % 7) + 1;
}

struct date date_add_days(struct date d, int64_t days) {
    return date_from_days(date_to_days(d) + days);
}

struct date date_add_months(struct date d, int64_t months) {
    int64_t total = (int64_t)d.year * 12 + d.month - 1 + months;
    struct date moved = {(int)(total / 12), (int)(total % 12) + 1, d.day};
    int last = days_in_month(moved.year, moved.month);
    if (moved.day > last) moved.day = last;
    return moved;
}

int date_age_years(struct date birth, struct date today) {
    int month = birth.month ? birth.month : 12;
    int day = birth.day ? birth.day : days_in_month(birth.year, month);
    int years = today.year - birth.year;
    return today.month < month || (today.month == month && today.day < day) ? years - 1 : years;
}

static bool digits(struct text t, size_t from, size_t count, int *value) {
    *value = 0;
    if (t.n < from + count) return false;
    for (size_t i = from; i < from + count; i++) {
        if (t.p[i] < '0' || t.p[i] > '9') return false;
        *value = *value * 10 + (t.p[i] - '0');
    }
    return true;
}

enum status date_parse(struct text t, struct date *out) {
    struct date d = {0};
    if (t.n == 0) return *out = d, STATUS_OK;
    if ((t.n != 4 && t.n != 7 && t.n != 10) || !digits(t, 0, 4, &d.year) || d.year == 0)
        return STATUS_INVALID;
    if (t.n >= 7 && (t.p[4] != '-' || !digits(t, 5, 2, &d.month) || d.month == 0)) return STATUS_INVALID;
    if (t.n == 10 && (t.p[7] != '-' || !digits(t, 8, 2, &d.day) || d.day == 0)) return STATUS_INVALID;
    if (!date_is_valid(d)) return STATUS_INVALID;
    *out = d;
    return STATUS_OK;
}

struct text date_print(struct arena *a, struct date d) {
    if (!d.year) return T("");
    if (!d.month) return text_printf(a, "%04d", d.year);
    if (!d.day) return text_printf(a, "%04d-%02d", d.year, d.month);
    return text_printf(a, "%04d-%02d-%02d", d.year, d.month, d.day);
}

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

struct text moment_print(struct arena *a, struct moment m) {
    int64_t days = floor_div(m.ms, MS_PER_DAY);
    int64_t ms = m.ms - days * MS_PER_DAY;
    struct date d = date_from_days(days);
    int64_t s = ms / 1000;
    struct text t = text_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d", d.year, d.month, d.day, (int)(s / 3600),
                                (int)(s / 60 % 60), (int)(s % 60));
    return ms % 1000 ? text_printf(a, TEXT_FMT ".%03dZ", TEXT_ARG(t), (int)(ms % 1000))
                     : text_printf(a, TEXT_FMT "Z", TEXT_ARG(t));
}

enum status moment_parse(struct text t, struct moment *out) {
    struct date d;
    int hour, minute, second, ms = 0;
    if ((t.n != 20 && t.n != 24) || t.p[10] != 'T' || t.p[13] != ':' || t.p[16] != ':' || t.p[t.n - 1] != 'Z')
        return STATUS_INVALID;
    if (date_parse(text_slice(t, 0, 10), &d) || !digits(t, 11, 2, &hour) || !digits(t, 14, 2, &minute) ||
        !digits(t, 17, 2, &second) || hour > 23 || minute > 59 || second > 59)
        return STATUS_INVALID;
    if (t.n == 24 && (t.p[19] != '.' || !digits(t, 20, 3, &ms))) return STATUS_INVALID;
    out->ms = date_to_days(d) * MS_PER_DAY + ((hour * 60 + minute) * 60 + second) * 1000ll + ms;
    return STATUS_OK;
}

// ICU calendars are not thread-safe, so each zone keeps one behind a lock. Zones are few and live for ever.
struct zone {
    char name[64];
    UCalendar *calendar;
    pthread_mutex_t lock;
};

enum { ZONES_MAX = 800 }; // more than there are names; a model or form may use any of them
static struct zone zones[ZONES_MAX];
static size_t zone_count;
static pthread_mutex_t zones_lock = PTHREAD_MUTEX_INITIALIZER;

static enum status zone_open(const char *name, struct zone *z) {
    UErrorCode error = U_ZERO_ERROR;
    UChar id[64], canonical[64];
    u_uastrncpy(id, name, 64);
    UBool is_system = 0;
    ucal_getCanonicalTimeZoneID(id, -1, canonical, 64, &is_system, &error);
    if (U_FAILURE(error) || !is_system) return STATUS_NOT_FOUND;
    z->calendar = ucal_open(id, -1, "en", UCAL_GREGORIAN, &error);
    if (U_FAILURE(error)) return STATUS_NOT_FOUND;
    ucal_setAttribute(z->calendar, UCAL_REPEATED_WALL_TIME, UCAL_WALLTIME_FIRST);
    ucal_setAttribute(z->calendar, UCAL_SKIPPED_WALL_TIME, UCAL_WALLTIME_NEXT_VALID);
    strcpy(z->name, name);
    pthread_mutex_init(&z->lock, NULL);
    return STATUS_OK;
}

enum status zone_find(struct text name, const struct zone **out) {
    char wanted[64];
    if (name.n == 0 || name.n >= sizeof wanted) return STATUS_NOT_FOUND;
    memcpy(wanted, name.p, name.n);
    wanted[name.n] = 0;
    enum status st = STATUS_OK;
    pthread_mutex_lock(&zones_lock);
    size_t i = 0;
    while (i < zone_count && strcmp(zones[i].name, wanted) != 0) i++;
    if (i == zone_count) {
        st = zone_count < ZONES_MAX ? zone_open(wanted, &zones[i]) : STATUS_TOO_LARGE;
        if (!st) zone_count++;
    }
    pthread_mutex_unlock(&zones_lock);
    if (!st) *out = &zones[i];
    return st;
}

static int64_t zone_local_ms(const struct zone *zone, struct moment m) {
    struct zone *z = (struct zone *)zone;
    UErrorCode error = U_ZERO_ERROR;
    pthread_mutex_lock(&z->lock);
    ucal_setMillis(z->calendar, (double)m.ms, &error);
    int64_t offset = ucal_get(z->calendar, UCAL_ZONE_OFFSET, &error);
    offset += ucal_get(z->calendar, UCAL_DST_OFFSET, &error);
    pthread_mutex_unlock(&z->lock);
    assert(U_SUCCESS(error));
    return m.ms + offset;
}

struct date zone_date(const struct zone *z, struct moment m) {
    return date_from_days(floor_div(zone_local_ms(z, m), MS_PER_DAY));
}

int zone_minute(const struct zone *z, struct moment m) {
    int64_t local = zone_local_ms(z, m);
    return (int)((local - floor_div(local, MS_PER_DAY) * MS_PER_DAY) / MS_PER_MINUTE);
}

struct moment zone_moment(const struct zone *zone, struct date d, int minute_of_day) {
    struct zone *z = (struct zone *)zone;
    UErrorCode error = U_ZERO_ERROR;
    if (minute_of_day == MINUTES_PER_DAY) {
        d = date_add_days(d, 1);
        minute_of_day = 0;
    }
    pthread_mutex_lock(&z->lock);
    ucal_clear(z->calendar);
    ucal_setDateTime(z->calendar, d.year, d.month - 1, d.day, minute_of_day / 60, minute_of_day % 60, 0,
                     &error);
    double ms = ucal_getMillis(z->calendar, &error);
    pthread_mutex_unlock(&z->lock);
    assert(U_SUCCESS(error));
    return (struct moment){(int64_t)ms};
}
