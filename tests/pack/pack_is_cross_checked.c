// The shipped pack loads, is shared, and any one spoiled file is refused with its name and rule.
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cbor.h"
#include "flow/flow.h"
#include "pack_folder.h"
#include "rules/dmn.h"

static struct arena arena;
static struct pack_files files;
static struct pack *pack;

static int setup(void **state) {
    (void)state;
    struct problem p = {0};
    files = shipped_files(&arena);
    enum status st = pack_read(&arena, &files, &pack, &p);
    for (int i = 0; st && i < PROBLEM_ARGS_MAX && p.args[i].name; i++)
        print_message("# %s %s: %s = %s\n", p.field, p.rule, p.args[i].name, text_c(&arena, p.args[i].value));
    return st != STATUS_OK;
}
static int teardown(void **state) {
    (void)state;
    pack_release(pack);
    arena_free(&arena);
    return 0;
}

static void it_says_what_it_is(void **state) {
    (void)state;
    assert_text(pack_id(pack), "eu-asylum");
    assert_text(pack_procedure(pack), "asylum");
    const struct legal_reference *refs;
    assert_true(pack_legal_references(pack, &refs) > 3);
    assert_non_null(pack_process_with(pack, T("asylum")));
    assert_null(pack_process_with(pack, T("no_such_process")));
    assert_true(pack_file_content(pack, pack_process_file(pack, 0)).n > 1000);
}

static void the_law_is_there_with_its_article(void **state) {
    (void)state;
    static const struct {
        const char *id;
        int count;
        enum deadline_unit unit;
        const char *article;
    } LAW[] = {{"registration", 5, UNIT_DAYS, "Art. 27"},
               {"lodging", 21, UNIT_DAYS, "Art. 28"},
               {"examination", 6, UNIT_MONTHS, "Art. 35(4)"},
               {"accelerated", 3, UNIT_MONTHS, "Art. 35(3)"},
               {"admissibility", 2, UNIT_MONTHS, "Art. 35(1)"},
               {"representative", 15, UNIT_WORKING_DAYS, "Art. 23"},
               {"special_needs", 30, UNIT_DAYS, "Art. 20"},
               {"access_request", 1, UNIT_MONTHS, "Art. 12(3)"},
               {"eurodac", 72, UNIT_HOURS, "Art. 15(1)(a)"},
               {"implicit_withdrawal", 10, UNIT_WORKING_DAYS, "Art. 41"}};
    for (size_t i = 0; i < sizeof LAW / sizeof *LAW; i++) {
        const struct deadline_rule *r = pack_deadline(pack, text_of(LAW[i].id), (struct date){2026, 11, 21});
        size_t at;
        if (!r) fail_msg("no deadline %s", LAW[i].id);
        assert_int_equal(r->period.count, LAW[i].count);
        assert_int_equal(r->period.unit, LAW[i].unit);
        assert_true(text_find(r->article, text_of(LAW[i].article), &at));
        assert_non_null(pack_rule_calendar(pack, r));
    }
    assert_null(pack_deadline(pack, T("examination"), (struct date){2026, 6, 11})); // before it applied
}

static void every_outcome_has_its_letter_and_adverse_ones_an_appeal(void **state) {
    (void)state;
    static const char *const OUTCOMES[] = {
        "refugee",      "subsidiary_protection", "national_protection", "rejected", "manifestly_unfounded",
        "inadmissible", "withdrawn_explicit",    "withdrawn_implicit"};
    for (size_t i = 0; i < sizeof OUTCOMES / sizeof *OUTCOMES; i++) {
        struct outcome o;
        assert_ok(pack_outcome(pack, text_of(OUTCOMES[i]), &o));
        const struct letter_template *l = pack_letter(pack, o.letter);
        assert_non_null(l);
        assert_int_equal(o.is_adverse, l->is_adverse);
        assert_true(!o.is_adverse || o.needs_second);
        assert_false(o.is_adverse && (o.is_grant || !o.appeal.n));
    }
    struct outcome o;
    assert_status(pack_outcome(pack, T("maybe"), &o), STATUS_NOT_FOUND);
}

static void countries_have_names_and_order_in_every_language(void **state) {
    (void)state;
    const struct code_list *l = pack_codes(pack, T("country"));
    const struct code_list *n = pack_codes(pack, T("nationality"));
    assert_true(code_count(l) > 245);
    assert_text(code_name(l, code_find(l, T("DEU")), T("en")), "Germany");
    assert_text(code_name(n, code_find(n, T("XXA")), T("en")), "Stateless person (1954 Convention)");
    assert_text(code_in_order(l, T("en"), 0)->code, "AFG");
    assert_null(code_in_order(l, T("en"), code_count(l)));
    struct texts t = {{pack_catalog(pack)}, 1};
    assert_text(code_label(&arena, &t, T("fr"), T("country"), T("DEU")), "Allemagne");
    assert_text(code_label(&arena, &t, T("ar"), T("language"), T("ukr")), "الأوكرانية");
    assert_text(code_label(&arena, &t, T("fr"), T("country"), T("../x")), "../x");
    for (size_t k = 0; k < catalog_languages(pack_catalog(pack)); k++) {
        struct text language = catalog_language(pack_catalog(pack), k)->tag;
        for (size_t i = 0; i < code_count(l); i++)
            assert_true(code_name(l, code_in_order(l, language, i), language).n > 0);
    }
    struct form_context c = pack_form_context(pack, (struct date){2026, 11, 21});
    assert_true(c.code_ok(c.codes, T("country"), T("SYR")));
    assert_false(c.code_ok(c.codes, T("country"), T("XXA")));
    assert_false(c.code_ok(c.codes, T("no_list"), T("SYR")));
}

static void access_rows_are_written_out(void **state) {
    (void)state;
    const struct access_rules *a = pack_access(pack);
    bool own = false, other = false;
    for (size_t i = 0; i < a->rows.count; i++) {
        const struct access_row *r = &a->rows.items[i];
        own |= text_eq(r->role, T("applicant")) && text_eq(r->relation, T("self")) &&
               text_eq(r->action, T("read")) && text_eq(r->attribute_class, T("claim"));
        other |= text_eq(r->role, T("applicant")) && !text_eq(r->relation, T("self"));
        // R-GD-05: nobody reads health data outside assigned work without a reason.
        if (text_eq(r->attribute_class, T("health")) && text_eq(r->relation, T("none")))
            assert_true(r->needs_reason);
        assert_false(text_eq(r->role, T("public")) && !text_eq(r->attribute_class, T("public")));
    }
    assert_true(own);
    assert_false(other);
}

static struct pack_files spoiled(const char *name, const char *from, const char *to) {
    return spoiled_files(&arena, &files, name, from, to);
}

static void one_spoiled_file_is_named(void **state) {
    (void)state;
    static const struct {
        const char *file, *from, *to, *field, *rule;
    } CASES[] = {
        {"pack.json", "\"files\": [", "\"files\": [\"letters/other.json\", ", "pack.json", "file_missing"},
        {"pack.json", "\"access.json\",\n", "", "pack.json", "file_not_listed"},
        {"pack.json", "\"calendar\": \"eu\"", "\"calendar\": \"mars\"", "pack.json", "calendar_unknown"},
        {"pack.json", "\"procedure\": \"asylum\"", "\"procedure\": \"visa\"", "pack.json", "process_unknown"},
        {"pack.json", "\"official_language\": \"en\"", "\"official_language\": \"la\"", "pack.json",
         "value_unknown"},
        {"pack.json", "\"calendar\": \"eu\"", "\"calendar\": \"eu\", \"valid_to\": \"2026-06-11\"",
         "pack.json", "value_range"},
        {"pack.json", "\"calendar\": \"eu\"", "\"calendar\": \"eu\", \"chosen_by\": \"born\"", "pack.json",
         "value_unknown"},
        {"deadlines.json", "\"label\": \"deadline.lodging\"", "\"label\": \"deadline.none\"",
         "deadlines.json", "text_key_unknown"},
        {"deadlines.json", "\"article\"", "\"artikel\"", "deadlines.json", "member_unknown"},
        {"access.json", "\"role\": [\"applicant\"]", "\"role\": [\"king\"]", "access.json",
         "access_word_unknown"},
        {"lookups.json", "\"register\": \"permit\"", "\"register\": \"permits\"", "lookups.json",
         "value_unknown"},
        {"invitations.json", "\"responsibility\"", "\"responsability\"", "invitations.json",
         "access_word_unknown"},
        {"invitations.json", "\"AMMR:39\"", "\"XYZ:39\"", "invitations.json", "legal_reference_unknown"},
        {"invitations.json", "\"birth_place\"", "\"religion\"", "invitations.json", "value_unknown"},
        {"invitations.json", "\"to\": \"DF\"", "\"to\": \"ZZ\"", "invitations.json", "value_unknown"},
        {"invitations.json", "\"not_unique\"", "\"not_known\"", "invitations.json", "text_key_unknown"},
        {"lookups.json", "\"labour_check\"", "\"labor_check\"", "lookups.json", "access_word_unknown"},
        {"lookups.json", "\"SPD:6\"", "\"XYZ:6\"", "lookups.json", "legal_reference_unknown"},
        {"lookups.json", "\"restrictions\"", "\"restriction\"", "lookups.json", "field_unknown"},
        {"lookups.json", "\"id\": \"permit_validity\"", "\"id\": \"residence_status\"", "lookups.json",
         "duplicate"},
        {"lookups.json", "\"by_name\": true", "\"byname\": true", "lookups.json", "member_unknown"},
        {"lookups.json", "\"a_day\": 2000,", "\"a_day\": 0,", "lookups.json", "value_range"},
        {"forms/application.form", "\"need\": \"WHO_YOU_ARE\"", "\"need\": \"CURIOUS\"", "forms/application",
         "form_need_unknown"},
        {"forms/application.form", "\"need\": \"WHO_YOU_ARE\",", "", "forms/application",
         "form_need_missing"},
        {"forms/application.form", "\"purpose\": \"asylum_examination\",", "", "forms/application",
         "form_purpose_missing"},
        {"forms/application.form", "\"class\": \"identity\",", "", "forms/application", "form_class_missing"},
        {"forms/application.form", "\"class\": \"identity\"", "\"class\": \"secret\"", "forms/application",
         "access_word_unknown"},
        {"forms/application.form", "\"form.family_name.label\"", "\"form.family_name.lable\"",
         "forms/application", "text_key_unknown"},
        {"letters/receipt.json", "\"letter.receipt.intro\"", "\"letter.receipt.outro\"", "letters/receipt",
         "text_key_unknown"},
        {"exchange/steps.json", "\"element\": \"send_transfer_data\"", "\"element\": \"send_data\"",
         "exchange/steps.json", "element_unknown"},
        {"exchange/steps.json", "\"type\": \"TRF_DONE\"", "\"type\": \"TRF_OVER\"", "exchange/steps.json",
         "value_unknown"},
        {"exchange/steps.json", "\"due\": \"registration\"", "\"due\": \"never\"", "exchange/steps.json",
         "deadline_unknown"},
        {"exchange/steps.json", "\"code\": \"rejected\"", "\"code\": \"refused\"", "exchange/steps.json",
         "value_unknown"},
        {"exchange/steps.json", "\"type\": \"FINAL\"", "\"type\": \"FINAL\", \"code\": \"ok\"",
         "exchange/steps.json", "not_of_type"},
        {"exchange/steps.json", "\"when\": \"complete = true\"", "\"when\": \"complete = = true\"",
         "exchange/steps.json", "expression"},
        {"exchange/steps.json", "\"message\": \"responsibility_reply\"", "\"message\": \"reply\"",
         "exchange/steps.json", "message_unknown"},
        {"exchange/steps.json", "\"reply\": \"refused\"", "\"answer\": \"refused\"", "exchange/steps.json",
         "field_unknown"},
        {"letters/document_request.json", "\"deadline\": \"document_request\"", "\"deadline\": \"never\"",
         "letters/document_request", "deadline_unknown"},
        {"codes/outcome.json", "\"letter\": \"decision_negative\"", "\"letter\": \"decision_positive\"",
         "codes/outcome.json", "letter_remedy_missing"},
        {"codes/country.json", "\"AFG\"", "\"ABX\"", "codes", "code_without_name"},
        {"codes/country.json", "\"ALB\"", "\"AFG\"", "codes/country.json", "duplicate"},
        {"calendars/eu.json", "\"Europe/Brussels\"", "\"Europe/Brussel\"", "calendars/eu.json",
         "value_unknown"},
        {"texts/en.po", "msgid \"pack.title\"", "msgid \"pack.titel\"", NULL, NULL},
        {"pack.json", "\"calendar\": \"eu\"", "\"calendar\": \"eu\", \"number\": \"AS\"", "pack.json",
         "value_range"},
        {"pack.json", "\"calendar\": \"eu\"", "\"calendar\": \"eu\", \"opened_by\": [\"anybody\"]",
         "pack.json", "value_unknown"},
        {"processes/asylum.bpmn", "<zeebe:property name=\"command\" value=\"register_application\"/>",
         "<zeebe:property name=\"second_person\" value=\"nobody\"/>", "processes/asylum.bpmn",
         "element_unknown"},
        {"processes/asylum.bpmn", "<zeebe:property name=\"command\" value=\"register_application\"/>",
         "<zeebe:property name=\"error_field\" value=\"nothing\"/>", "processes/asylum.bpmn",
         "field_unknown"},
        {"processes/asylum.bpmn", "<bpmn:definitions", "<bpmn:definition", "processes/asylum.bpmn", NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct pack_files bad = spoiled(CASES[i].file, CASES[i].from, CASES[i].to);
        struct pack *none = NULL;
        struct problem p = {0};
        enum status st = pack_read(&arena, &bad, &none, &p);
        if (st == STATUS_OK) fail_msg("%s with \"%s\" was accepted", CASES[i].file, CASES[i].to);
        assert_null(none);
        if (CASES[i].field) assert_string_equal(p.field, CASES[i].field);
        if (CASES[i].rule) assert_string_equal(p.rule, CASES[i].rule);
        assert_true(strlen(p.rule) > 0 && strlen(p.text_key) > 0);
    }
}

static void files_survive_the_database(void **state) {
    (void)state;
    struct bytes b = pack_files_encode(&arena, &files);
    struct pack_files back;
    struct pack *again;
    assert_true(cbor_check(b));
    assert_ok(pack_files_decode(&arena, b, &back));
    assert_ok(pack_read(&arena, &back, &again, NULL));
    struct hash one = pack_hash(pack), two = pack_hash(again);
    assert_true(hash_eq(&one, &two));
    pack_release(again);
    struct pack_files changed = spoiled("texts/en.po", "Passport", "Passport!");
    assert_ok(pack_files_decode(&arena, pack_files_encode(&arena, &changed), &back));
    struct out o = {.arena = &arena};
    cbor_map(&o, 1);
    cbor_text(&o, T("../etc/passwd"));
    cbor_bytes(&o, bytes_of(T("x")));
    assert_status(pack_files_decode(&arena, bytes_of(out_done(&o)), &back), STATUS_CORRUPT);
    assert_status(pack_files_decode(&arena, (struct bytes){b.p, b.n / 2}, &back), STATUS_CORRUPT);
}

static void a_folder_may_not_lead_outside(void **state) {
    (void)state;
    char folder[] = "/tmp/ostia-pack-XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct text link = text_printf(&arena, "%s/pack.json", folder);
    struct pack_files out;
    struct problem p = {0};
    assert_int_equal(symlink("/etc/hostname", text_c(&arena, link)), 0);
    assert_status(pack_files_from_folder(&arena, folder, &out, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "file_kind");
    unlink(text_c(&arena, link));
    rmdir(folder);
    assert_status(pack_files_from_folder(&arena, "/no/such/folder", &out, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "folder");
}

static void *use(void *given) {
    for (int i = 0; i < 1000; i++) {
        struct pack *mine = pack_keep(given);
        (void)pack_form(mine, T("application"));
        pack_release(mine);
    }
    return NULL;
}
static void threads_share_it(void **state) {
    (void)state;
    pthread_t t[4];
    for (int i = 0; i < 4; i++) assert_int_equal(pthread_create(&t[i], NULL, use, pack), 0);
    for (int i = 0; i < 4; i++) pthread_join(t[i], NULL);
    assert_non_null(pack_form(pack, T("application")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_what_it_is),
        cmocka_unit_test(the_law_is_there_with_its_article),
        cmocka_unit_test(every_outcome_has_its_letter_and_adverse_ones_an_appeal),
        cmocka_unit_test(countries_have_names_and_order_in_every_language),
        cmocka_unit_test(access_rows_are_written_out),
        cmocka_unit_test(one_spoiled_file_is_named),
        cmocka_unit_test(files_survive_the_database),
        cmocka_unit_test(a_folder_may_not_lead_outside),
        cmocka_unit_test(threads_share_it),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
