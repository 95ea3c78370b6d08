// Systems of partners: a secret that is stored nowhere, tokens that are for one purpose and end by
// themselves.
#include "access/client.h"
#include "house.h"

static struct client_made registry(struct house *h, const char *id, const char *role) {
    struct client_made made;
    struct problem p = {0};
    struct new_client n = {.id = text_of(id),
                           .name = T("Harbour Registry"),
                           .unit = T("berlin"),
                           .roles = {text_of(role)},
                           .role_count = 1,
                           .purposes = {T("registration"), T("supervision")},
                           .purpose_count = 2};
    assert_ok(access_create_client(h->access, 0, &n, &h->arena, &made, &p));
    return made;
}

static struct text token_for(struct house *h, const char *id, struct text secret, struct text purpose) {
    struct client_token given;
    assert_ok(access_client_token(h->access, text_of(id), secret, purpose, &h->arena, &given, NULL));
    return given.token;
}

static enum status find(struct house *h, struct text token, struct actor *who) {
    return access_token_find(h->access, &h->arena, token, h->fixed.at, who);
}

static void a_token_names_its_client_and_ends_after_half_an_hour(void **state) {
    (void)state;
    struct house h;
    struct actor who;
    house_open(&h, 1);
    struct client_made made = registry(&h, "harbour", "registrar");
    struct text token = token_for(&h, "harbour", made.secret, T("registration"));
    later(&h, TOKEN_MS - 1);
    assert_ok(find(&h, token, &who));
    assert_int_equal(who.account, made.account);
    assert_int_equal(who.kind, ACTOR_STAFF);
    assert_true(who.is_client && !who.second_factor);
    assert_true(text_eq(who.purpose, T("registration")) && text_eq(who.unit, T("berlin")));
    later(&h, 1);
    assert_status(find(&h, token, &who), STATUS_NOT_FOUND);
    assert_ok(access_sweep(h.access));
    assert_status(find(&h, token, &who), STATUS_NOT_FOUND);
    house_close(&h);
}

static void who_acts_for_people_does_nothing_else(void **state) {
    (void)state;
    struct house h;
    struct actor who;
    struct client_made made = {0};
    struct problem p = {0};
    house_open(&h, 2);
    made = registry(&h, "legal-aid", "representative");
    assert_ok(find(&h, token_for(&h, "legal-aid", made.secret, T("registration")), &who));
    assert_int_equal(who.kind, ACTOR_REPRESENTATIVE);
    struct new_client both = {.id = T("both"),
                              .name = T("Both"),
                              .roles = {T("representative"), T("officer")},
                              .role_count = 2,
                              .purposes = {T("own_file")},
                              .purpose_count = 1};
    assert_status(access_create_client(h.access, 0, &both, &h.arena, &made, &p), STATUS_INVALID);
    assert_rule(p, "roles_apart");
    house_close(&h);
}

static void wrong_clients_are_all_answered_alike(void **state) {
    (void)state;
    struct house h;
    struct client_token given;
    struct problem p = {0};
    house_open(&h, 3);
    struct client_made made = registry(&h, "harbour", "registrar");
    static const char *const IDS[] = {"harbour", "nobody", "", "no/such id"};
    for (size_t i = 0; i < sizeof IDS / sizeof *IDS; i++) {
        assert_status(access_client_token(h.access, text_of(IDS[i]), T("ocs_wrong"), T("registration"),
                                          &h.arena, &given, &p),
                      STATUS_INVALID);
        assert_rule(p, "invalid_client");
    }
    static const char *const SCOPES[] = {"", "audit",
                                         "registration supervision"}; // it has two: it must choose
    for (size_t i = 0; i < sizeof SCOPES / sizeof *SCOPES; i++) {
        assert_status(access_client_token(h.access, T("harbour"), made.secret, text_of(SCOPES[i]), &h.arena,
                                          &given, &p),
                      STATUS_INVALID);
        assert_rule(p, "invalid_scope");
    }
    house_close(&h);
}

static void a_new_secret_and_an_end_close_every_token(void **state) {
    (void)state;
    struct house h;
    struct actor who;
    struct client_token given;
    struct text fresh;
    house_open(&h, 4);
    struct client_made made = registry(&h, "harbour", "registrar");
    struct text old = token_for(&h, "harbour", made.secret, T("registration"));
    assert_ok(access_client_secret(h.access, 0, T("harbour"), &h.arena, &fresh));
    assert_status(find(&h, old, &who), STATUS_NOT_FOUND);
    assert_status(
        access_client_token(h.access, T("harbour"), made.secret, T("registration"), &h.arena, &given, NULL),
        STATUS_INVALID);
    struct text token = token_for(&h, "harbour", fresh, T("registration"));
    struct text other = token_for(&h, "harbour", fresh, T("supervision"));
    assert_ok(access_client_revoke(h.access, T("harbour"), fresh, token, &h.arena, NULL));
    assert_status(find(&h, token, &who), STATUS_NOT_FOUND);
    assert_ok(find(&h, other, &who));
    assert_ok(access_close_client(h.access, 0, T("harbour")));
    assert_status(find(&h, other, &who), STATUS_NOT_FOUND);
    assert_status(access_client_secret(h.access, 0, T("harbour"), &h.arena, &fresh), STATUS_NOT_FOUND);
    house_close(&h);
}

static void a_client_does_not_end_tokens_of_another(void **state) {
    (void)state;
    struct house h;
    struct actor who;
    house_open(&h, 5);
    struct client_made one = registry(&h, "harbour", "registrar"), two = registry(&h, "airport", "registrar");
    struct text token = token_for(&h, "harbour", one.secret, T("registration"));
    assert_ok(access_client_revoke(h.access, T("airport"), two.secret, token, &h.arena, NULL));
    assert_ok(find(&h, token, &who));
    house_close(&h);
}

static void staff_make_tokens_of_their_own_until_their_sessions_end(void **state) {
    (void)state;
    struct house h;
    struct client_token given, none;
    struct actor who;
    struct problem p = {0};
    house_open(&h, 6);
    struct sign_in s;
    (void)hire(&h, "O. Officer", "o@asylum.example", "K-1");
    assert_ok(sign_in_password(h.access, &h.from, T("o@asylum.example"), PASSWORD, &h.arena, &s, &p));
    assert_ok(sign_in_totp(h.access, &h.from, s.token, totp_now(&h), &h.arena, &s, &p));
    struct actor officer = see(&h, s.token).actor;
    officer.second_factor = false;
    assert_status(access_token_own(h.access, &officer, T("registration"), &h.arena, &given, &p),
                  STATUS_REFUSED);
    assert_rule(p, "access_second_factor");
    officer.second_factor = true;
    assert_ok(access_token_own(h.access, &officer, T("registration"), &h.arena, &given, &p));
    assert_ok(find(&h, given.token, &who));
    assert_true(who.second_factor && !who.is_client);
    assert_status(access_token_own(h.access, &who, T("supervision"), &h.arena, &none, &p),
                  STATUS_REFUSED); // of a token
    later(&h, 16 * 60 * 1000);     // a screen that was left open gives no token away
    assert_status(access_token_own(h.access, &officer, T("registration"), &h.arena, &none, &p),
                  STATUS_EXPIRED);
    assert_rule(p, "factor_stale");
    assert_ok(find(&h, given.token, &who));
    struct text invitation;
    assert_ok(access_invite_staff(h.access, 0, officer.account, &h.arena, &invitation));
    assert_status(find(&h, given.token, &who), STATUS_NOT_FOUND);
    house_close(&h);
}

// Neither secret nor token is in any file of the folder.
static void nothing_that_opens_is_stored(void **state) {
    (void)state;
    struct house h;
    char command[400];
    house_open(&h, 7);
    struct client_made made = registry(&h, "harbour", "registrar");
    struct text token = token_for(&h, "harbour", made.secret, T("registration"));
    house_shut(&h);
    snprintf(command, sizeof command, "! grep -rqa -e '" TEXT_FMT "' -e '" TEXT_FMT "' %s",
             TEXT_ARG(made.secret), TEXT_ARG(token), h.dir);
    assert_int_equal(system(command), 0);
    arena_free(&h.arena);
    house_remove(&h);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_names_its_client_and_ends_after_half_an_hour),
        cmocka_unit_test(who_acts_for_people_does_nothing_else),
        cmocka_unit_test(wrong_clients_are_all_answered_alike),
        cmocka_unit_test(a_new_secret_and_an_end_close_every_token),
        cmocka_unit_test(a_client_does_not_end_tokens_of_another),
        cmocka_unit_test(staff_make_tokens_of_their_own_until_their_sessions_end),
        cmocka_unit_test(nothing_that_opens_is_stored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
