// A file of 20 MB goes through in little memory, in pieces of any size; broken and unasked ones are ended
// properly.
#include <malloc.h>

#include "base/arena.h"
#include "site.h"
#include "web/body.h"

#define BOUNDARY "----WebKitFormBoundary7MA4YWxkTrZu0gW"
enum { FILE_BYTES = 20 * 1000 * 1000, MEMORY_MAX_BYTES = 8 * 1024 * 1024 };

static long resident_kb(void) {
    FILE *f = fopen("/proc/self/statm", "r");
    long total = 0, resident = 0;
    if (fscanf(f, "%ld %ld", &total, &resident) != 2) resident = 0;
    fclose(f);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static int begin_upload(const struct web *w, const char *headers, const char *token, size_t file_bytes,
                        bool token_first) {
    char head[2000], before[1500], csrf[600];
    const char *after = "\r\n--" BOUNDARY "--\r\n";
    snprintf(csrf, sizeof csrf,
             "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n", token);
    snprintf(before, sizeof before,
             "%s--" BOUNDARY
             "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"caf\u00e9 %%22.pdf\"\r\n"
             "Content-Type: application/pdf\r\n\r\n",
             token_first ? csrf : "");
    snprintf(head, sizeof head,
             "POST /upload HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s"
             "Content-Type: multipart/form-data; boundary=" BOUNDARY "\r\nContent-Length: %zu\r\n\r\n%s",
             headers, strlen(before) + file_bytes + strlen(after), before);
    int fd = site_connect(w);
    assert_true(site_send(fd, head, strlen(head)));
    return fd;
}

static void get_token(const struct web *w, char token[300], char cookie[120]) {
    struct reply r = site_say(w, "GET", "/token", "", "");
    snprintf(token, 300, "%s", r.body);
    snprintf(cookie, 120, "Cookie: ostia-visit=%s\r\n", reply_part(&r, "ostia-visit=", ";"));
    free(r.all);
}

static void twenty_megabytes_stay_small(void **state) {
    (void)state;
    struct web_config c = {.idle_s = 1};
    struct web *w = site_start(&c);
    char token[300], cookie[120];
    static char piece[100000];
    get_token(w, token, cookie);
    memset(piece, '\r', sizeof piece); // the worst byte: each may begin a delimiter
    counted = (struct counted){0};
    int fd = begin_upload(w, cookie, token, FILE_BYTES, true);
    long before = resident_kb(), most = before;
    for (int i = 0; i < FILE_BYTES / (int)sizeof piece; i++) {
        assert_true(site_send(fd, piece, sizeof piece));
        long now = resident_kb();
        if (now > most) most = now;
    }
    site_send(fd, "\r\n--" BOUNDARY "--\r\n", strlen("\r\n--" BOUNDARY "--\r\n"));
    struct reply r = site_read(fd);
    assert_reply(r, 200);
    free(r.all);
    assert_int_equal(counted.bytes, FILE_BYTES);
    assert_int_equal(counted.complete, 1);
    assert_string_equal(counted.first_name, "caf\u00e9 \".pdf");
    if (most - before > MEMORY_MAX_BYTES / 1024) fail_msg("%ld kB grew to %ld kB", before, most);

    // A connection that breaks in the middle ends its file as incomplete.
    counted = (struct counted){0};
    fd = begin_upload(w, cookie, token, FILE_BYTES, true);
    site_send(fd, piece, sizeof piece);
    close(fd);
    for (int i = 0; i < 200 && !counted.ended; i++) usleep(20000);
    assert_int_equal(counted.ended, 1);
    assert_int_equal(counted.complete, 0);

    // Without the token before it no byte of a file is taken.
    counted = (struct counted){0};
    fd = begin_upload(w, cookie, token, 1000, false);
    memset(piece, 'x', 1000);
    site_send(fd, piece, 1000);
    site_send(fd, "\r\n--" BOUNDARY "--\r\n", strlen("\r\n--" BOUNDARY "--\r\n"));
    r = site_read(fd);
    assert_reply(r, 403);
    free(r.all);
    assert_int_equal(counted.begun, 0);

    // A body that says it is larger than any we take is refused before it is sent.
    char head[500];
    snprintf(head, sizeof head,
             "POST /upload HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%sContent-Type: "
             "multipart/form-data; "
             "boundary=x\r\nContent-Length: %d\r\n\r\n",
             cookie, BODY_BYTES_MAX + 1);
    r = site_ask(w, head, strlen(head));
    assert_reply(r, 413);
    free(r.all);

    // A piece of a file as a raw body, for uploads that resume.
    char headers[700];
    counted = (struct counted){0};
    snprintf(headers, sizeof headers, "%sX-CSRF-Token: %s\r\nContent-Type: application/octet-stream\r\n",
             cookie, token);
    r = site_say(w, "POST", "/upload", headers, "12345");
    assert_reply(r, 200);
    free(r.all);
    assert_int_equal(counted.bytes, 5);
    assert_int_equal(counted.complete, 1);
    web_stop(w);
}

// ---- the parser alone, with every way of cutting the same body

static struct out got;
static int ended, complete;
static enum status keep_begin(void *c, struct text field, struct text name, struct text media, void **file) {
    (void)c, (void)file;
    out_printf(&got, "[" TEXT_FMT "|" TEXT_FMT "|" TEXT_FMT "]", TEXT_ARG(field), TEXT_ARG(name),
               TEXT_ARG(media));
    return STATUS_OK;
}
static enum status keep_bytes(void *c, void *file, struct bytes chunk) {
    (void)c, (void)file;
    out_text(&got, text_of_bytes(chunk));
    return STATUS_OK;
}
static enum status keep_end(void *c, void *file, bool is_complete) {
    (void)c, (void)file;
    ended++;
    complete += is_complete;
    return STATUS_OK;
}

static enum status parse_cut(struct arena *a, const char *body, size_t cut, struct body **b) {
    static const struct body_files KEEP = {NULL, NULL, keep_begin, keep_bytes, keep_end, 0};
    size_t n = strlen(body);
    got = (struct out){.arena = a};
    ended = complete = 0;
    assert_ok(body_new(a, T("multipart/form-data; boundary=\"AaB03x\""), false, &KEEP, b));
    for (size_t i = 0; i < n; i += cut) {
        enum status st = body_feed(*b, (struct bytes){(const uint8_t *)body + i, n - i < cut ? n - i : cut});
        if (st) return body_abort(*b), st;
    }
    return body_end(*b);
}

static void a_body_means_the_same_however_it_is_cut(void **state) {
    (void)state;
    const char *body = "preamble\r\n--AaB03x\r\ncontent-disposition: form-data; "
                       "name=\"a\"\r\n\r\none\r\n--AaB03\r\n--AaB03x  \r\n"
                       "Content-Disposition: form-data; name=\"empty\"; filename=\"\"\r\nContent-Type: "
                       "application/octet-stream\r\n\r\n"
                       "\r\n--AaB03x\r\nContent-Disposition: form-data; name=\"f\"; "
                       "filename=\"x.txt\"\r\nContent-Type: text/plain\r\n\r\n"
                       "\r\n\r\r\n--AaB03\r\n--AaB03\r\n--AaB03x--\r\nepilogue";
    for (size_t cut = 1; cut < 80; cut++) {
        struct arena a = {0};
        struct body *b;
        assert_ok(parse_cut(&a, body, cut, &b));
        assert_int_equal(body_fields(b)->count, 1);
        assert_text(body_fields(b)->items[0].value, "one\r\n--AaB03");
        assert_text(out_done(&got), "[f|x.txt|text/plain]\r\n\r\r\n--AaB03\r\n--AaB03");
        assert_int_equal(ended, 1);
        assert_int_equal(complete, 1);
        arena_free(&a);
    }
}

static void broken_bodies_are_refused(void **state) {
    (void)state;
    static const char *const BROKEN[] = {
        "",
        "--AaB03x",
        "--AaB03x\r\n",
        "--AaB03x\r\n\r\n",
        "--AaB03xy\r\n",
        "--AaB03x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--AaB03x--",
        "--AaB03x\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--AaB03x--",
        "--AaB03x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx",
        "--AaB03x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"\"\r\n\r\nx\r\n--AaB03x--",
        "--AaB03x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--AaB03x--",
    };
    for (size_t i = 0; i < sizeof BROKEN / sizeof *BROKEN; i++) {
        struct arena a = {0};
        struct body *b;
        if (parse_cut(&a, BROKEN[i], 7, &b) != STATUS_INVALID) fail_msg("accepted: %s", BROKEN[i]);
        arena_free(&a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twenty_megabytes_stay_small),
        cmocka_unit_test(a_body_means_the_same_however_it_is_cut),
        cmocka_unit_test(broken_bodies_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
