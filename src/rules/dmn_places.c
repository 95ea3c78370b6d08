// Where in a model a diagnostic is from. Asked only when there is one, so that evaluation pays nothing for
// it.
#include "rules/dmn_model.h"

struct search {
    const struct node *site;
    int64_t line;
    struct dmn_diagnostic *out;
    struct arena *arena;
    struct {
        const struct dmn_model **items;
        size_t count, capacity;
    } seen;
};

static bool inside(struct search *s, const struct node *n);

static bool in_cell(struct search *s, const struct node *cell, size_t rule, struct text column) {
    if (!cell || !inside(s, cell)) return false;
    if (!s->out->cell.n && !s->out->rule) {
        s->out->rule = rule;
        s->out->cell = column;
    }
    return true;
}

static bool in_rule(struct search *s, const struct table *t, size_t i) {
    const struct table_rule *r = &t->rules[i];
    // Rules stand in the order of their lines: most are passed over without a look inside.
    if (r->line > s->line || (i + 1 < t->rule_count && t->rules[i + 1].line < s->line)) return false;
    for (size_t c = 0; c < t->input_count; c++)
        if (in_cell(s, r->tests[c], i + 1, t->inputs[c].label)) return true;
    for (size_t c = 0; c < t->output_count; c++)
        if (in_cell(s, r->outputs[c], i + 1, t->outputs[c].label)) return true;
    return false;
}

static bool in_table(struct search *s, const struct table *t) {
    for (size_t c = 0; c < t->input_count; c++)
        if (in_cell(s, t->inputs[c].expression, 0, t->inputs[c].label)) return true;
    for (size_t c = 0; c < t->output_count; c++)
        if (in_cell(s, t->outputs[c].otherwise, 0, t->outputs[c].label)) return true;
    for (size_t i = 0; i < t->rule_count; i++)
        if (in_rule(s, t, i)) return true;
    return false;
}

static bool inside(struct search *s, const struct node *n) {
    if (!n) return false;
    if (n == s->site) return true;
    if (n->kind == NODE_NATIVE && n->native == table_run) return in_table(s, n->data);
    if (inside(s, n->a) || inside(s, n->b) || inside(s, n->c)) return true;
    for (size_t i = 0; n->items && i < n->count; i++)
        if (inside(s, n->items[i])) return true;
    return false;
}

static bool in_node(struct search *s, const struct dmn_node *n) {
    if (!inside(s, n->logic)) return false;
    s->out->model = n->model->name;
    s->out->element = n->info.name;
    return true;
}

static bool in_model(struct search *s, const struct dmn_model *m) {
    for (size_t i = 0; i < s->seen.count; i++)
        if (s->seen.items[i] == m) return false;
    *ARENA_PUSH(s->arena, &s->seen) = m;
    for (size_t i = 0; i < m->node_count; i++)
        if (in_node(s, &m->nodes[i])) return true;
    for (size_t i = 0; i < m->import_count; i++)
        if (in_model(s, m->imports[i].model)) return true;
    return false;
}

const struct dmn_diagnostic *dmn_places(struct arena *a, const struct dmn_node *n,
                                        const struct feel_diagnostics *d) {
    struct dmn_diagnostic *out = ARENA_ARRAY(a, struct dmn_diagnostic, d->count);
    for (size_t i = 0; i < d->count; i++) {
        out[i] = (struct dmn_diagnostic){d->items[i], n->model->name, n->info.name, 0, T("")};
        struct search s = {.site = d->items[i].site, .line = d->items[i].line, .out = &out[i], .arena = a};
        if (s.site && !in_node(&s, n)) in_model(&s, n->model);
    }
    return out;
}
