#include "base/json.h"
#include "check.h"

static void what_is_written_reads_back(void **state) {
    (void)state;
    struct arena a = {0};
    struct out o = {.arena = &a};
    struct json_out j = {.out = &o};
    json_begin_object(&j);
    json_key(&j, "name");
    json_put_text(&j, T("A \"quoted\"\n\\ name"));
    json_key(&j, "list");
    json_begin_array(&j);
    json_put_int(&j, -3);
    json_begin_object(&j);
    json_end_object(&j);
    json_put_bool(&j, true);
    json_put_null(&j);
    json_end_array(&j);
    json_end_object(&j);
    assert_text(out_done(&o), "{\"name\":\"A \\\"quoted\\\"\\u000a\\\\ name\",\"list\":[-3,{},true,null]}");
    json_t *v;
    assert_ok(json_read(out_done(&o), 1000, &v, NULL));
    assert_text(json_text(v, "name", T("")), "A \"quoted\"\n\\ name");
    json_decref(v);
    arena_free(&a);
}

static void hostile_json_is_refused_with_a_line(void **state) {
    (void)state;
    struct problem p;
    json_t *v;
    assert_status(json_read(T("{\"a\":1,\n\"a\":2}"), 1000, &v, &p), STATUS_INVALID);
    assert_int_equal(p.line, 2);
    assert_status(json_read(T("[1,2]"), 3, &v, &p), STATUS_TOO_LARGE);
    char deep[400];
    memset(deep, '[', 200);
    memset(deep + 200, ']', 200);
    assert_status(json_read((struct text){deep, 400}, 1000, &v, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "json_depth");
    assert_null(v);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(hostile_json_is_refused_with_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
