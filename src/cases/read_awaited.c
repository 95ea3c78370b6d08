// read_awaited.c - what a case waits for: until when its open tasks, and which messages from outside.
#include "cases/reading.h"

static const struct sql STATES =
    SQL("awaited_states", "select process, state from process_call where case_id = :case order by call_id");
static const struct sql OWN_STATE =
    SQL("awaited_own_state", "select state from process where case_id = :case");

// ---- until when: the clock that the task's element names

static const struct flow_element *element_of(const struct pack *pack, struct text id) {
    for (size_t i = 0; i < pack_processes(pack); i++) {
        const struct flow_model *m = pack_process(pack, i);
        int at = flow_find(m, id);
        if (at >= 0) return flow_element(m, at);
    }
    return NULL;
}

void case_tasks_due(const struct reading *r, struct case_file *f) {
    for (size_t i = 0; i < f->tasks.count; i++) {
        struct task_view *t = &f->tasks.items[i];
        const struct flow_element *e = t->done.ms ? NULL : element_of(r->entry->pack, t->element);
        struct text rule = e ? flow_property(e, T("deadline"), T("")) : T("");
        for (size_t k = 0; rule.n && k < f->clocks.count; k++) {
            const struct clock_view *c = &f->clocks.items[k];
            if (text_eq(c->deadline, rule) && !c->ended.ms && text_eq(c->state, T("running")))
                t->due = c->due;
        }
    }
}

// ---- messages

static bool is_known(const struct case_file *f, const struct flow_wait *w) {
    for (size_t i = 0; i < f->awaited.count; i++)
        if (text_eq(f->awaited.items[i].name, w->name) && text_eq(f->awaited.items[i].key, w->key))
            return true;
    return false;
}

// Those that our own commands send are no business of anybody outside.
static enum status add_waits(struct reading *r, const struct flow_model *m, struct bytes state,
                             struct case_file *f) {
    struct flow_state s = {0};
    enum status st = m ? flow_state_read(m, bytes_copy(r->arena, state), r->arena, &s, NULL) : STATUS_CORRUPT;
    bool may = access_visible_classes(r->entry->policy, r->actor, T("deliver_message"), r->look.purpose,
                                      r->relation, false) != 0;
    for (size_t i = 0; !st && !s.ended && i < s.waits.count; i++) {
        const struct flow_wait *w = &s.waits.items[i];
        if (w->kind != FLOW_MESSAGE || message_is_own(w->name) || is_known(f, w)) continue;
        *ARENA_PUSH(r->arena, &f->awaited) = (struct awaited_view){w->id, w->name, w->key.p ? w->key : T(""),
                                                                   flow_element(m, w->element)->id, may};
    }
    return st;
}

enum status case_read_awaited(struct reading *r, struct case_file *f) {
    struct rows q;
    enum status st = DB_QUERY(r->db, &q, &OWN_STATE, V_INT(r->case_id));
    while (!st && rows_next(&q))
        st = add_waits(r, pack_process_with(r->entry->pack, f->process), row_bytes(&q, 0), f);
    enum status end = rows_end(&q);
    if (st || end) return st ? st : end;
    st = DB_QUERY(r->db, &q, &STATES, V_INT(r->case_id));
    while (!st && rows_next(&q))
        st = add_waits(r, pack_process_with(r->entry->pack, row_text(&q, 0)), row_bytes(&q, 1), f);
    end = rows_end(&q);
    return st ? st : end;
}
