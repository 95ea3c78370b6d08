#include <fcntl.h>

#include "fixture.h"
#include "store/tables.h"

static void police_accepts(struct fixture *police, const struct privacy_mapping *m, int64_t own) {
    struct privacy_invitation i = invitation_of(m);
    assert_ok(privacy_accept(police->service, &PROGRAM, &i, own, &police->problem));
}

static bool is_known(struct fixture *f, const struct privacy_mapping *m) {
    struct privacy_mapping found;
    enum status st = lookup(f, &m->channel, &found);
    if (st && st != STATUS_NOT_FOUND) fail_msg("lookup: %s", status_name(st));
    return st == STATUS_OK;
}

static void pass_the_day(struct fixture *f) {
    f->clock.at.ms = 1932937200000; // 2031-04-02
}

// ---- due

static void nothing_is_erased_before_its_day(void **state) {
    struct fixture *f = *state;
    struct privacy_mapping made = opened(f, 1001);
    struct privacy_dues due;
    f->clock.at.ms = 1932760000000; // the last day itself
    assert_int_equal(erased(f), 0);
    pass_the_day(f);
    assert_ok(privacy_dues(f->service, &OPERATOR, 10, &f->arena, &due, NULL));
    assert_int_equal(due.count, 1);
    assert_false(due.items[0].is_held);
    assert_true(is_known(f, &made));
    assert_int_equal(erased(f), 1);
    assert_false(is_known(f, &made));
    assert_int_equal(erased(f), 0);
    struct privacy_mapping m;
    assert_status(privacy_channel_of(f->service, &CLERK, 1001, &f->arena, &m, NULL), STATUS_NOT_FOUND);
    evidence_holds(f);
}

static void more_than_a_commit_is_erased_at_once(void **state) {
    struct fixture *f = *state;
    for (int i = 1; i <= 230; i++) opened(f, i);
    pass_the_day(f);
    struct privacy_night night;
    assert_ok(privacy_night(f->service, &night, NULL));
    assert_int_equal(night.deleted, 230);
    assert_int_equal(night.receipts_missing, 460);
    evidence_holds(f);
}

// ---- two people

static int64_t asked(struct fixture *f, enum privacy_wish wish, int64_t own, struct date until) {
    int64_t ask = 0;
    enum status st = privacy_ask(f->service, &JUDGE, wish, own, until, &ask, &f->problem);
    if (st) fail_msg("privacy_ask: %s %s", status_name(st), f->problem.rule ? f->problem.rule : "");
    return ask;
}

static void a_hold_takes_two_people_and_ends(void **state) {
    struct fixture *f = *state;
    struct privacy_mapping made = opened(f, 1001);
    struct privacy_asks asks;
    pass_the_day(f);
    int64_t ask = asked(f, PRIVACY_HOLD, 1001, (struct date){2031, 6, 30});
    assert_int_equal(erased(f), 0); // one person can keep it waiting for three days
    assert_status(privacy_confirm(f->service, &JUDGE, ask, &f->problem), STATUS_REFUSED);
    assert_string_equal(f->problem.rule, "same_person");
    assert_ok(privacy_confirm(f->service, &SECOND, ask, &f->problem));
    assert_status(privacy_confirm(f->service, &SECOND, ask, &f->problem), STATUS_EXPIRED);
    days_pass(f, 30);
    assert_int_equal(erased(f), 0);
    assert_ok(privacy_asks(f->service, &JUDGE, &f->arena, &asks, NULL));
    assert_int_equal(asks.count, 1);
    assert_true(asks.items[0].is_confirmed);
    assert_text(asks.items[0].asked_by, "account 7");
    assert_text(asks.items[0].confirmed_by, "account 8");
    assert_int_equal(asks.items[0].until.month, 6);
    days_pass(f, 90);
    assert_int_equal(erased(f), 1);
    assert_false(is_known(f, &made));
}

static void a_hold_that_nobody_confirms_lapses(void **state) {
    struct fixture *f = *state;
    opened(f, 1001);
    pass_the_day(f);
    int64_t ask = asked(f, PRIVACY_HOLD, 1001, (struct date){2031, 6, 30});
    days_pass(f, 4);
    assert_status(privacy_confirm(f->service, &SECOND, ask, &f->problem), STATUS_EXPIRED);
    assert_int_equal(erased(f), 1);
}

static void a_hold_is_released_by_two(void **state) {
    struct fixture *f = *state;
    opened(f, 1001);
    pass_the_day(f);
    assert_ok(
        privacy_confirm(f->service, &SECOND, asked(f, PRIVACY_HOLD, 1001, (struct date){2031, 6, 30}), NULL));
    int64_t ask = asked(f, PRIVACY_RELEASE, 1001, (struct date){0});
    assert_int_equal(erased(f), 0);
    assert_ok(privacy_confirm(f->service, &SECOND, ask, NULL));
    assert_int_equal(erased(f), 1);
}

static void a_hold_has_an_end_and_a_power(void **state) {
    struct fixture *f = *state;
    int64_t ask;
    opened(f, 1001);
    assert_status(
        privacy_ask(f->service, &JUDGE, PRIVACY_HOLD, 1001, (struct date){2027, 6, 30}, &ask, &f->problem),
        STATUS_INVALID);
    assert_string_equal(f->problem.field, "until");
    assert_status(privacy_ask(f->service, &JUDGE, PRIVACY_HOLD, 1001, (struct date){0}, &ask, &f->problem),
                  STATUS_INVALID);
    assert_status(
        privacy_ask(f->service, &CLERK, PRIVACY_HOLD, 1001, (struct date){2026, 6, 30}, &ask, &f->problem),
        STATUS_REFUSED);
    assert_status(
        privacy_ask(f->service, &JUDGE, PRIVACY_HOLD, 999, (struct date){2026, 6, 30}, &ask, &f->problem),
        STATUS_NOT_FOUND);
    assert_status(privacy_confirm(f->service, &SECOND, 12345, &f->problem), STATUS_NOT_FOUND);
}

// ---- orders and receipts

static void an_order_is_carried_out_by_all_members(void **state) {
    struct fixture *f = *state, police;
    folder_make(&police, POLICE);
    service_again(&police);
    struct privacy_mapping made = opened(f, 1001);
    struct privacy_asks asks;
    police_accepts(&police, &made, 77);
    assert_ok(privacy_confirm(f->service, &SECOND, asked(f, PRIVACY_ERASE, 1001, (struct date){0}), NULL));
    assert_int_equal(erased(f), 1);
    assert_int_equal(missing(f), 2); // police and reception
    assert_int_equal(deliver(f, &police), 2);
    // There one person confirms what another authority asks.
    assert_ok(privacy_asks(police.service, &JUDGE, &police.arena, &asks, NULL));
    assert_int_equal(asks.count, 1);
    assert_text(asks.items[0].asked_by, "authority 22");
    assert_int_equal(erased(&police), 0);
    assert_ok(privacy_confirm(police.service, &JUDGE, asks.items[0].ask, &police.problem));
    assert_int_equal(erased(&police), 1);
    assert_false(is_known(&police, &made));
    assert_true(deliver(&police, f) > 0);
    assert_int_equal(missing(f), 1);
    struct privacy_receipts all;
    assert_ok(privacy_receipts(f->service, &OPERATOR, false, 10, &f->arena, &all, NULL));
    assert_int_equal(all.count, 2);
    assert_int_equal(all.items[0].authority, RECEPTION);
    assert_int_equal(all.items[1].authority, POLICE);
    assert_int_equal(all.items[1].erased_on.year, 2025);
    struct privacy_notice n; // and anybody can check it later
    uint8_t key[PRIVACY_PUBLIC_KEY_BYTES];
    privacy_public_key(police.service, key);
    assert_ok(privacy_notice_read(all.items[1].notice, &n));
    assert_ok(privacy_notice_check(&n, key));
    n.day = date_add_days(n.day, 1);
    assert_status(privacy_notice_check(&n, key), STATUS_CORRUPT);
    fixture_remove(&police);
}

static void a_receipt_that_came_first_is_kept(void **state) {
    struct fixture *f = *state, police;
    folder_make(&police, POLICE);
    service_again(&police);
    struct privacy_mapping made = opened(f, 1001);
    police_accepts(&police, &made, 77);
    pass_the_day(&police);
    assert_int_equal(erased(&police), 1);
    assert_int_equal(deliver(&police, f), 1);
    pass_the_day(f);
    assert_int_equal(erased(f), 1);
    assert_int_equal(missing(f), 1); // reception's only
    fixture_remove(&police);
}

static void strangers_cannot_speak_for_a_channel(void **state) {
    struct fixture *f = *state, abroad;
    folder_make(&abroad, ABROAD);
    service_again(&abroad);
    struct privacy_mapping made = opened(f, 1001);
    struct privacy_notice n = {PRIVACY_NOTICE_ERASE, made.channel, ABROAD, {2025, 11, 26}, {0}}, got;
    uint8_t key[PRIVACY_PUBLIC_KEY_BYTES];
    privacy_public_key(abroad.service, key);
    notice_sign(abroad.service, &n);
    struct bytes b = privacy_notice_print(&f->arena, &n);
    assert_true(b.n <= PRIVACY_NOTICE_BYTES_MAX);
    assert_status(privacy_take(f->service, b, key, &got, &f->problem), STATUS_REFUSED);
    assert_string_equal(f->problem.rule, "not_member");
    n.authority = POLICE; // in the name of a member, with its own key
    notice_sign(abroad.service, &n);
    key[0] ^= 1;
    assert_status(privacy_take(f->service, privacy_notice_print(&f->arena, &n), key, &got, &f->problem),
                  STATUS_CORRUPT);
    assert_status(privacy_take(f->service, bytes_of(T("nothing")), key, &got, &f->problem), STATUS_CORRUPT);
    struct privacy_asks asks;
    assert_ok(privacy_asks(f->service, &JUDGE, &f->arena, &asks, NULL));
    assert_int_equal(asks.count, 0);
    fixture_remove(&abroad);
}

static void who_leaves_erases_all(void **state) {
    struct fixture *f = *state;
    for (int i = 1; i <= 5; i++) opened(f, i);
    assert_ok(privacy_confirm(f->service, &SECOND, asked(f, PRIVACY_LEAVE, 0, (struct date){0}), NULL));
    assert_int_equal(erased(f), 5);
    assert_int_equal(missing(f), 10);
}

// ---- databases that are put back

static void copy_file(const char *from, const char *to) {
    char buffer[65536];
    FILE *in = fopen(from, "r"), *out = fopen(to, "w");
    assert_non_null(in);
    assert_non_null(out);
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, in)) > 0;)
        assert_int_equal(fwrite(buffer, 1, n, out), n);
    fclose(in);
    fclose(out);
}

static const char *in_folder(struct fixture *f, const char *name) {
    static char paths[4][400];
    static int at;
    char *path = paths[at++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", f->dir, name);
    return path;
}

static void keep_copy(struct fixture *f) {
    service_close(f);
    copy_file(in_folder(f, "privacy.db"), in_folder(f, "old"));
}

static void put_back(struct fixture *f) {
    service_close(f);
    copy_file(in_folder(f, "old"), in_folder(f, "privacy.db"));
}

static void an_old_database_forgets_before_it_answers(void **state) {
    struct fixture *f = *state;
    only_on_sqlite();
    struct privacy_mapping kept = opened(f, 1000), made = opened(f, 1001);
    keep_copy(f);
    service_again(f);
    assert_ok(privacy_confirm(f->service, &SECOND, asked(f, PRIVACY_ERASE, 1001, (struct date){0}), NULL));
    assert_int_equal(erased(f), 1);
    put_back(f);
    service_again(f);
    assert_int_equal(privacy_erased_again(f->service), 1);
    assert_false(is_known(f, &made));
    assert_true(is_known(f, &kept));
    assert_int_equal(missing(f), 2); // what the old database did not know is asked for again
    evidence_holds(f);
    service_again(f);
    assert_int_equal(privacy_erased_again(f->service), 0);
}

static void without_its_list_it_stays_shut(void **state) {
    struct fixture *f = *state;
    only_on_sqlite();
    opened(f, 1001);
    pass_the_day(f);
    assert_int_equal(erased(f), 1);
    service_close(f);
    assert_int_equal(truncate(in_folder(f, "deleted"), LIST_RECORD_BYTES - 1), 0);
    assert_status(privacy_open(f->env, &f->options, &f->service, &f->problem), STATUS_CORRUPT);
    assert_string_equal(f->problem.rule, "list");
}

static const struct sql ONE_ROW =
    SQL("one_row", "select m.mapping, m.pseudonym, m.wrapped, c.wrapped, m.finder, c.finder, m.sealed"
                   " from privacy_mapping m join privacy_case c on c.pseudonym = m.pseudonym");
enum { TRACES = 7 };

static void traces_of(struct fixture *f, struct bytes traces[TRACES]) {
    struct db *db;
    struct rows r;
    assert_ok(store_reader(f->service->store, &db));
    assert_ok(DB_ONE(db, &r, &ONE_ROW));
    for (int i = 0; i < TRACES; i++) traces[i] = bytes_copy(&f->arena, row_bytes(&r, i));
    assert_ok(rows_end(&r));
    store_reader_release(f->service->store, db);
}

// The power went after the list was written and before the rows were erased.
static void what_was_begun_is_finished(void **state) {
    struct fixture *f = *state;
    struct privacy_mapping made = opened(f, 1001), other = opened(f, 1002);
    struct bytes traces[TRACES];
    struct row_id name;
    struct list_end end = {0};
    traces_of(f, traces);
    memcpy(name.b, traces[0].p, sizeof name.b);
    assert_ok(list_append(f->service, &name, 1, &end));
    assert_true(is_known(f, &made) && is_known(f, &other));
    service_again(f);
    assert_int_equal(privacy_erased_again(f->service), 1);
    assert_true(is_known(f, &made) != is_known(f, &other));
    service_again(f);
    assert_int_equal(privacy_erased_again(f->service), 0);
    evidence_holds(f);
}

// A disk that is full keeps the list from being written: then nothing is erased.
static enum status no_sync(void *context, int fd) {
    (void)context, (void)fd;
    return STATUS_FULL;
}

static void nothing_is_erased_that_is_not_listed(void **state) {
    struct fixture *f = *state;
    struct privacy_mapping made = opened(f, 1001);
    struct env broken = *f->env;
    size_t deleted;
    pass_the_day(f);
    broken.file_sync = no_sync;
    const struct env *whole = f->service->env;
    f->service->env = &broken;
    assert_status(privacy_delete_due(f->service, &OPERATOR, 10, &deleted, NULL), STATUS_FULL);
    f->service->env = whole;
    assert_true(is_known(f, &made));
    assert_int_equal(erased(f), 1);
}

static void a_cut_record_is_no_record(void **state) {
    struct fixture *f = *state;
    only_on_sqlite();
    opened(f, 1001);
    struct privacy_mapping other = opened(f, 1002);
    assert_ok(privacy_confirm(f->service, &SECOND, asked(f, PRIVACY_ERASE, 1001, (struct date){0}), NULL));
    assert_int_equal(erased(f), 1);
    service_close(f);
    int fd = open(in_folder(f, "deleted"), O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, "power", 5), 5);
    close(fd);
    service_again(f);
    assert_true(is_known(f, &other));
    pass_the_day(f);
    assert_int_equal(erased(f), 1);
    service_again(f);
}

// ---- nothing is left

static bool file_has(const char *path, struct bytes what) {
    struct stat info;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &info) != 0) return false;
    uint8_t *all = malloc((size_t)info.st_size + 1);
    ssize_t got = read(fd, all, (size_t)info.st_size);
    close(fd);
    bool found = got > 0 && memmem(all, (size_t)got, what.p, what.n) != NULL;
    free(all);
    return found;
}

// In any column of any table: the same for both engines.
static bool tables_have(struct fixture *f, struct bytes what) {
    struct db *db;
    const struct tables *all;
    bool found = false;
    assert_ok(store_reader(f->service->store, &db));
    assert_ok(store_tables(db, &all));
    for (size_t t = 0; t < all->count; t++) {
        struct table_scan scan;
        table_scan_begin(&scan, db, &all->items[t]);
        while (table_scan_next(&scan))
            for (size_t c = 0; c < all->items[t].column_count; c++) {
                struct value v = table_value(&scan, c);
                found |= v.kind != VALUE_INT && v.kind != VALUE_NULL && v.b.n >= what.n &&
                         memmem(v.b.p, v.b.n, what.p, what.n);
            }
        assert_ok(table_scan_end(&scan));
    }
    store_reader_release(f->service->store, db);
    return found;
}

static void no_file_has(struct fixture *f, const struct bytes traces[TRACES],
                        const struct privacy_mapping *made) {
    static const char *const FILES[] = {"privacy.db", "privacy.db-wal", "privacy.key", "reserve"};
    for (size_t n = 0; n < sizeof FILES / sizeof *FILES; n++) {
        for (int i = 0; i < TRACES; i++) assert_false(file_has(in_folder(f, FILES[n]), traces[i]));
        assert_false(file_has(in_folder(f, FILES[n]), (struct bytes){made->key.b, KEY_BYTES}));
        assert_false(file_has(in_folder(f, FILES[n]), bytes_of(T("MarkerMa"))));
    }
}

static void no_byte_of_an_erased_mapping_is_left(void **state) {
    struct fixture *f = *state;
    struct bytes traces[TRACES];
    struct privacy_mapping made = opened(f, 0x4d61726b65724d61), m; // "MarkerMa"
    assert_ok(lookup(f, &made.channel, &m));
    assert_ok(privacy_channel_of(f->service, &CLERK, made.own, &f->arena, &m, NULL));
    traces_of(f, traces);
    for (int i = 0; i < TRACES; i++) assert_true(tables_have(f, traces[i]));
    assert_false(tables_have(f, bytes_of(T("MarkerMa")))); // never in the clear
    assert_false(tables_have(f, channel_bytes(&made.channel)));
    int64_t before = evidence_holds(f);
    pass_the_day(f);
    assert_int_equal(erased(f), 1);
    assert_int_equal(evidence_holds(f), before + 1);
    for (int i = 0; i < TRACES; i++) assert_false(tables_have(f, traces[i]));
    no_file_has(f, traces, &made); // at once, while it runs
    service_again(f);
    service_close(f);
    no_file_has(f, traces, &made);
    // The list has the one name that means nothing else.
    assert_true(file_has(in_folder(f, "deleted"), traces[0]));
    for (int i = 1; i < TRACES; i++) assert_false(file_has(in_folder(f, "deleted"), traces[i]));
}

static void an_old_copy_is_of_no_use_when_its_key_has_gone(void **state) {
    struct fixture *f = *state;
    only_on_sqlite();
    struct privacy_mapping made = opened(f, 1001), other = opened(f, 1002);
    keep_copy(f);
    service_again(f);
    assert_ok(privacy_confirm(f->service, &SECOND, asked(f, PRIVACY_ERASE, 1001, (struct date){0}), NULL));
    assert_int_equal(erased(f), 1);
    assert_ok(privacy_renew_key(f->service, &OPERATOR, 0, &f->problem)); // after an incident: at once
    assert_true(is_known(f, &other));
    assert_false(is_known(f, &made));
    service_again(f);
    assert_true(is_known(f, &other));
    put_back(f);
    // Also without the list nobody gets in.
    assert_int_equal(remove(in_folder(f, "deleted")), 0);
    assert_status(privacy_open(f->env, &f->options, &f->service, &f->problem), STATUS_CORRUPT);
    assert_string_equal(f->problem.rule, "keys_gone");
}

static void service_keys_are_renewed_and_go(void **state) {
    struct fixture *f = *state;
    struct privacy_mapping made = opened(f, 1001);
    struct privacy_night night;
    for (int month = 0; month < 12; month++) {
        days_pass(f, 31);
        assert_ok(privacy_night(f->service, &night, &f->problem));
        assert_int_equal(night.deleted, 0);
        assert_true(is_known(f, &made));
    }
    assert_true(f->service->keys.count <= 3);
    assert_int_equal(f->service->keys.items[f->service->keys.count - 1].number, 13);
    service_again(f);
    assert_true(is_known(f, &made));
    assert_status(privacy_renew_key(f->service, &CLERK, 0, &f->problem), STATUS_REFUSED);
    assert_status(privacy_renew_key(f->service, &OPERATOR, 1000, &f->problem), STATUS_INVALID);
}

// Two servers on one database: what one does the other knows, its new keys too.
static void servers_share_keys_and_the_list(void **state) {
    struct fixture *f = *state;
    struct privacy *other;
    struct privacy_mapping first = opened(f, 1001), second, m;
    static const uint32_t members[] = {POLICE};
    struct privacy_new n = {1002, members, 1, {2031, 3, 31}, T("Reg. 2024/1351 Art. 39")};
    only_on_postgresql();
    assert_ok(privacy_open(f->env, &f->options, &other, &f->problem));
    assert_ok(privacy_renew_key(f->service, &OPERATOR, 0, &f->problem));
    assert_ok(privacy_own_of(other, &PROGRAM, &first.channel, &f->arena, &m, NULL));
    assert_int_equal(m.own, 1001);
    assert_ok(privacy_renew_key(f->service, &OPERATOR, 0, &f->problem));
    assert_ok(privacy_create(other, &PROGRAM, &n, &second, NULL));
    assert_ok(lookup(f, &second.channel, &m));
    assert_int_equal(m.own, 1002);
    pass_the_day(f);
    assert_int_equal(erased(f), 2);
    size_t deleted;
    assert_ok(privacy_delete_due(other, &OPERATOR, 10, &deleted, NULL));
    assert_int_equal(deleted, 0);
    assert_status(privacy_own_of(other, &PROGRAM, &first.channel, &f->arena, &m, NULL), STATUS_NOT_FOUND);
    privacy_close(other);
    evidence_holds(f);
}

static void names_in_evidence_go_after_ten_years(void **state) {
    struct fixture *f = *state;
    struct privacy_evidences all;
    struct privacy_night night;
    opened(f, 1001);
    f->clock.at.ms += (int64_t)3660 * 24 * 3600 * 1000; // ten years and some days, still in the tenth year
    assert_ok(privacy_night(f->service, &night, NULL));
    assert_int_equal(night.names_erased, 0);
    days_pass(f, 60);
    assert_ok(privacy_night(f->service, &night, NULL));
    assert_int_equal(night.names_erased, 1);
    assert_ok(privacy_evidence_list(f->service, &JUDGE, 0, 10, &f->arena, &all, NULL));
    assert_string_equal(all.items[0].act, "created");
    assert_text(all.items[0].who, "");
    evidence_holds(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_erased_before_its_day, setup, teardown),
        cmocka_unit_test_setup_teardown(more_than_a_commit_is_erased_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hold_takes_two_people_and_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hold_that_nobody_confirms_lapses, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hold_is_released_by_two, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hold_has_an_end_and_a_power, setup, teardown),
        cmocka_unit_test_setup_teardown(an_order_is_carried_out_by_all_members, setup, teardown),
        cmocka_unit_test_setup_teardown(a_receipt_that_came_first_is_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(strangers_cannot_speak_for_a_channel, setup, teardown),
        cmocka_unit_test_setup_teardown(who_leaves_erases_all, setup, teardown),
        cmocka_unit_test_setup_teardown(an_old_database_forgets_before_it_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(without_its_list_it_stays_shut, setup, teardown),
        cmocka_unit_test_setup_teardown(a_cut_record_is_no_record, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_begun_is_finished, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_erased_that_is_not_listed, setup, teardown),
        cmocka_unit_test_setup_teardown(no_byte_of_an_erased_mapping_is_left, setup, teardown),
        cmocka_unit_test_setup_teardown(an_old_copy_is_of_no_use_when_its_key_has_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(service_keys_are_renewed_and_go, setup, teardown),
        cmocka_unit_test_setup_teardown(servers_share_keys_and_the_list, setup, teardown),
        cmocka_unit_test_setup_teardown(names_in_evidence_go_after_ten_years, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
