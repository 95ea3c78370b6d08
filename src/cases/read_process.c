// read_process.c - the part of a file that comes from its process: tasks, steps, messages that are awaited.
#include "cases/reading.h"

static const struct sql TASKS =
    SQL("file_tasks", "select task_id, element, command, grp, form, process, opened_at, done_at, done_by"
                      " from task where case_id = :case order by done_at <> 0, task_id");
static const struct sql VISITS =
    SQL("file_visits", "select element from process_visit where case_id = :case");
static const struct sql PROCESS = SQL("file_process", "select state from process where case_id = :case");
static const struct sql CALLS =
    SQL("file_calls", "select process, state from process_call where case_id = :case order by call_id");

static struct text name_key(struct reading *r, struct text process, struct text element) {
    return TEXT_JOIN(r->arena, T("flow."), process, T("."), element);
}

// ---- tasks ----

// As commands ask it (decide_task.c): a role that the task is for, and a row of the policy.
static bool may_do(const struct reading *r, const struct task_view *v) {
    bool is_self = text_eq(r->relation, T("self"));
    bool has_role = v->is_for_person ? is_self || r->actor->kind == ACTOR_STAFF : !v->group.n && !is_self;
    for (size_t i = 0; i < r->actor->role_count && !is_self; i++)
        has_role |= !text_eq(r->actor->roles[i], T("applicant")) && groups_have(v->group, r->actor->roles[i]);
    return has_role && !v->done.ms &&
           access_visible_classes(r->entry->policy, r->actor, v->command, r->look.purpose, r->relation,
                                  false) != 0;
}

// The end of the task's deadline, as it stands now.
static struct moment due_of(const struct case_file *f, struct text deadline) {
    for (size_t i = 0; i < f->clocks.count; i++)
        if (text_eq(f->clocks.items[i].deadline, deadline) && !f->clocks.items[i].ended.ms)
            return f->clocks.items[i].due;
    return (struct moment){0};
}

static void read_task(struct reading *r, struct rows *q, struct case_file *f) {
    struct task_view *v = ARENA_PUSH(r->arena, &f->tasks);
    struct text *texts[] = {&v->element, &v->command, &v->group, &v->form};
    v->task = row_int(q, 0);
    for (int i = 0; i < 4; i++) *texts[i] = row_copy(r, q, 1 + i);
    struct text process = row_copy(r, q, 5);
    v->opened.ms = row_int(q, 6);
    v->done.ms = row_int(q, 7);
    v->officer = v->done.ms ? row_int(q, 8) : f->head.officer;
    v->officer_name = case_reading_name(r, v->officer);
    const struct flow_model *m = pack_process_with(r->entry->pack, process);
    int at = m ? flow_find(m, v->element) : -1;
    v->name_key = name_key(r, process, v->element);
    v->name = at < 0 ? v->element : flow_element(m, at)->name;
    v->is_for_person = groups_have(v->group, T("applicant"));
    v->may_do = may_do(r, v);
    struct text deadline = at < 0 ? T("") : flow_property(flow_element(m, at), T("deadline"), T(""));
    if (!v->done.ms && deadline.n) v->due = due_of(f, deadline);
}

static enum status read_tasks(struct reading *r, struct case_file *f) {
    struct rows q;
    enum status st = DB_QUERY(r->db, &q, &TASKS, V_INT(r->case_id));
    while (!st && rows_next(&q)) read_task(r, &q, f);
    enum status end = rows_end(&q);
    return st ? st : end;
}

// ---- messages ----

static void add_awaited(struct reading *r, const struct flow_model *m, const struct flow_state *s,
                        struct case_file *f) {
    if (r->actor->kind != ACTOR_STAFF) return;
    for (size_t i = 0; i < s->waits.count; i++) {
        const struct flow_wait *w = &s->waits.items[i];
        const struct flow_element *e = flow_element(m, w->element);
        if (w->kind != FLOW_MESSAGE || message_is_ours(w->name)) continue;
        *ARENA_PUSH(r->arena, &f->awaited) =
            (struct awaited_view){.name = w->name,
                                  .key = text_starts(w->key, T("#")) ? T("") : w->key,
                                  .needs_key = text_starts(w->key, T("#")),
                                  .form = pack_form(r->entry->pack, w->name) ? w->name : T(""),
                                  .element = e->id,
                                  .element_name = e->name,
                                  .name_key = name_key(r, flow_process_id(m), e->id)};
    }
}

static enum status read_calls(struct reading *r, struct case_file *f) {
    struct rows q;
    enum status st = DB_QUERY(r->db, &q, &CALLS, V_INT(r->case_id));
    while (!st && rows_next(&q)) {
        struct flow_state state = {0};
        const struct flow_model *m = pack_process_with(r->entry->pack, row_text(&q, 0));
        if (!m) continue;
        st = flow_state_read(m, bytes_copy(r->arena, row_bytes(&q, 1)), r->arena, &state, NULL);
        if (!st) add_awaited(r, m, &state, f);
    }
    enum status end = rows_end(&q);
    return st ? st : end;
}

// ---- steps ----

static void add_steps(struct reading *r, const struct flow_model *m, const struct flow_state *s,
                      struct case_file *f) {
    for (size_t i = 0; i < flow_count(m); i++) {
        const struct flow_element *e = flow_element(m, (int)i);
        *ARENA_PUSH(r->arena, &f->steps) =
            (struct process_step){e->id, e->name, e->lane, text_of(flow_kind_name(e->kind)),
                                  flow_is_at(s, (int)i) ? T("now") : T("")};
    }
}

static void mark_visited(struct case_file *f, struct text element) {
    for (size_t i = 0; i < f->steps.count; i++)
        if (text_eq(f->steps.items[i].element, element) && !f->steps.items[i].state.n)
            f->steps.items[i].state = T("done");
}

static enum status read_main(struct reading *r, struct case_file *f) {
    struct rows q;
    struct flow_state state = {0};
    const struct flow_model *m = pack_process_with(r->entry->pack, f->process);
    if (!m) return STATUS_CORRUPT;
    enum status st = DB_ONE(r->db, &q, &PROCESS, V_INT(r->case_id));
    if (!st) st = flow_state_read(m, bytes_copy(r->arena, row_bytes(&q, 0)), r->arena, &state, NULL);
    enum status end = rows_end(&q);
    if (st == STATUS_NOT_FOUND) return end;
    if (st || end) return st ? st : end;
    add_steps(r, m, &state, f);
    add_awaited(r, m, &state, f);
    st = DB_QUERY(r->db, &q, &VISITS, V_INT(r->case_id));
    while (!st && rows_next(&q)) mark_visited(f, row_text(&q, 0));
    end = rows_end(&q);
    for (size_t i = 0; i < pack_processes(r->entry->pack); i++)
        if (pack_process(r->entry->pack, i) == m)
            f->bpmn = text_of_bytes(pack_file_content(r->entry->pack, pack_process_file(r->entry->pack, i)));
    return st ? st : end;
}

enum status file_read_process(struct reading *r, struct case_file *f) {
    enum status st = case_reading_shows(r, "public") ? read_tasks(r, f) : STATUS_OK;
    if (!st) st = read_main(r, f);
    return st ? st : read_calls(r, f);
}
