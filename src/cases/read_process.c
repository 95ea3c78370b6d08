// read_process.c - the part of a file that comes from its process: tasks, and messages that are awaited.
#include "cases/reading.h"

static const struct sql TASKS =
    SQL("file_tasks", "select task_id, element, command, grp, form, process, opened_at, done_at, done_by"
                      " from task where case_id = :case order by done_at <> 0, task_id");

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

static bool is_awaited(const struct case_file *f, const struct flow_wait *w) {
    for (size_t i = 0; i < f->awaited.count; i++)
        if (text_eq(f->awaited.items[i].name, w->name) && text_eq(f->awaited.items[i].key, w->key))
            return true;
    return false;
}

void file_add_awaited(struct reading *r, const struct flow_model *m, const struct flow_state *s,
                      struct case_file *f) {
    if (r->actor->kind != ACTOR_STAFF) return;
    bool may = access_visible_classes(r->entry->policy, r->actor, T("deliver_message"), r->look.purpose,
                                      r->relation, false) != 0;
    for (size_t i = 0; i < s->waits.count; i++) {
        const struct flow_wait *w = &s->waits.items[i];
        const struct flow_element *e = flow_element(m, w->element);
        if (w->kind != FLOW_MESSAGE || cases_message_is_own(w->name) || is_awaited(f, w)) continue;
        struct text roles = flow_property(e, T("roles"), T(""));
        *ARENA_PUSH(r->arena, &f->awaited) =
            (struct awaited_view){.wait = w->id,
                                  .may_deliver = may && (!roles.n || has_one_of_roles(r->actor, roles)),
                                  .at_any_time = !w->token,
                                  .name = w->name,
                                  .key = text_starts(w->key, T("#")) ? T("") : w->key,
                                  .needs_key = text_starts(w->key, T("#")),
                                  .form = pack_form(r->entry->pack, w->name) ? w->name : T(""),
                                  .element = e->id,
                                  .element_name = e->name,
                                  .name_key = name_key(r, flow_process_id(m), e->id)};
    }
}

enum status file_read_process(struct reading *r, struct case_file *f) {
    if (!case_reading_shows(r, "public")) return STATUS_OK;
    enum status st = read_tasks(r, f);
    return st ? st : file_read_tokens(r, f);
}
