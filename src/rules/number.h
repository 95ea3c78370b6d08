// number.h - FEEL numbers: decimal128 arithmetic where what is not a number (NaN, infinite) is a failure.
#pragma once
#include "rules/feel.h"

enum number_rounding {
    ROUND_HALF_EVEN,
    ROUND_DOWN,
    ROUND_UP,
    ROUND_HALF_UP,
    ROUND_HALF_DOWN,
    ROUND_FLOOR,
    ROUND_CEILING
};

struct feel_number number_from_int(int64_t i);
// "12", "-1.50", ".5", "1e-3"; false for anything else and for what decimal128 cannot hold.
bool number_parse(struct text t, struct feel_number *out);
// Plain digits without exponent and without zeros that mean nothing.
struct text number_print(struct arena *a, struct feel_number n);

int number_cmp(struct feel_number a, struct feel_number b);
bool number_is_zero(struct feel_number n);
bool number_is_negative(struct feel_number n);
bool number_is_whole(struct feel_number n);
bool number_to_int(struct feel_number n, int64_t *out); // whole numbers that fit
struct feel_number number_negate(struct feel_number n);

bool number_next(struct feel_number n, bool up, struct feel_number *out); // the nearest number above or below

// False when the result is no finite number: division by zero, overflow, logarithm of zero.
bool number_add(struct feel_number a, struct feel_number b, struct feel_number *out);
bool number_subtract(struct feel_number a, struct feel_number b, struct feel_number *out);
bool number_multiply(struct feel_number a, struct feel_number b, struct feel_number *out);
bool number_divide(struct feel_number a, struct feel_number b, struct feel_number *out);
bool number_power(struct feel_number a, struct feel_number b, struct feel_number *out);
// dividend - divisor * floor(dividend / divisor), exact.
bool number_modulo(struct feel_number dividend, struct feel_number divisor, struct feel_number *out);
bool number_sqrt(struct feel_number n, struct feel_number *out);
bool number_exp(struct feel_number n, struct feel_number *out);
bool number_log(struct feel_number n, struct feel_number *out);
// Rounds to `scale` digits after the point (-6111 to 6176).
bool number_round(struct feel_number n, int64_t scale, enum number_rounding how, struct feel_number *out);
