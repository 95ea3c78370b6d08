#include "story.h"

// A whole form, with one section answered otherwise.
static int64_t submitted_with(struct house *h, const char *section, const char *const answers[][2]) {
    int64_t id = filled_draft(h, APPLICANT);
    save(h, APPLICANT, id, section, answers);
    DO(h, APPLICANT, .kind = COMMAND_SUBMIT_APPLICATION, .case_id = id, .submit_application = {T("1")});
    return id;
}

static void is_on_paper(struct house *h, int64_t id, const char *rule) {
    struct case_file f;
    open_file(h, APPLICANT, "own_file", id, &f);
    assert_text(f.channel, "paper");
    assert_text(f.channel_rule, rule);
    for (size_t i = 0; i < f.letters.count; i++) assert_true(f.letters.items[i].needs_printing);
    assert_int_equal(f.letters.count, 2); // the receipt, and why it comes on paper
}

static void R_CH_03_ch_1_unaccompanied_minor_goes_to_paper_and_cannot_leave_it(void **state) {
    (void)state;
    static const char *const YOUNG[][2] = {{"birth_date", "2011-04"},  {"birth_date_basis", "told"},
                                           {"birth_country", "IRN"},   {"sex", "2"},
                                           {"civil_status", "single"}, {0}};
    struct house h;
    house_new(&h);
    int64_t id = submitted_with(&h, "birth", YOUNG);
    is_on_paper(&h, id, "CH-1");
    REFUSED(&h, APPLICANT, STATUS_INVALID, "channel_excluded", .kind = COMMAND_CHOOSE_CHANNEL, .case_id = id,
            .choose_channel = {T("online")});
    DO(&h, APPLICANT, .kind = COMMAND_CHOOSE_CHANNEL, .case_id = id, .choose_channel = {T("paper")});
    REFUSED(&h, APPLICANT, STATUS_INVALID, "channel_excluded", .kind = COMMAND_CHOOSE_CHANNEL, .case_id = id,
            .choose_channel = {T("online")});
    is_on_paper(&h, id, "CH-1");
    story_ends(&h);
}

static void R_CH_03_ch_3_vulnerable_people_get_paper_and_may_return(void **state) {
    (void)state;
    static const char *const NEEDS[][2] = {{"special_needs[0]", "PREG"}, {"urgent_help", "no"}, {0}};
    struct house h;
    house_new(&h);
    int64_t id = submitted_with(&h, "needs", NEEDS);
    is_on_paper(&h, id, "CH-3");
    assert_true(head_of(&h, id).is_vulnerable);
    DO(&h, APPLICANT, .kind = COMMAND_CHOOSE_CHANNEL, .case_id = id, .choose_channel = {T("online")});
    assert_false(head_of(&h, id).is_paper);
    story_ends(&h);
}

static void R_CH_03_ch_4_detained_people_are_served_on_site(void **state) {
    (void)state;
    static const char *const CLOSED[][2] = {{"channel", "online"},
                                            {"address", "Closed centre"},
                                            {"has_device", "yes"},
                                            {"place_kind", "closed"},
                                            {0}};
    struct house h;
    house_new(&h);
    int64_t id = submitted_with(&h, "contact", CLOSED);
    is_on_paper(&h, id, "CH-4");
    REFUSED(&h, APPLICANT, STATUS_INVALID, "channel_excluded", .kind = COMMAND_CHOOSE_CHANNEL, .case_id = id,
            .choose_channel = {T("online")});
    story_ends(&h);
}

static void R_CH_03_ch_5_without_a_device_letters_come_on_paper(void **state) {
    (void)state;
    static const char *const NO_DEVICE[][2] = {{"channel", "online"},
                                               {"address", "Harbour Road 1"},
                                               {"has_device", "no"},
                                               {"place_kind", "reception"},
                                               {0}};
    struct house h;
    house_new(&h);
    int64_t id = submitted_with(&h, "contact", NO_DEVICE);
    is_on_paper(&h, id, "CH-5");
    story_ends(&h);
}

static void R_CH_03_ch_6_whoever_asks_for_paper_gets_it(void **state) {
    (void)state;
    static const char *const PAPER[][2] = {{"channel", "paper"},
                                           {"address", "Harbour Road 1"},
                                           {"has_device", "yes"},
                                           {"place_kind", "reception"},
                                           {0}};
    struct house h;
    house_new(&h);
    int64_t id = submitted_with(&h, "contact", PAPER);
    is_on_paper(&h, id, "CH-6");
    story_ends(&h);
}

static void R_CH_03_ch_3_vulnerability_found_at_the_counter_moves_the_case(void **state) {
    (void)state;
    static const char *const NEEDS[][2] = {{"special_needs[0]", "TORTURE"}, {"urgent_help", "no"}, {0}};
    struct house h;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    assert_false(head_of(&h, id).is_paper);
    REFUSED(&h, REGISTRAR, STATUS_INVALID, "required", .kind = COMMAND_SAVE_ANSWERS, .case_id = id,
            .purpose = T("registration"),
            .save_answers = {.section = T("needs"), .answers = answers_of(&h.arena, NEEDS)});
    DO(&h, REGISTRAR, .kind = COMMAND_SAVE_ANSWERS, .case_id = id, .purpose = T("registration"),
       .save_answers = {.section = T("needs"),
                        .answers = answers_of(&h.arena, NEEDS),
                        .reason = T("Told at the counter.")});
    assert_true(head_of(&h, id).is_paper);
    DO(&h, APPLICANT, .kind = COMMAND_CHOOSE_CHANNEL, .case_id = id, .choose_channel = {T("online")});
    DO(&h, REGISTRAR, .kind = COMMAND_SAVE_ANSWERS, .case_id = id, .purpose = T("registration"),
       .save_answers = {
           .section = T("needs"), .answers = answers_of(&h.arena, NEEDS), .reason = T("Spelling.")});
    assert_false(head_of(&h, id).is_paper); // nothing new: the person's choice stands
    story_ends(&h);
}

static void R_CH_07_leaving_the_account_prints_what_was_not_opened(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    registered(&h, id);
    int64_t receipt = newest_letter(&h, id, "receipt"),
            certificate = newest_letter(&h, id, "registration_certificate");
    DO(&h, APPLICANT, .kind = COMMAND_OPEN_LETTER, .case_id = id, .open_letter = {receipt});
    DO(&h, APPLICANT, .kind = COMMAND_CHOOSE_CHANNEL, .case_id = id, .choose_channel = {T("paper")});
    open_file(&h, APPLICANT, "own_file", id, &f);
    for (size_t i = 0; i < f.letters.count; i++)
        assert_int_equal(f.letters.items[i].needs_printing, f.letters.items[i].letter == certificate);
    for (size_t i = 0; i < f.clocks.count; i++)
        if (text_eq(f.clocks.items[i].deadline, T("letter_opening")))
            assert_text(f.clocks.items[i].light, "none");
    struct date today = {2026, 11, 21};
    DO(&h, REGISTRAR, .kind = COMMAND_RECORD_NOTIFICATION, .case_id = id, .purpose = T("registration"),
       .record_notification = {certificate, today, T("by hand")});
    open_file(&h, APPLICANT, "own_file", id, &f);
    for (size_t i = 0; i < f.letters.count; i++) assert_false(f.letters.items[i].needs_printing);
    story_ends(&h);
}

static void R_CH_03_ch_7_a_letter_that_nobody_opens_is_printed(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    int64_t id = submitted(&h, APPLICANT);
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_false(f.letters.items[0].needs_printing);
    int64_t letter = f.letters.items[0].letter;
    pass_hours(&h, 24 * 10);
    ticked(&h);
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_true(f.letters.items[0].needs_printing);
    assert_text(f.channel, "online"); // the letter, not the whole case
    bool told = false;
    for (size_t i = 0; i < f.timeline.count; i++)
        told |= text_eq(f.timeline.items[i].event, T("letter_printed"));
    assert_true(told);
    DO(&h, APPLICANT, .kind = COMMAND_OPEN_LETTER, .case_id = id, .open_letter = {letter});
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_false(f.letters.items[0].needs_printing);
    story_ends(&h);
}

static void R_CH_01_an_application_at_the_counter_needs_no_account(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    house_new(&h);
    DO(&h, REGISTRAR, .kind = COMMAND_START_APPLICATION, .purpose = T("registration"),
       .start_application = {T("fa"), T("")});
    int64_t id = h.result.case_id;
    static const char *const NAMES[][2] = {{"family_name", "Karimi"}, {"given_names", "Reza"}, {0}};
    DO(&h, REGISTRAR, .kind = COMMAND_SAVE_ANSWERS, .case_id = id, .purpose = T("registration"),
       .save_answers = {.section = T("names"), .answers = answers_of(&h.arena, NAMES)});
    open_file(&h, REGISTRAR, "registration", id, &f);
    assert_text(f.channel, "paper");
    REFUSED(&h, APPLICANT, STATUS_REFUSED, "access_relation", .kind = COMMAND_SAVE_ANSWERS, .case_id = id,
            .save_answers = {.section = T("names"), .answers = answers_of(&h.arena, NAMES)});
    story_ends(&h);
}

static struct bytes whole_form(struct house *h, int which, const char *purpose, int64_t id) {
    struct actor a = who(h, which);
    struct look look = {.purpose = text_of(purpose)};
    struct bytes b;
    assert_ok(cases_answers(h->cases, &a, &look, id, T(""), &h->arena, &b, &h->problem));
    return bytes_copy(&h->arena, b);
}

static void R_CH_01_a_paper_form_typed_in_at_once_says_the_same_as_one_saved_step_by_step(void **state) {
    (void)state;
    static const char *const NOBODYS[][2] = {{"no_such_question", "x"}, {0}};
    struct house h;
    struct case_file f;
    house_new(&h);
    struct bytes steps = whole_form(&h, APPLICANT, "own_file", filled_draft(&h, APPLICANT));
    DO(&h, REGISTRAR, .kind = COMMAND_START_APPLICATION, .purpose = T("registration"),
       .start_application = {T("fa"), T("")});
    int64_t id = h.result.case_id;
    REFUSED(&h, REGISTRAR, STATUS_INVALID, "required", .kind = COMMAND_SAVE_ANSWERS, .case_id = id,
            .purpose = T("registration"), .save_answers = {.answers = answers_of(&h.arena, NOBODYS)});
    DO(&h, REGISTRAR, .kind = COMMAND_SAVE_ANSWERS, .case_id = id, .purpose = T("registration"),
       .save_answers = {.answers = steps});
    struct bytes at_once = whole_form(&h, REGISTRAR, "registration", id);
    assert_int_equal(at_once.n, steps.n);
    assert_memory_equal(at_once.p, steps.p, steps.n);
    DO(&h, REGISTRAR, .kind = COMMAND_SUBMIT_APPLICATION, .case_id = id, .purpose = T("registration"),
       .submit_application = {T("1")});
    open_file(&h, REGISTRAR, "registration", id, &f);
    assert_text(f.head.status, "RECEIVED");
    REFUSED(&h, REGISTRAR, STATUS_INVALID, "unknown_code", .kind = COMMAND_SAVE_ANSWERS, .case_id = id,
            .purpose = T("registration"), .save_answers = {.answers = steps, .reason = T("All of it anew.")});
    story_ends(&h);
}

STORIES(cmocka_unit_test(R_CH_03_ch_1_unaccompanied_minor_goes_to_paper_and_cannot_leave_it),
        cmocka_unit_test(R_CH_03_ch_3_vulnerable_people_get_paper_and_may_return),
        cmocka_unit_test(R_CH_03_ch_4_detained_people_are_served_on_site),
        cmocka_unit_test(R_CH_03_ch_5_without_a_device_letters_come_on_paper),
        cmocka_unit_test(R_CH_03_ch_6_whoever_asks_for_paper_gets_it),
        cmocka_unit_test(R_CH_03_ch_3_vulnerability_found_at_the_counter_moves_the_case),
        cmocka_unit_test(R_CH_07_leaving_the_account_prints_what_was_not_opened),
        cmocka_unit_test(R_CH_03_ch_7_a_letter_that_nobody_opens_is_printed),
        cmocka_unit_test(R_CH_01_an_application_at_the_counter_needs_no_account),
        cmocka_unit_test(R_CH_01_a_paper_form_typed_in_at_once_says_the_same_as_one_saved_step_by_step))
