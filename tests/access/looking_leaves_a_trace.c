// Who looked at a file, for what; refusals too. And: the status by tracking code and birth date, to nobody
// else.
#include "house.h"

static struct actor karla(void) {
    return (struct actor){.account = 41,
                          .kind = ACTOR_STAFF,
                          .roles = {T("officer")},
                          .role_count = 1,
                          .name = T("Karla Weiss"),
                          .public_code = T("K-204"),
                          .unit = T("berlin"),
                          .second_factor = true};
}

static void the_person_sees_who_looked_but_not_the_name(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 1);
    int64_t person = sign_up(&h, T("amina@mail.example")).account;
    struct actor officer = karla(),
                 self = {
                     .account = person, .kind = ACTOR_APPLICANT, .roles = {T("applicant")}, .role_count = 1};
    struct access_trace t = {.case_id = 900,
                             .subject = person,
                             .actor = &officer,
                             .purpose = T("examine"),
                             .relation = T("assigned"),
                             .what = T("file")};
    assert_ok(access_record_now(h.journal, &t));
    later(&h, MINUTE);
    t.actor = &self, t.purpose = T("own_case"), t.relation = T("self");
    assert_ok(access_record_now(h.journal, &t));
    later(&h, MINUTE);
    t = (struct access_trace){.case_id = 900,
                              .subject = person,
                              .actor = &officer,
                              .purpose = T("examine"),
                              .relation = T("none"),
                              .what = T("file"),
                              .reason = T("She stands at my counter.")};
    assert_ok(access_record_now(h.journal, &t));
    t.case_id = 900, t.what = T("sign_decision"), t.rule = "access_relation", t.reason = T("");
    assert_ok(access_record_now(h.journal, &t));
    t.case_id = 901;
    assert_ok(access_record_now(h.journal, &t));

    struct db *db;
    struct access_seen_list list = {0};
    assert_ok(store_reader(h.store, &db));
    assert_ok(access_seen(db, 900, 0, person, 100, &h.arena, &list));
    assert_int_equal(list.count, 3);
    assert_true(list.items[0].was_refused);
    assert_text(list.items[0].what, "sign_decision");
    assert_true(list.items[1].was_reasoned);
    assert_false(list.items[1].was_refused);
    assert_text(list.items[2].public_code, "K-204");
    assert_text(list.items[2].role, "officer");
    assert_text(list.items[2].unit, "berlin");
    assert_text(list.items[2].purpose, "examine");
    assert_int_equal(list.items[2].at.ms, 1800000000000);
    struct access_seen_list all = {0}, page = {0};
    assert_ok(access_seen(db, 900, 0, 0, 100, &h.arena, &all));
    assert_int_equal(all.count, 4);
    assert_ok(access_seen(db, 900, all.items[1].seq, 0, 1, &h.arena, &page));
    assert_int_equal(page.count, 1);
    assert_int_equal(page.items[0].seq, all.items[2].seq);

    // The reason is in the log, sealed with the person's key; the officer's name is nowhere.
    struct event *events;
    size_t count, at;
    assert_ok(journal_stream(h.journal, db, 900, 0, 100, &h.arena, &events, &count));
    assert_int_equal(count, 4);
    assert_text(event_text(&events[2], "reason"), "She stands at my counter.");
    for (size_t i = 0; i < count; i++)
        assert_false(text_find(text_of_bytes(events[i].open), T("Weiss"), &at));
    assert_false(text_find(text_of_bytes(events[2].open), T("counter"), &at));
    store_reader_release(h.store, db);
    house_close(&h);
}

struct issue {
    int64_t case_id, person;
    struct date birth;
    struct arena *arena;
    struct text code;
};

static enum status issue_code(struct write *w, void *argument, struct problem *p) {
    (void)p;
    struct issue *i = argument;
    return tracking_issue(w, i->person, i->case_id, i->person, i->birth, i->arena, &i->code);
}

static enum status forget_code(struct db *tx, void *argument) {
    return tracking_forget(tx, *(int64_t *)argument);
}

static void tracking_needs_both_code_and_birth_date(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 2);
    int64_t person = sign_up(&h, T("amina@mail.example")).account, case_id;
    struct issue one = {.case_id = 900, .person = person, .birth = {1990, 7, 0}, .arena = &h.arena},
                 two = one;
    two.case_id = 901;
    assert_ok(journal_write(h.journal, issue_code, &one, &h.arena, NULL));
    assert_ok(journal_write(h.journal, issue_code, &two, &h.arena, NULL));
    assert_int_equal(one.code.n, 14);
    assert_false(text_eq(one.code, two.code));
    struct db *db;
    assert_ok(store_reader(h.store, &db));
    assert_ok(tracking_find(db, one.code, (struct date){1990, 7, 0}, &case_id));
    assert_int_equal(case_id, 900);
    char typed[16];
    snprintf(typed, sizeof typed, TEXT_FMT, TEXT_ARG(two.code));
    for (char *c = typed; *c; c++)
        if (*c == '-')
            *c = ' ';
        else if (*c >= 'A')
            *c = (char)(*c + 32);
    assert_ok(tracking_find(db, text_of(typed), (struct date){1990, 7, 0}, &case_id));
    assert_int_equal(case_id, 901);
    assert_true(tracking_limit_key(h.store, text_of(typed)) == tracking_limit_key(h.store, two.code));
    assert_true(tracking_limit_key(h.store, one.code) != tracking_limit_key(h.store, two.code));
    assert_status(tracking_find(db, one.code, (struct date){1990, 7, 1}, &case_id), STATUS_NOT_FOUND);
    assert_int_equal(case_id, 0);
    assert_status(tracking_find(db, one.code, (struct date){0}, &case_id), STATUS_NOT_FOUND);
    assert_status(tracking_find(db, T("AAAA-BBBB-CCCC"), (struct date){1990, 7, 0}, &case_id),
                  STATUS_NOT_FOUND);
    assert_status(tracking_find(db, T("' or 1=1"), (struct date){1990, 7, 0}, &case_id), STATUS_NOT_FOUND);
    store_reader_release(h.store, db);

    // A new code for the same case ends the old one; erasure ends both.
    struct issue anew = one;
    assert_ok(journal_write(h.journal, issue_code, &anew, &h.arena, NULL));
    assert_ok(store_reader(h.store, &db));
    assert_status(tracking_find(db, one.code, one.birth, &case_id), STATUS_NOT_FOUND);
    assert_ok(tracking_find(db, anew.code, one.birth, &case_id));
    store_reader_release(h.store, db);
    int64_t erased = 900;
    assert_ok(store_write(h.store, forget_code, &erased));
    assert_ok(store_reader(h.store, &db));
    assert_status(tracking_find(db, anew.code, one.birth, &case_id), STATUS_NOT_FOUND);
    store_reader_release(h.store, db);
    house_close(&h);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_person_sees_who_looked_but_not_the_name),
        cmocka_unit_test(tracking_needs_both_code_and_birth_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
