// What an expression gives each time, made once when it is parsed.
#include "rules/builtin.h"
#include "rules/parser.h"

static bool is_one_of(struct text name, const struct text *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (text_eq(names[i], name)) return true;
    return false;
}

// True when the name stands for the built-in function and nothing else, and that gives the same each time.
static bool is_conversion(const struct parser *p, const struct node *n) {
    if (n->kind != NODE_NAME || !n->builtin || !n->builtin->is_conversion) return false;
    if (!p->names_are_all || p->member_scope) return false;
    for (const struct local *l = p->locals; l; l = l->up)
        if (text_eq(l->name, n->name)) return false;
    return !is_one_of(n->name, p->names->variables, p->names->variable_count);
}

static bool items_constant(const struct node *n) {
    for (size_t i = 0; i < n->count; i++)
        if (!n->items[i]->is_constant) return false;
    return true;
}

static bool all_constant(const struct parser *p, const struct node *n) {
    switch (n->kind) {
    case NODE_LITERAL: return true;
    case NODE_NEGATE: return n->a->is_constant;
    case NODE_RANGE: return n->a->is_constant && (!n->b || n->b->is_constant);
    case NODE_LIST: return items_constant(n);
    case NODE_CALL: return is_conversion(p, n->a) && !n->names && items_constant(n);
    default: return false;
    }
}

// Literals, ranges and lists of them, and dates of them, are made once. What fails has a reason to give at
// each evaluation.
void parser_make_constant(struct parser *p, struct node *n) {
    if (!all_constant(p, n)) return;
    struct feel_diagnostics d;
    struct eval e = eval_new(p->arena, NULL, &d);
    struct feel_value v = eval_node(&e, NULL, n);
    if (d.count || e.exhausted) return;
    n->value = v;
    n->is_constant = true;
}
