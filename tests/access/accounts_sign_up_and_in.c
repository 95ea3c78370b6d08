// From the first code to an open session, for applicants and staff; and the same tables after a replay.

#include "base/encode.h"
#include "house.h"
#include "journal/projections.h"
#include "store/tables.h"

// A mother signs up with her e-mail address, a password and, later, an app for codes.
static void an_applicant_signs_up_by_email(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 1);
    struct account_made made = sign_up(&h, T("Amina@Mail.Example"));
    struct account_view view;
    assert_ok(access_account(h.access, made.account, &h.arena, &view));
    assert_text(view.email, "amina@mail.example");
    assert_text(view.language, "fr");
    assert_int_equal(view.kind, ACTOR_APPLICANT);
    assert_int_equal(view.recovery_codes_left, RECOVERY_CODES);

    // The password alone is half the way: a code goes to her address.
    struct sign_in s;
    struct contact_code sent;
    assert_ok(sign_in_password(h.access, &h.from, T("amina@mail.example"), PASSWORD, &h.arena, &s, NULL));
    assert_int_equal(s.state, SESSION_HALF);
    assert_int_equal(s.factors, FACTOR_SENT_CODE | FACTOR_RECOVERY);
    struct text half = s.token;
    assert_int_equal(see(&h, half).actor.account, 0); // nobody yet
    assert_ok(sign_in_send_code(h.access, &h.from, half, &h.arena, &sent, NULL));
    assert_text(sent.to, "amina@mail.example");
    assert_ok(sign_in_sent_code(h.access, &h.from, half, sent.challenge, sent.code, &h.arena, &s, NULL));
    assert_int_equal(s.state, SESSION_OPEN);
    assert_false(text_eq(s.token, half)); // a new token at each step
    struct session gone;
    assert_status(session_find(h.access, &h.arena, half, h.fixed.at, &gone), STATUS_NOT_FOUND);
    struct session open = see(&h, s.token);
    assert_int_equal(open.actor.account, made.account);
    assert_true(open.actor.second_factor);
    assert_true(actor_has_role(&open.actor, T("applicant")));

    // She adds an app.
    struct totp_offer offer;
    char code[7];
    struct problem p;
    assert_ok(access_totp_offer(h.access, &open.actor, &h.arena, &offer, &p));
    struct text flat = {0}, part, rest = offer.secret;
    while (rest.p && text_cut(&rest, ' ', &part)) flat = TEXT_JOIN(&h.arena, flat, part);
    size_t at;
    assert_true(text_find(offer.uri, flat, &at));
    assert_status(
        access_totp_enrol(h.access, &h.from, &open.actor, offer.enrolment, T("000000"), &h.arena, &p),
        STATUS_INVALID);
    assert_rule(p, "code_wrong");
    struct bytes secret = {0}; // base32 by hand: what the app does
    uint8_t *raw = arena_alloc(&h.arena, 20);
    uint32_t bits = 0;
    int have = 0;
    for (size_t i = 0; i < flat.n; i++) {
        bits = bits << 5 | (uint32_t)(flat.p[i] >= 'A' ? flat.p[i] - 'A' : flat.p[i] - '2' + 26);
        if ((have += 5) >= 8) raw[secret.n++] = (uint8_t)(bits >> (have -= 8));
    }
    secret.p = raw;
    assert_int_equal(secret.n, 20);
    assert_ok(totp_code(secret, h.fixed.at, code));
    assert_ok(
        access_totp_enrol(h.access, &h.from, &open.actor, offer.enrolment, text_of(code), &h.arena, &p));
    assert_status(
        access_totp_enrol(h.access, &h.from, &open.actor, offer.enrolment, text_of(code), &h.arena, &p),
        STATUS_INVALID);
    assert_rule(p, "code_expired"); // an enrolment is used once

    // And signs in with it. The code that enrolled it is used up; the next one works, once.
    assert_ok(sign_in_password(h.access, &h.from, T("amina@mail.example"), PASSWORD, &h.arena, &s, NULL));
    assert_true(s.factors & FACTOR_TOTP);
    assert_status(sign_in_totp(h.access, &h.from, s.token, text_of(code), &h.arena, &s, &p), STATUS_INVALID);
    later(&h, 30 * 1000);
    assert_ok(totp_code(secret, h.fixed.at, code));
    struct text waiting = s.token;
    assert_ok(sign_in_totp(h.access, &h.from, waiting, text_of(code), &h.arena, &s, &p));
    assert_true(see(&h, s.token).actor.second_factor);
    assert_ok(sign_in_password(h.access, &h.from, T("amina@mail.example"), PASSWORD, &h.arena, &s, NULL));
    assert_status(sign_in_totp(h.access, &h.from, s.token, text_of(code), &h.arena, &s, &p), STATUS_INVALID);
    house_close(&h);
}

// A man without e-mail and phone has a printed sheet.
static void an_applicant_signs_up_with_a_printed_sheet(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 2);
    struct account_made made;
    struct new_account n = {.language = T("fa")};
    struct sign_in s;
    struct problem p;
    assert_ok(access_create_account(h.access, &h.from, &n, &h.arena, &made, NULL));
    assert_ok(sign_in_new_account(h.access, &h.from, made.account, &h.arena, &s));
    assert_int_equal(s.state, SESSION_OPEN);
    assert_false(see(&h, s.token).actor.second_factor);

    // No password was chosen: none works, not even the empty one.
    assert_status(sign_in_password(h.access, &h.from, made.sign_in_name, T(""), &h.arena, &s, &p),
                  STATUS_INVALID);
    // A code of the sheet opens, typed in any way, once.
    struct text code = made.recovery_codes[2];
    char typed[32];
    snprintf(typed, sizeof typed, TEXT_FMT, TEXT_ARG(code));
    for (char *c = typed; *c; c++)
        if (*c == '-')
            *c = ' ';
        else if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    assert_ok(sign_in_recovery(h.access, &h.from, made.sign_in_name, text_of(typed), &h.arena, &s, &p));
    assert_int_equal(s.state, SESSION_OPEN);
    struct sign_in again;
    assert_status(sign_in_recovery(h.access, &h.from, made.sign_in_name, code, &h.arena, &again, &p),
                  STATUS_INVALID);
    assert_rule(p, "sign_in_wrong");

    // He sets a password without an old one, and the sheet is printed anew.
    struct session open = see(&h, s.token);
    assert_ok(access_set_password(h.access, &h.from, &open.actor, T(""), PASSWORD, &h.arena, &p));
    struct text codes[RECOVERY_CODES];
    assert_ok(access_recovery_codes(h.access, &open.actor, &h.arena, codes, &p));
    assert_status(
        sign_in_recovery(h.access, &h.from, made.sign_in_name, made.recovery_codes[0], &h.arena, &again, &p),
        STATUS_INVALID);
    assert_ok(sign_in_recovery(h.access, &h.from, made.sign_in_name, codes[0], &h.arena, &again, &p));
    assert_ok(sign_in_password(h.access, &h.from, made.sign_in_name, PASSWORD, &h.arena, &again, &p));
    house_close(&h);
}

static void an_officer_needs_two_factors_always(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 3);
    struct staff_made made;
    struct problem p;
    struct sign_in s;
    struct new_staff n = {.name = T("Karla Weiss"),
                          .email = T("k.weiss@asylum.example"),
                          .public_code = T("K-204"),
                          .unit = T("berlin"),
                          .roles = {T("officer"), T("supervisor")},
                          .role_count = 2};
    assert_ok(access_create_staff(h.access, 0, &n, &h.arena, &made, &p));

    // The invitation opens the door to setting up, and to nothing else.
    assert_ok(sign_in_recovery(h.access, &h.from, n.email, made.invitation, &h.arena, &s, &p));
    assert_int_equal(s.state, SESSION_ENROL);
    struct session enrol = see(&h, s.token);
    assert_int_equal(enrol.actor.account, made.account);
    assert_int_equal(enrol.actor.role_count, 0);
    assert_ok(access_set_password(h.access, &h.from, &enrol.actor, T(""), PASSWORD, &h.arena, &p));
    assert_status(sign_in_recovery(h.access, &h.from, n.email, made.invitation, &h.arena, &s, &p),
                  STATUS_INVALID);

    // With the password alone she still can only set up.
    assert_ok(sign_in_password(h.access, &h.from, n.email, PASSWORD, &h.arena, &s, &p));
    assert_int_equal(s.state, SESSION_ENROL);

    // Another, complete from the start.
    struct staff_made two = hire(&h, "Omar Diallo", "o.diallo@asylum.example", "K-205");
    assert_ok(sign_in_password(h.access, &h.from, T("o.diallo@asylum.example"), PASSWORD, &h.arena, &s, &p));
    assert_int_equal(s.state, SESSION_HALF);
    assert_int_equal(s.factors, FACTOR_TOTP);
    struct contact_code sent; // no codes by e-mail for staff
    assert_status(sign_in_send_code(h.access, &h.from, s.token, &h.arena, &sent, &p), STATUS_INVALID);
    assert_ok(sign_in_totp(h.access, &h.from, s.token, totp_now(&h), &h.arena, &s, &p));
    struct session open = see(&h, s.token);
    assert_true(open.actor.second_factor);
    assert_text(open.display_name, "Omar Diallo");
    assert_text(open.actor.public_code, "K-205");
    assert_status(access_totp_remove(h.access, &open.actor, &h.arena, &p), STATUS_INVALID);
    assert_rule(p, "factor_last");

    // A change of roles is seen at the next request.
    struct new_staff changed = {.name = T("Omar Diallo"),
                                .public_code = T("K-205"),
                                .unit = T("bremen"),
                                .roles = {T("supervisor")},
                                .role_count = 1};
    assert_ok(access_change_staff(h.access, made.account, two.account, &changed, &h.arena, &p));
    open = see(&h, s.token);
    assert_text(open.actor.unit, "bremen");
    assert_true(actor_has_role(&open.actor, T("supervisor")));
    assert_false(actor_has_role(&open.actor, T("officer")));

    // Mistakes of the operator are named.
    changed.public_code = T("K-204");
    assert_status(access_change_staff(h.access, 0, two.account, &changed, &h.arena, &p), STATUS_INVALID);
    assert_rule(p, "public_code_taken");
    n.public_code = T("K-206");
    assert_status(access_create_staff(h.access, 0, &n, &h.arena, &made, &p), STATUS_INVALID);
    assert_rule(p, "email_taken");
    n.role_count = 0;
    assert_status(access_create_staff(h.access, 0, &n, &h.arena, &made, &p), STATUS_INVALID);
    assert_rule(p, "role_count");

    // The list shows both by name; a closed account ends at once.
    struct db *db;
    struct staff_list list = {0};
    assert_ok(access_close_account(h.access, 0, two.account, T("left")));
    struct session over;
    assert_status(session_find(h.access, &h.arena, s.token, h.fixed.at, &over), STATUS_NOT_FOUND);
    assert_status(
        sign_in_password(h.access, &h.from, T("o.diallo@asylum.example"), PASSWORD, &h.arena, &s, &p),
        STATUS_INVALID);
    assert_ok(store_reader(h.store, &db));
    assert_ok(access_staff(db, T(""), T(""), true, &h.arena, &list));
    assert_int_equal(list.count, 2);
    assert_text(list.items[0].name, "Karla Weiss");
    list = (struct staff_list){0};
    assert_ok(access_staff(db, T("supervisor"), T("bremen"), false, &h.arena, &list));
    assert_int_equal(list.count, 0);
    store_reader_release(h.store, db);
    house_close(&h);
}

// A forgotten password; a second address.
static void a_sent_code_resets_and_adds(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 4);
    struct account_made made = sign_up(&h, T("amina@mail.example"));
    struct sign_in s;
    struct contact_code sent;
    struct problem p;
    assert_ok(sign_in_new_account(h.access, &h.from, made.account, &h.arena, &s));
    later(&h, HOUR);
    assert_ok(access_contact_code(h.access, &h.from, CODE_RESET_PASSWORD, T("amina@mail.example"), &h.arena,
                                  &sent, &p));
    struct text fresh = T("seven pears in a green bowl"), known = {0};
    assert_status(
        access_reset_password(h.access, &h.from, sent.challenge, sent.code, T("short"), &h.arena, &known, &p),
        STATUS_INVALID);
    assert_rule(p, "password_short");
    assert_ok(
        access_reset_password(h.access, &h.from, sent.challenge, sent.code, fresh, &h.arena, &known, &p));
    assert_true(known.n > 0); // who could read the code is known in this browser from now on
    struct session gone;
    assert_status(session_find(h.access, &h.arena, s.token, h.fixed.at, &gone), STATUS_NOT_FOUND);
    assert_status(
        access_reset_password(h.access, &h.from, sent.challenge, sent.code, PASSWORD, &h.arena, &known, &p),
        STATUS_INVALID);
    assert_rule(p, "code_expired");
    assert_status(sign_in_password(h.access, &h.from, T("amina@mail.example"), PASSWORD, &h.arena, &s, &p),
                  STATUS_INVALID);
    assert_ok(sign_in_password(h.access, &h.from, T("amina@mail.example"), fresh, &h.arena, &s, &p));

    // Staff cannot reset by e-mail: the code that comes is empty and nothing fits.
    (void)hire(&h, "Omar Diallo", "o.diallo@asylum.example", "K-205");
    assert_ok(access_contact_code(h.access, &h.from, CODE_RESET_PASSWORD, T("o.diallo@asylum.example"),
                                  &h.arena, &sent, &p));
    assert_int_equal(sent.code.n, 0);

    // A phone number beside the e-mail address.
    assert_ok(sign_in_new_account(h.access, &h.from, made.account, &h.arena, &s));
    struct session open = see(&h, s.token);
    assert_ok(
        access_contact_code(h.access, &h.from, CODE_ADD_CONTACT, T("+48 22 555 01 23"), &h.arena, &sent, &p));
    assert_ok(access_add_contact(h.access, &h.from, &open.actor, sent.challenge, sent.code, &h.arena, &p));
    struct account_view view;
    assert_ok(access_account(h.access, made.account, &h.arena, &view));
    assert_text(view.phone, "+48225550123");
    assert_text(view.email, "amina@mail.example");
    assert_ok(sign_in_password(h.access, &h.from, T("0048 22 5550123"), fresh, &h.arena, &s, &p));
    assert_ok(access_set_language(h.access, made.account, T("ar")));
    assert_ok(access_account(h.access, made.account, &h.arena, &view));
    assert_text(view.language, "ar");
    house_close(&h);
}

// All rows of the tables that follow from events, as text.
static struct text dump(struct house *h, struct store *store) {
    struct out o = {.arena = &h->arena};
    struct db *db;
    const struct tables *all;
    assert_ok(store_reader(store, &db));
    assert_ok(store_tables(db, &all));
    for (size_t t = 0; t < all->count; t++) {
        struct table_scan s;
        if (!projection_is(all->items[t].name)) continue;
        out_printf(&o, "[%s]\n", all->items[t].name);
        table_scan_begin(&s, db, &all->items[t]);
        while (table_scan_next(&s)) {
            for (size_t c = 0; c < s.table->column_count; c++) {
                struct value v = table_value(&s, c);
                if (v.kind == VALUE_INT) out_int(&o, v.i);
                if (v.kind == VALUE_TEXT || v.kind == VALUE_BYTES) out_text(&o, hex_encode(&h->arena, v.b));
                out_byte(&o, c + 1 < s.table->column_count ? '|' : '\n');
            }
        }
        assert_ok(table_scan_end(&s));
    }
    store_reader_release(store, db);
    return out_done(&o);
}

static struct text replayed(struct house *h) {
    char dir[] = "/tmp/ostia-replay-XXXXXX", command[64];
    assert_non_null(mkdtemp(dir));
    struct store_options so = {.dir = dir, .create = true, .rooms = HOUSE_ROOMS, .room_count = 2};
    struct store *fresh;
    struct db *db;
    struct text finding = T("");
    assert_ok(store_open(&h->fixed.env, &so, &fresh, NULL));
    assert_ok(store_reader(h->store, &db));
    assert_ok(journal_replay(h->journal, db, fresh, NULL, &finding, &h->arena));
    store_reader_release(h->store, db);
    struct text tables = dump(h, fresh);
    store_close(fresh);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    assert_int_equal(system(command), 0);
    return tables;
}

static void replay_gives_the_same_tables_also_after_erasure(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 5);
    struct account_made one = sign_up(&h, T("one@mail.example")), two = sign_up(&h, T("two@mail.example"));
    (void)hire(&h, "Omar Diallo", "o.diallo@asylum.example", "K-205");
    struct sign_in s;
    assert_ok(
        sign_in_password(h.access, &h.from, T("o.diallo@asylum.example"), PASSWORD, &h.arena, &s, NULL));
    assert_ok(sign_in_totp(h.access, &h.from, s.token, totp_now(&h), &h.arena, &s, NULL));
    assert_ok(
        sign_in_recovery(h.access, &h.from, one.sign_in_name, one.recovery_codes[1], &h.arena, &s, NULL));
    struct text before = dump(&h, h.store);
    assert_true(text_eq(before, replayed(&h)));

    // Nothing in the tables tells the address.
    size_t at;
    assert_false(text_find(before, hex_encode(&h.arena, bytes_of(T("one@mail.example"))), &at));

    assert_ok(access_erase_account(h.access, 0, two.account));
    struct text after = dump(&h, h.store);
    assert_false(text_eq(before, after));
    assert_true(text_eq(after, replayed(&h)));
    struct account_view view;
    assert_ok(access_account(h.access, two.account, &h.arena, &view));
    assert_true(view.is_closed);
    assert_int_equal(view.email.n, 0);
    assert_false(view.has_password);
    int64_t account;
    assert_status(access_account_find(h.access, T("two@mail.example"), &account), STATUS_NOT_FOUND);
    assert_ok(access_account_find(h.access, T("ONE@mail.example"), &account));
    assert_int_equal(account, one.account);
    house_close(&h);
}

static void an_invitation_that_nobody_used_ends(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 77);
    struct staff_made made;
    struct sign_in s;
    struct problem p;
    struct text second;
    struct new_staff n = {.name = T("Noor Haddad"),
                          .email = T("n.haddad@asylum.example"),
                          .public_code = T("K-9"),
                          .roles = {T("officer")},
                          .role_count = 1};
    assert_ok(access_create_staff(h.access, 0, &n, &h.arena, &made, &p));
    later(&h, (int64_t)INVITATION_MS + 1);
    assert_status(sign_in_recovery(h.access, &h.from, n.email, made.invitation, &h.arena, &s, &p),
                  STATUS_INVALID);
    assert_rule(p, "sign_in_wrong");
    assert_ok(access_invite_staff(h.access, 0, made.account, &h.arena, &second));
    assert_status(sign_in_recovery(h.access, &h.from, n.email, made.invitation, &h.arena, &s, &p),
                  STATUS_INVALID);
    later(&h, (int64_t)INVITATION_MS - HOUR);
    assert_ok(sign_in_recovery(h.access, &h.from, n.email, second, &h.arena, &s, &p));
    assert_int_equal(s.state, SESSION_ENROL);
    assert_status(sign_in_recovery(h.access, &h.from, n.email, second, &h.arena, &s, &p), STATUS_INVALID);
    struct account_made applicant = sign_up(&h, T("amina@mail.example"));
    assert_status(access_invite_staff(h.access, 0, applicant.account, &h.arena, &second), STATUS_NOT_FOUND);
    assert_ok(access_close_account(h.access, 0, made.account, T("left")));
    assert_status(access_invite_staff(h.access, 0, made.account, &h.arena, &second), STATUS_NOT_FOUND);
    house_close(&h);
}

// A printed code of an applicant is for the day when all else is lost: it does not end.
static void a_printed_code_of_an_applicant_lasts(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 78);
    struct sign_in s;
    struct account_made made = sign_up(&h, T("amina@mail.example"));
    later(&h, 800 * 24 * (int64_t)HOUR);
    assert_ok(
        sign_in_recovery(h.access, &h.from, made.sign_in_name, made.recovery_codes[3], &h.arena, &s, NULL));
    house_close(&h);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_applicant_signs_up_by_email),
        cmocka_unit_test(an_applicant_signs_up_with_a_printed_sheet),
        cmocka_unit_test(an_officer_needs_two_factors_always),
        cmocka_unit_test(a_sent_code_resets_and_adds),
        cmocka_unit_test(replay_gives_the_same_tables_also_after_erasure),
        cmocka_unit_test(an_invitation_that_nobody_used_ends),
        cmocka_unit_test(a_printed_code_of_an_applicant_lasts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
