// A handler that hands on a person's words must not stop the server, lead elsewhere, or show a file as a
// page.
#include "site.h"

static struct web *web;

static int open_site(void **state) {
    (void)state;
    static struct web_config c = {.is_behind_proxy = true};
    web = site_start(&c);
    return 0;
}
static int close_site(void **state) {
    (void)state;
    web_stop(web);
    return 0;
}

static void assert_leads(const char *to, const char *wanted) {
    char target[2100], location[2200];
    snprintf(target, sizeof target, "/go?to=%s", to);
    snprintf(location, sizeof location, "Location: %s\r\n", wanted);
    struct reply r = site_say(web, "GET", target, "", "");
    assert_reply(r, 303);
    if (!reply_has(&r, location)) fail_msg("%s: %.300s", to, r.all);
    free(r.all);
}

static void a_redirect_stays_here_and_the_server_lives(void **state) {
    (void)state;
    static char far[2000];
    assert_leads("/things/7", "/things/7");
    assert_leads("//evil.example", "/");
    assert_leads("https://evil.example", "/");
    assert_leads("/%5Cevil.example", "/");
    assert_leads("/a%0D%0ASet-Cookie:x=1", "/");
    assert_leads("/caf%C3%A9", "/");
    assert_leads("", "/");
    memset(far, 'a', sizeof far - 1);
    far[0] = '/';
    assert_leads(far, far); // long, but ours
}

static void an_address_to_return_to_leaves_room_to_hand_it_on(void **state) {
    (void)state;
    static char path[URL_BYTES_MAX];
    memset(path, 'a', sizeof path);
    path[0] = '/';
    assert_true(path_is_local((struct text){path, NEXT_BYTES_MAX}));
    assert_false(path_is_local((struct text){path, NEXT_BYTES_MAX + 1}));
    assert_true(NEXT_BYTES_MAX + 200 < LOCATION_BYTES_MAX);
}

static void only_pictures_and_pdf_are_shown_inline(void **state) {
    (void)state;
    static const struct {
        const char *media, *type;
        bool is_inline;
    } FILES[] = {{"image/png", "image/png", true},
                 {"image/jpeg", "image/jpeg", true},
                 {"application/pdf", "application/pdf", true},
                 {"text/html", "text/html", false},
                 {"image/svg%2Bxml", "image/svg+xml", false},
                 {"text/html%0D%0AX-Evil:1", "application/octet-stream", false},
                 {"", "application/octet-stream", false},
                 {"%E2%80%AE/a", "application/octet-stream", false}};
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        char target[300], type[100];
        snprintf(target, sizeof target, "/show?name=a%%22%%0Ab.html&media=%s", FILES[i].media);
        snprintf(type, sizeof type, "Content-Type: %s\r\n", FILES[i].type);
        struct reply r = site_say(web, "GET", target, "", "");
        assert_reply(r, 200);
        if (!reply_has(&r, type)) fail_msg("%s: %.600s", FILES[i].media, r.all);
        assert_int_equal(reply_has(&r, "Content-Disposition: inline; "), FILES[i].is_inline);
        assert_int_equal(reply_has(&r, "Content-Disposition: attachment; "), !FILES[i].is_inline);
        assert_true(reply_has(&r, "nosniff"));
        assert_true(reply_has(&r, "Content-Security-Policy: default-src 'none'; "));
        assert_false(reply_has(&r, "X-Evil"));
        free(r.all);
    }
}

static void a_header_that_cannot_be_is_left_out(void **state) {
    (void)state;
    struct reply r = site_say(web, "GET", "/show?media=image/png&word=a%0D%0AX-Evil:%201", "", "");
    assert_reply(r, 200);
    assert_false(reply_has(&r, "X-Evil"));
    assert_false(reply_has(&r, "X-Word"));
    free(r.all);
}

static void assert_client(const char *headers, const char *wanted) {
    struct reply r = site_say(web, "GET", "/client", headers, "");
    assert_reply(r, 200);
    assert_string_equal(r.body, wanted);
    free(r.all);
}

static void the_last_word_of_the_proxy_names_the_client(void **state) {
    (void)state;
    assert_client("", "127.0.0.1");
    assert_client("X-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1");
    assert_client("X-Forwarded-For: 198.51.100.9, 192.0.2.1\r\n", "192.0.2.1");
    assert_client("X-Forwarded-For: 198.51.100.9\r\nx-forwarded-for: 192.0.2.1\r\n", "192.0.2.1");
    assert_client("X-Forwarded-For: <b>\r\n", "127.0.0.1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_redirect_stays_here_and_the_server_lives),
        cmocka_unit_test(an_address_to_return_to_leaves_room_to_hand_it_on),
        cmocka_unit_test(only_pictures_and_pdf_are_shown_inline),
        cmocka_unit_test(a_header_that_cannot_be_is_left_out),
        cmocka_unit_test(the_last_word_of_the_proxy_names_the_client),
    };
    return cmocka_run_group_tests(tests, open_site, close_site);
}
