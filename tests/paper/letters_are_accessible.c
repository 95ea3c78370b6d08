// Tags, languages, alternative texts, artifacts, embedded fonts: what ISO 14289-1 asks and what can be
// checked here.
#include <qpdf/qpdf-c.h>

#include "letter.h"

static const struct paper_block FULL[] = {
    {.kind = PAPER_HEADING_1, .text = T("Decision")},
    {.kind = PAPER_PARAGRAPH, .text = T("We decided.")},
    {.kind = PAPER_PARAGRAPH, .language = T("ar"), .text = T("قررنا.")},
    {.kind = PAPER_HEADING_2, .text = T("Facts")},
    {.kind = PAPER_KEY_VALUE, .cells = {T("Date"), T("21.11.2026")}, .cell_count = 2},
    {.kind = PAPER_TABLE_HEAD, .cells = {T("Paper"), T("Pages")}, .cell_count = 2},
    {.kind = PAPER_TABLE_ROW, .cells = {T("Passport"), T("2")}, .cell_count = 2},
    {.kind = PAPER_LIST_ITEM, .text = T("one")},
    {.kind = PAPER_LIST_ITEM, .text = T("two")},
    {.kind = PAPER_SPACER},
    {.kind = PAPER_CODE, .text = T("P<UTOERIKSSON<<ANNA")},
    {.kind = PAPER_QR,
     .text = T("https://ostia.example/v/K7QD"),
     .cells = {T("K7QD")},
     .cell_count = 1,
     .alt = T("QR code to verify this letter")},
    {.kind = PAPER_SIGNATURE, .text = T("Ana Peric"), .cells = {T("Case officer")}, .cell_count = 1},
};
enum { FULL_COUNT = sizeof FULL / sizeof *FULL };

struct reading {
    struct arena a;
    qpdf_data q;
    struct bytes pdf;
};

static int open_letter(void **state) {
    static struct reading r;
    r = (struct reading){0};
    struct paper d = letter("en-GB", FULL, FULL_COUNT);
    r.pdf = set(&r.a, &d).pdf;
    r.q = qpdf_init();
    if (qpdf_read_memory(r.q, "letter", (const char *)r.pdf.p, r.pdf.n, NULL)) return -1;
    *state = &r;
    return 0;
}

static int close_letter(void **state) {
    struct reading *r = *state;
    qpdf_cleanup(&r->q);
    arena_free(&r->a);
    return 0;
}

static const char *string_at(qpdf_data q, qpdf_oh o, const char *key) {
    qpdf_oh s = qpdf_oh_get_key(q, o, key);
    return qpdf_oh_is_string(q, s) ? qpdf_oh_get_utf8_value(q, s) : "";
}

static void the_file_says_what_it_is(void **state) {
    struct reading *r = *state;
    qpdf_oh root = qpdf_get_root(r->q);
    assert_int_equal(qpdf_check_pdf(r->q), QPDF_SUCCESS);
    assert_string_equal(string_at(r->q, root, "/Lang"), "en-GB");
    assert_true(qpdf_oh_get_bool_value(
        r->q, qpdf_oh_get_key(r->q, qpdf_oh_get_key(r->q, root, "/MarkInfo"), "/Marked")));
    qpdf_oh view = qpdf_oh_get_key(r->q, root, "/ViewerPreferences");
    assert_true(qpdf_oh_get_bool_value(r->q, qpdf_oh_get_key(r->q, view, "/DisplayDocTitle")));
    assert_string_equal(qpdf_get_info_key(r->q, "/Title"), "A letter");
    assert_string_equal(qpdf_get_info_key(r->q, "/Author"), "Migration Office of Utopia");
    assert_true(qpdf_oh_is_stream(r->q, qpdf_oh_get_key(r->q, root, "/Metadata")));
}

// The structure as one line: "Document(H1 P ...)".
static void write_tree(struct reading *r, qpdf_oh e, struct out *o, int depth) {
    assert_true(depth < 10);
    if (!qpdf_oh_is_dictionary(r->q, e)) return;
    qpdf_oh kind = qpdf_oh_get_key(r->q, e, "/S");
    if (!qpdf_oh_is_name(r->q, kind)) return;
    if (o->n && o->p[o->n - 1] != '(') out_byte(o, ' ');
    out_c(o, qpdf_oh_get_name(r->q, kind) + 1);
    const char *lang = string_at(r->q, e, "/Lang"), *alt = string_at(r->q, e, "/Alt");
    if (*lang) out_printf(o, ":%s", lang);
    if (*alt) out_printf(o, "[%s]", alt);
    qpdf_oh a = qpdf_oh_get_key(r->q, e, "/A");
    if (qpdf_oh_is_dictionary(r->q, a) && qpdf_oh_has_key(r->q, a, "/Scope"))
        out_c(o, qpdf_oh_get_name(r->q, qpdf_oh_get_key(r->q, a, "/Scope")));
    qpdf_oh kids = qpdf_oh_get_key(r->q, e, "/K");
    struct out inner = {.arena = o->arena};
    if (qpdf_oh_is_array(r->q, kids))
        for (int i = 0; i < qpdf_oh_get_array_n_items(r->q, kids); i++)
            write_tree(r, qpdf_oh_get_array_item(r->q, kids, i), &inner, depth + 1);
    else
        write_tree(r, kids, &inner, depth + 1);
    if (inner.n) out_printf(o, "(" TEXT_FMT ")", TEXT_ARG(out_done(&inner)));
}

static void every_element_has_its_kind(void **state) {
    struct reading *r = *state;
    struct out o = {.arena = &r->a};
    qpdf_oh tree = qpdf_oh_get_key(r->q, qpdf_get_root(r->q), "/StructTreeRoot");
    write_tree(r, qpdf_oh_get_key(r->q, tree, "/K"), &o, 0);
    assert_text(out_done(&o), "Document(P P P P P P P P(Span Span) H1 P P:ar H2 Table(TR(TH/Row TD)) "
                              "Table(TR(TH/Column TH/Column) TR(TD TD)) L(LI(Lbl LBody) LI(Lbl LBody)) P "
                              "Figure[QR code to verify this letter] P P)");
}

static void nothing_lies_outside_tags_and_artifacts(void **state) {
    struct reading *r = *state;
    for (int i = 0; i < qpdf_get_num_pages(r->q); i++) {
        unsigned char *data;
        size_t n;
        assert_int_equal(qpdf_oh_get_page_content_data(r->q, qpdf_get_page_n(r->q, (size_t)i), &data, &n),
                         QPDF_SUCCESS);
        struct text rest = {(const char *)data, n}, line;
        int depth = 0, artifacts = 0, elements = 0;
        while (text_cut(&rest, '\n', &line)) {
            line = text_trim(line);
            if (text_eq(line, T("/Artifact BMC"))) artifacts++;
            if (text_ends(line, T("BDC")) && text_find(line, T("/MCID"), &(size_t){0})) {
                assert_int_equal(depth, 0);
                elements++;
            }
            if (text_ends(line, T("BDC")) || text_ends(line, T("BMC"))) depth++;
            if (text_eq(line, T("EMC"))) depth--;
            bool paints = text_ends(line, T("Tj")) || text_ends(line, T("TJ")) || text_eq(line, T("f"));
            if (paints) assert_true(depth > 0);
        }
        assert_int_equal(depth, 0);
        assert_true(artifacts > 0 && elements > 0);
        free(data);
    }
}

static void fonts_are_inside(void **state) {
    struct reading *r = *state;
    struct text list = tool(&r->a, r->pdf, "pdffonts", "pdffonts @"), line;
    if (!list.p) skip();
    int fonts = -2; // two lines of heading
    while (text_cut(&list, '\n', &line)) {
        if (!line.n) continue;
        if (++fonts > 0 && !text_find(line, T("yes yes yes"), &(size_t){0})) // embedded, subset, Unicode
            fail_msg(TEXT_FMT, TEXT_ARG(line));
    }
    assert_true(fonts >= 2);
}

static void same_letter_same_bytes(void **state) {
    struct reading *r = *state;
    struct paper d = letter("en-GB", FULL, FULL_COUNT);
    struct bytes again = set(&r->a, &d).pdf;
    assert_int_equal(again.n, r->pdf.n);
    assert_memory_equal(again.p, r->pdf.p, r->pdf.n);
    d.created.ms += 86400000;
    struct bytes later = set(&r->a, &d).pdf;
    assert_false(later.n == r->pdf.n && !memcmp(later.p, r->pdf.p, later.n));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_file_says_what_it_is, open_letter, close_letter),
        cmocka_unit_test_setup_teardown(every_element_has_its_kind, open_letter, close_letter),
        cmocka_unit_test_setup_teardown(nothing_lies_outside_tags_and_artifacts, open_letter, close_letter),
        cmocka_unit_test_setup_teardown(fonts_are_inside, open_letter, close_letter),
        cmocka_unit_test_setup_teardown(same_letter_same_bytes, open_letter, close_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
