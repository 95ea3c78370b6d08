// The shipped application form, filled in by people who make mistakes.
#include "pack_folder.h"

static struct arena arena;
static struct form *form;

static bool code_ok(const void *codes, struct text list, struct text code) {
    (void)codes, (void)list;
    return code.n > 0 && code.n <= 14 && !text_eq(code, T("ZZZ"));
}
static const struct form_context TODAY = {{2026, 11, 21}, code_ok, NULL};

static int setup(void **state) {
    (void)state;
    struct problem p = {0};
    enum status st = form_read(&arena, shipped_file(&arena, "forms/application.form"), &form, &p);
    if (st) print_message("%s %s\n", p.field, p.rule);
    return st != STATUS_OK;
}
static int teardown(void **state) {
    (void)state;
    form_close(form);
    arena_free(&arena);
    return 0;
}

static void set(struct answers *s, const char *path, const char *value) {
    s->arena = &arena;
    assert_ok(answers_set(s, text_of(path), text_of(value)));
}

// The rule broken at `path` in a section, "" when all is well.
static const char *rule_at(const char *section, const struct answers *s, const char *path) {
    struct form_problems found = {0};
    const struct form_section *sec = form_section(form, text_of(section));
    assert_non_null(sec);
    bool ok = form_check(form, sec, s, &TODAY, &arena, &found);
    assert_int_equal(ok, found.count == 0);
    for (size_t i = 0; i < found.count; i++)
        if (text_eq(found.items[i].path, text_of(path))) {
            assert_string_equal(found.items[i].problem.field, path);
            return found.items[i].problem.rule;
        }
    return "";
}

static void the_task_list_has_its_sections(void **state) {
    (void)state;
    static const char *const SECTIONS[] = {"names",     "birth",   "nationality", "family",
                                           "languages", "contact", "documents",   "journey",
                                           "reasons",   "needs",   "earlier",     "representative"};
    assert_int_equal(form->section_count, 12);
    for (size_t i = 0; i < 12; i++) assert_text(form->sections[i].id, SECTIONS[i]);
}

static void check_every_question(const struct form_field *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (fields[i].child_count) {
            check_every_question(fields[i].children, fields[i].child_count);
        } else if (fields[i].key.n) {
            assert_true(fields[i].purpose.n && fields[i].need.n && fields[i].attribute_class.n);
        }
    }
}
static void test_R_GD_04_every_question_says_why_it_is_asked(void **state) {
    (void)state;
    for (size_t i = 0; i < form->section_count; i++)
        check_every_question(form->sections[i].fields, form->sections[i].field_count);
}

static void a_birth_date_may_be_known_in_part(void **state) {
    (void)state;
    struct answers s = {0};
    assert_string_equal(rule_at("birth", &s, "birth_date"), "required");
    set(&s, "birth_date", "1990");
    assert_string_equal(rule_at("birth", &s, "birth_date"), "");
    set(&s, "birth_date", "1990-02");
    assert_string_equal(rule_at("birth", &s, "birth_date"), "");
    set(&s, "birth_date", "1990-02-30");
    assert_string_equal(rule_at("birth", &s, "birth_date"), "date_syntax");
    set(&s, "birth_date", "2026-12");
    assert_string_equal(rule_at("birth", &s, "birth_date"), "date_in_future");
    set(&s, "birth_date", "2026");
    assert_string_equal(rule_at("birth", &s, "birth_date"), "");
    set(&s, "birth_date", "1890");
    assert_string_equal(rule_at("birth", &s, "birth_date"), "date_too_long_ago");
}

static void names_come_in_any_script(void **state) {
    (void)state;
    static const char *const GOOD[] = {"O'Neill", "محمدی", "Гончаренко-Біла", "ወልደማርያም", "नारायण",
                                       "Müller",  "李"};
    static const char *const BAD[] = {"Ali1", "<b>", "a@b", "...", "x\ty"};
    struct answers s = {0};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        set(&s, "family_name", GOOD[i]);
        assert_string_equal(rule_at("names", &s, "family_name"), "");
    }
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        set(&s, "family_name", BAD[i]);
        assert_string_equal(rule_at("names", &s, "family_name"), "name_character");
    }
    set(&s, "family_name_latin", "محمدی");
    assert_string_equal(rule_at("names", &s, "family_name_latin"), "name_script");
    set(&s, "family_name_latin", "Mohammadi");
    assert_string_equal(rule_at("names", &s, "family_name_latin"), "");
}

static void hidden_questions_are_not_asked_and_not_kept(void **state) {
    (void)state;
    struct answers s = {0};
    assert_string_equal(rule_at("nationality", &s, "nationalities"), "required");
    set(&s, "nationalities[0]", "SYR");
    assert_string_equal(rule_at("nationality", &s, "nationalities"), "");
    set(&s, "is_stateless", "true");
    assert_string_equal(rule_at("nationality", &s, "former_residence"), "required");
    set(&s, "former_residence", "LBN");
    assert_string_equal(rule_at("nationality", &s, "former_residence"), "");
    form_prune(form, &s);
    assert_null(answers_get(&s, T("nationalities[0]")).p);
    assert_text(answers_get(&s, T("former_residence")), "LBN");
}

static void family_members_are_checked_one_by_one(void **state) {
    (void)state;
    struct answers s = {0};
    set(&s, "has_family", "yes");
    assert_string_equal(rule_at("family", &s, "family"), "required");
    set(&s, "family[0].relation", "child");
    set(&s, "family[0].family_name", "Amiri");
    set(&s, "family[0].whereabouts", "with_me");
    set(&s, "family[1].family_name", "Amiri 2");
    set(&s, "family[1].whereabouts", "europe");
    set(&s, "family[1].country", "ZZZ");
    assert_string_equal(rule_at("family", &s, "family[0].relation"), "");
    assert_string_equal(rule_at("family", &s, "family[1].relation"), "required");
    assert_string_equal(rule_at("family", &s, "family[1].family_name"), "name_character");
    assert_string_equal(rule_at("family", &s, "family[1].country"), "choice_unknown");
    set(&s, "family[1].whereabouts", "with_me"); // the country is not asked any more
    assert_string_equal(rule_at("family", &s, "family[1].country"), "");
    const struct form_field *f = form_field_at(form, T("family[7].country"));
    assert_non_null(f);
    assert_text(form_path(&arena, T("family[7]."), f), "family[7].country");
    struct form_conditions conditions;
    form_conditions_begin(&conditions, form, &s);
    assert_false(form_field_shown(&conditions, f, T("family[1].")));
    form_conditions_end(&conditions);
    set(&s, "has_family", "no");
    form_prune(form, &s);
    assert_int_equal(answers_count(&s, T("family")), 0);
}

static void ways_of_contact_are_checked(void **state) {
    (void)state;
    struct answers s = {0};
    static const char *const PHONES[] = {"0470123456", "+0123456789", "+32470", "+32 470 12",
                                         "+1234567890123456"};
    for (size_t i = 0; i < sizeof PHONES / sizeof *PHONES; i++) {
        set(&s, "phone", PHONES[i]);
        assert_string_equal(rule_at("contact", &s, "phone"), "phone_syntax");
    }
    set(&s, "phone", "+32470123456");
    assert_string_equal(rule_at("contact", &s, "phone"), "");
    static const char *const MAILS[] = {"a", "a@b", "@b.c", "a b@c.de", "a@b.c@d.e", "a@.b", "a..b@c.de"};
    for (size_t i = 0; i < sizeof MAILS / sizeof *MAILS; i++) {
        set(&s, "email", MAILS[i]);
        assert_string_equal(rule_at("contact", &s, "email"), "email_syntax");
    }
    set(&s, "email", "amina.k+1@example.org");
    assert_string_equal(rule_at("contact", &s, "email"), "");
    set(&s, "channel", "pigeon");
    assert_string_equal(rule_at("contact", &s, "channel"), "choice_unknown");
}

static void a_section_knows_its_state(void **state) {
    (void)state;
    struct answers s = {0};
    const struct form_section *birth = form_section(form, T("birth"));
    assert_int_equal(form_section_state(form, birth, &s, &TODAY), SECTION_NOT_STARTED);
    set(&s, "birth_date", "1990");
    assert_int_equal(form_section_state(form, birth, &s, &TODAY), SECTION_INCOMPLETE);
    set(&s, "birth_date_basis", "told");
    set(&s, "birth_country", "SYR");
    set(&s, "sex", "2");
    set(&s, "civil_status", "S");
    assert_int_equal(form_section_state(form, birth, &s, &TODAY), SECTION_DONE);
}

static void an_answer_to_no_question_is_a_mistake(void **state) {
    (void)state;
    struct answers s = {0};
    struct form_problems found = {0};
    set(&s, "is_admin", "true");
    assert_false(form_check(form, NULL, &s, &TODAY, &arena, &found));
    assert_string_equal(found.items[found.count - 1].problem.rule, "form_unknown_field");
    form_prune(form, &s);
    assert_int_equal(s.count, 0);
}

static void a_form_with_a_mistake_names_the_place(void **state) {
    (void)state;
    static const struct {
        const char *from, *to, *rule;
    } CASES[] = {
        {"\"type\": \"textarea\"", "\"type\": \"hologram\"", "form_type_unknown"},
        {"\"hide\": \"=has_family != ", "\"hide\": \"=has_famly != ", "form_condition_name"},
        {"\"hide\": \"=has_family != ", "\"hide\": \"=has_family !! ", "expression"},
        {"\"key\": \"given_names\"", "\"key\": \"family_name\"", "duplicate"},
        {"\"key\": \"given_names\"", "\"key\": \"given names\"", "form_key"},
        {"\"schemaVersion\": 16", "\"schemaVersion\": 99", "value_range"},
        {"\"section\": \"birth\"", "\"section\": \"names\"", "duplicate"},
        {"\"maxLength\": 100", "\"maxlength\": 100", "member_unknown"},
        {"\"maxLength\": 100", "\"pattern\": \"[a-\"", "form_pattern"},
        {"{", "{{", "json_syntax"},
    };
    struct text good = shipped_file(&arena, "forms/application.form");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct form *bad;
        struct problem p = {0};
        assert_status(form_read(&arena, replaced(&arena, good, CASES[i].from, CASES[i].to), &bad, &p),
                      STATUS_INVALID);
        assert_string_equal(p.rule, CASES[i].rule);
    }
}

static void a_pattern_that_runs_away_is_stopped(void **state) {
    (void)state;
    static const char JSON[] =
        "{\"type\":\"default\",\"schemaVersion\":16,\"id\":\"f\",\"properties\":{\"title\":\"t\",\"use\":"
        "\"task\"},\"components\":["
        "{\"type\":\"textfield\",\"id\":\"x\",\"key\":\"x\",\"label\":\"l\",\"validate\":{\"pattern\":\"(a+)+"
        "b\"},\"properties\":"
        "{\"purpose\":\"p\",\"need\":\"n\",\"class\":\"c\",\"pattern_text\":\"own.text\"}}]}";
    struct form *f;
    struct answers s = {0};
    struct form_problems found = {0};
    assert_ok(form_read(&arena, text_of(JSON), &f, NULL));
    set(&s, "x", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac");
    assert_false(form_check(f, NULL, &s, &TODAY, &arena, &found));
    assert_string_equal(found.items[0].problem.text_key, "own.text");
    form_close(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_task_list_has_its_sections),
        cmocka_unit_test(test_R_GD_04_every_question_says_why_it_is_asked),
        cmocka_unit_test(a_birth_date_may_be_known_in_part),
        cmocka_unit_test(names_come_in_any_script),
        cmocka_unit_test(hidden_questions_are_not_asked_and_not_kept),
        cmocka_unit_test(family_members_are_checked_one_by_one),
        cmocka_unit_test(ways_of_contact_are_checked),
        cmocka_unit_test(a_section_knows_its_state),
        cmocka_unit_test(an_answer_to_no_question_is_a_mistake),
        cmocka_unit_test(a_form_with_a_mistake_names_the_place),
        cmocka_unit_test(a_pattern_that_runs_away_is_stopped),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
