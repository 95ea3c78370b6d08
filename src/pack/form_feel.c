// Answers as FEEL values.
#include "pack/form.h"

struct building {
    struct arena *a;
    const struct form *form;
    const struct answers *answers;
};

static struct feel_value scalar(const struct building *b, const struct answer *answer) {
    const struct form_field *field = b->form ? form_field_at(b->form, answer->path) : NULL;
    struct date d;
    if (field && field->kind == FIELD_NUMBER) return feel_number_of(answer->value);
    bool may_be_date = !field || field->kind == FIELD_DATE || field->kind == FIELD_PARTIAL_DATE;
    if (may_be_date && date_parse(answer->value, &d) == STATUS_OK && date_is_full(d)) return feel_of_date(d);
    if (!field || field->kind == FIELD_CHECKBOX) {
        if (text_eq(answer->value, T("true"))) return feel_boolean(true);
        if (text_eq(answer->value, T("false"))) return feel_boolean(false);
    }
    return feel_string(answer->value);
}

struct entries {
    struct feel_entry *items;
    size_t count, capacity;
};
struct values {
    struct feel_value *items;
    size_t count, capacity;
};

// All answers from `from` on that begin with the first `depth` bytes of its path make one value.
static struct feel_value build(const struct building *b, size_t *from, size_t depth);

static bool goes_on(const struct building *b, size_t i, struct text prefix) {
    return i < b->answers->count && text_starts(b->answers->items[i].path, prefix);
}

static struct feel_value build_context(const struct building *b, size_t *i, size_t depth) {
    struct text prefix = text_slice(b->answers->items[*i].path, 0, depth);
    struct entries entries = {0};
    while (goes_on(b, *i, prefix)) {
        struct text path = b->answers->items[*i].path;
        size_t end = depth;
        while (end < path.n && path.p[end] != '.' && path.p[end] != '[') end++;
        struct text key = text_slice(path, depth, end);
        struct feel_value v = build(b, i, end);
        bool known = entries.count && text_eq(entries.items[entries.count - 1].key, key);
        if (!known) *ARENA_PUSH(b->a, &entries) = (struct feel_entry){key, v};
    }
    return (struct feel_value){.kind = FEEL_CONTEXT, .context = {entries.items, entries.count}};
}

static struct feel_value build_list(const struct building *b, size_t *i, size_t depth) {
    struct text prefix = text_slice(b->answers->items[*i].path, 0, depth + 1);
    struct values values = {0};
    while (goes_on(b, *i, prefix)) {
        struct text path = b->answers->items[*i].path;
        size_t end = depth + 1;
        while (path.p[end] != ']') end++;
        *ARENA_PUSH(b->a, &values) = build(b, i, end + 1);
    }
    return feel_list_of(values.items, values.count);
}

static struct feel_value build(const struct building *b, size_t *i, size_t depth) {
    const struct answer *answer = &b->answers->items[*i];
    if (answer->path.n > depth && answer->path.p[depth] == '.') return build_context(b, i, depth + 1);
    if (answer->path.n > depth) return build_list(b, i, depth);
    ++*i;
    return scalar(b, answer);
}

struct feel_value form_feel(struct arena *a, const struct form *f, const struct answers *answers) {
    struct building b = {a, f, answers};
    size_t i = 0;
    return answers->count ? build_context(&b, &i, 0) : feel_empty_context();
}
