// A register is a file of the pack. What it says of fields, access, law and time is held against everything
// else.
#include "../registers/register_pack.h"
#include "pack/pack_diff.h"
#include "pack/register.h"
#include "pack_folder.h"

static struct arena arena;
static struct text shipped;

static int setup(void **state) {
    (void)state;
    crypto_start();
    shipped = register_file(&arena, "tests/registers/ban.form");
    return 0;
}
static int teardown(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

static enum status read_pack(struct text content, struct pack **out, struct problem *p) {
    struct pack_files files;
    assert_ok(pack_files_from_folder(&arena, "packs/eu-asylum", &files, NULL));
    add_ban(&arena, &files, content);
    return pack_read(&arena, &files, out, p);
}

static void a_register_is_read(void **state) {
    (void)state;
    struct problem p = {0};
    struct pack *pack;
    enum status st = read_pack(shipped, &pack, &p);
    if (st) print_message("# %s %s " TEXT_FMT "\n", p.field, p.rule, TEXT_ARG(p.args[1].value));
    assert_int_equal(st, STATUS_OK);
    const struct pack_register *g = pack_register(pack, T("ban"));
    assert_non_null(g);
    assert_text(g->prefix, "BAN");
    assert_text(g->title_key, "register.ban.title");
    assert_int_equal(g->about, REGISTER_PERSON);
    assert_int_equal(g->columns.count, 4);
    assert_int_equal(g->columns.items[2].field->search, SEARCH_NUMBER);
    assert_int_equal(form_field_at(g->form, T("names[0].family"))->search, SEARCH_FAMILY);
    assert_int_equal(g->key_count, 1);
    assert_true(g->needs_two[REGISTER_END] && !g->needs_two[REGISTER_RECORD]);
    assert_int_equal(g->retention_count, 3);
    assert_int_equal(g->retention[1].then, THEN_PSEUDONYMISE);
    assert_int_equal(g->fault_reply_days, 30);
    assert_true(pack_register_source(pack, T("ban")).n == shipped.n);
    pack_release(pack);
}

static void each_mistake_is_named(void **state) {
    (void)state;
    static const struct {
        const char *from, *to, *rule;
    } CASES[] = {
        {"\"issuing_state\",\n        \"number\"", "\"issuing_state\",\n        \"nummer\"", "field_unknown"},
        {"\"issuing_state\",\n        \"number\"", "\"names[0].family\"", "register_repeat"},
        {"\"supervisor\"", "\"superviser\"", "access_word_unknown"},
        {"\"confirm\",", "\"bless\",", "value_unknown"},
        {"\"search\": \"family\"", "\"search\": \"surname\"", "value_unknown"},
        {"\"GDPR:6\"", "\"GDPX:6\"", "legal_reference_unknown"},
        {"\"GDPR:5\"", "\"5\"", "legal_reference_unknown"},
        {"\"from\": \"expires_on\"", "\"from\": \"number\"", "register_date"},
        {"kind = \\\"BAN\\\"", "kinds = \\\"BAN\\\"", "field_unknown"},
        {"kind = \\\"BAN\\\"", "kind = (", "expression"},
        {"\"id\": \"default\",", "\"id\": \"default\", \"when\": \"kind = \\\"BAN\\\"\",",
         "register_retention_open"},
        {"\"prefix\": \"BAN\"", "\"prefix\": \"Ban\"", "register_prefix"},
        {"\"use\": \"register\"", "\"use\": \"task\"", "register_use"},
        {"\"age_group\"", "\"number\"", "register_dimension"},
        {"\"register.ban.title\"", "\"register.ban.titel\"", "text_key_unknown"},
        {"\"class\": \"security\"", "\"class\": \"health\"", "register_class_unread"},
        {"\"need\": \"CASE_WORK\",\n        \"class\": \"security\"", "\"class\": \"security\"",
         "form_need_missing"},
        {"\"mark\": \"N\",\n    \"keys\"", "\"keys\"", "member_missing"},
        {"\"four_eyes\"", "\"six_eyes\"", "member_unknown"},
        {"\"subject_person\": \"person\"", "\"subject_person\": \"someone\"", "field_unknown"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct problem p = {0};
        struct pack *pack = NULL;
        enum status st = read_pack(replaced(&arena, shipped, CASES[i].from, CASES[i].to), &pack, &p);
        if (!st || strcmp(p.rule, CASES[i].rule)) fail_msg("%s: %s", CASES[i].to, st ? p.rule : "is taken");
        assert_true(text_starts(text_of(p.field), T("registers/ban")));
    }
}

static void nobody_is_kept_by_oversight(void **state) {
    (void)state;
    struct problem p = {0};
    struct pack *pack;
    struct text t = replaced(&arena, shipped, "\"review\": {\n      \"field\": \"review_on\"\n    },", "");
    size_t from = 0, to = 0;
    assert_true(text_find(t, T("\"retention\""), &from) && text_find(t, T("\"statistics\": ["), &to));
    t = TEXT_JOIN(&arena, text_slice(t, 0, from),
                  T("\"retention\": [{\"id\": \"always\", \"permanent\": true, \"mark\": \"N\"}], "),
                  text_slice(t, to, t.n));
    assert_int_equal(read_pack(t, &pack, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "register_without_end");
}

// What a new version changes of a register is told like all else.
static struct text changes_with(const char *from, const char *to) {
    struct pack *old, *new;
    struct pack_differences d;
    struct out o = {.arena = &arena};
    size_t at;
    assert_true(text_find(shipped, text_of(from), &at));
    struct text changed = TEXT_JOIN(&arena, text_slice(shipped, 0, at), text_of(to),
                                    text_slice(shipped, at + strlen(from), shipped.n));
    assert_ok(read_pack(shipped, &old, NULL));
    assert_ok(read_pack(changed, &new, NULL));
    pack_compare(&arena, old, new, &d);
    for (size_t i = 0; i < d.count; i++) {
        const struct pack_difference *one = &d.items[i];
        out_printf(&o, "%s%s %c " TEXT_FMT " " TEXT_FMT ": " TEXT_FMT " > " TEXT_FMT, i ? "\n" : "",
                   pack_section_name(one->section), "+-~"[one->change], TEXT_ARG(one->id),
                   TEXT_ARG(one->property), TEXT_ARG(one->before), TEXT_ARG(one->now));
    }
    pack_release(old);
    pack_release(new);
    return out_done(&o);
}

static void a_changed_register_is_told_in_words(void **state) {
    (void)state;
    assert_text(changes_with("\"id\": \"ban\"", "\"id\": \"ban\""), "");
    assert_text(changes_with("\"days\": 7", "\"days\": 14"),
                "deadlines ~ register ban.expired period: 7 days > 14 days");
    struct text more =
        changes_with("\"role\": [\n          \"registrar\"\n        ],\n        \"purpose\"",
                     "\"role\": [\n          \"registrar\", \"auditor\"\n        ],\n        \"purpose\"");
    size_t at;
    assert_true(text_find(more, T("access + register ban: auditor, find, registration, "), &at));
    assert_true(text_find(changes_with("\"class\": \"statistics\"", "\"class\": \"security\""),
                          T(" class: statistics > security"), &at));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_register_is_read),
        cmocka_unit_test(a_changed_register_is_told_in_words),
        cmocka_unit_test(each_mistake_is_named),
        cmocka_unit_test(nobody_is_kept_by_oversight),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
