#include "story.h"

#include "words.h"

static void erased(struct house *h, int64_t id) {
    struct actor system = actor_system();
    struct command erase = {
        .kind = COMMAND_ERASE_PERSON, .case_id = id, .erase_person = {T("retention_ended")}};
    enum status st = cases_do(h->cases, &system, &erase, &h->arena, NULL, &h->problem);
    if (st) house_say(h, "erase", st);
    assert_int_equal(st, STATUS_OK);
}

static void R_TE_04_after_a_whole_case_nothing_that_was_said_is_left(void **state) {
    (void)state;
    static const char *const WORDS[] = {
        "Hosseini",       "hosseini",          "Maryam",    "harbour",     "Harbour",
        "medical_report", "birth_certificate", "blue door", "OLD-77",      "I. Interpreter",
        "Ask about",      "sources are old",   "dismissed", "born in May", "IRN"};
    struct house h;
    struct case_file f;
    struct work_list found;
    int of_the_law[sizeof WORDS / sizeof *WORDS]; // the pack has words of its own
    house_new(&h);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        of_the_law[i] = words_in(h.store, WORDS[i]).tables;
    int64_t id = to_be_decided(&h);
    DO(&h, OFFICER, .kind = COMMAND_ADD_NOTE, .case_id = id, .add_note = {T("Ask about the harbour.")});
    DO(&h, OFFICER, .kind = COMMAND_ADD_FILE_NUMBER, .case_id = id,
       .add_file_number = {T("OLD-77"), T("old register")});
    DO(&h, OFFICER, .kind = COMMAND_REQUEST_DOCUMENT, .case_id = id,
       .request_document = {T("birth_certificate"), T("The one of the harbour.")});
    DO(&h, APPLICANT, .kind = COMMAND_SEND_MESSAGE, .case_id = id, .send_message = {T("The harbour again.")});
    DO(&h, APPLICANT, .kind = COMMAND_REPORT_ERROR, .case_id = id,
       .report_error = {T("birth_date"), T("I was born in May.")});
    DO(&h, APPLICANT, .kind = COMMAND_ADD_DOCUMENT, .case_id = id,
       .add_document = {.kind = T("medical_report"),
                        .title = T("harbour.pdf"),
                        .media = T("application/pdf"),
                        .blob = {.size = 10}});
    DO(&h, OFFICER, .kind = COMMAND_SET_CHANNEL, .case_id = id,
       .set_channel = {T("paper"), T("CH-3"), T("Hurt at the harbour.")});
    int64_t decision = proposed(&h, id, "rejected");
    DO(&h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    DO(&h, APPLICANT, .kind = COMMAND_OPEN_LETTER, .case_id = id,
       .open_letter = {newest_letter(&h, id, "decision_negative")});
    DO(&h, APPLICANT, .kind = COMMAND_LODGE_APPEAL, .case_id = id,
       .lodge_appeal = {T("The sources are old."), true});
    DO(&h, OFFICER, .kind = COMMAND_RECORD_APPEAL_OUTCOME, .case_id = id,
       .record_appeal_outcome = {T("dismissed"), T("The harbour is not enough."), T("C 1")});
    int64_t before = words_in(h.store, "harbour").tables;
    assert_true(before > 5);
    erased(&h, id);
    struct actor officer = who(&h, OFFICER);
    struct look look = {.purpose = T("asylum_examination"), .reason = T("Asked by the court.")};
    assert_ok(cases_find(h.cases, &officer, &look, T("Hosseini"), &h.arena, &found, &h.problem));
    assert_int_equal(found.count, 0);
    assert_ok(cases_find(h.cases, &officer, &look, T("OLD-77"), &h.arena, &found, &h.problem));
    assert_int_equal(found.count, 0);
    assert_ok(cases_open_file(h.cases, &officer, &look, id, &h.arena, &f, &h.problem));
    assert_int_equal(f.persons.count, 0);
    assert_int_equal(f.channel_rule.n, 0);
    REFUSED(&h, APPLICANT, STATUS_INVALID, "case_erased", .kind = COMMAND_SEND_MESSAGE, .case_id = id,
            .send_message = {T("Hello?")});
    pass_hours(&h, 24 * 400);
    ticked(&h);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        int left = words_in(h.store, WORDS[i]).tables;
        assert_int_equal(left, of_the_law[i]);
    }
    story_ends(&h);
}

static void an_erased_draft_stays_empty(void **state) {
    (void)state;
    struct house h;
    static const char *const NAMES[][2] = {{"family_name", "Karimi"}, {"given_names", "Reza"}, {0}};
    house_new(&h);
    int64_t id = filled_draft(&h, APPLICANT);
    erased(&h, id);
    REFUSED(&h, APPLICANT, STATUS_INVALID, "case_erased", .kind = COMMAND_SAVE_ANSWERS, .case_id = id,
            .save_answers = {.section = T("names"), .answers = answers_of(&h.arena, NAMES)});
    struct actor system = actor_system();
    struct command again = {
        .kind = COMMAND_ERASE_PERSON, .case_id = id, .erase_person = {T("retention_ended")}};
    assert_status(cases_do(h.cases, &system, &again, &h.arena, NULL, &h.problem), STATUS_INVALID);
    story_ends(&h);
}

static void closed(struct house *h, int64_t id) {
    DO(h, APPLICANT, .kind = COMMAND_WITHDRAW_APPLICATION, .case_id = id, .withdraw_application = {T("")});
    assigned(h, id);
    int64_t decision = proposed(h, id, "withdrawn_explicit");
    DO(h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    DO(h, APPLICANT, .kind = COMMAND_OPEN_LETTER, .case_id = id,
       .open_letter = {newest_letter(h, id, "decision_closed")});
}

static enum status erase_as(struct house *h, const struct actor *actor, int64_t id, const char *ground) {
    struct command erase = {.kind = COMMAND_ERASE_PERSON, .case_id = id, .erase_person = {text_of(ground)}};
    return cases_do(h->cases, actor, &erase, &h->arena, NULL, &h->problem);
}

// The pack wants a reason of whoever erases: the ground is it, and stays a word in the log.
static void R_TE_04_an_operator_erases_for_a_ground_and_nobody_else_does(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int zahra = words_in(h.store, "Zahra").tables,
        hosseini = words_in(h.store, "Hosseini").tables; // of the pack
    int64_t id = submitted(&h, APPLICANT);
    closed(&h, id);
    struct actor boss = who(&h, BOSS), eraser = boss, program;
    eraser.roles[0] = T("operator");
    program = eraser;
    program.is_client = true;
    assert_status(erase_as(&h, &boss, id, "retention_ended"), STATUS_REFUSED);
    assert_status(erase_as(&h, &program, id, "retention_ended"), STATUS_REFUSED);
    assert_string_equal(h.problem.rule, "named_person");
    assert_status(erase_as(&h, &eraser, id, ""), STATUS_REFUSED);
    assert_string_equal(h.problem.rule, "access_reason");
    assert_status(erase_as(&h, &eraser, id, "Zahra told us to"), STATUS_INVALID);
    assert_string_equal(h.problem.field, "ground");
    assert_ok(erase_as(&h, &eraser, id, "retention_ended"));
    assert_status(erase_as(&h, &eraser, id, "retention_ended"), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "case_erased");
    assert_int_equal(words_in(h.store, "Zahra").tables, zahra);
    assert_int_equal(words_in(h.store, "Hosseini").tables, hosseini);
    story_ends(&h);
}

static void an_open_case_is_not_erased_and_words_are_no_ground(void **state) {
    (void)state;
    struct house h;
    struct actor system = actor_system();
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    struct command erase = {
        .kind = COMMAND_ERASE_PERSON, .case_id = id, .erase_person = {T("retention_ended")}};
    assert_status(cases_do(h.cases, &system, &erase, &h.arena, NULL, &h.problem), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "case_open");
    erase.erase_person.ground = T("Mrs Hosseini asked for it");
    assert_status(cases_do(h.cases, &system, &erase, &h.arena, NULL, &h.problem), STATUS_INVALID);
    assert_string_equal(h.problem.field, "ground");
    story_ends(&h);
}

static void a_tracking_code_tells_the_status_until_the_person_is_erased(void **state) {
    (void)state;
    struct house h;
    struct tracked_case t;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    struct text code = h.result.code;
    assert_ok(cases_track(h.cases, code, (struct date){1991, 4, 0}, &h.arena, &t));
    assert_text(t.status, "RECEIVED");
    assert_status(cases_track(h.cases, code, (struct date){1991, 5, 0}, &h.arena, &t), STATUS_NOT_FOUND);
    assert_status(cases_track(h.cases, T("AAAA-BBBB-CCCC"), (struct date){1991, 4, 0}, &h.arena, &t),
                  STATUS_NOT_FOUND);
    closed(&h, id);
    erased(&h, id);
    assert_status(cases_track(h.cases, code, (struct date){1991, 4, 0}, &h.arena, &t), STATUS_NOT_FOUND);
    story_ends(&h);
}

STORIES(cmocka_unit_test(R_TE_04_after_a_whole_case_nothing_that_was_said_is_left),
        cmocka_unit_test(an_erased_draft_stays_empty),
        cmocka_unit_test(R_TE_04_an_operator_erases_for_a_ground_and_nobody_else_does),
        cmocka_unit_test(an_open_case_is_not_erased_and_words_are_no_ground),
        cmocka_unit_test(a_tracking_code_tells_the_status_until_the_person_is_erased))
