#include "base/cbor.h"
#include "base/encode.h"
#include "check.h"

static void rfc_8949_appendix_a_integers(void **state) {
    (void)state;
    static const struct {
        int64_t value;
        const char *hex;
    } CASES[] = {
        {0, "00"},
        {23, "17"},
        {24, "1818"},
        {255, "18ff"},
        {256, "190100"},
        {65536, "1a00010000"},
        {1000000000000, "1b000000e8d4a51000"},
        {-1, "20"},
        {-100, "3863"},
        {-1000, "3903e7"},
        {INT64_MIN, "3b7fffffffffffffff"},
        {INT64_MAX, "1b7fffffffffffffff"},
    };
    struct arena a = {0};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct out o = {.arena = &a};
        cbor_int(&o, CASES[i].value);
        assert_text(hex_encode(&a, bytes_of(out_done(&o))), CASES[i].hex);
        struct cbor_reader r = cbor_reader(bytes_of(out_done(&o)));
        struct cbor_item item;
        assert_ok(cbor_next(&r, &item));
        assert_int_equal(item.integer, CASES[i].value);
    }
    arena_free(&a);
}

static void a_map_is_read_by_key(void **state) {
    (void)state;
    struct arena a = {0};
    struct out o = {.arena = &a};
    cbor_map(&o, 2);
    cbor_text(&o, T("at"));
    cbor_array(&o, 2);
    cbor_int(&o, 1);
    cbor_null(&o);
    cbor_text(&o, T("name"));
    cbor_text(&o, T("Zoë"));
    struct bytes b = bytes_of(out_done(&o));
    struct cbor_item item;
    assert_true(cbor_check(b));
    assert_ok(cbor_get(b, T("name"), &item));
    assert_text(item.text, "Zoë");
    assert_status(cbor_get(b, T("none"), &item), STATUS_NOT_FOUND);
    for (size_t cut = 0; cut < b.n; cut++) assert_false(cbor_check((struct bytes){b.p, cut}));
    arena_free(&a);
}

static void other_encodings_of_the_same_are_refused(void **state) {
    (void)state;
    static const char *const BAD[] = {"1817",
                                      "190017",
                                      "9fff",
                                      "f97e00",
                                      "c000",
                                      "a2616200616100",
                                      "a2616100616100",
                                      "61ff",
                                      "ff",
                                      "5f",
                                      "1bffffffffffffffff",
                                      "81818181818181818181818181818181818100"};
    struct arena a = {0};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct bytes b;
        assert_ok(hex_decode(&a, text_of(BAD[i]), &b));
        if (cbor_check(b)) fail_msg("accepted %s", BAD[i]);
    }
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_8949_appendix_a_integers),
        cmocka_unit_test(a_map_is_read_by_key),
        cmocka_unit_test(other_encodings_of_the_same_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
