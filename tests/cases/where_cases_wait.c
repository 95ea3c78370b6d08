// Where the processes of a case stand, how long each stay took, and what the throughput and the event log
// tell of many.
#include "base/xml.h"
#include "cases/stays.h"
#include "cases/throughput.h"
#include "cases/xes.h"
#include "story.h"

static int64_t count(struct house *h, const struct sql *sql) {
    struct db *db;
    int64_t n = -1;
    assert_ok(store_reader(h->store, &db));
    assert_ok(DB_INT(db, &n, sql));
    store_reader_release(h->store, db);
    return n;
}

static const struct process_token *token_at(const struct case_file *f, const char *element) {
    for (size_t i = 0; i < f->tokens.count; i++)
        if (text_eq(f->tokens.items[i].element, text_of(element))) return &f->tokens.items[i];
    return NULL;
}

static const struct process_step *step_of(const struct case_file *f, const char *element) {
    for (size_t i = 0; i < f->steps.count; i++)
        if (text_eq(f->steps.items[i].element, text_of(element))) return &f->steps.items[i];
    fail_msg("no step %s", element);
    return NULL;
}

// ---- one case ----

static int64_t asked_for_documents(struct house *h) {
    int64_t id = with_officer(h);
    DO(h, OFFICER, .kind = COMMAND_CHECK_COMPLETENESS, .case_id = id,
       .check_completeness = {.is_complete = false, .missing = {T("identity_card")}, .missing_count = 1});
    DO(h, OFFICER, .kind = COMMAND_REQUEST_DOCUMENT, .case_id = id,
       .request_document = {.kind = T("identity_card"), .explanation = T("Please send both sides.")});
    return id;
}

static void a_case_says_what_it_waits_for(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    struct moment since = h.fixed.at;
    pass_hours(&h, 5);
    open_file(&h, REGISTRAR, "registration", id, &f);
    assert_int_equal(f.tokens.count, 1);
    const struct process_token *t = token_at(&f, "register_application");
    assert_non_null(t);
    assert_text(t->state, "task");
    assert_text(t->group, "registrar");
    assert_int_equal(t->since.ms, since.ms);
    bool may_withdraw = false;
    for (size_t i = 0; i < f.at_any_time.count; i++)
        may_withdraw |= text_eq(f.at_any_time.items[i].awaited, T("application_withdrawn"));
    assert_true(may_withdraw);
    assert_text(step_of(&f, "application_submitted")->state, "done");
    assert_text(step_of(&f, "register_application")->state, "now");
    assert_text(step_of(&f, "check_completeness")->state, "");
    story_ends(&h);
}

static void at_a_choice_of_events_all_of_them_are_named(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = asked_for_documents(&h);
    struct moment since = h.fixed.at;
    pass_hours(&h, 24 * 2);
    open_file(&h, OFFICER, "asylum_examination", id, &f);
    const struct process_token *t = token_at(&f, "await_documents");
    assert_non_null(t);
    assert_text(t->state, "event");
    assert_int_equal(t->since.ms, since.ms);
    assert_int_equal(t->wait_count, 2);
    bool timer = text_eq(t->waits[0].kind, T("timer"));
    assert_text(t->waits[timer].kind, "message");
    assert_text(t->waits[timer].awaited, "documents_received");
    assert_text(t->waits[!timer].element, "documents_lapsed");
    assert_true(t->waits[!timer].due.ms > h.fixed.at.ms);
    story_ends(&h);
}

static void a_stay_ends_when_the_case_goes_on(void **state) {
    (void)state;
    static const struct sql WAITED =
        SQL("test_waited", "select left_at - entered_at from process_stay where element = "
                           "'await_documents' and kind = 2");
    static const struct sql OPEN = SQL("test_open", "select count(*) from process_stay where left_at = 0");
    static const struct sql DOUBLE =
        SQL("test_double", "select count(*) from process_stay s join task t on t.case_id = "
                           "s.case_id and t.task_id = s.token");
    static const struct sql LAPSED = SQL("test_lapsed", "select count(*) from process_stay where element = "
                                                        "'documents_lapsed' and kind = 0");
    struct house h;
    house_new(&h);
    (void)asked_for_documents(&h);
    assert_int_equal(count(&h, &OPEN), 1);
    struct moment since = h.fixed.at;
    pass_hours(&h, 24 * 40);
    ticked(&h); // the time to send documents is over
    assert_int_equal(count(&h, &WAITED), h.fixed.at.ms - since.ms);
    assert_int_equal(count(&h, &LAPSED), 1);
    assert_int_equal(count(&h, &OPEN), 0);
    assert_int_equal(count(&h, &DOUBLE), 0); // a user task is no stay beside
    story_ends(&h);
}

static void a_withdrawal_takes_what_waits_away(void **state) {
    (void)state;
    static const struct sql CUT =
        SQL("test_cut", "select count(*) from process_stay where element = 'await_documents' "
                        "and is_cut = 1 and left_at > entered_at");
    struct house h;
    house_new(&h);
    int64_t id = asked_for_documents(&h);
    pass_hours(&h, 30);
    DO(&h, APPLICANT, .kind = COMMAND_WITHDRAW_APPLICATION, .case_id = id,
       .withdraw_application = {.reason = T("I go home.")});
    assert_int_equal(count(&h, &CUT), 1);
    story_ends(&h);
}

// ---- many ----

static enum status throughput(struct house *h, int which, const char *unit, struct throughput *out) {
    struct actor a = who(h, which);
    struct look look = {.purpose = T("policy_review")};
    const struct zone *zone;
    assert_ok(zone_find(T("Europe/Brussels"), &zone));
    struct date today = zone_date(zone, h->fixed.at);
    struct throughput_question q = {
        .procedure = T("eu-asylum"), .unit = text_of(unit), .from = date_add_days(today, -60), .to = today};
    h->problem = (struct problem){0};
    return cases_throughput(h->cases, &a, &look, &q, &h->arena, out, &h->problem);
}

static const struct throughput_step *counted(const struct throughput *t, const char *element) {
    for (size_t i = 0; i < t->count; i++)
        if (text_eq(t->items[i].element, text_of(element))) return &t->items[i];
    fail_msg("nobody was at %s", element);
    return NULL;
}

static void the_middle_and_the_longest_are_exact(void **state) {
    (void)state;
    struct house h;
    struct throughput t;
    int64_t id[9];
    house_new(&h);
    for (int i = 0; i < 9; i++) id[i] = submitted(&h, APPLICANT), pass_hours(&h, 10);
    for (int i = 0; i < 6; i++) registered(&h, id[i]); // after 90, 80, 70, 60, 50 and 40 hours
    assert_ok(throughput(&h, BOSS, "", &t));
    const struct throughput_step *s = counted(&t, "register_application");
    assert_text(s->process, "asylum");
    assert_int_equal(s->waiting, 3); // for 30, 20 and 10 hours
    assert_int_equal(s->longest_hours, 30);
    assert_int_equal(s->median_hours, 20);
    assert_int_equal(s->finished, 6);
    assert_int_equal(s->finished_median_hours, 60);
    assert_int_equal(s->finished_90_hours, 90);
    assert_int_equal(counted(&t, "check_completeness")->waiting, 6);
    story_ends(&h);
}

static void few_finished_stays_are_not_told(void **state) {
    (void)state;
    struct house h;
    struct throughput t;
    house_new(&h);
    for (int i = 0; i < 4; i++) registered(&h, submitted(&h, APPLICANT));
    assert_ok(throughput(&h, BOSS, "", &t));
    assert_true(counted(&t, "register_application")->is_few);
    assert_int_equal(counted(&t, "register_application")->finished, 0);
    registered(&h, submitted(&h, APPLICANT));
    assert_ok(throughput(&h, BOSS, "", &t)); // kept for a minute
    assert_true(counted(&t, "register_application")->is_few);
    h.fixed.at.ms += THROUGHPUT_FRESH_MS + 1;
    assert_ok(throughput(&h, BOSS, "", &t));
    assert_false(counted(&t, "register_application")->is_few);
    assert_int_equal(counted(&t, "register_application")->finished, 5);
    assert_ok(throughput(&h, BOSS, "South", &t)); // another unit
    assert_int_equal(t.count, 0);
    story_ends(&h);
}

static void what_is_late_is_late_as_in_the_work_list(void **state) {
    (void)state;
    struct house h;
    struct throughput t;
    house_new(&h);
    (void)submitted(&h, APPLICANT);
    assert_ok(throughput(&h, BOSS, "", &t));
    assert_int_equal(counted(&t, "register_application")->late, 0);
    pass_hours(&h, 24 * 30); // an application is registered within days
    ticked(&h);
    assert_ok(throughput(&h, BOSS, "", &t));
    assert_int_equal(counted(&t, "register_application")->late, 1);
    story_ends(&h);
}

static void who_does_not_plan_sees_no_numbers(void **state) {
    (void)state;
    static const struct sql EVENTS = SQL("test_events", "select count(*) from event");
    struct house h;
    struct throughput t;
    house_new(&h);
    int64_t before = count(&h, &EVENTS);
    assert_status(throughput(&h, OFFICER, "", &t), STATUS_REFUSED);
    assert_string_equal(h.problem.rule, "access_role");
    assert_status(throughput(&h, APPLICANT, "", &t), STATUS_REFUSED);
    assert_int_equal(count(&h, &EVENTS), before + 2); // both are in the log
    assert_ok(throughput(&h, BOSS, "", &t));
    story_ends(&h);
}

// ---- the event log ----

static struct text event_log(struct house *h, struct date from, struct date to) {
    struct xes_question q = {.procedure = T("eu-asylum"), .from = from, .to = to};
    struct out all = {.arena = &h->arena};
    struct text piece;
    struct xes *x;
    assert_ok(zone_find(T("Europe/Brussels"), &q.zone));
    assert_ok(xes_begin(h->store, &q, &x));
    do {
        assert_ok(xes_next(x, &piece));
        out_text(&all, piece);
    } while (piece.n);
    xes_end(x);
    xmlDoc *doc;
    assert_ok(xml_read(out_done(&all), &doc, &h->problem)); // well-formed, also when nothing is in it
    xmlFreeDoc(doc);
    return out_done(&all);
}

static size_t times(struct text t, const char *what) {
    size_t n = 0, at;
    for (; text_find(t, text_of(what), &at); n++) t = text_slice(t, at + strlen(what), t.n);
    return n;
}

static void an_event_log_tells_ways_and_no_names(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    const struct date day = {2026, 11, 21}, before = {2026, 11, 20}, none = {0};
    int64_t id = asked_for_documents(&h);
    (void)filled_draft(&h, OTHER_APPLICANT); // not an application yet
    struct work_row head = head_of(&h, id);
    struct text log = event_log(&h, none, none);
    size_t at;
    assert_int_equal(times(log, "<trace>"), 1);
    assert_int_equal(times(log, "value=\"Ask for what is missing\""), 2);
    assert_int_equal(times(log, "value=\"Complete?\""), 0); // a gateway that only chooses
    assert_false(text_find(log, head.case_no, &at));
    assert_false(text_find(log, T("Hosseini"), &at));
    assert_int_equal(times(event_log(&h, day, day), "<trace>"), 1);
    assert_int_equal(times(event_log(&h, none, before), "<trace>"), 0);
    DO(&h, APPLICANT, .kind = COMMAND_WITHDRAW_APPLICATION, .case_id = id,
       .withdraw_application = {.reason = T("I go home.")});
    assert_int_equal(times(event_log(&h, none, none), "\"ate_abort\""), 1);
    story_ends(&h);
}

STORIES(cmocka_unit_test(a_case_says_what_it_waits_for),
        cmocka_unit_test(at_a_choice_of_events_all_of_them_are_named),
        cmocka_unit_test(a_stay_ends_when_the_case_goes_on),
        cmocka_unit_test(a_withdrawal_takes_what_waits_away),
        cmocka_unit_test(the_middle_and_the_longest_are_exact),
        cmocka_unit_test(few_finished_stays_are_not_told),
        cmocka_unit_test(what_is_late_is_late_as_in_the_work_list),
        cmocka_unit_test(who_does_not_plan_sees_no_numbers),
        cmocka_unit_test(an_event_log_tells_ways_and_no_names))
