// String functions (10.3.4.3, table 74). Positions count characters (code points) from 1.
#include <string.h>
#include <unicode/ucasemap.h>

#include "rules/builtin.h"
#include "rules/number.h"
#include "rules/regex.h"

static struct text str(const struct feel_value *v) {
    struct text t = feel_text(v);
    return t.p ? t : T("");
}

static struct feel_value string_length(struct eval *e, const struct feel_value *a, size_t given) {
    (void)e, (void)given;
    return feel_int((int64_t)text_codepoints(str(&a[0])));
}

static size_t byte_of(struct text t, int64_t characters) {
    size_t at = 0;
    while (characters-- > 0 && at < t.n) text_codepoint(t, &at);
    return at;
}

static bool truncated(const struct feel_value *v, int64_t *out) {
    struct feel_number n;
    return number_round(v->number, 0, ROUND_DOWN, &n) && number_to_int(n, out);
}

static struct feel_value substring(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct text t = str(&a[0]);
    int64_t length = (int64_t)text_codepoints(t), start, count = length;
    if (!truncated(&a[1], &start) || start == 0 || start > length || start < -length)
        return eval_null_c(e, "feel.bad_index", "substring");
    if (a[2].kind == FEEL_NUMBER && (!truncated(&a[2], &count) || count < 1))
        return eval_null_c(e, "feel.bad_index", "substring");
    if (start < 0) start += length + 1;
    size_t from = byte_of(t, start - 1);
    struct text rest = text_slice(t, from, t.n);
    return feel_string(text_slice(rest, 0, byte_of(rest, count)));
}

static struct feel_value mapped(struct eval *e, struct text t, bool upper) {
    UErrorCode error = U_ZERO_ERROR;
    if (!t.n) return feel_string(T("")); // ICU refuses what it takes for overlapping memory
    UCaseMap *map = ucasemap_open("", 0, &error);
    if (U_FAILURE(error) || !eval_room(e, t.n * 3 + 16)) return ucasemap_close(map), feel_null();
    int32_t room = (int32_t)(t.n * 3 + 16); // no letter grows more than threefold
    char *out = arena_alloc(e->arena, (size_t)room);
    int32_t n = upper ? ucasemap_utf8ToUpper(map, out, room, t.p, (int32_t)t.n, &error)
                      : ucasemap_utf8ToLower(map, out, room, t.p, (int32_t)t.n, &error);
    ucasemap_close(map);
    if (U_FAILURE(error)) return eval_null_c(e, "feel.not_convertible", upper ? "upper case" : "lower case");
    return feel_string((struct text){out, (size_t)n});
}

static struct feel_value upper_case(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    return mapped(e, str(&a[0]), true);
}

static struct feel_value lower_case(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    return mapped(e, str(&a[0]), false);
}

static struct feel_value substring_before(struct eval *e, const struct feel_value *a, size_t given) {
    (void)e, (void)given;
    size_t at;
    return feel_string(text_find(str(&a[0]), str(&a[1]), &at) ? text_slice(str(&a[0]), 0, at) : T(""));
}

static struct feel_value substring_after(struct eval *e, const struct feel_value *a, size_t given) {
    (void)e, (void)given;
    size_t at;
    struct text t = str(&a[0]), match = str(&a[1]);
    return feel_string(text_find(t, match, &at) ? text_slice(t, at + match.n, t.n) : T(""));
}

static struct feel_value contains(struct eval *e, const struct feel_value *a, size_t given) {
    (void)e, (void)given;
    size_t at;
    return feel_boolean(text_find(str(&a[0]), str(&a[1]), &at));
}

static struct feel_value starts_with(struct eval *e, const struct feel_value *a, size_t given) {
    (void)e, (void)given;
    return feel_boolean(text_starts(str(&a[0]), str(&a[1])));
}

static struct feel_value ends_with(struct eval *e, const struct feel_value *a, size_t given) {
    (void)e, (void)given;
    return feel_boolean(text_ends(str(&a[0]), str(&a[1])));
}

static struct feel_value trim(struct eval *e, const struct feel_value *a, size_t given) {
    (void)e, (void)given;
    return feel_string(text_trim(str(&a[0])));
}

// ---- regular expressions ----

static struct feel_value matches(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    size_t spans[2 * REGEX_GROUPS_MAX];
    struct regex *r = regex_new(e, str(&a[1]), str(&a[2]));
    if (!r) return feel_null();
    int n = regex_match(e, r, str(&a[0]), 0, spans);
    regex_free(r);
    return n == REGEX_LIMIT ? feel_null() : feel_boolean(n > 0);
}

// The replacement may hold $0 to $99, \$ and \\; anything else after \ or $ is an error (F&O 7.6.3).
static bool replacement(struct eval *e, struct out *o, struct text with, struct text subject,
                        const size_t *spans, int groups, int group_count) {
    for (size_t i = 0; i < with.n; i++) {
        char c = with.p[i], next = i + 1 < with.n ? with.p[i + 1] : 0;
        if (c == '\\') {
            if (next != '\\' && next != '$') return eval_null(e, "feel.bad_replacement", with), false;
            out_byte(o, next);
            i++;
        } else if (c == '$') {
            if (next < '0' || next > '9') return eval_null(e, "feel.bad_replacement", with), false;
            int g = next - '0';
            i++;
            while (i + 1 < with.n && with.p[i + 1] >= '0' && with.p[i + 1] <= '9' &&
                   g * 10 + (with.p[i + 1] - '0') <= group_count)
                g = g * 10 + (with.p[++i] - '0');
            if (g < groups && spans[2 * g] != SIZE_MAX)
                out_text(o, text_slice(subject, spans[2 * g], spans[2 * g + 1]));
        } else
            out_byte(o, c);
        if (o->n > FEEL_STRING_MAX) return eval_null_c(e, "feel.limit_string", "replace"), false;
    }
    return true;
}

static bool is_literal(const struct feel_value *flags) {
    return memchr(str(flags).p, 'q', str(flags).n) != NULL;
}

static bool replace_all(struct eval *e, struct regex *r, const struct feel_value *a, struct out *o) {
    struct text t = str(&a[0]);
    size_t spans[2 * REGEX_GROUPS_MAX], at = 0;
    int n;
    if (regex_matches_nothing(e, r)) return eval_null(e, "feel.pattern_matches_nothing", str(&a[1])), false;
    while ((n = regex_match(e, r, t, at, spans)) > 0) {
        if (spans[1] == spans[0]) return eval_null(e, "feel.pattern_matches_nothing", str(&a[1])), false;
        out_text(o, text_slice(t, at, spans[0]));
        if (is_literal(&a[3]))
            out_text(o, str(&a[2]));
        else if (!replacement(e, o, str(&a[2]), t, spans, n, regex_groups(r)))
            return false;
        if (o->n > FEEL_STRING_MAX) return eval_null_c(e, "feel.limit_string", "replace"), false;
        at = spans[1];
    }
    out_text(o, text_slice(t, at, t.n));
    return n != REGEX_LIMIT && eval_steps(e, 1);
}

static struct feel_value replace(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct regex *r = regex_new(e, str(&a[1]), str(&a[3]));
    if (!r) return feel_null();
    struct out o = {.arena = e->arena};
    bool ok = replace_all(e, r, a, &o);
    regex_free(r);
    struct text t = out_done(&o);
    return ok ? feel_string(t.p ? t : T("")) : feel_null();
}

static struct feel_value split(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct regex *r = regex_new(e, str(&a[1]), T(""));
    if (!r) return feel_null();
    struct list_builder parts = {0};
    struct text t = str(&a[0]);
    size_t spans[2 * REGEX_GROUPS_MAX], at = 0;
    int n = -1;
    bool is_bad = regex_matches_nothing(e, r);
    while (!is_bad && (n = regex_match(e, r, t, at, spans)) > 0 && spans[1] > spans[0]) {
        if (!list_add(e, &parts, feel_string(text_slice(t, at, spans[0])))) break;
        at = spans[1];
    }
    regex_free(r);
    if (is_bad) return eval_null(e, "feel.pattern_matches_nothing", str(&a[1]));
    if (n == REGEX_LIMIT) return feel_null();
    list_add(e, &parts, feel_string(text_slice(t, at, t.n)));
    return list_done(&parts);
}

static struct feel_value extract(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct regex *r = regex_new(e, str(&a[1]), str(&a[2]));
    if (!r) return feel_null();
    struct list_builder found = {0};
    struct text t = str(&a[0]);
    size_t spans[2 * REGEX_GROUPS_MAX], at = 0;
    while (at <= t.n && regex_match(e, r, t, at, spans) > 0) {
        if (!list_add(e, &found, feel_string(text_slice(t, spans[0], spans[1])))) break;
        at = spans[1];
        if (spans[1] == spans[0]) {
            if (at >= t.n) break;
            text_codepoint(t, &at);
        }
    }
    regex_free(r);
    return list_done(&found);
}

static struct feel_value string_join(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct out o = {.arena = e->arena};
    bool any = false;
    for (size_t i = 0; i < a[0].list.count; i++) {
        const struct feel_value *v = &a[0].list.items[i];
        if (v->kind == FEEL_NULL) continue;
        if (v->kind != FEEL_STRING) return eval_null_c(e, "feel.argument_type", "string join(list)");
        if (any) out_text(&o, str(&a[1]));
        out_text(&o, v->string);
        any = true;
        if (o.n > FEEL_STRING_MAX) return eval_null_c(e, "feel.limit_string", "string join");
    }
    struct text t = out_done(&o);
    return feel_string(t.p ? t : T(""));
}

const struct builtin BUILTIN_STRING[] = {
    {"substring", "string:s,start position:n,length?:N", substring},
    {"string length", "string:s", string_length},
    {"upper case", "string:s", upper_case},
    {"lower case", "string:s", lower_case},
    {"substring before", "string:s,match:s", substring_before},
    {"substring after", "string:s,match:s", substring_after},
    {"replace", "input:s,pattern:s,replacement:s,flags?:S", replace},
    {"contains", "string:s,match:s", contains},
    {"starts with", "string:s,match:s", starts_with},
    {"ends with", "string:s,match:s", ends_with},
    {"matches", "input:s,pattern:s,flags?:S", matches},
    {"split", "string:s,delimiter:s", split},
    {"string join", "list:l,delimiter?:S", string_join},
    {"trim", "string:s", trim},
    {"extract", "string:s,pattern:s,flags?:S", extract},
    {0},
};
