// One window: zones, numbers, names with dates; hits first, and what they say only for who may see it.
#include "house.h"

#include "identity/mrz.h"
#include "registers/import.h"
#include "registers/retention.h"

static struct search_answer answer;

static enum status try_search(struct house *h, int which, const char *typed) {
    struct actor a = who(h, which);
    struct search_ask ask = {.typed = text_of(typed)};
    ask.look.purpose = which == BOSS ? T("supervision") : T("registration");
    h->problem = (struct problem){0};
    return search_run(searching, &a, &ask, &h->arena, &answer, &h->problem);
}

static const struct search_answer *found(struct house *h, int which, const char *typed) {
    enum status st = try_search(h, which, typed);
    if (st) house_say(h, typed, st);
    assert_int_equal(st, STATUS_OK);
    return &answer;
}

// ---- what was typed

static struct search_query typed(struct arena *a, const char *t) {
    struct search_query q;
    struct problem p = {0};
    assert_ok(query_read(a, text_of(t), (struct date){2026, 11, 26}, &q, &p));
    return q;
}

static void what_is_typed_is_recognised(void **state) {
    (void)state;
    struct arena a = {0};
    struct search_query q = typed(
        &a, "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10");
    assert_int_equal(q.kinds, QUERY_ZONE);
    assert_text(q.number, "L898902C3");
    assert_text(q.record.names[0].family, "ERIKSSON");
    assert_int_equal(q.birth.year, 1974);
    q = typed(&a, "hosseini maryam 1991-04");
    assert_int_equal(q.kinds, QUERY_NAME | QUERY_BIRTH);
    assert_text(q.name, "hosseini maryam");
    assert_int_equal(q.birth.month, 4);
    q = typed(&a, "12.3.1990 Нестеренко");
    assert_int_equal(q.birth.day, 12);
    assert_text(q.name, "Нестеренко");
    q = typed(&a, "P 000 000 012-62");
    assert_int_equal(q.kinds, QUERY_PERSON);
    q = typed(&a, "OST-2026-0000012");
    assert_int_equal(q.kinds, QUERY_NUMBER);
    q = typed(&a, "AB 123 CD");
    assert_int_equal(q.kinds, QUERY_NUMBER);
    assert_text(q.number, "AB123CD");
    q = typed(&a, "1991");
    assert_int_equal(q.kinds, QUERY_NUMBER);
    struct problem p = {0};
    assert_status(query_read(&a, T("  "), (struct date){2026, 11, 26}, &q, &p), STATUS_INVALID);
    assert_status(query_read(&a, T("--"), (struct date){2026, 11, 26}, &q, &p), STATUS_INVALID);
    arena_free(&a);
}

// ---- who is found

static void a_person_is_found_in_any_script(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    int64_t id = submitted(&h, APPLICANT);
    registered(&h, id);
    const char *asked[] = {"Maryam Hosseini 1991", "hosseyni maryam", "مريم حسيني", "HOSSEINI 1991-04"};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        const struct search_answer *x = found(&h, REGISTRAR, asked[i]);
        assert_int_equal(x->hits.count, 1);
        assert_true(x->hits.items[0].is_seen);
        assert_true(x->hits.items[0].who.case_id == id);
        assert_true(x->hits.items[0].is_compared);
        assert_false(x->is_loading);
    }
    assert_int_equal(found(&h, REGISTRAR, "Olena Shevchenko 1991")->hits.count, 0);
    struct case_file f;
    open_file(&h, REGISTRAR, "registration", id, &f);
    const struct search_answer *x = found(&h, REGISTRAR, text_c(&h.arena, f.head.case_no));
    assert_int_equal(x->hits.count, 1);
    assert_string_equal(x->hits.items[0].level, "number");
    search_story_ends(&h);
}

static void who_may_not_search_learns_nothing(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    with_officer(&h);
    assert_status(try_search(&h, APPLICANT, "Hosseini"), STATUS_REFUSED);
    struct actor far = who(&h, REGISTRAR);
    far.unit = T("South");
    struct search_ask ask = {.typed = T("Maryam Hosseini 1991"), .look = {.purpose = T("registration")}};
    assert_ok(search_run(searching, &far, &ask, &h.arena, &answer, &h.problem));
    for (size_t i = 0; i < answer.hits.count; i++) {
        assert_false(answer.hits.items[i].is_seen);
        assert_int_equal(answer.hits.items[i].who.family_name.n, 0);
    }
    search_story_ends(&h);
}

// New records are compared when they come in; nobody is linked by the system.
static void alike_records_are_offered(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    int64_t one = record_of(&h, submitted(&h, APPLICANT));
    assert_ok(search_step(searching));
    int64_t two = record_of(&h, submitted(&h, OTHER_APPLICANT));
    assert_ok(search_step(searching));
    struct natural_pairs pairs;
    READING(&h, natural_offered(db, 10, &h.arena, &pairs));
    assert_int_equal(pairs.count, 1);
    assert_true(pairs.items[0].left == one && pairs.items[0].right == two);
    struct actor a = who(&h, REGISTRAR);
    struct look look = {.purpose = T("registration")};
    struct search_pair side_by_side;
    assert_ok(search_compare(searching, &a, &look, one, two, &h.arena, &side_by_side));
    assert_true(side_by_side.is_compared);
    assert_string_equal(side_by_side.how.features[FEATURE_NAME].how, "same");
    NATURAL(&h, REGISTRAR, .act = NATURAL_CLEAR, .record = one, .other_record = two,
            .left_mark = pairs.items[0].left_mark, .right_mark = pairs.items[0].right_mark);
    assert_ok(search_step(searching));
    READING(&h, natural_offered(db, 10, &h.arena, &pairs));
    assert_int_equal(pairs.count, 0);
    search_story_ends(&h);
}

static void a_false_hit_comes_last_and_says_why(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    submitted(&h, APPLICANT);
    const struct search_answer *x = found(&h, REGISTRAR, "Maryam Hosseini 1991-04");
    assert_int_equal(x->open, 1);
    NATURAL(&h, REGISTRAR, .act = NATURAL_RELEASE, .record = x->hits.items[0].record,
            .left_mark = x->hits.items[0].mark, .asked = x->asked, .reason = T("Another mother."));
    x = found(&h, OFFICER, "maryam  HOSSEINI 1991-04"); // the same question
    assert_int_equal(x->open, 0);
    assert_true(x->hits.items[0].is_cleared);
    assert_text(x->hits.items[0].said.reason, "Another mother.");
    assert_text(x->hits.items[0].said.by_name, "R. Registrar");
    assert_int_equal(found(&h, OFFICER, "Maryam Hosseini 1991")->open, 1); // another one
    search_story_ends(&h);
}

// Withdrawn, answered, and read.
static void closed(struct house *h, int64_t id) {
    DO(h, APPLICANT, .kind = COMMAND_WITHDRAW_APPLICATION, .case_id = id, .withdraw_application = {T("")});
    assigned(h, id);
    int64_t decision = proposed(h, id, "withdrawn_explicit");
    DO(h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    DO(h, APPLICANT, .kind = COMMAND_OPEN_LETTER, .case_id = id,
       .open_letter = {newest_letter(h, id, "decision_closed")});
}

static void who_is_erased_is_found_no_more(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    int64_t id = submitted(&h, APPLICANT), record = record_of(&h, id);
    registered(&h, id);
    closed(&h, id);
    NATURAL(&h, REGISTRAR, .act = NATURAL_OPEN, .record = record);
    assert_int_equal(found(&h, REGISTRAR, "Maryam Hosseini 1991")->hits.count, 1);
    struct actor system = actor_system();
    struct command c = {.kind = COMMAND_ERASE_PERSON, .case_id = id, .erase_person = {T("retention_ended")}};
    enum status st = cases_do(h.cases, &system, &c, &h.arena, &h.result, &h.problem);
    if (st) house_say(&h, "erase", st);
    assert_int_equal(st, STATUS_OK);
    assert_int_equal(found(&h, REGISTRAR, "Maryam Hosseini 1991")->hits.count, 0);
    assert_int_equal(search_count(searching), 0);
    assert_ok(search_step(searching));
    int64_t natural;
    struct db *db;
    assert_ok(store_reader(h.store, &db));
    assert_status(natural_by_record(db, record, &natural), STATUS_NOT_FOUND);
    store_reader_release(h.store, db);
    search_story_ends(&h);
}

// ---- lists that people are held against

static const struct search_answer *found_by(struct house *h, const char *role, const char *typed) {
    struct actor a = staff_of(h, role, 9);
    struct search_ask ask = {.typed = text_of(typed), .look = {.purpose = T("border_check")}};
    if (text_eq(text_of(role), T("security_officer"))) ask.look.purpose = T("security_check");
    h->problem = (struct problem){0};
    enum status st = search_run(searching, &a, &ask, &h->arena, &answer, &h->problem);
    if (st) house_say(h, typed, st);
    assert_int_equal(st, STATUS_OK);
    return &answer;
}

#define NAMED(family, given, birth)                    \
    {"family_name", family}, {"given_names", given}, { \
        "birth_date", birth                            \
    }

// What the first line sees of it: that there is one and what to do; not whom it means, nor how alike they
// are.
static void the_first_line_sees_what_to_do(struct house *h) {
    const struct search_hit *hit = &found_by(h, "border_guard", "Karim Haddad 1980-05-17")->hits.items[0];
    bool says_what_to_do = false;
    assert_true(hit->is_seen && hit->is_contested && !hit->shows_who && !hit->is_compared && !hit->may_read);
    assert_int_equal(hit->record_seen.name_count, 0);
    for (size_t i = 0; i < hit->columns.count; i++) {
        says_what_to_do |= text_eq(hit->columns.items[i].value, T("refuse_entry"));
        assert_false(text_eq(hit->columns.items[i].value, T("Haddad")));
    }
    assert_true(says_what_to_do);
}

static void an_alert_is_a_hit_only_while_it_holds(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    static const char *const NOW[][2] = {
        ALERT_ON("person", "BAN_NAT", "refuse_entry", "2026-01-01", "2026-12-31"),
        NAMED("Haddad", "Karim", "1980-05-17"),
        {"is_contested", "true"},
        {0}};
    static const char *const OVER[][2] = {
        ALERT_ON("person", "BAN_NAT", "refuse_entry", "2024-01-01", "2026-11-20"),
        NAMED("Okafor", "Grace", "1975-02-03"),
        {0}};
    static const char *const LATER[][2] = {
        ALERT_ON("person", "BAN_NAT", "refuse_entry", "2027-01-01", "2027-12-31"),
        NAMED("Novak", "Jana", "1990-09-09"),
        {0}};
    alerted(&h, NOW);
    alerted(&h, OVER);
    alerted(&h, LATER);
    const struct search_answer *x = found_by(&h, "border_second_line", "Karim Haddad 1980-05-17");
    assert_int_equal(x->open, 1);
    assert_true(x->hits.items[0].is_watched && x->hits.items[0].shows_who && x->hits.items[0].is_compared);
    assert_int_equal(x->hits.items[0].expires.month, 12);
    assert_string_equal(x->hits.items[0].how.features[FEATURE_BIRTH].how, "same");
    assert_true(x->hits.items[0].may_read);
    the_first_line_sees_what_to_do(&h);
    assert_int_equal(found_by(&h, "border_second_line", "Grace Okafor 1975-02-03")->hits.count, 0);
    assert_int_equal(found_by(&h, "border_second_line", "Jana Novak 1990-09-09")->hits.count, 0);
    pass_hours(&h, 24 * 41); // the first of January is the day of the one, and no longer that of the other
    assert_int_equal(found_by(&h, "border_second_line", "Karim Haddad 1980-05-17")->hits.count, 0);
    assert_int_equal(found_by(&h, "border_second_line", "Jana Novak 1990-09-09")->open, 1);
    search_story_ends(&h);
}

static void ended(struct house *h, int64_t entry, struct date day) {
    struct actor one = staff_of(h, "security_officer", 1), two = staff_of(h, "security_officer", 2);
    struct register_act act = {.kind = ACT_END,
                               .look = {.purpose = T("security_check")},
                               .entry = entry,
                               .from = day,
                               .reason = T("The ban was lifted.")};
    struct register_done done;
    enum status st = registers_do(searched_registers, &one, &act, NULL, &h->arena, &done, &h->problem);
    if (st) house_say(h, "end", st);
    assert_int_equal(st, STATUS_OK);
    act.kind = ACT_CONFIRM;
    assert_ok(registers_do(searched_registers, &two, &act, NULL, &h->arena, &done, &h->problem));
}

// Ended from a later day on, it still counts until then.
static void an_alert_that_ended_is_no_hit(struct house *h, int64_t alert) {
    ended(h, alert, (struct date){2026, 11, 25});
    assert_int_equal(found_by(h, "border_second_line", "Karim Haddad 1980")->open, 1);
    pass_hours(h, 24 * 4);
    assert_int_equal(found_by(h, "border_second_line", "Karim Haddad 1980")->hits.count, 0);
    assert_ok(search_step(searching));
    assert_int_equal(found_by(h, "border_second_line", "Karim Haddad 1980")->hits.count, 0);
}

// By the lines of a passport, its number alone, with dashes, a plate, a decision, the number of a case.
static void a_hit_comes_by_whatever_is_at_hand(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    static const char *const PERSON[][2] = {
        ALERT_ON("person", "BAN_NAT", "refuse_entry", "2026-01-01", "2027-12-31"),
        NAMED("Haddad", "Karim", "1980-05-17"),
        {"nationality", "LBN"},
        {"doc_type", "P"},
        {"issuing_state", "LBN"},
        {"doc_number", "LR0123456"},
        {"decision_no", "R-2026/77"},
        {0}};
    static const char *const CAR[][2] = {
        ALERT_ON("vehicle", "DISCREET", "check_discreetly", "2026-01-01", "2027-12-31"),
        {"plate", "AB-123-CD"},
        {0}};
    static const char *const PASSPORT[][2] = {
        ALERT_ON("document", "DOC_INVALID", "seize_document", "2026-01-01", "2027-12-31"),
        {"doc_type", "P"},
        {"issuing_state", "SYR"},
        {"doc_number", "N00776655"},
        {0}};
    int64_t person = alerted(&h, PERSON), car = alerted(&h, CAR), passport = alerted(&h, PASSPORT);
    struct mrz_fields f = {.format = MRZ_TD3,
                           .document_code = T("P"),
                           .issuer = T("LBN"),
                           .number = T("LR0123456"),
                           .nationality = T("LBN"),
                           .family = T("Haddad"),
                           .given = T("Karim"),
                           .birth = {1980, 5, 17},
                           .expiry = {2030, 1, 1},
                           .sex = 'M'};
    struct text zone;
    assert_ok(mrz_write(&h.arena, &f, &zone, &h.problem));
    const struct {
        const char *typed;
        int64_t entry;
        const char *level;
    } ASKED[] = {{text_c(&h.arena, zone), person, "likely"},
                 {"LR0123456", person, "number"},
                 {"lr 012 3456", person, "number"},
                 {"R-2026/77", person, "number"},
                 {"N00776655", passport, "number"},
                 {"AB 123 CD", car, "number"},
                 {"ab123cd", car, "number"},
                 {"Haddad Karim 17.5.1980", person, NULL}};
    for (size_t i = 0; i < sizeof ASKED / sizeof *ASKED; i++) {
        const struct search_answer *x = found_by(&h, "security_officer", ASKED[i].typed);
        if (x->hits.count != 1) print_message("# %s: %zu hits\n", ASKED[i].typed, x->hits.count);
        assert_int_equal(x->hits.count, 1);
        assert_true(x->hits.items[0].record == ASKED[i].entry);
        if (ASKED[i].level) assert_string_equal(x->hits.items[0].level, ASKED[i].level);
    }
    an_alert_that_ended_is_no_hit(&h, person);
    search_story_ends(&h);
}

static void work(void) {
    bool done = true;
    while (done) assert_ok(registers_work(searched_registers, &done));
}

static int64_t imported(struct house *h, const char *rows) {
    struct actor one = staff_of(h, "security_officer", 1), two = staff_of(h, "security_officer", 2);
    struct look look = {.purpose = T("security_check")};
    struct text head = T("alert_target,alert_type,alert_action,starts_on,expires_on,review_on,legal_ground,"
                         "authority,assessment,family_name,given_names,birth_date\n");
    struct import_order o = {.look = look,
                             .register_id = T("alert"),
                             .name = T("list.csv"),
                             .replaces = true,
                             .source = T("List of the ministry")};
    struct import_writer *w;
    int64_t import;
    enum status st = registers_import_begin(searched_registers, &one, &o, &w, &h->problem);
    if (st) house_say(h, "import", st);
    assert_int_equal(st, STATUS_OK);
    assert_ok(registers_import_write(w, bytes_of(TEXT_JOIN(&h->arena, head, text_of(rows)))));
    assert_ok(registers_import_end(&w, &import, &h->problem));
    work();
    struct import_view v;
    assert_ok(registers_import(searched_registers, &one, &look, import, &h->arena, &v, &h->problem));
    if (v.wrong) return 0;
    assert_true(v.is_waiting); // four eyes
    assert_int_equal(found_by(h, "security_officer", "Zora Silence 1931")->hits.count, 0);
    assert_ok(registers_import_act(searched_registers, &two, &look, import, IMPORT_CONFIRM,
                                   T("Compared with the letter."), &h->arena, &h->problem));
    work();
    return import;
}

#define ROW(who) \
    "person,BAN_NAT,refuse_entry,2026-01-01,2027-12-31,2027-06-01,SIS1861:24,Ministry,Weighed.," who "\n"

// A list is checked wholly, replaced by its next version, and taken back: hits follow at once.
static void a_list_of_alerts_comes_and_goes(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    assert_int_equal(
        imported(&h, ROW("Haddad,Karim,1980-05-17") "person,BAN_NAT,no_such_action,,,,,,,X,Y,1980\n"), 0);
    assert_int_equal(found_by(&h, "security_officer", "Karim Haddad 1980")->hits.count, 0);
    imported(&h, ROW("Haddad,Karim,1980-05-17") ROW("Okafor,Grace,1975-02-03"));
    assert_int_equal(found_by(&h, "security_officer", "Karim Haddad 1980")->open, 1);
    int64_t second = imported(&h, ROW("Okafor,Grace,1975-02-03") ROW("Novak,Jana,1990-09-09"));
    assert_int_equal(found_by(&h, "security_officer", "Karim Haddad 1980")->hits.count, 0);
    assert_int_equal(found_by(&h, "security_officer", "Grace Okafor 1975")->open, 1);
    assert_int_equal(found_by(&h, "security_officer", "Jana Novak 1990")->open, 1);
    struct actor one = staff_of(&h, "security_officer", 1);
    struct look look = {.purpose = T("security_check")};
    assert_ok(registers_import_act(searched_registers, &one, &look, second, IMPORT_UNDO, T("The wrong list."),
                                   &h.arena, &h.problem));
    work();
    assert_int_equal(found_by(&h, "security_officer", "Karim Haddad 1980")->open, 1);
    assert_int_equal(found_by(&h, "security_officer", "Jana Novak 1990")->hits.count, 0);
    search_story_ends(&h);
}

// ---- what is said of a hit, and who asked

// False until the day that was said, and not once the record says something else; the other verdicts are
// shown and leave the hit where it is.
static void what_is_said_of_a_hit_is_remembered(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    static const char *const ALERT[][2] = {
        ALERT_ON("person", "BAN_NAT", "refuse_entry", "2026-01-01", "2027-12-31"),
        NAMED("Haddad", "Karim", "1980-05-17"),
        {0}};
    alerted(&h, ALERT);
    struct actor second = staff_of(&h, "border_second_line", 0);
    const struct search_answer *x = found_by(&h, "border_guard", "Karim Haddad 1980");
    struct natural_command c = {.act = NATURAL_RELEASE,
                                .record = x->hits.items[0].record,
                                .left_mark = x->hits.items[0].mark,
                                .asked = x->asked,
                                .purpose = T("border_check"),
                                .reason = T("The chip cannot be read."),
                                .verdict = VERDICT_UNCLEAR};
    struct natural_result made;
    struct actor first = staff_of(&h, "border_guard", 3), officer = who(&h, OFFICER);
    assert_status(natural_do(searching, &first, &c, &h.arena, &made, &h.problem), STATUS_REFUSED);
    c.purpose = T("asylum_examination"); // may clear hits, and sees of an alert only that it is there
    assert_status(natural_do(searching, &officer, &c, &h.arena, &made, &h.problem), STATUS_REFUSED);
    assert_string_equal(h.problem.rule, "natural_not_seen");
    c.purpose = T("border_check");
    assert_ok(natural_do(searching, &second, &c, &h.arena, &made, &h.problem));
    x = found_by(&h, "border_guard", "karim HADDAD 1980");
    assert_int_equal(x->open, 1);
    assert_true(x->hits.items[0].is_said && x->hits.items[0].said.verdict == VERDICT_UNCLEAR);
    c.verdict = VERDICT_NOT_SAME;
    c.until = (struct date){2029, 1, 1};
    assert_status(natural_do(searching, &second, &c, &h.arena, &made, &h.problem), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "natural_until");
    c.until = (struct date){2026, 12, 1};
    assert_ok(natural_do(searching, &second, &c, &h.arena, &made, &h.problem));
    x = found_by(&h, "border_guard", "Karim Haddad 1980");
    assert_int_equal(x->open, 0);
    assert_true(x->hits.items[0].is_cleared);
    assert_int_equal(x->hits.items[0].said.until.day, 1);
    assert_text(x->hits.items[0].said.by_name, "R. Registrar");
    pass_hours(&h, 24 * 11); // the second of December
    assert_int_equal(found_by(&h, "border_guard", "Karim Haddad 1980")->open, 1);
    c.until = (struct date){0};
    c.verdict = VERDICT_SAME;
    assert_ok(natural_do(searching, &second, &c, &h.arena, &made, &h.problem));
    assert_int_equal(found_by(&h, "border_guard", "Karim Haddad 1980")->hits.items[0].said.verdict,
                     VERDICT_SAME);
    search_story_ends(&h);
}

static bool is_seen_as(struct house *h, int64_t stream, const char *what) {
    struct access_seen_list seen = {0};
    READING(h, access_seen(db, stream, 0, 0, 100, &h->arena, &seen));
    for (size_t i = 0; i < seen.count; i++)
        if (text_eq(seen.items[i].what, text_of(what))) return true;
    return false;
}

static void a_question_travels_sealed(struct house *h) {
    size_t at;
    struct text typed;
    struct actor one = who(h, REGISTRAR), other = who(h, OFFICER);
    struct text sealed = search_seal(searching, &one, T("  Maryam Hosseini 1991 "), &h->arena);
    assert_false(text_find(sealed, T("Hosseini"), &at));
    assert_ok(search_unseal(searching, &one, sealed, &h->arena, &typed));
    assert_text(typed, "Maryam Hosseini 1991");
    assert_status(search_unseal(searching, &other, sealed, &h->arena, &typed), STATUS_NOT_FOUND);
    assert_status(search_unseal(searching, &one, T("AAAA"), &h->arena, &typed), STATUS_NOT_FOUND);
    pass_hours(h, 13);
    assert_status(search_unseal(searching, &one, sealed, &h->arena, &typed), STATUS_NOT_FOUND);
}

// The person of a case and whoever watches over an entry can read that a search found it; whoever watches
// over data protection, who searched. Nobody can read what was typed.
static void every_search_leaves_its_trace(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    static const char *const ALERT[][2] = {
        ALERT_ON("person", "BAN_NAT", "refuse_entry", "2026-01-01", "2027-12-31"),
        NAMED("Hosseini", "Maryam", "1991-04"),
        {0}};
    int64_t id = submitted(&h, APPLICANT), alert = alerted(&h, ALERT);
    found(&h, REGISTRAR, "Maryam Hosseini 1991");
    assert_true(is_seen_as(&h, id, "search_hit"));
    assert_false(is_seen_as(&h, alert, "search_hit")); // registrars see nothing of that register
    found_by(&h, "border_guard", "Maryam Hosseini 1991");
    assert_true(is_seen_as(&h, alert, "search_hit"));
    struct search_notes notes;
    struct actor watcher = staff_of(&h, "data_protection_officer", 2);
    assert_ok(search_log(searching, &watcher, T("data_protection"), 0, 0, &h.arena, &notes, &h.problem));
    assert_int_equal(notes.count, 2);
    assert_text(notes.items[0].purpose, "border_check");
    assert_text(notes.items[0].kinds, "name,birth");
    assert_text(notes.items[1].name, "R. Registrar");
    assert_ok(search_log(searching, &watcher, T("data_protection"), 0, h.account[REGISTRAR], &h.arena, &notes,
                         &h.problem));
    assert_int_equal(notes.count, 1);
    struct actor boss = who(&h, BOSS);
    assert_status(search_log(searching, &boss, T("supervision"), 0, 0, &h.arena, &notes, &h.problem),
                  STATUS_REFUSED);
    a_question_travels_sealed(&h);
    search_story_ends(&h);
}

// ---- the index

// What came while no server ran, by a tool or another server, is compared when one starts.
static void what_came_meanwhile_is_compared(void **state) {
    (void)state;
    struct house h;
    struct natural_pairs pairs;
    search_house(&h);
    static const char *const ALERT[][2] = {
        ALERT_ON("person", "BAN_NAT", "refuse_entry", "2026-01-01", "2027-12-31"),
        NAMED("Hosseini", "Maryam", "1991-04"),
        {0}};
    int64_t one = record_of(&h, submitted(&h, APPLICANT));
    assert_ok(search_step(searching));
    READING(&h, natural_offered(db, 10, &h.arena, &pairs));
    assert_int_equal(pairs.count, 0);
    search_close(searching);
    int64_t alert = alerted(&h, ALERT), two = record_of(&h, submitted(&h, OTHER_APPLICANT));
    search_begins(&h);
    READING(&h, natural_offered(db, 10, &h.arena, &pairs));
    assert_int_equal(pairs.count, 3); // each with each
    for (size_t i = 0; i < pairs.count; i++)
        assert_true(pairs.items[i].left == alert || pairs.items[i].right == alert ||
                    pairs.items[i].right == two);
    NATURAL(&h, REGISTRAR, .act = NATURAL_CLEAR, .record = one, .other_record = two,
            .left_mark = pairs.items[0].left_mark, .right_mark = pairs.items[0].right_mark);
    search_close(searching);
    search_begins(&h); // nothing new came
    READING(&h, natural_offered(db, 10, &h.arena, &pairs));
    assert_int_equal(pairs.count, 2);
    search_story_ends(&h);
}

// ---- remote sources

static void says(const struct remote *s, const struct search_query *q, struct text purpose, struct arena *a,
                 struct source_answer *out) {
    (void)purpose;
    assert_text(q->name, "Maryam Hosseini");
    source_answer_read(a, text_of(s->context), out);
}
static void sleeps(const struct remote *s, const struct search_query *q, struct text purpose, struct arena *a,
                   struct source_answer *out) {
    (void)s, (void)q, (void)purpose, (void)a;
    usleep(300 * 1000);
    *out = (struct source_answer){.state = SOURCE_NO_HIT, .why = ""};
}

static void a_source_that_is_silent_is_no_answer(void **state) {
    (void)state;
    struct house h;
    static const struct sources ASKED = {
        .items = {{T("One"), T(""), T("Art. 1"), 5000, says,
                   "{\"answer\":\"hit\",\"hits\":[{\"kind\":\"alert\",\"reference\":\"X-1\",\"level\":"
                   "\"likely\"}]}"},
                  {T("Two"), T(""), T("Art. 1"), 5000, says, "{\"answer\":\"no_hit\"}"},
                  {T("Three"), T(""), T("Art. 1"), 50, sleeps, NULL},
                  {T("Four"), T("border_check"), T("Art. 1"), 50, says, "{\"answer\":\"hit\"}"},
                  {T("Five"), T(""), T("Art. 1"), 5000, says, "{\"answer\":\"no_hit\",\"hits\":[{}]}"},
                  {T("Six"), T(""), T("Art. 1"), 5000, says, "[[[["},
                  {T("Seven"), T(""), T("Art. 1"), 5000, says, "{\"answer\":\"no_answer\"}"}},
        .count = 7};
    asked_sources = &ASKED;
    search_house(&h);
    asked_sources = NULL;
    const struct search_answer *x = found(&h, REGISTRAR, "Maryam Hosseini");
    static const struct {
        enum source_state state;
        const char *why;
    } WANTED[] = {{SOURCE_HIT, ""},
                  {SOURCE_NO_HIT, ""},
                  {SOURCE_NO_ANSWER, "timeout"},
                  {SOURCE_NO_ANSWER, "purpose"},
                  {SOURCE_NO_ANSWER, "unreadable"},
                  {SOURCE_NO_ANSWER, "unreadable"},
                  {SOURCE_NO_ANSWER, "loading"}};
    assert_int_equal(x->sources.count, 7);
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(x->sources.items[i].answer.state, WANTED[i].state);
        assert_string_equal(x->sources.items[i].answer.why, WANTED[i].why);
    }
    assert_text(x->sources.items[0].answer.lines[0].reference, "X-1");
    usleep(350 * 1000); // the one that is late ends by itself
    search_story_ends(&h);
}

static void a_file_of_sources_is_checked(void **state) {
    (void)state;
    struct arena a = {0};
    struct sources s;
    struct problem p = {0};
    assert_ok(
        sources_read(&a, NULL,
                     T("{\"sources\":[{\"name\":\"South\",\"url\":\"https://south.example/api/v1/search\","
                       "\"token\":\"t\",\"ground\":\"Art. 1\",\"timeout_ms\":2000}]}"),
                     &s, &p));
    assert_text(s.items[0].name, "South");
    static const char *const BAD[][2] = {
        {"{}", "sources"},
        {"{\"sources\":[{\"name\":\"A\",\"url\":\"https://x\",\"timeout_ms\":2000}]}", "source_ground"},
        {"{\"sources\":[{\"name\":\"A\",\"ground\":\"B\",\"url\":\"http://x\",\"timeout_ms\":2000}]}",
         "source_url"},
        {"{\"sources\":[{\"name\":\"A\",\"ground\":\"B\",\"url\":\"https://x\",\"timeout_ms\":0}]}",
         "source_timeout"}};
    for (size_t i = 0; i < 4; i++) {
        assert_status(sources_read(&a, NULL, text_of(BAD[i][0]), &s, &p), STATUS_INVALID);
        assert_string_equal(p.rule, BAD[i][1]);
    }
    arena_free(&a);
}

STORIES(cmocka_unit_test(what_is_typed_is_recognised), cmocka_unit_test(a_person_is_found_in_any_script),
        cmocka_unit_test(who_may_not_search_learns_nothing), cmocka_unit_test(alike_records_are_offered),
        cmocka_unit_test(a_false_hit_comes_last_and_says_why),
        cmocka_unit_test(who_is_erased_is_found_no_more),
        cmocka_unit_test(an_alert_is_a_hit_only_while_it_holds),
        cmocka_unit_test(a_hit_comes_by_whatever_is_at_hand),
        cmocka_unit_test(a_list_of_alerts_comes_and_goes),
        cmocka_unit_test(what_is_said_of_a_hit_is_remembered),
        cmocka_unit_test(every_search_leaves_its_trace), cmocka_unit_test(what_came_meanwhile_is_compared),
        cmocka_unit_test(a_source_that_is_silent_is_no_answer),
        cmocka_unit_test(a_file_of_sources_is_checked))
