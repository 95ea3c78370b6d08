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

STORIES(cmocka_unit_test(each_rule_in_its_time))
