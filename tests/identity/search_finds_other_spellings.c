#include "check.h"
#include "identity/identity.h"

static void keys_are_plain(void **state) {
    (void)state;
    struct arena a = {0};
    assert_text(identity_search_key(&a, T("  MÜLLER-Lüdenscheidt, ")), "muller ludenscheidt");
    assert_text(identity_search_key(&a, T("Weiß")), "weiss");
    assert_text(identity_search_key(&a, T("O’Connor")), "oconnor");
    assert_text(identity_search_key(&a, T("أَحْمَد")), "احمد");
    assert_text(identity_search_key(&a, T("علی کریمی")), "علي كريمي");
    assert_text(identity_search_key(&a, T("ЙОСИП")), "иосип");
    assert_text(identity_search_key(&a, T("٢٠٢٦-A")), "2026 a");
    assert_text(identity_search_key(&a, T("\xFF"
                                          "abc")),
                "abc");
    assert_text(identity_search_key(&a, T("")), "");
    arena_free(&a);
}

static bool share(struct arena *a, const char *x, const char *y, bool only_exact) {
    struct identity_keys p = identity_name_keys(a, text_of(x), T("")),
                         q = identity_name_keys(a, text_of(y), T(""));
    for (size_t i = 0; i < p.count; i++)
        for (size_t j = 0; j < q.count; j++)
            if (text_eq(p.key[i], q.key[j]) && !(only_exact && p.key[i].p[0] == '~')) return true;
    return false;
}

static void one_name_many_spellings(void **state) {
    (void)state;
    static const char *const EXACT[][2] = {
        {"Müller", "Mueller"},
        {"Müller", "Muller"},
        {"Mueller", "MULLER"},
        {"al-Hassan", "Hassan"},
        {"Al Hassan", "Alhassan"},
        {"El-Khatib", "Al Khatib"},
        {"Abd al-Rahman", "Abdulrahman"},
        {"Abdel Rahman", "Abdurrahman"},
        {"Abdul-Rahman", "Abd ar-Rahman"},
        {"Abdullah", "Abd Allah"},
        {"Abdallah", "Abdullah"},
        {"Łukasz", "Lukasz"},
        {"Jürgen Groß", "Juergen Gross"},
        {"Aagaard", "Ågård"},
        {"علی", "علي"},
        {"Øystein", "Oystein"},
    };
    static const char *const SOUND[][2] = {
        {"Mohammed", "Muhammad"},      {"محمد", "Mohamed"},
        {"Mohamad", "محمّد"},           {"Hossein", "حسين"},
        {"Youssef", "Yusuf"},          {"يوسف", "Jusuf"},
        {"عبد الرحمن", "Abdulrahman"}, {"عبدالرحمن", "Abd al-Rahman"},
        {"عبد الله", "Abdullah"},      {"Fatimah", "فاطمة"},
        {"Chaabane", "Shaban"},        {"Walid", "Oualid"},
        {"Дмитрий", "Dmitri"},         {"الخطيب", "al-Khatib"},
        {"إبراهيم", "Ebrahim"},        {"Qasim", "Kassem"},
    };
    struct arena a = {0};
    for (size_t i = 0; i < sizeof EXACT / sizeof *EXACT; i++)
        if (!share(&a, EXACT[i][0], EXACT[i][1], true))
            fail_msg("%s and %s share no key", EXACT[i][0], EXACT[i][1]);
    for (size_t i = 0; i < sizeof SOUND / sizeof *SOUND; i++)
        if (!share(&a, SOUND[i][0], SOUND[i][1], false))
            fail_msg("%s and %s share no key", SOUND[i][0], SOUND[i][1]);
    arena_free(&a);
}

static void other_names_stay_apart(void **state) {
    (void)state;
    static const char *const APART[][2] = {
        {"Ahmad", "Muhammad"},     {"Karim", "Salim"},   {"Abdulrahman", "Abdulrahim"},
        {"Hassan", "Hussein Ali"}, {"Müller", "Möller"}, {"محمد", "محمود علي"},
        {"Ali", "Ola Li"},
    };
    struct arena a = {0};
    for (size_t i = 0; i < sizeof APART / sizeof *APART; i++)
        if (share(&a, APART[i][0], APART[i][1], true))
            fail_msg("%s and %s share a key", APART[i][0], APART[i][1]);
    arena_free(&a);
}

static void any_text_has_bounded_keys(void **state) {
    (void)state;
    struct arena a = {0};
    static char big[100000];
    memset(big, 'x', sizeof big);
    struct identity_keys k = identity_name_keys(&a, (struct text){big, sizeof big}, T("uk"));
    assert_true(k.count >= 1);
    for (size_t i = 0; i < k.count; i++) assert_true(k.key[i].n <= IDENTITY_TEXT_MAX * 3);
    assert_int_equal(identity_name_keys(&a, T(""), T("")).count, 0);
    // once the two equal bytes of one letter were taken for a double consonant
    k = identity_name_keys(&a, T("\xE1\xBB\xBB\xE1\xBB\xBB"), T(""));
    for (size_t i = 0; i < k.count; i++) assert_true(text_is_utf8(k.key[i]));
    assert_int_equal(identity_name_keys(&a, T(" - "), T("")).count, 0);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_plain),
        cmocka_unit_test(one_name_many_spellings),
        cmocka_unit_test(other_names_stay_apart),
        cmocka_unit_test(any_text_has_bounded_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
