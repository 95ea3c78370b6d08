#include "check.h"
#include "pack/identity_law.h"

static enum status read_law(struct arena *a, const char *json, struct identity_law **out, struct problem *p) {
    *p = (struct problem){0};
    return identity_law_read(a, text_of(json), out, p);
}

static void what_is_not_said_is_usual(void **state) {
    (void)state;
    struct arena a = {0};
    struct problem p;
    struct identity_law *law;
    assert_int_equal(
        read_law(
            &a,
            "{\"weights\":{\"sex\":{\"agree\":0,\"differ\":-0.5}},\"prior\":-20.5,\"possible\":0.2,"
            "\"measured_on\":\"pairs\",\"measured\":[{\"agreement\":0.6,\"false_matches\":0.1,"
            "\"missed\":0.12}],\"searches\":{\"persons\":1000,\"rates\":[{\"asked\":\"same\",\"score\":0.1,"
            "\"false_hits\":0.5},{\"asked\":\"same\",\"score\":0.9,\"missed\":0.25}]}}",
            &law, &p),
        STATUS_OK);
    assert_true(law->rules.weight[FEATURE_SEX].agree == 0 && law->rules.weight[FEATURE_SEX].differ == -0.5);
    assert_true(law->rules.weight[FEATURE_NAME].agree == COMPARE_RULES.weight[FEATURE_NAME].agree);
    assert_true(law->rules.prior == -20.5 && law->rules.possible == 0.2 &&
                law->rules.likely == COMPARE_RULES.likely);
    assert_int_equal(law->measured_count, 1);
    assert_true(law->measured[0].missed == 0.12);
    assert_true(law->searched_persons == 1000);
    assert_null(identity_law_searched(law, T("same"), 0.05));
    assert_null(identity_law_searched(law, T("other"), 0.5));
    assert_true(identity_law_searched(law, T("same"), 0.5)->false_hits == 0.5);
    assert_true(identity_law_searched(law, T("same"), 0.95)->missed == 0.25);
    arena_free(&a);
}

static void mistakes_have_their_place(void **state) {
    (void)state;
    static const struct {
        const char *json, *field, *rule;
    } WRONG[] = {
        {"{\"weights\":{\"shoe\":{}}}", "weights", "member_unknown"},
        {"{\"weights\":{\"name\":{\"agree\":-1}}}", "weights.name.agree", "value_range"},
        {"{\"weights\":{\"name\":{\"differ\":\"much\"}}}", "weights.name.differ", "value_kind"},
        {"{\"possible\":2}", "possible", "value_range"},
        {"{\"possible\":0.9,\"likely\":0.5}", "likely", "value_range"},
        {"{\"measured\":[{\"missed\":7}]}", "measured[0].missed", "value_range"},
        {"{\"searches\":{\"persons\":0}}", "searches.persons", "value_range"},
        {"{\"searches\":{\"rates\":[{\"score\":2}]}}", "searches.rates[0].score", "value_range"},
    };
    struct arena a = {0};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct problem p;
        struct identity_law *law;
        assert_int_equal(read_law(&a, WRONG[i].json, &law, &p), STATUS_INVALID);
        assert_string_equal(p.rule, WRONG[i].rule);
        assert_string_equal(p.field, WRONG[i].field);
    }
    arena_free(&a);
}

// What the usual pack says is what the library would do by itself: a change of one is a change of both.
static void the_usual_pack_says_the_usual(void **state) {
    (void)state;
    static char json[65536];
    FILE *f = fopen("packs/eu-common/identity.json", "rb");
    assert_non_null(f);
    size_t n = fread(json, 1, sizeof json - 1, f);
    fclose(f);
    json[n] = 0;
    struct arena a = {0};
    struct problem p;
    struct identity_law *law;
    assert_int_equal(read_law(&a, json, &law, &p), STATUS_OK);
    for (int k = 0; k < FEATURE_COUNT; k++) {
        assert_true(law->rules.weight[k].agree == COMPARE_RULES.weight[k].agree);
        assert_true(law->rules.weight[k].differ == COMPARE_RULES.weight[k].differ);
    }
    assert_true(law->rules.prior == COMPARE_RULES.prior && law->rules.possible == COMPARE_RULES.possible);
    assert_true(law->measured_count > 0 && law->measured_on.n);
    const struct identity_searched *s = identity_law_searched(law, T("same"), law->rules.possible);
    assert_true(s && s->score == law->rules.possible && law->searched_persons > 0 && law->searched_on.n);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_said_is_usual),
        cmocka_unit_test(mistakes_have_their_place),
        cmocka_unit_test(the_usual_pack_says_the_usual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
