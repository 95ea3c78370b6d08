// The same dice give the same person; names are written in several scripts; children are younger than their
// parents.
#include "check.h"
#include "demo/people.h"

static const struct date TODAY = {2026, 11, 20};

static void the_same_seed_gives_the_same_person(void **state) {
    (void)state;
    struct arena a = {0};
    for (uint64_t i = 0; i < 50; i++) {
        struct dice one = dice_of(3, i), two = dice_of(3, i);
        struct person p = person_new(&a, &one, TODAY), q = person_new(&a, &two, TODAY);
        assert_true(text_eq(p.family, q.family) && text_eq(p.given, q.given) && date_eq(p.birth, q.birth));
    }
    arena_free(&a);
}

static void names_come_in_several_scripts_with_their_latin_form(void **state) {
    (void)state;
    struct arena a = {0};
    int scripts[5] = {0};
    for (uint64_t i = 0; i < 400; i++) {
        struct dice d = dice_of(1, i);
        struct person p = person_new(&a, &d, TODAY);
        size_t at = 0;
        uint32_t c = text_codepoint(p.family, &at);
        int script = c < 0x250 ? 0 : c < 0x530 ? 1 : c < 0x780 ? 2 : c >= 0x1200 && c < 0x1380 ? 3 : 4;
        scripts[script]++;
        assert_true(text_is_utf8(p.family) && text_is_utf8(p.given));
        assert_true((script == 0) == (p.family_latin.n == 0));
        assert_true(date_is_valid(p.birth) && p.birth.year > 0);
    }
    for (int i = 0; i < 4; i++) assert_true(scripts[i] > 20);
    assert_int_equal(scripts[4], 0);
    arena_free(&a);
}

static void children_are_younger_than_their_parents(void **state) {
    (void)state;
    struct arena a = {0};
    for (uint64_t i = 0; i < 400; i++) {
        struct dice d = dice_of(2, i);
        struct person parent = person_new(&a, &d, TODAY);
        int age = date_age_years(parent.birth, TODAY);
        if (age <= 20) continue;
        struct person child = person_relative(&d, &parent, true, TODAY);
        assert_true(date_age_years(child.birth, TODAY) <= age - 15);
        assert_true(text_eq(child.family, parent.family));
    }
    arena_free(&a);
}

static void dice_stay_in_their_range(void **state) {
    (void)state;
    struct dice d = dice_of(9, 9);
    bool low = false, high = false;
    for (int i = 0; i < 1000; i++) {
        int n = dice_range(&d, 3, 7);
        assert_in_range(n, 3, 7);
        low |= n == 3;
        high |= n == 7;
    }
    assert_true(low && high);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_person),
        cmocka_unit_test(names_come_in_several_scripts_with_their_latin_form),
        cmocka_unit_test(children_are_younger_than_their_parents),
        cmocka_unit_test(dice_stay_in_their_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
