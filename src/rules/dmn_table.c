// Evaluating a decision table: which rules match, and what the hit policy makes of them (DMN 1.5, 8.2.10).
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "rules/dmn_model.h"
#include "rules/number.h"

struct hit {
    size_t rule;
    struct feel_value *outputs;
    struct feel_value whole; // one output, or a context of all
    size_t priority[8];      // places of the first outputs in their allowed values
};
struct hits {
    struct hit *items;
    size_t count, capacity;
};
struct table_eval {
    struct eval *eval;
    const struct scope *scope;
    const struct table *table;
    struct feel_value *inputs;
    struct hits hits;
    const struct hit *best; // by priority, when that is the hit policy
    bool failed;
};

static struct feel_value whole_output(struct eval *e, const struct table *t,
                                      const struct feel_value *outputs) {
    if (t->output_count == 1) return outputs[0];
    struct feel_entry *entries = ARENA_ARRAY(e->arena, struct feel_entry, t->output_count);
    for (size_t i = 0; i < t->output_count; i++)
        entries[i] = (struct feel_entry){t->outputs[i].name, outputs[i]};
    return (struct feel_value){.kind = FEEL_CONTEXT, .context = {entries, t->output_count}};
}

static void inputs(struct table_eval *x) {
    struct eval *e = x->eval;
    x->inputs = ARENA_ARRAY(e->arena, struct feel_value, x->table->input_count);
    for (size_t i = 0; i < x->table->input_count; i++) {
        const struct table_input *in = &x->table->inputs[i];
        x->inputs[i] = eval_node(e, x->scope, in->expression);
        if (!in->allowed || x->inputs[i].kind == FEEL_NULL) continue;
        if (eval_tests(e, x->scope, in->allowed, &x->inputs[i]) == FEEL_TRUE) continue;
        eval_null(e, "dmn.input_not_allowed",
                  TEXT_JOIN(e->arena, in->label, T(" = "), feel_print_literal(e->arena, &x->inputs[i])));
        x->failed = true;
    }
}

// Each output among its allowed values, which are in order of priority.
static size_t priority(struct table_eval *x, const struct table_output *o, const struct feel_value *v) {
    if (!o->allowed) return 0;
    for (size_t i = 0; i < o->allowed->count; i++) {
        struct feel_value wanted = eval_node(x->eval, x->scope, o->allowed->items[i]);
        if (eval_matches(x->eval, v, &wanted) == FEEL_TRUE) return i;
    }
    return o->allowed->count;
}

static void add_hit(struct table_eval *x, size_t rule) {
    struct eval *e = x->eval;
    const struct table *t = x->table;
    struct hit h = {.rule = rule, .outputs = ARENA_ARRAY(e->arena, struct feel_value, t->output_count)};
    for (size_t i = 0; i < t->output_count; i++) {
        const struct table_output *o = &t->outputs[i];
        h.outputs[i] = eval_node(e, x->scope, t->rules[rule].outputs[i]);
        bool checked = o->allowed && h.outputs[i].kind != FEEL_NULL;
        if (checked && eval_tests(e, x->scope, o->allowed, &h.outputs[i]) != FEEL_TRUE)
            h.outputs[i] =
                eval_null(e, "dmn.output_not_allowed", feel_print_literal(e->arena, &h.outputs[i]));
        if (i < sizeof h.priority / sizeof *h.priority) h.priority[i] = priority(x, o, &h.outputs[i]);
    }
    h.whole = whole_output(e, t, h.outputs);
    if (!x->hits.items) { // most tables have one
        x->hits.items = ARENA_NEW(e->arena, struct hit);
        x->hits.capacity = 1;
    }
    *ARENA_PUSH(e->arena, &x->hits) = h;
}

static bool cell_matches(struct table_eval *x, size_t rule, size_t column) {
    const struct node *cell = x->table->rules[rule].tests[column];
    return eval_tests(x->eval, x->scope, cell, &x->inputs[column]) == FEEL_TRUE;
}

static bool matches(struct table_eval *x, size_t rule) {
    for (size_t i = 0; i < x->table->input_count; i++)
        if (!cell_matches(x, rule, i)) return false;
    return true;
}

static void scan(struct table_eval *x) {
    for (size_t i = 0; i < x->table->rule_count && !x->eval->exhausted; i++) {
        if (!matches(x, i)) continue;
        add_hit(x, i);
        if (x->table->hit == DMN_FIRST) return;
    }
}

// Tests the cells that the index has not looked at.
static bool matches_beyond(struct table_eval *x, size_t rule, const bool *untested) {
    size_t known = index_known(x->table->index, rule);
    for (size_t i = untested ? 0 : known; i < x->table->input_count; i++)
        if ((i >= known || untested[i]) && !cell_matches(x, rule, i)) return false;
    return true;
}

static void look_up(struct table_eval *x) {
    enum { RULES_A_STEP = 256 };
    if (!eval_steps(x->eval, x->table->input_count + x->table->rule_count / RULES_A_STEP)) return;
    struct index_answer answer = index_ask(x->table->index, x->eval, x->inputs);
    for (size_t w = 0; w < answer.words; w++)
        for (uint64_t left = answer.rules[w]; left && !x->eval->exhausted; left &= left - 1) {
            size_t rule = w * 64 + (size_t)__builtin_ctzll(left);
            if (!matches_beyond(x, rule, answer.untested)) continue;
            add_hit(x, rule);
            if (x->table->hit == DMN_FIRST) return;
        }
}

// ---- hit policies ----

static int by_priority(const void *a, const void *b) {
    const struct hit *x = a, *y = b;
    for (size_t i = 0; i < sizeof x->priority / sizeof *x->priority; i++)
        if (x->priority[i] != y->priority[i]) return x->priority[i] < y->priority[i] ? -1 : 1;
    return x->rule < y->rule ? -1 : x->rule > y->rule;
}

static struct feel_value all_hits(struct table_eval *x, const struct hit *hits) {
    struct feel_value *items = ARENA_ARRAY(x->eval->arena, struct feel_value, x->hits.count);
    for (size_t i = 0; i < x->hits.count; i++) items[i] = hits[i].whole;
    return feel_list_of(items, x->hits.count);
}

static struct hit *best(const struct table_eval *x) {
    struct hit *found = x->hits.items;
    for (size_t i = 1; i < x->hits.count; i++)
        if (by_priority(&x->hits.items[i], found) < 0) found = &x->hits.items[i];
    return found;
}

static struct hit *sorted(struct table_eval *x) {
    struct hit *hits = arena_copy(x->eval->arena, x->hits.items, x->hits.count * sizeof *hits);
    qsort(hits, x->hits.count, sizeof *hits, by_priority);
    return hits;
}

static struct feel_value any(struct table_eval *x) {
    for (size_t i = 1; i < x->hits.count; i++)
        if (value_equal(&x->hits.items[0].whole, &x->hits.items[i].whole, &x->eval->steps) != FEEL_TRUE)
            return eval_null(x->eval, "dmn.any_differs", x->table->name);
    return x->hits.items[0].whole;
}

static struct feel_value aggregate(struct table_eval *x) {
    bool is_sum = x->table->aggregation == AGGREGATE_SUM;
    struct feel_value total = is_sum ? feel_int(0) : x->hits.items[0].whole;
    if (x->table->aggregation == AGGREGATE_COUNT) return feel_int((int64_t)x->hits.count);
    for (size_t i = 0; i < x->hits.count; i++) {
        const struct feel_value *v = &x->hits.items[i].whole;
        int cmp;
        if (is_sum && total.kind == FEEL_NUMBER)
            total = eval_binary(x->eval, NODE_ADD, &total, v); // null, with a reason, for what is no number
        else if (is_sum)
            return total;
        else if (!value_order(v, &total, &cmp))
            return eval_null(x->eval, "feel.no_order", x->table->name);
        else if (x->table->aggregation == AGGREGATE_MIN ? cmp < 0 : cmp > 0)
            total = *v;
    }
    return total;
}

// By the letter of 10.3.2.10 nothing is null; that nothing was collected is an empty list, and none of them
// are zero, in every engine of the field.
static struct feel_value no_hit(struct table_eval *x) {
    const struct table *t = x->table;
    bool any_default = false;
    struct feel_value *outputs = ARENA_ARRAY(x->eval->arena, struct feel_value, t->output_count);
    for (size_t i = 0; i < t->output_count; i++) {
        if (!t->outputs[i].otherwise) continue;
        outputs[i] = eval_node(x->eval, x->scope, t->outputs[i].otherwise);
        any_default = true;
    }
    if (any_default) return whole_output(x->eval, t, outputs);
    if (t->hit == DMN_COLLECT && t->aggregation == AGGREGATE_COUNT) return feel_int(0);
    if (t->hit == DMN_COLLECT && t->aggregation == AGGREGATE_NONE) return feel_list_of(NULL, 0);
    return feel_null();
}

static struct feel_value result(struct table_eval *x) {
    if (x->failed) return feel_null();
    if (x->hits.count == 0) return no_hit(x);
    switch (x->table->hit) {
    case DMN_UNIQUE:
        if (x->hits.count > 1) return eval_null(x->eval, "dmn.not_unique", x->table->name);
        return x->hits.items[0].whole;
    case DMN_FIRST: return x->hits.items[0].whole;
    case DMN_ANY: return any(x);
    case DMN_PRIORITY: x->best = best(x); return x->best->whole;
    case DMN_OUTPUT_ORDER: return all_hits(x, sorted(x));
    case DMN_RULE_ORDER: return all_hits(x, x->hits.items);
    case DMN_COLLECT:
        return x->table->aggregation == AGGREGATE_NONE ? all_hits(x, x->hits.items) : aggregate(x);
    }
    return feel_null();
}

// ---- trace ----

static bool is_chosen(const struct table_eval *x, size_t hit) {
    switch (x->table->hit) {
    case DMN_UNIQUE: return x->hits.count == 1;
    case DMN_PRIORITY: return x->best == &x->hits.items[hit];
    default: return true;
    }
}

static struct dmn_trace_rule trace_rule(const struct table_eval *x, size_t hit) {
    struct arena *a = x->eval->arena;
    const struct table *t = x->table;
    const struct hit *h = &x->hits.items[hit];
    const struct table_rule *rule = &t->rules[h->rule];
    struct dmn_named_value *outputs = ARENA_ARRAY(a, struct dmn_named_value, t->output_count);
    struct dmn_named_value *annotations = ARENA_ARRAY(a, struct dmn_named_value, t->annotation_count);
    for (size_t i = 0; i < t->output_count; i++)
        outputs[i] = (struct dmn_named_value){t->outputs[i].name, h->outputs[i]};
    for (size_t i = 0; i < t->annotation_count; i++)
        annotations[i] = (struct dmn_named_value){t->annotation_names[i], feel_string(rule->annotations[i])};
    return (struct dmn_trace_rule){.index = h->rule + 1,
                                   .id = rule->id,
                                   .tests = rule->sources,
                                   .outputs = outputs,
                                   .output_count = t->output_count,
                                   .annotations = annotations,
                                   .annotation_count = t->annotation_count,
                                   .chosen = is_chosen(x, hit)};
}

static struct dmn_step trace_step(const struct table_eval *x, struct feel_value value) {
    struct arena *a = x->eval->arena;
    const struct table *t = x->table;
    struct dmn_named_value *in = ARENA_ARRAY(a, struct dmn_named_value, t->input_count);
    struct dmn_trace_rule *rules = ARENA_ARRAY(a, struct dmn_trace_rule, x->hits.count);
    for (size_t i = 0; i < t->input_count; i++)
        in[i] = (struct dmn_named_value){t->inputs[i].label, x->inputs[i]};
    for (size_t i = 0; i < x->hits.count; i++) rules[i] = trace_rule(x, i);
    return (struct dmn_step){.kind = t->owner,
                             .id = t->id,
                             .name = t->name,
                             .logic = DMN_TABLE,
                             .hit_policy = t->hit,
                             .inputs = in,
                             .input_count = t->input_count,
                             .rules = rules,
                             .rule_count = x->hits.count,
                             .value = value};
}

struct feel_value table_run(struct eval *e, const struct scope *s, const struct node *n) {
    struct table_eval x = {.eval = e, .scope = s, .table = n->data};
    struct run *run = e->host;
    assert(run);
    inputs(&x);
    e->site = n;
    if (!x.failed && x.table->index) look_up(&x);
    if (!x.failed && !x.table->index) scan(&x);
    e->site = n;
    struct feel_value v = result(&x);
    if (!run->trace || !eval_room(e, x.hits.count * (sizeof(struct dmn_trace_rule) + 1024))) return v;
    struct dmn_step step = trace_step(&x, v);
    step.depth = run->depth + 1;
    if (x.table->is_whole_logic)
        run->table = arena_copy(e->arena, &step, sizeof step);
    else
        run_add_step(run, step);
    return v;
}
