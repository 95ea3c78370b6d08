#include "base/date.h"
#include "check.h"

static void every_day_of_four_centuries_converts_and_back(void **state) {
    (void)state;
    for (int64_t day = -146097; day < 146097; day += 1) {
        struct date d = date_from_days(day);
        assert_true(date_is_valid(d));
        assert_int_equal(date_to_days(d), day);
    }
    assert_int_equal(date_weekday((struct date){2026, 11, 21}), 6);
}

static void a_month_later_is_the_same_number_or_the_last_day(void **state) {
    (void)state;
    assert_true(date_eq(date_add_months((struct date){2026, 1, 31}, 1), (struct date){2026, 2, 28}));
    assert_true(date_eq(date_add_months((struct date){2024, 1, 31}, 1), (struct date){2024, 2, 29}));
    assert_true(date_eq(date_add_months((struct date){2026, 11, 30}, 3), (struct date){2027, 2, 28}));
    assert_true(date_eq(date_add_months((struct date){2026, 3, 31}, -1), (struct date){2026, 2, 28}));
}

static void unknown_days_stay_unknown(void **state) {
    (void)state;
    struct arena a = {0};
    struct date d;
    assert_ok(date_parse(T("1999-07"), &d));
    assert_int_equal(d.day, 0);
    assert_text(date_print(&a, d), "1999-07");
    assert_int_equal(date_age_years(d, (struct date){2017, 7, 15}), 17); // in doubt, the younger age
    static const char *const BAD[] = {"1999-7", "0000",       "1999-02-29", "1999-13",
                                      "99",     "1999-07-00", "1999/07/01"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_status(date_parse(text_of(BAD[i]), &d), STATUS_INVALID);
    arena_free(&a);
}

static void summer_time_moves_the_clock_not_the_day(void **state) {
    (void)state;
    const struct zone *z;
    struct moment m;
    struct arena a = {0};
    assert_ok(zone_find(T("Europe/Berlin"), &z));
    assert_status(zone_find(T("Europe/Atlantis"), &z), STATUS_NOT_FOUND);
    assert_text(moment_print(&a, zone_moment(z, (struct date){2026, 3, 29}, 0)), "2026-03-28T23:00:00Z");
    assert_text(moment_print(&a, zone_moment(z, (struct date){2026, 3, 29}, 1440)), "2026-03-29T22:00:00Z");
    assert_text(moment_print(&a, zone_moment(z, (struct date){2026, 3, 29}, 150)), "2026-03-29T01:00:00Z");
    assert_text(moment_print(&a, zone_moment(z, (struct date){2026, 10, 25}, 150)), "2026-10-25T00:30:00Z");
    assert_ok(moment_parse(T("2026-10-25T22:59:59.999Z"), &m));
    assert_true(date_eq(zone_date(z, m), (struct date){2026, 10, 25}));
    assert_int_equal(zone_minute(z, m), 1439);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_four_centuries_converts_and_back),
        cmocka_unit_test(a_month_later_is_the_same_number_or_the_last_day),
        cmocka_unit_test(unknown_days_stay_unknown),
        cmocka_unit_test(summer_time_moves_the_clock_not_the_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
