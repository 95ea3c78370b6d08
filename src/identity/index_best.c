// The best records of a search: a heap of hits, and candidates that wait for their comparison.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "identity/index_seek.h"

enum { CANDIDATES_MAX = 1024 }; // kept before they are compared and the rest is measured anew

static bool is_worse(const struct index_hit *x, const struct index_hit *y) {
    return x->score < y->score || (x->score == y->score && x->id > y->id);
}

static void sink(struct index_hit *h, size_t count, size_t i) {
    for (;;) {
        size_t worst = i, left = 2 * i + 1, right = left + 1;
        if (left < count && is_worse(&h[left], &h[worst])) worst = left;
        if (right < count && is_worse(&h[right], &h[worst])) worst = right;
        if (worst == i) return;
        struct index_hit t = h[i];
        h[i] = h[worst], h[worst] = t;
        i = worst;
    }
}

static void add_hit(struct search *s, uint64_t id, double bits) {
    struct index_hits *h = s->hits;
    struct index_hit hit = {id, bits};
    if (h->count < s->limit) {
        *ARENA_PUSH(s->a, h) = hit;
        for (size_t i = h->count - 1; i && is_worse(&h->items[i], &h->items[(i - 1) / 2]); i = (i - 1) / 2) {
            struct index_hit t = h->items[i];
            h->items[i] = h->items[(i - 1) / 2], h->items[(i - 1) / 2] = t;
        }
    } else if (is_worse(&h->items[0], &hit)) {
        h->items[0] = hit;
        sink(h->items, h->count, 0);
    }
    if (h->count == s->limit && h->items[0].score > s->bits_min) s->bits_min = h->items[0].score;
}

static uint32_t *seen_place(const struct search *s, uint32_t slot) {
    size_t i = (slot * 2654435761u) & (s->seen_size - 1);
    while (s->seen[i] && s->seen[i] != slot + 1) i = (i + 1) & (s->seen_size - 1);
    return &s->seen[i];
}

// False when it was there already.
static bool see(struct search *s, uint32_t slot) {
    if (s->seen_count * 2 >= s->seen_size) {
        uint32_t *old = s->seen;
        size_t size = s->seen_size;
        s->seen_size = size ? size * 4 : 1024;
        s->seen = ARENA_ARRAY(s->a, uint32_t, s->seen_size);
        for (size_t i = 0; i < size; i++)
            if (old[i]) *seen_place(s, old[i] - 1) = old[i];
    }
    uint32_t *place = seen_place(s, slot);
    if (*place) return false;
    *place = slot + 1;
    s->seen_count++;
    return true;
}

void seek_compare(struct search *s, uint32_t slot) {
    const struct prepared_record *r = s->x->records[slot];
    if (!r || !see(s, slot)) return;
    if (s->compared == COMPARED_MAX) {
        s->hits->is_cut = true;
        return;
    }
    struct comparison c;
    s->compared++;
    identity_compare_prepared(s->query, r, s->rules, &c);
    if (seek_is_enough(s, c.bits)) add_hit(s, r->id, c.bits);
}

static int by_bits(const void *a, const void *b) {
    const struct candidate *x = a, *y = b;
    if (x->bits != y->bits) return x->bits > y->bits ? -1 : 1;
    return x->slot < y->slot ? -1 : x->slot > y->slot;
}

void seek_compare_added(struct search *s) {
    if (s->candidate_count) qsort(s->candidates, s->candidate_count, sizeof *s->candidates, by_bits);
    for (size_t i = 0; i < s->candidate_count && seek_is_enough(s, s->candidates[i].bits); i++)
        seek_compare(s, s->candidates[i].slot);
    s->candidate_count = 0;
}

void seek_add(struct search *s, uint32_t slot, double bits) {
    if (!s->candidates) s->candidates = ARENA_ARRAY(s->a, struct candidate, CANDIDATES_MAX);
    s->candidates[s->candidate_count++] = (struct candidate){slot, bits};
    if (s->candidate_count == CANDIDATES_MAX) seek_compare_added(s);
}

static int best_first(const void *a, const void *b) {
    return is_worse(a, b) ? 1 : is_worse(b, a) ? -1 : 0;
}

void seek_end(struct search *s, struct arena *a, struct index_hits *out) {
    struct index_hits *h = s->hits;
    if (h->count) qsort(h->items, h->count, sizeof *h->items, best_first);
    for (size_t i = 0; i < h->count; i++)
        *ARENA_PUSH(a, out) = (struct index_hit){h->items[i].id, 1 / (1 + exp2(-h->items[i].score))};
    out->is_cut = h->is_cut;
}
