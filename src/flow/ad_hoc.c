// ad_hoc.c - the ad-hoc sub-process (BPMN 10.2.5, 13.3.5): its activities begin in any order, or one after
// the other; after each one the completion condition is asked.
//
// Every activity that nothing leads to begins once by itself. While the condition does not hold, more of them
// may begin again (flow_begin). Without a condition the sub-process is complete when all are done.
#include "flow/run.h"

static int nth_alone(const struct run *r, int element, int nth) {
    for (size_t i = 0; i < r->model->nodes.count; i++)
        if (begins_alone(node_at(r->model, (int)i), element) && nth-- == 0) return (int)i;
    return -1;
}

static void begin_next(struct run *r, int64_t scope) {
    struct flow_scope *s = scope_by_id(r, scope);
    spawn(r, scope, nth_alone(r, s->element, s->started++), -1, 0);
}

void ad_hoc_begin(struct run *r, int64_t scope) {
    struct flow_scope *s = scope_by_id(r, scope);
    bool sequential = node_at(r->model, s->element)->sequential;
    while (nth_alone(r, s->element, s->total) >= 0) s->total++;
    int first = sequential && s->total ? 1 : s->total;
    for (int i = 0; i < first && !r->status; i++) begin_next(r, scope);
    if (!r->status) scope_check(r, scope);
}

bool ad_hoc_goes_on(struct run *r, int64_t scope) {
    const struct flow_scope *s = scope_by_id(r, scope);
    if (s->completed) return false;
    if (s->started >= s->total) return s->total && node_at(r->model, s->element)->completion.n;
    begin_next(r, scope);
    return true;
}

bool ad_hoc_asks(struct run *r, int64_t token, bool *complete) {
    const struct flow_token *t = token_by_id(r, token);
    const struct flow_scope *s = scope_by_id(r, t->scope);
    if (s->element < 0 || s->repeated || s->undoing || !s->owner) return true;
    const struct node *n = node_at(r->model, s->element);
    if (!n->completion.n || s->completed || !is_activity(node_at(r->model, t->element)->e.kind)) return true;
    struct problem p = {0};
    if (!r->host->condition) return stuck(r, token, T("flow_host_condition"), T(""), true), false;
    struct flow_at at = at_token(r, s->owner);
    enum status st = r->host->condition(r->host->ctx, &at, n->completion, complete, &p);
    return host_went_well(r, st, token, &p, "flow_condition_failed", true);
}

void ad_hoc_complete(struct run *r, int64_t scope) {
    cancel_inside(r, scope, 0);
    scope_check(r, scope);
}
