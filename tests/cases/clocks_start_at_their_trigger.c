// Every period of the pack starts where the law says, and ends with the act that fulfils it.
#include "flow/flow.h"
#include "story.h"

static const char *const YOUNG[][2] = {{"birth_date", "2011-04"},  {"birth_date_basis", "told"},
                                       {"birth_country", "IRN"},   {"sex", "2"},
                                       {"civil_status", "single"}, {0}};

static const char *const GROWN[][2] = {{"birth_date", "1991-04"},  {"birth_date_basis", "told"},
                                       {"birth_country", "IRN"},   {"sex", "2"},
                                       {"civil_status", "single"}, {0}};

static int64_t hours_of(struct clock_view k) {
    return (k.due.ms - k.starts.ms) / 3600000;
}

static void eurodac_has_three_days_from_registration(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    assert_text(clock_of(&h, id, "eurodac").state, "");
    assigned(&h, id);
    REFUSED(&h, OFFICER, STATUS_INVALID, "not_now", .kind = COMMAND_RECORD_STEP, .case_id = id,
            .record_step = {T("eurodac_sent"), {2026, 11, 21}});
    registered(&h, id);
    assert_int_equal(hours_of(clock_of(&h, id, "eurodac")), 73); // the hour of the event does not count
    REFUSED(&h, OFFICER, STATUS_INVALID, "date_in_future", .kind = COMMAND_RECORD_STEP, .case_id = id,
            .record_step = {T("eurodac_sent"), {2026, 11, 22}});
    REFUSED(&h, OFFICER, STATUS_INVALID, "before_cause", .kind = COMMAND_RECORD_STEP, .case_id = id,
            .record_step = {T("eurodac_sent"), {2026, 11, 20}});
    pass_hours(&h, 24 * 5);
    ticked(&h);
    assert_text(clock_of(&h, id, "eurodac").state, "overdue");
    // It was done in time and is only recorded now.
    DO(&h, OFFICER, .kind = COMMAND_RECORD_STEP, .case_id = id,
       .record_step = {T("eurodac_sent"), {2026, 11, 23}});
    assert_text(clock_of(&h, id, "eurodac").state, "met");
    assert_text(clock_of(&h, id, "special_needs").state, "running");
    step_done(&h, id, "special_needs_assessed");
    assert_text(clock_of(&h, id, "special_needs").state, "met");
    story_ends(&h);
}

static void a_child_alone_gets_a_representative_in_time(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t grown = submitted(&h, OTHER_APPLICANT), id = filled_draft(&h, APPLICANT);
    save(&h, APPLICANT, id, "birth", YOUNG);
    DO(&h, APPLICANT, .kind = COMMAND_SUBMIT_APPLICATION, .case_id = id, .submit_application = {T("1")});
    registered(&h, id);
    assigned(&h, id);
    assert_text(clock_of(&h, id, "representative").state, "running");
    struct case_file f;
    open_file(&h, OTHER_APPLICANT, "own_file", grown, &f);
    for (size_t i = 0; i < f.clocks.count; i++)
        assert_false(text_eq(f.clocks.items[i].deadline, T("representative")));
    step_done(&h, id, "representative_appointed");
    assert_text(clock_of(&h, id, "representative").state, "met");
    story_ends(&h);
}

static void a_child_with_a_parent_is_not_alone(void **state) {
    (void)state;
    static const char *const FAMILY[][2] = {{"has_family", "yes"},
                                            {"family[0].relation", "parent"},
                                            {"family[0].family_name", "Hosseini"},
                                            {"family[0].given_names", "Leila"},
                                            {"family[0].birth_date", "1985"},
                                            {"family[0].whereabouts", "with_me"},
                                            {0}};
    struct house h;
    house_new(&h);
    int64_t id = filled_draft(&h, APPLICANT);
    save(&h, APPLICANT, id, "birth", YOUNG);
    save(&h, APPLICANT, id, "family", FAMILY);
    DO(&h, APPLICANT, .kind = COMMAND_SUBMIT_APPLICATION, .case_id = id, .submit_application = {T("1")});
    assert_text(clock_of(&h, id, "representative").state, "");
    assert_true(head_of(&h, id).is_minor);
    story_ends(&h);
}

// The birth date is corrected at the counter: she is a child. Later it turns out that she is not.
static void a_correction_starts_and_ends_what_depends_on_it(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    pass_hours(&h, 24 * 3);
    for (int young = 1; young >= 0; young--) {
        DO(&h, REGISTRAR, .kind = COMMAND_SAVE_ANSWERS, .case_id = id, .purpose = T("registration"),
           .save_answers = {.section = T("birth"),
                            .answers = answers_of(&h.arena, young ? YOUNG : GROWN),
                            .reason = T("Shown by a certificate.")});
        assert_text(clock_of(&h, id, "representative").state, young ? "running" : "met");
    }
    assert_int_equal(h.fixed.at.ms - clock_of(&h, id, "representative").starts.ms, INT64_C(3) * 86400000);
    story_ends(&h);
}

static void choose(struct house *h, int64_t id, const char *track) {
    DO(h, OFFICER, .kind = COMMAND_CHOOSE_TRACK, .case_id = id,
       .choose_track = {text_of(track), T("Art. 42 applies to what was told.")});
}

static void an_officer_chooses_the_track_and_its_time_counts_from_the_lodging(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = to_be_decided(&h);
    assert_text(clock_of(&h, id, "accelerated").state, "");
    REFUSED(&h, OFFICER, STATUS_INVALID, "unknown_code", .kind = COMMAND_CHOOSE_TRACK, .case_id = id,
            .choose_track = {T("fast"), T("Quick.")});
    REFUSED(&h, OFFICER, STATUS_INVALID, "required", .kind = COMMAND_CHOOSE_TRACK, .case_id = id,
            .choose_track = {T("accelerated"), T("")});
    choose(&h, id, "accelerated");
    assert_text(head_of(&h, id).track, "accelerated");
    assert_int_equal(clock_of(&h, id, "accelerated").starts.ms, clock_of(&h, id, "examination").starts.ms);
    choose(&h, id, "admissibility");
    assert_text(clock_of(&h, id, "accelerated").state, "met");
    assert_text(clock_of(&h, id, "admissibility").state, "running");
    choose(&h, id, "accelerated");
    assert_text(clock_of(&h, id, "accelerated").state, "running");
    int64_t decision = proposed(&h, id, "manifestly_unfounded");
    DO(&h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    assert_text(clock_of(&h, id, "accelerated").state, "met");
    // This outcome does not let the person stay by itself: they ask for it, in time.
    assert_text(clock_of(&h, id, "stay_request").state, "");
    DO(&h, APPLICANT, .kind = COMMAND_OPEN_LETTER, .case_id = id,
       .open_letter = {newest_letter(&h, id, "decision_negative")});
    assert_text(clock_of(&h, id, "stay_request").state, "running");
    assert_text(clock_of(&h, id, "stay_request").owner, "person");
    DO(&h, REGISTRAR, .kind = COMMAND_SAVE_ANSWERS, .case_id = id, .purpose = T("registration"),
       .save_answers = {T("birth"), answers_of(&h.arena, GROWN), T("She is single.")});
    assert_text(clock_of(&h, id, "stay_request").state, "running"); // what it depends on is as before
    DO(&h, APPLICANT, .kind = COMMAND_LODGE_APPEAL, .case_id = id, .lodge_appeal = {T("I must stay."), true});
    assert_text(clock_of(&h, id, "stay_request").state, "met");
    assert_text(clock_of(&h, id, "appeal_result").state, "running");
    DO(&h, OFFICER, .kind = COMMAND_RECORD_APPEAL_OUTCOME, .case_id = id,
       .record_appeal_outcome = {T("dismissed"), T("The court dismisses the appeal."), T("C 7")});
    assert_text(clock_of(&h, id, "appeal_result").state, "met");
    story_ends(&h);
}

static void R_RD_04_what_a_person_asks_is_answered_in_time_and_by_another(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    registered(&h, id);
    assigned(&h, id);
    REFUSED(&h, APPLICANT, STATUS_INVALID, "unknown_code", .kind = COMMAND_ASK_RIGHT, .case_id = id,
            .ask_right = {T("money"), T("")});
    DO(&h, APPLICANT, .kind = COMMAND_ASK_RIGHT, .case_id = id,
       .ask_right = {T("human_review"), T("The suggestion.")});
    int64_t review = h.result.made;
    struct paper_receipt paper = {.on = {2026, 11, 21}, .by = T("counter")};
    DO(&h, REGISTRAR, .kind = COMMAND_ASK_RIGHT, .case_id = id, .paper = paper,
       .ask_right = {T("access"), T("")});
    int64_t access = h.result.made;
    assert_text(clock_of(&h, id, "human_review").state, "running");
    assert_text(clock_of(&h, id, "access_request").state, "running");
    REFUSED(&h, OFFICER, STATUS_REFUSED, "another_person", .kind = COMMAND_ANSWER_RIGHT, .case_id = id,
            .answer_right = {review, T("I looked again.")});
    DO(&h, SECOND, .kind = COMMAND_ANSWER_RIGHT, .case_id = id,
       .answer_right = {review, T("I looked at the suggestion. Nobody has followed it.")});
    DO(&h, OFFICER, .kind = COMMAND_ANSWER_RIGHT, .case_id = id,
       .answer_right = {access, T("All data is on the page Your data.")});
    REFUSED(&h, OFFICER, STATUS_INVALID, "request_closed", .kind = COMMAND_ANSWER_RIGHT, .case_id = id,
            .answer_right = {access, T("Once more.")});
    assert_text(clock_of(&h, id, "human_review").state, "met");
    assert_text(clock_of(&h, id, "access_request").state, "met");
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_int_equal(f.rights.count, 2);
    assert_text(f.rights.items[1].answer, "I looked at the suggestion. Nobody has followed it.");
    story_ends(&h);
}

static void a_closed_case_owes_nothing_more_by_itself(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    assigned(&h, id);
    DO(&h, APPLICANT, .kind = COMMAND_WITHDRAW_APPLICATION, .case_id = id, .withdraw_application = {T("")});
    int64_t decision = proposed(&h, id, "withdrawn_explicit");
    DO(&h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    assert_text(clock_of(&h, id, "special_needs").state, "running");
    DO(&h, APPLICANT, .kind = COMMAND_OPEN_LETTER, .case_id = id,
       .open_letter = {newest_letter(&h, id, "decision_closed")});
    assert_text(clock_of(&h, id, "special_needs").state, "met");
    story_ends(&h);
}

static bool is_started_by(const struct flow_element *e, struct text rule) {
    if (text_eq(flow_property(e, T("deadline"), T("")), rule)) return true;
    for (size_t i = 0; i < e->headers.count; i++)
        if (text_eq(e->headers.items[i].name, T("rule")) && text_eq(e->headers.items[i].value, rule))
            return true;
    return false;
}

static bool is_in_process(const struct pack *pack, struct text rule) {
    for (size_t p = 0; p < pack_processes(pack); p++) {
        const struct flow_model *m = pack_process(pack, p);
        for (size_t i = 0; i < flow_count(m); i++)
            if (is_started_by(flow_element(m, (int)i), rule)) return true;
    }
    return false;
}

// A table says which clock a process starts.
static bool is_in_table(struct house *h, const struct pack *pack, struct text rule) {
    struct text answer = TEXT_JOIN(&h->arena, T("\""), rule, T("\""));
    size_t at;
    for (size_t i = 0; i < pack_decisions(pack); i++)
        if (text_find(text_of_bytes(pack_file_content(pack, pack_decision_file(pack, i))), answer, &at))
            return true;
    return false;
}

static bool is_of_an_outcome(const struct pack *pack, struct text rule) {
    const struct code_list *l = pack_codes(pack, T("outcome"));
    struct outcome o;
    for (size_t i = 0; i < code_count(l); i++)
        if (!pack_outcome(pack, code_at(l, i)->code, &o) && text_eq(o.appeal, rule)) return true;
    return false;
}

// A rule that nothing starts would promise a limit that nobody keeps.
static void no_rule_of_the_pack_is_dead(void **state) {
    (void)state;
    static const char *const BY_COMMAND[] = {"requested",     "message_received", "error_reported",
                                             "letter_issued", "rights_requested", "review_requested",
                                             "non_compliance"};
    struct house h;
    house_new(&h);
    const struct pack *pack = cases_pack(h.cases);
    const struct deadlines *all = pack_deadlines(pack);
    for (size_t i = 0; i < all->count; i++) {
        const struct deadline_rule *r = &all->items[i];
        bool starts = r->met_by.n || is_in_process(pack, r->id) || is_of_an_outcome(pack, r->id);
        starts |= is_in_table(&h, pack, r->id);
        for (size_t k = 0; k < sizeof BY_COMMAND / sizeof *BY_COMMAND; k++)
            starts |= text_eq(r->trigger, text_of(BY_COMMAND[k]));
        if (!starts) fail_msg("nothing starts " TEXT_FMT, TEXT_ARG(r->id));
    }
    house_end(&h);
}

STORIES(cmocka_unit_test(eurodac_has_three_days_from_registration),
        cmocka_unit_test(a_child_alone_gets_a_representative_in_time),
        cmocka_unit_test(a_child_with_a_parent_is_not_alone),
        cmocka_unit_test(a_correction_starts_and_ends_what_depends_on_it),
        cmocka_unit_test(an_officer_chooses_the_track_and_its_time_counts_from_the_lodging),
        cmocka_unit_test(R_RD_04_what_a_person_asks_is_answered_in_time_and_by_another),
        cmocka_unit_test(a_closed_case_owes_nothing_more_by_itself),
        cmocka_unit_test(no_rule_of_the_pack_is_dead))
