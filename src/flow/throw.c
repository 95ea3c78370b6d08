// throw.c - throwing events (BPMN 13.5.2): one definition after the other.
#include "flow/run.h"

// A message without a worker of its own leaves as an effect: the host delivers it.
void send_message(struct run *r, int64_t token, const struct flow_element *e) {
    if (e->type.n) {
        call_service(r, token);
        return;
    }
    const struct node *n = node_at(r->model, token_by_id(r, token)->element);
    size_t step = (size_t)token_by_id(r, token)->step;
    emit_token(r, FLOW_MESSAGE_SENT, token_by_id(r, token));
    r->effects.items[r->effects.count - 1].name =
        step < n->definitions.count ? n->definitions.items[step].name : e->event_name;
    work_done(r, token);
}

static void emit_signal(struct run *r, int64_t token, struct text name) {
    emit_token(r, FLOW_SIGNAL_SENT, token_by_id(r, token));
    r->effects.items[r->effects.count - 1].name = name;
}

// The signal may interrupt the very scope of the token that throws it.
static void send_signal(struct run *r, int64_t token, struct text name) {
    int taken = 0;
    emit_signal(r, token, name);
    token_by_id(r, token)->leaving = true;
    signal_offer(r, name, &taken);
    if (!r->status && token_by_id(r, token)) thrown(r, token);
}

static void send_escalation(struct run *r, int64_t token, struct text code) {
    token_by_id(r, token)->leaving = true;
    escalate(r, token, code);
    if (!r->status && token_by_id(r, token)) thrown(r, token);
}

static void follow_link(struct run *r, int64_t token, int target) {
    struct flow_token t = *token_by_id(r, token);
    emit_token(r, FLOW_LEFT, &t);
    token_remove(r, token);
    spawn(r, t.scope, target, -1, 0);
}

static void throw_definition(struct run *r, int64_t token, const struct node *n, const struct definition *d) {
    switch (d->event) {
    case FLOW_MESSAGE: send_message(r, token, &n->e); return;
    case FLOW_SIGNAL: send_signal(r, token, d->name); return;
    case FLOW_ESCALATION: send_escalation(r, token, d->name); return;
    case FLOW_COMPENSATION: compensate(r, token, d); return;
    case FLOW_CANCEL: cancel_transaction(r, token); return;
    case FLOW_LINK: follow_link(r, token, n->link_target); return;
    case FLOW_ERROR: throw_error(r, token, d->name); return;
    case FLOW_TERMINATE:
        cancel_inside(r, token_by_id(r, token)->scope, token);
        thrown(r, token);
        return;
    default: thrown(r, token); return;
    }
}

void throw_now(struct run *r, int64_t token) {
    const struct flow_token *t = token_by_id(r, token);
    const struct node *n = node_at(r->model, t->element);
    if ((size_t)t->step >= n->definitions.count)
        finish(r, token);
    else
        throw_definition(r, token, n, &n->definitions.items[t->step]);
}

void thrown(struct run *r, int64_t token) {
    struct flow_token *t = token_by_id(r, token);
    t->step++;
    t->leaving = false;
    if (!r->status) throw_now(r, token);
}

// 10.2.8: the event is thrown from the activity as a whole, so that its boundary events catch it.
void instance_throws(struct run *r, int64_t owner, const struct definition *d) {
    int taken = 0;
    switch (d->event) {
    case FLOW_SIGNAL:
        emit_signal(r, owner, d->name);
        signal_offer(r, d->name, &taken);
        return;
    case FLOW_MESSAGE:
        emit_token(r, FLOW_MESSAGE_SENT, token_by_id(r, owner));
        r->effects.items[r->effects.count - 1].name = d->name;
        return;
    case FLOW_ESCALATION: escalate(r, owner, d->name); return;
    default: return;
    }
}
