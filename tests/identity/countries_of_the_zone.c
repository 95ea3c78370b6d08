#include "check.h"
#include "identity/country.h"

static void germany_is_d(void **state) {
    (void)state;
    struct arena a = {0};
    assert_text(country_alpha3(&a, T("D<<")), "DEU");
    assert_text(country_alpha2(T("D")), "DE");
    assert_text(country_mrz(&a, T("DEU")), "D<<");
    assert_text(country_mrz(&a, T("de")), "D<<");
    assert_text(country_mrz(&a, T("fra")), "FRA");
    assert_int_equal(country_kind(T("D<<")), COUNTRY_STATE);
    arena_free(&a);
}

static void icao_adds_its_own(void **state) {
    (void)state;
    struct arena a = {0};
    assert_int_equal(country_kind(T("XXA")), COUNTRY_STATELESS);
    assert_int_equal(country_kind(T("XXB")), COUNTRY_REFUGEE);
    assert_int_equal(country_kind(T("XXC")), COUNTRY_REFUGEE);
    assert_int_equal(country_kind(T("XXX")), COUNTRY_UNSPECIFIED);
    assert_int_equal(country_kind(T("UNO")), COUNTRY_ORGANISATION);
    assert_int_equal(country_kind(T("GBN")), COUNTRY_BRITISH);
    assert_int_equal(country_kind(T("UTO")), COUNTRY_SPECIMEN);
    assert_text(country_alpha2(T("GBN")), "GB");
    assert_text(country_alpha2(T("RKS")), "XK");
    assert_text(country_alpha2(T("XXA")), "");
    assert_text(country_alpha3(&a, T("xxa")), "XXA");
    arena_free(&a);
}

static void what_is_no_code_is_unknown(void **state) {
    (void)state;
    struct arena a = {0};
    static const char *const BAD[] = {"", "<<<", "ZZZ", "F", "1AB", "FRAN", "XKK", "XEA", "é"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        assert_int_equal(country_kind(text_of(BAD[i])), COUNTRY_UNKNOWN);
        assert_text(country_mrz(&a, text_of(BAD[i])), "");
    }
    assert_int_equal(country_kind(T("SYR")), COUNTRY_STATE);
    assert_int_equal(country_kind(T("AFG")), COUNTRY_STATE);
    assert_int_equal(country_kind(T("PSE")), COUNTRY_STATE);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(germany_is_d),
        cmocka_unit_test(icao_adds_its_own),
        cmocka_unit_test(what_is_no_code_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
