// What a person reads is what a machine reads: words come out of the file in their order, in every language.
#include <qpdf/qpdf-c.h>

#include "letter.h"

#define PARAGRAPH(lang, words) \
    { .kind = PAPER_PARAGRAPH, .language = T(lang), .text = T(words) }

static void check_order(const char *language, const struct paper_block *blocks, size_t count) {
    struct arena a = {0};
    struct paper d = letter(language, blocks, count);
    struct text read = tool(&a, set(&a, &d).pdf, "pdftotext", "pdftotext -enc UTF-8 @ -");
    if (!read.p) skip();
    read = words_of(&a, read);
    for (size_t i = 0; i < count; i++) {
        struct text wanted = words_of(&a, blocks[i].cell_count ? blocks[i].cells[0] : blocks[i].text);
        size_t at;
        if (!text_find(read, wanted, &at))
            fail_msg("block %zu: \"" TEXT_FMT "\" not in \"" TEXT_FMT "\"", i + 1, TEXT_ARG(wanted),
                     TEXT_ARG(read));
        read = text_slice(read, at + wanted.n, read.n); // the next one comes later
    }
    arena_free(&a);
}
#define CHECK(lang, list) check_order(lang, list, sizeof(list) / sizeof *(list))

static void western_letters(void **state) {
    (void)state;
    static const struct paper_block E[] = {
        {.kind = PAPER_HEADING_1, .text = T("Invitation to your official interview")},
        PARAGRAPH(
            "en",
            "Your file is affected: office, finding, efficient. Please come on 21.11.2026 at 10:30 and bring "
            "this "
            "letter, number OST-2026-000123, so that we can find your file without any difficulty or delay."),
        {.kind = PAPER_LIST_ITEM, .text = T("first thing")},
        {.kind = PAPER_LIST_ITEM, .text = T("second thing")},
        PARAGRAPH(
            "fr",
            "Votre œuvre, façade, élève, où ça ? L’État n’a reçu aucun dossier à votre nom jusqu’à présent."),
        PARAGRAPH("uk", "Ваша заява прийнята; номер справи OST-2026-000123. Під'їзд № 4, м. Київ."),
        PARAGRAPH("vi", "Nguyễn Thị Hằng phải đến trước ngày 21.11.2026."),
    };
    CHECK("en", E);
}

static void arabic_with_numbers_inside(void **state) {
    (void)state;
    static const struct paper_block E[] = {
        {.kind = PAPER_HEADING_1, .text = T("دعوة إلى مقابلتك الشخصية")},
        PARAGRAPH("ar", "ندعوك إلى مقابلة بشأن طلبك رقم OST-2026-000123 بتاريخ 21.11.2026 في الساعة 10:30. "
                        "كل ما تقولينه سري، "
                        "ولا يمكن لأحد الاطلاع عليه إلا بإذنك."),
        PARAGRAPH(
            "ar",
            "السيدة نور عبد الله الأسعد، المقيمة في الإسكندرية، الآن لاجئة في أوستيا منذ ثلاث سنوات كاملة."),
        {.kind = PAPER_KEY_VALUE, .cells = {T("التاريخ"), T("الأربعاء 9 ديسمبر")}, .cell_count = 2},
        {.kind = PAPER_LIST_ITEM, .text = T("هذه الرسالة والوثائق الأصلية كلها")},
    };
    CHECK("ar", E);
}

static void persian_and_its_joiners(void **state) {
    (void)state;
    static const struct paper_block E[] = {
        {.kind = PAPER_HEADING_1, .text = T("دعوت به مصاحبهٔ شخصی")},
        PARAGRAPH("fa", "شمارهٔ پروندهٔ شما OST-2026-000123 است و تاریخ ۱۴۰۵/۰۸/۳۰ "
                        "می‌باشد. "
                        "لطفاً این نامه را نگه دارید و به همهٔ قرارها بیاورید؛ "
                        "گذرنامه، چک، ژاکت و پیوست‌ها لازم نیست."),
        PARAGRAPH("fa", "اگر نمی‌توانید بیایید، پیش از قرار با ما تماس "
                        "بگیرید."),
    };
    CHECK("fa", E);
}

static void two_languages_in_one_letter(void **state) {
    (void)state;
    static const struct paper_block E[] = {
        {.kind = PAPER_HEADING_1, .language = T("ar"), .text = T("دعوة إلى مقابلتك")},
        PARAGRAPH("ar", "ندعوك إلى مقابلة بشأن طلبك رقم OST-2026-000123 بتاريخ 21.11.2026 ونرجو منك الحضور "
                        "في الموعد المحدد مع جميع وثائقك الأصلية. "
                        "يمكنك في المقابلة أن تشرحي بكلماتك الخاصة لماذا غادرت بلدك ولماذا لا يمكنك العودة "
                        "إليه. كل ما تقولينه سري."),
        {.kind = PAPER_RULE},
        {.kind = PAPER_HEADING_1, .language = T("en"), .text = T("Invitation to your interview")},
        PARAGRAPH("en",
                  "We invite you to an interview about your application OST-2026-000123 of 21.11.2026."),
    };
    struct arena a = {0};
    struct paper d = letter("en", E, 5);
    struct paper_result r = set(&a, &d);
    assert_int_equal(r.pages, 2); // another direction, another page
    CHECK("en", E);
    arena_free(&a);
}

// Readers that follow the structure get the sentence itself, letter by letter, joiners and marks included.
static void collect(qpdf_data q, qpdf_oh e, struct out *o, int depth) {
    if (depth > 10 || !qpdf_oh_is_dictionary(q, e)) return;
    qpdf_oh actual = qpdf_oh_get_key(q, e, "/ActualText"), kids = qpdf_oh_get_key(q, e, "/K");
    if (qpdf_oh_is_string(q, actual)) out_printf(o, "|%s", qpdf_oh_get_utf8_value(q, actual));
    if (!qpdf_oh_is_array(q, kids))
        collect(q, kids, o, depth + 1);
    else
        for (int i = 0; i < qpdf_oh_get_array_n_items(q, kids); i++)
            collect(q, qpdf_oh_get_array_item(q, kids, i), o, depth + 1);
}

static void structure_holds_the_very_text(void **state) {
    (void)state;
    static const struct paper_block E[] = {
        PARAGRAPH("fa",
                  "لطفاً این نامه را نگه دارید: می‌باشد OST-2026-000123."),
        {.kind = PAPER_LIST_ITEM, .text = T("لا إله، الأمل")},
        {.kind = PAPER_SIGNATURE, .text = T("علی کریمی")},
    };
    struct arena a = {0};
    struct paper d = letter("fa", E, 3);
    struct bytes pdf = set(&a, &d).pdf;
    qpdf_data q = qpdf_init();
    assert_int_equal(qpdf_read_memory(q, "letter", (const char *)pdf.p, pdf.n, NULL), QPDF_SUCCESS);
    struct out o = {.arena = &a};
    collect(q, qpdf_oh_get_key(q, qpdf_get_root(q), "/StructTreeRoot"), &o, 0);
    assert_text(out_done(&o),
                "|لطفاً این نامه را نگه دارید: می‌باشد OST-2026-000123.|•|"
                "لا إله، الأمل|علی کریمی");
    qpdf_cleanup(&q);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(western_letters),
        cmocka_unit_test(arabic_with_numbers_inside),
        cmocka_unit_test(persian_and_its_joiners),
        cmocka_unit_test(two_languages_in_one_letter),
        cmocka_unit_test(structure_holds_the_very_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
