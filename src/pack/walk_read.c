// walk_read.c - walks/NAME.json: strictly, so that a typing mistake does not make an expectation go away.
#include "pack/walk.h"

#include <string.h>

#include "pack/reading.h"

static const char *const ACTS[] = {"do", "task", "message", "hear", "wait", "wait_for"};
enum { ACT_COUNT = sizeof ACTS / sizeof *ACTS };

static enum status read_names(const struct reading *r, const json_t *j, const char *member,
                              struct walk_names *out) {
    out->is_given = json_object_get(j, member) != NULL;
    return reading_texts(r, j, member, WALK_LIST_MAX, &out->items, &out->count);
}

static enum status read_object(const struct reading *r, const json_t *j, const char *member,
                               const json_t **out) {
    *out = json_object_get(j, member);
    return !*out || json_is_object(*out) ? STATUS_OK : reading_fail(r, member, "value_kind", T("object"));
}

static enum status read_clocks(const struct reading *r, const json_t *clocks) {
    const char *rule;
    json_t *value;
    json_object_foreach((json_t *)clocks, rule, value) {
        struct date day;
        if (json_is_null(value)) continue;
        struct text t = {json_string_value(value), json_is_string(value) ? json_string_length(value) : 0};
        if (!text_eq(t, T("suspended")) && (date_parse(t, &day) || !date_is_full(day)))
            return reading_fail(r, rule, "value_kind", T("2026-10-01, suspended, null"));
    }
    return STATUS_OK;
}

static enum status read_expect(const struct reading *at, const json_t *step, struct walk_expect *out) {
    static const char *const KNOWN[] = {"at",     "status", "letters",   "told",
                                        "others", "clocks", "incidents", NULL};
    const json_t *j = json_object_get(step, "expect");
    struct reading r = reading_member(at, "expect");
    out->is_given = j != NULL;
    if (!j) return STATUS_OK;
    enum status st = reading_only(&r, j, KNOWN);
    if (!st) st = read_names(&r, j, "at", &out->at);
    if (!st) st = read_names(&r, j, "letters", &out->letters);
    if (!st) st = read_names(&r, j, "told", &out->told);
    if (!st) st = read_names(&r, j, "others", &out->others);
    if (!st) st = read_names(&r, j, "incidents", &out->incidents);
    if (!st) st = reading_text(&r, j, "status", &out->status);
    if (!st) st = read_object(&r, j, "clocks", &out->clocks);
    struct reading clocks = reading_member(&r, "clocks");
    return st ? st : read_clocks(&clocks, out->clocks);
}

// One act a step; one that only expects has none.
static enum status read_act(const struct reading *r, const json_t *j, struct walk_step *out) {
    size_t acts = 0;
    enum status st = STATUS_OK;
    out->kind = WALK_EXPECT;
    for (size_t i = 0; i < ACT_COUNT && !st; i++) {
        if (!json_object_get(j, ACTS[i])) continue;
        acts++;
        out->kind = (enum walk_kind)i;
        st = reading_need_text(r, j, ACTS[i], &out->name);
    }
    if (!st && (acts > 1 || (!acts && !json_object_get(j, "expect"))))
        st = reading_fail(r, NULL, "walk_act", T("do, task, message, hear, wait, wait_for, expect"));
    return st;
}

static enum status read_step(const struct reading *r, const json_t *j, struct walk_step *out) {
    static const char *const KNOWN[] = {"do",   "task",    "message", "hear", "wait",    "wait_for", "expect",
                                        "with", "answers", "as",      "key",  "refused", "note",     NULL};
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = read_act(r, j, out);
    bool has_fields = out->kind == WALK_DO || out->kind == WALK_HEAR, acts = out->kind <= WALK_HEAR;
    const char *values = has_fields ? "with" : "answers";
    if (!st) st = read_object(r, j, values, &out->with);
    if (!st) st = reading_text(r, j, "as", &out->as);
    if (!st) st = reading_text(r, j, "key", &out->key);
    if (!st) st = reading_text(r, j, "refused", &out->refused);
    const char *wrong = has_fields ? "answers" : "with";
    if (!st && json_object_get(j, wrong)) st = reading_fail(r, NULL, "member_unknown", text_of(wrong));
    bool has_more = out->with || out->as.n || out->refused.n;
    if (!st && ((!acts && has_more) || (out->key.n && out->kind != WALK_MESSAGE)))
        st = reading_fail(r, NULL, "member_unknown", out->key.n ? T("key") : T("with, answers, as, refused"));
    return st ? st : read_expect(r, j, &out->expect);
}

static enum status read_steps(const struct reading *r, const json_t *j, struct walk *out) {
    json_t *list;
    enum status st = reading_array(r, j, "steps", WALK_STEPS_MAX, &list);
    if (!st && !json_array_size(list)) st = reading_fail(r, NULL, "member_missing", T("steps"));
    if (st) return st;
    struct reading steps = reading_member(r, "steps");
    out->step_count = json_array_size(list);
    out->steps = ARENA_ARRAY(r->a, struct walk_step, out->step_count);
    for (size_t i = 0; i < out->step_count && !st; i++) {
        struct reading at = reading_item(&steps, i);
        st = read_step(&at, json_array_get(list, i), &out->steps[i]);
    }
    return st;
}

enum status walk_read(const struct reading *r, struct text name, const json_t *j, struct walk *out) {
    static const char *const KNOWN[] = {"name",    "about", "starts", "language", "answers_of",
                                        "answers", "steps", "ends",   "open",     NULL};
    struct text said;
    *out = (struct walk){.name = text_copy(r->a, name)};
    enum status st =
        name.n > WALK_NAME_MAX ? reading_fail(r, NULL, "file_name", name) : reading_only(r, j, KNOWN);
    if (!st) st = reading_text(r, j, "name", &said);
    if (!st && said.n && !text_eq(said, name)) st = reading_fail(r, "name", "walk_name", name);
    if (!st) st = reading_text(r, j, "about", &out->about);
    if (!st) st = reading_text(r, j, "starts", &out->starts);
    if (!st) st = reading_text(r, j, "language", &out->language);
    if (!st) st = reading_text(r, j, "answers_of", &out->answers_of);
    if (!st) st = read_object(r, j, "answers", &out->answers);
    if (!st) st = read_steps(r, j, out);
    if (!st) st = read_names(r, j, "ends", &out->ends);
    if (!st) st = reading_flag(r, j, "open", &out->is_open);
    if (!st && !out->is_open && !out->ends.count) st = reading_fail(r, NULL, "member_missing", T("ends"));
    return st;
}
