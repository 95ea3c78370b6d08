#include "cases/letter_content.h"
#include "story.h"

static void R_GD_12_the_system_can_neither_propose_nor_sign(void **state) {
    (void)state;
    struct house h;
    struct actor system = actor_system();
    house_new(&h);
    int64_t id = to_be_decided(&h);
    struct command propose = proposal(id, "rejected");
    assert_status(cases_do(h.cases, &system, &propose, &h.arena, NULL, &h.problem), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "named_human");
    int64_t decision = proposed(&h, id, "rejected");
    struct command sign = {.kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision}};
    assert_status(cases_do(h.cases, &system, &sign, &h.arena, NULL, &h.problem), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "named_human");
    struct actor tired = who(&h, SECOND);
    tired.second_factor = false;
    assert_status(cases_do(h.cases, &tired, &sign, &h.arena, NULL, &h.problem), STATUS_REFUSED);
    assert_string_equal(h.problem.rule, "access_second_factor");
    DO(&h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    story_ends(&h);
}

static void R_GD_12_who_proposes_an_adverse_decision_cannot_sign_it_and_the_try_is_recorded(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = to_be_decided(&h);
    struct actor both = who(&h, OFFICER);
    both.roles[both.role_count++] = T("second_officer");
    int64_t decision = proposed(&h, id, "rejected");
    struct command sign = {.kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision}};
    assert_status(cases_do(h.cases, &both, &sign, &h.arena, NULL, &h.problem), STATUS_REFUSED);
    assert_string_equal(h.problem.rule, "four_eyes");
    open_file(&h, APPLICANT, "own_file", id, &f);
    bool recorded = false;
    for (size_t i = 0; i < f.traces.count; i++)
        recorded |= f.traces.items[i].was_refused && text_eq(f.traces.items[i].what, T("sign_decision"));
    assert_true(recorded);
    assert_int_equal(f.decisions.count, 0);
    story_ends(&h);
}

// The pack says which outcomes one officer may sign alone; proposing is never signing.
static void the_pack_says_what_one_officer_may_sign_alone(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = to_be_decided(&h), decision = proposed(&h, id, "refugee");
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    assert_text(f.head.task, "sign_decision_alone");
    assert_text(f.decisions.items[0].state, "proposed");
    assert_false(f.decisions.items[0].needs_second);
    REFUSED(&h, REGISTRAR, STATUS_REFUSED, "access_role", .kind = COMMAND_SIGN_DECISION, .case_id = id,
            .sign_decision = {decision});
    DO(&h, OFFICER, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    assert_true(newest_letter(&h, id, "decision_positive"));
    story_ends(&h);
}

// What is read before signing is what goes out, block by block; only the code is drawn when it is made.
static void whoever_signs_has_read_the_letter_as_it_goes_out(void **state) {
    (void)state;
    struct house h;
    struct letter_document sent;
    struct paper before, after = {0};
    struct db *db;
    house_new(&h);
    int64_t id = to_be_decided(&h), decision = proposed(&h, id, "rejected");
    struct actor second = who(&h, SECOND), applicant = who(&h, APPLICANT);
    struct look look = {.purpose = T("asylum_examination")}, own = {.purpose = T("own_file")};
    assert_status(
        cases_preview_letter(h.cases, &applicant, &own, id, decision, &h.arena, &before, &h.problem),
        STATUS_NOT_FOUND);
    assert_ok(cases_preview_letter(h.cases, &second, &look, id, decision, &h.arena, &before, &h.problem));
    DO(&h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    assert_status(cases_preview_letter(h.cases, &second, &look, id, decision, &h.arena, &after, &h.problem),
                  STATUS_NOT_FOUND);
    static const struct sql CONTENT =
        SQL("test_letter_content", "select content, code from letter where letter_id = :letter");
    struct rows r;
    assert_ok(store_reader(h.store, &db));
    assert_ok(DB_ONE(db, &r, &CONTENT, V_INT(newest_letter(&h, id, "decision_negative"))));
    assert_ok(letter_content_decode(&h.arena, bytes_copy(&h.arena, row_bytes(&r, 0)), &sent));
    struct text code = text_copy(&h.arena, row_text(&r, 1));
    assert_ok(rows_end(&r));
    store_reader_release(h.store, db);
    letter_blocks(&h.arena, &sent, T(""), code, T(""), &after);
    assert_true(before.block_count > 20);
    assert_int_equal(before.block_count, after.block_count);
    for (size_t i = 0; i < after.block_count; i++) {
        size_t at;
        assert_int_equal(before.blocks[i].kind, after.blocks[i].kind);
        assert_int_equal(before.blocks[i].direction, after.blocks[i].direction);
        bool has_code =
            text_find(after.blocks[i].text, code, &at) || text_find(after.blocks[i].cells[1], code, &at);
        if (!has_code) assert_true(text_eq(before.blocks[i].text, after.blocks[i].text));
    }
    story_ends(&h);
}

static void an_explicit_withdrawal_is_closed_by_two(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    registered(&h, id);
    assigned(&h, id);
    DO(&h, APPLICANT, .kind = COMMAND_WITHDRAW_APPLICATION, .case_id = id, .withdraw_application = {T("")});
    int64_t decision = proposed(&h, id, "withdrawn_explicit");
    REFUSED(&h, OFFICER, STATUS_REFUSED, "access_role", .kind = COMMAND_SIGN_DECISION, .case_id = id,
            .sign_decision = {decision});
    REFUSED(&h, OFFICER, STATUS_REFUSED, "access_role", .kind = COMMAND_RETURN_DECISION, .case_id = id,
            .return_decision = {decision, T("Not mine to return.")});
    DO(&h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    story_ends(&h);
}

static void a_returned_proposal_goes_back_with_its_reason_and_is_proposed_anew(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = to_be_decided(&h), first = proposed(&h, id, "rejected");
    REFUSED(&h, SECOND, STATUS_INVALID, "required", .kind = COMMAND_RETURN_DECISION, .case_id = id,
            .return_decision = {first, T(" ")});
    DO(&h, SECOND, .kind = COMMAND_RETURN_DECISION, .case_id = id,
       .return_decision = {first, T("The second source is missing.")});
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    assert_text(f.head.task, "propose_decision");
    assert_text(f.decisions.items[0].state, "returned");
    assert_text(f.decisions.items[0].return_reason, "The second source is missing.");
    REFUSED(&h, SECOND, STATUS_INVALID, "decision_closed", .kind = COMMAND_SIGN_DECISION, .case_id = id,
            .sign_decision = {first});
    int64_t second = proposed(&h, id, "refugee");
    DO(&h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {second});
    assert_text(head_of(&h, id).status, "DECISION_READY");
    int64_t letter = newest_letter(&h, id, "decision_positive");
    assert_true(letter);
    DO(&h, APPLICANT, .kind = COMMAND_OPEN_LETTER, .case_id = id, .open_letter = {letter});
    assert_text(head_of(&h, id).status, "CLOSED"); // nothing to appeal against
    story_ends(&h);
}

static void R_RD_02_reasons_shorter_than_a_sentence_are_none(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = to_be_decided(&h);
    struct command c = proposal(id, "rejected");
    c.propose_decision.assessment = T("Not credible.");
    assert_status(try_do(&h, OFFICER, c), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "reasons_short");
    assert_string_equal(h.problem.field, "assessment");
    c = proposal(id, "guilty");
    assert_status(try_do(&h, OFFICER, c), STATUS_INVALID);
    assert_string_equal(h.problem.field, "outcome");
    story_ends(&h);
}

static void R_RD_01_no_decision_before_the_person_was_heard(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    registered(&h, id);
    assigned(&h, id);
    complete(&h, id);
    assert_status(try_do(&h, OFFICER, proposal(id, "rejected")), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "not_now");
    story_ends(&h);
}

// Rejected, appealed, remitted, decided anew: the first letter no longer holds.
static void a_remitted_decision_is_made_anew_and_replaces_the_letter(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    struct letter_check check;
    house_new(&h);
    int64_t id = to_be_decided(&h), decision = proposed(&h, id, "rejected");
    DO(&h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    open_file(&h, APPLICANT, "own_file", id, &f);
    struct letter_view first = f.letters.items[0];
    REFUSED(&h, APPLICANT, STATUS_INVALID, "no_appeal_now", .kind = COMMAND_LODGE_APPEAL, .case_id = id,
            .lodge_appeal = {T("No."), false});
    DO(&h, APPLICANT, .kind = COMMAND_OPEN_LETTER, .case_id = id, .open_letter = {first.letter});
    pass_hours(&h, 72);
    DO(&h, APPLICANT, .kind = COMMAND_LODGE_APPEAL, .case_id = id,
       .lodge_appeal = {T("The sources are old."), true});
    REFUSED(&h, APPLICANT, STATUS_INVALID, "no_appeal_now", .kind = COMMAND_LODGE_APPEAL, .case_id = id,
            .lodge_appeal = {T("Twice."), true});
    REFUSED(&h, OFFICER, STATUS_INVALID, "unknown_code", .kind = COMMAND_RECORD_APPEAL_OUTCOME, .case_id = id,
            .record_appeal_outcome = {T("won"), T("The court remits the case."), T("C 1")});
    DO(&h, OFFICER, .kind = COMMAND_RECORD_APPEAL_OUTCOME, .case_id = id,
       .record_appeal_outcome = {T("remitted"), T("The court remits the case."), T("C 1")});
    REFUSED(&h, APPLICANT, STATUS_INVALID, "no_appeal_now", .kind = COMMAND_LODGE_APPEAL, .case_id = id,
            .lodge_appeal = {T("Again."), true});
    int64_t anew = proposed(&h, id, "rejected");
    REFUSED(&h, APPLICANT, STATUS_INVALID, "no_appeal_now", .kind = COMMAND_LODGE_APPEAL, .case_id = id,
            .lodge_appeal = {T("Again."), true});
    DO(&h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {anew});
    assert_ok(cases_verify_letter(h.cases, first.code, &h.arena, &check));
    assert_int_equal(check.validity, LETTER_REPLACED);
    int64_t letter = newest_letter(&h, id, "decision_negative");
    assert_int_not_equal(letter, first.letter);
    DO(&h, APPLICANT, .kind = COMMAND_OPEN_LETTER, .case_id = id, .open_letter = {letter});
    assert_text(clock_of(&h, id, "appeal").state, "running");
    story_ends(&h);
}

static void withdrawing_ends_what_was_asked_and_planned_at_any_stage(void **state) {
    (void)state;
    for (int stage = 0; stage < 6; stage++) {
        struct house h;
        struct case_file f;
        int64_t appointment = 0;
        house_new(&h);
        int64_t id = submitted(&h, APPLICANT);
        if (stage > 0) registered(&h, id);
        if (stage > 0) assigned(&h, id);
        if (stage == 1) {
            DO(&h, OFFICER, .kind = COMMAND_CHECK_COMPLETENESS, .case_id = id,
               .check_completeness = {.missing = {T("passport")}, .missing_count = 1});
            DO(&h, OFFICER, .kind = COMMAND_REQUEST_DOCUMENT, .case_id = id,
               .request_document = {T("passport"), T("Please send it.")});
        }
        if (stage > 1) complete(&h, id);
        if (stage > 2) appointment = booked(&h, id);
        if (stage > 3) pass_hours(&h, 49), heard(&h, id, appointment);
        if (stage > 4) proposed(&h, id, "rejected");
        DO(&h, APPLICANT, .kind = COMMAND_WITHDRAW_APPLICATION, .case_id = id,
           .withdraw_application = {T("I go home.")});
        REFUSED(&h, APPLICANT, STATUS_INVALID, "not_now", .kind = COMMAND_WITHDRAW_APPLICATION, .case_id = id,
                .withdraw_application = {T("")});
        open_file(&h, APPLICANT, "own_file", id, &f);
        for (size_t i = 0; i < f.requests.count; i++) assert_text(f.requests.items[i].state, "withdrawn");
        if (stage == 3) assert_text(f.appointments.items[0].state, "cancelled");
        if (!stage) assigned(&h, id);
        int64_t decision = proposed(&h, id, "withdrawn_explicit");
        DO(&h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
        DO(&h, APPLICANT, .kind = COMMAND_OPEN_LETTER, .case_id = id,
           .open_letter = {newest_letter(&h, id, "decision_closed")});
        assert_text(head_of(&h, id).status, "CLOSED");
        story_ends(&h);
    }
}

static void a_letter_that_was_replaced_before_it_was_opened_notifies_of_nothing(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = to_be_decided(&h), decision = proposed(&h, id, "rejected");
    DO(&h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    int64_t old = newest_letter(&h, id, "decision_negative");
    DO(&h, APPLICANT, .kind = COMMAND_WITHDRAW_APPLICATION, .case_id = id,
       .withdraw_application = {T("I go home.")});
    decision = proposed(&h, id, "withdrawn_explicit");
    DO(&h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    DO(&h, APPLICANT, .kind = COMMAND_OPEN_LETTER, .case_id = id, .open_letter = {old});
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_int_equal(f.decisions.count, 0);
    assert_int_equal(f.notified_at.ms, 0);
    assert_text(clock_of(&h, id, "appeal").state, "");
    story_ends(&h);
}

STORIES(cmocka_unit_test(R_GD_12_the_system_can_neither_propose_nor_sign),
        cmocka_unit_test(R_GD_12_who_proposes_an_adverse_decision_cannot_sign_it_and_the_try_is_recorded),
        cmocka_unit_test(the_pack_says_what_one_officer_may_sign_alone),
        cmocka_unit_test(whoever_signs_has_read_the_letter_as_it_goes_out),
        cmocka_unit_test(an_explicit_withdrawal_is_closed_by_two),
        cmocka_unit_test(a_returned_proposal_goes_back_with_its_reason_and_is_proposed_anew),
        cmocka_unit_test(R_RD_02_reasons_shorter_than_a_sentence_are_none),
        cmocka_unit_test(R_RD_01_no_decision_before_the_person_was_heard),
        cmocka_unit_test(a_remitted_decision_is_made_anew_and_replaces_the_letter),
        cmocka_unit_test(withdrawing_ends_what_was_asked_and_planned_at_any_stage),
        cmocka_unit_test(a_letter_that_was_replaced_before_it_was_opened_notifies_of_nothing))
