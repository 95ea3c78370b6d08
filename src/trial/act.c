// act.c - one act of somebody: which role does it, for which purpose, and the real command.
#include <string.h>

#include "pack/exchange_law.h"
#include "trial/inside.h"

static const struct sql TASK_WITH_COMMAND =
    SQL("trial_task_with_command",
        "select grp from task where case_id = :case and command = :command and done_at ="
        " 0 order by task_id limit 1");
static const struct sql TASK_AT = SQL(
    "trial_task_at", "select task_id, command, grp from task where case_id = :case and element = :element and"
                     " done_at = 0 order by task_id limit 1");
static const struct sql OFFICER =
    SQL("trial_officer", "select officer_id from case_file where case_id = :case");

enum { PURPOSES_MAX = 16, ROLES_MAX = 64 };

// ---- what the pack allows

static bool is_outside(struct text role) {
    static const char *const OUTSIDE[] = {"applicant", "representative", "public", "system"};
    for (size_t i = 0; i < sizeof OUTSIDE / sizeof *OUTSIDE; i++)
        if (text_eq(role, text_of(OUTSIDE[i]))) return true;
    return false;
}

static void add_once(struct text *list, size_t *count, size_t max, struct text t) {
    for (size_t i = 0; i < *count; i++)
        if (text_eq(list[i], t)) return;
    if (*count < max) list[(*count)++] = t;
}

// Purposes for which a role may do it, in the order of the pack's rows.
static size_t purposes_of(const struct trial *t, struct text role, struct text action, struct text *out,
                          bool *when_assigned) {
    const struct access_rows *rows = &pack_access(t->pack)->rows;
    size_t count = 0;
    *when_assigned = false;
    for (size_t i = 0; i < rows->count; i++) {
        const struct access_row *r = &rows->items[i];
        if (!text_eq(r->role, role) || !text_eq(r->action, action)) continue;
        add_once(out, &count, PURPOSES_MAX, r->purpose);
        *when_assigned |= text_eq(r->relation, T("assigned"));
    }
    return count;
}

static size_t roles_that_may(const struct trial *t, struct text action, struct text *out) {
    const struct access_rows *rows = &pack_access(t->pack)->rows;
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++)
        if (text_eq(rows->items[i].action, action) && !is_outside(rows->items[i].role))
            add_once(out, &count, ROLES_MAX, rows->items[i].role);
    return count;
}

static bool person_may(const struct trial *t, struct text action) {
    const struct access_rows *rows = &pack_access(t->pack)->rows;
    for (size_t i = 0; i < rows->count; i++)
        if (text_eq(rows->items[i].action, action) && text_eq(rows->items[i].role, T("applicant")))
            return true;
    return false;
}

// ---- who

static enum status text_row(struct trial *t, const struct sql *sql, struct text name, struct text *out) {
    struct db *db;
    struct rows r;
    enum status st = store_reader(t->store, &db);
    if (st) return st;
    st = DB_ONE(db, &r, sql, V_INT(t->case_id), V_TEXT(name));
    if (!st) *out = text_copy(&t->arena, row_text(&r, 0));
    enum status end = rows_end(&r);
    store_reader_release(t->store, db);
    return st ? st : end;
}

static struct text first_of(struct text list) {
    struct text part = {0};
    (void)text_cut(&list, ',', &part);
    return text_trim(part);
}

// Whose task it is; else the person, when the person may; else the first role that the pack allows it.
static struct text usual_role(struct trial *t, struct text command) {
    struct text groups, roles[ROLES_MAX];
    if (!text_row(t, &TASK_WITH_COMMAND, command, &groups) && groups.n) return first_of(groups);
    if (person_may(t, command)) return T("person");
    return roles_that_may(t, command, roles) ? roles[0] : T("officer");
}

// ---- doing it

static enum status is_officer(struct trial *t, int64_t account, bool *out) {
    struct db *db;
    int64_t officer = 0;
    enum status st = store_reader(t->store, &db);
    if (st) return st;
    st = DB_INT(db, &officer, &OFFICER, V_INT(t->case_id));
    store_reader_release(t->store, db);
    *out = officer == account;
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

// Another purpose, or the case in their own hands, might help; against any other refusal nothing does.
static bool is_closed(enum status st, const struct problem *p) {
    return st == STATUS_REFUSED && text_starts(text_of(p->rule), T("access_"));
}

// Each purpose in turn: a walk says who does something, the pack what for.
static enum status for_purposes(struct trial *t, const struct actor *actor, struct text role,
                                struct command *c, bool *when_assigned, struct command_result *result,
                                struct problem *p) {
    struct text purposes[PURPOSES_MAX];
    struct text action = text_of(cases_command_about(c->kind).name);
    size_t count = purposes_of(t, role, action, purposes, when_assigned);
    enum status st = STATUS_REFUSED;
    if (!count) return trial_command(t, actor, c, result, p);
    for (size_t i = 0; i < count && (!i || is_closed(st, p)); i++) {
        c->purpose = purposes[i];
        st = trial_command(t, actor, c, result, p);
    }
    return st;
}

// In life somebody assigns cases; a trial does it when nothing else is in the way.
static enum status assign_to(struct trial *t, const struct actor *officer, struct problem *p) {
    struct text roles[ROLES_MAX];
    size_t count = roles_that_may(t, T("assign_case"), roles);
    struct command_result result = {0};
    enum status st = STATUS_REFUSED;
    for (size_t i = 0; i < count && st; i++) {
        const struct actor *by;
        bool ignored;
        struct command c = {.kind = COMMAND_ASSIGN_CASE, .case_id = t->case_id};
        c.assign_case.officer = officer->account;
        st = cast_find(t, roles[i], &by, p);
        if (!st) st = for_purposes(t, by, roles[i], &c, &ignored, &result, p);
    }
    return st;
}

static bool is_rule(const struct problem *p, const char *rule) {
    return p->rule && !strcmp(p->rule, rule);
}

static struct text role_in(struct text as) {
    size_t at;
    return text_find(as, T("#"), &at) ? text_slice(as, 0, at) : as;
}

static enum status do_as(struct trial *t, struct text as, struct command *c, struct command_result *result,
                         struct problem *p) {
    const struct actor *actor;
    bool when_assigned = false, is_theirs = false;
    struct problem assigning = {0};
    enum status st = cast_find(t, as, &actor, p);
    if (st) return st;
    if (cast_is_person(as) || actor->kind != ACTOR_STAFF) return trial_command(t, actor, c, result, p);
    st = for_purposes(t, actor, role_in(as), c, &when_assigned, result, p);
    if (!is_closed(st, p) || !when_assigned || !t->case_id) return st;
    enum status looked = is_officer(t, actor->account, &is_theirs);
    if (looked || is_theirs || assign_to(t, actor, &assigning)) return st;
    return for_purposes(t, actor, role_in(as), c, &when_assigned, result, p);
}

static enum status one_more(struct trial *t, struct problem *p) {
    return t->acts++ < TRIAL_ACTS_MAX ? STATUS_OK : trial_problem(t, p, "acts", T(""));
}

static enum status begin_draft(struct trial *t, const struct trial_beginning *b, struct problem *p) {
    struct command_result result = {0};
    struct text as = b->as.n ? b->as : T("person");
    struct command c = {.kind = COMMAND_START_APPLICATION, .start_application = {.language = b->language}};
    enum status st = do_as(t, as, &c, &result, p);
    if (st) return st;
    t->case_id = result.case_id;
    if (!b->answers || !b->answers->count) return STATUS_OK;
    c = (struct command){.kind = COMMAND_SAVE_ANSWERS, .case_id = t->case_id};
    c.save_answers.answers = answers_encode(&t->arena, b->answers);
    return do_as(t, as, &c, &result, p);
}

static enum status open_at_once(struct trial *t, const struct trial_beginning *b, struct problem *p) {
    static const struct answers NONE;
    struct command_result result = {0};
    struct command c = {.kind = COMMAND_OPEN_CASE, .open_case = {.language = b->language}};
    c.open_case.answers = answers_encode(&t->arena, b->answers ? b->answers : &NONE);
    enum status st = do_as(t, b->as.n ? b->as : usual_role(t, T("open_case")), &c, &result, p);
    if (!st) t->case_id = result.case_id;
    return st;
}

enum status trial_begin(struct trial *t, const struct trial_beginning *b, struct problem *p) {
    *p = (struct problem){0};
    if (t->case_id) return trial_problem(t, p, "begun", T(""));
    enum status st = b->is_opened ? open_at_once(t, b, p) : begin_draft(t, b, p);
    if (!st) st = time_settle(t, p);
    if (!st) step_keep_beginning(t, b);
    if (st && p->text_key) *p = problem_copy(&t->arena, p);
    return st;
}

static enum status do_command(struct trial *t, const struct trial_act *act, struct text name, struct text as,
                              struct problem *p) {
    struct command_result result = {0};
    struct command c = {.case_id = t->case_id};
    const struct trial_field *fields = trial_fields(name);
    if (!fields || !command_kind_of(name, &c.kind)) return trial_problem(t, p, "command", name);
    if (!t->case_id) return trial_problem(t, p, "no_case", name);
    enum status st = command_fill(t, fields, act->with, &c, p);
    return st ? st : do_as(t, as.n ? as : usual_role(t, name), &c, &result, p);
}

struct task_row {
    int64_t task;
    struct text command, groups;
};

static enum status find_task(struct trial *t, struct text element, struct task_row *out, struct problem *p) {
    struct db *db;
    struct rows r;
    enum status st = store_reader(t->store, &db);
    if (st) return st;
    st = DB_ONE(db, &r, &TASK_AT, V_INT(t->case_id), V_TEXT(element));
    if (!st)
        *out = (struct task_row){row_int(&r, 0), text_copy(&t->arena, row_text(&r, 1)),
                                 text_copy(&t->arena, row_text(&r, 2))};
    enum status end = rows_end(&r);
    store_reader_release(t->store, db);
    return st == STATUS_NOT_FOUND ? trial_problem(t, p, "task", element) : st ? st : end;
}

// On paper, when staff do what the person would do.
static struct paper_receipt usual_paper(struct trial *t) {
    const struct code_list *l = pack_codes(t->pack, T("received_by"));
    struct paper_receipt paper = {.on = zone_date(t->zone, t->world.at)};
    if (l && code_count(l)) paper.by = code_at(l, 0)->code;
    return paper;
}

// Four eyes: where somebody may not go on with their own work, a colleague does.
static enum status by_another(struct trial *t, struct text as, struct command *c,
                              struct command_result *result, struct problem *p) {
    enum { COLLEAGUES = 3 };
    enum status st = do_as(t, as, c, result, p);
    bool may_change = !text_eq(role_in(as), as) ? false : !cast_is_person(as);
    for (int i = 2; may_change && i <= COLLEAGUES && st == STATUS_REFUSED && is_rule(p, "same_person"); i++)
        st = do_as(t, text_printf(&t->arena, TEXT_FMT "#%d", TEXT_ARG(as), i), c, result, p);
    return st;
}

static enum status do_task(struct trial *t, const struct trial_act *act, struct problem *p) {
    struct task_row task = {0};
    struct command_result result = {0};
    enum status st = find_task(t, act->name, &task, p);
    if (st) return st;
    struct text as = act->as.n ? act->as : first_of(task.groups);
    if (!as.n) as = usual_role(t, T("complete_task"));
    if (!text_eq(task.command, T("complete_task"))) return do_command(t, act, task.command, as, p);
    struct command c = {.kind = COMMAND_COMPLETE_TASK, .case_id = t->case_id};
    c.complete_task.task = task.task;
    c.paper = usual_paper(t);
    st = answers_of_json(t, act->with, &c.complete_task.answers, p);
    return st ? st : by_another(t, as, &c, &result, p);
}

// What this case knows of the message that it waits for; empty when it waits for none of that name.
static struct trial_message awaited(struct trial *t, struct text name) {
    struct trial_view view;
    if (trial_look(t, &t->arena, &view)) return (struct trial_message){0};
    for (size_t i = 0; i < view.messages.count; i++)
        if (text_eq(view.messages.items[i].name, name)) return view.messages.items[i];
    return (struct trial_message){0};
}

static enum status do_message(struct trial *t, const struct trial_act *act, struct problem *p) {
    struct command_result result = {0};
    struct trial_message message = awaited(t, act->name);
    struct command c = {.kind = COMMAND_DELIVER_MESSAGE, .case_id = t->case_id};
    c.deliver_message.name = act->name;
    c.deliver_message.key = act->key.n ? act->key : message.key;
    enum status st = answers_of_json(t, act->with, &c.deliver_message.answers, p);
    struct text as = act->as.n         ? act->as
                     : message.roles.n ? first_of(message.roles)
                                       : usual_role(t, T("deliver_message"));
    return st ? st : do_as(t, as, &c, &result, p);
}

static struct text text_field(const json_t *with, const char *name) {
    const json_t *v = json_object_get(with, name);
    return json_is_string(v) ? text_of(json_string_value(v)) : T("");
}

// Another authority tells something: what its type needs and is not given is the first code, or in a month.
static enum status do_hear(struct trial *t, const struct trial_act *act, struct problem *p) {
    const struct exchange_law *law = pack_exchange(t->pack);
    const struct exchange_type *type = law ? exchange_type_named(law, act->name) : NULL;
    struct actor system = actor_system();
    struct command_result result = {0};
    struct command c = {.kind = COMMAND_HEAR_EVENT, .case_id = t->case_id};
    struct text code = text_field(act->with, "code"), due = text_field(act->with, "due");
    if (!type) return trial_problem(t, p, "value", act->name);
    const struct exchange_code *one = code.n ? exchange_code_named(type, code) : type->codes;
    if (code.n && !one) return trial_problem(t, p, "value", code);
    if (!due.n && type->due == EXCHANGE_MUST) due = T("P1M");
    if (due.n && !period_end(t->zone, t->world.at, due, &c.hear_event.due))
        return trial_problem(t, p, "day", due);
    if (due.n) c.hear_event.due.ms = date_to_days(zone_date(t->zone, c.hear_event.due)) * INT64_C(86400000);
    const struct exchange_type *asked = exchange_type_named(law, text_field(act->with, "answers"));
    const struct exchange_code *what =
        asked ? exchange_code_named(asked, text_field(act->with, "answers_code")) : NULL;
    c.hear_event.answers_type = asked ? asked->number : 0;
    c.hear_event.answers_code = what ? what->number : 0;
    c.hear_event.type = type->number;
    c.hear_event.code = one ? one->number : 0;
    c.hear_event.at = t->world.at;
    return trial_command(t, &system, &c, &result, p);
}

enum status trial_do(struct trial *t, const struct trial_act *act, struct problem *p) {
    *p = (struct problem){0};
    enum status st = one_more(t, p);
    if (!st) {
        switch (act->kind) {
        case TRIAL_DO: st = do_command(t, act, act->name, act->as, p); break;
        case TRIAL_TASK: st = do_task(t, act, p); break;
        case TRIAL_MESSAGE: st = do_message(t, act, p); break;
        case TRIAL_HEAR: st = do_hear(t, act, p); break;
        }
    }
    if (!st) step_keep_act(t, act);
    if (!st) st = time_settle(t, p);
    if (st && p->text_key) *p = problem_copy(&t->arena, p);
    return st;
}
