#define PCRE2_CODE_UNIT_WIDTH 8
#include "rules/regex.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

enum { MATCH_LIMIT = 200000, DEPTH_LIMIT = 2000, HEAP_LIMIT_KB = 16384, PATTERN_MAX = 4096 };

struct regex {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *limits;
};

// ---- XPath's syntax in PCRE2's ----

struct translation {
    struct text in;
    size_t at;
    struct out out;
    bool extended; // flag x: white space in the pattern does not count
    bool bad;
    int groups; // closed so far, for back references
    int opened;
    unsigned char open[REGEX_GROUPS_MAX]; // numbers of the open ones
    int open_count;
};

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void fail(struct translation *t) {
    t->bad = true;
}

static bool more(struct translation *t) {
    while (t->extended && t->at < t->in.n && is_blank(t->in.p[t->at])) t->at++;
    return !t->bad && t->at < t->in.n;
}

// \p{IsBasicLatin}: the few blocks by name that texts of the standard use; others are refused.
static const struct {
    const char *name, *ranges;
} BLOCKS[] = {
    {"IsBasicLatin", "\\x{00}-\\x{7f}"},        {"IsLatin-1Supplement", "\\x{80}-\\x{ff}"},
    {"IsLatinExtended-A", "\\x{100}-\\x{17f}"}, {"IsLatinExtended-B", "\\x{180}-\\x{24f}"},
    {"IsGreek", "\\x{370}-\\x{3ff}"},           {"IsGreekandCoptic", "\\x{370}-\\x{3ff}"},
    {"IsCyrillic", "\\x{400}-\\x{4ff}"},        {"IsArmenian", "\\x{530}-\\x{58f}"},
    {"IsHebrew", "\\x{590}-\\x{5ff}"},          {"IsArabic", "\\x{600}-\\x{6ff}"},
    {"IsDevanagari", "\\x{900}-\\x{97f}"},      {"IsThai", "\\x{e00}-\\x{e7f}"},
    {"IsGeorgian", "\\x{10a0}-\\x{10ff}"},      {"IsHiragana", "\\x{3040}-\\x{309f}"},
    {"IsKatakana", "\\x{30a0}-\\x{30ff}"},      {"IsCJKUnifiedIdeographs", "\\x{4e00}-\\x{9fff}"},
};

static void property(struct translation *t, bool in_class) {
    bool negated = t->in.p[t->at] == 'P';
    char name[64];
    size_t n = 0;
    t->at++;
    if (!more(t) || t->in.p[t->at] != '{') return fail(t);
    for (t->at++; more(t) && t->in.p[t->at] != '}'; t->at++) {
        if (n + 1 >= sizeof name || is_blank(t->in.p[t->at])) return fail(t);
        name[n++] = t->in.p[t->at];
    }
    if (!more(t) || !n) return fail(t);
    t->at++;
    name[n] = 0;
    for (size_t i = 0; i < sizeof BLOCKS / sizeof *BLOCKS; i++) {
        if (strcmp(BLOCKS[i].name, name) != 0) continue;
        if (in_class && negated) return fail(t);
        out_printf(&t->out, in_class ? "%s%s" : negated ? "[^%s%s]" : "[%s%s]", BLOCKS[i].ranges, "");
        return;
    }
    if (n > 2) return fail(t); // general categories have one or two letters
    out_printf(&t->out, "\\%c{%s}", negated ? 'P' : 'p', name);
}

static void back_reference(struct translation *t) {
    int group = 0;
    while (t->at < t->in.n && t->in.p[t->at] >= '0' && t->in.p[t->at] <= '9') {
        int wider = group * 10 + (t->in.p[t->at] - '0');
        if (group && wider > t->opened) break; // \11 with one group is \1 and a 1
        group = wider;
        t->at++;
    }
    bool is_open = false;
    for (int i = 0; i < t->open_count; i++) is_open |= t->open[i] == group;
    if (group < 1 || group > t->opened || is_open) return fail(t);
    out_printf(&t->out, "\\g{%d}", group);
}

// After a backslash. \i \c \I \C are the name characters of XML.
static void escape(struct translation *t, bool in_class) {
    static const char START[] =
        "_:A-Za-z\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{2ff}\\x{370}-\\x{37d}\\x{37f}-\\x{1fff}"
        "\\x{200c}-\\x{200d}\\x{2070}-\\x{218f}\\x{2c00}-\\x{2fef}\\x{3001}-\\x{d7ff}";
    if (!more(t)) return fail(t);
    char c = t->in.p[t->at];
    if (c == 'p' || c == 'P') return property(t, in_class);
    if (c >= '0' && c <= '9') return in_class ? fail(t) : back_reference(t);
    t->at++;
    if (strchr("nrt\\|.?*+(){}$-[]^/", c)) return out_printf(&t->out, "\\%c", c);
    if (strchr("dDsSwW", c)) return out_printf(&t->out, "\\%c", c);
    bool name_start = c == 'i' || c == 'I', name_part = c == 'c' || c == 'C';
    bool negated = c == 'I' || c == 'C';
    if ((!name_start && !name_part) || (in_class && negated)) return fail(t);
    const char *rest = name_part ? "\\-.0-9\\x{b7}\\x{300}-\\x{36f}\\x{203f}-\\x{2040}" : "";
    out_printf(&t->out, in_class ? "%s%s" : negated ? "[^%s%s]" : "[%s%s]", START, rest);
}

// A class, with subtraction: [a-z-[aeiou]] becomes (?:(?![aeiou])[a-z]).
static void class(struct translation *t, int depth) {
    struct out outer = t->out, mine = {.arena = outer.arena};
    if (depth > 8) return fail(t);
    t->out = mine;
    out_byte(&t->out, '[');
    t->at++;
    if (t->at < t->in.n && t->in.p[t->at] == '^') out_byte(&t->out, '^'), t->at++;
    size_t first = t->at;
    struct text subtracted = {0};
    while (!t->bad && t->at < t->in.n && t->in.p[t->at] != ']') {
        char c = t->in.p[t->at];
        if (c == '-' && t->at > first && t->at + 1 < t->in.n && t->in.p[t->at + 1] == '[') {
            struct out so_far = t->out;
            t->out = (struct out){.arena = outer.arena};
            t->at++;
            class(t, depth + 1);
            subtracted = out_done(&t->out);
            t->out = so_far;
            break;
        }
        if (c == '[') return fail(t);
        t->at++;
        if (c == '\\')
            escape(t, true);
        else
            out_byte(&t->out, c);
    }
    if (t->bad || t->at >= t->in.n || t->in.p[t->at] != ']' || t->at == first) return fail(t);
    t->at++;
    out_byte(&t->out, ']');
    struct text own = out_done(&t->out);
    t->out = outer;
    if (subtracted.n)
        out_printf(&t->out, "(?:(?!" TEXT_FMT ")" TEXT_FMT ")", TEXT_ARG(subtracted), TEXT_ARG(own));
    else
        out_text(&t->out, own);
}

static void open_group(struct translation *t) {
    bool counted = true;
    t->at++;
    if (t->at < t->in.n && t->in.p[t->at] == '?') {
        if (t->at + 1 >= t->in.n || t->in.p[t->at + 1] != ':') return fail(t);
        t->at += 2;
        counted = false;
    }
    if (t->open_count >= REGEX_GROUPS_MAX - 1 || t->opened >= REGEX_GROUPS_MAX - 1) return fail(t);
    if (counted) t->opened++;
    t->open[t->open_count++] = (unsigned char)(counted ? t->opened : 0);
    out_c(&t->out, counted ? "(" : "(?:");
}

static void translate(struct translation *t) {
    bool after_quantifier = false;
    while (more(t)) {
        char c = t->in.p[t->at];
        if (c == '\\')
            t->at++, escape(t, false);
        else if (c == '[')
            class(t, 0);
        else if (c == '(')
            open_group(t);
        else {
            if (c == ')' && t->open_count-- == 0) fail(t);
            bool is_quantifier = c == '+' || c == '*' || c == '?' || c == '}';
            // "a++" is not of XPath, but means something else to PCRE2.
            if (c == '+' && after_quantifier) fail(t);
            after_quantifier = is_quantifier;
            out_byte(&t->out, c);
            t->at++;
            continue;
        }
        after_quantifier = false;
    }
    if (t->open_count > 0) fail(t);
}

static bool options(struct text flags, uint32_t *out, bool *extended) {
    *out = PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
    for (size_t i = 0; i < flags.n; i++) switch (flags.p[i]) {
        case 's': *out |= PCRE2_DOTALL; break;
        case 'm': *out |= PCRE2_MULTILINE; break;
        case 'i': *out |= PCRE2_CASELESS; break;
        case 'x': *extended = true; break;
        default: return false;
        }
    return true;
}

static pcre2_code *compile(struct text pattern, uint32_t flags) {
    int error;
    PCRE2_SIZE offset;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (!context) return NULL;
    pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF);
    pcre2_set_max_pattern_length(context, 16 * PATTERN_MAX);
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)(pattern.p ? pattern.p : ""), pattern.n, flags, &error, &offset, context);
    pcre2_compile_context_free(context);
    return code;
}

struct regex *regex_new(struct eval *e, struct text pattern, struct text flags) {
    struct translation t = {.in = pattern, .out = {.arena = e->arena}};
    uint32_t bits;
    if (!options(flags, &bits, &t.extended)) return eval_null(e, "feel.bad_flag", flags), NULL;
    if (pattern.n > PATTERN_MAX || !eval_room(e, PATTERN_MAX * 64))
        return eval_null_c(e, "feel.bad_pattern", ""), NULL;
    translate(&t);
    pcre2_code *code = t.bad ? NULL : compile(out_done(&t.out), bits);
    if (!code) return eval_null(e, "feel.bad_pattern", pattern), NULL;
    struct regex *r = ARENA_NEW(e->arena, struct regex);
    r->code = code;
    r->data = pcre2_match_data_create(REGEX_GROUPS_MAX, NULL);
    r->limits = pcre2_match_context_create(NULL);
    if (!r->data || !r->limits) return regex_free(r), NULL;
    pcre2_set_match_limit(r->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(r->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(r->limits, HEAP_LIMIT_KB);
    return r;
}

void regex_free(struct regex *r) {
    if (!r) return;
    pcre2_code_free(r->code);
    pcre2_match_data_free(r->data);
    pcre2_match_context_free(r->limits);
}

// Each call may take as long as some thousand steps, so it costs as many.
enum { MATCH_COST = 2000 };

int regex_match(struct eval *e, struct regex *r, struct text subject, size_t from,
                size_t spans[2 * REGEX_GROUPS_MAX]) {
    if (!eval_steps(e, from == 0 ? MATCH_COST : 20) || !text_is_utf8(subject)) return -1;
    int n = pcre2_match(r->code, (PCRE2_SPTR)(subject.p ? subject.p : ""), subject.n, from,
                        from ? PCRE2_NO_UTF_CHECK : 0, r->data, r->limits);
    if (n < 0 && n != PCRE2_ERROR_NOMATCH) eval_null_c(e, "feel.limit_pattern", "");
    if (n < 0 && n != PCRE2_ERROR_NOMATCH) eval_steps(e, MATCH_LIMIT);
    if (n <= 0) return -1;
    PCRE2_SIZE *found = pcre2_get_ovector_pointer(r->data);
    for (int i = 0; i < 2 * n; i++) spans[i] = found[i];
    return n;
}
