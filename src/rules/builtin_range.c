// Range functions (10.3.4.7, table 78): relations of points and ranges, after Allen's intervals. A point is a
// range that begins and ends with it; an end without bound is beyond every value.
#include "rules/builtin.h"
#include "rules/parser.h"

struct interval {
    struct feel_range r;
    bool is_point;
    bool failed; // two values without order were compared
};

static struct interval interval_of(const struct feel_value *v) {
    if (v->kind == FEEL_RANGE) return (struct interval){.r = *v->range};
    return (struct interval){.r = {*v, *v, true, true, FEEL_INTERVAL}, .is_point = true};
}

enum end { LOW, HIGH };

static int cmp(struct interval *x, enum end ex, struct interval *y, enum end ey) {
    const struct feel_value *a = ex == LOW ? &x->r.low : &x->r.high, *b = ey == LOW ? &y->r.low : &y->r.high;
    bool a_open = a->kind == FEEL_NULL, b_open = b->kind == FEEL_NULL;
    int c = 0;
    if (a_open && b_open) return ex == ey ? 0 : ex == LOW ? -1 : 1;
    if (a_open) return ex == LOW ? -1 : 1;
    if (b_open) return ey == LOW ? 1 : -1;
    if (!value_order(a, b, &c)) x->failed = true;
    return c;
}

static bool before(struct interval *x, struct interval *y) {
    int c = cmp(x, HIGH, y, LOW);
    return c < 0 || (c == 0 && !(x->r.high_closed && y->r.low_closed));
}

static bool after(struct interval *x, struct interval *y) {
    int c = cmp(x, LOW, y, HIGH);
    return c > 0 || (c == 0 && !(x->r.low_closed && y->r.high_closed));
}

static bool meets(struct interval *x, struct interval *y) {
    return cmp(x, HIGH, y, LOW) == 0 && x->r.high_closed && y->r.low_closed;
}

static bool met_by(struct interval *x, struct interval *y) {
    return cmp(x, LOW, y, HIGH) == 0 && x->r.low_closed && y->r.high_closed;
}

static bool overlaps(struct interval *x, struct interval *y) {
    return !before(x, y) && !after(x, y);
}

static bool overlaps_before(struct interval *x, struct interval *y) {
    int low = cmp(x, LOW, y, LOW), high = cmp(x, HIGH, y, HIGH);
    return (low < 0 || (low == 0 && x->r.low_closed && !y->r.low_closed)) && !before(x, y) &&
           (high < 0 || (high == 0 && (!x->r.high_closed || y->r.high_closed)));
}

static bool overlaps_after(struct interval *x, struct interval *y) {
    int low = cmp(x, LOW, y, LOW), high = cmp(x, HIGH, y, HIGH);
    return (low > 0 || (low == 0 && y->r.low_closed && !x->r.low_closed)) && !after(x, y) &&
           (high > 0 || (high == 0 && (!y->r.high_closed || x->r.high_closed)));
}

static bool finishes(struct interval *x, struct interval *y) {
    int low = cmp(x, LOW, y, LOW);
    return cmp(x, HIGH, y, HIGH) == 0 && x->r.high_closed == y->r.high_closed &&
           (low > 0 || (low == 0 && (!x->r.low_closed || y->r.low_closed)));
}

static bool finished_by(struct interval *x, struct interval *y) {
    int low = cmp(x, LOW, y, LOW);
    return cmp(x, HIGH, y, HIGH) == 0 && x->r.high_closed == y->r.high_closed &&
           (low < 0 || (low == 0 && (x->r.low_closed || !y->r.low_closed)));
}

static bool includes(struct interval *x, struct interval *y) {
    int low = cmp(x, LOW, y, LOW), high = cmp(x, HIGH, y, HIGH);
    return (low < 0 || (low == 0 && (x->r.low_closed || !y->r.low_closed))) &&
           (high > 0 || (high == 0 && (x->r.high_closed || !y->r.high_closed)));
}

static bool during(struct interval *x, struct interval *y) {
    int low = cmp(x, LOW, y, LOW), high = cmp(x, HIGH, y, HIGH);
    return (low > 0 || (low == 0 && (y->r.low_closed || !x->r.low_closed))) &&
           (high < 0 || (high == 0 && (y->r.high_closed || !x->r.high_closed)));
}

static bool starts(struct interval *x, struct interval *y) {
    int high = cmp(x, HIGH, y, HIGH);
    return cmp(x, LOW, y, LOW) == 0 && x->r.low_closed == y->r.low_closed &&
           (high < 0 || (high == 0 && (!x->r.high_closed || y->r.high_closed)));
}

static bool started_by(struct interval *x, struct interval *y) {
    int high = cmp(x, HIGH, y, HIGH);
    return cmp(x, LOW, y, LOW) == 0 && x->r.low_closed == y->r.low_closed &&
           (high > 0 || (high == 0 && (x->r.high_closed || !y->r.high_closed)));
}

static bool coincides(struct interval *x, struct interval *y) {
    return cmp(x, LOW, y, LOW) == 0 && cmp(x, HIGH, y, HIGH) == 0 && x->r.low_closed == y->r.low_closed &&
           x->r.high_closed == y->r.high_closed;
}

enum { POINT_FIRST = 1, POINT_SECOND = 2, RANGES_ONLY = 0, POINTS_TOO = 4 };

static struct feel_value relate(struct eval *e, const struct feel_value *a, unsigned points,
                                bool (*relation)(struct interval *, struct interval *)) {
    struct interval x = interval_of(&a[0]), y = interval_of(&a[1]);
    bool both = x.is_point && y.is_point;
    bool ok = points & POINTS_TOO                               ? true
              : both || (x.is_point && !(points & POINT_FIRST)) ? false
                                                                : !y.is_point || (points & POINT_SECOND);
    if (points == POINTS_TOO && x.is_point != y.is_point && relation == coincides) ok = false;
    if (!ok) return eval_null_c(e, "feel.argument_type", "range");
    bool holds = relation(&x, &y);
    return x.failed || y.failed ? eval_null_c(e, "feel.no_order", "range") : feel_boolean(holds);
}

#define RELATION(name, points)                                                                      \
    static struct feel_value run_##name(struct eval *e, const struct feel_value *a, size_t given) { \
        (void)given;                                                                                \
        return relate(e, a, points, name);                                                          \
    }
RELATION(before, POINTS_TOO)
RELATION(after, POINTS_TOO)
RELATION(meets, RANGES_ONLY)
RELATION(met_by, RANGES_ONLY)
RELATION(overlaps, RANGES_ONLY)
RELATION(overlaps_before, RANGES_ONLY)
RELATION(overlaps_after, RANGES_ONLY)
RELATION(finishes, POINT_FIRST)
RELATION(finished_by, POINT_SECOND)
RELATION(includes, POINT_SECOND)
RELATION(during, POINT_FIRST)
RELATION(starts, POINT_FIRST)
RELATION(started_by, POINT_SECOND)
RELATION(coincides, POINTS_TOO)

// The forms of one name differ in the names of their parameters only: each relation tells points from ranges
// itself.

// ---- range("[1..10]") ----

// An end is a literal, or a constructor of a date, time or duration with a literal string.
static bool is_end(const struct node *n) {
    if (n->kind == NODE_LITERAL) return n->value.kind != FEEL_NULL;
    if (n->kind == NODE_NEGATE) return n->a->kind == NODE_LITERAL;
    return n->kind == NODE_CALL && n->a->kind == NODE_NAME && n->a->builtin && n->count == 1 &&
           n->items[0]->kind == NODE_LITERAL && n->items[0]->value.kind == FEEL_STRING &&
           (text_eq(n->a->name, T("date")) || text_eq(n->a->name, T("time")) ||
            text_eq(n->a->name, T("duration")) || text_eq(n->a->name, T("date and time")));
}

static struct feel_value range_from(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    const struct feel_expression *x;
    struct text source = a[0].string;
    if (!eval_room(e, source.n * 256 + 4096) || !eval_steps(e, source.n)) return feel_null();
    if (feel_parse(e->arena, source, FEEL_EXPRESSION, NULL, &x, NULL) || x->root->kind != NODE_RANGE ||
        x->root->form != FEEL_INTERVAL || !is_end(x->root->a) || !is_end(x->root->b))
        return eval_null(e, "feel.bad_range", source);
    return eval_node(e, NULL, x->root);
}

const struct builtin BUILTIN_RANGE[] = {
    {"before", "point1:a,point2:a", run_before},
    {"before", "point:a,range:a", run_before},
    {"before", "range:a,point:a", run_before},
    {"before", "range1:a,range2:a", run_before},
    {"after", "point1:a,point2:a", run_after},
    {"after", "point:a,range:a", run_after},
    {"after", "range:a,point:a", run_after},
    {"after", "range1:a,range2:a", run_after},
    {"meets", "range1:a,range2:a", run_meets},
    {"met by", "range1:a,range2:a", run_met_by},
    {"overlaps", "range1:a,range2:a", run_overlaps},
    {"overlaps before", "range1:a,range2:a", run_overlaps_before},
    {"overlaps after", "range1:a,range2:a", run_overlaps_after},
    {"finishes", "point:a,range:a", run_finishes},
    {"finishes", "range1:a,range2:a", run_finishes},
    {"finished by", "range:a,point:a", run_finished_by},
    {"finished by", "range1:a,range2:a", run_finished_by},
    {"includes", "range:a,point:a", run_includes},
    {"includes", "range1:a,range2:a", run_includes},
    {"during", "point:a,range:a", run_during},
    {"during", "range1:a,range2:a", run_during},
    {"starts", "point:a,range:a", run_starts},
    {"starts", "range1:a,range2:a", run_starts},
    {"started by", "range:a,point:a", run_started_by},
    {"started by", "range1:a,range2:a", run_started_by},
    {"coincides", "point1:a,point2:a", run_coincides},
    {"coincides", "range1:a,range2:a", run_coincides},
    {"range", "from:s", range_from},
    {0},
};
