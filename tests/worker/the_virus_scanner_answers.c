// Talks to a clamd that we play ourselves: clean, infected, refusing, silent, gone.
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../check.h"
#include "base/env.h"
#include "worker/scan.h"

struct clamd {
    pthread_t thread;
    int listener;
    const char *reply;   // NULL: never answers
    size_t refuse_after; // stops listening after so many bytes; 0 = never
    size_t received;
    uint8_t file[1 << 20];
    bool framed; // the file came in proper chunks
    char address[128];
};

static bool take(int fd, void *into, size_t n) {
    for (uint8_t *p = into; n > 0;) {
        ssize_t got = read(fd, p, n);
        if (got <= 0) return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

static void converse(struct clamd *c, int fd) {
    char command[10];
    uint32_t length;
    if (!take(fd, command, sizeof command) || memcmp(command, "zINSTREAM", 10) != 0) return;
    while (take(fd, &length, 4) && ntohl(length) > 0) {
        if (c->refuse_after && c->received + ntohl(length) > c->refuse_after) break;
        if (c->received + ntohl(length) > sizeof c->file || !take(fd, c->file + c->received, ntohl(length)))
            return;
        c->received += ntohl(length);
        length = 1;
    }
    c->framed = length == 0;
    char wait;
    if (!c->reply)
        (void)!read(fd, &wait, 1);
    else
        (void)!write(fd, c->reply, strlen(c->reply) + 1);
    if (c->refuse_after) shutdown(fd, SHUT_RD);
}

static void *serve(void *arg) {
    struct clamd *c = arg;
    int fd = accept(c->listener, NULL, NULL);
    if (fd >= 0) converse(c, fd);
    if (fd >= 0) close(fd);
    return NULL;
}

static void clamd_start(struct clamd *c, bool tcp) {
    if (tcp) {
        struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t n = sizeof in;
        c->listener = socket(AF_INET, SOCK_STREAM, 0);
        assert_int_equal(bind(c->listener, (struct sockaddr *)&in, sizeof in), 0);
        getsockname(c->listener, (struct sockaddr *)&in, &n);
        snprintf(c->address, sizeof c->address, "127.0.0.1:%d", ntohs(in.sin_port));
    } else {
        struct sockaddr_un un = {.sun_family = AF_UNIX};
        snprintf(c->address, sizeof c->address, "/tmp/ostia-clamd-%d", (int)getpid());
        unlink(c->address);
        memcpy(un.sun_path, c->address, strlen(c->address) + 1);
        c->listener = socket(AF_UNIX, SOCK_STREAM, 0);
        assert_int_equal(bind(c->listener, (struct sockaddr *)&un, sizeof un), 0);
    }
    assert_int_equal(listen(c->listener, 1), 0);
    assert_int_equal(pthread_create(&c->thread, NULL, serve, c), 0);
}

static void clamd_stop(struct clamd *c) {
    pthread_join(c->thread, NULL);
    close(c->listener);
    unlink(c->address);
}

static struct clamd *clamd;
static int begin(void **state) {
    (void)state;
    clamd = calloc(1, sizeof *clamd);
    return clamd ? 0 : -1;
}
static int end(void **state) {
    (void)state;
    free(clamd);
    return 0;
}

static void a_clean_file_is_clean(void **state) {
    (void)state;
    struct arena a = {0};
    struct scan_result r;
    FILE *f = tmpfile();
    assert_non_null(f);
    for (int i = 0; i < 50000; i++) fprintf(f, "%d\n", i);
    rewind(f);
    clamd->reply = "stream: OK";
    clamd_start(clamd, false);
    assert_ok(scan_stream(env_real(), text_of(clamd->address), fileno(f), 5000, &a, &r));
    clamd_stop(clamd);
    assert_int_equal(r.verdict, SCAN_CLEAN);
    assert_true(clamd->framed);
    assert_int_equal(clamd->received, 288890);
    assert_memory_equal(clamd->file, "0\n1\n2\n", 6);
    assert_memory_equal(clamd->file + clamd->received - 6, "49999\n", 6);
    fclose(f);
    arena_free(&a);
}

static void a_virus_is_named(void **state) {
    (void)state;
    struct arena a = {0};
    struct scan_result r;
    clamd->reply = "stream: Win.Test.EICAR HDB-1 FOUND";
    clamd_start(clamd, true);
    assert_ok(scan_bytes(env_real(), text_of(clamd->address), bytes_of(T("X5O!...")), 5000, &a, &r));
    clamd_stop(clamd);
    assert_int_equal(r.verdict, SCAN_INFECTED);
    assert_text(r.name, "Win.Test.EICAR_HDB-1");
    arena_free(&a);
}

static void a_refusal_is_no_clean_bill(void **state) {
    (void)state;
    struct arena a = {0};
    struct scan_result r;
    uint8_t *large = arena_alloc(&a, 1 << 20);
    clamd->reply = "INSTREAM size limit exceeded. ERROR";
    clamd->refuse_after = 100000;
    clamd_start(clamd, false);
    assert_ok(scan_bytes(env_real(), text_of(clamd->address), (struct bytes){large, 1 << 20}, 5000, &a, &r));
    clamd_stop(clamd);
    assert_true(r.verdict == SCAN_REFUSED ||
                r.verdict == SCAN_NOT_AVAILABLE); // a reset may overtake the reply
    arena_free(&a);
}

static void an_ok_after_half_a_file_is_not_believed(void **state) {
    (void)state;
    struct arena a = {0};
    struct scan_result r;
    uint8_t *large = arena_alloc(&a, 8 << 20);
    clamd->reply = "stream: OK";
    clamd->refuse_after = 100000;
    clamd_start(clamd, false);
    assert_ok(scan_bytes(env_real(), text_of(clamd->address), (struct bytes){large, 8 << 20}, 5000, &a, &r));
    clamd_stop(clamd);
    assert_int_equal(r.verdict, SCAN_NOT_AVAILABLE);
    arena_free(&a);
}

static void silence_is_not_available(void **state) {
    (void)state;
    static const char *const REPLIES[] = {NULL, "", "stream: ", "what?", "OK FOUND OK"};
    for (size_t i = 0; i < sizeof REPLIES / sizeof *REPLIES; i++) {
        struct arena a = {0};
        struct scan_result r;
        memset(clamd, 0, sizeof *clamd);
        clamd->reply = REPLIES[i];
        clamd_start(clamd, false);
        assert_ok(scan_bytes(env_real(), text_of(clamd->address), bytes_of(T("file")), 300, &a, &r));
        clamd_stop(clamd);
        assert_int_equal(r.verdict, SCAN_NOT_AVAILABLE);
        arena_free(&a);
    }
}

static void nobody_there_is_not_available(void **state) {
    (void)state;
    static const char *const ADDRESSES[] = {"/nonexistent/clamd.ctl",
                                            "127.0.0.1:1",
                                            "clamd.example:3310",
                                            "",
                                            ":",
                                            "127.0.0.1:",
                                            "127.0.0.1",
                                            "[::1:3310",
                                            "127.0.0.1:99999999999"};
    for (size_t i = 0; i < sizeof ADDRESSES / sizeof *ADDRESSES; i++) {
        struct arena a = {0};
        struct scan_result r;
        assert_ok(scan_bytes(env_real(), text_of(ADDRESSES[i]), bytes_of(T("file")), 1000, &a, &r));
        assert_int_equal(r.verdict, SCAN_NOT_AVAILABLE);
        arena_free(&a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_clean_file_is_clean, begin, end),
        cmocka_unit_test_setup_teardown(a_virus_is_named, begin, end),
        cmocka_unit_test_setup_teardown(a_refusal_is_no_clean_bill, begin, end),
        cmocka_unit_test_setup_teardown(an_ok_after_half_a_file_is_not_believed, begin, end),
        cmocka_unit_test_setup_teardown(silence_is_not_available, begin, end),
        cmocka_unit_test(nobody_there_is_not_available),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
