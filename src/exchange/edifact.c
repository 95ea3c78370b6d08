// edifact.c - finds interchanges in what was received and cuts them into segments.
#include "exchange/edifact.h"

#include <iconv.h>
#include <string.h>

enum {
    UNA_SIGNS = 6,
    UNA_REACH = 40, // how far before UNB its UNA is looked for: both with spaces and a broken sign
    UNB_REACH = 600 // an interchange header, with room, until UNG or UNH
};

static const struct edifact_signs STANDARD = {':', '+', '.', '?', '*', '\''};

static bool is_word(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_sign(char c) {
    return c > ' ' && c < 127 && !is_word(c);
}

static size_t skip_spaces(struct text t, size_t at) {
    while (at < t.n && t.p[at] == ' ') at++;
    return at;
}

static struct text without_controls(struct arena *a, struct text in) {
    char *p = arena_alloc(a, in.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < in.n; i++)
        if ((unsigned char)in.p[i] >= ' ' && in.p[i] != 127) p[n++] = in.p[i];
    return (struct text){p, n};
}

// ISO 9735-1, data element 0001: the character set of each syntax identifier.
static const char *charset_of(struct text t) {
    static const struct {
        const char *id, *charset;
    } SETS[] = {{"UNOD", "ISO-8859-2"}, {"UNOE", "ISO-8859-5"}, {"UNOF", "ISO-8859-7"},
                {"UNOG", "ISO-8859-3"}, {"UNOH", "ISO-8859-4"}, {"UNOI", "ISO-8859-6"},
                {"UNOJ", "ISO-8859-8"}, {"UNOK", "ISO-8859-9"}};
    for (size_t i = 0; i < sizeof SETS / sizeof *SETS; i++) {
        size_t at;
        if (text_find(t, text_of(SETS[i].id), &at)) return SETS[i].charset;
    }
    return "ISO-8859-1";
}

static struct text to_utf8(struct arena *a, struct text t) {
    iconv_t c = iconv_open("UTF-8", charset_of(text_slice(t, 0, UNB_REACH)));
    if (c == (iconv_t)-1) c = iconv_open("UTF-8", "ISO-8859-1");
    size_t room = t.n * 3, in_left = t.n, left = room;
    char *p = arena_alloc(a, room + 1), *to = p, *from = (char *)(uintptr_t)t.p;
    while (in_left > 0 && iconv(c, &from, &in_left, &to, &left) == (size_t)-1)
        from++, in_left--, *to++ = '?', left--; // a byte that the set does not have
    iconv_close(c);
    return (struct text){p, room - left};
}

enum status edifact_open(struct edifact *r, struct arena *a, struct text in, struct problem *p) {
    *r = (struct edifact){.arena = a};
    if (in.n > EDIFACT_BYTES_MAX) {
        enum status ignored = problem(p, "file", "too_large", "edifact.too_large");
        (void)ignored;
        if (p) problem_arg(p, "max", T("16 MB"));
        return STATUS_TOO_LARGE;
    }
    r->plain = without_controls(a, in);
    if (!text_is_utf8(r->plain)) r->plain = to_utf8(a, r->plain);
    return STATUS_OK;
}

struct text edifact_value(const struct edifact_segment *s, size_t element, size_t component) {
    if (element >= s->element_count || component >= s->elements[element].count) return (struct text){0};
    const struct edifact_component *c = &s->elements[element].components[component];
    return c->repetition == 0 ? c->value : (struct text){0};
}

// ---- where an interchange begins

// UNB, a sign, four letters of the syntax, a sign, its version: what no telegram header looks like.
static bool is_unb(struct text t, size_t at, char *element, char *component) {
    if (at + 3 > t.n || memcmp(t.p + at, "UNB", 3)) return false;
    size_t i = skip_spaces(t, at + 3);
    if (i + 7 > t.n || !is_sign(t.p[i])) return false;
    for (size_t k = 1; k <= 4; k++)
        if (!is_word(t.p[i + k])) return false;
    *element = t.p[i], *component = t.p[i + 5];
    return is_sign(t.p[i + 5]) && t.p[i + 6] >= '0' && t.p[i + 6] <= '9';
}

// The sign before the first UNG or UNH ends segments, whatever UNA says.
static char seen_terminator(struct text t, size_t unb) {
    size_t end = unb + UNB_REACH < t.n ? unb + UNB_REACH : t.n;
    for (size_t i = unb + 7; i + 4 < end; i++) {
        if (memcmp(t.p + i, "UNG", 3) && memcmp(t.p + i, "UNH", 3)) continue;
        size_t before = i;
        while (before > unb && t.p[before - 1] == ' ') before--;
        if (is_sign(t.p[before - 1]) && !is_word(t.p[skip_spaces(t, i + 3)])) return t.p[before - 1];
    }
    return 0;
}

static bool find_una(struct text t, size_t from, size_t unb, struct text *signs) {
    size_t low = unb > from + UNA_REACH ? unb - UNA_REACH : from;
    for (size_t i = unb; i >= low + 3; i--) {
        if (memcmp(t.p + i - 3, "UNA", 3)) continue;
        *signs = text_slice(t, i, unb);
        return true;
    }
    return false;
}

static bool signs_are_good(struct text una, struct edifact_signs seen) {
    if (una.n < UNA_SIGNS || text_trim(text_slice(una, UNA_SIGNS, una.n)).n) return false;
    if (una.p[0] != seen.component || una.p[1] != seen.element) return false;
    if (!is_sign(una.p[2]) && una.p[2] != ' ') return false;
    if (!is_sign(una.p[3]) && una.p[3] != ' ') return false;
    if (!is_sign(una.p[5]) || una.p[5] == una.p[0] || una.p[5] == una.p[1] || una.p[5] == una.p[3])
        return false;
    return !seen.terminator || una.p[5] == seen.terminator;
}

static void learn_signs(struct edifact *r, size_t from, size_t unb, struct edifact_signs seen) {
    struct text una = {0};
    r->signs = STANDARD;
    r->advice = find_una(r->plain, from, unb, &una) ? EDIFACT_UNA_GOOD : EDIFACT_UNA_NONE;
    if (r->advice == EDIFACT_UNA_GOOD && signs_are_good(una, seen)) {
        r->signs = (struct edifact_signs){una.p[0], una.p[1], una.p[2], una.p[3], una.p[4], una.p[5]};
        if (una.p[3] == ' ') r->signs.release = 0;
        if (!is_sign(una.p[4])) r->signs.repetition = 0; // a space: not used
        return;
    }
    if (r->advice == EDIFACT_UNA_GOOD) {
        r->advice = EDIFACT_UNA_BROKEN;
        if (una.n > 3 && una.p[3] == '\\') r->signs.release = '\\';
    }
    if (seen.element != '+' || seen.component != ':')
        r->signs.element = seen.element, r->signs.component = seen.component;
    if (seen.terminator) r->signs.terminator = seen.terminator;
    if (r->signs.repetition == r->signs.element) r->signs.repetition = 0;
}

bool edifact_find(struct edifact *r) {
    struct edifact_signs seen = {0};
    for (size_t i = r->at; i + 3 <= r->plain.n; i++) {
        if (r->plain.p[i] != 'U' || !is_unb(r->plain, i, &seen.element, &seen.component)) continue;
        seen.terminator = seen_terminator(r->plain, i);
        learn_signs(r, r->at, i, seen);
        r->at = i;
        return true;
    }
    r->at = r->plain.n;
    return false;
}

// ---- segments

// Where the segment that begins at `at` ends; the length of the text when there is no terminator.
static size_t segment_end(const struct edifact *r, size_t at) {
    struct text t = r->plain;
    for (size_t i = at; i < t.n; i++) {
        if (r->signs.release && t.p[i] == r->signs.release)
            i++;
        else if (t.p[i] == r->signs.terminator)
            return i;
    }
    return t.n;
}

// Cuts `raw` into elements and components, taking out release characters. False when there are too many. All
// words stand in one piece of memory as long as the segment.
struct cutter {
    struct edifact_segment *s;
    char *word, *end; // of the component at hand
    int repetition;
    bool may_repeat;
};

static bool end_component(struct cutter *c) {
    struct edifact_segment *s = c->s;
    if (s->component_count == EDIFACT_COMPONENTS_MAX) return false;
    struct edifact_element *e = &s->elements[s->element_count];
    if (e->count == 0) e->components = &s->components[s->component_count];
    struct text word = {c->word, (size_t)(c->end - c->word)};
    s->components[s->component_count++] = (struct edifact_component){word, c->repetition};
    e->count++;
    c->word = c->end;
    return true;
}

static bool end_element(struct cutter *c) {
    if (!end_component(c)) return false;
    c->repetition = 0;
    return ++c->s->element_count < EDIFACT_ELEMENTS_MAX;
}

static bool cut_segment(const struct edifact *r, struct edifact_segment *s) {
    const struct edifact_signs *g = &r->signs;
    struct text t = s->raw;
    size_t i = 0;
    while (i < t.n && t.p[i] != g->element && t.p[i] != g->component) i++;
    s->tag = text_trim(text_slice(t, 0, i));
    if (i == t.n) return true;
    char *room = arena_alloc(r->arena, t.n);
    struct cutter c = {.s = s, .word = room, .end = room, .may_repeat = !text_starts(s->tag, T("UN"))};
    if (t.p[i] == g->element) i++; // UNH:... : the sender nests by tag (ISO 9735), which nobody does
    s->elements[0].count = 0;
    for (; i < t.n; i++) {
        char ch = t.p[i];
        if (g->release && ch == g->release) {
            if (++i < t.n) *c.end++ = t.p[i];
        } else if (ch == g->element) {
            if (!end_element(&c)) return false;
            s->elements[s->element_count].count = 0;
        } else if (ch == g->component) {
            if (!end_component(&c)) return false;
        } else if (c.may_repeat && g->repetition && ch == g->repetition) {
            if (!end_component(&c)) return false;
            c.repetition++;
        } else
            *c.end++ = ch;
    }
    if (!end_component(&c)) return false;
    s->element_count++;
    return true;
}

enum edifact_read edifact_next(struct edifact *r, struct edifact_segment *s) {
    s->element_count = s->component_count = 0;
    size_t at = skip_spaces(r->plain, r->at);
    if (at >= r->plain.n) return EDIFACT_END;
    size_t end = segment_end(r, at);
    s->raw = text_slice(r->plain, at, end);
    if (end >= r->plain.n) {
        r->at = r->plain.n;
        return EDIFACT_CUT;
    }
    r->at = end + 1;
    if (s->raw.n > EDIFACT_SEGMENT_MAX || !cut_segment(r, s)) {
        s->tag = text_slice(s->raw, 0, 3);
        return EDIFACT_TOO_BIG;
    }
    return EDIFACT_SEGMENT;
}

// ---- cleaned

static bool ends_interchange(struct text tag) {
    return text_eq(tag, T("UNZ"));
}

static void clean_one(struct edifact *r, struct edifact_segment *s, struct out *o) {
    struct edifact_signs g = r->signs;
    if (r->advice != EDIFACT_UNA_NONE) {
        const char una[] = {g.component,
                            g.element,
                            g.decimal,
                            g.release ? g.release : ' ',
                            g.repetition ? g.repetition : ' ',
                            g.terminator,
                            '\n'};
        out_c(o, "UNA");
        out_text(o, (struct text){una, sizeof una});
    }
    for (bool first = true;; first = false) {
        size_t before = r->at;
        enum edifact_read got = edifact_next(r, s);
        if (got == EDIFACT_END || got == EDIFACT_CUT) return;
        if (!first && text_eq(s->tag, T("UNB"))) { // the end of the one before is missing
            r->at = before;
            return;
        }
        out_text(o, s->raw);
        out_byte(o, g.terminator);
        out_byte(o, '\n');
        if (ends_interchange(s->tag)) return;
    }
}

enum status edifact_clean(struct arena *a, struct text in, struct text *out, struct problem *p) {
    struct edifact r;
    enum status st = edifact_open(&r, a, in, p);
    if (st) return st;
    struct edifact_segment *s = ARENA_NEW(a, struct edifact_segment);
    struct out o = {.arena = a};
    while (edifact_find(&r)) clean_one(&r, s, &o);
    *out = out_done(&o);
    return out->n ? STATUS_OK : problem(p, "file", "no_interchange", "edifact.no_interchange");
}
