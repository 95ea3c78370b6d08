// Hostile DMN files: read strictly and leniently, checked, and every decision evaluated with its trace, which
// must be the same with indexed tables and with scanned ones. After a line "--" behind the model may stand an
// expression whose context is the input.
#include <stdlib.h>

#include "rules/dmn_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// The trace of a decision; no text when a limit was reached.
static struct text trace_of(struct arena *a, const struct dmn_model *m, struct text decision,
                            const struct feel_value *input) {
    struct dmn_trace trace = {0};
    struct feel_value with, without;
    struct out o = {.arena = a};
    struct json_out j = {.out = &o};
    if (dmn_evaluate(m, decision, input, NULL, a, &with, &trace)) return T("");
    dmn_trace_json(&j, &trace);
    dmn_trace_text(&o, &trace, NULL, NULL);
    if (dmn_evaluate(m, decision, input, NULL, a, &without, NULL)) return T("");
    if (!text_eq(feel_print(a, &with), feel_print(a, &without))) abort(); // a trace changes nothing
    return out_done(&o);
}

static void check(struct arena *a, const struct dmn_model *m) {
    struct dmn_findings found = {0};
    dmn_check(m, a, &found);
    for (size_t i = 0; i < found.count; i++) {
        struct out o = {.arena = a};
        dmn_finding_text(&o, &found.items[i]);
    }
}

enum { DECISIONS_MAX = 20 };

static struct feel_value input_for(struct arena *a, const struct dmn_model *m, struct text source) {
    const struct feel_expression *x;
    struct feel_value input;
    size_t count;
    if (source.n && !feel_parse(a, source, FEEL_EXPRESSION, NULL, &x, NULL) &&
        !feel_eval(x, NULL, NULL, a, &input, NULL) && input.kind == FEEL_CONTEXT)
        return input;
    const struct dmn_node_info *nodes = dmn_nodes(m, &count);
    input = feel_empty_context();
    for (size_t i = 0; i < count && i < DECISIONS_MAX; i++)
        if (nodes[i].kind == DMN_INPUT) feel_put(a, &input, nodes[i].name, feel_int(5));
    struct feel_value fitted;
    return dmn_read_input(m, NULL, a, &input, &fitted, NULL) ? input : fitted;
}

static void evaluate(struct arena *a, const struct dmn_model *indexed, const struct dmn_model *scanned,
                     const struct feel_value *input) {
    size_t count;
    const struct dmn_node_info *nodes = dmn_nodes(indexed, &count);
    for (size_t i = 0; i < count && i < DECISIONS_MAX; i++) {
        struct text decision = nodes[i].id.n ? nodes[i].id : nodes[i].name;
        struct text with = trace_of(a, indexed, decision, input),
                    without = trace_of(a, scanned, decision, input);
        if (with.n && without.n && !text_eq(with, without)) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct text xml = {(const char *)data, size}, rest = {0};
    size_t at;
    if (text_find(xml, T("\n--\n"), &at)) {
        rest = text_slice(xml, at + 4, xml.n);
        xml = text_slice(xml, 0, at);
    }
    struct arena data_arena = {0};
    struct feel_value value;
    if (!feel_from_xml(&data_arena, xml, &value, NULL)) feel_print(&data_arena, &value);
    arena_free(&data_arena);
    for (int lenient = 0; lenient < 2; lenient++) {
        struct arena a = {0};
        struct dmn_read_options o = {.lenient = lenient}, scan = {.lenient = lenient, .scan_tables = true};
        struct problem p = {0};
        const struct dmn_model *indexed, *scanned;
        if (!dmn_read_with(&a, xml, &o, &indexed, &p) && !dmn_read_with(&a, xml, &scan, &scanned, &p)) {
            struct feel_value input = input_for(&a, indexed, rest);
            check(&a, indexed);
            evaluate(&a, indexed, scanned, &input);
        }
        arena_free(&a);
    }
    return 0;
}
