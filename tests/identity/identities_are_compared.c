#include "check.h"
#include "identity/compare.h"
#include "identity/transcribe.h"

static double alike(struct arena *a, const char *x, const char *y, const char **how) {
    return identity_compare_names(text_of(x), text_of(y), a, how);
}

static void one_name_in_many_writings(void **state) {
    (void)state;
    static const struct {
        const char *x, *y, *how;
    } SAME[] = {
        {"Maryam Haddad", "Maryam Haddad", "same"},
        {"Haddad, Maryam", "Maryam Haddad", "order"},
        {"Müller Jürgen", "Mueller Juergen", "spelling"},
        {"Karim al-Khatib", "Kareem El Khatib", "spelling"},
        {"Abd al-Rahman Saleh", "Abdulrahman Saleh", "same"},
        {"عبد الرحمن صالح", "Abdul Rahman Saleh", "transliterated"},
        {"Олена Ковальчук", "Olena Kovalchuk", "transliterated"},
        {"Νίκος Παππάς", "Nikos Pappas", "transliterated"},
        {"Robert Larsen", "Bob Larsen", "nickname"},
        {"M. Haddad", "Maryam Haddad", "initial"},
        {"MaryamHaddad", "Maryam Haddad", "joined"},
        {"Maryam Had dad", "Maryam Haddad", "joined"},
        {"Maryam Salim Haddad", "Maryam Haddad", "part"},
        {"Dr. Maryam Haddad", "Maryam Haddad", "same"},
        {"Levante Shipping Ltd.", "Levante Shipping Limited", "same"},
        {"OOO Severny Put", "Severny Put LLC", "same"},
        {"Brigade Forty-Four", "Brigade 44", "same"},
        {"Nor A/S", "NOR A.S.", "same"},
    };
    struct arena a = {0};
    for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++) {
        const char *how;
        double score = alike(&a, SAME[i].x, SAME[i].y, &how);
        if (score < 0.7) fail_msg("%s and %s: only %.3f", SAME[i].x, SAME[i].y, score);
        if (strcmp(how, SAME[i].how))
            fail_msg("%s and %s: %s, not %s", SAME[i].x, SAME[i].y, how, SAME[i].how);
    }
    arena_free(&a);
}

static void other_names_stay_apart(void **state) {
    (void)state;
    static const char *const OTHER[][2] = {
        {"Maryam Haddad", "Salma Haddad"},
        {"Maryam Haddad", "Maryam Aziz"},
        {"Hasan bin Yusuf al-Basri", "Yusuf bin Hasan al-Basri"},
        {"Ahmad Karim Yusuf al-Basri", "Ahmad Karim Yusuf al-Halabi"},
        {"Rustam Ivanovich Petrov", "Rustam Borisovich Petrov"},
        {"Abdul Karim Noor", "Abdul Rahman Noor"},
        {"M. H.", "Maryam Haddad"},
        {"Levante Shipping Ltd.", "Levante Mining Ltd."},
        {"Bank of Aland", "Bank of Estoria"},
        {"محمد حداد", "سلمى حداد"},
        {"王小明", "王小红"},
        {"", "Maryam"},
    };
    struct arena a = {0};
    for (size_t i = 0; i < sizeof OTHER / sizeof *OTHER; i++) {
        const char *how;
        double score = alike(&a, OTHER[i][0], OTHER[i][1], &how);
        if (score > 0.6) fail_msg("%s and %s: %.3f", OTHER[i][0], OTHER[i][1], score);
    }
    arena_free(&a);
}

static struct identity_record person(const char *given, const char *family, struct date birth) {
    struct identity_record r = {.id = 7, .name_count = 1, .birth_count = birth.year ? 1 : 0};
    r.names[0] = (struct record_name){.given = text_of(given), .family = text_of(family)};
    r.births[0] = birth;
    return r;
}

static void each_feature_says_how(void **state) {
    (void)state;
    struct arena a = {0};
    struct identity_record l = person("Maryam", "Haddad", (struct date){1990, 4, 7});
    struct identity_record r = person("Mariam", "Haddad", (struct date){1990, 7, 4});
    l.sex = r.sex = T("F");
    l.nationalities[l.nationality_count++] = T("SYR");
    l.numbers[l.number_count++] = (struct record_number){T("P"), T("SYR"), T("N0123456")};
    r.numbers[r.number_count++] = (struct record_number){T("P"), T("SYR"), T("NO1234S6")};
    struct comparison c;
    identity_compare(&l, &r, &COMPARE_RULES, &a, &c);
    assert_string_equal(c.features[FEATURE_NAME].how, "spelling");
    assert_text(c.features[FEATURE_NAME].left, "Maryam Haddad");
    assert_text(c.features[FEATURE_NAME].right, "Mariam Haddad");
    assert_string_equal(c.features[FEATURE_BIRTH].how, "day_and_month_swapped");
    assert_text(c.features[FEATURE_BIRTH].right, "1990-07-04");
    assert_string_equal(c.features[FEATURE_SEX].how, "same");
    assert_string_equal(c.features[FEATURE_NUMBER].how, "ocr");
    assert_text(c.features[FEATURE_NUMBER].right, "NO1234S6");
    assert_false(c.features[FEATURE_NATIONALITY].is_known); // only one side has it
    assert_string_equal(c.features[FEATURE_NATIONALITY].how, "unknown");
    assert_true(c.score > 0.99);
    double bits = COMPARE_RULES.prior;
    for (int f = 0; f < FEATURE_COUNT; f++) bits += c.features[f].bits;
    assert_true(bits > c.bits - 1e-9 && bits < c.bits + 1e-9);
    arena_free(&a);
}

static double born(struct arena *a, struct date x, struct date y, const char **how) {
    struct identity_record l = person("Maryam", "Haddad", x), r = person("Maryam", "Haddad", y);
    struct comparison c;
    identity_compare(&l, &r, &COMPARE_RULES, a, &c);
    *how = c.features[FEATURE_BIRTH].how;
    return c.score;
}

static void uncertain_dates_lower_certainty_only(void **state) {
    (void)state;
    struct arena a = {0};
    const char *how;
    struct date full = {1990, 4, 7}, year = {1990, 0, 0}, month = {1990, 4, 0};
    double same = born(&a, full, full, &how);
    assert_string_equal(how, "same");
    double monthly = born(&a, full, month, &how);
    assert_string_equal(how, "part");
    double yearly = born(&a, full, year, &how), none = born(&a, full, (struct date){0}, &how);
    assert_string_equal(how, "unknown");
    assert_true(same > monthly && monthly > yearly && yearly > none && none > COMPARE_RULES.possible);
    born(&a, full, (struct date){1990, 1, 1}, &how); // what offices write for "in 1990"
    assert_string_equal(how, "part");
    born(&a, full, (struct date){1990, 4, 9}, &how);
    assert_string_equal(how, "day_differs");
    assert_true(born(&a, full, (struct date){1961, 12, 30}, &how) < none);
    assert_string_equal(how, "differs");
    arena_free(&a);
}

// Any of the names may be the one; comparing is the same from both sides, and as prepared.
static void every_name_counts(void **state) {
    (void)state;
    struct arena a = {0};
    struct identity_record l = person("Olena", "Kovalchuk", (struct date){1988, 2, 3});
    l.names[l.name_count++] =
        (struct record_name){.given = T("Олена"), .family = T("Бондар"), .language = T("uk")};
    struct identity_record r = person("Olena", "Bondar", (struct date){1988, 2, 3});
    struct comparison c, d, e;
    identity_compare(&l, &r, &COMPARE_RULES, &a, &c);
    assert_text(c.features[FEATURE_NAME].left, "Олена Бондар");
    assert_string_equal(c.features[FEATURE_NAME].how, "transliterated");
    identity_compare(&r, &l, &COMPARE_RULES, &a, &d);
    assert_true(c.bits > d.bits - 1e-9 && c.bits < d.bits + 1e-9);
    const struct prepared_record *p = identity_prepare(&l, &a), *q = identity_prepare(&r, &a);
    assert_int_equal(p->id, 7);
    struct prepared_record *copy = arena_copy(&a, p, p->bytes); // a block without pointers
    identity_compare_prepared(copy, q, &COMPARE_RULES, &e);
    assert_true(e.bits == c.bits);
    assert_true(q->bytes <= 140);
    arena_free(&a);
}

static void a_transcription_says_by_which_rule(void **state) {
    (void)state;
    static const struct {
        const char *name, *language, *latin, *zone, *script, *standard;
        bool is_complete;
    } NAMES[] = {
        {"Григорій", "uk", "Hryhorii", "HRYHORII", "Cyrl", "icao_9303", true},
        {"Григорий", "ru", "Grigorii", "GRIGORII", "Cyrl", "icao_9303", true},
        {"محمد", "ar", "Mhmd", "MXHMD", "Arab", "icao_9303", false},
        {"Γιώργος", "", "Giorgos", "GIORGOS", "Grek", "elot_743", true},
        {"გიორგი", "", "Giorgi", "GIORGI", "Geor", "bgn_pcgn", true},
        {"Արմեն", "", "Armen", "ARMEN", "Armn", "bgn_pcgn", true},
        {"Müller", "de", "Müller", "MUELLER", "Latn", "icao_9303", true},
    };
    struct arena a = {0};
    struct transcription t;
    struct problem p = {0};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        assert_int_equal(identity_transcribe(&a, text_of(NAMES[i].name), text_of(NAMES[i].language), &t, &p),
                         STATUS_OK);
        assert_text(t.latin, NAMES[i].latin);
        assert_text(t.zone, NAMES[i].zone);
        assert_text(t.script, NAMES[i].script);
        assert_text(t.standard, NAMES[i].standard);
        assert_int_equal(t.is_complete, NAMES[i].is_complete);
        assert_false(t.is_mixed);
    }
    assert_int_equal(identity_transcribe(&a, T("Maryam مريم"), T(""), &t, &p), STATUS_OK);
    assert_true(t.is_mixed);
    assert_int_equal(identity_transcribe(&a, T("  "), T(""), &t, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "name_empty");
    assert_int_equal(identity_transcribe(&a, T("123"), T(""), &t, &p), STATUS_INVALID);
    assert_string_equal(p.field, "name");
    assert_int_equal(identity_transcribe(&a, T("\xFF"), T(""), &t, &p), STATUS_INVALID);
    arena_free(&a);
}

static void any_text_is_compared(void **state) {
    (void)state;
    struct arena a = {0};
    static char big[100000];
    for (size_t i = 0; i < sizeof big; i++) big[i] = i % 7 ? 'x' : ' ';
    const char *how;
    struct text long_text = {big, sizeof big};
    assert_true(identity_compare_names(long_text, long_text, &a, &how) > 0.99);
    assert_true(identity_compare_names(T("\xFF\xFE"), T("\xC3"), &a, &how) == 0);
    struct identity_record empty = {0};
    struct comparison c;
    identity_compare(&empty, &empty, &COMPARE_RULES, &a, &c);
    assert_true(c.bits == COMPARE_RULES.prior);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_name_in_many_writings), cmocka_unit_test(other_names_stay_apart),
        cmocka_unit_test(each_feature_says_how),     cmocka_unit_test(uncertain_dates_lower_certainty_only),
        cmocka_unit_test(every_name_counts),         cmocka_unit_test(a_transcription_says_by_which_rule),
        cmocka_unit_test(any_text_is_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
