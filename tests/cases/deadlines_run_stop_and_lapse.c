#include "story.h"

static void a_missed_interview_starts_the_clock_of_implicit_withdrawal_and_a_new_one_stops_it(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = ready_for_interview(&h);
    int64_t appointment = booked(&h, id);
    pass_hours(&h, 50);
    REFUSED(&h, OFFICER, STATUS_INVALID, "required", .kind = COMMAND_HOLD_INTERVIEW, .case_id = id,
            .hold_interview = {.appointment = appointment});
    DO(&h, OFFICER, .kind = COMMAND_HOLD_INTERVIEW, .case_id = id,
       .hold_interview = {.appointment = appointment, .absence_reason = T("Nobody came, no message.")});
    assert_text(clock_of(&h, id, "implicit_withdrawal").state, "running");
    pass_hours(&h, 24);
    ticked(&h);
    appointment = booked(&h, id);
    assert_text(clock_of(&h, id, "implicit_withdrawal").state, "met");
    pass_hours(&h, 24 * 20);
    ticked(&h);
    assert_text(head_of(&h, id).task, "hold_interview"); // the old timer has no say any more
    heard(&h, id, appointment);
    story_ends(&h);
}

static void who_never_explains_a_missed_interview_is_decided_upon(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = ready_for_interview(&h);
    int64_t appointment = booked(&h, id);
    pass_hours(&h, 50);
    DO(&h, OFFICER, .kind = COMMAND_HOLD_INTERVIEW, .case_id = id,
       .hold_interview = {.appointment = appointment, .absence_reason = T("Nobody came.")});
    pass_hours(&h, 24 * 30);
    ticked(&h);
    assert_text(clock_of(&h, id, "implicit_withdrawal").state, "lapsed");
    assert_text(head_of(&h, id).task, "propose_decision");
    story_ends(&h);
}

static void a_cancelled_interview_is_booked_again(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = ready_for_interview(&h);
    int64_t first = booked(&h, id);
    DO(&h, OFFICER, .kind = COMMAND_CANCEL_INTERVIEW, .case_id = id,
       .cancel_interview = {first, T("The interpreter is ill.")});
    assert_text(head_of(&h, id).task, "book_interview");
    REFUSED(&h, OFFICER, STATUS_INVALID, "appointment_closed", .kind = COMMAND_HOLD_INTERVIEW, .case_id = id,
            .hold_interview = {
                .appointment = first, .was_held = true, .record = text_of(STORY_TEXT), .present = T("All")});
    booked(&h, id);
    story_ends(&h);
}

static int64_t requested(struct house *h, int64_t id) {
    DO(h, OFFICER, .kind = COMMAND_CHECK_COMPLETENESS, .case_id = id,
       .check_completeness = {.missing = {T("passport")}, .missing_count = 1});
    DO(h, OFFICER, .kind = COMMAND_REQUEST_DOCUMENT, .case_id = id,
       .request_document = {T("passport"), T("Please send your passport.")});
    return h->result.made;
}

static void a_request_that_nobody_answers_lapses_and_the_case_goes_on(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = with_officer(&h);
    int64_t request = requested(&h, id);
    assert_text(head_of(&h, id).status, "NEEDS_YOU");
    pass_hours(&h, 24 * 17);
    ticked(&h);
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_text(f.requests.items[0].state, "lapsed");
    assert_text(f.head.task, "check_completeness");
    REFUSED(&h, APPLICANT, STATUS_INVALID, "request_closed", .kind = COMMAND_ANSWER_REQUEST, .case_id = id,
            .answer_request = {request});
    story_ends(&h);
}

static void extending_and_suspending_move_the_timer_of_the_process_too(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = with_officer(&h);
    requested(&h, id);
    struct clock_view before = clock_of(&h, id, "document_request");
    DO(&h, OFFICER, .kind = COMMAND_EXTEND_DEADLINE, .case_id = id,
       .extend_deadline = {before.clock, T("person_asks"), T("The embassy is slow.")});
    struct clock_view longer = clock_of(&h, id, "document_request");
    assert_true(longer.due.ms >= before.due.ms + INT64_C(14) * 86400000);
    pass_hours(&h, 24 * 20);
    ticked(&h);
    assert_text(head_of(&h, id).status, "NEEDS_YOU");
    DO(&h, OFFICER, .kind = COMMAND_SUSPEND_DEADLINE, .case_id = id,
       .suspend_deadline = {before.clock, T("In hospital.")});
    assert_text(clock_of(&h, id, "document_request").state, "suspended");
    assert_text(clock_of(&h, id, "document_request").light, "none");
    pass_hours(&h, 24 * 40);
    ticked(&h);
    assert_text(head_of(&h, id).status, "NEEDS_YOU");
    DO(&h, OFFICER, .kind = COMMAND_RESUME_DEADLINE, .case_id = id, .resume_deadline = {before.clock});
    assert_true(clock_of(&h, id, "document_request").due.ms > h.fixed.at.ms);
    pass_hours(&h, 24 * 14);
    ticked(&h);
    assert_text(head_of(&h, id).task, "check_completeness");
    story_ends(&h);
}

static void a_deadline_of_another_case_cannot_be_moved(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t one = submitted(&h, APPLICANT), other = submitted(&h, OTHER_APPLICANT);
    assigned(&h, one);
    assigned(&h, other);
    struct clock_view foreign = clock_of(&h, one, "registration");
    assert_true(foreign.clock);
    REFUSED(&h, OFFICER, STATUS_INVALID, "clock_closed", .kind = COMMAND_EXTEND_DEADLINE, .case_id = other,
            .extend_deadline = {foreign.clock, T("disproportionate_numbers"), T("Many people came.")});
    REFUSED(&h, OFFICER, STATUS_INVALID, "clock_closed", .kind = COMMAND_SUSPEND_DEADLINE, .case_id = other,
            .suspend_deadline = {foreign.clock, T("x")});
    story_ends(&h);
}

// Art. 27: five days; the officer is warned on the way, and it stays a duty when it is late.
static void warnings_come_on_the_way_and_a_late_duty_stays_one(void **state) {
    (void)state;
    struct house h;
    size_t done;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    ticked(&h);
    pass_hours(&h, 24 * 4);
    assert_ok(cases_tick(h.cases, 100, &done));
    assert_true(done >= 1);
    assert_ok(cases_tick(h.cases, 100, &done));
    assert_int_equal(done, 0);
    pass_hours(&h, 24 * 5);
    ticked(&h);
    assert_text(clock_of(&h, id, "registration").state, "overdue");
    assert_text(head_of(&h, id).light, "overdue");
    registered(&h, id);
    assert_text(clock_of(&h, id, "registration").state, "met_late");
    story_ends(&h);
}

// Handed over on paper long ago, recorded today: the time to appeal is over, and the case does not hang.
static void a_clock_that_was_over_when_it_was_recorded_still_ends(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = to_be_decided(&h), decision = proposed(&h, id, "rejected");
    DO(&h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    int64_t letter = newest_letter(&h, id, "decision_negative");
    struct date day = {2026, 11, 24};
    pass_hours(&h, 24 * 60);
    DO(&h, OFFICER, .kind = COMMAND_RECORD_NOTIFICATION, .case_id = id,
       .record_notification = {letter, day, T("handed over at the counter")});
    ticked(&h);
    assert_text(clock_of(&h, id, "appeal").state, "lapsed");
    assert_text(head_of(&h, id).status, "CLOSED");
    story_ends(&h);
}

static void order_holds_when_the_clock_jumps_back(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    pass_hours(&h, -48);
    registered(&h, id);
    assigned(&h, id);
    ticked(&h);
    open_file(&h, APPLICANT, "own_file", id, &f);
    for (size_t i = 1; i < f.timeline.count; i++) {
        assert_true(f.timeline.items[i - 1].seq > f.timeline.items[i].seq);
        assert_true(f.timeline.items[i - 1].at.ms >= f.timeline.items[i].at.ms);
    }
    story_ends(&h);
}

STORIES(cmocka_unit_test(a_missed_interview_starts_the_clock_of_implicit_withdrawal_and_a_new_one_stops_it),
        cmocka_unit_test(who_never_explains_a_missed_interview_is_decided_upon),
        cmocka_unit_test(a_cancelled_interview_is_booked_again),
        cmocka_unit_test(a_request_that_nobody_answers_lapses_and_the_case_goes_on),
        cmocka_unit_test(extending_and_suspending_move_the_timer_of_the_process_too),
        cmocka_unit_test(a_deadline_of_another_case_cannot_be_moved),
        cmocka_unit_test(warnings_come_on_the_way_and_a_late_duty_stays_one),
        cmocka_unit_test(a_clock_that_was_over_when_it_was_recorded_still_ends),
        cmocka_unit_test(order_holds_when_the_clock_jumps_back))
