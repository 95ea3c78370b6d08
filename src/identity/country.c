// ISO 3166-1 comes from ICU; here is only what Doc 9303-3, section 5 adds to it.
#include "identity/country.h"

#include <pthread.h>
#include <string.h>
#include <unicode/uloc.h>

static const struct {
    char code[4];
    enum country_kind kind;
    char alpha2[3];
} EXTRAS[] = {
    // Part B: British nationals without the right of abode
    {"GBD", COUNTRY_BRITISH, "GB"},
    {"GBN", COUNTRY_BRITISH, "GB"},
    {"GBO", COUNTRY_BRITISH, "GB"},
    {"GBP", COUNTRY_BRITISH, "GB"},
    {"GBS", COUNTRY_BRITISH, "GB"},
    // Part C: organisations that issue travel documents
    {"EUE", COUNTRY_ORGANISATION, "EU"},
    {"IAO", COUNTRY_ORGANISATION, ""},
    {"UNA", COUNTRY_ORGANISATION, "UN"},
    {"UNK", COUNTRY_ORGANISATION, ""},
    {"UNO", COUNTRY_ORGANISATION, "UN"},
    {"XBA", COUNTRY_ORGANISATION, ""},
    {"XCC", COUNTRY_ORGANISATION, ""},
    {"XCE", COUNTRY_ORGANISATION, ""},
    {"XCO", COUNTRY_ORGANISATION, ""},
    {"XDC", COUNTRY_ORGANISATION, ""},
    {"XEC", COUNTRY_ORGANISATION, ""},
    {"XES", COUNTRY_ORGANISATION, ""},
    {"XIM", COUNTRY_ORGANISATION, ""},
    {"XMP", COUNTRY_ORGANISATION, ""},
    {"XOM", COUNTRY_ORGANISATION, ""},
    {"XPO", COUNTRY_ORGANISATION, ""},
    // Part D: persons without a nationality
    {"XXA", COUNTRY_STATELESS, ""},
    {"XXB", COUNTRY_REFUGEE, ""},
    {"XXC", COUNTRY_REFUGEE, ""},
    {"XXX", COUNTRY_UNSPECIFIED, ""},
    // Not in 9303, but in documents at the border: Kosovo prints RKS
    {"RKS", COUNTRY_STATE, "XK"},
    {"XKX", COUNTRY_STATE, "XK"}, // what others write for it
    {"UTO", COUNTRY_SPECIMEN, ""},
};

// Upper case without fillers; "" when it cannot be a code.
struct code {
    char s[4];
};

static struct code normal(struct text t) {
    struct code c = {""};
    size_t n = 0;
    while (t.n && (t.p[t.n - 1] == '<' || t.p[t.n - 1] == ' ')) t.n--;
    for (; n < t.n && n < 3; n++) {
        char x = t.p[n] >= 'a' && t.p[n] <= 'z' ? (char)(t.p[n] - 32) : t.p[n];
        if (x < 'A' || x > 'Z') return (struct code){""};
        c.s[n] = x;
    }
    if (t.n > 3) return (struct code){""};
    if (!strcmp(c.s, "D")) strcpy(c.s, "DEU"); // 9303-3, section 5: Germany prints D
    return c;
}

// CLDR gives three-letter codes to a few places that ISO does not list as countries.
static bool is_iso(const char *alpha2) {
    static const char *const NOT[] = {"AC", "CP", "CQ", "DG", "EA", "IC", "TA", "XK"};
    for (size_t i = 0; i < sizeof NOT / sizeof *NOT; i++)
        if (!strcmp(alpha2, NOT[i])) return false;
    return true;
}

// The ISO pair whose two- or three-letter code is `c`.
static bool iso_find(struct code c, const char **alpha2, const char **alpha3) {
    for (const char *const *at = uloc_getISOCountries(); *at; at++) {
        char locale[8] = "_";
        if (strlen(*at) != 2 || !is_iso(*at)) continue;
        strcpy(locale + 1, *at);
        *alpha2 = *at;
        *alpha3 = uloc_getISO3Country(locale);
        if (!strcmp(strlen(c.s) == 2 ? *alpha2 : *alpha3, c.s)) return true;
    }
    return false;
}

static const char *extra_alpha2(struct code c, enum country_kind *kind) {
    for (size_t i = 0; i < sizeof EXTRAS / sizeof *EXTRAS; i++)
        if (!strcmp(EXTRAS[i].code, c.s)) return *kind = EXTRAS[i].kind, EXTRAS[i].alpha2;
    return NULL;
}

// The kind of each three-letter code, made once: a zone is read in less time than ICU takes to look for one.
static uint8_t kinds[26 * 26 * 26];
static pthread_once_t kinds_once = PTHREAD_ONCE_INIT;

static size_t place_of(const char *c) {
    return ((size_t)(c[0] - 'A') * 26 + (size_t)(c[1] - 'A')) * 26 + (size_t)(c[2] - 'A');
}

static void fill_kinds(void) {
    for (const char *const *at = uloc_getISOCountries(); *at; at++) {
        char locale[8] = "_";
        if (strlen(*at) != 2 || !is_iso(*at)) continue;
        strcpy(locale + 1, *at);
        const char *three = uloc_getISO3Country(locale);
        if (strlen(three) == 3) kinds[place_of(three)] = COUNTRY_STATE;
    }
    for (size_t i = 0; i < sizeof EXTRAS / sizeof *EXTRAS; i++)
        kinds[place_of(EXTRAS[i].code)] = (uint8_t)EXTRAS[i].kind;
}

enum country_kind country_kind(struct text code) {
    struct code c = normal(code);
    const char *two, *three;
    pthread_once(&kinds_once, fill_kinds);
    if (strlen(c.s) == 3) return (enum country_kind)kinds[place_of(c.s)];
    return strlen(c.s) == 2 && iso_find(c, &two, &three) ? COUNTRY_STATE : COUNTRY_UNKNOWN;
}

struct text country_alpha2(struct text code) {
    struct code c = normal(code);
    enum country_kind kind;
    const char *two = extra_alpha2(c, &kind), *three;
    if (two) return text_of(two);
    return strlen(c.s) >= 2 && iso_find(c, &two, &three) ? text_of(two) : T("");
}

struct text country_alpha3(struct arena *a, struct text code) {
    struct code c = normal(code);
    enum country_kind kind;
    const char *two, *three;
    if (extra_alpha2(c, &kind)) return text_copy(a, text_of(c.s));
    return strlen(c.s) >= 2 && iso_find(c, &two, &three) ? text_copy(a, text_of(three)) : T("");
}

struct text country_mrz(struct arena *a, struct text code) {
    struct text three = country_alpha3(a, code);
    return text_eq(three, T("DEU")) ? T("D<<") : three;
}
