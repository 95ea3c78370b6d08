#include "base/embed.h"
#include "check.h"

extern const struct embedded_list EMBEDDED; // of tests/store/embedded/, by tools/embed

static void every_byte_arrives(void **state) {
    (void)state;
    assert_int_equal(EMBEDDED.count, 3);
    const struct embedded *all = EMBEDDED.files;
    assert_string_equal(all[0].name, "a.bin");
    assert_int_equal(all[0].n, 768);
    for (size_t i = 0; i < 768; i++) assert_int_equal(all[0].p[i], i % 256);
    assert_string_equal(all[1].name, "b.txt");
    assert_string_equal((const char *)all[1].p, "plain \"text\" with \?\?= and \\ and 1\n");
    assert_string_equal(all[2].name, "folder/empty");
    assert_int_equal(all[2].n, 0);
    for (int i = 0; i < 3; i++) assert_int_equal(all[i].p[all[i].n], 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_byte_arrives)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
