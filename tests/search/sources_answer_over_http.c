// A source over HTTP that answers, refuses, dawdles, rambles or breaks: only a clear answer counts as one.
#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/env.h"
#include "check.h"
#include "search/source.h"

// The other side: says what the path asks for.
static int listening;
static char asked[4096];

static void say(int s, const char *head, const char *body) {
    char out[1024];
    int n = snprintf(out, sizeof out, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
                     head, strlen(body), body);
    (void)!write(s, out, (size_t)n);
}

static void ramble(int s) {
    static char page[4096];
    const char *head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"answer\":\"";
    memset(page, 'a', sizeof page);
    (void)!write(s, head, strlen(head));
    for (int i = 0; i < 1000; i++)
        if (send(s, page, sizeof page, MSG_NOSIGNAL) < 0) return;
}

static int grants; // tokens that were given

static void answer(int s) {
    if (strstr(asked, " /token ")) {
        bool is_known = strstr(
            asked, "grant_type=client_credentials&client_id=north&client_secret=s%26t&scope=border_check");
        grants += is_known;
        say(s, is_known ? "200 OK" : "401 Unauthorized",
            "{\"access_token\":\"oat_1\",\"token_type\":\"Bearer\",\"expires_in\":1800}");
    } else if (strstr(asked, " /hit "))
        say(s, "200 OK",
            "{\"answer\":\"hit\",\"hits\":[{\"kind\":\"alert\",\"reference\":\"ALR-1\",\"level\":\"likely\"}]"
            "}");
    else if (strstr(asked, " /none "))
        say(s, "200 OK", "{\"answer\":\"no_hit\",\"hits\":[]}");
    else if (strstr(asked, " /refused "))
        say(s, "403 Forbidden", "{\"answer\":\"no_hit\"}");
    else if (strstr(asked, " /away "))
        say(s, "302 Found\r\nLocation: /none", "{\"answer\":\"no_hit\"}");
    else if (strstr(asked, " /script "))
        say(s, "200 OK", "<html>no hit</html>");
    else if (strstr(asked, " /big "))
        ramble(s);
    else if (strstr(asked, " /slow "))
        usleep(400 * 1000);
}

static void *serve(void *nothing) {
    int s;
    (void)nothing;
    while ((s = accept(listening, NULL, NULL)) >= 0) {
        size_t n = 0;
        ssize_t got;
        while (n < sizeof asked - 1 && (got = read(s, asked + n, sizeof asked - 1 - n)) > 0) {
            asked[n += (size_t)got] = 0;
            const char *body = strstr(asked, "\r\n\r\n");
            bool is_whole =
                body && (strchr(body, '}') || strstr(body, "scope=")); // JSON, or a form in one piece
            if (is_whole) break;
        }
        answer(s);
        close(s);
    }
    return NULL;
}

static int begin(pthread_t *thread) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    listening = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listening, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(listening, 8), 0);
    assert_int_equal(getsockname(listening, (struct sockaddr *)&a, &n), 0);
    assert_int_equal(pthread_create(thread, NULL, serve, NULL), 0);
    return ntohs(a.sin_port);
}

static struct source_answer ask(struct arena *a, int port, const char *path) {
    struct sources s;
    struct problem p = {0};
    struct search_query q;
    struct source_answer out = {0};
    assert_ok(query_read(a, T("Maryam Hosseini 1991-04"), (struct date){2026, 11, 26}, &q, &p));
    struct text file = text_printf(a,
                                   "{\"sources\":[{\"name\":\"S\",\"url\":\"http://"
                                   "127.0.0.1:%d%s\",\"token\":\"secret\",\"ground\":\"Art. 1\","
                                   "\"timeout_ms\":150}]}",
                                   port, path);
    assert_ok(sources_read(a, NULL, file, &s, &p));
    s.items[0].ask(&s.items[0], &q, T("border_check"), a, &out);
    return out;
}

static void only_a_clear_answer_counts(void **state) {
    (void)state;
    struct arena a = {0};
    pthread_t thread;
    int port = begin(&thread);
    struct source_answer x = ask(&a, port, "/hit");
    assert_int_equal(x.state, SOURCE_HIT);
    assert_text(x.lines[0].reference, "ALR-1");
    assert_non_null(strstr(asked, "Authorization: Bearer secret"));
    assert_non_null(strstr(asked, "\"name\":\"Maryam Hosseini\",\"birth\":\"1991-04\""));
    assert_int_equal(ask(&a, port, "/none").state, SOURCE_NO_HIT);
    static const char *const SILENT[][2] = {{"/refused", "refused"},
                                            {"/away", "error"},
                                            {"/script", "unreadable"},
                                            {"/big", "too_long"},
                                            {"/slow", "timeout"}};
    for (size_t i = 0; i < sizeof SILENT / sizeof *SILENT; i++) {
        x = ask(&a, port, SILENT[i][0]);
        assert_int_equal(x.state, SOURCE_NO_ANSWER);
        assert_string_equal(x.why, SILENT[i][1]);
    }
    shutdown(listening, SHUT_RDWR);
    close(listening);
    pthread_join(thread, NULL);
    x = ask(&a, port, "/none");
    assert_int_equal(x.state, SOURCE_NO_ANSWER);
    assert_string_equal(x.why, "unreachable");
    arena_free(&a);
}

// A token is got once for a purpose, kept, and got anew when it is refused.
static void a_token_is_got_with_the_secret(void **state) {
    (void)state;
    struct arena a = {0};
    struct sources s;
    struct problem p = {0};
    struct search_query q;
    struct source_answer x;
    pthread_t thread;
    char path[] = "/tmp/ostia-secret-XXXXXX";
    int port = begin(&thread), secret = mkstemp(path);
    assert_int_equal(write(secret, "s&t\n", 4), 4);
    close(secret);
    struct text file =
        text_printf(&a,
                    "{\"sources\":[{\"name\":\"S\",\"url\":\"http://127.0.0.1:%d/hit\",\"token_url\":"
                    "\"http://127.0.0.1:%d/token\",\"client\":\"north\",\"secret_file\":\"%s\","
                    "\"ground\":\"Art. 1\",\"timeout_ms\":2000}]}",
                    port, port, path);
    assert_status(sources_read(&a, NULL, file, &s, &p), STATUS_INVALID); // nothing to read the secret with
    assert_ok(sources_read(&a, env_real(), file, &s, &p));
    assert_ok(query_read(&a, T("Maryam Hosseini"), (struct date){2026, 11, 26}, &q, &p));
    for (int i = 0; i < 2; i++) {
        s.items[0].ask(&s.items[0], &q, T("border_check"), &a, &x);
        assert_int_equal(x.state, SOURCE_HIT);
        assert_non_null(strstr(asked, "Authorization: Bearer oat_1"));
    }
    assert_int_equal(grants, 1);
    s.items[0].ask(&s.items[0], &q, T("visa"), &a, &x); // the secret is good for another purpose only
    assert_int_equal(x.state, SOURCE_NO_ANSWER);
    assert_string_equal(x.why, "refused");
    unlink(path);
    shutdown(listening, SHUT_RDWR);
    close(listening);
    pthread_join(thread, NULL);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_a_clear_answer_counts),
                                       cmocka_unit_test(a_token_is_got_with_the_secret)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
