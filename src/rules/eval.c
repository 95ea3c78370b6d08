#include "rules/eval.h"

#include <string.h>

#include "rules/builtin.h"

// ---- budget and diagnostics ----

struct eval eval_new(struct arena *a, const struct feel_now *now, struct feel_diagnostics *d) {
    static const struct feel_now EPOCH = {{0}, {"", 0}};
    if (d) d->count = d->lost = 0;
    return (struct eval){.arena = a,
                         .now = now ? now : &EPOCH,
                         .diagnostics = d,
                         .steps = FEEL_STEPS_MAX,
                         .memory_end = a->used + FEEL_MEMORY_MAX};
}

struct feel_value eval_null(struct eval *e, const char *key, struct text detail) {
    enum { DETAIL_MAX = 200 };
    struct feel_diagnostics *d = e->diagnostics;
    if (!d) return feel_null();
    if (d->count == FEEL_DIAGNOSTICS_MAX) return d->lost++, feel_null();
    detail = text_head(detail, DETAIL_MAX);
    d->items[d->count++] = (struct feel_diagnostic){.text_key = key,
                                                    .detail = text_copy(e->arena, detail),
                                                    .line = e->site ? e->site->line : 0,
                                                    .column = e->site ? e->site->column : 0,
                                                    .site = e->site};
    return feel_null();
}

struct feel_value eval_null_c(struct eval *e, const char *key, const char *detail) {
    return eval_null(e, key, text_of(detail));
}

static bool exhaust(struct eval *e, const char *key) {
    if (!e->exhausted) eval_null_c(e, key, "");
    e->exhausted = true;
    return false;
}

bool eval_steps_end(struct eval *e, size_t count) {
    if (e->exhausted) return false;
    if ((int64_t)count <= e->steps) return exhaust(e, "feel.limit_memory");
    e->steps = -1;
    return exhaust(e, "feel.limit_steps");
}

bool eval_room(struct eval *e, size_t bytes) {
    if (e->exhausted) return false;
    if (bytes > FEEL_MEMORY_MAX || e->arena->used + bytes > e->memory_end)
        return exhaust(e, "feel.limit_memory");
    return true;
}

bool list_add(struct eval *e, struct list_builder *l, struct feel_value v) {
    if (l->count >= FEEL_ITEMS_MAX) return exhaust(e, "feel.limit_items");
    if (l->count == l->capacity && !eval_room(e, (l->capacity * 2 + 8) * sizeof v)) return false;
    *ARENA_PUSH(e->arena, l) = v;
    return true;
}

// ---- names ----

// Looking through a large context costs steps too.
static bool lookup(struct eval *e, const struct scope *s, struct text name, struct feel_value *out) {
    enum { LOOKS_A_STEP = 32 };
    for (; s; s = s->up) {
        if (!eval_steps(e, s->count / LOOKS_A_STEP)) return false;
        for (size_t i = s->count; i-- > 0;)
            if (name_eq(s->entries[i].key, name)) return *out = s->entries[i].value, true;
    }
    return false;
}

static struct feel_value name_value(struct eval *e, const struct scope *s, const struct node *n) {
    struct feel_value v;
    if (lookup(e, s, n->name, &v)) return v;
    if (!n->builtin) return eval_null(e, "feel.unknown_name", n->name);
    return (struct feel_value){.kind = FEEL_FUNCTION, .function = &n->builtin->function};
}

// ---- logic ----

static enum feel_truth truth_of(const struct feel_value *v) {
    if (v->kind != FEEL_BOOLEAN) return FEEL_UNKNOWN;
    return v->boolean ? FEEL_TRUE : FEEL_FALSE;
}

static void complain_unless_null(struct eval *e, const struct feel_value *v) {
    if (v->kind != FEEL_BOOLEAN && v->kind != FEEL_NULL)
        eval_null_c(e, "feel.not_boolean", feel_kind_name(v->kind));
}

// and: false decides; or: true decides; anything else that is not boolean makes it unknown (table 50).
static struct feel_value logic(struct eval *e, const struct scope *s, const struct node *n) {
    enum feel_truth deciding = n->kind == NODE_AND ? FEEL_FALSE : FEEL_TRUE;
    struct feel_value v = eval_node(e, s, n->a);
    enum feel_truth left = truth_of(&v);
    if (left == deciding) return v;
    struct feel_value w = eval_node(e, s, n->b);
    enum feel_truth right = truth_of(&w);
    if (right == deciding) return w;
    if (left != FEEL_UNKNOWN && right != FEEL_UNKNOWN) return feel_boolean(deciding == FEEL_FALSE);
    e->site = n;
    complain_unless_null(e, &v);
    complain_unless_null(e, &w);
    return feel_null();
}

static struct feel_value binary(struct eval *e, const struct scope *s, const struct node *n) {
    struct feel_value a = eval_node(e, s, n->a), b = eval_node(e, s, n->b);
    e->site = n;
    return eval_binary(e, n->kind, &a, &b);
}

// `v >= low and v <= high` in three-valued logic (table 55).
static struct feel_value between(struct eval *e, const struct scope *s, const struct node *n) {
    struct feel_value v = eval_node(e, s, n->a), low = eval_node(e, s, n->b), high = eval_node(e, s, n->c);
    struct feel_range r = {low, high, true, true, FEEL_INTERVAL};
    enum feel_truth t = range_includes(&r, &v);
    e->site = n;
    return t == FEEL_UNKNOWN ? eval_null_c(e, "feel.no_order", "between") : value_of_truth(t);
}

static struct feel_value if_value(struct eval *e, const struct scope *s, const struct node *n) {
    struct feel_value condition = eval_node(e, s, n->a);
    return eval_node(e, s, feel_is_true(&condition) ? n->b : n->c);
}

// ---- tests ----

// What a constant is, in place; NULL when it is none or nothing is left to evaluate with.
static const struct feel_value *constant(struct eval *e, const struct node *n) {
    if (!n->is_constant || !eval_steps(e, 1)) return NULL;
    e->site = n;
    return &n->value;
}

static enum feel_truth matches_list(struct eval *e, const struct feel_value *v,
                                    const struct feel_value *test) {
    if (v->kind == FEEL_LIST && value_equal(v, test, &e->steps) == FEEL_TRUE) return FEEL_TRUE;
    if (!eval_steps(e, test->list.count)) return FEEL_UNKNOWN;
    for (size_t i = 0; i < test->list.count; i++) {
        const struct feel_value *item = &test->list.items[i];
        if (item->kind == FEEL_RANGE && range_includes(item->range, v) == FEEL_TRUE) return FEEL_TRUE;
        if (value_equal(v, item, &e->steps) == FEEL_TRUE) return FEEL_TRUE;
    }
    return FEEL_FALSE;
}

enum feel_truth eval_matches(struct eval *e, const struct feel_value *v, const struct feel_value *test) {
    if (test->kind == FEEL_LIST) return matches_list(e, v, test);
    if (test->kind == FEEL_RANGE && v->kind != FEEL_RANGE) return range_includes(test->range, v);
    return value_equal(v, test, &e->steps);
}

static const struct scope *bind(struct eval *e, const struct scope *up, struct text name,
                                struct feel_value v) {
    struct feel_entry *entry = ARENA_NEW(e->arena, struct feel_entry);
    struct scope *s = ARENA_NEW(e->arena, struct scope);
    *entry = (struct feel_entry){name, v};
    *s = (struct scope){up, entry, 1};
    return s;
}

// A test that reads `?`, or an expression that is boolean beside an input that is not, says itself whether it
// matches. A constant `true` does not: an input that is missing is not true.
static enum feel_truth test_one(struct eval *e, const struct scope *s, const struct node *test,
                                const struct feel_value *v) {
    struct feel_value made;
    const struct feel_value *wanted = constant(e, test);
    if (!wanted) made = eval_node(e, s, test), wanted = &made;
    bool says_itself = test->uses_input || (v->kind != FEEL_BOOLEAN && !test->is_constant);
    if (wanted->kind == FEEL_BOOLEAN && says_itself) return truth_of(wanted);
    if (test->uses_input && wanted->kind == FEEL_NULL) return FEEL_UNKNOWN;
    return eval_matches(e, v, wanted);
}

enum feel_truth eval_tests(struct eval *e, const struct scope *s, const struct node *tests,
                           const struct feel_value *v) {
    if (tests->count == 0) return FEEL_TRUE;
    const struct scope *inner = tests->uses_input ? bind(e, s, T("?"), *v) : s;
    enum feel_truth found = FEEL_FALSE;
    for (size_t i = 0; i < tests->count && found != FEEL_TRUE; i++) {
        enum feel_truth t = test_one(e, inner, tests->items[i], v);
        if (t != FEEL_FALSE) found = t;
    }
    if (!tests->negated || found == FEEL_UNKNOWN) return found;
    return found == FEEL_TRUE ? FEEL_FALSE : FEEL_TRUE;
}

static struct feel_value in(struct eval *e, const struct scope *s, const struct node *n) {
    struct feel_value v = eval_node(e, s, n->a);
    const struct scope *inner = s;
    enum feel_truth found = FEEL_FALSE;
    for (size_t i = 0; i < n->count && found != FEEL_TRUE; i++) {
        const struct node *test = n->items[i];
        if (test->uses_input && inner == s) inner = bind(e, s, T("?"), v);
        struct feel_value wanted = eval_node(e, inner, test);
        bool says = test->uses_input && wanted.kind == FEEL_BOOLEAN;
        enum feel_truth t = says ? truth_of(&wanted) : eval_matches(e, &v, &wanted);
        if (t != FEEL_FALSE) found = t;
    }
    e->site = n;
    return found == FEEL_UNKNOWN ? eval_null_c(e, "feel.no_order", "in") : value_of_truth(found);
}

// ---- lists, contexts, ranges ----

static struct feel_value list(struct eval *e, const struct scope *s, const struct node *n) {
    if (!eval_room(e, n->count * sizeof(struct feel_value))) return feel_null();
    struct feel_value *items = ARENA_ARRAY(e->arena, struct feel_value, n->count);
    for (size_t i = 0; i < n->count; i++) items[i] = eval_node(e, s, n->items[i]);
    return feel_list_of(items, n->count);
}

// Each entry sees those before it.
static struct feel_value context(struct eval *e, const struct scope *s, const struct node *n) {
    if (!eval_room(e, n->count * sizeof(struct feel_entry))) return feel_null();
    struct feel_entry *entries = ARENA_ARRAY(e->arena, struct feel_entry, n->count);
    struct scope *inner = ARENA_NEW(e->arena, struct scope);
    *inner = (struct scope){s, entries, 0};
    for (size_t i = 0; i < n->count; i++) {
        bool is_result = n->boxed_result && i + 1 == n->count;
        struct feel_value v = eval_node(e, inner, n->items[i]);
        if (is_result) return v;
        for (size_t k = 0; k < i; k++)
            if (text_eq(entries[k].key, n->names[i])) return eval_null(e, "feel.duplicate_key", n->names[i]);
        entries[i] = (struct feel_entry){n->names[i], v};
        inner->count = i + 1;
    }
    return (struct feel_value){.kind = FEEL_CONTEXT, .context = {entries, n->count}};
}

static struct feel_value range_value(struct eval *e, struct feel_range r) {
    return (struct feel_value){.kind = FEEL_RANGE, .range = arena_copy(e->arena, &r, sizeof r)};
}

static struct feel_value operator_range(struct eval *e, const struct node *n, struct feel_value end) {
    struct feel_range r = {.form = n->form};
    switch (n->form) {
    case FEEL_LESS: r.high = end; break;
    case FEEL_AT_MOST: r.high = end, r.high_closed = true; break;
    case FEEL_MORE: r.low = end; break;
    case FEEL_AT_LEAST: r.low = end, r.low_closed = true; break;
    default: r.low = r.high = end, r.low_closed = r.high_closed = true; break;
    }
    bool is_equality = n->form == FEEL_SAME || n->form == FEEL_NOT_SAME;
    int cmp;
    if (!is_equality && !value_order(&end, &end, &cmp))
        return eval_null_c(e, "feel.no_order", feel_kind_name(end.kind));
    return range_value(e, r);
}

static struct feel_value range(struct eval *e, const struct scope *s, const struct node *n) {
    struct feel_value low = eval_node(e, s, n->a);
    if (n->form != FEEL_INTERVAL) return operator_range(e, n, low);
    struct feel_value high = eval_node(e, s, n->b);
    int cmp = 0;
    bool ordered = value_is_null(&low) || value_is_null(&high) || value_order(&low, &high, &cmp);
    if (ordered && cmp > 0 && !n->descending) return eval_null_c(e, "feel.range_backwards", "");
    if (!ordered) return eval_null_c(e, "feel.no_order", feel_kind_name(low.kind));
    return range_value(e, (struct feel_range){low, high, n->low_closed, n->high_closed, FEEL_INTERVAL});
}

static struct feel_value function(struct eval *e, const struct scope *s, const struct node *n) {
    struct feel_function *f = ARENA_NEW(e->arena, struct feel_function);
    *f = (struct feel_function){.node = n, .closure = s, .name = n->name};
    return (struct feel_value){.kind = FEEL_FUNCTION, .function = f};
}

static struct feel_value path(struct eval *e, const struct scope *s, const struct node *n) {
    struct feel_value v = eval_node(e, s, n->a);
    e->site = n;
    if (v.kind != FEEL_LIST) return eval_part(e, &v, n->name);
    if (!eval_steps(e, v.list.count) || !eval_room(e, v.list.count * sizeof v)) return feel_null();
    struct feel_value *items = ARENA_ARRAY(e->arena, struct feel_value, v.list.count);
    for (size_t i = 0; i < v.list.count; i++) items[i] = eval_part(e, &v.list.items[i], n->name);
    return feel_list_of(items, v.list.count);
}

static struct feel_value negate(struct eval *e, const struct scope *s, const struct node *n) {
    struct feel_value v = eval_node(e, s, n->a);
    e->site = n;
    return eval_negate(e, &v);
}

static struct feel_value instance(struct eval *e, const struct scope *s, const struct node *n) {
    struct feel_value v = eval_node(e, s, n->a);
    if (n->type->kind == TYPE_UNKNOWN) return eval_null(e, "feel.unknown_type", n->type->name);
    return feel_boolean(type_has(e, n->type, &v));
}

static struct feel_value coerce(struct eval *e, const struct scope *s, const struct node *n) {
    struct feel_value v = eval_node(e, s, n->a);
    struct feel_value was = v;
    e->site = n;
    if (type_fit(e, n->type, &v)) return v;
    return eval_null(e, "feel.wrong_type",
                     TEXT_JOIN(e->arena, feel_print_literal(e->arena, &was), T(" : "), n->type->name));
}

static struct feel_value literal(struct eval *e, const struct scope *s, const struct node *n) {
    (void)e, (void)s;
    return n->value;
}

static struct feel_value native(struct eval *e, const struct scope *s, const struct node *n) {
    return n->native(e, s, n);
}

// ---- dispatch ----

static native_function *const KINDS[NODE_KIND_COUNT] = {
    [NODE_LITERAL] = literal,
    [NODE_NAME] = name_value,
    [NODE_PATH] = path,
    [NODE_FILTER] = eval_filter,
    [NODE_CALL] = eval_call,
    [NODE_NEGATE] = negate,
    [NODE_ADD] = binary,
    [NODE_SUBTRACT] = binary,
    [NODE_MULTIPLY] = binary,
    [NODE_DIVIDE] = binary,
    [NODE_POWER] = binary,
    [NODE_EQUAL] = binary,
    [NODE_NOT_EQUAL] = binary,
    [NODE_LESS] = binary,
    [NODE_AT_MOST] = binary,
    [NODE_MORE] = binary,
    [NODE_AT_LEAST] = binary,
    [NODE_AND] = logic,
    [NODE_OR] = logic,
    [NODE_BETWEEN] = between,
    [NODE_IN] = in,
    [NODE_INSTANCE] = instance,
    [NODE_IF] = if_value,
    [NODE_FOR] = eval_for,
    [NODE_SOME] = eval_quantified,
    [NODE_EVERY] = eval_quantified,
    [NODE_LIST] = list,
    [NODE_CONTEXT] = context,
    [NODE_RANGE] = range,
    [NODE_FUNCTION] = function,
    [NODE_COERCE] = coerce,
    [NODE_NATIVE] = native,
};

struct feel_value eval_node(struct eval *e, const struct scope *s, const struct node *n) {
    if (!eval_steps(e, 1)) return feel_null();
    e->site = n;
    if (n->is_constant) return n->value;
    if (e->depth >= EVAL_DEPTH_MAX) return exhaust(e, "feel.limit_depth"), feel_null();
    e->depth++;
    struct feel_value v = KINDS[n->kind](e, s, n);
    e->depth--;
    return e->exhausted ? feel_null() : v;
}

// ---- entry ----

static struct scope top_scope(const struct feel_value *context) {
    if (!context || context->kind != FEEL_CONTEXT) return (struct scope){0};
    return (struct scope){NULL, context->context.entries, context->context.count};
}

enum status feel_eval(const struct feel_expression *x, const struct feel_value *context,
                      const struct feel_now *now, struct arena *a, struct feel_value *out,
                      struct feel_diagnostics *diagnostics) {
    struct eval e = eval_new(a, now, diagnostics);
    struct scope top = top_scope(context);
    // Functions that leave keep their scope, so it must live in the arena.
    const struct scope *s = arena_copy(a, &top, sizeof top);
    if (x->mode == FEEL_UNARY_TESTS) {
        struct feel_value input = context ? feel_get(context, T("?")) : feel_null();
        *out = value_of_truth(eval_tests(&e, s, x->root, &input));
    } else {
        *out = eval_node(&e, s, x->root);
    }
    if (e.exhausted) *out = feel_null();
    return e.exhausted ? STATUS_TOO_LARGE : STATUS_OK;
}

enum status feel_eval_shared(const struct feel_expression *x, const struct feel_value *const contexts[],
                             size_t count, const struct feel_now *now, struct arena *a,
                             struct feel_budget *budget, struct feel_value *out,
                             struct feel_diagnostics *diagnostics) {
    struct eval e = eval_new(a, now, diagnostics);
    int64_t most = budget->steps < e.steps ? budget->steps : e.steps;
    e.steps = most;
    const struct scope *s = NULL;
    for (size_t i = 0; i < count; i++) {
        struct scope next = top_scope(contexts[i]);
        next.up = s;
        s = arena_copy(a, &next, sizeof next);
    }
    *out = eval_node(&e, s, x->root);
    if (e.exhausted) *out = feel_null();
    budget->steps -= most - (e.steps > 0 ? e.steps : 0);
    return e.exhausted ? STATUS_TOO_LARGE : STATUS_OK;
}

enum status feel_test(const struct feel_expression *x, const struct feel_value *input,
                      const struct feel_value *context, const struct feel_now *now, struct arena *a,
                      bool *matches, struct feel_diagnostics *diagnostics) {
    struct eval e = eval_new(a, now, diagnostics);
    struct scope top = top_scope(context);
    const struct scope *s = arena_copy(a, &top, sizeof top);
    if (x->mode == FEEL_UNARY_TESTS)
        *matches = eval_tests(&e, s, x->root, input) == FEEL_TRUE;
    else {
        struct feel_value v = eval_node(&e, bind(&e, s, T("?"), *input), x->root);
        *matches = feel_is_true(&v);
    }
    if (e.exhausted) *matches = false;
    return e.exhausted ? STATUS_TOO_LARGE : STATUS_OK;
}
