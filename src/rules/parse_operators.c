// Operators by precedence: or, and, comparison, additive, multiplicative, power, minus, then what binds
// tighter.
#include <string.h>

#include "rules/parser.h"

enum level { LEVEL_OR = 1, LEVEL_AND, LEVEL_COMPARE, LEVEL_ADD, LEVEL_MULTIPLY, LEVEL_POWER };

struct operator{
    const char *sign;
    enum level level;
    enum node_kind kind;
};
static const struct operator OPERATORS[] = {
    {"or", LEVEL_OR, NODE_OR},
    {"and", LEVEL_AND, NODE_AND},
    {"=", LEVEL_COMPARE, NODE_EQUAL},
    {"!=", LEVEL_COMPARE, NODE_NOT_EQUAL},
    {"<", LEVEL_COMPARE, NODE_LESS},
    {"<=", LEVEL_COMPARE, NODE_AT_MOST},
    {">", LEVEL_COMPARE, NODE_MORE},
    {">=", LEVEL_COMPARE, NODE_AT_LEAST},
    {"between", LEVEL_COMPARE, NODE_BETWEEN},
    {"in", LEVEL_COMPARE, NODE_IN},
    {"+", LEVEL_ADD, NODE_ADD},
    {"-", LEVEL_ADD, NODE_SUBTRACT},
    {"*", LEVEL_MULTIPLY, NODE_MULTIPLY},
    {"/", LEVEL_MULTIPLY, NODE_DIVIDE},
    {"**", LEVEL_POWER, NODE_POWER},
};

static const struct operator* operator_here(const struct parser *p) {
    if (p->token.kind != TOKEN_SIGN && p->token.kind != TOKEN_WORD) return NULL;
    for (size_t i = 0; i < sizeof OPERATORS / sizeof *OPERATORS; i++)
        if (parser_is(p, OPERATORS[i].sign)) return &OPERATORS[i];
    return NULL;
}

static const struct node *parse_unary(struct parser *p);
static const struct node *parse_binary(struct parser *p, int level, const struct node *left);

static const struct node *instance_of(struct parser *p, const struct node *left) {
    while (!p->failed && parser_is(p, "instance") && parser_is_key_word(p)) {
        struct node *n = parser_node(p, NODE_INSTANCE);
        parser_advance(p);
        parser_advance(p);
        n->a = left;
        n->type = parse_type(p);
        left = parser_finish(p, n);
    }
    return left;
}

static const struct node *parse_unary(struct parser *p) {
    if (!parser_is(p, "-")) return instance_of(p, parse_postfix(p, parse_primary(p)));
    struct node *n = parser_node(p, NODE_NEGATE);
    if (!parser_enter(p)) return NULL;
    parser_advance(p);
    bool is_literal = p->token.kind == TOKEN_NUMBER; // its sign is part of it (rule 35)
    n->a = is_literal ? parse_postfix(p, parse_primary(p)) : parse_unary(p);
    p->depth--;
    return is_literal ? instance_of(p, parser_finish(p, n)) : parser_finish(p, n);
}

// ---- tests ----

static bool test_form(const struct parser *p, enum feel_range_form *form) {
    static const struct {
        const char *sign;
        enum feel_range_form form;
    } FORMS[] = {{"<", FEEL_LESS},      {"<=", FEEL_AT_MOST}, {">", FEEL_MORE},
                 {">=", FEEL_AT_LEAST}, {"=", FEEL_SAME},     {"!=", FEEL_NOT_SAME}};
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++)
        if (parser_is(p, FORMS[i].sign)) return *form = FORMS[i].form, true;
    return false;
}

// `< 10`: a range with one end.
static const struct node *operator_range(struct parser *p, enum feel_range_form form) {
    struct node *n = parser_node(p, NODE_RANGE);
    parser_advance(p);
    n->form = form;
    n->a = parse_operand(p);
    return parser_finish(p, n);
}

const struct node *parse_test(struct parser *p) {
    enum feel_range_form form;
    bool outside = p->uses_input;
    p->uses_input = false;
    const struct node *test = test_form(p, &form) ? operator_range(p, form) : parse_expression(p);
    if (test && p->uses_input) ((struct node *)test)->uses_input = true; // still ours: not shared yet
    p->uses_input |= outside;
    return test;
}

struct node_list {
    const struct node **items;
    size_t count, capacity;
};

static void push(struct parser *p, struct node_list *l, const struct node *n) {
    *ARENA_PUSH(p->arena, l) = n;
}

static bool more_tests(struct parser *p, struct node_list *tests) {
    while (!p->failed && parser_accept(p, ",")) push(p, tests, parse_test(p));
    return !p->failed;
}

// After `in (`: a list of tests, one expression in parentheses, or a range that is open below. One pass,
// because trying one after the other would double the work with each level of nesting.
static const struct node *parenthesised_tests(struct parser *p, struct node_list *tests) {
    struct node *range = parser_node(p, NODE_RANGE);
    parser_advance(p);
    const struct node *first = parse_test(p);
    if (p->failed) return NULL;
    if (parser_accept(p, "..")) {
        range->a = first;
        range->b = parse_expression(p);
        range->high_closed = parser_is(p, "]");
        if (!range->high_closed && !parser_is(p, ")") && !parser_is(p, "["))
            return parser_expect(p, "]"), NULL;
        parser_advance(p);
        return parse_binary(p, LEVEL_ADD, parse_postfix(p, parser_finish(p, range)));
    }
    push(p, tests, first);
    if (!more_tests(p, tests) || !parser_expect(p, ")")) return NULL;
    if (tests->count > 1) return NULL;
    tests->count = 0;
    return parse_binary(p, LEVEL_ADD, parse_postfix(p, first));
}

static const struct node *parse_in(struct parser *p, struct node *n) {
    struct node_list tests = {0};
    enum feel_range_form form;
    const struct node *single = NULL;
    if (parser_is(p, "("))
        single = parenthesised_tests(p, &tests);
    else
        single = test_form(p, &form) ? operator_range(p, form) : parse_operand(p);
    if (p->failed) return NULL;
    if (single) push(p, &tests, single);
    n->items = tests.items;
    n->count = tests.count;
    return parser_finish(p, n);
}

// ---- binary operators ----

static const struct node *parse_right(struct parser *p, struct node *n, const struct operator* o) {
    if (o->kind == NODE_IN) return parse_in(p, n);
    if (o->kind == NODE_BETWEEN) {
        n->b = parse_operand(p);
        if (!parser_expect(p, "and")) return NULL;
        n->c = parse_operand(p);
        return parser_finish(p, n);
    }
    n->b = parse_binary(p, (int)o->level + 1, parse_unary(p));
    return parser_finish(p, n);
}

// All operators are left-associative, ** too (10.3.2.4).
static const struct node *parse_binary(struct parser *p, int level, const struct node *left) {
    const struct operator* o;
    while (!p->failed && (o = operator_here(p)) && (int)o->level >= level) {
        struct node *n = parser_node(p, o->kind);
        parser_advance(p);
        n->a = left;
        left = parse_right(p, n, o);
    }
    return p->failed ? NULL : left;
}

const struct node *parse_operand(struct parser *p) {
    if (!parser_enter(p)) return NULL;
    const struct node *n = parse_binary(p, LEVEL_ADD, parse_unary(p));
    p->depth--;
    return n;
}

const struct node *parse_expression(struct parser *p) {
    if (!parser_enter(p)) return NULL;
    const struct node *n = parse_binary(p, LEVEL_OR, parse_unary(p));
    p->depth--;
    return n;
}

// ---- a cell ----

static bool is_any(const struct parser *p) {
    return parser_is(p, "-") && parser_ahead(p).kind == TOKEN_END;
}

const struct node *parse_tests(struct parser *p) {
    struct node *n = parser_node(p, NODE_TESTS);
    struct node_list tests = {0};
    if (is_any(p)) {
        parser_advance(p);
        return n;
    }
    if (parser_is(p, "not")) {
        struct token open = parser_ahead(p);
        if (open.kind == TOKEN_SIGN && p->source.p[open.start] == '(') {
            struct parser before = *p;
            parser_advance(p);
            parser_advance(p);
            push(p, &tests, parse_test(p));
            if (more_tests(p, &tests) && parser_expect(p, ")") && p->token.kind == TOKEN_END)
                n->negated = true;
            else if (!p->failed) { // not(...) as part of an expression, `not(x) and y`: read it as one
                *p = before;
                tests = (struct node_list){0};
            }
        }
    }
    if (!n->negated && !p->failed) {
        push(p, &tests, parse_test(p));
        more_tests(p, &tests);
    }
    n->uses_input = p->uses_input;
    n->items = tests.items;
    n->count = tests.count;
    return parser_finish(p, n);
}
