#include "traveldoc/c40.h"

enum { UNLATCH = 0xFE, SHIFT_1 = 0 };

static bool add(struct out *o, unsigned value) {
    if (value == 3)
        out_byte(o, ' ');
    else if (value >= 4 && value <= 13)
        out_byte(o, (char)('0' + value - 4));
    else if (value >= 14 && value <= 39)
        out_byte(o, (char)('A' + value - 14));
    else
        return value == SHIFT_1; // pads the last pair
    return true;
}

bool c40_decode(struct arena *a, struct bytes b, struct text *out) {
    struct out o = {.arena = a};
    if (b.n % 2) return false;
    for (size_t i = 0; i < b.n; i += 2) {
        if (b.p[i] == UNLATCH) { // one character in ASCII, its value plus one
            uint8_t c = b.p[i + 1];
            if (c < 2 || c > 0x80) return false;
            out_byte(&o, (char)(c - 1));
            continue;
        }
        unsigned pair = (unsigned)b.p[i] * 256 + b.p[i + 1];
        if (!pair) return false;
        pair -= 1;
        if (!add(&o, pair / 1600) || !add(&o, pair / 40 % 40) || !add(&o, pair % 40)) return false;
    }
    *out = out_done(&o);
    return true;
}
