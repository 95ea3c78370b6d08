// Two servers on one PostgreSQL database: what one of them ends or changes holds on the other at its next
// request, and mistakes are counted together.
#include <pthread.h>

#include "house.h"

#define only_on_postgresql()                                   \
    do {                                                       \
        if (!is_on_postgresql()) {                             \
            print_message("# skipped: one server a folder\n"); \
            return;                                            \
        }                                                      \
    } while (0)

// Another server of the same database; its clock is a copy.
static void second_server(struct house *first, struct house *second) {
    *second = *first;
    second->arena = (struct arena){0};
    second->fixed.env.context = &second->fixed;
    second->fixed.env.random = env_real()->random; // what the first draws must not come again
    house_reopen(second);
}

static void both_later(struct house *a, struct house *b, int64_t ms) {
    later(a, ms);
    later(b, ms);
}

static void shut(struct house *first, struct house *second) {
    house_shut(second);
    arena_free(&second->arena);
    house_close(first);
}

static enum status find(struct house *h, struct text token) {
    struct session s;
    return session_find(h->access, &h->arena, token, h->fixed.at, &s);
}

static struct text officer_signs_in(struct house *h) {
    struct sign_in s;
    assert_ok(
        sign_in_password(h->access, &h->from, T("o.diallo@asylum.example"), PASSWORD, &h->arena, &s, NULL));
    assert_ok(sign_in_totp(h->access, &h->from, s.token, totp_now(h), &h->arena, &s, NULL));
    return s.token;
}

static void who_signs_out_on_one_is_out_on_all(void **state) {
    (void)state;
    only_on_postgresql();
    struct house a, b;
    struct sign_in s, other;
    house_open(&a, 51);
    second_server(&a, &b);
    int64_t account = sign_up(&a, T("amina@mail.example")).account;
    assert_ok(sign_in_new_account(a.access, &a.from, account, &a.arena, &s));
    assert_ok(sign_in_new_account(b.access, &b.from, account, &b.arena, &other));
    assert_ok(find(&b, s.token));
    assert_ok(session_end(a.access, s.token));
    assert_status(find(&b, s.token), STATUS_NOT_FOUND);

    struct session mine = see(&b, other.token);
    assert_ok(sign_in_new_account(a.access, &a.from, account, &a.arena, &s));
    assert_ok(find(&a, s.token));
    assert_ok(access_set_password(b.access, &b.from, &mine.actor, PASSWORD, T("seven pears in a green bowl"),
                                  &b.arena, NULL));
    assert_status(find(&a, s.token), STATUS_NOT_FOUND); // a new password ends the others
    assert_ok(find(&a, other.token));
    shut(&a, &b);
}

static void a_role_that_was_taken_away_is_gone_on_all(void **state) {
    (void)state;
    only_on_postgresql();
    struct house a, b;
    house_open(&a, 52);
    second_server(&a, &b);
    struct staff_made made = hire(&a, "Omar Diallo", "o.diallo@asylum.example", "K-205");
    struct text token = officer_signs_in(&a);
    struct session before = see(&b, token);
    assert_true(actor_has_role(&before.actor, T("officer")));
    struct new_staff now = {.name = T("Omar Diallo"),
                            .public_code = T("K-205"),
                            .unit = T("paris"),
                            .roles = {T("registrar")},
                            .role_count = 1};
    assert_ok(access_change_staff(a.access, 0, made.account, &now, &a.arena, NULL));
    struct session s = see(&b, token);
    assert_false(actor_has_role(&s.actor, T("officer")));
    assert_true(actor_has_role(&s.actor, T("registrar")));
    assert_text(s.actor.unit, "paris");
    assert_ok(access_close_account(a.access, 0, made.account, T("left")));
    assert_status(find(&b, token), STATUS_NOT_FOUND);
    shut(&a, &b);
}

// Requests go to either server: none of them believes that the person has been away.
static void a_session_rests_only_where_nobody_serves_it(void **state) {
    (void)state;
    only_on_postgresql();
    struct house a, b;
    house_open(&a, 53);
    second_server(&a, &b);
    (void)hire(&a, "Omar Diallo", "o.diallo@asylum.example", "K-205");
    struct text token = officer_signs_in(&a);
    assert_ok(find(&a, token));
    for (int i = 0; i < 3; i++) {
        both_later(&a, &b, 20 * MINUTE);
        assert_ok(find(&b, token));
        settle(&b);
    }
    both_later(&a, &b, 20 * MINUTE);
    assert_ok(find(&a, token));
    settle(&a);
    both_later(&a, &b, 31 * MINUTE);
    assert_status(find(&b, token), STATUS_EXPIRED);
    shut(&a, &b);
}

static void mistakes_count_together(void **state) {
    (void)state;
    only_on_postgresql();
    struct house a, b;
    struct sign_in s;
    struct problem p;
    house_open(&a, 54);
    second_server(&a, &b);
    (void)sign_up(&a, T("amina@mail.example"));
    for (int i = 0; i < 4; i++) {
        struct house *h = i % 2 ? &b : &a;
        assert_status(
            sign_in_password(h->access, &h->from, T("amina@mail.example"), T("guess"), &h->arena, &s, &p),
            STATUS_INVALID);
    }
    assert_status(sign_in_password(a.access, &a.from, T("amina@mail.example"), PASSWORD, &a.arena, &s, &p),
                  STATUS_BUSY);
    assert_status(sign_in_password(b.access, &b.from, T("amina@mail.example"), PASSWORD, &b.arena, &s, &p),
                  STATUS_BUSY);
    both_later(&a, &b, 2000);
    assert_ok(sign_in_password(b.access, &b.from, T("amina@mail.example"), PASSWORD, &b.arena, &s, &p));
    for (int i = 0; i < 4; i++) // who was right is forgiven everywhere
        assert_status(
            sign_in_password(a.access, &a.from, T("amina@mail.example"), T("guess"), &a.arena, &s, &p),
            STATUS_INVALID);
    shut(&a, &b);
}

struct knocking {
    struct house *house;
    int through, failed;
};

static void *knock(void *argument) {
    struct knocking *k = argument;
    for (int i = 0; i < 20; i++) {
        int64_t wait = 0;
        enum status st = access_limit_ask(k->house->access, "tracking", T("ABCD"), &wait);
        k->through += st == STATUS_OK;
        k->failed += st && !wait;
    }
    return NULL;
}

static void tries_sent_to_both_at_once_do_not_slip_through(void **state) {
    (void)state;
    only_on_postgresql();
    struct house a, b;
    pthread_t threads[4];
    house_open(&a, 55);
    second_server(&a, &b);
    struct knocking k[4] = {{&a}, {&b}, {&a}, {&b}};
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, knock, &k[i]);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    int through = 0;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(k[i].failed, 0);
        through += k[i].through;
    }
    assert_int_equal(through, 6); // five are free, and the one that makes the next wait
    shut(&a, &b);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_signs_out_on_one_is_out_on_all),
        cmocka_unit_test(a_role_that_was_taken_away_is_gone_on_all),
        cmocka_unit_test(a_session_rests_only_where_nobody_serves_it),
        cmocka_unit_test(mistakes_count_together),
        cmocka_unit_test(tries_sent_to_both_at_once_do_not_slip_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
