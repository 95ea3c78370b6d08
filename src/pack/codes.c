#include "pack/codes.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/ucol.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

enum { CODE_MAX = 40, NAME_UNITS_MAX = 200 };

static struct text lower(struct arena *a, struct text t) {
    char *p = arena_copy(a, t.p, t.n);
    for (size_t i = 0; i < t.n; i++)
        if (p[i] >= 'A' && p[i] <= 'Z') p[i] = (char)(p[i] + 32);
    return (struct text){p, t.n};
}

static bool code_ok(struct text code) {
    if (code.n == 0 || code.n > CODE_MAX) return false;
    for (size_t i = 0; i < code.n; i++) {
        char c = code.p[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
              c == '-'))
            return false;
    }
    return true;
}

static enum status read_code(const struct reading *r, const json_t *j, const struct code_list *l,
                             struct code *c) {
    enum status st = STATUS_OK;
    if (json_is_string(j)) {
        c->code = text_copy(r->a, (struct text){json_string_value(j), json_string_length(j)});
    } else {
        struct date until;
        if (!json_is_object(j)) return reading_fail(r, NULL, "value_kind", T("object"));
        st = reading_need_text(r, j, "code", &c->code);
        if (!st) st = reading_text(r, j, "label", &c->label_key);
        if (!st) st = reading_text(r, j, "until", &c->until);
        if (!st) st = reading_date(r, j, "until", &until);
        c->properties = j;
    }
    if (st) return st;
    if (!code_ok(c->code)) return reading_fail(r, "code", "code_syntax", c->code);
    if (!c->label_key.n && text_eq(text_of(l->names_from), T("text")))
        c->label_key = TEXT_JOIN(r->a, T("code."), l->id, T("."), lower(r->a, c->code));
    return STATUS_OK;
}

static int by_code_r(const void *a, const void *b, void *list) {
    const struct code_list *l = list;
    return text_cmp(l->items[*(const size_t *)a].code, l->items[*(const size_t *)b].code);
}

static enum status sort_codes(const struct reading *r, struct code_list *l) {
    l->sorted = ARENA_ARRAY(r->a, size_t, l->count + 1);
    for (size_t i = 0; i < l->count; i++) l->sorted[i] = i;
    qsort_r(l->sorted, l->count, sizeof *l->sorted, by_code_r, l);
    for (size_t i = 1; i < l->count; i++)
        if (text_eq(l->items[l->sorted[i - 1]].code, l->items[l->sorted[i]].code))
            return reading_fail(r, "codes", "duplicate", l->items[l->sorted[i]].code);
    return STATUS_OK;
}

enum status codes_read(const struct reading *r, const json_t *j, struct code_list *l) {
    static const char *const KNOWN[] = {"id", "names", "codes", "source", NULL};
    static const char *const NAMES[] = {"text", "region", "language", NULL};
    json_t *list, *item;
    size_t i;
    int names = 0;
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_need_text(r, j, "id", &l->id);
    if (!st) st = reading_choice(r, j, "names", NAMES, &names);
    if (!st) st = reading_array(r, j, "codes", CODES_MAX, &list);
    if (!st && !list) st = reading_fail(r, NULL, "member_missing", T("codes"));
    if (st) return st;
    l->names_from = NAMES[names];
    struct reading at = reading_member(r, "codes");
    json_array_foreach(list, i, item) {
        struct reading here = reading_item(&at, i);
        st = read_code(&here, item, l, ARENA_PUSH(r->a, l));
        if (st) return st;
    }
    return sort_codes(r, l);
}

// ---- names
// -------------------------------------------------------------------------------------------------

// ICU's name in a language; empty when it has none there. It reads ISO 3166 alpha-3 and ISO 639-3 codes as
// they are.
static struct text icu_name(struct arena *a, const char *from, struct text code, struct text language) {
    UChar units[NAME_UNITS_MAX];
    char utf8[NAME_UNITS_MAX * 3];
    int32_t bytes = 0;
    UErrorCode error = U_ZERO_ERROR;
    bool region = strcmp(from, "region") == 0;
    const char *locale = text_c(a, region ? TEXT_JOIN(a, T("und_"), code) : code);
    const char *in = text_c(a, language);
    int32_t n = region ? uloc_getDisplayCountry(locale, in, units, NAME_UNITS_MAX, &error)
                       : uloc_getDisplayLanguage(locale, in, units, NAME_UNITS_MAX, &error);
    if (U_FAILURE(error) || error == U_USING_DEFAULT_WARNING || n == 0) return T("");
    u_strToUTF8(utf8, sizeof utf8, &bytes, units, n, &error);
    return U_FAILURE(error) ? T("") : text_copy(a, (struct text){utf8, (size_t)bytes});
}

struct ranking {
    const struct text *names;
    UCollator *collator;
};

static int by_name(const void *a, const void *b, void *context) {
    const struct ranking *r = context;
    struct text x = r->names[*(const size_t *)a], y = r->names[*(const size_t *)b];
    UErrorCode error = U_ZERO_ERROR;
    UCollationResult order = r->collator
                                 ? ucol_strcollUTF8(r->collator, x.p, (int32_t)x.n, y.p, (int32_t)y.n, &error)
                                 : UCOL_EQUAL;
    return order == UCOL_LESS ? -1 : order == UCOL_GREATER ? 1 : text_cmp(x, y);
}

static void rank_names(struct arena *a, struct code_list *l, size_t language) {
    UErrorCode error = U_ZERO_ERROR;
    struct ranking r = {l->names[language], ucol_open(text_c(a, l->languages[language]), &error)};
    if (U_FAILURE(error)) r.collator = NULL;
    l->order[language] = ARENA_ARRAY(a, size_t, l->count + 1);
    for (size_t i = 0; i < l->count; i++) l->order[language][i] = i;
    qsort_r(l->order[language], l->count, sizeof(size_t), by_name, &r);
    ucol_close(r.collator);
}

static enum status name_code(const struct reading *r, const struct code_list *l, const struct code *c,
                             const struct texts *texts, struct text language, struct text *out) {
    if (c->label_key.n) {
        if (!texts_has(texts, c->label_key))
            return reading_fail(r, "codes", "text_key_unknown", c->label_key);
        *out = texts_get(texts, language, c->label_key, NULL);
        return STATUS_OK;
    }
    *out = icu_name(r->a, l->names_from, c->code, language);
    if (out->n) return STATUS_OK;
    return reading_fail(r, "codes", "code_without_name", TEXT_JOIN(r->a, c->code, T(" "), language));
}

enum status codes_name(const struct reading *r, struct code_list *l, const struct catalog *catalog) {
    struct texts texts = {{catalog}, 1};
    l->language_count = catalog_languages(catalog);
    l->languages = ARENA_ARRAY(r->a, struct text, l->language_count);
    l->names = ARENA_ARRAY(r->a, struct text *, l->language_count);
    l->order = ARENA_ARRAY(r->a, size_t *, l->language_count);
    for (size_t k = 0; k < l->language_count; k++) {
        l->languages[k] = catalog_language(catalog, k)->tag;
        l->names[k] = ARENA_ARRAY(r->a, struct text, l->count + 1);
        for (size_t i = 0; i < l->count; i++) {
            enum status st = name_code(r, l, &l->items[i], &texts, l->languages[k], &l->names[k][i]);
            if (st) return st;
        }
        rank_names(r->a, l, k);
    }
    return STATUS_OK;
}

// ---- using
// -------------------------------------------------------------------------------------------------

size_t code_count(const struct code_list *l) {
    return l->count;
}

const struct code *code_at(const struct code_list *l, size_t index) {
    return index < l->count ? &l->items[index] : NULL;
}

const struct code *code_find(const struct code_list *l, struct text code) {
    size_t low = 0, high = l->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = text_cmp(l->items[l->sorted[middle]].code, code);
        if (order == 0) return &l->items[l->sorted[middle]];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static size_t language_index(const struct code_list *l, struct text language) {
    size_t english = 0;
    for (size_t k = 0; k < l->language_count; k++) {
        if (text_eq(l->languages[k], language)) return k;
        if (text_eq(l->languages[k], SOURCE_LANGUAGE)) english = k;
    }
    return english;
}

const struct code *code_in_order(const struct code_list *l, struct text language, size_t index) {
    if (index >= l->count || l->language_count == 0) return NULL;
    return &l->items[l->order[language_index(l, language)][index]];
}

struct text code_name(const struct code_list *l, const struct code *c, struct text language) {
    if (c < l->items || c >= l->items + l->count || l->language_count == 0) return c->code;
    return l->names[language_index(l, language)][c - l->items];
}

struct text code_label(struct arena *a, const struct texts *texts, struct text language, struct text list,
                       struct text code) {
    struct text key = TEXT_JOIN(a, T("code."), list, T("."), lower(a, code)), name = {0};
    if (texts_has(texts, key)) return texts_get(texts, language, key, NULL);
    if (!code_ok(code)) return code;
    bool region = text_eq(list, T("country")) || text_eq(list, T("nationality"));
    if (region || text_eq(list, T("language")))
        name = icu_name(a, region ? "region" : "language", code, language);
    return name.n ? name : code;
}

struct text code_text(const struct code *c, const char *property) {
    return json_text(c->properties, property, T(""));
}

bool code_flag(const struct code *c, const char *property) {
    return json_flag(c->properties, property, false);
}
