#include "check.h"
#include "identity/mrz.h"

static const struct date TODAY = {2026, 11, 21};

static struct text write_ok(struct arena *a, const struct mrz_fields *f) {
    struct text zone;
    assert_ok(mrz_write(a, f, &zone, NULL));
    return zone;
}

static struct mrz_fields anna(enum mrz_format format) {
    bool visa = format == MRZ_MRV_A || format == MRZ_MRV_B;
    return (struct mrz_fields){
        .format = format,
        .document_code = format == MRZ_TD3 ? T("P")
                         : visa            ? T("V")
                                           : T("I"),
        .issuer = T("UTO"),
        .nationality = T("UTO"),
        .number = T("D23145890"),
        .family = T("Eriksson"),
        .given = T("Anna Maria"),
        .birth = {1974, 8, 12},
        .expiry = {2012, 4, 15},
        .sex = 'F',
    };
}

static void the_specimens_come_out(void **state) {
    (void)state;
    struct arena a = {0};
    struct mrz_fields f = anna(MRZ_TD3);
    f.number = T("L898902C3");
    f.optional = T("ZE184226B");
    assert_text(write_ok(&a, &f),
                "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10");
    f = anna(MRZ_TD1);
    assert_text(
        write_ok(&a, &f),
        "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<");
    f = anna(MRZ_TD2);
    assert_text(write_ok(&a, &f),
                "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6");
    f = anna(MRZ_TD1);
    f.number = T("D23145890734");
    f.family = T("Stevenson");
    f.given = T("Peter John");
    f.birth = (struct date){1934, 7, 12};
    f.expiry = (struct date){1995, 7, 12};
    f.sex = 'M';
    assert_text(
        write_ok(&a, &f),
        "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<");
    arena_free(&a);
}

static void long_names_are_cut_by_the_rules(void **state) {
    (void)state;
    static const struct {
        const char *family, *given, *wanted;
    } E[] = {
        // the first and third are examples of 9303-4, 4.2.3
        {"Nilavadhanananda", "Chayapa Dejthamrong Krasuang", "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"},
        {"Nilavadhanananda", "Chayapa Dejthamronga Krasuang", "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"},
        {"Bennelong Woolooomooloo Warrandyte Warnambool", "Dingo Potoroo",
         "BENNELONG<WOOLOOOMOOLOO<WARRANDYT<W<<DI"},
        {"Bennelong Wooloomooloo Warrandyte Warnambool", "Dingo Potoroo",
         "BENNELONG<WOOLOOMOOLOO<WARRANDYTE<W<<DI"},
        {"Papandropoulous", "Jonathon Warren Trevor", "PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR"},
        {"Arkfreith", "", "ARKFREITH<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<"},
        {"", "Arkfreith", "ARKFREITH<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<"},
    };
    struct arena a = {0};
    for (size_t i = 0; i < sizeof E / sizeof *E; i++) {
        struct mrz_fields f = anna(MRZ_TD3);
        f.family = text_of(E[i].family);
        f.given = text_of(E[i].given);
        struct text zone = write_ok(&a, &f);
        assert_text(text_slice(zone, 5, 44), E[i].wanted);
    }
    arena_free(&a);
}

static void a_cut_name_always_ends_in_a_letter(void **state) {
    (void)state;
    struct arena a = {0};
    for (int family = 1; family < 45; family++)
        for (int given = 1; given < 45; given++) {
            char fam[64] = "", giv[64] = "";
            for (int i = 0; i < family; i++) fam[i] = i % 5 == 4 && i + 1 < family ? ' ' : 'F';
            for (int i = 0; i < given; i++) giv[i] = i % 4 == 3 && i + 1 < given ? ' ' : 'G';
            struct mrz_fields f = anna(MRZ_TD2);
            f.family = text_of(fam);
            f.given = text_of(giv);
            struct text name = text_slice(write_ok(&a, &f), 5, 36);
            bool cut = family + 2 + given > 31;
            size_t at;
            assert_true(text_find(name, T("<<G"), &at));
            if (cut != (name.p[30] != '<') && !(family + 2 + given == 31))
                fail_msg("%d %d: " TEXT_FMT, family, given, TEXT_ARG(name));
            arena_reset(&a);
        }
    arena_free(&a);
}

static void what_is_written_reads_the_same(void **state) {
    (void)state;
    static const char *const NAMES[][2] = {
        {"Müller", "Jürgen"}, {"Шевченко", "Ганна"}, {"O'Connor", "Mary-Jane"}, {"محمد", ""}};
    static const char *const NUMBERS[] = {"A1", "AB1234567", "123", ""};
    struct arena a = {0};
    for (enum mrz_format format = 0; format < MRZ_FORMAT_COUNT; format++)
        for (size_t n = 0; n < 4; n++)
            for (size_t k = 0; k < 4; k++) {
                struct mrz_fields f = anna(format);
                f.family = text_of(NAMES[n][0]);
                f.given = text_of(NAMES[n][1]);
                f.number = text_of(NUMBERS[k]);
                f.optional = k % 2 ? T("X9") : T("");
                f.nationality = k % 2 ? T("DEU") : T("XXA");
                f.birth = k == 2 ? (struct date){1988, 0, 0} : (struct date){2001, 2, 3};
                f.sex = "FMX"[k % 3];
                struct text zone = write_ok(&a, &f);
                struct mrz m;
                assert_ok(mrz_read(&a, zone, TODAY, &m, NULL));
                assert_int_equal(m.format, format);
                assert_true(m.checks_ok);
                assert_int_equal(m.problem_count, 0);
                assert_text(m.number, NUMBERS[k]);
                assert_true(text_eq(m.optional, f.optional));
                assert_true(date_eq(m.birth, f.birth));
                assert_int_equal(m.sex, f.sex);
                struct mrz_fields again = f;
                again.family = m.family;
                again.given = m.given;
                assert_true(text_eq(write_ok(&a, &again), zone));
            }
    arena_free(&a);
}

static void what_does_not_fit_is_refused(void **state) {
    (void)state;
    struct arena a = {0};
    struct text zone;
    struct problem p;
#define REFUSED(change, wanted_field)                                \
    do {                                                             \
        struct mrz_fields f = anna(MRZ_TD3);                         \
        change;                                                      \
        assert_status(mrz_write(&a, &f, &zone, &p), STATUS_INVALID); \
        assert_string_equal(p.field, wanted_field);                  \
    } while (0)
    REFUSED(f.number = T("D231458907"), "number");
    REFUSED(f.number = T("D*1"), "number");
    REFUSED(f.optional = T("123456789012345"), "optional");
    REFUSED(f.optional_2 = T("1"), "optional_2");
    REFUSED(f.issuer = T("ZZZ"), "issuer");
    REFUSED(f.nationality = T(""), "nationality");
    REFUSED(f.document_code = T("V"), "document_code");
    REFUSED(f.document_code = T("PPP"), "document_code");
    REFUSED(f.sex = 'Q', "sex");
    REFUSED((f.birth = (struct date){2001, 2, 30}), "birth_date");
    REFUSED((f.family = T("1"), f.given = T("-")), "name");
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_specimens_come_out),
        cmocka_unit_test(long_names_are_cut_by_the_rules),
        cmocka_unit_test(a_cut_name_always_ends_in_a_letter),
        cmocka_unit_test(what_is_written_reads_the_same),
        cmocka_unit_test(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
