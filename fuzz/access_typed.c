// access_typed.c - what people type at the door: contacts, passwords, codes.
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
    arena_free(&a);
    return 0;
}
