// Tags, blocks and conditions become ops; template_page.c inlines partials and layouts.
#include <string.h>

#include "web/template_inside.h"

static int line_of(const struct cursor *cur) {
    int line = 1;
    for (size_t i = 0; i < cur->tag_at && i < cur->source->html.n; i++)
        line += cur->source->html.p[i] == '\n';
    return line;
}

enum status compile_fail(struct compiler *c, const char *rule, struct text what) {
    if (!c->problem) return STATUS_INVALID;
    *c->problem = (struct problem){0};
    enum status st = problem(c->problem, c->cursor ? c->cursor->source->name : "", rule, "problem.template");
    c->problem->line = c->cursor ? line_of(c->cursor) : 0;
    problem_arg(c->problem, "what", what);
    return st;
}

// ---- emitting

static size_t here(struct compiler *c) {
    if (c->literal.n) {
        struct op *op = ARENA_PUSH(c->arena, &c->ops);
        op->kind = OP_LITERAL;
        op->literal = out_done(&c->literal);
        c->literal = (struct out){.arena = c->arena};
    }
    return c->ops.count;
}

// The jump at `from` lands on what comes next. (here() may move the ops.)
static void land(struct compiler *c, size_t from) {
    size_t to = here(c);
    c->ops.items[from].target = to;
}

struct op *emit(struct compiler *c, enum op_kind kind) {
    here(c);
    struct op *op = ARENA_PUSH(c->arena, &c->ops);
    op->kind = kind;
    return op;
}

static enum status emit_literal(struct compiler *c, struct text literal) {
    const char *rule = "";
    if (!html_feed(&c->html, literal, &rule)) return compile_fail(c, rule, text_slice(literal, 0, 40));
    out_text(&c->literal, literal);
    return STATUS_OK;
}

static enum status emit_value(struct compiler *c, enum op_kind kind, const struct value *v,
                              struct text what) {
    enum html_place place;
    const char *rule = "";
    if (!html_place(&c->html, &place, &rule)) return compile_fail(c, rule, what);
    bool is_url = place == PLACE_URL_START || place == PLACE_URL_REST;
    if (is_url && v->kind == VALUE_SENTENCE) return compile_fail(c, "sentence_in_url", what);
    if (v->kind == VALUE_FIELD || v->kind == VALUE_STATE)
        if (v->type == VIEW_KIND_STRUCT || v->type == VIEW_KIND_REF || v->type == VIEW_KIND_LIST ||
            v->type == VIEW_KIND_BOOL)
            return compile_fail(c, "cannot_be_shown", what);
    if (v->kind == VALUE_NONE) return STATUS_OK;
    html_value(&c->html);
    if (v->kind == VALUE_LITERAL) {
        escape_text(&c->literal, place, v->literal);
        return STATUS_OK;
    }
    struct op *op = emit(c, kind);
    op->place = place;
    op->value = v;
    return STATUS_OK;
}

// ---- reading

static bool is_alone(const struct text html, size_t from, size_t to) {
    while (from > 0 && (html.p[from - 1] == ' ' || html.p[from - 1] == '\t')) from--;
    while (to < html.n && (html.p[to] == ' ' || html.p[to] == '\t')) to++;
    return (from == 0 || html.p[from - 1] == '\n') && (to == html.n || html.p[to] == '\n');
}

// The literal up to the next tag, and the tag. False at the end of the file (tag->rest.p is NULL then). A tag
// that does not print and stands alone on its line takes the whole line with it.
bool read_tag(struct cursor *cur, struct text *literal, struct tag *tag, bool *is_open) {
    struct text html = cur->source->html, rest = text_slice(html, cur->at, html.n);
    size_t at, end;
    *is_open = false;
    if (!text_find(rest, T("{{"), &at)) {
        *literal = rest;
        cur->at = html.n;
        return false;
    }
    cur->tag_at = cur->at + at;
    struct text inside = text_slice(html, cur->tag_at + 2, html.n);
    *is_open = !text_find(inside, T("}}"), &end);
    if (*is_open) return false;
    *literal = text_slice(rest, 0, at);
    tag->rest = text_trim(text_slice(inside, 0, end));
    cur->at = cur->tag_at + 2 + end + 2;
    bool is_silent =
        tag->rest.n && (strchr("#/>!", tag->rest.p[0]) || text_starts(tag->rest, T("else")) ||
                        text_starts(tag->rest, T("layout ")) || text_starts(tag->rest, T("args")));
    if (is_silent && is_alone(html, cur->tag_at, cur->at)) {
        while (literal->n && literal->p[literal->n - 1] != '\n') literal->n--;
        while (cur->at < html.n && html.p[cur->at++] != '\n') {
        }
    }
    return true;
}

// Passes over a block without compiling it.
static enum status skip(struct compiler *c, struct cursor *cur, struct stop *stop) {
    struct text literal;
    struct tag tag;
    bool is_open;
    int depth = 0;
    while (read_tag(cur, &literal, &tag, &is_open)) {
        char first = tag.rest.n ? tag.rest.p[0] : 0;
        if (first == '#') depth++;
        if (first == '/' && depth-- == 0) {
            *stop = (struct stop){STOP_CLOSE, text_trim(text_slice(tag.rest, 1, tag.rest.n)), {{0}}};
            return STATUS_OK;
        }
        if (depth == 0 && (text_eq(tag.rest, T("else")) || text_starts(tag.rest, T("else ")))) {
            *stop = (struct stop){STOP_ELSE, {0}, {text_slice(tag.rest, 4, tag.rest.n)}};
            return STATUS_OK;
        }
    }
    return compile_fail(c, "block_not_closed", T(""));
}

enum status skip_to_close(struct compiler *c, struct cursor *cur, struct stop *stop) {
    enum status st;
    do st = skip(c, cur, stop);
    while (!st && stop->kind != STOP_CLOSE);
    return st;
}

enum status expect_close(struct compiler *c, const struct stop *stop, const char *name) {
    if (stop->kind != STOP_CLOSE) return compile_fail(c, "block_not_closed", text_of(name));
    return text_eq(stop->name, text_of(name)) ? STATUS_OK : compile_fail(c, "wrong_block_closed", stop->name);
}

// ---- conditions

static bool is_constant(const struct term *t, bool *is_true) {
    const struct value *v = t->value;
    if (v->kind != VALUE_NONE && v->kind != VALUE_LITERAL && (v->kind != VALUE_SENTENCE || v->of))
        return false;
    struct text text = v->kind == VALUE_LITERAL ? v->literal : T("");
    *is_true = t->equals ? text_eq(text, *t->equals) : v->kind == VALUE_SENTENCE || text.n > 0;
    *is_true ^= t->is_negated;
    return true;
}

static bool condition_is_constant(const struct op *op, bool *result) {
    for (size_t i = 0; i < op->term_count; i++) {
        bool is_true;
        if (!is_constant(&op->terms[i], &is_true)) return false;
        *result = i == 0 ? is_true : op->terms[i].is_or ? *result || is_true : *result && is_true;
    }
    return true;
}

static enum status compile_if(struct compiler *c, struct cursor *cur, struct tag *tag);

// After {{else}} or {{else if ...}}: the rest up to {{/if}}.
static enum status compile_else(struct compiler *c, struct cursor *cur, struct stop *stop) {
    struct token word = tag_next(&stop->tag);
    if (word.kind == TOKEN_WORD && text_eq(word.text, T("if"))) return compile_if(c, cur, &stop->tag);
    if (word.kind != TOKEN_END) return compile_fail(c, "unexpected_word", word.text);
    enum status st = compile_until(c, cur, stop);
    return st ? st : expect_close(c, stop, "if");
}

static enum status compile_known_if(struct compiler *c, struct cursor *cur, bool is_true) {
    struct stop stop;
    enum status st = is_true ? compile_until(c, cur, &stop) : skip(c, cur, &stop);
    if (st) return st;
    if (stop.kind == STOP_ELSE && !is_true) return compile_else(c, cur, &stop);
    if (stop.kind == STOP_ELSE) st = skip_to_close(c, cur, &stop);
    return st ? st : expect_close(c, &stop, "if");
}

static enum status compile_if(struct compiler *c, struct cursor *cur, struct tag *tag) {
    struct op condition = {.kind = OP_UNLESS};
    struct stop stop;
    bool is_true = false;
    enum status st = condition_parse(c, tag, &condition);
    if (st) return st;
    if (condition_is_constant(&condition, &is_true)) return compile_known_if(c, cur, is_true);
    *emit(c, OP_UNLESS) = condition;
    size_t unless = c->ops.count - 1;
    struct html_context before = c->html, branch;
    if ((st = compile_until(c, cur, &stop))) return st;
    branch = c->html;
    c->html = before;
    if (stop.kind == STOP_ELSE) {
        emit(c, OP_JUMP);
        size_t jump = c->ops.count - 1;
        land(c, unless);
        if ((st = compile_else(c, cur, &stop))) return st;
        land(c, jump);
    } else {
        if ((st = expect_close(c, &stop, "if"))) return st;
        land(c, unless);
    }
    return html_join(&c->html, &branch) ? STATUS_OK
                                        : compile_fail(c, "branches_end_in_different_places", T("if"));
}

// ---- blocks

static enum status push_scope(struct compiler *c, const struct view *view, bool is_loop) {
    if (c->scope_count == TEMPLATE_DEPTH_MAX) return compile_fail(c, "too_deep", T(""));
    c->scopes[c->scope_count++] = (struct scope){view, is_loop, false};
    return STATUS_OK;
}

static enum status compile_each(struct compiler *c, struct cursor *cur, struct tag *tag) {
    const struct value *list;
    struct stop stop;
    enum status st = value_parse(c, tag, &list);
    if (!st) st = expect_end(c, tag);
    if (st) return st;
    if ((list->kind != VALUE_FIELD && list->kind != VALUE_STATE) || list->type != VIEW_KIND_LIST)
        return compile_fail(c, "not_a_list", tag->rest);
    struct op *each = emit(c, OP_EACH);
    size_t at = c->ops.count - 1;
    each->value = list;
    each->scope = c->scope_count;
    if ((st = push_scope(c, list->view, true))) return st;
    struct html_context before = c->html;
    if ((st = compile_until(c, cur, &stop))) return st;
    struct op *next = emit(c, OP_NEXT);
    next->scope = --c->scope_count;
    next->target = at + 1;
    if (!html_join(&c->html, &before)) return compile_fail(c, "branches_end_in_different_places", T("each"));
    if (stop.kind != STOP_ELSE) {
        land(c, at);
        return expect_close(c, &stop, "each");
    }
    emit(c, OP_JUMP);
    size_t jump = c->ops.count - 1;
    land(c, at);
    c->html = before;
    if ((st = compile_until(c, cur, &stop))) return st;
    land(c, jump);
    if (!html_join(&c->html, &before)) return compile_fail(c, "branches_end_in_different_places", T("each"));
    return expect_close(c, &stop, "each");
}

static enum status compile_with(struct compiler *c, struct cursor *cur, struct tag *tag) {
    const struct value *v;
    struct stop stop;
    enum status st = value_parse(c, tag, &v);
    if (!st) st = expect_end(c, tag);
    if (st) return st;
    bool is_field = v->kind == VALUE_FIELD || v->kind == VALUE_STATE;
    if (!is_field || (v->type != VIEW_KIND_STRUCT && v->type != VIEW_KIND_REF))
        return compile_fail(c, "not_a_struct", T(""));
    struct op *with = emit(c, OP_WITH);
    size_t at = c->ops.count - 1;
    with->value = v;
    with->scope = c->scope_count;
    if ((st = push_scope(c, v->view, false))) return st;
    struct html_context before = c->html;
    if ((st = compile_until(c, cur, &stop))) return st;
    c->scope_count--;
    land(c, at);
    if (!html_join(&c->html, &before)) return compile_fail(c, "branches_end_in_different_places", T("with"));
    return expect_close(c, &stop, "with");
}

static enum status compile_slot(struct compiler *c, struct cursor *cur, struct tag *tag) {
    struct token name = tag_next(tag);
    unsigned number = slot_number(c, name.text);
    struct stop stop;
    if (name.kind != TOKEN_WORD) return compile_fail(c, "expected_name", name.text);
    if (number == SLOTS_MAX) return compile_fail(c, "too_many_slots", name.text);
    if (c->html.state != HTML_TEXT) return compile_fail(c, "slot_inside_tag", name.text);
    struct html_context before = c->html, inside = {0};
    if (text_eq(name.text, T("title"))) { // shown inside <title>: text without tags
        c->has_title = true;
        inside.state = HTML_RCDATA;
        memcpy(inside.element, "title", 6);
    }
    c->html = inside;
    emit(c, OP_SLOT_BEGIN)->scope = number;
    enum status st = compile_until(c, cur, &stop);
    if (!st) st = expect_close(c, &stop, "slot");
    if (!st && c->html.state != inside.state) st = compile_fail(c, "slot_not_closed", name.text);
    emit(c, OP_SLOT_END)->scope = number;
    c->html = before;
    return st;
}

enum status put_slot(struct compiler *c, struct text name) {
    unsigned number = slot_number(c, name);
    enum html_state wanted = text_eq(name, T("title")) ? HTML_RCDATA : HTML_TEXT;
    if (number == SLOTS_MAX) return compile_fail(c, "too_many_slots", name);
    if (c->html.state != wanted) return compile_fail(c, "slot_in_wrong_place", name);
    emit(c, OP_SLOT_PUT)->scope = number;
    return STATUS_OK;
}

// ---- one tag

static enum status compile_block(struct compiler *c, struct cursor *cur, struct tag *tag) {
    tag->rest = text_slice(tag->rest, 1, tag->rest.n);
    if (text_starts(tag->rest, T(">"))) {
        tag->rest = text_slice(tag->rest, 1, tag->rest.n);
        return compile_partial(c, cur, tag, true);
    }
    struct token word = tag_next(tag);
    if (text_eq(word.text, T("if"))) return compile_if(c, cur, tag);
    if (text_eq(word.text, T("each"))) return compile_each(c, cur, tag);
    if (text_eq(word.text, T("with"))) return compile_with(c, cur, tag);
    if (text_eq(word.text, T("slot"))) return compile_slot(c, cur, tag);
    return compile_fail(c, "unknown_block", word.text);
}

static enum status compile_layout_name(struct compiler *c, struct tag *tag) {
    tag_next(tag);
    struct token name = tag_next(tag);
    if (name.kind != TOKEN_STRING || c->layout.n || c->around)
        return compile_fail(c, "layout_out_of_place", name.text);
    c->layout = name.text;
    return expect_end(c, tag);
}

static enum status compile_word(struct compiler *c, struct tag *tag) {
    struct tag whole = *tag;
    struct token word = tag_peek(tag);
    const struct value *v;
    enum status st;
    if (text_eq(word.text, T("content"))) return compile_content(c);
    if (text_eq(word.text, T("layout"))) return compile_layout_name(c, tag);
    if (text_eq(word.text, T("slot"))) {
        tag_next(tag);
        return put_slot(c, tag_next(tag).text);
    }
    if (text_eq(word.text, T("t")) || text_eq(word.text, T("tr"))) {
        tag_next(tag);
        st = sentence_parse(c, tag, word.text.n == 2, &v);
    } else {
        st = value_parse(c, tag, &v);
    }
    if (!st) st = expect_end(c, tag);
    bool is_sentence = text_eq(word.text, T("t")) || text_eq(word.text, T("tr"));
    return st ? st : emit_value(c, is_sentence ? OP_SENTENCE : OP_VALUE, v, whole.rest);
}

static enum status compile_tag(struct compiler *c, struct cursor *cur, struct tag *tag) {
    if (!tag->rest.n) return compile_fail(c, "empty_tag", tag->rest);
    if (++c->depth > TEMPLATE_DEPTH_MAX * 2) return compile_fail(c, "too_deep", tag->rest);
    enum status st;
    if (tag->rest.p[0] == '!') {
        st = STATUS_OK;
    } else if (tag->rest.p[0] == '#') {
        st = compile_block(c, cur, tag);
    } else if (tag->rest.p[0] == '>') {
        tag->rest = text_slice(tag->rest, 1, tag->rest.n);
        st = compile_partial(c, cur, tag, false);
    } else {
        st = compile_word(c, tag);
    }
    c->depth--;
    return st;
}

enum status compile_until(struct compiler *c, struct cursor *cur, struct stop *stop) {
    struct text literal = {0};
    struct tag tag = {{0}};
    bool is_open;
    enum status st;
    *stop = (struct stop){0};
    while (read_tag(cur, &literal, &tag, &is_open)) {
        if ((st = emit_literal(c, literal))) return st;
        if (tag.rest.n && tag.rest.p[0] == '/') {
            *stop = (struct stop){STOP_CLOSE, text_trim(text_slice(tag.rest, 1, tag.rest.n)), {{0}}};
            return STATUS_OK;
        }
        if (text_eq(tag.rest, T("else")) || text_starts(tag.rest, T("else "))) {
            *stop = (struct stop){STOP_ELSE, {0}, {text_slice(tag.rest, 4, tag.rest.n)}};
            return STATUS_OK;
        }
        if ((st = compile_tag(c, cur, &tag))) return st;
        if (c->ops.count > TEMPLATE_OPS_MAX) return compile_fail(c, "template_too_long", T(""));
    }
    if (is_open) return compile_fail(c, "tag_not_closed", T(""));
    return emit_literal(c, literal);
}
