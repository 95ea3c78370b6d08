#include "ledger/number.h"

bool number_read(struct text t, uint64_t *number) {
    if (t.n == 0 || t.n > 20 || (t.p[0] == '0' && t.n > 1)) return false;
    *number = 0;
    for (size_t i = 0; i < t.n; i++) {
        unsigned digit = (unsigned)(t.p[i] - '0');
        if (t.p[i] < '0' || t.p[i] > '9') return false;
        if (__builtin_mul_overflow(*number, UINT64_C(10), number) ||
            __builtin_add_overflow(*number, digit, number))
            return false;
    }
    return true;
}
