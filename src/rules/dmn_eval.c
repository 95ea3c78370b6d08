#include <string.h>

#include "rules/dmn_model.h"

void run_add_step(struct run *r, struct dmn_step step) {
    if (!r->trace) return;
    if (r->trace->count >= DMN_TRACE_MAX) {
        r->trace->lost++;
        return;
    }
    *ARENA_PUSH(r->eval->arena, r->trace) = step;
}

static struct feel_value node_value(struct run *r, const struct dmn_node *n);

// ---- scopes ----

struct entry_list {
    struct feel_entry *items; // room for every requirement
    size_t count;
};

// What comes from an import stands in a context of the import's name.
static void bind(struct run *r, struct entry_list *l, const struct dmn_requirement *q, struct feel_value v) {
    struct arena *a = r->eval->arena;
    if (!q->import.n) {
        l->items[l->count++] = (struct feel_entry){q->node->info.name, v};
        return;
    }
    size_t i = 0;
    while (i < l->count && !text_eq(l->items[i].key, q->import)) i++;
    if (i == l->count) l->items[l->count++] = (struct feel_entry){q->import, feel_empty_context()};
    if (l->items[i].value.kind == FEEL_CONTEXT) feel_put(a, &l->items[i].value, q->node->info.name, v);
}

// Input data of an imported model has the qualified name I.E (10.4): what the input holds under the import's
// name stands before the rest of it. A model that is imported twice may so be evaluated with two inputs.
// NULL when the input holds nothing under that name.
static const struct run_view *view_of_import(struct run *r, struct text import) {
    struct feel_value own = import.n && r->input ? feel_get(r->input, import) : feel_null();
    if (own.kind != FEEL_CONTEXT) return NULL;
    for (size_t i = 0; i < r->views.count; i++)
        if (r->views.items[i].outer == r->input && text_eq(r->views.items[i].import, import))
            return &r->views.items[i];
    size_t count = own.context.count + r->input->context.count;
    if (!eval_room(r->eval, count * sizeof(struct feel_entry))) return NULL;
    struct feel_entry *entries = ARENA_ARRAY(r->eval->arena, struct feel_entry, count);
    for (size_t i = 0; i < count; i++)
        entries[i] =
            i < own.context.count ? own.context.entries[i] : r->input->context.entries[i - own.context.count];
    struct feel_value seen = {.kind = FEEL_CONTEXT, .context = {entries, count}};
    struct run_view *view = ARENA_PUSH(r->eval->arena, &r->views);
    *view = (struct run_view){.outer = r->input,
                              .inner = arena_copy(r->eval->arena, &seen, sizeof seen),
                              .given = arena_copy(r->eval->arena, &own, sizeof own),
                              .import = import};
    return view;
}

static struct feel_value required_value(struct run *r, const struct dmn_requirement *q) {
    const struct run outer = *r;
    const struct run_view *view = view_of_import(r, q->import);
    if (view) r->input = view->inner, r->given = view->given, r->model = q->node->model;
    struct feel_value v = node_value(r, q->node);
    r->input = outer.input, r->given = outer.given, r->model = outer.model;
    return v;
}

static void bind_requirements(struct run *r, const struct dmn_node *n, struct scope *out) {
    struct entry_list l = {.items = ARENA_ARRAY(r->eval->arena, struct feel_entry, n->requirement_count)};
    for (size_t i = 0; i < n->requirement_count; i++)
        bind(r, &l, &n->requirements[i], required_value(r, &n->requirements[i]));
    out->entries = l.items;
    out->count = l.count;
}

// ---- decisions ----

static struct dmn_step plain_step(struct run *r, const struct dmn_node *n, const struct scope *s) {
    struct dmn_named_value *in = ARENA_ARRAY(r->eval->arena, struct dmn_named_value, s->count);
    size_t count = 0;
    for (size_t i = 0; i < s->count; i++)
        if (s->entries[i].value.kind != FEEL_FUNCTION)
            in[count++] = (struct dmn_named_value){s->entries[i].key, s->entries[i].value};
    return (struct dmn_step){.inputs = in, .input_count = count, .logic = n->logic_kind};
}

static void trace_decision(struct run *r, const struct dmn_node *n, const struct scope *s,
                           struct feel_value v, const struct feel_diagnostics *d) {
    struct dmn_step step = r->table ? *r->table : plain_step(r, n, s);
    step.kind = n->info.kind;
    step.id = n->info.id;
    step.name = n->info.name;
    step.value = v;
    step.depth = r->depth;
    step.diagnostics = dmn_places(r->eval->arena, n, d);
    step.diagnostic_count = d->count;
    run_add_step(r, step);
}

static struct feel_value decide(struct run *r, const struct dmn_node *n) {
    struct eval *e = r->eval;
    struct scope *s = ARENA_NEW(e->arena, struct scope);
    struct feel_diagnostics *outer = e->diagnostics,
                            *mine = r->trace ? ARENA_NEW(e->arena, struct feel_diagnostics) : NULL;
    struct dmn_step *outer_table = r->table;
    e->diagnostics = mine; // also of the input data it needs
    r->depth++;
    bind_requirements(r, n, s);
    r->depth--;
    r->table = NULL;
    e->site = n->logic;
    struct feel_value v = n->logic ? eval_node(e, s, n->logic) : eval_null(e, "dmn.no_logic", n->info.name);
    if (r->trace) trace_decision(r, n, s, v, mine);
    r->table = outer_table;
    e->diagnostics = outer;
    return v;
}

// ---- the other kinds ----

static struct feel_value input_value(struct run *r, const struct dmn_node *n) {
    struct feel_value v = r->input ? feel_get(r->input, n->info.name) : feel_null();
    if (!type_fit(r->eval, n->type, &v)) eval_null(r->eval, "dmn.input_type", n->info.name);
    return v;
}

// The function is known to itself and to what it requires before its scope is filled, so circles of knowledge
// work.
static struct feel_value function_value(struct run *r, const struct dmn_node *n, size_t at) {
    struct arena *a = r->eval->arena;
    if (!n->logic) return feel_null();
    struct scope *required = ARENA_NEW(a, struct scope), *own = ARENA_NEW(a, struct scope);
    struct feel_function *f = ARENA_NEW(a, struct feel_function);
    struct feel_entry *self = ARENA_NEW(a, struct feel_entry);
    struct feel_value v = {.kind = FEEL_FUNCTION, .function = f};
    *f = (struct feel_function){.node = n->logic, .closure = own, .name = n->info.name};
    *self = (struct feel_entry){n->info.name, v};
    *own = (struct scope){required, self, 1};
    r->values.items[at].value = v;
    r->values.items[at].running = false;
    if (n->info.kind == DMN_KNOWLEDGE) bind_requirements(r, n, required);
    return v;
}

// Results may be given for decisions of the run's own model: a name in another one is another decision.
static bool is_given(const struct run *r, const struct dmn_node *n) {
    if (n->info.kind != DMN_DECISION || !r->given || !feel_has(r->given, n->info.name)) return false;
    bool is_own = n->model == r->model;
    for (size_t i = 0; !is_own && r->service && i < r->service->requirement_count; i++)
        is_own = r->service->requirements[i].node == n; // a parameter
    for (size_t i = 0; !is_own && i < r->model->import_count; i++)
        is_own = r->model->imports[i].model == n->model && !r->model->imports[i].name.n;
    return is_own;
}

static struct feel_value node_value(struct run *r, const struct dmn_node *n) {
    struct eval *e = r->eval;
    for (size_t i = 0; i < r->values.count; i++)
        if (r->values.items[i].node == n && r->values.items[i].input == r->input)
            return r->values.items[i].running ? eval_null(e, "dmn.circle", n->info.name)
                                              : r->values.items[i].value;
    enum { DECISION_COST = 4 }; // levels of recursion that one takes
    enum { LOOKS_A_STEP = 32 }; // looking through what is known already costs steps too
    if (e->depth + DECISION_COST > EVAL_DEPTH_MAX || !eval_steps(e, 1 + r->values.count / LOOKS_A_STEP))
        return eval_null(e, "feel.limit_depth", n->info.name);
    size_t at = r->values.count;
    *ARENA_PUSH(e->arena, &r->values) = (struct run_value){n, r->input, feel_null(), true};
    e->depth += DECISION_COST;
    struct feel_value v;
    if (n->info.kind == DMN_INPUT || is_given(r, n))
        v = input_value(r, n);
    else
        v = n->info.kind == DMN_DECISION ? decide(r, n) : function_value(r, n, at);
    e->depth -= DECISION_COST;
    r->values.items[at].value = v;
    r->values.items[at].running = false;
    return v;
}

// ---- services ----

static struct feel_value service_outputs(struct run *r, const struct dmn_node *n) {
    if (n->output_count == 1) return node_value(r, n->outputs[0]);
    struct feel_value c = feel_empty_context();
    for (size_t i = 0; i < n->output_count; i++)
        feel_put(r->eval->arena, &c, n->outputs[i]->info.name, node_value(r, n->outputs[i]));
    return c;
}

// Called as a function: the parameters are all that its decisions see.
struct feel_value service_run(struct eval *e, const struct scope *s, const struct node *n) {
    struct run *outer = e->host;
    struct feel_value given = {.kind = FEEL_CONTEXT, .context = {s->entries, s->count}};
    const struct dmn_node *service = n->data;
    struct run inner = {.eval = e,
                        .model = service->model,
                        .service = service,
                        .input = &given,
                        .given = &given,
                        .trace = outer->trace,
                        .depth = outer->depth + 1};
    e->host = &inner;
    struct feel_value v = service_outputs(&inner, service);
    e->host = outer;
    return v;
}

// Input decisions are not evaluated by a service: one that was not given is null.
static struct feel_value with_all_inputs(struct run *r, const struct dmn_node *n) {
    struct feel_value input = r->input ? *r->input : feel_empty_context();
    for (size_t i = 0; i < n->requirement_count; i++)
        if (!feel_has(&input, n->requirements[i].node->info.name))
            feel_put(r->eval->arena, &input, n->requirements[i].node->info.name, feel_null());
    return input;
}

static struct feel_value run_service(struct run *r, const struct dmn_node *n) {
    struct feel_value input = with_all_inputs(r, n);
    r->service = n;
    r->input = r->given = arena_copy(r->eval->arena, &input, sizeof input);
    r->depth++;
    struct feel_value v = service_outputs(r, n);
    r->depth--;
    struct feel_diagnostics *d = r->trace ? ARENA_NEW(r->eval->arena, struct feel_diagnostics) : NULL;
    r->eval->diagnostics = d;
    if (!type_fit(r->eval, n->logic->type, &v)) eval_null(r->eval, "feel.wrong_type", n->info.name);
    r->eval->diagnostics = NULL;
    struct dmn_step step = {.kind = DMN_SERVICE, .id = n->info.id, .name = n->info.name, .value = v};
    if (d) step.diagnostics = dmn_places(r->eval->arena, n, d), step.diagnostic_count = d->count;
    run_add_step(r, step);
    return v;
}

// A knowledge model asked for alone takes its parameters from the input, by name.
static struct feel_value run_knowledge(struct run *r, const struct dmn_node *n) {
    struct eval *e = r->eval;
    struct feel_diagnostics *d = r->trace ? ARENA_NEW(e->arena, struct feel_diagnostics) : NULL;
    e->diagnostics = d;
    struct feel_value f = node_value(r, n), v = feel_null();
    size_t count = n->logic ? n->logic->count : 0;
    struct feel_value *args = ARENA_ARRAY(e->arena, struct feel_value, count);
    for (size_t i = 0; i < count; i++)
        args[i] = r->input ? feel_get(r->input, n->logic->names[i]) : feel_null();
    if (f.kind == FEEL_FUNCTION)
        v = eval_apply(e, f.function, args, count);
    else
        eval_null(e, "dmn.no_logic", n->info.name);
    struct dmn_step step = {.kind = DMN_KNOWLEDGE, .id = n->info.id, .name = n->info.name, .value = v};
    if (d) step.diagnostics = dmn_places(r->eval->arena, n, d), step.diagnostic_count = d->count;
    run_add_step(r, step);
    e->diagnostics = NULL;
    return v;
}

// ---- entry ----

// Knowledge models come last: a decision of the same name is meant.
static const struct dmn_node *find(const struct dmn_model *m, struct text id_or_name) {
    for (int pass = 0; pass < 4; pass++)
        for (size_t i = 0; i < m->node_count; i++) {
            const struct dmn_node *n = &m->nodes[i];
            if (n->info.kind == DMN_INPUT || (n->info.kind == DMN_KNOWLEDGE) != (pass >= 2)) continue;
            if (name_eq(pass % 2 ? n->info.name : n->info.id, id_or_name)) return n;
        }
    return NULL;
}

const struct dmn_node_info *dmn_find(const struct dmn_model *m, struct text id_or_name) {
    const struct dmn_node *n = find(m, id_or_name);
    return n ? &m->infos[n - m->nodes] : NULL;
}

enum status dmn_evaluate_node(const struct dmn_model *m, const struct dmn_node *n,
                              const struct feel_value *input, const struct feel_now *now, struct arena *a,
                              struct feel_value *out, struct dmn_trace *trace) {
    struct eval e = eval_new(a, now, NULL);
    if (input && input->kind != FEEL_CONTEXT) input = NULL;
    struct run r = {.eval = &e, .model = m, .input = input, .given = input, .trace = trace};
    e.host = &r;
    e.site = n->logic;
    *out = n->info.kind == DMN_SERVICE     ? run_service(&r, n)
           : n->info.kind == DMN_KNOWLEDGE ? run_knowledge(&r, n)
                                           : decide(&r, n);
    if (e.exhausted) *out = feel_null();
    return e.exhausted ? STATUS_TOO_LARGE : STATUS_OK;
}

enum status dmn_evaluate(const struct dmn_model *m, struct text id_or_name, const struct feel_value *input,
                         const struct feel_now *now, struct arena *a, struct feel_value *out,
                         struct dmn_trace *trace) {
    *out = feel_null();
    const struct dmn_node *n = find(m, id_or_name);
    return n ? dmn_evaluate_node(m, n, input, now, a, out, trace) : STATUS_NOT_FOUND;
}
