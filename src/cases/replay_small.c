// replay_small.c - few people are not told apart: what a result leaves out before anybody sees it.
#include "cases/replay_inside.h"

#include <stdlib.h>
#include <string.h>

// ---- words that few cases have ----
//
// An officer's table may return anything that it reads: a name, an answer. So a result is shown in words only
// when it is short, as codes are, and many have it.

static bool is_rest(struct text t) {
    return text_eq(t, THE_REST);
}

static bool is_shown_code(const struct replay_result *r, struct text word) {
    for (size_t i = 0; i < r->codes.count; i++)
        if (text_eq(r->codes.items[i].code, word)) return true;
    return is_rest(word) || text_eq(word, T("!")); // the end of a long list; too costly
}

bool replay_shows_words(const struct replay_result *r, struct text words) {
    size_t at;
    if (is_shown_code(r, words)) return true;
    for (; text_find(words, T(", "), &at); words = text_slice(words, at + 2, words.n))
        if (!is_shown_code(r, text_slice(words, 0, at))) return false;
    return is_shown_code(r, words);
}

static bool is_common(const struct replay_code *c) {
    return c->code.n <= REPLAY_CODE_BYTES && (c->before >= REPLAY_SMALL || c->after >= REPLAY_SMALL);
}

static void fold_codes(struct replay_result *r) {
    struct replay_code rest = {.code = THE_REST};
    size_t kept = 0;
    for (size_t i = 0; i < r->codes.count; i++) {
        struct replay_code c = r->codes.items[i];
        if (is_common(&c) && !is_rest(c.code)) {
            r->codes.items[kept++] = c;
            continue;
        }
        rest.before += c.before, rest.after += c.after, rest.gained += c.gained, rest.lost += c.lost;
    }
    if (kept < r->codes.count) r->codes.items[kept++] = rest; // in the place of one that was folded
    r->codes.count = kept;
}

static void fold_changes(struct replay_result *r) {
    struct replay_change rest[2] = {{.before = THE_REST, .after = THE_REST},
                                    {.before = THE_REST, .after = THE_REST, .is_change = true}};
    size_t kept = 0;
    for (size_t i = 0; i < r->changes.count; i++) {
        struct replay_change c = r->changes.items[i];
        if (c.cases >= REPLAY_SMALL && !(is_rest(c.before) && is_rest(c.after)) &&
            replay_shows_words(r, c.before) && replay_shows_words(r, c.after))
            r->changes.items[kept++] = c;
        else
            rest[c.is_change].cases += c.cases;
    }
    for (int i = 0; i < 2; i++) // each in the place of one that was folded
        if (rest[i].cases) r->changes.items[kept++] = rest[i];
    r->changes.count = kept;
}

static void fold_reasons(struct replay_result *r) {
    struct replay_reason rest = {.cause = REPLAY_LOGIC, .table = THE_REST};
    size_t kept = 0;
    for (size_t i = 0; i < r->reasons.count; i++) {
        struct replay_reason x = r->reasons.items[i];
        if (x.cases >= REPLAY_SMALL && !is_rest(x.table))
            r->reasons.items[kept++] = x;
        else
            rest.cases += x.cases;
    }
    if (kept < r->reasons.count) r->reasons.items[kept++] = rest;
    r->reasons.count = kept;
}

void replay_fold_small(struct replay_result *r) {
    fold_codes(r);
    fold_changes(r); // by the codes that are left
    fold_reasons(r);
}

// ---- groups ----

// The groups that stand together as one line.
struct together {
    struct replay_group sum;
    size_t count;
};

static int by_size(const void *x, const void *y) {
    const struct replay_group *a = x, *b = y;
    if (a->cases != b->cases) return a->cases < b->cases ? -1 : 1;
    return text_cmp(a->value, b->value);
}

static void fold_group(struct replay_groups *g, size_t at, struct together *t) {
    t->sum.cases += g->items[at].cases;
    t->sum.changed += g->items[at].changed;
    t->count += is_rest(g->items[at].value) ? 2 : 1; // of that line nobody knows how many it holds
    g->count--;
    memmove(&g->items[at], &g->items[at + 1], (g->count - at) * sizeof *g->items);
}

// One line alone would be what is missing in the sum.
static void never_alone(struct replay_groups *g, struct together *t) {
    if (t->count == 1 && g->count) fold_group(g, 0, t);
}

static bool is_few(const struct replay_group *x) {
    return x->changed > 0 && x->changed < REPLAY_SMALL;
}

// The same with a number of changes that is not told, when all others are.
static void hide_only_few(struct replay_groups *g, struct together *t) {
    size_t count = is_few(&t->sum), at = 0;
    for (size_t i = 0; i < g->count; i++)
        if (is_few(&g->items[i])) count++, at = i;
    if (count != 1 || is_few(&t->sum)) return;
    fold_group(g, at, t);
    never_alone(g, t);
}

void tally_hide_small(struct replay_groups *g) {
    struct together t = {.sum = {.value = THE_REST}};
    if (g->count) qsort(g->items, g->count, sizeof *g->items, by_size);
    for (size_t i = g->count; i > 0; i--)
        if (g->items[i - 1].cases < REPLAY_SMALL || is_rest(g->items[i - 1].value)) fold_group(g, i - 1, &t);
    never_alone(g, &t);
    hide_only_few(g, &t);
    if (t.count) g->items[g->count++] = t.sum; // in the place of one that was folded
    for (size_t i = 0; i < g->count; i++) {
        g->items[i].is_few = is_few(&g->items[i]);
        if (g->items[i].is_few) g->items[i].changed = 0;
    }
}
