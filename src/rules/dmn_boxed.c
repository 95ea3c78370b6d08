// Boxed expressions become the nodes that FEEL has for the same thing.
#include <string.h>

#include "rules/dmn_model.h"

struct node_list {
    const struct node **items;
    size_t count, capacity;
};
struct text_list {
    struct text *items;
    size_t count, capacity;
};

static struct node *new_node(struct reader *r, enum node_kind kind, const xmlNode *at) {
    struct node *n = ARENA_NEW(r->arena, struct node);
    n->kind = kind;
    n->line = (uint32_t)xmlGetLineNo(at);
    return n;
}

static const struct node *fill(struct node *n, const struct node_list *items, const struct text_list *names) {
    n->items = items->items;
    n->count = items->count;
    if (names) n->names = names->items;
    return n;
}

// ---- FEEL inside ----

static struct feel_value unparsed(struct eval *e, const struct scope *s, const struct node *n) {
    (void)s;
    return eval_null(e, "dmn.bad_expression", n->name);
}

static const struct node *bad_expression(struct reader *r, const xmlNode *at, struct text source) {
    struct node *n = new_node(r, NODE_NATIVE, at);
    n->native = unparsed;
    n->name = source;
    return n;
}

struct text dmn_source(struct reader *r, const xmlNode *element) {
    const xmlNode *text = dmn_child(element, "text");
    return text ? text_trim(xml_content(r->arena, text)) : T("");
}

const struct node *dmn_parse(struct reader *r, const xmlNode *element, enum feel_mode mode) {
    const xmlNode *text = dmn_child(element, "text");
    struct text source = dmn_source(r, element);
    if (!source.n) source = mode == FEEL_UNARY_TESTS ? T("-") : T("null");
    struct text language = dmn_attribute(r, element, "expressionLanguage");
    size_t at;
    bool is_feel = !language.n || text_find(language, T("FEEL"), &at) || text_find(language, T("feel"), &at);
    struct feel_names names = {r->variables.items, r->variables.count, r->model->members.items,
                               r->model->members.count};
    struct parse_options options = {.names = &names,
                                    .find_type = dmn_find_type,
                                    .type_context = r,
                                    .names_are_all = r->filters == 0,
                                    .first_line = text ? xmlGetLineNo(text) : xmlGetLineNo(element)};
    const struct feel_expression *x = NULL;
    struct problem p = {0};
    if (is_feel && !parse_with(r->arena, source, mode, &options, &x, &p)) return x->root;
    if (r->lenient && mode == FEEL_EXPRESSION) return bad_expression(r, element, source);
    if (!is_feel) return dmn_fail(r, element, "dmn_language", "dmn.language");
    if (r->lenient) {
        struct node *never = new_node(r, NODE_TESTS, element);
        struct node_list one = {0};
        *ARENA_PUSH(r->arena, &one) = bad_expression(r, element, source);
        return fill(never, &one, NULL);
    }
    if (!r->failed && r->problem) {
        *r->problem = p;
        r->problem->field = "model";
        problem_arg(r->problem, "element", r->holder);
        if (r->cell.n) problem_arg(r->problem, "cell", r->cell);
    }
    r->failed = true;
    return NULL;
}

const struct node *dmn_coerced(struct reader *r, const struct node *n, const struct feel_type *t) {
    if (!n || t->kind == TYPE_ANY) return n;
    bool fits = n->is_constant && t->kind == TYPE_SIMPLE && n->value.kind == t->simple;
    if (fits && !t->allowed && !t->constraint) return n;
    struct node *c = ARENA_NEW(r->arena, struct node);
    *c = (struct node){.kind = NODE_COERCE, .a = n, .type = t, .line = n->line, .column = n->column};
    return c;
}

void dmn_bind(struct reader *r, struct text name) {
    *ARENA_PUSH(r->arena, &r->variables) = name;
}

// ---- the kinds ----

static xmlNode *expression_in(const xmlNode *n) {
    for (xmlNode *c = xml_child(n); c; c = xml_next(c))
        if (dmn_is_expression(c)) return c;
    return NULL;
}

// The expression inside a part like <in> or <return>.
static const struct node *part(struct reader *r, const xmlNode *n, const char *name) {
    const xmlNode *holder = dmn_child(n, name);
    const xmlNode *x = holder ? expression_in(holder) : NULL;
    if (!x) return dmn_fail(r, n, "dmn_part_missing", "dmn.part_missing");
    return dmn_boxed(r, x, T(""));
}

static const struct node *context(struct reader *r, const xmlNode *n) {
    struct node *made = new_node(r, NODE_CONTEXT, n);
    struct node_list items = {0};
    struct text_list names = {0};
    size_t known = r->variables.count;
    for (const xmlNode *e = dmn_child(n, "contextEntry"); e && !r->failed; e = dmn_next(e, "contextEntry")) {
        const xmlNode *variable = dmn_child(e, "variable"), *x = expression_in(e);
        struct text name = variable ? dmn_attribute(r, variable, "name") : T("");
        if (!x) return dmn_fail(r, e, "dmn_part_missing", "dmn.part_missing");
        const struct node *value = dmn_coerced(r, dmn_boxed(r, x, name), dmn_element_type(r, variable));
        *ARENA_PUSH(r->arena, &items) = value;
        *ARENA_PUSH(r->arena, &names) = name;
        made->boxed_result = !name.n;
        if (name.n) dmn_bind(r, name);
    }
    r->variables.count = known;
    return fill(made, &items, &names);
}

static const struct node *invocation(struct reader *r, const xmlNode *n) {
    struct node *made = new_node(r, NODE_CALL, n);
    struct node_list items = {0};
    struct text_list names = {0};
    const xmlNode *callee = expression_in(n);
    if (!callee) return dmn_fail(r, n, "dmn_part_missing", "dmn.part_missing");
    made->a = dmn_boxed(r, callee, T(""));
    for (const xmlNode *b = dmn_child(n, "binding"); b && !r->failed; b = dmn_next(b, "binding")) {
        const xmlNode *parameter = dmn_child(b, "parameter"), *x = expression_in(b);
        struct node *nothing = new_node(r, NODE_LITERAL, b);
        *ARENA_PUSH(r->arena, &items) = x ? dmn_boxed(r, x, T("")) : nothing;
        *ARENA_PUSH(r->arena, &names) = parameter ? dmn_attribute(r, parameter, "name") : T("");
    }
    return fill(made, &items, items.count ? &names : NULL);
}

static const struct node *list(struct reader *r, const xmlNode *n) {
    struct node_list items = {0};
    for (const xmlNode *x = xml_child(n); x && !r->failed; x = xml_next(x))
        if (dmn_is_expression(x)) *ARENA_PUSH(r->arena, &items) = dmn_boxed(r, x, T(""));
    return fill(new_node(r, NODE_LIST, n), &items, NULL);
}

static const struct node *relation(struct reader *r, const xmlNode *n) {
    struct node_list rows = {0};
    struct text_list names = {0};
    struct {
        const struct feel_type **items;
        size_t count, capacity;
    } types = {0};
    for (const xmlNode *c = dmn_child(n, "column"); c; c = dmn_next(c, "column")) {
        *ARENA_PUSH(r->arena, &names) = dmn_attribute(r, c, "name");
        *ARENA_PUSH(r->arena, &types) = dmn_element_type(r, c);
    }
    for (const xmlNode *row = dmn_child(n, "row"); row && !r->failed; row = dmn_next(row, "row")) {
        struct node_list cells = {0};
        for (const xmlNode *x = xml_child(row); x && !r->failed; x = xml_next(x)) {
            if (!dmn_is_expression(x)) continue;
            const struct feel_type *type =
                cells.count < types.count ? types.items[cells.count] : &TYPE_OF_ANY;
            *ARENA_PUSH(r->arena, &cells) = dmn_coerced(r, dmn_boxed(r, x, T("")), type);
        }
        if (cells.count != names.count) return dmn_fail(r, row, "dmn_cells", "dmn.cells");
        *ARENA_PUSH(r->arena, &rows) = fill(new_node(r, NODE_CONTEXT, row), &cells, &names);
    }
    return fill(new_node(r, NODE_LIST, n), &rows, NULL);
}

const struct node *dmn_function(struct reader *r, const xmlNode *n, struct text name) {
    struct node *made = new_node(r, NODE_FUNCTION, n);
    struct text_list names = {0};
    struct {
        const struct feel_type **items;
        size_t count, capacity;
    } types = {0};
    size_t known = r->variables.count;
    for (const xmlNode *p = dmn_child(n, "formalParameter"); p; p = dmn_next(p, "formalParameter")) {
        struct text parameter = dmn_attribute(r, p, "name");
        dmn_bind(r, parameter);
        *ARENA_PUSH(r->arena, &names) = parameter;
        *ARENA_PUSH(r->arena, &types) = dmn_element_type(r, p);
    }
    const xmlNode *body = expression_in(n);
    struct text kind = dmn_attribute(r, n, "kind");
    made->name = name;
    made->negated = text_eq(kind, T("Java")) || text_eq(kind, T("PMML"));
    made->a = body ? dmn_boxed(r, body, name) : new_node(r, NODE_LITERAL, n);
    made->names = names.items;
    made->types = types.items;
    made->count = names.count;
    r->variables.count = known;
    return made;
}

static const struct node *conditional(struct reader *r, const xmlNode *n) {
    struct node *made = new_node(r, NODE_IF, n);
    made->a = part(r, n, "if");
    made->b = part(r, n, "then");
    made->c = part(r, n, "else");
    return made;
}

static const struct node *loop(struct reader *r, const xmlNode *n, enum node_kind kind, const char *body) {
    struct node *made = new_node(r, kind, n);
    struct node_list domains = {0};
    struct text_list names = {0};
    size_t known = r->variables.count;
    struct text variable = dmn_attribute(r, n, "iteratorVariable");
    *ARENA_PUSH(r->arena, &domains) = part(r, n, "in");
    *ARENA_PUSH(r->arena, &names) = variable;
    dmn_bind(r, variable);
    dmn_bind(r, T("partial"));
    made->a = part(r, n, body);
    r->variables.count = known;
    return fill(made, &domains, &names);
}

static const struct node *filter(struct reader *r, const xmlNode *n) {
    struct node *made = new_node(r, NODE_FILTER, n);
    size_t known = r->variables.count;
    made->a = part(r, n, "in");
    for (size_t i = 0; i < r->model->members.count; i++) dmn_bind(r, r->model->members.items[i]);
    r->filters++;
    made->b = part(r, n, "match");
    r->filters--;
    r->variables.count = known;
    return made;
}

static const char *const EXPRESSIONS[] = {
    "literalExpression",  "decisionTable", "context", "invocation", "list",  "relation",
    "functionDefinition", "conditional",   "for",     "some",       "every", "filter"};

bool dmn_is_expression(const xmlNode *n) {
    for (size_t i = 0; i < sizeof EXPRESSIONS / sizeof *EXPRESSIONS; i++)
        if (dmn_is(n, EXPRESSIONS[i])) return true;
    return false;
}

static const struct node *boxed(struct reader *r, const xmlNode *n, struct text name) {
    if (dmn_is(n, "literalExpression")) return dmn_parse(r, n, FEEL_EXPRESSION);
    if (dmn_is(n, "decisionTable")) return dmn_table(r, n, name);
    if (dmn_is(n, "context")) return context(r, n);
    if (dmn_is(n, "invocation")) return invocation(r, n);
    if (dmn_is(n, "list")) return list(r, n);
    if (dmn_is(n, "relation")) return relation(r, n);
    if (dmn_is(n, "functionDefinition")) return dmn_function(r, n, name);
    if (dmn_is(n, "conditional")) return conditional(r, n);
    if (dmn_is(n, "for")) return loop(r, n, NODE_FOR, "return");
    if (dmn_is(n, "some")) return loop(r, n, NODE_SOME, "satisfies");
    if (dmn_is(n, "every")) return loop(r, n, NODE_EVERY, "satisfies");
    if (dmn_is(n, "filter")) return filter(r, n);
    return dmn_fail(r, n, "dmn_expression", "dmn.unknown_expression");
}

const struct node *dmn_boxed(struct reader *r, const xmlNode *n, struct text name) {
    enum { NESTING_MAX = 40 };
    if (++r->depth > NESTING_MAX) return dmn_fail(r, n, "dmn_depth", "dmn.too_deep");
    const struct node *made = boxed(r, n, name);
    r->depth--;
    if (r->failed || !made) return NULL;
    // The type of a function definition is read as that of its result by some editors: it is left alone.
    return dmn_is(n, "functionDefinition") ? made : dmn_coerced(r, made, dmn_element_type(r, n));
}
