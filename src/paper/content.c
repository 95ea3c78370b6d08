// A reader of content streams that knows just enough: where an operator's operands begin, and what a string
// hides.
#include "paper/content.h"

#include <string.h>

static bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0;
}

static bool is_delimiter(char c) {
    return c && strchr("()<>[]{}/%", c);
}

static size_t skip_string(struct text t, size_t at) {
    int depth = 0;
    for (; at < t.n; at++) {
        if (t.p[at] == '\\')
            at++;
        else if (t.p[at] == '(')
            depth++;
        else if (t.p[at] == ')' && --depth == 0)
            return at + 1;
    }
    return t.n;
}

static size_t skip_until(struct text t, size_t at, char end) {
    while (at < t.n && t.p[at] != end) at++;
    return at < t.n ? at + 1 : at;
}

// One token from `at` (no space there); its end. *word when it is an operator or number.
static size_t token_end(struct text t, size_t at, bool *word) {
    char c = t.p[at], next = at + 1 < t.n ? t.p[at + 1] : 0;
    *word = false;
    if (c == '(') return skip_string(t, at);
    if (c == '%') return skip_until(t, at, '\n');
    if ((c == '<' && next == '<') || (c == '>' && next == '>')) return at + 2;
    if (c == '<') return skip_until(t, at, '>');
    if (is_delimiter(c) && c != '/') return at + 1;
    *word = c != '/';
    do at++;
    while (at < t.n && !is_space(t.p[at]) && !is_delimiter(t.p[at]));
    return at;
}

static bool is_operator(struct text w) {
    char c = w.p[0];
    return !((c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.');
}

// A glyph that stands for two right-to-left letters: Cairo gives both as ActualText, and readers that take a
// page as it is seen turn them round (poppler: "ال" for "لا"). One presentation form, the same by
// compatibility (NFKC), cannot be turned.
static const struct {
    const char *pair, *form;
} LIGATURES[] = {
    {"feff06440622", "fefffef5"}, {"feff06440623", "fefffef7"}, {"feff06440625", "fefffef9"},
    {"feff06440627", "fefffefb"}, {"feff06440649", "fefffc43"}, {"feff0644064a", "fefffc44"},
    {"feff064406cc", "fefffc43"},
};

// Copies stream[from, to), which may hold one such ActualText.
static void out_operands(struct out *o, struct text stream, size_t from, size_t to) {
    struct text t = text_slice(stream, from, to);
    size_t at;
    for (size_t i = 0; i < sizeof LIGATURES / sizeof *LIGATURES; i++) {
        if (!text_find(t, text_of(LIGATURES[i].pair), &at)) continue;
        out_text(o, text_slice(t, 0, at));
        out_c(o, LIGATURES[i].form);
        t = text_slice(t, at + strlen(LIGATURES[i].pair), t.n);
        break;
    }
    out_text(o, t);
}

static const char OPEN[] = "/Artifact BMC\n", CLOSE[] = "EMC\n";

enum status content_with_artifacts(struct arena *a, struct text stream, struct text *out) {
    struct out o = {.arena = a};
    size_t operands = 0, copied = 0; // where the operands of the next operator begin; what is in `o` already
    int depth = 0;                   // of marked content; 1 and more inside a structure element
    bool element = false;
    out_c(&o, OPEN);
    for (size_t at = 0; at < stream.n;) {
        if (is_space(stream.p[at])) {
            at++;
            continue;
        }
        bool word;
        size_t begin = at;
        at = token_end(stream, at, &word);
        struct text w = text_slice(stream, begin, at), args = text_slice(stream, operands, begin);
        if (!word || !is_operator(w)) continue;
        if (text_eq(w, T("BDC")) || text_eq(w, T("BMC"))) {
            if (!element && text_find(args, T("/MCID"), &(size_t){0})) {
                if (depth) return STATUS_CORRUPT;
                out_text(&o, text_slice(stream, copied, operands));
                out_c(&o, "\n");
                out_c(&o, CLOSE);
                copied = operands;
                element = true;
            } else if (text_find(args, T("/ActualText"), &(size_t){0})) {
                out_text(&o, text_slice(stream, copied, operands));
                out_operands(&o, stream, operands, begin);
                copied = begin;
            }
            depth++;
        } else if (text_eq(w, T("EMC"))) {
            if (--depth < 0) return STATUS_CORRUPT;
            if (element && depth == 0) {
                out_text(&o, text_slice(stream, copied, at));
                out_c(&o, "\n");
                out_c(&o, OPEN);
                copied = at;
                element = false;
            }
        }
        operands = at;
    }
    if (depth) return STATUS_CORRUPT;
    out_text(&o, text_slice(stream, copied, stream.n));
    out_c(&o, "\n");
    out_c(&o, CLOSE);
    *out = out_done(&o);
    return STATUS_OK;
}
