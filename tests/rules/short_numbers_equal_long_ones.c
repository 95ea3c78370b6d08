// Numbers that fit an integer take a short way through arithmetic: it must give the library's very bits.
#include "../check.h"
#include "rules/number.h"

#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <bid_conf.h>
#include <bid_functions.h>
#pragma GCC diagnostic pop

enum { PAIRS = 400 * 1000 };

static uint64_t seed = 20261126;

static uint64_t random_bits(void) { // splitmix64
    uint64_t z = (seed += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

static BID_UINT128 bid(struct feel_number n) {
    BID_UINT128 b;
    memcpy(&b, &n, sizeof b);
    return b;
}

// Coefficients of every length up to 34 digits, round ones too; exponents mostly near each other, some at the
// ends.
static struct feel_number random_number(void) {
    static const int ENDS[] = {-6176, -6170, -6140, 6060, 6100, 6111};
    char digits[64];
    size_t n = 0, wanted = random_bits() % 4 ? 1 + random_bits() % 18 : 1 + random_bits() % 34;
    struct feel_number out;
    if (random_bits() % 2) digits[n++] = '-';
    bool is_round = random_bits() % 3 == 0;
    for (size_t i = 0; i < wanted; i++) digits[n++] = (char)('0' + (is_round && i ? 0 : random_bits() % 10));
    int exponent = random_bits() % 8 ? (int)(random_bits() % 25) - 12 : ENDS[random_bits() % 6];
    n += (size_t)snprintf(digits + n, sizeof digits - n, "e%d", exponent);
    if (!number_parse((struct text){digits, n}, &out)) fail_msg("%.*s", (int)n, digits);
    return out;
}

static void same(const char *what, struct feel_number a, struct feel_number b, bool ok,
                 struct feel_number got, BID_UINT128 want) {
    bool is_finite = bid128_isFinite(want);
    if (ok == is_finite && (!ok || memcmp(&got, &want, sizeof got) == 0)) return;
    struct arena arena = {0};
    struct text x = number_print(&arena, a), y = number_print(&arena, b);
    fail_msg(TEXT_FMT " %s " TEXT_FMT, TEXT_ARG(x), what, TEXT_ARG(y));
}

static void arithmetic_is_that_of_the_library(void **state) {
    (void)state;
    for (int i = 0; i < PAIRS; i++) {
        struct feel_number a = random_number(), b = i % 16 ? random_number() : a, got = {{0}};
        _IDEC_flags flags = 0;
        bool ok = number_add(a, b, &got);
        same("+", a, b, ok, got, bid128_add(bid(a), bid(b), BID_ROUNDING_TO_NEAREST, &flags));
        ok = number_subtract(a, b, &got);
        same("-", a, b, ok, got, bid128_sub(bid(a), bid(b), BID_ROUNDING_TO_NEAREST, &flags));
        ok = number_multiply(a, b, &got);
        same("*", a, b, ok, got, bid128_mul(bid(a), bid(b), BID_ROUNDING_TO_NEAREST, &flags));
        int less = bid128_quiet_less(bid(a), bid(b), &flags),
            more = bid128_quiet_greater(bid(a), bid(b), &flags);
        assert_int_equal(number_cmp(a, b), more - less);
    }
}

static void whole_numbers_are_those_of_the_library(void **state) {
    (void)state;
    for (int i = 0; i < PAIRS; i++) {
        struct feel_number n = random_number();
        _IDEC_flags flags = 0;
        int64_t got = 0, want = bid128_to_int64_xint(bid(n), &flags);
        assert_int_equal(number_to_int(n, &got), !flags);
        if (!flags) assert_int_equal(got, want);
        BID_UINT128 whole = bid128_round_integral_zero(bid(n), &flags);
        assert_int_equal(number_is_whole(n), bid128_quiet_equal(whole, bid(n), &flags));
        want = (int64_t)(random_bits() >> random_bits() % 64);
        if (i == 0) want = INT64_MIN;
        BID_UINT128 made = bid128_from_int64(want);
        struct feel_number mine = number_from_int(want);
        assert_memory_equal(&mine, &made, sizeof mine);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_is_that_of_the_library),
        cmocka_unit_test(whole_numbers_are_those_of_the_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
