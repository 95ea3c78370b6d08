// Names that nothing gives, parts that a type lacks, and calls that cannot work.
#include <string.h>

#include "rules/builtin.h"
#include "rules/dmn_region.h"

// What is known where we are; a list from the innermost.
struct known {
    const struct known *up;
    struct text name;
    const struct feel_type *type;
};
struct walk {
    struct check *check;
    struct text table, cell; // where we are, when it is in a table
    size_t rule;
    int in_filter; // > 0: names may be those of the filtered items
};

static void walk(struct walk *w, const struct known *k, const struct node *n);

static void report(struct walk *w, enum dmn_finding_kind kind, const struct node *n, struct text what) {
    check_add(w->check, (struct dmn_finding){.kind = kind,
                                             .element = w->table,
                                             .cell = w->cell,
                                             .rule = w->rule,
                                             .line = n->line,
                                             .what = what});
}

static const struct known *find(const struct known *k, struct text name) {
    while (k && !text_eq(k->name, name)) k = k->up;
    return k;
}

// Needed as long as the check: scopes of a walk stay on its way down.
static const struct known *know(struct walk *w, const struct known *up, struct text name,
                                const struct feel_type *type) {
    struct known k = {up, name, type ? type : &TYPE_OF_ANY};
    return arena_copy(w->check->arena, &k, sizeof k);
}

// ---- types, as far as they are declared ----

static const struct feel_type *part_type(const struct feel_type *t, struct text name) {
    for (size_t i = 0; t->kind == TYPE_CONTEXT && i < t->count; i++)
        if (text_eq(t->names[i], name)) return t->types[i];
    return NULL;
}

static const struct feel_type *type_of(const struct known *k, const struct node *n) {
    const struct known *found;
    const struct feel_type *t;
    switch (n->kind) {
    case NODE_COERCE: return n->type;
    case NODE_NAME: return (found = find(k, n->name)) ? found->type : &TYPE_OF_ANY;
    case NODE_PATH: return (t = part_type(type_of(k, n->a), n->name)) ? t : &TYPE_OF_ANY;
    case NODE_LITERAL:
        t = type_builtin(text_of(feel_kind_name(n->value.kind)));
        return t && n->value.kind != FEEL_NULL ? t : &TYPE_OF_ANY;
    default: return &TYPE_OF_ANY;
    }
}

// ---- names ----

static bool is_in_model(const struct dmn_model *m, struct text name) {
    for (size_t i = 0; i < m->node_count; i++)
        if (text_eq(m->nodes[i].info.name, name)) return true;
    for (size_t i = 0; i < m->import_count; i++)
        if (m->imports[i].name.n && text_eq(m->imports[i].name, name)) return true;
    return false;
}

static void check_name(struct walk *w, const struct known *k, const struct node *n) {
    const struct dmn_model *m = w->check->model;
    if (n->builtin || find(k, n->name) || text_eq(n->name, T("?"))) return;
    if (w->in_filter) return; // items of data that no type describes may have any part
    bool missing = is_in_model(m, n->name);
    report(w, missing ? DMN_MISSING_REQUIREMENT : DMN_UNKNOWN_NAME, n, n->name);
}

static void check_part(struct walk *w, const struct known *k, const struct node *n) {
    const struct feel_type *t = type_of(k, n->a);
    if (t->kind != TYPE_CONTEXT || !t->count || part_type(t, n->name)) return;
    report(w, DMN_UNKNOWN_PART, n,
           TEXT_JOIN(w->check->arena, n->name, T(" in "), t->name.n ? t->name : T("the context")));
}

// ---- calls ----

// One parameter as the tables of built-in functions write it: "*name?:n".
struct parameter {
    struct text name;
    char letter;
    bool optional, rest;
};

static size_t read_parameters(const char *spec, struct parameter out[BUILTIN_PARAMS_MAX]) {
    struct text left = text_of(spec), one;
    size_t count = 0;
    while (left.n && count < BUILTIN_PARAMS_MAX && text_cut(&left, ',', &one)) {
        struct parameter p = {.letter = one.p[one.n - 1], .rest = one.p[0] == '*' || one.p[0] == '+'};
        p.name = text_slice(one, p.rest, one.n - 2);
        p.optional = text_ends(p.name, T("?"));
        p.name.n -= p.optional;
        out[count++] = p;
    }
    return count;
}

// Whether a value of the type could be what the letter asks for; lists of one and their items convert.
static bool letter_takes(char letter, const struct feel_type *t) {
    static const struct {
        char letter;
        enum feel_kind kind;
    } KINDS[] = {{'n', FEEL_NUMBER}, {'s', FEEL_STRING}, {'b', FEEL_BOOLEAN}, {'c', FEEL_CONTEXT}};
    if (t->kind != TYPE_SIMPLE || t->simple == FEEL_LIST || t->simple == FEEL_NULL) return true;
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (KINDS[i].letter == (letter | 0x20)) return t->simple == KINDS[i].kind;
    return true;
}

static bool form_fits(const struct known *k, const struct builtin *b, const struct node *call, bool types) {
    struct parameter params[BUILTIN_PARAMS_MAX];
    size_t count = read_parameters(b->params, params);
    bool given[BUILTIN_PARAMS_MAX] = {false};
    for (size_t i = 0; i < call->count; i++) {
        size_t at = i;
        if (call->names)
            for (at = 0; at < count && !text_eq(params[at].name, call->names[i]);) at++;
        if (!call->names && count && at >= count - 1 && params[count - 1].rest) at = count - 1;
        if (at >= count) return false;
        given[at] = true;
        if (types && !params[at].rest && !letter_takes(params[at].letter, type_of(k, call->items[i])))
            return false;
    }
    for (size_t i = 0; i < count; i++)
        if (!given[i] && !params[i].optional && !params[i].rest) return false;
    return true;
}

static void check_builtin_call(struct walk *w, const struct known *k, const struct node *n) {
    const struct builtin *b = n->a->builtin;
    bool by_count = false, by_type = false;
    for (const struct builtin *form = b; form->name && !strcmp(form->name, b->name); form++) {
        by_count |= form_fits(k, form, n, false);
        by_type |= form_fits(k, form, n, true);
    }
    struct out shown = {.arena = w->check->arena};
    struct parameter params[BUILTIN_PARAMS_MAX];
    size_t count = read_parameters(b->params, params);
    out_printf(&shown, "%s takes (", b->name);
    for (size_t i = 0; i < count; i++)
        out_printf(&shown, "%s" TEXT_FMT "%s", i ? ", " : "", TEXT_ARG(params[i].name),
                   params[i].rest ? " ..." : "");
    out_byte(&shown, ')');
    if (!by_count || !by_type)
        report(w, by_count ? DMN_WRONG_TYPE : DMN_WRONG_ARGUMENTS, n, out_done(&shown));
}

static void check_call(struct walk *w, const struct known *k, const struct node *n) {
    if (n->a->kind != NODE_NAME) return;
    const struct dmn_node *owner = w->check->node;
    if (n->a->builtin && !find(k, n->a->name)) {
        check_builtin_call(w, k, n);
        return;
    }
    for (size_t i = 0; i < owner->requirement_count; i++) {
        const struct dmn_requirement *q = &owner->requirements[i];
        const struct node *f = q->node->logic;
        bool is_function = q->node->info.kind == DMN_KNOWLEDGE || q->node->info.kind == DMN_SERVICE;
        if (q->import.n || !is_function || !f || !text_eq(q->node->info.name, n->a->name)) continue;
        if (n->count == f->count) return;
        report(w, DMN_WRONG_ARGUMENTS, n,
               text_printf(w->check->arena, TEXT_FMT " takes %zu, not %zu", TEXT_ARG(n->a->name), f->count,
                           n->count));
    }
}

// ---- walking ----

static void walk_loop(struct walk *w, const struct known *k, const struct node *n) {
    for (size_t i = 0; i < n->count; i++) {
        walk(w, k, n->items[i]);
        const struct feel_type *t = type_of(k, n->items[i]);
        k = know(w, k, n->names[i], t->kind == TYPE_LIST ? t->element : NULL);
    }
    walk(w, know(w, k, T("partial"), NULL), n->a);
}

static void walk_filter(struct walk *w, const struct known *k, const struct node *n) {
    walk(w, k, n->a);
    const struct feel_type *t = type_of(k, n->a);
    w->in_filter++;
    walk(w, know(w, k, T("item"), t->kind == TYPE_LIST ? t->element : NULL), n->b);
    w->in_filter--;
}

static void walk_context(struct walk *w, const struct known *k, const struct node *n) {
    for (size_t i = 0; i < n->count; i++) {
        walk(w, k, n->items[i]);
        if (n->names[i].n) k = know(w, k, n->names[i], type_of(k, n->items[i]));
    }
}

static void walk_function(struct walk *w, const struct known *k, const struct node *n) {
    if (n->negated) return; // of another language
    for (size_t i = 0; i < n->count; i++) k = know(w, k, n->names[i], n->types ? n->types[i] : NULL);
    walk(w, k, n->a);
}

static void walk_table(struct walk *w, const struct known *k, const struct table *t) {
    struct walk outer = *w;
    w->table = t->name;
    for (size_t c = 0; c < t->input_count; c++) {
        w->cell = t->inputs[c].label;
        walk(w, k, t->inputs[c].expression);
    }
    for (size_t i = 0; i < t->rule_count; i++) {
        w->rule = i + 1;
        for (size_t c = 0; c < t->input_count; c++) {
            w->cell = t->inputs[c].label;
            walk(w, k, t->rules[i].tests[c]);
        }
        for (size_t c = 0; c < t->output_count; c++) {
            w->cell = t->outputs[c].label;
            walk(w, k, t->rules[i].outputs[c]);
        }
    }
    *w = outer;
}

static void walk_parts(struct walk *w, const struct known *k, const struct node *n) {
    walk(w, k, n->a);
    walk(w, k, n->b);
    walk(w, k, n->c);
    for (size_t i = 0; n->items && i < n->count; i++) walk(w, k, n->items[i]);
}

static void walk(struct walk *w, const struct known *k, const struct node *n) {
    if (!n) return;
    switch (n->kind) {
    case NODE_NAME: check_name(w, k, n); return;
    case NODE_FOR:
    case NODE_SOME:
    case NODE_EVERY: walk_loop(w, k, n); return;
    case NODE_FILTER: walk_filter(w, k, n); return;
    case NODE_CONTEXT: walk_context(w, k, n); return;
    case NODE_FUNCTION: walk_function(w, k, n); return;
    case NODE_NATIVE:
        if (n->native == table_run) walk_table(w, k, n->data);
        return;
    case NODE_PATH: check_part(w, k, n); break;
    case NODE_CALL: check_call(w, k, n); break;
    default: break;
    }
    walk_parts(w, k, n);
}

// What the element requires, with the types that are declared.
static const struct known *required(struct walk *w) {
    const struct known *k = NULL;
    const struct dmn_node *n = w->check->node;
    for (size_t i = 0; i < n->requirement_count; i++) {
        const struct dmn_requirement *q = &n->requirements[i];
        bool is_value =
            !q->import.n && (q->node->info.kind == DMN_INPUT || q->node->info.kind == DMN_DECISION);
        k = know(w, k, q->import.n ? q->import : q->node->info.name, is_value ? q->node->type : NULL);
    }
    if (n->info.kind == DMN_KNOWLEDGE) k = know(w, k, n->info.name, NULL);
    return k;
}

void check_names(struct check *c) {
    struct walk w = {.check = c};
    walk(&w, required(&w), c->node->logic);
}

const struct feel_type *check_type(struct check *c, const struct node *n) {
    struct walk w = {.check = c};
    const struct known *k = required(&w);
    const struct node *f = c->node->logic;
    for (size_t i = 0; f && f->kind == NODE_FUNCTION && i < f->count; i++)
        k = know(&w, k, f->names[i], f->types ? f->types[i] : NULL);
    return type_of(k, n);
}
