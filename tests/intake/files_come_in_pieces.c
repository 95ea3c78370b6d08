// A file comes in pieces over a bad line, is checked by what it holds, scanned, and gets a picture and its
// text.
#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>

#include "../cases/story.h"
#include "intake/intake.h"
#include "leaks.h"

static struct worker_pool *pool;
static const struct text TOKEN = T("0123456789abcdef0123456789abcdef");

static int begin(void **state) {
    (void)state;
    return worker_start(env_real(), NULL, &pool) == STATUS_OK ? 0 : -1;
}
static int end(void **state) {
    (void)state;
    worker_stop(pool);
    return 0;
}

static struct bytes pdf(struct arena *a, const char *words) {
    static const char *const OBJECTS[] = {
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        ("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F "
         "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>")};
    struct text page = text_printf(a, "BT /F 20 Tf 60 700 Td (%s) Tj ET", words);
    struct out o = {.arena = a};
    size_t at[5];
    out_c(&o, "%PDF-1.4\n");
    for (int i = 0; i < 3; i++) {
        at[i] = o.n;
        out_printf(&o, "%d 0 obj%s endobj\n", i + 1, OBJECTS[i]);
    }
    at[3] = o.n;
    out_printf(&o, "4 0 obj<</Length %zu>>stream\n" TEXT_FMT "\nendstream endobj\n", page.n, TEXT_ARG(page));
    at[4] = o.n;
    out_c(&o, "xref\n0 5\n0000000000 65535 f \n");
    for (int i = 0; i < 4; i++) out_printf(&o, "%010zu 00000 n \n", at[i]);
    out_printf(&o, "trailer<</Size 5/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", at[4]);
    return bytes_of(out_done(&o));
}

static struct intake *opened(struct house *h, struct text scanner) {
    struct intake *i;
    struct intake_options o = {pool, scanner};
    assert_ok(intake_open(h->cases, &o, &i));
    return i;
}

static enum status uploaded(struct house *h, struct intake *i, int which, struct upload_about about,
                            struct bytes file, int64_t *document) {
    struct actor a = who(h, which);
    int64_t at = 0;
    enum status st = intake_upload_begin(i, &a, &about, TOKEN, &at, &h->problem);
    if (!st) st = intake_upload_piece(i, &a, TOKEN, file, &at, &h->problem);
    return st ? st : intake_upload_finish(i, &a, &about, TOKEN, &h->arena, document, &h->problem);
}

static void an_upload_goes_on_after_a_lost_connection(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    int64_t at = 0, document;
    size_t done;
    house_new(&h);
    struct intake *i = opened(&h, T(""));
    int64_t id = filled_draft(&h, APPLICANT);
    struct actor person = who(&h, APPLICANT), stranger = who(&h, OTHER_APPLICANT);
    struct upload_about about = {.case_id = id,
                                 .kind = T("passport"),
                                 .title = T("C:\\Users\\me\\Passport \xE2\x80\xAE"
                                            "fdp.exe\x01")};
    struct bytes file = pdf(&h.arena, "Passport of Maryam");
    assert_status(intake_upload_begin(i, &stranger, &about, TOKEN, &at, &h.problem), STATUS_REFUSED);
    assert_ok(intake_upload_begin(i, &person, &about, TOKEN, &at, &h.problem));
    assert_ok(intake_upload_piece(i, &person, TOKEN, (struct bytes){file.p, 100}, &at, &h.problem));
    assert_int_equal(at, 100);
    at = 40; // our answer was lost: the client sends from where it believes to be
    assert_status(intake_upload_piece(i, &person, TOKEN, (struct bytes){file.p + 40, 60}, &at, &h.problem),
                  STATUS_CONFLICT);
    assert_int_equal(at, 100);
    intake_close(i);
    house_close(&h);
    house_open(&h);
    i = opened(&h, T(""));
    at = 0;
    assert_ok(intake_upload_begin(i, &person, &about, TOKEN, &at, &h.problem));
    assert_int_equal(at, 100);
    assert_ok(
        intake_upload_piece(i, &person, TOKEN, (struct bytes){file.p + 100, file.n - 100}, &at, &h.problem));
    assert_int_equal(at, (int64_t)file.n);
    assert_ok(intake_upload_finish(i, &person, &about, TOKEN, &h.arena, &document, &h.problem));
    assert_ok(intake_follow_up(i, 10, &done));
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_int_equal(f.documents.count, 1);
    assert_int_equal(f.documents.items[0].document, document);
    assert_text(f.documents.items[0].title, "Passport fdp.exe");
    assert_text(f.documents.items[0].media, "application/pdf");
    assert_text(f.documents.items[0].scan, "not_scanned");
    assert_true(f.documents.items[0].has_thumbnail);
    assert_true(f.documents.items[0].has_text);

    struct document_view v;
    struct blob_reader *r;
    struct look look = {.purpose = T("own_file")};
    uint8_t *back = arena_alloc(&h.arena, file.n + 10);
    size_t n = 1, all = 0;
    assert_ok(cases_open_document(h.cases, &person, &look, document, &h.arena, &v, &r, &h.problem));
    while (n) {
        assert_ok(blob_read(r, back + all, file.n + 10 - all, &n));
        all += n;
    }
    blob_close_read(&r);
    assert_int_equal(all, file.n);
    assert_memory_equal(back, file.p, file.n);
    struct bytes png;
    int pages;
    assert_ok(intake_page_picture(i, &person, &look, document, 0, 400, &h.arena, &png, &pages, &h.problem));
    assert_int_equal(pages, 1);
    assert_memory_equal(png.p, "\x89PNG", 4);
    assert_status(
        intake_page_picture(i, &stranger, &look, document, 0, 400, &h.arena, &png, &pages, &h.problem),
        STATUS_REFUSED);
    intake_close(i);
    story_ends(&h);
}

static void files_are_known_by_what_they_hold(void **state) {
    (void)state;
    struct house h;
    int64_t document;
    house_new(&h);
    struct intake *i = opened(&h, T(""));
    int64_t id = filled_draft(&h, APPLICANT);
    struct upload_about about = {.case_id = id, .kind = T("passport"), .title = T("passport.pdf")};
    assert_status(uploaded(&h, i, APPLICANT, about, bytes_of(T("MZ this is a program")), &document),
                  STATUS_UNSUPPORTED);
    assert_string_equal(h.problem.rule, "media");
    assert_status(
        uploaded(&h, i, APPLICANT, about, bytes_of(T("<html><script>alert(1)</script>")), &document),
        STATUS_UNSUPPORTED);
    assert_status(uploaded(&h, i, APPLICANT, about, bytes_of(T("")), &document), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "empty");
    about.kind = T("spaceship");
    assert_status(uploaded(&h, i, APPLICANT, about, pdf(&h.arena, "x"), &document), STATUS_INVALID);
    assert_string_equal(h.problem.field, "kind");
    about = (struct upload_about){.case_id = id, .kind = T("passport"), .title = T("///"), .request = 4711};
    assert_status(uploaded(&h, i, APPLICANT, about, pdf(&h.arena, "x"), &document), STATUS_INVALID);
    assert_string_equal(h.problem.field, "request");
    struct actor person = who(&h, APPLICANT);
    int64_t at;
    assert_status(intake_upload_begin(i, &person, &about, T("short"), &at, &h.problem), STATUS_INVALID);
    assert_status(intake_upload_begin(i, &person, &about, T("../../../../etc/passwd/0123456789abcdef"), &at,
                                      &h.problem),
                  STATUS_INVALID);
    intake_close(i);
    story_ends(&h);
}

static void a_file_that_is_too_large_is_stopped_on_the_way(void **state) {
    (void)state;
    struct house h;
    house_new(&h);
    struct intake *i = opened(&h, T(""));
    int64_t id = filled_draft(&h, APPLICANT), at = 0;
    struct actor person = who(&h, APPLICANT);
    struct upload_about about = {.case_id = id, .kind = T("passport"), .title = T("big.pdf")};
    size_t piece = 4 * 1024 * 1024;
    struct bytes zeros = {arena_alloc(&h.arena, piece), piece};
    enum status st = intake_upload_begin(i, &person, &about, TOKEN, &at, &h.problem);
    while (!st && at <= DOCUMENT_BYTES_MAX)
        st = intake_upload_piece(i, &person, TOKEN, zeros, &at, &h.problem);
    assert_int_equal(st, STATUS_TOO_LARGE);
    assert_string_equal(h.problem.text_key, "problem.upload.too_large");
    assert_int_equal(at, DOCUMENT_BYTES_MAX);
    assert_ok(intake_upload_drop(i, &person, TOKEN));
    intake_close(i);
    story_ends(&h);
}

// ---- the scanner ----

static bool take(int fd, void *into, size_t n) {
    for (uint8_t *p = into; n > 0;) {
        ssize_t got = read(fd, p, n);
        if (got <= 0) return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

static const char *said; // what the scanner answers

static void *clamd(void *arg) {
    char command[10], skipped[4096];
    uint32_t length;
    int fd = accept(*(int *)arg, NULL, NULL);
    if (fd < 0 || !take(fd, command, sizeof command)) return NULL;
    while (take(fd, &length, 4) && ntohl(length) > 0)
        for (size_t left = ntohl(length); left > 0;) {
            size_t n = left < sizeof skipped ? left : sizeof skipped;
            if (!take(fd, skipped, n)) break;
            left -= n;
        }
    (void)!write(fd, said, strlen(said) + 1);
    close(fd);
    return NULL;
}

// A bound socket of this machine; nobody is there before listen().
static int bound(int *port) {
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof in;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&in, sizeof in), 0);
    getsockname(listener, (struct sockaddr *)&in, &size);
    *port = ntohs(in.sin_port);
    return listener;
}

static void an_infected_file_is_never_opened(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    struct document_view v;
    struct blob_reader *r;
    struct look look = {.purpose = T("own_file")};
    int64_t document;
    size_t done;
    pthread_t thread;
    int port, listener = bound(&port);
    assert_int_equal(listen(listener, 1), 0);
    said = "stream: Eicar-Signature FOUND";
    assert_int_equal(pthread_create(&thread, NULL, clamd, &listener), 0);
    house_new(&h);
    struct intake *i = opened(&h, text_printf(&h.arena, "127.0.0.1:%d", port));
    int64_t id = filled_draft(&h, APPLICANT);
    struct upload_about about = {.case_id = id, .kind = T("passport"), .title = T("virus.pdf")};
    assert_ok(uploaded(&h, i, APPLICANT, about, pdf(&h.arena, "x"), &document));
    assert_ok(intake_follow_up(i, 10, &done));
    pthread_join(thread, NULL);
    close(listener);
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_text(f.documents.items[0].scan, "infected");
    assert_false(f.documents.items[0].has_thumbnail);
    struct actor person = who(&h, APPLICANT);
    assert_status(cases_open_document(h.cases, &person, &look, document, &h.arena, &v, &r, &h.problem),
                  STATUS_INVALID);
    assert_string_equal(h.problem.rule, "infected");
    intake_close(i);
    story_ends(&h);
}

// The scanner is restarted: the file waits, and then all that is found out about it is one commit.
static void a_file_waits_for_the_scanner(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    int64_t document;
    size_t done;
    pthread_t thread;
    int port, listener = bound(&port);
    house_new(&h);
    struct intake *i = opened(&h, text_printf(&h.arena, "127.0.0.1:%d", port));
    int64_t id = filled_draft(&h, APPLICANT);
    struct upload_about about = {.case_id = id, .kind = T("passport"), .title = T("pass.pdf")};
    assert_ok(uploaded(&h, i, APPLICANT, about, pdf(&h.arena, "Passport"), &document));
    int64_t before = store_stats(h.store).jobs_kept;
    assert_status(intake_follow_up(i, 10, &done), STATUS_BUSY);
    assert_int_equal(done, 0);
    assert_int_equal(store_stats(h.store).jobs_kept, before);
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_text(f.documents.items[0].scan, "");
    assert_false(f.documents.items[0].has_thumbnail);

    assert_int_equal(listen(listener, 1), 0);
    said = "stream: OK";
    assert_int_equal(pthread_create(&thread, NULL, clamd, &listener), 0);
    before = store_stats(h.store).jobs_kept;
    assert_ok(intake_follow_up(i, 10, &done));
    pthread_join(thread, NULL);
    close(listener);
    assert_int_equal(done, 1);
    int files = is_on_postgresql() ? 2 : 0; // picture and text are put there before, in pieces
    assert_int_equal(store_stats(h.store).jobs_kept, before + files + 1);
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_text(f.documents.items[0].scan, "clean");
    assert_true(f.documents.items[0].has_thumbnail && f.documents.items[0].has_text);

    // Another server that looked at the same file comes too late.
    struct actor system = actor_system();
    struct command again = {.kind = COMMAND_DOCUMENT_SCANNED,
                            .case_id = id,
                            .document_scanned = {.document = document, .result = T("not_scanned")}};
    struct command_result result;
    assert_status(cases_do(h.cases, &system, &again, &h.arena, &result, &h.problem), STATUS_CONFLICT);
    intake_close(i);
    story_ends(&h);
}

static void letters_become_pdfs_and_counter_scans_come_in(void **state) {
    (void)state;
    struct house h;
    struct case_file f;
    struct letter_view l;
    struct blob_reader *r;
    struct look look = {.purpose = T("own_file")};
    int64_t document;
    size_t done;
    house_new(&h);
    struct intake *i = opened(&h, T(""));
    int64_t id = submitted(&h, APPLICANT);
    struct upload_about about = {.case_id = id, .kind = T("passport"), .title = T("scan.pdf")};
    assert_ok(uploaded(&h, i, REGISTRAR, about, pdf(&h.arena, "scanned at the counter"), &document));
    assert_ok(intake_follow_up(i, 10, &done));
    assert_int_equal(done, 2);
    assert_ok(intake_follow_up(i, 10, &done));
    assert_int_equal(done, 0);
    open_file(&h, APPLICANT, "own_file", id, &f);
    assert_true(f.letters.items[0].is_rendered);
    struct actor person = who(&h, APPLICANT);
    uint8_t head[5] = {0};
    size_t n;
    assert_ok(
        cases_open_letter(h.cases, &person, &look, f.letters.items[0].letter, &h.arena, &l, &r, &h.problem));
    assert_ok(blob_read(r, head, sizeof head, &n));
    assert_memory_equal(head, "%PDF-", 5);
    blob_close_read(&r);
    intake_close(i);
    story_ends(&h);
}

int main(int argc, char **argv) {
    if (worker_is_asked(argc, argv)) return worker_main(NULL);
    crypto_start();
    log_level_set(LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_upload_goes_on_after_a_lost_connection),
        cmocka_unit_test(files_are_known_by_what_they_hold),
        cmocka_unit_test(a_file_that_is_too_large_is_stopped_on_the_way),
        cmocka_unit_test(an_infected_file_is_never_opened),
        cmocka_unit_test(a_file_waits_for_the_scanner),
        cmocka_unit_test(letters_become_pdfs_and_counter_scans_come_in),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
