#include "check.h"
#include "identity/name.h"

static void a_name_gets_its_latin_forms(void **state) {
    (void)state;
    struct arena a = {0};
    struct name n = {
        .family = T(" Шевченко "), .given = T("Ганна"), .patronymic = T("Юріївна"), .language = T("uk")};
    assert_ok(name_complete(&a, &n, NULL));
    assert_text(n.script, "Cyrl");
    assert_text(n.latin_family, "Shevchenko");
    assert_text(n.latin_given, "Hanna Yuriivna");
    assert_text(n.mrz_given, "HANNA<YURIIVNA");
    assert_text(name_print(&a, &n), "Ганна Юріївна Шевченко");
    assert_text(name_print_latin(&a, &n), "Hanna Yuriivna Shevchenko");
    arena_free(&a);
}

static void the_passports_spelling_stays(void **state) {
    (void)state;
    struct arena a = {0};
    struct name n = {
        .family = T("محمد"), .latin_family = T("Mohammad"), .mrz_family = T("MOHAMMAD"), .language = T("fa")};
    assert_ok(name_complete(&a, &n, NULL));
    assert_text(n.latin_family, "Mohammad");
    assert_text(n.mrz_family, "MOHAMMAD");
    assert_text(n.script, "Arab");
    struct name chinese = {.family = T("王"), .given = T("小明")};
    assert_ok(name_complete(&a, &chinese, NULL));
    assert_text(name_print(&a, &chinese), "王小明");
    arena_free(&a);
}

static void mistakes_name_the_field(void **state) {
    (void)state;
    struct arena a = {0};
    struct problem p;
    struct name none = {.patronymic = T("Ivanovich")};
    assert_status(name_complete(&a, &none, &p), STATUS_INVALID);
    assert_string_equal(p.text_key, "problem.name.empty");
    struct name digit = {.family = T("Ali"), .given = T("R2D2")};
    assert_status(name_complete(&a, &digit, &p), STATUS_INVALID);
    assert_string_equal(p.field, "given");
    assert_string_equal(p.text_key, "problem.name.digit");
    struct name sign = {.family = T("<b>")};
    assert_status(name_complete(&a, &sign, &p), STATUS_INVALID);
    struct name dots = {.family = T("---")};
    assert_status(name_complete(&a, &dots, &p), STATUS_INVALID);
    arena_free(&a);
}

static void words_return(void **state) {
    (void)state;
    for (enum name_kind k = 0; k < NAME_KIND_COUNT; k++) {
        enum name_kind back;
        assert_true(name_kind_parse(name_kind_word(k), &back));
        assert_int_equal(back, k);
    }
    for (enum name_source s = 0; s < NAME_SOURCE_COUNT; s++) {
        enum name_source back;
        assert_true(name_source_parse(name_source_word(s), &back));
        assert_int_equal(back, s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_gets_its_latin_forms),
        cmocka_unit_test(the_passports_spelling_stays),
        cmocka_unit_test(mistakes_name_the_field),
        cmocka_unit_test(words_return),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
