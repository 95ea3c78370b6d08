// Running a compiled page over a view.
#include <assert.h>
#include <string.h>

#include "web/format.h"
#include "web/template_inside.h"

struct frame {
    const char *base; // the struct that names are looked up in
    size_t index, count, item_size;
};

struct run {
    struct render *r;
    struct frame frames[TEMPLATE_DEPTH_MAX];
    struct out slots[SLOTS_MAX];
    struct out *to;
};

static const void *member(const struct run *run, const struct value *v) {
    const char *p = v->kind == VALUE_STATE ? run->r->page_state : run->frames[v->scope].base;
    for (unsigned i = 0; i < v->hops && p; i++) {
        p += v->hop[i].offset;
        if (v->hop[i].is_reference) p = *(const char *const *)p;
    }
    return p;
}

static size_t list_count(const struct run *run, const struct value *v) {
    const char *items = member(run, v);
    if (!items) return 0;
    return *(const size_t *)(items - v->hop[v->hops - 1].offset + v->count_offset);
}

static struct text text_of_field(const struct run *run, const struct value *v) {
    const void *p = member(run, v);
    if (!p) return (struct text){0};
    if (v->type == VIEW_KIND_TEXT) return *(const struct text *)p;
    if (v->type == VIEW_KIND_C) return text_of(*(const char *const *)p);
    return (struct text){0};
}

static int64_t number_of_field(const struct run *run, const struct value *v) {
    const void *p = member(run, v);
    if (!p) return 0;
    switch (v->type) {
    case VIEW_KIND_BOOL: return *(const bool *)p;
    case VIEW_KIND_INT: return *(const int *)p;
    case VIEW_KIND_INT64:
    case VIEW_KIND_SIZE: return *(const int64_t *)p;
    case VIEW_KIND_LIST: return (int64_t)list_count(run, v);
    default: return 0;
    }
}

static struct text sentence_text(struct run *run, const struct value *v);

// Formatted for people, in the page's language.
static struct text shown(struct run *run, const struct value *v) {
    struct render *r = run->r;
    const void *p;
    switch (v->kind) {
    case VALUE_LITERAL: return v->literal;
    case VALUE_INDEX: return format_int(r->arena, r->language, (int64_t)run->frames[v->scope].index + 1);
    case VALUE_SENTENCE: return sentence_text(run, v);
    case VALUE_ERROR: {
        struct text field = shown(run, v->of);
        for (size_t i = 0; i < r->message_count; i++)
            if (text_eq(r->messages[i].field, field)) return r->messages[i].message;
        return (struct text){0};
    }
    case VALUE_FIELD:
    case VALUE_STATE: break;
    default: return (struct text){0};
    }
    switch (v->type) {
    case VIEW_KIND_INT:
    case VIEW_KIND_INT64:
    case VIEW_KIND_LIST: return format_int(r->arena, r->language, number_of_field(run, v));
    case VIEW_KIND_SIZE: return format_size(r->arena, r->language, number_of_field(run, v));
    case VIEW_KIND_DATE:
        return (p = member(run, v)) ? format_date(r->arena, r->language, *(const struct date *)p) : T("");
    case VIEW_KIND_MOMENT:
        p = member(run, v);
        if (!p || !((const struct moment *)p)->ms) return T("");
        return format_moment(r->arena, r->language, r->zone, *(const struct moment *)p);
    default: return text_of_field(run, v);
    }
}

// For programs: ISO dates and plain digits, as attributes and URLs want them.
static struct text raw(struct run *run, const struct value *v) {
    if (v->kind == VALUE_INDEX) return text_printf(run->r->arena, "%zu", run->frames[v->scope].index + 1);
    if (v->kind != VALUE_FIELD && v->kind != VALUE_STATE) return shown(run, v);
    const void *p = member(run, v);
    switch (v->type) {
    case VIEW_KIND_INT:
    case VIEW_KIND_INT64:
    case VIEW_KIND_SIZE:
    case VIEW_KIND_LIST: return text_printf(run->r->arena, "%lld", (long long)number_of_field(run, v));
    case VIEW_KIND_DATE: return p ? date_print(run->r->arena, *(const struct date *)p) : T("");
    case VIEW_KIND_MOMENT:
        return p && ((const struct moment *)p)->ms ? moment_print(run->r->arena, *(const struct moment *)p)
                                                   : T("");
    default: return text_of_field(run, v);
    }
}

static bool is_time(const struct value *v) {
    return (v->kind == VALUE_FIELD || v->kind == VALUE_STATE) &&
           (v->type == VIEW_KIND_DATE || v->type == VIEW_KIND_MOMENT);
}

static bool is_free_text(const struct value *v) {
    return v->kind == VALUE_FIELD && (v->type == VIEW_KIND_TEXT || v->type == VIEW_KIND_C);
}

static void put_time(struct run *run, const struct value *v) {
    struct text iso = raw(run, v);
    if (!iso.n) return;
    out_c(run->to, "<time datetime=\"");
    out_text(run->to, iso);
    out_c(run->to, "\">");
    escape_text(run->to, PLACE_TEXT, shown(run, v));
    out_c(run->to, "</time>");
}

static void put_value(struct run *run, enum html_place place, const struct value *v) {
    if (place == PLACE_TEXT && is_time(v))
        put_time(run, v);
    else if (place == PLACE_TEXT || place == PLACE_RCDATA)
        escape_text(run->to, place, shown(run, v));
    else
        escape_text(run->to, place, raw(run, v));
}

// ---- sentences

static const struct value *argument(const struct value *v, struct text name) {
    for (size_t i = 0; i < v->argument_count; i++)
        if (text_eq(v->arguments[i].name, name)) return v->arguments[i].value;
    return NULL;
}

static int64_t count_of(struct run *run, const struct value *count) {
    int64_t n = 0;
    if (count->kind == VALUE_FIELD || count->kind == VALUE_STATE) return number_of_field(run, count);
    if (count->kind == VALUE_INDEX) return (int64_t)run->frames[count->scope].index + 1;
    return count->kind == VALUE_LITERAL && text_int(count->literal, &n) ? n : 0;
}

static struct text pattern_of(struct run *run, const struct value *v) {
    struct render *r = run->r;
    struct text key = v->of ? shown(run, v->of) : v->literal;
    bool is_machine = false;
    const struct value *count = argument(v, T("count"));
    if (!key.n) return key;
    struct text pattern = count ? texts_count(&r->texts, r->language, key, count_of(run, count), &is_machine)
                                : texts_get(&r->texts, r->language, key, &is_machine);
    r->has_machine_translation |= is_machine;
    return pattern;
}

// An argument inside a sentence. A name or number from outside may run the other way than the sentence: it is
// isolated.
static void put_argument(struct run *run, enum html_place place, const struct value *v) {
    bool is_isolated = is_free_text(v);
    if (place == PLACE_TEXT && is_time(v)) {
        put_time(run, v);
        return;
    }
    if (is_isolated) out_c(run->to, place == PLACE_TEXT ? "<bdi>" : "\u2068");
    escape_text(run->to, place, shown(run, v));
    if (is_isolated) out_c(run->to, place == PLACE_TEXT ? "</bdi>" : "\u2069");
}

// Writes a pattern piece by piece: what lies between {placeholders}, then each argument. "{{" is a brace.
static void put_sentence(struct run *run, enum html_place place, const struct value *v) {
    if (v->kind != VALUE_SENTENCE) {
        put_value(run, place, v);
        return;
    }
    struct text pattern = pattern_of(run, v), name;
    size_t from = 0;
    for (size_t i = 0; i < pattern.n; i++) {
        if (pattern.p[i] != '{') continue;
        escape_text(run->to, place, text_slice(pattern, from, i));
        from = i + 1;
        struct text rest = text_slice(pattern, i + 1, pattern.n);
        if (rest.n && rest.p[0] == '{') {
            i++; // the second brace stays
            continue;
        }
        if (!text_cut(&rest, '}', &name)) break;
        const struct value *given = argument(v, name);
        if (given) put_argument(run, place, given);
        from = i += name.n + 2;
        i--;
    }
    escape_text(run->to, place, text_slice(pattern, from, pattern.n));
}

static struct text sentence_text(struct run *run, const struct value *v) {
    struct text pattern = pattern_of(run, v);
    struct text_value values[16];
    size_t n = 0;
    for (; n < v->argument_count && n < 16; n++)
        values[n] = (struct text_value){v->arguments[n].name, shown(run, v->arguments[n].value)};
    return text_fill(run->r->arena, pattern, values, n);
}

// ---- conditions

static bool is_true(struct run *run, const struct value *v) {
    const struct frame *f = &run->frames[v->scope < TEMPLATE_DEPTH_MAX ? v->scope : 0];
    switch (v->kind) {
    case VALUE_NONE: return false;
    case VALUE_INDEX: return true;
    case VALUE_FIRST: return f->index == 0;
    case VALUE_LAST: return f->index + 1 == f->count;
    case VALUE_MACHINE: return run->r->has_machine_translation;
    case VALUE_SLOT: return run->slots[v->scope].n > 0;
    case VALUE_SENTENCE: return !v->of || is_true(run, v->of);
    case VALUE_FIELD:
    case VALUE_STATE: break;
    default: return shown(run, v).n > 0;
    }
    const void *p = member(run, v);
    if (!p) return false;
    if (v->type == VIEW_KIND_REF || v->type == VIEW_KIND_STRUCT) return true;
    if (v->type == VIEW_KIND_DATE) return ((const struct date *)p)->year != 0;
    if (v->type == VIEW_KIND_MOMENT) return ((const struct moment *)p)->ms != 0;
    return number_of_field(run, v) != 0 || text_of_field(run, v).n > 0;
}

static bool holds(struct run *run, const struct op *op) {
    bool result = false;
    for (size_t i = 0; i < op->term_count; i++) {
        const struct term *t = &op->terms[i];
        bool one = t->equals ? text_eq(raw(run, t->value), *t->equals) : is_true(run, t->value);
        one ^= t->is_negated;
        result = i == 0 ? one : t->is_or ? result || one : result && one;
    }
    return result;
}

// ---- blocks

static bool each_begin(struct run *run, const struct op *op) {
    struct frame *f = &run->frames[op->scope];
    const char *p = member(run, op->value);
    f->count = p ? list_count(run, op->value) : 0;
    f->index = 0;
    f->item_size = op->value->item_size;
    f->base = p ? *(const char *const *)p : NULL;
    return f->count > 0;
}

static bool each_next(struct run *run, const struct op *op) {
    struct frame *f = &run->frames[op->scope];
    f->base += f->item_size;
    return ++f->index < f->count;
}

static bool with_begin(struct run *run, const struct op *op) {
    const char *p = member(run, op->value);
    run->frames[op->scope] = (struct frame){.base = p, .count = 1};
    return p != NULL;
}

static enum status run_program(struct run *run, const struct program *program, struct out *o) {
    struct out *above[SLOTS_MAX];
    size_t depth = 0;
    for (const struct op *op = program->ops; op->kind != OP_END; op++) {
        switch (op->kind) {
        case OP_LITERAL: out_text(run->to, op->literal); break;
        case OP_VALUE: put_value(run, op->place, op->value); break;
        case OP_SENTENCE: put_sentence(run, op->place, op->value); break;
        case OP_UNLESS:
            if (!holds(run, op)) op = program->ops + op->target - 1;
            break;
        case OP_JUMP: op = program->ops + op->target - 1; break;
        case OP_EACH:
            if (!each_begin(run, op)) op = program->ops + op->target - 1;
            break;
        case OP_NEXT:
            if (each_next(run, op)) op = program->ops + op->target - 1;
            break;
        case OP_WITH:
            if (!with_begin(run, op)) op = program->ops + op->target - 1;
            break;
        case OP_SLOT_BEGIN:
            if (depth == SLOTS_MAX) return STATUS_TOO_LARGE;
            above[depth++] = run->to;
            run->to = &run->slots[op->scope];
            break;
        case OP_SLOT_END: run->to = above[--depth]; break;
        case OP_SLOT_PUT: out_text(run->to, out_done(&run->slots[op->scope])); break;
        case OP_END: break;
        }
        if (o->n > PAGE_BYTES_MAX || run->to->n > PAGE_BYTES_MAX) return STATUS_TOO_LARGE;
    }
    return STATUS_OK;
}

enum status template_render(const struct templates *t, const struct page_template *page, const void *view,
                            struct render *r, struct out *o) {
    const struct program *program = templates_find(t, page->name);
    if (!program) return STATUS_NOT_FOUND;
    assert(program->view == page->view && (view || !page->view));
    struct run run = {.r = r, .to = o};
    run.frames[0].base = view;
    for (int i = 0; i < SLOTS_MAX; i++) run.slots[i].arena = r->arena;
    return run_program(&run, program, o);
}

struct text render_sentence(struct render *r, struct text key, const struct problem_arg *args,
                            size_t arg_count, int64_t count) {
    bool is_machine = false;
    struct text pattern = count < 0 ? texts_get(&r->texts, r->language, key, &is_machine)
                                    : texts_count(&r->texts, r->language, key, count, &is_machine);
    struct text_value values[PROBLEM_ARGS_MAX];
    size_t n = 0;
    for (; n < arg_count && n < PROBLEM_ARGS_MAX && args[n].name; n++)
        values[n] = (struct text_value){text_of(args[n].name), args[n].value};
    r->has_machine_translation |= is_machine;
    return text_fill(r->arena, pattern, values, n);
}
