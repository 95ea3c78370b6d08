// A file with diagram interchange becomes a picture that any browser can show: everything drawn is in it,
// names in the reader's language, and what people wrote cannot break out of it.
#include "base/xml.h"
#include "check.h"
#include "flow/flow.h"
#include "flow/picture.h"

static struct text read_file(struct arena *a, const char *path) {
    struct out o = {.arena = a};
    char block[4096];
    size_t n;
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    while ((n = fread(block, 1, sizeof block, f)) > 0) out_text(&o, (struct text){block, n});
    fclose(f);
    return out_done(&o);
}

static struct text draw(struct arena *a, struct text xml, const struct flow_picture *how, size_t *drawn) {
    struct out svg = {.arena = a};
    struct problem p = {0};
    xmlDoc *doc;
    assert_ok(flow_picture(a, xml, how, &svg, drawn, &p));
    assert_ok(xml_read(out_done(&svg), &doc, &p)); // well-formed
    assert_true(xml_is(xmlDocGetRootElement(doc), "http://www.w3.org/2000/svg", "svg"));
    xmlFreeDoc(doc);
    return out_done(&svg);
}

static size_t count_of(struct text t, const char *what) {
    size_t n = 0, at;
    for (; text_find(t, text_of(what), &at); n++) t = text_slice(t, at + strlen(what), t.n);
    return n;
}

static void everything_that_is_drawn_is_there(void **state) {
    (void)state;
    struct arena a = {0};
    struct flow_picture how = {.title = T("Asylum")};
    size_t drawn;
    struct text xml = read_file(&a, "packs/eu-asylum/processes/asylum.bpmn"),
                svg = draw(&a, xml, &how, &drawn);
    assert_int_equal(drawn, count_of(xml, "<bpmndi:BPMNShape ") + count_of(xml, "<bpmndi:BPMNEdge "));
    assert_int_equal(count_of(svg, "marker-end=\"url(#arrow)\""), count_of(xml, "<bpmn:sequenceFlow id="));
    assert_int_equal(count_of(svg, ">completeness<"), 1); // "Check completeness", in two lines
    assert_int_equal(count_of(svg, "<title>Asylum</title>"), 1);
    assert_int_equal(count_of(svg, "<script") + count_of(svg, "style=") + count_of(svg, "href"), 0);
    arena_free(&a);
}

static struct text persian(void *context, struct text element, struct text written) {
    (void)context;
    return text_eq(element, T("check_completeness")) ? T("بررسی <کامل> & \"بودن\"") : written;
}

static void marks_and_names_are_the_readers(void **state) {
    (void)state;
    struct arena a = {0};
    static const struct flow_mark MARKS[] = {{T("register_application"), FLOW_LOOK_VISITED, T("")},
                                             {T("check_completeness"), FLOW_LOOK_NOW, T("1234")},
                                             {T("await_documents"), FLOW_LOOK_STUCK, T("")}};
    struct flow_picture how = {.marks = MARKS, .mark_count = 3, .name = persian, .right_to_left = true};
    size_t drawn;
    struct text svg = draw(&a, read_file(&a, "packs/eu-asylum/processes/asylum.bpmn"), &how, &drawn);
    assert_int_equal(count_of(svg, ">1234</text>"), 1);
    assert_int_equal(count_of(svg, ">!</text>"), 1);
    assert_int_equal(count_of(svg, "fill=\"#17683f\""), 1); // the tick
    assert_int_equal(count_of(svg, "&lt;کامل&gt;"), 1);
    assert_int_equal(count_of(svg, "direction=\"rtl\""), 1);
    arena_free(&a);
}

#define DIAGRAM(shapes)                                                                                      \
    "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "                                      \
    "xmlns:di='http://www.omg.org/spec/BPMN/20100524/DI' xmlns:dc='http://www.omg.org/spec/DD/20100524/DC'>" \
    "<process id='p'><task id='t' name='One'/><startEvent "                                                  \
    "id='s'/></process><di:BPMNDiagram><di:BPMNPlane>" shapes                                                \
    "</di:BPMNPlane></di:BPMNDiagram></definitions>"

static void a_broken_diagram_breaks_nothing(void **state) {
    (void)state;
    static const char *const FILES[] = {
        DIAGRAM("<di:BPMNShape bpmnElement='t'/>"),
        DIAGRAM("<di:BPMNShape bpmnElement='t'><dc:Bounds x='nan' y='1e300' width='-5' "
                "height='inf'/></di:BPMNShape>"),
        DIAGRAM(
            "<di:BPMNShape bpmnElement='x:t'><dc:Bounds x='1' y='2' width='3' height='4'/></di:BPMNShape>"),
        DIAGRAM("<di:BPMNShape bpmnElement='nobody'/><di:BPMNEdge bpmnElement='s'/><di:BPMNShape "
                "bpmnElement='s'/>"),
        DIAGRAM("<di:BPMNEdge bpmnElement='s'/>")};
    static const size_t DRAWN[] = {1, 1, 1, 2, 1};
    struct flow_picture how = {0};
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        struct arena a = {0};
        size_t drawn;
        struct text svg = draw(&a, text_of(FILES[i]), &how, &drawn);
        assert_int_equal(drawn, DRAWN[i]);
        assert_int_equal(count_of(svg, "nan") + count_of(svg, "inf\"") + count_of(svg, "e+"), 0);
        arena_free(&a);
    }
}

static void without_a_diagram_nothing_is_drawn(void **state) {
    (void)state;
    struct arena a = {0};
    struct out svg = {.arena = &a};
    struct problem p = {0};
    struct flow_picture how = {0};
    size_t drawn;
    draw(&a, T("<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>"), &how, &drawn);
    assert_int_equal(drawn, 0);
    assert_status(flow_picture(&a, T("<definitions"), &how, &svg, &drawn, &p), STATUS_INVALID);
    assert_status(flow_picture(&a, T("<!DOCTYPE x [<!ENTITY e 'e'>]><x>&e;</x>"), &how, &svg, &drawn, &p),
                  STATUS_INVALID);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(everything_that_is_drawn_is_there),
                                       cmocka_unit_test(marks_and_names_are_the_readers),
                                       cmocka_unit_test(a_broken_diagram_breaks_nothing),
                                       cmocka_unit_test(without_a_diagram_nothing_is_drawn)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
