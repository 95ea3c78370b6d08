// Hostile DMN files: read strictly and leniently, checked, and every decision evaluated with its trace.
#include "rules/dmn_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void evaluate(struct arena *a, const struct dmn_model *m) {
    enum { DECISIONS_MAX = 20 };
    size_t count;
    const struct dmn_node_info *nodes = dmn_nodes(m, &count);
    struct feel_value input = feel_empty_context(), fitted;
    struct dmn_findings found = {0};
    dmn_check(m, a, &found);
    for (size_t i = 0; i < found.count; i++) {
        struct out o = {.arena = a};
        dmn_finding_text(&o, &found.items[i]);
    }
    for (size_t i = 0; i < count && i < DECISIONS_MAX; i++)
        if (nodes[i].kind == DMN_INPUT) feel_put(a, &input, nodes[i].name, feel_int(5));
    if (!dmn_read_input(m, a, &input, &fitted, NULL)) input = fitted;
    for (size_t i = 0; i < count && i < DECISIONS_MAX; i++) {
        struct dmn_trace trace = {0};
        struct feel_value v;
        struct out o = {.arena = a};
        struct json_out j = {.out = &o};
        if (dmn_evaluate(m, nodes[i].id.n ? nodes[i].id : nodes[i].name, &input, NULL, a, &v, &trace))
            continue;
        dmn_trace_json(&j, &trace);
        dmn_trace_text(&o, &trace, NULL, NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct text xml = {(const char *)data, size};
    for (int lenient = 0; lenient < 2; lenient++) {
        struct arena a = {0};
        struct dmn_read_options o = {.lenient = lenient};
        struct problem p = {0};
        const struct dmn_model *m;
        if (!dmn_read_with(&a, xml, &o, &m, &p)) evaluate(&a, m);
        arena_free(&a);
    }
    return 0;
}
