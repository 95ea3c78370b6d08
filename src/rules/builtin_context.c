// Context functions (10.3.4.10, table 81).
#include <string.h>

#include "rules/builtin.h"

static struct feel_value get_value(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    if (a[1].kind == FEEL_STRING)
        return feel_has(&a[0], a[1].string) ? feel_get(&a[0], a[1].string)
                                            : eval_null(e, "feel.no_part", a[1].string);
    if (a[1].kind != FEEL_LIST) return eval_null_c(e, "feel.argument_type", "get value(key)");
    struct feel_value v = a[0];
    for (size_t i = 0; i < a[1].list.count; i++) {
        const struct feel_value *key = &a[1].list.items[i];
        if (key->kind != FEEL_STRING || !feel_has(&v, key->string))
            return eval_null_c(e, "feel.no_part", "get value");
        v = feel_get(&v, key->string);
    }
    return v;
}

static struct feel_value entry_context(struct eval *e, struct text key, struct feel_value value) {
    struct feel_entry *entries = ARENA_ARRAY(e->arena, struct feel_entry, 2);
    entries[0] = (struct feel_entry){T("key"), feel_string(key)};
    entries[1] = (struct feel_entry){T("value"), value};
    return (struct feel_value){.kind = FEEL_CONTEXT, .context = {entries, 2}};
}

static struct feel_value get_entries(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct list_builder l = {0};
    for (size_t i = 0; i < a[0].context.count; i++)
        if (!list_add(e, &l, entry_context(e, a[0].context.entries[i].key, a[0].context.entries[i].value)))
            break;
    return list_done(&l);
}

static struct feel_value put(struct eval *e, struct feel_value c, struct text key, struct feel_value v) {
    if (!eval_steps(e, c.context.count + 1) ||
        !eval_room(e, (c.context.count + 1) * sizeof(struct feel_entry)))
        return feel_null();
    feel_put(e->arena, &c, key, v);
    return c;
}

static struct feel_value put_path(struct eval *e, const struct feel_value *c, struct feel_list keys,
                                  size_t at, struct feel_value v) {
    if (at == keys.count) return v;
    if (c->kind != FEEL_CONTEXT || keys.items[at].kind != FEEL_STRING || at > FEEL_DEPTH_MAX)
        return eval_null_c(e, "feel.argument_type", "context put(keys)");
    struct feel_value inner = feel_get(c, keys.items[at].string);
    if (at + 1 < keys.count) {
        if (inner.kind != FEEL_CONTEXT) return eval_null_c(e, "feel.no_part", "context put");
        v = put_path(e, &inner, keys, at + 1, v);
        if (v.kind == FEEL_NULL) return v;
    }
    return put(e, *c, keys.items[at].string, v);
}

static struct feel_value context_put(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    return put(e, a[0], a[1].string, a[2]);
}

static struct feel_value context_put_path(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    if (a[1].list.count == 0) return eval_null_c(e, "feel.argument_type", "context put(keys)");
    return put_path(e, &a[0], a[1].list, 0, a[2]);
}

static struct feel_value context_merge(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct feel_value merged = feel_empty_context();
    for (size_t i = 0; i < a[0].list.count; i++) {
        const struct feel_value *c = &a[0].list.items[i];
        if (c->kind != FEEL_CONTEXT) return eval_null_c(e, "feel.argument_type", "context merge(contexts)");
        for (size_t k = 0; k < c->context.count; k++) {
            merged = put(e, merged, c->context.entries[k].key, c->context.entries[k].value);
            if (merged.kind == FEEL_NULL) return merged;
        }
    }
    return merged;
}

static struct feel_value context_of(struct eval *e, const struct feel_value *a, size_t given) {
    (void)given;
    struct feel_value made = feel_empty_context();
    for (size_t i = 0; i < a[0].list.count; i++) {
        const struct feel_value *entry = &a[0].list.items[i];
        struct feel_value key = feel_get(entry, T("key"));
        if (key.kind != FEEL_STRING || !feel_has(entry, T("value")))
            return eval_null_c(e, "feel.bad_entry", "context");
        if (feel_has(&made, key.string)) return eval_null(e, "feel.duplicate_key", key.string);
        made = put(e, made, key.string, feel_get(entry, T("value")));
        if (made.kind == FEEL_NULL) return made;
    }
    return made;
}

const struct builtin BUILTIN_CONTEXT[] = {
    {"get value", "m:c,key:a", get_value},
    {"get entries", "m:c", get_entries},
    {"context", "entries:l", context_of},
    {"context put", "context:c,key:s,value:A", context_put},
    {"context put", "context:c,keys:l,value:A", context_put_path},
    {"context merge", "contexts:l", context_merge},
    {0},
};
