// Doc 9303-3, section 6, and what officers expect to read.
#include "check.h"
#include "identity/identity.h"

struct example {
    const char *language, *name, *latin, *mrz;
};

static void check_all(const struct example *e, size_t n) {
    struct arena a = {0};
    for (size_t i = 0; i < n; i++) {
        struct text latin, mrz;
        assert_ok(identity_transliterate(&a, text_of(e[i].name), text_of(e[i].language), &latin, &mrz));
        assert_text(latin, e[i].latin);
        assert_text(mrz, e[i].mrz);
    }
    arena_free(&a);
}
#define CHECK(list) check_all(list, sizeof(list) / sizeof *(list))

static void latin_letters(void **state) {
    (void)state;
    static const struct example E[] = {
        {"", "Anna Maria", "Anna Maria", "ANNA<MARIA"},
        {"de", "Müller", "Müller", "MUELLER"},
        {"es", "Agüero Peña", "Agüero Peña", "AGUERO<PENA"},
        {"de", "Weiß", "Weiß", "WEISS"},
        {"sv", "Åsa Öberg", "Åsa Öberg", "AASA<OEBERG"},
        {"pl", "Łukasz Żółć", "Łukasz Żółć", "LUKASZ<ZOLC"},
        {"ro", "Ștefan Țurcanu", "Ștefan Țurcanu", "STEFAN<TURCANU"},
        {"vi", "Nguyễn Thị Hằng", "Nguyễn Thị Hằng", "NGUYEN<THI<HANG"},
        {"tr", "Işık İnönü", "Işık İnönü", "ISIK<INONU"},
        {"", "O'Connor", "O'Connor", "OCONNOR"},
        {"", "Jean-Pierre D’Arc", "Jean-Pierre D’Arc", "JEAN<PIERRE<DARC"},
        {"", "  van   den Berg ", "van den Berg", "VAN<DEN<BERG"},
        {"is", "Þór Æsir", "Þór Æsir", "THOR<AESIR"},
        {"", "e\xCC\x81lan", "élan", "ELAN"},
    };
    CHECK(E);
}

static void cyrillic_follows_the_nation(void **state) {
    (void)state;
    static const struct example E[] = {
        {"ru", "Щукин Ёлкин Юрьевич", "Shchukin Elkin Iurevich", "SHCHUKIN<ELKIN<IUREVICH"},
        {"ru", "ЩУКИН", "SHCHUKIN", "SHCHUKIN"},
        {"ru", "Подъячев", "Podieiachev", "PODIEIACHEV"},
        {"uk", "Григорій Згурський", "Hryhorii Zhurskyi", "HRYHORII<ZHURSKYI"},
        {"uk", "Юрій Яценко", "Yurii Yatsenko", "YURII<YATSENKO"},
        {"uk", "Їжакевич Євген", "Yizhakevych Yevhen", "YIZHAKEVYCH<YEVHEN"},
        {"uk", "Наталія Мар'яна", "Nataliia Mar'iana", "NATALIIA<MARIANA"},
        {"be", "Ёлка Гарэцкі", "Iolka Haretski", "IOLKA<HARETSKI"},
        {"bg", "Щерев Пламен", "Shterev Plamen", "SHTEREV<PLAMEN"},
        {"bg", "Явор Йорданов", "Yavor Yordanov", "IAVOR<IORDANOV"},
        {"sr", "Ђорђе Живковић", "Đorđe Živković", "DORDE<ZIVKOVIC"},
        {"sr", "Љубиша Његош", "Ljubiša Njegoš", "LJUBISA<NJEHOS"},
        {"mk", "Ѓорѓи Ќосев Џафер", "Gjorgji Kjosev Djafer", "GJORGJI<KJOSEV<DJAFER"},
    };
    CHECK(E);
}

static void arabic_letters_by_the_table(void **state) {
    (void)state;
    static const struct example E[] = {
        // The examples of 9303-3, section 6 C: MXHMWD<EBDALRXHYM and the doubling of shadda
        {"ar", "محمود عبدالرحيم", "Mhmud Abdalrhim", "MXHMWD<EBDALRXHYM"},
        {"ar", "محمّد", "Mhmmd", "MXHMMD"},
        {"ar", "عبّاس", "Abbas", "EBBAS"},
        {"ar", "فضّة", "Fdda", "FXDZXDZXAH"},
        {"ar", "مُحَمَّد", "Muhammad", "MXHMMD"},
        {"ar", "فاطمة الزهراء", "Fatma Alzhra", "FAXTTMXAH<ALZHRAXE"},
        {"ar", "هبة الله", "Hba Allh", "HBXAH<ALLH"},
        {"ar", "خـالـد", "Khald", "XKHALD"},
        {"ar", "أمينة", "Amina", "XAEMYNXAH"},
        {"fa", "پژمان چنگیزی", "Pzhman Chngizi", "PXJMAN<XCNXGGXYAZXYA"},
        {"ur", "ڈاکٹر بھٹو", "Daktr Bhtu", "XXDAXKKXXTR<BXDOXXTW"},
        {"ps", "ګل ښاد", "Gl Shad", "XXKL<XXSAD"},
        {"fa", "علی\xE2\x80\x8Cرضا", "Alirza", "ELXYARXDZA"},
    };
    CHECK(E);
}

static void other_scripts_by_icu(void **state) {
    (void)state;
    static const struct example E[] = {
        {"el", "Γιώργος Παπαδόπουλος", "Giorgos Papadopoulos", "GIORGOS<PAPADOPOULOS"},
        {"ka", "გიორგი მელაძე", "Giorgi Meladze", "GIORGI<MELADZE"},
        {"hy", "Արամ Խաչատրյան", "Aram Khachatryan", "ARAM<KHACHATRYAN"},
        {"am", "ሰላም ተስፋዬ", "Selami Tesifaye", "SELAMI<TESIFAYE"},
        {"ti", "ኣብርሃም", "Abirihami", "ABIRIHAMI"},
        {"zh", "王小明", "Wang Xiao Ming", "WANG<XIAO<MING"},
        {"ko", "김민수", "Gimminsu", "GIMMINSU"},
        {"hi", "राहुल", "Rahula", "RAHULA"},
        {"he", "דוד כהן", "Dwd Khn", "DWD<KHN"},
    };
    CHECK(E);
}

static void the_zone_has_no_other_characters(void **state) {
    (void)state;
    struct arena a = {0};
    // every code point of the first planes, one at a time and beside letters
    for (uint32_t c = 1; c < 0x3000; c++) {
        struct out o = {.arena = &a};
        out_c(&o, "A");
        out_codepoint(&o, c);
        out_c(&o, "B");
        struct text latin, mrz;
        assert_ok(identity_transliterate(&a, out_done(&o), T(""), &latin, &mrz));
        assert_true(text_is_utf8(latin));
        assert_true(mrz.n >= 2 && mrz.p[0] == 'A' && mrz.p[mrz.n - 1] == 'B');
        for (size_t i = 0; i < mrz.n; i++)
            if (!((mrz.p[i] >= 'A' && mrz.p[i] <= 'Z') || mrz.p[i] == '<'))
                fail_msg("U+%04X gives %c", c, mrz.p[i]);
        arena_reset(&a);
    }
    arena_free(&a);
}

static void scripts_have_names(void **state) {
    (void)state;
    assert_text(identity_script(T("Müller")), "Latn");
    assert_text(identity_script(T("عبد (Abdullah)")), "Latn");
    assert_text(identity_script(T("عبد الله محمد علی")), "Arab");
    assert_text(identity_script(T("Київ")), "Cyrl");
    assert_text(identity_script(T("ተስፋዬ")), "Ethi");
    assert_text(identity_script(T("2026-11")), "Zyyy");
    assert_text(identity_script(T("")), "Zyyy");
}

static void bad_input_is_refused(void **state) {
    (void)state;
    struct arena a = {0};
    char big[IDENTITY_TEXT_MAX + 1];
    memset(big, 'a', sizeof big);
    assert_status(identity_transliterate(&a, (struct text){big, sizeof big}, T(""), NULL, NULL),
                  STATUS_TOO_LARGE);
    assert_ok(identity_transliterate(&a, (struct text){big, IDENTITY_TEXT_MAX}, T(""), NULL, NULL));
    assert_status(identity_transliterate(&a, T("\xFF"), T(""), NULL, NULL), STATUS_INVALID);
    struct out shaddas = {.arena = &a};
    out_c(&shaddas, "ب");
    for (int i = 0; i < 400; i++) out_c(&shaddas, "ّ");
    struct text mrz;
    assert_ok(identity_transliterate(&a, out_done(&shaddas), T("ar"), NULL, &mrz));
    assert_text(mrz, "BB");
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latin_letters),
        cmocka_unit_test(cyrillic_follows_the_nation),
        cmocka_unit_test(arabic_letters_by_the_table),
        cmocka_unit_test(other_scripts_by_icu),
        cmocka_unit_test(the_zone_has_no_other_characters),
        cmocka_unit_test(scripts_have_names),
        cmocka_unit_test(bad_input_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
