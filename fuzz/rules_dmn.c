// Hostile DMN files: read strictly and leniently, and every decision evaluated with its trace, which must be
// the same with indexed tables and with scanned ones.
#include <stdlib.h>

#include "rules/dmn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// The trace of a decision; no text when a limit was reached.
static struct text trace_of(struct arena *a, const struct dmn_model *m, struct text decision,
                            const struct feel_value *input) {
    struct dmn_trace trace = {0};
    struct feel_value v;
    struct out o = {.arena = a};
    struct json_out j = {.out = &o};
    if (dmn_evaluate(m, decision, input, NULL, a, &v, &trace)) return T("");
    dmn_trace_json(&j, &trace);
    return out_done(&o);
}

static void evaluate(struct arena *a, const struct dmn_model *indexed, const struct dmn_model *scanned) {
    enum { DECISIONS_MAX = 20 };
    size_t count;
    const struct dmn_node_info *nodes = dmn_nodes(indexed, &count);
    struct feel_value input = feel_empty_context();
    for (size_t i = 0; i < count && i < DECISIONS_MAX; i++)
        if (nodes[i].kind == DMN_INPUT) feel_put(a, &input, nodes[i].name, feel_int(5));
    for (size_t i = 0; i < count && i < DECISIONS_MAX; i++) {
        struct text decision = nodes[i].id.n ? nodes[i].id : nodes[i].name;
        struct text with = trace_of(a, indexed, decision, &input),
                    without = trace_of(a, scanned, decision, &input);
        if (with.n && without.n && !text_eq(with, without)) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct text xml = {(const char *)data, size};
    for (int lenient = 0; lenient < 2; lenient++) {
        struct arena a = {0};
        struct dmn_read_options o = {.lenient = lenient}, scan = {.lenient = lenient, .scan_tables = true};
        struct problem p = {0};
        const struct dmn_model *indexed, *scanned;
        if (!dmn_read_with(&a, xml, &o, &indexed, &p) && !dmn_read_with(&a, xml, &scan, &scanned, &p))
            evaluate(&a, indexed, scanned);
        arena_free(&a);
    }
    return 0;
}
