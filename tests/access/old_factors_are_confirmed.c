// The ways into an account are changed only soon after a factor was given; later the person gives one again
// in the same session. A screen that was left open costs nobody the account.
#include "authenticator.h"
#include "house.h"

static struct session open_new(struct house *h, struct text email, struct text *token) {
    struct sign_in s;
    int64_t account = sign_up(h, email).account;
    assert_ok(sign_in_new_account(h->access, &h->from, account, &h->arena, &s));
    *token = s.token;
    return see(h, s.token);
}

static enum status confirm_by(struct house *h, struct text token, struct text password, unsigned factor,
                              struct text code, struct text challenge, struct problem *p) {
    struct confirmation given = {password, factor, code, challenge};
    *p = (struct problem){0};
    return session_confirm(h->access, &h->from, token, &given, &h->arena, p);
}

// Every change, tried; each answers the same when the factor is old.
static void check_all_refused(struct house *h, const struct actor *actor) {
    struct problem p[8] = {0};
    struct totp_offer offer;
    struct passkey_ceremony c;
    struct text codes[RECOVERY_CODES], none = T("x");
    struct access *x = h->access;
    struct arena *a = &h->arena;
    const enum status answers[8] = {
        access_set_password(x, &h->from, actor, PASSWORD, T("seven pears in a bowl"), a, &p[0]),
        access_add_contact(x, &h->from, actor, none, none, a, &p[1]),
        access_totp_offer(x, actor, a, &offer, &p[2]),
        access_totp_enrol(x, &h->from, actor, none, none, a, &p[3]),
        access_totp_remove(x, actor, a, &p[4]),
        access_recovery_codes(x, actor, a, codes, &p[5]),
        access_passkey_offer(x, actor, a, &c, &p[6]),
        access_passkey_register(x, actor, none, none, none, a, &p[7]),
    };
    for (int i = 0; i < 8; i++) {
        if (answers[i] != STATUS_EXPIRED) fail_msg("change %d: %s", i, status_name(answers[i]));
        assert_rule(p[i], "factor_stale");
    }
    struct problem last;
    assert_status(access_passkey_remove(x, actor, none, a, &last), STATUS_EXPIRED);
    assert_rule(last, "factor_stale");
}

static void after_a_quarter_of_an_hour_a_factor_is_asked_again(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 1);
    struct text token, codes[RECOVERY_CODES];
    struct problem p;
    struct contact_code sent;
    struct session s = open_new(&h, T("amina@mail.example"), &token);
    later(&h, CODE_MS);
    assert_ok(access_recovery_codes(h.access, &s.actor, &h.arena, codes, &p)); // the last moment
    later(&h, 1);
    check_all_refused(&h, &s.actor);

    // Her sign-in takes a password and a sent code; so does this. One of them alone is too little.
    assert_ok(sign_in_send_code(h.access, &h.from, token, &h.arena, &sent, &p));
    assert_text(sent.to, "amina@mail.example");
    assert_status(confirm_by(&h, token, PASSWORD, 0, T(""), T(""), &p), STATUS_INVALID);
    assert_rule(p, "code_wrong");
    assert_status(confirm_by(&h, token, T("no password"), FACTOR_SENT_CODE, sent.code, sent.challenge, &p),
                  STATUS_INVALID);
    assert_rule(p, "password_wrong");
    check_all_refused(&h, &s.actor);
    assert_ok(confirm_by(&h, token, PASSWORD, FACTOR_SENT_CODE, sent.code, sent.challenge, &p));
    assert_ok(access_recovery_codes(h.access, &s.actor, &h.arena, codes, &p));
    assert_int_equal(see(&h, token).fresh_until.ms, h.fixed.at.ms + CODE_MS); // in the same session

    // The code is used up; a printed one confirms alone, once, as it signs in.
    later(&h, CODE_MS + 1);
    assert_status(confirm_by(&h, token, PASSWORD, FACTOR_SENT_CODE, sent.code, sent.challenge, &p),
                  STATUS_INVALID);
    assert_ok(confirm_by(&h, token, T(""), FACTOR_RECOVERY, codes[0], T(""), &p));
    later(&h, CODE_MS + 1);
    check_all_refused(&h, &s.actor);
    assert_status(confirm_by(&h, token, T(""), FACTOR_RECOVERY, codes[0], T(""), &p), STATUS_INVALID);

    // A restart keeps what was given, and what was not.
    assert_ok(confirm_by(&h, token, T(""), FACTOR_RECOVERY, codes[1], T(""), &p));
    house_shut(&h);
    house_reopen(&h);
    assert_ok(access_recovery_codes(h.access, &s.actor, &h.arena, codes, &p));
    later(&h, CODE_MS + 1);
    check_all_refused(&h, &s.actor);
    house_close(&h);
}

static void staff_confirm_with_two_factors(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 2);
    struct sign_in s;
    struct problem p;
    struct text codes[RECOVERY_CODES];
    (void)hire(&h, "Robin Officer", "robin@office.example", "K-204");
    assert_ok(sign_in_password(h.access, &h.from, T("robin@office.example"), PASSWORD, &h.arena, &s, &p));
    assert_ok(sign_in_totp(h.access, &h.from, s.token, totp_now(&h), &h.arena, &s, &p));
    struct session open = see(&h, s.token);
    assert_ok(access_recovery_codes(h.access, &open.actor, &h.arena, codes, &p));
    struct text used = totp_now(&h);
    later(&h, CODE_MS + 1);
    check_all_refused(&h, &open.actor);
    assert_status(confirm_by(&h, s.token, PASSWORD, FACTOR_TOTP, used, T(""), &p), STATUS_INVALID);
    assert_status(confirm_by(&h, s.token, T(""), FACTOR_RECOVERY, codes[0], T(""), &p), STATUS_INVALID);
    assert_rule(p, "password_wrong"); // a printed code alone is not two factors
    assert_ok(confirm_by(&h, s.token, PASSWORD, FACTOR_TOTP, totp_now(&h), T(""), &p));
    assert_ok(access_recovery_codes(h.access, &open.actor, &h.arena, codes, &p));
    // The code of this half minute has confirmed; it does not confirm a second time.
    assert_status(confirm_by(&h, s.token, PASSWORD, FACTOR_TOTP, totp_now(&h), T(""), &p), STATUS_INVALID);
    later(&h, CODE_MS + 1);
    assert_ok(confirm_by(&h, s.token, PASSWORD, FACTOR_RECOVERY, codes[0], T(""), &p));
    // Guessing at an open screen waits like guessing at the door.
    enum status st = STATUS_OK;
    for (int i = 0; i < 5 && st != STATUS_BUSY; i++)
        st = confirm_by(&h, s.token, T("guess"), FACTOR_TOTP, T("000000"), T(""), &p);
    assert_int_equal(st, STATUS_BUSY);
    house_close(&h);
}

static void a_passkey_confirms_only_its_own_session(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 3);
    struct text hers, others;
    struct problem p = {0};
    struct passkey_ceremony c;
    struct authenticator t;
    struct text codes[RECOVERY_CODES];
    struct session s = open_new(&h, T("amina@mail.example"), &hers);
    struct session other = open_new(&h, T("other@mail.example"), &others);
    authenticator_make(&t, -7);
    assert_ok(access_passkey_offer(h.access, &s.actor, &h.arena, &c, &p));
    struct text answer = authenticator_create(&h.arena, &t, c.ceremony);
    assert_ok(access_passkey_register(h.access, &s.actor, c.ceremony, answer, T("key"), &h.arena, &p));
    later(&h, CODE_MS + 1);

    assert_ok(sign_in_passkey_offer(h.access, hers, &h.arena, &c));
    size_t at;
    assert_true(text_find(c.options, T("\"userVerification\":\"required\""), &at));
    answer = authenticator_get(&h.arena, &t, c.ceremony);
    assert_status(session_confirm_passkey(h.access, &h.from, others, c.ceremony, answer, &h.arena, &p),
                  STATUS_INVALID);
    assert_rule(p, "passkey_owner");
    assert_status(access_recovery_codes(h.access, &other.actor, &h.arena, codes, &p), STATUS_EXPIRED);
    assert_ok(session_confirm_passkey(h.access, &h.from, hers, c.ceremony, answer, &h.arena, &p));
    assert_ok(access_recovery_codes(h.access, &s.actor, &h.arena, codes, &p));
    assert_status(session_confirm_passkey(h.access, &h.from, hers, c.ceremony, answer, &h.arena, &p),
                  STATUS_INVALID);
    assert_rule(p, "passkey_over");

    // Touched without a finger or PIN it is one factor.
    t.flags = 1;
    assert_ok(sign_in_passkey_offer(h.access, hers, &h.arena, &c));
    answer = authenticator_get(&h.arena, &t, c.ceremony);
    assert_status(session_confirm_passkey(h.access, &h.from, hers, c.ceremony, answer, &h.arena, &p),
                  STATUS_INVALID);
    assert_rule(p, "passkey_unverified");
    authenticator_free(&t);
    house_close(&h);
}

static void nobody_changes_anything(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 4);
    struct text token, codes[RECOVERY_CODES];
    struct problem p;
    struct session s = open_new(&h, T("amina@mail.example"), &token);
    struct actor nobody = {0}, no_session = {.account = s.actor.account, .kind = ACTOR_APPLICANT};
    assert_status(access_recovery_codes(h.access, &nobody, &h.arena, codes, &p), STATUS_REFUSED);
    assert_status(access_recovery_codes(h.access, &no_session, &h.arena, codes, &p), STATUS_EXPIRED);
    assert_ok(session_end(h.access, token));
    assert_status(access_recovery_codes(h.access, &s.actor, &h.arena, codes, &p), STATUS_EXPIRED);
    assert_status(confirm_by(&h, token, PASSWORD, 0, T(""), T(""), &p), STATUS_EXPIRED);
    assert_rule(p, "sign_in_over");
    house_close(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_a_quarter_of_an_hour_a_factor_is_asked_again),
        cmocka_unit_test(staff_confirm_with_two_factors),
        cmocka_unit_test(a_passkey_confirms_only_its_own_session),
        cmocka_unit_test(nobody_changes_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
