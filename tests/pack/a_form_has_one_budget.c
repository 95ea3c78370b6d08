// The largest answers to the shipped form stay far below what the conditions of one form may cost; a form
// whose conditions together would take minutes is stopped, and says so.
#include <time.h>

#include "pack_folder.h"

static struct arena arena;

static const struct form_context TODAY = {{2026, 11, 21}, NULL, NULL};

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

// Answers everything, with as many entries as each list takes, until no more answers are allowed.
static void answer_all(struct answers *s, const struct form_field *fields, size_t count, struct text prefix) {
    for (size_t i = 0; i < count; i++) {
        const struct form_field *f = &fields[i];
        struct text path = form_path(&arena, prefix, f);
        if (f->kind == FIELD_GROUP) {
            answer_all(s, f->children, f->child_count, prefix);
        } else if (f->kind == FIELD_REPEAT) {
            for (size_t k = 0; k < f->repeat_max; k++)
                answer_all(s, f->children, f->child_count,
                           text_printf(&arena, TEXT_FMT "[%zu].", TEXT_ARG(path), k));
        } else if (f->key.n && f->is_multiple) {
            for (int k = 0; k < 20; k++)
                (void)!answers_set(s, text_printf(&arena, TEXT_FMT "[%d]", TEXT_ARG(path), k), T("yes"));
        } else if (f->key.n) {
            (void)!answers_set(s, path, T("yes"));
        }
    }
}

static void ask_all(struct form_conditions *c, const struct form_field *fields, size_t count,
                    struct text prefix) {
    for (size_t i = 0; i < count; i++) {
        const struct form_field *f = &fields[i];
        struct text path = form_path(&arena, prefix, f);
        (void)form_field_shown(c, f, prefix);
        for (size_t k = 0; f->kind == FIELD_REPEAT && k < f->repeat_max; k++)
            ask_all(c, f->children, f->child_count,
                    text_printf(&arena, TEXT_FMT "[%zu].", TEXT_ARG(path), k));
        if (f->kind == FIELD_GROUP) ask_all(c, f->children, f->child_count, prefix);
    }
}

static bool is_too_costly(const struct form_problems *found) {
    for (size_t i = 0; i < found->count; i++)
        if (text_eq(text_of(found->items[i].problem.rule), T("too_costly"))) return true;
    return false;
}

static void the_largest_answers_are_checked_soon(void **state) {
    (void)state;
    struct form *f;
    struct answers s = {.arena = &arena};
    struct form_problems found = {0};
    assert_ok(form_read(&arena, shipped_file(&arena, "forms/application.form"), &f, NULL));
    for (size_t i = 0; i < f->section_count; i++)
        answer_all(&s, f->sections[i].fields, f->sections[i].field_count, T(""));
    double began = now_ms();
    (void)form_check(f, NULL, &s, &TODAY, &arena, &found);
    print_message("# %zu answers: checked in %.1f ms\n", s.count, now_ms() - began);
    assert_true(s.count > 900);
    assert_false(is_too_costly(&found));

    // Each condition in each entry of its list, as the check asks them.
    struct form_conditions c;
    form_conditions_begin(&c, f, &s);
    for (size_t i = 0; i < f->section_count; i++)
        ask_all(&c, f->sections[i].fields, f->sections[i].field_count, T(""));
    int64_t used = FORM_STEPS_MAX - c.budget.steps;
    print_message("# all conditions take %lld steps\n", (long long)used);
    assert_in_range(used, 100, FORM_STEPS_MAX / 100);
    form_conditions_end(&c);
    form_close(f);
}

// A form of the most fields: one list of fifty entries with fields that each have the condition.
static struct form *form_with(const char *hide, int fields) {
    struct out o = {.arena = &arena};
    struct form *f;
    struct problem p = {0};
    out_c(
        &o,
        "{\"type\":\"default\",\"schemaVersion\":16,\"id\":\"f\",\"properties\":{\"title\":\"t\",\"use\":"
        "\"task\"},\"components\":[{\"type\":\"dynamiclist\",\"id\":\"l\",\"path\":\"list\",\"label\":\"l\","
        "\"properties\":{\"purpose\":\"p\",\"need\":\"n\",\"class\":\"c\"},\"components\":[");
    for (int i = 0; i < fields; i++)
        out_printf(
            &o,
            "%s{\"type\":\"textfield\",\"id\":\"x%d\",\"key\":\"x%d\",\"label\":\"l\",\"conditional\":{"
            "\"hide\":\"=%s\"},\"properties\":{\"purpose\":\"p\",\"need\":\"n\",\"class\":\"c\"}}",
            i ? "," : "", i, i, hide);
    out_c(&o, "]}]}");
    enum status st = form_read(&arena, out_done(&o), &f, &p);
    if (st) fail_msg("%s: %s " TEXT_FMT, p.field, p.rule, TEXT_ARG(p.args[0].value));
    return f;
}

static void most_answers(struct answers *s, int fields) {
    for (int i = 0; i < 50; i++)
        for (int k = 0; k < fields; k++)
            (void)!answers_set(s, text_printf(&arena, "list[%d].x%d", i, k), T("yes"));
    for (int i = 0; s->count < ANSWERS_MAX; i++)
        assert_ok(answers_set(s, text_printf(&arena, "unknown%d", i), T("yes")));
}

static void the_most_answers_to_the_most_conditions(void **state) {
    (void)state;
    struct answers s = {.arena = &arena};
    struct form_problems found = {0};
    struct form *f = form_with("x0 = \\\"no\\\"", 40);
    most_answers(&s, 40);
    double began = now_ms();
    (void)form_check(f, NULL, &s, &TODAY, &arena, &found);
    double took = now_ms() - began;
    print_message("# %zu answers: checked in %.1f ms\n", s.count, took);
    assert_true(took < 5000); // it took 55 s when each condition had a copy of all answers
    assert_false(is_too_costly(&found));
    form_close(f);
}

// Each of these alone is allowed; two thousand of them would take minutes.
static void conditions_that_cost_too_much_together_are_a_problem(void **state) {
    (void)state;
    struct answers s = {.arena = &arena};
    struct form_problems found = {0};
    struct form *f = form_with("every i in 1..100000 satisfies i > x0", 40);
    most_answers(&s, 40);
    double began = now_ms();
    assert_false(form_check(f, NULL, &s, &TODAY, &arena, &found));
    print_message("# stopped after %.1f ms\n", now_ms() - began);
    assert_true(now_ms() - began < 20000); // far from minutes, also under a sanitizer
    // It is the last one and belongs to the whole form; what else is wrong is told too.
    found = (struct form_problems){0};
    struct answers few = {.arena = &arena};
    for (int i = 0; i < 50; i++)
        assert_ok(answers_set(&few, text_printf(&arena, "list[%d].x0", i), T("yes")));
    assert_false(form_check(f, NULL, &few, &TODAY, &arena, &found));
    assert_true(is_too_costly(&found));
    assert_string_equal(found.items[found.count - 1].problem.text_key, "problem.form.too_costly");
    assert_int_equal(found.items[found.count - 1].path.n, 0);
    assert_int_equal(form_section_state(f, &f->sections[0], &few, &TODAY), SECTION_INCOMPLETE);
    // Nothing that could not be judged is thrown away.
    form_prune(f, &few);
    assert_int_equal(few.count, 50);
    form_close(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_answers_are_checked_soon),
        cmocka_unit_test(the_most_answers_to_the_most_conditions),
        cmocka_unit_test(conditions_that_cost_too_much_together_are_a_problem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
