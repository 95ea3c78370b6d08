// The asylum process of the pack: the usual procedure from submission to its ends, with the host's facts
// given by the test. What the law has as a procedure of its own is walked by packs/eu-asylum/walks.
#include "walk.h"

struct facts {
    bool complete, held, adverse, returned, no_appeal, annulled;
};

struct story {
    struct walk w;
    struct facts f;
};

static enum status know(void *ctx, const struct flow_at *at, struct text e, bool *out, struct problem *p) {
    const struct facts *f = &((struct story *)ctx)->f;
    (void)at;
    if (text_eq(e, T("=complete = true")))
        *out = f->complete;
    else if (text_eq(e, T("=held = true")))
        *out = f->held;
    else if (text_eq(e, T("=decision.needs_second = true")))
        *out = f->adverse;
    else if (text_eq(e, T("=decision.returned = true")))
        *out = f->returned;
    else if (text_eq(e, T("=decision.appeal != null and decision.appeal != \"\"")))
        *out = !f->no_appeal;
    else if (text_eq(e, T("=appeal_outcome = \"annulled\" or appeal_outcome = \"remitted\"")))
        *out = f->annulled;
    else
        *out = false; // no child alone, not at the border, no other track: the usual procedure
    (void)p;
    return STATUS_OK;
}

static struct arena model_arena;
static const struct flow_model *model;
static struct text model_xml;

static void begin(struct story *s) {
    *s = (struct story){0};
    s->w.model = model;
    s->w.host = (struct flow_host){s, know, walk_timer, NULL, NULL, walk_work, walk_work, NULL};
    start(&s->w);
    assert_text(where(&s->w), "register_application");
}

static void end(struct story *s, const char *last) {
    assert_text(where(&s->w), "ended");
    bool reached = false;
    for (size_t i = 0; i < s->w.effects.count; i++) {
        const struct flow_effect *e = &s->w.effects.items[i];
        if (e->kind != FLOW_ENTERED) continue;
        reached |= text_eq(e->element->id, text_of(last));
    }
    assert_true(reached);
    assert_int_equal(s->w.state.incidents.count, 0);
    assert_true(s->w.largest < 1000);
    walk_close(&s->w);
}

// The host's context is the story, whose first member is the walk: the shared callbacks see a walk.
static void do_as(struct story *s, const char *task, const char *command) {
    const struct flow_element *e = flow_element(model, flow_find(model, text_of(task)));
    assert_text(flow_property(e, T("command"), T("")), command);
    done(&s->w, task);
}

static void to_interview(struct story *s) {
    do_as(s, "register_application", "register_application");
    s->f.complete = true;
    do_as(s, "check_completeness", "check_completeness");
    do_as(s, "book_interview", "book_interview");
    assert_text(where(&s->w), "hold_interview");
}

static void to_proposal(struct story *s) {
    to_interview(s);
    s->f.held = true;
    do_as(s, "hold_interview", "hold_interview");
    do_as(s, "read_back_interview", "read_back_interview");
    assert_text(where(&s->w), "propose_decision");
}

static void to_notified(struct story *s, bool adverse) {
    to_proposal(s);
    s->f.adverse = adverse;
    do_as(s, "propose_decision", "propose_decision");
    do_as(s, adverse ? "sign_decision" : "sign_decision_alone", "sign_decision");
    assert_text(where(&s->w), "decision_notified");
    message(&s->w, "decision_notified");
}

static void granted_and_no_appeal_is_possible(void **unused) {
    (void)unused;
    struct story s;
    begin(&s);
    s.f.no_appeal = true;
    to_notified(&s, false);
    assert_string_equal(s.w.log, "suggest_track make_letter notify_decision");
    end(&s, "decision_final");
}

static void rejected_and_the_time_to_appeal_passes(void **unused) {
    (void)unused;
    struct story s;
    begin(&s);
    to_notified(&s, true);
    assert_text(where(&s.w), "await_appeal");
    timer(&s.w, "appeal_lapsed");
    end(&s, "decision_final");
}

static void a_second_officer_returns_the_proposal(void **unused) {
    (void)unused;
    struct story s;
    begin(&s);
    to_proposal(&s);
    s.f.adverse = s.f.returned = true;
    do_as(&s, "propose_decision", "propose_decision");
    do_as(&s, "sign_decision", "sign_decision");
    assert_text(where(&s.w), "propose_decision");
    do_as(&s, "propose_decision", "propose_decision");
    s.f.returned = false;
    do_as(&s, "sign_decision", "sign_decision");
    message(&s.w, "decision_notified");
    timer(&s.w, "appeal_lapsed");
    end(&s, "decision_final");
}

static void documents_are_asked_for_twice(void **unused) {
    (void)unused;
    struct story s;
    begin(&s);
    do_as(&s, "register_application", "register_application");
    do_as(&s, "check_completeness", "check_completeness");
    do_as(&s, "request_document", "request_document");
    assert_text(where(&s.w), "await_documents");
    message(&s.w, "documents_received");
    do_as(&s, "check_completeness", "check_completeness");
    do_as(&s, "request_document", "request_document");
    timer(&s.w, "documents_lapsed");
    assert_text(where(&s.w), "check_completeness");
    s.f.complete = true;
    do_as(&s, "check_completeness", "check_completeness");
    assert_text(where(&s.w), "book_interview");
    message(&s.w, "application_withdrawn");
    do_as(&s, "propose_withdrawal", "propose_decision");
    do_as(&s, "sign_withdrawal", "sign_decision");
    message(&s.w, "decision_notified");
    end(&s, "withdrawal_closed");
}

static void a_cancelled_interview_is_booked_again(void **unused) {
    (void)unused;
    struct story s;
    begin(&s);
    to_interview(&s);
    message(&s.w, "interview_cancelled");
    assert_text(effects_of(&s.w, FLOW_TASK_CANCELLED), "hold_interview");
    do_as(&s, "book_interview", "book_interview");
    s.f.held = true;
    s.f.no_appeal = true;
    do_as(&s, "hold_interview", "hold_interview");
    do_as(&s, "read_back_interview", "read_back_interview");
    do_as(&s, "propose_decision", "propose_decision");
    do_as(&s, "sign_decision_alone", "sign_decision");
    message(&s.w, "decision_notified");
    end(&s, "decision_final");
}

static void a_person_who_did_not_come_gets_another_appointment(void **unused) {
    (void)unused;
    struct story s;
    begin(&s);
    to_interview(&s);
    do_as(&s, "hold_interview", "hold_interview");
    assert_text(where(&s.w), "rebook_interview");
    do_as(&s, "rebook_interview", "book_interview");
    do_as(&s, "hold_interview", "hold_interview");
    timer(&s.w, "absence_lapsed"); // Art. 41: no good reason in time; a person still decides
    assert_text(effects_of(&s.w, FLOW_TASK_CANCELLED), "rebook_interview");
    assert_text(where(&s.w), "propose_decision");
    s.f.adverse = true;
    do_as(&s, "propose_decision", "propose_decision");
    do_as(&s, "sign_decision", "sign_decision");
    message(&s.w, "decision_notified");
    timer(&s.w, "appeal_lapsed");
    end(&s, "decision_final");
}

static void an_annulled_decision_is_made_again(void **unused) {
    (void)unused;
    struct story s;
    begin(&s);
    to_notified(&s, true);
    message(&s.w, "appeal_lodged");
    assert_text(where(&s.w), "record_appeal_outcome");
    s.f.annulled = true;
    do_as(&s, "record_appeal_outcome", "record_appeal_outcome");
    assert_text(where(&s.w), "propose_decision");
    do_as(&s, "propose_decision", "propose_decision");
    do_as(&s, "sign_decision", "sign_decision");
    message(&s.w, "decision_notified");
    message(&s.w, "appeal_lodged");
    s.f.annulled = false;
    do_as(&s, "record_appeal_outcome", "record_appeal_outcome");
    end(&s, "appeal_closed");
}

// What has ended goes on only by an event that says so, and its ids go on: no task is taken for an old one.
static void an_appeal_entered_late_takes_up_the_ended_case(void **unused) {
    (void)unused;
    struct story s;
    begin(&s);
    to_notified(&s, true);
    timer(&s.w, "appeal_lapsed");
    assert_text(where(&s.w), "ended");
    int64_t used = s.w.state.next_id;
    struct flow_engine e = walk_engine(&s.w);
    struct flow_trigger anew = {FLOW_NONE, T("")};
    assert_status(flow_start(&e, &anew, &s.w.state, &s.w.effects, &s.w.problem), STATUS_CONFLICT);
    start_by(&s.w, FLOW_MESSAGE, "appeal_lodged");
    assert_text(where(&s.w), "record_appeal_outcome");
    assert_true(token_at(&s.w, "record_appeal_outcome") >= used);
    do_as(&s, "record_appeal_outcome", "record_appeal_outcome");
    end(&s, "appeal_closed");
}

// Withdrawal stops whatever runs; nothing of the other way stays open.
static void withdrawn_at_any_moment(void **unused) {
    (void)unused;
    static const char *const TASKS[] = {"register_application", "check_completeness",  "book_interview",
                                        "hold_interview",       "read_back_interview", "propose_decision",
                                        "sign_decision"};
    for (size_t stop = 0; stop < 7; stop++) {
        struct story s;
        begin(&s);
        s.f = (struct facts){.complete = true, .held = true, .adverse = true};
        for (size_t i = 0; i < stop; i++) done(&s.w, TASKS[i]);
        message(&s.w, "application_withdrawn");
        assert_text(effects_of(&s.w, FLOW_TASK_CANCELLED), TASKS[stop]);
        assert_text(where(&s.w), "propose_withdrawal");
        s.f.returned = true;
        do_as(&s, "propose_withdrawal", "propose_decision");
        do_as(&s, "sign_withdrawal", "sign_decision");
        assert_text(where(&s.w), "propose_withdrawal");
        s.f.returned = false;
        do_as(&s, "propose_withdrawal", "propose_decision");
        do_as(&s, "sign_withdrawal", "sign_decision");
        assert_text(where(&s.w), "withdrawal_notified");
        message(&s.w, "decision_notified");
        end(&s, "withdrawal_closed");
    }
}

static bool is_word(struct text t, const char *list) {
    struct text rest = text_of(list), word;
    while (text_cut(&rest, ' ', &word))
        if (text_eq(word, t)) return true;
    return false;
}

static void every_user_task_says_who_does_what(void **unused) {
    (void)unused;
    for (size_t i = 0; i < flow_count(model); i++) {
        const struct flow_element *e = flow_element(model, (int)i);
        struct text status = flow_property(e, T("status"), T("IN_CHECK"));
        assert_true(is_word(
            status,
            "RECEIVED NEEDS_YOU APPOINTMENT IN_CHECK WITH_OTHER_AUTHORITY INTERVIEW DECISION_READY DECIDED "
            "APPEAL DOC_PRODUCTION CLOSED ON_HOLD"));
        assert_true(e->lane.n > 0);
        if (e->kind != FLOW_USER_TASK) continue;
        bool has_command = flow_property(e, T("command"), T("")).n > 0;
        assert_true(has_command ? flow_property(e, T("status"), T("")).n > 0 : e->form.n > 0);
        assert_true(is_word(e->groups, "registrar officer second_officer"));
    }
}

static int load(void **unused) {
    (void)unused;
    FILE *f = fopen("packs/eu-asylum/processes/asylum.bpmn", "r");
    assert_non_null(f);
    char *xml = arena_alloc(&model_arena, FLOW_XML_MAX);
    model_xml = (struct text){xml, fread(xml, 1, FLOW_XML_MAX, f)};
    fclose(f);
    struct problem p = {0};
    if (flow_read(&model_arena, model_xml, T("asylum"), &model, &p))
        fail_msg("%s %s line %d", p.field, p.rule, (int)p.line);
    return 0;
}

static int unload(void **unused) {
    (void)unused;
    arena_free(&model_arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(granted_and_no_appeal_is_possible),
        cmocka_unit_test(rejected_and_the_time_to_appeal_passes),
        cmocka_unit_test(a_second_officer_returns_the_proposal),
        cmocka_unit_test(documents_are_asked_for_twice),
        cmocka_unit_test(a_cancelled_interview_is_booked_again),
        cmocka_unit_test(a_person_who_did_not_come_gets_another_appointment),
        cmocka_unit_test(an_annulled_decision_is_made_again),
        cmocka_unit_test(an_appeal_entered_late_takes_up_the_ended_case),
        cmocka_unit_test(withdrawn_at_any_moment),
        cmocka_unit_test(every_user_task_says_who_does_what),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
