// process_host.c - what flow/ asks of us while a process runs: conditions, timers, keys, services, decisions,
// scripts, mappings; each is seen from one place in one process of the case.
//
//   zeebe:taskDefinition type   "letter" (header "letter" = template), "clock_start" and "clock_stop" (header
//   "rule" = deadline, "from" = moment that it counts from), "notify", "close"
#include "cases/internal.h"

#include <string.h>

static struct decide *decide_of(const struct process_host *h) {
    return h->m->d;
}

static struct text expression_of(struct text t) {
    t = text_trim(t);
    return text_starts(t, T("=")) ? text_slice(t, 1, t.n) : t;
}

static enum status evaluate(struct process_host *h, const struct flow_at *at, struct text source,
                            struct feel_value *out, struct problem *p) {
    struct decide *d = decide_of(h);
    const struct feel_expression *e;
    const struct feel_value *facts = facts_at(d, source, h->call, at);
    struct feel_now now = feel_now_of(d->cases, d->now);
    if (!facts) return STATUS_CORRUPT;
    enum status st = expression_find(d->cases, expression_of(source), &e, p);
    return st ? st : feel_eval(e, facts, &now, d->arena, out, NULL);
}

// What a model may write as it is, or as an expression that begins with "=".
static enum status value_of(struct process_host *h, const struct flow_at *at, struct text source,
                            struct text *out, struct problem *p) {
    struct feel_value v = feel_null();
    *out = text_trim(source);
    if (!text_starts(*out, T("="))) return STATUS_OK;
    enum status st = evaluate(h, at, source, &v, p);
    *out = v.kind == FEEL_NULL ? T("") : feel_print(decide_of(h)->arena, &v);
    return st;
}

static enum status host_condition(void *ctx, const struct flow_at *at, struct text expression, bool *out,
                                  struct problem *p) {
    struct feel_value v = feel_null();
    enum status st = evaluate(ctx, at, expression, &v, p);
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

enum status process_timer_due(struct process_host *h, const struct flow_at *at, enum flow_timer_kind kind,
                              struct text expression, struct flow_due *out, struct problem *p) {
    struct decide *d = decide_of(h);
    struct feel_value v = feel_null();
    (void)kind;
    enum status st;
    if (text_starts(text_trim(expression), T("="))) {
        st = evaluate(h, at, expression, &v, p);
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

static enum status host_timer(void *ctx, const struct flow_at *at, enum flow_timer_kind kind,
                              struct text expression, int fired, struct flow_due *out, struct problem *p) {
    (void)fired;
    return process_timer_due(ctx, at, kind, expression, out, p);
}

enum status process_text(struct process_host *h, const struct flow_at *at, struct text source,
                         struct text *out, struct problem *p) {
    return value_of(h, at, source, out, p);
}

// The state of a process is open. A key may say anything about a person (a passport's number), so only its
// keyed hash is kept there; the case's own number stays readable for who brings the message.
struct text process_key(const struct decide *d, struct text key) {
    if (!key.n || text_eq(key, d->s->case_no)) return key;
    return TEXT_JOIN(d->arena, T("#"), letter_code_hash(d->cases, d->arena, key));
}

static enum status host_key(void *ctx, const struct flow_at *at, struct text expression, struct text *out,
                            struct problem *p) {
    enum status st = value_of(ctx, at, expression, out, p);
    if (!st) *out = process_key(decide_of(ctx), *out);
    return st;
}

// ---- repeated activities ----

static bool is_collection(const struct flow_element *e) {
    return e->collection.n > 0;
}

static struct feel_value nulls(struct arena *a, int64_t count) {
    struct feel_value list = feel_list_of(NULL, 0);
    for (int64_t i = 0; i < count; i++) feel_append(a, &list, feel_null());
    return list;
}

static enum status host_count(void *ctx, const struct flow_at *at, struct text expression, int64_t *out,
                              struct problem *p) {
    struct process_host *h = ctx;
    struct decide *d = decide_of(h);
    const struct flow_element *e = at->element;
    struct feel_value v = feel_null();
    enum status st = evaluate(h, at, expression, &v, p);
    if (st) return st;
    *out = v.kind == FEEL_LIST ? (int64_t)v.list.count : -1;
    if (!is_collection(e) && !feel_to_int(&v, out)) *out = -1;
    if (*out < 0 || *out > FLOW_INSTANCES_MAX) return STATUS_OK; // flow/ names the mistake
    if (is_collection(e)) variable_set(d, at->token, VARIABLE_ITEMS, v);
    if (e->results.n) variable_set(d, h->call, e->results, nulls(d->arena, *out));
    return STATUS_OK;
}

// The result of one instance takes its place in the list.
static enum status keep_result(struct process_host *h, const struct flow_at *at, struct problem *p) {
    struct decide *d = decide_of(h);
    const struct flow_element *e = at->element;
    struct feel_value v = feel_null(), before = variable_get(d->s, h->call, e->results);
    enum status st = e->result_item.n ? evaluate(h, at, e->result_item, &v, p) : STATUS_OK;
    struct feel_value list = feel_list_of(NULL, 0);
    size_t count = before.kind == FEEL_LIST ? before.list.count : 0;
    for (size_t i = 0; i < count; i++)
        feel_append(d->arena, &list, (int)i + 1 == at->instance ? v : before.list.items[i]);
    if (!st) variable_set(d, h->call, e->results, list);
    return st;
}

// ---- variables ----

// Inputs are seen by the element alone and what runs inside it; outputs by the whole process: the case's own
// (token 0), or one that was called (the token of its call).
static enum status host_map(void *ctx, const struct flow_at *at, bool out, struct problem *p) {
    struct process_host *h = ctx;
    const struct flow_element *e = at->element;
    const struct flow_pairs *pairs = out ? &e->outputs : &e->inputs;
    enum status st = STATUS_OK;
    for (size_t i = 0; i < pairs->count && !st && e->maps; i++) {
        struct feel_value v = feel_string(pairs->items[i].value);
        if (text_starts(text_trim(pairs->items[i].value), T("=")))
            st = evaluate(h, at, pairs->items[i].value, &v, p);
        if (!st) variable_set(decide_of(h), out ? h->call : at->token, pairs->items[i].name, v);
    }
    if (!st && out && e->results.n && at->instance) st = keep_result(h, at, p);
    return st;
}

// With an output mapping a result is the element's own; the mapping says what of it the process keeps.
static void keep(struct process_host *h, const struct flow_at *at, struct feel_value v) {
    const struct flow_element *e = at->element;
    if (!e->result.n) return;
    bool is_own = (e->maps && e->outputs.count) || at->instance;
    variable_set(decide_of(h), is_own ? at->token : h->call, e->result, v);
}

static enum status host_script(void *ctx, const struct flow_at *at, struct flow_answer *out,
                               struct problem *p) {
    struct feel_value v = feel_null();
    out->outcome = FLOW_DONE;
    enum status st = evaluate(ctx, at, at->element->script, &v, p);
    if (!st) keep(ctx, at, v);
    return st;
}

static enum status suggest(struct process_host *h, const struct dmn_model *m, const struct flow_at *at,
                           struct text decision) {
    struct decide *d = decide_of(h);
    struct feel_now now = feel_now_of(d->cases, d->now);
    struct feel_value facts, value = feel_null();
    struct dmn_trace trace = {0};
    enum status st = facts_for_rules(d, &facts);
    if (!st) variables_put(d->s, h->call, at, d->arena, &facts);
    if (!st) st = dmn_evaluate(m, decision, &facts, &now, d->arena, &value, &trace);
    if (st) return st;
    struct out json = {.arena = d->arena};
    struct json_out j = {.out = &json};
    dmn_trace_json(&j, &trace);
    struct event_draft *e = case_emit(d, &EVENT_rules_suggested);
    draft_text(e, "decision", decision);
    draft_personal_text(e, "value", feel_print(d->arena, &value));
    draft_personal_text(e, "trace", out_done(&json));
    keep(h, at, value);
    return STATUS_OK;
}

static enum status host_decision(void *ctx, const struct flow_at *at, struct flow_answer *out,
                                 struct problem *p) {
    struct process_host *h = ctx;
    struct text decision;
    enum status st = value_of(h, at, at->element->decision, &decision, p);
    const struct dmn_model *m = st ? NULL : pack_decision_with(decide_of(h)->pack, decision);
    out->outcome = m ? FLOW_DONE : FLOW_FAILED;
    out->detail = m ? T("") : decision;
    return m ? suggest(h, m, at, decision) : st;
}

// ---- services ----

static struct text header(const struct flow_at *at, const char *name, struct text otherwise) {
    for (size_t i = 0; i < at->element->headers.count; i++)
        if (text_eq(at->element->headers.items[i].name, text_of(name)))
            return at->element->headers.items[i].value;
    return otherwise;
}

// The template that the outcome names when the header leaves it to the decision.
static struct text letter_for(struct decide *d, struct text name) {
    struct outcome o;
    if (!text_eq(name, T("decision"))) return name;
    return pack_outcome(d->pack, d->s->decision.outcome, &o) ? T("decision_negative") : o.letter;
}

// Is it the letter of a decision? Its notification starts the clock of the appeal.
static bool of_decision(const struct decide *d, struct text name) {
    struct outcome o;
    if (!d->s->decision.id || pack_outcome(d->pack, d->s->decision.outcome, &o)) return false;
    return text_eq(o.letter, name) || text_starts(name, T("decision"));
}

static enum status service_letter(struct process_host *h, const struct flow_at *at, struct problem *p) {
    struct decide *d = decide_of(h);
    int64_t letter;
    struct text name;
    enum status st = value_of(h, at, header(at, "letter", T("decision")), &name, p);
    name = letter_for(d, name);
    return st ? st
              : letter_make(d, name, d->s->language, of_decision(d, name) ? d->s->decision.id : 0, 0,
                            &letter);
}

static enum status service_clock_start(struct process_host *h, const struct flow_at *at, struct problem *p) {
    struct decide *d = decide_of(h);
    struct text rule, from = header(at, "from", T(""));
    struct moment trigger = clock_trigger(d, from);
    struct feel_value v = feel_null();
    enum status st = value_of(h, at, header(at, "rule", T("")), &rule, p);
    if (!st && text_starts(text_trim(from), T("="))) {
        st = evaluate(h, at, from, &v, p);
        if (!st && !to_moment(d, &v, &trigger))
            st = problem(p, "from", "timer_value", "problem.process.timer");
    }
    return st || clock_running(d, rule) ? st : clock_start(d, rule, trigger, 0, NULL);
}

static enum status service_clock_stop(struct process_host *h, const struct flow_at *at, struct problem *p) {
    struct text rule;
    enum status st = value_of(h, at, header(at, "rule", T("")), &rule, p);
    if (!st) clock_stop(decide_of(h), clock_running(decide_of(h), rule));
    return st;
}

// Other services are marks on the way: what they stand for follows from the letter and the channel.
static const struct {
    const char *type;
    enum status (*run)(struct process_host *h, const struct flow_at *at, struct problem *p);
} SERVICES[] = {
    {"letter", service_letter},
    {"make_letter", service_letter},
    {"clock_start", service_clock_start},
    {"clock_stop", service_clock_stop},
};

static enum status host_service(void *ctx, const struct flow_at *at, struct flow_answer *out,
                                struct problem *p) {
    struct process_host *h = ctx;
    struct decide *d = decide_of(h);
    out->outcome = FLOW_DONE;
    for (size_t i = 0; i < sizeof SERVICES / sizeof *SERVICES; i++) {
        if (!text_eq(at->element->type, text_of(SERVICES[i].type))) continue;
        enum status st = SERVICES[i].run(h, at, p);
        if (st != STATUS_INVALID && st != STATUS_NOT_FOUND) return st;
        out->outcome = FLOW_FAILED;
        out->detail = text_of(d->problem->rule ? d->problem->rule : SERVICES[i].type);
        return STATUS_OK;
    }
    return STATUS_OK;
}

void process_host(struct process_host *out, struct moving *m, int64_t call) {
    *out = (struct process_host){.m = m, .call = call};
    out->host = (struct flow_host){.ctx = out,
                                   .condition = host_condition,
                                   .timer = host_timer,
                                   .key = host_key,
                                   .count = host_count,
                                   .service = host_service,
                                   .decision = host_decision,
                                   .script = host_script,
                                   .map = host_map};
}

// ---- who does a task ----

// Other values of the list are separated by commas.
static struct text joined(struct arena *a, const struct feel_value *v) {
    struct out o = {.arena = a};
    if (v->kind != FEEL_LIST) return v->kind == FEEL_NULL ? T("") : feel_print(a, v);
    for (size_t i = 0; i < v->list.count; i++) {
        if (i) out_byte(&o, ',');
        out_text(&o, feel_print(a, &v->list.items[i]));
    }
    return out_done(&o);
}

enum status task_groups(struct decide *d, const struct open_task *task, struct text *out) {
    struct moving m = {.d = d};
    struct process_host h;
    struct feel_value v = feel_null();
    *out = task->at.element->groups;
    if (!text_starts(text_trim(*out), T("="))) return STATUS_OK;
    process_host(&h, &m, task->call);
    enum status st = evaluate(&h, &task->at, *out, &v, d->problem);
    *out = joined(d->arena, &v);
    return st;
}

bool groups_have(struct text groups, struct text role) {
    struct text rest = groups, group;
    while (text_cut(&rest, ',', &group))
        if (text_eq(text_trim(group), role)) return true;
    return false;
}
