// Regular expressions of XPath (F&O 7.6, on top of XML Schema part 2, appendix F), translated to PCRE2's.
// What PCRE2 understands beyond them is refused.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "rules/regex.h"

#include <pcre2.h>
#include <string.h>
#include <unicode/uset.h>

enum { MATCH_LIMIT = 200000, DEPTH_LIMIT = 2000, HEAP_LIMIT_KB = 16384, PATTERN_MAX = 4096 };

struct regex {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *limits;
    int groups;
};

// What may follow: a quantifier needs an atom, a `?` after it makes it reluctant.
enum place { AT_START, AFTER_ATOM, AFTER_QUANTIFIER, AFTER_RELUCTANT };

struct translation {
    struct text in;
    size_t at;
    struct out out;
    bool dot_all;
    bool bad;
    enum place place;
    int opened;
    unsigned char open[REGEX_GROUPS_MAX]; // numbers of the open groups
    int open_count;
};

// A set of characters: what one class of PCRE2 can hold, and complements that stand beside it.
struct set {
    struct out members, complements; // "a-z\\d", "|[^x]|[^y]"
};

static void fail(struct translation *t) {
    t->bad = true;
}

static bool more(const struct translation *t) {
    return !t->bad && t->at < t->in.n;
}

static char here(const struct translation *t) {
    return t->at < t->in.n ? t->in.p[t->at] : 0;
}

// ---- escapes for many characters ----

#define SPACES "\\x20\\t\\n\\r"
#define NO_WORD "\\p{P}\\p{Z}\\p{C}"
#define NAME_START                                                                                    \
    "_:A-Za-z\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{2ff}\\x{370}-\\x{37d}\\x{37f}-\\x{1fff}"       \
    "\\x{200c}-\\x{200d}\\x{2070}-\\x{218f}\\x{2c00}-\\x{2fef}\\x{3001}-\\x{d7ff}\\x{f900}-\\x{fdcf}" \
    "\\x{fdf0}-\\x{fffd}\\x{10000}-\\x{effff}"
#define NAME_PART NAME_START "\\-.0-9\\x{b7}\\x{300}-\\x{36f}\\x{203f}-\\x{2040}"

static const struct {
    char letter;
    bool complement; // of the members
    const char *members;
} ESCAPES[] = {
    {'d', false, "\\p{Nd}"}, {'D', false, "\\P{Nd}"}, {'s', false, SPACES},     {'S', true, SPACES},
    {'w', true, NO_WORD},    {'W', false, NO_WORD},   {'i', false, NAME_START}, {'I', true, NAME_START},
    {'c', false, NAME_PART}, {'C', true, NAME_PART},
};

static void add(struct set *s, bool complement, struct text members) {
    if (complement)
        out_printf(&s->complements, "|[^" TEXT_FMT "]", TEXT_ARG(members));
    else
        out_text(&s->members, members);
}

// \p{IsBasicLatin}: a block, by its name in Unicode without spaces.
static bool block(struct translation *t, const char *name, bool complement, struct set *s) {
    UErrorCode error = U_ZERO_ERROR;
    int32_t value = u_getPropertyValueEnum(UCHAR_BLOCK, name);
    if (value == UCHAR_INVALID_CODE || strpbrk(name, " _")) return false;
    USet *characters = uset_openEmpty();
    struct out ranges = {.arena = t->out.arena};
    uset_applyIntPropertyValue(characters, UCHAR_BLOCK, value, &error);
    for (int32_t i = 0; U_SUCCESS(error) && i < uset_getItemCount(characters); i++) {
        UChar32 first, last;
        if (uset_getItem(characters, i, &first, &last, NULL, 0, &error) == 0)
            out_printf(&ranges, "\\x{%x}-\\x{%x}", (unsigned)first, (unsigned)last);
    }
    uset_close(characters);
    struct text members = out_done(&ranges);
    if (U_FAILURE(error) || !members.n) return false;
    return add(s, complement, members), true;
}

// After \p or \P: {Lu}, {L} or {IsBasicLatin}.
static void property(struct translation *t, bool complement, struct set *s) {
    char name[64];
    size_t n = 0;
    if (here(t) != '{') return fail(t);
    for (t->at++; more(t) && here(t) != '}'; t->at++) {
        if (n + 1 >= sizeof name) return fail(t);
        name[n++] = here(t);
    }
    if (!more(t)) return fail(t);
    t->at++;
    name[n] = 0;
    bool is_category =
        n && n <= 2 && strchr("LMNPZSC", name[0]) && (n == 1 || (name[1] >= 'a' && name[1] <= 'z'));
    if (is_category)
        out_printf(&s->members, "\\%c{%s}", complement ? 'P' : 'p', name);
    else if (strncmp(name, "Is", 2) != 0 || !block(t, name + 2, complement, s))
        fail(t);
}

// An escape that stands for many characters; false when it is another one.
static bool many(struct translation *t, struct set *s) {
    char c = here(t);
    for (size_t i = 0; i < sizeof ESCAPES / sizeof *ESCAPES; i++)
        if (ESCAPES[i].letter == c)
            return t->at++, add(s, ESCAPES[i].complement, text_of(ESCAPES[i].members)), true;
    if (c != 'p' && c != 'P') return false;
    t->at++;
    return property(t, c == 'P', s), true;
}

static void single(struct translation *t, struct out *o) {
    char c = here(t);
    if (!c || !strchr("nrt\\|.?*+(){}$-[]^/", c)) return fail(t);
    t->at++;
    out_printf(o, "\\%c", c);
}

// ---- sets ----

static struct set new_set(struct translation *t) {
    return (struct set){{.arena = t->out.arena}, {.arena = t->out.arena}};
}

// One atom of PCRE2 for a set, or for all characters outside it.
static void put_set(struct out *o, struct set *s, bool negated) {
    struct text members = out_done(&s->members), complements = out_done(&s->complements);
    if (!complements.n)
        return out_printf(o, negated ? "[^" TEXT_FMT "]" : "[" TEXT_FMT "]", TEXT_ARG(members));
    if (negated) out_c(o, "(?:(?!");
    out_c(o, "(?:");
    if (members.n)
        out_printf(o, "[" TEXT_FMT "]", TEXT_ARG(members));
    else
        complements = text_slice(complements, 1, complements.n); // without the first |
    out_text(o, complements);
    out_byte(o, ')');
    if (negated) out_c(o, ")(?s:.))");
}

static struct text class(struct translation *t, int depth);

// The inside of a class up to its end or to what is subtracted, which is returned.
static struct text class_members(struct translation *t, struct set *s, int depth) {
    size_t first = t->at;
    bool after_many = false; // no range begins there
    while (more(t) && here(t) != ']') {
        char c = here(t), next = t->at + 1 < t->in.n ? t->in.p[t->at + 1] : 0;
        if (c == '-' && t->at > first && next == '[') return t->at++, class(t, depth + 1);
        if (c == '[' || (c == '-' && after_many && next != ']')) return fail(t), T("");
        t->at++;
        after_many = c == '\\' && many(t, s);
        if (c == '\\' && !after_many)
            single(t, &s->members);
        else if (c != '\\')
            out_byte(&s->members, c);
    }
    if (t->at == first) fail(t);
    return T("");
}

// A class with its brackets; [a-z-[aeiou]] becomes (?:(?![aeiou])[a-z]).
static struct text class(struct translation *t, int depth) {
    enum { CLASS_DEPTH_MAX = 8 };
    struct set s = new_set(t);
    struct out o = {.arena = t->out.arena};
    t->at++;
    bool negated = here(t) == '^';
    if (negated) t->at++;
    if (depth > CLASS_DEPTH_MAX) fail(t);
    struct text subtracted = class_members(t, &s, depth);
    if (!more(t) || here(t) != ']') return fail(t), T("");
    t->at++;
    if (subtracted.n) out_printf(&o, "(?:(?!" TEXT_FMT ")", TEXT_ARG(subtracted));
    put_set(&o, &s, negated);
    if (subtracted.n) out_byte(&o, ')');
    return out_done(&o);
}

// ---- the rest ----

static void back_reference(struct translation *t) {
    int group = 0;
    while (here(t) >= '0' && here(t) <= '9') {
        int wider = group * 10 + (here(t) - '0');
        if (group && wider > t->opened) break; // \11 with one group is \1 and a 1
        group = wider;
        t->at++;
    }
    bool is_open = false;
    for (int i = 0; i < t->open_count; i++) is_open |= t->open[i] == group;
    if (group < 1 || group > t->opened || is_open) return fail(t);
    out_printf(&t->out, "\\g{%d}", group);
}

static void escape(struct translation *t) {
    struct set s = new_set(t);
    t->at++;
    if (here(t) >= '0' && here(t) <= '9')
        back_reference(t);
    else if (many(t, &s))
        put_set(&t->out, &s, false);
    else
        single(t, &t->out);
}

static void open_group(struct translation *t) {
    bool counted = true;
    t->at++;
    if (here(t) == '?') {
        if (t->at + 1 >= t->in.n || t->in.p[t->at + 1] != ':') return fail(t);
        t->at += 2;
        counted = false;
    }
    if (t->open_count >= REGEX_GROUPS_MAX - 1 || t->opened >= REGEX_GROUPS_MAX - 1) return fail(t);
    if (counted) t->opened++;
    t->open[t->open_count++] = (unsigned char)(counted ? t->opened : 0);
    out_c(&t->out, counted ? "(" : "(?:");
    t->place = AT_START;
}

static size_t digits(const struct translation *t, size_t at) {
    size_t from = at;
    while (at < t->in.n && t->in.p[at] >= '0' && t->in.p[at] <= '9') at++;
    return at - from;
}

// Where {n}, {n,} or {n,m} ends; 0 when it is none.
static size_t braces_end(const struct translation *t) {
    size_t at = t->at + 1, n = digits(t, at);
    if (!n) return 0;
    at += n;
    if (at < t->in.n && t->in.p[at] == ',') at += 1 + digits(t, at + 1);
    return at < t->in.n && t->in.p[at] == '}' ? at + 1 : 0;
}

static void quantifier(struct translation *t) {
    if (here(t) == '?' && t->place == AFTER_QUANTIFIER) {
        t->place = AFTER_RELUCTANT;
        out_byte(&t->out, '?');
        t->at++;
        return;
    }
    size_t end = here(t) == '{' ? braces_end(t) : t->at + 1;
    if (t->place != AFTER_ATOM || !end) return fail(t);
    out_text(&t->out, text_slice(t->in, t->at, end));
    t->at = end;
    t->place = AFTER_QUANTIFIER;
}

static void one(struct translation *t) {
    char c = here(t);
    if (strchr("?*+{", c)) return quantifier(t);
    if (c == '(') return open_group(t);
    t->place = c == '|' ? AT_START : AFTER_ATOM;
    if (c == '\\') return escape(t);
    if (c == '[') return out_text(&t->out, class(t, 0));
    if (c == '}' || c == ']' || (c == ')' && t->open_count-- == 0)) return fail(t);
    if (c == '.' && !t->dot_all)
        out_c(&t->out, "[^\\n\\r]");
    else
        out_byte(&t->out, c);
    t->at++;
}

static void translate(struct translation *t) {
    while (more(t)) one(t);
    if (t->open_count > 0) fail(t);
}

// Flag x: white space does not count, except in a class.
static struct text without_space(struct arena *a, struct text pattern) {
    struct out o = {.arena = a};
    bool escaped = false;
    int depth = 0;
    for (size_t i = 0; i < pattern.n; i++) {
        char c = pattern.p[i];
        if (depth == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) continue;
        if (!escaped && c == '[') depth++;
        if (!escaped && c == ']' && depth) depth--;
        escaped = !escaped && c == '\\';
        out_byte(&o, c);
    }
    return out_done(&o);
}

// ---- compiling ----

struct flags {
    uint32_t bits; // of PCRE2
    bool extended, literal;
};

static bool read_flags(struct text letters, struct flags *out) {
    *out = (struct flags){.bits = 0};
    for (size_t i = 0; i < letters.n; i++) switch (letters.p[i]) {
        case 's': out->bits |= PCRE2_DOTALL; break;
        case 'm': out->bits |= PCRE2_MULTILINE; break;
        case 'i': out->bits |= PCRE2_CASELESS; break;
        case 'x': out->extended = true; break;
        case 'q': out->literal = true; break; // since F&O 3.0: every character stands for itself
        default: return false;
        }
    return true;
}

static pcre2_code *compile(struct text pattern, uint32_t bits) {
    int error;
    PCRE2_SIZE offset;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (!context) return NULL;
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    pcre2_set_max_pattern_length(context, 64 * PATTERN_MAX);
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)(pattern.p ? pattern.p : ""), pattern.n, bits, &error, &offset, context);
    pcre2_compile_context_free(context);
    return code;
}

static pcre2_code *compile_xpath(struct arena *a, struct text pattern, const struct flags *f, int *groups) {
    *groups = 0;
    if (f->literal) return compile(pattern, PCRE2_UTF | PCRE2_LITERAL | (f->bits & PCRE2_CASELESS));
    struct translation t = {.in = f->extended ? without_space(a, pattern) : pattern,
                            .out = {.arena = a},
                            .dot_all = f->bits & PCRE2_DOTALL};
    translate(&t);
    *groups = t.opened;
    uint32_t bits = PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
    return t.bad ? NULL : compile(out_done(&t.out), bits | f->bits);
}

struct regex *regex_new(struct eval *e, struct text pattern, struct text flags) {
    struct flags f;
    int groups;
    if (!read_flags(flags, &f)) return eval_null(e, "feel.bad_flag", flags), NULL;
    if (pattern.n > PATTERN_MAX || !eval_room(e, PATTERN_MAX * 256))
        return eval_null_c(e, "feel.bad_pattern", ""), NULL;
    pcre2_code *code = compile_xpath(e->arena, pattern, &f, &groups);
    if (!code) return eval_null(e, "feel.bad_pattern", pattern), NULL;
    struct regex *r = ARENA_NEW(e->arena, struct regex);
    r->code = code;
    r->groups = groups;
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

int regex_groups(const struct regex *r) {
    return r->groups;
}

bool regex_matches_nothing(struct eval *e, struct regex *r) {
    size_t spans[2 * REGEX_GROUPS_MAX];
    return regex_match(e, r, T(""), 0, spans) > 0;
}

// Each call may take as long as some thousand steps, so it costs as many.
enum { MATCH_COST = 2000 };

int regex_match(struct eval *e, struct regex *r, struct text subject, size_t from,
                size_t spans[2 * REGEX_GROUPS_MAX]) {
    if (!eval_steps(e, from == 0 ? MATCH_COST : 20)) return REGEX_LIMIT;
    if (from == 0 && !text_is_utf8(subject)) return -1;
    int n = pcre2_match(r->code, (PCRE2_SPTR)(subject.p ? subject.p : ""), subject.n, from,
                        from ? PCRE2_NO_UTF_CHECK : 0, r->data, r->limits);
    if (n == PCRE2_ERROR_NOMATCH) return -1;
    if (n <= 0) {
        eval_null_c(e, "feel.limit_pattern", "");
        eval_steps(e, MATCH_LIMIT);
        return REGEX_LIMIT;
    }
    PCRE2_SIZE *found = pcre2_get_ovector_pointer(r->data);
    for (int i = 0; i < 2 * n; i++) spans[i] = found[i];
    return n;
}
