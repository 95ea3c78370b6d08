// Numeric functions (10.3.4.5, table 76).
#include "rules/builtin.h"
#include "rules/number.h"

static struct feel_value result(struct eval *e, bool ok, struct feel_number n) {
    return ok ? value_of_number(n) : eval_null_c(e, "feel.no_number", "");
}

static struct feel_value rounded(struct eval *e, const struct feel_value *a, enum number_rounding how) {
    int64_t scale = 0;
    struct feel_number n = a[0].number, whole;
    if (a[1].kind == FEEL_NUMBER &&
        (!number_round(a[1].number, 0, ROUND_DOWN, &whole) || !number_to_int(whole, &scale)))
        return eval_null_c(e, "feel.bad_scale", "");
    if (!number_round(a[0].number, scale, how, &n)) return eval_null_c(e, "feel.bad_scale", "");
    return value_of_number(n);
}

#define ROUNDING(name, how)                                                                   \
    static struct feel_value name(struct eval *e, const struct feel_value *a, size_t given) { \
        (void)given;                                                                          \
        return rounded(e, a, how);                                                            \
    }
ROUNDING(decimal, ROUND_HALF_EVEN)
ROUNDING(floor_of, ROUND_FLOOR)
ROUNDING(ceiling, ROUND_CEILING)
ROUNDING(round_up, ROUND_UP)
ROUNDING(round_down, ROUND_DOWN)
ROUNDING(round_half_up, ROUND_HALF_UP)
ROUNDING(round_half_down, ROUND_HALF_DOWN)

static struct feel_value absolute(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    bool is_negative = a[0].kind == FEEL_NUMBER          ? number_is_negative(a[0].number)
                       : a[0].kind == FEEL_DAYS_DURATION ? a[0].days.second < 0 || a[0].days.nano < 0
                                                         : a[0].months < 0;
    return is_negative ? eval_negate(e, &a[0]) : a[0];
}

static struct feel_value modulo(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct feel_number n = a[0].number;
    return result(e, number_modulo(a[0].number, a[1].number, &n), n);
}

static struct feel_value square_root(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct feel_number n = a[0].number;
    return result(e, number_sqrt(a[0].number, &n), n);
}

static struct feel_value logarithm(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct feel_number n = a[0].number;
    return result(e, number_log(a[0].number, &n), n);
}

static struct feel_value exponential(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct feel_number n = a[0].number;
    return result(e, number_exp(a[0].number, &n), n);
}

static struct feel_value parity(struct eval *e, const struct feel_value *a, bool odd) {
    struct feel_number rest;
    if (!number_is_whole(a[0].number) || !number_modulo(a[0].number, number_from_int(2), &rest))
        return eval_null_c(e, "feel.not_whole", "");
    return feel_boolean(number_is_zero(rest) != odd);
}

static struct feel_value odd(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    return parity(e, a, true);
}

static struct feel_value even(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    return parity(e, a, false);
}

const struct builtin BUILTIN_NUMBER[] = {
    {"decimal", "n:n,scale:n", decimal},
    {"floor", "n:n,scale?:n", floor_of},
    {"ceiling", "n:n,scale?:n", ceiling},
    {"round up", "n:n,scale?:n", round_up},
    {"round down", "n:n,scale?:n", round_down},
    {"round half up", "n:n,scale?:n", round_half_up},
    {"round half down", "n:n,scale?:n", round_half_down},
    {"abs", "n:m", absolute},
    {"modulo", "dividend:n,divisor:n", modulo},
    {"sqrt", "number:n", square_root},
    {"log", "number:n", logarithm},
    {"exp", "number:n", exponential},
    {"odd", "number:n", odd},
    {"even", "number:n", even},
    {0},
};
