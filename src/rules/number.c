#include "rules/number.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <bid_conf.h>
#include <bid_functions.h>
#pragma GCC diagnostic pop

enum {
    NUMBER_DIGITS_MAX = 1000, // characters of a literal
    SCALE_MIN = -6111,
    SCALE_MAX = 6176,
};

static BID_UINT128 bid(struct feel_number n) {
    BID_UINT128 b;
    static_assert(sizeof b == sizeof n, "decimal128 has 16 bytes");
    memcpy(&b, &n, sizeof b);
    return b;
}

static struct feel_number of_bid(BID_UINT128 b) {
    struct feel_number n;
    memcpy(&n, &b, sizeof n);
    return n;
}

static bool take(BID_UINT128 b, struct feel_number *out) {
    if (!bid128_isFinite(b)) return false;
    *out = of_bid(b);
    return true;
}

// ---- small numbers ----

// Almost every number of a rule is a short integer with an exponent: those are compared, added and multiplied
// as integers, exactly and with the very bits that the library gives. The encoding (IEEE 754, 3.5.2): the
// sign, 14 bits of exponent, 113 bits of coefficient; both bits after the sign mean that it is another
// encoding.
#define SIGN (1ull << 63)
#define OTHER_ENCODING (3ull << 61)
enum { EXPONENT_AT = 49, EXPONENT_ZERO = 6176, EXPONENT_TOP = 2 * EXPONENT_ZERO - 65, SHIFT_MAX = 18 };

struct small {
    int64_t coefficient;
    int exponent; // as encoded: EXPONENT_ZERO for a power of 0
};

// Zero below zero (-0) is none, because an integer cannot hold it.
static bool to_small(struct feel_number n, struct small *out) {
    uint64_t high = n.w[1], low = n.w[0];
    if ((high & OTHER_ENCODING) == OTHER_ENCODING || high << (64 - EXPONENT_AT) || low > INT64_MAX)
        return false;
    if (high & SIGN && !low) return false;
    out->coefficient = high & SIGN ? -(int64_t)low : (int64_t)low;
    out->exponent = (int)((high & ~SIGN) >> EXPONENT_AT);
    return true;
}

static struct feel_number of_small(int64_t coefficient, int exponent) {
    uint64_t sign = coefficient < 0 ? SIGN : 0, size = (uint64_t)coefficient;
    return (struct feel_number){{sign ? 0 - size : size, sign | (uint64_t)exponent << EXPONENT_AT}};
}

static bool shift(struct small *n, int digits) {
    n->exponent -= digits;
    if (digits > SHIFT_MAX) return false;
    for (; digits > 0; digits--)
        if (__builtin_mul_overflow(n->coefficient, 10, &n->coefficient)) return false;
    return true;
}

// Both with the same exponent, the lower one.
static bool to_aligned(struct feel_number a, struct feel_number b, struct small *x, struct small *y) {
    if (!to_small(a, x) || !to_small(b, y)) return false;
    if (x->exponent == y->exponent) return true;
    return x->exponent > y->exponent ? shift(x, x->exponent - y->exponent)
                                     : shift(y, y->exponent - x->exponent);
}

struct feel_number number_from_int(int64_t i) {
    return of_small(i, EXPONENT_ZERO);
}

static size_t skip_digits(struct text t, size_t at) {
    while (at < t.n && t.p[at] >= '0' && t.p[at] <= '9') at++;
    return at;
}

static bool is_number(struct text t) {
    size_t at = t.n && (t.p[0] == '-' || t.p[0] == '+');
    size_t whole = skip_digits(t, at);
    size_t digits = whole - at;
    at = whole;
    if (at < t.n && t.p[at] == '.') {
        size_t end = skip_digits(t, at + 1);
        if (end == at + 1) return false;
        digits += end - at - 1;
        at = end;
    }
    if (!digits) return false;
    if (at < t.n && (t.p[at] == 'e' || t.p[at] == 'E')) {
        at++;
        if (at < t.n && (t.p[at] == '-' || t.p[at] == '+')) at++;
        size_t end = skip_digits(t, at);
        if (end == at || end - at > 6) return false;
        at = end;
    }
    return at == t.n;
}

bool number_parse(struct text t, struct feel_number *out) {
    char digits[NUMBER_DIGITS_MAX + 1];
    if (t.n > NUMBER_DIGITS_MAX || !is_number(t)) return false;
    memcpy(digits, t.p, t.n);
    digits[t.n] = 0;
    _IDEC_flags flags = 0;
    return take(bid128_from_string(digits, BID_ROUNDING_TO_NEAREST, &flags), out);
}

// Splits into sign, significant digits and exponent: "+123E-2" is what the library prints.
static void number_parts(struct feel_number n, bool *negative, char digits[40], size_t *count,
                         int *exponent) {
    char printed[64];
    _IDEC_flags flags = 0;
    bid128_to_string(printed, bid(n), &flags);
    char *e = strchr(printed, 'E');
    assert(e);
    *negative = printed[0] == '-';
    *exponent = atoi(e + 1);
    const char *from = printed + 1;
    while (from < e - 1 && *from == '0') from++;
    *count = (size_t)(e - from);
    memcpy(digits, from, *count);
    if (*count == 1 && digits[0] == '0') *exponent = 0;
    while (*count > 1 && digits[*count - 1] == '0') --*count, ++*exponent;
}

struct text number_print(struct arena *a, struct feel_number n) {
    bool negative;
    char digits[40];
    size_t count;
    int exponent;
    number_parts(n, &negative, digits, &count, &exponent);
    struct out o = {.arena = a};
    if (negative && !(count == 1 && digits[0] == '0')) out_byte(&o, '-');
    if (exponent >= 0) {
        out_text(&o, (struct text){digits, count});
        for (int i = 0; i < exponent; i++) out_byte(&o, '0');
        return out_done(&o);
    }
    size_t after = (size_t)-exponent;
    if (after >= count) {
        out_c(&o, "0.");
        for (size_t i = count; i < after; i++) out_byte(&o, '0');
        out_text(&o, (struct text){digits, count});
        return out_done(&o);
    }
    out_text(&o, (struct text){digits, count - after});
    out_byte(&o, '.');
    out_text(&o, (struct text){digits + count - after, after});
    return out_done(&o);
}

int number_cmp(struct feel_number a, struct feel_number b) {
    struct small x, y;
    if (to_aligned(a, b, &x, &y)) return (x.coefficient > y.coefficient) - (x.coefficient < y.coefficient);
    _IDEC_flags flags = 0;
    if (bid128_quiet_less(bid(a), bid(b), &flags)) return -1;
    return bid128_quiet_greater(bid(a), bid(b), &flags) ? 1 : 0;
}

bool number_is_zero(struct feel_number n) {
    return bid128_isZero(bid(n));
}

bool number_is_negative(struct feel_number n) {
    return bid128_isSigned(bid(n)) && !bid128_isZero(bid(n));
}

bool number_is_whole(struct feel_number n) {
    struct small x;
    if (to_small(n, &x) && x.exponent >= EXPONENT_ZERO) return true;
    _IDEC_flags flags = 0;
    BID_UINT128 whole = bid128_round_integral_zero(bid(n), &flags);
    return bid128_quiet_equal(whole, bid(n), &flags);
}

bool number_next(struct feel_number n, bool up, struct feel_number *out) {
    _IDEC_flags flags = 0;
    return take(up ? bid128_nextup(bid(n), &flags) : bid128_nextdown(bid(n), &flags), out);
}

bool number_to_int(struct feel_number n, int64_t *out) {
    struct small x;
    if (to_small(n, &x) && x.exponent == EXPONENT_ZERO) return *out = x.coefficient, true;
    _IDEC_flags flags = 0;
    int64_t i = bid128_to_int64_xint(bid(n), &flags);
    if (flags) return false; // inexact or out of range
    *out = i;
    return true;
}

struct feel_number number_negate(struct feel_number n) {
    return number_is_zero(n) ? n : of_bid(bid128_negate(bid(n)));
}

bool number_add(struct feel_number a, struct feel_number b, struct feel_number *out) {
    struct small x, y;
    int64_t sum;
    if (to_aligned(a, b, &x, &y) && !__builtin_add_overflow(x.coefficient, y.coefficient, &sum))
        return *out = of_small(sum, x.exponent), true;
    _IDEC_flags flags = 0;
    return take(bid128_add(bid(a), bid(b), BID_ROUNDING_TO_NEAREST, &flags), out);
}

bool number_subtract(struct feel_number a, struct feel_number b, struct feel_number *out) {
    struct small x, y;
    int64_t rest;
    if (to_aligned(a, b, &x, &y) && !__builtin_sub_overflow(x.coefficient, y.coefficient, &rest))
        return *out = of_small(rest, x.exponent), true;
    _IDEC_flags flags = 0;
    return take(bid128_sub(bid(a), bid(b), BID_ROUNDING_TO_NEAREST, &flags), out);
}

// A product of nothing may be -0, which is the library's business.
bool number_multiply(struct feel_number a, struct feel_number b, struct feel_number *out) {
    struct small x, y;
    int64_t product;
    if (to_small(a, &x) && to_small(b, &y) &&
        !__builtin_mul_overflow(x.coefficient, y.coefficient, &product) && product) {
        int exponent = x.exponent + y.exponent - EXPONENT_ZERO;
        if (exponent >= 0 && exponent <= EXPONENT_TOP) return *out = of_small(product, exponent), true;
    }
    _IDEC_flags flags = 0;
    return take(bid128_mul(bid(a), bid(b), BID_ROUNDING_TO_NEAREST, &flags), out);
}

bool number_divide(struct feel_number a, struct feel_number b, struct feel_number *out) {
    _IDEC_flags flags = 0;
    return take(bid128_div(bid(a), bid(b), BID_ROUNDING_TO_NEAREST, &flags), out);
}

// Whole exponents by squaring: exact where the result has 34 digits, and quicker than the library's.
bool number_power(struct feel_number a, struct feel_number b, struct feel_number *out) {
    _IDEC_flags flags = 0;
    int64_t n;
    if (!number_to_int(b, &n) || n > 1000000 || n < -1000000)
        return take(bid128_pow(bid(a), bid(b), BID_ROUNDING_TO_NEAREST, &flags), out);
    struct feel_number result = number_from_int(1), square = a;
    if (n < 0 && number_is_zero(a)) return false;
    for (uint64_t left = (uint64_t)(n < 0 ? -n : n); left; left >>= 1) {
        if ((left & 1) && !number_multiply(result, square, &result)) return false;
        if (left > 1 && !number_multiply(square, square, &square)) return false;
    }
    return n < 0 ? number_divide(number_from_int(1), result, out) : (*out = result, true);
}

bool number_modulo(struct feel_number dividend, struct feel_number divisor, struct feel_number *out) {
    if (number_is_zero(divisor)) return false;
    _IDEC_flags flags = 0;
    struct feel_number rest;
    if (!take(bid128_fmod(bid(dividend), bid(divisor), &flags), &rest)) return false;
    if (number_is_zero(rest) || number_is_negative(rest) == number_is_negative(divisor))
        return *out = rest, true;
    return number_add(rest, divisor, out);
}

#define NUMBER_UNARY(name, function)                                         \
    bool name(struct feel_number n, struct feel_number *out) {               \
        _IDEC_flags flags = 0;                                               \
        return take(function(bid(n), BID_ROUNDING_TO_NEAREST, &flags), out); \
    }
NUMBER_UNARY(number_sqrt, bid128_sqrt)
NUMBER_UNARY(number_exp, bid128_exp)
NUMBER_UNARY(number_log, bid128_log)

// The library rounds halves to even or away from zero; half down is found from the two directed roundings.
static BID_UINT128 quantize_half_down(BID_UINT128 n, BID_UINT128 unit, bool negative) {
    _IDEC_flags flags = 0;
    BID_UINT128 toward = bid128_quantize(n, unit, BID_ROUNDING_TO_ZERO, &flags);
    BID_UINT128 away = bid128_quantize(n, unit, negative ? BID_ROUNDING_DOWN : BID_ROUNDING_UP, &flags);
    BID_UINT128 below = bid128_abs(bid128_sub(n, toward, BID_ROUNDING_TO_NEAREST, &flags));
    BID_UINT128 above = bid128_abs(bid128_sub(away, n, BID_ROUNDING_TO_NEAREST, &flags));
    return bid128_quiet_less(above, below, &flags) ? away : toward;
}

bool number_round(struct feel_number n, int64_t scale, enum number_rounding how, struct feel_number *out) {
    if (scale < SCALE_MIN || scale > SCALE_MAX) return false;
    _IDEC_flags flags = 0;
    bool negative = number_is_negative(n);
    BID_UINT128 unit = bid128_scalbn(bid128_from_int64(1), (int)-scale, BID_ROUNDING_TO_NEAREST, &flags);
    unsigned mode = BID_ROUNDING_TO_NEAREST;
    switch (how) {
    case ROUND_HALF_EVEN: break;
    case ROUND_DOWN: mode = BID_ROUNDING_TO_ZERO; break;
    case ROUND_UP: mode = negative ? BID_ROUNDING_DOWN : BID_ROUNDING_UP; break;
    case ROUND_HALF_UP: mode = BID_ROUNDING_TIES_AWAY; break;
    case ROUND_FLOOR: mode = BID_ROUNDING_DOWN; break;
    case ROUND_CEILING: mode = BID_ROUNDING_UP; break;
    case ROUND_HALF_DOWN: break;
    }
    BID_UINT128 rounded = how == ROUND_HALF_DOWN ? quantize_half_down(bid(n), unit, negative)
                                                 : bid128_quantize(bid(n), unit, mode, &flags);
    // More than 34 digits at that scale: the number has none to lose there.
    if (!bid128_isFinite(rounded)) return *out = n, true;
    return take(rounded, out);
}
