// Gaps, overlaps and rules that are never taken, and cells that do not fit their columns.
#include <string.h>

#include "rules/dmn_region.h"

// An output of a rule, when it is a constant.
struct result {
    struct feel_value value;
    size_t place; // among the allowed values, which are in order of priority
    bool is_known;
};
struct table_check {
    struct check *check;
    const struct table *table;
    struct column *columns;
    struct rule_box *boxes;
    size_t box_count;       // without rules that never match
    struct result *results; // of each rule, its outputs
    struct spans *whole;
    struct region region;
    size_t reported;
};

static struct arena *arena_of(struct table_check *x) {
    return x->check->arena;
}

static void add(struct table_check *x, struct dmn_finding f) {
    f.element = x->table->name;
    check_add(x->check, f);
}

// ---- cells ----

static struct text kind_text(enum feel_kind k) {
    return text_of(feel_kind_name(k));
}

static void compare_kinds(struct table_check *x, size_t rule, const struct column *c,
                          const struct feel_value *v, int64_t line) {
    if (v->kind == FEEL_RANGE) {
        const struct feel_value *end = v->range->low.kind ? &v->range->low : &v->range->high;
        if (end->kind != FEEL_RANGE) compare_kinds(x, rule, c, end, line);
        return;
    }
    if (v->kind == FEEL_LIST) {
        for (size_t i = 0; i < v->list.count; i++)
            if (v->list.items[i].kind != FEEL_LIST) compare_kinds(x, rule, c, &v->list.items[i], line);
        return;
    }
    // A boolean beside another kind says itself whether the cell matches.
    bool fits = v->kind == FEEL_NULL || v->kind == c->kind || v->kind == FEEL_BOOLEAN;
    if (c->kind == FEEL_NULL || fits) return;
    struct text what =
        TEXT_JOIN(arena_of(x), T("the column is of type "), kind_text(c->kind), T(", the cell tests for "),
                  feel_print_literal(arena_of(x), v), T(", a "), kind_text(v->kind));
    add(x, (struct dmn_finding){
               .kind = DMN_WRONG_TYPE, .cell = c->label, .rule = rule + 1, .line = line, .what = what});
}

static void check_input_cell(struct table_check *x, size_t rule, size_t column, struct cell_set set,
                             struct spans side) {
    const struct column *c = &x->columns[column];
    const struct node *tests = x->table->rules[rule].tests[column];
    struct feel_value v;
    for (size_t i = 0; i < tests->count; i++)
        if (constant_value(arena_of(x), tests->items[i], &v)) compare_kinds(x, rule, c, &v, tests->line);
    if (!set.is_known || side.count) return;
    struct text what = TEXT_JOIN(arena_of(x), x->table->rules[rule].sources[column],
                                 T(" holds nothing that the column allows"));
    add(x, (struct dmn_finding){
               .kind = DMN_NEVER, .cell = c->label, .rule = rule + 1, .line = tests->line, .what = what});
}

static void check_output_cell(struct table_check *x, size_t rule, size_t column) {
    const struct table_output *o = &x->table->outputs[column];
    const struct node *n = x->table->rules[rule].outputs[column];
    const struct node *inner = n->kind == NODE_COERCE ? n->a : n;
    struct feel_value v, fitted;
    if (!constant_value(arena_of(x), inner, &v) || v.kind == FEEL_NULL) return;
    struct eval e = eval_new(arena_of(x), NULL, NULL);
    struct feel_type plain = *o->type;
    plain.allowed = plain.constraint = NULL;
    fitted = v;
    struct dmn_finding f = {.cell = o->label, .rule = rule + 1, .line = n->line};
    if (!type_fit(&e, &plain, &fitted)) {
        f.kind = DMN_WRONG_TYPE;
        f.what = TEXT_JOIN(arena_of(x), feel_print_literal(arena_of(x), &v), T(" is no "), o->type->name);
        add(x, f);
    } else if (o->allowed && eval_tests(&e, NULL, o->allowed, &fitted) == FEEL_FALSE) {
        f.kind = DMN_NOT_ALLOWED;
        f.what = feel_print_literal(arena_of(x), &v);
        add(x, f);
    }
}

// ---- boxes ----

static void say_unknown(struct table_check *x, size_t column, struct out *rules) {
    if (!rules->n) return;
    add(x, (struct dmn_finding){.kind = DMN_NOT_LOOKED_INTO,
                                .cell = x->columns[column].label,
                                .line = x->table->line,
                                .what = out_done(rules)});
}

static void note_rule(struct out *o, size_t rule) {
    enum { NOTED_MAX = 60 };
    if (o->n > NOTED_MAX) {
        if (!text_ends(out_done(o), T("..."))) out_c(o, ", ...");
    } else {
        out_printf(o, "%s%zu", o->n ? ", " : "rules ", rule + 1);
    }
}

static void make_boxes(struct table_check *x) {
    const struct table *t = x->table;
    struct arena *a = arena_of(x);
    struct out *unknown = ARENA_ARRAY(a, struct out, t->input_count);
    for (size_t c = 0; c < t->input_count; c++) unknown[c].arena = a;
    x->boxes = ARENA_ARRAY(a, struct rule_box, t->rule_count);
    for (size_t i = 0; i < t->rule_count; i++) {
        struct rule_box b = {i, ARENA_ARRAY(a, struct spans, t->input_count), true};
        bool can_match = true;
        for (size_t c = 0; c < t->input_count; c++) {
            struct cell_set set = column_cell(a, &x->columns[c], t->rules[i].tests[c]);
            b.sides[c] = spans_both(a, set.spans, x->whole[c]);
            if (!set.is_known) note_rule(&unknown[c], i);
            check_input_cell(x, i, c, set, b.sides[c]);
            b.is_known &= set.is_known;
            can_match &= b.sides[c].count > 0;
        }
        for (size_t c = 0; c < t->output_count; c++) check_output_cell(x, i, c);
        if (can_match) x->boxes[x->box_count++] = b;
    }
    for (size_t c = 0; c < t->input_count; c++) say_unknown(x, c, &unknown[c]);
}

// Null is a value of the column only when some cell asks for it.
static void read_columns(struct table_check *x) {
    const struct table *t = x->table;
    struct arena *a = arena_of(x);
    x->columns = ARENA_ARRAY(a, struct column, t->input_count);
    x->whole = ARENA_ARRAY(a, struct spans, t->input_count);
    for (size_t c = 0; c < t->input_count; c++) {
        const struct node *n = t->inputs[c].expression;
        column_read(a, t, c, check_type(x->check, n->kind == NODE_COERCE ? n->a : n), &x->columns[c]);
        struct spans null = spans_of(a, x->columns[c].piece_count, x->columns[c].piece_count);
        x->whole[c] = x->columns[c].whole;
        for (size_t i = 0; i < t->rule_count; i++) {
            const struct node *tests = t->rules[i].tests[c];
            for (size_t k = 0; k < tests->count; k++)
                if (tests->items[k]->kind == NODE_LITERAL && tests->items[k]->value.kind == FEEL_NULL)
                    x->whole[c] = spans_either(a, x->columns[c].whole, null);
        }
    }
}

// ---- in words ----

static struct text describe(struct table_check *x, const struct spans *sides, bool example) {
    struct out o = {.arena = arena_of(x)};
    for (size_t c = 0; c < x->table->input_count; c++) {
        if (!example && spans_hold(sides[c], x->whole[c])) continue;
        if (o.n) out_c(&o, example ? ", " : " and ");
        out_text(&o, x->columns[c].label);
        out_c(&o, example ? " = " : " ");
        out_text(&o, example ? column_example(arena_of(x), &x->columns[c], sides[c])
                             : column_print(arena_of(x), &x->columns[c], sides[c]));
    }
    return out_done(&o);
}

static void say_stopped(struct table_check *x, const char *what) {
    add(x, (struct dmn_finding){.kind = DMN_STOPPED, .line = x->table->line, .what = text_of(what)});
}

// ---- gaps ----

struct gap_list {
    struct table_check *check;
    struct {
        struct spans **items;
        size_t count, capacity;
    } boxes;
};

static bool found_gap(void *context, const struct spans *sides) {
    struct gap_list *l = context;
    struct arena *a = arena_of(l->check);
    size_t columns = l->check->table->input_count;
    if (l->boxes.count == DMN_GAP_BOXES_MAX) return false;
    struct spans *kept = arena_copy(a, sides, columns * sizeof *sides);
    for (size_t c = 0; c < columns; c++) // groups of a sweep are gone with it
        kept[c].items = arena_copy(a, sides[c].items, sides[c].count * sizeof *sides[c].items);
    *ARENA_PUSH(a, &l->boxes) = kept;
    return true;
}

static bool same_but(const struct spans *x, const struct spans *y, size_t columns, size_t but) {
    for (size_t c = 0; c < columns; c++)
        if (c != but && (!spans_hold(x[c], y[c]) || !spans_hold(y[c], x[c]))) return false;
    return true;
}

// Boxes that differ in one column are one: "age 1 and b" and "age 2 and b".
static void merge_gaps(struct gap_list *l) {
    size_t columns = l->check->table->input_count;
    for (size_t c = columns; c-- > 0;)
        for (size_t i = 0; i < l->boxes.count; i++) {
            size_t kept = i + 1;
            for (size_t k = i + 1; k < l->boxes.count; k++) {
                struct spans *x = l->boxes.items[i], *y = l->boxes.items[k];
                if (same_but(x, y, columns, c))
                    x[c] = spans_either(arena_of(l->check), x[c], y[c]);
                else
                    l->boxes.items[kept++] = y;
            }
            l->boxes.count = kept;
        }
}

static void say_gaps(struct gap_list *l) {
    struct table_check *x = l->check;
    for (size_t i = 0; i < l->boxes.count && i < DMN_GAPS_MAX; i++)
        add(x, (struct dmn_finding){.kind = DMN_GAP,
                                    .line = x->table->line,
                                    .what = describe(x, l->boxes.items[i], false),
                                    .example = describe(x, l->boxes.items[i], true)});
    if (l->boxes.count > DMN_GAPS_MAX) say_stopped(x, "there are more gaps");
}

// No result is a result where all that match are collected, and where there is a default.
static bool may_have_gaps(const struct table *t) {
    if (t->hit > DMN_ANY) return true;
    for (size_t i = 0; i < t->output_count; i++)
        if (t->outputs[i].otherwise) return true;
    return false;
}

static void find_gaps(struct table_check *x) {
    uint32_t *rules = ARENA_ARRAY(arena_of(x), uint32_t, x->box_count);
    if (may_have_gaps(x->table)) return;
    for (size_t i = 0; i < x->box_count; i++)
        rules[i] = (uint32_t)i; // also those that are not known: no false alarm
    struct gap_list l = {.check = x};
    bool all = region_uncovered(&x->region, x->whole, rules, x->box_count, found_gap, &l);
    bool more = l.boxes.count == DMN_GAP_BOXES_MAX;
    merge_gaps(&l);
    say_gaps(&l);
    if (!all || (more && l.boxes.count <= DMN_GAPS_MAX))
        say_stopped(x, "the table is too large to find all gaps");
}

// ---- overlaps ----

static bool boxes_meet(struct table_check *x, const struct rule_box *a, const struct rule_box *b) {
    for (size_t c = 0; c < x->table->input_count; c++)
        if (!spans_meet(a->sides[c], b->sides[c])) return false;
    return true;
}

static struct spans *box_both(struct table_check *x, const struct rule_box *a, const struct rule_box *b) {
    struct spans *sides = ARENA_ARRAY(arena_of(x), struct spans, x->table->input_count);
    for (size_t c = 0; c < x->table->input_count; c++)
        sides[c] = spans_both(arena_of(x), a->sides[c], b->sides[c]);
    return sides;
}

static size_t place_of(struct table_check *x, const struct node *allowed, const struct feel_value *v) {
    int64_t budget = FEEL_STEPS_MAX;
    struct feel_value w;
    size_t place = 0;
    for (; allowed && place < allowed->count; place++)
        if (constant_value(arena_of(x), allowed->items[place], &w) &&
            value_equal(v, &w, &budget) == FEEL_TRUE)
            break;
    return place;
}

static void read_results(struct table_check *x) {
    const struct table *t = x->table;
    x->results = ARENA_ARRAY(arena_of(x), struct result, t->rule_count * t->output_count);
    for (size_t i = 0; i < t->rule_count; i++)
        for (size_t c = 0; c < t->output_count; c++) {
            struct result *r = &x->results[i * t->output_count + c];
            r->is_known = constant_value(arena_of(x), t->rules[i].outputs[c], &r->value);
            r->place = r->is_known ? place_of(x, t->outputs[c].allowed, &r->value) : 0;
        }
}

static const struct result *results_of(const struct table_check *x, size_t rule) {
    return &x->results[rule * x->table->output_count];
}

// Known to give different results; what depends on the input is not said.
static bool differ(struct table_check *x, size_t a, size_t b) {
    const struct result *of_a = results_of(x, a), *of_b = results_of(x, b);
    int64_t budget = FEEL_STEPS_MAX;
    enum { COMPARING = 20 }; // steps that a comparison is worth
    for (size_t i = 0; i < x->table->output_count; i++) {
        x->region.steps -= COMPARING;
        if (of_a[i].is_known && of_b[i].is_known &&
            value_equal(&of_a[i].value, &of_b[i].value, &budget) != FEEL_TRUE)
            return true;
    }
    return false;
}

// Nearly all pairs part in their first columns: the outer ends of the sides are enough to see it.
struct hull {
    uint32_t from, to;
};
static struct hull *hulls(struct table_check *x) {
    size_t columns = x->table->input_count;
    struct hull *out = ARENA_ARRAY(arena_of(x), struct hull, columns * x->box_count);
    for (size_t i = 0; i < x->box_count; i++)
        for (size_t c = 0; c < columns; c++) {
            struct spans s = x->boxes[i].sides[c];
            out[i * columns + c] = (struct hull){s.items[0].from, s.items[s.count - 1].to};
        }
    return out;
}

static bool hulls_meet(const struct hull *a, const struct hull *b, size_t columns) {
    for (size_t c = 0; c < columns; c++)
        if (a[c].from > b[c].to || b[c].from > a[c].to) return false;
    return true;
}

static void say_overlap(struct table_check *x, const struct rule_box *a, const struct rule_box *b) {
    const struct table *t = x->table;
    bool any = t->hit == DMN_ANY;
    if (any && !differ(x, a->rule, b->rule)) return;
    if (x->reported++ >= DMN_OVERLAPS_MAX) return;
    struct spans *both = box_both(x, a, b);
    add(x, (struct dmn_finding){.kind = any ? DMN_CONFLICT : DMN_OVERLAP,
                                .rule = a->rule + 1,
                                .other = b->rule + 1,
                                .line = t->rules[a->rule].line,
                                .example = describe(x, both, true)});
}

static void find_overlaps(struct table_check *x) {
    size_t columns = x->table->input_count;
    const struct hull *h = hulls(x);
    x->reported = 0;
    for (size_t i = 0; i < x->box_count && x->region.steps > 0; i++) {
        x->region.steps -= (int64_t)(x->box_count - i);
        for (size_t k = i + 1; k < x->box_count && x->reported <= DMN_OVERLAPS_MAX; k++)
            if (hulls_meet(&h[i * columns], &h[k * columns], columns) && x->boxes[i].is_known &&
                x->boxes[k].is_known && boxes_meet(x, &x->boxes[i], &x->boxes[k]))
                say_overlap(x, &x->boxes[i], &x->boxes[k]);
    }
    if (x->reported > DMN_OVERLAPS_MAX) say_stopped(x, "there are more overlaps");
    if (x->region.steps <= 0) say_stopped(x, "the table is too large to find all overlaps");
}

// ---- rules that others come before ----

static bool found_any(void *context, const struct spans *sides) {
    (void)sides;
    *(bool *)context = true;
    return false;
}

// Under PRIORITY the first output that differs decides; a result that is no constant comes before nothing.
static bool comes_before(const struct table_check *x, size_t a, size_t b) {
    const struct result *of_a = results_of(x, a), *of_b = results_of(x, b);
    if (x->table->hit == DMN_FIRST) return a < b;
    for (size_t i = 0; i < x->table->output_count; i++) {
        if (!of_a[i].is_known || !of_b[i].is_known) return false;
        if (of_a[i].place != of_b[i].place) return of_a[i].place < of_b[i].place;
    }
    return a < b;
}

static bool box_holds(const struct table_check *x, const struct rule_box *a, const struct rule_box *b) {
    for (size_t c = 0; c < x->table->input_count; c++)
        if (!spans_hold(a->sides[c], b->sides[c])) return false;
    return true;
}

static void say_unreached(struct table_check *x, size_t rule, struct text before) {
    add(x,
        (struct dmn_finding){
            .kind = DMN_UNREACHABLE, .rule = rule + 1, .line = x->table->rules[rule].line, .what = before});
}

// Covered by one other rule, or by several together.
static void check_reached(struct table_check *x, const struct hull *h, size_t i, uint32_t *rules) {
    size_t columns = x->table->input_count, count = 0;
    const struct rule_box *box = &x->boxes[i];
    struct out names = {.arena = arena_of(x)};
    bool is_reached = false;
    for (size_t k = 0; k < x->box_count; k++) {
        const struct rule_box *other = &x->boxes[k];
        if (k == i || !other->is_known || !hulls_meet(&h[i * columns], &h[k * columns], columns) ||
            !comes_before(x, other->rule, box->rule) || !boxes_meet(x, box, other))
            continue;
        if (box_holds(x, other, box)) {
            say_unreached(x, box->rule, text_printf(arena_of(x), "rule %zu", other->rule + 1));
            return;
        }
        rules[count++] = (uint32_t)k;
        note_rule(&names, other->rule);
    }
    bool all = region_uncovered(&x->region, box->sides, rules, count, found_any, &is_reached);
    if (all && !is_reached)
        say_unreached(x, box->rule, TEXT_JOIN(arena_of(x), T("one of "), out_done(&names)));
}

static void find_unreached(struct table_check *x) {
    const struct hull *h = hulls(x);
    uint32_t *rules = ARENA_ARRAY(arena_of(x), uint32_t, x->box_count);
    for (size_t i = 0; i < x->box_count && x->region.steps > 0; i++) {
        x->region.steps -= (int64_t)x->box_count;
        check_reached(x, h, i, rules);
    }
    if (x->region.steps <= 0) say_stopped(x, "the table is too large to find all rules that are never taken");
}

void check_table(struct check *c, const struct table *t) {
    struct table_check x = {.check = c, .table = t};
    if (!t->rule_count || !t->input_count) return;
    read_columns(&x);
    make_boxes(&x);
    x.region = (struct region){.arena = c->arena,
                               .column_count = t->input_count,
                               .boxes = x.boxes,
                               .box_count = x.box_count,
                               .steps = DMN_CHECK_STEPS_MAX};
    find_gaps(&x);
    x.region.steps = DMN_CHECK_STEPS_MAX;
    read_results(&x);
    if (t->hit == DMN_UNIQUE || t->hit == DMN_ANY) find_overlaps(&x);
    if (t->hit == DMN_FIRST || t->hit == DMN_PRIORITY) find_unreached(&x);
}
