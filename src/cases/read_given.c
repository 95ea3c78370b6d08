// read_given.c - what was answered in a task that is done, or came with a message from outside.
#include "cases/reading.h"

static const struct sql TASK_GIVEN =
    SQL("task_given", "select form, data from task_answers where case_id = :case and task_id = :task");
// Without the answers to questions of a class that the reader may not see. What no form asks for is a word of
// another authority about the person.
static struct bytes shown(const struct reading *r, const struct form *form, const struct answers *all) {
    struct answers seen = {.arena = r->arena, .items = ARENA_ARRAY(r->arena, struct answer, all->count + 1)};
    for (size_t i = 0; i < all->count; i++) {
        const struct form_field *f = form ? form_field_at(form, all->items[i].path) : NULL;
        struct text needed = f ? f->attribute_class : T("identity");
        if (r->visible & access_class(r->entry->policy, needed)) seen.items[seen.count++] = all->items[i];
    }
    return seen.count ? answers_encode(r->arena, &seen) : (struct bytes){0};
}

static enum status read_given(struct reading *r, const struct sql *sql, const struct value *v,
                              struct bytes *out) {
    struct rows q;
    struct answers all = {.arena = r->arena};
    const struct form *form = NULL;
    enum status st = db_query(r->db, &q, sql, v, 2);
    if (!st && rows_next(&q)) {
        form = pack_form(r->entry->pack, row_text(&q, 0));
        st = answers_decode(r->arena, bytes_copy(r->arena, row_bytes(&q, 1)), &all);
    }
    enum status end = rows_end(&q);
    *out = shown(r, form, &all);
    return st ? st : end;
}

enum status cases_task_answers(struct cases *c, const struct actor *actor, const struct look *look,
                               int64_t case_id, int64_t task, struct arena *a, struct bytes *answers,
                               struct problem *p) {
    struct reading r;
    struct value v[] = {V_INT(case_id), V_INT(task)};
    *answers = (struct bytes){0};
    enum status st = case_reading_begin(c, actor, look, case_id, T("answers"), a, &r, p);
    if (st) return st;
    st = read_given(&r, &TASK_GIVEN, v, answers);
    case_reading_end(&r);
    return st;
}
