#include "base/crypto.h"
#include "check.h"

static void any_flipped_bit_is_detected(void **state) {
    (void)state;
    struct arena a = {0};
    struct env_fixed f;
    struct env *e = env_fixed(&f, (struct moment){0}, 7);
    struct key k = key_random(e);
    struct bytes sealed = seal(&a, e, &k, bytes_of(T("born 1990-01")), bytes_of(T("event 7"))), plain;
    assert_ok(unseal(&a, &k, sealed, bytes_of(T("event 7")), &plain));
    assert_text(text_of_bytes(plain), "born 1990-01");
    assert_status(unseal(&a, &k, sealed, bytes_of(T("event 8")), &plain), STATUS_CORRUPT);
    uint8_t *raw = arena_copy(&a, sealed.p, sealed.n);
    for (size_t i = 0; i < sealed.n * 8; i++) {
        raw[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_status(unseal(&a, &k, (struct bytes){raw, sealed.n}, bytes_of(T("event 7")), &plain),
                      STATUS_CORRUPT);
        raw[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    arena_free(&a);
}

static void codes_survive_being_typed_by_hand(void **state) {
    (void)state;
    struct arena a = {0};
    struct env_fixed f;
    struct env *e = env_fixed(&f, (struct moment){0}, 1);
    struct text code = code_random(&a, e, 3);
    assert_int_equal(code.n, 14);
    assert_text(code_normal(&a, T("abcd efgh-2345")), "ABCD-EFGH-2345");
    assert_text(code_normal(&a, code), text_c(&a, code));
    assert_int_equal(code_normal(&a, T("O0O0-IIII")).n, 0);
    assert_int_equal(code_normal(&a, T("")).n, 0);
    arena_free(&a);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_flipped_bit_is_detected),
        cmocka_unit_test(codes_survive_being_typed_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
