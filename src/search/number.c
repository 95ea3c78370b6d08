#include "search/number.h"

enum { DIGITS = 9, CHECK_DIGITS = 2 };

// MOD 97-10: the number with its two check digits is 1 modulo 97.
static int64_t check_digits(int64_t n) {
    return 98 - n * 100 % 97;
}

struct text natural_number(struct arena *a, int64_t counter) {
    return text_printf(a, "P%0*lld%02lld", DIGITS, (long long)counter, (long long)check_digits(counter));
}

struct text natural_number_shown(struct arena *a, struct text number) {
    size_t n = number.n;
    if (n < 1 + DIGITS + CHECK_DIGITS) return number;
    struct out o = {.arena = a};
    out_byte(&o, 'P');
    for (size_t i = 1; i < n; i++) {
        if (i <= n - CHECK_DIGITS && (n - CHECK_DIGITS - i) % 3 == 0) out_byte(&o, ' ');
        out_byte(&o, number.p[i]);
    }
    return out_done(&o);
}

enum status natural_number_read(struct arena *a, struct text typed, struct text *number) {
    struct out o = {.arena = a};
    int64_t all;
    for (size_t i = 0; i < typed.n; i++) {
        char c = typed.p[i];
        if (c == ' ' || c == '-') continue;
        out_byte(&o, c == 'p' ? 'P' : c);
    }
    struct text t = out_done(&o);
    if (t.n < 1 + DIGITS + CHECK_DIGITS || t.n > 18 || t.p[0] != 'P') return STATUS_INVALID;
    for (size_t i = 1; i < t.n; i++)
        if (t.p[i] < '0' || t.p[i] > '9') return STATUS_INVALID;
    if (!text_int(text_slice(t, 1, t.n), &all) || all % 97 != 1) return STATUS_INVALID;
    *number = t;
    return STATUS_OK;
}
