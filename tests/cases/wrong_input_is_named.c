#include "story.h"

// What a hostile or clumsy client could put into any text and number of any command.
static struct text nasty(int i, struct arena *a) {
    char *big;
    switch (i) {
    case 0: return T("");
    case 1: return (struct text){0};
    case 2: return T("\xFF\xFE\x80 broken");
    case 3: return T("a\0b");
    case 4:
        big = arena_alloc(a, 500 * 1000);
        memset(big, 'x', 500 * 1000);
        return (struct text){big, 500 * 1000};
    case 5: return T("\xE2\x80\xAE evil \xF4\x8F\xBF\xBF");
    default: return T("'; drop table case_file; --");
    }
}
enum { NASTY = 7 };

static const int64_t NUMBERS[] = {0, -1, 1, 424242, INT64_MAX, INT64_MIN};
enum { NUMBER_COUNT = sizeof NUMBERS / sizeof *NUMBERS };

static struct command filled(enum command_kind kind, int64_t id, struct text t, int64_t n) {
    struct date odd = {(int)(n % 30000), (int)(n % 40), (int)(n % 70)};
    struct command c = {.kind = kind, .case_id = id, .paper = {odd, t, n, t}};
    switch (kind) {
    case COMMAND_START_APPLICATION:
        c.start_application = (struct start_application){t, t, n % 2 ? t : T("")};
        break;
    case COMMAND_OPEN_CASE: c.open_case = (struct open_case){n % 2 ? t : T(""), t, bytes_of(t)}; break;
    case COMMAND_COMPLETE_TASK: c.complete_task = (struct complete_task){n, bytes_of(t)}; break;
    case COMMAND_DELIVER_MESSAGE: c.deliver_message = (struct deliver_message){t, t, bytes_of(t)}; break;
    case COMMAND_HEAR_EVENT: c.hear_event = (struct hear_event){(uint16_t)n, (uint16_t)n, 0, 0, {n}, {n}}; break;
    case COMMAND_RETRY_STEP: c.retry_step.step = n; break;
    case COMMAND_MIGRATE_CASE: c.migrate_case = (struct migrate_case){.to = n}; break;
    case COMMAND_SAVE_ANSWERS:
        c.save_answers = (struct save_answers){n % 2 ? t : T("names"), bytes_of(t), t};
        break;
    case COMMAND_ADD_DOCUMENT: c.add_document = (struct add_document){t, t, t, {.size = n}, n, n}; break;
    case COMMAND_REMOVE_DOCUMENT: c.remove_document.document = n; break;
    case COMMAND_SUBMIT_APPLICATION: c.submit_application.notice_version = t; break;
    case COMMAND_WITHDRAW_APPLICATION: c.withdraw_application.reason = t; break;
    case COMMAND_ANSWER_REQUEST: c.answer_request.request = n; break;
    case COMMAND_OPEN_LETTER: c.open_letter.letter = n; break;
    case COMMAND_LODGE_APPEAL: c.lodge_appeal = (struct lodge_appeal){t, true}; break;
    case COMMAND_CHOOSE_CHANNEL: c.choose_channel.channel = t; break;
    case COMMAND_REPORT_ERROR: c.report_error = (struct report_error){t, t}; break;
    case COMMAND_ASK_RIGHT: c.ask_right = (struct ask_right){t, t}; break;
    case COMMAND_ANSWER_RIGHT: c.answer_right = (struct answer_right){n, t}; break;
    case COMMAND_RECORD_STEP: c.record_step = (struct record_step){t, odd}; break;
    case COMMAND_CHOOSE_TRACK: c.choose_track = (struct choose_track){t, t}; break;
    case COMMAND_RECEIVE_LETTER: c.receive_letter.body = t; break;
    case COMMAND_SEND_MESSAGE: c.send_message.body = t; break;
    case COMMAND_READ_MESSAGE: c.read_message.message = n; break;
    case COMMAND_ASSIGN_CASE: c.assign_case = (struct assign_case){n, t}; break;
    case COMMAND_REGISTER_APPLICATION:
        c.register_application = (struct register_application){.made_on = odd,
                                                               .made_at_place = t,
                                                               .identity_checked = true,
                                                               .overrides = {{t, t}},
                                                               .override_count = n > 1 ? (size_t)n : 1};
        break;
    case COMMAND_CHECK_COMPLETENESS:
        c.check_completeness =
            (struct check_completeness){.missing = {t, t}, .missing_count = n > 2 ? (size_t)n : 2};
        break;
    case COMMAND_REQUEST_DOCUMENT: c.request_document = (struct request_document){t, t}; break;
    case COMMAND_BOOK_INTERVIEW:
        c.book_interview = (struct book_interview){{n}, (int)n, t, t, t, true, t};
        break;
    case COMMAND_CANCEL_INTERVIEW: c.cancel_interview = (struct cancel_interview){n, t}; break;
    case COMMAND_HOLD_INTERVIEW: c.hold_interview = (struct hold_interview){n, t, t, n > 0, t}; break;
    case COMMAND_READ_BACK_INTERVIEW:
        c.read_back_interview = (struct read_back_interview){n > 0, t, t};
        break;
    case COMMAND_PROPOSE_DECISION: c.propose_decision = (struct propose_decision){t, t, t, t, t, t}; break;
    case COMMAND_SIGN_DECISION: c.sign_decision.decision = n; break;
    case COMMAND_RETURN_DECISION: c.return_decision = (struct return_decision){n, t}; break;
    case COMMAND_RECORD_NOTIFICATION: c.record_notification = (struct record_notification){n, odd, t}; break;
    case COMMAND_RECORD_APPEAL_OUTCOME:
        c.record_appeal_outcome = (struct record_appeal_outcome){t, t, t};
        break;
    case COMMAND_CARRY_OVER_CASE:
        c.carry_over_case =
            (struct carry_over_case){t, t, t, {(const uint8_t *)t.p, t.n}, odd, odd, odd, odd, t};
        break;
    case COMMAND_ADD_NOTE: c.add_note.body = t; break;
    case COMMAND_ADD_FILE_NUMBER: c.add_file_number = (struct add_file_number){t, t}; break;
    case COMMAND_EXTEND_DEADLINE: c.extend_deadline = (struct extend_deadline){n, t, t}; break;
    case COMMAND_SUSPEND_DEADLINE: c.suspend_deadline = (struct suspend_deadline){n, t}; break;
    case COMMAND_RESUME_DEADLINE: c.resume_deadline.clock = n; break;
    case COMMAND_SET_CHANNEL: c.set_channel = (struct set_channel){n > 0 ? T("paper") : t, t, t}; break;
    case COMMAND_ANSWER_ERROR: c.answer_error = (struct answer_error){n, true, t}; break;
    case COMMAND_ERASE_PERSON: c.erase_person.ground = t; break;
    case COMMAND_TIMER_DUE: c.timer_due.timer = n; break;
    case COMMAND_CLOCK_PASSED: c.clock_passed.clock = n; break;
    case COMMAND_DOCUMENT_SCANNED: c.document_scanned = (struct document_scanned){n, t, t}; break;
    case COMMAND_DOCUMENT_DERIVED: c.document_derived = (struct document_derived){.document = n}; break;
    case COMMAND_LETTER_RENDERED: c.letter_rendered = (struct letter_rendered){.letter = n}; break;
    case COMMAND_COUNT: break;
    }
    return c;
}

// A mistake names field, rule and text; a refusal says why; nothing else happens.
static void must_be_clear(struct house *h, enum command_kind kind, int text, int64_t number, enum status st) {
    bool expected = st == STATUS_OK || st == STATUS_INVALID || st == STATUS_REFUSED ||
                    st == STATUS_NOT_FOUND || st == STATUS_CONFLICT;
    bool clear = st == STATUS_OK || (h->problem.text_key && h->problem.rule && h->problem.field);
    if (expected && clear) return;
    print_message("# command %d text %d number %lld\n", kind, text, (long long)number);
    house_say(h, "unclear", st);
    fail();
}

static void try_everything(struct house *h, struct actor actor, int64_t id) {
    for (enum command_kind kind = 0; kind < COMMAND_COUNT; kind++)
        for (int text = 0; text < NASTY; text++)
            for (int i = 0; i < NUMBER_COUNT; i++) {
                struct arena a = {0};
                struct command c = filled(kind, id, nasty(text, &a), NUMBERS[i]);
                if (i == 3) c.purpose = nasty(text, &a);
                h->problem = (struct problem){0};
                enum status st = cases_do(h->cases, &actor, &c, &a, &h->result, &h->problem);
                must_be_clear(h, kind, text, NUMBERS[i], st);
                arena_free(&a);
            }
}

static void nothing_that_is_sent_breaks_the_house_or_its_log(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t draft = filled_draft(&h, OTHER_APPLICANT), id = submitted(&h, APPLICANT);
    assigned(&h, id);
    struct actor boss = who(&h, BOSS);
    boss.roles[boss.role_count++] = T("second_officer");
    try_everything(&h, who(&h, OTHER_APPLICANT), draft);
    try_everything(&h, who(&h, APPLICANT), id);
    try_everything(&h, boss, id);
    try_everything(&h, actor_system(), id);
    try_everything(&h, (struct actor){0}, id);
    ticked(&h);
    story_ends(&h);
}

static void an_implausible_birth_needs_a_correction_or_a_reason(void **state) {
    (void)state;
    static const char *const JOURNEY[][2] = {
        {"left_on", "2026-08"}, {"entered_on", "1985"}, {"entry_means", "land"}, {"had_visa", "no"}, {0}};
    struct house h;
    house_new(&h);
    int64_t id = filled_draft(&h, APPLICANT);
    save(&h, APPLICANT, id, "journey", JOURNEY);
    DO(&h, APPLICANT, .kind = COMMAND_SUBMIT_APPLICATION, .case_id = id, .submit_application = {T("1")});
    struct command c = {.kind = COMMAND_REGISTER_APPLICATION,
                        .case_id = id,
                        .register_application = {.made_on = {2026, 11, 20},
                                                 .made_at_place = T("Counter"),
                                                 .identity_checked = true}};
    assert_status(try_do(&h, REGISTRAR, c), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "implausible");
    struct text code = h.problem.args[0].value;
    assert_text(code, "ENTRY_BEFORE_BIRTH");
    c.register_application.overrides[0] = (struct finding_override){text_copy(&h.arena, code), T("  ")};
    c.register_application.override_count = 1;
    assert_status(try_do(&h, REGISTRAR, c), STATUS_INVALID);
    c.register_application.overrides[0].reason = T("Entered as a child of another name, file SE-1.");
    assert_int_equal(try_do(&h, REGISTRAR, c), STATUS_OK);
    story_ends(&h);
}

static void a_correction_is_checked_like_the_form(void **state) {
    (void)state;
    static const char *const WRONG[][2] = {
        {"birth_date", "foo"}, {"birth_country", "IRN"}, {"sex", "2"}, {"civil_status", "married"}, {0}};
    static const char *const SMUGGLED[][2] = {{"has_family", "no"}, {"birth_date", "2020-01-01"}, {0}};
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    struct command c = {
        .kind = COMMAND_SAVE_ANSWERS,
        .case_id = id,
        .save_answers = {T("birth"), answers_of(&h.arena, WRONG), T("As said at the counter.")}};
    assert_status(try_do(&h, REGISTRAR, c), STATUS_INVALID);
    c.save_answers = (struct save_answers){T("family"), answers_of(&h.arena, SMUGGLED), T("As said.")};
    assert_int_equal(try_do(&h, REGISTRAR, c), STATUS_OK);
    open_file(&h, REGISTRAR, "registration", id, &f);
    assert_int_equal(f.head.birth.year, 1991); // a section says nothing about another
    REFUSED(&h, APPLICANT, STATUS_INVALID, "already_made", .kind = COMMAND_SAVE_ANSWERS, .case_id = id,
            .save_answers = {T("family"), answers_of(&h.arena, SMUGGLED), T("")});
    story_ends(&h);
}

// The counter does not see why somebody fled; correcting the same section must not wipe it out.
static void a_correction_leaves_what_the_corrector_cannot_see(void **state) {
    (void)state;
    static const char *const BEFORE[][2] = {{"special_needs[0]", "PREG"}, {"urgent_help", "no"}, {0}};
    static const char *const SEEN[][2] = {{"urgent_help", "no"}, {0}};
    struct house h;
    struct bytes b;
    struct answers now = {0}, seen = {0};
    struct look registration = {.purpose = T("registration")}, own = {.purpose = T("own_file")};
    house_new(&h);
    int64_t id = filled_draft(&h, APPLICANT);
    save(&h, APPLICANT, id, "needs", BEFORE);
    DO(&h, APPLICANT, .kind = COMMAND_SUBMIT_APPLICATION, .case_id = id, .submit_application = {T("1")});
    struct actor registrar = who(&h, REGISTRAR), person = who(&h, APPLICANT);
    assert_ok(cases_answers(h.cases, &registrar, &registration, id, T("needs"), &h.arena, &b, &h.problem));
    if (b.n) assert_ok(answers_decode(&h.arena, b, &seen));
    assert_int_equal(answers_get(&seen, T("special_needs[0]")).n, 0);
    DO(&h, REGISTRAR, .kind = COMMAND_SAVE_ANSWERS, .case_id = id,
       .save_answers = {T("needs"), answers_of(&h.arena, SEEN), T("Asked again.")});
    assert_ok(cases_answers(h.cases, &person, &own, id, T("needs"), &h.arena, &b, &h.problem));
    assert_ok(answers_decode(&h.arena, b, &now));
    assert_text(answers_get(&now, T("special_needs[0]")), "PREG");
    assert_true(head_of(&h, id).is_vulnerable);
    story_ends(&h);
}

STORIES(cmocka_unit_test(a_correction_leaves_what_the_corrector_cannot_see),
        cmocka_unit_test(nothing_that_is_sent_breaks_the_house_or_its_log),
        cmocka_unit_test(an_implausible_birth_needs_a_correction_or_a_reason),
        cmocka_unit_test(a_correction_is_checked_like_the_form))
