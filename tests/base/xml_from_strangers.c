#include "base/xml.h"
#include "check.h"

static void a_document_is_walked(void **state) {
    (void)state;
    struct arena a = {0};
    xmlDoc *doc;
    assert_ok(xml_read(T("<m xmlns='urn:x'><a id='1'>one<b/></a><a id='2'/></m>"), &doc, NULL));
    xmlNode *n = xml_child(xmlDocGetRootElement(doc));
    assert_true(xml_is(n, "urn:x", "a"));
    assert_text(xml_attribute(&a, n, NULL, "id"), "1");
    assert_text(xml_content(&a, n), "one");
    assert_text(xml_attribute(&a, xml_next(n), NULL, "id"), "2");
    xmlFreeDoc(doc);
    arena_free(&a);
}

static void entities_and_doctypes_are_refused(void **state) {
    (void)state;
    xmlDoc *doc;
    struct problem p;
    assert_status(xml_read(T("<!DOCTYPE m [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><m>&x;</m>"), &doc, &p),
                  STATUS_INVALID);
    assert_string_equal(p.rule, "xml_doctype");
    assert_status(xml_read(T("<m>\n<a></m>"), &doc, &p), STATUS_INVALID);
    assert_int_equal(p.line, 2);
    assert_null(doc);
}

static void deep_nesting_is_refused(void **state) {
    (void)state;
    struct arena a = {0};
    struct out o = {.arena = &a};
    for (int i = 0; i < 200; i++) out_c(&o, "<a>");
    for (int i = 0; i < 200; i++) out_c(&o, "</a>");
    xmlDoc *doc;
    struct problem p;
    assert_status(xml_read(out_done(&o), &doc, &p), STATUS_INVALID);
    assert_string_equal(p.rule, "xml_depth");
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_is_walked),
        cmocka_unit_test(entities_and_doctypes_are_refused),
        cmocka_unit_test(deep_nesting_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
