#include "pack/access_rules.h"

enum {
    ACCESS_WORDS_MAX = 100, // there are 61 actions; classes have a limit of their own
    ACCESS_FILE_ROWS_MAX = 1000,
};

static enum status read_words(const struct reading *r, const json_t *j, const char *member,
                              struct access_words *out) {
    const json_t *object = json_object_get(j, member);
    const char *id;
    json_t *label;
    if (!json_is_object(object)) return reading_fail(r, NULL, "member_missing", text_of(member));
    if (json_object_size(object) > ACCESS_WORDS_MAX) return reading_fail(r, member, "too_many", T("100"));
    json_object_foreach((json_t *)object, id, label) {
        if (!json_is_string(label)) return reading_fail(r, member, "value_kind", text_of(id));
        *ARENA_PUSH(r->a, out) = (struct access_word){text_copy(r->a, text_of(id)),
                                                      text_copy(r->a, text_of(json_string_value(label)))};
    }
    return STATUS_OK;
}

const struct access_word *access_word_find(const struct access_words *words, struct text id) {
    for (size_t i = 0; i < words->count; i++)
        if (text_eq(words->items[i].id, id)) return &words->items[i];
    return NULL;
}

struct list {
    struct text *items;
    size_t count;
};

static enum status read_list(const struct reading *r, const json_t *j, const char *member,
                             const struct access_words *known, struct list *out) {
    enum status st = reading_texts(r, j, member, ACCESS_WORDS_MAX, &out->items, &out->count);
    if (st) return st;
    if (!out->count) return reading_fail(r, NULL, "member_missing", text_of(member));
    for (size_t i = 0; i < out->count; i++)
        if (!access_word_find(known, out->items[i]))
            return reading_fail(r, member, "access_word_unknown", out->items[i]);
    return STATUS_OK;
}

static enum status read_row(const struct reading *r, const json_t *j, struct access_rules *rules) {
    static const char *const KNOWN[] = {"role",   "purpose",      "relation", "class",
                                        "action", "needs_reason", "note",     NULL};
    struct list role, purpose, relation, class, action;
    bool needs_reason;
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = read_list(r, j, "role", &rules->roles, &role);
    if (!st) st = read_list(r, j, "purpose", &rules->purposes, &purpose);
    if (!st) st = read_list(r, j, "relation", &rules->relations, &relation);
    if (!st) st = read_list(r, j, "class", &rules->classes, &class);
    if (!st) st = read_list(r, j, "action", &rules->actions, &action);
    if (!st) st = reading_flag(r, j, "needs_reason", &needs_reason);
    if (st) return st;
    size_t rows = role.count * purpose.count * relation.count * class.count * action.count;
    if (rows > ACCESS_ROWS_MAX - rules->rows.count) return reading_fail(r, NULL, "too_many", T("20000"));
    for (size_t i = 0; i < rows; i++) {
        size_t n = i;
        struct access_row *row = ARENA_PUSH(r->a, &rules->rows);
        row->role = role.items[n % role.count], n /= role.count;
        row->purpose = purpose.items[n % purpose.count], n /= purpose.count;
        row->relation = relation.items[n % relation.count], n /= relation.count;
        row->attribute_class = class.items[n % class.count], n /= class.count;
        row->action = action.items[n];
        row->needs_reason = needs_reason;
    }
    return STATUS_OK;
}

enum status access_read(const struct reading *r, const json_t *j, struct access_rules *out) {
    static const char *const KNOWN[] = {"roles", "purposes", "relations", "classes", "actions", "rows", NULL};
    json_t *list = NULL, *item;
    size_t i;
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = read_words(r, j, "roles", &out->roles);
    if (!st) st = read_words(r, j, "purposes", &out->purposes);
    if (!st) st = read_words(r, j, "relations", &out->relations);
    if (!st) st = read_words(r, j, "classes", &out->classes);
    if (!st) st = read_words(r, j, "actions", &out->actions);
    if (!st) st = reading_array(r, j, "rows", ACCESS_FILE_ROWS_MAX, &list);
    struct reading at = reading_member(r, "rows");
    if (st) return st;
    json_array_foreach(list, i, item) {
        struct reading here = reading_item(&at, i);
        st = read_row(&here, item, out);
        if (st) return st;
    }
    return out->rows.count ? STATUS_OK : reading_fail(r, NULL, "member_missing", T("rows"));
}
