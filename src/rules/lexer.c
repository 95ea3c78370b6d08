#include "rules/lexer.h"

#include <string.h>

static bool is_space(uint32_t c) {
    return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 || c == 0x180e ||
           (c >= 0x2000 && c <= 0x200b) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
           c == 0x3000 || c == 0xfeff;
}

bool lexer_is_name_start(uint32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '?' ||
           (c >= 0x80 && !is_space(c));
}

bool lexer_is_name_part(uint32_t c) {
    return lexer_is_name_start(c) || (c >= '0' && c <= '9');
}

static uint32_t peek(struct text t, size_t at, size_t *after) {
    *after = at;
    return at < t.n ? text_codepoint(t, after) : 0;
}

static size_t skip_comment(struct text t, size_t at) {
    if (at + 1 >= t.n || t.p[at] != '/') return at;
    if (t.p[at + 1] == '/') {
        while (at < t.n && t.p[at] != '\n') at++;
        return at;
    }
    if (t.p[at + 1] != '*') return at;
    size_t end;
    if (!text_find(text_slice(t, at + 2, t.n), T("*/"), &end)) return t.n;
    return at + 2 + end + 2;
}

size_t lexer_skip_space(struct text t, size_t at) {
    for (;;) {
        size_t after;
        uint32_t c = peek(t, at, &after);
        if (after > at && is_space(c)) {
            at = after;
            continue;
        }
        after = skip_comment(t, at);
        if (after == at) return at;
        at = after;
    }
}

static size_t skip_digits(struct text t, size_t at) {
    while (at < t.n && t.p[at] >= '0' && t.p[at] <= '9') at++;
    return at;
}

static size_t number_end(struct text t, size_t at) {
    size_t end = skip_digits(t, at);
    if (end + 1 < t.n && t.p[end] == '.' && t.p[end + 1] >= '0' && t.p[end + 1] <= '9')
        end = skip_digits(t, end + 1);
    if (end < t.n && (t.p[end] == 'e' || t.p[end] == 'E')) {
        size_t exponent = end + 1;
        if (exponent < t.n && (t.p[exponent] == '-' || t.p[exponent] == '+')) exponent++;
        size_t last = skip_digits(t, exponent);
        if (last > exponent) end = last;
    }
    return end;
}

static struct token string_token(struct text t, size_t at) {
    for (size_t i = at + 1; i < t.n; i++) {
        if (t.p[i] == '\\')
            i++;
        else if (t.p[i] == '"')
            return (struct token){TOKEN_STRING, at, i + 1};
    }
    return (struct token){TOKEN_BAD, at, t.n};
}

static size_t word_end(struct text t, size_t at) {
    size_t after;
    for (;;) {
        uint32_t c = peek(t, at, &after);
        if (after == at || !lexer_is_name_part(c)) return at;
        at = after;
    }
}

static struct token sign_token(struct text t, size_t at) {
    static const char *const PAIRS[] = {"**", "<=", ">=", "!=", "..", "->"};
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++)
        if (text_starts(text_slice(t, at, t.n), text_of(PAIRS[i])))
            return (struct token){TOKEN_SIGN, at, at + 2};
    bool known = memchr("+-*/=<>()[]{},:.@!|;'", t.p[at], 21) != NULL;
    return (struct token){known ? TOKEN_SIGN : TOKEN_BAD, at, at + 1};
}

struct token lexer_next(struct text t, size_t at) {
    at = lexer_skip_space(t, at);
    if (at >= t.n) return (struct token){TOKEN_END, t.n, t.n};
    char c = t.p[at];
    bool digit_after_point = c == '.' && at + 1 < t.n && t.p[at + 1] >= '0' && t.p[at + 1] <= '9';
    if ((c >= '0' && c <= '9') || digit_after_point)
        return (struct token){TOKEN_NUMBER, at, number_end(t, at)};
    if (c == '"') return string_token(t, at);
    size_t after;
    if (lexer_is_name_start(peek(t, at, &after))) return (struct token){TOKEN_WORD, at, word_end(t, at)};
    return sign_token(t, at);
}

static bool hex(struct text t, size_t at, size_t count, uint32_t *value) {
    *value = 0;
    if (at + count > t.n) return false;
    for (size_t i = at; i < at + count; i++) {
        char c = t.p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return false;
        *value = *value * 16 + (uint32_t)digit;
    }
    return true;
}

// \uXXXX, \UXXXXXX and pairs of surrogates. Returns bytes read after the backslash, 0 when it is none.
static size_t unicode_escape(struct text t, size_t at, uint32_t *c) {
    uint32_t low;
    if (t.p[at] == 'U' && hex(t, at + 1, 6, c))
        return *c && *c <= 0x10ffff && (*c < 0xd800 || *c > 0xdfff) ? 7 : 0;
    if (t.p[at] != 'u' || !hex(t, at + 1, 4, c) || !*c) return 0;
    if (*c < 0xd800 || *c > 0xdfff) return 5;
    if (*c > 0xdbff || at + 6 >= t.n || t.p[at + 5] != '\\' || t.p[at + 6] != 'u' ||
        !hex(t, at + 7, 4, &low) || low < 0xdc00 || low > 0xdfff)
        return 0;
    *c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
    return 11;
}

struct text lexer_string(struct arena *a, struct text source, struct token token) {
    struct text t = text_slice(source, token.start + 1, token.end - 1);
    struct out o = {.arena = a};
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] != '\\' || i + 1 >= t.n) {
            out_byte(&o, t.p[i]);
            continue;
        }
        static const char FROM[] = "\"\\'ntr", TO[] = "\"\\'\n\t\r";
        const char *simple = memchr(FROM, t.p[i + 1], 6);
        uint32_t c;
        size_t n = simple ? 0 : unicode_escape(t, i + 1, &c);
        if (simple)
            out_byte(&o, TO[simple - FROM]), i++;
        else if (n)
            out_codepoint(&o, c), i += n;
        else
            out_byte(&o, '\\'); // anything else stands for itself: regular expressions need no doubling
    }
    struct text made = out_done(&o);
    return made.p ? made : T("");
}

size_t lexer_match_name(struct text source, size_t at, struct text name) {
    size_t i = 0, from = at;
    while (i < name.n) {
        size_t name_next = i, source_next = at;
        while (name_next < name.n && name.p[name_next] == ' ') name_next++;
        source_next = at == from ? at : lexer_skip_space(source, at);
        bool name_gap = name_next > i, source_gap = source_next > at;
        if (name_next == name.n) break;
        size_t after_name, after_source;
        uint32_t n = peek(name, name_next, &after_name);
        uint32_t s = peek(source, source_next, &after_source);
        if (after_source == source_next || n != s) return 0;
        // A gap between two words must be in both; beside an operator white space does not count.
        bool words = i > 0 && lexer_is_name_part((unsigned char)name.p[i - 1]) && lexer_is_name_part(n);
        if (words && name_gap != source_gap) return 0;
        i = after_name;
        at = after_source;
    }
    if (at == from) return 0;
    size_t after;
    uint32_t next = peek(source, at, &after);
    bool ends_in_word = lexer_is_name_part((unsigned char)name.p[name.n - 1]);
    return after > at && ends_in_word && lexer_is_name_part(next) ? 0 : at;
}
