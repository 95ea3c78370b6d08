#include "rules/dmn.h"

const char *dmn_hit_policy_name(enum dmn_hit_policy h) {
    static const char *const NAMES[] = {"UNIQUE",  "FIRST",      "PRIORITY",    "ANY",
                                        "COLLECT", "RULE ORDER", "OUTPUT ORDER"};
    return NAMES[h];
}

static const char *kind_name(enum dmn_node_kind k) {
    static const char *const NAMES[] = {"input", "decision", "knowledge", "service"};
    return NAMES[k];
}

static const char *logic_name(enum dmn_logic l) {
    static const char *const NAMES[] = {"none", "table", "literal", "boxed"};
    return NAMES[l];
}

static void put_text(struct json_out *j, const char *key, struct text value) {
    json_key(j, key);
    json_put_text(j, value);
}

static void put_c(struct json_out *j, const char *key, const char *value) {
    put_text(j, key, text_of(value));
}

// Columns without a name are shown by their number.
static void named_values(struct json_out *j, const char *key, const struct dmn_named_value *values,
                         size_t count) {
    json_key(j, key);
    json_begin_object(j);
    for (size_t i = 0; i < count; i++) {
        struct text number = text_printf(j->out->arena, "%zu", i + 1);
        json_key_text(j, values[i].name.n ? values[i].name : number);
        feel_to_json(j, &values[i].value);
    }
    json_end_object(j);
}

// Keyed like the inputs of the step; cells that ask nothing are left out.
static void tests(struct json_out *j, const struct dmn_step *s, const struct dmn_trace_rule *r) {
    json_key(j, "tests");
    json_begin_object(j);
    for (size_t i = 0; i < s->input_count; i++) {
        if (!r->tests[i].n || text_eq(r->tests[i], T("-"))) continue;
        struct text number = text_printf(j->out->arena, "%zu", i + 1);
        json_key_text(j, s->inputs[i].name.n ? s->inputs[i].name : number);
        json_put_text(j, r->tests[i]);
    }
    json_end_object(j);
}

static void rule(struct json_out *j, const struct dmn_step *s, const struct dmn_trace_rule *r) {
    json_begin_object(j);
    json_key(j, "index");
    json_put_int(j, (int64_t)r->index);
    put_text(j, "id", r->id);
    json_key(j, "chosen");
    json_put_bool(j, r->chosen);
    tests(j, s, r);
    named_values(j, "outputs", r->outputs, r->output_count);
    named_values(j, "annotations", r->annotations, r->annotation_count);
    json_end_object(j);
}

static void diagnostic(struct json_out *j, const struct dmn_diagnostic *d) {
    json_begin_object(j);
    put_c(j, "key", d->what.text_key);
    put_text(j, "detail", d->what.detail);
    json_key(j, "line");
    json_put_int(j, d->what.line);
    json_key(j, "column");
    json_put_int(j, d->what.column);
    put_text(j, "model", d->model);
    put_text(j, "element", d->element);
    if (d->rule) {
        json_key(j, "rule");
        json_put_int(j, (int64_t)d->rule);
    }
    if (d->cell.n) put_text(j, "cell", d->cell);
    json_end_object(j);
}

static void step(struct json_out *j, const struct dmn_step *s) {
    json_begin_object(j);
    put_text(j, "id", s->id);
    put_text(j, "name", s->name);
    put_c(j, "kind", kind_name(s->kind));
    put_c(j, "logic", logic_name(s->logic));
    json_key(j, "depth");
    json_put_int(j, s->depth);
    if (s->logic == DMN_TABLE) put_c(j, "hitPolicy", dmn_hit_policy_name(s->hit_policy));
    named_values(j, "inputs", s->inputs, s->input_count);
    json_key(j, "rules");
    json_begin_array(j);
    for (size_t i = 0; i < s->rule_count; i++) rule(j, s, &s->rules[i]);
    json_end_array(j);
    json_key(j, "value");
    feel_to_json(j, &s->value);
    json_key(j, "diagnostics");
    json_begin_array(j);
    for (size_t i = 0; i < s->diagnostic_count; i++) diagnostic(j, &s->diagnostics[i]);
    json_end_array(j);
    json_end_object(j);
}

void dmn_trace_json(struct json_out *j, const struct dmn_trace *t) {
    json_begin_array(j);
    for (size_t i = 0; i < t->count; i++) step(j, &t->items[i]);
    json_end_array(j);
}
