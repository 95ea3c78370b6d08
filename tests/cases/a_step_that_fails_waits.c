// A step that the system cannot do stays with the case until somebody has mended what was wrong.
#include "versions.h"

// A letter that no pack has, after a day, or after a task.
#define LATE(letter)                                                                                    \
    {                                                                                                   \
        {"processes/sample.bpmn",                                                                       \
         BPMN("sample", START("begin") FLOW("begin", "pause") CATCH("pause", TIMER("P1D"))              \
                            FLOW("pause", "tell") SERVICE("tell", "letter", HEADER("letter", letter))   \
                                FLOW("tell", "look") BARE_USER("look", "officer") FLOW("look", "again") \
                                    SERVICE("again", "letter", HEADER("letter", letter))                \
                                        FLOW("again", "done") END("done"))},                            \
            SMALL_FILES                                                                                 \
    }
static const struct other_file BROKEN[] = LATE("=&quot;nowhere&quot;"),
                               MENDED[] = LATE("=&quot;receipt&quot;");

static void what_time_brings_becomes_an_incident_that_survives_a_restart(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    load_version(&h, "sample", "1.1.0", BROKEN);
    int64_t id = opened(&h, "sample");
    assert_int_equal(incidents(&h).count, 0);
    pass_hours(&h, 25);
    ticked_all(&h);
    struct incident_list list = incidents(&h);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].case_id, id);
    assert_text(list.items[0].element, "tell");
    assert_text(list.items[0].rule, "letter_unknown");
    assert_int_equal(list.items[0].at.ms, h.fixed.at.ms);
    assert_int_equal(list.rules.count, 1);
    assert_int_equal(list.rules.items[0].count, 1);
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    assert_int_equal(f.incidents.count, 1);
    assert_text(f.incidents.items[0].element, "tell");
    ticked_all(&h); // it is not tried each second
    assert_true(cases_next_due(h.cases).ms > h.fixed.at.ms);
    house_close(&h);
    house_open(&h);
    assert_int_equal(incidents(&h).count, 1);
    story_ends(&h);
}

static void a_persons_command_is_refused_and_changes_nothing(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t broken = load_version(&h, "sample", "1.1.0", BROKEN);
    int64_t mended = load_version(&h, "sample", "1.2.0", MENDED);
    (void)broken;
    int64_t id = opened(&h, "sample");
    pass_hours(&h, 25);
    ticked_all(&h);
    assert_true(is_at(&h, id, "look"));
    // back to the law without that letter: the task is done by a person, and the letter follows at once
    struct actor policy = with_role(&h, "policy");
    struct command back = {
        .kind = COMMAND_MIGRATE_CASE, .case_id = id, .migrate_case = {.from = mended, .to = broken}};
    assert_ok(cases_do(h.cases, &policy, &back, &h.arena, &h.result, &h.problem));
    REFUSED(&h, OFFICER, STATUS_INVALID, "letter_unknown", .kind = COMMAND_COMPLETE_TASK, .case_id = id,
            .complete_task = {.task = task_at(&h, id, "look")});
    assert_true(is_at(&h, id, "look"));
    assert_int_equal(incidents(&h).count, 0);
    story_ends(&h);
}

static void after_a_mended_pack_the_step_is_done(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t broken = load_version(&h, "sample", "1.1.0", BROKEN);
    int64_t id = opened(&h, "sample");
    pass_hours(&h, 25);
    ticked_all(&h);
    int64_t step = incidents(&h).items[0].step;
    assert_int_equal(retry(&h, "operator", id, step), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "letter_unknown");
    assert_int_equal(incidents(&h).count, 1); // it is as it was
    assert_int_equal(retry(&h, "officer", id, step), STATUS_REFUSED);
    int64_t mended = load_version(&h, "sample", "1.2.0", MENDED);
    struct actor policy = with_role(&h, "policy");
    struct command c = {
        .kind = COMMAND_MIGRATE_CASE, .case_id = id, .migrate_case = {.from = broken, .to = mended}};
    enum status st = cases_do(h.cases, &policy, &c, &h.arena, &h.result, &h.problem);
    if (st) house_say(&h, "migrate", st);
    assert_int_equal(st, STATUS_OK);
    assert_int_equal(incidents(&h).count, 1); // it goes with the case
    assert_int_equal(retry(&h, "operator", id, step), STATUS_OK);
    assert_int_equal(incidents(&h).count, 0);
    assert_true(is_at(&h, id, "look"));
    assert_int_equal(retry(&h, "operator", id, step), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "not_stuck");
    story_ends(&h);
}

static void all_of_one_rule_are_tried_together(void **state) {
    (void)state;
    enum { CASES = 7 };
    struct house h;
    int64_t ids[CASES];
    house_new(&h);
    int64_t broken = load_version(&h, "sample", "1.1.0", BROKEN);
    for (int i = 0; i < CASES; i++) ids[i] = opened(&h, "sample");
    pass_hours(&h, 25);
    ticked_all(&h);
    assert_int_equal(incidents(&h).count, CASES);
    int64_t mended = load_version(&h, "sample", "1.2.0", MENDED);
    struct actor policy = with_role(&h, "policy"), operator= with_role(&h, "operator");
    for (int i = 0; i < CASES - 1; i++) { // one stays with the broken law
        struct command c = {
            .kind = COMMAND_MIGRATE_CASE, .case_id = ids[i], .migrate_case = {.from = broken, .to = mended}};
        assert_ok(cases_do(h.cases, &policy, &c, &h.arena, &h.result, &h.problem));
    }
    struct incidents_tried tried;
    assert_int_equal(cases_retry_rule(h.cases, &operator, T(""), &tried, &h.problem), STATUS_NOT_FOUND);
    assert_int_equal(incidents(&h).count, CASES); // without a rule none is tried
    assert_ok(cases_retry_rule(h.cases, &operator, T("letter_unknown"), &tried, &h.problem));
    assert_int_equal(tried.tried, CASES);
    assert_int_equal(tried.mended, CASES - 1);
    assert_false(tried.has_more);
    struct incident_list list = incidents(&h);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].case_id, ids[CASES - 1]);
    story_ends(&h);
}

static void only_those_who_look_after_processes_see_the_list(void **state) {
    (void)state;
    struct house h;
    struct incident_list list;
    house_new(&h);
    struct actor officer = with_role(&h, "officer"), boss = with_role(&h, "supervisor");
    struct incident_filter all = {0};
    assert_int_equal(cases_incidents(h.cases, &officer, &all, &h.arena, &list, &h.problem), STATUS_REFUSED);
    assert_ok(cases_incidents(h.cases, &boss, &all, &h.arena, &list, &h.problem));
    story_ends(&h);
}

STORIES(cmocka_unit_test(what_time_brings_becomes_an_incident_that_survives_a_restart),
        cmocka_unit_test(a_persons_command_is_refused_and_changes_nothing),
        cmocka_unit_test(after_a_mended_pack_the_step_is_done),
        cmocka_unit_test(all_of_one_rule_are_tried_together),
        cmocka_unit_test(only_those_who_look_after_processes_see_the_list))
