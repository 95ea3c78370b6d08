#include "story.h"

static void a_message_is_unread_until_somebody_else_reads_it(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    DO(&h, APPLICANT, .kind = COMMAND_SEND_MESSAGE, .case_id = id,
       .send_message = {T("When is my interview?")});
    int64_t message = h.result.made;
    DO(&h, APPLICANT, .kind = COMMAND_READ_MESSAGE, .case_id = id, .read_message = {message});
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    assert_true(f.head.has_unread); // reading one's own says nothing
    DO(&h, OFFICER, .kind = COMMAND_READ_MESSAGE, .case_id = id, .read_message = {message});
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    assert_false(f.head.has_unread);
    assert_true(f.messages.items[0].read_at.ms > 0);
    assert_text(clock_of(&h, id, "message_answer").state, "running"); // read is not answered
    DO(&h, OFFICER, .kind = COMMAND_SEND_MESSAGE, .case_id = id, .send_message = {T("Next week.")});
    assert_text(clock_of(&h, id, "message_answer").state, "met");
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_text(f.messages.items[1].by_name, "O-1"); // R-GD-18: the code, not the name
    assert_text(f.messages.items[1].body, "Next week.");
    story_ends(&h);
}

static void a_message_of_another_case_stays_unread(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t one = submitted(&h, APPLICANT), other = submitted(&h, OTHER_APPLICANT);
    DO(&h, APPLICANT, .kind = COMMAND_SEND_MESSAGE, .case_id = one, .send_message = {T("Hello")});
    int64_t message = h.result.made;
    REFUSED(&h, OTHER_APPLICANT, STATUS_INVALID, "not_found", .kind = COMMAND_READ_MESSAGE, .case_id = other,
            .read_message = {message});
    REFUSED(&h, OFFICER, STATUS_INVALID, "not_found", .kind = COMMAND_READ_MESSAGE, .case_id = other,
            .read_message = {message});
    open_file(&h, OFFICER, "asylum_examination", one, &f);
    assert_true(f.head.has_unread);
    story_ends(&h);
}

static void notes_are_for_colleagues_only(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    assigned(&h, id);
    DO(&h, OFFICER, .kind = COMMAND_ADD_NOTE, .case_id = id, .add_note = {T("Ask about the second strike.")});
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_int_equal(f.notes.count, 0);
    for (size_t i = 0; i < f.timeline.count; i++)
        assert_false(text_eq(f.timeline.items[i].event, T("note_added")));
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    assert_int_equal(f.notes.count, 1);
    story_ends(&h);
}

static void R_RD_06_this_is_wrong_is_answered_once_and_in_time(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT), other = submitted(&h, OTHER_APPLICANT);
    DO(&h, APPLICANT, .kind = COMMAND_REPORT_ERROR, .case_id = id,
       .report_error = {T("birth_date"), T("I was born in May.")});
    int64_t report = h.result.made;
    assert_text(clock_of(&h, id, "error_answer").state, "running");
    REFUSED(&h, OFFICER, STATUS_INVALID, "report_closed", .kind = COMMAND_ANSWER_ERROR, .case_id = other,
            .answer_error = {report, true, T("Corrected.")});
    REFUSED(&h, OFFICER, STATUS_INVALID, "required", .kind = COMMAND_ANSWER_ERROR, .case_id = id,
            .answer_error = {report, true, T("")});
    DO(&h, OFFICER, .kind = COMMAND_ANSWER_ERROR, .case_id = id,
       .answer_error = {report, true, T("Corrected, thank you.")});
    REFUSED(&h, OFFICER, STATUS_INVALID, "report_closed", .kind = COMMAND_ANSWER_ERROR, .case_id = id,
            .answer_error = {report, false, T("No.")});
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_text(f.errors.items[0].state, "corrected");
    assert_text(clock_of(&h, id, "error_answer").state, "met");
    story_ends(&h);
}

static void a_letter_of_another_case_cannot_be_opened_or_handed_over(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t one = submitted(&h, APPLICANT), other = submitted(&h, OTHER_APPLICANT);
    int64_t letter = newest_letter(&h, one, "receipt");
    struct date today = {2026, 11, 21};
    REFUSED(&h, OTHER_APPLICANT, STATUS_INVALID, "not_found", .kind = COMMAND_OPEN_LETTER, .case_id = other,
            .open_letter = {letter});
    REFUSED(&h, OFFICER, STATUS_INVALID, "not_found", .kind = COMMAND_RECORD_NOTIFICATION, .case_id = other,
            .record_notification = {letter, today, T("by hand")});
    story_ends(&h);
}

STORIES(cmocka_unit_test(a_message_is_unread_until_somebody_else_reads_it),
        cmocka_unit_test(a_message_of_another_case_stays_unread),
        cmocka_unit_test(notes_are_for_colleagues_only),
        cmocka_unit_test(R_RD_06_this_is_wrong_is_answered_once_and_in_time),
        cmocka_unit_test(a_letter_of_another_case_cannot_be_opened_or_handed_over))
