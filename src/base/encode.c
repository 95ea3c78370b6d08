#include "base/encode.h"

#include <sodium.h>

struct text hex_encode(struct arena *a, struct bytes b) {
    char *p = arena_alloc(a, b.n * 2 + 1);
    sodium_bin2hex(p, b.n * 2 + 1, b.p, b.n);
    return (struct text){p, b.n * 2};
}

enum status hex_decode(struct arena *a, struct text t, struct bytes *out) {
    if (t.n % 2) return STATUS_INVALID;
    uint8_t *p = arena_alloc(a, t.n / 2);
    size_t n = 0;
    const char *end = NULL;
    if (t.n && (sodium_hex2bin(p, t.n / 2, t.p, t.n, NULL, &n, &end) != 0 || end != t.p + t.n))
        return STATUS_INVALID;
    *out = (struct bytes){p, n};
    return STATUS_OK;
}

static struct text encode64(struct arena *a, struct bytes b, int variant) {
    size_t size = sodium_base64_encoded_len(b.n, variant);
    char *p = arena_alloc(a, size);
    sodium_bin2base64(p, size, b.p, b.n, variant);
    return text_of(p);
}

static enum status decode64(struct arena *a, struct text t, int variant, struct bytes *out) {
    uint8_t *p = arena_alloc(a, t.n / 4 * 3 + 3);
    size_t n = 0;
    const char *end = NULL;
    for (size_t i = 0; i < t.n; i++) // libsodium 1.0.18 takes some bytes beyond ASCII for letters
        if ((uint8_t)t.p[i] > 0x7F) return STATUS_INVALID;
    if (t.n &&
        (sodium_base642bin(p, t.n / 4 * 3 + 3, t.p, t.n, NULL, &n, &end, variant) != 0 || end != t.p + t.n))
        return STATUS_INVALID;
    *out = (struct bytes){p, n};
    return STATUS_OK;
}

struct text base64_encode(struct arena *a, struct bytes b) {
    return encode64(a, b, sodium_base64_VARIANT_ORIGINAL);
}

struct text base64url_encode(struct arena *a, struct bytes b) {
    return encode64(a, b, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

enum status base64_decode(struct arena *a, struct text t, struct bytes *out) {
    return decode64(a, t, sodium_base64_VARIANT_ORIGINAL, out);
}

enum status base64url_decode(struct arena *a, struct text t, struct bytes *out) {
    return decode64(a, t, sodium_base64_VARIANT_URLSAFE_NO_PADDING, out);
}
