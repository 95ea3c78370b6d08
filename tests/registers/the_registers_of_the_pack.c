// The registers that eu-common brings: all are there, say who sees what, and how long it is kept.
#include "registers/export.h"
#include "registry.h"

static const char *const ALL[] = {
    "person",   "case",    "idoc",   "bioenrol",  "crossing", "alert",    "visa",   "eta",     "permit",
    "workauth", "asylum",  "dublin", "detention", "return",   "stay",     "invite", "offence", "citizen",
    "repat",    "famlink", "rep",    "interp",    "coi",      "specimen", "verif",  "audit",   "dsr",
    "breach",   "ropa",    "dpia",   "ai_system", "ai_use",   "exchange"};

static size_t searched(const struct form_field *fields, size_t count) {
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += (fields[i].search != SEARCH_NOT) + searched(fields[i].children, fields[i].child_count);
    return n;
}

static void every_register_has_a_form_a_list_a_search_and_an_end(void **state) {
    (void)state;
    struct registry g;
    registry_new(&g);
    for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++) {
        const struct pack_register *r = registers_named(g.r, text_of(ALL[i]));
        size_t finds = 0;
        if (!r) fail_msg("%s is missing", ALL[i]);
        for (size_t k = 0; k < r->form->section_count; k++)
            finds += searched(r->form->sections[k].fields, r->form->sections[k].field_count);
        if (r->columns.count < 2 || !finds)
            fail_msg("%s: columns %zu, searched %zu", ALL[i], r->columns.count, finds);
        for (size_t k = 0; k < r->retention_count; k++)
            if (!r->retention[k].article.n) fail_msg("%s: a retention rule without its article", ALL[i]);
    }
    registry_ends(&g);
}

// ---- who ----

// Who works with a register by law. Who asks whether a permit or an authorisation is good (an employer, a
// carrier, an embassy) has no look into the register: they are answered.
static const struct {
    const char *register_id, *roles;
} READERS[] = {
    {"person", "officer supervisor registrar border_guard border_second_line police applicant statistician"},
    {"case", "officer supervisor registrar representative applicant"},
    {"idoc", "officer border_second_line document_expert police applicant"},
    {"bioenrol", "biometric_officer officer applicant"},
    {"crossing", "border_guard border_second_line officer police applicant statistician"},
    {"alert", "security_officer police border_guard border_second_line officer"},
    {"visa", "consular_officer border_guard border_second_line officer security_officer statistician"},
    {"eta", "travel_authorisation_officer border_guard border_second_line"},
    {"permit", "officer municipality labour_officer border_guard border_second_line statistician"},
    {"workauth", "labour_officer officer applicant statistician"},
    {"asylum", "officer applicant statistician"},
    {"dublin", "responsibility_officer foreign_authority representative statistician"},
    {"detention", "detention_officer court monitor representative statistician"},
    {"return", "return_officer police border_guard border_second_line statistician"},
    {"stay", "municipality police officer statistician"},
    {"invite", "officer consular_officer applicant"},
    {"offence", "offence_officer court applicant"},
    {"citizen", "officer applicant statistician"},
    {"repat", "officer applicant"},
    {"famlink", "officer family_officer"},
    {"rep", "officer registrar representative"},
    {"interp", "officer registrar interpreter"},
    {"coi", "officer document_expert court"},
    {"specimen", "document_expert border_second_line officer"},
    {"verif", "border_second_line document_expert"},
    {"audit", "auditor data_protection_officer"},
    {"dsr", "data_protection_officer applicant"},
    {"breach", "data_protection_officer"},
    {"ropa", "data_protection_officer"},
    {"dpia", "data_protection_officer"},
    {"ai_system", "data_protection_officer"},
    {"ai_use", "officer data_protection_officer"},
    {"exchange", "data_protection_officer"},
};

static bool may(const struct pack_register *r, struct text role, const char *class, bool only_numbers) {
    for (size_t i = 0; i < r->access.count; i++) {
        const struct access_row *row = &r->access.items[i].row;
        bool is_read = text_eq(row->action, T("find")) || text_eq(row->action, T("read"));
        if (role.n && !text_eq(row->role, role)) continue;
        if (class && !text_eq(row->attribute_class, text_of(class))) continue;
        if (only_numbers ? text_eq(row->action, T("export")) : is_read) return true;
    }
    return false;
}

static void some_role_sees_each_field(const struct pack_register *r, const struct form_field *fields,
                                      size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct form_field *f = &fields[i];
        some_role_sees_each_field(r, f->children, f->child_count);
        if (!f->key.n || f->child_count) continue;
        char class[100];
        snprintf(class, sizeof class, TEXT_FMT, TEXT_ARG(f->attribute_class));
        if (!f->attribute_class.n || !may(r, T(""), class, false))
            fail_msg(TEXT_FMT ": nobody sees " TEXT_FMT, TEXT_ARG(r->id), TEXT_ARG(f->path));
    }
}

static void who_reads_is_who_may_by_law(void **state) {
    (void)state;
    struct registry g;
    registry_new(&g);
    assert_int_equal(sizeof READERS / sizeof *READERS, sizeof ALL / sizeof *ALL);
    for (size_t i = 0; i < sizeof READERS / sizeof *READERS; i++) {
        const struct pack_register *r = registers_named(g.r, text_of(READERS[i].register_id));
        struct text rest = text_of(READERS[i].roles), role;
        assert_non_null(r);
        assert_true(r->legal_count > 0);
        while (text_cut(&rest, ' ', &role))
            if (!may(r, role, NULL, text_eq(role, T("statistician"))))
                fail_msg("%s: " TEXT_FMT " may not", READERS[i].register_id, TEXT_ARG(role));
        // Statistics get numbers, never a name or a day of birth.
        for (size_t k = 0; k < r->access.count; k++) {
            const struct access_row *row = &r->access.items[k].row;
            if (!text_eq(row->role, T("statistician"))) continue;
            assert_text(row->action, "export");
            assert_text(row->attribute_class, "statistics");
        }
        for (size_t k = 0; k < r->form->section_count; k++)
            some_role_sees_each_field(r, r->form->sections[k].fields, r->form->sections[k].field_count);
    }
    // Whom somebody is looked for as is told on request only; what was claimed goes to no other state.
    assert_false(may(registers_named(g.r, T("alert")), T("applicant"), NULL, false));
    assert_false(may(registers_named(g.r, T("asylum")), T("foreign_authority"), NULL, false));
    registry_ends(&g);
}

// ---- entries ----

static struct actor with_role(struct registry *g, int which, const char *role) {
    struct actor a = who(&g->h, which);
    a.roles[0] = text_of(role);
    a.role_count = 1;
    return a;
}

static void recorded_by(struct registry *g, const struct actor *a, const char *purpose,
                        const char *register_id, const char *const pairs[][2]) {
    struct register_act act = {.kind = ACT_RECORD,
                               .look = {.purpose = text_of(purpose)},
                               .register_id = text_of(register_id),
                               .answers = said(g, pairs)};
    g->h.problem = (struct problem){0};
    enum status st = registers_do(g->r, a, &act, NULL, &g->h.arena, &g->done, &g->h.problem);
    if (st) house_say(&g->h, register_id, st);
    assert_int_equal(st, STATUS_OK);
}

static void keeper_records(struct registry *g, const char *register_id, const char *const pairs[][2]) {
    struct actor keeper = with_role(g, REGISTRAR, "register_keeper");
    recorded_by(g, &keeper, "register_keeping", register_id, pairs);
}

static void kept_until(struct registry *g, const char *rule, const char *day) {
    struct actor keeper = with_role(g, REGISTRAR, "register_keeper");
    struct look look = {.purpose = T("register_keeping")};
    struct entry_view v;
    enum status st =
        registers_open_entry(g->r, &keeper, &look, g->done.entry, NULL, &g->h.arena, &v, &g->h.problem);
    if (st) house_say(&g->h, "open", st);
    assert_int_equal(st, STATUS_OK);
    assert_text(v.due_rule, rule);
    assert_text(date_print(&g->h.arena, v.due), day);
}

static void a_visa_is_kept_for_five_years_from_its_end_or_refusal(void **state) {
    (void)state;
    static const char *const ISSUED[][2] = {{"application_no", "VA-1"},
                                            {"visa_type", "C"},
                                            {"entries", "1"},
                                            {"visa_purpose", "tourism"},
                                            {"applied_on", "2026-09-01"},
                                            {"family_name", "الحسن"},
                                            {"given_names", "كريم"},
                                            {"family_name_latin", "Al-Hassan"},
                                            {"given_names_latin", "Karim"},
                                            {"doc_type", "P"},
                                            {"issuing_state", "SYR"},
                                            {"doc_number", "N123456"},
                                            {"person_no", "0000100077"},
                                            {"visa_status", "issued"},
                                            {"valid_from", "2026-10-01"},
                                            {"valid_until", "2026-12-31"},
                                            {0}};
    static const char *const REFUSED_ONE[][2] = {{"application_no", "VA-2"},
                                                 {"visa_type", "C"},
                                                 {"entries", "1"},
                                                 {"visa_purpose", "family"},
                                                 {"applied_on", "2026-09-01"},
                                                 {"family_name", "Verbenko"},
                                                 {"visa_status", "refused"},
                                                 {"visa_refusal[0]", "3"},
                                                 {"decided_on", "2026-10-05"},
                                                 {0}};
    struct registry g;
    registry_new(&g);
    keeper_records(&g, "visa", ISSUED);
    kept_until(&g, "issued", "2031-12-31");
    keeper_records(&g, "visa", REFUSED_ONE);
    kept_until(&g, "refused", "2031-10-05");
    registry_ends(&g);
}

static void a_crossing_without_an_exit_is_kept_longer(void **state) {
    (void)state;
    static const char *const ENTRY[][2] = {{"crossing_event", "entry"},
                                           {"at", "2026-11-20T08:10"},
                                           {"crossing_point", "BEBRU"},
                                           {"means", "air"},
                                           {"traveller_class", "visa_exempt"},
                                           {"family_name", "Sarvpour"},
                                           {0}};
    static const char *const EXIT[][2] = {{"crossing_event", "exit"},
                                          {"at", "2026-11-20T19:10"},
                                          {"crossing_point", "BEBRU"},
                                          {"means", "air"},
                                          {"traveller_class", "visa_exempt"},
                                          {"family_name", "Sarvpour"},
                                          {0}};
    struct registry g;
    registry_new(&g);
    struct actor guard = with_role(&g, OFFICER, "border_guard");
    recorded_by(&g, &guard, "border_check", "crossing", ENTRY);
    kept_until(&g, "default", "2031-11-20");
    recorded_by(&g, &guard, "border_check", "crossing", EXIT);
    kept_until(&g, "exit", "2029-11-21");
    registry_ends(&g);
}

// A person has one name as written and one in Latin letters, not the family name of one with the given names
// of the other. The state that issued the passport did not give the number of the application.
static void names_and_numbers_go_together(void **state) {
    (void)state;
    static const char *const VISA[][2] = {{"application_no", "VA-1"},
                                          {"visa_type", "C"},
                                          {"entries", "1"},
                                          {"visa_purpose", "tourism"},
                                          {"applied_on", "2026-09-01"},
                                          {"family_name", "الحسن"},
                                          {"given_names", "كريم"},
                                          {"family_name_latin", "Al-Hassan"},
                                          {"given_names_latin", "Karim"},
                                          {"doc_type", "P"},
                                          {"issuing_state", "SYR"},
                                          {"doc_number", "N123456"},
                                          {"visa_status", "applied"},
                                          {0}};
    struct registry g;
    struct entry_identity *list;
    struct db *db;
    size_t count;
    registry_new(&g);
    keeper_records(&g, "visa", VISA);
    assert_ok(store_reader(g.h.store, &db));
    assert_ok(registers_identities(g.r, db, 0, 10, &g.h.arena, &list, &count));
    store_reader_release(g.h.store, db);
    assert_int_equal(count, 1);
    const struct identity_record *r = &list[0].record;
    assert_int_equal(r->name_count, 2);
    assert_text(r->names[0].family, "الحسن");
    assert_text(r->names[0].given, "كريم");
    assert_text(r->names[1].family, "Al-Hassan");
    assert_text(r->names[1].given, "Karim");
    assert_int_equal(r->number_count, 2);
    for (size_t i = 0; i < 2; i++) {
        bool is_passport = text_eq(r->numbers[i].number, T("N123456"));
        assert_text(r->numbers[i].issuer, is_passport ? "SYR" : "");
        assert_text(r->numbers[i].kind, is_passport ? "P" : "");
    }
    registry_ends(&g);
}

// Who has two nationalities is counted under both, once under each.
static void several_answers_are_counted_each(void **state) {
    (void)state;
    struct registry g;
    struct statistic_table t;
    registry_new(&g);
    for (int i = 0; i < 6; i++) {
        char number[16];
        snprintf(number, sizeof number, "00001000%d0", i);
        const char *const PERSON[][2] = {{"person_no", number},
                                         {"family_name", "Verbenko"},
                                         {"given_names", "Olena"},
                                         {"birth_date", "1990-05-17"},
                                         {"birth_basis", "declared"},
                                         {"sex", "2"},
                                         {"nationalities[0].nationality", "SYR"},
                                         {"nationalities[1].nationality", i < 5 ? "UKR" : "SYR"},
                                         {0}};
        keeper_records(&g, "person", PERSON);
    }
    struct actor counts = with_role(&g, BOSS, "statistician");
    struct statistic_order o = {.look = {.purpose = T("statistics")},
                                .register_id = T("person"),
                                .statistic = T("persons_by_nationality")};
    enum status st = registers_statistic(g.r, &counts, &o, &g.h.arena, &t, &g.h.problem);
    if (st) house_say(&g.h, "statistic", st);
    assert_int_equal(st, STATUS_OK);
    assert_text(statistic_csv(&g.h.arena, &t), "period,nationalities[].nationality,sex,age_group,count\r\n"
                                               "2026-11-21,SYR,2,35-64,6\r\n"
                                               "2026-11-21,UKR,2,35-64,5\r\n");
    assert_true(
        text_starts(statistic_json(&g.h.arena, &t),
                    T("[{\"period\":\"2026-11-21\",\"nationalities[].nationality\":\"SYR\",\"sex\":\"2\"")));
    registry_ends(&g);
}

static size_t found_by(struct registry *g, const struct actor *a, const char *purpose,
                       const char *register_id, struct entry_list *list) {
    struct look look = {.purpose = text_of(purpose)};
    struct entry_filter f = {.register_id = text_of(register_id)};
    enum status st = registers_find(g->r, a, &look, &f, &g->h.arena, list, &g->h.problem);
    if (st) house_say(&g->h, register_id, st);
    assert_int_equal(st, STATUS_OK);
    return list->count;
}

static void an_alert_needs_two_and_a_guard_sees_only_what_to_do(void **state) {
    (void)state;
    static const char *const ALERT[][2] = {{"alert_target", "person"},
                                           {"alert_type", "BAN_NAT"},
                                           {"alert_action", "refuse_entry"},
                                           {"starts_on", "2026-11-01"},
                                           {"expires_on", "2029-11-01"},
                                           {"review_on", "2027-11-01"},
                                           {"family_name", "Al-Hassan"},
                                           {"legal_ground", "Aliens Act Art. 43"},
                                           {"authority", "Security service"},
                                           {"assessment", "Why it is needed in this case."},
                                           {0}};
    struct registry g;
    struct entry_list list;
    registry_new(&g);
    struct actor first = with_role(&g, OFFICER, "security_officer"),
                 second = with_role(&g, BOSS, "security_officer"),
                 guard = with_role(&g, REGISTRAR, "border_guard");
    recorded_by(&g, &first, "security_check", "alert", ALERT);
    assert_true(g.done.is_waiting);
    assert_int_equal(found_by(&g, &guard, "border_check", "alert", &list), 0);
    struct register_act confirm = {
        .kind = ACT_CONFIRM, .look = {.purpose = T("security_check")}, .entry = g.done.entry};
    assert_int_equal(registers_do(g.r, &first, &confirm, NULL, &g.h.arena, &g.done, &g.h.problem),
                     STATUS_REFUSED);
    assert_ok(registers_do(g.r, &second, &confirm, NULL, &g.h.arena, &g.done, &g.h.problem));
    assert_int_equal(found_by(&g, &guard, "border_check", "alert", &list), 1);
    assert_text(answers_get(&list.items[0].answers, T("alert_action")), "refuse_entry");
    assert_false(answers_get(&list.items[0].answers, T("family_name")).n > 0);
    registry_ends(&g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_register_has_a_form_a_list_a_search_and_an_end),
        cmocka_unit_test(who_reads_is_who_may_by_law),
        cmocka_unit_test(a_visa_is_kept_for_five_years_from_its_end_or_refusal),
        cmocka_unit_test(a_crossing_without_an_exit_is_kept_longer),
        cmocka_unit_test(names_and_numbers_go_together),
        cmocka_unit_test(several_answers_are_counted_each),
        cmocka_unit_test(an_alert_needs_two_and_a_guard_sees_only_what_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
