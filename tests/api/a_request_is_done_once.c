// A request that comes twice is answered twice and done once, on either engine of the store. The house counts
// its people by words that web/ uses for kinds of sign-in.
#include "store/store.h"

extern const struct migrations API_MIGRATIONS;
#define HOUSE_MORE_ROOMS &API_MIGRATIONS
#define APPLICANT HOUSE_APPLICANT
#define OFFICER HOUSE_OFFICER
#include "cases/story.h"
#undef APPLICANT
#undef OFFICER

#include "api/table.h"

static const struct sql CASES = SQL("test_cases", "select count(*) from case_file"),
                        ANSWERS = SQL("test_answers", "select count(*) from api_answer");

static int64_t counted(struct house *h, const struct sql *which) {
    struct db *db;
    int64_t n;
    assert_ok(store_reader(h->store, &db));
    assert_ok(DB_INT(db, &n, which));
    store_reader_release(h->store, db);
    return n;
}

struct asking {
    struct request request;
    struct actor actor;
    struct api_call call;
    struct api_once once;
};

static enum status ask(struct house *h, struct asking *a, int person, const char *key, const char *language) {
    struct command start = {.kind = COMMAND_START_APPLICATION,
                            .start_application = {.language = text_of(language)}};
    *a = (struct asking){.request = {.arena = &h->arena}, .actor = who(h, person)};
    a->call = (struct api_call){.q = &a->request, .actor = &a->actor};
    api_once_for(&a->call, text_of(key), text_of(language), &a->once);
    return cases_do_together(h->cases, &a->actor, &start, 1, &a->once.around, &h->arena, &h->result,
                             &h->problem);
}

static void what_comes_twice_is_done_once(void **state) {
    (void)state;
    struct house h;
    struct asking first, again;
    house_new(&h);
    assert_ok(ask(&h, &first, HOUSE_APPLICANT, "one", "fa"));
    assert_false(first.once.is_repeated);
    assert_ok(ask(&h, &again, HOUSE_APPLICANT, "one", "fa"));
    assert_true(again.once.is_repeated);
    assert_true(text_eq(first.once.answer, again.once.answer));
    assert_int_equal(counted(&h, &CASES), 1);
    assert_status(ask(&h, &again, HOUSE_APPLICANT, "one", "fr"), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "key_reused");
    assert_ok(ask(&h, &again, OTHER_APPLICANT, "one", "fr"));
    assert_false(again.once.is_repeated);
    assert_int_equal(counted(&h, &CASES), 2);
    story_ends(&h);
}

static void what_failed_leaves_no_key(void **state) {
    (void)state;
    struct house h;
    struct asking a;
    house_new(&h);
    assert_status(ask(&h, &a, HOUSE_APPLICANT, "one", "../.."), STATUS_INVALID);
    assert_int_equal(counted(&h, &ANSWERS), 0);
    assert_ok(ask(&h, &a, HOUSE_APPLICANT, "one", "fa"));
    assert_false(a.once.is_repeated);
    story_ends(&h);
}

static void an_answer_is_kept_for_a_day(void **state) {
    (void)state;
    struct house h;
    struct asking a;
    house_new(&h);
    assert_ok(ask(&h, &a, HOUSE_APPLICANT, "one", "fa"));
    pass_hours(&h, 23);
    assert_ok(ask(&h, &a, HOUSE_APPLICANT, "one", "fa"));
    assert_true(a.once.is_repeated);
    pass_hours(&h, 1);
    assert_ok(ask(&h, &a, HOUSE_APPLICANT, "one", "fr")); // too old to count, though nobody swept
    assert_false(a.once.is_repeated);
    pass_hours(&h, 23);
    assert_ok(api_sweep(h.store, h.fixed.at));
    assert_int_equal(counted(&h, &ANSWERS), 1);
    pass_hours(&h, 1);
    assert_ok(api_sweep(h.store, h.fixed.at));
    assert_int_equal(counted(&h, &ANSWERS), 0);
    story_ends(&h);
}

STORIES(cmocka_unit_test(what_comes_twice_is_done_once), cmocka_unit_test(what_failed_leaves_no_key),
        cmocka_unit_test(an_answer_is_kept_for_a_day))
