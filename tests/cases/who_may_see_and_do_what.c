#include "story.h"

static struct actor of_unit(const struct house *h, int which, struct text unit) {
    struct actor a = who(h, which);
    a.unit = unit;
    return a;
}

static void R_GD_02_without_a_purpose_nothing_is_read_and_the_try_is_recorded(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    struct work_list list;
    struct look none = {0}, nonsense = {.purpose = T("curiosity \xFF killed the cat")};
    struct work_filter all = {0};
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    struct actor officer = who(&h, OFFICER);
    assert_status(cases_open_file(h.cases, &officer, &none, id, &h.arena, &f, &h.problem), STATUS_REFUSED);
    assert_string_equal(h.problem.rule, "access_purpose");
    assert_status(cases_open_file(h.cases, &officer, &nonsense, id, &h.arena, &f, &h.problem),
                  STATUS_REFUSED);
    assert_status(cases_work_list(h.cases, &officer, &none, &all, &h.arena, &list, &h.problem),
                  STATUS_REFUSED);
    assert_status(cases_find(h.cases, &officer, &none, T("hosseini"), &h.arena, &list, &h.problem),
                  STATUS_REFUSED);
    REFUSED(&h, OFFICER, STATUS_REFUSED, "access_purpose", .kind = COMMAND_ADD_NOTE, .case_id = id,
            .purpose = nonsense.purpose, .add_note = {T("x")});
    open_file(&h, APPLICANT, "own_file", id, &f);
    int refused = 0;
    for (size_t i = 0; i < f.traces.count; i++) {
        refused += f.traces.items[i].was_refused;
        if (f.traces.items[i].was_refused) assert_text(f.traces.items[i].purpose, "unknown");
    }
    assert_int_equal(refused, 3);
    story_ends(&h);
}

static void an_applicant_never_sees_a_list_of_others(void **state) {
    (void)state;
    struct house h;
    struct work_list list;
    struct officer_load_list load;
    struct work_filter all = {0};
    struct look look = {.purpose = T("own_file"), .reason = T("please")};
    house_new(&h);
    submitted(&h, APPLICANT);
    struct actor other = who(&h, OTHER_APPLICANT);
    assert_status(cases_work_list(h.cases, &other, &look, &all, &h.arena, &list, &h.problem), STATUS_REFUSED);
    assert_status(cases_find(h.cases, &other, &look, T("hosseini"), &h.arena, &list, &h.problem),
                  STATUS_REFUSED);
    assert_status(cases_load_by_officer(h.cases, &other, &h.arena, &load, &h.problem), STATUS_REFUSED);
    assert_ok(cases_own(h.cases, &other, &h.arena, &list, &h.problem));
    assert_int_equal(list.count, 0);
    struct actor nobody = {0};
    assert_status(cases_own(h.cases, &nobody, &h.arena, &list, &h.problem), STATUS_REFUSED);
    story_ends(&h);
}

static void a_draft_is_nobodys_but_its_owners_business(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    struct bytes answers;
    house_new(&h);
    int64_t id = filled_draft(&h, APPLICANT);
    static const struct {
        int who;
        const char *purpose;
    } OTHERS[] = {{OFFICER, "asylum_examination"},
                  {REGISTRAR, "registration"},
                  {BOSS, "supervision"},
                  {SECOND, "quality_review"}};
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
        struct actor a = who(&h, OTHERS[i].who);
        struct look look = {.purpose = text_of(OTHERS[i].purpose), .reason = T("I want to know.")};
        assert_status(cases_open_file(h.cases, &a, &look, id, &h.arena, &f, &h.problem), STATUS_REFUSED);
        assert_status(cases_answers(h.cases, &a, &look, id, T("names"), &h.arena, &answers, &h.problem),
                      STATUS_REFUSED);
    }
    REFUSED(&h, REGISTRAR, STATUS_REFUSED, "access_relation", .kind = COMMAND_ADD_FILE_NUMBER, .case_id = id,
            .purpose = T("registration"), .add_file_number = {T("1"), T("x")});
    REFUSED(&h, OFFICER, STATUS_REFUSED, "access_relation", .kind = COMMAND_ADD_NOTE, .case_id = id,
            .add_note = {T("x")});
    REFUSED(&h, BOSS, STATUS_INVALID, "not_now", .kind = COMMAND_ASSIGN_CASE, .case_id = id,
            .assign_case = {h.account[OFFICER], T("")});
    story_ends(&h);
}

static void staff_of_another_unit_see_no_names_without_a_reason(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    struct work_list list;
    struct work_filter all = {0};
    struct look plain = {.purpose = T("asylum_examination")},
                reasoned = {.purpose = plain.purpose, .reason = T("She stands at my counter.")};
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    struct text number = h.result.case_no;
    assigned(&h, id); // now it is the case of unit North
    struct actor south = of_unit(&h, SECOND, T("South"));
    south.roles[0] = T("officer");
    south.role_count = 1;
    assert_status(cases_open_file(h.cases, &south, &plain, id, &h.arena, &f, &h.problem), STATUS_REFUSED);
    assert_string_equal(h.problem.rule, "access_reason");
    assert_ok(cases_work_list(h.cases, &south, &plain, &all, &h.arena, &list, &h.problem));
    assert_int_equal(list.count, 0);
    assert_int_equal(list.total, 0);
    assert_ok(cases_find(h.cases, &south, &plain, T("hosseini"), &h.arena, &list, &h.problem));
    assert_int_equal(list.count, 0);
    assert_ok(cases_find(h.cases, &south, &plain, number, &h.arena, &list, &h.problem));
    assert_int_equal(list.count, 1); // who has the number learns that there is a file, and no more
    assert_int_equal(list.rows[0].case_id, id);
    assert_int_equal(list.rows[0].name.n, 0);
    assert_int_equal(list.rows[0].status.n, 0);
    assert_ok(cases_find(h.cases, &south, &reasoned, T("hosseini"), &h.arena, &list, &h.problem));
    assert_int_equal(list.count, 1);
    assert_true(list.rows[0].name.n > 0);
    assert_ok(cases_open_file(h.cases, &south, &reasoned, id, &h.arena, &f, &h.problem));
    assert_true(f.persons.count > 0);
    assert_int_equal(f.interviews.count + f.notes.count + f.letters.count, 0);
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_true(f.traces.items[0].was_reasoned);
    story_ends(&h);
}

static void R_GD_05_claim_and_health_are_closed_to_the_registration_counter(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    struct bytes b;
    struct answers seen = {0};
    struct suggestion s;
    struct document_view v;
    struct blob_reader *reader;
    struct letter_view l;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    DO(&h, APPLICANT, .kind = COMMAND_ADD_DOCUMENT, .case_id = id,
       .add_document = {.kind = T("medical_report"),
                        .title = T("a.pdf"),
                        .media = T("application/pdf"),
                        .blob = {.size = 10}});
    int64_t report = h.result.made;
    struct actor registrar = who(&h, REGISTRAR);
    struct look look = {.purpose = T("registration")};
    assert_ok(cases_answers(h.cases, &registrar, &look, id, T(""), &h.arena, &b, &h.problem));
    assert_ok(answers_decode(&h.arena, b, &seen));
    assert_true(answers_get(&seen, T("family_name")).n > 0);
    assert_int_equal(answers_get(&seen, T("story")).n, 0);
    assert_ok(cases_answers(h.cases, &registrar, &look, id, T("reasons"), &h.arena, &b, &h.problem));
    assert_int_equal(answers_decode(&h.arena, b, &seen) == STATUS_OK ? answers_get(&seen, T("story")).n : 0,
                     0);
    assert_status(cases_open_document(h.cases, &registrar, &look, report, &h.arena, &v, &reader, &h.problem),
                  STATUS_REFUSED);
    assert_string_equal(h.problem.rule, "access_class");
    assert_int_equal(v.title.n, 0);
    open_file(&h, REGISTRAR, "registration", id, &f);
    assert_int_equal(f.documents.count, 0);
    assert_ok(cases_suggestion(h.cases, &registrar, &look, id, T("plausibility"), &h.arena, &s, &h.problem));
    assert_ok(cases_suggestion(h.cases, &registrar, &look, id, T("suggest_track"), &h.arena, &s, &h.problem));

    struct actor operator= who(&h, OFFICER);
    operator.roles[0] = T("operator");
    struct look technical = {.purpose = T("technical")};
    int64_t letter = newest_letter(&h, id, "receipt");
    assert_status(
        cases_open_letter(h.cases, &operator, & technical, letter, &h.arena, &l, &reader, &h.problem),
        STATUS_REFUSED);
    assert_status(
        cases_open_document(h.cases, &operator, & technical, report, &h.arena, &v, &reader, &h.problem),
        STATUS_REFUSED);
    assert_status(
        cases_suggestion(h.cases, &operator, & technical, id, T("suggest_track"), &h.arena, &s, &h.problem),
        STATUS_REFUSED);
    assert_ok(cases_answers(h.cases, &operator, & technical, id, T(""), &h.arena, &b, &h.problem));
    struct answers none = {0};
    assert_ok(answers_decode(&h.arena, b, &none));
    assert_int_equal(none.count, 0);
    assert_ok(cases_open_file(h.cases, &operator, & technical, id, &h.arena, &f, &h.problem));
    assert_int_equal(f.head.name.n + f.phrase.n + f.channel_rule.n + f.persons.count + f.messages.count, 0);
    story_ends(&h);
}

static void breaking_the_glass_needs_a_reason_and_is_flagged(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    struct text finding;
    struct look reasoned = {.purpose = T("asylum_examination"),
                            .reason = T("The colleague is ill and she is here.")};
    house_new(&h);
    int64_t id = to_be_decided(&h);
    struct actor colleague = who(&h, SECOND);
    colleague.roles[0] = T("officer");
    colleague.role_count = 1;
    colleague.public_code = T("S-1");
    struct look plain = {.purpose = reasoned.purpose, .reason = T("  ")};
    assert_ok(cases_open_file(h.cases, &colleague, &plain, id, &h.arena, &f, &h.problem));
    assert_int_equal(f.interviews.count, 0);
    assert_ok(cases_open_file(h.cases, &colleague, &reasoned, id, &h.arena, &f, &h.problem));
    assert_int_equal(f.interviews.count, 1);
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_true(f.traces.items[0].was_reasoned);
    assert_false(f.traces.items[1].was_reasoned);
    assert_text(f.traces.items[0].who, "S-1");
    char longest[ACCESS_REASON_MAX + 2];
    memset(longest, 'a', sizeof longest);
    struct look too_long = {.purpose = reasoned.purpose, .reason = {longest, sizeof longest}};
    assert_ok(cases_open_file(h.cases, &colleague, &too_long, id, &h.arena, &f, &h.problem));
    assert_int_equal(f.interviews.count, 0);
    assert_ok(verified(&h, &finding));
    story_ends(&h);
}

static void many_looks_in_between_do_not_hide_a_conflict(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    open_file(&h, OFFICER, "registration", id, &f);
    int64_t seen = f.head.version;
    for (int i = 0; i < 120; i++) open_file(&h, OFFICER, "registration", id, &f);
    registered(&h, id);
    REFUSED(&h, OFFICER, STATUS_CONFLICT, "case_changed", .kind = COMMAND_CHECK_COMPLETENESS, .case_id = id,
            .seen = seen, .purpose = T("registration"), .check_completeness = {.is_complete = true});
    assert_text(h.result.changed[0].event, "application_registered");
    story_ends(&h);
}

static void R_PH_03_a_forged_token_proves_nothing(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    struct letter_check check;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    open_file(&h, APPLICANT, "own_file", id, &f);
    struct text code = f.letters.items[0].code;
    assert_ok(cases_verify_letter(h.cases, code, &h.arena, &check));
    assert_int_equal(check.validity, LETTER_VALID);
    assert_text(check.kind, "receipt");
    struct text signature = text_printf(&h.arena, "%086d", 0);
    struct text forged[] = {TEXT_JOIN(&h.arena, code, T(".2026-11-21.receipt."), signature),
                            TEXT_JOIN(&h.arena, code, T(".2026-11-21.decision_positive.AAAA")),
                            TEXT_JOIN(&h.arena, code, T("....")),
                            T("\xFF\xFE"),
                            T(""),
                            T("0"),
                            T("'; drop table letter; --"),
                            text_printf(&h.arena, "%0500d", 1)};
    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
        assert_ok(cases_verify_letter(h.cases, forged[i], &h.arena, &check));
        assert_int_equal(check.validity, LETTER_UNKNOWN);
    }
    story_ends(&h);
}

static void a_case_that_is_not_there_is_named_so(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    struct look look = {.purpose = T("asylum_examination")};
    struct document_view d;
    struct letter_view l;
    struct blob_reader *r;
    house_new(&h);
    struct actor officer = who(&h, OFFICER);
    REFUSED(&h, OFFICER, STATUS_NOT_FOUND, "not_found", .kind = COMMAND_ADD_NOTE, .case_id = 424242,
            .add_note = {T("x")});
    assert_string_equal(h.problem.text_key, "problem.case.not_found");
    assert_status(cases_open_file(h.cases, &officer, &look, 424242, &h.arena, &f, &h.problem),
                  STATUS_NOT_FOUND);
    assert_status(cases_open_file(h.cases, &officer, &look, -1, &h.arena, &f, &h.problem), STATUS_NOT_FOUND);
    assert_status(cases_open_document(h.cases, &officer, &look, 424242, &h.arena, &d, &r, &h.problem),
                  STATUS_NOT_FOUND);
    assert_status(cases_open_letter(h.cases, &officer, &look, 424242, &h.arena, &l, &r, &h.problem),
                  STATUS_NOT_FOUND);
    assert_string_equal(h.problem.text_key, "problem.letter.not_found");
    story_ends(&h);
}

STORIES(cmocka_unit_test(R_GD_02_without_a_purpose_nothing_is_read_and_the_try_is_recorded),
        cmocka_unit_test(an_applicant_never_sees_a_list_of_others),
        cmocka_unit_test(a_draft_is_nobodys_but_its_owners_business),
        cmocka_unit_test(staff_of_another_unit_see_no_names_without_a_reason),
        cmocka_unit_test(R_GD_05_claim_and_health_are_closed_to_the_registration_counter),
        cmocka_unit_test(breaking_the_glass_needs_a_reason_and_is_flagged),
        cmocka_unit_test(many_looks_in_between_do_not_hide_a_conflict),
        cmocka_unit_test(R_PH_03_a_forged_token_proves_nothing),
        cmocka_unit_test(a_case_that_is_not_there_is_named_so))
