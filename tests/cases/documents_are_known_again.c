// A document that was checked before is known again, at another desk too, and nobody learns whose it is.
#include "cases/verification.h"
#include "story.h"

static struct document_check passport(const char *number, enum document_result result) {
    return (struct document_check){.document = {T("UTO"), T("P"), text_of(number), {2031, 4, 15}},
                                   .result = result,
                                   .checks = {"zone"},
                                   .anomalies = {result == DOCUMENT_DOUBTFUL ? "mrz_check_digit" : NULL}};
}

static enum status check(struct house *h, int which, const char *purpose, const struct document_check *d,
                         struct earlier_checks *out) {
    struct look look = {.purpose = text_of(purpose)};
    struct actor actor = who(h, which);
    return cases_check_document(h->cases, &actor, &look, d, &h->arena, out, &h->problem);
}

static int64_t rows(struct house *h) {
    static const struct sql ALL = SQL("test_document_checks", "select count(*) from document_check");
    struct db *db;
    int64_t n = -1;
    assert_ok(store_reader(h->store, &db));
    assert_ok(DB_INT(db, &n, &ALL));
    store_reader_release(h->store, db);
    return n;
}

static void a_second_desk_sees_the_first_check(void **state) {
    (void)state;
    struct house h;
    struct earlier_checks e;
    house_new(&h);
    struct document_check doubtful = passport("L898902C3", DOCUMENT_DOUBTFUL);
    assert_ok(check(&h, REGISTRAR, "registration", &doubtful, &e));
    assert_int_equal(e.count, 0);
    struct moment first = h.fixed.at;
    pass_hours(&h, 5);
    struct document_check typed = passport("l898 902-c3", DOCUMENT_PLAUSIBLE);
    assert_ok(check(&h, OFFICER, "asylum_examination", &typed, &e));
    assert_int_equal(e.count, 1);
    assert_int_equal(e.items[0].at.ms, first.ms);
    assert_text(e.items[0].result, "doubtful");
    assert_text(e.items[0].anomalies, "mrz_check_digit");
    assert_text(e.items[0].checks, "zone");
    assert_text(e.items[0].place, text_c(&h.arena, who(&h, REGISTRAR).unit));
    assert_false(e.items[0].is_own);
    // another number, another state and another end are other documents
    struct document_check other = passport("L898902C4", DOCUMENT_PLAUSIBLE);
    assert_ok(check(&h, OFFICER, "asylum_examination", &other, &e));
    assert_int_equal(e.all, 0);
    other = passport("L898902C3", DOCUMENT_PLAUSIBLE);
    other.document.state = T("D");
    assert_ok(check(&h, OFFICER, "asylum_examination", &other, &e));
    assert_int_equal(e.all, 0);
    story_ends(&h);
}

static void only_who_checks_documents_may_ask(void **state) {
    (void)state;
    struct house h;
    struct earlier_checks e;
    house_new(&h);
    struct document_check d = passport("L898902C3", DOCUMENT_GENUINE);
    assert_status(check(&h, APPLICANT, "own_file", &d, &e), STATUS_REFUSED);
    assert_status(check(&h, OFFICER, "policy_review", &d, &e), STATUS_REFUSED);
    assert_int_equal(rows(&h), 0);
    d.document.number = T("---");
    assert_status(check(&h, OFFICER, "asylum_examination", &d, &e), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "document_number");
    d = passport("L898902C3", DOCUMENT_GENUINE);
    d.document.state = T("");
    assert_status(check(&h, OFFICER, "asylum_examination", &d, &e), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "document_state");
    story_ends(&h);
}

static void what_has_ended_is_forgotten(void **state) {
    (void)state;
    struct house h;
    struct earlier_checks e;
    house_new(&h);
    struct document_check old = passport("L898902C3", DOCUMENT_PLAUSIBLE),
                          now = passport("X1", DOCUMENT_PLAUSIBLE);
    old.document.expiry = (struct date){2021, 12, 10}; // five years ago in some days
    assert_ok(check(&h, OFFICER, "asylum_examination", &old, &e));
    assert_int_equal(rows(&h), 1);
    int64_t count;
    assert_ok(cases_forget_documents(h.cases, false, &count));
    assert_int_equal(count, 0); // the retention of the register `verif`: five years after its end
    pass_hours(&h, DAY_HOURS * 30);
    assert_ok(cases_forget_documents(h.cases, true, &count));
    assert_int_equal(count, 1);
    assert_int_equal(rows(&h), 1);
    assert_ok(cases_forget_documents(h.cases, false, &count));
    assert_int_equal(count, 1);
    assert_int_equal(rows(&h), 0);
    assert_ok(check(&h, OFFICER, "asylum_examination", &now, &e));
    assert_int_equal(rows(&h), 1);
    assert_ok(check(&h, OFFICER, "asylum_examination", &now, &e));
    assert_int_equal(e.count, 1);
    assert_true(e.items[0].is_own);
    story_ends(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_desk_sees_the_first_check),
        cmocka_unit_test(only_who_checks_documents_may_ask),
        cmocka_unit_test(what_has_ended_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
