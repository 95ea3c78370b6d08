#include "rules/dmn_region.h"

#include <stdlib.h>
#include <string.h>

// ---- sets of pieces ----

struct span_list {
    struct span *items;
    size_t count, capacity;
};

static void add(struct arena *a, struct span_list *l, uint32_t from, uint32_t to) {
    if (l->count && l->items[l->count - 1].to + 1 >= from) {
        if (to > l->items[l->count - 1].to) l->items[l->count - 1].to = to;
        return;
    }
    *ARENA_PUSH(a, l) = (struct span){from, to};
}

static struct spans done(const struct span_list *l) {
    return (struct spans){l->items, l->count};
}

struct spans spans_of(struct arena *a, uint32_t from, uint32_t to) {
    struct span one = {from, to};
    if (from > to) return (struct spans){0};
    return (struct spans){arena_copy(a, &one, sizeof one), 1};
}

struct spans spans_both(struct arena *a, struct spans x, struct spans y) {
    struct span_list l = {0};
    for (size_t i = 0, k = 0; i < x.count && k < y.count;) {
        uint32_t from = x.items[i].from > y.items[k].from ? x.items[i].from : y.items[k].from;
        uint32_t to = x.items[i].to < y.items[k].to ? x.items[i].to : y.items[k].to;
        if (from <= to) add(a, &l, from, to);
        if (x.items[i].to < y.items[k].to)
            i++;
        else
            k++;
    }
    return done(&l);
}

struct spans spans_without(struct arena *a, struct spans x, struct spans y) {
    struct span_list l = {0};
    size_t k = 0;
    for (size_t i = 0; i < x.count; i++) {
        uint32_t from = x.items[i].from;
        while (k < y.count && y.items[k].to < from) k++;
        size_t at = k;
        bool is_open = true;
        for (; at < y.count && y.items[at].from <= x.items[i].to; at++) {
            if (y.items[at].from > from) add(a, &l, from, y.items[at].from - 1);
            is_open = y.items[at].to < x.items[i].to;
            if (!is_open) break;
            from = y.items[at].to + 1;
        }
        if (is_open) add(a, &l, from, x.items[i].to);
    }
    return done(&l);
}

struct spans spans_either(struct arena *a, struct spans x, struct spans y) {
    struct span_list l = {0};
    for (size_t i = 0, k = 0; i < x.count || k < y.count;) {
        bool first = k == y.count || (i < x.count && x.items[i].from <= y.items[k].from);
        const struct span *s = first ? &x.items[i++] : &y.items[k++];
        add(a, &l, s->from, s->to);
    }
    return done(&l);
}

bool spans_meet(struct spans x, struct spans y) {
    for (size_t i = 0, k = 0; i < x.count && k < y.count;) {
        if (x.items[i].from <= y.items[k].to && y.items[k].from <= x.items[i].to) return true;
        if (x.items[i].to < y.items[k].to)
            i++;
        else
            k++;
    }
    return false;
}

bool spans_hold(struct spans x, struct spans y) {
    size_t i = 0;
    for (size_t k = 0; k < y.count; k++) {
        while (i < x.count && x.items[i].to < y.items[k].from) i++;
        if (i == x.count || x.items[i].from > y.items[k].from || x.items[i].to < y.items[k].to) return false;
    }
    return true;
}

// ---- what no rule covers ----
//
// Column by column: the pieces of a column that the same rules reach are one group, and what is left of the
// question for a group depends on those rules alone. So each set of rules is looked at once a column.

struct covering {
    struct region *region;
    const struct spans *within;
    struct spans *path; // the group of each column on the way
    region_found *found;
    void *context;
    bool is_over;
    uint64_t *covered; // sets of rules, with their column, that leave nothing: a hash table
    size_t covered_count, covered_size;
};

static uint64_t mix(uint64_t x) { // splitmix64
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static uint64_t key_of(uint64_t set, size_t column) {
    uint64_t key = set ^ mix(~(uint64_t)column);
    return key ? key : 1;
}

static bool is_covered(const struct covering *c, uint64_t key) {
    for (size_t i = key & (c->covered_size - 1); c->covered_size && c->covered[i];
         i = (i + 1) & (c->covered_size - 1))
        if (c->covered[i] == key) return true;
    return false;
}

static void put_covered(struct covering *c, uint64_t key) {
    if (c->covered_count * 2 >= c->covered_size) {
        uint64_t *old = c->covered;
        size_t size = c->covered_size;
        c->covered_size = size ? size * 2 : 1024;
        c->covered = calloc(c->covered_size, sizeof *c->covered);
        c->covered_count = 0;
        if (!c->covered) c->covered_size = 0;
        for (size_t i = 0; c->covered && i < size; i++)
            if (old[i]) put_covered(c, old[i]);
        free(old);
    }
    if (!c->covered_size) return;
    size_t i = key & (c->covered_size - 1);
    while (c->covered[i]) i = (i + 1) & (c->covered_size - 1);
    c->covered[i] = key;
    c->covered_count++;
}

// A rule starts or ends to be reached; the box itself has the number UINT32_MAX.
struct edge {
    uint32_t at, rule;
    bool starts;
};
static int by_place(const void *a, const void *b) {
    const struct edge *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

struct group {
    uint64_t set;
    uint32_t *rules;
    size_t count;
    struct span_list spans;
};
struct sweep {
    struct arena arena;
    struct {
        struct group *items;
        size_t count, capacity;
    } groups;
    uint32_t *table; // of groups by their set, from 1
    size_t table_size;
    uint32_t *active, *place; // rules reached now, and where each stands in there
    size_t active_count;
    uint64_t set;
    bool is_inside;
};

static void toggle(struct sweep *s, const struct edge *e) {
    if (e->rule == UINT32_MAX) {
        s->is_inside = e->starts;
        return;
    }
    s->set ^= mix(e->rule);
    if (e->starts) {
        s->place[e->rule] = (uint32_t)s->active_count;
        s->active[s->active_count++] = e->rule;
    } else {
        uint32_t last = s->active[--s->active_count];
        s->active[s->place[e->rule]] = last;
        s->place[last] = s->place[e->rule];
    }
}

static struct group *group_of(struct sweep *s, int64_t *steps) {
    size_t i = mix(s->set) & (s->table_size - 1);
    while (s->table[i] && s->groups.items[s->table[i] - 1].set != s->set) i = (i + 1) & (s->table_size - 1);
    if (s->table[i]) return &s->groups.items[s->table[i] - 1];
    struct group *g = ARENA_PUSH(&s->arena, &s->groups);
    s->table[i] = (uint32_t)s->groups.count;
    *steps -= (int64_t)s->active_count;
    *g = (struct group){.set = s->set,
                        .rules = arena_copy(&s->arena, s->active, s->active_count * sizeof *s->active),
                        .count = s->active_count};
    return g;
}

static void add_edges(struct edge *edges, size_t *count, struct spans s, uint32_t rule) {
    for (size_t i = 0; i < s.count; i++) {
        edges[(*count)++] = (struct edge){s.items[i].from, rule, true};
        edges[(*count)++] = (struct edge){s.items[i].to + 1, rule, false};
    }
}

static void make_groups(struct covering *c, struct sweep *s, size_t column, const uint32_t *rules, size_t n) {
    struct region *r = c->region;
    size_t count = c->within[column].count * 2, edge_count = 0, size = 16;
    for (size_t i = 0; i < n; i++) count += r->boxes[rules[i]].sides[column].count * 2;
    while (size < count * 2) size *= 2;
    struct edge *edges = ARENA_ARRAY(&s->arena, struct edge, count);
    s->table = ARENA_ARRAY(&s->arena, uint32_t, size);
    s->table_size = size;
    s->active = ARENA_ARRAY(&s->arena, uint32_t, n);
    s->place = ARENA_ARRAY(&s->arena, uint32_t, r->box_count);
    add_edges(edges, &edge_count, c->within[column], UINT32_MAX);
    for (size_t i = 0; i < n; i++) add_edges(edges, &edge_count, r->boxes[rules[i]].sides[column], rules[i]);
    qsort(edges, edge_count, sizeof *edges, by_place);
    r->steps -= (int64_t)(edge_count + size / 8 + r->box_count / 8);
    for (size_t i = 0; i < edge_count && r->steps > 0;) {
        uint32_t at = edges[i].at;
        for (; i < edge_count && edges[i].at == at; i++) toggle(s, &edges[i]);
        if (i < edge_count && s->is_inside)
            add(&s->arena, &group_of(s, &r->steps)->spans, at, edges[i].at - 1);
    }
}

static bool covers_rest(const struct covering *c, const struct rule_box *b, size_t column) {
    for (size_t i = column; i < c->region->column_count; i++)
        if (!spans_hold(b->sides[i], c->within[i])) return false;
    return true;
}

// Whether nothing is left uncovered by these rules from this column on.
static bool cover(struct covering *c, size_t column, const uint32_t *rules, size_t n, uint64_t set) {
    struct region *r = c->region;
    if (c->is_over || (r->steps -= 1) <= 0) return false;
    if (!n) {
        for (size_t i = column; i < r->column_count; i++) c->path[i] = c->within[i];
        c->is_over = !c->found(c->context, c->path);
        return false;
    }
    uint64_t key = key_of(set, column);
    if (column == r->column_count || is_covered(c, key)) return true;
    for (size_t i = 0; i < n; i++)
        if (covers_rest(c, &r->boxes[rules[i]], column)) return put_covered(c, key), true;
    r->steps -= (int64_t)n;
    struct sweep s = {0};
    bool all = true;
    make_groups(c, &s, column, rules, n);
    for (size_t i = 0; i < s.groups.count; i++) {
        struct group *g = &s.groups.items[i];
        c->path[column] = done(&g->spans);
        all &= cover(c, column + 1, g->rules, g->count, g->set);
    }
    arena_free(&s.arena);
    if (all && r->steps > 0) put_covered(c, key);
    return all;
}

bool region_uncovered(struct region *r, const struct spans *within, const uint32_t *rules, size_t count,
                      region_found *found, void *context) {
    struct covering c = {.region = r,
                         .within = within,
                         .path = ARENA_ARRAY(r->arena, struct spans, r->column_count),
                         .found = found,
                         .context = context};
    uint64_t set = 0;
    for (size_t i = 0; i < count; i++) set ^= mix(rules[i]);
    cover(&c, 0, rules, count, set);
    free(c.covered);
    return r->steps > 0;
}
