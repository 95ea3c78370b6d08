// value.h - what the rooms' own files know of values: order, three-valued logic, ranges.
#pragma once
#include <string.h>

#include "rules/feel.h"

enum { VALUE_DEPTH_MAX = FEEL_DEPTH_MAX }; // how deep values may nest; deeper ones are not made

// False when the two have no order; *cmp is -1, 0 or 1.
bool value_order(const struct feel_value *a, const struct feel_value *b, int *cmp);
// Ends of a range may be unbounded. FEEL_UNKNOWN when the value has no order with the ends.
enum feel_truth range_includes(const struct feel_range *r, const struct feel_value *v);
// is(): the same value in every part, zones included.
bool value_identical(const struct feel_value *a, const struct feel_value *b, int64_t *budget);
// feel_equal, counted: FEEL_UNKNOWN when *budget is used up.
enum feel_truth value_equal(const struct feel_value *a, const struct feel_value *b, int64_t *budget);

// The entry `key` of a context, looked for once; false when there is none or it is no context.
bool value_entry(const struct feel_value *context, struct text key, struct feel_value *out);
// text_eq for looking through many names: most differ in length or in their first byte.
static inline bool name_eq(struct text a, struct text b) {
    return a.n == b.n && (a.n == 0 || (a.p[0] == b.p[0] && memcmp(a.p, b.p, a.n) == 0));
}
static inline struct feel_value value_of_truth(enum feel_truth t) {
    return t == FEEL_UNKNOWN ? feel_null() : feel_boolean(t == FEEL_TRUE);
}
static inline bool value_is_null(const struct feel_value *v) {
    return v->kind == FEEL_NULL;
}
static inline struct feel_value value_of_number(struct feel_number n) {
    return (struct feel_value){.kind = FEEL_NUMBER, .number = n};
}
static inline struct feel_value value_of_days(struct feel_days_duration d) {
    return (struct feel_value){.kind = FEEL_DAYS_DURATION, .days = d};
}
static inline struct feel_value value_of_months(int64_t months) {
    return (struct feel_value){.kind = FEEL_MONTHS_DURATION, .months = months};
}
