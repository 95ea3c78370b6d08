// Running cases go over to a new version of their pack by a stated mapping: tried first, then done, and what
// has no place stays and is named.
#include "versions.h"

// Version 1: a look with a reminder beside it, then a talk. Version 2: other names, no reminder, and no talk.
static const struct other_file OLD[] = {
    {"processes/sample.bpmn",
     BPMN("sample", START("begin") FLOW("begin", "look") BARE_USER("look", "officer") BESIDE(
                        "reminder", "look", TIMER("P3D")) FLOW("reminder", "reminded") END("reminded")
                        FLOW("look", "talk") BARE_USER("talk", "officer") FLOW("talk", "done") END("done"))},
    SMALL_FILES};
static const struct other_file NEW[] = {
    {"processes/sample.bpmn",
     BPMN("sample", START("begin") FLOW("begin", "examine") BARE_USER("examine", "officer, second_officer")
                        AT("too_late", "examine", TIMER("P30D")) FLOW("too_late", "late") END("late")
                            FLOW("examine", "done") END("done"))},
    SMALL_FILES};
static const char MAPPING[] = "{\"elements\": {\"look\": \"examine\", \"reminder\": \"\"}}";

static enum status migrate(struct house *h, struct migration_order o, struct migration_report *report) {
    struct actor policy = with_role(h, "policy");
    return migration_run(h->cases, &policy, &o, NULL, &h->arena, report, &h->problem);
}

static int64_t version_of(struct house *h, int64_t id) {
    struct case_file f;
    open_file(h, OFFICER, "asylum_examination", id, &f);
    return f.pack_version;
}

static void what_has_a_place_goes_and_the_rest_is_named(void **state) {
    (void)state;
    enum { GO = 3 };
    struct house h;
    struct migration_report r;
    int64_t ids[GO];
    house_new(&h);
    int64_t old = load_version(&h, "sample", "1.1.0", OLD);
    for (int i = 0; i < GO; i++) ids[i] = opened(&h, "sample");
    int64_t talks = opened(&h, "sample");
    COMPLETE_BARE(&h, OFFICER, talks, "look");
    int64_t over = opened(&h, "sample");
    COMPLETE_BARE(&h, OFFICER, over, "look");
    COMPLETE_BARE(&h, OFFICER, over, "talk");
    int64_t new = load_version(&h, "sample", "2.0.0", NEW);
    struct migration_order o = {.from = old, .to = new, .mapping = text_of(MAPPING), .is_try = true};
    int64_t before = version_of(&h, ids[0]);

    assert_ok(migrate(&h, o, &r));
    assert_int_equal(r.cases, GO + 1); // the closed one is not running
    assert_int_equal(r.went, GO);
    assert_int_equal(r.stayed, 1);
    assert_int_equal(r.reasons.count, 1);
    assert_text(r.reasons.items[0].element, "talk");
    assert_text(r.reasons.items[0].rule, "flow_element_unknown");
    assert_int_equal(r.reasons.items[0].sample_count, 1);
    assert_int_equal(version_of(&h, ids[0]), before); // a try changes nothing
    assert_true(is_at(&h, ids[0], "look"));

    o.is_try = false;
    assert_ok(migrate(&h, o, &r));
    assert_int_equal(r.went, GO);
    assert_int_equal(r.stayed, 1);
    for (int i = 0; i < GO; i++) {
        assert_int_equal(version_of(&h, ids[i]), new);
        assert_true(is_at(&h, ids[i], "examine"));
    }
    assert_int_equal(version_of(&h, talks), old);
    assert_int_equal(version_of(&h, over), old);
    assert_ok(migrate(&h, o, &r)); // again: who went is not asked any more
    assert_int_equal(r.cases, 1);
    COMPLETE_BARE(&h, SECOND, ids[0], "examine"); // whose task it is changed too
    pass_hours(&h, 24 * 4);
    ticked_all(&h); // the reminder was given up
    assert_true(is_at(&h, ids[1], "examine"));
    pass_hours(&h, 24 * 27);
    ticked_all(&h); // the new timer began with the migration
    assert_false(is_at(&h, ids[1], "examine"));
    story_ends(&h);
}

static void without_a_mapping_each_keeps_its_name(void **state) {
    (void)state;
    struct house h;
    struct migration_report r;
    house_new(&h);
    int64_t old = load_version(&h, "sample", "1.1.0", OLD);
    int64_t id = opened(&h, "sample");
    int64_t new = load_version(&h, "sample", "2.0.0", NEW), same = load_version(&h, "sample", "2.1.0", OLD);
    assert_ok(migrate(&h, (struct migration_order){.from = old, .to = new}, &r));
    assert_int_equal(r.stayed, 1);
    assert_text(r.reasons.items[0].element, "look");
    assert_ok(migrate(&h, (struct migration_order){.from = old, .to = same}, &r));
    assert_int_equal(r.went, 1);
    assert_int_equal(version_of(&h, id), same);
    pass_hours(&h, 24 * 4);
    ticked_all(&h);
    assert_true(is_at(&h, id, "look")); // the reminder came, and interrupts nothing
    story_ends(&h);
}

static bool stop_at_once(void *context, int64_t done, int64_t all) {
    *(int64_t *)context = done;
    return done >= all * 2;
}

// So many that they need two batches.
static void it_goes_on_where_it_was_stopped(void **state) {
    (void)state;
    enum { CASES = MIGRATION_BATCH + 20 };
    struct house h;
    struct migration_report r;
    int64_t done = 0;
    house_new(&h);
    int64_t old = load_version(&h, "sample", "1.1.0", OLD);
    for (int i = 0; i < CASES; i++)
        DO(&h, REGISTRAR, .kind = COMMAND_OPEN_CASE,
           .open_case = {T("sample"), T("en"), answers_of(&h.arena, SMALL_ANSWERS)});
    int64_t new = load_version(&h, "sample", "2.0.0", NEW);
    struct migration_order o = {.from = old, .to = new, .mapping = text_of(MAPPING)};
    struct migration_watch watch = {&done, stop_at_once};
    struct actor policy = with_role(&h, "policy");
    assert_ok(migration_run(h.cases, &policy, &o, &watch, &h.arena, &r, &h.problem));
    assert_true(r.is_stopped);
    assert_int_equal(r.went, MIGRATION_BATCH);
    house_close(&h); // as after a crash
    house_open(&h);
    assert_ok(migration_run(h.cases, &policy, &o, NULL, &h.arena, &r, &h.problem));
    assert_int_equal(r.went, CASES - MIGRATION_BATCH);
    assert_int_equal(r.stayed, 0);
    story_ends(&h);
}

static void wrong_orders_are_named(void **state) {
    (void)state;
    static const struct {
        const char *mapping, *rule;
    } WRONG[] = {{"{\"elements\": [1]}", "mapping_form"},
                 {"{\"elements\": {}, \"more\": 1}", "mapping_form"},
                 {"{\"elements\": {\"look\": 7}}", "mapping_element"}};
    struct house h;
    struct migration_report r;
    house_new(&h);
    int64_t old = load_version(&h, "sample", "1.1.0", OLD), new = load_version(&h, "sample", "2.0.0", NEW);
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct migration_order o = {.from = old, .to = new, .mapping = text_of(WRONG[i].mapping)};
        assert_int_equal(migrate(&h, o, &r), STATUS_INVALID);
        assert_string_equal(h.problem.rule, WRONG[i].rule);
    }
    assert_int_equal(migrate(&h, (struct migration_order){.from = old, .to = old}, &r), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "other_pack");
    assert_int_equal(migrate(&h, (struct migration_order){.from = old, .to = 4711}, &r), STATUS_INVALID);
    assert_string_equal(h.problem.rule, "version_unknown");
    struct actor officer = with_role(&h, "officer");
    struct migration_order o = {.from = old, .to = new};
    assert_int_equal(migration_start(h.cases, &officer, &o, &h.arena, &h.problem), STATUS_REFUSED);
    story_ends(&h);
}

STORIES(cmocka_unit_test(what_has_a_place_goes_and_the_rest_is_named),
        cmocka_unit_test(without_a_mapping_each_keeps_its_name),
        cmocka_unit_test(it_goes_on_where_it_was_stopped), cmocka_unit_test(wrong_orders_are_named))
