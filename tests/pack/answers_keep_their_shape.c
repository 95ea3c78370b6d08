// Answers: flat paths, canonical bytes, nested JSON, and bounds.
#include "base/cbor.h"
#include "check.h"
#include "pack/form.h"

static struct arena arena;

static struct answers some(void) {
    struct answers s = {.arena = &arena};
    assert_ok(answers_set(&s, T("family[10].given_names"), T("Zahra")));
    assert_ok(answers_set(&s, T("birth_date"), T("1990-05")));
    for (int i = 9; i >= 0; i--)
        assert_ok(
            answers_set(&s, text_printf(&arena, "family[%d].given_names", i), text_printf(&arena, "N%d", i)));
    assert_ok(answers_set(&s, T("family[2].papers[0].number"), T("A1")));
    assert_ok(answers_set(&s, T("special_needs[0]"), T("PREG")));
    assert_ok(answers_set(&s, T("special_needs[1]"), T("HEALTH")));
    return s;
}

static void bytes_and_json_give_the_same_answers_back(void **state) {
    (void)state;
    struct answers s = some(), from_bytes, from_json;
    struct bytes b = answers_encode(&arena, &s);
    assert_true(cbor_check(b));
    assert_ok(answers_decode(&arena, b, &from_bytes));
    assert_true(answers_eq(&s, &from_bytes));
    struct text json = answers_json(&arena, &s);
    assert_true(text_starts(
        json, T("{\"birth_date\":\"1990-05\",\"family\":[{\"given_names\":\"N0\"},{\"given_names\":\"N1\"},"
                "{\"given_names\":\"N2\",\"papers\":[{\"number\":\"A1\"}]}")));
    assert_true(text_ends(json, T("{\"given_names\":\"Zahra\"}],\"special_needs\":[\"PREG\",\"HEALTH\"]}")));
    assert_ok(answers_from_json(&arena, json, &from_json, NULL));
    assert_true(answers_eq(&s, &from_json));
    assert_int_equal(s.bytes, from_json.bytes);
}

static void removing_an_entry_closes_the_gap(void **state) {
    (void)state;
    struct answers s = some();
    assert_int_equal(answers_count(&s, T("family")), 11);
    answers_remove(&s, T("family[2]"));
    assert_int_equal(answers_count(&s, T("family")), 10);
    assert_text(answers_get(&s, T("family[2].given_names")), "N3");
    assert_text(answers_get(&s, T("family[9].given_names")), "Zahra");
    assert_null(answers_get(&s, T("family[2].papers[0].number")).p);
    answers_remove(&s, T("family[5].nothing"));
    assert_int_equal(answers_count(&s, T("family")), 10);
    answers_remove(&s, T("family"));
    assert_int_equal(answers_count(&s, T("family")), 0);
    answers_remove(&s, T(""));
    assert_int_equal(s.count + s.bytes, 0);
}

static void an_empty_answer_is_none(void **state) {
    (void)state;
    struct answers s = some();
    size_t before = s.count;
    assert_ok(answers_set(&s, T("birth_date"), T("")));
    assert_int_equal(s.count, before - 1);
    assert_null(answers_get(&s, T("birth_date")).p);
}

static void odd_paths_are_refused(void **state) {
    (void)state;
    static const char *const BAD[] = {
        "",       ".a",    "a.",    "a..b",     "a[",
        "a[]",    "a[01]", "a[1",   "a[1]b",    "a[99999]",
        "a[200]", "a b",   "a[-1]", "\xC3\xA4", "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o"};
    static const char *const GOOD[] = {"a", "a[0]", "a[0][199]", "a_1.B2[10].c"};
    struct answers s = {.arena = &arena};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (answers_set(&s, text_of(BAD[i]), T("x")) != STATUS_INVALID) fail_msg("accepted \"%s\"", BAD[i]);
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        assert_ok(answers_set(&s, text_of(GOOD[i]), T("x")));
    assert_status(answers_set(&s, T("a"), T("\xFF")), STATUS_INVALID);
    char *large = arena_alloc(&arena, ANSWER_VALUE_MAX + 1);
    memset(large, 'x', ANSWER_VALUE_MAX + 1);
    assert_status(answers_set(&s, T("a"), (struct text){large, ANSWER_VALUE_MAX + 1}), STATUS_TOO_LARGE);
}

static void the_number_of_answers_is_bounded(void **state) {
    (void)state;
    struct answers s = {.arena = &arena};
    for (int i = 0; i < ANSWERS_MAX; i++) assert_ok(answers_set(&s, text_printf(&arena, "a%d", i), T("x")));
    assert_status(answers_set(&s, T("b"), T("x")), STATUS_TOO_LARGE);
    assert_ok(answers_set(&s, T("a7"), T("y")));
}

static void a_path_that_is_also_a_parent_stays_valid_json(void **state) {
    (void)state;
    static const char *const PATHS[] = {"a", "a.b", "a[0]", "a0", "aB", "c.d", "c[1]", "c[1].e"};
    struct answers s = {.arena = &arena}, back;
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++)
        assert_ok(answers_set(&s, text_of(PATHS[i]), T("x")));
    assert_ok(answers_from_json(&arena, answers_json(&arena, &s), &back, NULL)); // no key twice
    struct feel_value v = form_feel(&arena, NULL, &s);
    assert_int_equal(v.kind, FEEL_CONTEXT);
}

static void stored_bytes_that_changed_are_noticed(void **state) {
    (void)state;
    struct answers s = some(), out;
    struct bytes b = answers_encode(&arena, &s);
    assert_status(answers_decode(&arena, (struct bytes){b.p, b.n - 1}, &out), STATUS_CORRUPT);
    struct out twice = {.arena = &arena};
    cbor_map(&twice, 2);
    for (int i = 0; i < 2; i++) cbor_text(&twice, T("a")), cbor_text(&twice, T("x"));
    assert_status(answers_decode(&arena, bytes_of(out_done(&twice)), &out), STATUS_CORRUPT);
}

static int free_arena(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_and_json_give_the_same_answers_back),
        cmocka_unit_test(removing_an_entry_closes_the_gap),
        cmocka_unit_test(an_empty_answer_is_none),
        cmocka_unit_test(odd_paths_are_refused),
        cmocka_unit_test(the_number_of_answers_is_bounded),
        cmocka_unit_test(a_path_that_is_also_a_parent_stays_valid_json),
        cmocka_unit_test(stored_bytes_that_changed_are_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, free_arena);
}
