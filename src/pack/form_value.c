#define PCRE2_CODE_UNIT_WIDTH 8
#include "pack/form_value.h"

#include <assert.h>
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

enum {
    PATTERN_STEPS_MAX = 100000, // backtracking of one pattern over one value: a few milliseconds
    NAME_CODEPOINTS_MAX = 200,
    EMAIL_MAX = 254, // RFC 5321, 4.5.3.1
    REFERENCE_MAX = 64,
};

static struct text number_text(struct arena *a, double d) {
    return text_printf(a, "%.15g", d);
}

static bool is_decimal(struct text t) {
    size_t i = t.n && t.p[0] == '-', digits = 0, dots = 0;
    for (; i < t.n; i++) {
        if (t.p[i] >= '0' && t.p[i] <= '9')
            digits++;
        else if (t.p[i] == '.' && digits && i + 1 < t.n)
            dots++;
        else
            return false;
    }
    return digits > 0 && digits <= 15 && dots <= 1;
}

static const char *check_number(const struct form_field *f, struct text value, struct arena *a,
                                struct problem *p) {
    if (!is_decimal(value)) return "number_syntax";
    double d = strtod(text_c(a, value), NULL);
    if (f->has_min && d < f->min) return problem_arg(p, "min", number_text(a, f->min)), "number_below";
    if (f->has_max && d > f->max) return problem_arg(p, "max", number_text(a, f->max)), "number_above";
    return NULL;
}

static bool is_control(uint32_t c, bool lines) {
    return (c < 0x20 && !(lines && (c == '\n' || c == '\r' || c == '\t'))) || c == 0x7F;
}

static const char *check_length(const struct form_field *f, struct text value, struct arena *a,
                                struct problem *p) {
    int64_t n = (int64_t)text_codepoints(value);
    if (n < f->min_length)
        return problem_arg(p, "min", text_printf(a, "%lld", (long long)f->min_length)), "text_short";
    if (f->max_length && n > f->max_length)
        return problem_arg(p, "max", text_printf(a, "%lld", (long long)f->max_length)), "text_long";
    for (size_t i = 0; i < value.n;)
        if (is_control(text_codepoint(value, &i), f->kind == FIELD_TEXTAREA)) return "text_control";
    return NULL;
}

static bool matches(const struct form_field *f, struct text value) {
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(f->pattern_code, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    assert(data && context);
    pcre2_set_match_limit(context, PATTERN_STEPS_MAX);
    int found = pcre2_match(f->pattern_code, (PCRE2_SPTR)value.p, value.n, 0, 0, data, context);
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
    return found >= 0;
}

// ---- dates
// -------------------------------------------------------------------------------------------------

// Of a partial date: its first or last possible day.
static struct date first_day(struct date d) {
    return (struct date){d.year, d.month ? d.month : 1, d.day ? d.day : 1};
}
static struct date last_day(struct date d) {
    int month = d.month ? d.month : 12;
    return (struct date){d.year, month, d.day ? d.day : days_in_month(d.year, month)};
}

static const char *check_day(const struct form_field *f, struct date d, struct date today, struct problem *p,
                             struct arena *a) {
    if (f->date_rule == DATE_PAST && date_cmp(first_day(d), today) > 0) return "date_in_future";
    if (f->date_rule == DATE_FUTURE && date_cmp(last_day(d), today) < 0) return "date_in_past";
    if (f->years_back_max && last_day(d).year < today.year - f->years_back_max) {
        problem_arg(p, "year", text_printf(a, "%lld", (long long)(today.year - f->years_back_max)));
        return "date_too_long_ago";
    }
    return NULL;
}

static bool is_time(struct text t) {
    int64_t hour, minute;
    return t.n == 5 && t.p[2] == ':' && text_int(text_slice(t, 0, 2), &hour) &&
           text_int(text_slice(t, 3, 5), &minute) && t.p[0] != '-' && t.p[3] != '-' && hour >= 0 &&
           hour < 24 && minute >= 0 && minute < 60;
}

static const char *check_date(const struct form_field *f, struct text value,
                              const struct form_context *context, struct arena *a, struct problem *p) {
    struct date d;
    if (f->kind == FIELD_TIME) return is_time(value) ? NULL : "time_syntax";
    if (f->kind == FIELD_DATETIME) {
        if (value.n != 16 || value.p[10] != 'T' || !is_time(text_slice(value, 11, 16))) return "date_syntax";
        value = text_slice(value, 0, 10);
    }
    if (date_parse(value, &d) != STATUS_OK || !d.year) return "date_syntax";
    if (f->kind != FIELD_PARTIAL_DATE && !date_is_full(d)) return "date_not_full";
    return check_day(f, d, context->today, p, a);
}

// ---- names and addresses
// -----------------------------------------------------------------------------------

// What stands between the letters of names: O'Neill, Abd al-Rahman, Jr., and the joiners of Persian and Indic
// scripts.
static bool is_name_mark(uint32_t c) {
    return c == ' ' || c == '-' || c == '\'' || c == '.' || c == ',' || c == 0x2019 || c == 0x02BC ||
           c == 0x00B7 || c == 0x200C || c == 0x200D || c == 0x2010 || c == 0x0640 || c == 0x05F3 ||
           c == 0x05F4;
}

static bool script_fits(uint32_t c, UScriptCode wanted) {
    UErrorCode error = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript((UChar32)c, &error);
    return script == wanted || script == USCRIPT_COMMON || script == USCRIPT_INHERITED;
}

static const char *check_name(const struct form_field *f, struct text value, struct arena *a) {
    bool any_letter = false;
    UScriptCode wanted = f->script.n ? (UScriptCode)u_getPropertyValueEnum(UCHAR_SCRIPT, text_c(a, f->script))
                                     : USCRIPT_INVALID_CODE;
    if (text_codepoints(value) > NAME_CODEPOINTS_MAX) return "name_long";
    for (size_t i = 0; i < value.n;) {
        uint32_t c = text_codepoint(value, &i);
        bool letter = u_isalpha((UChar32)c);
        bool mark = (U_GET_GC_MASK((UChar32)c) & U_GC_M_MASK) != 0;
        if (!letter && !mark && !is_name_mark(c)) return "name_character";
        if (letter && f->script.n && !script_fits(c, wanted)) return "name_script";
        any_letter |= letter;
    }
    return any_letter ? NULL : "name_character";
}

static bool is_phone(struct text t) {
    if (t.n < 8 || t.n > 16 || t.p[0] != '+' || t.p[1] == '0') return false; // E.164: up to 15 digits
    for (size_t i = 1; i < t.n; i++)
        if (t.p[i] < '0' || t.p[i] > '9') return false;
    return true;
}

static bool is_email(struct text t) {
    size_t at, again, dot;
    if (t.n > EMAIL_MAX || !text_find(t, T("@"), &at) || at == 0 || at > 64) return false;
    struct text domain = text_slice(t, at + 1, t.n);
    if (text_find(domain, T("@"), &again) || !text_find(domain, T("."), &dot)) return false;
    if (dot == 0 || domain.p[domain.n - 1] == '.' || text_find(t, T(".."), &again)) return false;
    for (size_t i = 0; i < t.n; i++)
        if ((unsigned char)t.p[i] <= ' ' || strchr("<>()[],;:\\\"", t.p[i])) return false;
    return true;
}

static bool is_reference(struct text t) {
    if (t.n > REFERENCE_MAX) return false;
    for (size_t i = 0; i < t.n; i++)
        if (!((t.p[i] >= '0' && t.p[i] <= '9') || (t.p[i] >= 'a' && t.p[i] <= 'z') || t.p[i] == '-'))
            return false;
    return true;
}

// ---- choices
// -----------------------------------------------------------------------------------------------

static const char *check_choice(const struct form_field *f, struct text value,
                                const struct form_context *context) {
    for (size_t i = 0; i < f->option_count; i++)
        if (text_eq(f->options[i].value, value)) return NULL;
    if (f->code_list.n && context->code_ok && context->code_ok(context->codes, f->code_list, value))
        return NULL;
    return "choice_unknown";
}

static const char *check_kind(const struct form_field *f, struct text value,
                              const struct form_context *context, struct arena *a, struct problem *p) {
    switch (f->kind) {
    case FIELD_NUMBER: return check_number(f, value, a, p);
    case FIELD_DATE:
    case FIELD_TIME:
    case FIELD_DATETIME:
    case FIELD_PARTIAL_DATE: return check_date(f, value, context, a, p);
    case FIELD_SELECT:
    case FIELD_RADIO:
    case FIELD_CHECKLIST:
    case FIELD_COUNTRY:
    case FIELD_NATIONALITY:
    case FIELD_LANGUAGE: return check_choice(f, value, context);
    case FIELD_CHECKBOX: return text_eq(value, T("true")) ? NULL : "choice_unknown";
    case FIELD_FILE: return is_reference(value) ? NULL : "document_unknown";
    case FIELD_NAME: return check_name(f, value, a);
    case FIELD_PHONE: return is_phone(value) ? NULL : "phone_syntax";
    case FIELD_EMAIL: return is_email(value) ? NULL : "email_syntax";
    default: return NULL;
    }
}

const char *form_value_problem(const struct form_field *f, struct text value,
                               const struct form_context *context, struct arena *a, struct problem *p) {
    const char *rule = check_kind(f, value, context, a, p);
    if (!rule) rule = check_length(f, value, a, p);
    if (!rule && f->pattern_code && !matches(f, value)) rule = "pattern";
    return rule;
}
