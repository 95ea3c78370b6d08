// Whoever has the authority's public key checks the QR code of a letter without the network; and operators
// see the law.
#include <sodium.h>

#include "base/encode.h"
#include "cases/internal.h"
#include "house.h"

// What a program of somebody else does with "...?t=CODE.DATE.LETTER.SIGNATURE".
static bool checks_offline(struct arena *a, struct bytes key, struct text address) {
    struct bytes signature;
    size_t at, dot = address.n;
    if (!text_find(address, T("?t="), &at)) return false;
    struct text token = text_slice(address, at + 3, address.n);
    for (dot = token.n; dot > 0 && token.p[dot - 1] != '.'; dot--) continue;
    if (!dot || base64url_decode(a, text_slice(token, dot, token.n), &signature)) return false;
    return signature.n == crypto_sign_BYTES &&
           crypto_sign_verify_detached(signature.p, (const uint8_t *)token.p, dot - 1, key.p) == 0;
}

static void a_letter_is_genuine_by_its_code_alone(void **state) {
    struct house h;
    (void)state;
    house_new(&h);
    struct bytes key = cases_letter_key(h.cases, &h.arena);
    struct text token =
        letter_token(h.cases, &h.arena, T("ABCD-EFGH-JKMN"), (struct date){2026, 11, 21}, T("receipt"));
    assert_int_equal(key.n, crypto_sign_PUBLICKEYBYTES);
    assert_true(checks_offline(&h.arena, key, token));
    house_end(&h);
}

static void a_changed_letter_is_not(void **state) {
    struct house h;
    (void)state;
    house_new(&h);
    struct bytes key = cases_letter_key(h.cases, &h.arena);
    struct text token =
        letter_token(h.cases, &h.arena, T("ABCD-EFGH-JKMN"), (struct date){2026, 11, 21}, T("receipt"));
    size_t at;
    assert_true(text_find(token, T("2026-11-21"), &at));
    char *changed = arena_copy(&h.arena, token.p, token.n);
    changed[at + 9] = '2';
    assert_false(checks_offline(&h.arena, key, (struct text){changed, token.n}));
    house_end(&h);
}

static void the_key_is_the_same_after_a_restart(void **state) {
    struct house h;
    (void)state;
    house_new(&h);
    struct bytes before = cases_letter_key(h.cases, &h.arena);
    house_close(&h);
    house_open(&h);
    struct bytes after = cases_letter_key(h.cases, &h.arena);
    assert_memory_equal(before.p, after.p, before.n);
    house_end(&h);
}

static void the_newest_law_stands_first(void **state) {
    struct house h;
    struct loaded_pack_list packs;
    (void)state;
    house_new(&h);
    assert_ok(cases_loaded_packs(h.cases, &h.arena, &packs));
    assert_int_equal(packs.count, 1);
    assert_true(text_eq(packs.items[0].id, T("eu-asylum")));
    assert_int_equal(packs.items[0].loaded_at.ms, h.fixed.at.ms);
    house_end(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_letter_is_genuine_by_its_code_alone),
        cmocka_unit_test(a_changed_letter_is_not),
        cmocka_unit_test(the_key_is_the_same_after_a_restart),
        cmocka_unit_test(the_newest_law_stands_first),
    };
    crypto_start();
    log_level_set(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
