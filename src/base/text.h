// text.h - text and bytes as pointer and length; building, comparing.
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

struct text {
    const char *p;
    size_t n;
};
struct bytes {
    const uint8_t *p;
    size_t n;
};

#define T(s) ((struct text){"" s, sizeof(s) - 1})
#define TEXT_FMT "%.*s"
#define TEXT_ARG(t) (int)(t).n, (t).p ? (t).p : ""

struct text text_of(const char *zero_terminated); // NULL gives empty text
struct bytes bytes_of(struct text t);
struct text text_of_bytes(struct bytes b);

bool text_eq(struct text a, struct text b);
bool text_eq_nocase(struct text a, struct text b); // ASCII letters only
int text_cmp(struct text a, struct text b);        // byte order
bool text_starts(struct text t, struct text prefix);
bool text_ends(struct text t, struct text suffix);
bool text_find(struct text t, struct text needle, size_t *at);
struct text text_slice(struct text t, size_t from, size_t to); // clamped to t
struct text text_head(struct text t, size_t max);              // its first bytes, cut between two characters
struct text text_trim(struct text t);                          // ASCII white space
// Cuts the part before the first `separator` off *rest into *part. False when *rest is used up
// (rest->p is NULL then). "a,b" gives "a", "b"; "" gives "" once.
bool text_cut(struct text *rest, char separator, struct text *part);

struct text text_copy(struct arena *a, struct text t);
const char *text_c(struct arena *a, struct text t); // zero-terminated copy
struct bytes bytes_copy(struct arena *a, struct bytes b);
struct text text_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Joins the pieces up to the first with p == NULL; use the TEXT_JOIN macro.
struct text text_join_list(struct arena *a, const struct text *pieces, size_t count);
#define TEXT_JOIN(a, ...)                                   \
    text_join_list((a), (const struct text[]){__VA_ARGS__}, \
                   sizeof((const struct text[]){__VA_ARGS__}) / sizeof(struct text))

// Whole text as a decimal integer; false when empty, other characters or out of range.
bool text_int(struct text t, int64_t *value);

// True when `t` is well-formed UTF-8 without U+0000.
bool text_is_utf8(struct text t);
// Reads one code point at *at and moves on; U+FFFD for malformed bytes. *at must be < t.n.
uint32_t text_codepoint(struct text t, size_t *at);
size_t text_codepoints(struct text t); // how many

// A growing text in an arena.
struct out {
    struct arena *arena;
    char *p;
    size_t n, capacity;
};
void out_text(struct out *o, struct text t);
void out_c(struct out *o, const char *zero_terminated);
void out_byte(struct out *o, char c);
void out_codepoint(struct out *o, uint32_t c);
void out_int(struct out *o, int64_t value);
void out_printf(struct out *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct text out_done(const struct out *o); // what was written so far, owned by the arena
