// Whoever breaks one thing of the shipped pack reads of exactly that thing, and of the right it takes away.
#include "pack/pack_report.h"
#include "pack_folder.h"

static struct arena arena;
static struct pack_files files;

static int setup(void **state) {
    (void)state;
    files = shipped_files(&arena);
    return 0;
}
static int teardown(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

// "forms/application form_need_missing; R-GD-04": what is wrong, in the report's order.
static struct text wrong_with(const struct pack_files *f) {
    struct pack_report r;
    struct out o = {.arena = &arena};
    pack_examine(&arena, f, NULL, &r);
    size_t count = 0;
    for (size_t i = 0; i < r.findings.count; i++) {
        const struct pack_finding *one = &r.findings.items[i];
        if (one->verdict != PACK_BROKEN) continue;
        out_c(&o, count++ ? "; " : "");
        if (one->section == PACK_SECTION_SAFEGUARDS)
            out_c(&o, one->what.rule);
        else
            out_printf(&o, "%s %s", one->what.field, one->what.rule);
    }
    assert_int_equal(count, r.broken);
    return out_done(&o);
}

static void the_shipped_pack_is_good(void **state) {
    (void)state;
    struct pack_report r;
    pack_examine(&arena, &files, NULL, &r);
    assert_text(wrong_with(&files), "");
    assert_true(r.is_read);
    assert_text(r.id, "eu-asylum");
    bool sections[PACK_SECTION_COUNT] = {0};
    size_t judged = 0;
    for (size_t i = 0; i < r.findings.count; i++) {
        const struct pack_finding *one = &r.findings.items[i];
        sections[one->section] = true;
        judged += one->section == PACK_SECTION_SAFEGUARDS && one->verdict == PACK_HOLDS;
        assert_true(i == 0 || one->section >= r.findings.items[i - 1].section);
    }
    for (size_t i = 0; i < PACK_SECTION_COUNT; i++) assert_true(sections[i]);
    assert_true(judged > 20);
}

static void one_mistake_is_one_finding(void **state) {
    (void)state;
    static const struct {
        const char *file, *from, *to, *wrong;
    } CASES[] = {
        // Files: the first mistake of each, and nothing on how they fit together.
        {"deadlines.json", "\"article\"", "\"artikel\"", "deadlines.json member_unknown"},
        {"decisions/priority.dmn", "<text>", "<text>((", "decisions/priority.dmn feel_expected"},
        // References.
        {"deadlines.json", "2024/1348 Art. 28(1)", "2023/1348 Art. 28(1)", "deadlines.json act_unknown"},
        {"letters/receipt.json", "2024/1348", "2024/1", "letters/receipt act_unknown"},
        {"decisions/suggest_track.dmn", "(EU) 2024/1348", "(EU) 2024/1340",
         "decisions/suggest_track.dmn act_unknown"},
        {"letters/document_request.json", "\"deadline\": \"document_request\"", "\"deadline\": \"never\"",
         "letters/document_request deadline_unknown"},
        // Questions.
        {"forms/application.form", "\"need\": \"WHO_YOU_ARE\",", "",
         "forms/application form_need_missing; R-GD-04"},
        {"forms/application.form", "\"purpose\": \"asylum_examination\",", "",
         "forms/application form_purpose_missing; R-GD-04"},
        {"forms/hold_interview.form", "\"need\": \"CASE_WORK\"", "\"need\": \"CURIOUS\"",
         "forms/hold_interview form_need_unknown; R-GD-04"},
        // Ends against the person.
        {"processes/asylum.bpmn", "\"command\" value=\"sign_decision\"", "\"command\" value=\"add_note\"",
         "processes/asylum.bpmn end_without_signature; R-GD-12"},
        {"processes/asylum.bpmn", "\"command\" value=\"propose_decision\"",
         "\"command\" value=\"record_step\"", "processes/asylum.bpmn end_without_reasons; R-RD-02"},
        {"processes/asylum.bpmn", "key=\"letter\" value=\"decision\"", "key=\"letter\" value=\"receipt\"",
         "processes/asylum.bpmn end_without_letter"},
        {"processes/asylum.bpmn", "messageRef=\"message_decision_notified\"",
         "messageRef=\"message_documents_received\"",
         "processes/asylum.bpmn end_without_notification; R-RD-03"},
        {"processes/asylum.bpmn", "\"command\" value=\"hold_interview\"", "\"command\" value=\"record_step\"",
         "processes/asylum.bpmn end_without_hearing; R-RD-01"},
        // A boundary event leaves the signature without completing it.
        {"processes/asylum.bpmn", "attachedToRef=\"rebook_interview\"", "attachedToRef=\"book_interview\"",
         "processes/asylum.bpmn end_without_hearing; R-RD-01"},
        {"deadlines.json", "\"trigger\": \"notified\"", "\"trigger\": \"lodged\"",
         "codes/outcome.json appeal_not_started; codes/outcome.json appeal_not_started; "
         "codes/outcome.json appeal_not_started; R-RD-03"}, // of the three outcomes with the short time
        {"codes/outcome.json", "\"letter\": \"decision_negative\"", "\"letter\": \"decision_positive\"",
         "codes/outcome.json letter_remedy_missing; R-RD-03"},
        {"forms/propose_decision.form", "\"minLength\": 50, ", "",
         "forms/propose_decision reasons_not_asked; R-RD-02"},
        // Texts.
        {"letters/receipt.json", "\"letter.receipt.intro\"", "\"letter.receipt.outro\"",
         "letters/receipt text_key_unknown; R-AC-07"},
        {"texts/en.po", "msgstr \"Passport\"",
         "msgstr \"One two three four five six seven eight nine ten one two three four five six seven eight "
         "nine "
         "ten one\"",
         "R-AC-06"},
        {"texts/en.po", "msgstr \"Passport\"", "msgstr \"Sign in at https://example.org\"", "R-PH-02"},
        // Access.
        {"processes/asylum.bpmn", "candidateGroups=\"registrar\"", "candidateGroups=\"registrar, clerk\"",
         "processes/asylum.bpmn group_unknown"},
        {"processes/asylum.bpmn", "candidateGroups=\"registrar\"", "candidateGroups=\"auditor\"",
         "processes/asylum.bpmn task_not_allowed"},
        // Other safeguards.
        {"processes/asylum.bpmn", "=complete = true", "=track_suggestion = \"regular\"", "R-AI-23"},
        {"forms/propose_decision.form", "\"key\": \"own_view\"", "\"key\": \"my_view\"", "R-AI-07"},
        {"pack.json", "\"contact_phone\"", "\"contact_fax\"", "R-CH-04"},
        {"codes/channel_rule.json", "\"CH-3\",", "", "R-CH-03"},
        {"access.json", "\"role\": [\"operator\"]", "\"role\": [\"auditor\"]", "R-RD-08"},
        {"deadlines.json", "\"trigger\": \"review_requested\",\n      \"count\": 10",
         "\"trigger\": \"review_requested\",\n      \"count\": 20", "R-RD-04"},
        {"deadlines.json", "\"trigger\": \"rights_requested\",\n      \"count\": 1",
         "\"trigger\": \"rights_requested\",\n      \"count\": 3", "R-GD-06"},
    };
    size_t others = 0;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct pack_files bad = spoiled_files(&arena, &files, CASES[i].file, CASES[i].from, CASES[i].to);
        struct text wrong = wrong_with(&bad);
        if (text_eq(wrong, text_of(CASES[i].wrong))) continue;
        print_message("# %s with %s: \"%s\" instead of \"%s\"\n", CASES[i].file, CASES[i].to,
                      text_c(&arena, wrong), CASES[i].wrong);
        others++;
    }
    assert_int_equal(others, 0);
}

static void all_mistakes_are_told_at_once(void **state) {
    (void)state;
    struct pack_files bad =
        spoiled_files(&arena, &files, "forms/application.form", "\"need\": \"WHO_YOU_ARE\",", "");
    bad = spoiled_files(&arena, &bad, "forms/application.form", "\"need\": \"WHO_YOU_ARE\",", "");
    bad = spoiled_files(&arena, &bad, "letters/receipt.json", "\"letter.receipt.intro\"", "\"letter.other\"");
    assert_text(wrong_with(&bad), "forms/application form_need_missing; forms/application form_need_missing; "
                                  "letters/receipt text_key_unknown; R-GD-04; R-AC-07");
    bad = spoiled_files(&arena, &files, "deadlines.json", "\"article\"", "\"artikel\"");
    bad = spoiled_files(&arena, &bad, "access.json", "\"role\": [\"applicant\"]", "\"role\": [\"king\"]");
    bad = spoiled_files(&arena, &bad, "pack.json", "\"version\"", "\"edition\"");
    assert_text(wrong_with(&bad), "pack.json member_unknown; deadlines.json member_unknown; "
                                  "access.json access_word_unknown");
    struct pack *none = NULL;
    assert_status(pack_read(&arena, &bad, &none, NULL), STATUS_INVALID);
}

static void a_way_around_is_written_out(void **state) {
    (void)state;
    struct pack_report r;
    struct pack_files bad =
        spoiled_files(&arena, &files, "processes/asylum.bpmn", "\"command\" value=\"sign_decision\"",
                      "\"command\" value=\"other\"");
    pack_examine(&arena, &bad, NULL, &r);
    for (size_t i = 0; i < r.findings.count; i++) {
        const struct problem *p = &r.findings.items[i].what;
        if (!text_eq(text_of(p->rule), T("end_without_signature"))) continue;
        assert_string_equal(p->args[0].name, "way");
        assert_true(text_starts(p->args[0].value, T("application_submitted > needs_screening > ")));
        assert_true(text_ends(p->args[0].value, T(" > decision_final")));
        return;
    }
    fail();
}

// The residence permit is decided on paper: its hearing is a letter, a decision in favour needs none, and
// what runs beside the process is no end of it.
static void a_permit_hears_before_it_decides(void **state) {
    (void)state;
    static const struct {
        const char *file, *from, *to, *wrong;
    } CASES[] = {
        {"pack.json", "", "", ""},
        {"letters/hearing.json", "\"kind\": \"hearing\"", "\"kind\": \"notice\"",
         "processes/residence.bpmn end_without_hearing; R-RD-01"},
        {"letters/hearing.json", "\"deadline\": \"hearing\",", "", "letters/hearing.json member_missing"},
        // Not every grant passes the hearing; what may also be against the person is no excuse.
        {"processes/residence.bpmn", "=decision.adverse = false</bpmn",
         "=decision.outcome = \"granted\"</bpmn", "processes/residence.bpmn end_without_hearing; R-RD-01"},
        {"processes/residence.bpmn", "=decision.adverse = false</bpmn",
         "=decision.adverse = false or decision.outcome = \"refused\"</bpmn",
         "processes/residence.bpmn end_without_hearing; R-RD-01"},
        // Told that the time is over, beside the examination: no end of the case, unless it ends all.
        {"processes/residence.bpmn", "<bpmn:incoming>send_overdue_notice_to_overdue_told</bpmn:incoming>",
         "<bpmn:incoming>send_overdue_notice_to_overdue_told</bpmn:incoming>"
         "<bpmn:terminateEventDefinition id=\"all_over\"/>",
         "processes/residence.bpmn end_without_reasons; processes/residence.bpmn end_without_signature; "
         "processes/residence.bpmn end_without_letter; processes/residence.bpmn end_without_notification; "
         "processes/residence.bpmn end_without_hearing; R-GD-12; R-RD-01; R-RD-02; R-RD-03"},
        {"processes/residence.bpmn", "\"meets\" value=\"fee\"", "\"meets\" value=\"fees\"",
         "processes/residence.bpmn deadline_unknown"},
    };
    struct pack_files permit = {0};
    assert_ok(pack_files_from_folder(&arena, "packs/residence", &permit, NULL));
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct pack_files bad = permit;
        if (*CASES[i].from) bad = spoiled_files(&arena, &permit, CASES[i].file, CASES[i].from, CASES[i].to);
        assert_text(wrong_with(&bad), CASES[i].wrong);
    }
}

// The authors say it of each end: of one where they do not, all duties of a decision are asked.
static void an_end_may_decide_nothing(void **state) {
    (void)state;
#define REFUSED                                                                                         \
    "<bpmn:endEvent id=\"request_refused\" name=\"Request refused\">\n      <bpmn:extensionElements>\n" \
    "        <zeebe:properties><zeebe:property name=\"decides\" value=\""
    static const struct {
        const char *pack, *file, *from, *to, *wrong;
    } CASES[] = {
        {"packs/eu-takeover", "", "", "", ""},
        {"packs/eu-takeover", "processes/takeover.bpmn", REFUSED "nothing\"", REFUSED "little\"",
         "processes/takeover.bpmn end_without_reasons; processes/takeover.bpmn end_without_signature; "
         "processes/takeover.bpmn end_without_letter; processes/takeover.bpmn end_without_notification; "
         "processes/takeover.bpmn end_without_hearing; R-GD-12; R-RD-01; R-RD-02; R-RD-03"},
        {"packs/eu-reception", "", "", "", ""},
        {"packs/eu-reception", "processes/reception.bpmn", "name=\"appeal_lodged\"", "name=\"complaint\"",
         "processes/reception.bpmn appeal_not_taken"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct pack_files shipped = {0}, f;
        assert_ok(pack_files_from_folder(&arena, CASES[i].pack, &shipped, NULL));
        f = shipped;
        if (*CASES[i].from) f = spoiled_files(&arena, &shipped, CASES[i].file, CASES[i].from, CASES[i].to);
        assert_text(wrong_with(&f), CASES[i].wrong);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_pack_is_good),         cmocka_unit_test(one_mistake_is_one_finding),
        cmocka_unit_test(all_mistakes_are_told_at_once),    cmocka_unit_test(a_way_around_is_written_out),
        cmocka_unit_test(a_permit_hears_before_it_decides), cmocka_unit_test(an_end_may_decide_nothing),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
