// One window: zones, numbers, names with dates; hits first, and what they say only for who may see it.
#include "house.h"

#include "identity/mrz.h"

static struct search_answer answer;

static enum status try_search(struct house *h, int which, const char *typed) {
    struct actor a = who(h, which);
    struct search_ask ask = {.typed = text_of(typed)};
    ask.look.purpose = which == BOSS ? T("supervision") : T("registration");
    h->problem = (struct problem){0};
    return search_run(searching, &a, &ask, &h->arena, &answer, &h->problem);
}

static const struct search_answer *found(struct house *h, int which, const char *typed) {
    enum status st = try_search(h, which, typed);
    if (st) house_say(h, typed, st);
    assert_int_equal(st, STATUS_OK);
    return &answer;
}

// ---- what was typed

static struct search_query typed(struct arena *a, const char *t) {
    struct search_query q;
    struct problem p = {0};
    assert_ok(query_read(a, text_of(t), (struct date){2026, 11, 26}, &q, &p));
    return q;
}

static void what_is_typed_is_recognised(void **state) {
    (void)state;
    struct arena a = {0};
    struct search_query q = typed(
        &a, "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10");
    assert_int_equal(q.kinds, QUERY_ZONE);
    assert_text(q.number, "L898902C3");
    assert_text(q.record.names[0].family, "ERIKSSON");
    assert_int_equal(q.birth.year, 1974);
    q = typed(&a, "hosseini maryam 1991-04");
    assert_int_equal(q.kinds, QUERY_NAME | QUERY_BIRTH);
    assert_text(q.name, "hosseini maryam");
    assert_int_equal(q.birth.month, 4);
    q = typed(&a, "12.3.1990 Нестеренко");
    assert_int_equal(q.birth.day, 12);
    assert_text(q.name, "Нестеренко");
    q = typed(&a, "P 000 000 012-62");
    assert_int_equal(q.kinds, QUERY_PERSON);
    q = typed(&a, "OST-2026-0000012");
    assert_int_equal(q.kinds, QUERY_NUMBER);
    q = typed(&a, "AB 123 CD");
    assert_int_equal(q.kinds, QUERY_NUMBER);
    assert_text(q.number, "AB123CD");
    q = typed(&a, "1991");
    assert_int_equal(q.kinds, QUERY_NUMBER);
    struct problem p = {0};
    assert_status(query_read(&a, T("  "), (struct date){2026, 11, 26}, &q, &p), STATUS_INVALID);
    assert_status(query_read(&a, T("--"), (struct date){2026, 11, 26}, &q, &p), STATUS_INVALID);
    arena_free(&a);
}

// ---- who is found

static void a_person_is_found_in_any_script(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    int64_t id = submitted(&h, APPLICANT);
    registered(&h, id);
    const char *asked[] = {"Maryam Hosseini 1991", "hosseyni maryam", "مريم حسيني", "HOSSEINI 1991-04"};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        const struct search_answer *x = found(&h, REGISTRAR, asked[i]);
        assert_int_equal(x->hits.count, 1);
        assert_true(x->hits.items[0].is_seen);
        assert_true(x->hits.items[0].who.case_id == id);
        assert_true(x->hits.items[0].is_compared);
        assert_false(x->is_loading);
    }
    assert_int_equal(found(&h, REGISTRAR, "Olena Shevchenko 1991")->hits.count, 0);
    struct case_file f;
    open_file(&h, REGISTRAR, "registration", id, &f);
    const struct search_answer *x = found(&h, REGISTRAR, text_c(&h.arena, f.head.case_no));
    assert_int_equal(x->hits.count, 1);
    assert_string_equal(x->hits.items[0].level, "number");
    search_story_ends(&h);
}

static void who_may_not_search_learns_nothing(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    with_officer(&h);
    assert_status(try_search(&h, APPLICANT, "Hosseini"), STATUS_REFUSED);
    struct actor far = who(&h, REGISTRAR);
    far.unit = T("South");
    struct search_ask ask = {.typed = T("Maryam Hosseini 1991"), .look = {.purpose = T("registration")}};
    assert_ok(search_run(searching, &far, &ask, &h.arena, &answer, &h.problem));
    for (size_t i = 0; i < answer.hits.count; i++) {
        assert_false(answer.hits.items[i].is_seen);
        assert_int_equal(answer.hits.items[i].who.family_name.n, 0);
    }
    search_story_ends(&h);
}

// New records are compared when they come in; nobody is linked by the system.
static void alike_records_are_offered(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    int64_t one = record_of(&h, submitted(&h, APPLICANT));
    assert_ok(search_step(searching));
    int64_t two = record_of(&h, submitted(&h, OTHER_APPLICANT));
    assert_ok(search_step(searching));
    struct natural_pairs pairs;
    READING(&h, natural_offered(db, 10, &h.arena, &pairs));
    assert_int_equal(pairs.count, 1);
    assert_true(pairs.items[0].left == one && pairs.items[0].right == two);
    struct actor a = who(&h, REGISTRAR);
    struct look look = {.purpose = T("registration")};
    struct search_pair side_by_side;
    assert_ok(search_compare(searching, &a, &look, one, two, &h.arena, &side_by_side));
    assert_true(side_by_side.is_compared);
    assert_string_equal(side_by_side.how.features[FEATURE_NAME].how, "same");
    NATURAL(&h, REGISTRAR, .act = NATURAL_CLEAR, .record = one, .other_record = two,
            .left_mark = pairs.items[0].left_mark, .right_mark = pairs.items[0].right_mark);
    assert_ok(search_step(searching));
    READING(&h, natural_offered(db, 10, &h.arena, &pairs));
    assert_int_equal(pairs.count, 0);
    search_story_ends(&h);
}

static void a_false_hit_comes_last_and_says_why(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    submitted(&h, APPLICANT);
    const struct search_answer *x = found(&h, REGISTRAR, "Maryam Hosseini 1991-04");
    assert_int_equal(x->open, 1);
    NATURAL(&h, REGISTRAR, .act = NATURAL_RELEASE, .record = x->hits.items[0].record,
            .left_mark = x->hits.items[0].mark, .asked = x->asked, .reason = T("Another mother."));
    x = found(&h, OFFICER, "maryam  HOSSEINI 1991-04"); // the same question
    assert_int_equal(x->open, 0);
    assert_true(x->hits.items[0].is_cleared);
    assert_text(x->hits.items[0].cleared.reason, "Another mother.");
    assert_text(x->hits.items[0].cleared.decided_name, "R. Registrar");
    assert_int_equal(found(&h, OFFICER, "Maryam Hosseini 1991")->open, 1); // another one
    search_story_ends(&h);
}

// Withdrawn, answered, and read.
static void closed(struct house *h, int64_t id) {
    DO(h, APPLICANT, .kind = COMMAND_WITHDRAW_APPLICATION, .case_id = id, .withdraw_application = {T("")});
    assigned(h, id);
    int64_t decision = proposed(h, id, "withdrawn_explicit");
    DO(h, SECOND, .kind = COMMAND_SIGN_DECISION, .case_id = id, .sign_decision = {decision});
    DO(h, APPLICANT, .kind = COMMAND_OPEN_LETTER, .case_id = id,
       .open_letter = {newest_letter(h, id, "decision_closed")});
}

static void who_is_erased_is_found_no_more(void **state) {
    (void)state;
    struct house h;
    search_house(&h);
    int64_t id = submitted(&h, APPLICANT), record = record_of(&h, id);
    registered(&h, id);
    closed(&h, id);
    NATURAL(&h, REGISTRAR, .act = NATURAL_OPEN, .record = record);
    assert_int_equal(found(&h, REGISTRAR, "Maryam Hosseini 1991")->hits.count, 1);
    struct actor system = actor_system();
    struct command c = {.kind = COMMAND_ERASE_PERSON, .case_id = id, .erase_person = {T("retention_ended")}};
    enum status st = cases_do(h.cases, &system, &c, &h.arena, &h.result, &h.problem);
    if (st) house_say(&h, "erase", st);
    assert_int_equal(st, STATUS_OK);
    assert_int_equal(found(&h, REGISTRAR, "Maryam Hosseini 1991")->hits.count, 0);
    assert_int_equal(search_count(searching), 0);
    assert_ok(search_step(searching));
    int64_t natural;
    struct db *db;
    assert_ok(store_reader(h.store, &db));
    assert_status(natural_by_record(db, record, &natural), STATUS_NOT_FOUND);
    store_reader_release(h.store, db);
    search_story_ends(&h);
}

// ---- remote sources

static void says(const struct remote *s, const struct search_query *q, struct text purpose, struct arena *a,
                 struct source_answer *out) {
    (void)purpose;
    assert_text(q->name, "Maryam Hosseini");
    source_answer_read(a, text_of(s->context), out);
}
static void sleeps(const struct remote *s, const struct search_query *q, struct text purpose, struct arena *a,
                   struct source_answer *out) {
    (void)s, (void)q, (void)purpose, (void)a;
    usleep(300 * 1000);
    *out = (struct source_answer){.state = SOURCE_NO_HIT, .why = ""};
}

static void a_source_that_is_silent_is_no_answer(void **state) {
    (void)state;
    struct house h;
    static const struct sources ASKED = {
        .items = {{T("One"), T(""), T("Art. 1"), 5000, says,
                   "{\"answer\":\"hit\",\"hits\":[{\"kind\":\"alert\",\"reference\":\"X-1\",\"level\":"
                   "\"likely\"}]}"},
                  {T("Two"), T(""), T("Art. 1"), 5000, says, "{\"answer\":\"no_hit\"}"},
                  {T("Three"), T(""), T("Art. 1"), 50, sleeps, NULL},
                  {T("Four"), T("border_check"), T("Art. 1"), 50, says, "{\"answer\":\"hit\"}"},
                  {T("Five"), T(""), T("Art. 1"), 5000, says, "{\"answer\":\"no_hit\",\"hits\":[{}]}"},
                  {T("Six"), T(""), T("Art. 1"), 5000, says, "[[[["},
                  {T("Seven"), T(""), T("Art. 1"), 5000, says, "{\"answer\":\"no_answer\"}"}},
        .count = 7};
    asked_sources = &ASKED;
    search_house(&h);
    asked_sources = NULL;
    const struct search_answer *x = found(&h, REGISTRAR, "Maryam Hosseini");
    static const struct {
        enum source_state state;
        const char *why;
    } WANTED[] = {{SOURCE_HIT, ""},
                  {SOURCE_NO_HIT, ""},
                  {SOURCE_NO_ANSWER, "timeout"},
                  {SOURCE_NO_ANSWER, "purpose"},
                  {SOURCE_NO_ANSWER, "unreadable"},
                  {SOURCE_NO_ANSWER, "unreadable"},
                  {SOURCE_NO_ANSWER, "loading"}};
    assert_int_equal(x->sources.count, 7);
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(x->sources.items[i].answer.state, WANTED[i].state);
        assert_string_equal(x->sources.items[i].answer.why, WANTED[i].why);
    }
    assert_text(x->sources.items[0].answer.lines[0].reference, "X-1");
    usleep(350 * 1000); // the one that is late ends by itself
    search_story_ends(&h);
}

static void a_file_of_sources_is_checked(void **state) {
    (void)state;
    struct arena a = {0};
    struct sources s;
    struct problem p = {0};
    assert_ok(
        sources_read(&a,
                     T("{\"sources\":[{\"name\":\"South\",\"url\":\"https://south.example/api/v1/search\","
                       "\"token\":\"t\",\"ground\":\"Art. 1\",\"timeout_ms\":2000}]}"),
                     &s, &p));
    assert_text(s.items[0].name, "South");
    static const char *const BAD[][2] = {
        {"{}", "sources"},
        {"{\"sources\":[{\"name\":\"A\",\"url\":\"https://x\",\"timeout_ms\":2000}]}", "source_ground"},
        {"{\"sources\":[{\"name\":\"A\",\"ground\":\"B\",\"url\":\"http://x\",\"timeout_ms\":2000}]}",
         "source_url"},
        {"{\"sources\":[{\"name\":\"A\",\"ground\":\"B\",\"url\":\"https://x\",\"timeout_ms\":0}]}",
         "source_timeout"}};
    for (size_t i = 0; i < 4; i++) {
        assert_status(sources_read(&a, text_of(BAD[i][0]), &s, &p), STATUS_INVALID);
        assert_string_equal(p.rule, BAD[i][1]);
    }
    arena_free(&a);
}

STORIES(cmocka_unit_test(what_is_typed_is_recognised), cmocka_unit_test(a_person_is_found_in_any_script),
        cmocka_unit_test(who_may_not_search_learns_nothing), cmocka_unit_test(alike_records_are_offered),
        cmocka_unit_test(a_false_hit_comes_last_and_says_why),
        cmocka_unit_test(who_is_erased_is_found_no_more),
        cmocka_unit_test(a_source_that_is_silent_is_no_answer),
        cmocka_unit_test(a_file_of_sources_is_checked))
