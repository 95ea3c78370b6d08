// A form counts only when it comes from our own page, in the same session, with all its fields in order.
#include "site.h"

static struct web *web;
static char token[300], visit[100], session_form[300];

static int open_site(void **state) {
    (void)state;
    static struct web_config c;
    web = site_start(&c);
    return 0;
}
static int close_site(void **state) {
    (void)state;
    web_stop(web);
    return 0;
}

// A visitor opens the page: gets a cookie and a token.
static int visit_page(void **state) {
    (void)state;
    struct reply r = site_say(web, "GET", "/token", "", "");
    assert_reply(r, 200);
    snprintf(token, sizeof token, "%s", r.body);
    snprintf(visit, sizeof visit, "Cookie: ostia-visit=%s\r\n", reply_part(&r, "ostia-visit=", ";"));
    assert_true(reply_has(&r, "; Path=/; HttpOnly; SameSite=Lax"));
    free(r.all);
    return 0;
}

static int post(const char *target, const char *cookie, const char *more, const char *body) {
    char headers[700];
    snprintf(headers, sizeof headers, "Content-Type: application/x-www-form-urlencoded\r\n%s%s", cookie,
             more);
    struct reply r = site_say(web, "POST", target, headers, body);
    int status = r.status;
    free(r.all);
    return status;
}

static void the_token_must_fit_the_cookie(void **state) {
    (void)state;
    char body[600];
    snprintf(body, sizeof body, "name=Ana+%%C5%%A0&csrf=%s", token);
    assert_int_equal(post("/things/7", visit, "", body), 200);
    assert_int_equal(post("/things/7", "", "", body), 403);
    assert_int_equal(post("/things/7", "Cookie: ostia-visit=other\r\n", "", body), 403);
    assert_int_equal(post("/things/7", visit, "", "name=Ana"), 403);
    assert_int_equal(post("/things/7", visit, "", "csrf=AAAA"), 403);
    assert_int_equal(post("/things/7", "Cookie: ostia-session=applicant\r\n", "", body), 403);
}

static void other_sites_are_refused_even_with_the_token(void **state) {
    (void)state;
    char body[600], own[100];
    snprintf(body, sizeof body, "csrf=%s", token);
    snprintf(own, sizeof own, "Origin: http://localhost:%u\r\n", web_port(web));
    assert_int_equal(post("/things/7", visit, own, body), 200);
    assert_int_equal(post("/things/7", visit, "Origin: https://evil.example\r\n", body), 403);
    assert_int_equal(post("/things/7", visit, "Sec-Fetch-Site: cross-site\r\n", body), 403);
    assert_int_equal(post("/things/7", visit, "Sec-Fetch-Site: same-site\r\n", body), 403);
    assert_int_equal(post("/things/7", visit, "Origin: null\r\nSec-Fetch-Site: same-origin\r\n", body), 200);
}

static void the_token_of_a_session_is_on_its_pages(void **state) {
    (void)state;
    const char *cookie = "Cookie: ostia-session=officer\r\n";
    struct reply r = site_say(web, "GET", "/", cookie, "");
    assert_reply(r, 200);
    assert_true(reply_has(&r, "O. Ficer, Unit 1"));
    snprintf(session_form, sizeof session_form, "csrf=%s",
             reply_part(&r, "<meta name=\"csrf\" content=\"", "\""));
    free(r.all);
    assert_int_equal(post("/staff", cookie, "", session_form), 200);
    assert_int_equal(post("/staff", visit, "", session_form), 401);
}

static void a_notice_is_shown_once_after_the_redirect(void **state) {
    (void)state;
    char headers[300];
    snprintf(headers, sizeof headers,
             "Content-Type: application/x-www-form-urlencoded\r\nCookie: ostia-session=officer\r\n");
    struct reply r = site_say(web, "POST", "/done", headers, session_form);
    assert_reply(r, 303);
    assert_true(reply_has(&r, "Location: /\r\n"));
    assert_true(reply_has(&r, "ostia-notice=notice.saved; "));
    free(r.all);
    r = site_say(web, "GET", "/", "Cookie: ostia-notice=notice.saved\r\n", "");
    assert_true(reply_has(&r, "Your changes are saved"));
    assert_true(reply_has(&r, "ostia-notice=; "));
    free(r.all);
    r = site_say(web, "GET", "/", "Cookie: ostia-notice=start.title\r\n", "");
    assert_false(reply_has(&r, "govuk-notification-banner__heading"));
    free(r.all);
}

static void bodies_of_the_wrong_kind_or_size_are_refused(void **state) {
    (void)state;
    char headers[400];
    static char large[1700000];
    snprintf(headers, sizeof headers, "Content-Type: text/xml\r\n%s", visit);
    struct reply r = site_say(web, "POST", "/things/7", headers, "<a/>");
    assert_reply(r, 415);
    free(r.all);
    assert_int_equal(post("/things/7", visit, "", "a=%zz"), 400);
    assert_int_equal(post("/things/7", visit, "", "a=%ff"), 400);
    assert_int_equal(post("/things/7", visit, "", "a=%00"), 400);
    memset(large, 'a', sizeof large - 1);
    memcpy(large, "name=", 5);
    assert_int_equal(post("/things/7", visit, "", large), 413);
    large[70000] = 0;
    assert_int_equal(post("/things/7", visit, "", large), 413);
    size_t n = 0;
    for (int i = 0; i < BODY_FIELDS_MAX + 2; i++) n += (size_t)sprintf(large + n, "f%d=1&", i);
    assert_int_equal(post("/things/7", visit, "", large), 413);
    assert_int_equal(post("/api", visit, "", "a=1"), 403);
}

static void json_needs_the_token_in_a_header(void **state) {
    (void)state;
    char headers[700];
    snprintf(headers, sizeof headers, "Content-Type: application/json\r\n%sX-CSRF-Token: %s\r\n", visit,
             token);
    struct reply r = site_say(web, "POST", "/api", headers, "{\"a\":1}");
    assert_reply(r, 200);
    free(r.all);
    snprintf(headers, sizeof headers, "Content-Type: application/json\r\n%s", visit);
    r = site_say(web, "POST", "/api", headers, "{\"a\":1}");
    assert_reply(r, 403);
    assert_true(reply_has(&r, "application/problem+json"));
    free(r.all);
}

static void cookies_are_strict_behind_https(void **state) {
    (void)state;
    struct web_config c = {.origin = T("https://asylum.example")};
    struct web *https = site_start(&c);
    struct reply r = site_say(https, "GET", "/token", "", "");
    assert_true(reply_has(&r, "Set-Cookie: __Host-ostia-visit="));
    assert_true(reply_has(&r, "; Secure"));
    free(r.all);
    web_stop(https);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_token_must_fit_the_cookie, visit_page),
        cmocka_unit_test_setup(other_sites_are_refused_even_with_the_token, visit_page),
        cmocka_unit_test_setup(the_token_of_a_session_is_on_its_pages, visit_page),
        cmocka_unit_test(a_notice_is_shown_once_after_the_redirect),
        cmocka_unit_test_setup(bodies_of_the_wrong_kind_or_size_are_refused, visit_page),
        cmocka_unit_test_setup(json_needs_the_token_in_a_header, visit_page),
        cmocka_unit_test(cookies_are_strict_behind_https),
    };
    return cmocka_run_group_tests(tests, open_site, close_site);
}
