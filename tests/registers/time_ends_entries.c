// Retention by the rules of a register: erased, kept as codes, or looked at by somebody.
#include "registers/retention.h"
#include "registry.h"

static int64_t line_of(const struct retention_report *r, const char *g, const char *rule) {
    for (size_t i = 0; i < r->lines.count; i++)
        if (text_eq(r->lines.items[i].register_id, text_of(g)) &&
            text_eq(r->lines.items[i].rule, text_of(rule)))
            return r->lines.items[i].count;
    return 0;
}

static void each_rule_in_its_time(void **state) {
    (void)state;
    struct registry g;
    struct retention_report r;
    struct entry_view v;
    struct entry_list list;
    registry_new(&g);
    int64_t ban = recorded(&g);
    struct answers *s = said(&g, BAN);
    assert_ok(answers_set(s, T("number"), T("R1")));
    assert_ok(answers_set(s, T("kind"), T("RETURN")));
    ACT(&g, REGISTRAR, .kind = ACT_RECORD, .register_id = T("ban"), .answers = s);
    int64_t lifted = g.done.entry;
    ACT(&g, BOSS, .kind = ACT_END, .entry = lifted, .reason = T("Left the country"));
    ACT(&g, SECOND, .kind = ACT_CONFIRM, .entry = lifted);
    assert_ok(answers_set(s, T("number"), T("W1")));
    assert_ok(answers_set(s, T("kind"), T("WANTED")));
    ACT(&g, REGISTRAR, .kind = ACT_RECORD, .register_id = T("ban"), .answers = s);
    int64_t wanted = g.done.entry;

    assert_ok(registers_retention(g.r, true, &g.h.arena, &r));
    assert_int_equal(r.lines.count, 0);
    pass_hours(&g.h, 24 * 107); // to 8 March: a week after the ban expired
    assert_ok(registers_retention(g.r, true, &g.h.arena, &r));
    assert_int_equal(line_of(&r, "ban", "expired"), 1);
    assert_ok(try_open(&g, BOSS, "supervision", ban, NULL, &v));
    assert_text(v.head.state, "current"); // it was only a try
    assert_ok(registers_retention(g.r, false, &g.h.arena, &r));
    assert_int_equal(line_of(&r, "ban", "expired"), 1);
    assert_ok(try_open(&g, BOSS, "supervision", ban, NULL, &v));
    assert_text(v.head.state, "erased");
    assert_int_equal(v.head.answers.count, 0);

    pass_hours(&g.h, 24 * 260); // a year after the end
    assert_ok(registers_retention(g.r, false, &g.h.arena, &r));
    assert_int_equal(line_of(&r, "ban", "lifted"), 1);
    assert_ok(try_open(&g, BOSS, "supervision", lifted, NULL, &v));
    assert_text(v.head.state, "pseudonymised");
    assert_text(value_of(&v, "kind"), "RETURN");
    assert_text(value_of(&v, "nationality"), "SYR");
    assert_text(value_of(&v, "birth"), "");
    assert_text(value_of(&v, "number"), "");

    pass_hours(&g.h, 24 * 730);
    assert_ok(registers_retention(g.r, false, &g.h.arena, &r));
    assert_int_equal(line_of(&r, "ban", "default"), 1); // to be reviewed, not erased
    struct actor boss = who(&g.h, BOSS);
    struct look look = {.purpose = T("supervision")};
    assert_ok(registers_todo(g.r, &boss, &look, T("ban"), TODO_REVIEW, &g.h.arena, &list, &g.h.problem));
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].entry, wanted);
    ACT(&g, BOSS, .kind = ACT_REVIEW, .entry = wanted, .from = DAY(2031, 1, 1), .reason = T("Still wanted"));
    assert_ok(registers_todo(g.r, &boss, &look, T("ban"), TODO_REVIEW, &g.h.arena, &list, &g.h.problem));
    assert_int_equal(list.count, 0);
    struct retention_reports reports;
    assert_ok(registers_retention_reports(g.r, &boss, &look, &g.h.arena, &reports, &g.h.problem));
    assert_int_equal(reports.count, 3);
    assert_int_equal(line_of(&reports.items[2], "ban", "expired"), 1);
    struct actor officer = who(&g.h, OFFICER);
    assert_int_equal(registers_retention_reports(g.r, &officer, &look, &g.h.arena, &reports, &g.h.problem),
                     STATUS_REFUSED);
    registry_ends(&g);
}

// ---- a person is erased from the case

static void closed(struct house *h, int64_t id) {
    DO(h, APPLICANT, .kind = COMMAND_WITHDRAW_APPLICATION, .case_id = id, .withdraw_application = {T("")});
    int64_t decision = proposed(h, id, "withdrawn_explicit");
    DO(h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    DO(h, APPLICANT, .kind = COMMAND_OPEN_LETTER, .case_id = id,
       .open_letter = {newest_letter(h, id, "decision_closed")});
}

static void of_case(struct registry *g, int which, const char *purpose, int64_t id,
                    struct case_entries *out) {
    struct actor a = who(&g->h, which);
    struct look look = {.purpose = text_of(purpose)};
    assert_ok(registers_of_case(g->r, &a, &look, id, &g->h.arena, out));
}

// The record of the case goes; each register keeps its entry for its own time, and somebody is asked where no
// end is in sight.
static void an_erased_person_leaves_what_another_law_keeps(void **state) {
    (void)state;
    struct registry g;
    struct retention_report r;
    struct case_entries left;
    struct entry_list list;
    struct access_seen_list seen = {0};
    struct entry_view v;
    registry_new(&g);
    int64_t id = with_officer(&g.h), entries[2];
    struct answers *s = said(&g, BAN);
    assert_ok(answers_set(s, T("person"), head_of(&g.h, id).case_no));
    for (int i = 0; i < 2; i++) {
        assert_ok(answers_set(s, T("number"), i ? T("R1") : T("B1")));
        assert_ok(answers_set(s, T("kind"), i ? T("RETURN") : T("BAN")));
        ACT(&g, REGISTRAR, .kind = ACT_RECORD, .register_id = T("ban"), .answers = s);
        entries[i] = g.done.entry;
    }
    closed(&g.h, id);
    assert_ok(registers_retention(g.r, false, &g.h.arena, &r));
    assert_int_equal(line_of(&r, "ban", "person_erased"), 0);
    struct actor system = actor_system();
    struct command erase = {
        .kind = COMMAND_ERASE_PERSON, .case_id = id, .erase_person = {T("retention_ended")}};
    assert_ok(cases_do(g.h.cases, &system, &erase, &g.h.arena, NULL, &g.h.problem));

    of_case(&g, BOSS, "supervision", id, &left);
    assert_int_equal(left.count, 2);
    assert_text(left.items[0].rule->id, "expired");
    assert_text(date_print(&g.h.arena, left.items[0].due), "2027-03-08");
    assert_text(left.items[0].then, "erase");
    assert_text(left.items[1].rule->id, "lifted");
    assert_int_equal(left.items[1].due.year, 0);
    of_case(&g, OFFICER, "registration", id, &left); // who may not look into the register is told nothing
    assert_int_equal(left.count, 0);
    struct actor boss = who(&g.h, BOSS);
    struct look look = {.purpose = T("supervision")};
    struct db *db;
    assert_ok(store_reader(g.h.store, &db));
    assert_ok(access_seen(db, id, 0, 0, 1, &g.h.arena, &seen));
    store_reader_release(g.h.store, db);
    assert_text(seen.items[0].what, "register_entries");

    // The ban ends by itself; whether the other one still has a reason is asked, once.
    assert_ok(registers_retention(g.r, false, &g.h.arena, &r));
    assert_int_equal(line_of(&r, "ban", "person_erased"), 1);
    assert_ok(registers_todo(g.r, &boss, &look, T("ban"), TODO_REVIEW, &g.h.arena, &list, &g.h.problem));
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].entry, entries[1]);
    assert_ok(registers_retention(g.r, false, &g.h.arena, &r));
    assert_int_equal(line_of(&r, "ban", "person_erased"), 0);
    ACT(&g, BOSS, .kind = ACT_REVIEW, .entry = entries[1], .from = DAY(2027, 11, 1),
        .reason = T("Not left yet"));
    pass_hours(&g.h, 24 * 107);
    assert_ok(registers_retention(g.r, false, &g.h.arena, &r));
    assert_int_equal(line_of(&r, "ban", "expired"), 1);
    assert_ok(try_open(&g, BOSS, "supervision", entries[1], NULL, &v));
    assert_text(v.head.state, "current");
    registry_ends(&g);
}

STORIES(cmocka_unit_test(each_rule_in_its_time),
        cmocka_unit_test(an_erased_person_leaves_what_another_law_keeps))
