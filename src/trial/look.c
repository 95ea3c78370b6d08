// look.c - where the case of a trial stands, read from the tables of its own house.
#include "trial/inside.h"

static const struct sql HEAD = SQL(
    "trial_head", "select coalesce(case_no, ''), status, language, is_draft, is_closed from case_file where"
                  " case_id = :case");
static const struct sql PROCESS = SQL("trial_process", "select state from process where case_id = :case");
static const struct sql CALLS =
    SQL("trial_calls", "select process, state from process_call where case_id = :case order by call_id");
static const struct sql TASKS =
    SQL("trial_tasks",
        "select task_id, element, command, grp, form from task where case_id = :case and done_at = 0"
        " order by task_id");
static const struct sql CLOCKS = SQL(
    "trial_clocks", "select clock_id, rule, owner, due_at, is_open, wake_at from clock where case_id = :case"
                    " order by due_at, clock_id");
static const struct sql LETTERS =
    SQL("trial_letters",
        "select letter_id, kind, language, channel, issued_at, opened_at, delivered_at from letter"
        " where case_id = :case order by letter_id");
static const struct sql NEWS =
    SQL("trial_news", "select kind, due_at from outbox where about = :case order by due_at, key");

#define SUSPENDED INT64_C(9007199254740991) // due_at of a clock that stands still

struct looking {
    struct trial *t;
    struct db *db;
    struct arena *a;
    struct trial_view *out;
};

static struct text copy(struct looking *l, struct rows *r, int column) {
    return text_copy(l->a, row_text(r, column));
}

static enum status look_head(struct looking *l) {
    struct rows r;
    enum status st = DB_ONE(l->db, &r, &HEAD, V_INT(l->t->case_id));
    if (!st) {
        l->out->has_case = true;
        l->out->case_no = copy(l, &r, 0);
        l->out->status = copy(l, &r, 1);
        l->out->language = copy(l, &r, 2);
        l->out->is_draft = row_int(&r, 3);
        l->out->is_ended = row_int(&r, 4);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

// A token inside a sub-process is shown where it stands there.
static void add_places(struct looking *l, const struct flow_model *m, const struct flow_state *s) {
    for (size_t i = 0; i < s->tokens.count; i++) {
        const struct flow_token *token = &s->tokens.items[i];
        const struct flow_element *e = flow_element(m, token->element);
        if (token->phase == FLOW_INSIDE || e->kind == FLOW_CALL_ACTIVITY) continue;
        *ARENA_PUSH(l->a, &l->out->at) = (struct trial_place){
            e->id, e->name, flow_process_id(m), e->kind == FLOW_USER_TASK || e->kind == FLOW_MANUAL_TASK};
    }
    for (size_t i = 0; i < s->incidents.count; i++) {
        const struct flow_incident *n = &s->incidents.items[i];
        struct trial_incident *out = ARENA_PUSH(l->a, &l->out->incidents);
        *out = (struct trial_incident){.rule = n->rule, .detail = n->detail};
        for (size_t k = 0; k < s->tokens.count; k++)
            if (s->tokens.items[k].id == n->token)
                out->element = flow_element(m, s->tokens.items[k].element)->id;
    }
    for (size_t i = 0; i < s->waits.count; i++) {
        const struct flow_wait *w = &s->waits.items[i];
        if (w->kind == FLOW_MESSAGE && !cases_message_is_own(w->name))
            *ARENA_PUSH(l->a, &l->out->messages) =
                (struct trial_message){text_copy(l->a, w->name), text_copy(l->a, w->key),
                                       flow_property(flow_element(m, w->element), T("roles"), T(""))};
        if (w->kind == FLOW_TIMER && w->due.ms == l->out->next.at.ms && !l->out->next.rule.n)
            l->out->next.element = flow_element(m, w->element)->id;
    }
}

static enum status add_process(struct looking *l, struct text process, struct bytes state) {
    struct flow_state s;
    struct problem p;
    const struct flow_model *m = pack_process_with(l->t->pack, process);
    enum status st = m ? flow_state_read(m, bytes_copy(l->a, state), l->a, &s, &p) : STATUS_CORRUPT;
    if (!st) add_places(l, m, &s);
    return st;
}

static enum status look_processes(struct looking *l) {
    struct rows r;
    enum status st = DB_ONE(l->db, &r, &PROCESS, V_INT(l->t->case_id));
    if (!st) st = add_process(l, pack_procedure(l->t->pack), row_bytes(&r, 0));
    enum status end = rows_end(&r);
    if (st || end) return st == STATUS_NOT_FOUND ? end : st ? st : end;
    st = DB_QUERY(l->db, &r, &CALLS, V_INT(l->t->case_id));
    while (!st && rows_next(&r)) st = add_process(l, row_text(&r, 0), row_bytes(&r, 1));
    end = rows_end(&r);
    return st ? st : end;
}

static struct text name_of(const struct trial *t, struct text element, struct text *process) {
    for (size_t i = 0; i < pack_processes(t->pack); i++) {
        const struct flow_model *m = pack_process(t->pack, i);
        int at = flow_find(m, element);
        if (at < 0) continue;
        *process = flow_process_id(m);
        return flow_element(m, at)->name;
    }
    return element;
}

static enum status look_tasks(struct looking *l) {
    struct rows r;
    enum status st = DB_QUERY(l->db, &r, &TASKS, V_INT(l->t->case_id));
    while (!st && rows_next(&r)) {
        struct trial_task *task = ARENA_PUSH(l->a, &l->out->tasks);
        *task = (struct trial_task){.task = row_int(&r, 0),
                                    .element = copy(l, &r, 1),
                                    .command = copy(l, &r, 2),
                                    .group = copy(l, &r, 3),
                                    .form = copy(l, &r, 4)};
        task->name = name_of(l->t, task->element, &task->process);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status look_clocks(struct looking *l) {
    struct rows r;
    enum status st = DB_QUERY(l->db, &r, &CLOCKS, V_INT(l->t->case_id));
    while (!st && rows_next(&r)) {
        struct trial_clock *c = ARENA_PUSH(l->a, &l->out->clocks);
        *c = (struct trial_clock){.clock = row_int(&r, 0),
                                  .rule = copy(l, &r, 1),
                                  .owner = copy(l, &r, 2),
                                  .due = {row_int(&r, 3)},
                                  .is_open = row_int(&r, 4) != 0};
        c->is_suspended = c->due.ms == SUSPENDED;
        if (!c->is_suspended) c->last_day = zone_date(l->t->zone, (struct moment){c->due.ms - 1});
        if (!c->is_open || row_int(&r, 5) != l->out->next.at.ms || l->out->next.rule.n) continue;
        l->out->next.rule = c->rule;
        l->out->next.is_warning = c->due.ms > l->out->next.at.ms;
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status look_letters(struct looking *l) {
    struct rows r;
    enum status st = DB_QUERY(l->db, &r, &LETTERS, V_INT(l->t->case_id));
    while (!st && rows_next(&r)) {
        struct trial_letter *letter = ARENA_PUSH(l->a, &l->out->letters);
        *letter = (struct trial_letter){.letter = row_int(&r, 0),
                                        .kind = copy(l, &r, 1),
                                        .language = copy(l, &r, 2),
                                        .channel = copy(l, &r, 3),
                                        .issued = {row_int(&r, 4)},
                                        .opened = {row_int(&r, 5)},
                                        .delivered = {row_int(&r, 6)}};
        const struct letter_template *m = pack_letter(l->t->pack, letter->kind);
        if (m) letter->title = m->title_key;
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status look_news(struct looking *l) {
    struct rows r;
    enum status st = DB_QUERY(l->db, &r, &NEWS, V_INT(l->t->case_id));
    while (!st && rows_next(&r))
        *ARENA_PUSH(l->a, &l->out->news) = (struct trial_news){copy(l, &r, 0), {row_int(&r, 1)}};
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status look(struct looking *l) {
    enum status st = time_next(l->t, l->db, &l->out->next.at);
    if (st == STATUS_NOT_FOUND) l->out->next.at.ms = 0, st = STATUS_OK;
    if (!l->t->case_id) return st;
    if (!st) st = look_head(l);
    if (!st) st = look_clocks(l);
    if (!st) st = look_processes(l);
    if (!st) st = look_tasks(l);
    if (!st) st = look_letters(l);
    return st ? st : look_news(l);
}

enum status trial_look(struct trial *t, struct arena *a, struct trial_view *out) {
    struct looking l = {.t = t, .a = a, .out = out};
    *out = (struct trial_view){.now = t->world.at};
    enum status st = store_reader(t->store, &l.db);
    if (st) return st;
    st = look(&l);
    store_reader_release(t->store, l.db);
    return st;
}

enum status trial_answers(struct trial *t, struct arena *a, struct answers *out) {
    struct look look = {.purpose = T("own_file")};
    const struct actor *person;
    struct bytes coded = {0};
    struct problem p = {0};
    *out = (struct answers){.arena = a};
    if (!t->case_id) return STATUS_OK;
    enum status st = cast_find(t, T("person"), &person, &p);
    if (!st) st = cases_answers(t->cases, person, &look, t->case_id, T(""), a, &coded, &p);
    return st || !coded.n ? st : answers_decode(a, coded, out);
}
