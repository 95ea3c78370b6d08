// process.c - the BPMN processes of a case, moved by commands, messages and time. process_calls.c lets them
// run, process_host.c answers what they ask, process_effects.c makes events of what they did.
#include "cases/internal.h"

enum status process_start(struct decide *d) {
    struct moving m = {.d = d};
    if (!d->s->model) return STATUS_CORRUPT;
    d->s->has_process = true;
    enum status st = process_trigger(&m, 0, &(struct process_trigger){.kind = PROCESS_START});
    return st ? st : process_follow(&m);
}

// ---- tasks ----

struct text task_command(const struct flow_element *e) {
    return flow_property(e, T("command"), T("complete_task"));
}

static bool task_in(const struct decide *d, int64_t call, struct text command, int64_t task,
                    struct open_task *out) {
    struct flow_at open[FLOW_TOKENS_MAX];
    const struct flow_model *m = process_model(d->s, call);
    size_t n = flow_open_tasks(m, process_state(d->s, call), open, FLOW_TOKENS_MAX);
    for (size_t i = 0; i < n; i++) {
        bool is_it = task ? open[i].token == task : text_eq(task_command(open[i].element), command);
        if (!is_it) continue;
        *out = (struct open_task){call, open[i], flow_process_id(m)};
        return true;
    }
    return false;
}

static bool find_task(const struct decide *d, struct text command, int64_t task, struct open_task *out) {
    if (!d->s->has_process) return false;
    if (task_in(d, 0, command, task, out)) return true;
    for (size_t i = 0; i < d->s->calls.count; i++)
        if (!d->s->calls.items[i].is_over && task_in(d, d->s->calls.items[i].call, command, task, out))
            return true;
    return false;
}

bool process_task(const struct decide *d, int64_t task, struct open_task *out) {
    return task > 0 && find_task(d, T(""), task, out);
}

bool process_waits_for(struct decide *d, const char *command) {
    struct open_task task;
    return find_task(d, text_of(command), 0, &task);
}

static enum status move(struct decide *d, int64_t call, const struct process_trigger *t) {
    struct moving m = {.d = d, .done = t->kind == PROCESS_TASK_DONE ? t->id : 0};
    enum status st = process_trigger(&m, call, t);
    return st ? st : process_follow(&m);
}

enum status process_command(struct decide *d, const char *command) {
    struct open_task task;
    if (!find_task(d, text_of(command), 0, &task)) {
        enum status st = problem(d->problem, "", "not_now", "problem.case.not_now");
        problem_arg(d->problem, "task", d->s->task);
        return st;
    }
    return move(d, task.call, &(struct process_trigger){PROCESS_TASK_DONE, .id = task.at.token});
}

enum status process_task_done(struct decide *d, int64_t id, struct text error, struct text escalation) {
    struct moving m = {.d = d, .done = id};
    struct open_task task;
    enum status st = STATUS_OK;
    if (!process_task(d, id, &task)) return STATUS_NOT_FOUND;
    if (escalation.n)
        st = process_trigger(&m, task.call,
                             &(struct process_trigger){PROCESS_ESCALATION, .id = id, .name = escalation});
    // What caught the escalation may have ended the task.
    bool is_open = process_task(d, id, &task);
    if (!st && error.n && is_open)
        st =
            process_trigger(&m, task.call, &(struct process_trigger){PROCESS_ERROR, .id = id, .name = error});
    else if (!st && is_open)
        st = process_trigger(&m, task.call, &(struct process_trigger){PROCESS_TASK_DONE, .id = id});
    return st ? st : process_follow(&m);
}

// ---- messages ----

// The process that takes it: the oldest that waits for it. NULL: none.
static const struct flow_wait *find_message(const struct decide *d, struct text name, struct text key,
                                            bool any_key, int64_t *call) {
    if (!d->s->has_process) return NULL;
    for (size_t k = 0; k <= d->s->calls.count; k++) {
        *call = k ? d->s->calls.items[k - 1].call : 0;
        const struct flow_state *s = process_state(d->s, *call);
        for (size_t i = 0; s && !s->ended && i < s->waits.count; i++) {
            const struct flow_wait *w = &s->waits.items[i];
            bool fits = any_key || !w->key.n || text_eq(w->key, key);
            if (w->kind == FLOW_MESSAGE && text_eq(w->name, name) && fits) return w;
        }
    }
    return NULL;
}

static enum status take_message(struct decide *d, int64_t call, struct text name, struct text key) {
    return move(d, call, &(struct process_trigger){PROCESS_MESSAGE, .name = name, .key = key});
}

enum status process_message(struct decide *d, const char *name) {
    int64_t call;
    if (!find_message(d, text_of(name), T(""), false, &call)) return STATUS_OK;
    return take_message(d, call, text_of(name), T(""));
}

enum status process_message_late(struct decide *d, const char *name) {
    if (!d->s->process.ended) return process_message(d, name);
    return move(d, 0, &(struct process_trigger){PROCESS_START_BY_MESSAGE, .name = text_of(name)});
}

enum status process_deliver(struct decide *d, struct text name, struct text key) {
    int64_t call;
    key = process_key(d, key);
    if (find_message(d, name, key, false, &call)) return take_message(d, call, name, key);
    if (!d->s->has_process || !d->s->process.ended) return STATUS_NOT_FOUND;
    return move(d, 0, &(struct process_trigger){PROCESS_START_BY_MESSAGE, .name = name});
}

struct text process_message_roles(const struct decide *d, struct text name, struct text key) {
    int64_t call;
    const struct flow_wait *w = find_message(d, name, process_key(d, key), false, &call);
    const struct flow_element *e = w ? flow_element(process_model(d->s, call), w->element) : NULL;
    return e ? flow_property(e, T("roles"), T("")) : T("");
}

bool process_knows_message(const struct decide *d, struct text name) {
    for (size_t i = 0; i < pack_processes(d->pack); i++)
        if (flow_knows_message(pack_process(d->pack, i), name)) return true;
    return false;
}

bool process_awaits_message(const struct decide *d, struct text name) {
    int64_t call;
    return find_message(d, name, T(""), false, &call) != NULL;
}

bool process_waits_message(const struct decide *d, const char *name) {
    int64_t call;
    return find_message(d, text_of(name), T(""), true, &call);
}

// ---- time, and facts that changed ----

// The process in which the timer runs, and until when.
static bool find_timer(const struct decide *d, int64_t timer, int64_t *call, struct moment *due) {
    for (size_t k = 0; k <= d->s->calls.count; k++) {
        *call = k ? d->s->calls.items[k - 1].call : 0;
        const struct flow_state *s = process_state(d->s, *call);
        for (size_t i = 0; s && i < s->waits.count; i++) {
            if (s->waits.items[i].id != timer || s->waits.items[i].kind != FLOW_TIMER) continue;
            *due = s->waits.items[i].due;
            return true;
        }
    }
    return false;
}

enum status process_timer(struct decide *d, int64_t timer) {
    int64_t call;
    struct moment due = {0};
    if (!d->s->has_process) return STATUS_NOT_FOUND;
    if (!find_timer(d, timer, &call, &due)) call = 0; // flow/ says that it does not run
    // It was moved after it was found due: an extended deadline must not lapse.
    if (due.ms > d->now.ms) return problem(d->problem, "", "timer_early", "problem.flow.timer_gone");
    return move(d, call, &(struct process_trigger){PROCESS_TIMER, .id = timer});
}

static enum status move_timers(struct moving *m, int64_t call) {
    struct process_host host;
    enum status st = STATUS_OK;
    process_host(&host, m, call);
    for (size_t i = 0; !st; i++) {
        const struct flow_state *s = process_state(m->d->s, call);
        if (!s || s->ended || i >= s->waits.count) break;
        struct flow_wait w = s->waits.items[i];
        const struct flow_element *e = flow_element(process_model(m->d->s, call), w.element);
        struct flow_due due = {0};
        if (w.kind != FLOW_TIMER || e->timer_kind == FLOW_CYCLE) continue;
        struct flow_at at = {.element = e, .token = w.token, .state = s};
        if (process_timer_due(&host, &at, e->timer_kind, e->timer, &due, NULL)) continue; // not about a clock
        if (due.at.ms != w.due.ms)
            st = process_trigger(m, call,
                                 &(struct process_trigger){PROCESS_TIMER_MOVE, .id = w.id, .due = due.at});
    }
    return st;
}

enum status process_timers_follow(struct moving *m) {
    enum status st = move_timers(m, 0);
    for (size_t i = 0; i < m->d->s->calls.count && !st; i++)
        st = move_timers(m, m->d->s->calls.items[i].call);
    return st;
}

// A clock was extended, suspended or resumed: timers that follow it move with it.
enum status process_clock_moved(struct decide *d) {
    struct moving m = {.d = d};
    if (!d->s->has_process || d->s->process.ended) return STATUS_OK;
    enum status st = process_timers_follow(&m);
    return st || !m.effects.count ? st : process_follow(&m);
}

static bool awaits_condition(const struct flow_state *s) {
    for (size_t i = 0; s && !s->ended && i < s->waits.count; i++)
        if (s->waits.items[i].kind == FLOW_CONDITIONAL) return true;
    return false;
}

static struct bytes state_bytes(struct decide *d, int64_t call) {
    struct flow_state *s = process_state(d->s, call);
    return s ? flow_state_write(process_model(d->s, call), s, d->arena) : (struct bytes){0};
}

// Nothing happens when no condition began or ceased to hold.
static enum status ask_again(struct moving *m, int64_t call, bool *has_changed) {
    if (!awaits_condition(process_state(m->d->s, call))) return STATUS_OK;
    struct bytes before = state_bytes(m->d, call);
    enum status st = process_trigger(m, call, &(struct process_trigger){.kind = PROCESS_FACTS});
    if (st) return st;
    *has_changed |= !text_eq(text_of_bytes(before), text_of_bytes(state_bytes(m->d, call)));
    return STATUS_OK;
}

enum status process_facts_changed(struct decide *d) {
    struct moving m = {.d = d};
    bool has_changed = false, is_erased = d->command->kind == COMMAND_ERASE_PERSON;
    if (!d->s->has_process || d->has_moved || is_erased || !events_count(d->out)) return STATUS_OK;
    enum status st = ask_again(&m, 0, &has_changed);
    for (size_t i = 0; i < d->s->calls.count && !st; i++)
        st = ask_again(&m, d->s->calls.items[i].call, &has_changed);
    return st || !has_changed ? st : process_follow(&m);
}

enum status decide_timer_due(struct decide *d) {
    return process_timer(d, d->command->timer_due.timer);
}
