// pack_graph.h - inside pack/: the ways through a process as drawn, for what must hold on each of them.
#pragma once
#include "flow/flow.h"
#include "pack/pack.h"

struct graph_edge {
    int source, target; // elements of the model
    struct text condition;
};
struct pack_graph {
    const struct flow_model *model;
    struct arena *arena;
    struct graph_edge *items; // sequence flows
    size_t count, capacity;
};

// `xml` is the file that `model` was read from.
enum status graph_read(struct arena *a, struct text xml, const struct flow_model *model,
                       struct pack_graph *out);

// An end of which the authors say that nothing is decided there about the person: the property `decides`
// is "nothing".
bool graph_decides_nothing(const struct flow_element *e);

typedef bool graph_test(const struct pack *pack, const struct flow_element *e);

// Looks for a way from a start event to an end that completes no element for which `passes` answers true. An
// element that is left by a boundary event is not completed. Starts for which `excused` (may be NULL) answers
// true do not count, nor ways on from a flow that is only taken when the decision is not against the person
// ("=decision.adverse = false and ..."). What runs beside the rest, because the event that began it does not
// interrupt, has an end only where it terminates the process; one that decides nothing is none. On success *way holds the ids, "a > b > c";
// false when every way passes.
bool graph_way_around(const struct pack *pack, const struct pack_graph *g, graph_test *passes,
                      graph_test *excused, struct text *way);
