#include <string.h>

#include "rules/builtin.h"
#include "rules/parser.h"

// ---- tokens ----

void parser_advance(struct parser *p) {
    p->token = lexer_next(p->source, p->token.end);
}

struct token parser_ahead(const struct parser *p) {
    return lexer_next(p->source, p->token.end);
}

struct text parser_text(const struct parser *p) {
    return text_slice(p->source, p->token.start, p->token.end);
}

// Asked of every token for every sign and word there is, so it does not take the long way over texts.
bool parser_is(const struct parser *p, const char *sign_or_word) {
    if (p->token.kind != TOKEN_SIGN && p->token.kind != TOKEN_WORD) return false;
    const char *wanted = sign_or_word;
    for (size_t i = p->token.start; i < p->token.end; i++, wanted++)
        if (*wanted != p->source.p[i]) return false;
    return *wanted == 0;
}

bool parser_accept(struct parser *p, const char *sign_or_word) {
    if (!parser_is(p, sign_or_word)) return false;
    parser_advance(p);
    return true;
}

bool parser_expect(struct parser *p, const char *sign_or_word) {
    if (p->failed || parser_accept(p, sign_or_word)) return !p->failed;
    parser_fail(p, "feel_expected", "feel.expected");
    if (p->problem) problem_arg(p->problem, "expected", text_of(sign_or_word));
    return false;
}

// ---- problems ----

// Line and column of the current token, counted on from the last place asked for.
static void position(struct parser *p, int64_t *line, int64_t *column) {
    if (p->mark.line == 0 || p->token.start < p->mark.at) {
        p->mark.at = 0;
        p->mark.line = p->mark.column = 1;
    }
    while (p->mark.at < p->token.start) {
        unsigned char c = (unsigned char)p->source.p[p->mark.at++];
        if (c == '\n')
            p->mark.line++, p->mark.column = 1;
        else if ((c & 0xc0) != 0x80)
            p->mark.column++;
    }
    *line = p->mark.line + p->first_line - 1;
    *column = p->mark.column;
}

enum { NEAR_MAX = 40 };

void *parser_fail(struct parser *p, const char *rule, const char *text_key) {
    if (p->failed) return NULL;
    p->failed = true;
    if (problem(p->problem, "expression", rule, text_key) && p->problem) {
        int64_t column;
        position(p, &p->problem->line, &column);
        struct text near = text_slice(p->source, p->token.start, p->token.start + NEAR_MAX);
        while (near.n && ((unsigned char)near.p[near.n - 1] & 0xc0) == 0x80) near.n--; // no half characters
        if (near.n && (unsigned char)near.p[near.n - 1] >= 0xc0) near.n--;
        problem_arg(p->problem, "near", text_copy(p->arena, near));
        problem_arg(p->problem, "column", text_printf(p->arena, "%lld", (long long)column));
    }
    return NULL;
}

bool parser_enter(struct parser *p) {
    if (++p->depth <= FEEL_DEPTH_MAX) return true;
    parser_fail(p, "feel_depth", "feel.too_deep");
    return false;
}

// ---- nodes ----

struct node *parser_node(struct parser *p, enum node_kind kind) {
    struct node *n = ARENA_NEW(p->arena, struct node);
    int64_t line, column;
    position(p, &line, &column);
    n->kind = kind;
    n->line = (uint32_t)line;
    n->column = (uint32_t)column;
    return n;
}

static bool add_height(struct node *n, const struct node *child) {
    if (!child) return false;
    if (child->height >= n->height) n->height = (uint16_t)(child->height + 1);
    return true;
}

const struct node *parser_finish(struct parser *p, struct node *n) {
    if (p->failed) return NULL;
    if (n->a) add_height(n, n->a);
    if (n->b) add_height(n, n->b);
    if (n->c) add_height(n, n->c);
    for (size_t i = 0; i < n->count && n->items; i++)
        if (!add_height(n, n->items[i])) return NULL;
    if (n->height > NODE_HEIGHT_MAX) return parser_fail(p, "feel_depth", "feel.too_deep");
    parser_make_constant(p, n);
    return n;
}

void parser_bind(struct parser *p, struct text name) {
    struct local *l = ARENA_NEW(p->arena, struct local);
    *l = (struct local){p->locals, name};
    p->locals = l;
}

// ---- names ----

static bool is_word(struct text t, const char *word) {
    return text_eq(t, text_of(word));
}

// Words that end a name made of plain words.
static bool is_key_word(const struct parser *p, struct token token) {
    static const char *const WORDS[] = {"then", "else", "return", "satisfies", "in", "and", "or", "between"};
    struct text t = text_slice(p->source, token.start, token.end);
    if (token.kind != TOKEN_WORD) return false;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (is_word(t, WORDS[i])) return true;
    if (!is_word(t, "instance")) return false;
    struct token of = lexer_next(p->source, token.end);
    return is_word(text_slice(p->source, of.start, of.end), "of");
}

bool parser_is_key_word(const struct parser *p) {
    return is_key_word(p, p->token);
}

struct match {
    struct text name;
    size_t end;
};

static void match(const struct parser *p, struct text name, struct match *best) {
    size_t start = p->token.start;
    if (name.n == 0 || name.p[0] != p->source.p[start]) return;
    size_t end = lexer_match_name(p->source, start, name);
    if (end > best->end) *best = (struct match){name, end};
}

static void match_all(const struct parser *p, const struct text *names, size_t count, struct match *best) {
    for (size_t i = 0; i < count; i++) match(p, names[i], best);
}

static void match_known(const struct parser *p, bool member, struct match *best) {
    for (const struct local *l = p->locals; l; l = l->up) match(p, l->name, best);
    if (p->names && (member || p->member_scope))
        match_all(p, p->names->members, p->names->member_count, best);
    if (member || p->member_scope) match_all(p, p->keys.items, p->keys.count, best);
    if (member) {
        static const struct text PROPERTIES[] = {
            {"time offset", 11}, {"start included", 14}, {"end included", 12}};
        match_all(p, PROPERTIES, 3, best);
        return;
    }
    if (p->names) match_all(p, p->names->variables, p->names->variable_count, best);
    size_t count;
    const struct text *builtins = builtin_names(p->source.p[p->token.start], &count);
    match_all(p, builtins, count, best);
}

// "monthly salary": plain words beside each other can only be one name.
static struct match greedy(struct parser *p) {
    struct token t = p->token;
    struct out o = {.arena = p->arena};
    struct match m = {parser_text(p), t.end};
    for (int words = 0;; words++) {
        struct token next = lexer_next(p->source, t.end);
        bool part = next.kind == TOKEN_WORD && !is_key_word(p, next);
        bool digits =
            next.kind == TOKEN_NUMBER && !memchr(p->source.p + next.start, '.', next.end - next.start);
        if (!part && !digits) break;
        if (words == 0) out_text(&o, m.name);
        out_byte(&o, ' ');
        out_text(&o, text_slice(p->source, next.start, next.end));
        m = (struct match){out_done(&o), next.end};
        t = next;
    }
    return m;
}

struct text parser_name(struct parser *p, bool member) {
    if (p->token.kind != TOKEN_WORD) {
        parser_fail(p, "feel_name", "feel.name_expected");
        return T("");
    }
    struct match best = greedy(p);
    struct match known = {.end = 0};
    match_known(p, member, &known);
    if (known.end >= best.end) best = known;
    p->token.end = best.end;
    parser_advance(p);
    return text_copy(p->arena, best.name);
}

// White space between the parts becomes one space.
struct text parser_declared_name(struct parser *p, const char *signs) {
    struct out o = {.arena = p->arena};
    size_t last = p->token.start;
    while (p->token.kind == TOKEN_WORD || p->token.kind == TOKEN_NUMBER || p->token.kind == TOKEN_SIGN) {
        struct text t = parser_text(p);
        if (p->token.kind == TOKEN_SIGN && t.n == 1 && strchr(signs, t.p[0])) break;
        if (p->token.kind == TOKEN_SIGN && !strchr("+-*/.'", t.p[0])) break;
        if (is_word(t, "in") && o.n && strchr(signs, 'i')) break;
        if (o.n && p->token.start > last) out_byte(&o, ' ');
        out_text(&o, t);
        last = p->token.end;
        parser_advance(p);
    }
    struct text name = out_done(&o);
    if (name.n == 0 || !(lexer_is_name_start((unsigned char)name.p[0]))) {
        parser_fail(p, "feel_name", "feel.name_expected");
        return T("");
    }
    return name;
}

// True when a name and a colon follow: a named argument.
bool parser_name_before_colon(const struct parser *p) {
    struct token t = p->token;
    if (t.kind != TOKEN_WORD) return false;
    for (;;) {
        t = lexer_next(p->source, t.end);
        struct text s = text_slice(p->source, t.start, t.end);
        if (t.kind == TOKEN_SIGN && is_word(s, ":")) return true;
        bool name_sign = t.kind == TOKEN_SIGN && s.n == 1 && strchr("+-*/.'", s.p[0]);
        if (t.kind != TOKEN_WORD && t.kind != TOKEN_NUMBER && !name_sign) return false;
    }
}

// ---- entry ----

static struct parser parser_new(struct arena *a, struct text source, const struct parse_options *o,
                                struct problem *p) {
    struct parser parser = {.arena = a, .source = text_copy(a, source), .problem = p, .first_line = 1};
    if (o) {
        parser.names = o->names;
        parser.find_type = o->find_type;
        parser.type_context = o->type_context;
        parser.names_are_all = o->names_are_all;
        if (o->first_line) parser.first_line = o->first_line;
    }
    parser_advance(&parser);
    return parser;
}

enum status parse_with(struct arena *a, struct text source, enum feel_mode mode,
                       const struct parse_options *options, const struct feel_expression **out,
                       struct problem *p) {
    *out = NULL;
    if (source.n > FEEL_SOURCE_MAX) {
        enum status ignored = problem(p, "expression", "feel_size", "feel.too_long");
        return ignored ? STATUS_TOO_LARGE : STATUS_OK;
    }
    if (!text_is_utf8(source)) return problem(p, "expression", "feel_utf8", "feel.not_text");
    struct parser parser = parser_new(a, source, options, p);
    const struct node *root = mode == FEEL_UNARY_TESTS ? parse_tests(&parser) : parse_expression(&parser);
    if (!parser.failed && parser.token.kind != TOKEN_END) parser_fail(&parser, "feel_end", "feel.unexpected");
    if (parser.failed || !root) return STATUS_INVALID;
    struct feel_expression *e = ARENA_NEW(a, struct feel_expression);
    *e = (struct feel_expression){root, mode, parser.uses.items, parser.uses.count};
    *out = e;
    return STATUS_OK;
}

enum status feel_parse(struct arena *a, struct text source, enum feel_mode mode,
                       const struct feel_names *names, const struct feel_expression **out,
                       struct problem *p) {
    return parse_with(a, source, mode, &(struct parse_options){.names = names}, out, p);
}

const struct text *feel_uses(const struct feel_expression *e, size_t *count) {
    *count = e->use_count;
    return e->uses;
}

const struct feel_type *parse_type_text(struct arena *a, struct text source,
                                        const struct parse_options *options) {
    struct problem unused = {0};
    if (source.n > FEEL_SOURCE_MAX || !text_is_utf8(source)) return NULL;
    struct parser p = parser_new(a, source, options, &unused);
    const struct feel_type *t = parse_type(&p);
    return p.failed || p.token.kind != TOKEN_END ? NULL : t;
}
