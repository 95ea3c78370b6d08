// Input from outside: JSON has no dates, times and durations, so the types that the model declares say what
// text is meant to be.
#include "rules/dmn_model.h"
#include "rules/temporal.h"

// Where we are in the input, for the message; a list from the innermost.
struct place {
    const struct place *up;
    struct text name;
    size_t index; // from 1, of an item of a list; 0: a named part
};
struct input_reader {
    struct eval eval;
    struct problem *problem;
};

static void print_place(struct out *o, const struct place *at) {
    if (!at) return;
    print_place(o, at->up);
    if (at->index)
        out_printf(o, "[%zu]", at->index);
    else
        out_printf(o, "%s" TEXT_FMT, o->n ? "." : "", TEXT_ARG(at->name));
}

static struct text type_name(struct arena *a, const struct feel_type *t) {
    switch (t->kind) {
    case TYPE_SIMPLE: return text_of(feel_kind_name(t->simple));
    case TYPE_LIST: return TEXT_JOIN(a, T("list of "), t->element ? type_name(a, t->element) : T("Any"));
    case TYPE_CONTEXT: return T("context");
    case TYPE_RANGE: return T("range");
    case TYPE_FUNCTION: return T("function");
    default: return t->name;
    }
}

static bool refuse(struct input_reader *r, const struct feel_type *t, const struct feel_value *v,
                   const struct place *at, bool is_type) {
    enum { FOUND_MAX = 80 };
    struct arena *a = r->eval.arena;
    struct out path = {.arena = a};
    print_place(&path, at);
    if (!problem(r->problem, "input", is_type ? "dmn_input_type" : "dmn_input_not_allowed",
                 is_type ? "dmn.input_does_not_fit" : "dmn.input_value_not_allowed") ||
        !r->problem)
        return false;
    problem_arg(r->problem, "input", out_done(&path));
    problem_arg(r->problem, "type", is_type ? type_name(a, t) : t->name);
    problem_arg(r->problem, "found", text_head(feel_print_literal(a, v), FOUND_MAX));
    return false;
}

static bool fit(struct input_reader *r, const struct feel_type *t, struct feel_value *v,
                const struct place *at);

static bool fit_simple(struct input_reader *r, const struct feel_type *t, struct feel_value *v) {
    bool is_temporal = t->simple >= FEEL_DATE && t->simple <= FEEL_MONTHS_DURATION;
    struct feel_value made;
    if (v->kind == t->simple) return true;
    struct feel_type plain = {.kind = TYPE_SIMPLE, .simple = t->simple}; // what it allows is looked at later
    if (!is_temporal || v->kind != FEEL_STRING) return false;
    if (!temporal_parse(r->eval.arena, text_trim(v->string), &made)) return false;
    // A date alone is midnight of that day where a date and time is asked for; type_fit makes it so.
    if (made.kind != t->simple && !(made.kind == FEEL_DATE && t->simple == FEEL_DATE_TIME)) return false;
    *v = made;
    return type_fit(&r->eval, &plain, v);
}

static bool fit_list(struct input_reader *r, const struct feel_type *t, struct feel_value *v,
                     const struct place *at) {
    if (v->kind != FEEL_LIST) *v = feel_list_of(arena_copy(r->eval.arena, v, sizeof *v), 1);
    struct feel_value *items = arena_copy(r->eval.arena, v->list.items, v->list.count * sizeof *items);
    for (size_t i = 0; t->element && i < v->list.count; i++)
        if (!fit(r, t->element, &items[i], &(struct place){at, T(""), i + 1})) return false;
    v->list.items = items;
    return true;
}

static bool fit_context(struct input_reader *r, const struct feel_type *t, struct feel_value *v,
                        const struct place *at) {
    if (v->kind != FEEL_CONTEXT) return refuse(r, t, v, at, true);
    struct feel_entry *entries =
        arena_copy(r->eval.arena, v->context.entries, v->context.count * sizeof *entries);
    for (size_t i = 0; i < v->context.count; i++)
        for (size_t k = 0; k < t->count; k++)
            if (text_eq(entries[i].key, t->names[k]) &&
                !fit(r, t->types[k], &entries[i].value, &(struct place){at, entries[i].key, 0}))
                return false;
    v->context.entries = entries;
    return true;
}

static bool is_allowed(struct input_reader *r, const struct feel_expression *tests,
                       const struct feel_value *v) {
    return !tests || eval_tests(&r->eval, NULL, tests->root, v) == FEEL_TRUE;
}

static bool fit(struct input_reader *r, const struct feel_type *t, struct feel_value *v,
                const struct place *at) {
    if (v->kind == FEEL_NULL || t->kind == TYPE_ANY || t->kind == TYPE_UNKNOWN) return true;
    if (v->kind == FEEL_LIST && v->list.count == 1 && t->kind != TYPE_LIST &&
        !(t->kind == TYPE_SIMPLE && t->simple == FEEL_LIST)) {
        *v = v->list.items[0];
        return fit(r, t, v, at);
    }
    if (t->kind == TYPE_LIST) {
        if (!fit_list(r, t, v, at)) return false;
    } else if (t->kind == TYPE_CONTEXT) {
        if (!fit_context(r, t, v, at)) return false;
    } else if (t->kind != TYPE_SIMPLE || !fit_simple(r, t, v)) {
        return refuse(r, t, v, at, true);
    }
    return (is_allowed(r, t->allowed, v) && is_allowed(r, t->constraint, v)) || refuse(r, t, v, at, false);
}

// ---- names ----

static const struct feel_type *declared(const struct dmn_model *m, struct text name) {
    for (size_t i = 0; i < m->node_count; i++) {
        const struct dmn_node *n = &m->nodes[i];
        if ((n->info.kind == DMN_INPUT || n->info.kind == DMN_DECISION) && text_eq(n->info.name, name))
            return n->type;
    }
    return NULL;
}

static const struct dmn_model *imported(const struct dmn_model *m, struct text name) {
    for (size_t i = 0; i < m->import_count; i++)
        if (m->imports[i].name.n && text_eq(m->imports[i].name, name)) return m->imports[i].model;
    return NULL;
}

// Also those of imported models, which may stand at the top.
static const struct feel_type *declared_anywhere(const struct dmn_model *m, struct text name, int depth) {
    enum { IMPORTS_DEEP_MAX = 8 };
    const struct feel_type *t = declared(m, name);
    for (size_t i = 0; !t && depth < IMPORTS_DEEP_MAX && i < m->import_count; i++)
        t = declared_anywhere(m->imports[i].model, name, depth + 1);
    return t;
}

bool dmn_knows_input(const struct dmn_model *m, struct text name) {
    return declared_anywhere(m, name, 0) || imported(m, name);
}

static bool read_entries(struct input_reader *r, const struct dmn_model *m, struct feel_value *context,
                         const struct place *at) {
    struct feel_entry *entries =
        arena_copy(r->eval.arena, context->context.entries, context->context.count * sizeof *entries);
    for (size_t i = 0; i < context->context.count; i++) {
        struct place here = {at, entries[i].key, 0};
        const struct feel_type *t = declared_anywhere(m, entries[i].key, 0);
        const struct dmn_model *inner = t ? NULL : imported(m, entries[i].key);
        if (t && !fit(r, t, &entries[i].value, &here)) return false;
        if (inner && entries[i].value.kind == FEEL_CONTEXT &&
            !read_entries(r, inner, &entries[i].value, &here))
            return false;
    }
    context->context.entries = entries;
    return true;
}

enum status dmn_read_input(const struct dmn_model *m, const struct feel_now *now, struct arena *a,
                           const struct feel_value *in, struct feel_value *out, struct problem *p) {
    struct input_reader r = {.eval = eval_new(a, now, NULL), .problem = p};
    *out = in->kind == FEEL_CONTEXT ? *in : feel_empty_context();
    if (in->kind != FEEL_CONTEXT) return problem(p, "input", "dmn_input_object", "dmn.input_no_object");
    return read_entries(&r, m, out, NULL) ? STATUS_OK : STATUS_INVALID;
}
