// A ban is recorded, changes, was wrong, and ends: what was true when, and what we knew when. Nothing is
// lost.
#include "registry.h"

static void what_was_true_and_what_we_knew(void **state) {
    (void)state;
    struct registry g;
    struct entry_view v;
    registry_new(&g);
    int64_t e = recorded(&g);
    assert_true(text_starts(g.done.reference, T("BAN-2026-0000001-")));
    opened(&g, e, NULL, &v);
    assert_text(value_of(&v, "names[0].family"), "Al-Hassan");
    assert_text(v.head.state, "current");
    assert_true(v.holds);
    assert_int_equal(v.due.year, 2027); // seven days after it expires
    assert_text(v.due_rule, "expired");
    struct moment before = g.h.fixed.at;

    pass_hours(&g.h, 24 * 10);
    struct answers *changed = said(&g, BAN);
    assert_ok(answers_set(changed, T("expires_on"), T("2028-03-01")));
    ACT(&g, REGISTRAR, .kind = ACT_CORRECT, .entry = e, .answers = changed, .from = DAY(2026, 11, 25),
        .reason = T("Extended by the court"),
        .source = {T("Appeal court"), T("document"), T("9 B 1/26"), T("")});
    opened(&g, e, NULL, &v);
    assert_text(value_of(&v, "expires_on"), "2028-03-01");
    assert_int_equal(v.due.year, 2028);
    // As of a day before the change; and as we knew it before.
    opened(&g, e, &(struct entry_at){.day = DAY(2026, 11, 24)}, &v);
    assert_text(value_of(&v, "expires_on"), "2027-03-01");
    opened(&g, e, &(struct entry_at){.day = DAY(2026, 11, 26), .known = before}, &v);
    assert_text(value_of(&v, "expires_on"), "2027-03-01");
    opened(&g, e, &(struct entry_at){.day = DAY(2026, 11, 20)}, &v);
    assert_false(v.holds);
    assert_int_equal(v.head.answers.count, 0);

    // A mistake in the past is put right for those days alone.
    struct answers *right = said(&g, BAN);
    assert_ok(answers_set(right, T("birth"), T("1991-05")));
    ACT(&g, REGISTRAR, .kind = ACT_CORRECT, .entry = e, .answers = right, .from = DAY(2026, 11, 21),
        .until = DAY(2026, 11, 23), .is_mistake = true, .reason = T("Misread"));
    opened(&g, e, &(struct entry_at){.day = DAY(2026, 11, 22)}, &v);
    assert_text(value_of(&v, "birth"), "1991-05");
    opened(&g, e, &(struct entry_at){.day = DAY(2026, 11, 23)}, &v);
    assert_text(value_of(&v, "birth"), "1990-05");

    ACT_REFUSED(&g, REGISTRAR, STATUS_INVALID, "nothing_changed", .kind = ACT_CORRECT, .entry = e,
                .answers = changed, .reason = T("Again"));
    registry_ends(&g);
}

static void each_attribute_says_where_it_is_from(void **state) {
    (void)state;
    struct registry g;
    struct entry_view v;
    registry_new(&g);
    int64_t e = recorded(&g), first = g.done.version;
    struct answers *changed = said(&g, BAN);
    assert_ok(answers_set(changed, T("expires_on"), T("2028-03-01")));
    pass_hours(&g.h, 24);
    ACT(&g, BOSS, .kind = ACT_CORRECT, .entry = e, .answers = changed, .reason = T("Extended"));
    int64_t second = g.done.version;
    opened(&g, e, NULL, &v);
    assert_int_equal(v.values.count, v.head.answers.count);
    for (size_t i = 0; i < v.values.count; i++)
        assert_int_equal(v.values.items[i].version,
                         text_eq(v.values.items[i].path, T("expires_on")) ? second : first);
    struct actor a = who(&g.h, REGISTRAR);
    struct look look = {.purpose = T("registration")};
    assert_ok(registers_history(g.r, &a, &look, e, &g.h.arena, &v, &g.h.problem));
    assert_int_equal(v.versions.count, 2);
    assert_text(v.versions.items[0].by_name, "B. Boss");
    assert_text(v.versions.items[0].reason, "Extended");
    assert_text(v.versions.items[1].source.authority, "Court of Mittelstadt");
    assert_text(v.versions.items[1].law, "eu-asylum/1.0.0");
    registry_ends(&g);
}

static void an_end_needs_two(void **state) {
    (void)state;
    struct registry g;
    struct entry_view v;
    struct entry_list list;
    registry_new(&g);
    int64_t e = recorded(&g);
    ACT(&g, BOSS, .kind = ACT_END, .entry = e, .from = DAY(2026, 12, 1), .reason = T("Lifted"));
    assert_true(g.done.is_waiting);
    opened(&g, e, NULL, &v);
    assert_text(v.head.state, "current");
    assert_true(v.waiting && !v.may[REGISTER_RECORD]);
    ACT_REFUSED(&g, BOSS, STATUS_REFUSED, "same_person", .kind = ACT_CONFIRM, .entry = e);
    ACT_REFUSED(&g, REGISTRAR, STATUS_REFUSED, "access_role", .kind = ACT_CONFIRM, .entry = e);
    ACT_REFUSED(&g, REGISTRAR, STATUS_INVALID, "entry_waits", .kind = ACT_CORRECT, .entry = e,
                .answers = said(&g, BAN), .reason = T("Too early"));
    struct actor a = who(&g.h, SECOND);
    struct look look = {.purpose = T("asylum_examination")};
    assert_ok(registers_todo(g.r, &a, &look, T("ban"), TODO_CONFIRM, &g.h.arena, &list, &g.h.problem));
    assert_int_equal(list.count, 1);
    ACT(&g, SECOND, .kind = ACT_CONFIRM, .entry = e);
    opened(&g, e, &(struct entry_at){.day = DAY(2026, 12, 1)}, &v);
    assert_false(v.holds);
    opened(&g, e, NULL, &v);
    assert_text(v.head.state, "ended");
    assert_int_equal(v.head.ended.month, 12);
    assert_ok(registers_todo(g.r, &a, &look, T("ban"), TODO_CONFIRM, &g.h.arena, &list, &g.h.problem));
    assert_int_equal(list.count, 0);
    // What was refused leaves its reason, and nothing else.
    int64_t other = 0;
    struct answers *next = said(&g, BAN);
    assert_ok(answers_set(next, T("number"), T("N 999")));
    ACT(&g, REGISTRAR, .kind = ACT_RECORD, .register_id = T("ban"), .answers = next);
    other = g.done.entry;
    ACT(&g, REGISTRAR, .kind = ACT_END, .entry = other, .reason = T("By mistake"));
    ACT(&g, SECOND, .kind = ACT_REFUSE, .entry = other, .reason = T("It still holds"));
    opened(&g, other, NULL, &v);
    assert_text(v.head.state, "current");
    assert_int_equal(v.waiting, 0);
    registry_ends(&g);
}

static void a_key_is_one_entry(void **state) {
    (void)state;
    struct registry g;
    registry_new(&g);
    recorded(&g);
    struct text reference = g.done.reference;
    struct answers *same = said(&g, BAN);
    assert_ok(answers_set(same, T("number"), T("n123456")));
    ACT_REFUSED(&g, REGISTRAR, STATUS_CONFLICT, "key_taken", .kind = ACT_RECORD, .register_id = T("ban"),
                .answers = same);
    assert_true(text_eq(g.h.problem.args[0].value, reference));
    assert_text(g.h.problem.args[1].value, "issuing_state, number");
    assert_string_equal(g.h.problem.field, "issuing_state");
    registry_ends(&g);
}

static void wrong_answers_are_named(void **state) {
    (void)state;
    struct registry g;
    registry_new(&g);
    static const char *const WRONG[][2] = {{"birth", "199"}, {"nationality", "XYZ"}, {"number", "1"}, {0}};
    ACT_REFUSED(&g, REGISTRAR, STATUS_INVALID, g.h.problem.rule ? g.h.problem.rule : "", .kind = ACT_RECORD,
                .register_id = T("ban"), .answers = said(&g, WRONG));
    assert_true(g.done.problems.count >= 4); // names, birth, nationality, kind
    static const char *const STRANGE[][2] = {
        {"kind", "BAN"}, {"names[0].family", "A"}, {"shoe_size", "43"}, {0}};
    ACT_REFUSED(&g, REGISTRAR, STATUS_INVALID, "form_unknown_field", .kind = ACT_RECORD,
                .register_id = T("ban"), .answers = said(&g, STRANGE));
    struct answers *linked = said(&g, BAN);
    assert_ok(answers_set(linked, T("person"), T("OST-2026-ASY-0000099-X")));
    ACT_REFUSED(&g, REGISTRAR, STATUS_INVALID, "person_unknown", .kind = ACT_RECORD, .register_id = T("ban"),
                .answers = linked);
    ACT_REFUSED(&g, REGISTRAR, STATUS_NOT_FOUND, "register_unknown", .kind = ACT_RECORD,
                .register_id = T("bun"), .answers = linked);
    registry_ends(&g);
}

STORIES(cmocka_unit_test(what_was_true_and_what_we_knew),
        cmocka_unit_test(each_attribute_says_where_it_is_from), cmocka_unit_test(an_end_needs_two),
        cmocka_unit_test(a_key_is_one_entry), cmocka_unit_test(wrong_answers_are_named))
