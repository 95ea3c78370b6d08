// Types in expressions: number, list<string>, context<a: number>, function<number> -> string, names of a
// model.
#include <string.h>

#include "rules/parser.h"

static const struct feel_type *new_type(struct parser *p, struct feel_type t) {
    return arena_copy(p->arena, &t, sizeof t);
}

static const struct feel_type *element(struct parser *p, enum type_kind kind) {
    struct feel_type t = {.kind = kind};
    if (!parser_expect(p, "<")) return NULL;
    t.element = parse_type(p);
    return parser_expect(p, ">") ? new_type(p, t) : NULL;
}

struct type_list {
    const struct feel_type **items;
    size_t count, capacity;
};

static const struct feel_type *context_type(struct parser *p) {
    struct type_list types = {0};
    struct {
        struct text *items;
        size_t count, capacity;
    } names = {0};
    if (!parser_expect(p, "<")) return NULL;
    while (!p->failed && !parser_is(p, ">")) {
        struct text name = parser_declared_name(p, ":");
        *ARENA_PUSH(p->arena, &names) = name;
        if (!parser_expect(p, ":")) return NULL;
        *ARENA_PUSH(p->arena, &types) = parse_type(p);
        if (!parser_accept(p, ",")) break;
    }
    if (!parser_expect(p, ">")) return NULL;
    return new_type(
        p, (struct feel_type){
               .kind = TYPE_CONTEXT, .names = names.items, .types = types.items, .count = types.count});
}

static const struct feel_type *function_type(struct parser *p) {
    struct type_list types = {0};
    if (!parser_expect(p, "<")) return NULL;
    while (!p->failed && !parser_is(p, ">")) {
        *ARENA_PUSH(p->arena, &types) = parse_type(p);
        if (!parser_accept(p, ",")) break;
    }
    if (!parser_expect(p, ">") || !parser_expect(p, "->")) return NULL;
    const struct feel_type *result = parse_type(p);
    return new_type(
        p, (struct feel_type){
               .kind = TYPE_FUNCTION, .element = result, .types = types.items, .count = types.count});
}

// Plain words and dots, up to a key word or sign.
static struct text type_name(struct parser *p) {
    struct out o = {.arena = p->arena};
    while (p->token.kind == TOKEN_WORD && !(o.n && parser_is_key_word(p))) {
        out_text(&o, parser_text(p));
        parser_advance(p);
        if (parser_is(p, ".")) {
            out_byte(&o, '.');
            parser_advance(p);
        } else if (p->token.kind == TOKEN_WORD && !parser_is_key_word(p))
            out_byte(&o, ' ');
        else
            break;
    }
    struct text name = out_done(&o);
    if (!name.n) parser_fail(p, "feel_type", "feel.type_expected");
    return name;
}

// The longest name of a model's type that stands here; it may hold signs and key words ("t-fee", "date of
// x").
static const struct feel_type *model_type(struct parser *p) {
    enum { TOKENS_MAX = 16 };
    struct out o = {.arena = p->arena};
    const struct feel_type *best = NULL;
    size_t end = p->token.start;
    struct token t = p->token;
    for (int i = 0; i < TOKENS_MAX && p->find_type; i++, t = lexer_next(p->source, t.end)) {
        bool is_sign = t.kind == TOKEN_SIGN && strchr("+-*/.'", p->source.p[t.start]);
        if (t.kind != TOKEN_WORD && t.kind != TOKEN_NUMBER && !is_sign) break;
        if (i && t.start > end) out_byte(&o, ' ');
        out_text(&o, text_slice(p->source, t.start, t.end));
        end = t.end;
        const struct feel_type *found = p->find_type(p->type_context, out_done(&o));
        if (found) best = found, p->token.end = end;
    }
    if (best) parser_advance(p);
    return best;
}

static const struct feel_type *named(struct parser *p) {
    size_t count, end;
    const struct feel_type *t = model_type(p);
    if (t) return t;
    const struct text *names = type_builtin_names(&count);
    for (size_t i = 0; i < count; i++) {
        if (!(end = lexer_match_name(p->source, p->token.start, names[i]))) continue;
        p->token.end = end;
        parser_advance(p);
        return type_builtin(names[i]);
    }
    struct text name = type_name(p);
    return new_type(p, (struct feel_type){.kind = TYPE_UNKNOWN, .name = name});
}

static bool before_angle(const struct parser *p, const char *word) {
    struct token next = parser_ahead(p);
    return parser_is(p, word) && next.kind == TOKEN_SIGN && p->source.p[next.start] == '<';
}

const struct feel_type *parse_type(struct parser *p) {
    if (!parser_enter(p)) return NULL;
    const struct feel_type *t = NULL;
    if (p->token.kind != TOKEN_WORD)
        parser_fail(p, "feel_type", "feel.type_expected");
    else if (before_angle(p, "list"))
        parser_advance(p), t = element(p, TYPE_LIST);
    else if (before_angle(p, "range"))
        parser_advance(p), t = element(p, TYPE_RANGE);
    else if (before_angle(p, "context"))
        parser_advance(p), t = context_type(p);
    else if (before_angle(p, "function"))
        parser_advance(p), t = function_type(p);
    else
        t = named(p);
    p->depth--;
    return t;
}
