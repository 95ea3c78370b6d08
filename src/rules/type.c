#include "rules/type.h"

#include <string.h>

#include "rules/eval.h"

const struct feel_type TYPE_OF_ANY = {.kind = TYPE_ANY, .name = {"Any", 3}};

#define SIMPLE(spelling, k)                                                         \
    {                                                                               \
        .kind = TYPE_SIMPLE, .simple = k, .name = { spelling, sizeof spelling - 1 } \
    }
// Longest first, so that "date and time" is not read as "date".
static const struct feel_type BUILTIN_TYPES[] = {
    SIMPLE("years and months duration", FEEL_MONTHS_DURATION),
    SIMPLE("days and time duration", FEEL_DAYS_DURATION),
    SIMPLE("yearMonthDuration", FEEL_MONTHS_DURATION),
    SIMPLE("dayTimeDuration", FEEL_DAYS_DURATION),
    SIMPLE("date and time", FEEL_DATE_TIME),
    SIMPLE("dateTime", FEEL_DATE_TIME),
    SIMPLE("function", FEEL_FUNCTION),
    SIMPLE("boolean", FEEL_BOOLEAN),
    SIMPLE("context", FEEL_CONTEXT),
    SIMPLE("number", FEEL_NUMBER),
    SIMPLE("string", FEEL_STRING),
    SIMPLE("range", FEEL_RANGE),
    SIMPLE("date", FEEL_DATE),
    SIMPLE("list", FEEL_LIST),
    SIMPLE("time", FEEL_TIME),
    {.kind = TYPE_NULL, .name = {"Null", 4}},
    {.kind = TYPE_ANY, .name = {"Any", 3}},
};
enum { BUILTIN_TYPE_COUNT = sizeof BUILTIN_TYPES / sizeof *BUILTIN_TYPES };
#define NAME(s) \
    { s, sizeof s - 1 }
static const struct text BUILTIN_NAMES[BUILTIN_TYPE_COUNT] = {
    NAME("years and months duration"),
    NAME("days and time duration"),
    NAME("yearMonthDuration"),
    NAME("dayTimeDuration"),
    NAME("date and time"),
    NAME("dateTime"),
    NAME("function"),
    NAME("boolean"),
    NAME("context"),
    NAME("number"),
    NAME("string"),
    NAME("range"),
    NAME("date"),
    NAME("list"),
    NAME("time"),
    NAME("Null"),
    NAME("Any"),
};

const struct feel_type *type_builtin(struct text name) {
    for (size_t i = 0; i < BUILTIN_TYPE_COUNT; i++)
        if (text_eq(BUILTIN_TYPES[i].name, name)) return &BUILTIN_TYPES[i];
    return NULL;
}

const struct text *type_builtin_names(size_t *count) {
    *count = BUILTIN_TYPE_COUNT;
    return BUILTIN_NAMES;
}

// ---- is a value of a type ----

static bool passes(struct eval *e, const struct feel_expression *tests, const struct feel_value *v) {
    return !tests || eval_tests(e, NULL, tests->root, v) == FEEL_TRUE;
}

static bool allowed(struct eval *e, const struct feel_type *t, const struct feel_value *v) {
    for (; t; t = t->base)
        if (!passes(e, t->allowed, v) || !passes(e, t->constraint, v)) return false;
    return true;
}

static bool list_has(struct eval *e, const struct feel_type *t, const struct feel_value *v) {
    if (v->kind != FEEL_LIST || !eval_steps(e, v->list.count)) return false;
    for (size_t i = 0; i < v->list.count && t->element; i++)
        if (!type_has(e, t->element, &v->list.items[i])) return false;
    return true;
}

static bool context_has(struct eval *e, const struct feel_type *t, const struct feel_value *v) {
    if (v->kind != FEEL_CONTEXT) return false;
    for (size_t i = 0; i < t->count; i++) {
        struct feel_value member = feel_get(v, t->names[i]);
        if (!feel_has(v, t->names[i]) || !type_has(e, t->types[i], &member)) return false;
    }
    return true;
}

static bool range_has(struct eval *e, const struct feel_type *t, const struct feel_value *v) {
    if (v->kind != FEEL_RANGE) return false;
    const struct feel_value *end = v->range->low.kind == FEEL_NULL ? &v->range->high : &v->range->low;
    return !t->element || type_has(e, t->element, end);
}

bool type_conforms(const struct feel_type *a, const struct feel_type *b) {
    if (b->kind == TYPE_ANY || a->kind == TYPE_NULL) return true;
    if (a->kind != b->kind) return false;
    if (a->kind == TYPE_SIMPLE) return a->simple == b->simple;
    if (a->kind == TYPE_LIST || a->kind == TYPE_RANGE)
        return type_conforms(a->element ? a->element : &TYPE_OF_ANY, b->element ? b->element : &TYPE_OF_ANY);
    if (a->kind == TYPE_CONTEXT) {
        for (size_t i = 0; i < b->count; i++) {
            size_t k = 0;
            while (k < a->count && !text_eq(a->names[k], b->names[i])) k++;
            if (k == a->count || !type_conforms(a->types[k], b->types[i])) return false;
        }
        return true;
    }
    return a == b;
}

// A function's parameters are known only as far as they are declared; what is not declared fits anything.
static bool function_has(const struct feel_type *t, const struct feel_value *v) {
    if (v->kind != FEEL_FUNCTION) return false;
    const struct node *n = v->function->node;
    if (!n || t->open_params) return true;
    if (n->count != t->count) return false;
    for (size_t i = 0; i < t->count; i++)
        if (n->types[i]->kind != TYPE_ANY && !type_conforms(t->types[i], n->types[i])) return false;
    return !n->type || !t->element || n->type->kind == TYPE_ANY || type_conforms(n->type, t->element);
}

static bool has_kind(struct eval *e, const struct feel_type *t, const struct feel_value *v) {
    switch (t->kind) {
    case TYPE_ANY: return v->kind != FEEL_NULL;
    case TYPE_NULL: return v->kind == FEEL_NULL;
    case TYPE_SIMPLE: return v->kind == t->simple;
    case TYPE_LIST: return list_has(e, t, v);
    case TYPE_CONTEXT: return context_has(e, t, v);
    case TYPE_RANGE: return range_has(e, t, v);
    case TYPE_FUNCTION: return function_has(t, v);
    case TYPE_UNKNOWN: return false;
    }
    return false;
}

bool type_has(struct eval *e, const struct feel_type *t, const struct feel_value *v) {
    return has_kind(e, t, v) && allowed(e, t, v);
}

// ---- making a value fit ----

static bool fit_parts(struct eval *e, const struct feel_type *t, struct feel_value *v);

// null fits every type: a missing value is not a wrong one.
bool type_fit(struct eval *e, const struct feel_type *t, struct feel_value *v) {
    if (t->kind == TYPE_ANY || t->kind == TYPE_UNKNOWN) return true;
    if (v->kind == FEEL_NULL) return true;
    bool is_it = t->kind == TYPE_SIMPLE && v->kind == t->simple;
    if (is_it && !t->allowed && !t->constraint) return true;
    struct feel_value out = *v;
    if (v->kind == FEEL_LIST && v->list.count == 1 && t->kind != TYPE_LIST &&
        !(t->kind == TYPE_SIMPLE && t->simple == FEEL_LIST))
        out = v->list.items[0];
    else if (v->kind != FEEL_LIST && t->kind == TYPE_LIST)
        out = feel_list_of(arena_copy(e->arena, v, sizeof *v), 1);
    else if (v->kind == FEEL_DATE && t->kind == TYPE_SIMPLE && t->simple == FEEL_DATE_TIME) {
        static const struct feel_zone UTC = {0};
        out = (struct feel_value){.kind = FEEL_DATE_TIME, .date_time = {v->date, {.zone = &UTC}}};
    }
    if (fit_parts(e, t, &out) && allowed(e, t, &out)) return *v = out, true;
    *v = feel_null();
    return false;
}

static bool fit_list(struct eval *e, const struct feel_type *t, struct feel_value *v) {
    if (v->kind != FEEL_LIST || !eval_steps(e, v->list.count)) return false;
    if (!t->element || !eval_room(e, v->list.count * sizeof *v)) return true;
    struct feel_value *items = ARENA_ARRAY(e->arena, struct feel_value, v->list.count);
    for (size_t i = 0; i < v->list.count; i++) {
        items[i] = v->list.items[i];
        if (!type_fit(e, t->element, &items[i])) return false;
    }
    v->list.items = items;
    return true;
}

// Entries that the type does not know stay; one that it knows must be there (10.3.2.9.2).
static bool fit_context(struct eval *e, const struct feel_type *t, struct feel_value *v) {
    if (v->kind != FEEL_CONTEXT || !eval_room(e, v->context.count * sizeof(struct feel_entry))) return false;
    struct feel_entry *entries = arena_copy(e->arena, v->context.entries, v->context.count * sizeof *entries);
    for (size_t i = 0; i < t->count; i++) {
        size_t k = 0;
        while (k < v->context.count && !text_eq(entries[k].key, t->names[i])) k++;
        if (k == v->context.count || !type_fit(e, t->types[i], &entries[k].value)) return false;
    }
    v->context.entries = entries;
    return true;
}

static bool fit_parts(struct eval *e, const struct feel_type *t, struct feel_value *v) {
    if (t->kind == TYPE_LIST) return fit_list(e, t, v);
    if (t->kind == TYPE_CONTEXT) return fit_context(e, t, v);
    return has_kind(e, t, v);
}
