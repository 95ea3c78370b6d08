// Days and times in words. ICU's formats; Gregorian and 0-9 on purpose.
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/ustring.h>

#include "pack/text_catalog.h"

enum { LOCALE_MAX = 100, PATTERN_MAX = 100, WORDS_MAX = 200 };

// The language's pattern for a skeleton such as "yMMMMd", used on that day in UTC.
static struct text formatted(struct arena *a, struct text language, const char *skeleton, double ms) {
    UErrorCode error = U_ZERO_ERROR;
    UChar wanted[16], pattern[PATTERN_MAX], words[WORDS_MAX], utc[8];
    char utf8[WORDS_MAX * 3];
    int32_t bytes = 0;
    const char *locale =
        text_c(a, text_printf(a, TEXT_FMT "@calendar=gregorian;numbers=latn", TEXT_ARG(language)));
    if (language.n == 0 || language.n > LOCALE_MAX - 40) locale = "en@calendar=gregorian;numbers=latn";
    u_uastrcpy(wanted, skeleton);
    u_uastrcpy(utc, "UTC");
    UDateTimePatternGenerator *generator = udatpg_open(locale, &error);
    int32_t length = udatpg_getBestPattern(generator, wanted, -1, pattern, PATTERN_MAX, &error);
    udatpg_close(generator);
    UDateFormat *format = udat_open(UDAT_PATTERN, UDAT_PATTERN, locale, utc, -1, pattern, length, &error);
    int32_t units = udat_format(format, ms, words, WORDS_MAX, NULL, &error);
    udat_close(format);
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
