// incidents.h - steps that could not be done and wait for somebody to let them be tried again. Nothing
// personal.
#pragma once
#include "cases/cases.h"

enum {
    INCIDENTS_SHOWN_MAX = 100,
    INCIDENT_RULES_MAX = 50,
    INCIDENTS_TRIED_MAX = 1000 // of one request: somebody waits for its page
};

struct incident_view {
    int64_t case_id, step; // step: for COMMAND_RETRY_STEP
    struct text case_no, element, name, rule;
    struct moment at;
    int64_t pack_version;
};
struct incident_rule {
    struct text rule;
    int64_t count;
    struct moment since;
};
struct incident_list {
    struct incident_view *items; // the oldest first
    size_t count, capacity;
    bool has_more;
    struct {
        struct incident_rule *items; // of all of them, the most frequent first
        size_t count, capacity;
    } rules;
};
struct incident_filter {
    struct text rule;                  // empty: all
    const struct incident_view *after; // the last one seen; NULL begins
};
// For operators and supervisors (action retry_step).
enum status cases_incidents(struct cases *c, const struct actor *actor, const struct incident_filter *filter,
                            struct arena *a, struct incident_list *out, struct problem *p);
// For the metrics of the server.
enum status cases_incident_count(struct cases *c, int64_t *count);

// After a pack or service was mended: lets the steps of one rule be tried again, the oldest first, in batches
// that share commits. STATUS_NOT_FOUND without a rule.
struct incidents_tried {
    int64_t tried, mended;
    bool has_more; // INCIDENTS_TRIED_MAX were tried
};
enum status cases_retry_rule(struct cases *c, const struct actor *actor, struct text rule,
                             struct incidents_tried *out, struct problem *p);
// For which purpose they let a step be tried again.
struct text cases_retry_purpose(const struct actor *actor);
