// A walk tries a procedure of any pack: tasks with forms, four eyes, called processes, messages, time that
// passes.
#include "trial/trial.h"

#include "other_pack.h"
#include "words.h"

#define WALK(steps, ends)                                                                             \
    "{\"starts\": \"2026-12-01T09:00\", \"answers\": {\"family_name\": \"Nakamura\", \"wish\": \"To " \
    "stay\"},"                                                                                        \
    " \"steps\": [" steps "], \"ends\": [" ends "]}"
#define OPEN "{\"do\": \"open_case\"}"

// The trial stays open.
static struct walk_report walked_open(struct house *h, const struct other_file *files,
                                      struct trial_cover *cover) {
    struct walk_report report = {0};
    struct pack *pack;
    struct pack_files f = other_pack(h, "sample", "", files);
    struct trial_options o = {.files = &f};
    enum status st = pack_read(&h->arena, &f, &pack, &h->problem);
    if (st) house_say(h, "pack", st);
    assert_int_equal(st, STATUS_OK);
    o.pack = pack;
    assert_ok(walk_run(&o, walk_find(pack, T("sample")), T("en"), &h->arena, &report));
    for (size_t i = 0; i < report.findings.count; i++)
        print_message("# step %zu: " TEXT_FMT "\n", report.findings.items[i].step,
                      TEXT_ARG(report.findings.items[i].what));
    trial_cover_begin(&h->arena, pack, cover);
    if (report.trial) trial_cover_add(cover, report.trial);
    pack_release(pack);
    return report;
}

static struct walk_report walked(struct house *h, const struct other_file *files, struct trial_cover *cover) {
    struct walk_report report = walked_open(h, files, cover);
    trial_close(report.trial);
    report.trial = NULL;
    return report;
}

static int64_t times(const struct trial_cover *cover, const char *end_or_way) {
    for (size_t i = 0; i < cover->ends.count; i++)
        if (text_eq(cover->ends.items[i].id, text_of(end_or_way))) return cover->ends.items[i].times;
    for (size_t i = 0; i < cover->ways.count; i++)
        if (text_eq(cover->ways.items[i].id, text_of(end_or_way))) return cover->ways.items[i].times;
    return -1;
}

static const struct other_file LOOKED_AT[] = {
    {"processes/sample.bpmn",
     BPMN("sample",
          START("begin") FLOW("begin", "look") USER("look", "officer", "finding", "") FLOW("look", "is_fine")
              CHOICE("is_fine", "explain") FLOW_IF("is_fine", "agree", "task.look.amount &gt; 10") FLOW(
                  "is_fine", "explain") USER("explain", "applicant", "finding", "") FLOW("explain", "look")
                  USER("agree", "officer, second_officer", "finding",
                       PROPERTIES(PROPERTY("second_person", "look"))) FLOW("agree", "done") END("done"))},
    {"walks/sample.json",
     WALK(OPEN ", {\"expect\": {\"at\": [\"look\"]}},"
               "{\"task\": \"look\", \"answers\": {\"word\": \"unclear\", \"amount\": 3},"
               " \"expect\": {\"at\": [\"explain\"], \"status\": \"NEEDS_YOU\"}},"
               "{\"task\": \"explain\", \"as\": \"registrar\", \"answers\": {\"word\": \"on paper\"}},"
               "{\"task\": \"look\", \"answers\": {\"word\": \"good\", \"amount\": 12}},"
               "{\"task\": \"agree\", \"as\": \"officer#1\", \"answers\": {\"word\": \"mine\"}, \"refused\": "
               "\"same_person\"},"
               "{\"task\": \"agree\", \"answers\": {\"word\": \"yes\"}}",
          "\"done\"")},
    SMALL_FORMS,
    {0}};

static void tasks_are_done_by_their_roles(void **state) {
    (void)state;
    struct house h = {0};
    struct trial_cover cover;
    struct walk_report r = walked(&h, LOOKED_AT, &cover);
    assert_int_equal(r.findings.count, 0);
    assert_int_equal(times(&cover, "done"), 1);
    assert_int_equal(times(&cover, "begin_to_look"), 1);
    assert_int_equal(times(&cover, "explain_to_look"), 1);
    arena_free(&h.arena);
}

static void called_processes_messages_and_time_are_seen(void **state) {
    (void)state;
    static const struct other_file FILES[] = {
        {"processes/inner.bpmn", BPMN("inner", START("inner_begin") FLOW("inner_begin", "weigh")
                                                   USER("weigh", "officer", "finding", "")
                                                       FLOW("weigh", "inner_done") END("inner_done"))},
        {"processes/sample.bpmn",
         BPMN("sample", START("begin") FLOW("begin", "inside") CALL("inside", "inner", INPUT("1", "one"))
                            FLOW("inside", "pay") CATCH("pay", MESSAGE("m_paid")) FLOW("pay", "rest")
                                BARE_USER("rest", "officer") AT("late", "rest", TIMER("P14D"))
                                    FLOW("rest", "done") FLOW("late", "lapsed") END("done") END("lapsed"))},
        {"walks/sample.json",
         WALK(OPEN
              ", {\"expect\": {\"at\": [\"weigh\"]}},"
              "{\"task\": \"weigh\", \"answers\": {\"word\": \"good\"}, \"expect\": {\"at\": [\"pay\"]}},"
              "{\"message\": \"paid\", \"key\": \"nobody\", \"refused\": \"not_now\"},"
              "{\"wait\": \"P3D\"},"
              "{\"message\": \"paid\", \"expect\": {\"at\": [\"rest\"]}},"
              "{\"wait_for\": \"late\", \"expect\": {\"at\": [], \"status\": \"CLOSED\"}}",
              "\"inner_done\", \"lapsed\"")},
        SMALL_FORMS,
        {0}};
    struct house h = {0};
    struct trial_cover cover;
    struct walk_report r = walked(&h, FILES, &cover);
    assert_int_equal(r.findings.count, 0);
    assert_int_equal(times(&cover, "inner_done"), 1);
    assert_int_equal(times(&cover, "weigh_to_inner_done"), 1);
    assert_int_equal(times(&cover, "lapsed"), 1);
    assert_int_equal(times(&cover, "done"), 0);
    assert_int_equal(times(&cover, "rest_to_done"), 0);
    arena_free(&h.arena);
}

static void what_is_not_as_expected_is_told(void **state) {
    (void)state;
    static const struct other_file FILES[] = {
        {"processes/sample.bpmn",
         BPMN("sample", START("begin") FLOW("begin", "look") USER("look", "officer", "finding", "")
                            FLOW("look", "done") END("done"))},
        {"walks/sample.json",
         WALK(OPEN ", {\"expect\": {\"at\": [\"done\"], \"letters\": [], \"clocks\": {\"lodging\": "
                   "\"2026-12-24\"}, \"others\": []}},"
                   "{\"task\": \"look\", \"answers\": {\"colour\": \"red\"}}",
              "\"done\"")},
        {"exchange/steps.json", "{\"told\": [{\"process\": \"sample\", \"element\": \"begin\","
                                " \"type\": \"ASY_INTERVIEW_SET\", \"due\": \"=interview_on\"}]}"},
        SMALL_FORMS,
        {0}};
    struct house h = {0};
    struct trial_cover cover;
    struct walk_report r = walked(&h, FILES, &cover);
    assert_int_equal(r.findings.count, 6);
    assert_text(r.findings.items[0].what, "others: no code or no day: ASY_INTERVIEW_SET");
    assert_text(r.findings.items[1].what, "at: expected done, is look");
    assert_text(r.findings.items[2].what, "letters: expected none, is receipt");
    assert_text(r.findings.items[3].what, "others: expected none, is ASY_INTERVIEW_SET");
    assert_text(r.findings.items[4].what, "clock lodging: expected 2026-12-24, is none");
    assert_int_equal(r.findings.items[5].step, 3);
    arena_free(&h.arena);
}

static void a_step_that_never_comes_ends_the_walk(void **state) {
    (void)state;
    static const struct other_file FILES[] = {
        {"processes/sample.bpmn",
         BPMN("sample", START("begin") FLOW("begin", "look") USER("look", "officer", "finding", "")
                            FLOW("look", "done") END("done"))},
        {"walks/sample.json", WALK(OPEN ", {\"wait_for\": \"done\"}, {\"wait\": \"P1D\"}", "\"done\"")},
        SMALL_FORMS,
        {0}};
    struct house h = {0};
    struct trial_cover cover;
    struct walk_report r = walked(&h, FILES, &cover);
    assert_int_equal(r.findings.count, 1);
    assert_int_equal(r.findings.items[0].step, 2);
    size_t at;
    assert_true(text_find(r.findings.items[0].what, T("trial_never"), &at));
    arena_free(&h.arena);
}

static void what_was_done_is_done_again(void **state) {
    (void)state;
    struct house h = {0};
    struct trial_cover cover;
    struct trial_view view;
    struct trial *again;
    struct walk_report r = walked_open(&h, LOOKED_AT, &cover);
    size_t steps = trial_steps(r.trial);
    assert_int_equal(steps, 4); // one of the walk was refused
    assert_ok(trial_again(r.trial, T("ar"), steps - 1, &again, &h.problem));
    assert_ok(trial_look(again, &h.arena, &view));
    assert_text(view.language, "ar");
    assert_false(view.is_ended);
    assert_text(view.at.items[0].element, "agree");
    assert_text(view.letters.items[0].language, "ar");
    struct text letter;
    size_t at;
    assert_ok(trial_letter_text(again, view.letters.items[0].letter, &h.arena, &letter));
    assert_true(text_find(letter, T("رقم الملف"), &at));
    trial_close(again);
    trial_close(r.trial);
    arena_free(&h.arena);
}

static void what_was_done_is_a_walk(void **state) {
    (void)state;
    struct house h = {0};
    struct trial_cover cover;
    struct text json;
    struct walk_report r = walked_open(&h, LOOKED_AT, &cover);
    assert_ok(trial_go_on(r.trial, (struct moment){trial_now(r.trial).ms + INT64_C(90061001)}, &h.problem));
    assert_ok(trial_as_walk(r.trial, &h.arena, &json));
    trial_close(r.trial);
    size_t at;
    assert_true(text_find(json, T("{\"wait\":\"PT25H1M2S\"}"), &at));
    const struct other_file files[] = {
        LOOKED_AT[0], {"walks/sample.json", text_c(&h.arena, json)}, SMALL_FORMS, {0}};
    r = walked(&h, files, &cover);
    assert_int_equal(r.findings.count, 0);
    assert_int_equal(times(&cover, "done"), 1);
    assert_int_equal(times(&cover, "explain_to_look"), 1);
    arena_free(&h.arena);
}

static void the_clock_does_not_go_on_for_ever(void **state) {
    (void)state;
    struct house h = {0};
    struct trial_cover cover;
    struct moment to;
    struct walk_report r = walked_open(&h, LOOKED_AT, &cover);
    struct moment from = trial_now(r.trial);
    size_t steps = trial_steps(r.trial);
    assert_true(period_end(trial_zone(r.trial), from, T("P20Y"), &to));
    assert_ok(trial_go_on(r.trial, to, &h.problem));
    assert_int_equal(trial_now(r.trial).ms, to.ms);
    assert_true(period_end(trial_zone(r.trial), to, T("P20Y"), &from));
    assert_int_equal(trial_go_on(r.trial, from, &h.problem), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "trial_day");
    assert_int_equal(trial_now(r.trial).ms, to.ms);
    assert_ok(trial_go_on(r.trial, to, &h.problem)); // it stands there: no step that could be taken back
    assert_int_equal(trial_go_next(r.trial, &h.problem), STATUS_NOT_FOUND);
    assert_int_equal(trial_steps(r.trial), steps + 1);
    trial_close(r.trial);
    arena_free(&h.arena);
}

static void periods_go_by_the_clock_on_the_wall(void **state) {
    (void)state;
    const struct zone *z;
    struct moment from, to;
    assert_ok(zone_find(T("Europe/Brussels"), &z));
    assert_true(local_moment(z, T("2026-10-24T09:30"), &from));
    assert_true(period_end(z, from, T("P1D"), &to)); // the night has 25 hours
    assert_int_equal(to.ms - from.ms, INT64_C(25) * 3600000);
    assert_true(period_end(z, from, T("PT24H"), &to));
    assert_int_equal(to.ms - from.ms, INT64_C(24) * 3600000);
    assert_true(period_end(z, from, T("-P1M"), &to));
    struct date day = zone_date(z, to);
    assert_true(day.month == 9 && day.day == 24);
    assert_true(period_end(z, from, T("2027-01-15"), &to) && zone_minute(z, to) == 0);
    static const char *const NONE[] = {"",     "P",        "PT",       "P1",       "1D",
                                       "P1H",  "PT1D",     "P999999D", "P1D2",     "2026-02-30",
                                       "P31Y", "P300000M", "P20Y20Y",  "P300000W", "PT260000H260000H"};
    for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++)
        assert_false(period_end(z, from, text_of(NONE[i]), &to));
}

STORIES(cmocka_unit_test(tasks_are_done_by_their_roles),
        cmocka_unit_test(called_processes_messages_and_time_are_seen),
        cmocka_unit_test(what_is_not_as_expected_is_told),
        cmocka_unit_test(a_step_that_never_comes_ends_the_walk),
        cmocka_unit_test(what_was_done_is_done_again), cmocka_unit_test(what_was_done_is_a_walk),
        cmocka_unit_test(the_clock_does_not_go_on_for_ever),
        cmocka_unit_test(periods_go_by_the_clock_on_the_wall))
