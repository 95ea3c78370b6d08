// replay_tally.c - what the cases of a run add up to; each thread counts for itself, then the sums are
// joined.
#include "cases/replay_inside.h"

#include <stdlib.h>

// ---- places ----

static size_t code_place(struct arena *a, struct replay_result *r, struct text code) {
    for (size_t i = 0; i < r->codes.count; i++)
        if (text_eq(r->codes.items[i].code, code)) return i;
    if (r->codes.count == REPLAY_CODES_MAX - 1 && !text_eq(code, THE_REST)) return code_place(a, r, THE_REST);
    ARENA_PUSH(a, &r->codes)->code = text_copy(a, code);
    return r->codes.count - 1;
}

static size_t change_place(struct arena *a, struct replay_result *r, struct text before, struct text after,
                           bool is_change) {
    for (size_t i = 0; i < r->changes.count; i++) {
        const struct replay_change *c = &r->changes.items[i];
        if (c->is_change == is_change && text_eq(c->before, before) && text_eq(c->after, after)) return i;
    }
    if (r->changes.count >= REPLAY_CHANGES_MAX - 2 && !text_eq(before, THE_REST))
        return change_place(a, r, THE_REST, THE_REST, is_change);
    struct replay_change *c = ARENA_PUSH(a, &r->changes);
    *c = (struct replay_change){
        .before = text_copy(a, before), .after = text_copy(a, after), .is_change = is_change};
    return r->changes.count - 1;
}

static size_t reason_place(struct arena *a, struct replay_result *r, const struct replay_reason *wanted) {
    for (size_t i = 0; i < r->reasons.count; i++) {
        const struct replay_reason *x = &r->reasons.items[i];
        if (x->cause == wanted->cause && x->rule == wanted->rule && text_eq(x->table, wanted->table))
            return i;
    }
    if (r->reasons.count == REPLAY_REASONS_MAX - 1 && !text_eq(wanted->table, THE_REST))
        return reason_place(a, r, &(struct replay_reason){.cause = REPLAY_LOGIC, .table = THE_REST});
    struct replay_reason *x = ARENA_PUSH(a, &r->reasons);
    *x = (struct replay_reason){wanted->cause, text_copy(a, wanted->table), wanted->rule,
                                text_copy(a, wanted->note), 0};
    return r->reasons.count - 1;
}

static size_t group_place(struct arena *a, struct replay_groups *g, struct text value) {
    for (size_t i = 0; i < g->count; i++)
        if (text_eq(g->items[i].value, value)) return i;
    if (g->count == REPLAY_GROUPS_MAX - 1 && !text_eq(value, THE_REST)) return group_place(a, g, THE_REST);
    ARENA_PUSH(a, g)->value = text_copy(a, value);
    return g->count - 1;
}

void tally_place(struct tally *t, const struct verdict *v, struct arena *a, struct counted *out) {
    struct code_mark *marks = ARENA_ARRAY(a, struct code_mark, v->code_count);
    *out = (struct counted){
        .change = (uint32_t)change_place(&t->arena, &t->sum, v->before, v->after, v->is_change),
        .codes = marks,
        .code_count = v->code_count,
        .is_change = v->is_change,
        .null_before = v->null_before,
        .null_after = v->null_after,
        .failed_before = v->failed_before,
        .failed_after = v->failed_after,
    };
    for (size_t i = 0; i < v->code_count; i++)
        marks[i] = (struct code_mark){(uint32_t)code_place(&t->arena, &t->sum, v->codes[i].code),
                                      v->codes[i].before, v->codes[i].after};
    for (size_t i = 0; i < v->reasons.count; i++)
        out->reasons[out->reason_count++] = (uint32_t)reason_place(&t->arena, &t->sum, &v->reasons.items[i]);
    t->sum.is_list |= v->is_list;
}

// ---- counting ----

// Ids grow with time; a good mixture of them (splitmix64) is a sample of all years that is the same each
// time.
static uint64_t mixed(uint64_t x) {
    x += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

static void keep_sample(struct arena *a, struct replay_change *c, struct replay_sample sample) {
    size_t at = c->sample_count;
    if (at == REPLAY_SAMPLES && sample.place >= c->samples[at - 1].place) return;
    if (at < REPLAY_SAMPLES) c->sample_count++;
    at = c->sample_count - 1;
    while (at && c->samples[at - 1].place > sample.place) {
        c->samples[at] = c->samples[at - 1];
        at--;
    }
    sample.case_no = text_copy(a, sample.case_no);
    c->samples[at] = sample;
}

static uint32_t hash_of_word(struct text t) {
    uint32_t h = 2166136261u; // FNV-1a
    for (size_t i = 0; i < t.n; i++) h = (h ^ (uint8_t)t.p[i]) * 16777619u;
    return h;
}

static void count_group(struct tally *t, enum replay_property by, struct text value, bool is_change) {
    struct replay_groups *g = &t->sum.groups[by];
    uint16_t *slot = &t->index[by].slots[hash_of_word(value) % 1024];
    if (!*slot || !text_eq(g->items[*slot - 1].value, value))
        *slot = (uint16_t)(group_place(&t->arena, g, value) + 1);
    struct replay_group *x = &g->items[*slot - 1];
    x->cases++;
    x->changed += is_change;
}

void tally_add(struct tally *t, const struct counted *c, const struct case_state *s) {
    struct replay_result *r = &t->sum;
    struct replay_change *change = &r->changes.items[c->change];
    r->cases++;
    r->changed += c->is_change;
    r->null_before += c->null_before;
    r->null_after += c->null_after;
    r->newly_null += c->null_after && !c->null_before;
    r->failed_before += c->failed_before;
    r->failed_after += c->failed_after;
    change->cases++;
    for (size_t i = 0; i < c->code_count; i++) {
        struct replay_code *code = &r->codes.items[c->codes[i].index];
        code->before += c->codes[i].before;
        code->after += c->codes[i].after;
        code->gained += c->codes[i].after && !c->codes[i].before;
        code->lost += c->codes[i].before && !c->codes[i].after;
    }
    for (size_t i = 0; i < c->reason_count; i++) r->reasons.items[c->reasons[i]].cases++;
    count_group(t, REPLAY_BY_NATIONALITY, s->nationality, c->is_change);
    count_group(t, REPLAY_BY_STATUS, s->status, c->is_change);
    count_group(t, REPLAY_BY_TRACK, s->track, c->is_change);
    if (c->is_change)
        keep_sample(&t->arena, change,
                    (struct replay_sample){s->case_id, s->case_no, mixed((uint64_t)s->case_id)});
}

// ---- joining ----

static void merge_changes(struct arena *a, struct replay_result *into, const struct replay_result *from) {
    for (size_t i = 0; i < from->changes.count; i++) {
        const struct replay_change *c = &from->changes.items[i];
        size_t at = change_place(a, into, c->before, c->after, c->is_change);
        into->changes.items[at].cases += c->cases;
        for (size_t k = 0; k < c->sample_count; k++) keep_sample(a, &into->changes.items[at], c->samples[k]);
    }
}

void tally_merge(struct arena *a, struct replay_result *into, const struct replay_result *from) {
    int64_t *const sums[] = {&into->cases,      &into->changed,       &into->null_before,   &into->null_after,
                             &into->newly_null, &into->failed_before, &into->failed_after,  &into->drafts,
                             &into->erased,     &into->other_pack,    &into->outside_stock, &into->evaluated};
    const int64_t parts[] = {from->cases,      from->changed,       from->null_before,   from->null_after,
                             from->newly_null, from->failed_before, from->failed_after,  from->drafts,
                             from->erased,     from->other_pack,    from->outside_stock, from->evaluated};
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) *sums[i] += parts[i];
    into->is_list |= from->is_list;
    for (size_t i = 0; i < from->codes.count; i++) {
        const struct replay_code *c = &from->codes.items[i];
        size_t at = code_place(a, into, c->code); // may move the items
        struct replay_code *to = &into->codes.items[at];
        to->before += c->before, to->after += c->after, to->gained += c->gained, to->lost += c->lost;
    }
    merge_changes(a, into, from);
    for (size_t i = 0; i < from->reasons.count; i++) {
        size_t at = reason_place(a, into, &from->reasons.items[i]);
        into->reasons.items[at].cases += from->reasons.items[i].cases;
    }
    for (int by = 0; by < REPLAY_PROPERTIES; by++)
        for (size_t i = 0; i < from->groups[by].count; i++) {
            const struct replay_group *g = &from->groups[by].items[i];
            size_t at = group_place(a, &into->groups[by], g->value);
            struct replay_group *to = &into->groups[by].items[at];
            to->cases += g->cases, to->changed += g->changed;
        }
}

// ---- order: the most cases first, then by name, so that it does not depend on threads ----

static int more(int64_t x, int64_t y) {
    return x > y ? -1 : x < y;
}

static int by_code(const void *x, const void *y) {
    const struct replay_code *a = x, *b = y;
    int order =
        more(a->after > a->before ? a->after : a->before, b->after > b->before ? b->after : b->before);
    return order ? order : text_cmp(a->code, b->code);
}

static int by_change(const void *x, const void *y) {
    const struct replay_change *a = x, *b = y;
    int order = (int)b->is_change - (int)a->is_change;
    if (!order) order = more(a->cases, b->cases);
    if (!order) order = text_cmp(a->before, b->before);
    return order ? order : text_cmp(a->after, b->after);
}

static int by_reason(const void *x, const void *y) {
    const struct replay_reason *a = x, *b = y;
    int order = more(a->cases, b->cases);
    if (!order) order = text_cmp(a->table, b->table);
    if (!order) order = (int)a->cause - (int)b->cause;
    return order ? order : more(b->rule, a->rule);
}

static int by_group(const void *x, const void *y) {
    const struct replay_group *a = x, *b = y;
    int order = more(a->changed, b->changed);
    if (!order) order = more(a->cases, b->cases);
    return order ? order : text_cmp(a->value, b->value);
}

#define SORT(list, order) \
    if ((list).count) qsort((list).items, (list).count, sizeof *(list).items, (order))

void tally_sort(struct replay_result *r) {
    SORT(r->codes, by_code);
    SORT(r->changes, by_change);
    SORT(r->reasons, by_reason);
    for (int by = 0; by < REPLAY_PROPERTIES; by++) SORT(r->groups[by], by_group);
}
