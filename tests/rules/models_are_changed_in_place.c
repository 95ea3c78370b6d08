// One cell of a model's file is changed, and nothing else: every table of every model of the compatibility
// kit.
#include <dirent.h>

#include "../check.h"
#include "base/xml.h"
#include "rules/dmn_write.h"

static struct arena arena;

#define HEAD                                                                                                \
    "<?xml version='1.0' encoding='utf-8'?>\n<!-- <decision id='d'> in a comment -->\n"                     \
    "<d:definitions xmlns:d='https://www.omg.org/spec/DMN/20191111/MODEL/' xmlns:x='urn:x' name='m' "       \
    "namespace='urn:m'>\n<d:decision id='d' name='f &amp; g'><d:extensionElements><x:text a='>'>1</x:text>" \
    "</d:extensionElements>\n<d:decisionTable><d:input label='A > B'><d:inputExpression><d:text>1</d:text>" \
    "</d:inputExpression></d:input><d:output label='R' name='r'/>\n"
#define TAIL                                                                                \
    "</d:decisionTable></d:decision><x:DMNDI xmlns:x='urn:di'><x:Shape y='2'/></x:DMNDI>\n" \
    "</d:definitions>\n<!-- end -->\n"
#define RULES(input, output)                                                    \
    "<d:rule id='r1'><!-- why --><d:inputEntry id='i'>" input "</d:inputEntry>" \
    "<d:outputEntry>" output "</d:outputEntry></d:rule>\r\n"

static const struct dmn_cell INPUT = {{"f & g", 5}, 1, {"A > B", 5}}, OUTPUT = {{"d", 1}, 1, {"r", 1}};

static void set(const char *before, const struct dmn_cell *cell, const char *source, const char *after) {
    struct text out;
    struct problem p = {0};
    if (dmn_write_cell(&arena, text_of(before), NULL, cell, text_of(source), &out, &p))
        fail_msg("%s", p.rule);
    assert_text(out, after);
}

static void only_the_cell_changes(void **state) {
    (void)state;
    set(HEAD RULES("<d:text> 1 </d:text>", "<d:text>2</d:text>") TAIL, &INPUT, "< 5 ",
        HEAD RULES("<d:text> &lt; 5 </d:text>", "<d:text>2</d:text>") TAIL);
    set(HEAD RULES("<d:text><![CDATA[< 1]]></d:text>", "<d:text/>") TAIL, &OUTPUT, "\"a & b\"",
        HEAD RULES("<d:text><![CDATA[< 1]]></d:text>", "<d:text>\"a &amp; b\"</d:text>") TAIL);
    set(HEAD RULES("<d:text><![CDATA[< 1]]></d:text>", "<d:text/>") TAIL, &INPUT, "< 1",
        HEAD RULES("<d:text><![CDATA[< 1]]></d:text>", "<d:text/>") TAIL);
}

static void refuse(const char *xml, struct dmn_cell cell, const char *source, const char *rule) {
    struct text out;
    struct problem p = {0};
    assert_int_not_equal(dmn_write_cell(&arena, text_of(xml), NULL, &cell, text_of(source), &out, &p),
                         STATUS_OK);
    assert_string_equal(p.rule ? p.rule : "", rule);
}

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    const char *good = HEAD RULES("<d:text>1</d:text>", "<d:text>2</d:text>") TAIL;
    refuse(good, (struct dmn_cell){T("e"), 1, T("R")}, "1", "dmn_cell_element");
    refuse(good, (struct dmn_cell){T("d"), 2, T("R")}, "1", "dmn_cell_rule");
    refuse(good, (struct dmn_cell){T("d"), 0, T("R")}, "1", "dmn_cell_rule");
    refuse(good, (struct dmn_cell){T("d"), 1, T("Q")}, "1", "dmn_cell_column");
    refuse(good, (struct dmn_cell){T("d"), 1, T("R")}, "1 +", "feel_expression");
    refuse("<a>", (struct dmn_cell){T("d"), 1, T("R")}, "1", "xml_syntax");
    refuse("<?xml version='1.0' encoding='latin1'?><a/>", (struct dmn_cell){T("d"), 1, T("R")}, "1", "");
}

// ---- every model of the kit ----

static size_t tables, cells;
static const struct dmn_model *known[20]; // models that others beside them import
static size_t known_count;

static struct text read_file(const char *path) {
    struct out o = {.arena = &arena};
    char part[65536];
    size_t n;
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    while ((n = fread(part, 1, sizeof part, f))) out_text(&o, (struct text){part, n});
    fclose(f);
    return out_done(&o);
}

static struct text label_of(const xmlNode *column, bool is_input) {
    struct text label = text_trim(xml_attribute(&arena, column, NULL, "label"));
    if (!label.n && !is_input) label = text_trim(xml_attribute(&arena, column, NULL, "name"));
    for (const xmlNode *x = xml_child(column); !label.n && is_input && x; x = xml_next(x))
        if (xml_is(x, NULL, "inputExpression")) label = text_trim(xml_content(&arena, xml_child(x)));
    return label;
}

// The canonical form without the one text node: what is the same there is the same for every reader.
static struct text canonical(struct text xml) {
    xmlDoc *doc;
    xmlChar *bytes;
    int n;
    assert_ok(xml_read(xml, &doc, NULL));
    xmlDocDumpMemory(doc, &bytes, &n);
    struct text t = text_copy(&arena, (struct text){(char *)bytes, (size_t)n});
    xmlFree(bytes);
    xmlFreeDoc(doc);
    return t;
}

static void change_cell(struct text xml, struct dmn_cell cell, bool is_input) {
    struct problem p = {0};
    struct dmn_read_options o = {known, known_count, true};
    struct text old, same, other, back;
    if (dmn_read_cell(&arena, xml, &cell, &old, &p))
        fail_msg("%.*s %zu %.*s: %s", TEXT_ARG(cell.element), cell.rule, TEXT_ARG(cell.column), p.rule);
    assert_ok(dmn_write_cell(&arena, xml, &o, &cell, old, &same, &p));
    assert_true(text_eq(same, xml));
    const char *new = is_input ? "< 12345" : "\"<12345>\"";
    assert_ok(dmn_write_cell(&arena, xml, &o, &cell, text_of(new), &other, &p));
    assert_ok(dmn_read_cell(&arena, other, &cell, &back, &p));
    assert_text(back, new);
    assert_ok(dmn_write_cell(&arena, other, &o, &cell, old, &back, &p));
    assert_true(text_eq(canonical(back), canonical(xml)));
    size_t head = 0, tail = 0;
    while (head < xml.n && head < other.n && xml.p[head] == other.p[head]) head++;
    while (tail < xml.n - head && tail < other.n - head &&
           xml.p[xml.n - tail - 1] == other.p[other.n - tail - 1])
        tail++;
    // What lies between is the cell's text, written with references.
    assert_true(other.n - head - tail <= strlen(new) * 4);
    cells++;
}

static void change_table(struct text xml, const xmlNode *table, struct text element) {
    struct text input = T(""), output = T("");
    size_t rules = 0;
    for (const xmlNode *n = xml_child(table); n; n = xml_next(n)) {
        if (xml_is(n, NULL, "input")) input = label_of(n, true);
        if (xml_is(n, NULL, "output")) output = label_of(n, false);
        if (xml_is(n, NULL, "output") && !output.n) output = element;
        rules += xml_is(n, NULL, "rule");
    }
    tables++;
    size_t both[] = {1, rules};
    for (size_t i = 0; rules && i < 2; i++) {
        if (input.n) change_cell(xml, (struct dmn_cell){element, both[i], input}, true);
        if (output.n && !text_eq(output, input))
            change_cell(xml, (struct dmn_cell){element, both[i], output}, false);
    }
}

// By its id, or as the first table of what holds it.
static void change_tables(struct text xml, const xmlNode *n, struct text *holder) {
    for (const xmlNode *c = xml_child(n); c; c = xml_next(c)) {
        struct text id = xml_attribute(&arena, c, NULL, "id"), own = xml_attribute(&arena, c, NULL, "name");
        bool holds = xml_is(c, NULL, "decision") || xml_is(c, NULL, "businessKnowledgeModel");
        if (!xml_is(c, NULL, "decisionTable")) {
            change_tables(xml, c, holds ? &own : holder);
            continue;
        }
        if (id.n || holder->n) change_table(xml, c, id.n ? id : text_trim(*holder));
        *holder = T("");
    }
}

static void change_file(const char *path) {
    xmlDoc *doc;
    struct text xml = read_file(path);
    assert_ok(xml_read(xml, &doc, NULL));
    struct text none = T("");
    change_tables(xml, xmlDocGetRootElement(doc), &none);
    xmlFreeDoc(doc);
}

static void know_file(const char *path) {
    const struct dmn_model *m;
    struct dmn_read_options o = {.lenient = true};
    if (known_count < sizeof known / sizeof *known && !dmn_read_with(&arena, read_file(path), &o, &m, NULL))
        known[known_count++] = m;
}

// First what is in a folder is read, for those that import it; then each is changed.
static void walk(const char *path) {
    known_count = 0;
    for (int change = 0; change < 2; change++) {
        DIR *d = opendir(path);
        struct dirent *entry;
        while (d && (entry = readdir(d))) {
            const char *inner =
                text_c(&arena, TEXT_JOIN(&arena, text_of(path), T("/"), text_of(entry->d_name)));
            if (entry->d_name[0] == '.' || !text_ends(text_of(inner), T(".dmn"))) continue;
            if (change)
                change_file(inner);
            else
                know_file(inner);
        }
        if (d) closedir(d);
    }
    DIR *d = opendir(path);
    struct dirent *entry;
    while (d && (entry = readdir(d)))
        if (entry->d_name[0] != '.')
            walk(text_c(&arena, TEXT_JOIN(&arena, text_of(path), T("/"), text_of(entry->d_name))));
    if (d) closedir(d);
}

static void every_table_of_the_kit_can_be_changed(void **state) {
    (void)state;
    const char *path = data_path("dmn-tck");
    if (!path) skip_no_data();
    tables = cells = 0;
    walk(text_c(&arena, text_of(path)));
    walk("packs");
    print_message("# %zu cells of %zu tables\n", cells, tables);
    assert_true(tables > 30 && cells > 100);
}

static int tear_down(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(only_the_cell_changes, tear_down),
        cmocka_unit_test_teardown(what_cannot_be_is_refused, tear_down),
        cmocka_unit_test_teardown(every_table_of_the_kit_can_be_changed, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
