// Days and times in words. ICU's formats; Gregorian and 0-9 on purpose.
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/ustring.h>

#include "pack/text_catalog.h"

enum { LOCALE_MAX = 100, PATTERN_MAX = 100, WORDS_MAX = 200 };

// A format is made once and kept: opening ICU's pattern generator costs a millisecond, formatting a
// microsecond.
enum { FORMATS_MAX = 96 }; // three skeletons for each language that can be loaded
static struct kept_format {
    char locale[LOCALE_MAX], skeleton[8];
    UDateFormat *format;
} kept[FORMATS_MAX];
static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER; // ICU's formats are not for two threads at once

// The language's pattern for a skeleton such as "yMMMMd", in UTC.
static UDateFormat *open_format(const char *locale, const char *skeleton, UErrorCode *error) {
    UChar wanted[16], pattern[PATTERN_MAX], utc[8];
    u_uastrcpy(wanted, skeleton);
    u_uastrcpy(utc, "UTC");
    UDateTimePatternGenerator *generator = udatpg_open(locale, error);
    int32_t length = udatpg_getBestPattern(generator, wanted, -1, pattern, PATTERN_MAX, error);
    udatpg_close(generator);
    return udat_open(UDAT_PATTERN, UDAT_PATTERN, locale, utc, -1, pattern, length, error);
}

// The place of a format; when all are taken the first gives way. Languages that do not exist can be asked
// for.
static struct kept_format *find_format(const char *locale, const char *skeleton, UErrorCode *error) {
    struct kept_format *k = kept;
    while (k < kept + FORMATS_MAX && k->format &&
           (strcmp(k->locale, locale) || strcmp(k->skeleton, skeleton)))
        k++;
    if (k < kept + FORMATS_MAX && k->format) return k;
    if (k == kept + FORMATS_MAX) k = kept, udat_close(k->format);
    k->format = open_format(locale, skeleton, error);
    snprintf(k->locale, sizeof k->locale, "%s", locale);
    snprintf(k->skeleton, sizeof k->skeleton, "%s", skeleton);
    if (U_SUCCESS(*error)) return k;
    udat_close(k->format);
    k->format = NULL;
    return k;
}

static struct text formatted(struct arena *a, struct text language, const char *skeleton, double ms) {
    UErrorCode error = U_ZERO_ERROR;
    UChar words[WORDS_MAX];
    char utf8[WORDS_MAX * 3];
    int32_t bytes = 0;
    const char *locale =
        text_c(a, text_printf(a, TEXT_FMT "@calendar=gregorian;numbers=latn", TEXT_ARG(language)));
    if (language.n == 0 || language.n > LOCALE_MAX - 40) locale = "en@calendar=gregorian;numbers=latn";
    pthread_mutex_lock(&kept_lock);
    struct kept_format *k = find_format(locale, skeleton, &error);
    int32_t units = udat_format(k->format, ms, words, WORDS_MAX, NULL, &error);
    pthread_mutex_unlock(&kept_lock);
    u_strToUTF8(utf8, sizeof utf8, &bytes, words, units, &error);
    return U_FAILURE(error) ? T("") : text_copy(a, (struct text){utf8, (size_t)bytes});
}

struct text text_date(struct arena *a, struct text language, struct date d) {
    if (!d.year || !date_is_valid(d)) return T("");
    struct date first = {d.year, d.month ? d.month : 1, d.day ? d.day : 1};
    double ms = (double)date_to_days(first) * 86400000.0;
    struct text words = formatted(a, language, d.day ? "yMMMMd" : d.month ? "yMMMM" : "y", ms);
    return words.n ? words : date_print(a, d);
}

struct text text_time(struct arena *a, struct text language, int minute_of_day) {
    struct text words = formatted(a, language, "Hm", minute_of_day * 60000.0);
    return words.n ? words : text_printf(a, "%02d:%02d", minute_of_day / 60, minute_of_day % 60);
}
