#include "letter.h"

static const char LONG[] =
    "We invite you to a personal interview about your application for international protection. In the "
    "interview you can "
    "explain in your own words why you left your country and why you cannot return. Everything you say is "
    "confidential, "
    "and nobody in your country will learn of it. You may bring a lawyer or a counsellor.";

// Lines of one page as poppler sees them, without the frame's.
static struct text page_text(struct arena *a, struct bytes pdf, int page) {
    struct text command = text_printf(a, "pdftotext -layout -f %d -l %d @ -", page, page);
    return tool(a, pdf, "pdftotext", text_c(a, command));
}

static void headings_stay_with_what_follows(void **state) {
    (void)state;
    struct arena a = {0};
    for (int offset = 0; offset < 12; offset++) {
        struct paper_block b[200];
        size_t n = 0;
        for (int i = 0; i < offset; i++)
            b[n++] = (struct paper_block){.kind = PAPER_LIST_ITEM, .text = T("filler")};
        while (n < 60) {
            b[n++] = (struct paper_block){.kind = PAPER_HEADING_2, .text = T("HEADING")};
            b[n++] = (struct paper_block){.kind = PAPER_PARAGRAPH, .text = text_of(LONG)};
        }
        struct paper d = letter("en", b, n);
        struct paper_result r = set(&a, &d);
        assert_true(r.pages >= 4);
        for (int page = 1; page < r.pages; page++) {
            struct text t = page_text(&a, r.pdf, page), line, last = {0};
            if (!t.p) skip();
            while (text_cut(&t, '\n', &line)) {
                line = text_trim(line);
                if (line.n && !text_starts(line, T("OST-")) && !text_starts(line, T("Page"))) last = line;
                if (text_starts(line, T("OST-"))) break;
            }
            assert_false(text_eq(last, T("HEADING")));
        }
        arena_reset(&a);
    }
    arena_free(&a);
}

static void no_text_is_lost_between_pages(void **state) {
    (void)state;
    struct arena a = {0};
    struct out o = {.arena = &a};
    for (int i = 0; i < 3000; i++) out_printf(&o, "w%d ", i);
    struct paper_block b[] = {{.kind = PAPER_PARAGRAPH, .text = out_done(&o)},
                              {.kind = PAPER_LIST_ITEM, .text = out_done(&o)}};
    struct paper d = letter("en", b, 2);
    struct paper_result r = set(&a, &d);
    assert_true(r.pages > 4);
    struct text t = tool(&a, r.pdf, "pdftotext", "pdftotext @ -");
    if (!t.p) skip();
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 3000; i++) {
            size_t at;
            if (!text_find(t, text_printf(&a, "w%d", i), &at)) fail_msg("w%d is lost", i);
            t = text_slice(t, at, t.n);
        }
    struct text last = page_text(&a, r.pdf, r.pages);
    assert_true(text_find(last, text_printf(&a, "Page %d of %d", r.pages, r.pages), &(size_t){0}));
    arena_free(&a);
}

static void long_tables_repeat_their_titles(void **state) {
    (void)state;
    struct arena a = {0};
    static struct paper_block b[100] = {
        {.kind = PAPER_TABLE_HEAD, .cells = {T("Paper"), T("Sheets")}, .cell_count = 2}};
    for (size_t i = 1; i < 100; i++)
        b[i] =
            (struct paper_block){.kind = PAPER_TABLE_ROW, .cells = {T("Passport"), T("2")}, .cell_count = 2};
    struct paper d = letter("en", b, 100);
    struct paper_result r = set(&a, &d);
    assert_true(r.pages >= 3);
    for (int page = 1; page <= r.pages; page++) {
        struct text t = page_text(&a, r.pdf, page);
        if (!t.p) skip();
        assert_true(text_find(t, T("Sheets"), &(size_t){0}));
    }
    arena_free(&a);
}

static void letters_have_an_end(void **state) {
    (void)state;
    struct arena a = {0};
    static struct paper_block b[PAPER_BLOCKS_MAX];
    for (size_t i = 0; i < PAPER_BLOCKS_MAX; i++)
        b[i] = (struct paper_block){.kind = PAPER_PARAGRAPH, .text = text_of(LONG)};
    struct paper d = letter("en", b, PAPER_BLOCKS_MAX);
    struct paper_result r;
    struct problem p;
    assert_status(paper_make(&a, &d, &r, &p), STATUS_TOO_LARGE);
    assert_string_equal(p.text_key, "problem.paper.pages");
    d.block_count = PAPER_BLOCKS_MAX + 1;
    assert_status(paper_make(&a, &d, &r, &p), STATUS_TOO_LARGE);
    assert_string_equal(p.text_key, "problem.paper.blocks");
    arena_free(&a);
}

static void mistakes_name_the_block(void **state) {
    (void)state;
    static char tall[20000];
    memset(tall, 'x', sizeof tall - 1);
    static const struct {
        struct paper_block block;
        const char *text_key;
    } E[] = {
        {{.kind = PAPER_PARAGRAPH, .text = T("\xFF")}, "problem.paper.text"},
        {{.kind = PAPER_PARAGRAPH, .text = T("\xEE\x80\x80")},
         "problem.paper.font"}, // private use: no font has it
        {{.kind = PAPER_QR, .text = T("x")}, "problem.paper.alt"},
        {{.kind = PAPER_QR, .text = T(""), .alt = T("code")}, "problem.paper.qr"},
        {{.kind = PAPER_TABLE_ROW}, "problem.paper.block"},
        {{.kind = PAPER_KEY_VALUE, .cells = {T("a")}, .cell_count = 1}, "problem.paper.block"},
        {{.kind = PAPER_TABLE_ROW, .cells = {{tall, sizeof tall - 1}, T("b")}, .cell_count = 2},
         "problem.paper.tall"},
    };
    struct arena a = {0};
    for (size_t i = 0; i < sizeof E / sizeof *E; i++) {
        struct paper_block b[] = {{.kind = PAPER_HEADING_1, .text = T("Title")}, E[i].block};
        struct paper d = letter("en", b, 2);
        struct paper_result r;
        struct problem p = {0};
        assert_status(paper_make(&a, &d, &r, &p), STATUS_INVALID);
        assert_string_equal(p.text_key, E[i].text_key);
        assert_int_equal(p.line, 2);
    }
    struct paper d = letter("", NULL, 0);
    struct paper_result r;
    struct problem p = {0};
    assert_status(paper_make(&a, &d, &r, &p), STATUS_INVALID);
    assert_string_equal(p.text_key, "problem.paper.language");
    arena_free(&a);
}

static void an_empty_letter_is_one_page(void **state) {
    (void)state;
    struct arena a = {0};
    struct paper d = letter("en", NULL, 0);
    assert_int_equal(set(&a, &d).pages, 1);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headings_stay_with_what_follows), cmocka_unit_test(no_text_is_lost_between_pages),
        cmocka_unit_test(long_tables_repeat_their_titles), cmocka_unit_test(letters_have_an_end),
        cmocka_unit_test(mistakes_name_the_block),         cmocka_unit_test(an_empty_letter_is_one_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
