#include "web/format.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

enum { LANGUAGES_KEPT = 8, TAG_MAX = 16, TEXT_UNITS_MAX = 160 };
enum shape { SHAPE_DAY, SHAPE_MONTH, SHAPE_YEAR, SHAPE_TIME, SHAPE_COUNT };

// The formatters of one language in one thread.
struct formatters {
    char tag[TAG_MAX];
    UNumberFormat *number;
    UDateFormat *gregorian[SHAPE_COUNT];
    UDateFormat *own; // day in the people's own calendar; NULL when that is the Gregorian one
};
struct kept {
    struct formatters of[LANGUAGES_KEPT];
    size_t count;
};

static pthread_key_t kept_key;
static pthread_once_t kept_once = PTHREAD_ONCE_INIT;

static void formatters_close(struct formatters *f) {
    if (f->number) unum_close(f->number);
    for (int i = 0; i < SHAPE_COUNT; i++)
        if (f->gregorian[i]) udat_close(f->gregorian[i]);
    if (f->own) udat_close(f->own);
    *f = (struct formatters){0};
}

static void kept_free(void *p) {
    struct kept *k = p;
    for (size_t i = 0; i < k->count; i++) formatters_close(&k->of[i]);
    free(k);
}

static void kept_start(void) {
    if (pthread_key_create(&kept_key, kept_free)) abort();
}

static UDateFormat *date_format(const char *tag, const char *calendar, const char *skeleton) {
    char locale[64];
    UChar pattern[TEXT_UNITS_MAX], wanted[32];
    UErrorCode e = U_ZERO_ERROR;
    snprintf(locale, sizeof locale, "%s@calendar=%s", strcmp(tag, "en") == 0 ? "en-GB" : tag,
             calendar); // day before month
    UDateTimePatternGenerator *g = udatpg_open(locale, &e);
    u_uastrcpy(wanted, skeleton);
    int32_t n = udatpg_getBestPattern(g, wanted, -1, pattern, TEXT_UNITS_MAX, &e);
    udatpg_close(g);
    UDateFormat *f = udat_open(UDAT_PATTERN, UDAT_PATTERN, locale, u"Etc/UTC", -1, pattern, n, &e);
    return U_SUCCESS(e) ? f : NULL;
}

static void formatters_open(struct formatters *f, struct text language) {
    static const char *const SKELETONS[SHAPE_COUNT] = {"yMMMMd", "yMMMM", "y", "Hm"};
    UErrorCode e = U_ZERO_ERROR;
    snprintf(f->tag, sizeof f->tag, TEXT_FMT, TEXT_ARG(language));
    f->number = unum_open(UNUM_DECIMAL, NULL, 0, f->tag, NULL, &e);
    for (int i = 0; i < SHAPE_COUNT; i++) f->gregorian[i] = date_format(f->tag, "gregorian", SKELETONS[i]);
    bool is_persian = strcmp(f->tag, "fa") == 0 || strncmp(f->tag, "fa-", 3) == 0;
    f->own = is_persian ? date_format(f->tag, "persian", SKELETONS[SHAPE_DAY]) : NULL;
}

static struct formatters *formatters_of(struct text language) {
    pthread_once(&kept_once, kept_start);
    struct kept *k = pthread_getspecific(kept_key);
    if (!k) {
        k = calloc(1, sizeof *k);
        if (!k || pthread_setspecific(kept_key, k)) abort();
    }
    language = text_slice(language, 0, TAG_MAX - 1);
    for (size_t i = 0; i < k->count; i++)
        if (text_eq(text_of(k->of[i].tag), language)) return &k->of[i];
    if (k->count == LANGUAGES_KEPT) formatters_close(&k->of[--k->count]);
    struct formatters *f = &k->of[k->count++];
    formatters_open(f, language);
    return f;
}

static struct text utf8(struct arena *a, const UChar *u, int32_t n) {
    int32_t bytes = 0;
    UErrorCode e = U_ZERO_ERROR;
    char *p = arena_alloc(a, (size_t)n * 3 + 1);
    u_strToUTF8(p, n * 3 + 1, &bytes, u, n, &e);
    return U_SUCCESS(e) ? (struct text){p, (size_t)bytes} : (struct text){0};
}

struct text format_int(struct arena *a, struct text language, int64_t value) {
    UChar u[TEXT_UNITS_MAX];
    UErrorCode e = U_ZERO_ERROR;
    struct formatters *f = formatters_of(language);
    int32_t n = f->number ? unum_formatInt64(f->number, value, u, TEXT_UNITS_MAX, NULL, &e) : 0;
    return f->number && U_SUCCESS(e) ? utf8(a, u, n) : text_printf(a, "%lld", (long long)value);
}

struct text format_decimal(struct arena *a, struct text language, double value) {
    UChar u[TEXT_UNITS_MAX];
    UErrorCode e = U_ZERO_ERROR;
    struct formatters *f = formatters_of(language);
    double shown = round(value * 100) / 100;
    int32_t n = f->number ? unum_formatDouble(f->number, shown, u, TEXT_UNITS_MAX, NULL, &e) : 0;
    return f->number && U_SUCCESS(e) ? utf8(a, u, n) : text_printf(a, "%.2f", shown);
}

struct text format_size(struct arena *a, struct text language, int64_t bytes) {
    static const char *const UNITS[] = {"B", "kB", "MB", "GB"}; // decimal, as phones and disks count
    double value = (double)bytes;
    int unit = 0;
    while (value >= 999.5 && unit < 3) value /= 1000, unit++;
    UChar u[TEXT_UNITS_MAX];
    UErrorCode e = U_ZERO_ERROR;
    struct formatters *f = formatters_of(language);
    if (!f->number) return text_printf(a, "%.1f %s", value, UNITS[unit]);
    double shown = unit < 2 || value >= 99.5 ? round(value) : round(value * 10) / 10;
    int32_t n = unum_formatDouble(f->number, shown, u, TEXT_UNITS_MAX, NULL, &e);
    return TEXT_JOIN(a, utf8(a, u, U_SUCCESS(e) ? n : 0), T("\u00a0"), text_of(UNITS[unit]));
}

static struct text shape(struct arena *a, UDateFormat *f, double ms) {
    UChar u[TEXT_UNITS_MAX];
    UErrorCode e = U_ZERO_ERROR;
    int32_t n = f ? udat_format(f, ms, u, TEXT_UNITS_MAX, NULL, &e) : 0;
    return U_SUCCESS(e) ? utf8(a, u, n) : (struct text){0};
}

struct text format_date(struct arena *a, struct text language, struct date d) {
    if (!d.year) return (struct text){0};
    struct formatters *f = formatters_of(language);
    enum shape s = !d.month ? SHAPE_YEAR : !d.day ? SHAPE_MONTH : SHAPE_DAY;
    struct date full = {d.year, d.month ? d.month : 1, d.day ? d.day : 1};
    double ms = (double)date_to_days(full) * 86400000.0;
    struct text gregorian = shape(a, f->gregorian[s], ms);
    if (s != SHAPE_DAY || !f->own) return gregorian;
    return TEXT_JOIN(a, shape(a, f->own, ms), T(" ("), gregorian, T(")"));
}

struct text format_moment(struct arena *a, struct text language, const struct zone *z, struct moment m) {
    struct date day = z ? zone_date(z, m) : date_from_days(m.ms / 86400000);
    int minute = z ? zone_minute(z, m) : (int)(m.ms / 60000 % 1440);
    struct formatters *f = formatters_of(language);
    struct text clock = shape(a, f->gregorian[SHAPE_TIME], (double)minute * 60000.0);
    return TEXT_JOIN(a, format_date(a, language, day), T(", "), clock);
}
