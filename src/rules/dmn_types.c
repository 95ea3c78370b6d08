// Item definitions as FEEL types.
#include <string.h>

#include "rules/dmn_model.h"

void dmn_types_declare(struct reader *r, const xmlNode *definitions) {
    struct dmn_model *m = r->model;
    size_t count = 0;
    for (const xmlNode *n = dmn_child(definitions, "itemDefinition"); n; n = dmn_next(n, "itemDefinition"))
        count++;
    m->types = ARENA_ARRAY(r->arena, struct named_type, count);
    for (const xmlNode *n = dmn_child(definitions, "itemDefinition"); n; n = dmn_next(n, "itemDefinition"))
        m->types[m->type_count++] = (struct named_type){.name = dmn_attribute(r, n, "name"), .element = n};
}

static const struct feel_type *resolve(struct reader *r, struct named_type *t);
static const struct feel_type *definition(struct reader *r, const xmlNode *n);

// "Name of import.type", also through several imports; the types of an import without a name stand alone.
static const struct feel_type *imported_type(const struct dmn_model *m, struct text name, int depth) {
    enum { IMPORTS_DEEP_MAX = 8 };
    for (size_t i = 0; i < m->import_count && depth < IMPORTS_DEEP_MAX; i++) {
        const struct dmn_import *im = &m->imports[i];
        struct text rest = name;
        if (im->name.n) {
            if (!text_starts(name, im->name) || name.n <= im->name.n || name.p[im->name.n] != '.') continue;
            rest = text_slice(name, im->name.n + 1, name.n);
        }
        for (size_t k = 0; k < im->model->type_count; k++)
            if (text_eq(im->model->types[k].name, rest)) return im->model->types[k].type;
        const struct feel_type *deeper = imported_type(im->model, rest, depth + 1);
        if (deeper) return deeper;
    }
    return NULL;
}

const struct feel_type *dmn_find_type(const void *context, struct text name) {
    struct reader *r = (struct reader *)context;
    for (size_t i = 0; i < r->model->type_count; i++)
        if (text_eq(r->model->types[i].name, name)) return resolve(r, &r->model->types[i]);
    return imported_type(r->model, name, 0);
}

const struct feel_type *dmn_type(struct reader *r, struct text reference) {
    size_t colon;
    reference = text_trim(reference);
    if (!reference.n) return &TYPE_OF_ANY;
    const struct feel_type *t = dmn_find_type(r, reference);
    if (t) return t;
    // DMN 1.1 writes a prefix: feel:number.
    if (text_find(reference, T(":"), &colon)) reference = text_slice(reference, colon + 1, reference.n);
    t = type_builtin(reference);
    if (!t) t = dmn_find_type(r, reference);
    if (!t)
        t = parse_type_text(r->arena, reference,
                            &(struct parse_options){.find_type = dmn_find_type, .type_context = r});
    return t && t->kind != TYPE_UNKNOWN ? t : &TYPE_OF_ANY;
}

static void note_unknown(struct reader *r, const xmlNode *n, struct text reference) {
    struct text plain = reference;
    size_t colon;
    if (text_find(plain, T(":"), &colon)) plain = text_slice(plain, colon + 1, plain.n);
    if (!plain.n || text_eq(plain, T("Any"))) return;
    for (size_t i = 0; i < r->model->type_count; i++) // one that needs itself is declared all the same
        if (text_eq(r->model->types[i].name, reference) || text_eq(r->model->types[i].name, plain)) return;
    *ARENA_PUSH(r->arena, &r->model->unknown_types) =
        (struct unknown_type){reference, r->holder, xmlGetLineNo(n)};
}

const struct feel_type *dmn_element_type(struct reader *r, const xmlNode *n) {
    struct text reference = n ? dmn_attribute(r, n, "typeRef") : T("");
    const xmlNode *child = n && !reference.n ? dmn_child(n, "typeRef") : NULL;
    if (child) reference = text_trim(xml_content(r->arena, child));
    const struct feel_type *t = dmn_type(r, reference);
    if (t == &TYPE_OF_ANY) note_unknown(r, n, reference);
    return t;
}

static const struct feel_expression *tests(struct reader *r, const xmlNode *n) {
    if (!n || !dmn_child(n, "text")) return NULL;
    const struct node *root = dmn_parse(r, n, FEEL_UNARY_TESTS);
    if (!root || root->kind != NODE_TESTS) return NULL;
    struct feel_expression *x = ARENA_NEW(r->arena, struct feel_expression);
    *x = (struct feel_expression){.root = root, .mode = FEEL_UNARY_TESTS};
    return x;
}

static void note_member(struct reader *r, struct text name) {
    *ARENA_PUSH(r->arena, &r->model->members) = name;
}

static const struct feel_type *components(struct reader *r, const xmlNode *n) {
    struct {
        struct text *items;
        size_t count, capacity;
    } names = {0};
    struct {
        const struct feel_type **items;
        size_t count, capacity;
    } types = {0};
    for (const xmlNode *c = dmn_child(n, "itemComponent"); c && !r->failed;
         c = dmn_next(c, "itemComponent")) {
        struct text name = dmn_attribute(r, c, "name");
        note_member(r, name);
        *ARENA_PUSH(r->arena, &names) = name;
        *ARENA_PUSH(r->arena, &types) = definition(r, c);
    }
    struct feel_type t = {
        .kind = TYPE_CONTEXT, .names = names.items, .types = types.items, .count = types.count};
    return arena_copy(r->arena, &t, sizeof t);
}

static const struct feel_type *function_item(struct reader *r, const xmlNode *n) {
    struct {
        const struct feel_type **items;
        size_t count, capacity;
    } types = {0};
    for (const xmlNode *c = dmn_child(n, "parameters"); c; c = dmn_next(c, "parameters"))
        *ARENA_PUSH(r->arena, &types) = dmn_element_type(r, c);
    struct feel_type t = {.kind = TYPE_FUNCTION,
                          .types = types.items,
                          .count = types.count,
                          .element = dmn_type(r, dmn_attribute(r, n, "outputTypeRef"))};
    return arena_copy(r->arena, &t, sizeof t);
}

// Allowed values are of the item, also when the type is a collection; a type constraint is of the whole.
static const struct feel_type *definition(struct reader *r, const xmlNode *n) {
    enum { NESTING_MAX = 40 };
    if (++r->depth > NESTING_MAX) return dmn_fail(r, n, "dmn_depth", "dmn.too_deep");
    const xmlNode *function = dmn_child(n, "functionItem");
    const struct feel_type *base = function                        ? function_item(r, function)
                                   : dmn_child(n, "itemComponent") ? components(r, n)
                                                                   : dmn_element_type(r, n);
    r->depth--;
    if (r->failed) return NULL;
    struct feel_type t = *base;
    t.name = dmn_attribute(r, n, "name");
    const struct feel_expression *allowed = tests(r, dmn_child(n, "allowedValues"));
    if (allowed && t.allowed) t.base = base; // what it is made from still holds
    if (allowed) t.allowed = allowed;
    bool is_collection = text_eq(dmn_attribute(r, n, "isCollection"), T("true"));
    const struct feel_expression *constraint = tests(r, dmn_child(n, "typeConstraint"));
    const struct feel_type *item = arena_copy(r->arena, &t, sizeof t);
    if (is_collection) t = (struct feel_type){.kind = TYPE_LIST, .element = item, .name = t.name};
    if (constraint) t.constraint = constraint;
    return arena_copy(r->arena, &t, sizeof t);
}

// A definition that needs itself is taken as Any there: lists of trees and the like stay readable.
static const struct feel_type *resolve(struct reader *r, struct named_type *t) {
    if (t->type) return t->type;
    if (t->resolving) return &TYPE_OF_ANY;
    t->resolving = true;
    const struct feel_type *type = definition(r, t->element);
    t->type = type ? type : &TYPE_OF_ANY;
    t->resolving = false;
    return t->type;
}

void dmn_types_resolve(struct reader *r) {
    for (size_t i = 0; i < r->model->type_count && !r->failed; i++) resolve(r, &r->model->types[i]);
    for (size_t i = 0; i < r->model->type_count; i++) r->model->types[i].element = NULL;
}
