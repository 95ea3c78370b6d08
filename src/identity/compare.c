// What two records have in common, feature by feature, and what that weighs.
#include "identity/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "identity/alike.h"
#include "identity/look_alike.h"

static const char *const FEATURES[FEATURE_COUNT] = {"name",        "birth",       "sex",
                                                    "nationality", "birth_place", "number"};

const char *identity_feature_word(enum identity_feature f) {
    return f < FEATURE_COUNT ? FEATURES[f] : "";
}

// Bits of an authority's files: one day of birth in 60 years is 14 bits, less what was mistyped; names are
// shared by many. People of one family share place and nationality, so these say little.
const struct compare_rules COMPARE_RULES = {
    .weight = {[FEATURE_NAME] = {12, -10},
               [FEATURE_BIRTH] = {12, -6},
               [FEATURE_SEX] = {1, -3},
               [FEATURE_NATIONALITY] = {3, -2},
               [FEATURE_BIRTH_PLACE] = {3, -1},
               [FEATURE_NUMBER] = {18, -0.5}},
    .prior = -9,
    .possible = 0.1,
    .likely = 0.99,
};

struct found {
    double agreement;
    const char *how;
    size_t left, right; // which of each side
};

static struct name_view view_of(const struct prepared_record *p, size_t i) {
    const struct prepared_name *n = prepared_names(p) + i;
    return (struct name_view){prepared_tokens(p) + n->first, prepared_letters(p), n->count, n->is_person,
                              n->is_organisation};
}

static struct found find_name(const struct prepared_record *l, const struct prepared_record *r) {
    struct found best = {0, "differs", 0, 0};
    for (size_t i = 0; i < l->name_count; i++)
        for (size_t j = 0; j < r->name_count; j++) {
            struct name_view x = view_of(l, i), y = view_of(r, j);
            const char *how;
            double alike = names_alike(&x, &y, &how);
            if (alike > best.agreement) best = (struct found){alike, how, i, j};
        }
    return best;
}

static struct found find_place(const struct prepared_record *l, const struct prepared_record *r) {
    struct name_view x = view_of(l, l->name_count), y = view_of(r, r->name_count);
    struct found f = {0};
    f.agreement = names_alike(&x, &y, &f.how);
    return f;
}

static struct date unpack_date(uint32_t d) {
    return (struct date){(int)(d >> 9), (int)(d >> 5 & 15), (int)(d & 31)};
}

static int digits_differ(int a, int b) {
    int n = 0;
    for (int i = 0; i < 4; i++, a /= 10, b /= 10) n += a % 10 != b % 10;
    return n;
}

// The first of January is what offices write when only the year is known.
static struct date without_default(struct date d) {
    return d.month == 1 && d.day == 1 ? (struct date){d.year, 0, 0} : d;
}

static double dates_alike(struct date a, struct date b, const char **how) {
    *how = "same";
    if (date_eq(a, b)) return date_is_full(a) ? 1 : a.month ? 0.8 : 0.65;
    a = without_default(a), b = without_default(b);
    *how = "part";
    if (a.year == b.year && (!a.month || !b.month)) return 0.65;
    if (a.year == b.year && a.month == b.month) {
        if (!a.day || !b.day) return 0.8;
        return *how = "day_differs", digits_differ(a.day, b.day) == 1 ? 0.75 : 0.6;
    }
    if (a.year == b.year && a.month == b.day && a.day == b.month) return *how = "day_and_month_swapped", 0.9;
    if (a.year == b.year && a.day && a.day == b.day) return *how = "month_differs", 0.65;
    bool same_day = a.month == b.month && a.day == b.day && a.day;
    if (same_day && digits_differ(a.year, b.year) == 1) return *how = "year_digit", 0.75;
    if (abs(a.year - b.year) <= 1) return *how = "year_near", same_day ? 0.7 : 0.4;
    if (a.year == b.year) return *how = "year_same", 0.4;
    if (same_day) return *how = "year_differs", 0.4;
    return *how = "differs", abs(a.year - b.year) <= 2 && (!a.month || !b.month) ? 0.35 : 0;
}

static struct found find_birth(const struct prepared_record *l, const struct prepared_record *r) {
    struct found best = {-1, "differs", 0, 0};
    for (size_t i = 0; i < l->birth_count; i++)
        for (size_t j = 0; j < r->birth_count; j++) {
            const char *how;
            if (!prepared_births(l)[i] || !prepared_births(r)[j]) continue;
            double alike =
                dates_alike(unpack_date(prepared_births(l)[i]), unpack_date(prepared_births(r)[j]), &how);
            if (alike > best.agreement) best = (struct found){alike, how, i, j};
        }
    return best;
}

static struct found find_nationality(const struct prepared_record *l, const struct prepared_record *r) {
    for (size_t i = 0; i < l->nationality_count; i++)
        for (size_t j = 0; j < r->nationality_count; j++)
            if (prepared_nationalities(l)[i] && prepared_nationalities(l)[i] == prepared_nationalities(r)[j])
                return (struct found){1, "same", i, j};
    return (struct found){0, "differs", 0, 0};
}

// 0 same, 1 only by characters that look alike, 2 one other character or two neighbours changed, 3 another.
static int number_distance(const char *a, size_t an, const char *b, size_t bn) {
    if (an != bn) return 3;
    size_t differ = 0, looks = 0, first = 0;
    for (size_t i = 0; i < an; i++) {
        if (a[i] == b[i]) continue;
        if (look_alike_digit(a[i]) == look_alike_digit(b[i])) {
            looks++;
        } else if (!differ++) {
            first = i;
        }
    }
    if (!differ) return looks ? 1 : 0;
    if (an < 6) return 3;
    bool swapped = differ == 2 && first + 1 < an && a[first] == b[first + 1] && a[first + 1] == b[first];
    return differ == 1 || swapped ? 2 : 3;
}

static struct found find_number(const struct prepared_record *l, const struct prepared_record *r) {
    static const double AGREEMENT[] = {1, 0.95, 0.7, 0};
    static const char *const HOW[] = {"same", "ocr", "digit", "differs"};
    struct found best = {0, "differs", 0, 0};
    for (size_t i = 0; i < l->number_count; i++)
        for (size_t j = 0; j < r->number_count; j++) {
            const struct prepared_number *a = prepared_numbers(l) + i, *b = prepared_numbers(r) + j;
            if (!a->length || !b->length) continue;
            int d = number_distance((const char *)prepared_letters(l) + a->at, a->length,
                                    (const char *)prepared_letters(r) + b->at, b->length);
            double agreement = AGREEMENT[d];
            if (d < 3 && a->issuer && b->issuer && a->issuer != b->issuer) agreement *= 0.4;
            if (agreement > best.agreement) best = (struct found){agreement, HOW[d], i, j};
        }
    return best;
}

static struct found find_sex(const struct prepared_record *l, const struct prepared_record *r) {
    return l->sex == r->sex ? (struct found){1, "same", 0, 0} : (struct found){0, "differs", 0, 0};
}

static const struct {
    struct found (*find)(const struct prepared_record *l, const struct prepared_record *r);
} FINDERS[FEATURE_COUNT] = {{find_name},        {find_birth}, {find_sex},
                            {find_nationality}, {find_place}, {find_number}};

static bool is_known(const struct prepared_record *p, enum identity_feature f) {
    size_t i = 0;
    switch (f) {
    case FEATURE_NAME:
        while (i < p->name_count && !prepared_names(p)[i].count) i++;
        return i < p->name_count;
    case FEATURE_BIRTH:
        while (i < p->birth_count && !prepared_births(p)[i]) i++;
        return i < p->birth_count;
    case FEATURE_NATIONALITY:
        while (i < p->nationality_count && !prepared_nationalities(p)[i]) i++;
        return i < p->nationality_count;
    case FEATURE_NUMBER:
        while (i < p->number_count && !prepared_numbers(p)[i].length) i++;
        return i < p->number_count;
    case FEATURE_SEX: return p->sex;
    case FEATURE_BIRTH_PLACE: return p->has_place;
    default: return false;
    }
}

static void compare(const struct prepared_record *l, const struct prepared_record *r,
                    const struct compare_rules *rules, struct comparison *out, struct found *found) {
    *out = (struct comparison){.bits = rules->prior};
    for (int f = 0; f < FEATURE_COUNT; f++) {
        struct feature_result *x = &out->features[f];
        const struct compare_weight *w = &rules->weight[f];
        *x = (struct feature_result){.feature = (enum identity_feature)f, .how = "unknown"};
        if (!is_known(l, x->feature) || !is_known(r, x->feature)) continue;
        found[f] = FINDERS[f].find(l, r);
        x->is_known = true;
        x->agreement = found[f].agreement;
        x->how = found[f].how;
        x->bits = w->differ + (w->agree - w->differ) * x->agreement;
        out->bits += x->bits;
    }
    out->score = 1 / (1 + exp2(-out->bits));
}

void identity_compare_prepared(const struct prepared_record *left, const struct prepared_record *right,
                               const struct compare_rules *rules, struct comparison *out) {
    struct found found[FEATURE_COUNT];
    compare(left, right, rules, out, found);
}

double identity_compare_prepared_names(const struct prepared_record *left,
                                       const struct prepared_record *right, const char **how) {
    struct found f = find_name(left, right);
    *how = f.how;
    return f.agreement;
}

double identity_compare_prepared_writings(const struct prepared_record *left,
                                          const struct prepared_record *right) {
    if (!left->name_count || !right->name_count) return 0;
    struct name_view x = view_of(left, 0), y = view_of(right, 0);
    return names_writing_bits(&x, &y);
}

static struct text join_name(struct arena *a, const struct record_name *n) {
    if (!n->family.n && !n->given.n) return n->whole;
    struct out o = {.arena = a};
    const struct text parts[] = {n->given, n->patronymic, n->family};
    for (size_t i = 0; i < 3; i++) {
        if (o.n && parts[i].n) out_byte(&o, ' ');
        out_text(&o, parts[i]);
    }
    return out_done(&o);
}

// What stands in the record for the `i`th thing that was compared.
static struct text shown(const struct identity_record *r, enum identity_feature f, size_t i,
                         struct arena *a) {
    switch (f) {
    case FEATURE_NAME: return i < r->name_count ? join_name(a, &r->names[i]) : (struct text){0};
    case FEATURE_BIRTH: return i < r->birth_count ? date_print(a, r->births[i]) : (struct text){0};
    case FEATURE_SEX: return r->sex;
    case FEATURE_NATIONALITY: return i < r->nationality_count ? r->nationalities[i] : (struct text){0};
    case FEATURE_BIRTH_PLACE: return r->birth_place;
    case FEATURE_NUMBER: return i < r->number_count ? r->numbers[i].number : (struct text){0};
    default: return (struct text){0};
    }
}

void identity_compare(const struct identity_record *left, const struct identity_record *right,
                      const struct compare_rules *rules, struct arena *a, struct comparison *out) {
    struct found found[FEATURE_COUNT];
    compare(identity_prepare(left, a), identity_prepare(right, a), rules, out, found);
    for (int f = 0; f < FEATURE_COUNT; f++) {
        struct feature_result *x = &out->features[f];
        if (!x->is_known) continue;
        x->left = shown(left, x->feature, found[f].left, a);
        x->right = shown(right, x->feature, found[f].right, a);
    }
}

double identity_compare_names(struct text left, struct text right, struct arena *a, const char **how) {
    return identity_compare_prepared_names(identity_prepare_name(left, (struct text){0}, a),
                                           identity_prepare_name(right, (struct text){0}, a), how);
}
