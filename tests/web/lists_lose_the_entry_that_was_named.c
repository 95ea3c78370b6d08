// On a form of one page "Remove" takes the entry beside the button out, also when another was left empty.
#include "check.h"
#include "web/app.h"
#include "web/whole_form.h"

static const char FORM[] =
    "{\"type\":\"default\",\"schemaVersion\":16,\"id\":\"f\",\"properties\":{\"title\":\"t\",\"use\":"
    "\"task\"},"
    "\"components\":[{\"type\":\"dynamiclist\",\"id\":\"l\",\"path\":\"family\",\"label\":\"l\","
    "\"properties\":{\"purpose\":\"p\",\"need\":\"n\",\"class\":\"c\"},\"components\":[{\"type\":"
    "\"textfield\","
    "\"id\":\"x\",\"key\":\"name\",\"label\":\"l\",\"properties\":{\"purpose\":\"p\",\"need\":\"n\","
    "\"class\":"
    "\"c\"}}]}]}";

enum { ENTRIES = 3 };

// The page as it is sent with three entries of these names and the button `press`; what is kept of it.
static void send(struct arena *a, const char *const names[ENTRIES], const char *press, struct answers *kept) {
    struct problem p = {0};
    struct form *form;
    struct app app = {0};
    struct request q = {.arena = a, .app = &app, .method = POST};
    struct whole_form w;
    assert_ok(zone_find(T("UTC"), &app.zone));
    assert_ok(form_read(a, text_of(FORM), &form, &p));
    for (int i = 0; i < ENTRIES; i++) {
        struct text at = text_printf(a, "family[%d]", i), name = TEXT_JOIN(a, at, T(".name"));
        *ARENA_PUSH(a, &q.form) = (struct field){T("asked"), at};
        *ARENA_PUSH(a, &q.form) = (struct field){T("asked"), name};
        *ARENA_PUSH(a, &q.form) = (struct field){name, text_of(names[i])};
    }
    *ARENA_PUSH(a, &q.form) = (struct field){T("do"), text_of(press)};
    whole_form_begin(&q, NULL, form, NULL, &w);
    assert_false(whole_form_read(&q, &w)); // not sent: the page comes again
    assert_int_equal(q.problem_count, 0);
    *kept = w.answers;
}

static void an_empty_entry_takes_no_other_along(void **state) {
    (void)state;
    struct arena a = {0};
    struct answers kept;
    send(&a, (const char *[]){"", "Bahar", "Cyrus"}, "remove:family[0]", &kept);
    assert_int_equal(answers_count(&kept, T("family")), 2);
    assert_text(answers_get(&kept, T("family[0].name")), "Bahar");
    assert_text(answers_get(&kept, T("family[1].name")), "Cyrus");
    send(&a, (const char *[]){"", "Bahar", "Cyrus"}, "remove:family[1]", &kept);
    assert_int_equal(answers_count(&kept, T("family")), 1);
    assert_text(answers_get(&kept, T("family[0].name")), "Cyrus");
    arena_free(&a);
}

static void the_entry_beside_the_button_goes(void **state) {
    (void)state;
    struct arena a = {0};
    struct answers kept;
    send(&a, (const char *[]){"Ali", "Bahar", "Cyrus"}, "remove:family[1]", &kept);
    assert_int_equal(answers_count(&kept, T("family")), 2);
    assert_text(answers_get(&kept, T("family[0].name")), "Ali");
    assert_text(answers_get(&kept, T("family[1].name")), "Cyrus");
    send(&a, (const char *[]){"Ali", "Bahar", "Cyrus"}, "more:family", &kept);
    assert_int_equal(answers_count(&kept, T("family")), 3);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_entry_takes_no_other_along),
        cmocka_unit_test(the_entry_beside_the_button_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
