#include "base/encode.h"
#include "base/text.h"
#include "check.h"

static void encodings_return_what_they_took(void **state) {
    (void)state;
    struct arena a = {0};
    uint8_t raw[70];
    for (size_t i = 0; i < sizeof raw; i++) raw[i] = (uint8_t)(i * 37);
    for (size_t n = 0; n <= sizeof raw; n++) {
        struct bytes in = {raw, n}, out;
        assert_ok(hex_decode(&a, hex_encode(&a, in), &out));
        assert_int_equal(out.n, n);
        assert_ok(base64_decode(&a, base64_encode(&a, in), &out));
        assert_memory_equal(n ? out.p : raw, raw, n);
        assert_ok(base64url_decode(&a, base64url_encode(&a, in), &out));
        assert_int_equal(out.n, n);
    }
    struct bytes out;
    assert_status(hex_decode(&a, T("0g"), &out), STATUS_INVALID);
    assert_status(hex_decode(&a, T("012"), &out), STATUS_INVALID);
    assert_status(base64_decode(&a, T("a-b_"), &out), STATUS_INVALID);
    for (int c = 1; c < 256; c++) { // libsodium takes some bytes beyond ASCII for letters
        char four[4] = {'A', (char)c, 'A', 'A'};
        bool is_good = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '+' || c == '/';
        if ((base64_decode(&a, (struct text){four, 4}, &out) == STATUS_OK) != is_good) fail_msg("byte %d", c);
    }
    arena_free(&a);
}

static void malformed_utf8_is_seen(void **state) {
    (void)state;
    static const char *const GOOD[] = {"", "Müller", "عبد الله", "Київ", "😀"};
    static const char *const BAD[] = {"\xC0\xAF",  "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                      "a\xE2\x82", "\xFF",         "\x80"};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) assert_true(text_is_utf8(text_of(GOOD[i])));
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) assert_false(text_is_utf8(text_of(BAD[i])));
    assert_false(text_is_utf8((struct text){"a\0b", 3}));
    assert_int_equal(text_codepoints(T("Київ")), 4);
}

static void building_and_cutting(void **state) {
    (void)state;
    struct arena a = {0};
    struct out o = {.arena = &a};
    for (int i = 0; i < 2000; i++) out_printf(&o, "%d,", i);
    struct text rest = out_done(&o), part;
    int count = 0;
    int64_t v;
    while (text_cut(&rest, ',', &part))
        if (part.n) assert_true(text_int(part, &v) && v == count), count++;
    assert_int_equal(count, 2000);
    assert_false(text_int(T("12x"), &v));
    assert_false(text_int(T("99999999999999999999"), &v));
    assert_true(text_int(T("-5"), &v) && v == -5);
    assert_text(text_trim(T(" \t a b\n")), "a b");
    assert_text(TEXT_JOIN(&a, T("a"), T("/"), T("b")), "a/b");
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings_return_what_they_took),
        cmocka_unit_test(malformed_utf8_is_seen),
        cmocka_unit_test(building_and_cutting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
