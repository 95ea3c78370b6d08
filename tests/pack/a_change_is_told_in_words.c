// What one version changes against another: each change once, and nothing that only moved.
#include "pack/pack_diff.h"
#include "pack_folder.h"

static struct arena arena;
static struct pack_files shipped;
static struct pack *old;

static int setup(void **state) {
    (void)state;
    shipped = shipped_files(&arena);
    return pack_read(&arena, &shipped, &old, NULL) != STATUS_OK;
}
static int teardown(void **state) {
    (void)state;
    pack_release(old);
    arena_free(&arena);
    return 0;
}

// "deadlines ~ lodging period 21 days > 28 days", one line a change.
static struct text changes(const struct pack_files *f) {
    struct pack *new;
    struct pack_differences d;
    struct problem p = {0};
    struct out o = {.arena = &arena};
    enum status st = pack_read(&arena, f, &new, &p);
    if (st) fail_msg("%s %s", p.field, p.rule);
    pack_compare(&arena, old, new, &d);
    pack_release(new);
    for (size_t i = 0; i < d.count; i++) {
        const struct pack_difference *one = &d.items[i];
        out_printf(&o, "%s%s %c " TEXT_FMT, i ? "\n" : "", pack_section_name(one->section),
                   "+-~"[one->change], TEXT_ARG(one->id));
        if (one->change == PACK_CHANGED)
            out_printf(&o, " " TEXT_FMT ": " TEXT_FMT " > " TEXT_FMT, TEXT_ARG(one->property),
                       TEXT_ARG(one->before), TEXT_ARG(one->now));
    }
    return out_done(&o);
}

static void nothing_changed_is_nothing(void **state) {
    (void)state;
    assert_text(changes(&shipped), "");
}

static void each_change_is_one_line(void **state) {
    (void)state;
    static const struct {
        const char *file, *from, *to, *said;
    } CASES[] = {
        {"deadlines.json", "\"count\": 21,", "\"count\": 28,",
         "deadlines ~ lodging period: 21 days > 28 days"},
        {"deadlines.json", "\"article\": \"Reg. (EU) 2024/1348 Art. 28(1)\"",
         "\"article\": \"Reg. (EU) 2024/1348 Art. 28(3)\"",
         "deadlines ~ lodging article: Reg. (EU) 2024/1348 Art. 28(1) > Reg. (EU) 2024/1348 Art. 28(3)"},
        {"deadlines.json", "\"mode\": \"total\",\n          \"count\": 15",
         "\"mode\": \"total\",\n          \"count\": 10",
         "deadlines ~ registration extension disproportionate_numbers: to 15 days, Reg. (EU) 2024/1348 Art. "
         "27(4) > to 10 days, Reg. (EU) 2024/1348 Art. 27(4)"},
        {"forms/application.form", "\"validate\": {\"maxLength\": 100, \"required\": true}",
         "\"validate\": {\"maxLength\": 100}", "forms ~ application.family_name required: yes > no"},
        {"forms/application.form", "\"key\": \"birth_date\"", "\"key\": \"born_on\"",
         "forms + application.born_on\nforms - application.birth_date"},
        {"lookups.json", "\"permit_status\",\n        \"valid_until\"\n      ],\n      \"a_day\": 20000",
         "\"permit_status\"\n      ],\n      \"a_day\": 20000",
         "access ~ data request permit_validity attributes: permit_status, valid_until > permit_status"},
        {"exchange/steps.json", "\"code\": \"rejected\"", "\"code\": \"withdrawn\"",
         "access ~ tells ASY_DECIDED with the letter decision_negative (1) result: rejected > withdrawn"},
        {"exchange/steps.json", "\"reply\": \"refused\"", "\"reply\": \"accepted\"",
         "access ~ hears TCH_REFUSED (1) result: reply: refused, received_on: =today() > reply: accepted, "
         "received_on: =today()"},
        {"codes/outcome.json", "\"second_officer\": true", "\"second_officer\": false",
         "codes ~ outcome.rejected second_officer: yes > no"},
        {"letters/receipt.json", "{\"kind\": \"paragraph\", \"text\": \"letter.phishing\"},", "",
         "letters - receipt: letter.phishing"},
        {"processes/asylum.bpmn", "candidateGroups=\"registrar\"", "candidateGroups=\"officer\"",
         "processes ~ asylum.confirm_application groups: registrar > officer"},
        {"processes/asylum.bpmn", "=complete = true", "=complete = true or held = true",
         "processes ~ asylum.is_complete > suggest_track condition: =complete = true > =complete = true or "
         "held = "
         "true"},
        {"decisions/priority.dmn", "\"LIKELY_WELL_FOUNDED\", \"DANGER\"",
         "\"LIKELY_WELL_FOUNDED\", \"PERIL\"",
         "decisions ~ decisions/priority.dmn: type t_priority allowed: \"UNACCOMPANIED_MINOR\", "
         "\"SPECIAL_NEEDS\", "
         "\"URGENT_HELP\", \"LIKELY_WELL_FOUNDED\", \"DANGER\" > \"UNACCOMPANIED_MINOR\", "
         "\"SPECIAL_NEEDS\", \"URGENT_HELP\", \"LIKELY_WELL_FOUNDED\", \"PERIL\""},
        {"access.json", "\"role\": [\"interpreter\"]", "\"role\": [\"interpreter\", \"auditor\"]",
         "access + auditor, read, asylum_examination, assigned"},
        {"texts/en.po", "msgstr \"Passport\"", "msgstr \"Travel passport\"",
         "texts ~ en: code.document.passport text: Passport > Travel passport"},
        {"pack.json", "\"valid_from\": \"2026-06-12\"", "\"valid_from\": \"2026-07-01\"",
         "files ~ pack.json valid_from: 2026-06-12 > 2026-07-01"},
        {"pack.json", "\"contact_phone\": \"+32 2 000 00 00\"", "\"contact_phone\": \"+32 2 000 00 09\"",
         "files ~ pack.json contact_phone: +32 2 000 00 00 > +32 2 000 00 09"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct pack_files f = spoiled_files(&arena, &shipped, CASES[i].file, CASES[i].from, CASES[i].to);
        assert_text(changes(&f), CASES[i].said);
    }
}

// Rows of a table are the same wherever they stand; what they answer is a change.
static void rows_are_matched_by_their_conditions(void **state) {
    (void)state;
    struct text dmn = shipped_file(&arena, "decisions/priority.dmn"), moved;
    size_t begins, ends, last;
    assert_true(text_find(dmn, T("<rule"), &begins));
    assert_true(text_find(dmn, T("</rule>"), &ends));
    assert_true(text_find(dmn, T("</decisionTable>"), &last));
    struct text row = text_slice(dmn, begins, ends + 7);
    moved = TEXT_JOIN(&arena, text_slice(dmn, 0, begins), text_slice(dmn, ends + 7, last), row,
                      text_slice(dmn, last, dmn.n));
    struct pack_files f = spoiled_files(&arena, &shipped, "decisions/priority.dmn", "<?xml", "<?xml");
    for (size_t i = 0; i < f.count; i++)
        if (text_eq(f.items[i].name, T("decisions/priority.dmn"))) f.items[i].content = bytes_of(moved);
    assert_text(changes(&f), "");
    f = spoiled_files(&arena, &f, "decisions/priority.dmn", "out_1\"><text>\"SPECIAL_NEEDS\"",
                      "out_1\"><text>\"CARE\"");
    struct text said = changes(&f);
    size_t at;
    assert_true(text_starts(said, T("decisions ~ priority: ")) && text_find(said, T(" > \"CARE\" | "), &at));
    assert_false(text_find(said, T("\n"), &at));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_changed_is_nothing),
        cmocka_unit_test(each_change_is_one_line),
        cmocka_unit_test(rows_are_matched_by_their_conditions),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
