#include "house.h"

static const char LONG_TEXT[] =
    "The applicant worked at the harbour of Bandar for six years and described the strike of "
    "2025 in detail, with dates that agree with the sources consulted.";

static void to_the_proposal(struct house *h, int64_t id, const char *outcome) {
    pass_hours(h, 24);
    DO(h, REGISTRAR, .kind = COMMAND_REGISTER_APPLICATION, .case_id = id,
       .register_application = {
           .made_on = {2026, 11, 21}, .made_at_place = T("Harbour police"), .identity_checked = true});
    DO(h, BOSS, .kind = COMMAND_ASSIGN_CASE, .case_id = id,
       .assign_case = {h->account[OFFICER], T("has worked on harbour cases")});
    step_done(h, id, "eurodac_sent");
    step_done(h, id, "special_needs_assessed");
    DO(h, OFFICER, .kind = COMMAND_CHECK_COMPLETENESS, .case_id = id,
       .check_completeness = {.is_complete = true});
    DO(h, OFFICER, .kind = COMMAND_BOOK_INTERVIEW, .case_id = id,
       .book_interview = {{h->fixed.at.ms + 86400000},
                          180,
                          T("Room 3, Harbour Road 1"),
                          T("I. Interpreter"),
                          T("fas"),
                          false,
                          T("")});
    int64_t appointment = h->result.made;
    pass_hours(h, 26);
    DO(h, OFFICER, .kind = COMMAND_HOLD_INTERVIEW, .case_id = id,
       .hold_interview = {.appointment = appointment,
                          .record = text_of(LONG_TEXT),
                          .present = T("Applicant, interpreter"),
                          .was_held = true});
    DO(h, OFFICER, .kind = COMMAND_READ_BACK_INTERVIEW, .case_id = id,
       .read_back_interview = {.is_confirmed = true});
    DO(h, OFFICER, .kind = COMMAND_PROPOSE_DECISION, .case_id = id,
       .propose_decision = {text_of(outcome), text_of(LONG_TEXT), text_of(LONG_TEXT), text_of(LONG_TEXT),
                            T("Reg. (EU) 2024/1347 Art. 4"), T("ignored: not needed")});
}

static struct work_row status_of(struct house *h, int64_t id) {
    struct case_file f;
    open_file(h, APPLICANT, "own_file", id, &f);
    return f.head;
}

static void an_adverse_decision_needs_a_second_officer_and_starts_the_appeal(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    struct text finding;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    assert_true(h.result.case_no.n > 10);
    assert_true(h.result.code.n == 14);
    assert_text(status_of(&h, id).status, "RECEIVED");
    to_the_proposal(&h, id, "rejected");
    int64_t decision = h.result.made;
    REFUSED(&h, OFFICER, STATUS_REFUSED, "access_role", .kind = COMMAND_SIGN_DECISION, .case_id = id,
            .sign_decision = {decision});
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_int_equal(f.decisions.count, 0);
    DO(&h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    assert_text(status_of(&h, id).status, "DECISION_READY");
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_text(f.letters.items[0].kind, "decision_negative");
    int64_t letter = f.letters.items[0].letter;
    struct text code = f.letters.items[0].code;
    DO(&h, APPLICANT, .kind = COMMAND_OPEN_LETTER, .case_id = id, .open_letter = {letter});
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_text(f.head.status, "DECIDED");
    assert_int_equal(f.decisions.count, 1);
    assert_true(f.decisions.items[0].appeal_until.ms > h.fixed.at.ms);
    assert_text(f.head.due_kind, "appeal");

    struct letter_check check;
    assert_ok(cases_verify_letter(h.cases, code, &h.arena, &check));
    assert_int_equal(check.validity, LETTER_VALID);
    assert_ok(cases_verify_letter(h.cases, T("ABCD-EFGH-JKMN-2345"), &h.arena, &check));
    assert_int_equal(check.validity, LETTER_UNKNOWN);

    pass_hours(&h, 48);
    DO(&h, APPLICANT, .kind = COMMAND_LODGE_APPEAL, .case_id = id,
       .lodge_appeal = {T("The sources are out of date."), true});
    assert_text(status_of(&h, id).status, "APPEAL");
    DO(&h, OFFICER, .kind = COMMAND_RECORD_APPEAL_OUTCOME, .case_id = id,
       .record_appeal_outcome = {T("dismissed"), T("The court follows the decision."), T("RvV 123")});
    assert_text(status_of(&h, id).status, "CLOSED");
    assert_ok(verified(&h, &finding));
    house_end(&h);
}

static void silence_after_the_decision_makes_it_final(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    size_t done;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    to_the_proposal(&h, id, "subsidiary_protection");
    DO(&h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {h.result.made});
    open_file(&h, APPLICANT, "own_file", id, &f);
    DO(&h, APPLICANT, .kind = COMMAND_OPEN_LETTER, .case_id = id, .open_letter = {f.letters.items[0].letter});
    house_close(&h);
    house_open(&h); // timers survive a restart
    pass_hours(&h, 24 * 40);
    assert_ok(cases_tick(h.cases, 100, &done));
    assert_true(done > 0);
    assert_ok(cases_tick(h.cases, 100, &done));
    assert_text(status_of(&h, id).status, "CLOSED");
    house_end(&h);
}

static void what_was_asked_for_comes_or_its_time_passes(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    DO(&h, REGISTRAR, .kind = COMMAND_REGISTER_APPLICATION, .case_id = id,
       .register_application = {
           .made_on = {2026, 11, 21}, .made_at_place = T("Counter"), .identity_checked = true});
    DO(&h, REGISTRAR, .kind = COMMAND_CHECK_COMPLETENESS, .case_id = id, .purpose = T("registration"),
       .check_completeness = {.is_complete = false, .missing = {T("birth_certificate")}, .missing_count = 1});
    DO(&h, REGISTRAR, .kind = COMMAND_REQUEST_DOCUMENT, .case_id = id, .purpose = T("registration"),
       .request_document = {T("birth_certificate"), T("Please send your birth certificate.")});
    int64_t request = h.result.made;
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_text(f.head.status, "NEEDS_YOU");
    assert_int_equal(f.requests.items[0].request, request);
    assert_true(f.requests.items[0].due.ms > h.fixed.at.ms + INT64_C(14) * 86400000);
    DO(&h, APPLICANT, .kind = COMMAND_ANSWER_REQUEST, .case_id = id, .answer_request = {request});
    assert_text(status_of(&h, id).status, "IN_CHECK");
    assert_text(status_of(&h, id).task, "check_completeness");
    house_end(&h);
}

static void nobody_else_sees_or_touches_the_file_and_each_look_is_recorded(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    struct look look = {.purpose = T("own_file")};
    house_new(&h);
    struct actor stranger = who(&h, OTHER_APPLICANT);
    int64_t id = submitted(&h, APPLICANT);
    assert_status(cases_open_file(h.cases, &stranger, &look, id, &h.arena, &f, &h.problem), STATUS_REFUSED);
    REFUSED(&h, OTHER_APPLICANT, STATUS_REFUSED, "access_relation", .kind = COMMAND_SEND_MESSAGE,
            .case_id = id, .send_message = {T("hello")});
    struct look nothing = {0};
    struct actor officer = who(&h, OFFICER);
    assert_status(cases_open_file(h.cases, &officer, &nothing, id, &h.arena, &f, &h.problem), STATUS_REFUSED);
    assert_string_equal(h.problem.rule, "access_purpose");
    open_file(&h, REGISTRAR, "registration", id, &f);
    assert_int_equal(f.notes.count, 0);
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_true(f.traces.count >= 3);
    assert_text(f.traces.items[0].purpose, "registration");
    house_end(&h);
}

static void two_officers_at_once_the_second_is_told_what_changed(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    open_file(&h, REGISTRAR, "registration", id, &f);
    int64_t seen = f.head.version;
    DO(&h, REGISTRAR, .kind = COMMAND_REGISTER_APPLICATION, .case_id = id, .seen = seen,
       .register_application = {
           .made_on = {2026, 11, 21}, .made_at_place = T("Counter"), .identity_checked = true});
    REFUSED(&h, OFFICER, STATUS_CONFLICT, "case_changed", .kind = COMMAND_CHECK_COMPLETENESS, .case_id = id,
            .seen = seen, .purpose = T("registration"), .check_completeness = {.is_complete = true});
    assert_true(h.result.changed_count > 0);
    assert_text(h.result.changed[0].event, "application_registered");
    house_end(&h);
}

static void an_erased_person_is_nowhere_and_the_log_still_holds(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    struct text finding;
    struct work_list found;
    struct look look = {.purpose = T("asylum_examination")};
    house_new(&h);
    struct actor officer = who(&h, OFFICER), system = actor_system();
    int64_t id = submitted(&h, APPLICANT);
    DO(&h, APPLICANT, .kind = COMMAND_WITHDRAW_APPLICATION, .case_id = id,
       .withdraw_application = {T("I go home.")});
    assert_ok(cases_find(h.cases, &officer, &look, T("hosseini"), &h.arena, &found, &h.problem));
    assert_int_equal(found.count, 1);
    struct command erase = {
        .kind = COMMAND_ERASE_PERSON, .case_id = id, .erase_person = {T("retention_ended")}};
    assert_status(cases_do(h.cases, &system, &erase, &h.arena, NULL, &h.problem), STATUS_INVALID);
    int64_t draft = filled_draft(&h, OTHER_APPLICANT);
    erase.case_id = draft;
    assert_ok(cases_do(h.cases, &system, &erase, &h.arena, NULL, &h.problem));
    open_file(&h, OTHER_APPLICANT, "own_file", draft, &f);
    assert_int_equal(f.persons.count, 0);
    assert_int_equal(f.head.name.n, 0);
    assert_ok(verified(&h, &finding));
    house_end(&h);
}

int main(void) {
    crypto_start();
    log_level_set(LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_adverse_decision_needs_a_second_officer_and_starts_the_appeal),
        cmocka_unit_test(silence_after_the_decision_makes_it_final),
        cmocka_unit_test(what_was_asked_for_comes_or_its_time_passes),
        cmocka_unit_test(nobody_else_sees_or_touches_the_file_and_each_look_is_recorded),
        cmocka_unit_test(two_officers_at_once_the_second_is_told_what_changed),
        cmocka_unit_test(an_erased_person_is_nowhere_and_the_log_still_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
