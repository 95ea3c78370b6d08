// known.c - browsers that have signed in to an account before. Their mistakes are counted apart, so that
// strangers who type wrong passwords for a name cannot make its owner wait (OWASP: device cookies).
//
// A token is a random number and its keyed hash with the account: nothing is stored here, and it tells nobody
// whose it is. It opens nothing; a stolen one gives as many guesses as the name itself.
#include <sodium.h>
#include <string.h>

#include "access/internal.h"

#include "base/encode.h"

enum { NONCE_BYTES = 12, MAC_BYTES = 18, TOKEN_BYTES = NONCE_BYTES + MAC_BYTES };

static void fill_mac(const struct access *x, int64_t account, uint8_t token[TOKEN_BYTES]) {
    uint8_t input[sizeof account + NONCE_BYTES];
    memcpy(input, &account, sizeof account);
    memcpy(input + sizeof account, token, NONCE_BYTES);
    struct hash h = hash_keyed(&x->known_key, (struct bytes){input, sizeof input});
    memcpy(token + NONCE_BYTES, h.b, MAC_BYTES);
}

static bool is_token(struct arena *a, struct text given, struct bytes *raw) {
    return base64url_decode(a, given, raw) == STATUS_OK && raw->n == TOKEN_BYTES;
}

static bool fits(const struct access *x, int64_t account, struct bytes raw) {
    uint8_t wanted[TOKEN_BYTES];
    memcpy(wanted, raw.p, NONCE_BYTES);
    fill_mac(x, account, wanted);
    return sodium_memcmp(wanted, raw.p, TOKEN_BYTES) == 0;
}

bool known_find(const struct access *x, const struct source *from, int64_t account, struct arena *a,
                struct text *token) {
    struct text rest = text_slice(from->known, 0, KNOWN_CHARS_MAX), one;
    struct bytes given;
    bool found = false;
    for (int i = 0; i < KNOWN_MAX && text_cut(&rest, '.', &one); i++) {
        if (!is_token(a, one, &given) || !fits(x, account, given)) continue;
        *token = one;
        found = true;
    }
    return found && account;
}

struct text known_add(const struct access *x, const struct source *from, int64_t account, struct arena *a) {
    uint8_t raw[TOKEN_BYTES];
    struct text rest = text_slice(from->known, 0, KNOWN_CHARS_MAX), one;
    env_random(x->env, raw, NONCE_BYTES);
    fill_mac(x, account, raw);
    struct text all = base64url_encode(a, (struct bytes){raw, sizeof raw});
    struct bytes given;
    for (int i = 1; i < KNOWN_MAX && text_cut(&rest, '.', &one);) {
        if (!is_token(a, one, &given) || fits(x, account, given)) continue;
        all = TEXT_JOIN(a, all, T("."), one);
        i++;
    }
    return all;
}
