// A running instance moves to another version of its model, and files keep all that they hold when one
// attribute changes.
#include <dirent.h>

#include "walk.h"

#define ONE                                                                                             \
    MODEL(START F("start", "g") "<parallelGateway id='g'/>" F("g", "a") F("g", "b") USER("a") USER("b") \
              F("a", "j") F("b", "j") "<parallelGateway id='j'/>" F("j", "end")                         \
                  END("end") "<boundaryEvent id='t' attachedToRef='a' cancelActivity='false'>" AFTER(   \
                      "P1D") "</boundaryEvent>" F("t", "end"))
#define TWO                                                                                             \
    MODEL(START F("start", "g") "<parallelGateway id='g'/>" F("g", "x") F("g", "b") USER("x") USER("b") \
              F("x", "j") F("b", "j") "<parallelGateway id='j'/>" F("j", "end")                         \
                  END("end") "<boundaryEvent id='u' attachedToRef='x' cancelActivity='false'>" AFTER(   \
                      "P2D") "</boundaryEvent>" F("u", "end") "<boundaryEvent id='n' "                  \
                                                              "attachedToRef='b'>" AFTER(               \
                                                                  "P3D") "</"                           \
                                                                         "boundaryEven"                 \
                                                                         "t>" F("n", "end"))

static enum status migrate(struct walk *w, const char *xml, const struct flow_move *moves, size_t count,
                           struct flow_report *report) {
    const struct flow_model *old = w->model, *next;
    struct flow_state out = {0};
    assert_ok(flow_read(&w->arena, text_of(xml), T(""), &next, &w->problem));
    struct flow_engine e = {next, &w->host, &w->arena};
    struct bytes before = flow_state_write(old, &w->state, &w->arena);
    w->fired_before = w->effects.count;
    enum status st = flow_migrate(&e, old, &w->state, moves, count, &out, &w->effects, report, &w->problem);
    struct bytes after = flow_state_write(old, &w->state, &w->arena);
    assert_true(text_eq(text_of_bytes(before), text_of_bytes(after))); // a try changes nothing
    if (!st) w->model = next, w->state = out;
    return st;
}

static void an_instance_moves_by_a_stated_mapping(void **unused) {
    (void)unused;
    struct walk w = {0};
    struct flow_report report = {0};
    walk_open(&w, ONE);
    start(&w);
    done(&w, "b");
    int64_t task = token_at(&w, "a"), reminder = wait_at(&w, "t");
    assert_status(migrate(&w, TWO, NULL, 0, &report), STATUS_INVALID);
    assert_string_equal(w.problem.rule, "flow_migrate");
    assert_int_equal(report.count, 3);
    assert_string_equal(report.items[0].rule, "flow_element_unknown");
    struct flow_move moves[] = {{T("a"), T("x")}, {T("t"), T("u")}};
    report = (struct flow_report){0};
    assert_ok(migrate(&w, TWO, moves, 2, &report));
    assert_int_equal(token_at(&w, "x"), task);
    assert_int_equal(wait_at(&w, "u"), reminder);
    done(&w, "x");
    assert_text(where(&w), "ended");
    walk_close(&w);
}

static void new_events_are_armed_and_old_ones_given_up(void **unused) {
    (void)unused;
    struct walk w = {0};
    struct flow_report report = {0};
    walk_open(&w, ONE);
    start(&w);
    struct flow_move moves[] = {{T("a"), T("x")}, {T("t"), T("")}};
    assert_ok(migrate(&w, TWO, moves, 2, &report));
    assert_text(effects_of(&w, FLOW_TIMER_CANCELLED), "t");
    assert_text(effects_of(&w, FLOW_TIMER_SET), "u n");
    assert_string_equal(report.items[report.count - 1].what, "new");
    timer(&w, "n");
    assert_text(where(&w), "x");
    walk_close(&w);
}

static void a_token_goes_only_where_it_fits(void **unused) {
    (void)unused;
    static const struct {
        const char *xml, *rule;
    } CASES[] = {
        {MODEL(START F("start", "a") "<serviceTask id='a'/>" F("a", "end") END("end")), "flow_migrate_kind"},
        {MODEL(START F("start", "s") "<subProcess id='s'>" USER("a") "</subProcess>" F("s", "end")
                   END("end")),
         "flow_migrate_parent"},
        {MODEL(START F(
             "start",
             "a") "<userTask id='a'><standardLoopCharacteristics loopMaximum='2'/></userTask>" F("a", "end")
                   END("end")),
         "flow_migrate_loop"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct walk w = {0};
        struct flow_report report = {0};
        walk_open(&w, MODEL(START F("start", "a") USER("a") F("a", "end") END("end")));
        start(&w);
        assert_status(migrate(&w, CASES[i].xml, NULL, 0, &report), STATUS_INVALID);
        assert_string_equal(report.items[0].rule, CASES[i].rule);
        assert_text(w.problem.args[0].value, "a");
        walk_close(&w);
    }
}

// What was stored before compensation and the like were known: [1, next id, ended, tokens, scopes, waits,
// incidents].
static void a_state_of_the_first_version_is_read(void **unused) {
    (void)unused;
    struct walk w = {0};
    walk_open(&w, MODEL(START F("start", "a") USER("a") F("a", "end") END("end")));
    struct out o = {.arena = &w.arena};
    cbor_array(&o, 7), cbor_int(&o, 1), cbor_int(&o, 3), cbor_bool(&o, false);
    cbor_array(&o, 1), cbor_array(&o, 7), cbor_int(&o, 2), cbor_int(&o, 0), cbor_text(&o, T("a"));
    cbor_int(&o, FLOW_USER_TASK), cbor_int(&o, FLOW_WAITING + 8), cbor_int(&o, 0), cbor_null(&o);
    cbor_array(&o, 1), cbor_array(&o, 8), cbor_int(&o, 0), cbor_int(&o, 0), cbor_int(&o, 0), cbor_null(&o);
    cbor_bool(&o, false), cbor_int(&o, 0), cbor_int(&o, 0), cbor_int(&o, 0);
    cbor_array(&o, 0), cbor_array(&o, 0);
    assert_ok(flow_state_read(w.model, bytes_of(out_done(&o)), &w.arena, &w.state, &w.problem));
    done(&w, "a");
    assert_text(where(&w), "ended");
    walk_close(&w);
}

// ---- files ----

static struct text canonical(struct arena *a, struct text xml) {
    struct text out = {0};
    struct problem p = {0};
    assert_ok(flow_canonical(a, xml, &out, &p));
    return out;
}

static const char FOREIGN[] =
    "<?xml version='1.0'?><!-- kept --><d:definitions xmlns:d='http://www.omg.org/spec/BPMN/20100524/MODEL' "
    "xmlns:x='urn:x' targetNamespace='urn:t' x:made='by hand'><d:process "
    "id='p'><d:extensionElements><x:color "
    "v='1'><x:deep>a &lt; b</x:deep></x:color></d:extensionElements><d:task id='t' name='old'/></d:process>"
    "<x:diagram><x:bounds x='1.50'/></x:diagram></d:definitions>";

static void one_attribute_changes_and_all_else_stays(void **unused) {
    (void)unused;
    struct arena a = {0};
    struct problem p = {0};
    struct text there, back;
    struct flow_edit edit = {T("t"), T("name"), T("new & better")}, undo = {T("t"), T("name"), T("old")};
    struct flow_edit nobody = {T("nobody"), T("name"), T("x")};
    assert_ok(flow_write(&a, text_of(FOREIGN), &edit, 1, &there, &p));
    assert_false(text_eq(canonical(&a, there), canonical(&a, text_of(FOREIGN))));
    assert_ok(flow_write(&a, there, &undo, 1, &back, &p));
    assert_true(text_eq(canonical(&a, back), canonical(&a, text_of(FOREIGN))));
    assert_status(flow_write(&a, there, &nobody, 1, &back, &p), STATUS_NOT_FOUND);
    arena_free(&a);
}

static void reference_models_make_the_round_trip(void **unused) {
    (void)unused;
    const char *folder = data_path("bpmn/miwg/Reference");
    if (!folder) skip_no_data();
    DIR *d = opendir(folder);
    int files = 0;
    for (struct dirent *entry; (entry = readdir(d));) {
        char path[8192];
        struct arena a = {0};
        struct problem p = {0};
        struct text out;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *f = strstr(entry->d_name, ".bpmn") ? fopen(path, "r") : NULL;
        if (!f) continue;
        char *bytes = arena_alloc(&a, FLOW_XML_MAX);
        struct text xml = {bytes, fread(bytes, 1, FLOW_XML_MAX, f)};
        fclose(f);
        assert_ok(flow_write(&a, xml, NULL, 0, &out, &p));
        assert_true(text_eq(canonical(&a, xml), canonical(&a, out)));
        files++;
        arena_free(&a);
    }
    closedir(d);
    print_message("# %d reference models are the same after writing\n", files);
    assert_true(files > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_instance_moves_by_a_stated_mapping),
        cmocka_unit_test(new_events_are_armed_and_old_ones_given_up),
        cmocka_unit_test(a_token_goes_only_where_it_fits),
        cmocka_unit_test(a_state_of_the_first_version_is_read),
        cmocka_unit_test(one_attribute_changes_and_all_else_stays),
        cmocka_unit_test(reference_models_make_the_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
