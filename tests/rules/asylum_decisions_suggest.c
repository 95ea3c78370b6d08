// The decisions of the asylum pack, as a caseworker would try them at the counter.
#include "../check.h"
#include "base/json.h"
#include "rules/dmn.h"

enum { FILE_MAX = 1024 * 1024 };

static struct arena arena;

static const struct dmn_model *decisions(const char *file) {
    const struct dmn_model *m;
    struct problem p = {0};
    bool is_common = !strcmp(file, "channel.dmn");
    struct text folder = is_common ? T("packs/eu-common/decisions/") : T("packs/eu-asylum/decisions/");
    FILE *f = fopen(text_c(&arena, TEXT_JOIN(&arena, folder, text_of(file))), "rb");
    assert_non_null(f);
    char *bytes = arena_alloc(&arena, FILE_MAX);
    size_t n = fread(bytes, 1, FILE_MAX, f);
    fclose(f);
    enum status st = dmn_read(&arena, (struct text){bytes, n}, &m, &p);
    if (st)
        fail_msg("%s: %s, line %d, %.*s near %.*s", file, p.rule, (int)p.line, TEXT_ARG(p.args[0].value),
                 TEXT_ARG(p.args[1].value));
    return m;
}

static struct dmn_trace last_trace;

// The decision of a file that has the file's name; today is 21 November 2026.
static struct feel_value decide_on(const char *name, const char *decision, const char *facts) {
    struct feel_now now = {{1795219200000}, T("Europe/Brussels")};
    struct feel_value input, out;
    json_t *json;
    const struct dmn_model *m = decisions(text_c(&arena, TEXT_JOIN(&arena, text_of(name), T(".dmn"))));
    assert_ok(json_read(text_of(facts), FILE_MAX, &json, NULL));
    assert_ok(feel_from_json(&arena, json, &input));
    json_decref(json);
    last_trace = (struct dmn_trace){0};
    assert_ok(dmn_evaluate(m, text_of(decision), &input, &now, &arena, &out, &last_trace));
    for (size_t i = 0; i < last_trace.count; i++)
        for (size_t k = 0; k < last_trace.items[i].diagnostic_count; k++)
            if (strncmp(last_trace.items[i].diagnostics[k].what.text_key, "feel.unknown_name", 17) == 0)
                fail_msg("%s: unknown name %.*s", name,
                         TEXT_ARG(last_trace.items[i].diagnostics[k].what.detail));
    return out;
}

static struct feel_value decide(const char *name, const char *facts) {
    return decide_on(name, name, facts);
}

// "A B C": the codes of a list, in order.
static struct text codes(struct feel_value list) {
    struct out o = {.arena = &arena};
    assert_int_equal(list.kind, FEEL_LIST);
    for (size_t i = 0; i < list.list.count; i++) {
        struct feel_value code = feel_get(&list.list.items[i], T("code"));
        if (i) out_byte(&o, ' ');
        out_text(&o, feel_text(&code));
    }
    return out_done(&o);
}

static bool lists(struct feel_value list, const char *code, const char *severity) {
    for (size_t i = 0; i < list.list.count; i++) {
        struct feel_value c = feel_get(&list.list.items[i], T("code")),
                          s = feel_get(&list.list.items[i], T("severity"));
        if (text_eq(feel_text(&c), text_of(code))) return text_eq(feel_text(&s), text_of(severity));
    }
    return false;
}

static void without_any_fact_the_track_is_regular(void **state) {
    (void)state;
    struct feel_value v = decide("suggest_track", "{}");
    assert_text(feel_text(&v), "regular");
    v = decide("suggest_track",
               "{\"applicant\":{\"nationality\":\"SYR\"},\"case\":{},\"answers\":{},\"flags\":{}}");
    assert_text(feel_text(&v), "regular");
}

static void a_safe_country_of_origin_suggests_acceleration_with_its_article(void **state) {
    (void)state;
    const char *facts =
        "{\"applicant\":{\"nationality\":\"TUN\"},\"case\":{\"made_on\":\"2026-07-01\"},\"answers\":{}}";
    // Dates come as dates from a case; as text they are no dates, and the list does not apply.
    struct feel_value v = decide("suggest_track", facts);
    assert_text(feel_text(&v), "regular");
    const struct dmn_model *m = decisions("suggest_track.dmn");
    struct feel_value applicant = feel_empty_context(), dates = feel_empty_context(),
                      input = feel_empty_context(), out;
    feel_put(&arena, &applicant, T("nationality"), feel_string(T("TUN")));
    feel_put(&arena, &dates, T("made_on"), feel_of_date((struct date){2026, 7, 1}));
    feel_put(&arena, &input, T("applicant"), applicant);
    feel_put(&arena, &input, T("case"), dates);
    struct dmn_trace trace = {0};
    assert_ok(dmn_evaluate(m, T("suggest_track"), &input, NULL, &arena, &out, &trace));
    assert_text(feel_text(&out), "accelerated");
    const struct dmn_step *grounds = NULL;
    for (size_t i = 0; i < trace.count; i++)
        if (text_eq(trace.items[i].id, T("track_grounds"))) grounds = &trace.items[i];
    assert_non_null(grounds);
    assert_int_equal(grounds->rule_count, 1);
    assert_text(grounds->rules[0].id, "ground_safe_origin");
    assert_text(feel_text(&grounds->rules[0].annotations[0].value),
                "Regulation (EU) 2024/1348, Art. 42(1)(e), 42(3)");
    // Before the list applied there is no such ground.
    feel_put(&arena, &dates, T("made_on"), feel_of_date((struct date){2026, 6, 11}));
    feel_put(&arena, &input, T("case"), dates);
    assert_ok(dmn_evaluate(m, T("suggest_track"), &input, NULL, &arena, &out, NULL));
    assert_text(feel_text(&out), "regular");
}

static void admissibility_comes_before_acceleration(void **state) {
    (void)state;
    struct feel_value v =
        decide("suggest_track", "{\"flags\":{\"safe_third_country\":true,\"misleading\":true}}");
    assert_text(feel_text(&v), "admissibility");
    v = decide("suggest_track", "{\"answers\":{\"has_earlier\":\"yes\",\"earlier\":[{\"country\":\"DEU\","
                                "\"outcome\":\"granted\"}]}}");
    assert_text(feel_text(&v), "admissibility");
    v = decide("suggest_track", "{\"answers\":{\"has_earlier\":\"yes\",\"earlier\":[{\"country\":\"DEU\","
                                "\"outcome\":\"rejected\"}]}}");
    assert_text(feel_text(&v), "admissibility");
    v = decide_on("suggest_track", "track_grounds",
                  "{\"answers\":{\"has_earlier\":\"yes\",\"new_elements\":\"a "
                  "letter\",\"earlier\":[{\"outcome\":\"rejected\"}]}}");
    assert_text(codes(v), "accelerated");
    struct feel_value ground = feel_get(&v.list.items[0], T("ground"));
    assert_text(feel_text(&ground), "APR.42.1.g");
}

static void an_unaccompanied_child_has_only_the_grounds_of_article_42_3(void **state) {
    (void)state;
    struct feel_value v = decide(
        "suggest_track", "{\"applicant\":{\"is_unaccompanied_minor\":true},\"flags\":{\"inconsistent\":true,"
                         "\"delays_removal\":true,\"lawful_and_late\":true,\"irrelevant_only\":true}}");
    assert_text(feel_text(&v), "regular");
    v = decide("suggest_track",
               "{\"applicant\":{\"is_unaccompanied_minor\":true},\"flags\":{\"low_recognition\":true}}");
    assert_text(feel_text(&v), "accelerated");
    v = decide("suggest_track", "{\"flags\":{\"low_recognition\":true,\"guarantees_impossible\":true}}");
    assert_text(feel_text(&v), "regular");
}

static const char COMPLETE[] =
    "{\"answers\":{\"family_name\":\"Karimi\",\"birth_date\":\"1990-05\",\"sex\":\"female\","
    "\"nationalities\":[\"AFG\"],"
    "\"languages\":[\"prs\"],\"phone\":\"+3212345678\",\"has_documents\":\"yes\",\"identity_documents\":[{"
    "\"kind\":\"passport\"}],"
    "\"story\":\"It happened so.\",\"entered_on\":\"2026-10\",\"has_family\":\"no\"}}";

static void a_full_application_lacks_nothing(void **state) {
    (void)state;
    assert_text(codes(decide("completeness", COMPLETE)), "");
}

static void an_empty_application_lacks_what_the_law_asks_for(void **state) {
    (void)state;
    struct feel_value v = decide("completeness", "{\"answers\":{}}");
    assert_text(codes(v), "NAME BIRTH_DATE SEX NATIONALITY LANGUAGE CONTACT STORY ENTRY_DATE");
    assert_true(lists(v, "STORY", "stop"));
    assert_true(lists(v, "ENTRY_DATE", "warn"));
    v = decide("completeness", "{\"answers\":{\"is_stateless\":\"true\",\"has_documents\":\"yes\",\"has_"
                               "earlier\":\"yes\",\"family_name\":\"X\","
                               "\"birth_date\":\"1990\",\"sex\":\"male\",\"languages\":[\"ara\"],\"email\":"
                               "\"a@b.c\",\"story\":\"s\","
                               "\"entered_on\":\"2026\"},\"applicant\":{\"is_unaccompanied_minor\":true}}");
    assert_text(codes(v), "IDENTITY_DOCUMENT EARLIER REPRESENTATIVE");
    v = decide("completeness",
               "{\"documents\":[\"passport\"],\"answers\":{\"is_stateless\":true,\"has_documents\":\"yes\","
               "\"family_name\":\"X\","
               "\"birth_date\":\"1990\",\"sex\":\"male\",\"languages\":[\"ara\"],\"email\":\"a@b.c\","
               "\"story\":\"s\","
               "\"entered_on\":\"2026\",\"family\":[{\"relation\":\"child\",\"applies_with_me\":\"yes\"}]}}");
    assert_text(codes(v), "BIRTH_CERTIFICATE");
}

static void plausible_data_have_no_finding(void **state) {
    (void)state;
    assert_text(codes(decide("plausibility", "{\"applicant\":{\"nationality\":\"AFG\"},\"answers\":{\"birth_"
                                             "date\":\"1990-05\",\"nationalities\":"
                                             "[\"AFG\"],\"languages\":[\"prs\"],\"left_on\":\"2026-09\","
                                             "\"entered_on\":\"2026-10-02\",\"family\":"
                                             "[{\"relation\":\"child\",\"birth_date\":\"2015\"},{"
                                             "\"relation\":\"parent\",\"birth_date\":\"1960\"}]}}")),
                "");
}

static void impossible_data_stop_the_registration(void **state) {
    (void)state;
    struct feel_value v = decide("plausibility", "{\"answers\":{\"birth_date\":\"2027-01-01\"}}");
    assert_true(lists(v, "BIRTH_IN_FUTURE", "stop"));
    v = decide("plausibility", "{\"answers\":{\"birth_date\":\"1990-05-03\",\"entered_on\":\"1989\","
                               "\"family\":[{\"relation\":\"child\","
                               "\"birth_date\":\"2001-01\"},{\"relation\":\"parent\",\"birth_date\":\"1980\"}"
                               "],\"is_stateless\":true,"
                               "\"nationalities\":[\"SYR\",\"SYR\"],\"identity_documents\":[{\"kind\":"
                               "\"passport\",\"issued_on\":\"2020-05-01\","
                               "\"expires_on\":\"2019\"}]}}");
    assert_text(codes(v), "CHILD_TOO_NEAR PARENT_TOO_NEAR ENTRY_BEFORE_BIRTH EXPIRY_BEFORE_ISSUE "
                          "STATELESS_WITH_NATIONALITY NATIONALITY_TWICE");
    assert_true(lists(v, "CHILD_TOO_NEAR", "stop"));
}

static void a_partly_known_date_has_the_benefit_of_the_doubt(void **state) {
    (void)state;
    // Born in 1990, entered in 1990: possible. A child of "2002" may be twelve years younger.
    assert_text(codes(decide("plausibility", "{\"answers\":{\"birth_date\":\"1990\",\"entered_on\":\"1990-"
                                             "02\",\"family\":[{\"relation\":\"child\","
                                             "\"birth_date\":\"2002\"}]}}")),
                "");
    assert_text(codes(decide("plausibility", "{\"answers\":{}}")), "BIRTH_UNKNOWN");
}

static void an_unusual_language_is_only_a_hint(void **state) {
    (void)state;
    struct feel_value v = decide("plausibility", "{\"applicant\":{\"nationality\":\"SYR\"},\"answers\":{"
                                                 "\"birth_date\":\"1990\",\"languages\":[\"spa\"]}}");
    assert_text(codes(v), "LANGUAGE_UNUSUAL");
    assert_true(lists(v, "LANGUAGE_UNUSUAL", "warn"));
    v = decide("plausibility", "{\"applicant\":{\"nationality\":\"FJI\"},\"answers\":{\"birth_date\":"
                               "\"1990\",\"languages\":[\"spa\"]}}");
    assert_text(codes(v), "");
}

static void channel_rules_add_paper_and_counter(void **state) {
    (void)state;
    assert_text(codes(decide("channel", "{}")), "");
    assert_text(
        codes(decide("channel",
                     "{\"case\":{\"is_vulnerable\":false},\"applicant\":{\"is_unaccompanied_minor\":true}}")),
        "CH-1");
    assert_text(
        codes(decide(
            "channel",
            "{\"answers\":{\"special_needs\":[\"TORTURE\"],\"reading\":\"cannot\",\"channel\":\"paper\","
            "\"place_kind\":\"closed\"},\"flags\":{\"responsibility_procedure\":true,\"account_not_opened\":"
            "true}}")),
        "CH-2 CH-3 CH-4 CH-5 CH-6 CH-7");
    struct feel_value v = decide("channel", "{\"answers\":{\"has_device\":\"no\"}}");
    struct feel_value rule = feel_get(&v.list.items[0], T("rule"));
    assert_text(feel_text(&rule), "CH-5");
}

static void children_alone_and_special_needs_come_first(void **state) {
    (void)state;
    assert_text(codes(decide("priority", "{}")), "");
    assert_text(codes(decide("priority",
                             "{\"answers\":{\"special_needs\":[\"UAM\"],\"urgent_help\":\"yes\"},\"flags\":"
                             "{\"likely_well_founded\":true}}")),
                "UNACCOMPANIED_MINOR SPECIAL_NEEDS URGENT_HELP LIKELY_WELL_FOUNDED");
}

static int tear_down(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(without_any_fact_the_track_is_regular, tear_down),
        cmocka_unit_test_teardown(a_safe_country_of_origin_suggests_acceleration_with_its_article, tear_down),
        cmocka_unit_test_teardown(admissibility_comes_before_acceleration, tear_down),
        cmocka_unit_test_teardown(an_unaccompanied_child_has_only_the_grounds_of_article_42_3, tear_down),
        cmocka_unit_test_teardown(a_full_application_lacks_nothing, tear_down),
        cmocka_unit_test_teardown(an_empty_application_lacks_what_the_law_asks_for, tear_down),
        cmocka_unit_test_teardown(plausible_data_have_no_finding, tear_down),
        cmocka_unit_test_teardown(impossible_data_stop_the_registration, tear_down),
        cmocka_unit_test_teardown(a_partly_known_date_has_the_benefit_of_the_doubt, tear_down),
        cmocka_unit_test_teardown(an_unusual_language_is_only_a_hint, tear_down),
        cmocka_unit_test_teardown(channel_rules_add_paper_and_counter, tear_down),
        cmocka_unit_test_teardown(children_alone_and_special_needs_come_first, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
