// Filters, for, some and every.
#include <string.h>

#include "rules/eval.h"
#include "rules/number.h"
#include "rules/temporal.h"

// ---- filters ----

// Inside a filter `item` is the item, and the entries of a context stand for themselves.
static const struct scope *item_scope(struct eval *e, const struct scope *s, const struct feel_value *item) {
    struct feel_entry *entry = ARENA_NEW(e->arena, struct feel_entry);
    struct scope *of_item = ARENA_NEW(e->arena, struct scope);
    *entry = (struct feel_entry){T("item"), *item};
    *of_item = (struct scope){s, entry, 1};
    if (item->kind != FEEL_CONTEXT) return of_item;
    struct scope *of_entries = ARENA_NEW(e->arena, struct scope);
    *of_entries = (struct scope){of_item, item->context.entries, item->context.count};
    return of_entries;
}

static struct feel_value at_index(struct eval *e, const struct feel_list *l, struct feel_number n) {
    int64_t i;
    if (!number_to_int(n, &i)) return eval_null_c(e, "feel.bad_index", "");
    if (i < 0) i += (int64_t)l->count + 1;
    if (i < 1 || i > (int64_t)l->count) return eval_null_c(e, "feel.bad_index", "");
    return l->items[i - 1];
}

// An index into an empty list is null, a filter of it is empty; which of the two it is shows only its value.
static struct feel_value empty_filter(struct eval *e, const struct scope *s, const struct node *n) {
    struct feel_diagnostics *diagnostics = e->diagnostics;
    struct feel_value none = feel_null();
    e->diagnostics = NULL;
    struct feel_value test = eval_node(e, item_scope(e, s, &none), n->b);
    e->diagnostics = diagnostics;
    return test.kind == FEEL_NUMBER ? eval_null_c(e, "feel.bad_index", "[]") : feel_list_of(NULL, 0);
}

struct feel_value eval_filter(struct eval *e, const struct scope *s, const struct node *n) {
    struct feel_value v = eval_node(e, s, n->a);
    if (v.kind == FEEL_NULL) return eval_null_c(e, "feel.no_list", "null");
    struct feel_list l = v.kind == FEEL_LIST ? v.list : (struct feel_list){&v, 1};
    struct list_builder kept = {0};
    if (l.count == 0) return empty_filter(e, s, n);
    for (size_t i = 0; i < l.count && !e->exhausted; i++) {
        struct feel_value test = eval_node(e, item_scope(e, s, &l.items[i]), n->b);
        if (test.kind == FEEL_NUMBER && i == 0) return at_index(e, &l, test.number);
        if (test.kind != FEEL_BOOLEAN && test.kind != FEEL_NULL)
            return eval_null_c(e, "feel.bad_filter", feel_kind_name(test.kind));
        if (feel_is_true(&test) && !list_add(e, &kept, l.items[i])) break;
    }
    return list_done(&kept);
}

// ---- domains ----

static bool number_domain(struct eval *e, const struct feel_range *r, struct list_builder *out) {
    int64_t low, high;
    if (!number_to_int(r->low.number, &low) || !number_to_int(r->high.number, &high)) return false;
    if (low > INT64_MAX / 4 || low < INT64_MIN / 4 || high > INT64_MAX / 4 || high < INT64_MIN / 4)
        return false;
    int64_t step = low <= high ? 1 : -1;
    if (!r->low_closed && low != high) low += step;
    if (!r->high_closed) high -= step;
    if ((r->low_closed && r->high_closed) || (high - low) * step >= 0)
        for (int64_t i = low;; i += step) {
            if (!eval_steps(e, 1) || !list_add(e, out, feel_int(i))) return false;
            if (i == high) break;
        }
    return true;
}

static bool date_domain(struct eval *e, const struct feel_range *r, struct list_builder *out) {
    int64_t low = temporal_days(r->low.date), high = temporal_days(r->high.date);
    int64_t step = low <= high ? 1 : -1;
    if (!r->low_closed) low += step;
    if (!r->high_closed) high -= step;
    for (int64_t i = low; (high - i) * step >= 0; i += step) {
        struct feel_value v = {.kind = FEEL_DATE};
        if (!temporal_date_from_days(i, &v.date)) return false;
        if (!eval_steps(e, 1) || !list_add(e, out, v)) return false;
    }
    return true;
}

bool eval_domain(struct eval *e, const struct feel_value *v, struct feel_list *out) {
    if (v->kind == FEEL_LIST) return *out = v->list, true;
    if (v->kind != FEEL_RANGE || v->range->form != FEEL_INTERVAL || v->range->low.kind != v->range->high.kind)
        return false;
    struct list_builder items = {0};
    bool ok = v->range->low.kind == FEEL_NUMBER ? number_domain(e, v->range, &items)
              : v->range->low.kind == FEEL_DATE ? date_domain(e, v->range, &items)
                                                : false;
    *out = (struct feel_list){items.items, items.count};
    return ok;
}

// ---- for, some, every ----

struct loop {
    const struct node *node;
    bool (*visit)(struct eval *e, struct loop *l, const struct scope *s); // false ends the loop
    struct list_builder results;
    enum feel_truth truth;
    bool failed; // a domain was no list
};

static bool run(struct eval *e, struct loop *l, const struct scope *s, size_t at) {
    if (at == l->node->count) return l->visit(e, l, s);
    struct feel_value v = eval_node(e, s, l->node->items[at]);
    struct feel_list domain;
    if (!eval_domain(e, &v, &domain)) {
        e->site = l->node;
        eval_null_c(e, "feel.no_list", feel_kind_name(v.kind));
        return l->failed = true, false;
    }
    for (size_t i = 0; i < domain.count; i++) {
        if (!eval_steps(e, 1)) return false;
        struct feel_entry *entry = ARENA_NEW(e->arena, struct feel_entry);
        struct scope *inner = ARENA_NEW(e->arena, struct scope);
        *entry = (struct feel_entry){l->node->names[at], domain.items[i]};
        *inner = (struct scope){s, entry, 1};
        if (!run(e, l, inner, at + 1)) return false;
    }
    return true;
}

// `partial` is the list of results so far; it shares their memory, which is never written again.
static bool collect(struct eval *e, struct loop *l, const struct scope *s) {
    struct feel_entry *entry = ARENA_NEW(e->arena, struct feel_entry);
    struct scope *inner = ARENA_NEW(e->arena, struct scope);
    *entry = (struct feel_entry){T("partial"), list_done(&l->results)};
    *inner = (struct scope){s->up, entry, 1};
    struct scope *bound = ARENA_NEW(e->arena, struct scope);
    *bound = (struct scope){inner, s->entries, s->count};
    return list_add(e, &l->results, eval_node(e, bound, l->node->a));
}

struct feel_value eval_for(struct eval *e, const struct scope *s, const struct node *n) {
    struct loop l = {.node = n, .visit = collect};
    run(e, &l, s, 0);
    return l.failed ? feel_null() : list_done(&l.results);
}

static bool judge(struct eval *e, struct loop *l, const struct scope *s) {
    struct feel_value v = eval_node(e, s, l->node->a);
    enum feel_truth deciding = l->node->kind == NODE_SOME ? FEEL_TRUE : FEEL_FALSE;
    if (v.kind == FEEL_NULL) return l->truth = FEEL_UNKNOWN, true;
    if (v.kind != FEEL_BOOLEAN) {
        eval_null_c(e, "feel.not_boolean", feel_kind_name(v.kind));
        return l->failed = true, false;
    }
    if (v.boolean != (deciding == FEEL_TRUE)) return true;
    return l->truth = deciding, false;
}

struct feel_value eval_quantified(struct eval *e, const struct scope *s, const struct node *n) {
    struct loop l = {.node = n, .visit = judge, .truth = n->kind == NODE_SOME ? FEEL_FALSE : FEEL_TRUE};
    run(e, &l, s, 0);
    return l.failed ? feel_null() : value_of_truth(l.truth);
}
