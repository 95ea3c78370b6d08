// Decision tables, read.
#include <string.h>

#include "rules/dmn_model.h"

static size_t count_of(const xmlNode *n, const char *name) {
    size_t count = 0;
    for (const xmlNode *c = dmn_child(n, name); c; c = dmn_next(c, name)) count++;
    return count;
}

static bool hit_policy(struct text name, enum dmn_hit_policy *out) {
    if (!name.n) return *out = DMN_UNIQUE, true;
    for (int h = DMN_UNIQUE; h <= DMN_OUTPUT_ORDER; h++)
        if (text_eq(name, text_of(dmn_hit_policy_name((enum dmn_hit_policy)h))))
            return *out = (enum dmn_hit_policy)h, true;
    return false;
}

static enum aggregation aggregation(struct text name) {
    static const char *const NAMES[] = {"", "SUM", "COUNT", "MIN", "MAX"};
    for (int i = AGGREGATE_SUM; i <= AGGREGATE_MAX; i++)
        if (text_eq(name, text_of(NAMES[i]))) return (enum aggregation)i;
    return AGGREGATE_NONE;
}

// Allowed values of a column: its own, or those of its type.
static const struct node *allowed(struct reader *r, const xmlNode *column, const char *own,
                                  const struct feel_type *type) {
    const xmlNode *values = dmn_child(column, own);
    if (values && dmn_child(values, "text")) return dmn_parse(r, values, FEEL_UNARY_TESTS);
    return type->allowed ? type->allowed->root : NULL;
}

static void input(struct reader *r, const xmlNode *n, struct table_input *in) {
    const xmlNode *x = dmn_child(n, "inputExpression"), *text = x ? dmn_child(x, "text") : NULL;
    if (!x) {
        dmn_fail(r, n, "dmn_part_missing", "dmn.part_missing");
        return;
    }
    struct text label = dmn_attribute(r, n, "label");
    in->label = label.n || !text ? label : dmn_source(r, x);
    r->cell = TEXT_JOIN(r->arena, T("column "), in->label);
    const struct feel_type *type = dmn_element_type(r, x);
    in->expression = dmn_coerced(r, dmn_parse(r, x, FEEL_EXPRESSION), type);
    in->allowed = allowed(r, n, "inputValues", &TYPE_OF_ANY);
}

static void output(struct reader *r, const xmlNode *n, struct table_output *out) {
    struct text label = dmn_attribute(r, n, "label");
    out->name = dmn_attribute(r, n, "name");
    out->label = label.n ? label : out->name;
    r->cell = TEXT_JOIN(r->arena, T("output "), out->label);
    out->type = dmn_element_type(r, n);
    out->allowed = allowed(r, n, "outputValues", out->type);
    const xmlNode *otherwise = dmn_child(n, "defaultOutputEntry");
    if (otherwise) out->otherwise = dmn_coerced(r, dmn_parse(r, otherwise, FEEL_EXPRESSION), out->type);
}

static void name_cell(struct reader *r, size_t index, struct text column) {
    r->cell = text_printf(r->arena, "rule %zu" TEXT_FMT TEXT_FMT, index + 1,
                          TEXT_ARG(column.n ? T(", ") : T("")), TEXT_ARG(column));
}

static void cells(struct reader *r, const xmlNode *n, const struct table *t, size_t index,
                  struct table_rule *out) {
    size_t i = 0;
    for (const xmlNode *c = dmn_child(n, "inputEntry"); c && !r->failed; c = dmn_next(c, "inputEntry"), i++) {
        name_cell(r, index, t->inputs[i].label);
        out->sources[i] = dmn_source(r, c);
        out->tests[i] = dmn_parse(r, c, FEEL_UNARY_TESTS);
    }
    i = 0;
    for (const xmlNode *c = dmn_child(n, "outputEntry"); c && !r->failed;
         c = dmn_next(c, "outputEntry"), i++) {
        name_cell(r, index, t->outputs[i].label);
        out->outputs[i] = dmn_coerced(r, dmn_parse(r, c, FEEL_EXPRESSION), t->outputs[i].type);
    }
}

static void rule(struct reader *r, const xmlNode *n, const struct table *t, size_t index) {
    struct table_rule *out = &t->rules[index];
    name_cell(r, index, T(""));
    if (count_of(n, "inputEntry") != t->input_count || count_of(n, "outputEntry") != t->output_count) {
        dmn_fail(r, n, "dmn_cells", "dmn.cells");
        return;
    }
    out->id = dmn_attribute(r, n, "id");
    out->line = xmlGetLineNo(n);
    out->tests = ARENA_ARRAY(r->arena, const struct node *, t->input_count);
    out->sources = ARENA_ARRAY(r->arena, struct text, t->input_count);
    out->outputs = ARENA_ARRAY(r->arena, const struct node *, t->output_count);
    out->annotations = ARENA_ARRAY(r->arena, struct text, t->annotation_count);
    cells(r, n, t, index, out);
    size_t i = 0;
    for (const xmlNode *c = dmn_child(n, "annotationEntry"); c && i < t->annotation_count;
         c = dmn_next(c, "annotationEntry"))
        out->annotations[i++] = dmn_source(r, c);
    // Before DMN 1.2, and in many editors, a rule's description is its annotation.
    const xmlNode *description = dmn_child(n, "description");
    if (i == 0 && description && t->annotation_count)
        out->annotations[0] = text_trim(xml_content(r->arena, description));
}

static void annotations(struct reader *r, const xmlNode *n, struct table *t) {
    t->annotation_count = count_of(n, "annotation");
    bool described = false;
    for (const xmlNode *c = dmn_child(n, "rule"); c; c = dmn_next(c, "rule"))
        described |= dmn_child(c, "description") != NULL;
    if (t->annotation_count == 0 && described) t->annotation_count = 1;
    t->annotation_names = ARENA_ARRAY(r->arena, struct text, t->annotation_count);
    for (size_t i = 0; i < t->annotation_count; i++) t->annotation_names[i] = T("description");
    size_t i = 0;
    for (const xmlNode *c = dmn_child(n, "annotation"); c; c = dmn_next(c, "annotation"))
        t->annotation_names[i++] = dmn_attribute(r, c, "name");
}

static void columns(struct reader *r, const xmlNode *n, struct table *t) {
    size_t i = 0;
    t->inputs = ARENA_ARRAY(r->arena, struct table_input, t->input_count);
    t->outputs = ARENA_ARRAY(r->arena, struct table_output, t->output_count);
    t->rules = ARENA_ARRAY(r->arena, struct table_rule, t->rule_count);
    for (const xmlNode *c = dmn_child(n, "input"); c && !r->failed; c = dmn_next(c, "input"))
        input(r, c, &t->inputs[i++]);
    i = 0;
    for (const xmlNode *c = dmn_child(n, "output"); c && !r->failed; c = dmn_next(c, "output"))
        output(r, c, &t->outputs[i++]);
    annotations(r, n, t);
    i = 0;
    for (const xmlNode *c = dmn_child(n, "rule"); c && !r->failed; c = dmn_next(c, "rule"))
        rule(r, c, t, i++);
    if (!r->failed) r->cell = T("");
}

const struct node *dmn_table(struct reader *r, const xmlNode *n, struct text name) {
    struct table *t = ARENA_NEW(r->arena, struct table);
    t->id = dmn_attribute(r, n, "id");
    t->name = name.n ? name : r->holder;
    t->owner = DMN_KNOWLEDGE;
    t->line = xmlGetLineNo(n);
    t->input_count = count_of(n, "input");
    t->output_count = count_of(n, "output");
    t->rule_count = count_of(n, "rule");
    if (t->rule_count > DMN_RULES_MAX || t->input_count > DMN_COLUMNS_MAX ||
        t->output_count > DMN_COLUMNS_MAX)
        return dmn_fail(r, n, "dmn_size", "dmn.too_large");
    if (!t->output_count) return dmn_fail(r, n, "dmn_part_missing", "dmn.part_missing");
    if (!hit_policy(dmn_attribute(r, n, "hitPolicy"), &t->hit))
        return dmn_fail(r, n, "dmn_hit_policy", "dmn.hit_policy");
    t->aggregation = aggregation(dmn_attribute(r, n, "aggregation"));
    columns(r, n, t);
    if (r->failed) return NULL;
    if (!r->scan_tables) t->index = index_make(r->arena, t, &r->index_steps);
    struct node *made = ARENA_NEW(r->arena, struct node);
    *made = (struct node){.kind = NODE_NATIVE, .native = table_run, .data = t, .line = (uint32_t)t->line};
    return made;
}
