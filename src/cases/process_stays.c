// process_stays.c - where tokens came to stand and what they passed, from the effects of one move, for the
// event.
//
// A user task that opened is a stay of the table `task`; all else goes to `process_stay`.
#include "cases/internal.h"
#include "cases/stays.h"

#include "base/cbor.h"

static bool is_leaving(enum flow_effect_kind k) {
    return k == FLOW_LEFT || k == FLOW_INTERRUPTED;
}

// The first effect in [from, to) of that kind about that token; NULL when there is none.
static const struct flow_effect *effect_of(const struct moving *m, size_t from, size_t to,
                                           enum flow_effect_kind kind, int64_t id) {
    for (size_t i = from; i < to; i++)
        if (m->effects.items[i].of.kind == kind && m->effects.items[i].of.id == id)
            return &m->effects.items[i].of;
    return NULL;
}

// How it left in the same move; NULL: it is still there.
static const struct flow_effect *left_by(const struct moving *m, size_t entered) {
    const struct flow_effect *f = &m->effects.items[entered].of;
    for (size_t i = entered + 1; i < m->effects.count; i++) {
        const struct flow_effect *g = &m->effects.items[i].of;
        if (is_leaving(g->kind) && g->id == f->id && g->index == f->index) return g;
    }
    return NULL;
}

static bool was_entered_now(const struct moving *m, size_t left) {
    const struct flow_effect *f = &m->effects.items[left].of;
    for (size_t i = 0; i < left; i++) {
        const struct flow_effect *g = &m->effects.items[i].of;
        if (g->kind == FLOW_ENTERED && g->id == f->id && g->index == f->index) return true;
    }
    return false;
}

// Of a called process too that is over by now. Empty: the case's own.
static struct text process_id(const struct case_state *s, int64_t call) {
    for (size_t i = 0; call && i < s->calls.count; i++)
        if (s->calls.items[i].call == call) return flow_process_id(s->calls.items[i].model);
    return T("");
}

// A token, or the scope of an event sub-process, that is still there.
static enum stay standing(struct case_state *s, int64_t call, int64_t id) {
    const struct flow_state *state = process_state(s, call);
    for (size_t i = 0; state && i < state->tokens.count; i++)
        if (state->tokens.items[i].id == id)
            return state->tokens.items[i].phase == FLOW_INSIDE ? STAY_INSIDE : STAY_WAITED;
    return STAY_INSIDE;
}

static bool is_task(const struct moving *m, int64_t id) {
    return effect_of(m, 0, m->effects.count, FLOW_TASK_OPENED, id) ||
           effect_of(m, 0, m->effects.count, FLOW_TASK_CLOSED, id) ||
           effect_of(m, 0, m->effects.count, FLOW_TASK_CANCELLED, id);
}

static bool list_entered(struct moving *m, size_t at, struct out *o) {
    const struct process_effect *x = &m->effects.items[at];
    const struct flow_effect *f = &x->of, *left = left_by(m, at);
    if (!left && is_task(m, f->id)) return false; // one that was taken away at once is in no other table
    enum stay stay = left ? STAY_PASSED : standing(m->d->s, x->call, f->id);
    if (left && left->kind == FLOW_LEFT && f->element->kind == FLOW_END_EVENT) stay = STAY_END;
    cbor_array(o, 5);
    cbor_int(o, f->id);
    cbor_text(o, process_id(m->d->s, x->call));
    cbor_text(o, f->element->id);
    cbor_int(o, stay);
    cbor_int(o, left ? 1 + (left->kind == FLOW_INTERRUPTED) : 0);
    return true;
}

static bool list_left(struct moving *m, size_t at, struct out *o) {
    const struct flow_effect *f = &m->effects.items[at].of;
    // What stuck before its task could open is a stay of its own until then.
    bool opens = f->kind == FLOW_TASK_OPENED && effect_of(m, 0, at, FLOW_INCIDENT_CLOSED, f->id);
    bool leaves = is_leaving(f->kind) && !was_entered_now(m, at) && !is_task(m, f->id);
    if (!opens && !leaves) return false;
    cbor_array(o, 2);
    cbor_int(o, f->id);
    cbor_int(o, f->kind == FLOW_INTERRUPTED);
    return true;
}

static void put_list(struct moving *m, struct event_draft *e, const char *name,
                     bool (*list)(struct moving *, size_t, struct out *)) {
    struct out items = {.arena = m->d->arena}, all = {.arena = m->d->arena};
    size_t count = 0;
    for (size_t i = 0; i < m->effects.count; i++) {
        const struct flow_effect *f = &m->effects.items[i].of;
        bool is_entered = f->kind == FLOW_ENTERED;
        if (is_entered == (list == list_entered) && f->element) count += list(m, i, &items);
    }
    if (!count) return;
    cbor_array(&all, count);
    out_text(&all, out_done(&items));
    draft_bytes(e, name, bytes_of(out_done(&all)));
}

void process_stays(struct moving *m, struct event_draft *e) {
    put_list(m, e, "stays", list_entered);
    put_list(m, e, "left", list_left);
}
