// Sessions move with each request, end when they rest, and can be ended from elsewhere.
#include "house.h"

static struct text open_for(struct house *h, int64_t account) {
    struct sign_in s;
    assert_ok(sign_in_new_account(h->access, &h->from, account, &h->arena, &s));
    return s.token;
}

static enum status find(struct house *h, struct text token) {
    struct session s;
    return session_find(h->access, &h->arena, token, h->fixed.at, &s);
}

static void a_session_rests_two_hours_and_lasts_twelve(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 1);
    int64_t account = sign_up(&h, T("amina@mail.example")).account;
    struct text token = open_for(&h, account), other = open_for(&h, account);
    for (int i = 0; i < 6; i++) { // each request extends it (R-AC-03)
        struct session s = see(&h, token);
        assert_true(s.idle_until.ms - h.fixed.at.ms == 2 * (int64_t)HOUR || s.idle_until.ms == s.ends_at.ms);
        later(&h, 2 * HOUR - 1000);
        assert_ok(find(&h, token));
        settle(&h);
    }
    assert_status(find(&h, other), STATUS_EXPIRED); // that one rested
    assert_status(find(&h, other), STATUS_EXPIRED); // and does not wake by asking
    later(&h, 10000);
    assert_status(find(&h, token), STATUS_EXPIRED); // twelve hours
    assert_ok(access_sweep(h.access));
    assert_status(find(&h, token), STATUS_NOT_FOUND);
    house_close(&h);
}

static void staff_rest_half_an_hour(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 2);
    (void)hire(&h, "Omar Diallo", "o.diallo@asylum.example", "K-205");
    struct sign_in s;
    assert_ok(
        sign_in_password(h.access, &h.from, T("o.diallo@asylum.example"), PASSWORD, &h.arena, &s, NULL));
    struct text half = s.token;
    assert_ok(sign_in_totp(h.access, &h.from, half, totp_now(&h), &h.arena, &s, NULL));
    later(&h, 29 * MINUTE);
    assert_ok(find(&h, s.token));
    settle(&h);
    later(&h, 31 * MINUTE);
    assert_status(find(&h, s.token), STATUS_EXPIRED);
    // The second factor must come within ten minutes.
    assert_ok(
        sign_in_password(h.access, &h.from, T("o.diallo@asylum.example"), PASSWORD, &h.arena, &s, NULL));
    later(&h, 10 * MINUTE);
    struct problem p;
    struct sign_in out;
    assert_status(sign_in_totp(h.access, &h.from, s.token, totp_now(&h), &h.arena, &out, &p), STATUS_EXPIRED);
    assert_rule(p, "sign_in_over");
    house_close(&h);
}

static void sessions_are_listed_and_ended(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 3);
    int64_t account = sign_up(&h, T("amina@mail.example")).account;
    struct text here = open_for(&h, account);
    later(&h, 1000);
    h.from = (struct source){T("198.51.100.4"), T("Phone/2.0")};
    struct text phone = open_for(&h, account), third = open_for(&h, account);
    struct session mine = see(&h, here);
    struct session_view *list;
    size_t count;
    assert_ok(session_list(h.access, account, &h.arena, &list, &count));
    assert_int_equal(count, 3);
    assert_text(list[0].agent, "Phone/2.0");
    assert_text(list[0].address, "198.51.100.4");

    struct session on_phone = see(&h, phone);
    assert_ok(session_end_one(h.access, account, on_phone.id));
    assert_status(find(&h, phone), STATUS_NOT_FOUND);
    assert_status(session_end_one(h.access, account, on_phone.id), STATUS_NOT_FOUND);
    assert_status(session_end_one(h.access, account + 1, mine.id), STATUS_NOT_FOUND); // not one's own
    assert_ok(find(&h, third));
    assert_ok(session_end_all(h.access, account, mine.id));
    assert_status(find(&h, third), STATUS_NOT_FOUND);
    assert_ok(find(&h, here));
    assert_ok(session_end(h.access, here));
    assert_status(find(&h, here), STATUS_NOT_FOUND);
    assert_ok(session_end(h.access, here)); // signing out twice is no mistake
    house_close(&h);
}

static void there_are_at_most_twenty_and_a_new_password_ends_the_others(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 4);
    int64_t account = sign_up(&h, T("amina@mail.example")).account;
    struct text tokens[SESSIONS_PER_ACCOUNT_MAX + 1];
    for (int i = 0; i <= SESSIONS_PER_ACCOUNT_MAX; i++) {
        tokens[i] = open_for(&h, account);
        assert_ok(find(&h, tokens[i]));
        later(&h, 1000);
    }
    assert_status(find(&h, tokens[0]), STATUS_NOT_FOUND);
    assert_ok(find(&h, tokens[1]));
    struct session mine = see(&h, tokens[5]);
    struct problem p;
    struct text fresh = T("seven pears in a green bowl");
    assert_status(access_set_password(h.access, &h.from, &mine.actor, T("guess"), fresh, &h.arena, &p),
                  STATUS_INVALID);
    assert_rule(p, "password_wrong");
    assert_ok(access_set_password(h.access, &h.from, &mine.actor, PASSWORD, fresh, &h.arena, &p));
    assert_ok(find(&h, tokens[5]));
    for (int i = 1; i <= SESSIONS_PER_ACCOUNT_MAX; i++)
        if (i != 5) assert_status(find(&h, tokens[i]), STATUS_NOT_FOUND);
    house_close(&h);
}

static void requests_write_nothing_and_a_restart_keeps_sessions(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 5);
    int64_t account = sign_up(&h, T("amina@mail.example")).account;
    struct text token = open_for(&h, account);
    int64_t before = store_stats(h.store).jobs_kept;
    for (int i = 0; i < 1000; i++) {
        later(&h, 50);
        assert_ok(find(&h, token));
    }
    assert_int_equal(store_stats(h.store).jobs_kept, before); // 50 seconds of requests: no write
    later(&h, HOUR);
    assert_ok(find(&h, token)); // this one is noted, soon
    house_shut(&h);
    house_reopen(&h);
    later(&h, 90 * MINUTE); // from the noted request it is less than two hours
    assert_ok(find(&h, token));
    house_close(&h);
}

static void a_form_belongs_to_its_session(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 6);
    int64_t account = sign_up(&h, T("amina@mail.example")).account;
    struct session a = see(&h, open_for(&h, account)), b = see(&h, open_for(&h, account));
    assert_true(session_csrf_ok(&a, a.csrf));
    assert_false(session_csrf_ok(&a, b.csrf));
    assert_false(session_csrf_ok(&a, T("")));
    assert_false(session_csrf_ok(&(struct session){0}, T("")));
    assert_status(find(&h, T("")), STATUS_NOT_FOUND);
    assert_status(find(&h, T("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")), STATUS_NOT_FOUND);
    house_close(&h);
}

// RFC 6238, 5.2: a code is good once. Who read it over a shoulder cannot use it after a restart either.
static void a_used_code_stays_used_after_a_restart(void **state) {
    (void)state;
    struct house h;
    struct sign_in s;
    house_open(&h, 91);
    hire(&h, "O. Diallo", "o.diallo@asylum.example", "K-204");
    assert_ok(
        sign_in_password(h.access, &h.from, T("o.diallo@asylum.example"), PASSWORD, &h.arena, &s, NULL));
    assert_ok(sign_in_totp(h.access, &h.from, s.token, totp_now(&h), &h.arena, &s, NULL));
    house_shut(&h);
    house_reopen(&h);
    assert_ok(
        sign_in_password(h.access, &h.from, T("o.diallo@asylum.example"), PASSWORD, &h.arena, &s, NULL));
    assert_status(sign_in_totp(h.access, &h.from, s.token, totp_now(&h), &h.arena, &s, NULL), STATUS_INVALID);
    later(&h, 30 * 1000);
    assert_ok(sign_in_totp(h.access, &h.from, s.token, totp_now(&h), &h.arena, &s, NULL));
    house_close(&h);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_rests_two_hours_and_lasts_twelve),
        cmocka_unit_test(staff_rest_half_an_hour),
        cmocka_unit_test(sessions_are_listed_and_ended),
        cmocka_unit_test(there_are_at_most_twenty_and_a_new_password_ends_the_others),
        cmocka_unit_test(requests_write_nothing_and_a_restart_keeps_sessions),
        cmocka_unit_test(a_form_belongs_to_its_session),
        cmocka_unit_test(a_used_code_stays_used_after_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
