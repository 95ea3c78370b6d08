// Days of short stays: known examples of the rule of 90 in 180 days, odd crossings, and a count that is made
// the slow way beside it.
#include "border/stay.h"
#include "check.h"

static struct arena law_arena;
static const struct stay_law *law;

static int read_law(void **state) {
    (void)state;
    static char bytes[64 * 1024];
    FILE *f = fopen("packs/eu-common/stay.json", "r");
    if (!f) return -1;
    struct text in = {bytes, fread(bytes, 1, sizeof bytes, f)};
    fclose(f);
    struct stay_law *read;
    struct problem p;
    if (stay_law_read(&law_arena, in, &read, &p)) return -1;
    law = read;
    return 0;
}

static int forget_law(void **state) {
    (void)state;
    arena_free(&law_arena);
    return 0;
}

static struct date day(const char *t) {
    struct date d;
    assert_ok(date_parse(text_of(t), &d));
    return d;
}

// "+2014-04-19 -2014-04-21": entries and exits.
static struct stay_answer count_for(const char *crossings, const char *on, const char *nationality,
                                    const char *state, struct text title) {
    struct arena a = {0};
    struct stay_crossing list[40];
    size_t n = 0;
    struct text rest = text_of(crossings), word;
    while (text_cut(&rest, ' ', &word) && word.n) {
        struct date d;
        assert_ok(date_parse(text_slice(word, 1, word.n), &d));
        list[n] = (struct stay_crossing){
            word.p[0] == '+' ? CROSSING_ENTRY : CROSSING_EXIT, d, {0}, title, (int64_t)n};
        n++;
    }
    struct stays stays;
    struct stay_answer out;
    stays_of(law, list, n, &a, &stays);
    stay_count(law, &stays, text_of(nationality), text_of(state), day(on), &out);
    arena_free(&a);
    return out;
}
static struct stay_answer on(const char *crossings, const char *d) {
    return count_for(crossings, d, "", "", (struct text){0});
}

static void assert_day(struct date d, const char *wanted) {
    struct arena a = {0};
    assert_text(date_print(&a, d), wanted);
    arena_free(&a);
}

// The example of the Commission's handbook for visa applications: three days in April, 86 in summer.
static void the_handbooks_traveller(void **state) {
    (void)state;
    static const char VISITS[] = "+2014-04-19 -2014-04-21 +2014-06-18 -2014-09-11";
    struct stay_answer a = on(VISITS, "2014-09-11");
    assert_int_equal(a.used, 89);
    assert_int_equal(a.left, 1);
    assert_false(a.is_overstay);
    a = on(VISITS, "2014-10-16"); // 19 April is out of the window
    assert_int_equal(a.used, 88);
    a = on(VISITS, "2014-10-18");
    assert_int_equal(a.used, 86);
    a = on(VISITS, "2014-12-15"); // 18 June is, too: each day on, one more falls out
    assert_int_equal(a.used, 85);
    assert_int_equal(a.days_from_now, 90);
}

static void ninety_days_away_give_ninety_anew(void **state) {
    (void)state;
    struct stay_answer a = on("+2026-01-01 -2026-03-31", "2026-03-31"); // 90 days
    assert_int_equal(a.used, 90);
    assert_int_equal(a.left, 0);
    assert_false(a.is_overstay);
    a = on("+2026-01-01 -2026-03-31", "2026-06-29"); // the 90th day away
    assert_int_equal(a.days_from_now, 0);
    assert_day(a.next_entry, "2026-06-30");
    a = on("+2026-01-01 -2026-03-31", "2026-06-30");
    assert_int_equal(a.days_from_now, 90);
    assert_day(a.last_day, "2026-09-27");
}

static void entry_and_exit_day_both_count(void **state) {
    (void)state;
    assert_int_equal(on("+2026-05-01 -2026-05-01", "2026-05-10").used, 1);
    assert_int_equal(on("+2026-05-01 -2026-05-02", "2026-05-10").used, 2);
    // out in the morning and in again in the evening: that day is one day
    assert_int_equal(on("+2026-05-01 -2026-05-03 +2026-05-03 -2026-05-04", "2026-05-10").used, 4);
    assert_false(on("+2026-05-01 -2026-05-03 +2026-05-03 -2026-05-04", "2026-05-10").is_uncertain);
}

static void an_open_stay_runs_until_its_last_day(void **state) {
    (void)state;
    struct stay_answer a = on("+2026-09-01", "2026-11-26");
    assert_true(a.is_inside);
    assert_int_equal(a.used, 87);
    assert_day(a.last_day, "2026-11-29");
    assert_int_equal(a.days_from_now, 4);
    a = on("+2026-09-01", "2026-12-02");
    assert_true(a.is_overstay);
    assert_day(a.over_since, "2026-11-30");
    assert_int_equal(a.over_days, 3);
    assert_int_equal(a.last_day.year, 0);
    assert_true(a.next_entry.year > 0);
}

static void a_missing_exit_counts_until_the_next_entry(void **state) {
    (void)state;
    struct stay_answer a = on("+2026-05-01 +2026-05-10 -2026-05-12", "2026-06-01");
    assert_true(a.is_uncertain);
    assert_int_equal(a.used, 12);
    struct stay_law other = *law;
    other.missing_exit = MISSING_EXIT_ENTRY_DAY_ONLY;
    const struct stay_law *was = law;
    law = &other;
    assert_int_equal(on("+2026-05-01 +2026-05-10 -2026-05-12", "2026-06-01").used, 4);
    law = was;
    a = on("-2026-05-12", "2026-06-01"); // nobody saw the entry
    assert_true(a.is_uncertain);
    assert_int_equal(a.used, 1);
}

static void an_earlier_overstay_is_told(void **state) {
    (void)state;
    struct stay_answer a = on("+2026-01-01 -2026-04-05", "2026-11-26");
    assert_int_equal(a.past_over_days, 5);
    assert_false(a.is_overstay);
    assert_int_equal(a.used, 0);
}

static void a_permit_does_not_count(void **state) {
    (void)state;
    assert_int_equal(count_for("+2026-05-01 -2026-10-31", "2026-11-26", "", "", T("permit")).used, 0);
    assert_int_equal(count_for("+2026-05-01 -2026-10-31", "2026-11-26", "", "", T("long_stay_visa")).used, 0);
    assert_true(count_for("+2026-05-01 -2026-10-31", "2026-11-26", "", "", T("short_stay_visa")).used > 0);
    assert_true(stay_is_free(law, T("IRL")));
    assert_false(stay_counts_in(law, T("IRL"), day("2026-01-01")));
    assert_false(stay_counts_in(law, T("HRV"), day("2022-12-31")));
    assert_true(stay_counts_in(law, T("HRV"), day("2023-01-01")));
}

static void an_agreement_gives_more_in_one_state(void **state) {
    (void)state;
    struct stay_answer a = count_for("+2026-09-01", "2026-11-26", "USA", "POL", (struct text){0});
    assert_day(a.last_day, "2026-11-29");
    assert_day(a.exception_until, "2027-02-27");
    assert_text(a.exception->article, "CISA:20");
    assert_null(count_for("+2026-09-01", "2026-11-26", "USA", "FRA", (struct text){0}).exception);
    assert_null(count_for("+2026-09-01", "2026-11-26", "BRA", "POL", (struct text){0}).exception);
}

// ---- the slow way

static uint64_t seed = 20261126;
static int64_t dice(int64_t n) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((seed >> 33) % (uint64_t)n);
}

struct slow {
    bool there[3000];
};
static int64_t slow_used(const struct slow *s, int64_t d, int64_t extra_from) {
    int64_t n = 0;
    for (int64_t k = d - 179; k <= d; k++)
        if (k >= 0 && ((k < 3000 && s->there[k]) || (extra_from >= 0 && k >= extra_from))) n++;
    return n;
}

static void a_count_by_hand_says_the_same(void **state) {
    (void)state;
    const int64_t base = date_to_days((struct date){2020, 1, 1});
    for (int round = 0; round < 300; round++) {
        struct arena a = {0};
        struct slow slow = {0};
        struct stay_crossing list[60];
        size_t n = 0;
        int64_t at = dice(60);
        while (n < 40 && at < 1200) {
            int64_t length = dice(3) ? dice(30) : dice(120);
            list[n] = (struct stay_crossing){CROSSING_ENTRY, date_from_days(base + at), {0}, {0}, (int64_t)n};
            n++;
            list[n] = (struct stay_crossing){
                CROSSING_EXIT, date_from_days(base + at + length), {0}, {0}, (int64_t)n};
            n++;
            for (int64_t d = at; d <= at + length; d++) slow.there[d] = true;
            at += length + dice(80);
        }
        struct stays stays;
        stays_of(law, list, n, &a, &stays);
        for (int k = 0; k < 20; k++) {
            int64_t d = at + dice(300); // behind all stays
            struct stay_answer got;
            stay_count(law, &stays, T(""), T(""), date_from_days(base + d), &got);
            assert_int_equal(got.used, slow_used(&slow, d, -1));
            int64_t possible = 0;
            while (possible < 180 && slow_used(&slow, d + possible, d) <= 90) possible++;
            assert_int_equal(got.days_from_now, possible);
            int64_t over = 0;
            for (int64_t x = 0; x < d && x < 3000; x++) over += slow.there[x] && slow_used(&slow, x, -1) > 90;
            if (!got.is_inside) assert_int_equal(got.past_over_days, over);
        }
        arena_free(&a);
    }
}

// Which entries let somebody stay, and how crossings with them are written, is the pack's to say.
static void titles_are_the_packs(void **state) {
    (void)state;
    const struct stay_title *permit = stay_title_of(law, T("permit"), T("family"), T("valid"));
    const struct stay_title *long_stay = stay_title_of(law, T("visa"), T("D"), T("issued"));
    const struct stay_title *short_stay = stay_title_of(law, T("visa"), T("C"), T("extended"));
    assert_text(permit->class, "permit_holder");
    assert_false(stay_title_counts(law, permit->title));
    assert_false(stay_title_counts(law, long_stay->title));
    assert_text(short_stay->class, "visa_holder");
    assert_true(stay_title_counts(law, short_stay->title));
    assert_null(stay_title_of(law, T("visa"), T("D"), T("revoked")));
    assert_null(stay_title_of(law, T("permit"), T("family"), T("expired")));
    assert_text(stay_title_of_class(law, T("permit_holder")), "permit");
    assert_int_equal(stay_title_of_class(law, T("crew")).n, 0);
    assert_text(stay_report_of(law, T("genuineness"), T("forged"))->refusal, "B");
    assert_text(stay_report_of(law, T("possession"), T("lost"))->refusal, "A");
    assert_null(stay_report_of(law, T("genuineness"), T("genuine")));
    assert_int_equal(law->document_months, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(titles_are_the_packs),
        cmocka_unit_test(the_handbooks_traveller),
        cmocka_unit_test(ninety_days_away_give_ninety_anew),
        cmocka_unit_test(entry_and_exit_day_both_count),
        cmocka_unit_test(an_open_stay_runs_until_its_last_day),
        cmocka_unit_test(a_missing_exit_counts_until_the_next_entry),
        cmocka_unit_test(an_earlier_overstay_is_told),
        cmocka_unit_test(a_permit_does_not_count),
        cmocka_unit_test(an_agreement_gives_more_in_one_state),
        cmocka_unit_test(a_count_by_hand_says_the_same),
    };
    return cmocka_run_group_tests(tests, read_law, forget_law);
}
