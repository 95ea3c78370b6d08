// What starts an expression: literals, names, lists, ranges, contexts, if, for, some, every, functions; and
// what follows it directly: paths, filters, calls.
#include <string.h>

#include "rules/builtin.h"
#include "rules/eval.h"
#include "rules/number.h"
#include "rules/parser.h"
#include "rules/temporal.h"

struct node_list {
    const struct node **items;
    size_t count, capacity;
};
struct text_list {
    struct text *items;
    size_t count, capacity;
};

static void push(struct parser *p, struct node_list *l, const struct node *n) {
    *ARENA_PUSH(p->arena, l) = n;
}

static void push_name(struct parser *p, struct text_list *l, struct text t) {
    *ARENA_PUSH(p->arena, l) = t;
}

static const struct node *finish_list(struct parser *p, struct node *n, const struct node_list *items,
                                      const struct text_list *names) {
    n->items = items->items;
    n->count = items->count;
    if (names) n->names = names->items;
    return parser_finish(p, n);
}

// ---- literals ----

static const struct node *literal(struct parser *p, struct feel_value v) {
    struct node *n = parser_node(p, NODE_LITERAL);
    n->value = v;
    parser_advance(p);
    return parser_finish(p, n);
}

static const struct node *number(struct parser *p) {
    struct feel_value v = {.kind = FEEL_NUMBER};
    if (!number_parse(parser_text(p), &v.number)) return parser_fail(p, "feel_number", "feel.bad_number");
    return literal(p, v);
}

static struct feel_value no_time(struct eval *e, const struct scope *s, const struct node *n) {
    (void)s;
    return eval_null(e, "feel.not_convertible", n->name);
}

// @"2026-11-21": null when it is none, as date("...") would be.
static const struct node *at_literal(struct parser *p) {
    parser_advance(p);
    if (p->token.kind != TOKEN_STRING) return parser_fail(p, "feel_string", "feel.string_expected");
    struct feel_value v;
    struct text content = lexer_string(p->arena, p->source, p->token);
    if (temporal_parse(p->arena, content, &v)) return literal(p, v);
    struct node *n = parser_node(p, NODE_NATIVE);
    n->native = no_time;
    n->name = content;
    parser_advance(p);
    return parser_finish(p, n);
}

// ---- names ----

static bool is_local(const struct parser *p, struct text name) {
    for (const struct local *l = p->locals; l; l = l->up)
        if (text_eq(l->name, name)) return true;
    return false;
}

static void note_use(struct parser *p, struct text name) {
    if (is_local(p, name)) return;
    for (size_t i = 0; i < p->uses.count; i++)
        if (text_eq(p->uses.items[i], name)) return;
    *ARENA_PUSH(p->arena, &p->uses) = name;
}

static const struct node *name(struct parser *p) {
    struct node *n = parser_node(p, NODE_NAME);
    n->name = parser_name(p, false);
    if (p->failed) return NULL;
    if (text_eq(n->name, T("true")))
        *n = (struct node){
            .kind = NODE_LITERAL, .value = feel_boolean(true), .line = n->line, .column = n->column};
    else if (text_eq(n->name, T("false")))
        *n = (struct node){
            .kind = NODE_LITERAL, .value = feel_boolean(false), .line = n->line, .column = n->column};
    else if (text_eq(n->name, T("null")))
        n->kind = NODE_LITERAL;
    else if (text_eq(n->name, T("?")))
        p->uses_input = true;
    else {
        n->builtin = builtin_find(n->name);
        if (!n->builtin) note_use(p, n->name);
    }
    return parser_finish(p, n);
}

// ---- brackets ----

// After the low end and "..": the high end and the closing bracket.
static const struct node *range_rest(struct parser *p, struct node *n, const struct node *low,
                                     bool low_closed) {
    n->kind = NODE_RANGE;
    n->a = low;
    n->low_closed = low_closed;
    n->b = parse_expression(p);
    n->high_closed = parser_is(p, "]");
    if (p->failed) return NULL;
    if (!n->high_closed && !parser_is(p, ")") && !parser_is(p, "[")) return parser_expect(p, "]"), NULL;
    parser_advance(p);
    return parser_finish(p, n);
}

static const struct node *list_or_range(struct parser *p) {
    struct node *n = parser_node(p, NODE_LIST);
    struct node_list items = {0};
    parser_advance(p);
    if (parser_accept(p, "]")) return parser_finish(p, n);
    do {
        const struct node *item = parse_test(p);
        if (p->failed) return NULL;
        if (items.count == 0 && parser_accept(p, "..")) return range_rest(p, n, item, true);
        push(p, &items, item);
    } while (parser_accept(p, ","));
    return parser_expect(p, "]") ? finish_list(p, n, &items, NULL) : NULL;
}

// (expression), (low..high], (< 10)
static const struct node *parenthesis(struct parser *p) {
    struct node *n = parser_node(p, NODE_RANGE);
    parser_advance(p);
    const struct node *inside = parse_test(p);
    if (p->failed) return NULL;
    if (parser_accept(p, "..")) return range_rest(p, n, inside, false);
    return parser_expect(p, ")") ? inside : NULL;
}

static const struct node *open_range(struct parser *p) {
    struct node *n = parser_node(p, NODE_RANGE);
    parser_advance(p);
    const struct node *low = parse_expression(p);
    return parser_expect(p, "..") ? range_rest(p, n, low, false) : NULL;
}

static struct text context_key(struct parser *p) {
    if (p->token.kind != TOKEN_STRING) return parser_declared_name(p, ":");
    struct text key = lexer_string(p->arena, p->source, p->token);
    parser_advance(p);
    return key;
}

static const struct node *context(struct parser *p) {
    struct node *n = parser_node(p, NODE_CONTEXT);
    struct node_list items = {0};
    struct text_list keys = {0};
    const struct local *outside = p->locals;
    parser_advance(p);
    if (parser_accept(p, "}")) return parser_finish(p, n);
    do {
        struct text key = context_key(p);
        if (!parser_expect(p, ":")) return NULL;
        push_name(p, &keys, key);
        push(p, &items, parse_expression(p));
        parser_bind(p, key);
        *ARENA_PUSH(p->arena, &p->keys) = key;
    } while (!p->failed && parser_accept(p, ","));
    p->locals = outside;
    return parser_expect(p, "}") ? finish_list(p, n, &items, &keys) : NULL;
}

// ---- if, for, some, every ----

static const struct node *if_expression(struct parser *p) {
    struct node *n = parser_node(p, NODE_IF);
    parser_advance(p);
    n->a = parse_expression(p);
    if (!parser_expect(p, "then")) return NULL;
    n->b = parse_expression(p);
    if (!parser_expect(p, "else")) return NULL;
    n->c = parse_expression(p);
    return parser_finish(p, n);
}

// What a loop runs over: a list, or low..high without brackets.
static const struct node *domain(struct parser *p) {
    struct node *n = parser_node(p, NODE_RANGE);
    const struct node *low = parse_expression(p);
    if (p->failed || !parser_accept(p, "..")) return low;
    n->a = low;
    n->b = parse_expression(p);
    n->low_closed = n->high_closed = true;
    n->descending = true;
    return parser_finish(p, n);
}

static const struct node *loop(struct parser *p, enum node_kind kind, const char *before_body) {
    struct node *n = parser_node(p, kind);
    struct node_list domains = {0};
    struct text_list names = {0};
    const struct local *outside = p->locals;
    parser_advance(p);
    do {
        struct text variable = parser_declared_name(p, "i");
        if (!parser_expect(p, "in")) return NULL;
        push_name(p, &names, variable);
        push(p, &domains, domain(p));
        parser_bind(p, variable);
    } while (!p->failed && parser_accept(p, ","));
    if (!parser_expect(p, before_body)) return NULL;
    if (kind == NODE_FOR) parser_bind(p, T("partial"));
    n->a = parse_expression(p);
    p->locals = outside;
    return finish_list(p, n, &domains, &names);
}

// ---- functions ----

// function(a: number, b) body. Code of other languages (`external`) is not run: such a function gives null.
static const struct node *function(struct parser *p) {
    struct node *n = parser_node(p, NODE_FUNCTION);
    struct text_list names = {0};
    struct {
        const struct feel_type **items;
        size_t count, capacity;
    } types = {0};
    const struct local *outside = p->locals;
    parser_advance(p);
    if (!parser_expect(p, "(")) return NULL;
    while (!p->failed && !parser_is(p, ")")) {
        struct text parameter = parser_declared_name(p, ":,)");
        push_name(p, &names, parameter);
        *ARENA_PUSH(p->arena, &types) = parser_accept(p, ":") ? parse_type(p) : &TYPE_OF_ANY;
        if (!parser_accept(p, ",")) break;
    }
    if (!parser_expect(p, ")")) return NULL;
    for (size_t i = 0; i < names.count; i++) parser_bind(p, names.items[i]);
    bool is_external = parser_is(p, "external");
    if (is_external) parser_advance(p);
    n->a = parse_expression(p);
    n->negated = is_external;
    n->names = names.items;
    n->types = types.items;
    n->count = names.count;
    p->locals = outside;
    return parser_finish(p, n);
}

// ---- after the primary ----

static const struct node *call(struct parser *p, const struct node *callee) {
    struct node *n = parser_node(p, NODE_CALL);
    struct node_list arguments = {0};
    struct text_list names = {0};
    parser_advance(p);
    n->a = callee;
    bool named = parser_name_before_colon(p);
    while (!p->failed && !parser_is(p, ")")) {
        if (named) {
            push_name(p, &names, parser_declared_name(p, ":"));
            if (!parser_expect(p, ":")) return NULL;
        }
        push(p, &arguments, parse_test(p));
        if (!parser_accept(p, ",")) break;
    }
    return parser_expect(p, ")") ? finish_list(p, n, &arguments, named ? &names : NULL) : NULL;
}

static const struct node *filter(struct parser *p, const struct node *list) {
    struct node *n = parser_node(p, NODE_FILTER);
    const struct local *outside = p->locals;
    parser_advance(p);
    n->a = list;
    p->member_scope++;
    parser_bind(p, T("item"));
    n->b = parse_expression(p);
    p->locals = outside;
    p->member_scope--;
    return parser_expect(p, "]") ? parser_finish(p, n) : NULL;
}

static const struct node *path(struct parser *p, const struct node *left) {
    struct node *n = parser_node(p, NODE_PATH);
    parser_advance(p);
    n->a = left;
    n->name = parser_name(p, true);
    return parser_finish(p, n);
}

// "[" after an expression is a filter, except when it closes a range that is open above: [1..10[ and what
// follows cannot be the start of an expression.
static bool closes_range(const struct parser *p) {
    static const char *const FOLLOWS[] = {"and",    "or",        "then",    "else",
                                          "return", "satisfies", "between", "instance"};
    struct token next = parser_ahead(p);
    if (next.kind == TOKEN_END) return true;
    struct text word = text_slice(p->source, next.start, next.end);
    for (size_t i = 0; next.kind == TOKEN_WORD && i < sizeof FOLLOWS / sizeof *FOLLOWS; i++)
        if (text_eq(word, text_of(FOLLOWS[i]))) return true;
    return next.kind == TOKEN_SIGN && strchr(")],.=}", p->source.p[next.start]) != NULL;
}

const struct node *parse_postfix(struct parser *p, const struct node *left) {
    while (!p->failed) {
        if (parser_is(p, "."))
            left = path(p, left);
        else if (parser_is(p, "[") && !closes_range(p))
            left = filter(p, left);
        else if (parser_is(p, "("))
            left = call(p, left);
        else
            break;
    }
    return p->failed ? NULL : left;
}

static const struct node *bracket(struct parser *p) {
    if (parser_is(p, "(")) return parenthesis(p);
    if (parser_is(p, "[")) return list_or_range(p);
    if (parser_is(p, "]")) return open_range(p);
    if (parser_is(p, "{")) return context(p);
    if (parser_is(p, "@")) return at_literal(p);
    return parser_fail(p, "feel_expression", "feel.expression_expected");
}

// No name begins with one of these words (10.3.1.4).
static const struct node *word(struct parser *p) {
    struct token next = parser_ahead(p);
    bool paren = next.kind == TOKEN_SIGN && p->source.p[next.start] == '(';
    if (parser_is(p, "if")) return if_expression(p);
    if (parser_is(p, "for")) return loop(p, NODE_FOR, "return");
    if (parser_is(p, "some")) return loop(p, NODE_SOME, "satisfies");
    if (parser_is(p, "every")) return loop(p, NODE_EVERY, "satisfies");
    if (parser_is(p, "function") && paren) return function(p);
    if (parser_is_key_word(p)) return parser_fail(p, "feel_expression", "feel.expression_expected");
    return name(p);
}

const struct node *parse_primary(struct parser *p) {
    if (!parser_enter(p)) return NULL;
    const struct node *n = NULL;
    switch (p->token.kind) {
    case TOKEN_NUMBER: n = number(p); break;
    case TOKEN_STRING: n = literal(p, feel_string(lexer_string(p->arena, p->source, p->token))); break;
    case TOKEN_WORD: n = word(p); break;
    case TOKEN_SIGN: n = bracket(p); break;
    case TOKEN_END: parser_fail(p, "feel_expression", "feel.expression_expected"); break;
    case TOKEN_BAD: parser_fail(p, "feel_sign", "feel.unexpected"); break;
    }
    p->depth--;
    return n;
}
