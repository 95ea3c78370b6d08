#include "fixture.h"

static void police_accepts(struct fixture *police, const struct privacy_mapping *m, int64_t own) {
    struct privacy_invitation i = invitation_of(m);
    assert_ok(privacy_accept(police->service, &PROGRAM, &i, own, &police->problem));
}

// The police linked the channel of person P to its case 77, who is somebody else; 88 was meant.
static void a_wrong_link_is_replaced_and_both_go_on_apart(void **state) {
    struct fixture *f = *state, police;
    folder_make(&police, POLICE);
    service_again(&police);
    struct privacy_mapping made = opened(f, 1001), m;
    struct privacy_rectified r;
    police_accepts(&police, &made, 77);
    assert_ok(privacy_rectify(police.service, &CLERK, &made.channel, 88, &police.arena, &r, &police.problem));
    assert_true(r.has_fresh);
    assert_ok(lookup(&police, &made.channel, &m));
    assert_int_equal(m.own, 88);
    assert_int_equal(m.state, PRIVACY_CLOSED);
    assert_memory_equal(m.key.b, made.key.b, KEY_BYTES); // what it sealed can still be read
    assert_ok(lookup(&police, &r.fresh_wrong.channel, &m));
    assert_int_equal(m.own, 77);
    assert_int_equal(m.state, PRIVACY_OPEN);
    assert_int_equal(m.coordinator, POLICE);
    assert_ok(lookup(&police, &r.fresh_right.channel, &m));
    assert_int_equal(m.own, 88);
    assert_memory_not_equal(r.fresh_right.channel.b, r.fresh_wrong.channel.b, CHANNEL_BYTES);
    // The other members close it too, and keep reading.
    assert_int_equal(deliver(&police, f), 1);
    assert_ok(lookup(f, &made.channel, &m));
    assert_int_equal(m.state, PRIVACY_CLOSED);
    assert_status(privacy_channel_of(f->service, &PROGRAM, 1001, &f->arena, &m, NULL), STATUS_NOT_FOUND);
    fixture_remove(&police);
}

static void a_link_to_nobody_of_ours_is_forgotten(void **state) {
    struct fixture *f = *state, police;
    folder_make(&police, POLICE);
    service_again(&police);
    struct privacy_mapping made = opened(f, 1001), m;
    struct privacy_rectified r;
    police_accepts(&police, &made, 77);
    assert_ok(privacy_rectify(police.service, &CLERK, &made.channel, 0, &police.arena, &r, &police.problem));
    assert_status(lookup(&police, &made.channel, &m), STATUS_NOT_FOUND);
    assert_ok(privacy_channel_of(police.service, &PROGRAM, 77, &police.arena, &m, NULL));
    assert_memory_equal(m.channel.b, r.fresh_wrong.channel.b, CHANNEL_BYTES);
    evidence_holds(&police);
    fixture_remove(&police);
}

static void the_same_case_is_no_correction(void **state) {
    struct fixture *f = *state;
    struct privacy_mapping made = opened(f, 1001);
    struct privacy_rectified r;
    assert_status(privacy_rectify(f->service, &CLERK, &made.channel, 1001, &f->arena, &r, &f->problem),
                  STATUS_INVALID);
    assert_string_equal(f->problem.rule, "same_case");
    struct channel_id unknown = {{3}};
    assert_status(privacy_rectify(f->service, &CLERK, &unknown, 5, &f->arena, &r, &f->problem),
                  STATUS_NOT_FOUND);
}

static void a_new_phase_cannot_be_linked_to_the_old_one(void **state) {
    struct fixture *f = *state;
    struct privacy_mapping made = opened(f, 1001), next, m;
    assert_ok(privacy_split(f->service, &PROGRAM, &made.channel, &f->arena, &next, &f->problem));
    assert_int_equal(next.phase, 2);
    assert_int_equal(next.member_count, made.member_count);
    assert_memory_not_equal(next.channel.b, made.channel.b, CHANNEL_BYTES);
    assert_memory_not_equal(next.key.b, made.key.b, KEY_BYTES);
    assert_ok(privacy_channel_of(f->service, &PROGRAM, 1001, &f->arena, &m, NULL));
    assert_memory_equal(m.channel.b, next.channel.b, CHANNEL_BYTES);
    assert_status(privacy_split(f->service, &PROGRAM, &made.channel, &f->arena, &m, &f->problem),
                  STATUS_INVALID);
    assert_string_equal(f->problem.rule, "closed");
}

static void keys_are_renewed_each_year(void **state) {
    struct fixture *f = *state;
    struct privacy_mapping made = opened(f, 1001), m;
    struct privacy_mappings due;
    struct key old;
    assert_ok(privacy_rotation_due(f->service, &PROGRAM, 10, &f->arena, &due, NULL));
    assert_int_equal(due.count, 0);
    days_pass(f, 366);
    assert_ok(privacy_rotation_due(f->service, &PROGRAM, 10, &f->arena, &due, NULL));
    assert_int_equal(due.count, 1);
    assert_ok(privacy_rotate(f->service, &PROGRAM, &due.items[0].channel, &f->arena, &m, NULL));
    assert_int_equal(m.epoch, 2);
    assert_memory_not_equal(m.key.b, made.key.b, KEY_BYTES);
    assert_ok(privacy_key_of(f->service, &PROGRAM, &made.channel, 1, &old, NULL));
    assert_memory_equal(old.b, made.key.b, KEY_BYTES);
    assert_ok(privacy_rotation_due(f->service, &PROGRAM, 10, &f->arena, &due, NULL));
    assert_int_equal(due.count, 0);
}

static void only_the_coordinator_makes_new_keys(void **state) {
    struct fixture *f = *state, police;
    folder_make(&police, POLICE);
    service_again(&police);
    struct privacy_mapping made = opened(f, 1001), m;
    police_accepts(&police, &made, 77);
    assert_status(privacy_rotate(police.service, &PROGRAM, &made.channel, &police.arena, &m, &police.problem),
                  STATUS_REFUSED);
    assert_string_equal(police.problem.rule, "not_coordinator");
    fixture_remove(&police);
}

static void a_member_that_left_is_on_no_channel(void **state) {
    struct fixture *f = *state;
    struct privacy_mapping made = opened(f, 1001), m;
    struct privacy_mappings due;
    size_t channels;
    assert_ok(privacy_member_left(f->service, &PROGRAM, RECEPTION, &channels, NULL));
    assert_int_equal(channels, 1);
    assert_ok(lookup(f, &made.channel, &m));
    assert_int_equal(m.member_count, 2);
    assert_ok(privacy_rotation_due(f->service, &PROGRAM, 10, &f->arena, &due, NULL));
    assert_int_equal(due.count, 1); // it knows the old key
}

static void a_restricted_case_is_read_and_not_written(void **state) {
    struct fixture *f = *state, police;
    folder_make(&police, POLICE);
    service_again(&police);
    struct privacy_mapping made = opened(f, 1001), m;
    police_accepts(&police, &made, 77);
    assert_ok(privacy_restrict(f->service, &CLERK, 1001, true, NULL));
    assert_status(privacy_channel_of(f->service, &PROGRAM, 1001, &f->arena, &m, &f->problem), STATUS_REFUSED);
    assert_string_equal(f->problem.rule, "restricted");
    assert_ok(lookup(f, &made.channel, &m)); // an event that comes is kept
    assert_true(m.is_restricted);
    assert_ok(privacy_channel_of(f->service, &CLERK, 1001, &f->arena, &m, NULL));
    assert_int_equal(deliver(f, &police), 1);
    assert_ok(lookup(&police, &made.channel, &m));
    assert_true(m.is_restricted);
    // The person also asked the police: that one stays when ours ends.
    assert_ok(privacy_restrict(police.service, &CLERK, 77, true, NULL));
    assert_ok(privacy_restrict(f->service, &CLERK, 1001, false, NULL));
    assert_int_equal(deliver(f, &police), 1);
    assert_ok(privacy_channel_of(f->service, &PROGRAM, 1001, &f->arena, &m, NULL));
    assert_status(privacy_channel_of(police.service, &PROGRAM, 77, &police.arena, &m, NULL), STATUS_REFUSED);
    fixture_remove(&police);
}

static void a_person_is_told_who_read(void **state) {
    struct fixture *f = *state;
    struct privacy_mapping made = opened(f, 1001), m;
    struct privacy_evidences all;
    opened(f, 1002);
    assert_ok(lookup(f, &made.channel, &m));
    assert_ok(privacy_channel_of(f->service, &CLERK, 1001, &f->arena, &m, NULL));
    assert_ok(privacy_restrict(f->service, &CLERK, 1001, true, NULL));
    assert_ok(privacy_evidence_of(f->service, &CLERK, 1001, 100, &f->arena, &all, NULL));
    assert_int_equal(all.count, 4);
    assert_string_equal(all.items[0].act, "created");
    assert_string_equal(all.items[1].act, "read_own");
    assert_text(all.items[1].who, "exchange");
    assert_string_equal(all.items[2].act, "read_channel");
    assert_text(all.items[2].who, "account 1042");
    assert_text(all.items[2].ground, "GDPR Art. 15");
    assert_int_equal(all.items[2].own, 1001);
    assert_memory_equal(all.items[2].channel.b, made.channel.b, CHANNEL_BYTES);
    assert_string_equal(all.items[3].act, "restricted");
    assert_int_equal(evidence_holds(f), 6); // the other case's, and this look itself
}

static const struct sql FORGE = SQL("forge", "update privacy_evidence set purpose = 4 where seq = 2");
static enum status forge(struct db *tx, void *arg) {
    (void)arg;
    return DB_RUN(tx, &FORGE);
}

static void a_changed_entry_is_named(void **state) {
    struct fixture *f = *state;
    struct privacy_mapping made = opened(f, 1001), m;
    struct privacy_audit audit;
    assert_ok(lookup(f, &made.channel, &m));
    assert_ok(lookup(f, &made.channel, &m));
    assert_ok(privacy_audit(f->service, &audit));
    assert_int_equal(audit.wrong, 0);
    assert_ok(store_write(f->service->store, forge, NULL));
    assert_ok(privacy_audit(f->service, &audit));
    assert_int_equal(audit.entries, 3);
    assert_int_equal(audit.wrong, 2);
}

static void refusals_are_written_down(void **state) {
    struct fixture *f = *state;
    struct privacy_mapping m;
    struct privacy_evidences all;
    struct privacy_reader by = CLERK;
    by.powers |= PRIVACY_READS_LEDGER;
    assert_status(privacy_channel_of(f->service, &by, 1001, &f->arena, &m, NULL), STATUS_REFUSED);
    assert_ok(privacy_evidence_list(f->service, &JUDGE, 0, 10, &f->arena, &all, &f->problem));
    assert_int_equal(all.count, 1);
    assert_string_equal(all.items[0].act, "refused");
    assert_text(all.items[0].who, "account 1042");
    assert_int_equal(all.items[0].own, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_wrong_link_is_replaced_and_both_go_on_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(a_link_to_nobody_of_ours_is_forgotten, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_case_is_no_correction, setup, teardown),
        cmocka_unit_test_setup_teardown(a_new_phase_cannot_be_linked_to_the_old_one, setup, teardown),
        cmocka_unit_test_setup_teardown(keys_are_renewed_each_year, setup, teardown),
        cmocka_unit_test_setup_teardown(only_the_coordinator_makes_new_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(a_member_that_left_is_on_no_channel, setup, teardown),
        cmocka_unit_test_setup_teardown(a_restricted_case_is_read_and_not_written, setup, teardown),
        cmocka_unit_test_setup_teardown(a_person_is_told_who_read, setup, teardown),
        cmocka_unit_test_setup_teardown(a_changed_entry_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(refusals_are_written_down, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
