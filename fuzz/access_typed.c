// access_typed.c - what people type at the door, and the cookie of known browsers: contacts, passwords,
// codes.
#include "access/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct text typed = {(const char *)data, size}, normal, again;
    enum contact_kind kind, same;
    struct problem p;
    if (!contact_read(&a, typed, "email", &kind, &normal, &p)) {
        // What was normalised once stays as it is.
        if (contact_read(&a, normal, "email", &same, &again, &p) || same != kind || !text_eq(normal, again))
            __builtin_trap();
    }
    if (!password_check(typed, T("amina@mail.example"), &p) && text_codepoints(typed) < PASSWORD_CHARS_MIN)
        __builtin_trap();
    static const uint8_t SECRET[20] = {1};
    (void)totp_fits((struct bytes){SECRET, sizeof SECRET}, typed, (struct moment){1800000000000}, 0);
    // A cookie that somebody made up is of no account; a new one is found again, whatever stood beside it.
    static struct access x;
    struct source from = {.known = typed};
    x.env = env_real();
    if (known_find(&x, &from, 7, &a, &normal)) __builtin_trap();
    from.known = known_add(&x, &from, 7, &a);
    if (from.known.n > KNOWN_CHARS_MAX || !known_find(&x, &from, 7, &a, &normal)) __builtin_trap();
    arena_free(&a);
    return 0;
}
