// Passkeys of all three algorithms are registered and sign in; whatever is not exactly right is refused.
#include <fido.h>

#include "authenticator.h"
#include "base/encode.h"
#include "house.h"

static const struct passkey_rules RULES = {{"https://asylum.example", 22}, {"asylum.example", 14}};
#define CHALLENGE T("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")

static struct bytes challenge_bytes(struct arena *a) {
    struct bytes b;
    assert_ok(base64url_decode(a, CHALLENGE, &b));
    assert_int_equal(b.n, PASSKEY_CHALLENGE_BYTES);
    return b;
}

static struct passkey_key register_key(struct arena *a, struct authenticator *t) {
    struct passkey_key key;
    struct problem p = {0};
    enum status st = passkey_read_registration(a, &RULES, challenge_bytes(a),
                                               authenticator_create(a, t, CHALLENGE), &key, &p);
    if (st) fail_msg("registration: %s", p.rule);
    return key;
}

static void all_three_algorithms_sign_in(void **state) {
    (void)state;
    static const int ALGORITHMS[] = {-7, -8, -257};
    for (int i = 0; i < 3; i++) {
        struct arena a = {0};
        struct authenticator t;
        authenticator_make(&t, ALGORITHMS[i]);
        struct passkey_key key = register_key(&a, &t);
        assert_int_equal(key.algorithm, ALGORITHMS[i]);
        assert_int_equal(key.sign_count, 1);
        assert_true(key.user_verified);
        assert_memory_equal(key.credential.p, t.credential, sizeof t.credential);
        struct passkey_assertion given;
        int64_t count;
        bool verified;
        struct problem p = {0};
        assert_ok(passkey_read_assertion(&a, authenticator_get(&a, &t, CHALLENGE), &given, &p));
        assert_ok(passkey_verify(&a, &RULES, challenge_bytes(&a), &given, &key, &count, &verified, &p));
        assert_int_equal(count, 2);
        assert_true(verified);
        authenticator_free(&t);
        arena_free(&a);
    }
}

static const char *registration_refused(struct authenticator *t, struct text challenge) {
    struct arena a = {0};
    struct passkey_key key;
    struct problem p = {0};
    enum status st = passkey_read_registration(&a, &RULES, challenge_bytes(&a),
                                               authenticator_create(&a, t, challenge), &key, &p);
    assert_status(st, STATUS_INVALID);
    arena_free(&a);
    return p.rule;
}

static void a_registration_must_be_ours(void **state) {
    (void)state;
    struct authenticator good, t;
    authenticator_make(&good, -7);
    t = good, t.origin = "https://asylum.example.evil.example";
    assert_string_equal(registration_refused(&t, CHALLENGE), "passkey_origin");
    t = good, t.origin = "http://asylum.example";
    assert_string_equal(registration_refused(&t, CHALLENGE), "passkey_origin");
    t = good, t.cross_origin = true;
    assert_string_equal(registration_refused(&t, CHALLENGE), "passkey_origin");
    t = good, t.relying_party = "evil.example";
    assert_string_equal(registration_refused(&t, CHALLENGE), "passkey_relying_party");
    t = good, t.type = "webauthn.get";
    assert_string_equal(registration_refused(&t, CHALLENGE), "passkey_type");
    t = good, t.flags = 0;
    assert_string_equal(registration_refused(&t, CHALLENGE), "passkey_presence");
    t = good;
    assert_string_equal(registration_refused(&t, T("BBECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")),
                        "passkey_challenge");
    assert_string_equal(registration_refused(&t, T("")), "passkey_challenge");
    authenticator_free(&good);
}

static const char *assertion_refused(struct authenticator *t, const struct passkey_key *key,
                                     const char *spoil) {
    struct arena a = {0};
    struct passkey_assertion given;
    struct problem p = {0};
    int64_t count;
    bool verified;
    assert_ok(passkey_read_assertion(&a, authenticator_get(&a, t, CHALLENGE), &given, &p));
    uint8_t *byte = NULL;
    if (text_eq(text_of(spoil), T("signature"))) byte = (uint8_t *)given.signature.p + given.signature.n - 1;
    if (text_eq(text_of(spoil), T("flags"))) byte = (uint8_t *)given.authenticator_data.p + 32, *byte ^= 0x05;
    if (byte) *byte ^= 1;
    enum status st = passkey_verify(&a, &RULES, challenge_bytes(&a), &given, key, &count, &verified, &p);
    assert_status(st, STATUS_INVALID);
    arena_free(&a);
    return p.rule;
}

static void an_assertion_must_be_signed_for_us_now(void **state) {
    (void)state;
    struct arena a = {0};
    struct authenticator good, other, t;
    authenticator_make(&good, -7);
    authenticator_make(&other, -7);
    struct passkey_key key = register_key(&a, &good);
    t = good;
    assert_string_equal(assertion_refused(&t, &key, "signature"), "passkey_signature");
    t = good, t.origin = "https://evil.example";
    assert_string_equal(assertion_refused(&t, &key, ""), "passkey_origin");
    t = good, t.relying_party = "evil.example";
    assert_string_equal(assertion_refused(&t, &key, ""), "passkey_relying_party");
    t = good, t.type = "webauthn.create";
    assert_string_equal(assertion_refused(&t, &key, ""), "passkey_type");
    t = good, t.flags = 4;
    assert_string_equal(assertion_refused(&t, &key, ""), "passkey_presence");
    t = good, t.key = other.key;
    assert_string_equal(assertion_refused(&t, &key, ""), "passkey_signature");
    // The "verified" flag is signed too: setting it afterwards does not help.
    t = good, t.flags = 1;
    assert_string_equal(assertion_refused(&t, &key, "flags"), "passkey_signature");
    // A counter that stands still: perhaps a copy.
    key.sign_count = 7;
    t = good, t.count = 6;
    assert_string_equal(assertion_refused(&t, &key, ""), "passkey_counter");
    authenticator_free(&good);
    authenticator_free(&other);
    arena_free(&a);
}

static void a_broken_message_is_a_problem_not_a_crash(void **state) {
    (void)state;
    static const char *const BAD[] = {
        "",
        "null",
        "[]",
        "{}",
        "{\"type\":\"public-key\"}",
        "{\"type\":\"public-key\",\"response\":7}",
        "{\"type\":\"public-key\",\"response\":{}}",
        "{\"type\":\"public-key\",\"id\":\"!!\",\"response\":{}}",
        ("{\"type\":\"public-key\",\"id\":\"AA\",\"response\":"
         "{\"clientDataJSON\":\"AA\",\"attestationObject\":\"oA\"}}"),
    };
    struct arena a = {0};
    struct passkey_key key;
    struct passkey_assertion given;
    struct problem p;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        p = (struct problem){0};
        assert_status(passkey_read_registration(&a, &RULES, challenge_bytes(&a), text_of(BAD[i]), &key, &p),
                      STATUS_INVALID);
        assert_string_equal(p.rule, "passkey_form");
        assert_status(passkey_read_assertion(&a, text_of(BAD[i]), &given, &p), STATUS_INVALID);
    }
    // Cut anywhere, a good one is refused.
    struct authenticator t;
    authenticator_make(&t, -7);
    struct text good = authenticator_create(&a, &t, CHALLENGE);
    for (size_t n = 0; n < good.n; n += 13)
        assert_status(
            passkey_read_registration(&a, &RULES, challenge_bytes(&a), text_slice(good, 0, n), &key, &p),
            STATUS_INVALID);
    authenticator_free(&t);
    arena_free(&a);
}

static struct session signed_up(struct house *h, struct account_made *made) {
    struct sign_in s;
    *made = sign_up(h, T("amina@mail.example"));
    assert_ok(sign_in_new_account(h->access, &h->from, made->account, &h->arena, &s));
    return see(h, s.token);
}

static void register_in(struct house *h, const struct actor *actor, struct authenticator *t,
                        struct text label) {
    struct passkey_ceremony c;
    struct problem p = {0};
    assert_ok(access_passkey_offer(h->access, actor, &h->arena, &c, &p));
    json_t *options;
    assert_ok(json_read(c.options, 65536, &options, &p));
    assert_text(json_text(options, "challenge", T("")), text_c(&h->arena, c.ceremony));
    struct text user = json_text(json_object_get(options, "user"), "id", T(""));
    assert_ok(base64url_decode(&h->arena, user, &t->user_handle));
    json_decref(options);
    struct text answer = authenticator_create(&h->arena, t, c.ceremony);
    enum status st = access_passkey_register(h->access, actor, c.ceremony, answer, label, &h->arena, &p);
    if (st) fail_msg("register: %s", p.rule);
    assert_status(access_passkey_register(h->access, actor, c.ceremony, answer, label, &h->arena, &p),
                  STATUS_INVALID);
    assert_rule(p, "passkey_over"); // a challenge is used once
}

static void a_passkey_alone_signs_in(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 1);
    struct account_made made;
    struct session first = signed_up(&h, &made);
    struct authenticator t;
    authenticator_make(&t, -7);
    register_in(&h, &first.actor, &t, T("  My phone  "));

    struct passkey_ceremony c;
    struct sign_in s;
    struct problem p;
    assert_ok(sign_in_passkey_offer(h.access, T(""), &h.arena, &c));
    struct text answer = authenticator_get(&h.arena, &t, c.ceremony);
    assert_ok(sign_in_passkey(h.access, &h.from, T(""), c.ceremony, answer, &h.arena, &s, &p));
    struct session open = see(&h, s.token);
    assert_int_equal(open.actor.account, made.account);
    assert_true(open.actor.second_factor);

    // The same answer again; and an answer to a challenge of ten minutes ago.
    assert_status(sign_in_passkey(h.access, &h.from, T(""), c.ceremony, answer, &h.arena, &s, &p),
                  STATUS_INVALID);
    assert_rule(p, "passkey_over");
    assert_ok(sign_in_passkey_offer(h.access, T(""), &h.arena, &c));
    answer = authenticator_get(&h.arena, &t, c.ceremony);
    later(&h, CEREMONY_MS);
    assert_status(sign_in_passkey(h.access, &h.from, T(""), c.ceremony, answer, &h.arena, &s, &p),
                  STATUS_INVALID);
    assert_rule(p, "passkey_over");

    // Without fingerprint or PIN it is one factor: not enough alone, enough after the password.
    t.flags = 1;
    assert_ok(sign_in_passkey_offer(h.access, T(""), &h.arena, &c));
    answer = authenticator_get(&h.arena, &t, c.ceremony);
    assert_status(sign_in_passkey(h.access, &h.from, T(""), c.ceremony, answer, &h.arena, &s, &p),
                  STATUS_INVALID);
    assert_rule(p, "passkey_unverified");
    assert_ok(sign_in_password(h.access, &h.from, T("amina@mail.example"), PASSWORD, &h.arena, &s, &p));
    assert_true(s.factors & FACTOR_PASSKEY);
    struct text half = s.token;
    assert_ok(sign_in_passkey_offer(h.access, half, &h.arena, &c));
    size_t at;
    assert_true(text_find(c.options, T("allowCredentials"), &at));
    answer = authenticator_get(&h.arena, &t, c.ceremony);
    assert_ok(sign_in_passkey(h.access, &h.from, half, c.ceremony, answer, &h.arena, &s, &p));
    assert_true(see(&h, s.token).actor.second_factor);

    // A copy of the authenticator whose counter lags behind is refused.
    t.flags = 5;
    t.count = 0;
    assert_ok(sign_in_passkey_offer(h.access, T(""), &h.arena, &c));
    answer = authenticator_get(&h.arena, &t, c.ceremony);
    assert_status(sign_in_passkey(h.access, &h.from, T(""), c.ceremony, answer, &h.arena, &s, &p),
                  STATUS_INVALID);
    assert_rule(p, "passkey_counter");

    struct passkey_view *views;
    size_t count;
    assert_ok(access_passkeys(h.access, made.account, &h.arena, &views, &count));
    assert_int_equal(count, 1);
    assert_text(views[0].label, "My phone");
    assert_true(views[0].used_at.ms > 0);
    assert_ok(access_passkey_remove(h.access, &first.actor, views[0].id, &h.arena, &p));
    assert_status(access_passkey_remove(h.access, &first.actor, views[0].id, &h.arena, &p), STATUS_NOT_FOUND);
    authenticator_free(&t);
    house_close(&h);
}

static void a_passkey_of_another_is_no_second_factor(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 2);
    struct account_made made;
    struct session first = signed_up(&h, &made);
    struct authenticator mine, theirs;
    authenticator_make(&mine, -7);
    authenticator_make(&theirs, -7);
    register_in(&h, &first.actor, &mine, T("mine"));
    struct account_made other = sign_up(&h, T("other@mail.example"));
    struct sign_in s;
    struct problem p;
    assert_ok(sign_in_new_account(h.access, &h.from, other.account, &h.arena, &s));
    struct session second = see(&h, s.token);
    register_in(&h, &second.actor, &theirs, T("theirs"));

    struct passkey_ceremony c;
    assert_ok(sign_in_password(h.access, &h.from, T("amina@mail.example"), PASSWORD, &h.arena, &s, &p));
    struct text half = s.token;
    assert_ok(sign_in_passkey_offer(h.access, half, &h.arena, &c));
    struct text answer = authenticator_get(&h.arena, &theirs, c.ceremony);
    assert_status(sign_in_passkey(h.access, &h.from, half, c.ceremony, answer, &h.arena, &s, &p),
                  STATUS_INVALID);
    assert_rule(p, "passkey_owner");
    // A credential that is registered already stays with its account.
    assert_ok(access_passkey_offer(h.access, &second.actor, &h.arena, &c, &p));
    answer = authenticator_create(&h.arena, &mine, c.ceremony);
    assert_status(access_passkey_register(h.access, &second.actor, c.ceremony, answer, T("x"), &h.arena, &p),
                  STATUS_INVALID);
    assert_rule(p, "passkey_known");
    authenticator_free(&mine);
    authenticator_free(&theirs);
    house_close(&h);
}

int main(void) {
    crypto_start();
    fido_init(0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_three_algorithms_sign_in),
        cmocka_unit_test(a_registration_must_be_ours),
        cmocka_unit_test(an_assertion_must_be_signed_for_us_now),
        cmocka_unit_test(a_broken_message_is_a_problem_not_a_crash),
        cmocka_unit_test(a_passkey_alone_signs_in),
        cmocka_unit_test(a_passkey_of_another_is_no_second_factor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
