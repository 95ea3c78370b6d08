// xes_inside.h - what both files of the event log share.
#pragma once
#include "base/crypto.h"
#include "cases/xes.h"

// One entry or exit of a step.
struct xes_event {
    int64_t at, token;
    int order;               // of reading: what is equal otherwise stays so
    const char *transition;  // of the standard's lifecycle
    struct text name, roles; // roles: comma-separated, of user tasks
    int64_t account;         // who did it; 0: the system or nobody
    bool is_by_system;
};
struct xes_events {
    struct xes_event *items;
    size_t count, capacity;
};
struct xes_case {
    int64_t case_id, pack_version;
    struct text version; // of the law: "1.0.0"
};

// xes_names.c: names of steps as the models of a pack write them, in memory of `n`. Gateways are no steps:
// NULL. An empty process is the case's own.
struct xes_names;
struct xes_names *xes_names_new(struct store *s);
void xes_names_free(struct xes_names *n);
enum status xes_names_of(struct xes_names *n, int64_t pack_version); // chooses the pack
struct text xes_names_version(const struct xes_names *n);
const struct text *xes_name(const struct xes_names *n, struct text process, struct text element);

// xes_write.c
struct text xes_pseudonym(struct arena *a, const struct key *k, const char *kind, int64_t id);
void xes_put_head(struct out *o, const struct xes_question *q);
void xes_put_trace(struct out *o, const struct key *k, const struct xes_case *c, struct xes_events *events);
