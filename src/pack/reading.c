#include "pack/reading.h"

#include <string.h>

struct reading reading_member(const struct reading *r, const char *member) {
    struct reading deeper = *r;
    deeper.place = r->place.n ? text_printf(r->a, TEXT_FMT ".%s", TEXT_ARG(r->place), member)
                              : text_copy(r->a, text_of(member));
    return deeper;
}

struct reading reading_item(const struct reading *r, size_t index) {
    struct reading deeper = *r;
    deeper.place = text_printf(r->a, TEXT_FMT "[%zu]", TEXT_ARG(r->place), index);
    return deeper;
}

enum status reading_fail(const struct reading *r, const char *member, const char *rule, struct text what) {
    struct reading at = member ? reading_member(r, member) : *r;
    enum status st =
        problem(r->p, text_c(r->a, at.place), rule, text_c(r->a, text_printf(r->a, "problem.pack.%s", rule)));
    problem_arg(r->p, "where", at.place);
    problem_arg(r->p, "what", text_copy(r->a, what));
    return st;
}

enum status reading_only(const struct reading *r, const json_t *object, const char *const *known) {
    if (!json_is_object(object)) return reading_fail(r, NULL, "value_kind", T("object"));
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value) {
        size_t i = 0;
        while (known[i] && strcmp(known[i], key) != 0) i++;
        if (!known[i]) return reading_fail(r, NULL, "member_unknown", text_of(key));
    }
    return STATUS_OK;
}

enum status reading_text(const struct reading *r, const json_t *object, const char *member,
                         struct text *out) {
    const json_t *v = json_object_get(object, member);
    *out = (struct text){0};
    if (!v) return STATUS_OK;
    if (!json_is_string(v)) return reading_fail(r, member, "value_kind", T("text"));
    *out = text_copy(r->a, json_text(object, member, T("")));
    return STATUS_OK;
}

enum status reading_need_text(const struct reading *r, const json_t *object, const char *member,
                              struct text *out) {
    enum status st = reading_text(r, object, member, out);
    if (!st && out->n == 0) st = reading_fail(r, NULL, "member_missing", text_of(member));
    return st;
}

enum status reading_flag(const struct reading *r, const json_t *object, const char *member, bool *out) {
    const json_t *v = json_object_get(object, member);
    *out = json_is_true(v);
    return v && !json_is_boolean(v) ? reading_fail(r, member, "value_kind", T("true, false")) : STATUS_OK;
}

enum status reading_int(const struct reading *r, const json_t *object, const char *member, int64_t min,
                        int64_t max, int64_t *out) {
    const json_t *v = json_object_get(object, member);
    if (!v) return STATUS_OK;
    if (!json_is_integer(v)) return reading_fail(r, member, "value_kind", T("whole number"));
    int64_t n = json_integer_value(v);
    if (n < min || n > max)
        return reading_fail(r, member, "value_range", text_printf(r->a, "%lld", (long long)n));
    *out = n;
    return STATUS_OK;
}

enum status reading_date(const struct reading *r, const json_t *object, const char *member,
                         struct date *out) {
    struct text t;
    enum status st = reading_text(r, object, member, &t);
    *out = (struct date){0};
    if (st || t.n == 0) return st;
    if (date_parse(t, out) != STATUS_OK || !date_is_full(*out))
        return reading_fail(r, member, "value_date", t);
    return STATUS_OK;
}

enum status reading_choice(const struct reading *r, const json_t *object, const char *member,
                           const char *const *names, int *out) {
    struct text t;
    enum status st = reading_text(r, object, member, &t);
    if (st || t.p == NULL) return st;
    for (int i = 0; names[i]; i++) {
        if (text_eq(t, text_of(names[i]))) {
            *out = i;
            return STATUS_OK;
        }
    }
    return reading_fail(r, member, "value_unknown", t);
}

enum status reading_array(const struct reading *r, const json_t *object, const char *member, size_t max,
                          json_t **out) {
    json_t *v = json_object_get(object, member);
    *out = v;
    if (!v) return STATUS_OK;
    if (!json_is_array(v)) return reading_fail(r, member, "value_kind", T("list"));
    if (json_array_size(v) > max) return reading_fail(r, member, "too_many", text_printf(r->a, "%zu", max));
    return STATUS_OK;
}

enum status reading_texts(const struct reading *r, const json_t *object, const char *member, size_t max,
                          struct text **out, size_t *count) {
    json_t *list;
    *out = NULL;
    *count = 0;
    enum status st = reading_array(r, object, member, max, &list);
    if (st || !list) return st;
    *out = ARENA_ARRAY(r->a, struct text, json_array_size(list));
    json_t *v;
    size_t i;
    json_array_foreach(list, i, v) {
        if (!json_is_string(v)) return reading_fail(r, member, "value_kind", T("list of texts"));
        (*out)[(*count)++] = text_copy(r->a, (struct text){json_string_value(v), json_string_length(v)});
    }
    return STATUS_OK;
}

enum status reading_list(const struct reading *r, const json_t *object, const char *member, size_t max,
                         reading_take_fn *take, void *context) {
    json_t *list, *item;
    size_t i;
    enum status st = reading_array(r, object, member, max, &list);
    struct reading at = reading_member(r, member);
    if (st) return st;
    json_array_foreach(list, i, item) {
        struct reading here = reading_item(&at, i);
        st = take(&here, item, context);
        if (st) return st;
    }
    return STATUS_OK;
}
