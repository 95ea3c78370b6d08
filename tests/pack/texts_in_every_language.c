// .po files: plural forms, machine-made marks, placeholders, layers, and what is refused.
#include "check.h"
#include "pack/text_catalog.h"

static const char EN[] =
    "msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n"
    "\"Plural-Forms: nplurals=2; plural=(n != 1);\\n\"\n\n"
    "msgid \"days\"\nmsgid_plural \"days\"\nmsgstr[0] \"{count} day\"\nmsgstr[1] \"{count} days\"\n\n"
    "#. a comment\n#: file.c:3\nmsgid \"greeting\"\nmsgstr \"Hello \"\n\"{name}\"\n\n"
    "msgctxt \"menu\"\nmsgid \"open\"\nmsgstr \"Open\"\n\n#~ msgid \"old\"\n#~ msgstr \"Old\"\n";
static const char AR_HEAD[] = "msgid \"\"\nmsgstr \"Plural-Forms: nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : "
                              "n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 :"
                              " n%100>=11 ? 4 : 5);\\n\"\n\n";
static const char AR_DAYS[] =
    "msgid \"days\"\nmsgid_plural \"days\"\nmsgstr[0] \"zero\"\nmsgstr[1] \"one\"\nmsgstr[2] \"two\"\n"
    "msgstr[3] \"few {count}\"\nmsgstr[4] \"many {count}\"\nmsgstr[5] \"other {count}\"\n\n";
static const char AR_REST[] =
    "#, fuzzy\nmsgid \"greeting\"\nmsgstr \"\xD9\x85\xD8\xB1\xD8\xAD\xD8\xA8\xD8\xA7 {name}\"\n\n"
    "msgctxt \"menu\"\nmsgid \"open\"\nmsgstr \"\xD9\x81\xD8\xAA\xD8\xAD\"\n";
static const char UK[] =
    "msgid \"\"\nmsgstr \"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
    "(n%100<12 ||"
    " n%100>14) ? 1 : 2);\\n\"\n\nmsgid \"days\"\nmsgid_plural \"days\"\nmsgstr[0] \"{count} "
    "\xD0\xB4\xD0\xB5\xD0\xBD\xD1\x8C\"\n"
    "msgstr[1] \"{count} \xD0\xB4\xD0\xBD\xD1\x96\"\nmsgstr[2] \"{count} "
    "\xD0\xB4\xD0\xBD\xD1\x96\xD0\xB2\"\n\n"
    "msgid \"greeting\"\nmsgstr \"{name}!\"\n\nmsgctxt \"menu\"\nmsgid \"open\"\nmsgstr \"x\"\n";

static struct arena arena;

static enum status read_two(const char *english, const char *language, const char *other, struct catalog **c,
                            struct problem *p) {
    struct po_input in[] = {{T("en"), T("texts/en.po"), text_of(english)},
                            {text_of(language), T("texts/x.po"), text_of(other)}};
    return catalog_read(&arena, in, other ? 2 : 1, c, p);
}

static struct texts all(void) {
    static struct catalog *c;
    struct texts t = {0};
    struct text ar = TEXT_JOIN(&arena, text_of(AR_HEAD), text_of(AR_DAYS), text_of(AR_REST));
    struct po_input in[] = {{T("en"), T("texts/en.po"), text_of(EN)},
                            {T("ar"), T("texts/ar.po"), ar},
                            {T("uk"), T("texts/uk.po"), text_of(UK)}};
    assert_ok(catalog_read(&arena, in, 3, &c, NULL));
    texts_add(&t, c);
    return t;
}

static void plural_forms_fit_the_number(void **state) {
    (void)state;
    struct texts t = all();
    static const struct {
        const char *language;
        int64_t n;
        const char *starts;
    } CASES[] = {{"en", 1, "{count} day"},
                 {"en", 0, "{count} days"},
                 {"ar", 0, "zero"},
                 {"ar", 1, "one"},
                 {"ar", 2, "two"},
                 {"ar", 7, "few"},
                 {"ar", 103, "few"},
                 {"ar", 11, "many"},
                 {"ar", 100, "other"},
                 {"ar", 102, "other"},
                 {"uk", 1, "{count} \xD0\xB4\xD0\xB5"},
                 {"uk", 21, "{count} \xD0\xB4\xD0\xB5"},
                 {"uk", 3, "{count} \xD0\xB4\xD0\xBD\xD1\x96"},
                 {"uk", 11, "{count} \xD0\xB4\xD0\xBD\xD1\x96\xD0\xB2"},
                 {"uk", 112, "{count} \xD0\xB4\xD0\xBD\xD1\x96\xD0\xB2"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_true(text_starts(texts_count(&t, text_of(CASES[i].language), T("days"), CASES[i].n, NULL),
                                text_of(CASES[i].starts)));
}

static void a_machine_made_text_says_so(void **state) {
    (void)state;
    struct texts t = all();
    bool machine = false;
    texts_get(&t, T("ar"), T("greeting"), &machine);
    assert_true(machine);
    assert_text(texts_get(&t, T("ar"), T("menu|open"), &machine), "\xD9\x81\xD8\xAA\xD8\xAD");
    assert_false(machine);
}

static void unknown_languages_and_keys_fall_back(void **state) {
    (void)state;
    struct texts t = all();
    assert_text(texts_get(&t, T("de"), T("greeting"), NULL), "Hello {name}");
    assert_text(texts_get(&t, T("en"), T("no.such.key"), NULL), "no.such.key");
    assert_text(texts_get(&t, T("en"), T("old"), NULL), "old"); // obsolete entries are not there
    assert_text(texts_language(&t, T("ar-SY")), "ar");
    assert_text(texts_language(&t, T("de")), "en");
    assert_true(catalog_language(t.layer[0], 1)->is_rtl);
    assert_false(catalog_language(t.layer[0], 2)->is_rtl);
    assert_true(language_is_rtl(T("fa")) && language_is_rtl(T("ps")) && !language_is_rtl(T("so")));
}

static void an_upper_layer_covers_a_lower(void **state) {
    (void)state;
    struct texts t = {0}, base = all();
    struct catalog *own;
    assert_ok(read_two("msgid \"greeting\"\nmsgstr \"Good day {name}\"\n", "", NULL, &own, NULL));
    texts_add(&t, own);
    texts_add(&t, base.layer[0]);
    assert_text(texts_get(&t, T("en"), T("greeting"), NULL), "Good day {name}");
    assert_text(texts_get(&t, T("en"), T("menu|open"), NULL), "Open");
}

static void placeholders_are_filled(void **state) {
    (void)state;
    struct text_value v[] = {{T("name"), T("A {b}")}, {T("b"), T("no")}};
    assert_text(text_fill(&arena, T("Hi {name}, {{b} and {other} {"), v, 2), "Hi A {b}, {b} and {other} {");
    assert_text(text_fill(&arena, T(""), v, 2), "");
}

static void mistakes_name_file_line_and_key(void **state) {
    (void)state;
    static const char OK[] = "msgid \"a\"\nmsgstr \"A {x}\"\n";
    static const struct {
        const char *english, *other, *rule;
        int64_t line;
    } CASES[] = {
        {OK, "msgid \"a\"\nmsgstr \"B {y}\"\n", "text_placeholders", 1},
        {OK, "msgid \"a\"\nmsgstr \"B\"\n", "text_placeholders", 1},
        {OK, "msgid \"a\"\nmsgstr \"B {x}\"\n\nmsgid \"b\"\nmsgstr \"C\"\n", "text_unknown", 4},
        {OK, "# nothing\n", "text_missing", 0},
        {OK, "msgid \"a\"\nmsgstr \"\"\n", "text_empty", 1},
        {"msgid \"a\"\nmsgstr \"A\"\n\nmsgid \"a\"\nmsgstr \"B\"\n", NULL, "text_duplicate", 4},
        {"msgid \"a\"\nmsgstr \"A\n", NULL, "po_syntax", 2},
        {"msgid \"a\"\nmsgstr \"A\\q\"\n", NULL, "po_syntax", 2},
        {"msgstr \"A\"\n", NULL, "po_syntax", 1},
        {"msgid \"a\"\nmsgid_plural \"a\"\nmsgstr[0] \"A\"\nmsgstr[2] \"B\"\n", NULL, "po_syntax", 1},
        {"msgid \"\"\nmsgstr \"Plural-Forms: nplurals=2; plural=n;\\n\"\n", NULL, "po_plural_forms", 1},
        {"msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=ISO-8859-1\\n\"\n", NULL, "po_charset", 1},
        {"msgid \"a\"\nmsgstr \"\xFF\"\n", NULL, "po_charset", 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct catalog *c;
        struct problem p = {0};
        assert_status(read_two(CASES[i].english, "fr", CASES[i].other, &c, &p), STATUS_INVALID);
        assert_string_equal(p.rule, CASES[i].rule);
        if (p.line != CASES[i].line) fail_msg("case %zu: line %d", i, (int)p.line);
        assert_string_equal(p.field, CASES[i].other ? "texts/x.po" : "texts/en.po");
    }
}

static void dates_read_as_people_write_them(void **state) {
    (void)state;
    struct date d = {2026, 11, 21};
    assert_text(text_date(&arena, T("en"), d), "November 21, 2026");
    assert_text(text_date(&arena, T("fr"), d), "21 novembre 2026");
    assert_true(text_starts(text_date(&arena, T("uk"), (struct date){1990, 5, 0}), T("травень 1990")));
    assert_text(text_date(&arena, T("en"), (struct date){1990, 0, 0}), "1990");
    size_t at;
    assert_true(text_find(text_date(&arena, T("fa"), d), T("2026"), &at)); // Gregorian, digits 0-9
    assert_text(text_time(&arena, T("fr"), 14 * 60 + 5), "14:05");
}

static int free_arena(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plural_forms_fit_the_number),
        cmocka_unit_test(a_machine_made_text_says_so),
        cmocka_unit_test(unknown_languages_and_keys_fall_back),
        cmocka_unit_test(an_upper_layer_covers_a_lower),
        cmocka_unit_test(placeholders_are_filled),
        cmocka_unit_test(mistakes_name_file_line_and_key),
        cmocka_unit_test(dates_read_as_people_write_them),
    };
    return cmocka_run_group_tests(tests, NULL, free_arena);
}
