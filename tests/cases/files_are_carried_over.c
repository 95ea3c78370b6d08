// Closed files of the former system: found for ever, read like any other, never twice.
#include "story.h"

static struct command a_file(struct house *h, const char *number) {
    static const char *const KNOWN[][2] = {{"family_name", "حسيني"},
                                           {"given_names", "علی"},
                                           {"birth_date", "1984"},
                                           {"nationalities[0]", "IRN"},
                                           {0}};
    return (struct command){.kind = COMMAND_CARRY_OVER_CASE,
                            .purpose = T("registration"),
                            .carry_over_case = {.origin = T("old register"),
                                                .number = text_of(number),
                                                .language = T("fa"),
                                                .answers = answers_of(&h->arena, KNOWN),
                                                .made_on = {2017, 3, 1},
                                                .decided_on = {2018, 5, 14},
                                                .closed_on = {2018, 7, 2},
                                                .outcome = T("refugee")}};
}

static struct work_list found(struct house *h, const char *what) {
    struct work_list list;
    struct look look = {.purpose = T("asylum_examination")};
    struct actor officer = who(h, OFFICER);
    assert_ok(cases_find(h->cases, &officer, &look, text_of(what), &h->arena, &list, &h->problem));
    return list;
}

static void a_file_is_found_by_name_and_number_and_asks_for_nothing(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    assert_ok(try_do(&h, REGISTRAR, a_file(&h, "A 2017/000123")));
    int64_t id = h.result.case_id;
    assert_true(h.result.case_no.n > 0);
    static const char *const TYPED[] = {"A2017000123", "a-2017-000123", "حسيني", "Hosseini"};
    for (size_t i = 0; i < sizeof TYPED / sizeof *TYPED; i++) {
        struct work_list list = found(&h, TYPED[i]);
        assert_int_equal(list.count, 1);
        assert_int_equal(list.rows[0].case_id, id);
    }
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    assert_text(f.head.status, "CLOSED");
    assert_text(f.numbers.items[0].origin, "old register");
    assert_int_equal(f.persons.count, 1);
    assert_int_equal(f.head.made_at.ms / 86400000, date_to_days((struct date){2017, 3, 1}));
    pass_hours(&h, 24 * 400);
    ticked(&h);
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    assert_int_equal(f.clocks.count, 0);
    assert_int_equal(f.letters.count, 0);
    story_ends(&h);
}

static void a_file_comes_once(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    assert_ok(try_do(&h, REGISTRAR, a_file(&h, "7")));
    assert_status(try_do(&h, REGISTRAR, a_file(&h, "7")), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "carried_before");
    assert_ok(try_do(&h, REGISTRAR, a_file(&h, "8")));
    struct command elsewhere = a_file(&h, "7");
    elsewhere.carry_over_case.origin = T("another register");
    assert_ok(try_do(&h, REGISTRAR, elsewhere));
    assert_status(try_do(&h, OFFICER, a_file(&h, "9")), STATUS_REFUSED);
    assert_status(try_do(&h, APPLICANT, a_file(&h, "9")), STATUS_REFUSED);
    story_ends(&h);
}

static void what_is_there_must_be_right(void **state) {
    (void)state;
    static const char *const NO_NAME[][2] = {{"birth_date", "1984"}, {0}};
    static const char *const BAD_BIRTH[][2] = {{"family_name", "X"}, {"birth_date", "1984-13"}, {0}};
    static const char *const NO_FIELD[][2] = {{"family_name", "X"}, {"shoe_size", "44"}, {0}};
    struct house h;
    house_new(&h);
    const struct {
        const char *const (*answers)[2];
        const char *field;
    } forms[] = {{NO_NAME, "family_name"}, {BAD_BIRTH, "birth_date"}, {NO_FIELD, "shoe_size"}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct command c = a_file(&h, "1");
        c.carry_over_case.answers = answers_of(&h.arena, forms[i].answers);
        assert_status(try_do(&h, REGISTRAR, c), STATUS_INVALID);
        assert_string_equal(h.problem.field, forms[i].field);
    }
    const struct {
        struct date made, decided, closed;
        const char *field, *rule;
    } days[] = {{{0}, {0}, {2018, 1, 1}, "made_on", "date_needed"},
                {{2018, 1, 1}, {2018, 2, 0}, {2018, 3, 1}, "decided_on", "date_needed"},
                {{2018, 1, 1}, {2017, 2, 1}, {2018, 3, 1}, "decided_on", "order"},
                {{2018, 1, 1}, {0}, {2017, 3, 1}, "closed_on", "order"},
                {{2018, 1, 1}, {0}, {2090, 3, 1}, "closed_on", "date_in_future"}};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        struct command c = a_file(&h, "1");
        c.carry_over_case.made_on = days[i].made;
        c.carry_over_case.decided_on = days[i].decided;
        c.carry_over_case.closed_on = days[i].closed;
        assert_status(try_do(&h, REGISTRAR, c), STATUS_INVALID);
        assert_string_equal(h.problem.field, days[i].field);
        assert_string_equal(h.problem.rule, days[i].rule);
    }
    struct command c = a_file(&h, "1");
    c.carry_over_case.outcome = T("no such thing");
    assert_status(try_do(&h, REGISTRAR, c), STATUS_INVALID);
    assert_string_equal(h.problem.field, "outcome");
    story_ends(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_found_by_name_and_number_and_asks_for_nothing),
        cmocka_unit_test(a_file_comes_once),
        cmocka_unit_test(what_is_there_must_be_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
