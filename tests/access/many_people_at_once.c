// Eight threads sign in, ask, sign out and are thrown out at once; nobody keeps a session that was ended. Run
// it with -Db_sanitize=thread. The last test measures that an unknown name takes as long as a known one.
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

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

static int64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int by_size(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t try(struct house *h, struct text name) {
    struct sign_in in;
    struct arena a = {0};
    int64_t from = now_us();
    assert_status(sign_in_password(h->access, &h->from, name, T("wrong wrong wrong"), &a, &in, NULL),
                  STATUS_INVALID);
    int64_t took = now_us() - from;
    arena_free(&a);
    later(h, (int64_t)HOUR); // nobody waits
    return took;
}

static void an_unknown_name_takes_as_long_as_a_known_one(void **state) {
    (void)state;
    enum { TRIES = 101 };
    static int64_t known[TRIES], unknown[TRIES];
    struct house h;
    // In memory, where there is such a folder: both write as often, and a busy disk would blur the rest.
    house_open_below(&h, 32, access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    (void)sign_up(&h, T("amina@mail.example"));
    int64_t begun = store_stats(h.store).jobs_kept, writes = 0;
    for (int i = 0; i < TRIES; i++) {
        known[i] = try(&h, T("amina@mail.example"));
        writes += store_stats(h.store).jobs_kept - begun;
        begun = store_stats(h.store).jobs_kept;
        unknown[i] = try(&h, T("nobody@mail.example"));
        writes -= store_stats(h.store).jobs_kept - begun;
        begun = store_stats(h.store).jobs_kept;
    }
    assert_int_equal(writes, 0);
    qsort(known, TRIES, sizeof *known, by_size);
    qsort(unknown, TRIES, sizeof *unknown, by_size);
    int64_t difference = llabs(known[TRIES / 2] - unknown[TRIES / 2]);
    print_message("# median us: known %lld, unknown %lld\n", (long long)known[TRIES / 2],
                  (long long)unknown[TRIES / 2]);
    // The hash is the cheapest here; in production it takes a hundred times as long. A busy machine may blur
    // this.
    assert_true(difference < 500);
    house_close(&h);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ended_sessions_stay_ended),
        cmocka_unit_test(an_unknown_name_takes_as_long_as_a_known_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
