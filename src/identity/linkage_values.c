// Cells as they are compared: folded, each value once, and how alike two are.
#include <stdlib.h>
#include <string.h>

#include "identity/distance.h"
#include "identity/identity.h"
#include "identity/linkage_inside.h"

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
            space = n > 0 && (kind == LINKAGE_NAME || kind == LINKAGE_TEXT) && c != '\'';
            continue;
        }
        if (space) p[n++] = ' ';
        space = false;
        p[n++] = c;
    }
    return (struct text){p, n};
}

static uint64_t hash_of(struct text t) {
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < t.n; i++) h = (h ^ (uint8_t)t.p[i]) * 1099511628211u;
    return h ^ h >> 29;
}

static uint32_t value_of(struct linkage_values *v, uint32_t *places, size_t size, struct text t) {
    if (!t.n) return 0;
    size_t i = hash_of(t) & (size - 1);
    while (places[i] && !text_eq(v->text[places[i]], t)) i = (i + 1) & (size - 1);
    if (!places[i]) {
        places[i] = (uint32_t)v->values;
        v->text[v->values++] = t;
    }
    return places[i];
}

void linkage_values_make(struct linkage_values *v, enum linkage_kind kind, const struct linkage_file *left,
                         const struct linkage_file *right, size_t field, size_t fields, struct arena *a) {
    size_t rows = left->rows + (right ? right->rows : 0), size = 16;
    while (size < rows * 2) size *= 2;
    uint32_t *places = calloc(size, sizeof *places);
    *v = (struct linkage_values){.kind = kind, .values = 1};
    v->text = ARENA_ARRAY(a, struct text, rows + 1);
    v->of_row = ARENA_ARRAY(a, uint32_t, rows);
    v->count = ARENA_ARRAY(a, uint32_t, rows + 1);
    for (size_t i = 0; places && i < rows; i++) {
        const struct text *cells =
            i < left->rows ? left->cells + i * fields : right->cells + (i - left->rows) * fields;
        uint32_t value = value_of(v, places, size, fold(cells[field], kind, a));
        v->of_row[i] = value;
        v->count[value]++;
    }
    free(places);
    v->sound = ARENA_ARRAY(a, uint32_t, v->values);
    for (size_t i = 1; kind == LINKAGE_NAME && i < v->values; i++) v->sound[i] = letters_sound(v->text[i]);
}

// ---- alike

// Jaro (1989) with the weight that Winkler (1990) gives to the beginning.
static double jaro_winkler(struct text x, struct text y) {
    bool used[LINKAGE_CELL_MAX * 3] = {0}, taken[LINKAGE_CELL_MAX * 3] = {0};
    size_t longer = x.n > y.n ? x.n : y.n, reach = longer / 2 > 1 ? longer / 2 - 1 : 0, same = 0, moved = 0;
    if (longer > sizeof used) return 0;
    for (size_t i = 0; i < x.n; i++) {
        size_t from = i > reach ? i - reach : 0, to = i + reach + 1 < y.n ? i + reach + 1 : y.n;
        for (size_t j = from; j < to; j++) {
            if (taken[j] || x.p[i] != y.p[j]) continue;
            used[i] = taken[j] = true;
            same++;
            break;
        }
    }
    if (!same) return 0;
    for (size_t i = 0, j = 0; i < x.n; i++) {
        if (!used[i]) continue;
        while (!taken[j]) j++;
        moved += x.p[i] != y.p[j++];
    }
    double m = (double)same;
    double jaro = (m / (double)x.n + m / (double)y.n + (m - (double)moved / 2) / m) / 3;
    size_t head = 0;
    while (head < 4 && head < x.n && head < y.n && x.p[head] == y.p[head]) head++;
    return jaro + 0.1 * (double)head * (1 - jaro);
}

// Letters that differ, are missing or swapped with their neighbour; 3 for more than two.
static unsigned slips(struct text x, struct text y) {
    enum { MANY = 3 };
    if (x.n > y.n + 2 || y.n > x.n + 2 || x.n > 60 || y.n > 60) return MANY;
    uint8_t rows[3][64], *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= y.n; j++) last[j] = (uint8_t)j;
    for (size_t i = 1; i <= x.n; i++) {
        row[0] = (uint8_t)i;
        for (size_t j = 1; j <= y.n; j++) {
            unsigned c = last[j - 1] + (x.p[i - 1] != y.p[j - 1]);
            if (last[j] + 1u < c) c = last[j] + 1u;
            if (row[j - 1] + 1u < c) c = row[j - 1] + 1u;
            if (i > 1 && j > 1 && x.p[i - 1] == y.p[j - 2] && x.p[i - 2] == y.p[j - 1] &&
                before[j - 2] + 1u < c)
                c = before[j - 2] + 1u;
            row[j] = (uint8_t)c;
        }
        uint8_t *spare = before;
        before = last, last = row, row = spare;
    }
    return last[y.n] < MANY ? last[y.n] : MANY;
}

static unsigned date_level(struct text x, struct text y) {
    bool full = x.n == 8 && y.n == 8, year = x.n >= 4 && y.n >= 4 && !memcmp(x.p, y.p, 4);
    if (full && year && !memcmp(x.p + 4, y.p + 6, 2) && !memcmp(x.p + 6, y.p + 4, 2)) return 1;
    if (full && slips(x, y) == 1) return 1;
    if (year && (x.n == 4 || y.n == 4 || !memcmp(x.p + 4, "0101", 4) || !memcmp(y.p + 4, "0101", 4)))
        return 2;
    if (full && (year || slips(x, y) == 2)) return 3;
    return LEVEL_DIFFERS;
}

static double pairs_in_common(struct text x, struct text y) {
    size_t common = 0;
    bool taken[LINKAGE_CELL_MAX * 3] = {0};
    if (x.n < 2 || y.n < 2 || y.n > sizeof taken) return 0;
    for (size_t i = 0; i + 1 < x.n; i++)
        for (size_t j = 0; j + 1 < y.n; j++) {
            if (taken[j] || x.p[i] != y.p[j] || x.p[i + 1] != y.p[j + 1]) continue;
            taken[j] = true;
            common++;
            break;
        }
    return 2.0 * (double)common / (double)(x.n + y.n - 2);
}

unsigned linkage_level(enum linkage_kind kind, struct text x, struct text y) {
    double alike;
    unsigned n;
    switch (kind) {
    case LINKAGE_NAME: // level 3 is for the same in another field
        alike = jaro_winkler(x, y);
        return alike >= 0.92 ? 1 : alike >= 0.82 ? 2 : LEVEL_DIFFERS;
    case LINKAGE_DATE: return date_level(x, y);
    case LINKAGE_TEXT:
        alike = pairs_in_common(x, y);
        return alike >= 0.8 ? 1 : alike >= 0.6 ? 2 : alike >= 0.4 ? 3 : LEVEL_DIFFERS;
    case LINKAGE_NUMBER: n = slips(x, y); return n < 3 && x.n > 2 && y.n > 2 ? n : LEVEL_DIFFERS;
    default: return LEVEL_DIFFERS;
    }
}
