// R-CH-01: what comes on paper or is said at the counter has the same effect, from the day it was received.
#include "story.h"

static struct date day_of(const struct house *h, int64_t days_ago) {
    const struct zone *z;
    assert_ok(zone_find(T("Europe/Brussels"), &z));
    return zone_date(z, (struct moment){h->fixed.at.ms - days_ago * 86400000});
}

static struct paper_receipt by_post(const struct house *h, int64_t days_ago) {
    return (struct paper_receipt){.on = day_of(h, days_ago), .by = T("post")};
}

// A rejection that was handed over today.
static int64_t rejected_on_paper(struct house *h) {
    int64_t id = to_be_decided(h), decision = proposed(h, id, "rejected");
    DO(h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    DO(h, OFFICER, .kind = COMMAND_RECORD_NOTIFICATION, .case_id = id,
       .record_notification = {newest_letter(h, id, "decision_negative"), day_of(h, 0), T("by hand")});
    return id;
}

static struct command appeal(int64_t id, struct paper_receipt paper) {
    return (struct command){.kind = COMMAND_LODGE_APPEAL,
                            .case_id = id,
                            .paper = paper,
                            .lodge_appeal = {T("The sources are old."), true}};
}

static void refuses(struct house *h, int which, struct command c, const char *field, const char *rule) {
    assert_status(try_do(h, which, c), STATUS_INVALID);
    assert_string_equal(h->problem.field, field);
    assert_string_equal(h->problem.rule, rule);
}

static struct timeline_item newest_of(const struct case_file *f, const char *event) {
    for (size_t i = 0; i < f->timeline.count; i++)
        if (text_eq(f->timeline.items[i].event, text_of(event))) return f->timeline.items[i];
    fail_msg("no %s in the timeline", event);
    return (struct timeline_item){0};
}

static void R_CH_01_an_appeal_by_post_counts_from_the_day_it_came(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = rejected_on_paper(&h);
    pass_hours(&h, 24 * 5);
    refuses(&h, REGISTRAR, appeal(id, (struct paper_receipt){.on = day_of(&h, 0)}), "received_by",
            "unknown_code");
    refuses(&h, REGISTRAR, appeal(id, by_post(&h, -1)), "received_on", "date_in_future");
    refuses(&h, REGISTRAR, appeal(id, by_post(&h, 6)), "received_on", "before_cause");
    struct paper_receipt paper = by_post(&h, 3);
    paper.document = 4711;
    refuses(&h, REGISTRAR, appeal(id, paper), "paper", "not_found");
    paper.document = 0;
    assert_ok(try_do(&h, REGISTRAR, appeal(id, paper)));
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_text(f.head.status, "APPEAL");
    assert_int_equal(date_cmp(day_of(&h, 3), (struct date){2026, 11, 25}), 0);
    assert_int_equal(h.fixed.at.ms - f.appeals.items[0].lodged.ms, INT64_C(3) * 86400000 + 3600000 * 3);
    struct timeline_item line = newest_of(&f, "appeal_lodged");
    assert_text(line.received_by, "post");
    assert_int_equal(date_cmp(line.received, day_of(&h, 3)), 0);
    assert_false(line.is_by_person);
    assert_text(clock_of(&h, id, "appeal").state, "met");
    refuses(&h, REGISTRAR, appeal(id, paper), "", "no_appeal_now");
    story_ends(&h);
}

static void R_CH_01_a_paper_in_time_opens_a_case_that_was_closed_before_it_was_entered(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = rejected_on_paper(&h);
    pass_hours(&h, 24 * 36);
    ticked(&h);
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    assert_text(f.head.status, "CLOSED");
    assert_text(clock_of(&h, id, "appeal").state, "lapsed");
    assert_status(try_do(&h, APPLICANT, appeal(id, (struct paper_receipt){0})), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "no_appeal_now");
    assert_ok(try_do(&h, OFFICER, appeal(id, by_post(&h, 8))));
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    assert_text(f.head.status, "APPEAL");
    assert_text(f.head.task, "record_appeal_outcome");
    assert_int_equal(f.closed_at.ms, 0);
    assert_text(clock_of(&h, id, "appeal").state, "met");
    DO(&h, OFFICER, .kind = COMMAND_RECORD_APPEAL_OUTCOME, .case_id = id,
       .record_appeal_outcome = {T("dismissed"), T("The court dismisses the appeal."), T("C 7")});
    assert_text(head_of(&h, id).status, "CLOSED");
    refuses(&h, OFFICER, appeal(id, by_post(&h, 8)), "", "no_appeal_now"); // it was decided
    story_ends(&h);
}

static void a_paper_in_time_also_asks_to_stay_in_time(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = to_be_decided(&h), decision = proposed(&h, id, "manifestly_unfounded");
    DO(&h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    DO(&h, OFFICER, .kind = COMMAND_RECORD_NOTIFICATION, .case_id = id,
       .record_notification = {newest_letter(&h, id, "decision_negative"), day_of(&h, 0), T("by hand")});
    pass_hours(&h, 24 * 14);
    ticked(&h);
    assert_text(clock_of(&h, id, "stay_request").state, "lapsed");
    assert_ok(try_do(&h, REGISTRAR, appeal(id, by_post(&h, 11))));
    assert_text(clock_of(&h, id, "stay_request").state, "met");
    assert_text(clock_of(&h, id, "appeal_short").state, "met");
    story_ends(&h);
}

// Only the court says that an appeal is too late; the officer says why it is entered.
static void a_late_paper_needs_a_reason(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = rejected_on_paper(&h);
    pass_hours(&h, 24 * 40);
    ticked(&h);
    struct paper_receipt late = by_post(&h, 1);
    refuses(&h, OFFICER, appeal(id, late), "late_reason", "required");
    assert_string_equal(h.problem.text_key, "problem.paper.late");
    refuses(&h, OFFICER, appeal(id, by_post(&h, 30)), "late_reason", "required"); // lay on a desk
    assert_string_equal(h.problem.text_key, "problem.paper.lay");
    late.reason = T("She was in hospital; the court decides.");
    assert_ok(try_do(&h, OFFICER, appeal(id, late)));
    assert_text(head_of(&h, id).status, "APPEAL");
    assert_text(clock_of(&h, id, "appeal").state, "lapsed");
    story_ends(&h);
}

static int64_t asked_for_passport(struct house *h, int64_t *request) {
    int64_t id = submitted(h, APPLICANT);
    registered(h, id);
    assigned(h, id);
    DO(h, OFFICER, .kind = COMMAND_CHECK_COMPLETENESS, .case_id = id,
       .check_completeness = {.missing = {T("passport")}, .missing_count = 1});
    DO(h, OFFICER, .kind = COMMAND_REQUEST_DOCUMENT, .case_id = id,
       .request_document = {T("passport"), T("Please send it.")});
    *request = h->result.made;
    return id;
}

static void a_document_that_was_asked_for_comes_at_the_counter(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    int64_t request;
    house_new(&h);
    int64_t id = asked_for_passport(&h, &request);
    pass_hours(&h, 24 * 17);
    ticked(&h);
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    assert_text(f.requests.items[0].state, "lapsed");
    DO(&h, REGISTRAR, .kind = COMMAND_ADD_DOCUMENT, .case_id = id, .purpose = T("registration"),
       .add_document = {T("passport"), T("scan.pdf"), T("application/pdf"), {.size = 100}, request, 0});
    int64_t scan = h.result.made;
    struct paper_receipt paper = {.on = day_of(&h, 3), .by = T("counter"), .document = scan};
    DO(&h, REGISTRAR, .kind = COMMAND_ANSWER_REQUEST, .case_id = id, .paper = paper,
       .answer_request = {request});
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_text(f.requests.items[0].state, "answered");
    assert_text(clock_of(&h, id, "document_request").state, "met");
    struct timeline_item line = newest_of(&f, "request_closed");
    assert_int_equal(line.paper, scan);
    assert_text(line.received_by, "counter");
    refuses(&h, REGISTRAR,
            (struct command){
                .kind = COMMAND_ANSWER_REQUEST, .case_id = id, .paper = paper, .answer_request = {request}},
            "request", "request_closed");
    story_ends(&h);
}

static void letters_and_errors_on_paper_wait_for_an_answer_from_the_day_they_came(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    pass_hours(&h, 24 * 6);
    struct moment came = {h.fixed.at.ms - INT64_C(4) * 86400000 + 3600000}; // noon in Brussels
    refuses(&h, REGISTRAR,
            (struct command){.kind = COMMAND_REPORT_ERROR,
                             .case_id = id,
                             .paper = by_post(&h, 7),
                             .report_error = {T("Birth date"), T("1992")}},
            "received_on", "before_cause");
    DO(&h, REGISTRAR, .kind = COMMAND_REPORT_ERROR, .case_id = id, .paper = by_post(&h, 4),
       .report_error = {T("Birth date"), T("1992")});
    DO(&h, BOSS, .kind = COMMAND_RECEIVE_LETTER, .case_id = id, .purpose = T("supervision"),
       .paper = by_post(&h, 4), .receive_letter = {T("When is my interview?")});
    assert_int_equal(clock_of(&h, id, "error_answer").starts.ms, came.ms);
    assert_int_equal(clock_of(&h, id, "message_answer").starts.ms, came.ms);
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_true(f.messages.items[0].from_person);
    assert_int_equal(f.messages.items[0].at.ms, came.ms);
    assert_int_equal(f.errors.items[0].at.ms, came.ms);
    REFUSED(&h, APPLICANT, STATUS_REFUSED, "access_role", .kind = COMMAND_RECEIVE_LETTER, .case_id = id,
            .receive_letter = {T("Online it is a message.")});
    story_ends(&h);
}

static void a_withdrawal_at_the_counter_says_who_entered_it(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    struct command c = {.kind = COMMAND_WITHDRAW_APPLICATION,
                        .case_id = id,
                        .withdraw_application = {T("She goes home to her mother.")}};
    struct actor system = actor_system();
    assert_status(cases_do(h.cases, &system, &c, &h.arena, NULL, &h.problem), STATUS_INVALID);
    struct actor elsewhere = who(&h, REGISTRAR);
    elsewhere.unit = T("South");
    registered(&h, id);
    assigned(&h, id);
    c.paper = (struct paper_receipt){.on = day_of(&h, 0), .by = T("counter")};
    assert_status(cases_do(h.cases, &elsewhere, &c, &h.arena, NULL, &h.problem), STATUS_REFUSED);
    assert_ok(try_do(&h, REGISTRAR, c));
    open_file(&h, APPLICANT, "own_file", id, &f);
    struct timeline_item line = newest_of(&f, "application_withdrawn");
    assert_text(line.received_by, "counter");
    assert_false(line.is_by_person);
    assert_text(f.head.task, "propose_withdrawal");
    story_ends(&h);
}

STORIES(cmocka_unit_test(R_CH_01_an_appeal_by_post_counts_from_the_day_it_came),
        cmocka_unit_test(R_CH_01_a_paper_in_time_opens_a_case_that_was_closed_before_it_was_entered),
        cmocka_unit_test(a_paper_in_time_also_asks_to_stay_in_time),
        cmocka_unit_test(a_late_paper_needs_a_reason),
        cmocka_unit_test(a_document_that_was_asked_for_comes_at_the_counter),
        cmocka_unit_test(letters_and_errors_on_paper_wait_for_an_answer_from_the_day_they_came),
        cmocka_unit_test(a_withdrawal_at_the_counter_says_who_entered_it))
