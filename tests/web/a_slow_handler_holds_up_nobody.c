// Handlers may wait; the connections of everybody else go on, and a flood of sign-ins fills its own lane
// only.
#include "site.h"

enum { SLOW_MS = 1500, CLIENTS = 12 };

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Atomic int slow_done;

static enum status slow(struct request *q, struct response *r) {
    (void)q;
    usleep(SLOW_MS * 1000);
    slow_done++;
    r->media = T("text/plain; charset=utf-8");
    out_c(&r->body, "slow");
    return STATUS_OK;
}

static const struct route SLOW_ROUTES[] = {
    {GET, "/slow", slow, NEEDS(ANYONE)}, {POST, "/password", slow, NEEDS(ANYONE), RATE_SIGN_IN}, {0}};
static const struct page_template *const NO_TEMPLATES[] = {NULL};
static const struct page_module SLOW = {SLOW_ROUTES, NO_TEMPLATES};
static const struct page_module *const SLOW_MODULES[] = {&START_PAGES, &HEALTH_PAGES, &SITE, &SLOW, NULL};

static struct web *slow_site(unsigned threads) {
    static struct web_config c;
    c = (struct web_config){.threads = threads};
    slow_done = 0;
    return site_start_with(&c, SLOW_MODULES);
}

static int begin(const struct web *w, const char *request) {
    int fd = site_connect(w);
    assert_true(site_send(fd, request, strlen(request)));
    return fd;
}

static void end(int fd, int status) {
    struct reply r = site_read(fd);
    assert_reply(r, status);
    free(r.all);
}

static void every_connection_goes_on_while_handlers_wait(void **state) {
    (void)state;
    struct web *w = slow_site(6);
    int fds[5];
    for (int i = 0; i < 5; i++)
        fds[i] = begin(w, "GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    usleep(100000);
    double from = seconds();
    for (int i = 0; i < 40; i++) { // more than one connection for each thread that talks to browsers
        struct reply r = site_say(w, "GET", i % 2 ? "/health/live" : "/", "", "");
        assert_reply(r, 200);
        free(r.all);
    }
    assert_true(seconds() - from < 1);
    assert_int_equal(slow_done, 0);
    for (int i = 0; i < 5; i++) end(fds[i], 200);
    web_stop(w);
}

static void a_flood_of_sign_ins_leaves_pages_alone(void **state) {
    (void)state;
    struct web *w = slow_site(2);
    struct reply r = site_say(w, "GET", "/token", "", "");
    char request[900], body[400];
    int fds[CLIENTS];
    snprintf(body, sizeof body, "csrf=%s", r.body);
    snprintf(request, sizeof request,
             "POST /password HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: ostia-visit=%s\r\n"
             "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
             reply_part(&r, "ostia-visit=", ";"), strlen(body), body);
    free(r.all);
    for (int i = 0; i < CLIENTS; i++) fds[i] = begin(w, request);
    usleep(100000);
    double from = seconds();
    for (int i = 0; i < 20; i++) {
        r = site_say(w, "GET", "/", "", "");
        assert_reply(r, 200);
        free(r.all);
    }
    assert_true(seconds() - from < 1);
    for (int i = 0; i < CLIENTS; i++) end(fds[i], 200);
    assert_int_equal(slow_done, CLIENTS);
    web_stop(w);
}

static void stopping_answers_what_is_under_way(void **state) {
    (void)state;
    struct web *w = slow_site(1);
    int fds[3];
    for (int i = 0; i < 3; i++)
        fds[i] = begin(w, "GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    usleep(200000);
    web_stop(w);
    assert_int_equal(slow_done, 3);
    for (int i = 0; i < 3; i++) close(fds[i]);
}

static void who_goes_away_meanwhile_is_forgotten(void **state) {
    (void)state;
    struct web *w = slow_site(4);
    for (int i = 0; i < 8; i++)
        close(begin(w, "GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    while (slow_done < 8) usleep(50000);
    struct reply r = site_say(w, "GET", "/health/live", "", "");
    assert_reply(r, 200);
    free(r.all);
    web_stop(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_connection_goes_on_while_handlers_wait),
        cmocka_unit_test(a_flood_of_sign_ins_leaves_pages_alone),
        cmocka_unit_test(stopping_answers_what_is_under_way),
        cmocka_unit_test(who_goes_away_meanwhile_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
