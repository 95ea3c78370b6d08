// What a decision reads of its input, found in the parsed expressions without evaluating any.
//
// An input can only be reached by its name, so the paths that begin with that name are all there is. A name
// that something else hides there (a parameter, an iteration's variable) is counted too: more than is read,
// never less.
#include "rules/dmn_model.h"

struct search {
    struct arena *arena;
    struct dmn_reads *found;
    struct {
        const struct dmn_node **items;
        size_t count, capacity;
    } seen;
    struct {
        const struct feel_type **items;
        size_t count, capacity;
    } types; // seen
};

static void add(struct search *s, struct text input, struct text member) {
    for (size_t i = 0; i < s->found->count; i++) {
        const struct dmn_read *r = &s->found->items[i];
        if (text_eq(r->input, input) && (!r->member.n || text_eq(r->member, member))) return;
    }
    *ARENA_PUSH(s->arena, s->found) = (struct dmn_read){input, member};
}

static bool is_needed(const struct dmn_node *n, struct text name) {
    for (size_t i = 0; i < n->requirement_count; i++)
        if (n->requirements[i].node->info.kind == DMN_INPUT &&
            text_eq(n->requirements[i].node->info.name, name))
            return true;
    return false;
}

static void walk(struct search *s, const struct dmn_node *in, const struct node *n);

// What a type allows may depend on the clock.
static void walk_type(struct search *s, const struct dmn_node *in, const struct feel_type *t) {
    if (!t || t->kind == TYPE_ANY) return;
    for (size_t i = 0; i < s->types.count; i++)
        if (s->types.items[i] == t) return;
    *ARENA_PUSH(s->arena, &s->types) = t;
    if (t->allowed) walk(s, in, t->allowed->root);
    if (t->constraint) walk(s, in, t->constraint->root);
    walk_type(s, in, t->base);
    walk_type(s, in, t->element);
    for (size_t i = 0; t->types && i < t->count; i++) walk_type(s, in, t->types[i]);
}

static void walk_table(struct search *s, const struct dmn_node *in, const struct table *t) {
    for (size_t i = 0; i < t->input_count; i++) {
        walk(s, in, t->inputs[i].expression);
        walk(s, in, t->inputs[i].allowed);
    }
    for (size_t i = 0; i < t->output_count; i++) {
        walk(s, in, t->outputs[i].otherwise);
        walk(s, in, t->outputs[i].allowed);
        walk_type(s, in, t->outputs[i].type);
    }
    for (size_t r = 0; r < t->rule_count; r++) {
        for (size_t i = 0; i < t->input_count; i++) walk(s, in, t->rules[r].tests[i]);
        for (size_t i = 0; i < t->output_count; i++) walk(s, in, t->rules[r].outputs[i]);
    }
}

static void walk_name(struct search *s, const struct dmn_node *in, const struct node *n) {
    if (text_eq(n->name, T("now")) || text_eq(n->name, T("today"))) s->found->reads_clock = true;
    if (is_needed(in, n->name)) add(s, n->name, T(""));
}

static void walk(struct search *s, const struct dmn_node *in, const struct node *n) {
    if (!n) return;
    if (n->kind == NODE_PATH && n->a && n->a->kind == NODE_NAME && is_needed(in, n->a->name)) {
        add(s, n->a->name, n->name);
        return;
    }
    if (n->kind == NODE_NAME) walk_name(s, in, n);
    if (n->kind == NODE_NATIVE && n->native == table_run) walk_table(s, in, n->data);
    walk(s, in, n->a);
    walk(s, in, n->b);
    walk(s, in, n->c);
    for (size_t i = 0; n->items && i < n->count; i++) walk(s, in, n->items[i]);
    walk_type(s, in, n->type);
    for (size_t i = 0; n->types && i < n->count; i++) walk_type(s, in, n->types[i]);
}

static void visit(struct search *s, const struct dmn_node *n);

static void visit_required(struct search *s, const struct dmn_node *n) {
    for (size_t i = 0; i < n->requirement_count; i++) {
        const struct dmn_requirement *q = &n->requirements[i];
        bool is_whole = q->import.n || n->info.kind == DMN_SERVICE;
        if (q->import.n) add(s, q->import, T("")); // what stands there counts as input of the imported model
        if (q->node->info.kind == DMN_INPUT && is_whole) add(s, q->node->info.name, T(""));
        visit(s, q->node);
    }
    for (size_t i = 0; i < n->output_count; i++) visit(s, n->outputs[i]);
}

static void visit(struct search *s, const struct dmn_node *n) {
    for (size_t i = 0; i < s->seen.count; i++)
        if (s->seen.items[i] == n) return;
    *ARENA_PUSH(s->arena, &s->seen) = n;
    // A declared type is checked on the whole value; and a result that is given is not computed.
    bool is_typed = n->info.kind == DMN_INPUT && n->type && n->type->kind != TYPE_ANY;
    if (is_typed || n->info.kind == DMN_DECISION) add(s, n->info.name, T(""));
    visit_required(s, n);
    walk_type(s, n, n->type);
    walk(s, n, n->logic);
}

enum status dmn_reads(const struct dmn_model *m, struct text id_or_name, struct arena *a,
                      struct dmn_reads *out) {
    const struct dmn_node_info *wanted = dmn_find(m, id_or_name);
    struct search s = {a, out, {0}};
    *out = (struct dmn_reads){0};
    if (!wanted) return STATUS_NOT_FOUND;
    visit(&s, &m->nodes[wanted - m->infos]);
    return STATUS_OK;
}

bool dmn_reads_member(const struct dmn_reads *r, struct text input, struct text member) {
    for (size_t i = 0; i < r->count; i++)
        if (text_eq(r->items[i].input, input) &&
            (!r->items[i].member.n || text_eq(r->items[i].member, member)))
            return true;
    return false;
}

bool dmn_reads_input(const struct dmn_reads *r, struct text input) {
    for (size_t i = 0; i < r->count; i++)
        if (text_eq(r->items[i].input, input)) return true;
    return false;
}
