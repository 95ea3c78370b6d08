#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct text text_of(const char *s) {
    return (struct text){s, s ? strlen(s) : 0};
}

struct bytes bytes_of(struct text t) {
    return (struct bytes){(const uint8_t *)t.p, t.n};
}

struct text text_of_bytes(struct bytes b) {
    return (struct text){(const char *)b.p, b.n};
}

bool text_eq(struct text a, struct text b) {
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool text_eq_nocase(struct text a, struct text b) {
    return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0);
}

int text_cmp(struct text a, struct text b) {
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool text_starts(struct text t, struct text prefix) {
    return t.n >= prefix.n && (prefix.n == 0 || memcmp(t.p, prefix.p, prefix.n) == 0);
}

bool text_ends(struct text t, struct text suffix) {
    return t.n >= suffix.n && (suffix.n == 0 || memcmp(t.p + t.n - suffix.n, suffix.p, suffix.n) == 0);
}

bool text_find(struct text t, struct text needle, size_t *at) {
    if (needle.n == 0) return *at = 0, true;
    const char *hit = t.n ? memmem(t.p, t.n, needle.p, needle.n) : NULL;
    if (!hit) return false;
    *at = (size_t)(hit - t.p);
    return true;
}

struct text text_slice(struct text t, size_t from, size_t to) {
    if (to > t.n) to = t.n;
    if (from > to) from = to;
    return (struct text){t.p ? t.p + from : NULL, to - from};
}

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct text text_head(struct text t, size_t max) {
    if (t.n <= max) return t;
    while (max && ((unsigned char)t.p[max] & 0xc0) == 0x80) max--;
    return text_slice(t, 0, max);
}

struct text text_trim(struct text t) {
    while (t.n && is_space(t.p[0])) t.p++, t.n--;
    while (t.n && is_space(t.p[t.n - 1])) t.n--;
    return t;
}

bool text_cut(struct text *rest, char separator, struct text *part) {
    if (!rest->p) return false;
    const char *at = rest->n ? memchr(rest->p, separator, rest->n) : NULL;
    if (!at) {
        *part = *rest;
        *rest = (struct text){0};
        return true;
    }
    size_t n = (size_t)(at - rest->p);
    *part = (struct text){rest->p, n};
    *rest = (struct text){at + 1, rest->n - n - 1};
    return true;
}

struct text text_copy(struct arena *a, struct text t) {
    return (struct text){arena_copy(a, t.p, t.n), t.n};
}

const char *text_c(struct arena *a, struct text t) {
    char *s = arena_alloc(a, t.n + 1);
    if (t.n) memcpy(s, t.p, t.n);
    return s;
}

struct bytes bytes_copy(struct arena *a, struct bytes b) {
    return (struct bytes){arena_copy(a, b.p, b.n), b.n};
}

struct text text_printf(struct arena *a, const char *format, ...) {
    struct out o = {.arena = a};
    va_list args;
    va_start(args, format);
    char small[256];
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof small) {
        out_text(&o, (struct text){small, (size_t)n});
    } else if (n >= 0) {
        o.p = arena_alloc(a, (size_t)n + 1);
        o.n = (size_t)n;
        vsnprintf(o.p, (size_t)n + 1, format, again);
    }
    va_end(again);
    return out_done(&o);
}

struct text text_join_list(struct arena *a, const struct text *pieces, size_t count) {
    size_t n = 0;
    for (size_t i = 0; i < count; i++) n += pieces[i].n;
    char *p = arena_alloc(a, n);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].n) memcpy(p + at, pieces[i].p, pieces[i].n);
        at += pieces[i].n;
    }
    return (struct text){p, n};
}

bool text_int(struct text t, int64_t *value) {
    char digits[24];
    if (t.n == 0 || t.n >= sizeof digits) return false;
    for (size_t i = 0; i < t.n; i++)
        if (!(t.p[i] >= '0' && t.p[i] <= '9') && !(i == 0 && t.p[i] == '-' && t.n > 1)) return false;
    memcpy(digits, t.p, t.n);
    digits[t.n] = 0;
    errno = 0;
    long long v = strtoll(digits, NULL, 10);
    if (errno) return false;
    *value = v;
    return true;
}

// Length of the well-formed sequence at p (Unicode 15, table 3-7), 0 if malformed.
static size_t utf8_length(const uint8_t *p, size_t n) {
    if (p[0] < 0x80) return 1;
    if (p[0] < 0xC2 || p[0] > 0xF4) return 0;
    size_t want = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (n < want) return 0;
    uint8_t low = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80;
    uint8_t high = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < want; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    return want;
}

bool text_is_utf8(struct text t) {
    for (size_t i = 0; i < t.n;) {
        size_t n = utf8_length((const uint8_t *)t.p + i, t.n - i);
        if (n == 0 || t.p[i] == 0) return false;
        i += n;
    }
    return true;
}

uint32_t text_codepoint(struct text t, size_t *at) {
    const uint8_t *p = (const uint8_t *)t.p + *at;
    size_t n = utf8_length(p, t.n - *at);
    *at += n ? n : 1;
    switch (n) {
    case 1: return p[0];
    case 2: return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
    case 3: return (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
    case 4:
        return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 | (uint32_t)(p[2] & 0x3F) << 6 |
               (p[3] & 0x3F);
    default: return 0xFFFD;
    }
}

size_t text_codepoints(struct text t) {
    size_t count = 0;
    for (size_t at = 0; at < t.n; count++) text_codepoint(t, &at);
    return count;
}

static char *out_room(struct out *o, size_t n) {
    if (o->capacity - o->n < n) {
        size_t wider = o->capacity ? o->capacity * 2 : 256;
        while (wider - o->n < n) wider *= 2;
        char *larger = arena_alloc(o->arena, wider);
        if (o->n) memcpy(larger, o->p, o->n);
        o->p = larger;
        o->capacity = wider;
    }
    char *at = o->p + o->n;
    o->n += n;
    return at;
}

void out_text(struct out *o, struct text t) {
    if (t.n) memcpy(out_room(o, t.n), t.p, t.n);
}

void out_c(struct out *o, const char *s) {
    out_text(o, text_of(s));
}

void out_byte(struct out *o, char c) {
    *out_room(o, 1) = c;
}

void out_codepoint(struct out *o, uint32_t c) {
    char b[4];
    size_t n = 0;
    if (c < 0x80) {
        b[n++] = (char)c;
    } else if (c < 0x800) {
        b[n++] = (char)(0xC0 | c >> 6);
        b[n++] = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        b[n++] = (char)(0xE0 | c >> 12);
        b[n++] = (char)(0x80 | (c >> 6 & 0x3F));
        b[n++] = (char)(0x80 | (c & 0x3F));
    } else {
        b[n++] = (char)(0xF0 | (c >> 18 & 0x07));
        b[n++] = (char)(0x80 | (c >> 12 & 0x3F));
        b[n++] = (char)(0x80 | (c >> 6 & 0x3F));
        b[n++] = (char)(0x80 | (c & 0x3F));
    }
    out_text(o, (struct text){b, n});
}

void out_int(struct out *o, int64_t value) {
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)value);
    out_text(o, (struct text){digits, (size_t)n});
}

void out_printf(struct out *o, const char *format, ...) {
    char small[512];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof small) {
        out_text(o, (struct text){small, (size_t)n});
    } else if (n >= 0) {
        char *at = out_room(o, (size_t)n + 1);
        vsnprintf(at, (size_t)n + 1, format, again);
        o->n--;
    }
    va_end(again);
}

struct text out_done(const struct out *o) {
    return (struct text){o->p ? o->p : "", o->n};
}
