// What no row allows is refused, and each refusal says why and what can be done.
#include "access/access.h"
#include "check.h"

#define WORD(w) \
    { .id = T(w), .label_key = T("x") }

static struct access_word ROLES[] = {WORD("applicant"), WORD("officer"), WORD("supervisor"), WORD("system")};
static struct access_word PURPOSES[] = {WORD("examine"), WORD("supervise"), WORD("own_case")};
static struct access_word RELATIONS[] = {WORD("self"), WORD("assigned"), WORD("unit"), WORD("none")};
static struct access_word CLASSES[] = {WORD("identity"), WORD("reasons"), WORD("health")};
static struct access_word ACTIONS[] = {WORD("read"), WORD("sign_decision")};

static struct access_row ROWS[] = {
    {T("applicant"), T("own_case"), T("self"), T("identity"), T("read"), false},
    {T("applicant"), T("own_case"), T("self"), T("reasons"), T("read"), false},
    {T("officer"), T("examine"), T("assigned"), T("identity"), T("read"), false},
    {T("officer"), T("examine"), T("assigned"), T("reasons"), T("read"), false},
    {T("officer"), T("examine"), T("none"), T("identity"), T("read"), true},
    {T("officer"), T("examine"), T("assigned"), T("reasons"), T("sign_decision"), false},
    {T("supervisor"), T("supervise"), T("unit"), T("identity"), T("read"), false},
};
#define LIST(a) \
    { (a), sizeof(a) / sizeof(*(a)), 0 }

static struct access_rules rules_of(struct access_row *rows, size_t count) {
    return (struct access_rules){.roles = LIST(ROLES),
                                 .purposes = LIST(PURPOSES),
                                 .relations = LIST(RELATIONS),
                                 .classes = LIST(CLASSES),
                                 .actions = LIST(ACTIONS),
                                 .rows = {rows, count, count}};
}

static struct actor officer(void) {
    return (struct actor){
        .account = 5, .kind = ACTOR_STAFF, .roles = {T("officer")}, .role_count = 1, .second_factor = true};
}

static void each_row_allows_itself_and_nothing_else(void **state) {
    (void)state;
    struct arena a = {0};
    struct access_rules rules = rules_of(ROWS, sizeof ROWS / sizeof *ROWS);
    struct access_policy *policy;
    assert_ok(access_policy_compile(&a, &rules, &policy, NULL));
    size_t allowed = 0, asked = 0;
    for (size_t r = 0; r < 4; r++)
        for (size_t p = 0; p < 3; p++)
            for (size_t l = 0; l < 4; l++)
                for (size_t c = 0; c < 3; c++)
                    for (size_t n = 0; n < 2; n++) {
                        struct actor who = officer();
                        who.roles[0] = ROLES[r].id;
                        struct access_question q = {ACTIONS[n].id, PURPOSES[p].id, RELATIONS[l].id,
                                                    CLASSES[c].id, T("the person asked me to")};
                        bool expected = false, flagged = false, wants_reason = false;
                        for (size_t i = 0; i < rules.rows.count; i++) {
                            struct access_row *row = &ROWS[i];
                            if (!text_eq(row->role, ROLES[r].id) || !text_eq(row->purpose, q.purpose) ||
                                !text_eq(row->relation, q.relation) || !text_eq(row->action, q.action) ||
                                !text_eq(row->attribute_class, q.attribute_class))
                                continue;
                            expected = true;
                            wants_reason = row->needs_reason;
                        }
                        struct problem why = {0};
                        enum status st = access_check(policy, &who, &q, &flagged, &why);
                        assert_int_equal(st, expected ? STATUS_OK : STATUS_REFUSED);
                        assert_int_equal(flagged, wants_reason);
                        if (!expected) assert_non_null(why.text_key);
                        class_set seen =
                            access_visible_classes(policy, &who, q.action, q.purpose, q.relation, true);
                        assert_int_equal((seen & access_class(policy, q.attribute_class)) != 0, expected);
                        allowed += expected;
                        asked++;
                    }
    assert_int_equal(asked, 4 * 3 * 4 * 3 * 2);
    assert_int_equal(allowed, sizeof ROWS / sizeof *ROWS);
    arena_free(&a);
}

static void without_rows_nobody_may_do_anything(void **state) {
    (void)state;
    struct arena a = {0};
    struct access_rules rules = rules_of(NULL, 0);
    struct access_policy *policy;
    assert_ok(access_policy_compile(&a, &rules, &policy, NULL));
    struct actor who = officer(), machine = actor_system();
    struct access_question q = {T("read"), T("examine"), T("assigned"), T("identity"), T("because")};
    assert_status(access_check(policy, &who, &q, NULL, NULL), STATUS_REFUSED);
    assert_status(access_check(policy, &machine, &q, NULL, NULL), STATUS_REFUSED);
    assert_int_equal(access_visible_classes(policy, &who, q.action, q.purpose, q.relation, true), 0);
    arena_free(&a);
}

static void each_refusal_names_the_way_out(void **state) {
    (void)state;
    struct arena a = {0};
    struct access_rules rules = rules_of(ROWS, sizeof ROWS / sizeof *ROWS);
    struct access_policy *policy;
    assert_ok(access_policy_compile(&a, &rules, &policy, NULL));
    struct problem p;
    struct actor who = officer();
    struct access_question q = {T("read"), T(""), T("assigned"), T("identity"), T("")};

    // No purpose: nothing, not even one's own case.
    assert_status(access_check(policy, &who, &q, NULL, &p), STATUS_REFUSED);
    assert_string_equal(p.rule, "access_purpose");
    q.purpose = T("curiosity");
    assert_status(access_check(policy, &who, &q, NULL, &p), STATUS_REFUSED);
    assert_string_equal(p.rule, "access_purpose");

    // A colleague's case: with a reason, and flagged.
    q = (struct access_question){T("read"), T("examine"), T("none"), T("identity"), T("   ")};
    bool flagged = true;
    assert_status(access_check(policy, &who, &q, &flagged, &p), STATUS_REFUSED);
    assert_string_equal(p.rule, "access_reason");
    assert_false(flagged);
    q.reason = T("The person stands at my counter and the officer is ill.");
    assert_ok(access_check(policy, &who, &q, &flagged, &p));
    assert_true(flagged);

    // Its reasons for flight: only when assigned.
    q.attribute_class = T("reasons");
    assert_status(access_check(policy, &who, &q, NULL, &p), STATUS_REFUSED);
    assert_string_equal(p.rule, "access_relation");

    // Right place, wrong purpose; and something the role never may.
    q = (struct access_question){T("read"), T("supervise"), T("assigned"), T("identity"), T("")};
    assert_status(access_check(policy, &who, &q, NULL, &p), STATUS_REFUSED);
    assert_string_equal(p.rule, "access_other_purpose");
    q = (struct access_question){T("read"), T("examine"), T("assigned"), T("health"), T("x")};
    assert_status(access_check(policy, &who, &q, NULL, &p), STATUS_REFUSED);
    assert_string_equal(p.rule, "access_role");

    // Staff with one factor only.
    who.second_factor = false;
    q.attribute_class = T("identity");
    assert_status(access_check(policy, &who, &q, NULL, &p), STATUS_REFUSED);
    assert_string_equal(p.rule, "access_second_factor");
    assert_int_equal(access_visible_classes(policy, &who, T("read"), T("examine"), T("assigned"), false), 0);

    // Nobody.
    struct actor nobody = {.kind = ACTOR_APPLICANT, .roles = {T("applicant")}, .role_count = 1};
    q = (struct access_question){T("read"), T("own_case"), T("self"), T("identity"), T("")};
    assert_status(access_check(policy, &nobody, &q, NULL, &p), STATUS_REFUSED);
    nobody.account = 9;
    assert_ok(access_check(policy, &nobody, &q, NULL, &p));
    arena_free(&a);
}

static void two_roles_add_up_and_hidden_classes_have_names(void **state) {
    (void)state;
    struct arena a = {0};
    struct access_rules rules = rules_of(ROWS, sizeof ROWS / sizeof *ROWS);
    struct access_policy *policy;
    assert_ok(access_policy_compile(&a, &rules, &policy, NULL));
    struct actor who = officer();
    who.roles[who.role_count++] = T("supervisor");
    struct access_question q = {T("read"), T("supervise"), T("unit"), T("identity"), T("")};
    assert_ok(access_check(policy, &who, &q, NULL, NULL));
    class_set seen = access_visible_classes(policy, &who, T("read"), T("examine"), T("assigned"), false);
    assert_text(access_class_names(policy, seen, &a), "identity,reasons");
    assert_text(access_class_names(policy, access_all_classes(policy) & ~seen, &a), "health");
    arena_free(&a);
}

static void a_row_with_an_unknown_word_is_not_compiled(void **state) {
    (void)state;
    struct arena a = {0};
    struct access_row rows[] = {{T("king"), T("examine"), T("none"), T("identity"), T("read"), false}};
    struct access_rules rules = rules_of(rows, 1);
    struct access_policy *policy;
    struct problem p;
    assert_status(access_policy_compile(&a, &rules, &policy, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "access_word_unknown");
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_allows_itself_and_nothing_else),
        cmocka_unit_test(without_rows_nobody_may_do_anything),
        cmocka_unit_test(each_refusal_names_the_way_out),
        cmocka_unit_test(two_roles_add_up_and_hidden_classes_have_names),
        cmocka_unit_test(a_row_with_an_unknown_word_is_not_compiled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
