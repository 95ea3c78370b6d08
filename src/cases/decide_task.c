// decide_task.c - what the process of any pack asks for: a user task is done, a message comes from outside.
#include "cases/internal.h"

static enum status read_answers(struct decide *d, struct bytes given, struct answers *out) {
    *out = (struct answers){.arena = d->arena};
    if (given.n > TASK_BYTES_MAX) return problem(d->problem, "answers", "too_long", "problem.form.too_long");
    if (!given.n || !answers_decode(d->arena, given, out)) return STATUS_OK;
    return problem(d->problem, "answers", "malformed", "problem.form.malformed");
}

// Answers fit the form: what is hidden is left out, what is missing or wrong is said.
static enum status check_form(struct decide *d, const struct form *form, struct answers *given) {
    struct form_context context = pack_form_context(d->pack, case_today(d));
    struct form_problems found = {0};
    if (!form && !given->count) return STATUS_OK;
    if (!form) return problem(d->problem, "answers", "no_form", "problem.task.no_form");
    if (form_check(form, NULL, given, &context, d->arena, &found)) {
        form_prune(form, given);
        return STATUS_OK;
    }
    *d->problem = found.items[0].problem;
    return STATUS_INVALID;
}

// ---- who may ----

static const struct sql SAME_HAND =
    SQL("task_same_hand",
        "select count(*) from task t where t.case_id = :case and t.element = :other and t.done_by = :actor"
        " and t.done_at >= coalesce((select max(m.done_at) from task m where m.case_id = :case"
        " and m.element = :element and m.done_by <> 0 and m.done_at < (select coalesce(max(o.done_at), 0)"
        " from task o where o.case_id = :case and o.element = :other and o.done_by <> 0)), 0)");

// Property second_person: whoever completed that element may not complete this one. What was done before the
// round in which the other was completed last does not count.
static enum status want_second_person(struct decide *d, const struct flow_element *e) {
    struct text rest = flow_property(e, T("second_person"), T("")), other;
    if (!rest.n) return STATUS_OK;
    enum status st = want_named_person(d);
    while (!st && text_cut(&rest, ',', &other)) {
        int64_t count = 0;
        st = DB_INT(d->write->db, &count, &SAME_HAND, V_INT(d->s->case_id), V_TEXT(text_trim(other)),
                    V_INT(d->actor->account), V_TEXT(e->id));
        if (st || !count) continue;
        enum status told = problem(d->problem, "", "same_person", "problem.task.same_person");
        (void)told;
        st = STATUS_REFUSED;
    }
    return st;
}

static enum status refuse_role(struct decide *d, struct text groups) {
    enum status told = problem(d->problem, "", "task_role", "problem.task.role");
    problem_arg(d->problem, "roles", groups);
    (void)told;
    return STATUS_REFUSED;
}

// A role of the task; or it is the person's, who does it, or staff have it on paper from them. `is_theirs`:
// the person did it.
static enum status want_doer(struct decide *d, const struct open_task *task, bool *is_theirs) {
    struct text groups, rest, group;
    enum status st = task_groups(d, task, &groups);
    if (st) return st;
    bool may = !groups.n && !is_person(d);
    for (rest = groups; text_cut(&rest, ',', &group);) {
        group = text_trim(group); // "applicant" means this one, not anybody with that role
        may |= !is_person(d) && !text_eq(group, T("applicant")) && actor_has_role(d->actor, group);
    }
    if (may) return want_second_person(d, task->at.element);
    *is_theirs = groups_have(groups, T("applicant")) && (is_person(d) || d->actor->kind == ACTOR_STAFF);
    return *is_theirs ? paper_receive(d, d->s->made_at, (struct moment){0}) : refuse_role(d, groups);
}

// ---- a task is done ----

static enum status want_task(struct decide *d, int64_t id, struct open_task *out) {
    if (!process_task(d, id, out)) {
        enum status st = problem(d->problem, "task", "not_now", "problem.case.not_now");
        problem_arg(d->problem, "task", d->s->task);
        return st;
    }
    struct text command = task_command(out->at.element);
    if (text_eq(command, T("complete_task"))) return STATUS_OK;
    enum status st = problem(d->problem, "task", "task_command", "problem.task.command");
    problem_arg(d->problem, "command", command);
    return st;
}

static void know_task(struct decide *d, const struct flow_element *e, const struct answers *given) {
    struct given_row *g = given_of(d->arena, &d->s->tasks, e->id);
    g->form = e->form;
    g->answers = *given;
}

// The value of the field that a property names: a BPMN error or escalation that the answer stands for.
static struct text code_of(const struct flow_element *e, const char *name, const struct answers *given) {
    struct text field = flow_property(e, text_of(name), T(""));
    struct text code = field.n ? answers_get(given, field) : T("");
    return code.p ? code : T("");
}

enum status decide_complete_task(struct decide *d) {
    struct complete_task c = d->command->complete_task;
    struct open_task task;
    struct answers given;
    bool is_theirs = false;
    enum status st = want_task(d, c.task, &task);
    const struct flow_element *e = st ? NULL : task.at.element;
    if (!st) st = want_doer(d, &task, &is_theirs);
    if (!st) st = read_answers(d, c.answers, &given);
    if (!st) st = check_form(d, pack_form(d->pack, e->form), &given);
    if (st) return st;
    struct event_draft *event = case_emit(d, &EVENT_task_completed);
    draft_int(event, "task", c.task);
    draft_text(event, "element", e->id);
    draft_text(event, "form", e->form);
    draft_personal_bytes(event, "answers", answers_encode(d->arena, &given));
    if (is_theirs) paper_note(d, event);
    know_task(d, e, &given);
    d->result->made = c.task;
    return process_task_done(d, c.task, code_of(e, "error_field", &given),
                             code_of(e, "escalation_field", &given));
}

// ---- a message comes ----

bool has_one_of_roles(const struct actor *actor, struct text roles) {
    struct text role;
    bool has = false;
    while (text_cut(&roles, ',', &role)) has |= actor_has_role(actor, text_trim(role));
    return has;
}

// Those that our own commands send have effects that a message alone would leave out.
bool cases_message_is_own(struct text name) {
    static const char *const OWN[] = {"decision_notified",  "appeal_lodged",       "application_withdrawn",
                                      "documents_received", "interview_cancelled", "deadline_lapsed"};
    for (size_t i = 0; i < sizeof OWN / sizeof *OWN; i++)
        if (text_eq(name, text_of(OWN[i]))) return true;
    return false;
}

enum status message_take(struct decide *d, struct text name, struct text key, struct answers *given) {
    const struct form *form = pack_form(d->pack, name);
    enum status st = check_form(d, form, given);
    if (st) return st;
    struct event_draft *e = case_emit(d, &EVENT_message_delivered);
    draft_text(e, "name", name);
    draft_personal_text(e, "key", key);
    draft_personal_bytes(e, "answers", answers_encode(d->arena, given));
    struct given_row *g = given_of(d->arena, &d->s->messages, name);
    g->form = form ? name : T("");
    g->answers = *given;
    st = process_deliver(d, name, key);
    if (st != STATUS_NOT_FOUND) return st;
    st = problem(d->problem, "name", "not_now", "problem.message.not_now");
    problem_arg(d->problem, "name", name);
    return st;
}

enum status decide_deliver_message(struct decide *d) {
    struct deliver_message c = d->command->deliver_message;
    struct answers given;
    enum status st = want_text(d, "name", &c.name, 1, FLOW_ID_MAX);
    if (!st) st = want_text(d, "key", &c.key, 0, FLOW_ID_MAX);
    if (!st && cases_message_is_own(c.name))
        st = problem(d->problem, "name", "message_reserved", "problem.message.reserved");
    if (!st && !process_knows_message(d, c.name))
        st = problem(d->problem, "name", "unknown_code", "problem.message.unknown");
    struct text roles = st ? T("") : process_message_roles(d, c.name, c.key);
    if (!st && roles.n && !has_one_of_roles(d->actor, roles)) st = refuse_role(d, roles);
    if (!st) st = read_answers(d, c.answers, &given);
    return st ? st : message_take(d, c.name, c.key, &given);
}
