// Access is role, purpose, relation and class of each field; each look leaves a trace that the person can
// read.
#include "registry.h"

static int64_t linked(struct registry *g, int64_t *case_id) {
    *case_id = with_officer(&g->h);
    struct work_row head = head_of(&g->h, *case_id);
    struct answers *s = said(g, BAN);
    assert_ok(answers_set(s, T("person"), head.case_no));
    ACT(g, REGISTRAR, .kind = ACT_RECORD, .register_id = T("ban"), .answers = s);
    return g->done.entry;
}

static void classes_decide_what_is_shown(void **state) {
    (void)state;
    struct registry g;
    struct entry_view v;
    struct answers *s;
    registry_new(&g);
    int64_t e = recorded(&g);
    s = said(&g, BAN);
    assert_ok(answers_set(s, T("assessment"), T("Seen with others")));
    // The registrar may not write the assessment, and so cannot lose it either.
    ACT_REFUSED(&g, REGISTRAR, STATUS_REFUSED, "access_class", .kind = ACT_CORRECT, .entry = e, .answers = s,
                .reason = T("More is known"));
    ACT(&g, BOSS, .kind = ACT_CORRECT, .entry = e, .answers = s, .reason = T("More is known"));
    struct answers *without = said(&g, BAN);
    assert_ok(answers_set(without, T("birth"), T("1990-05-17")));
    ACT(&g, REGISTRAR, .kind = ACT_CORRECT, .entry = e, .answers = without, .reason = T("Birth certificate"));
    opened(&g, e, NULL, &v);
    assert_text(value_of(&v, "birth"), "1990-05-17");
    assert_text(value_of(&v, "assessment"), "Seen with others");
    assert_ok(try_open(&g, BOSS, "supervision", e, NULL, &v));
    assert_text(value_of(&v, "assessment"), "Seen with others");
    assert_text(v.hidden, "");
    // An officer of another case sees nothing without a reason, and then no name of a class that is not
    // theirs.
    assert_int_equal(try_open(&g, OFFICER, "asylum_examination", e, NULL, &v), STATUS_REFUSED);
    assert_string_equal(g.h.problem.rule, "access_reason");
    struct actor a = who(&g.h, OFFICER);
    struct look look = {.purpose = T("asylum_examination"), .reason = T("Same name as in my case")};
    assert_ok(registers_open_entry(g.r, &a, &look, e, NULL, &g.h.arena, &v, &g.h.problem));
    assert_text(value_of(&v, "names[0].family"), "Al-Hassan");
    assert_text(value_of(&v, "sex"), "");
    assert_text(v.hidden, "security,statistics");
    assert_int_equal(try_open(&g, APPLICANT, "own_file", e, NULL, &v), STATUS_REFUSED);
    registry_ends(&g);
}

static void relation_opens_more(void **state) {
    (void)state;
    struct registry g;
    struct entry_view v;
    struct entry_list list;
    struct access_seen_list seen;
    int64_t case_id;
    registry_new(&g);
    int64_t e = linked(&g, &case_id);
    assert_ok(try_open(&g, OFFICER, "asylum_examination", e, NULL, &v)); // assigned to the case
    assert_text(v.relation, "assigned");
    assert_int_equal(v.case_id, case_id);
    struct actor person = who(&g.h, APPLICANT), other = who(&g.h, OTHER_APPLICANT);
    struct look own = {.purpose = T("own_file")};
    assert_ok(registers_own(g.r, &person, &g.h.arena, &list, &g.h.problem));
    assert_int_equal(list.count, 1);
    assert_ok(registers_own(g.r, &other, &g.h.arena, &list, &g.h.problem));
    assert_int_equal(list.count, 0);
    assert_ok(registers_open_entry(g.r, &person, &own, e, NULL, &g.h.arena, &v, &g.h.problem));
    assert_text(v.relation, "self");
    assert_int_equal(registers_open_entry(g.r, &other, &own, e, NULL, &g.h.arena, &v, &g.h.problem),
                     STATUS_REFUSED);
    assert_ok(registers_seen(g.r, &person, &own, e, 0, 50, &g.h.arena, &seen, &g.h.problem));
    assert_int_equal(seen.count, 2); // the officer's look, and the one that was refused
    assert_text(seen.items[1].public_code, "");
    assert_text(seen.items[1].what, "register_entry");
    assert_true(seen.items[0].was_refused);
    // The person says that it is wrong; it is answered in time.
    struct register_act fault = {
        .kind = ACT_REPORT_FAULT, .entry = e, .look = own, .reason = T("I am not this man")};
    assert_ok(registers_do(g.r, &person, &fault, NULL, &g.h.arena, &g.done, &g.h.problem));
    int64_t ticket = g.done.fault;
    struct actor boss = who(&g.h, BOSS);
    struct look work = {.purpose = T("supervision")};
    assert_ok(registers_todo(g.r, &boss, &work, T("ban"), TODO_FAULT, &g.h.arena, &list, &g.h.problem));
    assert_int_equal(list.count, 1);
    ACT(&g, BOSS, .kind = ACT_ANSWER_FAULT, .entry = e, .fault = ticket, .outcome = T("not_wrong"),
        .reason = T("Fingerprints agree"));
    ACT_REFUSED(&g, BOSS, STATUS_INVALID, "fault_answered", .kind = ACT_ANSWER_FAULT, .entry = e,
                .fault = ticket, .outcome = T("not_wrong"), .reason = T("Again"));
    assert_ok(registers_open_entry(g.r, &person, &own, e, NULL, &g.h.arena, &v, &g.h.problem));
    assert_int_equal(v.faults.count, 1);
    assert_text(v.faults.items[0].answer, "Fingerprints agree");
    assert_int_equal((v.faults.items[0].due.ms - v.faults.items[0].reported.ms) / 86400000, 30);
    registry_ends(&g);
}

static void entries_are_found(void **state) {
    (void)state;
    struct registry g;
    struct entry_list list;
    registry_new(&g);
    int64_t e = recorded(&g);
    for (int i = 0; i < 5; i++) {
        struct answers *s = said(&g, BAN);
        assert_ok(answers_set(s, T("number"), text_printf(&g.h.arena, "Z%d", i)));
        assert_ok(answers_set(s, T("names[0].family"), T("Petrenko")));
        assert_ok(answers_set(s, T("names[1].family"), T("Петренко")));
        assert_ok(answers_set(s, T("birth"), T("1985")));
        assert_ok(answers_set(s, T("kind"), T("RETURN")));
        ACT(&g, REGISTRAR, .kind = ACT_RECORD, .register_id = T("ban"), .answers = s);
    }
#define FOUND(...) found(&g, REGISTRAR, "registration", (struct entry_filter){__VA_ARGS__}, &list)
    assert_int_equal(FOUND(.state = T("")), 6);
    assert_int_equal(list.count_known, 6);
    assert_int_equal(FOUND(.number = T("n-123 456")), 1);
    assert_int_equal(list.items[0].entry, e);
    assert_int_equal(FOUND(.text = T("N123456")), 1);
    assert_int_equal(FOUND(.text = list.items[0].reference), 1);
    assert_int_equal(FOUND(.text = T("alhassan karim")), 1);
    assert_int_equal(FOUND(.text = T("الحسن")), 1);
    assert_int_equal(FOUND(.text = T("petrenko")), 5);
    assert_int_equal(FOUND(.text = T("nobody")), 0);
    assert_int_equal(FOUND(.birth = T("1990")), 1);
    assert_int_equal(FOUND(.birth = T("1990-05-17")), 1); // may be it
    assert_int_equal(FOUND(.birth = T("1990-06")), 0);
    assert_int_equal(FOUND(.birth = T("1985-02-03"), .name = T("Petrenko")), 5);
    assert_int_equal(FOUND(.columns = {{T("kind"), T("RETURN")}}, .column_count = 1), 5);
    assert_int_equal(FOUND(.columns = {{T("kind"), T("RETURN")}}, .column_count = 1, .limit = 2), 2);
    assert_true(list.next.n > 0);
    assert_int_equal(
        FOUND(.columns = {{T("kind"), T("RETURN")}}, .column_count = 1, .limit = 2, .after = list.next), 2);
    assert_int_equal(
        FOUND(.columns = {{T("kind"), T("RETURN")}}, .column_count = 1, .limit = 2, .after = list.next), 1);
    assert_int_equal(list.next.n, 0);
    // Who sees only the class public has a hit and the kind, and cannot ask for a number by column.
    assert_int_equal(
        found(&g, OFFICER, "asylum_examination", (struct entry_filter){.number = T("N123456")}, &list), 1);
    assert_text(answers_get(&list.items[0].answers, T("kind")), "BAN");
    assert_int_equal(list.items[0].answers.count, 1);
    assert_text(list.items[0].hidden, "identity,statistics");
    struct actor a = who(&g.h, OFFICER);
    struct look look = {.purpose = T("asylum_examination")};
    struct entry_filter f = {
        .register_id = T("ban"), .columns = {{T("birth"), T("1985")}}, .column_count = 1};
    assert_int_equal(registers_find(g.r, &a, &look, &f, &g.h.arena, &list, &g.h.problem), STATUS_INVALID);
    assert_string_equal(g.h.problem.rule, "column_unknown");
    registry_ends(&g);
}

static void the_index_sees_what_changed(void **state) {
    (void)state;
    struct registry g;
    struct entry_identity *all;
    struct db *db;
    size_t count;
    registry_new(&g);
    int64_t e = recorded(&g);
    assert_ok(store_reader(g.h.store, &db));
    assert_ok(registers_identities(g.r, db, 0, 10, &g.h.arena, &all, &count));
    assert_int_equal(count, 1);
    const struct identity_record *r = &all[0].record;
    assert_int_equal(r->id, e);
    assert_int_equal(r->name_count, 2);
    assert_text(r->names[0].given, "Karim");
    assert_text(r->names[1].family, "الحسن");
    assert_text(r->numbers[0].issuer, "SYR");
    assert_text(r->sex, "M");
    assert_int_equal(r->births[0].month, 5);
    assert_ok(registers_identities(g.r, db, all[0].version, 10, &g.h.arena, &all, &count));
    assert_int_equal(count, 0);
    store_reader_release(g.h.store, db);
    registry_ends(&g);
}

STORIES(cmocka_unit_test(classes_decide_what_is_shown), cmocka_unit_test(relation_opens_more),
        cmocka_unit_test(entries_are_found), cmocka_unit_test(the_index_sees_what_changed))
