// How alike two values of a field are, in a few levels.
#include <string.h>

#include "identity/linkage_inside.h"

// ---- names

// Jaro (1989) with the weight that Winkler (1990) gives to the beginning. At most 64 letters.
static double jaro_winkler(struct text x, struct text y) {
    uint64_t used = 0, taken = 0;
    size_t longer = x.n > y.n ? x.n : y.n, reach = longer / 2 > 1 ? longer / 2 - 1 : 0, same = 0, moved = 0;
    for (size_t i = 0; i < x.n; i++) {
        size_t from = i > reach ? i - reach : 0, to = i + reach + 1 < y.n ? i + reach + 1 : y.n;
        for (size_t j = from; j < to; j++) {
            if (x.p[i] != y.p[j] || taken >> j & 1) continue;
            used |= (uint64_t)1 << i, taken |= (uint64_t)1 << j;
            same++;
            break;
        }
    }
    if (!same) return 0;
    for (size_t i = 0, j = 0; i < x.n; i++) {
        if (!(used >> i & 1)) continue;
        while (!(taken >> j & 1)) j++;
        moved += x.p[i] != y.p[j++];
    }
    double m = (double)same;
    double jaro = (m / (double)x.n + m / (double)y.n + (m - (double)moved / 2) / m) / 3;
    size_t head = 0;
    while (head < 4 && head < x.n && head < y.n && x.p[head] == y.p[head]) head++;
    return jaro + 0.1 * (double)head * (1 - jaro);
}

static const double NEAR = 0.92, ALIKE = 0.82; // of Jaro and Winkler

// Whether letters in common could be enough, by which letters there are.
static bool could_be_alike(struct text x, uint64_t letters_of_y, struct text y) {
    size_t common = 0, head = 0;
    for (size_t i = 0; i < x.n; i++) common += letters_of_y >> (x.p[i] & 63) & 1;
    while (head < 4 && head < x.n && head < y.n && x.p[head] == y.p[head]) head++;
    double m = (double)(common < y.n ? common : y.n);
    double jaro = (m / (double)x.n + m / (double)y.n + 1) / 3;
    return jaro + 0.1 * (double)head * (1 - jaro) >= ALIKE;
}

static unsigned name_level(const struct linkage_values *v, uint32_t x, uint32_t y) {
    struct text a = text_slice(v->text[x], 0, 64), b = text_slice(v->text[y], 0, 64);
    double alike = could_be_alike(a, v->signature[y], b) ? jaro_winkler(a, b) : 0;
    if (alike >= NEAR) return LEVEL_NEAR;
    return alike >= ALIKE || (v->nickname[x] && v->nickname[x] == v->nickname[y]) ? LEVEL_ALIKE
                                                                                  : LEVEL_DIFFERS;
}

// ---- numbers and dates

// Letters that differ, are missing or swapped with their neighbour; 3 for more than two.
static unsigned slips(struct text x, struct text y) {
    enum { MANY = 3 };
    if (x.n > y.n + 2 || y.n > x.n + 2 || x.n > 60 || y.n > 60) return MANY;
    uint8_t rows[3][64], *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= y.n; j++) last[j] = (uint8_t)j;
    for (size_t i = 1; i <= x.n; i++) {
        row[0] = (uint8_t)i;
        unsigned least = row[0];
        for (size_t j = 1; j <= y.n; j++) {
            unsigned c = last[j - 1] + (x.p[i - 1] != y.p[j - 1]);
            if (last[j] + 1u < c) c = last[j] + 1u;
            if (row[j - 1] + 1u < c) c = row[j - 1] + 1u;
            if (i > 1 && j > 1 && x.p[i - 1] == y.p[j - 2] && x.p[i - 2] == y.p[j - 1] &&
                before[j - 2] + 1u < c)
                c = before[j - 2] + 1u;
            row[j] = (uint8_t)c;
            if (c < least) least = c;
        }
        if (least > MANY) return MANY;
        uint8_t *spare = before;
        before = last, last = row, row = spare;
    }
    return last[y.n] < MANY ? last[y.n] : MANY;
}

static unsigned number_level(struct text x, struct text y) {
    unsigned n = x.n > 2 && y.n > 2 ? slips(x, y) : LEVEL_DIFFERS;
    return n < 3 ? n : LEVEL_DIFFERS;
}

static unsigned date_level(struct text x, struct text y) {
    bool full = x.n == 8 && y.n == 8, year = x.n >= 4 && y.n >= 4 && !memcmp(x.p, y.p, 4);
    if (full && year && !memcmp(x.p + 4, y.p + 6, 2) && !memcmp(x.p + 6, y.p + 4, 2)) return LEVEL_NEAR;
    unsigned n = full ? slips(x, y) : 3;
    if (n == 1) return LEVEL_NEAR;
    if (year && (x.n == 4 || y.n == 4 || !memcmp(x.p + 4, "0101", 4) || !memcmp(y.p + 4, "0101", 4)))
        return LEVEL_ALIKE;
    return full && (year || n == 2) ? LEVEL_FAR : LEVEL_DIFFERS;
}

// ---- texts

// Two letters after each other as one of 64 bits.
static unsigned pair_bit(const char *p) {
    return ((uint8_t)p[0] * 37u + (uint8_t)p[1] * 11u) & 63;
}

uint64_t linkage_signature(enum linkage_kind kind, struct text t) {
    uint64_t s = 0;
    if (kind == LINKAGE_TEXT)
        for (size_t i = 0; i + 1 < t.n; i++) s |= (uint64_t)1 << pair_bit(t.p + i);
    else
        for (size_t i = 0; i < t.n; i++) s |= (uint64_t)1 << (t.p[i] & 63);
    return s;
}

static double pairs_in_common(struct text x, struct text y) {
    size_t common = 0;
    bool taken[LINKAGE_CELL_MAX * 3];
    if (x.n < 2 || y.n < 2 || y.n > sizeof taken) return 0;
    memset(taken, 0, y.n);
    for (size_t i = 0; i + 1 < x.n; i++)
        for (size_t j = 0; j + 1 < y.n; j++) {
            if (x.p[i] != y.p[j] || x.p[i + 1] != y.p[j + 1] || taken[j]) continue;
            taken[j] = true;
            common++;
            break;
        }
    return 2.0 * (double)common / (double)(x.n + y.n - 2);
}

static unsigned text_level(const struct linkage_values *v, uint32_t x, uint32_t y) {
    struct text a = v->text[x], b = v->text[y];
    size_t most = 0;
    for (size_t i = 0; i + 1 < a.n; i++) most += v->signature[y] >> pair_bit(a.p + i) & 1;
    if (5 * most < a.n + b.n - 2) return LEVEL_DIFFERS; // less than 0.4 of all
    double alike = pairs_in_common(a, b);
    return alike >= 0.8 ? LEVEL_NEAR : alike >= 0.6 ? LEVEL_ALIKE : alike >= 0.4 ? LEVEL_FAR : LEVEL_DIFFERS;
}

unsigned linkage_level(const struct linkage_values *v, uint32_t x, uint32_t y) {
    switch (v->kind) {
    case LINKAGE_NAME: return name_level(v, x, y);
    case LINKAGE_DATE: return date_level(v->text[x], v->text[y]);
    case LINKAGE_TEXT: return text_level(v, x, y);
    case LINKAGE_NUMBER: return number_level(v->text[x], v->text[y]);
    default: return LEVEL_DIFFERS;
    }
}

// ---- a field of two rows

static bool holds_word(struct text all, struct text word) {
    if (all.n < word.n) return false;
    if (all.n == word.n) return text_eq(all, word);
    struct text rest = all, one;
    while (text_cut(&rest, ' ', &one))
        if (text_eq(one, word)) return true;
    return false;
}

// Given and family name in each other's field, or a name among the words of another field.
static bool is_elsewhere(const struct linkage *l, size_t f, uint32_t left, uint32_t right) {
    const struct linkage_values *v = &l->values[f];
    struct text x = v->text[v->of_row[left]], y = v->text[v->of_row[right]];
    for (size_t g = 0; g < l->fields; g++) {
        const struct linkage_values *w = &l->values[g];
        if (g == f || w->kind != LINKAGE_NAME) continue;
        uint32_t other = w->of_row[right], mine = w->of_row[left];
        if ((other && holds_word(w->text[other], x)) || (mine && holds_word(w->text[mine], y))) return true;
    }
    return false;
}

unsigned linkage_field_level(const struct linkage *l, size_t f, uint32_t left, uint32_t right) {
    const struct linkage_values *v = &l->values[f];
    uint32_t x = v->of_row[left], y = v->of_row[right];
    if (!x || !y) return LEVEL_UNKNOWN;
    if (x == y) return LEVEL_SAME;
    unsigned level = linkage_level(v, x, y);
    if (v->kind != LINKAGE_NAME || level < LEVEL_DIFFERS) return level;
    return is_elsewhere(l, f, left, right) ? LEVEL_FAR : LEVEL_DIFFERS;
}
