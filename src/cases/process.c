// process.c - the BPMN process of a case: the host that flow/ calls, and the events that its effects become.
//
// The process says what comes next; the pack says how it is named, who does it and in which time:
//   zeebe:properties of a user task   command, deadline (rule id), deadline_from (trigger), status (word for
//   the person) zeebe:taskDefinition type         "letter" (header "letter" = template), "notify", "close"
#include "cases/internal.h"

#include <string.h>

#include "base/cbor.h"
#include "base/log.h"

struct run {
    struct decide *d;
    struct problem *problem;
};

// ---- what the process asks of us ----

static struct text expression_of(struct text t) {
    t = text_trim(t);
    return text_starts(t, T("=")) ? text_slice(t, 1, t.n) : t;
}

static enum status evaluate(struct decide *d, struct text source, struct feel_value *out, struct problem *p) {
    const struct feel_expression *e;
    const struct feel_value *facts = facts_of(d, source);
    struct feel_now now = feel_now_of(d->cases, d->now);
    if (!facts) return STATUS_CORRUPT;
    enum status st = expression_find(d->cases, expression_of(source), &e, p);
    return st ? st : feel_eval(e, facts, &now, d->arena, out, NULL);
}

static enum status host_condition(void *ctx, const struct flow_at *at, struct text expression, bool *out,
                                  struct problem *p) {
    (void)at;
    struct feel_value v = feel_null();
    enum status st = evaluate(((struct run *)ctx)->d, expression, &v, p);
    *out = feel_is_true(&v);
    return st;
}

static bool to_moment(struct decide *d, const struct feel_value *v, struct moment *out) {
    struct date day;
    switch (v->kind) {
    case FEEL_DATE:
        if (!feel_to_date(v, &day)) return false;
        *out = zone_moment(d->cases->zone, day, 0);
        return true;
    case FEEL_DATE_TIME: {
        struct feel_date f = v->date_time.date;
        const struct feel_zone *z = v->date_time.time.zone;
        const struct zone *zone = z && z->zone ? z->zone : d->cases->zone;
        day = (struct date){f.year, f.month, f.day};
        int64_t second = v->date_time.time.second;
        if (z && !z->zone)
            out->ms = (date_to_days(day) * 86400 + second - z->offset_s) * 1000;
        else
            out->ms = zone_moment(zone, day, (int)(second / 60)).ms + second % 60 * 1000;
        return true;
    }
    case FEEL_DAYS_DURATION: out->ms = d->now.ms + v->days.second * 1000; return true;
    case FEEL_MONTHS_DURATION:
        day = date_add_months(zone_date(d->cases->zone, d->now), v->months);
        *out = zone_moment(d->cases->zone, day, zone_minute(d->cases->zone, d->now));
        return true;
    default: return false;
    }
}

static enum status host_timer(void *ctx, const struct flow_at *at, enum flow_timer_kind kind,
                              struct text expression, int fired, struct flow_due *out, struct problem *p) {
    struct decide *d = ((struct run *)ctx)->d;
    struct feel_value v = feel_null();
    (void)at, (void)kind, (void)fired;
    enum status st;
    if (text_starts(text_trim(expression), T("="))) {
        st = evaluate(d, expression, &v, p);
    } else { // an ISO 8601 literal
        struct text literal = TEXT_JOIN(d->arena, T("@\""), text_trim(expression), T("\""));
        const struct feel_expression *e;
        struct feel_now now = feel_now_of(d->cases, d->now);
        st = feel_parse(d->arena, literal, FEEL_EXPRESSION, NULL, &e, p);
        if (!st) st = feel_eval(e, NULL, &now, d->arena, &v, NULL);
    }
    if (st) return st;
    return to_moment(d, &v, &out->at) ? STATUS_OK
                                      : problem(p, "timer", "timer_value", "problem.process.timer");
}

static struct text header(const struct flow_at *at, const char *name, struct text otherwise) {
    for (size_t i = 0; i < at->element->headers.count; i++)
        if (text_eq(at->element->headers.items[i].name, text_of(name)))
            return at->element->headers.items[i].value;
    return otherwise;
}

// The template that the outcome names when the header leaves it to the decision.
static struct text letter_for(struct decide *d, const struct flow_at *at) {
    struct text name = header(at, "letter", T("decision"));
    struct outcome o;
    if (!text_eq(name, T("decision"))) return name;
    return pack_outcome(d->pack, d->s->decision.outcome, &o) ? T("decision_negative") : o.letter;
}

static enum status host_service(void *ctx, const struct flow_at *at, struct flow_answer *out,
                                struct problem *p) {
    struct run *r = ctx;
    struct decide *d = r->d;
    enum status st = STATUS_OK;
    (void)p;
    out->outcome = FLOW_DONE;
    if (text_eq(at->element->type, T("letter")) || text_eq(at->element->type, T("make_letter"))) {
        int64_t letter;
        struct text name = letter_for(d, at);
        bool of_decision = text_starts(name, T("decision"));
        st = letter_make(d, name, d->s->language, of_decision ? d->s->decision.id : 0, 0, &letter);
        if (st == STATUS_INVALID || st == STATUS_NOT_FOUND) {
            out->outcome = FLOW_FAILED;
            out->detail = text_of(d->problem->rule ? d->problem->rule : "letter");
            return STATUS_OK;
        }
    }
    return st; // other services are marks on the way: what they stand for follows from the letter and the
               // channel
}

static enum status host_decision(void *ctx, const struct flow_at *at, struct flow_answer *out,
                                 struct problem *p) {
    struct decide *d = ((struct run *)ctx)->d;
    const struct dmn_model *m = pack_decision_with(d->pack, at->element->decision);
    struct feel_now now = feel_now_of(d->cases, d->now);
    struct feel_value facts, value = feel_null();
    struct dmn_trace trace = {0};
    (void)p;
    out->outcome = FLOW_DONE;
    if (!m) {
        out->outcome = FLOW_FAILED;
        out->detail = at->element->decision;
        return STATUS_OK;
    }
    enum status st = facts_for_rules(d, &facts);
    if (!st) st = dmn_evaluate(m, at->element->decision, &facts, &now, d->arena, &value, &trace);
    if (st) return st;
    struct out json = {.arena = d->arena};
    struct json_out j = {.out = &json};
    dmn_trace_json(&j, &trace);
    struct event_draft *e = case_emit(d, &EVENT_rules_suggested);
    draft_text(e, "decision", at->element->decision);
    draft_personal_text(e, "value", feel_print(d->arena, &value));
    draft_personal_text(e, "trace", out_done(&json));
    return STATUS_OK;
}

static enum status host_script(void *ctx, const struct flow_at *at, struct flow_answer *out,
                               struct problem *p) {
    struct feel_value v;
    out->outcome = FLOW_DONE;
    return evaluate(((struct run *)ctx)->d, at->element->script, &v, p);
}

// ---- what becomes of its effects ----

struct lists {
    struct out opened, closed, timers, cleared, visited;
    size_t opened_count, closed_count, timer_count, cleared_count, visited_count;
};

static struct text property(const struct flow_element *e, const char *name, struct text otherwise) {
    return flow_property(e, text_of(name), otherwise);
}

static void list_opened(struct lists *l, const struct flow_effect *f) {
    const struct flow_element *e = f->element;
    cbor_array(&l->opened, 5);
    cbor_int(&l->opened, f->id);
    cbor_text(&l->opened, e->id);
    cbor_text(&l->opened, property(e, "command", e->id));
    cbor_text(&l->opened, e->groups);
    cbor_text(&l->opened, e->form);
    l->opened_count++;
}

static void list_number(struct out *o, size_t *count, int64_t id) {
    cbor_array(o, 1);
    cbor_int(o, id);
    ++*count;
}

static void list_effect(struct lists *l, const struct flow_effect *f) {
    switch (f->kind) {
    case FLOW_TASK_OPENED: list_opened(l, f); break;
    case FLOW_TASK_CLOSED:
    case FLOW_TASK_CANCELLED: list_number(&l->closed, &l->closed_count, f->id); break;
    case FLOW_TIMER_CANCELLED:
    case FLOW_TIMER_FIRED: list_number(&l->cleared, &l->cleared_count, f->id); break;
    case FLOW_TIMER_SET:
        cbor_array(&l->timers, 2);
        cbor_int(&l->timers, f->id);
        cbor_int(&l->timers, f->due.ms);
        l->timer_count++;
        break;
    case FLOW_ENTERED:
        cbor_array(&l->visited, 1);
        cbor_text(&l->visited, f->element->id);
        l->visited_count++;
        break;
    default: break;
    }
}

static void put_list(struct decide *d, struct event_draft *e, const char *name, const struct out *items,
                     size_t count) {
    if (!count) return;
    struct out o = {.arena = d->arena};
    cbor_array(&o, count);
    out_text(&o, out_done(items));
    draft_bytes(e, name, bytes_of(out_done(&o)));
}

// The word for the person: of the last element entered that has one.
static struct text status_after(struct decide *d, const struct flow_effects *effects) {
    struct text word = d->s->status;
    for (size_t i = 0; i < effects->count; i++) {
        const struct flow_effect *f = &effects->items[i];
        if (f->kind == FLOW_ENTERED) word = property(f->element, "status", word);
        if (f->kind == FLOW_ENDED) word = T("CLOSED");
    }
    return word;
}

static struct text first_task(const struct decide *d) {
    struct flow_at first;
    return flow_open_tasks(d->s->model, &d->s->process, &first, 1) ? first.element->id : T("");
}

static void emit_moved(struct decide *d, const struct flow_effects *effects) {
    struct lists l = {.opened.arena = d->arena,
                      .closed.arena = d->arena,
                      .timers.arena = d->arena,
                      .cleared.arena = d->arena,
                      .visited.arena = d->arena};
    for (size_t i = 0; i < effects->count; i++) {
        list_effect(&l, &effects->items[i]);
        if (effects->items[i].kind == FLOW_TIMER_SET) case_due(d, effects->items[i].due.ms);
    }
    d->s->status = status_after(d, effects);
    d->s->task = first_task(d);
    struct event_draft *e = case_emit(d, &EVENT_process_moved);
    draft_bytes(e, "state", flow_state_write(d->s->model, &d->s->process, d->arena));
    draft_bool(e, "ended", d->s->process.ended);
    draft_text(e, "status", d->s->status);
    draft_text(e, "task", d->s->task);
    put_list(d, e, "opened", &l.opened, l.opened_count);
    put_list(d, e, "closed", &l.closed, l.closed_count);
    put_list(d, e, "timers", &l.timers, l.timer_count);
    put_list(d, e, "cleared", &l.cleared, l.cleared_count);
    put_list(d, e, "visited", &l.visited, l.visited_count);
}

static struct moment trigger_moment(const struct decide *d, struct text from) {
    struct moment m = d->now;
    if (text_eq(from, T("made"))) m = d->s->made_at;
    if (text_eq(from, T("registered"))) m = d->s->registered_at;
    if (text_eq(from, T("lodged"))) m = d->s->lodged_at;
    if (text_eq(from, T("decided"))) m = d->s->decided_at;
    if (text_eq(from, T("notified"))) m = d->s->notified_at;
    return m.ms ? m : d->now;
}

static bool open_task_has(const struct decide *d, struct text rule) {
    struct flow_at open[FLOW_TOKENS_MAX];
    size_t n = flow_open_tasks(d->s->model, &d->s->process, open, FLOW_TOKENS_MAX);
    for (size_t i = 0; i < n; i++)
        if (text_eq(property(open[i].element, "deadline", T("")), rule)) return true;
    return false;
}

// A task's deadline runs while any task with that deadline is open: closing one and opening the next goes on.
static enum status clocks_follow(struct decide *d, const struct flow_effects *effects) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < effects->count && !st; i++) {
        const struct flow_effect *f = &effects->items[i];
        struct text rule = f->element ? property(f->element, "deadline", T("")) : T("");
        if (!rule.n) continue;
        if (f->kind == FLOW_TASK_OPENED && !clock_running(d, rule))
            st = clock_start(d, rule, trigger_moment(d, property(f->element, "deadline_from", T(""))), 0,
                             NULL);
        bool closed = f->kind == FLOW_TASK_CLOSED || f->kind == FLOW_TASK_CANCELLED;
        if (closed && !open_task_has(d, rule)) clock_stop(d, clock_running(d, rule));
    }
    return st;
}

// A step that cannot be done (a letter without a value, a timer without a moment) undoes the whole command:
// the case stays where it was, and who asked is told; it is never stuck unseen.
static enum status no_incident(struct decide *d, const struct flow_effects *effects) {
    for (size_t i = 0; i < effects->count; i++) {
        const struct flow_effect *f = &effects->items[i];
        if (f->kind != FLOW_INCIDENT) continue;
        log_line(LOG_ERROR, "process.incident", "case=%lld element=" TEXT_FMT " rule=" TEXT_FMT,
                 (long long)d->s->case_id, TEXT_ARG(f->element->id), TEXT_ARG(f->name));
        if (d->problem->text_key) return STATUS_INVALID;
        enum status st = problem(d->problem, "", "process_incident", "problem.process.incident");
        problem_arg(d->problem, "step", f->element->id);
        return st;
    }
    return STATUS_OK;
}

static enum status follow(struct decide *d, const struct flow_effects *effects) {
    enum status st = no_incident(d, effects);
    if (!st) st = clocks_follow(d, effects);
    if (!st && d->s->process.ended) clocks_end(d);
    if (!st) emit_moved(d, effects);
    return st;
}

#define ENGINE(d)                                                   \
    struct run run = {(d), (d)->problem};                           \
    struct flow_host host = {.ctx = &run,                           \
                             .condition = host_condition,           \
                             .timer = host_timer,                   \
                             .service = host_service,               \
                             .decision = host_decision,             \
                             .script = host_script};                \
    struct flow_engine engine = {(d)->s->model, &host, (d)->arena}; \
    struct flow_effects effects = {0}

enum status process_start(struct decide *d) {
    ENGINE(d);
    struct flow_trigger by = {.kind = FLOW_NONE};
    if (!d->s->model) return STATUS_CORRUPT;
    enum status st = flow_start(&engine, &by, &d->s->process, &effects, d->problem);
    d->s->has_process = true;
    return st ? st : follow(d, &effects);
}

static bool find_task(struct decide *d, const char *command, int64_t *task) {
    struct flow_at open[FLOW_TOKENS_MAX];
    if (!d->s->has_process) return false;
    size_t n = flow_open_tasks(d->s->model, &d->s->process, open, FLOW_TOKENS_MAX);
    for (size_t i = 0; i < n; i++) {
        if (!text_eq(property(open[i].element, "command", open[i].element->id), text_of(command))) continue;
        *task = open[i].token;
        return true;
    }
    return false;
}

bool process_waits_for(struct decide *d, const char *command) {
    int64_t task;
    return find_task(d, command, &task);
}

enum status process_command(struct decide *d, const char *command) {
    int64_t task;
    if (!find_task(d, command, &task)) {
        enum status st = problem(d->problem, "", "not_now", "problem.case.not_now");
        problem_arg(d->problem, "task", d->s->task);
        return st;
    }
    ENGINE(d);
    enum status st = flow_task_done(&engine, &d->s->process, task, &effects, d->problem);
    return st ? st : follow(d, &effects);
}

enum status process_message(struct decide *d, const char *name) {
    if (!d->s->has_process || d->s->process.ended) return STATUS_OK;
    ENGINE(d);
    enum status st = flow_message(&engine, &d->s->process, text_of(name), T(""), &effects, d->problem);
    if (st == STATUS_NOT_FOUND) {
        *d->problem = (struct problem){0};
        return STATUS_OK;
    }
    return st ? st : follow(d, &effects);
}

enum status process_message_late(struct decide *d, const char *name) {
    if (!d->s->process.ended) return process_message(d, name);
    ENGINE(d);
    struct flow_trigger by = {FLOW_MESSAGE, text_of(name)};
    enum status st = flow_start(&engine, &by, &d->s->process, &effects, d->problem);
    return st ? st : follow(d, &effects);
}

bool process_waits_message(const struct decide *d, const char *name) {
    if (!d->s->has_process || d->s->process.ended) return false;
    for (size_t i = 0; i < d->s->process.waits.count; i++) {
        const struct flow_wait *w = &d->s->process.waits.items[i];
        if (w->kind == FLOW_MESSAGE && text_eq(w->name, text_of(name))) return true;
    }
    return false;
}

enum status process_timer(struct decide *d, int64_t timer) {
    if (!d->s->has_process) return STATUS_NOT_FOUND;
    ENGINE(d);
    enum status st = flow_timer_due(&engine, &d->s->process, timer, &effects, d->problem);
    return st ? st : follow(d, &effects);
}

// A clock was extended, suspended or resumed: timers that follow it move with it.
enum status process_clock_moved(struct decide *d) {
    if (!d->s->has_process || d->s->process.ended) return STATUS_OK;
    ENGINE(d);
    enum status st = STATUS_OK;
    for (size_t i = 0; i < d->s->process.waits.count && !st; i++) {
        struct flow_wait w = d->s->process.waits.items[i];
        const struct flow_element *e = flow_element(d->s->model, w.element);
        struct flow_due due = {0};
        if (w.kind != FLOW_TIMER || e->timer_kind == FLOW_CYCLE) continue;
        struct flow_at at = {.element = e, .token = w.token};
        if (host_timer(&run, &at, e->timer_kind, e->timer, w.fired, &due, NULL))
            continue; // not about a clock
        if (due.at.ms != w.due.ms)
            st = flow_timer_move(&engine, &d->s->process, w.id, due.at, &effects, d->problem);
    }
    if (!st && effects.count) emit_moved(d, &effects);
    return st;
}

enum status decide_timer_due(struct decide *d) {
    return process_timer(d, d->command->timer_due.timer);
}
