// Cells as they are compared: folded, each value once.
#include <stdlib.h>
#include <string.h>

#include "identity/distance.h"
#include "identity/identity.h"
#include "identity/linkage_inside.h"
#include "identity/words.h"

bool linkage_kind_of(struct text word, enum linkage_kind *out) {
    static const char *const WORDS[] = {"name", "date", "text", "code", "number"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (text_eq(word, text_of(WORDS[i]))) return *out = (enum linkage_kind)i, true;
    return false;
}

// ---- folding

static bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool has_words(enum linkage_kind kind) {
    return kind == LINKAGE_NAME || kind == LINKAGE_TEXT;
}

// Small letters and digits; words parted by one space where words count.
static struct text fold(struct text t, enum linkage_kind kind, struct arena *a) {
    t = text_head(t, LINKAGE_CELL_MAX);
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] & 0x80) {
            struct text latin;
            if (!identity_transliterate(a, t, (struct text){0}, &latin, NULL))
                t = identity_search_key(a, latin);
            break;
        }
    char *p = arena_alloc(a, t.n + 1);
    size_t n = 0;
    bool space = false;
    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i] >= 'A' && t.p[i] <= 'Z' ? (char)(t.p[i] + 32) : t.p[i];
        if (kind == LINKAGE_DATE && !(c >= '0' && c <= '9')) continue;
        if (!is_letter_or_digit(c)) {
            space = n > 0 && has_words(kind) && c != '\'';
            continue;
        }
        if (space) p[n++] = ' ';
        space = false;
        p[n++] = c;
    }
    return (struct text){p, n};
}

// ---- each once

static uint64_t hash_of(struct text t) {
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < t.n; i++) h = (h ^ (uint8_t)t.p[i]) * 1099511628211u;
    return h ^ h >> 29;
}

struct places {
    uint32_t *of;
    size_t size;
    size_t capacity; // of v->text
};

static void grow_places(const struct linkage_values *v, struct places *p) {
    p->size = p->size ? p->size * 4 : 4096;
    free(p->of);
    p->of = calloc(p->size, sizeof *p->of);
    if (!p->of) abort();
    for (uint32_t k = 1; k < v->values; k++) {
        size_t i = hash_of(v->text[k]) & (p->size - 1);
        while (p->of[i]) i = (i + 1) & (p->size - 1);
        p->of[i] = k;
    }
}

static uint32_t value_of(struct linkage_values *v, struct places *p, struct text t) {
    if (!t.n) return 0;
    if (v->values * 2 >= p->size) grow_places(v, p);
    size_t i = hash_of(t) & (p->size - 1);
    while (p->of[i] && !text_eq(v->text[p->of[i]], t)) i = (i + 1) & (p->size - 1);
    if (!p->of[i]) {
        if (v->values == p->capacity) {
            p->capacity *= 2;
            v->text = realloc(v->text, p->capacity * sizeof *v->text);
            if (!v->text) abort();
        }
        p->of[i] = (uint32_t)v->values;
        v->text[v->values++] = text_copy(&v->arena, t);
    }
    return p->of[i];
}

static void describe(struct linkage_values *v, size_t rows) {
    v->count = ARENA_ARRAY(&v->arena, uint32_t, v->values);
    v->sound = ARENA_ARRAY(&v->arena, uint32_t, v->values);
    v->signature = ARENA_ARRAY(&v->arena, uint64_t, v->values);
    v->nickname = ARENA_ARRAY(&v->arena, uint16_t, v->values);
    v->rare = ARENA_ARRAY(&v->arena, float, v->values);
    for (size_t i = 0; i < rows; i++) v->count[v->of_row[i]]++;
    for (size_t i = 1; i < v->values; i++) {
        v->signature[i] = linkage_signature(v->kind, v->text[i]);
        if (v->kind != LINKAGE_NAME) continue;
        v->sound[i] = letters_sound(v->text[i]);
        v->nickname[i] = identity_nickname(v->text[i]);
    }
}

void linkage_values_make(struct linkage_values *v, enum linkage_kind kind, size_t rows, linkage_cell *cell,
                         const void *context) {
    struct arena own = {0};
    struct places p = {.capacity = 1024};
    *v = (struct linkage_values){.kind = kind, .values = 1};
    v->text = calloc(p.capacity, sizeof *v->text);
    if (!v->text) abort();
    v->of_row = ARENA_ARRAY(&v->arena, uint32_t, rows);
    for (size_t i = 0; i < rows; i++) {
        v->of_row[i] = value_of(v, &p, fold(cell(context, i), kind, &own));
        if (own.used > 1 << 20) arena_reset(&own);
    }
    free(p.of);
    arena_free(&own);
    describe(v, rows);
}

void linkage_values_free(struct linkage_values *v) {
    free(v->text);
    arena_free(&v->arena);
    *v = (struct linkage_values){0};
}

// ---- fields that hold what others say

enum {
    LOOKED_AT = 20000, // rows by which it is judged
    KNOWN_MIN = 50,    // of which both are known
};
static const double REPEATS = 0.8; // of them, in which all words of the other are there

static bool has_word(struct text all, struct text word) {
    struct text rest = all, one;
    while (text_cut(&rest, ' ', &one))
        if (text_eq(one, word)) return true;
    return false;
}

static bool has_words_of(struct text all, struct text part) {
    struct text one;
    while (text_cut(&part, ' ', &one))
        if (!has_word(all, one)) return false;
    return true;
}

static struct text of_row(const struct linkage_values *v, size_t row) {
    return v->text[v->of_row[row]];
}

// Whether field f of a row has what field g has, nearly always.
static bool repeats(const struct linkage *l, size_t f, size_t g) {
    const struct linkage_values *v = &l->values[f], *w = &l->values[g];
    if (f == g || !has_words(v->kind) || !has_words(w->kind)) return false;
    size_t step = l->rows / LOOKED_AT + 1, known = 0, there = 0;
    for (size_t i = 0; i < l->rows; i += step) {
        if (!v->of_row[i] || !w->of_row[i]) continue;
        known++;
        there += has_words_of(of_row(v, i), of_row(w, i));
    }
    return known >= KNOWN_MIN && (double)there >= REPEATS * (double)known;
}

struct rest {
    const struct linkage *l;
    size_t field;
    uint32_t others; // bits
    struct arena *arena;
};

static struct text words_left(const void *context, size_t row) {
    const struct rest *r = context;
    struct text all = of_row(&r->l->values[r->field], row), one;
    if (r->arena->used > 1 << 20) arena_reset(r->arena);
    struct out o = {.arena = r->arena};
    while (text_cut(&all, ' ', &one)) {
        bool is_there = false;
        for (size_t g = 0; g < r->l->fields && !is_there; g++)
            is_there = r->others >> g & 1 && has_word(of_row(&r->l->values[g], row), one);
        if (is_there) continue;
        if (o.n) out_byte(&o, ' ');
        out_text(&o, one);
    }
    return out_done(&o);
}

void linkage_drop_repeats(struct linkage *l) {
    struct linkage_values made[LINKAGE_FIELDS_MAX];
    uint32_t others[LINKAGE_FIELDS_MAX] = {0};
    for (size_t f = 0; f < l->fields; f++)
        for (size_t g = 0; g < l->fields; g++)
            if (repeats(l, f, g) && !(repeats(l, g, f) && f < g)) others[f] |= 1u << g; // of two the later
    struct arena own = {0};
    for (size_t f = 0; f < l->fields; f++) {
        struct rest r = {l, f, others[f], &own};
        if (others[f]) linkage_values_make(&made[f], l->values[f].kind, l->rows, words_left, &r);
    }
    for (size_t f = 0; f < l->fields; f++) {
        if (!others[f]) continue;
        linkage_values_free(&l->values[f]);
        l->values[f] = made[f];
        l->values[f].is_repeat = made[f].count[0] > l->rows - l->rows / 20;
        for (size_t i = 0; l->values[f].is_repeat && i < l->rows; i++) l->values[f].of_row[i] = 0;
    }
    arena_free(&own);
}
