// Strangers send anything; each mistake gets its own answer, and the next person is served.
#include "site.h"

static struct web *web;

static int open_site(void **state) {
    (void)state;
    static struct web_config c = {.idle_s = 2}; // a half-closed connection is noticed when it idles
    web = site_start(&c);
    return 0;
}
static int close_site(void **state) {
    (void)state;
    web_stop(web);
    return 0;
}

static void assert_answer(const char *method, const char *target, const char *headers, const char *body,
                          int status) {
    struct reply r = site_say(web, method, target, headers, body);
    assert_reply(r, status);
    free(r.all);
}

static void a_page_carries_all_security_headers(void **state) {
    (void)state;
    struct reply r = site_say(web, "GET", "/", "", "");
    assert_reply(r, 200);
    assert_true(
        reply_has(&r, "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';"));
    assert_true(reply_has(&r, "frame-ancestors 'none'; base-uri 'none'"));
    assert_true(reply_has(&r, "form-action 'self'"));
    assert_true(reply_has(&r, "X-Content-Type-Options: nosniff"));
    assert_true(reply_has(&r, "Referrer-Policy: no-referrer"));
    assert_true(reply_has(&r, "Permissions-Policy: "));
    assert_true(reply_has(&r, "Cross-Origin-Opener-Policy: same-origin"));
    assert_true(reply_has(&r, "Cross-Origin-Resource-Policy: same-origin"));
    assert_true(reply_has(&r, "Cache-Control: no-store"));
    assert_true(reply_has(&r, "Content-Type: text/html; charset=utf-8"));
    assert_null(strstr(r.body, "<style"));
    assert_null(strstr(r.body, " style="));
    free(r.all);
}

static void paths_that_lead_elsewhere_are_refused(void **state) {
    (void)state;
    assert_answer("GET", "/assets/../../etc/passwd", "", "", 400);
    assert_answer("GET", "/assets/..%2f..%2fetc%2fpasswd", "", "", 400);
    assert_answer("GET", "/assets/%2e%2e/%2e%2e/etc/passwd", "", "", 400);
    assert_answer("GET", "/things//7", "", "", 400);
    assert_answer("GET", "/things/%00", "", "", 400);
    assert_answer("GET", "/things/%ff", "", "", 400);
    assert_answer("GET", "/things/%zz", "", "", 400);
    assert_answer("GET", "/things/a\\b", "", "", 400);
    assert_answer("GET", "/assets/nothing.css", "", "", 404);
}

static void unknown_paths_and_methods_are_told_apart(void **state) {
    (void)state;
    assert_answer("GET", "/nowhere", "", "", 404);
    assert_answer("DELETE", "/things/7", "", "", 405);
    struct reply r = site_say(web, "PUT", "/things/7", "", "");
    assert_reply(r, 405);
    assert_true(reply_has(&r, "Allow: GET, POST"));
    free(r.all);
    assert_answer("BREW", "/things/7", "", "", 405);
    assert_answer("GET", "/things/7/", "", "", 200);  // a last slash is forgiven
    assert_answer("GET", "/things/new", "", "", 500); // the literal part wins over :id
}

static void long_and_many_things_are_refused(void **state) {
    (void)state;
    static char target[4000], headers[40000];
    memset(target, 'a', sizeof target - 1);
    memcpy(target, "/things/", 8);
    assert_answer("GET", target, "", "", 414);
    size_t n = 0;
    for (int i = 0; i < 80; i++) n += (size_t)snprintf(headers + n, sizeof headers - n, "X-%d: y\r\n", i);
    assert_answer("GET", "/", headers, "", 431);
    memset(headers, 'c', 5000);
    memcpy(headers, "Cookie: a=", 10);
    memcpy(headers + 5000, "\r\n", 3);
    assert_answer("GET", "/", headers, "", 431);
    n = (size_t)snprintf(target, sizeof target, "/?");
    for (int i = 0; i < 70; i++) n += (size_t)snprintf(target + n, sizeof target - n, "a=%d&", i);
    assert_answer("GET", target, "", "", 414);
}

static void doors_open_for_those_they_are_for(void **state) {
    (void)state;
    struct reply r = site_say(web, "GET", "/staff", "", "");
    assert_reply(r, 401);
    assert_true(reply_has(&r, "href=\"/sign-in?next=/staff\""));
    free(r.all);
    assert_answer("GET", "/staff", "Cookie: ostia-session=applicant\r\n", "", 403);
    assert_answer("GET", "/staff", "Cookie: ostia-session=half\r\n", "", 401);
    assert_answer("GET", "/staff", "Cookie: ostia-session=nobody\r\n", "", 401);
    assert_answer("GET", "/staff", "Cookie: ostia-session=unread\r\n", "",
                  503); // come again, not: sign in again
    assert_answer("GET", "/kit", "Cookie: ostia-session=unread\r\n", "", 200);
    assert_answer("GET", "/staff", "Cookie: ostia-session=officer\r\n", "", 200);
}

static void failures_have_pages_and_json(void **state) {
    (void)state;
    struct reply r = site_say(web, "GET", "/fail/full", "Accept-Language: en\r\n", "");
    assert_reply(r, 503);
    assert_true(reply_has(&r, "Reading goes on, writing is paused"));
    free(r.all);
    assert_answer("GET", "/fail/conflict", "", "", 409);
    assert_answer("GET", "/fail/other", "", "", 500);
    r = site_say(web, "GET", "/fail/invalid", "Accept: application/json\r\n", "");
    assert_reply(r, 422);
    assert_true(reply_has(&r, "Content-Type: application/problem+json"));
    assert_true(reply_has(&r, "\"status\":422"));
    assert_true(reply_has(&r, "\"rule\":\"required\""));
    free(r.all);
}

static void a_head_request_gets_headers_only(void **state) {
    (void)state;
    struct reply r = site_say(web, "HEAD", "/", "", "");
    assert_reply(r, 200);
    assert_int_equal(r.body_n, 0);
    assert_true(reply_has(&r, "Content-Length: "));
    assert_false(reply_has(&r, "Content-Length: 0"));
    free(r.all);
}

static void garbage_does_not_stop_the_server(void **state) {
    (void)state;
    static const char *const GARBAGE[] = {
        "\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "\x16\x03\x01\x02\x00",
        "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        "POST /things/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n"};
    for (size_t i = 0; i < sizeof GARBAGE / sizeof *GARBAGE; i++) {
        int fd = site_connect(web);
        site_send(fd, GARBAGE[i], strlen(GARBAGE[i]));
        shutdown(fd, SHUT_WR);
        free(site_read(fd).all);
    }
    assert_answer("GET", "/health/live", "", "", 200);
}

// A second request hidden behind an end that two readers see at different places must never be answered.
static void a_request_that_ends_at_two_places_is_refused(void **state) {
    (void)state;
    static const char *const HEADS[] = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 0\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: identity\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Host: other.example\r\nContent-Length: 5\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: 0x5\r\n",
    };
    for (size_t i = 0; i < sizeof HEADS / sizeof *HEADS; i++) {
        char request[600];
        int n = snprintf(request, sizeof request,
                         "POST /things/7 HTTP/1.1\r\nHost: localhost\r\n%s\r\n0\r\n\r\n"
                         "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                         HEADS[i]);
        struct reply r = site_ask(web, request, (size_t)n);
        if (r.status != 400 || reply_has(&r, "live\n")) fail_msg("%s: %.300s", HEADS[i], r.all);
        free(r.all);
    }
}

static void a_download_streams_and_cannot_run(void **state) {
    (void)state;
    struct reply r = site_say(web, "GET", "/stream", "", "");
    assert_reply(r, 200);
    assert_int_equal(r.body_n, 300000);
    assert_true(reply_has(
        &r, "Content-Disposition: inline; filename=\"r__sum__.pdf\"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf"));
    assert_true(reply_has(&r, "frame-ancestors 'self'"));
    assert_false(reply_has(&r, "frame-ancestors 'none'"));
    free(r.all);
    int fd = site_connect(web); // a reader who goes away in the middle
    const char *ask = "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n";
    site_send(fd, ask, strlen(ask));
    close(fd);
    for (int i = 0; i < 100 && counted.closed < 2; i++) usleep(20000);
    assert_int_equal(counted.closed, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_carries_all_security_headers),
        cmocka_unit_test(paths_that_lead_elsewhere_are_refused),
        cmocka_unit_test(unknown_paths_and_methods_are_told_apart),
        cmocka_unit_test(long_and_many_things_are_refused),
        cmocka_unit_test(doors_open_for_those_they_are_for),
        cmocka_unit_test(failures_have_pages_and_json),
        cmocka_unit_test(a_head_request_gets_headers_only),
        cmocka_unit_test(a_request_that_ends_at_two_places_is_refused),
        cmocka_unit_test(garbage_does_not_stop_the_server),
        cmocka_unit_test(a_download_streams_and_cannot_run),
    };
    return cmocka_run_group_tests(tests, open_site, close_site);
}
