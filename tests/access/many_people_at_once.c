// Eight threads sign in, ask, sign out and are thrown out at once; nobody keeps a session that was ended. Run
// it with -Db_sanitize=thread. The last test counts that an unknown name takes as much work as a known one.
#include <pthread.h>
#include <stdlib.h>

#include "access/internal.h"
#include "house.h"

enum { PEOPLE = 8, ROUNDS = 12 };

struct person {
    struct house *house;
    int64_t account;
    struct text name;
    struct arena arena;
    int signed_in, refused;
};

static void *live(void *argument) {
    struct person *me = argument;
    char address[32];
    snprintf(address, sizeof address, "198.51.100.%d", (int)(me->account % 200));
    struct source from = {text_of(address), T("Testfox")};
    struct access *x = me->house->access;
    for (int i = 0; i < ROUNDS; i++) {
        struct sign_in in;
        struct session s;
        enum status st = sign_in_password(x, &from, me->name, PASSWORD, &me->arena, &in, NULL);
        me->refused += st != STATUS_OK;
        if (st) continue;
        me->signed_in++;
        for (int k = 0; k < 20; k++) {
            st = session_find(x, &me->arena, in.token, me->house->fixed.at, &s);
            if (st) break;
            if (s.actor.account && s.actor.account != me->account) abort();
        }
        if (i % 3 == 0) (void)!session_end(x, in.token);
        if (i % 4 == 0) (void)!session_end_all(x, me->account, 0);
        if (i % 3 && i % 4) continue;
        if (session_find(x, &me->arena, in.token, me->house->fixed.at, &s) == STATUS_OK)
            abort(); // it was ended
    }
    return NULL;
}

static void ended_sessions_stay_ended(void **state) {
    (void)state;
    struct house h;
    struct person people[PEOPLE] = {0};
    pthread_t threads[PEOPLE];
    house_open(&h, 31);
    house_shut(&h);
    h.fixed.env.random = env_real()->random; // the repeatable one is for one thread
    house_reopen(&h);
    for (int i = 0; i < PEOPLE; i++) {
        struct new_account n = {.password = PASSWORD, .language = T("fr")};
        struct account_made made;
        assert_ok(access_create_account(h.access, &h.from, &n, &h.arena, &made, NULL));
        people[i] = (struct person){.house = &h, .account = made.account, .name = made.sign_in_name};
    }
    for (int i = 0; i < PEOPLE; i++) pthread_create(&threads[i], NULL, live, &people[i]);
    for (int i = 0; i < PEOPLE; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < PEOPLE; i++) {
        assert_int_equal(people[i].signed_in, ROUNDS);
        arena_free(&people[i].arena);
    }
    house_close(&h);
}

// ---- time tells nothing

struct work {
    int64_t hashes, writes;
};

// What takes time when somebody tries a wrong password: the hash, and what is written.
static struct work try_wrong(struct house *h, struct text name) {
    struct sign_in in;
    struct arena a = {0};
    struct work before = {hasher_done(h->access->hasher), store_stats(h->store).jobs_kept};
    assert_status(sign_in_password(h->access, &h->from, name, T("wrong wrong wrong"), &a, &in, NULL),
                  STATUS_INVALID);
    struct work after = {hasher_done(h->access->hasher), store_stats(h->store).jobs_kept};
    arena_free(&a);
    later(h, (int64_t)HOUR); // nobody waits
    return (struct work){after.hashes - before.hashes, after.writes - before.writes};
}

static void an_unknown_name_takes_as_much_work_as_a_known_one(void **state) {
    (void)state;
    struct house h;
    house_open(&h, 32);
    (void)sign_up(&h, T("amina@mail.example"));
    for (int i = 0; i < 3; i++) {
        struct work known = try_wrong(&h, T("amina@mail.example"));
        struct work unknown = try_wrong(&h, T("nobody@mail.example"));
        assert_int_equal(known.hashes, 1);
        assert_int_equal(unknown.hashes, 1);
        assert_int_equal(unknown.writes, known.writes);
    }
    house_close(&h);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ended_sessions_stay_ended),
        cmocka_unit_test(an_unknown_name_takes_as_much_work_as_a_known_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
