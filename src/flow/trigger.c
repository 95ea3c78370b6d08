// trigger.c - the public triggers: each works on a copy of the state and hands it over when all went well.
#include "flow/run.h"

#include <string.h>

#define COPY_LIST(a, list)                                                                         \
    ((list).items =                                                                                \
         (list).count ? arena_copy((a), (list).items, (list).count * sizeof *(list).items) : NULL, \
     (list).capacity = (list).count)

struct run run_begin(const struct flow_engine *e, const struct flow_state *state, struct problem *p) {
    struct run r = {.model = e->model, .host = e->host, .arena = e->arena, .state = *state, .problem = p};
    COPY_LIST(e->arena, r.state.tokens);
    COPY_LIST(e->arena, r.state.scopes);
    COPY_LIST(e->arena, r.state.waits);
    COPY_LIST(e->arena, r.state.incidents);
    COPY_LIST(e->arena, r.state.done);
    for (size_t i = 0; i < r.state.waits.count; i++) {
        struct flow_wait *w = &r.state.waits.items[i];
        w->key = text_copy(e->arena, w->key);
    }
    for (size_t i = 0; i < r.state.incidents.count; i++) {
        struct flow_incident *n = &r.state.incidents.items[i];
        n->rule = text_copy(e->arena, n->rule), n->detail = text_copy(e->arena, n->detail);
    }
    return r;
}

enum status run_commit(struct run *r, struct flow_state *state, struct flow_effects *effects) {
    run_to_rest(r);
    if (r->status) return r->status;
    *state = r->state;
    for (size_t i = 0; i < r->effects.count; i++) *ARENA_PUSH(r->arena, effects) = r->effects.items[i];
    return STATUS_OK;
}

enum status not_found(struct problem *p, const char *rule, const char *text_key) {
    (void)problem(p, "", rule, text_key);
    return STATUS_NOT_FOUND;
}

// The token of a task that waits to be done; NULL when there is none.
static struct flow_token *waiting_task(struct run *r, int64_t task) {
    struct flow_token *t = token_by_id(r, task);
    bool waits = t && t->phase == FLOW_WAITING && !t->leaving &&
                 is_task_kind(flow_element(r->model, t->element)->kind);
    return waits ? t : NULL;
}
static enum status no_task(struct problem *p) {
    return not_found(p, "flow_task_not_waiting", "problem.flow.task_not_waiting");
}

static bool is_for_people(struct run *r, const struct flow_token *t) {
    enum flow_kind k = flow_element(r->model, t->element)->kind;
    return k == FLOW_USER_TASK || k == FLOW_MANUAL_TASK;
}

enum status flow_task_done(const struct flow_engine *e, struct flow_state *state, int64_t task,
                           struct flow_effects *effects, struct problem *p) {
    struct run r = run_begin(e, state, p);
    const struct flow_token *t = waiting_task(&r, task);
    if (!t) return no_task(p);
    if (is_for_people(&r, t)) emit_token(&r, FLOW_TASK_CLOSED, t);
    work_done(&r, task);
    return run_commit(&r, state, effects);
}

enum status flow_error(const struct flow_engine *e, struct flow_state *state, int64_t task, struct text code,
                       struct flow_effects *effects, struct problem *p) {
    struct run r = run_begin(e, state, p);
    struct flow_token *t = waiting_task(&r, task);
    if (!t) return no_task(p);
    if (is_for_people(&r, t)) emit_token(&r, FLOW_TASK_CANCELLED, t);
    t->leaving = true;
    throw_error(&r, task, code);
    return run_commit(&r, state, effects);
}

enum status flow_escalation(const struct flow_engine *e, struct flow_state *state, int64_t task,
                            struct text code, struct flow_effects *effects, struct problem *p) {
    struct run r = run_begin(e, state, p);
    if (!waiting_task(&r, task)) return no_task(p);
    escalate(&r, task, code);
    return run_commit(&r, state, effects);
}

enum status flow_facts_changed(const struct flow_engine *e, struct flow_state *state,
                               struct flow_effects *effects, struct problem *p) {
    struct run r = run_begin(e, state, p);
    return run_commit(&r, state, effects);
}

enum status flow_begin(const struct flow_engine *e, struct flow_state *state, int64_t token, int element,
                       struct flow_effects *effects, struct problem *p) {
    struct run r = run_begin(e, state, p);
    const struct flow_token *t = token_by_id(&r, token);
    const struct flow_scope *s = t ? scope_by_id(&r, owner_scope(&r, token)) : NULL;
    bool ad_hoc = s && t->phase == FLOW_INSIDE && !s->repeated && !s->completed &&
                  node_at(e->model, t->element)->e.kind == FLOW_AD_HOC && element >= 0 &&
                  (size_t)element < e->model->nodes.count &&
                  begins_alone(node_at(e->model, element), t->element);
    if (!ad_hoc) return not_found(p, "flow_not_ad_hoc", "problem.flow.not_ad_hoc");
    for (size_t i = 0; i < state->tokens.count; i++) {
        if (state->tokens.items[i].scope != s->id || !node_at(e->model, t->element)->sequential) continue;
        (void)problem(p, "", "flow_ad_hoc_busy", "problem.flow.ad_hoc_busy");
        return STATUS_CONFLICT;
    }
    spawn(&r, s->id, element, -1, 0);
    return run_commit(&r, state, effects);
}

enum status flow_failed(const struct flow_engine *e, struct flow_state *state, int64_t task,
                        struct text detail, struct flow_effects *effects, struct problem *p) {
    struct run r = run_begin(e, state, p);
    const struct flow_token *t = waiting_task(&r, task);
    if (!t) return no_task(p);
    if (is_for_people(&r, t)) emit_token(&r, FLOW_TASK_CANCELLED, t);
    stuck(&r, task, T("flow_work_failed"), detail, false);
    return run_commit(&r, state, effects);
}

enum status flow_retry(const struct flow_engine *e, struct flow_state *state, int64_t token,
                       struct flow_effects *effects, struct problem *p) {
    struct run r = run_begin(e, state, p);
    const struct flow_token *t = token_by_id(&r, token);
    if (!t || t->phase != FLOW_STUCK) return not_found(p, "flow_not_stuck", "problem.flow.not_stuck");
    incident_close(&r, token);
    if (t->leaving)
        depart(&r, token);
    else
        begin_work(&r, token);
    return run_commit(&r, state, effects);
}

static struct flow_wait *wait_of(struct run *r, int64_t id, enum flow_event kind) {
    for (size_t i = 0; i < r->state.waits.count; i++) {
        struct flow_wait *w = &r->state.waits.items[i];
        if (w->id == id && w->kind == kind) return w;
    }
    return NULL;
}

enum status flow_timer_due(const struct flow_engine *e, struct flow_state *state, int64_t timer,
                           struct flow_effects *effects, struct problem *p) {
    struct run r = run_begin(e, state, p);
    if (!wait_of(&r, timer, FLOW_TIMER)) return not_found(p, "flow_timer_gone", "problem.flow.timer_gone");
    happened(&r, timer);
    return run_commit(&r, state, effects);
}

enum status flow_timer_move(const struct flow_engine *e, struct flow_state *state, int64_t timer,
                            struct moment due, struct flow_effects *effects, struct problem *p) {
    struct run r = run_begin(e, state, p);
    struct flow_wait *w = wait_of(&r, timer, FLOW_TIMER);
    if (!w) return not_found(p, "flow_timer_gone", "problem.flow.timer_gone");
    w->due = due;
    flow_emit(&r, FLOW_TIMER_SET, timer, w->element)->due = due;
    return run_commit(&r, state, effects);
}

enum status flow_message(const struct flow_engine *e, struct flow_state *state, struct text name,
                         struct text key, struct flow_effects *effects, struct problem *p) {
    struct run r = run_begin(e, state, p);
    for (size_t i = 0; i < r.state.waits.count; i++) {
        const struct flow_wait *w = &r.state.waits.items[i];
        if (w->kind != FLOW_MESSAGE || !text_eq(w->name, name) || (w->key.n && !text_eq(w->key, key)))
            continue;
        happened(&r, w->id);
        return run_commit(&r, state, effects);
    }
    return not_found(p, "flow_message_not_awaited", "problem.flow.message_not_awaited");
}

enum status flow_signal(const struct flow_engine *e, struct flow_state *state, struct text name,
                        struct flow_effects *effects, struct problem *p) {
    struct run r = run_begin(e, state, p);
    int taken = 0;
    signal_offer(&r, name, &taken);
    if (!taken && !r.status)
        return not_found(p, "flow_signal_not_awaited", "problem.flow.signal_not_awaited");
    return run_commit(&r, state, effects);
}

enum status flow_cancel(const struct flow_engine *e, struct flow_state *state, struct flow_effects *effects,
                        struct problem *p) {
    struct run r = run_begin(e, state, p);
    if (!state->next_id || state->ended) return not_found(p, "flow_not_running", "problem.flow.not_running");
    cancel_inside(&r, 0, 0);
    disarm_scope(&r, 0);
    scope_remove(&r, 0);
    r.state.ended = true;
    flow_emit(&r, FLOW_ENDED, 0, -1);
    return run_commit(&r, state, effects);
}
