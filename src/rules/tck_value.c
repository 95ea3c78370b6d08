#include "rules/tck_value.h"

#include <string.h>

#include "rules/number.h"
#include "rules/tck.h"
#include "rules/temporal.h"

#define XSI "http://www.w3.org/2001/XMLSchema-instance"

struct value_reader {
    struct arena *arena;
    struct text *why;
};

static bool wrong(struct value_reader *r, const char *what, struct text found) {
    *r->why = text_printf(r->arena, "%s: '" TEXT_FMT "'", what, TEXT_ARG(text_head(found, 80)));
    return false;
}

static struct text xsi_type(struct value_reader *r, const xmlNode *n) {
    struct text t = text_trim(xml_attribute(r->arena, n, XSI, "type"));
    size_t colon;
    return text_find(t, T(":"), &colon) ? text_slice(t, colon + 1, t.n) : t;
}

static bool is_nil(struct value_reader *r, const xmlNode *n) {
    struct text nil = text_trim(xml_attribute(r->arena, n, XSI, "nil"));
    return text_eq(nil, T("true")) || text_eq(nil, T("1"));
}

// Kinds of XML Schema's simple types. What is not here is text.
static const struct {
    const char *name;
    enum feel_kind kind;
} KINDS[] = {
    {"boolean", FEEL_BOOLEAN},
    {"decimal", FEEL_NUMBER},
    {"double", FEEL_NUMBER},
    {"float", FEEL_NUMBER},
    {"integer", FEEL_NUMBER},
    {"int", FEEL_NUMBER},
    {"long", FEEL_NUMBER},
    {"short", FEEL_NUMBER},
    {"byte", FEEL_NUMBER},
    {"unsignedByte", FEEL_NUMBER},
    {"unsignedShort", FEEL_NUMBER},
    {"unsignedInt", FEEL_NUMBER},
    {"unsignedLong", FEEL_NUMBER},
    {"positiveInteger", FEEL_NUMBER},
    {"nonNegativeInteger", FEEL_NUMBER},
    {"negativeInteger", FEEL_NUMBER},
    {"nonPositiveInteger", FEEL_NUMBER},
    {"date", FEEL_DATE},
    {"time", FEEL_TIME},
    {"dateTime", FEEL_DATE_TIME},
    {"dateTimeStamp", FEEL_DATE_TIME},
    {"duration", FEEL_DAYS_DURATION},
    {"dayTimeDuration", FEEL_DAYS_DURATION},
    {"yearMonthDuration", FEEL_MONTHS_DURATION},
};

static bool is_temporal(enum feel_kind k) {
    return k >= FEEL_DATE && k <= FEEL_MONTHS_DURATION;
}

static bool boolean(struct text t, struct feel_value *out) {
    bool yes = text_eq(t, T("true")) || text_eq(t, T("1")), no = text_eq(t, T("false")) || text_eq(t, T("0"));
    *out = feel_boolean(yes);
    return yes || no;
}

static bool of_kind(struct value_reader *r, enum feel_kind k, struct text t, struct feel_value *out) {
    struct text trimmed = text_trim(t);
    if (k == FEEL_BOOLEAN) return boolean(trimmed, out);
    if (k == FEEL_NUMBER) {
        // XML Schema writes a plus that FEEL does not know.
        if (trimmed.n && trimmed.p[0] == '+') trimmed = text_slice(trimmed, 1, trimmed.n);
        *out = feel_number_of(trimmed);
        return out->kind == FEEL_NUMBER;
    }
    if (is_temporal(k)) return temporal_parse(r->arena, trimmed, out);
    *out = feel_string(t.p ? t : T(""));
    return true;
}

// Without xsi:type and without a declared type the text itself says what it is.
static bool untyped(struct value_reader *r, struct text t, struct feel_value *out) {
    struct text trimmed = text_trim(t);
    static const enum feel_kind TRIED[] = {FEEL_NUMBER, FEEL_DATE};
    *out = feel_boolean(text_eq(trimmed, T("true")));
    if (out->boolean || text_eq(trimmed, T("false"))) return true;
    for (size_t i = 0; i < sizeof TRIED / sizeof *TRIED; i++)
        if (of_kind(r, TRIED[i], t, out)) return true;
    *out = feel_string(t);
    return true;
}

static bool scalar(struct value_reader *r, const xmlNode *n, const struct feel_type *type,
                   struct feel_value *out) {
    struct text t = xml_content(r->arena, n), xsi = xsi_type(r, n);
    const struct feel_type *one = type->kind == TYPE_LIST && type->element ? type->element : type;
    bool is_declared = one->kind == TYPE_SIMPLE && one->simple <= FEEL_MONTHS_DURATION;
    if (is_nil(r, n) || (!xsi.n && !text_trim(t).n)) return *out = feel_null(), true;
    for (size_t i = 0; xsi.n && i < sizeof KINDS / sizeof *KINDS; i++)
        if (text_eq(xsi, text_of(KINDS[i].name)))
            return of_kind(r, KINDS[i].kind, t, out) || wrong(r, KINDS[i].name, t);
    // A date that is given as a string is one when the model says so.
    if (is_declared && (!xsi.n || is_temporal(one->simple)) && of_kind(r, one->simple, t, out)) return true;
    if (!xsi.n) return untyped(r, t, out);
    return *out = feel_string(t.p ? t : T("")), true;
}

static bool value(struct value_reader *r, const xmlNode *holder, const struct feel_type *type,
                  struct feel_value *out);

static bool list(struct value_reader *r, const xmlNode *n, const struct feel_type *type,
                 struct feel_value *out) {
    struct {
        struct feel_value *items;
        size_t count, capacity;
    } items = {0};
    const struct feel_type *element = type->kind == TYPE_LIST && type->element ? type->element : &TYPE_OF_ANY;
    if (is_nil(r, n)) return *out = feel_null(), true;
    for (const xmlNode *item = xml_child(n); item; item = xml_next(item)) {
        if (!xml_is(item, NULL, "item")) continue;
        struct feel_value v;
        if (!value(r, item, element, &v)) return false;
        *ARENA_PUSH(r->arena, &items) = v;
    }
    *out = feel_list_of(items.items, items.count);
    return true;
}

static const struct feel_type *member(const struct feel_type *type, struct text name) {
    for (size_t i = 0; type->kind == TYPE_CONTEXT && i < type->count; i++)
        if (text_eq(type->names[i], name)) return type->types[i];
    return &TYPE_OF_ANY;
}

struct entry_list {
    struct feel_entry *items;
    size_t count, capacity;
};

static bool component(struct value_reader *r, const xmlNode *n, const struct feel_type *type,
                      struct entry_list *l) {
    struct text name = xml_attribute(r->arena, n, NULL, "name");
    struct feel_value v = feel_null();
    if (l->count >= TCK_COMPONENTS_MAX) return wrong(r, "too many components", name);
    for (size_t i = 0; i < l->count; i++)
        if (text_eq(l->items[i].key, name)) return wrong(r, "a component comes twice", name);
    if (!is_nil(r, n) && !value(r, n, member(type, name), &v)) return false;
    *ARENA_PUSH(r->arena, l) = (struct feel_entry){name, v};
    return true;
}

static bool value(struct value_reader *r, const xmlNode *holder, const struct feel_type *type,
                  struct feel_value *out) {
    struct entry_list l = {0};
    *out = feel_null();
    for (const xmlNode *n = xml_child(holder); n; n = xml_next(n)) {
        if (xml_is(n, NULL, "value")) return scalar(r, n, type, out);
        if (xml_is(n, NULL, "list")) return list(r, n, type, out);
        if (!xml_is(n, NULL, "component")) continue;
        // <component xsi:nil="true"/> without a name is the nearest that the format has to an empty context.
        if (is_nil(r, n) && !xml_attribute(r->arena, n, NULL, "name").n) {
            *out = feel_empty_context();
            continue;
        }
        if (!component(r, n, type, &l)) return false;
    }
    if (l.count) *out = (struct feel_value){.kind = FEEL_CONTEXT, .context = {l.items, l.count}};
    return true;
}

bool tck_value(struct arena *a, const xmlNode *holder, const struct feel_type *type, struct feel_value *out,
               struct text *why) {
    struct value_reader r = {a, why};
    *out = feel_null();
    return value(&r, holder, type, out);
}

// ---- comparing ----

static bool same_number(struct feel_number got, struct feel_number want) {
    static const struct text NEAR = {"0.00000001", 10};
    struct feel_number d, limit, size = number_is_negative(want) ? number_negate(want) : want;
    if (!number_parse(NEAR, &limit) || !number_subtract(got, want, &d)) return false;
    if (number_is_negative(d)) d = number_negate(d);
    // Expected values are often doubles: of large numbers only so many digits are known.
    if (number_cmp(size, number_from_int(1)) > 0 && !number_multiply(limit, size, &limit)) return false;
    return number_cmp(d, limit) <= 0;
}

static bool same_list(const struct feel_list *got, const struct feel_list *want) {
    if (got->count != want->count) return false;
    for (size_t i = 0; i < got->count; i++)
        if (!tck_same(&got->items[i], &want->items[i])) return false;
    return true;
}

static bool same_context(const struct feel_value *got, const struct feel_value *want) {
    if (got->context.count != want->context.count) return false;
    for (size_t i = 0; i < want->context.count; i++) {
        struct feel_value g = feel_get(got, want->context.entries[i].key);
        if (!feel_has(got, want->context.entries[i].key) || !tck_same(&g, &want->context.entries[i].value))
            return false;
    }
    return true;
}

bool tck_same(const struct feel_value *got, const struct feel_value *want) {
    bool wants_nothing = want->kind == FEEL_CONTEXT && !want->context.count;
    if (wants_nothing && got->kind == FEEL_NULL) return true; // it may as well be a context that is null
    if (got->kind != want->kind) return false;
    if (got->kind == FEEL_NUMBER) return same_number(got->number, want->number);
    if (got->kind == FEEL_LIST) return same_list(&got->list, &want->list);
    if (got->kind == FEEL_CONTEXT) return same_context(got, want);
    return feel_equal(got, want) == FEEL_TRUE;
}
