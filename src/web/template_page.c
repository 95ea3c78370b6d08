// From template files to one flat program a page: partials and layout are inlined.
#include <stdlib.h>
#include <string.h>

#include "web/template_inside.h"

// ---- partials and layouts

static const struct template_source *source_find(const struct compiler *c, const char *folder,
                                                 struct text name) {
    for (size_t i = 0; i < c->world->source_count; i++) {
        struct text have = text_of(c->world->sources[i].name), prefix = text_of(folder);
        if (text_starts(have, prefix) && text_eq(text_slice(have, prefix.n, have.n), name))
            return &c->world->sources[i];
    }
    return NULL;
}

// Binds what was given to what {{args a b?}} says; the tag stands first in the partial.
static enum status bind(struct compiler *c, struct cursor *cur, struct surroundings *s) {
    static const struct value NOTHING = {0};
    struct text literal;
    struct tag tag = {{0}};
    bool is_open;
    struct {
        struct argument *items;
        size_t count, capacity;
    } bound = {0};
    if (!read_tag(cur, &literal, &tag, &is_open) || text_trim(literal).n || !text_starts(tag.rest, T("args")))
        return compile_fail(c, "partial_without_args", text_of(cur->source->name));
    tag.rest = text_slice(tag.rest, 4, tag.rest.n);
    size_t used = 0;
    for (struct token name = tag_next(&tag); name.kind == TOKEN_WORD; name = tag_next(&tag)) {
        bool is_optional = text_starts(tag.rest, T("?"));
        if (is_optional) tag.rest = text_slice(tag.rest, 1, tag.rest.n);
        struct argument *a = ARENA_PUSH(c->arena, &bound);
        *a = (struct argument){name.text, &NOTHING};
        for (size_t i = 0; i < s->argument_count; i++)
            if (text_eq(s->arguments[i].name, name.text)) a->value = s->arguments[i].value, used++;
        if (a->value == &NOTHING && !is_optional) return compile_fail(c, "argument_missing", name.text);
    }
    if (used != s->argument_count) {
        for (size_t i = 0; i < s->argument_count; i++) {
            bool is_known = false;
            for (size_t k = 0; k < bound.count; k++)
                is_known |= text_eq(bound.items[k].name, s->arguments[i].name);
            if (!is_known) return compile_fail(c, "unknown_argument", s->arguments[i].name);
        }
    }
    s->arguments = bound.items;
    s->argument_count = bound.count;
    return STATUS_OK;
}

// Compiles a whole file with nothing of the caller in sight but `s`.
static enum status compile_file(struct compiler *c, const struct template_source *source,
                                struct surroundings *s) {
    struct cursor cur = {source, 0, 0}, *caller_cursor = c->cursor;
    bool hidden[TEMPLATE_DEPTH_MAX];
    struct stop stop = {0};
    if (++c->depth > TEMPLATE_DEPTH_MAX) return compile_fail(c, "too_deep", text_of(source->name));
    enum status st = s ? bind(c, &cur, s) : STATUS_OK;
    if (st) return st;
    unsigned count = c->scope_count;
    for (unsigned i = 0; i < count; i++) hidden[i] = c->scopes[i].is_hidden, c->scopes[i].is_hidden = true;
    const struct surroundings *around = c->around;
    c->around = s;
    c->cursor = &cur;
    st = compile_until(c, &cur, &stop);
    if (!st && stop.kind != STOP_END) st = compile_fail(c, "nothing_to_close", stop.name);
    if (st) return st;
    for (unsigned i = 0; i < count; i++) c->scopes[i].is_hidden = hidden[i];
    c->around = around;
    c->cursor = caller_cursor;
    c->depth--;
    return STATUS_OK;
}

enum status compile_partial(struct compiler *c, struct cursor *cur, struct tag *tag, bool has_block) {
    struct token name = tag_next(tag);
    struct argument *arguments = NULL;
    struct surroundings s = {.caller = c->around, .content_scopes = c->scope_count};
    const struct template_source *source = source_find(c, "parts/", name.text);
    if (!source || name.kind != TOKEN_WORD) return compile_fail(c, "unknown_partial", name.text);
    enum status st = arguments_parse(c, tag, &arguments, &s.argument_count);
    if (!st) st = expect_end(c, tag);
    if (st) return st;
    s.arguments = arguments;
    for (unsigned i = 0; i < c->scope_count; i++) s.is_hidden[i] = c->scopes[i].is_hidden;
    struct cursor content = *cur;
    s.content = has_block ? &content : NULL;
    st = compile_file(c, source, &s);
    if (st || !has_block) return st;
    struct stop stop;
    st = skip_to_close(c, cur, &stop);
    return st ? st : expect_close(c, &stop, ">");
}

// {{content}}: in a partial the caller's block, in a layout the page.
enum status compile_content(struct compiler *c) {
    const struct surroundings *s = c->around;
    if (!s) return put_slot(c, T("content"));
    if (!s->content) return STATUS_OK;
    struct cursor cur = *s->content, *partial_cursor = c->cursor;
    struct scope scopes[TEMPLATE_DEPTH_MAX];
    struct stop stop;
    if (++c->depth > TEMPLATE_DEPTH_MAX) return compile_fail(c, "too_deep", T("content"));
    memcpy(scopes, c->scopes, sizeof scopes);
    // The block sees what its writer saw: the scopes outside the partial, as visible as they were there.
    for (unsigned i = 0; i < c->scope_count; i++)
        c->scopes[i].is_hidden = i >= s->content_scopes || s->is_hidden[i];
    c->around = s->caller;
    c->cursor = &cur;
    enum status st = compile_until(c, &cur, &stop);
    if (!st) st = expect_close(c, &stop, ">");
    if (st) return st;
    memcpy(c->scopes, scopes, sizeof scopes);
    c->around = s;
    c->cursor = partial_cursor;
    c->depth--;
    return STATUS_OK;
}

// ---- a page

static enum status compile_page(struct compiler *c, const struct page_template *page, struct program *out) {
    const struct template_source *source = source_find(c, "", text_of(page->name));
    if (!source) return compile_fail(c, "template_missing", text_of(page->name));
    c->literal.arena = c->arena;
    slot_number(c, T("content"));
    emit(c, OP_SLOT_BEGIN)->scope = 0;
    c->scopes[c->scope_count++] = (struct scope){page->view, false, false};
    struct cursor cur = {source, 0, 0};
    struct stop stop;
    c->cursor = &cur;
    enum status st = compile_until(c, &cur, &stop);
    if (!st && stop.kind != STOP_END) st = compile_fail(c, "nothing_to_close", stop.name);
    if (!st && c->html.state != HTML_TEXT) st = compile_fail(c, "tag_left_open", T(""));
    if (st) return st;
    emit(c, OP_SLOT_END)->scope = 0;
    if (c->layout.n) {
        const struct template_source *layout = source_find(c, "layouts/", c->layout);
        if (!layout) return compile_fail(c, "unknown_layout", c->layout);
        if (!c->has_title) return compile_fail(c, "title_missing", c->layout);
        if ((st = compile_file(c, layout, NULL))) return st;
    } else {
        emit(c, OP_SLOT_PUT)->scope = 0;
    }
    emit(c, OP_END);
    *out = (struct program){page->name, page->view, c->ops.items, c->ops.count, c->slot_count, c->uses_csrf};
    return STATUS_OK;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct program *)a)->name, ((const struct program *)b)->name);
}

// Sources are copied: literals and keys point into them.
static void copy_sources(struct arena *a, struct template_world *world) {
    struct template_source *copy = ARENA_ARRAY(a, struct template_source, world->source_count + 1);
    for (size_t i = 0; i < world->source_count; i++)
        copy[i] = (struct template_source){text_c(a, text_of(world->sources[i].name)),
                                           text_copy(a, world->sources[i].html)};
    world->sources = copy;
}

enum status templates_compile(const struct template_world *given, struct templates **out, struct problem *p) {
    struct templates *t = calloc(1, sizeof *t);
    if (!t) abort();
    struct template_world world = *given;
    copy_sources(&t->arena, &world);
    t->programs = ARENA_ARRAY(&t->arena, struct program, world.page_count + 1);
    t->page_state = world.page_state;
    enum status st = STATUS_OK;
    for (size_t i = 0; i < world.page_count && !st; i++) {
        struct compiler *c = ARENA_NEW(&t->arena, struct compiler);
        c->world = &world;
        c->arena = &t->arena;
        c->problem = p;
        st = compile_page(c, world.pages[i], &t->programs[t->count]);
        t->count += !st;
    }
    qsort(t->programs, t->count, sizeof *t->programs, by_name);
    *out = t;
    return st;
}

void templates_free(struct templates *t) {
    if (!t) return;
    arena_free(&t->arena);
    free(t);
}

const struct program *templates_find(const struct templates *t, const char *name) {
    struct program key = {.name = name};
    return bsearch(&key, t->programs, t->count, sizeof key, by_name);
}

bool templates_use_csrf(const struct templates *t, const char *name) {
    const struct program *program = templates_find(t, name);
    return program && program->uses_csrf;
}
