// From pairs to who is one person: one partner a row, or groups that agree on the whole.
#include <math.h>
#include <stdlib.h>

#include "identity/linkage_inside.h"

enum { GROUP_PAIRS_MAX = 2500 }; // between two groups; fifty records of one person are a mistake of the file
static const double PAIR_BITS_MAX = 20; // what one pair may say for or against a group
static const double TOLERANCE = 4;      // bits that a pair may be below even odds: others speak for it

// Each row once, the surest pairs first.
size_t linkage_one_to_one(struct linkage *l, struct linkage_pair *p, size_t count) {
    bool *used = ARENA_ARRAY(&l->arena, bool, l->rows);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (used[p[i].left] || used[p[i].right]) continue;
        used[p[i].left] = used[p[i].right] = true;
        p[kept++] = p[i];
    }
    return kept;
}

struct groups {
    uint32_t *first, *next, *size; // members in a ring
};

// Whether two groups are one person on the whole: one strong pair does not outweigh all others.
static bool belong_together(const struct linkage_result *r, const struct groups *g, uint32_t x, uint32_t y) {
    if ((size_t)g->size[x] * g->size[y] > GROUP_PAIRS_MAX) return false;
    double sum = 0;
    uint32_t i = x;
    do {
        uint32_t j = y;
        do {
            sum += fmax(-PAIR_BITS_MAX, fmin(PAIR_BITS_MAX, linkage_bits(r, i, j)));
            j = g->next[j];
        } while (j != y);
        i = g->next[i];
    } while (i != x);
    return sum > -TOLERANCE * (double)g->size[x] * (double)g->size[y];
}

uint32_t *linkage_groups(const struct linkage_result *r, size_t rows, struct arena *a) {
    struct groups g = {ARENA_ARRAY(a, uint32_t, rows), calloc(rows, sizeof(uint32_t)),
                       calloc(rows, sizeof(uint32_t))};
    if (!g.next || !g.size) abort();
    for (uint32_t i = 0; i < rows; i++) g.first[i] = g.next[i] = i, g.size[i] = 1;
    for (size_t i = 0; i < r->count; i++) {
        uint32_t x = g.first[r->pairs[i].left], y = g.first[r->pairs[i].right];
        if (x == y || !belong_together(r, &g, x, y)) continue;
        if (g.size[x] < g.size[y]) {
            uint32_t larger = y;
            y = x, x = larger;
        }
        uint32_t member = y;
        do {
            g.first[member] = x;
            member = g.next[member];
        } while (member != y);
        g.size[x] += g.size[y];
        uint32_t after = g.next[x];
        g.next[x] = g.next[y];
        g.next[y] = after;
    }
    free(g.next);
    free(g.size);
    return g.first;
}
