// Arithmetic and comparison (DMN 1.5, 10.3.2.15, tables 52 to 62).
#include "rules/eval.h"
#include "rules/number.h"
#include "rules/temporal.h"

typedef struct feel_value operation(struct eval *e, enum node_kind k, const struct feel_value *a,
                                    const struct feel_value *b);

static struct feel_value number_or_null(struct eval *e, bool ok, struct feel_number n) {
    return ok ? value_of_number(n) : eval_null_c(e, "feel.no_number", "");
}

static struct feel_value numbers(struct eval *e, enum node_kind k, const struct feel_value *a,
                                 const struct feel_value *b) {
    struct feel_number n = a->number;
    switch (k) {
    case NODE_ADD: return number_or_null(e, number_add(a->number, b->number, &n), n);
    case NODE_SUBTRACT: return number_or_null(e, number_subtract(a->number, b->number, &n), n);
    case NODE_MULTIPLY: return number_or_null(e, number_multiply(a->number, b->number, &n), n);
    case NODE_DIVIDE: return number_or_null(e, number_divide(a->number, b->number, &n), n);
    default: return number_or_null(e, number_power(a->number, b->number, &n), n);
    }
}

static struct feel_value strings(struct eval *e, enum node_kind k, const struct feel_value *a,
                                 const struct feel_value *b) {
    (void)k;
    if (a->string.n + b->string.n > FEEL_STRING_MAX) return eval_null_c(e, "feel.limit_string", "+");
    if (!eval_room(e, a->string.n + b->string.n)) return feel_null();
    return feel_string(TEXT_JOIN(e->arena, a->string.p ? a->string : T(""), b->string.p ? b->string : T("")));
}

static struct feel_value overflow(struct eval *e) {
    return eval_null_c(e, "feel.out_of_range", "");
}

static struct feel_value days_plus(struct eval *e, enum node_kind k, const struct feel_value *a,
                                   const struct feel_value *b) {
    int64_t second, sign = k == NODE_SUBTRACT ? -1 : 1;
    bool too_far = sign < 0 ? __builtin_sub_overflow(a->days.second, b->days.second, &second)
                            : __builtin_add_overflow(a->days.second, b->days.second, &second);
    if (too_far) return overflow(e);
    return value_of_days(temporal_duration(second, (int64_t)a->days.nano + sign * b->days.nano));
}

static struct feel_value months_plus(struct eval *e, enum node_kind k, const struct feel_value *a,
                                     const struct feel_value *b) {
    int64_t months;
    bool too_far = k == NODE_SUBTRACT ? __builtin_sub_overflow(a->months, b->months, &months)
                                      : __builtin_add_overflow(a->months, b->months, &months);
    return too_far ? overflow(e) : value_of_months(months);
}

// ---- points in time plus and minus durations ----

static bool shift_seconds(int64_t second, int32_t nano, struct feel_days_duration d, int64_t sign,
                          int64_t *out_second, int32_t *out_nano) {
    int64_t n = nano + sign * d.nano, s;
    if (d.second > INT64_MAX / 4 || d.second < -(INT64_MAX / 4)) return false;
    s = second + sign * d.second;
    if (n < 0) n += NANOS, s--;
    if (n >= NANOS) n -= NANOS, s++;
    *out_second = s;
    *out_nano = (int32_t)n;
    return true;
}

static struct feel_value date_time_shift(struct eval *e, const struct feel_value *a,
                                         struct feel_days_duration d, int64_t sign) {
    int64_t second;
    int32_t nano;
    bool ok = shift_seconds(temporal_seconds(&a->date_time), a->date_time.time.nano, d, sign, &second, &nano);
    struct feel_value v = {.kind = FEEL_DATE_TIME};
    if (ok) v.date_time = temporal_from_seconds(second, nano, a->date_time.time.zone, &ok);
    return ok ? v : overflow(e);
}

static struct feel_value date_shift(struct eval *e, const struct feel_value *a, struct feel_days_duration d,
                                    int64_t sign) {
    struct feel_value midnight = {.kind = FEEL_DATE_TIME, .date_time = {.date = a->date}};
    struct feel_value moved = date_time_shift(e, &midnight, d, sign);
    if (moved.kind == FEEL_NULL) return moved;
    return (struct feel_value){.kind = FEEL_DATE, .date = moved.date_time.date};
}

static struct feel_value time_shift(struct eval *e, const struct feel_value *a, struct feel_days_duration d,
                                    int64_t sign) {
    int64_t second;
    int32_t nano;
    if (!shift_seconds(a->time.second, a->time.nano, d, sign, &second, &nano)) return overflow(e);
    second %= SECONDS_PER_DAY;
    if (second < 0) second += SECONDS_PER_DAY;
    return (struct feel_value){.kind = FEEL_TIME, .time = {(int32_t)second, nano, a->time.zone}};
}

static struct feel_value point_days(struct eval *e, enum node_kind k, const struct feel_value *a,
                                    const struct feel_value *b) {
    int64_t sign = k == NODE_SUBTRACT ? -1 : 1;
    if (a->kind == FEEL_DATE_TIME) return date_time_shift(e, a, b->days, sign);
    return a->kind == FEEL_DATE ? date_shift(e, a, b->days, sign) : time_shift(e, a, b->days, sign);
}

static struct feel_value point_months(struct eval *e, enum node_kind k, const struct feel_value *a,
                                      const struct feel_value *b) {
    if (b->months == INT64_MIN) return overflow(e);
    int64_t months = k == NODE_SUBTRACT ? -b->months : b->months;
    struct feel_value v = *a;
    struct feel_date *d = a->kind == FEEL_DATE ? &v.date : &v.date_time.date;
    return temporal_add_months(*d, months, d) ? v : overflow(e);
}

static struct feel_value days_point(struct eval *e, enum node_kind k, const struct feel_value *a,
                                    const struct feel_value *b) {
    return point_days(e, k, b, a);
}

static struct feel_value months_point(struct eval *e, enum node_kind k, const struct feel_value *a,
                                      const struct feel_value *b) {
    return point_months(e, k, b, a);
}

// Beside a date and time, a date is midnight in UTC (10.3.2.3.5), so it has a zone (table 57).
static struct feel_date_time as_date_time(const struct feel_value *v) {
    static const struct feel_zone UTC = {0};
    if (v->kind == FEEL_DATE_TIME) return v->date_time;
    return (struct feel_date_time){v->date, {.zone = &UTC}};
}

static struct feel_value points_minus(struct eval *e, enum node_kind k, const struct feel_value *a,
                                      const struct feel_value *b) {
    (void)k;
    struct feel_date_time x = as_date_time(a), y = as_date_time(b);
    if (!x.time.zone != !y.time.zone) return eval_null_c(e, "feel.zone_missing", "-");
    return value_of_days(
        temporal_duration(temporal_seconds(&x) - temporal_seconds(&y), (int64_t)x.time.nano - y.time.nano));
}

static struct feel_value times_minus(struct eval *e, enum node_kind k, const struct feel_value *a,
                                     const struct feel_value *b) {
    (void)k;
    if (!a->time.zone != !b->time.zone) return eval_null_c(e, "feel.zone_missing", "-");
    int64_t x = a->time.second - temporal_offset(a->time.zone, NULL, &a->time);
    int64_t y = b->time.second - temporal_offset(b->time.zone, NULL, &b->time);
    return value_of_days(temporal_duration(x - y, (int64_t)a->time.nano - b->time.nano));
}

// ---- durations times and divided by numbers ----

static struct feel_number exact_seconds(struct feel_days_duration d) {
    struct feel_number s = number_from_int(d.second), n = number_from_int(d.nano), whole;
    if (number_round(n, 0, ROUND_DOWN, &n) && number_divide(n, number_from_int(NANOS), &n) &&
        number_add(s, n, &whole))
        return whole;
    return s;
}

static struct feel_value days_of_number(struct eval *e, struct feel_number seconds) {
    struct feel_number whole, rest;
    int64_t s, n;
    if (!number_round(seconds, 0, ROUND_DOWN, &whole) || !number_to_int(whole, &s) ||
        !number_subtract(seconds, whole, &rest) || !number_multiply(rest, number_from_int(NANOS), &rest) ||
        !number_round(rest, 0, ROUND_DOWN, &rest) || !number_to_int(rest, &n))
        return overflow(e);
    return value_of_days(temporal_duration(s, n));
}

static struct feel_value days_scaled(struct eval *e, enum node_kind k, const struct feel_value *a,
                                     const struct feel_value *b) {
    struct feel_number n = exact_seconds(a->days);
    bool ok = k == NODE_MULTIPLY ? number_multiply(n, b->number, &n) : number_divide(n, b->number, &n);
    return ok ? days_of_number(e, n) : number_or_null(e, false, n);
}

static struct feel_value months_scaled(struct eval *e, enum node_kind k, const struct feel_value *a,
                                       const struct feel_value *b) {
    struct feel_number n = number_from_int(a->months);
    int64_t months;
    bool ok = k == NODE_MULTIPLY ? number_multiply(n, b->number, &n) : number_divide(n, b->number, &n);
    if (!ok || !number_round(n, 0, ROUND_DOWN, &n) || !number_to_int(n, &months)) return overflow(e);
    return value_of_months(months);
}

static struct feel_value number_times_days(struct eval *e, enum node_kind k, const struct feel_value *a,
                                           const struct feel_value *b) {
    return days_scaled(e, k, b, a);
}

static struct feel_value number_times_months(struct eval *e, enum node_kind k, const struct feel_value *a,
                                             const struct feel_value *b) {
    return months_scaled(e, k, b, a);
}

static struct feel_value days_ratio(struct eval *e, enum node_kind k, const struct feel_value *a,
                                    const struct feel_value *b) {
    (void)k;
    struct feel_number n = exact_seconds(a->days);
    return number_or_null(e, number_divide(n, exact_seconds(b->days), &n), n);
}

static struct feel_value months_ratio(struct eval *e, enum node_kind k, const struct feel_value *a,
                                      const struct feel_value *b) {
    (void)k;
    struct feel_number n = number_from_int(a->months);
    return number_or_null(e, number_divide(n, number_from_int(b->months), &n), n);
}

// ---- the table of operations ----

enum {
    ADD = 1 << NODE_ADD,
    SUB = 1 << NODE_SUBTRACT,
    MUL = 1 << NODE_MULTIPLY,
    DIV = 1 << NODE_DIVIDE,
    POW = 1 << NODE_POWER
};

static const struct {
    unsigned operators;
    enum feel_kind a, b;
    operation *run;
} OPERATIONS[] = {
    {ADD | SUB | MUL | DIV | POW, FEEL_NUMBER, FEEL_NUMBER, numbers},
    {ADD, FEEL_STRING, FEEL_STRING, strings},
    {ADD | SUB, FEEL_DAYS_DURATION, FEEL_DAYS_DURATION, days_plus},
    {ADD | SUB, FEEL_MONTHS_DURATION, FEEL_MONTHS_DURATION, months_plus},
    {ADD | SUB, FEEL_DATE_TIME, FEEL_DAYS_DURATION, point_days},
    {ADD | SUB, FEEL_DATE, FEEL_DAYS_DURATION, point_days},
    {ADD | SUB, FEEL_TIME, FEEL_DAYS_DURATION, point_days},
    {ADD | SUB, FEEL_DATE_TIME, FEEL_MONTHS_DURATION, point_months},
    {ADD | SUB, FEEL_DATE, FEEL_MONTHS_DURATION, point_months},
    {ADD, FEEL_DAYS_DURATION, FEEL_DATE_TIME, days_point},
    {ADD, FEEL_DAYS_DURATION, FEEL_DATE, days_point},
    {ADD, FEEL_DAYS_DURATION, FEEL_TIME, days_point},
    {ADD, FEEL_MONTHS_DURATION, FEEL_DATE_TIME, months_point},
    {ADD, FEEL_MONTHS_DURATION, FEEL_DATE, months_point},
    {SUB, FEEL_DATE, FEEL_DATE, points_minus},
    {SUB, FEEL_DATE_TIME, FEEL_DATE_TIME, points_minus},
    {SUB, FEEL_DATE, FEEL_DATE_TIME, points_minus},
    {SUB, FEEL_DATE_TIME, FEEL_DATE, points_minus},
    {SUB, FEEL_TIME, FEEL_TIME, times_minus},
    {MUL | DIV, FEEL_DAYS_DURATION, FEEL_NUMBER, days_scaled},
    {MUL, FEEL_NUMBER, FEEL_DAYS_DURATION, number_times_days},
    {DIV, FEEL_DAYS_DURATION, FEEL_DAYS_DURATION, days_ratio},
    {MUL | DIV, FEEL_MONTHS_DURATION, FEEL_NUMBER, months_scaled},
    {MUL, FEEL_NUMBER, FEEL_MONTHS_DURATION, number_times_months},
    {DIV, FEEL_MONTHS_DURATION, FEEL_MONTHS_DURATION, months_ratio},
};

static struct feel_value cannot(struct eval *e, const char *key, const struct feel_value *a,
                                const struct feel_value *b) {
    if (!e->diagnostics) return feel_null();
    return eval_null(e, key,
                     text_printf(e->arena, "%s, %s", feel_kind_name(a->kind), feel_kind_name(b->kind)));
}

static struct feel_value arithmetic(struct eval *e, enum node_kind k, const struct feel_value *a,
                                    const struct feel_value *b) {
    for (size_t i = 0; i < sizeof OPERATIONS / sizeof *OPERATIONS; i++)
        if (OPERATIONS[i].a == a->kind && OPERATIONS[i].b == b->kind && OPERATIONS[i].operators & (1u << k))
            return OPERATIONS[i].run(e, k, a, b);
    return cannot(e, "feel.no_arithmetic", a, b);
}

static const struct feel_value *item_of(const struct feel_value *v) {
    return v->kind == FEEL_LIST && v->list.count == 1 ? &v->list.items[0] : v;
}

// Equality also takes a list of one for its item (10.3.2.9.4). Other operators could by 10.3.2.15, but no
// engine of the field does.
static struct feel_value equality(struct eval *e, enum node_kind k, const struct feel_value *a,
                                  const struct feel_value *b) {
    const struct feel_value *x = b->kind != FEEL_LIST ? item_of(a) : a;
    const struct feel_value *y = a->kind != FEEL_LIST ? item_of(b) : b;
    enum feel_truth t = value_equal(x, y, &e->steps);
    if (t == FEEL_UNKNOWN) return cannot(e, "feel.no_equality", a, b);
    return feel_boolean((t == FEEL_TRUE) == (k == NODE_EQUAL));
}

static struct feel_value order(struct eval *e, enum node_kind k, const struct feel_value *a,
                               const struct feel_value *b) {
    int cmp;
    if (!value_order(a, b, &cmp)) return cannot(e, "feel.no_order", a, b);
    switch (k) {
    case NODE_LESS: return feel_boolean(cmp < 0);
    case NODE_AT_MOST: return feel_boolean(cmp <= 0);
    case NODE_MORE: return feel_boolean(cmp > 0);
    default: return feel_boolean(cmp >= 0);
    }
}

struct feel_value eval_binary(struct eval *e, enum node_kind k, const struct feel_value *a,
                              const struct feel_value *b) {
    if (k <= NODE_POWER) return arithmetic(e, k, a, b);
    return k == NODE_EQUAL || k == NODE_NOT_EQUAL ? equality(e, k, a, b) : order(e, k, a, b);
}

struct feel_value eval_negate(struct eval *e, const struct feel_value *v) {
    switch (v->kind) {
    case FEEL_NUMBER: return value_of_number(number_negate(v->number));
    case FEEL_DAYS_DURATION:
        return value_of_days((struct feel_days_duration){-v->days.second, -v->days.nano});
    case FEEL_MONTHS_DURATION: return v->months == INT64_MIN ? overflow(e) : value_of_months(-v->months);
    default: return eval_null_c(e, "feel.no_arithmetic", feel_kind_name(v->kind));
    }
}
