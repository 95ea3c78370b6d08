// Letters of the shipped pack in two columns: what must be in them, and what never leaves the house.
#include "pack_folder.h"

static struct arena arena;
static struct catalog *catalog;
static struct texts texts;

static int setup(void **state) {
    (void)state;
    struct pack_files files = shipped_files(&arena);
    struct po_input in[TEXT_LANGUAGES_MAX];
    size_t count = 0;
    struct problem p = {0};
    for (size_t i = 0; i < files.count; i++)
        if (text_starts(files.items[i].name, T("texts/")))
            in[count++] = (struct po_input){text_slice(files.items[i].name, 6, files.items[i].name.n - 3),
                                            files.items[i].name, text_of_bytes(files.items[i].content)};
    enum status st = catalog_read(&arena, in, count, &catalog, &p);
    if (st) print_message("%s %s %s\n", p.field, p.rule, text_c(&arena, p.args[1].value));
    texts_add(&texts, catalog);
    return st != STATUS_OK;
}
static int teardown(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct letter_template *template(const char *name) {
    struct letter_template *l;
    assert_ok(letter_read(&arena, shipped_file(&arena, name), NULL, NULL, &l, NULL));
    return l;
}

static struct answers values(void) {
    static const char *const VALUES[][2] = {{"case_number", "EU-2026-AS-0000017-K"},
                                            {"name", "Амінa Коваль"},
                                            {"birth_date", "1990-05"},
                                            {"issued_on", "2026-11-21"},
                                            {"outcome", "rejected"},
                                            {"legal_basis", "2024/1348 Art. 39"},
                                            {"officer", "M. Example"},
                                            {"facts", "Fact one."},
                                            {"evidence", "Paper A."},
                                            {"assessment", "Because."},
                                            {"appeal_until", "2026-12-21"},
                                            {"authority", "The Authority"},
                                            {"site", "https://asylum.example.eu"},
                                            {"code", "ABCD-EFGH"},
                                            {"contact_phone", "+32 2 000 00 00"},
                                            {"contact_hours_key", "letter.contact_hours"},
                                            {"appeal_body", "The Court"},
                                            {"legal_aid_body", "Legal Aid"},
                                            {"legal_aid_phone", "+32 2 000 00 01"}};
    struct answers s = {.arena = &arena};
    for (size_t i = 0; i < sizeof VALUES / sizeof *VALUES; i++)
        assert_ok(answers_set(&s, text_of(VALUES[i][0]), text_of(VALUES[i][1])));
    return s;
}

static bool says(const struct letter_document *d, size_t column, const char *words) {
    size_t at;
    for (size_t i = 0; i < d->block_count; i++)
        if (text_find(d->blocks[i].text[column], text_of(words), &at)) return true;
    return false;
}

static void test_R_RD_03_an_adverse_decision_says_how_to_appeal(void **state) {
    (void)state;
    struct answers v = values();
    struct letter_document d;
    struct problem p = {0};
    assert_ok(letter_compose(template("letters/decision_negative.json"), &texts, T("en"), T("en"), &v, &arena,
                             &d, &p));
    assert_int_equal(d.columns, 1);
    assert_false(d.has_machine_made);
    assert_true(says(&d, 0, "The Court"));
    assert_true(says(&d, 0, "December 21, 2026"));
    assert_true(says(&d, 0, "sign it"));
    assert_true(says(&d, 0, "Legal Aid"));
    assert_true(says(&d, 0, "does not let you stay")); // no suspensive effect was given
    assert_true(says(&d, 0, "Rejected"));              // the code's name, not the code
    assert_true(says(&d, 0, "+32 2 000 00 00"));       // R-CH-04
    assert_true(says(&d, 0, "named officer decided")); // R-AI-16
    assert_ok(answers_set(&v, T("appeal_suspends"), T("true")));
    assert_ok(letter_compose(template("letters/decision_negative.json"), &texts, T("en"), T("en"), &v, &arena,
                             &d, &p));
    assert_true(says(&d, 0, "You may stay in this country until the court"));
    assert_false(says(&d, 0, "does not let you stay"));
}

static void a_missing_value_stops_the_letter(void **state) {
    (void)state;
    struct answers v = values();
    struct letter_document d;
    struct problem p = {0};
    answers_remove(&v, T("appeal_until"));
    assert_status(letter_compose(template("letters/decision_negative.json"), &texts, T("en"), T("en"), &v,
                                 &arena, &d, &p),
                  STATUS_INVALID);
    assert_string_equal(p.rule, "letter_value_missing");
    assert_text(p.args[1].value, "appeal_until");
}

static void lists_name_each_thing_in_the_readers_language(void **state) {
    (void)state;
    struct answers v = values();
    struct letter_document d;
    assert_ok(answers_set(&v, T("answer_until"), T("2026-12-06")));
    assert_ok(answers_set(&v, T("requested[0].what"), T("passport")));
    assert_ok(answers_set(&v, T("requested[0].explanation"), T("all pages")));
    assert_ok(answers_set(&v, T("requested[1].what"), T("birth_certificate")));
    assert_ok(answers_set(&v, T("requested[1].explanation"), T("of your child")));
    assert_ok(letter_compose(template("letters/document_request.json"), &texts, T("en"), T("xx"), &v, &arena,
                             &d, NULL));
    assert_int_equal(d.columns, 1); // an unknown language falls back to English
    assert_true(says(&d, 0, "Passport: all pages"));
    assert_true(says(&d, 0, "Birth certificate: of your child"));
}

static void both_columns_stay_together_and_machine_made_text_is_marked(void **state) {
    (void)state;
    struct answers v = values();
    struct letter_document d;
    if (catalog_languages(catalog) < 5) {
        print_message("only English so far\n");
        return;
    }
    assert_ok(letter_compose(template("letters/decision_negative.json"), &texts, T("en"), T("ar"), &v, &arena,
                             &d, NULL));
    assert_int_equal(d.columns, 2);
    assert_true(d.is_rtl[1] && !d.is_rtl[0]);
    for (size_t i = 1; i < d.block_count; i++) assert_true(d.blocks[i].text[0].n && d.blocks[i].text[1].n);
    if (!d.has_machine_made) return;
    assert_int_equal(d.blocks[0].text[0].n, 0);
    assert_true(d.blocks[0].text[1].n > 0);
}

static void a_template_without_its_duties_does_not_load(void **state) {
    (void)state;
    static const struct {
        const char *file, *from, *to, *rule;
    } CASES[] = {
        {"letters/decision_negative.json", "letter.contact", "letter.contact2", "letter_contact_missing"},
        {"letters/decision_negative.json", "letter.rules_disclosure", "letter.other",
         "letter_disclosure_missing"},
        {"letters/decision_negative.json", "\"kind\": \"remedy\"", "\"kind\": \"paragraph\"",
         "letter_remedy_missing"},
        {"letters/decision_negative.json", "\"deadline\": \"appeal\",", "", "member_missing"},
        {"letters/receipt.json", "\"kind\": \"facts\"", "\"kind\": \"fact\"", "value_unknown"},
        {"letters/decision_positive.json", "=appeal_until != null", "=appeal_until !=", "expression"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct letter_template *l;
        struct problem p = {0};
        struct text json = replaced(&arena, shipped_file(&arena, CASES[i].file), CASES[i].from, CASES[i].to);
        assert_status(letter_read(&arena, json, NULL, NULL, &l, &p), STATUS_INVALID);
        assert_string_equal(p.rule, CASES[i].rule);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_R_RD_03_an_adverse_decision_says_how_to_appeal),
        cmocka_unit_test(a_missing_value_stops_the_letter),
        cmocka_unit_test(lists_name_each_thing_in_the_readers_language),
        cmocka_unit_test(both_columns_stay_together_and_machine_made_text_is_marked),
        cmocka_unit_test(a_template_without_its_duties_does_not_load),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
