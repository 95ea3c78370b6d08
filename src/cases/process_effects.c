// process_effects.c - what the processes of a case did becomes events: tasks, timers, clocks, states.
//
// Properties of a user task (zeebe:properties): command, deadline (rule id), deadline_from (trigger), status
// (word for the person).
#include "cases/internal.h"

#include "base/cbor.h"
#include "base/log.h"

// Items of one field of the event.
struct list {
    struct out items;
    size_t count;
};
struct lists {
    struct list opened, closed, cancelled, timers, cleared, calls, ended;
};

static struct text property(const struct flow_element *e, const char *name, struct text otherwise) {
    return flow_property(e, text_of(name), otherwise);
}

static struct out *list_add(struct list *l, size_t values) {
    cbor_array(&l->items, values);
    l->count++;
    return &l->items;
}

static void list_number(struct list *l, int64_t id) {
    cbor_int(list_add(l, 1), id);
}

static enum status list_opened(struct moving *m, struct list *l, const struct process_effect *x) {
    const struct flow_effect *f = &x->of;
    const struct flow_element *e = f->element;
    struct open_task task;
    struct text groups;
    if (!process_task(m->d, f->id, &task)) return STATUS_OK; // closed again by what followed
    enum status st = task_groups(m->d, &task, &groups);
    struct out *o = list_add(l, 6);
    cbor_int(o, f->id);
    cbor_text(o, e->id);
    cbor_text(o, task_command(e));
    cbor_text(o, groups);
    cbor_text(o, e->form);
    cbor_text(o, task.process);
    return st;
}

static enum status list_effect(struct moving *m, struct lists *l, const struct process_effect *x) {
    const struct flow_effect *f = &x->of;
    struct out *o;
    switch (f->kind) {
    case FLOW_TASK_OPENED: return list_opened(m, &l->opened, x);
    case FLOW_TASK_CLOSED: list_number(&l->closed, f->id); break;
    case FLOW_TASK_CANCELLED: list_number(f->id == m->done ? &l->closed : &l->cancelled, f->id); break;
    case FLOW_TIMER_CANCELLED:
    case FLOW_TIMER_FIRED: list_number(&l->cleared, f->id); break;
    case FLOW_TIMER_SET:
        o = list_add(&l->timers, 2);
        cbor_int(o, f->id);
        cbor_int(o, f->due.ms);
        case_due(m->d, f->due.ms);
        break;
    default: break;
    }
    return STATUS_OK;
}

// Called processes that moved, and those that are over.
static void list_calls(struct decide *d, struct lists *l) {
    for (size_t i = 0; i < d->s->calls.count; i++) {
        struct called_process *c = &d->s->calls.items[i];
        if (!c->is_changed) continue;
        c->is_changed = false;
        if (c->is_over) {
            list_number(&l->ended, c->call);
            continue;
        }
        struct out *o = list_add(&l->calls, 4);
        cbor_int(o, c->call);
        cbor_int(o, c->caller);
        cbor_text(o, flow_process_id(c->model));
        cbor_bytes(o, flow_state_write(c->model, &c->state, d->arena));
    }
}

static void put_list(struct decide *d, struct event_draft *e, const char *name, const struct list *l) {
    if (!l->count) return;
    struct out o = {.arena = d->arena};
    cbor_array(&o, l->count);
    out_text(&o, out_done(&l->items));
    draft_bytes(e, name, bytes_of(out_done(&o)));
}

// What the person has to do is said to them, also where the pack has no word for it.
static struct text word_of(const struct flow_element *e, struct text before) {
    bool is_theirs = e->kind == FLOW_USER_TASK && groups_have(e->groups, T("applicant"));
    return property(e, "status", is_theirs ? T("NEEDS_YOU") : before);
}

// The word for the person: of the last element entered that has one.
static struct text status_after(struct moving *m) {
    struct text word = m->d->s->status;
    for (size_t i = 0; i < m->effects.count; i++) {
        const struct flow_effect *f = &m->effects.items[i].of;
        if (f->kind == FLOW_ENTERED) word = word_of(f->element, word);
        if (f->kind == FLOW_ENDED && !m->effects.items[i].call) word = T("CLOSED");
    }
    return word;
}

static struct text first_task_of(const struct decide *d, int64_t call) {
    struct flow_at first;
    struct flow_state *s = process_state(d->s, call);
    if (!s || !flow_open_tasks(process_model(d->s, call), s, &first, 1)) return T("");
    return first.element->id;
}

static struct text first_task(const struct decide *d) {
    struct text task = first_task_of(d, 0);
    for (size_t i = 0; i < d->s->calls.count && !task.n; i++)
        task = first_task_of(d, d->s->calls.items[i].call);
    return task;
}

// Whoever watches this house is told (cases_options.watch).
static void show(const struct decide *d, const struct process_effect *x) {
    const struct flow_model *model = x->call ? NULL : d->s->model;
    for (size_t i = 0; i < d->s->calls.count && !model; i++) // also one that is over
        if (d->s->calls.items[i].call == x->call) model = d->s->calls.items[i].model;
    if (d->cases->watch && model) d->cases->watch(d->cases->watch_context, model, &x->of);
}

// Did a task open that is asked of the person? They hear of it; of one that they may do when they like (its
// word says something else than NEEDS_YOU) they do not.
static bool asks_person(struct moving *m) {
    struct open_task task;
    for (size_t i = 0; i < m->effects.count; i++) {
        const struct flow_effect *f = &m->effects.items[i].of;
        if (f->kind != FLOW_TASK_OPENED || !groups_have(f->element->groups, T("applicant"))) continue;
        bool is_asked = text_eq(word_of(f->element, T("")), T("NEEDS_YOU"));
        if (is_asked && process_task(m->d, f->id, &task)) return true;
    }
    return false;
}

static enum status emit_moved(struct moving *m) {
    struct decide *d = m->d;
    struct lists l = {0};
    enum status st = STATUS_OK;
    struct list *all[] = {&l.opened, &l.closed, &l.cancelled, &l.timers, &l.cleared, &l.calls, &l.ended};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) all[i]->items.arena = d->arena;
    for (size_t i = 0; i < m->effects.count && !st; i++) {
        show(d, &m->effects.items[i]);
        st = list_effect(m, &l, &m->effects.items[i]);
    }
    if (st) return st;
    list_calls(d, &l);
    d->s->status = status_after(m);
    d->s->task = first_task(d);
    struct event_draft *e = case_emit(d, &EVENT_process_moved);
    draft_bytes(e, "state", flow_state_write(d->s->model, &d->s->process, d->arena));
    draft_bool(e, "ended", d->s->process.ended);
    if (asks_person(m)) draft_int(e, "account", d->s->account);
    draft_text(e, "status", d->s->status);
    draft_text(e, "task", d->s->task);
    put_list(d, e, "opened", &l.opened);
    put_list(d, e, "closed", &l.closed);
    put_list(d, e, "cancelled", &l.cancelled);
    put_list(d, e, "timers", &l.timers);
    put_list(d, e, "cleared", &l.cleared);
    put_list(d, e, "calls", &l.calls);
    put_list(d, e, "calls_ended", &l.ended);
    process_stays(m, e);
    return STATUS_OK;
}

struct moment clock_trigger(const struct decide *d, struct text from) {
    struct moment m = d->now;
    if (text_eq(from, T("made"))) m = d->s->made_at;
    if (text_eq(from, T("registered"))) m = d->s->registered_at;
    if (text_eq(from, T("lodged"))) m = d->s->lodged_at;
    if (text_eq(from, T("decided"))) m = d->s->decided_at;
    if (text_eq(from, T("notified"))) m = d->s->notified_at;
    return m.ms ? m : d->now;
}

static bool open_task_has_in(const struct decide *d, int64_t call, struct text rule) {
    struct flow_at open[FLOW_TOKENS_MAX];
    struct flow_state *s = process_state(d->s, call);
    size_t n = s ? flow_open_tasks(process_model(d->s, call), s, open, FLOW_TOKENS_MAX) : 0;
    for (size_t i = 0; i < n; i++)
        if (text_eq(property(open[i].element, "deadline", T("")), rule)) return true;
    return false;
}

static bool open_task_has(const struct decide *d, struct text rule) {
    bool found = open_task_has_in(d, 0, rule);
    for (size_t i = 0; i < d->s->calls.count && !found; i++)
        found = open_task_has_in(d, d->s->calls.items[i].call, rule);
    return found;
}

// A task's deadline runs while any task with that deadline is open: closing one and opening the next goes on.
// An element with the property `meets` ends that deadline when it is done.
static enum status clocks_follow(struct moving *m) {
    struct decide *d = m->d;
    enum status st = STATUS_OK;
    for (size_t i = 0; i < m->effects.count && !st; i++) {
        const struct flow_effect *f = &m->effects.items[i].of;
        struct text rule = f->element ? property(f->element, "deadline", T("")) : T("");
        struct text met = f->kind == FLOW_LEFT ? property(f->element, "meets", T("")) : T("");
        if (met.n) clock_stop(d, clock_running(d, met));
        if (!rule.n) continue;
        if (f->kind == FLOW_TASK_OPENED && !clock_running(d, rule))
            st =
                clock_start(d, rule, clock_trigger(d, property(f->element, "deadline_from", T(""))), 0, NULL);
        bool closed = f->kind == FLOW_TASK_CLOSED || f->kind == FLOW_TASK_CANCELLED;
        if (closed && !open_task_has(d, rule)) clock_stop(d, clock_running(d, rule));
    }
    return st;
}

// ---- steps that could not be done ----

// What goes into the open part of an event is a word, whatever a service gave as its reason.
static bool is_word(struct text t) {
    for (size_t i = 0; i < t.n; i++)
        if (!(t.p[i] >= 'a' && t.p[i] <= 'z') && !(t.p[i] >= '0' && t.p[i] <= '9') && t.p[i] != '_')
            return false;
    return t.n > 0 && t.n <= INCIDENT_RULE_MAX;
}

static struct text rule_of(const struct flow_effect *f) {
    return is_word(f->detail) ? f->detail : is_word(f->name) ? f->name : T("other");
}

static void say_incident(struct decide *d, const struct flow_effect *f) {
    log_line(LOG_ERROR, "process.incident", "case=%lld element=" TEXT_FMT " rule=" TEXT_FMT,
             (long long)d->s->case_id, TEXT_ARG(f->element->id), TEXT_ARG(rule_of(f)));
}

// The command of a person undoes itself whole (a letter without a value, a timer without a moment): the case
// stays where it was, and who asked is told.
static enum status refuse_incident(struct decide *d, const struct flow_effect *f) {
    say_incident(d, f);
    if (d->problem->text_key) return STATUS_INVALID;
    enum status st = problem(d->problem, "", "process_incident", "problem.process.incident");
    problem_arg(d->problem, "step", f->element->id);
    return st;
}

// Nobody is there to be told, and what came must not be lost: the case keeps the incident.
static bool keeps_incidents(const struct decide *d) {
    enum command_kind kind = d->command->kind;
    if (kind == COMMAND_DELIVER_MESSAGE) return true;
    return d->actor->kind == ACTOR_SYSTEM && kind != COMMAND_MIGRATE_CASE && kind != COMMAND_RETRY_STEP;
}

static void emit_incident(struct decide *d, const struct flow_effect *f) {
    bool is_open = f->kind == FLOW_INCIDENT;
    struct event_draft *e = case_emit(d, is_open ? &EVENT_incident_opened : &EVENT_incident_closed);
    draft_int(e, "step", f->id);
    if (!is_open) return;
    say_incident(d, f);
    draft_text(e, "element", f->element->id);
    draft_text(e, "rule", rule_of(f));
}

static enum status incidents_follow(struct moving *m) {
    struct decide *d = m->d;
    for (size_t i = 0; i < m->effects.count; i++) {
        const struct flow_effect *f = &m->effects.items[i].of;
        if (f->kind == FLOW_INCIDENT && !keeps_incidents(d)) return refuse_incident(d, f);
        if (f->kind == FLOW_INCIDENT || f->kind == FLOW_INCIDENT_CLOSED) emit_incident(d, f);
        if (f->kind == FLOW_INCIDENT) *d->problem = (struct problem){0};
    }
    return STATUS_OK;
}

enum status process_follow(struct moving *m) {
    m->d->has_moved = true;
    enum status st = m->has_clock_moved ? process_timers_follow(m) : STATUS_OK;
    if (!st) st = incidents_follow(m);
    if (!st) st = clocks_follow(m);
    if (!st && m->d->s->process.ended) clocks_end(m->d);
    if (!st) st = told_of_process(m);
    if (!st) st = variables_emit(m->d);
    return st ? st : emit_moved(m);
}
