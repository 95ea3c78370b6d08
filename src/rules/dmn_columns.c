// Columns of a table cut into the pieces that their cells can tell apart.
#include <stdlib.h>
#include <string.h>

#include "rules/dmn_region.h"
#include "rules/number.h"
#include "rules/temporal.h"

// ---- constants ----

static bool is_constant(const struct node *n) {
    if (!n) return true;
    if (n->uses_input || n->kind == NODE_NATIVE || n->kind == NODE_FUNCTION) return false;
    if (n->kind == NODE_NAME)
        return n->builtin && !text_eq(n->name, T("now")) && !text_eq(n->name, T("today"));
    if (!is_constant(n->a) || !is_constant(n->b) || !is_constant(n->c)) return false;
    for (size_t i = 0; n->items && i < n->count; i++)
        if (!is_constant(n->items[i])) return false;
    return true;
}

bool constant_value(struct arena *a, const struct node *n, struct feel_value *out) {
    enum {
        STEPS_MAX = 10000
    }; // a cell with more work in it than this is looked at as if it were no constant
    *out = feel_null();
    if (!is_constant(n)) return false;
    struct feel_diagnostics failed;
    struct eval e = eval_new(a, NULL, &failed);
    e.steps = STEPS_MAX;
    *out = eval_node(&e, NULL, n);
    return !e.exhausted && !failed.count;
}

// ---- points ----

struct points {
    struct feel_value *items;
    size_t count, capacity;
    bool has_ranges;
};

static void add_point(struct arena *a, struct points *l, const struct feel_value *v) {
    if (v->kind == FEEL_RANGE) {
        l->has_ranges |= v->range->form != FEEL_SAME && v->range->form != FEEL_NOT_SAME;
        add_point(a, l, &v->range->low);
        if (v->range->form == FEEL_INTERVAL || v->range->form == FEEL_LESS || v->range->form == FEEL_AT_MOST)
            add_point(a, l, &v->range->high);
    } else if (v->kind == FEEL_LIST) {
        for (size_t i = 0; i < v->list.count; i++) add_point(a, l, &v->list.items[i]);
    } else if (v->kind != FEEL_NULL) {
        *ARENA_PUSH(a, l) = *v;
    }
}

static void add_points(struct arena *a, struct points *l, const struct node *tests) {
    struct feel_value v;
    for (size_t i = 0; tests && i < tests->count; i++)
        if (constant_value(a, tests->items[i], &v)) add_point(a, l, &v);
}

static int by_value(const void *a, const void *b) {
    const struct feel_value *x = a, *y = b;
    int cmp = 0;
    if (x->kind == FEEL_BOOLEAN) return x->boolean - y->boolean;
    return value_order(x, y, &cmp) ? cmp : 0;
}

// The declared kind, else the first that has an order; constants of other kinds can never match.
static enum feel_kind kind_of(const struct feel_type *t, const struct points *l) {
    if (t->kind == TYPE_SIMPLE) return t->simple;
    for (size_t i = 0; i < l->count; i++)
        if (l->items[i].kind >= FEEL_BOOLEAN && l->items[i].kind <= FEEL_MONTHS_DURATION)
            return l->items[i].kind;
    return FEEL_NULL;
}

// Times with and without a zone have no order with each other: then the column is not cut at all.
static bool sort_points(struct column *c, const struct points *l) {
    size_t count = 0;
    int cmp;
    for (size_t i = 0; i < l->count; i++)
        if (l->items[i].kind == c->kind) l->items[count++] = l->items[i];
    for (size_t i = 1; c->kind != FEEL_BOOLEAN && i < count; i++)
        if (!value_order(&l->items[i - 1], &l->items[i], &cmp)) return false;
    if (count) qsort(l->items, count, sizeof *l->items, by_value);
    c->points = l->items;
    for (size_t i = 0; i < count; i++)
        if (!c->point_count || by_value(&c->points[c->point_count - 1], &l->items[i]))
            c->points[c->point_count++] = l->items[i];
    return true;
}

// Nothing lies between one day and the next, one month and the next.
static bool is_next(const struct feel_value *x, const struct feel_value *y) {
    if (x->kind == FEEL_DATE) return temporal_days(x->date) + 1 == temporal_days(y->date);
    return x->kind == FEEL_MONTHS_DURATION && x->months + 1 == y->months;
}

static struct spans all_pieces(struct arena *a, const struct column *c) {
    struct spans whole = spans_of(a, 0, c->piece_count - 1);
    for (size_t i = 1; c->is_ordered && i < c->point_count; i++)
        if (is_next(&c->points[i - 1], &c->points[i]))
            whole = spans_without(a, whole, spans_of(a, (uint32_t)(2 * i), (uint32_t)(2 * i)));
    return whole;
}

// Lists, contexts and ranges are matched in ways of their own.
static bool is_plain(const struct feel_type *t) {
    if (t->kind == TYPE_SIMPLE) return t->simple <= FEEL_MONTHS_DURATION;
    return t->kind == TYPE_ANY || t->kind == TYPE_UNKNOWN;
}

// Editors write the plain type into the column and its allowed values into the data type.
static const struct node *allowed_of(const struct table_input *in, const struct feel_type *own,
                                     const struct feel_type *declared) {
    if (in->allowed) return in->allowed;
    if (own->allowed) return own->allowed->root;
    return declared->allowed ? declared->allowed->root : NULL;
}

void column_read(struct arena *a, const struct table *t, size_t i, const struct feel_type *declared,
                 struct column *c) {
    const struct table_input *in = &t->inputs[i];
    struct points l = {0};
    *c = (struct column){.label = in->label, .type = declared};
    if (in->expression->kind == NODE_COERCE) c->type = in->expression->type;
    const struct node *allowed = allowed_of(in, c->type, declared);
    c->is_plain = is_plain(c->type) && is_plain(declared);
    if (!c->is_plain) {
        c->piece_count = 1;
        c->is_ordered = true;
        c->whole = spans_of(a, 0, 0);
        return;
    }
    add_points(a, &l, allowed);
    for (size_t k = 0; k < t->rule_count; k++) add_points(a, &l, t->rules[k].tests[i]);
    c->kind = kind_of(c->type, &l);
    if (c->kind == FEEL_BOOLEAN) {
        *ARENA_PUSH(a, &l) = feel_boolean(false);
        *ARENA_PUSH(a, &l) = feel_boolean(true);
    }
    if (!sort_points(c, &l)) c->kind = FEEL_NULL, c->point_count = 0;
    c->is_ordered = c->kind != FEEL_BOOLEAN && (c->kind != FEEL_STRING || l.has_ranges);
    c->piece_count = (uint32_t)(c->is_ordered             ? 2 * c->point_count + 1
                                : c->kind == FEEL_BOOLEAN ? c->point_count
                                                          : c->point_count + 1);
    c->whole = all_pieces(a, c);
    struct cell_set possible = allowed ? column_cell(a, c, allowed) : (struct cell_set){0};
    if (possible.is_known) c->whole = spans_both(a, c->whole, possible.spans);
}

// ---- cells ----

static bool piece_of(const struct column *c, const struct feel_value *v, uint32_t *piece) {
    if (v->kind != c->kind) return false;
    const struct feel_value *found =
        c->point_count ? bsearch(v, c->points, c->point_count, sizeof *v, by_value) : NULL;
    size_t at = found ? (size_t)(found - c->points) : 0;
    if (found) *piece = (uint32_t)(c->is_ordered ? 2 * at + 1 : at);
    return found;
}

static bool range_set(struct arena *a, const struct column *c, const struct feel_range *r,
                      struct spans *out) {
    uint32_t low = 0, high = c->piece_count - 1;
    *out = (struct spans){0};
    if (r->form == FEEL_SAME || r->form == FEEL_NOT_SAME) {
        if (r->low.kind == FEEL_NULL)
            low = high = c->piece_count;
        else if (!piece_of(c, &r->low, &low))
            return r->low.kind != c->kind;
        else
            high = low;
        *out = spans_of(a, low, high);
        if (r->form == FEEL_NOT_SAME) *out = spans_without(a, spans_of(a, 0, c->piece_count), *out);
        return true;
    }
    if (!c->is_ordered) return false;
    if (r->low.kind != FEEL_NULL) {
        if (r->low.kind != c->kind) return true;
        if (!piece_of(c, &r->low, &low)) return false;
        if (!r->low_closed) low++;
    }
    if (r->high.kind != FEEL_NULL) {
        if (r->high.kind != c->kind) return true;
        if (!piece_of(c, &r->high, &high)) return false;
        if (!r->high_closed) high--;
    }
    *out = spans_of(a, low, high);
    return true;
}

// The pieces that one constant stands for. False when that cannot be said.
static bool value_set(struct arena *a, const struct column *c, const struct feel_value *v,
                      struct spans *out) {
    uint32_t piece;
    *out = (struct spans){0};
    if (v->kind == FEEL_RANGE) return range_set(a, c, v->range, out);
    if (v->kind == FEEL_NULL) return *out = spans_of(a, c->piece_count, c->piece_count), true;
    if (v->kind == FEEL_BOOLEAN && c->kind != FEEL_BOOLEAN) { // the test says itself whether it matches
        if (v->boolean) *out = spans_of(a, 0, c->piece_count);
        return true;
    }
    if (v->kind == FEEL_LIST) {
        for (size_t i = 0; i < v->list.count; i++) {
            struct spans one;
            if (!value_set(a, c, &v->list.items[i], &one)) return false;
            *out = spans_either(a, *out, one);
        }
        return true;
    }
    if (piece_of(c, v, &piece)) *out = spans_of(a, piece, piece);
    return v->kind <= FEEL_MONTHS_DURATION;
}

// Where the input has few values, a test that reads `?` is tried with each of them.
static bool tried_set(struct arena *a, const struct column *c, const struct node *test, struct spans *out) {
    bool is_finite =
        !c->is_ordered && !(c->whole.count && c->whole.items[c->whole.count - 1].to >= c->point_count);
    struct node tests = {.kind = NODE_TESTS, .items = &test, .count = 1};
    *out = (struct spans){0};
    if (!is_finite || !test->uses_input) return false;
    for (uint32_t i = 0; i < c->point_count; i++) {
        struct feel_diagnostics failed;
        struct eval e = eval_new(a, NULL, &failed);
        enum feel_truth truth = eval_tests(&e, NULL, &tests, &c->points[i]);
        if (failed.count || e.exhausted) return false; // it needs more than the input
        if (truth == FEEL_TRUE) *out = spans_either(a, *out, spans_of(a, i, i));
    }
    return true;
}

struct cell_set column_cell(struct arena *a, const struct column *c, const struct node *tests) {
    struct spans all = spans_of(a, 0, c->piece_count), one, sum = {0};
    struct feel_value v;
    if (!tests->count) return (struct cell_set){all, true};
    if (!c->is_plain) return (struct cell_set){all, false};
    for (size_t i = 0; i < tests->count; i++) {
        bool known = constant_value(a, tests->items[i], &v) ? value_set(a, c, &v, &one)
                                                            : tried_set(a, c, tests->items[i], &one);
        if (!known) return (struct cell_set){all, false};
        sum = spans_either(a, sum, one);
    }
    return (struct cell_set){tests->negated ? spans_without(a, all, sum) : sum, true};
}

// ---- in words ----

static struct text literal(struct arena *a, const struct feel_value *v) {
    return feel_print_literal(a, v);
}

static void print_run(struct arena *a, const struct column *c, struct span s, struct out *o) {
    size_t first = s.from / 2, last = s.to / 2; // of the points beside an ordered piece
    bool low_open = s.from % 2 == 0, high_open = s.to % 2 == 0;
    if (!low_open && s.from == s.to) {
        out_text(o, literal(a, &c->points[first]));
        return;
    }
    bool no_low = s.from == 0, no_high = s.to + 1 == c->piece_count;
    const struct feel_value *low = no_low ? NULL : &c->points[low_open ? first - 1 : first];
    const struct feel_value *high = no_high ? NULL : &c->points[last];
    if (no_low && no_high)
        out_c(o, "any");
    else if (no_low)
        out_printf(o, "%s " TEXT_FMT, high_open ? "<" : "<=", TEXT_ARG(literal(a, high)));
    else if (no_high)
        out_printf(o, "%s " TEXT_FMT, low_open ? ">" : ">=", TEXT_ARG(literal(a, low)));
    else
        out_printf(o, "%c" TEXT_FMT ".." TEXT_FMT "%c", low_open ? '(' : '[', TEXT_ARG(literal(a, low)),
                   TEXT_ARG(literal(a, high)), high_open ? ')' : ']');
}

// Pieces that cannot be, as between a day and the next, do not part a run.
static struct spans closed(struct arena *a, const struct column *c, struct spans s) {
    struct spans gone = spans_without(a, spans_of(a, 0, c->piece_count - 1), c->whole), out = s;
    for (size_t i = 1; i < s.count; i++) {
        struct spans between = spans_of(a, s.items[i - 1].to + 1, s.items[i].from - 1);
        if (spans_hold(gone, between)) out = spans_either(a, out, between);
    }
    return out;
}

static void print_points(struct arena *a, const struct column *c, struct spans s, struct out *o) {
    enum { SHOWN_MAX = 12 };
    size_t shown = 0;
    for (size_t i = 0; i < s.count; i++)
        for (uint32_t p = s.items[i].from; p <= s.items[i].to && p < c->point_count; p++) {
            if (shown++ == SHOWN_MAX) {
                out_c(o, ", ...");
                return;
            }
            if (shown > 1) out_c(o, ", ");
            out_text(o, literal(a, &c->points[p]));
        }
}

struct text column_print(struct arena *a, const struct column *c, struct spans s) {
    struct out o = {.arena = a};
    uint32_t other = (uint32_t)c->point_count; // of unordered columns: anything else
    bool has_null = s.count && s.items[s.count - 1].to == c->piece_count;
    struct spans values = spans_without(a, s, spans_of(a, c->piece_count, c->piece_count));
    if (has_null) out_c(&o, values.count ? "null, " : "null");
    if (!c->is_ordered && c->kind != FEEL_BOOLEAN && values.count &&
        values.items[values.count - 1].to == other) {
        out_c(&o, "not(");
        print_points(a, c, spans_without(a, spans_of(a, 0, other), values), &o);
        out_byte(&o, ')');
    } else if (!c->is_ordered) {
        print_points(a, c, values, &o);
    } else {
        struct spans runs = closed(a, c, values);
        for (size_t i = 0; i < runs.count; i++) {
            if (i) out_c(&o, ", ");
            print_run(a, c, runs.items[i], &o);
        }
    }
    return out_done(&o);
}

// A number, day or month between two points, at either side of all, or any.
static bool number_between(const struct feel_number *low, const struct feel_number *high,
                           struct feel_number *out) {
    struct feel_number one = number_from_int(1), two = number_from_int(2), whole;
    if (!low && !high) return *out = number_from_int(0), true;
    if (!low) return number_subtract(*high, one, out);
    if (!number_round(*low, 0, ROUND_FLOOR, &whole) || !number_add(whole, one, out)) return false;
    if (!high || number_cmp(*out, *high) < 0) return true;
    return number_add(*low, *high, out) && number_divide(*out, two, out);
}

static bool between(const struct feel_value *low, const struct feel_value *high, enum feel_kind k,
                    struct feel_value *out) {
    *out = (struct feel_value){.kind = k};
    if (k == FEEL_NUMBER)
        return number_between(low ? &low->number : NULL, high ? &high->number : NULL, &out->number);
    if (!low && !high) return false;
    if (k == FEEL_DATE)
        return temporal_date_from_days(low ? temporal_days(low->date) + 1 : temporal_days(high->date) - 1,
                                       &out->date);
    if (k == FEEL_MONTHS_DURATION) return out->months = low ? low->months + 1 : high->months - 1, true;
    return false;
}

struct text column_example(struct arena *a, const struct column *c, struct spans s) {
    struct feel_value v;
    uint32_t piece = s.count ? s.items[0].from : 0;
    if (piece == c->piece_count) return T("null");
    if (!c->is_ordered && piece < c->point_count) return literal(a, &c->points[piece]);
    if (!c->is_ordered) return T("\"something else\"");
    if (piece % 2) return literal(a, &c->points[piece / 2]);
    const struct feel_value *low = piece ? &c->points[piece / 2 - 1] : NULL,
                            *high = piece / 2 < c->point_count ? &c->points[piece / 2] : NULL;
    if (between(low, high, c->kind, &v)) return literal(a, &v);
    struct out o = {.arena = a}; // times, and strings with an order: the region says it
    print_run(a, c, (struct span){piece, piece}, &o);
    return out_done(&o);
}
