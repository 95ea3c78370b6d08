// totp.c - one-time codes of authenticator apps: RFC 6238 with SHA-1, six digits, thirty seconds (what all
// apps do).
#include <oath.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "access/internal.h"

enum { TOTP_DIGITS = 6, TOTP_DRIFT_STEPS = 1 };

static enum status code_of_step(struct bytes secret, int64_t step, char code[7]) {
    int rc = oath_totp_generate((const char *)secret.p, secret.n, (time_t)(step * TOTP_STEP_S), TOTP_STEP_S,
                                0, TOTP_DIGITS, code);
    return rc == OATH_OK ? STATUS_OK : STATUS_INVALID;
}

enum status totp_code(struct bytes secret, struct moment at, char code[7]) {
    return code_of_step(secret, at.ms / 1000 / TOTP_STEP_S, code);
}

// Digits as typed, with spaces between.
static bool digits_of(struct text typed, char digits[TOTP_DIGITS]) {
    size_t n = 0;
    for (size_t i = 0; i < typed.n; i++) {
        if (typed.p[i] == ' ') continue;
        if (typed.p[i] < '0' || typed.p[i] > '9' || n == TOTP_DIGITS) return false;
        digits[n++] = typed.p[i];
    }
    return n == TOTP_DIGITS;
}

int64_t totp_fits(struct bytes secret, struct text typed, struct moment now, int64_t after_step) {
    char given[TOTP_DIGITS], wanted[TOTP_DIGITS + 1];
    if (!digits_of(typed, given)) return 0;
    int64_t step = now.ms / 1000 / TOTP_STEP_S, found = 0;
    for (int64_t s = step - TOTP_DRIFT_STEPS; s <= step + TOTP_DRIFT_STEPS; s++) {
        if (code_of_step(secret, s, wanted) != STATUS_OK) return 0;
        bool fits = sodium_memcmp(given, wanted, TOTP_DIGITS) == 0;
        if (fits && s > after_step && !found) found = s; // RFC 6238, 5.2: a code is good once
    }
    sodium_memzero(wanted, sizeof wanted);
    return found;
}

struct text totp_base32(struct arena *a, struct bytes secret) {
    char *encoded = NULL;
    size_t n = 0;
    if (oath_base32_encode((const char *)secret.p, secret.n, &encoded, &n) != OATH_OK) return T("");
    struct text copy = text_copy(a, (struct text){encoded, n});
    sodium_memzero(encoded, n);
    free(encoded);
    while (copy.n && copy.p[copy.n - 1] == '=') copy.n--;
    return copy;
}

static void out_percent(struct out *o, struct text t) {
    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.p[i];
        bool is_plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                        (c && strchr("-._~", c));
        if (is_plain)
            out_byte(o, (char)c);
        else
            out_printf(o, "%%%02X", c);
    }
}

struct text totp_uri(struct arena *a, struct text issuer, struct text label, struct bytes secret) {
    struct out o = {.arena = a};
    out_c(&o, "otpauth://totp/");
    out_percent(&o, issuer);
    out_byte(&o, ':');
    out_percent(&o, label);
    out_c(&o, "?secret=");
    out_text(&o, totp_base32(a, secret));
    out_c(&o, "&issuer=");
    out_percent(&o, issuer);
    out_c(&o, "&algorithm=SHA1&digits=6&period=30");
    return out_done(&o);
}
