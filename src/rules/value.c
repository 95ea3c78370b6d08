#include <assert.h>
#include <string.h>

#include "rules/number.h"
#include "rules/value.h"

struct feel_value feel_null(void) {
    return (struct feel_value){.kind = FEEL_NULL};
}

struct feel_value feel_boolean(bool b) {
    return (struct feel_value){.kind = FEEL_BOOLEAN, .boolean = b};
}

struct feel_value feel_int(int64_t i) {
    return (struct feel_value){.kind = FEEL_NUMBER, .number = number_from_int(i)};
}

struct feel_value feel_string(struct text t) {
    return (struct feel_value){.kind = FEEL_STRING, .string = t};
}

struct feel_value feel_of_date(struct date d) {
    if (!date_is_full(d) || !date_is_valid(d)) return feel_null();
    return (struct feel_value){.kind = FEEL_DATE, .date = {d.year, (uint8_t)d.month, (uint8_t)d.day}};
}

struct feel_value feel_list_of(const struct feel_value *items, size_t count) {
    return (struct feel_value){.kind = FEEL_LIST, .list = {items, count}};
}

struct feel_value feel_number_of(struct text digits) {
    struct feel_value v = {.kind = FEEL_NUMBER};
    return number_parse(digits, &v.number) ? v : feel_null();
}

struct feel_value feel_empty_context(void) {
    return (struct feel_value){.kind = FEEL_CONTEXT};
}

const char *feel_kind_name(enum feel_kind k) {
    static const char *const NAMES[] = {
        [FEEL_NULL] = "null",
        [FEEL_BOOLEAN] = "boolean",
        [FEEL_NUMBER] = "number",
        [FEEL_STRING] = "string",
        [FEEL_DATE] = "date",
        [FEEL_TIME] = "time",
        [FEEL_DATE_TIME] = "date and time",
        [FEEL_DAYS_DURATION] = "days and time duration",
        [FEEL_MONTHS_DURATION] = "years and months duration",
        [FEEL_LIST] = "list",
        [FEEL_CONTEXT] = "context",
        [FEEL_RANGE] = "range",
        [FEEL_FUNCTION] = "function",
    };
    return NAMES[k];
}

static const struct feel_entry *entry(const struct feel_value *context, struct text key) {
    if (context->kind != FEEL_CONTEXT) return NULL;
    for (size_t i = 0; i < context->context.count; i++)
        if (name_eq(context->context.entries[i].key, key)) return &context->context.entries[i];
    return NULL;
}

struct feel_value feel_get(const struct feel_value *context, struct text key) {
    const struct feel_entry *e = entry(context, key);
    return e ? e->value : feel_null();
}

bool value_entry(const struct feel_value *context, struct text key, struct feel_value *out) {
    const struct feel_entry *e = entry(context, key);
    if (e) *out = e->value;
    return e != NULL;
}

bool feel_has(const struct feel_value *context, struct text key) {
    return entry(context, key) != NULL;
}

void feel_put(struct arena *a, struct feel_value *context, struct text key, struct feel_value value) {
    assert(context->kind == FEEL_CONTEXT);
    size_t count = context->context.count, at = 0;
    while (at < count && !text_eq(context->context.entries[at].key, key)) at++;
    struct feel_entry *entries = ARENA_ARRAY(a, struct feel_entry, count + 1);
    if (count) memcpy(entries, context->context.entries, count * sizeof *entries);
    entries[at] = (struct feel_entry){key, value};
    context->context = (struct feel_context){entries, at == count ? count + 1 : count};
}

void feel_append(struct arena *a, struct feel_value *list, struct feel_value item) {
    assert(list->kind == FEEL_LIST);
    size_t count = list->list.count;
    struct feel_value *items = ARENA_ARRAY(a, struct feel_value, count + 1);
    if (count) memcpy(items, list->list.items, count * sizeof *items);
    items[count] = item;
    list->list = (struct feel_list){items, count + 1};
}

bool feel_is_true(const struct feel_value *v) {
    return v->kind == FEEL_BOOLEAN && v->boolean;
}

struct text feel_text(const struct feel_value *v) {
    return v->kind == FEEL_STRING ? v->string : T("");
}

bool feel_to_int(const struct feel_value *v, int64_t *out) {
    return v->kind == FEEL_NUMBER && number_to_int(v->number, out);
}

bool feel_to_date(const struct feel_value *v, struct date *out) {
    if (v->kind != FEEL_DATE && v->kind != FEEL_DATE_TIME) return false;
    struct feel_date d = v->kind == FEEL_DATE ? v->date : v->date_time.date;
    if (d.year < 1 || d.year > 9999) return false;
    *out = (struct date){d.year, d.month, d.day};
    return true;
}

static const struct feel_zone *copy_zone(struct arena *a, const struct feel_zone *z) {
    if (!z) return NULL;
    struct feel_zone *mine = arena_copy(a, z, sizeof *z);
    mine->name = text_copy(a, z->name);
    return mine;
}

// Shared parts become parts of their own, so what is copied may grow: it ends at `limit` bytes of the arena.
static struct feel_value copy(struct arena *a, struct feel_value v, int depth, size_t limit) {
    if (depth > VALUE_DEPTH_MAX || a->used > limit) return feel_null();
    switch (v.kind) {
    case FEEL_STRING: v.string = text_copy(a, v.string); break;
    case FEEL_TIME: v.time.zone = copy_zone(a, v.time.zone); break;
    case FEEL_DATE_TIME: v.date_time.time.zone = copy_zone(a, v.date_time.time.zone); break;
    case FEEL_LIST: {
        struct feel_value *items = ARENA_ARRAY(a, struct feel_value, v.list.count);
        for (size_t i = 0; i < v.list.count; i++) items[i] = copy(a, v.list.items[i], depth + 1, limit);
        v.list.items = items;
        break;
    }
    case FEEL_CONTEXT: {
        struct feel_entry *entries = ARENA_ARRAY(a, struct feel_entry, v.context.count);
        for (size_t i = 0; i < v.context.count; i++)
            entries[i] = (struct feel_entry){text_copy(a, v.context.entries[i].key),
                                             copy(a, v.context.entries[i].value, depth + 1, limit)};
        v.context.entries = entries;
        break;
    }
    case FEEL_RANGE: {
        struct feel_range *r = arena_copy(a, v.range, sizeof *r);
        r->low = copy(a, r->low, depth + 1, limit);
        r->high = copy(a, r->high, depth + 1, limit);
        v.range = r;
        break;
    }
    default: break;
    }
    return v;
}

struct feel_value feel_copy(struct arena *a, struct feel_value v) {
    return copy(a, v, 0, a->used + FEEL_MEMORY_MAX);
}
