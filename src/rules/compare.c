// Equality and order of values (DMN 1.5, 10.3.2.13, tables 53 and 54).
#include "rules/eval.h"
#include "rules/number.h"
#include "rules/temporal.h"
#include "rules/value.h"

static enum feel_truth truth(bool b) {
    return b ? FEEL_TRUE : FEEL_FALSE;
}

static int cmp_int(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

static int cmp_date(struct feel_date a, struct feel_date b) {
    if (a.year != b.year) return cmp_int(a.year, b.year);
    return a.month != b.month ? cmp_int(a.month, b.month) : cmp_int(a.day, b.day);
}

static int cmp_days(struct feel_days_duration a, struct feel_days_duration b) {
    return a.second != b.second ? cmp_int(a.second, b.second) : cmp_int(a.nano, b.nano);
}

bool value_order(const struct feel_value *a, const struct feel_value *b, int *cmp) {
    if (a->kind != b->kind) return false;
    switch (a->kind) {
    case FEEL_NUMBER: *cmp = number_cmp(a->number, b->number); break;
    case FEEL_STRING: *cmp = text_cmp(a->string, b->string); break;
    case FEEL_DATE: *cmp = cmp_date(a->date, b->date); break;
    case FEEL_TIME: *cmp = temporal_cmp_time(&a->time, &b->time); break;
    case FEEL_DATE_TIME: *cmp = temporal_cmp_date_time(&a->date_time, &b->date_time); break;
    case FEEL_DAYS_DURATION: *cmp = cmp_days(a->days, b->days); break;
    case FEEL_MONTHS_DURATION: *cmp = cmp_int(a->months, b->months); break;
    default: return false;
    }
    return true;
}

// Values may share parts, so a small one can unfold to a huge one: comparing is counted and gives up as
// unknown.
struct walk {
    int64_t *budget;
    int depth;
};
typedef enum feel_truth equality(struct walk *, const struct feel_value *, const struct feel_value *);

static bool walk_down(struct walk *w) {
    return --*w->budget > 0 && ++w->depth <= VALUE_DEPTH_MAX;
}

static enum feel_truth list_equal(struct walk *w, struct feel_list a, struct feel_list b, equality *eq) {
    if (a.count != b.count) return FEEL_FALSE;
    enum feel_truth all = FEEL_TRUE;
    for (size_t i = 0; i < a.count; i++) {
        enum feel_truth t = eq(w, &a.items[i], &b.items[i]);
        if (t == FEEL_FALSE) return FEEL_FALSE;
        if (t == FEEL_UNKNOWN) all = FEEL_UNKNOWN;
    }
    return all;
}

static enum feel_truth context_equal(struct walk *w, const struct feel_value *a, const struct feel_value *b,
                                     equality *eq) {
    if (a->context.count != b->context.count) return FEEL_FALSE;
    enum feel_truth all = FEEL_TRUE;
    for (size_t i = 0; i < a->context.count; i++) {
        const struct feel_entry *e = &a->context.entries[i];
        struct feel_value other;
        if (!value_entry(b, e->key, &other)) return FEEL_FALSE;
        enum feel_truth t = eq(w, &e->value, &other);
        if (t == FEEL_FALSE) return FEEL_FALSE;
        if (t == FEEL_UNKNOWN) all = FEEL_UNKNOWN;
    }
    return all;
}

static enum feel_truth range_equal(struct walk *w, const struct feel_range *a, const struct feel_range *b,
                                   equality *eq) {
    if (a->form != b->form || a->low_closed != b->low_closed || a->high_closed != b->high_closed)
        return FEEL_FALSE;
    enum feel_truth low = eq(w, &a->low, &b->low), high = eq(w, &a->high, &b->high);
    if (low == FEEL_FALSE || high == FEEL_FALSE) return FEEL_FALSE;
    return low == FEEL_TRUE ? high : low;
}

static enum feel_truth equal(struct walk *w, const struct feel_value *a, const struct feel_value *b);

static enum feel_truth equal_parts(struct walk *w, const struct feel_value *a, const struct feel_value *b,
                                   equality *eq) {
    if (!walk_down(w)) return FEEL_UNKNOWN;
    enum feel_truth t = a->kind == FEEL_LIST      ? list_equal(w, a->list, b->list, eq)
                        : a->kind == FEEL_CONTEXT ? context_equal(w, a, b, eq)
                                                  : range_equal(w, a->range, b->range, eq);
    w->depth--;
    return t;
}

// A local time is never the same as one in a zone (10.3.2.3.4), although the two have an order (table 54).
static bool one_is_local(const struct feel_value *a, const struct feel_value *b) {
    if (a->kind == FEEL_TIME) return !a->time.zone != !b->time.zone;
    return a->kind == FEEL_DATE_TIME && !a->date_time.time.zone != !b->date_time.time.zone;
}

// The same parameters, body and scope (table 53).
static bool same_function(const struct feel_function *a, const struct feel_function *b) {
    return a->builtin == b->builtin && a->node == b->node && a->closure == b->closure;
}

static enum feel_truth equal(struct walk *w, const struct feel_value *a, const struct feel_value *b) {
    if (a->kind == FEEL_NULL || b->kind == FEEL_NULL) return truth(a->kind == b->kind);
    if (a->kind != b->kind) return FEEL_UNKNOWN;
    int cmp;
    switch (a->kind) {
    case FEEL_BOOLEAN: return truth(a->boolean == b->boolean);
    case FEEL_LIST:
    case FEEL_CONTEXT:
    case FEEL_RANGE: return equal_parts(w, a, b, equal);
    case FEEL_FUNCTION: return truth(same_function(a->function, b->function));
    default: return truth(!one_is_local(a, b) && value_order(a, b, &cmp) && cmp == 0);
    }
}

enum feel_truth value_equal(const struct feel_value *a, const struct feel_value *b, int64_t *budget) {
    return equal(&(struct walk){.budget = budget}, a, b);
}

enum feel_truth feel_equal(const struct feel_value *a, const struct feel_value *b) {
    int64_t budget = FEEL_STEPS_MAX;
    return value_equal(a, b, &budget);
}

static bool identical_time(const struct feel_time *a, const struct feel_time *b) {
    return a->second == b->second && a->nano == b->nano && temporal_same_zone(a->zone, b->zone);
}

static enum feel_truth identical(struct walk *w, const struct feel_value *a, const struct feel_value *b) {
    if (a->kind != b->kind) return FEEL_FALSE;
    switch (a->kind) {
    case FEEL_TIME: return truth(identical_time(&a->time, &b->time));
    case FEEL_DATE_TIME:
        return truth(cmp_date(a->date_time.date, b->date_time.date) == 0 &&
                     identical_time(&a->date_time.time, &b->date_time.time));
    case FEEL_LIST:
    case FEEL_CONTEXT:
    case FEEL_RANGE: return equal_parts(w, a, b, identical);
    default: return equal(w, a, b);
    }
}

bool value_identical(const struct feel_value *a, const struct feel_value *b, int64_t *budget) {
    return identical(&(struct walk){.budget = budget}, a, b) == FEEL_TRUE;
}

// Is `v` above (sign 1) or below (sign -1) that end of a range?
static enum feel_truth beyond(const struct feel_value *v, const struct feel_value *end, int sign,
                              bool closed) {
    int cmp;
    if (!value_order(v, end, &cmp)) return FEEL_UNKNOWN;
    return truth(cmp * sign > 0 || (cmp == 0 && closed));
}

// `e in [a..b]` is `e >= a and e <= b` in three-valued logic (table 55).
enum feel_truth range_includes(const struct feel_range *r, const struct feel_value *v) {
    if (r->form == FEEL_SAME) return feel_equal(v, &r->low);
    if (r->form == FEEL_NOT_SAME) {
        enum feel_truth t = feel_equal(v, &r->low);
        return t == FEEL_UNKNOWN ? t : truth(t == FEEL_FALSE);
    }
    // An end of `null` is not an end without bound: only (< 10) and the like have none.
    bool has_low = r->form == FEEL_INTERVAL || r->low.kind != FEEL_NULL;
    bool has_high = r->form == FEEL_INTERVAL || r->high.kind != FEEL_NULL;
    enum feel_truth low = has_low ? beyond(v, &r->low, 1, r->low_closed) : FEEL_TRUE;
    enum feel_truth high = has_high ? beyond(v, &r->high, -1, r->high_closed) : FEEL_TRUE;
    if (low == FEEL_FALSE || high == FEEL_FALSE) return FEEL_FALSE;
    return low == FEEL_TRUE ? high : low;
}
