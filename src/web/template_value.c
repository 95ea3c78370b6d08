// The words inside {{ }}: values, sentences with their arguments, conditions - resolved against views and
// texts.
#include <ctype.h>
#include <string.h>

#include "web/template_inside.h"

static bool is_word(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-' || c == '@' || c == '$' || c == '/';
}

struct token tag_next(struct tag *t) {
    t->rest = text_trim(t->rest);
    if (!t->rest.n) return (struct token){TOKEN_END, {0}};
    char c = t->rest.p[0];
    size_t n = 0;
    struct token token = {TOKEN_SIGN, {0}};
    if (c == '"') {
        for (n = 1; n < t->rest.n && t->rest.p[n] != '"'; n++) {
        }
        token = (struct token){n < t->rest.n ? TOKEN_STRING : TOKEN_SIGN, text_slice(t->rest, 1, n)};
        n++;
    } else if (is_word(c)) {
        while (n < t->rest.n && is_word(t->rest.p[n])) n++;
        token = (struct token){TOKEN_WORD, text_slice(t->rest, 0, n)};
    } else {
        n = t->rest.n > 1 && t->rest.p[1] == '=' && (c == '=' || c == '!') ? 2 : 1;
        token.text = text_slice(t->rest, 0, n);
    }
    t->rest = text_slice(t->rest, n, t->rest.n);
    return token;
}

struct token tag_peek(const struct tag *t) {
    struct tag copy = *t;
    return tag_next(&copy);
}

static bool is_sign(struct token t, const char *sign) {
    return t.kind == TOKEN_SIGN && text_eq(t.text, text_of(sign));
}

static bool is_name(struct token t, const char *name) {
    return t.kind == TOKEN_WORD && text_eq(t.text, text_of(name));
}

enum status expect_end(struct compiler *c, struct tag *t) {
    struct token rest = tag_next(t);
    return rest.kind == TOKEN_END ? STATUS_OK : compile_fail(c, "unexpected_word", rest.text);
}

unsigned slot_number(struct compiler *c, struct text name) {
    for (size_t i = 0; i < c->slot_count; i++)
        if (text_eq(c->slots[i], name)) return (unsigned)i;
    if (c->slot_count == SLOTS_MAX) return SLOTS_MAX;
    c->slots[c->slot_count] = name;
    return (unsigned)c->slot_count++;
}

static const struct view_field *field_find(const struct view *view, struct text name) {
    for (const struct view_field *f = view ? view->fields : NULL; f && f->kind; f++)
        if (text_eq(text_of(f->name), name)) return f;
    return NULL;
}

static void take_field(struct value *v, const struct view_field *f) {
    v->hop[v->hops].offset = f->offset;
    v->hop[v->hops++].is_reference = f->kind == VIEW_KIND_REF;
    v->type = f->kind;
    v->view = f->view;
    v->count_offset = f->count_offset;
    v->item_size = f->item_size;
}

// The rest of "a.b.c" after its first field.
static enum status path_rest(struct compiler *c, struct text path, struct value *v) {
    struct text part;
    while (path.p && text_cut(&path, '.', &part)) {
        if (v->type != VIEW_KIND_STRUCT && v->type != VIEW_KIND_REF)
            return compile_fail(c, "has_no_members", part);
        const struct view_field *f = field_find(v->view, part);
        if (!f) return compile_fail(c, "unknown_name", part);
        if (v->hops == VALUE_HOPS_MAX) return compile_fail(c, "path_too_long", part);
        take_field(v, f);
    }
    return STATUS_OK;
}

static enum status path_parse(struct compiler *c, struct text path, struct value *v) {
    struct text whole = path, first;
    if (!text_cut(&path, '.', &first)) return compile_fail(c, "unknown_name", whole);
    for (unsigned i = c->scope_count; i-- > 0;) {
        const struct view_field *f = c->scopes[i].is_hidden ? NULL : field_find(c->scopes[i].view, first);
        if (!f) continue;
        v->kind = VALUE_FIELD;
        v->scope = i;
        take_field(v, f);
        return path_rest(c, path, v);
    }
    return compile_fail(c, "unknown_name", whole);
}

static enum status state_parse(struct compiler *c, struct text path, struct value *v) {
    struct text whole = path, first;
    if (!text_cut(&path, '.', &first)) return compile_fail(c, "unknown_name", whole);
    const struct view_field *f = field_find(c->world->page_state, first);
    if (!f) return compile_fail(c, "unknown_name", whole);
    if (text_eq(first, T("csrf"))) c->uses_csrf = true;
    v->kind = VALUE_STATE;
    take_field(v, f);
    return path_rest(c, path, v);
}

static enum status loop_parse(struct compiler *c, struct text word, struct value *v) {
    if (text_eq(word, T(".machine"))) {
        v->kind = VALUE_MACHINE;
        return STATUS_OK;
    }
    v->kind = text_eq(word, T(".index"))   ? VALUE_INDEX
              : text_eq(word, T(".first")) ? VALUE_FIRST
              : text_eq(word, T(".last"))  ? VALUE_LAST
                                           : VALUE_NONE;
    if (!v->kind) return compile_fail(c, "unknown_name", word);
    for (unsigned i = c->scope_count; i-- > 0;) {
        if (!c->scopes[i].is_loop || c->scopes[i].is_hidden) continue;
        v->scope = i;
        return STATUS_OK;
    }
    return compile_fail(c, "not_in_each", word);
}

static enum status argument_find(struct compiler *c, struct text name, const struct value **out) {
    const struct surroundings *s = c->around;
    for (size_t i = 0; s && i < s->argument_count; i++) {
        if (!text_eq(s->arguments[i].name, name)) continue;
        *out = s->arguments[i].value;
        return STATUS_OK;
    }
    return compile_fail(c, "unknown_argument", name);
}

static enum status bracket_parse(struct compiler *c, struct tag *t, const struct value **out) {
    struct token word = tag_next(t);
    enum status st;
    if (is_name(word, "t") || is_name(word, "tr")) {
        st = sentence_parse(c, t, word.text.n == 2, out);
    } else if (is_name(word, "text")) {
        st = value_parse(c, t, out);
        if (!st) {
            struct value *plain = arena_copy(c->arena, *out, sizeof **out);
            plain->is_plain = true;
            *out = plain;
        }
    } else {
        return compile_fail(c, "expected_t_or_text", word.text);
    }
    if (st) return st;
    struct token close = tag_next(t);
    return is_sign(close, ")") ? STATUS_OK : compile_fail(c, "bracket_not_closed", close.text);
}

static enum status error_parse(struct compiler *c, struct tag *t, struct value *v) {
    v->kind = VALUE_ERROR;
    return value_parse(c, t, &v->of);
}

static enum status slot_parse(struct compiler *c, struct tag *t, struct value *v) {
    struct token name = tag_next(t);
    v->kind = VALUE_SLOT;
    v->scope = slot_number(c, name.text);
    return v->scope < SLOTS_MAX ? STATUS_OK : compile_fail(c, "too_many_slots", name.text);
}

static enum status asset_parse(struct compiler *c, struct tag *t, struct value *v) {
    struct token name = tag_next(t);
    v->kind = VALUE_LITERAL;
    if (name.kind == TOKEN_STRING && c->world->asset &&
        c->world->asset(c->world->context, name.text, &v->literal))
        return STATUS_OK;
    return compile_fail(c, "unknown_asset", name.text);
}

enum status value_parse(struct compiler *c, struct tag *t, const struct value **out) {
    struct token token = tag_next(t);
    struct value *v = ARENA_NEW(c->arena, struct value);
    *out = v;
    if (token.kind == TOKEN_STRING) {
        v->kind = VALUE_LITERAL;
        v->literal = token.text;
        return STATUS_OK;
    }
    if (is_sign(token, "(")) return bracket_parse(c, t, out);
    if (token.kind != TOKEN_WORD) return compile_fail(c, "expected_value", token.text);
    if (is_name(token, "error")) return error_parse(c, t, v);
    if (is_name(token, "slot")) return slot_parse(c, t, v);
    if (is_name(token, "asset")) return asset_parse(c, t, v);
    struct text tail = text_slice(token.text, 1, token.text.n);
    if (token.text.p[0] == '$') return argument_find(c, tail, out);
    if (token.text.p[0] == '@') return state_parse(c, tail, v);
    if (token.text.p[0] == '.') return loop_parse(c, token.text, v);
    return path_parse(c, token.text, v);
}

enum status arguments_parse(struct compiler *c, struct tag *t, struct argument **out, size_t *count) {
    struct {
        struct argument *items;
        size_t count, capacity;
    } list = {0};
    for (struct token name = tag_peek(t); name.kind == TOKEN_WORD; name = tag_peek(t)) {
        name = tag_next(t);
        struct token sign = tag_next(t);
        if (!is_sign(sign, "=")) return compile_fail(c, "expected_equals", name.text);
        for (size_t i = 0; i < list.count; i++)
            if (text_eq(list.items[i].name, name.text)) return compile_fail(c, "argument_twice", name.text);
        struct argument *a = ARENA_PUSH(c->arena, &list);
        a->name = name.text;
        enum status st = value_parse(c, t, &a->value);
        if (st) return st;
    }
    *out = list.items;
    *count = list.count;
    return STATUS_OK;
}

// ---- sentences

static bool has_argument(const struct value *v, struct text name) {
    for (size_t i = 0; i < v->argument_count; i++)
        if (text_eq(v->arguments[i].name, name)) return true;
    return false;
}

// Cuts the next {name} out of a pattern; "{{" is a brace.
static bool next_placeholder(struct text *pattern, struct text *name) {
    for (size_t i = 0; i + 1 < pattern->n; i++) {
        if (pattern->p[i] != '{') continue;
        if (pattern->p[i + 1] == '{') {
            i++;
            continue;
        }
        struct text rest = text_slice(*pattern, i + 1, pattern->n);
        if (!text_cut(&rest, '}', name)) return false;
        *pattern = rest;
        return true;
    }
    return false;
}

// Every placeholder of the sentence has its argument, and every argument its placeholder ("count" may only
// choose the form).
static enum status sentence_check(struct compiler *c, const struct value *v) {
    if (!texts_has(&c->world->texts, v->literal)) return compile_fail(c, "missing_sentence", v->literal);
    for (size_t i = 0; i < v->argument_count; i++) {
        bool is_used = text_eq(v->arguments[i].name, T("count"));
        for (int n = 0; n < 3 && !is_used; n++) {
            struct text pattern = texts_count(&c->world->texts, SOURCE_LANGUAGE, v->literal, n, NULL), name;
            while (!is_used && pattern.p && next_placeholder(&pattern, &name))
                is_used = text_eq(name, v->arguments[i].name);
        }
        if (!is_used) return compile_fail(c, "argument_not_in_sentence", v->arguments[i].name);
    }
    for (int n = 0; n < 3; n++) {
        struct text pattern = texts_count(&c->world->texts, SOURCE_LANGUAGE, v->literal, n, NULL), name;
        while (pattern.p && next_placeholder(&pattern, &name))
            if (!has_argument(v, name)) return compile_fail(c, "sentence_needs_argument", name);
    }
    return STATUS_OK;
}

enum status sentence_parse(struct compiler *c, struct tag *t, bool is_dynamic, const struct value **out) {
    struct value *v = ARENA_NEW(c->arena, struct value);
    enum status st = STATUS_OK;
    v->kind = VALUE_SENTENCE;
    *out = v;
    if (is_dynamic) {
        st = value_parse(c, t, &v->of);
    } else {
        struct token key = tag_next(t);
        if (key.kind != TOKEN_WORD) return compile_fail(c, "expected_key", key.text);
        v->literal = key.text;
    }
    struct argument *arguments = NULL;
    if (!st) st = arguments_parse(c, t, &arguments, &v->argument_count);
    if (st) return st;
    v->arguments = arguments;
    if (!is_dynamic) return sentence_check(c, v);
    if (v->of->kind == VALUE_LITERAL && !v->of->is_plain) { // a partial's label="some.key"
        v->literal = v->of->literal;
        v->of = NULL;
        return sentence_check(c, v);
    }
    if (v->of->kind == VALUE_SENTENCE || v->of->is_plain || v->of->kind == VALUE_NONE)
        *out = v->of;
    else if (v->of->kind != VALUE_FIELD && v->of->kind != VALUE_STATE)
        return compile_fail(c, "not_a_key", v->of->literal);
    return STATUS_OK;
}

// ---- conditions: [not] value [== "x" | != "x"] joined by and / or, from left to right

static enum status term_parse(struct compiler *c, struct tag *t, struct term *term) {
    if (is_name(tag_peek(t), "not")) {
        tag_next(t);
        term->is_negated = true;
    }
    enum status st = value_parse(c, t, &term->value);
    struct token sign = tag_peek(t);
    if (st || (!is_sign(sign, "==") && !is_sign(sign, "!="))) return st;
    tag_next(t);
    struct token literal = tag_next(t);
    if (literal.kind != TOKEN_STRING) return compile_fail(c, "expected_string", literal.text);
    term->equals = arena_copy(c->arena, &literal.text, sizeof literal.text);
    term->is_negated ^= sign.text.p[0] == '!';
    return STATUS_OK;
}

enum status condition_parse(struct compiler *c, struct tag *t, struct op *op) {
    op->terms = ARENA_ARRAY(c->arena, struct term, TERMS_MAX);
    for (;;) {
        if (op->term_count == TERMS_MAX) return compile_fail(c, "condition_too_long", t->rest);
        enum status st = term_parse(c, t, &op->terms[op->term_count++]);
        if (st) return st;
        struct token word = tag_peek(t);
        if (!is_name(word, "and") && !is_name(word, "or")) return expect_end(c, t);
        tag_next(t);
        if (op->term_count < TERMS_MAX) op->terms[op->term_count].is_or = word.text.n == 2;
    }
}
