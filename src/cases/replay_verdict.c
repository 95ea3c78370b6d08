// replay_verdict.c - one case by the old version of a decision and by the new one, and where they part.
#include "cases/replay_inside.h"

static enum status evaluate(const struct dmn_model *m, const struct replay_plan *plan,
                            const struct feel_value *facts, struct moment at, struct arena *a,
                            struct feel_value *out, struct dmn_trace *trace, bool *failed) {
    struct feel_now now = {at, plan->q->zone};
    enum status st = dmn_evaluate(m, plan->q->decision, facts, &now, a, out, trace);
    *failed = st == STATUS_TOO_LARGE; // its value is null then; the other cases go on
    return *failed ? STATUS_OK : st;
}

// ---- results in words ----

static struct text shown(struct arena *a, const struct feel_value *v) {
    struct feel_value code = v->kind == FEEL_CONTEXT ? feel_get(v, T("code")) : feel_null();
    struct text t = code.kind == FEEL_STRING ? code.string : feel_print(a, v);
    if (t.n <= REPLAY_WORDS_MAX) return t;
    size_t end = REPLAY_WORDS_MAX - 3; // room for the dots, and no half character
    while (end && ((unsigned char)t.p[end] & 0xC0) == 0x80) end--;
    return TEXT_JOIN(a, text_slice(t, 0, end), T("…"));
}

struct text replay_words(struct arena *a, const struct feel_value *v) {
    if (v->kind != FEEL_LIST || !v->list.count) return shown(a, v);
    struct out o = {.arena = a};
    for (size_t i = 0; i < v->list.count; i++) {
        struct text t = shown(a, &v->list.items[i]);
        if (i && o.n + t.n > REPLAY_WORDS_MAX - (sizeof ", …" - 1)) {
            out_c(&o, ", …");
            break;
        }
        if (i) out_c(&o, ", ");
        out_text(&o, t);
    }
    return out_done(&o);
}

static void mark(struct verdict *v, struct text code, bool is_after) {
    size_t i = 0;
    while (i < v->code_count && !text_eq(v->codes[i].code, code)) i++;
    if (i == REPLAY_CASE_CODES) return; // more entries than any table of ours has rows
    if (i == v->code_count) v->code_count++;
    v->codes[i].code = code;
    v->codes[i].before |= !is_after;
    v->codes[i].after |= is_after;
}

static void mark_all(struct arena *a, struct verdict *v, const struct feel_value *value, bool is_after) {
    if (value->kind != FEEL_LIST || !value->list.count) {
        mark(v, shown(a, value), is_after);
        return;
    }
    for (size_t i = 0; i < value->list.count; i++) mark(v, shown(a, &value->list.items[i]), is_after);
}

// ---- why ----

static bool same_value(struct arena *a, const struct feel_value *x, const struct feel_value *y) {
    if (x->kind != y->kind) return false;
    return text_eq(feel_print_literal(a, x), feel_print_literal(a, y));
}

// The same step of the other version: of those with its id, as many as stand before it there.
static const struct dmn_step *same_step(const struct dmn_trace *old, const struct dmn_trace *new, size_t at) {
    size_t before = 0;
    for (size_t i = 0; i < at; i++)
        before +=
            text_eq(new->items[i].id, new->items[at].id) && text_eq(new->items[i].name, new->items[at].name);
    for (size_t i = 0; i < old->count; i++)
        if (text_eq(old->items[i].id, new->items[at].id) &&
            text_eq(old->items[i].name, new->items[at].name) && before-- == 0)
            return &old->items[i];
    return NULL;
}

static void because(struct replay_reasons *r, enum replay_cause cause, const struct dmn_step *step,
                    const struct dmn_trace_rule *rule) {
    if (r->count == REPLAY_CASE_REASONS) return;
    struct replay_reason *x = &r->items[r->count++];
    *x = (struct replay_reason){.cause = cause, .table = step->name.n ? step->name : step->id};
    if (!rule) return;
    x->rule = (int64_t)rule->index;
    if (rule->annotation_count) x->note = feel_text(&rule->annotations[0].value);
}

// The row of the other version: by its id, which editors keep; without one by its place.
static const struct dmn_trace_rule *same_rule(const struct dmn_step *step,
                                              const struct dmn_trace_rule *rule) {
    for (size_t i = 0; i < step->rule_count; i++) {
        const struct dmn_trace_rule *x = &step->rules[i];
        bool is_it = rule->id.n ? text_eq(x->id, rule->id) : !x->id.n && x->index == rule->index;
        if (is_it && x->chosen) return x;
    }
    return NULL;
}

static bool says_the_same(struct arena *a, const struct dmn_trace_rule *x, const struct dmn_trace_rule *y) {
    if (x->output_count != y->output_count) return false;
    for (size_t i = 0; i < x->output_count; i++)
        if (!same_value(a, &x->outputs[i].value, &y->outputs[i].value)) return false;
    return true;
}

static void compare_rules(struct arena *a, const struct dmn_step *old, const struct dmn_step *new,
                          struct replay_reasons *out) {
    for (size_t i = 0; i < new->rule_count; i++) {
        const struct dmn_trace_rule *rule = &new->rules[i], *other = same_rule(old, rule);
        if (!rule->chosen) continue;
        if (!other)
            because(out, REPLAY_RULE_CAME, new, rule);
        else if (!says_the_same(a, rule, other))
            because(out, REPLAY_RULE_CHANGED, new, rule);
    }
    for (size_t i = 0; i < old->rule_count; i++)
        if (old->rules[i].chosen && !same_rule(new, &old->rules[i]))
            because(out, REPLAY_RULE_WENT, old, &old->rules[i]);
}

// What a decision needs comes before it in the trace, so the first step with another value is the cause.
static void find_reasons(struct arena *a, const struct dmn_trace *old, const struct dmn_trace *new,
                         struct replay_reasons *out) {
    for (size_t i = 0; i < new->count && !out->count; i++) {
        const struct dmn_step *step = &new->items[i], *other = same_step(old, new, i);
        if (other && same_value(a, &step->value, &other->value)) continue;
        if (other && other->logic == DMN_TABLE && step->logic == DMN_TABLE)
            compare_rules(a, other, step, out);
        if (!out->count) because(out, REPLAY_LOGIC, step, NULL);
    }
}

// ---- both ways ----

static enum status both(const struct replay_plan *plan, struct case_state *s, struct moment at,
                        struct arena *a, struct verdict *v, struct feel_value values[2],
                        struct dmn_trace *traces[2]) {
    struct feel_value facts = facts_some(plan->zone, plan->q->before, s, at, plan->want.facts, a);
    enum status st = evaluate(plan->before, plan, &facts, at, a, &values[0], traces[0], &v->failed_before);
    // What an outcome means is said by its pack; all other facts are the case's own.
    if (plan->want.facts & FACT_DECISION)
        facts = facts_some(plan->zone, plan->q->after, s, at, plan->want.facts, a);
    return st ? st : evaluate(plan->after, plan, &facts, at, a, &values[1], traces[1], &v->failed_after);
}

static void tell(struct arena *a, const struct feel_value values[2], struct verdict *v) {
    v->is_change = !same_value(a, &values[0], &values[1]);
    v->before = v->failed_before ? T("!") : replay_words(a, &values[0]);
    v->after = v->failed_after ? T("!") : replay_words(a, &values[1]);
    v->null_before = values[0].kind == FEEL_NULL;
    v->null_after = values[1].kind == FEEL_NULL;
    v->is_list = values[0].kind == FEEL_LIST || values[1].kind == FEEL_LIST;
    mark_all(a, v, &values[0], false);
    mark_all(a, v, &values[1], true);
}

enum status verdict_traced(const struct replay_plan *plan, struct case_state *s, struct moment at,
                           struct arena *a, struct verdict *out, struct dmn_trace *before,
                           struct dmn_trace *after) {
    struct feel_value values[2];
    *out = (struct verdict){0};
    *before = *after = (struct dmn_trace){0};
    enum status st = both(plan, s, at, a, out, values, (struct dmn_trace *[2]){before, after});
    if (st) return st;
    tell(a, values, out);
    if (out->is_change) find_reasons(a, before, after, &out->reasons);
    return STATUS_OK;
}

enum status verdict_of(const struct replay_plan *plan, struct case_state *s, struct moment at,
                       struct arena *a, struct verdict *out) {
    struct feel_value values[2];
    struct dmn_trace before, after;
    *out = (struct verdict){0};
    enum status st = both(plan, s, at, a, out, values, (struct dmn_trace *[2]){NULL, NULL});
    if (st) return st;
    tell(a, values, out);
    return out->is_change ? verdict_traced(plan, s, at, a, out, &before, &after) : STATUS_OK;
}
