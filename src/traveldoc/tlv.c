#include "traveldoc/tlv.h"

#include "base/encode.h"

// A tag of one to three bytes (X.690, 8.1.2): chips use 5F1F and 7F61.
static bool tag_of(struct bytes b, size_t *at, uint32_t *tag) {
    if (*at >= b.n) return false;
    uint8_t c = b.p[(*at)++];
    *tag = c;
    if ((c & 0x1F) != 0x1F) return true;
    for (int more = 0; more < 2; more++) {
        if (*at >= b.n) return false;
        c = b.p[(*at)++];
        *tag = *tag << 8 | c;
        if (!(c & 0x80)) return true;
    }
    return false;
}

// Short form, or one to four bytes of length (X.690, 8.1.3).
static bool length_of(struct bytes b, size_t *at, size_t *n) {
    if (*at >= b.n) return false;
    uint8_t c = b.p[(*at)++];
    *n = c;
    if (c < 0x80) return true;
    size_t bytes = c & 0x7F;
    if (bytes < 1 || bytes > 4 || bytes > b.n - *at) return false;
    for (*n = 0; bytes; bytes--) *n = *n << 8 | b.p[(*at)++];
    return true;
}

bool tlv_next(struct bytes *rest, struct tlv *out) {
    size_t at = 0, n;
    if (!tag_of(*rest, &at, &out->tag) || !length_of(*rest, &at, &n) || n > rest->n - at) return false;
    out->value = (struct bytes){rest->p + at, n};
    out->whole = (struct bytes){rest->p, at + n};
    *rest = (struct bytes){rest->p + at + n, rest->n - at - n};
    return true;
}

bool tlv_find(struct bytes in, uint32_t tag, struct tlv *out) {
    while (tlv_next(&in, out))
        if (out->tag == tag) return true;
    return false;
}

bool text_is_readable(struct text t) {
    if (!t.n || !text_is_utf8(t)) return false;
    for (size_t i = 0; i < t.n; i++)
        if ((uint8_t)t.p[i] < 0x20 || t.p[i] == 0x7F) return false;
    return true;
}

struct text bytes_shown(struct arena *a, struct bytes b) {
    struct text t = text_of_bytes(b);
    return text_is_readable(t) ? text_copy(a, t) : hex_encode(a, b);
}
