// One who trickles bytes is cut off, one who asks too often waits, and the others are served meanwhile.
#include "site.h"

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void a_trickling_client_is_cut_off(void **state) {
    (void)state;
    struct web_config c = {.header_s = 2, .body_s = 3, .idle_s = 30, .threads = 1};
    struct web *w = site_start(&c);
    double from = seconds();
    int slow = site_connect(w);
    const char *request = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
                          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    bool is_open = true;
    for (size_t i = 0; is_open && i < strlen(request); i++) {
        char got;
        is_open = site_send(slow, request + i, 1) && recv(slow, &got, 1, MSG_DONTWAIT) != 0;
        if (i == 5) {
            struct reply r = site_say(w, "GET", "/health/live", "", "");
            assert_reply(r, 200);
            free(r.all);
        }
        usleep(200000);
    }
    assert_false(is_open);
    assert_true(seconds() - from < 8);
    close(slow);

    from = seconds();
    slow = site_connect(w); // a body that never comes
    request = "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
              "application/octet-stream\r\nContent-Length: 100\r\n\r\n";
    site_send(slow, request, strlen(request));
    free(site_read(slow).all);
    assert_true(seconds() - from < 9);
    web_stop(w);
}

// Never silent, never done: a byte now and then would hold a connection for a quarter of an hour.
static void a_trickling_body_is_cut_off(void **state) {
    (void)state;
    struct web_config c = {.idle_s = 30, .grace_s = 2, .threads = 1};
    struct web *w = site_start(&c);
    double from = seconds();
    int slow = site_connect(w);
    const char *head =
        "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
        "Content-Length: 100000\r\n\r\n";
    bool is_open = site_send(slow, head, strlen(head));
    while (is_open && seconds() - from < 15) {
        char got;
        is_open = site_send(slow, "a", 1) && recv(slow, &got, 1, MSG_DONTWAIT) != 0;
        usleep(100000);
    }
    assert_false(is_open);
    assert_true(seconds() - from < 8);
    close(slow);
    web_stop(w);
}

static void who_asks_too_often_waits(void **state) {
    (void)state;
    struct env_fixed fixed;
    struct web_config c = {.env = env_fixed(&fixed, (struct moment){1795000000000}, 1)};
    struct web *w = site_start(&c);
    for (int i = 0; i < 10; i++) {
        struct reply r = site_say(w, "GET", "/lookup", "", "");
        assert_reply(r, 200);
        free(r.all);
    }
    struct reply r = site_say(w, "GET", "/lookup", "Accept-Language: en\r\n", "");
    assert_reply(r, 429);
    assert_true(reply_has(&r, "Retry-After: "));
    assert_true(reply_has(&r, "You can try again in"));
    free(r.all);
    r = site_say(w, "GET", "/health/live", "", ""); // other kinds of pages have buckets of their own
    assert_reply(r, 200);
    free(r.all);
    web_stop(w);
}

static void a_bucket_fills_again(void **state) {
    (void)state;
    const struct env *env = env_real();
    struct rate_limit limits[] = {{60, 2}, {0, 0}};
    struct rate *r = rate_new(env, limits, 2);
    int wait = 0;
    assert_ok(rate_take(r, 0, 1, &wait));
    assert_ok(rate_take(r, 0, 1, &wait));
    assert_status(rate_take(r, 0, 1, &wait), STATUS_BUSY);
    assert_in_range(wait, 1, 2);
    assert_ok(rate_take(r, 0, 2, &wait));
    for (int i = 0; i < 1000; i++) assert_ok(rate_take(r, 1, 1, &wait));
    usleep(1100000);
    assert_ok(rate_take(r, 0, 1, &wait));
    assert_status(rate_take(r, 0, 1, &wait), STATUS_BUSY);
    for (uint64_t k = 0; k < 300000; k++)
        assert_ok(rate_take(r, 0, 1000 + k, &wait)); // more than there is room for
    rate_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trickling_client_is_cut_off),
        cmocka_unit_test(a_trickling_body_is_cut_off),
        cmocka_unit_test(who_asks_too_often_waits),
        cmocka_unit_test(a_bucket_fills_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
