// People read their own language; style sheets come small, once, and are never asked for again.
#include "site.h"
#include "web/format.h"

static struct web *web;

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

static void assert_language(const char *target, const char *headers, const char *wanted) {
    struct reply r = site_say(web, "GET", target, headers, "");
    assert_reply(r, 200);
    if (!strstr(r.body, wanted)) fail_msg("%s %s: no %s in\n%.300s", target, headers, wanted, r.body);
    free(r.all);
}

static void the_language_is_the_chosen_the_kept_the_browsers_or_english(void **state) {
    (void)state;
    assert_language("/", "", "<html lang=\"en\" dir=\"ltr\"");
    assert_language("/", "Accept-Language: de-DE, uk;q=0.8, fr;q=0.9\r\n", "<html lang=\"fr\"");
    assert_language("/", "Accept-Language: fr-CA;q=0, uk-UA\r\n", "<html lang=\"uk\"");
    assert_language("/", "Accept-Language: fr\r\nCookie: ostia-lang=fa\r\n", "<html lang=\"fa\" dir=\"rtl\"");
    assert_language("/?lang=ar", "Cookie: ostia-lang=fa\r\n", "<html lang=\"ar\" dir=\"rtl\"");
    assert_language("/?lang=xx", "Cookie: ostia-lang=../etc\r\n", "<html lang=\"en\"");
    assert_language("/", "Cookie: ostia-session=applicant\r\n", "<html lang=\"fr\"");
    assert_language("/?lang=ar", "", "href=\"/assets/app-rtl.");
    assert_language("/kit?rows=2&lang=uk", "", "href=\"/kit?rows=2&amp;lang=fa\"");
    assert_language("/?lang=ar", "", "ostia-unchecked");
    struct reply r = site_say(web, "GET", "/?lang=ar", "", "");
    assert_true(reply_has(&r, "Set-Cookie: ostia-lang=ar; Path=/; HttpOnly; SameSite=Lax; Max-Age="));
    free(r.all);
}

static void the_first_view_is_below_100_kilobytes(void **state) {
    (void)state;
    struct reply page = site_say(web, "GET", "/?lang=ar", "", "");
    size_t total = page.n;
    for (const char *at = page.body; (at = strstr(at, "\"/assets/")); at++) {
        char path[200];
        snprintf(path, sizeof path, "%.*s", (int)strcspn(at + 1, "\""), at + 1);
        struct reply r = site_say(web, "GET", path, "Accept-Encoding: gzip\r\n", "");
        assert_reply(r, 200);
        total += r.n;
        free(r.all);
    }
    free(page.all);
    print_message("first view: %zu bytes\n", total);
    assert_in_range(total, 10000, 100000);
}

static void assets_are_kept_for_ever_and_compressed(void **state) {
    (void)state;
    struct reply page = site_say(web, "GET", "/", "", "");
    char path[200], etag[100], condition[200];
    snprintf(path, sizeof path, "/assets/app.%s", reply_part(&page, "href=\"/assets/app.", "\""));
    free(page.all);
    struct reply plain = site_say(web, "GET", path, "", ""),
                 br = site_say(web, "GET", path, "Accept-Encoding: gzip, br\r\n", "");
    struct reply no = site_say(web, "GET", path, "Accept-Encoding: br;q=0, gzip;q=0\r\n", "");
    assert_true(reply_has(&plain, "Cache-Control: public, max-age=31536000, immutable"));
    assert_true(reply_has(&plain, "Content-Type: text/css; charset=utf-8"));
    assert_true(reply_has(&br, "Content-Encoding: br"));
    assert_true(reply_has(&br, "Vary: Accept-Encoding"));
    assert_false(reply_has(&no, "Content-Encoding"));
    assert_true(br.body_n * 3 < plain.body_n);
    snprintf(etag, sizeof etag, "%s", reply_part(&plain, "ETag: ", "\r"));
    snprintf(condition, sizeof condition, "If-None-Match: \"other\", W/%s\r\n", etag);
    struct reply again = site_say(web, "GET", path, condition, "");
    assert_reply(again, 304);
    assert_int_equal(again.body_n, 0);
    struct reply head = site_say(web, "HEAD", path, "", "");
    assert_reply(head, 200);
    assert_int_equal(head.body_n, 0);
    free(plain.all), free(br.all), free(no.all), free(again.all), free(head.all);
}

static void every_part_shows_in_every_language(void **state) {
    (void)state;
    static const char *const LANGUAGES[] = {"en", "fr", "ar", "uk", "fa"};
    for (size_t i = 0; i < 5; i++) {
        char target[50];
        snprintf(target, sizeof target, "/kit?lang=%s", LANGUAGES[i]);
        struct reply r = site_say(web, "GET", target, "", "");
        assert_reply(r, 200);
        assert_true(reply_has(&r, "Label &lt;as text&gt;"));
        assert_false(reply_has(&r, "{{"));
        free(r.all);
    }
}

static void mistakes_come_back_beside_their_fields(void **state) {
    (void)state;
    struct reply form = site_say(web, "GET", "/kit", "", "");
    char headers[300], body[600];
    snprintf(headers, sizeof headers,
             "Content-Type: application/x-www-form-urlencoded\r\nCookie: ostia-visit=%s\r\n",
             reply_part(&form, "ostia-visit=", ";"));
    snprintf(body, sizeof body, "csrf=%s&street=&birth-day=31&birth-month=2&birth-year=1990",
             reply_part(&form, "name=\"csrf\" value=\"", "\""));
    free(form.all);
    struct reply r = site_say(web, "POST", "/kit", headers, body);
    assert_reply(r, 422);
    assert_true(reply_has(&r, "<title>Error: "));
    assert_true(reply_has(&r, "<a href=\"#street\">Answer this question</a>"));
    assert_true(reply_has(&r, "<p id=\"birth-error\" class=\"govuk-error-message\">"));
    assert_true(reply_has(&r, "name=\"birth-day\" type=\"text\" inputmode=\"numeric\" value=\"31\""));
    free(r.all);
}

static void a_list_of_a_hundred_is_shown_in_time(void **state) {
    (void)state;
    enum { RUNS = 50 };
    struct timespec from, to;
    double best = 1e9;
    for (int i = 0; i < RUNS; i++) {
        clock_gettime(CLOCK_MONOTONIC, &from);
        struct reply r = site_say(web, "GET", "/kit?rows=100&lang=fr", "", "");
        clock_gettime(CLOCK_MONOTONIC, &to);
        assert_reply(r, 200);
        free(r.all);
        double ms = (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
        if (ms < best) best = ms;
    }
    print_message("a page of 100 rows with connection and parsing: %.2f ms\n", best);
    assert_true(best < 50); // generous: sanitizers and busy machines
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_language_is_the_chosen_the_kept_the_browsers_or_english),
        cmocka_unit_test(the_first_view_is_below_100_kilobytes),
        cmocka_unit_test(assets_are_kept_for_ever_and_compressed),
        cmocka_unit_test(every_part_shows_in_every_language),
        cmocka_unit_test(mistakes_come_back_beside_their_fields),
        cmocka_unit_test(a_list_of_a_hundred_is_shown_in_time),
    };
    return cmocka_run_group_tests(tests, open_site, close_site);
}
