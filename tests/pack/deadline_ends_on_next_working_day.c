// The law's clocks at the places where they usually go wrong: weekends, holidays, month ends, leap years,
// summer time.
#include "check.h"
#include "pack/deadline.h"

static const char CALENDAR[] =
    "{\"id\":\"eu\",\"title\":\"t\",\"zone\":\"Europe/Brussels\",\"rest_days\":[6,7],\"first_year\":2015,"
    "\"last_year\":2045,\"holidays\":["
    "{\"name\":\"New Year\",\"month\":1,\"day\":1},{\"name\":\"Good Friday\",\"easter\":-2},"
    "{\"name\":\"Easter Monday\",\"easter\":1},{\"name\":\"May Day\",\"month\":5,\"day\":1},"
    "{\"name\":\"Christmas\",\"month\":12,\"day\":25},{\"name\":\"Second day\",\"month\":12,\"day\":26},"
    "{\"name\":\"One "
    "time\",\"date\":\"2026-11-23\"},{\"name\":\"Bank\",\"month\":8,\"weekday\":1,\"nth\":-1}]}";

static struct arena arena;
static struct calendar *calendar;

static int setup(void **state) {
    (void)state;
    return calendar_read(&arena, text_of(CALENDAR), &calendar, NULL) != STATUS_OK;
}
static int teardown(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct deadline_rule rule(int64_t count, enum deadline_unit unit) {
    return (struct deadline_rule){.id = T("r"),
                                  .period = {count, unit},
                                  .effect = T("alarm"),
                                  .can_suspend = true,
                                  .warnings = {50, 80, 100},
                                  .warning_count = 3};
}

static struct moment at(const char *iso) {
    struct moment m;
    assert_ok(moment_parse(text_of(iso), &m));
    return m;
}

static const char *due_on(int64_t count, enum deadline_unit unit, const char *trigger) {
    struct deadline_rule r = rule(count, unit);
    struct clock c = deadline_start(&r, calendar, at(trigger));
    return text_c(&arena, date_print(&arena, c.due_on));
}
static const char *due(int64_t count, enum deadline_unit unit, const char *trigger) {
    struct deadline_rule r = rule(count, unit);
    struct clock c = deadline_start(&r, calendar, at(trigger));
    return text_c(&arena, moment_print(&arena, c.due));
}

static void the_day_of_the_event_is_not_counted(void **state) {
    (void)state;
    assert_string_equal(due_on(5, UNIT_DAYS, "2026-06-15T22:30:00Z"),
                        "2026-06-22"); // 16 June in Brussels; 21 is a Sunday
    assert_string_equal(due_on(3, UNIT_DAYS, "2026-06-15T08:00:00Z"), "2026-06-18");
    assert_string_equal(due(3, UNIT_DAYS, "2026-06-15T08:00:00Z"),
                        "2026-06-18T22:00:00Z"); // 24:00 in Brussels
}

static void an_end_on_a_weekend_or_holiday_moves(void **state) {
    (void)state;
    assert_string_equal(due_on(4, UNIT_DAYS, "2026-06-16T08:00:00Z"), "2026-06-22"); // Saturday 20 June
    assert_string_equal(due_on(1, UNIT_WEEKS, "2026-04-27T08:00:00Z"), "2026-05-04");
    assert_string_equal(due_on(1, UNIT_WEEKS, "2026-04-24T08:00:00Z"), "2026-05-04"); // Friday 1 May
    assert_string_equal(due_on(2, UNIT_WEEKS, "2026-03-20T08:00:00Z"),
                        "2026-04-07"); // Good Friday to Easter Monday
    assert_string_equal(due_on(8, UNIT_DAYS, "2026-12-17T08:00:00Z"),
                        "2026-12-28"); // Christmas chain, Friday to Sunday
    assert_string_equal(due_on(2, UNIT_WEEKS, "2026-11-09T08:00:00Z"), "2026-11-24"); // a day named once
}

static void months_end_on_the_same_number_or_the_last_day(void **state) {
    (void)state;
    assert_string_equal(due_on(1, UNIT_MONTHS, "2026-01-30T08:00:00Z"),
                        "2026-03-02"); // 28 February is a Saturday
    assert_string_equal(due_on(1, UNIT_MONTHS, "2028-01-31T08:00:00Z"), "2028-02-29"); // leap year
    assert_string_equal(due_on(1, UNIT_MONTHS, "2027-01-29T08:00:00Z"),
                        "2027-03-01"); // 28 February is a Sunday
    assert_string_equal(due_on(6, UNIT_MONTHS, "2026-08-31T08:00:00Z"), "2027-03-01");
    assert_string_equal(due_on(1, UNIT_YEARS, "2028-02-29T08:00:00Z"), "2029-02-28");
}

static void two_days_or_more_hold_two_working_days(void **state) {
    (void)state;
    assert_string_equal(due_on(2, UNIT_DAYS, "2026-06-19T08:00:00Z"),
                        "2026-06-23"); // Friday: Sa, Su, Mo -> also Tu
    assert_string_equal(due_on(3, UNIT_DAYS, "2026-03-27T10:30:00Z"), "2026-03-31");
    assert_string_equal(due_on(1, UNIT_DAYS, "2026-06-19T08:00:00Z"), "2026-06-22");
}

static void hours_run_through_nights_weekends_and_summer_time(void **state) {
    (void)state;
    // The hour of the event is not counted: 10:20 begins at 11:00.
    assert_string_equal(due(72, UNIT_HOURS, "2026-06-19T08:20:00Z"), "2026-06-22T09:00:00Z");
    // Clocks go forward on 29 March 2026: 24 real hours all the same.
    assert_string_equal(due(24, UNIT_HOURS, "2026-03-28T10:30:00Z"), "2026-03-29T11:00:00Z");
    assert_string_equal(due_on(24, UNIT_HOURS, "2026-03-28T22:30:00Z"), "2026-03-30");
    // Days end at local midnight on both sides of the change.
    assert_string_equal(due(4, UNIT_DAYS, "2026-03-26T10:30:00Z"), "2026-03-30T22:00:00Z");
    assert_string_equal(due(4, UNIT_DAYS, "2026-10-22T10:30:00Z"), "2026-10-26T23:00:00Z");
}

static void working_days_skip_what_is_not_worked(void **state) {
    (void)state;
    assert_string_equal(due_on(15, UNIT_WORKING_DAYS, "2026-12-14T08:00:00Z"), "2027-01-06");
    assert_string_equal(due_on(1, UNIT_WORKING_DAYS, "2026-04-02T08:00:00Z"), "2026-04-07");
}

static void easter_falls_where_it_should(void **state) {
    (void)state;
    static const struct {
        int year, month, day, o_month, o_day;
    } KNOWN[] = {{2000, 4, 23, 4, 30}, {2008, 3, 23, 4, 27}, {2011, 4, 24, 4, 24}, {2019, 4, 21, 4, 28},
                 {2024, 3, 31, 5, 5},  {2025, 4, 20, 4, 20}, {2026, 4, 5, 4, 12},  {2038, 4, 25, 4, 25}};
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
        struct date w = easter(KNOWN[i].year), o = easter_orthodox(KNOWN[i].year);
        assert_true(date_eq(w, (struct date){KNOWN[i].year, KNOWN[i].month, KNOWN[i].day}));
        assert_true(date_eq(o, (struct date){KNOWN[i].year, KNOWN[i].o_month, KNOWN[i].o_day}));
    }
    assert_text(calendar_holiday(calendar, (struct date){2026, 8, 31}), "Bank");
    assert_false(calendar_covers(calendar, 2046));
}

static void a_pause_does_not_count(void **state) {
    (void)state;
    struct deadline_rule r = rule(15, UNIT_DAYS);
    struct clock c = deadline_start(&r, calendar, at("2026-06-01T08:00:00Z"));
    assert_ok(deadline_suspend(&r, &c, at("2026-06-08T08:00:00Z"), NULL));
    assert_int_equal(deadline_state(&r, &c, at("2026-08-01T08:00:00Z")), CLOCK_SUSPENDED);
    assert_int_equal(deadline_days_left(calendar, &c, at("2026-08-01T08:00:00Z")), 8);
    assert_status(deadline_suspend(&r, &c, at("2026-06-09T08:00:00Z"), NULL), STATUS_INVALID);
    assert_ok(deadline_resume(&r, calendar, &c, at("2026-06-18T08:00:00Z"), NULL));
    assert_text(date_print(&arena, c.due_on), "2026-06-26");
    struct clock same = deadline_start(&r, calendar, at("2026-06-01T08:00:00Z"));
    struct date before = same.due_on;
    assert_ok(deadline_suspend(&r, &same, at("2026-06-05T08:00:00Z"), NULL));
    assert_ok(deadline_resume(&r, calendar, &same, at("2026-06-05T17:00:00Z"), NULL));
    assert_true(date_eq(before, same.due_on));
}

static void an_extension_counts_from_the_trigger(void **state) {
    (void)state;
    struct deadline_extension extensions[] = {
        {.reason = T("complex"), .period = {6, UNIT_MONTHS}, .times_max = 1},
        {.reason = T("uncertain"), .is_total = true, .period = {21, UNIT_MONTHS}, .times_max = 2},
        {.reason = T("more"), .period = {6, UNIT_MONTHS}, .times_max = 9}};
    struct deadline_rule r = rule(6, UNIT_MONTHS);
    r.extensions = extensions;
    r.extension_count = 3;
    r.max_total = (struct deadline_period){21, UNIT_MONTHS};
    struct clock c = deadline_start(&r, calendar, at("2026-08-31T08:00:00Z"));
    struct problem p = {0};
    assert_ok(deadline_extend(&r, calendar, &c, T("complex"), &p));
    assert_text(date_print(&arena, c.due_on), "2027-08-31"); // not 28 August
    assert_status(deadline_extend(&r, calendar, &c, T("complex"), &p), STATUS_INVALID);
    assert_string_equal(p.rule, "deadline_extended_before");
    assert_status(deadline_extend(&r, calendar, &c, T("because"), &p), STATUS_INVALID);
    assert_string_equal(p.rule, "deadline_reason_unknown");
    assert_ok(deadline_extend(&r, calendar, &c, T("uncertain"), &p));
    assert_text(date_print(&arena, c.due_on), "2028-05-31");
    struct clock before = c;
    assert_status(deadline_extend(&r, calendar, &c, T("more"), &p), STATUS_INVALID);
    assert_string_equal(p.rule, "deadline_beyond_maximum");
    assert_memory_equal(&before, &c, sizeof c);
}

static void states_follow_the_clock(void **state) {
    (void)state;
    struct deadline_rule r = rule(10, UNIT_DAYS);
    struct clock c = deadline_start(&r, calendar, at("2026-06-01T22:00:00Z")); // 2 June 0:00 to 12 June 24:00
    struct moment change;
    assert_int_equal(deadline_state(&r, &c, at("2026-06-03T00:00:00Z")), CLOCK_RUNNING);
    assert_int_equal(deadline_state(&r, &c, at("2026-06-08T00:00:00Z")), CLOCK_WARNING_50);
    assert_int_equal(deadline_state(&r, &c, at("2026-06-12T00:00:00Z")), CLOCK_WARNING_80);
    assert_int_equal(deadline_state(&r, &c, at("2026-06-12T21:59:59Z")), CLOCK_WARNING_80);
    assert_int_equal(deadline_state(&r, &c, at("2026-06-12T22:00:00Z")), CLOCK_OVERDUE);
    assert_true(deadline_next_change(&r, &c, at("2026-06-12T00:00:00Z"), &change));
    assert_int_equal(change.ms, c.due.ms);
    assert_false(deadline_next_change(&r, &c, c.due, &change));
    r.effect = T("final");
    assert_int_equal(deadline_state(&r, &c, at("2026-06-12T22:00:00Z")), CLOCK_LAPSED);
    struct clock late = c;
    assert_ok(deadline_stop(&c, at("2026-06-12T21:59:59Z"), NULL));
    assert_ok(deadline_stop(&late, at("2026-06-12T22:00:00Z"), NULL));
    assert_int_equal(deadline_state(&r, &c, at("2027-01-01T00:00:00Z")), CLOCK_MET);
    assert_int_equal(deadline_state(&r, &late, at("2027-01-01T00:00:00Z")), CLOCK_MET_LATE);
    assert_status(deadline_stop(&c, at("2026-06-13T00:00:00Z"), NULL), STATUS_INVALID);
}

static uint64_t seed = 20260612;
static int64_t pick(int64_t below) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (int64_t)(seed % (uint64_t)below);
}

// For any period: it ends later than it begins, on a working day (1182/71), longer periods never end earlier,
// a later trigger never ends earlier, a pause of n days moves the nominal end by n days, and the warnings
// come in order.
static void periods_behave(void **state) {
    (void)state;
    for (int i = 0; i < 20000; i++) {
        enum deadline_unit unit = (enum deadline_unit)pick(6);
        struct deadline_rule r = rule(1 + pick(40), unit), longer = r;
        longer.period.count++;
        struct moment trigger = {at("2020-01-01T00:00:00Z").ms + pick(10ll * 365 * 86400000)};
        struct moment later = {trigger.ms + pick(5 * 86400000)};
        struct clock c = deadline_start(&r, calendar, trigger);
        assert_true(c.due.ms > trigger.ms);
        assert_true(deadline_start(&longer, calendar, trigger).due.ms >= c.due.ms);
        assert_true(deadline_start(&r, calendar, later).due.ms >= c.due.ms);
        if (unit != UNIT_HOURS) assert_true(calendar_is_working(calendar, c.due_on));
        assert_true(date_eq(zone_date(calendar_zone(calendar), (struct moment){c.due.ms - 1}), c.due_on));
        struct moment pause = {trigger.ms + pick(c.due.ms - trigger.ms)},
                      resume = {pause.ms + pick(90ll * 86400000)};
        struct clock paused = c;
        assert_ok(deadline_suspend(&r, &paused, pause, NULL));
        int64_t left = deadline_remaining_ms(&paused, resume);
        assert_ok(deadline_resume(&r, calendar, &paused, resume, NULL));
        assert_true(paused.due.ms >= c.due.ms);
        if (unit == UNIT_HOURS) assert_int_equal(deadline_remaining_ms(&paused, resume), left);
        struct moment change, now = trigger;
        enum clock_state before = deadline_state(&r, &c, now);
        for (int k = 0; deadline_next_change(&r, &c, now, &change); k++) {
            assert_true(k < 4 && change.ms > now.ms);
            assert_true(deadline_state(&r, &c, change) > before);
            before = deadline_state(&r, &c, change);
            now = change;
        }
        assert_int_equal(before, CLOCK_OVERDUE);
    }
}

static void a_file_with_a_mistake_names_the_place(void **state) {
    (void)state;
    static const char GOOD[] =
        "{\"deadlines\":[{\"id\":\"a\",\"label\":\"l\",\"trigger\":\"made\",\"count\":5,\"unit\":\"days\","
        "\"article\":\"Art. "
        "1\",\"mark\":\"V\",\"owner\":\"authority\",\"valid_from\":\"2026-06-12\",\"effect\":\"alarm\","
        "\"effect_text\":\"e\"%s}]}";
    static const struct {
        const char *more, *rule;
    } CASES[] = {
        {"", NULL},
        {",\"warning\":[50]", "member_unknown"},
        {",\"warnings\":[80,50,100]", "value_range"},
        {",\"extensions\":[{\"reason\":\"r\",\"label\":\"l\",\"article\":\"x\",\"count\":2,\"unit\":"
         "\"months\"}]",
         "deadline_units_differ"},
        {",\"valid_to\":\"2026-01-01\"", "value_range"},
        {",\"can_suspend\":\"yes\"", "value_kind"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct deadlines d;
        struct problem p = {0};
        struct text json = text_printf(&arena, GOOD, CASES[i].more);
        enum status st = deadlines_read(&arena, json, &d, &p);
        if (!CASES[i].rule) {
            assert_ok(st);
            assert_non_null(deadlines_find(&d, T("a"), (struct date){2026, 6, 12}));
            assert_null(deadlines_find(&d, T("a"), (struct date){2026, 6, 11}));
            continue;
        }
        assert_status(st, STATUS_INVALID);
        assert_string_equal(p.rule, CASES[i].rule);
        assert_true(text_starts(text_of(p.field), T("deadlines[0]")));
    }
}

// A law changes tomorrow: the new figure for new cases, the old one for those before.
static void a_new_figure_holds_from_its_day(void **state) {
    (void)state;
    static const char TWO[] = "{\"deadlines\":[{\"id\":\"a\",\"label\":\"l\",\"trigger\":\"lodged\","
                              "\"count\":3,\"unit\":\"months\",\"article\":\"x\","
                              "\"mark\":\"V\",\"owner\":\"authority\",\"valid_from\":\"2026-06-12\",\"valid_"
                              "to\":\"2027-01-31\",\"effect\":\"alarm\","
                              "\"effect_text\":\"e\"},{\"id\":\"a\",\"label\":\"l\",\"trigger\":\"lodged\","
                              "\"count\":4,\"unit\":\"months\",\"article\":\"x\","
                              "\"mark\":\"V\",\"owner\":\"authority\",\"valid_from\":\"%s\",\"effect\":"
                              "\"alarm\",\"effect_text\":\"e\"}]}";
    struct deadlines d;
    struct problem p = {0};
    assert_ok(deadlines_read(&arena, text_printf(&arena, TWO, "2027-02-01"), &d, &p));
    assert_int_equal(deadlines_find(&d, T("a"), (struct date){2027, 1, 31})->period.count, 3);
    assert_int_equal(deadlines_find(&d, T("a"), (struct date){2027, 2, 1})->period.count, 4);
    assert_status(deadlines_read(&arena, text_printf(&arena, TWO, "2027-01-31"), &d, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "deadline_overlap");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_day_of_the_event_is_not_counted),
        cmocka_unit_test(an_end_on_a_weekend_or_holiday_moves),
        cmocka_unit_test(months_end_on_the_same_number_or_the_last_day),
        cmocka_unit_test(two_days_or_more_hold_two_working_days),
        cmocka_unit_test(hours_run_through_nights_weekends_and_summer_time),
        cmocka_unit_test(working_days_skip_what_is_not_worked),
        cmocka_unit_test(easter_falls_where_it_should),
        cmocka_unit_test(a_pause_does_not_count),
        cmocka_unit_test(an_extension_counts_from_the_trigger),
        cmocka_unit_test(states_follow_the_clock),
        cmocka_unit_test(periods_behave),
        cmocka_unit_test(a_file_with_a_mistake_names_the_place),
        cmocka_unit_test(a_new_figure_holds_from_its_day),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
