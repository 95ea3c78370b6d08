#include "fixture.h"

static void a_channel_leads_to_our_case_and_back(void **state) {
    struct fixture *f = *state;
    struct privacy_mapping made = opened(f, 1001), m;
    assert_int_equal(made.own, 1001);
    assert_int_equal(made.epoch, 1);
    assert_int_equal(made.coordinator, ASYLUM);
    assert_int_equal(made.member_count, 3);
    assert_int_equal(made.members[0], POLICE);
    assert_int_equal(made.members[1], ASYLUM);
    assert_ok(privacy_channel_of(f->service, &PROGRAM, 1001, &f->arena, &m, &f->problem));
    assert_memory_equal(m.channel.b, made.channel.b, CHANNEL_BYTES);
    assert_memory_equal(m.key.b, made.key.b, KEY_BYTES);
    service_again(f);
    assert_ok(lookup(f, &made.channel, &m));
    assert_int_equal(m.own, 1001);
    assert_text(m.ground, "Reg. 2024/1351 Art. 39");
    assert_int_equal(m.delete_after.year, 2031);
    struct key k;
    assert_ok(privacy_key_of(f->service, &PROGRAM, &made.channel, 1, &k, NULL));
    assert_memory_equal(k.b, made.key.b, KEY_BYTES);
    assert_status(privacy_key_of(f->service, &PROGRAM, &made.channel, 2, &k, NULL), STATUS_NOT_FOUND);
    struct channel_id other = {{1}};
    assert_status(lookup(f, &other, &m), STATUS_NOT_FOUND);
    assert_status(privacy_channel_of(f->service, &PROGRAM, 1002, &f->arena, &m, NULL), STATUS_NOT_FOUND);
}

static void an_invited_member_links_its_own_case(void **state) {
    struct fixture *f = *state, police;
    folder_make(&police, POLICE);
    service_again(&police);
    struct privacy_mapping made = opened(f, 1001), m;
    struct privacy_invitation i = invitation_of(&made);
    assert_ok(privacy_accept(police.service, &PROGRAM, &i, 77, &police.problem));
    assert_ok(privacy_accept(police.service, &PROGRAM, &i, 77, &police.problem)); // it came twice
    assert_ok(lookup(&police, &made.channel, &m));
    assert_int_equal(m.own, 77);
    assert_int_equal(m.coordinator, ASYLUM);
    assert_memory_equal(m.key.b, made.key.b, KEY_BYTES);
    // The channel has its case: another one needs a correction.
    assert_status(privacy_accept(police.service, &PROGRAM, &i, 78, &police.problem), STATUS_CONFLICT);
    assert_string_equal(police.problem.rule, "taken");
    struct privacy_invitation forged = i; // another key for an epoch that is there
    forged.key.b[0] ^= 1;
    assert_status(privacy_accept(police.service, &PROGRAM, &forged, 77, &police.problem), STATUS_CONFLICT);
    i.epoch = 2;
    i.key.b[5] ^= 1;
    assert_ok(privacy_accept(police.service, &PROGRAM, &i, 77, &police.problem));
    assert_ok(lookup(&police, &made.channel, &m));
    assert_int_equal(m.epoch, 2);
    fixture_remove(&police);
}

static void who_is_no_member_cannot_accept(void **state) {
    struct fixture *f = *state, abroad;
    folder_make(&abroad, ABROAD);
    service_again(&abroad);
    struct privacy_mapping made = opened(f, 1001);
    struct privacy_invitation i = invitation_of(&made);
    assert_status(privacy_accept(abroad.service, &PROGRAM, &i, 5, &abroad.problem), STATUS_INVALID);
    assert_string_equal(abroad.problem.rule, "members");
    fixture_remove(&abroad);
}

static void many_channels_are_read_in_one_commit(void **state) {
    struct fixture *f = *state;
    struct channel_id ids[3] = {opened(f, 1).channel, {{9}}, opened(f, 2).channel};
    struct privacy_mappings all;
    assert_ok(privacy_own_of_many(f->service, &PROGRAM, ids, 3, &f->arena, &all, NULL));
    assert_int_equal(all.count, 3);
    assert_int_equal(all.items[0].own, 1);
    assert_int_equal(all.items[1].own, 0);
    assert_int_equal(all.items[2].own, 2);
    assert_status(
        privacy_own_of_many(f->service, &PROGRAM, ids, PRIVACY_READ_MAX + 1, &f->arena, &all, &f->problem),
        STATUS_TOO_LARGE);
}

static void a_case_has_channels_for_several_circles(void **state) {
    struct fixture *f = *state;
    struct privacy_mapping first = opened(f, 1001), second = opened(f, 1001), m;
    struct privacy_mappings all;
    assert_int_equal(second.phase, 2);
    assert_memory_not_equal(first.channel.b, second.channel.b, CHANNEL_BYTES);
    assert_memory_not_equal(first.key.b, second.key.b, KEY_BYTES);
    assert_ok(privacy_channel_of(f->service, &PROGRAM, 1001, &f->arena, &m, NULL));
    assert_memory_equal(m.channel.b, second.channel.b, CHANNEL_BYTES);
    assert_ok(privacy_channels_of(f->service, &CLERK, 1001, &f->arena, &all, NULL));
    assert_int_equal(all.count, 2);
    assert_memory_equal(all.items[1].key.b, first.key.b, KEY_BYTES);
}

// ---- who may ask

static void wrongly_asked(struct fixture *f, struct privacy_reader by, enum status wanted, const char *rule) {
    struct privacy_mapping m;
    assert_status(privacy_channel_of(f->service, &by, 1001, &f->arena, &m, &f->problem), wanted);
    assert_string_equal(f->problem.rule, rule);
}

static void nobody_reads_both_ledger_and_mapping(void **state) {
    struct fixture *f = *state;
    opened(f, 1001);
    struct privacy_reader by = CLERK;
    by.powers |= PRIVACY_READS_LEDGER;
    wrongly_asked(f, by, STATUS_REFUSED, "powers_together");
    by.powers = PRIVACY_READS_LEDGER;
    wrongly_asked(f, by, STATUS_REFUSED, "power_missing");
    by.powers = PRIVACY_MAY_HOLD | PRIVACY_MAY_KEEP;
    wrongly_asked(f, by, STATUS_REFUSED, "power_missing");
}

static void a_reader_says_who_it_is_and_why(void **state) {
    struct fixture *f = *state;
    opened(f, 1001);
    struct privacy_reader by = CLERK;
    by.ground = T("");
    wrongly_asked(f, by, STATUS_INVALID, "ground");
    by = CLERK;
    by.who = T("");
    wrongly_asked(f, by, STATUS_INVALID, "who");
    by = CLERK;
    by.purpose = 0;
    wrongly_asked(f, by, STATUS_INVALID, "purpose");
}

static void bad_terms_are_named(void **state) {
    struct fixture *f = *state;
    static const uint32_t members[PRIVACY_MEMBERS_MAX + 1] = {1,  2,  3,  4,  5,  6,  7,  8, 9,
                                                              10, 12, 13, 14, 15, 16, 17, 18};
    struct privacy_new good = {1001, members, 2, {2031, 3, 31}, T("Reg. 2024/1351")}, n;
    struct privacy_mapping m;
    n = good, n.own = 0;
    assert_status(privacy_create(f->service, &PROGRAM, &n, &m, &f->problem), STATUS_INVALID);
    assert_string_equal(f->problem.field, "own");
    n = good, n.delete_after = (struct date){2020, 1, 1};
    assert_status(privacy_create(f->service, &PROGRAM, &n, &m, &f->problem), STATUS_INVALID);
    assert_string_equal(f->problem.field, "delete_after");
    n = good, n.member_count = PRIVACY_MEMBERS_MAX;
    assert_status(privacy_create(f->service, &PROGRAM, &n, &m, &f->problem), STATUS_INVALID);
    assert_string_equal(f->problem.field, "members");
    n = good, n.member_count = 0; // a channel with ourselves
    assert_status(privacy_create(f->service, &PROGRAM, &n, &m, &f->problem), STATUS_INVALID);
    n = good, n.ground = T("");
    assert_status(privacy_create(f->service, &PROGRAM, &n, &m, &f->problem), STATUS_INVALID);
    assert_string_equal(f->problem.field, "ground");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_channel_leads_to_our_case_and_back, setup, teardown),
        cmocka_unit_test_setup_teardown(an_invited_member_links_its_own_case, setup, teardown),
        cmocka_unit_test_setup_teardown(who_is_no_member_cannot_accept, setup, teardown),
        cmocka_unit_test_setup_teardown(many_channels_are_read_in_one_commit, setup, teardown),
        cmocka_unit_test_setup_teardown(a_case_has_channels_for_several_circles, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_reads_both_ledger_and_mapping, setup, teardown),
        cmocka_unit_test_setup_teardown(a_reader_says_who_it_is_and_why, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_terms_are_named, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
