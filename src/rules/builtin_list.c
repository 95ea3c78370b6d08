// List functions (10.3.4.4, table 75) and sort (10.3.4.9, table 80).
#include <string.h>

#include "rules/builtin.h"
#include "rules/number.h"

static struct feel_value wrong(struct eval *e, const char *what) {
    return eval_null_c(e, "feel.argument_type", what);
}

static bool same(struct eval *e, const struct feel_value *a, const struct feel_value *b) {
    return eval_steps(e, 1) && value_equal(a, b, &e->steps) == FEEL_TRUE;
}

static bool has(struct eval *e, const struct feel_value *items, size_t count, const struct feel_value *v) {
    for (size_t i = 0; i < count; i++)
        if (same(e, &items[i], v)) return true;
    return false;
}

static struct feel_value list_contains(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    return feel_boolean(has(e, a[0].list.items, a[0].list.count, &a[1]));
}

static struct feel_value count_of(struct eval *e, const struct feel_value *a, size_t given) {
    (void)e, (void)given;
    return feel_int((int64_t)a[0].list.count);
}

static struct feel_value extreme(struct eval *e, const struct feel_list *l, int sign) {
    if (l->count == 0) return feel_null();
    struct feel_value best = l->items[0];
    int cmp;
    if (!value_order(&best, &best, &cmp)) return eval_null_c(e, "feel.no_order", feel_kind_name(best.kind));
    for (size_t i = 1; i < l->count; i++) {
        if (!value_order(&l->items[i], &best, &cmp))
            return eval_null_c(e, "feel.no_order", feel_kind_name(l->items[i].kind));
        if (cmp * sign > 0) best = l->items[i];
    }
    return best;
}

static struct feel_value min_of(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    return extreme(e, &a[0].list, -1);
}

static struct feel_value max_of(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    return extreme(e, &a[0].list, 1);
}

// ---- numbers in lists ----

static bool all_numbers(struct eval *e, const struct feel_list *l, const char *what) {
    for (size_t i = 0; i < l->count; i++)
        if (l->items[i].kind != FEEL_NUMBER) return wrong(e, what), false;
    return true;
}

static bool total(const struct feel_list *l, struct feel_number *out) {
    *out = number_from_int(0);
    for (size_t i = 0; i < l->count; i++)
        if (!number_add(*out, l->items[i].number, out)) return false;
    return true;
}

static struct feel_value number_or_null(struct eval *e, bool ok, struct feel_number n) {
    return ok ? value_of_number(n) : eval_null_c(e, "feel.no_number", "");
}

static struct feel_value sum(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct feel_number n;
    if (a[0].list.count == 0 || !all_numbers(e, &a[0].list, "sum(list)")) return feel_null();
    return number_or_null(e, total(&a[0].list, &n), n);
}

static struct feel_value mean(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct feel_number n;
    if (a[0].list.count == 0 || !all_numbers(e, &a[0].list, "mean(list)")) return feel_null();
    bool ok = total(&a[0].list, &n) && number_divide(n, number_from_int((int64_t)a[0].list.count), &n);
    return number_or_null(e, ok, n);
}

static struct feel_value product(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct feel_number n = number_from_int(1);
    if (a[0].list.count == 0 || !all_numbers(e, &a[0].list, "product(list)")) return feel_null();
    for (size_t i = 0; i < a[0].list.count; i++)
        if (!number_multiply(n, a[0].list.items[i].number, &n)) return number_or_null(e, false, n);
    return value_of_number(n);
}

static int by_number(const void *a, const void *b) {
    return number_cmp(((const struct feel_value *)a)->number, ((const struct feel_value *)b)->number);
}

static struct feel_value *sorted_numbers(struct eval *e, const struct feel_list *l) {
    if (!eval_room(e, l->count * sizeof *l->items) || !eval_steps(e, l->count * 4)) return NULL;
    struct feel_value *items = arena_copy(e->arena, l->items, l->count * sizeof *items);
    if (l->count) qsort(items, l->count, sizeof *items, by_number);
    return items;
}

static struct feel_value median(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    size_t n = a[0].list.count;
    if (n == 0 || !all_numbers(e, &a[0].list, "median(list)")) return feel_null();
    struct feel_value *items = sorted_numbers(e, &a[0].list);
    if (!items) return feel_null();
    if (n % 2) return items[n / 2];
    struct feel_number sum_of_two;
    bool ok = number_add(items[n / 2 - 1].number, items[n / 2].number, &sum_of_two) &&
              number_divide(sum_of_two, number_from_int(2), &sum_of_two);
    return number_or_null(e, ok, sum_of_two);
}

// Of a sample: divided by n - 1.
static struct feel_value stddev(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    const struct feel_list *l = &a[0].list;
    struct feel_number average, squares = number_from_int(0), d;
    if (l->count < 2 || !all_numbers(e, l, "stddev(list)")) return feel_null();
    if (!total(l, &average) || !number_divide(average, number_from_int((int64_t)l->count), &average))
        return feel_null();
    for (size_t i = 0; i < l->count; i++)
        if (!number_subtract(l->items[i].number, average, &d) || !number_multiply(d, d, &d) ||
            !number_add(squares, d, &squares))
            return number_or_null(e, false, d);
    bool ok = number_divide(squares, number_from_int((int64_t)l->count - 1), &d) && number_sqrt(d, &d);
    return number_or_null(e, ok, d);
}

static struct feel_value mode(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    size_t n = a[0].list.count, best = 0;
    struct list_builder out = {0};
    if (!all_numbers(e, &a[0].list, "mode(list)")) return feel_null();
    struct feel_value *items = sorted_numbers(e, &a[0].list);
    if (!items) return feel_null();
    for (size_t i = 0, run; i < n; i += run) {
        for (run = 1; i + run < n && by_number(&items[i], &items[i + run]) == 0;) run++;
        if (run > best) out.count = 0, best = run;
        if (run == best && !list_add(e, &out, items[i])) break;
    }
    return list_done(&out);
}

// ---- booleans in lists ----

static struct feel_value decide(struct eval *e, const struct feel_list *l, bool deciding, const char *what) {
    bool unknown = false, bad = false;
    for (size_t i = 0; i < l->count; i++) {
        if (l->items[i].kind == FEEL_BOOLEAN && l->items[i].boolean == deciding)
            return feel_boolean(deciding);
        if (l->items[i].kind == FEEL_NULL) unknown = true;
        if (l->items[i].kind != FEEL_NULL && l->items[i].kind != FEEL_BOOLEAN) bad = true;
    }
    if (bad) return wrong(e, what);
    return unknown ? feel_null() : feel_boolean(!deciding);
}

static struct feel_value all_true(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    return decide(e, &a[0].list, false, "all(list)");
}

static struct feel_value any_true(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    return decide(e, &a[0].list, true, "any(list)");
}

// ---- cutting and joining ----

// Position from 1, or from the end below 0. False outside.
static bool position(const struct feel_value *v, size_t count, size_t *at) {
    struct feel_number n;
    int64_t i;
    if (v->kind != FEEL_NUMBER || !number_round(v->number, 0, ROUND_DOWN, &n) || !number_to_int(n, &i))
        return false;
    if (i < 0) i += (int64_t)count + 1;
    if (i < 1 || i > (int64_t)count) return false;
    *at = (size_t)i - 1;
    return true;
}

static struct feel_value no_position(struct eval *e) {
    return eval_null_c(e, "feel.bad_index", "");
}

static bool add_all(struct eval *e, struct list_builder *l, const struct feel_value *items, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!list_add(e, l, items[i])) return false;
    return true;
}

static struct feel_value sublist(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    size_t from, count = a[0].list.count;
    int64_t wanted;
    if (!position(&a[1], count, &from)) return no_position(e);
    size_t most = count - from, n = most;
    if (a[2].kind == FEEL_NUMBER) {
        if (!feel_to_int(&a[2], &wanted) || wanted < 1 || (size_t)wanted > most) return no_position(e);
        n = (size_t)wanted;
    }
    return feel_list_of(a[0].list.items + from, n);
}

static struct feel_value append(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct list_builder l = {0};
    add_all(e, &l, a[0].list.items, a[0].list.count);
    add_all(e, &l, a[1].list.items, a[1].list.count);
    return list_done(&l);
}

static struct feel_value concatenate(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct list_builder l = {0};
    for (size_t i = 0; i < a[0].list.count; i++) {
        const struct feel_value *v = &a[0].list.items[i];
        if (v->kind == FEEL_NULL) return wrong(e, "concatenate(list)");
        bool ok = v->kind == FEEL_LIST ? add_all(e, &l, v->list.items, v->list.count) : list_add(e, &l, *v);
        if (!ok) break;
    }
    return list_done(&l);
}

static struct feel_value without_repeats(struct eval *e, const struct feel_list *from) {
    struct list_builder l = {0};
    for (size_t i = 0; i < from->count && !e->exhausted; i++)
        if (!has(e, l.items, l.count, &from->items[i]) && !list_add(e, &l, from->items[i])) break;
    return list_done(&l);
}

static struct feel_value union_of(struct eval *e, const struct feel_value *a, size_t given) {
    struct feel_value joined = concatenate(e, a, given);
    return joined.kind == FEEL_LIST ? without_repeats(e, &joined.list) : joined;
}

static struct feel_value distinct_values(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    return without_repeats(e, &a[0].list);
}

static struct feel_value insert_before(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    size_t at;
    struct list_builder l = {0};
    if (!position(&a[1], a[0].list.count, &at)) return no_position(e);
    add_all(e, &l, a[0].list.items, at);
    list_add(e, &l, a[2]);
    add_all(e, &l, a[0].list.items + at, a[0].list.count - at);
    return list_done(&l);
}

static struct feel_value remove_at(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    size_t at;
    struct list_builder l = {0};
    if (!position(&a[1], a[0].list.count, &at)) return no_position(e);
    add_all(e, &l, a[0].list.items, at);
    add_all(e, &l, a[0].list.items + at + 1, a[0].list.count - at - 1);
    return list_done(&l);
}

static struct feel_value reverse(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct list_builder l = {0};
    for (size_t i = a[0].list.count; i-- > 0;)
        if (!list_add(e, &l, a[0].list.items[i])) break;
    return list_done(&l);
}

static struct feel_value index_of(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct list_builder l = {0};
    for (size_t i = 0; i < a[0].list.count && !e->exhausted; i++)
        if (same(e, &a[0].list.items[i], &a[1]) && !list_add(e, &l, feel_int((int64_t)i + 1))) break;
    return list_done(&l);
}

static bool flatten_into(struct eval *e, struct list_builder *l, const struct feel_list *from, int depth) {
    if (depth > VALUE_DEPTH_MAX || !eval_steps(e, from->count + 1)) return false;
    for (size_t i = 0; i < from->count; i++) {
        const struct feel_value *v = &from->items[i];
        bool ok = v->kind == FEEL_LIST ? flatten_into(e, l, &v->list, depth + 1) : list_add(e, l, *v);
        if (!ok) return false;
    }
    return true;
}

static struct feel_value flatten(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct list_builder l = {0};
    return flatten_into(e, &l, &a[0].list, 0) ? list_done(&l) : eval_null_c(e, "feel.too_deep", "flatten");
}

// ---- with functions ----

static struct feel_value replace_matching(struct eval *e, const struct feel_value *a) {
    struct list_builder l = {0};
    if (function_param_count(a[1].function) != 2) return wrong(e, "list replace(match)");
    for (size_t i = 0; i < a[0].list.count && !e->exhausted; i++) {
        struct feel_value args[] = {a[0].list.items[i], a[2]};
        struct feel_value match = eval_apply(e, a[1].function, args, 2);
        if (match.kind != FEEL_BOOLEAN) return wrong(e, "list replace(match)");
        if (!list_add(e, &l, match.boolean ? a[2] : a[0].list.items[i])) break;
    }
    return list_done(&l);
}

static struct feel_value list_replace(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    size_t at;
    struct list_builder l = {0};
    if (a[1].kind == FEEL_FUNCTION) return replace_matching(e, a);
    if (!position(&a[1], a[0].list.count, &at)) return no_position(e);
    add_all(e, &l, a[0].list.items, a[0].list.count);
    if (l.count > at) l.items[at] = a[2];
    return list_done(&l);
}

struct sorter {
    struct eval *e;
    const struct feel_function *precedes; // NULL: ascending
    bool failed;
};

// Does b have to come before a? Merging keeps equal items in their order.
static bool before(struct sorter *s, const struct feel_value *b, const struct feel_value *a) {
    int cmp;
    if (!s->precedes) return value_order(b, a, &cmp) ? cmp < 0 : (s->failed = true, false);
    struct feel_value args[] = {*b, *a};
    struct feel_value v = eval_apply(s->e, s->precedes, args, 2);
    if (v.kind != FEEL_BOOLEAN) s->failed = true;
    return feel_is_true(&v);
}

static void merge_sort(struct sorter *s, struct feel_value *items, struct feel_value *room, size_t count) {
    if (count < 2 || s->failed || !eval_steps(s->e, count)) return;
    size_t half = count / 2, i = 0, k = half, n = 0;
    merge_sort(s, items, room, half);
    merge_sort(s, items + half, room, count - half);
    while (i < half && k < count) room[n++] = before(s, &items[k], &items[i]) ? items[k++] : items[i++];
    while (i < half) room[n++] = items[i++];
    while (k < count) room[n++] = items[k++];
    memcpy(items, room, count * sizeof *items);
}

static struct feel_value sort(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    size_t count = a[0].list.count;
    if (!eval_room(e, 2 * count * sizeof *a)) return feel_null();
    struct sorter s = {.e = e, .precedes = a[1].kind == FEEL_FUNCTION ? a[1].function : NULL};
    struct feel_value *items = arena_copy(e->arena, a[0].list.items, count * sizeof *items);
    merge_sort(&s, items, ARENA_ARRAY(e->arena, struct feel_value, count), count);
    return s.failed ? wrong(e, "sort(precedes)") : feel_list_of(items, count);
}

const struct builtin BUILTIN_LIST[] = {
    {"list contains", "list:l,element:A", list_contains},
    {"count", "list:l", count_of},
    {"min", "*list:l", min_of},
    {"max", "*list:l", max_of},
    {"sum", "*list:l", sum},
    {"mean", "*list:l", mean},
    {"product", "*list:l", product},
    {"median", "*list:l", median},
    {"stddev", "*list:l", stddev},
    {"mode", "*list:l", mode},
    {"all", "*list:l", all_true},
    {"any", "*list:l", any_true},
    {"sublist", "list:l,start position:n,length?:N", sublist},
    {"append", "list:l,+item:l", append},
    {"concatenate", "+list:l", concatenate},
    {"insert before", "list:l,position:n,newItem:A", insert_before},
    {"remove", "list:l,position:n", remove_at},
    {"reverse", "list:l", reverse},
    {"index of", "list:l,match:A", index_of},
    {"union", "+list:l", union_of},
    {"distinct values", "list:l", distinct_values},
    {"flatten", "list:l", flatten},
    {"list replace", "list:l,position:n,newItem:A", list_replace},
    {"list replace", "list:l,match:f,newItem:A", list_replace},
    {"sort", "list:l,precedes?:F", sort},
    {0},
};
