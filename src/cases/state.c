// state.c - what a command needs to know of its case, read from the projections.
#include "cases/internal.h"

static const struct sql CASE_STATE =
    SQL("case_state",
        "select c.case_id, c.version, c.pack_version, c.person_id, c.account_id, c.officer_id, "
        "coalesce(c.case_no, ''),"
        " c.unit, c.status, c.task, c.track, c.language, c.channel, c.channel_rule, c.phrase, c.sections,"
        " c.family_name, c.given_names, c.birth, c.nationality, c.is_draft, c.is_closed, c.is_erased,"
        " c.is_vulnerable, c.is_minor, c.made_at, c.registered_at, c.lodged_at, c.decided_at, c.notified_at, "
        "c.made_on, c.procedure"
        " from case_file c where c.case_id = :case");
static const struct sql PROCESS_STATE =
    SQL("process_state", "select state from process where case_id = :case");
static const struct sql CALLED_STATES =
    SQL("called_states", "select call_id, caller, process, state from process_call where case_id = :case"
                         " order by call_id");
static const struct sql TASKS_GIVEN =
    SQL("tasks_given", "select element, form, data from task_answers where case_id = :case order by seq");
static const struct sql MESSAGES_GIVEN =
    SQL("messages_given", "select name, name, data from message_answers where case_id = :case order by seq");
static const struct sql VARIABLES =
    SQL("case_variables", "select token, name, value from case_variable where case_id = :case"
                          " order by token, name");
static const struct sql CLOCKS =
    SQL("case_clocks", "select clock_id, rule, owner, about, state, warned, is_open from clock"
                       " where case_id = :case and is_open = 1 order by clock_id");
static const struct sql ANSWERS =
    SQL("case_answers", "select data from answers where case_id = :case order by section");
static const struct sql DECISION = SQL(
    "case_decision", "select decision_id, proposed_by, outcome, state, is_adverse, appeal_until from decision"
                     " where case_id = :case order by decision_id desc limit 1");
static const struct sql OPEN_APPEAL =
    SQL("case_open_appeal", "select appeal_id, outcome, decided_at, decision_id from appeal"
                            " where case_id = :case order by appeal_id desc limit 1");
static const struct sql INTERVIEW =
    SQL("case_interview", "select interview_id, is_confirmed from interview"
                          " where case_id = :case order by interview_id desc limit 1");
static const struct sql APPOINTMENT =
    SQL("case_appointment", "select appointment_id, starts_at from appointment where case_id = :case and"
                            " state = 'planned' order by appointment_id desc limit 1");
static const struct sql REQUESTS =
    SQL("case_requests", "select request_id, kind, state, asked_at, due_at from request where case_id = :case"
                         " order by request_id");
static const struct sql DOCUMENTS =
    SQL("case_documents", "select document_id, request_id, kind, scan, is_removed, by_id from document"
                          " where case_id = :case order by document_id");
static const struct sql RIGHTS =
    SQL("case_rights", "select request_id, kind from right_request where case_id = :case and state = 'open'"
                       " order by request_id");
static const struct sql PERSONS =
    SQL("case_persons",
        "select person_id, role, family_name, given_names, birth, nationalities, is_stateless from person"
        " where case_id = :case order by position");

static void read_case(struct rows *r, struct arena *a, struct case_state *s) {
    int64_t *ints[] = {&s->case_id, &s->version, &s->pack_version, &s->person, &s->account, &s->officer};
    struct text *texts[] = {&s->case_no,     &s->unit,        &s->status,       &s->task,       &s->track,
                            &s->language,    &s->channel,     &s->channel_rule, &s->phrase,     &s->sections,
                            &s->family_name, &s->given_names, &s->birth,        &s->nationality};
    bool *flags[] = {&s->is_draft, &s->is_closed, &s->is_erased, &s->is_vulnerable, &s->is_minor};
    struct moment *moments[] = {&s->made_at, &s->registered_at, &s->lodged_at, &s->decided_at,
                                &s->notified_at};
    int column = 0;
    for (size_t i = 0; i < sizeof ints / sizeof *ints; i++) *ints[i] = row_int(r, column++);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = text_copy(a, row_text(r, column++));
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) *flags[i] = row_int(r, column++) != 0;
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) moments[i]->ms = row_int(r, column++);
    s->made_on = text_copy(a, row_text(r, column++));
    s->procedure = text_copy(a, row_text(r, column));
}

enum status answers_load(struct db *db, int64_t case_id, struct arena *a, struct answers *out) {
    struct rows r;
    *out = (struct answers){.arena = a};
    enum status st = DB_QUERY(db, &r, &ANSWERS, V_INT(case_id));
    while (!st && rows_next(&r)) {
        struct answers section = {.arena = a};
        st = answers_decode(a, bytes_copy(a, row_bytes(&r, 0)), &section);
        if (!st) st = answers_merge(out, &section);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

// The process itself of the pack that the case runs on.
static enum status load_calls(struct db *db, const struct pack *pack, struct arena *a, struct case_state *s,
                              struct problem *p) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &CALLED_STATES, V_INT(s->case_id));
    while (!st && rows_next(&r)) {
        struct called_process *c = ARENA_PUSH(a, &s->calls);
        *c = (struct called_process){.call = row_int(&r, 0),
                                     .caller = row_int(&r, 1),
                                     .model = pack_process_with(pack, row_text(&r, 2))};
        st = c->model ? flow_state_read(c->model, bytes_copy(a, row_bytes(&r, 3)), a, &c->state, p)
                      : STATUS_CORRUPT;
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status load_process(struct db *db, const struct pack *pack, struct arena *a, struct case_state *s,
                                struct problem *p) {
    struct rows r;
    s->model = pack_process_with(pack, pack_procedure(pack));
    enum status st = DB_ONE(db, &r, &PROCESS_STATE, V_INT(s->case_id));
    if (!st) {
        s->has_process = true;
        st = flow_state_read(s->model, bytes_copy(a, row_bytes(&r, 0)), a, &s->process, p);
    } else if (st == STATUS_NOT_FOUND) {
        st = STATUS_OK;
    }
    enum status end = rows_end(&r);
    if (!st) st = end;
    return st || !s->has_process ? st : load_calls(db, pack, a, s, p);
}

static enum status load_clocks(struct db *db, struct arena *a, struct case_state *s) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &CLOCKS, V_INT(s->case_id));
    while (!st && rows_next(&r)) {
        struct clock_state_row *c = ARENA_PUSH(a, &s->clocks);
        *c = (struct clock_state_row){.clock_id = row_int(&r, 0),
                                      .rule = text_copy(a, row_text(&r, 1)),
                                      .owner = text_copy(a, row_text(&r, 2)),
                                      .about = row_int(&r, 3),
                                      .warned = (int)row_int(&r, 5),
                                      .is_open = row_int(&r, 6) != 0};
        st = clock_decode(row_bytes(&r, 4), &c->clock);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

// One row that may be missing.
static enum status maybe(enum status st, struct rows *r) {
    enum status end = rows_end(r);
    if (st == STATUS_NOT_FOUND) st = STATUS_OK;
    return st ? st : end;
}

static enum status load_decision(struct db *db, struct arena *a, struct case_state *s) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &DECISION, V_INT(s->case_id));
    if (!st)
        s->decision = (struct decision_row){row_int(&r, 0),
                                            row_int(&r, 1),
                                            text_copy(a, row_text(&r, 2)),
                                            text_copy(a, row_text(&r, 3)),
                                            row_int(&r, 4) != 0,
                                            {row_int(&r, 5)}};
    st = maybe(st, &r);
    if (st) return st;
    st = DB_ONE(db, &r, &OPEN_APPEAL, V_INT(s->case_id));
    if (!st) {
        s->appeal = row_int(&r, 2) ? 0 : row_int(&r, 0);
        s->appeal_outcome = text_copy(a, row_text(&r, 1));
        s->appealed = row_int(&r, 3);
    }
    st = maybe(st, &r);
    if (st) return st;
    st = DB_ONE(db, &r, &INTERVIEW, V_INT(s->case_id));
    if (!st) s->interview = row_int(&r, 0), s->interview_confirmed = row_int(&r, 1) != 0;
    st = maybe(st, &r);
    if (st) return st;
    st = DB_ONE(db, &r, &APPOINTMENT, V_INT(s->case_id));
    if (!st) s->appointment = row_int(&r, 0), s->appointment_at.ms = row_int(&r, 1);
    return maybe(st, &r);
}

static enum status load_requests(struct db *db, struct arena *a, struct case_state *s) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &REQUESTS, V_INT(s->case_id));
    while (!st && rows_next(&r))
        *ARENA_PUSH(a, &s->requests) = (struct request_row){row_int(&r, 0),
                                                            text_copy(a, row_text(&r, 1)),
                                                            text_copy(a, row_text(&r, 2)),
                                                            {row_int(&r, 3)},
                                                            {row_int(&r, 4)}};
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status load_documents(struct db *db, struct arena *a, struct case_state *s) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &DOCUMENTS, V_INT(s->case_id));
    while (!st && rows_next(&r))
        *ARENA_PUSH(a, &s->documents) = (struct document_row){
            row_int(&r, 0),      row_int(&r, 1), text_copy(a, row_text(&r, 2)), text_copy(a, row_text(&r, 3)),
            row_int(&r, 4) != 0, row_int(&r, 5)};
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status load_rights(struct db *db, struct arena *a, struct case_state *s) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &RIGHTS, V_INT(s->case_id));
    while (!st && rows_next(&r))
        *ARENA_PUSH(a, &s->rights) = (struct right_row){row_int(&r, 0), text_copy(a, row_text(&r, 1))};
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status load_persons(struct db *db, struct arena *a, struct case_state *s) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &PERSONS, V_INT(s->case_id));
    while (!st && rows_next(&r)) {
        struct person_view *v = ARENA_PUSH(a, &s->persons);
        v->person = row_int(&r, 0);
        v->role = text_copy(a, row_text(&r, 1));
        v->family_name = text_copy(a, row_text(&r, 2));
        v->given_names = text_copy(a, row_text(&r, 3));
        if (date_parse(row_text(&r, 4), &v->birth)) v->birth = (struct date){0}; // as somebody once wrote it
        v->nationalities = text_copy(a, row_text(&r, 5));
        v->is_stateless = row_int(&r, 6) != 0;
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

struct given_row *given_of(struct arena *a, struct given_list *list, struct text name) {
    for (size_t i = 0; i < list->count; i++)
        if (text_eq(list->items[i].name, name)) return &list->items[i];
    struct given_row *g = ARENA_PUSH(a, list);
    g->name = name;
    return g;
}

// What was done last takes the place of what was done before.
static enum status load_given(struct db *db, const struct sql *sql, struct arena *a, int64_t case_id,
                              struct given_list *list) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, sql, V_INT(case_id));
    while (!st && rows_next(&r)) {
        struct given_row *g = given_of(a, list, text_copy(a, row_text(&r, 0)));
        g->form = text_copy(a, row_text(&r, 1));
        g->answers = (struct answers){.arena = a};
        struct bytes data = row_bytes(&r, 2);
        if (data.n) st = answers_decode(a, bytes_copy(a, data), &g->answers);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status read_literal(struct arena *a, struct text literal, struct feel_value *out) {
    const struct feel_expression *e;
    struct problem p = {0};
    struct feel_now none = {0};
    enum status st = feel_parse(a, literal, FEEL_EXPRESSION, NULL, &e, &p);
    if (!st) st = feel_eval(e, NULL, &none, a, out, NULL);
    return st ? STATUS_CORRUPT : STATUS_OK;
}

static enum status load_variables(struct db *db, struct arena *a, struct case_state *s) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &VARIABLES, V_INT(s->case_id));
    while (!st && rows_next(&r)) {
        struct variable_row *v = ARENA_PUSH(a, &s->variables);
        *v = (struct variable_row){.token = row_int(&r, 0), .name = text_copy(a, row_text(&r, 1))};
        st = read_literal(a, text_copy(a, row_text(&r, 2)), &v->value);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status load_all_given(struct db *db, struct arena *a, struct case_state *s) {
    enum status st = load_given(db, &TASKS_GIVEN, a, s->case_id, &s->tasks);
    return st ? st : load_given(db, &MESSAGES_GIVEN, a, s->case_id, &s->messages);
}

enum status state_load(struct db *db, int64_t case_id, struct arena *a, struct case_state *out) {
    struct rows r;
    *out = (struct case_state){.answers = {.arena = a}};
    enum status st = DB_ONE(db, &r, &CASE_STATE, V_INT(case_id));
    if (!st) read_case(&r, a, out);
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status state_load_parts(struct db *db, const struct pack *pack, unsigned parts, struct arena *a,
                             struct case_state *s, struct problem *p) {
    parts &= ~s->loaded;
    s->loaded |= parts;
    enum status st = parts & LOAD_PROCESS ? load_process(db, pack, a, s, p) : STATUS_OK;
    if (!st && parts & LOAD_CLOCKS) st = load_clocks(db, a, s);
    if (!st && parts & LOAD_ANSWERS) st = answers_load(db, s->case_id, a, &s->answers);
    if (!st && parts & LOAD_DECISION) st = load_decision(db, a, s);
    if (!st && parts & LOAD_PERSONS) st = load_persons(db, a, s);
    if (!st && parts & LOAD_REQUESTS) st = load_requests(db, a, s);
    if (!st && parts & LOAD_DOCUMENTS) st = load_documents(db, a, s);
    if (!st && parts & LOAD_RIGHTS) st = load_rights(db, a, s);
    if (!st && parts & LOAD_GIVEN) st = load_all_given(db, a, s);
    if (!st && parts & LOAD_VARIABLES) st = load_variables(db, a, s);
    return st;
}

// A case that this command begins has nothing to load.
enum status state_need(struct decide *d, unsigned parts) {
    if (!d->s->version) return STATUS_OK;
    return state_load_parts(d->write->db, d->pack, parts, d->arena, d->s, d->problem);
}

struct case_owner state_owner(const struct case_state *s) {
    return (struct case_owner){s->account, s->officer, s->unit, s->is_draft};
}
