// rules.h - what the pages of the back-test share.
#pragma once
#include "cases/replay.h"
#include "web/app.h"

// The power to try rules is asked for one purpose.
static inline struct look rules_look(void) {
    return (struct look){.purpose = T("policy_review")};
}

// One run, in a list and at the head of its page.
struct rules_run {
    int64_t id, percent, cases;
    struct text href, decision, before, after, file_name;
    struct moment started;
    const char *state_key, *moment_key, *stock_key;
    bool is_running, is_done, is_stopped, is_failed;
};
extern const struct view RULES_RUN_VIEW;
struct rules_run rules_run_of(struct request *q, const struct replay_view *v);

// The question that a decision answers, in the person's language; its id when it has no such name.
struct text rules_decision_name(struct request *q, struct text decision);
// A result as people read it: "regular" has a name, "[]" means that nothing was found, "…" all that is left.
struct text rules_result_name(struct request *q, struct text result);
