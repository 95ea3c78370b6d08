// Unknown names answer like known ones; mistakes cost time; codes are tried a few times only.
#include "access/internal.h"
#include "house.h"

static void same_problem(const struct problem *a, const struct problem *b) {
    assert_string_equal(a->field, b->field);
    assert_string_equal(a->rule, b->rule);
    assert_string_equal(a->text_key, b->text_key);
}

static void unknown_and_wrong_look_the_same(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 1);
    struct account_made made = sign_up(&h, T("amina@mail.example"));
    struct sign_in s;
    struct problem wrong, unknown, nonsense, closed, by_code, by_code_unknown;
    assert_status(sign_in_password(h.access, &h.from, T("amina@mail.example"), T("not it at all"), &h.arena,
                                   &s, &wrong),
                  STATUS_INVALID);
    assert_status(
        sign_in_password(h.access, &h.from, T("nobody@mail.example"), PASSWORD, &h.arena, &s, &unknown),
        STATUS_INVALID);
    assert_status(
        sign_in_password(h.access, &h.from, T("%00'; drop table"), PASSWORD, &h.arena, &s, &nonsense),
        STATUS_INVALID);
    assert_status(sign_in_recovery(h.access, &h.from, made.sign_in_name, T("AAAA-AAAA-AAAA-AAAA"), &h.arena,
                                   &s, &by_code),
                  STATUS_INVALID);
    assert_status(
        sign_in_recovery(h.access, &h.from, T("AAAA-AAAA-AAAA"), T("x"), &h.arena, &s, &by_code_unknown),
        STATUS_INVALID);
    assert_ok(access_close_account(h.access, 0, made.account, T("")));
    assert_status(
        sign_in_password(h.access, &h.from, T("amina@mail.example"), PASSWORD, &h.arena, &s, &closed),
        STATUS_INVALID);
    same_problem(&wrong, &unknown);
    same_problem(&wrong, &nonsense);
    same_problem(&wrong, &closed);
    same_problem(&wrong, &by_code);
    same_problem(&wrong, &by_code_unknown);
    house_close(&h);
}

static void signing_up_twice_tells_only_the_mailbox(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 2);
    (void)sign_up(&h, T("amina@mail.example"));
    struct contact_code known, fresh;
    struct problem p, q;
    struct account_made made;
    assert_ok(
        access_contact_code(h.access, &h.from, CODE_SIGN_UP, T("Amina@mail.example"), &h.arena, &known, &p));
    assert_ok(
        access_contact_code(h.access, &h.from, CODE_SIGN_UP, T("new@mail.example"), &h.arena, &fresh, &p));
    assert_int_equal(known.challenge.n, fresh.challenge.n); // the page looks the same
    assert_int_equal(known.code.n, 0);                      // the message says: you have an account
    assert_int_equal(fresh.code.n, 6);
    struct new_account n = {.challenge = known.challenge, .code = T(""), .password = PASSWORD};
    assert_status(access_create_account(h.access, &h.from, &n, &h.arena, &made, &p), STATUS_INVALID);
    n = (struct new_account){.challenge = fresh.challenge, .code = T("abcdef"), .password = PASSWORD};
    assert_status(access_create_account(h.access, &h.from, &n, &h.arena, &made, &q), STATUS_INVALID);
    same_problem(&p, &q);
    assert_rule(p, "code_wrong");
    // Two people prove the same address at once: the second is told that the code is wrong.
    struct contact_code other;
    assert_ok(
        access_contact_code(h.access, &h.from, CODE_SIGN_UP, T("new@mail.example"), &h.arena, &other, &p));
    n.code = fresh.code;
    assert_ok(access_create_account(h.access, &h.from, &n, &h.arena, &made, &p));
    n = (struct new_account){.challenge = other.challenge, .code = other.code, .password = PASSWORD};
    assert_status(access_create_account(h.access, &h.from, &n, &h.arena, &made, &p), STATUS_INVALID);
    same_problem(&p, &q);
    house_close(&h);
}

static void a_code_can_be_tried_five_times_and_for_a_quarter_of_an_hour(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 3);
    struct contact_code sent;
    struct account_made made;
    struct problem p;
    assert_ok(access_contact_code(h.access, &h.from, CODE_SIGN_UP, T("a@mail.example"), &h.arena, &sent, &p));
    struct new_account n = {.challenge = sent.challenge, .code = T("wrong!"), .password = PASSWORD};
    for (int i = 0; i < CODE_TRIES_MAX; i++) {
        assert_status(access_create_account(h.access, &h.from, &n, &h.arena, &made, &p), STATUS_INVALID);
        assert_rule(p, "code_wrong");
    }
    n.code = sent.code;
    assert_status(access_create_account(h.access, &h.from, &n, &h.arena, &made, &p), STATUS_INVALID);
    assert_rule(p, "code_expired");
    assert_ok(access_contact_code(h.access, &h.from, CODE_SIGN_UP, T("a@mail.example"), &h.arena, &sent, &p));
    later(&h, CODE_MS);
    n = (struct new_account){.challenge = sent.challenge, .code = sent.code, .password = PASSWORD};
    assert_status(access_create_account(h.access, &h.from, &n, &h.arena, &made, &p), STATUS_INVALID);
    assert_rule(p, "code_expired");
    // A code for one thing is no code for another.
    later(&h, HOUR);
    assert_ok(
        access_contact_code(h.access, &h.from, CODE_ADD_CONTACT, T("a@mail.example"), &h.arena, &sent, &p));
    n = (struct new_account){.challenge = sent.challenge, .code = sent.code, .password = PASSWORD};
    assert_status(access_create_account(h.access, &h.from, &n, &h.arena, &made, &p), STATUS_INVALID);
    assert_rule(p, "code_expired");
    house_close(&h);
}

static void mistakes_make_the_next_wait_longer(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 4);
    (void)sign_up(&h, T("amina@mail.example"));
    struct sign_in s;
    struct problem p;
    int64_t waits[12];
    for (int i = 0; i < 12; i++) {
        int64_t wait = 0;
        while (sign_in_password(h.access, &h.from, T("amina@mail.example"), T("guess guess guess"), &h.arena,
                                &s, &p) == STATUS_BUSY) {
            assert_rule(p, "sign_in_wait");
            assert_string_equal(p.args[0].name, "minutes");
            later(&h, 1000);
            wait += 1000;
        }
        assert_rule(p, "sign_in_wrong");
        waits[i] = wait;
    }
    for (int i = 0; i < 4; i++) assert_int_equal(waits[i], 0); // typing errors are human
    for (int i = 5; i < 12; i++) assert_true(waits[i] >= waits[i - 1] && waits[i] > 0);
    assert_true(waits[11] >= 4 * MINUTE && waits[11] <= 15 * MINUTE);

    // The right password has to wait too; from elsewhere as well; a passkey would not.
    struct source elsewhere = {T("203.0.113.9"), T("")};
    assert_status(
        sign_in_password(h.access, &elsewhere, T("AMINA@mail.example "), PASSWORD, &h.arena, &s, &p),
        STATUS_BUSY);
    later(&h, 15 * MINUTE);
    assert_ok(sign_in_password(h.access, &elsewhere, T("amina@mail.example"), PASSWORD, &h.arena, &s, &p));
    // Success forgives.
    assert_status(
        sign_in_password(h.access, &elsewhere, T("amina@mail.example"), T("typing error"), &h.arena, &s, &p),
        STATUS_INVALID);
    assert_ok(sign_in_password(h.access, &elsewhere, T("amina@mail.example"), PASSWORD, &h.arena, &s, &p));
    house_close(&h);
}

static void one_source_that_tries_many_names_waits(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 5);
    struct sign_in s;
    struct problem p;
    enum status st = STATUS_OK;
    int tries = 0;
    while (st != STATUS_BUSY && tries < 100) {
        struct text name = text_printf(&h.arena, "person%d@mail.example", tries++);
        st = sign_in_password(h.access, &h.from, name, PASSWORD, &h.arena, &s, &p);
    }
    assert_int_equal(st, STATUS_BUSY);
    assert_true(tries > 30 && tries < 40);
    struct source elsewhere = {T("203.0.113.9"), T("")};
    assert_status(
        sign_in_password(h.access, &elsewhere, T("person0@mail.example"), PASSWORD, &h.arena, &s, &p),
        STATUS_INVALID);
    house_close(&h);
}

static void the_second_factor_is_guessed_slowly_too(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 6);
    (void)hire(&h, "Omar Diallo", "o.diallo@asylum.example", "K-205");
    struct sign_in s;
    struct problem p;
    assert_ok(sign_in_password(h.access, &h.from, T("o.diallo@asylum.example"), PASSWORD, &h.arena, &s, &p));
    struct text half = s.token;
    enum status st = STATUS_INVALID;
    int tries = 0;
    for (; st == STATUS_INVALID; tries++)
        st = sign_in_totp(h.access, &h.from, half, T("00000x"), &h.arena, &s, &p);
    assert_int_equal(st, STATUS_BUSY);
    assert_int_equal(tries, 5);
    // A new first step does not reset it.
    assert_ok(sign_in_password(h.access, &h.from, T("o.diallo@asylum.example"), PASSWORD, &h.arena, &s, &p));
    assert_status(sign_in_totp(h.access, &h.from, s.token, totp_now(&h), &h.arena, &s, &p), STATUS_BUSY);
    later(&h, 2000);
    assert_ok(sign_in_totp(h.access, &h.from, s.token, totp_now(&h), &h.arena, &s, &p));
    house_close(&h);
}

// Mistakes, or tries, of one key after the other, in one job.
struct knocking {
    struct house *house;
    const char *space, *pattern; // with a number, or one and the same
    int from, count;
    bool is_try;
    int64_t step_ms; // on the clock, after each
    int through;     // out: that need not wait
};

static enum status knock_all(struct db *tx, void *arg) {
    struct knocking *k = arg;
    enum status st = STATUS_OK;
    for (int i = 0; i < k->count && !st; i++) {
        char key[64];
        int64_t wait = 0;
        snprintf(key, sizeof key, k->pattern, k->from + i);
        st = limits_count(k->house->access, tx, k->space, text_of(key), k->is_try, &wait);
        k->through += !wait;
        later(k->house, k->step_ms);
    }
    return st;
}

static int knock(struct house *h, struct knocking k) {
    k.house = h;
    assert_ok(store_write(h->store, knock_all, &k));
    return k.through;
}

static int64_t wait_ms(struct house *h, const char *space, const char *key) {
    int64_t wait;
    assert_ok(limits_wait(h->access, space, text_of(key), &wait));
    return wait;
}

static int64_t kept_rows(struct house *h) {
    static const struct sql COUNT = SQL("test_limits", "select count(*) from sign_in_limit");
    struct db *db;
    int64_t n = 0;
    assert_ok(store_reader(h->store, &db));
    assert_ok(DB_INT(db, &n, &COUNT));
    store_reader_release(h->store, db);
    return n;
}

// Thirty thousand names fill the table and no more; after half a day nothing is left of them.
static void strangers_cannot_write_without_end(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 13);
    for (int i = 0; i < 6; i++) assert_ok(limits_failed(h.access, "name", T("victim")));
    assert_true(wait_ms(&h, "name", "victim") > 0);
    assert_int_equal(wait_ms(&h, "source", "victim"), 0); // spaces are apart
    for (int from = 0; from < 30000; from += 1000)
        (void)knock(&h,
                    (struct knocking){.space = "name", .pattern = "flood %d", .from = from, .count = 1000});
    assert_in_range(kept_rows(&h), 15000, 2048 * 8);
    assert_true(wait_ms(&h, "name", "victim") > 0); // nobody is flooded out of their wait
    later(&h, -24 * (int64_t)HOUR);                 // the clock jumps back: still a bounded wait
    assert_true(wait_ms(&h, "name", "victim") <= 15 * MINUTE);
    later(&h, (24 + 13) * (int64_t)HOUR);
    assert_ok(access_sweep(h.access));
    assert_int_equal(kept_rows(&h), 0);
    house_close(&h);
}

// A reception centre behind one address: a mistake each minute all day long stops nobody.
static void a_busy_shared_address_goes_on(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 14);
    struct knocking day = {
        .space = "source", .pattern = "192.0.2.7", .count = 24 * 60, .is_try = true, .step_ms = MINUTE};
    assert_int_equal(knock(&h, day), 24 * 60);
    (void)knock(&h, (struct knocking){.space = "source", .pattern = "192.0.2.7", .count = 40});
    assert_true(wait_ms(&h, "source", "192.0.2.7") > 0);
    house_close(&h);
}

// One subscriber of IPv6 has more addresses than there are tries in a life: the network waits.
static void another_address_of_the_same_network_waits_too(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 15);
    (void)knock(&h,
                (struct knocking){.space = "source", .pattern = "2001:db8:0:7::%x", .from = 1, .count = 40});
    assert_true(wait_ms(&h, "source", "2001:db8:0:7:aaaa::1") > 0);
    assert_int_equal(wait_ms(&h, "source", "2001:db8:0:8::1"), 0);
    (void)knock(&h, (struct knocking){.space = "source", .pattern = "::ffff:192.0.2.1", .count = 40});
    assert_int_equal(wait_ms(&h, "source", "::ffff:192.0.2.2"), 0);
    assert_int_equal(wait_ms(&h, "name", "2001:db8:0:7::1"), 0);
    house_close(&h);
}

// Tries that are sent together are counted before the first answer.
static void a_burst_counts_before_it_is_answered(void **state) {
    (void)state;
    struct house h;
    int64_t failures;
    house_open(&h, 16);
    assert_int_equal(
        knock(&h, (struct knocking){.space = "name", .pattern = "victim", .count = 200, .is_try = true}), 4);
    assert_ok(limits_failures(h.access, "name", T("victim"), &failures));
    assert_int_equal(failures, 4);
    assert_ok(limits_passed(h.access, "name", T("victim")));
    assert_int_equal(wait_ms(&h, "name", "victim"), 0);
    assert_int_equal(kept_rows(&h), 0);
    house_close(&h);
}

// A stranger types wrong passwords all night; who has signed in on this telephone before goes in at once.
static void strangers_make_nobody_wait_where_they_were_before(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 10);
    struct account_made made = sign_up(&h, T("amina@mail.example"));
    struct account_made other = sign_up(&h, T("other@mail.example"));
    struct sign_in s, first, in;
    struct problem p;
    assert_ok(sign_in_new_account(h.access, &h.from, made.account, &h.arena, &first));
    (void)hire(&h, "Omar Diallo", "o.diallo@asylum.example", "K-205");
    struct source officer = h.from;
    assert_ok(
        sign_in_password(h.access, &officer, T("o.diallo@asylum.example"), PASSWORD, &h.arena, &in, &p));
    assert_ok(sign_in_totp(h.access, &officer, in.token, totp_now(&h), &h.arena, &in, &p));
    struct source hers = {h.from.address, T("Phone"), first.known};
    struct source stranger = {T("203.0.113.9"), T("x"), T("")};
    for (int i = 0; i < 60; i++) {
        (void)sign_in_password(h.access, &stranger, T("amina@mail.example"), T("guess"), &h.arena, &s, &p);
        (void)sign_in_password(h.access, &h.from, T("amina@mail.example"), T("guess"), &h.arena, &s, &p);
        (void)sign_in_password(h.access, &h.from, text_printf(&h.arena, "p%d@mail.example", i), PASSWORD,
                               &h.arena, &s, &p); // and makes the address that they share wait
    }
    struct source beside = {h.from.address, T("Phone"), T("")};
    assert_status(sign_in_password(h.access, &beside, T("amina@mail.example"), PASSWORD, &h.arena, &s, &p),
                  STATUS_BUSY);
    assert_ok(sign_in_password(h.access, &hers, T("amina@mail.example"), PASSWORD, &h.arena, &s, &p));
    assert_ok(sign_in_password(h.access, &hers, made.sign_in_name, PASSWORD, &h.arena, &s, &p));

    // Officers in the same house too, with both factors.
    officer.known = in.known;
    later(&h, 31 * 1000);
    assert_ok(sign_in_password(h.access, &officer, T("o.diallo@asylum.example"), PASSWORD, &h.arena, &s, &p));
    assert_ok(sign_in_totp(h.access, &officer, s.token, totp_now(&h), &h.arena, &s, &p));

    // Her telephone is a door like another: it waits for its own mistakes.
    enum status st = STATUS_INVALID;
    int tries = 0;
    for (; st == STATUS_INVALID && tries < 20; tries++)
        st = sign_in_password(h.access, &hers, T("amina@mail.example"), T("guess"), &h.arena, &s, &p);
    assert_int_equal(st, STATUS_BUSY);
    assert_int_equal(tries, 5);

    // It says nothing about anybody else, and nobody can make one.
    later(&h, HOUR);
    for (int i = 0; i < 5; i++) {
        st = sign_in_password(h.access, &hers, other.sign_in_name, T("guess"), &h.arena, &s, &p);
        assert_int_equal(st, i < 4 ? STATUS_INVALID : STATUS_BUSY);
        st = sign_in_password(h.access, &hers, T("AAAA-AAAA-AAAA"), T("guess"), &h.arena, &s, &p);
        assert_int_equal(st, i < 4 ? STATUS_INVALID : STATUS_BUSY); // nobody waits the same
    }
    char forged[64];
    snprintf(forged, sizeof forged, TEXT_FMT, TEXT_ARG(first.known));
    forged[30] = forged[30] == 'A' ? 'B' : 'A';
    struct text token;
    const struct source fakes[] = {{T(""), T(""), text_of(forged)},
                                   {T(""), T(""), T("....")},
                                   {T(""), T(""), text_slice(first.known, 0, 39)}};
    for (int i = 0; i < 3; i++) assert_false(known_find(h.access, &fakes[i], made.account, &h.arena, &token));
    assert_true(known_find(h.access, &hers, made.account, &h.arena, &token));
    assert_false(known_find(h.access, &hers, other.account, &h.arena, &token));

    // A family with one telephone: four accounts are remembered, the last ones.
    for (int64_t account = 100; account < 105; account++)
        hers.known = known_add(h.access, &hers, account, &h.arena);
    assert_true(hers.known.n <= KNOWN_CHARS_MAX);
    for (int64_t account = 101; account < 105; account++)
        assert_true(known_find(h.access, &hers, account, &h.arena, &token));
    assert_false(known_find(h.access, &hers, 100, &h.arena, &token));
    house_close(&h);
}

// A printed code cannot be guessed: wrong passwords do not stop it.
static void a_printed_code_opens_while_the_name_waits(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 11);
    struct account_made made = sign_up(&h, T("amina@mail.example"));
    struct source stranger = {T("203.0.113.9"), T("x"), T("")};
    struct sign_in s;
    struct problem p;
    for (int i = 0; i < 20; i++)
        (void)sign_in_password(h.access, &stranger, made.sign_in_name, T("guess"), &h.arena, &s, &p);
    assert_status(sign_in_password(h.access, &h.from, made.sign_in_name, PASSWORD, &h.arena, &s, &p),
                  STATUS_BUSY);
    assert_ok(
        sign_in_recovery(h.access, &h.from, made.sign_in_name, made.recovery_codes[0], &h.arena, &s, &p));
    house_close(&h);
}

static void a_restart_forgives_nobody(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 12);
    (void)sign_up(&h, T("amina@mail.example"));
    struct sign_in s;
    struct problem known = {0}, unknown = {0};
    for (int i = 0; i < 40; i++) { // many mistakes, each after its wait
        if (i % 4 == 3) {
            house_shut(&h);
            house_reopen(&h);
        }
        (void)sign_in_password(h.access, &h.from, T("amina@mail.example"), T("guess"), &h.arena, &s, &known);
        (void)sign_in_password(h.access, &h.from, T("nobody@mail.example"), T("guess"), &h.arena, &s,
                               &unknown);
        same_problem(&known, &unknown);
        later(&h, 1000);
    }
    assert_rule(known, "sign_in_wait");
    later(&h, 14 * MINUTE); // most of the wait was before the last restart
    assert_ok(sign_in_password(h.access, &h.from, T("amina@mail.example"), PASSWORD, &h.arena, &s, &known));
    house_close(&h);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_and_wrong_look_the_same),
        cmocka_unit_test(signing_up_twice_tells_only_the_mailbox),
        cmocka_unit_test(a_code_can_be_tried_five_times_and_for_a_quarter_of_an_hour),
        cmocka_unit_test(mistakes_make_the_next_wait_longer),
        cmocka_unit_test(one_source_that_tries_many_names_waits),
        cmocka_unit_test(the_second_factor_is_guessed_slowly_too),
        cmocka_unit_test(a_busy_shared_address_goes_on),
        cmocka_unit_test(another_address_of_the_same_network_waits_too),
        cmocka_unit_test(a_burst_counts_before_it_is_answered),
        cmocka_unit_test(strangers_make_nobody_wait_where_they_were_before),
        cmocka_unit_test(a_printed_code_opens_while_the_name_waits),
        cmocka_unit_test(a_restart_forgives_nobody),
        cmocka_unit_test(strangers_cannot_write_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
