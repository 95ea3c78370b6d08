// read_tokens.c - where the processes of a case stand, since when and what for; and what they passed.
#include "cases/reading.h"
#include "cases/stays.h"

static const struct sql STATE = SQL("file_process", "select state from process where case_id = :case");
static const struct sql CALLS =
    SQL("file_calls", "select process, state from process_call where case_id = :case order by call_id");
// Served by both keys.
static const struct sql STAYS = SQL(
    "file_stays",
    "select task_id, process, element, opened_at, done_at, grp, 2 from task where case_id = :case union all "
    "select token, process, element, entered_at, left_at, '', kind from process_stay where case_id = "
    ":case order by 4, 1");

struct stay_row {
    int64_t token, kind;
    struct text process, element, group;
    struct moment entered, left;
};
struct stay_rows {
    struct stay_row *items;
    size_t count, capacity;
};
// One process of the case, own or called.
struct running {
    const struct flow_model *model;
    struct flow_state state;
};

static struct text name_key(struct reading *r, const struct flow_model *m, const struct flow_element *e) {
    return TEXT_JOIN(r->arena, T("flow."), flow_process_id(m), T("."), e->id);
}

static enum status read_stays(struct reading *r, const struct case_file *f, struct stay_rows *out) {
    struct rows q;
    enum status st = DB_QUERY(r->db, &q, &STAYS, V_INT(r->case_id));
    while (!st && rows_next(&q)) {
        struct text process = row_copy(r, &q, 1);
        *ARENA_PUSH(r->arena, out) = (struct stay_row){.token = row_int(&q, 0),
                                                       .process = process.n ? process : f->process,
                                                       .element = row_copy(r, &q, 2),
                                                       .entered = {row_int(&q, 3)},
                                                       .left = {row_int(&q, 4)},
                                                       .group = row_copy(r, &q, 5),
                                                       .kind = row_int(&q, 6)};
    }
    enum status end = rows_end(&q);
    return st ? st : end;
}

// ---- tokens ----

static const char *wait_name(enum flow_event kind) {
    return kind == FLOW_TIMER     ? "timer"
           : kind == FLOW_MESSAGE ? "message"
           : kind == FLOW_SIGNAL  ? "signal"
                                  : "condition";
}

static struct process_wait wait_view(struct reading *r, const struct running *of, const struct flow_wait *w) {
    const struct flow_element *e = flow_element(of->model, w->element);
    return (struct process_wait){.element = e->id,
                                 .name = e->name,
                                 .name_key = name_key(r, of->model, e),
                                 .kind = text_of(wait_name(w->kind)),
                                 .awaited = w->name,
                                 .due = w->kind == FLOW_TIMER ? w->due : (struct moment){0}};
}

static const char *token_state(const struct flow_token *t, const struct flow_element *e) {
    if (t->phase == FLOW_STUCK) return "stuck";
    if (t->phase == FLOW_ARRIVED) return "join";
    if (e->kind == FLOW_USER_TASK || e->kind == FLOW_MANUAL_TASK) return "task";
    if (e->kind == FLOW_CALL_ACTIVITY) return "call";
    bool is_event =
        e->kind == FLOW_CATCH_EVENT || e->kind == FLOW_RECEIVE_TASK || e->kind == FLOW_EVENT_BASED;
    return is_event ? "event" : "answer";
}

static struct text incident_rule(const struct flow_state *s, int64_t token) {
    for (size_t i = 0; i < s->incidents.count; i++)
        if (s->incidents.items[i].token == token) return s->incidents.items[i].rule;
    return T("");
}

static void add_token(struct reading *r, const struct running *of, const struct flow_token *t,
                      const struct stay_rows *stays, struct case_file *f) {
    const struct flow_element *e = flow_element(of->model, t->element);
    struct process_token *v = ARENA_PUSH(r->arena, &f->tokens);
    *v = (struct process_token){.token = t->id,
                                .process = flow_process_id(of->model),
                                .element = e->id,
                                .name = e->name,
                                .name_key = name_key(r, of->model, e),
                                .lane = e->lane,
                                .state = text_of(token_state(t, e)),
                                .rule = incident_rule(&of->state, t->id),
                                .waits = ARENA_ARRAY(r->arena, struct process_wait, of->state.waits.count)};
    for (size_t i = 0; i < stays->count; i++)
        if (stays->items[i].token == t->id) {
            const struct stay_row *s = &stays->items[i];
            v->since = s->left.ms ? s->left : s->entered; // done, and stuck on the way out
            v->group = s->group;
        }
    for (size_t i = 0; i < of->state.waits.count; i++)
        if (of->state.waits.items[i].token == t->id)
            v->waits[v->wait_count++] = wait_view(r, of, &of->state.waits.items[i]);
}

static void add_tokens(struct reading *r, const struct running *of, const struct stay_rows *stays,
                       struct case_file *f) {
    for (size_t i = 0; i < of->state.tokens.count; i++) {
        const struct flow_token *t = &of->state.tokens.items[i];
        if (t->phase != FLOW_INSIDE) add_token(r, of, t, stays, f);
    }
    for (size_t i = 0; i < of->state.waits.count; i++)
        if (!of->state.waits.items[i].token)
            *ARENA_PUSH(r->arena, &f->at_any_time) = wait_view(r, of, &of->state.waits.items[i]);
}

// ---- steps ----

static const char *stands(const struct case_file *f, const struct text process, const struct text element) {
    const char *state = "";
    for (size_t i = 0; i < f->tokens.count; i++) {
        const struct process_token *t = &f->tokens.items[i];
        if (!text_eq(t->element, element) || !text_eq(t->process, process)) continue;
        if (text_eq(t->state, T("stuck"))) return "stuck";
        state = "now";
    }
    return state;
}

// A sub-process that is entered, or an activity that is repeated, has no token that waits, and is there all
// the same.
static bool is_inside(const struct stay_row *s) {
    return s->kind == STAY_INSIDE && !s->left.ms;
}

static void add_steps(struct reading *r, const struct flow_model *m, const struct stay_rows *stays,
                      struct case_file *f) {
    struct text process = flow_process_id(m);
    for (size_t i = 0; i < flow_count(m); i++) {
        const struct flow_element *e = flow_element(m, (int)i);
        struct process_step step = {.process = process,
                                    .element = e->id,
                                    .name = e->name,
                                    .name_key = name_key(r, m, e),
                                    .lane = e->lane,
                                    .kind = text_of(flow_kind_name(e->kind)),
                                    .state = text_of(stands(f, process, e->id))};
        for (size_t k = 0; k < stays->count && !step.state.n; k++) {
            const struct stay_row *s = &stays->items[k];
            if (!text_eq(s->element, e->id) || !text_eq(s->process, process)) continue;
            if (is_inside(s)) step.state = T("now");
            if (s->left.ms > step.at.ms) step.at = s->left;
        }
        if (!step.state.n && step.at.ms) step.state = T("done");
        *ARENA_PUSH(r->arena, &f->steps) = step;
    }
}

static void add_process(struct reading *r, struct text process, const struct stay_rows *stays,
                        struct case_file *f) {
    const struct flow_model *m = pack_process_with(r->entry->pack, process);
    for (size_t i = 0; i < f->processes.count; i++)
        if (text_eq(f->processes.items[i].process, process)) return;
    for (size_t i = 0; m && i < pack_processes(r->entry->pack); i++) {
        if (pack_process(r->entry->pack, i) != m) continue;
        struct text file = pack_process_file(r->entry->pack, i);
        *ARENA_PUSH(r->arena, &f->processes) =
            (struct process_view){flow_process_id(m), text_of_bytes(pack_file_content(r->entry->pack, file))};
    }
    if (m) add_steps(r, m, stays, f);
}

// ---- all of it ----

static enum status read_state(struct reading *r, const struct flow_model *m, struct bytes b,
                              const struct stay_rows *stays, struct case_file *f) {
    struct running of = {.model = m};
    if (!m) return STATUS_CORRUPT;
    enum status st = flow_state_read(m, bytes_copy(r->arena, b), r->arena, &of.state, NULL);
    if (st) return st;
    if (case_reading_shows(r, "public")) add_tokens(r, &of, stays, f);
    file_add_awaited(r, m, &of.state, f);
    return st;
}

static enum status read_calls(struct reading *r, const struct stay_rows *stays, struct case_file *f) {
    struct rows q;
    enum status st = DB_QUERY(r->db, &q, &CALLS, V_INT(r->case_id));
    while (!st && rows_next(&q)) {
        const struct flow_model *m = pack_process_with(r->entry->pack, row_text(&q, 0));
        st = read_state(r, m, row_bytes(&q, 1), stays, f);
    }
    enum status end = rows_end(&q);
    return st ? st : end;
}

enum status file_read_tokens(struct reading *r, struct case_file *f) {
    struct rows q;
    struct stay_rows stays = {0};
    enum status st = read_stays(r, f, &stays);
    if (!st) st = DB_ONE(r->db, &q, &STATE, V_INT(r->case_id));
    if (st == STATUS_NOT_FOUND) return rows_end(&q); // a draft, or a file of the former system
    if (st) return st;
    st = read_state(r, pack_process_with(r->entry->pack, f->process), row_bytes(&q, 0), &stays, f);
    enum status end = rows_end(&q);
    if (!st) st = end;
    if (!st) st = read_calls(r, &stays, f);
    if (st) return st;
    add_process(r, f->process, &stays, f);
    for (size_t i = 0; i < f->tokens.count; i++) add_process(r, f->tokens.items[i].process, &stays, f);
    for (size_t i = 0; i < stays.count; i++) add_process(r, stays.items[i].process, &stays, f);
    return STATUS_OK;
}
